#!/usr/bin/env python3
"""evidence.py CHILD: what a child says of its exchanges when our parent asks for that, over real servers. TAP."""
import base64
import gzip
import hashlib
import json
import os
import re
import socket
import struct
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "jail")]
import child as jail  # noqa: E402
from servers import Servers  # noqa: E402

PROGRAM = sys.argv[1]
PIECE = 64 << 10
KEY = "k3y/of+someone"


class Exchange:
    def __init__(self):
        self.parts, self.open, self.end, self.pieces = {}, None, None, []

    def part(self, name):
        return self.parts.get(name, b"")

    def marks(self):
        return self.part("mark").decode().split("\n")[:-1]

    def __getattr__(self, name):
        return self.end[name]


class Run:
    """One run of a module, under a parent that gave the order; `level` None: without the option."""

    def __init__(self, code, level="full", needs="net,broker", words=(), env=None, **start):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = ["--spare", f"--needs={needs}", f"--control-fd={theirs.fileno()}", "--allow-net=local", *words]
        words += [f"--name-server={ns}" for ns in start.get("dns_config", {}).get("ns", [])]
        if start.get("proxy"):
            words.append(f"--proxy={start['proxy']}")
        if level is not None:
            words.append(f"--evidence={level}")
        p = subprocess.Popen([PROGRAM, "sandbox", *words, "anonymous/test"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, pass_fds=[theirs.fileno()], env={**os.environ, **(env or {})})
        theirs.close()
        ours.send(struct.pack("=BBHIII", 1, 1, 0, 7, 1000000, 0))
        out, err = p.communicate(jail.start_line(code, verbose=0, **start).encode())
        self.raw, self.err = out, err.decode()
        self.lines = [json.loads(line) for line in out.splitlines()]
        self.lines = [e for e in self.lines if "WarnOnce" not in (e.get("Log") or {})]
        self.notices = []
        while packet := ours.recv(1000):
            self.notices.append(packet)
        ours.close()
        self.of, self.values = {}, []
        for line in self.lines:
            self.take(line)

    def take(self, line):
        if "Piece" in line:
            p = line["Piece"]
            data = base64.b64decode(p["bytes"], validate=True)
            e = self.of.setdefault(p["id"], Exchange())
            assert e.end is None, "a piece behind the end"
            assert 0 < len(data) <= PIECE, len(data)
            e.parts[p["part"]] = e.part(p["part"]) + data
            e.pieces.append((p["part"], len(data)))
        elif "Exchange" in line:
            x = line["Exchange"]
            e = self.of.setdefault(x["id"], Exchange())
            assert e.end is None, "a second end"
            if x["open"]:
                assert e.open is None, "opened twice"
                e.open = x
            else:
                e.end = x
        elif "Value" in line:
            self.values.append((line["Value"]["what"], line["Value"]["value"]))

    def all(self):
        return [self.of[i] for i in sorted(self.of)]

    def logs(self):
        return [e["Log"]["Info"] for e in self.lines if "Info" in (e.get("Log") or {})]

    def connections(self):
        """Request number: bytes that went each way, as the broker's kernel counted."""
        return {struct.unpack_from("=I", n, 8)[0]: struct.unpack_from("=QQ", n, 16) for n in self.notices if n[1] == 3}

    def __str__(self):
        return "\n".join(json.dumps(e)[:400] for e in self.lines) + "\n" + self.err


class Server:
    """Answers of the bytes that are given, by request of a connection; None closes it. What came is kept."""

    def __init__(self, *connections):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.came = []
        self.thread = threading.Thread(target=self.serve, args=(connections,), daemon=True)
        self.thread.start()

    def serve(self, connections):
        for answers in connections:
            s, _ = self.listener.accept()
            with s:
                for answer in answers:
                    if answer is None:
                        break
                    self.came.append(self.request(s))
                    if answer == "drop":
                        break
                    if answer == "silence":
                        s.recv(1)  # until it gives up
                        break
                    try:
                        s.sendall(answer)
                    except OSError:
                        break
        self.listener.close()

    @staticmethod
    def request(s):
        data = b""
        while b"\r\n\r\n" not in data:
            data += s.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            more = s.recv(65536)
            data += more
            body += more
        return data

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.port}{path}"


def answer(body, *lines, status="200 OK"):
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, f"content-length: {len(body)}", "", ""]).encode() + body


def sha(data):
    return hashlib.sha256(data).hexdigest()


def get(*urls, options="{}", method="GET"):
    body = "\n".join(f"do local r = http_send(http_request(s, '{method}', '{u}', {options})) if r then info(r['status']) else info(last_err()) clear_err() end end" for u in urls)
    return f"function run() local s = http_mksession() {body} end"


