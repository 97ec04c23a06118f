/* SPDX-License-Identifier: MIT */
/*
 * Audit events, and where they are written.
 *
 * The bounds of names are chosen so that the longest event, all else in it being at its longest as
 * well, is no longer than TSR_AUDIT_EVENT_MAX, which is what a pipe takes as a whole.
 */

#include "object/audit-log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <tessera/linux.h>

#include "base/utf.h"
#include "base/writer.h"

/* Bytes of a name in an event, escaped and without what marks it as cut off. */
#define NAME_MAX_SIZE 1024
#define WORD_MAX_SIZE 256

#define REPLACEMENT UINT32_C(0xfffd)
#define ELLIPSIS    "\xe2\x80\xa6"

#define POLICY_BITS                                                                      \
    (TSR_AUDIT_OBJECT_SUCCESS | TSR_AUDIT_OBJECT_FAILURE | TSR_AUDIT_PRIVILEGE_SUCCESS | \
     TSR_AUDIT_PRIVILEGE_FAILURE)

static pthread_mutex_t trail_lock = PTHREAD_MUTEX_INITIALIZER; /* of the next two */
static int trail_fd = -1;
static bool trail_is_torn; /* it ends amid an event */
static _Atomic uint32_t trail_policy;

/* What ends lines, begins terminal sequences, is not seen, or turns the direction of text. */
static bool is_treacherous(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
           (code_point >= 0x200b && code_point <= 0x200f) ||
           (code_point >= 0x2028 && code_point <= 0x202e) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

static bool needs_backslash(uint32_t code_point)
{
    return code_point == '"' || code_point == '\\';
}

static size_t escaped_size(uint32_t code_point)
{
    if (is_treacherous(code_point)) {
        return strlen("\\u0000");
    }
    if (code_point < 0x80) {
        return needs_backslash(code_point) ? 2 : 1;
    }
    return code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

static void write_escaped(struct writer *writer, uint32_t code_point)
{
    if (is_treacherous(code_point)) {
        writer_format(writer, "\\u%04" PRIx32, code_point);
        return;
    }
    if (needs_backslash(code_point)) {
        writer_char(writer, '\\');
    }
    utf8_encode(writer, code_point);
}

/* The code point at @index. Half a surrogate pair becomes U+FFFD, and so does NUL, at which some
 * read no further. @return where the next begins */
static size_t next_code_point(const struct audit_text *text, size_t index, uint32_t *ret_code_point)
{
    const uint32_t unit = text->units[index];
    const uint32_t low = index + 1 < text->n_units ? text->units[index + 1] : 0;

    if ((unit & 0xfc00) == 0xd800 && (low & 0xfc00) == 0xdc00) {
        *ret_code_point = 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff));
        return index + 2;
    }
    *ret_code_point = unit == 0 || (unit & 0xf800) == 0xd800 ? REPLACEMENT : unit;
    return index + 1;
}

/* @return whether it was cut off: no name can pretend to have been, as the event says so too */
static bool write_text(struct writer *writer, const char *name, const struct audit_text *text,
                       size_t size_max)
{
    uint32_t code_point;
    size_t size = 0;
    size_t i = 0;

    if (!text->units) {
        return false;
    }
    writer_format(writer, ",\"%s\":\"", name);
    while (i < text->n_units) {
        i = next_code_point(text, i, &code_point);
        size += escaped_size(code_point);
        if (size > size_max) {
            writer_text(writer, ELLIPSIS "\"");
            return true;
        }
        write_escaped(writer, code_point);
    }
    writer_char(writer, '"');
    return false;
}

static void write_names(struct writer *writer, const struct audit_event *event)
{
    bool is_cut_off = false;

    is_cut_off |= write_text(writer, "subsystem", &event->subsystem, WORD_MAX_SIZE);
    is_cut_off |= write_text(writer, "service", &event->service, WORD_MAX_SIZE);
    is_cut_off |= write_text(writer, "object_type", &event->object_type, WORD_MAX_SIZE);
    is_cut_off |= write_text(writer, "object_name", &event->object_name, NAME_MAX_SIZE);
    if (is_cut_off) {
        writer_text(writer, ",\"truncated\":true");
    }
}

static void write_access(struct writer *writer, const struct audit_event *event)
{
    if (event->handle) {
        /* As text: a JSON number does not hold 64 bits everywhere. */
        writer_format(writer, ",\"handle\":\"0x%" PRIx64 "\"", event->handle);
    }
    if (event->created) {
        writer_text(writer, ",\"created\":true");
    }
    if (event->has_access) {
        writer_format(writer, ",\"desired\":\"0x%08" PRIx32 "\",\"granted\":\"0x%08" PRIx32 "\"",
                      event->desired, event->granted);
    }
}

static void write_privileges(struct writer *writer, uint64_t privileges)
{
    const char *separator = "";

    if (privileges == 0) {
        return;
    }
    writer_text(writer, ",\"privileges\":[");
    for (uint32_t luid = TSR_PRIVILEGE_FIRST; luid <= TSR_PRIVILEGE_LAST; luid++) {
        if (privileges & TSR_PRIVILEGE_BIT(luid)) {
            writer_format(writer, "%s\"%s\"", separator, tsr_privilege_name(luid));
            separator = ",";
        }
    }
    writer_char(writer, ']');
}

