"""The rows of the comparison: ratios of measurements, against their bar and their aim."""

import dataclasses
import statistics


@dataclasses.dataclass
class Row:
    """`ratios` has one value for each round; without any, `note` says why it was not measured."""

    work: str
    against: str
    bar: float
    aim: float
    ratios: list
    more_is_better: bool = True
    unit: str = "×"
    note: str = ""

    def reaches(self, target):
        middle = statistics.median(self.ratios)
        return middle >= target if self.more_is_better else middle <= target

    def verdict(self):
        if not self.ratios:
            return "not measured"
        if self.reaches(self.aim):
            return "aim"
        return "bar" if self.reaches(self.bar) else "BELOW" if self.more_is_better else "ABOVE"

    def as_json(self):
        return {**dataclasses.asdict(self), "verdict": self.verdict()}


def ratios_of(over, under, value="per_second"):
    """Returns the ratio of each round of two series of samples."""
    return [getattr(one, value) / getattr(other, value)
            for one, other in zip(over, under) if getattr(other, value) > 0]


def spelled(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def cells(row):
    target = [f"{number:g}{row.unit}" for number in (row.bar, row.aim)]
    if not row.ratios:
        return [row.work, row.against, "–", "–", *target, f"not measured: {row.note}"]
    spread = f"{spelled(min(row.ratios))}–{spelled(max(row.ratios))}"
    verdict = row.verdict() + (f"; {row.note}" if row.note else "")
    return [row.work, row.against, spelled(statistics.median(row.ratios)) + row.unit, spread,
            *target, verdict]


HEAD = ["work", "against", "median", "spread", "bar", "aim", "reached"]


def table(rows):
    """Returns the rows as a table of Markdown whose columns are also aligned for a terminal."""
    lines = [HEAD, *map(cells, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    lines.insert(1, ["-" * width for width in widths])
    padded = ([cell.ljust(width) for cell, width in zip(line, widths)] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in padded)
