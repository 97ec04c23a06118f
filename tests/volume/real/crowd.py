# SPDX-License-Identifier: MIT
"""Real processes of users who are only numbers, and volumes whose daemon is killed.

What volume_lab lacks: functions and shell commands that run as a user, several at once, with their
own end.
"""

import ctypes
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import volume_lab  # pylint: disable=wrong-import-position
from volume_lab import LIBC, Lab, Volume, equal  # pylint: disable=wrong-import-position

STAFF = 62000
PATIENCE = 60  # seconds after which a child hangs

PR_SET_PDEATHSIG = 1

running = set()  # pids of children

os.environ["LC_ALL"] = "C.UTF-8"


def become(uid):
    """What a child does to be that user, and to die with the test."""
    if os.geteuid() == 0:
        os.setgroups([STAFF])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.umask(0o022)


def run_as(uid, command, cwd, home="/nonexistent", status=0):
    """Run a shell command as a user; return what it printed."""
    environment = {"PATH": os.environ["PATH"], "HOME": home, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(["sh", "-c", command], cwd=cwd, env=environment, timeout=PATIENCE,
                          preexec_fn=lambda: become(uid), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="surrogateescape")
    if status is not None:
        equal(done.returncode, status, f"exit status of {command!r} in {cwd}:\n{text}\n")
    return text


class Child:
    """A function in a process of its own, as a user; what it returns comes back."""

    def __init__(self, uid, function, *arguments, cwd="/"):
        self.name = function.__name__
        self.output = tempfile.TemporaryFile()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            self._be(uid, function, arguments, cwd)
        running.add(self.pid)

    def _be(self, uid, function, arguments, cwd):
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(PATIENCE)
            become(uid)
            os.chdir(cwd)
            answer = {"result": function(*arguments)}
        except BaseException:  # pylint: disable=broad-except
            answer = {"failure": traceback.format_exc()}
        self.output.write(json.dumps(answer).encode())
        self.output.flush()
        os._exit(0)

    def result(self):
        """Wait for the end; return what the function returned, as JSON has it."""
        _, status = os.waitpid(self.pid, 0)
        running.discard(self.pid)
        equal(status, 0, f"wait status of {self.name}")
        with self.output:
            self.output.seek(0)
            answer = json.loads(self.output.read())
        assert "failure" not in answer, answer.get("failure")
        return answer["result"]


def call_as(uid, function, *arguments, cwd="/"):
    return Child(uid, function, *arguments, cwd=cwd).result()


def results(children):
    """What several children return; all have ended, also if one failed."""
    answers = []
    failures = []
    for child in children:
        try:
            answers.append(child.result())
        except AssertionError as error:
            failures.append(str(error))
    assert not failures, "\n".join(failures)
    return answers


def call_together(function, argument_lists, cwd=".", uid=None):
    """The same function in several processes at once, as the same user if none is named."""
    uid = os.geteuid() if uid is None else uid
    children = [Child(uid, function, *arguments, cwd=cwd) for arguments in argument_lists]
    return results(children)


def outcome(function, *arguments, **options):
    """What a call returns, or the name of the error that it ends in."""
    try:
        return function(*arguments, **options)
    except OSError as error:
        return errno.errorcode[error.errno]


def wait_until(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.005)


def kill_daemon(volume):
    """Kill a volume's daemon; its mount stays, dead."""
    volume.process.kill()
    volume.process.wait()
    volume.process.stdout.close()
    volume.process = None
    Lab.volumes.remove(volume)


def unmount(volume):
    """Unmount; the daemon must end by itself, without complaint."""
    if LIBC.umount2(volume.root.encode(), 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), volume.root)
    equal(volume.process.wait(timeout=PATIENCE), 0, "exit status of the daemon")
    volume.process.stdout.close()
    volume.process = None
    Lab.volumes.remove(volume)
    equal(volume.errors(), "", "the daemon's complaints")


def n_mounts(path):
    """How many file systems are mounted at a place, one over another."""
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        return sum(line.split()[1] == path for line in mounts)


def remove_leftovers():
    """What a test that failed half-way leaves: processes, and mounts without daemon."""
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    running.clear()
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        places = [line.split()[1] for line in mounts]
    for place in places:
        if Lab.folder and place.startswith(Lab.folder + "/"):
            volume_lab.unmount(place)
    if Lab.folder:
        shutil.rmtree(Lab.folder, ignore_errors=True)


def main():
    """Run every test of the file; return the exit status."""
    try:
        return volume_lab.main()
    finally:
        remove_leftovers()


__all__ = ["Child", "Lab", "Volume", "call_as", "call_together", "equal", "kill_daemon", "main",
           "n_mounts", "outcome", "results", "run_as", "unmount", "wait_until"]
