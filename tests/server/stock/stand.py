"""A server for one test: on a free port, in a folder of its own; killed, and its folder removed,
whatever becomes of the test."""

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import tempfile

SECRET = "open-sesame"
USERS = {"guest": None, "customer": ("1", "1234"), "teller": ("teller", SECRET), "operator": None}
SKIPPED = 77  # ctest shows the test as skipped


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Stand:
    def __init__(self, *options):
        self.options = options

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="atm-stock-")
        # Waits for our end, and sweeps up.
        self.sweeper = subprocess.Popen(
            ["sh", "-c", 'cat >/dev/null; rm -rf "$0"', self.folder],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        secret = os.path.join(self.folder, "secret")
        with open(secret, "w", encoding="ascii") as file:
            file.write(SECRET + "\n")
        os.chmod(secret, 0o600)
        arguments = ["--data", os.path.join(self.folder, "data"), "--listen", "127.0.0.1:0"]
        arguments += ["--teller-secret-file", secret, "--cheap-pins", "--teaching"]
        self.process = subprocess.Popen(
            [sys.argv[1], *arguments, *self.options],
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_parent,
        )
        ready = re.match(
            r"atm-server ready on [^ ]*:(\d+), admin (.*)\n", self.process.stdout.readline()
        )
        self.port, self.admin = ready[1], ready[2]
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.sweeper.stdin.close()
        self.sweeper.wait()

    def wait_exit(self):
        return self.process.wait(timeout=100)

    def exchanges(self):
        """(who, words, regular expression, whether it needs the connection of the one before,
        whether it is asked for until it is so)"""
        path = os.path.join(os.path.dirname(__file__), "conversation.json")
        with open(path, encoding="ascii") as file:
            for exchange in json.load(file)["exchanges"]:
                words = [word.replace("FOLDER", self.folder) for word in exchange["say"]]
                same, until = exchange.get("same_connection"), exchange.get("until")
                yield exchange["as"], words, exchange["hear"], same, until


def skip(why):
    print(why)
    sys.exit(SKIPPED)


class Hearing:
    """Compares replies with the expected ones. Reports the differences at the end."""

    def __init__(self):
        self.wrong = 0
        self.count = 0

    def hear(self, what, heard, expected):
        self.count += 1
        if not re.search(expected, heard, re.DOTALL):
            self.wrong += 1
            print(f"{what}: {heard!r} does not match {expected!r}")

    def hear_said(self, what, say, expected, until):
        """Says it and hears the reply; `until` it is as expected, if that may take a moment."""
        heard = say()
        tries = 10000 if until else 0
        while tries > 0 and not re.search(expected, heard, re.DOTALL):
            tries -= 1
            heard = say()
        self.hear(what, heard, expected)

    def done(self):
        print(f"{self.count} replies heard, {self.wrong} wrong")
        sys.exit(1 if self.wrong or not self.count else 0)
