#!/usr/bin/env python3
"""repl.py SN0INT [STORY...]: a prompt for Lua, at a terminal and on a pipe. TAP."""
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "jail"))
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from tap import has, same  # noqa: E402

PROMPT = re.compile(rb"(?:^|[\r\n\x1b\[?0-9hlK])(>>? )$")
MODULE = ("-- Description: x\n-- Version: 0.1.0\n-- License: GPL-3.0\n-- Source: domains\n-- Keyring-Access: shop\n\n"
          "function double(n) return 2 * n end\n"
          "function run(arg) info(arg['value']) db_add('subdomain', {domain_id=arg['id'], value='www.' .. arg['value']}) end\n")


class Session:
    """One at a terminal of its own; what is shown is waited for, never a time."""

    def __init__(self, home, *args):
        args = ["repl", *args]
        self.ours, theirs = pty.openpty()
        self.p = subprocess.Popen([Home.program, *args], stdin=theirs, stdout=theirs, stderr=theirs, env=home.env, cwd=home.path,
                                  start_new_session=True, preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0))
        os.close(theirs)
        self.seen = b""

    def until(self, is_there):
        """What was shown up to then; it is over with that."""
        end = time.monotonic() + WAIT
        while not is_there(self.seen):
            ready = select.select([self.ours], [], [], max(0, end - time.monotonic()))[0]
            assert ready, ("never shown", self.seen)
            try:
                more = os.read(self.ours, 65536)
            except OSError:
                more = b""
            assert more, ("ended before", self.seen)
            self.seen += more
        shown, self.seen = self.seen, b""
        return re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", shown.decode()).replace("\r", "")

    def prompt(self):
        return self.until(PROMPT.search)

    def say(self, line):
        os.write(self.ours, line.encode() + b"\n")

    def ask(self, line):
        """What is printed between the line and the next prompt."""
        self.say(line)
        shown = self.prompt()
        return shown.split("\n", 1)[1].rsplit("\n", 1)[0] if "\n" in shown.split("\n", 1)[1] else ""

    def interrupt(self):
        os.write(self.ours, b"\x03")

    def end(self, status=0):
        end = time.monotonic() + WAIT
        while self.p.poll() is None and time.monotonic() < end:
            if select.select([self.ours], [], [], 0.05)[0]:
                try:
                    self.seen += os.read(self.ours, 65536)
                except OSError:
                    pass
        same(self.p.wait(timeout=WAIT), status, self.seen)
        os.close(self.ours)
        return self.seen.decode()


def pipe(home, lines, *args, status=0):
    p = subprocess.run([Home.program, "repl", *args], input=lines.encode(), env=home.env, cwd=home.path, capture_output=True, timeout=WAIT)
    same(p.returncode, status, (p.stdout, p.stderr))
    return p.stdout.decode(), p.stderr.decode()


def expressions_are_shown_and_globals_stay(home):
    s = Session(home)
    has(s.prompt(), ":help says more")
    same(s.ask("1 + 1"), "2.0")
    same(s.ask("x = {a=1, b='two'}"), "")
    same(s.ask("x, nil, true"), '{"a": 1.0, "b": "two"}, null, true')
    same(s.ask("local y = 3"), "")
    same(s.ask("y"), "null")
    same(s.ask("\t "), "")
    s.say("quit")
    s.end()


def what_is_not_whole_goes_on(home):
    s = Session(home)
    s.prompt()
    for line in ("function f(a)", "  return [[", "two"):
        s.say(line)
        assert s.until(PROMPT.search).endswith(">> ")
    same(s.ask("]] .. a end"), "")
    same(s.ask("f('x')"), '"two\\nx"')
    s.say("function g(")
    assert s.until(PROMPT.search).endswith(">> ")
    s.interrupt()
    assert not s.prompt().endswith(">> ")
    same(s.ask("1"), "1.0")
    os.write(s.ours, b"\x04")
    s.end()


def errors_end_a_chunk_and_empty_the_slot(home):
    s = Session(home)
    s.prompt()
    has(s.ask("nothing.there()"), "repl:1: attempt to index a nil value (global 'nothing')")
    has(s.ask("x = ="), "repl:1: unexpected symbol near '='")
    has(s.ask("json_decode('{')"), "deserialize failed", "(repl:1: json_decode)")
    same(s.ask("last_err()"), "null")
    has(s.ask("set_err('mine')"), "[-] mine")
    has(s.ask("hex(1, {}, 2)") + s.ask("url_parse({})"), "wrong parameter types")
    same(s.ask("1"), "1.0")
    s.say("quit")
    s.end()


