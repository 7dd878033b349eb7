#!/usr/bin/env python3
"""replays.py SN0INT [CASE...]: runs that are played again, and recorded tests of modules: made from a server that is gone when they
are played, altered, cut, and by modules that have changed. TAP."""
import base64
import gzip
import hashlib
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE)]
import tap  # noqa: E402
from tap import has, same  # noqa: E402

SN0INT = None
HEAD = "-- Description: test\n-- Version: 0.1.0\n-- License: GPL-3.0\n-- Source: domains\n"
ASKS = HEAD + """
function run(arg)
    local session = http_mksession()
    local r = http_fetch(http_request(session, 'GET', getopt('server') .. '/list?of=' .. arg['value'], {timeout=9000}))
    if last_err() then return end
    for name in r['text']:gmatch('%S+') do
        db_add('subdomain', {domain_id=arg['id'], value=name})
    end
    info('at ' .. time_unix())
end
"""


class Home:
    """A home of its own, and a server that is there until it is told to go."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="replays")
        self.path = self.folder.name
        self.env = {"HOME": self.path, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        self.seen = []
        home = self

        class Server(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                home.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                body = b"www.shop.test mail.shop.test" + self.headers.get("X-Key", "").encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        return self

    def gone(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
        self.server = None

    def __exit__(self, *_):
        self.gone()
        self.folder.cleanup()

    def at(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.at(name)), exist_ok=True)
        with open(self.at(name), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return self.at(name)

    def read(self, name):
        with open(self.at(name), "rb") as f:
            return f.read()

    def call(self, *args, stdin=None):
        p = subprocess.run([SN0INT, *args], capture_output=True, env=self.env, cwd=self.path, input=stdin, timeout=120)
        return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")

    def record(self, name="one", module="list.lua", *args, code=ASKS, want=0):
        self.write(module, code)
        got = self.call("test", "--record", name, "-a", '{"id":1,"value":"shop.test"}', "-o", "server=" + self.url, "--allow-net", "local", *args, module)
        same(got[0], want, got)
        return got


LINES = [b"WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:291f9de2-db7d-4e15-82d1-586a101eaf73>\r\n"
         b"WARC-Date: 2026-11-30T01:11:09Z\r\nWARC-Target-URI: urn:sn0int:script:test:1:0\r\nX-Sn0int-Attempt: 1\r\n"
         b"Content-Type: application/x-ndjson\r\n"]


def script_of(data):
    """The lines of a script in a WARC file."""
    blocks = [r.split(b"\r\n\r\n", 1)[1] for r in re.split(rb"(?=WARC/1\.1\r\n)", gzip.decompress(data)) if b"urn:sn0int:script:" in r.split(b"\r\n\r\n")[0]]
    return b"".join(block[:-4] for block in blocks).decode().splitlines()


def file_of(lines):
    """The other way."""
    block = "".join(line + "\n" for line in lines).encode()
    return gzip.compress(LINES[0] + b"Content-Length: %d\r\n\r\n" % len(block) + block + b"\r\n\r\n")


def a_test_is_made_and_played_without_the_server():
    with Home() as home:
        out = home.record()[1]
        has(out, "[*] Would add subdomain \"www.shop.test\"\n[*] Would add subdomain \"mail.shop.test\"\n[+] list/one  4 events")
        case = json.loads(home.read("list.test/one.json"))
        same(sorted(case), ["argument", "events", "options"])
        same([next(iter(e)) for e in case["events"]], ["Database", "Database", "Log", "Exit"])
        asked = len(home.seen)
        home.gone()
        for args in ((), (".",), ("list.lua",), ("list.test/one.json",)):
            status, out, err = home.call("test", *args)
            same((status, out, err), (0, "1..1\nok 1 - list/one\n", ""))
        same(len(home.seen), asked)
        status, out, err = home.call("replay", "list.test/one.warc.gz")
        same((status, out, err), (0, "[+] attempt 1 of anonymous/list: 4 events, all as they were\n", ""))
        status, out, err = home.call("replay", "--json", "list.test/one.warc.gz")
        same((status, json.loads(out)), (0, {"attempt": 1, "module": "anonymous/list", "same": True, "events": 4, "notes": [], "why": None}), err)


def a_module_that_has_changed():
    with Home() as home:
        home.record()
        home.record("rows", "list.lua", "--rows")
        home.gone()
        home.write("list.lua", ASKS.replace("info('at", "info('around"))
        status, out, err = home.call("test")
        same(status, 1)
        has(out, "1..2\nnot ok 1 - list/one\n# event 3 differs\n#   then {\"Log\":{\"Info\":\"\\\"at ", "#   now  {\"Log\":{\"Info\":\"\\\"around ", "ok 2 - list/rows\n")
        home.write("list.lua", ASKS.replace("/list?", "/other?"))
        status, out, err = home.call("test")
        same(status, 1)
        has(out, f"# not in the record: GET {home.url}/other?of=shop.test\n")
        home.write("list.lua", ASKS.replace("?of=", "?nonce=7&of="))
        same(home.call("test")[0], 0, "the same place, where a query differs")
        home.write("list.lua", ASKS.replace("value=name}", "value='x.' .. name}"))
        status, out, err = home.call("test", "--json")
        results = [json.loads(line) for line in out.splitlines()]
        same((status, [(r["name"], r["result"], r.get("at")) for r in results]), (1, [("list/one", "differs", 1), ("list/rows", "differs", 1)]))
        # a row more: that is said, and not that nobody answers it
        home.write("list.lua", ASKS.replace("    info('at", "    db_add('subdomain', {domain_id=arg['id'], value='more'})\n    info('at"))
        status, out, err = home.call("test")
        same(status, 1)
        has(out, "not ok 1 - list/one\n# event 3 differs\n#   then {\"Log\"", "not ok 2 - list/rows\n# row 3 differs\n#   then nothing more\n#   now  {\"Database\"")
        home.write("list.lua", HEAD + "function run(arg) while true do end end")
        status, out, err = home.call("test", "-j", "2")
        same(status, 1)


def build_servers_get_a_file():
    with Home() as home:
        home.record()
        home.record("two")
        home.gone()
        same(home.call("test", "--junit", "out.xml")[0], 0)
        suite = xml.etree.ElementTree.fromstring(home.read("out.xml"))
        same((suite.attrib["tests"], suite.attrib["failures"], [c.attrib["name"] for c in suite]), ("2", "0", ["one", "two"]))
        home.write("list.lua", ASKS.replace("info('at", "info('<&\"\\7>"))
        home.write("list.test/two.json", "{")
        same(home.call("test", "--junit", "out.xml")[0], 1)
        suite = xml.etree.ElementTree.fromstring(home.read("out.xml"))
        same((suite.attrib["failures"], suite.attrib["errors"], [c[0].tag for c in suite]), ("1", "1", ["failure", "error"]))
        status, out, err = home.call("test", "--junit", "no/such/folder.xml")
        same(status, 1)
        has(err, "cannot open no/such/folder.xml")


def what_is_no_test_is_said():
    with Home() as home:
        home.record()
        home.gone()
        for text, said in (("{", "EOF while parsing"), ("{}", "it needs either events or rows"), ('{"events":[],"rows":[]}', "it needs either events or rows"),
                           ('{"events":5}', "events and rows are lists"), ('{"events":[],"options":5}', "invalid type")):
            home.write("list.test/one.json", text)
            status, out, err = home.call("test")
            same(status, 1, (text, out, err))
            has(out, "not ok 1 - list/one\n# ", said)
        home.write("x.json", "{}")
        for args, said in ((("empty",), "there is no empty"), (("x.json",), "is no case"), (("--record", "a"), "--record is for one module"),
                           (("--record", "a/b", "list.lua"), "no name of a case"), (("--record", "a", "-a", "{", "list.lua"), "-a takes JSON"),
                           (("-j", "0"), "-j takes 1 and more")):
            status, out, err = home.call("test", *args)
            assert status in (1, 2) and said in err, (args, status, err)
        os.makedirs(home.at("none"))
        has(home.call("test", "none")[2], "no recorded tests are there")


def what_was_not_meant_is_said_when_it_is_recorded():
    with Home() as home:
        home.write("list.lua", ASKS)
        args = ("test", "--record", "one", "-o", "server=" + home.url)
        status, out, err = home.call(*args, "-a", '{"id":1,"value":"shop.test"}', "list.lua")
        same(status, 0, out + err)
        has(err, "[!] the run that was recorded failed: ", "allow it with --allow-net")
        home.write("list.lua", ASKS.replace("arg['value']", "'x'").replace("arg['id']", "1"))
        status, out, err = home.call(*args, "--allow-net", "local", "list.lua")
        same((status, err), (0, "[!] anonymous/list takes a row of domains, and is given none: -t 'where id=1', or -a '{\"id\":1,...}'\n"), out)
        # a test of nothing may be meant, and may be a mistake
        home.write("list.lua", ASKS.replace("db_add(", "info("))
        status, out, err = home.call(*args, "--allow-net", "local", "-a", '{"id":1,"value":"shop.test"}', "list.lua")
        same((status, err), (0, "[!] the run that was recorded adds and changes nothing, and that is what the test is of\n"), out)
        # of many rows the first are shown
        home.write("list.lua", ASKS.replace("db_add(", "for i = 1, 15 do db_add(").replace("value=name})", "value=name .. i}) end"))
        status, out, err = home.call(*args, "--allow-net", "local", "-a", '{"id":1,"value":"shop.test"}', "list.lua")
        same((status, err, out.count("Would add")), (0, "", 20), out)
        has(out, "[*] and 10 more\n")


def a_row_of_the_workspace_is_what_it_is_given():
    with Home() as home:
        for name in ("shop.test", "other.test", "out.test"):
            home.call("add", "domain", name)
        home.call("noscope", "domains", "where", "value=out.test")
        home.write("list.lua", ASKS)
        record = lambda *args, module="list.lua": home.call("test", "--record", "row", "-o", "server=" + home.url, "--allow-net", "local", *args, module)
        status, out, err = record("-t", "where value=other.test")
        same((status, err), (0, ""), out)
        has(home.seen[-1][0], "other.test")
        same(json.loads(home.read("list.test/row.json"))["argument"], {"id": 2, "unscoped": False, "value": "other.test"})
        home.write("once.lua", HEAD.replace("-- Source: domains\n", "\n") + "function run() end")
        for args, module, said, want in ((("-t", "where id=99"), "list.lua", "-t: the filter selects none", 1), (("-t", "where value=out.test"), "list.lua", "-t: ", 1),
                                         (("-t", "id=1"), "list.lua", "not a filter: id=1", 1), (("-t", "where id=1", "-a", "1"), "list.lua", "both say", 2),
                                         (("-t", "where id=1"), "once.lua", "does not run on rows", 2)):
            status, out, err = record(*args, module=module)
            same((status, out), (want, ""), err)
            has(err, said)
        assert not os.path.exists(home.at("once.test"))
        # they say what is recorded, and nothing of what is played
        for args in (("-t", "where id=1"), ("-a", "1"), ("-o", "a=b"), ("--stdin",), ("--rows",), ("--grant", "x"), ("--allow-net", "local")):
            status, out, err = home.call("test", *args, "list.lua")
            same((status, out), (2, ""), err)
            has(err, "for --record")


def an_image_comes_with_its_bytes():
    """From the workspace when it is recorded, from the record when it is played, where that workspace is not."""
    with Home() as home:
        same(home.call("add", "image", os.path.join(os.path.dirname(HERE), "data/img/RGB8.png"))[0], 0)
        home.write("look.lua", HEAD.replace("domains", "images") + "\nfunction run(arg) info(img_load(arg['value'])) end")
        status, out, err = home.call("test", "--record", "shown", "-t", "where id=1", "look.lua")
        same(status, 0, err)
        said, end = json.loads(home.read("look.test/shown.json"))["events"]
        has(said["Log"]["Info"], '"width": 5', '"mime": "image/png"')
        same(end, {"Exit": "Ok"})
        home.env["HOME"] = home.at("elsewhere")
        os.mkdir(home.at("elsewhere"))
        status, out, err = home.call("test", "look.lua")
        same((status, out.splitlines()[:2]), (0, ["1..1", "ok 1 - look/shown"]), out + err)


def a_case_without_a_record_has_no_outside():
    with Home() as home:
        home.write("own.lua", HEAD + "\nfunction run(arg) info(arg['value']) if getopt('ask') then dns('a.test', 'A') end end\n")
        os.makedirs(home.at("own.test"))
        case = {"argument": {"id": 1, "value": "b.test"}, "events": [{"Log": {"Info": '"b.test"'}}, {"Exit": "Ok"}]}
        home.write("own.test/one.json", json.dumps(case))
        same(home.call("test"), (0, "1..1\nok 1 - own/one\n", ""))
        home.write("own.test/one.json", json.dumps({**case, "options": {"ask": "1"}}))
        same(home.call("test"), (1, "1..1\nnot ok 1 - own/one\n# not in the record: dns A a.test\n", ""))


def files_that_are_none():
    with Home() as home:
        home.record()
        home.gone()
        whole = home.read("list.test/one.warc.gz")
        for name, data, said in (("cut", whole[:-40], "cut off"), ("text", b"hello\n", ""), ("empty", b"", ""), ("broken", whole[:300] + b"\0" * 20 + whole[320:], "")):
            home.write("x.warc.gz", data)
            status, out, err = home.call("replay", "x.warc.gz")
            same((name, status, out), (name, 1, ""))
            has(err, "x.warc.gz", said)
        status, out, err = home.call("replay", "gone.warc.gz")
        same(status, 1)
        lines = script_of(whole)
        same(home.call("replay", os.path.relpath(home.write("y.warc.gz", file_of(lines)), home.path))[0], 0)
        for name, change, said in (
                ("no start line", lambda ls: [x for x in ls if not x.startswith('{"start"')], "it has no start line"),
                ("not a line", lambda ls: ls + ["hello"], "no line of a script"),
                ("a start line that is none", lambda ls: ['{"start":{"a":1}}' if x.startswith('{"start"') else x for x in ls], "start line")):
            home.write("y.warc.gz", file_of(change(lines)))
            status, out, err = home.call("replay", "y.warc.gz")
            same((name, status), (name, 1))
            has(err, said)


def a_record_that_says_something_else():
    with Home() as home:
        home.record()
        home.gone()
        lines = script_of(home.read("list.test/one.warc.gz"))

        def replay(change, *args):
            home.write("y.warc.gz", file_of(change(lines)))
            return home.call("replay", "y.warc.gz", *args)

        status, out, err = replay(lambda ls: [x.replace("mail.shop", "post.shop") if '"Database"' in x else x for x in ls])
        same(status, 1)
        has(out, "[-] attempt 1 of anonymous/list: event 2 differs\n      then {", "post.shop.test", "      now  {")
        status, out, err = replay(lambda ls: [x for x in ls if '{"Exchange"' not in x and '{"Piece"' not in x])
        same(status, 1)
        has(out, f"not in the record: GET {home.url}/list?of=shop.test\n")
        status, out, err = replay(lambda ls: [x for x in ls if '{"Value"' not in x])
        has(out, "not in the record: another value of ")
        status, out, err = replay(lambda ls: [x for x in ls if not x.startswith('{"answer"')])
        has(out, "not in the record: an answer to {\"Database\"")
        status, out, err = replay(lambda ls: ls[:-2] + [ls[-2], ls[-2], ls[-1]] if "Log" in ls[-2] else ls)
        has(out, "event 4 differs\n      then {\"Log\"", "      now  {\"Exit\":\"Ok\"}\n")
        status, out, err = replay(lambda ls: ls[:-1])
        same(status, 0)
        has(err, "[!] it did not come to its end then (a limit, a violation, ^C): only its beginning is compared\n")
        status, out, err = replay(lambda ls: [x.replace('"program":"', '"program":"9.') for x in ls])
        same(status, 0)
        has(err, "[!] recorded by sn0int 9.", "this is ")
        head = json.loads(lines[0])["head"]
        head["data"]["public_suffix_list.dat"] = {"sha256": "ab"}
        status, out, err = replay(lambda ls: [json.dumps({"head": head}, separators=(",", ":"))] + ls[1:], "--json")
        same(json.loads(out)["notes"], ["public_suffix_list.dat is not the file that it was then"])


def of_two_lists_of_one_age_the_one_that_was_read_is_recorded():
    system = "/usr/share/publicsuffix/public_suffix_list.dat"
    if not os.path.exists(system):
        raise tap.Skip("the system has no list of suffixes")
    code = HEAD + "\nfunction run() info(psl_domain_from_dns_name('a.b.c.moon')) end\n"
    with Home() as home:
        cache = home.write(".cache/sn0int/public_suffix_list.dat", "// ===BEGIN ICANN DOMAINS===\ncom\nc.moon\n// ===END ICANN DOMAINS===\n")
        for newer in (1, 0, -1):
            os.utime(cache, (0, int(os.stat(system).st_mtime) + newer))
            home.record(f"at{newer}", code=code)
            read = cache if 'b.c.moon' in home.read(f"list.test/at{newer}.json").decode() else system
            same(read, cache if newer > 0 else system, newer)
            data = json.loads(script_of(home.read(f"list.test/at{newer}.warc.gz"))[0])["head"]["data"]
            with open(read, "rb") as f:
                same(data["public_suffix_list.dat"]["sha256"], hashlib.sha256(f.read()).hexdigest(), newer)


KEYED = HEAD.replace("License", "Keyring-Access: own\n-- License") + """
function run(arg)
    local key = keyring('own')[1]
    local r = http_fetch(http_request(http_mksession(), 'GET', getopt('server') .. '/x?key=' .. url_escape(key['secret_key']), {
        headers={['X-Key']=key['secret_key']}, basic_auth={key['access_key'], key['secret_key']}}))
    if last_err() then return end
    info(#r['text'] > 0)
    debug(key['secret_key'])
end
"""


def secrets_do_not_get_into_a_test():
    secret = "s3cret/of+ours"
    with Home() as home:
        subprocess.run([SN0INT, "keyring", "add", "own:account"], input=secret + "\n", text=True, env=home.env, check=True, capture_output=True)
        home.record("keyed", "keyed.lua", "--grant", "own", code=KEYED)
        same(home.seen[-1][1]["x-key"], secret)
        kept = gzip.decompress(home.read("keyed.test/keyed.warc.gz")) + home.read("keyed.test/keyed.json")
        for form in (secret, "s3cret%2Fof%2Bours", secret.encode().hex()):
            assert form.encode() not in kept, form
        has(kept.decode("utf-8", "replace"), "SECRET-own")
        home.gone()
        same(home.call("test")[0], 0)
        # who takes a key apart says something else without it
    with Home() as home:
        subprocess.run([SN0INT, "keyring", "add", "own:account"], input=secret + "\n", text=True, env=home.env, check=True, capture_output=True)
        got = home.record("apart", "apart.lua", "--grant", "own", code=KEYED.replace("info(#r['text'] > 0)", "info(#key['secret_key'])"), want=1)
        has(got[1], "[-] apart/apart  event 1 differs")


def standard_input_is_recorded():
    with Home() as home:
        home.write("in.lua", HEAD.replace("-- Source: domains\n", "\n") + "function run() info(stdin_read_line()) info(stdin_read_to_end()) info(stdin_read_line()) end")
        for name, text in (("none", b""), ("one", b"a"), ("lines", b"a\nb\nc"), ("many", b"x\n" * 1000)):
            status, out, err = home.call("test", "--record", name, "--stdin", "in.lua", stdin=text)
            same((name, status), (name, 0), err)
        status, out, err = home.call("test", stdin=b"other\n")
        same((status, out.splitlines()[0]), (0, "1..4"), out)


TALKS = HEAD + """
function run(arg)
    local ws = ws_connect('ws://127.0.0.1:' .. getopt('ws') .. '/feed', {read_timeout=60})
    ws_send_text(ws, 'hello')
    info(ws_recv_text(ws))
    ws_send_json(ws, {n=1})
    info(ws_recv_binary(ws))
    local m = mqtt_connect('mqtt://127.0.0.1:' .. getopt('mqtt'), {read_timeout=60})
    mqtt_subscribe(m, 'a/#', 0)
    info(mqtt_recv(m))
    local s = sock_connect('127.0.0.1', intval(getopt('sock')), {read_timeout=60})
    sock_send(s, 'one')
    info(sock_recv(s))
    sock_options(s, {read_timeout=1})
    info(sock_recv(s))
    sock_options(s, {read_timeout=60})
    sock_send(s, 'two')
    info(sock_recvall(s))
    sock_recv(s)
    if last_err() then info(last_err()) clear_err() end
    sock_connect('127.0.0.1', intval(getopt('closed')), {})
    if last_err() then info(last_err()) clear_err() end
end
"""


def exactly(connection, n):
    data = b""
    while len(data) < n:
        more = connection.recv(n - len(data))
        assert more, data
        data += more
    return data


def speak_ws(connection):
    """RFC 6455: two messages and a ping, for one of a client each."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    key = re.search(rb"(?i)sec-websocket-key: (\S+)", head)[1]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    connection.sendall(b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
    exactly(connection, 6 + 5)
    connection.sendall(b"\x89\x01p\x01\x02he\x80\x03llo")  # a ping, and a text in two frames
    exactly(connection, 6 + 1)  # the pong
    exactly(connection, 6 + len('{"n":1}'))
    connection.sendall(b"\x82\x03\x00\xff\x80")
    connection.recv(100)


def speak_mqtt(connection):
    exactly(connection, exactly(connection, 2)[1])
    connection.sendall(b"\x20\x02\x00\x00")
    exactly(connection, exactly(connection, 2)[1])
    connection.sendall(b"\x90\x03\x00\x01\x00" + b"\x30\x07\x00\x03a/bhi")
    connection.recv(100)


def speak_late(connection):
    """Answers, is silent until it is asked again, and ends."""
    exactly(connection, 3)
    connection.sendall(b"first")
    exactly(connection, 3)
    connection.sendall(b"x" * 70000)


class Talk:
    """A server for one way of speaking."""

    def __init__(self, speak):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, args=(speak,), daemon=True).start()

    def serve(self, speak):
        try:
            connection = self.socket.accept()[0]
            with connection:
                speak(connection)
        except OSError:
            pass


