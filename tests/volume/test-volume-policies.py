#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Files without descriptor, and files whose descriptor is broken.

What mode bits and POSIX ACLs say through the volume is compared with what the kernel itself says of
the same tree beside it. See volume_lab.py for the environment.
"""

import errno
import itertools
import os
import random
import shutil
import stat
import struct
import sys

import volume_lab as lab
from volume_lab import (ADD_FILE, ALLOW, DELETE_CHILD, FULL, GID, NTACL, OTHER_UID, READ_DATA, UID,
                        Lab, Volume, ace, as_user, attempt, equal, error_name,
                        expect_error, get_sd, group, make_file, ntacl_bytes, open_bug,
                        sd_bytes, set_sd, test, user)

EACCES, EPERM = errno.EACCES, errno.EPERM

VOLUMES = {}
MEMBER = 70000  # a group of the members
CLASSES = {
    "owner": {"uid": UID, "gid": GID, "groups": ()},
    "owner in the group": {"uid": UID, "gid": MEMBER, "groups": ()},
    "member": {"uid": OTHER_UID, "gid": OTHER_UID, "groups": (1, MEMBER)},
    "member by primary group": {"uid": OTHER_UID, "gid": MEMBER, "groups": ()},
    "other": {"uid": OTHER_UID, "gid": OTHER_UID, "groups": ()},
}


def volume(policy="synthesise", cache="strict"):
    if (policy, cache) not in VOLUMES:
        VOLUMES[policy, cache] = Volume("--policy", policy, "--cache", cache)
    return VOLUMES[policy, cache]


class Pair:
    """The same tree twice: below the volume, and beside it under the kernel's own rules."""

    n_made = 0

    def __init__(self):
        Pair.n_made += 1
        self.name = f"tree{Pair.n_made}"
        self.plain = Lab.path("plain-" + self.name)
        self.backing = volume().backing(self.name)
        self.served = volume().path(self.name)
        for root in (self.plain, self.backing):
            os.mkdir(root, 0o755)

    def both(self, function, *arguments):
        """Do this in the plain tree and in the backing one."""
        for root in (self.plain, self.backing):
            function(root, *arguments)

    def compare(self, function, who, what):
        """Whether a user gets the same answers in both."""
        plain = as_user(function, self.plain, **who)
        served = as_user(function, self.served, **who)
        equal(list(served), list(plain), what)
        for key, value in plain.items():
            got = served[key]
            assert got == value, \
                f"{what}: {key}: the kernel says {error_name(value)}, the volume {error_name(got)}"
        return plain