def an_interrupt_ends_the_chunk_and_not_the_session(home):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        s = Session(home, "--allow-net", "local", "--timeout", str(WAIT))
        s.prompt()
        s.ask("x = 5")
        for chunk in ("info('now') while true do end", "info('now') sleep(100000)", "ratelimit_throttle('k', 1, 100000000) info('now') ratelimit_throttle('k', 1, 100000000)",
                      "function deep() local t = {} for i = 1, 1000000000 do t[1] = i end end info('now') deep()"):
            s.say(chunk)
            s.until(lambda seen: b'"now"\r\n' in seen)
            s.interrupt()
            has(s.prompt(), "[-] interrupted")
            same(s.ask("x"), "5.0")
        s.say(f"c = sock_connect('127.0.0.1', {port}, {{}}) sock_recvline(c)")
        connection, _ = server.accept()
        s.interrupt()
        has(s.prompt(), "[-] interrupted")
        connection.close()
        # a server that takes the connection and says nothing
        s.say(f"http_fetch(http_request(http_mksession(), 'GET', 'http://127.0.0.1:{port}/', {{timeout=100000}}))")
        connection, _ = server.accept()
        connection.recv(10)
        s.interrupt()
        has(s.prompt(), "[-] interrupted")
        same(s.ask("x"), "5.0")
        connection.close()
        s.say("quit")
        s.end()


def a_connection_that_was_called_off_is_nobody_elses(home):
    """The proxy holds the first one back: its answer comes late, and is not taken for the next."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        s = Session(home, "-X", f"127.0.0.1:{proxy.getsockname()[1]}", "--timeout", str(WAIT))
        s.prompt()
        s.say("sock_connect('first.example.com', 80, {})")
        first, _ = proxy.accept()
        first.recv(100)
        s.interrupt()
        has(s.prompt(), "[-] interrupted")

        def serve():
            for connection, body in ((first, b"first"), (None, b"second")):
                if connection is None:
                    connection, _ = proxy.accept()
                    connection.recv(3)
                connection.sendall(b"\x05\x00")
                connection.recv(300)
                connection.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00" + body + b"\n")
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        has(s.ask("sock_recvline(sock_connect('second.example.com', 80, {}))"), '"second')
        thread.join(WAIT)
        s.say("quit")
        s.end()


def a_chunk_has_its_time(home):
    s = Session(home, "--timeout", "1")
    s.prompt()
    has(s.ask("sleep(100000)"), "[-] ran out of time (--timeout 1)")
    has(s.ask("while true do end"), "[-] ran out of time (--timeout 1)")
    same(s.ask("1"), "1.0")
    s.say("quit")
    s.end()


def what_does_not_end_takes_the_session_with_it(home):
    """A function of C that looks for a match for ever is no instruction of Lua's."""
    s = Session(home, "--timeout", str(WAIT))
    s.prompt()
    s.ask("x = 5")
    s.say("info('now'); ('a'):rep(100000):find(('a*'):rep(100) .. 'b')")
    s.until(lambda seen: b'"now"\r\n' in seen)
    s.interrupt()
    s.interrupt()
    has(s.prompt(), "Failed: its chunk could not be interrupted", "a fresh one begins")
    same(s.ask("x"), "null")
    s.say("quit")
    s.end()


def memory_that_is_used_up_ends_a_chunk(home):
    s = Session(home, "--limit", "memory=16M")
    s.prompt()
    s.ask("x = 5")
    has(s.ask("s = ('x'):rep(100000000)"), "[-] not enough memory (limit memory=16M")
    has(s.ask("t = {} for i = 1, 100000000 do t[i] = i end"), "[-] not enough memory (limit memory=16M")
    s.ask("t = nil")
    same(s.ask("x"), "5.0")
    s.say("quit")
    s.end()


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(n) for n in f.read().split()]


def descendants_of(pid):
    """The deepest first."""
    return [n for child in children_of(pid) for n in [*descendants_of(child), child]]


def a_child_that_dies_is_followed_by_a_fresh_one(home):
    s = Session(home)
    s.prompt()
    s.ask("x = 5")
    s.say("info('now') sleep(100000)")
    s.until(lambda seen: b'"now"\r\n' in seen)
    for child in children_of(s.p.pid):
        os.kill(child, signal.SIGKILL)
    has(s.prompt(), "was killed (SIGKILL)", "a fresh one begins")
    same(s.ask("x"), "null")
    # between two chunks, and within a line: that is said at once, and the line is there again
    os.write(s.ours, b"20 + ")
    s.until(lambda seen: b"20 + " in seen)
    for child in descendants_of(s.p.pid):
        os.kill(child, signal.SIGKILL)
    shown = s.until(lambda seen: b"a fresh one begins" in seen and seen.endswith(b"> 20 + "))
    has(shown, "was killed (SIGKILL)")
    same(s.ask("3"), "23.0")
    s.say("quit")
    s.end()


