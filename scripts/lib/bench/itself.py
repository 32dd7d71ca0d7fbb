"""The parts of the comparison that are against this server itself."""

import dataclasses
import statistics

from crowd import Crowd, allow_descriptors

from bench.ours import Ours
from bench.rows import Row, ratios_of
from bench.sample import Work

IDLE = 10_000
OVERLOAD_CLIENTS = 2_000


def compared(comparison, contenders):
    """Measures two contenders. Returns the ratios of the second to the first."""
    comparison.interleave(contenders)
    first, second = (comparison.samples[label] for label in contenders)
    return ratios_of(second, first)


def large(comparison, programs, small, sizes):
    """Ledgers of many accounts and transfers; the bar is for a million, larger ones are figures."""
    for size in sizes:
        with Ours(programs, size) as bank:
            ratios = compared(comparison, {
                f"atm-server deposit 64 of {ledger.accounts} accounts": lambda ledger=ledger:
                    ledger.measure(Work("deposit", 64, ledger.accounts, comparison.seconds))
                for ledger in (small, bank)})
        comparison.add(Row(f"{size:,} accounts and transfers in the file",
                           f"itself with {small.accounts:,}", 0.6, 0.9, ratios))


def random_keys(comparison, programs, size):
    """On a large ledger, where a random key is on a page of its own."""
    ordered = Work("deposit", 64, size, comparison.seconds)
    with Ours(programs, size) as bank:
        ratios = compared(comparison, {
            f"atm-server deposit 64 of {size} accounts, keys {name}": lambda work=work:
                bank.measure(work)
            for name, work in (("by time", ordered),
                               ("random", dataclasses.replace(ordered, random_keys=True)))})
    comparison.add(Row(f"random keys instead of time-ordered ones, {size:,} keys in the file",
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


def overload(comparison, bank, accounts):
    """Requests come at four times the rate that it reaches with 256 clients."""
    peak = bank.measure(Work("deposit", 256, accounts, comparison.seconds))
    comparison.samples["atm-server deposit 256 before the overload"] = [peak]
    before = bank.resident_bytes()
    work = Work("deposit", OVERLOAD_CLIENTS, accounts, comparison.seconds,
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


def restart(comparison, programs, size):
    """Each ledger's server is killed while it works, and started again."""
    seconds = {}
    with Ours(programs, 1) as small, Ours(programs, size) as bank:
        for _ in range(comparison.rounds):
            for ledger in small, bank:
                ledger.measure(Work("deposit", 16, ledger.accounts, 1))
                seconds.setdefault(ledger, []).append(ledger.restart_after_kill())
        more = [late - early for early, late in zip(seconds[small], seconds[bank])]
    comparison.say(f"  start with an empty ledger {statistics.median(seconds[small]):.3f} s, with "
                   f"{size} transfers {statistics.median(seconds[bank]):.3f} s")
    comparison.add(Row(f"start after kill -9 with {size:,} transfers, longer than",
                       "an empty ledger", 0.5, 0.1, more, more_is_better=False, unit=" s"))


def points(comparison):
    comparison.add(Row("cost of being cancelable, of a deposit's time", "itself without", 5, 1, [],
                       more_is_better=False, unit=" %",
                       note="no build has its points compiled out"))
