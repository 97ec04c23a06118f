#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What is left when a volume's daemon is killed in the middle of everything.

Processes of several users write, create, rename and set descriptors, and write down what they were
told was done. The daemon is killed at a random moment, many times over. Then the tree must hold all
that was done, and no object without the descriptor that it was to have; and mounting again at the
same place must work. Output is TAP.
"""

import hashlib
import itertools
import json
import os
import random
import stat
import sys
import time

from crowd import (Child, Lab, Volume, call_as, equal, kill_daemon, main, n_mounts, outcome,
                   results, unmount)
import volume_lab
from volume_lab import (ALLOW, CI, CREATOR_OWNER, DACL_PROTECTED, EVERYONE, FULL, IO, NTACL, OI,
                        SD_XATTR, SYSTEM, ace, get_sd, sd_bytes, set_sd, tessera, test, user)

N_ROUNDS = 30
USERS = (61001, 61002, 61003)
MAY_WORK_HERE = 0x1200AF  # list, add files and directories, traverse, read everything
INHERITED = [ace(ALLOW, OI | CI, FULL, SYSTEM), ace(ALLOW, CI, MAY_WORK_HERE, EVERYONE),
             ace(ALLOW, OI | CI | IO, FULL, CREATOR_OWNER)]
MARK = 70000  # the first of the ids by which a descriptor shows its number
SIGNS_OF_DEATH = ("ENOTCONN", "ECONNABORTED")
STAGE = ".tessera-stage"


class Journal:
    """What a process was told was done: lines in a file that does not depend on the volume."""

    def __init__(self, name):
        self.fd = os.open(Lab.path(name), os.O_RDWR | os.O_CREAT | os.O_TRUNC)

    def record(self, number):
        os.write(self.fd, b"%d\n" % number)

    def count(self):
        """How many things were done; they are numbered from 0 on."""
        numbers = [int(line) for line in os.pread(self.fd, 1 << 24, 0).split()]
        equal(numbers, list(range(len(numbers))), "journal")
        os.close(self.fd)
        return len(numbers)


def content(name, number):
    """What is written as the number-th thing of that name: 1 to 16384 bytes."""
    seed = hashlib.sha256(f"{name} {number}".encode()).digest()
    return (seed * 512)[:1 + int.from_bytes(seed[:2], "little") % 16384]


def write_all(fd, data):
    """A write that is cut short says so, and is gone on with."""
    while data:
        data = data[os.write(fd, data):]


def write_file(path, data):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    try:
        write_all(fd, data)
    finally:
        os.close(fd)


# What the processes do, each step confirmed before it is recorded


def write_log(folder, name, journal):
    """Write and fsync; from time to time through a new handle."""
    path = f"{folder}/{name}"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    for number in itertools.count():
        write_all(fd, content(name, number))
        if number % 2:
            os.fsync(fd)
        journal.record(number)
        if number % 4 == 3:
            os.close(fd)
            fd = os.open(path, os.O_WRONLY | os.O_APPEND)


def make_files(folder, name, journal):
    for number in itertools.count():
        write_file(f"{folder}/{name}.{number}", content(name, number))
        journal.record(number)


MADE = (os.mkdir, lambda path: os.symlink("nowhere", path), os.mkfifo,
        lambda path: write_file(path, b""))
MADE_TYPES = (stat.S_IFDIR, stat.S_IFLNK, stat.S_IFIFO, stat.S_IFREG)


def made_path(folder, name, number):
    """Where an object is made: every fourth is a directory, which holds the next three."""
    in_folder = f"{name}.{number - number % 4}"
    return f"{folder}/{in_folder}" + (f"/{number}" if number % 4 else "")


def make_objects(folder, name, journal):
    for number in itertools.count():
        MADE[number % 4](made_path(folder, name, number))
        journal.record(number)


def replace_file(folder, name, journal):
    """Always the same name, and always something under it."""
    for number in itertools.count():
        write_file(f"{folder}/{name}.new", content(name, number))
        os.rename(f"{folder}/{name}.new", f"{folder}/{name}")
        journal.record(number)


def move_file(folder, name, journal):
    """To and fro between two directories."""
    places = [f"{folder}/a/{name}", f"{folder}/b/{name}"]
    write_file(places[0], content(name, 0))
    journal.record(0)
    for number in itertools.count(1):
        os.rename(places[(number - 1) % 2], places[number % 2])
        journal.record(number)


def numbered_dacl(number):
    """Of a size that changes all the time, and with the number in its last entry."""
    aces = [ace(ALLOW, 0, FULL, EVERYONE)]
    aces += [ace(ALLOW, 0, FULL, user(MARK - 1))] * (number * 37 % 80)
    return aces + [ace(ALLOW, 0, FULL, user(MARK + number))]


def set_descriptors(folder, name, journal):
    path = f"{folder}/{name}"
    write_file(path, b"")
    for number in itertools.count():
        os.setxattr(path, SD_XATTR + "D",
                    sd_bytes(dacl=numbered_dacl(number), control=DACL_PROTECTED))
        journal.record(number)


def owner_of(number):
    return USERS[number % len(USERS)]


def set_owners(folder, name, journal):
    """Owner and DACL at once, as only root may."""
    path = f"{folder}/{name}"
    write_file(path, b"")
    for number in itertools.count():
        os.setxattr(path, SD_XATTR + "OD",
                    sd_bytes(owner=user(owner_of(number)), dacl=numbered_dacl(number)))
        journal.record(number)


def until_killed(function, folder, name, journal):
    """What the work ended with, and what an open says then."""
    try:
        function(folder, name, journal)
    except OSError as error:
        return [outcome(os_raise, error), outcome(os.open, folder, os.O_RDONLY)]
    return None


def os_raise(error):
    raise error


# What must be there afterwards


class Tree:
    """The backing directory of a round, seen past whatever is mounted over it."""

    def __init__(self, volume, fd, folder):
        self.folder = f"/proc/{os.getpid()}/fd/{fd}/{folder}"
        self.through_volume = volume.path(folder)
        self.stage = f"/proc/{os.getpid()}/fd/{fd}/{STAGE}"

    def read(self, name):
        with open(f"{self.folder}/{name}", "rb") as file:
            return file.read()

    def objects(self):
        """All paths below, relative."""
        for place, folders, files in os.walk(self.folder):
            for name in folders + files:
                yield os.path.relpath(os.path.join(place, name), self.folder)


def expect_log(tree, name, n_done, _):
    expected = b"".join(content(name, number) for number in range(n_done))
    got = tree.read(name) if n_done else b""
    equal(got[:len(expected)] == expected, True, f"{name}: everything confirmed is there")
    assert len(got) <= len(expected + content(name, n_done)), f"{name} holds what nobody wrote"


def expect_files(tree, name, n_done, uid):
    for number in range(n_done):
        path = f"{name}.{number}"
        equal(tree.read(path), content(name, number), path)
        attributes = os.stat(f"{tree.folder}/{path}")
        equal((attributes.st_uid, attributes.st_mode), (uid, 0o100640), f"owner and mode of {path}")


def expect_objects(tree, name, n_done, uid):
    for number in range(n_done):
        attributes = os.lstat(made_path(tree.folder, name, number))
        equal((attributes.st_uid, stat.S_IFMT(attributes.st_mode)), (uid, MADE_TYPES[number % 4]),
              f"owner and type of {name}.{number}")


def expect_replaced(tree, name, n_done, _):
    if n_done:
        got = tree.read(name)
        assert got in (content(name, n_done - 1), content(name, n_done)), \
            f"{name} is neither the last one confirmed nor the one after"


def expect_moved(tree, name, n_done, _):
    places = [place for place in "ab" if os.path.exists(f"{tree.folder}/{place}/{name}")]
    if n_done:
        equal(len(places), 1, f"{name} is in one place")
        equal(tree.read(f"{places[0]}/{name}"), content(name, 0), name)


def expect_numbered(sd, n_done, name):
    """A whole descriptor: the last one confirmed, or the one after. @return its number"""
    number = int(sd["dacl"][-1][3].rsplit("-", 1)[1]) - MARK
    assert number in (n_done - 1, n_done), f"{name}: {n_done} were set, it has that of {number}"
    equal(sd["dacl"], numbered_dacl(number), f"the whole descriptor {number} of {name}")
    return number


def expect_set(tree, name, n_done, _):
    if n_done:
        expect_numbered(get_sd(f"{tree.through_volume}/{name}"), n_done, name)


def expect_owned(tree, name, n_done, _):
    if n_done:
        sd = get_sd(f"{tree.through_volume}/{name}")
        number = expect_numbered(sd, n_done, name)
        equal(sd["owner"], user(owner_of(number)), f"the owner in descriptor {number}")
        # The uid behind it is set apart: a kill between the two leaves that of the one before.
        uid = os.stat(f"{tree.folder}/{name}").st_uid
        before = owner_of(number - 1) if number else 0
        assert uid in (owner_of(number), before), f"uid {uid} of {name}"


WORK = (("log", write_log, expect_log, USERS[:2]), ("file", make_files, expect_files, USERS[1:]),
        ("made", make_objects, expect_objects, USERS[:2]),
        ("replaced", replace_file, expect_replaced, USERS[1:]),
        ("moved", move_file, expect_moved, USERS[:2]),
        ("set", set_descriptors, expect_set, USERS[1:]),
        ("set owner", set_owners, expect_owned, (0,)))


def kind_of(path):
    """What decides which descriptor an object inherits here."""
    mode = os.lstat(path).st_mode
    return os.lstat(path).st_uid, stat.S_ISDIR(mode)


def descriptor(path):
    return os.getxattr(path, SD_XATTR + "OGD", follow_symlinks=False)


def descriptors_made_in_peace(volume):
    """What each user's files and directories inherit while nothing is killed."""
    samples = {}
    os.mkdir(volume.path("peace"))
    for uid in USERS:
        for name, make in (("file", lambda path: write_file(path, b"")), ("folder", os.mkdir)):
            path = volume.path("peace", f"{name}{uid}")
            call_as(uid, make, path)
            samples[kind_of(path)] = descriptor(path)
    equal(len(set(samples.values())), 2 * len(USERS), "descriptors that differ")
    for encoded in samples.values():
        assert f"{SYSTEM}" in str(volume_lab.parse_sd(encoded)["dacl"])
    return samples


