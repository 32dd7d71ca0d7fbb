"""The parts of the search, in the order in which they run."""

import dataclasses
import hashlib
import pathlib
import subprocess

from source_code import code_of

ROOT = pathlib.Path(__file__).resolve().parents[3]
RECORD = "tests/prove/full.json"  # of what a long run has found
SERVER = ("server", "db", "CMakeLists.txt", "CMakePresets.json")  # what all but the model examine


def git(*words):
    return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True,
                          check=False).stdout.strip()


@dataclasses.dataclass(frozen=True)
class Part:
    name: str
    command: tuple
    checks: tuple  # the rows it must print
    rests_on: tuple  # besides its own folder: files and folders whose change voids an outcome
    presets: tuple = ("default",)  # what has to be built before
    quick: tuple = ()  # further arguments
    full: tuple = ("--full",)
    full_checks: tuple = ()  # the rows with --full, if they are others

    def expected(self, full):
        return self.full_checks if full and self.full_checks else self.checks

    def sources(self):
        """Returns a digest of the code that the part rests on, committed or not. Comments, white
        space and documents do not count."""
        listed = git("ls-files", "--cached", "--others", "--exclude-standard", "--",
                     *self.rests_on, f"tests/prove/{self.name}", f":!{RECORD}")
        digest = hashlib.sha256()
        for file in sorted(set(listed.splitlines())):
            path = ROOT / file
            code = code_of(file, path.read_bytes()) if path.is_file() else b"removed"
            if code:
                digest.update(file.encode() + b"\0" + hashlib.sha256(code).digest())
        return digest.hexdigest()


def program(name):
    return (f"tests/prove/{name}/run",)


def named(part, *names):
    return tuple(f"{part}/{name}" for name in names)


SUITES = ("scheduler", "cancel", "cancel_explored", "bank", "bank_explored", "db_contract",
          "db_rules", "db_sqlite")

PARTS = (
    Part("interleavings", ("build/bin/prove_interleavings",),
         named("interleavings", "exhaustive", "pairs", "early", "triples", "crowds",
               "sqlite"),
         (*SERVER, "tests/prove/invariants", "tests/scheduler", "tests/cancel", "tests/bank",
          "tests/db")),
    Part("model", program("model"), named("model", "safety", "ltl", "mistakes"), (), presets=()),
    Part("store", ("build/bin/prove_store",),
         named("store", "opening", "faults-control", "faults-group", "power", "faults-requests"),
         (*SERVER, "tests/prove/invariants", "tests/bank", "tests/db")),
    Part("suites", (*program("suites"), "--bin", "build/bin"),
         tuple(f"ctest:{suite}" for suite in SUITES),
         (*SERVER, "tests/scheduler", "tests/cancel", "tests/bank", "tests/db")),
    Part("crashes", (*program("crashes"), "--bin", "build/bin"),
         named("crashes", "nth-call", "random"),
         (*SERVER, "tests/prove/store", "tests/prove/wire.py", "tests/db")),
    Part("fuzz", program("fuzz"), named("fuzz", "framing", "commands", "ledger-file"),
         (*SERVER, "tests/prove/invariants", "tests/db"), presets=("fuzz",)),
    Part("hostile", (*program("hostile"), "--bin", "build/bin"),
         named("hostile", "slow", "silent", "half-closing", "flooding", "never-reading", "all"),
         (*SERVER, "tests/prove/wire.py", "scripts/lib/bank.py")),
    Part("races", program("races"),
         named("races", "thread-token", "thread-posix", "address-token", "address-posix"),
         (*SERVER, "tests/server"), presets=("thread", "address")),
    Part("coverage", program("coverage"), named("coverage", "lines", "branches"),
         (*SERVER, "tests/bank", "tests/cancel", "tests/commands", "tests/db", "tests/server"),
         presets=("coverage",)),
    Part("mistakes", program("mistakes"), named("mistakes", "apply"), (*SERVER, "tests"),
         presets=(), quick=("--check-applies",), full=(), full_checks=named("mistakes", "caught")),
)
