/* SPDX-License-Identifier: MIT */
/*
 * Samba's library against ours, on random questions.
 *
 * The seed is fixed; TESSERA_SEED tries another and TESSERA_CASES as many cases as it says. A case
 * is one answer of both sides. The first differences that no known one explains are printed.
 */

#include <support/expect.h>

#include <inttypes.h>
#include <malloc.h>

#include <support/samba.h>

#include "base/check.h"
#include "samba/campaign.h"

#define N_CASES      100000
#define SEED         UINT64_C(20261120)
#define N_SHOWN_MAX  10         /* differences, before we stop */
#define N_GROWTH_MAX (1u << 20) /* bytes that may stay allocated while we play */

/* How often a family is played for each time the others are. */
static const struct {
    family_play *play;
    uint32_t n_plays;
} families[N_FAMILIES] = {
    [FAMILY_ACCESS] = {access_play, 6},
    [FAMILY_INTENT] = {intent_play, 1},
    [FAMILY_DIRECTORY] = {directory_play, 2},
    [FAMILY_DECODING] = {decoding_play, 8},
    [FAMILY_ENCODING] = {encoding_play, 16},
    [FAMILY_PRINTING] = {printing_play, 16},
    [FAMILY_PARSING] = {parsing_play, 16},
    [FAMILY_SIDS] = {sids_play, 8},
    [FAMILY_INHERITANCE] = {inheritance_play, 16},
    [FAMILY_MAPPING] = {mapping_play, 8},
};

static uint64_t number_from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoull(text, NULL, 0) : otherwise;
}

static void require_samba(void)
{
    const char *why_not = samba_open(NULL);

    if (!why_not) {
        return;
    }
    if (getenv("TESSERA_REQUIRE_ALL")) {
        fail_msg("%s, and TESSERA_REQUIRE_ALL is set", why_not);
    }
    print_message("skipped: %s\n", why_not);
    skip();
}

static uint64_t n_cases_of(const struct campaign *campaign)
{
    uint64_t n = 0;

    for (size_t i = 0; i < N_FAMILIES; i++) {
        n += campaign->n_cases[i];
    }
    return n;
}

static void play_all(struct campaign *campaign)
{
    for (size_t i = 0; i < N_FAMILIES; i++) {
        for (uint32_t n = families[i].n_plays; n > 0; n--) {
            families[i].play(campaign);
        }
    }
}

static void report(const struct campaign *campaign, size_t n_bytes_grown)
{
    printf("# seed %" PRIu64 ": %" PRIu64 " cases, memory grew by %zu bytes\n", campaign->seed,
           n_cases_of(campaign), n_bytes_grown);
    for (enum family family = 0; family < N_FAMILIES; family++) {
        printf("# %10" PRIu64 "  %s\n", campaign->n_cases[family], family_name(family));
    }
    rules_report();
}

/* Cases that all end alike would show nothing. */
static void expect_variety(const struct campaign *campaign)
{
    const uint64_t n_checks = campaign->n_cases[FAMILY_ACCESS] + campaign->n_cases[FAMILY_INTENT] +
                              campaign->n_cases[FAMILY_DIRECTORY];

    assert_true(campaign->n_granted >= n_checks / 10);
    assert_true(n_checks - campaign->n_granted >= n_checks / 10);
}

static void samba_and_we_differ_only_where_known(void **state)
{
    struct campaign campaign = {.seed = number_from_environment("TESSERA_SEED", SEED)};
    const uint64_t n_cases = number_from_environment("TESSERA_CASES", N_CASES);
    size_t n_bytes = 0;
    size_t n_bytes_grown;
    (void)state;

    require_samba();
    campaign.dice.state = campaign.seed;
    while (n_cases_of(&campaign) < n_cases && campaign.n_unexplained < N_SHOWN_MAX) {
        play_all(&campaign);
        /* By then Samba has what it keeps for good. */
        if (n_bytes == 0 && n_cases_of(&campaign) >= n_cases / 10) {
            n_bytes = mallinfo2().uordblks;
        }
    }

    n_bytes_grown = mallinfo2().uordblks > n_bytes ? mallinfo2().uordblks - n_bytes : 0;
    report(&campaign, n_bytes_grown);
    assert_int_equal(campaign.n_unexplained, 0);
    assert_true(n_bytes_grown <= N_GROWTH_MAX);
    expect_variety(&campaign);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samba_and_we_differ_only_where_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