def one_that_dies_before_it_was_used_is_the_last(home):
    """Else whatever kills each at once would do so for ever."""
    s = Session(home)
    s.prompt()
    for child in descendants_of(s.p.pid):
        os.kill(child, signal.SIGKILL)
    has(s.end(1), "was killed (SIGKILL)", "the session has ended")


def what_the_sandbox_stops_in_a_chunk_is_told(home):
    import calls
    import child
    import tracer
    if not child.is_root() or not calls.HERE:
        print("# needs root and a table of calls, to trace: skipped", flush=True)
        return
    s = Session(home)
    s.prompt()
    s.ask("x = 5")
    s.say("info('now') sleep(100000)")
    s.until(lambda seen: b'"now"\r\n' in seen)
    t = tracer.Tracer(child.worker_of(children_of(s.p.pid)[0]))
    t.set_call(calls.HERE["ptrace"], (16, 1, 2, 3, 4, 5))
    t.let_go()
    has(s.prompt(), "sandbox violation: ptrace (", "arguments 0x10 0x1 0x2 0x3 0x4 0x5", "line 1", "a fresh one begins")
    same(s.ask("x"), "null")
    s.say("quit")
    s.end()


def copies_left(home):
    folder = os.path.join(home.path, ".cache/sn0int/dry-run")
    return os.listdir(folder) if os.path.exists(folder) else []


