#!/usr/bin/env python3
"""Checks the claims of README.md: its quotations, its tables, and the output of its commands.

Usage: readme_test.py DIR      (DIR holds the programs)
"""

import pathlib
import re
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
root = pathlib.Path(__file__).resolve().parent.parent.parent

from transcript import Shell, sessions  # noqa: E402

README = (root / "README.md").read_text(encoding="utf-8")
programs = None


def table_rows(heading):
    """Returns the cells of the first table after the heading, row by row."""
    text = README.split(heading, 1)[1]
    lines = text[text.index("\n|"):].lstrip().split("\n\n")[0].splitlines()
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


class Quotes(unittest.TestCase):
    def test_deposit_is_quoted_as_it_is(self):
        source = (root / "server/bank/deposit.cpp").read_text(encoding="utf-8")
        body = re.search(r"^Reply deposit\(.*?^}$", source, re.DOTALL | re.MULTILINE)[0]
        self.assertTrue(f"```cpp\n{body}\n```" in README, f"README.md does not quote:\n{body}")

    def test_the_table_of_points_matches_the_code(self):
        source = (root / "server/bank/points.hpp").read_text(encoding="utf-8")
        points = re.findall(
            r'X\(\w+, "([^"]+)", (true|false), (\d+), \w+, \\\s+"([^"]+)", "([^"]+)"\)', source)
        self.assertEqual(len(points), source.count("  X("))
        rows = [[name, {"true": "yes", "false": "no"}[honoured], "–" if step == "0" else step,
                 held, where] for name, honoured, step, held, where in points]
        self.assertEqual(table_rows("## Cancellation points"), rows)

    def test_every_package_is_named(self):
        lines = (root / "scripts/packages").read_text(encoding="utf-8").splitlines()
        for line in lines:
            if line and not line.startswith("#"):
                self.assertTrue(f"`{line.split()[0]}`" in README, f"not named: {line}")

    def test_every_path_exists(self):
        links = re.findall(r"\]\((?!https?:)([^)#]+)", README)
        paths = links + re.findall(r"`((?:server|client|db|tests|scripts|\.ci)/[^`\s*]*)`", README)
        self.assertGreater(len(paths), 10)
        for path in paths:
            self.assertTrue((root / path).exists(), path)

    def test_it_has_at_most_300_lines(self):
        self.assertLessEqual(len(README.splitlines()), 300)


class Sessions(unittest.TestCase):
    def test_every_command_prints_what_is_shown(self):
        found = sessions(README)
        self.assertEqual(len(found), 2, "README.md has two sessions: the first screen and the tour")
        for number, steps in enumerate(found):
            with self.subTest(session=number), tempfile.TemporaryDirectory() as folder:
                with Shell(programs, folder) as shell:
                    wrong = [text for text in map(shell.play, steps) if text]
                self.assertFalse(wrong, "these commands print something else:\n" + "\n".join(wrong))


if __name__ == "__main__":
    programs = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
