"""A server that is to be killed, and started again on the same data."""

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
    """Its data lives as long as the `with` block; its processes never longer."""

    def __init__(self, programs, mechanism, straced=True):
        self.programs = programs
        self.mechanism = mechanism
        self.straced = straced  # how it is killed at a call; else it is prove_victim, which does it
        self.process = None  # the server, or the strace above it
        self.port = 0

    def __enter__(self):
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.scratch = tempfile.TemporaryDirectory(prefix="atm-crash-", dir=place)
        self.folder = pathlib.Path(self.scratch.name)
        (self.folder / "secret").write_text("open sesame\n")
        return self

    def __exit__(self, *_):
        self.kill()
        self.scratch.cleanup()

    def launch(self, death=None):
        """Returns at once. `death`: the call it dies at, and at which of them."""
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
        """True once it serves; false if it died before."""
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
        """As the power going off for it alone. Returns once it is gone."""
        if self.process is None:
            return
        if self.process.poll() is None:
            # The server first: whoever stands above it ends with it.
            for pid in child_of(self.process.pid), self.process.pid:
                end(pid)
        self.reap()

    def died(self, seconds):
        """Whether it ended by itself within that time."""
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        self.reap()
        return True

    def stop(self):
        """SIGTERM; its exit status."""
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
        """What has to stand above a server that is killed before that call of each thread."""
        calls = "pwrite64,fdatasync,fsync,ftruncate"
        return ("strace", "-f", "-qq", "-y", "-s0", "-o", self.folder / "death",
                "-e", f"trace={calls}", "-e", f"inject={call}:signal=SIGKILL:when={number}")

    def where_it_died(self):
        """The file it was about to write or sync: "ledger.db-wal"."""
        text = (self.folder / "death").read_text(errors="replace")
        if not self.straced:
            return text or "elsewhere"
        lines = text.splitlines()
        calls = [line for line in lines if re.search(r"\((\d+)<", line)]
        found = re.search(r"(\w+)\(\d+<[^>]*/([\w.-]+)>", calls[-1]) if calls else None
        return f"{found[1]} {found[2]}" if found else "elsewhere"


def child_of(pid):
    """The process that strace has started; nothing if it has not."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return None
    return int(children[0]) if children else None


def end(pid):
    """Kills it, if there is one."""
    try:
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def strace_works():
    """It may be missing, or ptrace refused."""
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=getpid",
         "-e", "inject=getpid:signal=SIGKILL:when=1", "sh", "-c", "true"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return tried.returncode in (0, -signal.SIGKILL, 128 + signal.SIGKILL)
