/* SPDX-License-Identifier: MIT */
/*
 * Tokens by handle: five calls of Windows programs against Wine's, by one thread and by two at
 * once; and how much memory tokens take, a million of them too.
 *
 * Wine answers in another process. With --wine the peer in bench/wine makes the same calls in this
 * run, and counts at its best; without, what counts are the figures recorded of Wine 8.0. These
 * are of one thread, so two are compared with them and held to nothing.
 */

#include <getopt.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/impersonation.h>

#include "base/check.h"
#include "bench/calls.h"
#include "bench/timing.h"

#define RATIO_MIN     20.0 /* how many times faster than Wine each call is to be */
#define TOKEN_MAX     2048.0
#define DUPLICATE_MAX 256.0
#define N_LIVE        1000000u
#define N_SAMPLE      1000u
#define N_GROUPS      15
#define N_GROUPS_MAX  60
#define N_PRIVILEGES  23
#define N_THREADS     2

struct timing {
    double ns[N_THREADS]; /* of a call by one thread, and by each of two at once; 0: not known */
};

/* What is measured. */
struct act {
    call *make;
    size_t n_threads;
};

/* A thread that makes calls, and when. */
struct caller {
    pthread_t thread;
    pthread_barrier_t *start;
    call *make;
    size_t number;
    uint64_t n_laps;
    uint64_t began;
    uint64_t ended;
};

static bool all_in_budget = true;

static void demand(bool works, const char *what)
{
    if (!works) {
        fprintf(stderr, "bench-handle: %s: error %u\n", what, (unsigned int)GetLastError());
        exit(EXIT_FAILURE);
    }
}

/* A user of one domain: every fourth SID is a well-known one. */
static tsr_token *user(uint32_t n_groups)
{
    static const tsr_sid integrity = TSR_SID_INTEGRITY(TSR_INTEGRITY_HIGH);
    tsr_privilege_state privileges[N_PRIVILEGES];
    tsr_group groups[N_GROUPS_MAX];
    tsr_token_spec spec = {
        .user = TSR_SID(5, 21, 1111, 2222, 3333, 1001),
        .groups = groups,
        .n_groups = n_groups,
        .privileges = privileges,
        .n_privileges = N_PRIVILEGES,
        .integrity = &integrity,
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP,
    };
    tsr_token *token;

    for (uint32_t i = 0; i < n_groups; i++) {
        groups[i] = (tsr_group){i % 4 == 0 ? TSR_SID(5, 32, 544 + i)
                                           : TSR_SID(5, 21, 1111, 2222, 3333, 2000 + i),
                                TSR_GROUP_ORDINARY};
    }
    for (uint32_t i = 0; i < N_PRIVILEGES; i++) {
        privileges[i] = (tsr_privilege_state){TSR_PRIVILEGE_FIRST + i, SE_PRIVILEGE_ENABLED};
    }
    must(tsr_token_new(&spec, &token), "token");
    return token;
}

/* ---- Times ---- */

/* On a processor of its own: a round is too short for the scheduler to move one of two. */
static void settle(size_t number)
{
    cpu_set_t allowed;
    cpu_set_t own;
    int cpu = 0;

    demand(sched_getaffinity(0, sizeof(allowed), &allowed) == 0, "processors");
    number %= (size_t)CPU_COUNT(&allowed);
    while (!CPU_ISSET(cpu, &allowed) || number-- > 0) {
        cpu++;
    }
    CPU_ZERO(&own);
    CPU_SET(cpu, &own);
    demand(sched_setaffinity(0, sizeof(own), &own) == 0, "processor");
}

static void *make_calls(void *argument)
{
    struct caller *caller = argument;
    bool works = true;

    settle(caller->number);
    (void)pthread_barrier_wait(caller->start);
    caller->began = now_ns(CLOCK_MONOTONIC);
    for (uint64_t lap = 0; lap < caller->n_laps; lap++) {
        works = caller->make() && works;
    }
    caller->ended = now_ns(CLOCK_MONOTONIC);
    demand(works, "a call");
    return NULL;
}

/* From the first thread's beginning to the last one's end: one after the other is no gain. */
static uint64_t run(const void *what, uint64_t n_laps)
{
    const struct act *const act = what;
    struct caller callers[N_THREADS];
    pthread_barrier_t start;
    uint64_t began = UINT64_MAX;
    uint64_t ended = 0;

    demand(pthread_barrier_init(&start, NULL, (unsigned int)act->n_threads) == 0, "barrier");
    for (size_t i = 0; i < act->n_threads; i++) {
        callers[i] =
            (struct caller){.start = &start, .make = act->make, .number = i, .n_laps = n_laps};
        demand(pthread_create(&callers[i].thread, NULL, make_calls, &callers[i]) == 0, "thread");
    }
    for (size_t i = 0; i < act->n_threads; i++) {
        demand(pthread_join(callers[i].thread, NULL) == 0, "thread");
        began = callers[i].began < began ? callers[i].began : began;
        ended = callers[i].ended > ended ? callers[i].ended : ended;
    }
    (void)pthread_barrier_destroy(&start);
    return ended - began;
}

static void print_call(const struct call_entry *entry, size_t n_threads, const struct timing *peer)
{
    const struct act act = {entry->make, n_threads};
    const bool measured = peer->ns[n_threads - 1] > 0;
    const double wine_ns = measured ? peer->ns[n_threads - 1] : entry->wine_us * 1000;
    const double ns = median_lap(run, &act);
    const bool met = wine_ns / ns >= RATIO_MIN;

    printf("  %-42s %10.1f %10.0f %s %8.1fx", entry->name, ns, wine_ns,
           measured ? "measured" : "recorded", wine_ns / ns);
    if (measured || n_threads == 1) {
        printf("   >= %.0fx  %s", RATIO_MIN, met ? "met" : "MISSED");
        all_in_budget = all_in_budget && met;
    }
    putchar('\n');
}

