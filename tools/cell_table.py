#!/usr/bin/env python3
"""Makes src/host/term/cell_table.h from the Unicode character database.

    tools/cell_table.py [/usr/share/unicode] > src/host/term/cell_table.h

Run by hand, with Debian's unicode-data 15.0.0; the result is committed, so
that a build needs no database and no locale has a say in what is printed.
"""
from ucd import join, rows, show, span

# Characters that show nothing of their own, or change what stands around them.
UNSAFE = {"Cc", "Cf", "Co", "Zl", "Zp"}
# All that these will ever hold is to be ignored (UAX #44, 5.3.1).
IGNORABLE = [[0x2060, 0x206F], [0xFFF0, 0xFFF8], [0xE0000, 0xE0FFF]]
# Vowels and final consonants of a Hangul syllable join the one before.
JOINING_JAMO = [0x1160, 0x11FF]


def categories():
    """[first, last], category; a large range has two lines of its own."""
    first = None
    for row in rows("UnicodeData.txt"):
        cp = int(row[0], 16)
        if row[1].endswith("First>"):
            first = cp
            continue
        yield [first if row[1].endswith("Last>") else cp, cp], row[2]


def print_ranges(name, ranges):
    show("struct cell_range", name, [f"{{ 0x{a:x}, 0x{b:x} }}, " for a, b in join(ranges)])


all_of = list(categories())
print("/* Made by tools/cell_table.py; do not edit. */")
print_ranges("cell_unsafe", [r for r, kind in all_of if kind in UNSAFE] + IGNORABLE)
print_ranges("cell_narrow", [r for r, kind in all_of if kind in ("Mn", "Me")] + [JOINING_JAMO])
print_ranges("cell_wide", [list(span(row[0])) for row in rows("EastAsianWidth.txt") if row[1] in ("W", "F")])
