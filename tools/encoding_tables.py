#!/usr/bin/env python3
"""Prints src/common/format/text/encoding_table.h: what the bytes of legacy encodings mean on the web.

    tools/encoding_tables.py                    > src/common/format/text/encoding_table.h
    tools/encoding_tables.py --compare FOLDER   with the index files (index-big5.txt, ...) of the Encoding Standard

The tables come from the codecs of Python and, for Big5, of iconv(1) of glibc. Where browsers read bytes otherwise (WHATWG Encoding
Standard as of September 2024), the lists here say so.
"""
import subprocess
import sys

SINGLE = {"IBM866": "cp866", "KOI8-R": "koi8-r", "KOI8-U": "koi8-u", "macintosh": "mac_roman", "windows-874": "cp874",
          "x-mac-cyrillic": "mac_cyrillic",
          **{f"ISO-8859-{i}": f"iso8859-{i}" for i in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
          **{f"windows-{i}": f"cp{i}" for i in range(1250, 1259)}}

# By byte: letters of Belarusian in KOI8-U, a Hebrew point.
SINGLE_OTHERWISE = {"KOI8-U": {0xae: 0x45e, 0xbe: 0x40e}, "windows-1255": {0xca: 0x5ba}}

# By pointer: GB 18030-2005 and -2022 moved these out of the private use area; the ideographic space is there twice.
GB_OTHERWISE = {6555: 0x3000, 7533: 0x1e3f,
                **dict(zip(range(7182, 7189), (0xfe10, 0xfe12, 0xfe11, 0xfe13, 0xfe14, 0xfe15, 0xfe16))),
                7201: 0xfe17, 7202: 0xfe18, 7208: 0xfe19,
                **dict(zip((23775, 23783, 23788, 23789, 23795, 23812, 23829, 23845), range(0x9fb4, 0x9fbc)))}

# Where Big5 of Microsoft (cp950) and HKSCS differ in symbols, browsers read those of Microsoft ...
BIG5_AS_CP950 = (0xa1e3, 0xa1f2, 0xa1f3, 0xa241, 0xa242, 0xa244, 0xa246, 0xa247)
# ... but for these.
BIG5_OTHERWISE = {0xa145: 0x2027, 0xa14e: 0xfe51, 0xa1c2: 0xaf,
                  **{0xa3c0 + i: 0x2400 + i for i in range(32)}, 0xa3e0: 0x2421, 0xa3e1: 0x20ac}
# Two points of HKSCS for one character: the standard of Hong Kong drops the second, browsers read it.
BIG5_TWICE = """
8e697bb8 8e6f7c06 8e7e7cce 8eab7dd2 8eb47e1d 8ecd8005 8ed08028 8f5783c1 8f6984a8 8f6e840f 8fcb89a6 8fcc89a9 8ffe8d77 906d90fd
907a92b9 90dc975c 90f197ff 91bf9f16 92448503 92af5159 92b0515b 92b1515d 92b2515e 92c8936e 92d17479 94476d67 94ca799b 95d99097
9644975d 96ed701e 96fc5b28 9b767201 9b7877d7 9b7b7e87 9bc699d6 9bde91d4 9bec60de 9bf66fb6 9c428f36 9c534fbb 9c6271df 9c689104
9c6b9df0 9c7783cf 9cbc5c10 9cbd79e3 9cd05a67 9d578f0b 9d5a7b51 9dc462d0 9ea96062 9eef75f9 9efd6c4a 9f609b2e 9f669f17 9fcb50ed
9fd85f0c a063880f a07762ce a0d57468 a0df7162 a0e47250 c6cf5ef4 c6d365e0 c6d57676 c6d796b6 c6de3003 c6df4edd fa5f5029 fa66507d
fabd5305 fac55344 fad5537f fb485605 fbb85a77 fbf35e75 fbf95ed0 fc4f5f58 fc6c60a4 fcb96490 fce26674 fcf1675e fdb76c9c fdb86e1d
fdbb6e2f fdf1716e fe52732a fe6f745c feaa74e9 fedd7809
"""


def one(data, codec):
    """The character that bytes are, None: none, or several."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return None
    return ord(text) if len(text) == 1 else None


def iconv(data, codec):
    done = subprocess.run(["iconv", "-f", codec, "-t", "UTF-32BE"], input=data, capture_output=True)
    text = done.stdout.decode("utf-32-be") if done.returncode == 0 else ""
    return ord(text) if len(text) == 1 else None


def single(name):
    table = {i: one(bytes([0x80 + i]), SINGLE[name]) for i in range(128)}
    if name.startswith("windows-"):  # bytes without a meaning are the control characters
        table.update({i: 0x80 + i for i in range(32) if table[i] is None})
    table.update({byte - 0x80: cp for byte, cp in SINGLE_OTHERWISE.get(name, {}).items()})
    return table


def shift_jis(codec="cp932"):
    """By row and column of JIS X 0208, as Shift_JIS of Microsoft counts them; without the private use area."""
    table = {}
    for lead in [*range(0x81, 0xa0), *range(0xe0, 0xfd)]:
        for trail in [*range(0x40, 0x7f), *range(0x80, 0xfd)]:
            cp = one(bytes([lead, trail]), codec)
            if cp is not None and not 0xe000 <= cp <= 0xf8ff:
                table[(lead - (0x81 if lead < 0xa0 else 0xc1)) * 188 + trail - (0x40 if trail < 0x7f else 0x41)] = cp
    return table


def jis0212():
    table = {(a - 0xa1) * 94 + b - 0xa1: one(bytes([0x8f, a, b]), "euc_jp") for a in range(0xa1, 0xff) for b in range(0xa1, 0xff)}
    table[116] = 0xff5e  # the wide tilde
    return table


def euc_kr():
    return {(a - 0x81) * 190 + b - 0x41: one(bytes([a, b]), "cp949") for a in range(0x81, 0xff) for b in range(0x41, 0xff)}


def gb18030():
    table = {}
    for a in range(0x81, 0xff):
        for b in [*range(0x40, 0x7f), *range(0x80, 0xff)]:
            table[(a - 0x81) * 190 + b - (0x40 if b < 0x7f else 0x41)] = one(bytes([a, b]), "gb18030")
    table.update(GB_OTHERWISE)
    return table


def gb_ranges():
    """(pointer, character) where a run of four-byte forms begins."""
    ranges, away = [], None
    for pointer in range(39420):
        rest, last = divmod(pointer, 10)
        rest, third = divmod(rest, 126)
        first, second = divmod(rest, 10)
        cp = one(bytes([0x81 + first, 0x30 + second, 0x81 + third, 0x30 + last]), "gb18030")
        if (cp is None) != (away is None) or cp is not None and cp - pointer != away:
            away = None if cp is None else cp - pointer
            ranges.append((pointer, cp))
    return [r for r in ranges if r[1] is not None] + [(189000, 0x10000)]


def big5():
    otherwise = dict(BIG5_OTHERWISE)
    otherwise.update({code: one(code.to_bytes(2, "big"), "cp950") for code in BIG5_AS_CP950 if code not in otherwise})
    otherwise.update({int(pair[:4], 16): int(pair[4:], 16) for pair in BIG5_TWICE.split()})
    table = {}
    for a in range(0x81, 0xff):
        for b in [*range(0x40, 0x7f), *range(0xa1, 0xff)]:
            code = bytes([a, b])
            cp = otherwise.get(a << 8 | b) or one(code, "big5hkscs")
            if cp is None and a == 0x87:  # HKSCS-2008
                cp = iconv(code, "BIG5-HKSCS")
            table[(a - 0x81) * 157 + b - (0x40 if b < 0x7f else 0x62)] = cp
    return table


TABLES = {"jis0208": (shift_jis, 94 * 120), "jis0212": (jis0212, 94 * 94), "gb18030": (gb18030, 126 * 190),
          "euc_kr": (euc_kr, 126 * 190), "big5": (big5, 126 * 157)}


def literal(cp):
    """A character inside a string literal: itself where it shows as itself."""
    if cp is None:
        return "\\0"
    c = chr(cp)
    if cp < 0x80:
        return f"\\{cp:03o}"
    if c.isalnum() and 0x2e80 <= cp < 0xd800 or 0x20000 <= cp or 0x391 <= cp <= 0x3c9 or 0x410 <= cp <= 0x44f:
        return c
    return f"\\u{cp:04x}" if cp >= 0xa0 else f"\\x{cp:x}"  # the language knows no \u0080


def show(kind, name, size, prefix, table):
    print(f"\nstatic const {kind} {name}[{size}] =")
    line, width, after_hex = "", 0, False
    for i in range(size):
        text = literal(table.get(i))
        if width + len(text) > 84 or after_hex:  # "\x81" would swallow digits behind it
            print(f"    {prefix}\"{line}\"")
            line, width = "", 0
        line += text
        width += len(text) if len(text) > 1 else 2
        after_hex = text.startswith("\\x")
    print(f"    {prefix}\"{line}\";")


def print_all():
    print("/* Made by tools/encoding_tables.py. Do not edit. */")
    print("/* clang-format off */")
    print("\n/* The upper half of each encoding of one byte; 0: no meaning. */")
    for name in SINGLE:
        show("uint16_t", "upper_" + name.lower().replace("-", "_"), 128, "u", single(name))
    print("\n/* By the pointers of the Encoding Standard; 0: no meaning. */", end="")
    for name, (make, size) in TABLES.items():
        wide = name == "big5"
        show("uint32_t" if wide else "uint16_t", "index_" + name, size, "U" if wide else "u", make())
    print("\n/* Four bytes of GB 18030: from this pointer on, characters from this one on. */")
    print("static const struct gb_range gb_ranges[] = {")
    for pointer, cp in gb_ranges():
        print(f"\t{{ {pointer}, 0x{cp:04x} }},")
    print("};")


def index(folder, name):
    rows = (line.split() for line in open(f"{folder}/index-{name}.txt", encoding="utf-8") if line.strip() and line[0] != "#")
    return {int(row[0]): int(row[1], 16) for row in rows}


def compare(folder):
    bad = 0
    made = {name.lower(): single(name) for name in SINGLE}
    made.update({name.replace("_", "-"): make() for name, (make, _) in TABLES.items()})
    made["gb18030-ranges"] = dict(gb_ranges())
    for name, table in made.items():
        want = index(folder, name)
        diff = [p for p in sorted({*table, *want}) if table.get(p) != want.get(p)]
        print(f"{name}: {len(want)} characters, {len(diff)} differ", diff[:8] or "")
        bad += len(diff)
    return bad != 0


if sys.argv[1:2] == ["--compare"]:
    sys.exit(compare(sys.argv[2]))
print_all()
