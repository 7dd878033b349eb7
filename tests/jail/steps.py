#!/usr/bin/env python3
"""steps.py CHILD: what one step of the jail says when the kernel does not do what it was asked, or only pretends to. TAP.

faults.py lets each call fail once and looks whether anything is silent; here are the answers that it does not give (success
without effect, other error numbers, older kernels) and the exact words.
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls  # noqa: E402
import child  # noqa: E402
import missing  # noqa: E402
import waiting  # noqa: E402
from missing import ALL_NEW, refuse, refuse_when  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
HERE = "function run() info('here') end"
HELLO = "function run() print('hello') info('here') end"
EPERM, EINTR, EIO, EACCES, EINVAL, EMFILE, ENOSYS = 1, 4, 5, 13, 22, 24, 38
PRETEND = 0  # success, and nothing was done
NOBODY = 65534


CONTROL = ["--spare", "--needs=broker", "--control-fd=60"]


def control_at(number, *others):
    """For preexec_fn: one end of a socket pair is `number`; others are open, too."""
    def prepare():
        ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for fd in (number, *others):
            os.dup2(ends[0].fileno(), fd)
    return prepare


def ids(uid, gid):
    """Real ids of nobody, effective ones as given."""
    def prepare():
        os.setgroups([])
        os.setresgid(NOBODY, gid, gid)
        os.setresuid(NOBODY, uid, uid)
    return prepare


def group_of_root():
    os.setgroups([])
    os.setresuid(NOBODY, NOBODY, NOBODY)


def no_namespaces():
    refuse("clone", EPERM, ALL_NEW)


def a(*words):
    """A call that is answered with an error number: name, number, and perhaps an argument with the value that it must have."""
    return lambda: refuse_when(*words)


O_LARGEFILE = 0o100000  # musl always adds it


def user_namespace_of_two():
    """Root and another user; only a process that is outside may write two lines."""
    ready, written = os.pipe(), os.pipe()
    pid = os.getpid()
    if os.fork() == 0:
        os.read(ready[0], 1)
        for name in ("uid_map", "gid_map"):
            with open(f"/proc/{pid}/{name}", "w") as f:
                f.write(f"0 0 1\n{NOBODY} {NOBODY} 1\n")
        os.write(written[1], b".")
        os._exit(0)
    missing.check(missing.libc.unshare(missing.NEW["user"]))
    os.write(ready[1], b".")
    os.read(written[0], 1)
    os.wait()
    for fd in ready + written:
        os.close(fd)


AUDIT = "sandbox: AUDIT: SYSTEM CALLS ARE NOT REFUSED, ONLY REPORTED (--sandbox-audit)"


def no_filter():
    refuse("seccomp", PRETEND)


# name, what is done before the start, options, how the run fails; or warnings if it does not
CASES = [
    ("ids that differ are settled", [ids(1000, NOBODY)], [], []),
    ("group ids that differ, too", [ids(NOBODY, 1000)], [], []),
    ("a set-user-id root program", [ids(0, NOBODY)], [], []),
    ("a user id that cannot be settled", [ids(1000, NOBODY), a("setresuid", EPERM)], [], f"cannot settle as user {NOBODY}: Operation not permitted (os error 1)"),
    ("a group id that cannot be settled", [ids(1000, 1000), a("setresgid", EPERM)], [], f"cannot settle as user {NOBODY}: Operation not permitted (os error 1)"),
    ("a change of user that changes nothing", [a("setresuid", PRETEND)], [], "still root after the change of user"),
    ("... for a set-user-id root program", [ids(0, NOBODY), a("setresuid", PRETEND)], [], "still root after the change of user"),
    ("an ordinary user in the group of root", [group_of_root], [], "still root after the change of user"),
    ("capabilities that only seem to be dropped", [a("capset", PRETEND)], [], "a capability remains"),
    ("capabilities that cannot be read", [no_namespaces, a("capget", EPERM)], [], "cannot read the capabilities: Operation not permitted (os error 1)"),
    ("a process with threads", [a("unshare", EINVAL)], [], "there is more than one thread"),
    ("a filter that lets files be opened", [no_filter], [], "the filter lets files be opened"),
    ("... sockets", [no_filter, a("openat", EPERM, 2, 0)], [], "the filter lets sockets be opened"),
    ("... processes be made", [no_filter, a("openat", EPERM, 2, 0), a("socket", EACCES, 0, socket.AF_UNIX)], [], "the filter lets processes be made"),
    ("a broker that cannot be moved", [control_at(60), a("dup2", EIO, 1, 3)], CONTROL,
     "cannot move a descriptor: Input/output error (os error 5)"),
    ("an audit whose socket cannot be moved", [a("fcntl", EIO, 1, 2)], ["--sandbox-audit"],
     "cannot move a descriptor: Input/output error (os error 5)"),
    ("an audit whose listener cannot be sent", [a("sendmsg", EIO)], ["--sandbox-audit"],
     "cannot hand over the audit's listener: Input/output error (os error 5)"),
    ("a descriptor that cannot be closed in the worker", [control_at(60), a("close_range", ENOSYS), a("close", EIO, 0, 60)], CONTROL,
     "cannot close descriptors from 5: Input/output error (os error 5)"),
    ("a descriptor whose closing is interrupted is closed", [control_at(60, 50), a("close_range", ENOSYS), a("close", EINTR, 0, 50)],
     CONTROL, []),
    ("descriptors that cannot be asked about", [a("fcntl", EPERM, 1, 1)], [], []),
    ("an audit beside a broker", [control_at(60)], [*CONTROL, "--sandbox-audit"], [AUDIT]),
    ("limits that cannot be read", [a("close_range", ENOSYS), a("prlimit64", EPERM)], [],
     "cannot read resource limit 9: Operation not permitted (os error 1)"),
    ("a user namespace with a map of two lines", [user_namespace_of_two], [], []),
    ("the mount namespace is had, but no root", [a("pivot_root", EPERM), a("chroot", EPERM), a("landlock_create_ruleset", ENOSYS)], [],
     "cannot take the file system away: mount: EPERM; chroot: EPERM; Landlock: not supported. See the sandbox page; to run without this "
     "layer: --sandbox-allow-missing=filesystem"),
]


def start(prepare, options, code=HERE, **how):
    def all_of_it():
        for step in prepare:
            step()
    return child.run(PROGRAM, code, *options, preexec_fn=all_of_it, close_fds=False, **how)


def words(tap):
    for name, prepare, options, want in CASES:
        got = start(prepare, options)
        if isinstance(want, str):
            text = f"sandbox: {want}"
            is_right = got.lines == [{"Log": {"Error": text}}, {"Exit": {"SetupFailed": text}}] and got.status == 1 and got.err == f"Error: {text}\n"
        else:
            is_right = got.lines == [{"Log": {"WarnOnce": w}} for w in want] + [{"Log": {"Info": '"here"'}}, {"Exit": "Ok"}] and got.status == 0
        tap.check(name, is_right, "\n".join(map(str, got.lines)) + f"\n{got.status} {got.err}")


def before_the_jail(tap):
    """What the parent left: there is no line for it yet, only a message."""
    no_null = child.subprocess.run([PROGRAM, "sandbox", "a/b"], capture_output=True, text=True,
                                   preexec_fn=lambda: (os.close(0), refuse_when("openat", EMFILE, 2, os.O_RDWR),
                                                       refuse_when("open", EMFILE, 1, os.O_RDWR | O_LARGEFILE)))
    tap.check("a closed descriptor, and no /dev/null", no_null.returncode == 1 and "cannot open /dev/null" in no_null.stderr, no_null)
    cases = [
        ("a control socket that is not there", [], ["--spare", "--needs=broker", "--control-fd=61"], "descriptor 61 is not there"),
        ("a descriptor that cannot be closed", [control_at(60, 50), a("close_range", ENOSYS), a("close", EIO, 0, 50)], CONTROL,
         "cannot close what the parent left open: Input/output error"),
        ("... behind the control socket", [control_at(60, 70), a("close_range", ENOSYS), a("close", EIO, 0, 70)], CONTROL,
         "cannot close what the parent left open: Input/output error"),
    ]
    for name, prepare, options, want in cases:
        got = start(prepare, options)
        tap.check(name, want in got.err and got.status == 1 and {"Log": {"Info": '"here"'}} not in got.lines, got)


def to_a_file(prepare, code=HERE, options=(), path=None):
    """(what came, messages): with a file as standard error, which the worker is not to have."""
    def all_of_it():
        for step in prepare:
            step()
    with tempfile.TemporaryFile() as f, open(path, "wb") if path else f as err:
        p = subprocess.run([PROGRAM, "sandbox", *options, "a/b"], input=child.start_line(code).encode(), stdout=subprocess.PIPE, stderr=err,
                           timeout=100, preexec_fn=all_of_it)
        f.seek(0)
        return child.Ended(p.stdout, f.read(), p.returncode)


def messages(tap):
    got = to_a_file([a("pipe2", EMFILE)])
    tap.check("no pipe for the messages", got.said() == "sandbox: cannot make a pipe: Too many open files (os error 24)" and got.status == 1, got)
    got = to_a_file([a("dup2", EMFILE, 1, 2)])
    tap.check("a pipe that cannot take its place", got.said() == "sandbox: cannot start the worker: Too many open files (os error 24)" and got.status == 1, got)
    got = to_a_file([], "function run() print('hello') end", path="/dev/full")
    tap.check("messages that nobody can take do not stop the run", got.said() == "Ok" and got.status == 0, got)
    got = to_a_file([], "function run() local s = ('x'):rep(999999) for i = 1, 70 do print(s) end end")
    tap.check("messages have an end, the run has not", got.said() == "Ok" and 60 << 20 < len(got.err) <= 64 << 20, (len(got.err), got.status, got.lines))


def strace(who, options, *args, code=HERE, more="", stderr=subprocess.PIPE):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        out = os.path.join(folder, "trace")
        p = subprocess.run(["strace", "-f", "-o", out, *args, PROGRAM, "sandbox", *options, "a/b"], input=(child.start_line(code) + more).encode(),
                           stdout=subprocess.PIPE, stderr=stderr, timeout=100, preexec_fn=who)
        with open(out, errors="replace") as f:
            return child.Ended(p.stdout, p.stderr or b"", p.returncode), f.read().splitlines()


def whole(lines):
    """(process, call) with both halves of a call that another process's interrupted in the trace, in the order of beginning."""
    calls, begun = [], {}
    for pid, text in (line.split(None, 1) for line in lines):
        if text.startswith("<... "):
            calls[begun.pop(pid)][1] += text.split(" resumed>", 1)[1]
            continue
        if text.endswith(" <unfinished ...>"):
            begun[pid] = len(calls)
            text = text[:-len(" <unfinished ...>")]
        calls.append([pid, text])
    return calls


