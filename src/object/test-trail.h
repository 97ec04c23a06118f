/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * An audit trail for tests, in a file of its own, and events read back from it
 */

#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

#include <tessera/audit-log.h>

#include <support/expect.h>

#define TRAIL_MAX 65536

struct trail {
    int fd;
};

/* Events go here until trail_end(). */
static inline struct trail trail_begin(void)
{
    const struct trail trail = {.fd = memfd_create("trail", MFD_CLOEXEC)};

    assert_true(trail.fd >= 0);
    assert_int_equal(fcntl(trail.fd, F_SETFL, O_APPEND), 0);
    expect_ok(tsr_audit_log_to_fd(trail.fd));
    return trail;
}

/* One line, without its end, as an event; the caller drops it. */
static inline json_t *event_of(const char *line)
{
    json_error_t error;
    json_t *event = json_loads(line, JSON_REJECT_DUPLICATES, &error);

    if (!event) {
        fail_msg("%s: %s", error.text, line);
    }
    return event;
}

/* All that was written since the last time, as an array of events; the caller drops it. */
static inline json_t *trail_read(const struct trail *trail)
{
    static char text[TRAIL_MAX];
    const ssize_t size = pread(trail->fd, text, sizeof(text) - 1, 0);
    json_t *events = json_array();
    char *line = text;
    char *end;

    assert_true(size >= 0);
    text[size] = '\0';
    assert_int_equal(strlen(text), size);
    for (; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        json_array_append_new(events, event_of(line));
    }
    assert_string_equal(line, "");
    assert_int_equal(ftruncate(trail->fd, 0), 0);
    return events;
}

static inline void trail_end(struct trail *trail)
{
    expect_ok(tsr_audit_log_to_fd(-1));
    assert_int_equal(close(trail->fd), 0);
    trail->fd = -1;
}

/* The only event that was written since the last time; the caller drops it. */
static inline json_t *trail_event(const struct trail *trail)
{
    json_t *events = trail_read(trail);
    json_t *event = json_incref(json_array_get(events, 0));

    assert_int_equal(json_array_size(events), 1);
    json_decref(events);
    return event;
}

static inline void expect_silence(const struct trail *trail)
{
    json_t *events = trail_read(trail);

    assert_int_equal(json_array_size(events), 0);
    json_decref(events);
}

/* A member is this text; NULL: there is none of that name. */
static inline void expect_text(const json_t *event, const char *name, const char *value)
{
    const char *got = json_string_value(json_object_get(event, name));

    if (!value) {
        assert_null(json_object_get(event, name));
        return;
    }
    if (!got || strcmp(got, value) != 0) {
        fail_msg("%s: expected %s, got %s", name, value, got ? got : "nothing");
    }
}

/* A member is this number; -1: there is none of that name. */
static inline void expect_number(const json_t *event, const char *name, json_int_t value)
{
    const json_t *member = json_object_get(event, name);

    if (value == -1) {
        assert_null(member);
        return;
    }
    assert_true(json_is_integer(member));
    assert_int_equal(json_integer_value(member), value);
}

static inline void expect_event(const json_t *event, json_int_t number, bool success)
{
    expect_number(event, "event", number);
    expect_text(event, "result", success ? "success" : "failure");
}
