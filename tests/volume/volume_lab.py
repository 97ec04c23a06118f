# SPDX-License-Identifier: MIT
"""A volume to experiment on: mounting it, being other users, writing and reading descriptors.

Environment:
  TESSERA              the built program
  TESSERA_REQUIRE_ALL  1: what cannot run here is a failure
"""

import ctypes
import errno
import fcntl
import os
import pickle
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

TESSERA = os.path.abspath(os.environ.get("TESSERA", "tessera"))
TIME_LIMIT = 240

# Programs are looked up where every user may look.
os.environ["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin"

LIBC = ctypes.CDLL(None, use_errno=True)

# A user without account: what it may do is only what the test says.
UID = 61001
GID = 61001
OTHER_UID = 61002

# Rights
READ_DATA = LIST_DIRECTORY = 0x1
WRITE_DATA = ADD_FILE = 0x2
APPEND_DATA = ADD_SUBDIRECTORY = 0x4
READ_EA = 0x8
WRITE_EA = 0x10
EXECUTE = TRAVERSE = 0x20
DELETE_CHILD = 0x40
READ_ATTRIBUTES = 0x80
WRITE_ATTRIBUTES = 0x100
DELETE = 0x10000
READ_CONTROL = 0x20000
WRITE_DAC = 0x40000
WRITE_OWNER = 0x80000
SYNCHRONIZE = 0x100000
FULL = 0x1F01FF
GENERIC_ALL, GENERIC_EXECUTE, GENERIC_WRITE, GENERIC_READ = 1 << 28, 1 << 29, 1 << 30, 1 << 31

# ACE types and flags
ALLOW, DENY, AUDIT, LABEL = 0x00, 0x01, 0x02, 0x11
OI, CI, NP, IO, ID = 0x01, 0x02, 0x04, 0x08, 0x10

# Control bits
DACL_PRESENT, SACL_PRESENT = 0x0004, 0x0010
DACL_AUTO_INHERIT_REQ, SACL_AUTO_INHERIT_REQ = 0x0100, 0x0200
DACL_AUTO_INHERITED, SACL_AUTO_INHERITED = 0x0400, 0x0800
DACL_PROTECTED, SACL_PROTECTED = 0x1000, 0x2000
SELF_RELATIVE = 0x8000

EVERYONE = "S-1-1-0"
CREATOR_OWNER = "S-1-3-0"
CREATOR_GROUP = "S-1-3-1"
SYSTEM = "S-1-5-18"
ADMINISTRATORS = "S-1-5-32-544"
LOW, MEDIUM, HIGH = "S-1-16-4096", "S-1-16-8192", "S-1-16-12288"

NTACL = "security.NTACL"
SD_XATTR = "system.tessera_sd."


def user(uid):
    return f"S-1-22-1-{uid}"


def group(gid):
    return f"S-1-22-2-{gid}"


# Descriptors


def sid_bytes(text):
    parts = [int(part) for part in text.split("-")[1:]]
    return (struct.pack("<BB", parts[0], len(parts) - 2) + parts[1].to_bytes(6, "big")
            + struct.pack(f"<{len(parts) - 2}I", *parts[2:]))


def sid_text(encoded):
    count = encoded[1]
    authority = int.from_bytes(encoded[2:8], "big")
    parts = struct.unpack_from(f"<{count}I", encoded, 8)
    return "-".join(map(str, ("S", encoded[0], authority) + parts))


def sid_size(encoded):
    return 8 + 4 * encoded[1]


def ace(kind, flags, mask, sid):
    """One entry, as (type, flags, mask, SID)."""
    return (kind, flags, mask, sid)


def acl_bytes(aces):
    body = b""
    for kind, flags, mask, sid in aces:
        encoded = sid_bytes(sid)
        body += struct.pack("<BBHI", kind, flags, 8 + len(encoded), mask) + encoded
    return struct.pack("<BBHHH", 2, 0, 8 + len(body), len(aces), 0) + body


def sd_bytes(owner=None, group=None, dacl=None, sacl=None, control=0):
    """A self-relative descriptor; an ACL is a list of entries, or "NULL" for the NULL ACL.

    The parts stand in the order in which Windows writes them.
    """
    # pylint: disable=redefined-outer-name
    control |= SELF_RELATIVE
    control |= DACL_PRESENT if dacl is not None else 0
    control |= SACL_PRESENT if sacl is not None else 0
    body = b""
    offsets = []
    for part in (acl_bytes(sacl) if isinstance(sacl, list) else b"",
                 acl_bytes(dacl) if isinstance(dacl, list) else b"",
                 sid_bytes(owner) if owner else b"", sid_bytes(group) if group else b""):
        offsets.append(20 + len(body) if part else 0)
        body += part
    at_sacl, at_dacl, at_owner, at_group = offsets
    return struct.pack("<BBHIIII", 1, 0, control, at_owner, at_group, at_sacl, at_dacl) + body


def parse_acl(encoded):
    n_aces, = struct.unpack_from("<H", encoded, 4)
    at = 8
    aces = []
    for _ in range(n_aces):
        kind, flags, size, mask = struct.unpack_from("<BBHI", encoded, at)
        aces.append(ace(kind, flags, mask, sid_text(encoded[at + 8:at + size])))
        at += size
    return aces


def parse_sd(encoded):
    """The members of a self-relative descriptor, as sd_bytes() takes them."""
    _, _, control, owner, grp, sacl, dacl = struct.unpack_from("<BBHIIII", encoded)
    return {
        "control": control & ~(SELF_RELATIVE | DACL_PRESENT | SACL_PRESENT),
        "owner": sid_text(encoded[owner:]) if owner else None,
        "group": sid_text(encoded[grp:]) if grp else None,
        "dacl": ((parse_acl(encoded[dacl:]) if dacl else "NULL")
                 if control & DACL_PRESENT else None),
        "sacl": ((parse_acl(encoded[sacl:]) if sacl else "NULL")
                 if control & SACL_PRESENT else None),
    }


def ntacl_bytes(encoded):
    """Samba's version 1 blob: offsets in the descriptor count from the blob's start."""
    blob = bytearray(encoded)
    for at in range(4, 20, 4):
        offset, = struct.unpack_from("<I", blob, at)
        if offset:
            struct.pack_into("<I", blob, at, offset + 8)
    return struct.pack("<HHI", 1, 1, 0x20000) + bytes(blob)


def set_sd(path, letters="D", follow=True, **parts):
    os.setxattr(path, SD_XATTR + letters, sd_bytes(**parts), follow_symlinks=follow)


def get_sd(path, letters="OGD", follow=True):
    return parse_sd(os.getxattr(path, SD_XATTR + letters, follow_symlinks=follow))


def grant(path, mask, uid=UID):
    """Give a user exactly these rights on a file of root's, SYSTEM all, and nobody else any."""
    aces = [ace(ALLOW, OI | CI, FULL, SYSTEM)]
    if mask:
        aces.append(ace(ALLOW, 0, mask, user(uid)))
    set_sd(path, "D", follow=False, dacl=aces, control=DACL_PROTECTED)


# Being somebody else


def error_name(number):
    return errno.errorcode.get(number, str(number)) if number else "success"


def _child(write_end, become, function, arguments):
    try:
        become()
        answer = ("value", function(*arguments))
    except OSError as error:
        if error.errno is None:
            answer = ("broken", traceback.format_exc())
        else:
            answer = ("errno", error.errno)
    except BaseException:  # pylint: disable=broad-except
        answer = ("broken", traceback.format_exc())
    with os.fdopen(write_end, "wb") as pipe:
        pickle.dump(answer, pipe)


def in_child(become, function, *arguments):
    """Run a function in a forked child after become(); return ("value", …) or ("errno", …)."""
    read_end, write_end = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read_end)
            signal.alarm(0)
            _child(write_end, become, function, arguments)
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        data = pipe.read()
    os.waitpid(pid, 0)
    if not data:
        raise AssertionError(f"the child that ran {function} died")
    kind, value = pickle.loads(data)
    if kind == "broken":
        raise AssertionError("in the child: " + value)
    return kind, value


