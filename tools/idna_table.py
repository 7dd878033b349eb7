#!/usr/bin/env python3
"""Makes src/common/format/url/idna_table.h from the Unicode character database.

    tools/idna_table.py FOLDER > src/common/format/url/idna_table.h

Run by hand, with the database of Unicode 16.0.0 (ucd.py says what FOLDER may
be); the result is committed, so that a build needs no database and the mapping
changes only on purpose. What UTS #46 does with a character follows from the
database by its section 6, "Mapping Table Derivation"; the sets below are its
exceptions. The mappings were compared with those of the npm package tr46,
which has the table of the standard: they are the same.
"""
import sys

from ucd import rows, runs, span

LAST = 0x10FFFF

# Valid although they change: deviations, nontransitional.
DEVIATIONS = {0xDF, 0x3C2, 0x200C, 0x200D}
SEPARATORS = {0x3002, 0xFF0E, 0xFF61}
# A small letter of its own since 15.1, where others that fold to more are not.
SHARP_S = {0x1E9E: (0xDF,)}
# Dropped by NFKC_Casefold, and disallowed: what turns the direction, and tags.
NOT_DROPPED = {0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F),
               *range(0x2066, 0x206A), 0xE0001, *range(0xE0020, 0xE0080)}
# Ideographic descriptions, object replacements.
EXCLUDED = {*range(0x2FF0, 0x3000), 0x31EF, 0xFFFC, 0xFFFD}

BIDI = ["L", "R", "AL", "AN", "EN", "ES", "CS", "ET", "ON", "BN", "NSM", "B", "S",
        "WS"]
JOINING = ["U", "L", "R", "D", "C", "T"]


def by_char(name, default):
    """The value of a property for each character."""
    out = [default] * (LAST + 1)
    for row in rows(name):
        first, last = span(row[0])
        for cp in range(first, last + 1):
            out[cp] = row[1]
    return out


def folds():
    """NFKC_Casefold: what changes, and what it becomes."""
    out = {}
    for row in rows("DerivedNormalizationProps.txt"):
        if row[1] != "NFKC_CF":
            continue
        first, last = span(row[0])
        for cp in range(first, last + 1):
            out[cp] = tuple(int(c, 16) for c in row[2].split())
    return out


def mapping(cp, fold, category):
    """None: disallowed; else what cp becomes."""
    if cp in SEPARATORS:
        return (0x2E,)
    if cp in DEVIATIONS or cp < 0x80 and cp not in fold:
        return (cp,)
    if cp in SHARP_S:
        return SHARP_S[cp]
    if category == "Cn" or cp in EXCLUDED or cp in NOT_DROPPED:
        return None
    if cp in fold:
        # a label separator in the middle of a mapping is not wanted
        return None if {0x2E, 0x3002} & set(fold[cp]) else fold[cp]
    if category[0] in "CZ":
        return None
    return (cp,)


def texts(maps):
    """Mappings of any other length: [first, last, at, n], and all texts."""
    pool, out = [], []
    for text in sorted({m for _, m in maps}, key=lambda m: (-len(m), m)):
        if find(pool, text) == -1:
            pool.extend(text)
    for cp, text in maps:
        last = out[-1] if out else None
        if last and not text and last[3] == 0 and last[1] + 1 == cp:
            last[1] = cp
        else:
            out.append([cp, cp, find(pool, text), len(text)])
    return out, pool


def find(pool, text):
    for at in range(len(pool) - len(text) + 1):
        if tuple(pool[at:at + len(text)]) == text:
            return at
    return -1


def pairs(valid):
    """Canonical decompositions of valid characters: (whole, first, second)."""
    out = []
    for row in rows("UnicodeData.txt"):
        cp, parts = int(row[0], 16), row[5].split()
        if cp not in valid or not parts or parts[0].startswith("<"):
            continue
        if len(parts) != 2:
            sys.exit(f"{cp:x} is valid and has the decomposition {parts}")
        out.append((cp, int(parts[0], 16), int(parts[1], 16)))
    return out


def show(kind, name, items, width):
    print(f"\nstatic const {kind} {name}[] = {{")
    for i in range(0, len(items), width):
        print("\t" + " ".join(f"{item}," for item in items[i:i + width]))
    print("};")


def braces(item):
    return "{ " + ", ".join(hex(n) if i < 2 else str(n)
                            for i, n in enumerate(item)) + " }"


def main():
    category = by_char("extracted/DerivedGeneralCategory.txt", "Cn")
    bidi = by_char("extracted/DerivedBidiClass.txt", "L")
    joining = by_char("extracted/DerivedJoiningType.txt", "U")
    combining = by_char("extracted/DerivedCombiningClass.txt", "0")
    fold = folds()
    singles, others, kinds, ranges, valid = [], [], [], [], set()
    for cp in range(LAST + 1):
        to = mapping(cp, fold, category[cp])
        kind = None
        if to == (cp,):
            valid.add(cp)
            kind = (BIDI.index(bidi[cp]), JOINING.index(joining[cp]),
                    int(combining[cp]), int(category[cp][0] == "M"))
            if kind not in kinds:
                kinds.append(kind)
        elif to is not None and len(to) == 1:
            singles.append((cp, to[0] - cp))
        elif to is not None:
            others.append((cp, to))
        if not ranges or ranges[-1][1] != kind:
            ranges.append((cp, kind))
    text, pool = texts(others)
    print("/* Made by tools/idna_table.py from Unicode 16.0.0. Do not edit. */")
    print("/* clang-format off */")
    show("struct idna_run", "idna_runs",
         [braces(run) for run in runs(singles)], 3)
    show("struct idna_text", "idna_texts", [braces(t) for t in text], 3)
    show("uint32_t", "idna_pool", [hex(c) for c in pool], 10)
    show("struct idna_kind", "idna_kinds", ["{ 0, 0, 0, 0 }"] +
         ["{ %d, %d, %d, %d }" % kind for kind in kinds], 4)
    show("uint32_t", "idna_ranges",
         [hex(cp << 8 | (kinds.index(kind) + 1 if kind else 0))
          for cp, kind in ranges], 8)
    all_pairs = pairs(valid)
    show("struct idna_pair", "idna_pairs",
         ["{ 0x%x, 0x%x, 0x%x }" % pair for pair in all_pairs], 3)
    # the place in idna_pairs, in the order of the two parts
    found = sorted(range(len(all_pairs)), key=lambda i: all_pairs[i][1:])
    show("uint16_t", "idna_wholes", found, 12)


if __name__ == "__main__":
    main()
