#!/usr/bin/python3
"""In the machine: does the jobs of /jobs.json, as many at once as it has processors, and writes what became of each to the console, a line of JSON."""
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

NOBODY = 65534


def become_nobody():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def do(job):
    begun = time.monotonic()
    try:
        p = subprocess.run(job["argv"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=job["seconds"],
                           preexec_fn=become_nobody if job["as"] == "nobody" else None, cwd=job["folder"])
        status, out = p.returncode, p.stdout
    except subprocess.TimeoutExpired as late:
        status, out = "late", late.stdout or b""
    said = {"name": job["name"], "status": status, "seconds": round(time.monotonic() - begun, 1), "out": out.decode(errors="replace")[-60000:]}
    os.write(1, ("\n@" + json.dumps(said) + "\n").encode())


def main():
    with open("/jobs.json") as f:
        jobs = json.load(f)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(do, jobs))
    print("\n@{}", flush=True)


sys.exit(main())
