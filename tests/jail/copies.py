#!/usr/bin/env python3
"""copies.py CHILD: the worker has neither terminals nor files for 0, 1 and 2; what it says gets there all the same. TAP."""
import fcntl
import os
import pty
import resource
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

PROGRAM = os.path.abspath(sys.argv[1])
PATIENCE_S = 30
EARLIER = b"what earlier runs said\n"
WAITS = "function run() info('ready') stdin_read_line() end"
NET = "function run() info('ready') stdin_read_line() if x then sock_connect('a', 1, {}) end end"
F_SETFL, ESPIPE, EINVAL, EBADF = 4, 29, 22, 9


class Log:
    """A file in which something stands already."""

    def __init__(self, folder, flags):
        self.path = os.path.join(folder, "log")
        with open(self.path, "wb") as f:
            f.write(EARLIER)
        self.fd = os.open(self.path, os.O_RDWR | flags)
        os.lseek(self.fd, 0, os.SEEK_END)

    def text(self):
        with open(self.path, "rb") as f:
            return f.read()

    def wait_for(self, word):
        end = time.monotonic() + PATIENCE_S
        while word not in self.text() and time.monotonic() < end:
            os.sched_yield()

    def close(self):
        os.close(self.fd)


def start(code, *options, **how):
    """A child that waits for an answer; its input stays open."""
    p = subprocess.Popen([PROGRAM, "sandbox", *options, "a/b"], stdin=subprocess.PIPE, **how)
    p.stdin.write(child.start_line(code).encode())
    p.stdin.flush()
    return p


def forgery(suspended):
    """What code in the worker can make of the log: the results of the calls, and the log afterwards."""
    def one(flags):
        with tempfile.TemporaryDirectory() as folder:
            log = Log(folder, flags)
            p = start(WAITS, stdout=log.fd)
            log.wait_for(b'"Stdio"')
            said = log.text()
            t = tracer.Tracer(child.worker_of(p.pid), suspended)
            t.write(t.block(), b"forged\n")
            # the one that writes comes last
            tries = [("fcntl", 1, F_SETFL, 0), ("lseek", 1, 0, 0), ("ftruncate", 1, 0), ("pwrite64", 1, t.block(), 7, 0), ("write", 1, t.block(), 7)]
            got = [t.step(calls.HERE[name], args) for name, *args in tries]
            log.wait_for(b"forged")
            is_append = bool(fcntl.fcntl(log.fd, fcntl.F_GETFL) & os.O_APPEND)
            # it is stopped, and says no more
            p.kill()
            p.communicate()
            text = log.text()
            log.close()
            return text == said + b"forged\n" and said.startswith(EARLIER) and is_append == bool(flags), got, text
    return one


def logs(tap):
    names = [f"a log that is {how} cannot be forged{where}" for where in ("", " without the filter either") for how in ("appended to", "written")]
    if not waiting.can_trace(tap, *names):
        return
    for i, suspended in enumerate((False, True)):
        for k, flags in enumerate((os.O_APPEND, 0)):
            is_good, got, text = forgery(suspended)(flags)
            # a pipe has no position and no length, whoever asks
            is_pipe = not suspended or [r for _, r in got[1:4]] == [-ESPIPE, -EINVAL, -ESPIPE]
            tap.check(names[2 * i + k], is_good and is_pipe and got[4] == (0, 7), (got, text))


