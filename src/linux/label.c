/* SPDX-License-Identifier: MIT */
/* The integrity label of a file. */

#include "linux/label.h"

#include <errno.h>
#include <stdio.h>
#include <sys/xattr.h>

#include <tessera/access.h>
#include <tessera/descriptor.h>
#include <tessera/linux.h>
#include <tessera/volume.h>

#include "base/check.h"

/* The one ACE that this part of a descriptor has. */
#define LABEL_XATTR TSR_VOLUME_SD_XATTR "L"

#define INTEGRITY_AUTHORITY 16

/* More than one of those takes. */
#define SIZE_MAX_OF_LABEL 1024

#define PATH_OF_FD_MAX 32 /* "/proc/self/fd/NUMBER" and its terminator */

static tsr_status label_of_ace(const tsr_ace *ace, tsr_sid *ret_label)
{
    tsr_sid label;

    TRY(tsr_sid_decode(ace->sid, TSR_SID_SIZE_MAX, &label, NULL));
    REQUIRE(label.authority == INTEGRITY_AUTHORITY && label.n_sub_authorities == 1,
            STATUS_FILE_CORRUPT_ERROR);
    *ret_label = label;
    return TSR_OK;
}

static tsr_status label_of(const uint8_t *bytes, size_t size, bool *ret_has_label,
                           tsr_sid *ret_label)
{
    bool has_label = false;
    size_t offset = 0;
    tsr_ace ace;
    tsr_sd sd;

    REQUIRE(tsr_ok(tsr_sd_view(bytes, size, &sd)), STATUS_FILE_CORRUPT_ERROR);
    while (!has_label && sd.has_sacl && tsr_acl_next(&sd.sacl, &offset, &ace)) {
        if (ace.type == SYSTEM_MANDATORY_LABEL_ACE_TYPE && !(ace.flags & INHERIT_ONLY_ACE)) {
            TRY(label_of_ace(&ace, ret_label));
            has_label = true;
        }
    }
    *ret_has_label = has_label;
    return TSR_OK;
}

tsr_status file_label(int fd, bool *ret_has_label, tsr_sid *ret_label)
{
    uint8_t bytes[SIZE_MAX_OF_LABEL];
    char path[PATH_OF_FD_MAX];
    ssize_t size;

    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    size = getxattr(path, LABEL_XATTR, bytes, sizeof(bytes));
    if (size >= 0) {
        return label_of(bytes, (size_t)size, ret_has_label, ret_label);
    }
    if (errno != ENODATA && errno != EOPNOTSUPP) {
        return tsr_status_of_errno(errno);
    }
    *ret_has_label = false;
    return TSR_OK;
}
