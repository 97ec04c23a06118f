/* SPDX-License-Identifier: MIT */
/*
 * Tests of starting programs: T-ASG rows (token.md 3.15)
 *
 * What is started is this program, copied to where every user may run it: with a probe's name as
 * argument it runs that, and prints what it finds of itself. Tags are published in a mount
 * namespace of the test's own.
 */

#include "win32/test-tokens.h"

#include <sched.h>
#include <sys/mount.h>

#include <sddl.h>

#include <tessera/impersonation.h>

#include "linux/test-support.h"

#define ALICE_UID "S-1-22-1-61001"
#define BOB_UID   "S-1-22-1-61003"
#define THE_GROUP "S-1-22-2-61002"

/* ---- Probes: what the program does that is started ---- */

static int probe_token(const char *argument)
{
    tsr_token *token = NULL;
    char *text = NULL;

    (void)argument;
    if (tsr_failed(tsr_effective_token(&token)) || tsr_failed(tsr_token_format(token, &text))) {
        return 99;
    }
    (void)printf("%s\nuid %u gid %u\n", text, geteuid(), getegid());
    free(text);
    (void)tsr_token_unref(token);
    return 0;
}

static int probe_descriptor(const char *argument)
{
    const SECURITY_INFORMATION parts = DACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION;
    BYTE descriptor[2048];
    HANDLE token = NULL;
    char *text = NULL;
    DWORD size;

    (void)argument;
    if (!OpenProcessToken(GetCurrentProcess(), READ_CONTROL, &token) ||
        !GetKernelObjectSecurity(token, parts, descriptor, sizeof(descriptor), &size) ||
        !ConvertSecurityDescriptorToStringSecurityDescriptorA(descriptor, SDDL_REVISION_1, parts,
                                                              &text, NULL)) {
        return 99;
    }
    (void)printf("%s\n", text);
    LocalFree(text);
    return 0;
}

/* Whether the program is granted what @argument, an SDDL string, grants. */
static int probe_access(const char *argument)
{
    GENERIC_MAPPING mapping = {1, 2, 4, 7};
    PSECURITY_DESCRIPTOR descriptor = NULL;
    PRIVILEGE_SET privileges;
    DWORD size = sizeof(privileges);
    BOOL is_granted = FALSE;
    HANDLE token = NULL;
    DWORD granted = 0;

    if (!ImpersonateSelf(SecurityImpersonation) ||
        !OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) ||
        !ConvertStringSecurityDescriptorToSecurityDescriptorA(argument, SDDL_REVISION_1,
                                                              &descriptor, NULL) ||
        !AccessCheck(descriptor, token, 1, &mapping, &privileges, &size, &granted, &is_granted)) {
        return 99;
    }
    (void)printf("%s\n", is_granted ? "granted" : "denied");
    LocalFree(descriptor);
    return 0;
}

static int probe_place(const char *argument)
{
    char directory[256];

    (void)argument;
    (void)printf("%s %s %s %d\n", getcwd(directory, sizeof(directory)),
                 getenv("PROBE") ? getenv("PROBE") : "-", getenv("HOME") ? getenv("HOME") : "-",
                 getsid(0) == getpid());
    return 0;
}

static int probe_variable(const char *argument)
{
    (void)printf("%s=%s\n", argument, getenv(argument) ? getenv(argument) : "-");
    return 0;
}

static int probe_exit(const char *argument)
{
    return atoi(argument);
}

static int probe_sleep(const char *argument)
{
    (void)argument;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (pause() < 0) {
    }
    return 0;
}

/* As a program without privileges: start one as it is, and one that is less. */
static int probe_start(const char *argument)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION started;
    char line[300];
    HANDLE filtered = NULL;
    HANDLE token = NULL;
    DWORD code = 0;

    (void)snprintf(line, sizeof(line), "%s exit 7", argument);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started) ||
        WaitForSingleObject(started.hProcess, INFINITE) != WAIT_OBJECT_0 ||
        !GetExitCodeProcess(started.hProcess, &code)) {
        return 99;
    }
    (void)printf("as itself: %u\n", code);
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &token) ||
        !CreateRestrictedToken(token, DISABLE_MAX_PRIVILEGE, 1,
                               &(SID_AND_ATTRIBUTES){.Sid = &(sid_room){{0x00000101, 0x01000000}}},
                               0, NULL, 0, NULL, &filtered)) {
        return 98;
    }
    SetLastError(0);
    (void)CreateProcessAsUserA(filtered, NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup,
                               &started);
    (void)printf("as less: error %u\n", GetLastError());
    return 0;
}

static const struct {
    const char *name;
    int (*run)(const char *argument);
} probes[] = {
    {"token", probe_token}, {"descriptor", probe_descriptor}, {"access", probe_access},
    {"place", probe_place}, {"variable", probe_variable},     {"exit", probe_exit},
    {"sleep", probe_sleep}, {"start", probe_start},
};

static int run_probe(const char *name, const char *argument)
{
    for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
        if (strcmp(probes[i].name, name) == 0) {
            const int code = probes[i].run(argument);

            (void)fflush(stdout);
            return code;
        }
    }
    return 98;
}

/* ---- The scene ---- */

static struct test_directory directory;
static struct test_path program;

/* What programs are started with. */
struct start {
    HANDLE token;
    const char *probe; /* with its argument, as of a command line */
    DWORD flags;
    const char *program; /* NULL: of the command line */
    void *environment;
    const char *directory;
};

