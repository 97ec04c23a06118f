/* SPDX-License-Identifier: MIT */
/*
 * The access check, descriptor parsing and SDDL against Samba's.
 *
 * Both sides run in one process on the same tokens and descriptors, turn about, and a table of
 * medians is printed only after both have given the same answers to some thousands of random
 * questions.
 */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/sddl.h>

#include "base/check.h"
#include "bench/scene.h"
#include "bench/timing.h"
#include "tests/support/samba.h"

#define N_SCENES 8 /* of each size, so that no branch is learnt by heart */
#define N_RANDOM 5000
#define FILE_SDDL \
    (OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION)
#define N_CURVE_ACES   20
#define CURVE_FLAT_MAX 3.0 /* a larger token may miss the processor's caches, no more */

struct stage {
    struct scene scenes[N_SCENES];
    uint32_t desired;
    tsr_access_request request; /* the same, as we are asked */
};

/* One operation; the result is summed up so that no compiler may leave it out. */
typedef uint64_t operation(const struct stage *stage, const struct scene *scene);

struct duel {
    const char *name;
    operation *ours;
    operation *samba; /* NULL: there is none */
    double budget;    /* how many times faster we promise to be; 0: no promise */
};

static volatile uint64_t sink;

static bool samba_is_here;
static bool all_in_budget = true;

static uint64_t check_ours(const struct stage *stage, const struct scene *scene)
{
    return tsr_token_access_check(scene->token, &scene->sd, &stage->request).granted;
}

static uint64_t check_samba(const struct stage *stage, const struct scene *scene)
{
    uint32_t granted = 0;

    return scene_check_samba(scene, stage->desired, &granted) + granted;
}

static uint64_t parse_ours(const struct stage *stage, const struct scene *scene)
{
    tsr_sd sd;
    (void)stage;

    return tsr_sd_view(scene->bytes, scene->size, &sd).code + (uint64_t)sd.dacl.n_aces;
}

static uint64_t parse_samba(const struct stage *stage, const struct scene *scene)
{
    struct samba_sd *sd = samba_sd_pull(scene->bytes, scene->size);
    (void)stage;

    samba_release(sd);
    return sd != NULL;
}

static uint64_t raw_check_ours(const struct stage *stage, const struct scene *scene)
{
    struct scene raw = *scene;

    return tsr_sd_view(scene->bytes, scene->size, &raw.sd).code + check_ours(stage, &raw);
}

static uint64_t raw_check_samba(const struct stage *stage, const struct scene *scene)
{
    struct scene raw = *scene;
    uint64_t result;

    raw.samba_sd = samba_sd_pull(scene->bytes, scene->size);
    result = check_samba(stage, &raw);
    samba_release(raw.samba_sd);
    return result;
}

static uint64_t sddl_parse_ours(const struct stage *stage, const struct scene *scene)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    size_t size = 0;
    (void)stage;

    return tsr_sddl_parse(scene->text, NULL, &bytes, &size, NULL).code + size;
}

static uint64_t sddl_parse_samba(const struct stage *stage, const struct scene *scene)
{
    struct samba_sd *sd = samba_sd_parse(scene->text);
    (void)stage;

    samba_release(sd);
    return sd != NULL;
}

static uint64_t sddl_print_ours(const struct stage *stage, const struct scene *scene)
{
    CLEANUP(free) char *text = NULL;
    (void)stage;

    return tsr_sddl_format(&scene->sd, FILE_SDDL, NULL, &text).code + (uint64_t)text[0];
}

static uint64_t sddl_print_samba(const struct stage *stage, const struct scene *scene)
{
    char *text = samba_sd_format(scene->samba_sd);
    const uint64_t first = (uint64_t)text[0];
    (void)stage;

    samba_release(text);
    return first;
}

static void stage_init(struct stage *stage, size_t n_sids, size_t n_aces, uint32_t desired)
{
    struct dice dice = {.state = n_sids * 1000 + n_aces};

    stage->desired = desired;
    stage->request = (tsr_access_request){.desired = desired, .mapping = TSR_FILE_MAPPING};
    for (size_t i = 0; i < N_SCENES; i++) {
        scene_init(&stage->scenes[i], &dice, n_sids, n_aces, samba_is_here);
    }
}

static void stage_deinit(struct stage *stage)
{
    for (size_t i = 0; i < N_SCENES; i++) {
        scene_deinit(&stage->scenes[i]);
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
            sum += measured->act(measured->stage, &measured->stage->scenes[i]);
        }
    }
    sink += sum;
    return processor_ns() - before;
}

