/* SPDX-License-Identifier: MIT */
/* `tessera explain`: why access is granted or denied, and what must change. */

#include <stdio.h>

#include "base/check.h"
#include "base/writer.h"
#include "cli/ask.h"
#include "cli/capsule.h"
#include "cli/cli.h"
#include "cli/explain-advice.h"
#include "cli/explain-print.h"
#include "cli/jsonl.h"
#include "cli/message.h"
#include "cli/own.h"

struct explain_options {
    struct ask_options ask;
    const char *replay;
    const char *save;
    bool json;
    bool html;
    bool jsonl;
    bool no_advice;
};

#define AT(member_) offsetof(struct explain_options, member_)

static const struct option options[] = {
    ASK_OPTIONS(struct explain_options, ask),
    {"replay", "CAPSULE", "ask what this file holds, and compare", OPTION_TEXT, AT(replay)},
    {"save", "CAPSULE", "keep the question and the decision in a file", OPTION_TEXT, AT(save)},
    {"json", NULL, "answer as one JSON object", OPTION_SWITCH, AT(json)},
    {"html", NULL, "answer as one page, to be opened in a browser", OPTION_SWITCH, AT(html)},
    {"jsonl", NULL, "explain JSON lines; the operand is a file", OPTION_SWITCH, AT(jsonl)},
    {"no-advice", NULL, "do not look for what would turn it", OPTION_SWITCH, AT(no_advice)},
};

static const struct syntax syntax = {
    .command = "explain",
    .synopsis = "[OPTION]... [FILE]",
    .purpose = "Say why access is granted or denied, right by right and step by step, and what "
               "would\nhave to change. The descriptor is that of FILE unless an option gives "
               "another; the token\nis that of this process unless an option names another.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes = ASK_RIGHTS_NOTE
    "A capsule is a JSON object in the form of 'check --jsonl', with the decision it "
    "got.\n\n"
    "Exit status:\n"
    "  0  granted; with --jsonl: every line was answered\n"
    "  1  denied, or there is nothing to judge by\n"
    "  2  the command line was not understood\n"
    "  3  --replay: the decision is not the recorded one\n",
};

/* A question being explained, with all that is said about it. */
struct inquiry {
    struct question question;
    struct model model;
    struct words words;
    struct advices advices;
    struct problem difference;
    struct explanation explanation;
};

static void cleanup_inquiry_deinit(struct inquiry *inquiry)
{
    advices_deinit(&inquiry->advices);
    model_deinit(&inquiry->model);
    question_deinit(&inquiry->question);
}

/* Everything is asked as its capsule says it, so that a replay cannot tell another story. */
static bool inquire(const json_t *capsule, bool wants_advice, struct inquiry *inquiry,
                    struct problem *ret_problem)
{
    if (!capsule_check(capsule, ret_problem) ||
        !question_of_json(capsule, &inquiry->question, ret_problem) ||
        !model_ask(&inquiry->question, &inquiry->model, ret_problem)) {
        return false;
    }
    inquiry->words = words_of(&inquiry->model, capsule);
    if (wants_advice && !advice_find(capsule, &inquiry->words, &inquiry->advices, ret_problem)) {
        return false;
    }
    inquiry->explanation = (struct explanation){
        .model = &inquiry->model,
        .words = &inquiry->words,
        .advices = &inquiry->advices,
        .capsule = capsule,
        .wants_advice = wants_advice,
        .is_replay = json_object_get(capsule, "expect") != NULL,
        .agrees = capsule_agrees(capsule, &inquiry->model.result, &inquiry->question.request,
                                 &inquiry->difference),
        .difference = &inquiry->difference,
    };
    return true;
}

static bool print_json(const struct explanation *explanation)
{
    CLEANUP(json_decref) json_t *json = explain_json(explanation);

    return json && json_dumpf(json, stdout, 0) == 0 && putchar('\n') != EOF;
}

static bool print_written(const struct explanation *explanation,
                          void (*write)(const struct explanation *, struct writer *))
{
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *text = NULL;

    write(explanation, &writer);
    if (tsr_failed(writer_finish_text(&writer, &text))) {
        message("out of memory");
        return false;
    }
    return fputs(text, stdout) != EOF;
}

