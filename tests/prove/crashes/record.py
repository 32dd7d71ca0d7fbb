"""What clients have ordered and been told, written down outside the server."""

import random
import threading

from wire import Gone

# Where money is moved, and what is there to begin with; the last is soon without.
OPENING = [10_000_000, 10_000_000, 10_000_000, 300]
SHORT = ("-FUNDS",)


class Order:
    """One request under a key of its own, and the cancel of that key if one was sent."""

    def __init__(self, words, account, key):
        self.words = words
        self.account = account
        self.key = key
        self.told = None  # the reply; None: nobody knows
        self.cancel_sent = False
        self.verdict = None

    def hear(self, reply):
        code = str(reply).split()[0]
        # Whoever reads UNKNOWN, SHUTDOWN or INPROGRESS asks again.
        if code not in ("-UNKNOWN", "-SHUTDOWN", "-INPROGRESS", "-BUSY"):
            self.told = reply

    @property
    def done(self):
        return isinstance(self.told, int)

    @property
    def final(self):
        """Somebody was told that it will never be."""
        return (self.verdict in ("+CANCELLED", "+ALREADY")
                or str(self.told).startswith("-CANCELLED"))

    def moved(self):
        """What it has done to which account."""
        if not self.done:
            return {}
        name, *rest = self.words
        if name == "CREATE":
            return {self.told: rest[2]}
        if name == "DEPOSIT":
            return {rest[0]: rest[1]}
        if name == "WITHDRAW":
            return {rest[0]: -rest[1]}
        return {rest[0]: -rest[2], rest[1]: rest[2]}


class Orders:
    """Draws them. Belongs to one thread."""

    def __init__(self, name, seed):
        self.name = name
        self.random = random.Random(seed)
        self.count = 0

    def next(self):
        self.count += 1
        key = f"{self.name}-{self.count}"
        accounts = range(1, len(OPENING) + 1)
        account, other = self.random.sample(accounts, 2)
        amount = self.random.randint(1, 100)
        dice = self.random.random()
        if dice < 0.03:
            return Order(("CREATE", "1234", "BALANCE", amount, "KEY", key), 0, key)
        if dice < 0.4:
            return Order(("DEPOSIT", account, amount, "KEY", key), account, key)
        if dice < 0.7:
            return Order(("WITHDRAW", account, amount, "KEY", key), account, key)
        return Order(("TRANSFER", account, other, amount, "KEY", key), account, key)


class Crowd:
    """Clients at work until the server is gone, and one who cancels what they do."""

    def __init__(self, connect, name, seed, clients=5):
        self.connect = connect
        self.orders = []
        self.lock = threading.Lock()
        self.latest = []
        self.answered = 0
        jobs = [(self.work, Orders(f"{name}c{i}", seed * 100 + i)) for i in range(clients)]
        jobs.append((self.cancel, random.Random(seed)))
        self.threads = [threading.Thread(target=job, args=(what,)) for job, what in jobs]
        for thread in self.threads:
            thread.start()

    def join(self):
        """Once the server is dead."""
        for thread in self.threads:
            thread.join()
        return self.orders

    def work(self, orders):
        try:
            with self.connect() as wire:
                while True:
                    order = orders.next()
                    with self.lock:
                        self.orders.append(order)
                        self.latest = self.latest[-3:] + [order]
                    order.hear(wire.ask(*order.words))
                    self.answered += 1
        except Gone:
            pass

    def cancel(self, dice):
        """Of those that run, and of keys under which nothing has come yet."""
        try:
            with self.connect() as wire:
                while True:
                    with self.lock:
                        order = dice.choice(self.latest) if self.latest else None
                        if order is None or dice.random() < 0.3:
                            key = f"never-{dice.random()}"
                            order = Order(("DEPOSIT", 1, 7, "KEY", key), 1, key)
                            self.orders.append(order)
                        elif order.cancel_sent:
                            order = None
                        if order is not None:
                            order.cancel_sent = True
                    if order is None:
                        wire.ask("PING")
                    else:
                        hear_verdict(order, wire.ask("CANCEL", order.account, order.key))
        except Gone:
            pass


def hear_verdict(order, reply):
    if reply.startswith("+"):
        order.verdict = reply


class Judge:
    """Holds the ledger, as a server says it stands, against the record. `complain` takes a
    sentence."""

    def __init__(self, wire, complain):
        self.wire = wire
        self.complain = complain

    def status(self, order):
        return self.wire.fields("STATUS", order.account, order.key)["outcome"].decode()

    def require(self, holds, rule, order, *particulars):
        if not holds:
            self.complain(f"{rule}: {order.words} {order.told} {order.verdict} "
                          + " ".join(map(str, particulars)))

    def settle(self, order):
        """What is known still holds; what is not is asked for again, under its key."""
        before = self.status(order)
        if order.final:
            self.require(before == "cancelled", "what was cancelled stays so", order, before)
        elif order.done:
            self.require(before == "committed", "nothing acknowledged is lost", order, before)
        if order.cancel_sent and order.verdict is None:
            hear_verdict(order, self.wire.ask("CANCEL", order.account, order.key))
            before = self.status(order)
        if str(order.told).startswith(SHORT) and before == "none":
            return  # it would run now
        reply = self.wire.ask(*order.words)
        if order.told is not None and not str(order.told).startswith(SHORT):
            same = str(reply).split()[0] == str(order.told).split()[0]
            self.require(same, "a repeat is answered as the first", order, reply)
        self.compare(order, before, reply)
        order.told = reply

    def compare(self, order, before, reply):
        after = self.status(order)
        if isinstance(reply, int):
            wanted, possible = "committed", ("committed", "none")
        elif reply.startswith("-CANCELLED"):
            wanted, possible = "cancelled", ("cancelled",)
        else:
            self.require(reply.startswith(SHORT), "what is asked again is done", order, reply)
            wanted, possible = "none", ("none",)
        self.require(after == wanted, "STATUS agrees with the replay", order, after, reply)
        self.require(before in possible, "the replay agrees with STATUS", order, before, reply)
        if order.final:
            self.require(wanted == "cancelled", "what was cancelled is never run", order, reply)

    def books(self, orders):
        """The clients' own sums against the ledger's."""
        expected = dict(enumerate(OPENING, 1))
        for order in orders:
            for account, amount in order.moved().items():
                expected[account] = expected.get(account, 0) + amount
        for account, amount in expected.items():
            there = self.wire.ask("BALANCE", account)
            if there != amount:
                self.complain(f"the money is conserved: account {account} has {there}, "
                              f"its customers know of {amount}")
        audit = self.wire.fields("AUDIT")
        committed = len(OPENING) + sum(order.done for order in orders)
        if audit["violations"] != 0:
            self.complain(f"AUDIT finds nothing: {audit['violations']} violations")
        if audit["transfers"] != committed or audit["accounts"] != len(expected):
            self.complain(f"nothing is doubled: {audit['transfers']} transfers, not {committed}, "
                          f"{audit['accounts']} accounts, not {len(expected)}")
