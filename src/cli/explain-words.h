/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The words of an explanation, which its text, its page and its JSON have in common
 *
 * All texts are printable whatever their source, and owned by the caller; NULL: no memory.
 */

#include <jansson.h>

#include "base/writer.h"
#include "cli/explain-model.h"
#include "cli/rights.h"

/* What words are about. */
struct words {
    const struct model *model;
    const json_t *capsule; /* "names" and "object" are looked up in it */
    enum rights_of of;
};

/* One step, for a row of a table. */
struct line {
    char *title; /* a heading before the row; NULL: none */
    char *label; /* NULL: the step has no row */
    char *what;
    char *did;
    char *sddl; /* the whole ACE; NULL: the step is about none */
};

void line_deinit(struct line *line);

static inline void cleanup_line_deinit(struct line *line)
{
    line_deinit(line);
}

struct words words_of(const struct model *model, const json_t *capsule);

/** The name of a SID: the capsule's, a word, or its text. */
void words_who(const struct words *words, const tsr_sid *sid, struct writer *writer);
void words_who_encoded(const struct words *words, const uint8_t *sid, struct writer *writer);

/** Rights in words, joined by commas. */
void words_rights(const struct words *words, uint32_t rights, struct writer *writer);

/** The same as a text. */
char *words_rights_text(const struct words *words, uint32_t rights);

/** "entry 2 of the DACL (deny, group staff)". */
void words_step(const struct words *words, size_t step, struct writer *writer);

/** An ACE in words: "deny group staff write data", with its type and condition. */
void words_ace(const struct words *words, const tsr_ace *ace, struct writer *writer);

/** A GUID as ACEs store it. */
void words_guid(const uint8_t guid[TSR_GUID_SIZE], struct writer *writer);

/** Whether it is of a type that allows. */
bool words_allows(const tsr_ace *ace);

/** The condition of an ACE, after a blank. */
void words_condition(const tsr_ace *ace, struct writer *writer);

/** The verdict and what decides it, as one sentence. */
char *words_verdict(const struct words *words);

/** "granted", "allowed" (though the request is refused), "refused" or "not reached". */
const char *words_end(const struct words *words, uint32_t right);

/** By which steps a right ended so. */
char *words_by(const struct words *words, uint32_t right);

/** @param ret_line  line_deinit() by the caller, also on failure. @return whether there is memory
 */
bool words_line(const struct words *words, size_t step, struct line *ret_line);

/** The object asked about: its name, or NULL. Owned by the caller. */
char *words_object(const struct words *words);
