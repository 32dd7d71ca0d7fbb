#!/usr/bin/env python3
"""Tests the options of scripts/demo.

Usage: demo_options_test.py BIN
"""

import os
import pathlib
import pty
import select
import subprocess
import sys
import unittest

DEMO = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "demo"
ENVIRONMENT = dict(os.environ)


def demo(*options):
    return subprocess.run([DEMO, *options], env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)


def headings(text):
    return [line.strip("═ ") for line in text.splitlines() if line.startswith("══")]


class Terminal:
    """The demonstration on a terminal. Use it as a context."""

    def __init__(self, *options):
        self.shown = ""
        self.child, self.end = pty.fork()
        if self.child == 0:
            os.execve(DEMO, [str(DEMO), *options], ENVIRONMENT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.end)

    def read_until(self, text):
        """Returns whether the text appears before the end of the output."""
        while text not in self.shown:
            if not select.select([self.end], [], [], 60)[0]:
                return False
            try:
                part = os.read(self.end, 4096)
            except OSError:  # a terminal whose program has ended
                return False
            self.shown += part.decode(errors="replace")
        self.shown = self.shown.split(text, 1)[1]
        return True

    def press(self):
        os.write(self.end, b" ")

    def status(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


class Options(unittest.TestCase):
    def test_one_chapter_under_one_mechanism_is_shown(self):
        ran = demo("--chapter", "4", "--mechanism=posix")
        self.assertEqual(ran.returncode, 0, f"the demonstration failed:\n{ran.stderr}")
        self.assertEqual(headings(ran.stdout), ["posix: a customer cancels by key"],
                         "the chapters shown are not the one that was asked for")
        self.assertIn("under posix, in", ran.stdout, "the mechanisms that ran are not named")

    def test_what_is_wrong_is_refused_before_anything_runs(self):
        for options in (["--chapter"], ["--chapter", "10"], ["--chapter", "two"],
                        ["--mechanism", "signals"], ["--faster"], ["--pause"]):
            with self.subTest(options):
                ran = demo(*options)
                self.assertEqual(ran.returncode, 2, "wrong usage has another status")
                self.assertEqual(ran.stdout, "", "something ran all the same")
                self.assertEqual(len(ran.stderr.splitlines()), 1, "the refusal is not one line")

    def test_pause_waits_for_a_key_before_each_step(self):
        with Terminal("--pause", "--chapter", "1", "--mechanism", "token") as terminal:
            pauses = 0
            while terminal.read_until("(any key)"):
                self.assertNotIn("══", terminal.shown, "it went on before a key was pressed")
                pauses += 1
                terminal.press()
            self.assertEqual(terminal.status(), 0, "the demonstration failed")
        self.assertEqual(pauses, 5, "the chapter has another number of paragraphs to wait at")


if __name__ == "__main__":
    ENVIRONMENT["ATM_BIN"] = sys.argv.pop(1)
    unittest.main()
