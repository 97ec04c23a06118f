#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs under restricted tokens (`tessera run`) on a volume: held to them, whatever they try.

See volume_lab.py for the environment. Output is TAP. Needs root, /dev/fuse and Landlock ABI 6.
"""

import errno
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vfs"))

# pylint: disable=wrong-import-position
import uring
import volume_lab as lab
from volume_lab import (GID, LIBC, OTHER_UID, SYSTEM, TESSERA, UID, Lab, Volume, as_user, attempt,
                        contains, equal, expect_error, group, in_child, make_file, open_bug,
                        tessera, test, user)

PYTHON = "/usr/bin/python3"
TAG_FIRST, TAG_LAST = 0x6A000001, 0x6AFFFFFF
ROLE = 61010
STRANGE = "S-1-5-21-1-2-3-4444"
PR_SET_PDEATHSIG = 1

# Starts a daemon that does not outlive us, however we end.
ENDS_WITH_US = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()

VOLUMES = {}
N_MADE = [0]


def volume(*options):
    """The volume with these options, open to everybody at its root but for what lies in it."""
    if options not in VOLUMES:
        VOLUMES[options] = Volume(*(options or ("--cache", "strict")), launcher=ENDS_WITH_US)
        set_acl(VOLUMES[options].root, "D:P(A;;FA;;;SY)(A;;FRFX;;;WD)")
    return VOLUMES[options]


def set_acl(path, sddl):
    tessera("acl", "set", "--sddl", sddl, path)


def new_name(name):
    N_MADE[0] += 1
    return f"{name}-{N_MADE[0]}"


def new_file(sddl, text="text\n", where=None):
    """A file with this DACL; SYSTEM may do everything."""
    path = os.path.join(where or volume().root, new_name("file"))
    make_file(path, text.encode())
    set_acl(path, "D:P(A;;FA;;;SY)" + sddl)
    return path


def new_directory(sddl, where=None):
    path = os.path.join(where or volume().root, new_name("directory"))
    os.mkdir(path)
    set_acl(path, "D:P(A;OICI;FA;;;SY)" + sddl)
    return path


def scratch(mode=0o1777):
    """A directory outside every volume that everybody may write."""
    path = Lab.path(new_name("scratch"))
    os.mkdir(path)
    os.chmod(path, mode)
    return path


def may(rights, *sids):
    return "".join(f"(A;;{rights};;;{sid})" for sid in sids)


def perform(action, path):
    """Do something with a file: "ok", or the name of the errno. Also the source of probe.py."""
    # pylint: disable=redefined-outer-name,reimported,import-outside-toplevel
    import errno
    import os
    actions = {
        "read": lambda: os.read(os.open(path, os.O_RDONLY | os.O_CLOEXEC), 100),
        "write": lambda: os.write(os.open(path, os.O_WRONLY | os.O_CLOEXEC), b"x"),
        "append": lambda: os.write(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC), b"x"),
        "truncate": lambda: os.truncate(path, 1),
        "stat": lambda: os.stat(path),
        "chmod": lambda: os.chmod(path, 0o644),
        "chown": lambda: os.chown(path, os.getuid(), -1),
        "utime": lambda: os.utime(path, (1, 1)),
        "getsd": lambda: os.getxattr(path, "system.tessera_sd.OGD"),
        "setsd": lambda: os.setxattr(path, "system.tessera_sd.D", bytes.fromhex(
            "0100048000000000000000000000000014000000" "02001c0001000000"
            "00001400ff011f00" "010100000000000100000000")),
        "getxattr": lambda: os.getxattr(path, "user.tessera"),
        "setxattr": lambda: os.setxattr(path, "user.tessera", b"x"),
        "listxattr": lambda: os.listxattr(path),
        "statvfs": lambda: os.statvfs(path),
        "list": lambda: os.listdir(path),
        "create": lambda: os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC),
        "mkdir": lambda: os.mkdir(path),
        "mkfifo": lambda: os.mkfifo(path),
        "symlink": lambda: os.symlink("target", path),
        "link": lambda: os.link(path, path + "-linked"),
        "rename": lambda: os.rename(path, path + "-renamed"),
        "unlink": lambda: os.unlink(path),
        "rmdir": lambda: os.rmdir(path),
        "setgroups": lambda: os.setgroups([]),
        "setgid": lambda: os.setgid(int(path)),
        "setuid": lambda: os.setuid(int(path)),
    }
    try:
        if action == "access":
            return "ok" if os.access(path, os.R_OK) else "EACCES"
        actions[action]()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "ok"


def probe_path():
    path = Lab.path("probe.py")
    if not os.path.exists(path):
        text = (inspect.getsource(perform) + "\nimport json\nimport sys\n"
                "print(json.dumps([perform(*each) for each in json.loads(sys.argv[1])]))\n")
        make_file(path, text.encode(), 0o644)
    return path


def state(*names):
    return Lab.path("state", *names)


def run(*arguments, user_text=f"{UID}:{UID}", status=None, **options):
    """`tessera run` as our user; what it printed."""
    done = subprocess.run([TESSERA, "run", "--state", state(), "--user", user_text, *arguments],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          check=False, **options)
    assert "Sanitizer" not in done.stderr, done.stderr
    # 125: it could not be confined, and nothing ran.
    assert done.returncode != 125, done.stderr
    if status is not None:
        equal(done.returncode, status, f"exit status of {arguments}: {done.stderr}")
    return done.stdout


def restricted(options, *asked, user_text=f"{UID}:{UID}"):
    """What a run under these restrictions can do: one answer for each (action, path)."""
    output = run(*options, "--", PYTHON, probe_path(), json.dumps(asked), user_text=user_text,
                 status=0)
    return json.loads(output)


def plain(*asked, uid=UID, gid=GID, groups=()):
    """What a process of this user can do that nobody restricted."""
    return as_user(lambda: [perform(*each) for each in asked], uid=uid, gid=gid, groups=groups)


def lease(*options, uid=UID):
    """A tag whose token is published, and nobody ran on a volume with yet."""
    output = run(*options, "--", "id", "-G", user_text=f"{uid}:{uid}", status=0)
    tags = [int(gid) for gid in output.split() if TAG_FIRST <= int(gid) <= TAG_LAST]
    equal(len(tags), 1)
    return tags[0]


class Program:
    """A restricted program that waits until its input ends."""

    def __init__(self, *options, script="exec cat", user_text=f"{UID}:{UID}"):
        self.process = subprocess.Popen(
            [TESSERA, "run", "--state", state(), "--user", user_text, *options, "--", "sh", "-c",
             "echo $$; " + script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM))
        self.pid = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=20)
        self.process.stdout.close()


# What each restriction does


@test
def a_sid_for_denying_only_grants_nothing_and_still_denies():
    groups = f"{UID}:{UID},{ROLE}"
    by_role = new_file(may("FA", group(ROLE)))
    by_user = new_file(may("FA", user(UID)))
    denied = new_file(f"(D;;FA;;;{group(ROLE)})" + may("FA", user(UID)))
    asked = [("read", by_role), ("write", by_role), ("read", by_user), ("write", by_user),
             ("read", denied)]

    equal(plain(*asked, groups=[ROLE]), ["ok", "ok", "ok", "ok", "EACCES"])
    equal(restricted([], *asked, user_text=groups), ["ok", "ok", "ok", "ok", "EACCES"])
    equal(restricted(["--disable", f"gid:{ROLE}"], *asked, user_text=groups),
          ["EACCES", "EACCES", "ok", "ok", "EACCES"])
    equal(plain(("read", denied)), ["ok"], "who is not in the group")


@test
def a_user_for_denying_only_is_nobody_but_his_groups():
    by_user = new_file(may("FA", user(UID)))
    denied = new_file(f"(D;;FA;;;{user(UID)})" + may("FA", "WD"))
    by_all = new_file(may("FR", "WD"))
    asked = [("read", by_user), ("read", denied), ("read", by_all), ("write", by_all)]

    equal(plain(*asked), ["ok", "EACCES", "ok", "EACCES"])
    equal(restricted(["--disable", f"uid:{UID}"], *asked), ["EACCES", "EACCES", "ok", "EACCES"])


@test
def a_restricting_sid_must_be_granted_too():
    by_user = new_file(may("FA", user(UID)))
    by_both = new_file(may("FR", user(UID), STRANGE) + may("FW", user(UID)))
    by_sid = new_file(may("FA", STRANGE))
    asked = [("read", by_user), ("read", by_both), ("write", by_both), ("read", by_sid)]

    equal(plain(*asked), ["ok", "ok", "ok", "EACCES"])
    equal(restricted(["--restrict", STRANGE], *asked), ["EACCES", "ok", "EACCES", "EACCES"])
    equal(restricted(["--restrict", STRANGE, "--restrict", f"uid:{UID}"], *asked),
          ["ok", "ok", "ok", "EACCES"])


@test
def an_owner_who_is_restricted_does_not_get_his_owners_rights():
    path = new_file(may("FR", "WD"))
    os.chown(path, UID, -1)
    give = ("setsd", path)

    equal(restricted(["--restrict", STRANGE], give, ("read", path)), ["EACCES", "EACCES"])
    equal(restricted(["--disable", f"uid:{UID}"], give, ("read", path)), ["EACCES", "ok"])
    equal(plain(give), ["ok"])


@test
def write_restricted_reads_freely_and_writes_only_what_the_restricting_sid_may():
    options = ["--write-restricted", "--restrict", STRANGE]
    by_user = new_file(may("FA", user(UID)))
    by_both = new_file(may("FA", user(UID), STRANGE))
    directory = new_directory(may("FA", user(UID)))
    asked = [("read", by_user), ("write", by_user), ("append", by_user), ("truncate", by_user),
             ("chmod", by_user), ("setsd", by_user), ("list", directory),
             ("create", directory + "/a"), ("mkdir", directory + "/b"), ("read", by_both),
             ("write", by_both)]

    no = "EACCES"
    # chmod(2) tells a missing right as Linux does.
    equal([no if answer == "EPERM" else answer for answer in restricted(options, *asked)],
          ["ok", no, no, no, no, no, "ok", no, no, "ok", "ok"])
    equal(os.listdir(directory), [])
    equal(plain(*asked), ["ok"] * len(asked))


@test
def a_restricted_run_makes_and_removes_only_where_both_may():
    only_user = new_directory(may("FA", user(UID)))
    both = new_directory(may("FA", user(UID), STRANGE))
    asked = [(action, f"{where}/{action}") for where in (only_user, both)
             for action in ("create", "mkdir", "symlink", "mkfifo")]

    equal(restricted(["--restrict", STRANGE], *asked), ["EACCES"] * 4 + ["ok"] * 4)
    equal(sorted(os.listdir(both)), ["create", "mkdir", "mkfifo", "symlink"])
    removed = [("unlink", f"{both}/symlink"), ("rmdir", f"{both}/mkdir"),
               ("rename", f"{both}/create")]
    kept = make_file(f"{only_user}/kept")
    equal(restricted(["--restrict", STRANGE], *removed, ("unlink", kept), ("rename", kept)),
          ["ok", "ok", "ok", "EACCES", "EACCES"])
    equal(plain(("unlink", kept)), ["ok"])


@test
def without_the_privilege_to_bypass_it_traversing_is_judged():
    options = ["--delete-privilege", "SeChangeNotifyPrivilege"]
    closed = new_directory(may("FR", user(UID)))
    inside = new_file(may("FR", user(UID)), where=closed)
    asked = [("read", inside), ("stat", inside), ("list", closed)]

    equal(plain(*asked), ["ok", "ok", "ok"])
    equal(restricted([], *asked), ["ok", "ok", "ok"])
    # Others have just been there: in strict mode the kernel remembers nothing of it.
    equal(restricted(options, *asked), ["EACCES", "EACCES", "ok"])
    equal(restricted(options, ("create", closed + "/new")), ["EACCES"])
    set_acl(closed, "D:P(A;OICI;FA;;;SY)" + may("FRFX", user(UID)))
    equal(restricted(options, *asked), ["ok", "ok", "ok"])


@test
def without_all_privileges_but_one_that_one_is_left():
    closed = new_directory("")
    inside = new_file(may("FR", user(UID)), where=closed)
    printed = json.loads(run("--max-privileges-off", "--print-token", "--json", status=0))

    equal(printed["privileges"], ["SeChangeNotifyPrivilege"])
    equal(restricted(["--max-privileges-off"], ("read", inside), ("list", closed)),
          ["ok", "EACCES"])


@test
def restrictions_add_up():
    groups = f"{UID}:{UID},{ROLE}"
    options = ["--disable", f"gid:{ROLE}", "--restrict", STRANGE, "--restrict", f"gid:{ROLE}"]
    by_role = new_file(may("FR", group(ROLE), STRANGE))
    by_user = new_file(may("FR", user(UID), STRANGE))
    by_user_and_role = new_file(may("FR", user(UID), group(ROLE)))

    equal(restricted(options, ("read", by_role), ("read", by_user), ("read", by_user_and_role),
                     user_text=groups), ["EACCES", "ok", "ok"])


@test
def a_handle_that_was_handed_in_keeps_its_rights_and_its_creator():
    path = new_file(may("FR", user(UID)), text="handed in\n")
    options = ["--restrict", STRANGE]

    equal(restricted(options, ("read", path)), ["EACCES"])
    with open(path, "rb") as file:
        done = subprocess.run([TESSERA, "run", "--state", state(), "--user", f"{UID}:{UID}",
                               *options, "--", "sh", "-c", "read line; echo $line"], stdin=file,
                              capture_output=True, timeout=30, check=True)
    equal(done.stdout, b"handed in\n")


# The tag stays


class Bait:
    """A file that the restricted run may read, and one that only the unrestricted user may."""

    options = ["--restrict", STRANGE]
    allowed = None
    secret = None

    @classmethod
    def lay(cls):
        if not cls.allowed:
            cls.allowed = new_file(may("FR", user(UID), STRANGE), text="allowed\n")
            cls.secret = new_file(may("FR", user(UID)), text="secret\n")
            equal(plain(("read", cls.allowed), ("read", cls.secret)), ["ok", "ok"])

    @classmethod
    def environment(cls, **more):
        return {**os.environ, "ALLOWED": cls.allowed, "SECRET": cls.secret, **more}

    @classmethod
    def outcome(cls, script, **more):
        """What a script in the restricted run printed."""
        cls.lay()
        return run(*cls.options, "--", "sh", "-c", script, env=cls.environment(**more))


def need_program(name):
    if not shutil.which(name):
        raise lab.Skip(f"there is no {name}")


READ_BOTH = 'cat "$ALLOWED"; cat "$SECRET"'


def expect_held(script, **more):
    """The script works, and is held."""
    output = Bait.outcome(script, READ_BOTH=READ_BOTH, **more)
    contains(output, "allowed\n")
    assert "secret" not in output, output


@test
def the_tag_survives_fork_and_exec():
    expect_held('sh -c "$READ_BOTH"')
    expect_held('(sh -c "$READ_BOTH" & wait)')
    expect_held('setsid -w sh -c "$READ_BOTH"')
    expect_held('env -i ALLOWED="$ALLOWED" SECRET="$SECRET" /bin/sh -c "$READ_BOTH"')
    expect_held('exec nice -n 5 timeout 20 sh -c "$READ_BOTH"')


@test
def the_tag_survives_user_namespaces():
    need_program("unshare")
    for option in ("-U", "-Ur", "-Urm", "-Urpf", "-Uc"):
        expect_held(f'unshare {option} sh -c "$READ_BOTH"')
    # In the namespace it is root, and still may not drop its groups.
    expect_held('unshare -Ur sh -c "' + PYTHON + ' \\"$PROBE\\" \'[[\\"setgroups\\", \\"\\"]]\'; '
                '$READ_BOTH"', PROBE=probe_path())
    output = Bait.outcome(f'unshare -Ur {PYTHON} "$PROBE" \'[["setgroups", ""]]\'',
                          PROBE=probe_path())
    equal(json.loads(output), ["EPERM"])


@test
def newgidmap_does_not_take_the_tag_away():
    need_program("newgidmap")
    need_program("unshare")
    output = Bait.outcome(
        'unshare -U sh -c "read go; $READ_BOTH" < "$FIFO" & child=$!; sleep 0.2; '
        f'newgidmap $child 0 {GID} 1 100000 100000 65536 2>&1 && echo mapped; echo go > "$FIFO"; '
        'wait', READ_BOTH=READ_BOTH, FIFO=fifo())
    contains(output, "allowed\n")
    assert "secret" not in output and "mapped" not in output, output


def fifo():
    path = os.path.join(scratch(), "fifo")
    os.mkfifo(path)
    os.chmod(path, 0o666)
    return path


def set_uid_copy(name):
    directory = scratch(0o755)
    path = os.path.join(directory, name)
    shutil.copyfile(shutil.which(name), path)
    os.chmod(path, 0o4755)
    return path


@test
def set_uid_programs_are_inert():
    Bait.lay()
    asks = set_uid_copy("id")
    reads = set_uid_copy("cat")
    control = subprocess.run([asks, "-u"], user=UID, group=GID, extra_groups=[],
                             capture_output=True, text=True, check=True)
    if control.stdout != "0\n":
        raise lab.Skip("set-uid programs do not work here at all")
    control = subprocess.run([reads, Bait.secret], user=OTHER_UID, group=OTHER_UID,
                             extra_groups=[], capture_output=True, text=True, check=True)
    equal(control.stdout, "secret\n", "the set-uid program is SYSTEM for the volume")

    equal(Bait.outcome('"$ASKS" -u', ASKS=asks), f"{UID}\n")
    expect_held('"$READS" "$ALLOWED"; "$READS" "$SECRET"', READS=reads)


@test
def su_sudo_and_newgrp_lead_nowhere():
    for command in ("su -c 'cat \"$SECRET\"'", "su - -c 'cat \"$SECRET\"' root",
                    'sudo -n cat "$SECRET"', 'sg daemon -c "cat $SECRET"',
                    'echo "cat $SECRET" | newgrp daemon', 'newgrp -'):
        output = Bait.outcome(command + ' 2>&1; cat "$ALLOWED"')
        contains(output, "allowed\n")
        assert "secret" not in output, output


@test
def a_set_uid_program_on_the_volume_does_not_become_anybody():
    path = os.path.join(volume().source, "set-uid-id")
    shutil.copyfile(shutil.which("id"), path)
    os.chmod(path, 0o4755)
    set_acl(volume().path("set-uid-id"), "D:P(A;;FA;;;SY)" + may("FRFX", "WD"))
    done = subprocess.run([volume().path("set-uid-id"), "-u"], user=UID, group=GID,
                          extra_groups=[], capture_output=True, text=True, check=True)

    equal(done.stdout, f"{UID}\n")
    equal(run("--", volume().path("set-uid-id"), "-u", status=0), f"{UID}\n")


def write_to(path):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, b"x")
    os.close(fd)


@test
def writing_to_a_set_id_program_takes_its_set_id_bits_away():
    # As Linux does where files are not ours: else who may write the file acts as its owner, where
    # the source can be reached.
    for change in (write_to, lambda path: os.truncate(path, 0)):
        name = new_name("set-id")
        backing = make_file(os.path.join(volume().source, name), b"text", 0o6777)
        as_user(change, volume().path(name))
        equal(oct(os.stat(backing).st_mode & 0o7777), oct(0o777))


@test
def ids_cannot_be_changed():
    asked = [("setgroups", ""), ("setgid", "0"), ("setgid", str(OTHER_UID)), ("setuid", "0"),
             ("setuid", str(OTHER_UID))]

    equal(restricted(Bait.options, *asked), ["EPERM"] * len(asked))
    equal(restricted([], *asked), ["EPERM"] * len(asked))


@test
def a_set_gid_program_with_the_tag_as_its_group_proves_nothing():
    Bait.lay()
    directory = scratch()
    trick = os.path.join(directory, "cat")
    output = Bait.outcome('tag=$(id -G | tr " " "\\n" | sort -n | tail -n 1); cp /bin/cat "$TRICK" '
                          '&& chgrp "$tag" "$TRICK" && chmod 2755 "$TRICK" && echo "$tag"',
                          TRICK=trick)
    tag = int(output)
    stat = os.stat(trick)
    equal((stat.st_uid, stat.st_gid, stat.st_mode & 0o7777), (UID, tag, 0o2755))

    others = new_file(may("FR", user(OTHER_UID)), text="the other's\n")

    def read(path, uid):
        done = subprocess.run([trick, path], user=uid, group=uid, extra_groups=[],
                              capture_output=True, text=True, check=False)
        return done.stdout or done.stderr.split(":")[-1].strip()

    equal(read(others, OTHER_UID), "the other's\n")
    equal(read(Bait.secret, OTHER_UID), "Permission denied")
    equal(read(Bait.allowed, OTHER_UID), "Permission denied")
    equal(read(Bait.secret, UID), "secret\n", "its owner, who is not restricted")
    equal(read(others, UID), "Permission denied")


@test
def a_tag_does_not_become_the_group_of_a_file_on_the_volume():
    path = new_file(may("FA", user(UID), STRANGE))
    output = Bait.outcome('tag=$(id -G | tr " " "\\n" | sort -n | tail -n 1); '
                          'chgrp "$tag" "$FILE" 2>&1; echo "$tag"', FILE=path)
    tag = int(output.splitlines()[-1])

    contains(output, "Invalid argument")
    equal(attempt(os.chown, path, -1, tag, groups=[tag]), errno.EINVAL)
    equal(attempt(os.chown, path, -1, tag, uid=0, gid=0), errno.EINVAL)
    equal(attempt(os.chown, path, -1, TAG_LAST, uid=0, gid=0), errno.EINVAL)
    equal(os.stat(path).st_gid, 0)


@test
def what_is_made_with_a_tag_as_primary_group_does_not_get_the_tag():
    # What a set-gid program that belongs to a tag makes.
    tag = lease()
    directory = new_directory(may("FA", user(UID)))
    asked = [("create", directory + "/file"), ("mkdir", directory + "/directory")]

    for groups in ([], [tag]):
        equal(plain(*asked, gid=tag, groups=groups), ["ok", "ok"])
        for _, path in asked:
            gid = os.stat(path).st_gid
            assert not TAG_FIRST <= gid <= TAG_LAST, gid
        os.unlink(asked[0][1])
        os.rmdir(asked[1][1])


# Tags that are none


FILE_ACTIONS = ("read", "write", "append", "truncate", "stat", "chmod", "chown", "utime", "getsd",
                "setsd", "getxattr", "setxattr", "listxattr", "access", "statvfs")
ENTRY_ACTIONS = ("create", "mkdir", "mkfifo", "symlink")
KNOWN_ENTRY_ACTIONS = ("read", "stat", "link", "rename", "unlink")


def everything(where, become):
    """What somebody can do in a directory of which everybody may do everything.

    The objects are reached by O_PATH fds made before, so that each operation is asked for itself
    and not stopped by the lookup before it.
    """
    directory = os.open(where, os.O_PATH | os.O_CLOEXEC)
    made = make_file(os.path.join(where, "made"), b"text")
    os.setxattr(made, "user.tessera", b"old")
    file = os.open(made, os.O_PATH | os.O_CLOEXEC)
    listed = ["list", "stat", "statvfs", "access"]
    asked = ([(action, f"/proc/self/fd/{file}") for action in FILE_ACTIONS]
             + [(action, f"/proc/self/fd/{directory}") for action in listed]
             + [(action, f"/proc/self/fd/{directory}/{action}") for action in ENTRY_ACTIONS]
             + [(action, f"/proc/self/fd/{directory}/made") for action in KNOWN_ENTRY_ACTIONS[:3]]
             + [("rename", f"/proc/self/fd/{directory}/made"),
                ("unlink", f"/proc/self/fd/{directory}/made-linked")])
    try:
        kind, answers = in_child(become, lambda: [perform(*each) for each in asked])
        equal(kind, "value")
        return {f"{action} {path.rsplit('/', 1)[-1]}": answer
                for (action, path), answer in zip(asked, answers)}
    finally:
        os.close(directory)
        os.close(file)


def becoming(uid=UID, gid=GID, groups=()):
    return lambda: lab.become_user(uid, gid, groups)


def expect_refused(become, what):
    answers = everything(new_directory("(A;OICI;FA;;;WD)"), become)
    wrong = {key: answer for key, answer in answers.items() if answer != "EACCES"}

    equal(wrong, {}, what)


@test
def somebody_without_a_tag_can_do_everything_there():
    answers = everything(new_directory("(A;OICI;FA;;;WD)"), becoming())

    equal({key: answer for key, answer in answers.items() if answer != "ok"}, {})
    assert len(answers) > 25, answers


@test
def a_leased_tag_with_its_uid_can_do_everything_there_too():
    tag = lease()
    answers = everything(new_directory("(A;OICI;FA;;;WD)"), becoming(groups=[tag]))

    equal({key: answer for key, answer in answers.items() if answer != "ok"}, {})


@test
def a_tag_that_was_never_leased_is_refused_everywhere():
    expect_refused(becoming(groups=[TAG_LAST]), "never leased")
    expect_refused(becoming(groups=[lease() + 1]), "the next one")


@test
def a_tag_with_another_uid_is_refused_everywhere():
    tag = lease()

    expect_refused(becoming(uid=OTHER_UID, gid=OTHER_UID, groups=[tag]), "another uid")
    expect_refused(becoming(uid=0, gid=0, groups=[tag]), "root")


@test
def two_tags_are_refused_everywhere():
    one, other = lease(), lease()
    assert one != other

    expect_refused(becoming(groups=[one, other]), "both leased")
    expect_refused(becoming(groups=[one, TAG_LAST]), "one leased")


@test
def a_number_beside_the_range_of_tags_is_a_group_like_any_other():
    for gid in (TAG_FIRST - 1, TAG_LAST + 1):
        path = new_file(may("FR", group(gid)))
        equal(plain(("read", path), groups=[gid]), ["ok"])
        equal(plain(("read", path)), ["EACCES"])


def damage(path, kind):
    """Spoil what was published."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    if kind == "removed":
        os.unlink(path)
    elif kind == "for everybody to write":
        os.chmod(path, 0o666)
    elif kind == "another owner's":
        os.chown(path, UID, UID)
    elif kind == "a link":
        os.rename(path, path + "-real")
        os.symlink(path + "-real", path)
    elif kind == "a directory":
        os.unlink(path)
        os.mkdir(path)
    else:
        changed = {
            "empty": b"",
            "cut short": data[:-1],
            "header only": data[:24],
            "too long": data + b"\0",
            "of another kind": b"X" + data[1:],
            "of another version": data[:8] + b"\2" + data[9:],
            "of another tag": data[:12] + bytes([data[12] ^ 1]) + data[13:],
            "of another uid": data[:16] + bytes([data[16] ^ 1]) + data[17:],
            "of no token": data[:24] + b"\xff" * (len(data) - 24),
        }[kind]
        with open(path, "wb") as file:
            file.write(changed)