def number_of(lines, who, pattern):
    """Its name, and the how-manieth of its name in its process the call is that matches. Processes in the order of the trace."""
    order, count = [], {}
    for pid, text in whole(lines):
        if pid not in order:
            order.append(pid)
        name = text.split("(", 1)[0]
        count[pid, name] = count.get((pid, name), 0) + 1
        if order.index(pid) == who and re.match(pattern, text):
            return name, count[pid, name]
    return None


# What a kernel of each ABI knows: accesses to files, and the size of the structure.
ABIS = [(1, 0x1FFF, 8, "ABI 1"), (2, 0x3FFF, 8, "ABI 2"), (3, 0x7FFF, 8, "ABI 3"), (4, 0x7FFF, 16, "ABI 4"), (5, 0xFFFF, 16, "ABI 5"),
        (6, 0xFFFF, 24, "ABI 6"), (9, 0xFFFF, 24, "ABI 7 or later")]
RULESET = re.compile(r"landlock_create_ruleset\(\{handled_access_fs=(0x[0-9a-f]+).*\}, (\d+), 0\) = \d")


def older_landlock(tap):
    """A kernel that says it is older is asked for what it knows, and --check says which it is."""
    now = subprocess.run([PROGRAM, "--check"], capture_output=True, text=True).stdout
    mine = re.search(r"landlock \(ABI (\d)", now)
    for abi, files, size, note in ABIS:
        if mine is None or int(mine[1]) < abi and abi != 9:
            tap.skip(f"Landlock of {note}", f"this kernel has less: {mine and mine[0]}")
            continue
        with tempfile.NamedTemporaryFile("r") as out:
            p = subprocess.run(["strace", "-f", "-X", "raw", "-o", out.name, "-e", "trace=landlock_create_ruleset", "-e",
                                f"inject=landlock_create_ruleset:retval={abi}:when=1", PROGRAM, "--check"], capture_output=True, text=True)
            calls = whole(out.read().splitlines())
            asked = {(int(m[1], 16), int(m[2])) for m in (RULESET.search(call) for _, call in calls) if m}
        tap.check(f"Landlock of {note}", asked == {(files, size)} and f"landlock ({note})\n" in p.stdout, (asked, p.stdout, p.stderr))


