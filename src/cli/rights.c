/* SPDX-License-Identifier: MIT */
/* Access rights as people write and read them. */

#include "cli/rights.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <tessera/sddl.h>

#include "base/check.h"
#include "cli/text.h"

/* Greedy: a mask is taken apart from the top, so what contains others stands before them. */
struct right {
    uint32_t mask;
    const char *name;  /* NULL: only words */
    const char *words; /* NULL: only a name */
};

static const struct right rights[] = {
    {FILE_ALL_ACCESS, "FILE_ALL_ACCESS", "full control"},
    {FILE_GENERIC_READ | FILE_GENERIC_WRITE | FILE_GENERIC_EXECUTE | DELETE, NULL, "modify"},
    {FILE_GENERIC_READ, "FILE_GENERIC_READ", "read"},
    {FILE_GENERIC_WRITE, "FILE_GENERIC_WRITE", "write"},
    {FILE_GENERIC_EXECUTE, "FILE_GENERIC_EXECUTE", "execute"},
    {FILE_READ_DATA, "FILE_READ_DATA", "read data"},
    {FILE_WRITE_DATA, "FILE_WRITE_DATA", "write data"},
    {FILE_APPEND_DATA, "FILE_APPEND_DATA", "append data"},
    {FILE_READ_EA, "FILE_READ_EA", "read extended attributes"},
    {FILE_WRITE_EA, "FILE_WRITE_EA", "write extended attributes"},
    {FILE_EXECUTE, "FILE_EXECUTE", "execute only"},
    {FILE_DELETE_CHILD, "FILE_DELETE_CHILD", "delete children"},
    {FILE_READ_ATTRIBUTES, "FILE_READ_ATTRIBUTES", "read attributes"},
    {FILE_WRITE_ATTRIBUTES, "FILE_WRITE_ATTRIBUTES", "write attributes"},
    {DELETE, "DELETE", "delete"},
    {READ_CONTROL, "READ_CONTROL", "read permissions"},
    {WRITE_DAC, "WRITE_DAC", "change permissions"},
    {WRITE_OWNER, "WRITE_OWNER", "take ownership"},
    {SYNCHRONIZE, "SYNCHRONIZE", "synchronize"},
    {ACCESS_SYSTEM_SECURITY, "ACCESS_SYSTEM_SECURITY", "system security"},
    {MAXIMUM_ALLOWED, "MAXIMUM_ALLOWED", "maximum allowed"},
    {GENERIC_ALL, "GENERIC_ALL", "full control (generic)"},
    {GENERIC_READ, "GENERIC_READ", "read (generic)"},
    {GENERIC_WRITE, "GENERIC_WRITE", "write (generic)"},
    {GENERIC_EXECUTE, "GENERIC_EXECUTE", "execute (generic)"},
};

/* What is understood besides the constants above and SDDL. */
static const struct {
    const char *word;
    uint32_t mask;
} words[] = {
    {"read", GENERIC_READ},
    {"write", GENERIC_WRITE},
    {"execute", GENERIC_EXECUTE},
    {"full", GENERIC_ALL},
    {"delete", DELETE},
    {"maximum", MAXIMUM_ALLOWED},
    {"FILE_LIST_DIRECTORY", FILE_LIST_DIRECTORY},
    {"FILE_ADD_FILE", FILE_ADD_FILE},
    {"FILE_ADD_SUBDIRECTORY", FILE_ADD_SUBDIRECTORY},
    {"FILE_TRAVERSE", FILE_TRAVERSE},
};

#define SPECIFIC_RIGHTS 0x0000FFFFu

static bool parse_one(const char *text, uint32_t *ret_mask)
{
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(words[i].word, text) == 0) {
            *ret_mask = words[i].mask;
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
        if (rights[i].name && strcmp(rights[i].name, text) == 0) {
            *ret_mask = rights[i].mask;
            return true;
        }
    }
    return text_to_u32(text, ret_mask) || tsr_ok(tsr_sddl_parse_rights(text, ret_mask));
}