def expect_descriptors(tree):
    """Every visible object has a descriptor, which the program can read, before any daemon runs."""
    shown = []
    for path in tree.objects():
        blob = os.getxattr(f"{tree.folder}/{path}", NTACL, follow_symlinks=False)
        assert blob, f"{path} has an empty descriptor"
        if not os.path.islink(f"{tree.folder}/{path}"):
            shown.append(f"{tree.folder}/{path}")
    output, _ = tessera("acl", "show", "--json", "--", *shown)
    equal(len([json.loads(line) for line in output.splitlines()]), len(shown), "descriptors shown")


def expect_inherited(tree, samples):
    """Through the volume mounted again, every object has what it was to inherit."""
    for path in tree.objects():
        if not path.startswith("set") and path not in "ab":
            through_volume = f"{tree.through_volume}/{path}"
            assert descriptor(through_volume) == samples[kind_of(through_volume)], \
                f"{path}: {volume_lab.parse_sd(descriptor(through_volume))}"


def watch(tree, seconds):
    """Until the time has come, look whether anything is visible without a descriptor."""
    end = time.monotonic() + seconds
    n_seen = 0
    while time.monotonic() < end:
        for path in list(tree.objects()):
            got = outcome(os.getxattr, f"{tree.folder}/{path}", NTACL, follow_symlinks=False)
            assert got != "ENODATA", f"{path} is visible without a descriptor"
            n_seen += 1
    return n_seen


