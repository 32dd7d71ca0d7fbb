#!/usr/bin/env python3
"""Writes the handout and checks what a learner gets: it builds on its own, every exercise fails as
it is handed out, the right answers pass there, and no part of an answer is in it."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import answer_files
from answer_files import FOLDER, ROOT

HANDOUT = ROOT / "scripts" / "handout"
A_RUN = 4  # lines of code that an answer may not share with the handout
PATIENCE = 900  # seconds


def run(*command):
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=PATIENCE, check=False)


def runs(text):
    """Each run of lines of code. Lines without a letter, and includes, do not count."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if any(map(str.isalpha, line))
             and not line.startswith(("//", "#", "namespace", "}"))]
    return {"\n".join(lines[i:i + A_RUN]) for i in range(len(lines) - A_RUN + 1)}


class Handout(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="handout-")
        cls.folder = pathlib.Path(cls.scratch.name) / "exercises"
        done = run(HANDOUT, cls.folder)
        assert done.returncode == 0, done.stdout

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_it_refuses_a_folder_that_is_not_empty(self):
        done = run(HANDOUT, self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("not empty", done.stdout)

    def test_without_a_folder_it_prints_its_usage(self):
        done = run(HANDOUT)
        self.assertEqual(done.returncode, 2)
        self.assertIn("Usage: scripts/handout DIR", done.stdout)

    def test_it_contains_neither_answers_nor_tests_of_the_grader_nor_a_history(self):
        self.assertFalse([path for path in self.folder.rglob("*")
                          if path.name in ("answers", "grader", ".git", "grader_test.cpp")])

    def test_no_part_of_an_answer_is_in_it(self):
        handed_out = [path for path in self.folder.rglob("*")
                      if path.is_file() and path.suffix in (".cpp", ".hpp", ".md")]
        self.assertGreater(len(handed_out), 50)
        present = {piece: path for path in handed_out
                   for piece in runs(path.read_text(encoding="utf-8"))}
        for name in answer_files.names():
            begun = runs((FOLDER / name / "answer.cpp").read_text(encoding="utf-8"))
            for answer in (FOLDER / name / "answers").glob("right*.cpp"):
                for piece in runs(answer_files.whole(answer)) - begun:
                    self.assertNotIn(piece, present, f"{answer} and {present.get(piece)}")

    def test_it_builds_alone_and_its_exercises_can_be_solved(self):
        folder = self.folder.parent / "solved"
        shutil.copytree(self.folder, folder)
        build = folder / "build"
        for command in (["cmake", "-S", folder, "-B", build],
                        ["cmake", "--build", build, "--parallel", "2"]):
            done = run(*command)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertNotIn("warning:", done.stdout)
        for name in answer_files.names():
            done = run(build / name)
            self.assertEqual(done.returncode, 1, f"{name} passes before it is begun")
            self.assertIn("FAILED", done.stdout)
            answer = folder / name / "answer.cpp"
            answer.write_text(answer_files.right(name), encoding="utf-8")
        done = run("cmake", "--build", build, "--parallel", "2")
        self.assertEqual(done.returncode, 0, done.stdout)
        done = run("ctest", "--test-dir", build, "--output-on-failure")
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
