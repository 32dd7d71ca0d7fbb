"""Hostile clients. Run as a program: kinds.py KIND HOST PORT SECRET ACCOUNT...

Continues until its standard input ends, then prints as JSON the number of its attacks ("cases") and
the faults of the server that it saw ("wrong").
"""

import itertools
import json
import pathlib
import socket
import sys
import threading
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))

from wire import Gone, Wire  # noqa: E402

CLOSED_WITHIN = 10  # seconds; the limits of the server are far lower
KEY_START = time.monotonic_ns()
keys = itertools.count()


class Hostile:
    """Clients of one kind: several threads, each of which repeats `once` on its own account. A
    connection that ends early is not a fault: a server may drop such clients."""

    threads = 4
    pause = 0.0

    def __init__(self, address, secret):
        self.address = address
        self.secret = secret
        self.over = threading.Event()
        self.cases = 0
        self.wrong = []

    def connect(self):
        return Wire(self.address, patience=CLOSED_WITHIN)

    def log_in(self):
        return self.connect().log_in(self.secret)

    def go_on(self, account):
        while not self.over.is_set():
            try:
                self.once(account)
            except Gone:
                pass
            self.over.wait(self.pause)

    def once(self, account):
        raise NotImplementedError

    @staticmethod
    def key():
        return f"{KEY_START}-{next(keys)}"


class Slow(Hostile):
    """Sends one byte at a time. Its replies must be right all the same."""
    threads = 16

    def once(self, account):
        with self.connect() as wire:
            self.drip(wire, Wire.framed("AUTH", "teller", self.secret))
            if wire.reply() != "+OK":
                return
            before = wire.ask("BALANCE", account)
            self.drip(wire, Wire.framed("DEPOSIT", account, 3))
            after = wire.reply()
            self.cases += 1
            if after != before + 3:
                self.wrong.append(f"a slow deposit of 3 to {before} was answered {after}")

    def drip(self, wire, content):
        for byte in content:
            wire.send(bytes([byte]))
            time.sleep(0.004)


class Silent(Hostile):
    """Sends nothing; half of them log in first. The server must drop all of them."""
    threads = 2

    def once(self, account):
        wires = [self.connect() for _ in range(20)] + [self.log_in() for _ in range(20)]
        for wire in wires:
            with wire:
                try:
                    wire.socket.settimeout(CLOSED_WITHIN)
                    ended = wire.socket.recv(100) == b""
                except OSError as error:
                    ended = isinstance(error, ConnectionError)
            self.cases += 1
            if not ended:
                self.wrong.append("an idle client is not dropped")


class HalfClosing(Hostile):
    """Shuts down its sending side after a request. The request must still be answered."""
    pause = 0.002

    def once(self, account):
        key = self.key()
        with self.log_in() as wire:
            wire.send(Wire.framed("DEPOSIT", account, 1, "KEY", key) + b"BALANCE 1\r\n" * 3)
            wire.socket.shutdown(socket.SHUT_WR)
            try:
                reply = wire.reply()
            except Gone as gone:
                return self.wrong.append(f"a half-closing client gets no reply: {gone}")
            self.read_to_the_end(wire)
        with self.log_in() as wire:
            outcome = wire.fields("STATUS", account, key)["outcome"].decode()
        self.cases += 1
        stored = isinstance(reply, int)
        if stored != (outcome == "committed") or not (stored or "disconnect" in reply):
            self.wrong.append(f"a half-closing client received {reply}, but it is {outcome}")

    def read_to_the_end(self, wire):
        try:
            while True:
                wire.receive()
        except Gone as gone:
            if str(gone) != "end of input":
                self.wrong.append(f"a half-closing client loses its connection: {gone}")


class Flooding(Hostile):
    """Sends endless pipelines, huge arguments, broken frames and crowds of connections."""
    threads = 6
    turns = itertools.count()

    def once(self, account):
        ways = [self.pipeline, self.pipeline, self.too_big, self.broken, self.crowd]
        ways[next(self.turns) % len(ways)](account)

    def pipeline(self, account):
        with self.log_in() as wire:
            for _ in range(10):
                wire.send(Wire.framed("BALANCE", account) * 500)
                for _ in range(500):
                    if not isinstance(wire.reply(), int):
                        self.wrong.append("a pipelined request is not answered")
                    self.cases += 1

    def too_big(self, _):
        with self.log_in() as wire:
            for size in (16 * 1024, 100_000, 900_000):
                answer = wire.ask("ECHO", b"x" * size)
                right = len(answer) == size if size <= 16 * 1024 else answer.startswith("-TOOBIG")
                self.cases += 1
                if not right:
                    self.wrong.append(f"an argument of {size} bytes was answered {answer[:60]}")

    def broken(self, _):
        with self.connect() as wire:
            wire.send(b"*2\r\n$4\r\nECHO\r\n$1000000000\r\n" + b"x" * 10_000)
            answer = wire.reply()
            self.cases += 1
            if not answer.startswith(("-ERR Protocol error", "-BUSY")):
                self.wrong.append(f"a broken frame was answered {answer[:60]}")

    def crowd(self, _):
        wires = []
        try:
            for _ in range(100):
                wires.append(self.connect())
                self.cases += 1
        finally:
            for wire in wires:
                wire.socket.close()


class NeverReading(Hostile):
    """Sends requests endlessly and never reads a reply. The server must drop it."""

    def once(self, account):
        requests = Wire.framed("BALANCE", account) * 50 + b"COMMAND DOCS\r\n" * 20
        # Set before connecting: if the buffer shrinks later, the client's system overlooks the end
        # of the connection.
        with Wire(self.address, CLOSED_WITHIN, receive_buffer=4096).log_in(self.secret) as wire:
            try:
                while not self.over.is_set():
                    wire.socket.sendall(requests)
                    self.cases += 70
            except TimeoutError:
                self.wrong.append("a client that never reads is not dropped")
            except OSError:
                pass


KINDS = {"slow": Slow, "silent": Silent, "half-closing": HalfClosing, "flooding": Flooding,
         "never-reading": NeverReading}


def main():
    kind, host, port, secret, *accounts = sys.argv[1:]
    hostile = KINDS[kind]((host, int(port)), secret)
    threads = [threading.Thread(target=hostile.go_on, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    hostile.over.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"cases": hostile.cases, "wrong": hostile.wrong[:5]}))


if __name__ == "__main__":
    main()
