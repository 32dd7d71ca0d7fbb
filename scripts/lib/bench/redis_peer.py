"""Redis, which does none of the bank's work: the price of a durable increment, and of a read."""

import json
import socket
import subprocess

from bank import Bank

from bench.daemon import Daemon
from bench.sample import sample_of_atm_bench

OPS = {"deposit": "incrby", "balance": "get"}


class Redis(Daemon):
    """Every write is in its log and synced before its reply, as in this server."""

    name = "Redis"

    def __init__(self, programs, accounts):
        self.programs, self.accounts = programs, accounts

    def command(self):
        return ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir",
                str(self.folder), "--appendonly", "yes", "--appendfsync", "always", "--save", "",
                "--auto-aof-rewrite-percentage", "0"]

    def is_ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(100) == b"+PONG\r\n"
        except OSError:
            return False

    def set_up(self):
        self.bench("incrby", "--connections", 64, "--accounts", self.accounts,
                   "--requests", self.accounts)

    def bench(self, op, *words):
        done = subprocess.run(
            [self.programs / "atm", "--json", "--server", f"127.0.0.1:{self.port}", "bench",
             "--op", op, *map(str, words)],
            stdout=subprocess.PIPE, check=True, env=Bank.environment())
        return sample_of_atm_bench(json.loads(done.stdout))

    def measure(self, work):
        return self.bench(OPS[work.op], "--connections", work.clients, "--accounts", work.accounts,
                          "--random-accounts", "--seconds", work.seconds)
