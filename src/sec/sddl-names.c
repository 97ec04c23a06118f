/* SPDX-License-Identifier: MIT */
/* The vocabulary of SDDL. */

#include "sec/sddl-names.h"

#include <string.h>

#include <tessera/access.h>

#include "base/check.h"

#define ASCII_CASE 0x20

#define SECURITY_NT_AUTHORITY   5
#define SECURITY_BUILTIN_DOMAIN 32

const struct sddl_name sddl_rights[] = {
    {"CC", 0x00000001},    {"DC", 0x00000002},   {"LC", 0x00000004},
    {"SW", 0x00000008},    {"RP", 0x00000010},   {"WP", 0x00000020},
    {"DT", 0x00000040},    {"LO", 0x00000080},   {"CR", 0x00000100},
    {"SD", DELETE},        {"RC", READ_CONTROL}, {"WD", WRITE_DAC},
    {"WO", WRITE_OWNER},   {"GA", GENERIC_ALL},  {"GX", GENERIC_EXECUTE},
    {"GW", GENERIC_WRITE}, {"GR", GENERIC_READ}, {"", 0},
};

/* KX stands for the same rights as KR, and is never printed because it comes later. */
const struct sddl_name sddl_right_sets[] = {
    {"FA", FILE_ALL_ACCESS},      {"FR", FILE_GENERIC_READ}, {"FW", FILE_GENERIC_WRITE},
    {"FX", FILE_GENERIC_EXECUTE}, {"KA", 0x000f003f},        {"KR", 0x00020019},
    {"KW", 0x00020006},           {"KX", 0x00020019},        {"", 0},
};

const struct sddl_name sddl_label_rights[] = {
    {"NW", SYSTEM_MANDATORY_LABEL_NO_WRITE_UP},
    {"NR", SYSTEM_MANDATORY_LABEL_NO_READ_UP},
    {"NX", SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP},
    {"", 0},
};

const struct sddl_name sddl_acl_flags[] = {
    {"P", SE_DACL_PROTECTED},
    {"AR", SE_DACL_AUTO_INHERIT_REQ},
    {"AI", SE_DACL_AUTO_INHERITED},
    {"", 0},
};

static const struct sddl_name common_ace_flags[] = {
    {"OI", OBJECT_INHERIT_ACE},
    {"CI", CONTAINER_INHERIT_ACE},
    {"NP", NO_PROPAGATE_INHERIT_ACE},
    {"IO", INHERIT_ONLY_ACE},
    {"ID", INHERITED_ACE},
    {"CR", CRITICAL_ACE_FLAG},
    {"SA", SUCCESSFUL_ACCESS_ACE_FLAG},
    {"FA", FAILED_ACCESS_ACE_FLAG},
    {"", 0},
};

static const struct sddl_name filter_ace_flags[] = {
    {"OI", OBJECT_INHERIT_ACE},
    {"CI", CONTAINER_INHERIT_ACE},
    {"NP", NO_PROPAGATE_INHERIT_ACE},
    {"IO", INHERIT_ONLY_ACE},
    {"ID", INHERITED_ACE},
    {"CR", CRITICAL_ACE_FLAG},
    {"TP", TRUST_PROTECTED_FILTER_ACE_FLAG},
    {"FA", FAILED_ACCESS_ACE_FLAG},
    {"", 0},
};

