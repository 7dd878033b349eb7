#!/usr/bin/env python3
"""
group.py SN0INT [CASE...]: children that are bounded together by a control group (cgroup v2). TAP.

It needs a folder of cgroup v2 in which groups with the controllers memory and pids can be made: that of the environment
variable SN0INT_CGROUP, else, as root, that of the machine. Ordinary users are tried where it runs as root.
"""
import os
import re
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402
from tap import has, same  # noqa: E402

NEEDED = {"memory", "pids"}
HEADER = "-- Description: test\n-- Version: 0.1.0\n-- License: GPL-3.0\n\n"
SN0INT = TOP = None
BOTH = "sn0int-host", "sn0int-children"


def read(*names):
    with open(os.path.join(*names)) as f:
        return f.read().strip()


def write(text, *names):
    with open(os.path.join(*names), "w") as f:
        f.write(text)


def find_top():
    """(folder, None), or (None, why there is none)."""
    if os.environ.get("SN0INT_CGROUP"):
        return os.environ["SN0INT_CGROUP"], None
    with open("/proc/self/mountinfo") as f:
        mounts = [line.split()[4] for line in f if " - cgroup2 " in line]
    if not mounts:
        return None, "there is no cgroup v2"
    missing = NEEDED - set(read(mounts[0], "cgroup.controllers").split())
    if missing:
        return None, "cgroup v2 has no controller " + ", ".join(sorted(missing))
    if os.geteuid() != 0:
        return None, "SN0INT_CGROUP names no folder, and making one takes root"
    return mounts[0], None


