#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Mounting, unmounting, open handles, callers nobody knows, and the names that must not leak.

See volume_lab.py for the environment.
"""

import errno
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time

import volume_lab as lab
from volume_lab import (ALLOW, APPEND_DATA, CI, FULL, GID, LIST_DIRECTORY, OI, OTHER_UID,
                        READ_DATA, UID, WRITE_DATA, Actor, Lab, Volume, ace, as_user, attempt,
                        contains, equal, error_name, expect_error, grant, group, make_file,
                        renameat2, set_sd, tessera, test, user)

EACCES, ENOENT, ENOTCONN, EPERM = errno.EACCES, errno.ENOENT, errno.ENOTCONN, errno.EPERM

VOLUMES = []
STAGE = ".tessera-stage"


def volume():
    if not VOLUMES:
        VOLUMES.append(Volume("--cache", "strict"))
        grant(VOLUMES[0].root, FULL)
    return VOLUMES[0]


def reads(path):
    with open(path, "rb") as file:
        return file.read()


def mount(*arguments, status=1):
    return tessera("mount", "--state", Lab.path("state"), *arguments, status=status)


def mounts(path):
    """The types of what is mounted at a path."""
    with open("/proc/self/mounts", encoding="utf-8") as file:
        return [line.split(" ")[2] for line in file if line.split(" ")[1] == path]


def eventually(holds, what):
    for _ in range(200):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("never: " + what)


# Mounting


@test
def mounting_names_what_is_wrong():
    source = Lab.path("errors-source")
    target = Lab.path("errors-target")
    os.mkdir(source)
    os.mkdir(target)
    file = make_file(Lab.path("errors-file"))
    for arguments in [(source + "-absent", target), (source, target + "-absent"), (file, target),
                      (source, file)]:
        output, errors = mount(*arguments)
        equal(output, "")
        contains(errors, "tessera: cannot serve " + arguments[0], arguments[1])
        assert "Traceback" not in errors and len(errors.splitlines()) <= 2, errors
    for arguments, word in [(("--policy", "frob", source, target), "frob"),
                            (("--cache", "frob", source, target), "frob"),
                            (("--threads", "0", source, target), "0"),
                            (("--threads", "x", source, target), "x"),
                            ((source,), "directory"), ((source, target, source), "directory")]:
        output, errors = mount(*arguments, status=2)
        equal(output, "")
        contains(errors, word, "--help")
    equal(mounts(target), [])
    equal(os.listdir(source), [])


@test
def mounting_needs_root():
    source = Lab.path("user-source")
    os.mkdir(source)
    os.chown(source, UID, GID)
    done = tessera("mount", "--state", Lab.path("state"), source, source, uid=UID, status=1)
    contains(done[1], "root")


@test
def a_volume_is_mounted_without_set_id_and_devices():
    with open("/proc/self/mounts", encoding="utf-8") as file:
        line, = [line for line in file if f" {volume().root} " in line]
    contains(line, "fuse.tessera", "nosuid", "nodev", "allow_other")
    assert "default_permissions" not in line, line


@test
def a_volume_over_its_own_source_is_the_only_way_to_it():
    def prepare(source):
        make_file(os.path.join(source, "secret"), b"secret", 0o666)
        os.mkdir(os.path.join(source, "folder"))
        make_file(os.path.join(source, "folder", "secret"), b"secret", 0o666)
        os.symlink(".", os.path.join(source, "self"))

    own = Volume("--cache", "strict", prepare=prepare, over_itself=True)
    for name in ("secret", "folder/secret"):
        grant(own.path(name), 0)
    served = os.stat(own.root).st_dev
    assert served != os.stat(Lab.folder).st_dev
    base = os.path.basename(own.root)
    for way in (own.root, own.root + "/.", own.root + "/folder/..", own.root + "/self",
                os.path.join(Lab.folder, ".", base), os.path.join(own.root, "..", base),
                f"/proc/self/root{own.root}"):
        for name in ("secret", "folder/secret"):
            path = os.path.join(way, name)
            if os.path.exists(path):
                equal(os.stat(path).st_dev, served, path)
            assert attempt(reads, path) in (EACCES, ENOENT), path
    pid = own.process.pid
    for way in (f"/proc/{pid}/cwd", f"/proc/{pid}/root{own.root}",
                *(f"/proc/{pid}/fd/{fd}" for fd in os.listdir(f"/proc/{pid}/fd"))):
        assert attempt(reads, os.path.join(way, "secret")) != 0, way
    # No other mount of this namespace shows it.
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        shown = [line for line in file if line.split(" ")[4] != own.root
                 and os.path.basename(own.root) in line.split(" ")[3]]
    equal(shown, [])
    equal(own.end(), 0)
    equal(reads(os.path.join(own.source, "secret")), b"secret")


@test
def what_is_mounted_below_the_source_is_not_served():
    def prepare(source):
        os.mkdir(os.path.join(source, "below"))
        if lab.LIBC.mount(b"none", os.fsencode(os.path.join(source, "below")), b"tmpfs", 0, None):
            raise lab.Skip("cannot mount a tmpfs")
        make_file(os.path.join(source, "below", "file"), b"elsewhere", 0o666)

    own = Volume("--cache", "strict", prepare=prepare)
    try:
        for name in ("below", "below/file"):
            equal(lab.in_child(lambda: None, os.stat, own.path(name)), ("errno", errno.EXDEV), name)
    finally:
        lab.unmount(own.backing("below"))
    equal(own.end(), 0)


@test
def the_daemon_follows_no_link_for_anybody():
    secret = make_file(Lab.path("link-secret"), b"secret", 0o600)
    os.symlink(secret, volume().backing("link"))
    os.symlink(Lab.folder, volume().backing("link-folder"))
    for path in (volume().path("link"), volume().path("link-folder", "link-secret")):
        expect_error(attempt(reads, path), EACCES, path)
    grant(volume().path("link"), FULL)
    expect_error(attempt(reads, volume().path("link")), EACCES, "with all rights on the link")
    equal(os.listxattr(secret), [])


@test
def names_are_taken_as_they_are():
    own = volume().path("names")
    os.mkdir(own)
    grant(own, FULL)
    names = [b"a\nb", b"\xff\xfe", b"...", b" ", b"\\", b"x" * 255, "ä".encode(), b"CON", b"a:b"]
    for name in names:
        path = os.path.join(os.fsencode(own), name)
        make_file(path, name)
        equal(reads(path), name)
    equal(sorted(os.listdir(os.fsencode(own))), sorted(names))
    expect_error(attempt(lambda: open(os.path.join(own, "x" * 256), "wb").close()),
                 errno.ENAMETOOLONG, "256 bytes")


@test
def a_long_listing_is_whole():
    own = volume().path("listing")
    os.mkdir(own)
    names = [f"{number:05d}-{'n' * (number % 90)}" for number in range(3000)]
    for name in names:
        make_file(volume().backing("listing", name))
    grant(own, LIST_DIRECTORY)
    equal(sorted(as_user(os.listdir, own)), names)
    with os.scandir(own) as entries:
        equal(sorted((entry.name, entry.stat().st_size) for entry in entries),
              [(name, 0) for name in names])


# Unmounting


@test
def umount_ends_the_daemon():
    own = Volume()
    tessera("umount", own.root)
    equal(own.process.wait(timeout=30), 0)
    equal(mounts(own.root), [])
    own.end()


@test
def a_busy_volume_is_unmounted_by_force_alone():
    own = Volume()
    path = make_file(own.path("file"), b"data")
    with open(path, "rb"):
        _, errors = tessera("umount", own.root, status=1)
        contains(errors, own.root, "busy", "--force")
        equal(mounts(own.root), ["fuse.tessera"])
        equal(reads(path), b"data")
        tessera("umount", "--force", own.root)
        equal(mounts(own.root), [])
    equal(own.process.wait(timeout=30), 0)
    own.end()


@test
def umount_takes_volumes_alone():
    folder = Lab.path("no-volume")
    os.mkdir(folder)
    _, errors = tessera("umount", folder, status=1)
    contains(errors, folder, "not the mount point of a volume")
    _, errors = tessera("umount", folder + "-absent", status=1)
    contains(errors, folder + "-absent")
    if lab.LIBC.mount(b"none", os.fsencode(folder), b"tmpfs", 0, None) == 0:
        tessera("umount", folder, status=1)
        equal(mounts(folder), ["tmpfs"])
        lab.unmount(folder)
    tessera("umount", status=2)
    path = make_file(volume().path("inside"))
    tessera("umount", path, status=1)
    tessera("umount", volume().root, uid=UID, status=1)
    equal(mounts(volume().root), ["fuse.tessera"])


@test
def each_signal_ends_a_volume_in_order():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        own = Volume()
        path = make_file(own.path("file"), b"data")
        with open(path, "rb"):
            equal(own.end(number), 0, f"exit status after {number}")
        equal(mounts(own.root), [], str(number))
        equal(os.listdir(own.source), ["file"], "staging directory")


@test
def a_killed_daemon_leaves_a_mount_that_is_replaced():
    own = Volume()
    make_file(own.path("file"), b"data")
    own.process.kill()
    own.process.wait()
    own.process.stdout.close()
    equal(lab.in_child(lambda: None, os.stat, own.root), ("errno", ENOTCONN))
    lab.Lab.volumes.remove(own)
    own.start()
    equal(reads(own.path("file")), b"data")
    own.process.kill()
    own.process.wait()
    tessera("umount", own.root)
    equal(mounts(own.root), [])
    own.end()


def processes_with(word):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    if os.fsencode(word) in file.read():
                        found.append(int(name))
            except OSError:
                pass
    return found


@test
def a_daemon_goes_to_the_background_once_it_serves():
    source = Lab.path("daemon-source")
    target = Lab.path("daemon-target")
    os.mkdir(source)
    os.mkdir(target)
    make_file(os.path.join(source, "file"), b"data")
    try:
        output, errors = mount("--daemon", source, target, status=0)
        equal((output, errors), ("", ""))
        equal(reads(os.path.join(target, "file")), b"data")
        equal(len(processes_with(target)), 1)
        tessera("umount", target)
        eventually(lambda: not processes_with(target), "the daemon's end")
    finally:
        lab.unmount(target)
    mount("--daemon", source + "-absent", target)


# Handles


def handles(uid=0):
    output, _ = tessera("handles", "--json", volume().root, uid=uid)
    return [json.loads(line) for line in output.splitlines()]


def handles_of(path, uid=0):
    return [handle for handle in handles(uid) if handle["path"] == path]


@test
def handles_tells_who_opened_what_with_which_rights():
    path = volume().path("handle")
    make_file(path, b"data")
    set_sd(path, dacl=[ace(ALLOW, 0, FULL, lab.SYSTEM),
                       ace(ALLOW, 0, READ_DATA | APPEND_DATA, user(UID))])
    with Actor() as actor:
        for flags, granted in [(os.O_RDONLY, READ_DATA), (os.O_WRONLY | os.O_APPEND, APPEND_DATA)]:
            actor.do("open_file", path, flags)
            handle, = handles_of("/handle")
            equal((handle["pid"], handle["uid"], handle["user"]), (actor.pid, UID, user(UID)))
            equal(int(handle["granted"], 16), granted)
            equal(handle["restricted"], False)
            contains(handle["process"], "python3")
            text, _ = tessera("handles", volume().root)
            line, = [line for line in text.splitlines() if line.endswith(" /handle")]
            contains(line, str(actor.pid), "python3", user(UID))
            os.rename(path, path + "2")
            equal([h["id"] for h in handles_of("/handle2")], [handle["id"]])
            os.rename(path + "2", path)
            actor.do("close_file")
            eventually(lambda: not handles_of("/handle"), "the handle's end")
    with open(path, "r+b"):
        handle, = handles_of("/handle")
        equal((handle["uid"], handle["pid"], handle["user"]), (0, os.getpid(), lab.SYSTEM))
        equal(int(handle["granted"], 16), READ_DATA | WRITE_DATA)


@test
def handles_keeps_its_creator_when_the_process_is_gone():
    path = make_file(volume().path("orphan"), b"data")
    grant(path, READ_DATA)
    here, there = socket.socketpair()

    def send():
        fd = os.open(path, os.O_RDONLY)
        socket.send_fds(there, [b"x"], [fd])
        return os.getpid()

    pid = as_user(send)
    _, fds, _, _ = socket.recv_fds(here, 1, 1)
    handle, = handles_of("/orphan")
    equal((handle["pid"], handle["uid"]), (pid, UID))
    os.close(fds[0])
    here.close()
    there.close()


@test
def others_see_their_own_handles_alone():
    path = make_file(volume().path("mine"), b"data")
    set_sd(path, dacl=[ace(ALLOW, OI | CI, FULL, lab.EVERYONE)])
    set_sd(volume().root, dacl=[ace(ALLOW, 0, FULL, lab.EVERYONE),
                                ace(ALLOW, OI | CI, FULL, lab.SYSTEM)])
    with Actor() as mine, Actor(uid=OTHER_UID, gid=OTHER_UID) as other, open(path, "rb"):
        mine.do("open_file", path, os.O_RDONLY)
        other.do("open_file", path, os.O_RDONLY)
        equal(sorted(handle["uid"] for handle in handles_of("/mine")), [0, UID, OTHER_UID])
        equal([handle["uid"] for handle in handles_of("/mine", UID)], [UID])
        equal({handle["uid"] for handle in handles(UID)}, {UID})
        equal([handle["pid"] for handle in handles_of("/mine", OTHER_UID)], [other.pid])
        equal(handles_of("/mine", 61009), [])


@test
def many_handles_are_listed_page_by_page():
    own = volume().path("many")
    os.mkdir(own)
    files = [open(make_file(os.path.join(own, f"{number:03d}-{'n' * 200}")), "rb")
             for number in range(400)]
    try:
        listed = [handle["path"] for handle in handles() if handle["path"].startswith("/many/")]
        equal(sorted(listed), sorted("/many/" + os.path.basename(file.name) for file in files))
        equal(len({handle["id"] for handle in handles()}), len(handles()))
    finally:
        for file in files:
            file.close()


@test
def a_path_of_control_characters_does_not_hide_other_handles():
    own = volume().path("control")
    os.mkdir(own)
    folder = os.open(own, os.O_RDONLY)
    for _ in range(14):
        os.mkdir("\x01" * 250, dir_fd=folder)
        deeper = os.open("\x01" * 250, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = deeper
    visible = make_file(volume().path("visible"))
    # Many, so that some are listed behind it.
    fds = [os.open(visible, os.O_RDONLY) for _ in range(50)]
    try:
        equal(len(handles_of("/visible")), len(fds))
    finally:
        for fd in (folder, *fds):
            os.close(fd)


@test
def handles_of_what_is_no_volume_is_an_error():
    _, errors = tessera("handles", Lab.folder, status=1)
    contains(errors, Lab.folder, "volume")
    tessera("handles", Lab.path("absent"), status=1)
    tessera("handles", status=2)


@test
def no_handle_is_left_after_ten_thousand_opens():
    path = make_file(volume().path("again"), b"data")
    n_before = len(os.listdir(f"/proc/{volume().process.pid}/fd"))
    for _ in range(10000):
        os.close(os.open(path, os.O_RDONLY))
    eventually(lambda: not handles_of("/again"), "the handles' end")
    n_after = len(os.listdir(f"/proc/{volume().process.pid}/fd"))
    assert n_after <= n_before + 10, f"{n_before} descriptors before, {n_after} after"


# Callers


def everything_is_refused(root, path):
    cases = [lambda: os.stat(path), lambda: os.listdir(root), lambda: reads(path),
             lambda: open(path, "r+b").close(), lambda: os.truncate(path, 0),
             lambda: open(os.path.join(root, "new"), "wb").close(),
             lambda: os.mkdir(os.path.join(root, "new")), lambda: os.unlink(path),
             lambda: os.rename(path, path + "2"), lambda: os.chmod(path, 0o600),
             lambda: os.chown(path, 0, 0), lambda: os.utime(path), lambda: os.listxattr(path),
             lambda: os.setxattr(path, "user.x", b""),
             lambda: os.getxattr(path, lab.SD_XATTR + "D"),
             lambda: os.setxattr(path, lab.SD_XATTR + "D", lab.sd_bytes(dacl=[])),
             lambda: os.statvfs(root), lambda: os.chdir(root), lambda: os.symlink("x", path + "3"),
             lambda: os.link(path, path + "4")]
    for case in cases:
        try:
            case()
        except OSError as error:
            if error.errno != EACCES:
                return error.errno
        else:
            return 0
    return EACCES


def daemon_of(launcher_pid):
    """The process below the launcher that serves."""
    for _ in range(100):
        with open(f"/proc/{launcher_pid}/task/{launcher_pid}/children", encoding="ascii") as file:
            children = file.read().split()
        if children:
            return int(children[0])
        time.sleep(0.02)
    raise AssertionError("the launcher has no child")


@test
def t29_a_caller_whom_the_daemon_cannot_see_is_refused_and_never_root():
    own = Volume("--cache", "strict", prepare=lambda source: make_file(
        os.path.join(source, "file"), b"data", 0o666),
                 launcher=("/usr/bin/unshare", "-pf", "--mount-proc", "--kill-child"))
    daemon = daemon_of(own.process.pid)
    # Its mount is in its own mount namespace; we go there and stay in our pid namespace.
    for uid in (0, UID):
        equal(lab.in_child(lambda: None, outside, daemon, own.root, uid),
              ("value", error_name(EACCES)), f"uid {uid}")
    # Inside everything is as usual.
    done = subprocess.run(["/usr/bin/nsenter", "-t", str(daemon), "-m", "-p", "--", "/usr/bin/cat",
                           own.path("file")], capture_output=True, text=True, check=False)
    equal((done.stdout, done.returncode), ("data", 0), done.stderr)
    equal(reads(own.backing("file")), b"data")
    os.kill(daemon, signal.SIGTERM)
    own.process.wait(timeout=30)
    own.end()


def outside(daemon, root, uid):
    """In the daemon's mount namespace, of which it sees no process of ours."""
    fd = os.open(f"/proc/{daemon}/ns/mnt", os.O_RDONLY)
    if lab.LIBC.setns(fd, 0) != 0:
        raise OSError(lab.ctypes.get_errno(), "setns")
    os.close(fd)
    if uid:
        lab.become_user(uid, uid)
    return error_name(everything_is_refused(root, os.path.join(root, "file")))


