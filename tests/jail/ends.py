#!/usr/bin/env python3
"""ends.py CHILD: every run ends within its limits, with one Exit line that says why. TAP."""
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls  # noqa: E402
import child  # noqa: E402
import tracer  # noqa: E402
import waiting  # noqa: E402

MOMENTS = int(os.environ.get("SN0INT_MOMENTS", "300"))
PROGRAM = os.path.abspath(sys.argv[1])
CPU = "ran out of processor time (limit cpu=300ms; raise it with --limit cpu=TIME)"
WALL = "ran out of time (limit wall=400ms; raise it with --limit wall=TIME)"
OUTPUT = "too much output (limit output=64K; raise it with --limit output=BYTES)"
MEMORY = "not enough memory (limit memory=8M; raise it with --limit memory=BYTES)"
SPACE = "not enough memory (limit address-space=128M; raise it with --limit address-space=BYTES)"

# name, module, limits, what the Exit line says
CASES = [
    ("an endless loop", "function run() while true do end end", ["cpu=300ms"], CPU),
    ("an endless loop outside of run()", "while true do end", ["cpu=300ms"], CPU),
    ("a loop of calls", "function run() while true do time_unix() end end", ["cpu=300ms"], CPU),
    ("a pattern that never ends", "function run() return (('a'):rep(60)):match(('a?'):rep(60)..('a'):rep(60)) end", ["cpu=300ms"], CPU),
    ("a pattern that never ends, with lines before it",
     "function run() info(1) info(2) return (('a'):rep(60)):match(('a?'):rep(60)..('a'):rep(60)) end", ["cpu=300ms"], CPU),
    ("a callback of gsub", "function run() return (('a'):rep(9999)):gsub('a', function() while true do end end) end", ["cpu=300ms"], CPU),
    ("a loop, and its time", "function run() while true do end end", ["wall=400ms"], WALL),
    ("a sleep", "function run() sleep(1000) end", ["wall=400ms"], WALL),
    ("many small values", "function run() local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(100) .. i end end", ["memory=8M"], MEMORY),
    ("one large text", "function run() local s = 'x' while true do s = s .. s end end", ["memory=8M"], MEMORY),
    ("memory of a function", "function run() local s = ('x'):rep(50000000) base64_encode(s) end", ["address-space=128M"], SPACE),
    ("a large script", "local t = {" + "1," * 2000000 + "}", ["memory=8M"], MEMORY),
    ("a flood of lines", "function run() while true do info('x') end end", ["output=64K"], OUTPUT),
    ("a flood of messages", "function run() while true do print('x') end end", ["output=64K"], OUTPUT),
    ("a flood of questions", "function run() while true do db_add('domain', {value='a'}) end end", ["output=64K"], OUTPUT),
    ("an over-long line", "function run() db_add('domain', {value=('x'):rep(200000)}) end", ["line=64K"],
     "Failed to add to database: a message of 200065 bytes is too long (limit line=64K; raise it with --limit line=BYTES)"),
    ("too deep a recursion", "function run() local function f() return 1 + f() end f() end", [],
     'execution failed: LuaError(ExecutionError("[string \\"chunk\\"]:5: stack overflow"))'),
]


def limits(tap):
    replies = '{"Ok":{"Inserted":1}}\n' * 2000
    for name, code, words, want in CASES:
        if want == SPACE and child.is_sanitized(PROGRAM):
            tap.skip(name, "a sanitizer needs the addresses")
            continue
        options = [f"--limit={w}" for w in words]
        got = child.run(PROGRAM, code, *options, more=replies)
        tap.check(name, got.said() == want and got.status == 0, got)


