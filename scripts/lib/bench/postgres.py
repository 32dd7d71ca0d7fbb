"""PostgreSQL at its best for this work, and as durable: prepared statements, one round trip a
request, group commit, no checkpoint during a measurement."""

import itertools
import pathlib
import re
import resource
import signal
import subprocess

from bench.daemon import Daemon
from bench.sample import Sample, percentile

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")  # where Debian has them
INITDB = PROGRAMS / "initdb"

SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 400
shared_buffers = 512MB
synchronous_commit = on
fsync = on
full_page_writes = on
wal_buffers = 64MB
max_wal_size = 8GB
checkpoint_timeout = 1h
"""

SCHEMA = """
CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))
  WITH (fillfactor = 50);  -- leaves room, so that an update need not touch the index
CREATE TABLE transfers (key text PRIMARY KEY, debit bigint NOT NULL, credit bigint NOT NULL,
  amount bigint NOT NULL, balance bigint NOT NULL, time timestamptz NOT NULL DEFAULT now());
-- Updates in the order of the numbers, so that two transfers never wait for each other.
CREATE FUNCTION transfer(key text, debit bigint, credit bigint, amount bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE left_over bigint;
BEGIN
  IF debit > credit THEN
    UPDATE accounts SET balance = balance + amount WHERE id = credit;
  END IF;
  UPDATE accounts SET balance = balance - amount WHERE id = debit RETURNING balance INTO left_over;
  IF debit < credit THEN
    UPDATE accounts SET balance = balance + amount WHERE id = credit;
  END IF;
  INSERT INTO transfers VALUES (key, debit, credit, amount, left_over);
  RETURN left_over;
END $$;
"""

# Unique, growing for each client, and as long as a UUID.
KEY = r"lpad(:run::text, 4, '0') || lpad(:client_id::text, 4, '0') || lpad(:n::text, 28, '0')"
SCRIPTS = {
    "deposit": rf"""
\set id random(1, :accounts)
\set n :n + 1
WITH moved AS (UPDATE accounts SET balance = balance + 1 WHERE id = :id RETURNING id, balance) \
INSERT INTO transfers SELECT {KEY}, 0, id, 1, balance FROM moved RETURNING balance;
""".replace("\\\n", ""),
    "transfer": rf"""
\set debit random(1, :accounts)
\set credit 1 + (:debit + random(0, :accounts - 2)) % :accounts
\set n :n + 1
SELECT transfer({KEY}, :debit, :credit, 1);
""",
    "balance": r"""
\set id random(1, :accounts)
SELECT balance FROM accounts WHERE id = :id;
""",
}


def parse_log(text):
    """Returns the latencies in µs in a log of pgbench, which has one line a transaction."""
    return [int(line.split()[2]) for line in text.splitlines()]


def processor_seconds():
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


class Postgres(Daemon):
    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # a fast stop

    def __init__(self, accounts):
        self.accounts = accounts
        self.runs = itertools.count(1)
        self.warm = set()

    def prepare(self):
        subprocess.run([INITDB, "-D", self.folder / "data", "-U", "bench", "-A",
                        "trust", "-E", "UTF8", "--locale", "C", "--no-sync"],
                       check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self.identity)
        with open(self.folder / "data" / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(SETTINGS)
        for name, script in SCRIPTS.items():
            (self.folder / name).write_text(script, encoding="utf-8")

    def command(self):
        return [PROGRAMS / "postgres", "-D", self.folder / "data", "-p", str(self.port)]

    def is_ready(self):
        return subprocess.run([PROGRAMS / "pg_isready", "-q", *self.address()],
                              check=False).returncode == 0

    def address(self):
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "bench", "-d", "postgres"]

    def set_up(self):
        fill = (f"INSERT INTO accounts SELECT n, 100000000 FROM generate_series(1, {self.accounts})"
                " AS n; VACUUM ANALYZE accounts; CHECKPOINT;")
        for statement in SCHEMA, *fill.split(";")[:-1]:
            subprocess.run([PROGRAMS / "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1",
                            *self.address(), "-c", statement], check=True)

    def measure(self, work):
        if work.op not in self.warm:
            self.warm.add(work.op)
            self.pgbench(work, 1)
        return self.pgbench(work, work.seconds)

    def pgbench(self, work, seconds):
        command = [PROGRAMS / "pgbench", "-n", "-M", "prepared", "-c", work.clients, "-j",
                   min(2, work.clients), "-T", seconds, "-f", self.folder / work.op, "-D",
                   f"accounts={work.accounts}", "-D", f"run={next(self.runs)}", "-D", "n=0",
                   "--log", "--log-prefix", self.folder / "latency", *self.address()[:-2]]
        # One transaction in five is logged, so that logging costs little.
        command += ["--rate", work.rate] if work.rate else ["--sampling-rate", "0.2"]
        before = processor_seconds()
        done = subprocess.run([*map(str, command), "postgres"], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        used = processor_seconds() - before
        return self.sample(done.stdout, used / seconds)

    def sample(self, output, generator):
        latencies = []
        for file in self.folder.glob("latency.*"):
            latencies += parse_log(file.read_text(encoding="ascii"))
            file.unlink()
        latencies.sort()
        rate = float(re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)[1])
        failed = int(re.search(r"failed transactions: (\d+)", output)[1])
        return Sample(rate, percentile(latencies, 50), percentile(latencies, 99),
                      percentile(latencies, 99.9), generator,
                      {"failed": failed} if failed else {})
