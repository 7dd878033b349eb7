#!/usr/bin/env python3
"""walk.py SN0INT [STEP...]: module by module through the town of town.py, and how much of what there is was found.

Each step runs one module on what the steps before it have left in one workspace, and says what must be new there
afterwards, by the facts of the town. Of all that, 99 in 100 must be found, and nothing may be found that is not true.
TAP, a case a step.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, TESTS, os.path.join(TESTS, "vectors")]
import tap  # noqa: E402
from service import Reply  # noqa: E402
from town import HOST, OPEN, Town, certified  # noqa: E402

MODULES = os.path.join(os.path.dirname(TESTS), "modules", "bundled")
TABLES = ("domains", "subdomains", "ipaddrs", "urls", "emails", "accounts", "netblocks", "ports", "images", "breaches", "organisations", "persons")
SN0INT = None
LEAST = 0.99
ALIVE = [h for h in HOST if not h.is_dead]
WEB = [h for h in HOST if h.has_web]
STEPS = []  # filled by step()


# -- what the services say
# SERVICES has the function of each by the name that is the first part of its base URL: {base}/crtsh

def crtsh(request):
    names = [h.name for h in HOST if h.in_logs] if request.query.get("q") == "%.town.test" else []
    return Reply([{"id": i, "issuer_name": "C=XX, O=Town CA", "common_name": n, "name_value": n.upper() if i % 3 == 0 else "*.elsewhere.test\n" + n,
                   "not_before": "2026-01-01T00:00:00", "not_after": "2026-04-01T00:00:00"} for i, n in enumerate(names)])


SERVICES = {"/crtsh/": crtsh}


def serve(request):
    """One server stands for all: the base URL of each has its name as the first part of the path."""
    for prefix, answer in SERVICES.items():
        if request.path.startswith(prefix):
            request.path = request.path[len(prefix) - 1:]
            return answer(request)
    return Reply({"message": "Not Found"}, 404)


# -- the workspace

class Home:
    def __init__(self, town):
        self.town = town
        self.folder = tempfile.TemporaryDirectory(prefix="walk")
        self.env = {"HOME": self.folder.name, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "SSL_CERT_FILE": town.at("cert.pem")}

    def command(self, *args):
        p = subprocess.run([SN0INT, *args], capture_output=True, env=self.env, cwd=self.folder.name, timeout=300, stdin=subprocess.DEVNULL)
        out = p.stdout.decode("utf-8", "replace") + p.stderr.decode("utf-8", "replace")
        assert p.returncode == 0, f"{args}: exit {p.returncode}: {out[-3000:]}"
        return p.stdout.decode()

    def run(self, module, *args):
        return self.command("run", "-vv", "-f", os.path.join(MODULES, module + ".lua"), "--allow-net", "local", "--nameserver",
                            f"127.0.0.1:{self.town.dns}", *args)

    def rows(self):
        """{(table, value): row} of the whole workspace, and the events."""
        out = {}
        for table in TABLES:
            for line in self.command("select", "--json", table).splitlines():
                row = json.loads(line)
                out[table, row["value"]] = {k: v for k, v in row.items() if k not in ("id", "value", "body") and v is not None}
        for line in self.command("activity").splitlines():
            event = json.loads(line)
            out["activity", f"{event['topic']} {event.get('uniq')}"] = {k: event[k] for k in ("time", "content") if event.get(k)}
        return out


def step(module, *options, target=(), name=None):
    """The function below says what is new: {table: {value: {column: value}}}; columns that it leaves out may be anything. With {base} in an
    option is meant where the services are."""
    def keep(expected):
        STEPS.append((name or module, module, options, target, expected))
        return expected
    return keep


def plain(names):
    return {name: {} for name in names}


def changed(before, after):
    return {key: row for key, row in after.items() if before.get(key) != row}


class Count:
    """Over all steps."""
    wanted = found = false = 0


def compare(new, expected):
    """What is missing and what is not true, a line each."""
    wanted = {(table, value): columns for table, rows in expected.items() for value, columns in rows.items()}
    missing, wrong = [], []
    for key, columns in wanted.items():
        row = new.get(key)
        differs = [] if row is None else [f"{c} is {row.get(c)!r}, not {v!r}" for c, v in columns.items() if row.get(c) != v]
        if row is None:
            missing.append(f"missing: {key}")
        elif differs:
            wrong.append(f"wrong: {key}: {'; '.join(differs)}")
    wrong += [f"not there: {key}: {row}" for key, row in new.items() if key not in wanted]
    Count.wanted += len(wanted)
    Count.found += len(wanted) - len(missing)
    Count.false += len(wrong)
    return missing, wrong, len(wanted)


def case_of(home, which):
    name, module, options, target, expected = which

    def check():
        before = home.rows()
        words = [w for o in options for w in ("-o", o.format(base=f"http://127.0.0.1:{home.town.services}", http=home.town.http, https=home.town.https,
                                                             dns=f"127.0.0.1:{home.town.dns}"))]
        out = home.run(module, *words, *target)
        missing, wrong, wanted = compare(changed(before, home.rows()), expected())
        assert not wrong, "\n".join(wrong[:20])
        assert len(missing) <= (1 - LEAST) * wanted, "\n".join(missing[:20]) + "\n" + out[-2000:]
    check.__name__ = name
    return check


def all_of_it():
    print(f"# {Count.found} of {Count.wanted} found, {Count.false} not true")
    assert Count.wanted > 0 and Count.false == 0 and Count.found >= LEAST * Count.wanted


# -- the walk

@step("ct-search", "server={base}/crtsh", target=("-t", "where value=town.test"))
def logs():
    return {"subdomains": plain(h.name for h in HOST if h.in_logs)}


@step("dns-zone", "nameserver={dns}", target=("-t", "where value=open.test"))
def zone():
    return {"subdomains": plain(OPEN + ["ns1.open.test"])}


@step("tls-names", "port={https}", target=("-t", "where value=www.town.test"))
def certificate():
    names = [n for n in certified() if "*" not in n and n != "town.test"]
    known = {h.name for h in HOST if h.in_logs}
    return {"subdomains": plain(n for n in names if n not in known), "domains": plain(["relay.test"])}


@step("dns-resolve")
def addresses():
    known = {h.name for h in HOST if h.in_logs}
    here = [h for h in ALIVE if h.name in known]
    gone = {h.name for h in HOST if h.is_dead} | {"intern.town.test", "old.town.test", "www.relay.test"}
    of = lambda h: HOST[0] if h.alias else h
    return {
        "subdomains": {**{h.name: {"resolvable": True} for h in here}, **{n: {"resolvable": True} for n in OPEN + ["ns1.open.test"]},
                       **{n: {"resolvable": False} for n in gone}},
        "ipaddrs": plain({of(h).ip for h in here} | {of(h).ip6 for h in here if of(h).ip6} | {"127.0.0.1"})}


def urls_of(h, path="/"):
    return [f"http://{h.name}:{Home.http}{path}", f"https://{h.name}:{Home.https}{path}"]


@step("url-scan", "port-http={http}", "port-https={https}", target=("-t", "where value like %.town.test and resolvable"))
def webs():
    out = {}
    for h in HOST:
        page = HOST[0] if h.alias else h  # the same server, which has no page of that name
        if not h.in_logs or not page.has_web or page is not h and h.is_dead:
            continue
        what = {"redirect": page.moves_to} if page.moves_to else {"title": page.title}
        for url in urls_of(h):
            out[url] = {"status": 301 if page.moves_to else 200, "online": True, **what}
    return {"urls": out}


def main():
    global SN0INT
    SN0INT, only = os.path.abspath(sys.argv[1]), sys.argv[2:]
    with Town(serve) as town:
        home = Home(town)
        Home.http, Home.https = town.http, town.https
        for domain in ("town.test", "open.test", "nsec.test"):
            home.command("add", "domain", domain)
        steps = [s for s in STEPS if not only or s[0] in only]
        return tap.run([*(case_of(home, s) for s in steps), all_of_it], lambda case: case())


if __name__ == "__main__":
    sys.exit(main())
