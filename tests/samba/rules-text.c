/* SPDX-License-Identifier: MIT */
/* Known differences in what text means. */

#include "samba/rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <support/samba.h>

#include "base/check.h"
#include "samba/compare.h"

uint32_t bare_object_aces(const struct dispute *dispute)
{
    return dispute->family == FAMILY_PRINTING &&
                   sd_is_same_but(dispute->our_sd, dispute->their_sd, BUT_BARE_OBJECTS)
               ? dispute->rights
               : 0;
}

uint32_t null_dacl_unprinted(const struct dispute *dispute)
{
    tsr_sd without;

    if (dispute->family != FAMILY_PRINTING || !dispute->their_sd->has_dacl ||
        dispute->their_sd->dacl.bytes) {
        return 0;
    }
    without = *dispute->their_sd;
    without.has_dacl = false;
    without.control &= (uint16_t) ~(SE_DACL_PRESENT | SE_DACL_PROTECTED | SE_DACL_AUTO_INHERITED |
                                    SE_DACL_AUTO_INHERIT_REQ);
    return sd_is_same_but(dispute->our_sd, &without, BUT_BARE_OBJECTS) ? dispute->rights : 0;
}

uint32_t null_dacl_unread(const struct dispute *dispute)
{
    return dispute->family == FAMILY_PARSING && dispute->theirs.status != STATUS_SUCCESS &&
                   strstr(dispute->text, "NO_ACCESS_CONTROL")
               ? dispute->rights
               : 0;
}

/* "D:P" without an ACE, and then the other section. */
uint32_t flags_alone_unread(const struct dispute *dispute)
{
    const char *at = dispute->family == FAMILY_PARSING ? strstr(dispute->text, "D:") : NULL;
    size_t n_flags;

    if (!at || dispute->theirs.status == STATUS_SUCCESS) {
        return 0;
    }
    n_flags = strspn(at + 2, "PARI");
    return n_flags > 0 && strncmp(at + 2 + n_flags, "S:", 2) == 0 ? dispute->rights : 0;
}

static bool take(const char **text, const char *what)
{
    const size_t length = strlen(what);

    if (strncmp(*text, what, length) != 0) {
        return false;
    }
    *text += length;
    return true;
}

/* Whether this is where the rights of an ACE stand: behind its second semicolon. */
static bool is_before_rights(const char *start, const char *text)
{
    size_t n_semicolons = 0;

    for (; text > start && *text != '('; text--) {
        n_semicolons += *text == ';';
    }
    return n_semicolons == 2;
}

bool mend_full_access(struct writer *writer, const char *start, const char **text)
{
    if (!is_before_rights(start, *text) || !take(text, ";FA;")) {
        return false;
    }
    writer_format(writer, ";%#x;", FILE_ALL_ACCESS);
    return true;
}

bool mend_key_rights(struct writer *writer, const char *start, const char **text)
{
    static const struct {
        const char *name;
        uint32_t rights;
    } names[] = {{";KA;", 0xf003f}, {";KR;", 0x20019}, {";KW;", 0x20006}, {";KX;", 0x20019}};

    for (size_t i = 0; is_before_rights(start, *text) && i < ARRAY_SIZE(names); i++) {
        if (take(text, names[i].name)) {
            writer_format(writer, ";%#x;", names[i].rights);
            return true;
        }
    }
    return false;
}

bool mend_authority(struct writer *writer, const char *start, const char **text)
{
    char *end;

    (void)start;
    if (!take(text, "S-1-0x")) {
        return false;
    }
    writer_format(writer, "S-1-%llu", strtoull(*text, &end, 16));
    *text = end;
    return true;
}

/* A SID as Samba reads it: any revision, any number of parts, up to what is no number. */
struct lax_sid {
    tsr_sid sid;
    uint64_t revision;
    const char *end;
};

static bool read_lax_sid(const char *text, struct lax_sid *ret_sid)
{
    struct lax_sid sid = {.sid.authority = 0};
    char *end;

    if (strncasecmp(text, "S-", 2) != 0) {
        return false;
    }
    sid.revision = strtoull(text + 2, &end, 10);
    if (*end != '-') {
        return false;
    }
    sid.sid.authority = strtoull(end + 1, &end, 0);
    while (*end == '-' && sid.sid.n_sub_authorities < TSR_SID_SUB_AUTHORITIES_MAX) {
        sid.sid.sub_authorities[sid.sid.n_sub_authorities++] =
            (uint32_t)strtoull(end + 1, &end, 10);
    }
    sid.end = end;
    *ret_sid = sid;
    return true;
}

/* Samba reads what it is expected to, whatever we do. */
static bool is_read_laxly(const struct dispute *dispute, struct lax_sid *ret_sid)
{
    tsr_sid theirs;

    return dispute->family == FAMILY_SIDS && dispute->theirs.status == STATUS_SUCCESS &&
           samba_sid_parse(dispute->text, &theirs) && read_lax_sid(dispute->text, ret_sid) &&
           tsr_sid_equal(&theirs, &ret_sid->sid);
}

uint32_t sid_authority_in_octal(const struct dispute *dispute)
{
    struct lax_sid sid;

    return is_read_laxly(dispute, &sid) && strncasecmp(dispute->text, "S-1-0", 5) == 0 &&
                   isdigit((unsigned char)dispute->text[5])
               ? dispute->rights
               : 0;
}

uint32_t sid_of_any_revision(const struct dispute *dispute)
{
    struct lax_sid sid;

    return is_read_laxly(dispute, &sid) && sid.revision != 1 ? dispute->rights : 0;
}

uint32_t sid_without_parts(const struct dispute *dispute)
{
    struct lax_sid sid;

    return is_read_laxly(dispute, &sid) && sid.sid.n_sub_authorities == 0 ? dispute->rights : 0;
}

uint32_t sid_with_more_behind(const struct dispute *dispute)
{
    struct lax_sid sid;

    return is_read_laxly(dispute, &sid) && *sid.end != '\0' ? dispute->rights : 0;
}
