/* SPDX-License-Identifier: MIT */
/* `tessera run`: a program under a token, restricted if asked. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/own.h"
#include "cli/run-wait.h"
#include "cli/sids.h"
#include "cli/who.h"

struct run_options {
    const char *user;
    struct option_texts disable;
    struct option_texts restrict_to;
    struct option_texts delete_privilege;
    bool max_privileges_off;
    bool write_restricted;
    struct option_texts read;
    struct option_texts write;
    struct option_texts execute;
    bool untagged;
    bool desktop;
    bool terminal;
    bool print_token;
    bool json;
    struct who_options who;
};

static void cleanup_run_options_deinit(struct run_options *options)
{
    option_texts_deinit(&options->disable);
    option_texts_deinit(&options->restrict_to);
    option_texts_deinit(&options->delete_privilege);
    option_texts_deinit(&options->read);
    option_texts_deinit(&options->write);
    option_texts_deinit(&options->execute);
}

#define AT(member_) offsetof(struct run_options, member_)

static const struct option options[] = {
    {"user", "USER", "NAME, UID or UID:GID,GID...; default: who asks", OPTION_TEXT, AT(user)},
    {"disable", "SID", "use a SID for denying only", OPTION_TEXTS, AT(disable)},
    {"restrict", "SID", "grant only what this SID is granted too", OPTION_TEXTS, AT(restrict_to)},
    {"delete-privilege", "NAME", "take a privilege away", OPTION_TEXTS, AT(delete_privilege)},
    {"max-privileges-off", NULL, "take all privileges away but SeChangeNotifyPrivilege",
     OPTION_SWITCH, AT(max_privileges_off)},
    {"write-restricted", NULL, "let --restrict judge writing only", OPTION_SWITCH,
     AT(write_restricted)},
    {"read", "PATH", "allow reading below PATH, and not elsewhere", OPTION_TEXTS, AT(read)},
    {"write", "PATH", "allow writing below PATH, and not elsewhere", OPTION_TEXTS, AT(write)},
    {"execute", "PATH", "allow executing below PATH, and not elsewhere", OPTION_TEXTS, AT(execute)},
    {"untagged", NULL, "do not confine; not together with restrictions", OPTION_SWITCH,
     AT(untagged)},
    {"desktop", NULL, "keep the way to the desktop and its agents", OPTION_SWITCH, AT(desktop)},
    {"terminal", NULL, "stay in this session, with its terminal", OPTION_SWITCH, AT(terminal)},
    {"print-token", NULL, "show the token and run nothing", OPTION_SWITCH, AT(print_token)},
    {"json", NULL, "show it as JSON", OPTION_SWITCH, AT(json)},
    {"map", "FILE", "map of ids to SIDs; default: arithmetic", OPTION_TEXT, AT(who.map)},
    {"state", "DIR", "where tags are published; default: " TSR_STATE_DIR, OPTION_TEXT,
     AT(who.state)},
};

static const struct syntax syntax = {
    .command = "run",
    .synopsis = "[OPTION]... [--] PROGRAM [ARGUMENT]...",
    .purpose =
        "Run a program under the token of a user. Needs root.\n\n"
        "The program is tagged and confined: it cannot leave its token, nor gain privileges,\n"
        "nor signal what runs outside. Uid 0 cannot be confined, so root is only run\n"
        "untagged and without restrictions.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes =
        "A restricted token is granted what both its own and its restricting SIDs are granted.\n"
        "With --read, --write or --execute nothing else may be read, written or executed; most\n"
        "programs need at least --read / --execute /usr.\n"
        "Without --terminal the program runs in a session of its own and cannot control the\n"
        "terminal; a shell that is to be used by hand needs --terminal.\n"
        "SIDs may be written as S-1-..., an SDDL alias such as BA, uid:N, gid:N, everyone, users\n"
        "or administrators. SIGTERM, SIGINT and SIGHUP are passed on.\n\n"
        "Exit status:\n"
        "  2    the command line was not understood\n"
        "  125  the program could not be confined, or the token not be made\n"
        "  126  the program was found and could not be executed\n"
        "  127  the program was not found\n"
        "  128 and above: the program was ended by signal 1, 2 ...\n"
        "  else the program's own\n",
    .stops_at_operand = true,
};

/* Everything a launch needs. Zero-initialise. */
struct run {
    tsr_resolver *resolver; /* owned */
    tsr_identity identity;
    tsr_token *token; /* owned */
    gid_t *groups;    /* owned; without tags */
    size_t n_groups;
    tsr_path_rule *rules; /* owned; the paths are the command line's */
    size_t n_rules;
};

static void cleanup_run_deinit(struct run *run)
{
    (void)tsr_resolver_free(run->resolver);
    tsr_identity_deinit(&run->identity);
    (void)tsr_token_unref(run->token);
    free(run->groups);
    free(run->rules);
}

