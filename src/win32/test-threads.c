/* SPDX-License-Identifier: MIT */
/*
 * Threads that do everything at once with the same handles (token.md 12): nobody gains anything, no
 * token goes through the gate that may not, and in the end nothing is left.
 */

#include "win32/test-tokens.h"

#include <stdatomic.h>

#include <ntifs.h>
#include <sddl.h>

#include "token/test-gain-of.h"

#define N_THREADS   8
#define N_ROUNDS    10000
#define N_SHARED    12
#define N_ORIGINALS 5

/* What each token comes from is the number of its source, which is kept whatever is made of it. */
static tsr_token *originals[N_ORIGINALS];
static HANDLE masters[N_ORIGINALS]; /* never closed while the threads run */

/* Handles that all threads use, change and close; some are stale. */
static _Atomic(HANDLE) shared[N_SHARED];

static atomic_int n_open; /* handles that were opened and not yet closed */

struct worker {
    uint64_t random;
    HANDLE self;
    DWORD id;
    const char *wrong; /* NULL: nothing was */
    size_t n_done;     /* calls that were not refused */
};

static struct worker workers[N_THREADS];
static pthread_barrier_t barrier;
static PSECURITY_DESCRIPTOR of_strangers; /* grants what no original has */

static uint32_t random_below(struct worker *worker, uint32_t n)
{
    worker->random ^= worker->random << 13;
    worker->random ^= worker->random >> 7;
    worker->random ^= worker->random << 17;
    return (uint32_t)(worker->random >> 33) % n;
}

static void refuse(struct worker *worker, bool is_wrong, const char *what)
{
    if (is_wrong) {
        worker->wrong = what;
    }
}

static HANDLE any_handle(struct worker *worker)
{
    return atomic_load(&shared[random_below(worker, N_SHARED)]);
}

static HANDLE any_thread(struct worker *worker)
{
    return workers[random_below(worker, N_THREADS)].self;
}

static DWORD any_rights(struct worker *worker)
{
    const DWORD rights[] = {TOKEN_ALL_ACCESS, TOKEN_ALL_ACCESS, MAXIMUM_ALLOWED, TOKEN_QUERY};

    return rights[random_below(worker, ARRAY_SIZE(rights))];
}

static void close_one(HANDLE handle)
{
    if (CloseHandle(handle)) {
        atomic_fetch_sub(&n_open, 1);
    }
}

static bool is_gain(HANDLE handle)
{
    CLEANUP(token_object_unref) struct token_object *object = NULL;
    CLEANUP(tsr_token_unref) tsr_token *token = NULL;
    uint64_t origin;

    if (tsr_failed(token_by_handle((handle_t)(uintptr_t)handle, 0, &object, NULL))) {
        return false; /* Another thread has closed it. */
    }
    token = token_object_get(object);
    origin = token->state->source.id;
    return origin >= N_ORIGINALS || gain_of(originals[origin], token);
}

/* Share a handle that a call has put out in the place of another. */
static bool share(struct worker *worker, BOOL done, HANDLE handle)
{
    if (!done) {
        refuse(worker, handle != NULL, "a call that fails puts out a handle");
        return false;
    }
    atomic_fetch_add(&n_open, 1);
    refuse(worker, is_gain(handle), "a token has gained something");
    close_one(atomic_exchange(&shared[random_below(worker, N_SHARED)], handle));
    return true;
}

static bool duplicate(struct worker *worker)
{
    const HANDLE source =
        random_below(worker, 4) ? any_handle(worker) : masters[random_below(worker, N_ORIGINALS)];
    HANDLE handle = NULL;
    const BOOL done = DuplicateTokenEx(
        source, any_rights(worker), NULL, (SECURITY_IMPERSONATION_LEVEL)random_below(worker, 4),
        random_below(worker, 2) ? TokenPrimary : TokenImpersonation, &handle);

    return share(worker, done, handle);
}

static bool filter(struct worker *worker)
{
    sid_room everyone = {{0x101, 0x01000000, 0}};
    SID_AND_ATTRIBUTES restrict_to = {&everyone, 0};
    LUID_AND_ATTRIBUTES delete = {{SE_SHUTDOWN_PRIVILEGE, 0}, 0};
    HANDLE handle = NULL;
    const BOOL done = CreateRestrictedToken(any_handle(worker), random_below(worker, 16), 1,
                                            &restrict_to, random_below(worker, 2), &delete,
                                            random_below(worker, 2), &restrict_to, &handle);

    return share(worker, done, handle);
}

static bool open_token(struct worker *worker)
{
    HANDLE handle = NULL;
    const BOOL done =
        random_below(worker, 2)
            ? OpenProcessToken(GetCurrentProcess(), any_rights(worker), &handle)
            : OpenThreadToken(random_below(worker, 2) ? GetCurrentThread() : any_thread(worker),
                              any_rights(worker), random_below(worker, 2) != 0, &handle);

    return share(worker, done, handle);
}

