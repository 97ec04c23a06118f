/* SPDX-License-Identifier: MIT */

#include "object/audit-log.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "linux/test-support.h"
#include "object/test-trail.h"
#include "token/test-fixtures.h"

#define TEXT(literal_) ((struct audit_text){u"" literal_, sizeof(u"" literal_) / 2 - 1})

static tsr_token *client;
static tsr_token *primary;

static int make_tokens(void **state)
{
    (void)state;
    client = impersonating(alice(), TSR_LEVEL_IMPERSONATION);
    primary = system_token();
    return 0;
}

static int drop_tokens(void **state)
{
    (void)state;
    client = tsr_token_unref(client);
    primary = tsr_token_unref(primary);
    return 0;
}

/* An event with nothing but what each has. */
static struct audit_event plain_event(void)
{
    return (struct audit_event){.number = AUDIT_HANDLE_CLOSED, .success = true, .primary = primary};
}

static void every_member_is_told(void **state)
{
    const uint8_t ace[8] = {0};
    const tsr_audit_event cause = {
        .cause = TSR_AUDIT_CENTRAL_ACE, .ace = ace, .ace_index = 3, .rule = 2, .rights = 0x21};
    const struct audit_event event = {
        .number = AUDIT_HANDLE_REQUESTED,
        .subsystem = TEXT("registry"),
        .service = TEXT("open"),
        .object_type = TEXT("Key"),
        .object_name = TEXT("\\Machine\\\"S\u00e4ge\" \U0001f512"),
        .handle = UINT64_C(0xfedcba9876543210),
        .created = true,
        .has_access = true,
        .desired = 0x02000001,
        .granted = 0x21,
        .privileges = TSR_PRIVILEGE_BIT(SE_SECURITY_PRIVILEGE) |
                      TSR_PRIVILEGE_BIT(SE_TAKE_OWNERSHIP_PRIVILEGE),
        .cause = &cause,
        .client = client,
        .primary = primary,
    };
    struct trail trail = trail_begin();
    const json_t *privileges;
    json_t *told;
    (void)state;

    expect_ok(audit_log_write(&event));

    told = trail_event(&trail);
    expect_event(told, 4656, false);
    expect_text(told, "subsystem", "registry");
    expect_text(told, "service", "open");
    expect_text(told, "object_type", "Key");
    expect_text(told, "object_name", "\\Machine\\\"S\u00e4ge\" \U0001f512");
    assert_null(json_object_get(told, "truncated"));
    expect_text(told, "handle", "0xfedcba9876543210");
    assert_true(json_is_true(json_object_get(told, "created")));
    expect_text(told, "desired", "0x02000001");
    expect_text(told, "granted", "0x00000021");
    privileges = json_object_get(told, "privileges");
    assert_int_equal(json_array_size(privileges), 2);
    assert_string_equal(json_string_value(json_array_get(privileges, 0)), "SeSecurityPrivilege");
    assert_string_equal(json_string_value(json_array_get(privileges, 1)),
                        "SeTakeOwnershipPrivilege");
    expect_text(told, "cause", "central-ace");
    expect_text(told, "rights", "0x00000021");
    expect_number(told, "ace", 3);
    expect_number(told, "rule", 2);
    expect_number(told, "process", getpid());
    expect_text(told, "primary", "S-1-5-18");
    expect_text(told, "primary_logon", "0x3e7");
    expect_text(told, "client", ALICE);
    expect_text(told, "client_logon", "0x5ca1ab1e0");
    expect_text(told, "level", "impersonation");
    json_decref(told);
    trail_end(&trail);
}

static void what_there_is_none_of_is_left_out(void **state)
{
    const struct audit_event event = plain_event();
    struct trail trail = trail_begin();
    json_t *told;
    (void)state;

    expect_ok(audit_log_write(&event));

    told = trail_event(&trail);
    expect_event(told, 4658, true);
    expect_text(told, "primary", "S-1-5-18");
    assert_non_null(json_object_get(told, "time"));
    assert_int_equal(json_object_size(told), 6); /* process, primary_logon */
    json_decref(told);
    trail_end(&trail);
}

