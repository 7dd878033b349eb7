#!/usr/bin/env python3
"""Prints src/common/format/value/quote_table.h from the list of code points that
log text escapes (tests/vectors/debug-escape-ranges.txt, Unicode 17).

    tools/quote_table.py < tests/vectors/debug-escape-ranges.txt
"""
import sys

from ucd import show


def ranges():
    for line in sys.stdin:
        line = line.strip()
        if line and not line.startswith("#"):
            low, high = (int(end, 16) for end in line.split("-"))
            if high >= 0x7f:
                yield f"{{ {low:#x}, {high:#x} }},"


print("/* Made by tools/quote_table.py; do not edit. */")
print("/* clang-format off */", end="")
show("struct quote_range", "quote_range", ranges())
