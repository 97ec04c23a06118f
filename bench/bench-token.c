/* SPDX-License-Identifier: MIT */
/*
 * Making tokens: what it costs to create, filter, duplicate and adjust one, and to let it go.
 *
 * Wine's figures are those of issue 4: times of a whole call and CloseHandle() there, which is a
 * round trip to its server. What stands here is our part of the same; the handle table comes on
 * top.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <tessera/token-adjust.h>
#include <tessera/token.h>

#include "base/check.h"
#include "bench/timing.h"

#define N_GROUPS_MAX 60
#define N_PRIVILEGES 23

/* Issue 4: CreateRestrictedToken and CloseHandle, DuplicateTokenEx and CloseHandle. */
#define WINE_FILTER_NS    12300.0
#define WINE_DUPLICATE_NS 11900.0

struct stage {
    tsr_group groups[N_GROUPS_MAX];
    tsr_privilege_state privileges[N_PRIVILEGES];
    tsr_sid integrity;
    tsr_token_spec spec;
    tsr_token *token;
};

/* One operation, which makes a token; the caller drops it. */
typedef tsr_status operation(const struct stage *stage, tsr_token **ret_token);

struct trial {
    const char *name;
    operation *act;
    double wine_ns;   /* 0: not measured */
    double ratio_min; /* how many times faster than Wine we promise to be; 0: no promise */
};

static bool all_in_budget = true;

static tsr_status create(const struct stage *stage, tsr_token **ret_token)
{
    return tsr_token_new(&stage->spec, ret_token);
}

static tsr_status filter(const struct stage *stage, tsr_token **ret_token)
{
    const tsr_token_filter_spec spec = {
        .flags = DISABLE_MAX_PRIVILEGE, .disable = &stage->groups[1].sid, .n_disable = 1};

    return tsr_token_filter(stage->token, &spec, ret_token);
}

static tsr_status filter_lua(const struct stage *stage, tsr_token **ret_token)
{
    const tsr_token_filter_spec spec = {.flags = LUA_TOKEN};

    return tsr_token_filter(stage->token, &spec, ret_token);
}

static tsr_status restrict_to(const struct stage *stage, tsr_token **ret_token)
{
    const tsr_group sids[] = {{TSR_SID_EVERYONE, 0}, {TSR_SID_RESTRICTED, 0}};
    const tsr_token_filter_spec spec = {
        .flags = DISABLE_MAX_PRIVILEGE, .restrict_to = sids, .n_restrict_to = ARRAY_SIZE(sids)};

    return tsr_token_filter(stage->token, &spec, ret_token);
}

static tsr_status duplicate(const struct stage *stage, tsr_token **ret_token)
{
    return tsr_token_duplicate(stage->token, TSR_TOKEN_IMPERSONATION, TSR_LEVEL_IMPERSONATION,
                               false, ret_token);
}

static tsr_status adjust_privileges(const struct stage *stage, tsr_token **ret_token)
{
    const tsr_privilege_state change = {SE_SHUTDOWN_PRIVILEGE, 0};

    return tsr_token_adjust_privileges(stage->token, false, &change, 1, NULL, ret_token);
}

/* A user of one domain: every fourth SID is a well-known one. */
static void stage_init(struct stage *stage, size_t n_groups)
{
    *stage = (struct stage){.integrity = TSR_SID_INTEGRITY(TSR_INTEGRITY_HIGH)};
    for (uint32_t i = 0; i < n_groups; i++) {
        stage->groups[i] = (tsr_group){i % 4 == 1 ? TSR_SID(5, 32, 544 + i)
                                                  : TSR_SID(5, 21, 1111, 2222, 3333, 2000 + i),
                                       TSR_GROUP_ORDINARY};
    }
    for (uint32_t i = 0; i < N_PRIVILEGES; i++) {
        stage->privileges[i] = (tsr_privilege_state){TSR_PRIVILEGE_FIRST + i, SE_PRIVILEGE_ENABLED};
    }
    stage->spec = (tsr_token_spec){
        .user = TSR_SID(5, 21, 1111, 2222, 3333, 1001),
        .groups = stage->groups,
        .n_groups = n_groups,
        .privileges = stage->privileges,
        .n_privileges = N_PRIVILEGES,
        .integrity = &stage->integrity,
        .mandatory_policy = TSR_POLICY_NO_WRITE_UP,
    };
    must(tsr_token_new(&stage->spec, &stage->token), "token");
}

/* What is measured. */
struct act {
    const struct stage *stage;
    operation *act;
};

static uint64_t run(const void *what, uint64_t n_laps)
{
    const struct act *const measured = what;
    const uint64_t before = processor_ns();
    tsr_token *token;

    for (uint64_t lap = 0; lap < n_laps; lap++) {
        must(measured->act(measured->stage, &token), "operation");
        (void)tsr_token_unref(token);
    }
    return processor_ns() - before;
}

static void print_trial(const struct trial *trial, double ns)
{
    const double ratio = trial->wine_ns / ns;

    printf("  %-34s %10.1f", trial->name, ns);
    if (trial->wine_ns > 0) {
        printf(" %12.0f %8.1fx", trial->wine_ns, ratio);
    }
    if (trial->ratio_min > 0) {
        printf("   >= %.0fx  %s", trial->ratio_min, ratio >= trial->ratio_min ? "met" : "MISSED");
        all_in_budget = all_in_budget && ratio >= trial->ratio_min;
    }
    putchar('\n');
}

static void try_all(const char *heading, size_t n_groups, const struct trial *trials,
                    size_t n_trials)
{
    struct stage stage;

    stage_init(&stage, n_groups);
    printf("\n%-36s %10s %12s %9s   %s\n", heading, "ours ns", "Wine ns", "ratio", "budget");
    for (size_t i = 0; i < n_trials; i++) {
        print_trial(&trials[i], median_lap(run, &(struct act){&stage, trials[i].act}));
    }
    (void)tsr_token_unref(stage.token);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"enforce", no_argument, NULL, 'e'},
        {0},
    };
    /* Of the time that a call may take, the token may take two thirds, hence 30 times. */
    const struct trial small[] = {
        {"create", create, 0, 0},
        {"filter", filter, WINE_FILTER_NS, 30},
        {"filter as LUA_TOKEN does", filter_lua, WINE_FILTER_NS, 0},
        {"restrict to two SIDs", restrict_to, WINE_FILTER_NS, 20},
        {"duplicate", duplicate, WINE_DUPLICATE_NS, 30},
        {"adjust privileges", adjust_privileges, 0, 0},
    };
    const struct trial large[] = {
        {"create", create, 0, 0},
        {"filter", filter, WINE_FILTER_NS, 20},
        {"filter as LUA_TOKEN does", filter_lua, WINE_FILTER_NS, 0},
        {"duplicate", duplicate, WINE_DUPLICATE_NS, 30},
        {"adjust privileges", adjust_privileges, 0, 0},
    };
    bool enforce = false;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
        if (option == '?') {
            fprintf(stderr, "usage: bench-token [--enforce]\n");
            return 2;
        }
        enforce = true;
    }

    printf("Medians of %d rounds of processor time, each token freed at once.\n", N_ROUNDS);
    try_all("15 groups, 23 privileges", 15, small, ARRAY_SIZE(small));
    try_all("60 groups, 23 privileges", 60, large, ARRAY_SIZE(large));
    return enforce && !all_in_budget ? EXIT_FAILURE : EXIT_SUCCESS;
}