def kinds(tap):
    """Descriptors 1 and 2 of the worker: what it was started with, and what it has."""
    rows = [("a file", lambda d: os.open(os.path.join(d, "f"), os.O_RDWR | os.O_CREAT), "pipe"),
            ("a file that is appended to", lambda d: os.open(os.path.join(d, "f"), os.O_WRONLY | os.O_CREAT | os.O_APPEND), "pipe"),
            ("a terminal", lambda d: pty.openpty()[1], "pipe"), ("a device", lambda d: os.open("/dev/zero", os.O_RDWR), "pipe"),
            ("a pipe", lambda d: os.pipe()[1], "same"), ("a socket", lambda d: socket.socketpair()[0].detach(), "same"),
            ("/dev/null", lambda d: os.open("/dev/null", os.O_RDWR), "same")]
    for name, make, want in rows:
        name = f"{name} as output: the worker has {'it' if want == 'same' else 'a pipe'}"
        if not child.is_root():
            tap.skip(name, "needs root, to look")
            continue
        with tempfile.TemporaryDirectory() as folder:
            fd = make(folder)
            p = subprocess.Popen([PROGRAM, "sandbox", "--spare", "--needs=none", "a/b"], stdin=subprocess.PIPE, stdout=fd, stderr=fd)
            links = links_of(settled(p))[1:]
            given = os.readlink(f"/proc/self/fd/{fd}")
            is_right = links == [given] * 2 if want == "same" else all(k.startswith("pipe:") for k in links)
            tap.check(name, is_right, (links, given))
            p.kill()
            p.communicate()
            os.close(fd)


def links_of(pid):
    return [os.readlink(f"/proc/{pid}/fd/{i}") for i in range(3)]


