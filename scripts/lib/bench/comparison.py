"""Runs work against several servers in turn, and keeps every sample."""

import platform
import time


class Comparison:
    """The samples and rows of one run of scripts/bench."""

    def __init__(self, seconds, rounds, say=print):
        self.seconds, self.rounds, self.say = seconds, rounds, say
        self.samples = {}  # label → one sample for each round
        self.rows = []

    def interleave(self, contenders, rounds=None):
        """Measures each contender once in each round; neither is always first. `contenders` maps
        labels to functions that return a sample."""
        for number in range(rounds or self.rounds):
            order = list(contenders.items())
            for label, measure in order if number % 2 == 0 else reversed(order):
                sample = measure()
                self.samples.setdefault(label, []).append(sample)
                self.say(line_of(label, sample))

    def add(self, row):
        self.rows.append(row)

    def as_json(self, mode):
        return {
            "mode": mode,
            "taken": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "machine": machine(),
            "seconds": self.seconds,
            "rounds": self.rounds,
            "rows": [row.as_json() for row in self.rows],
            "samples": {label: [sample.as_json() for sample in samples]
                        for label, samples in self.samples.items()},
        }


def line_of(label, sample):
    refused = f"   {sum(sample.refused.values())} refused" if sample.refused else ""
    return (f"  {label:42} {sample.per_second:9.0f} a second   p50 {sample.p50_us / 1000:7.2f} ms"
            f"   p99 {sample.p99_us / 1000:7.2f} ms   generator {100 * sample.generator:3.0f} %"
            + refused)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    with open("/proc/loadavg", encoding="ascii") as file:
        load = float(file.read().split()[0])
    return {"processors": len(models), "model": models[0] if models else platform.machine(),
            "kernel": platform.release(), "load": load}
