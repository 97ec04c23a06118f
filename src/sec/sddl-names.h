/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The vocabulary of SDDL: what the parser reads and the printer writes (access-check.md 2.1, 2.2)
 *
 * Every table stands in the order in which its names are printed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tessera/descriptor.h>
#include <tessera/sid.h>
#include <tessera/status.h>

#include "sec/condition-token.h"

#define SDDL_NULL_ACL       "NO_ACCESS_CONTROL"
#define SDDL_GUID_TEXT_SIZE 36
#define SDDL_ALIAS_SIZE     2

/* A name of one or two letters; a table ends with an empty one. */
struct sddl_name {
    char text[3];
    uint32_t value;
};

/** The size of a name's text. */
static inline size_t sddl_name_size(const char name[3])
{
    return name[1] == '\0' ? 1 : 2;
}

/** Whether @text begins with a name; only as much of @text is read as is alike. */
static inline bool sddl_name_begins(const char name[3], const char *text)
{
    return text[0] == name[0] && (name[1] == '\0' || text[1] == name[1]);
}

/* What stands after the SID of an ACE. */
enum sddl_last_field {
    SDDL_LAST_NONE,
    SDDL_LAST_CONDITION,
    SDDL_LAST_ATTRIBUTE,
};

/* An ACE type that has a name. */
struct sddl_ace_type {
    char text[3];
    uint8_t type;
    uint8_t plain_type; /* of an object type: what it is without GUIDs; else @type */
    bool in_sacl;       /* which ACL it belongs in */
    enum sddl_last_field last_field;
};

/* An operator of conditions. */
struct sddl_operator {
    const char *text;
    enum condition_code code;
    enum condition_class class;
};

/* Of two symbols that begin alike the longer comes first; a table ends with NULL. */
extern const struct sddl_operator sddl_operators[];

/* Where an attribute of a condition is found; the text of the local one is empty. */
struct sddl_attribute_scope {
    const char *text;
    enum condition_code code;
};

extern const struct sddl_attribute_scope sddl_attribute_scopes[];

extern const struct sddl_name sddl_rights[];       /* one bit each */
extern const struct sddl_name sddl_right_sets[];   /* of files and registry keys */
extern const struct sddl_name sddl_label_rights[]; /* in a mandatory label only */
extern const struct sddl_name sddl_acl_flags[];    /* as control bits of the DACL */

/* Control bits of the SACL stand this much to the left of the DACL's. */
#define SDDL_SACL_CONTROL_SHIFT 1

/* Where each byte of a GUID's text is stored; its first three fields are little-endian. */
extern const uint8_t sddl_guid_order[TSR_GUID_SIZE];

/** Whether a GUID's text has a dash before its byte @index. */
static inline bool sddl_guid_has_dash(size_t index)
{
    return index == 4 || index == 6 || index == 8 || index == 10;
}

/** The upper case of an ASCII letter, in every locale alike; any other character itself. */
static inline char sddl_upper(char character)
{
    return character >= 'a' && character <= 'z' ? (char)(character - 'a' + 'A') : character;
}

/** Whether the @size characters at @text are @word, in either case. */
bool sddl_is_word(const char *text, size_t size, const char *word);

/** The operator of a condition that has this code; NULL if none. */
const struct sddl_operator *sddl_operator_by_code(enum condition_code code);

/** The operator spelled by exactly @size characters at @text, in either case; NULL if none. */
const struct sddl_operator *sddl_operator_by_word(const char *text, size_t size);

/** The names of ACE flags; bit 40h is called otherwise on an access filter. */
const struct sddl_name *sddl_ace_flags(uint8_t ace_type);

/** The entry of @names that @text begins with; NULL if none. */
const struct sddl_name *sddl_name_at(const struct sddl_name *names, const char *text);

/** The ACE type named by exactly @size characters at @text; NULL if none. */
const struct sddl_ace_type *sddl_ace_type_by_name(const char *text, size_t size);

/** The name of an ACE type; NULL if it has none. */
const struct sddl_ace_type *sddl_ace_type_by_type(uint8_t type);

/**
 * The SID of the alias that @text begins with, in either case.
 *
 * @param domain   NULL: none
 * @param ret_sid  untouched on failure
 * @return STATUS_NOT_FOUND (no alias), STATUS_NONE_MAPPED (it needs a domain with room for a RID)
 */
tsr_status sddl_alias_resolve(const char *text, const tsr_sid *domain, tsr_sid *ret_sid);

/** The alias of a SID; NULL if it has none. */
const char *sddl_alias_of(const tsr_sid *sid, const tsr_sid *domain);
