/* SPDX-License-Identifier: MIT */
/* `tessera umount`: stop serving a directory. */

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>

#include "cli/cli.h"
#include "cli/message.h"
#include "cli/options.h"

struct umount_options {
    bool force;
};

static const struct option options[] = {
    {"force", NULL, "also while files are open: their users get an error from then on",
     OPTION_SWITCH, offsetof(struct umount_options, force)},
};

static const struct syntax syntax = {
    .command = "umount",
    .synopsis = "[OPTION]... MOUNTPOINT",
    .purpose = "Unmount a volume; its daemon ends by itself.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes = "Also removes what a killed daemon left mounted. Needs root.\n\n"
             "Exit status:\n"
             "  0  unmounted\n"
             "  1  not a volume, in use, or not permitted\n"
             "  2  the command line was not understood\n",
};

/* A path without trailing slashes or dots, without asking a file system that may be dead. */
static bool absolute_path(const char *path, char ret_path[PATH_MAX])
{
    char resolved[PATH_MAX];

    if (realpath(path, resolved)) {
        (void)snprintf(ret_path, PATH_MAX, "%s", resolved);
        return true;
    }
    if (errno != ENOTCONN || path[0] != '/' || strlen(path) >= PATH_MAX) {
        return false;
    }
    (void)snprintf(ret_path, PATH_MAX, "%s", path);
    for (size_t n = strlen(ret_path); n > 1 && ret_path[n - 1] == '/'; n--) {
        ret_path[n - 1] = '\0';
    }
    return true;
}

/* Undo the \ooo by which the kernel writes blanks. */
static void unescape(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++) {
        if (text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] != '\0' &&
            text[3] != '\0') {
            *to++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
            text += 3;
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
}

/* Whether the topmost mount at @path is a volume of ours. */
static bool is_volume(const char *path)
{
    FILE *mounts = fopen("/proc/self/mounts", "re");
    char line[2 * PATH_MAX + 512];
    bool found = false;
    char *target;
    char *type;
    char *rest;

    if (!mounts) {
        return false;
    }
    while (fgets(line, sizeof(line), mounts)) {
        (void)strtok_r(line, " ", &rest);
        target = strtok_r(NULL, " ", &rest);
        type = strtok_r(NULL, " ", &rest);
        if (target && type) {
            unescape(target);
            if (strcmp(target, path) == 0) {
                found = strcmp(type, "fuse.tessera") == 0;
            }
        }
    }
    (void)fclose(mounts);
    return found;
}

int cli_umount(int argc, char **argv)
{
    struct umount_options chosen = {0};
    struct operands operands;
    char path[PATH_MAX];
    int exit_status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &exit_status)) {
        return exit_status;
    }
    if (operands.n != 1) {
        return message_usage("umount", "give the mount point of one volume");
    }
    if (!absolute_path(operands.texts[0], path)) {
        message("%s: %s", operands.texts[0], strerror(errno));
        return CLI_FAILED;
    }
    if (!is_volume(path)) {
        message("%s is not the mount point of a volume; see 'mount -t fuse.tessera'", path);
        return CLI_FAILED;
    }
    if (umount2(path, UMOUNT_NOFOLLOW | (chosen.force ? MNT_DETACH : 0)) != 0) {
        message("%s: %s%s", path, strerror(errno),
                errno == EBUSY ? "; see 'tessera handles', or use --force" : "");
        return CLI_FAILED;
    }
    return CLI_OK;
}
