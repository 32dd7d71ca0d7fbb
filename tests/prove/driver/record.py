"""The record of a long run, which may be interrupted and continued: what each part found, at which
commit, on which machine. No check depends on it."""

import dataclasses
import json
import os
import pathlib
import platform

from outcome import Outcome, table
from parts import RECORD, git


def commit():
    """Returns the short name of the commit, marked if files differ from it."""
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!{RECORD}",
                  f":!{pathlib.PurePath(RECORD).with_suffix('.md')}")
    name = git("rev-parse", "--short=12", "HEAD") or "no commit"
    return name + (" (changed)" if changed else "")


def machine():
    """Returns the processors, memory and kernel of this machine as one phrase."""
    model = "unknown processor"
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (f"{os.cpu_count()} processors ({model}), {pages / 2**30:.0f} GiB, "
            f"{platform.system()} {platform.release()}")


class Record:
    """The outcomes of the parts of one long run: a file for the program, a page for people."""

    def __init__(self, file, parts, again=False):
        """Reads what `file` has of these parts, and drops an outcome whose sources have changed."""
        self.file = file
        self.parts = parts
        self.outcomes = {}
        if again or not self.file.exists():
            return
        kept = json.loads(self.file.read_text(encoding="utf-8"))
        for part in parts:
            if part.name not in kept:
                continue
            outcome = Outcome(**kept[part.name])
            if outcome.sources == part.sources():
                self.outcomes[part.name] = outcome
            else:
                print(f"{part.name}: the code has changed since {outcome.commit}; runs again")

    def keep(self, part, outcome, sources):
        """Adds an outcome and writes the file and the page."""
        outcome.sources, outcome.commit, outcome.machine = sources, commit(), machine()
        self.outcomes[part.name] = outcome
        # In the order of the parts, whichever ran last.
        self.outcomes = {each.name: self.outcomes[each.name] for each in self.parts
                         if each.name in self.outcomes}
        fields = {name: dataclasses.asdict(kept) for name, kept in self.outcomes.items()}
        self.file.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
        self.file.with_suffix(".md").write_text(self.page(), encoding="utf-8")

    def page(self):
        took = sum(outcome.seconds for outcome in self.outcomes.values())
        machines = "; ".join(sorted({outcome.machine for outcome in self.outcomes.values()}))
        lines = ["# `scripts/prove --full`", "", f"{took / 60:.0f} minutes in all, on {machines}."]
        if missing := [part.name for part in self.parts if part.name not in self.outcomes]:
            lines += ["", f"Not run yet: {', '.join(missing)}."]
        ran = {}
        for name, outcome in self.outcomes.items():
            ran.setdefault(outcome.commit, []).append(name)
        lines += [""] + [f"- at commit {at}: {', '.join(names)}" for at, names in ran.items()]
        return "\n".join(lines) + f"\n\n{table(self.outcomes)}\n"
