#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What new objects inherit, compared byte by byte with a second implementation of the rules.

The second implementation (access-check.md 14, a new object for which nothing was asked) is in this
file, and is itself tested by the vectors of tests/vectors/inheritance.jsonl. See volume_lab.py for
the environment.
"""

import itertools
import json
import os
import random
import socket
import stat
import sys

import volume_lab as lab
from volume_lab import (ALLOW, AUDIT, CI, CREATOR_GROUP, CREATOR_OWNER, DACL_AUTO_INHERIT_REQ,
                        DACL_AUTO_INHERITED, DACL_PROTECTED, DENY, FULL, GENERIC_ALL,
                        GENERIC_EXECUTE, GENERIC_READ, GENERIC_WRITE, GID, ID, IO, LABEL, NP, NTACL,
                        OI, READ_DATA, SACL_AUTO_INHERIT_REQ, SACL_AUTO_INHERITED, SD_XATTR, UID,
                        Volume, ace, as_user, attempt, equal, expect_error, get_sd, group,
                        make_file, parse_sd, sd_bytes, set_sd, test, user)

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors",
                       "inheritance.jsonl")
N_VECTORS = 67

GENERIC = GENERIC_ALL | GENERIC_EXECUTE | GENERIC_WRITE | GENERIC_READ
FILE_MAPPING = (0x120089, 0x120116, 0x1200A0, FULL)
ACCESS_SYSTEM_SECURITY = 1 << 24


# The second implementation


def mapped(mask, mapping, valid):
    read, write, execute, everything = mapping
    result = mask & ~GENERIC
    for bit, meaning in [(GENERIC_READ, read), (GENERIC_WRITE, write), (GENERIC_EXECUTE, execute),
                         (GENERIC_ALL, everything)]:
        result |= meaning if mask & bit else 0
    return result & valid


def effective_mask(entry, mapping, valid):
    # A label's mask is a policy.
    return entry[2] if entry[0] == LABEL else mapped(entry[2], mapping, valid)


def inherited_from(entry, is_container, creators, mapping, valid, mark):
    """The entries of a new object that come from one of its parent's."""
    kind, flags, mask, sid = entry
    here = flags & (CI if is_container else OI)
    onward = is_container and flags & (OI | CI) and not flags & NP
    other = (flags & ~(OI | CI | NP | IO | ID)) | mark
    splits = (kind != LABEL and mask & GENERIC) or sid in creators
    changed = (effective_mask(entry, mapping, valid), creators.get(sid, sid))
    if here and onward and not splits:
        return [(kind, other | flags & (OI | CI), *changed)]
    result = []
    if here:
        result.append((kind, other, *changed))
    if onward:
        result.append((kind, other | flags & (OI | CI) | IO, mask, sid))
    return result


def inherited_acl(parent_acl, is_container, creators, mapping, valid, mark):
    """None if the parent has nothing to hand down."""
    if not isinstance(parent_acl, list):
        return None
    result = []
    for entry in parent_acl:
        result += inherited_from(entry, is_container, creators, mapping, valid, mark)
    return result or None


def new_sd(parent, is_container, owner, primary_group, default_dacl, auto_inherit=(False, False),
           mapping=FILE_MAPPING):
    """The parts of a new object's descriptor, as sd_bytes() takes them."""
    # pylint: disable=too-many-arguments
    creators = {CREATOR_OWNER: owner, CREATOR_GROUP: primary_group}
    creators.update({"S-1-3-2": owner, "S-1-3-3": primary_group})
    control = 0
    acls = {}
    for name, automatic, control_bit, extra in [
            ("dacl", auto_inherit[0], DACL_AUTO_INHERITED, 0),
            ("sacl", auto_inherit[1], SACL_AUTO_INHERITED, ACCESS_SYSTEM_SECURITY)]:
        acls[name] = inherited_acl(parent[name], is_container, creators, mapping,
                                   mapping[3] | extra, ID if automatic else 0)
        if acls[name] is not None and automatic:
            control |= control_bit
    if acls["dacl"] is None and default_dacl is not None:
        acls["dacl"] = [(kind, flags, mapped(mask, mapping, mapping[3]), sid)
                        for kind, flags, mask, sid in default_dacl]
    return {"owner": owner, "group": primary_group, "control": control, **acls}