static int64_t microseconds(void)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static void the_time_is_in_utc(void **state)
{
    const struct audit_event event = plain_event();
    struct trail trail = trail_begin();
    const int64_t before = microseconds();
    const char *text;
    struct tm utc = {0};
    long fraction = -1;
    int n_read = 0;
    int64_t told_at;
    int64_t after;
    json_t *told;
    (void)state;

    expect_ok(audit_log_write(&event));
    after = microseconds();

    told = trail_event(&trail);
    text = json_string_value(json_object_get(told, "time"));
    assert_non_null(text);
    assert_int_equal(strlen(text), strlen("2026-01-02T03:04:05.000006Z"));
    assert_int_equal(sscanf(text, "%d-%d-%dT%d:%d:%d.%6ldZ%n", &utc.tm_year, &utc.tm_mon,
                            &utc.tm_mday, &utc.tm_hour, &utc.tm_min, &utc.tm_sec, &fraction,
                            &n_read),
                     7);
    assert_int_equal(n_read, strlen(text));
    utc.tm_year -= 1900;
    utc.tm_mon -= 1;
    told_at = timegm(&utc) * INT64_C(1000000) + fraction;
    assert_true(before <= told_at && told_at <= after);
    json_decref(told);
    trail_end(&trail);
}

static void the_first_privilege_and_the_last_are_told(void **state)
{
    struct audit_event event = plain_event();
    struct trail trail = trail_begin();
    const json_t *privileges;
    json_t *told;
    (void)state;

    event.privileges =
        TSR_PRIVILEGE_BIT(TSR_PRIVILEGE_FIRST) | TSR_PRIVILEGE_BIT(TSR_PRIVILEGE_LAST);
    expect_ok(audit_log_write(&event));

    told = trail_event(&trail);
    privileges = json_object_get(told, "privileges");
    assert_int_equal(json_array_size(privileges), 2);
    assert_string_equal(json_string_value(json_array_get(privileges, 0)),
                        tsr_privilege_name(TSR_PRIVILEGE_FIRST));
    assert_string_equal(json_string_value(json_array_get(privileges, 1)),
                        tsr_privilege_name(TSR_PRIVILEGE_LAST));
    json_decref(told);
    trail_end(&trail);
}

/* All in it is at its longest: the words, each of its characters escaped, SIDs, and numbers. */
static void the_longest_event_is_within_its_bound(void **state)
{
    static uint16_t hostile[32767];
    const struct audit_text text = {hostile, ARRAY_SIZE(hostile)};
    const tsr_audit_event cause = {.cause = TSR_AUDIT_CENTRAL_ACE,
                                   .ace = (const uint8_t *)"",
                                   .ace_index = UINT32_MAX,
                                   .rule = UINT32_MAX,
                                   .rights = UINT32_MAX};
    tsr_token_spec spec = alice_spec();
    struct trail trail = trail_begin();
    struct audit_event event = {
        .number = AUDIT_HANDLE_REQUESTED,
        .subsystem = text,
        .service = text,
        .object_type = text,
        .object_name = text,
        .handle = UINT64_MAX,
        .created = true,
        .has_access = true,
        .desired = UINT32_MAX,
        .granted = UINT32_MAX,
        .privileges = UINT64_MAX,
        .cause = &cause,
    };
    struct tsr_token *longest;
    json_t *told;
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
        hostile[i] = '\n';
    }
    spec.authentication_id = UINT64_MAX;
    spec.user.authority = (UINT64_C(1) << 48) - 1;
    spec.user.n_sub_authorities = TSR_SID_SUB_AUTHORITIES_MAX;
    memset(spec.user.sub_authorities, 0xff, sizeof(spec.user.sub_authorities));
    longest = impersonating(token_of_spec(&spec), TSR_LEVEL_IDENTIFICATION);
    event.client = longest;
    event.primary = longest;

    expect_ok(audit_log_write(&event));

    assert_in_range(lseek(trail.fd, 0, SEEK_END), TSR_AUDIT_EVENT_MAX / 2, TSR_AUDIT_EVENT_MAX);
    told = trail_event(&trail);
    assert_true(json_is_true(json_object_get(told, "truncated")));
    json_decref(told);
    (void)tsr_token_unref(longest);
    trail_end(&trail);
}