def filled_by_the_chunk(tap):
    """The chunk leaves from a lot of memory to none: run() and its row find none, which is an error as any other."""
    said = []
    for n in range(0, 128, 3):
        code = f"keep = {{}} for i = 1, {n} do keep[i] = ('x'):rep(65000) .. i end function run() end"
        got = child.run(PROGRAM, code, "--limit=memory=8M", start=child.start_line(code, arg={"value": "y" * 1000000}))
        said.append((n, got.said(), got.status, got.err))
    ends = [s[1:] for s in said]
    tap.check("memory that is used up before run()", set(ends) == {("Ok", 0, ""), (MEMORY, 0, "")} and ends[0][0] == "Ok" and ends[-1][0] == MEMORY,
              [s for s in said if s[1:] not in (("Ok", 0, ""), (MEMORY, 0, ""))])


def answers_ahead(tap):
    """Each write(2) of the child is a packet of this socket: no line is sent by itself while the next answer is there."""
    mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    given = child.start_line("function run() for i = 1, 1000 do db_add('domain', {value='a'}) end end") + '{"Ok":{"Inserted":1}}\n' * 1000
    with tempfile.TemporaryFile() as f:
        f.write(given.encode())
        f.seek(0)
        p = subprocess.Popen([PROGRAM, "sandbox", "a/b"], stdin=f, stdout=its, stderr=subprocess.DEVNULL)
    its.close()
    packets = []
    while True:
        packet = mine.recv(1 << 20)
        if not packet:
            break
        packets.append(packet)
    lines = b"".join(packets).splitlines()
    tap.check("questions whose answers are there go together", p.wait() == 0 and len(lines) == 1001 and lines[-1] == b'{"Exit":"Ok"}' and len(packets) < 100,
              (len(packets), lines[-1:]))


def long_texts(tap):
    got = child.run(PROGRAM, "function run() info(('x'):rep(1000)) set_err(('y'):rep(1000)) end", "--limit=log-line=80")
    note = " [cut: {} bytes, limit log-line=80; raise it with --limit log-line=BYTES]"
    tap.check("a long message is cut, with a note", got.lines[0] == {"Log": {"Info": '"' + "x" * 79 + note.format(1002)}}, got)
    tap.check("a long error too", got.said() == "y" * 80 + note.format(1000), got)


def long_start(tap):
    got = child.run(PROGRAM, "-- " + "x" * 70000, "--limit=start-line=64K")
    want = "the start line is too long (limit start-line=64K; raise it with --limit start-line=BYTES)"
    tap.check("a start line that is too long", got.said() == want and got.status == 1 and got.err == f"Error: {want}\n", got)


