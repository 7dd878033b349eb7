#!/usr/bin/env python3
"""secrets.py SN0INT [CASE...]: keys of many lengths and bytes, sent and echoed in every spelling, are in no file of a run. The searcher is
of its own: expressions of Python, none of src/common/format/mask. Prints TAP."""
import base64
import contextlib
import glob
import gzip
import json
import os
import random
import re
import socket
import socketserver
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import zipfile
import zlib

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402
from tap import same  # noqa: E402

SN0INT = None
WAIT = 280  # seconds after which something that should happen has not
CHANCE = random.Random(15)
LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def word(n):
    return "".join(CHANCE.choice(LETTERS) for _ in range(n))


# by namespace; one is the beginning of another, one holds another
KEYS = {f"n{n}": word(n) for n in (*range(6, 41), 63, 64, 65, 1000)}
KEYS["odd"] = 'q"\\/%+ &=?#<>:@' + "\u00fc\u20ac\U0001f600" + word(3)
KEYS["percent"] = "%25%41" + word(4) + "%"
KEYS["jwt"] = ".".join((word(20), word(30), word(22)))
KEYS["short"], KEYS["long"], KEYS["around"] = (lambda w: (w, w + word(9), word(3) + w + word(3)))(word(12))
OPTIONS = {name: word(11) for name in ("token", "api_key", "ClientSecret", "password", "WebHook", "oauth", "cookie", "passphrase")}
SECRETS = {**KEYS, **OPTIONS}