# It agrees with the vectors


ACE_TYPES = {"A": ALLOW, "D": DENY, "AU": AUDIT, "ML": LABEL}


def vector_acl(description, name):
    aces = description.get(name)
    if not isinstance(aces, list):
        return aces
    return [ace(ACE_TYPES[entry["type"]], int(entry["flags"], 16), int(entry["mask"], 16),
                entry["sid"]) for entry in aces]


def vector_agrees(vector):
    token = vector["token"]
    parent = {name: vector_acl(vector["parent"], name) for name in ("dacl", "sacl")}
    result = new_sd(parent, vector["is_container"], token["owner"], token["group"],
                    vector_acl(token, "default_dacl"),
                    ("DACL_AUTO_INHERIT" in vector["auto_inherit_flags"],
                     "SACL_AUTO_INHERIT" in vector["auto_inherit_flags"]),
                    tuple(int(mask, 16) for mask in vector["mapping"]))
    expected = vector["expect"]
    for name in ("owner", "group"):
        assert expected.get(name, result[name]) == result[name], vector["id"]
    for name in ("dacl", "sacl"):
        if name in expected:
            equal(result[name], vector_acl(expected, name), f"{vector['id']}: {name}")
        assert not expected.get(name + "_absent") or result[name] is None, vector["id"]
    bits = {"DACL_AUTO_INHERITED": DACL_AUTO_INHERITED, "SACL_AUTO_INHERITED": SACL_AUTO_INHERITED}
    for name in expected.get("control_has", []):
        assert name not in bits or result["control"] & bits[name], vector["id"]
    for name in expected.get("control_lacks", []):
        assert name not in bits or not result["control"] & bits[name], vector["id"]


@test
def the_second_implementation_agrees_with_the_vectors():
    n_vectors = 0
    with open(VECTORS, encoding="utf-8") as file:
        for line in file:
            vector = json.loads(line)
            if (vector["oracle"] == "windows" and isinstance(vector.get("parent"), dict)
                    and not isinstance(vector.get("creator"), dict)):
                vector_agrees(vector)
                n_vectors += 1
    equal(n_vectors, N_VECTORS, "vectors")


# The volume agrees with it


VOLUMES = []


def volume():
    if not VOLUMES:
        VOLUMES.append(Volume("--cache", "strict"))
        lab.grant(VOLUMES[0].root, FULL)
    return VOLUMES[0]


def new_parent(**parts):
    """A directory with this descriptor, to which everybody may add by an ACE that stays there."""
    new_parent.n_made += 1
    path = volume().path(f"parent{new_parent.n_made}")
    os.mkdir(path)
    parts["dacl"] = parts["dacl"] + [ace(ALLOW, 0, FULL, lab.EVERYONE)]
    parts["control"] = parts.get("control", 0)
    # AUTO_INHERITED is stored only where it is asked for.
    asked = parts["control"]
    asked |= DACL_AUTO_INHERIT_REQ if asked & DACL_AUTO_INHERITED else 0
    asked |= SACL_AUTO_INHERIT_REQ if asked & SACL_AUTO_INHERITED else 0
    set_sd(path, "DSL" if "sacl" in parts else "D", **{**parts, "control": asked})
    found = get_sd(path, "OGDSL")
    equal(found["control"], parts["control"], "control of the parent")
    return path, found


new_parent.n_made = 0


def make_directory(path):
    os.mkdir(path)


def make_plain(path):
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def make_link(path):
    os.symlink("/nowhere", path)


def make_fifo(path):
    os.mkfifo(path)


def make_node(path):
    os.mknod(path, stat.S_IFREG | 0o600)


KINDS = [("directory", make_directory, True), ("file", make_plain, False),
         ("symlink", make_link, False), ("fifo", make_fifo, False), ("node", make_node, False)]

