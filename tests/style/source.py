"""A file of the tree, as the rules see it."""

import functools
import os
import pathlib
import re

NOT_OURS = re.compile(r"^(\.git|build.*|atm-data|node_modules|__pycache__)$")

# Comments, strings and character constants. The first alternative that matches hides the others. A
# quote after a digit separates digits: 1'000.
HIDDEN = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)"
      | "(?:[^"\\\n]|\\.)*"
      | (?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)*'
    """,
    re.DOTALL | re.VERBOSE,
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def blanked(match):
    """Replaces a match by as many empty lines."""
    return " " + "\n" * match[0].count("\n")


class Source:
    def __init__(self, path, text):
        self.path = path  # from the root of the tree, with slashes
        self.text = text
        self.lines = text.splitlines()
        self.is_header = path.endswith(".hpp")
        self.is_cpp = self.is_header or path.endswith(".cpp")

    @functools.cached_property
    def code(self):
        """The text without comments, strings and characters; line numbers are kept."""
        return HIDDEN.sub(blanked, self.text)

    @functools.cached_property
    def statements(self):
        """The code without directives."""
        return DIRECTIVE.sub(blanked, self.code)

    def includes(self):
        """(line number, whether in quotes, target) of each include."""
        for number, line in enumerate(self.lines, 1):
            if match := INCLUDE.match(line):
                yield number, match[1] == '"', match[2]


def read_tree(tree):
    """Yields the text files of the tree, without builds and installed packages."""
    for folder, folders, names in os.walk(tree):
        folders[:] = sorted(name for name in folders if not NOT_OURS.match(name))
        for name in sorted(name for name in names if not NOT_OURS.match(name)):
            path = pathlib.Path(folder, name)
            try:
                text = path.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                continue  # not text, or removed meanwhile
            yield Source(path.relative_to(tree).as_posix(), text)
