"""What a service on the web says, and the cases that every module which asks one is recorded with.

A file of services/ describes one provider: a Service for each module that asks it, with what its answers look like by
its own documentation (nothing here was asked live). record.py puts a server in its place and records the cases of
CASES; complete.py says, without a server, which of them are missing and which end in another way than they must.
"""
import glob
import http.server
import importlib
import json
import os
import pkgutil
import random
import socket
import sys
import urllib.parse
import zlib
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE]
import nameserver  # noqa: E402
from world import Threads  # noqa: E402

MODULES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "modules", "bundled")

LARGE = 10 << 20
WAIT = "120"  # what Retry-After says in the case `limited`

# What each case is for. The first two end well; those behind them end with an error and add nothing, but `large`,
# which may do either.
CASES = {
    "answer": "what the provider answers about something that it knows",
    "empty": "what it answers about something that it does not know",
    "large": "10 MB",
    "error": "an error in an answer with status 200",
    "limited": "429 with Retry-After",
    "unavailable": "503 and a page of HTML",
    "garbage": "random bytes with status 200",
    "no-name": "no name server",
    "no-proxy": "a proxy that is not there",
    "refused": "nobody listens",
    "denied": "an address that the policy keeps it from",
}
# What a name server says that is no answer, and what the functions of nameserver.py are for: all end with an error and add nothing, but `ns-large`.
NAMES = {
    "ns-failed": ({"": nameserver.failed}, "SERVFAIL"),
    "ns-refuses": ({"": nameserver.refuses}, "REFUSED"),
    "ns-noise": ({"": nameserver.noise}, "bytes that are no message"),
    "ns-silent": ({"": nameserver.silent}, "nothing at all"),
    "ns-cut": ({"": nameserver.cut}, "that it is too long for UDP, and there is no TCP"),
    "ns-large": ({"": nameserver.large}, "64 kB"),
}
OF_NAMES = ("answer", "empty", "no-name", "no-proxy", *NAMES)  # of modules that ask name servers alone


@dataclass
class Request:
    method: str
    path: str
    query: dict
    headers: object
    body: bytes


@dataclass
class Reply:
    """body: bytes and text as they are, anything else as JSON. @BASE@ in it and in headers is where the server is."""
    body: object = b""
    status: int = 200
    type: str = "application/json"
    headers: dict = field(default_factory=dict)

    def bytes(self, base):
        body = self.body
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body, ensure_ascii=False)
        if isinstance(body, str):
            body = body.encode()
        return body.replace(b"@BASE@", base.encode()) if b"@BASE@" in body else body


@dataclass
class Case:
    """One more case of a service. routes as those of Service; what is None is the service's, an option that is None is not given. ends: "ok" or "error", rows: whether some are
    added. keys: {"NAMESPACE:NAME": secret} that it is granted. names: what is said by a name server in front of knot, NameServer.says."""
    routes: object
    argument: object = None
    options: dict = None
    args: tuple = ()
    ends: str = "ok"
    rows: bool = True
    keys: dict = field(default_factory=dict)
    says: object = None  # bytes: what is said at @SAYS@, a port, to whoever writes there
    names: dict = None
    whois: tuple = ()  # what is said at @WHOIS@, a port, by whois.iana, whois.registry and whois.registrar of infra.test; by others what world.py has for shop.test


def marked(text, marks):
    for mark, value in marks.items():
        text = text.replace(mark, str(value))
    return text


@dataclass
class Service:
    """
    module: the file in modules/bundled, without .lua
    argument: what run() is given. @PORT@ in it and in options is where the server listens, @TLS@ where one of TLS does, whom nobody trusts,
        @DNS@ where the name server, @WHOIS@ a port of servers of whois; nobody listens there in the case `refused`
    answer, empty: also a Case, where the argument is another one, or rows are added by `empty`
    answer, empty, error, large, garbage: routes, either a function of a Request that gives a Reply or {"[METHOD ]/path[?name=value&...]": Reply or such a
        function}; of a query only what is named is looked at. What no route is for gets 404
    bases: the options whose value is a base URL; all lead to the one server, each with the path that {option: path} says
    options, args: more for all cases: of the module; words of the command line
    zones: {"example.test": records} that knot has while it is recorded; those that begin with "; nsec" or "; nsec3" are signed, "; given" to
        whoever asks
    named: False for a module that asks name servers alone: it has the cases of OF_NAMES
    empty_is_error: the reason why an empty answer says nothing
    omit: {case: the reason why there is none}
    repeats: the reason why a request is sent twice in a run
    more: {name: Case}
    """
    module: str
    argument: object
    answer: object = None
    empty: object = None
    error: object = None
    large: object = None
    garbage: object = None
    bases: object = ("server",)
    options: dict = field(default_factory=dict)
    args: tuple = ()
    zones: dict = field(default_factory=dict)
    named: bool = True
    empty_is_error: str = ""
    omit: dict = field(default_factory=dict)
    repeats: str = ""
    more: dict = field(default_factory=dict)

    def cases(self):
        """{name: Case} of those that are common to all."""
        names = CASES if self.named else OF_NAMES
        return {name: self.case(name) for name in names if name not in self.omit}

    def base(self, option, at):
        """What is given as an option of `bases`, where the server is at `at`."""
        return at + (self.bases[option] if isinstance(self.bases, dict) else "")

    def given(self, case, at, marks):
        """{option: text} of a case; marks: {"@PORT@": number}. An option that is None is not given."""
        out = {**self.options, **(case.options or {})}
        for option in self.bases:
            out.setdefault(option, self.base(option, at))
        return {option: marked(value, marks) for option, value in out.items() if value is not None}

    def argument_of(self, case, marks):
        return json.loads(marked(json.dumps(self.argument if case.argument is None else case.argument), marks))

    def case(self, name):
        if name in NAMES:
            routes = None if isinstance(self.answer, Case) else self.answer
            return Case(routes, ends="any" if name == "ns-large" else "error", rows=False, names=NAMES[name][0])
        page = Reply("<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>", 503, "text/html")
        noise = random.Random(0).randbytes(3000)
        routes = {
            "answer": self.answer, "empty": self.empty, "error": self.error or (lambda r: Reply({"error": "internal error", "status": "failed"})),
            "large": self.large, "limited": lambda r: Reply({"message": "Too Many Requests"}, 429, headers={"Retry-After": WAIT}),
            "unavailable": lambda r: page, "garbage": self.garbage or (lambda r: Reply(noise)),
        }.get(name)
        if isinstance(routes, Case):
            return routes
        ends = "ok" if name == "answer" or name == "empty" and not self.empty_is_error else "error"
        return Case(routes, ends=ends if name != "large" else "any", rows=name == "answer")


