#!/usr/bin/env python3
"""Runs one small part of scripts/bench, against this server only, and checks what it leaves.

Usage: bench_test.py DIR      (DIR holds the programs)
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))
programs = None

from bench.ours import Ours  # noqa: E402


class Bench(unittest.TestCase):
    def test_one_part_prints_its_row_and_leaves_only_the_results(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            (folder / "tmp").mkdir()
            done = subprocess.run(
                [ROOT / "scripts" / "bench", "--bin", programs, "--only", "keys",
                 "--seconds", "1", "--rounds", "1", "--size", "500", "--out", folder / "out"],
                env={**os.environ, "TMPDIR": str(folder / "tmp")}, stdout=subprocess.PIPE,
                text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("random keys instead of time-ordered ones", done.stdout)
            figures = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
            self.assertEqual(len(figures["rows"]), 1)
            self.assertEqual(len(figures["rows"][0]["ratios"]), 1)
            self.assertEqual(len(figures["samples"]), 2)
            for (sample,) in figures["samples"].values():
                self.assertGreater(sample["per_second"], 0)
                self.assertEqual(sample["refused"], {}, "no deposit may be refused")
            self.assertEqual(os.listdir(folder / "tmp"), [], "a temporary file is left")

    def test_a_ledger_that_was_written_as_a_file_is_sound(self):
        with Ours(programs, 300) as bank:
            audit = bank.atm("admin", "audit", role="operator")
            self.assertEqual(audit, {"accounts": 300, "transfers": 300, "violations": 0})
            balance = bank.atm("--account", "300", "balance", role="operator")
            self.assertEqual(balance["balance"], 100_000_000)
            status = bank.atm("--account", "0", "status", "opening-300", role="operator")
            self.assertEqual(status["outcome"], "committed")
            self.assertEqual(status["id"], 300)


if __name__ == "__main__":
    programs = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