def errno_of(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return error.errno
    return 0


def tries(path, flags):
    return errno_of(lambda: os.close(os.open(path, flags)))


def asks(path, mask):
    return 0 if lab.LIBC.access(os.fsencode(path), mask) == 0 else lab.ctypes.get_errno()


def executes(path):
    pid = os.fork()
    if pid == 0:
        try:
            os.execv(path, [path])
        except OSError as error:
            os._exit(error.errno)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def file_answers(path, executable=False):
    """What one user gets of a file, without changing it for the next."""
    answers = {
        "read": tries(path, os.O_RDONLY), "write": tries(path, os.O_WRONLY),
        "append": tries(path, os.O_WRONLY | os.O_APPEND), "rdwr": tries(path, os.O_RDWR),
        "trunc": tries(path, os.O_WRONLY | os.O_TRUNC), "stat": errno_of(os.stat, path),
        "truncate": errno_of(os.truncate, path, 0), "now": errno_of(os.utime, path),
        "times": errno_of(os.utime, path, (1, 1)),
        "getxattr": errno_of(os.getxattr, path, "user.x"),
        "setxattr": errno_of(os.setxattr, path, "user.x", b"2"),
        "chmod": errno_of(lambda: os.chmod(path, stat.S_IMODE(os.stat(path).st_mode))),
        "chown": errno_of(os.chown, path, UID + 9, -1),
        "chgrp": errno_of(lambda: os.chown(path, -1, os.stat(path).st_gid)),
    }
    for mask in range(8):
        answers[f"access {mask}"] = asks(path, mask)
    if executable:
        answers["execute"] = executes(path)
    return answers


def many_answers(root):
    answers = {}
    for name in sorted(os.listdir(root)):
        for what, number in file_answers(os.path.join(root, name)).items():
            answers[f"{name} {what}"] = number
    return answers


def own(path, mode):
    os.chown(path, UID, MEMBER, follow_symlinks=False)
    os.chmod(path, mode)


def make_modes(root):
    for mode in range(0o1000):
        path = make_file(os.path.join(root, f"{mode:03o}"))
        os.setxattr(path, "user.x", b"1")
        own(path, mode)


@test
def every_mode_of_a_file_means_what_it_means_to_the_kernel():
    pair = Pair()
    pair.both(make_modes)
    for name, who in CLASSES.items():
        plain = pair.compare(many_answers, who, name)
        assert len(plain) == 512 * 22 and len(set(plain.values())) >= 3, len(plain)


def make_programs(root):
    for mode in (0o111, 0o100, 0o010, 0o001, 0o711, 0o655, 0o766, 0o776, 0o666, 0o755, 0):
        path = os.path.join(root, f"{mode:03o}")
        shutil.copyfile("/usr/bin/true", path)
        own(path, mode)


def execute_all(root):
    return {name: executes(os.path.join(root, name)) for name in sorted(os.listdir(root))}


@test
def executing_means_what_it_means_to_the_kernel():
    pair = Pair()
    pair.both(make_programs)
    for name, who in CLASSES.items():
        plain = pair.compare(execute_all, who, name)
        assert {0, EACCES} <= set(plain.values()), plain


DIRECTORY_MODES = [owner << 6 | grp << 3 | other
                   for owner, grp, other in itertools.product((0, 1, 3, 5, 7), repeat=3)]


def make_directories(root, sticky=0):
    for mode in DIRECTORY_MODES:
        path = os.path.join(root, f"{mode:03o}")
        os.mkdir(path)
        for name in ("readable", "mine", "moved", "linked"):
            make_file(os.path.join(path, name), b"x", 0o644)
        os.chown(os.path.join(path, "mine"), OTHER_UID, OTHER_UID)
        os.mkdir(os.path.join(path, "folder"))
        own(path, mode | sticky)


def directory_answers(path):
    inside = {name: os.path.join(path, name)
              for name in ("readable", "mine", "moved", "folder", "new", "absent", "newer")}
    return {
        "list": errno_of(os.listdir, path), "enter": errno_of(os.chdir, path),
        "stat": errno_of(os.stat, path), "stat inside": errno_of(os.stat, inside["readable"]),
        "read inside": tries(inside["readable"], os.O_RDONLY),
        "absent": errno_of(os.stat, inside["absent"]),
        "make file": tries(inside["new"], os.O_CREAT | os.O_EXCL | os.O_WRONLY),
        "make directory": errno_of(os.mkdir, inside["newer"]),
        "make link": errno_of(os.symlink, "x", inside["absent"]),
        "rename": errno_of(os.rename, inside["moved"], inside["moved"] + "2"),
        "rename over": errno_of(os.rename, inside["new"], inside["moved"] + "2"),
        "unlink another's": errno_of(os.unlink, inside["readable"]),
        "unlink": errno_of(os.unlink, inside["mine"]),
        "rmdir": errno_of(os.rmdir, inside["folder"]),
        "read": asks(path, os.R_OK), "write": asks(path, os.W_OK), "execute": asks(path, os.X_OK),
    }


def all_directories(root):
    answers = {}
    for mode in DIRECTORY_MODES:
        for what, number in directory_answers(os.path.join(root, f"{mode:03o}")).items():
            answers[f"{mode:03o} {what}"] = number
    return answers


@test
def every_mode_of_a_directory_means_what_it_means_to_the_kernel():
    for name, who in CLASSES.items():
        pair = Pair()
        pair.both(make_directories)
        plain = pair.compare(all_directories, who, name)
        assert {0, EACCES} <= set(plain.values())


@test
def a_sticky_directory_means_what_it_means_to_the_kernel():
    for name, who in CLASSES.items():
        pair = Pair()
        pair.both(make_directories, stat.S_ISVTX)
        plain = pair.compare(all_directories, who, "sticky: " + name)
        assert name.startswith("owner") or EPERM in plain.values()


@test
def a_private_directory_protects_what_is_below_it():
    pair = Pair()

    def make(root):
        os.makedirs(os.path.join(root, "home", "open", "deeper"))
        make_file(os.path.join(root, "home", "open", "deeper", "file"), b"x", 0o666)
        for name in ("home/open/deeper", "home/open", "home"):
            own(os.path.join(root, name), 0o777)
        own(os.path.join(root, "home"), 0o700)

    def below(root):
        path = os.path.join(root, "home", "open", "deeper")
        return {"file": tries(os.path.join(path, "file"), os.O_RDONLY),
                "list": errno_of(os.listdir, path),
                "make": tries(os.path.join(path, f"new{os.getuid()}"), os.O_CREAT | os.O_WRONLY)}

    pair.both(make)
    # Somebody who may warms the cache, if there is one.
    equal(set(pair.compare(below, CLASSES["owner"], "owner").values()), {0})
    for name in ("member", "other"):
        equal(set(pair.compare(below, CLASSES[name], name).values()), {EACCES})


@test
def a_private_directory_protects_in_every_cache_mode():
    for cache in ("strict", "open-checked", "trusted"):
        own_volume = Volume("--cache", cache)
        home = own_volume.backing("home")
        os.mkdir(home)
        make_file(os.path.join(home, "file"), b"x", 0o666)
        own(home, 0o700)
        path = own_volume.path("home", "file")
        expect_error(as_user(tries, path, os.O_RDONLY), 0, f"{cache}: owner")
        expect_error(as_user(tries, path, os.O_RDONLY, uid=OTHER_UID, gid=OTHER_UID), EACCES, cache)
        equal(own_volume.end(), 0)


# POSIX ACLs


USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 1, 2, 4, 8, 16, 32
NOBODY = 0xFFFFFFFF


def posix_acl(entries):
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def random_acl(noise):
    users = sorted(noise.sample([UID, OTHER_UID, 61003, 61004], noise.randrange(0, 4)))
    groups = sorted(noise.sample([OTHER_UID, 70001, 70002, 70004], noise.randrange(0, 4)))
    entries = [(USER_OBJ, noise.randrange(8), NOBODY)]
    entries += [(USER, noise.randrange(8), uid) for uid in users]
    entries += [(GROUP_OBJ, noise.randrange(8), NOBODY)]
    entries += [(GROUP, noise.randrange(8), gid) for gid in groups]
    # Where the mask is 0 the kernel does not look at the ACL at all: see the test of that.
    entries += [(MASK, noise.choice((7, 7, noise.randrange(1, 8))), NOBODY)]
    return entries + [(OTHER, noise.randrange(8), NOBODY)]


# Nobody is in two groups of an ACL: the kernel wants one of them to grant all that is asked at
# once, the volume lets them add up, as several calls do with the kernel.
ACL_CALLERS = [{"uid": UID, "gid": GID, "groups": ()},
               {"uid": UID, "gid": MEMBER, "groups": (70001,)},
               {"uid": OTHER_UID, "gid": OTHER_UID, "groups": ()},
               {"uid": OTHER_UID, "gid": 1, "groups": (MEMBER,)},
               {"uid": 61003, "gid": 61003, "groups": (1, 70002)},
               {"uid": 61004, "gid": 70001, "groups": ()},
               {"uid": 61009, "gid": 61009, "groups": (70003, 70002)},
               {"uid": 61009, "gid": 61009, "groups": ()}]


@test
def a_posix_acl_of_a_file_means_what_it_means_to_the_kernel():
    noise = random.Random(7)
    acls = [random_acl(noise) for _ in range(200)]
    pair = Pair()

    def make(root):
        for number, entries in enumerate(acls):
            path = make_file(os.path.join(root, f"{number:03d}"))
            os.setxattr(path, "user.x", b"1")
            own(path, 0o600)
            os.setxattr(path, "system.posix_acl_access", posix_acl(entries))

    pair.both(make)
    found = set()
    for who in ACL_CALLERS:
        found |= set(pair.compare(many_answers, who, str(who)).values())
    assert {0, EACCES, EPERM} <= found, found


@test
def a_mask_of_nothing_leaves_named_users_and_groups_nothing():
    """As acl(5) has it. The kernel takes them for others then, and may give them more."""
    pair = Pair()

    def make(root):
        path = make_file(os.path.join(root, "file"))
        own(path, 0o600)
        os.setxattr(path, "system.posix_acl_access",
                    posix_acl([(USER_OBJ, 6, NOBODY), (USER, 7, 61003), (GROUP_OBJ, 7, NOBODY),
                               (GROUP, 7, 70001), (MASK, 0, NOBODY), (OTHER, 4, NOBODY)]))

    pair.both(make)
    path = os.path.join(pair.served, "file")
    for who in ({"uid": 61003, "gid": 61003}, {"uid": 61009, "gid": 70001},
                {"uid": 61009, "gid": MEMBER}):
        expect_error(as_user(tries, path, os.O_RDONLY, **who), EACCES, str(who))
    expect_error(as_user(tries, path, os.O_RDONLY, uid=61009, gid=61009), 0, "another")


@test
def a_posix_acl_of_a_directory_means_what_it_means_to_the_kernel():
    noise = random.Random(8)
    acls = [random_acl(noise) for _ in range(60)]

    def make(root):
        for number, entries in enumerate(acls):
            path = os.path.join(root, f"{number:03d}")
            os.mkdir(path)
            for name in ("readable", "mine", "moved"):
                make_file(os.path.join(path, name), b"x", 0o644)
            os.mkdir(os.path.join(path, "folder"))
            own(path, 0o700)
            os.setxattr(path, "system.posix_acl_access", posix_acl(entries))

    def all_of_them(root):
        return {f"{name} {what}": number for name in sorted(os.listdir(root))
                for what, number in directory_answers(os.path.join(root, name)).items()}

    for who in ACL_CALLERS:
        pair = Pair()
        pair.both(make)
        pair.compare(all_of_them, who, str(who))


def acl_of(path, kind="access"):
    try:
        return os.getxattr(path, "system.posix_acl_" + kind)
    except OSError as error:
        return error.errno


def make_each_kind(root):
    os.close(os.open(os.path.join(root, "file"), os.O_CREAT | os.O_WRONLY, 0o640))
    os.mkdir(os.path.join(root, "folder"), 0o750)
    os.mkfifo(os.path.join(root, "fifo"), 0o600)


def made(root):
    """Modes, groups and ACLs of what make_each_kind() made."""
    answers = []
    for name in ("file", "folder", "fifo"):
        path = os.path.join(root, name)
        found = os.stat(path)
        answers.append((name, oct(found.st_mode), found.st_uid, found.st_gid, acl_of(path),
                        acl_of(path, "default")))
    return answers


def check_made(prepare, **who):
    pair = Pair()
    pair.both(lambda root: os.chmod(root, 0o777))
    pair.both(prepare)
    as_user(make_each_kind, pair.plain, **who)
    as_user(make_each_kind, pair.served, **who)
    equal(made(pair.backing), made(pair.plain))


@test
def a_new_object_gets_the_mode_and_owner_that_the_kernel_gives_it():
    check_made(lambda root: None)
    check_made(lambda root: None, gid=MEMBER, groups=(1, 2))


@test
def a_set_group_id_directory_gives_its_group():
    def prepare(root):
        os.chown(root, 0, MEMBER)
        os.chmod(root, 0o2777)

    check_made(prepare)


@test
def a_default_acl_is_handed_down_as_the_kernel_does():
    def prepare(root):
        os.setxattr(root, "system.posix_acl_default",
                    posix_acl([(USER_OBJ, 7, NOBODY), (USER, 6, 61003), (GROUP_OBJ, 5, NOBODY),
                               (MASK, 7, NOBODY), (OTHER, 0, NOBODY)]))

    check_made(prepare)


@test
def what_the_root_hands_down_reaches_nothing_elsewhere():
    """New objects are made below the root, whose default ACL must not stick to them."""
    def prepare(source):
        os.mkdir(os.path.join(source, "folder"))
        os.chmod(os.path.join(source, "folder"), 0o777)
        os.setxattr(source, "system.posix_acl_default",
                    posix_acl([(USER_OBJ, 7, NOBODY), (USER, 7, 61003), (GROUP_OBJ, 7, NOBODY),
                               (MASK, 7, NOBODY), (OTHER, 7, NOBODY)]))

    own_volume = Volume("--cache", "strict", prepare=prepare)
    as_user(make_each_kind, own_volume.path("folder"))
    for name in ("file", "folder", "fifo"):
        equal(acl_of(own_volume.backing("folder", name)), errno.ENODATA, name)
    equal(own_volume.end(), 0)


@test
def a_set_group_id_root_is_served():
    own_volume = Volume("--cache", "strict", prepare=lambda source: os.chmod(source, 0o2777))
    as_user(make_each_kind, own_volume.root)
    equal(own_volume.end(), 0)


@test
def moving_a_directory_takes_writing_it():
    pair = Pair()

    def make(root):
        for name in ("from", "to"):
            os.mkdir(os.path.join(root, name))
        os.mkdir(os.path.join(root, "from", "folder"), 0o555)
        for name in ("from", "to"):
            own(os.path.join(root, name), 0o777)

    pair.both(make)
    pair.compare(lambda root: {"rename": errno_of(os.rename, os.path.join(root, "from/folder"),
                                                  os.path.join(root, "to/folder"))},
                 CLASSES["other"], "other")


# The policies


def plain_tree(source):
    os.mkdir(os.path.join(source, "folder"))
    make_file(os.path.join(source, "folder", "file"), b"data")
    make_file(os.path.join(source, "file"), b"data")
    make_file(os.path.join(source, "private"), b"data", 0o600)
    make_file(os.path.join(source, "given"), b"data")
    os.symlink("file", os.path.join(source, "link"))
    os.setxattr(os.path.join(source, "given"), NTACL, ntacl_bytes(
        sd_bytes(owner=lab.SYSTEM, group=lab.SYSTEM,
                 dacl=[ace(ALLOW, 0, FULL, lab.SYSTEM), ace(ALLOW, 0, READ_DATA, user(UID))])))
    os.setxattr(source, NTACL, ntacl_bytes(
        sd_bytes(owner=lab.SYSTEM, group=lab.SYSTEM,
                 dacl=[ace(ALLOW, 0, FULL, lab.SYSTEM), ace(ALLOW, 0, FULL, user(UID))])))


def stored_names(source):
    found = set()
    for folder, folders, files in os.walk(source):
        for name in folders + files:
            path = os.path.join(folder, name)
            if NTACL in os.listxattr(path, follow_symlinks=False):
                found.add(os.path.relpath(path, source))
    return found


@test
def under_synthesise_nothing_is_stored():
    own_volume = Volume("--policy", "synthesise", "--cache", "strict", prepare=plain_tree)
    for name, expected in [("file", 0), ("private", EACCES), ("folder/file", 0), ("given", 0),
                           ("link", 0)]:
        expect_error(as_user(tries, own_volume.path(name), os.O_RDONLY), expected, name)
    equal(get_sd(own_volume.path("file"))["owner"], lab.SYSTEM)
    equal(stored_names(own_volume.source), {"given"})
    # What is made below mode bits has mode bits, what is made below a descriptor inherits.
    make_file(own_volume.path("folder", "new"))
    make_file(own_volume.path("new"))
    equal(stored_names(own_volume.source), {"given", "new"})
    os.chmod(own_volume.path("file"), 0o600)
    expect_error(as_user(tries, own_volume.path("file"), os.O_RDONLY), EACCES, "after chmod")
    equal(own_volume.end(), 0)


@test
def under_synthesise_and_store_a_descriptor_is_kept_from_the_first_look_on():
    own_volume = Volume("--policy", "synthesise-and-store", "--cache", "strict", prepare=plain_tree)
    for name, expected in [("file", 0), ("private", EACCES), ("folder/file", 0), ("given", 0),
                           ("link", 0)]:
        expect_error(as_user(tries, own_volume.path(name), os.O_RDONLY), expected, name)
    equal(stored_names(own_volume.source), {"given", "file", "private", "folder", "folder/file",
                                            "link"})
    # From now on the mode decides nothing.
    os.chmod(own_volume.path("private"), 0o666)
    expect_error(as_user(tries, own_volume.path("private"), os.O_RDONLY), EACCES, "after chmod")
    os.chmod(own_volume.path("file"), 0)
    expect_error(as_user(tries, own_volume.path("file"), os.O_RDONLY), 0, "after chmod")
    equal(own_volume.end(), 0)


@test
def under_synthesise_and_store_a_private_directory_still_protects():
    def prepare(source):
        os.mkdir(os.path.join(source, "home"))
        make_file(os.path.join(source, "home", "file"), b"x", 0o666)
        own(os.path.join(source, "home"), 0o700)

    own_volume = Volume("--policy", "synthesise-and-store", "--cache", "strict", prepare=prepare)
    for _ in range(2):
        expect_error(as_user(tries, own_volume.path("home", "file"), os.O_RDONLY, uid=OTHER_UID,
                             gid=OTHER_UID), EACCES, "a stranger")
    own_volume.end()


@test
def under_deny_a_file_without_descriptor_is_closed_to_everybody_and_can_be_removed():
    own_volume = Volume("--policy", "deny", "--cache", "strict", prepare=plain_tree)
    path = own_volume.path("file")
    equal(tries(path, os.O_RDONLY), EACCES, "root")
    equal(tries(own_volume.path("folder", "file"), os.O_RDONLY), EACCES, "root")
    for function, arguments in [(tries, (path, os.O_RDONLY)), (errno_of, (os.truncate, path, 0)),
                                (errno_of, (os.chmod, path, 0o777)),
                                (errno_of, (os.setxattr, path, "user.x", b""))]:
        assert as_user(function, *arguments) in (EACCES, EPERM)
    expect_error(as_user(tries, own_volume.path("given"), os.O_RDONLY), 0, "with descriptor")
    equal(stored_names(own_volume.source), {"given"})
    expect_error(as_user(errno_of, os.unlink, path), 0, "removing by right of the directory")
    # What is made here has a descriptor from the beginning.
    make_file(own_volume.path("new"), b"x")
    equal(tries(own_volume.path("new"), os.O_RDONLY), 0, "new")
    equal(own_volume.end(), 0)


# Broken descriptors


def blob_of(path):
    return os.getxattr(path, NTACL)


BROKEN = {
    "empty": lambda blob: b"", "short": lambda blob: blob[:-1], "half": lambda blob: blob[:40],
    "version": lambda blob: b"\x09" + blob[1:], "zeros": lambda blob: bytes(len(blob)),
    "noise": lambda blob: random.Random(3).randbytes(99),
    "offset": lambda blob: blob[:12] + b"\xff" * 4 + blob[16:],
}


def break_all(source):
    os.setxattr(source, NTACL, ntacl_bytes(
        sd_bytes(owner=lab.SYSTEM, group=lab.SYSTEM,
                 dacl=[ace(ALLOW, 0, FULL, lab.SYSTEM),
                       ace(ALLOW, 0, DELETE_CHILD | ADD_FILE, user(UID))])))
    blob = ntacl_bytes(sd_bytes(owner=lab.SYSTEM, group=lab.SYSTEM,
                                dacl=[ace(ALLOW, 0, FULL, lab.EVERYONE)]))
    for name, change in BROKEN.items():
        path = make_file(os.path.join(source, name), b"data", 0o777)
        os.setxattr(path, NTACL, change(blob))


@test
def a_broken_descriptor_denies_everything_is_told_once_and_stays():
    own_volume = Volume("--cache", "strict", prepare=break_all)
    for name in BROKEN:
        path = own_volume.path(name)
        before = blob_of(own_volume.backing(name))
        for function in (lambda p: os.close(os.open(p, os.O_RDONLY)),
                         lambda p: os.close(os.open(p, os.O_WRONLY)), lambda p: os.truncate(p, 0),
                         lambda p: os.chmod(p, 0o600), lambda p: os.chown(p, UID, -1), os.utime,
                         lambda p: os.setxattr(p, "user.x", b""), os.listxattr,
                         lambda p: os.link(p, p + "-link"),
                         lambda p: os.getxattr(p, lab.SD_XATTR + "D"),
                         lambda p: os.getxattr(p, NTACL), lambda p: os.execv(p, [p]),
                         lambda p: set_sd(p, "D", dacl=[])):
            for uid in (UID, 0):
                got = attempt(function, path, uid=uid, gid=uid)
                assert got in (EACCES, EPERM), f"{name}: uid {uid}: {error_name(got)}"
        equal(blob_of(own_volume.backing(name)), before, name)
        told = own_volume.errors().count("/" + name + ":")
        equal(told, 1, f"{name}: times it was told in {own_volume.errors()!r}")
    equal(own_volume.end(), 0)


@test
def a_broken_descriptor_does_not_prevent_removing_and_renaming_by_right_of_the_directory():
    own_volume = Volume("--cache", "strict", prepare=break_all)
    path = own_volume.path("short")
    expect_error(attempt(os.unlink, path, uid=OTHER_UID, gid=OTHER_UID), EACCES, "a stranger")
    expect_error(attempt(os.rename, path, path + "-new"), 0, "renaming")
    equal(attempt(os.unlink, path + "-new"), 0)
    assert not os.path.exists(own_volume.backing("short-new"))
    equal(own_volume.end(), 0)


@test
def a_broken_descriptor_replaced_on_the_backing_file_counts_at_once():
    own_volume = Volume("--cache", "strict", prepare=break_all)
    path = own_volume.path("half")
    expect_error(attempt(lambda: os.close(os.open(path, os.O_RDONLY))), EACCES, "broken")
    os.setxattr(own_volume.backing("half"), NTACL, ntacl_bytes(
        sd_bytes(owner=lab.SYSTEM, group=lab.SYSTEM, dacl=[ace(ALLOW, 0, READ_DATA, user(UID))])))
    expect_error(attempt(lambda: os.close(os.open(path, os.O_RDONLY))), 0, "replaced")
    equal(own_volume.end(), 0)


@test
def root_mends_a_broken_descriptor_through_the_volume():
    own_volume = Volume("--cache", "strict", prepare=break_all)
    path = own_volume.path("half")
    try:
        expect_error(attempt(lambda: set_sd(path, "OGD", owner=user(UID), group=group(GID),
                                            dacl=[ace(ALLOW, 0, FULL, lab.EVERYONE)])),
                     EACCES, "a user")
        set_sd(path, "OGD", owner=lab.SYSTEM, group=lab.SYSTEM,
               dacl=[ace(ALLOW, 0, READ_DATA, user(UID))])
        expect_error(attempt(lambda: os.close(os.open(path, os.O_RDONLY))), 0, "mended")
    finally:
        own_volume.end()


@test
def a_broken_directory_closes_what_is_below_it():
    def prepare(source):
        os.mkdir(os.path.join(source, "folder"))
        make_file(os.path.join(source, "folder", "file"), b"x", 0o666)
        os.setxattr(os.path.join(source, "folder"), NTACL, b"broken")

    own_volume = Volume("--cache", "strict", prepare=prepare)
    for uid in (UID, 0):
        for function in (lambda p: os.listdir(p), lambda p: os.stat(p + "/file"),
                         lambda p: os.mkdir(p + "/new"), os.chdir):
            expect_error(attempt(function, own_volume.path("folder"), uid=uid, gid=uid), EACCES,
                         f"uid {uid}")
    equal(own_volume.end(), 0)


@test
def a_stored_descriptor_without_owner_grants_no_more_than_its_dacl():
    def prepare(source):
        for name, parts in [("no-owner", {"group": lab.SYSTEM}),
                            ("no-group", {"owner": lab.SYSTEM})]:
            path = make_file(os.path.join(source, name), b"x", 0o666)
            os.setxattr(path, NTACL, ntacl_bytes(
                sd_bytes(dacl=[ace(ALLOW, 0, READ_DATA, user(UID))], **parts)))

    own_volume = Volume("--cache", "strict", prepare=prepare)
    for name in ("no-owner", "no-group"):
        path = own_volume.path(name)
        for who, flags in [(OTHER_UID, os.O_RDONLY), (0, os.O_RDONLY), (UID, os.O_WRONLY)]:
            got = attempt(lambda f=flags, p=path: os.close(os.open(p, f)), uid=who, gid=who)
            assert got != 0, f"{name}: uid {who}"
    equal(own_volume.end(), 0)


if __name__ == "__main__":
    sys.exit(lab.main())
