"""What the rooms of the benchmark share: programs, their start lines, files, and checks of what they print."""
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass

HEADER = "-- Description: bench\n-- Version: 0.1.0\n-- License: GPL-3.0\n\n"
LABEL = "bench/bench"
INPUTS = tempfile.TemporaryDirectory(prefix="bench.")  # gone at the end


@dataclass(frozen=True)
class Program:
    """A sn0int: ours, the one of another build of ours, or the reference."""
    who: str  # in the table
    kind: str  # "ours", "against", "peer"
    host: str  # the path
    build: str = ""  # its build folder: the reference has none

    def child(self):
        """The child as the host starts it."""
        return [os.path.join(self.build, "sn0int-sandbox"), "sandbox", LABEL] if self.build else self.child_of_host()

    def child_of_host(self):
        return [self.host, "sandbox", LABEL]

    def bench(self, name):
        return os.path.join(self.build, "bench", name)


def start_line(code, **more):
    start = {
        "arg": None,
        "blobs": [],
        "dns_config": {"ns": ["127.0.0.1:53"], "tcp": False, "timeout": {"nanos": 0, "secs": 3}},
        "keyring": [],
        "module": {
            "author": "bench",
            "description": "bench",
            "keyring_access": [],
            "name": "bench",
            "private_module": False,
            "script": {"code": HEADER + code},
            "source": None,
            "stealth": "Normal",
            "version": "0.1.0",
        },
        "options": {},
        "proxy": None,
        "user_agent": None,
        "verbose": 0,
    }
    start.update(more)
    return json.dumps(start) + "\n"


def file_of(text):
    """A file with it, until the end of the benchmark."""
    with tempfile.NamedTemporaryFile("w", suffix=".in", dir=INPUTS.name, delete=False) as f:
        f.write(text)
    return f.name


def ends_well(times=None, line=None):
    """A check of what a child prints: its end, and how often a kind of line is there."""
    def check(output):
        lines = output.splitlines()
        if not lines or lines[-1] != '{"Exit":"Ok"}':
            return f"its last line is {lines[-1] if lines else None!r}"
        if times is not None and sum(l.startswith(line) for l in lines) != times:
            return f"not {times:,} lines that begin with {line}"
        return None
    return check


def spawn(build, turns, *commands):
    """[(median us, 10th percentile us, peak KiB)] of (input file, argv) each, started in turn."""
    args = [os.path.join(build, "bench/spawn"), str(turns)]
    for given, argv in commands:
        args += ["--", given, *argv]
    out = subprocess.run(args, check=True, capture_output=True, text=True).stdout
    return [(w, q, k) for w, q, _, _, k in ([float(x) for x in line.split()] for line in out.splitlines())]


def table(title, head, rows):
    print(f"\n## {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(c) for c in row) + " |")
