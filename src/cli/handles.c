/* SPDX-License-Identifier: MIT */
/* `tessera handles`: the open handles of a volume and whose they are. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <tessera/volume.h>

#include "base/fd.h"
#include "cli/cli.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/own.h"
#include "cli/rights.h"

struct handles_options {
    bool json;
};

static const struct option options[] = {
    {"json", NULL, "one JSON object per line", OPTION_SWITCH,
     offsetof(struct handles_options, json)},
};

static const struct syntax syntax = {
    .command = "handles",
    .synopsis = "[OPTION]... MOUNTPOINT",
    .purpose = "List the open handles of a volume: the file, who opened it, and with which rights.",
    .options = options,
    .n_options = ARRAY_SIZE(options),
    .notes = "The creator stays the one who opened the file, whoever uses the handle since.\n"
             "Administrators see all handles, others their own.\n\n"
             "Exit status:\n"
             "  0  listed\n"
             "  1  not a volume, or it does not answer\n"
             "  2  the command line was not understood\n",
};

static const char *member_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "?";
}

static void print_row(const char *line, size_t size)
{
    CLEANUP(json_decref) json_t *object = json_loadb(line, size, 0, NULL);
    CLEANUP(writer_deinit) struct writer writer = {0};
    CLEANUP(free) char *rights = NULL;

    if (!object) {
        return;
    }
    rights_write_words(&writer, (uint32_t)strtoul(member_text(object, "granted"), NULL, 16));
    if (tsr_failed(writer_finish_text(&writer, &rights))) {
        return;
    }
    (void)printf("%-7" JSON_INTEGER_FORMAT " %-16s %-22s %-10s %-20s %s\n",
                 json_integer_value(json_object_get(object, "pid")), member_text(object, "process"),
                 member_text(object, "user"),
                 json_is_true(json_object_get(object, "restricted")) ? "restricted" : "-", rights,
                 member_text(object, "path"));
}

static void print_page(const struct tsr_volume_handles *page, bool json)
{
    const char *at = page->text;
    const char *const end = at + page->size;
    const char *newline;

    if (json) {
        (void)fwrite(page->text, 1, page->size, stdout);
        return;
    }
    for (; at < end; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline) {
            return;
        }
        print_row(at, (size_t)(newline - at));
    }
}

int cli_handles(int argc, char **argv)
{
    CLEANUP(free) struct tsr_volume_handles *page = NULL;
    struct handles_options chosen = {0};
    struct operands operands;
    CLEANUP(fd_close) int fd = -1;
    int exit_status;

    if (!options_read(&syntax, argc, argv, &chosen, &operands, &exit_status)) {
        return exit_status;
    }
    if (operands.n != 1) {
        return message_usage("handles", "give the mount point of one volume");
    }
    page = array_new(1, sizeof(*page));
    if (!page) {
        message("out of memory");
        return CLI_FAILED;
    }
    fd = open(operands.texts[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        message("%s: %s", operands.texts[0], strerror(errno));
        return CLI_FAILED;
    }
    if (!chosen.json) {
        (void)printf("%-7s %-16s %-22s %-10s %-20s %s\n", "PID", "PROCESS", "USER", "TOKEN",
                     "GRANTED", "FILE");
    }
    do {
        page->size = 0;
        if (ioctl(fd, TSR_VOLUME_IOC_HANDLES, page) != 0) {
            message("%s: %s; is it a directory of a volume?", operands.texts[0], strerror(errno));
            return CLI_FAILED;
        }
        print_page(page, chosen.json);
    } while (page->size > 0);
    return CLI_OK;
}
