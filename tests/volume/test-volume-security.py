#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Descriptors as extended attributes: the names, the parts, and what is refused.

See volume_lab.py for the environment.
"""

import errno
import os
import random
import struct
import subprocess
import sys

import volume_lab as lab
from volume_lab import (ALLOW, AUDIT, DACL_AUTO_INHERIT_REQ, DACL_AUTO_INHERITED,
                        DACL_PROTECTED, DENY, FULL, GENERIC_READ, GID, LABEL, NTACL, OTHER_UID,
                        READ_CONTROL, SD_XATTR, UID, WRITE_OWNER, Volume, ace, as_user, attempt,
                        contains, equal, expect_error, get_sd, getxattr_raw, grant, group,
                        make_file, ntacl_bytes, parse_sd, sd_bytes, set_sd, sddl_bytes, tessera,
                        test, user)

EACCES, EINVAL, ENODATA, EPERM = errno.EACCES, errno.EINVAL, errno.ENODATA, errno.EPERM

VOLUMES = []

# Every name under which a descriptor is read and written.
PLAIN_NAMES = ["system.cifs_acl", "system.cifs_ntsd", "system.cifs_ntsd_full", "system.ntfs_acl"]
LETTERS = ["O", "G", "D", "S", "L", "OG", "OGD", "OGDL", "OGDSL", "DS", "LO"]
NAMES = PLAIN_NAMES + [SD_XATTR + letters for letters in LETTERS] + [NTACL]

SACL = [ace(AUDIT, 0xC0, 0x1, lab.EVERYONE), ace(LABEL, 0, 1, lab.MEDIUM)]
DACL = [ace(DENY, 0, 0x2, user(OTHER_UID)), ace(ALLOW, 0, FULL, lab.SYSTEM),
        ace(ALLOW, 0, FULL, user(UID))]
WHOLE = {"owner": lab.ADMINISTRATORS, "group": group(GID), "dacl": DACL, "sacl": SACL}


def volume():
    if not VOLUMES:
        VOLUMES.append(Volume("--cache", "strict"))
        grant(VOLUMES[0].root, FULL)
    return VOLUMES[0]


def new_file(name, **parts):
    path = make_file(volume().path(name), b"data")
    set_sd(path, "OGDSL", **(parts or WHOLE))
    return path


def stored(name):
    return os.getxattr(volume().backing(name), NTACL)


def root_get(path, name):
    return parse_sd(os.getxattr(path, name))


def error_of(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return error.errno
    return 0


# Reading


def parts_of(information):
    """What of WHOLE a name with these letters shows."""
    labels = [entry for entry in SACL if entry[0] == LABEL]
    audits = [entry for entry in SACL if entry[0] != LABEL]
    sacl = (audits if "S" in information else []) + (labels if "L" in information else [])
    return {"control": 0, "owner": WHOLE["owner"] if "O" in information else None,
            "group": WHOLE["group"] if "G" in information else None,
            "dacl": DACL if "D" in information else None, "sacl": sacl or None}


@test
def t40_each_name_shows_the_parts_it_stands_for_and_no_other():
    path = new_file("parts")
    for letters in LETTERS:
        equal(root_get(path, SD_XATTR + letters), parts_of(letters), letters)
    for name, letters in [("system.cifs_acl", "OGD"), ("system.cifs_ntsd", "OGD"),
                          ("system.cifs_ntsd_full", "OGDSL"), ("system.ntfs_acl", "OGDSL")]:
        equal(root_get(path, name), parts_of(letters), name)


@test
def t40_without_privilege_the_sacl_is_refused_or_left_out():
    path = new_file("no-privilege")
    for name in ["system.cifs_ntsd_full", SD_XATTR + "S", SD_XATTR + "OGDSL", NTACL]:
        expect_error(attempt(os.getxattr, path, name), EPERM, name)
    for name, letters in [("system.ntfs_acl", "OGD"), ("system.cifs_acl", "OGD"),
                          ("system.cifs_ntsd", "OGD"), (SD_XATTR + "OGDL", "OGDL"),
                          (SD_XATTR + "L", "L")]:
        equal(as_user(root_get, path, name), parts_of(letters), name)


@test
def t40_without_read_control_nothing_is_shown():
    path = new_file("no-read-control")
    grant(path, FULL & ~READ_CONTROL)
    for name in PLAIN_NAMES + [SD_XATTR + letters for letters in "OGDL"]:
        if name == "system.cifs_ntsd_full":
            continue
        expect_error(attempt(os.getxattr, path, name), EACCES, name)
    grant(path, READ_CONTROL)
    as_user(root_get, path, "system.cifs_ntsd")


@test
def t40_a_buffer_that_is_too_small_gets_erange_and_none_gets_the_size():
    path = new_file("small-buffer")
    for name in NAMES:
        size = getxattr_raw(path, name, 0)
        equal(size, len(os.getxattr(path, name)), name)
        for small in (1, size - 1):
            equal(getxattr_raw(path, name, small), -errno.ERANGE, f"{name} with {small}")
        equal(getxattr_raw(path, name, size), size, name)


@test
def letters_that_are_wrong_are_no_name():
    path = new_file("letters")
    for letters in ["", "X", "OO", "OGX", "ogd", "O ", "OGDSLO"]:
        name = SD_XATTR + letters
        assert error_of(os.getxattr, path, name) in (errno.EOPNOTSUPP, EINVAL), name
        assert error_of(os.setxattr, path, name, sd_bytes(dacl=[])) in (errno.EOPNOTSUPP, EINVAL), \
            name
    equal(get_sd(path)["dacl"], DACL)


@test
def no_name_of_a_descriptor_is_listed():
    path = new_file("listing")
    os.setxattr(path, "user.one", b"1")
    os.setxattr(path, "user.two", b"")
    equal(sorted(os.listxattr(path)), ["user.one", "user.two"])
    assert NTACL in os.listxattr(volume().backing("listing"))
    equal(as_user(os.listxattr, volume().root), [])


@test
def other_names_do_not_reach_the_backing_file():
    path = new_file("others")
    for name in ["trusted.x", "security.x", "system.x", "system.posix_acl_access",
                 "security.capability", "user"]:
        value = struct.pack("<IHHI", 2, 1, 6, 0xffffffff)
        assert error_of(os.setxattr, path, name, value) in (errno.EOPNOTSUPP, EINVAL), name
        assert error_of(os.getxattr, path, name) in (errno.EOPNOTSUPP, ENODATA), name
    equal(os.listxattr(volume().backing("others")), [NTACL])


# Writing


@test
def each_name_writes_the_parts_it_stands_for_and_no_other():
    other = {"owner": lab.SYSTEM, "group": group(70000), "dacl": [ace(ALLOW, 0, FULL, lab.SYSTEM)],
             "sacl": [ace(AUDIT, 0x40, 0x2, lab.EVERYONE), ace(LABEL, 0, 1, lab.LOW)]}
    cases = [("system.cifs_acl", "D"), ("system.cifs_ntsd", "OGD"),
             ("system.cifs_ntsd_full", "OGDSL"), ("system.ntfs_acl", "OGDSL")]
    cases += [(SD_XATTR + letters, letters) for letters in LETTERS]
    for name, letters in cases:
        path = new_file("writing")
        os.setxattr(path, name, sd_bytes(**other))
        now = get_sd(path, "OGDSL")
        for letter, part in zip("OGD", ("owner", "group", "dacl")):
            equal(now[part], other[part] if letter in letters else WHOLE[part], f"{name}: {part}")
        for letter, is_label in (("S", False), ("L", True)):
            wanted = other["sacl"] if letter in letters else SACL
            equal([entry for entry in now["sacl"] if (entry[0] == LABEL) == is_label],
                  [entry for entry in wanted if (entry[0] == LABEL) == is_label],
                  f"{name}: {letter}")


@test
def ntfs_acl_writes_only_the_parts_that_are_there():
    path = new_file("ntfs")
    for part, value in [("dacl", [ace(ALLOW, 0, FULL, lab.SYSTEM)]), ("owner", lab.SYSTEM),
                        ("group", group(70000)), ("sacl", [])]:
        set_sd(path, "OGDSL", **WHOLE)
        os.setxattr(path, "system.ntfs_acl", sd_bytes(**{part: value}))
        now = get_sd(path, "OGDSL")
        for name, old in WHOLE.items():
            equal(now[name], value if name == part else old, f"{part}: {name}")


@test
def a_descriptor_without_any_part_changes_nothing():
    """In particular it does not turn a file's mode bits into a stored descriptor."""
    parent = volume().path("plain")
    os.mkdir(volume().backing("plain"))
    path = os.path.join(parent, "file")
    make_file(volume().backing("plain", "file"), mode=0o600)
    expect_error(attempt(os.setxattr, path, "system.ntfs_acl", sd_bytes()), EINVAL, "a stranger")
    equal(error_of(os.setxattr, path, "system.ntfs_acl", sd_bytes()), EINVAL, "root")
    equal(os.listxattr(volume().backing("plain", "file")), [])


