#!/usr/bin/env python3
"""faults.py CHILD: the jail while it is built, with each of its system calls failing once. TAP.

strace makes the n-th call of a name fail in the outer half and in the worker. Then either the module does not run and the
child says why, or it runs and the child says what is missing, or the call is one that the jail may lose: MAY_BE_LOST has
those, with the reason. What must never be is a module that runs behind a wall that is not there.
"""
import collections
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import child  # noqa: E402
import missing  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
CALL = re.compile(r"(\d+) +(\w+)\((.*)")
# without the network the outer half waits; with it it is the broker
MODULES = {"": child.start_line("function run() info('here') end"),
           ", with the network": child.start_line("function run() info('here') if x then sock_connect('a', 1, {}) end end")}
BEGINS = re.compile(r'close_range\(3, 4294967295')  # before it the loader and libc start, which is not ours
ENDS = "seccomp(SECCOMP_SET_MODE_FILTER"
CANNOT_FAIL = {"getuid", "geteuid", "getgid", "getegid", "getpid", "getppid", "umask", "exit_group", "brk", "getrandom", "close", "access", "rt_sigreturn"}
ERRORS = collections.defaultdict(lambda: "EPERM", {
    "open": "EMFILE", "recvfrom": "EIO", "read": "EIO", "write": "EIO", "mmap": "ENOMEM", "munmap": "EINVAL", "mprotect": "ENOMEM", "pipe2": "EMFILE",
    "socketpair": "EMFILE", "dup2": "EMFILE", "openat": "EMFILE", "ppoll": "ENOMEM", "poll": "ENOMEM", "fstat": "EIO", "newfstatat": "EIO",
    "lseek": "EIO", "wait4": "ECHILD", "keyctl": "EDQUOT", "socket": "EMFILE", "clone": "EAGAIN", "fcntl": "EBADF"})
# process, call and arguments, and why the module may run without a word when it fails
MAY_BE_LOST = [(re.compile(call), why) for call, why in (
    (r"\w+:close_range\([345],", "each descriptor is closed by number instead"),
    (r"outer:(openat|open|read|newfstatat|fstat|stat|lstat|lseek)\(", "of /etc/localtime: times are then in UTC; of the identity map: it counts as that of a whole "
     "machine, and the identity is changed; the configuration has tests of its own"),
    (r"outer:(memfd_create|write|execve)\(", "of the step into the program that loads plugins: their functions say why they are not there"),
    (r"\w+:fcntl\(\d+, (F_GETFD|F_SETFD, FD_CLOEXEC)", "is a number closed? else it is opened once more; asks again for what open(2) did (musl)"),
    (r"worker:(openat|open|write)\(", "of the identity map: as root the namespaces are had without a user namespace; as nobody it says so"),
    (r"outer:prctl\(PR_GET_PDEATHSIG", "the signal is set then as if nothing had been asked for"),
    (r"outer:prctl\(PR_SET_KEEPCAPS", "without capabilities the user namespace grants what is needed"),
    (r"outer:capset\(\{[^}]*\}, \{effective=[^0]", "raises them for the bounding set, which then stays"),
    (r"outer:unshare\(CLONE_NEWUSER", "for the bounding set, which then stays"),
    (r"\w+:prctl\(PR_CAPBSET_DROP", "without capabilities and with no_new_privs the bounding set bounds nothing"),
    (r"\w+:prctl\(PR_CAP_AMBIENT", "cleared with the inheritable ones by capset"),
    (r"\w+:prctl\(0x41", "kernels before 6.3 have no such call; the filter forbids to make memory executable, too"),
    (r"worker:keyctl\(", "the filter forbids every call that takes a key"),
    (r"worker:unshare\(CLONE_THREAD", "asks whether there is one thread, and a kernel that does not answer starts none"),
    (r"worker:prctl\(PR_[GS]ET_SPECULATION_CTRL", "most kernels refuse it and are no weaker for it; --check says what was answered"),
    (r"worker:rt_sigprocmask\(", "SIGCHLD stays blocked until the handlers are set, which clears the mask"),
    (r"\w+:ioctl\(\d, (TCGETS|TIOCGWINSZ)", "no terminal"),
    (r"outer:(connect|fcntl|socket)\(.*(NETLINK|F_DUPFD_CLOEXEC, 5)", "our own addresses are not known then, and no connection is allowed"),
    (r"outer:setsockopt\(\d+, SOL_SOCKET, SO_ATTACH_FILTER", "the kernel tells more than addresses to whoever owns the broker"),
    (r"outer:setsockopt\(3, SOL_SOCKET, SO_SNDBUF", "more replies may lie in the queue"),
    (r'outer:readlink\("/proc/self/exe"', "plugins are looked for where they are installed"),
    (r"outer:prctl\(PR_SET_NAME", "a listing of processes shows another name"),
    (r"outer:(wait4|ppoll|poll|rt_sigprocmask|rt_sigaction)\(", "asked again, or woken by the end of the pipes"),
    (r"\w+:(mmap|munmap|mprotect)\(", "libc takes another way, or the memory stays"),
)]