def one_round(volume, fd, samples, number):
    """Work, kill, look, mount again, look again. @return what was done, and what was left over"""
    folder = f"round{number}"
    tree = Tree(volume, fd, folder)
    for path in (folder, f"{folder}/a", f"{folder}/b"):
        os.mkdir(volume.path(path))
    work = []
    for kind, function, expect, uids in WORK:
        for uid in uids:
            name = f"{kind}.{uid}"
            journal = Journal(name)
            child = Child(uid, until_killed, function, volume.path(folder), name, journal)
            work.append((child, expect, name, journal, uid))

    watch(tree, random.uniform(0.02, 0.25))
    kill_daemon(volume)
    for ended_with, then in results([child for child, *_ in work]):
        assert ended_with in SIGNS_OF_DEATH, f"work ended with {ended_with}"
        equal(then, "ENOTCONN", "opening afterwards")
    equal(outcome(os.listdir, volume.root), "ENOTCONN", "listing afterwards")
    expect_descriptors(tree)
    n_left = len(os.listdir(tree.stage)) if os.path.isdir(tree.stage) else 0

    volume.start()
    equal(n_mounts(volume.root), 1, "mounts at the same place")
    equal(os.path.lexists(tree.stage), False, "the staging directory is still there")
    n_done = 0
    for _, expect, name, journal, uid in work:
        n_of_it = journal.count()
        expect(tree, name, n_of_it, uid)
        n_done += n_of_it
    expect_inherited(tree, samples)
    return n_done, n_left


