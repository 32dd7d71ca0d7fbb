"""One piece of work for a server, and what it measured."""

import dataclasses
import math


@dataclasses.dataclass(frozen=True)
class Work:
    """Requests of one kind, from so many clients at once, for some seconds."""

    op: str  # deposit, transfer or balance
    clients: int
    accounts: int
    seconds: int
    rate: int | None = None  # a second; None: each client sends when it has its reply
    random_keys: bool = False


@dataclasses.dataclass
class Sample:
    per_second: float
    p50_us: float = 0
    p99_us: float = 0
    p999_us: float = 0
    generator: float = 0  # processors that the load generator used
    refused: dict = dataclasses.field(default_factory=dict)  # by code
    missed: int = 0  # due, but not sent

    def as_json(self):
        return dataclasses.asdict(self)


def percentile(ordered, percent):
    """Returns the smallest of the sorted values that `percent` of all do not exceed; 0 of none."""
    if not ordered:
        return 0
    return ordered[max(math.ceil(percent / 100 * len(ordered)), 1) - 1]


def sample_of_atm_bench(result):
    """Returns the sample in what `atm --json bench` printed."""
    latency = result["latency"]
    return Sample(per_second=result["per_second"], p50_us=latency["p50_us"],
                  p99_us=latency["p99_us"], p999_us=latency["p99.9_us"],
                  generator=result["generator"]["share"], refused=result["errors"],
                  missed=result["missed"])
