#!/usr/bin/env python3
"""filters.py SN0INT: random filters, and what Python's SQLite finds for the same tree written as SQL with typed literals. TAP.

Each filter is written as words in a random style (operators and parentheses joined to their words or not, lists as one word or as
several, values in quotes or not) and asked for at the prompt. What differs is told with its seed: SN0INT_SEED=... runs it again.
SN0INT_FILTERS says how many are tried a family; the default is for make check.
"""
import os
import random
import shlex
import sqlite3
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from tap import same  # noqa: E402

STEPS = int(os.environ.get("SN0INT_FILTERS", "150"))
SEED = os.environ.get("SN0INT_SEED")
ROWS = 60
TEXTS = ["", "a", "b", "ab", "Ab", "o'neil", "a b", "%", "(x)", "x)", "and", "null", "=", "'q'", '"', "a,b", "é", "10", "order", "select 1"]
LOWER = sorted({t.lower() for t in TEXTS})
TIMES = ["2019-12-31 23:59:59", "2020-01-01 00:00:00", "2020-01-01 08:28:57", "2020-01-01 08:28:57.500", "2020-02-29 12:00:00", "2021-01-01 00:00:00"]
INTS = [0, 1, 2, 7, 10, -1, 2147483647]


def single(d):
    return struct.unpack("f", struct.pack("f", d))[0]


FLOATS = [0.0, 1.0, 52.1, -0.5, 13.25]
# family: its columns, and of which kind they are
FAMILIES = {
    "domains": {"id": "int", "value": "lower", "unscoped": "bool"},
    "subdomains": {"id": "int", "domain_id": "int", "value": "lower", "unscoped": "bool", "resolvable": "bool"},
    "devices": {"id": "int", "value": "lower", "name": "text", "hostname": "text", "last_seen": "time", "unscoped": "bool"},
    "ipaddrs": {"id": "int", "value": "text", "country": "text", "asn": "int", "latitude": "float", "unscoped": "bool"},
    "urls": {"id": "int", "value": "text", "path": "text", "status": "int", "body": "bytes", "online": "bool", "unscoped": "bool"},
}
NEEDED = {"value", "unscoped", "domain_id", "path", "subdomain_id", "family"}


def stored(rng, table, column, kind, n):
    if column == "domain_id":
        return rng.randint(1, ROWS)
    if column == "value":
        return rng.choice(LOWER) + str(n)
    if column not in NEEDED and rng.random() < 0.3:
        return None
    return {"int": lambda: rng.choice(INTS), "text": lambda: rng.choice(TEXTS), "lower": lambda: rng.choice(LOWER), "bool": lambda: rng.randint(0, 1),
            "time": lambda: rng.choice(TIMES), "float": lambda: single(rng.choice(FLOATS)), "bytes": lambda: rng.choice(TEXTS).encode()}[kind]()


def fill(home, rng):
    home.call("add", "domain", "x.com")
    db = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))
    with db:
        db.execute("delete from domains")
        for table, columns in FAMILIES.items():
            more = {"ipaddrs": {"family": "4"}, "urls": {"subdomain_id": 1}}.get(table, {})
            for n in range(1, ROWS + 1):
                row = {c: n if c == "id" else stored(rng, table, c, k, n) for c, k in columns.items()} | more
                db.execute(f"insert into {table} ({','.join(row)}) values ({','.join('?' * len(row))})", list(row.values()))
    return db


def literal(value):
    if isinstance(value, bytes):
        return "x'" + value.hex() + "'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


