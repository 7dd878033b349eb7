#!/usr/bin/env python3
"""Prints src/common/format/html/entity_table.h from the list of named
character references that Python has (HTML standard, 13.5).

    tools/html_entities.py > src/common/format/html/entity_table.h
"""
from html.entities import html5

from ucd import show

names = sorted(html5)
text = "".join(names)
at = [0]
for name in names:
    at.append(at[-1] + len(name))
print("/* Made by tools/html_entities.py. Do not edit. */")
print("/* clang-format off */")
print("\n/* All names, one behind the other, in byte order. */")
print("static const char entity_names[] =")
print("\n".join(f'\t"{text[i:i + 68]}"' for i in range(0, len(text), 68)) + ";")
print("\n/* Where each begins, and the end. */", end="")
show("uint16_t", "entity_at", (f"{n}," for n in at))
print("\n/* One or two characters; 0: none. */", end="")
show("uint32_t", "entity_chars[][2]", ("{ %#x, %#x }," % tuple((list(map(ord, html5[name])) + [0])[:2]) for name in names))
