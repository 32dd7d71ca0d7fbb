"""Plants each violation in a temporary tree and checks that it is found, and that a sound tree
which resembles violations is not reported."""

import pathlib
import shutil
import tempfile

import arrows
import rules

NOTES = "notes" ".md"
LINES = "  ++i;\n"
TOO_LONG = "62 lines; a function"
LONG_BODY = "{\n" + LINES * 60 + "}\n"

# (path, text, part of the finding)
VIOLATIONS = [
    ("db/a.cpp", "int  a;\n", "clang-format"),
    ("db/a.cpp", "// " + "x" * 98 + "\n", "101 characters"),
    ("scripts/a", "# " + "x" * 99 + "\n", "101 characters"),
    ("db/a.cpp", "//\ta\n", "a tab"),
    (NOTES, "a \n", "blanks at the end"),
    ("db/a.cpp", "int a;", "no line end"),
    ("db/a.cpp", "int a;\n" * 301, "301 lines"),
    ("db/a.hpp", "int a;\n", "#pragma once"),
    ("db/a.cpp", "void f() " + LONG_BODY, TOO_LONG),
    ("db/a.hpp", "class A {\n public:\n  int f() const " + LONG_BODY + "};\n", TOO_LONG),
    ("db/a.cpp", '#include "db/a.hpp"\n\nnamespace n {\nvoid f() '  + LONG_BODY + "}\n", TOO_LONG),
    ("db/a.cpp", "A::A(int i)\n    : a_{i}, b_{2} " + LONG_BODY, TOO_LONG),
    ("tests/db/a.cpp", 'TEST_CASE("a } {") ' + LONG_BODY, TOO_LONG),
    ("server/bank/a.cpp", "std::mutex m;\n", "std::mutex does not pass"),
    ("server/cancel/a.cpp", "std::recursive_mutex m;\n", "std::recursive_mutex does not pass"),
    ("server/cancel/seams.cpp", "std::atomic<int> a;\n", "std::atomic does not pass"),
    ("db/sqlite/a.cpp", "std::condition_variable_any c;\n", "does not pass"),
    ("tests/db/memory/a.cpp", "std::jthread t;\n", "does not pass"),
    ("db/a.cpp", "auto a = std::async(f);\n", "does not pass"),
    ("db/a.cpp", "std::binary_semaphore s;\n", "does not pass"),
    ("db/a.cpp", "std::lock_guard lock(m);\n", "does not pass"),
    ("db/a.cpp", "auto t = std::chrono::steady_clock::now();\n", "steady_clock::now does not pass"),
    ("db/a.cpp", "auto i = std::this_thread::get_id();\n", "std::this_thread does not pass"),
    ("server/commands/a.cpp", "void f() { usleep(1); }\n", "usleep( does not pass"),
    ("server/commands/a.cpp", "pthread_t t;\n", "pthread_t does not pass"),
    ("server/boss.cpp", "std::mutex m;\n", "std::mutex does not pass"),
    ("server/boss.cpp", "void f() { pthread_testcancel(); }\n", "outside the window"),
    ("server/seam/seam.hpp", "int f() { pthread_setcancelstate(0, 0); }\n", "outside the window"),
    ("db/a.cpp", "class TellerManager;\n", "TellerManager: a name"),
    ("client/a.cpp", "int string_utils;\n", "string_utils: a name"),
    ("db/a.cpp", "// TO" "DO later\n", "unfinished"),
    (NOTES, "FIX" "ME\n", "unfinished"),
    ("scripts/a", "# X" "XX\n", "unfinished"),
    ("scripts/a", "cd /wo" "rk/here\n", "one machine only"),
    (NOTES, "in /ro" "ot/here\n", "one machine only"),
    (NOTES, "see issue " "#7\n", "one machine only"),
    (NOTES, "see notes/DRAFT" ".md\n", "notes/DRAFT" ".md is not in the tree"),
    ("db/a.cpp", '#include "server/boss.hpp"\n', "db may not include"),
    ("db/a.cpp", '#include "server/cancel/stage.hpp"\n', "db may not include"),
    ("server/cancel/a.cpp", '#include "db/ledger.hpp"\n', "server/cancel may not include"),
    ("server/cancel/example/a.cpp", '#include "server/bank/a.hpp"\n', "cancel may not include"),
    ("server/bank/a.cpp", '#include "server/boss.hpp"\n', "server/bank may not include"),
    ("server/bank/a.cpp", '#include "server/wire/listener.hpp"\n', "server/bank may not include"),
    ("server/bank/a.cpp", '#include "server/commands/txn.hpp"\n', "server/bank may not include"),
    ("server/bank/a.cpp", '#include "db/sqlite/ledger.hpp"\n', "server/bank may not include"),
    ("server/seam/a.cpp", '#include "server/cancel/a.hpp"\n', "server/seam may not include"),
    ("server/wire/resp/a.cpp", '#include "server/bank/deposit.hpp"\n', "may not include"),
    ("server/a.cpp", '#include "client/retry.hpp"\n', "server may not include"),
    ("client/lesson/a.cpp", '#include "server/bank/a.hpp"\n', "client/lesson may not include"),
    ("client/lesson/a.cpp", '#include "tests/scheduler/a.hpp"\n', "may include tests/scheduler"),
    ("client/commands/a.cpp", '#include "server/seam/seam.hpp"\n', "commands may not include"),
    ("client/wire/a.cpp", '#include "client/terminal/text.hpp"\n', "client/wire may not include"),
    ("client/terminal/a.cpp", '#include "client/commands/run.hpp"\n', "terminal may not include"),
    ("client/commands/a.cpp", '#include "client/prompt.hpp"\n', "client/commands may not include"),
    ("client/wire/a.cpp", "#include <hiredis.h>\n", "may include hiredis.h"),
    ("server/wire/a.cpp", "#include <hiredis/hiredis.h>\n", "may include hiredis/hiredis.h"),
    ("db/a.cpp", "#include <sqlite3.h>\n", "may include sqlite3.h"),
    ("server/bank/a.cpp", "#include <asio.hpp>\n", "may include asio.hpp"),
    ("client/a.cpp", "#include <asio/io_context.hpp>\n", "may include asio/io_context.hpp"),
]