/* Median cost of one operation on either side, turn about; Samba's is 0 where it is not there. */
static void measure(const struct stage *stage, operation *ours, operation *theirs, double *ret_ours,
                    double *ret_samba)
{
    const bool compared = theirs && samba_is_here;
    const struct act our_act = {stage, ours};
    const struct act their_act = {stage, theirs};
    const uint64_t our_laps = laps_of_round(run, &our_act);
    const uint64_t their_laps = compared ? laps_of_round(run, &their_act) : 0;
    double our_ns[N_ROUNDS];
    double their_ns[N_ROUNDS];

    for (size_t i = 0; i < N_ROUNDS; i++) {
        our_ns[i] = (double)run(&our_act, our_laps) / (double)(our_laps * N_SCENES);
        if (compared) {
            their_ns[i] = (double)run(&their_act, their_laps) / (double)(their_laps * N_SCENES);
        }
    }
    *ret_ours = median(our_ns, N_ROUNDS);
    *ret_samba = compared ? median(their_ns, N_ROUNDS) : 0;
}

static void print_duel(const struct duel *duel, double our_ns, double samba_ns)
{
    const double ratio = our_ns > 0 ? samba_ns / our_ns : 0;

    printf("  %-34s %10.1f", duel->name, our_ns);
    if (samba_ns == 0) {
        printf("          -         -\n");
        return;
    }
    printf(" %12.1f %8.1fx", samba_ns, ratio);
    if (duel->budget > 0) {
        printf("   >= %.0fx  %s", duel->budget, ratio >= duel->budget ? "met" : "MISSED");
        all_in_budget = all_in_budget && ratio >= duel->budget;
    }
    putchar('\n');
}

static void fight(const struct duel *duels, size_t n_duels, size_t n_sids, size_t n_aces,
                  uint32_t desired)
{
    struct stage stage;
    double our_ns;
    double samba_ns;

    stage_init(&stage, n_sids, n_aces, desired);
    for (size_t i = 0; i < n_duels; i++) {
        measure(&stage, duels[i].ours, duels[i].samba, &our_ns, &samba_ns);
        print_duel(&duels[i], our_ns, samba_ns);
    }
    stage_deinit(&stage);
}

static void print_heading(const char *text)
{
    printf("\n%-36s %10s %12s %9s   %s\n", text, "ours ns", "Samba ns", "ratio", "budget");
}

/* Both sides' answers to the same question, printed where they differ. */
static bool answers_agree(const struct scene *scene, uint32_t desired)
{
    const tsr_access_result ours = scene_check(scene, desired);
    uint32_t granted = 0;
    const uint32_t code = scene_check_samba(scene, desired, &granted);

    if (ours.status.code == code && (code != STATUS_SUCCESS || ours.granted == granted)) {
        return true;
    }
    if (desired == MAXIMUM_ALLOWED && ours.granted == 0 && code == STATUS_SUCCESS && granted == 0) {
        return true; /* Where nothing is the most, Windows refuses and Samba grants nothing. */
    }
    fprintf(stderr, "bench-access: asked %#x of %s\n  ours %#x granting %#x, Samba's %#x, %#x\n",
            desired, scene->text, ours.status.code, ours.granted, code, granted);
    return false;
}

/* Whether Samba's text of Samba's parse of our text says the same. */
static bool texts_agree(const struct scene *scene)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    CLEANUP(free) char *text = NULL;
    struct samba_sd *parsed = samba_sd_parse(scene->text);
    char *printed = parsed ? samba_sd_format(parsed) : NULL;
    size_t size;
    tsr_sd sd;
    const bool agree = printed && tsr_ok(tsr_sddl_parse(printed, NULL, &bytes, &size, NULL)) &&
                       tsr_ok(tsr_sd_view(bytes, size, &sd)) &&
                       tsr_ok(tsr_sddl_format(&sd, FILE_SDDL, NULL, &text)) &&
                       strcmp(text, scene->text) == 0;

    if (!agree) {
        fprintf(stderr, "bench-access: ours %s\n  Samba's %s\n", scene->text,
                printed ? printed : "(none)");
    }
    samba_release(printed);
    samba_release(parsed);
    return agree;
}

static bool sizes_agree(size_t n_sids, size_t n_aces)
{
    struct stage stage;
    bool agree = true;

    stage_init(&stage, n_sids, n_aces, FILE_GENERIC_READ);
    for (size_t i = 0; i < N_SCENES; i++) {
        agree = agree && answers_agree(&stage.scenes[i], FILE_GENERIC_READ) &&
                answers_agree(&stage.scenes[i], FILE_WRITE_DATA) &&
                answers_agree(&stage.scenes[i], MAXIMUM_ALLOWED) && texts_agree(&stage.scenes[i]) &&
                scene_check(&stage.scenes[i], FILE_GENERIC_READ).granted == FILE_GENERIC_READ;
    }
    stage_deinit(&stage);
    return agree;
}

/* The two sides must mean the same before their times do. */
static bool sides_agree(void)
{
    struct dice dice = {.state = 1};
    size_t n_granted = 0;
    bool agree = sizes_agree(5, 4) && sizes_agree(60, 20) && sizes_agree(1000, 200);

    for (size_t i = 0; i < N_RANDOM && agree; i++) {
        const uint32_t right = 1u << dice_roll(&dice, 9);
        const uint32_t others = dice_roll(&dice, FILE_ALL_ACCESS) & FILE_ALL_ACCESS;
        struct scene scene;

        scene_init_random(&scene, &dice, true);
        agree = answers_agree(&scene, right) && answers_agree(&scene, right | others) &&
                answers_agree(&scene, MAXIMUM_ALLOWED) &&
                answers_agree(&scene, MAXIMUM_ALLOWED | right);
        n_granted += scene_check(&scene, right).granted != 0;
        scene_deinit(&scene);
    }
    return agree && n_granted > N_RANDOM / 10 && n_granted < N_RANDOM - N_RANDOM / 10;
}