# name, as root in which process, call, what it answers, options
ANSWERS = [
    ("the wait for the worker is interrupted", 0, r"wait4\(", "error=EINTR", [], None),
    ("the first place for a mount is not there", 1, r'mount\("none", "/proc"', "error=ENOENT", [], None),
    ("it is no folder", 1, r'mount\("none", "/proc"', "error=ENOTDIR", [], None),
    ("nobody knows what /dev/null is", 0, r'(newfstatat\(AT_FDCWD, |stat\()"/dev/null"', "error=EACCES", [], None),
    ("reading a message is interrupted", 0, r'read\(\d+, "\\"hello', "error=EINTR", [], None),
    ("it would have to wait", 0, r'read\(\d+, "\\"hello', "error=EAGAIN", [], None),
    ("it fails", 0, r'read\(\d+, "\\"hello', "error=EIO", [], None),
    ("a spare cannot follow its parent", 0, r"prctl\(PR_SET_PDEATHSIG", "error=EPERM", ["--spare", "--needs=none"],
     "sandbox: cannot follow the parent: Operation not permitted (os error 1)"),
    ("a spare's parent is gone", 0, None, "getppid:retval=1:when=2", ["--spare", "--needs=none"], "sandbox: the parent is gone"),
]


def answers(tap):
    """Standard error is /dev/null where that is asked about, else a file, so that the outer half copies."""
    for name, process, pattern, answer, options, want in ANSWERS:
        with open(os.devnull, "wb") if pattern and "null" in pattern else tempfile.TemporaryFile() as err:
            inject = answer
            if pattern is not None:
                _, lines = strace(None, options, code=HELLO, stderr=err)
                found = number_of(lines, process, pattern)
                if found is None:
                    tap.check(name, False, "\n".join(lines))
                    continue
                # instead of no call at all: the filters kill who makes that one
                inject = f"{found[0]}:{answer}:syscall=getpid:when={found[1]}"
            ended, lines = strace(None, options, "-e", f"inject={inject}", code=HELLO, stderr=err)
        is_met = any("(INJECTED)" in line for line in lines)
        tap.check(name, is_met and ended.said() == (want or "Ok") and ended.status == (1 if want else 0), f"{ended} {inject}")


