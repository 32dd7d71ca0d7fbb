"""Replays the shell sessions that a document shows, and compares what the commands print.

A ```console block holds commands, each after "$ ", and their output. A session begins with a block
that starts a server and continues until the next such block. The output of a background command
appears after the command that released it, as on a terminal.
"""

import os
import queue
import re
import shlex
import signal
import subprocess
import threading
import time

# The remarks of redis-cli and of atm on a reply that is slow.
SLOW = re.compile(r"\(\d+\.\d+s\)$|atm: still waiting for the server( \(key \S+\))?$")
PATIENCE = 120  # seconds until expected output counts as missing


class Step:
    """A command and the lines that the document says it prints."""

    def __init__(self, command):
        self.command = command
        self.printed = []

    @property
    def key(self):
        """The key of the transaction that it leaves running in the background, if any."""
        found = re.search(r"(?i)(?:--)?key (\S+).* &$", self.command)
        return found and found[1]

    @property
    def starts_server(self):
        return self.command.startswith("atm-server ")


def sessions(markdown):
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", markdown, re.DOTALL | re.MULTILINE):
        steps = []
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append(Step(line[2:]))
            else:
                steps[-1].printed.append(line)
        if not found or any(step.starts_server for step in steps):
            found.append([])
        found[-1] += steps
    return found


VOLATILE = [
    (r"127\.0\.0\.1:\d+", "HOST:PORT"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
    (r"\b\d+\.\d{3} s$", "AGE"),
    (r"^ (\w\S*) \d+ us$", r" \1 TIME"),
    (r"^client \d+$", "client ID"),
    # A row of the list: handle, op, account, to, key, then the connection's number.
    (r"^(\d+-\d+ \w+ \S+ \S+ \S+) \d+ ", r"\1 ID "),
]


def normalised(lines):
    result = []
    for line in lines:
        line = re.sub(" +", " ", line)
        for pattern, word in VOLATILE:
            line = re.sub(pattern, word, line)
        result.append(line)
    return result


class Shell:
    """A shell in a folder. The end of the `with` block kills it and all it has started."""

    DONE = "-- the command has returned --"

    def __init__(self, programs, folder):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("ATM_")}
        environment |= {"PATH": f"{programs}:{os.environ['PATH']}", "TMPDIR": str(folder),
                        "ATM_LISTEN": "127.0.0.1:0"}
        self.bash = subprocess.Popen(
            ["bash"], cwd=folder, env=environment, text=True, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        self.background = False  # whether a background command may still print

    def read(self):
        for line in self.bash.stdout:
            if not SLOW.match(line):
                self.lines.put(line.rstrip("\n"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.bash.pid, signal.SIGKILL)
        self.bash.wait()
        self.reader.join()
        self.bash.stdin.close()
        self.bash.stdout.close()

    def run(self, command, at_least=0):
        """Runs the command. Returns the lines printed until it has returned and at least
        `at_least` lines have arrived."""
        command = command.replace(" -p 7007", f" -p {getattr(self, 'port', 7007)}")
        self.bash.stdin.write(f"eval {shlex.quote(command)} </dev/null 2>&1\necho {self.DONE}\n")
        self.bash.stdin.flush()
        printed, returned, until = [], False, time.monotonic() + PATIENCE
        while not returned or len(printed) < at_least:
            try:
                line = self.lines.get(timeout=max(0, until - time.monotonic()))
            except queue.Empty:
                break
            returned = returned or line == self.DONE
            if line != self.DONE:
                printed.append(line)
        return printed

    def play(self, step):
        """Runs the step. Returns None if it prints what it should, else what it printed."""
        printed = self.run(step.command, len(step.printed) or int(step.starts_server))
        wanted, got = normalised(step.printed), normalised(printed)
        if self.background:  # the order of their lines is left to chance
            wanted, got = sorted(wanted), sorted(got)
        if step.starts_server:
            self.find_server(printed)
        if step.key:
            self.background = True
            self.await_stop(step.key)
        return None if wanted == got else "\n".join([f"$ {step.command}", *printed])

    def find_server(self, printed):
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", printed[0])[1])
        self.run(f"export ATM_SERVER=127.0.0.1:{self.port}")

    def await_stop(self, key):
        """Waits until the transaction is held or waits for a mutex."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for line in self.run("atm admin list"):
                if f" {key} " in line and re.search(r" (hold|lock \d+) ", line):
                    return
        raise AssertionError(f"the transaction with key {key} is not held and does not wait")