/* The name of an object, as it is told, and whether the event says that it was cut off. */
static void expect_name(const struct audit_text *name, const char *told_as, bool is_cut_off)
{
    struct audit_event event = plain_event();
    struct trail trail = trail_begin();
    json_t *told;

    event.object_name = *name;
    expect_ok(audit_log_write(&event));

    told = trail_event(&trail);
    expect_text(told, "object_name", told_as);
    assert_int_equal(json_is_true(json_object_get(told, "truncated")), is_cut_off);
    json_decref(told);
    trail_end(&trail);
}

static void no_name_breaks_a_line_or_an_event(void **state)
{
    static const uint16_t quote[] = u"\",\"result\":\"success";
    static const uint16_t line[] = u"a\r\n{\"event\":4656}\n";
    static const uint16_t high_alone[] = {'a', 0xd800, 'b'};
    static const uint16_t low_alone[] = {0xdc00, 0xdc01};
    static const uint16_t wrong_way[] = {0xdc00, 0xd800};
    static const uint16_t high_at_end[] = {'a', 0xdbff};
    static const uint16_t nul[] = {'a', 0, 'b'};
    static const uint16_t pair[] = {0xd83d, 0xdd13, 'b'};
    static const struct {
        struct audit_text name;
        const char *told_as;
    } rows[] = {
        {{quote, ARRAY_SIZE(quote) - 1}, "\",\"result\":\"success"},
        {{line, ARRAY_SIZE(line) - 1}, "a\r\n{\"event\":4656}\n"},
        {{high_alone, 3}, "a\ufffdb"},
        {{low_alone, 2}, "\ufffd\ufffd"},
        {{wrong_way, 2}, "\ufffd\ufffd"},
        {{high_at_end, 2}, "a\ufffd"},
        {{nul, 3}, "a\ufffdb"},
        {{pair, 3}, "\U0001f513b"},
        {{pair, 1}, "\ufffd"},
        {{quote, 0}, ""},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        expect_name(&rows[i].name, rows[i].told_as, false);
    }
}

static void what_could_spoil_a_terminal_is_escaped(void **state)
{
    static const uint16_t name[] = {0x01,   0x1b,   0x7f,   0x85,   0x9b,   0x200b,
                                    0x200f, 0x2028, 0x202e, 0x2066, 0x2069, 0xa0};
    struct audit_event event = plain_event();
    struct trail trail = trail_begin();
    char text[TSR_AUDIT_EVENT_MAX + 1] = "";
    (void)state;

    event.object_name = (struct audit_text){name, ARRAY_SIZE(name)};
    expect_ok(audit_log_write(&event));

    assert_true(pread(trail.fd, text, sizeof(text) - 1, 0) > 0);
    assert_non_null(strstr(text, "\"object_name\":\"\\u0001\\u001b\\u007f\\u0085\\u009b\\u200b"
                                 "\\u200f\\u2028\\u202e\\u2066\\u2069\u00a0\""));
    trail_end(&trail);
}

static void what_stands_beside_that_is_told_as_it_is(void **state)
{
    static const uint16_t name[] = {0x20,   0x7e,   0xa0,   0x200a, 0x2010,
                                    0x2027, 0x202f, 0x2065, 0x206a};
    struct audit_event event = plain_event();
    struct trail trail = trail_begin();
    char text[TSR_AUDIT_EVENT_MAX + 1] = "";
    (void)state;

    event.object_name = (struct audit_text){name, ARRAY_SIZE(name)};
    expect_ok(audit_log_write(&event));

    assert_true(pread(trail.fd, text, sizeof(text) - 1, 0) > 0);
    assert_non_null(
        strstr(text, "\"object_name\":\" ~\u00a0\u200a\u2010\u2027\u202f\u2065\u206a\""));
    trail_end(&trail);
}

/* Whether an event says that a text of its was cut off. */
static bool is_cut_off(const struct audit_event *event)
{
    struct trail trail = trail_begin();
    bool truncated;
    json_t *told;

    expect_ok(audit_log_write(event));
    told = trail_event(&trail);
    truncated = json_is_true(json_object_get(told, "truncated"));
    json_decref(told);
    trail_end(&trail);
    return truncated;
}