def connections_are_played_byte_by_byte():
    with Home() as home:
        talks = {"ws": Talk(speak_ws), "mqtt": Talk(speak_mqtt), "sock": Talk(speak_late)}
        words = [w for name, t in talks.items() for w in ("-o", f"{name}={t.port}")]
        with socket.socket() as closed:  # nobody listens there, and nobody else can
            closed.bind(("127.0.0.1", 0))
            home.record("talks", "talks.lua", *words, "-o", f"closed={closed.getsockname()[1]}", code=TALKS)
        for t in talks.values():
            t.socket.close()
        case = json.loads(home.read("talks.test/talks.json"))
        said = [e["Log"]["Info"] for e in case["events"] if "Log" in e]
        same(said[:1] + said[3:5], ['"hello"', '"first"', '""'], said)
        same(len(said[5]), 70002)
        has(said[6], "Connection closed")
        same(len(said), 8, said)
        has(said[7], "couldn't connect: [(127.0.0.1, Connection refused")
        same(home.call("test"), (0, "1..1\nok 1 - talks/talks\n", ""))
        # whoever writes something else is told so
        home.write("talks.lua", TALKS.replace("'hello'", "'hullo'"))
        status, out, err = home.call("test")
        same(status, 1)
        has(out, f"# other bytes are written to 127.0.0.1:{talks['ws'].port}\n")
        home.write("talks.lua", TALKS.replace("sock_send(s, 'two')", "sock_send(s, 'tWo')"))
        status, out, err = home.call("test")
        same(status, 1)
        has(out, f"# other bytes are written to 127.0.0.1:{talks['sock'].port}: \"Wo\", and then it was \"wo\"\n")


