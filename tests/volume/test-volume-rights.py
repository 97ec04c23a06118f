#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Which rights each operation takes: all others do not help, and no other is needed.

The names of objects in an operation are their roles. The caller is never the owner, and passes
through directories by SeChangeNotifyPrivilege. See volume_lab.py for the environment.
"""

import errno
import fcntl
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
import types

import volume_lab as lab
from volume_lab import (ADD_FILE, ADD_SUBDIRECTORY, ALLOW, APPEND_DATA, DELETE,
                        DELETE_CHILD, EXECUTE, FULL, GID, LIST_DIRECTORY, OTHER_UID,
                        READ_ATTRIBUTES, READ_CONTROL, READ_DATA, READ_EA, RENAME_EXCHANGE,
                        RENAME_NOREPLACE, TRAVERSE, UID, WRITE_ATTRIBUTES, WRITE_DAC, WRITE_DATA,
                        WRITE_EA, WRITE_OWNER, Actor, Lab, Volume, ace, add_test, as_user, attempt,
                        equal, expect_error, get_sd, grant, make_file, renameat2, set_sd,
                        tessera, test, user)

EACCES, EPERM, EINVAL = errno.EACCES, errno.EPERM, errno.EINVAL

VOLUMES = {}


def volume(cache="strict"):
    if cache not in VOLUMES:
        VOLUMES[cache] = Volume("--cache", cache)
    return VOLUMES[cache]


def fresh(name, cache="strict"):
    """A directory of root's on the volume that no other test uses."""
    path = volume(cache).path(f"{name}-{time.monotonic_ns():x}")
    os.mkdir(path)
    grant(path, 0)
    return path


# Objects by role


class Scene:
    """The objects of one case, each with its own descriptor."""

    def __init__(self, cache, roles):
        self.root = fresh("scene", cache)
        self.parent = os.path.join(self.root, "parent")
        self.new_parent = os.path.join(self.root, "new-parent")
        os.mkdir(self.parent)
        os.mkdir(self.new_parent)
        self.object = os.path.join(self.parent, "object")
        self.target = os.path.join(self.new_parent, "target")
        self.sibling = os.path.join(self.parent, "sibling")
        self.new = os.path.join(self.parent, "new")
        self.moved = os.path.join(self.new_parent, "moved")
        for role, kind in roles.items():
            self.make(getattr(self, role), kind)

    @staticmethod
    def make(path, kind):
        if kind == "file":
            make_file(path, b"0123456789", 0o755)
            os.setxattr(path, "user.there", b"1")
        elif kind == "directory":
            os.mkdir(path)
        elif kind == "symlink":
            os.symlink("/nowhere", path)
        elif kind == "program":
            shutil.copyfile("/usr/bin/true", path)
            os.chmod(path, 0o755)

    def grant(self, rights, roles):
        """Set every role's descriptor: from the leaves up, so that root reaches them all."""
        for role in (*roles, "parent", "new_parent"):
            grant(getattr(self, role), rights.get(role, 0))


class Operation:
    """What an operation takes: each of @needs is a choice of (role, right), one of which counts."""

    def __init__(self, name, run, needs, roles=None, error=EACCES,
                 caches=("strict", "open-checked")):
        # pylint: disable=too-many-arguments
        self.name = name
        self.run = run
        self.needs = [need if isinstance(need, list) else [need] for need in needs]
        self.roles = {"object": "file"} if roles is None else roles
        self.error = error
        self.caches = caches

    def try_with(self, cache, rights):
        scene = Scene(cache, self.roles)
        scene.grant(rights, self.roles)
        return attempt(self.run, scene)

    def exact_grants(self):
        """Every way of having just what is needed."""
        first = [need[0] for need in self.needs]
        for place, need in enumerate(self.needs):
            for choice in need:
                yield first[:place] + [choice] + first[place + 1:]
        if not self.needs:
            yield []

    def check(self, cache):
        everything = {role: FULL for role in ("parent", "new_parent", *self.roles)}
        for need in self.needs:
            rights = dict(everything)
            for role, right in need:
                rights[role] &= ~right
            expect_error(self.try_with(cache, rights), self.error,
                         f"with everything but {self.words(need, ' or ')}")
        for choice in self.exact_grants():
            rights = {}
            for role, right in choice:
                rights[role] = rights.get(role, 0) | right
            expect_error(self.try_with(cache, rights), 0,
                         f"with nothing but {self.words(choice, ' and ')}")

    @staticmethod
    def words(rights, link):
        return link.join(f"0x{right:x} on {role}" for role, right in rights) or "none"


def opens(flags):
    def run(scene):
        os.close(os.open(scene.object, flags))
    return run


def executes(scene):
    # Not by subprocess, which cannot tell the errno of the execve() of a relative interpreter.
    pid = os.fork()
    if pid == 0:
        try:
            os.execv(scene.object, [scene.object])
        except OSError as error:
            os._exit(error.errno)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status:
        raise OSError(status, "execve")


def binds(scene):
    with socket.socket(socket.AF_UNIX) as unix:
        # A socket's address is short: go by the directory's descriptor.
        fd = os.open(scene.parent, os.O_PATH)
        unix.bind(f"/proc/self/fd/{fd}/new")
        os.close(fd)


def writes_sd(letters, **parts):
    def run(scene):
        set_sd(scene.object, letters, **parts)
    return run


def reads_sd(letters):
    def run(scene):
        os.getxattr(scene.object, lab.SD_XATTR + letters)
    return run


def asks(mask):
    def run(scene):
        # access(2) gives no reason; faccessat() is what libc makes of it.
        if lab.LIBC.access(os.fsencode(scene.object), mask) != 0:
            raise OSError(lab.ctypes.get_errno(), "access")
    return run