/* A character counts as many bytes as it takes in the event. */
static void names_are_measured_as_they_are_written(void **state)
{
    static const struct {
        uint16_t units[2];
        size_t size;
    } rows[] = {
        {{'x'}, 1},   {{'"'}, 2},   {{'\\'}, 2},   {{'\n'}, 6},           {{0xa0}, 2},
        {{0x7ff}, 2}, {{0x800}, 3}, {{0xfffd}, 3}, {{0xd800, 0xdc00}, 4}, {{0xdbff, 0xdfff}, 4},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const size_t n_units = rows[i].units[1] ? 2 : 1;
        struct audit_event event = plain_event();
        uint16_t units[1025];
        size_t n = 0;

        while (n < 100 * n_units) {
            units[n] = rows[i].units[n % n_units];
            n++;
        }
        for (size_t size = 100 * rows[i].size; size < 1025; size++) {
            units[n++] = 'x';
        }
        event.object_name = (struct audit_text){units, n - 1};
        assert_false(is_cut_off(&event));
        event.object_name.n_units = n;
        assert_true(is_cut_off(&event));
    }
}

static void each_text_is_cut_off_by_itself(void **state)
{
    static uint16_t units[1025];
    struct audit_event event = plain_event();
    const struct {
        struct audit_text *text;
        size_t n_max;
    } rows[] = {
        {&event.subsystem, 256},
        {&event.service, 256},
        {&event.object_type, 256},
        {&event.object_name, 1024},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        units[i] = 'x';
    }
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        *rows[i].text = (struct audit_text){units, rows[i].n_max};
        assert_false(is_cut_off(&event));
        *rows[i].text = (struct audit_text){units, rows[i].n_max + 1};
        assert_true(is_cut_off(&event));
        *rows[i].text = (struct audit_text){units, 1};
    }
}

static void a_name_is_cut_off_between_characters(void **state)
{
    static uint16_t units[1100];
    static char fits[1025];
    static char cut_off[1024 + sizeof("\u2026")];
    (void)state;

    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        units[i] = 'x';
    }
    memset(fits, 'x', 1024);
    expect_name(&(struct audit_text){units, 1024}, fits, false);
    (void)snprintf(cut_off, sizeof(cut_off), "%.1024s\u2026", fits);
    expect_name(&(struct audit_text){units, 1025}, cut_off, true);

    units[1023] = 0xd83d;
    units[1024] = 0xdd12;
    (void)snprintf(cut_off, sizeof(cut_off), "%.1023s\u2026", fits);
    expect_name(&(struct audit_text){units, 1025}, cut_off, true);
}

static void a_name_that_only_looks_cut_off_is_not_said_to_be(void **state)
{
    const struct audit_text name = TEXT("x\u2026");
    (void)state;

    expect_name(&name, "x\u2026", false);
}

static void what_cannot_be_written_to_is_no_trail(void **state)
{
    const int read_only = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const int path_only = open("/dev/null", O_PATH | O_CLOEXEC);
    const struct audit_event event = plain_event();
    struct trail trail = trail_begin();
    json_t *told;
    int ends[2];
    (void)state;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    expect_status(STATUS_ACCESS_DENIED, tsr_audit_log_to_fd(ends[0]));
    expect_status(STATUS_INVALID_HANDLE, tsr_audit_log_to_fd(-2));
    expect_status(STATUS_INVALID_HANDLE, tsr_audit_log_to_fd(1 << 20));
    expect_status(STATUS_ACCESS_DENIED, tsr_audit_log_to_fd(read_only));
    expect_status(STATUS_ACCESS_DENIED, tsr_audit_log_to_fd(path_only));

    expect_ok(audit_log_write(&event));
    told = trail_event(&trail);
    json_decref(told);
    assert_int_equal(close(read_only), 0);
    assert_int_equal(close(path_only), 0);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(ends[1]), 0);
    trail_end(&trail);
}

static void the_trail_may_be_fd_0(void **state)
{
    const struct audit_event event = plain_event();
    const int saved = fcntl(0, F_DUPFD_CLOEXEC, 3);
    struct trail trail = trail_begin();
    (void)state;

    assert_int_equal(dup3(trail.fd, 0, O_CLOEXEC), 0);
    expect_ok(tsr_audit_log_to_fd(0));
    expect_ok(audit_log_write(&event));
    json_decref(trail_event(&trail));
    if (saved >= 0) {
        assert_int_equal(dup3(saved, 0, 0), 0);
        assert_int_equal(close(saved), 0);
    }
    trail_end(&trail);
}

