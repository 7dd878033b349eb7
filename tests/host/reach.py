#!/usr/bin/env python3
"""
reach.py SN0INT [STORY...]: what modules can reach, as `permissions` tells it. TAP.
reach.py --write SN0INT: what it tells of the bundled modules goes into tests/vectors/permissions.jsonl; look at the difference.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from tap import has, same  # noqa: E402

VECTORS = os.path.join(TOP, "tests/vectors/permissions.jsonl")
BUNDLED = sorted(glob.glob(os.path.join(TOP, "modules/bundled/*.lua")))


def permissions(home, *args):
    return json.loads(home.call("permissions", "--json", *args))


def without_lines(host):
    """Lines move whenever a module is edited."""
    why = re.sub(r",? line \d+", "", host["why"]) if host["why"] else None
    return {"from": host["from"], "name": host["name"], "ports": host["ports"], "by": host["by"], "why": why}


def told(home, path):
    found = permissions(home, path)["permissions"]
    found["hosts"] = [without_lines(host) for host in found["hosts"]]
    return {"module": os.path.basename(path)[:-4], **found}


def bundled_modules_reach_what_is_written_down(home):
    want = {v["module"]: v for v in map(json.loads, open(VECTORS))}
    same(sorted(want), sorted(os.path.basename(path)[:-4] for path in BUNDLED))
    for path in BUNDLED:
        got = told(home, path)
        same(got, want[got["module"]], "if that is right: tests/host/reach.py --write")


def nothing_is_run_and_lines_are_told(home):
    home.module("me/x", "Source: domains", "Stealth: passive", body="""
    local s = http_mksession()
    http_send(http_request(s, 'GET', 'https://api.a.example/?q=' .. arg['value'], {}))
    sock_connect(dns(arg['value'], 'MX')['answers'][1], 25, {})
    db_add('subdomain', {})
end
error('this is never said')""")
    same(home.call("permissions", "me/x").decode(), """\
talks to      api.a.example:443  (http_request, line 10)
talks to      any host:25  (sock_connect, line 11: an answer (dns, line 11))
adds          subdomain
looks up names
stealth       passive
""")
    same(permissions(home, "x")["module"], "me/x")
    same(len(permissions(home, "x")["sha256"]), 64)
    same([h["line"] for h in permissions(home, "x")["permissions"]["hosts"]], [10, 11])


def the_selected_module_is_meant_at_the_prompt(home):
    home.module("me/x", body="    ratelimit_throttle('a', 1, 1)\nend")
    out = home.call("-w", "w", stdin=b"use x\npermissions\npermissions bundled/geoip\nexit\n").decode()
    has(out, "waits for rate limits\n", "changes       ipaddr\n")


def what_is_missing_or_no_lua_is_said(home):
    home.write("broken.lua", b"-- Description: x\n-- Version: 0.1.0\n-- License: GPL-3.0\n\nx = =\n")
    has(home.call("permissions", "./broken.lua").decode(), "not understood 5:5: unexpected symbol near '='\n", "talks to      any host", "all families")
    for words, status, text in ((["permissions"], 2, b"which module?"), (["permissions", "nobody/x"], 1, b"nobody/x"), (["permissions", "./none.lua"], 1, b"none.lua")):
        p = subprocess.run([Home.program, *words], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT, stdin=subprocess.DEVNULL)
        same((p.returncode, p.stdout), (status, b""), (words, p.stderr))
        assert text in p.stderr, p.stderr


def words_of_a_stranger_are_cleaned(home):
    home.write("x.lua", b"-- Description: x\n-- Version: 0.1.0\n-- License: GPL-3.0\n\nhttp_request(s, 'GET', getopt('\x1b]0;OWNED\x07'), {})\n"
               b"http_request(s, 'GET', 'https://\x1b[31m/', {})\n")
    out = home.call("permissions", "./x.lua")
    assert b"\x1b" not in out and b"\x07" not in out, out
    has(out.decode(), "the host in option ", "OWNED", "no host by itself")


CASES = [bundled_modules_reach_what_is_written_down, nothing_is_run_and_lines_are_told, the_selected_module_is_meant_at_the_prompt,
         what_is_missing_or_no_lua_is_said, words_of_a_stranger_are_cleaned]


def in_a_home(case):
    with tempfile.TemporaryDirectory(prefix="reach") as path:
        case(Home(path))


def write(home):
    with open(VECTORS, "w") as f:
        for path in BUNDLED:
            f.write(json.dumps(told(home, path)) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "--write":
        Home.program = os.path.abspath(sys.argv[2])
        sys.exit(in_a_home(write))
    Home.program = os.path.abspath(sys.argv[1])
    sys.exit(tap.run(CASES, in_a_home, sys.argv[2:]))
