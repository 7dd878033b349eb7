#!/usr/bin/env python3
"""keyring.py SN0INT [CASE...]: the keyring over whole commands: twenty keys, grants, kill -9, several at once.

Beside each ring a model in Python is kept: what a command that ended with 0 has stored is there, whatever came later, and a command
that was killed has stored its key or has not. SN0INT_KILLS says how many commands are killed a ring; the default is for make check.
TAP.
"""
import json
import os
import pty
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


# what may no more than before keeps its keys
GROWN = "function more() return http_request(http_mksession(), 'GET', 'https://other.example/', {}) end\n"


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
    out, err = ends(ring, 0, "run", "me/k")
    has(out, "s3cret")
    has(out, 'me/k keeps its keys of "aws": its text has changed since they were granted, and may nothing more')
    same(ends(ring, 0, "keyring", "grants")[0], "aws me/k (this text)\n")
    write_module(ring, "k", ASKS.format(GROWN))
    same(ends(ring, 0, "keyring", "grants", "aws")[0], "aws me/k (another text: it asks again)\n")
    err = ends(ring, 1, "run", "me/k")[1]
    has(err, "me/k: its text has changed since it was granted")
    has(err, "--grant")
    assert "s3cret" not in ends(ring, 0, "run", "me/k", "--deny-keyring")[0]
    has(ends(ring, 0, "run", "me/k", "--grant", "aws")[0], "s3cret")
    # as it was, it is another again; it may less, and nobody is kept to it where permissions are off
    write_module(ring, "k", ASKS.format(""))
    os.makedirs(os.path.join(ring.home, ".config"), exist_ok=True)
    with open(os.path.join(ring.home, ".config/sn0int.toml"), "w") as f:
        f.write('[run]\npermissions = "off"\n')
    ends(ring, 1, "run", "me/k")
    os.unlink(os.path.join(ring.home, ".config/sn0int.toml"))
    has(ends(ring, 0, "run", "me/k")[0], "s3cret")
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
    write_module(ring, "k", ASKS.format(GROWN))
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
    write_module(ring, "k", ASKS.format("-- Options: optional-key\n" + GROWN))
    out, err = ends(ring, 0, "run", "me/k")
    assert "s3cret" not in out
    has(err, 'me/k runs without the keys of "aws": its text has changed since it was granted (--grant aws)')
    same(ends(ring, 0, "run", "me/k", "--deny-keyring")[1], "")


def with_passphrase(ring, lines, *args, **kw):
    """A command that reads these lines from a descriptor of its own."""
    r, w = os.pipe()
    os.write(w, lines.encode())
    os.close(w)
    p = subprocess.Popen([SN0INT, "--passphrase-fd", str(r), *args], env=ring.env, cwd=ring.home, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=(r,), **kw)
    os.close(r)
    return p


def opens(ring, status, lines, *args, **kw):
    p = with_passphrase(ring, lines, *args, **kw)
    out, err = p.communicate(timeout=120)
    same((args, p.returncode), (args, status), out.decode("utf-8", "replace") + err.decode("utf-8", "replace"))
    return out.decode(), err.decode()


def seal_path(ring):
    return os.path.join(ring.share, "keyring.sealed")


def plain_ring(ring):
    with open(ring.path) as f:
        return json.load(f)


