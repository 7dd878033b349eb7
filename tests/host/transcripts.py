#!/usr/bin/env python3
"""transcripts.py SN0INT [NAME...]: the scripts of tests/vectors/host, whose .out is what the reference program printed.

Where ours differs on purpose NN.ours is what it prints instead, and NN.why has a line for each command that differs: its number and
itself, a tab, and the reason: a row of the table of defects (B19) or of what was found (F-D8), "free text" (the words of errors, help
and questions are free; streams and statuses are not), "filter" (docs/database.md, "Filters"), "requests" (a registry is asked less), "another here: COMMAND", or "not built: ...". A difference without a line fails, as does a line without a
difference, and one called free text whose status or stream differs. `--write` makes .ours anew and says which lines are missing. TAP.
"""
import difflib
import os
import re
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "vectors")]
import tap  # noqa: E402
from transcript import LACKS  # noqa: E402

FOLDER = os.path.join(os.path.dirname(HERE), "vectors", "host")
REASON = re.compile(r"(B\d+|F-[A-E]\d+|free text|not built: [a-z]+|another here: [a-z]+|order|requests|version|filter|column)(, (B\d+|F-[A-E]\d+|free text))*$")

NOISE = re.compile(r"E\| ␛\[1m\[␛\[(34m#␛\[0;1m\]␛\[0m (host: on: .*|children: (not )?bounded together: .*|sandbox, (?:worker|outer half): on: .*|.*: used \d+ ms, .*)|"
                   r"33m!␛\[0;1m\]␛\[0m Stopped at the first error: .*)\n|"
                   rf"(?:E\| )?␍?(?:␛\[2K)?␛\[1m\[␛\[33m!␛\[0;1m\]␛\[0m {LACKS}.*\n")  # as many as there are cores were at work beside it
MANY = re.compile(r" (pkg (update|quickstart)|run bob/two)$")  # three at once
SIDE_BY_SIDE = re.compile(r"\{ subdomain_id: \d+, ip_addr_id: \d+ \}")  # ids by who came first


def scripts():
    """All but those on a terminal, which draw at a pace of their own: door.py and stories.py have the terminal."""
    return sorted(name[:-3] for name in os.listdir(FOLDER) if re.match(r"\d\d-.*(?<!-tty)\.sh$", name))


def read(name):
    try:
        with open(os.path.join(FOLDER, name)) as f:
            return f.read()
    except FileNotFoundError:
        return ""


def blocks(text):
    """A transcript by its commands: (command, what came)."""
    out = [["", ""]]
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            out.append([line.rstrip("\n"), ""])
        else:
            out[-1][1] += line
    return out


def free_port():
    """For the server of a script, so that two runs of it are not in each other's way."""
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def play(sn0int, name):
    """With colours, which the reference prints to a pipe as well, and on one processor, so that -j is 1 where nothing is said."""
    with tempfile.TemporaryDirectory(prefix="transcript") as folder:
        wrapper = os.path.join(folder, "sn0int")
        with open(wrapper, "w") as f:
            f.write(f'#!/bin/sh\nexec taskset -c {min(os.sched_getaffinity(0))} {sn0int} --color always "$@"\n')
        os.chmod(wrapper, 0o755)
        port = str(free_port())
        env = {**os.environ, "SN0INT": wrapper, "PORT": port}
        p = subprocess.run(["sh", os.path.join(FOLDER, name + ".sh")], env=env, capture_output=True, timeout=300)
    return steady(p.stdout.decode("utf-8", "replace").replace(folder, "~BIN~").replace("127.0.0.1:" + port, "127.0.0.1:PORT"))


def steady(text):
    """Without what differs from run to run: -vv on standard error tells times and layers, and targets that run side by side mix, and their rows get ids as they come."""
    out, mixed = [], False
    for command, came in blocks(text):
        lines = [line for line in came.splitlines(keepends=True) if not NOISE.match(line)]
        mixed = mixed or " -j2" in command
        if mixed:
            lines = [SIDE_BY_SIDE.sub("{ ... }", line) for line in lines]
        if " -j2" in command or MANY.search(command):
            lines.sort()
        out.append((command + "\n" if command else "") + "".join(lines))
    return "".join(out)


def shape(came):
    """What is not free: results on standard output, and the status."""
    return [line for line in came.splitlines() if not line.startswith("E| ")]


def whys(name):
    out = {}
    for line in read(name + ".why").splitlines():
        key, tab, reason = line.partition("\t")
        assert tab and REASON.match(reason), f"no reason: {line}"
        out[key] = reason
    return out


def differences(theirs, ours):
    """(key, their output, our output) of each command that differs; the commands themselves are the same."""
    tap.same([c for c, _ in blocks(ours)], [c for c, _ in blocks(theirs)])
    return [(f"{n} {command}", a, b) for n, ((command, a), (_, b)) in enumerate(zip(blocks(theirs), blocks(ours))) if a != b]


def lists_as_recorded():
    """`add image FOLDER` goes as the file system lists it: ids were given by one that has these two in this order (folders of 10)."""
    names = ["green.png", "copy of red.png"]
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            open(os.path.join(folder, name), "wb").close()
        return os.listdir(folder) == names


def check(sn0int, name):
    if name.startswith("10-") and not lists_as_recorded():
        raise tap.Skip("the file system lists folders in another order than that of the record")
    theirs = steady(read(name + ".out"))
    kept = read(name + ".ours") or theirs
    ours = play(sn0int, name)
    diff = "".join(difflib.unified_diff(kept.splitlines(True), ours.splitlines(True), "recorded", "now", n=1))
    assert ours == kept, diff
    why = whys(name)
    for key, a, b in differences(theirs, ours):
        reason = why.pop(key, None)
        assert reason is not None, f"differs without a reason: {key}\n{a}---\n{b}"
        if reason == "free text":
            tap.same(shape(b), shape(a), key)
    tap.same(why, {}, "reasons without a difference")


def write(sn0int, name):
    theirs, ours = steady(read(name + ".out")), play(sn0int, name)
    with open(os.path.join(FOLDER, name + ".ours"), "w") as f:
        f.write(ours)
    why = {key: line for key, line in (l.split("\t", 1) for l in read(name + ".why").splitlines())}
    with open(os.path.join(FOLDER, name + ".why"), "w") as f:
        for key, a, b in differences(theirs, ours):
            reason = why.get(key) or ("free text" if shape(a) == shape(b) else "?")
            f.write(f"{key}\t{reason}\n")
            if reason == "?":
                print(f"== {name}: {key}")
                sys.stdout.writelines(difflib.unified_diff(a.splitlines(True), b.splitlines(True), "theirs", "ours", n=0))


def main():
    args = [a for a in sys.argv[2:] if a != "--write"]
    sn0int = os.path.abspath(sys.argv[1])
    names = [n for n in scripts() if not args or n in args or n[:2] in args]
    if "--write" in sys.argv:
        for name in names:
            write(sn0int, name)
        return 0

    def case(name):
        def run():
            check(sn0int, name)
        run.__name__ = name.replace("-", "_")
        return run
    return tap.run([case(name) for name in names], lambda c: c())


sys.exit(main())