bool rights_parse(const char *text, uint32_t *ret_mask, struct problem *ret_problem)
{
    uint32_t mask = 0;

    for (const char *at = text;; at++) {
        const size_t size = strcspn(at, ",");
        char part[64];
        uint32_t part_mask;

        if (size == 0 || size >= sizeof(part)) {
            return problem_set(ret_problem, "a right is missing or too long in '%.60s'", text);
        }
        memcpy(part, at, size);
        part[size] = '\0';
        if (!parse_one(part, &part_mask)) {
            return problem_set(ret_problem,
                               "'%s' is no right: use read, write, execute, full, delete, "
                               "maximum, a name such as FILE_READ_DATA, SDDL or a number",
                               part);
        }
        mask |= part_mask;
        at += size;
        if (!*at) {
            break;
        }
    }

    *ret_mask = mask;
    return true;
}

bool rights_parse_mapping(const char *text, tsr_generic_mapping *ret_mapping)
{
    char parts[4][16];
    uint32_t masks[4];
    int n_taken = 0;

    if (strcmp(text, "file") == 0) {
        *ret_mapping = TSR_FILE_MAPPING;
        return true;
    }
    if (sscanf(text, "%15[^,],%15[^,],%15[^,],%15[^,]%n", parts[0], parts[1], parts[2], parts[3],
               &n_taken) != 4 ||
        text[n_taken]) {
        return false;
    }
    for (size_t i = 0; i < 4; i++) {
        if (!text_to_u32(parts[i], &masks[i])) {
            return false;
        }
    }

    *ret_mapping = (tsr_generic_mapping){masks[0], masks[1], masks[2], masks[3]};
    return true;
}

/* The next entry that is wholly in @mask and still has something in @left; NULL: none. */
static const struct right *next_right(uint32_t mask, uint32_t left, bool in_words,
                                      enum rights_of of, size_t *at)
{
    while (*at < ARRAY_SIZE(rights)) {
        const struct right *right = &rights[(*at)++];

        if (of == RIGHTS_OF_OTHERS && right->mask & SPECIFIC_RIGHTS) {
            continue;
        }
        if ((mask & right->mask) == right->mask && left & right->mask &&
            (in_words ? right->words : right->name)) {
            return right;
        }
    }
    return NULL;
}

static void write_rights(struct writer *writer, uint32_t mask, bool in_words, enum rights_of of,
                         const char *separator)
{
    const size_t start = writer->size;
    const struct right *right;
    uint32_t left = mask;
    size_t at = 0;

    while ((right = next_right(mask, left, in_words, of, &at))) {
        writer_format(writer, "%s%s", writer->size > start ? separator : "",
                      in_words ? right->words : right->name);
        left &= ~right->mask;
    }
    if (left) {
        writer_format(writer, "%s0x%x", writer->size > start ? separator : "", left);
    }
    if (!mask) {
        writer_text(writer, "none");
    }
}

void rights_write_names(struct writer *writer, uint32_t mask, enum rights_of of)
{
    write_rights(writer, mask, false, of, " | ");
}

void rights_write_words(struct writer *writer, uint32_t mask)
{
    write_rights(writer, mask, true, RIGHTS_OF_FILES, ", ");
}

void rights_write_phrase(struct writer *writer, uint32_t mask, enum rights_of of)
{
    write_rights(writer, mask, true, of, ", ");
}

json_t *rights_to_json(uint32_t mask, enum rights_of of)
{
    json_t *const array = json_array();
    const struct right *right;
    uint32_t left = mask;
    size_t at = 0;

    while ((right = next_right(mask, left, false, of, &at))) {
        (void)json_array_append_new(array, json_string(right->name));
        left &= ~right->mask;
    }
    if (left) {
        (void)json_array_append_new(array, json_sprintf("0x%08x", left));
    }
    return array;
}
