#!/usr/bin/env python3
"""probe.py [--user NAME] [--net] [--fetch] [--born] [--other-layers] CHILD PROBES.tsv: escape probes inside the real child. TAP.

A module waits in stdin_read_line() in its complete jail; a tracer makes that very process execute each probe's system calls, as an attacker
would who owns its machine code. --user: started by that user (default: who runs this). --net: the module names network functions.
--fetch: no module; a child of the host that waits for an errand (docs/jail.md, "Fetching for the host"), with a broker of the host's.
--born: a child of the host beside CHILD, which has made its namespaces: there is no outer half (docs/jail.md, "Without an outer half").
--no-namespaces: where the kernel refuses all of them. --other-layers: the filter is suspended; prints how many attacks the other layers refuse, and wants more than 230.
"""
import argparse
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls  # noqa: E402
import child  # noqa: E402
import missing  # noqa: E402
import probes  # noqa: E402
import state  # noqa: E402
import tracer  # noqa: E402

OF_ADDRESS_SPACE = ("mmap-8g", "lim-as")
# what the other layers refuse at least, of all that is recorded
REFUSED = 230
READ = str(calls.HERE.get("read"))
WAITS_IN = {str(calls.HERE.get(name)) for name in ("read", "poll", "ppoll", "pselect6", "recvfrom")}
WAITS = "function run() info('ready') stdin_read_line() end\n"
WAITS_NET = "function run() info('ready') stdin_read_line() if x then http_mksession() sock_connect('a', 1, {}) end end\n"
# within these a script must end, by options that make the defaults shorter
SCRIPT_LIMITS = ["--limit", "cpu=2", "--limit", "wall=6", "--limit", "output=64M"]
SCRIPT_SECONDS = 60


class Surroundings:
    """What an attacker would like to reach: a process of the same user, sockets of all kinds."""

    def __init__(self, user):
        self.folder = tempfile.mkdtemp(prefix="probe")
        os.chmod(self.folder, 0o755)
        self.sockets = []
        self.victim = subprocess.Popen(["sleep", "100000"], preexec_fn=user)
        self.values = {"victim": self.victim.pid, "abs": f"probe{os.getpid()}"}
        self.values["abslen"] = 3 + len(self.values["abs"])
        self.values["unix"] = self.listen(socket.AF_UNIX, socket.SOCK_STREAM, f"{self.folder}/s")
        self.values["unixd"] = self.listen(socket.AF_UNIX, socket.SOCK_DGRAM, f"{self.folder}/d")
        self.listen(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + self.values["abs"])
        self.values["tcp4"] = self.listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))[1]
        self.values["udp4"] = self.listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))[1]
        try:
            self.values["tcp6"] = self.listen(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))[1]
        except OSError:
            self.values["tcp6"] = 9

    def listen(self, family, kind, address):
        s = socket.socket(family, kind)
        s.bind(address)
        if kind == socket.SOCK_STREAM:
            s.listen(8)
        if isinstance(address, str) and address.startswith("/"):
            os.chmod(address, 0o777)
        self.sockets.append(s)
        return s.getsockname()

    def end(self):
        self.victim.kill()
        self.victim.wait()
        for s in self.sockets:
            s.close()
        subprocess.run(["rm", "-rf", self.folder])


# facts that are one layer, by its name in --check
LAYER = {"pidns_depth": "pid namespace", "ns_ipc": "ipc namespace", "ns_mnt": "mount namespace", "ns_user": "user namespace",
         "ns_cgroup": "cgroup namespace", "ns_uts": "uts namespace", "ns_net": "network namespace", "mdwe": "no writable code",
         "root_entries": "empty root", "root_is_host": "empty root", "root_writable": "empty root", "cwd_in_root": "empty root"}


