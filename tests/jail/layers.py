#!/usr/bin/env python3
"""layers.py CHILD: what happens where a layer is missing, and what the child inherits and must not keep. TAP."""
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls  # noqa: E402
import child  # noqa: E402
import missing  # noqa: E402
import waiting  # noqa: E402
from missing import ALL_NEW, EINVAL, ENOSYS, EPERM, NEW, refuse  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
NET = "function run() info('here') if x then sock_connect('a', 1, {}) end end"
MOST_SPAN = 1 << 28

NO_FILES = ("sandbox: cannot take the file system away: user namespace: EPERM; chroot: EPERM; Landlock: not supported. See the sandbox page; to run "
            "without this layer: --sandbox-allow-missing=filesystem")
NO_NET = "sandbox: no network namespace ({}); the filter alone forbids sockets"
NO_OTHERS = "sandbox: no pid namespace, no ipc namespace, no uts namespace, no cgroup namespace ({})"
CHROOT = "sandbox: no user namespace ({}); using chroot"
MOUNT = "sandbox: mount: {}"
LANDLOCK = "sandbox: files are protected by Landlock and the filter only"
FILTER_ONLY = "sandbox: FILES ARE PROTECTED BY THE FILTER ONLY (--sandbox-allow-missing=filesystem)"
ALLOWED = "sandbox: --sandbox-allow-missing=filesystem is set"


def no_user_namespace():
    refuse("clone", EPERM, NEW["user"])


def no_namespaces():
    refuse("clone", EPERM, ALL_NEW)


def container():
    """What a container runtime's own filter refuses."""
    no_namespaces()
    for call in ("unshare", "mount", "keyctl"):
        refuse(call, EPERM)


def landlock_above():
    """One that leaves all that there is, but for sockets in folders."""
    missing.landlock_around(missing.LANDLOCK_MAKE_SOCK)


def landlock_above_folders():
    missing.landlock_around(missing.LANDLOCK_MAKE_DIR)


def initramfs():
    """The first file system of a machine can be covered, and not exchanged."""
    refuse("pivot_root", EINVAL)


def no_root_to_be_had():
    initramfs()
    missing.refuse_when("mount", EINVAL, 3, 0x2000)


def no_landlock():
    refuse("landlock_create_ruleset", ENOSYS)


def nothing():
    no_namespaces()
    no_landlock()
    refuse("chroot", EPERM)


def no_seccomp():
    refuse("seccomp", ENOSYS)


def no_limits():
    refuse("setrlimit", EPERM)
    refuse("prlimit64", EPERM)


def no_capset():
    refuse("capset", EPERM)


def no_space():
    missing.enter_user_namespace(os.getuid())
    missing.forbid_user_namespaces()


def root_of_one():
    missing.enter_user_namespace(0)


# name, as (None: as it is), what is taken away, options, warnings (None: does not run), text of the Exit line
CASES = [
    ("nothing is missing", "root", None, [], [], None),
    ("nothing is missing, as an ordinary user", "nobody", None, [], [], None),
    ("no user namespaces, but privileges for the others", "root", no_user_namespace, [], [], None),
    ("no namespaces, but the right to chroot", "root", no_namespaces, [], [CHROOT.format("EPERM"), NO_NET.format("EPERM"), NO_OTHERS.format("EPERM")], None),
    ("in a container, as root", "root", container, [], [CHROOT.format("EPERM"), NO_NET.format("EPERM"), NO_OTHERS.format("EPERM")], None),
    ("in a container, as an ordinary user", "nobody", container, [], [LANDLOCK, NO_NET.format("EPERM"), NO_OTHERS.format("EPERM")], None),
    ("no namespaces and no privileges", "nobody", no_namespaces, [], [LANDLOCK, NO_NET.format("EPERM"), NO_OTHERS.format("EPERM")], None),
    ("no user namespaces and no privileges", "nobody", no_user_namespace, [], [LANDLOCK, NO_NET.format("EPERM"), NO_OTHERS.format("EPERM")], None),
    ("the sysctl is 0", "nobody", no_space, [], [LANDLOCK, NO_NET.format("ENOSPC"), NO_OTHERS.format("ENOSPC")], None),
    ("a Landlock around", "nobody", landlock_above, [], [MOUNT.format("EPERM") + "; using chroot"], None),
    ("a Landlock around, as root", "root", landlock_above, [], [MOUNT.format("EPERM") + "; using chroot"], None),
    ("a Landlock around that lets nobody make folders", "nobody", landlock_above_folders, [], [MOUNT.format("EPERM"), LANDLOCK], None),
    ("an initramfs", "nobody", initramfs, [], [], None),
    ("an initramfs, as root", "root", initramfs, [], [], None),
    ("a root that cannot be covered either", "nobody", no_root_to_be_had, [], [MOUNT.format("EINVAL") + "; using chroot"], None),
    ("no Landlock", "nobody", no_landlock, [], ["sandbox: no Landlock (ENOSYS)"], None),
    ("nothing that takes files away", "nobody", nothing, [], None, NO_FILES),
    ("the same, allowed", "nobody", nothing, ["--sandbox-allow-missing=filesystem"],
     [ALLOWED, FILTER_ONLY, NO_NET.format("EPERM"), NO_OTHERS.format("EPERM"), "sandbox: no Landlock (ENOSYS)"], None),
    ("allowed, but not needed", "nobody", None, ["--sandbox-allow-missing=filesystem"], [ALLOWED], None),
    ("no seccomp", "nobody", no_seccomp, [], None, "sandbox: cannot load the system call filter: Function not implemented (os error 38)"),
    ("no seccomp, whatever is allowed", "nobody", no_seccomp, ["--sandbox-allow-missing=filesystem", "--sandbox-allow-missing=all"], None,
     "sandbox: cannot load the system call filter: Function not implemented (os error 38)"),
    ("no limits", "nobody", no_limits, [], None, "sandbox: cannot read resource limit 9: Operation not permitted (os error 1)"),
    ("capabilities that stay", "nobody", no_capset, [], None, "sandbox: cannot drop the capabilities: Operation not permitted (os error 1)"),
    ("root of a namespace with one user", "nobody", root_of_one, [], ["sandbox: no other user is mapped in this user namespace; the worker stays its root"], None),
]