static STARTUPINFOA startup = {.cb = sizeof(startup)};

static BOOL start(const struct start *what, PROCESS_INFORMATION *ret_started)
{
    char line[512];

    (void)snprintf(line, sizeof(line), "%s %s", program.text, what->probe);
    return CreateProcessAsUserA(what->token, what->program, line, NULL, NULL, FALSE, what->flags,
                                what->environment, what->directory, &startup, ret_started);
}

static DWORD finish(const PROCESS_INFORMATION *started)
{
    DWORD code = 0;

    assert_int_equal(WaitForSingleObject(started->hProcess, INFINITE), WAIT_OBJECT_0);
    expect_true(GetExitCodeProcess(started->hProcess, &code));
    expect_true(CloseHandle(started->hProcess));
    expect_true(CloseHandle(started->hThread));
    return code;
}

/* What a program prints that ends well; the caller frees it. */
static char *printed_by(const struct start *what)
{
    PROCESS_INFORMATION started = {0};
    const int before = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    struct test_path path = test_path_in(&directory, "output");
    const int output = open(path.text, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    BOOL is_started;

    (void)fflush(stdout);
    assert_int_equal(dup3(output, STDOUT_FILENO, 0), STDOUT_FILENO);
    is_started = start(what, &started);
    assert_int_equal(dup3(before, STDOUT_FILENO, 0), STDOUT_FILENO);
    (void)close(before);
    (void)close(output);
    if (!is_started) {
        fail_msg("not started: error %u", GetLastError());
    }
    assert_int_equal(finish(&started), 0);
    return test_file_read(path.text, NULL);
}

static void expect_printed(const struct start *what, const char *expected)
{
    char *text = printed_by(what);

    if (!strstr(text, expected)) {
        fail_msg("'%s' is not in: %s", expected, text);
    }
    free(text);
}

static void expect_not_started(DWORD error, const struct start *what)
{
    const PROCESS_INFORMATION nothing = {0};
    PROCESS_INFORMATION started = {0};

    expect_error(error, start(what, &started));
    assert_memory_equal(&started, &nothing, sizeof(started));
}

static tsr_token *somebody(const char *user, const tsr_privilege_state *privileges, size_t n)
{
    tsr_group groups[N_ALICE_GROUPS + 1];
    tsr_token_spec spec = alice_spec();

    memcpy(groups, fixture_groups, N_ALICE_GROUPS * sizeof(groups[0]));
    groups[N_ALICE_GROUPS] = (tsr_group){sid_of(THE_GROUP), TSR_GROUP_ORDINARY};
    spec.user = sid_of(user);
    spec.groups = groups;
    spec.n_groups = ARRAY_SIZE(groups);
    spec.default_dacl = NULL;
    if (privileges) {
        spec.privileges = privileges;
        spec.n_privileges = n;
    }
    return token_of_spec(&spec);
}

static tsr_token *alice_of_linux(void)
{
    return somebody(ALICE_UID, NULL, 0);
}

/* A token that says no more than credentials do. */
static tsr_token *by_credentials(uid_t uid, gid_t gid)
{
    const tsr_identity identity = {.uid = uid, .real_uid = uid, .gid = gid};
    tsr_resolver *resolver = NULL;
    tsr_token *token = NULL;

    expect_ok(tsr_resolver_new(NULL, &resolver, NULL));
    expect_ok(tsr_resolver_token(resolver, &identity, &token, NULL));
    tsr_resolver_free(resolver);
    return token;
}

static tsr_token *bob_of_linux(void)
{
    return somebody(BOB_UID, NULL, 0);
}

static HANDLE own_token(DWORD rights)
{
    HANDLE token = NULL;

    expect_true(OpenProcessToken(GetCurrentProcess(), rights, &token));
    return token;
}

/* ---- Tests ---- */

/* First: the token of this process is still that of its Linux identity, root's. */
static void a_process_without_a_token_starts_programs_as_itself(void **state)
{
    (void)state;
    require_root();

    expect_printed(&(struct start){.probe = "token"}, "S-1-5-18");
    expect_printed(&(struct start){.probe = "token"}, "uid 0 gid 0");
}

/* Before the process has a token: programs of others have a session of their own in any case. */
static void a_program_leaves_the_terminal_on_request(void **state)
{
    const struct {
        DWORD flags;
        const char *expected;
    } rows[] = {
        {0, "/usr here - 0\n"},
        {CREATE_NEW_PROCESS_GROUP, "/usr here - 0\n"},
        {DETACHED_PROCESS, "/usr here - 1\n"},
        {CREATE_NEW_CONSOLE, "/usr here - 1\n"},
        {CREATE_NO_WINDOW, "/usr here - 1\n"},
    };
    char block[] = "PROBE=here\0";

    (void)state;
    require_root();

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        expect_printed(&(struct start){.probe = "place",
                                       .flags = rows[i].flags,
                                       .environment = block,
                                       .directory = "/usr"},
                       rows[i].expected);
    }
}

/* Covers T-ASG-1, T-ASG-3. */
static void ones_own_token_needs_no_privilege(void **state)
{
    HANDLE own;

    (void)state;
    require_root();

    be(alice_of_linux());
    expect_printed(&(struct start){.probe = "token"}, ALICE_UID);
    expect_printed(&(struct start){.probe = "token"}, "uid 61001 gid 65534");
    own = own_token(TOKEN_QUERY | TOKEN_ASSIGN_PRIMARY);
    expect_printed(&(struct start){.token = own, .probe = "token"}, ALICE_UID);
    expect_true(CloseHandle(own));
}

