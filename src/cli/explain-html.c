/* SPDX-License-Identifier: MIT */
/*
 * An explanation as one page that needs nothing else.
 *
 * Every text passes through write_escaped(), whether it comes from a stranger or from us; what the
 * page may load is nothing, by its own policy.
 */

#include "cli/explain-print.h"

#include <string.h>

#include "base/check.h"
#include "cli/explain-facts.h"
#include "cli/explain-style.h"
#include "cli/own.h"
#include "cli/text.h"

static void write_escaped(struct writer *writer, const char *text)
{
    for (; text && *text; text++) {
        if (strchr("<>&\"'`", *text)) {
            writer_format(writer, "&#%d;", *text);
        } else {
            writer_char(writer, *text);
        }
    }
}

/* <ELEMENT>TEXT</ELEMENT>; the element may have attributes. */
static void write_element(struct writer *writer, const char *element, const char *text)
{
    writer_format(writer, "<%s>", element);
    write_escaped(writer, text);
    writer_format(writer, "</%.*s>", (int)strcspn(element, " "), element);
}

static void write_head(const struct explanation *explanation, const char *verdict,
                       struct writer *writer)
{
    writer_text(writer, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
                        "<meta name=\"viewport\" content=\"width=device-width, "
                        "initial-scale=1\"/>\n"
                        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                        "'none'; style-src 'unsafe-inline'\"/>\n"
                        "<meta name=\"generator\" content=\"tessera explain\"/>\n");
    write_element(writer, "title", verdict);
    writer_format(writer, "\n<style>\n%s</style></head>\n<body><main>\n", explain_style);
    writer_format(writer, "<header class=\"%s\">",
                  explanation->model->is_granted ? "granted" : "denied");
    write_element(writer, "p class=\"word\"",
                  explanation->model->is_granted ? "\xe2\x9c\x93 GRANTED" : "\xe2\x9c\x97 DENIED");
    /* The sentence repeats the word in front of its colon. */
    write_element(writer, "h1", verdict && strchr(verdict, ' ') ? strchr(verdict, ' ') + 1 : "");
}

static void write_replay(const struct explanation *explanation, struct writer *writer)
{
    CLEANUP(writer_deinit) struct writer text = {0};
    CLEANUP(free) char *replay = NULL;

    if (!explanation->is_replay) {
        return;
    }
    explain_replay(explanation, &text);
    if (tsr_ok(writer_finish_text(&text, &replay))) {
        write_element(writer, explanation->agrees ? "p class=\"dim\"" : "p class=\"warning\"",
                      replay);
    }
}

static const char *class_of_end(const struct explanation *explanation, uint32_t right)
{
    switch (explanation->model->own.ends[__builtin_ctz(right)]) {
    case RIGHT_GRANTED:
        return "a";
    case RIGHT_REFUSED:
        return "d";
    case RIGHT_UNTOUCHED:
        return "n";
    }
    return "n";
}

static void write_ends(const struct explanation *explanation, struct writer *writer)
{
    writer_text(writer, "<section><h2>Right by right</h2><table class=\"ends\"><thead><tr>"
                        "<th scope=\"col\">Right</th><th scope=\"col\">Outcome</th>"
                        "<th scope=\"col\">By</th></tr></thead><tbody>\n");
    for (uint32_t left = model_rights(explanation->model); left; left &= left - 1) {
        const uint32_t right = left & -left;
        CLEANUP(free) char *name = words_rights_text(explanation->words, right);
        CLEANUP(free) char *by = words_by(explanation->words, right);

        writer_text(writer, "<tr>");
        write_element(writer, "th scope=\"row\"", name);
        writer_format(writer, "<td><span class=\"chip %s\">", class_of_end(explanation, right));
        write_escaped(writer, words_end(explanation->words, right));
        writer_text(writer, "</span></td>");
        write_element(writer, "td", by);
        writer_text(writer, "</tr>\n");
    }
    writer_text(writer, "</tbody></table></section>\n");
}

