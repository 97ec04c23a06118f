#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Real programs on a volume do what they do on the directory behind it.

Every deed is done once in a plain directory and once on each volume, by the same user, and must
answer the same: on files with mode bits alone, and below a directory with an inheritable NT DACL.
Output is TAP.
"""

import ctypes
import fcntl
import hashlib
import mmap
import os
import shutil
import signal
import socket
import sqlite3
import stat
import struct
import sys
import time

from crowd import (Lab, Volume, call_as, call_together, equal, main, outcome, run_as, unmount,
                   wait_until)
import volume_lab
from volume_lab import (ALLOW, CI, DACL_PROTECTED, FULL, LIBC, NTACL, OI, SYSTEM, UID, OTHER_UID,
                        ace, add_test, set_sd, user)

PROJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "project")
INHERITED = [ace(ALLOW, OI | CI, FULL, SYSTEM), ace(ALLOW, OI | CI, FULL, user(UID))]
LISTING = r"find . -mindepth 1 -printf '%P %y %#m %n %s %T@ %U:%G %l\n' | sort"
SHAPE = r"find . -mindepth 1 -printf '%P %y %#m %l\n' | sort"

SEEK_DATA, SEEK_HOLE = os.SEEK_DATA, os.SEEK_HOLE
FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE, FALLOC_ZERO_RANGE = 1, 2, 16
AT_FDCWD = -100

# The volumes: name, options of the daemon, whether an NT DACL is inherited.
KINDS = (
    ("on mode bits", (), False),
    ("under an NT DACL", (), True),
    ("on mode bits, strict", ("--cache", "strict"), False),
    ("under an NT DACL, strict", ("--cache", "strict"), True),
    ("under an NT DACL, without passthrough", ("--no-passthrough",), True),
)

EVERYWHERE = range(len(KINDS))
WITH_CACHE = (0, 1)

places = {}
plain_answers = {}


def deed(where=EVERYWHERE):
    """Register what is to answer the same in a plain directory and on volumes."""
    def register(function):
        for number in where:
            name = f"{function.__name__.replace('_', ' ')} {KINDS[number][0]}"
            add_test(name, lambda number=number: expect_same(function, number))
        return function
    return register


def do(function, root):
    """Do it in a new directory of the user's."""
    folder = os.path.join(root, function.__name__)
    call_as(UID, os.mkdir, folder)
    return function(folder)


def expect_same(function, number):
    if function not in plain_answers:
        plain_answers[function] = do(function, plain())
    answer = do(function, place(number))

    expected = plain_answers[function]
    if isinstance(answer, dict):
        different = {key: (answer.get(key), expected.get(key)) for key in {*answer, *expected}
                     if answer.get(key) != expected.get(key)}
        equal(different, {}, "what differs (on the volume, in a plain directory)")
    equal(answer, expected, "the answer")


def expect_same_listing(one, other):
    different = sorted(set(one.splitlines()) ^ set(other.splitlines()))
    equal(different, [], "lines of listings that differ")


def plain():
    """A directory without any volume."""
    path = Lab.path("plain")
    if not os.path.isdir(path):
        os.mkdir(path)
        os.chown(path, UID, UID)
    return path


def place(number):
    """The directory on a volume where the user works; mounted when it is first needed."""
    if number not in places:
        _, options, has_dacl = KINDS[number]
        volume = Volume(*options, prepare=lambda source: os.chmod(source, 0o755))
        folder = volume.path("work")
        os.mkdir(folder)
        if has_dacl:
            set_sd(folder, "D", dacl=INHERITED, control=DACL_PROTECTED)
        else:
            os.chown(folder, UID, UID)
        os.chmod(folder, 0o777 if has_dacl else 0o755)
        places[number] = volume
    return places[number].path("work")


def as_user(function, folder, *arguments):
    """What a function returns that the user runs in that directory."""
    return call_as(UID, function, *arguments, cwd=folder)


def shell(command, folder, **options):
    return run_as(UID, command, folder, home=Lab.path("home"), **options)


