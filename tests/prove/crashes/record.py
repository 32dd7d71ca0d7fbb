"""Records outside the server what clients have requested and which replies they have received."""

import random
import threading

from wire import Gone

# The opening balances. The last account soon runs out of money.
OPENING = [10_000_000, 10_000_000, 10_000_000, 300]
SHORT = ("-FUNDS",)


class Order:
    """One request with its own key, and the cancel of that key if one was sent."""

    def __init__(self, words, account, key):
        self.words = words
        self.account = account
        self.key = key
        self.reply = None  # None while the outcome is unknown
        self.cancel_sent = False
        self.verdict = None

    def receive(self, reply):
        code = str(reply).split()[0]
        # After one of these a client has to ask again.
        if code not in ("-UNKNOWN", "-SHUTDOWN", "-INPROGRESS", "-BUSY"):
            self.reply = reply

    @property
    def acknowledged(self):
        return isinstance(self.reply, int)

    @property
    def cancelled(self):
        """Whether a client has the promise that it will never run."""
        return (self.verdict in ("+CANCELLED", "+ALREADY")
                or str(self.reply).startswith("-CANCELLED"))

    def moved(self):
        """Returns the changes of balances that were acknowledged, by account."""
        if not self.acknowledged:
            return {}
        name, *rest = self.words
        if name == "CREATE":
            return {self.reply: rest[2]}
        if name == "DEPOSIT":
            return {rest[0]: rest[1]}
        if name == "WITHDRAW":
            return {rest[0]: -rest[1]}
        return {rest[0]: -rest[2], rest[1]: rest[2]}


class Orders:
    """Draws orders at random. Used by one thread."""

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
    """Clients that send orders until the server dies, and one that cancels some of them."""

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
        """Waits until the clients have ended, which they do when the server is dead."""
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
                    order.receive(wire.ask(*order.words))
                    self.answered += 1
        except Gone:
            pass

    def cancel(self, dice):
        """Cancels recent orders, and keys whose request was never sent."""
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
                        receive_verdict(order, wire.ask("CANCEL", order.account, order.key))
        except Gone:
            pass


def receive_verdict(order, reply):
    if reply.startswith("+"):
        order.verdict = reply


class Judge:
    """Compares the ledger with the record. Calls `complain` with a sentence for each difference."""

    def __init__(self, wire, complain):
        self.wire = wire
        self.complain = complain

    def status(self, order):
        return self.wire.fields("STATUS", order.account, order.key)["outcome"].decode()

    def require(self, holds, rule, order, *particulars):
        if not holds:
            self.complain(f"{rule}: {order.words} {order.reply} {order.verdict} "
                          + " ".join(map(str, particulars)))

    def settle(self, order):
        """Checks that a known outcome still holds, and repeats the request with its key."""
        before = self.status(order)
        if order.cancelled:
            self.require(before == "cancelled", "a cancelled key stays cancelled", order, before)
        elif order.acknowledged:
            self.require(before == "committed", "no acknowledged request is lost", order, before)
        if order.cancel_sent and order.verdict is None:
            receive_verdict(order, self.wire.ask("CANCEL", order.account, order.key))
            before = self.status(order)
        if str(order.reply).startswith(SHORT) and before == "none":
            return  # repeated, it might succeed now
        reply = self.wire.ask(*order.words)
        if order.reply is not None and not str(order.reply).startswith(SHORT):
            same = str(reply).split()[0] == str(order.reply).split()[0]
            self.require(same, "a repeat has the first reply", order, reply)
        self.compare(order, before, reply)
        order.reply = reply

    def compare(self, order, before, reply):
        after = self.status(order)
        if isinstance(reply, int):
            wanted, possible = "committed", ("committed", "none")
        elif reply.startswith("-CANCELLED"):
            wanted, possible = "cancelled", ("cancelled",)
        else:
            self.require(reply.startswith(SHORT), "a repeated request is done", order, reply)
            wanted, possible = "none", ("none",)
        self.require(after == wanted, "STATUS agrees with the replay", order, after, reply)
        self.require(before in possible, "the replay agrees with STATUS", order, before, reply)
        if order.cancelled:
            self.require(wanted == "cancelled", "a cancelled key is never run", order, reply)

    def books(self, orders):
        """Compares the balances with the sums of the clients."""
        expected = dict(enumerate(OPENING, 1))
        for order in orders:
            for account, amount in order.moved().items():
                expected[account] = expected.get(account, 0) + amount
        for account, amount in expected.items():
            balance = self.wire.ask("BALANCE", account)
            if balance != amount:
                self.complain(f"the money is conserved: account {account} has {balance}, "
                              f"its customers expect {amount}")
        audit = self.wire.fields("AUDIT")
        committed = len(OPENING) + sum(order.acknowledged for order in orders)
        if audit["violations"] != 0:
            self.complain(f"AUDIT finds nothing: {audit['violations']} violations")
        if audit["transfers"] != committed or audit["accounts"] != len(expected):
            self.complain(f"no transfer is doubled: {audit['transfers']} of {committed} transfers, "
                          f"{audit['accounts']} of {len(expected)} accounts")
