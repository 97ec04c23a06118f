#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Whose request and whose handle it is, as a real file system on the kit is told (witness.c).

The numbers T1, T2 ... are the rows of vfs.md section 6. Environment, besides volume_lab.py's:
  WITNESS  the built file system
Output is TAP. Needs root and /dev/fuse.
"""

import array
import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "volume"))

# pylint: disable=wrong-import-position
import uring
import volume_lab as lab
from volume_lab import (EVERYONE, GID, LIBC, OTHER_UID, SYSTEM, UID, Lab, attempt, become_user,
                        contains, equal, group, in_child, test, user)

WITNESS = os.path.abspath(os.environ.get("WITNESS", "witness"))
CHANGE_NOTIFY = 1 << 23
TEXT = b"the quick brown fox"
NOBODY = {"status": "STATUS_NO_TOKEN"}

SYS_PIDFD_GETFD = 438
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNS = 0x10000000, 0x20000000, 0x00020000
MNT_FORCE, MNT_DETACH = 1, 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NAME = 1, 4, 15


class Witness:
    """The mounted file system and its log. Takes part in volume_lab's book of daemons."""

    n_made = 0

    def __init__(self, *options, root=None):
        Witness.n_made += 1
        name = f"{os.getpid()}-{Witness.n_made}"
        self.root = root or Lab.path("witness" + name)
        self.log_path = Lab.path("log" + name)
        self.errors_path = Lab.path("witness-errors" + name)
        if not root:
            os.mkdir(self.root)
        with open(self.errors_path, "wb") as errors:
            self.process = subprocess.Popen(
                [WITNESS, *options, self.root, self.log_path, Lab.path("state")],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        Lab.volumes.append(self)
        self.await_log(lambda event: event["op"] == "init")

    def path(self, name="data"):
        return os.path.join(self.root, name)

    def errors(self):
        with open(self.errors_path, "rb") as file:
            return file.read().decode(errors="replace")

    def log(self):
        with open(self.log_path, "rb") as file:
            return [json.loads(line) for line in file.read().splitlines()]

    def mark(self):
        return len(self.log())

    def await_log(self, wanted, seconds=10):
        """The first event of this kind; it may still be on its way."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if os.path.exists(self.log_path):
                for event in self.log():
                    if wanted(event):
                        return event
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        raise AssertionError("it was not logged: " + self.errors())

    def released(self, handle):
        return self.await_log(lambda event: event["op"] in ("release", "releasedir")
                              and event["handle"] == handle)

    def of_handle(self, handle):
        return [event for event in self.log() if event.get("handle") == handle]

    def opened_by(self, pid):
        """The one open of a process."""
        events = [event for event in self.log() if event["op"] in ("open", "create", "opendir")
                  and event["originator"].get("pid") == pid]
        equal(len(events), 1, f"opens by {pid}")
        return events[0]

    def end(self, stop=signal.SIGTERM):
        if self in Lab.volumes:
            Lab.volumes.remove(self)
        if self.process.poll() is None:
            self.process.send_signal(stop)
        try:
            status = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        lab.unmount(self.root)
        return status


WITNESSES = {}


def witness(*options):
    """A witness with these options, shared by the tests."""
    if options not in WITNESSES:
        WITNESSES[options] = Witness(*options)
    return WITNESSES[options]


def direct():
    """Where every read and write is asked for by whoever calls."""
    return witness("--direct-io")


def value(answer):
    kind, result = answer
    assert kind == "value", f"{kind}: {lab.error_name(result)}"
    return result


def as_root(function, *arguments):
    return value(in_child(lambda: None, function, *arguments))


def expect_user(subject, uid, pid=None):
    """An originator or creator is this user, and maybe this process."""
    equal(subject["uid"], uid, "uid")
    equal(subject["user"], user(uid) if uid else SYSTEM, "user")
    if pid:
        equal(subject["pid"], pid, "pid")


def expect_open(event, uid, pid):
    equal(event["originator"]["status"], "STATUS_SUCCESS")
    equal(event["originator"]["origin"], "plain")
    expect_user(event["originator"], uid, pid)
    expect_user(event["creator"], uid, pid)


def become_effectively(uid):
    """Effective and filesystem uid only, so that there is a way back."""
    os.setresuid(-1, 0, -1)
    os.setresuid(-1, uid, -1)


def wait_for(pid):
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def fork(function):
    """A child that runs a function and ends; its exit status is 0 only if that returned."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            signal.alarm(0)
            function()
            os._exit(0)
        except BaseException as error:  # pylint: disable=broad-except
            os.write(2, f"# in a child: {error!r}\n".encode())
        finally:
            os._exit(99)
    return pid


def send_fd(channel, fd):
    channel.sendmsg([b"fd"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])


def receive_fd(channel):
    fds = array.array("i")
    _, ancillary, _, _ = channel.recvmsg(2, socket.CMSG_LEN(fds.itemsize))
    fds.frombytes(ancillary[0][2])
    return fds[0]


# Who opens


def open_and_close(path, flags=os.O_RDWR):
    os.close(os.open(path, flags))
    return os.getpid()


@test
def t1_the_opener_is_originator_and_creator_with_all_supplementary_groups():
    volume = witness()
    groups = list(range(61010, 61042))
    pid = lab.as_user(open_and_close, volume.path(), groups=groups)
    event = volume.opened_by(pid)

    expect_open(event, UID, pid)
    for subject in (event["originator"], event["creator"]):
        for gid in [GID, *groups]:
            contains(subject["groups"], group(gid), EVERYONE)
        equal(subject["privileges"], CHANGE_NOTIFY)
    released = volume.released(event["handle"])
    equal(released["creator"], event["creator"])
    equal(released["originator"], NOBODY, "release has no caller")


@test
def t1_root_is_system():
    volume = witness()
    pid = as_root(open_and_close, volume.path())

    expect_open(volume.opened_by(pid), 0, pid)
    assert volume.opened_by(pid)["originator"]["privileges"] != CHANGE_NOTIFY


@test
def a_create_and_a_directory_have_their_creator_too():
    volume = witness()

    def create():
        os.close(os.open(volume.path("new"), os.O_RDWR | os.O_CREAT))
        return os.getpid()

    def list_names():
        return os.getpid(), os.listdir(volume.root)

    pid = lab.as_user(create)
    expect_open(volume.opened_by(pid), UID, pid)
    pid, names = lab.as_user(list_names, uid=OTHER_UID)
    contains(names, "data", "new")
    opened = volume.opened_by(pid)
    equal(opened["op"], "opendir")
    expect_open(opened, OTHER_UID, pid)
    volume.released(opened["handle"])
    for event in volume.of_handle(opened["handle"]):
        equal(event["creator"], opened["creator"], event["op"])
        if event["op"] == "readdir":
            expect_user(event["originator"], OTHER_UID, pid)


@test
def what_has_no_handle_has_an_originator():
    volume = witness()
    mark = volume.mark()

    def look():
        os.stat(volume.path())
        os.truncate(volume.path("sized"), 5)
        return os.getpid()

    lab.as_user(lambda: os.close(os.open(volume.path("sized"), os.O_CREAT | os.O_RDWR)))
    pid = lab.as_user(look)
    events = [event for event in volume.log()[mark:] if event["originator"].get("pid") == pid]
    equal({event["op"] for event in events} >= {"lookup", "getattr", "setattr"}, True, events)
    for event in events:
        expect_user(event["originator"], UID, pid)
        equal(event["creator"], None)


@test
def t2_a_thread_is_told_apart_from_its_process():
    volume = witness()

    def open_in_thread():
        answers = []

        def run():
            open_and_close(volume.path())
            answers.append(threading.get_native_id())

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        return os.getpid(), answers[0]

    pid, tid = lab.as_user(open_in_thread)
    assert pid != tid
    event = volume.opened_by(pid)
    expect_open(event, UID, pid)
    equal(event["originator"]["tid"], tid)


@test
def t30_root_of_a_user_namespace_is_not_system():
    volume = witness()

    def in_namespaces():
        become_user()
        # Changing the uid gave our /proc entry to root.
        LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        assert LIBC.unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS) == 0
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {UID} 1"),
                           ("gid_map", f"0 {GID} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)

        def child():
            assert os.getpid() == 1 and os.geteuid() == 0
            open_and_close(volume.path())

        pid = fork(child)
        assert wait_for(pid) == 0
        return pid

    pid = as_root(in_namespaces)
    event = volume.opened_by(pid)
    expect_open(event, UID, pid)
    equal(event["originator"]["privileges"], CHANGE_NOTIFY, "its own capabilities")


@test
def t44_all_groups_are_there_and_a_token_that_cannot_hold_them_is_refused():
    volume = witness()
    for count in (0, 1, 32, 65, 65000):
        groups = range(100000, 100000 + count)
        pid = lab.as_user(open_and_close, volume.path(), groups=groups)
        event = volume.opened_by(pid)
        expect_open(event, UID, pid)
        n_others = event["creator"]["n_groups"] - count
        # The well-known ones and the primary group.
        assert 4 <= n_others <= 6, (count, event["creator"]["n_groups"])
        for gid in list(groups)[:50]:
            contains(event["creator"]["groups"], group(gid))

    mark = volume.mark()
    # vfs.md has 65,536 groups; a token holds that many with the well-known ones among them.
    equal(attempt(open_and_close, volume.path(), groups=range(100000, 165536)), errno.EACCES)
    refused = [event for event in volume.log()[mark:] if event["op"] == "open"]
    equal([event["originator"] for event in refused], [NOBODY])
    equal(refused[0]["creator"], None)


@test
def t44_setgroups_after_the_open_does_not_change_the_creator():
    volume = direct()

    def change_groups():
        os.setgroups(range(200, 220))
        os.setresgid(GID, GID, GID)
        become_effectively(UID)
        fd = os.open(volume.path(), os.O_RDONLY)
        os.setresuid(-1, 0, -1)
        os.setgroups([300])
        become_effectively(UID)
        equal(os.read(fd, 100), TEXT)
        return os.getpid()

    opened = volume.opened_by(as_root(change_groups))
    read = [event for event in volume.of_handle(opened["handle"]) if event["op"] == "read"][0]
    equal(read["creator"], opened["creator"])
    contains(read["creator"]["groups"], *(group(gid) for gid in range(200, 220)))
    contains(read["originator"]["groups"], group(300))
    assert group(200) not in read["originator"]["groups"]


# The creator stays


def switch_and_read(volume, switch):
    """Open as one user, and read as whom the switch makes of the process."""
    def run():
        become_effectively(UID)
        fd = os.open(volume.path(), os.O_RDONLY)
        switch()
        equal(os.read(fd, 100), TEXT)
        return os.getpid()

    return as_root(run)


@test
def t3_after_setresuid_the_creator_stays_and_the_originator_is_new():
    volume = direct()

    def switch():
        os.setresuid(-1, 0, -1)
        os.setresuid(OTHER_UID, OTHER_UID, OTHER_UID)

    opened = volume.opened_by(switch_and_read(volume, switch))
    expect_open(opened, UID, opened["creator"]["pid"])
    released = volume.released(opened["handle"])
    reads = [event for event in volume.of_handle(opened["handle"]) if event["op"] == "read"]
    assert reads
    for event in reads:
        equal(event["creator"], opened["creator"])
        expect_user(event["originator"], OTHER_UID, opened["creator"]["pid"])
    equal(released["creator"], opened["creator"])


@test
def t4_what_counts_is_the_fsuid():
    volume = direct()

    def switch():
        os.setresuid(-1, 0, -1)
        LIBC.setfsuid(OTHER_UID)

    opened = volume.opened_by(switch_and_read(volume, switch))
    reads = [event for event in volume.of_handle(opened["handle"]) if event["op"] == "read"]
    assert reads
    for event in reads:
        equal(event["creator"], opened["creator"])
        expect_user(event["originator"], OTHER_UID, opened["creator"]["pid"])


@test
def t24_the_reader_of_a_cached_file_is_told_as_far_as_the_kernel_asks():
    # vfs.md refuses the originator of cached reads; the kit tells whom the kernel names, who may
    # read for others too. The creator is what a file system goes by.
    volume = Witness()
    try:
        for uid in (UID, OTHER_UID):
            opened = volume.opened_by(lab.as_user(read_all, volume.path(), uid=uid))
            volume.released(opened["handle"])
            reads = [event for event in volume.of_handle(opened["handle"])
                     if event["op"] == "read"]
            assert reads
            for event in reads:
                equal(event["creator"], opened["creator"])
                expect_user(event["originator"], uid, opened["creator"]["pid"])
    finally:
        equal(volume.end(), 0)


def read_all(path):
    with open(path, "rb") as file:
        equal(file.read(), TEXT)
    return os.getpid()


@test
def t5_a_handle_that_was_sent_away_stays_its_openers_after_he_is_gone():
    volume = direct()
    here, there = socket.socketpair()

    def open_and_send():
        become_user()
        send_fd(here, os.open(volume.path(), os.O_RDONLY))

    def receive_and_read():
        fd = receive_fd(there)
        become_user(OTHER_UID, OTHER_UID)
        equal(os.read(fd, 100), TEXT)
        os.close(fd)

    sender = fork(open_and_send)
    equal(wait_for(sender), 0)
    mark = volume.mark()
    receiver = fork(receive_and_read)
    equal(wait_for(receiver), 0)
    opened = volume.opened_by(sender)
    expect_open(opened, UID, sender)
    released = volume.released(opened["handle"])
    later = volume.log()[mark:]
    equal([event["op"] for event in later if event["op"] == "open"], [])
    reads = [event for event in later if event["op"] == "read"]
    assert reads
    for event in reads:
        equal(event["handle"], opened["handle"])
        equal(event["creator"], opened["creator"])
        expect_user(event["originator"], OTHER_UID, receiver)
    equal(released["creator"], opened["creator"])
    equal(released["originator"], NOBODY)
    here.close()
    there.close()


@test
def t6_a_handle_in_flight_is_released_once_when_its_socket_goes():
    volume = direct()
    here, there = socket.socketpair()

    def open_and_send():
        become_user()
        send_fd(here, os.open(volume.path(), os.O_RDONLY))

    sender = fork(open_and_send)
    equal(wait_for(sender), 0)
    opened = volume.opened_by(sender)
    equal([event["op"] for event in volume.of_handle(opened["handle"]) if "release" in event["op"]],
          [])
    here.close()
    there.close()
    released = volume.released(opened["handle"])
    equal(released["creator"], opened["creator"])
    equal(released["originator"], NOBODY)
    as_root(open_and_close, volume.path())
    equal(len([event for event in volume.of_handle(opened["handle"]) if event["op"] == "release"]),
          1)


@test
def t7_after_a_fork_there_is_one_release_and_the_creator_is_the_parent():
    volume = direct()

    def open_and_fork():
        become_user()
        fd = os.open(volume.path(), os.O_RDONLY)

        def child():
            equal(os.read(fd, 100), TEXT)
            os.close(fd)

        pid = fork(child)
        equal(wait_for(pid), 0)
        os.close(fd)
        return os.getpid(), pid

    parent, child = as_root(open_and_fork)
    opened = volume.opened_by(parent)
    volume.released(opened["handle"])
    events = volume.of_handle(opened["handle"])
    equal([event["op"] for event in events], ["open", "read", "flush", "flush", "release"])
    for event in events:
        equal(event["creator"], opened["creator"])
    expect_user(events[1]["originator"], UID, child)
    expect_user(events[2]["originator"], UID, child)
    expect_user(events[3]["originator"], UID, parent)


@test
def t8_exec_changes_neither_the_creator_nor_his_name():
    volume = direct()

    def open_and_exec():
        os.setgroups([])
        os.setresgid(GID, GID, GID)
        LIBC.prctl(PR_SET_NAME, b'op"en er', 0, 0, 0)
        become_effectively(UID)
        fd = os.open(volume.path(), os.O_RDONLY)
        os.setresuid(-1, 0, -1)
        os.setresuid(OTHER_UID, OTHER_UID, OTHER_UID)
        os.dup2(fd, 0)
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        os.execv("/bin/cat", ["cat"])

    pid = fork(open_and_exec)
    equal(wait_for(pid), 0)
    opened = volume.opened_by(pid)
    volume.released(opened["handle"])
    reads = [event for event in volume.of_handle(opened["handle"]) if event["op"] == "read"]
    assert reads
    for event in reads:
        equal(event["creator"], opened["creator"])
        equal(event["creator"]["process"], 'op"en er')
        equal(event["originator"]["process"], "cat")
        expect_user(event["creator"], UID, pid)
        expect_user(event["originator"], OTHER_UID, pid)


@test
def t9_a_set_uid_helper_is_who_it_acts_as_and_its_child_inherits_the_handle():
    # vfs.md has the real uid retained for query; the kit tells the uid that files are judged by.
    volume = direct()

    def helper():
        os.setresuid(UID, 0, 0)
        fd = os.open(volume.path(), os.O_RDONLY)

        def child():
            os.setresuid(UID, UID, UID)
            equal(os.read(fd, 100), TEXT)

        pid = fork(child)
        equal(wait_for(pid), 0)
        return os.getpid(), pid

    helper_pid, child_pid = as_root(helper)
    opened = volume.opened_by(helper_pid)
    expect_open(opened, 0, helper_pid)
    read = [event for event in volume.of_handle(opened["handle"]) if event["op"] == "read"][0]
    equal(read["creator"], opened["creator"])
    expect_user(read["originator"], UID, child_pid)


@test
def t10_a_stolen_handle_shows_the_thief_as_originator_only():
    volume = direct()
    ready, tell = os.pipe()

    def victim():
        become_user()
        fd = os.open(volume.path(), os.O_RDONLY)
        os.write(tell, fd.to_bytes(4, "little"))
        signal.pause()

    def thief(pid, fd):
        stolen = LIBC.syscall(SYS_PIDFD_GETFD, os.pidfd_open(pid), fd, 0)
        assert stolen >= 0, os.strerror(ctypes.get_errno())
        become_user(OTHER_UID, OTHER_UID)
        equal(os.read(stolen, 100), TEXT)
        return os.getpid()

    pid = fork(victim)
    try:
        fd = int.from_bytes(os.read(ready, 4), "little")
        opened = volume.opened_by(pid)
        mark = volume.mark()
        thief_pid = as_root(thief, pid, fd)
        later = volume.log()[mark:]
        equal([event["op"] for event in later if "open" in event["op"]], [])
        read = [event for event in later if event["op"] == "read"][0]
        equal(read["handle"], opened["handle"])
        equal(read["creator"], opened["creator"])
        expect_user(read["originator"], OTHER_UID, thief_pid)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(ready)
        os.close(tell)
    equal(volume.released(opened["handle"])["creator"], opened["creator"])


@test
def t11_an_o_path_fd_is_no_handle_and_opening_it_again_makes_one():
    volume = direct()
    mark = volume.mark()

    def look_only():
        become_effectively(UID)
        fd = os.open(volume.path(), os.O_PATH)
        equal(os.fstat(fd).st_size, len(TEXT))
        opens = [event for event in volume.log()[mark:] if event["op"] == "open"]
        os.setresuid(-1, 0, -1)
        os.setresuid(OTHER_UID, OTHER_UID, OTHER_UID)
        again = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY)
        equal(os.read(again, 100), TEXT)
        return os.getpid(), opens

    os.chmod(volume.log_path, 0o644)
    pid, opens = as_root(look_only)
    equal(opens, [], "O_PATH")
    expect_open(volume.opened_by(pid), OTHER_UID, pid)