def record_of(kind, block, **fields):
    head = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in fields.items())
    return gzip.compress(f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Date: 2026-11-30T01:11:09Z\r\n{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n")


def a_run_of_several_attempts():
    """Bytes of exchanges stand in records of their own; those that were there before are not there twice."""
    def x(n):
        return f"urn:uuid:291f9de2-db7d-4e15-82d1-586a101eaf7{n}"

    with Home() as home:
        home.record()
        home.gone()
        lines = script_of(home.read("list.test/one.warc.gz"))
        pieces = [json.loads(line)["event"]["Piece"] for line in lines if '"Piece"' in line]
        part = lambda name: b"".join(base64.b64decode(p["bytes"]) for p in pieces if p["part"] == name)
        rest = "".join(line + "\n" for line in lines if '"Piece"' not in line).encode()
        head = part("response").split(b"\r\n\r\n")[0] + b"\r\n\r\n"
        of = lambda attempt, name: {"X_Sn0int_Attempt": attempt, "X_Sn0int_Exchange": 1, "X_Sn0int_Part": name}
        script = lambda attempt: [record_of("metadata", rest[:i] if k == 0 else rest[i:], WARC_Record_ID=f"<{x(8)}>", X_Sn0int_Attempt=attempt,
                                            WARC_Target_URI=f"urn:sn0int:script:R:{attempt}:{k}") for k in range(2) for i in [rest.index(b"\n") + 1]]
        first = [record_of("request", part("request"), WARC_Record_ID=f"<{x(1)}>", **of(4, "request")),
                 record_of("response", part("response"), WARC_Record_ID=f"<{x(2)}>", **of(4, "response"))]
        again = [record_of("request", part("request"), WARC_Record_ID=f"<{x(3)}>", **of(9, "request")),
                 record_of("revisit", head, WARC_Record_ID=f"<{x(5)}>", WARC_Refers_To=f"<{x(2)}>", **of(9, "response"))]
        home.write("run.warc.gz", b"".join(first + script(4) + again + script(9)))
        status, out, err = home.call("replay", "run.warc.gz")
        same((status, out), (0, "".join(f"[+] attempt {n} of anonymous/list: 4 events, all as they were\n" for n in (4, 9))), err)
        status, out, err = home.call("replay", "--attempt", "9", "run.warc.gz")
        same((status, len(out.splitlines())), (0, 1), err)
        has(home.call("replay", "--attempt", "5", "run.warc.gz")[2], "has no attempt 5")
        home.write("run.warc.gz", b"".join(again + script(9)))
        status, out, err = home.call("replay", "run.warc.gz")
        same(status, 1)
        has(err, f"a revisit of {x(2)}, which is not there")
        # cut off within the second attempt: the first is there
        whole = b"".join(first + script(4))
        home.write("run.warc.gz", whole + again[0][:30])
        same(home.call("replay", "run.warc.gz")[0], 0)


def runs_by_their_number():
    with Home() as home:
        has(home.call("replay", "1")[2], "there is no run 1")
        same(home.call("add", "domain", "shop.test")[0], 0)
        has(home.call("replay", "1")[2], "nothing was recorded of run 1: that takes run --evidence full")
        has(home.call("replay", "2")[2], "there is no run 2")


def runs_with_a_workspace():
    """Several targets, rows that are there already, a rate limit, a key, standard input."""
    code = ASKS.replace("License", "Keyring-Access: own\n-- License").replace("    for name in", """    ratelimit_throttle('x', 2, 300)
    info(stdin_read_line())
    info(db_select('subdomain', 'www.shop.test'))
    http_fetch(http_request(session, 'GET', getopt('server') .. '/k?key=' .. keyring('own')[1]['secret_key'], {}))
    for name in""")
    with Home() as home:
        subprocess.run([SN0INT, "keyring", "add", "own:account"], input="s3cretofours\n", text=True, env=home.env, check=True, capture_output=True)
        for n in range(5):
            same(home.call("add", "domain", f"d{n}.test")[0], 0)
        home.write("list.lua", code)
        args = ("run", "-x", "-f", "list.lua", "--stdin", "--allow-net", "local", "--grant", "own", "-o", "server=" + home.url)
        status, out, err = home.call(*args, "--evidence", "full", stdin=b"a\nb\nc\nd\ne\n")
        same(status, 0, out + err)
        same(home.call(*args, "--evidence", "digest", stdin=b"a\nb\nc\nd\ne\n")[0], 0)
        asked = len(home.seen)
        home.gone()
        run = [r["id"] for r in map(json.loads, home.call("runs", "--json")[1].splitlines()) if r["kind"] == "run"][0]
        status, out, err = home.call("replay", str(run))
        same((status, err, [re.sub(r"\d+", "N", line) for line in out.splitlines()]),
             (0, "", ["[+] attempt N of anonymous/list: N events, all as they were"] * 5), out)
        same(len(home.seen), asked)
        has(home.call("replay", str(run + 1))[2], f"nothing was recorded of run {run + 1}")
        (path,) = [os.path.join(folder, name) for folder, _, names in os.walk(home.path) for name in names if name.endswith(".warc.gz")]
        with open(path, "rb") as f:
            kept = f.read()
        assert b"s3cretofours" not in gzip.decompress(kept)
        # a run that was ended, and its file too
        home.write("long.lua", HEAD + "\nfunction run(arg) info('begun') sleep(1) info(time_unix()) while true do end end")
        status, out, err = home.call("run", "-f", "long.lua", "--evidence", "full", "--limit", "cpu=1s", "-t", "where value = 'd0.test'")
        same(status, 0, out + err)
        status, out, err = home.call("replay", str(run + 2))
        same(status, 0, out + err)
        has(err, "it did not come to its end then")


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])
    cases = [a_test_is_made_and_played_without_the_server, a_module_that_has_changed, build_servers_get_a_file, what_is_no_test_is_said,
             what_was_not_meant_is_said_when_it_is_recorded, a_row_of_the_workspace_is_what_it_is_given, an_image_comes_with_its_bytes,
             a_case_without_a_record_has_no_outside,
             files_that_are_none, a_record_that_says_something_else, of_two_lists_of_one_age_the_one_that_was_read_is_recorded,
             secrets_do_not_get_into_a_test, standard_input_is_recorded,
             connections_are_played_byte_by_byte, a_run_of_several_attempts, runs_by_their_number, runs_with_a_workspace]
    return tap.run(cases, lambda case: case(), sys.argv[2:])


sys.exit(main())
