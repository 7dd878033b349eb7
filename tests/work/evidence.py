#!/usr/bin/env python3
"""evidence.py SN0INT [CASE...]: what runs ask the outside, as rows and as bytes, over servers of this test. Prints TAP."""
import contextlib
import gzip
import http.server
import json
import os
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import zlib

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402

WAIT = 120  # seconds after which something that should happen has not
BODY = b"".join(b"line %d of a page\n" % i for i in range(4000))
LARGE = 10 << 20
NOISE = os.urandom(4 << 20)


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        what = self.path.split("?")[0]
        if what == "/hang":
            self.server.asked.set()
            self.server.go_on.wait(WAIT)
        self.send_response(200)
        self.send_header("Set-Cookie", "sid=cookie-of-a-session; Path=/")
        if what == "/chunks":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (b"first, ", b"second"):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            return self.wfile.write(b"0\r\n\r\n")
        if what == "/half":  # so much that the other side has read of it, if all is sent
            self.send_header("Content-Length", str(3 * len(NOISE)))
            self.end_headers()
            self.wfile.write(NOISE + NOISE)
            self.server.asked.set()
            return self.server.go_on.wait(WAIT)
        body = {"/echo": self.headers.get("X-Key", "").encode() + b" came", "/large": BODY * (LARGE // len(BODY)), "/noise": NOISE}.get(what, BODY)
        if what == "/zipped":
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def pages():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.handle_error = lambda *args: None  # who asked was killed
    server.asked, server.go_on, server.daemon_threads = threading.Event(), threading.Event(), True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


class Home:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        os.makedirs(os.path.join(folder, ".local/share/sn0int/modules/me"))

    def module(self, body, head=""):
        with open(os.path.join(self.folder, ".local/share/sn0int/modules/me/m.lua"), "w") as f:
            f.write(f"-- Description: test\n-- Version: 0.1.0\n-- License: GPL-3.0\n-- Source: domains\n{head}\nfunction run(arg)\n{body}\nend\n")

    def start(self, *args, **kw):
        return subprocess.Popen([self.program, *args], env={"HOME": self.folder, "PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **kw)

    def call(self, *args, status=0, **kw):
        p = self.start(*args, **kw)
        out = p.communicate(timeout=WAIT)[0].decode()
        assert p.returncode == status, (args, p.returncode, out)
        return out

    def run(self, *args, **kw):
        return self.call("run", "--allow-net", "local", *args, "me/m", **kw)

    def rows(self, query, *args):
        with contextlib.closing(sqlite3.connect(os.path.join(self.folder, ".local/share/sn0int/data/default/db.sqlite"))) as db:
            return list(db.execute(query, args))

    def archive(self):
        uuid, = self.rows("select uuid from run where module = 'me/m' order by id desc limit 1")[0]
        return os.path.join(self.folder, ".local/share/sn0int/data/default/evidence", uuid + ".warc.gz")


def members(path):
    """Each record of an archive, and where it begins; a part of one at the end is left."""
    data, at = open(path, "rb").read(), 0
    while at < len(data):
        unpacker = zlib.decompressobj(31)
        record = unpacker.decompress(data[at:])
        if not unpacker.eof:
            return
        head, _, rest = record.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        # how the attempt went, for replay, is none of an exchange
        if not fields.get("WARC-Target-URI", "").startswith("urn:sn0int:script:"):
            yield at, fields, rest[:int(fields["Content-Length"])]
        at = len(data) - len(unpacker.unused_data)


def get(path, *options):
    return f"local r = http_send(http_request(session, 'GET', base .. '{path}', {{{', '.join(options)}}})) if last_err() then return end"


def module_of(server, *lines):
    return "\n".join([f"local session, base = http_mksession(), 'http://127.0.0.1:{server.server_address[1]}'", *lines])


def every_hop_is_a_row_and_its_records(home):
    with pages() as server:
        home.module(module_of(server, get("/a"), "db_add('domain', {value='a.found.com'})", get("/chunks"), get("/zipped"), get("/b"),
                              "db_add('domain', {value='b.found.com'})"))
        home.call("add", "domain", "example.com")
        for level in ("off", "digest", "full"):
            home.run("--evidence", level, "-t", "where value=example.com")
            got = home.rows("select what, status, seen, bytes, place is not null, error, cut from exchange where attempt = (select max(id) from attempt) order by id")
            base = f"GET http://127.0.0.1:{server.server_address[1]}/"
            want = [(base + what, 200, 1, n, level == "full", None, 0) for what, n in (("a", len(BODY)), ("chunks", 13), ("zipped", len(BODY)), ("b", len(BODY)))]
            assert got == (want if level != "off" else []), (level, got)
        assert home.rows("select count(*) from origin where exchange is not null") == [(0,)]  # the first run, without evidence, has found them
    found = list(members(home.archive()))
    kinds = [f["WARC-Type"] for _, f, _ in found]
    assert kinds == ["warcinfo"] + ["request", "response", "metadata"] * 3 + ["request", "revisit", "metadata"], kinds
    bodies = [block for _, f, block in found if f["WARC-Type"] == "response"]
    assert bodies[0].endswith(b"\r\n\r\n" + BODY) and bodies[1].endswith(b"7\r\nfirst, \r\n6\r\nsecond\r\n0\r\n\r\n"), bodies[1]
    assert gzip.decompress(bodies[2].partition(b"\r\n\r\n")[2]) == BODY
    assert all(b"sid=" in b and b"cookie-of-a-session" not in b for b in bodies) or all(b"cookie-of-a-session" not in b for b in bodies), bodies[0][:300]
    places = home.rows("select place, length from exchange where place is not null order by place")
    assert [place for place, _ in places] == [at for at, f, _ in found if f["WARC-Type"] == "request"]
    assert all(a + n == b for (a, n), (b, _) in zip(places, places[1:])) and sum(places[-1]) <= os.path.getsize(home.archive())
    shown = home.call("runs", "show", "4")
    assert shown.count("connection seen") == 4 and f"{os.path.getsize(home.archive())} bytes\n" in shown, shown


def a_secret_is_nowhere(home):
    """In what was sent, in what came back, in rows and in bytes; however short it is."""
    home.call("add", "domain", "example.com")
    with pages() as server:
        home.module(module_of(server, "local key = getopt('api_key')", get("/echo", "headers={['X-Key']=key}"), get("/a?k=", "query={k=key}"), "info(r['text']:sub(1, 1))"))
        home.run("--evidence", "full", "-o", "api_key=hunter2-hunter2")
        data = b"".join(str(f).encode() + block for _, f, block in members(home.archive()))
        assert b"hunter2" not in data and data.count(b"SECRET-api-key") >= 3, data.count(b"SECRET-api-key")
        assert home.rows("select count(*) from exchange where what glob '*hunter2*' or what glob '*SECRET-api-key*'") == [(1,)]
        assert home.rows("select count(*) from exchange where what glob '*hunter2*'") == [(0,)]
        assert home.rows("select sha256, redacted from exchange where what glob '*/echo'") == [(None, "request,response")]
        out = home.run("--evidence", "full", "-o", "api_key=hunt")
        assert "too short to be found again" in out and not os.path.exists(home.archive()), out
        # a short access key beside a secret one is a name, for the host as for the child
        home.module(module_of(server, "local key = keyring('svc')[1]['secret_key']", get("/echo", "headers={['X-Key']=key}")), "-- Keyring-Access: svc\n")
        home.call("keyring", "add", "svc:alice", "hunter2-hunter2")
        out = home.run("--evidence", "full", "--grant", "svc")
        data = b"".join(block for _, f, block in members(home.archive()))
        assert "too short" not in out and b"hunter2" not in data and b"SECRET-svc" in data, out


def behind_a_kill_all_that_was_whole_is_there(home):
    """Of the host, while a child waits for an answer; then of the file itself, at each of some bytes."""
    home.call("add", "domain", "example.com")
    with pages() as server:
        home.module(module_of(server, get("/a"), get("/chunks"), get("/hang")))
        p = home.start("run", "--allow-net", "local", "--evidence", "full", "me/m")
        assert server.asked.wait(WAIT)
        end = time.monotonic() + WAIT
        while len(home.rows("select id from exchange where ms is not null")) < 2:
            assert time.monotonic() < end, "rows do not come"
            time.sleep(0.02)
        os.kill(p.pid, signal.SIGKILL)
        p.communicate(timeout=WAIT)
    found = list(members(home.archive()))
    assert [f["WARC-Type"] for _, f, _ in found] == ["warcinfo"] + ["request", "response", "metadata"] * 2
    assert home.rows("select what, seen from exchange order by id") == [(f"GET http://127.0.0.1:{server.server_address[1]}/{w}", None) for w in ("a", "chunks")]
    run = home.rows("select max(id) from run")[0][0]
    shown = home.call("runs", "show", str(run))
    assert "killed" in shown and shown.count("not compared with the broker yet") == 2 and "cut off" not in shown, shown
    whole, size = open(home.archive(), "rb").read(), os.path.getsize(home.archive())
    last = found[-1][0]
    for n in (size - 1, last + 1, last + 17, last - 1):
        with open(home.archive(), "wb") as f:
            f.write(whole[:n])
        begin = max(at for at, _, _ in found if at < n)
        assert f"cut off at byte {n} of at least {size}" in home.call("runs", "show", str(run)) or n > last, n
        assert f"cut off at byte {begin} of {n}" in home.call("fsck"), n
    # a record behind the last that a row knows
    with open(home.archive(), "wb") as f:
        f.write(whole + whole[:100])
    shown = home.call("runs", "show", str(run), "--json").splitlines()[-1]
    assert json.loads(shown)["cut_at"] == size and f"cut off at byte {size} of {size + 100}" in home.call("fsck"), shown
    with open(home.archive(), "wb") as f:
        f.write(whole)
    assert home.call("fsck") == ""


def worker_of(pid):
    """The only one below it that has nobody below, and a child of the broker: the worker."""
    def below(pid):
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(child) for child in f.read().split()]

    found, look = [], [(pid, 0)]
    while look:
        p, depth = look.pop()
        look += [(child, depth + 1) for child in below(p)]
        found.append((depth, p))
    return max(found)[1]


def what_its_child_did_not_end_is_there_and_cut(home):
    """A socket that has stood, one that goes on, and a page of which half has come, when the worker is killed."""
    home.call("add", "domain", "example.com")
    with pages() as server, socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve():
            with listener.accept()[0] as s:
                s.sendall(b"hello\n")
                s.recv(100)
                server.go_on.wait(WAIT)

        thread = threading.Thread(target=serve)
        thread.start()
        home.module(module_of(server, f"local s = sock_connect('127.0.0.1', {port}, {{}}) sock_recvline(s) sock_send(s, 'helo hunter2-hunter2\\n')", get("/a"), get("/half")))
        p = home.start("run", "--allow-net", "local", "--evidence", "full", "-o", "api_key=hunter2-hunter2", "me/m")
        assert server.asked.wait(WAIT)
        os.kill(worker_of(p.pid), signal.SIGKILL)
        out = p.communicate(timeout=WAIT)[0].decode()
        server.go_on.set()
        thread.join()
    assert "Failed \"example.com\"" in out, out
    got = home.rows("select kind, what, ms is null, seen, cut, place, length, redacted from exchange order by id")
    assert [row[:5] for row in got] == [("tcp", f"127.0.0.1:{port}", 1, 1, 1), ("http", f"GET http://127.0.0.1:{server.server_address[1]}/a", 0, 1, 0)], got
    found = list(members(home.archive()))
    mine = [(f.get("X-Sn0int-Part"), f["WARC-Type"], f["WARC-Target-URI"], block) for at, f, block in found if f.get("X-Sn0int-Exchange") == "1"]
    base = f"tcp://127.0.0.1:{port}/"
    # the last bytes of each may still be in the worker, which looks for secrets in them
    assert [row[:2] for row in mine] == [("out", "resource"), ("in", "resource"), (None, "metadata")], mine
    assert mine[0][3].startswith(b"helo SECRET-") and b"hello\n".startswith(mine[1][3]) and mine[0][2].startswith(base), mine
    assert b"cut: true" in mine[2][3] and b"ended: never" in mine[2][3], mine
    assert [at for at, f, _ in found if f.get("X-Sn0int-Exchange") == "1"][0] == got[0][5] and got[0][6] > 0, got
    last = [(f.get("X-Sn0int-Part"), f["WARC-Type"], block) for _, f, block in found if f.get("X-Sn0int-Exchange") == "3"]
    assert [row[:2] for row in last] == [("request", "resource"), ("response", "resource"), (None, "metadata")], [row[:2] for row in last]
    body = last[1][2].partition(b"\r\n\r\n")[2]
    assert last[0][2].startswith(b"GET /half ") and len(body) > 65536 and (NOISE + NOISE).startswith(body), (last[0][2], len(body))
    assert b"hunter2" not in b"".join(block for _, _, block in found) and not home.rows("select id from exchange where what glob '*hunter2*'")
    shown = home.call("runs", "show", str(home.rows("select max(id) from run")[0][0]))
    assert "cut" in shown and home.call("fsck") == "", shown


class Ends:
    """Answers each connection once and says that it is the last answer; then waits for the other side to end it, and counts."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.seen, self.changed = 0, threading.Condition()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                s = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        with s:
            data = b""
            while not data.endswith(b"\r\n\r\n"):
                data += s.recv(4096)
            s.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
            try:
                while s.recv(4096):
                    pass
            except ConnectionResetError:
                pass
        with self.changed:
            self.seen += 1
            self.changed.notify_all()

    def wait_for(self, n):
        with self.changed:
            assert self.changed.wait_for(lambda: self.seen == n, WAIT), f"{self.seen} of {n} connections were seen to end"


def a_server_sees_the_end_while_the_module_goes_on(home):
    """More than the broker keeps an eye on; then of one that is held by a worker that is killed."""
    home.call("add", "domain", "example.com")
    for level in ("off", "digest", "full"):
        ends = Ends()
        with pages() as server, ends.listener, socket.create_server(("127.0.0.1", 0)) as held:
            home.module(module_of(server, f"for i = 1, 600 do local s = http_mksession() http_send(http_request(s, 'GET', 'http://127.0.0.1:{ends.port}/', {{}})) if last_err() then return end end",
                                  f"local s = sock_connect('127.0.0.1', {held.getsockname()[1]}, {{}}) sock_send(s, 'x')", get("/hang")))
            p = home.start("run", "--allow-net", "local", "--evidence", level, "me/m")
            assert server.asked.wait(WAIT)
            ends.wait_for(600)
            assert p.poll() is None
            with held.accept()[0] as s:
                s.settimeout(WAIT)
                assert s.recv(10) == b"x"
                os.kill(worker_of(p.pid), signal.SIGKILL)
                try:
                    assert s.recv(10) == b""
                except ConnectionResetError:
                    pass
            out = p.communicate(timeout=WAIT)[0].decode()
        assert 'Failed "example.com"' in out, out


@contextlib.contextmanager
def name_server():
    """Answers MX with one record, and knows no other type."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))

        def serve():
            while True:
                query, peer = s.recvfrom(2048)
                if not query:
                    return
                end = query.index(b"\0", 12) + 5
                is_mx = query[end - 4:end - 2] == b"\0\x0f"
                head = query[:2] + (b"\x81\x80\0\1\0\1" if is_mx else b"\x81\x83\0\1\0\0") + b"\0\0\0\0"
                s.sendto(head + query[12:end] + (b"\xc0\x0c\0\x0f\0\1\0\0\1\x2c\0\x09\0\x0a\4mail\xc0\x0c" if is_mx else b""), peer)

        thread = threading.Thread(target=serve)
        thread.start()
        port = s.getsockname()[1]
        try:
            yield port
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", ("127.0.0.1", port))
            thread.join()


def an_answer_of_a_name_server_is_text_and_the_message(home):
    home.call("add", "domain", "example.com")
    with name_server() as port:
        home.module(f"dns(arg['value'], {{record='MX', nameserver='127.0.0.1:{port}'}}) dns(arg['value'], {{record='TXT', nameserver='127.0.0.1:{port}'}}) clear_err()")
        home.run("--evidence", "full")
    found = [(f["WARC-Type"], f["WARC-Target-URI"], f["Content-Type"], block) for _, f, block in members(home.archive()) if "X-Sn0int-Part" in f]
    base = f"dns://127.0.0.1:{port}/example.com?TYPE="
    message = "application/dns-message"
    assert [row[:3] for row in found if row[2] != "text/plain"] == [("resource", base + t, kind) for t in ("MX", "TXT") for kind in (message, "text/dns", message)], found
    texts = [block for _, _, kind, block in found if kind == "text/dns"]
    assert texts == [b"example.com. 300 IN MX 10 mail.example.com.\n", b"; code 3, NXDomain\n"], texts


def what_is_asked_is_shown_as_it_ends(home):
    """-vvv: kept or not, also where nothing is stored; without secrets; of what its child did not end, that."""
    home.call("add", "domain", "example.com")
    with pages() as server, socket.create_server(("127.0.0.1", 0)) as listener:
        port, closed = listener.getsockname()[1], socket.create_server(("127.0.0.1", 0))
        dead = closed.getsockname()[1]
        closed.close()
        refuse = f"http_send(http_request(session, 'GET', 'http://127.0.0.1:{dead}/' .. key, {{}})) clear_err()"
        home.module(module_of(server, "local key = getopt('api_key')", get("/a?k=", "query={k=key}"), refuse, f"sock_connect('127.0.0.1', {port}, {{}})",
                              f"http_send(http_request(session, 'GET', base .. '/b?{500 * 'x'}', {{}}))"))
        base = f"GET http://127.0.0.1:{server.server_address[1]}/"
        for options in (["--evidence", "off"], ["--evidence", "digest"], ["--evidence", "full"], ["-n"]):
            before = home.rows("select count(*) from exchange")[0][0]
            out = home.run(*options, "-vvv", "-o", "api_key=hunter2-hunter2")
            shown = [line.split(": ", 1)[1] for line in out.splitlines() if re.search(r" \d+ ms$", line)]
            shown = [re.sub(r"\d+ ms$", "N ms", text) for text in shown]
            assert shown == [f"{base}a?k=SECRET-api-key  200, {len(BODY):,} bytes, N ms",
                             f"GET http://127.0.0.1:{dead}/SECRET-api-key  no answer: error trying to connect: Connection refused (os error 111), 0 bytes, N ms",
                             f"{(base + 'b?' + 500 * 'x')[:400]}...  200, {len(BODY):,} bytes, N ms",
                             f"tcp 127.0.0.1:{port}  0 bytes sent, 0 bytes received, N ms"], out
            kept = 0 if options[-1] in ("off", "-n") else 4
            assert home.rows("select count(*) from exchange") == [(before + kept,)], options
            assert home.call("fsck") == ""
        assert " 200, " not in home.run("-vv", "-o", "api_key=hunter2-hunter2")
        home.module(module_of(server, f"sock_connect('127.0.0.1', {port}, {{}})", get("/hang")))
        p = home.start("run", "--allow-net", "local", "--evidence", "off", "-vvv", "me/m")
        assert server.asked.wait(WAIT)
        os.kill(worker_of(p.pid), signal.SIGKILL)
        out = p.communicate(timeout=WAIT)[0].decode()
    assert out.count("not ended") == 1 and f": tcp 127.0.0.1:{port}  not ended\n" in out, out


def of_another_program_nothing_is_known(home):
    for name in ("example.com", "example.org"):
        home.call("add", "domain", name)
    home.module("return")
    other = os.path.join(home.folder, "other")
    with open(other, "w") as f:
        f.write('#!/bin/sh\nread -r line\necho \'{"Exit":"Ok"}\'\n')
    os.chmod(other, 0o700)
    out = home.call("run", "-vvv", "--child", other, "me/m")
    assert out.count("its exchanges are not known") == 1, out
    assert "not known" not in home.call("run", "-vv", "--child", other, "me/m")


def memory_of(home, *args):
    """KiB at most, of the host and of the worker."""
    p = subprocess.run([sys.executable, "-c", "import resource, subprocess, sys; status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode; "
                        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(status)",
                        home.program, "run", "--allow-net", "local", *args, "me/m"], env={"HOME": home.folder, "PATH": os.environ["PATH"]},
                       stdout=subprocess.PIPE, timeout=WAIT, check=True)
    worker = home.rows("select memory_kib from attempt where unit is not null order by id desc limit 1")[0][0]
    return int(p.stdout), worker


def a_large_body_costs_a_piece(home):
    home.call("add", "domain", "example.com")
    with pages() as server:
        home.module(module_of(server, get("/large")))
        before, after = memory_of(home, "--evidence", "off"), memory_of(home, "--evidence", "full")
    usage = home.call("workspace", "--usage", "default")
    folder = os.path.dirname(os.path.dirname(home.archive()))
    size = os.path.getsize(os.path.join(folder, "db.sqlite")) + os.path.getsize(home.archive())
    assert usage.split(": ")[1].strip() in (f"{size / 1024:.2f} KiB", f"{size / 1024 ** 2:.2f} MiB", f"{size / 1024:.1f} KiB", f"{size / 1024 ** 2:.1f} MiB"), (usage, size)
    found = [block for _, f, block in members(home.archive()) if f["WARC-Type"] == "response"]
    assert len(found) == 1 and found[0].endswith(b"\r\n\r\n" + BODY * (LARGE // len(BODY)))
    print(f"# host {before[0]} -> {after[0]} KiB, worker {before[1]} -> {after[1]} KiB")
    # a sanitized build keeps what was freed: there it is only bounded
    for a, b in zip(before, after):
        assert b - a < (32768 if tap.is_sanitized(home.program) else 4096), (before, after)


def a_full_disk_is_said_and_nothing_else(home):
    """The archive may not grow: the rows are there, and say that the bytes are not; the next exchange may have room."""
    home.call("add", "domain", "example.com")

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, 2 << 20))

    with pages() as server:
        home.module(module_of(server, get("/a"), get("/noise"), get("/chunks")))
        out = home.run("--evidence", "full", preexec_fn=small)
    assert "Finished me/m\n" in out and out.count("bytes that me/m exchanges are not all kept: ") == 1, out
    assert home.rows("select place is not null, cut from exchange order by id") == [(1, 0), (0, 1), (1, 0)], home.rows("select * from exchange")
    assert [f["WARC-Type"] for _, f, _ in members(home.archive())] == ["warcinfo", "request", "response", "metadata", "request", "metadata",
                                                                                 "request", "response", "metadata"]
    noise = [block for _, f, block in members(home.archive()) if f.get("X-Sn0int-Exchange") == "2"]
    assert b"cut: true" in noise[1], noise
    assert home.call("fsck") == "" and json.loads(home.rows("select counters from run where module = 'me/m'")[0][0])["unkept"] >= 1


CASES = [every_hop_is_a_row_and_its_records, what_is_asked_is_shown_as_it_ends, of_another_program_nothing_is_known, a_server_sees_the_end_while_the_module_goes_on, what_its_child_did_not_end_is_there_and_cut, an_answer_of_a_name_server_is_text_and_the_message, a_secret_is_nowhere, behind_a_kill_all_that_was_whole_is_there, a_large_body_costs_a_piece, a_full_disk_is_said_and_nothing_else]


def main():
    def call(case):
        with tempfile.TemporaryDirectory(prefix="sn0int-evidence-") as folder:
            case(Home(os.path.abspath(sys.argv[1]), folder))

    return tap.run(CASES, call, sys.argv[2:])


sys.exit(main())