def settled(p):
    """The worker, when its outer half waits: a spare reads nothing before its jail is complete."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        worker = child.worker_of(p.pid)
        if worker is not None and seccomp_of(worker) == "2":
            return worker
        os.sched_yield()
    raise RuntimeError("there is no worker")


def seccomp_of(pid):
    try:
        with open(f"/proc/{pid}/status") as f:
            return next(line.split()[1] for line in f if line.startswith("Seccomp:"))
    except (FileNotFoundError, ProcessLookupError, StopIteration):
        return None


def run_on_files(folder, code, more, flags, *options):
    path = os.path.join(folder, "in")
    with open(path, "w") as f:
        f.write(child.start_line(code) + more)
    log = Log(folder, flags)
    with open(path) as f:
        p = subprocess.run([PROGRAM, "sandbox", *options, "a/b"], stdin=f, stdout=log.fd, stderr=subprocess.PIPE, timeout=60)
    text = log.text()
    log.close()
    is_kept = text.startswith(EARLIER)
    return is_kept, child.Ended(text[len(EARLIER):], p.stderr, p.returncode)


def files(tap):
    """Start line and answers from a file, events into one: as over pipes."""
    asks = "function run() for i = 1, 3000 do local id = db_add('domain', {value='a' .. i .. '.b'}) if id ~= i then error(id) end end info('end') end"
    answers = "".join('{"Ok":{"Inserted":%d}}\n' % i for i in range(1, 3001))
    big = "function run() local s = ('x'):rep(1000) for i = 1, 5000 do info(s .. i) end end"
    for name, code, more in (("questions", asks, answers), ("much output", big, ""), ("little output", "function run() info(1) end", "")):
        piped = child.run(PROGRAM, code, more=more)
        for how, flags in ((">", 0), (">>", os.O_APPEND)):
            with tempfile.TemporaryDirectory() as folder:
                is_kept, got = run_on_files(folder, code, more, flags)
                tap.check(f"{name}, < file {how} file: as over pipes", is_kept and got.lines == piped.lines and got.status == 0 and got.said() == "Ok", got)


def limits(tap):
    with tempfile.TemporaryDirectory() as folder:
        is_kept, got = run_on_files(folder, "function run() while true do info('x') end end", "", os.O_APPEND, "--limit=output=64K")
        tap.check("the output limit holds for a file", is_kept and str(got.said()).startswith("too much output (limit output=64K") and got.status == 0, got)


def what_cannot_be_written(tap):
    code = "function run() for i = 1, 20000 do info('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') end end"
    full = "error: cannot write to standard output: No space left on device\n"
    for name, module in (("little", "function run() info(1) end"), ("much", code)):
        with open("/dev/full", "w") as out:
            p = subprocess.run([PROGRAM, "sandbox", "a/b"], input=child.start_line(module).encode(), stdout=out, stderr=subprocess.PIPE, timeout=60)
        tap.check(f"a full disk and {name} output: an error, and the cause", p.returncode == 1 and p.stderr.decode().endswith(full), p)
    for flags in (0, os.O_APPEND):
        with tempfile.TemporaryDirectory() as folder:
            log = Log(folder, flags)
            p = subprocess.run([PROGRAM, "sandbox", "a/b"], input=child.start_line(code).encode(), stdout=log.fd, stderr=subprocess.PIPE, timeout=60,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000)))
            tap.check(f"a limit of the size of files{', appended to' if flags else ''}", p.returncode == 1 and p.stderr.decode().endswith("output: File too large\n"),
                      p)
            tap.check("... what fits is there", len(log.text()) == 10000 and log.text().startswith(EARLIER), len(log.text()))
            log.close()


def what_cannot_be_read(tap):
    folder = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    p = subprocess.run([PROGRAM, "sandbox", "--spare", "--needs=none", "a/b"], stdin=folder, capture_output=True, timeout=60)
    os.close(folder)
    tap.check("a folder as input of a spare: an error, and the cause", p.returncode == 1 and b"cannot read standard input: Is a directory\n" in p.stderr, p)


def messages(tap):
    """A pipe as standard error, under a foreign parent."""
    names = ["where the outer half serves, messages into a pipe are cleaned", "where it only waits, they are the worker's own"]
    if waiting.can_trace(tap, *names):
        for name, code, want in zip(names, (NET, WAITS), (b"a?[31mb?\n", b"a\x1b[31mb\x07\n")):
            p = start(code, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            while b'"Stdio"' not in p.stdout.readline():
                pass
            t = tracer.Tracer(child.worker_of(p.pid))
            t.write(t.block(), b"a\x1b[31mb\x07\n")
            t.call("write", 2, t.block(), len(b"a\x1b[31mb\x07\n"))
            t.go_on()
            out, err = p.communicate(b'{"Ok":""}\n')
            tap.check(name, err == want and out == b'{"Exit":"Ok"}\n' and p.returncode == 0, (out, err, p.returncode))
    code = "function run() while true do print('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') end end"
    p = start(code, "--limit=wall=300ms", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    p.stdin.close()
    out = p.stdout.read()
    try:
        status = p.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        status = "it waits"
        p.kill()
    tap.check("messages that nobody reads do not outlive the deadline", status == 0 and b"ran out of time" in out.splitlines()[-1], (status, out[-200:]))
    p.stderr.close()


def input_is_a_copy(tap):
    name = "a file as input that is open for writing, too: the worker has a pipe, to read"
    if not waiting.can_trace(tap, name):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "in")
        text = child.start_line("function run() info('ready') sleep(60) end").encode() + b"more\n"
        with open(path, "w+b", buffering=0) as f:
            f.write(text)
            f.seek(0)
            p = subprocess.Popen([PROGRAM, "sandbox", "a/b"], stdin=f, stdout=subprocess.PIPE)
            p.stdout.readline()
            worker = child.worker_of(p.pid)
            t = tracer.Tracer(worker, True)
            t.write(t.block(), b"forged\n")
            got = t.call("write", 0, t.block(), 7), t.call("lseek", 0, 0, 0)
            links = links_of(worker)
            p.kill()
            p.communicate()
            f.seek(0)
            tap.check(name, got == (-EBADF, -ESPIPE) and links[0].startswith("pipe:") and f.read() == text, (got, links))


def main():
    child.need_user_namespace(PROGRAM)
    tap = child.Tap()
    for part in (logs, kinds, files, limits, what_cannot_be_written, what_cannot_be_read, messages, input_is_a_copy):
        part(tap)
    tap.end()


main()
