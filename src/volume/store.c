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

#include "volume/ntacl.h"
#include "volume/system-acl.h"

#define XATTR_FIRST_TRY 1024

/* An xattr of a file, in the caller's buffer if it fits there. */
struct xattr_value {
    uint8_t first[XATTR_FIRST_TRY];
    uint8_t *grown; /* owned */
    size_t size;
};

static void xattr_value_deinit(struct xattr_value *value)
{
    free(value->grown);
}

static inline void cleanup_xattr_value_deinit(struct xattr_value *value)
{
    xattr_value_deinit(value);
}

static const uint8_t *xattr_value_bytes(const struct xattr_value *value)
{
    return value->grown ? value->grown : value->first;
}

/* @return STATUS_NO_EAS_ON_FILE if there is none, or the file system has no such xattrs. */
static tsr_status xattr_read(const char *path, const char *name, struct xattr_value *ret_value)
{
    ssize_t size = getxattr(path, name, ret_value->first, sizeof(ret_value->first));

    if (size < 0 && errno == ERANGE) {
        ret_value->grown = malloc(NTACL_SIZE_MAX);
        REQUIRE(ret_value->grown, STATUS_NO_MEMORY);
        size = getxattr(path, name, ret_value->grown, NTACL_SIZE_MAX);
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
    size = readlink(fd_path(node->fd).text, path, sizeof(path) - 1);
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

/* The descriptor that owner and mode amount to. */
static tsr_status sd_synthesise(struct tsr_volume *volume, struct node *node, struct object_sd *sd)
{
    CLEANUP(xattr_value_deinit) struct xattr_value access = {0};
    const struct fd_path path = fd_path(node->fd);
    struct system_acl acl;

    REQUIRE(volume->policy != TSR_VOLUME_DENY, STATUS_ACCESS_DENIED);
    TRY(system_acl_read(path.text, &sd->attributes, &access, NULL, &acl));
    TRY(system_acl_descriptor(&acl, volume->resolver, &sd->bytes, &sd->size));
    if (volume->policy == TSR_VOLUME_SYNTHESISE_AND_STORE) {
        TRY(sd_store(node->fd, &sd->attributes, sd->bytes, sd->size));
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
    status = xattr_read(fd_path(node->fd).text, NTACL_XATTR, &blob);
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

    *ret_sd = sd;
    sd.bytes = NULL;
    return TSR_OK;
}