@test
def the_backing_files_owner_and_group_follow():
    path = new_file("follow")
    for owner, uid in [(user(UID), UID), (lab.SYSTEM, 0), (user(OTHER_UID), OTHER_UID)]:
        set_sd(path, "O", owner=owner)
        equal(os.stat(volume().backing("follow")).st_uid, uid, owner)
    set_sd(path, "O", owner=lab.ADMINISTRATORS)
    equal(os.stat(volume().backing("follow")).st_uid, OTHER_UID, "no uid's")
    set_sd(path, "G", group=group(70000))
    equal(os.stat(volume().backing("follow")).st_gid, 70000)


@test
def nobody_gives_the_backing_file_a_group_that_is_not_its_own():
    path = new_file("group")
    grant(path, WRITE_OWNER)
    expect_error(attempt(os.chown, path, -1, 70000), EPERM, "chgrp")
    attempt(lambda: set_sd(path, "G", group=group(70000)))
    equal(os.stat(volume().backing("group")).st_gid, GID)
    expect_error(attempt(lambda: set_sd(path, "G", group=group(70000)), groups=[70000]), 0,
                 "member")
    equal(os.stat(volume().backing("group")).st_gid, 70000)


@test
def chown_and_chmod_keep_the_rest_of_the_descriptor():
    path = new_file("chown")
    os.chown(path, UID, 70000)
    os.chmod(path, 0o751)
    now = get_sd(path, "OGDSL")
    equal((now["owner"], now["group"]), (user(UID), group(70000)))
    equal((now["dacl"], now["sacl"]), (DACL, SACL))
    equal(os.stat(path).st_mode & 0o7777, 0o751)