def lists(scene):
    with os.scandir(scene.object) as entries:
        for _ in entries:
            pass


def changes_directory(scene):
    os.chdir(scene.object)


OBJECT = "object"
REMOVE = [(OBJECT, DELETE), ("parent", DELETE_CHILD)]
REPLACE = [("target", DELETE), ("new_parent", DELETE_CHILD)]
REPLACE_HERE = [("sibling", DELETE), ("parent", DELETE_CHILD)]
FILE_AND_TARGET = {"object": "file", "target": "file"}
FILE_AND_SIBLING = {"object": "file", "sibling": "file"}
DIRECTORY = {"object": "directory"}
APPENDS = [(OBJECT, APPEND_DATA), (OBJECT, WRITE_DATA)]

OPERATIONS = [
    Operation("opening to read takes FILE_READ_DATA", opens(os.O_RDONLY), [(OBJECT, READ_DATA)]),
    Operation("opening to write takes FILE_WRITE_DATA", opens(os.O_WRONLY), [(OBJECT, WRITE_DATA)]),
    Operation("opening to append takes FILE_APPEND_DATA or FILE_WRITE_DATA",
              opens(os.O_WRONLY | os.O_APPEND), [APPENDS]),
    Operation("opening to read and write takes both rights", opens(os.O_RDWR),
              [(OBJECT, READ_DATA), (OBJECT, WRITE_DATA)]),
    Operation("opening to read and append takes both rights", opens(os.O_RDWR | os.O_APPEND),
              [(OBJECT, READ_DATA), APPENDS]),
    Operation("opening with O_TRUNC takes FILE_WRITE_DATA", opens(os.O_WRONLY | os.O_TRUNC),
              [(OBJECT, WRITE_DATA)]),
    Operation("opening to append with O_TRUNC takes FILE_WRITE_DATA",
              opens(os.O_WRONLY | os.O_APPEND | os.O_TRUNC), [(OBJECT, WRITE_DATA)]),
    Operation("opening to read with O_TRUNC takes FILE_WRITE_DATA too",
              opens(os.O_RDONLY | os.O_TRUNC), [(OBJECT, READ_DATA), (OBJECT, WRITE_DATA)]),
    Operation("opening what is there with O_CREAT takes what opening takes",
              opens(os.O_WRONLY | os.O_CREAT), [(OBJECT, WRITE_DATA)]),
    Operation("executing takes FILE_EXECUTE", executes, [(OBJECT, EXECUTE)],
              {"object": "program"}),
    Operation("creating a file takes FILE_ADD_FILE",
              lambda s: os.close(os.open(s.new, os.O_CREAT | os.O_EXCL | os.O_RDWR)),
              [("parent", ADD_FILE)], {}),
    Operation("creating a directory takes FILE_ADD_SUBDIRECTORY", lambda s: os.mkdir(s.new),
              [("parent", ADD_SUBDIRECTORY)], {}),
    Operation("making a FIFO takes FILE_ADD_FILE", lambda s: os.mkfifo(s.new),
              [("parent", ADD_FILE)], {}),
    Operation("making a regular file by mknod takes FILE_ADD_FILE",
              lambda s: os.mknod(s.new, stat.S_IFREG | 0o644), [("parent", ADD_FILE)], {}),
    Operation("making a socket takes FILE_ADD_FILE", binds, [("parent", ADD_FILE)], {}),
    Operation("making a symbolic link takes FILE_ADD_FILE", lambda s: os.symlink("/x", s.new),
              [("parent", ADD_FILE)], {}),
    Operation("reading a symbolic link takes FILE_READ_ATTRIBUTES",
              lambda s: os.readlink(s.object), [(OBJECT, READ_ATTRIBUTES)],
              {"object": "symlink"}),
    Operation("linking takes FILE_WRITE_ATTRIBUTES and FILE_ADD_FILE",
              lambda s: os.link(s.object, s.moved),
              [(OBJECT, WRITE_ATTRIBUTES), ("new_parent", ADD_FILE)]),
    Operation("unlinking takes DELETE, or FILE_DELETE_CHILD of the directory",
              lambda s: os.unlink(s.object), [REMOVE]),
    Operation("removing a directory takes DELETE, or FILE_DELETE_CHILD of the directory above",
              lambda s: os.rmdir(s.object), [REMOVE], DIRECTORY),
    Operation("renaming within a directory takes removing and FILE_ADD_FILE",
              lambda s: os.rename(s.object, s.new), [REMOVE, ("parent", ADD_FILE)]),
    Operation("renaming a directory in place takes removing and FILE_ADD_SUBDIRECTORY",
              lambda s: os.rename(s.object, s.new), [REMOVE, ("parent", ADD_SUBDIRECTORY)],
              DIRECTORY),
    Operation("renaming across directories takes FILE_ADD_FILE of the new one",
              lambda s: os.rename(s.object, s.moved), [REMOVE, ("new_parent", ADD_FILE)]),
    Operation("renaming a directory across directories takes FILE_ADD_SUBDIRECTORY of the new one",
              lambda s: os.rename(s.object, s.moved), [REMOVE, ("new_parent", ADD_SUBDIRECTORY)],
              DIRECTORY),
    Operation("renaming over a file takes removing that too",
              lambda s: os.rename(s.object, s.target),
              [REMOVE, REPLACE, ("new_parent", ADD_FILE)], FILE_AND_TARGET),
    Operation("renaming over a file beside takes removing that too",
              lambda s: os.rename(s.object, s.sibling),
              [REMOVE, REPLACE_HERE, ("parent", ADD_FILE)], FILE_AND_SIBLING),
    Operation("renaming over an empty directory takes removing that too",
              lambda s: os.rename(s.object, s.target),
              [REMOVE, REPLACE, ("new_parent", ADD_SUBDIRECTORY)],
              {"object": "directory", "target": "directory"}),
    Operation("renaming with RENAME_NOREPLACE takes what renaming takes",
              lambda s: renameat2(s.object, s.moved, RENAME_NOREPLACE),
              [REMOVE, ("new_parent", ADD_FILE)]),
    Operation("exchanging takes removing and adding both ways",
              lambda s: renameat2(s.object, s.target, RENAME_EXCHANGE),
              [REMOVE, REPLACE, ("parent", ADD_FILE), ("new_parent", ADD_FILE)], FILE_AND_TARGET),
    Operation("exchanging a file for a directory takes adding each kind",
              lambda s: renameat2(s.object, s.target, RENAME_EXCHANGE),
              [REMOVE, REPLACE, ("parent", ADD_SUBDIRECTORY), ("new_parent", ADD_FILE)],
              {"object": "file", "target": "directory"}),
    Operation("truncating takes FILE_WRITE_DATA", lambda s: os.truncate(s.object, 3),
              [(OBJECT, WRITE_DATA)]),
    Operation("extending takes FILE_WRITE_DATA", lambda s: os.truncate(s.object, 300),
              [(OBJECT, WRITE_DATA)]),
    Operation("chmod takes WRITE_DAC", lambda s: os.chmod(s.object, 0o640), [(OBJECT, WRITE_DAC)],
              error=EPERM),
    Operation("chown to oneself takes WRITE_OWNER", lambda s: os.chown(s.object, UID, -1),
              [(OBJECT, WRITE_OWNER)], error=EPERM),
    Operation("chgrp to one's own group takes WRITE_OWNER", lambda s: os.chown(s.object, -1, GID),
              [(OBJECT, WRITE_OWNER)], error=EPERM),
    Operation("chown of a symbolic link takes WRITE_OWNER", lambda s: os.lchown(s.object, UID, GID),
              [(OBJECT, WRITE_OWNER)], {"object": "symlink"}, error=EPERM),
    Operation("setting times takes FILE_WRITE_ATTRIBUTES", lambda s: os.utime(s.object, (1, 2)),
              [(OBJECT, WRITE_ATTRIBUTES)], error=EPERM),
    Operation("setting times to now takes FILE_WRITE_ATTRIBUTES or FILE_WRITE_DATA",
              lambda s: os.utime(s.object), [[(OBJECT, WRITE_ATTRIBUTES), (OBJECT, WRITE_DATA)]]),
    Operation("setting an extended attribute takes FILE_WRITE_EA",
              lambda s: os.setxattr(s.object, "user.new", b"1"), [(OBJECT, WRITE_EA)]),
    Operation("removing an extended attribute takes FILE_WRITE_EA",
              lambda s: os.removexattr(s.object, "user.there"), [(OBJECT, WRITE_EA)]),
    Operation("reading an extended attribute takes FILE_READ_EA",
              lambda s: os.getxattr(s.object, "user.there"), [(OBJECT, READ_EA)]),
    Operation("listing extended attributes takes FILE_READ_EA", lambda s: os.listxattr(s.object),
              [(OBJECT, READ_EA)]),
    Operation("reading the owner takes READ_CONTROL", reads_sd("O"), [(OBJECT, READ_CONTROL)]),
    Operation("reading the group takes READ_CONTROL", reads_sd("G"), [(OBJECT, READ_CONTROL)]),
    Operation("reading the DACL takes READ_CONTROL", reads_sd("D"), [(OBJECT, READ_CONTROL)]),
    Operation("reading the label takes READ_CONTROL", reads_sd("L"), [(OBJECT, READ_CONTROL)]),
    Operation("writing the DACL takes WRITE_DAC", writes_sd("D", dacl=[]),
              [(OBJECT, WRITE_DAC)]),
    Operation("writing the owner takes WRITE_OWNER", writes_sd("O", owner=user(UID)),
              [(OBJECT, WRITE_OWNER)]),
    Operation("writing the group takes WRITE_OWNER", writes_sd("G", group=lab.group(GID)),
              [(OBJECT, WRITE_OWNER)]),
    Operation("writing owner and DACL takes both rights",
              writes_sd("OD", owner=user(UID), dacl=[]),
              [(OBJECT, WRITE_OWNER), (OBJECT, WRITE_DAC)]),
    Operation("writing the label takes WRITE_OWNER",
              writes_sd("L", sacl=[ace(lab.LABEL, 0, 1, lab.MEDIUM)]), [(OBJECT, WRITE_OWNER)]),
    Operation("reading a directory takes FILE_LIST_DIRECTORY", lists, [(OBJECT, LIST_DIRECTORY)],
              DIRECTORY),
    Operation("entering a directory takes FILE_TRAVERSE", changes_directory, [(OBJECT, TRAVERSE)],
              DIRECTORY),
    # In the other modes the attributes that came with the name are good for a while.
    # A program's mode is needed to execute it, and a directory lists itself as ".".
    Operation("stat takes FILE_READ_ATTRIBUTES, FILE_EXECUTE, or FILE_LIST_DIRECTORY above",
              lambda s: os.stat(s.object),
              [[(OBJECT, READ_ATTRIBUTES), (OBJECT, EXECUTE), ("parent", LIST_DIRECTORY)]],
              caches=("strict",)),
    Operation("stat of a directory takes FILE_READ_ATTRIBUTES, or FILE_LIST_DIRECTORY, also above",
              lambda s: os.stat(s.object),
              [[(OBJECT, READ_ATTRIBUTES), (OBJECT, LIST_DIRECTORY), ("parent", LIST_DIRECTORY)]],
              DIRECTORY, caches=("strict",)),
    Operation("stat of a symbolic link takes FILE_READ_ATTRIBUTES, or FILE_LIST_DIRECTORY above",
              lambda s: os.lstat(s.object),
              [[(OBJECT, READ_ATTRIBUTES), ("parent", LIST_DIRECTORY)]], {"object": "symlink"},
              caches=("strict",)),
    Operation("asking whether one may read takes FILE_READ_DATA", asks(os.R_OK),
              [(OBJECT, READ_DATA)]),
    Operation("asking whether one may write takes FILE_WRITE_DATA", asks(os.W_OK),
              [(OBJECT, WRITE_DATA)]),
    Operation("asking whether one may execute takes FILE_EXECUTE", asks(os.X_OK),
              [(OBJECT, EXECUTE)]),
    Operation("asking for all three takes all three", asks(os.R_OK | os.W_OK | os.X_OK),
              [(OBJECT, READ_DATA), (OBJECT, WRITE_DATA), (OBJECT, EXECUTE)]),
    Operation("asking whether one may enter a directory takes FILE_TRAVERSE", asks(os.X_OK),
              [(OBJECT, TRAVERSE)], DIRECTORY),
    Operation("asking whether a file is there takes nothing", asks(os.F_OK), []),
]