# ({path: text}, part of the finding)
TREES = [
    ({"server/bank/a.cpp": '#include "server/cancel/a.hpp"\n',
      "server/cancel/b.cpp": '#include "server/bank/b.hpp"\n'}, "a cycle of rooms: "),
    ({"db/a.cpp": ""}, "db/README" ".md:1: each room has a README"),
]

# Prose that is reported, and prose that is not.
HARD = [
    ("db/a.cpp", "// Whoever waits is woken.\n", "'Whoever'"),
    ("db/a.cpp", "/// A waiter\n/// that leaves is\n/// told nothing.\n", "3: 'told'"),
    ("db/a.cpp", "/// What waits for a mutex.\n", "'What'"),
    ("db/a.cpp", "// It is woken by the boss's.\n", "'boss's'"),
    ("db/a.cpp", 'auto text = "nobody is here";\n', "'nobody'"),
    ("db/a.pml", "/* The thread lets go. */\n", "'lets go'"),
    ("db/a.cpp", "// a lock\n// that is none\n", "2: 'is none'"),
    ("db/a.py", '"""What stands here."""\n', "'stands'"),
    ("db/a.py", "# Somebody has it.\n", "'Somebody'"),
    ("scripts/a", "#!/usr/bin/env bash\necho \"who asks\"\n", "'who'"),
    (NOTES, "A lock stands\nhere.\n", "1: 'stands'"),
    (NOTES, "- A lock\n- everybody waits\n", "2: 'everybody'"),
    ("a.patch", "Why: nobody looks\n\n--- a/b\n+// nobody\n", "1: 'nobody'"),
    ("CMakeLists.txt", "# Somebody\nset(A b)\n", "'Somebody'"),
]
PLAIN = {
    "db/a.cpp": "// A client who leaves is dropped, and everybody is told the truth.\n"
                "// There is none. It's what the boss's thread needs; that's it.\n"
                'auto text = "nobody";\nint nobody = 0;\n',
    "db/a.py": "told = 1\n",
    NOTES: "`nobody` is a user.\n\n    nobody stands here\n\n```\nnobody\n```\n",
    "a.patch": "Why: it fails\nSays: nobody waits\n\n--- a/b\n+// nobody\n",
}

TABLE = "constexpr int table[] = {\n" + "    1,  //\n" * 70 + "};\n"

SOUND = {
    **{f"{room}/README" ".md": "# A room\n" for room in arrows.ROOMS},
    NOTES: "A line may be as long as it likes here; " * 5 + f"see [this]({NOTES}), ./{NOTES}\n"
    "and https://example.org/x/OTHER" ".md.\n",
    "client/a.hpp": '#pragma once\n\n#include "client/b.hpp"\n',
    "client/wire/connection.cpp": "#include <hiredis.h>\n",
    "client/lesson/a.cpp": "int died = pthread_testcancel();\n",
    "db/a.cpp": "// std::mutex, a manager\nconst char* text = \"std::mutex, TellerManager\";\n",
    "db/sqlite/a.cpp": '#include <sqlite3.h>\n\n#include "server/seam/seam.hpp"\n',
    "db/table.cpp": TABLE,
    "db/two.cpp": "void f() {\n" + LINES * 58 + "}\n\nvoid g() {\n" + LINES * 58 + "}\n",
    "db/quote.cpp": "int thousand = 1'000;\nchar quote = '\"';\nchar brace = '{';\n",
    "server/bank/a.cpp": '#include "db/ledger.hpp"\n#include "server/seam/seam.hpp"\n',
    "server/seam/mutex.cpp": "std::mutex mutex;\n",
    "server/seam/window.cpp": "int died = pthread_testcancel();\n",
    "server/wire/resp/a.cpp": '#include "server/bank/reply.hpp"\n',
    "tests/db/a.cpp": "#include <sqlite3.h>\n\nstd::mutex mutex;\n",
}


def findings(root, files, check=rules.check):
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        shutil.copy(root / ".clang-format", tree)
        for path, text in files.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(text, encoding="utf-8")
        return check(tree)[0]


def prose_failures(root):
    failures = [f"found in plain prose: {finding}"
                for finding in findings(root, PLAIN, rules.check_prose)]
    for path, text, expected in HARD:
        found = findings(root, {path: text}, rules.check_prose)
        if not any(expected in finding for finding in found):
            failures.append(f"not found: {expected} in {path}: {text!r}; only {found}")
    return failures


def run(root):
    failures = [f"found in a sound tree: {finding}" for finding in findings(root, SOUND)]
    for path, text, expected in VIOLATIONS:
        if expected == "clang-format" and shutil.which(expected) is None:
            continue
        found = findings(root, {path: text})
        if not any(finding.startswith(path) and expected in finding for finding in found):
            failures.append(f"not found: {expected!r} in {path}: {text[:60]!r}; only {found}")
    for files, expected in TREES:
        found = findings(root, files)
        if not any(expected in finding for finding in found):
            failures.append(f"not found: {expected!r} in {files}; only {found}")
    failures += prose_failures(root)
    for failure in failures:
        print(failure)
    planted = len(VIOLATIONS) + len(TREES) + len(HARD)
    print(f"style: {planted} violations planted, {len(failures)} failures")
    return 1 if failures else 0