/* One line of a curve. @return our median */
static double print_point(const char *name, size_t n_sids, size_t n_aces)
{
    const struct duel duel = {.name = name};
    struct stage stage;
    double our_ns;
    double samba_ns;

    stage_init(&stage, n_sids, n_aces, FILE_GENERIC_READ);
    measure(&stage, check_ours, check_samba, &our_ns, &samba_ns);
    print_duel(&duel, our_ns, samba_ns);
    stage_deinit(&stage);
    return our_ns;
}

/* The promise of constant time: the same ACL, ever more groups. */
static void print_curve_of_groups(void)
{
    double first;
    double last;

    print_heading("groups grow, the ACL stays: 20 ACEs");
    first = print_point("5 groups", 5, N_CURVE_ACES);
    (void)print_point("20 groups", 20, N_CURVE_ACES);
    (void)print_point("100 groups", 100, N_CURVE_ACES);
    (void)print_point("1,000 groups", 1000, N_CURVE_ACES);
    last = print_point("10,000 groups", 10000, N_CURVE_ACES);
    printf("  10,000 groups cost %.2f times what 5 cost (flat: at most %.0f)\n", last / first,
           CURVE_FLAT_MAX);
    all_in_budget = all_in_budget && last <= CURVE_FLAT_MAX * first;
}

/* What grows is the ACL: up to about as many ACEs as one can hold. */
static void print_curve_of_aces(void)
{
    double first;
    double last;

    print_heading("the ACL grows, 60 groups stay");
    first = print_point("20 ACEs", 60, 20);
    (void)print_point("200 ACEs", 60, 200);
    last = print_point("1,800 ACEs", 60, 1800);
    printf("  an ACE of 1,800 costs %.2f times one of 20 (linear: at most %.0f)\n",
           last / 1800 / (first / 20), CURVE_FLAT_MAX);
    all_in_budget = all_in_budget && last / 1800 <= CURVE_FLAT_MAX * first / 20;
}

static void print_tables(void)
{
    const struct duel small[] = {{"5 SIDs x 4 ACEs", check_ours, check_samba, 4}};
    const struct duel middle[] = {{"60 SIDs x 20 ACEs", check_ours, check_samba, 30}};
    const struct duel large[] = {{"1,000 SIDs x 200 ACEs", check_ours, check_samba, 250}};
    const struct duel refused[] = {{"60 x 20, refused", check_ours, check_samba, 0}};
    const struct duel maximum[] = {{"60 x 20, MAXIMUM_ALLOWED", check_ours, check_samba, 0}};
    const struct duel parsing[] = {
        {"parse and validate, 20 ACEs", parse_ours, parse_samba, 20},
        {"parse and check, 60 x 20", raw_check_ours, raw_check_samba, 0},
        {"SDDL parse, 20 ACEs", sddl_parse_ours, sddl_parse_samba, 5},
        {"SDDL print, 20 ACEs", sddl_print_ours, sddl_print_samba, 0},
    };

    print_heading("access check, only the last ACE grants");
    fight(small, ARRAY_SIZE(small), 5, 4, FILE_GENERIC_READ);
    fight(middle, ARRAY_SIZE(middle), 60, 20, FILE_GENERIC_READ);
    fight(large, ARRAY_SIZE(large), 1000, 200, FILE_GENERIC_READ);
    fight(refused, ARRAY_SIZE(refused), 60, 20, FILE_WRITE_DATA);
    fight(maximum, ARRAY_SIZE(maximum), 60, 20, MAXIMUM_ALLOWED);

    print_heading("descriptors");
    fight(parsing, ARRAY_SIZE(parsing), 60, 20, FILE_GENERIC_READ);

    print_curve_of_groups();
    print_curve_of_aces();
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
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
        if (option == '?') {
            fprintf(stderr, "usage: bench-access [--enforce] [--samba=LIBRARY]\n");
            return 2;
        }
        enforce = enforce || option == 'e';
        path = option == 's' ? optarg : path;
    }

    why_not = samba_open(path);
    samba_is_here = !why_not;
    if (why_not) {
        printf("Ours alone: %s.\n", why_not);
    } else if (!sides_agree()) {
        fprintf(stderr, "bench-access: the two sides disagree, so their times mean nothing\n");
        return EXIT_FAILURE;
    }
    printf("Medians of %d rounds of processor time, ours and Samba's turn about.\n", N_ROUNDS);
    print_tables();
    return enforce && !all_in_budget ? EXIT_FAILURE : EXIT_SUCCESS;
}