def a_sealed_ring_needs_its_passphrase(_):
    ring = Ring(3)
    write_module(ring, "k", ASKS.format(""))
    ring.ok("keyring", "add", "aws:k", "s3cret")
    ring.ok("run", "me/k", "--grant", "aws")
    has(ends(ring, 1, "keyring", "seal")[1], "sn0int --passphrase-fd N keyring seal")
    has(ends(ring, 1, "keyring", "unseal")[1], "the keyring is not sealed")
    has(ends(ring, 1, "keyring", "lock")[1], "the keyring is not sealed")
    has(opens(ring, 1, "\n", "keyring", "seal")[1], "a passphrase has 1 to")
    has(opens(ring, 1, "", "keyring", "seal")[1], "it has no more lines")
    assert not os.path.exists(seal_path(ring))
    has(opens(ring, 0, "pass\n", "keyring", "seal")[0], "The keyring is sealed")
    same((plain_ring(ring)["keys"], plain_ring(ring)["grants"]["aws"]), ({}, ["me/k"]))
    same([os.stat(f).st_mode & 0o777 for f in (ring.path, seal_path(ring))], [0o600, 0o600])
    for args in (("keyring", "list"), ("keyring", "get", "aws:k"), ("keyring", "add", "a:b", "c"), ("keyring", "delete", "a:b"),
                 ("keyring", "unseal"), ("keyring", "seal"), ("run", "me/k")):
        has(ends(ring, 1, *args)[1], "the keyring is sealed, and there is no terminal to ask for its passphrase: sn0int --passphrase-fd N")
        has(opens(ring, 1, "wrong\n", *args)[1], "is not that of the keyring")
    # what needs no key asks for none
    for args in (("keyring", "grants"), ("keyring", "lock"), ("run", "me/m1", "--deny-keyring"), ("stats",)):
        ends(ring, 0, *args)
    same(opens(ring, 0, "pass\n", "keyring", "get", "-q", "aws:k"), ("s3cret\n", ""))
    has(opens(ring, 0, "pass", "run", "me/k")[0], "s3cret")
    # the first line is the old one, the second the new one
    has(opens(ring, 0, "pass\nother\n", "keyring", "seal")[0], "another passphrase")
    opens(ring, 1, "pass\n", "keyring", "list")
    same(opens(ring, 0, "other\n", "keyring", "list")[0], "aws:k\nold0:k0\nold0:k2\nold1:k1\n")
    ring.env["CREDENTIALS_DIRECTORY"] = ring.home
    with open(os.path.join(ring.home, "sn0int-keyring"), "w") as f:
        f.write("other\n")
    same(ends(ring, 0, "keyring", "get", "-q", "aws:k")[0], "s3cret\n")
    has(ends(ring, 0, "run", "me/k")[0], "s3cret")
    with open(os.path.join(ring.home, "sn0int-keyring"), "w") as f:
        f.write("no\n")
    has(ends(ring, 1, "keyring", "list")[1], "is not the passphrase of the keyring")
    del ring.env["CREDENTIALS_DIRECTORY"]
    with open(ring.path, "w") as f:
        f.write('{"keys":{"peer":{"n":"by the peer"}},"grants":{}}')
    out, err = opens(ring, 0, "other\n", "keyring", "add", "a:b", "c")
    has(out, "taken over into the sealed keyring, from keyring.json: peer:n")
    same(plain_ring(ring), {"keys": {}, "grants": {}})
    opens(ring, 0, "other\n", "keyring", "unseal")
    assert not os.path.exists(seal_path(ring))
    same(plain_ring(ring)["keys"], {"a": {"b": "c"}, "aws": {"k": "s3cret"}, "old0": {"k0": "s0", "k2": "s2"}, "old1": {"k1": None},
                                    "peer": {"n": "by the peer"}})


def an_optional_key_that_is_sealed_fails_no_run(_):
    ring = Ring()
    write_module(ring, "k", ASKS.format("-- Options: optional-key\n"))
    ring.ok("keyring", "add", "aws:k", "s3cret")
    ring.ok("run", "me/k", "--grant", "aws")
    opens(ring, 0, "pass\n", "keyring", "seal")
    out, err = ends(ring, 0, "run", "me/k")
    has(err, "me/k runs without its keys: the keyring is sealed")
    assert "s3cret" not in out
    has(opens(ring, 0, "pass\n", "run", "me/k")[0], "s3cret")