for _operation in OPERATIONS:
    for _cache in _operation.caches:
        add_test(f"{_operation.name}, {_cache}",
                 lambda operation=_operation, cache=_cache: operation.check(cache))


@test
def no_right_of_a_file_gives_its_sacl_to_somebody_without_privilege():
    path = make_file(os.path.join(fresh("sacl"), "file"))
    grant(path, FULL)
    expect_error(attempt(os.getxattr, path, lab.SD_XATTR + "S"), EPERM, "reading the SACL")
    expect_error(attempt(lambda: set_sd(path, "S", sacl=[])), EPERM, "writing the SACL")
    os.getxattr(path, lab.SD_XATTR + "S")
    set_sd(path, "S", sacl=[ace(lab.AUDIT, 0xC0, 1, lab.EVERYONE)])
    equal(get_sd(path, "S")["sacl"], [ace(lab.AUDIT, 0xC0, 1, lab.EVERYONE)])


@test
def statfs_takes_file_read_attributes_of_the_root():
    other = Volume("--cache", "strict")
    everything_but = FULL & ~READ_ATTRIBUTES
    grant(other.root, everything_but)
    expect_error(attempt(os.statvfs, other.root), EACCES, "with everything but it")
    grant(other.root, READ_ATTRIBUTES)
    expect_error(attempt(os.statvfs, other.root), 0, "with nothing but it")
    equal(other.end(), 0, "exit status")