/* Covers T-ASG-2, T-ASG-4, T-OTT-13. */
static void the_handle_needs_both_rights(void **state)
{
    const HANDLE by_query = own_token(TOKEN_QUERY);
    const HANDLE by_assignment = own_token(TOKEN_ASSIGN_PRIMARY);

    (void)state;
    require_root();

    be(alice_of_linux());
    expect_not_started(ERROR_ACCESS_DENIED, &(struct start){.token = by_query, .probe = "token"});
    expect_not_started(ERROR_ACCESS_DENIED,
                       &(struct start){.token = by_assignment, .probe = "token"});
    expect_not_started(ERROR_INVALID_HANDLE,
                       &(struct start){.token = GetCurrentProcessToken(), .probe = "token"});
    expect_not_started(ERROR_INVALID_HANDLE,
                       &(struct start){.token = (HANDLE)(uintptr_t)0xdead, .probe = "token"});
    expect_not_started(ERROR_INVALID_HANDLE,
                       &(struct start){.token = GetCurrentProcess(), .probe = "token"});
    expect_true(CloseHandle(by_query));
    expect_true(CloseHandle(by_assignment));
}

/* Covers T-ASG-5. */
static void an_impersonation_token_is_made_a_primary_one(void **state)
{
    HANDLE impersonation = NULL;
    HANDLE identification = NULL;
    HANDLE own;

    (void)state;
    require_root();

    be(alice_of_linux());
    own = own_token(TOKEN_DUPLICATE);
    expect_true(DuplicateTokenEx(own, TOKEN_QUERY | TOKEN_ASSIGN_PRIMARY, NULL,
                                 SecurityImpersonation, TokenImpersonation, &impersonation));
    expect_true(DuplicateTokenEx(own, TOKEN_QUERY | TOKEN_ASSIGN_PRIMARY, NULL,
                                 SecurityIdentification, TokenImpersonation, &identification));
    expect_printed(&(struct start){.token = impersonation, .probe = "token"}, ALICE_UID);
    expect_not_started(ERROR_BAD_IMPERSONATION_LEVEL,
                       &(struct start){.token = identification, .probe = "token"});
    expect_true(CloseHandle(own));
    expect_true(CloseHandle(impersonation));
    expect_true(CloseHandle(identification));
}

/* Covers T-ASG-6, T-FLT-26. */
static void a_restricted_copy_is_what_the_program_is(void **state)
{
    sid_room group = sid_bytes(THE_GROUP);
    SID_AND_ATTRIBUTES disabled = {.Sid = &group};
    HANDLE restricted = NULL;
    HANDLE own;

    (void)state;
    require_root();

    be(alice_of_linux());
    own = own_token(TOKEN_ALL_ACCESS);
    expect_true(CreateRestrictedToken(own, 0, 1, &disabled, 0, NULL, 0, NULL, &restricted));
    expect_printed(&(struct start){.probe = "access \"O:SYG:SYD:(A;;0x1;;;" THE_GROUP ")\""},
                   "granted");
    expect_printed(&(struct start){.token = restricted,
                                   .probe = "access \"O:SYG:SYD:(A;;0x1;;;" THE_GROUP ")\""},
                   "denied");
    expect_printed(&(struct start){.token = restricted, .probe = "token"}, "uid 61001");
    expect_true(CloseHandle(own));
    expect_true(CloseHandle(restricted));
}

static void what_is_disabled_in_a_token_is_so_in_its_program(void **state)
{
    (void)state;
    require_root();

    be(alice_of_linux());
    expect_printed(&(struct start){.probe = "token"}, "SeShutdownPrivilege");
    expect_printed(&(struct start){.probe = "token"}, G2);
}

/* A confined program is kept from what the desktop would do for it. */
static void only_who_is_not_confined_is_led_to_the_desktop(void **state)
{
    const struct start what = {.probe = "variable DISPLAY"};

    (void)state;
    require_root();

    assert_int_equal(setenv("DISPLAY", ":7", 1), 0);
    be(by_credentials(61001, 61002));
    expect_printed(&what, "DISPLAY=:7");
    be(alice_of_linux());
    expect_printed(&what, "DISPLAY=-");
    assert_int_equal(unsetenv("DISPLAY"), 0);
}

/* The recipe of Microsoft's for programs of low integrity. */
static void a_lowered_copy_is_low(void **state)
{
    sid_room low = sid_bytes("S-1-16-4096");
    TOKEN_MANDATORY_LABEL label = {.Label = {.Sid = &low, .Attributes = SE_GROUP_INTEGRITY}};
    HANDLE copy = NULL;
    HANDLE own;

    (void)state;
    require_root();

    be(alice_of_linux());
    own = own_token(TOKEN_DUPLICATE);
    expect_true(
        DuplicateTokenEx(own, MAXIMUM_ALLOWED, NULL, SecurityImpersonation, TokenPrimary, &copy));
    expect_true(SetTokenInformation(copy, TokenIntegrityLevel, &label, sizeof(label)));
    expect_printed(
        &(struct start){.token = copy, .probe = "access \"O:SYG:SYD:(A;;0x7;;;" ALICE_UID ")\""},
        "granted");
    expect_printed(&(struct start){.token = copy, .probe = "token"}, "S-1-16-4096");
    expect_true(CloseHandle(own));
    expect_true(CloseHandle(copy));
}

/* What the file system tells of a program's label, as a volume does; NULL: what it has to tell. */
static const char *label_of_files;

