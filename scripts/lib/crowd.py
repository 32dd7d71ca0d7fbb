"""Clients that a server should not mind: many that say nothing, and one that never reads."""

import contextlib
import resource
import socket
import threading


def allow_descriptors(number):
    """Raises the soft limit of this process and its children, if need be. Exits if it may not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < number:
        raise SystemExit(f"{number} descriptors are needed; ulimit -Hn allows {hard}")
    if soft != resource.RLIM_INFINITY and soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))


class Crowd(contextlib.ExitStack):
    """So many connections, logged in and silent, while the `with` block runs."""

    def __init__(self, bank, number):
        super().__init__()
        for _ in range(number):
            self.enter_context(bank.log_in())


class Flood:
    """While the `with` block runs, a client asks without end and never reads an answer."""

    ASKED = b"BALANCE 1\r\n" * 2000

    def __init__(self, bank):
        self.connection = bank.log_in()
        self.thread = threading.Thread(target=self.ask)

    def ask(self):
        try:
            while True:
                self.connection.sendall(self.ASKED)
        except OSError:
            pass  # the server has had enough of it, or the block has ended

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.connection.close()
