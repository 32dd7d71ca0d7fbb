"""Draws throughput and latencies against the number of clients, with gnuplot."""

import re
import statistics
import subprocess

SIDES = {"atm-server": "#c0392b", "PostgreSQL": "#2c6fbb", "Redis": "#7f8c8d"}
PERCENTILES = {"p50_us": ("p50", 1), "p99_us": ("p99", 2), "p999_us": ("p99.9", 3)}

HEAD = """set terminal svg size 760,460 font 'sans,13' background rgb 'white'
set output '{path}'
set title '{title}'
set logscale x 2
set xlabel 'clients'
set ylabel '{unit}'
set yrange [{least}:]
set grid
set key outside right
"""


def series(samples, op, value):
    """Returns side → [(clients, median of the rounds)], from labels such as `Redis deposit 64`."""
    found = {side: [] for side in SIDES}
    for label, rounds in samples.items():
        match = re.fullmatch(rf"(.+) {op} (\d+)", label)
        if match and match[1] in found:
            middle = statistics.median(getattr(sample, value) for sample in rounds)
            found[match[1]].append((int(match[2]), middle))
    return {side: sorted(points) for side, points in found.items() if points}


def script(path, title, unit, lines, logarithmic=False):
    """Returns a script of gnuplot. `lines` has (name, colour, dash, points) of each line."""
    text = HEAD.format(path=path, title=title, unit=unit, least=0.01 if logarithmic else 0)
    text += "set logscale y\n" if logarithmic else ""
    for number, (_, _, _, points) in enumerate(lines):
        rows = "".join(f"{x} {y}\n" for x, y in points)
        text += f"$line{number} << end\n{rows}end\n"
    plotted = [f"$line{number} using 1:2 with linespoints lw 2 pt 7 ps 0.5 dt {dash} "
               f"lc rgb '{colour}' title '{name}'"
               for number, (name, colour, dash, _) in enumerate(lines)]
    return text + "plot " + ", \\\n  ".join(plotted) + "\n"


def throughput(samples, path):
    lines = [(side, SIDES[side], 1, points)
             for side, points in series(samples, "deposit", "per_second").items()]
    return script(path, "Durable deposits", "a second", lines)


def latencies(samples, path):
    lines = []
    for value, (name, dash) in PERCENTILES.items():
        for side, points in series(samples, "deposit", value).items():
            in_ms = [(clients, us / 1000) for clients, us in points]
            lines.append((f"{side} {name}", SIDES[side], dash, in_ms))
    return script(path, "Latency of durable deposits", "ms", lines, logarithmic=True)


def draw(samples, folder):
    """Writes throughput.svg and latency.svg, if deposits were measured. Returns their paths."""
    if not series(samples, "deposit", "per_second"):
        return []
    names = ["throughput.svg", "latency.svg"]
    for make, name in zip((throughput, latencies), names):
        subprocess.run(["gnuplot"], input=make(samples, name), text=True, check=True, cwd=folder)
    return [folder / name for name in names]
