#!/usr/bin/env python3
"""keyring.py SN0INT [CASE...]: the keyring over whole commands: twenty keys, grants, kill -9, several at once.

Beside each ring a model in Python is kept: what a command that ended with 0 has stored is there, whatever came later, and a command
that was killed has stored its key or has not. SN0INT_KILLS says how many commands are killed a ring; the default is for make check.
TAP.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from tap import has, same  # noqa: E402

KILLS = int(os.environ.get("SN0INT_KILLS", "12"))
SIZES = (0, 3, 5, 6, 7)
SN0INT = None


class Ring:
    def __init__(self, n=0):
        self.folder = tempfile.TemporaryDirectory(prefix="keyring")
        self.home = self.folder.name
        self.env = {"HOME": self.home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        self.share = os.path.join(self.home, ".local/share/sn0int")
        self.path = os.path.join(self.share, "keyring.json")
        self.keys, self.grants = {}, {}
        os.makedirs(os.path.join(self.share, "modules/me"), mode=0o700)
        for i in range(20):
            with open(os.path.join(self.share, f"modules/me/m{i}.lua"), "w") as f:
                f.write("-- Description: asks\n-- Version: 0.1.0\n-- License: GPL-3.0\n"
                        + f"-- Keyring-Access: new{i % 4}\n" + "\nfunction run() end\n")
        if n != 0:
            # as the reference program writes one: over two namespaces, one without a secret, 0644
            self.keys = {("old" + str(i % 2), f"k{i}"): None if i == 1 else f"s{i}" for i in range(n)}
            self.grants = {("old" + str(i % 2), f"a/m{i}"): True for i in range(n)}
            with open(self.path, "w") as f:
                json.dump({"keys": {ns: {k: v for (s, k), v in self.keys.items() if s == ns} for ns in ("old0", "old1")},
                           "grants": {ns: [m for s, m in self.grants if s == ns] for ns in ("old0", "old1")}}, f)

    def start(self, *args):
        return subprocess.Popen([SN0INT, *args], env=self.env, cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def ok(self, *args):
        p = self.start(*args)
        out, err = p.communicate(timeout=60)
        same((args, p.returncode), (args, 0), err.decode("utf-8", "replace"))
        return out

    def read(self):
        """Whole JSON at any moment; what is in it."""
        try:
            with open(self.path) as f:
                ring = json.load(f)
        except FileNotFoundError:
            return {}, {}
        return ({(ns, name): secret for ns, names in ring["keys"].items() for name, secret in names.items()},
                {(ns, m): True for ns, list in ring["grants"].items() for m in list})

    def check(self, maybe=({}, {})):
        for got, want, more in zip(self.read(), (self.keys, self.grants), maybe):
            lost = {k: v for k, v in want.items() if k not in got or got[k] != v}
            same((lost, {k for k in got if k not in want and k not in more}), ({}, set()))

    def learn(self):
        """What a killed command left counts from now on."""
        self.keys, self.grants = self.read()


def twenty_keys_over_four_namespaces(size):
    ring = Ring(size)
    for i in range(20):
        ring.ok("keyring", "add", f"new{i % 4}:k{i}", f"s{i}")
        ring.keys[f"new{i % 4}", f"k{i}"] = f"s{i}"
        ring.check()
    same(os.stat(ring.path).st_mode & 0o777, 0o600)
    for i in range(20):
        same(ring.ok("keyring", "get", "-q", f"new{i % 4}:k{i}").strip(), f"s{i}".encode())


def twenty_grants(size):
    ring = Ring(size)
    for i in range(20):
        ring.ok("run", f"me/m{i}", "--grant", f"new{i % 4}")
        ring.grants[f"new{i % 4}", f"me/m{i}"] = True
        ring.check()


def kill_at(p, delay):
    try:
        p.communicate(timeout=delay)
    except subprocess.TimeoutExpired:
        p.kill()
        p.communicate()
    return p.returncode


def median_time(ring):
    took = []
    for _ in range(3):
        start = time.monotonic()
        ring.ok("keyring", "list")
        took.append(time.monotonic() - start)
    return sorted(took)[1]


def killed_at_any_moment(size, args, maybe):
    """args(i) is a command, maybe(i) what it may have stored."""
    ring = Ring(size)
    span = 1.5 * median_time(ring)
    killed = 0
    for i in range(KILLS):
        status = kill_at(ring.start(*args(i)), random.uniform(0, span))
        killed += status == -9
        keys, grants = maybe(i)
        ring.check((keys, grants))
        if status == 0:
            ring.keys.update(keys)
            ring.grants.update(grants)
            ring.check()
        ring.learn()
    # and whoever comes next is not in the way of what was left
    ring.ok("keyring", "add", "last:k", "s")
    ring.keys["last", "k"] = "s"
    ring.check()
    print(f"# {size}: {killed} of {KILLS} were killed", flush=True)


def a_killed_add_keeps_all(size):
    killed_at_any_moment(size, lambda i: ("keyring", "add", f"new{i % 4}:k{i}", f"s{i}"), lambda i: ({(f"new{i % 4}", f"k{i}"): f"s{i}"}, {}))


def a_killed_grant_keeps_all(size):
    killed_at_any_moment(size, lambda i: ("run", f"me/m{i % 20}", "--grant", f"new{i % 4}"), lambda i: ({}, {(f"new{i % 4}", f"me/m{i % 20}"): True}))


def several_at_once_lose_nothing(size):
    ring = Ring(size)
    for i in range(0, 20, 5):
        running = [ring.start("keyring", "add", f"new{k % 4}:k{k}", f"s{k}") for k in range(i, i + 5)]
        for k, p in enumerate(running, i):
            err = p.communicate(timeout=60)[1]
            same((k, p.returncode), (k, 0), err.decode("utf-8", "replace"))
            ring.keys[f"new{k % 4}", f"k{k}"] = f"s{k}"
    ring.check()


def others_are_said_and_a_link_stays(_):
    ring = Ring(3)
    os.chmod(ring.path, 0o666)
    p = ring.start("keyring", "list")
    err = p.communicate()[1].decode()
    has(err, "others may read or write the keyring: chmod 600 ")
    os.rename(ring.path, ring.path + ".far")
    os.symlink("keyring.json.far", ring.path)
    ring.ok("keyring", "add", "new0:k", "s")
    ring.keys["new0", "k"] = "s"
    ring.check()
    assert os.path.islink(ring.path)
    p = ring.start("keyring", "list")
    same((p.communicate()[1], p.returncode), (b"", 0))


ASKS = ("-- Description: asks\n-- Version: 0.1.0\n-- License: GPL-3.0\n-- Keyring-Access: aws\n\n{}"
        "function run() info(keyring('aws')) end\n")


def write_module(ring, name, text):
    with open(os.path.join(ring.share, f"modules/me/{name}.lua"), "w") as f:
        f.write(text)


def ends(ring, status, *args):
    """Both outputs of a command that ends so."""
    p = ring.start(*args)
    out, err = p.communicate(timeout=60)
    same((args, p.returncode), (args, status), out.decode("utf-8", "replace") + err.decode("utf-8", "replace"))
    return out.decode(), err.decode()


def a_grant_ends_with_the_text(_):
    ring = Ring()
    ring.ok("keyring", "add", "aws:k", "s3cret")
    write_module(ring, "k", ASKS.format(""))
    has(ends(ring, 0, "run", "me/k", "--grant", "aws")[0], "s3cret")
    has(ends(ring, 0, "run", "me/k")[0], "s3cret")
    same(ends(ring, 0, "keyring", "grants")[0], "aws me/k (this text)\n")
    same(os.stat(os.path.join(ring.share, "grants.json")).st_mode & 0o777, 0o600)
    write_module(ring, "k", ASKS.format("-- another\n"))
    same(ends(ring, 0, "keyring", "grants", "aws")[0], "aws me/k (another text: it asks again)\n")
    err = ends(ring, 1, "run", "me/k")[1]
    has(err, "me/k: its text has changed since it was granted")
    has(err, "--grant")
    assert "s3cret" not in ends(ring, 0, "run", "me/k", "--deny-keyring")[0]
    has(ends(ring, 0, "run", "me/k", "--grant", "aws")[0], "s3cret")
    # as it was, it is another again
    write_module(ring, "k", ASKS.format(""))
    ends(ring, 1, "run", "me/k")
    same(ends(ring, 0, "keyring", "revoke", "aws", "me/k"), ("", ""))
    same(ends(ring, 0, "keyring", "grants")[0], "")
    has(ends(ring, 0, "keyring", "revoke", "aws", "me/k")[1], "me/k had no access to aws")


def a_grant_of_the_peer_holds_for_the_first_text(_):
    ring = Ring()
    write_module(ring, "k", ASKS.format(""))
    with open(ring.path, "w") as f:
        f.write('{"keys":{"aws":{"k":"s3cret"}},"grants":{"aws":["me/k"]}}')
    same(ends(ring, 0, "keyring", "grants", "nosuch")[0], "")
    same(ends(ring, 0, "keyring", "grants", "aws")[0], "aws me/k (the text that runs first)\n")
    has(ends(ring, 0, "run", "me/k")[0], "s3cret")
    same(ends(ring, 0, "keyring", "grants")[0], "aws me/k (this text)\n")
    write_module(ring, "k", ASKS.format("-- another\n"))
    ends(ring, 1, "run", "me/k")
    os.unlink(os.path.join(ring.share, "modules/me/k.lua"))
    same(ends(ring, 0, "keyring", "grants")[0], "aws me/k (not installed)\n")


def an_optional_key_asks_nothing(_):
    ring = Ring()
    ring.ok("keyring", "add", "aws:k", "s3cret")
    write_module(ring, "k", ASKS.format("-- Options: optional-key\n"))
    has(ends(ring, 0, "pkg", "info", "me/k")[0], "may use keys of")
    out, err = ends(ring, 0, "run", "me/k")
    assert "s3cret" not in out
    same(err, "")
    has(ends(ring, 0, "run", "me/k", "--grant", "aws")[0], "s3cret")
    has(ends(ring, 0, "run", "me/k")[0], "s3cret")
    write_module(ring, "k", ASKS.format("-- Options: optional-key\n-- another\n"))
    out, err = ends(ring, 0, "run", "me/k")
    assert "s3cret" not in out
    has(err, 'me/k runs without the keys of "aws": its text has changed since it was granted (--grant aws)')
    same(ends(ring, 0, "run", "me/k", "--deny-keyring")[1], "")


ONCE = [others_are_said_and_a_link_stays, a_grant_ends_with_the_text, a_grant_of_the_peer_holds_for_the_first_text,
        an_optional_key_asks_nothing]
CASES = [twenty_keys_over_four_namespaces, twenty_grants, a_killed_add_keeps_all, a_killed_grant_keeps_all, several_at_once_lose_nothing,
         *ONCE]


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])

    def call(case):
        for size in SIZES if case not in ONCE else (0,):
            case(size)

    return tap.run(CASES, call, sys.argv[2:])


sys.exit(main())
