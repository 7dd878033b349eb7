"""What the rooms of the benchmark share."""
import json
import os
import subprocess
import tempfile
import time

PEER = os.environ.get("PEER")
HEADER = "-- Description: bench\n-- Version: 0.1.0\n-- License: GPL-3.0\n\n"
INPUTS = tempfile.TemporaryDirectory(prefix="bench.")  # gone at the end
os.environ.pop("RUST_BACKTRACE", None)


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


def spawn(build, turns, *commands):
    """[(median us, 10th percentile us, peak KiB)] of (input file, argv) each, started in turn."""
    args = [os.path.join(build, "bench/spawn"), str(turns)]
    for given, argv in commands:
        args += ["--", given, *argv]
    out = subprocess.run(args, check=True, capture_output=True, text=True).stdout
    return [tuple(float(x) for x in line.split()) for line in out.splitlines()]


def seconds(argv, **more):
    begun = time.monotonic()
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, **more)
    return time.monotonic() - begun


def table(title, head, rows):
    print(f"\n## {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(c) for c in row) + " |")
