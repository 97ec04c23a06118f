/* SPDX-License-Identifier: MIT */
/* Reads and writes security.NTACL as a volume does, for tests that let Samba do the other half. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <tessera/sddl.h>

#include "base/check.h"
#include "volume/ntacl.h"
#include "volume/system-acl.h"

struct xattr {
    char bytes[NTACL_SIZE_MAX];
    size_t size;
};

/* @return whether there is one */
static bool xattr_read(const char *path, const char *name, struct xattr *ret_xattr)
{
    const ssize_t size = lgetxattr(path, name, ret_xattr->bytes, sizeof(ret_xattr->bytes));

    ret_xattr->size = size < 0 ? 0 : (size_t)size;
    return size >= 0;
}

static tsr_status hash_file(const char *path, uint8_t ret_hash[NTACL_HASH_SIZE])
{
    static struct xattr access;
    static struct xattr defaults;
    struct system_acl acl = {0};

    REQUIRE(lstat(path, &acl.attributes) == 0, STATUS_OBJECT_NAME_NOT_FOUND);
    if (xattr_read(path, "system.posix_acl_access", &access)) {
        acl.access_acl = access.bytes;
        acl.n_access_acl = access.size;
    }
    if (xattr_read(path, "system.posix_acl_default", &defaults)) {
        acl.default_acl = defaults.bytes;
        acl.n_default_acl = defaults.size;
    }
    return system_acl_hash(&acl, ret_hash);
}

static void print_hex(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        printf("%02x", bytes[i]);
    }
    printf("\n");
}

static tsr_status hash(const char *path)
{
    uint8_t bytes[NTACL_HASH_SIZE];

    TRY(hash_file(path, bytes));
    print_hex(bytes, sizeof(bytes));
    return TSR_OK;
}

static tsr_status decode(const char *path)
{
    static struct xattr blob;
    CLEANUP(free) uint8_t *sd = NULL;
    size_t size;

    REQUIRE(xattr_read(path, NTACL_XATTR, &blob), STATUS_NO_EAS_ON_FILE);
    TRY(ntacl_decode(blob.bytes, blob.size, &sd, &size));
    print_hex(sd, size);
    return TSR_OK;
}

static tsr_status encode(const char *path, const char *sddl)
{
    CLEANUP(free) uint8_t *blob = NULL;
    CLEANUP(free) uint8_t *sd = NULL;
    uint8_t digest[NTACL_HASH_SIZE];
    size_t n_blob;
    size_t size;

    TRY(tsr_sddl_parse(sddl, NULL, &sd, &size, NULL));
    TRY(hash_file(path, digest));
    TRY(ntacl_encode(sd, size, digest, &blob, &n_blob));
    REQUIRE(lsetxattr(path, NTACL_XATTR, blob, n_blob, 0) == 0, STATUS_UNSUCCESSFUL);
    return TSR_OK;
}

int main(int argc, char **argv)
{
    tsr_status status;

    if (argc == 3 && strcmp(argv[1], "hash") == 0) {
        status = hash(argv[2]);
    } else if (argc == 3 && strcmp(argv[1], "decode") == 0) {
        status = decode(argv[2]);
    } else if (argc == 4 && strcmp(argv[1], "encode") == 0) {
        status = encode(argv[2], argv[3]);
    } else {
        fprintf(stderr, "usage: ntacl-tool hash FILE | decode FILE | encode FILE SDDL\n");
        return 2;
    }

    if (tsr_failed(status)) {
        fprintf(stderr, "ntacl-tool: %s: %s\n", argv[2], tsr_status_name(status.code));
        return 1;
    }
    return 0;
}