def padded(head, item, tail, between=b",", size=LARGE):
    """Bytes of at least `size`: item again and again, or what item(i) gives."""
    parts, n, i = [], 0, 0
    while n < size:
        part = item(i) if callable(item) else item
        part = part.encode() if isinstance(part, str) else part
        parts.append(part)
        n += len(part) + len(between)
        i += 1
    return head + between.join(parts) + tail


def services():
    """All of them, by module."""
    out = {}
    folder = os.path.join(HERE, "services")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    for info in sorted(pkgutil.iter_modules([folder]), key=lambda i: i.name):
        for service in importlib.import_module(info.name).SERVICES:
            assert service.module not in out, f"{service.module} is described twice"
            out[service.module] = service
    return out


def answers(routes, request):
    """The Reply to a request."""
    if callable(routes):
        return routes(request)
    for key, reply in (routes or {}).items():
        method, _, target = key.rpartition(" ")
        path, _, query = target.partition("?")
        wanted = urllib.parse.parse_qsl(query, keep_blank_values=True)
        if (not method or method == request.method) and path == request.path and all(request.query.get(n) == v for n, v in wanted):
            return reply(request) if callable(reply) else reply
    return Reply({"message": "Not Found"}, 404)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do(self):
        url = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, url.path, dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True)), self.headers, body)
        self.server.seen.append((self.command, self.path, body))
        reply = answers(self.server.routes, request)
        base = f"http://127.0.0.1:{self.server.port}"
        data = reply.bytes(base)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in reply.headers.items():
            self.send_header(name, value.replace("@BASE@", base))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_POST = do_HEAD = do_PUT = do

    def log_message(self, *_):
        pass


def closed_port():
    """One of 127.0.0.1 at which nobody listens."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def squeeze(path):
    """Compresses a file of gzip members, one a record, as small as it gets."""
    with open(path, "rb") as f:
        data = f.read()
    with open(path, "wb") as f:
        while data:
            member = zlib.decompressobj(31)
            plain = member.decompress(data) + member.flush()
            data = member.unused_data
            out = zlib.compressobj(9, zlib.DEFLATED, 31)
            f.write(out.compress(plain) + out.flush())


class Recording:
    """Records the cases of services; `recorder` is that of record.py."""

    def __init__(self, recorder, world):
        self.recorder, self.world = recorder, world
        self.server, self.names = world.listen(Threads(("127.0.0.1", 0), Handler)), nameserver.NameServer(world)

    def service(self, service):
        for name, case in {**service.cases(), **service.more}.items():
            self.case(service, name, case)

    def case(self, service, name, case):
        if not self.recorder.wants(service.module, name):
            return
        at = f"http://127.0.0.1:{self.server.port}"
        dns = closed_port() if name == "no-name" else self.names.port if case.names else self.world.dns
        words, common = list(service.args) + list(case.args), ["--nameserver", f"127.0.0.1:{dns}", "--allow-net", "local"]
        if name == "no-name":
            at = "http://service.test"
        elif name == "no-proxy":
            words += ["-X", f"127.0.0.1:{closed_port()}"]
        elif name == "refused":
            at = f"http://127.0.0.1:{closed_port()}"
        elif name == "denied":
            common = common[:2]
        for key, secret in case.keys.items():
            namespace, of = key.split(":", 1)
            self.recorder.key(namespace, of, secret)
            words += ["--grant", namespace]
        marks = {"@PORT@": self.server.port, "@TLS@": self.world.tls.port, "@WHOIS@": self.world.whois[0].port}
        if name == "refused":
            marks = {mark: closed_port() for mark in marks}
        marks.update({"@SAYS@": self.world.breaks.port, "@DNS@": dns})
        self.world.say_whois(case.whois)
        for option, value in service.given(case, at, marks).items():
            words += ["-o", f"{option}={value}"]
        self.world.breaks.how, self.world.breaks.says = "says", case.says
        self.server.routes, self.server.seen[:], self.names.says = case.routes, [], case.names or {}
        argument = service.argument_of(case, {"@PORT@": marks["@PORT@"]})
        self.recorder.case(service.module, name, argument, *words, common=common)
        for path in glob.glob(os.path.join(MODULES, service.module + ".test", name + ".warc.gz")):
            squeeze(path)
        twice = {s for s in self.server.seen if self.server.seen.count(s) > 1}
        if twice and not service.repeats:
            print(f"{service.module}: {name}: asked twice: {sorted(twice)[:3]}")
            self.recorder.bad += 1
