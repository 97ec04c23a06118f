/* SPDX-License-Identifier: MIT */
/*
 * A repeated access check: remembered against computed.
 *
 * What is promised are ratios of times taken in one run, turn about: that the size of ACL and token
 * does not matter to a decision cache, and how much less an answer takes than Samba's smallest
 * check.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <tessera/decision.h>

#include "base/check.h"
#include "bench/scene.h"
#include "bench/timing.h"
#include "tests/support/samba.h"

#define N_SCENES  8 /* of each size, so that no branch is learnt by heart */
#define DECISIONS 16384
#define N_ASKED   4096 /* questions in turn, which the processor's first cache cannot hold */

#define FLAT_MAX  1.5 /* what a hit may cost with 1,000 x 200, in hits with 5 x 4 */
#define SAMBA_MAX 0.3 /* what a hit may cost, in Samba's checks of 5 x 4 */

enum side {
    REMEMBERED,
    REMEMBERED_OF_MANY,
    COMPUTED,
    REMEMBERED_BYTES, /* from bytes: interning them first */
    COMPUTED_BYTES,   /* from bytes: validating them first */
    SAMBA,
    N_SIDES,
};

struct stage {
    tsr_descriptor_store *store;
    tsr_decision_cache *cache;
    struct scene scenes[N_SCENES];
    tsr_descriptor *descriptors[N_SCENES];
};

struct size {
    const char *name;
    size_t n_sids;
    size_t n_aces;
};

static const struct size sizes[] = {
    {"5 SIDs x 4 ACEs", 5, 4},
    {"60 SIDs x 20 ACEs", 60, 20},
    {"1,000 SIDs x 200 ACEs", 1000, 200},
};

static const tsr_access_request asked = {
    .desired = FILE_GENERIC_READ,
    .mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS}};

static volatile uint64_t sink;

/* One operation on scene @i. The result is summed up so that no compiler may leave it out. */
typedef uint64_t operation(const struct stage *stage, size_t i);

static uint64_t remembered(const struct stage *stage, size_t i)
{
    return tsr_decision_cache_check(stage->cache, stage->scenes[i].token, stage->descriptors[i],
                                    &asked)
        .granted;
}

/* The same answer to many questions, which differ in what no right asks for. */
static uint64_t remembered_of_many(const struct stage *stage, size_t i)
{
    static uint32_t turn;
    tsr_access_request request = asked;

    request.mapping.all = turn++ / N_SCENES % (N_ASKED / N_SCENES);
    return tsr_decision_cache_check(stage->cache, stage->scenes[i].token, stage->descriptors[i],
                                    &request)
        .granted;
}

static uint64_t computed(const struct stage *stage, size_t i)
{
    return tsr_token_access_check(stage->scenes[i].token, &stage->scenes[i].sd, &asked).granted;
}

static uint64_t remembered_bytes(const struct stage *stage, size_t i)
{
    const struct scene *scene = &stage->scenes[i];
    tsr_descriptor *descriptor = NULL;
    uint32_t granted;

    must(tsr_descriptor_store_intern(stage->store, scene->bytes, scene->size, &descriptor),
         "intern");
    granted = tsr_decision_cache_check(stage->cache, scene->token, descriptor, &asked).granted;
    (void)tsr_descriptor_unref(descriptor);
    return granted;
}

static uint64_t computed_bytes(const struct stage *stage, size_t i)
{
    const struct scene *scene = &stage->scenes[i];
    tsr_sd sd;

    must(tsr_sd_view(scene->bytes, scene->size, &sd), "view");
    return tsr_token_access_check(scene->token, &sd, &asked).granted;
}

static uint64_t of_samba(const struct stage *stage, size_t i)
{
    uint32_t granted = 0;

    (void)scene_check_samba(&stage->scenes[i], asked.desired, &granted);
    return granted;
}

static operation *const operations[N_SIDES] = {
    [REMEMBERED] = remembered,
    [REMEMBERED_OF_MANY] = remembered_of_many,
    [COMPUTED] = computed,
    [REMEMBERED_BYTES] = remembered_bytes,
    [COMPUTED_BYTES] = computed_bytes,
    [SAMBA] = of_samba,
};

static void stage_init(struct stage *stage, const struct size *size, bool with_samba)
{
    struct dice dice = {.state = size->n_sids * 1000 + size->n_aces};

    must(tsr_descriptor_store_new(DECISIONS, 64u << 20, &stage->store), "store");
    must(tsr_decision_cache_new(DECISIONS, &stage->cache), "cache");
    for (size_t i = 0; i < N_SCENES; i++) {
        struct scene *scene = &stage->scenes[i];

        scene_init(scene, &dice, size->n_sids, size->n_aces, with_samba);
        must(tsr_descriptor_store_intern(stage->store, scene->bytes, scene->size,
                                         &stage->descriptors[i]),
             "intern");
    }
}

static void stage_deinit(struct stage *stage)
{
    for (size_t i = 0; i < N_SCENES; i++) {
        scene_deinit(&stage->scenes[i]);
        (void)tsr_descriptor_unref(stage->descriptors[i]);
    }
    (void)tsr_decision_cache_free(stage->cache);
    (void)tsr_descriptor_store_free(stage->store);
}