USER_DEFAULT = [ace(ALLOW, 0, GENERIC_ALL, user(UID)), ace(ALLOW, 0, GENERIC_ALL, lab.SYSTEM)]


def stored_sd(path):
    """The descriptor as it lies on the backing file, whoever may see it."""
    relative = os.path.relpath(path, volume().root)
    blob = os.getxattr(volume().backing(relative), NTACL, follow_symlinks=False)
    # Samba's version 4: the offsets count from the blob's start, and the header stands before them.
    for at in range(8, len(blob) - 20, 4):
        offsets = [int.from_bytes(blob[at + 4 + 4 * i:at + 8 + 4 * i], "little") for i in range(4)]
        if blob[at:at + 2] == b"\1\0" and blob[at + 3] & 0x80 and \
                all(offset == 0 or at < offset < len(blob) for offset in offsets) and any(offsets):
            return moved(blob, at, offsets)
    raise AssertionError("no descriptor in " + blob.hex())


def moved(blob, at, offsets):
    header = blob[at:at + 4] + b"".join(
        (offset - at if offset else 0).to_bytes(4, "little") for offset in offsets)
    return parse_sd(header + blob[at + 20:])


def check_children(parent, found, kinds=KINDS, uid=UID, gid=GID, groups=()):
    automatic = (bool(found["control"] & DACL_AUTO_INHERITED),
                 bool(found["control"] & SACL_AUTO_INHERITED))
    for name, make, is_container in kinds:
        path = os.path.join(parent, name)
        expect_error(attempt(make, path, uid=uid, gid=gid, groups=groups), 0, name)
        wanted = new_sd(found, is_container, user(uid), group(gid), USER_DEFAULT, automatic)
        equal(stored_sd(path), {**wanted}, f"{name} below {found}")


def read_back(path, letters):
    return os.getxattr(path, SD_XATTR + letters, follow_symlinks=False)


FLAGS = [sum(flags) for n in range(5) for flags in itertools.combinations((OI, CI, NP, IO), n)]


# Covers AC-14-22.
@test
def t38_every_combination_of_flags_is_inherited_as_on_windows():
    for flags in FLAGS:
        for sid in (lab.SYSTEM, CREATOR_OWNER, CREATOR_GROUP):
            for mask in (0x120089, GENERIC_READ):
                check_children(*new_parent(dacl=[ace(ALLOW, flags, mask, sid)]), KINDS[:2])


@test
def t38_the_bytes_that_are_read_back_are_those_of_the_rules():
    dacl = [ace(DENY, OI | CI, 0x2, user(lab.OTHER_UID)), ace(ALLOW, OI | CI, FULL, lab.SYSTEM),
            ace(ALLOW, OI | CI | IO, GENERIC_ALL, CREATOR_OWNER),
            ace(ALLOW, OI | NP, GENERIC_READ, CREATOR_GROUP)]
    parent, found = new_parent(dacl=dacl)
    for name, make, is_container in KINDS:
        path = os.path.join(parent, name)
        expect_error(attempt(make, path), 0, name)
        wanted = sd_bytes(**new_sd(found, is_container, user(UID), group(GID), USER_DEFAULT))
        equal(read_back(path, "OGD"), wanted, name)


@test
def t38_every_kind_of_object_inherits():
    dacl = [ace(ALLOW, OI | CI, FULL, lab.SYSTEM),
            ace(ALLOW, OI | CI | IO, GENERIC_ALL, CREATOR_OWNER)]
    check_children(*new_parent(dacl=dacl))


# Covers AC-14-24, AC-14-42.
@test
def t38_auto_inheritance_marks_what_is_inherited():
    dacl = [ace(ALLOW, OI | CI, FULL, lab.SYSTEM), ace(ALLOW, OI | CI | ID, 0x1, lab.EVERYONE),
            ace(ALLOW, CI | NP, GENERIC_READ, CREATOR_GROUP)]
    for control in (0, DACL_AUTO_INHERITED, DACL_PROTECTED, DACL_AUTO_INHERITED | DACL_PROTECTED):
        parent, found = new_parent(dacl=dacl, control=control)
        check_children(parent, found)


