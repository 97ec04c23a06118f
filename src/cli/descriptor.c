/* SPDX-License-Identifier: MIT */
/* Descriptors that the program holds: where they come from, and how their entries read. */

#include "cli/descriptor.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include <tessera/assign.h>
#include <tessera/sddl.h>
#include <tessera/volume.h>

#include "base/check.h"
#include "base/writer.h"
#include "cli/own.h"
#include "cli/text.h"
#include "volume/ntacl.h"

/* A self-relative descriptor can hold two ACLs of 64 KiB and two SIDs. */
#define DESCRIPTOR_SIZE_MAX (2 * 65536 + 1024)

static const struct {
    char letter;
    uint32_t information;
} part_letters[] = {
    {'O', OWNER_SECURITY_INFORMATION}, {'G', GROUP_SECURITY_INFORMATION},
    {'D', DACL_SECURITY_INFORMATION},  {'S', SACL_SECURITY_INFORMATION},
    {'L', LABEL_SECURITY_INFORMATION},
};

void descriptor_deinit(struct descriptor *descriptor)
{
    free(descriptor->bytes);
    *descriptor = (struct descriptor){0};
}

bool descriptor_take(uint8_t *take_bytes, size_t size, struct descriptor *ret_descriptor,
                     struct problem *ret_problem)
{
    CLEANUP(free) uint8_t *bytes = take_bytes;
    tsr_sd sd;
    const tsr_status status = tsr_sd_view(bytes, size, &sd);

    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "these bytes are no security descriptor", status);
    }
    *ret_descriptor = (struct descriptor){.bytes = STEAL(bytes), .sd = sd};
    return true;
}

bool descriptor_of_sddl(const char *text, const tsr_sid *domain, struct descriptor *ret_descriptor,
                        struct problem *ret_problem)
{
    tsr_sddl_error error = {0};
    uint8_t *bytes = NULL;
    size_t size;
    const tsr_status status = tsr_sddl_parse(text, domain, &bytes, &size, &error);

    if (tsr_failed(status)) {
        (void)problem_set(ret_problem, "SDDL: %s",
                          error.message ? error.message : "it cannot be read");
        ret_problem->column = error.column;
        return false;
    }
    return descriptor_take(bytes, size, ret_descriptor, ret_problem);
}

bool descriptor_of_hex(const char *text, struct descriptor *ret_descriptor,
                       struct problem *ret_problem)
{
    uint8_t *bytes = NULL;
    size_t size;
    size_t column;

    if (!text_to_bytes(text, &bytes, &size, &column)) {
        (void)problem_set(ret_problem, "a hexadecimal digit is missing");
        ret_problem->column = column;
        return false;
    }
    return descriptor_take(bytes, size, ret_descriptor, ret_problem);
}

bool descriptor_of_content(const char *path, struct descriptor *ret_descriptor,
                           struct problem *ret_problem)
{
    CLEANUP(writer_deinit) struct writer content = {0};
    const int error = text_read_file(path, DESCRIPTOR_SIZE_MAX, &content);
    uint8_t *bytes;
    size_t size;

    if (error != 0) {
        return problem_set(ret_problem, "cannot read it: %s", strerror(error));
    }
    if (tsr_failed(writer_finish(&content, &bytes, &size))) {
        return problem_set(ret_problem, "out of memory");
    }
    return descriptor_take(bytes, size, ret_descriptor, ret_problem);
}

bool descriptor_parts(const char *letters, uint32_t *ret_information, struct problem *ret_problem)
{
    uint32_t information = 0;

    for (const char *at = letters; *at; at++) {
        uint32_t part = 0;

        for (size_t i = 0; i < ARRAY_SIZE(part_letters); i++) {
            part |= part_letters[i].letter == *at ? part_letters[i].information : 0;
        }
        if (!part || information & part) {
            return problem_set(
                ret_problem, "'%.60s' names no parts: use each of O G D S L at most once", letters);
        }
        information |= part;
    }
    if (!information) {
        return problem_set(ret_problem, "no part is named: use letters out of O G D S L");
    }

    *ret_information = information;
    return true;
}

void descriptor_letters(uint32_t information, char ret_letters[DESCRIPTOR_LETTERS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_SIZE(part_letters); i++) {
        if (information & part_letters[i].information) {
            ret_letters[n++] = part_letters[i].letter;
        }
    }
    ret_letters[n] = '\0';
}

/* The value of an extended attribute. @return 0, or an errno */
static int read_xattr(const char *path, const char *name, uint8_t **ret_bytes, size_t *ret_size)
{
    CLEANUP(free) uint8_t *bytes = array_new(XATTR_SIZE_MAX, 1);
    ssize_t size;

    if (!bytes) {
        return ENOMEM;
    }
    size = getxattr(path, name, bytes, XATTR_SIZE_MAX);
    if (size < 0) {
        return errno;
    }

    *ret_bytes = STEAL(bytes);
    *ret_size = (size_t)size;
    return 0;
}

static bool is_elsewhere(int error)
{
    return error == EOPNOTSUPP || error == ENODATA || error == EINVAL;
}

static bool file_problem(struct problem *ret_problem, int error)
{
    if (error == EACCES || error == EPERM) {
        return problem_set(ret_problem, "you may not: the owner, the group and the DACL need "
                                        "READ_CONTROL, the SACL SeSecurityPrivilege");
    }
    if (is_elsewhere(error)) {
        return problem_set(ret_problem, "it has no NT descriptor: serve its directory by "
                                        "'tessera mount', or give a descriptor with --sddl");
    }
    return problem_set(ret_problem, "cannot read its descriptor: %s", strerror(error));
}

