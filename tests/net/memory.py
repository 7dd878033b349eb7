#!/usr/bin/env python3
"""memory.py CHILD: what a large body may cost the child at its peak, all of its processes the largest. TAP."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from servers import Servers  # noqa: E402
from vectors import read, start_line  # noqa: E402

BODY = 10 << 20
MOST_MIB = 60
CODE = """function run()
    local r = http_fetch(http_request(http_mksession(), 'GET', 'http://127.0.0.1:%d/size?%d', {%s}))
    info(#r['%s'])
end
"""
KINDS = [("text", ""), ("binary", "binary=true"), ("blob", "into_blob=true")]


def peak(child, code):
    """Lines, and MiB."""
    case = {"code": code, "dns_config": {"ns": [], "tcp": False, "timeout": None}}
    p = subprocess.Popen([child, "sandbox", "anonymous/vector"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    p.stdin.write((json.dumps(start_line(case)) + "\n").encode())
    p.stdin.close()
    lines = read(p.stdout.read())
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = status
    return lines, usage.ru_maxrss / 1024


def main():
    with Servers(["odd"]) as servers:
        print(f"1..{len(KINDS)}")
        bad = 0
        for n, (kind, option) in enumerate(KINDS, 1):
            lines, mib = peak(sys.argv[1], CODE % (servers.ports["P_HTTP_ODD"], BODY, option, kind))
            want = 44 if kind == "blob" else BODY
            good = lines == [{"Log": {"Info": f"{want}.0"}}, {"Exit": "Ok"}] and mib <= MOST_MIB
            bad += not good
            print("ok" if good else "not ok", n, f"- 10 MiB as {kind}")
            if not good:
                print(f"# {mib:.1f} MiB of {MOST_MIB}; {lines}")
    sys.exit(bad != 0)


main()
