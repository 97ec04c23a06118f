#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program on a volume runs no higher than its label, where the token's policy says so.

usage: test-label.py PROGRAM, the test program of src/win32/test-process.c
See tests/volume/volume_lab.py for the environment. Output is TAP. Needs root and /dev/fuse.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "volume"))

# pylint: disable=wrong-import-position
import volume_lab as lab
from volume_lab import (EVERYONE, HIGH, LABEL, LIBC, LOW, SYSTEM, FULL, ALLOW, EXECUTE, MEDIUM,
                        READ_ATTRIBUTES, READ_CONTROL, READ_DATA, READ_EA, SYNCHRONIZE, Lab, Volume,
                        ace, contains, equal, set_sd, test)

PROGRAM = os.path.abspath(sys.argv[1])
RUN = READ_DATA | READ_EA | EXECUTE | READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE
EVERYBODY_RUNS = [ace(ALLOW, 0, FULL, SYSTEM), ace(ALLOW, 0, RUN, EVERYONE)]
MS_BIND = 0x1000
VOLUMES = []


def publish_tags_where_the_volume_looks():
    """In the mount namespace of the test, which nobody else sees."""
    equal(LIBC.mount(b"tmpfs", b"/run", b"tmpfs", 0, b"mode=755"), 0, "mounting /run")
    os.mkdir("/run/tessera", 0o755)
    equal(LIBC.mount(Lab.path("state").encode(), b"/run/tessera", None, MS_BIND, None), 0, "a bind")


def volume():
    if not VOLUMES:
        publish_tags_where_the_volume_looks()
        VOLUMES.append(Volume("--cache", "strict"))
        set_sd(VOLUMES[0].root, "D", dacl=EVERYBODY_RUNS)
    return VOLUMES[0]


def program_labelled(name, level):
    path = volume().path(name)
    with open(PROGRAM, "rb") as source, open(path, "wb") as copy:
        copy.write(source.read())
    os.chmod(path, 0o755)
    set_sd(path, "D", dacl=EVERYBODY_RUNS)
    if level:
        set_sd(path, "L", sacl=[ace(LABEL, 0, 1, level)])
    return path


def started_from(path):
    """What a program prints of its token that alice started; she is of medium level."""
    return subprocess.run([PROGRAM, "start-as-alice", path], check=True, timeout=60,
                          stdout=subprocess.PIPE).stdout.decode()


# Covers T-IL-8.
@test
def a_program_with_a_low_label_runs_low():
    contains(started_from(program_labelled("low", LOW)), LOW)


@test
def a_program_with_a_high_label_runs_no_higher_than_who_starts_it():
    contains(started_from(program_labelled("high", HIGH)), MEDIUM)


@test
def a_program_without_a_label_runs_as_who_starts_it():
    contains(started_from(program_labelled("plain", None)), MEDIUM)


if __name__ == "__main__":
    sys.exit(lab.main())