# libc starts once more in a program that is executed, that of the outer half or the one that loads plugins: from there to its first own step
STARTS = re.compile(r"(\d+) +execve(at)?\(")
STARTED = re.compile(r"prctl\(PR_SET_DUMPABLE, SUID_DUMP_DISABLE|close_range\(\d, 4294967295")

def trace(who, module, *options):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        out = os.path.join(folder, "trace")
        p = subprocess.run(["strace", "-f", "-o", out, *options, PROGRAM, "sandbox", "anonymous/test"], input=module.encode(), capture_output=True,
                           timeout=60, preexec_fn=missing.become_nobody if who == "nobody" and child.is_root() else None)
        with open(out, errors="replace") as f:
            return child.Ended(p.stdout, p.stderr, p.returncode), f.read().splitlines()


def calls_of(lines):
    """(name, n) of each call while the jail is built; n counts the calls of the name in its process. None behind the filter."""
    count, found = collections.Counter(), []
    has_begun, behind, starts = False, set(), set()
    for line in lines:
        m = CALL.match(line)
        if not m:
            continue
        count[m[1], m[2]] += 1
        has_begun = has_begun or bool(BEGINS.match(m[2] + "(" + m[3]))
        if ENDS in line:
            behind.add(m[1])
        if STARTED.search(line):
            starts.discard(m[1])
        if has_begun and m[1] not in behind | starts and m[2] not in CANNOT_FAIL:
            found.append((m[2], count[m[1], m[2]]))
        if STARTS.match(line):
            starts.add(m[1])
    return sorted(set(found))


def lost(lines):
    """The calls that failed, each with the process that made it: the first of the trace is the outer half."""
    outer, begun, found = CALL.match(lines[0])[1], {}, []
    for pid, text in (line.split(None, 1) for line in lines):
        if text.endswith(" <unfinished ...>"):
            begun[pid] = text
        elif text.endswith("(INJECTED)"):
            found.append(("outer:" if pid == outer else "worker:") + (begun[pid] if text.startswith("<...") else text))
    return found


def met_the_filter(lines):
    """strace makes a call fail by making it another one: behind the filter that is one which the filter does not know."""
    return any(line.endswith("+++ killed by SIGSYS +++") for line in lines)


def warnings(ended):
    return [line["Log"]["WarnOnce"] for line in ended.lines if isinstance(line, dict) and "WarnOnce" in line.get("Log", {})]


def ran(ended):
    return {"Log": {"Info": '"here"'}} in ended.lines


def judge(who, module, usual, name, n):
    """None: as it should be; else what is wrong."""
    try:
        ended, lines = trace(who, module, "-e", f"inject={name}:error={ERRORS[name]}:when={n}")
    except subprocess.TimeoutExpired:
        return "hangs"
    failed = lost(lines)
    if not ran(ended):
        if met_the_filter(lines):
            return None
        said = ended.said()
        return None if said or ended.err.strip() and ended.status != 0 else f"ends without a word: {failed} {ended}"
    if warnings(ended) != usual or any("WarnOnce" not in line.get("Log", {}) for line in ended.lines[:-2] if isinstance(line, dict)):
        return None
    silent = [call for call in failed if not any(pattern.match(call) for pattern, _ in MAY_BE_LOST)]
    return f"runs without a word: {silent}" if silent else None


def fail_each(tap, who, what):
    module = MODULES[what]
    ended, lines = trace(who, module)
    who_what = f"as {who}{what}"
    if not ran(ended):
        tap.skip(who_what, f"strace cannot trace it here: {str(ended)[:200]}".replace("\n", " "))
        return
    usual = warnings(ended)
    tap.check(f"{who_what}, the trace reaches the filter", any(ENDS in line for line in lines), "\n".join(lines[-20:]))
    calls = calls_of(lines)
    bad = collections.defaultdict(list)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (name, n), wrong in zip(calls, pool.map(lambda call: judge(who, module, usual, *call), calls)):
            bad[name] += [f"{n}: {wrong}"] if wrong else []
    for name in dict.fromkeys(name for name, _ in calls):
        tap.check(f"{who_what}, {name} fails", not bad[name], "\n".join(bad[name]))
    print(f"# {who_what}: {len(calls)} calls failed")


def main():
    tap = child.Tap()
    if not shutil.which("strace"):
        tap.skip("faults", "there is no strace")
        tap.end()
    child.need_user_namespace(PROGRAM)
    for who in ("root", "nobody") if child.is_root() else ("nobody",):
        for what in MODULES:
            fail_each(tap, who, what)
    tap.end()


main()
