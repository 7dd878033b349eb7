#!/usr/bin/env python3
"""What the pages say of the tree, and the tree of the pages: lines, references, names of files and functions. TAP."""
import glob
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
import tap  # noqa: E402

COLUMNS = 120
PAGES = sorted(glob.glob(os.path.join(TOP, "*.md")) + glob.glob(os.path.join(TOP, "docs/**/*.md"), recursive=True))
# A page and a section, as comments and pages name them: docs/wire.md, "Framing"; docs/reference, "Bytes": any page there.
REFERENCE = re.compile(r"(docs/[a-z_/]+(?:\.md)?)`?(?:,| says) \(?\"([^\"]+)\"")
PAGE = re.compile(r"\bdocs/[a-z_/]+\.md\b")


def read(path):
    with open(path, errors="replace") as f:
        return f.read()


def relative(path):
    return os.path.relpath(path, TOP)


def sources():
    """What may name a page: the code, its tests and tools, the pages."""
    for folder in ("src", "tests", "tools", "fuzz", "bench", "docs"):
        for at, _, names in os.walk(os.path.join(TOP, folder)):
            for name in sorted(names):
                path = os.path.join(at, name)
                if name.endswith((".c", ".h", ".def", ".py", ".md", ".build", ".sh")) or "." not in name and folder == "tools":
                    yield path
    yield from glob.glob(os.path.join(TOP, "*.md"))


def joined(text):
    """Comments on one line each, so that a reference may go over the end of a line."""
    return re.sub(r"\s*\n[ \t]*(?:\*(?!/)|//|#)?[ \t]*", " ", text)


def headings(page):
    text = re.sub(r"^```.*?^```$", "", read(page), flags=re.S | re.M)
    return {h.replace("`", "").strip() for h in re.findall(r"^#+ (.*)$", text, re.M)}


def no_line_is_long():
    bad = []
    for page in PAGES:
        bad += [f"{relative(page)}:{n}: {len(line)} columns" for n, line in enumerate(read(page).splitlines(), 1) if len(line) > COLUMNS]
    return "\n".join(bad)


def sections_exist():
    bad, seen = [], 0
    for path in sources():
        for name, section in REFERENCE.findall(joined(read(path))):
            seen += 1
            pages = [os.path.join(TOP, name)] if name.endswith(".md") else glob.glob(os.path.join(TOP, name, "*.md"))
            if not any(os.path.exists(page) and section in headings(page) for page in pages):
                bad.append(f'{relative(path)}: {name} has no "{section}"')
    if seen < 50:
        bad.append(f"only {seen} references were found")
    return "\n".join(bad)


def pages_exist():
    bad = []
    for path in sources():
        bad += [f"{relative(path)}: there is no {name}" for name in PAGE.findall(read(path)) if not os.path.exists(os.path.join(TOP, name))]
    return "\n".join(bad)


def code():
    """Where functions of C are defined, and the names that modules call."""
    defined = {}
    for path in sources():
        if path.startswith(os.path.join(TOP, "src")) and path.endswith((".c", ".h")):
            for name in re.findall(r"^(?:static .*\b)?(\w+)\(", read(path), re.M):
                defined.setdefault(name, set()).add(relative(path))
    lua = set(re.findall(r'\.name = "(\w+)"', "".join(read(p) for p in glob.glob(os.path.join(TOP, "src/sandbox/stdlib/*.c")))))
    return defined, lua


def files_and_functions_exist():
    """Of the tour and the map: files; and of the tour, that a function is in a file of the same paragraph."""
    bad, seen = [], 0
    defined, lua = code()
    paths = [relative(p) for p in sources()]
    for page in ("docs/tour.md", "docs/map.md"):
        for paragraph in re.split(r"\n\s*\n", read(os.path.join(TOP, page))):
            paragraph = re.sub(r"\s+", " ", paragraph)
            files = []
            for name in re.findall(r"`([\w/.-]+\.(?:c|h|py|md|jsonl))`", paragraph):
                at = [p for p in paths if p == name or p.endswith("/" + name)]
                if not at and not os.path.exists(os.path.join(TOP, name)) and "NAME" not in name:
                    bad.append(f"{page}: there is no {name}")
                files += at
            for name in re.findall(r"`(\w+)\(\)`", paragraph):
                seen += 1
                if name not in lua and name not in defined:
                    bad.append(f"{page}: there is no {name}()")
                elif name not in lua and page == "docs/tour.md" and not defined[name] & set(files):
                    bad.append(f"{page}: {name}() is in none of {', '.join(files) or 'no file'}, but in {', '.join(sorted(defined[name])[:3])}")
    if seen < 40:
        bad.append(f"only {seen} functions were found")
    return "\n".join(bad)


TESTS = [no_line_is_long, sections_exist, pages_exist, files_and_functions_exist]


sys.exit(tap.report(TESTS))
