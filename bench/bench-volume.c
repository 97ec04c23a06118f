/* SPDX-License-Identifier: MIT */
/*
 * What a volume costs: against the same server that judges nothing, and against the bare directory.
 *
 * All three show the same files. Each round does the same operations in each of them, turn about
 * and after a lap that is not timed, so that each finds the same caches; ratios are of one round,
 * and medians are printed. Before and after, a user whom the descriptors exclude is refused on the
 * judging volume alone.
 */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <tessera/sddl.h>
#include <tessera/volume.h>

#include "base/check.h"
#include "bench/served.h"
#include "bench/timing.h"

#define N_HEATS      15 /* odd, for the median */
#define HEAT_NS      10000000u
#define N_FILES      64
#define N_DATA       (64u << 20)
#define N_BLOCK      4096u
#define N_SEQUENTIAL (1u << 20)
#define EXIT_MISSED  3
#define WORK         "work"
#define DATA         "data"

#define USER        61001
#define STRANGER    61002
#define FIRST_GROUP 62000
#define N_GROUPS    16

/* Twelve entries, of which the last grants: the user's last group has it. */
#define WORK_SDDL                                                        \
    "D:P(D;OICI;FA;;;S-1-22-1-69001)(D;OICI;FW;;;S-1-22-2-69002)"        \
    "(A;OICI;FA;;;SY)(A;OICI;FR;;;S-1-22-1-69003)(A;OICI;FR;;;S-1-22-1-" \
    "69004)(A;OICI;FR;;;S-1-22-1-69005)(A;OICI;FR;;;S-1-22-1-69006)"     \
    "(A;OICI;FR;;;S-1-22-2-69007)(A;OICI;FR;;;S-1-22-2-69008)"           \
    "(A;OICI;FR;;;S-1-22-2-69009)(A;OICI;FR;;;S-1-22-2-69010)"           \
    "(A;OICI;FA;;;S-1-22-2-62015)"

enum place { JUDGING, UNJUDGING, BARE, N_PLACES };

/* The same directory in one of its three forms, as a client has it open. */
struct view {
    int folder;
    int data; /* for reading and writing */
};

/* Does @n operations. @return 0; -1: it failed */
typedef int operation(const struct view *view, uint64_t n);

struct race {
    const char *name;
    operation *act;
    double same_server_max; /* of its time without judging; 0: no promise */
    double bare_speed_min;  /* of the bare directory's speed, with passthrough; 0: no promise */
};

struct stand {
    char folder[PATH_MAX];
    char source[PATH_MAX + 16];
    char state[PATH_MAX + 16];
    char mount_points[BARE][PATH_MAX + 16];
    struct served servers[BARE];
};

static char block[N_SEQUENTIAL];

static const char *file_name(uint64_t number)
{
    static char name[16];

    (void)snprintf(name, sizeof(name), "file-%02u", (unsigned int)(number % N_FILES));
    return name;
}

static int open_close(const struct view *view, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        const int fd = openat(view->folder, file_name(i), O_RDONLY | O_CLOEXEC);

        if (fd < 0 || close(fd) != 0) {
            return -1;
        }
    }
    return 0;
}

static int stat_as(const struct view *view, uint64_t n, int flags)
{
    struct statx attributes;

    for (uint64_t i = 0; i < n; i++) {
        if (statx(view->folder, file_name(i), flags, STATX_BASIC_STATS, &attributes) != 0) {
            return -1;
        }
    }
    return 0;
}

static int stat_remembered(const struct view *view, uint64_t n)
{
    return stat_as(view, n, 0);
}

static int stat_asked(const struct view *view, uint64_t n)
{
    return stat_as(view, n, AT_STATX_FORCE_SYNC);
}

