#!/usr/bin/env python3
"""Checks the lessons' README: each link leads to a file of the tree, and text in backticks is in
that file; the page of cancellation points is that of the code; each item of the sources has a
lesson.

Usage: links_test.py README POINTS.HPP
"""

import pathlib
import re
import sys

LINK = re.compile(r"\[([^\]]+)\]\(([^)#]+)(?:#[^)]*)?\)")


def broken(readme):
    """Yields what is wrong with each link that leads nowhere."""
    for number, line in enumerate(readme.read_text(encoding="utf-8").splitlines(), 1):
        for text, target in LINK.findall(line):
            if target.startswith("https://"):
                continue
            path = readme.parent / target
            if not path.exists():
                yield f"{readme.name}:{number}: {target} does not exist"
                continue
            quoted = re.fullmatch(r"`(.+)`", text)
            if quoted and path.is_file():
                if quoted[1] not in (path.name, target) and quoted[1] not in path.read_text():
                    yield f"{readme.name}:{number}: {target} does not contain {quoted[1]}"


def rows_of(readme, heading):
    """Returns the cells of the first table after the heading, row by row."""
    lines = readme.read_text(encoding="utf-8").split(heading, 1)[1].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("|---"))
    rows = []
    for line in lines[start + 1:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def wrong_points(readme, header):
    """Yields the points of the code whose row on the page differs from it."""
    points = re.findall(r'X\(\w+, "([^"]+)", (true|false), (\d+), \w+, \\\s+"([^"]+)"',
                        header.read_text(encoding="utf-8"))
    expected = [[f"`{name}`", "yes" if honoured == "true" else "no",
                 "–" if step == "0" else step, holds] for name, honoured, step, holds in points]
    shown = rows_of(readme, "## Cancellation points on one page")
    for row in expected:
        if row not in shown:
            yield f"{readme.name}: the point {row[0]} has no row | {' | '.join(row)} |"
    if not points or len(shown) != len(points):
        yield f"{readme.name}: {len(shown)} points are shown, and the code has {len(points)}"


def items_without_lesson(readme):
    lessons = {row[0] for row in rows_of(readme, "## The lessons")}
    for source, item, shown in rows_of(readme, "## Where each item of the sources is shown"):
        if not set(re.findall(r"\b\d+\b", shown)) & lessons:
            yield f"{readme.name}: no lesson shows this item of the {source}: {item}"


def main():
    readme, header = map(pathlib.Path, sys.argv[1:])
    found = [*broken(readme), *wrong_points(readme, header), *items_without_lesson(readme)]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
