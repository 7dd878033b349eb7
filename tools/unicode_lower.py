#!/usr/bin/env python3
"""Makes src/common/format/text/lower_table.h from the Unicode character database.

    tools/unicode_lower.py FOLDER > src/common/format/text/lower_table.h

Run by hand, with the database of Unicode 16.0.0 (ucd.py); the result is committed, so that a
build needs no database and the mapping changes only on purpose.
"""
import sys

from ucd import join, rows, runs, show, span


def lower_pairs():
    """Code point and how far away its lower case is, in order."""
    for row in rows("UnicodeData.txt"):
        cp = int(row[0], 16)
        # U+0130 becomes two characters: SpecialCasing.txt, in lower.c
        if row[13] and cp >= 0x80 and cp != 0x130:
            yield cp, int(row[13], 16) - cp


def ranges(want):
    """[first, last] of a binary property."""
    return join(span(row[0]) for row in rows("DerivedCoreProperties.txt")
                if row[1] == want)


def special():
    """Unconditional mappings to more than one character: one is known."""
    found = [(row[0], row[1]) for row in rows("SpecialCasing.txt")
             if len(row) == 5 and " " in row[1]]
    if found != [("0130", "0069 0307")]:
        sys.exit(f"lower.c does not know these: {found}")


def braces(item):
    return "{ " + ", ".join([f"{n:#x}" for n in item[:2]] + [str(n) for n in item[2:]]) + " },"


special()
print("/* Made by tools/unicode_lower.py from Unicode 16.0.0. Do not edit. */")
print("/* clang-format off */")
print("\n/* Characters first, first + step, ... last; lower case is `away`. */")
print("struct lower_run {\n\tuint32_t first, last;\n\tuint32_t step;"
      "\n\tint32_t away;\n};")
print("\nstruct lower_range {\n\tuint32_t first, last;\n};")
show("struct lower_run", "lower_runs", map(braces, runs(lower_pairs())))
show("struct lower_range", "cased", map(braces, ranges("Cased")))
show("struct lower_range", "case_ignorable", map(braces, ranges("Case_Ignorable")))
