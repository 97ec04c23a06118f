#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The main job on real files.

A tree of some thousand files is served as a volume; users who exist only as numbers run real programs
in it; the volume says who may do what, and why. Every claim printed here is checked.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1])
STAFF = 62000
USERS = {"alice": (61001, STAFF), "bob": (61002, STAFF), "carol": (61003, 61003), "root": (0, 0)}
SOURCES = ["/usr/include", "/usr/share/doc"]
FILES_WANTED = 6000

# The tree's descriptors. Staff is the group 62000, the users are S-1-22-1-UID.
SYSTEM = "(A;OICI;FA;;;SY)"
DESCRIPTORS = {
    "": "O:SYG:SYD:ARAI" + SYSTEM + "(A;OICI;FRFX;;;WD)",
    "projects": f"O:SYG:SYD:PARAI{SYSTEM}(A;OICI;0x1301bf;;;S-1-22-2-{STAFF})",
    "salaries": f"O:SYG:SYD:PARAI{SYSTEM}(D;OICI;FRFX;;;S-1-22-1-61002)"
                f"(A;OICI;0x1301bf;;;S-1-22-2-{STAFF})",
    "inbox": f"O:SYG:SYD:PARAI{SYSTEM}(A;;0x100022;;;WD)(A;OICIIO;FA;;;CO)",
}

failures = 0


def heading(text):
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}")


def claim(holds, text):
    """Print a claim; one that does not hold makes the demo fail."""
    global failures
    failures += not holds
    print(f"  {'ok  ' if holds else 'FAIL'} {text}")


def become(user):
    """What a child does to be that user: numbers only, the host's accounts stay untouched."""
    uid, gid = USERS[user]

    def switch():
        os.setgroups([gid])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    return switch


def run_as(user, command, cwd, home):
    environment = {"PATH": os.environ["PATH"], "HOME": home, "LC_ALL": "C",
                   "GIT_CONFIG_COUNT": "3",
                   "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": user,
                   "GIT_CONFIG_KEY_1": "user.email", "GIT_CONFIG_VALUE_1": f"{user}@example.org",
                   "GIT_CONFIG_KEY_2": "safe.directory", "GIT_CONFIG_VALUE_2": "*"}
    return subprocess.run(["sh", "-c", command], cwd=cwd, env=environment, preexec_fn=become(user),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50,
                          check=False)


def tessera(*arguments, check=True):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"tessera {' '.join(arguments)}: {done.stderr.strip()}")
    return done


def why(path, user, desired):
    """Whether access would be granted, and the rule that decides."""
    uid, gid = USERS[user]
    done = tessera("check", "--json", "--user", f"{uid}:{gid}", "--desired", desired, path,
                   check=False)
    answer = json.loads(done.stdout)
    text = answer["rule"]
    if answer.get("ace"):
        text += " " + answer["ace"]
    elif answer["missing_rights"]:
        text += " (" + ", ".join(answer["missing_rights"]) + ")"
    return answer["status"] == "STATUS_SUCCESS", text


def copy_tree(to):
    """Copy some thousand real files."""
    n_files = 0
    for source in SOURCES:
        for folder, folders, files in os.walk(source):
            folders.sort()
            target = os.path.join(to, source.lstrip("/").replace("/", "-"),
                                  os.path.relpath(folder, source))
            os.makedirs(target, exist_ok=True)
            for name in files:
                path = os.path.join(folder, name)
                if n_files < FILES_WANTED and os.path.isfile(path):
                    shutil.copy(path, os.path.join(target, name))
                    n_files += 1
    return n_files