def before(who, take_away):
    def prepare():
        if who == "nobody" and os.geteuid() == 0:
            missing.become_nobody()
        if take_away is not None:
            take_away()
    return prepare


def one(tap, name, who, take_away, options, warnings, text):
    if who == "root" and not child.is_root():
        tap.skip(name, "needs root")
        return
    if take_away is no_limits and child.is_sanitized(PROGRAM):
        tap.skip(name, "a sanitizer wants to know the limits")
        return
    if missing.CALLS is None:
        tap.skip(name, "not written for this architecture")
        return
    got = child.run(PROGRAM, NET, *options, preexec_fn=before(who, take_away))
    if warnings is None:
        want = [{"Log": {"Error": text}}, {"Exit": {"SetupFailed": text}}]
        tap.check(name, got.lines == want and got.status == 1 and got.err == f"Error: {text}\n", got)
        return
    want = [{"Log": {"WarnOnce": w}} for w in warnings] + [{"Log": {"Info": '"here"'}}, {"Exit": "Ok"}]
    tap.check(name, got.lines == want and got.status == 0, "\n".join(map(str, got.lines)) + "\n" + got.err)


def fallbacks(tap):
    for case in CASES:
        one(tap, *case)


NO_SYSCTL = "off user namespace: ENOSPC: sysctl user.max_user_namespaces\n"
# name, as, what is taken away, exit status of --check, what it prints
CHECKS = [
    ("as it is, as an ordinary user", "nobody", None, None, ["no speculation (store bypass"]),
    ("as it is, as root", "root", None, None, ["-   user namespace (the bounding set is empty without it)\n"]),
    ("weaker: the sysctl is 0", "nobody", no_space, 3, [NO_SYSCTL, "off network namespace: ENOSPC: no user namespace\n", "weaker: modules run, "]),
    ("weaker: no user namespaces", "nobody", no_user_namespace, 3, ["off user namespace: EPERM: a chroot, a container, or sysctl "]),
    ("weaker: as root in a container", "root", container, 3, ["off own keyring: EPERM\n", "weaker: modules run, "]),
    ("weaker: a Landlock around", "nobody", landlock_above, 3, ["on  no file system (chroot)\non  user namespace\noff mount namespace: mount: EPERM: a Landlock or another sandbox around\non  pid namespace\n"]),
    ("an initramfs", "nobody", initramfs, None, ["on  no file system (empty file system over the old one; pivot_root: EINVAL)\non  user namespace\n"]),
    ("weaker: a root that cannot be covered", "nobody", no_root_to_be_had, 3, ["off mount namespace: mount: EINVAL: a chroot, whose root is no mount point\n"]),
    ("cannot: files stay in reach", "nobody", nothing, 1, []),
    ("cannot: no filter", "nobody", no_seccomp, 1, []),
]