def become_user(uid=UID, gid=GID, groups=()):
    os.setgroups(list(groups))
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    os.umask(0)


def attempt(function, *arguments, uid=UID, gid=GID, groups=()):
    """The errno that a function ends with as another user; 0 if it succeeds."""
    kind, value = in_child(lambda: become_user(uid, gid, groups), function, *arguments)
    return value if kind == "errno" else 0


def as_user(function, *arguments, uid=UID, gid=GID, groups=()):
    """What a function returns as another user."""
    kind, value = in_child(lambda: become_user(uid, gid, groups), function, *arguments)
    if kind == "errno":
        name = getattr(function, "__name__", function)
        raise AssertionError(f"uid {uid}: {name}: {error_name(value)}")
    return value


class Actor:
    """Another user's process that does what it is told, one function after the other."""

    def __init__(self, uid=UID, gid=GID, groups=()):
        self.state = {}
        here, there = socket.socketpair()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                here.close()
                signal.alarm(0)
                become_user(uid, gid, groups)
                self._serve(there)
            finally:
                os._exit(0)
        there.close()
        self.channel = here.makefile("rwb")
        here.close()

    def _serve(self, there):
        channel = there.makefile("rwb")
        while True:
            try:
                name, arguments = pickle.load(channel)
            except EOFError:
                return
            try:
                answer = ("value", ACTIONS[name](self.state, *arguments))
            except OSError as error:
                answer = ("errno", error.errno)
            except BaseException:  # pylint: disable=broad-except
                answer = ("broken", traceback.format_exc())
            pickle.dump(answer, channel)
            channel.flush()

    def attempt(self, name, *arguments):
        """The errno that an action ends with; 0 if it succeeds."""
        kind, value = self._ask(name, arguments)
        return value if kind == "errno" else 0

    def do(self, name, *arguments):
        """What an action returns."""
        kind, value = self._ask(name, arguments)
        assert kind == "value", f"{name}{arguments}: {error_name(value)}"
        return value

    def _ask(self, name, arguments):
        pickle.dump((name, arguments), self.channel)
        self.channel.flush()
        kind, value = pickle.load(self.channel)
        assert kind != "broken", value
        return kind, value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.channel.close()
        os.waitpid(self.pid, 0)