@test
def who_has_a_tag_whose_token_was_removed_or_spoiled_is_refused():
    for kind in ("removed", "for everybody to write", "another owner's", "a link", "a directory",
                 "empty", "cut short", "header only", "too long", "of another kind",
                 "of another version", "of another tag", "of another uid", "of no token"):
        # The volume has not seen this tag, and so remembers nothing of it.
        tag = lease(*Bait.options)
        damage(state("tags", str(tag)), kind)
        path = new_file(may("FA", "WD", STRANGE))

        equal(plain(("read", path), ("write", path), ("stat", path), ("list", volume().root),
                    ("stat", volume().root), groups=[tag]), ["EACCES"] * 5, kind)
    tag = lease(*Bait.options)
    equal(plain(("read", path), groups=[tag]), ["ok"], "not spoiled")


@test
def a_running_program_whose_token_was_removed_is_refused_by_a_new_volume():
    fresh = Volume("--cache", "strict", launcher=ENDS_WITH_US)
    try:
        set_acl(fresh.root, "D:P(A;;FA;;;SY)(A;;FRFX;;;WD)")
        path = new_file(may("FA", "WD", STRANGE), where=fresh.root)
        with Program(*Bait.options, script=f'read go; cat "{path}" 2>&1; true') as program:
            with open(f"/proc/{program.pid}/status", encoding="ascii") as file:
                groups = [line.split()[1:] for line in file if line.startswith("Groups:")][0]
            os.unlink(state("tags", groups[-1]))
            program.process.stdin.write(b"go\n")
            program.process.stdin.flush()
            contains(program.process.stdout.read().decode(), "Permission denied")
        equal(plain(("read", path)), ["ok"])
    finally:
        equal(fresh.end(), 0)