@test
def generic_rights_are_mapped_and_protection_is_kept():
    path = new_file("generic")
    set_sd(path, "D", dacl=[ace(ALLOW, 0, GENERIC_READ, lab.EVERYONE),
                            ace(ALLOW, 0, lab.GENERIC_ALL, lab.SYSTEM)], control=DACL_PROTECTED)
    now = get_sd(path, "D")
    equal(now["dacl"], [ace(ALLOW, 0, 0x120089, lab.EVERYONE), ace(ALLOW, 0, FULL, lab.SYSTEM)])
    equal(now["control"], DACL_PROTECTED)
    for asked, kept in [(DACL_AUTO_INHERITED, 0), (DACL_AUTO_INHERIT_REQ, 0),
                        (DACL_AUTO_INHERITED | DACL_AUTO_INHERIT_REQ, DACL_AUTO_INHERITED)]:
        set_sd(path, "D", dacl=DACL, control=asked)
        equal(get_sd(path, "D")["control"], kept, f"control 0x{asked:x}")


@test
def an_absent_dacl_is_refused_and_the_null_dacl_is_not():
    path = new_file("null")
    equal(error_of(os.setxattr, path, SD_XATTR + "D", sd_bytes()), EINVAL)
    equal(error_of(os.setxattr, path, "system.cifs_acl", sd_bytes(owner=user(UID))), EINVAL)
    equal(get_sd(path)["dacl"], DACL)
    set_sd(path, "D", dacl="NULL")
    equal(get_sd(path, "D")["dacl"], "NULL")
    expect_error(attempt(os.truncate, path, 0, uid=OTHER_UID), 0, "anybody")


@test
def an_absent_owner_or_group_is_refused():
    path = new_file("absent")
    for letters in ("O", "G", "OG"):
        assert error_of(os.setxattr, path, SD_XATTR + letters, sd_bytes(dacl=[])) in (EPERM, EINVAL)
    equal(get_sd(path)["owner"], WHOLE["owner"])
    equal(get_sd(path)["group"], WHOLE["group"])


@test
def t41_an_owner_must_be_ones_own_or_restored():
    path = new_file("owner")
    grant(path, WRITE_OWNER | READ_CONTROL)
    for owner in (user(OTHER_UID), lab.SYSTEM, lab.ADMINISTRATORS, lab.EVERYONE, group(GID)):
        expect_error(attempt(lambda owner=owner: set_sd(path, "O", owner=owner)), EPERM, owner)
    equal(get_sd(path)["owner"], WHOLE["owner"])
    expect_error(attempt(lambda: set_sd(path, "O", owner=user(UID))), 0, "oneself")
    equal(get_sd(path)["owner"], user(UID))
    set_sd(path, "O", owner="S-1-5-21-1-2-3-1000")
    equal(get_sd(path)["owner"], "S-1-5-21-1-2-3-1000")