@test
def a_daemon_whose_proc_is_of_another_pid_namespace_refuses_to_start():
    done = subprocess.run(["/usr/bin/unshare", "-pf", "--kill-child", lab.TESSERA, "mount", "/", "/"],
                          capture_output=True, text=True, check=False)
    equal(done.returncode, 1)
    assert "/proc belongs to another pid namespace" in done.stderr, done.stderr


@test
def t30_a_caller_in_a_child_pid_namespace_is_known():
    path = make_file(volume().path("child-namespace"), b"data")
    set_sd(path, dacl=[ace(ALLOW, 0, FULL, lab.SYSTEM),
                       ace(ALLOW, 0, READ_DATA | lab.READ_ATTRIBUTES, group(70000))])
    for groups, expected in [((70000,), b"data"), ((), b"")]:
        done = subprocess.run(["/usr/bin/unshare", "-pf", "--mount-proc", "/usr/bin/setpriv",
                               f"--reuid={UID}", f"--regid={GID}",
                               f"--groups={groups[0]}" if groups else "--clear-groups", "--",
                               "/usr/bin/cat", path], capture_output=True, check=False)
        equal(done.stdout, expected, str(done.stderr))


@test
def t47_many_callers_at_once_are_not_mixed_up():
    own = volume().path("storm")
    os.mkdir(own)
    uids = [61100 + number for number in range(8)]
    for uid in uids:
        path = make_file(os.path.join(own, str(uid)), str(uid).encode())
        grant(path, READ_DATA, uid)

    def storm(number):
        wrong = 0
        for turn in range(150):
            uid = uids[(number + turn) % len(uids)]
            os.setresgid(uid, uid, 0)
            os.setresuid(uid, uid, 0)
            for other in uids:
                try:
                    fd = os.open(os.path.join(own, str(other)), os.O_RDONLY)
                    wrong += other != uid or os.read(fd, 9) != str(uid).encode()
                    os.close(fd)
                except OSError as error:
                    wrong += other == uid or error.errno != EACCES
            os.setresuid(0, 0, 0)
        return wrong

    pids = []
    for number in range(8):
        pid = os.fork()
        if pid == 0:
            try:
                os.setgroups([])
                os._exit(min(storm(number), 100))
            finally:
                os._exit(101)
        pids.append(pid)
    for pid in pids:
        equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, "wrong answers")


