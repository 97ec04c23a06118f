/* SPDX-License-Identifier: MIT */
/* `tessera mount`: serve a directory as a volume. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <tessera/volume.h>

#include "cli/cli.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/own.h"
#include "cli/who.h"

#define THREADS_MAX 1024

struct mount_options {
    const char *policy;
    const char *cache;
    const char *threads;
    struct who_options who;
    bool no_passthrough;
    bool daemon;
};

#define AT(member_) offsetof(struct mount_options, member_)

static inline void cleanup_tsr_volume_free(tsr_volume **volume)
{
    (void)tsr_volume_free(*volume);
}

static const struct option options[] = {
    {"daemon", NULL, "go to the background once the volume is mounted", OPTION_SWITCH, AT(daemon)},
    {"policy", "WORD",
     "what a file without a descriptor gets: synthesise (default: what owner and mode say), "
     "synthesise-and-store, or deny",
     OPTION_TEXT, AT(policy)},
    {"cache", "WORD",
     "what the kernel may remember: open-checked (default: names and attributes for a second), "
     "strict (nothing), or trusted (for a minute)",
     OPTION_TEXT, AT(cache)},
    {"map", "FILE", "map of ids to SIDs; default: arithmetic", OPTION_TEXT, AT(who.map)},
    {"state", "DIR", "where tags are published; default: " TSR_STATE_DIR, OPTION_TEXT,
     AT(who.state)},
    {"threads", "N", "serve at most N requests at once", OPTION_TEXT, AT(threads)},
    {"no-passthrough", NULL, "let no data bypass the daemon, even where the kernel could",
     OPTION_SWITCH, AT(no_passthrough)},
};

static const struct syntax syntax = {
    .command = "mount",
    .synopsis = "[OPTION]... SOURCE MOUNTPOINT",
    .purpose = "Serve the directory SOURCE at MOUNTPOINT; both may be the same directory.\n"
               "Every open, create, delete, rename and security change is judged by the caller's\n"
               "access token against the file's NT security descriptor.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes =
        "Runs in the foreground until unmounted, or stopped by SIGINT or SIGTERM. Needs root.\n\n"
        "Exit status:\n"
        "  0  served until unmounted or stopped; with --daemon: mounted\n"
        "  1  could not mount\n"
        "  2  the command line was not understood\n",
};

/* A word and what it stands for. */
struct word {
    const char *text;
    int value;
};

static const struct word policies[] = {
    {"synthesise", TSR_VOLUME_SYNTHESISE},
    {"synthesise-and-store", TSR_VOLUME_SYNTHESISE_AND_STORE},
    {"deny", TSR_VOLUME_DENY},
    {NULL, 0},
};

static const struct word caches[] = {
    {"open-checked", TSR_VOLUME_OPEN_CHECKED},
    {"strict", TSR_VOLUME_STRICT},
    {"trusted", TSR_VOLUME_TRUSTED},
    {NULL, 0},
};

/* The value of one of @words; the first where none was given. */
static bool word_value(const struct word *words, const char *text, int *ret_value)
{
    if (!text) {
        *ret_value = words[0].value;
        return true;
    }
    for (const struct word *word = words; word->text; word++) {
        if (strcmp(word->text, text) == 0) {
            *ret_value = word->value;
            return true;
        }
    }
    return false;
}

static bool threads_value(const char *text, unsigned int *ret_threads)
{
    unsigned long number;
    char *end;

    if (!text) {
        *ret_threads = 0;
        return true;
    }
    number = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || number < 1 || number > THREADS_MAX) {
        return false;
    }
    *ret_threads = (unsigned int)number;
    return true;
}

static void report_corrupt(const char *path, tsr_status status)
{
    message_status(status, "%s: the descriptor is corrupt; access is denied until it is replaced",
                   path);
    syslog(LOG_ERR, "%s: the descriptor is corrupt; access is denied until it is replaced", path);
}

static void explain_failure(tsr_status status, const char *source, const char *mount_point)
{
    if (status.code == STATUS_NO_SUCH_DEVICE) {
        message(
            "there is no /dev/fuse: load the fuse module (modprobe fuse), or give the container "
            "the device");
        return;
    }
    if (geteuid() != 0) {
        message("mounting needs root: run it with sudo");
        return;
    }
    message_status(status, "cannot serve %s at %s: check that both directories exist", source,
                   mount_point);
}

static int serve(tsr_volume *volume, const struct mount_options *chosen, const char *source,
                 const char *mount_point)
{
    tsr_status status;

    if (chosen->daemon) {
        if (daemon(0, 0) != 0) {
            message("cannot go to the background");
            return CLI_FAILED;
        }
    } else {
        (void)printf("tessera: serving %s at %s; unmount it or press Ctrl-C to stop\n", source,
                     mount_point);
        (void)fflush(stdout);
    }

    status = tsr_volume_run(volume);
    if (tsr_failed(status)) {
        message_status(status, "the volume at %s stopped", mount_point);
        return CLI_FAILED;
    }
    return CLI_OK;
}

int cli_mount(int argc, char **argv)
{
    CLEANUP(tsr_resolver_free) tsr_resolver *resolver = NULL;
    CLEANUP(tsr_volume_free) tsr_volume *volume = NULL;
    struct mount_options chosen = {0};
    tsr_volume_options volume_options = {.report_corrupt = report_corrupt};
    struct operands operands;
    tsr_status status;
    int policy;
    int cache;
    int exit_status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &exit_status)) {
        return exit_status;
    }
    if (operands.n != 2) {
        return message_usage("mount", "give the directory to serve and where to serve it");
    }
    if (!word_value(policies, chosen.policy, &policy)) {
        return message_usage("mount", "there is no policy '%s'", chosen.policy);
    }
    if (!word_value(caches, chosen.cache, &cache)) {
        return message_usage("mount", "there is no cache mode '%s'", chosen.cache);
    }
    if (!threads_value(chosen.threads, &volume_options.n_threads)) {
        return message_usage("mount", "'%s' is not a number of threads from 1 to %d",
                             chosen.threads, THREADS_MAX);
    }

    if (!who_resolver(&chosen.who, &resolver)) {
        return CLI_FAILED;
    }
    volume_options.source = operands.texts[0];
    volume_options.mount_point = operands.texts[1];
    volume_options.resolver = resolver;
    volume_options.policy = (tsr_volume_policy)policy;
    volume_options.cache = (tsr_volume_cache)cache;
    volume_options.no_passthrough = chosen.no_passthrough;
    status = tsr_volume_mount(&volume_options, &volume);
    if (tsr_failed(status)) {
        explain_failure(status, operands.texts[0], operands.texts[1]);
        return CLI_FAILED;
    }
    return serve(volume, &chosen, operands.texts[0], operands.texts[1]);
}