class CapHeader(lab.ctypes.Structure):
    _fields_ = [("version", lab.ctypes.c_uint32), ("pid", lab.ctypes.c_int)]


class CapData(lab.ctypes.Structure):
    _fields_ = [("effective", lab.ctypes.c_uint32), ("permitted", lab.ctypes.c_uint32),
                ("inheritable", lab.ctypes.c_uint32)]


def become_capable(*capabilities):
    """The user, with these capabilities."""
    os.setgroups([])
    os.setresgid(GID, GID, GID)
    lab.LIBC.prctl(8, 1, 0, 0, 0)
    os.setresuid(UID, UID, UID)
    mask = sum(1 << capability for capability in capabilities)
    data = (CapData * 2)(CapData(mask, mask, 0))
    if lab.LIBC.capset(lab.ctypes.byref(CapHeader(0x20080522, 0)), data) != 0:
        raise OSError(lab.ctypes.get_errno(), "capset")


CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_AUDIT_CONTROL = 0, 1, 3, 4, 30


def attempt_with(capabilities, function):
    kind, value = lab.in_child(lambda: become_capable(*capabilities), function)
    return value if kind == "errno" else 0


@test
def t41_taking_ownership_is_a_privilege_and_giving_it_another():
    take = (CAP_CHOWN, CAP_FOWNER)
    restore = (CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID)
    path = new_file("take", **{**WHOLE, "dacl": [ace(ALLOW, 0, FULL, lab.SYSTEM)]})
    own = lambda: set_sd(path, "O", owner=user(UID))
    give = lambda: set_sd(path, "O", owner=user(OTHER_UID))
    expect_error(attempt_with((), own), EACCES, "without")
    expect_error(attempt_with(take, give), EPERM, "giving with SeTakeOwnership")
    expect_error(attempt_with(take, own), 0, "taking with SeTakeOwnership")
    equal(get_sd(path)["owner"], user(UID))
    expect_error(attempt_with(restore, give), 0, "giving with SeRestore")
    equal(get_sd(path)["owner"], user(OTHER_UID))


@test
def sesecurityprivilege_reads_and_writes_the_sacl():
    path = new_file("audit")
    expect_error(attempt_with((), lambda: os.getxattr(path, SD_XATTR + "S")), EPERM, "without")
    expect_error(attempt_with((CAP_AUDIT_CONTROL,), lambda: os.getxattr(path, SD_XATTR + "S")), 0,
                 "reading")
    expect_error(attempt_with((CAP_AUDIT_CONTROL,), lambda: set_sd(path, "S", sacl=[])), 0,
                 "writing")
    equal(get_sd(path, "SL")["sacl"], [ace(LABEL, 0, 1, lab.MEDIUM)])


@test
def a_label_above_ones_own_level_takes_a_privilege():
    path = new_file("label")
    grant(path, FULL)
    expect_error(attempt(lambda: set_sd(path, "L", sacl=[ace(LABEL, 0, 1, lab.HIGH)])), EPERM,
                 "high")
    expect_error(attempt(lambda: set_sd(path, "L", sacl=[ace(LABEL, 0, 1, lab.LOW)])), 0, "low")
    equal(get_sd(path, "L")["sacl"], [ace(LABEL, 0, 1, lab.LOW)])
    set_sd(path, "L", sacl=[ace(LABEL, 0, 1, lab.HIGH)])
    expect_error(attempt(os.truncate, path, 0), EACCES, "writing up")
    expect_error(attempt(lambda: open(path, "rb").close()), 0, "reading up")


# What is refused


