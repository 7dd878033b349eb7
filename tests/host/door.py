#!/usr/bin/env python3
"""door.py SN0INT [CASE...]: what reaches a terminal, whatever the files of the user and the modules hold. TAP.

Everything that is printed is foreign but for a few words: rows, log lines, names of files, keys, configuration, errors. Each is
filled with what a terminal must not see and printed on a terminal of its own; a pipe gets the bytes as they are.
"""
import fcntl
import json
import os
import pty
import random
import re
import select
import sqlite3
import struct
import subprocess
import sys
import termios
import unicodedata

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, os.path.join(TESTS, "host"), os.path.join(TESTS, "vectors")]
import stories  # noqa: E402
import tap  # noqa: E402
from stories import Home  # noqa: E402
from tap import has, same  # noqa: E402
from transcript import LACKS, without_warnings  # noqa: E402

# What we draw ourselves: colours, an erased line, the line above it.
OURS = re.compile(r"\x1b\[(0|1|0;1|3[0-5]|9[07]|48;5;(22|34|71|148|238))m|\r\x1b\[2K|\x1b\[A\x1b\[2K|\r*\n|\r(?=\x1b\[2K)")
UNSAFE = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
# One of each kind, and a colour that is not ours to give.
NASTY = ("\x1b]0;OWNED\x07\x1b[2J\x1b[31mFORGED\x7f\b\x0b\x80\x9b\x9f\xad\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e"
         "\u2060\u2066\u2069\ufeff\ufff9\ufffb\ue000\U000e0001\U000e0041\U000e007f\U0001d173")
WORD = "x" + NASTY + "y"


def size_of(fd, columns, lines):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def read_all(fd, each=None):
    data = b""
    while True:
        try:
            more = os.read(fd, 65536)
        except OSError:  # the other side is closed
            more = b""
        if not more:
            return data
        data += more
        if each:
            each(more.decode("utf-8", "replace"))


def on_terminal(user, *args, columns=80, lines=24, env={}, each=None, stdin=subprocess.DEVNULL):
    """Status and bytes of a command whose outputs are a terminal."""
    ours, theirs = pty.openpty()
    size_of(ours, columns, lines)
    p = subprocess.Popen([stories.SN0INT, *args], stdin=stdin, stdout=theirs, stderr=theirs, env={**user.env, **env}, cwd=user.path)
    os.close(theirs)
    data = read_all(ours, each)
    os.close(ours)
    return p.wait(), data.decode("utf-8")


def unsafe(text):
    """The characters that should not be there, with what stands before them."""
    assert "\x1b[31mFORGED" not in text, text
    text = OURS.sub(lambda m: "\n" if "\n" in m.group(0) else "", text)
    return [text[max(0, m - 40) : m + 1] for m, c in enumerate(text)
            if (c not in "\n\t" and unicodedata.category(c) in UNSAFE) or 0xE0000 <= ord(c) <= 0xE0FFF]


def clean(user, *args, **more):
    status, out = on_terminal(user, *args, **more)
    same((args, unsafe(out)), (args, []))
    assert out.strip(), args
    return status, out


def database(user, *statements):
    user.ok("select", "-c", "domains")
    db = sqlite3.connect(os.path.join(user.share, "data/default/db.sqlite"))
    for sql, *values in statements:
        db.execute(sql, values)
    db.commit()
    db.close()


# ---- what is printed


def rows_are_clean(home):
    database(home, ("insert into domains (value) values (?)", WORD), ("insert into domains (value) values (?)", "a\nb"),
             ("insert into subdomains (domain_id, value) values (1, ?)", WORD),
             ("insert into urls (subdomain_id, value, path, title, redirect, status) values (1, ?, '/', ?, ?, 200)", WORD, WORD, WORD),
             ("insert into ipaddrs (family, value, country, city, as_org, asn, description, reverse_dns, continent) "
              "values ('4', ?, ?, ?, ?, 1, ?, ?, ?)", *[WORD] * 7),
             ("insert into emails (value, displayname) values (?, ?)", WORD, WORD),
             ("insert into devices (value, name, hostname, vendor) values (?, ?, ?, ?)", *[WORD] * 4),
             ("insert into images (value, filename, mime) values (?, ?, ?)", WORD, WORD, WORD),
             ("insert into accounts (value, service, username, displayname, url) values (?, ?, ?, ?, ?)", *[WORD] * 5),
             ("insert into autonoscope (object, value, scoped) values ('domain', ?, 0)", WORD),
             ("insert into activity (topic, time, uniq, content) values (?, '2020-02-29T12:00:00', ?, ?)", WORD, WORD,
              json.dumps({WORD: WORD}, ensure_ascii=False)))
    for table in ("domains", "subdomains", "urls", "ipaddrs", "emails", "devices", "images", "accounts"):
        for how in ([], ["--json"], ["--values"]):
            clean(home, "select", *how, table)
            clean(home, "--color", "always", "select", *how, table)
        rows = [[json.loads(l) for l in out.split("\n") if l.strip()] for out in
                (on_terminal(home, "select", "--json", table)[1], home.ok("select", "--json", table))]
        same(rows[0], rows[1])
        assert rows[0], table
    clean(home, "select", "--paths", "images")
    clean(home, "autonoscope", "list")
    clean(home, "rescope", "-n")
    clean(home, "fsck", "-v")
    clean(home, "activity")
    clean(home, "export", "-f", "json")
    same(json.loads(on_terminal(home, "activity")[1]), json.loads(home.ok("activity")))
    same(json.loads(on_terminal(home, "export", "-f", "json")[1]), json.loads(home.ok("export", "-f", "json")))
    # two rows are two lines; a pipe gets the bytes
    same(len(on_terminal(home, "select", "--values", "domains")[1].splitlines()), 2)
    same(home.ok("select", "--values", "domains"), WORD + "\na\nb\n")


