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
    run = Run(get(server.url(), options="{timeout=3000}"))
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


def messages(data):
    out = []
    while data:
        n = int.from_bytes(data[:2], "big")
        out.append(data[2:2 + n])
        data = data[2 + n:]
    return out


def names(tap, servers):
    if "knot" in servers.missing:
        return tap.skip("dns", servers.missing["knot"])
    ns = f"127.0.0.1:{servers.ports['P_DNS']}"
    dead = f"127.0.0.1:{servers.ports['P_CLOSED']}"
    code = f"""function run() info(dns('vec.test', 'MX')) info(dns('nowhere.vec.test', 'A')) info(dns('vec.test', {{record='AXFR', nameserver='{ns}', tcp=true}})) dns('vec.test', {{record='A', nameserver='{dead}', timeout=5000}}) clear_err()
      http_send(http_request(http_mksession(), 'GET', 'http://web.vec.test:{servers.ports["P_CLOSED"]}/', {{}})) clear_err() end"""
    run = Run(code, dns_config={"ns": [ns], "tcp": False, "timeout": None})
    all = run.all()
    tap.check("what dns() asks is an exchange, what a connection asks is the broker's", [(e.kind, e.what) for e in all] ==
              [("dns", "MX vec.test"), ("dns", "A nowhere.vec.test"), ("dns", f"AXFR vec.test @{ns}"), ("dns", f"A vec.test @{dead}"), ("http", f"GET http://web.vec.test:{servers.ports['P_CLOSED']}/")], run)
    tap.check("its status is the code, or it has an error", [(e.status, e.server) for e in all[:4]] == [(0, ns), (3, ns), (0, ns), (None, dead)] and "DNS query timed out" in all[3].error, run)
    ids = [value for what, value in run.values if what == "id"]
    tap.check("queries and answers are messages with their length", all_messages(all[:3], ids), f"{ids} {[e.parts for e in all]}")
    tap.check("sizes are those of messages", [(e.sent, e.received) for e in all[:3]] == [tuple(sum(map(len, messages(e.part(p)))) for p in ("query", "answer")) for e in all[:3]], run)
    tap.check("its answers are counted", all[0].answers >= 1 and all[1].answers == 0 and all[2].answers > all[0].answers and all[3].answers is None and all[4].answers is None, run)
    tap.check("each has the number of its request", [e.connection for e in all[:3]] == [1, 2, 3] and all[4].connection is not None, run)
    # the same without the plugin of the network
    run = Run("function run() info(dns('vec.test', 'MX')) end", needs="broker", dns_config={"ns": [ns], "tcp": False, "timeout": None})
    tap.check("who has no plugin says so, too", [(e.what, e.status, len(messages(e.part("answer")))) for e in run.all()] == [("MX vec.test", 0, 1)], run)


def all_messages(exchanges, ids):
    """Whether each message of an exchange has the id that was drawn for it, in order."""
    queries = [m for e in exchanges for m in messages(e.part("query"))]
    answers = [m for e in exchanges for m in messages(e.part("answer"))]
    return [m[:2].hex() for m in queries] == [m[:2].hex() for m in answers] == ids[:len(exchanges)] and all(m[2] & 0x80 for m in answers)


class Echo:
    """Sends `first`, then what comes, back in upper case, until the other side closes; with TLS in the end, if `context`."""

    def __init__(self, first=b"", context=None, starttls=False):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.came = b""
        self.thread = threading.Thread(target=self.serve, args=(first, context, starttls), daemon=True)
        self.thread.start()

    def serve(self, first, context, starttls):
        s, _ = self.listener.accept()
        if context and not starttls:
            s = context.wrap_socket(s, server_side=True)
        s.sendall(first)
        if starttls:
            self.came += s.recv(65536)
            s.sendall(b"go\n")
            s = context.wrap_socket(s, server_side=True)
        try:
            while data := s.recv(65536):
                self.came += data
                s.sendall(data.upper())
        except OSError:
            pass
        s.close()