# Callers that are gone, or are none


@test
def t12_a_killed_caller_is_held_in_place_until_it_is_answered():
    volume = witness("--delay-open", "3000")
    pid = fork(lambda: (become_user(), os.open(volume.path(), os.O_RDONLY)))
    time.sleep(0.4)
    os.kill(pid, signal.SIGKILL)
    equal(os.waitpid(pid, os.WNOHANG), (0, 0), "it cannot end yet")
    equal(wait_for(pid), -signal.SIGKILL)
    opened = volume.opened_by(pid)
    expect_open(opened, UID, pid)
    equal(volume.released(opened["handle"])["creator"], opened["creator"])


@test
def t13_readahead_for_somebody_gone_has_a_creator_and_no_originator():
    volume = witness("--delay-read", "500")

    def fill():
        with open(volume.path("long"), "wb") as file:
            file.write(b"x" * 65536)

    def read_ahead_and_end():
        fd = os.open(volume.path("long"), os.O_RDONLY)
        assert LIBC.readahead(fd, ctypes.c_int64(0), ctypes.c_size_t(65536)) == 0
        return os.getpid()

    as_root(fill)
    pid = lab.as_user(read_ahead_and_end)
    opened = volume.opened_by(pid)
    volume.released(opened["handle"])
    reads = [event for event in volume.of_handle(opened["handle"]) if event["op"] == "read"]
    assert reads
    for event in reads:
        equal(event["creator"], opened["creator"])
        equal(event["originator"], NOBODY)