static int read_randomly(const struct view *view, uint64_t n)
{
    uint64_t dice = 1;

    for (uint64_t i = 0; i < n; i++) {
        dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        if (pread(view->data, block, N_BLOCK, (off_t)(dice >> 33) % (N_DATA / N_BLOCK) * N_BLOCK) !=
            N_BLOCK) {
            return -1;
        }
    }
    return 0;
}

static int read_on(const struct view *view, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        if (pread(view->data, block, N_SEQUENTIAL, (off_t)(i * N_SEQUENTIAL % N_DATA)) !=
            N_SEQUENTIAL) {
            return -1;
        }
    }
    return 0;
}

static int write_on(const struct view *view, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        if (pwrite(view->data, block, N_SEQUENTIAL, (off_t)(i * N_SEQUENTIAL % N_DATA)) !=
            N_SEQUENTIAL) {
            return -1;
        }
    }
    return 0;
}

static int create_unlink(const struct view *view, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        const int fd = openat(view->folder, "new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

        if (fd < 0 || close(fd) != 0 || unlinkat(view->folder, "new", 0) != 0) {
            return -1;
        }
    }
    return 0;
}

static const struct race races[] = {
    {"open+close", open_close, 1.15, 0},
    {"stat, remembered by the kernel", stat_remembered, 0, 0},
    {"stat, asked of the server", stat_asked, 0, 0},
    {"4 KiB random read", read_randomly, 0, 0.97},
    {"1 MiB sequential read", read_on, 0, 0.97},
    {"1 MiB sequential write", write_on, 0, 0.97},
    {"create+close+unlink", create_unlink, 0, 0},
};

/* Nanoseconds for each of @n operations, after some that are not timed; negative: it failed. */
static double run(const struct race *race, const struct view *view, uint64_t n)
{
    uint64_t before;

    if (race->act(view, n < N_FILES ? n : N_FILES) != 0) {
        return -1;
    }
    before = now_ns(CLOCK_MONOTONIC);
    if (race->act(view, n) != 0) {
        return -1;
    }
    return (double)(now_ns(CLOCK_MONOTONIC) - before) / (double)n;
}

/* How many fill a round on the slowest. */
static uint64_t calibrate(const struct race *race, const struct view *view)
{
    uint64_t n = 1;
    double ns = 0;

    while (ns >= 0 && ns * (double)n < HEAT_NS) {
        n *= 2;
        ns = run(race, view, n);
    }
    return n;
}

static bool print_verdict(bool met, const char *sign, double budget)
{
    printf("   %s %.2f %s", sign, budget, met ? "met" : "MISSED");
    return met;
}

/* @return whether the budgets are met */
static bool print_race(const struct race *race, double ns[N_PLACES][N_HEATS],
                       double slower[N_HEATS], double speed[N_HEATS])
{
    const double slower_median = median(slower, N_HEATS);
    const double speed_median = median(speed, N_HEATS);
    bool met = true;

    printf("  %-31s %10.0f %10.0f %10.0f %8.3fx %8.3fx", race->name, median(ns[JUDGING], N_HEATS),
           median(ns[UNJUDGING], N_HEATS), median(ns[BARE], N_HEATS), slower_median, speed_median);
    if (race->same_server_max > 0) {
        met = print_verdict(slower_median <= race->same_server_max, "<=", race->same_server_max);
    }
    if (race->bare_speed_min > 0) {
        met = print_verdict(speed_median >= race->bare_speed_min, ">=", race->bare_speed_min);
    }
    printf("\n");
    return met;
}

/* @return 0; EXIT_MISSED: not within budget; EXIT_FAILURE: it did not work */
static int hold(const struct race *race, const struct view views[N_PLACES])
{
    const uint64_t n = calibrate(race, &views[JUDGING]);
    double ns[N_PLACES][N_HEATS];
    double slower[N_HEATS];
    double speed[N_HEATS];

    for (size_t round = 0; round < N_HEATS; round++) {
        for (size_t i = 0; i < N_PLACES; i++) {
            const size_t place = (round + i) % N_PLACES;

            ns[place][round] = run(race, &views[place], n);
            if (ns[place][round] < 0) {
                fprintf(stderr, "bench-volume: %s: %s\n", race->name, strerror(errno));
                return EXIT_FAILURE;
            }
        }
        slower[round] = ns[JUDGING][round] / ns[UNJUDGING][round];
        speed[round] = ns[BARE][round] / ns[JUDGING][round];
    }
    return print_race(race, ns, slower, speed) ? EXIT_SUCCESS : EXIT_MISSED;
}

