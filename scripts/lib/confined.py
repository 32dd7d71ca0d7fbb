"""Runs a program that may hang, eat memory, multiply or print anything: for scripts/grade."""

import os
import pathlib
import resource
import shutil
import signal
import subprocess
import tempfile

MOST_OUTPUT = 1 << 20  # bytes of a file that the program writes
MOST_MEMORY = 4 << 30  # bytes of addresses; the stacks of many threads count
MOST_THREADS = 500     # beyond those that run before
STRANGER = 65534       # the user `nobody`

LONGEST_SENTENCE = 500


def escaped(text):
    """The text in one line of printable characters, so that it cannot pass for a line of ours."""
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
    return shown if len(shown) <= LONGEST_SENTENCE else shown[:LONGEST_SENTENCE] + " …"


def threads_of_this_user():
    """The limit of threads counts all of a user, so it has to lie above those that exist."""
    count = 0
    for status in pathlib.Path("/proc").glob("[0-9]*/task"):
        try:
            if status.stat().st_uid == (os.getuid() or STRANGER):
                count += len(os.listdir(status))
        except OSError:
            continue  # it has ended
    return count


class Ended:
    def __init__(self, status, timed_out, output):
        self.status = status  # negative: the signal that ended it
        self.timed_out = timed_out
        self.output = output


def become_stranger():
    """Gives up root: the limit of processes does not bind it, and it may read every file."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(STRANGER)
        os.setuid(STRANGER)


def own_folder(parent):
    """Makes a temporary folder that a confined program may use, and no other one."""
    folder = tempfile.TemporaryDirectory(prefix="confined-", dir=parent)
    if os.geteuid() == 0:
        os.chown(folder.name, STRANGER, STRANGER)
    return folder


class Box:
    """A new network and process namespace, if the system allows one; limits in any case."""

    def __init__(self):
        self.prefix = []
        unshare = ["unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child"]
        if shutil.which("unshare"):
            tried = subprocess.run([*unshare, "true"], stdin=subprocess.DEVNULL, cwd="/",
                                   capture_output=True, check=False, preexec_fn=become_stranger)
            if tried.returncode == 0:
                self.prefix = unshare

    def run(self, command, folder, seconds):
        """Runs the command with nothing of this environment, then kills what is left of it."""
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder),
                       "TMPDIR": str(folder), "MALLOC_ARENA_MAX": "2"}
        most_threads = threads_of_this_user() + MOST_THREADS

        def limit():
            for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, MOST_OUTPUT * 64),
                               (resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_NOFILE, 256),
                               (resource.RLIMIT_CPU, seconds + 5),
                               (resource.RLIMIT_NPROC, most_threads)):
                hard = resource.getrlimit(what)[1]
                if hard != resource.RLIM_INFINITY:
                    most = min(most, hard)
                resource.setrlimit(what, (most, most))
            become_stranger()

        with tempfile.TemporaryFile() as output:
            # pylint: disable=subprocess-popen-preexec-fn
            program = subprocess.Popen(
                [*self.prefix, *map(str, command)], cwd=folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, preexec_fn=limit)
            timed_out = False
            try:
                program.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                timed_out = True
            try:
                os.killpg(program.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            status = program.wait()
            size = output.seek(0, os.SEEK_END)
            output.seek(max(0, size - MOST_OUTPUT))
            return Ended(status, timed_out, output.read().decode(errors="replace"))
