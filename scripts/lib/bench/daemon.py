"""A peer's server process in a temporary folder, on a free port of the loopback."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

READY_WITHIN = 30  # seconds


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unprivileged():
    """Returns the arguments of subprocess that drop root's rights, for servers that refuse it."""
    if os.geteuid() != 0:
        return {}
    for name in "postgres", "nobody":
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("no user to run PostgreSQL as; run scripts/bench as another user than root")


class Daemon:
    """Runs during the `with` block. Subclasses give the command, and whether it is ready."""

    stop_signal = signal.SIGTERM

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="atm-bench-"))
        self.process = None
        self.port = free_port()
        try:
            self.identity = unprivileged()
            if self.identity:
                os.chown(self.folder, self.identity["user"], self.identity["group"])
            self.prepare()
            self.launch()
        except BaseException:
            self.__exit__()
            raise
        return self

    def launch(self):
        with open(self.folder / "log", "wb") as log:
            # A session of its own, so that Ctrl-C ends it only once the load has ended.
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log,
                                            cwd=self.folder, start_new_session=True,
                                            **self.identity)
        until = time.monotonic() + READY_WITHIN
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{self.name} does not start: "
                                 + (self.folder / "log").read_text(errors="replace")[-500:])
            time.sleep(0.05)
        self.set_up()

    def __exit__(self, *_):
        if self.process is not None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self):
        """Makes the files that the server needs."""

    def set_up(self):
        """Makes the accounts, once it is ready."""