def give_the_pid_of_a_reader_who_is_gone_to_somebody_else():
    """In a pid namespace of our own, where the next number can be chosen."""
    assert LIBC.mount(b"proc", b"/proc", b"proc", 0, None) == 0
    volume = Witness("--delay-read", "600")

    def read_ahead_and_end():
        become_user()
        fd = os.open(volume.path("long"), os.O_RDONLY)
        assert LIBC.readahead(fd, ctypes.c_int64(0), ctypes.c_size_t(65536)) == 0

    with open(volume.path("long"), "wb") as file:
        file.write(b"x" * 65536)
    pid = fork(read_ahead_and_end)
    equal(wait_for(pid), 0)
    with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as file:
        file.write(str(pid - 1))
    successor = fork(lambda: (become_user(OTHER_UID, OTHER_UID), signal.pause()))
    equal(successor, pid, "the number of the successor")
    opened = volume.opened_by(pid)
    volume.released(opened["handle"])
    reads = [event for event in volume.of_handle(opened["handle"]) if event["op"] == "read"]
    assert reads
    for event in reads:
        equal(event["creator"], opened["creator"])
        expect_user(event["originator"], UID)
        equal(event["originator"]["groups"], [EVERYONE])
    equal(volume.end(), 0)


@test
def t14_who_gets_the_pid_of_a_reader_who_is_gone_is_not_taken_for_him():
    # A successor of the same uid and gid cannot be told from him; see tsr_vfs_get_originator().
    def in_namespace():
        assert LIBC.unshare(CLONE_NEWPID | CLONE_NEWNS) == 0
        return wait_for(fork(give_the_pid_of_a_reader_who_is_gone_to_somebody_else))

    equal(as_root(in_namespace), 0)