def checks(tap):
    """--check has a status for each of: all layers, weaker, cannot."""
    for name, who, take_away, want, parts in CHECKS:
        name = "--check: " + name
        if missing.CALLS is None or who == "root" and not child.is_root():
            tap.skip(name, "needs root, or another architecture")
            continue
        p = child.subprocess.run([PROGRAM, "--check"], stdin=child.subprocess.DEVNULL, capture_output=True, text=True, preexec_fn=before(who, take_away))
        off = [line for line in p.stdout.splitlines() if line.startswith("off")]
        is_told = {0: not off and "\nall layers are on\n" in p.stdout, 3: off and f", off: {len(off)} of " in p.stdout, 1: p.stderr != "" or "cannot run" in p.stdout}
        is_right = p.returncode == want if want is not None else p.returncode in (0, 3)
        tap.check(name, is_right and is_told[p.returncode] and all(part in p.stdout for part in parts), (p.returncode, p.stdout, p.stderr))


def read_proc(pid, name):
    with open(f"/proc/{pid}/{name}", "rb") as f:
        return f.read()


def status_of(pid):
    return dict(line.split(":\t", 1) for line in read_proc(pid, "status").decode().splitlines())


def descriptors(tap):
    """What the parent left open is not there any more: a directory on 5, and ten more."""
    def leave_open():
        os.dup2(os.open("/", os.O_RDONLY | os.O_DIRECTORY), 5)
        for fd in range(20, 30):
            os.dup2(0, fd)
    w = waiting.Waiting(PROGRAM, preexec_fn=leave_open, close_fds=False)
    got = sorted(os.listdir(f"/proc/{w.worker}/fd"))
    links = {fd: os.readlink(f"/proc/{w.worker}/fd/{fd}") for fd in got}
    tap.check("the worker has descriptors 0, 1 and 2", got == ["0", "1", "2"], links)
    left = [link for fd in os.listdir(f"/proc/{w.p.pid}/fd") for link in [os.readlink(f"/proc/{w.p.pid}/fd/{fd}")] if link == "/"]
    tap.check("the outer half keeps no directory", not left, left)
    w.p.kill()
    w.end()


def secrets(tap):
    env = dict(os.environ, SECRET="do-not-tell-anybody")
    w = waiting.Waiting(PROGRAM, env=env)
    for who, pid in (("worker", w.worker), ("outer half", w.p.pid)):
        left = read_proc(pid, "environ").strip(b"\0")
        memory = b""
        with open(f"/proc/{pid}/mem", "rb") as mem:
            for line in read_proc(pid, "maps").decode().splitlines():
                span, perms = line.split()[:2]
                if "w" not in perms:
                    continue
                start, end = (int(x, 16) for x in span.split("-"))
                if end - start > MOST_SPAN:
                    continue  # the shadow of a sanitizer
                mem.seek(start)
                memory += mem.read(end - start)
        is_left = b"do-not-tell" in memory and not child.is_sanitized(PROGRAM)
        tap.check(f"nothing of the environment is left in the {who}", left == b"" and not is_left, left[:200])
        if who == "outer half":
            tap.check("nothing of the start line is left in the outer half", b"stdin_read_line()" not in memory)
    w.p.kill()
    w.end()


def groups(tap):
    w = waiting.Waiting(PROGRAM, preexec_fn=lambda: os.setgroups([4, 27]))
    for who, pid in (("worker", w.worker), ("outer half", w.p.pid)):
        s = status_of(pid)
        is_nobody = s["Uid"].split() == ["65534"] * 4 and s["Gid"].split() == ["65534"] * 4 and s["Groups"].strip() == ""
        has_caps = any(int(s[c], 16) for c in ("CapInh", "CapPrm", "CapEff", "CapAmb"))
        tap.check(f"root's {who} is nobody, without groups and capabilities", is_nobody and not has_caps, s)
    w.p.kill()
    w.end()


def signals(tap):
    """Signals that a parent has blocked or ignored do not silence the report."""
    def block():
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        for sig in (signal.SIGSYS, signal.SIGXCPU, signal.SIGPROF, signal.SIGCHLD):
            signal.signal(sig, signal.SIG_IGN)
    w = waiting.Waiting(PROGRAM, preexec_fn=block, restore_signals=False)
    w.make_call("ptrace", 0)
    got = w.end()
    tap.check("blocked and ignored signals do not silence a violation", got.status == 159 and f"ptrace ({calls.HERE['ptrace']})" in str(got.said()), got)
    got = child.run(PROGRAM, "function run() while true do end end", "--limit=cpu=200ms", preexec_fn=block, restore_signals=False)
    tap.check("nor the end of the time", "ran out of processor time" in str(got.said()) and got.status == 0, got)


