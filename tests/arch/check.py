#!/usr/bin/env python3
"""check.py FOLDER PART...: what the jail promises elsewhere than on this machine (docs/testing.md, "Other machines"). TAP.

FOLDER keeps what was fetched and built. A part is a name of PARTS.
"""
import os
import sys
import time
import traceback

import aarch64
import debian13
import musl
import tables

PARTS = {"aarch64": aarch64.cases, "tables": tables.cases, "musl": musl.cases, "debian13": debian13.cases}


class Report:
    """Cases of all parts, as they come."""

    def __init__(self):
        self.n = self.bad = 0

    def case(self, name, why=None):
        """why: what is wrong, lines; None or "": nothing."""
        self.n += 1
        self.bad += bool(why)
        print("not ok" if why else "ok", self.n, "-", name, flush=True)
        if why:
            print("\n".join("#   " + line for line in str(why).splitlines()), flush=True)


def main():
    folder, wanted = os.path.abspath(sys.argv[1]), sys.argv[2:]
    if not wanted or not set(wanted) <= set(PARTS):
        sys.exit(f"usage: check.py FOLDER PART..., parts: {', '.join(PARTS)}")
    os.makedirs(folder, exist_ok=True)
    report = Report()
    for name in wanted:
        begun = time.monotonic()
        try:
            PARTS[name](folder, report)
        except Exception:
            report.case(f"{name}: goes to its end", traceback.format_exc())
        print(f"# {name}: {time.monotonic() - begun:.0f} s", flush=True)
    print(f"1..{report.n}")
    return report.bad != 0


if __name__ == "__main__":
    sys.exit(main())
