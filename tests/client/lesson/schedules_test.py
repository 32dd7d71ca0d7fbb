#!/usr/bin/env python3
"""Replays the schedule that each game of `atm lesson mistakes` shows, on the explorer with that
mistake, and compares the columns.

Usage: schedules_test.py [--write] GAMES-FOLDER MISTAKES-FOLDER
  GAMES-FOLDER has NAME.game, MISTAKES-FOLDER has NAME/prove_interleavings. --write looks for a
  failing order near the recorded one, and replaces both it and the columns in NAME.game. That is
  needed after a change of the number of steps, for example by a lock more.
"""

import itertools
import pathlib
import re
import subprocess
import sys

SECONDS = 120
MOST_COLUMNS = 78  # of print; the game indents by two


def fields_of(text):
    """Returns the fields before the empty line; a long line is continued."""
    head = re.sub(r"\n +", " ", text.split("\n\n")[0])
    return dict(line.split(": ", 1) for line in head.splitlines())


def named(cell, actor):
    """Returns the step in words, or nothing for a step that does not matter to a reader: of a lock
    that no other thread wants, or of a counter."""
    if cell.startswith("── "):
        return cell.removeprefix("── ")
    if match := re.fullmatch(r"read (\[account \d+\])", cell):
        return "reads " + match[1].strip("[]")
    if re.match(r"read .*\[reversals\]", cell) and actor.startswith("REVERSE"):
        return "looks for a reversal"
    if cell.startswith("update [key"):
        return "stores" if "[account" in cell else "stores a tombstone"
    if not actor[0].isupper() and cell.startswith(("read #", "update #")):
        return "reads the stage" if cell.startswith("read") else "swaps the stage"
    if cell.startswith("wait #"):
        return "waits"
    if cell.startswith("wake, "):
        return "wakes up"
    if cell.startswith("cancel "):
        return "pthread_cancel"
    if cell == "await its cancel":
        return "awaits its cancel"
    return None


def steps_of(columns):
    """Yields (actor's number, step in words) of the steps that matter, and counts all."""
    heading, *rows = columns.splitlines()
    actors = [name.strip() for name in heading.split(" | ")]
    for row in rows:
        cells = row.split("|")
        number = max(i for i, cell in enumerate(cells) if cell.strip())
        words = named(cells[number].strip(), actors[number])
        if words and actors[number] != "end" and (actors[number] != "boss" or "cancel" in words):
            yield number, words


def merged(steps):
    """Joins consecutive steps of one actor into pieces of a few words."""
    rows = []
    for number, words in steps:
        if rows and rows[-1][0] == number:
            if rows[-1][1][-1] != words:
                rows[-1][1].append(words)
        else:
            rows.append((number, [words]))
    return rows


def condensed(columns):
    """Returns the columns of a replay with the steps that matter, one row for each stretch of a
    thread, wrapped."""
    heads = columns.splitlines()[0].replace(" KEY ", " ").split(" | ")
    actors = [name.strip() for name in heads]
    rows = merged(steps_of(columns))
    used = sorted({number for number, _ in rows})
    width = (MOST_COLUMNS - 3 * (len(used) - 1)) // len(used)
    lines = [" | ".join(actors[number].ljust(width) for number in used).rstrip()]
    lines.append("-+-".join("-" * width for _ in used))
    for number, words in rows:
        for piece in wrapped(words, width):
            cells = [(piece if number == each else "").ljust(width) for each in used]
            lines.append(" | ".join(cells).rstrip(" "))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def wrapped(words, width):
    """Yields lines of at most that width with the words, separated by commas."""
    line = ""
    for i, word in enumerate(words):
        word += "," if i + 1 < len(words) else ""
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = ""
        line += (" " if line else "") + word
    yield line


def replayed(program, fields):
    """Returns the columns and the violation of the game's schedule."""
    done = subprocess.run([program, "--replay", fields["Plan"], "--schedule", fields["Schedule"]],
                          capture_output=True, text=True, timeout=SECONDS)
    if done.returncode != 1:
        raise AssertionError(f"no check fails in this order: {done.stdout[-500:]}{done.stderr}")
    columns, _, what = done.stdout.rstrip().rpartition("\n\n")
    return columns, what


def orders_near(schedule):
    """Yields the schedule, then those whose lengths of stretches differ a little, the nearest
    first. A schedule is like 0*41.1: thread 0 takes 41 steps, then thread 1 one."""
    parts = [part.partition("*") for part in schedule.split(".")]
    lengths = [i for i, (_, _, length) in enumerate(parts) if length]
    reach = {1: 60, 2: 20}.get(len(lengths), 9)
    changes = itertools.product(range(-reach, reach + 1), repeat=len(lengths))
    for change in sorted(changes, key=lambda each: sum(map(abs, each))):
        counts = {i: int(parts[i][2]) + by for i, by in zip(lengths, change)}
        if all(count > 0 for count in counts.values()):
            yield ".".join(thread + (f"*{counts[i]}" if i in counts else "")
                           for i, (thread, _, _) in enumerate(parts))


def failing_near(program, fields):
    """Returns the fields with the nearest order that breaks the rule."""
    rule = fields["Breaks"].split(":")[0]
    for schedule in orders_near(fields["Schedule"]):
        try:
            _, what = replayed(program, {**fields, "Schedule": schedule})
        except AssertionError:
            continue
        if rule in what:
            return {**fields, "Schedule": schedule}
    raise AssertionError(f"no order near {fields['Schedule']} breaks the rule")


def check(game, folder, write):
    """Returns what is wrong with the schedule of this game, or nothing."""
    text = game.read_text(encoding="utf-8")
    fields = fields_of(text)
    if write:
        found = failing_near(folder / game.stem / "prove_interleavings", fields)
        text = text.replace(f"\nSchedule: {fields['Schedule']}\n",
                            f"\nSchedule: {found['Schedule']}\n")
        fields = found
    columns, what = replayed(folder / game.stem / "prove_interleavings", fields)
    rule = fields["Breaks"].split(":")[0]
    if rule not in what:
        return f"it breaks another rule: {what}"
    shown = condensed(columns)
    head, _, before = text.partition("\n\n")
    if write:
        game.write_text(head + "\n\n" + shown, encoding="utf-8")
    elif shown != before:
        return f"the explorer runs other steps; schedules_test.py --write records them\n{shown}"
    return None


def main():
    arguments = sys.argv[1:]
    write = arguments[:1] == ["--write"]
    games, folder = map(pathlib.Path, arguments[-2:])
    wrong = 0
    paths = sorted(games.glob("*.game"))
    for game in paths:
        if error := check(game, folder, write):
            print(f"{game.stem}: {error}")
            wrong += 1
    print(f"{len(paths)} schedules replayed, {wrong} wrong")
    return 1 if wrong or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
