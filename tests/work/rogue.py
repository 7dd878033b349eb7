#!/usr/bin/env python3
"""rogue.py SN0INT [CASE...]: our own host over children that another has taken over. Prints TAP.

In a mount namespace of its own another program lies where sn0int-sandbox is, so that the host starts it as its own child, gives it a broker
and trusts it as little. Skipped where user namespaces are refused.
"""
import array
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402

WAIT = 60  # seconds after which something that should happen has not
DESCRIPTORS = 1024
WORKERS = 6

# Asks for connections for as long as it is let, reads no answer, and says so when it is held up for the first time.
FLOOD = """
import socket, sys, struct
s = socket.socket(fileno=3)
proto, port = PROTO_PORT
ask = struct.pack(">BBBBH", 1, 1, proto, 0, port) + struct.pack("=HII", 0, 60000, 7) + bytes(10) + b"\\xff\\xff\\x7f\\0\\0\\1"
sys.stdin.readline()
try:
    while True:
        s.send(ask, socket.MSG_DONTWAIT)
except BlockingIOError:
    print('{"Log":{"Info":"held up"}}', flush=True)
while True:
    s.send(ask)
"""
TCP, UDP = 6, 17  # enum dial_proto


class Home:
    def __init__(self, program, folder):
        self.program, self.folder, self.name = program, folder, os.path.basename(folder)
        modules = os.path.join(folder, ".local/share/sn0int/modules/me")
        os.makedirs(modules)
        with open(os.path.join(modules, self.name + ".lua"), "w") as f:
            f.write("-- Description: test\n-- Version: 0.1.0\n-- License: GPL-3.0\n-- Source: domains\n\nfunction run(arg) sock_connect() end\n")
        self.start("add", "--stdin", "domain").communicate("".join(f"t{i}.com\n" for i in range(WORKERS)).encode(), timeout=WAIT)

    def start(self, *args):
        self.process = subprocess.Popen([self.program, *args], env={"HOME": self.folder, "PATH": os.environ["PATH"]},
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return self.process

    def run_over(self, code, *args):
        """The host, over a child that is this program."""
        path = os.path.join(self.folder, "child.py")
        with open(path, "w") as f:
            f.write(f"#!{sys.executable} -IS\n{code}")
        os.chmod(path, 0o755)
        place = os.path.join(os.path.dirname(self.program), "sn0int-sandbox")
        subprocess.run(["mount", "--bind", path, place], check=True)
        try:
            p = self.start("run", f"-j{WORKERS}", *args, "me/" + self.name)
            self.lines_until(p, "held up", WORKERS)
        finally:
            subprocess.run(["umount", "-l", place], check=True)
        return p

    def lines_until(self, p, text, count):
        said = []
        while count:
            said.append(p.stdout.readline().decode())
            assert said[-1], said
            count -= text in said[-1]

    def workers(self):
        """How many live: who is hung up on dies of it."""
        found = 0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    found += f"me/{self.name}".encode() in (words := f.read()) and b"--broker-fd" in words
            except OSError:
                pass
        return found


def ticks(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def falls_asleep(p):
    """Half a second in which it needs no more than a twentieth of a core. One that spins never has it."""
    most = os.sysconf("SC_CLK_TCK") / 2 / 20
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        before = ticks(p.pid)
        time.sleep(0.5)
        if ticks(p.pid) - before <= most:
            return
    raise AssertionError("it spins")


def others_may_send_descriptors():
    a, b = socket.socketpair()
    a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [a.fileno()]))], socket.MSG_DONTWAIT)
    a.close()
    b.close()


def stands_against(home, proto, port):
    p = home.run_over(FLOOD.replace("PROTO_PORT", str((proto, port))), "--allow-net", "local")
    falls_asleep(p)
    assert home.workers() >= WORKERS, "they were not held up, but hung up on"
    for _ in range(100):
        others_may_send_descriptors()
    n = len(os.listdir(f"/proc/{p.pid}/fd"))
    assert n < 64 + 10 * WORKERS, n
    p.send_signal(signal.SIGINT)
    out, _ = p.communicate(timeout=WAIT)
    assert p.returncode == 130, (p.returncode, out)


def workers_that_ask_and_read_no_answer(home):
    stands_against(home, UDP, 9)


def workers_whose_connections_stay_pending(home):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(0)
        full = []
        for _ in range(4):  # nobody accepts: what comes when the queue is full waits
            full.append(socket.socket())
            full[-1].setblocking(False)
            full[-1].connect_ex(s.getsockname())
        stands_against(home, TCP, s.getsockname()[1])
        for c in full:
            c.close()


CASES = [workers_that_ask_and_read_no_answer, workers_whose_connections_stay_pending]


def main():
    if "--inside" not in sys.argv:
        # Whoever is privileged outside may send as many descriptors as he likes.
        can = shutil.which("unshare") is not None and subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode == 0
        if not can:
            print("1..0 # SKIP this machine refuses user namespaces")
            return 0
        os.execvp("unshare", ["unshare", "-Urm", sys.executable, *sys.argv, "--inside"])
    program, *only = (word for word in sys.argv[1:] if word != "--inside")
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))

    def call(case):
        with tempfile.TemporaryDirectory(prefix="sn0int-rogue-") as folder:
            home = Home(os.path.abspath(program), folder)
            try:
                case(home)
            finally:
                home.process.kill()  # its children follow it
                home.process.wait()

    return tap.run(CASES, call, only)


sys.exit(main())