@test
def a_state_directory_that_others_may_write_is_refused():
    os.chmod(state("tags"), 0o777)
    try:
        tag_path = new_file(may("FR", "WD"))
        done = subprocess.run([TESSERA, "run", "--state", state(), "--user", f"{UID}:{UID}", "--",
                               "cat", tag_path], capture_output=True, text=True, check=False)
        equal(done.returncode, 125, done.stderr)
        equal(done.stdout, "")
    finally:
        os.chmod(state("tags"), 0o755)


# Other credentials than the thread's


@test
def access_in_a_set_uid_program_is_judged_by_the_real_uid_alone():
    by_user = new_file(may("FR", user(UID)))
    by_role = new_file(may("FR", group(ROLE)))
    by_system = new_file("")
    asked = [("access", by_user), ("access", by_role), ("access", by_system)]

    def set_uid_program(tags=()):
        os.setgroups([ROLE, *tags])
        os.setresgid(GID, 0, 0)
        os.setresuid(UID, 0, 0)

    def answers(become):
        return in_child(become, lambda: [perform(*each) for each in asked])[1]

    equal(plain(*asked, groups=[ROLE]), ["ok", "ok", "EACCES"], "without change of credentials")
    equal(answers(set_uid_program), ["ok", "EACCES", "EACCES"])
    equal(answers(lambda: set_uid_program([lease()])), ["EACCES"] * 3, "with a tag")


