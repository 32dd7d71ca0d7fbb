#!/usr/bin/env python3
"""Runs `atm lesson` as a person does: listed, piped, and on a terminal that answers.

Usage: program_test.py FOLDER-OF-THE-PROGRAMS
"""

import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ATM = pathlib.Path(sys.argv.pop(1)) / "atm"
README = pathlib.Path(__file__).resolve().parents[3] / "client" / "lesson" / "README.md"
SECONDS = 120


def run(*arguments, atm=ATM, stdout=subprocess.PIPE, environment=None, input=""):
    return subprocess.run([atm, "lesson", *arguments], input=input, text=True,
                          stdout=stdout, stderr=subprocess.PIPE, timeout=SECONDS,
                          env={**os.environ, **(environment or {})})


def on_terminal(arguments, replies, environment=None):
    """Types the next reply at each prompt. Returns the exit status and the screen."""
    process, terminal = pty.fork()
    if process == 0:
        os.execve(ATM, ["atm", "lesson", *arguments],
                  {**os.environ, "TERM": "xterm", **(environment or {})})
    screen = ""
    replies = list(replies)
    while True:
        try:
            some = os.read(terminal, 4096).decode(errors="replace")
        except OSError:  # the terminal's other end is closed
            break
        if not some:
            break
        screen += some
        if screen.endswith(" > ") and replies:
            os.write(terminal, (replies.pop(0) + "\n").encode())
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), screen


def widest(text):
    """Returns the columns of the longest line."""
    return max(map(len, text.splitlines()))


class Program(unittest.TestCase):
    def test_without_a_number_it_lists_the_lessons(self):
        done = run()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^ *2  Cleanup stacks +10 min")
        listed = re.findall(r"(?m)^ *(\d+)  ", done.stdout)
        table = README.read_text(encoding="utf-8").split("## The lessons")[1].split("\n## ")[0]
        in_readme = re.findall(r"(?m)^\| (\d+) \| ", table)
        self.assertEqual(listed, in_readme, "the README's table has the same lessons")

    def test_an_output_that_is_not_written_is_a_failure(self):
        for arguments in ([], ["--help"], ["-h"], ["--version"], ["2"], ["2", "--check"],
                          ["2", "--source"]):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                done = run(*arguments, stdout=full)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual(done.stderr, "atm lesson: the output could not be written to "
                                 "standard output: No space left on device\n")

    def test_a_broken_pipe_is_a_failure_without_a_word(self):
        for arguments in ([], ["--help"], ["2"], ["2", "--source"]):
            with self.subTest(arguments):
                reader, writer = os.pipe()
                os.close(reader)
                done = run(*arguments, stdout=writer)
                os.close(writer)
                self.assertEqual((done.returncode, done.stderr), (1, ""))

    def test_a_closed_output_is_a_failure(self):
        done = subprocess.run(["/bin/sh", "-c", 'exec "$0" 2 >&-', ATM.parent / "atm-lesson"],
                              stderr=subprocess.PIPE, text=True, timeout=SECONDS)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count("\n"), 1, "one line: " + done.stderr)

    def test_help_is_shown_whatever_else_is_wrong(self):
        for arguments in (["-h"], ["--mechanism", "none", "-h"], ["1", "2", "--help"]):
            with self.subTest(arguments):
                done = run(*arguments, environment={"ATM_MECHANISM": "none"})
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("Usage: atm lesson", done.stdout)

    def test_version_is_that_of_atm(self):
        ours = subprocess.run([ATM, "--version"], capture_output=True, text=True, check=True)
        done = run("--version")
        self.assertEqual((done.returncode, done.stdout), (0, ours.stdout))

    def test_an_unknown_lesson_is_wrong_usage(self):
        for wrong in ("0", "15", "nothing", "--nothing"):
            done = run(wrong)
            self.assertEqual(done.returncode, 2, wrong)
            self.assertEqual(done.stderr.count("\n"), 1, "one line: " + done.stderr)

    def test_source_prints_the_file_that_was_compiled(self):
        done = run("2", "--source")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("void cleanup_stacks(Page& page) {", done.stdout)

    def test_piped_it_prints_questions_and_answers_without_waiting(self):
        done = run("2")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("? How many of the three", done.stdout)
        self.assertIn("Answer: 0.", done.stdout)
        self.assertNotIn("\033", done.stdout, "no colour in a pipe")

    def test_every_lesson_prints_lines_of_at_most_80_columns(self):
        done = run("all")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertGreater(done.stdout.count("\nnext: "), 10, "they have been run")
        self.assertLessEqual(widest(done.stdout), 80)

    def test_check_prints_one_line(self):
        done = run("2", "--check")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"\Alesson 2 cleanup_stacks: \d+ claims hold\n\Z")

    def test_on_a_terminal_a_prediction_is_met_with_the_reason(self):
        status, screen = on_terminal(["2"], [" 3", "wrong", "POP(0) ", "three,one"])
        self.assertEqual(status, 0, screen)
        self.assertIn("You said 3; it was 0.", screen)
        self.assertIn("one of those above", screen, "an unknown choice is asked again")
        self.assertIn('You said "pop(0)"; so it was.', screen)
        self.assertIn("\033[", screen, "colour on a terminal")

    def test_no_color_is_respected(self):
        _, screen = on_terminal(["2"], ["0", "pop(0)", "one"], {"NO_COLOR": "1"})
        self.assertNotIn("\033[", screen)

    def test_mistakes_are_listed_with_their_goals(self):
        done = run("mistakes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^swap-after-store +10 min  Lose the money$")
        self.assertLessEqual(widest(done.stdout), 80)

    def test_an_unknown_mistake_is_wrong_usage(self):
        done = run("mistakes", "nothing")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr.count("\n"), 1, "one line: " + done.stderr)

    def test_the_correct_server_plays_along_and_is_not_beaten(self):
        lines = "# a remark\ndeposit 20\nnonsense\nadmin hold add lokced\n" \
                "admin hold add locked\ndeposit 5 --key a\n" \
                "admin cancel @a\nstatus a\nhint\ngive up\n"
        done = run("mistakes", "cancelled-after-commit", "--correct", input=lines)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("deposited 20.00, balance 120.00 (key key1)", done.stdout)
        self.assertIn("  there is no command nonsense; type help\n", done.stdout)
        self.assertIn("there is no point 'lokced'; the points are queued,", done.stdout)
        self.assertIn("held at locked, owns account 1", done.stdout)
        self.assertIn("cancelled: nothing was changed, nor will be", done.stdout)
        self.assertIn("Hint 1 of 3: ", done.stdout)
        self.assertIn("The last hint, the whole sequence:", done.stdout)
        self.assertIn("Not beaten: ", done.stdout)
        self.assertLessEqual(widest(done.stdout), 80)

    def test_without_its_program_it_says_so(self):
        with tempfile.TemporaryDirectory() as folder:
            alone = shutil.copy(ATM, folder)
            done = run(atm=alone)
        self.assertEqual(done.returncode, 2)
        self.assertIn("atm-lesson", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, "one line: " + done.stderr)


if __name__ == "__main__":
    unittest.main()
