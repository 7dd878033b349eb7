#!/usr/bin/env python3
"""peer.py SANDBOX [--write]: what is not marked as ours is what sn0int 0.26.1 has: peer.txt. TAP.

`lint --peer` goes by these marks (FN_OURS, SLOT_OURS). peer.txt has a line a function: name, arguments, keys of its option table, as
they were when all of them were those of the reference program; what is added since is of this program alone, and has to be marked.
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402

FILE = os.path.join(HERE, "peer.txt")
ROW = re.compile(r'\{ "(\w+)", (NULL|"[^"]*"), (NULL|(?:"[^"]*"\s*)+), (NULL|(?:"[^"]*"\s*)+), (true|false) \},')


def text(literal):
    return "".join(re.findall(r'"([^"]*)"', literal))


def functions(table):
    """A line for each that is not ours."""
    lines = []
    for name, args, keys, ours, is_ours in ROW.findall(table):
        if is_ours == "false":
            left = [key for key in text(keys).split() if key not in text(ours).split()]
            lines.append(f"{name}({text(args)}) {' '.join(left)}".rstrip())
    return lines


def same_as_ever(sandbox):
    def what_is_not_marked_is_of_both():
        table = subprocess.run([sandbox, "--reference=table"], check=True, capture_output=True, text=True).stdout
        assert len(ROW.findall(table)) == table.count("},\n"), "a row that is not understood"
        with open(FILE, encoding="utf-8") as f:
            known = f.read().splitlines()
        now = functions(table)
        tap.same(([line for line in now if line not in known], [line for line in known if line not in now]), ([], []))
    return what_is_not_marked_is_of_both


def main():
    sandbox = os.path.abspath(sys.argv[1])
    if "--write" in sys.argv:
        table = subprocess.run([sandbox, "--reference=table"], check=True, capture_output=True, text=True).stdout
        with open(FILE, "w", encoding="utf-8") as f:
            f.write("".join(line + "\n" for line in functions(table)))
        return 0
    return tap.run([same_as_ever(sandbox)], lambda case: case())


if __name__ == "__main__":
    sys.exit(main())