static bool print(const struct explain_options *chosen, const struct explanation *explanation)
{
    if (chosen->json) {
        return print_json(explanation);
    }
    return print_written(explanation, chosen->html ? explain_html : explain_text);
}

static bool report(const char *what, const struct problem *problem)
{
    if (problem->column > 0) {
        message("%s: column %zu: %s", what, problem->column, problem->text);
    } else {
        message("%s: %s", what, problem->text);
    }
    return false;
}

static bool save(const char *path, const struct inquiry *inquiry)
{
    CLEANUP(json_decref) json_t *capsule = json_copy((json_t *)inquiry->explanation.capsule);
    struct problem problem = {0};

    capsule_record(capsule, &inquiry->model.result, &inquiry->question.request);
    return capsule_write(capsule, path, &problem) || report(path, &problem);
}

static int explain(const struct explain_options *chosen, const json_t *capsule)
{
    CLEANUP(inquiry_deinit) struct inquiry inquiry = {0};
    struct problem problem = {0};

    if (!inquire(capsule, !chosen->no_advice, &inquiry, &problem)) {
        (void)report(chosen->replay ? chosen->replay : "explain", &problem);
        return CLI_FAILED;
    }
    if (!print(chosen, &inquiry.explanation) || (chosen->save && !save(chosen->save, &inquiry))) {
        return CLI_FAILED;
    }
    if (chosen->replay && !inquiry.explanation.agrees) {
        return CLI_DIFFERS;
    }
    return inquiry.model.is_granted ? CLI_OK : CLI_FAILED;
}

static int explain_asked(const struct explain_options *chosen, const struct operands *operands)
{
    CLEANUP(question_deinit) struct question question = {0};
    CLEANUP(json_decref) json_t *capsule = NULL;
    const int status = ask_read("explain", &chosen->ask, operands, &question);

    if (status != CLI_OK) {
        return status;
    }
    capsule = capsule_of(&question, operands->texts[0]);
    if (!capsule) {
        message("this question cannot be written as JSON");
        return CLI_FAILED;
    }
    return explain(chosen, capsule);
}

static int explain_replayed(const struct explain_options *chosen)
{
    CLEANUP(json_decref) json_t *capsule = NULL;
    struct problem problem = {0};

    if (!capsule_read(chosen->replay, &capsule, &problem)) {
        (void)report(chosen->replay, &problem);
        return CLI_FAILED;
    }
    return explain(chosen, capsule);
}

static bool explain_line(void *context, const json_t *capsule, json_t *answer,
                         struct problem *ret_problem)
{
    const struct explain_options *const chosen = context;
    CLEANUP(inquiry_deinit) struct inquiry inquiry = {0};
    CLEANUP(json_decref) json_t *json = NULL;

    if (!inquire(capsule, !chosen->no_advice, &inquiry, ret_problem)) {
        return false;
    }
    json = explain_json(&inquiry.explanation);
    return (json && json_object_update(answer, json) == 0) ||
           problem_set(ret_problem, "out of memory");
}

static int usage_problem(const struct explain_options *chosen, const struct operands *operands)
{
    const struct ask_options *const ask = &chosen->ask;
    const bool asks = operands->n > 0 || ask->sddl || ask->sd_hex || ask->sd_file || ask->user ||
                      ask->pid || ask->token || ask->desired || ask->mapping || ask->self;

    if (chosen->json + chosen->html + chosen->jsonl > 1) {
        return message_usage("explain", "--json, --html and --jsonl exclude each other");
    }
    if (chosen->replay && (asks || chosen->jsonl)) {
        return message_usage("explain", "--replay takes the whole question from the capsule");
    }
    if (chosen->jsonl && (operands->n > 1 || chosen->save)) {
        return message_usage("explain", "--jsonl reads one file and saves none");
    }
    return CLI_OK;
}

int cli_explain(int argc, char **argv)
{
    struct explain_options chosen = {0};
    struct operands operands;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    status = usage_problem(&chosen, &operands);
    if (status != CLI_OK) {
        return status;
    }
    if (chosen.jsonl) {
        return jsonl_run(operands.texts[0], explain_line, &chosen);
    }
    return chosen.replay ? explain_replayed(&chosen) : explain_asked(&chosen, &operands);
}