def slow_parent(tap):
    """The time is over in the middle of a line: it is completed, and the Exit line follows."""
    p = subprocess.Popen([PROGRAM, "sandbox", "--limit=wall=400ms", "a/b"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    p.stdin.write(child.start_line("function run() while true do info(('x'):rep(1000000)) end end").encode())
    p.stdin.close()
    out = b""
    while True:
        part = os.read(p.stdout.fileno(), 4096)
        if not part:
            break
        out += part
        time.sleep(0.002)
    got = child.Ended(out, b"", p.wait())
    is_whole = all(isinstance(line, dict) for line in got.lines)
    tap.check("a line that is half written is completed", got.said() == WALL and is_whole and got.status == 0, got)


def deaf_parent(tap):
    """Nobody reads: the process ends all the same."""
    p = subprocess.Popen([PROGRAM, "sandbox", "--limit=wall=400ms", "a/b"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    p.stdin.write(child.start_line("function run() while true do info('x') end end").encode())
    p.stdin.close()
    try:
        status = p.wait(30)
    except subprocess.TimeoutExpired:
        p.kill()
        status = "none"
    tap.check("a parent that reads nothing", status == 0, status)


def gone_parent(tap):
    p = subprocess.Popen([PROGRAM, "sandbox", "a/b"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    p.stdout.close()
    p.stdin.write(child.start_line("function run() while true do info('x') end end").encode())
    p.stdin.close()
    err = p.stderr.read().decode()
    tap.check("a parent that is gone", p.wait() == 1 and err == "sn0int: nobody reads the output any more\n", (p.returncode, err))


def killed_parent(tap):
    """The worker does not outlive the outer half."""
    p = subprocess.Popen([PROGRAM, "sandbox", "a/b"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    p.stdin.write(child.start_line("function run() info('here') stdin_read_line() while true do end end").encode())
    p.stdin.flush()
    line = p.stdout.readline()
    while line and b'"Stdio"' not in line:
        line = p.stdout.readline()
    p.kill()
    p.wait()
    tap.check("the worker dies with the outer half", p.stdout.read() == b"")


def deaf_worker(tap):
    """A worker that has blocked all signals is killed by the outer half, whose filter allows that one signal."""
    name = "a deadline holds with the worker's signals blocked"
    if not waiting.can_trace(tap, name):
        return
    w = waiting.Waiting(PROGRAM, "--limit=wall=300ms", code="function run()\nstdin_read_line()\nclear_err()\nwhile true do end\nend")
    t = tracer.Tracer(w.worker)
    t.write(t.block(), b"\xff" * 8)
    t.call("rt_sigprocmask", signal.SIG_SETMASK, t.block(), 0, 8)
    t.go_on()
    got = w.end()
    tap.check(name, got.status == -signal.SIGKILL and got.err.endswith("sn0int: a/b: killed after 5 s\n"), got)


def deaf_both(tap):
    """... and nobody reads what the outer half says: it does not wait with that, nor with a copy, before it kills."""
    names = [f"a deadline holds where nobody reads standard error, {how}" for how in ("which is full", "which the worker fills")]
    if not waiting.can_trace(tap, *names):
        return
    for name, fills in zip(names, (True, False)):
        r, w = os.pipe()
        if fills:
            fill(w)
        code = "function run()\ninfo('ready')\nstdin_read_line()\nwhile true do print(('x'):rep(1000)) end\nend"
        p = subprocess.Popen([PROGRAM, "sandbox", "--limit=wall=300ms", "a/b"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=w)
        p.stdin.write(child.start_line(code).encode())
        p.stdin.flush()
        while b'"Stdio"' not in p.stdout.readline():
            pass
        t = tracer.Tracer(child.worker_of(p.pid))
        t.write(t.block(), b"\xff" * 8)
        t.call("rt_sigprocmask", signal.SIG_SETMASK, t.block(), 0, 8)
        t.go_on()
        p.stdin.write(b'{"Ok":""}\n')
        p.stdin.flush()
        try:
            status = p.wait(30)
        except subprocess.TimeoutExpired:
            p.kill()
            status = "it waits"
        tap.check(name, status == -signal.SIGKILL, status)
        for fd in (r, w):
            os.close(fd)


def fill(pipe):
    os.set_blocking(pipe, False)
    for n in (65536, 4096, 1):
        try:
            while True:
                os.write(pipe, b"x" * n)
        except BlockingIOError:
            pass
    os.set_blocking(pipe, True)


def violations(tap):
    names = ["a violation", "a call without a name", "a crash"]
    if not waiting.can_trace(tap, *names):
        return
    w = waiting.Waiting(PROGRAM)
    w.make_call("ptrace", 16, 1, 2, 3, 4, 5)
    got = w.end()
    call = f"ptrace ({calls.HERE['ptrace']}) arguments 0x10 0x1 0x2 0x3 0x4 0x5, {calls.MACHINE}"
    said = f"sandbox violation: {call}, line 6"
    err = f"sn0int: sandbox violation in a/b: {call}, at 0x"
    is_told = got.said() == said and got.err.startswith(err) and got.err.endswith(", line 6\n")
    tap.check(names[0], is_told and got.status == 159, got)
    w = waiting.Waiting(PROGRAM)
    w.make_call(999, 0, 0, 0, 0, 0, 0)
    got = w.end()
    said = f"sandbox violation: system call 999 arguments 0x0 0x0 0x0 0x0 0x0 0x0, {calls.MACHINE}, line 6"
    tap.check(names[1], got.said() == said and got.status == 159, got)
    w = waiting.Waiting(PROGRAM)
    w.make_jump(16)
    got = w.end()
    tap.check(names[2], got.said() == "crashed (SIGSEGV), line 6" and got.status == -11, got)


def from_outside(tap):
    """A signal of a crash that somebody sends, or the kernel for somebody: one Exit line, and the end."""
    names = {11: "SIGSEGV", 7: "SIGBUS", 4: "SIGILL", 8: "SIGFPE", 6: "SIGABRT", 31: "SIGSYS"}
    if not waiting.can_trace(tap, "crashes from outside"):
        return
    code = "function run()\nstdin_read_line()\nfor i = 1, 3 do info(i) end\nend"
    for sig, name in names.items():
        for how, send in (("sent", os.kill), ("by the kernel", by_kernel)):
            w = waiting.Waiting(PROGRAM, code=code)
            send(w.worker, sig)
            w.p.stdin.write(b'{"Ok":""}\n')
            got = w.end()
            is_told = got.said() == f"crashed ({name}), line 6" and got.err == f"sn0int: a/b crashed ({name}), line 6\n"
            tap.check(f"{name} {how}: one Exit line, and no other", is_told and got.status == 128 + sig and "1.0" not in str(got.lines), got)


def by_kernel(pid, sig):
    """A signal that a tracer has sent at a system call counts as the kernel's own (SI_KERNEL)."""
    syscall, cont = 24, 7
    for request in (tracer.SEIZE, tracer.INTERRUPT):
        tracer.ptrace(request, pid)
    os.waitpid(pid, tracer.WALL)
    tracer.ptrace(syscall, pid)
    os.waitpid(pid, tracer.WALL)
    tracer.ptrace(cont, pid, 0, sig)
    while True:
        _, status = os.waitpid(pid, tracer.WALL)
        if not os.WIFSTOPPED(status):
            break
        stop = os.WSTOPSIG(status)
        tracer.ptrace(cont, pid, 0, stop if stop != signal.SIGTRAP else 0)


def at_any_moment(tap):
    """... whenever it comes: lines are whole, and there is one last."""
    code = "function run() info('x') for i = 1, 2e4 do end info('y') end"
    lines = [{"Log": {"Info": '"x"'}}, {"Log": {"Info": '"y"'}}]
    wrong, seen = [], []
    for i in range(0, 300, max(1, 300 // MOMENTS)):
        p = subprocess.Popen([PROGRAM, "sandbox", "a/b"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stdin.write(child.start_line(code).encode())
        p.stdin.close()
        time.sleep(i * 0.00003)
        sig = (11, 7, 4, 8, 6)[len(seen) % 5]
        seen.append(sig)
        try:
            worker = child.worker_of(p.pid)
            # before there are handlers nothing is promised but the end
            if worker is not None and catches(worker, sig):
                os.kill(worker, sig)
        except (FileNotFoundError, ProcessLookupError):
            pass
        got = child.Ended(p.stdout.read(), p.stderr.read(), p.wait())
        if got.said() is None or got.lines[:-1] != lines[:len(got.lines) - 1] or got.status not in (0, 128 + sig):
            wrong.append(str(got))
    tap.check(f"a crash from outside at {len(seen)} moments: one last line", not wrong, wrong[:3])


def catches(pid, sig):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1], 16) >> (sig - 1) & 1 for line in f if line.startswith("SigCgt:"))


def main():
    child.need_user_namespace(sys.argv[1])
    tap = child.Tap()
    for part in (limits, filled_by_the_chunk, answers_ahead, long_texts, long_start, slow_parent, deaf_parent, gone_parent, killed_parent, deaf_worker, deaf_both, violations, from_outside, at_any_moment):
        part(tap)
    tap.end()


main()
