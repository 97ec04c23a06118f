/* SPDX-License-Identifier: MIT */
/*
 * The calls of bench-handle under Wine.
 *
 * Prints a line for each: nanoseconds of a call by one thread, and by each of two at once.
 */

#include "../calls.h"

#include <stdio.h>
#include <stdlib.h>

#define N_ROUNDS 21 /* odd, for the median */
#define N_LAPS   500

static call *measured;
static HANDLE start;

static double now_ns(void)
{
    LARGE_INTEGER frequency;
    LARGE_INTEGER now;

    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    return (double)now.QuadPart * 1e9 / (double)frequency.QuadPart;
}

static DWORD WINAPI make_calls(LPVOID argument)
{
    DWORD n_failed = 0;
    (void)argument;

    WaitForSingleObject(start, INFINITE);
    for (int lap = 0; lap < N_LAPS; lap++) {
        n_failed += !measured();
    }
    return n_failed;
}

/* Nanoseconds of one call of each thread. */
static double round_of(DWORD n_threads)
{
    HANDLE threads[2];
    DWORD n_failed;
    double before;

    ResetEvent(start);
    for (DWORD i = 0; i < n_threads; i++) {
        threads[i] = CreateThread(NULL, 0, make_calls, NULL, 0, NULL);
    }
    Sleep(5); /* until all wait */
    before = now_ns();
    SetEvent(start);
    WaitForMultipleObjects(n_threads, threads, TRUE, INFINITE);
    before = now_ns() - before;
    for (DWORD i = 0; i < n_threads; i++) {
        if (!GetExitCodeThread(threads[i], &n_failed) || n_failed != 0) {
            exit(EXIT_FAILURE);
        }
        CloseHandle(threads[i]);
    }
    return before / N_LAPS;
}

static int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

static double median_round(DWORD n_threads)
{
    double ns[N_ROUNDS];

    for (int i = 0; i < N_ROUNDS; i++) {
        ns[i] = round_of(n_threads);
    }
    qsort(ns, N_ROUNDS, sizeof(ns[0]), compare_doubles);
    return ns[N_ROUNDS / 2];
}

int main(void)
{
    start = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (!start || !calls_prepare()) {
        return EXIT_FAILURE;
    }
    for (int i = 0; i < N_CALLS; i++) {
        double one;

        measured = calls[i].make;
        one = median_round(1);
        printf("%.0f %.0f\n", one, median_round(2));
    }
    return EXIT_SUCCESS;
}
