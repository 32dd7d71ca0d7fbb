"""Clients that must not slow a server down: many idle ones, and one that never reads."""

import contextlib
import resource
import socket
import threading


def allow_descriptors(number):
    """Raises this process's limit of descriptors to `number` if it is lower; exits if it cannot."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < number:
        raise SystemExit(f"{number} descriptors are needed; ulimit -Hn allows {hard}")
    if soft != resource.RLIM_INFINITY and soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))


class Crowd(contextlib.ExitStack):
    """Keeps `number` connections open during the `with` block, logged in and idle."""

    def __init__(self, bank, number):
        super().__init__()
        for _ in range(number):
            self.enter_context(bank.log_in())


class Flood:
    """A client that, during the `with` block, sends requests endlessly and never reads a reply."""

    REQUESTS = b"BALANCE 1\r\n" * 2000

    def __init__(self, bank):
        self.connection = bank.log_in()
        self.thread = threading.Thread(target=self.send)

    def send(self):
        try:
            while True:
                self.connection.sendall(self.REQUESTS)
        except OSError:
            pass  # the server has dropped this client, or the block has ended

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.connection.close()