static void print_calls(const char *heading, size_t n_threads, const struct timing *peer)
{
    printf("\n%-44s %10s %19s %9s   %s\n", heading, "ours ns", "Wine ns", "ratio", "budget");
    for (size_t i = 0; i < N_CALLS; i++) {
        print_call(&calls[i], n_threads, &peer[i]);
    }
}

/* What the peer prints; of several, the best counts. */
static void ask_peer(const char *command, struct timing *peer)
{
    FILE *answers = popen(command, "r");

    demand(answers, command);
    for (size_t i = 0; i < N_CALLS; i++) {
        double ns[N_THREADS];

        demand(fscanf(answers, "%lf %lf", &ns[0], &ns[1]) == N_THREADS, command);
        for (size_t j = 0; j < N_THREADS; j++) {
            peer[i].ns[j] = peer[i].ns[j] > 0 && peer[i].ns[j] < ns[j] ? peer[i].ns[j] : ns[j];
        }
    }
    demand(pclose(answers) == 0, command);
}

/* ---- Memory ---- */

/* What the allocator has handed out. */
static double bytes_in_use(void)
{
    const struct mallinfo2 info = mallinfo2();

    return (double)(info.uordblks + info.hblkhd);
}

static void print_bytes(const char *what, double bytes, double max)
{
    printf("  %-42s %10.1f", what, bytes);
    if (max > 0) {
        printf("   <= %.0f  %s", max, bytes <= max ? "met" : "MISSED");
        all_in_budget = all_in_budget && bytes <= max;
    }
    putchar('\n');
}

static void print_tokens(tsr_token *token)
{
    static tsr_token *tokens[N_SAMPLE];
    double before = bytes_in_use();

    for (size_t i = 0; i < N_SAMPLE; i++) {
        tokens[i] = user(N_GROUPS_MAX);
    }
    print_bytes("a token of 60 groups", (bytes_in_use() - before) / N_SAMPLE, TOKEN_MAX);
    for (size_t i = 0; i < N_SAMPLE; i++) {
        tokens[i] = tsr_token_unref(tokens[i]);
    }
    before = bytes_in_use();
    for (size_t i = 0; i < N_SAMPLE; i++) {
        must(tsr_token_duplicate(token, TSR_TOKEN_PRIMARY, TSR_LEVEL_ANONYMOUS, false, &tokens[i]),
             "duplicate");
    }
    print_bytes("its duplicate", (bytes_in_use() - before) / N_SAMPLE, DUPLICATE_MAX);
    for (size_t i = 0; i < N_SAMPLE; i++) {
        (void)tsr_token_unref(tokens[i]);
    }
}

/* Each with an object, its descriptor and a place in the handle table of its own. */
static void print_live_handles(void)
{
    HANDLE *handles = calloc(N_LIVE, sizeof(*handles));
    const double before = bytes_in_use();
    HANDLE token;
    uint64_t ns;

    demand(handles && OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &token), "open");
    ns = now_ns(CLOCK_MONOTONIC);
    for (size_t i = 0; i < N_LIVE; i++) {
        demand(DuplicateTokenEx(token, TOKEN_QUERY, NULL, SecurityImpersonation, TokenImpersonation,
                                &handles[i]),
               "duplicate");
    }
    ns = now_ns(CLOCK_MONOTONIC) - ns;
    print_bytes("each of 1,000,000 live handles of duplicates", (bytes_in_use() - before) / N_LIVE,
                0);
    printf("  %-42s %10.1f ns\n", "made in", (double)ns / N_LIVE);
    ns = now_ns(CLOCK_MONOTONIC);
    for (size_t i = 0; i < N_LIVE; i++) {
        demand(CloseHandle(handles[i]), "close");
    }
    ns = now_ns(CLOCK_MONOTONIC) - ns;
    printf("  %-42s %10.1f ns\n", "closed in", (double)ns / N_LIVE);
    demand(CloseHandle(token), "close");
    free(handles);
}

static void usage(void)
{
    fprintf(stderr, "usage: bench-handle [--enforce] [--wine=COMMAND]...\n"
                    "COMMAND runs bench/wine's program under Wine\n");
    exit(2);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"enforce", no_argument, NULL, 'e'},
        {"wine", required_argument, NULL, 'w'},
        {0},
    };
    struct timing peer[N_CALLS] = {0};
    tsr_token *token = user(N_GROUPS);
    tsr_token *large = user(N_GROUPS_MAX);
    bool enforce = false;
    bool alone = true;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
        if (option == '?') {
            usage();
        }
        enforce = enforce || option == 'e';
        if (option == 'w') {
            ask_peer(optarg, peer);
            alone = false;
        }
    }

    must(tsr_process_set_token(token), "process token");
    demand(calls_prepare(), "prepare");
    printf("Medians of %d rounds of real time. %s\n", N_ROUNDS,
           alone ? "Wine was not asked: its figures are recorded ones of Wine 8.0, by one thread."
                 : "Wine's are of this run: the best of those asked for.");
    print_calls("by one thread, 15 groups, 23 privileges", 1, peer);
    print_calls("by each of two at once", 2, peer);
    printf("\n%-44s %10s   %s\n", "memory", "bytes", "budget");
    print_tokens(large);
    print_live_handles();
    (void)tsr_token_unref(token);
    (void)tsr_token_unref(large);
    return enforce && !all_in_budget ? EXIT_FAILURE : EXIT_SUCCESS;
}