static bool is_filtered(const struct run_options *chosen)
{
    return chosen->disable.n + chosen->restrict_to.n + chosen->delete_privilege.n > 0 ||
           chosen->max_privileges_off || chosen->write_restricted;
}

static bool is_restricted(const struct run_options *chosen)
{
    return is_filtered(chosen) || chosen->read.n + chosen->write.n + chosen->execute.n > 0;
}

/* What tsr_token_filter() is given. */
struct filter {
    tsr_sid *disable;       /* owned */
    tsr_group *restrict_to; /* owned */
    uint32_t *privileges;   /* owned */
};

static void cleanup_filter_deinit(struct filter *filter)
{
    free(filter->disable);
    free(filter->restrict_to);
    free(filter->privileges);
}

static bool fill_filter(const struct run_options *chosen, const tsr_resolver *resolver,
                        struct filter *filter, struct problem *ret_problem)
{
    const char *const *const privileges = chosen->delete_privilege.texts;

    for (size_t i = 0; i < chosen->disable.n; i++) {
        if (!sids_parse(chosen->disable.texts[i], resolver, &filter->disable[i], ret_problem)) {
            return false;
        }
    }
    for (size_t i = 0; i < chosen->restrict_to.n; i++) {
        if (!sids_parse(chosen->restrict_to.texts[i], resolver, &filter->restrict_to[i].sid,
                        ret_problem)) {
            return false;
        }
    }
    for (size_t i = 0; i < chosen->delete_privilege.n; i++) {
        if (tsr_failed(tsr_privilege_by_name(privileges[i], &filter->privileges[i]))) {
            return problem_set(ret_problem, "there is no privilege '%.60s'", privileges[i]);
        }
    }
    return true;
}

static int filter_token(const struct run_options *chosen, struct run *run)
{
    CLEANUP(filter_deinit)
    struct filter filter = {
        .disable = array_new(chosen->disable.n, sizeof(*filter.disable)),
        .restrict_to = array_new(chosen->restrict_to.n, sizeof(*filter.restrict_to)),
        .privileges = array_new(chosen->delete_privilege.n, sizeof(*filter.privileges)),
    };
    const tsr_token_filter_spec spec = {
        .flags = (chosen->max_privileges_off ? DISABLE_MAX_PRIVILEGE : 0) |
                 (chosen->write_restricted ? WRITE_RESTRICTED : 0),
        .disable = filter.disable,
        .n_disable = chosen->disable.n,
        .delete_privileges = filter.privileges,
        .n_delete_privileges = chosen->delete_privilege.n,
        .restrict_to = filter.restrict_to,
        .n_restrict_to = chosen->restrict_to.n,
    };
    struct problem problem = {0};
    tsr_token *filtered;
    tsr_status status;

    if (!filter.disable || !filter.restrict_to || !filter.privileges) {
        message("out of memory");
        return CLI_RUN_FAILED;
    }
    if (!fill_filter(chosen, run->resolver, &filter, &problem)) {
        return message_usage("run", "%s", problem.text);
    }
    status = tsr_token_filter(run->token, &spec, &filtered);
    if (tsr_failed(status)) {
        message_status(status, "cannot restrict the token");
        return CLI_RUN_FAILED;
    }
    (void)tsr_token_unref(run->token);
    run->token = filtered;
    return CLI_OK;
}

static int make_token(const struct run_options *chosen, struct run *run)
{
    if (!(chosen->user ? who_user(chosen->user, &run->identity)
                       : who_process(NULL, &run->identity)) ||
        !who_resolver(&chosen->who, &run->resolver) ||
        !who_token(run->resolver, &run->identity, &run->token, NULL)) {
        return CLI_RUN_FAILED;
    }
    return is_filtered(chosen) ? filter_token(chosen, run) : CLI_OK;
}

/* Rules for one path are merged, so that "--read X --write X" allows both. */
static void add_rule(struct run *run, const char *path, unsigned int access)
{
    for (size_t i = 0; i < run->n_rules; i++) {
        if (strcmp(run->rules[i].path, path) == 0) {
            run->rules[i].access |= access;
            return;
        }
    }
    run->rules[run->n_rules++] = (tsr_path_rule){.path = path, .access = access};
}

static bool add_rules(struct run *run, const struct option_texts *paths, unsigned int allowed)
{
    for (size_t i = 0; i < paths->n; i++) {
        if (access(paths->texts[i], F_OK) != 0) {
            message("%s: %s: name a path that exists", paths->texts[i], strerror(errno));
            return false;
        }
        add_rule(run, paths->texts[i], allowed);
    }
    return true;
}