@test
def t38_inheritance_goes_on_through_generations():
    dacl = [ace(ALLOW, OI | CI | IO, GENERIC_ALL, CREATOR_OWNER),
            ace(ALLOW, CI | NP, 0x1, lab.SYSTEM), ace(ALLOW, OI | CI, FULL, lab.EVERYONE)]
    for control in (0, DACL_AUTO_INHERITED):
        parent, found = new_parent(dacl=dacl, control=control)
        for _ in range(4):
            check_children(parent, found)
            parent = os.path.join(parent, "directory")
            found = stored_sd(parent)


@test
def t38_without_inheritable_entry_the_tokens_default_dacl_counts():
    for dacl in ([], [ace(ALLOW, 0, FULL, lab.SYSTEM)], [ace(ALLOW, IO, FULL, lab.SYSTEM)],
                 [ace(ALLOW, NP, FULL, lab.SYSTEM)]):
        for control in (0, DACL_AUTO_INHERITED):
            check_children(*new_parent(dacl=dacl, control=control))


@test
def t38_an_entry_for_files_alone_leaves_directories_the_entry_and_not_the_default():
    parent, found = new_parent(dacl=[ace(ALLOW, OI, FULL, lab.SYSTEM)])
    check_children(parent, found)
    equal(stored_sd(os.path.join(parent, "directory"))["dacl"],
          [ace(ALLOW, OI | IO, FULL, lab.SYSTEM)])
    # Nobody gets anything on it, its owner what owners always get.
    path = os.path.join(parent, "directory")
    expect_error(attempt(os.listdir, path), 13, "listing")
    expect_error(attempt(lambda: set_sd(path, "D", dacl=[])), 0, "its owner")


@test
def t38_what_system_makes_belongs_to_administrators():
    parent, _ = new_parent(dacl=[ace(ALLOW, OI | CI | IO, GENERIC_ALL, CREATOR_OWNER)])
    for name, make, _ in KINDS:
        make(os.path.join(parent, name))
        found = stored_sd(os.path.join(parent, name))
        equal(found["owner"], lab.ADMINISTRATORS, name)
        equal(found["dacl"][0], ace(ALLOW, 0, FULL, lab.ADMINISTRATORS), name)


@test
def t38_labels_and_auditing_are_inherited():
    dacl = [ace(ALLOW, OI | CI, FULL, lab.EVERYONE)]
    sacls = [[ace(LABEL, OI | CI, 1, lab.LOW)], [ace(LABEL, OI | CI | IO, 1, lab.HIGH)],
             [ace(LABEL, CI, 1, lab.LOW)], [ace(LABEL, OI | NP, 3, lab.LOW)],
             [ace(AUDIT, OI | CI | 0xC0, GENERIC_ALL, CREATOR_OWNER),
              ace(LABEL, OI | CI, 1, lab.LOW)],
             [ace(AUDIT, 0xC0, 0x1, lab.EVERYONE)]]
    for sacl in sacls:
        for control in (0, SACL_AUTO_INHERITED, SACL_AUTO_INHERITED | DACL_AUTO_INHERITED):
            check_children(*new_parent(dacl=dacl, sacl=sacl, control=control))


@test
def t38_an_inherited_label_is_enforced_against_the_owner():
    parent, _ = new_parent(dacl=[ace(ALLOW, OI | CI, FULL, lab.EVERYONE)],
                           sacl=[ace(LABEL, OI | CI | IO, 1, lab.HIGH)])
    path = os.path.join(parent, "file")
    expect_error(attempt(make_plain, path), 0, "making")
    expect_error(attempt(os.truncate, path, 0), 13, "writing")
    expect_error(attempt(lambda: set_sd(path, "D", dacl=[])), 13, "the DACL")
    expect_error(attempt(lambda: open(path, "rb").close()), 0, "reading")


