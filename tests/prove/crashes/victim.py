"""A server that is killed and started again on the same data."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

from wire import Wire

PATIENCE = 30  # seconds


class Victim:
    """The data of a server, and its process. The end of the `with` block removes both."""

    def __init__(self, programs, mechanism, straced=True):
        self.programs = programs
        self.mechanism = mechanism
        self.straced = straced  # killed by strace; otherwise it is prove_victim, which kills itself
        self.process = None  # the server, or its parent strace
        self.port = 0

    def __enter__(self):
        in_memory = "TMPDIR" not in os.environ and os.access("/dev/shm", os.W_OK)
        place = "/dev/shm" if in_memory else None
        self.scratch = tempfile.TemporaryDirectory(prefix="atm-crash-", dir=place)
        self.folder = pathlib.Path(self.scratch.name)
        (self.folder / "secret").write_text("open sesame\n")
        (self.folder / "secret").chmod(0o600)
        return self

    def __exit__(self, *_):
        self.kill()
        self.scratch.cleanup()

    def launch(self, death=None):
        """Starts the server and returns at once. `death` is (call, number): it dies before that
        call."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ATM_")}
        above, program = (), "atm-server"
        if death is not None:
            (self.folder / "death").write_text("")
            if self.straced:
                above = self.killer(*death)
            else:
                program = "prove_victim"
                clean["PROVE_DIE_AT"] = f"{death[0]} {death[1]} {self.folder / 'death'}"
        command = [*above, self.programs / program, "--data", self.folder / "data", "--listen",
                   "127.0.0.1:0", "--teller-secret-file", self.folder / "secret",
                   "--cheap-pins", "--log-level", "error", "--mechanism", self.mechanism]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log,
                                            text=True, env=clean)

    def start(self, death=None):
        """Starts the server. Returns True when it serves, False if it dies first."""
        self.launch(death)
        ready = self.process.stdout.readline()
        if not ready.startswith("atm-server ready on "):
            return False
        self.port = int(ready.split(",")[0].rsplit(":", 1)[1])
        return True

    def customer(self):
        return Wire(("127.0.0.1", self.port), PATIENCE).log_in("open sesame")

    def operator(self):
        return Wire(self.folder / "data" / "admin.sock", PATIENCE)

    def kill(self):
        """Kills the server with SIGKILL, and returns when it is gone."""
        if self.process is None:
            return
        if self.process.poll() is None:
            # The server first; strace, its parent, then ends by itself.
            for pid in child_of(self.process.pid), self.process.pid:
                end(pid)
        self.reap()

    def died(self, seconds):
        """Returns whether it ended by itself within that time."""
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        self.reap()
        return True

    def stop(self):
        """Sends SIGTERM and returns the exit status, or "none" if it does not end."""
        self.process.terminate()
        try:
            return self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return "none"
        finally:
            self.kill()

    def reap(self):
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    # ── Death at a call ─────────────────────────────────────────────────────────────────────────

    def killer(self, call, number):
        """Returns the command that runs a server and kills it before that call of a thread."""
        calls = "pwrite64,fdatasync,fsync,ftruncate"
        return ("strace", "-f", "-qq", "-y", "-s0", "-o", self.folder / "death",
                "-e", f"trace={calls}", "-e", f"inject={call}:signal=SIGKILL:when={number}")

    def where_it_died(self):
        """Returns the call and the file it was about to write or sync: "fsync ledger.db-wal"."""
        text = (self.folder / "death").read_text(errors="replace")
        if not self.straced:
            return text or "elsewhere"
        lines = text.splitlines()
        calls = [line for line in lines if re.search(r"\((\d+)<", line)]
        found = re.search(r"(\w+)\(\d+<[^>]*/([\w.-]+)>", calls[-1]) if calls else None
        return f"{found[1]} {found[2]}" if found else "elsewhere"


def child_of(pid):
    """Returns the process that strace has started, or None."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return None
    return int(children[0]) if children else None


def end(pid):
    """Kills the process if it exists."""
    try:
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def strace_works():
    """Returns False if strace is missing or ptrace is not permitted."""
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getpid",
         "-e", "inject=getpid:signal=SIGKILL:when=1", "sh", "-c", "true"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return tried.returncode in (0, -signal.SIGKILL, 128 + signal.SIGKILL)
