/* SPDX-License-Identifier: MIT */
/* The text of /proc/TID/status and /proc/TID/stat. */

#include "linux/proc-text.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "linux/identity.h"

/* What is left of a text. */
struct span {
    const char *at; /* borrowed */
    size_t n_left;
};

/* The next line, without its end; what has no end was cut short and is not a line. */
static bool take_line(struct span *text, struct span *ret_line)
{
    const char *end = text->n_left > 0 ? memchr(text->at, '\n', text->n_left) : NULL;

    if (!end) {
        return false;
    }

    *ret_line = (struct span){.at = text->at, .n_left = (size_t)(end - text->at)};
    text->n_left -= ret_line->n_left + 1;
    text->at = end + 1;
    return true;
}

static bool take_prefix(struct span *line, const char *prefix)
{
    const size_t size = strlen(prefix);

    if (line->n_left < size || memcmp(line->at, prefix, size) != 0) {
        return false;
    }
    line->at += size;
    line->n_left -= size;
    return true;
}

static void skip_blanks(struct span *line)
{
    while (line->n_left > 0 && (*line->at == ' ' || *line->at == '\t')) {
        line->at++;
        line->n_left--;
    }
}

/* The value of a digit; 16 if it is none. */
static unsigned int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return (unsigned int)(digit - '0');
    }
    if (digit >= 'a' && digit <= 'f') {
        return (unsigned int)(digit - 'a') + 10;
    }
    return 16;
}

/* The next number of the line, after blanks and up to a blank or the end of the line. */
static tsr_status take_number(struct span *line, unsigned int base, uint64_t max,
                              uint64_t *ret_number)
{
    uint64_t number = 0;
    size_t n_digits = 0;

    skip_blanks(line);
    while (line->n_left > 0 && digit_value(*line->at) < base) {
        const unsigned int digit = digit_value(*line->at);

        REQUIRE(digit <= max && number <= (max - digit) / base, STATUS_DATA_ERROR);
        number = number * base + digit;
        n_digits++;
        line->at++;
        line->n_left--;
    }
    REQUIRE(n_digits > 0, STATUS_DATA_ERROR);
    REQUIRE(line->n_left == 0 || *line->at == ' ' || *line->at == '\t', STATUS_DATA_ERROR);

    *ret_number = number;
    return TSR_OK;
}

static tsr_status read_name(struct span *line, tsr_identity *identity)
{
    skip_blanks(line);
    if (line->n_left >= sizeof(identity->name)) {
        line->n_left = sizeof(identity->name) - 1;
    }
    memcpy(identity->name, line->at, line->n_left);
    return TSR_OK;
}

static tsr_status read_process_id(struct span *line, tsr_identity *identity)
{
    uint64_t number;

    TRY(take_number(line, 10, INT_MAX, &number));
    identity->process_id = (pid_t)number;
    return TSR_OK;
}

static tsr_status read_thread_id(struct span *line, tsr_identity *identity)
{
    uint64_t number;

    TRY(take_number(line, 10, INT_MAX, &number));
    identity->thread_id = (pid_t)number;
    return TSR_OK;
}

/* Real, effective, saved and file-system id. */
static tsr_status read_ids(struct span *line, uint64_t ids[4])
{
    for (size_t i = 0; i < 4; i++) {
        TRY(take_number(line, 10, UINT32_MAX, &ids[i]));
    }
    return TSR_OK;
}

static tsr_status read_uids(struct span *line, tsr_identity *identity)
{
    uint64_t ids[4];

    TRY(read_ids(line, ids));
    identity->real_uid = (uid_t)ids[0];
    identity->uid = (uid_t)ids[3];
    return TSR_OK;
}

static tsr_status read_gids(struct span *line, tsr_identity *identity)
{
    uint64_t ids[4];

    TRY(read_ids(line, ids));
    identity->gid = (gid_t)ids[3];
    return TSR_OK;
}

static int compare_gids(const void *a, const void *b)
{
    const gid_t left = *(const gid_t *)a;
    const gid_t right = *(const gid_t *)b;

    return (left > right) - (left < right);
}

/* The kernel keeps the list sorted by its own numbers; in a user namespace ours may be in other
 * order. */