def a_terminal_is_asked(_):
    ring = Ring()
    ring.ok("keyring", "add", "aws:k", "s3cret")
    for args, answers, status, last in (
            (("keyring", "seal"), ("one", "two"), 1, "the two passphrases differ"),
            (("keyring", "seal"), ("pass", "pass"), 0, "The keyring is sealed"),
            (("keyring", "get", "-q", "aws:k"), ("wrong", "pass"), 0, "s3cret"),
            (("keyring", "get", "-q", "aws:k"), ("",), 1, "the keyring stays locked")):
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(ring.home)
            os.execve(SN0INT, [SN0INT, *args], {**ring.env, "TERM": "dumb"})
        seen = b""
        for answer in answers:
            seen = wait_for(fd, seen, b": ")
            # whoever is asked cannot be dumped
            with open(f"/proc/{pid}/limits") as f:
                same([line.split()[-3:-1] for line in f if line.startswith("Max core")], [["0", "0"]])
            os.write(fd, answer.encode() + b"\n")
            seen = b""
        seen = wait_for(fd, seen, None)
        same((args, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])), (args, status), seen)
        os.close(fd)
        has(seen.decode(), last)
        assert b"pass" not in seen.replace(b"passphrase", b"")


def wait_for(fd, seen, what):
    """What comes up to these bytes; None: up to the end."""
    while what is None or what not in seen:
        try:
            data = os.read(fd, 4096)
        except OSError:
            data = b""
        if not data:
            assert what is None, seen
            return seen
        seen += data
    return seen


def all_keys(ring):
    """As a person with the passphrase has them; a ring that is not sealed needs none."""
    out, _ = opens(ring, 0, "pass\n", "keyring", "list")
    return set(out.split())


def a_killed_seal_loses_no_key(size):
    ring = Ring(size)
    ring.ok("keyring", "add", "a:k", "s")
    want = all_keys(ring)
    start = time.monotonic()
    opens(ring, 0, "pass\n", "keyring", "seal")
    span = 1.2 * (time.monotonic() - start)
    killed = 0
    for i in range(KILLS // 2):
        verb = "unseal" if os.path.exists(seal_path(ring)) else "seal"
        killed += kill_at(with_passphrase(ring, "pass\n", "keyring", verb), random.uniform(0, span)) == -9
        same(all_keys(ring), want)
        if not os.path.exists(seal_path(ring)):
            same({f"{ns}:{n}" for ns, n in ring.read()[0]}, want)
        elif i % 2:
            kill_at(with_passphrase(ring, "pass\n", "keyring", "add", f"b:k{i}", "s"), random.uniform(0, span))
            got = all_keys(ring)
            same(got - {f"b:k{i}"}, want)
            want = got
    if os.path.exists(seal_path(ring)):
        opens(ring, 0, "pass\n", "keyring", "unseal")
    same({f"{ns}:{n}" for ns, n in ring.read()[0]}, want)
    print(f"# {size}: {killed} of {KILLS // 2} were killed", flush=True)


def several_that_are_sealed_lose_nothing(_):
    ring = Ring(3)
    opens(ring, 0, "pass\n", "keyring", "seal")
    running = [with_passphrase(ring, "pass\n", "keyring", "add", f"n:k{i}", "s") for i in range(3)]
    for p in running:
        err = p.communicate(timeout=120)[1]
        same(p.returncode, 0, err)
    same(all_keys(ring), {"old0:k0", "old0:k2", "old1:k1", "n:k0", "n:k1", "n:k2"})


SEALS = [a_killed_seal_loses_no_key]
ONCE = [others_are_said_and_a_link_stays, a_grant_ends_with_the_text, a_grant_of_the_peer_holds_for_the_first_text,
        an_optional_key_asks_nothing, a_sealed_ring_needs_its_passphrase, an_optional_key_that_is_sealed_fails_no_run, a_terminal_is_asked,
        several_that_are_sealed_lose_nothing]
CASES = [twenty_keys_over_four_namespaces, twenty_grants, a_killed_add_keeps_all, a_killed_grant_keeps_all, several_at_once_lose_nothing,
         *SEALS, *ONCE]


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])

    def call(case):
        for size in (0,) if case in ONCE else (0, 5) if case in SEALS else SIZES:
            case(size)

    return tap.run(CASES, call, sys.argv[2:])


sys.exit(main())
