"""The host: inserts of a run against sqlite3, and what it costs to keep who did them."""
import os
import sqlite3
import subprocess
import tempfile
import time

from tools import HEADER, seconds, table

ROWS = 10000
ADD = f"function run() for i = 1, {ROWS} do db_add('email', {{value='u' .. i .. '@example.com'}}) end end\n"


def sqlite_rows(db):
    schema = ("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
              "CREATE TABLE IF NOT EXISTS emails (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, value VARCHAR NOT NULL,"
              " unscoped BOOLEAN DEFAULT 0 NOT NULL, valid BOOLEAN, displayname VARCHAR, CONSTRAINT email_unique UNIQUE (value));\n")
    sql = schema + "".join(f"INSERT INTO emails (value) VALUES ('u{i}@example.com');\n" for i in range(1, ROWS + 1))
    return seconds(["sqlite3", db], input=sql.encode())


def best(measure, turns=3):
    return min(measure() for _ in range(turns))


def sqlite():
    with tempfile.TemporaryDirectory() as home:
        return sqlite_rows(os.path.join(home, "x.db"))


def database(home):
    return os.path.join(home, ".local/share/sn0int/data/default/db.sqlite")


def sn0int(program, turns=1, is_kept=True):
    """Seconds of each turn: the rows are new in the first; and the bytes of the file."""
    with tempfile.TemporaryDirectory() as home:
        module = os.path.join(home, "m.lua")
        with open(module, "w") as f:
            f.write(HEADER + ADD)
        env = {"HOME": home, "PATH": os.environ["PATH"]}
        subprocess.run([program, "select", "emails"], env=env, check=True, stdout=subprocess.DEVNULL)
        if not is_kept:
            sql(database(home), "UPDATE sn0int_schema SET version = 1000000")  # of a newer program: nothing is kept
        run = [program, "run", "-f", module]
        return [seconds(run, env=env, stderr=subprocess.DEVNULL) for _ in range(turns)], os.path.getsize(database(home))


def sql(path, text):
    """Seconds of a statement, as another program does it."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = NORMAL")
    begun = time.monotonic()
    db.execute(text)
    took = time.monotonic() - begun
    db.close()
    return took


def changed_by_others(program, has_triggers):
    """Seconds in which another program updates all rows, and deletes them."""
    with tempfile.TemporaryDirectory() as home:
        env = {"HOME": home, "PATH": os.environ["PATH"]}
        mails = "".join(f"u{i}@example.com\n" for i in range(ROWS))
        subprocess.run([program, "add", "email", "--stdin"], input=mails.encode(), env=env, check=True, stdout=subprocess.DEVNULL)
        if not has_triggers:
            for what in ("changed", "removed"):
                sql(database(home), f"DROP TRIGGER sn0int_{what}_emails")
        return sql(database(home), "UPDATE emails SET displayname = 'x'"), sql(database(home), "DELETE FROM emails")


def opened(path):
    """Seconds to the first answer: all tables and triggers are read before it."""
    begun = time.monotonic()
    db = sqlite3.connect(path)
    db.execute("SELECT count(*) FROM emails").fetchall()
    took = time.monotonic() - begun
    db.close()
    return took


def open_by_others(program):
    """Seconds to open a workspace with our tables and triggers, and without."""
    with tempfile.TemporaryDirectory() as home:
        env = {"HOME": home, "PATH": os.environ["PATH"]}
        subprocess.run([program, "select", "emails"], env=env, check=True, stdout=subprocess.DEVNULL)
        ours = best(lambda: opened(database(home)), 50)
        db = sqlite3.connect(database(home))
        for kind, name in db.execute("SELECT type, name FROM sqlite_master WHERE name GLOB 'sn0int_*' OR name IN "
                                     "('digest', 'run', 'unit', 'attempt', 'origin', 'seen') ORDER BY type DESC").fetchall():
            db.execute(f"DROP {kind} {name}")
        db.close()
        return ours, best(lambda: opened(database(home)), 50)


def least(measure, without, having, turns):
    """(without, with) of each column: the least, measured in turn, so that what else the machine does hits both."""
    both = [(measure(without), measure(having)) for _ in range(turns)]
    return [tuple(min(turn[which][i] for turn in both) for which in (0, 1)) for i in range(len(both[0][0]))]


def records(build):
    program = os.path.join(build, "sn0int")
    bench = os.path.join(build, "bench/insert")
    names = (f"sn0int run, {ROWS} new rows", "the same again: rows that are there", "the file, KiB")

    def whole(is_kept):
        times, size = sn0int(program, 2, is_kept)
        return [s * 1000 for s in times] + [size / 1024]

    def inside(author):
        with tempfile.TemporaryDirectory() as home:
            args = [bench, os.path.join(home, "x.db"), str(ROWS), "1", author]
            return [float(ms) for ms in subprocess.run(args, check=True, capture_output=True, text=True).stdout.split()]

    def others(has_triggers):
        return [s * 1000 for s in changed_by_others(program, has_triggers)]

    rows = [(n, *pair) for n, pair in zip(names, least(whole, False, True, 15))]
    names = (f"db_insert, {ROWS} new rows, a commit each", "db_insert, rows that are there, a commit each")
    rows += [(n, *pair) for n, pair in zip(names, least(inside, "nobody", "module", 15))]
    names = (f"another program updates {ROWS} rows", "and deletes them")
    rows += [(n, *pair) for n, pair in zip(names, least(others, False, True, 5))]
    ours, bare = open_by_others(program)
    rows.append(("another program opens the file", bare * 1000, ours * 1000))
    table("Who did it", ["what", "without, ms", "with, ms", "ratio"],
          [(n, f"{a:.2f}", f"{b:.2f}", f"{b / a:.2f}") for n, a, b in rows])


def run(build):
    floor = best(sqlite)
    ours = best(lambda: sn0int(os.path.join(build, "sn0int"))[0][0])
    rows = [("sqlite3, one transaction a row, WAL", floor), ("sn0int run", ours)]
    if os.environ.get("PEER"):
        rows.append(("the reference", best(lambda: sn0int(os.environ["PEER"])[0][0])))
    table(f"{ROWS} new rows", ["what", "ms", "ratio"], [(n, f"{s * 1000:.0f}", f"{s / floor:.2f}") for n, s in rows])
    records(build)
