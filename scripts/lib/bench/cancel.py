"""How long a cancel takes to free an account for which a thousand others wait."""

import contextlib
import statistics
import time

from bench.ours import Ours
from bench.rows import Row

WAITING = 1_000
DEPOSITS = 200  # for the latency of one


def command(*words):
    parts = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)


class Client:
    """Sends commands over a connection, which is closed at the end of the `stack`."""

    def __init__(self, connection, stack):
        self.socket = stack.enter_context(connection)
        self.socket.settimeout(60)

    def send(self, *words):
        self.socket.sendall(command(*words))

    def receive(self):
        """Returns one reply that is a single line."""
        line = b""
        while not line.endswith(b"\r\n"):
            received = self.socket.recv(4096)
            if not received:
                raise SystemExit("the server closed a connection")
            line += received
        return line.decode().rstrip()


def waiting_for_lock(listed):
    return sum(each["waiting"].startswith("lock") for each in listed)


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("the requests of the cancel's measurement do not get into place")
        time.sleep(0.05)


def latency_of_a_deposit(client):
    took = []
    for number in range(DEPOSITS):
        began = time.perf_counter()
        client.send("DEPOSIT", 2, 1, "KEY", f"single-{time.monotonic_ns()}-{number}")
        reply = client.receive()
        took.append(time.perf_counter() - began)
        if not reply.startswith(":"):
            raise SystemExit(f"a deposit was refused: {reply}")
    return statistics.median(took)


def one_round(bank, holder, crowd, operator, number):
    """Returns the seconds from the operator's command to its verdict, which WAIT delays until the
    cancelled request has released everything."""
    def listed():
        return bank.atm("admin", "list", role="operator")

    holder.send("WITHDRAW", 1, 1, "KEY", f"held-{number}")
    until(lambda: any(each["waiting"] == "hold" for each in listed()))
    handle = next(each["handle"] for each in listed() if each["waiting"] == "hold")
    for index, client in enumerate(crowd):
        client.send("DEPOSIT", 1, 1, "KEY", f"waits-{number}-{index}")
    until(lambda: waiting_for_lock(listed()) == len(crowd))
    began = time.perf_counter()
    operator.send("TXN", "CANCEL", handle, "WAIT", 60_000)
    verdict = operator.receive()
    took = time.perf_counter() - began
    if verdict != "+CANCELLED" or not holder.receive().startswith("-CANCELLED"):
        raise SystemExit(f"the cancel's verdict is {verdict}")
    for client in crowd:
        client.receive()
    return took


def cancel(comparison, programs):
    options = ("--teaching", "--workers-max", str(WAITING + 50), "--connections-max",
               str(WAITING + 100))
    with Ours(programs, 10, *options) as bank, contextlib.ExitStack() as stack:
        bank.atm("admin", "hold", "add", "modified", "--op", "withdraw", role="operator")
        holder, single, *crowd = [Client(bank.log_in(), stack) for _ in range(WAITING + 2)]
        operator = Client(bank.operator_connection(), stack)
        ratios = []
        for number in range(max(comparison.rounds, 3)):
            usual = latency_of_a_deposit(single)
            took = one_round(bank, holder, crowd, operator, number)
            comparison.say(f"  cancel {1e3 * took:.2f} ms, a deposit {1e3 * usual:.2f} ms")
            ratios.append(took / usual)
    comparison.add(Row(f"cancel, until the account is free, {WAITING:,} waiting for it",
                       "one deposit's latency", 2, 1, ratios, more_is_better=False))
