#!/usr/bin/env python3
"""Prints src/common/format/value/quote_table.h from the list of code points that
log text escapes (tests/vectors/debug-escape-ranges.txt, Unicode 17).

    tools/quote_table.py < tests/vectors/debug-escape-ranges.txt
"""
import sys

print("/* Made by tools/quote_table.py; do not edit. */")
print("static const struct quote_range quote_range[] = {")
for line in sys.stdin:
    line = line.strip()
    if line and not line.startswith("#"):
        low, high = line.split("-")
        if int(high, 16) >= 0x7f:
            print("\t{ 0x%x, 0x%x }," % (int(low, 16), int(high, 16)))
print("};")