# Names that must not leak


@test
def the_staging_directory_is_invisible_and_out_of_reach():
    own = Volume("--cache", "strict")
    file = make_file(own.path("file"), b"data")
    folder = own.path("folder")
    os.mkdir(folder)
    assert os.path.isdir(own.backing(STAGE))
    hidden = own.path(STAGE)
    grant(own.root, FULL)
    equal(sorted(os.listdir(own.root)), ["file", "folder"])
    with os.scandir(own.root) as entries:
        equal(sorted(entry.name for entry in entries), ["file", "folder"])
    for uid in (0, UID):
        for case in (lambda: os.stat(hidden), lambda: os.listdir(hidden), lambda: os.rmdir(hidden),
                     lambda: os.unlink(hidden), lambda: os.rename(hidden, own.path("taken")),
                     lambda: os.stat(hidden + "/x"), lambda: open(hidden + "/x", "wb").close(),
                     lambda: os.chmod(hidden, 0o777), lambda: os.readlink(hidden),
                     lambda: renameat2(hidden, folder, lab.RENAME_EXCHANGE),
                     lambda: os.getxattr(hidden, lab.SD_XATTR + "D")):
            expect_error(attempt(case, uid=uid, gid=uid), ENOENT, f"uid {uid}")
        for case in (lambda: os.mkdir(hidden), lambda: open(hidden, "wb").close(),
                     lambda: os.symlink("x", hidden), lambda: os.link(file, hidden),
                     lambda: os.rename(file, hidden), lambda: os.rename(folder, hidden),
                     lambda: os.mkfifo(hidden), lambda: os.mknod(hidden, stat.S_IFREG | 0o644)):
            got = attempt(case, uid=uid, gid=uid)
            assert got in (EACCES, EPERM), f"uid {uid}: {error_name(got)}"
        expect_error(attempt(renameat2, folder, hidden, lab.RENAME_EXCHANGE, uid=uid, gid=uid),
                     ENOENT, "exchange")
    equal(os.listdir(own.backing(STAGE)), [])
    equal(stat.S_IMODE(os.stat(own.backing(STAGE)).st_mode), 0o700)
    # Elsewhere the name is like any other.
    os.mkdir(os.path.join(folder, STAGE))
    equal(os.listdir(folder), [STAGE])
    equal(own.end(), 0)
    equal(sorted(os.listdir(own.source)), ["file", "folder"])