ssize_t __real_getxattr(const char *path, const char *name, void *value, size_t size);
ssize_t __wrap_getxattr(const char *path, const char *name, void *value, size_t size);

ssize_t __wrap_getxattr(const char *path, const char *name, void *value, size_t size)
{
    uint8_t *bytes = NULL;
    size_t n = 0;

    if (!label_of_files) {
        return __real_getxattr(path, name, value, size);
    }
    expect_ok(tsr_sddl_parse(label_of_files, NULL, &bytes, &n, NULL));
    assert_true(n <= size);
    memcpy(value, bytes, n);
    free(bytes);
    return (ssize_t)n;
}

static tsr_token *alice_with_policy(uint32_t policy)
{
    tsr_token *const token = alice_of_linux();
    tsr_token *changed = NULL;

    expect_ok(tsr_token_set_mandatory_policy(token, policy, UINT64_MAX, &changed));
    (void)tsr_token_unref(token);
    return changed;
}

static void a_program_is_no_higher_than_its_file_where_the_policy_says_so(void **state)
{
    static const struct {
        uint32_t policy;
        const char *label;
        const char *expected;
    } rows[] = {
        {TSR_POLICY_NEW_PROCESS_MIN, NULL, "S-1-16-8192"},
        {TSR_POLICY_NEW_PROCESS_MIN, "S:(ML;;NW;;;LW)", "S-1-16-4096"},
        {TSR_POLICY_NEW_PROCESS_MIN, "S:(ML;;NW;;;ME)", "S-1-16-8192"},
        {TSR_POLICY_NEW_PROCESS_MIN, "S:(ML;;NW;;;HI)", "S-1-16-8192"},
        {TSR_POLICY_NO_WRITE_UP, "S:(ML;;NW;;;LW)", "S-1-16-8192"},
    };

    (void)state;
    require_root();

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        be(alice_with_policy(rows[i].policy));
        label_of_files = rows[i].label;
        expect_printed(&(struct start){.probe = "token"}, rows[i].expected);
    }
    label_of_files = NULL;
}

static void a_file_that_comes_to_be_fd_0_is_a_file(void **state)
{
    const int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    PROCESS_INFORMATION started = {0};

    (void)state;
    require_root();

    be(alice_of_linux());
    assert_true(before >= 0);
    assert_int_equal(close(STDIN_FILENO), 0);
    expect_true(start(&(struct start){.probe = "exit 5"}, &started));
    assert_int_equal(dup3(before, STDIN_FILENO, 0), STDIN_FILENO);
    assert_int_equal(close(before), 0);
    assert_int_equal(finish(&started), 5);
}

/* Covers T-ASG-7, T-ASG-8. */
static void anothers_token_needs_a_privilege_that_may_be_disabled(void **state)
{
    const tsr_privilege_state quota = {SE_INCREASE_QUOTA_PRIVILEGE, 0};
    const HANDLE bob = win_h(bob_of_linux(), TOKEN_QUERY | TOKEN_ASSIGN_PRIMARY);

    (void)state;
    require_root();

    be(alice_of_linux());
    expect_not_started(ERROR_PRIVILEGE_NOT_HELD, &(struct start){.token = bob, .probe = "token"});
    be(somebody(ALICE_UID, &quota, 1));
    expect_not_started(ERROR_PRIVILEGE_NOT_HELD, &(struct start){.token = bob, .probe = "token"});
    be(service(SE_PRIVILEGE_ENABLED));
    expect_printed(&(struct start){.token = bob, .probe = "token"}, BOB_UID);
    expect_printed(&(struct start){.token = bob, .probe = "token"}, "uid 61003");
    expect_true(CloseHandle(bob));
}

/* A duplicate of what the process once was has the same parent, and is more than it is now. */
static void what_was_taken_away_does_not_come_back(void **state)
{
    TOKEN_PRIVILEGES shutdown = {.PrivilegeCount = 1};
    HANDLE before = NULL;
    HANDLE own;

    (void)state;
    require_root();

    be(alice_of_linux());
    own = own_token(TOKEN_ALL_ACCESS);
    expect_true(DuplicateTokenEx(own, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation, TokenPrimary,
                                 &before));
    shutdown.Privileges[0].Luid.LowPart = SE_SHUTDOWN_PRIVILEGE;
    shutdown.Privileges[0].Attributes = SE_PRIVILEGE_REMOVED;
    assert_true(AdjustTokenPrivileges(own, FALSE, &shutdown, 0, NULL, NULL));
    expect_not_started(ERROR_PRIVILEGE_NOT_HELD,
                       &(struct start){.token = before, .probe = "token"});
    expect_true(CloseHandle(before));
    expect_true(CloseHandle(own));
}

/* Covers T-ASG-9. */
static void who_impersonates_starts_programs_as_the_process(void **state)
{
    struct token_object *bob;

    (void)state;
    require_root();

    be(alice_of_linux());
    bob = act_as(impersonating(bob_of_linux(), TSR_LEVEL_IMPERSONATION), TSR_LEVEL_IMPERSONATION);
    expect_printed(&(struct start){.probe = "token"}, ALICE_UID);
    expect_true(RevertToSelf());
    (void)token_object_unref(bob);
}