/* Spelled as Windows prints them, "_any" included. */
const struct sddl_operator sddl_operators[] = {
    {"&&", CONDITION_AND, CONDITION_CLASS_JUNCTION},
    {"||", CONDITION_OR, CONDITION_CLASS_JUNCTION},
    {"==", CONDITION_EQUAL, CONDITION_CLASS_RELATION},
    {"!=", CONDITION_NOT_EQUAL, CONDITION_CLASS_RELATION},
    {"<=", CONDITION_LESS_OR_EQUAL, CONDITION_CLASS_RELATION},
    {"<", CONDITION_LESS, CONDITION_CLASS_RELATION},
    {">=", CONDITION_GREATER_OR_EQUAL, CONDITION_CLASS_RELATION},
    {">", CONDITION_GREATER, CONDITION_CLASS_RELATION},
    {"!", CONDITION_NOT, CONDITION_CLASS_NEGATION},
    {"Contains", CONDITION_CONTAINS, CONDITION_CLASS_RELATION},
    {"Not_Contains", CONDITION_NOT_CONTAINS, CONDITION_CLASS_RELATION},
    {"Any_of", CONDITION_ANY_OF, CONDITION_CLASS_RELATION},
    {"Not_Any_of", CONDITION_NOT_ANY_OF, CONDITION_CLASS_RELATION},
    {"Exists", CONDITION_EXISTS, CONDITION_CLASS_EXISTENCE},
    {"Not_Exists", CONDITION_NOT_EXISTS, CONDITION_CLASS_EXISTENCE},
    {"Member_of", CONDITION_MEMBER_OF, CONDITION_CLASS_MEMBERSHIP},
    {"Member_of_any", CONDITION_MEMBER_OF_ANY, CONDITION_CLASS_MEMBERSHIP},
    {"Device_Member_of", CONDITION_DEVICE_MEMBER_OF, CONDITION_CLASS_MEMBERSHIP},
    {"Device_Member_of_any", CONDITION_DEVICE_MEMBER_OF_ANY, CONDITION_CLASS_MEMBERSHIP},
    {"Not_Member_of", CONDITION_NOT_MEMBER_OF, CONDITION_CLASS_MEMBERSHIP},
    {"Not_Member_of_any", CONDITION_NOT_MEMBER_OF_ANY, CONDITION_CLASS_MEMBERSHIP},
    {"Not_Device_Member_of", CONDITION_NOT_DEVICE_MEMBER_OF, CONDITION_CLASS_MEMBERSHIP},
    {"Not_Device_Member_of_any", CONDITION_NOT_DEVICE_MEMBER_OF_ANY, CONDITION_CLASS_MEMBERSHIP},
    {NULL, 0, CONDITION_CLASS_JUNCTION},
};

const struct sddl_attribute_scope sddl_attribute_scopes[] = {
    {"@USER.", CONDITION_USER},
    {"@DEVICE.", CONDITION_DEVICE},
    {"@RESOURCE.", CONDITION_RESOURCE},
    {"", CONDITION_LOCAL},
    {NULL, 0},
};

/* clang-format off */
static const struct sddl_ace_type ace_types[] = {
    {"A", ACCESS_ALLOWED_ACE_TYPE, ACCESS_ALLOWED_ACE_TYPE, false, SDDL_LAST_NONE},
    {"D", ACCESS_DENIED_ACE_TYPE, ACCESS_DENIED_ACE_TYPE, false, SDDL_LAST_NONE},
    {"OA", ACCESS_ALLOWED_OBJECT_ACE_TYPE, ACCESS_ALLOWED_ACE_TYPE, false, SDDL_LAST_NONE},
    {"OD", ACCESS_DENIED_OBJECT_ACE_TYPE, ACCESS_DENIED_ACE_TYPE, false, SDDL_LAST_NONE},
    {"AU", SYSTEM_AUDIT_ACE_TYPE, SYSTEM_AUDIT_ACE_TYPE, true, SDDL_LAST_NONE},
    {"AL", SYSTEM_ALARM_ACE_TYPE, SYSTEM_ALARM_ACE_TYPE, true, SDDL_LAST_NONE},
    {"OU", SYSTEM_AUDIT_OBJECT_ACE_TYPE, SYSTEM_AUDIT_ACE_TYPE, true, SDDL_LAST_NONE},
    {"OL", SYSTEM_ALARM_OBJECT_ACE_TYPE, SYSTEM_ALARM_ACE_TYPE, true, SDDL_LAST_NONE},
    {"ML", SYSTEM_MANDATORY_LABEL_ACE_TYPE, SYSTEM_MANDATORY_LABEL_ACE_TYPE, true,
     SDDL_LAST_NONE},
    {"SP", SYSTEM_SCOPED_POLICY_ID_ACE_TYPE, SYSTEM_SCOPED_POLICY_ID_ACE_TYPE, true,
     SDDL_LAST_NONE},
    {"TL", SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE, SYSTEM_PROCESS_TRUST_LABEL_ACE_TYPE, true,
     SDDL_LAST_NONE},
    {"XA", ACCESS_ALLOWED_CALLBACK_ACE_TYPE, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, false,
     SDDL_LAST_CONDITION},
    {"XD", ACCESS_DENIED_CALLBACK_ACE_TYPE, ACCESS_DENIED_CALLBACK_ACE_TYPE, false,
     SDDL_LAST_CONDITION},
    {"ZA", ACCESS_ALLOWED_CALLBACK_OBJECT_ACE_TYPE, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, false,
     SDDL_LAST_CONDITION},
    {"XU", SYSTEM_AUDIT_CALLBACK_ACE_TYPE, SYSTEM_AUDIT_CALLBACK_ACE_TYPE, true,
     SDDL_LAST_CONDITION},
    {"FL", SYSTEM_ACCESS_FILTER_ACE_TYPE, SYSTEM_ACCESS_FILTER_ACE_TYPE, true,
     SDDL_LAST_CONDITION},
    {"RA", SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE, SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE, true,
     SDDL_LAST_ATTRIBUTE},
};
/* clang-format on */

