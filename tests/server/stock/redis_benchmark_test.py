"""redis-benchmark, as it connects by itself, with commands of ours."""

import shutil
import subprocess

from stand import Hearing, Stand, skip

# Whole pipelines of 16: of a last one that is not, some are sent and never waited for.
REQUESTS = 1600


def benchmark(stand, *arguments):
    done = subprocess.run(
        ["redis-benchmark", "-p", stand.port, "-n", str(REQUESTS), "-q", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
    )
    return f"exit {done.returncode}: {done.stdout} {done.stderr}"


def balance(stand, account):
    command = ["redis-cli", "-s", stand.admin, "BALANCE", account]
    return subprocess.run(command, capture_output=True, text=True, timeout=100).stdout.strip()


def main():
    if shutil.which("redis-benchmark") is None or shutil.which("redis-cli") is None:
        skip("there is no redis-benchmark here")
    hearing = Hearing()
    with Stand() as stand:
        for _ in range(2):
            command = ["redis-cli", "-s", stand.admin, "CREATE", "1234", "BALANCE", "100000"]
            subprocess.run(command, check=True, capture_output=True, timeout=100)
        customer = ["--user", "1", "-a", "1234"]
        fine = r"^exit 0: .*requests per second"
        hearing.hear("PING", benchmark(stand, "-t", "ping"), fine)
        hearing.hear("DEPOSIT", benchmark(stand, *customer, "DEPOSIT", "1", "1"), fine)
        pipelined = benchmark(stand, *customer, "-P", "16", "DEPOSIT", "1", "1")
        hearing.hear("pipelined", pipelined, fine)
        hearing.hear("TRANSFER", benchmark(stand, *customer, "TRANSFER", "1", "2", "3"), fine)
        hearing.hear("RESP 3", benchmark(stand, *customer, "-3", "BALANCE", "1"), fine)
        hearing.hear("a refusal", benchmark(stand, *customer, "BALANCE", "2"), r"NOPERM")
        hearing.hear("account 1", balance(stand, "1"), f"^{100000 - REQUESTS}$")
        hearing.hear("account 2", balance(stand, "2"), f"^{100000 + 3 * REQUESTS}$")
    hearing.done()


main()
