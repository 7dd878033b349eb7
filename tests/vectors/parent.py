#!/usr/bin/env python3
"""Runs recorded cases against the parent, whose child is this script, and prints TAP.

    parent.py [--only PREFIX] SN0INT FILE.jsonl...

A case: `args` and `stdin` of `sn0int run`; what the `child` does in order; what must come of it: `replies`, `stdout`,
`status`, `stderr`. Of the child's list a text is written as a line, "READ" reads a reply (one is read after each event
that asks, if there is no "READ"), ["raw", [bytes]], ["err", text], ["exit", n] and ["kill", n] are what they say.
A `peer_bug` case counts with what parent-want.json has for it; disputed.json is as in run.py.
"""
import json, os, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
MODULE = "-- Description: vector\n-- Version: 0.1.0\n-- License: GPL-3.0\n\nfunction run(arg)\nend\n"
ASKS = ("Database", "Stdio", "Ratelimit", "Blob")


def asks(line):
    try:
        return next(iter(json.loads(line))) in ASKS
    except (ValueError, TypeError, StopIteration):
        return False


def put(bytes):
    sys.stdout.buffer.write(bytes)
    sys.stdout.buffer.flush()


def act(what, value):
    if what == "raw":
        put(bytes(value))
    elif what == "err":
        sys.stderr.write(value)
        sys.stderr.flush()
    elif what == "exit":
        os._exit(value)
    elif what == "kill":
        os.kill(os.getpid(), value)


def play(folder):
    """The child."""
    with open(os.path.join(folder, "case.json")) as f:
        steps = json.load(f)["child"]
    with open(os.path.join(folder, "start"), "wb") as f:
        f.write(sys.stdin.buffer.readline())
    with open(os.path.join(folder, "replies"), "ab", buffering=0) as replies:
        for step, after in zip(steps, steps[1:] + [None]):
            if isinstance(step, list):
                act(*step)
            elif step == "READ":
                replies.write(sys.stdin.buffer.readline())
            else:
                put(step.encode() + b"\n")
                if asks(step) and after != "READ":
                    replies.write(sys.stdin.buffer.readline())


def run(program, case):
    """(stdout, stderr, status, replies)"""
    with tempfile.TemporaryDirectory() as home:
        module, replies = os.path.join(home, "t1.lua"), os.path.join(home, "replies")
        with open(module, "w") as f:
            f.write(MODULE)
        with open(os.path.join(home, "case.json"), "w") as f:
            json.dump(case, f)
        child = f"'{sys.executable}' '{os.path.abspath(__file__)}' --play '{home}'"
        argv = [program, "--color", "always", "run", "-f", module, "--child", child] + case["args"]
        try:
            p = subprocess.run(argv, input=case.get("stdin", "").encode(), capture_output=True, timeout=120,
                               env={"HOME": home, "PATH": os.environ["PATH"]})
        except subprocess.TimeoutExpired:
            return "timeout", "", None, []
        got = []
        if os.path.exists(replies):
            with open(replies) as f:
                got = [json.loads(line) for line in f]
        return p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace"), p.returncode, got


def differs(case, got):
    """What is not as wanted, as lines; empty: nothing."""
    stdout, stderr, status, replies = got
    pairs = [("stdout", case["stdout"], stdout), ("status", case["status"], status),
             ("replies", case["replies"], replies)]
    if "stderr" in case:
        pairs.append(("stderr", case["stderr"].strip(), stderr.strip()))
    out = [f"{name}: want {want!r}\n#   got  {have!r}" for name, want, have in pairs if want != have]
    return out + [f"stderr: {stderr!r}"] if out else out


def main():
    args = sys.argv[1:]
    if args[0] == "--play":
        return play(args[1])
    only = args[args.index("--only") + 1] if "--only" in args else ""
    program, *files = [a for a in args if a not in ("--only", only)]
    wants = json.load(open(os.path.join(HERE, "parent-want.json")))
    disputed = json.load(open(os.path.join(HERE, "disputed.json")))
    cases, bad = [], 0
    for name in files:
        cases += [json.loads(line) for line in open(name) if line.strip()]
    cases = [dict(c, **wants.get(c["id"], {})) for c in cases if c["id"].startswith(only)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda c: run(program, c), cases))
    print(f"1..{len(cases)}")
    for n, (case, got) in enumerate(zip(cases, results), 1):
        wrong, reason = differs(case, got), disputed.get(case["id"])
        if reason:
            wrong = [] if wrong else ["it passes by now"]
        bad += bool(wrong)
        print("not ok" if wrong else "ok", n, "-", case["id"] + (f" # disputed: {reason}" if reason else ""))
        for line in wrong:
            print("#  ", line)
    sys.exit(bad != 0)


main()