static bool duplicate_handle(struct worker *worker)
{
    HANDLE handle = NULL;
    const BOOL done = DuplicateHandle(GetCurrentProcess(), any_handle(worker), GetCurrentProcess(),
                                      &handle, any_rights(worker), FALSE,
                                      random_below(worker, 2) ? DUPLICATE_SAME_ACCESS : 0);

    return share(worker, done, handle);
}

static bool close_shared(struct worker *worker)
{
    close_one(any_handle(worker));
    return true;
}

static bool adjust_privileges(struct worker *worker)
{
    const uint32_t attributes[] = {0, SE_PRIVILEGE_ENABLED, SE_PRIVILEGE_REMOVED};
    TOKEN_PRIVILEGES change = {1, {{{SE_SHUTDOWN_PRIVILEGE + random_below(worker, 16), 0}, 0}}};
    TOKEN_PRIVILEGES previous;
    DWORD size;

    change.Privileges[0].Attributes = attributes[random_below(worker, 16) ? 0 : 2];
    change.Privileges[0].Attributes |= attributes[random_below(worker, 2)];
    return AdjustTokenPrivileges(any_handle(worker), random_below(worker, 16) == 0, &change,
                                 sizeof(previous), random_below(worker, 2) ? &previous : NULL,
                                 &size);
}

static bool adjust_groups(struct worker *worker)
{
    sid_room group = {{0x501, 0x05000000, 21, 1, 2, 3, 2001 + random_below(worker, 3)}};
    TOKEN_GROUPS change = {1, {{&group, random_below(worker, 2) ? SE_GROUP_ENABLED : 0}}};
    told previous;
    DWORD size;

    return AdjustTokenGroups(any_handle(worker), random_below(worker, 8) == 0, &change,
                             sizeof(previous), random_below(worker, 2) ? &previous.groups : NULL,
                             &size);
}

static bool set(struct worker *worker)
{
    sid_room group = {{0x501, 0x05000000, 21, 1, 2, 3, random_below(worker, 2) ? 2003 : 513}};
    TOKEN_OWNER owner = {&group};
    TOKEN_DEFAULT_DACL none = {NULL};

    return random_below(worker, 4)
               ? SetTokenInformation(any_handle(worker),
                                     random_below(worker, 2) ? TokenOwner : TokenPrimaryGroup,
                                     &owner, sizeof(owner))
               : SetTokenInformation(any_handle(worker), TokenDefaultDacl, &none, sizeof(none));
}

/* Every class, of a token that changes and a handle that is closed meanwhile. */
static bool ask_all(struct worker *worker)
{
    const HANDLE handle = any_handle(worker);
    size_t n_told = 0;
    told answer;
    DWORD size;

    for (int i = TokenUser; i < MaxTokenInfoClass; i++) {
        if (!GetTokenInformation(handle, (TOKEN_INFORMATION_CLASS)i, &answer, sizeof(answer),
                                 &size)) {
            continue;
        }
        n_told++;
        refuse(worker, size > sizeof(answer), "more is told than there is room for");
        if (i == TokenLinkedToken) {
            refuse(worker, !CloseHandle(answer.linked.LinkedToken), "no handle of a linked token");
        }
    }
    refuse(worker, is_gain(handle), "a token has gained something");
    return n_told > 0;
}

static bool check_access(struct worker *worker)
{
    GENERIC_MAPPING mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE,
                               FILE_ALL_ACCESS};
    PRIVILEGE_SET privileges;
    DWORD size = sizeof(privileges);
    DWORD granted = 0;
    BOOL is_granted = FALSE;
    BOOL is_member = FALSE;
    sid_room admins = {{0x201, 0x05000000, 32, 544}};

    if (!AccessCheck(of_strangers, any_handle(worker), MAXIMUM_ALLOWED, &mapping, &privileges,
                     &size, &granted, &is_granted)) {
        return false;
    }
    refuse(worker, is_granted || granted != 0, "access is granted to a stranger's");
    (void)CheckTokenMembership(any_handle(worker), &admins, &is_member);
    refuse(worker, is_member, "somebody is an administrator");
    return true;
}

static bool impersonate_one(struct worker *worker)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, 0, 0};
    HANDLE thread = any_thread(worker);

    switch (random_below(worker, 6)) {
    case 0:
        return SetThreadToken(NULL, any_handle(worker));
    case 1:
        return SetThreadToken(&thread, random_below(worker, 4) ? any_handle(worker) : NULL);
    case 2:
        return ImpersonateLoggedOnUser(any_handle(worker));
    case 3:
        return ImpersonateSelf((SECURITY_IMPERSONATION_LEVEL)random_below(worker, 4));
    case 4:
        return NT_SUCCESS(NtImpersonateThread(GetCurrentThread(), thread, &qos));
    default:
        return RevertToSelf();
    }
}