@test
def nobody_makes_a_device():
    parent = fresh("device")
    grant(parent, FULL)
    for kind in (stat.S_IFCHR, stat.S_IFBLK):
        path = os.path.join(parent, "device")
        expect_error(attempt(os.mknod, path, kind | 0o666, os.makedev(1, 3)), EPERM, "a user")
        kind_of, value = lab.in_child(lambda: None, os.mknod, path, kind | 0o666, os.makedev(1, 3))
        equal((kind_of, value), ("errno", EPERM), "root")


@test
def a_device_on_the_backing_directory_gives_nothing():
    os.mknod(volume().backing("null"), stat.S_IFCHR | 0o666, os.makedev(1, 3))
    expect_error(attempt(opens(os.O_RDONLY), lone(volume().path("null"))),
                 EACCES, "opening it")


@test
def nobody_makes_a_file_without_a_name():
    parent = fresh("nameless")
    grant(parent, FULL)
    nameless = opens(os.O_TMPFILE | os.O_RDWR)
    expect_error(attempt(nameless, lone(parent)), errno.EOPNOTSUPP, "a user")
    kind, value = lab.in_child(lambda: None, nameless, lone(parent))
    equal((kind, value), ("errno", errno.EOPNOTSUPP), "root")


@test
def exchanging_with_nothing_fails_and_noreplace_keeps_what_is_there():
    scene = Scene("strict", FILE_AND_TARGET)
    scene.grant({role: FULL for role in ("parent", "new_parent", "object", "target")},
                FILE_AND_TARGET)
    expect_error(attempt(renameat2, scene.object, scene.moved, RENAME_EXCHANGE), errno.ENOENT,
                 "exchange")
    expect_error(attempt(renameat2, scene.object, scene.target, RENAME_NOREPLACE), errno.EEXIST,
                 "noreplace")
    expect_error(attempt(renameat2, scene.object, scene.moved, 4), EINVAL, "whiteout")
    assert os.path.exists(scene.object) and os.path.exists(scene.target)


def lone(path):
    """A scene of one object."""
    return types.SimpleNamespace(object=path)


# What handles allow


def handle_case(cache="strict", rights=FULL, data=b"0123456789"):
    path = make_file(os.path.join(fresh("handle", cache), "file"), data)
    grant(path, rights)
    return path


def refused_on_handle(path, flags, function, keep_append=False):
    """The errno of a function on a handle opened with @flags by the user."""
    def run():
        fd = os.open(path, flags)
        if not keep_append and flags & os.O_APPEND:
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) & ~os.O_APPEND)
        function(fd)
    return attempt(run)


