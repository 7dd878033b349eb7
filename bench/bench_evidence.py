"""What it costs to keep what a run exchanges with the outside: each level against a run that keeps nothing of it."""
import functools
import os
import random

import bench_host
import bench_net
from frame import Row, Table
from tools import HEADER, file_of

KIB = 1024
SHORT, MIDDLE, LONG = 1 * KIB, 64 * KIB, 10 * KIB * KIB
EXCHANGES = {SHORT: 2000, MIDDLE: 400, LONG: 4}
LEVELS = {"digest": "heads, sizes, hashes", "full": "the bytes, too"}
NOTHING = "off: nothing is kept"
WORDS = 4000


@functools.cache
def words():
    some = random.Random(2)
    return ["".join(some.choices("etaoinshrdlucmfw", k=some.randint(2, 9))) for _ in range(WORDS)]


@functools.cache
def bodies(size):
    """Texts of the server, each another one: what was there before would be kept as a few lines."""
    some = random.Random(size)
    for i in range(EXCHANGES[size] + 1):
        text = " ".join(some.choices(words(), k=size // 5))
        bench_net.servers().write(f"www/{size}-{i}", text[:size])
    return f"{bench_net.origin('http')}/{size}-"


def module(size, n):
    return file_of(HEADER + f"""function run()
local s = http_mksession()
for i = 1, {n} do
local got = http_fetch(http_request(s, 'GET', '{bodies(size)}' .. i, {{}}))
if last_err() or #got['text'] ~= {size} then error('short') end
end
end
""")


def kept(path, level, n):
    def count():
        want = 0 if level == "off" else n
        got = bench_host.sql(path, "SELECT count(*) FROM exchange")[0][0]
        return None if got == want else f"{got} exchanges in {path}, not {want}"
    return count


def run(level, size, n):
    def side(program):
        home, side = bench_host.run_of(program, module(size, n), bench_host.new(program), "--evidence", level, "--allow-net", "local")
        side.after = kept(bench_host.database(home.path), level, n)
        return side
    return side


def one(level, size):
    """An exchange, less the run and the first."""
    def side(program):
        side = run(level, size, EXCHANGES[size])(program)
        side.less, side.per = run(level, size, 1)(program), EXCHANGES[size] - 1
        return side
    return side


def row(level, name, size, what):
    return Row(f"{level}-{name}", f"{level} ({LEVELS[level]}), {what}", one(level, size), {NOTHING: one("off", size)}, has_peer=False)


TABLES = [
    Table("exchanges", "An exchange of a run, kept connection on loopback, each body another text", [
        row(level, name, size, what)
        for name, size, what in (("short", SHORT, "1 KiB"), ("middle", MIDDLE, "64 KiB"), ("long", LONG, "10 MiB"))
        for level in LEVELS
    ]),
]