def sockets(tap, servers):
    echo = Echo(b"banner\n")
    code = f"""function run() local s = sock_connect('127.0.0.1', {echo.port}, {{read_timeout=3}})
      info(sock_recvline(s)) db_add('domain', {{value='a.example'}}) sock_sendline(s, 'hello') info(sock_recvline(s)) sock_recv(s) end"""
    run = reply(code, ['{"Ok":{"Inserted":1}}'])
    e = run.all()[0]
    tap.check("a socket stands, and ends with the run", e.kind == "tcp" and e.open["id"] == e.id and (e.open["sent"], e.sent, e.received) == (0, 6, 13) and not e.open["error"] and not e.error, run)
    tap.check("its bytes are there both ways, and where reads ended", (e.part("out"), e.part("in")) == (b"hello\n", b"banner\nHELLO\n") and e.marks() == ["r 7", "w 6", "r 6", "t"] and e.sha256 == sha(e.part("in")), f"{e.parts} {run}")
    kinds = [next(iter(line)) for line in run.lines]
    tap.check("what came before a row leaves before it", kinds.index("Exchange") < kinds.index("Database") and "in" in [line["Piece"]["part"] for line in run.lines[:kinds.index("Database")] if "Piece" in line], f"{kinds}")
    run = Run(f"function run() sock_connect('127.0.0.1', {servers.ports['P_CLOSED']}, {{}}) clear_err() end")
    e = run.all()[0]
    tap.check("one that is refused has an end only", e.open is None and "Connection refused" in e.error and e.what == f"127.0.0.1:{servers.ports['P_CLOSED']}", run)
    run = Run(f"function run() for i = 1, 3 do local s = sock_connect('127.0.0.1', {servers.ports['P_TCP_CLOSE']}, {{}}) sock_recv(s) clear_err() end end") if "odd" not in servers.missing else None
    if run:
        tap.check("several have each their number", [e.connection for e in run.all()] == [1, 2, 3] and all(e.marks() == ["e"] for e in run.all()), run)


def reply(code, replies, **how):
    """A run that asks its parent."""
    start = dict(how)
    line = jail.start_line(code, verbose=0)
    replies = "".join(r + "\n" for r in replies)
    was = jail.start_line
    jail.start_line = lambda *a, **k: line + replies
    try:
        return Run(code, **start)
    finally:
        jail.start_line = was


def tls(tap, servers):
    if "nginx" in servers.missing:
        return tap.skip("tls", servers.missing["nginx"])
    ns = f"127.0.0.1:{servers.ports['P_DNS']}"
    certs = os.path.join(servers.here, "certs")
    env = {"SSL_CERT_FILE": os.path.join(certs, "vec-ca.pem")}
    how = {"env": env, "dns_config": {"ns": [ns], "tcp": False, "timeout": None}}
    good, inter, bad = (f"https://{host}.vec.test:{servers.ports[port]}/" for host, port in (("good", "P_HTTPS"), ("inter", "P_HTTPS_INTER"), ("good", "P_HTTPS_EXPIRED")))
    run = Run(get(good, good, inter, good, bad), **how)
    all = run.all()
    leaf = der(open(os.path.join(certs, "good.pem")).read())[0]
    chain = der(open(os.path.join(certs, "inter-chain.pem")).read())
    tap.check("bytes of TLS are those above it", [e.part("response").endswith(b) for e, b in zip(all, (b"hello tls", b"hello tls", b"inter", b"hello tls"))] == [True] * 4 and all[0].part("request").startswith(b"GET / HTTP/1.1\r\n"), run)
    tap.check("a certificate is named by its hash", [e.certificate for e in all] == [sha(leaf), sha(leaf), sha(chain[0]), sha(leaf), None] and [e.tls for e in all] == [True] * 5, run)
    tap.check("a chain is there once, the leaf first", [der(e.part("chain").decode()) for e in all[:4]] == [[leaf], [], chain, []], run)
    tap.check("a certificate that is not trusted is an error", "invalid certificate: CertExpired" in all[4].error and all[4].sent == 0 and "CertExpired" in all[4].marks()[0], run)
    tap.check("what the broker counted is more than that", all[0].connection == all[3].connection and run.connections().get(all[0].connection, (0, 0))[1] > sum(e.received for e in all if e.connection == all[0].connection), f"{run.connections()} {run}")
    import ssl
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(certs, "good.pem"), os.path.join(certs, "good.key"))
    echo = Echo(b"hi\n", context, starttls=True)
    code = f"""function run() local s = sock_connect('127.0.0.1', {echo.port}, {{}}) info(sock_recvline(s)) sock_sendline(s, 'starttls') info(sock_recvline(s))
      sock_upgrade_tls(s, {{sni_value='good.vec.test'}}) sock_sendline(s, 'abc') info(sock_recvline(s)) end"""
    run = Run(code, **how)
    plain, step = run.all()
    tap.check("the step to TLS is an exchange of its own", (plain.kind, step.kind, plain.what, step.certificate, step.open) == ("tcp", "tls", step.what, sha(leaf), None) and der(step.part("chain").decode()) == [leaf], run)
    tap.check("the socket goes on with what is above it", (plain.part("out"), plain.part("in")) == (b"starttls\nabc\n", b"hi\ngo\nABC\n") and plain.marks() == ["r 3", "w 9", "r 3", "s", "w 4", "r 4"] and not plain.tls, f"{plain.parts} {run}")


