"""Finds functions and their lengths by following each brace to the one that closes it."""

import re

OPENS_SCOPE = re.compile(
    r"^(?:template\s*<.*>\s*|inline\s+)*(namespace|class|struct|union|enum|extern)\b", re.DOTALL
)
ENDS_PARAMETERS = re.compile(r"\)\s*(const|noexcept|override|final|&|\s)*$")
ACCESS = {"public", "private", "protected"}


def is_scope(head):
    return bool(OPENS_SCOPE.match(head)) and not ENDS_PARAMETERS.search(head)


def is_function(head):
    """True also after a braced member initializer, where the head has been consumed."""
    if head.endswith(("=", "return")):
        return False
    return ")" in head or head == "" or head.startswith(",")


def functions(statements):
    """(first line, last line) of each function that is not inside another."""
    head, head_line = "", 1
    depth = 0  # braces open outside of classes and namespaces
    first = None  # line of the current function
    line = 1
    for char in statements:
        if char == "{" and depth == 0 and is_scope(head.strip()):
            head = ""
        elif char == "{":
            if depth == 0:
                named = head.strip()
                first = (head_line if named else line) if is_function(named) else None
                head = ""
            depth += 1
        elif char == "}" and depth > 0:
            depth -= 1
            if depth == 0 and first is not None:
                yield first, line
        elif char == "}":
            head = ""  # the end of a class or namespace
        elif depth == 0 and (char == ";" or (char == ":" and head.strip() in ACCESS)):
            head = ""
        elif depth == 0:
            if not head.strip() and not char.isspace():
                head, head_line = "", line
            head += char
        line += char == "\n"
