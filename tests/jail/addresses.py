#!/usr/bin/env python3
"""addresses.py CHILD: an outer half that is the broker has an address space of its own, sn0int-outer's. TAP. Takes root, to look."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import child  # noqa: E402
import missing  # noqa: E402
import waiting  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
NET = "function run()\nstdin_read_line()\nif x then sock_connect('a', 1, {}) end end"
OURS = os.path.join(os.path.dirname(PROGRAM), "src/sandbox/outer/sn0int-outer")
KERNELS = {"[vsyscall]"}  # where it is, it is at one place for all


def maps(pid):
    """[(from, to, permissions, what)]"""
    with open(f"/proc/{pid}/maps") as f:
        found = [line.split(None, 5) for line in f.read().splitlines()]
    return [(*(int(x, 16) for x in words[0].split("-")), words[1], words[5] if len(words) > 5 else "") for words in found]


def overlaps(a, b):
    return [(x, y) for x in a for y in b if x[0] < y[1] and y[0] < x[1] and not {x[3], y[3]} <= KERNELS]


# of a module with the network, where the one that is started loads no plugins
CHILD = "sn0int-sandbox-plugins" if os.path.exists(os.path.abspath(sys.argv[1]) + "-plugins") else "sn0int-sandbox"


def of_files(mapped):
    return {os.path.basename(what) for *_, what in mapped if what.startswith("/")}


def status(pid, key):
    with open(f"/proc/{pid}/status") as f:
        return re.search(rf"^{key}:\s*(.*)$", f.read(), re.M)[1]


def look(tap, who, user, start):
    """Nothing that the worker has mapped is there, and nothing of it at the same place."""
    w = waiting.Waiting(PROGRAM, code=NET, preexec_fn=user, env={"SECRET": "here", "LD_PRELOAD": ""})
    outer, worker = maps(w.p.pid), maps(w.worker)
    tap.check(f"{who}: the outer half has mapped its own program, and no other file", of_files(outer) == {"sn0int-outer"}, outer)
    tap.check(f"{who}: the worker has nothing of that", CHILD in of_files(worker) and "sn0int-outer" not in of_files(worker), worker)
    tap.check(f"{who}: the worker knows no address of it", not overlaps(outer, worker), overlaps(outer, worker))
    tap.check(f"{who}: nothing is writable code", not [m for m in outer if "w" in m[2] and "x" in m[2]], outer)
    with open(f"/proc/{w.p.pid}/environ") as f:
        tap.check(f"{who}: it has no environment", f.read() == "")
    seen = [status(w.p.pid, key) for key in ("Name", "Seccomp", "NoNewPrivs", "CapBnd", "CapEff", "SigBlk")]
    tap.check(f"{who}: and its jail", seen == ["sn0int-outer", "2", "1", "0" * 16, "0" * 16, "0" * 16], seen)
    start.append(next(m[0] for m in outer if m[3].endswith("sn0int-outer")))
    w.p.stdin.write(b'{"Ok":"x"}\n')
    ended = w.end()
    tap.check(f"{who}: and the child ends as its module does", ended.status == 0 and ended.said() == "Ok", ended)


def refused(tap):
    """Where it cannot be executed the outer half goes on where it is; nobody is left in doubt."""
    name = "where it cannot be executed --check says so, and modules run"
    if not shutil.which("strace"):
        tap.skip(name, "there is no strace")
        return
    trace = ["strace", "-f", "-o", "/dev/null", "-e", "inject=execveat:error=EACCES", PROGRAM]
    p = subprocess.run([*trace, "--check"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    is_said = "off addresses of its own: execveat: EACCES\n" in p.stdout and p.returncode == 3
    run = subprocess.run([*trace, "sandbox", "a/b"], input=child.start_line("function run() if x then sock_connect() end end").encode(), capture_output=True)
    is_warned = b"sandbox: the outer half has no addresses of its own (execveat: EACCES)" in run.stdout
    tap.check(name, is_said and is_warned and b'{"Exit":"Ok"}' in run.stdout, (p, run))


def by_hand(tap):
    for words in ([], ["1"], ["1,2", "a/b"], [",".join(["1"] * 17), "a/b"], ["x" + ",1" * 15, "a/b"]):
        p = subprocess.run([OURS, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        tap.check(f"by hand, with {len(words)} words, it does nothing but say so", p.returncode == 1 and p.stdout == "" and p.stderr.startswith("error: outer half: "), p)


def main():
    tap = child.Tap()
    if "addresses of its own (not built)" in subprocess.run([PROGRAM, "--check"], stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout:
        print("1..0 # SKIP built without sn0int-outer")
        sys.exit(0)
    by_hand(tap)
    refused(tap)
    if not child.is_root():
        tap.skip("the maps of both halves", "takes root")
        tap.end()
    starts = []
    for who, user in (("root", None), ("nobody", missing.become_nobody), ("root again", None)):
        look(tap, who, user, starts)
    tap.check("it is somewhere else each time", len(set(starts)) == len(starts), starts)
    w = waiting.Waiting(PROGRAM)
    tap.check("a half that only waits stays what it is", "sn0int-sandbox" in of_files(maps(w.p.pid)))
    w.p.kill()
    w.end()
    tap.end()


main()
