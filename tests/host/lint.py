#!/usr/bin/env python3
"""lint.py SN0INT [STORY...]: what lint prints of files, and its exit status. TAP."""
import glob
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import Home  # noqa: E402
from tap import has, same  # noqa: E402

HEAD = "-- Description: x\n-- Version: 1.0.0\n-- License: MIT\n\n"
RIGHT = HEAD + "function run() end\n"
WRONG = HEAD + "function run() hexx('a') end\n"
TOLD = "hexx.lua:5:16: fault: nothing is called \"hexx\", did you mean \"hex\"? [global]\n"


def write(home, name, text):
    with open(os.path.join(home.path, name), "w") as f:
        f.write(text)
    return name


def call(home, *args):
    done = subprocess.run([Home.program, *args], env=home.env, cwd=home.path, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def a_right_module_is_silence(home):
    same(call(home, "lint", write(home, "a.lua", RIGHT)), (0, "", ""))


def a_fault_has_its_place_and_status_1(home):
    write(home, "a.lua", RIGHT)
    same(call(home, "lint", "a.lua", write(home, "hexx.lua", WRONG), "a.lua"), (1, TOLD, ""))


def a_note_is_no_fault(home):
    status, out, _ = call(home, "lint", write(home, "a.lua", HEAD + "function run() murmur3('a') end\n"))
    same([status, out], [0, "a.lua:5:16: note: the reference program has no function murmur3() [ours]\n"])


def json_is_a_line_each(home):
    status, out, _ = call(home, "lint", "--json", write(home, "hexx.lua", WRONG), "hexx.lua")
    same((status, out.count("\n"), out[-1]), (1, 2, "\n"))
    same([json.loads(line) for line in out.splitlines()],
         [{"file": "hexx.lua", "line": 5, "column": 16, "level": "fault", "rule": "global", "text": 'nothing is called "hexx", did you mean "hex"?'}] * 2)


def what_cannot_be_read_is_status_2(home):
    status, out, err = call(home, "lint", "none.lua")
    same([status, out], [2, ""])
    has(err, "there is no file none.lua")
    same(call(home, "lint")[0], 2)
    same(call(home, "lint", "--jsn", "a.lua")[0], 2)


def names_of_strangers_do_not_reach_the_terminal(home):
    out = call(home, "lint", write(home, "a.lua", HEAD + "function run() ('\\27[31m')['\\27]0;x\\7'] = 1 db_add('\\27[2J', {}) end\n"))[1]
    assert "\x1b" not in out, out
    has(out, "there is no family")


def bundled_modules_are_clean(home):
    modules = sorted(glob.glob(os.path.join(HERE, "../../modules/bundled/*.lua")))
    assert len(modules) > 10, modules
    status, out, err = call(home, "lint", *modules)
    same([status, [line for line in out.splitlines() if ": note: " not in line], err], [0, [], ""])


def what_the_peer_lacks_is_a_fault_where_it_is_meant(home):
    claim = "-- Runs-In: sn0int 0.26.1\n"
    body = "function run() murmur3('a') end\n"
    told = "the reference program has no function murmur3() [peer]\n"
    same(call(home, "lint", write(home, "a.lua", HEAD + claim + body)), (1, "a.lua:6:16: fault: " + told, ""))
    same(call(home, "lint", "--peer", write(home, "b.lua", HEAD + body)), (1, "b.lua:5:16: fault: " + told, ""))
    status, out, _ = call(home, "lint", "--peer", write(home, "c.lua", RIGHT))
    same(status, 0)
    has(out, 'a line "-- Runs-In: sn0int 0.26.1" may say so [claim]\n')
    same(call(home, "lint", "--peer", write(home, "d.lua", HEAD + claim + "function run() end\n")), (0, "", ""))


def bundled_modules_say_where_they_run(home):
    """And those that claim the reference program use nothing that it lacks."""
    claimed = 0
    for path in sorted(glob.glob(os.path.join(HERE, "../../modules/bundled/*.lua"))):
        with open(path, encoding="utf-8") as f:
            lines = [line for line in f.read().splitlines() if line.startswith("-- Runs-In:")]
        assert lines in ([], ["-- Runs-In: sn0int 0.26.1"]), (path, lines)
        if lines:
            claimed += 1
            same(call(home, "lint", "--peer", path)[0], 0)
    assert claimed >= 4, claimed


STORIES = [a_right_module_is_silence, a_fault_has_its_place_and_status_1, a_note_is_no_fault, json_is_a_line_each,
           what_cannot_be_read_is_status_2, names_of_strangers_do_not_reach_the_terminal,
           what_the_peer_lacks_is_a_fault_where_it_is_meant, bundled_modules_are_clean, bundled_modules_say_where_they_run]


def tell(story):
    with tempfile.TemporaryDirectory(prefix="lint") as folder:
        story(Home(folder))


def main():
    Home.program = os.path.abspath(sys.argv[1])
    sys.exit(tap.run(STORIES, tell, sys.argv[2:]))


if __name__ == "__main__":
    main()