@test
def what_a_killed_daemon_was_making_is_removed():
    own = Volume("--cache", "strict")
    make_file(own.path("file"))
    own.process.kill()
    own.process.wait()
    own.process.stdout.close()
    make_file(own.backing(STAGE, "0000000000000000"), b"half")
    os.mkdir(own.backing(STAGE, "0000000000000001"))
    lab.Lab.volumes.remove(own)
    own.start()
    assert not os.path.exists(own.backing(STAGE))
    make_file(own.path("file2"))
    equal(os.listdir(own.backing(STAGE)), [])
    equal(own.end(), 0)


@test
def a_staging_directory_of_somebody_else_is_not_used():
    elsewhere = Lab.path("elsewhere")
    os.mkdir(elsewhere)

    def foreign(source):
        os.mkdir(os.path.join(source, STAGE), 0o700)
        os.chown(os.path.join(source, STAGE), UID, GID)

    def link(source):
        os.symlink(elsewhere, os.path.join(source, STAGE))

    def plain(source):
        make_file(os.path.join(source, STAGE))

    for prepare in (foreign, link, plain):
        own = Volume("--cache", "strict", prepare=prepare)
        kind, _ = lab.in_child(lambda: None, make_file, own.path("file"))
        equal(kind, "errno", prepare.__name__)
        equal(os.listdir(own.root), [], prepare.__name__)
        equal(own.end(), 0)
    equal(os.listdir(elsewhere), [])


@test
def two_daemons_serve_one_source_without_disturbing_each_other():
    first = Volume("--cache", "strict")
    make_file(first.path("one"))
    second = Lab.path("second")
    os.mkdir(second)
    with subprocess.Popen([lab.TESSERA, "mount", "--state", Lab.path("state"), "--cache", "strict",
                           first.source, second], stdout=subprocess.PIPE) as process:
        contains(process.stdout.readline(), b"serving")
        make_file(os.path.join(second, "two"))
        make_file(first.path("three"))
        process.send_signal(signal.SIGTERM)
        equal(process.wait(timeout=30), 0)
    lab.unmount(second)
    make_file(first.path("four"))
    equal(sorted(os.listdir(first.root)), ["four", "one", "three", "two"])
    equal(first.end(), 0)


if __name__ == "__main__":
    sys.exit(lab.main())