static int full_pipe[2];

static void drain(int signal)
{
    const int saved = errno;
    char bytes[4096];

    (void)signal;
    while (read(full_pipe[0], bytes, sizeof(bytes)) > 0) {
    }
    errno = saved;
}

static void a_signal_while_an_event_waits_for_room_does_no_harm(void **state)
{
    const struct sigaction interrupting = {.sa_handler = drain};
    const struct itimerval soon = {.it_value.tv_usec = 20000};
    const struct audit_event event = plain_event();
    char text[TSR_AUDIT_EVENT_MAX + 1] = "";
    struct sigaction before;
    (void)state;

    assert_int_equal(pipe2(full_pipe, O_CLOEXEC | O_NONBLOCK), 0);
    while (write(full_pipe[1], "", 1) == 1) {
    }
    assert_int_equal(fcntl(full_pipe[1], F_SETFL, 0), 0);
    expect_ok(tsr_audit_log_to_fd(full_pipe[1]));
    assert_int_equal(sigaction(SIGALRM, &interrupting, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
    expect_ok(audit_log_write(&event));
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);

    expect_ok(tsr_audit_log_to_fd(-1));
    assert_true(read(full_pipe[0], text, sizeof(text) - 1) > 0);
    json_decref(event_of(text));
    assert_int_equal(close(full_pipe[0]), 0);
    assert_int_equal(close(full_pipe[1]), 0);
}

static void an_event_that_cannot_be_written_is_a_failure(void **state)
{
    const struct audit_event event = plain_event();
    const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    int ends[2];
    (void)state;

    expect_ok(tsr_audit_log_to_fd(full));
    expect_status(STATUS_DISK_FULL, audit_log_write(&event));
    assert_int_equal(close(full), 0);
    expect_status(STATUS_INVALID_HANDLE, audit_log_write(&event));

    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    expect_ok(tsr_audit_log_to_fd(ends[1]));
    while (write(ends[1], "", 1) == 1) {
    }
    expect_status(STATUS_RETRY, audit_log_write(&event));
    assert_int_equal(close(ends[0]), 0);
    (void)signal(SIGPIPE, SIG_IGN);
    expect_status(STATUS_UNSUCCESSFUL, audit_log_write(&event));
    (void)signal(SIGPIPE, SIG_DFL);
    expect_ok(tsr_audit_log_to_fd(-1));
    assert_int_equal(close(ends[1]), 0);
}

/* A file that may not grow further takes what there is room for. */
static void half_an_event_is_a_failure_and_spoils_no_other(void **state)
{
    const struct audit_event event = plain_event();
    struct trail trail = trail_begin();
    struct rlimit limit;
    struct rlimit short_of_room;
    char text[TSR_AUDIT_EVENT_MAX + 1] = "";
    char *second;
    json_t *told;
    (void)state;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    short_of_room = (struct rlimit){.rlim_cur = 10, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &short_of_room), 0);
    expect_status(STATUS_DISK_FULL, audit_log_write(&event));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect_ok(audit_log_write(&event));

    assert_true(pread(trail.fd, text, sizeof(text) - 1, 0) > 10);
    second = strchr(text, '\n');
    assert_ptr_equal(second, text + 10);
    told = event_of(second + 1);
    expect_event(told, 4658, true);
    json_decref(told);
    trail_end(&trail);
}

static void a_policy_is_of_known_bits(void **state)
{
    (void)state;

    assert_int_equal(audit_log_policy(), 0);
    expect_ok(tsr_audit_log_set_policy(0xf));
    expect_status(STATUS_INVALID_PARAMETER, tsr_audit_log_set_policy(0x10));
    assert_int_equal(audit_log_policy(), 0xf);
    expect_ok(tsr_audit_log_set_policy(0));
}

#define N_WRITERS 4
#define N_EVENTS  200

static void *write_events(void *context)
{
    struct audit_event event = plain_event();

    (void)context;
    event.object_name = TEXT("one of many");
    for (size_t i = 0; i < N_EVENTS; i++) {
        expect_ok(audit_log_write(&event));
    }
    return NULL;
}