def malformed():
    """Values that are no descriptor."""
    whole = sd_bytes(**WHOLE)
    for size in range(len(whole)):
        yield f"the first {size} bytes", whole[:size]
    noise = random.Random(42)
    for number in range(300):
        data = bytes(noise.randrange(256) for _ in range(noise.randrange(1, 200)))
        yield f"random {number}", data
    for number in range(300):
        data = bytearray(whole)
        # Where a changed byte cannot make another valid descriptor: offsets, ACL and ACE sizes.
        at_dacl, = struct.unpack_from("<I", whole, 16)
        place, value = noise.choice([(0, 0), (3, 0), (7, 0xff), (11, 0xff), (19, 0x7f),
                                     (at_dacl + 3, 0xff), (at_dacl + 5, 0xff), (at_dacl + 10, 1),
                                     (at_dacl + 11, 0xff), (at_dacl, 9), (at_dacl + 17, 99)])
        data[place] = value
        yield f"changed {number} at {place}", bytes(data)


@test
def t42_malformed_descriptors_are_refused_under_every_name():
    path = new_file("malformed")
    before = stored("malformed")
    values = list(malformed())
    for name in NAMES:
        for what, value in values:
            if name == NTACL:
                value = struct.pack("<HHI", 1, 1, 0x20000) + value
            got = error_of(os.setxattr, path, name, value)
            assert got == EINVAL, f"{name}: {what}: {lab.error_name(got)}"
    equal(stored("malformed"), before)
    equal(len(values), 600 + len(sd_bytes(**WHOLE)))


@test
def t42_malformed_blobs_are_refused():
    path = new_file("blobs")
    before = stored("blobs")
    for size in range(len(before)):
        got = error_of(os.setxattr, path, NTACL, before[:size])
        expect_error(got, EINVAL, f"the first {size} of {len(before)} bytes")
    equal(stored("blobs"), before)


@test
def t42_more_than_an_attribute_holds_is_refused():
    path = new_file("large")
    before = stored("large")
    fill = [ace(ALLOW, 0, 1, user(number)) for number in range(3000)]
    for name in NAMES:
        for value in (sd_bytes(**WHOLE) + b"\0" * 70000,
                      sd_bytes(dacl=fill[:2700], owner=lab.SYSTEM) + b"\0" * 5000):
            got = error_of(os.setxattr, path, name, value)
            assert got in (errno.E2BIG, errno.ERANGE, EINVAL, errno.ENOSPC), \
                f"{name}: {lab.error_name(got)}"
    equal(stored("large"), before)


@test
def an_acl_that_no_longer_fits_the_file_system_is_refused_whole():
    path = new_file("too-large")
    before = stored("too-large")
    owner = os.stat(path).st_uid
    fill = [ace(ALLOW, 0, 1, user(number)) for number in range(2600)]
    got = error_of(lambda: set_sd(path, "OD", dacl=fill, owner=user(UID)))
    if got == 0:
        raise lab.Skip("this file system takes 64 KiB")
    assert got in (errno.ENOSPC, errno.E2BIG, errno.ERANGE), lab.error_name(got)
    equal(stored("too-large"), before)
    equal(os.stat(path).st_uid, owner, "owner of the backing file")


@test
def creating_and_removing_a_descriptor_are_refused():
    path = new_file("remove")
    before = stored("remove")
    for name in NAMES:
        equal(error_of(os.removexattr, path, name), EPERM, name)
        expect_error(attempt(os.removexattr, path, name), EPERM, f"{name} by a user")
        equal(error_of(os.setxattr, path, name, sd_bytes(**WHOLE), os.XATTR_CREATE), errno.EEXIST,
              name)
    equal(stored("remove"), before)
    os.setxattr(path, SD_XATTR + "D", sd_bytes(dacl=DACL), os.XATTR_REPLACE)


@test
def a_user_cannot_write_sambas_blob():
    path = new_file("samba-user")
    blob = os.getxattr(path, NTACL)
    set_sd(path, "OD", owner=user(UID), dacl=DACL)
    expect_error(attempt(os.setxattr, path, NTACL, blob), EPERM, "the owner")
    equal(get_sd(path)["owner"], user(UID))


# Samba's blob


@test
def sambas_blob_makes_a_round_trip():
    path = new_file("round-trip")
    blob = os.getxattr(path, NTACL)
    equal(blob, stored("round-trip"), "what is read is what is stored")
    set_sd(path, "OGDSL", owner=lab.SYSTEM, group=lab.SYSTEM, dacl=[], sacl=[])
    os.setxattr(path, NTACL, blob)
    equal(stored("round-trip"), blob)
    equal({key: value for key, value in get_sd(path, "OGDSL").items() if key != "control"}, WHOLE)