/* As Samba stores it, where no volume stands in front. */
static bool read_ntacl(const char *path, uint32_t information, struct descriptor *ret_descriptor,
                       struct problem *ret_problem)
{
    CLEANUP(free) uint8_t *blob = NULL;
    CLEANUP(descriptor_deinit) struct descriptor stored = {0};
    uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_status status;
    int error;

    error = read_xattr(path, NTACL_XATTR, &blob, &size);
    if (error != 0) {
        return file_problem(ret_problem, error);
    }
    status = ntacl_decode(blob, size, &bytes, &size);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "its security.NTACL cannot be read", status);
    }
    if (!descriptor_take(bytes, size, &stored, ret_problem)) {
        return false;
    }

    status = tsr_sd_select(&stored.sd, information, &bytes, &size);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "cannot take out the parts", status);
    }
    return descriptor_take(bytes, size, ret_descriptor, ret_problem);
}

bool descriptor_of_file(const char *path, uint32_t information, struct descriptor *ret_descriptor,
                        struct problem *ret_problem)
{
    char name[sizeof(TSR_VOLUME_SD_XATTR) + DESCRIPTOR_LETTERS_MAX] = TSR_VOLUME_SD_XATTR;
    uint8_t *bytes = NULL;
    size_t size = 0;
    int error;

    descriptor_letters(information, name + strlen(TSR_VOLUME_SD_XATTR));
    error = read_xattr(path, name, &bytes, &size);
    if (is_elsewhere(error)) {
        return read_ntacl(path, information, ret_descriptor, ret_problem);
    }
    if (error != 0) {
        return file_problem(ret_problem, error);
    }
    return descriptor_take(bytes, size, ret_descriptor, ret_problem);
}

static bool store_problem(struct problem *ret_problem, int error)
{
    if (error == EACCES || error == EPERM) {
        return problem_set(ret_problem, "you may not: the DACL needs WRITE_DAC, the owner and the "
                                        "label WRITE_OWNER, the SACL SeSecurityPrivilege");
    }
    if (is_elsewhere(error)) {
        return problem_set(ret_problem, "it is not on a Tessera volume: serve its directory by "
                                        "'tessera mount' and change it there");
    }
    return problem_set(ret_problem, "cannot change its descriptor: %s", strerror(error));
}

bool descriptor_to_file(const char *path, uint32_t information, const tsr_sd *sd,
                        struct problem *ret_problem)
{
    char name[sizeof(TSR_VOLUME_SD_XATTR) + DESCRIPTOR_LETTERS_MAX] = TSR_VOLUME_SD_XATTR;
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 0;
    tsr_status status;

    status = tsr_sd_select(sd, information, &bytes, &size);
    if (tsr_failed(status)) {
        return problem_set_status(ret_problem, "cannot take out the parts", status);
    }
    descriptor_letters(information, name + strlen(TSR_VOLUME_SD_XATTR));
    if (setxattr(path, name, bytes, size, 0) < 0) {
        return store_problem(ret_problem, errno);
    }
    return true;
}

bool descriptor_ace_at(const tsr_acl *acl, uint32_t index, tsr_ace *ret_ace)
{
    size_t offset = 0;
    tsr_ace ace;

    for (uint32_t i = 0; acl->bytes && tsr_acl_next(acl, &offset, &ace); i++) {
        if (i == index) {
            *ret_ace = ace;
            return true;
        }
    }
    return false;
}

static bool is_of_dacl(const tsr_ace *ace)
{
    return ace->type == ACCESS_ALLOWED_ACE_TYPE || ace->type == ACCESS_DENIED_ACE_TYPE ||
           ace->type == ACCESS_ALLOWED_OBJECT_ACE_TYPE ||
           ace->type == ACCESS_DENIED_OBJECT_ACE_TYPE ||
           (ace->type >= ACCESS_ALLOWED_CALLBACK_ACE_TYPE &&
            ace->type <= ACCESS_DENIED_CALLBACK_OBJECT_ACE_TYPE);
}

/* "D:(A;;FR;;;WD)" of an ACL that holds just this ACE. */
static tsr_status format_ace(const tsr_ace *ace, char **ret_text)
{
    CLEANUP(tsr_acl_builder_deinit) tsr_acl_builder builder = {0};
    CLEANUP(free) uint8_t *acl_bytes = NULL;
    CLEANUP(free) uint8_t *bytes = NULL;
    const bool in_dacl = is_of_dacl(ace);
    tsr_sd_parts parts = {.has_dacl = in_dacl, .has_sacl = !in_dacl};
    size_t size;
    tsr_acl acl;
    tsr_sd sd;

    tsr_acl_builder_add_encoded(&builder, ace->bytes, ace->size);
    TRY(tsr_acl_builder_finish(&builder, &acl_bytes, &acl));
    *(in_dacl ? &parts.dacl : &parts.sacl) = acl;
    TRY(tsr_sd_build(&parts, &bytes, &size));
    TRY(tsr_sd_view(bytes, size, &sd));
    return tsr_sddl_format(&sd, in_dacl ? DACL_SECURITY_INFORMATION : UINT32_C(0x78), NULL,
                           ret_text);
}

char *descriptor_ace_text(const tsr_ace *ace)
{
    CLEANUP(free) char *text = NULL;
    CLEANUP(writer_deinit) struct writer writer = {0};
    char *result = NULL;

    if (tsr_ok(format_ace(ace, &text)) && strchr(text, '(')) {
        return strdup(strchr(text, '('));
    }
    writer_text(&writer, "0x");
    text_write_hex(&writer, ace->bytes, ace->size);
    if (tsr_failed(writer_finish_text(&writer, &result))) {
        return NULL;
    }
    return result;
}
