"""Finds forms that make prose hard to read, in comments, documents, strings and help texts.

A form is listed with what to write instead. The list can only find words; whether a sentence is
plain is for its author to judge.
"""

import io
import re
import tokenize

from source import HIDDEN

# (form, advice). Matched in whole sentences: a line break counts as a blank.
FORMS = [(re.compile(form, re.VERBOSE), advice) for form, advice in [
    (r"\b([Ww]hoever|[Ww]homever|[Ww]hosoever)\b", "name the actor"),
    (r"\b([Nn]obody|[Ss]omebody|[Ss]omeone|[Aa]nybody)(?:'s)?\b", "name the actor"),
    (r"\b[Ee]verybody\b(?!\sis\stold\sthe\struth)", "name the actor"),
    (r"\b(?:to|for|of|by|from|with|than|and|or|but|as|is|on|if|that)\swho\b",
     "name the actor before 'who'"),
    (r"(?:^|[.;:(]\s)[Ww]ho\b(?![^.]*\?)", "name the actor"),
    (r"(?:^|[.;(]\s)[Ww]hat\b(?!\(\)|[^.]*\?)", "name the subject; 'what' is none"),
    (r"(?<!everybody\sis\s)(?<!Everybody\sis\s)\btold\b", "receives, reports, is notified, says"),
    (r"\btells\b", "reports, returns, notifies"),
    (r"\b(?:stands|stood)\b", "is, has, holds, remains"),
    (r"\b(?:takes|took|taken)\sover\b", "acquires, continues, replaces"),
    (r"\blets?\sgo\b", "releases, returns, rethrows"),
    (r"\bto\sbe\shad\b", "available"),
    (r"(?<![Tt]here\s)\b(?:is|are|was|were)\snone\b", "say what it is"),
    (r"\b(?:thrice|anew|erstwhile|whence)\b", "three times, again, former, from which"),
    (r"\b(?!(?:[Ii]t|[Tt]hat|[Ll]et|[Hh]ere|[Tt]here|[Ww]hat)'s)\w+'s(?=[.,;:)]|\s*$)",
     "a possessive needs its noun"),
]]

FENCE = re.compile(r"^\s*```")
QUOTED = re.compile(r"`[^`\n]+`|“[^”]*”")
MARKERS = re.compile(r"^\s*(?:///?<?|/\*+|\*/|\*(?!\*)|#+|--)[ \t]?", re.MULTILINE)
SHELL = re.compile(
    r"""(?P<comment>(?:^|(?<=\s))\#[^\n]*)|"(?:[^"\\]|\\.)*"|'[^']*'""",
    re.DOTALL | re.VERBOSE | re.MULTILINE,
)


def joined(pieces):
    """Joins comments on neighbouring lines: (first line, text) of each block."""
    block, text = None, ""
    for line, piece in pieces:
        if block is not None and line == block + text.count("\n") + 1:
            text += "\n" + piece
            continue
        if block is not None:
            yield block, text
        block, text = line, piece
    if block is not None:
        yield block, text


def of_code(text, pattern, is_comment):
    """The comments and the strings that `pattern` finds."""
    comments, strings = [], []
    for match in pattern.finditer(text):
        piece = match[0]
        line = text.count("\n", 0, match.start()) + 1
        if is_comment(match):
            comments.append((line, MARKERS.sub("", piece)))
        elif " " in piece:
            strings.append((line, piece.strip("\"'").removesuffix("\\n")))
    return [*joined(comments), *strings]


def of_python(text):
    comments, strings = [], []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            comments.append((token.start[0], MARKERS.sub("", token.string)))
        elif token.type == tokenize.STRING and " " in token.string:
            strings.append((token.start[0], token.string.strip("rbf\"'")))
    return [*joined(comments), *strings]


def of_document(text):
    """Paragraphs, list items and table rows, without blocks of code."""
    fenced, pieces = False, []
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced and line.strip() and not line.startswith("    "):
            pieces.append((number, line))
        if line.lstrip().startswith(("|", "- ", "#")):
            pieces.append((-number, ""))  # starts a block of its own
    return [(line, text) for line, text in joined(pieces) if line > 0]


def of_patch(text):
    """The lines before the diff. The message that a check prints is not prose of the patch."""
    head = text.partition("\n--- ")[0]
    return [(number, line) for number, line in enumerate(head.splitlines(), 1)
            if not line.startswith(("Says:", "Check:"))]


def passages(source):
    """(first line, text) of each piece of prose of a file."""
    path, text = source.path, source.text
    shebang = text.partition("\n")[0] if text.startswith("#!") else ""
    if source.is_cpp or path.endswith(".pml"):
        return of_code(text, HIDDEN, lambda match: match[0].startswith("/"))
    if path.endswith(".md"):
        return of_document(text)
    if path.endswith(".patch"):
        return of_patch(text)
    if path.endswith(".py") or shebang.endswith("python3"):
        return of_python(text)
    if shebang.endswith("bash") or path.endswith(
            (".sh", ".cmake", "CMakeLists.txt", ".txt", ".dict", "scripts/packages")):
        return of_code(text, SHELL, lambda match: match["comment"] is not None)
    if path.endswith("uncovered.json"):
        return [(number, line) for number, line in enumerate(source.lines, 1)]
    return []


def prose(source):
    """(line, what is wrong) for each form in the file."""
    if source.path.startswith("tests/style/") or source.path in ("LICENSE", "tests/prove/full.md"):
        return  # quotes them; not ours; a record of an earlier run
    for first, text in passages(source):
        text = QUOTED.sub("x", text)
        for form, advice in FORMS:
            for match in form.finditer(text):
                line = first + text.count("\n", 0, match.start() + len(match[0].rstrip()) - 1)
                yield line, f"'{' '.join(match[0].split())}': {advice}"