@test
def fallocate_takes_a_handle_with_file_write_data():
    path = handle_case(rights=WRITE_DATA)
    expect_error(refused_on_handle(path, os.O_WRONLY, lambda fd: os.posix_fallocate(fd, 0, 99)), 0,
                 "write handle")
    equal(os.stat(path).st_size, 99)
    path = handle_case(rights=APPEND_DATA)
    for mode in (0, 1, 2 | 1, 0x10):
        def fallocate(fd, mode=mode):
            if lab.LIBC.fallocate(fd, mode, lab.ctypes.c_long(0), lab.ctypes.c_long(99)) != 0:
                raise OSError(lab.ctypes.get_errno(), "fallocate")
        expect_error(refused_on_handle(path, os.O_WRONLY | os.O_APPEND, fallocate), EACCES,
                     f"append handle, mode {mode}")
    with open(path, "rb") as file:
        equal(file.read(), b"0123456789")


@test
def copy_file_range_takes_handles_that_read_and_write():
    source = handle_case(rights=READ_DATA, data=b"abcdef")
    target = handle_case(rights=WRITE_DATA)

    def copy(target_path, flags):
        with open(source, "rb", buffering=0) as file:
            fd = os.open(target_path, flags)
            if flags & os.O_APPEND:
                fcntl.fcntl(fd, fcntl.F_SETFL, 0)
            os.copy_file_range(file.fileno(), fd, 6)

    expect_error(attempt(copy, target, os.O_WRONLY), 0, "write handle")
    with open(target, "rb") as file:
        equal(file.read(), b"abcdef6789")
    target = handle_case(rights=APPEND_DATA)
    expect_error(attempt(copy, target, os.O_WRONLY | os.O_APPEND), EACCES, "append handle")
    with open(target, "rb") as file:
        equal(file.read(), b"0123456789")


@test
def seek_data_works_on_every_handle():
    path = handle_case()
    with open(path, "r+b") as file:
        file.truncate(0)
        file.seek(1 << 20)
        file.write(b"x")

    def seek(flags):
        fd = os.open(path, flags)
        where = os.lseek(fd, 0, os.SEEK_DATA), os.lseek(fd, 0, os.SEEK_HOLE)
        os.close(fd)
        return where

    for flags in (os.O_RDONLY, os.O_WRONLY):
        equal(as_user(seek, flags), (1 << 20, 0))
    got = refused_on_handle(path, os.O_RDONLY, lambda fd: os.lseek(fd, 2 << 20, os.SEEK_DATA))
    expect_error(got, errno.ENXIO, "past the end")


@test
def flock_and_record_locks_hold_between_two_processes():
    path = handle_case(rights=READ_DATA | WRITE_DATA)

    def lock_flock(fd):
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def lock_record(fd):
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 4, 2)

    def lock_elsewhere(fd):
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 4, 6)

    with open(path, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        expect_error(refused_on_handle(path, os.O_RDWR, lock_flock), errno.EAGAIN, "flock")
        fcntl.flock(file, fcntl.LOCK_UN)
        expect_error(refused_on_handle(path, os.O_RDWR, lock_flock), 0, "flock, unlocked")
        fcntl.lockf(file, fcntl.LOCK_EX, 4, 0)
        expect_error(refused_on_handle(path, os.O_RDWR, lock_record), errno.EAGAIN, "fcntl")
        expect_error(refused_on_handle(path, os.O_RDWR, lock_elsewhere), 0, "fcntl elsewhere")


# By number


@test
def t31_another_users_file_is_left_alone_until_the_right_is_granted():
    """In a directory by mode bits, as on any other file system."""
    parent = volume().path("t31")
    os.mkdir(parent)
    os.chmod(parent, 0o755)
    cases = [
        ("chown", lambda f: os.chown(f, UID, -1), WRITE_OWNER, 0, EPERM),
        ("chmod", lambda f: os.chmod(f, 0o777), WRITE_DAC, 0, EPERM),
        ("utime", lambda f: os.utime(f, (1, 1)), WRITE_ATTRIBUTES, 0, EPERM),
        ("setxattr", lambda f: os.setxattr(f, "user.x", b"1"), WRITE_EA, 0, EACCES),
        ("rename", lambda f: os.rename(f, f + "-new"), DELETE, ADD_FILE, EACCES),
        ("unlink", os.unlink, DELETE, 0, EACCES),
        ("link", lambda f: os.link(f, f + "-link"), WRITE_ATTRIBUTES, ADD_FILE, None),
        ("truncate", lambda f: os.truncate(f, 0), WRITE_DATA, 0, EACCES),
    ]
    for name, function, right, parent_right, error in cases:
        folder = os.path.join(parent, name)
        os.mkdir(folder)
        path = make_file(os.path.join(folder, "file"), b"data")
        got = attempt(function, path)
        assert got == error or (error is None and got in (EACCES, EPERM)), \
            f"{name}: {lab.error_name(got)}"
        equal(os.listdir(folder), ["file"], name)
        grant(path, right)
        grant(folder, parent_right)
        expect_error(attempt(function, path), 0, f"{name}, granted")


@test
def t32_deleting_is_decided_by_the_file_or_by_its_directory():
    deny = [ace(lab.DENY, 0, DELETE, user(UID)), ace(ALLOW, 0, FULL, user(UID))]
    deny_child = [ace(lab.DENY, 0, DELETE_CHILD, user(UID)), ace(ALLOW, 0, FULL, user(UID))]
    deny_all = [ace(lab.DENY, 0, FULL, lab.EVERYONE)]
    allow = [ace(ALLOW, 0, FULL, user(UID))]
    cases = [(deny, allow, 0), (allow, deny_child, 0), (deny_all, allow, 0),
             (deny, deny_child, EACCES), (deny_all, deny_child, EACCES), ([], [], EACCES)]
    for file_dacl, parent_dacl, expected in cases:
        parent = fresh("t32")
        path = make_file(os.path.join(parent, "file"))
        set_sd(path, dacl=file_dacl)
        set_sd(parent, dacl=parent_dacl)
        expect_error(attempt(os.unlink, path), expected, f"{file_dacl} in {parent_dacl}")


@test
def t33_who_may_only_append_cannot_change_what_is_there():
    for rights, flags in ((APPEND_DATA, os.O_WRONLY), (APPEND_DATA | READ_DATA, os.O_RDWR)):
        path = handle_case(rights=rights)
        for other in (flags, flags | os.O_TRUNC, flags | os.O_APPEND | os.O_TRUNC):
            expect_error(attempt(opens(other), lone(path)), EACCES, f"{other:o}")
        expect_error(attempt(os.truncate, path, 0), EACCES, "truncate")
        with Actor() as actor:
            actor.do("open_file", path, flags | os.O_APPEND)
            expect_error(actor.attempt("ftruncate", 3), EACCES, "ftruncate")
            actor.do("clear_append")
            expect_error(actor.attempt("pwrite", b"X", 0), EACCES, "pwrite at 0")
            expect_error(actor.attempt("pwrite", b"X", 9), EACCES, "pwrite before the end")
            expect_error(actor.attempt("ftruncate", 100), EACCES, "ftruncate up")
            equal(actor.do("pwrite", b"AB", 10), 2)
        with open(path, "rb") as file:
            equal(file.read(), b"0123456789AB")


@test
def t33_who_may_only_append_gets_no_shared_writable_mapping():
    import mmap
    path = handle_case(rights=APPEND_DATA | READ_DATA)

    def overwrite():
        fd = os.open(path, os.O_RDWR | os.O_APPEND)
        with mmap.mmap(fd, 4, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE) as memory:
            memory[0:4] = b"XXXX"

    assert attempt(overwrite) != 0
    with open(path, "rb") as file:
        equal(file.read(), b"0123456789")


@test
def t33_two_who_append_lose_nothing():
    path = handle_case(rights=APPEND_DATA, data=b"")

    def append(letter):
        fd = os.open(path, os.O_WRONLY | os.O_APPEND)
        for _ in range(200):
            os.write(fd, letter * 7)

    pids = []
    for letter in (b"a", b"b"):
        pid = os.fork()
        if pid == 0:
            try:
                lab.become_user()
                append(letter)
            finally:
                os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)
    with open(path, "rb") as file:
        data = file.read()
    equal(len(data), 2 * 200 * 7)
    equal(sorted(data[i:i + 7] for i in range(0, len(data), 7)),
          [b"a" * 7] * 200 + [b"b" * 7] * 200)