def der(pem):
    return [base64.b64decode(b) for b in re.findall(r"-----BEGIN CERTIFICATE-----([^-]*)-----END", pem)]


def frames(data):
    """Payloads of masked frames below 126 bytes, with their masks."""
    out = []
    while data:
        n = data[1] & 127
        mask = data[2:6]
        out.append((mask, bytes(b ^ mask[i % 4] for i, b in enumerate(data[6:6 + n]))))
        data = data[6 + n:]
    return out


def ws_and_mqtt(tap, servers):
    ring = [{"namespace": "some-api", "access_key": KEY, "secret_key": None}]
    if "odd" in servers.missing:
        tap.skip("ws", servers.missing["odd"])
    else:
        url = f"ws://127.0.0.1:{servers.ports['P_WS']}/echo"
        code = f"""function run() local k = keyring('some-api')[1]['access_key'] local s = ws_connect('{url}', {{headers={{cookie='a=b'}}}})
          ws_send_text(s, 'hello') info(ws_recv_text(s)) ws_send_text(s, '<' .. k .. '>') info(ws_recv_text(s)) end"""
        run = Run(code, keyring=ring)
        e = run.all()[0]
        head, _, rest = e.part("out").partition(b"\r\n\r\n")
        sent = frames(rest)
        masks = [value for what, value in run.values if what == "mask"]
        tap.check("a WebSocket stands after its handshake", e.kind == "ws" and e.open["status"] == 101 and e.open["received"] > 0 and e.part("in").startswith(b"HTTP/1.1 101 "), run)
        tap.check("its frames are as they were sent, but for secrets", [p for _, p in sent] == [b"hello", b"<SECRET-some-api>"] and [m.hex() for m, _ in sent] == masks[:2] and b"cookie: SECRET-cookie" in head, f"{sent} {masks} {head}")
        tap.check("what comes back has none either", b"hello" in e.part("in") and KEY.encode() not in e.part("in") and sorted(e.redacted) == ["in", "out"] and e.sha256 is None and len(e.part("in")) == e.received, f"{e.parts} {run}")
        run = Run(f"function run() ws_connect('ws://127.0.0.1:{servers.ports['P_HTTP_ODD']}/garbage', {{}}) clear_err() end")
        e = run.all()[0]
        tap.check("a handshake that fails is an end with its error", e.open is None and e.error and e.part("in").startswith(b"this is not http"), run)
    if "mosquitto" in servers.missing:
        return tap.skip("mqtt", servers.missing["mosquitto"])
    code = f"""function run() local s = mqtt_connect('mqtt://127.0.0.1:{servers.ports['P_MQTT_AUTH']}', {{username='vec', password=getopt('password')}}) mqtt_ping(s) info(mqtt_recv(s)) end"""
    run = Run(code, options={"password": "secret"})
    e = run.all()[0]
    tap.check("MQTT has both ways", e.kind == "mqtt" and e.open is not None and e.part("out")[0] == 0x10 and e.part("out").endswith(b"\xc0\0") and e.part("in") == b"\x20\x02\0\0\xd0\0" and e.sha256 == sha(e.part("in")), f"{e.parts} {run}")
    tap.check("and no password", b"\0\x06secret" not in e.part("out") and len(e.part("out")) == e.sent and e.redacted == ["out"], f"{e.parts} {run}")
    tap.check("the name that it gave itself is a value", [w for w, _ in run.values] == ["random", "handle"], f"{run.values}")


def proxied(tap, servers):
    if "microsocks" in servers.missing:
        return tap.skip("a proxy", servers.missing["microsocks"])
    proxy = f"127.0.0.1:{servers.ports['P_SOCKS']}"
    server = Server([answer(b"by proxy"), answer(b"again")])
    run = Run(get(server.url(), server.url("/b")), proxy=proxy)
    all = run.all()
    tap.check("through a proxy the server is the proxy", [(e.server, e.proxied, e.connection, e.status) for e in all] == [(proxy, True, 1, 200)] * 2 and all[1].part("response") == answer(b"again"), run)
    run = Run(get(f"http://127.0.0.1:{servers.ports['P_CLOSED']}/"), proxy=proxy)
    e = run.all()[0]
    tap.check("also where it reaches nobody", (e.server, e.proxied, e.connection) == (proxy, True, 1) and e.error.startswith("error trying to connect: "), run)