@test
def t15_write_back_of_a_shared_mapping_has_no_originator_and_its_data_arrive():
    # vfs.md has HandleInfo 0 here; Linux 6.18 names some handle that may write.
    volume = witness()

    def map_and_write():
        fd = os.open(volume.path("mapped"), os.O_RDWR | os.O_CREAT)
        os.ftruncate(fd, 4096)
        with mmap.mmap(fd, 4096, mmap.MAP_SHARED) as mapping:
            os.close(fd)
            mapping[0:6] = b"mapped"
        return os.getpid()

    pid = lab.as_user(map_and_write)
    opened = volume.opened_by(pid)
    volume.released(opened["handle"])
    writes = [event for event in volume.log() if event["op"] == "write"
              and event["name"] == "mapped"]
    assert writes
    for event in writes:
        equal(event["cached"], True)
        equal(event["originator"], NOBODY)
        equal(event["creator"], opened["creator"])
    with open(volume.path("mapped"), "rb", buffering=0) as file:
        equal(file.read(6), b"mapped")


@test
def t16_write_back_is_not_to_be_had_so_two_writers_are_told_apart():
    # vfs.md lets a volume have it and lose the callers; the kit refuses it to every file system.
    volume = witness("--write-back")

    def write(offset):
        fd = os.open(volume.path("shared"), os.O_RDWR | os.O_CREAT, 0o666)
        os.pwrite(fd, b"text", offset)
        os.close(fd)
        return os.getpid()

    for uid, offset in ((UID, 0), (UID + 1, 4)):
        pid = lab.as_user(write, offset, uid=uid, gid=uid)
        opened = volume.opened_by(pid)
        volume.released(opened["handle"])
        writes = [event for event in volume.of_handle(opened["handle"]) if event["op"] == "write"]
        equal([event["cached"] for event in writes], [False])
        expect_user(writes[0]["originator"], uid, pid)


