#!/usr/bin/env python3
"""outer.py [--user NAME] [--no-filter] [--no-namespaces] KIND CHILD OUTER.tsv PROBES.tsv: probes inside the outer half of a real child. TAP.

KIND: waits, serves or broker. A tracer makes the outer half execute the calls of each row of OUTER.tsv, and every attack of PROBES.tsv that is
not in it. What its filter does not allow ends it at once, and the worker with it. --no-filter: the filter is suspended; prints what the other
layers refuse, and wants no less than WITHOUT_FILTER says.
"""
import argparse
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls  # noqa: E402
import child  # noqa: E402
import missing  # noqa: E402
import probe  # noqa: E402
import probes  # noqa: E402
import state  # noqa: E402
import tracer  # noqa: E402
import waiting  # noqa: E402

NET = "function run()\nstdin_read_line()\nif x then sock_connect('a', 1, {}) end end"
PLAIN = "function run()\nstdin_read_line()\nend"
KINDS = {"waits": PLAIN, "serves": PLAIN, "broker": NET}
# without a filter this would reach every process of nobody's, those of other tests, too
OF_OTHERS = ("kill-all",)
OF_MEMORY = ("ok-malloc", "mmap-8g")
ROOM = 16384  # of the stack, for arguments
FACTS = ["NoNewPrivs == 1", "Seccomp == 2", "CapPrm == 0", "CapEff == 0", "CapInh == 0", "CapAmb == 0", "CapBnd == 0", "Threads == 1", "Groups == 0",
         "Uid >= 1", "environ == 0", "environ_secret == 0", "file_fds == 0", "dir_fds == 0", "wx_maps == 0", "lim_core == 0", "lim_nproc == 0",
         "lim_memlock == 0", "lim_msgqueue == 0", "lim_cpu <= 610"]
# of the attacks, how many the other layers refuse at least: the broker has a network
WITHOUT_FILTER = {"waits": 220, "serves": 216, "broker": 195}


class Traced(tracer.Tracer):
    """Its memory for arguments is the unused end of the stack: an outer half that waits may ask for no other."""

    def __init__(self, pid, suspend):
        super().__init__(pid, suspend)
        with open(f"/proc/{pid}/maps") as f:
            span = next(line.split()[0] for line in f if "[stack]" in line)
        self.scratch = int(span.split("-")[0], 16)
        if self.saved[tracer.ARCH.SP] - self.scratch < 2 * ROOM:
            raise RuntimeError("there is no room below the stack")