/* Covers T-OBJ-5. */
static void the_token_of_a_program_has_a_descriptor_of_its_own(void **state)
{
    PSECURITY_DESCRIPTOR changed = NULL;
    HANDLE own;
    char *text;

    (void)state;
    require_root();

    be(alice_of_linux());
    own = own_token(TOKEN_ALL_ACCESS);
    expect_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(
        "D:(A;;GA;;;" ALICE_UID ")(A;NP;GA;;;S-1-5-6)S:(ML;;NW;;;LW)", SDDL_REVISION_1, &changed,
        NULL));
    expect_true(SetKernelObjectSecurity(own, DACL_SECURITY_INFORMATION | LABEL_SECURITY_INFORMATION,
                                        changed));
    text = printed_by(&(struct start){.probe = "descriptor"});
    assert_null(strstr(text, ";SU)"));
    assert_null(strstr(text, "S-1-5-6)"));
    assert_non_null(strstr(text, "(ML;;NW;;;ME)"));
    assert_null(strstr(strstr(text, "(ML;") + 1, "(ML;"));
    free(text);
    LocalFree(changed);
    expect_true(CloseHandle(own));
}

static void a_user_without_a_uid_runs_nothing(void **state)
{
    (void)state;
    require_root();

    be(alice());
    expect_not_started(ERROR_NO_SUCH_USER, &(struct start){.probe = "token"});
}

static void a_token_that_linux_cannot_confine_runs_nothing(void **state)
{
    (void)state;
    require_root();

    be(somebody("S-1-5-18", NULL, 0));
    expect_not_started(ERROR_NOT_SUPPORTED, &(struct start){.probe = "token"});
}

static void a_program_without_privileges_starts_no_more_than_itself(void **state)
{
    char probe[256];
    struct start what = {.probe = probe};
    char *text;

    (void)state;
    require_root();

    (void)snprintf(probe, sizeof(probe), "start %s", program.text);
    be(alice_of_linux());
    text = printed_by(&what);
    assert_string_equal(text, "as itself: 7\nas less: error 5\n");
    free(text);
}

static void place_and_environment_are_as_asked(void **state)
{
    char block[] = "PROBE=here\0";
    WCHAR wide[] = u"PROBE=wide\0";

    (void)state;
    require_root();

    be(alice_of_linux());
    assert_int_equal(setenv("PROBE", "ours", 1), 0);
    assert_int_equal(setenv("HOME", "/root", 1), 0);
    expect_printed(&(struct start){.probe = "place", .directory = "/usr"}, "/usr ours /root 1");
    expect_printed(&(struct start){.probe = "place", .directory = "/usr", .environment = block},
                   "/usr here - 1");
    expect_printed(&(struct start){.probe = "place",
                                   .directory = "/usr",
                                   .environment = wide,
                                   .flags = CREATE_UNICODE_ENVIRONMENT},
                   "/usr wide - 1");
    expect_printed(&(struct start){.probe = "place", .program = program.text}, "ours /root");
    assert_int_equal(unsetenv("PROBE"), 0);
}

static void only_root_stays_in_the_session_of_root(void **state)
{
    const struct start what = {
        .probe = "place", .directory = "/usr", .environment = (char[]){"\0"}};

    (void)state;
    require_root();

    be(by_credentials(61001, 61002));
    expect_printed(&what, "/usr - - 1");
    expect_printed(&(struct start){.probe = "token"}, "uid 61001 gid 61002");
    be(by_credentials(0, 0));
    expect_printed(&what, "/usr - - 0");
}

static void the_wide_function_is_the_same(void **state)
{
    STARTUPINFOW wide_startup = {.cb = sizeof(wide_startup)};
    PROCESS_INFORMATION started = {0};
    WCHAR path[128] = {0};
    WCHAR line[160] = {0};
    size_t length = 0;

    (void)state;
    require_root();

    be(alice_of_linux());
    for (; program.text[length]; length++) {
        path[length] = line[length] = (WCHAR)program.text[length];
    }
    memcpy(line + length, u" exit 5", sizeof(u" exit 5"));
    expect_true(
        CreateProcessW(path, line, NULL, NULL, TRUE, 0, NULL, u"/", &wide_startup, &started));
    assert_int_equal(finish(&started), 5);
    expect_true(CreateProcessAsUserW(NULL, NULL, line, NULL, NULL, TRUE, 0, NULL, NULL,
                                     &wide_startup, &started));
    assert_int_equal(finish(&started), 5);
    line[0] = 0xd800;
    expect_error(ERROR_NO_UNICODE_TRANSLATION, CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL,
                                                              NULL, &wide_startup, &started));
}

