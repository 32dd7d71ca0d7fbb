"""Reduces a source file to its code, so that a change of prose or layout changes nothing.

Two files with the same code differ at most in comments, white space and, in Python, docstrings.
The reverse need not hold: files that behave the same may differ in their code.
"""

import ast
import re
import subprocess

C_LIKE = (".cpp", ".hpp", ".pml")

# In the order in which they hide one another. A run of operators is one token: `a - -b` is not
# `a--b`. A quote after a digit separates digits: 1'000.
C_TOKENS = re.compile(
    r"""(?P<prose>//[^\n]*|/\*.*?\*/)
      | (?P<code>
          (?:u8|[uUL])?R"(?P<mark>[^()\\\s]*)\(.*?\)(?P=mark)"
        | "(?:[^"\\\n]|\\.)*"
        | '(?:[^'\\\n]|\\.)*'
        | [0-9](?:[\w.]|'(?=\w))*
        | \w+
        | [-+*/%^&|~!=<>:?.\#]+
        | [^\s\w])
    """,
    re.DOTALL | re.VERBOSE,
)
C_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*$", re.MULTILINE)

CMAKE_TOKENS = re.compile(
    r"""(?P<prose>\#\[(?P<wall>=*)\[.*?\](?P=wall)\]|\#[^\n]*)
      | (?P<code>
          \[(?P<mark>=*)\[.*?\](?P=mark)\]
        | "(?:[^"\\]|\\.)*"
        | [()]
        | (?:[^\s()\#"\\]|\\.|"(?:[^"\\]|\\.)*")+)
    """,
    re.DOTALL | re.VERBOSE,
)


def tokens(pattern, text):
    return [match["code"] for match in pattern.finditer(text) if match["code"] is not None]


def c_like(text):
    """A directive ends with its line, everything else where it likes."""
    found = []
    end = 0
    for directive in C_DIRECTIVE.finditer(text):
        found += [*tokens(C_TOKENS, text[end:directive.start()]), "\n",
                  *tokens(C_TOKENS, directive[0]), "\n"]
        end = directive.end()
    return found + tokens(C_TOKENS, text[end:])


def cmake(text):
    return tokens(CMAKE_TOKENS, text)


def python(text):
    """Parsed, and without the strings that only document."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(
                first.value.value, str):
            del node.body[0]
    return [ast.dump(tree)]


def shell(text):
    """As bash prints it after parsing."""
    printed = subprocess.run(["bash", "--norc", "--noprofile", "--pretty-print"], input=text,
                             capture_output=True, text=True, check=True)
    return [printed.stdout.strip()]


def reader(path, text):
    first = text.partition("\n")[0]
    if path.endswith(C_LIKE):
        return c_like
    if path.endswith((".cmake", "CMakeLists.txt")):
        return cmake
    if path.endswith(".py") or (first.startswith("#!") and first.endswith("python3")):
        return python
    if path.endswith(".sh") or (first.startswith("#!") and first.endswith("bash")):
        return shell
    return None


def code_of(path, content):
    """Returns what the file says to a machine, as bytes.

    A document (.md) says nothing. A file in none of the languages known here, or one that cannot
    be read in its language, counts as it is.
    """
    if path.endswith(".md"):
        return b""
    try:
        text = content.decode("utf-8")
        read = reader(path, text)
        return content if read is None else "\0".join(read(text)).encode()
    except (UnicodeDecodeError, SyntaxError, subprocess.SubprocessError):
        return content