ESCAPE = re.compile(rb"((?:\\u[0-9a-fA-F]{4})+)|\\(.)", re.S)
ESCAPES = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def percent_decoded(data):
    return re.sub(rb"%([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), data)


def json_decoded(data):
    def one(m):
        if m[1] is None:
            return ESCAPES.get(m[2], m[2])
        return bytes.fromhex(m[1].replace(b"\\u", b"").decode()).decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")

    return ESCAPE.sub(one, data)


def decoded(data):
    """The bytes as each way of writing them says."""
    yield "raw", data
    if b"%" in data:
        yield "percent", percent_decoded(data)
    if b"+" in data:
        yield "form", percent_decoded(data.replace(b"+", b" "))
    if b"\\" in data:
        yield "json", json_decoded(data)
        yield "percent in json", percent_decoded(json_decoded(data))


def in_base64(raw):
    """At each place in a group of three bytes; without the symbols that others have a part in."""
    for at in range(3):
        whole = base64.b64encode(bytes(at) + raw)
        yield whole[(at * 8 + 5) // 6:(at + len(raw)) * 8 // 6]


LOOKED_FOR = {name: (key.encode(), key.encode().hex().encode(), list(in_base64(key.encode()))) for name, key in SECRETS.items()}


def found(where, data):
    """Lines of what stands in some bytes."""
    hits = []
    for form, view in decoded(data):
        hits += [(name, form, view, view.find(raw), len(raw)) for name, (raw, _, _) in LOOKED_FOR.items() if raw in view]
    lower, plain = data.lower(), data.replace(b"-", b"+").replace(b"_", b"/")
    for name, (_, digits, groups) in LOOKED_FOR.items():
        if digits in lower:
            hits.append((name, "hex", data, lower.find(digits), len(digits)))
        hits += [(name, f"base64 {i}", data, plain.find(g), len(g)) for i, g in enumerate(groups) if g in plain]
    return [f"{where}: {name} as {form} at {at}: {view[max(0, at - 60):at + n + 20]!r}" for name, form, view, at, n in hits]


def every_spelling(key):
    raw = key.encode()
    out = [raw, urllib.parse.quote(key, "").encode(), urllib.parse.quote_plus(key).encode(), b"".join(b"%%%02x" % b for b in raw), json.dumps(key).encode(),
           json.dumps(key, ensure_ascii=False).replace("/", "\\/").encode(), "".join(f"\\u{u:04X}" for u in struct.unpack(f">{len(key.encode('utf-16-be')) // 2}H", key.encode("utf-16-be"))).encode(),
           raw.hex().encode(), raw.hex().upper().encode()]
    for at in range(3):
        out += [base64.b64encode(b"u:x"[:at] + raw + tail) for tail in (b"", b"!", b":p")]
        out += [base64.urlsafe_b64encode(b"u:x"[:at] + raw + b"\xff\xfe")]
    return out


class Answers(socketserver.StreamRequestHandler):
    """HTTP by hand, so that nothing is in the way of bytes."""

    def send(self, status, *head, body=b"", chunk=0):
        lines = [b"HTTP/1.1 %d x" % status, *head]
        if chunk:
            lines.append(b"Transfer-Encoding: chunked")
            body = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + chunk]), body[i:i + chunk]) for i in range(0, len(body), chunk)) + b"0\r\n\r\n"
        else:
            lines.append(b"Content-Length: %d" % len(body))
        self.wfile.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    def handle(self):
        with contextlib.suppress(OSError):
            while self.one():
                pass

    def one(self):
        line = self.rfile.readline()
        if not line.startswith((b"GET", b"POST")):
            if line:  # no HTTP: back as it came, split where it hurts
                self.wfile.write(line[:len(line) // 2])
                self.wfile.flush()
                self.wfile.write(line[len(line) // 2:])
            return bool(line)
        head = {}
        while (field := self.rfile.readline().strip()):
            name, _, value = field.partition(b":")
            head[name.lower()] = value.strip()
        body = self.rfile.read(int(head.get(b"content-length", 0)))
        self.server.seen.append((line, head, body))
        _, kind, name = line.split(b" ")[1].split(b"?")[0].split(b"/")[:3]
        self.answer(kind.decode(), SECRETS[name.decode()], name.decode(), head, body)
        return True

    def answer(self, kind, key, name, head, body):
        raw = key.encode()
        if kind == "all":
            self.wfile.write(b"HTTP/1.1 103 early\r\nX-Early: " + raw + b"\r\n\r\n")
            self.send(200, b"X-Echo: " + raw, b"Set-Cookie: sid=" + urllib.parse.quote(key, "").encode() + b"; Path=/", b"X-Auth: " + head.get(b"authorization", b""),
                      body=b" \n".join(every_spelling(key)) + b"\n" + body)
        elif kind == "chunks":
            self.send(200, body=b"".join(b"<%s>" % s for s in every_spelling(key)), chunk=max(5, len(raw) // 2 + 1))
        elif kind == "fill":  # each border of pieces is in a key
            self.send(200, body=raw * ((200 << 10) // len(raw)))
        elif kind == "to":
            self.send(302, b"Location: /end/" + name.encode() + b"/" + urllib.parse.quote(key, "").encode() + b"?k=" + urllib.parse.quote_plus(key).encode())
        elif kind == "late":
            self.server.go_on.wait(WAIT)
        else:
            self.send(200, body=b"fine " + raw)


@contextlib.contextmanager
def answers():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads, server.seen, server.go_on = True, [], threading.Event()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.go_on.set()
        server.shutdown()
        server.server_close()


class Home:
    def __init__(self, folder):
        self.folder, self.out = folder, []
        self.env = {"HOME": folder, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        self.modules = os.path.join(folder, ".local/share/sn0int/modules/me")
        self.data = os.path.join(folder, ".local/share/sn0int/data/default")
        os.makedirs(self.modules)

    def call(self, *args, status=0, stdin=b"", keep=True):
        p = subprocess.run([SN0INT, *args], env=self.env, cwd=self.folder, input=stdin, capture_output=True, timeout=WAIT)
        assert p.returncode == status, (args, p.returncode, p.stdout[-2000:], p.stderr[-2000:])
        if keep:
            self.out += [(" ".join(args)[:60] + " (stdout)", p.stdout), (" ".join(args)[:60] + " (stderr)", p.stderr)]
        return p.stdout.decode("utf-8", "replace") + p.stderr.decode("utf-8", "replace")

    def keys(self, keys):
        for name, key in keys.items():
            self.call("keyring", "add", name + ":me", stdin=key.encode() + b"\n", keep=False)

    def module(self, body, keys=(), source="domains", name="m"):
        with open(os.path.join(self.modules, name + ".lua"), "w") as f:
            f.write("-- Description: test\n-- Version: 0.1.0\n-- License: GPL-3.0\n" + (f"-- Source: {source}\n" if source else "")
                    + "".join(f"-- Keyring-Access: {k}\n" for k in keys) + f"\nfunction run(arg)\n{body}\nend\n")

    def run(self, *args, **kw):
        return self.call("run", "--allow-net", "local", "--grant-full-keyring", *args, "me/m", **kw)

    def archives(self):
        return sorted(glob.glob(os.path.join(self.data, "evidence/*.warc.gz")))

    def rows(self, query):
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, "db.sqlite"))) as db:
            return list(db.execute(query))


def members(data):
    while data:
        unpacker = zlib.decompressobj(31)
        record = unpacker.decompress(data)
        assert unpacker.eof, "a record that is cut"
        head, _, rest = record.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        yield fields, rest[:int(fields["Content-Length"])]
        data = unpacker.unused_data


def without_chunks(block):
    head, _, body = block.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        return block
    out = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        n = int(size, 16)
        out, body = out + body[:n], body[n + 2:]
        if n == 0:
            assert body == b"", body
    return head + b"\r\n\r\n" + out


def texts(value):
    """All texts in JSON, as they are."""
    if isinstance(value, dict):
        for k, v in value.items():
            yield k
            yield from texts(v)
    elif isinstance(value, list):
        for v in value:
            yield from texts(v)
    elif isinstance(value, str):
        yield value


def views(name, data):
    """A file, and what is in it."""
    yield name, data
    if data[:2] == b"PK":
        with zipfile.ZipFile(name) as z:
            for member in z.namelist():
                yield from views(name + "!" + member, z.read(member))
    elif data[:2] == b"\x1f\x8b":
        for i, (fields, block) in enumerate(members(data)):
            yield f"{name}!{i} {fields.get('X-Sn0int-Part', fields['WARC-Type'])}", str(fields).encode() + b"\n" + block
            if fields["Content-Type"].startswith("application/http"):
                yield f"{name}!{i} without chunks", without_chunks(block)
            if "ndjson" in fields["Content-Type"]:
                yield f"{name}!{i} texts", "\n".join(t for line in block.splitlines() for t in texts(json.loads(line))).encode("utf-8", "surrogatepass")
    elif name.endswith((".json", ".jsonl")):
        with contextlib.suppress(ValueError):
            yield name + " texts", "\n".join(t for line in data.splitlines() for t in texts(json.loads(line))).encode("utf-8", "surrogatepass")


def nothing_in(home, *folders):
    """In files below, and in what was printed since the last time. There are bytes to look at, though the keys have short names beside them."""
    assert home.archives(), "no bytes were kept"
    bad = [line for where, data in home.out for line in found(where, data)]
    n = 0
    for folder in folders:
        for path in sorted(p for p in glob.glob(folder + "/**", recursive=True, include_hidden=True) if os.path.isfile(p)):
            with open(path, "rb") as f:
                for where, data in views(path, f.read()):
                    n += 1
                    bad += found(where.replace(home.folder, "~"), data)
    home.out = []
    assert not bad, "\n".join([f"{len(bad)} places"] + [b[:400] for b in bad[:40]])
    assert n, "nothing was looked at"


def the_searcher_finds(_):
    """Each form of each key, or the rest proves nothing."""
    for name, key in SECRETS.items():
        for spelling in every_spelling(key):
            assert any(line.startswith(f"x: {name} ") for line in found("x", b"a" + spelling + b"b")), (name, spelling)
        assert not found("x", b"SECRET-" + name.encode()), name


ASKS = """
local session = http_mksession()
local function ask(method, path, options)
    local r = http_send(http_request(session, method, base .. path, options))
    if last_err() then info('failed') clear_err() return end
    return r
end
for i = 1, #names do
    local name = names[i]
    local key = keyring(name)[1].secret_key
    ask('GET', '/all/' .. name .. '/' .. url_escape(key), {query={k=key}, headers={['X-Key']=key, ['X-Hex']=hex(key)}, basic_auth={'me', key}})
    ask('POST', '/all/' .. name, {form={k=key, z='1'}, user_agent='agent ' .. key})
    ask('POST', '/all/' .. name, {json={k=key, list={key, 'x' .. key}}, headers={Cookie='mine=' .. key}})
    ask('POST', '/end/' .. name, {body=key .. '&' .. base64_encode('x' .. key) .. hex(key)})
    ask('GET', '/to/' .. name, {follow_redirects=3})
    ask('GET', '/to/' .. name, {})
end
"""


def prelude(server, names):
    return f"local base, port = 'http://127.0.0.1:{server.server_address[1]}', {server.server_address[1]}\nlocal names = {{{', '.join(map(repr, names))}}}\n"


def options():
    return [w for name, value in OPTIONS.items() for w in ("-o", f"{name}={value}")]


def http_with_keys_of_all_kinds(home):
    home.call("add", "domain", "example.com")
    home.keys(KEYS)
    with answers() as server:
        home.module(prelude(server, KEYS) + ASKS, KEYS)
        home.run("--evidence", "full", "-vv", *options())
        asked = len(server.seen)
    # each ask() is seen with its key: what was looked for was there
    assert asked >= 7 * len(KEYS) - 3, asked
    assert any(found("x", b" ".join((line, *head.values(), body))) for line, head, body in server.seen)
    bad = home.rows("select what, redacted, sha256 from exchange where coalesce(redacted, '') not like '%response%' or (sha256 is not null and bytes != 0)")
    assert not bad, bad[:5]
    home.call("runs", "--json")
    home.call("runs", "show", "--json", "2")
    home.call("bundle", "-o", "all.wacz")
    nothing_in(home, home.data, home.folder + "/all.wacz")


def chunks_and_pieces(home):
    """A key lies over the borders of chunks, and of the pieces in which bytes leave the worker."""
    home.call("add", "domain", "example.com")
    names = ["n6", "n9", "n16", "n17", "n31", "n40", "n1000", "odd", "percent"]
    home.keys({n: KEYS[n] for n in names})
    with answers() as server:
        home.module(prelude(server, names) + """
local session = http_mksession()
for i = 1, #names do
    http_send(http_request(session, 'GET', base .. '/chunks/' .. names[i], {}))
    http_send(http_request(session, 'GET', base .. '/fill/' .. names[i], {}))
end
if last_err() then return end
""", names)
        home.run("--evidence", "full")
    nothing_in(home, home.data)
    home.call("replay", "--json", "2")


def sockets_and_names(home):
    home.call("add", "domain", "example.com")
    names = ["n6", "n40", "n1000", "odd"]
    home.keys({n: KEYS[n] for n in names})
    with answers() as server:
        home.module(prelude(server, names) + """
for i = 1, #names do
    local key = keyring(names[i])[1].secret_key
    local s = sock_connect('127.0.0.1', port, {read_timeout=5, connect_timeout=5})
    sock_sendline(s, 'AUTH ' .. key) sock_recvline(s)
    sock_sendline(s, base64_encode('x' .. key)) sock_recvline(s)
    ws_connect('ws://127.0.0.1:' .. port .. '/end/' .. names[i] .. '?k=' .. url_escape(key), {headers={['X-Key']=key}})
    clear_err()
    mqtt_connect('mqtt://127.0.0.1:' .. port, {username='me', password=key, read_timeout=1})
    clear_err()
    dns(key .. '.example.com', {record='A', timeout=100})
    clear_err()
    http_send(http_request(http_mksession(), 'GET', 'http://127.0.0.1:1/' .. url_escape(key), {}))
    clear_err()
    http_send(http_request(http_mksession(), 'GET', 'https://127.0.0.1:' .. port .. '/' .. url_escape(key), {timeout=100}))
    clear_err()
    http_send(http_request(http_mksession(), 'GET', 'http://x' .. key .. '.invalid/', {timeout=100}))
    clear_err()
    http_send(http_request(http_mksession(), 'GET', base .. '/late/' .. names[i] .. '?' .. url_escape(key), {timeout=50}))
    clear_err()
    sock_connect(key .. '.invalid', 80, {connect_timeout=1})
    clear_err()
end
""", names)
        # what a module fails with is on the terminal of who has the keys
        home.run("--evidence", "full", "-vv", "--nameserver", "127.0.0.1:1", keep=False)
    same(sorted(home.rows("select distinct kind from exchange")), [(kind,) for kind in ("dns", "http", "mqtt", "tcp", "ws")])
    nothing_in(home, home.data)


def errors_rows_and_log(home):
    """What a module stores is its own affair, in rows and on the terminal; not in the record of its run, nor in a bundle."""
    for i in range(4):
        home.call("add", "domain", f"example{i}.com")
    names = ["n9", "n40", "jwt"]  # no quotes: a log line in JSON is encoded twice
    home.keys({n: KEYS[n] for n in names})
    home.module(prelude(type("S", (), {"server_address": (0, 1)}), names) + """
local text = ''
for i = 1, #names do text = text .. ' ' .. keyring(names[i])[1].secret_key end
info(text)
db_add('domain', {value='x' .. keyring('n9')[1].secret_key .. '.com'})
if arg.value == 'example0.com' then return text end
if arg.value == 'example1.com' then error(text) end
if arg.value == 'example2.com' then set_err(text) return end
json_decode(text .. '{') if last_err() then return end
""", names)
    home.run("--evidence", "full", "-vv", *options(), keep=False)
    for query in ("select * from attempt", "select * from run", "select * from unit", "select * from exchange"):
        bad = found(query, repr(home.rows(query)).encode())
        assert not bad, bad[:5]
    home.call("runs", "--json")
    home.call("bundle", "-o", "all.wacz")
    nothing_in(home, home.data + "/evidence", home.folder + "/all.wacz")


def keys_that_have_no_secret(home):
    """The name is the key then: as of a target, in a bundle."""
    home.call("keyring", "add", "alone:" + KEYS["n40"], stdin=b"\n", keep=False)
    home.module("info('x') error(arg.access_key)", source="keyring:alone", keys=["alone"])
    home.run("--evidence", "full", keep=False)
    home.call("runs", "--json")
    home.call("runs", "show", "--json", "1")
    home.call("bundle", "-o", "all.wacz")
    nothing_in(home, home.data, home.folder + "/all.wacz")


def a_run_with_keys_can_be_played_again(home):
    """With placeholders in place of keys: escaped in a path, and where an answer sends us, as long as the key."""
    home.call("add", "domain", "example.com")
    names = ["n6", "n9", "n16", "n40", "jwt"]
    home.keys({n: KEYS[n] for n in names})
    with answers() as server:
        home.module(prelude(server, names) + """
for i = 1, #names do
    local key = keyring(names[i])[1].secret_key
    local session = http_mksession()
    http_send(http_request(session, 'GET', base .. '/to/' .. names[i], {follow_redirects=2}))
    http_send(http_request(session, 'GET', base .. '/all/' .. names[i] .. '/' .. url_escape(key), {query={k=key}, headers={['X-Key']=key}}))
    local r = http_send(http_request(session, 'POST', base .. '/end/' .. names[i], {form={k=key}}))
    if last_err() then return end
    info(r['status'])
end
""", names)
        home.run("--evidence", "full")
    nothing_in(home, home.data)
    same(json.loads(home.call("replay", "--json", "2"))["same"], True)


CASES = [the_searcher_finds, http_with_keys_of_all_kinds, chunks_and_pieces, sockets_and_names, errors_rows_and_log, keys_that_have_no_secret,
         a_run_with_keys_can_be_played_again]


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])

    def call(case):
        with tempfile.TemporaryDirectory(prefix="sn0int-secrets-") as folder:
            case(Home(folder))

    return tap.run(CASES, call, sys.argv[2:])


sys.exit(main())
