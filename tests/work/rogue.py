#!/usr/bin/env python3
"""rogue.py SN0INT [--witness] [CASE...]: our own host over children that another has taken over, or that do all they may. Prints TAP.

In a mount namespace of its own another program lies where sn0int-sandbox is, so that the host starts it as its own child, gives it control
and trusts it as little. Skipped where user namespaces are refused.
"""
import base64
import contextlib
import glob
import gzip
import hashlib
import os
import pty
import re
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402

WAIT = 240  # seconds after which something that should happen has not
DESCRIPTORS = 1024
WORKERS = 6

# An outer half that somebody has taken over: it waits for its order and the start line, then says what TELL sends, without end.
FLOOD = """
import socket, struct, sys
control = socket.socket(fileno=3)
while (order := control.recv(65536))[1] != 1:  # its rules come before
    pass
sys.stdin.readline()
print('{"Log":{"Info":"begins"}}', flush=True)
def packet(kind, body=b""):
    return struct.pack("=BBH", 1, kind, 0) + order[4:8] + body.ljust(293, b"\\0")
request = packet(1, struct.pack(">BBBBHH", 6, 0, 0, 0, 80, 0) + bytes(22) + b"\\xff\\xff\\x7f\\0\\0\\1")
refused = packet(1, struct.pack(">BBBBHH", 6, 0, 1, 1, 80, 0) + bytes(22) + b"\\xff\\xff\\x7f\\0\\0\\1")
word = packet(2, bytes([1, 3, 0, 0]))
closed = packet(3, struct.pack("=IIQQ", 1, 0, 2**63, 2**64 - 1))
try:
    while True:
        control.send(TELL)
except BrokenPipeError:
    pass
sys.stdin.read()
"""


# A worker that somebody has taken over, with an outer half that tells the truth: connection 1 was made, and had 20 and 300 bytes.
WITNESS = """
import json, os, socket, struct, sys, time
control = socket.socket(fileno=3)
while (order := control.recv(65536))[1] != 1:  # its rules come before
    pass
target = json.loads(sys.stdin.readline())["arg"]["value"]
print('{"Log":{"Info":"begins"}}', flush=True)
now = int(time.time() * 1000)
def packet(kind, body):
    return struct.pack("=BBH", 1, kind, 0) + order[4:8] + body.ljust(293, b"\\0")
def say(**event):
    print(json.dumps(event), flush=True)
def exchange(id, connection, **more):
    say(Exchange={"id": id, "kind": "http", "what": "GET http://example.com/", "open": False, "status": 200, "error": None, "connection": connection,
                  "server": "127.0.0.1:80", "proxied": False, "started": now, "ms": 5, "sent": 10, "received": 100, "bytes": 90, "sha256": None,
                  "certificate": None, "redacted": [], "cut": False} | more)
def piece(id, part="response", bytes="eA=="):
    say(Piece={"id": id, "part": part, "bytes": bytes})
def add(value):
    say(Database={"Insert": {"Domain": {"value": value, "unscoped": False}}})
    sys.stdin.readline()
def closed(number=1, cut=0, sent=20, received=300, at=0):
    control.send(packet(3, struct.pack("=IIQQI", number, cut, sent, received, (now + at) % 2**32)))
control.send(packet(1, struct.pack(">BBBBHH", 6, 0, 0, 0, 80, 0) + struct.pack("=IIII", 1, 0, 0, now % 2**32) + bytes(10) + b"\\xff\\xff\\x7f\\0\\0\\1"))
try:
    SAY
    control.close()
    say(Exit="Ok")
except BrokenPipeError:
    pass
os._exit(0)
"""


