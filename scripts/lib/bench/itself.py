"""The parts of the comparison that are against this server itself."""

import dataclasses
import statistics

from crowd import Crowd, allow_descriptors

from bench.ours import Ours, Uncancelable
from bench.rows import Row, ratios_of
from bench.sample import Work

IDLE = 10_000
OVERLOAD_CLIENTS = 2_000


def compared(comparison, contenders):
    """Measures two contenders. Returns the ratios of the second to the first."""
    comparison.interleave(contenders)
    first, second = (comparison.samples[label] for label in contenders)
    return ratios_of(second, first)


def large(comparison, ledger, small, sizes):
    """Ledgers of many accounts and transfers; the bar is for a million, larger ones are figures.
    `ledger` returns a server with so many accounts."""
    for size in sizes:
        ratios = compared(comparison, {
            f"atm-server deposit 64 of {bank.accounts} accounts": lambda bank=bank:
                bank.measure(Work("deposit", 64, bank.accounts, comparison.seconds))
            for bank in (ledger(small), ledger(size))})
        comparison.add(Row(f"{size:,} accounts and transfers in the file",
                           f"itself with {small:,}", 0.6, 0.9, ratios))


def random_keys(comparison, bank):
    """On a large ledger, where a random key is on a page of its own."""
    ordered = Work("deposit", 64, bank.accounts, comparison.seconds)
    ratios = compared(comparison, {
        f"atm-server deposit 64 of {bank.accounts} accounts, keys {name}": lambda work=work:
            bank.measure(work)
        for name, work in (("by time", ordered),
                           ("random", dataclasses.replace(ordered, random_keys=True)))})
    comparison.add(Row(f"random keys instead of time-ordered ones, {bank.accounts:,} in the file",
                       "itself", 0.6, 0.8, ratios))


def idle(comparison, programs, accounts):
    allow_descriptors(IDLE + 100)
    work = Work("deposit", 64, accounts, comparison.seconds)
    options = "--connections-max", str(IDLE + 500)
    with (Ours(programs, accounts, *options) as calm,
          Ours(programs, accounts, *options) as crowded):
        for bank in calm, crowded:
            bank.measure(dataclasses.replace(work, seconds=1))  # grows what grows only once
        before = crowded.resident_bytes()
        with Crowd(crowded, IDLE):
            each = (crowded.resident_bytes() - before) / IDLE
            ratios = compared(comparison, {
                f"atm-server deposit 64 {name}": lambda bank=bank: bank.measure(work)
                for name, bank in (("alone", calm), (f"beside {IDLE} idle", crowded))})
    comparison.add(Row(f"{IDLE:,} idle connections", "itself with none", 0.9, 0.98, ratios))
    comparison.add(Row("memory of an idle connection", "–", 4, 2, [each / 1024],
                       more_is_better=False, unit=" KiB"))


def overload(comparison, bank):
    """Requests come at four times the rate that it reaches with 256 clients."""
    peak = bank.measure(Work("deposit", 256, bank.accounts, comparison.seconds))
    comparison.samples["atm-server deposit 256 before the overload"] = [peak]
    before = bank.resident_bytes()
    work = Work("deposit", OVERLOAD_CLIENTS, bank.accounts, comparison.seconds,
                rate=round(4 * peak.per_second))
    label = f"atm-server deposit {OVERLOAD_CLIENTS} at {work.rate} a second"
    comparison.interleave({label: lambda: bank.measure(work)})
    samples = comparison.samples[label]
    refused = statistics.median(sum(sample.refused.values()) for sample in samples)
    codes = sorted({code for sample in samples for code in sample.refused})
    grown = (bank.resident_bytes() - before) / 2**20
    comparison.add(Row("four times the load it can take", "its own peak", 0.9, 0.97,
                       [sample.per_second / peak.per_second for sample in samples],
                       note=f"{refused:.0f} refused a round ({', '.join(codes) or 'none'}), memory "
                            f"{grown:+.0f} MiB"))


def restart(comparison, empty, full):
    """Each server is killed while it works, and started again. Other measurements may have added
    transfers to the full one."""
    early, late = [], []
    for _ in range(comparison.rounds):
        for bank, seconds in (empty, early), (full, late):
            bank.measure(Work("deposit", 16, bank.accounts, 1))
            seconds.append(bank.restart_after_kill())
    comparison.say(f"  start with an empty ledger {statistics.median(early):.3f} s, "
                   f"with {full.accounts:,} transfers {statistics.median(late):.3f} s")
    comparison.add(Row(f"start after kill -9 with {full.accounts:,} transfers, longer than",
                       "an empty ledger", 0.5, 0.1,
                       [more - less for less, more in zip(early, late)],
                       more_is_better=False, unit=" s"))


def points(comparison, programs, accounts):
    """The cost of the points and the cleanup stack, in processor time of the server a deposit. That
    of the whole machine varies by more than the bar."""
    row = Row("cost of being cancelable: points and cleanup stack", "itself without", 5, 1, [],
              more_is_better=False, unit=" %")
    comparison.add(row)
    if not (programs / Uncancelable.program).exists():
        row.note = f"{Uncancelable.program} is not built"
        return
    work = Work("deposit", 64, accounts, comparison.seconds)
    with Ours(programs, accounts) as usual, Uncancelable(programs, accounts) as without:
        for number in range(comparison.rounds):
            banks = [usual, without]
            spent = {bank: seconds_a_deposit(bank, work)
                     for bank in (banks if number % 2 == 0 else reversed(banks))}
            comparison.say(f"  a deposit takes {1e6 * spent[usual]:.1f} µs of processor time, "
                           f"without {1e6 * spent[without]:.1f} µs")
            row.ratios.append(100 * (spent[usual] / spent[without] - 1))


def seconds_a_deposit(bank, work):
    spent, commits = bank.processor_seconds(), bank.info("commits")
    bank.measure(work)
    return (bank.processor_seconds() - spent) / max(bank.info("commits") - commits, 1)
