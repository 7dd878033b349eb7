#!/usr/bin/env python3
"""The sources are as clang-format 14 writes them, where it is installed; other versions write other lines. TAP."""
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def formatter():
    for name in ("clang-format-14", "clang-format"):
        path = shutil.which(name)
        if path and re.search(r"version 14\.", subprocess.run([path, "--version"], capture_output=True, text=True).stdout):
            return path
    return None


def sources():
    for top in ("src", "tests", "fuzz", "bench"):
        for folder, _, names in os.walk(os.path.join(TOP, top)):
            for name in sorted(names):
                path = os.path.join(folder, name)
                # tables are made, and packed by their makers
                if name.endswith((".c", ".h")) and not name.endswith("_table.h"):
                    yield path


def differs(path):
    with open(path, "rb") as f:
        text = f.read()
    done = subprocess.run([FORMATTER, path], capture_output=True)
    if done.returncode != 0:
        return f"{os.path.relpath(path, TOP)}: {done.stderr.decode(errors='replace').strip()}"
    if done.stdout == text:
        return None
    line = next((i for i, (a, b) in enumerate(zip(text.split(b"\n"), done.stdout.split(b"\n")), 1) if a != b), 0)
    return f"{os.path.relpath(path, TOP)}:{line}: {os.path.basename(FORMATTER)} -i writes it otherwise"


FORMATTER = formatter()
if FORMATTER is None:
    print("1..0 # SKIP clang-format 14 is not installed (Debian: clang-format-14; PyPI: clang-format==14.0.6)")
    sys.exit(0)
with ThreadPoolExecutor(2) as pool:
    bad = [said for said in pool.map(differs, sources()) if said]
print("1..1")
print("not ok" if bad else "ok", "1 - the sources are formatted")
for said in bad[:40]:
    print("#", said)
sys.exit(bad != [])