class Home:
    def __init__(self, program, folder):
        self.program, self.folder, self.name = program, folder, os.path.basename(folder)
        os.makedirs(os.path.join(folder, ".local/share/sn0int/modules/me"))
        self.module("function run(arg) sock_connect() end")
        self.start("add", "--stdin", "domain").communicate("".join(f"t{i}.com\n" for i in range(WORKERS)).encode(), timeout=WAIT)

    def module(self, code):
        with open(os.path.join(self.folder, ".local/share/sn0int/modules/me", self.name + ".lua"), "w") as f:
            f.write(f"-- Description: test\n-- Version: 0.1.0\n-- License: GPL-3.0\n-- Source: domains\n\n{code}\n")

    def start(self, *args):
        self.said = ""
        self.process = subprocess.Popen([self.program, *args], env={"HOME": self.folder, "PATH": os.environ["PATH"]},
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return self.process

    def run_over(self, code, *args):
        """The host, over a child that is this program."""
        with self.another_child(code):
            p = self.start("run", f"-j{WORKERS}", *args, "me/" + self.name)
            self.lines_until(p, "begins|Failed", WORKERS)
        return p

    @contextlib.contextmanager
    def another_child(self, code):
        """That program lies where the child of a module with the network is, for those who start one meanwhile."""
        path = os.path.join(self.folder, "child.py")
        with open(path, "w") as f:
            f.write(f"#!{sys.executable} -IS\n{code}")
        os.chmod(path, 0o755)
        # where there are two programs, the one that loads plugins
        beside = [os.path.join(os.path.dirname(self.program), "sn0int-sandbox" + end) for end in ("-plugins", "")]
        place = next(path for path in beside if os.path.exists(path))
        subprocess.run(["mount", "--bind", path, place], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", place], check=True)

    def session_over(self, code):
        """The host of a session, over a child that is this program; what is typed are ones without end."""
        with self.another_child(code):
            p = self.start("repl", "--limit", "output=4M")
            with contextlib.suppress(BrokenPipeError):
                p.stdin.write(b"1\n" * 1000)
                p.stdin.flush()
            p.stdin.close()
            self.said = p.stdout.read().decode()
            p.wait(timeout=WAIT)
        return self.said

    def lines_until(self, p, text, targets):
        """Lines of so many targets. What it said until then is in front of what rest() gives."""
        seen = set()
        while len(seen) < targets:
            line = p.stdout.readline().decode()
            assert line, self.said
            self.said += line
            if re.search(text, line):
                seen.update(re.findall(r"t\d\.com", line))

    def rest(self, p):
        """All that it said, to its end."""
        p.stdin.close()
        self.said += p.stdout.read().decode()
        p.wait(timeout=WAIT)
        return self.said


def ticks(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def ticks_below(pid):
    return sum(ticks(child) + ticks_below(child) for child in children_of(pid))


def falls_asleep(p):
    """While those below it need two seconds of a core it needs a hundredth of that: where much else is to do, nobody may run for seconds."""
    second = os.sysconf("SC_CLK_TCK")
    most = second * 2 / 100
    end = time.monotonic() + 4 * WAIT
    while time.monotonic() < end:
        before, below = ticks(p.pid), ticks_below(p.pid)
        while ticks_below(p.pid) - below < 2 * second and time.monotonic() < end:
            time.sleep(0.2)
        if ticks(p.pid) - before <= most:
            return
    raise AssertionError("it spins")


def ends_in_error(home, tell, want):
    """Each of them is killed and named; nothing of it is left, and the run ends by itself."""
    p = home.run_over(FLOOD.replace("TELL", tell))
    out = home.rest(p)
    said = [line for line in out.splitlines() if want in line]
    assert len(said) == WORKERS and f"({WORKERS} errors)" in out, (p.returncode, out[-2000:])


def outer_halves_that_never_stop_telling(home):
    for tell in "request", "refused", "word", "closed":
        ends_in_error(home, tell, "its broker said more than it may")


def outer_halves_that_tell_nonsense(home):
    for tell, n in ("b'x'", 1), ("refused[:-1]", 300), ("refused + b'x'", 302), ("packet(9)", 301), ("b''.ljust(301, b'\\0')", 301):
        ends_in_error(home, tell, f"its broker said what is no notice ({n} bytes)")


def what_was_told_of_an_earlier_attempt_does_not_count(home):
    """And an end of the socket is no end of the child."""
    code = FLOOD.replace("while True:", "for _ in range(50):").replace("TELL", "b'\\1\\1\\0\\0\\xff\\xff\\xff\\xff' + request[8:]")
    code = code.replace("sys.stdin.read()", "control.close(); print('{\"Exit\":\"Ok\"}', flush=True)")
    out = home.rest(home.run_over(code, "-vv"))
    assert out.count(", 0 connections, ") == WORKERS and "connected to" not in out, out


def bytes_that_were_not_counted_to_the_end_are_not_known(home):
    """Of connections that nothing more was heard of, or that were let go of; a sum of what is known would be a lie."""
    cut = "packet(3, struct.pack('=IIQQ', 1, 1, 2, 3))"
    for told, want in (("refused", (0, 0, 0)), ("request", (1, None, None)), (f"request), control.send({cut}", (1, None, None)),
                       (f"request), control.send({cut.replace('1, 1', '1, 0')}", (1, 2, 3))):
        code = FLOOD.replace("while True:", "if True:").replace("TELL", told)
        code = code.replace("sys.stdin.read()", "control.close(); print('{\"Exit\":\"Ok\"}', flush=True)")
        home.rest(home.run_over(code))
        db = sqlite3.connect(os.path.join(home.folder, ".local/share/sn0int/data/default/db.sqlite"))
        with contextlib.closing(db):
            got = set(db.execute("select connections, sent, received from attempt where run = (select max(id) from run)"))
        assert got == {want}, (told, got)


def modules_that_ask_for_what_is_refused_without_end(home):
    """
    The host hears of so many and then no more; what else it does goes on meanwhile. A row for each of the half million
    is another's subject, and takes a busy machine minutes.
    """
    home.module("function run(arg) if arg.value == 't0.com' then info('other') return end "
                "while true do sock_connect('10.0.0.1', 80, {}) clear_err() end end")
    p = home.start("run", f"-j{WORKERS}", "--evidence", "off", "me/" + home.name)
    home.lines_until(p, "other", 1)  # before they have come to an end
    falls_asleep(p)
    p.send_signal(signal.SIGINT)
    out = home.rest(p)
    assert p.returncode == 130, (p.returncode, out)
    told = int(re.search(r"(\d+) connections refused", out)[1])
    # it may sleep before all of them have come to their end
    assert "a target had more than 100000 outcomes" in out and 100000 <= told <= 100000 * (WORKERS - 1), out


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(n) for n in f.read().split()]


def outer_halves(pid):
    """Below that process, with a starter between or without one."""
    below = children_of(pid)
    words = {p: open(f"/proc/{p}/cmdline", "rb").read().split(b"\0") for p in below}
    found = [p for p in below if children_of(p) and (b"--control-fd=3" in words[p] or words[p][0] == b"sn0int-outer")]
    return found + [q for p in below if p not in found for q in outer_halves(p)]


def an_outer_half_that_is_killed_takes_its_worker_with_it(home):
    """One of many: its target is the error, the run goes on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        home.module(f"function run(arg) local s = sock_connect('127.0.0.1', {server.getsockname()[1]}, {{}}) sock_sendline(s, arg.value) sock_recvline(s) info('heard') end")
        p = home.start("run", f"-j{WORKERS}", "--allow-net", "local", "me/" + home.name)
        come = [server.accept()[0] for _ in range(WORKERS)]
        names = [s.recv(100).decode().strip() for s in come]
        outer = outer_halves(p.pid)
        assert len(outer) >= WORKERS, outer
        victim, worker = outer[0], children_of(outer[0])[0]
        os.kill(victim, signal.SIGKILL)
        end = time.monotonic() + WAIT
        while os.path.exists(f"/proc/{worker}") and open(f"/proc/{worker}/stat").read().rpartition(")")[2].split()[0] != "Z":
            assert time.monotonic() < end, "its worker lives on"
        for s in come:
            s.sendall(b"x\n")
        out = home.rest(p)
        killed = [name for name in names if f'Failed "{name}": was killed (SIGKILL)' in out]
        assert out.count("heard") == WORKERS - 1 and len(killed) == 1 and "(1 errors)" in out, (killed, out)


def rows(home, query):
    db = sqlite3.connect(os.path.join(home.folder, ".local/share/sn0int/data/default/db.sqlite"))
    with contextlib.closing(db):
        return list(db.execute(query))


def over_witnesses(home, say, *args):
    home.module("function run(arg) sock_connect() db_add('domain', {}) end")
    return home.rest(home.run_over(WITNESS.replace("SAY", say), *args))


SEEN = "select number, seen from exchange where attempt = (select max(id) from attempt) order by number"


def what_is_claimed_is_told_from_what_was_seen(home):
    """Another's connection, none, one that is not over, too many bytes over one, at another time."""
    for say, want in (("exchange(1, 1); exchange(2, 2); exchange(3, None); exchange(4, 2**32 + 1); closed()", [(1, 1), (2, 0), (3, 0), (4, 0)]),
                      ("exchange(1, 1); exchange(2, 1); closed()", [(1, 1), (2, 1)]), ("exchange(1, 1); exchange(2, 1, sent=11); closed()", [(1, 0), (2, 0)]),
                      ("exchange(1, 1); exchange(2, 1, received=2**63 - 1); closed()", [(1, 0), (2, 0)]), ("exchange(1, 1)", [(1, 0)]),
                      ("exchange(1, 1); closed(2)", [(1, 0)]), ("exchange(1, 1); closed(cut=1)", [(1, 1)]), ("closed(at=-5000); exchange(1, 1)", [(1, 0)]),
                      ("exchange(1, 1, started=now - 60000); exchange(2, 1); closed()", [(1, 0), (2, 1)]),
                      ("exchange(1, 1, kind='tcp', open=True); exchange(2, 1, started=now + 1); exchange(1, 1, kind='tcp', ms=8); closed()", [(1, 1), (2, 1)]),
                      ("exchange(1, 1, kind='tcp', open=True); closed()", [(1, 1)]),
                      # to somebody else, by a proxy that is none, in another year
                      ("exchange(1, 1, server='192.0.2.9:80'); closed()", [(1, 0)]), ("exchange(1, 1, server='127.0.0.1:443'); closed()", [(1, 0)]),
                      ("exchange(1, 1, proxied=True); exchange(2, 1); closed()", [(1, 0), (2, 1)]),
                      ("exchange(1, 1, started=0, ms=now); exchange(2, 1, server=None); closed()", [(1, 0), (2, 1)]),
                      ("exchange(1, None, kind='dns', what='A example.com'); exchange(2, 1, kind='dns', what='A example.com'); closed()", [(1, 0), (2, 1)])):
        out = over_witnesses(home, say)
        assert rows(home, SEEN) == want, (say, rows(home, SEEN), out)
    assert rows(home, "select count(*) from exchange where ms is null and kind = 'tcp'") == [(WORKERS,)]


def a_change_names_what_was_asked_before_it(home):
    over_witnesses(home, "add('a.' + target); exchange(1, 1); add('b.' + target); exchange(2, 1, kind='tcp', open=True); exchange(3, 1); add('c.' + target); "
                         "exchange(2, 1, kind='tcp'); add('d.' + target); closed()")
    got = rows(home, "select o.value, x.number, x.attempt = o.attempt, x.sequence < o.sequence from origin o left join exchange x on x.id = o.exchange "
                     "where o.value glob '*.t*.com'")
    assert sorted(got) == sorted((f"{v}.t{i}.com", *w) for i in range(WORKERS) for v, w in zip("abcd", [(None,) * 3, (1, 1, 1), (3, 1, 1), (2, 1, 1)])), got
    # what the module did not say is not counted as that
    assert rows(home, "select distinct events from attempt where unit is not null") == [(6,)]


def evidence_that_cannot_be_ends_the_child(home):
    """Each is killed and named, and what it said before stays what it was."""
    for say, why in (("exchange(2, 1); exchange(1, 1)", "exchange 1 comes behind exchange 2, and was not open"),
                     ("exchange(1, 1); exchange(1, 1)", "exchange 1 comes behind exchange 1, and was not open"),
                     ("exchange(1, 1, open=True); exchange(1, 1, open=True)", "exchange 1 is open twice"),
                     ("[exchange(i, 1, open=True) for i in range(1, 1026)]", "1024 exchanges are open, no more may be"),
                     ("piece(1)", "evidence that it was not asked for"), ("say(Value={'what': 'clock', 'value': 1})", "evidence that it was not asked for"),
                     ("exchange(0, 1)", "exchange"), ("exchange(1, 1, what='x' * 16385)", "asks 16385 bytes"), ("exchange(1, 1, kind='moon')", "of a kind that is none"),
                     ("exchange(1, -1)", "integer `-1`, expected u64"), ("exchange(1, 1, sent=2**63)", "a number of 9223372036854775808 in an exchange"), ("exchange(1, 1, redacted=['moon'])", "an exchange")):
        out = over_witnesses(home, say)
        assert len([line for line in out.splitlines() if "Failed" in line and why in line]) == WORKERS and f"({WORKERS} errors)" in out, (say, out[-2000:])
    out = over_witnesses(home, "exchange(1, 1)", "--evidence", "off")
    assert out.count("evidence that it was not asked for") == WORKERS, out
    assert rows(home, "select count(*) from exchange where attempt in (select id from attempt where run = (select max(id) from run))") == [(0,)]


# A worker of a session that somebody has taken over: it is asked for nothing but its word.
SESSION = """
import json, socket, sys
control = socket.socket(fileno=3)
while (order := control.recv(65536))[1] != 1:
    pass
sys.stdin.readline()
def say(text):
    print(text, flush=True)
def chunk():
    say('{"Chunk":null}')
    return sys.stdin.readline()
def result(**more):
    say(json.dumps({"Result": {"more": False, "value": None, "raised": None, "left": None} | more}))
SAY
sys.stdin.read()
"""


def what_a_worker_says_in_a_session_is_bounded(home):
    """It may say what it likes as a result: so much of it, cleaned, and in its turn; else it is killed and named."""
    for say, want in (("result()", "a result that nobody asked for"),
                      ("chunk(); result(); result()", "a result that nobody asked for"),
                      ("say('{\"Chunk\":null}\\n{\"Chunk\":null}')", "asked before its last question was answered"),
                      ("chunk(); chunk()", "asked for a chunk that it has no use for"),
                      ("while 'null' not in chunk(): result()\nchunk()\nchunk()", "asked for a chunk that it has no use for"),
                      ("chunk(); say('{\"Result\":{\"more\":1}}')", "invalid type: integer `1`, expected a boolean"),
                      ("chunk(); say('{\"Chunk\":{}}')", "invalid type: map, expected null"),
                      ("chunk()\nwhile True: result(value='\\n' * 1000000); chunk()", "said more than it may (limit output=")):
        out = home.session_over(SESSION.replace("SAY", say))
        assert "Failed: " + want in out and "the session has ended" in out and home.process.returncode == 1, (say, out[-2000:])
    out = home.session_over(SESSION.replace("SAY", "chunk(); result(value='a\\x1b[31m' + 'v' * 3000000, raised='r' * 3000000, left='l' * 3000000); chunk()"))
    shown = out.splitlines()
    assert len([line for line in shown if "[cut: 3000" in line]) == 3 and max(map(len, shown)) < 1100000, [line[-80:] for line in shown]


# At the prompt: a message, and a line on standard error, each when there is a file that says so.
UNASKED = r"""
import os
say('{"Chunk":null}')
for sign in SIGNS:
    while not os.path.exists(sign):
        os.sched_yield()
    if sign.endswith("first"):
        say('{"Log":{"Info":"unasked\\u001b[2J"}}')
    else:
        print("complains", file=sys.stderr, flush=True)
"""


def what_a_worker_says_at_the_prompt_stands_above_the_line(home):
    """Unasked, while somebody types: the line is drawn again below it, as it was."""
    signs = [os.path.join(home.folder, name) for name in ("first", "second")]
    ours, theirs = pty.openpty()
    seen = b""

    def until(text):
        nonlocal seen
        while text not in seen:
            assert select.select([ours], [], [], WAIT)[0], seen
            seen += os.read(ours, 65536)
        shown, seen = seen[:seen.index(text) + len(text)], seen[seen.index(text) + len(text):]
        return shown

    with home.another_child(SESSION.replace("SAY", UNASKED.replace("SIGNS", repr(signs)))):
        home.process = subprocess.Popen([home.program, "repl"], env={"HOME": home.folder, "PATH": os.environ["PATH"], "TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        until(b"> ")
    os.write(ours, b"half a li")
    until(b"half a li")
    for sign, said in zip(signs, (b"unasked\\u{1b}[2J", b"complains")):
        open(sign, "w").close()
        until(said)
        assert until(b"> half a li").startswith(b"\r\n"), seen
    home.process.terminate()
    home.process.wait(timeout=WAIT)
    os.close(ours)


def archives(home):
    """Of the last run: the heads of its records, and their blocks."""
    uuid, = rows(home, "select uuid from run order by id desc limit 1")[0]
    path = os.path.join(home.folder, ".local/share/sn0int/data/default/evidence", uuid + ".warc.gz")
    assert os.stat(path).st_mode & 0o777 == 0o600 and os.stat(os.path.dirname(path)).st_mode & 0o777 == 0o700
    data, found = open(path, "rb").read(), []
    for at, n in [(0, 0), *rows(home, "select place, length from exchange where attempt in (select id from attempt where run = (select max(id) from run)) and place not null")]:
        unpacker = zlib.decompressobj(31)
        found.append(gzip.decompress(data[at:at + n]) if n else unpacker.decompress(data))
    return found


def a_secret_that_is_left_in_is_taken_out(home):
    """Of a worker that hides nothing: in texts, over pieces, in fields of digits, in what a replay would need."""
    key = b"hunter2-hunter2-hunter2-hunter2-"
    forms = [key, b"%" + key.hex("%").encode(), key.hex().encode(), base64.b64encode(b"me:" + key)[4:44]]
    say = ["import base64; key = b'" + key.decode() + "'", "b = lambda s: base64.b64encode(s).decode()",
           "forms = [key, b'%' + key.hex('%').encode(), key.hex().encode(), base64.b64encode(b'me:' + key)]",
           "[piece(1, part, b(bytes([c]))) for part in ('request', 'response', 'chain', 'mark') for form in forms for c in b'<' + form + b'>']",
           "exchange(1, 1, what='GET http://example.com/' + forms[1].decode() + '?' + key.decode(), error=' '.join(f.decode() for f in forms), "
           "sha256=key.hex(), certificate=key.hex())",
           "exchange(2, 1, kind='tcp', open=True, what=key.decode(), sha256=key.hex())", "piece(2, 'in', b(key))",
           "say(Value={'what': 'random', 'value': key.hex()})", "say(Log={'Debug': key.decode()})", "closed()"]
    home.module("function run(arg) sock_connect() db_add('domain', {}) end")
    home.rest(home.run_over(WITNESS.replace("SAY", "; ".join(say)), "--evidence", "full", "-o", "api_key=" + key.decode()))
    kept = b"".join(archives(home)) + repr([rows(home, f"select * from {t}") for t in ("exchange", "attempt", "run", "unit", "origin")]).encode()
    assert rows(home, "select distinct number, sha256 from exchange where attempt in (select max(id) from attempt)") == [(1, None), (2, None)]
    with open(glob.glob(os.path.join(home.folder, ".local/share/sn0int/data/default/evidence/*.warc.gz"))[0], "rb") as f:
        kept += gzip.decompress(f.read())
    assert b"SECRET-api-key" in kept and [form for form in forms if form.lower() in kept.lower()] == [], [
        (form, kept[max(0, kept.find(form) - 200):kept.find(form) + 50]) for form in forms if form in kept]


def bytes_are_kept_and_bounded(home):
    out = over_witnesses(home, "piece(1, 'request', 'R0VUIC8gSFRUUC8xLjENCg0K'); piece(1, bytes='SFRUUC8xLjEgMjAwIE9LDQoNCmhlbGxv'); exchange(1, 1); closed()", "--evidence", "full")
    kept = archives(home)
    assert len(kept) == WORKERS + 1 and b"WARC-Type: warcinfo" in kept[0], out
    for record in kept[1:]:
        assert [t for t in (b"request", b"response", b"metadata") if b"WARC-Type: " + t in record] == [b"request", b"response", b"metadata"], record
        assert b"\r\n\r\nGET / HTTP/1.1\r\n\r\n" in record and b"hello" in record and b"X-Sn0int-Attempt: " in record
    for say, why in (("exchange(1, 1); piece(1)", "bytes of exchange 1, which is over"), ("piece(2); exchange(2, 1); piece(1)", "bytes of exchange 1, which is over"),
                     ("[piece(i) for i in range(1, 1026)]", "1024 exchanges are open, no more may be"), ("piece(1, bytes='')", "piece"),
                     ("piece(1, 'moon')", "a part of an exchange that is none"), ("piece(1, bytes='A' * 87384)", "piece")):
        out = over_witnesses(home, say, "--evidence", "full")
        assert len([line for line in out.splitlines() if "Failed" in line and why in line]) == WORKERS, (say, out[-2000:])
    # beyond the limit they are dropped, and said to be
    out = over_witnesses(home, "[piece(1, bytes='A' * 87380) for i in range(20)]; exchange(1, 1); piece(2); exchange(2, 1); closed()", "--evidence", "full", "--limit", "evidence=1M")
    got = rows(home, "select number, cut, place not null from exchange where attempt = (select max(id) from attempt) order by number")
    assert got == [(1, 1, 1), (2, 0, 1)], (got, out)
    assert max(map(len, archives(home))) < 3 << 19
    out = over_witnesses(home, "while True: piece(1, bytes='A' * 87380)", "--evidence", "full", "--limit", "evidence=1M", "--limit", "output=1M")
    assert len([line for line in out.splitlines() if "Failed" in line and "said more of its exchanges than it may (limit evidence=1M" in line]) == WORKERS, out[-2000:]


def certificates_are_what_they_say(home):
    """One that another says is somebody's takes the place of none: it is not kept, and what is, is once."""
    pem = "-----BEGIN CERTIFICATE-----\r\n%s\r\n-----END CERTIFICATE-----\r\n"
    real, lie = (base64.b64encode((pem % base64.b64encode(der).decode()).encode()).decode() for der in (b"leaf", b"another"))
    hash = hashlib.sha256(b"leaf").hexdigest()
    for bytes, n in ((lie, 0), ("eA==", 0), (real, 1)):
        over_witnesses(home, f"piece(1, 'chain', {lie!r}); exchange(1, 1, certificate={hash!r}); piece(2, 'chain', {bytes!r}); exchange(2, 1, certificate={hash!r}); closed()",
                       "--evidence", "full")
        kept = b"".join(archives(home))
        assert kept.count(b"urn:sn0int:tls:" + hash.encode()) == n, kept


def words_begin_no_lines_in_records(home):
    """What is asked, errors: each is one line of one field, and nothing of it a record, a field, or a control character."""
    forged = "GET http://a.example/\\r\\nWARC-Type: response\\r\\n\\r\\nWARC/1.1\\r\\nX: \\x1b[2J\\x00\\n y"
    for kind in ("http", "dns", "tcp", "tls", "ws", "mqtt"):
        out = over_witnesses(home, f"piece(1, 'in'); piece(1, 'request'); piece(1, 'answer'); piece(1, 'query'); piece(1); piece(1, 'mark'); piece(1, 'out'); "
                                   f"exchange(1, 1, kind={kind!r}, what='{forged}', error='{forged}'); closed()", "--evidence", "full")
        assert "\x1b" not in out, out
        for record in archives(home)[1:]:
            heads = [line for line in record.split(b"\r\n") if line.startswith((b"WARC/1.1", b"WARC-Type"))]
            assert heads and len(heads) % 2 == 0 and heads[::2] == [b"WARC/1.1"] * (len(heads) // 2), record
            assert b"\x1b" not in record and b"\0" not in record and b"response" not in b"".join(heads[1::2]) if kind != "http" else True, record
        shown = subprocess.run([home.program, "runs", "show", str(rows(home, "select max(id) from run")[0][0])], env={"HOME": home.folder, "PATH": os.environ["PATH"]},
                               capture_output=True, timeout=WAIT).stdout
        assert b"a.example" in shown and b"\x1b" not in shown and b"\0" not in shown and b"\nWARC" not in shown and b"\r" not in shown, shown


def a_witness_that_never_stops_is_stopped(home):
    out = over_witnesses(home, "i = 0\n    while True: i += 1; exchange(i, 1, what='x' * 16384)", "--limit", "evidence=1M", "--limit", "output=1M")
    assert len([line for line in out.splitlines() if "Failed" in line and "said more of its exchanges than it may (limit evidence=1M" in line]) == WORKERS, out[-2000:]


# A worker that asks for what the text of its module does not do, and says what it was told.
ASKS = """
import json, socket, sys
control = socket.socket(fileno=3)
sys.stdin.readline()
print('{"Log":{"Info":"begins"}}', flush=True)
for event in EVENTS:
    print(json.dumps(event), flush=True)
    print(json.dumps({"Log": {"Info": sys.stdin.readline().strip()}}), flush=True)
print('{"Exit":"Ok"}', flush=True)
"""


def workers_that_do_what_their_text_does_not(home):
    """Another family, an update, a look at rows, activity, a blob, standard input, a rate limit: each is refused, and told."""
    home.module("function run(arg) sock_connect(arg.value, 80, {}) db_add('subdomain', {domain_id=arg.id, value='www.' .. arg.value}) end")
    row = {"value": "a@b.example", "valid": None, "unscoped": False}
    wanted = {"family=email": [{"Database": {"Insert": {"Email": row}}}, {"Database": {"InsertTtl": [{"Email": row}, 60]}}, {"Database": {"Select": ["Email", "a@b.example"]}}],
              "family=subdomain": [{"Database": {"Update": ["Subdomain", "www.t0.com", {"Subdomain": {"id": 1, "resolvable": True}}]}}],
              "stdin": [{"Stdio": "Readline"}], "ratelimit": [{"Ratelimit": {"key": "k", "passes": 1, "time": 1000}}]}
    good = {"Database": {"Insert": {"Subdomain": {"domain_id": 1, "value": "www.t0.com", "unscoped": False}}}}
    events = [e for list_ in wanted.values() for e in list_] + [good]
    out = home.rest(home.run_over(ASKS.replace("EVENTS", repr(events)), "--stdin"))
    refused = sum(map(len, wanted.values()))
    assert out.count('{"Err":"the module') == WORKERS * refused, out
    for word, list_ in wanted.items():
        line = (f"{WORKERS * len(list_)} questions for {word} refused: the module's text does not do that; "
                f"allow with: sn0int permissions me/{home.name} --allow {word}")
        assert line in out, (line, out)
    db = sqlite3.connect(os.path.join(home.folder, ".local/share/sn0int/data/default/db.sqlite"))
    with contextlib.closing(db):
        assert db.execute("select count(*) from emails").fetchone() == (0,)
        assert db.execute("select value, resolvable from subdomains").fetchall() == [("www.t0.com", None)]


def a_line_that_is_cut_off_hides_no_end(home):
    """Killed in a line, with and without one before it, and gone of its own will: how it ended is told, not where the line ended."""
    for end, want in (("os.kill(os.getpid(), 9)", "was killed (SIGKILL)"), ("sys.exit(3)", "ended without a word (exit status 3)")):
        out = home.rest(home.run_over("import os, sys\nsys.stdin.readline()\nprint('{\"Log\":{\"Info\":\"begins\"}}')\n"
                                      "print('{\"Log\":{\"Info\":\"cut', end='', flush=True)\n" + end))
        assert out.count("begins") == out.count(f": {want}") == WORKERS and "EOF" not in out and "cut" not in out, out


WITNESS_CASES = [what_is_claimed_is_told_from_what_was_seen, a_change_names_what_was_asked_before_it, evidence_that_cannot_be_ends_the_child,
                 bytes_are_kept_and_bounded, a_secret_that_is_left_in_is_taken_out, certificates_are_what_they_say,
                 words_begin_no_lines_in_records, a_witness_that_never_stops_is_stopped]
CASES = [a_line_that_is_cut_off_hides_no_end, outer_halves_that_never_stop_telling, outer_halves_that_tell_nonsense, what_was_told_of_an_earlier_attempt_does_not_count,
         bytes_that_were_not_counted_to_the_end_are_not_known, workers_that_do_what_their_text_does_not,
         what_a_worker_says_in_a_session_is_bounded, what_a_worker_says_at_the_prompt_stands_above_the_line, modules_that_ask_for_what_is_refused_without_end, an_outer_half_that_is_killed_takes_its_worker_with_it]


def main():
    if "--inside" not in sys.argv:
        can = shutil.which("unshare") is not None and subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode == 0
        if not can:
            print("1..0 # SKIP this machine refuses user namespaces")
            return 0
        os.execvp("unshare", ["unshare", "-Urm", sys.executable, *sys.argv, "--inside"])
    program, *only = (word for word in sys.argv[1:] if word not in ("--inside", "--witness"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))

    def call(case):
        with tempfile.TemporaryDirectory(prefix="sn0int-rogue-") as folder:
            home = Home(os.path.abspath(program), folder)
            try:
                case(home)
            finally:
                home.process.kill()  # its children follow it
                home.process.wait()

    return tap.run(WITNESS_CASES if "--witness" in sys.argv else CASES, call, only)


sys.exit(main())
