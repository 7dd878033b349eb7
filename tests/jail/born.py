#!/usr/bin/env python3
"""born.py SANDBOX: children that our host gives birth to, without an outer half, and what becomes of them where the kernel refuses something. TAP.

The host is the one beside SANDBOX. What its child has is compared with what `--check` of the same program says when it is started by hand,
with an outer half, under the same refusals.
"""
import http.server
import os
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls  # noqa: E402
import child  # noqa: E402
import missing  # noqa: E402
import probe  # noqa: E402
import tracer  # noqa: E402
import waiting  # noqa: E402

SANDBOX = os.path.abspath(sys.argv[1])
SN0INT = os.path.join(os.path.dirname(SANDBOX), "sn0int")
MODULE = "-- Description: test\n-- Version: 0.1.0\n-- License: GPL-3.0\n\nfunction run() info('it ran') end\n"
WAIT = 60


def also(*steps):
    def all_of_them():
        for step in steps:
            step()
    return all_of_them


def refuse(call, errnum, flags):
    return lambda: missing.refuse(call, errnum, flags)


def landlock():
    missing.landlock_around(missing.LANDLOCK_MAKE_SOCK)  # the host makes none


def no(name):
    """None of that kind, by any call."""
    return also(*[refuse(call, missing.EPERM, missing.NEW[name]) for call in ("clone", "unshare")])


NOTHING = also()
NOBODY = missing.become_nobody
# who the host is, what it is refused, and the processes that its child has then
CASES = [
    ("root", NOTHING, ["worker"]),
    ("a user", NOBODY, ["worker"]),
    *[(f"root, no {name} namespace", no(name), ["worker", "outer half"]) for name in ("net", "ipc", "uts", "cgroup", "pid")],
    *[(f"a user, no {name} namespace", also(NOBODY, no(name)), ["worker", "outer half"])
      for name in ("net", "ipc", "uts", "cgroup", "pid", "mount", "user")],
    ("root, no user namespace", no("user"), ["worker"]),
    ("a user, nothing may be mounted", also(NOBODY, lambda: missing.refuse("mount", missing.EPERM)), ["worker", "outer half"]),
    ("a user, a Landlock around", also(NOBODY, landlock), ["worker", "outer half"]),
    ("root, nothing may be mounted", lambda: missing.refuse("mount", missing.EPERM), ["worker"]),
    ("a user, no capability may be handed over", also(NOBODY, lambda: missing.refuse("capset", missing.EPERM)), None),
    ("a user without any namespace", missing.without_namespaces, ["worker", "outer half"]),
    ("no pidfds", lambda: missing.refuse("pidfd_open", missing.ENOSYS), ["worker", "outer half"]),
]


def read(lines):
    """{process: (on, off)}, names only."""
    found, of = {}, None
    for line in lines:
        if line.endswith(":") and not line.startswith(" "):
            of = found.setdefault(line[:-1], ([], []))
        elif of is not None and line[:4] in ("on  ", "off "):
            of[line[:4] == "off "].append(re.split(r" \(|:", line[4:])[0].strip())
    return found


def by_hand(prepare):
    p = subprocess.run([SANDBOX, "--check"], capture_output=True, text=True, env={}, preexec_fn=prepare, timeout=WAIT)
    return read(p.stdout.splitlines()[1:]), p


def parts(text):
    return [] if text == "none" else [re.split(r" \(|:", part)[0].strip() for part in re.split(r", (?![^(]*\))", text)]


def a_run(prepare):
    with tempfile.TemporaryDirectory(prefix="born") as folder:
        os.chmod(folder, 0o777)
        path = os.path.join(folder, "m.lua")
        with open(path, "w") as f:
            f.write(MODULE)
        p = subprocess.run([SN0INT, "run", "-vv", "-f", path], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                           env={"HOME": folder, "PATH": os.environ["PATH"]}, preexec_fn=prepare, timeout=WAIT)
    found = re.findall(r"sandbox, (.*?): on: (.*); off: (.*)$", p.stderr, re.M)
    return {process: (parts(on), parts(off)) for process, on, off in found}, p


