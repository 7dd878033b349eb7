#!/usr/bin/env python3
"""vectors.py CHILD VECTORS [--only PREFIX]...

Runs the recorded network cases (tests/vectors/net) against a child, as
`CHILD sandbox ARGS anonymous/vector` (`args` of the case), with the servers
that they need (servers.py).
The port numbers of a case are moved to where the servers are. A case marked
peer_bug is compared with its `want`; one that has none is left out. The cases
of tests/vectors/disputed.json must differ. Output is TAP; a case whose server
is missing is skipped by name.
"""
import argparse
import json
import os
import signal
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "vectors"))
from servers import PARTS, Servers  # noqa: E402
from transcript import kind, read  # noqa: E402

DISPUTED = os.path.join(os.path.dirname(HERE), "vectors", "disputed.json")
HEADER = "-- Description: vector\n-- Version: 0.1.0\n-- License: GPL-3.0\n"
LIMIT_SECONDS = 30


def start_line(case):
    return {
        "arg": case.get("arg"), "blobs": case.get("blobs", []),
        "dns_config": case["dns_config"], "keyring": [],
        "module": {
            "author": "anonymous", "description": "vector",
            "keyring_access": [], "name": "vector",
            "script": {"code": HEADER + case["code"]}, "source": None,
            "stealth": "Normal", "version": "0.1.0",
            "private_module": False},
        "options": case.get("options", {}), "proxy": case.get("proxy"),
        "user_agent": case.get("user_agent"),
        "verbose": case.get("verbose", 2)}


def run(child, case, ca_file):
    env = {k: v for k, v in os.environ.items()
           if k not in ("SSL_CERT_FILE", "SSL_CERT_DIR")}
    if "trust" in case.get("needs", []):
        env["SSL_CERT_FILE"] = ca_file
    lines = [start_line(case)] + case.get("replies", [])
    text = "".join(json.dumps(x) + "\n" for x in lines)
    p = subprocess.Popen([child, "sandbox", *case.get("args", []),
                          "anonymous/vector"], env=env,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    try:
        out, err = p.communicate(text.encode(), timeout=LIMIT_SECONDS)
        status = p.returncode
    except subprocess.TimeoutExpired:
        p.kill()
        out, err = p.communicate()
        status = None
    return read(out), status, err.decode("utf-8", "replace")


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


def missing_need(case, servers, ipv6):
    for need in case.get("needs", []):
        if need in servers.missing:
            return servers.missing[need]
        if need == "ipv6" and not ipv6:
            return "no IPv6 here"
    return None


def show(label, value):
    print(f"#   {label} {json.dumps(value, ensure_ascii=False)[:1500]}")


def check(child, case, servers, reason):
    want = case["want"] if case.get("peer_bug") else case["stdout"]
    ca_file = os.path.join(servers.here, "certs", "vec-ca.pem")
    got, status, err = run(child, case, ca_file)
    if case.get("compare") == "exit":
        same = kind(got) == kind(want)
    else:
        same = got == want
    if not case.get("peer_bug"):
        same = same and status == 0
    if reason is not None:
        return not same
    if not same:
        print(f"# {case['id']}: {case.get('note', '')}")
        show("want", want)
        show("got ", got)
        show("exit", [status, err.strip()[:300]])
    return same


# How often a case may be tried: this server resets a connection as soon as the
# kernel has made it, and a reset that is faster than the client's look at its
# socket is, for any client, a connection that failed.
RACES = {"sock-reset": 5}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("child")
    parser.add_argument("vectors")
    parser.add_argument("--only", action="append", default=[])
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    text = open(args.vectors, encoding="utf-8").read().splitlines()
    cases = [c for c in map(json.loads, text)
             if not args.only or c["id"].startswith(tuple(args.only))]
    needs = [p for p in PARTS
             if any(p in c.get("needs", []) for c in cases)]
    disputed = json.load(open(DISPUTED))
    bad = 0
    with Servers(needs) as servers:
        ipv6 = has_ipv6()
        print(f"1..{len(cases)}", flush=True)
        for i, case in enumerate(cases, 1):
            why = missing_need(case, servers, ipv6)
            if case.get("peer_bug") and "want" not in case:
                why = case.get("want_note", "the output cannot be pinned")
            if why is not None:
                print(f"ok {i} - {case['id']} # SKIP {why}", flush=True)
                continue
            case = json.loads(servers.shift(
                json.dumps(case, ensure_ascii=False)))
            reason = disputed.get(case["id"])
            good = check(args.child, case, servers, reason)
            tries = RACES.get(case["id"], 1)
            while not good and tries > 1:
                tries -= 1
                good = check(args.child, case, servers, reason)
            bad += not good
            note = "" if reason is None else f" # disputed: {reason}"
            print(f"{'ok' if good else 'not ok'} {i} - {case['id']}{note}",
                  flush=True)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
