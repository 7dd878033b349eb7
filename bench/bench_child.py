"""The child: start, lines, plain Lua, memory."""
import os
import subprocess

from frame import Missing, Row, Side, Table
from tools import ends_well, file_of, start_line

N = 100000
LOOP = "local n = 0 for i = 1, 50000000 do n = n + i end"
EMPTY = start_line("function run() end\n")
ADD = start_line(f"function run() for i = 1, {N} do db_add('domain', {{value='a'}}) end end\n") + '{"Ok":{"Inserted":1}}\n' * N
# What the child says of them, as long as it is.
ADD_LINE = '{"Database":{"Insert":{"Domain":{"value":"a"}}}}'
INFO_LINE = '{"Log":{"Info":"100000"}}'


def child(code, check=ends_well()):
    """A side of the child that the host starts, over a start line."""
    return lambda program: Side(program.child(), file_of(code), check=check)


def nothing(program):
    return Side([program.bench("nothing")])


def nothing_static(program):
    if not os.path.exists(program.bench("nothing-static")):
        raise Missing("musl-gcc")
    return Side([program.bench("nothing-static")])


def bare(line):
    return lambda program: Side([program.bench("lines"), str(N), line], check=lambda out: None if out.count("\n") == N else "lines are missing")


def lua(code):
    def side(_):
        if subprocess.run(["which", "lua5.4"], capture_output=True).returncode != 0:
            raise Missing("lua5.4")
        return Side(["lua5.4", "-"], file_of(code))
    return side


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return f.read().split()


def idle(argv):
    """KiB of all processes of a child that waits for a reply, all layers on: its own pages, and the shared ones."""
    p = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    p.stdin.write(start_line("function run() stdin_read_line() end\n").encode())
    p.stdin.flush()
    # what this machine lacks is said before it asks
    line = p.stdout.readline()
    while line and b'"Stdio"' not in line:
        line = p.stdout.readline()
    total, pids = 0, [str(p.pid)]
    while pids:
        pid = pids.pop()
        with open(f"/proc/{pid}/status") as f:
            total += next(int(l.split()[1]) for l in f if l.startswith("VmRSS"))
        pids += children(pid)
    p.stdin.close()
    p.wait()
    return total


FLOORS = {"a program that does nothing": nothing, "the same, static, of musl": nothing_static}

TABLES = [
    Table("start", "Start of a child, from start to end", [
        Row("start-sandbox", "sn0int-sandbox, an empty module", child(EMPTY), FLOORS),
        Row("start-sn0int", "sn0int sandbox, the same", lambda p: Side(p.child_of_host(), file_of(EMPTY), check=ends_well()), FLOORS),
    ]),
    Table("inside", "Inside a child", [
        Row("db_add", f"{N:,} db_add, replies from a file", child(ADD, ends_well(N, '{"Database":')),
            {"the lines, a write(2) each": bare(ADD_LINE)}),
        Row("info", f"{N:,} info()", child(start_line(f"function run() for i = 1, {N} do info(i) end end\n"), ends_well(N, '{"Log":')),
            {"the lines, a write(2) each": bare(INFO_LINE)}),
        Row("lua", "50,000,000 additions in Lua", child(start_line(f"function run() {LOOP} end\n")), {"lua5.4": lua(LOOP)}),
    ]),
    Table("memory", "Memory of a child", [
        Row("memory-peak", "an empty module, its largest process", child(EMPTY), {"a program that does nothing": nothing}, has_kib=True),
        Row("memory-idle", "all processes of a child that waits", lambda p: Side(p.child(), kib=lambda: idle(p.child())), has_kib=True),
    ]),
]
