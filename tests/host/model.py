#!/usr/bin/env python3
"""model.py SN0INT [CASE...]: what is read, changed and written again, beside a model of it in Python. TAP.

Each case makes something of a size, lets random commands change it, and compares after each all that is there with what the model says.
Now and then a command is killed: then it has happened or it has not. What failed is told with its seed: SN0INT_SEED=... runs it again.
SN0INT_STEPS says how many commands follow a size; the default is for make check.
"""
import collections
import copy
import ipaddress
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home, png  # noqa: E402
from tap import same  # noqa: E402

SIZES = (0, 1, 2, 3, 4, 5, 7, 8, 9, 1000)
STEPS = int(os.environ.get("SN0INT_STEPS", "8"))
KILLS = 20  # of a hundred commands
SEED = os.environ.get("SN0INT_SEED")
counts = collections.Counter()


def quoted(words):
    """A line of the prompt."""
    return " ".join("'" + w + "'" for w in words)


class Case:
    """A home and its model: `held` is whatever look() returns of the home."""

    def __init__(self, folder, rng, size):
        self.home, self.rng, self.size = Home(folder), rng, size
        self.held = self.nothing()
        self.span = 0.03
        self.fill()
        self.check("after it was filled")

    def check(self, what):
        same(self.look(), self.held, what)

    def start(self, args):
        return subprocess.Popen([Home.program, *args], env=self.home.env, cwd=self.home.path, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def do(self, *args, want=0):
        """A command whose change is in the model already."""
        counts["commands"] += 1
        began = time.monotonic()
        p = self.start(args)
        out, err = p.communicate(timeout=WAIT)
        same(p.returncode, want, (args, out, err))
        self.span = max(self.span / 2, time.monotonic() - began)
        self.check(args)
        return out

    def kill(self, before, *args):
        """The same, and it is killed at some moment; before is the model without it."""
        p = self.start(args)
        try:
            p.communicate(timeout=self.rng.uniform(0, self.span))
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
            counts["killed"] += 1
        now = self.look()
        assert now == self.held or p.returncode != 0 and self.lies_between(before, now), (args, now, self.held)
        self.held = now

    def lies_between(self, before, now):
        return now == before

    def lines(self, lines):
        """All in one go, at the prompt on a pipe."""
        counts["commands"] += len(lines)
        self.home.call(stdin="".join(quoted(line) + "\n" for line in lines).encode())

    def step(self):
        before = copy.deepcopy(self.held)
        args = self.change()
        if self.rng.randrange(100) < KILLS:
            self.kill(before, *args)
        else:
            self.do(*args)


class Ring(Case):
    """Keys and grants: (namespace -> name -> secret, namespace -> list of modules)."""
    SPACES = ("a", "b", "with blank", "ü", 'q"\\', "grant0", "grant1")
    MODULES = 9

    def nothing(self):
        return {}, {}

    def look(self):
        path = os.path.join(self.home.share, "keyring.json")
        if not os.path.exists(path):
            return {}, {}
        same(os.stat(path).st_mode & 0o777, 0o600)
        with open(path) as f:
            ring = json.load(f)
        same(set(ring), {"keys", "grants"})
        return ring["keys"], ring["grants"]

    def fill(self):
        for i in range(self.MODULES):
            self.home.module(f"me/m{i}", f"Keyring-Access: grant{i % 2}")
        keys, grants = self.held
        new = [(self.rng.choice(self.SPACES[:5]), f"k{i}", f"s{i}") for i in range(self.size)]
        for ns, name, secret in new:
            keys.setdefault(ns, {})[name] = secret
        if self.size <= 9:
            for ns, name, secret in new:
                self.home.call("keyring", "add", f"{ns}:{name}", secret)
        elif self.rng.randrange(2):
            self.lines([("keyring", "add", f"{ns}:{name}", secret) for ns, name, secret in new])
        else:  # as the reference program writes one, grants as well
            for i in range(self.size):
                grants.setdefault(f"grant{i % 2}", []).append(f"a/m{i}")
            self.home.write(".local/share/sn0int/keyring.json", json.dumps({"keys": keys, "grants": grants}).encode())
            os.chmod(os.path.join(self.home.share, "keyring.json"), 0o600)

    def some_key(self):
        """One that is there, most of the time."""
        keys = [(ns, name) for ns, names in self.held[0].items() for name in names]
        return self.rng.choice(keys) if keys and self.rng.randrange(5) else ("a", "none")

    def change(self):
        keys, grants = self.held
        kind = self.rng.randrange(6)
        ns, name = self.some_key()
        if kind == 0:
            keys.setdefault(ns, {})[name] = "again"
            return "keyring", "add", f"{ns}:{name}", "again"
        if kind in (1, 2):
            ns, name = self.rng.choice(self.SPACES), self.rng.choice(("x:y", "\t", "é", "n%d" % self.rng.randrange(20)))
            secret = self.rng.choice(("s", "", '"\\', "two words"))
            keys.setdefault(ns, {})[name] = secret or None
            return "keyring", "add", f"{ns}:{name}", secret
        if kind == 3:
            keys.get(ns, {}).pop(name, None)
            if ns in keys and not keys[ns]:
                del keys[ns]
            return "keyring", "delete", f"{ns}:{name}"
        i = self.rng.randrange(self.MODULES)
        ns, module = f"grant{i % 2}", f"me/m{i}"
        if kind == 4:
            if module not in grants.setdefault(ns, []):
                grants[ns].append(module)
            return "run", module, "--grant", ns
        if grants.get(ns) and self.rng.randrange(3):
            module = self.rng.choice(grants[ns])
        if module in grants.get(ns, []):
            grants[ns].remove(module)
            if not grants[ns]:
                del grants[ns]
        return "keyring", "revoke", ns, module

    def end(self):
        keys, grants = self.held
        names = sorted((ns.encode(), name.encode()) for ns, group in keys.items() for name in group)
        same(self.do("keyring", "list"), b"".join(ns + b":" + name + b"\n" for ns, name in names))
        for ns in self.SPACES[:2]:
            same(self.do("keyring", "list", ns).count(b"\n"), len(keys.get(ns, {})))
        ns, name = self.some_key()
        secret = keys.get(ns, {}).get(name)
        same(self.do("keyring", "get", "-q", f"{ns}:{name}", want=0 if name in keys.get(ns, {}) else 1), (secret + "\n").encode() if secret else b"")
        # what a module would be given
        i = self.rng.randrange(self.MODULES)
        ns = f"grant{i % 2}"
        given = keys.get(ns, {}) if f"me/m{i}" in grants.get(ns, []) else {}
        start = json.loads(self.do("run", "--deny-keyring", "--dump-sandbox-init-msg", f"me/m{i}"))
        same({k["access_key"]: k["secret_key"] for k in start["keyring"]}, given)


class Rules(Case):
    """Rules in the order of their numbers: [(type, value, is in)]."""
    TYPES = ("domain", "ip", "url")

    def nothing(self):
        return []

    def look(self):
        rows = self.home.rows("select object, value, scoped from autonoscope order by id")
        return [(t, v, bool(s)) for t, v, s in rows]

    def fill(self):
        lines = []
        for i in range(self.size):
            kind, value = ("domain", f"d{i}.com") if i % 2 else ("ip", f"10.{i // 200}.{i % 200}.0/24")
            is_in = bool(self.rng.randrange(2))
            self.held.append((kind, value, is_in))
            lines.append(("autoscope" if is_in else "autonoscope", "add", kind, value))
        if self.size <= 9:
            for line in lines:
                self.home.call(*line)
        else:
            self.lines(lines)

    def name(self):
        return ".".join([self.rng.choice("abc") for _ in range(self.rng.randrange(4))] + ["a", "com"])

    def address(self):
        return f"10.{self.rng.randrange(2)}.{self.rng.randrange(2)}.{self.rng.randrange(4)}"

    def url(self):
        path = "/".join(self.rng.choice("pq") for _ in range(self.rng.randrange(4)))
        return f"{self.rng.choice(('http', 'https'))}://{self.name()}{self.rng.choice(('', ':81'))}/{path}"

    def value(self, kind):
        """(as it is typed, as it is kept)"""
        if kind == "domain":
            name = self.rng.choice((self.name(), "."))
            return self.rng.choice((name, name.upper())), name
        if kind == "url":
            return (self.url(),) * 2
        text = f"{self.address()}/{self.rng.choice((0, 8, 15, 16, 17, 24, 31, 32))}"
        return text, text

    def change(self):
        kind = self.rng.choice(self.TYPES)
        typed, kept = self.value(kind)
        if self.held and self.rng.randrange(3) == 0:
            kind, kept, _ = self.rng.choice(self.held)
            typed = kept
        self.held = [r for r in self.held if r[:2] != (kind, kept)]
        verb = self.rng.choice(("autoscope", "autonoscope"))
        if self.rng.randrange(3) == 0:
            return verb, "delete", kind, typed
        self.held.append((kind, kept, verb == "autoscope"))
        return verb, "add", kind, typed

    @staticmethod
    def precision(rule):
        kind, value, _ = rule
        if kind == "ip":
            return int(value.partition("/")[2])
        return len([p for p in (value.split(".") if kind == "domain" else urllib.parse.urlsplit(value).path.split("/")) if p])

    def order(self):
        return sorted(self.held, key=lambda r: (self.TYPES.index(r[0]), -self.precision(r)))

    def decides(self, family, value):
        """The first rule that matches, or None."""
        url = urllib.parse.urlsplit(value) if family == "url" else None
        for rule in self.order():
            kind, of, is_in = rule
            if kind == "domain" and family in ("domain", "subdomain", "url"):
                want = [p for p in of.split(".") if p]
                have = (url.hostname if url else value).split(".")
                hit = have[len(have) - len(want):] == want if len(want) <= len(have) else False
            elif kind == "ip" and family in ("ipaddr", "netblock"):
                hit = ipaddress.ip_network(value).subnet_of(ipaddress.ip_network(of, strict=False))
            elif kind == "url" and url:
                rule_url = urllib.parse.urlsplit(of)
                want = [p for p in rule_url.path.split("/") if p]
                hit = (url.scheme, url.netloc) == (rule_url.scheme, rule_url.netloc) and [p for p in url.path.split("/") if p][:len(want)] == want
            else:
                continue
            if hit:
                return is_in
        return None

    def end(self):
        want = "".join(f"{'  scope' if is_in else 'noscope'} {kind} {json.dumps(value)}\n" for kind, value, is_in in self.order())
        same(self.do("autoscope", "list").decode(), want)
        rows = {("subdomain", self.name()) for _ in range(4)} | {("ipaddr", self.address()) for _ in range(4)}
        rows |= {("netblock", self.address().rpartition(".")[0] + ".0/24") for _ in range(2)} | {("url", self.url()) for _ in range(4)}
        state = {}
        for family, value in sorted(rows):
            # told, and kept: what is out of scope is stored as such, or not at all
            p = self.start(("add", family, value))
            p.communicate(timeout=WAIT)
            found = self.home.rows(f"select unscoped from {family}s where value = ?", value)
            if found:
                state[family, value] = bool(found[0][0])
                same(state[family, value], self.decides(family, value) is False, ("add", family, value, self.order()))
        self.change_rules_and_apply(state)

    def change_rules_and_apply(self, state):
        for _ in range(3):
            self.do(*self.change())
        for family in ("subdomain", "ipaddr", "netblock", "url"):
            self.do("rescope", "-y", family + "s")
        for (family, value), was_out in state.items():
            is_in = self.decides(family, value)
            now = self.home.rows(f"select unscoped from {family}s where value = ?", value)
            same(now, [(was_out if is_in is None else not is_in,)], ("rescope", family, value, self.order()))


class Workspaces(Case):
    """name -> (domains, files of images)."""

    def nothing(self):
        return {}

    def look(self):
        data, found = os.path.join(self.home.share, "data"), {}
        for name in os.listdir(data) if os.path.isdir(data) else ():
            # what was killed while it was made, or while it was deleted, may be a folder without a database
            domains = {v for v, in self.home.rows("select value from domains", workspace=name)}
            blobs = os.path.join(data, name, "blobs")
            # nor is what it was writing then an image
            files = {n for n in os.listdir(blobs) if not n.endswith(".new")} if os.path.isdir(blobs) else set()
            if domains or files or name in self.held:
                found[name] = domains, files
        return found

    def lies_between(self, before, now):
        """Line by line, workspace by workspace; each of them was there or will be."""
        for name, (domains, files) in now.items():
            old, new = before.get(name, (set(), set())), self.held.get(name, (set(), set()))
            if not (old[0] & new[0] <= domains <= old[0] | new[0] and old[1] & new[1] <= files <= old[1] | new[1]):
                return False
        return all(name in now or not any(self.held[name]) or not any(before.get(name, ((), ()))) for name in self.held)

    def fill(self):
        for i in range(4):
            self.home.write(f"p{i}.png", png(i))
        if self.size <= 9:
            for i in range(self.size):
                self.home.call("-w", f"w{i}", "add", "domain", f"d{i}.com")
                self.held[f"w{i}"] = {f"d{i}.com"}, set()
            return
        self.home.call("-w", "w0", "add", "domain", "d.com")
        data = os.path.join(self.home.share, "data")
        for i in range(self.size):
            if i:
                shutil.copytree(os.path.join(data, "w0"), os.path.join(data, f"w{i}"))
            self.held[f"w{i}"] = {"d.com"}, set()

    def check(self, what):
        if self.size <= 9 or what == "after it was filled":
            return super().check(what)
        # a thousand databases are opened once; after that names, and the one that was changed
        names = set(os.listdir(os.path.join(self.home.share, "data")))
        same(names, set(self.held), what)
        return None

    def some(self):
        return self.rng.choice(sorted(self.held)) if self.held and self.rng.randrange(4) else "w%d" % self.rng.randrange(12)

    def change(self):
        name, kind = self.some(), self.rng.randrange(5)
        if kind == 0 and self.held:
            doomed = sorted({self.rng.choice(sorted(self.held)) for _ in range(self.rng.choice((1, 1, 3)))})
            for n in doomed:
                del self.held[n]
            return "workspace", "--delete", "-f", *doomed
        domains, files = self.held.setdefault(name, (set(), set()))
        if kind == 1:
            i = self.rng.randrange(4)
            files.add(self.blob(i))
            return "-w", name, "add", "image", f"p{i}.png"
        if kind == 2 and domains:
            gone = self.rng.choice(sorted(domains))
            domains.remove(gone)
            return "-w", name, "delete", "domains", "where", "value", "=", gone
        value = "x%d.com" % self.rng.randrange(20)
        domains.add(value)
        return "-w", name, "add", "domain", value

    def blob(self, i):
        if not hasattr(self, "ids"):
            with tempfile.TemporaryDirectory(prefix="model") as folder:
                home = Home(folder)
                self.ids = []
                for k in range(4):
                    home.write("p.png", png(k))
                    home.call("add", "image", "p.png")
                    self.ids += set(os.listdir(os.path.join(home.share, "data/default/blobs"))) - set(self.ids)
        return self.ids[i]

    def step(self):
        if self.size > 9:  # look() takes too long to kill any
            self.do(*self.change())
        else:
            super().step()

    def end(self):
        names = sorted(n for n in os.listdir(os.path.join(self.home.share, "data"))) if self.held else []
        if not names:
            return
        same(self.do("workspace").decode().split(), names)
        if self.size <= 9:
            self.do("workspace", "--usage", *names)
        name = self.rng.choice(sorted(self.held))
        domains, files = self.held[name]
        same(set(self.do("-w", name, "select", "domains", "--values").decode().split()), domains)
        same(set(self.do("-w", name, "select", "images", "--values").decode().split()) <= files, True)
        self.do("-w", name, "fsck")


class Packages(Case):
    """Modules in folders of authors, some of them named in the configuration: id -> version."""

    def nothing(self):
        return {}

    def look(self):
        out = self.home.call("pkg", "list").decode()
        return dict(re.findall(r"^(\S+) (\S+)(?: \[\w+\])?\n    x$", out, re.M))

    def author(self):
        return self.rng.choice(("a", "b", "ns0", "ns1"))

    def put(self, name, version):
        author, _, stem = name.partition("/")
        folder = f"far/{author}" if author.startswith("ns") else f".local/share/sn0int/modules/{author}"
        self.home.write(f"{folder}/{stem}.lua",
                        f"-- Description: x\n-- Version: {version}\n-- License: GPL-3.0\n\nfunction run()\nend\n".encode())
        return os.path.join(self.home.path, folder, stem + ".lua")

    def fill(self):
        spaces = "".join(f'"ns{i}" = "{self.home.path}/far/ns{i}"\n' for i in range(2))
        self.home.write(".config/sn0int.toml", ("[namespaces]\n" + spaces).encode())
        for i in range(2):
            os.makedirs(os.path.join(self.home.path, f"far/ns{i}"))
        for i in range(self.size):
            self.held[f"{self.author()}/m{i}"] = "0.1.0"
        for name, version in self.held.items():
            self.put(name, version)

    def step(self):
        name = self.rng.choice(sorted(self.held)) if self.held and self.rng.randrange(2) else f"{self.author()}/n{self.rng.randrange(9)}"
        version = f"1.{self.rng.randrange(9)}.0"
        if self.rng.randrange(3) == 0 and name in self.held:
            os.unlink(self.put(name, version))
            del self.held[name]
        else:
            self.put(name, version)
            self.held[name] = version
        self.do("pkg", "list")

    def end(self):
        ids = re.findall(r"^(\S+/\S+) ", self.do("pkg", "list").decode(), re.M)
        same(ids, sorted(self.held, key=lambda n: n.split("/")))
        out = self.home.call(stdin=b"pkg reload\n").decode()
        same(re.findall(r"Loaded (\d+) modules", out), [str(len(self.held))] * 2)


class Network(Case):
    """Words of a policy, in the file and on the command line: {"allow": [...], "deny": [...]}."""

    def nothing(self):
        return {"allow": [], "deny": []}

    def look(self):
        return self.held

    def word(self):
        port = self.rng.choice(("", f":{self.ports[0]}", f":{self.ports[1]}"))
        bits = self.rng.choice((8, 29, 30, 31, 32, 32, 32))
        host = ipaddress.ip_network(f"127.0.0.{self.rng.randrange(1, 9)}/{bits}", strict=False)
        return self.rng.choice(("local", "public", "private", "10.0.0.0/8", "192.0.2.1") + (str(host),) * 8) + port

    def fill(self):
        self.sockets = []
        for _ in range(2):
            s = socket.socket()
            s.bind(("0.0.0.0", 0))
            s.listen(64)
            self.sockets.append(s)
        self.ports = [s.getsockname()[1] for s in self.sockets]
        # nothing that decides all by itself, so that the last word of many matters
        for i in range(self.size):
            self.held["allow"].append(f"127.0.1.{i % 250}:{1 + i}")
            self.held["deny"].append(f"127.0.1.{i % 250}:{1 + i}")
        for _ in range(min(self.size, 4)):
            self.held["allow"][self.rng.randrange(self.size)] = self.word()
        if self.size:
            self.held["deny"][self.rng.choice((0, self.size - 1))] = self.word()
        self.held["allow"].append("127.0.0.0/29")
        self.targets = [(f"127.0.0.{i}", port) for i in range(1, 9) for port in self.ports]
        self.home.module("me/net", body="".join(
            f"local s = sock_connect('{host}', {port}, {{}}) if last_err() then clear_err() info('no') else info('yes') end\n"
            for host, port in self.targets) + "end")

    @staticmethod
    def has(word, host, port):
        name, _, of = word.partition(":")
        if of and int(of) != port:
            return False
        if name in ("public", "private"):
            return False
        return name == "local" or ipaddress.ip_address(host) in ipaddress.ip_network(name)

    def step(self):
        if self.rng.randrange(STEPS) > 2:
            return  # a run takes its time
        for verb in ("allow", "deny"):
            words = self.held[verb]
            if words and self.rng.randrange(2):
                words.pop(self.rng.randrange(len(words)))
            words.insert(self.rng.randrange(len(words) + 1), self.word())
        self.ask()

    def ask(self):
        args, config = [], "[network]\n"
        for verb, words in self.held.items():
            split = self.rng.choice((0, len(words) // 2, len(words)))
            config += f"{verb} = {json.dumps(words[:split])}\n"
            args += [a for w in words[split:] for a in (f"--{verb}-net", w)]
        self.home.write(".config/sn0int.toml", config.encode())
        want = [any(self.has(w, *t) for w in self.held["allow"]) and not any(self.has(w, *t) for w in self.held["deny"])
                for t in self.targets]
        # a run that was refused all it asked for says so by its status
        out = self.do("run", "me/net", *args, want=0 if any(want) else 3).decode()
        for s in self.sockets:
            s.setblocking(False)
            try:
                while True:
                    s.accept()[0].close()
            except BlockingIOError:
                pass
        got = [w == "yes" for w in re.findall(r': "(yes|no)"$', out, re.M)]
        same(got, want, str(self.held)[:2000])

    def end(self):
        self.ask()
        for s in self.sockets:
            s.close()


class History(Case):
    """Lines of the prompt, the oldest first; no more than a hundred."""
    LINES = ("modules", "select domains", "add domain a.com", "stats", "\\", "a 'b\\n c", "ü", "#V2", "# V2", "set  x", "keyring list",
             "keyring add a:b", "select domains where value like '%'")

    def nothing(self):
        return []

    def look(self):
        path = os.path.join(self.home.share, "history")
        if not os.path.exists(path):
            return []
        text = self.home.content(path).decode()
        assert text.startswith("#V2\n") and text.endswith("\n"), text
        return [re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], line) for line in text.split("\n")[1:-1]]

    def typed(self, lines):
        for line in lines:
            kept = "keyring add a:b" if line.startswith("keyring add a:b ") else line
            if not self.held or self.held[-1] != kept:
                self.held.append(kept)
        self.held = self.held[-100:]
        counts["commands"] += len(lines)
        p = subprocess.run([Home.program], input="".join(line + "\n" for line in lines).encode(), env=self.home.env, cwd=self.home.path,
                           capture_output=True, timeout=10 * WAIT)
        same(p.returncode, 0, p.stderr)

    def fill(self):
        if self.size:
            self.typed([f"no{i}" for i in range(self.size)])

    def step(self):
        lines = [self.rng.choice(self.LINES) for _ in range(self.rng.randrange(1, 4))]
        if self.rng.randrange(3) == 0:
            lines.append("keyring add a:b secret")
        self.typed(lines)
        self.check(lines)

    def end(self):
        pass


def run(kind):
    for size in SIZES:
        seed = int(SEED) if SEED else random.randrange(1 << 32)
        with tempfile.TemporaryDirectory(prefix="model") as folder:
            try:
                case = kind(folder, random.Random(seed), size)
                for _ in range(STEPS):
                    case.step()
                case.end()
            except Exception as e:
                raise AssertionError(f"size {size}, SN0INT_SEED={seed}: {e}") from e


def main():
    Home.program = os.path.abspath(sys.argv[1])
    cases = []
    for kind in (Ring, Rules, Workspaces, Packages, Network, History):
        def one(kind=kind):
            run(kind)
        one.__name__ = kind.__name__.lower()
        cases.append(one)
    status = tap.run(cases, lambda c: c(), sys.argv[2:])
    print("# " + ", ".join(f"{k}: {v}" for k, v in sorted(counts.items())))
    return status


if __name__ == "__main__":
    sys.exit(main())
