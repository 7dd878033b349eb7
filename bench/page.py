"""The tables of docs/performance.md: each stands between two marks, and only what is between them is written."""
import os
import re

PAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs/performance.md")
OPEN, CLOSE = "<!-- bench/run --write {} -->", "<!-- end of {} -->"
PEER, AGAINST = "the reference", "the other build"  # lines that are there where somebody asked for them


def markdown(title, said, columns, rows):
    out = [f"## {title}", "", said, "", "| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    return "\n".join(out + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def block(name):
    return re.compile(f"({re.escape(OPEN.format(name))}\n).*?({re.escape(CLOSE.format(name))}\n)", re.S)


def names(text):
    """Of the marks, in order."""
    return re.findall(re.escape(OPEN).replace(r"\{\}", "(.*?)"), text)


def write(name, table):
    """Whether the page has a place for it."""
    with open(PAGE) as f:
        text = f.read()
    new, n = block(name).subn(lambda m: m[1] + table + m[2], text)
    if n != 1:
        return False
    with open(PAGE + ".new", "w") as f:
        f.write(new)
    os.replace(PAGE + ".new", PAGE)
    return True


def shape(text):
    """{name: (title, columns, [(what, who)])} of the tables between marks: all but the figures, and the lines of others."""
    out = {}
    for name in names(text):
        inside = block(name).search(text)
        lines = inside[0].splitlines() if inside else []
        cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line.startswith("|")]
        title = next((line[3:] for line in lines if line.startswith("## ")), None)
        out[name] = (title, cells[0] if cells else [], [tuple(c[:2]) for c in cells[2:] if c[1] not in (PEER, AGAINST)])
    return out