def http(tap):
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
    zipped = gzip.compress(b"hello " * 1000)
    packed = answer(zipped, "content-encoding: gzip")
    early = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + answer(b"late")
    moved = answer(b"there", f"location: /end", status="302 Found")
    plain = answer(b"end")
    answers = [chunked, packed, early, moved, plain]
    server = Server(answers)
    run = Run(get(server.url("/a?b=c"), server.url("/z"), server.url("/e"), server.url("/m"), options="{follow_redirects=5}"))
    all = run.all()
    tap.check("a hop is an exchange, and a redirect is two", [e.what for e in all] == [f"GET {server.url(p)}" for p in ("/a?b=c", "/z", "/e", "/m", "/end")] and
              [e.status for e in all] == [200, 200, 200, 302, 200] and [e.kind for e in all] == ["http"] * 5, run)
    tap.check("requests are there as they were sent", [e.part("request") for e in all] == server.came, f"{server.came} {run}")
    tap.check("answers are there as they came: chunks, compression and heads of 1xx", [e.part("response") for e in all] == answers, run)
    tap.check("sizes are those of the wire", [(e.sent, e.received) for e in all] == [(len(a), len(b)) for a, b in zip(server.came, answers)], run)
    bodies = [b"abcde", b"hello " * 1000, b"late", b"there", b"end"]
    tap.check("the hash is that of what the module gets", [(e.bytes, e.sha256) for e in all] == [(len(b), sha(b)) for b in bodies], run)
    sums = [sum(e.sent for e in all), sum(e.received for e in all)]
    tap.check("a kept connection has one number, and its bytes are those that the broker saw", [e.connection for e in all] == [1] * 5 and run.connections() == {1: tuple(sums)} and
              {e.server for e in all} == {f"127.0.0.1:{server.port}"}, f"{run.connections()} {sums} {run}")
    kinds = [next(iter(line)) for line in run.lines]
    tap.check("an exchange stands before what the module makes of it", [k for k in kinds if k not in ("Piece", "Value")] == ["Exchange", "Log"] * 3 + ["Exchange", "Exchange", "Log", "Exit"], f"{kinds}")

    server = Server(answers)
    digest = Run(get(server.url("/a?b=c"), server.url("/z"), server.url("/e"), server.url("/m"), options="{follow_redirects=5}"), "digest")
    same = ("what", "status", "sent", "received", "bytes", "sha256", "connection", "cut")
    tap.check("a digest is the same without bytes and values", [[e.end[k] for k in same if k != "what"] for e in digest.all()] == [[e.end[k] for k in same if k != "what"] for e in all] and
              {next(iter(line)) for line in digest.lines} == {"Exchange", "Log", "Exit"}, digest)
    for level in ("off", None):
        server = Server([plain])
        run = Run(get(server.url()), level)
        tap.check(f"evidence {level}: nothing is said", [next(iter(line)) for line in run.lines] == ["Log", "Exit"], run)
    server = Server([plain])
    got = jail.run(PROGRAM, get(server.url()), "--allow-net=local")
    tap.check("a foreign parent never meets any of it", "Exchange" not in str(got.lines) and got.said() == "Ok", got)
    got = jail.run(PROGRAM, get(server.url()), "--evidence=full")
    tap.check("and may not ask for it", got.status == 2 and "--evidence goes with --spare" in got.err, got)