/* The sides must mean the same before their times do. */
static void must_agree(const struct stage *stage, size_t n_sides)
{
    for (size_t side = 0; side < n_sides; side++) {
        for (size_t i = 0; i < N_SCENES; i++) {
            if (operations[side](stage, i) != FILE_GENERIC_READ) {
                must(tsr_status_of(STATUS_INTERNAL_ERROR), "the sides disagree");
            }
        }
    }
}

/* What is measured. */
struct act {
    const struct stage *stage;
    operation *act;
};

/* A lap is one operation on each scene. */
static uint64_t run(const void *what, uint64_t n_laps)
{
    const struct act *const measured = what;
    const uint64_t before = processor_ns();
    uint64_t sum = 0;

    for (uint64_t lap = 0; lap < n_laps; lap++) {
        for (size_t i = 0; i < N_SCENES; i++) {
            sum += measured->act(measured->stage, i);
        }
    }
    sink += sum;
    return processor_ns() - before;
}

/* Every question is asked once before: what is measured is asking again. */
static uint64_t calibrate(const struct act *act)
{
    (void)run(act, N_ASKED / N_SCENES);
    return laps_of_round(run, act);
}

/* Median cost of one operation on each side, turn about. */
static void measure(const struct stage *stages, double ret_ns[][N_SIDES], bool with_samba)
{
    static double ns[ARRAY_SIZE(sizes)][N_SIDES][N_ROUNDS];
    uint64_t n_laps[ARRAY_SIZE(sizes)][N_SIDES];

    for (size_t round = 0; round < N_ROUNDS; round++) {
        for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
            /* Samba's smallest check is the yardstick; its largest takes half a millisecond. */
            const size_t n_sides = with_samba && i == 0 ? N_SIDES : SAMBA;

            for (size_t side = 0; side < n_sides; side++) {
                const struct act act = {&stages[i], operations[side]};

                if (round == 0) {
                    n_laps[i][side] = calibrate(&act);
                }
                ns[i][side][round] =
                    (double)run(&act, n_laps[i][side]) / (double)(n_laps[i][side] * N_SCENES);
            }
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        for (size_t side = 0; side < N_SIDES; side++) {
            ret_ns[i][side] = median(ns[i][side], N_ROUNDS);
        }
    }
}

static void print_sides(const char *title, double ns[][N_SIDES], enum side cached, enum side plain)
{
    printf("\n%-40s %10s %10s %8s\n", title, "cache ns", "check ns", "ratio");
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        printf("  %-38s %10.1f %10.1f %7.1fx\n", sizes[i].name, ns[i][cached], ns[i][plain],
               ns[i][plain] / ns[i][cached]);
    }
}

/* No ratio: the plain check would have to fetch as many descriptors from memory. */
static void print_of_many(double ns[][N_SIDES])
{
    printf("\n%-40s %10s\n", "hits, 4,096 questions in turn", "cache ns");
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        printf("  %-38s %10.1f\n", sizes[i].name, ns[i][REMEMBERED_OF_MANY]);
    }
}

/* @return whether @value is within @max */
static bool print_verdict(const char *what, double value, double max)
{
    printf("  %-60s %6.2f  <= %.1f  %s\n", what, value, max, value <= max ? "met" : "MISSED");
    return value <= max;
}

static bool print_verdicts(double ns[][N_SIDES], bool with_samba)
{
    const size_t last = ARRAY_SIZE(sizes) - 1;
    double slowest = 0;
    bool met;

    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        slowest = ns[i][REMEMBERED] > slowest ? ns[i][REMEMBERED] : slowest;
    }
    printf("\nbudgets\n");
    met = print_verdict("hit with 1,000 x 200, in hits with 5 x 4",
                        ns[last][REMEMBERED] / ns[0][REMEMBERED], FLAT_MAX);
    if (!with_samba) {
        return met;
    }
    printf("  Samba's check of 5 x 4 takes %.1f ns.\n", ns[0][SAMBA]);
    return print_verdict("slowest hit, in Samba's checks of 5 x 4", slowest / ns[0][SAMBA],
                         SAMBA_MAX) &&
           met;
}

static bool compare(bool with_samba)
{
    static struct stage stages[ARRAY_SIZE(sizes)];
    double ns[ARRAY_SIZE(sizes)][N_SIDES];

    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        stage_init(&stages[i], &sizes[i], with_samba && i == 0);
        must_agree(&stages[i], with_samba && i == 0 ? N_SIDES : SAMBA);
    }
    measure(stages, ns, with_samba);
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        stage_deinit(&stages[i]);
    }

    print_sides("the descriptor at hand", ns, REMEMBERED, COMPUTED);
    print_of_many(ns);
    print_sides("its bytes at hand: intern, or validate", ns, REMEMBERED_BYTES, COMPUTED_BYTES);
    return print_verdicts(ns, with_samba);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"enforce", no_argument, NULL, 'e'},
        {"samba", required_argument, NULL, 's'},
        {0},
    };
    const char *path = NULL;
    const char *why_not;
    bool enforce = false;
    bool met;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
        if (option == '?') {
            fprintf(stderr, "usage: bench-cache [--enforce] [--samba=LIBRARY]\n");
            return 2;
        }
        enforce = enforce || option == 'e';
        path = option == 's' ? optarg : path;
    }

    why_not = samba_open(path);
    if (why_not) {
        printf("Ours alone: %s.\n", why_not);
    }
    printf("Medians of %d rounds of processor time, turn about.\n", N_ROUNDS);
    met = compare(!why_not);
    return enforce && !met ? EXIT_FAILURE : EXIT_SUCCESS;
}