def append_and_no_more(actor):
    actor.do("clear_append")
    expect_error(actor.attempt("pwrite", b"X", 0), EACCES, "pwrite at 0")
    equal(actor.do("pwrite", b"AB", 10), 2)


@test
def appending_works_while_somebody_else_has_the_file_open():
    path = handle_case(rights=APPEND_DATA)
    with open(path, "rb") as file:
        with Actor() as actor:
            actor.do("open_file", path, os.O_WRONLY | os.O_APPEND)
            append_and_no_more(actor)
        equal(file.read(), b"0123456789AB")


@test
def reading_and_appending_fails_clearly_while_somebody_else_has_the_file_open():
    """Passthrough would give such a handle a mapping in which it could write anywhere."""
    path = handle_case(rights=APPEND_DATA | READ_DATA)
    with Actor() as actor:
        with open(path, "rb"):
            got = actor.attempt("open_file", path, os.O_RDWR | os.O_APPEND)
            # Without passthrough in this kernel there is nothing to refuse.
            assert got in (0, errno.EBUSY), lab.error_name(got)
        if got:
            actor.do("open_file", path, os.O_RDWR | os.O_APPEND)
        append_and_no_more(actor)


@test
def others_open_a_file_while_somebody_appends_to_it():
    for rights, flags in ((APPEND_DATA, os.O_WRONLY), (APPEND_DATA | READ_DATA, os.O_RDWR)):
        path = handle_case(rights=rights)
        with Actor() as actor:
            actor.do("open_file", path, flags | os.O_APPEND)
            with open(path, "r+b", buffering=0) as file:
                equal(file.read(), b"0123456789")
                append_and_no_more(actor)
                equal(file.read(), b"AB")
                file.write(b"C")
            with open(path, "rb") as file:
                equal(file.read(), b"0123456789ABC")


@test
def t34_executing_and_reading_are_two_rights():
    scene = Scene("strict", {"object": "program"})
    grant(scene.object, EXECUTE)
    expect_error(attempt(executes, scene), 0, "executing with FILE_EXECUTE")
    expect_error(attempt(opens(os.O_RDONLY), scene), EACCES, "reading with FILE_EXECUTE")
    grant(scene.object, READ_DATA)
    expect_error(attempt(executes, scene), EACCES, "executing with FILE_READ_DATA")
    expect_error(attempt(opens(os.O_RDONLY), scene), 0, "reading with FILE_READ_DATA")


@test
def t35_without_file_traverse_and_privilege_nothing_below_is_reached():
    own = Volume("--cache", "strict")
    parent = own.path("parent")
    os.mkdir(parent)
    grant(parent, 0)
    path = make_file(os.path.join(parent, "file"))
    grant(path, FULL)
    command = ("run", "--state", Lab.path("state"), "--user", f"{UID}:{GID}")
    without = (*command, "--delete-privilege", "SeChangeNotifyPrivilege", "--", "/usr/bin/cat",
               path)
    # Another user warms the cache, if there is one.
    tessera(*command, "--", "/usr/bin/cat", path)
    _, errors = tessera(*without, status=1)
    lab.contains(errors, "ermission denied")
    grant(parent, TRAVERSE)
    tessera(*without)
    # Every directory on the way counts, the root of the volume with them.
    grant(own.root, 0)
    tessera(*without, status=1)
    grant(own.root, TRAVERSE)
    tessera(*without)
    equal(own.end(), 0, "exit status")