static void what_is_asked_wrongly_starts_nothing(void **state)
{
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof(attributes),
                                      .lpSecurityDescriptor = &descriptor};
    STARTUPINFOA with_files = {.cb = sizeof(with_files), .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION started = {0};
    char missing[] = "/nonexistent/program";
    char unknown[] = "tessera-no-such-program";
    char data[] = "/etc/passwd";
    char empty[] = " ";
    char line[] = "true";

    (void)state;
    require_root();

    be(alice_of_linux());
    expect_not_started(ERROR_INVALID_PARAMETER,
                       &(struct start){.probe = "exit", .flags = 0x40000000});
    expect_not_started(
        ERROR_INVALID_PARAMETER,
        &(struct start){.probe = "exit", .flags = DETACHED_PROCESS | CREATE_NEW_CONSOLE});
    expect_not_started(ERROR_NOT_SUPPORTED,
                       &(struct start){.probe = "exit", .flags = CREATE_SUSPENDED});
    expect_not_started(ERROR_FILE_NOT_FOUND,
                       &(struct start){.probe = "exit", .directory = "/nonexistent"});
    expect_error(ERROR_NOT_SUPPORTED, CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL,
                                                     &with_files, &started));
    expect_error(ERROR_NOT_SUPPORTED, CreateProcessA(NULL, line, &attributes, NULL, FALSE, 0, NULL,
                                                     NULL, &startup, &started));
    expect_error(ERROR_NOT_SUPPORTED, CreateProcessA(NULL, line, NULL, &attributes, FALSE, 0, NULL,
                                                     NULL, &startup, &started));
    expect_error(ERROR_FILE_NOT_FOUND, CreateProcessA(NULL, missing, NULL, NULL, FALSE, 0, NULL,
                                                      NULL, &startup, &started));
    expect_error(ERROR_FILE_NOT_FOUND, CreateProcessA(NULL, unknown, NULL, NULL, FALSE, 0, NULL,
                                                      NULL, &startup, &started));
    expect_error(ERROR_ACCESS_DENIED,
                 CreateProcessA(NULL, data, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started));
    expect_error(ERROR_INVALID_PARAMETER,
                 CreateProcessA(NULL, empty, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started));
    expect_error(ERROR_INVALID_PARAMETER,
                 CreateProcessA(NULL, NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started));
    expect_error(ERROR_NOACCESS,
                 CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, NULL));
    assert_null(started.hProcess);
    assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static void what_becomes_of_a_program_is_told(void **state)
{
    PROCESS_INFORMATION started = {0};
    DWORD code = 0;
    HANDLE blind = NULL;

    (void)state;
    require_root();

    be(alice_of_linux());
    expect_true(start(&(struct start){.probe = "sleep"}, &started));
    assert_int_equal(GetProcessId(started.hProcess), started.dwProcessId);
    expect_true(GetExitCodeProcess(started.hProcess, &code));
    assert_int_equal(code, STILL_ACTIVE);
    assert_int_equal(WaitForSingleObject(started.hProcess, 0), WAIT_TIMEOUT);
    assert_int_equal(WaitForSingleObject(started.hProcess, 10), WAIT_TIMEOUT);
    expect_true(DuplicateHandle(GetCurrentProcess(), started.hProcess, GetCurrentProcess(), &blind,
                                PROCESS_DUP_HANDLE, FALSE, 0));
    expect_error(ERROR_ACCESS_DENIED, TerminateProcess(blind, 42));
    expect_error(ERROR_ACCESS_DENIED, GetExitCodeProcess(blind, &code));
    expect_error(FALSE + ERROR_ACCESS_DENIED, (BOOL)GetProcessId(blind));
    SetLastError(0);
    assert_int_equal(WaitForSingleObject(blind, 0), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_ACCESS_DENIED);
    assert_int_equal(code, STILL_ACTIVE);
    expect_true(TerminateProcess(started.hProcess, 42));
    assert_int_equal(WaitForSingleObject(started.hProcess, INFINITE), WAIT_OBJECT_0);
    expect_error(ERROR_ACCESS_DENIED, TerminateProcess(started.hProcess, 43));
    expect_true(CloseHandle(blind));
    assert_int_equal(finish(&started), 42);
    expect_true(start(&(struct start){.probe = "sleep"}, &started));
    assert_int_equal(kill((pid_t)started.dwProcessId, SIGTERM), 0);
    assert_int_equal(finish(&started), 128 + SIGTERM);
}

