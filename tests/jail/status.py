#!/usr/bin/env python3
"""status.py SN0INT: what /proc says of every process below a host while it runs modules, as root and as nobody. TAP.

Targets of a module with the network and of one without, several at a time, so that there are spares, too. The starter is the host's own
affair: it runs nothing of a module's and has to make the jails (tests/host).
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import child  # noqa: E402
import missing  # noqa: E402

SN0INT = os.path.abspath(sys.argv[1])
SANDBOX = os.path.abspath(sys.argv[2])
HEADER = "-- Description: test\n-- Version: 0.1.0\n-- License: GPL-3.0\n-- Source: domains\n\n"
TARGETS, JOBS, WAIT_S = 6, 3, 60
WANT = {"Seccomp": "2", "NoNewPrivs": "1", "CapPrm": "0" * 16, "CapEff": "0" * 16, "CapInh": "0" * 16, "CapAmb": "0" * 16, "CapBnd": "0" * 16}


def below(pid):
    """Every process below it, but the starter."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            children = f.read().split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [p for c in children for p in [c, *below(c)]]


def status_of(pid):
    """None: it has gone meanwhile."""
    try:
        with open(f"/proc/{pid}/status") as f:
            return dict(re.findall(r"^(\w+):[ \t]*(.*)$", f.read(), re.M))
    except (FileNotFoundError, ProcessLookupError):
        return None


def wrong(pid):
    """What is not as it should be; spares that are being made are not yet as they will be."""
    status = status_of(pid)
    if status is None or status["Name"] == "sn0int-starter" or status["State"].startswith("Z"):
        return {}
    return {key: status[key] for key, value in WANT.items() if status[key] != value}


class Run:
    def __init__(self, folder, user, body):
        self.env = {"HOME": folder, "PATH": os.environ["PATH"]}
        self.user = user
        path = os.path.join(folder, ".local/share/sn0int/modules/me")
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, "waits.lua"), "w") as f:
            f.write(HEADER + f"function run(arg)\ninfo('here')\nsleep(1000)\n{body}\nend\n")
        subprocess.run(["chown", "-R", "nobody", folder] if user else ["true"], check=True)
        lines = "".join(f"t{i}.com\n" for i in range(TARGETS)).encode()
        subprocess.run([SN0INT, "add", "--stdin", "domain"], input=lines, env=self.env, check=True, capture_output=True, preexec_fn=user)
        self.p = subprocess.Popen([SN0INT, "run", "-j", str(JOBS), "me/waits"], env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, preexec_fn=user)
        said = 0
        while said < JOBS:
            line = self.p.stdout.readline()
            if not line:
                raise RuntimeError("the run has ended")
            said += b"here" in line

    def look(self):
        """(processes, {process: what is wrong}) once nothing is made any more."""
        end = time.monotonic() + WAIT_S
        while True:
            found = below(self.p.pid)
            bad = {pid: what for pid in found for what in [wrong(pid)] if what}
            if not bad or time.monotonic() > end:
                return found, bad
            time.sleep(0.01)

    def end(self):
        self.p.kill()
        self.p.communicate()


def main():
    child.need_user_namespace(SANDBOX)
    tap = child.Tap()
    for who, user in (("root", None), ("nobody", missing.become_nobody)):
        for what, body in (("with the network", "sock_connect('a', 1, {})"), ("without", "")):
            name = f"as {who}, {what}"
            if not child.is_root():
                tap.skip(name, "takes root")
                continue
            folder = tempfile.mkdtemp(prefix="status")
            os.chmod(folder, 0o755)
            run = Run(folder, user, body)
            found, bad = run.look()
            run.end()
            shutil.rmtree(folder, ignore_errors=True)
            # each target has an outer half and a worker
            tap.check(f"{name}: {len(WANT)} facts of each process", len(found) >= 2 * JOBS and not bad, (found, bad))
    tap.end()


main()
