/* SPDX-License-Identifier: MIT */
/* Samba's own access check, found at run time, to measure and to compare with. */

#include "tests/support/samba.h"

#include <dlfcn.h>
#include <string.h>

#include "base/check.h"

#define TOKEN_SIZE     4096 /* room for whatever stands behind the members we know */
#define SAMPLE_LUID    8    /* SeSecurityPrivilege */
#define FOREIGN_SID    TSR_SID(5, 21, 9, 9, 9, 9)
#define LIBRARY_FOLDER "/usr/lib/"
#define LIBRARY_NAME   "/samba/libsamba-security-samba4.so.0"

/* dom_sid and security_token of Samba's security.idl, as the library's own functions confirm. */
struct dom_sid {
    uint8_t revision;
    int8_t n_sub_authorities;
    uint8_t authority[6];
    uint32_t sub_authorities[15];
};

struct samba_token {
    uint32_t n_sids;
    struct dom_sid *sids;
    uint64_t privileges;
    uint32_t rights;
};

/* security_descriptor and generic_mapping of the same file. */
struct samba_sd {
    uint32_t revision;
    uint16_t control;
    struct dom_sid *owner;
    struct dom_sid *group;
    void *sacl;
    void *dacl;
};

struct mapping {
    uint32_t read;
    uint32_t write;
    uint32_t execute;
    uint32_t all;
};

/* A text as dom_sid_str_buf writes it. */
struct sid_text {
    char text[TSR_SID_TEXT_MAX];
};

struct data_blob {
    uint8_t *data;
    size_t size;
};

/* The functions used, under the names they have in Samba. */
static struct {
    void *(*_talloc_zero)(const void *parent, size_t size, const char *name);
    int (*_talloc_free)(void *object, const char *location);
    size_t (*talloc_get_size)(const void *object);
    struct samba_token *(*security_token_initialise)(const void *parent);
    bool (*security_token_has_sid)(const struct samba_token *token, const struct dom_sid *sid);
    void (*security_token_set_privilege)(struct samba_token *token, int privilege);
    uint32_t (*se_access_check)(const struct samba_sd *sd, const struct samba_token *token,
                                uint32_t desired, uint32_t *ret_granted);
    struct samba_sd *(*sddl_decode)(const void *parent, const char *text,
                                    const struct dom_sid *domain);
    char *(*sddl_encode)(const void *parent, const struct samba_sd *sd,
                         const struct dom_sid *domain);
    int (*ndr_pull_struct_blob)(const struct data_blob *blob, const void *parent, void *object,
                                void *pull);
    int (*ndr_push_struct_blob)(struct data_blob *blob, const void *parent, const void *object,
                                void *push);
    void *ndr_pull_security_descriptor;
    void *ndr_push_security_descriptor;
    void (*se_map_generic)(uint32_t *mask, const struct mapping *mapping);
    void (*security_acl_map_generic)(void *acl, const struct mapping *mapping);
    uint32_t (*se_create_child_secdesc)(const void *parent, struct samba_sd **ret_child,
                                        size_t *ret_size, const struct samba_sd *container,
                                        const struct dom_sid *owner, const struct dom_sid *group,
                                        bool is_container);
    uint32_t (*se_file_access_check)(const struct samba_sd *sd, const struct samba_token *token,
                                     bool with_intent, uint32_t desired, uint32_t *ret_granted);
    uint32_t (*sec_access_check_ds)(const struct samba_sd *sd, const struct samba_token *token,
                                    uint32_t desired, uint32_t *ret_granted, void *tree,
                                    const struct dom_sid *self);
    bool (*insert_in_object_tree)(const void *parent, const uint8_t *type, uint32_t desired,
                                  void *root, void **ret_node);
    bool (*dom_sid_parse)(const char *text, struct dom_sid *ret_sid);
    char *(*dom_sid_str_buf)(const struct dom_sid *sid, struct sid_text *ret_text);
} samba;

static const struct {
    const char *name;
    void *slot;
} symbols[] = {
    {"_talloc_zero", &samba._talloc_zero},
    {"_talloc_free", &samba._talloc_free},
    {"talloc_get_size", &samba.talloc_get_size},
    {"security_token_initialise", &samba.security_token_initialise},
    {"security_token_has_sid", &samba.security_token_has_sid},
    {"security_token_set_privilege", &samba.security_token_set_privilege},
    {"se_access_check", &samba.se_access_check},
    {"sddl_decode", &samba.sddl_decode},
    {"sddl_encode", &samba.sddl_encode},
    {"ndr_pull_struct_blob", &samba.ndr_pull_struct_blob},
    {"ndr_push_struct_blob", &samba.ndr_push_struct_blob},
    {"ndr_pull_security_descriptor", &samba.ndr_pull_security_descriptor},
    {"ndr_push_security_descriptor", &samba.ndr_push_security_descriptor},
    {"se_map_generic", &samba.se_map_generic},
    {"security_acl_map_generic", &samba.security_acl_map_generic},
    {"se_create_child_secdesc", &samba.se_create_child_secdesc},
    {"se_file_access_check", &samba.se_file_access_check},
    {"sec_access_check_ds", &samba.sec_access_check_ds},
    {"insert_in_object_tree", &samba.insert_in_object_tree},
    {"dom_sid_parse", &samba.dom_sid_parse},
    {"dom_sid_str_buf", &samba.dom_sid_str_buf},
};

