"""The host: rows of a run against sqlite3, runs with many targets, and what it costs to keep who did what."""
import os
import shutil
import sqlite3
import subprocess

from frame import Folder, Missing, Row, Side, Table
from tools import HEADER, file_of

N = 10000
TARGETS = 100
ADD = file_of(HEADER + f"function run() for i = 1, {N} do db_add('email', {{value='u' .. i .. '@example.com'}}) end end\n")
DOMAINS = HEADER.rstrip("\n") + "\n-- Source: domains\n\n"
NOTHING = file_of(DOMAINS + "function run() end\n")
TELLING = file_of(DOMAINS + "function run(arg) info(arg.value) end\n")
EMAILS = "".join(f"u{i}@example.com\n" for i in range(1, N + 1))
SQL = ("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
       "CREATE TABLE IF NOT EXISTS emails (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, value VARCHAR NOT NULL,"
       " unscoped BOOLEAN DEFAULT 0 NOT NULL, valid BOOLEAN, displayname VARCHAR, CONSTRAINT email_unique UNIQUE (value));\n"
       + "".join(f"INSERT INTO emails (value) VALUES ('u{i}@example.com');\n" for i in range(1, N + 1)))
LOOK = "".join(f"SELECT id FROM emails WHERE value = 'u{i}@example.com';\n" for i in range(1, N + 1))
ANOTHER_PROGRAM = "PRAGMA synchronous = NORMAL; "


def database(home):
    return os.path.join(home, ".local/share/sn0int/data/default/db.sqlite")


def sql(path, *statements):
    db = sqlite3.connect(path)
    got = [db.execute(s).fetchall() for s in statements]
    db.commit()
    db.close()
    return got[-1]


def given(program, *words, given=""):
    """A maker of a HOME in which this command has been given."""
    def make(home):
        subprocess.run([program.host, *words], input=given, text=True, env={**os.environ, "HOME": home}, check=True, stdout=subprocess.DEVNULL)
    return make


def new(program):
    return given(program, "select", "emails")


def filled(program):
    return given(program, "add", "email", "--stdin", given=EMAILS)


def unkept(make):
    """The same HOME, of which a newer program keeps the records, so that ours keeps nothing."""
    def made(home):
        make(home)
        sql(database(home), "UPDATE sn0int_schema SET version = 1000000")
    return made


def counts(path, table, n):
    def count():
        got = sql(path, f"SELECT count(*) FROM {table}")[0][0]
        return None if got == n else f"{got} rows in {table}, not {n}"
    return count


def run_of(program, module, make, *words, **more):
    home = Folder(make)
    argv = [program.host, "run", *words, "-f", module]
    return home, Side(argv, env={"HOME": home.path}, before=home.renew, **more)


def add(program, make):
    home, side = run_of(program, ADD, make)
    side.after = counts(database(home.path), "emails", N)
    return side


def sqlite(given, path, make=lambda folder: None, after=None):
    """The tool over a file."""
    if shutil.which("sqlite3") is None:
        raise Missing("sqlite3")
    folder = Folder(make)
    path = os.path.join(folder.path, path)
    return Side(["sqlite3", path], file_of(given), before=folder.renew, after=after and after(path))


def sqlite_add(_):
    return sqlite(SQL, "x.db", after=lambda path: counts(path, "emails", N))


def sqlite_look(_):
    """Each row looked for, in the file that the other floor has made."""
    def make(folder):
        subprocess.run(["sqlite3", os.path.join(folder, "x.db")], input=SQL, text=True, check=True, stdout=subprocess.DEVNULL)
    side = sqlite(LOOK, "x.db", make)
    side.check = lambda output: None if output.count("\n") == N else "rows are missing"
    return side


def targets(at_once):
    """A run over many, of which each child does nothing; that all are there is seen by a module that tells."""
    def check(output):
        seen = sum(line.startswith('[*] "d') for line in output.splitlines())
        return None if seen == TARGETS and "errors)" not in output else f"{seen} targets, not {TARGETS}: {output[-200:]}"

    def side(program):
        fill = given(program, "add", "domain", "--stdin", given="".join(f"d{i}.com\n" for i in range(TARGETS)))
        _, side = run_of(program, NOTHING, fill, f"-j{at_once}", check=check)
        side.shown = side.argv[:-1] + [TELLING]
        return side

    def floor(program):
        return Side([program.bench("starts"), str(TARGETS), str(at_once), program.bench("nothing")])
    return Row(f"targets-j{at_once}", f"run -j{at_once}, {TARGETS} targets, of which each does nothing", side,
               {f"{TARGETS} programs that do nothing": floor})


