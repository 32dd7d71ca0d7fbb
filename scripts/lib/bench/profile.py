"""Where the time of a deposit goes: counts of the server's work, for each deposit."""

import os
import re
import signal
import subprocess
import threading
import time

from bench.ours import Ours
from bench.sample import Work

# Event of perf → what it counts, the factor and the unit for the report.
EVENTS = {"task-clock": ("processor time", 1000, "µs"),
          "context-switches": ("context switches", 1, ""),
          "instructions:u": ("instructions, own", 1e-3, "thousand"),
          "instructions:k": ("instructions, kernel", 1e-3, "thousand")}
NAMED = 8  # system calls in the report


class Deposits:
    """Load from so many clients during the `with` block; counts the deposits in a stretch of it."""

    def __init__(self, bank, clients, seconds):
        self.bank = bank
        work = Work("deposit", clients, bank.accounts, seconds)
        self.thread = threading.Thread(target=bank.measure, args=(work,))

    def __enter__(self):
        self.before = self.bank.info("commits")
        self.thread.start()
        while self.bank.info("commits") - self.before < 100:
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.thread.join()

    def stretch(self, run):
        """Calls `run` while deposits are made. Returns its result, the number of deposits
        meanwhile, and the bytes that the server wrote to disk."""
        commits, written = self.bank.info("commits"), written_bytes(self.bank)
        result = run()
        return (result, max(self.bank.info("commits") - commits, 1),
                written_bytes(self.bank) - written)


def written_bytes(bank):
    with open(f"/proc/{bank.server.pid}/io", encoding="ascii") as file:
        return int(re.search(r"^write_bytes: (\d+)", file.read(), re.MULTILINE)[1])


def perf_stat(pid, seconds):
    """Returns event → count, of those that this machine can count."""
    done = subprocess.run(["perf", "stat", "-x", ",", "-e", ",".join(EVENTS), "-p", str(pid), "--",
                           "sleep", str(seconds)], stderr=subprocess.PIPE, text=True, check=True)
    return parse_perf(done.stderr)


def parse_perf(text):
    """Parses `perf stat -x,`: count, unit, event, … on each line."""
    counts = {}
    for line in text.splitlines():
        fields = line.split(",")
        if len(fields) > 2 and re.fullmatch(r"[\d.]+", fields[0]):
            counts[fields[2]] = float(fields[0])
    return counts


def strace_count(pid, seconds, path):
    """Returns system call → count."""
    tracer = subprocess.Popen(["strace", "-f", "-c", "-o", str(path), "-p", str(pid)],
                              stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    tracer.send_signal(signal.SIGINT)
    tracer.wait()
    return parse_strace(path.read_text(encoding="utf-8"))


def parse_strace(text):
    """Parses `strace -c`: % time, seconds, usecs/call, calls, errors or nothing, system call."""
    rows = (line.split() for line in text.splitlines())
    return {fields[-1]: int(fields[3]) for fields in rows
            if len(fields) >= 5 and fields[3].isdigit() and fields[-1] != "total"}


def report(clients, counts, calls, bytes_each):
    """Returns the lines of the report; all counts are for one deposit."""
    lines = [f"for each deposit, {clients} client{'s' if clients > 1 else ''}:"]
    for event, (name, factor, unit) in EVENTS.items():
        value = (f"{counts[event] * factor:10.2f} {unit}" if event in counts
                 else "not counted: this (virtual) machine has no such counter")
        lines.append(f"  {name:22} {value}".rstrip())
    lines.append(f"  {'bytes written':22} {bytes_each:10.0f}")
    lines.append(f"  {'system calls':22} {sum(calls.values()):10.2f}")
    for name in sorted(calls, key=calls.get, reverse=True)[:NAMED]:
        lines.append(f"    {name:20} {calls[name]:10.2f}")
    return lines


def each(counts, number):
    return {name: count / number for name, count in counts.items()}


def profile(programs, accounts, seconds, say):
    if os.geteuid() != 0:
        say("not root: perf and strace may be refused; see /proc/sys/kernel/perf_event_paranoid "
            "and yama/ptrace_scope")
    with Ours(programs, accounts) as bank:
        pid = bank.server.pid
        for clients in 1, 64:
            with Deposits(bank, clients, seconds + 2) as load:
                counts, number, written = load.stretch(lambda: perf_stat(pid, seconds))
            with Deposits(bank, clients, seconds + 2) as load:
                path = bank.folder / "strace"
                calls, traced, _ = load.stretch(lambda: strace_count(pid, seconds, path))
            for line in report(clients, each(counts, number), each(calls, traced),
                               written / number):
                say(line)
