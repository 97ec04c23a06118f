/* SPDX-License-Identifier: MIT */
/* An explanation for a terminal. */

#include "cli/explain-print.h"

#include <string.h>

#include "base/check.h"
#include "cli/explain-facts.h"

#define WIDTH     100u
#define N_COLUMNS 3

/* The widths of a table's columns; the last one takes the rest. */
struct layout {
    unsigned int widths[N_COLUMNS];
};

static const struct layout rights_layout = {{12, 26, 58}};
static const struct layout steps_layout = {{14, 45, 37}};
static const struct layout facts_layout = {{20, 76, 0}};

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* How many bytes of @text fill at most @width columns, broken at a blank where there is one. */
static size_t fitting(const char *text, unsigned int width, unsigned int *ret_used)
{
    unsigned int used = 0;
    unsigned int used_at_blank = 0;
    size_t at_blank = 0;
    size_t i = 0;

    while (text[i] && text[i] != '\n' && (used < width || is_continuation(text[i]))) {
        if (text[i] == ' ') {
            at_blank = i;
            used_at_blank = used;
        }
        used += is_continuation(text[i]) ? 0 : 1;
        i++;
    }
    if (text[i] && text[i] != '\n' && text[i] != ' ' && at_blank > 0) {
        *ret_used = used_at_blank;
        return at_blank;
    }
    *ret_used = used;
    return i;
}

/* A row of cells, each broken within its column. */
static void write_row(struct writer *writer, char mark, const struct layout *layout,
                      const char *const cells[N_COLUMNS])
{
    const char *left[N_COLUMNS] = {cells[0], cells[1], cells[2]};
    bool more = true;

    for (char leading = mark; more; leading = ' ') {
        unsigned int pending = 0;

        more = false;
        writer_char(writer, leading);
        writer_char(writer, ' ');
        for (size_t i = 0; i < N_COLUMNS; i++) {
            unsigned int used = 0;
            const size_t n = left[i] ? fitting(left[i], layout->widths[i], &used) : 0;

            if (left[i] && *left[i]) {
                writer_format(writer, "%*s", (int)pending, "");
                writer_bytes(writer, left[i], n);
                pending = 0;
                left[i] += n;
                left[i] += *left[i] == ' ' || *left[i] == '\n';
            }
            pending += layout->widths[i] - used + 1;
            more = more || (left[i] && *left[i]);
        }
        writer_char(writer, '\n');
    }
}

static void write_heading(struct writer *writer, const char *title)
{
    writer_format(writer, "\n%s\n", title);
}

static void write_wrapped(struct writer *writer, const char *indent, const char *text)
{
    const unsigned int width = WIDTH - (unsigned int)strlen(indent);
    unsigned int used;

    while (*text) {
        const size_t n = fitting(text, width, &used);

        writer_text(writer, indent);
        writer_bytes(writer, text, n);
        writer_char(writer, '\n');
        text += n;
        text += *text == ' ' || *text == '\n';
    }
}

static void write_rights(const struct explanation *explanation, struct writer *writer)
{
    write_heading(writer, "The rights");
    for (uint32_t left = model_rights(explanation->model); left; left &= left - 1) {
        const uint32_t right = left & -left;
        CLEANUP(free) char *name = words_rights_text(explanation->words, right);
        CLEANUP(free) char *by = words_by(explanation->words, right);
        const char *const end = words_end(explanation->words, right);
        const char *const cells[N_COLUMNS] = {end, name, by};

        write_row(writer, ' ', &rights_layout, cells);
    }
}

static void write_step(const struct explanation *explanation, size_t step, struct writer *writer)
{
    const bool decides = step == explanation->model->decisive;
    CLEANUP(line_deinit) struct line line = {0};

    if (!words_line(explanation->words, step, &line)) {
        writer->failed = true;
        return;
    }
    if (line.title) {
        write_heading(writer, line.title);
    }
    if (line.label) {
        const char *const cells[N_COLUMNS] = {line.label, line.what, line.did};

        write_row(writer, decides ? '>' : ' ', &steps_layout, cells);
    }
}

static void write_advice(const struct explanation *explanation, struct writer *writer)
{
    const char *const none = explain_no_advice(explanation);

    write_heading(writer, explain_advice_title(explanation));
    if (none) {
        write_wrapped(writer, "  ", none);
        return;
    }
    for (size_t i = 0; i < explanation->advices->n; i++) {
        const struct advice *const advice = &explanation->advices->items[i];

        for (size_t change = 0; change < advice->n_changes; change++) {
            static const struct layout layout = {{3, 93, 0}};
            CLEANUP(writer_deinit) struct writer number = {0};
            CLEANUP(free) char *label = NULL;
            const char *cells[N_COLUMNS] = {"and", advice->changes[change].text, NULL};

            writer_format(&number, "%zu.", i + 1);
            if (change == 0 && tsr_ok(writer_finish_text(&number, &label))) {
                cells[0] = label;
            }
            write_row(writer, ' ', &layout, cells);
        }
    }
    write_wrapped(writer, "  ", "Each was tried: the request was judged again with it.");
}

static void write_facts(const char *title, const struct facts *facts, struct writer *writer)
{
    write_heading(writer, title);
    for (size_t i = 0; i < facts->n; i++) {
        const char *const cells[N_COLUMNS] = {facts->items[i].name, facts->items[i].value, NULL};

        write_row(writer, ' ', &facts_layout, cells);
    }
}

void explain_text(const struct explanation *explanation, struct writer *writer)
{
    CLEANUP(free) char *verdict = words_verdict(explanation->words);
    CLEANUP(facts_deinit) struct facts token = {0};
    CLEANUP(facts_deinit) struct facts descriptor = {0};
    CLEANUP(writer_deinit) struct writer replay = {0};
    CLEANUP(free) char *replayed = NULL;

    write_wrapped(writer, "", verdict ? verdict : "");
    if (explanation->is_replay) {
        explain_replay(explanation, &replay);
        if (tsr_ok(writer_finish_text(&replay, &replayed))) {
            write_wrapped(writer, "", replayed);
        }
    }
    write_rights(explanation, writer);
    for (size_t i = 0; i < explanation->model->n_steps; i++) {
        write_step(explanation, i, writer);
    }
    if (explanation->wants_advice) {
        write_advice(explanation, writer);
    }
    facts_of_token(explanation->words, &token);
    facts_of_descriptor(explanation->words, &descriptor);
    write_facts("The token", &token, writer);
    write_facts("The object", &descriptor, writer);
}
