#!/usr/bin/env python3
"""Grades submissions that are right, wrong, unfinished or hostile.

Usage: grade_test.py BUILD
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import answer_files
from answer_files import FOLDER, ROOT

NAME = "withdraw"
SHORT = 10  # seconds for a program that does not end
AMPLE = 250
TOO_EARLY = "the program ended before its tests did"
build = None


def begun():
    return (FOLDER / NAME / "answer.cpp").read_text(encoding="utf-8")


def with_code(code):
    """A learner's file with code that runs before main()."""
    return answer_files.right(NAME) + (
        f"\n#include <cstdio>\n#include <cstdlib>\n#include <unistd.h>\n#include <sys/wait.h>\n"
        f"namespace {{ const int before_main = [] {{ {code}; return 0; }}(); }}\n")


class Grade(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="grade-test-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.limit = AMPLE

    def grade(self, folder):
        done = subprocess.run(
            [ROOT / "scripts" / "grade", "--build", build, "--limit", str(self.limit),
             folder],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            timeout=300, check=False)
        return done.returncode, done.stdout, done.stderr

    def submit(self, text, learner="."):
        folder = self.folder / learner / NAME
        folder.mkdir(parents=True)
        (folder / "answer.cpp").write_text(text, encoding="utf-8")

    def reason(self, text):
        """The reason for the one answer; all other exercises are missing."""
        self.submit(text)
        status, printed, errors = self.grade(self.folder)
        lines = printed.splitlines()
        self.assertEqual(len(lines), 2 * len(answer_files.names()), printed)
        found = [json.loads(line) for line in lines[1::2]]
        self.assertEqual([each["exercise"] for each in found], answer_files.names())
        self.assertEqual(set(found[0]), {"exercise", "passed", "reason"})
        self.assertEqual(status, 0 if all(each["passed"] for each in found) else 1, errors)
        mine = next(each for each in found if each["exercise"] == NAME)
        for each in found:
            if each is not mine:
                self.assertFalse(each["passed"])
                self.assertIn("missing", each["reason"])
        if mine["passed"]:
            self.assertIn(f"{NAME}: passed", lines)
        else:
            self.assertIn(f"{NAME}: not passed: {mine['reason']}", lines)
        return mine["reason"]

    def test_a_right_answer_passes(self):
        self.assertEqual(self.reason(answer_files.right(NAME)), "passed")

    def test_a_file_that_is_unchanged_is_not_begun(self):
        self.assertEqual(self.reason(begun().replace("  ", "    ")), "not begun")

    def test_a_wrong_answer_gets_the_sentence_of_its_test(self):
        wrong = FOLDER / NAME / "answers" / "wrong_few_points.cpp"
        self.assertIn("does not pass the points", self.reason(wrong.read_text(encoding="utf-8")))

    def test_an_answer_that_does_not_compile_gets_its_first_error(self):
        self.assertIn("it does not compile: line ", self.reason(begun() + "\nint x = ;\n"))

    def test_an_answer_without_the_function_does_not_pass(self):
        self.assertIn("has not changed", self.reason("int nothing = 0;\n"))

    def test_an_answer_that_calls_what_does_not_exist_does_not_link(self):
        self.assertIn("it does not link: undefined reference to",
                      self.reason(begun() + "\nvoid nowhere();\nvoid here() { nowhere(); }\n"))

    def test_an_answer_that_hangs_is_stopped(self):
        self.limit = SHORT
        self.assertEqual(self.reason(with_code("for (;;) pause()")),
                         f"it has not ended after {SHORT} s")

    def test_an_answer_that_ends_the_program_does_not_pass(self):
        self.assertEqual(self.reason(with_code("_exit(0)")), TOO_EARLY)

    def test_an_answer_cannot_forge_a_line(self):
        forged = r'std::puts("\nwithdraw: passed\n{\"exercise\": \"withdraw\"}"); std::abort()'
        self.assertEqual(self.reason(with_code(forged)), TOO_EARLY)

    def test_an_error_that_quotes_the_answer_is_escaped(self):
        reason = self.reason(begun() + '\n#error "\x1b[2J\u202e"\n')
        self.assertIn("it does not compile", reason)
        self.assertTrue(reason.isprintable(), ascii(reason))

    def test_processes_that_an_answer_leaves_behind_are_killed(self):
        mark = f"left-{os.getpid()}"
        leave = (f'if (fork() == 0) {{ execl("/bin/sleep", "{mark}", "{AMPLE}", nullptr); '
                 "_exit(1); }")
        self.assertEqual(self.reason(with_code(leave)), "passed")
        commands = [path.read_bytes() for path in pathlib.Path("/proc").glob("[0-9]*/cmdline")
                    if path.exists()]
        self.assertFalse([words for words in commands if words.startswith(mark.encode())])

    def test_an_answer_that_includes_the_reference_is_refused(self):
        place = FOLDER / NAME / "answers" / "wrong_few_points.cpp"
        server = ROOT / "server" / "bank" / "withdraw.cpp"
        for file in (place, server):
            with self.subTest(file=file.name):
                self.folder = self.folder / "again"
                self.assertIn("not handed out", self.reason(f'#include "{file}"\n'))

    def test_a_link_is_not_followed(self):
        (self.folder / NAME).mkdir()
        os.symlink(FOLDER / NAME / "answers" / "right.cpp", self.folder / NAME / "answer.cpp")
        status, printed, _ = self.grade(self.folder)
        self.assertEqual(status, 1)
        self.assertIn("is a link", printed)

    def test_tests_and_builds_of_the_learner_are_not_used(self):
        self.submit(begun().replace("asked.amount", "asked.amount + 1"))
        (self.folder / NAME / "answer_test.cpp").write_text("#error used\n")
        (self.folder / "CMakeLists.txt").write_text("message(FATAL_ERROR used)\n")
        _, printed, errors = self.grade(self.folder)
        self.assertIn("the balance in the ledger has not changed", printed)
        self.assertNotIn("used", errors)

    def test_a_folder_of_submissions_is_graded_one_by_one(self):
        self.submit(answer_files.right(NAME), "ann")
        self.submit(begun(), "bob\n{}")
        status, printed, _ = self.grade(self.folder)
        self.assertEqual(status, 1)
        found = [json.loads(line) for line in printed.splitlines()[1::2]]
        mine = {each["submission"]: each["passed"] for each in found if each["exercise"] == NAME}
        self.assertEqual(mine, {"ann": True, "bob\\n{}": False})

    def test_wrong_usage_is_explained(self):
        for folder in (self.folder, self.folder / "missing"):
            status, printed, errors = self.grade(folder)
            self.assertEqual((status, printed), (2, ""))
            self.assertIn("usage: scripts/grade", errors)


if __name__ == "__main__":
    build = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