@test
def t38_random_parents_hand_down_what_the_rules_say():
    noise = random.Random(1138)
    sids = [lab.SYSTEM, lab.EVERYONE, CREATOR_OWNER, CREATOR_GROUP, user(UID), group(GID),
            "S-1-5-21-1-2-3-1000", lab.ADMINISTRATORS]
    masks = [FULL, 0x1, 0x120089, GENERIC_ALL, GENERIC_READ | 0x2, GENERIC_WRITE, 0x116, 0x1F01FF]
    for _ in range(150):
        dacl = [ace(noise.choice((ALLOW, ALLOW, DENY)), noise.choice(FLAGS) | noise.choice((0, ID)),
                    noise.choice(masks), noise.choice(sids)) for _ in range(noise.randrange(0, 6))]
        # Nobody is denied the making of the children.
        dacl = [entry for entry in dacl if entry[0] != DENY or entry[1] & IO]
        control = noise.choice((0, DACL_AUTO_INHERITED, DACL_PROTECTED))
        check_children(*new_parent(dacl=dacl, control=control), KINDS[:2],
                       groups=noise.choice(((), (70000,))))


@test
def below_mode_bits_alone_nothing_is_stored():
    path = volume().backing("plain")
    os.mkdir(path)
    os.chmod(path, 0o777)
    for name, make, _ in KINDS:
        expect_error(attempt(make, volume().path("plain", name)), 0, name)
        equal(os.listxattr(os.path.join(path, name), follow_symlinks=False), [], name)


@test
def a_moved_object_keeps_its_descriptor():
    parent, _ = new_parent(dacl=[ace(ALLOW, OI | CI, FULL, lab.SYSTEM)])
    other, _ = new_parent(dacl=[ace(ALLOW, OI | CI, READ_DATA, lab.EVERYONE)])
    path = os.path.join(parent, "file")
    expect_error(attempt(make_plain, path), 0, "making")
    before = stored_sd(path)
    os.rename(path, os.path.join(other, "file"))
    equal(stored_sd(os.path.join(other, "file")), before)


@test
def a_new_object_belongs_to_its_maker_also_on_the_backing_directory():
    parent, _ = new_parent(dacl=[ace(ALLOW, OI | CI, FULL, lab.EVERYONE)])
    for name, make, _ in KINDS:
        path = os.path.join(parent, name)
        expect_error(attempt(make, path, gid=70003), 0, name)
        found = os.lstat(volume().backing(os.path.relpath(path, volume().root)))
        equal((found.st_uid, found.st_gid), (UID, 70003), name)
        equal(stored_sd(path)["group"], group(70003), name)


@test
def a_socket_that_is_bound_inherits():
    parent, found = new_parent(dacl=[ace(ALLOW, OI | CI, FULL, lab.SYSTEM)])

    def bind():
        fd = os.open(parent, os.O_PATH)
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(f"/proc/self/fd/{fd}/socket")
        os.close(fd)

    as_user(bind)
    equal(stored_sd(os.path.join(parent, "socket")),
          new_sd(found, False, user(UID), group(GID), USER_DEFAULT))


@test
def no_object_is_ever_seen_without_its_descriptor():
    """Another user looks all the time while objects are made."""
    parent, _ = new_parent(dacl=[ace(ALLOW, OI | CI, 0x20089, user(UID))])
    watcher = os.fork()
    if watcher == 0:
        try:
            lab.become_user(lab.OTHER_UID, lab.OTHER_UID)
            path = os.path.join(parent, "file")
            while True:
                try:
                    os.close(os.open(path, os.O_RDONLY))
                    os._exit(1)
                except OSError as error:
                    if error.errno not in (2, 13):
                        os._exit(2)
                    if os.path.exists(os.path.join(parent, "end")):
                        os._exit(0)
        finally:
            os._exit(3)

    def make_many():
        path = os.path.join(parent, "file")
        for _ in range(1000):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            os.unlink(path)

    as_user(make_many)
    make_file(os.path.join(parent, "end"))
    equal(os.waitstatus_to_exitcode(os.waitpid(watcher, 0)[1]), 0)


if __name__ == "__main__":
    sys.exit(lab.main())