class Style:
    """How a tree is written: what is chosen here is the same filter."""

    def __init__(self, rng):
        self.rng = rng

    def keyword(self, word):
        return self.rng.choice([word, word, word.upper()])

    def quoted(self, text):
        q = self.rng.choice("'\"")
        return q + text.replace(q, q + q) + q

    def plain(self, text, in_list):
        """Whether it may stand without quotes."""
        if not text or text[0] in "'\"" or text.startswith(("(select", "select ")) or text.endswith(")"):
            return False
        return not in_list or (text == text.strip() and not set(text) & set(",()"))

    def value(self, text, in_list=False):
        return text if self.plain(text, in_list) and self.rng.random() < 0.7 else self.quoted(text)

    def compare(self, column, op, text):
        value = self.value(text)
        ways = [[column, op, value]]
        if value[0] not in "=<>":
            ways += [[column + op + value], [column, op + value]]
        if value not in ("and", "or", "order", "limit"):
            ways.append([column + op, value])
        return self.rng.choice(ways)

    def list(self, texts):
        items = [self.value(t, True) for t in texts]
        if self.rng.random() < 0.5:
            return ["(" + self.rng.choice([",", ", ", " , "]).join(items) + ")"]
        words = ["("]
        for n, item in enumerate(items):
            words += [",", item] if n and self.rng.random() < 0.5 else [item] if not n else ["," + item]
        return words + [")"]

    def group(self, words):
        if self.rng.random() < 0.5:
            return ["(", *words, ")"]
        words = ["(" + words[0], *words[1:]]
        return [*words[:-1], words[-1] + ")"]


