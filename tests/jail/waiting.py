"""A child that waits in its complete jail, and can be made to do what its module never could. Takes root."""
import os
import subprocess

import calls
import child
import tracer


def can_trace(tap, *names):
    """Whether it can; the cases that wanted to are skipped."""
    if child.is_root() and calls.HERE:
        return True
    for name in names:
        tap.skip(name, "needs root and a table of calls, to trace")
    return False


def call_of(pid):
    """The number of the system call in which a process waits, or None."""
    with open(f"/proc/{pid}/syscall") as f:
        word = f.read().split()[0]
    return int(word) if word.isdigit() else None


class Waiting:
    """A child in stdin_read_line(), on line 6 of its module."""

    def __init__(self, program, *options, code="function run()\nstdin_read_line()\nend", **how):
        self.p = subprocess.Popen([program, "sandbox", *options, "a/b"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)
        self.p.stdin.write(child.start_line(code).encode())
        self.p.stdin.flush()
        self.first = line = self.p.stdout.readline()
        while line and b'"Stdio"' not in line:
            line = self.p.stdout.readline()
        self.worker = child.worker_of(self.p.pid)
        # on a slow machine it is on its way from the line that it wrote to its answer
        while not self.is_settled() or call_of(self.worker) != calls.HERE["read"]:
            os.sched_yield()

    def is_settled(self):
        """The outer half has given up what it does not need, and waits."""
        with open(f"/proc/{self.p.pid}/status") as f:
            status = f.read()
        return "State:\tS" in status and "NoNewPrivs:\t1" in status

    def make_call(self, nr, *args):
        """Its program does it by itself; nobody watches."""
        t = tracer.Tracer(self.worker)
        t.set_call(nr if isinstance(nr, int) else calls.HERE[nr], args)
        t.let_go()

    def make_jump(self, to):
        t = tracer.Tracer(self.worker)
        t.jump(to)
        t.let_go()

    def end(self):
        out, err = self.p.communicate()
        return child.Ended(out, err, self.p.returncode)
