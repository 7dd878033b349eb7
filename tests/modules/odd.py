#!/usr/bin/env python3
"""odd.py SN0INT-SANDBOX [--seed N] [--tries N] [--only MODULE]... [--how WHAT] [--try N]: the bundled modules, against a service that means them harm.

What the services of services/ answer by their documentation is altered (mutate.py) and sent to the module in a sandbox of its own, whose
parent is this program. Whatever comes, a module ends by itself and soon, in no error of Lua, asks nobody but whom it is there to ask, says
well-formed rows that belong together, not too many of them, and does not say that all is well where nothing could be read. TAP, a case a
module; try N of a seed is always the same one, and is said where it fails.
"""
import argparse
import concurrent.futures
import glob
import ipaddress
import json
import os
import random
import re
import select
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import mutate  # noqa: E402
import tap  # noqa: E402
from service import MODULES, Handler, Reply, Request, answers, services  # noqa: E402
from world import Threads  # noqa: E402

SECONDS = 8  # of the processor, for a try
WALL = 60  # on a machine that has other things to do
ERROR = 4000
HOW = {"body": 600, "transport": 100, "refused": 80, "moved": 40, "garbage": 60, "bomb": 3, "flood": 3}  # and how often
ROWS = 35000  # the default of most is 10000 names, with an address and what ties them
FLOOD = 50000
LUA = re.compile(r"LuaError\(|\[string \"")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NAME = re.compile(r"(?=.{1,253}\Z)[^\s.@/:*<>\"'\\]{1,63}(\.[^\s.@/:*<>\"'\\]{1,63})*\Z")
# Whoever asks the target itself may be told anything there, and has found nothing; what has to be said of it is in their own recorded cases.
OF_PAGES = {"bluesky-domain": "a site may have any page where the file would be", "well-known": "a page is what it looks for"}


class Odd(Handler):
    """Sends what the try of this server says."""

    def do(self):
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Request(self.command, url.path, dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True)), self.headers, body)
        port = self.server.server_address[1]
        self.server.hosts.append(self.headers.get("Host"))
        reply, data = self.server.say(asked, f"http://127.0.0.1:{port}")
        self.send(reply, data, port)

    do_GET = do_POST = do_HEAD = do_PUT = do

    def send(self, reply, data, port):
        self.send_response(reply.status)
        for name, value in [("Content-Type", reply.type), ("Content-Length", str(len(data))), *reply.headers.items(), *getattr(reply, "more", ())]:
            value = value.replace("@SELF@", self.path).replace("@BASE@@", f"127.0.0.1:{port}@").replace("@BASE@", f"http://127.0.0.1:{port}")
            self.send_header(name, value.replace("@PORT@", str(port)))
        self.end_headers()
        cut, drip = getattr(reply, "cut", None), getattr(reply, "drip", None)
        try:
            if drip is not None:
                self.wfile.write(data[:drip])
                time.sleep(0.05)
                data = data[drip:]
            self.wfile.write(data[:cut] if self.command != "HEAD" else b"")
        except OSError:
            pass
        self.close_connection = self.close_connection or cut is not None