def what_the_kernel_refuses(tap):
    for name, prepare, processes in CASES:
        if prepare is not NOTHING and missing.CALLS is None:
            tap.skip(name, "no table of calls for this machine")
            continue
        want, _ = by_hand(prepare)
        got, p = a_run(prepare)
        if not want:  # no module runs, however it is started
            tap.check(f"{name}: no module runs", p.returncode == 1 and "it ran" not in p.stdout and not got, p)
            continue
        tap.check(f"{name}: it runs", p.returncode == 0 and "it ran" in p.stdout, p)
        tap.check(f"{name}: {' and '.join(processes)}", list(got) == processes, p.stderr)
        # a reason may have a comma in it, as a list has
        names = {layer for on, off in want.values() for layer in on + off}
        same = all(sorted(names & set(got[process][i])) == sorted(want[process][i]) for process in got for i in (0, 1))
        tap.check(f"{name}: the layers that it has by hand", same, (got, want))


def start(words, parent, prefix=()):
    """The child by hand, with a descriptor 3, or none."""
    def prepare():
        if parent is not None:
            os.dup2(parent, 3)
    p = subprocess.run([*prefix, SANDBOX, *words], capture_output=True, text=True, preexec_fn=prepare,
                       pass_fds=() if parent is None else (3,), timeout=WAIT, input="")
    return p


def by_others(tap):
    """Only our host starts it so."""
    words = ["sandbox", "--spare", "--needs=none", "--born=0:0", "a/b"]
    p = start(words, None)
    tap.check("no parent: an error", p.returncode == 1 and "descriptor 3 is not there" in p.stderr, p)
    r, w = os.pipe()
    p = start(words, r)
    tap.check("not process 1: an error", p.returncode == 1 and "sandbox: not process 1 of its namespaces" in p.stderr and '"SetupFailed"' in p.stdout, p)
    if not child.is_root():
        tap.skip("as process 1", "takes root")
        return
    own = ["unshare", "--pid", "--fork"]
    before = os.stat("/").st_ino, os.readlink("/proc/self/ns/mnt")
    p = start(words, r, own)
    # it has not read a start line, but its jail is there
    tap.check("as process 1 it makes mounts of its own", p.returncode == 1 and "EOF while parsing" in p.stdout, p)
    tap.check("and nobody else loses files", (os.stat("/").st_ino, os.readlink("/proc/self/ns/mnt")) == before and os.path.exists(SANDBOX), before)
    os.close(w)
    p = start(words, r, own)
    tap.check("a parent that is gone: an error", p.returncode == 1 and "sandbox: the parent is gone" in p.stderr, p)
    os.close(r)
    r, w = os.pipe()
    with open("/etc/passwd") as f:
        def prepare():
            os.dup2(r, 3)
        p = subprocess.run([*own, SANDBOX, *words], stdin=f, capture_output=True, text=True, preexec_fn=prepare, pass_fds=(3,), timeout=WAIT)
        tap.check("a file as input: an error", p.returncode == 1 and "sandbox: descriptor 0 is no pipe" in p.stderr, p)
    p = start([words[0], words[1], words[2], "--born=65534:65534", "a/b"], r, own)
    tap.check("a user namespace that others use: an error", p.returncode == 1 and "sandbox: cannot map user 65534" in p.stderr, p)


def ends(tap):
    """How it ends is told as of one with an outer half."""
    for body, words, text in (
        ("while true do end", ["--limit", "cpu=1s"], "ran out of processor time (limit cpu=1s"),
        ("while true do end", ["--limit", "wall=1s"], "ran out of time (limit wall=1s"),
        ("local t = {} for i = 1, 1e9 do t[i] = {i} end", ["--limit", "memory=16M"], "not enough memory (limit memory=16M"),
        ("error('x')", [], "x"),
    ):
        said = []
        for more in ("", " if x then sock_connect('a', 1, {}) end"):
            with tempfile.TemporaryDirectory(prefix="born") as folder:
                path = os.path.join(folder, "m.lua")
                with open(path, "w") as f:
                    f.write(MODULE.replace("info('it ran')", body + more))
                p = subprocess.run([SN0INT, "run", *words, "-f", path], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                   env={"HOME": folder, "PATH": os.environ["PATH"]}, timeout=WAIT)
                said.append((p.returncode, p.stdout, p.stderr.replace(folder, "")))
        tap.check(f"{body} {' '.join(words)}: the same words", said[0] == said[1] and text in said[0][1], said)