def what_a_module_says_is_clean(home):
    lua = "'" + "".join(f"\\{b}" if b < 48 or b > 122 or b == 92 else chr(b) for b in WORD.encode()) + "'"
    home.module("me/evil", f"""
function run(arg)
    local w = {lua}
    status(w) info(w) error(w .. '\\n' .. w) warn(w) warn_once(w) debug(w) print(w)
    db_add('domain', {{ value=w }})
    db_add('email', {{ value='a@example.com', displayname=w }})
    db_add('email', {{ value='a@example.com', displayname=w .. w }})
    db_activity({{ topic=w, time='2020-02-29T12:00:00', content={{ [w]=w }} }})
    set_err(w)
    return w
end
""", "Source: domains")
    database(home, ("insert into domains (value) values (?)", WORD))
    for level in ([], ["-v"], ["-vv"]):
        status, out = clean(home, "run", "me/evil", *level)
        has(out, "FORGED", "Finished me/evil")
    clean(home, "run", "me/evil", "-vv", columns=20, lines=3)


def a_child_cannot_write_there(home):
    home.module("me/m", "function run() end\n")
    path = os.path.join(home.path, "child")
    for text in (WORD, "sn0int: sandbox violation in x: " + WORD):
        with open(path, "w") as f:
            f.write(f"#!/usr/bin/env python3\nimport os\nos.write(2, {text.encode()!r} + b'\\n')\nos._exit(159)\n")
        os.chmod(path, 0o755)
        _, out = clean(home, "run", "--child", path, "me/m")
        has(out, "OWNED")


def files_of_the_user_are_clean(home):
    name = WORD.replace("/", "")
    home.module("me/plain", "function run() end\n")
    path = home.module("me/" + name, "function run() info(1) end\n")
    broken = home.module("me/broken" + name, "function run( end\n")
    home.ok("keyring", "add", "aws:a", "secret")
    with open(os.path.join(home.share, "keyring.json"), "w") as f:
        json.dump({"keys": {"ns" + name: {name: name}, "aws": {"a" + name: "s"}}, "grants": {"ns" + name: [name]}}, f)
    clean(home, "keyring", "list")
    clean(home, "keyring", "get", "aws:a" + name)
    clean(home, "keyring", "get", "-q", "ns" + name + ":" + name)
    clean(home, "modules")
    clean(home, "run", "-f", path)
    clean(home, "run", "-f", broken)
    with open(os.path.join(home.share, "modules/me/header.lua"), "w") as f:
        f.write(f"-- Description: {name}\n-- Version: 0.1.0{name}\n-- License: GPL-3.0\n-- Source: {name}\nfunction run() end\n")
    clean(home, "modules")
    image = os.path.join(home.path, name)
    with open(image, "wb") as f:
        f.write(b"GIF89a\x01\0\x01\0\0\0\0;")
    clean(home, "add", "image", image)
    config = os.path.join(home.path, ".config/sn0int.toml")
    os.makedirs(os.path.dirname(config), exist_ok=True)
    for text in (f'[namespaces]\n"{WORD_TOML}" = "/{WORD_TOML}"\n', f'[core]\n"{WORD_TOML}" = 1\n', f'"{WORD_TOML}', f"[network]\nproxy = \"{WORD_TOML}\"\n",
                 f'["{WORD_TOML}"]\nx = 1\n'):
        with open(config, "w") as f:
            f.write(text)
        clean(home, "paths")


WORD_TOML = "".join(f"\\U{ord(c):08x}" for c in WORD)