static const struct dom_sid domain = {1, 4, {0, 0, 0, 0, 0, 5}, {21, 1, 2, 3}};

static struct dom_sid dom_sid_of(const tsr_sid *sid)
{
    struct dom_sid dom_sid = {.revision = 1, .n_sub_authorities = (int8_t)sid->n_sub_authorities};

    for (size_t i = 0; i < sizeof(dom_sid.authority); i++) {
        dom_sid.authority[i] = (uint8_t)(sid->authority >> (40 - 8 * i));
    }
    memcpy(dom_sid.sub_authorities, sid->sub_authorities, sizeof(dom_sid.sub_authorities));
    return dom_sid;
}

static tsr_sid sid_of_dom_sid(const struct dom_sid *dom_sid)
{
    tsr_sid sid = {.n_sub_authorities = (uint8_t)dom_sid->n_sub_authorities};

    for (size_t i = 0; i < sizeof(dom_sid->authority); i++) {
        sid.authority = sid.authority << 8 | dom_sid->authority[i];
    }
    for (size_t i = 0; i < sid.n_sub_authorities; i++) {
        sid.sub_authorities[i] = dom_sid->sub_authorities[i];
    }
    return sid;
}

static struct mapping mapping_of(const tsr_generic_mapping *mapping)
{
    return (struct mapping){mapping->read, mapping->write, mapping->execute, mapping->all};
}

static void *library_open(const char *path)
{
    static const char *const usual[] = {
        LIBRARY_FOLDER "x86_64-linux-gnu" LIBRARY_NAME,
        LIBRARY_FOLDER "aarch64-linux-gnu" LIBRARY_NAME,
    };
    void *library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;

    for (size_t i = 0; !path && !library && i < ARRAY_SIZE(usual); i++) {
        library = dlopen(usual[i], RTLD_NOW | RTLD_LOCAL);
    }
    return library;
}

/* Whether tokens look the way we lay them out. */
static bool token_layout_is_known(void)
{
    const tsr_sid sids[] = {TSR_SID(5, 21, 1, 2, 3, 1000), TSR_SID_EVERYONE, TSR_SID_USERS};
    const struct dom_sid foreign = dom_sid_of(&FOREIGN_SID);
    struct samba_token *theirs = samba.security_token_initialise(NULL);
    struct samba_token *ours = samba_token_new(sids, ARRAY_SIZE(sids));
    bool known = theirs && ours && samba.talloc_get_size(theirs) == sizeof(*theirs);

    if (known) {
        samba.security_token_set_privilege(theirs, SAMPLE_LUID);
        known = theirs->privileges != 0 && theirs->n_sids == 0 && !theirs->sids &&
                !samba.security_token_has_sid(ours, &foreign);
    }
    for (size_t i = 0; known && i < ARRAY_SIZE(sids); i++) {
        const struct dom_sid sid = dom_sid_of(&sids[i]);

        known = samba.security_token_has_sid(ours, &sid);
    }
    samba_release(ours);
    samba_release(theirs);
    return known;
}

/* Whether descriptors do. */
static bool sd_layout_is_known(void)
{
    struct samba_sd *bare = samba.sddl_decode(NULL, "D:P", &domain);
    struct samba_sd *full = samba.sddl_decode(NULL, "O:BAG:SYS:", &domain);
    bool known = bare && full && samba.talloc_get_size(bare) == sizeof(*bare);

    known = known && bare->control == (SE_SELF_RELATIVE | SE_DACL_PROTECTED | SE_DACL_PRESENT) &&
            !bare->owner && !bare->group && !bare->sacl && bare->dacl;
    known = known && full->owner && full->group && full->sacl && !full->dacl;
    if (known) {
        const tsr_sid owner = sid_of_dom_sid(full->owner);
        const tsr_sid group = sid_of_dom_sid(full->group);

        known = tsr_sid_equal(&owner, &TSR_SID_ADMINISTRATORS) &&
                tsr_sid_equal(&group, &TSR_SID_SYSTEM);
    }
    samba_release(full);
    samba_release(bare);
    return known;
}

const char *samba_open(const char *path)
{
    void *library = library_open(path);
    void *symbol;

    if (!library) {
        return "Samba's libraries are not on this machine (Debian: samba-libs)";
    }
    for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
        symbol = dlsym(library, symbols[i].name);
        if (!symbol) {
            return "this Samba lacks a function that is to be measured";
        }
        memcpy(symbols[i].slot, &symbol, sizeof(symbol));
    }
    if (!sd_layout_is_known() || !token_layout_is_known()) {
        return "this Samba lays out tokens or descriptors in another way";
    }
    return NULL;
}

