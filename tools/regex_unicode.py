#!/usr/bin/env python3
"""Makes src/common/format/regex/unicode_table.h from the Unicode character database.

    tools/regex_unicode.py [/usr/share/unicode] > src/common/format/regex/unicode_table.h

Run by hand, with Debian's unicode-data 15.0.0; the result is committed, so
that a build needs no database and what a pattern matches changes only on
purpose. Names are loose (UAX #44, UAX44-LM3): lower case, without blanks, "_"
and "-".

A set of characters is a list of numbers of seven bits a byte, the high bit set
on all but the last: how many characters are not in it, how many are, and so on.
"""
from ucd import join, rows, show, span

# Binary properties come from these files, and all they have.
BINARY = ["PropList.txt", "DerivedCoreProperties.txt", "emoji/emoji-data.txt",
          "extracted/DerivedBinaryProperties.txt"]
# Aliases of properties that are also aliases of categories, which win.
NOT_PROPERTIES = {"cf", "sc", "lc"}


def loose(name):
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")


def by_value(*names):
    """{value: [[first, last], ...]}, joined and in order."""
    found = {}
    for name in names:
        for row in rows(name):
            for value in row[1].split():
                found.setdefault(value, []).append(span(row[0]))
    return {value: join(ranges) for value, ranges in found.items()}


def without(ranges, removed):
    gone = {c for first, last in removed for c in range(first, last + 1)}
    return join([[c, c] for first, last in ranges
                 for c in range(first, last + 1) if c not in gone])


def number(n):
    out = []
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    return out + [n]


class Sets:
    def __init__(self):
        self.bytes, self.at = [], []

    def add(self, ranges):
        self.at.append(len(self.bytes))
        next_one = 0
        for first, last in ranges:
            self.bytes += number(first - next_one) + number(last - first + 1)
            next_one = last + 1
        return len(self.at) - 1


def aliases(prop):
    """[[alias, ...], ...] of the values of a property."""
    return [row[1:] for row in rows("PropertyValueAliases.txt") if row[0].lower() == prop]


def named(sets, prop, found):
    """{loose name: set} of every value that has characters."""
    out = {}
    for names in aliases(prop):
        key = next((n for n in names if n in found), None)
        if key is None:
            continue
        at = sets.add(found[key])
        out.update((loose(n), at) for n in names)
    return out


def binary(sets):
    found, out = by_value(*BINARY), {}
    for names in rows("PropertyAliases.txt"):
        key = next((n for n in names if n in found), None)
        if key is None:
            continue
        at = sets.add(found[key])
        out.update((loose(n), at) for n in names if loose(n) not in NOT_PROPERTIES)
    return out, found


def categories(sets, found):
    """{loose name: mask}, a bit a category in the order of the sets."""
    singles = [n for n in sorted(found) if n not in ("Cs", "Cn")] + ["Cn", "Cs"]
    bit = {}
    for n in singles:
        bit[n] = sets.add(found[n])
    bit["ascii"] = sets.add([[0, 0x7F]])
    out = {}
    for names in aliases("gc"):
        short = names[0]
        if short == "Cs":
            continue  # no text has one
        mask = (1 << bit["Lu"] | 1 << bit["Ll"] | 1 << bit["Lt"] if short == "LC" else
                sum(1 << at for n, at in bit.items()
                    if n == short or len(short) == 1 and n[0] == short))
        out.update((loose(n), mask) for n in names)
    every = (1 << len(singles)) - 1
    out.update(any=every, assigned=every & ~(1 << bit["Cn"]), ascii=1 << bit["ascii"])
    return out, bit


def extensions(scripts):
    """Script_Extensions: Scripts, changed by ScriptExtensions.txt."""
    changed = by_value("ScriptExtensions.txt")
    long_name = {names[0]: names[1] for names in aliases("sc")}
    moved = [r for ranges in changed.values() for r in ranges]
    return {name: join(without(ranges, moved) +
                       [r for short, more in changed.items()
                        if long_name[short] == name for r in more])
            for name, ranges in scripts.items()}