static void a_program_whose_handles_are_closed_leaves_nothing_behind(void **state)
{
    PROCESS_INFORMATION started = {0};
    pid_t id;

    (void)state;
    require_root();

    be(alice_of_linux());
    expect_true(start(&(struct start){.probe = "sleep"}, &started));
    id = (pid_t)started.dwProcessId;
    expect_true(CloseHandle(started.hProcess));
    expect_true(CloseHandle(started.hThread));
    assert_int_equal(kill(id, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)id, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
    /* The next start waits for it. */
    expect_true(start(&(struct start){.probe = "exit 0"}, &started));
    assert_int_equal(finish(&started), 0);
    assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

/* Whoever ignores SIGCHLD has no children to wait for: their numbers are free when they end. */
static void a_program_that_nobody_waits_for_is_held_all_the_same(void **state)
{
    PROCESS_INFORMATION started = {0};
    DWORD code = 42;

    (void)state;
    require_root();

    be(alice_of_linux());
    assert_true(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    for (int i = 0; i < 50; i++) {
        expect_true(start(&(struct start){.program = "/bin/true", .probe = ""}, &started));
        assert_int_equal(WaitForSingleObject(started.hProcess, INFINITE), WAIT_OBJECT_0);
        expect_error(ERROR_ACCESS_DENIED, TerminateProcess(started.hProcess, 1));
        expect_error(ERROR_NOT_SUPPORTED, GetExitCodeProcess(started.hProcess, &code));
        expect_true(CloseHandle(started.hProcess));
        expect_true(CloseHandle(started.hThread));
    }
    expect_error(ERROR_FILE_NOT_FOUND,
                 start(&(struct start){.program = "/nonexistent/program", .probe = ""}, &started));
    assert_true(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
    assert_int_equal(code, 42);
}

static void who_another_process_is_can_be_asked_and_not_changed(void **state)
{
    const HANDLE no_process = win_h(alice_of_linux(), TOKEN_ALL_ACCESS);
    PROCESS_INFORMATION started = {0};
    TOKEN_STATISTICS statistics;
    HANDLE process = NULL;
    HANDLE token = NULL;
    told answer;
    DWORD size;

    (void)state;
    require_root();

    be(alice_of_linux());
    expect_true(start(&(struct start){.probe = "sleep"}, &started));
    expect_error(ERROR_ACCESS_DENIED,
                 OpenProcessToken(started.hProcess, TOKEN_QUERY | TOKEN_ADJUST_GROUPS, &token));
    assert_null(token);
    expect_error(ERROR_ACCESS_DENIED,
                 OpenProcessToken(started.hProcess, MAXIMUM_ALLOWED | TOKEN_ADJUST_GROUPS, &token));
    expect_error(ERROR_ACCESS_DENIED, OpenProcessToken(started.hProcess, GENERIC_ALL, &token));
    assert_null(token);
    expect_true(OpenProcessToken(started.hProcess, MAXIMUM_ALLOWED, &token));
    assert_int_equal(win_rights(token),
                     TOKEN_ALL_ACCESS & ~(TOKEN_ADJUST_PRIVILEGES | TOKEN_ADJUST_GROUPS |
                                          TOKEN_ADJUST_DEFAULT | TOKEN_ADJUST_SESSIONID));
    (void)ask(token, TokenUser, &answer);
    assert_true(is_sid(answer.user.User.Sid, ALICE_UID));
    expect_true(CloseHandle(token));
    /* By its number it is the same one, as Linux knows it. */
    process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, started.dwProcessId);
    assert_non_null(process);
    expect_true(OpenProcessToken(process, TOKEN_QUERY, &token));
    (void)ask(token, TokenUser, &answer);
    assert_true(is_sid(answer.user.User.Sid, ALICE_UID));
    expect_true(
        GetTokenInformation(token, TokenStatistics, &statistics, sizeof(statistics), &size));
    assert_int_equal(statistics.TokenType, TokenPrimary);
    expect_true(CloseHandle(token));
    expect_error(ERROR_ACCESS_DENIED, TerminateProcess(process, 1));
    expect_true(CloseHandle(process));
    /* A thread of another process is none of ours to change. */
    expect_error(ERROR_NOT_SUPPORTED, SetThreadToken(&started.hThread, NULL));
    expect_error(ERROR_NOT_SUPPORTED, OpenThreadToken(started.hThread, TOKEN_QUERY, TRUE, &token));
    expect_error(ERROR_NOT_SUPPORTED,
                 DuplicateHandle(started.hProcess, no_process, GetCurrentProcess(), &process, 0,
                                 FALSE, DUPLICATE_SAME_ACCESS));
    expect_true(TerminateProcess(started.hProcess, 0));
    (void)finish(&started);
    expect_error(ERROR_INVALID_HANDLE, OpenProcessToken(no_process, TOKEN_QUERY, &token));
    expect_true(CloseHandle(no_process));
}

/* Root's processes are the system's, which alice does not open. */
static void who_may_open_a_process_is_decided_by_its_token(void **state)
{
    HANDLE self;
    pid_t id;

    (void)state;
    require_root();

    id = test_child_start(&(struct test_credentials){0, 0, NULL, 0});
    be(alice_of_linux());
    expect_error(ERROR_ACCESS_DENIED,
                 (BOOL)(uintptr_t)OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)id));
    test_child_end(id);
    expect_error(ERROR_INVALID_PARAMETER,
                 (BOOL)(uintptr_t)OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)id));
    expect_error(ERROR_INVALID_PARAMETER,
                 (BOOL)(uintptr_t)OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, 0));
    expect_error(
        ERROR_INVALID_PARAMETER,
        (BOOL)(uintptr_t)OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, UINT32_MAX));
    self = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, TRUE, GetCurrentProcessId());
    assert_non_null(self);
    assert_int_equal(GetProcessId(self), GetCurrentProcessId());
    expect_error(ERROR_ACCESS_DENIED, TerminateProcess(self, 0));
    expect_true(CloseHandle(self));
    expect_error(ERROR_NOT_SUPPORTED, TerminateProcess(GetCurrentProcess(), 0));
}

/* For tests/win32/test-label.py: a program that tells of its token. */
/* Flags are looked at before the token is. */
static void each_flag_is_known_refused_or_unknown(void **state)
{
    const DWORD refused = CREATE_SUSPENDED | EXTENDED_STARTUPINFO_PRESENT;
    const DWORD known = DETACHED_PROCESS | CREATE_NEW_CONSOLE | CREATE_NO_WINDOW |
                        NORMAL_PRIORITY_CLASS | CREATE_NEW_PROCESS_GROUP |
                        CREATE_UNICODE_ENVIRONMENT | CREATE_BREAKAWAY_FROM_JOB |
                        CREATE_DEFAULT_ERROR_MODE;
    const HANDLE unknown = (HANDLE)(uintptr_t)0xdead;

    (void)state;

    be(alice());
    for (DWORD flag = 1; flag; flag <<= 1) {
        const DWORD error = flag & refused ? ERROR_NOT_SUPPORTED
                            : flag & known ? ERROR_INVALID_HANDLE
                                           : ERROR_INVALID_PARAMETER;

        expect_not_started(error,
                           &(struct start){.token = unknown, .probe = "exit", .flags = flag});
    }
}

static DWORD flags_of(HANDLE handle)
{
    DWORD flags = 42;

    expect_true(GetHandleInformation(handle, &flags));
    return flags;
}

