#!/usr/bin/env python3
"""Tests scripts/prove: what counts as proved, and what makes an outcome outdated."""

import contextlib
import dataclasses
import importlib.machinery
import importlib.util
import io
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from outcome import Outcome, table  # noqa: E402
from parts import PARTS, ROOT, Part  # noqa: E402
from record import Record  # noqa: E402
from source_code import code_of  # noqa: E402


def driver():
    loader = importlib.machinery.SourceFileLoader("prove", str(ROOT / "scripts" / "prove"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("prove", loader))
    loader.exec_module(module)
    return module


# (path, text, the same code otherwise commented and laid out, other code)
CHANGES = [
    ("a.cpp", '// one\nint f(int a) { return a - -1; }  /* two */\n',
     "int f(int a) {\n  // three\n  return a - -1;\n}\n", "int f(int a) { return a--1; }\n"),
    ("a.cpp", 'auto s = "// one";\n', 'auto s  =  "// one"; // two\n', 'auto s = "// two";\n'),
    ("a.cpp", 'auto s = "a b";\n', '\nauto s = "a b";\n', 'auto s = "a  b";\n'),
    ("a.hpp", 'auto s = R"(// one\n)";\n', 'auto s =\n    R"(// one\n)";\n',
     'auto s = R"(// two\n)";\n'),
    ("a.cpp", "int i = 1'000; // it's\n", "int i = 1'000;\n", "int i = 1'001;\n"),
    ("a.cpp", "char c = '\"'; // one\n", "char c = '\"'; // two\n", "char c = '\\''; // one\n"),
    ("a.hpp", "#define A 1\nint b;\n", "#define A 1 // one\n\nint b;\n", "#define A 1 int b;\n"),
    ("a.hpp", "#define A \\\n  1\nint b;\n", "#define A \\\n      1\nint b;\n",
     "#define A\n1\nint b;\n"),
    ("a.pml", "/* one */ do :: x = 1 od\n", "do\n:: x = 1 // two\nod\n", "do :: x = 2 od\n"),
    ("a.py", '"""One."""\nx = 1  # two\n', '"""Three."""\n\n\nx = 1\n', '"""One."""\nx = 2\n'),
    ("a.py", 'def f():\n    """One."""\n    return "#1"\n', 'def f():\n    return "#1"\n',
     'def f():\n    """One."""\n    return "#2"\n'),
    ("a.py", "if a:\n    b()\nc()\n", "if a:\n  b()\n\nc()\n", "if a:\n    b()\n    c()\n"),
    ("script", "#!/usr/bin/env python3\nx = 1\n", "#!/usr/bin/env python3\nx = 1  # one\n",
     "#!/usr/bin/env python3\nx = 2\n"),
    ("script", "#!/usr/bin/env bash\n# one\necho \"# a\"\n",
     "#!/usr/bin/env bash\n\necho  \"# a\"\n", "#!/usr/bin/env bash\necho \"# b\"\n"),
    ("a.sh", "cat <<E\n# one\nE\n", "# two\ncat <<E\n# one\nE\n", "cat <<E\n# two\nE\n"),
    ("a.sh", "echo ${#a} $# # one\n", "echo ${#a} $#\n", "echo ${#b} $#\n"),
    ("CMakeLists.txt", "# one\nset(A \"#b\" c)\n", "set( A\n  \"#b\" c ) # two\n",
     "set(A \"#c\" c)\n"),
    ("a.cmake", "set(A [[# b]])\n", "#[[one]] set(A [[# b]])\n", "set(A [[# c]])\n"),
    ("a.cmake", "set(A -Db=\"c d\")\n", "set(A  -Db=\"c d\")\n", "set(A -Db=\"cd\")\n"),
]


class SourceCode(unittest.TestCase):
    def test_comments_and_layout_do_not_change_the_code(self):
        for path, text, same, other in CHANGES:
            with self.subTest(path=path, text=text):
                code = code_of(path, text.encode())
                self.assertNotEqual(code, text.encode(), "the file was not read in its language")
                self.assertEqual(code, code_of(path, same.encode()), "a comment changed the code")
                self.assertNotEqual(code, code_of(path, other.encode()), "a change is not seen")

    def test_a_document_has_no_code(self):
        self.assertEqual(code_of("README.md", b"text"), b"")

    def test_other_files_count_as_they_are(self):
        for path in ("a.json", "a.txt", "a.patch", "script"):
            self.assertEqual(code_of(path, b"# one\n"), b"# one\n")

    def test_a_file_with_errors_counts_as_it_is(self):
        self.assertEqual(code_of("a.py", b"def\n"), b"def\n")
        self.assertEqual(code_of("a.cpp", b"\xff"), b"\xff")

    def test_every_source_of_the_tree_is_read_in_its_language(self):
        for folder in ("server", "db", "tests", "scripts"):
            for path in (ROOT / folder).rglob("*"):
                if path.suffix in (".cpp", ".hpp", ".pml", ".py", ".sh"):
                    content = path.read_bytes()
                    self.assertNotEqual(code_of(path.name, content), content, path)


def outcome(*rows, status=0, violations=()):
    return Outcome(status=status, rows=[[name, "cases", cases, broken, ""]
                                        for name, cases, broken in rows],
                   violations=list(violations))


class Faults(unittest.TestCase):
    CHECKS = ("a/one", "a/two")

    def faults(self, *rows, **how):
        return outcome(*rows, **how).faults(self.CHECKS)

    def test_all_checks_with_cases_and_without_violations_prove_the_part(self):
        self.assertEqual(self.faults(("a/one", "5", "0"), ("a/two", "1", "0")), [])

    def test_a_part_that_prints_nothing_proves_nothing(self):
        self.assertEqual(self.faults(), ["a/one is missing", "a/two is missing"])

    def test_a_missing_check_is_a_fault(self):
        self.assertEqual(self.faults(("a/one", "5", "0")), ["a/two is missing"])

    def test_a_check_without_cases_is_a_fault(self):
        for none in ("0", "", "-1", "many"):
            with self.subTest(cases=none):
                self.assertEqual(self.faults(("a/one", "5", "0"), ("a/two", none, "0")),
                                 ["a/two looked at nothing"])

    def test_a_check_that_is_not_expected_is_a_fault(self):
        self.assertIn("a/six is not expected", self.faults(("a/six", "1", "0")))

    def test_a_check_that_appears_twice_is_a_fault(self):
        self.assertIn("a/one appears twice", self.faults(("a/one", "1", "0"), ("a/one", "1", "0")))

    def test_violations_are_faults(self):
        self.assertEqual(self.faults(("a/one", "5", "2"), ("a/two", "1", "0"), status=1),
                         ["a/one has 2 violations", "it ended with status 1"])

    def test_a_violation_that_no_row_counts_is_a_fault(self):
        self.assertEqual(
            self.faults(("a/one", "5", "0"), ("a/two", "1", "0"), violations=[["a/one", "x", ""]]),
            ["1 violations are in no row"])

    def test_an_exit_status_is_a_fault(self):
        self.assertEqual(self.faults(("a/one", "5", "0"), ("a/two", "1", "0"), status=2),
                         ["it ended with status 2"])


class Runs(unittest.TestCase):
    """The driver on parts that are one line of shell."""

    def drive(self, script, checks=("a/one",), limit=60):
        prove = driver()
        prove.QUICK_LIMIT = limit
        part = Part("a", ("bash", "-c", script), checks, ())
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            status = prove.report([part], prove.run_parts([part], False, None), False)
        return status, printed.getvalue()

    def test_a_part_that_finds_nothing_wrong(self):
        status, printed = self.drive(r"printf 'row\ta/one\tthings\t1200\t0\tquickly\n'")
        self.assertEqual(status, 0, printed)
        self.assertIn("| a/one | things: quickly | 1,200 | 0 |", printed)
        self.assertIn("No violation found", printed)
        self.assertIn("not run: interleavings", printed)

    def test_a_part_that_does_nothing(self):
        status, printed = self.drive("true")
        self.assertEqual(status, 1, printed)
        self.assertIn("Not proved: a: a/one is missing.", printed)
        self.assertIn("did not finish", printed)

    def test_a_part_that_cannot_run(self):
        status, printed = self.drive(r"printf 'row\ta/one\tthings\t1\t0\t\n'; exit 2")
        self.assertEqual(status, 1, printed)
        self.assertIn("it ended with status 2", printed)

    def test_a_part_that_does_not_end(self):
        status, printed = self.drive("sleep 1000 & wait", limit=0.2)
        self.assertEqual(status, 1, printed)
        self.assertIn("it ended with status -9", printed)

    def test_violations_are_printed_as_they_come(self):
        status, printed = self.drive(
            r"printf 'violation\ta/one\tlost\tredo\nrow\ta/one\tthings\t1\t1\t\n'; exit 1")
        self.assertEqual(status, 1)
        self.assertIn("violation\ta/one\tlost\tredo\n", printed)
        self.assertIn("a/one has 1 violations", printed)


@dataclasses.dataclass(frozen=True)
class FakePart:
    """A part whose sources the test decides."""
    name: str
    digest: str = "1"

    def sources(self):
        return self.digest


class Recorded(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "full.json"
        self.parts = (FakePart("a"), FakePart("b"))

    def keep(self, name):
        record = Record(self.file, self.parts)
        record.keep(FakePart(name), outcome((f"{name}/one", "5", "0")), "1")

    def read(self, *parts, again=False):
        with contextlib.redirect_stdout(io.StringIO()):
            return Record(self.file, parts, again).outcomes

    def test_an_outcome_is_found_again(self):
        self.keep("b")
        self.keep("a")
        kept = self.read(*self.parts)
        self.assertEqual(list(kept), ["a", "b"])
        self.assertEqual(kept["b"].rows, [["b/one", "cases", "5", "0", ""]])

    def test_an_outcome_of_other_code_is_dropped(self):
        self.keep("a")
        self.assertEqual(self.read(FakePart("a", "2")), {})

    def test_again_discards_the_record(self):
        self.keep("a")
        self.assertEqual(self.read(*self.parts, again=True), {})

    def test_the_page_names_the_parts_that_have_not_run(self):
        self.keep("a")
        page = self.file.with_suffix(".md").read_text(encoding="utf-8")
        self.assertIn("Not run yet: b.", page)
        self.assertIn("| a/one | cases | 5 | 0 |", page)


class Parts(unittest.TestCase):
    def test_the_sources_of_every_part_are_in_the_tree(self):
        for part in PARTS:
            for path in (*part.rests_on, f"tests/prove/{part.name}"):
                self.assertTrue((ROOT / path).exists(), f"{part.name} rests on {path}")

    def test_a_part_asked_for_an_unknown_check_fails(self):
        for program in sorted((ROOT / "tests" / "prove").glob("*/run")):
            with self.subTest(program=program.parent.name):
                asked = subprocess.run([program, "--only", "no-such-check"], check=False,
                                       capture_output=True, text=True, timeout=60)
                self.assertEqual(asked.returncode, 2, asked.stdout)
                self.assertIn("no-such-check' in its name", asked.stderr)

    def test_a_part_without_a_row_says_that_it_did_not_finish(self):
        self.assertIn("| a | did not finish |  | status 2 | 0 |", table({"a": Outcome()}))


if __name__ == "__main__":
    unittest.main()