@test
def a_thread_with_another_fsuid_is_that_user_and_its_tag_is_not():
    path = new_file(may("FR", user(OTHER_UID)))
    tag = lease()

    def become(groups):
        os.setgroups(groups)
        os.setresgid(GID, GID, GID)
        os.setresuid(-1, UID, -1)
        os.setresuid(-1, 0, -1)
        LIBC.setfsuid(OTHER_UID)

    equal(in_child(lambda: become([]), perform, "read", path)[1], "ok")
    equal(in_child(lambda: become([tag]), perform, "read", path)[1], "EACCES")


@test
def a_ring_with_other_credentials_is_judged_by_their_uid_alone():
    reason = uring.missing()
    if reason:
        raise lab.Skip(reason)
    by_user = new_file(may("FR", user(UID)))
    by_role = new_file(may("FR", group(ROLE)))
    by_system = new_file("")
    tag = lease()

    def submit(groups, path):
        ring = uring.Ring()
        os.setgroups([ROLE])
        os.setresgid(GID, GID, GID)
        os.setresuid(-1, UID, -1)
        personality = ring.register_personality()
        os.setresuid(-1, 0, -1)
        os.setgroups(groups)
        ring.open(path, os.O_RDONLY, personality)

    def answers(groups):
        return [in_child(lambda: None, submit, groups, path) for path in
                (by_user, by_role, by_system)]

    refused = ("errno", errno.EACCES)
    equal(answers([ROLE]), [("value", None), refused, refused])
    equal(answers([ROLE, tag]), [refused] * 3, "with a tag on the thread")


