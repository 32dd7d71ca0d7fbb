"""Grades one answer of a submission: for scripts/grade."""

import os
import pathlib
import re
import secrets
import stat
import subprocess

from confined import escaped, own_folder

LONGEST_ANSWER = 256 * 1024  # bytes
COMPILE_SECONDS = 120


class Refused(Exception):
    """The answer cannot be tested; the text says why."""


def read_answer(folder, name):
    """The text of the learner's file. Follows no link, since it may lead anywhere."""
    try:
        room = os.open(folder / name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise Refused("missing: there is no such folder") from None
    except OSError:
        raise Refused("its folder is a link or no folder") from None
    try:
        file = os.open("answer.cpp", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=room)
    except FileNotFoundError:
        raise Refused("missing: there is no answer.cpp") from None
    except OSError:
        raise Refused("answer.cpp cannot be read, or is a link") from None
    finally:
        os.close(room)
    with os.fdopen(file, "rb") as stream:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Refused("answer.cpp is not a file")
        text = stream.read(LONGEST_ANSWER + 1)
    if len(text) > LONGEST_ANSWER:
        raise Refused("answer.cpp is larger than 256 KiB")
    return text


def words_of(text):
    return text.split()


class Grader:
    """`tree` is the handout, against which answers are compiled; `built` a build of the project."""

    def __init__(self, root, tree, built, box, limit):
        self.root, self.tree, self.built, self.box = root, tree, built, box
        self.limit = limit  # seconds for one program
        lines = (built / "tests" / "exercises" / "build.txt").read_text().splitlines()
        self.compiler, self.libraries = lines[0], lines[1:]

    def grade(self, folder, name):
        """Returns (whether it passed, the reason)."""
        try:
            text = read_answer(folder, name)
            given = (self.root / "tests" / "exercises" / name / "answer.cpp").read_bytes()
            if words_of(text) == words_of(given):
                raise Refused("not begun")
            with own_folder(self.tree.parent) as scratch:
                return self.test(text, name, pathlib.Path(scratch))
        except Refused as refused:
            return False, str(refused)

    def test(self, text, name, scratch):
        answer = scratch / "answer.cpp"
        answer.write_bytes(text)
        program = self.build(answer, name, scratch)
        token = secrets.token_hex(16)
        ended = self.box.run([program, "--token", token], scratch, self.limit)
        if ended.timed_out:
            return False, f"it has not ended after {self.limit} s"
        lines = ended.output.splitlines()
        last = lines[-1] if lines else ""
        if ended.status == 0 and last == f"{token} passed ":
            return True, "passed"
        if last.startswith(f"{token} failed "):
            return False, escaped(last.removeprefix(f"{token} failed "))
        return False, "the program ended before its tests did"

    def build(self, answer, name, scratch):
        """Compiles and links the answer with the tests. Returns the program."""
        compiled = self.box.run(
            [self.compiler, "-std=c++20", "-O0", "-g1", "-MD", "-MF", "needs", "-I", self.tree,
             "-I", self.tree / name, "-c", answer, "-o", "answer.o"], scratch, COMPILE_SECONDS)
        if compiled.status != 0:
            errors = re.findall(r"^.*?:(\d+):\d+: (?:fatal )?error: (.*)$", compiled.output,
                                re.MULTILINE)
            first = f": line {errors[0][0]}: {errors[0][1]}" if errors else ""
            raise Refused("it does not compile" + escaped(first))
        self.require_own_includes((scratch / "needs").read_text(errors="replace"), scratch)
        tests = self.built / "tests" / "exercises" / "CMakeFiles" / f"exercise_{name}_tests.dir"
        linked = subprocess.run(  # reads files that only this user may be able to read
            [self.compiler, "answer.o", *sorted(tests.rglob("*.o")), "-o", "program",
             "-Wl,--start-group", *self.libraries, "-Wl,--end-group", "-lsodium", "-lpthread"],
            cwd=scratch, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
            timeout=COMPILE_SECONDS)
        if linked.returncode != 0:
            missing = re.search(r"(undefined reference to|multiple definition of) .*",
                                linked.stdout)
            raise Refused("it does not link" + escaped(f": {missing[0]}" if missing else ""))
        return scratch / "program"

    def require_own_includes(self, needs, scratch):
        """An answer includes the system's files and those of the handout: no answers of others."""
        for file in needs.replace("\\\n", " ").split()[1:]:
            place = os.path.realpath(scratch / file)
            if not place.startswith((str(self.tree.resolve()) + "/", "/usr/",
                                     str(scratch.resolve()) + "/")):
                raise Refused(escaped(f"it includes {os.path.basename(place)}, which was not "
                                      "handed out"))
