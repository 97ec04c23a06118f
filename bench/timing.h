/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How benchmarks take times: rounds of some milliseconds, of which the median counts
 */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <tessera/status.h>

#define N_ROUNDS 21 /* odd, for the median */
#define ROUND_NS 2000000u

/* A measurement that could not be set up measures nothing. */
static inline void must(tsr_status status, const char *what)
{
    if (tsr_failed(status)) {
        fprintf(stderr, "%s: %s: %#x\n", program_invocation_short_name, what, status.code);
        exit(EXIT_FAILURE);
    }
}

static inline uint64_t now_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Processor time of this thread, which other programs do not add to. */
static inline uint64_t processor_ns(void)
{
    return now_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* Does something @n_laps times. @return the nanoseconds that took */
typedef uint64_t runner(const void *what, uint64_t n_laps);

/** Laps that fill a round. */
static inline uint64_t laps_of_round(runner *run, const void *what)
{
    uint64_t n_laps = 1;

    while (run(what, n_laps) < ROUND_NS / 2) {
        n_laps *= 2;
    }
    return n_laps;
}

static inline int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

/** Sorts them. @param n  odd */
static inline double median(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), compare_doubles);
    return values[n / 2];
}

/** Nanoseconds of one lap. */
static inline double median_lap(runner *run, const void *what)
{
    const uint64_t n_laps = laps_of_round(run, what);
    double ns[N_ROUNDS];

    for (size_t i = 0; i < N_ROUNDS; i++) {
        ns[i] = (double)run(what, n_laps) / (double)n_laps;
    }
    return median(ns, N_ROUNDS);
}
