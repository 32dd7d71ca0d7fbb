"""Starts a server on a new ledger, for a measurement."""

import json
import os
import pathlib
import socket
import subprocess
import tempfile


class Bank:
    """A server that runs during the `with` block, with a teller's secret and a PIN file."""

    program = "atm-server"

    def __init__(self, programs, *options):
        self.programs = programs
        self.options = options
        self.secret = "open sesame"
        self.host, self.port = "127.0.0.1", 0

    def __enter__(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="atm-bank-")
        self.folder = pathlib.Path(self.scratch.name)
        try:
            self.start()
        except BaseException:
            self.scratch.cleanup()
            raise
        return self

    def start(self):
        for name, text in ("secret", self.secret), ("pin", "2580"):
            (self.folder / name).touch(mode=0o600)
            (self.folder / name).write_text(text + "\n")
            (self.folder / name).chmod(0o600)
        self.server = subprocess.Popen(
            [self.programs / self.program, "--data", self.folder / "data", "--listen",
             "127.0.0.1:0", "--teller-secret-file", self.folder / "secret", "--cheap-pins",
             "--log-level", "warn", *self.options],
            stdout=subprocess.PIPE, text=True, env=self.environment())
        ready = self.server.stdout.readline()
        if not ready.startswith("atm-server ready on "):
            self.server.wait()
            raise SystemExit("the server does not start")
        self.port = int(ready.split(",")[0].rsplit(":", 1)[1])

    def __exit__(self, *_):
        self.server.terminate()
        try:
            status = self.server.wait(timeout=20)
        finally:
            self.server.kill()
            self.server.stdout.close()
            self.scratch.cleanup()
        assert status == 0, f"the server ended with status {status}"

    @staticmethod
    def environment():
        """Returns the environment without settings for another server."""
        return {name: value for name, value in os.environ.items() if not name.startswith("ATM_")}

    def atm(self, *words, role="teller", refusals_allowed=False):
        """Runs atm in this role and returns what it prints, parsed. Fails if atm does, unless
        refusals are allowed and the server refused something."""
        roles = {
            "teller": ["--teller-secret-file", self.folder / "secret", "--account", "1"],
            "operator": ["--admin-socket", self.folder / "data" / "admin.sock", "--as", "operator"],
        }
        done = subprocess.run(
            [self.programs / "atm", "--json", "--server", f"{self.host}:{self.port}",
             *roles[role], *words],
            stdout=subprocess.PIPE, check=False, env=self.environment())
        if not (done.returncode == 1 and refusals_allowed):
            done.check_returncode()
        return json.loads(done.stdout)

    def open_accounts(self, number):
        for _ in range(number):
            self.atm("--pin-file", self.folder / "pin", "create", "--balance", "100.00",
                     role="operator")

    def log_in(self):
        """Returns a new connection, logged in as the teller."""
        connection = socket.create_connection((self.host, self.port), timeout=20)
        secret = self.secret.encode()
        connection.sendall(b"*3\r\n$4\r\nAUTH\r\n$6\r\nteller\r\n$%d\r\n%s\r\n"
                           % (len(secret), secret))
        answer = connection.recv(100)
        assert answer == b"+OK\r\n", answer
        connection.settimeout(None)
        return connection

    def operator_connection(self):
        """Returns a new connection of the operator."""
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        connection.connect(str(self.folder / "data" / "admin.sock"))
        return connection