def ended(tap):
    server = Server(["silence"])
    run = Run(f"function run() sock_connect('127.0.0.1', {server.port}, {{}}) while true do end end", words=["--limit=cpu=300ms"])
    e = run.all()[0]
    tap.check("what a limit ends has its exchanges ended", "processor time" in str(run.lines[-1]) and e.open and e.end and run.lines[-2].get("Exchange") == e.end, run)


def values(tap):
    code = "function run() info(time_unix()) info(datetime()) sleep(1) http_mksession() end"
    run = Run(code)
    kinds = [w for w, _ in run.values]
    now = run.values[0][1]
    tap.check("values are there in order", kinds[:3] == ["clock", "clock", "sleep"] and set(kinds[3:]) == {"handle"} and run.values[2][1] == 1000 and run.logs()[0] == f"{now}.0", f"{run.values} {run}")
    run = Run(code, "digest")
    tap.check("a digest has none", run.values == [], run)
    run = Run("function run() for i = 1, 1000 do time_unix() end end", needs="broker", words=["--limit=evidence=6400"])
    tap.check("values are within the limit, too", len(run.values) == 100, f"{len(run.values)}")
    run = Run("function run() info(time_unix()) end", needs="broker")
    tap.check("a module without the network has its own", [w for w, _ in run.values] == ["clock"], run)


def amounts(tap):
    large = base64.b64encode(os.urandom(3 << 20))
    server = Server([answer(large)])
    run = Run(get(server.url()))
    e = run.all()[0]
    tap.check("a large body goes in pieces of 64 KiB", e.part("response") == answer(large) and e.sha256 == sha(large) and not e.cut and len(e.pieces) <= len(answer(large)) // PIECE + 3, f"{len(e.pieces)}")
    peak = {}
    for level in ("off", "digest", "full"):
        server = Server([answer(large)])
        peak[level] = peak_of(server.url(), level)
    tap.check("with little more memory", jail.is_sanitized(PROGRAM) or peak["full"] - peak["digest"] < 1024, f"KiB: {peak}")
    server = Server([answer(b"a" * 1000), answer(b"b" * 1000)])
    run = Run(get(server.url(), server.url()), words=["--limit=evidence=1500"])
    a, b = run.all()
    got = sum(len(d) for e in (a, b) for d in e.parts.values())
    tap.check("beyond the limit it is cut, and says so", 1500 - 8 * 64 < got <= 1500 and (a.cut, b.cut) == (False, True) and b.sha256 == sha(b"b" * 1000) and b.received == len(answer(b"b" * 1000)), f"{got} {run}")
    server = Server([answer(b"a" * 100000)])
    run = Run(get(server.url()), words=["--limit=evidence=0"])
    tap.check("none at all is possible", run.all()[0].parts == {} and run.all()[0].cut, run)
    server = Server([answer(large)])
    run = Run(get(server.url()), words=["--limit=output=65536", "--limit=line=65536"])
    e = run.all()[0]
    tap.check("pieces are no output, and no line is too long", e.part("response") == answer(large) and run.lines[-1] == {"Exit": "Ok"} and max(map(len, run.raw.splitlines())) <= 65536, f"{run.lines[-1]}")


def peak_of(url, level):
    """Peak memory of the worker in KiB, as it says itself at the end."""
    code = get(url).replace("function run()", "function run() info('ready')")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    p = subprocess.Popen([PROGRAM, "sandbox", "--spare", "--needs=net,broker", f"--control-fd={theirs.fileno()}", "--allow-net=local", f"--evidence={level}", "anonymous/test"],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
    theirs.close()
    ours.send(struct.pack("=BBHIII", 1, 1, 0, 7, 10, 0))
    # it waits for an answer at the end, and is looked at
    code = code[:code.rindex("end")] + " stdin_readline() end"
    p.stdin.write(jail.start_line(code, verbose=0).encode())
    p.stdin.flush()
    for line in p.stdout:
        if b"Stdio" in line:
            break
    with open(f"/proc/{jail.worker_of(p.pid)}/status") as f:
        peak = int(re.search(r"VmHWM:\s*(\d+)", f.read())[1])
    p.stdin.write(b'{"Ok":null}\n')
    p.communicate()
    ours.close()
    return peak


def main():
    jail.need_user_namespace(PROGRAM)
    tap = jail.Tap()
    with Servers() as servers:
        http(tap)
        failures(tap, servers)
        secrets(tap)
        names(tap, servers)
        sockets(tap, servers)
        tls(tap, servers)
        ws_and_mqtt(tap, servers)
        proxied(tap, servers)
        ended(tap)
        values(tap)
        amounts(tap)
    tap.end()


main()