# Neighbours


NEIGHBOUR = """
import os, socket, sys, time
listening = socket.socket(socket.AF_UNIX)
listening.bind("\\0" + sys.argv[1])
listening.listen(5)
print("ready", flush=True)
sys.stdin.read()
"""

ATTACK = """
import ctypes, errno, json, os, signal, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
pid, name = int(sys.argv[1]), sys.argv[2]
results = {}

def attempt(what, function):
    ctypes.set_errno(0)
    try:
        if function() == -1:
            raise OSError(ctypes.get_errno(), what)
        results[what] = "ok"
    except OSError as error:
        results[what] = errno.errorcode[error.errno]

class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]

def read_memory():
    with open(f"/proc/{pid}/maps") as maps:
        address = int(maps.readline().split("-")[0], 16)
    room = ctypes.create_string_buffer(8)
    mine = Vector(ctypes.cast(room, ctypes.c_void_p).value, 8)
    return libc.process_vm_readv(pid, ctypes.byref(mine), 1,
                                 ctypes.byref(Vector(address, 8)), 1, 0)

def connect():
    socket.socket(socket.AF_UNIX).connect("\\0" + name)

attempt("signal", lambda: os.kill(pid, 0))
attempt("signal by pidfd", lambda: signal.pidfd_send_signal(os.pidfd_open(pid), 0))
attempt("abstract socket", connect)
attempt("read its memory", read_memory)
attempt("open its memory", lambda: os.close(os.open(f"/proc/{pid}/mem", os.O_RDWR)))
attempt("look at its environment", lambda: os.close(os.open(f"/proc/{pid}/environ", 0)))
attempt("steal an fd", lambda: libc.syscall(438, os.pidfd_open(pid), 0, 0))
attempt("look at its fds", lambda: os.readlink(f"/proc/{pid}/fd/0"))
attempt("trace", lambda: libc.ptrace(0x4206, pid, None, None))
if results["trace"] == "ok":
    libc.ptrace(0x4207, pid, None, None)
    os.waitpid(pid, 0x40000000)
    libc.ptrace(17, pid, None, None)
print(json.dumps(results))
"""


