"""docs/own.md: our readers beside the libraries that could stand in their place. Those that are not installed are left out."""
import os
import subprocess

from tools import file_of, table

LETTERS = "lorem ipsum dolor john.doe@example.com sit amet, "
PATTERNS = [
    ("mail addresses in 100 kB", "([a-z0-9]+)@([a-z0-9.]+)", LETTERS * 2041),
    (r"\w+ in 100 kB", r"\w+", LETTERS * 2041),
    ("(a*)*c?[bd] in 28 letters", "(a*)*c?[bd]", "a" * 28),
    ("(x+x+)+[yz] in 30 letters", "(x+x+)+[yz]", "x" * 30),
]
PAGE = ("<!doctype html><html><head><title>t</title></head><body><p class=a>one</p><ul><li><a href=/x>x</a></li>"
        "<li><a href=/y>y</a></li></ul></body></html>")
PAGES = [
    (f"{len(PAGE)} bytes", PAGE),
    ("<div></x>, 1,000 times", "<div></x>" * 1000),
    ("<div></x>, 10,000 times", "<div></x>" * 10000),
    ("<div></x>, 100,000 times", "<div></x>" * 100000),
    ("a random page of 101 bytes", "<table><table><frameset><svg><option><td></caption><foreignObject><select><tr></table><tbody></table>"),
]
NAMES = ["bücher.de", "faß.de", "FAẞ.de", "☃.net", "💩.la", "a--b.ü.de", "-ü.de", "ü-.de", "_x.ü.de", "xn--a.com", "xn--bcher-kva.de",
         "ü..de", "ｇｏ.com", "a.\u200cb", "नी\u200cकम्.com", "ü" * 70 + ".de", "r3---sn-apo3qvuoxuxbt-j5pe.googlevideo.ü.com",
         "x_y.bücher.example", "❤.ws", "i❤.ws", "ab--cd.ü", "★.com", "日本語。jp"]


def lines(program, *args):
    p = subprocess.run([program, *args], capture_output=True, text=True)
    return p.stdout.splitlines() if p.returncode == 0 else [f"ends by signal {-p.returncode}"]


def run(build):
    there = [name for name in ("own_html", "own_regex", "own_idna") if os.path.exists(os.path.join(build, "bench", name))]
    program = {name: os.path.join(build, "bench", name) for name in there}
    if "own_html" in there:
        rows = [(what, lines(program["own_html"], "own", file_of(page))[0], lines(program["own_html"], "gumbo", file_of(page))[0])
                for what, page in PAGES]
        table("A page", ["page", "ours, us", "gumbo, us"], rows)
    if "own_regex" in there:
        rows = [(what, *lines(program["own_regex"], pattern, file_of(text))) for what, pattern, text in PATTERNS]
        table("All matches", ["what", "ours: us, matches", "PCRE2: us, matches"], rows)
    if "own_idna" in there:
        rows = [line.split("\t") for line in lines(program["own_idna"], *NAMES)]
        rows = [row for row in rows if row[1] != row[2]]
        table(f"Names, {len(NAMES) - len(rows)} of {len(NAMES)} equal", ["name", "ours", "libidn2"], rows)
