#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Handing down to what exists: `tessera acl propagate` on a mounted volume.

See volume_lab.py for the environment.
"""

import os
import sys

import volume_lab as lab
from volume_lab import (ALLOW, AUDIT, CI, CREATOR_OWNER, DACL_AUTO_INHERIT_REQ, DACL_AUTO_INHERITED,
                        DACL_PROTECTED, DENY, FULL, GENERIC_ALL, GENERIC_READ, ID, IO, LABEL,
                        LIST_DIRECTORY, OI, READ_CONTROL, READ_DATA, SACL_AUTO_INHERIT_REQ,
                        SACL_AUTO_INHERITED, TRAVERSE, UID, WRITE_DAC, Lab, Volume, ace, contains,
                        equal, get_sd, grant, make_file, set_sd, tessera, test, user)

VOLUMES = []

SYSTEM_ALL = ace(ALLOW, OI | CI, FULL, lab.SYSTEM)
OF_USER = ace(ALLOW, OI | CI, 0x1, user(UID))
OF_EVERYONE = ace(ALLOW, OI | CI, 0x120089, lab.EVERYONE)
OWN = ace(ALLOW, 0, READ_DATA, user(lab.OTHER_UID))


def volume():
    if not VOLUMES:
        VOLUMES.append(Volume("--cache", "strict"))
        grant(VOLUMES[0].root, LIST_DIRECTORY | TRAVERSE)
    return VOLUMES[0]


def hand_down(path, *aces, **parts):
    """Set what a directory hands down from now on."""
    control = DACL_AUTO_INHERITED | DACL_AUTO_INHERIT_REQ | parts.pop("control", 0)
    set_sd(path, "DSL" if "sacl" in parts else "D", dacl=list(aces), control=control, **parts)


def new_tree(*aces, **parts):
    """A directory that hands down these entries, with two levels of children that got them."""
    new_tree.n_made += 1
    top = volume().path(f"tree{new_tree.n_made}")
    os.mkdir(top)
    hand_down(top, *aces, **parts)
    os.mkdir(os.path.join(top, "folder"))
    os.mkdir(os.path.join(top, "folder", "folder"))
    make_file(os.path.join(top, "file"))
    make_file(os.path.join(top, "folder", "file"))
    make_file(os.path.join(top, "folder", "folder", "file"))
    return top


new_tree.n_made = 0

BELOW = ["file", "folder", "folder/file", "folder/folder", "folder/folder/file"]


def below(top, names=(*BELOW,), letters="OGD"):
    return {name: get_sd(os.path.join(top, name), letters) for name in names}


def counts(changed, unchanged, protected=0, refused=0):
    return f"changed {changed}, unchanged {unchanged}, protected {protected}, refused {refused}\n"


def propagate(*arguments, status=0, uid=0):
    return tessera("acl", "propagate", *arguments, status=status, uid=uid)


@test
def a_change_reaches_everything_below_and_the_second_run_changes_nothing():
    top = new_tree(SYSTEM_ALL, OF_USER)
    hand_down(top, SYSTEM_ALL, OF_EVERYONE)
    equal(propagate(top), (counts(5, 0), ""))
    for name, found in below(top).items():
        flags = OI | CI | ID if os.path.isdir(os.path.join(top, name)) else ID
        equal(found["dacl"], [ace(ALLOW, flags, FULL, lab.SYSTEM),
                              ace(ALLOW, flags, 0x120089, lab.EVERYONE)], name)
        equal(found["control"], DACL_AUTO_INHERITED, name)
    equal(propagate(top), (counts(0, 5), ""))


@test
def what_is_there_ends_as_what_is_made_anew():
    aces = [SYSTEM_ALL, ace(ALLOW, OI | CI, GENERIC_ALL, CREATOR_OWNER),
            ace(DENY, CI, GENERIC_READ, lab.EVERYONE), ace(ALLOW, OI | IO, 0x2, user(UID))]
    top = new_tree(SYSTEM_ALL, OF_USER)
    hand_down(top, *aces)
    propagate(top)
    equal(below(top), below(new_tree(*aces)))


@test
def the_directory_itself_stays_as_it_is():
    top = new_tree(SYSTEM_ALL)
    hand_down(top, SYSTEM_ALL, OF_USER)
    before = get_sd(top, "OGDSL")
    propagate(top)
    equal(get_sd(top, "OGDSL"), before)


@test
def a_dry_run_names_what_would_change_and_changes_nothing():
    top = new_tree(SYSTEM_ALL)
    hand_down(top, SYSTEM_ALL, OF_USER)
    before = below(top)
    output, errors = propagate(top, "--dry-run")
    equal(errors, "")
    equal(sorted(output.splitlines()[:-1]), sorted(os.path.join(top, name) for name in BELOW))
    equal(output.splitlines()[-1] + "\n", counts(5, 0))
    equal(below(top), before)


@test
def entries_of_its_own_stay_in_front():
    top = new_tree(SYSTEM_ALL)
    path = os.path.join(top, "folder", "file")
    set_sd(path, "D", control=DACL_AUTO_INHERITED | DACL_AUTO_INHERIT_REQ,
           dacl=[OWN, ace(ALLOW, ID, FULL, lab.SYSTEM)])
    hand_down(top, SYSTEM_ALL, ace(DENY, OI | CI, 0x2, user(UID)))
    propagate(top)
    equal(get_sd(path)["dacl"], [OWN, ace(ALLOW, ID, FULL, lab.SYSTEM),
                                 ace(DENY, ID, 0x2, user(UID))])


@test
def a_protected_folder_and_all_below_it_stay():
    top = new_tree(SYSTEM_ALL, OF_USER)
    folder = os.path.join(top, "folder")
    set_sd(folder, "D", dacl=[SYSTEM_ALL, OWN], control=DACL_PROTECTED)
    hand_down(top, SYSTEM_ALL)
    names = [name for name in BELOW if name.startswith("folder")]
    before = below(top, names)
    equal(propagate(top), (counts(1, 0, protected=1), ""))
    equal(below(top, names), before)
    equal(get_sd(os.path.join(top, "file"))["dacl"], [ace(ALLOW, ID, FULL, lab.SYSTEM)])


@test
def below_an_unchanged_folder_the_walk_goes_on():
    top = new_tree(SYSTEM_ALL, OF_USER)
    path = os.path.join(top, "folder", "folder", "file")
    set_sd(path, "D", dacl=[OWN])
    equal(propagate(top), (counts(1, 4), ""))
    equal(get_sd(path)["dacl"], [OWN, ace(ALLOW, ID, FULL, lab.SYSTEM),
                                 ace(ALLOW, ID, 0x1, user(UID))])


@test
def what_the_caller_may_not_change_is_refused_and_the_rest_is_done():
    editor = ace(ALLOW, OI | CI, READ_CONTROL | WRITE_DAC | LIST_DIRECTORY | TRAVERSE, user(UID))
    reader = ace(ALLOW, 0, READ_CONTROL | LIST_DIRECTORY | TRAVERSE, user(UID))
    top = new_tree(SYSTEM_ALL, editor)
    folder = os.path.join(top, "folder", "folder")
    set_sd(folder, "D", control=DACL_AUTO_INHERITED | DACL_AUTO_INHERIT_REQ,
           dacl=[reader, ace(ALLOW, OI | CI | ID, FULL, lab.SYSTEM)])
    hand_down(top, SYSTEM_ALL, editor, OF_EVERYONE)
    refused = ["folder/folder", "folder/folder/file"]
    before = below(top, refused)

    output, errors = propagate(top, status=1, uid=UID)

    equal(output, counts(3, 0, refused=1))
    contains(errors, folder, "you may not", "WRITE_DAC")
    equal(below(top, refused), before)
    for name in ("file", "folder", "folder/file"):
        assert lab.EVERYONE in [entry[3] for entry in get_sd(os.path.join(top, name))["dacl"]], name


@test
def what_the_caller_may_not_read_or_list_is_refused():
    editor = ace(ALLOW, OI | CI, READ_CONTROL | WRITE_DAC | LIST_DIRECTORY | TRAVERSE, user(UID))
    blind = ace(ALLOW, 0, READ_CONTROL | WRITE_DAC, user(UID))
    top = new_tree(SYSTEM_ALL, editor)
    folder = os.path.join(top, "folder")
    set_sd(folder, "D", dacl=[blind, ace(ALLOW, OI | CI | ID, FULL, lab.SYSTEM)])
    set_sd(os.path.join(top, "file"), "D", dacl=[SYSTEM_ALL])
    before = below(top)

    output, errors = propagate(top, status=1, uid=UID)

    equal(output, counts(0, 0, refused=2))
    contains(errors, folder + ": cannot list it", os.path.join(top, "file") + ": you may not")
    equal(below(top), before)


@test
def symbolic_links_are_changed_and_not_followed():
    aside = new_tree(SYSTEM_ALL)
    top = new_tree(SYSTEM_ALL)
    os.symlink(aside, os.path.join(top, "link"))
    before = below(aside)
    hand_down(aside, SYSTEM_ALL, OF_USER)
    hand_down(top, SYSTEM_ALL, OF_EVERYONE)
    equal(propagate(top), (counts(6, 0), ""))
    equal(below(aside), before)
    equal(get_sd(os.path.join(top, "link"), follow=False)["dacl"],
          [ace(ALLOW, ID, FULL, lab.SYSTEM), ace(ALLOW, ID, 0x120089, lab.EVERYONE)])
    _, errors = propagate(os.path.join(top, "link"), status=1)
    contains(errors, "link")


@test
def other_file_systems_are_not_entered():
    top = new_tree(SYSTEM_ALL)
    path = os.path.join(top, "folder", "folder")
    if lab.LIBC.mount(b"none", path.encode(), b"tmpfs", 0, None) != 0:
        raise lab.Skip("cannot mount a tmpfs on the volume")
    try:
        hand_down(top, SYSTEM_ALL, OF_USER)
        output, errors = propagate(top)
    finally:
        lab.unmount(path)
    equal(output, counts(3, 0))
    contains(errors, path, "another file system")


@test
def auditing_and_labels_are_handed_down_where_asked_for():
    audit = ace(AUDIT, OI | CI | 0xC0, 0x1, lab.EVERYONE)
    label = ace(LABEL, OI | CI, 1, lab.LOW)
    top = new_tree(SYSTEM_ALL)
    hand_down(top, SYSTEM_ALL, sacl=[audit, label],
              control=SACL_AUTO_INHERITED | SACL_AUTO_INHERIT_REQ)
    equal(propagate(top), (counts(0, 5), ""))
    equal(propagate(top, "--sacl"), (counts(5, 0), ""))
    for name, found in below(top, letters="SL").items():
        flags = OI | CI | ID if os.path.isdir(os.path.join(top, name)) else ID
        equal(found["sacl"], [ace(AUDIT, flags | 0xC0, 0x1, lab.EVERYONE),
                              ace(LABEL, flags, 1, lab.LOW)], name)
        equal(found["control"], SACL_AUTO_INHERITED, name)
    equal(propagate(top, "--sacl"), (counts(0, 5), ""))


@test
def with_the_sacl_a_folder_is_protected_only_if_both_are():
    audit = ace(AUDIT, OI | CI | 0xC0, 0x1, lab.EVERYONE)
    top = new_tree(SYSTEM_ALL)
    folder = os.path.join(top, "folder")
    set_sd(folder, "D", dacl=[SYSTEM_ALL, OWN], control=DACL_PROTECTED)
    hand_down(top, SYSTEM_ALL, sacl=[audit], control=SACL_AUTO_INHERITED | SACL_AUTO_INHERIT_REQ)
    equal(propagate(top), (counts(0, 1, protected=1), ""))
    equal(propagate(top, "--sacl"), (counts(5, 0), ""))
    found = get_sd(folder, "DS")
    equal(found["dacl"], [SYSTEM_ALL, OWN])
    equal(found["sacl"], [ace(AUDIT, OI | CI | ID | 0xC0, 0x1, lab.EVERYONE)])


@test
def the_sacl_needs_the_privilege_to_read_it():
    editor = ace(ALLOW, OI | CI, FULL, user(UID))
    top = new_tree(SYSTEM_ALL, editor)
    output, errors = propagate(top, "--sacl", status=1, uid=UID)
    equal(output, "")
    contains(errors, "SeSecurityPrivilege")


def forget_marks(top):
    """Store descriptors as they would be had nothing been inherited automatically."""
    for path in [top] + [os.path.join(top, name) for name in BELOW]:
        found = get_sd(path)
        set_sd(path, "D", dacl=[ace(kind, flags & ~ID, mask, sid)
                                for kind, flags, mask, sid in found["dacl"]])
        equal(get_sd(path)["control"], 0)


@test
def what_was_inherited_without_marks_is_marked_and_does_not_come_twice():
    top = new_tree(SYSTEM_ALL, OF_USER)
    marked = below(top)
    forget_marks(top)
    unmarked = below(top)
    output, _ = propagate(top, "--dry-run")
    equal(sorted(output.splitlines()[:-1]),
          sorted([top] + [os.path.join(top, name) for name in BELOW]))
    equal(below(top), unmarked)
    equal(propagate(top), (counts(6, 0), ""))
    equal(below(top), marked)
    equal(get_sd(top)["control"], DACL_AUTO_INHERITED)
    make_file(os.path.join(top, "new"))
    equal(propagate(top), (counts(0, 6), ""))


@test
def what_was_inherited_without_marks_and_is_handed_down_no_more_is_its_own():
    top = new_tree(SYSTEM_ALL, OF_USER)
    forget_marks(top)
    set_sd(top, "D", dacl=[OF_EVERYONE])
    propagate(top)
    equal(get_sd(os.path.join(top, "file"))["dacl"],
          [ace(ALLOW, 0, FULL, lab.SYSTEM), ace(ALLOW, 0, 0x1, user(UID)),
           ace(ALLOW, ID, 0x120089, lab.EVERYONE)])


@test
def mode_bits_are_left_to_be_mode_bits():
    top = volume().path("modes")
    os.mkdir(volume().backing("modes"))
    os.mkdir(volume().backing("modes", "folder"))
    make_file(volume().backing("modes", "folder", "file"))
    equal(propagate(top), (counts(0, 2), ""))
    for path in ("modes", "modes/folder", "modes/folder/file"):
        equal(os.listxattr(volume().backing(path)), [], path)


@test
def a_directory_that_may_not_be_marked_is_refused_and_the_rest_is_done():
    editor = ace(ALLOW, OI | CI | IO, READ_CONTROL | WRITE_DAC | LIST_DIRECTORY | TRAVERSE,
                 user(UID))
    reader = ace(ALLOW, 0, READ_CONTROL | LIST_DIRECTORY | TRAVERSE, user(UID))
    top = new_tree(SYSTEM_ALL, editor)
    set_sd(top, "D", dacl=[SYSTEM_ALL, editor, reader, OF_EVERYONE])
    output, errors = propagate(top, status=1, uid=UID)
    equal(output, counts(5, 0, refused=1))
    contains(errors, top + ": you may not")
    equal(get_sd(top)["control"], 0)


@test
def a_deep_tree_is_walked_to_its_end():
    top = volume().path("deep")
    os.mkdir(top)
    hand_down(top, SYSTEM_ALL)
    path = top
    for _ in range(200):
        path = os.path.join(path, "d")
        os.mkdir(path)
    hand_down(top, SYSTEM_ALL, OF_USER)
    equal(propagate(top), (counts(200, 0), ""))
    equal(get_sd(path)["dacl"][1], ace(ALLOW, OI | CI | ID, 0x1, user(UID)))


@test
def a_directory_of_a_volume_must_be_given():
    top = new_tree(SYSTEM_ALL)
    for path in (os.path.join(top, "file"), os.path.join(top, "nothing"), Lab.folder):
        output, errors = propagate(path, status=1)
        equal(output, "", path)
        contains(errors, path)
    contains(errors, "not on a Tessera volume")
    for wrong in ([], [top, top], [top, "--frobnicate"]):
        contains(propagate(*wrong, status=2)[1], "acl propagate")


if __name__ == "__main__":
    sys.exit(lab.main())
