#!/usr/bin/env python3
"""generated.py GENERATOR FILTERS: the filters that were built in are those of the policy as it is now. TAP."""
import subprocess
import sys

now = subprocess.run([sys.argv[1]], capture_output=True, check=True).stdout
with open(sys.argv[2], "rb") as f:
    built = f.read()
print("1..2")
print("ok 1 - the same text" if now == built else "not ok 1 - the same text")
full = subprocess.run([sys.argv[1]], stdout=open("/dev/full", "wb"), stderr=subprocess.PIPE)
print("ok 2 - a full disk is an error" if full.returncode != 0 else "not ok 2 - a full disk is an error")
