"""A client on a socket, as simple as can be."""

import socket


class Gone(Exception):
    """The server has closed the connection."""


class Wire:
    """Belongs to one thread. `address` is (host, port), or the path of a Unix socket."""

    def __init__(self, address, patience=20, takes=None):
        """`takes`: how many bytes the system keeps for who does not read."""
        tcp = isinstance(address, tuple)
        try:
            self.socket = socket.socket(socket.AF_INET if tcp else socket.AF_UNIX)
            self.socket.settimeout(patience)
            if takes:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes)
            self.socket.connect(address if tcp else str(address))
        except OSError as error:
            raise Gone(str(error)) from error
        self.heard = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    @staticmethod
    def framed(*words):
        """The words as a client library sends them."""
        spelled = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        return b"*%d\r\n" % len(spelled) + b"".join(
            b"$%d\r\n%s\r\n" % (len(word), word) for word in spelled)

    def say(self, content):
        try:
            self.socket.sendall(content)
        except OSError as error:
            raise Gone(str(error)) from error

    def ask(self, *words):
        self.say(self.framed(*words))
        return self.reply()

    def log_in(self, secret):
        """As a teller."""
        if self.ask("AUTH", "teller", secret) != "+OK":
            raise Gone("not let in")
        return self

    def hear(self):
        try:
            came = self.socket.recv(65536)
        except OSError as error:
            raise Gone(str(error)) from error
        if not came:
            raise Gone("the end")
        self.heard += came

    def reply(self):
        """A number, bytes, None, a list, or a status or an error with its sign: "+OK"."""
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
        while b"\r\n" not in self.heard:
            self.hear()
        line, _, self.heard = self.heard.partition(b"\r\n")
        return line

    def bulk(self, size):
        if size < 0:
            return None
        while len(self.heard) < size + 2:
            self.hear()
        content, self.heard = self.heard[:size], self.heard[size + 2:]
        return content

    def fields(self, *words):
        """What a command that is answered by a map says."""
        flat = self.ask(*words)
        return {name.decode(): value for name, value in zip(flat[::2], flat[1::2])}

    def info(self):
        """INFO's lines."""
        pairs = (line.partition(":") for line in self.ask("INFO").decode().splitlines())
        return {name: value for name, colon, value in pairs if colon}