const uint8_t sddl_guid_order[TSR_GUID_SIZE] = {3, 2, 1,  0,  5,  4,  7,  6,
                                                8, 9, 10, 11, 12, 13, 14, 15};

/* SIDs of one sub-authority. */
static const struct {
    char text[3];
    uint8_t authority;
    uint32_t sub_authority;
} short_aliases[] = {
    {"WD", 1, 0},      {"CO", 3, 0},     {"CG", 3, 1},     {"OW", 3, 4},     {"NU", 5, 2},
    {"IU", 5, 4},      {"SU", 5, 6},     {"AN", 5, 7},     {"ED", 5, 9},     {"PS", 5, 10},
    {"AU", 5, 11},     {"RC", 5, 12},    {"SY", 5, 18},    {"LS", 5, 19},    {"NS", 5, 20},
    {"WR", 5, 33},     {"LW", 16, 4096}, {"ME", 16, 8192}, {"MP", 16, 8448}, {"HI", 16, 12288},
    {"SI", 16, 16384}, {"AS", 18, 1},    {"SS", 18, 2},
};

/* RIDs in the domain S-1-5-32. */
static const struct sddl_name builtin_aliases[] = {
    {"BA", 544}, {"BU", 545}, {"BG", 546}, {"PU", 547}, {"AO", 548}, {"SO", 549}, {"PO", 550},
    {"BO", 551}, {"RE", 552}, {"RU", 554}, {"RD", 555}, {"NO", 556}, {"MU", 558}, {"LU", 559},
    {"IS", 568}, {"CY", 569}, {"ER", 573}, {"CD", 574}, {"RA", 575}, {"ES", 576}, {"MS", 577},
    {"HA", 578}, {"AA", 579}, {"RM", 580}, {"", 0},
};

/* What fits into no other table. */
static const struct {
    char text[3];
    tsr_sid sid;
} other_aliases[] = {
    {"AC", TSR_SID(15, 2, 1)},
    {"UD", TSR_SID(5, 84, 0, 0, 0, 0, 0)},
};

/* RIDs in the domain; those of the forest root (SA, EA, RO, EK) are taken from the same one. */
static const struct sddl_name domain_aliases[] = {
    {"RO", 498}, {"LA", 500}, {"LG", 501}, {"DA", 512}, {"DU", 513}, {"DG", 514},
    {"DC", 515}, {"DD", 516}, {"CA", 517}, {"SA", 518}, {"EA", 519}, {"PA", 520},
    {"CN", 522}, {"AP", 525}, {"KA", 526}, {"EK", 527}, {"RS", 553}, {"", 0},
};

bool sddl_is_word(const char *text, size_t size, const char *word)
{
    if (strlen(word) != size) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (sddl_upper(text[i]) != sddl_upper(word[i])) {
            return false;
        }
    }
    return true;
}

const struct sddl_operator *sddl_operator_by_code(enum condition_code code)
{
    for (const struct sddl_operator *entry = sddl_operators; entry->text; entry++) {
        if (entry->code == code) {
            return entry;
        }
    }
    return NULL;
}

const struct sddl_operator *sddl_operator_by_word(const char *text, size_t size)
{
    for (const struct sddl_operator *entry = sddl_operators; entry->text; entry++) {
        if (sddl_is_word(text, size, entry->text)) {
            return entry;
        }
    }
    return NULL;
}

const struct sddl_name *sddl_ace_flags(uint8_t ace_type)
{
    return ace_type == SYSTEM_ACCESS_FILTER_ACE_TYPE ? filter_ace_flags : common_ace_flags;
}

const struct sddl_name *sddl_name_at(const struct sddl_name *names, const char *text)
{
    for (; names->text[0] != '\0'; names++) {
        if (sddl_name_begins(names->text, text)) {
            return names;
        }
    }
    return NULL;
}

const struct sddl_ace_type *sddl_ace_type_by_name(const char *text, size_t size)
{
    for (size_t i = 0; i < ARRAY_SIZE(ace_types); i++) {
        if (sddl_name_size(ace_types[i].text) == size &&
            sddl_name_begins(ace_types[i].text, text)) {
            return &ace_types[i];
        }
    }
    return NULL;
}

