"""The child: start, lines, round trips, plain Lua."""
import os
import subprocess

from tools import PEER, file_of, spawn, start_line, table

LOOP = "local n = 0 for i = 1, 50000000 do n = n + i end"


def idle_kib(child):
    """Memory of a child that waits for a reply, all layers on: its own pages, and with the shared ones."""
    p = subprocess.Popen([child, "sandbox", "bench/bench"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    p.stdin.write(start_line("function run() stdin_read_line() end\n").encode())
    p.stdin.flush()
    # what this machine lacks is said before it asks
    line = p.stdout.readline()
    while line and b'"Stdio"' not in line:
        line = p.stdout.readline()
    out = []
    for pid in [str(p.pid)] + children(p.pid):
        with open(f"/proc/{pid}/status") as f:
            out.append(next(int(l.split()[1]) for l in f if l.startswith("VmRSS")))
    p.stdin.close()
    p.wait()
    return out


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return f.read().split()


def run(build):
    child = os.path.join(build, "sn0int-sandbox")
    nothing = os.path.join(build, "bench/nothing")
    argv = [child, "sandbox", "bench/bench"]
    empty = file_of(start_line("function run() end\n"))
    commands = [("/dev/null", [nothing]), (empty, argv)]
    commands += [(empty, [PEER, "sandbox", "bench/bench"])] if PEER else []
    got = spawn(build, 300, *commands)
    floor = got[0][0]
    names = ["a program that does nothing", "the child, an empty module", "the reference's child"]
    table("Start of a child, spawn to exit", ["what", "median us", "10th percentile", "ratio", "peak KiB"],
          [(n, f"{m:.0f}", f"{q:.0f}", f"{m / floor:.2f}", f"{k:.0f}") for n, (m, q, k) in zip(names, got)])

    lua = spawn(build, 5, (file_of(LOOP), ["lua5.4", "-"]))[0][0]
    loop = file_of(start_line(f"function run() {LOOP} end\n"))
    info = file_of(start_line("function run() for i = 1, 100000 do info(i) end end\n"))
    add = file_of(start_line("function run() for i = 1, 100000 do db_add('domain', {value='a'}) end end\n")
                  + '{"Ok":{"Inserted":1}}\n' * 100000)
    rows = [("lua5.4, 50,000,000 additions", lua)]
    for name, given in (("the same loop in the child", loop), ("100,000 info()", info), ("100,000 db_add, replies from a file", add)):
        rows.append((name, spawn(build, 5, (given, argv))[0][0]))
    table("Inside a child", ["what", "ms", "ratio to the lua5.4 loop", "as if that took 400 ms"],
          [(n, f"{us / 1000:.1f}", f"{us / lua:.3f}", f"{us / lua * 400:.0f} ms") for n, us in rows])
    table("Memory of an idle child", ["process", "RSS KiB"], list(zip(["outer half", "worker"], idle_kib(child))))
