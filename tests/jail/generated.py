#!/usr/bin/env python3
"""generated.py GENERATOR FILTERS WRONG: the filters that were built in are those of the policy as it is now, and a generator
that cannot write them (WRONG has a table that is none) says so. TAP."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import child  # noqa: E402


def main():
    generator, filters, wrong = sys.argv[1:4]
    tap = child.Tap()
    with open(filters, "rb") as f:
        tap.check("the same text", subprocess.run([generator], capture_output=True, check=True).stdout == f.read())
    with open("/dev/full", "wb") as full:
        p = subprocess.run([generator], stdout=full, stderr=subprocess.PIPE)
    tap.check("a full disk is an error", p.returncode == 1 and b"No space left" in p.stderr, p)
    if shutil.which("strace"):
        p = subprocess.run(["strace", "-o", os.devnull, "-e", "inject=write:error=EIO:when=1", generator], capture_output=True)
        tap.check("one write that fails is one", p.returncode == 1 and b"gen: standard output" in p.stderr, p)
    else:
        tap.skip("one write that fails is one", "there is no strace")
    p = subprocess.run([wrong], capture_output=True, text=True)
    tap.check("so is a row of no call", (p.returncode, p.stderr) == (1, "gen: raed\n"), p)
    tap.end()


main()