def what_was_typed_is_clean(home):
    home.module("me/m", "function run() end\n", "Source: domains")
    for args in ([WORD], ["select", WORD], ["select", "domains", WORD], ["select", "domains", "where", WORD], ["add", WORD], ["add", "domain", WORD],
                 ["add", "email", WORD], ["add", "url", WORD], ["run", WORD], ["run", "-f", WORD], ["run", "me/m", "-o", WORD], ["run", "--" + WORD],
                 ["run", "me/m", "-X", WORD], ["run", "me/m", "--limit", WORD], ["run", "me/m", "--allow-net", WORD], ["run", "me/m", "-t", WORD],
                 ["keyring", "get", WORD], ["keyring", "add", WORD, "x"], ["keyring", "delete", "a:" + WORD], ["keyring", "revoke", WORD, WORD],
                 ["help", WORD], ["-w", WORD, "stats"], ["--color", WORD, "stats"], ["activity", "--since", WORD], ["cal", WORD],
                 ["export", "-f", WORD], ["autonoscope", "add", "domain", WORD], ["autonoscope", "add", WORD, "x"], ["workspace", "--delete", WORD]):
        status, out = on_terminal(home, *args)
        same((args, unsafe(out)), (args, []))


def any_text_is_clean_and_json_keeps_its_value(home):
    draw = random.Random(4711)
    kinds = [[c for c in map(chr, range(1, 0x110000)) if unicodedata.category(c) == kind] for kind in ("Cc", "Cf", "Co", "Zl", "Zp", "Lo", "Mn", "Sc")]
    words = {"".join(draw.choice(draw.choice(kinds)) for _ in range(draw.randrange(1, 12))) for _ in range(2000)}
    database(home, *[("insert into domains (value) values (?)", w) for w in sorted(words)])
    clean(home, "select", "domains")
    same(len(clean(home, "select", "--values", "domains")[1].splitlines()), len(words))
    _, out = clean(home, "select", "--json", "domains")
    same(sorted(json.loads(l)["value"] for l in out.split("\r\n") if l), sorted(words))


# ---- output that cannot be written

EVERY = (["--version"], ["--help"], ["help"], ["help", "run"], ["help", "hex"], ["paths"], ["select", "domains"], ["select", "--json", "domains"],
         ["select", "--values", "domains"], ["select", "-c", "domains"], ["stats"], ["stats", "-j"], ["cal"], ["cal", "-H"], ["activity"],
         ["export", "-f", "json"], ["export", "-f", "json-blobs"], ["workspace"], ["workspace", "--usage", "default"], ["modules"], ["pkg", "info", "me/m"],
         ["keyring", "list"], ["keyring", "get", "a:b"], ["autonoscope", "list"], ["completions", "bash"], ["completions", "--line=sn0int "],
         ["reference", "commands"], ["run", "me/m"], ["run", "--dump-sandbox-init-msg", "me/m"], ["rescope", "-n"],
         ["noscope", "domains", "where", "id=1"], ["scope", "domains", "where", "id=1"], ["fsck", "-v"], ["delete", "domains", "where", "id=1"])


def filled(user):
    user.module("me/m", "function run() info('x') create_blob('x') db_add('image', { value=create_blob('x') }) "
                "db_activity({ topic='a', time='2020-02-29T12:00:00', content=1 }) end\n")
    user.ok("add", "domain", "example.com")
    user.ok("run", "me/m")
    user.ok("keyring", "add", "a:b", "c")
    user.ok("autonoscope", "add", "domain", "example.org")


def a_full_disk_is_an_error(home):
    filled(home)
    for args in EVERY:
        with open("/dev/full", "w") as full:
            p = subprocess.run([stories.SN0INT, *args], stdout=full, stderr=subprocess.PIPE, env=home.env, cwd=home.path, text=True, timeout=60)
        errors = [l for l in p.stderr.splitlines() if l.startswith(("Error", "Because"))]
        same((args, p.returncode, [e.split(" (")[0] for e in errors]),
             (args, 1, ["Error: cannot write to standard output", "Because: No space left on device"]))


def a_reader_that_has_gone_is_none(home):
    filled(home)
    for args in EVERY:
        if args[0] == "run":  # what is not done is said: tests/work
            continue
        read, write = os.pipe()
        os.close(read)
        p = subprocess.run([stories.SN0INT, *args], stdout=write, stderr=subprocess.PIPE, env=home.env, cwd=home.path, text=True, timeout=60)
        os.close(write)
        same((args, p.stderr), (args, ""))
        assert p.returncode in (0, -13), (args, p.returncode)


