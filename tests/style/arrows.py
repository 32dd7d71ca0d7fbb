"""Which room may include which. The arrows point one way, so that a room can be read, and taken
out, without those above it."""

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
    "client/commands": r"client/(commands|terminal|wire)/.*",
    "client/terminal": r"client/(terminal|wire)/.*",
    "client/wire": r"client/wire/.*",
}

# A library and the only files that may include it.
KNOWN_ONLY_TO = [
    (r"sqlite3(ext)?\.h", r"db/sqlite/.*|tests/db/.*"),
    (r"asio(\.hpp|/.*)", r"server/[^/]*|server/wire/[^/]*|tests/.*"),
    (r"(hiredis/)?hiredis\.h", r"client/wire/connection\.cpp|tests/.*"),
    (r"doctest/.*", r"tests/.*"),
]


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
