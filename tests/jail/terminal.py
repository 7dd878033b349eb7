#!/usr/bin/env python3
"""terminal.py CHILD: a child that a person starts by hand: the terminal is out of its worker's reach. TAP."""
import fcntl
import os
import pty
import select
import subprocess
import sys
import termios

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import child  # noqa: E402
import tracer  # noqa: E402
import waiting  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
F_SETFL = 4
ASKS = "function run() local a = stdin_read_line() info('got ' .. a) info('done') end"
PATIENCE_S = 30


class Typed:
    """A child on a terminal; `how` may give it something else for 0, 1, 2."""

    def __init__(self, code, **how):
        self.master, self.slave = pty.openpty()
        mode = termios.tcgetattr(self.slave)
        mode[3] &= ~termios.ECHO
        mode[1] &= ~termios.OPOST
        termios.tcsetattr(self.slave, termios.TCSANOW, mode)
        for name in ("stdin", "stdout", "stderr"):
            how.setdefault(name, self.slave)
        self.seen = b""
        self.type(child.start_line(code))
        self.p = subprocess.Popen([PROGRAM, "sandbox", "a/b"], start_new_session=True, **how)

    def type(self, text):
        os.write(self.master, text.encode())

    def look(self, text):
        """Reads the screen until it shows the text."""
        while text.encode() not in self.seen and self.wait(self.master):
            self.seen += os.read(self.master, 65536)
        return text.encode() in self.seen

    @staticmethod
    def wait(fd):
        return select.select([fd], [], [], PATIENCE_S)[0]

    def left(self):
        """What was typed and nobody has read."""
        os.set_blocking(self.slave, False)
        try:
            return os.read(self.slave, 65536).decode()
        except BlockingIOError:
            return ""

    def end(self):
        status = self.p.wait(timeout=PATIENCE_S)
        while select.select([self.master], [], [], 0)[0]:
            self.seen += os.read(self.master, 65536)
        return status

    def close(self):
        os.close(self.master)
        os.close(self.slave)


def a_line_for_each_question(tap):
    t = Typed(ASKS)
    is_asked = t.look('{"Stdio":"Readline"}\n')
    t.type('{"Ok":"one"}\nls -l\n')
    is_answered = t.look("done")
    status = t.end()
    tap.check("a question is answered by the line that is typed", is_asked and is_answered and "got one" in t.seen.decode() and status == 0, t.seen)
    tap.check("... the Exit line comes last", t.seen.endswith(b'{"Exit":"Ok"}\n'), t.seen)
    left = t.left()
    tap.check("... what is typed after it is for others", left == "ls -l\n", left)
    t.close()


def messages_elsewhere(tap):
    t = Typed("function run() local a = stdin_read_line() print(a) end", stderr=subprocess.PIPE)
    is_asked = t.look('{"Stdio":"Readline"}\n')
    t.type('{"Ok":"one"}\n')
    said = t.p.stderr.read()
    status = t.end()
    tap.check("messages that go into a pipe are the worker's own", is_asked and said == b'"one"\n' and status == 0, (said, t.seen))
    t.close()


def nobody_asks(tap):
    t = Typed("function run() info('here') sleep(1) end")
    t.look("here")
    t.type("secret\n")
    status = t.end()
    left = t.left()
    tap.check("without a question nothing is read", left == "secret\n" and status == 0, (left, status))
    t.close()


def end_of_input(tap):
    t = Typed("function run() db_add('domain', {value='a.b'}) end")
    t.look('"Insert"')
    t.type("\x04")
    status = t.end()
    tap.check("the end of what is typed ends a question", b'"Exit":{"Err"' in t.seen and status == 0, t.seen)
    t.close()


def a_pipe_beside_it(tap):
    t = Typed(ASKS, stdout=subprocess.PIPE)
    out = t.p.stdout.readline()
    t.type('{"Ok":"\u00e9"}\n')
    out += t.p.stdout.read()
    status = t.end()
    tap.check("a pipe as output: byte for byte", status == 0 and "got \u00e9".encode() in out and out.endswith(b'{"Exit":"Ok"}\n'), out)
    t.close()
    t = Typed("function run() for i = 1, 1e9 do info(i) end end", stdout=subprocess.PIPE)
    t.p.stdout.readline()
    t.p.stdout.close()
    t.end()
    tap.check("... that is closed: the worker ends", b"nobody reads the output any more" in t.seen, t.seen)
    t.close()


def a_terminal_as_output(tap):
    code = "function run() set_err('\\xc2\\x9b31m') end"
    t = Typed(code, stdin=subprocess.PIPE)
    t.p.stdin.write(child.start_line(code).encode())
    t.p.stdin.close()
    status = t.end()
    tap.check("what a terminal is shown is clean", status == 0 and b"?31m" in t.seen and b"\xc2\x9b" not in t.seen, t.seen)
    t.close()


def kind_of(pid, fd):
    return os.readlink(f"/proc/{pid}/fd/{fd}").split(":")[0]


def out_of_reach(tap):
    names = ["the worker has pipes", "... and the flags of the terminal stay", "... and it cannot read what is typed"]
    if not waiting.can_trace(tap, *names):
        return
    t = Typed("function run() info('here') sleep(60) end")
    t.look("here")
    worker = child.worker_of(t.p.pid)
    kinds = [kind_of(worker, fd) for fd in (0, 1, 2)]
    tap.check(names[0], kinds == ["pipe"] * 3, kinds)
    before = fcntl.fcntl(t.slave, fcntl.F_GETFL)
    trace = tracer.Tracer(worker)
    results = [trace.call("fcntl", fd, F_SETFL, os.O_NONBLOCK | os.O_RDWR) for fd in (0, 1, 2)]
    tap.check(names[1], fcntl.fcntl(t.slave, fcntl.F_GETFL) == before and not before & os.O_NONBLOCK, (results, before))
    t.type("secret\n")
    got = trace.call("read", 0, trace.saved[tracer.ARCH.SP] - 4096, 100)
    tap.check(names[2], got == -11 and t.left() == "secret\n", got)
    trace.let_go()
    t.p.kill()
    t.end()
    t.close()


def main():
    child.need_user_namespace(PROGRAM)
    tap = child.Tap()
    for part in (a_line_for_each_question, messages_elsewhere, nobody_asks, end_of_input, a_pipe_beside_it, a_terminal_as_output, out_of_reach):
        part(tap)
    tap.end()


main()