@test
def a_plain_write_has_an_originator():
    volume = witness()

    def write():
        fd = os.open(volume.path("written"), os.O_RDWR | os.O_CREAT)
        os.write(fd, b"text")
        os.close(fd)
        return os.getpid()

    pid = lab.as_user(write)
    opened = volume.opened_by(pid)
    volume.released(opened["handle"])
    writes = [event for event in volume.of_handle(opened["handle"]) if event["op"] == "write"]
    equal([event["cached"] for event in writes], [False])
    expect_user(writes[0]["originator"], UID, pid)


@test
def t20_a_handle_is_not_found_after_its_release_although_its_slot_is_used_again():
    volume = Witness("--direct-io")
    try:
        ids = []
        for _ in range(20):
            opened = volume.opened_by(as_root(open_and_close, volume.path()))
            volume.released(opened["handle"])
            ids.append(int(opened["handle"], 16))
        equal(len(set(ids)), 20)
        equal(len({number & 0xFFFFFFFF for number in ids}), 1, "slots")
        lab.as_user(read_all, volume.path())
        equal([event for event in volume.log() if event.get("stale")], [])
    finally:
        equal(volume.end(), 0)


@test
def t26_access_asks_for_the_real_uid_and_nothing_of_root_leaks_in():
    volume = witness()
    mark = volume.mark()

    def ask():
        os.setgroups([4, 61010])
        os.setresgid(GID, 0, 0)
        os.setresuid(UID, 0, 0)
        assert os.access(volume.path(), os.R_OK)
        return os.getpid()

    pid = as_root(ask)
    asked = [event for event in volume.log()[mark:] if event["op"] == "access"
             and event["originator"].get("pid") == pid]
    assert asked
    for event in asked:
        expect_user(event["originator"], UID, pid)
        equal(event["originator"]["origin"], "override")
        equal(event["originator"]["groups"], [EVERYONE])
        equal(event["originator"]["privileges"], 0)


