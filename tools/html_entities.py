#!/usr/bin/env python3
"""Prints src/common/format/html/entity_table.h from the list of named
character references that Python has (HTML standard, 13.5).

    tools/html_entities.py > src/common/format/html/entity_table.h
"""
from html.entities import html5

names = sorted(html5)
print("/* Made by tools/html_entities.py. Do not edit. */")
print("/* clang-format off */")
print()
print("/* All names, one behind the other, in byte order. */")
print("static const char entity_names[] =")
for name in names:
    print(f'\t"{name}"')
print("\t;")
print()
print("/* Where each begins, and the end. */")
print("static const uint16_t entity_at[] = {")
at = 0
for name in names + [""]:
    print(f"\t{at},")
    at += len(name)
print("};")
print()
print("/* One or two characters; 0: none. */")
print("static const uint32_t entity_chars[][2] = {")
for name in names:
    first, second = (list(map(ord, html5[name])) + [0])[:2]
    print(f"\t{{ {first:#x}, {second:#x} }},")
print("};")