@test
def t36_a_handle_survives_renaming_and_unlinking():
    for remove in (False, True):
        parent = fresh("t36")
        path = make_file(os.path.join(parent, "file"), b"0123456789")
        grant(path, READ_DATA | WRITE_DATA | READ_ATTRIBUTES)
        with Actor() as actor:
            actor.do("open_file", path, os.O_RDWR)
            if remove:
                os.unlink(path)
            else:
                os.rename(path, path + "-new")
                grant(path + "-new", READ_ATTRIBUTES)
            equal(actor.do("pread", 3, 0), b"012")
            equal(actor.do("pwrite", b"XY", 0), 2)
            equal(actor.do("pread", 3, 0), b"XY2")
            equal(actor.do("fstat_size"), 10)
            actor.do("ftruncate", 4)
            equal(actor.do("fstat_size"), 4)
            expect_error(actor.attempt("open_and_close", path, os.O_RDONLY), errno.ENOENT,
                         "old name")
            if not remove:
                expect_error(actor.attempt("open_and_close", path + "-new", os.O_RDONLY), EACCES,
                             "new name")


@test
def t37_taking_a_right_away_leaves_open_handles_and_ends_new_ones():
    for cache in ("strict", "open-checked", "trusted"):
        parent = fresh("t37", cache)
        path = make_file(os.path.join(parent, "file"), b"0123456789")
        folder = os.path.join(parent, "folder")
        os.mkdir(folder)
        make_file(os.path.join(folder, "name"))
        grant(path, READ_DATA)
        grant(folder, LIST_DIRECTORY)
        with Actor() as actor:
            actor.do("open_file", path, os.O_RDONLY)
            equal(actor.do("list_names", folder), ["name"])
            grant(path, 0)
            grant(folder, 0)
            equal(actor.do("pread", 10), b"0123456789")
            expect_error(actor.attempt("open_and_close", path, os.O_RDONLY), EACCES, cache)
            expect_error(actor.attempt("list_names", folder), EACCES, cache)


