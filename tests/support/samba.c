/* SPDX-License-Identifier: MIT */
/* Samba's own access check, found at run time, to measure against. */

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
    void *ndr_pull_security_descriptor;
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
    {"ndr_pull_security_descriptor", &samba.ndr_pull_security_descriptor},
};

static size_t sd_size; /* of a struct security_descriptor, by Samba's own allocation */

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

static size_t sd_size_of_samba(void)
{
    struct samba_sd *sd = samba.sddl_decode(NULL, "D:", &domain);
    const size_t size = sd ? samba.talloc_get_size(sd) : 0;

    samba_release(sd);
    return size;
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
    sd_size = sd_size_of_samba();
    if (sd_size == 0 || !token_layout_is_known()) {
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

struct samba_sd *samba_sd_pull(const uint8_t *bytes, size_t size)
{
    const struct data_blob blob = {(uint8_t *)bytes, size};
    struct samba_sd *sd = samba._talloc_zero(NULL, sd_size, "sd");

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

uint32_t samba_access_check(const struct samba_token *token, const struct samba_sd *sd,
                            uint32_t desired, uint32_t *ret_granted)
{
    return samba.se_access_check(sd, token, desired, ret_granted);
}

void samba_release(const void *object)
{
    if (object) {
        (void)samba._talloc_free((void *)object, "samba");
    }
}