@test
def t26_a_set_gid_program_is_judged_without_groups():
    volume = witness()
    mark = volume.mark()

    def ask():
        os.setgroups([61010])
        os.setresgid(GID, 4, 4)
        os.setresuid(UID, UID, UID)
        os.access(volume.path(), os.R_OK)
        return os.getpid()

    pid = as_root(ask)
    asked = [event for event in volume.log()[mark:] if event["op"] == "access"
             and event["originator"].get("pid") == pid]
    assert asked
    for event in asked:
        equal(event["originator"]["origin"], "override")
        equal(event["originator"]["groups"], [EVERYONE])


@test
def t27_what_overlayfs_asks_for_as_root_is_not_given_the_groups_of_its_user():
    below, work, merged = (Lab.path(name) for name in ("upper", "work", "merged"))
    volume = witness()
    for path in (below, work, merged):
        os.mkdir(path)
    options = f"lowerdir={volume.root},upperdir={below},workdir={work}".encode()
    if LIBC.mount(b"overlay", merged.encode(), b"overlay", 0, options) != 0:
        raise lab.Skip(f"no overlayfs over FUSE here: {os.strerror(ctypes.get_errno())}")
    try:
        mark = volume.mark()
        lab.as_user(lambda: open_and_close(os.path.join(merged, "data"), os.O_RDONLY),
                    groups=[61010])
    finally:
        lab.unmount(merged)
    subjects = [event["originator"] for event in volume.log()[mark:] if event["op"] == "open"]
    assert subjects
    for subject in subjects:
        equal(subject["uid"], 0)
        equal(subject["origin"], "override")
        equal(subject["groups"], [EVERYONE])
        equal(subject["privileges"], 0)