@test
def t39_a_creator_gets_what_it_asked_for_once():
    parent = fresh("t39")
    set_sd(parent, dacl=[ace(ALLOW, 0, ADD_FILE, user(UID)),
                         ace(ALLOW, lab.OI, FULL, lab.SYSTEM)])
    path = os.path.join(parent, "file")
    with Actor() as actor:
        actor.do("open_file", path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        equal(actor.do("pwrite", b"mine", 0), 4)
        equal(actor.do("pread", 4), b"mine")
        expect_error(actor.attempt("open_and_close", path, os.O_RDONLY), EACCES, "reading again")
        expect_error(actor.attempt("open_and_close", path, os.O_WRONLY), EACCES, "writing again")


@test
def t44_the_last_of_many_groups_counts():
    for n_groups in (1, 32, 65, 5000):
        groups = range(70000, 70000 + n_groups)
        path = handle_case(rights=0)
        set_sd(path, dacl=[ace(ALLOW, 0, READ_DATA, lab.group(groups[-1]))])
        scene = lone(path)
        expect_error(attempt(opens(os.O_RDONLY), scene, groups=groups), 0, f"{n_groups} groups")
        expect_error(attempt(opens(os.O_RDONLY), scene, groups=groups[:-1]), EACCES,
                     f"{n_groups} groups but one")
        set_sd(path, dacl=[ace(lab.DENY, 0, READ_DATA, lab.group(groups[-1])),
                           ace(ALLOW, 0, READ_DATA, lab.EVERYONE)])
        expect_error(attempt(opens(os.O_RDONLY), scene, groups=groups), EACCES,
                     f"{n_groups} groups, denied")
        expect_error(attempt(opens(os.O_RDONLY), scene, groups=()), 0, "no groups")


@test
def t44_groups_changed_after_opening_change_nothing_for_the_handle():
    path = handle_case(rights=0)
    set_sd(path, dacl=[ace(ALLOW, 0, READ_DATA, lab.group(70000))])

    def run():
        # A fork's root changes its groups between opening and reading.
        os.setgroups([70000])
        os.setresuid(UID, UID, 0)
        fd = os.open(path, os.O_RDONLY)
        os.setresuid(-1, 0, -1)
        os.setgroups([])
        os.setresuid(UID, UID, -1)
        data = os.pread(fd, 4, 0)
        try:
            os.close(os.open(path, os.O_RDONLY))
        except OSError as error:
            return data, error.errno
        return data, 0

    kind, value = lab.in_child(lambda: os.setresgid(GID, GID, GID), run)
    equal((kind, value), ("value", (b"0123", EACCES)))


@test
def t44_the_primary_group_counts_like_the_others():
    path = handle_case(rights=0)
    set_sd(path, dacl=[ace(ALLOW, 0, READ_DATA, lab.group(70001))])
    scene = lone(path)
    expect_error(attempt(opens(os.O_RDONLY), scene, gid=70001), 0, "as gid")
    expect_error(attempt(opens(os.O_RDONLY), scene), EACCES, "without")


@test
def t26_access_is_judged_by_the_real_user():
    path = handle_case(rights=READ_DATA)
    # Such a caller has no privilege, SeChangeNotifyPrivilege included.
    grant(os.path.dirname(path), TRAVERSE)

    def ask():
        os.setresgid(GID, 0, 0)
        os.setresuid(UID, 0, 0)
        answers = []
        for mask in (os.R_OK, os.W_OK):
            answers.append(lab.LIBC.access(os.fsencode(path), mask))
        return answers

    equal(lab.in_child(lambda: os.setgroups([]), ask), ("value", [0, -1]))


@test
def t26_no_group_of_the_process_leaks_into_access():
    """Root's groups are not those of the real user on whose behalf it asks."""
    path = handle_case(rights=0)
    grant(os.path.dirname(path), TRAVERSE)
    set_sd(path, dacl=[ace(ALLOW, 0, READ_DATA, lab.group(70002))])

    def ask():
        os.setresuid(UID, 0, 0)
        return lab.LIBC.access(os.fsencode(path), os.R_OK)

    equal(lab.in_child(lambda: os.setgroups([70002]), ask), ("value", -1))


@test
def t30_root_of_a_user_namespace_is_not_system():
    path = handle_case(rights=0)
    script = f"cat '{path}'"
    done = subprocess.run(["/usr/bin/unshare", "-Ur", "--", "/bin/sh", "-c", "id -u; " + script],
                          user=UID, group=GID, extra_groups=[], capture_output=True, text=True,
                          check=False)
    if not done.stdout.startswith("0"):
        raise lab.Skip("no user namespaces here: " + done.stderr.strip())
    equal(done.stdout, "0\n")
    lab.contains(done.stderr, "ermission denied")
    grant(path, READ_DATA | READ_ATTRIBUTES)
    done = subprocess.run(["/usr/bin/unshare", "-Ur", "--", "/bin/sh", "-c", script], user=UID,
                          group=GID, extra_groups=[], capture_output=True, text=True, check=False)
    equal(done.stdout, "0123456789")


@test
def t5_a_handle_handed_over_reads_and_keeps_its_rights():
    path = handle_case(rights=READ_DATA)
    here, there = socket.socketpair()

    def send():
        fd = os.open(path, os.O_RDONLY)
        socket.send_fds(there, [b"x"], [fd])

    as_user(send)
    _, fds, _, _ = socket.recv_fds(here, 1, 1)

    def use():
        data = os.pread(fds[0], 4, 0)
        try:
            os.close(os.open(f"/proc/self/fd/{fds[0]}", os.O_RDONLY))
        except OSError as error:
            return data, error.errno
        return data, 0

    equal(as_user(use, uid=OTHER_UID, gid=OTHER_UID), (b"0123", EACCES))
    for fd in fds:
        os.close(fd)
    here.close()
    there.close()


@test
def t11_opening_again_by_descriptor_is_judged_again():
    path = handle_case(rights=READ_DATA | READ_ATTRIBUTES)

    def run():
        fd = os.open(path, os.O_PATH)
        found = [os.fstat(fd).st_size]
        os.close(os.open(f"/proc/self/fd/{fd}", os.O_RDONLY))
        try:
            os.close(os.open(f"/proc/self/fd/{fd}", os.O_RDWR))
        except OSError as error:
            found.append(error.errno)
        return found

    equal(as_user(run), [10, EACCES])


# Special files


def connects(path):
    with socket.socket(socket.AF_UNIX) as unix:
        fd = os.open(os.path.dirname(path), os.O_PATH)
        unix.connect(f"/proc/self/fd/{fd}/{os.path.basename(path)}")


@test
def a_fifo_is_opened_by_whom_its_descriptor_lets():
    for stored in (False, True):
        parent = volume().path(f"fifo{stored:d}")
        os.mkdir(parent)
        path = os.path.join(parent, "fifo")
        os.mkfifo(path, 0o600)
        if stored:
            grant(path, READ_ATTRIBUTES)
        flags = os.O_RDWR | os.O_NONBLOCK
        expect_error(attempt(opens(flags), lone(path)), EACCES, "another user")
        os.close(os.open(path, flags))
        os.chmod(path, 0o666)
        grant(path, READ_DATA | WRITE_DATA | APPEND_DATA)
        expect_error(attempt(opens(flags), lone(path)), 0, "granted")


@test
def a_socket_is_connected_to_by_whom_its_descriptor_lets():
    for stored in (False, True):
        parent = volume().path(f"socket{stored:d}")
        os.mkdir(parent)
        path = os.path.join(parent, "socket")
        with socket.socket(socket.AF_UNIX) as unix:
            fd = os.open(parent, os.O_PATH)
            unix.bind(f"/proc/self/fd/{fd}/socket")
            os.close(fd)
            unix.listen()
            os.chmod(path, 0o600)
            if stored:
                grant(path, READ_ATTRIBUTES)
            expect_error(attempt(connects, path), EACCES, "another user")
            connects(path)
            grant(path, READ_DATA | WRITE_DATA | APPEND_DATA)
            expect_error(attempt(connects, path), 0, "granted")


# Set-id bits


@test
def set_id_bits_are_never_made():
    parent = fresh("setid")
    grant(parent, FULL)
    path = os.path.join(parent, "file")
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o6755))
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o755, "created")
    os.chmod(path, 0o6755)
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o755, "chmod")


@test
def set_id_bits_of_a_backing_file_do_not_survive_a_change():
    def append(path):
        with open(path, "ab") as file:
            file.write(b"x")

    for name, change in (("write", append), ("truncate", lambda p: os.truncate(p, 1)),
                         ("open", lambda p: os.close(os.open(p, os.O_WRONLY | os.O_TRUNC)))):
        backing = make_file(volume().backing("setid-" + name), b"program", 0o6777)
        expect_error(attempt(change, volume().path("setid-" + name)), 0, name)
        equal(stat.S_IMODE(os.stat(backing).st_mode), 0o777, name)


if __name__ == "__main__":
    sys.exit(lab.main())