# a jump to itself
FOR_EVER = {"x86_64": b"\xeb\xfe", "aarch64": b"\x00\x00\x00\x14"}.get(calls.MACHINE)
SIG_SETMASK = 2
STOP, KILL = signal.SIGSTOP, signal.SIGKILL
# who is sent what
ORDERS = [
    [("host", KILL)],
    [("starter", KILL)],
    [("starter", STOP), ("host", KILL)],
    [("host", STOP), ("starter", KILL)],
    [("host", STOP), ("starter", STOP), ("host", KILL), ("starter", KILL)],
    [("worker", STOP), ("host", KILL)],
    [("host", signal.SIGTERM)],
    [("host", signal.SIGSEGV)],
]


def seize(pid):
    """As another process of nobody's: may it trace that one?"""
    p = os.fork()
    if p == 0:
        NOBODY()
        try:
            tracer.ptrace(tracer.SEIZE, pid)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) == 0


def take_over(worker):
    """It blocks what can be blocked, has no timers, and uses up its processor."""
    t = worker.tracer
    at = t.block()
    t.write(at, b"\xff" * 8)
    t.call("rt_sigprocmask", SIG_SETMASK, at, 0, 8)
    t.write(at, bytes(32))
    for which in range(3):
        t.call("setitimer", which, at, 0)
    t.poke(t.at, FOR_EVER)
    t.jump(t.at)
    t.let_go()


def ends_after(who, order):
    """The worker that is somebody else's: has it ended, for who was sent what?"""
    worker = probe.Born(SANDBOX, probe.WAITS, who, True)  # the filter is suspended
    try:
        with open(f"/proc/{worker.pid}/status") as f:
            starter = int(re.search(r"^PPid:\t(\d+)", f.read(), re.M).group(1))
        pids = {"host": worker.outer.pid, "starter": starter, "worker": worker.pid}
        end = os.pidfd_open(worker.pid)
        take_over(worker)
        for whom, sig in order:
            os.kill(pids[whom], sig)
        has_ended = bool(select.select([end], [], [], WAIT)[0])
        os.close(end)
        return has_ended
    finally:
        worker.end()


def owned(tap):
    """Who has taken a worker over does not keep it when its parents have gone, and nobody else's process looks into it."""
    if FOR_EVER is None:
        tap.skip("an owned worker", "no tracer for this machine")
        return
    worker = probe.Born(SANDBOX, probe.WAITS, NOTHING, False)
    worker.tracer.go_on()
    can_be_traced = seize(worker.pid)
    worker.end()
    if worker.parent != "sn0int-starter":
        tap.skip("an owned worker", "this machine has children with an outer half only")
        return
    tap.check("root: nobody's other processes cannot trace the worker", not can_be_traced)
    for name, who in (("root", NOTHING), ("a user", NOBODY)):
        for order in ORDERS:
            words = ", ".join(f"{whom} {sig.name}" for whom, sig in order)
            tap.check(f"{name}: a worker that blocks all signals ends after {words}", ends_after(who, order))