ACTIONS = {}


def action(function):
    """Register what an Actor can be told to do; its first argument is the actor's own state."""
    ACTIONS[function.__name__] = function
    return function


@action
def open_file(state, path, flags):
    state["fd"] = os.open(path, flags)


@action
def pread(state, size, offset=0):
    return os.pread(state["fd"], size, offset)


@action
def pwrite(state, data, offset=0):
    return os.pwrite(state["fd"], data, offset)


@action
def fstat_size(state):
    return os.fstat(state["fd"]).st_size


@action
def ftruncate(state, size):
    os.ftruncate(state["fd"], size)


@action
def close_file(state):
    os.close(state["fd"])


@action
def open_and_close(_, path, flags):
    os.close(os.open(path, flags))


@action
def list_names(_, path):
    return sorted(os.listdir(path))


@action
def clear_append(state):
    flags = fcntl.fcntl(state["fd"], fcntl.F_GETFL)
    fcntl.fcntl(state["fd"], fcntl.F_SETFL, flags & ~os.O_APPEND)


# The laboratory


class Skip(Exception):
    """Raised by a test that cannot run here, with the reason."""


class Lab:
    """A scratch directory in a mount namespace of our own, which takes every mount with it."""

    folder = None
    volumes = []

    @classmethod
    def open(cls):
        if LIBC.unshare(0x00020000) == 0:
            LIBC.mount(b"none", b"/", None, 0x4000 | 0x40000, None)
        cls.folder = tempfile.mkdtemp(prefix="tessera-volume-")
        os.chmod(cls.folder, 0o755)
        os.umask(0o022)
        # tsr_tag_lease() is not used here, but the resolver wants the directory to be root's.
        os.mkdir(cls.path("state"), 0o755)

    @classmethod
    def path(cls, *names):
        return os.path.join(cls.folder, *names)

    @classmethod
    def close(cls):
        for volume in list(cls.volumes):
            volume.end()
        shutil.rmtree(cls.folder, ignore_errors=True)


class Volume:
    """A mounted volume with its daemon."""

    n_made = 0

    def __init__(self, *options, over_itself=False, prepare=None, launcher=()):
        Volume.n_made += 1
        name = f"{Volume.n_made}"
        self.source = Lab.path("source" + name)
        self.root = self.source if over_itself else Lab.path("mount" + name)
        self.errors_path = Lab.path("errors" + name)
        self.options = options
        self.launcher = launcher
        self.process = None
        os.mkdir(self.source, 0o755)
        if not over_itself:
            os.mkdir(self.root, 0o755)
        if prepare:
            prepare(self.source)
        self.start()

    def start(self):
        with open(self.errors_path, "ab") as errors:
            self.process = subprocess.Popen(
                [*self.launcher, TESSERA, "mount", "--state", Lab.path("state"), *self.options,
                 self.source, self.root], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=errors)
        Lab.volumes.append(self)
        greeting = self.process.stdout.readline()
        if b"serving" not in greeting:
            self.end()
            raise AssertionError("the volume was not mounted: " + self.errors())

    def path(self, *names):
        return os.path.join(self.root, *names)

    def backing(self, *names):
        return os.path.join(self.source, *names)

    def errors(self):
        with open(self.errors_path, "rb") as file:
            return file.read().decode(errors="replace")

    def end(self, stop=signal.SIGTERM):
        """Stop the daemon; return its exit status."""
        if self in Lab.volumes:
            Lab.volumes.remove(self)
        if not self.process:
            return None
        self.process.send_signal(stop)
        try:
            status = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        self.process = None
        unmount(self.root)
        return status


def unmount(path):
    """Take away what is mounted here, if anything is."""
    LIBC.umount2(path.encode(), 2)


