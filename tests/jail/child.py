"""Starting the real child from a test: start lines, TAP, how it ended."""
import json
import os
import subprocess
import sys

# no configuration but a test's own: the child reads the one of whoever runs this, and whose home may be closed to "nobody"
os.environ["HOME"] = "/nonexistent"
os.environ.pop("XDG_CONFIG_HOME", None)

HEADER = "-- Description: test\n-- Version: 0.1.0\n-- License: GPL-3.0\n\n"  # the code begins on line 5


def start_line(code, **fields):
    module = {"author": "anonymous", "description": "test", "keyring_access": [], "name": "test", "private_module": False,
              "script": {"code": HEADER + code}, "source": None, "stealth": "Normal", "version": "0.1.0"}
    line = {"arg": None, "blobs": [], "dns_config": {"ns": ["127.0.0.1:53"], "tcp": False, "timeout": None}, "keyring": [], "module": module,
            "options": {}, "proxy": None, "user_agent": None, "verbose": 2}
    line.update(fields)
    return json.dumps(line) + "\n"


class Ended:
    """What a child left: lines (parsed; text where they are no JSON), its messages, its status."""

    def __init__(self, out, err, status):
        self.lines = [self.parse(line) for line in out.decode("utf-8", "replace").splitlines()]
        self.err = err.decode("utf-8", "replace")
        self.status = status

    @staticmethod
    def parse(line):
        try:
            return json.loads(line)
        except ValueError:
            return line

    @property
    def exits(self):
        return [line["Exit"] for line in self.lines if isinstance(line, dict) and "Exit" in line]

    def said(self):
        """The text of the one Exit line, which is the last line."""
        if len(self.exits) != 1 or not isinstance(self.lines[-1], dict) or "Exit" not in self.lines[-1]:
            return None
        value = self.exits[0]
        return value if isinstance(value, str) else next(iter(value.values()))

    def __str__(self):
        tail = "; ".join(str(line)[:200] for line in self.lines[-3:])
        return f"status {self.status}, {len(self.lines)} lines, the last: {tail}; messages: {self.err[:300]!r}"


def run(program, code, *options, more="", start=None, timeout=60, **how):
    given = (start if start is not None else start_line(code)) + more
    p = subprocess.run([program, "sandbox", *options, "anonymous/test"], input=given.encode(), capture_output=True, timeout=timeout, **how)
    return Ended(p.stdout, p.stderr, p.returncode)


class Tap:
    def __init__(self):
        self.n = self.bad = 0

    def check(self, name, is_good, note=""):
        self.n += 1
        self.bad += not is_good
        print("ok" if is_good else "not ok", self.n, "-", name, flush=True)
        if not is_good:
            print("#  ", str(note).replace("\n", "\n#   "), flush=True)

    def skip(self, name, why):
        self.n += 1
        print("ok", self.n, "-", name, "# SKIP", why, flush=True)

    def end(self):
        print(f"1..{self.n}")
        sys.exit(self.bad != 0)


def worker_of(pid):
    """The number of the process that an outer half has made; None: not yet."""
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        found = f.read().split()
    return int(found[0]) if found else None


def is_sanitized(program):
    """Such a build has no limit of its addresses, and copies of what it was started with."""
    with open(program, "rb") as f:
        return b"__asan_init" in f.read()


def need_user_namespace(program):
    """Ends the test as skipped where the kernel refuses user namespaces (as it does inside a chroot): without them most of
    what it looks at is off, and the child says so in its messages. tests/jail/probe.py holds what is left to account."""
    said = subprocess.run([program, "--check"], capture_output=True, text=True).stdout
    if any(line.startswith("off ") and line[4:].strip().startswith("user namespace") for line in said.splitlines()):
        print("1..0 # SKIP this machine refuses user namespaces")
        sys.exit(0)


def is_root():
    return os.geteuid() == 0
