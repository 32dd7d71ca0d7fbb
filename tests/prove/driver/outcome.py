"""Reads the outcome of a part from its output, and prints the table of all parts."""

import dataclasses


@dataclasses.dataclass
class Outcome:
    """One run of a part, from what it printed and how it ended."""
    seconds: float = 0
    status: int = 2
    # Each [name, explored, cases, violations, remark].
    rows: list = dataclasses.field(default_factory=list)
    violations: list = dataclasses.field(default_factory=list)
    # Only in the record of a long run: where, on what code and on which machine it ran.
    sources: str = ""
    commit: str = ""
    machine: str = ""

    def read(self, line):
        """Adds what one line of a part's output says; lines of other kinds add nothing."""
        fields = line.split("\t")
        if fields[0] == "row" and len(fields) >= 5:
            self.rows.append((fields[1:] + [""])[:5])
        elif fields[0] == "violation":
            self.violations.append(fields[1:])

    def faults(self, checks):
        """Returns why this outcome proves nothing, a sentence each; an empty list if it does.

        `checks` are the rows that the part prints when it looks at everything it should.
        """
        names = [row[0] for row in self.rows]
        faults = [f"{check} is missing" for check in checks if check not in names]
        faults += [f"{name} is not expected" for name in names if name not in checks]
        faults += [f"{name} appears twice" for name in sorted(set(names)) if names.count(name) > 1]
        for name, _, cases, violations, _ in self.rows:
            if not number(cases):
                faults.append(f"{name} looked at nothing")
            if violations != "0":
                faults.append(f"{name} has {violations} violations")
        if self.violations and all(row[3] == "0" for row in self.rows):
            faults.append(f"{len(self.violations)} violations are in no row")
        if self.status != 0:
            faults.append(f"it ended with status {self.status}")
        return faults


def number(text):
    return int(text) if text.isdecimal() else 0


def table(outcomes):
    """Returns the outcomes, {part: outcome}, as a table of Markdown: a line for each row."""
    lines = [["check", "explored", "cases", "violations", "seconds"]]
    for part, outcome in outcomes.items():
        seconds = f"{outcome.seconds:.0f}"
        for check, explored, cases, violations, remark in outcome.rows:
            lines.append([check, f"{explored}: {remark}" if remark else explored,
                          f"{number(cases):,}", violations, seconds])
            seconds = ""
        found = sum(number(row[3]) for row in outcome.rows)
        if not outcome.rows or (outcome.status != 0 and found == 0):
            lines.append([part, "did not finish", "", f"status {outcome.status}", seconds])
    text = ["| " + " | ".join(line) + " |" for line in lines]
    text.insert(1, "|---|---|---:|---:|---:|")
    return "\n".join(text)