static void write_cause(struct writer *writer, const tsr_audit_event *cause)
{
    static const char *const names[] = {
        [TSR_AUDIT_ACE] = "ace",
        [TSR_AUDIT_CENTRAL_ACE] = "central-ace",
        [TSR_AUDIT_POLICY] = "policy",
        [TSR_AUDIT_PRIVILEGE] = "privilege",
    };

    if (!cause) {
        return;
    }
    writer_format(writer, ",\"cause\":\"%s\",\"rights\":\"0x%08" PRIx32 "\"", names[cause->cause],
                  cause->rights);
    if (cause->ace) {
        writer_format(writer, ",\"ace\":%" PRIu32, cause->ace_index);
    }
    if (cause->cause == TSR_AUDIT_CENTRAL_ACE) {
        writer_format(writer, ",\"rule\":%" PRIu32, cause->rule);
    }
}

static void write_token(struct writer *writer, const char *whose, const tsr_token *token)
{
    char text[TSR_SID_TEXT_MAX];
    tsr_group user;

    tsr_token_get_user(token, &user);
    tsr_sid_format(&user.sid, text);
    writer_format(writer, ",\"%s\":\"%s\",\"%s_logon\":\"0x%" PRIx64 "\"", whose, text, whose,
                  token->state->authentication_id);
}

static void write_subjects(struct writer *writer, const struct audit_event *event)
{
    writer_format(writer, ",\"process\":%ld", (long)getpid());
    write_token(writer, "primary", event->primary);
    if (!event->client) {
        return;
    }
    write_token(writer, "client", event->client);
    if (event->client->type == TSR_TOKEN_IMPERSONATION) {
        writer_format(writer, ",\"level\":\"%s\"", token_level_name(event->client->level));
    }
}

static void write_time(struct writer *writer)
{
    char text[32];
    struct timespec now;
    struct tm utc;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
    writer_format(writer, "\"time\":\"%s.%06ldZ\",", text, now.tv_nsec / 1000);
}

/* The event between two ends of lines. */
static tsr_status format_event(const struct audit_event *event, bool with_time, char **ret_text)
{
    CLEANUP(writer_deinit) struct writer writer = {0};

    writer_text(&writer, "\n{");
    if (with_time) {
        write_time(&writer);
    }
    writer_format(&writer, "\"event\":%d,\"result\":\"%s\"", (int)event->number,
                  event->success ? "success" : "failure");
    write_names(&writer, event);
    write_access(&writer, event);
    write_privileges(&writer, event->privileges);
    write_cause(&writer, event->cause);
    write_subjects(&writer, event);
    writer_text(&writer, "}\n");
    return writer_finish_text(&writer, ret_text);
}

static tsr_status write_once(int fd, const char *text, size_t size)
{
    ssize_t n_written;

    do {
        n_written = write(fd, text, size);
    } while (n_written < 0 && errno == EINTR);
    if (n_written < 0) {
        return tsr_status_of_errno(errno);
    }
    trail_is_torn = (size_t)n_written < size;
    REQUIRE(!trail_is_torn, STATUS_DISK_FULL);
    return TSR_OK;
}

/* An event begins a line of its own, also behind half of another. */
static tsr_status write_to_fd(int fd, const struct audit_event *event)
{
    CLEANUP(free) char *text = NULL;
    const char *begin;

    TRY(format_event(event, true, &text));
    begin = trail_is_torn ? text : text + 1;
    return write_once(fd, begin, strlen(begin));
}

static tsr_status write_to_syslog(const struct audit_event *event)
{
    CLEANUP(free) char *text = NULL;

    TRY(format_event(event, false, &text));
    syslog(LOG_AUTHPRIV | (event->success ? LOG_NOTICE : LOG_WARNING), "%.*s",
           (int)strlen(text) - 2, text + 1);
    return TSR_OK;
}

tsr_status audit_log_write(const struct audit_event *event)
{
    tsr_status status;

    (void)pthread_mutex_lock(&trail_lock);
    status = trail_fd < 0 ? write_to_syslog(event) : write_to_fd(trail_fd, event);
    (void)pthread_mutex_unlock(&trail_lock);
    return status;
}

uint32_t audit_log_policy(void)
{
    return trail_policy;
}

static tsr_status check_fd(int fd)
{
    const int flags = fcntl(fd, F_GETFL);

    REQUIRE(flags >= 0, STATUS_INVALID_HANDLE);
    REQUIRE((flags & O_ACCMODE) != O_RDONLY && !(flags & O_PATH), STATUS_ACCESS_DENIED);
    return TSR_OK;
}

tsr_status tsr_audit_log_to_fd(int fd)
{
    if (fd != -1) {
        TRY(check_fd(fd));
    }
    (void)pthread_mutex_lock(&trail_lock);
    trail_fd = fd;
    trail_is_torn = false;
    (void)pthread_mutex_unlock(&trail_lock);
    return TSR_OK;
}

tsr_status tsr_audit_log_set_policy(uint32_t policy)
{
    REQUIRE(!(policy & ~POLICY_BITS), STATUS_INVALID_PARAMETER);
    trail_policy = policy;
    return TSR_OK;
}