static void *read_events(void *context)
{
    FILE *stream = fdopen(*(const int *)context, "r");
    size_t *n_read = calloc(1, sizeof(*n_read));
    char line[TSR_AUDIT_EVENT_MAX + 2];

    while (fgets(line, sizeof(line), stream)) {
        json_decref(event_of(line));
        *n_read += 1;
    }
    (void)fclose(stream);
    return n_read;
}

static void events_of_many_threads_are_lines_of_a_pipe(void **state)
{
    pthread_t writers[N_WRITERS];
    pthread_t reader;
    size_t *n_read = NULL;
    int ends[2];
    (void)state;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    expect_ok(tsr_audit_log_to_fd(ends[1]));
    assert_int_equal(pthread_create(&reader, NULL, read_events, &ends[0]), 0);
    for (size_t i = 0; i < N_WRITERS; i++) {
        assert_int_equal(pthread_create(&writers[i], NULL, write_events, NULL), 0);
    }
    for (size_t i = 0; i < N_WRITERS; i++) {
        assert_int_equal(pthread_join(writers[i], NULL), 0);
    }
    expect_ok(tsr_audit_log_to_fd(-1));
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(pthread_join(reader, (void **)&n_read), 0);

    assert_int_equal(*n_read, N_WRITERS * N_EVENTS);
    free(n_read);
}

/* In a mount namespace of its own, where /dev/log is this process's: which errno it met. */
static int log_to_own_socket(char *message, size_t size)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct audit_event event = plain_event();
    ssize_t n_received;

    event.object_name = TEXT("100%s\n<0>forged");
    if (fd < 0 || unshare(CLONE_NEWNS) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("log", "/dev", "tmpfs", 0, NULL) < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        return errno;
    }
    if (tsr_failed(audit_log_write(&event))) {
        return ECANCELED;
    }
    n_received = recv(fd, message, size - 1, 0);
    message[n_received < 0 ? 0 : n_received] = '\0';
    return n_received < 0 ? errno : 0;
}

static void events_go_to_syslog_until_told_otherwise(void **state)
{
    char *message = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned int priority = 0;
    json_t *told;
    int status = 0;
    pid_t pid;
    (void)state;

    require_root();
    assert_ptr_not_equal(message, MAP_FAILED);
    pid = fork();
    if (pid == 0) {
        _exit(log_to_own_socket(message, 8192));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);

    assert_int_equal(sscanf(message, "<%u>", &priority), 1);
    assert_int_equal(priority, 10 << 3 | 5); /* authpriv, notice */
    assert_null(strchr(message, '\n'));
    told = event_of(strchr(message, '{'));
    expect_event(told, 4658, true);
    expect_text(told, "time", NULL);
    expect_text(told, "object_name", "100%s\n<0>forged");
    expect_number(told, "process", pid);
    json_decref(told);
    assert_int_equal(munmap(message, 8192), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_go_to_syslog_until_told_otherwise),
        cmocka_unit_test(every_member_is_told),
        cmocka_unit_test(what_there_is_none_of_is_left_out),
        cmocka_unit_test(the_time_is_in_utc),
        cmocka_unit_test(the_first_privilege_and_the_last_are_told),
        cmocka_unit_test(the_longest_event_is_within_its_bound),
        cmocka_unit_test(no_name_breaks_a_line_or_an_event),
        cmocka_unit_test(what_could_spoil_a_terminal_is_escaped),
        cmocka_unit_test(what_stands_beside_that_is_told_as_it_is),
        cmocka_unit_test(names_are_measured_as_they_are_written),
        cmocka_unit_test(each_text_is_cut_off_by_itself),
        cmocka_unit_test(a_name_is_cut_off_between_characters),
        cmocka_unit_test(a_name_that_only_looks_cut_off_is_not_said_to_be),
        cmocka_unit_test(what_cannot_be_written_to_is_no_trail),
        cmocka_unit_test(the_trail_may_be_fd_0),
        cmocka_unit_test(a_signal_while_an_event_waits_for_room_does_no_harm),
        cmocka_unit_test(an_event_that_cannot_be_written_is_a_failure),
        cmocka_unit_test(half_an_event_is_a_failure_and_spoils_no_other),
        cmocka_unit_test(a_policy_is_of_known_bits),
        cmocka_unit_test(events_of_many_threads_are_lines_of_a_pipe),
    };

    return cmocka_run_group_tests(tests, make_tokens, drop_tokens);
}
