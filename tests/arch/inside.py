#!/usr/bin/python3
"""inside JOBS, in the machine: does the jobs of a file, as many at once as it has processors, and writes what became of each to the console, a line of JSON."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

NOBODY = 65534


def become_nobody():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def do(job):
    """In a session of its own: what it leaves behind ends with it, and nobody waits for that."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as out:
        p = subprocess.Popen(job["argv"], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=job["folder"], start_new_session=True,
                             env=dict(os.environ, **job["env"]),
                             preexec_fn=become_nobody if job["as"] == "nobody" else None)
        try:
            status = p.wait(job["seconds"])
        except subprocess.TimeoutExpired:
            status = "late"
        try:
            os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        p.wait()
        out.seek(0)
        text = out.read().decode(errors="replace")[-60000:]
    said = {"name": job["name"], "status": status, "seconds": round(time.monotonic() - begun, 1), "out": text}
    os.write(1, ("\n@" + json.dumps(said) + "\n").encode())


def main():
    with open(sys.argv[1]) as f:
        jobs = json.load(f)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(do, jobs))


sys.exit(main())
