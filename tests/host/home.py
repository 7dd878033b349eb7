"""A home of its own for a test of whole commands, and how to look into it."""
import json
import os
import sqlite3
import struct
import subprocess
import sys
import zlib

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from tap import same  # noqa: E402

WAIT = 240


def png(n=0):
    """A picture of one pixel, each n another."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes((0, n)))) + chunk(b"IEND", b"")


# Columns that differ from one run of a test to the next.
MOVING = ("time", "run_on", "expires", "last_seen", "uuid", "started", "ended", "since", "cpu_ms", "memory_kib")
MOVING_OF_OUTBOX = ("created", "delivery", "not_before", "sent")
# Tables of who did what, docs/database.md: a command that fails leaves how far it came.
RECORDS = ("sn0int_schema", "digest", "run", "unit", "attempt", "exchange", "origin", "seen", "outbox")


class Home:
    """A folder, and what it holds as a person would see it."""
    program = None

    def __init__(self, path):
        self.path = path
        self.env = {"HOME": path, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        self.share = os.path.join(path, ".local/share/sn0int")

    def call(self, *args, stdin=b""):
        p = subprocess.run([Home.program, *args], input=stdin, env=self.env, cwd=self.path, capture_output=True, timeout=WAIT)
        same(p.returncode, 0, (args, p.stdout, p.stderr))
        return p.stdout

    def module(self, name, *headers, body="end"):
        """The file of a module that can be run as it is named."""
        head = "".join(f"-- {h}\n" for h in ("Description: x", "Version: 0.1.0", "License: GPL-3.0", *headers))
        self.write(f".local/share/sn0int/modules/{name}.lua", f"{head}\nfunction run(arg)\n{body}\n".encode())

    def write(self, name, data):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)

    def files(self):
        """Relative paths of all files; a database is more than its file, a lock stays where it is, and a history that was
        locked and not written yet is none."""
        found = set()
        for folder, _, names in os.walk(self.path):
            found |= {os.path.relpath(os.path.join(folder, n), self.path) for n in names}
        found -= {f for f in found if f.endswith("/history") and os.path.getsize(os.path.join(self.path, f)) == 0}
        return {f for f in found if not f.endswith((".sqlite", "-wal", "-shm", "-journal", ".lock"))}

    def content(self, name):
        with open(os.path.join(self.path, name), "rb") as f:
            return f.read()

    def tables(self, path):
        """Rows of each table but their times. A database that is not there, or has no tables yet, holds nothing."""
        db = sqlite3.connect(path)
        try:
            same(db.execute("pragma integrity_check").fetchall(), [("ok",)], path)
            same(db.execute("pragma foreign_key_check").fetchall(), [], path)
            held = {}
            for (table,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
                rows = db.execute(f'select * from "{table}"')
                moving = MOVING + (MOVING_OF_OUTBOX if table == "outbox" else ())
                keep = [i for i, c in enumerate(rows.description) if c[0] not in moving]
                lines = sorted(repr(tuple(r[i] for i in keep)) for r in rows)
                if lines and not table.startswith(("sqlite_", "__")):
                    held[table] = lines
            return held
        finally:
            db.close()

    def rows(self, query, *args, workspace="default"):
        """What a query gives; nothing where there is no such database, or no table in it yet."""
        path = os.path.join(self.share, "data", workspace, "db.sqlite")
        if not os.path.exists(path):
            return []
        db = sqlite3.connect(path)
        try:
            same(db.execute("pragma integrity_check").fetchall(), [("ok",)], path)
            return db.execute(query, args).fetchall() if db.execute("select 1 from sqlite_master").fetchone() else []
        finally:
            db.close()

    def look(self):
        files = {name: self.content(name) for name in self.files()}
        ring = os.path.relpath(os.path.join(self.share, "keyring.json"), self.path)
        if ring in files:
            files[ring] = json.loads(files[ring])
        packages = os.path.relpath(os.path.join(self.share, "packages.json"), self.path)
        if packages in files:
            files[packages] = json.loads(files[packages])
            for row in files[packages]["packages"].values():
                del row["installed"]  # a time
        data, rows, records = os.path.join(self.share, "data"), {}, {}
        for name in os.listdir(data) if os.path.isdir(data) else ():
            path = os.path.join(data, name, "db.sqlite")
            held = self.tables(path) if os.path.exists(path) and os.path.getsize(path) else {}
            records[name] = {table: held.pop(table) for table in RECORDS if table in held}
            if held:
                rows[name] = held
        return {"files": files, "rows": rows, "records": {name: r for name, r in records.items() if r.keys() - {"sn0int_schema"}}}

    def cut_off(self, workspace="default"):
        """Runs and attempts of which there is no end."""
        return [self.rows(f"select * from {table} where outcome is null", workspace=workspace) for table in ("run", "attempt")]
