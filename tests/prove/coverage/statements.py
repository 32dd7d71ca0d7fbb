"""Tells the branches that the compiler adds from those of the source."""

import re

CONDITION = re.compile(r"\b(if|for|while|switch|case)\b|\?|&&|\|\|")
NOT_CODE = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|//.*")
CLOSERS = re.compile(r"[)\]}]+")


class Statements:
    """The statements of a file in the format of this project, by its lines."""

    def __init__(self, source):
        self.lines = [NOT_CODE.sub("''", line).strip() for line in source]
        self.open = []  # for each line, the brackets open at its start: [(bracket, line), …]
        now = []
        for at, line in enumerate(self.lines):
            self.open.append(list(now))
            for character in line:
                if character in "([{":
                    now.append((character, at))
                elif character in ")]}" and now:
                    now.pop()

    def branches_are_added(self, number):
        """Returns whether no branch of this line is one of the source.

        That is so for a handler, `} catch (…) {`, whose branches only exceptions take, and for a
        line of a statement without a condition.
        """
        at = number - 1
        if self.lines[at].startswith("} catch ("):
            return True
        statement = self.lines[self.first(at):self.last(at) + 1]
        return not any(CONDITION.search(line) for line in statement)

    def first(self, at):
        """Returns the first line of the statement; where a bracket closes, of the one it began."""
        closers = CLOSERS.match(self.lines[at])
        if closers and len(closers[0]) <= len(self.open[at]) and closers[0] != "}":
            return self.first(self.open[at][-len(closers[0])][1])
        if self.open[at] and self.open[at][-1][0] != "{":
            return self.first(self.open[at][-1][1])
        if at == 0 or self.ends(at - 1):
            return at
        return self.first(at - 1)

    def last(self, at):
        while at + 1 < len(self.lines) and (self.inside(at + 1) or not self.ends(at)):
            at += 1
        return at

    def inside(self, at):
        return bool(self.open[at]) and self.open[at][-1][0] != "{"

    def ends(self, at):
        line = self.lines[at]
        return not line or line[-1] in ";{}:" or line.startswith("#")