static void sort_groups(tsr_identity *identity)
{
    size_t n_kept = 0;

    for (size_t i = 1; i < identity->n_groups; i++) {
        if (identity->groups[i - 1] > identity->groups[i]) {
            qsort(identity->groups, identity->n_groups, sizeof(*identity->groups), compare_gids);
            break;
        }
    }
    for (size_t i = 0; i < identity->n_groups; i++) {
        if (n_kept == 0 || identity->groups[n_kept - 1] != identity->groups[i]) {
            identity->groups[n_kept++] = identity->groups[i];
        }
    }
    identity->n_groups = n_kept;
}

static tsr_status read_groups(struct span *line, tsr_identity *identity)
{
    uint64_t number;

    /* Each number takes two bytes at least, but for the last. */
    identity->groups = array_new(line->n_left / 2 + 1, sizeof(*identity->groups));
    REQUIRE(identity->groups, STATUS_NO_MEMORY);

    for (skip_blanks(line); line->n_left > 0; skip_blanks(line)) {
        TRY(take_number(line, 10, UINT32_MAX, &number));
        identity->groups[identity->n_groups++] = (gid_t)number;
    }
    sort_groups(identity);
    return TSR_OK;
}

static tsr_status read_kernel_thread(struct span *line, tsr_identity *identity)
{
    uint64_t number;

    TRY(take_number(line, 10, 1, &number));
    identity->is_kernel_thread = number == 1;
    return TSR_OK;
}

static tsr_status read_capabilities(struct span *line, tsr_identity *identity)
{
    return take_number(line, 16, UINT64_MAX, &identity->capabilities);
}

/*
 * In the kernel's order, from the name, which is the first line: a line is compared only with the
 * field that is due, and the first one counts.
 */
static const struct {
    const char *key;
    bool is_optional; /* kernels before 6.8 do not tell */
    tsr_status (*read)(struct span *line, tsr_identity *identity);
} fields[] = {
    {"Name:", false, read_name},
    {"Tgid:", false, read_process_id},
    {"Pid:", false, read_thread_id},
    {"Uid:", false, read_uids},
    {"Gid:", false, read_gids},
    {"Groups:", false, read_groups},
    {"Kthread:", true, read_kernel_thread},
    {"CapEff:", false, read_capabilities},
};

/* Read the line if it is the field that is due, or the one after it where that one is optional. */
static tsr_status read_line(struct span *line, size_t *due, tsr_identity *identity)
{
    size_t i = *due;

    while (!take_prefix(line, fields[i].key)) {
        if (!fields[i].is_optional) {
            return TSR_OK;
        }
        i++;
    }

    *due = i + 1;
    return fields[i].read(line, identity);
}

tsr_status proc_text_status(const char *text, size_t size, tsr_identity *ret_identity)
{
    CLEANUP(tsr_identity_deinit) tsr_identity identity = {0};
    struct span rest = {.at = text, .n_left = size};
    struct span line;
    size_t due = 0;

    while (due < ARRAY_SIZE(fields)) {
        REQUIRE(take_line(&rest, &line), STATUS_DATA_ERROR);
        TRY(read_line(&line, &due, &identity));
        REQUIRE(due > 0, STATUS_DATA_ERROR);
    }

    *ret_identity = identity;
    identity = (tsr_identity){0};
    return TSR_OK;
}

tsr_status proc_text_start_time(const char *text, size_t size, uint64_t *ret_start_time)
{
    /* The name, in parentheses, may hold parentheses itself; what follows the last one cannot. */
    const char *end = size > 0 ? memrchr(text, ')', size) : NULL;
    struct span rest;
    uint64_t number = 0;

    REQUIRE(end, STATUS_DATA_ERROR);
    rest = (struct span){.at = end + 1, .n_left = size - (size_t)(end + 1 - text)};

    /* Field 3, the state, is a letter; some of the others are negative, and none of them is needed.
     */
    for (unsigned int field = 3; field < 22; field++) {
        skip_blanks(&rest);
        REQUIRE(rest.n_left > 0, STATUS_DATA_ERROR);
        while (rest.n_left > 0 && *rest.at != ' ') {
            rest.at++;
            rest.n_left--;
        }
    }
    TRY(take_number(&rest, 10, UINT64_MAX, &number));

    *ret_start_time = number;
    return TSR_OK;
}