# Who does what with which program; the file and right that decide it; whether it is to succeed.
def deeds(volume):
    projects, salaries = f"{volume}/projects", f"{volume}/salaries"
    return [
        ("carol", "grep", "grep -rl O_RDONLY usr-include | head", "usr-include", "read", True),
        ("carol", "tar", "tar cf - usr-include/linux | tar tf - | tail -1", "usr-include/linux",
         "read", True),
        ("carol", "cp", "cp usr-include/errno.h usr-include/mine.h", "usr-include",
         "FILE_ADD_FILE", False),
        ("carol", "rm", "rm -f usr-include/errno.h", "usr-include/errno.h", "delete", False),
        ("alice", "cp", f"cp -r usr-include/linux {projects}/linux", "projects", "FILE_ADD_SUBDIRECTORY",
         True),
        ("alice", "tar", f"tar czf {projects}/linux.tgz -C usr-include linux", "projects",
         "FILE_ADD_FILE", True),
        ("alice", "git", f"git init -q {projects}/repo && cd {projects}/repo && cp ../linux/fs.h . "
         "&& git add fs.h && git commit -qm first", "projects", "FILE_ADD_SUBDIRECTORY", True),
        ("bob", "git", f"cd {projects}/repo && echo '/* bob */' >> fs.h && git commit -qam second "
         "&& git log --oneline | grep -c .", "projects/repo/fs.h", "write", True),
        ("carol", "git", f"git clone -q {projects}/repo /dev/null", "projects", "read", False),
        ("alice", "sqlite3", f"sqlite3 {salaries}/pay.db 'create table t(n); insert into t "
         "values(1)'", "salaries", "FILE_ADD_FILE", True),
        ("bob", "sqlite3", f"sqlite3 {salaries}/pay.db 'select * from t' </dev/null",
         "salaries/pay.db", "read", False),
        ("bob", "grep", f"grep -r . {salaries}", "salaries", "FILE_LIST_DIRECTORY", False),
        ("carol", "cp", f"cp usr-include/errno.h {volume}/inbox/report", "inbox",
         "FILE_ADD_FILE", True),
        ("bob", "cat", f"cat {volume}/inbox/report", "inbox/report", "read", False),
        ("carol", "cat", f"cat {volume}/inbox/report | head -1", "inbox/report", "read", True),
    ]


def show_deeds(volume, home):
    heading("Who could do what, and why")
    print(f"  {'':4} {'who':6} {'program':8} {'result':8} {'on':20} decided by")
    for user, program, command, path, desired, expected in deeds(volume):
        done = run_as(user, command, volume, home)
        granted, text = why(os.path.join(volume, path), user, desired)
        succeeded = done.returncode == 0
        claim(succeeded == expected and granted == expected,
              f"{user:6} {program:8} {'done' if succeeded else 'denied':8} {path:20} {text}")
        if succeeded != expected:
            print(f"       $ {command}\n       {done.stderr.strip()}")


def show_handles(volume):
    heading("Open handles and their creators")
    holders = []
    for user, path in (("alice", "projects/linux/fs.h"), ("carol", "usr-include/stdio.h")):
        holders.append(subprocess.Popen(
            ["sh", "-c", f"exec sleep 60 < {volume}/{path}"], preexec_fn=become(user)))
    time.sleep(0.3)
    table = tessera("handles", volume).stdout
    print("".join(f"  {line}\n" for line in table.splitlines()), end="")
    rows = [json.loads(line) for line in tessera("handles", "--json", volume).stdout.splitlines()]
    for holder, uid in zip(holders, (61001, 61003)):
        claim(any(row["pid"] == holder.pid and row["uid"] == uid for row in rows),
              f"the handle of process {holder.pid} is known as opened by uid {uid}")
        holder.kill()
        holder.wait()


def show_explained(volume):
    heading("One denied open, explained: bob reads salaries/pay.db")
    done = tessera("check", f"{volume}/salaries/pay.db", "--user", f"61002:{STAFF}", "--desired",
                   "read", check=False)
    print("".join(f"  {line}\n" for line in done.stdout.splitlines()), end="")
    print("".join(f"  {line}\n" for line in
                  tessera("acl", "show", f"{volume}/salaries/pay.db").stdout.splitlines()), end="")
    claim(done.returncode == 1 and "deny ACE" in done.stdout, "a deny ACE of the file names bob")


RESTRICTED_SCRIPT = """
import ctypes, os, socket
def attempt(what, action):
    try:
        action()
        print(what, "yes")
    except OSError:
        print(what, "no")
def ptrace():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long] * 4
    if libc.ptrace(16, {sibling}, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")
attempt("read", lambda: open("{volume}/usr-include/stdio.h").read())
attempt("read-own", lambda: open("{volume}/projects/linux/fs.h").read())
attempt("write", lambda: open("{volume}/projects/linux/fs.h", "a"))
attempt("signal", lambda: os.kill({sibling}, 0))
attempt("environ", lambda: open("/proc/{sibling}/environ").read())
attempt("ptrace", ptrace)
"""