def a_session_that_is_told_to_end_leaves_nothing(home):
    """At the prompt, in a chunk, and where standard input keeps it waiting."""
    home.call("add", "domain", "example.com")
    for sig in (signal.SIGTERM, signal.SIGHUP):
        for line in (None, "info('now') sleep(100000)"):
            s = Session(home)
            s.prompt()
            if line is not None:
                s.say(line)
                s.until(lambda seen: b'"now"\r\n' in seen)
            same(len(copies_left(home)), 1)
            s.p.send_signal(sig)
            shown = s.end(128 + sig)
            assert "nobody reads" not in shown and "Interrupted" not in shown, shown
            same(copies_left(home), [])
    for sig in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        for line in (b"info('now')\n", b"info('now') sleep(100000)\n", b"info('now')\nx = "):
            p = subprocess.Popen([Home.program, "repl"], env=home.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            p.stdin.write(line)
            p.stdin.flush()
            has(p.stdout.readline().decode(), '"now"')
            p.send_signal(sig)
            same(p.wait(timeout=WAIT), 128 + sig)
            has(p.stdout.read().decode() + "ok", "interrupted" if sig == signal.SIGINT and b"sleep" in line else "ok")
            same((p.stderr.read(), copies_left(home)), (b"", []))
            p.stdin.close()
            p.stdout.close()
            p.stderr.close()


def what_cannot_be_read_ends_it(home):
    folder = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    p = subprocess.run([Home.program, "repl"], env=home.env, stdin=folder, capture_output=True, text=True, timeout=WAIT)
    os.close(folder)
    same((p.returncode, p.stdout, p.stderr), (1, "", "Error: cannot read the next line\nBecause: Is a directory (os error 21)\n"))
    p = subprocess.run([Home.program, "repl", "-f", "-"], env=home.env, input="1\n", capture_output=True, text=True, timeout=WAIT)
    same((p.returncode, p.stdout, p.stderr.splitlines()[0]), (2, "", "Error: standard input holds the chunks already"))


def each_exchange_is_shown_if_wanted(home):
    """-vvv, and nothing of it is kept; without the keys that were granted."""
    home.call("keyring", "add", "shop:a", "hunter2-hunter2")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve():
            for _ in range(3):
                connection, _ = server.accept()
                with connection:
                    while b"\r\n\r\n" not in connection.recv(65536):
                        pass
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
        threading.Thread(target=serve, daemon=True).start()
        get = "http_fetch(http_request(http_mksession(), 'GET', 'http://127.0.0.1:%d/' .. keyring('shop')[1]['secret_key'], {}))['status']\n" % port
        before = home.look()
        for args, shows in (((), False), (("-vv",), False), (("-vvv",), True)):
            out, err = pipe(home, get, "--allow-net", "local", "--grant", "shop", *args)
            has(out, "200.0\n")
            same("GET http://127.0.0.1:" in err and "  200, 5 bytes, " in err, shows, err)
            assert "hunter2" not in out + err, (out, err)
        same(home.look(), before)


def on_a_pipe_a_dead_child_is_the_end(home):
    p = subprocess.Popen([Home.program, "repl", "--limit", "cpu=1s", "--timeout", str(WAIT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, env=home.env)
    out, err = p.communicate(b"1\nwhile true do end\n2\n", timeout=WAIT)
    same(p.returncode, 1, (out, err))
    has(out.decode(), "1.0", "ran out of processor time (limit cpu=1s")
    has(err.decode(), "the session has ended")


def rows_are_shown_and_stored_only_if_wanted(home):
    home.call("add", "domain", "example.com")
    lines = ("id = db_add('domain', {value='example.org'})\ndb_select('domain', 'example.org') == id\ndb_select('domain', 'example.com')\n"
             "db_activity({topic='t', time='2020-01-01T00:00:00'})\n")
    before = home.look()
    out, _ = pipe(home, lines)
    has(out, 'Would add domain "example.org"', "true\n1.0\n")
    same(home.look(), before)
    out, _ = pipe(home, lines, "--store", "-t", "domains where value=example.com")
    has(out, 'Adding domain "example.org"', "true\n1.0\n")
    same(home.rows("select value from domains order by id"), [("example.com",), ("example.org",)])
    has(home.call("runs").decode(), "repl -t", "1 added")
    same(home.rows("select count(*) from attempt join run on run.id = attempt.run where run.module = 'anonymous/repl'"), [(1,)])
    has(home.call("why", "domains", "example.org").decode(), "anonymous/repl")


def a_blob_is_stored_only_if_wanted(home):
    before = home.look()
    out, _ = pipe(home, "create_blob('abc')\n")
    has(out, '"')
    same(home.look(), before)


def a_module_is_there_with_its_row(home):
    home.call("add", "domain", "example.com")
    home.call("keyring", "add", "shop:a", "secret")
    home.write("m.lua", MODULE.encode())
    out, _ = pipe(home, "double(21)\nrun(arg)\narg['value']\ngetopt('k')\n#keyring('shop')\n", "-f", "m.lua", "-t", "domains where id=1", "-o", "k=v", "--grant", "shop")
    has(out, "42.0\n", '"example.com"', 'Would add subdomain "www.example.com"', '"v"', "1.0\n")
    out, _ = pipe(home, "arg['a'][1]\n#keyring('shop')\n", "-a", '{"a":[7]}')
    same(out, "7.0\n0.0\n")
    home.write("bad.lua", MODULE.encode() + b"x = = 1\n")
    out, err = pipe(home, "1\n", "-f", "bad.lua", status=1)
    has(out, "Syntax error")
    has(err, "the session has ended")
    for args in (("-t", "domains where id=99"), ("-t", "nothing"), ("-a", "{"), ("-a", "1", "-t", "domains"), ("--limit", "wall=1s"), ("nosuch",), ("--timeout", "0")):
        p = subprocess.run([Home.program, "repl", *args], input=b"info('ran')\n", env=home.env, capture_output=True, timeout=WAIT)
        assert p.returncode in (1, 2) and not p.stdout and p.stderr, (args, p)


def what_is_not_there_is_named(home):
    """Of Lua's library, of the module's locals, or nearly a function."""
    home.write("l.lua", MODULE.replace("function", "local shop = 'https://example.com'\nlocal function quiet() end\nfunction", 1).encode())
    out, _ = pipe(home, "pairs({})\nstring.rep('a', 2)\nquiet()\nshop.x\njson_decod('1')\nxyzzy()\nlocal t = {} t.pairs()\n", "-f", "l.lua")
    same(out.splitlines(), [
        "[-] repl:1: attempt to call a nil value (global 'pairs'): modules have no part of Lua's library: count with while, or for i = 1, #list",
        "[-] repl:1: attempt to index a nil value (global 'string'): modules have no part of Lua's library: texts have its functions as methods: x:upper()",
        "[-] repl:1: attempt to call a nil value (global 'quiet'): quiet is a local of the module, and here are its globals",
        "[-] repl:1: attempt to index a nil value (global 'shop'): shop is a local of the module, and here are its globals",
        "[-] repl:1: attempt to call a nil value (global 'json_decod'): did you mean json_decode?",
        "[-] repl:1: attempt to call a nil value (global 'xyzzy')",
        "[-] repl:1: attempt to call a nil value (field 'pairs')"])


def every_farewell_is_one(home):
    for word in ("quit", "exit", ":quit", ":q", " exit "):
        same(pipe(home, word + "\nnosuch()\n", "-x")[0], "")
    same(pipe(home, "exit = 3\nexit + 1\n")[0], "4.0\n")
    same(pipe(home, "help\n")[0], pipe(home, ":help\n")[0])
    same(pipe(home, "help = 3\nhelp + 1\n")[0], "4.0\n")


def a_pipe_is_read_to_its_end(home):
    same(pipe(home, "1\nx = 2\n\nfunction f()\nreturn x\nend\nf()")[0], "1.0\n2.0\n")
    same(pipe(home, "error_()\n1\n")[0].splitlines()[1:], ["1.0"])
    out, err = pipe(home, "error_()\n1\n", "-x", status=1)
    assert "1.0" not in out, out
    has(err, "a chunk failed")
    pipe(home, "json_decode('{')\n", "-x", status=1)
    _, err = pipe(home, "1\nfunction f(\n", "-x", status=1)
    has(err, "the last chunk is not whole")
    has(pipe(home, "quit\nnosuch()\n", "-x")[0] + "ok", "ok")
    has(pipe(home, ":help\n:nosuch\n")[0], "A line is a chunk")
    same(pipe(home, "::top:: z = (z or 0) + 1 if z < 3 then goto top end\nz\n", "-x"), ("3.0\n", ""))
    # standard input is taken, and there is no option that would give it
    out, err = pipe(home, "stdin_readline()\n1\n")
    has(out, "stdin is unavailable", "1.0\n")
    same(err, "")
    # what is no text does not run as another one
    p = subprocess.run([Home.program, "repl"], input=b"#'\xff\xfe'\nx = [[\n\xff\n1\n", env=home.env, capture_output=True, timeout=WAIT)
    same((p.returncode, p.stdout, p.stderr), (0, b"1.0\n", b"[-] a line is not UTF-8, and does not run\n" * 2))


def functions_are_completed_and_explained(home):
    s = Session(home)
    s.prompt()
    os.write(s.ours, b"x = strva\t")
    s.until(lambda seen: b"strval" in seen)
    os.write(s.ours, b"(5)\n")
    s.prompt()
    same(s.ask("x"), '"5"')
    has(s.ask(":help strval"), "strval(")
    has(s.ask(":help nosuch"), 'there is no function "nosuch"')
    os.write(s.ours, b"\x1b[A\x1b[A\x1b[A\n")  # up, to the x
    has(s.prompt(), '"5"')
    s.say("quit")
    s.end()


def what_is_shown_is_clean_at_a_terminal(home):
    s = Session(home)
    s.prompt()
    shown = s.ask("'a\\27[31mb\\u{202e}c'")
    same(shown, '"a\\u{1b}[31mb\\u{202e}c"')
    s.say("set_err('a\\27]0;title\\7b')")
    raw = s.until(PROMPT.search)
    assert "\x1b]0;" not in raw and "\x07" not in raw, raw
    s.say("quit")
    s.end()


STORIES = [expressions_are_shown_and_globals_stay, what_is_not_whole_goes_on, errors_end_a_chunk_and_empty_the_slot,
           an_interrupt_ends_the_chunk_and_not_the_session, a_connection_that_was_called_off_is_nobody_elses, a_chunk_has_its_time,
           one_that_dies_before_it_was_used_is_the_last, what_the_sandbox_stops_in_a_chunk_is_told, a_session_that_is_told_to_end_leaves_nothing,
           what_cannot_be_read_ends_it, each_exchange_is_shown_if_wanted, what_does_not_end_takes_the_session_with_it, memory_that_is_used_up_ends_a_chunk, a_child_that_dies_is_followed_by_a_fresh_one,
           on_a_pipe_a_dead_child_is_the_end, rows_are_shown_and_stored_only_if_wanted, a_blob_is_stored_only_if_wanted,
           a_module_is_there_with_its_row, what_is_not_there_is_named, every_farewell_is_one, a_pipe_is_read_to_its_end, functions_are_completed_and_explained, what_is_shown_is_clean_at_a_terminal]


def tell(story):
    with tempfile.TemporaryDirectory(prefix="repl") as folder:
        story(Home(folder))


if __name__ == "__main__":
    Home.program = os.path.abspath(sys.argv[1])
    sys.exit(tap.run(STORIES, tell, sys.argv[2:]))