def a_descriptor_that_does_not_block_is_waited_for(home):
    database(home, *[("insert into domains (value) values (?)", f"{i}" * 100) for i in range(3000)])
    read, write = os.pipe()
    os.set_blocking(write, False)
    p = subprocess.Popen([stories.SN0INT, "select", "--values", "domains"], stdout=write, env=home.env)
    os.close(write)
    data = b""
    while True:
        assert select.select([read], [], [], 60)[0]
        more = os.read(read, 4096)
        if not more:
            break
        data += more
    same((p.wait(), data.count(b"\n")), (0, 3000))


# ---- the screen


class Screen:
    """As much of a terminal as the animation uses; lines that leave it at the top are kept."""

    def __init__(self, columns, lines):
        self.columns, self.lines = columns, lines
        self.row, self.x, self.gone, self.wrapped, self.tallest = [""], 0, [], 0, 0
        self.y = 0

    def width(self, c):
        if unicodedata.category(c) in ("Mn", "Me"):
            return 0
        return 2 if unicodedata.east_asian_width(c) in "WF" else 1

    def newline(self):
        self.y += 1
        if self.y == len(self.row):
            self.row.append("")
        if len(self.row) > self.lines:
            self.gone.append(self.row.pop(0))
            self.y -= 1

    def feed(self, text):
        for m in re.finditer(r"\x1b\[([0-9;]*)([A-Za-z])|(.)", text, re.S):
            if m.group(2) == "K":
                self.row[self.y] = ""
            elif m.group(2) == "A":
                self.y = max(0, self.y - int(m.group(1) or 1))
            elif m.group(2):
                assert m.group(2) == "m", m.group(0)
            elif m.group(3) == "\r":
                self.x = 0
            elif m.group(3) == "\n":
                self.newline()
            else:
                w = self.width(m.group(3))
                if self.x + w > self.columns:
                    self.wrapped += 1
                    self.newline()
                    self.x = 0
                self.row[self.y] += m.group(3)
                self.x += w
            self.tallest = max(self.tallest, sum(r.startswith("[") and r[2:3] == "]" for r in self.row))

    def all(self):
        return [l for l in self.gone + self.row if l.strip()]


def animated(home, columns, lines, targets, text):
    home.module("me/slow", f"function run(arg) status('{text}') sleep(1) end\n", "Source: domains")
    database(home, *[("insert into domains (value) values (?)", f"{i}.example.com") for i in range(targets)])
    screen = Screen(columns, lines)
    _, out = on_terminal(home, "run", "-j", str(targets), "me/slow", columns=columns, lines=lines, each=screen.feed)
    return screen, out


def the_animation_fits_the_screen(home):
    for columns, lines, targets in ((80, 24, 3), (40, 6, 9), (20, 3, 4), (5, 2, 2), (1, 1, 2), (80, 4, 3)):
        screen, out = animated(Home(), columns, lines, targets, "ab日本🦊e\u0301" * 40)
        if columns >= 80 or columns >= 20 and not re.search(LACKS, out):  # a line that stays may wrap
            same((columns, screen.wrapped), (columns, 0))
            same([l for l in screen.all() if "Finished" not in l and not re.match(r"\[!\] " + LACKS, l)], [])
        assert screen.tallest <= lines, (columns, lines, screen.tallest)
    has(animated(Home(), 40, 6, 9, "x")[1], "more")


def names_are_narrower_on_narrow_screens(home):
    home.module("me/say", "function run(arg) info('x') end\n", "Source: domains")
    database(home, ("insert into domains (value) values ('日本.com')",))
    for columns, want in ((80, 50), (200, 50), (79, 26), (60, 20), (30, 10)):
        out = OURS.sub("", on_terminal(home, "run", "me/say", columns=columns)[1])
        name = re.search(r'\[\*\] (".*?" *): "x"', out).group(1)
        same((columns, sum(Screen.width(None, c) for c in name)), (columns, max(want, 10)))
    same(home.ok("run", "me/say").splitlines()[0], '[*] {:<50}: "x"'.format('"日本.com"'))


def a_dumb_terminal_gets_plain_text(home):
    home.module("me/m", "function run() status('s') info('x') sleep(1) end\n")
    for env in ({"TERM": "dumb"}, {"TERM": ""}):
        _, out = on_terminal(home, "run", "me/m", env=env)
        same(without_warnings(out), f"[*] {'me/m':<50}: \"x\"\r\n[+] Finished me/m\r\n")
    has(on_terminal(home, "--color", "always", "run", "me/m", env={"TERM": "dumb"})[1], "\x1b[34m")


CASES = [f for f in list(globals().values()) if callable(f) and getattr(f, "__module__", "") == "__main__" and getattr(f, "__code__", None)
         and f.__code__.co_varnames[:1] == ("home",) and f.__code__.co_argcount == 1]

if __name__ == "__main__":
    stories.SN0INT = os.path.abspath(sys.argv[1])
    sys.exit(tap.run(CASES, lambda case: case(Home()), sys.argv[2:]))
