#!/usr/bin/env python3
"""log.py SN0INT [CASE...]: rows that a child was told are stored, with kill -9 at any moment and another program that reads. TAP.

The log of the database leaves in one write a commit (src/host/db/wal/wal.h). Here the host is killed while it stores row after row: what its
child was told, and what was printed, has to be there, with all of its commit and nothing torn. The other program is Python's sqlite3, which
knows nothing of that; it reads all the while, the kills included. SN0INT_KILLS says how often; the default is for make check.
"""
import json
import os
import random
import re
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from tap import same  # noqa: E402

KILLS = int(os.environ.get("SN0INT_KILLS", "20"))
ROWS = 1500  # of a run, unless it is killed before
PLACES = 20  # kills in one home
MOST_DELAY = 0.15  # seconds from the first row to the kill

# Each row is one commit, with who made it; a log in pieces would show as numbers that differ.
SEEN = ("SELECT (SELECT count(*) FROM emails), (SELECT coalesce(max(id), 0) FROM emails), "
        "(SELECT count(*) FROM origin WHERE family = 'email' AND what = 'added')")


def play_child(told):
    """Adds rows until it has added them all, or its host is gone; told: a file of those that it was told are stored."""
    json.loads(sys.stdin.readline())  # the start
    name = os.path.basename(told)
    with open(told, "ab", buffering=0) as f:
        for i in range(ROWS):
            value = f"{name}-{i}@example.com"
            print(json.dumps({"Database": {"Insert": {"Email": {"value": value}}}}), flush=True)
            line = sys.stdin.readline()
            if not line:
                return
            if "Inserted" not in json.loads(line)["Ok"]:
                raise AssertionError(line)
            f.write(value.encode() + b"\n")
    print(json.dumps({"Exit": "Ok"}), flush=True)


def play_reader(path):
    """Reads until its standard input ends; says how often, or what it saw that was torn."""
    db = sqlite3.connect(path, timeout=WAIT)
    most = n = 0
    while n == 0 or not select.select([sys.stdin], [], [], 0)[0]:
        rows, last, origins = db.execute(SEEN).fetchone()
        if not rows == last == origins or rows < most:
            sys.exit(f"torn: {rows} rows of {most}, the last {last}, {origins} origins")
        most = rows
        n += 1
    print(n)


class Reader:
    def __init__(self, path):
        self.p = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--reader", path], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def end(self):
        out, err = self.p.communicate(timeout=WAIT)
        same((self.p.returncode, err), (0, b""))
        return int(out)


def run_until(home, told, delay):
    """A run that is killed so long after its child was told of the first row; what it printed, and whether it was killed."""
    child = f"'{sys.executable}' '{os.path.abspath(__file__)}' --child '{told}'"
    p = subprocess.Popen([Home.program, "run", "me/m", "--child", child], env=home.env, cwd=home.path, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    out = p.stdout.readline()
    try:
        out += p.communicate(timeout=delay)[0]
    except subprocess.TimeoutExpired:
        p.send_signal(signal.SIGKILL)
        out += p.communicate(timeout=WAIT)[0]  # and its child has ended, which has its standard output, too
    assert p.returncode in (0, -signal.SIGKILL), (p.returncode, out[-500:])
    return out, p.returncode != 0


def stored(path):
    db = sqlite3.connect(path)
    try:
        same(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        rows, last, origins = db.execute(SEEN).fetchone()
        same((rows, origins), (last, last))
        return {value for (value,) in db.execute("SELECT value FROM emails")}
    finally:
        db.close()


def kill_in(home, kills):
    """That often in one home; how many were killed, and how many rows were told of."""
    home.module("me/m")
    home.call("select", "emails")
    path = os.path.join(home.share, "data/default/db.sqlite")
    reader = Reader(path)
    killed, all_told = 0, set()
    for i in range(kills):
        told = os.path.join(home.path, f"told{i}")
        out, was_killed = run_until(home, told, random.uniform(0, MOST_DELAY))
        killed += was_killed
        said = set(re.findall(r'Adding email "([^"]+)"', out.decode()))
        all_told |= {line.decode() for line in home.content(f"told{i}").splitlines()} | said
        same(all_told - stored(path), set(), "told of, and not there")
    return killed, len(all_told), reader.end()


def what_was_told_is_there_after_a_kill():
    killed = told = seen = 0
    for first in range(0, KILLS, PLACES):
        with tempfile.TemporaryDirectory() as folder:
            sums = kill_in(Home(folder), min(PLACES, KILLS - first))
            killed, told, seen = killed + sums[0], told + sums[1], seen + sums[2]
    print(f"# {killed} of {KILLS} were killed, {told} rows told of, read {seen} times", flush=True)
    assert killed and told and seen, (killed, told, seen)


CASES = [what_was_told_is_there_after_a_kill]


def main():
    role = {"--child": play_child, "--reader": play_reader}.get(sys.argv[1])
    if role:
        return role(sys.argv[2])
    Home.program = os.path.abspath(sys.argv[1])
    return tap.run(CASES, lambda case: case(), sys.argv[2:])


sys.exit(main())
