#!/usr/bin/env python3
"""rows.py SN0INT [STORY...]: rows looked at, in every form, and changed by hand. TAP."""
import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from stories import Terminal  # noqa: E402
from tap import has, same  # noqa: E402

CONFIG = ".config/sn0int.toml"


def text(home, *args):
    return home.call(*args).decode()


def refused(home, *args, status=2):
    p = subprocess.run([Home.program, *args], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT, stdin=subprocess.DEVNULL)
    same((p.returncode, p.stdout), (status, b""), (args, p.stderr))
    return p.stderr.decode()


def edit_file(home, query, *args, many=False):
    """As another program does it."""
    db = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))
    with db:
        (db.executemany if many else db.execute)(query, *args)
    db.close()


def terminal(home, *args):
    return Terminal(home, *args, program=Home.program, env={**home.env, "TERM": "xterm"})


def shown(t):
    """All that a terminal has shown until its program ended."""
    seen = b""
    try:
        while data := os.read(t.fd, 65536):
            seen += data
    except OSError:
        pass
    return os.waitstatus_to_exitcode(os.waitpid(t.pid, 0)[1]), t.seen + seen.decode("utf-8", "replace")


# ---- select


def tables_are_aligned(home):
    home.call("add", "domain", "--stdin", stdin=b"example.com\na.org\n")
    home.call("add", "network", "long name of a network", "1.5", "-2")
    same(text(home, "select", "--table", "domains"), "id  value        unscoped\n 1  example.com  false\n 2  a.org        false\n")
    same(text(home, "select", "-C", "latitude,value,description", "networks"),
         "latitude  value                   description\n     1.5  long name of a network  \n")
    same(text(home, "select", "--table", "emails"), "")


def columns_are_chosen_for_every_form(home):
    home.call("add", "email", "x@a.com")
    same(json.loads(text(home, "select", "--json", "-C", "valid,value", "emails")), {"valid": None, "value": "x@a.com"})
    same(text(home, "select", "--csv", "-C", "value,valid,id", "emails"), "value,valid,id\r\nx@a.com,,1\r\n")
    has(refused(home, "select", "-C", "valeu", "emails"), "emails have no column 'valeu', did you mean 'value'?")
    has(refused(home, "select", "-C", "x", "emails"), "only id, value, unscoped, valid, displayname")
    has(refused(home, "select", "-C", "id,id", "emails"), "the column id is there twice")
    has(refused(home, "select", "-C", "id", "-c", "emails"), "-C is for --table, --csv and --json, not for -c")
    has(refused(home, "select", "--csv", "--json", "emails"), "exclude each other")


def csv_is_read_by_another_reader(home):
    values = ["plain", "=1+1", "a,b", 'say "x"', "two\nlines", " blanks ", "", "'quoted", "@x", "é", "+1", "-1"]
    home.call("add", "network", "first")
    edit_file(home, "insert into networks (value, description) values (?, ?)", [(f"n{i}", v) for i, v in enumerate(values)], many=True)
    rows = list(csv.reader(io.StringIO(text(home, "select", "--csv", "-C", "value,description", "networks", "where", "id", ">", "1"), newline="")))
    same(rows[0], ["value", "description"])
    same([r[1][1:] if r[1].startswith("'") else r[1] for r in rows[1:]], values)
    assert not any(r[1].startswith(("=", "+", "-", "@")) for r in rows), rows


def what_is_in_a_cell_stays_in_its_line(home):
    home.call("add", "network", "n")
    edit_file(home, "update networks set description = ?", ("a\nb\x1b[31m\u202e",))
    same(text(home, "select", "-C", "description,id", "networks").count("\n"), 2)
    has(text(home, "select", "-C", "description", "networks"), "a\\u{a}b\\u{1b}[31m")


def many_rows_settle_their_columns_by_the_first(home):
    home.call("add", "domain", "a.com")
    edit_file(home, "insert into domains (value) values (?)", [(f"{'x' * (40 if i == 900 else 5)}{i}.com",) for i in range(1000)], many=True)
    lines = text(home, "select", "--table", "domains").splitlines()
    same(len(lines), 1002)
    same({line.index("false") for line in lines[1:] if "x" * 40 not in line}, {19, 20})  # ids of four digits come later


def a_terminal_cuts_a_table_to_its_width(home):
    home.call("add", "network", "n" * 200)
    edit_file(home, "update networks set description = ?", ("d" * 200,))
    status, seen = shown(terminal(home, "select", "--table", "networks"))
    same(status, 0)
    row = seen.splitlines()[1]
    has(row, "nnn...", "ddd...")
    assert len(row.replace("\x1b[0m", "")) <= 80, row


def pager(home, more=""):
    """One that keeps what it was given, and shows how much that is."""
    home.write("page", b'#!/bin/sh\ntee got | wc -l | sed "s/^/paged /"\n')
    os.chmod(os.path.join(home.path, "page"), 0o755)
    home.write(CONFIG, f'[select]\npager = "{home.path}/page"\n{more}'.encode())


def a_pager_gets_what_a_terminal_would(home):
    home.call("add", "domain", "--stdin", stdin=b"a.com\nb.com\n")
    pager(home)
    status, seen = shown(terminal(home, "select", "--pager", "domains"))
    same((status, seen.split()), (0, ["paged", "2"]))
    has(home.content("got").decode(), "\x1b[32m#1", '"a.com"')
    same(text(home, "select", "--pager", "domains"), '#1, "a.com"\n#2, "b.com"\n')


def a_table_can_be_what_persons_get(home):
    home.call("add", "domain", "a.com")
    pager(home, 'format = "table"\n')
    status, seen = shown(terminal(home, "select", "domains"))
    same((status, seen.split()), (0, ["paged", "2"]))
    has(home.content("got").decode(), "unscoped")
    same(text(home, "select", "domains"), '#1, "a.com"\n')
    home.write(CONFIG, b'[select]\nformat = "tabel"\n')
    has(refused(home, "select", "domains", status=1), "select.format is lines or table, not 'tabel'")


def who_leaves_a_pager_has_a_prompt_again(home):
    home.call("add", "domain", "a.com")
    edit_file(home, "insert into domains (value) values (?)", [(f"{i}.com",) for i in range(20000)], many=True)
    home.write("page", b"#!/bin/sh\nhead -n 1; exec 0<&-; echo left\n")
    os.chmod(os.path.join(home.path, "page"), 0o755)
    home.write(CONFIG, f'[select]\npager = "{home.path}/page"\n'.encode())
    t = terminal(home)
    t.expect(r"\] > ")
    t.type("select --pager domains\n")
    t.expect("left")
    t.expect(r"\] > ")
    t.type("select -c domains\n")
    t.expect("20001")
    t.type("quit\n")
    same(t.end(), 0)


def a_pager_that_is_not_there_is_told(home):
    home.call("add", "domain", "a.com")
    home.write(CONFIG, b'[select]\npager = "no-such-pager -R"\n')
    status, seen = shown(terminal(home, "select", "--pager", "domains"))
    same(status, 0)
    has(seen, "cannot start the pager no-such-pager", "a.com")


STORIES = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) and f.__module__ == __name__
           and f.__code__.co_varnames[:f.__code__.co_argcount] == ("home",) and not f.__code__.co_flags & 4]


def tell(story):
    with tempfile.TemporaryDirectory(prefix="rows") as folder:
        story(Home(folder))


def main():
    Home.program = os.path.abspath(sys.argv[1])
    sys.exit(tap.run(STORIES, tell, sys.argv[2:]))


if __name__ == "__main__":
    main()
