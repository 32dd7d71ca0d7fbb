"""This server, as a side of the comparison."""

import os
import signal
import time

from bank import Bank

from bench import ledger_file
from bench.sample import sample_of_atm_bench


class Ours(Bank):
    """A server on a ledger with so many accounts of a million each, during the `with` block."""

    name = "atm-server"

    def __init__(self, programs, accounts, *options):
        super().__init__(programs, *options)
        self.accounts = accounts

    def start(self):
        fresh = not (self.folder / "data").exists()
        super().start()
        if fresh:
            self.atm("--pin-file", self.folder / "pin", "create", "--balance", "1000000.00",
                     role="operator")
            self.stop(signal.SIGTERM)
            ledger_file.fill(self.folder / "data" / "ledger.db", self.accounts)
            super().start()

    def stop(self, number):
        self.server.send_signal(number)
        self.server.wait(timeout=60)
        self.server.stdout.close()

    def restart_after_kill(self):
        """Kills the server. Returns the seconds from its next start until it is ready."""
        self.stop(signal.SIGKILL)
        began = time.monotonic()
        self.start()
        return time.monotonic() - began

    def measure(self, work):
        words = ["bench", "--op", work.op, "--connections", work.clients, "--random-accounts",
                 "--accounts", work.accounts, "--seconds", work.seconds]
        words += ["--rate", work.rate] if work.rate else []
        words += ["--random-keys"] if work.random_keys else []
        return sample_of_atm_bench(self.atm(*map(str, words), refusals_allowed=True))

    def info(self, name):
        return int(self.atm("admin", "info", role="operator")[name])

    def resident_bytes(self):
        with open(f"/proc/{self.server.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def processor_seconds(self):
        with open(f"/proc/{self.server.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Uncancelable(Ours):
    """The same server, built so that its points do nothing and its cleanup entries only run."""

    program = "atm-server-uncancelable"
