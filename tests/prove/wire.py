"""A minimal client of the server."""

import socket


class Gone(Exception):
    """The server has closed the connection."""


class Wire:
    """A connection. Used by one thread. Every method raises Gone if the connection ends."""

    def __init__(self, address, patience=20, receive_buffer=None):
        """`address` is (host, port) or the path of a Unix socket. `patience` is the time to wait
        for a reply, in seconds. `receive_buffer` is the size of the system's buffer, in bytes."""
        tcp = isinstance(address, tuple)
        try:
            self.socket = socket.socket(socket.AF_INET if tcp else socket.AF_UNIX)
            self.socket.settimeout(patience)
            if receive_buffer:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF,
                                       receive_buffer)
            self.socket.connect(address if tcp else str(address))
        except OSError as error:
            raise Gone(str(error)) from error
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @staticmethod
    def framed(*words):
        """Returns the bytes that a client library sends for these words."""
        spelled = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        return b"*%d\r\n" % len(spelled) + b"".join(
            b"$%d\r\n%s\r\n" % (len(word), word) for word in spelled)

    def send(self, content):
        try:
            self.socket.sendall(content)
        except OSError as error:
            raise Gone(str(error)) from error

    def ask(self, *words):
        """Sends a command and returns its reply."""
        self.send(self.framed(*words))
        return self.reply()

    def log_in(self, secret):
        """Logs in as the teller."""
        if self.ask("AUTH", "teller", secret) != "+OK":
            raise Gone("the login was refused")
        return self

    def receive(self):
        """Blocks until more bytes have arrived."""
        try:
            arrived = self.socket.recv(65536)
        except OSError as error:
            raise Gone(str(error)) from error
        if not arrived:
            raise Gone("end of input")
        self.received += arrived

    def reply(self):
        """Returns a number, bytes, None, a list, or a line with its sign, such as "+OK"."""
        line = self.line()
        kind, rest = line[:1], line[1:]
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return self.bulk(int(rest))
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return line.decode()

    def line(self):
        while b"\r\n" not in self.received:
            self.receive()
        line, _, self.received = self.received.partition(b"\r\n")
        return line

    def bulk(self, size):
        if size < 0:
            return None
        while len(self.received) < size + 2:
            self.receive()
        content, self.received = self.received[:size], self.received[size + 2:]
        return content

    def fields(self, *words):
        """Sends a command that is answered by a map, and returns the map."""
        flat = self.ask(*words)
        return {name.decode(): value for name, value in zip(flat[::2], flat[1::2])}

    def info(self):
        """Returns the numbers of INFO, as text, by name."""
        pairs = (line.partition(":") for line in self.ask("INFO").decode().splitlines())
        return {name: value for name, colon, value in pairs if colon}