def insert(author, make):
    """db_insert() alone: a commit each."""
    def side(program):
        folder = Folder(lambda home: make(program, os.path.join(home, "x.db")))
        path = os.path.join(folder.path, "x.db")
        return Side([program.bench("insert"), path, str(N), "1", author], before=folder.renew, after=counts(path, "emails", N))
    return side


def no_file(program, path):
    pass


def full_file(program, path):
    subprocess.run([program.bench("insert"), path, str(N), "1", "nobody"], check=True, stdout=subprocess.DEVNULL)


def without_triggers(make):
    def made(home):
        make(home)
        sql(database(home), *(f"DROP TRIGGER sn0int_{what}_emails" for what in ("changed", "removed")))
    return made


def without_tables(make):
    """As the reference has it."""
    def made(home):
        make(home)
        db = sqlite3.connect(database(home))
        for kind, name in db.execute("SELECT type, name FROM sqlite_master WHERE name GLOB 'sn0int_*' OR name IN "
                                     "('digest', 'run', 'unit', 'attempt', 'origin', 'seen') ORDER BY type DESC").fetchall():
            db.execute(f"DROP {kind} {name}")
        db.close()
    return made


def other(statement, change, make, left):
    """What another program pays: the tool with a statement, less the tool that looks."""
    def side(program):
        path = os.path.relpath(database("/"), "/")
        side = sqlite(ANOTHER_PROGRAM + statement, path, change(make(program)), after=left)
        side.less = sqlite(ANOTHER_PROGRAM + "SELECT count(*) FROM emails;", path, change(make(program)))
        return side
    return side


def opens(change):
    def side(program):
        side = sqlite("SELECT 1 FROM emails LIMIT 1;", os.path.relpath(database("/"), "/"), change(new(program)))
        side.less = Side(["sqlite3", ":memory:"], file_of("SELECT 1;"))
        return side
    return side


def as_it_is(make):
    return make


def size(change):
    """KiB of the file after a run."""
    def side(program):
        def kib():
            home, side = run_of(program, ADD, change(new(program)))
            home.renew()
            subprocess.run(side.argv, env={**os.environ, **side.env}, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return os.path.getsize(database(home.path)) / 1024
        return Side([], kib=kib)
    return side


ALONE = "nothing is kept"
UNTOUCHED = "without our triggers"
UPDATE = "UPDATE emails SET displayname = 'x';"
DELETE = "DELETE FROM emails;"

TABLES = [
    Table("rows", "Rows and targets of a run", [
        Row("add", f"{N:,} db_add, new rows, through run", lambda p: add(p, new(p)), {"sqlite3, a transaction a row, WAL": sqlite_add}),
        Row("add-again", "the same, rows that are there", lambda p: add(p, filled(p)), {"sqlite3, a SELECT a row": sqlite_look}),
        targets(1), targets(2), targets(8),
    ]),
    Table("authors", "Who did it", [
        Row("author-run", f"sn0int run, {N:,} new rows", lambda p: add(p, new(p)), {ALONE: lambda p: add(p, unkept(new(p)))}, has_peer=False),
        Row("author-again", "the same, rows that are there", lambda p: add(p, filled(p)), {ALONE: lambda p: add(p, unkept(filled(p)))},
            has_peer=False),
        Row("author-insert", f"db_insert, {N:,} new rows, a commit each", insert("module", no_file), {ALONE: insert("nobody", no_file)},
            has_others=False),
        Row("author-there", "db_insert, rows that are there, a commit each", insert("module", full_file), {ALONE: insert("nobody", full_file)},
            has_others=False),
        Row("other-update", f"another program updates {N:,} rows", other(UPDATE, as_it_is, filled, lambda path: counts(path, "emails", N)),
            {UNTOUCHED: other(UPDATE, without_triggers, filled, lambda path: counts(path, "emails", N))}, has_peer=False),
        Row("other-delete", "and deletes them", other(DELETE, as_it_is, filled, lambda path: counts(path, "emails", 0)),
            {UNTOUCHED: other(DELETE, without_triggers, filled, lambda path: counts(path, "emails", 0))}, has_peer=False),
        Row("other-open", "another program opens the file", opens(as_it_is), {"without our tables": opens(without_tables)}, has_peer=False),
    ]),
    Table("file", "The file of a workspace", [
        Row("file-size", f"after a run with {N:,} new rows", size(as_it_is), {ALONE: size(unkept)}, has_kib=True),
    ]),
]