def tessera(*arguments, status=0, uid=0, **options):
    """Run the program; return its output and errors."""
    identity = {"user": uid, "group": uid, "extra_groups": []} if uid else {}
    # By descriptor: the way to the program may be closed to other users.
    fd = os.open(TESSERA, os.O_PATH)
    try:
        done = subprocess.run([TESSERA, *arguments], executable=f"/proc/self/fd/{fd}",
                              pass_fds=[fd], capture_output=True, text=True, timeout=60,
                              check=False, **identity, **options)
    finally:
        os.close(fd)
    if status is not None:
        equal(done.returncode, status, f"exit status of {arguments}: {done.stderr}")
    assert "Sanitizer" not in done.stderr, done.stderr
    return done.stdout, done.stderr


def sddl_bytes(text):
    return bytes.fromhex(tessera("sddl", "--to-hex", text)[0])


# Checks


def equal(got, expected, what="value"):
    assert got == expected, f"{what}: expected {expected!r}, got {got!r}"


def expect_error(got, expected, what):
    assert got == expected, f"{what}: expected {error_name(expected)}, got {error_name(got)}"


def contains(text, *parts):
    for part in parts:
        assert part in text, f"{part!r} is not in {text!r}"


def make_file(path, data=b"", mode=0o644):
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, mode)
    return path


def getxattr_raw(path, name, size):
    """getxattr(2) with a buffer of this size: the result, or a negated errno."""
    buffer = ctypes.create_string_buffer(max(size, 1))
    result = LIBC.getxattr(os.fsencode(path), name.encode(), buffer, size)
    return result if result >= 0 else -ctypes.get_errno()


def renameat2(old, new, flags):
    if LIBC.renameat2(-100, os.fsencode(old), -100, os.fsencode(new), flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


RENAME_NOREPLACE, RENAME_EXCHANGE = 1, 2


# Running


TESTS = []


def test(function):
    """Register a test; its name is its sentence."""
    TESTS.append((function.__name__.replace("_", " "), None, function))
    return function


def open_bug(reason):
    """Register a test that shows a defect still open: it fails until somebody mends it."""
    def register(function):
        TESTS.append((function.__name__.replace("_", " "), reason, function))
        return function
    return register


def add_test(name, function):
    TESTS.append((name, None, function))


def missing():
    """Why no volume can be mounted here; None if one can."""
    if os.geteuid() != 0:
        return "needs root"
    if not os.path.exists("/dev/fuse"):
        return "there is no /dev/fuse"
    if not os.path.exists(TESSERA):
        return f"there is no {TESSERA}"
    with tempfile.NamedTemporaryFile() as file:
        try:
            os.setxattr(file.name, NTACL, b"x")
        except OSError as error:
            return f"cannot set security.NTACL below {tempfile.gettempdir()}: {error}"
    return None


def out_of_time(*_):
    # Killing the daemons ends whatever waits for them; the tests then fail one by one.
    for volume in Lab.volumes:
        if volume.process:
            volume.process.kill()
    print(f"# out of time after {TIME_LIMIT} seconds")


def complaints():
    """What the daemons say beyond what a test expects: a sanitizer's report."""
    return [volume.errors() for volume in Lab.volumes if "Sanitizer" in volume.errors()]


def run_one(number, name, reason, function):
    directive = f" # TODO {reason}" if reason else ""
    began = time.monotonic()
    try:
        function()
        assert not complaints(), complaints()[0]
    except Skip as why:
        if os.environ.get("TESSERA_REQUIRE_ALL") == "1":
            print(f"not ok {number} - {name}\n# {why}")
            return False
        print(f"ok {number} - {name} # SKIP {why}")
    except Exception as error:  # pylint: disable=broad-except
        print(f"not ok {number} - {name}{directive}")
        text = traceback.format_exc() if not isinstance(error, AssertionError) else str(error)
        for line in text.splitlines():
            print(f"# {line[:2000]}")
        for volume in Lab.volumes:
            for line in volume.errors().splitlines()[-20:]:
                print(f"# {os.path.basename(volume.root)}: {line[:1000]}")
        return bool(reason)
    else:
        print(f"ok {number} - {name}{directive}")
        if time.monotonic() - began > 10:
            print(f"# took {time.monotonic() - began:.1f} seconds")
    finally:
        sys.stdout.flush()
    return True


def heed_signals():
    """Whoever started the tests may ignore signals (nohup, a background job); the tests send them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def main():
    """Run every test of the file; return the exit status."""
    heed_signals()
    reason = missing()
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 1 if os.environ.get("TESSERA_REQUIRE_ALL") == "1" else 0
    n_failed = 0
    Lab.open()
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(TIME_LIMIT)
    print(f"1..{len(TESTS)}")
    try:
        for number, (name, why, function) in enumerate(TESTS, 1):
            n_failed += not run_one(number, name, why, function)
    finally:
        Lab.close()
    return 1 if n_failed else 0
