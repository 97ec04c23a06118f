/* SPDX-License-Identifier: MIT */
/* Reading extended attributes of backing objects. */

#include "volume/xattr.h"

#include <errno.h>
#include <sys/xattr.h>

#include <tessera/linux.h>

#include "base/check.h"

#define XATTR_SIZE_LIMIT 65536

tsr_status xattr_read(const char *path, const char *name, struct xattr_value *ret_value)
{
    ssize_t size = getxattr(path, name, ret_value->first, sizeof(ret_value->first));

    if (size < 0 && errno == ERANGE) {
        ret_value->grown = malloc(XATTR_SIZE_LIMIT);
        REQUIRE(ret_value->grown, STATUS_NO_MEMORY);
        size = getxattr(path, name, ret_value->grown, XATTR_SIZE_LIMIT);
    }
    if (size < 0 && errno == EOPNOTSUPP) {
        return tsr_status_of(STATUS_NO_EAS_ON_FILE);
    }
    if (size < 0) {
        return tsr_status_of_errno(errno);
    }
    ret_value->size = (size_t)size;
    return TSR_OK;
}