static bool compare(struct worker *worker)
{
    PRIVILEGE_SET set = {1, 0, {{{SE_SHUTDOWN_PRIVILEGE, 0}, 0}}};
    BOOLEAN equal;
    BOOL held;

    return NT_SUCCESS(NtCompareTokens(any_handle(worker), any_handle(worker), &equal)) &&
           PrivilegeCheck(any_handle(worker), &set, &held);
}

static bool set_security(struct worker *worker)
{
    BYTE bytes[1024];
    DWORD size;

    return GetKernelObjectSecurity(any_handle(worker), DACL_SECURITY_INFORMATION, bytes,
                                   sizeof(bytes), &size) &&
           SetKernelObjectSecurity(any_handle(worker), DACL_SECURITY_INFORMATION, bytes);
}

static bool (*const calls[])(struct worker *worker) = {
    duplicate,         duplicate,
    duplicate,         filter,
    open_token,        set,
    ask_all,           check_access,
    impersonate_one,   impersonate_one,
    compare,           close_shared,
    set_security,      duplicate_handle,
    adjust_privileges, adjust_privileges,
    adjust_groups,     adjust_groups,
};

static void *work(void *argument)
{
    struct worker *const worker = argument;

    worker->id = GetCurrentThreadId();
    refuse(worker, !is_let(), "it impersonates"); /* It is a thread of ours from here on. */
    (void)pthread_barrier_wait(&barrier);
    (void)pthread_barrier_wait(&barrier);
    for (int i = 0; i < N_ROUNDS; i++) {
        worker->n_done += calls[random_below(worker, ARRAY_SIZE(calls))](worker);
        refuse(worker, !is_let(), "a token got past the gate");
        if (random_below(worker, 4) == 0) {
            (void)RevertToSelf(); /* A thread below impersonation can do nothing else. */
        }
    }
    return NULL;
}

/* Each with its number as the number of its source. */
static tsr_token *original(size_t number, tsr_token_spec spec)
{
    spec.source.id = number;
    return token_of_spec(&spec);
}

static void make_originals(void)
{
    static const tsr_sid everyone = {1, 1, {0}};
    tsr_token_spec spec = alice_spec();

    originals[0] = original(0, spec);
    spec.restricting = &everyone;
    spec.n_restricting = 1;
    originals[1] = original(1, spec);
    spec = alice_spec();
    spec.user = sid_of(BOB);
    originals[2] = original(2, spec);
    spec.type = TSR_TOKEN_IMPERSONATION;
    spec.level = TSR_LEVEL_DELEGATION;
    originals[3] = original(3, spec);
    spec.level = TSR_LEVEL_IDENTIFICATION; /* So it stays; a level above may become primary. */
    originals[4] = original(4, spec);
    for (size_t i = 0; i < N_ORIGINALS; i++) {
        masters[i] = win_h(tsr_token_ref(originals[i]), TOKEN_ALL_ACCESS);
    }
}

static void let_threads_run(void)
{
    pthread_t threads[N_THREADS];

    assert_int_equal(pthread_barrier_init(&barrier, NULL, N_THREADS + 1), 0);
    for (size_t i = 0; i < N_THREADS; i++) {
        workers[i].random = UINT64_C(0x9e3779b97f4a7c15) * (i + 1);
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    (void)pthread_barrier_wait(&barrier);
    for (size_t i = 0; i < N_THREADS; i++) {
        workers[i].self = OpenThread(THREAD_ALL_ACCESS, FALSE, workers[i].id);
        assert_non_null(workers[i].self);
    }
    (void)pthread_barrier_wait(&barrier);
    for (size_t i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    (void)pthread_barrier_destroy(&barrier);
}

static void threads_that_share_handles_gain_and_leave_nothing(void **state)
{
    size_t n_done = 0;
    size_t before;
    (void)state;

    make_originals();
    be(tsr_token_ref(originals[0]));
    before = session_count(LOGON_SESSION);
    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(
        "O:SYG:SYD:(A;;FA;;;" STRANGER ")(A;;FA;;;BA)", SDDL_REVISION_1, &of_strangers, NULL));
    let_threads_run();

    for (size_t i = 0; i < N_THREADS; i++) {
        if (workers[i].wrong) {
            fail_msg("%s", workers[i].wrong);
        }
        n_done += workers[i].n_done;
        expect_true(CloseHandle(workers[i].self));
    }
    /* Neither nearly all nor nearly none: the threads did meet, and did something. */
    assert_true(n_done > N_THREADS * N_ROUNDS / 10 && n_done < N_THREADS * N_ROUNDS * 19 / 20);
    for (size_t i = 0; i < N_SHARED; i++) {
        close_one(atomic_load(&shared[i]));
    }
    assert_int_equal(atomic_load(&n_open), 0);
    assert_int_equal(session_count(LOGON_SESSION), before);
    for (size_t i = 0; i < N_ORIGINALS; i++) {
        expect_true(CloseHandle(masters[i]));
        (void)tsr_token_unref(originals[i]);
    }
    LocalFree(of_strangers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_share_handles_gain_and_leave_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
