/* SPDX-License-Identifier: MIT */
/* `tessera whoami`: the token of a process. */

#include <stdio.h>

#include "cli/cli.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/own.h"
#include "cli/who.h"

struct whoami_options {
    const char *pid;
    bool json;
    struct who_options who;
};

#define AT(member_) offsetof(struct whoami_options, member_)

static const struct option options[] = {
    {"pid", "N", "of this process; default: the one that asks", OPTION_TEXT, AT(pid)},
    {"json", NULL, "as one JSON object, which 'check --token' reads", OPTION_SWITCH, AT(json)},
    {"map", "FILE", "map of ids to SIDs; default: arithmetic", OPTION_TEXT, AT(who.map)},
    {"state", "DIR", "where tags are published; default: " TSR_STATE_DIR, OPTION_TEXT,
     AT(who.state)},
};

static const struct syntax syntax = {
    .command = "whoami",
    .synopsis = "[OPTION]...",
    .purpose = "Show the token of a process: user, groups, privileges and restrictions.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes = "Exit status:\n"
             "  0  shown\n"
             "  1  there is no such process, or it has no token\n"
             "  2  the command line was not understood\n",
};

static const char *origin_text(tsr_origin origin)
{
    switch (origin) {
    case TSR_ORIGIN_NONE:
        return "no token";
    case TSR_ORIGIN_PLAIN:
        return "made from uid, groups and capabilities";
    case TSR_ORIGIN_TAGGED:
        return "published for its tag";
    case TSR_ORIGIN_OVERRIDE:
        return "made from the uid alone";
    }
    return "unknown";
}

static bool print_token(const tsr_token *token, bool json)
{
    CLEANUP(free) char *text = NULL;
    const tsr_status status =
        json ? tsr_token_format_json(token, &text) : tsr_token_format(token, &text);

    if (tsr_failed(status)) {
        message_status(status, "cannot print the token");
        return false;
    }
    (void)printf("%s%s", text, json ? "\n" : "");
    return true;
}

int cli_whoami(int argc, char **argv)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    CLEANUP(tsr_resolver_free) tsr_resolver *resolver = NULL;
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    struct whoami_options chosen = {0};
    struct operands operands;
    tsr_origin origin;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    if (operands.n > 0) {
        return message_usage("whoami", "unexpected argument '%s'", operands.texts[0]);
    }
    if (!who_process(chosen.pid, &identity) || !who_resolver(&chosen.who, &resolver) ||
        !who_token(resolver, &identity, &token, &origin)) {
        return CLI_FAILED;
    }

    if (!chosen.json) {
        (void)printf("Process         %d, %s\n", (int)identity.process_id, origin_text(origin));
    }
    return print_token(token, chosen.json) ? CLI_OK : CLI_FAILED;
}