class Pair:
    """Two workers of one run, which wait; their filters are suspended."""

    def __init__(self, who, rule=None):
        """rule: the port of who is told of what they find, by a module that connects."""
        self.home = tempfile.TemporaryDirectory(prefix="born")
        os.chmod(self.home.name, 0o777)
        module = os.path.join(self.home.name, "m.lua")
        with open(module, "w") as f:
            f.write(MODULE.replace("-- License", "-- Source: domains\n-- License").replace(
                "run() info('it ran')", "run(arg) info('ready') stdin_read_line() db_add('email', {value='me@' .. arg['value']})"))
        if rule is not None:
            self.add_rule(rule)
        env = {"HOME": self.home.name, "PATH": os.environ["PATH"]}
        subprocess.run([SN0INT, "add", "domain", "--stdin"], input=b"example.com\nexample.org\n", env=env, preexec_fn=who, check=True, timeout=WAIT, stdout=subprocess.DEVNULL)
        self.p = subprocess.Popen([SN0INT, "run", "-j2", "--stdin", "-f", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env=env, preexec_fn=who)
        ready, said = 0, b""
        while ready < 2:
            line = self.p.stdout.readline()
            said += line
            assert line, (said, self.p.stderr.read())
            ready += b"ready" in line
        (self.starter,) = children(self.p.pid)
        self.pids = self.waiting_ones(self.starter)

    @staticmethod
    def ways_of(pid):
        """Routes, and addresses: a device that is up has one, be it the loopback."""
        found = []
        for name in ("route", "if_inet6"):
            try:
                with open(f"/proc/{pid}/net/{name}") as f:
                    found += [line.split()[0] for line in f if not line.startswith("Iface")]
            except FileNotFoundError:
                pass  # a kernel without IPv6
        return found

    def add_rule(self, port):
        self.write(".local/share/sn0int/modules/me/tell.lua", MODULE.replace("-- License", "-- Source: notifications\n-- License").replace(
            "run() info('it ran')", f"run(arg) http_send(http_request(http_mksession(), 'POST', 'http://127.0.0.1:{port}/', {{body=arg['subject']}}))"))
        self.write(".config/sn0int.toml", f'[core]\nno-autoupdate = true\n[notifications.tell]\nscript = "me/tell"\nallow = ["127.0.0.1:{port}"]\n')

    def write(self, name, text):
        folder = self.home.name
        for part in name.split("/")[:-1]:
            folder = os.path.join(folder, part)
            os.makedirs(folder, exist_ok=True)
            os.chmod(folder, 0o777)
        with open(os.path.join(self.home.name, name), "w") as f:
            f.write(text)

    def finish(self):
        """Both read on, and the run comes to its end: what it says."""
        out, err = self.p.communicate(timeout=WAIT)
        return self.p.returncode, out, err

    @staticmethod
    def waiting_ones(starter):
        """All of its children, a spare may be among them, when each waits."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            try:
                pids = children(starter)
                if len(pids) >= 2 and all(waiting.call_of(pid) == calls.HERE["read"] and len(children(pid)) == 0 for pid in pids):
                    return pids
                if any(children(pid) for pid in pids):
                    return []  # outer halves
            except (FileNotFoundError, ProcessLookupError):
                pass
            os.sched_yield()
        raise RuntimeError("they do not wait")

    def spaces(self, name):
        return [os.readlink(f"/proc/{pid}/ns/{name}") for pid in self.pids]

    def tracers(self):
        return [tracer.Tracer(pid, True) for pid in self.pids[:2]]

    def end(self):
        self.p.kill()
        self.p.communicate()
        self.home.cleanup()


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(word) for word in f.read().split()]


AF_UNIX, AF_INET, STREAM, DGRAM, SIOCSIFFLAGS, IFF_UP = 1, 2, 1, 2, 0x8914, 1
ABSTRACT = struct.pack("<H", AF_UNIX) + b"\0here"
LOOPBACK = struct.pack("<H", AF_INET) + struct.pack(">H", 9) + bytes([127, 0, 0, 1]) + bytes(8)
EPERM, EACCES, ENETUNREACH = 1, 13, 101


def with_address(t, call, fd, address, *more):
    t.write(t.block(), address)
    return t.call(call, fd, *more, t.block(), len(address))


def neighbours(tap):
    """Who share a namespace of the network cannot speak there, and cannot change it."""
    if calls.MACHINE not in ("x86_64", "aarch64"):
        tap.skip("two workers", "no tracer for this machine")
        return
    for name, who in (("root", NOTHING), ("a user", NOBODY)):
        pair = Pair(who)
        try:
            if len(pair.pids) < 2:
                tap.skip(f"{name}: two workers", "this machine has children with an outer half only")
                continue
            own = {space: len(set(pair.spaces(space))) for space in ("pid", "ipc", "uts", "cgroup", "mnt", "user")}
            tap.check(f"{name}: each has namespaces of its own", all(n == len(pair.pids) for n in own.values()), own)
            net = set(pair.spaces("net"))
            is_shared = len(net) == 1
            tap.check(f"{name}: of the network all have one, which is nobody else's", is_shared == (abi() >= 6) and os.readlink("/proc/self/ns/net") not in net, net)
            a, b = pair.tracers()
            listener = a.call("socket", AF_UNIX, STREAM, 0)
            assert with_address(a, "bind", listener, ABSTRACT) == 0 and a.call("listen", listener, 5) == 0
            # the name is there: whoever has it reaches itself
            tap.check(f"{name}: an abstract socket is reached by its own worker", with_address(a, "connect", a.call("socket", AF_UNIX, STREAM, 0), ABSTRACT) == 0)
            got = with_address(b, "connect", b.call("socket", AF_UNIX, STREAM, 0), ABSTRACT)
            tap.check(f"{name}: and by no other", got == -EPERM, got)
            fd = b.call("socket", AF_INET, DGRAM, 0)
            b.write(b.block(), b"lo".ljust(16, b"\0") + struct.pack("<H", IFF_UP) + bytes(22))
            got = b.call("ioctl", fd, SIOCSIFFLAGS, b.block())
            tap.check(f"{name}: nobody brings its loopback up", got == -EPERM, got)
            got = with_address(b, "connect", fd, LOOPBACK)
            tap.check(f"{name}: nothing is reached by UDP", got == -ENETUNREACH, got)
            got = with_address(b, "connect", b.call("socket", AF_INET, STREAM, 0), LOOPBACK)
            tap.check(f"{name}: nor by TCP", got in (-ENETUNREACH, -EACCES), got)
        finally:
            pair.end()
    for name, who in (("root", NOTHING), ("a user", NOBODY)):
        if missing.CALLS is None:
            tap.skip(f"{name}, no Landlock: each has a network of its own", "no table of calls for this machine")
            continue
        pair = Pair(also(who, lambda: missing.refuse("landlock_create_ruleset", missing.ENOSYS)))
        net = pair.spaces("net")
        pair.end()
        tap.check(f"{name}, no Landlock: each has a network of its own", len(net) >= 2 and len(set(net)) == len(net), net)


class Told(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.got.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def beside_a_rule(tap):
    """A run that is to deliver by a module that connects: its own workers have one empty network, and are born by a process between."""
    here = os.readlink("/proc/self/ns/net")
    for name, who in (("root", NOTHING), ("a user", NOBODY)):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Told)
        server.got = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        pair = Pair(who, server.server_address[1])
        try:
            if len(pair.pids) < 2:
                tap.skip(f"{name}: two workers beside a rule", "this machine has children with an outer half only")
                continue
            net = set(pair.spaces("net"))
            tap.check(f"{name}: beside a rule that connects they have one network, which is nobody else's", (len(net) == 1) == (abi() >= 6) and here not in net, net)
            ways = [pair.ways_of(pid) for pid in pair.pids]
            tap.check(f"{name}: there is no way out of it", not any(ways), ways)
            tap.check(f"{name}: their starter stayed outside", os.readlink(f"/proc/{pair.starter}/ns/net") == here)
            said = pair.finish()
            wanted = ['Added email "me@example.com"', 'Added email "me@example.org"']
            tap.check(f"{name}: what they find is delivered", said[0] == 0 and sorted(server.got) == wanted, (said, server.got))
        finally:
            pair.end()
            server.shutdown()
            server.server_close()


def abi():
    found = re.search(r"landlock \(ABI (\d+)", subprocess.run([SANDBOX, "--check"], capture_output=True, text=True, timeout=WAIT).stdout)
    return int(found[1]) if found else 0


def main():
    child.need_user_namespace(SANDBOX)
    tap = child.Tap()
    if child.is_sanitized(SANDBOX):
        tap.skip("all", "a sanitizer has calls of its own")
        return tap.end()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    by_others(tap)
    ends(tap)
    if child.is_root():
        owned(tap)
        neighbours(tap)
        beside_a_rule(tap)
        what_the_kernel_refuses(tap)
    return tap.end()


main()