@test
def sambas_older_blob_is_read_and_replaced_by_the_newest():
    path = new_file("version-1")
    os.setxattr(volume().backing("version-1"), NTACL, ntacl_bytes(sd_bytes(**WHOLE)))
    equal({key: value for key, value in get_sd(path, "OGDSL").items() if key != "control"}, WHOLE)
    equal(struct.unpack_from("<H", os.getxattr(path, NTACL))[0], 4)
    os.setxattr(path, NTACL, ntacl_bytes(sd_bytes(**{**WHOLE, "owner": lab.SYSTEM})))
    equal(struct.unpack_from("<H", stored("version-1"))[0], 4)
    equal(get_sd(path)["owner"], lab.SYSTEM)


@test
def a_file_without_stored_descriptor_has_no_blob():
    make_file(volume().backing("no-blob"), mode=0o640)
    equal(error_of(os.getxattr, volume().path("no-blob"), NTACL), ENODATA)
    equal(get_sd(volume().path("no-blob"))["owner"], lab.SYSTEM)
    equal(os.listxattr(volume().backing("no-blob")), [])


@test
def a_blob_without_sacl_takes_the_sacl_away():
    path = new_file("no-sacl")
    os.setxattr(path, NTACL, ntacl_bytes(sd_bytes(owner=lab.SYSTEM, group=lab.SYSTEM, dacl=DACL)))
    equal(get_sd(path, "OGDSL")["sacl"], None)


# Programs


def command(*arguments, status=0):
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=60)
    equal(done.returncode, status, f"{arguments}: {done.stderr}{done.stdout}")
    return done.stdout


@test
def getcifsacl_and_setcifsacl_read_and_write():
    path = new_file("cifs", owner=lab.SYSTEM, group=group(GID),
                    dacl=[ace(ALLOW, 0, FULL, lab.SYSTEM), ace(ALLOW, 0, 0x120089, user(UID))])
    try:
        output = command("getcifsacl", "-r", path)
    except FileNotFoundError as error:
        raise lab.Skip("no cifs-utils") from error
    contains(output, "OWNER:S-1-5-18", f"GROUP:{group(GID)}",
             "ACL:S-1-5-18:0x0/0x0/0x1f01ff", f"ACL:{user(UID)}:0x0/0x0/0x120089")
    command("setcifsacl", "-a", f"ACL:{user(OTHER_UID)}:ALLOWED/0x0/READ", path)
    equal(sorted(get_sd(path)["dacl"]),
          sorted([ace(ALLOW, 0, FULL, lab.SYSTEM), ace(ALLOW, 0, 0x120089, user(UID)),
                  ace(ALLOW, 0, 0x1200a9, user(OTHER_UID))]))
    contains(command("getcifsacl", "-r", path), f"ACL:{user(OTHER_UID)}:0x0/0x0/0x1200a9")
    command("setcifsacl", "-D", f"ACL:{user(UID)}:ALLOWED/0x0/0x120089", path)
    assert user(UID) not in str(get_sd(path)["dacl"])
    command("setcifsacl", "-S", f"ACL:S-1-5-18:ALLOWED/0x0/FULL", path)
    equal(get_sd(path)["dacl"], [ace(ALLOW, 0, FULL, lab.SYSTEM)])
    equal(get_sd(path)["owner"], lab.SYSTEM)


@test
def setcifsacl_of_another_users_file_is_denied():
    path = new_file("cifs-denied", **{**WHOLE, "dacl": [ace(ALLOW, 0, FULL, lab.SYSTEM)]})
    before = stored("cifs-denied")
    done = subprocess.run(["setcifsacl", "-a", f"ACL:{user(UID)}:ALLOWED/0x0/FULL", path],
                          capture_output=True, text=True, user=UID, group=GID, extra_groups=[],
                          check=False)
    assert done.returncode != 0
    equal(stored("cifs-denied"), before)


@test
def tessera_acl_sets_what_its_sddl_says():
    path = new_file("sddl")
    sddl = "O:BAG:S-1-22-2-70000D:PAI(D;;FW;;;AN)(A;;FA;;;SY)(A;;FR;;;S-1-22-1-61001)"
    tessera("acl", "set", "--sddl", sddl, path)
    equal(os.getxattr(path, SD_XATTR + "OGD"),
          sddl_bytes(sddl.replace("PAI", "P")), "the bytes that are read back")
    equal(tessera("acl", "show", "--sddl", "--parts", "OGD", path)[0].strip(),
          sddl.replace("PAI", "P"))


if __name__ == "__main__":
    sys.exit(lab.main())
