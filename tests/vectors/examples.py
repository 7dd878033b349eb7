#!/usr/bin/env python3
"""examples.py CHILD: every function of modules is documented, has a vector, and an example that runs and gives what it says. TAP."""
import glob
import json
import os
import re
import subprocess
import sys
from transcript import without_layers

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER = "-- Description: example\n-- Version: 0.1.0\n-- License: GPL-3.0\n\n"


def start(code):
    module = {"author": "anonymous", "description": "example", "keyring_access": [], "name": "example", "private_module": False,
              "script": {"code": HEADER + code}, "source": None, "stealth": "Normal", "version": "0.1.0"}
    return {"arg": None, "blobs": [], "dns_config": {"ns": [], "tcp": False, "timeout": None}, "keyring": [], "module": module,
            "options": {}, "proxy": None, "user_agent": None, "verbose": 2}


def run(child, code):
    p = subprocess.run([child, "sandbox", "anonymous/example"], input=(json.dumps(start(code)) + "\n").encode(), capture_output=True, timeout=60)
    return without_layers([json.loads(l) for l in p.stdout.decode("utf-8", "replace").splitlines()])


def check_example(child, row):
    """None, or what is wrong."""
    code, _, want = row["example"].partition("  -- ")
    if not row["runs"]:
        return None
    if not want:
        last = run(child, f"function run(arg) {code} end")[-1]
        # without a parent it may fail, but it must be Lua and take the arguments
        text = json.dumps(last)
        return text if "Syntax error" in text or "wrong parameter" in text or "Exit" not in last else None
    lines = run(child, f"function run(arg) info({code}) end")
    got = lines[0].get("Log", {}).get("Info") if lines else None
    return None if got == want else f"gives {got!r}, not {want!r}: {lines[-1:]}"


# What a function with a table of keys is called with, before the table.
BEFORE = {"dns": "'example.com', ", "http_request": "http_mksession(), 'GET', 'http://127.0.0.1/', ", "http_send": "", "mqtt_connect": "'mqtt://127.0.0.1:1', ",
          "sock_connect": "'127.0.0.1', 1, ", "ws_connect": "'ws://127.0.0.1:1/', "}


def check_keys(child, row):
    """Each key of the reference is one that the function reads: a list of lists is no value for it, but where any is one."""
    if row["name"] not in BEFORE:
        return "has keys, and nobody knows how it is called"
    filled = {"record": "'A'"} | {k: "'x'" for k in ("session", "method", "url", "user_agent")} | {k: "{}" for k in ("cookies",)}
    filled |= {"follow_redirects": "0", "into_blob": "false", "binary": "false"}
    needed = {k: filled[k] for k, kind in row["keys"].items() if "needed" in kind}
    for key, kind in row["keys"].items():
        if kind.startswith("any value") or key == "form":
            continue
        table = ", ".join(f"{k}={v}" for k, v in (needed | {key: "{{1}, {2}, {3}}"}).items())
        code = f"{row['name']}({BEFORE[row['name']]}{{{table}}})"
        last = run(child, f"function run(arg) {code} end")[-1]
        if not re.search(r"invalid type: (sequence|map)|invalid length|expected .* map", json.dumps(last)):
            return f"{code}: {last}"
    return None


def main():
    child = sys.argv[1]
    out = subprocess.run([child, "--reference=json"], check=True, capture_output=True, text=True).stdout
    rows = [json.loads(l) for l in out.splitlines()]
    tested = set()
    for f in glob.glob(os.path.join(HERE, "**/*.jsonl"), recursive=True):
        with open(f, encoding="utf-8") as cases:
            for case in map(json.loads, filter(str.strip, cases)):
                tested.update(re.findall(r"[a-z][a-z0-9_]+", case.get("code", "")))
    bad, n = 0, 0
    print(f"1..{len(rows)}")
    for n, row in enumerate(rows, 1):
        why = None
        if not row["doc"] or not row["doc"].strip().endswith("."):
            why = "has no documentation"
        elif row["name"] not in tested:
            why = "has no vector"
        elif row["name"] not in row["example"]:
            why = "its example does not call it"
        else:
            why = check_example(child, row) or ("keys" in row and check_keys(child, row))
        print("not ok" if why else "ok", n, "-", row["name"])
        if why:
            bad += 1
            print("#", why)
    sys.exit(bad != 0)


main()