class Outer:
    """A child whose outer half is traced."""

    def __init__(self, path, kind, user, suspend):
        env = dict(os.environ, SECRET=state.SECRET)
        self.child = Started(path, "--limit=wall=3600s" if kind == "serves" else "--limit=wall=off", code=KINDS[kind], preexec_fn=user, env=env)
        self.pid, self.worker = self.child.p.pid, self.child.worker
        self.tracer = Traced(self.pid, suspend)

    def end(self):
        for pid in (self.worker, self.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.child.p.communicate()


class Started(waiting.Waiting):
    """The outer half waits with its filter on."""

    def is_settled(self):
        with open(f"/proc/{self.p.pid}/status") as f:
            status = f.read()
        if self.p.poll() is not None:
            raise RuntimeError(f"the child has ended: {self.end()}")
        return "State:\tS" in status and "Seccomp:\t2" in status and waiting.call_of(self.p.pid) in WAITS_IN


WAITS_IN = {calls.HERE[name] for name in ("wait4", "ppoll") if name in calls.HERE}


class Runner:
    def __init__(self, args):
        self.args = args
        self.user = missing.become_nobody if args.user == "nobody" else lambda: None
        if args.no_namespaces:
            self.user = missing.without_namespaces
        # whoever starts it, the outer half is nobody, and so is the victim
        self.around = probe.Surroundings(missing.become_nobody)
        self.off = probe.layers_off(args.child, self.user)
        self.outer = None

    def fresh(self):
        if self.outer is None:
            self.outer = Outer(self.args.child, self.args.kind, self.user, self.args.no_filter)
        return self.outer

    def drop(self):
        if self.outer is not None:
            self.outer.end()
        self.outer = None

    def one(self, step, reader, t):
        args = step.values(reader)
        t.write(t.block(), bytes(reader.memory.bytes[:ROOM]))
        nr = int(step.call) if step.call.isdigit() else calls.HERE[step.call] if not step.abi else None
        instruction = None
        if step.abi == "x32":
            nr = calls.HERE[step.call] | probes.X32
        elif step.abi == "i386":
            nr, instruction = probes.I386[step.call], tracer.INT80
        try:
            sig, result = t.step(nr, args, instruction)
        except tracer.Gone as gone:
            return "gone", gone.status
        except tracer.Blocked:
            return "ok", "it waits"
        if sig != 0:
            return "signal", sig
        return ("error", -result) if -4096 < result < 0 else ("ok", result)

    def do(self, row):
        """What became of the last call that was made; every child is used for one row that does something."""
        outer = self.fresh()
        t = outer.tracer
        values = dict(self.around.values, ppid=os.getpid(), self=outer.pid, worker=outer.worker, stack=t.scratch & ~0xFFF)
        reader = probes.Reader(probes.Memory(t.block()), values, calls.MACHINE)
        for step in row.steps():
            outcome = self.one(step, reader, t)
            if outcome[0] != "ok":
                break
            if step.result:
                reader.values[step.result] = outcome[1]
        if outcome[0] != "error":
            self.drop()
        return outcome

    def judge(self, row, wanted):
        """None, or what came instead."""
        kind, value = self.do(row)
        is_killed = kind == "gone" and os.WIFSIGNALED(value) and os.WTERMSIG(value) == signal.SIGSYS
        if kind == "gone" and os.WIFEXITED(value) and os.WEXITSTATUS(value) == 0:
            kind = "ok"
        is_right = {"kill": is_killed, "refuse": is_killed or kind == "error", "allow": kind == "ok", "pass": kind in ("ok", "error")}[wanted]
        return None if is_right else f"{kind} {value}"

    def facts(self, tap):
        outer = self.fresh()
        looked = state.State(outer.pid, outer.tracer)
        for fact in FACTS:
            if fact.startswith("CapBnd") and (self.args.user or self.args.no_namespaces) and "user namespace" in self.off:
                tap.skip(fact, "there is no user namespace for it")
                continue
            ok, got = looked.holds(fact)
            tap.check(f"{self.args.kind}: {fact}", ok, f"is {got}")
        # standard error, and where it is cleaned the worker's; of the broker 0 to 5 besides
        most = {"waits": 1, "serves": 2, "broker": 7}[self.args.kind]
        fds = {fd: os.readlink(f"/proc/{outer.pid}/fd/{fd}") for fd in os.listdir(f"/proc/{outer.pid}/fd")}
        tap.check(f"{self.args.kind}: descriptors", len(fds) <= most, fds)


class Row(probes.Probe):
    """A line of outer.tsv, with what becomes of it in this kind."""

    def __init__(self, line, kind):
        self.name, self.how, *fate, self.why = line.rstrip("\n").split("\t")
        self.wants = dict(zip(KINDS, fate))[kind]
        self.layer, self.expected, self.kind = "outer", self.wants, "calls"


def rows_of(path, kind, attacks):
    with open(path, encoding="utf-8") as f:
        rows = [Row(line, kind) for line in f if not line.startswith("#") and not line.startswith("name\t")]
    named = {p.name: p for p in attacks}
    for row in rows:
        if row.how == "=":
            row.how = named.pop(row.name).how
    for p in named.values():
        p.wants = "kill"
    return rows, list(named.values())


def without_filter(tap, runner, rows, kind, total):
    # the same share of fewer rows: of a machine that lacks calls, or of a sample
    least = WITHOUT_FILTER[kind] * len(rows) // total
    held = [row.name for row in rows if runner.do(row)[0] != "ok"]
    tap.check(f"without the filter the other layers refuse {len(held)} of {len(rows)}", len(held) >= least, held)
    print("# let through:", " ".join(row.name for row in rows if row.name not in held))


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--user")
    a.add_argument("--no-filter", action="store_true")
    a.add_argument("--no-namespaces", action="store_true")
    a.add_argument("--only", default="")
    a.add_argument("kind", choices=KINDS)
    a.add_argument("child")
    a.add_argument("outer")
    a.add_argument("probes")
    args = a.parse_args()
    if os.geteuid() != 0 or tracer.ARCH is None:
        print("1..0 # SKIP tracing a process that is not dumpable takes root, and a tracer for this machine")
        return
    tap = child.Tap()
    runner = Runner(args)
    attacks = [p for p in probes.read(args.probes) if p.kind == "calls" and p.wanted("b") in ("filter", "refuse")]
    rows, others = rows_of(args.outer, args.kind, attacks)
    # a machine that is emulated takes every tenth, or so
    every = int(os.environ.get("SN0INT_EVERY", "1"))
    total = sum(row.wants in ("kill", "refuse") and row.name not in OF_OTHERS for row in rows + others)
    here = [row for row in rows + others if row.has_calls(calls.MACHINE, calls.HERE) and row.name.startswith(args.only)][::every]
    try:
        if args.no_filter:
            without_filter(tap, runner, [row for row in here if row.wants in ("kill", "refuse") and row.name not in OF_OTHERS], args.kind, total)
        else:
            runner.facts(tap)
            is_sanitized = child.is_sanitized(args.child)
            for row in here:
                if is_sanitized and row.name in OF_MEMORY:
                    tap.skip(f"{args.kind}: {row.name}", "a sanitizer needs the memory")
                    continue
                why = runner.judge(row, row.wants)
                tap.check(f"{args.kind}: {row.name}", why is None, f"{row.how}: {why}, wanted {row.wants}")
    finally:
        runner.drop()
        runner.around.end()
    tap.end()


main()