def write(path, data, mode=0o644):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(fd, "wb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read().decode("latin-1")


def libc_result(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def noise(size, seed=0):
    """Bytes that do not compress."""
    blocks = (hashlib.sha256(f"{seed} {i}".encode()).digest() for i in range(size // 32 + 1))
    return b"".join(blocks)[:size]


# Programs


@deed()
def a_project_is_extracted_built_and_tested(folder):
    archive = Lab.path("project.tar.gz")
    if not os.path.exists(archive):
        run_as(0, f"tar czf {archive} -C {PROJECT} .", "/")
    shell(f"tar xzf {archive} --no-same-owner", folder)
    answers = {"build": shell("make", folder), "check": shell("make check", folder)}
    answers["installed"] = shell("make install && ./out/bin/tally words.c | sha256sum", folder)
    answers["shape"] = shell(SHAPE, folder)
    answers["nothing to be done"] = shell("make", folder)
    shell("touch words.h", folder)
    answers["built again"] = shell("make build/test-words", folder)
    shell("make clean", folder)
    answers["cleaned"] = shell(SHAPE, folder)
    return answers


def make_tree():
    """Of every kind a user can make, with modes, links and times of their own."""
    os.mkdir("tree")
    os.chdir("tree")
    for number, mode in enumerate((0o600, 0o640, 0o644, 0o755, 0o444, 0o400, 0o777, 0o711)):
        os.mkdir(f"d{number}")
        write(f"d{number}/file", noise(number * 9000, number))
        os.chmod(f"d{number}/file", mode)
        os.symlink(f"d{number}/file", f"link{number}")
        os.link(f"d{number}/file", f"d{number}/other")
        os.mkfifo(f"d{number}/fifo", mode)
        os.chmod(f"d{number}", mode | 0o700)
    write("empty", b"")
    write("line\nbreak", b"1")
    os.symlink("x" * 4000, "far")
    os.chmod("d0", 0o1755)
    when = 1_500_000_000 * 10**9 + 123_456_789
    for place_, folders, files in os.walk(".", topdown=False):
        for name in [*files, *folders]:
            when += 1_000_000_007
            os.utime(os.path.join(place_, name), ns=(when, when), follow_symlinks=False)


@deed()
def tar_brings_back_what_it_took(folder):
    as_user(make_tree, folder)
    answers = {}
    for letter, suffix in (("z", "gz"), ("J", "xz")):
        shell(f"tar c{letter}f tree.tar.{suffix} --format=pax -C tree . && mkdir {suffix} && "
              f"tar xpf tree.tar.{suffix} -C {suffix}", folder)
        answers[f"diff {suffix}"] = shell(f"diff -r --no-dereference tree {suffix}", folder,
                                          status=None).replace(suffix, "")
        answers[suffix] = shell(LISTING, f"{folder}/{suffix}")
        expect_same_listing(answers[suffix], shell(LISTING, f"{folder}/tree"))
    return answers


@deed()
def cp_keeps_everything(folder):
    as_user(make_tree, folder)
    shell("cp -a tree copy", folder)
    listing = shell(LISTING, f"{folder}/copy")
    expect_same_listing(listing, shell(LISTING, f"{folder}/tree"))
    shell("mv copy moved && rm -r tree", folder)
    return [listing, shell(LISTING, f"{folder}/moved"), shell("rm -rf moved && ls -A", folder)]


@deed()
def git_keeps_its_repository_whole(folder):
    with_date = "GIT_AUTHOR_DATE=@1500000000+0000 GIT_COMMITTER_DATE=@1500000000+0000 git"
    shell(f"cp -r {PROJECT} repository && cd repository && git init -q . && git add . && "
          f"{with_date} commit -qm first", folder)
    answers = {}
    for number in range(5):
        shell(f"echo {number} >> words.c && mkdir -p s{number} && echo x > s{number}/f && "
              f"git mv table.c table.tmp && git mv table.tmp table.c && git add . && "
              f"{with_date} commit -qam {number}", f"{folder}/repository")
    for command in ("git status --porcelain=v2", "git log --format=%H", "git ls-files -s",
                    "git gc -q --prune=now", "git fsck --full --strict",
                    "git count-objects -v | grep -v size", "git checkout -q HEAD~3 && cat words.c",
                    "git stash list; git checkout -q - && git status --short",
                    "git worktree add -q ../tree HEAD~1 && git worktree list --porcelain | "
                    "grep -c .", "git clone -q . ../clone && git -C ../clone fsck",
                    "git -C ../clone log --format=%H -1", "git reset -q --hard HEAD~4; ls"):
        answers[command] = shell(command, f"{folder}/repository")
    return answers


def insert_rows(mode, number):
    connection = sqlite3.connect("base.db", timeout=30, isolation_level=None)
    connection.execute(f"pragma journal_mode={mode}")
    for row in range(60):
        connection.execute("begin immediate")
        connection.execute("insert into t values(?, ?, ?)", (number, row, "x" * 500))
        connection.execute("commit")
    connection.close()


def use_database(mode):
    connection = sqlite3.connect("base.db", timeout=30, isolation_level=None)
    answers = [connection.execute(f"pragma journal_mode={mode}").fetchone()[0]]
    connection.execute("pragma mmap_size=1048576")
    connection.execute("create table t(who, row, text)")
    call_together(insert_rows, [(mode, number) for number in range(2)])
    answers.append(connection.execute("select count(*), sum(row) from t").fetchall())
    answers.append(connection.execute("pragma integrity_check").fetchall())
    connection.execute("delete from t where row > 10")
    connection.execute("vacuum")
    answers.append(connection.execute("pragma integrity_check").fetchall())
    connection.close()
    return answers + sorted(os.listdir("."))


@deed()
def sqlite_serves_two_writers_with_a_journal(folder):
    answers = as_user(use_database, folder, "delete")
    return answers + [shell("sqlite3 base.db 'select count(*) from t'", folder)]


@deed()
def sqlite_serves_two_writers_with_a_write_ahead_log(folder):
    answers = as_user(use_database, folder, "wal")
    return answers + [shell("sqlite3 base.db 'select count(*) from t'", folder)]


@deed(WITH_CACHE)
def grep_find_and_python_go_through_a_tree(folder):
    shell("cp -r /usr/lib/python3.*/json /usr/lib/python3.*/email . && "
          "find . -name __pycache__ -prune -exec rm -r {} +", folder)
    return [shell(command, folder) for command in (
        "grep -r --include='*.py' -c 'import' . | sort", "find . -type f -size +8k | sort",
        "python3 -m compileall -q . && find . -name '*.pyc' | wc -l",
        "python3 -c 'import sys; sys.path.insert(0, \".\"); import json; "
        "print(json.__file__.startswith(\"/usr\"), json.loads(\"[1]\"))'",
        "find . -name '*.pyc' -delete; find . -type d -empty -delete; find . | wc -l",
        "du -a --apparent-size . | sort | sha256sum", "rm -r json email; ls")]


@deed()
def programs_and_scripts_are_executed(folder):
    def make():
        shutil.copyfile("/usr/bin/id", "program")
        os.chmod("program", 0o755)
        write("script", b"#!/bin/sh\necho script $1 $0\n", 0o755)
        write("indirect", b"#!./program -u\n", 0o755)
        write("no-permission", b"#!/bin/sh\n", 0o644)
        shutil.copyfile("/usr/bin/sleep", "sleep")
        os.chmod("sleep", 0o755)
        pid = os.spawnv(os.P_NOWAIT, "./sleep", ["sleep", "60"])
        wait_until(lambda: "/sleep" in outcome(os.readlink, f"/proc/{pid}/exe"),
                   "the program runs")
        busy = outcome(os.open, "sleep", os.O_WRONLY)
        os.unlink("sleep")
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return busy

    return [as_user(make, folder), shell("./program -u; ./script 1; sh script 2", folder),
            shell("./indirect", folder, status=None), shell("./no-permission", folder, status=126)]


# Data


def append_lines(name, number):
    fd = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for line in range(400):
        text = b"%d %d %s\n" % (number, line, b"x" * (line % 97))
        equal(os.write(fd, text), len(text), "bytes written")
    os.close(fd)


@deed()
def four_processes_append_to_one_log_without_loss(folder):
    def append():
        call_together(append_lines, [("log", number) for number in range(4)])
        lines = read("log").splitlines()
        for number in range(4):
            own = [line for line in lines if line.startswith(f"{number} ")]
            equal(own, [f"{number} {i} {'x' * (i % 97)}" for i in range(400)], "lines of one")
        return len(lines)

    return as_user(append, folder)


def map_pages(path, number):
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        for page in range(number, 64, 4):
            memory[page * 4096:page * 4096 + 5] = b"%05d" % page
        memory.flush()


@deed()
def shared_mappings_are_one_memory(folder):
    def share():
        write("file", b"-" * 64 * 4096)
        call_together(map_pages, [("file", number) for number in range(4)])
        with open("file", "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
            os.pwrite(file.fileno(), b"written", 100)
            by_write = memory[100:107].decode()
            memory[200:206] = b"mapped"
            by_map = os.pread(file.fileno(), 6, 200).decode()
        os.truncate("file", 64 * 4096 - 10)
        return [by_write, by_map, os.stat("file").st_size,
                hashlib.sha256(read("file").encode()).hexdigest()]

    return as_user(share, folder)


def fallocate(fd, mode, offset, size):
    LIBC.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_long, ctypes.c_long]
    return outcome(libc_result, LIBC.fallocate(fd, mode, offset, size))


@deed()
def holes_stay_holes(folder):
    def make_holes():
        fd = os.open("sparse", os.O_RDWR | os.O_CREAT)
        n_own = os.fstat(fd).st_blocks  # of the descriptor
        os.ftruncate(fd, 16 << 20)
        os.pwrite(fd, b"x" * 65536, 8 << 20)
        answers = [os.lseek(fd, 0, SEEK_DATA), os.lseek(fd, 8 << 20, SEEK_HOLE),
                   outcome(os.lseek, fd, 9 << 20, SEEK_DATA), outcome(os.lseek, fd, 1 << 30, 3)]
        answers += [fallocate(fd, 0, 0, 1 << 20), fallocate(fd, FALLOC_KEEP_SIZE, 20 << 20, 4096),
                    fallocate(fd, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, 8 << 20, 32768),
                    fallocate(fd, FALLOC_ZERO_RANGE, (8 << 20) + 32768, 4096),
                    fallocate(fd, 0, -1, 10), fallocate(fd, 1 << 20, 0, 10)]
        os.fsync(fd)
        answers += [os.lseek(fd, 2 << 20, SEEK_DATA), os.fstat(fd).st_size,
                    os.fstat(fd).st_blocks - n_own, os.pread(fd, 40000, 8 << 20).count(b"x")]
        os.close(fd)
        return answers

    return [as_user(make_holes, folder), shell("cp --sparse=always sparse copy && cmp sparse copy "
                                              "&& touch empty && "
                                              "echo $(($(stat -c %b copy) - $(stat -c %b empty)))",
                                              folder)]


@deed()
def data_takes_every_way_into_a_file(folder):
    def ways():
        data = noise(300_000)
        write("source", data)
        fd = os.open("target", os.O_RDWR | os.O_CREAT)
        source = os.open("source", os.O_RDONLY)
        answers = {"copy_file_range": os.copy_file_range(source, fd, 100_000, 0, 50),
                   "sendfile": outcome(os.sendfile, fd, source, 100_000, 100_000),
                   "writev": os.pwritev(fd, [data[:10], data[10:5000]], 200_000),
                   "size": os.fstat(fd).st_size}
        reader, writer = os.pipe()
        os.write(writer, b"through a pipe")
        answers["splice in"] = os.splice(reader, fd, 14, offset_dst=290_000)
        answers["splice out"] = os.splice(fd, writer, 7, offset_src=290_000)
        answers["piped"] = os.read(reader, 7).decode()
        for name in ("source", "target"):
            answers[name] = hashlib.sha256(read(name).encode()).hexdigest()
        direct = outcome(os.open, "source", os.O_RDONLY | os.O_DIRECT)
        if isinstance(direct, int):
            page = mmap.mmap(-1, 4096)
            answers["direct"] = [os.preadv(direct, [page], 4096), bytes(page) == data[4096:8192]]
        answers["read of a write-only handle"] = outcome(
            os.read, os.open("source", os.O_WRONLY), 1)
        answers["write of a read-only handle"] = outcome(os.write, source, b"x")
        answers["synced"] = [os.fsync(fd), os.fdatasync(fd), outcome(os.fsync, os.open(".", 0))]
        os.ftruncate(fd, 5)
        answers["cut"] = read("target") == data[100_000:100_005].decode("latin-1")
        os.lseek(fd, 0, os.SEEK_END)
        os.posix_fallocate(fd, 0, 10_000)
        answers["grown"] = os.fstat(fd).st_size
        return answers

    return as_user(ways, folder)


@deed()
def open_files_outlive_their_names(folder):
    def outlive():
        write("old", b"old")
        write("new", b"new")
        fd = os.open("old", os.O_RDWR)
        os.rename("new", "old")
        answers = [os.pread(fd, 10, 0).decode(), read("old"), os.fstat(fd).st_nlink,
                   os.stat("old").st_nlink]
        os.pwrite(fd, b"still", 3)
        answers += [os.fstat(fd).st_size, os.pread(fd, 10, 0).decode(), read("old")]
        os.close(fd)
        fd = os.open("old", os.O_RDWR)
        os.unlink("old")
        os.pwrite(fd, b"gone", 3)
        answers += [os.pread(fd, 10, 0).decode(), os.fstat(fd).st_nlink, os.listdir(".")]
        os.ftruncate(fd, 2)
        os.fchmod(fd, 0o600)
        os.utime(fd, ns=(1, 1))
        answers += [os.fstat(fd).st_size, os.fstat(fd).st_mode, os.fstat(fd).st_mtime_ns]
        os.close(fd)
        os.mkdir("folder")
        fd = os.open("folder", os.O_RDONLY)
        os.rmdir("folder")
        answers += [os.listdir(fd), os.fstat(fd).st_nlink,
                    outcome(os.open, "file", os.O_CREAT | os.O_WRONLY, dir_fd=fd)]
        os.close(fd)
        return answers + os.listdir(".")

    return as_user(outlive, folder)


# Locks


def count_under_lock(number):
    for _ in range(40):
        with open("counter", "r+b") as file:
            (fcntl.flock if number % 2 else fcntl.lockf)(file, fcntl.LOCK_EX)
            with open("lock", "r+b") as both:
                fcntl.flock(both, fcntl.LOCK_EX)
                value = int(os.pread(file.fileno(), 10, 0))
                os.pwrite(file.fileno(), b"%010d" % (value + 1), 0)


@deed()
def locks_hold_between_processes(folder):
    def count():
        write("counter", b"%010d" % 0)
        write("lock", b"")
        call_together(count_under_lock, [(number,) for number in range(4)])
        return read("counter")

    held = ("flock held sh -c 'flock -n held true; echo $?; flock -sn held true; echo $?'; "
            "flock -n held true; echo $?; "
            "flock -s held sh -c 'flock -sn held true; echo $?; flock -xn held true; echo $?'")
    return [as_user(count, folder), shell(held, folder)]


# Names


def list_of(size):
    return [f"file-{number:05}" for number in range(size)]


@deed(WITH_CACHE + (2,))
def ten_thousand_files_live_in_one_directory(folder):
    def live():
        names = list_of(10_000)
        for name in names:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        answers = [sorted(os.listdir(".")) == names,
                   sum(entry.stat().st_size == 0 for entry in os.scandir("."))]
        for entry in os.scandir("."):
            if int(entry.name[5:]) % 3:
                os.unlink(entry.name)
        answers.append(sorted(os.listdir(".")) == names[::3])
        for name in names[::3]:
            os.unlink(name)
        return answers + os.listdir(".")

    return as_user(live, folder)


@deed()
def names_are_bytes(folder):
    names = [b"n" * 255, "Größe".encode(), b"Gro\xcc\x88\xc3\x9fe", "票據🔑".encode(),
             b"\xff\xfe bad", b"line\nbreak", b" ", b"-rf", b"*", b"back\\slash", b"..."]

    def use():
        answers = []
        for name in names:
            write(name, name)
            os.symlink(name, b"link")
            answers.append([os.readlink(b"link") == name, read(b"link") == name.decode("latin-1")])
            os.unlink(b"link")
        answers.append(sorted(os.listdir(b".")) == sorted(names))
        for name in names[1:]:
            os.rename(name, b"x" + name)
        renamed = names[:1] + [b"x" + name for name in names[1:]]
        answers.append(sorted(os.listdir(b".")) == sorted(renamed))
        for action in (os.mkdir, os.mkfifo, lambda name: open(name, "w")):
            answers.append(outcome(action, b"n" * 256))
        answers += [outcome(os.symlink, "s" * 4095, "link"), outcome(os.symlink, "s" * 4096, "no"),
                    outcome(os.stat, "a/" * 3000), len(os.readlink("link")),
                    outcome(os.mkdir, ""), outcome(os.open, "file/", os.O_CREAT | os.O_WRONLY),
                    outcome(os.stat, "link")]
        return answers

    return as_user(use, folder)


@deed(WITH_CACHE)
def trees_may_be_deep(folder):
    def dig():
        top = os.open(".", os.O_RDONLY)
        for level in range(300):
            os.mkdir(f"level-{level:03}-{'x' * 20}")
            os.chdir(f"level-{level:03}-{'x' * 20}")
        write("bottom", b"deep")
        answers = [os.stat("../../..").st_ino == os.stat("../../../.").st_ino,
                   len(os.getcwd()) > 4096]
        os.chdir(top)
        os.rename(os.listdir(".")[0], "renamed")
        return answers

    answers = as_user(dig, folder)
    return answers + [shell("find . -depth | wc -l; find . -name bottom -execdir cat {} +; "
                           "du -s --apparent-size . | cut -f 2; rm -r renamed; ls -A", folder)]


@deed()
def hard_links_are_one_file(folder):
    def link():
        write("a", b"1")
        os.link("a", "b")
        os.mkdir("folder")
        os.link("b", "folder/c")
        with open("folder/c", "ab") as file:
            file.write(b"2")
        os.chmod("b", 0o600)
        answers = [os.stat(name).st_nlink for name in ("a", "b", "folder/c")]
        answers += [len({os.stat(name).st_ino for name in ("a", "b", "folder/c")}), read("a"),
                    os.stat("a").st_mode, outcome(os.link, "a", "b"),
                    outcome(os.link, "folder", "x")]
        os.rename("a", "b")  # two names of one file: nothing happens
        answers += [sorted(os.listdir("."))]
        os.unlink("a")
        os.rename("b", "folder/c")
        os.unlink("b")
        os.symlink("folder", "s")
        os.link("s", "t", follow_symlinks=False)
        return answers + [os.stat("folder/c").st_nlink, os.readlink("t"), os.lstat("t").st_nlink]

    return as_user(link, folder)


def storm(number):
    """Make and remove the names that everybody makes and removes. @return what went wrong"""
    expected = {None, "EEXIST", "ENOENT", "ENOTEMPTY", "EINVAL"}
    seen = set()
    for turn in range(150):
        name = f"d{(turn * 7 + number) % 5}"
        seen.add(outcome(os.mkdir, name))
        seen.add(outcome(os.mkdir, f"{name}/{number}"))
        seen.add(outcome(os.rename, f"{name}/{number}", f"d{turn % 5}/{number}x"))
        names = outcome(os.listdir, name)
        seen.add(names if isinstance(names, str) else None)
        seen.add(outcome(os.rmdir, f"{name}/{number}"))
        seen.add(outcome(os.rmdir, f"d{turn % 5}/{number}x"))
        seen.add(outcome(os.rmdir, name))
    return sorted(map(str, seen - expected))


@deed()
def eight_processes_make_and_remove_the_same_directories(folder):
    def brew():
        seen = call_together(storm, [(number,) for number in range(8)])
        return [seen, sorted(os.path.join(place_, name) for place_, names, _ in os.walk(".")
                             for name in names if not name.startswith("d"))]

    answers = as_user(brew, folder)
    return answers + [shell("rm -rf d*; ls -A", folder)]


def fight_for_names(number):
    """Create, replace and remove the files that everybody does. @return what went wrong"""
    expected = {None, "EEXIST", "ENOENT"}
    seen = set()
    for turn in range(200):
        name = f"f{(turn + number) % 3}"
        fd = outcome(os.open, name, os.O_CREAT | os.O_RDWR | (os.O_EXCL if turn % 2 else 0))
        if isinstance(fd, int):
            os.write(fd, b"%d" % number)
            os.close(fd)
        else:
            seen.add(fd)
        seen.add(outcome(os.rename, name, f"f{turn % 3}"))
        if turn % 3 == 0:
            seen.add(outcome(os.unlink, name))
    return sorted(map(str, seen - expected))


@deed()
def eight_processes_create_replace_and_remove_the_same_files(folder):
    def fight():
        seen = call_together(fight_for_names, [(number,) for number in range(8)])
        return [seen, sorted(set(os.listdir(".")) - {"f0", "f1", "f2"})]

    return as_user(fight, folder)


# System calls


def errors():
    """The errors of calls that cannot succeed."""
    write("file", b"x")
    os.mkdir("folder")
    write("folder/inside", b"")
    os.symlink("loop", "loop")
    os.symlink("file", "to-file")
    os.symlink("nowhere", "dangling")
    os.mkfifo("fifo")
    calls = {
        "mkdir exists": lambda: os.mkdir("folder"), "mkdir on file": lambda: os.mkdir("file"),
        "mkdir on link": lambda: os.mkdir("dangling"),
        "mkdir below nothing": lambda: os.mkdir("no/where"),
        "mkdir below file": lambda: os.mkdir("file/x"), "rmdir full": lambda: os.rmdir("folder"),
        "rmdir file": lambda: os.rmdir("file"), "rmdir dot": lambda: os.rmdir("folder/."),
        "unlink folder": lambda: os.unlink("folder"), "unlink nothing": lambda: os.unlink("no"),
        "exclusive on link": lambda: os.open("dangling", os.O_CREAT | os.O_EXCL),
        "exclusive exists": lambda: os.open("file", os.O_CREAT | os.O_EXCL),
        "open folder for writing": lambda: os.open("folder", os.O_WRONLY),
        "create over folder": lambda: os.open("folder", os.O_CREAT | os.O_WRONLY),
        "open loop": lambda: os.open("loop", os.O_RDONLY),
        "open link unfollowed": lambda: os.open("to-file", os.O_RDONLY | os.O_NOFOLLOW),
        "file as directory": lambda: os.open("file", os.O_RDONLY | os.O_DIRECTORY),
        "fifo without reader": lambda: os.open("fifo", os.O_WRONLY | os.O_NONBLOCK),
        "rename into itself": lambda: os.rename("folder", "folder/x"),
        "rename folder over file": lambda: os.rename("folder", "file"),
        "rename file over folder": lambda: os.rename("file", "folder"),
        "rename nothing": lambda: os.rename("no", "x"),
        "rename over full": lambda: (os.mkdir("e"), os.rename("e", "folder")),
        "link exists": lambda: os.link("file", "to-file"),
        "symlink exists": lambda: os.symlink("x", "file"),
        "readlink of file": lambda: os.readlink("file"),
        "truncate folder": lambda: os.truncate("folder", 0),
        "truncate below 0": lambda: os.truncate("file", -1),
        "truncate loop": lambda: os.truncate("loop", 0),
        "device": lambda: os.mknod("device", stat.S_IFBLK | 0o600, os.makedev(7, 0)),
        "own xattr": lambda: os.setxattr("file", "user.x", b"1"),
        "own xattr again": lambda: os.setxattr("file", "user.x", b"1", os.XATTR_CREATE),
        "own xattr not there": lambda: os.getxattr("file", "user.y"),
        "own xattr replaced": lambda: os.setxattr("file", "user.y", b"1", os.XATTR_REPLACE),
        "own xattr removed": lambda: os.removexattr("file", "user.y"),
        "own xattr of link": lambda: os.setxattr("to-file", "user.x", b"", follow_symlinks=False),
        "trusted xattr": lambda: os.setxattr("file", "trusted.x", b"1"),
        "unknown xattr": lambda: os.setxattr("file", "nonsense.x", b"1"),
        "given away": lambda: os.chown("file", OTHER_UID, -1),
        "strange group": lambda: os.chown("file", -1, OTHER_UID),
        "chroot": lambda: os.chroot("."),
        "listdir of file": lambda: os.listdir("file"), "chdir to file": lambda: os.chdir("file"),
        "stat below file": lambda: os.stat("file/x"),
        "access x": lambda: os.access("file", os.X_OK),
        "access w": lambda: os.access("file", os.W_OK),
        "chown to nothing": lambda: os.chown("file", -1, -1),
        "too large": lambda: os.pwrite(os.open("file", os.O_WRONLY), b"x", (1 << 63) - 1),
    }
    answers = {name: outcome(call) for name, call in calls.items()}
    return {name: None if isinstance(answer, (int, tuple)) and not isinstance(answer, bool)
            else answer for name, answer in answers.items()}


@deed()
def what_cannot_be_is_refused_alike(folder):
    return as_user(errors, folder)


def renameat2(old, new, flags):
    return libc_result(LIBC.renameat2(AT_FDCWD, old.encode(), AT_FDCWD, new.encode(), flags))


@deed()
def less_usual_calls_work(folder):
    def use():
        write("a", b"a")
        write("b", b"b")
        os.mkdir("folder")
        write("folder/c", b"c")
        answers = {"no replace": outcome(renameat2, "a", "b", 1),
                   "exchange": outcome(renameat2, "a", "folder", 2),
                   "exchanged": [os.listdir("a"), read("folder")]}
        os.setxattr("b", "user.one", b"1" * 1000)
        os.setxattr("b", "user.two", b"")
        answers["xattrs"] = [sorted(os.listxattr("b")), len(os.getxattr("b", "user.one"))]
        before = os.stat("b").st_mtime_ns
        time.sleep(0.02)
        with open("b", "r+b") as file:
            file.write(b"c")
        answers["mtime moves"] = os.stat("b").st_mtime_ns > before
        before = os.stat(".").st_mtime_ns
        time.sleep(0.02)
        os.link("b", "another")
        answers["mtime of the directory moves"] = os.stat(".").st_mtime_ns > before
        os.utime("b", ns=(5_000_000_001, -7_000_000_002))
        answers["times"] = [os.stat("b").st_atime_ns, os.stat("b").st_mtime_ns]
        os.chmod("b", 0o4755)
        answers["sticky"] = [os.chmod("a", 0o1711), os.stat("a").st_mode]
        os.umask(0o077)
        write("private", b"", 0o666)
        os.mkdir("secret")
        answers["umask"] = [os.stat("private").st_mode, os.stat("secret").st_mode]
        fd = os.open("private", os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOATIME, 0o777)
        answers["mode of what is there"] = os.fstat(fd).st_mode
        os.close(fd)
        fd = os.open("mode-0", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0)
        answers["written without a right"] = os.write(fd, b"x")
        os.close(fd)
        answers["name limit"] = [os.pathconf(".", "PC_NAME_MAX"), os.statvfs(".").f_namemax,
                                 os.statvfs(".").f_bsize]
        answers["seek in a directory"] = seek_in_directory()
        answers["inode is d_ino"] = all(entry.inode() == entry.stat(follow_symlinks=False).st_ino
                                        for entry in os.scandir("."))
        answers["types"] = sorted((entry.name, entry.is_dir()) for entry in os.scandir("."))
        return answers

    return as_user(use, folder)


def seek_in_directory():
    """Whether a listing can be begun again."""
    fd = os.open(".", os.O_RDONLY)
    first = sorted(os.listdir(fd))
    os.lseek(fd, 0, os.SEEK_SET)
    second = sorted(os.listdir(fd))
    os.close(fd)
    return first == second


@deed()
def sockets_and_fifos_connect_processes(folder):
    def connect():
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("socket")
        listener.listen()
        client = socket.socket(socket.AF_UNIX)
        client.connect("socket")
        client.sendall(b"through a socket")
        client.close()
        server, _ = listener.accept()
        answers = [server.recv(100).decode(), stat.S_ISSOCK(os.stat("socket").st_mode)]
        os.mkfifo("fifo")
        reader = os.open("fifo", os.O_RDONLY | os.O_NONBLOCK)
        writer = os.open("fifo", os.O_WRONLY)
        os.write(writer, b"through a fifo")
        return answers + [os.read(reader, 100).decode(), outcome(socket.socket(socket.AF_UNIX).bind,
                                                                "socket")]

    return as_user(connect, folder)


@deed(WITH_CACHE)
def changes_are_announced_to_watchers(folder):
    def watch():
        fd = LIBC.inotify_init1(os.O_NONBLOCK)
        libc_result(LIBC.inotify_add_watch(fd, b".", 0xfff))
        write("file", b"x")
        os.rename("file", "other")
        os.unlink("other")
        events = os.read(fd, 65536)
        masks = []
        while events:
            _, mask, _, size = struct.unpack_from("iIII", events)
            masks.append([mask, events[16:16 + size].rstrip(b"\0").decode()])
            events = events[16 + size:]
        os.close(fd)
        return masks

    return as_user(watch, folder)


# The volumes themselves


def refused(function, *arguments):
    return call_as(OTHER_UID, outcome, function, *arguments)


def enforced_all_the_while():
    """Under the DACL another user reaches nothing; and all that was made has a descriptor."""
    for number, volume in places.items():
        equal(refused(os.listdir, volume.path("work")) == "EACCES", KINDS[number][2],
              f"another user is refused {KINDS[number][0]}")
        if not KINDS[number][2]:
            continue
        n_seen = 0
        for folder, folders, files in os.walk(volume.backing("work")):
            for name in folders + files:
                assert os.getxattr(os.path.join(folder, name), NTACL, follow_symlinks=False)
                n_seen += 1
        assert n_seen > 0, "nothing is left to look at"


def ended_in_order():
    """Nothing is open, no daemon complained, and each ends when it is unmounted."""
    for volume in list(places.values()):
        output, _ = volume_lab.tessera("handles", "--json", volume.root)
        others = [line for line in output.splitlines() if '"path":"/"' not in line]
        equal(others, [], "handles that are open beside that of the question")
        unmount(volume)
    places.clear()


def more_files_than_open_files_are_allowed():
    """Listing a large directory takes nothing away from what comes after it."""
    volume = Volume(launcher=("setpriv", "--bounding-set", "-sys_resource", "prlimit",
                              "--nofile=200:200", "--"))
    for number in range(1000):
        write(volume.backing(f"file{number}"), b"")
    equal(call_as(UID, lambda: sum(entry.stat().st_nlink for entry in os.scandir(volume.root))),
          1000, "files seen")
    write(volume.path("one more"), b"")

    # Files that the daemon holds by their handle are files like any other.
    late = [volume.path(f"file{number}") for number in range(990, 1000)]
    for path in late:
        os.chmod(path, 0o640)
        write(path, b"late")
        equal(read(path), "late")
        os.rename(path, path + "-new")
        os.symlink("target", path)
        equal(os.readlink(path), "target")
        os.link(path + "-new", path + "-link")
    os.mkdir(volume.path("late"))
    write(volume.path("late", "below"), b"below")
    equal(read(volume.path("late", "below")), "below")
    os.rename(volume.path("late"), volume.path("later"))
    equal(os.listdir(volume.path("later")), ["below"])

    # The number of an inode that is gone may be that of the next one, behind the volume's back.
    for path in late:
        name = os.path.basename(path)
        os.stat(path + "-new")
        os.unlink(volume.backing(name + "-new"))
        os.unlink(volume.backing(name + "-link"))
        write(volume.backing("again" + name), b"again")
        equal(read(volume.path("again" + name)), "again")
    unmount(volume)


def set_up():
    os.mkdir(Lab.path("home"))
    os.chown(Lab.path("home"), UID, UID)
    run_as(UID, "git config --global safe.directory '*' && git config --global user.name nobody && "
           "git config --global user.email nobody@example.org && "
           "git config --global init.defaultBranch main", "/", home=Lab.path("home"))


add_test("more files than open files are allowed", more_files_than_open_files_are_allowed)
add_test("what was made was enforced all the while", enforced_all_the_while)
add_test("the volumes end in order", ended_in_order)

if __name__ == "__main__":
    volume_lab.TESTS.insert(0, ("the users have homes", None, set_up))
    sys.exit(main())