struct samba_token *samba_token_new(const tsr_sid *sids, size_t n_sids)
{
    struct samba_token *token = samba._talloc_zero(NULL, TOKEN_SIZE, "token");

    if (!token) {
        return NULL;
    }
    token->sids = samba._talloc_zero(token, n_sids * sizeof(*token->sids), "sids");
    if (!token->sids) {
        samba_release(token);
        return NULL;
    }

    token->n_sids = (uint32_t)n_sids;
    for (size_t i = 0; i < n_sids; i++) {
        token->sids[i] = dom_sid_of(&sids[i]);
    }
    return token;
}

void samba_token_enable(struct samba_token *token, uint32_t privilege)
{
    samba.security_token_set_privilege(token, (int)privilege);
}

struct samba_sd *samba_sd_pull(const uint8_t *bytes, size_t size)
{
    const struct data_blob blob = {(uint8_t *)bytes, size};
    struct samba_sd *sd = samba._talloc_zero(NULL, sizeof(*sd), "sd");

    if (sd && samba.ndr_pull_struct_blob(&blob, sd, sd, samba.ndr_pull_security_descriptor) != 0) {
        samba_release(sd);
        return NULL;
    }
    return sd;
}

struct samba_sd *samba_sd_parse(const char *text)
{
    return samba.sddl_decode(NULL, text, &domain);
}

char *samba_sd_format(const struct samba_sd *sd)
{
    return samba.sddl_encode(NULL, sd, &domain);
}

uint8_t *samba_sd_push(const struct samba_sd *sd, size_t *ret_size)
{
    struct data_blob blob = {NULL, 0};

    if (samba.ndr_push_struct_blob(&blob, NULL, sd, samba.ndr_push_security_descriptor) != 0) {
        return NULL;
    }
    *ret_size = blob.size;
    return blob.data;
}

void samba_sd_map_generic(struct samba_sd *sd, const tsr_generic_mapping *mapping)
{
    const struct mapping theirs = mapping_of(mapping);

    samba.security_acl_map_generic(sd->dacl, &theirs);
}

struct samba_sd *samba_sd_of_child(const struct samba_sd *parent, const tsr_sid *owner,
                                   const tsr_sid *group, bool is_container)
{
    void *scratch = samba._talloc_zero(NULL, 1, "child");
    const struct dom_sid their_owner = dom_sid_of(owner);
    const struct dom_sid their_group = dom_sid_of(group);
    struct samba_sd *child = NULL;
    struct samba_sd *copy = NULL;
    uint8_t *bytes = NULL;
    size_t size;

    /* Parts of it hang elsewhere below scratch: what outlives this call is a copy. */
    if (scratch && samba.se_create_child_secdesc(scratch, &child, &size, parent, &their_owner,
                                                 &their_group, is_container) == 0) {
        bytes = samba_sd_push(child, &size);
        copy = bytes ? samba_sd_pull(bytes, size) : NULL;
    }
    samba_release(bytes);
    samba_release(scratch);
    return copy;
}

uint32_t samba_map_generic(uint32_t mask, const tsr_generic_mapping *mapping)
{
    const struct mapping theirs = mapping_of(mapping);

    samba.se_map_generic(&mask, &theirs);
    return mask;
}

bool samba_sid_parse(const char *text, tsr_sid *ret_sid)
{
    struct dom_sid sid = {0};

    if (!samba.dom_sid_parse(text, &sid)) {
        return false;
    }
    *ret_sid = sid_of_dom_sid(&sid);
    return true;
}

void samba_sid_format(const tsr_sid *sid, char ret_text[TSR_SID_TEXT_MAX])
{
    const struct dom_sid theirs = dom_sid_of(sid);
    struct sid_text text = {{0}};

    (void)samba.dom_sid_str_buf(&theirs, &text);
    memcpy(ret_text, text.text, sizeof(text.text));
}

uint32_t samba_access_check(const struct samba_token *token, const struct samba_sd *sd,
                            uint32_t desired, uint32_t *ret_granted)
{
    return samba.se_access_check(sd, token, desired, ret_granted);
}

uint32_t samba_file_access_check(const struct samba_token *token, const struct samba_sd *sd,
                                 uint32_t desired, uint32_t *ret_granted)
{
    return samba.se_file_access_check(sd, token, true, desired, ret_granted);
}

uint32_t samba_directory_access_check(const struct samba_token *token, const struct samba_sd *sd,
                                      uint32_t desired, const uint8_t *type, const tsr_sid *self,
                                      uint32_t *ret_granted)
{
    const struct dom_sid their_self = self ? dom_sid_of(self) : (struct dom_sid){0};
    void *tree = NULL;
    uint32_t status;

    if (type && !samba.insert_in_object_tree(NULL, type, desired, NULL, &tree)) {
        return STATUS_NO_MEMORY;
    }
    status =
        samba.sec_access_check_ds(sd, token, desired, ret_granted, tree, self ? &their_self : NULL);
    samba_release(tree);
    return status;
}

void samba_release(const void *object)
{
    if (object) {
        (void)samba._talloc_free((void *)object, "samba");
    }
}