SIGNS = {"=": "=", "==": "=", "!=": "<>", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def typed(rng, kind):
    """A value as text, as what the column holds, and how much of the column it is compared with (None: all)."""
    if kind == "int":
        v = rng.choice(INTS + [1.5])
        return str(v), v, None
    if kind == "float":
        v = rng.choice(FLOATS)
        return str(v), single(v), None
    if kind == "bool":
        v = rng.randint(0, 1)
        return rng.choice([str(v), ["false", "true"][v], ["FALSE", "True"][v]]), v, None
    if kind == "time":
        v = rng.choice(TIMES)
        n = rng.choice([4, 7, 10, 13, 16, 19, len(v)])
        v = v[:n]
        return (v if rng.random() < 0.5 else v.replace(" ", "T")), v, n if n < 19 else None
    v = rng.choice(TEXTS)
    if kind == "bytes":
        return v, v.encode(), None
    return v, v.lower() if kind == "lower" else v, None


def test(rng, style, columns):
    """Words and SQL."""
    column, kind = rng.choice(list(columns.items()))
    name = sql = as_text = column
    if kind in ("text", "lower", "bytes") and rng.random() < 0.2:
        function = rng.choice(["length", "lower"])
        name, kind = rng.choice([f"{function}({column})", f"{function.upper()}( {column} )".replace(" ", "")]), "int" if function == "length" else "lower"
        sql = as_text = f"{function}({'cast(' + column + ' as text)' if columns[column] == 'bytes' and function == 'lower' else column})"
    elif kind == "bytes":
        as_text = f"cast({column} as text)"
    part = lambda n: sql if n is None else f"substr({sql}, 1, {n})"
    what = rng.random()
    no = rng.random() < 0.3
    if what < 0.5:
        op = rng.choice(list(SIGNS))
        text, value, n = typed(rng, kind)
        return style.compare(name, op, text), f"({part(n)} {SIGNS[op]} {literal(value)})"
    if what < 0.6 and kind not in ("bool", "float"):
        op = rng.choice(["like", "glob"])
        text = rng.choice(["a%", "%b%", "_", "*", "a*", "1%", "[ab]*", "?", "%", "2020-01-01T0%", "A%", "o'%"])
        value = text.replace("T", " ") if kind == "time" else text.lower() if kind == "lower" else text
        return [name, *([style.keyword("not")] if no else []), style.keyword(op), style.value(text)], f"({as_text} {'not ' * no}{op} {literal(value)})"
    if what < 0.75:
        states = ["null"] + (["true", "false"] if kind in ("int", "float", "bool") else [])
        state = rng.choice(states)
        return [name, style.keyword("is"), *([style.keyword("not")] if no else []), style.keyword(state)], f"({sql} is {'not ' * no}{state})"
    if what < 0.87:
        values = [typed(rng, kind) for _ in range(rng.randint(1, 4))]
        words = [name, *([style.keyword("not")] if no else []), style.keyword("in"), *style.list([t for t, _, _ in values])]
        return words, f"({'not ' * no}({' or '.join(f'{part(n)} = {literal(v)}' for _, v, n in values)}))"
    if what < 0.95 or kind not in ("int", "float", "bool"):
        (a, low, n), (b, high, m) = typed(rng, kind), typed(rng, kind)
        words = [name, *([style.keyword("not")] if no else []), style.keyword("between"), style.value(a), style.keyword("and"), style.value(b)]
        return words, f"({'not ' * no}({part(n)} >= {literal(low)} and {part(m)} <= {literal(high)}))"
    return [name], f"({sql} <> 0)"


def tree(rng, style, columns, depth):
    if depth == 0 or rng.random() < 0.3:
        if rng.random() < 0.05:
            word = rng.choice(["true", "false", "1", "0"])
            return [word], word
        return test(rng, style, columns)
    kind = rng.choice(["and", "or", "not"])
    parts = [tree(rng, style, columns, depth - 1) for _ in range(1 if kind == "not" else rng.randint(2, 3))]
    parts = [(style.group(w), s) for w, s in parts]
    if kind == "not":
        return [style.keyword("not"), *parts[0][0]], f"(not {parts[0][1]})"
    words = parts[0][0]
    for w, _ in parts[1:]:
        words = words + [style.keyword(kind), *w]
    return words, "(" + f" {kind} ".join(s for _, s in parts) + ")"


def whole(rng, table):
    style, columns = Style(rng), FAMILIES[table]
    words, sql = tree(rng, style, columns, rng.randint(0, 3))
    words, sql = ["where", *words], f"select id from {table} where {sql}"
    if rng.random() < 0.3:
        column, down = rng.choice(list(columns)), rng.random() < 0.5
        words += ["order", "by", *([column + ",", "id"] if rng.random() < 0.5 else [column, ",id"])] if not down else ["order", "by", column, "desc,", "id"]
        sql += f" order by {column}{' desc' * down}, id"
    if rng.random() < 0.3:
        n, m = rng.randint(0, 5), rng.randint(0, 3)
        words += ["limit", str(n), *(["offset", str(m)] if m else [])]
        sql += f" limit {n} offset {m}"
    return words, sql


def filters_find_what_sqlite_finds(table):
    def case(home):
        seed = SEED or str(random.randrange(1 << 32))
        rng = random.Random(seed + table)
        db = fill(home, rng)
        tried = [whole(rng, table) for _ in range(STEPS)]
        lines = "".join(f"select --json {table} {shlex.join(words)}\n!echo ---\n" for words, _ in tried)
        p = subprocess.run([Home.program], input=lines.encode(), env=home.env, cwd=home.path, capture_output=True, timeout=10 * WAIT)
        same(p.stderr.decode(), "", f"SN0INT_SEED={seed}")
        answers = p.stdout.decode().split("Loaded", 1)[1].split("\n", 1)[1].split("---\n")
        some = 0
        for (words, sql), answer in zip(tried, answers):
            got = [int(line.split(":", 1)[1].split(",")[0]) for line in answer.splitlines() if line.startswith("{")]
            want = [i for (i,) in db.execute(sql)]
            some += 0 < len(want) < ROWS
            if "order by" not in sql:
                if "limit" in sql:
                    got, want = len(got), len(want)
                else:
                    got, want = sorted(got), sorted(want)
            same(got, want, f"SN0INT_SEED={seed}\n  {shlex.join(words)}\n  {sql}")
        assert len(answers) > len(tried) and some > STEPS / 4, (len(answers), some)
    case.__name__ = "filters_of_" + table + "_find_what_sqlite_finds"
    return case


def run(case):
    with tempfile.TemporaryDirectory() as folder:
        case(Home(folder))


def main():
    Home.program = os.path.abspath(sys.argv[1])
    return tap.run([filters_find_what_sqlite_finds(t) for t in FAMILIES], run)


sys.exit(main())