class Group:
    """One that is delegated, to root or to nobody."""

    def __init__(self, user):
        self.user = user
        self.path = tempfile.mkdtemp(prefix="sn0int-test-", dir=TOP)
        if user:
            for name in (".", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"):
                os.chown(os.path.join(self.path, name), user, user)

    def enter(self):
        write("0", self.path, "cgroup.procs")

    def events(self):
        return dict(line.split() for line in read(self.path, BOTH[1], "memory.events").splitlines())

    def remove(self):
        for name in (*BOTH, "."):
            path = os.path.join(self.path, name)
            if os.path.isdir(path):
                os.rmdir(os.path.normpath(path))


class Home:
    def __init__(self, folder, user):
        self.folder, self.user, self.group = folder, user, Group(user)
        if user:
            os.chown(folder, user, user)

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def start(self, *args, enter=True, program=None):
        def before():
            if enter:
                self.group.enter()
            if self.user:
                os.setgroups([])
                os.setgid(self.user)
                os.setuid(self.user)

        return subprocess.Popen([program or SN0INT, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=before,
                                env={"HOME": self.folder, "PATH": os.environ["PATH"]}, cwd=self.folder)

    def module(self, body):
        return ["-f", self.file("m.lua", HEADER + f"function run()\n{body}\nend\n")]


def until(p, text):
    out = ""
    while text not in out:
        line = p.stdout.readline().decode()
        assert line, out
        out += line
    return out


def group_of(pid):
    return next(line[3:] for line in read(f"/proc/{pid}/cgroup").splitlines() if line.startswith("0::"))


def below(pid):
    found = []
    for child in map(int, read(f"/proc/{pid}/task/{pid}/children").split()):
        found += [child, *below(child)]
    return found


def children_are_bounded_together(home):
    p = home.start("run", "-vv", "--stdin", *home.module("info('here') info(stdin_readline())"))
    out = until(p, '"here"')
    same(os.path.basename(group_of(p.pid)), BOTH[0])
    children = below(p.pid)
    assert len(children) >= 3, children  # a starter, an outer half, a worker
    same({os.path.basename(group_of(pid)) for pid in children}, {BOTH[1]})
    total = int(re.search(r"MemTotal: +(\d+) kB", read("/proc/meminfo"))[1]) << 10
    most = int(read(home.group.path, BOTH[1], "memory.max"))
    assert total * 0.74 < most <= total * 0.751, (total, most)
    same(read(home.group.path, BOTH[1], "pids.max"), "4096")
    has(out, f"children: bounded together: {home.group.path}/{BOTH[1]}, memory ", ", 4096 processes")
    out = p.communicate(b"a line\n", timeout=60)[0].decode()
    has(out, '"a line\\n"', "Finished")
    same(p.returncode, 0)


def the_check_says_so(home):
    sandbox = os.path.join(os.path.dirname(SN0INT), "sn0int-sandbox")
    p = home.start("--check", program=sandbox)
    has(p.communicate()[0].decode(), "control group: no bounds yet: a host that is alone in it makes them\n")
    p = home.start("run", "--stdin", *home.module("info('here') stdin_readline()"))
    until(p, '"here"')
    inside = subprocess.run([sandbox, "--check"], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                            preexec_fn=lambda: write("0", home.group.path, BOTH[1], "cgroup.procs")).stdout
    most = read(home.group.path, BOTH[1], "memory.max")
    has(inside, f"control group: memory.max {most}, pids.max 4096\n")
    p.communicate(b"", timeout=60)


def who_uses_it_up_is_ended_alone(home):
    """The bound is made smaller, so that it can be used up; the host goes on."""
    child = home.file("child.py", """import sys
sys.stdin.readline()
print('{"Log":{"Info":"here"}}', flush=True)
print('{"Stdio":"Readline"}', flush=True)
sys.stdin.readline()
eaten = bytearray(300 << 20)
for i in range(0, len(eaten), 4096): eaten[i] = 1
print('{"Exit":"Ok"}', flush=True)
""")
    p = home.start("run", "--stdin", *home.module(""), "--child", f"{sys.executable} {child}")
    until(p, "here")
    write(str(128 << 20), home.group.path, BOTH[1], "memory.max")
    if os.path.exists(os.path.join(home.group.path, BOTH[1], "memory.swap.max")):
        write("0", home.group.path, BOTH[1], "memory.swap.max")
    out = p.communicate(b"go on\n", timeout=60)[0].decode()
    same(p.returncode, 0)
    has(out, "Sandbox child has crashed", "(1 errors)")
    assert int(home.group.events()["oom_kill"]) >= 1, home.group.events()


def who_is_not_alone_bounds_nothing(home):
    other = subprocess.Popen(["sleep", "1000"], preexec_fn=home.group.enter)
    try:
        p = home.start("run", "-vv", *home.module("info('here')"))
        out = p.communicate(timeout=60)[0].decode()
    finally:
        other.kill()
        other.wait()
    same(p.returncode, 0)
    has(out, "children: not bounded together: other processes are in the control group", '"here"')
    same([name for name in BOTH if os.path.exists(os.path.join(home.group.path, name))], [])


def what_is_not_delegated_is_left_alone(home):
    os.chown(os.path.join(home.group.path, "cgroup.procs"), 0, 0)
    p = home.start("run", "-vv", *home.module("info('here')"))
    out = p.communicate(timeout=60)[0].decode()
    same(p.returncode, 0)
    has(out, "children: not bounded together: the control group is not delegated: Permission denied", '"here"')


def a_killed_host_leaves_empty_groups(home):
    p = home.start("run", "--stdin", *home.module("info('here') stdin_readline()"))
    until(p, '"here"')
    p.send_signal(signal.SIGKILL)
    p.communicate()
    for name in BOTH:
        while "populated 1" in read(home.group.path, name, "cgroup.events"):
            os.sched_yield()


CASES = [children_are_bounded_together, the_check_says_so, who_uses_it_up_is_ended_alone, who_is_not_alone_bounds_nothing,
         what_is_not_delegated_is_left_alone, a_killed_host_leaves_empty_groups]
# root may write where nothing is delegated to it
AS_NOBODY = {what_is_not_delegated_is_left_alone}


def main():
    global SN0INT, TOP
    SN0INT = os.path.abspath(sys.argv[1])
    TOP, why = find_top()
    if why:
        print("1..0 # SKIP", why)
        return 0
    missing = NEEDED - set(read(TOP, "cgroup.subtree_control").split())
    if missing:
        write(" ".join("+" + name for name in missing), TOP, "cgroup.subtree_control")
    cases = []
    for user in [0, 65534] if os.geteuid() == 0 else [0]:
        for case in CASES:
            if case in AS_NOBODY and not user:
                continue

            def one(case=case, user=user):
                with tempfile.TemporaryDirectory(prefix="group") as folder:
                    home = Home(folder, user)
                    try:
                        case(home)
                    finally:
                        home.group.remove()
            one.__name__ = case.__name__ + ("_as_nobody" if user else "")
            cases.append(one)
    return tap.run(cases, lambda case: case(), sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
