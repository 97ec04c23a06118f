/* SPDX-License-Identifier: MIT */
/* A volume served by a child. */

#include "bench/served.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tessera/volume.h>

#include "base/check.h"

#define GROUPS_MAX 64

bool served_prepare(void)
{
    return geteuid() == 0 && access("/dev/fuse", R_OK | W_OK) == 0 && unshare(CLONE_NEWNS) == 0 &&
           mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* Tell that the volume is mounted, and serve it until it is unmounted. */
static int serve(const tsr_volume_options *options, int ready)
{
    tsr_volume *volume = NULL;
    tsr_status status = tsr_volume_mount(options, &volume);

    if (tsr_ok(status) && write(ready, ".", 1) == 1) {
        status = tsr_volume_run(volume);
    }
    volume = tsr_volume_free(volume);
    return tsr_ok(status) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int serve_with_resolver(tsr_volume_options *options, const char *state_dir, int ready)
{
    const tsr_resolver_options resolver_options = {.state_dir = state_dir};
    int exit_status;

    if (tsr_failed(tsr_resolver_new(&resolver_options, &options->resolver, NULL))) {
        return EXIT_FAILURE;
    }
    exit_status = serve(options, ready);
    options->resolver = tsr_resolver_free(options->resolver);
    return exit_status;
}

bool served_start(const char *source, const char *mount_point, const char *state_dir,
                  bool unenforced, struct served *ret_served)
{
    tsr_volume_options options = {
        .source = source,
        .mount_point = mount_point,
        .unenforced = unenforced,
    };
    int ready[2];
    char byte;
    bool mounted;

    if (pipe2(ready, O_CLOEXEC) != 0) {
        return false;
    }
    *ret_served = (struct served){.mount_point = mount_point, .pid = fork()};
    if (ret_served->pid == 0) {
        (void)close(ready[0]);
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(serve_with_resolver(&options, state_dir, ready[1]));
    }
    (void)close(ready[1]);
    mounted = ret_served->pid > 0 && read(ready[0], &byte, 1) == 1;
    (void)close(ready[0]);
    return mounted;
}

bool served_end(struct served *served)
{
    int status = -1;

    if (served->pid <= 0) {
        return false;
    }
    if (umount2(served->mount_point, MNT_DETACH) != 0) {
        (void)kill(served->pid, SIGTERM);
    }
    (void)waitpid(served->pid, &status, 0);
    served->pid = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

void served_become(uid_t uid, gid_t first_group, size_t n_groups)
{
    gid_t groups[GROUPS_MAX];

    for (size_t i = 0; i < n_groups && i < GROUPS_MAX; i++) {
        groups[i] = first_group + (gid_t)i;
    }
    if (setgroups(n_groups, groups) != 0 || setresgid(uid, uid, uid) != 0 ||
        setresuid(uid, uid, uid) != 0) {
        perror("bench-volume: cannot become the user");
        _exit(EXIT_FAILURE);
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}