static bool make_rules(const struct run_options *chosen, struct run *run)
{
    run->rules =
        array_new(chosen->read.n + chosen->write.n + chosen->execute.n, sizeof(*run->rules));
    if (!run->rules) {
        message("out of memory");
        return false;
    }
    return add_rules(run, &chosen->read, TSR_PATH_READ) &&
           add_rules(run, &chosen->write, TSR_PATH_WRITE) &&
           add_rules(run, &chosen->execute, TSR_PATH_EXECUTE);
}

/* A tag that the asking process carries is not for the program, which gets its own. */
static bool make_groups(struct run *run)
{
    run->groups = array_new(run->identity.n_groups, sizeof(*run->groups));
    if (!run->groups) {
        message("out of memory");
        return false;
    }
    for (size_t i = 0; i < run->identity.n_groups; i++) {
        if (!tsr_gid_is_tag(run->identity.groups[i])) {
            run->groups[run->n_groups++] = run->identity.groups[i];
        }
    }
    return true;
}

static int print_token(const struct run_options *chosen, const struct run *run)
{
    CLEANUP(free) char *text = NULL;
    const tsr_status status = chosen->json ? tsr_token_format_json(run->token, &text)
                                           : tsr_token_format(run->token, &text);

    if (tsr_failed(status)) {
        message_status(status, "cannot print the token");
        return CLI_RUN_FAILED;
    }
    (void)printf("%s%s", text, chosen->json ? "\n" : "");
    return CLI_OK;
}

static int launch_problem(tsr_status status, const char *program)
{
    if (status.code == STATUS_OBJECT_NAME_NOT_FOUND) {
        message("%s: there is no such program", program);
        return CLI_RUN_NOT_FOUND;
    }
    if (status.code == STATUS_ACCESS_DENIED) {
        message("%s: it may not be executed by this user, or under these --execute rules", program);
        return CLI_RUN_CANNOT_EXECUTE;
    }
    if (status.code == STATUS_NOT_SUPPORTED) {
        message("this kernel cannot confine programs: it lacks Landlock with scoping (Linux 6.12); "
                "--untagged runs without confinement");
        return CLI_RUN_FAILED;
    }
    message_status(status, "cannot start %s", program);
    return CLI_RUN_FAILED;
}

static int launch(const struct run_options *chosen, const struct run *run, gid_t tag, char **argv)
{
    const tsr_launch_spec spec = {
        .token = run->token,
        .uid = run->identity.uid,
        .gid = run->identity.gid,
        .groups = run->groups,
        .n_groups = run->n_groups,
        .tag = tag,
        .rules = run->rules,
        .n_rules = run->n_rules,
        .argv = argv,
        .keep_desktop = chosen->desktop,
        .keep_terminal = chosen->terminal,
    };
    tsr_status status;
    pid_t pid;

    run_catch_signals(chosen->terminal);
    status = tsr_launch(&spec, &pid);
    if (tsr_failed(status)) {
        return launch_problem(status, argv[0]);
    }
    return run_wait(pid);
}

static int run_program(const struct run_options *chosen, struct run *run, char **argv)
{
    const bool is_tagged = is_restricted(chosen) || (run->identity.uid != 0 && !chosen->untagged);
    gid_t tag = 0;
    tsr_status status;

    if (geteuid() != 0) {
        message("running a program under a token needs root: use sudo, with --user to name who "
                "the program shall be");
        return CLI_RUN_FAILED;
    }
    if (is_tagged && run->identity.uid == 0) {
        message("uid 0 cannot be confined: name another user with --user");
        return CLI_RUN_FAILED;
    }
    if (!make_rules(chosen, run) || !make_groups(run)) {
        return CLI_RUN_FAILED;
    }
    if (is_tagged) {
        status = tsr_tag_lease(chosen->who.state, run->token, run->identity.uid, &tag);
        if (tsr_failed(status)) {
            message_status(status,
                           "cannot publish the token in %s; name a directory of root's "
                           "with --state",
                           chosen->who.state ? chosen->who.state : TSR_STATE_DIR);
            return CLI_RUN_FAILED;
        }
    }
    return launch(chosen, run, tag, argv);
}

int cli_run(int argc, char **argv)
{
    CLEANUP(run_options_deinit) struct run_options chosen = {0};
    CLEANUP(run_deinit) struct run run = {0};
    struct operands operands;
    int status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &status)) {
        return status;
    }
    if (operands.n == 0 && !chosen.print_token) {
        return message_usage("run", "a PROGRAM is missing");
    }
    if (chosen.untagged && is_restricted(&chosen)) {
        return message_usage("run", "--untagged and restrictions exclude each other");
    }
    if (chosen.write_restricted && chosen.restrict_to.n == 0) {
        return message_usage("run", "--write-restricted needs --restrict");
    }

    status = make_token(&chosen, &run);
    if (status != CLI_OK) {
        return status;
    }
    return chosen.print_token ? print_token(&chosen, &run)
                              : run_program(&chosen, &run, operands.texts);
}