/* Of two exit statuses, what both together come to. */
static int worse(int one, int other)
{
    if (one == EXIT_FAILURE || other == EXIT_FAILURE) {
        return EXIT_FAILURE;
    }
    return one == EXIT_SUCCESS ? other : one;
}

static const char *place_path(const struct stand *stand, size_t place)
{
    return place == BARE ? stand->source : stand->mount_points[place];
}

static int work_open(const struct stand *stand, size_t place)
{
    char path[PATH_MAX + 32];

    (void)snprintf(path, sizeof(path), "%s/" WORK, place_path(stand, place));
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* In a child that has become the client. @return its exit status */
static int race_all(const struct stand *stand)
{
    struct view views[N_PLACES];
    int result = EXIT_SUCCESS;

    for (size_t place = 0; place < N_PLACES; place++) {
        views[place].folder = work_open(stand, place);
        views[place].data = openat(views[place].folder, DATA, O_RDWR | O_CLOEXEC);
        if (views[place].data < 0) {
            perror("bench-volume: cannot open the data");
            return EXIT_FAILURE;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(races); i++) {
        result = worse(result, hold(&races[i], views));
        (void)fflush(stdout);
    }
    return result;
}

/* What an open by the stranger is answered: 0 or an errno. */
static int stranger_open(const struct stand *stand, size_t place)
{
    const int folder = work_open(stand, place);

    if (folder < 0) {
        return errno;
    }
    return openat(folder, file_name(0), O_RDONLY | O_CLOEXEC) < 0 ? errno : 0;
}

/* In a child that has become the stranger. @return its exit status */
static int try_as_stranger(const struct stand *stand)
{
    const bool good = stranger_open(stand, JUDGING) == EACCES &&
                      stranger_open(stand, UNJUDGING) == 0 && stranger_open(stand, BARE) == 0;

    if (!good) {
        fprintf(stderr, "bench-volume: the volume does not judge, so its times mean nothing\n");
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool make_file(int folder, const char *name, size_t size)
{
    const int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool good = fd >= 0;

    for (size_t n_left = size; good && n_left > 0;) {
        const size_t n = n_left < sizeof(block) ? n_left : sizeof(block);

        good = write(fd, block, n) == (ssize_t)n;
        n_left -= n;
    }
    return close(fd) == 0 && good;
}

/* In a child that has become the user: through the volume, so that what it makes has a descriptor.
 */
static int make_files(const struct stand *stand)
{
    const int folder = work_open(stand, JUDGING);
    bool good = make_file(folder, DATA, N_DATA);

    for (uint64_t i = 0; i < N_FILES; i++) {
        good = good && make_file(folder, file_name(i), 1);
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Do something in a child, as somebody else. @return its exit status */
static int do_as(uid_t uid, size_t n_groups, int (*act)(const struct stand *),
                 const struct stand *stand)
{
    pid_t pid;
    int status;

    (void)fflush(stdout);
    pid = fork();
    if (pid == 0) {
        served_become(uid, FIRST_GROUP, n_groups);
        status = act(stand);
        (void)fflush(stdout);
        _exit(status);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
        return EXIT_FAILURE;
    }
    return WEXITSTATUS(status);
}

/* The directory that all of it happens in, with a descriptor that is inherited. */
static bool make_work(const struct stand *stand)
{
    CLEANUP(free) uint8_t *bytes = NULL;
    char path[PATH_MAX + 32];
    size_t size;

    (void)snprintf(path, sizeof(path), "%s/" WORK, stand->mount_points[JUDGING]);
    return mkdir(path, 0777) == 0 && chmod(path, 0777) == 0 &&
           tsr_ok(tsr_sddl_parse(WORK_SDDL, NULL, &bytes, &size, NULL)) &&
           setxattr(path, TSR_VOLUME_SD_XATTR "D", bytes, size, 0) == 0 &&
           do_as(USER, N_GROUPS, make_files, stand) == EXIT_SUCCESS;
}

static bool stand_open(struct stand *stand)
{
    const char *temporary = getenv("TMPDIR");

    (void)snprintf(stand->folder, sizeof(stand->folder), "%s/bench-volume-XXXXXX",
                   temporary ? temporary : "/tmp");
    if (!mkdtemp(stand->folder) || chmod(stand->folder, 0755) != 0) {
        stand->folder[0] = '\0';
        return false;
    }
    (void)snprintf(stand->source, sizeof(stand->source), "%s/source", stand->folder);
    (void)snprintf(stand->state, sizeof(stand->state), "%s/state", stand->folder);
    if (mkdir(stand->source, 0755) != 0 || mkdir(stand->state, 0755) != 0) {
        return false;
    }
    for (size_t place = 0; place < BARE; place++) {
        char *path = stand->mount_points[place];

        (void)snprintf(path, sizeof(stand->mount_points[place]), "%s/volume%zu", stand->folder,
                       place);
        if (mkdir(path, 0755) != 0 || !served_start(stand->source, path, stand->state,
                                                    place == UNJUDGING, &stand->servers[place])) {
            return false;
        }
    }
    return make_work(stand);
}

static void stand_close(struct stand *stand)
{
    char command[PATH_MAX + 32];

    for (size_t place = 0; place < BARE; place++) {
        (void)served_end(&stand->servers[place]);
    }
    if (stand->folder[0] != '\0') {
        (void)snprintf(command, sizeof(command), "rm -rf '%s'", stand->folder);
        if (system(command) != 0) {
            fprintf(stderr, "bench-volume: %s is left\n", stand->folder);
        }
    }
}

static void print_heading(const char *who)
{
    printf("\n%-33s %10s %10s %10s %9s %9s   budget\n", who, "judged ns", "unjudged", "bare ns",
           "time of", "speed of");
    printf("%-33s %10s %10s %10s %9s %9s\n", "", "", "", "", "unjudged", "bare");
}

/* @return an exit status */
static int measure(const struct stand *stand)
{
    int result = do_as(STRANGER, N_GROUPS - 1, try_as_stranger, stand);

    if (result != EXIT_SUCCESS) {
        return result;
    }
    printf("Medians of %d rounds, turn about; the kernel remembers names for a second.\n", N_HEATS);
    print_heading("a user in 16 groups, 12 ACEs");
    result = worse(result, do_as(USER, N_GROUPS, race_all, stand));
    print_heading("root");
    result = worse(result, do_as(0, 0, race_all, stand));
    return worse(result, do_as(STRANGER, N_GROUPS - 1, try_as_stranger, stand));
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"enforce", no_argument, NULL, 'e'}, {0}};
    struct stand stand = {0};
    bool enforce = false;
    int result = EXIT_FAILURE;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
        if (option == '?') {
            fprintf(stderr, "usage: bench-volume [--enforce]\n");
            return 2;
        }
        enforce = true;
    }
    if (!served_prepare()) {
        printf("No volume can be mounted here: that needs root and /dev/fuse.\n");
        return enforce ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    if (stand_open(&stand)) {
        result = measure(&stand);
    } else {
        perror("bench-volume: cannot serve the volumes");
    }
    stand_close(&stand);
    return result == EXIT_MISSED && !enforce ? EXIT_SUCCESS : result;
}