def show_restricted(volume, state):
    heading("A restricted run of alice: granted only what Everyone is granted too")
    sibling = subprocess.Popen(["sleep", "60"], preexec_fn=become("alice"))
    script = RESTRICTED_SCRIPT.format(volume=volume, sibling=sibling.pid)
    answers = {}
    for how, prefix in (("unrestricted", None), ("restricted", "everyone")):
        if prefix:
            command = [PROGRAM, "run", "--state", state, "--user", f"61001:{STAFF}", "--restrict",
                       prefix, "--", "/usr/bin/python3", "-c", script]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        else:
            done = subprocess.run(["/usr/bin/python3", "-c", script], preexec_fn=become("alice"),
                                  capture_output=True, text=True, check=False)
        answers[how] = dict(line.split() for line in done.stdout.splitlines())
        if done.returncode != 0:
            print(f"  {done.stderr.strip()}")
    sibling.kill()
    sibling.wait()

    for deed, text, restricted in (
            ("read", "read what everyone may read", "yes"),
            ("read-own", "read alice's project", "no"),
            ("write", "write alice's project", "no"),
            ("signal", "signal alice's other process", "no"),
            ("ptrace", "ptrace it", "no"),
            ("environ", "read its environment", "no")):
        plain, confined = answers["unrestricted"].get(deed), answers["restricted"].get(deed)
        claim(plain == "yes" and confined == restricted,
              f"{text:30} unrestricted: {plain}, restricted: {confined}")


def show_checks_in_process():
    """What remains without FUSE: the same judgement, without a volume."""
    heading("Access checks in the process")
    for user, expected in (("alice", True), ("bob", False), ("carol", False)):
        uid, gid = USERS[user]
        done = tessera("check", "--sddl", DESCRIPTORS["salaries"], "--user", f"{uid}:{gid}",
                       "--desired", "read", "--json", check=False)
        answer = json.loads(done.stdout)
        claim((answer["status"] == "STATUS_SUCCESS") == expected,
              f"{user:6} reads salaries: {answer['status']}, {answer['rule']}")


def wait_until_mounted(volume, daemon):
    for _ in range(200):
        if daemon.poll() is not None:
            break
        if os.path.ismount(volume):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the volume did not come up: {daemon.stderr.read()}")


def with_volume(base):
    tree, volume = os.path.join(base, "tree"), os.path.join(base, "volume")
    state, home = os.path.join(base, "state"), os.path.join(base, "home")
    for folder in (tree, volume, home):
        os.mkdir(folder)
    os.chmod(home, 0o1777)
    n_files = copy_tree(tree)
    for name in DESCRIPTORS:
        os.makedirs(os.path.join(tree, name), exist_ok=True)
    daemon = subprocess.Popen([PROGRAM, "mount", "--state", state, tree, volume],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        wait_until_mounted(volume, daemon)
        heading(f"A volume over {n_files} files")
        for name, sddl in DESCRIPTORS.items():
            tessera("acl", "set", "--parts", "OGD", "--sddl", sddl, os.path.join(volume, name))
            print(f"  /{name:9} {sddl}")
        show_deeds(volume, home)
        show_explained(volume)
        show_handles(volume)
        show_restricted(volume, state)
        heading("The end")
        claim(tessera("umount", volume, check=False).returncode == 0, "the volume is unmounted")
        claim(daemon.wait(timeout=10) == 0, "its daemon ended by itself")
    finally:
        if daemon.poll() is None:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(timeout=10)


def main():
    started = time.monotonic()
    if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
        print("No volume can be mounted here: that needs root and /dev/fuse (modprobe fuse).")
        show_checks_in_process()
    else:
        base = tempfile.mkdtemp(prefix="tessera-demo-")
        os.chmod(base, 0o755)
        try:
            with_volume(base)
        finally:
            shutil.rmtree(base)
    print(f"\n{'All claims hold' if failures == 0 else f'{failures} claims FAILED'}"
          f" ({time.monotonic() - started:.0f} s).")
    return 1 if failures else 0


sys.exit(main())