def need_uring():
    reason = uring.missing()
    if reason:
        raise lab.Skip(reason)


@test
def t25_what_io_uring_opens_belongs_to_the_process_that_submitted_it():
    # Not SQPOLL, whose thread is the process's own like the workers here.
    need_uring()
    volume = witness()

    def submit(sqe_flags):
        fd = uring.Ring().open(volume.path(), os.O_RDONLY, sqe_flags=sqe_flags)
        equal(os.read(fd, 100), TEXT)
        return os.getpid()

    for sqe_flags in (0, uring.ASYNC):
        pid = lab.as_user(submit, sqe_flags, groups=[61010])
        event = volume.opened_by(pid)
        expect_open(event, UID, pid)
        contains(event["creator"]["groups"], group(61010))


@test
def t25_a_personality_is_its_uid_alone_and_never_the_thread():
    need_uring()
    volume = witness()

    def submit(sqe_flags):
        ring = uring.Ring()
        os.setgroups([4, 61010])
        become_effectively(UID)
        personality = ring.register_personality()
        os.setresuid(0, 0, 0)
        os.close(ring.open(volume.path(), os.O_RDONLY, personality, sqe_flags))
        return os.getpid()

    for sqe_flags in (0, uring.ASYNC):
        pid = as_root(submit, sqe_flags)
        event = volume.opened_by(pid)
        expect_user(event["originator"], UID, pid)
        if event["originator"]["origin"] == "plain":
            # A worker has taken the personality as its own credentials: /proc shows them.
            equal(sqe_flags, uring.ASYNC)
            contains(event["creator"]["groups"], group(61010))
            equal(event["creator"]["privileges"], CHANGE_NOTIFY)
        else:
            equal(event["originator"]["origin"], "override")
            equal(event["creator"]["groups"], [EVERYONE])
            equal(event["creator"]["privileges"], 0)