def covered_root(tap):
    """Where the old root lies below the empty one nobody comes to it, without the filter either."""
    w = waiting.Waiting(PROGRAM, preexec_fn=initramfs)
    t = waiting.tracer.Tracer(w.worker, True)
    got = []
    for path in (b"/etc/passwd", b"../../../etc/passwd", b"/proc/self/root/etc/passwd"):
        t.write(t.block(), path + b"\0")
        got.append(t.call("openat", waiting.tracer.MASK - 99, t.block(), 0, 0))
    t.write(t.block(), b"/\0")
    got += [t.call("umount2", t.block(), 2), t.call("chroot", t.block()), t.call("unshare", NEW["mount"])]
    tap.check("below a root that is covered there is nothing to be had", got == [-2] * 3 + [-1] * 3, got)
    t.let_go()
    w.p.kill()
    w.end()


def blocked_child_signal(tap):
    """A worker that has closed its messages, under a parent that has blocked SIGCHLD: its end is heard all the same."""
    w = waiting.Waiting(PROGRAM, "--limit=wall=3600s", preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD}))
    fds = len(os.listdir(f"/proc/{w.p.pid}/fd"))
    t = waiting.tracer.Tracer(w.worker)
    t.call("close", 2)
    # the outer half has seen that end, and has nothing else to wait for
    while len(os.listdir(f"/proc/{w.p.pid}/fd")) == fds or not w.is_settled():
        os.sched_yield()
    t.go_on()
    # where it was stopped before its read it would wait for a line
    w.p.stdin.close()
    w.p.stdin = None
    try:
        status = w.p.wait(20)
    except child.subprocess.TimeoutExpired:
        w.p.kill()
        status = "none"
    w.p.communicate()
    tap.check("a parent that has blocked SIGCHLD", status == 0, status)


def broker_half(tap):
    """Where it is the broker it listens to the worker, and has no use for files any more."""
    w = waiting.Waiting(PROGRAM, code="function run() stdin_read_line() if x then sock_connect('a', 1, {}) end end")
    t = waiting.tracer.Tracer(w.p.pid)
    t.write(t.block(), b"/etc/passwd\0")
    try:
        got = t.call("openat", waiting.tracer.MASK - 99, t.block(), 0, 0)
    except waiting.tracer.Gone as gone:
        got = gone.status
    tap.check("the outer half that is the broker dies if it opens a file", got == signal.SIGSYS, got)
    w.p.communicate()


def traced(tap):
    if not child.is_root() or not calls.HERE:
        tap.skip("what is inherited", "needs root, to look into a process that is not dumpable, and a table of calls")
        return
    for part in (descriptors, secrets, groups, signals, blocked_child_signal, broker_half, covered_root):
        part(tap)


def closed_descriptors(tap):
    def close_all():
        for fd in (0, 1, 2):
            os.close(fd)
    p = child.subprocess.run([PROGRAM, "sandbox", "a/b"], preexec_fn=close_all, timeout=60)
    tap.check("descriptors 0 to 2 are closed", p.returncode == 1, p.returncode)


QUESTIONS = ["--check", "--policy", "--selftest", "--reference", "--reference=json", "--reference=index", "--help", "--version"]


def to_nowhere(tap, name, question, prepare=None):
    with open("/dev/full", "w") as full:
        p = child.subprocess.run([PROGRAM, question], stdout=full, stderr=child.subprocess.PIPE, timeout=300, preexec_fn=prepare)
    told = p.stderr.decode().splitlines()
    tap.check(f"{name} > /dev/full", p.returncode == 1 and told == ["error: cannot write to standard output: No space left on device"], (p.returncode, told))


def answers(tap):
    """An answer that cannot be written is an error; a reader that has gone is none."""
    if missing.CALLS is not None:
        to_nowhere(tap, "--check where it is weaker", "--check", before("nobody", no_user_namespace))
    for question in QUESTIONS:
        to_nowhere(tap, question, question)
        gone, end = os.pipe()
        os.close(gone)
        p = child.subprocess.run([PROGRAM, question], stdout=end, stderr=child.subprocess.PIPE, timeout=300)
        os.close(end)
        tap.check(f"{question} to nobody", p.stderr == b"", (p.returncode, p.stderr))


def main():
    child.need_user_namespace(sys.argv[1])
    tap = child.Tap()
    for part in (fallbacks, checks, traced, closed_descriptors, answers):
        part(tap)
    tap.end()


main()