def folds():
    """Runs (first, last, away): the next character of those that fold to the
    same one, in a circle; CaseFolding.txt, simple folding. away 0: neighbours,
    two by two."""
    same, after = {}, {}
    for row in rows("CaseFolding.txt"):
        if row[1] in "CS":
            same.setdefault(int(row[2], 16), []).append(int(row[0], 16))
    for to, others in same.items():
        circle = sorted([to] + others)
        for i, c in enumerate(circle):
            after[c] = circle[(i + 1) % len(circle)]
    out, done = [], set()
    for c in sorted(after):
        last = out[-1] if out else None
        if c in done:
            continue
        is_pair = after[c] == c + 1 and after[c + 1] == c
        away = 0 if is_pair else after[c] - c
        if last and last[1] + 1 == c and last[2] == away:
            last[1] = c + is_pair
        else:
            out.append([c, c + is_pair, away])
        done.add(c + is_pair)
    return out


def word(binaries, cats):
    """UTS #18, Annex C: alpha, mark, digit, connector punctuation, join control."""
    return join([list(r) for ranges in [binaries["Alphabetic"], binaries["Join_Control"]] +
                 [cats[n] for n in ("Mn", "Mc", "Me", "Nd", "Pc")] for r in ranges])


def show_numbers(kind, name, numbers):
    show(kind, name, (f"{n}," for n in numbers), "")


def show_names(name, values):
    show("struct unicode_name", name,
         (f'{{ "{key}", {values[key]:#x} }}, ' for key in sorted(values)))


def main():
    sets = Sets()
    cats = by_value("extracted/DerivedGeneralCategory.txt")
    gc, bit = categories(sets, cats)
    props, binaries = binary(sets)
    scripts = by_value("Scripts.txt")
    sc = named(sets, "sc", scripts)
    scx = named(sets, "sc", extensions(scripts))
    ages = by_value("DerivedAge.txt")
    age_names = [n for n in aliases("age") if n[0] in ages]
    first_age = len(sets.at)
    age = {}
    for names in age_names:
        at = sets.add(ages[names[0]])
        age.update((loose(n), at) for n in names)
    breaks = {}
    for prop, file in ("gcb", "Grapheme"), ("wb", "Word"), ("sb", "Sentence"):
        breaks[prop] = named(sets, prop, by_value(f"auxiliary/{file}BreakProperty.txt"))
    perl_word = sets.add(word(binaries, cats))

    print("/* Made by tools/regex_unicode.py from Unicode 15.0.0. Do not edit. */")
    print("/* clang-format off */")
    print("\n/* The first of the sets are the categories: masks are of their bits. */")
    print(f"#define UNICODE_CATEGORIES {bit['ascii'] + 1}")
    print(f"#define UNICODE_FIRST_AGE  {first_age}")
    print(f"#define UNICODE_DIGIT      {bit['Nd']}")
    print(f"#define UNICODE_SPACE      {props['whitespace']}")
    print(f"#define UNICODE_ALPHABETIC {props['alphabetic']}")
    print(f"#define UNICODE_NUMBERS    0x{gc['n']:x}")
    print(f"#define UNICODE_WORD       {perl_word}")
    show_numbers("unsigned char", "unicode_bytes", sets.bytes)
    print("\n/* Where each set begins, and the end of the last. */")
    show_numbers("uint32_t", "unicode_sets", sets.at + [len(sets.bytes)])
    print("\n/* Sets; of categories, masks. In order, for a binary search. */")
    show_names("unicode_binary", props)
    show_names("unicode_gc", gc)
    show_names("unicode_sc", sc)
    show_names("unicode_scx", scx)
    show_names("unicode_age", age)
    for prop, values in breaks.items():
        show_names(f"unicode_{prop}", values)
    print("\n/* first, last, and how far away the next is that folds to the same;")
    print(" * 0: they are neighbours, two by two. */")
    show("struct unicode_fold", "unicode_folds",
         (f"{{ 0x{first:x}, 0x{last:x}, {away} }}, "
          for first, last, away in folds()))


main()