def crash_often(*options, over_itself=False):
    volume = Volume(*options, over_itself=over_itself)
    unmount(volume)
    fd = os.open(volume.source, os.O_PATH | os.O_DIRECTORY)
    volume.start()
    set_sd(volume.root, "D", dacl=INHERITED, control=DACL_PROTECTED)
    samples = descriptors_made_in_peace(volume)
    done = [one_round(volume, fd, samples, number) for number in range(N_ROUNDS)]
    os.close(fd)
    unmount(volume)
    equal(n_mounts(volume.root), 0, "mounts left")
    n_done, n_left = map(sum, zip(*done))
    print(f"# {n_done} things done in {N_ROUNDS} rounds, {n_left} left half made")
    assert n_done > 20 * N_ROUNDS, "hardly anything was done before the kills"


@test
def nothing_confirmed_is_lost_and_nothing_is_half_made():
    crash_often()


@test
def the_same_where_all_data_passes_through_the_daemon_and_nothing_is_cached():
    crash_often("--no-passthrough", "--cache", "strict")


@test
def the_same_where_the_directory_is_mounted_over_itself_and_everything_is_cached():
    crash_often("--cache", "trusted", over_itself=True)


@test
def leftovers_of_every_kind_are_removed_by_the_next_mount():
    volume = Volume()
    stage = volume.backing(STAGE)
    kill_daemon(volume)
    os.mkdir(stage, 0o700)
    os.mkdir(f"{stage}/0000000000000000", 0o700)
    os.symlink("nowhere", f"{stage}/0000000000000001")
    os.mkfifo(f"{stage}/0000000000000002")
    write_file(f"{stage}/0000000000000003", b"half")

    volume.start()

    equal(os.listdir(volume.source), [], "what is left")
    equal(os.listdir(volume.root), [], "what is visible")
    write_file(volume.path("new"), b"whole")
    unmount(volume)
    equal(os.listdir(volume.source), ["new"], "what is left after an ordinary end")


@test
def a_dead_mount_is_removed_also_while_its_attributes_are_remembered():
    for over_itself in (False, True):
        volume = Volume("--cache", "trusted", over_itself=over_itself)
        os.stat(volume.root)
        kill_daemon(volume)

        volume.start()

        equal(n_mounts(volume.root), 1, "mounts at the same place")
        write_file(volume.path("new"), b"")
        unmount(volume)
        equal(os.listdir(volume.source), ["new"], "the backing directory")


def write_after_the_end(path, ready, killed):
    """@return what a write, an fsync and an open say once the daemon is dead"""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.write(fd, b"before")
    os.write(ready, b".")
    os.read(killed, 1)
    answers = [outcome(os.write, fd, b" after"), outcome(os.fsync, fd),
               outcome(os.open, path, os.O_WRONLY)]
    os.close(fd)
    return answers


@test
def what_open_handles_write_after_the_daemon_is_gone_is_kept_or_refused():
    for options in ([], ["--no-passthrough"]):
        volume = Volume(*options)
        call_as(0, os.chmod, volume.root, 0o777)
        ready, tell_ready = os.pipe()
        killed, tell_killed = os.pipe()
        child = Child(USERS[0], write_after_the_end, volume.path("file"), tell_ready, killed)
        os.read(ready, 1)
        kill_daemon(volume)
        os.write(tell_killed, b".")

        written, synced, opened = child.result()

        equal((synced, opened), ("ENOTCONN", "ENOTCONN"), "fsync and open")
        assert written in (6, "ENOTCONN"), f"the write answers {written}"
        with open(volume.backing("file"), "rb") as file:
            equal(file.read(), b"before after" if written == 6 else b"before", "the backing file")
        for fd in (ready, tell_ready, killed, tell_killed):
            os.close(fd)
        volume.start()
        unmount(volume)


if __name__ == "__main__":
    sys.exit(main())