def failures(tap, servers):
    server = Server([answer(b"a"), "drop"], [answer(b"b")])
    run = Run(get(server.url("/1"), server.url("/2")))
    all = run.all()
    gone = [e for e in all if e.error]
    rest = [e for e in all if not e.error]
    tap.check("a kept connection that is gone is replaced, and that it was tried is told", [e.part("response") for e in rest] == [answer(b"a"), answer(b"b")] and
              [e.connection for e in rest] == [1, 2] and len(gone) == 1 and gone[0].error == "the kept connection had ended; asked again" and gone[0].connection == 1 and
              [gone[0].part("request"), rest[1].part("request")] == [server.came[1], server.came[2]], run)
    server = Server(["silence"])
    run = Run(get(server.url(), options="{timeout=300}"))
    e = run.all()[0]
    tap.check("a timeout is an exchange with its error", e.error == "Request timed out" and e.status is None and e.part("request") == server.came[0] and e.sha256 is None and
              e.marks() == ["t", 'E "Request timed out"'] and e.connection == 1, run)
    closed = servers.ports["P_CLOSED"]
    run = Run(get(f"http://127.0.0.1:{closed}/"))
    e = run.all()[0]
    tap.check("so is a refused connection, with the request that the broker had", "Connection refused" in e.error and e.connection == 1 and e.server == f"127.0.0.1:{closed}" and
              (e.sent, e.received) == (0, 0), run)
    server = Server([b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"])
    run = Run(get(server.url()))
    e = run.all()[0]
    tap.check("a body that is cut has its head and its bytes", e.status == 200 and "end of file before message length reached" in e.error and e.part("response").endswith(b"\r\n\r\nabc") and
              e.sha256 is None and "e" in e.marks(), run)
    run = Run(get("http://127.0.0.1:1/"), words=["--deny-net=127.0.0.0/8"])
    e = run.all()[0]
    tap.check("so is what the policy refuses", "refused" in e.error and e.sent == 0, run)
    run = Run(get("not a url"))
    tap.check("what cannot be asked is no exchange", run.all() == [], run)


def secrets(tap):
    ring = [{"namespace": "some-api", "access_key": KEY, "secret_key": None}]
    b64 = base64.b64encode(f"me:{KEY}".encode()).decode()
    body = f'{{"key":"{KEY}"}}'.replace("/", "\\/").encode()
    echo = answer(body, "set-cookie: sid=abcdef; path=/", "x-key: " + KEY)
    server = Server([echo, answer(b"fine", "Set-Cookie: other=1")])
    code = f"""function run() local k = keyring('some-api')[1]['access_key'] local s = http_mksession()
      http_send(http_request(s, 'POST', '{server.url('/?k=')}' .. url_escape(k), {{basic_auth={{'me', k}}, body='<' .. k .. '>', headers={{['x-trace']='t'}}}}))
      http_send(http_request(s, 'GET', '{server.url('/')}', {{}})) last_err() end"""
    run = Run(code, keyring=ring)
    tap.check("what the module did is as it was", KEY.encode() in server.came[0] and b64.encode() in server.came[0] and b"sid=abcdef" in server.came[1], f"{server.came}")
    leaks = [w for w in (KEY, KEY.replace("/", "\\/"), b64, "sid=abcdef", "other=1", "k3y%2Fof%2Bsomeone") if w.encode() in run.raw or any(w.encode() in d for e in run.all() for d in e.parts.values())]
    tap.check("no secret leaves, however it is written", leaks == [], f"{leaks} {[e.parts for e in run.all()]}")
    a, b = run.all()
    request = a.part("request")
    head, _, sent = request.partition(b"\r\n\r\n")
    tap.check("a request has the placeholder as it is, and the length of that", sent == b"<SECRET-some-api>" and b"content-length: 17" in head.lower() and b"authorization: SECRET-authorization" in head and
              b"/?k=SECRET-some-api HTTP/1.1" in head and a.what.endswith("/?k=SECRET-some-api"), f"{request} {run}")
    came = a.part("response")
    tap.check("an answer has its length and its framing", len(came) == len(echo) == a.received and came.startswith(b"HTTP/1.1 200 OK\r\nset-cookie: ---") and came.count(b"SECRET-some-a") == 2, f"{came}")
    tap.check("what was altered says so, and has no hash", sorted(a.redacted) == ["request", "response"] and a.sha256 is None and sorted(b.redacted) == ["request", "response"] and
              b.sha256 == sha(b"fine"), run)
    server = Server([echo])
    run = Run(f"function run() local k = keyring('some-api')[1]['access_key'] http_send(http_request(http_mksession(), 'GET', '{server.url('/')}?' .. k, {{}})) end", "digest", keyring=ring)
    tap.check("so it is in a digest", KEY.encode() not in run.raw and run.all()[0].sha256 is None and run.all()[0].redacted == ["response"] and run.all()[0].what.endswith("?SECRET-some-api"), run)
    server = Server([answer(b"secret-option-value and more")])
    ask = f"function run() http_send(http_request(http_mksession(), 'GET', '{server.url('/')}?' .. getopt('NAME'), {{}})) end"
    run = Run(ask.replace("NAME", "api_token"), options={"api_token": "secret-option-value", "domain": "example.com"})
    tap.check("an option whose name says so is one, too", b"secret-option-value" not in run.raw and run.all()[0].part("response").endswith(b"SECRET-api-token--- and more"), f"{run.all()[0].parts} {run}")
    server = Server([answer(b"abc")])
    ask = f"function run() http_send(http_request(http_mksession(), 'GET', '{server.url('/')}?' .. getopt('token'), {{}})) end"
    run = Run(ask, options={"token": "s3cr"})
    e = run.all()[0]
    tap.check("with a secret too short to look for, there are heads and sizes only", e.parts == {} and e.sha256 is None and e.cut and e.bytes == 3 and e.what.endswith("?SECRET-token"), run)


def main():
    jail.need_user_namespace(PROGRAM)
    tap = jail.Tap()
    with Servers() as servers:
        http(tap)
        failures(tap, servers)
        secrets(tap)
    tap.end()


main()
