"""Which room may include which. The arrows point one way, so that a room can be read, and taken
out, without those above it."""

import graphlib
import re

# The includes that each folder allows; the longest matching folder decides. Tests may include
# anything.
MAY_INCLUDE = {
    "server": r"server/.*|db/.*",
    "server/seam": r"server/seam/.*",
    "server/cancel": r"server/(cancel|seam)/.*",
    "server/bank": r"server/(bank|cancel|seam)/.*|db/[^/]*",
    "server/commands": r"server/(commands|wire|bank|cancel|seam)/.*|db/[^/]*",
    "server/wire": r"server/(wire|bank|cancel|seam)/.*",
    "server/wire/resp": r"server/wire/resp/.*|server/bank/reply\.hpp",
    "db": r"db/.*|server/seam/.*",
    "client": r"client/.*",
    "client/commands": r"client/(commands|bench|terminal|wire)/.*",
    "client/bench": r"client/(bench|wire)/.*",
    "client/terminal": r"client/(terminal|wire)/.*",
    "client/wire": r"client/wire/.*",
    "client/lesson": r"client/(lesson|terminal|wire)/.*|server/(cancel|seam)/.*|tests/scheduler/.*",
}

# A library and the only files that may include it.
KNOWN_ONLY_TO = [
    (r"sqlite3(ext)?\.h", r"db/sqlite/.*|client/lesson/.*|tests/db/.*"),
    (r"asio(\.hpp|/.*)", r"server/[^/]*|server/wire/[^/]*|tests/.*"),
    (r"(hiredis/)?hiredis\.h", r"client/wire/connection\.cpp|tests/.*"),
    (r"sodium\.h", r"server/bank/(pins|secret|unknown_accounts)\.cpp|client/.*\.cpp|tests/.*"),
    (r"(spdlog|fmt)/.*", r"server/log\.[ch]pp"),
    (r"CLI/.*", r"server/options\.cpp|client/grammar\.hpp|client/lesson/main\.cpp"
                r"|tests/prove/[^/]*/main\.cpp"),
    (r"nlohmann/.*", r"client/terminal/render\.hpp|tests/client/.*"),
    (r"histedit\.h", r"client/terminal/typed_lines\.cpp"),
    (r"doctest/.*", r"tests/.*"),
    (r"tests/scheduler/.*", r"client/lesson/barriers\.cpp|tests/.*"),
]

# Each room has a README.
ROOMS = [
    *MAY_INCLUDE,
    "scripts",
    "tests",
    "tests/prove",
]
PART_OF_ANOTHER_ROOM = {"server/wire/resp", "server/seam"}


def room_of(path):
    fitting = [room for room in MAY_INCLUDE if path.startswith(room + "/")]
    return max(fitting, key=len, default=None)


def arrows(source):
    room = room_of(source.path)
    for line, quoted, target in source.includes():
        if quoted and room and not re.fullmatch(MAY_INCLUDE[room], target):
            yield line, f"{room} may not include {target}"
        for library, places in KNOWN_ONLY_TO:
            if re.fullmatch(library, target) and not re.fullmatch(places, source.path):
                yield line, f"only {places} may include {target}"


def included(sources):
    """(room, included room) → (path, line) of one such include."""
    found = {}
    for source in sources:
        room = room_of(source.path)
        for line, quoted, target in source.includes():
            if quoted and room and room_of(target) not in (None, room):
                found.setdefault((room, room_of(target)), (source.path, line))
    return found


def cycles(sources):
    """(path, line, message) of an include that closes a cycle of rooms."""
    edges = included(sources)
    graph = graphlib.TopologicalSorter()
    for room, target in edges:
        graph.add(room, target)
    try:
        graph.prepare()
    except graphlib.CycleError as error:
        rooms = error.args[1][::-1]  # each includes the next
        path, line = edges[rooms[0], rooms[1]]
        yield path, line, "a cycle of rooms: " + " → ".join(rooms)


def missing_readmes(sources):
    """(path, line, message) of each room with files but without a README."""
    paths = {source.path for source in sources}
    for room in ROOMS:
        has_files = any(path.startswith(room + "/") for path in paths)
        if has_files and room not in PART_OF_ANOTHER_ROOM and f"{room}/README.md" not in paths:
            yield f"{room}/README.md", 1, "each room has a README, and this one is missing"
