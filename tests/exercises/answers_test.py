#!/usr/bin/env python3
"""Proves the answers of one exercise: the file that learners begin with and the wrong answers
fail, each with the sentence that belongs to its fault, and the right ones pass.

Usage: answers_test.py FOLDER PROGRAMS     (the exercise; the folder of the programs)

A wrong answer begins with two comments: "Wrong: its fault" and "Says: a part of the sentence". It
must pass the first test, as a plausible mistake does.
"""

import pathlib
import subprocess
import sys
import unittest

folder = programs = None


class Answers(unittest.TestCase):
    def run_answer(self, answer):
        program = programs / f"exercise_{folder.name}_{answer.stem}"
        done = subprocess.run([program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=200, check=False)
        return done.returncode, done.stdout

    def test_the_file_that_learners_begin_with_fails(self):
        status, printed = self.run_answer(folder / "answer.cpp")
        self.assertEqual(status, 1, printed)

    def test_right_answers_pass(self):
        answers = list(folder.glob("answers/right*.cpp"))
        self.assertTrue(answers)
        for answer in answers:
            with self.subTest(answer=answer.stem):
                status, printed = self.run_answer(answer)
                self.assertEqual(status, 0, printed)

    def test_wrong_answers_fail_for_their_reason(self):
        answers = sorted(folder.glob("answers/wrong_*.cpp"))
        self.assertGreaterEqual(len(answers), 2)
        for answer in answers:
            with self.subTest(answer=answer.stem):
                fault, says = answer.read_text(encoding="utf-8").splitlines()[:2]
                self.assertTrue(fault.startswith("// Wrong: "), fault)
                self.assertTrue(says.startswith("// Says: "), says)
                status, printed = self.run_answer(answer)
                self.assertEqual(status, 1, printed)
                self.assertIn(says.removeprefix("// Says: "), printed)
                self.assertTrue(printed.startswith("passed: "), printed)


if __name__ == "__main__":
    folder, programs = (pathlib.Path(sys.argv.pop(1)).resolve() for _ in range(2))
    unittest.main()