def layers_off(child, user):
    """The layers that this machine does not have: docs/jail.md says what stands in for them."""
    out = subprocess.run([child, "--check"], capture_output=True, text=True, preexec_fn=user).stdout
    off = {line[4:].split(":")[0].split(" (")[0].strip() for line in out.splitlines() if line.startswith("off ")}
    if "no file system (empty" not in out and "no file system (chroot" not in out:
        off.add("empty root")
    return off


def leaf(pid):
    """The worker: the process below the outer half, or the process itself. One that goes meanwhile was none: where namespaces are refused a worker is tried more than once."""
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        below = f.read().split()
    try:
        return leaf(int(below[0])) if below else pid
    except (FileNotFoundError, ProcessLookupError):
        return pid


class Child:
    """A child that waits in its jail, and a tracer on its worker."""

    def __init__(self, path, code, user, suspend):
        env = dict(os.environ, SECRET=state.SECRET)
        self.outer = subprocess.Popen([path, "sandbox", "anonymous/probe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, env=env, preexec_fn=user)
        self.outer.stdin.write(child.start_line(code).encode())
        self.outer.stdin.flush()
        # warnings about missing layers come first
        line = b"first"
        while line and b"ready" not in line:
            line = self.outer.stdout.readline()
        if not line:
            raise RuntimeError(f"the child does not wait: {self.outer.stderr.read()!r}")
        # the event of stdin_read_line comes last: then it reads
        self.outer.stdout.readline()
        self.pid = leaf(self.outer.pid)
        self.tracer = self.attach(suspend)

    def attach(self, suspend):
        while True:
            # a spare: the outer half, before there is a worker, waits for nobody; and the jail is complete before anything is read
            self.pid = leaf(self.outer.pid)
            with open(f"/proc/{self.pid}/syscall") as f:
                words = f.read().split()
            # read: of its input; on another descriptor it waits for the jail of the outer half
            if words[0] in WAITS_IN and (words[0] != READ or words[1] == "0x0"):
                break
        return tracer.Tracer(self.pid, suspend)

    def end(self):
        for pid in {self.pid, self.outer.pid}:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.outer.kill()
        self.outer.communicate()


class Fetching(Child):
    """A child that waits for an errand."""

    def __init__(self, path, code, user, suspend):
        host, worker = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.host = host
        os.set_inheritable(worker.fileno(), True)

        def prepare():
            os.dup2(worker.fileno(), 3)
            user()

        self.outer = subprocess.Popen([path, "sandbox", "--spare", "--fetch", "--needs=net,broker", "--control-fd=3", "--limit=output=off", "sn0int/fetch"],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, SECRET=state.SECRET),
                                      preexec_fn=prepare, pass_fds=(3,))
        worker.close()
        self.outer.stdin.write(child.start_line("").encode())
        self.outer.stdin.flush()
        while leaf(self.outer.pid) == self.outer.pid and self.outer.poll() is None:
            os.sched_yield()
        if self.outer.poll() is not None:
            raise RuntimeError(f"the child does not wait: {self.outer.stderr.read()!r}")
        self.tracer = self.attach(suspend)


class Born(Child):
    """A child that our host gives birth to, one for a run: it waits for a line of the host's standard input."""

    def __init__(self, path, code, user, suspend):
        self.folder = tempfile.mkdtemp(prefix="probe-born")
        os.chmod(self.folder, 0o777)
        module = os.path.join(self.folder, "probe.lua")
        with open(module, "w") as f:
            f.write("-- Description: probe\n-- Version: 0.1.0\n-- License: GPL-3.0\n\n" + code)
        env = {"HOME": self.folder, "PATH": os.environ["PATH"], "SECRET": state.SECRET}
        self.outer = subprocess.Popen([os.path.join(os.path.dirname(path), "sn0int"), "run", "--stdin", "-f", module], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, preexec_fn=user)
        line = b"first"
        while line and b"ready" not in line:
            line = self.outer.stdout.readline()
        if not line:
            raise RuntimeError(f"the child does not wait: {self.outer.stderr.read()!r}")
        self.tracer = self.attach(suspend)
        with open(f"/proc/{self.pid}/status") as f:
            mine = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
        with open(f"/proc/{mine['PPid']}/comm") as f:
            self.parent = f.read().strip()

    def end(self):
        super().end()
        subprocess.run(["rm", "-rf", self.folder], check=True)


class Runner:
    def __init__(self, args):
        self.args = args
        self.user = self.become(args.user)
        if args.no_namespaces:
            self.user = missing.without_namespaces
        self.kind = Fetching if args.fetch else Born if args.born else Child
        self.code = WAITS_NET if args.net else WAITS
        self.around = Surroundings(self.user)
        self.off = layers_off(args.child, self.user)
        self.child = None

    def become(self, name):
        if name is None:
            return lambda: None
        entry = pwd.getpwnam(name)

        def change():
            os.setgroups([])
            os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
            os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)

        return change

    def fresh(self):
        if self.child is None:
            self.child = self.kind(self.args.child, self.code, self.user, self.args.other_layers)
        return self.child

    def drop(self):
        if self.child is not None:
            self.child.end()
        self.child = None

    def one(self, step, reader, t):
        """("signal", n), ("error", errno), ("ok", result) or ("gone", status)."""
        args = step.values(reader)
        t.write(t.block(), bytes(reader.memory.bytes))
        nr = int(step.call) if step.call.isdigit() else calls.HERE.get(step.call)
        instruction = None
        if step.abi == "x32":
            nr |= probes.X32
        elif step.abi == "i386":
            nr, instruction = probes.I386[step.call], tracer.INT80
        try:
            sig, result = t.step(nr, args, instruction)
        except tracer.Gone as gone:
            self.child = None
            return "gone", gone.status
        except tracer.Blocked:
            self.drop()
            return "ok", "it waits"
        if sig != 0:
            return "signal", sig
        return ("error", -result) if -4096 < result < 0 else ("ok", result)

    def calls(self, probe):
        child = self.fresh()
        reader = probes.Reader(probes.Memory(child.tracer.block()), dict(self.around.values, ppid=child.outer.pid), calls.MACHINE)
        outcome = ("ok", 0)
        for step in probe.steps():
            outcome = self.one(step, reader, child.tracer)
            if outcome[0] != "ok":
                break
            if step.result:
                reader.values[step.result] = outcome[1]
        # a process or descriptor that came of a success is the end of this child
        if outcome[0] == "ok" and not probe.name.startswith("ok-"):
            self.drop()
        return outcome

    def judge_calls(self, probe, wanted):
        kind, value = self.calls(probe)
        # 0x80000000 | x: exit_group(0) ends it as it should
        if kind == "gone":
            kind = "ok" if os.WIFEXITED(value) and os.WEXITSTATUS(value) == 0 else "signal"
        refused = kind != "ok"
        if kind == "signal" and wanted == "refuse":
            refused = True
        return None if refused == (wanted != "allow") else f"{kind} {value}"

    def judge_state(self, probe):
        child = self.fresh()
        t = child.tracer
        needs_more = probe.how.split()[1] in ("pdeathsig", "mdwe", "dumpable")
        if needs_more and not self.args.other_layers:
            other = self.kind(self.args.child, self.code, self.user, True)
            ok, got = state.State(other.pid, other.tracer).holds(probe.how[6:])
            other.end()
        else:
            ok, got = state.State(child.pid, t).holds(probe.how[6:])
        return None if ok else f"is {got}"

    def judge_script(self, probe):
        begun = time.monotonic()
        p = subprocess.Popen([self.args.child, "sandbox", *SCRIPT_LIMITS, "anonymous/probe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, preexec_fn=self.user)
        try:
            out, err = p.communicate(child.start_line(probe.how[4:]).encode(), timeout=SCRIPT_SECONDS)
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
            return f"still runs after {SCRIPT_SECONDS} s"
        last = out.splitlines()[-1:]
        if not last or b'"Exit"' not in last[0]:
            return f"ends without an Exit line: {last[:1]!r} {err[:300]!r} {p.returncode}"
        print(f"# {probe.name}: {last[0].decode()[:200]} ({time.monotonic() - begun:.1f} s)")
        return None

    def missing(self, probe):
        """The layer that a fact is about, or the call that a probe makes, if this machine lacks it; else None."""
        if probe.kind == "calls" and not probe.has_calls(calls.MACHINE, calls.HERE):
            return "the call"
        layer = LAYER.get(probe.how.split()[1]) if probe.kind == "state" else None
        if probe.how.startswith("state CapBnd ") and self.user:
            layer = "user namespace"  # the bounding set is emptied with a capability that a plain user only has there
        return layer if layer in self.off else None

    def judge(self, probe):
        wanted = probe.wanted("b")
        if wanted == "skip":
            return None
        if probe.kind == "calls":
            return self.judge_calls(probe, wanted)
        return self.judge_state(probe) if probe.kind == "state" else self.judge_script(probe)


def count_other_layers(runner, cases):
    attacks = [p for p in cases if p.kind == "calls" and p.wanted("b") in ("filter", "refuse")]
    facts = [p for p in cases if p.kind == "state"]
    total = len(attacks) + len(facts)
    here = [p for p in attacks + facts if not runner.missing(p)]
    # the same share of what an architecture with fewer calls, or a kernel with fewer layers, can be tried with
    wanted = REFUSED * len(here) // total
    held = []
    for probe in here:
        # what is said of the filter itself still holds: it is only suspended
        if runner.judge_state(probe) is None if probe in facts else runner.calls(probe)[0] != "ok":
            held.append(probe)
    print("1..1")
    print("ok 1" if len(held) > wanted else "not ok 1", f"- without the filter the other layers refuse {len(held)} of {len(here)}, more than {wanted}")
    print("# let through:", " ".join(p.name for p in here if p not in held))
    return len(held) <= wanted


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--user")
    a.add_argument("--net", action="store_true")
    a.add_argument("--fetch", action="store_true")
    a.add_argument("--born", action="store_true")
    a.add_argument("--other-layers", action="store_true")
    a.add_argument("--no-namespaces", action="store_true")
    a.add_argument("--only", default="")
    a.add_argument("child")
    a.add_argument("probes")
    args = a.parse_args()
    if os.geteuid() != 0:
        print("1..0 # SKIP tracing a process that is not dumpable takes root")
        return 0
    cases = [p for p in probes.read(args.probes) if p.name.startswith(args.only) and not (args.fetch and p.kind not in ("calls", "state"))]
    runner = Runner(args)
    try:
        # where a worker is tried more than once, which one waits cannot be seen from outside
        if (args.other_layers and runner.off - {"no writable code"}) or (args.fetch and "user namespace" in runner.off):
            print("1..0 # SKIP this machine has no", ", ".join(sorted(runner.off)))
            return 0
        if args.born and runner.fresh().parent != "sn0int-starter":
            print("1..0 # SKIP this machine has children with an outer half only")
            return not runner.off
        if args.other_layers:
            return count_other_layers(runner, cases)
        bad = 0
        print(f"1..{len(cases)}")
        is_sanitized = child.is_sanitized(args.child)
        for n, probe in enumerate(cases, 1):
            if is_sanitized and probe.name in OF_ADDRESS_SPACE:
                print("ok", n, "-", probe.name, "# SKIP a sanitizer needs the addresses", flush=True)
                continue
            missing = runner.missing(probe)
            if missing:
                print("ok", n, "-", probe.name, "# SKIP not here:", missing, flush=True)
                continue
            why = runner.judge(probe)
            bad += bool(why)
            print("not ok" if why else "ok", n, "-", probe.name, flush=True)
            if why:
                print(f"#   {probe.how}: {why}, wanted {probe.expected}")
        return bad != 0
    finally:
        runner.drop()
        runner.around.end()


if __name__ == "__main__":
    sys.exit(main())