static void write_matrix_head(const struct explanation *explanation, struct writer *writer)
{
    writer_text(writer, "<section><h2>What each step did to each right</h2>"
                        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                        "aria-label=\"Steps and rights\"><table class=\"matrix\"><thead><tr>"
                        "<th class=\"corner\" scope=\"col\">Step</th>");
    for (uint32_t left = model_rights(explanation->model); left; left &= left - 1) {
        CLEANUP(free) char *name = words_rights_text(explanation->words, left & -left);

        writer_text(writer, "<th scope=\"col\">");
        write_element(writer, "span", name);
        writer_text(writer, "</th>");
    }
    writer_text(writer, "</tr></thead>\n<tbody>\n");
}

static void write_cell(struct writer *writer, char cell)
{
    static const struct {
        char cell;
        const char *html;
    } cells[] = {
        {'a', "<td class=\"a\"><span aria-hidden=\"true\">\xe2\x9c\x93</span>"
              "<span class=\"sr\">allows</span></td>"},
        {'d', "<td class=\"d\"><span aria-hidden=\"true\">\xe2\x9c\x97</span>"
              "<span class=\"sr\">refuses</span></td>"},
        {'n', "<td class=\"n\"><span aria-hidden=\"true\">\xe2\x97\x8b</span>"
              "<span class=\"sr\">names it, without effect</span></td>"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
        if (cells[i].cell == cell) {
            writer_text(writer, cells[i].html);
            return;
        }
    }
    writer_text(writer, "<td></td>");
}

/* "deny group staff": an entry without its rights, which the columns show. */
static void write_short(const struct explanation *explanation, size_t step, const struct line *line,
                        struct writer *writer)
{
    const bool is_ace = explanation->model->steps[step].event.step == TSR_TRACE_ACE;
    const bool is_short = is_ace || explanation->model->steps[step].event.step == TSR_TRACE_OWNER;
    const char *const colon = is_ace ? strstr(line->what, ": ") : NULL;
    CLEANUP(free)
    char *text = colon ? strndup(line->what, (size_t)(colon - line->what)) : strdup(line->what);

    writer_char(writer, ' ');
    write_element(writer, is_short ? "span class=\"who\"" : "span class=\"who more\"", text);
}

/* The end of a pass, and the sum of all rules, are steps only where they take something. */
static bool has_matrix_row(const struct model *model, size_t step)
{
    const struct model_step *const at = &model->steps[step];

    return at->denied ||
           (at->event.step != TSR_TRACE_PASS_END && at->event.step != TSR_TRACE_CENTRAL_LIMIT);
}

static void write_matrix_row(const struct explanation *explanation, size_t step,
                             struct writer *writer)
{
    const struct model_step *const at = &explanation->model->steps[step];
    const bool decides = step == explanation->model->decisive;
    const uint32_t rights = model_rights(explanation->model);
    CLEANUP(line_deinit) struct line line = {0};

    if (!words_line(explanation->words, step, &line)) {
        writer->failed = true;
        return;
    }
    if (line.title) {
        writer_text(writer, "<tr class=\"group\">");
        writer_format(writer, "<th colspan=\"%d\" scope=\"colgroup\">",
                      1 + __builtin_popcount(rights));
        write_escaped(writer, line.title);
        writer_text(writer, "</th></tr>\n");
    }
    if (!line.label || !has_matrix_row(explanation->model, step)) {
        return;
    }
    writer_format(writer, "<tr class=\"%s\"><th scope=\"row\">",
                  decides                         ? "decides"
                  : at->kind == MODEL_NOT_REACHED ? "missed"
                                                  : "");
    write_element(writer, "b", line.label);
    write_short(explanation, step, &line, writer);
    writer_text(writer, decides ? " <span class=\"badge\">decides</span></th>" : "</th>");
    for (uint32_t left = rights; left; left &= left - 1) {
        write_cell(writer, model_cell(explanation->model, step, left & -left));
    }
    writer_text(writer, "</tr>\n");
}

static void write_matrix_foot(const struct explanation *explanation, struct writer *writer)
{
    writer_text(writer, "</tbody><tfoot><tr><th scope=\"row\">outcome</th>");
    for (uint32_t left = model_rights(explanation->model); left; left &= left - 1) {
        const char end = class_of_end(explanation, left & -left)[0];

        write_cell(writer, end == 'n' ? ' ' : end);
    }
    writer_text(
        writer,
        "</tr></tfoot></table></div>\n<p class=\"legend\">"
        "<b class=\"a\">\xe2\x9c\x93</b> allows \xc2\xa0 "
        "<b class=\"d\">\xe2\x9c\x97</b> refuses \xc2\xa0 "
        "<b class=\"n\">\xe2\x97\x8b</b> names it, without effect; pale: not reached \xc2\xa0 "
        "empty: does not speak about it</p></section>\n");
}

static void write_matrix(const struct explanation *explanation, struct writer *writer)
{
    if (model_rights(explanation->model) == 0 || explanation->model->n_steps == 0) {
        return;
    }
    write_matrix_head(explanation, writer);
    for (size_t i = 0; i < explanation->model->n_steps; i++) {
        write_matrix_row(explanation, i, writer);
    }
    write_matrix_foot(explanation, writer);
}

static const char *class_of_step(const struct model_step *at)
{
    return at->kind == MODEL_NOT_REACHED ? "missed" : at->denied ? "no" : at->allowed ? "yes" : "";
}

static void write_step(const struct explanation *explanation, size_t step, bool *is_open,
                       struct writer *writer)
{
    const struct model_step *const at = &explanation->model->steps[step];
    const bool decides = step == explanation->model->decisive;
    CLEANUP(line_deinit) struct line line = {0};

    (void)words_line(explanation->words, step, &line);
    if (line.title) {
        writer_text(writer, *is_open ? "</ol>\n" : "");
        write_element(writer, "h3", line.title);
        *is_open = false;
    }
    if (!line.label) {
        return;
    }
    writer_text(writer, *is_open ? "" : "<ol class=\"steps\">\n");
    *is_open = true;
    writer_format(writer, "<li class=\"%s%s\"><span class=\"label\">",
                  at->kind == MODEL_NOT_REACHED ? "missed " : "", decides ? "decides" : "");
    write_escaped(writer, line.label);
    writer_text(writer, decides ? " <span class=\"badge\">decides</span></span>" : "</span>");
    write_element(writer, "bdi", line.what);
    writer_format(writer, "<span class=\"%s\">", class_of_step(at));
    write_escaped(writer, line.did);
    writer_text(writer, "</span>");
    if (line.sddl) {
        write_element(writer, "code", line.sddl);
    }
    writer_text(writer, "</li>\n");
}

static void write_steps(const struct explanation *explanation, struct writer *writer)
{
    bool is_open = false;

    writer_text(writer, "<section><h2>Step by step</h2>\n");
    for (size_t i = 0; i < explanation->model->n_steps; i++) {
        write_step(explanation, i, &is_open, writer);
    }
    writer_text(writer, is_open ? "</ol></section>\n" : "</section>\n");
}

static void write_advice(const struct explanation *explanation, struct writer *writer)
{
    const char *const none = explain_no_advice(explanation);

    writer_text(writer, "<section>");
    write_element(writer, "h2", explain_advice_title(explanation));
    if (none) {
        write_element(writer, "p", none);
        writer_text(writer, "</section>\n");
        return;
    }
    writer_text(writer, "<ol>\n");
    for (size_t i = 0; i < explanation->advices->n; i++) {
        const struct advice *const advice = &explanation->advices->items[i];

        writer_text(writer, "<li>");
        for (size_t change = 0; change < advice->n_changes; change++) {
            writer_text(writer, change > 0 ? " <b>and</b> " : "");
            write_element(writer, "bdi", advice->changes[change].text);
        }
        writer_text(writer, "</li>\n");
    }
    writer_text(writer, "</ol><p class=\"dim\">Each was tried: the request was judged again with "
                        "it. Whether it should be done is another question.</p></section>\n");
}

static void write_facts(const char *title, const struct facts *facts, struct writer *writer)
{
    writer_text(writer, "<section>");
    write_element(writer, "h2", title);
    writer_text(writer, "<dl>\n");
    for (size_t i = 0; i < facts->n; i++) {
        const char *at = facts->items[i].value;

        write_element(writer, "dt", facts->items[i].name);
        writer_text(writer, "<dd>");
        while (*at) {
            const size_t size = strcspn(at, "\n");
            CLEANUP(free) char *value = strndup(at, size);

            write_element(writer, "span", value);
            at += size + (at[size] == '\n');
        }
        writer_text(writer, "</dd>\n");
    }
    writer_text(writer, "</dl></section>\n");
}

static void write_types(const struct explanation *explanation, struct writer *writer)
{
    const struct model *const model = explanation->model;

    if (!model->question->request.result_list) {
        return;
    }
    writer_text(writer, "<section><h2>Object types</h2><table class=\"ends\"><thead><tr>"
                        "<th scope=\"col\">Type</th><th scope=\"col\">Outcome</th>"
                        "<th scope=\"col\">Rights</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < model->n_types; i++) {
        const tsr_object_type *const type = &model->question->request.types[i];
        const bool is_granted = tsr_ok(type->status);
        CLEANUP(free) char *rights = words_rights_text(explanation->words, type->granted);

        writer_text(writer, "<tr><th scope=\"row\">");
        words_guid(type->guid, writer);
        writer_format(writer,
                      ", level %u</th>"
                      "<td><span class=\"chip %s\">%s</span></td>",
                      type->level, is_granted ? "a" : "d", is_granted ? "granted" : "refused");
        write_element(writer, "td", rights);
        writer_text(writer, "</tr>\n");
    }
    writer_text(writer, "</tbody></table></section>\n");
}

static void write_capsule(const struct explanation *explanation, struct writer *writer)
{
    CLEANUP(free) char *json = json_dumps(explanation->capsule, JSON_COMPACT);
    CLEANUP(writer_deinit) struct writer text = {0};
    CLEANUP(free) char *printable = NULL;

    text_write_printable(&text, json ? json : "");
    if (tsr_failed(writer_finish_text(&text, &printable))) {
        return;
    }
    writer_text(writer, "<section><details><summary>The question as a capsule, for <code>tessera "
                        "explain --replay</code></summary>");
    write_element(writer, "pre", printable);
    writer_text(writer, "</details></section>\n");
}

void explain_html(const struct explanation *explanation, struct writer *writer)
{
    CLEANUP(free) char *verdict = words_verdict(explanation->words);
    CLEANUP(facts_deinit) struct facts token = {0};
    CLEANUP(facts_deinit) struct facts descriptor = {0};

    write_head(explanation, verdict, writer);
    write_replay(explanation, writer);
    writer_text(writer, "</header>\n");
    write_ends(explanation, writer);
    write_matrix(explanation, writer);
    write_types(explanation, writer);
    if (explanation->wants_advice) {
        write_advice(explanation, writer);
    }
    write_steps(explanation, writer);
    facts_of_token(explanation->words, &token);
    facts_of_descriptor(explanation->words, &descriptor);
    writer_text(writer, "<div class=\"pair\">\n");
    write_facts("The token", &token, writer);
    write_facts("The object", &descriptor, writer);
    writer_text(writer, "</div>\n");
    write_capsule(explanation, writer);
    writer_text(writer, "</main></body></html>\n");
}