static void handles_of_programs_are_inherited_on_request(void **state)
{
    char line[256];

    (void)state;
    require_root();

    be(alice_of_linux());
    (void)snprintf(line, sizeof(line), "%s exit 0", program.text);
    for (BOOL inherits = FALSE; inherits <= TRUE; inherits++) {
        const DWORD expected = inherits ? HANDLE_FLAG_INHERIT : 0;
        SECURITY_ATTRIBUTES given = {sizeof(given), NULL, inherits};
        PROCESS_INFORMATION started = {0};
        HANDLE opened;

        expect_true(CreateProcessA(NULL, line, &given, inherits ? &given : NULL, FALSE, 0, NULL,
                                   NULL, &startup, &started));
        assert_int_equal(flags_of(started.hProcess), expected);
        assert_int_equal(flags_of(started.hThread), expected);
        opened = OpenProcess(PROCESS_QUERY_INFORMATION, inherits, GetCurrentProcessId());
        assert_int_equal(flags_of(opened), expected);
        expect_true(CloseHandle(opened));
        assert_int_equal(finish(&started), 0);
    }
}

/* A program that reads until its input ends, so that it can be looked at. */
static void a_program_without_a_command_line_is_told_its_name(void **state)
{
    const int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    PROCESS_INFORMATION started = {0};
    char path[64];
    size_t size;
    char *line;
    int ends[2];
    BOOL is_started;

    (void)state;
    require_root();

    be(alice_of_linux());
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(dup3(ends[0], STDIN_FILENO, 0), STDIN_FILENO);
    is_started =
        CreateProcessA("/bin/cat", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started);
    assert_int_equal(dup3(before, STDIN_FILENO, 0), STDIN_FILENO);
    assert_true(is_started);
    (void)snprintf(path, sizeof(path), "/proc/%u/cmdline", started.dwProcessId);
    line = test_file_read(path, &size);
    (void)close(before);
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_int_equal(finish(&started), 0);
    assert_int_equal(size, sizeof("/bin/cat"));
    assert_string_equal(line, "/bin/cat");
    free(line);
}

static int start_as_alice(const char *path)
{
    PROCESS_INFORMATION started;
    char line[512];

    be(alice_of_linux());
    (void)snprintf(line, sizeof(line), "%s token", path);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started)) {
        (void)fprintf(stderr, "not started: error %u\n", GetLastError());
        return 1;
    }
    return (int)finish(&started);
}

static int set_up(void **state)
{
    size_t size;
    char *bytes;

    (void)state;
    if (geteuid() != 0) {
        return 0;
    }
    /* Of our own: tags are published here, and nobody else sees it. */
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", "/run", "tmpfs", 0, "mode=755") < 0) {
        return -1;
    }
    directory = test_directory_new();
    program = test_path_in(&directory, "probe");
    bytes = test_file_read("/proc/self/exe", &size);
    test_file_write(program.text, bytes, size, 0755);
    free(bytes);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_without_a_token_starts_programs_as_itself),
        cmocka_unit_test(a_program_leaves_the_terminal_on_request),
        cmocka_unit_test(ones_own_token_needs_no_privilege),
        cmocka_unit_test(the_handle_needs_both_rights),
        cmocka_unit_test(an_impersonation_token_is_made_a_primary_one),
        cmocka_unit_test(a_restricted_copy_is_what_the_program_is),
        cmocka_unit_test(a_program_is_no_higher_than_its_file_where_the_policy_says_so),
        cmocka_unit_test(a_file_that_comes_to_be_fd_0_is_a_file),
        cmocka_unit_test(what_is_disabled_in_a_token_is_so_in_its_program),
        cmocka_unit_test(only_who_is_not_confined_is_led_to_the_desktop),
        cmocka_unit_test(a_lowered_copy_is_low),
        cmocka_unit_test(anothers_token_needs_a_privilege_that_may_be_disabled),
        cmocka_unit_test(what_was_taken_away_does_not_come_back),
        cmocka_unit_test(who_impersonates_starts_programs_as_the_process),
        cmocka_unit_test(the_token_of_a_program_has_a_descriptor_of_its_own),
        cmocka_unit_test(a_user_without_a_uid_runs_nothing),
        cmocka_unit_test(a_token_that_linux_cannot_confine_runs_nothing),
        cmocka_unit_test(a_program_without_privileges_starts_no_more_than_itself),
        cmocka_unit_test(place_and_environment_are_as_asked),
        cmocka_unit_test(only_root_stays_in_the_session_of_root),
        cmocka_unit_test(the_wide_function_is_the_same),
        cmocka_unit_test(what_is_asked_wrongly_starts_nothing),
        cmocka_unit_test(what_becomes_of_a_program_is_told),
        cmocka_unit_test(a_program_whose_handles_are_closed_leaves_nothing_behind),
        cmocka_unit_test(a_program_that_nobody_waits_for_is_held_all_the_same),
        cmocka_unit_test(who_another_process_is_can_be_asked_and_not_changed),
        cmocka_unit_test(who_may_open_a_process_is_decided_by_its_token),
        cmocka_unit_test(each_flag_is_known_refused_or_unknown),
        cmocka_unit_test(handles_of_programs_are_inherited_on_request),
        cmocka_unit_test(a_program_without_a_command_line_is_told_its_name),
    };

    if (argc > 2 && strcmp(argv[1], "start-as-alice") == 0) {
        return start_as_alice(argv[2]);
    }
    if (argc > 1) {
        return run_probe(argv[1], argc > 2 ? argv[2] : NULL);
    }
    return cmocka_run_group_tests(tests, set_up, NULL);
}
