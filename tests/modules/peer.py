#!/usr/bin/env python3
"""peer.py SN0INT-SANDBOX [MODULE[/CASE]...]: the modules that claim to run in the reference program, in a child that is told what that one is told.

What a service of services/ says is said on 127.0.0.1 to the module in a child whose parent is this program, with the start line of the reference
program and its replies. Rows and the way it ends have to be those that are recorded of the case. The child is that of PEER=/path/to/sn0int where
that is set, else our own, which shows that the claim holds as far as the protocol goes. TAP, a case a module; what a module is not run with is said.
"""
import collections
import json
import os
import re
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import odd  # noqa: E402
import tap  # noqa: E402
from service import MODULES, Handler, services  # noqa: E402
from world import Threads, World, fixture  # noqa: E402

CLAIM = re.compile(r"^-- Runs-In: sn0int ", re.M)
CHANGES = ("Insert", "InsertTtl", "Update", "Activity")
# What needs another network than one that is there, or none: ours alone can be told to have it.
OF_OURS = ("no-name", "no-proxy", "refused", "denied", "large")
STDIN = {
    "ct-file/entries": lambda: fixture("crtsh.json"), "ct-file/nothing": lambda: b"", "page-urls/page": lambda: fixture("index.html"),
    "harvest/log": lambda: b"192.0.2.7 - bob@shop.test [x] GET https://www.shop.test/a?b\nfe80::1 nothing\n",
}
NOT_RUN = {"geoip": "it needs files of data: modules-recorded"}


class Rows(odd.Rows):
    """Says what is there already, and keeps what is changed."""

    def __init__(self, arg):
        super().__init__(arg)
        self.changes = []

    def reply(self, event):
        kind, what = next(iter(event.items()))
        if kind == "Select":
            return next(({"Found": i} for (family, _), (i, row) in self.values.items() if [family, row.get("value")] == what), "None")
        self.changes.append({kind: what})
        return super().reply(event)


class Run(odd.Run):
    rows_of = Rows

    def __init__(self, argv, start, arg, stdin):
        self.stdin = stdin
        super().__init__(argv, start, arg)

    def other(self, kind, what):
        if kind != "Stdio":
            return super().other(kind, what)
        end = len(self.stdin) if what == "ToEnd" else self.stdin.find(b"\n") + 1 or len(self.stdin)
        text, self.stdin = self.stdin[:end], self.stdin[end:]
        return text.decode() if text else None


def plain(change, ids=re.compile(r"(\"\w*id\": )(\d+|null)"), port=re.compile(r"(127\.0\.0\.1|\.test):\d+")):
    """Without what is another number every time."""
    return port.sub(r"\1:0", ids.sub(r"\g<1>0", json.dumps(change, sort_keys=True, ensure_ascii=False)))


def recorded(path):
    with open(path, encoding="utf-8") as f:
        whole = json.load(f)
    events = whole["events"]
    return whole, [c for e in events for c in ([e["Database"]] if "Database" in e else []) if next(iter(c)) in CHANGES], events[-1]["Exit"] == "Ok"


class Trial:
    def __init__(self, program, world):
        self.peer = os.environ.get("PEER")
        # ours is let through to this machine by its own option: that it is told is nothing that the reference program knows of
        self.argv = [self.peer, "sandbox"] if self.peer else [program, "sandbox", "--allow-net=local"]
        self.world, self.server = world, world.listen(Threads(("127.0.0.1", 0), Handler))
        self.marks = {"@PORT@": self.server.port, "@TLS@": world.tls.port, "@DNS@": world.dns, "@WHOIS@": world.whois[0].port}
        self.runs = 0

    def holds(self, module, name, arg, options, keys={}, stdin=b""):
        path = os.path.join(MODULES, module + ".test", name + ".json")
        if not os.path.exists(path):
            return [f"{name}: is not recorded"]
        with open(os.path.join(MODULES, module + ".lua"), encoding="utf-8") as f:
            code = f.read()
        whole, want, is_well = recorded(path)
        start = odd.start_line(module, code, whole["argument"] if arg is None else arg, whole["options"] if options is None else options, keys, self.world.dns)
        run = Run([*self.argv, f"bundled/{module}"], start, arg, stdin)
        self.runs += 1
        if run.end is None:
            return [f"{name}: no end: {run.faults} {run.said.decode('utf-8', 'replace')[-300:]}"]
        got, want = (collections.Counter(map(plain, changes)) for changes in (run.rows.changes, want))
        out = [f"{name}: is missing: {c}" for c in want - got] + [f"{name}: is not recorded: {c}" for c in got - want]
        if (run.end == "") != is_well:
            out.append(f"{name}: ends with {run.end!r}, where the record {'ends well' if is_well else 'has an error'}")
        return out

    def service(self, service, only):
        faults = []
        for name, case in {**service.cases(), **service.more}.items():
            if name in OF_OURS or case.names or case.says or case.args or service.args or only and name not in only:
                continue
            self.server.routes = case.routes
            self.world.say_whois(case.whois)
            options = service.given(case, f"http://127.0.0.1:{self.server.port}", self.marks)
            faults += self.holds(service.module, name, service.argument_of(case, self.marks), options, case.keys)
        return faults

    def alone(self, module, only):
        """One that asks nobody: what is recorded, with what it was given."""
        faults = []
        for file in sorted(os.listdir(os.path.join(MODULES, module + ".test"))):
            name, ending = os.path.splitext(file)
            if ending != ".json" or only and name not in only:
                continue
            faults += self.holds(module, name, None, None, stdin=STDIN.get(f"{module}/{name}", lambda: b"")())
        return faults


def main():
    words, known = sys.argv[2:], services()
    with World(zones={name: records for s in known.values() for name, records in s.zones.items()}) as world:
        trial, cases = Trial(os.path.abspath(sys.argv[1]), world), []

        def add(module, run):
            only = [w.partition("/")[2] for w in words if w.startswith(module + "/")]

            def case():
                before, faults = trial.runs, run(only)
                assert not faults, "\n".join(faults[:20])
                assert trial.runs > before, "it was run with nothing"
            case.__name__ = module
            cases.append(case)

        for path in sorted(p for p in os.listdir(MODULES) if p.endswith(".lua")):
            module = path[:-4]
            with open(os.path.join(MODULES, path), encoding="utf-8") as f:
                claims = CLAIM.search(f.read())
            if not claims or words and not any(w.partition("/")[0] == module for w in words):
                continue
            if module in NOT_RUN:
                print(f"# {module}: {NOT_RUN[module]}")
            elif module in known:
                add(module, lambda only, service=known[module]: trial.service(service, only))
            else:
                add(module, lambda only, module=module: trial.alone(module, only))
        failed = tap.run(cases, lambda case: case())
        print(f"# {trial.runs} runs in {trial.peer or 'our own child: PEER is not set'}")
        return failed


if __name__ == "__main__":
    sys.exit(main())
