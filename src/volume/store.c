/* SPDX-License-Identifier: MIT */
/*
 * Where descriptors are kept: security.NTACL of the backing file, in Samba's form.
 *
 * Nothing is cached: the descriptor that judges an operation is the one that is stored when the
 * operation arrives, whoever stored it.
 */

#include "volume/volume.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/bytes.h"
#include "volume/ntacl.h"
#include "volume/system-acl.h"
#include "volume/xattr.h"

#define SD_RESOURCE_MANAGER 1
#define SD_CONTROL          2

void object_sd_deinit(struct object_sd *sd)
{
    free(sd->bytes);
    *sd = (struct object_sd){0};
}

/* Say once per node that its descriptor cannot be read. */
static void corrupt_report(struct tsr_volume *volume, struct node *node, tsr_status status)
{
    char path[4096];
    ssize_t size;

    if (!volume->report_corrupt || atomic_exchange(&node->corrupt_reported, true)) {
        return;
    }
    size = readlink(fd_path(node_fd(node)).text, path, sizeof(path) - 1);
    path[size < 0 ? 0 : size] = '\0';
    volume->report_corrupt(path, status);
}

/* The mode and POSIX ACLs of the object at @path. */
static tsr_status system_acl_read(const char *path, const struct stat *attributes,
                                  struct xattr_value *access, struct xattr_value *defaults,
                                  struct system_acl *ret_acl)
{
    struct system_acl acl = {.attributes = *attributes};
    tsr_status status;

    if (!S_ISLNK(attributes->st_mode)) {
        status = xattr_read(path, "system.posix_acl_access", access);
        if (tsr_ok(status)) {
            acl.access_acl = xattr_value_bytes(access);
            acl.n_access_acl = access->size;
        } else {
            REQUIRE(status.code == STATUS_NO_EAS_ON_FILE, status.code);
        }
    }
    if (defaults && S_ISDIR(attributes->st_mode)) {
        status = xattr_read(path, "system.posix_acl_default", defaults);
        if (tsr_ok(status)) {
            acl.default_acl = xattr_value_bytes(defaults);
            acl.n_default_acl = defaults->size;
        } else {
            REQUIRE(status.code == STATUS_NO_EAS_ON_FILE, status.code);
        }
    }

    *ret_acl = acl;
    return TSR_OK;
}

tsr_status sd_encode(int fd, const struct stat *attributes, const void *bytes, size_t size,
                     uint8_t **ret_blob, size_t *ret_size)
{
    CLEANUP(xattr_value_deinit) struct xattr_value access = {0};
    CLEANUP(xattr_value_deinit) struct xattr_value defaults = {0};
    uint8_t hash[NTACL_HASH_SIZE];
    struct system_acl acl;

    TRY(system_acl_read(fd_path(fd).text, attributes, &access, &defaults, &acl));
    TRY(system_acl_hash(&acl, hash));
    return ntacl_encode(bytes, size, hash, ret_blob, ret_size);
}

tsr_status sd_store(int fd, const struct stat *attributes, const void *bytes, size_t size)
{
    CLEANUP(free) uint8_t *blob = NULL;
    size_t n_blob;

    TRY(sd_encode(fd, attributes, bytes, size, &blob, &n_blob));

    /*
     * An xattr is set whole or not at all, also across a crash. Safe because the caller's right to
     * change the descriptor was checked, or the object is not visible yet; needs CAP_SYS_ADMIN.
     */
    return status_of_result(setxattr(fd_path(fd).text, NTACL_XATTR, blob, n_blob, 0));
}

/*
 * A stored descriptor that was made of mode bits is marked in the byte that the format leaves to
 * the resource manager, so that a directory which was private by its mode stays so.
 */
#define MADE_OF_MODE 0x4d

void sd_mark_of_mode(uint8_t *bytes, bool of_mode)
{
    uint16_t control = load_le16(bytes + SD_CONTROL) & (uint16_t)~SE_RM_CONTROL_VALID;

    bytes[SD_RESOURCE_MANAGER] = of_mode ? MADE_OF_MODE : 0;
    store_le16(bytes + SD_CONTROL, of_mode ? control | SE_RM_CONTROL_VALID : control);
}

static bool is_marked_of_mode(const tsr_sd *sd)
{
    return sd->control & SE_RM_CONTROL_VALID && sd->resource_manager_control == MADE_OF_MODE;
}

/* The descriptor that owner and mode amount to. */
static tsr_status sd_synthesise(struct tsr_volume *volume, struct node *node, struct object_sd *sd)
{
    CLEANUP(xattr_value_deinit) struct xattr_value access = {0};
    const struct fd_path path = fd_path(node_fd(node));
    struct system_acl acl;

    REQUIRE(volume->policy != TSR_VOLUME_DENY, STATUS_ACCESS_DENIED);
    TRY(system_acl_read(path.text, &sd->attributes, &access, NULL, &acl));
    TRY(system_acl_descriptor(&acl, volume->resolver, &sd->bytes, &sd->size));
    sd->of_mode = true;
    if (volume->policy == TSR_VOLUME_SYNTHESISE_AND_STORE) {
        sd_mark_of_mode(sd->bytes, true);
        TRY(sd_store(node_fd(node), &sd->attributes, sd->bytes, sd->size));
        sd->stored = true;
    }
    return TSR_OK;
}

tsr_status sd_load(struct tsr_volume *volume, struct node *node, struct object_sd *ret_sd)
{
    CLEANUP(xattr_value_deinit) struct xattr_value blob = {0};
    CLEANUP(object_sd_deinit) struct object_sd sd = {0};
    tsr_status status;

    TRY(node_stat(node, &sd.attributes));
    status = xattr_read(fd_path(node_fd(node)).text, NTACL_XATTR, &blob);
    if (status.code == STATUS_NO_EAS_ON_FILE) {
        TRY(sd_synthesise(volume, node, &sd));
    } else {
        TRY(status);
        sd.stored = true;
        status = ntacl_decode(xattr_value_bytes(&blob), blob.size, &sd.bytes, &sd.size);
        if (status.code == STATUS_FILE_CORRUPT_ERROR) {
            corrupt_report(volume, node, status);
        }
        TRY(status);
    }
    TRY(tsr_sd_view(sd.bytes, sd.size, &sd.sd));
    sd.of_mode = sd.of_mode || is_marked_of_mode(&sd.sd);

    *ret_sd = sd;
    sd.bytes = NULL;
    return TSR_OK;
}