# Sessions


def close_dead(fd):
    """Close a file whose file system is gone, which the flush at closing complains about."""
    try:
        os.close(fd)
    except OSError as error:
        contains([errno.ENOTCONN, errno.ECONNABORTED], error.errno)


def is_mounted(path):
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        return any(line.split()[4] == path for line in file)


@test
def sigterm_unmounts_and_tells_the_file_system():
    volume = Witness()
    equal(is_mounted(volume.root), True)
    equal(volume.end(), 0)
    equal(is_mounted(volume.root), False)
    equal([event["op"] for event in volume.log()], ["init", "destroy"])


@test
def unmounting_ends_the_session():
    volume = Witness()
    equal(LIBC.umount2(volume.root.encode(), 0), 0)
    equal(volume.process.wait(timeout=10), 0)
    equal(volume.end(), 0)


@test
def a_session_is_stopped_from_another_thread_although_a_file_is_open():
    volume = Witness("--stop-after", "400")
    fd = os.open(volume.path(), os.O_RDONLY)
    try:
        equal(volume.process.wait(timeout=10), 0)
        equal(is_mounted(volume.root), False)
    finally:
        close_dead(fd)
        volume.end()


@test
def an_aborted_session_leaves_no_dead_mount():
    volume = Witness()
    fd = os.open(volume.path(), os.O_RDONLY)
    try:
        # Busy, but the connection is gone.
        equal(LIBC.umount2(volume.root.encode(), MNT_FORCE), -1)
        equal(volume.process.wait(timeout=10), 0)
        equal(is_mounted(volume.root), False)
    finally:
        close_dead(fd)
        volume.end()


@test
def the_mount_of_a_killed_daemon_is_replaced():
    volume = Witness()
    volume.process.kill()
    volume.process.wait()
    equal(is_mounted(volume.root), True)
    try:
        os.stat(volume.path())
        raise AssertionError("the daemon is gone, and somebody answers")
    except OSError as error:
        equal(error.errno, errno.ENOTCONN)
    again = Witness(root=volume.root)
    try:
        with open("/proc/self/mountinfo", encoding="utf-8") as file:
            equal(sum(line.split()[4] == volume.root for line in file), 1, "mounts")
        equal(os.stat(again.path()).st_size, len(TEXT))
    finally:
        equal(again.end(), 0)
        volume.end()


@test
def a_mount_gives_away_neither_set_id_programs_nor_devices():
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        options = [line.split()[5] for line in file if line.split()[4] == witness().root]
    contains(options[0].split(","), "nosuid", "nodev")


@test
def all_sessions_end_well():
    for volume in WITNESSES.values():
        equal(volume.end(), 0)
        equal(volume.errors(), "")
        equal(is_mounted(volume.root), False)


if __name__ == "__main__":
    sys.exit(lab.main())
