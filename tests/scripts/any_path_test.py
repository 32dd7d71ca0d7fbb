#!/usr/bin/env python3
"""Runs the scripts and some tests from a path with blanks, a quote, a command substitution and a
letter beyond ASCII. They must work, and must not run the command in the path.

Usage: any_path_test.py DIR      (DIR holds the programs)
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
NAME = "a b$(touch pwned)'é"
PATIENCE = 300  # seconds
programs = None


class AnyPath(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="any-path-")
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.tree = cls.folder / NAME
        no_builds = shutil.ignore_patterns("build", "build-*", ".git", "atm-data", "node_modules",
                                           "__pycache__")
        shutil.copytree(ROOT, cls.tree, ignore=no_builds)
        cls.bin = cls.tree / "build" / "bin"
        cls.bin.parent.mkdir()
        cls.bin.symlink_to(programs)
        cls.temporary = cls.folder / NAME.replace("'", " ")  # CMake fails if TMPDIR has a quote
        cls.temporary.mkdir()

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def run_here(self, *command):
        environment = {**os.environ, "TMPDIR": str(self.temporary), "ATM_BIN": str(self.bin)}
        done = subprocess.run([str(word) for word in command], cwd=self.folder, env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace",
                              timeout=PATIENCE, check=False)
        self.assertFalse(list(self.folder.rglob("pwned")), f"{command[0]} runs a part of its path")
        self.assertEqual(done.returncode, 0,
                         f"{command} ends with status {done.returncode}:\n{done.stdout[-2000:]}")
        return done.stdout

    def test_every_script_prints_its_help(self):
        scripts = [path for path in (self.tree / "scripts").iterdir()
                   if path.is_file() and os.access(path, os.X_OK) and path.name != "need"]
        parts = (self.tree / "tests" / "prove").glob("*/run")
        for script in sorted([*scripts, *parts]):
            with self.subTest(script=script.name):
                self.assertIn("sage:", self.run_here(script, "--help"))

    def test_need(self):
        self.run_here(self.tree / "scripts" / "need", "build")

    def test_the_demo(self):
        self.assertIn("Every step", self.run_here(self.tree / "scripts" / "demo"))

    def test_the_style_check_reads_every_file(self):
        printed = self.run_here(self.tree / "scripts" / "style")
        files = int(printed.split("style: ")[1].split()[0])
        self.assertGreater(files, 300)

    def test_a_configured_build(self):
        build = self.tree / "build-path"
        self.run_here("cmake", "-S", self.tree, "-B", build, "-G", "Ninja")
        self.run_here("ninja", "-C", build, "seam")

    def test_kills_of_the_server(self):
        run = self.tree / "tests" / "prove" / "crashes" / "run"
        for how in ([], ["--without-strace"]):
            self.run_here(run, "--bin", self.bin, "--life", "0", *how)

    def test_hostile_clients(self):
        run = self.tree / "tests" / "prove" / "hostile" / "run"
        self.run_here(run, "--bin", self.bin, "--only", "silent")

    def test_the_model(self):
        if shutil.which("spin") is None:
            self.skipTest("spin is not installed")
        self.run_here(self.tree / "tests" / "prove" / "model" / "run", "--trail", "-DWORKERS=1")

    def test_commands_that_the_client_prints_for_its_user(self):
        self.run_here(self.bin / "test_client", "--test-case=*the command*,*the very command*")


if __name__ == "__main__":
    programs = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