@test
def a_restricted_run_cannot_touch_its_unrestricted_sibling():
    name = f"tessera-neighbour-{os.getpid()}"
    with subprocess.Popen([PYTHON, "-c", NEIGHBOUR, name], user=UID, group=GID, extra_groups=[],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as sibling:
        try:
            equal(sibling.stdout.readline(), b"ready\n")
            attack = [PYTHON, "-c", ATTACK, str(sibling.pid), name]
            for options in ([], Bait.options):
                results = json.loads(run(*options, "--", *attack, status=0))
                equal({what: result for what, result in results.items()
                       if result not in ("EPERM", "EACCES")}, {}, options)
            control = subprocess.run(attack, user=UID, group=GID, extra_groups=[],
                                     capture_output=True, text=True, check=True)
            results = json.loads(control.stdout)
            equal({what: result for what, result in results.items() if result != "ok"}, {},
                  "what an unrestricted sibling can do")
            equal(sibling.poll(), None)
        finally:
            sibling.stdin.close()


@test
def a_run_can_signal_and_talk_to_its_own():
    script = ('sleep 20 & kill $! && wait $! ; '
              f'{PYTHON} -c \'import socket; a = socket.socket(socket.AF_UNIX); '
              'a.bind("\\0tessera-own"); a.listen(1); '
              'socket.socket(socket.AF_UNIX).connect("\\0tessera-own"); print("talked")\'')

    contains(run(*Bait.options, "--", "sh", "-c", script), "talked")


@test
def a_run_has_no_new_privileges_and_no_capabilities():
    for options in ([], Bait.options, ["--max-privileges-off"]):
        status = dict(line.split(":\t", 1) for line in
                      run(*options, "--", "cat", "/proc/self/status", status=0).splitlines())
        equal(status["NoNewPrivs"], "1")
        for which in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            equal(int(status[which], 16), 0, which)
        equal(status["Uid"].split(), [str(UID)] * 4)


# Looking from outside


@test
def whoami_shows_the_token_of_the_tag():
    options = ["--disable", f"gid:{ROLE}", "--restrict", STRANGE]
    text = f"{UID}:{UID},{ROLE}"
    expected = json.loads(run(*options, "--print-token", "--json", user_text=text, status=0))
    with Program(*options, user_text=text) as program:
        output, _ = tessera("whoami", "--json", "--state", state(), "--pid", str(program.pid))
        shown = json.loads(output)
        mine, _ = tessera("whoami", "--json", "--state", state(), "--pid", str(os.getpid()))

    for member in ("user", "groups", "privileges", "restricting_sids", "integrity", "filtered",
                   "write_restricted", "flags", "owner", "primary_group", "default_dacl_hex"):
        equal(shown[member], expected[member], member)
    equal([sid["sid"] for sid in shown["restricting_sids"]], [STRANGE])
    equal(json.loads(mine)["user"], SYSTEM)


@test
def whoami_knows_no_token_for_a_forged_tag():
    pid = os.fork()
    if pid == 0:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        lab.become_user(UID, GID, [TAG_LAST])
        while True:
            signal.pause()
    try:
        for _ in range(200):
            with open(f"/proc/{pid}/status", encoding="ascii") as file:
                if f"Uid:\t{UID}" in file.read():
                    break
            time.sleep(0.01)
        output, errors = tessera("whoami", "--state", state(), "--pid", str(pid), status=1)
        equal(output, "")
        contains(errors, "tessera: ")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@test
def handles_shows_who_is_restricted():
    Bait.lay()
    with Program(*Bait.options, script=f'exec 3<"{Bait.allowed}"; echo ready; exec cat') as program:
        equal(program.process.stdout.readline(), b"ready\n")
        with open(Bait.allowed, "rb"):
            output, _ = tessera("handles", "--json", volume().root)
            shown = [json.loads(line) for line in output.splitlines()]
    files = {handle["uid"]: handle for handle in shown
             if handle["path"] == "/" + os.path.basename(Bait.allowed)}

    equal(set(files), {0, UID})
    equal(files[UID]["restricted"], True)
    equal(files[UID]["user"], user(UID))
    equal(files[UID]["pid"], program.pid)
    equal(files[0]["restricted"], False)
    equal(files[0]["user"], SYSTEM)


@test
def each_run_has_a_tag_of_its_own():
    tags = [lease() for _ in range(5)]

    equal(sorted(set(tags)), tags)
    for tag in tags:
        equal(os.stat(state("tags", str(tag))).st_mode & 0o777, 0o644)
        expect_error(attempt(os.unlink, state("tags", str(tag))), errno.EACCES, "unlink")


@test
def all_volumes_end_well():
    for mounted in VOLUMES.values():
        errors = mounted.errors()
        equal(mounted.end(), 0)
        equal(errors, "")


if __name__ == "__main__":
    if not os.path.exists(PYTHON):
        print(f"1..0 # SKIP there is no {PYTHON}")
        sys.exit(1 if os.environ.get("TESSERA_REQUIRE_ALL") == "1" else 0)
    sys.exit(lab.main())