class Names(threading.Thread):
    """A name server that says 127.0.0.1 to everything, and keeps what it was asked."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port, self.asked = self.socket.getsockname()[1], []
        self.start()

    def run(self):
        while True:
            query, who = self.socket.recvfrom(4096)
            end = query.index(b"\0", 12) + 5
            self.asked.append(query[12:end - 5])
            found = query[end - 4:end - 2] == b"\0\1"
            reply = query[:2] + b"\x81\x80\0\1" + (b"\0\1" if found else b"\0\0") + b"\0\0\0\0" + query[12:end]
            self.socket.sendto(reply + (b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1" if found else b""), who)


class Rows:
    """What a run adds, and what is wrong with it."""

    def __init__(self, arg):
        self.arg, self.faults, self.values, self.ids, self.count = arg, [], {}, 100, 0
        self.mine = arg.get("id") if isinstance(arg, dict) else None

    def wrong(self, why, value):
        self.faults.append(f"{why}: {str(value)[:200]!r}")

    def reply(self, event):
        kind, what = next(iter(event.items()))
        self.count += 1
        if kind == "Activity":
            self.texts("an event", what)
            return {"Inserted": 0}
        if kind == "Select":
            return "None"
        what = what[0] if kind == "InsertTtl" else what[2] if kind == "Update" else what
        family, row = next(iter(what.items()))
        self.texts(family, row)
        if kind == "Update":
            return {"Updated": self.mine or 1}
        return self.insert(family, row)

    def insert(self, family, row):
        check = getattr(self, "of_" + family.lower(), None)
        if check:
            check(row)
        key = (family, json.dumps(row.get("value", row), sort_keys=True))
        if key in self.values:
            return {"NoChange": self.values[key][0]}
        self.ids += 1
        self.values[key] = self.ids, row
        return {"Inserted": self.ids}

    def texts(self, family, row):
        """Nothing in a row is there to move a cursor, or to end a line."""
        for name, value in row.items():
            if isinstance(value, str) and CONTROL.search(value):
                self.wrong(f"a control character in {name} of {family}", value)
            if isinstance(value, dict):
                self.texts(family, value)
        for name in ("url", "value") if family in ("Url", "Account") else ():
            value = row.get(name)
            if value and (family == "Url" or name == "url") and not re.match(r"https?://[^\s/]", value, re.I):
                self.wrong(f"{name} of {family} is no URL of the web", value)

    def row(self, family, number):
        if number == self.mine and isinstance(self.arg, dict):
            return self.arg
        return next((row for (of, _), (i, row) in self.values.items() if of == family and i == number), None)

    def of_domain(self, row):
        if not NAME.match(row["value"]):
            self.wrong("no name of a domain", row["value"])

    def of_subdomain(self, row):
        above, value = self.row("Domain", row["domain_id"]), row["value"]
        if not NAME.match(value):
            self.wrong("no name", value)
        elif above is None or value != above["value"] and not value.endswith("." + above["value"]):
            self.wrong(f"a name that is not below {above and above['value']}", value)

    def of_ipaddr(self, row):
        try:
            assert str(ipaddress.ip_address(row["value"]).version) == row["family"]
        except (ValueError, AssertionError):
            self.wrong("no address", row["value"])

    def of_netblock(self, row):
        try:
            ipaddress.ip_network(row["value"])
        except ValueError:
            self.wrong("no network", row["value"])

    def of_email(self, row):
        if not re.match(r"[^\s@]+@[^\s@]+\Z", row["value"]) or not NAME.match(row["value"].rpartition("@")[2]):
            self.wrong("no address of mail", row["value"])

    def of_account(self, row):
        for name in ("service", "username"):
            if not row[name] or re.search(r"[\s<>\"]", row[name]) or len(row[name]) > 300:
                self.wrong(f"no {name} of an account", row[name])

    def of_port(self, row):
        if not 0 < row["port"] < 65536:
            self.wrong("no port", row["port"])


def start_line(module, code, arg, options, keys, names):
    of = re.search(r"^-- Source: (\w+)(?::(\S+))?", code, re.M)
    source = {"ipaddrs": "IpAddrs", "phonenumbers": "PhoneNumbers"}.get(of[1], of[1].capitalize()) if of else None
    if of and of[1] in ("accounts", "cryptoaddrs"):
        source = {"Accounts" if of[1] == "accounts" else "CryptoAddrs": of[2]}
    stealth = re.search(r"^-- Stealth: (\w+)", code, re.M)
    return {
        "arg": arg, "blobs": [], "dns_config": {"ns": [f"127.0.0.1:{names}"], "tcp": False, "timeout": {"secs": 2, "nanos": 0}}, "proxy": None, "user_agent": None,
        "keyring": [{"namespace": key.split(":", 1)[0], "access_key": key.split(":", 1)[1], "secret_key": secret} for key, secret in keys.items()],
        "module": {"author": "bundled", "name": module, "description": "x", "version": "1.0.0", "private_module": False, "script": {"code": code},
                   "keyring_access": re.findall(r"^-- Keyring-Access: (\S+)", code, re.M), "source": source, "stealth": stealth[1].capitalize() if stealth else "Normal"},
        "options": options, "verbose": 0}


class Run:
    """A child, and what it said; its parent says yes to everything."""

    rows_of = Rows

    def __init__(self, argv, start, arg):
        self.rows, self.faults, self.end = self.rows_of(arg), [], None
        self.child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.said = b""
        reader = threading.Thread(target=self.errors, daemon=True)
        reader.start()
        try:
            self.tell(start)
            self.listen()
        except BrokenPipeError:
            self.faults.append("it is gone before it was told all")
        self.child.kill() if self.end is None else self.child.stdin.close()
        _, _, used = os.wait4(self.child.pid, 0)
        self.child.returncode = 0
        self.seconds = used.ru_utime + used.ru_stime
        reader.join()
        self.child.stdout.close()

    def errors(self):
        self.said = self.child.stderr.read()
        self.child.stderr.close()

    def tell(self, value):
        self.child.stdin.write(json.dumps(value).encode() + b"\n")
        self.child.stdin.flush()

    def other(self, kind, what):
        return "Pass" if kind == "Ratelimit" else None

    def listen(self):
        until = time.monotonic() + WALL * 2
        for line in self.child.stdout:
            event = json.loads(line)
            kind, what = next(iter(event.items()))
            if kind == "Exit":
                self.end = "" if what == "Ok" else next(iter(what.values()))
                return
            if kind == "Database":
                self.tell({"Ok": self.rows.reply(what)})
            elif kind in ("Ratelimit", "Blob", "Stdio"):
                self.tell({"Ok": self.other(kind, what)})
            if self.rows.count > ROWS or time.monotonic() > until:
                self.faults.append(f"it does not come to an end: {self.rows.count} rows")
                return


class Service:
    """Tries of one module."""

    def __init__(self, program, service, names, how):
        self.program, self.service, self.names, self.how = program, service, names, how
        with open(os.path.join(MODULES, service.module + ".lua"), encoding="utf-8") as f:
            self.code = f.read()
        cases = {"answer": service.case("answer"), **service.more}
        self.cases = [cases[name] for name in sorted(cases)]

    def options(self, case, port):
        out = {name: value for name, value in {**self.service.options, **(case.options or {})}.items() if value is not None}
        for name in self.service.bases:
            out.setdefault(name, self.service.base(name, f"http://127.0.0.1:{port}"))
        return {name: value.replace("@PORT@", str(port)) for name, value in out.items()}

    def attack(self, r, case):
        """What is done to the answers: a name, and a function of a reply that gives another one."""
        how = self.how or r.choices(list(HOW), HOW.values())[0]
        which = None if how in ("refused", "moved", "garbage", "bomb") or r.random() < 0.3 else r.randrange(1, 3)
        seed, number = r.random(), [0]

        def say(asked, base):
            reply = answers(case.routes, asked)
            data = reply.bytes(base)
            number[0] += 1
            if which and number[0] != which:
                return reply, data
            own = random.Random(f"{seed} {asked.path} {sorted(asked.query.items())}")
            new = {"body": lambda: mutate.body(own, reply), "transport": lambda: mutate.transport(own, reply, data), "refused": lambda: mutate.refused(own),
                   "moved": lambda: mutate.moved(own), "garbage": lambda: mutate.garbage(own), "bomb": lambda: mutate.bomb(reply),
                   "flood": lambda: mutate.flood(own, reply, FLOOD) or reply}[how]()
            self.sent.append((asked.path, new.status, new.bytes(base)[:3000]))
            return new, new.bytes(base)
        return how, say

    def attempt(self, server, r):
        """The faults of one try, what was done, and what was sent."""
        case = r.choice(self.cases) if r.random() < 0.6 else self.service.case("answer")
        port, self.sent = server.server_address[1], []
        how, server.say = self.attack(r, case)
        server.hosts.clear()
        self.names.asked.clear()
        arg = self.service.argument_of(case, {"@PORT@": port})
        start = start_line(self.service.module, self.code, arg, self.options(case, port), case.keys, self.names.port)
        argv = [self.program, "sandbox", "--allow-net=local", f"--limit=wall={WALL}s", f"bundled/{self.service.module}"]
        run = Run(argv, start, arg)
        return how, run, [*run.faults, *run.rows.faults, *self.faults(how, run, port, server.hosts)]

    def faults(self, how, run, port, hosts):
        if run.end is None:
            yield "no end: " + run.said.decode("utf-8", "replace")[-300:]
        elif LUA.search(run.end):
            yield "an error of Lua: " + run.end[:300]
        elif "wall" in run.end or "sandbox violation" in run.end:
            yield run.end[:300]
        if run.end is not None and len(run.end) > ERROR:
            yield f"an error of {len(run.end)} bytes"
        if run.seconds > SECONDS:
            yield f"{run.seconds:.1f} s of the processor"
        strangers = {h for h in hosts if h != f"127.0.0.1:{port}"} | {name.decode("latin-1") for name in self.names.asked}
        if "follow_redirects" in self.code:
            strangers = set()  # where a redirect leads, and the hosts of the target
        if strangers:
            yield f"it asks others: {sorted(map(str, strangers))}"
        if how in ("refused", "garbage") and self.sent and self.service.module not in OF_PAGES and run.end == "":
            yield f"all is well, it says, and {run.rows.count} rows"


# What no option that is a number may be; a port may not be the last one.
NO_NUMBERS = ["", "abc", "-1", "0", "1.5", " 5", "0x10", "1e99", "1\n2", "99999999999999999999", "65536"]
NUMBER = re.compile(r"^-- Option: (\S+) = \d+,", re.M)
HOST = {"id": 1, "value": "www.shop.test", "domain_id": 1, "unscoped": False}


def options_of(program, module, service, server, names):
    """What is wrong with how a module ends that is given another thing where a number should be: an error that names the option, and nobody is asked."""
    with open(os.path.join(MODULES, module + ".lua"), encoding="utf-8") as f:
        code = f.read()
    port = server.server_address[1]
    arg = json.loads(json.dumps(service.argument if service else HOST).replace("@PORT@", str(port)))
    server.say = lambda asked, base: (Reply("", 404), b"")
    for option in NUMBER.findall(code):
        for value in NO_NUMBERS:
            if value == "65536" and "port" not in option:
                continue
            given = {name: f"http://127.0.0.1:{port}" for name in (service.bases if service else ())}
            server.hosts.clear()
            names.asked.clear()
            run = Run([program, "sandbox", "--allow-net=local", f"--limit=wall={WALL}s", f"bundled/{module}"], start_line(module, code, arg, {**given, option: value}, {}, names.port), arg)
            if not run.end or f"option {option} " not in run.end or LUA.search(run.end):
                yield f"{option}={value!r}: {run.end!r} {run.said[-300:]!r}"
            if run.rows.count or server.hosts or names.asked:
                yield f"{option}={value!r}: it has begun: {run.rows.count} rows, {server.hosts}, {names.asked}"


def with_numbers(only):
    """Modules with an option that is a number; what those say that deliver notifications is in modules.py."""
    for path in sorted(glob.glob(os.path.join(MODULES, "*.lua"))):
        module = os.path.basename(path)[:-4]
        with open(path, encoding="utf-8") as f:
            code = f.read()
        if NUMBER.search(code) and "-- Source: notifications" not in code and (not only or module in only):
            yield module


def tries(service, server, seed, numbers, counts):
    bad = {}
    for n in numbers:
        r = random.Random(f"{seed} {service.service.module} {n}")
        how, run, faults = service.attempt(server, r)
        counts[0] += 1
        for fault in faults:
            kind = re.sub(r"[:0-9].*", "", fault, flags=re.S)
            bad.setdefault(kind, []).append((n, how, fault, service.sent))
    return bad


def show(bad):
    for found in bad.values():
        n, how, fault, sent = found[0]
        yield f"try {n} ({how}; {len(found)} such: {[f[0] for f in found][:8]}): {fault}"
        for path, status, data in sent[:2]:
            yield f"    {path}: {status} {data[:600]!r}"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--seed", default=os.environ.get("SN0INT_SEED", "0"))
    p.add_argument("--tries", type=int, default=int(os.environ.get("SN0INT_TRIES", "12")))
    p.add_argument("--only", action="append", default=[])
    p.add_argument("--try", type=int, dest="one")
    p.add_argument("--how", choices=HOW)
    a = p.parse_args()
    all_of_them = [s for s in services().values() if s.named and s.answer and not s.module.startswith("..") and (not a.only or s.module in a.only)]
    numbers, counts, local = [a.one] if a.one is not None else range(a.tries), [0], threading.local()

    def work(service):
        if not hasattr(local, "server"):
            local.server, local.names = Threads(("127.0.0.1", 0), Odd), Names()
            local.server.hosts = []
            local.server.handle_error = lambda *_: None  # a client that has had enough
            threading.Thread(target=local.server.serve_forever, args=(0.05,), daemon=True).start()
        return tries(Service(a.program, service, local.names, a.how), local.server, a.seed, numbers, counts)

    def numbers_of(module):
        server, names = Threads(("127.0.0.1", 0), Odd), Names()
        server.hosts = []
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            return list(options_of(a.program, module, services().get(module), server, names))
        finally:
            server.shutdown()
            server.server_close()

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        options = {m: pool.submit(numbers_of, m) for m in with_numbers(a.only)}
        found = {s.module: pool.submit(work, s) for s in all_of_them}

        def case(module):
            def check():
                bad = found[module].result()
                assert not bad, "\n" + "\n".join(show(bad))
            check.__name__ = module
            return check

        def of_options(module):
            def check():
                faults = options[module].result()
                assert not faults, "\n".join(faults)
            check.__name__ = "options of " + module
            return check
        started = time.monotonic()
        failed = tap.run([*map(case, found), *map(of_options, options)], lambda c: c())
    print(f"# {counts[0]} tries in {time.monotonic() - started:.1f} s, seed {a.seed}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