CHROOT = "sandbox: no user namespace (EPERM); using chroot"
LANDLOCK = "sandbox: files are protected by Landlock and the filter only"


def no_folder(tap):
    """root_chroot() enters a folder that it makes and removes: in /tmp, or elsewhere, or nowhere."""
    for name, calls, want in (("the first folder cannot be made", "mkdir:error=EACCES:when=1", CHROOT), ("no folder can be made", "mkdir:error=EACCES", LANDLOCK),
                              ("it cannot be entered", "chdir:error=EACCES:when=1", CHROOT), ("its root cannot be left", "chroot:error=EPERM:when=2", LANDLOCK)):
        ended, lines = strace(no_namespaces, [], "-e", f"inject={calls}")
        warned = [line["Log"]["WarnOnce"] for line in ended.lines if isinstance(line, dict) and "WarnOnce" in line.get("Log", {})]
        tap.check(name, want in warned and ended.said() == "Ok" and any("(INJECTED)" in line for line in lines), ended)
    ended, lines = strace(None, [], "-e", "inject=mount:error=ENOENT:when=2+")
    tap.check("there is no place for a mount", ended.said() == "Ok" and any("using chroot" in str(line) for line in ended.lines), ended)


def unknown_call(tap):
    """An audit names a call by its number where the table has no name, and goes on."""
    w = waiting.Waiting(PROGRAM, "--sandbox-audit")
    w.make_call(999, 1, 2, 3, 4, 5, 6)
    got = w.end()
    tap.check("an audit tells of a call without a name", "AUDIT a/b: would stop the run at call (999) arguments 0x1 0x2 0x3 0x4 0x5 0x6" in got.err, got)


def main():
    child.need_user_namespace(sys.argv[1])
    tap = child.Tap()
    if not child.is_root() or missing.CALLS is None or calls.MACHINE != "x86_64" or child.is_sanitized(PROGRAM):
        tap.skip("steps", "needs root, x86_64, and a build without sanitizers, which make calls of their own")
        tap.end()
    for part in (words, before_the_jail, messages, unknown_call):
        part(tap)
    if shutil.which("strace"):
        for part in (older_landlock, answers, no_folder):
            part(tap)
    else:
        tap.skip("answers that only a tracer gives", "there is no strace")
    tap.end()


main()
