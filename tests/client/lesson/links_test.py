#!/usr/bin/env python3
"""Checks the links of the lessons' README: each leads to a file of the tree, and text in backticks
is in that file.

Usage: links_test.py README
"""

import pathlib
import re
import sys

LINK = re.compile(r"\[([^\]]+)\]\(([^)#]+)(?:#[^)]*)?\)")


def broken(readme):
    """Yields what is wrong with each link that leads nowhere."""
    for number, line in enumerate(readme.read_text(encoding="utf-8").splitlines(), 1):
        for text, target in LINK.findall(line):
            if target.startswith("https://"):
                continue
            path = readme.parent / target
            if not path.exists():
                yield f"{readme.name}:{number}: {target} does not exist"
                continue
            quoted = re.fullmatch(r"`(.+)`", text)
            if quoted and path.is_file():
                if quoted[1] not in (path.name, target) and quoted[1] not in path.read_text():
                    yield f"{readme.name}:{number}: {target} does not contain {quoted[1]}"


def main():
    found = list(broken(pathlib.Path(sys.argv[1])))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