const struct sddl_ace_type *sddl_ace_type_by_type(uint8_t type)
{
    for (size_t i = 0; i < ARRAY_SIZE(ace_types); i++) {
        if (ace_types[i].type == type) {
            return &ace_types[i];
        }
    }
    return NULL;
}

/* Whether @text begins with @alias, in either case and in any locale. */
static bool is_alias_at(const char *text, const char *alias)
{
    return (text[0] & ~ASCII_CASE) == alias[0] && (text[1] & ~ASCII_CASE) == alias[1];
}

/* The entry of @names that @text begins with, in either case; NULL if none. */
static const struct sddl_name *alias_at(const struct sddl_name *names, const char *text)
{
    for (; names->text[0] != '\0'; names++) {
        if (is_alias_at(text, names->text)) {
            return names;
        }
    }
    return NULL;
}

/* The SID of an alias that means the same in every domain. */
static bool resolve_fixed(const char *text, tsr_sid *ret_sid)
{
    const struct sddl_name *builtin = alias_at(builtin_aliases, text);

    if (builtin) {
        *ret_sid = TSR_SID(SECURITY_NT_AUTHORITY, SECURITY_BUILTIN_DOMAIN, builtin->value);
        return true;
    }
    for (size_t i = 0; i < ARRAY_SIZE(short_aliases); i++) {
        if (is_alias_at(text, short_aliases[i].text)) {
            *ret_sid = TSR_SID(short_aliases[i].authority, short_aliases[i].sub_authority);
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(other_aliases); i++) {
        if (is_alias_at(text, other_aliases[i].text)) {
            *ret_sid = other_aliases[i].sid;
            return true;
        }
    }
    return false;
}

tsr_status sddl_alias_resolve(const char *text, const tsr_sid *domain, tsr_sid *ret_sid)
{
    const struct sddl_name *alias;

    if (resolve_fixed(text, ret_sid)) {
        return TSR_OK;
    }
    alias = alias_at(domain_aliases, text);
    REQUIRE(alias, STATUS_NOT_FOUND);
    REQUIRE(domain && domain->n_sub_authorities < TSR_SID_SUB_AUTHORITIES_MAX, STATUS_NONE_MAPPED);

    *ret_sid = *domain;
    ret_sid->sub_authorities[ret_sid->n_sub_authorities++] = alias->value;
    return TSR_OK;
}

static const char *alias_by_rid(const struct sddl_name *names, uint32_t rid)
{
    for (; names->text[0] != '\0'; names++) {
        if (names->value == rid) {
            return names->text;
        }
    }
    return NULL;
}

static const char *short_alias_of(const tsr_sid *sid)
{
    for (size_t i = 0; i < ARRAY_SIZE(short_aliases); i++) {
        if (short_aliases[i].authority == sid->authority &&
            short_aliases[i].sub_authority == sid->sub_authorities[0]) {
            return short_aliases[i].text;
        }
    }
    return NULL;
}

/* Whether @sid is a member of @domain: the domain's SID and one sub-authority more. */
static bool is_in_domain(const tsr_sid *sid, const tsr_sid *domain)
{
    const size_t n = domain->n_sub_authorities;

    return sid->authority == domain->authority && sid->n_sub_authorities == n + 1 &&
           memcmp(sid->sub_authorities, domain->sub_authorities,
                  n * sizeof(sid->sub_authorities[0])) == 0;
}

/* The alias that @sid has in every domain. */
static const char *fixed_alias_of(const tsr_sid *sid)
{
    static const tsr_sid builtin = TSR_SID(SECURITY_NT_AUTHORITY, SECURITY_BUILTIN_DOMAIN);

    if (sid->n_sub_authorities == 1) {
        return short_alias_of(sid);
    }
    if (is_in_domain(sid, &builtin)) {
        return alias_by_rid(builtin_aliases, sid->sub_authorities[1]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(other_aliases); i++) {
        if (tsr_sid_equal(sid, &other_aliases[i].sid)) {
            return other_aliases[i].text;
        }
    }
    return NULL;
}

const char *sddl_alias_of(const tsr_sid *sid, const tsr_sid *domain)
{
    const char *alias = fixed_alias_of(sid);

    if (alias || !domain || !is_in_domain(sid, domain)) {
        return alias;
    }
    return alias_by_rid(domain_aliases, sid->sub_authorities[sid->n_sub_authorities - 1]);
}
