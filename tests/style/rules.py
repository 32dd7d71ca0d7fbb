"""The rules: each maps a file to its findings, (line, message)."""

import re
import shutil
import statistics
import subprocess

from arrows import arrows, cycles, missing_readmes
from functions import functions
from prose import prose
from source import read_tree

LONGEST_LINE = 100
LONGEST_FUNCTION = 60
LONGEST_FILE = 300

# Waits, races and clocks that bypass the seam.
RAW = re.compile(
    r"""\b(
      std::(\w+_)?mutex | std::condition_variable\w* | std::atomic\w* | std::j?thread | std::async
    | std::(shared_)?future | std::promise | std::packaged_task | std::\w+_semaphore | std::latch
    | std::barrier | std::stop_\w+ | std::(lock_guard|unique_lock|scoped_lock|shared_lock)
    | std::call_once | std::once_flag | std::this_thread | sleep_(for|until) | \w+_clock::now
    | pthread_\w+ | sem_(init|wait|timedwait|trywait|post) | u?sleep\( | nanosleep
    | clock_(gettime|nanosleep) | gettimeofday | std::time\b(?!_) | thrd_\w+ | mtx_\w+ | cnd_\w+
    )""",
    re.VERBOSE,
)
MAY_BE_RAW = re.compile(r"server/seam/.*")
WINDOW = re.compile(r"\bpthread_(setcancelstate|setcanceltype|testcancel)\b")
MAY_OPEN_WINDOW = re.compile(r"server/seam/window\.cpp")
BANNED_NAME = re.compile(r"\b\w*(?:Manager|Helper|Utils?)\b|\b(?:\w+_)?(?:manager|helper|utils?)\b")

# Spelled so that this file does not match itself.
LEFT_OPEN = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
ELSEWHERE = re.compile(r"(?<![\w.])/(wo" r"rk|ro" r"ot|ho" r"me)/|\bissue " r"#")
DOCUMENT = re.compile(r"(?<![\w/:.-])(?!https?:)([\w./-]+\.md)\b")


def matches(pattern, lines):
    for number, line in enumerate(lines, 1):
        for match in pattern.finditer(line):
            yield number, match[0]


def line_shape(source):
    wraps = not source.path.endswith((".md", ".json", ".svg"))
    for number, line in enumerate(source.lines, 1):
        if wraps and len(line) > LONGEST_LINE:
            yield number, f"{len(line)} characters; a line has at most {LONGEST_LINE}"
        if "\t" in line:
            yield number, "a tab"
        if line != line.rstrip():
            yield number, "blanks at the end of the line"


def file_shape(source):
    if len(source.lines) > LONGEST_FILE and not source.path.endswith((".md", ".json", ".svg")):
        yield 1, f"{len(source.lines)} lines; a file has at most {LONGEST_FILE}"
    if source.text and not source.text.endswith("\n"):
        yield len(source.lines), "the last line has no line end"
    if source.is_header and not re.search(r"^#pragma once$", source.text, re.MULTILINE):
        yield 1, "a header without #pragma once"


def function_length(source):
    if not source.is_cpp:
        return
    for first, last in functions(source.statements):
        length = last - first + 1
        if length > LONGEST_FUNCTION:
            yield first, f"{length} lines; a function has at most {LONGEST_FUNCTION}"


def raw_synchronisation(source):
    ours = source.is_cpp and source.path.startswith(
        ("server/", "db/", "tests/db/memory/"))
    if not ours:
        return
    lines = source.statements.splitlines()
    if not MAY_BE_RAW.fullmatch(source.path):
        for number, found in matches(RAW, lines):
            yield number, f"{found} does not pass through the seam"
    if not MAY_OPEN_WINDOW.fullmatch(source.path):
        for number, found in matches(WINDOW, lines):
            yield number, f"{found} outside the window"


def names(source):
    if source.is_cpp:
        for number, found in matches(BANNED_NAME, source.statements.splitlines()):
            yield number, f"{found}: a name that says nothing"


def words(source):
    for number, found in matches(LEFT_OPEN, source.lines):
        yield number, f"{found}: unfinished work"
    for number, found in matches(ELSEWHERE, source.lines):
        yield number, f"{found}: exists on one machine only"


RULES = [line_shape, file_shape, function_length, raw_synchronisation, names, words]


def missing_documents(sources):
    """Documents that are mentioned but missing."""
    known = {part for source in sources for part in (source.path, source.path.split("/")[-1])}
    for source in sources:
        for number, found in matches(DOCUMENT, source.lines):
            if found.removeprefix("./") not in known and found.split("/")[-1] not in known:
                yield source.path, number, f"{found} is not in the tree"


def formatting(tree, sources):
    """(path, line, message) of what clang-format would change; empty if it is not installed."""
    files = [source.path for source in sources if source.is_cpp]
    if not files or shutil.which("clang-format") is None:
        return
    command = ["clang-format", "--dry-run", "--ferror-limit=1", "-Werror", *files]
    run = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    for match in re.finditer(r"^([^\s:]+):(\d+):\d+: error:", run.stderr, re.MULTILINE):
        yield match[1], int(match[2]), "not formatted; run clang-format"


def check(tree):
    """Returns (a line for each finding, a summary)."""
    sources = list(read_tree(tree))
    found = [
        (source.path, line, what)
        for source in sources
        for rule in [*RULES, arrows, prose]
        for line, what in rule(source)
    ]
    for rule in (missing_documents, cycles, missing_readmes):
        found += rule(sources)
    found += formatting(tree, sources)
    lengths = [len(source.lines) for source in sources if source.is_cpp]
    median = round(statistics.median(lengths)) if lengths else 0
    summary = f"style: {len(sources)} files, {len(found)} findings, median C++ file {median} lines"
    if shutil.which("clang-format") is None:
        summary += "; clang-format is not installed, so the format was not checked"
    return [f"{path}:{line}: {what}" for path, line, what in sorted(set(found))], summary


def check_prose(tree):
    """As check(), for the prose alone."""
    sources = list(read_tree(tree))
    found = [(source.path, line, what) for source in sources for line, what in prose(source)]
    summary = f"prose: {len(sources)} files, {len(found)} findings"
    return [f"{path}:{line}: {what}" for path, line, what in sorted(set(found))], summary
