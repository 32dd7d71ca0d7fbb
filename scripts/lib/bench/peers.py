"""The parts of the comparison that are against PostgreSQL and Redis."""

import statistics

from bench.rows import Row, ratios_of
from bench.sample import Work


def label(side, op, clients, extra=""):
    return f"{side.name} {op} {clients}{extra}"


def together(comparison, sides, op, clients, accounts, rounds=None):
    """Measures one kind of work on each side. Returns the labels."""
    extra = "" if accounts > 1 else " on one account"
    work = Work(op, clients, accounts, comparison.seconds)
    contenders = {label(side, op, clients, extra): lambda side=side: side.measure(work)
                  for side in sides}
    comparison.interleave(contenders, rounds)
    return list(contenders)


def add(comparison, work, against, labels, bar, aim):
    over, under = (comparison.samples[each] for each in labels)
    comparison.add(Row(work, against, bar, aim, ratios_of(over, under)))


def deposits(comparison, sides, clients, accounts):
    ours, postgres, redis = sides
    bars = {64: (3, 5), 256: (4.5, 7), 1: (0.9, 1.1)}
    for number in clients:
        is_row = number in bars
        together(comparison, sides, "deposit", number, accounts, None if is_row else 1)
    for number, (bar, aim) in bars.items():
        clients_word = "client" if number == 1 else "clients"
        add(comparison, f"durable deposits with keys, {number} {clients_word}",
            "PostgreSQL, one statement",
            [label(side, "deposit", number) for side in (ours, postgres)], bar, aim)
    add(comparison, "durable deposits, 64 clients", "Redis INCRBY, synced",
        [label(side, "deposit", 64) for side in (ours, redis)], 0.5, 0.8)


def transfers(comparison, sides, accounts):
    labels = together(comparison, sides[:2], "transfer", 64, accounts)
    add(comparison, "transfers between random accounts, 64 clients", "PostgreSQL function", labels,
        2.5, 4)


def one_account(comparison, sides):
    labels = together(comparison, sides[:2], "deposit", 64, 1)
    add(comparison, "all deposits on one account, 64 clients", "PostgreSQL", labels, 10, 30)


def balances(comparison, sides, accounts):
    ours, postgres, redis = together(comparison, sides, "balance", 64, accounts)
    add(comparison, "balance, 64 clients", "PostgreSQL, prepared select", [ours, postgres],
        1.8, 2.5)
    add(comparison, "balance, 64 clients", "Redis GET", [ours, redis], 0.6, 0.9)


def latency(comparison, sides, accounts):
    """Both at the same rate, half of the most that PostgreSQL reached."""
    postgres = sides[1]
    peaks = comparison.samples.get(label(postgres, "deposit", 64))
    if not peaks:
        together(comparison, [postgres], "deposit", 64, accounts, 1)
        peaks = comparison.samples[label(postgres, "deposit", 64)]
    rate = round(statistics.median(sample.per_second for sample in peaks) / 2)
    work = Work("deposit", 64, accounts, comparison.seconds, rate=rate)
    labels = [label(side, "deposit", 64, f" at {rate} a second") for side in sides[:2]]
    comparison.interleave({name: lambda side=side: side.measure(work)
                           for name, side in zip(labels, sides)})
    over, under = (comparison.samples[name] for name in labels)
    comparison.add(Row("p99 latency of deposits at half of PostgreSQL's peak", "PostgreSQL", 0.5,
                       0.25, ratios_of(over, under, "p99_us"), more_is_better=False))
