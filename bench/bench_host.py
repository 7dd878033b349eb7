"""The host: inserts of a run against sqlite3."""
import os
import subprocess
import tempfile

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


def sn0int(program):
    with tempfile.TemporaryDirectory() as home:
        module = os.path.join(home, "m.lua")
        with open(module, "w") as f:
            f.write(HEADER + ADD)
        env = {"HOME": home, "PATH": os.environ["PATH"]}
        subprocess.run([program, "workspace"], env=env, check=True, stdout=subprocess.DEVNULL)
        return seconds([program, "run", "-f", module], env=env)


def run(build):
    floor = best(sqlite)
    ours = best(lambda: sn0int(os.path.join(build, "sn0int")))
    rows = [("sqlite3, one transaction a row, WAL", floor), ("sn0int run", ours)]
    if os.environ.get("PEER"):
        rows.append(("the reference", best(lambda: sn0int(os.environ["PEER"]))))
    table(f"{ROWS} new rows", ["what", "ms", "ratio"], [(n, f"{s * 1000:.0f}", f"{s / floor:.2f}") for n, s in rows])
