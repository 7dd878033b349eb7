#!/usr/bin/env python3
"""registry.py SN0INT [CASE...]: commands that ask a registry (search, login, publish, new), against servers on 127.0.0.1 and folders. TAP."""
import gzip
import http.server
import io
import json
import os
import re
import socket
import socketserver
import stat
import subprocess
import sys
import tarfile
import tempfile
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "net")]
import tap  # noqa: E402
from tap import has, same  # noqa: E402
from trap import Proxy  # noqa: E402

SN0INT = None
WAIT = 120
AGENT = re.compile(r"sn0int/0\.26\.1, [a-z0-9_]+-[a-z]+, [a-z]+$")


def hit(name="one", **more):
    return {"author": "bob", "name": name, "description": f"{name} from the registry", "latest": "0.1.0", "downloads": 7, "featured": False, **more}


def code(version="0.1.0"):
    return f"-- Description: mine\n-- Version: {version}\n-- License: MIT\n\nfunction run()\nend\n"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, self.headers, body))
        status, reply, *more = self.server.reply(self)
        reply = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(reply)))
        for name, value in more:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """reply(request): the status, what is sent, and more lines of the head."""
    daemon_threads = True

    def __init__(self, reply):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen, self.reply = [], reply if callable(reply) else lambda _: reply
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, *_):
        pass


class Home:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="registry")
        self.path = self.folder.name
        self.share = os.path.join(self.path, ".local/share/sn0int")
        self.env = {"HOME": self.path, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "dumb"}

    def run(self, *args, status=0, stdin=None):
        p = subprocess.run([SN0INT, *args], env=self.env, cwd=self.path, input=stdin, capture_output=True, text=True, timeout=WAIT,
                           stdin=subprocess.DEVNULL if stdin is None else None)
        same(p.returncode, status, f"{args} {p.stdout}{p.stderr}")
        return p.stdout, p.stderr

    def write(self, name, text):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)

    def configure(self, server):
        self.write(".config/sn0int.toml", f'[core]\nregistry = "{getattr(server, "url", server)}"\nno-autoupdate = true\n')

    def token(self, text="goodtoken\n"):
        self.write(".local/share/sn0int/auth", text)

    def module(self, name):
        self.write(f".local/share/sn0int/modules/{name}.lua", code())


def old_names_work_and_say_so(home):
    server = Server((200, {"success": []}))
    home.configure(server)
    home.module("bob/two")
    out, err = home.run(stdin="mod list\nmod search x\nquickstart\nmod\n")
    has(out, "bob/two 0.1.0\n    mine\n")
    same(err.count("[!] mod is an old name, it is now: pkg\n"), 2, err)
    has(err, "[!] quickstart is an old name, it is now: pkg quickstart\n", "mod needs a command: list, ")
    same([s[1] for s in server.seen], ["/api/v0/search?q=x", "/api/v0/quickstart"])
    home.run("mod", "list", status=2)


def a_search_shows_what_there_is(home):
    hits = [hit(downloads=1234567, featured=True), hit("two", downloads=0), hit("none", latest=None)]
    server = Server((200, {"success": hits}))
    home.configure(server)
    home.module("bob/two")
    want = ("bob/one 0.1.0 - 1,234,567 downloads [featured]\n    one from the registry\n"
            "bob/two 0.1.0 - 0 downloads [installed]\n    two from the registry\n"
            "bob/none - - 7 downloads\n    none from the registry\n")
    same(home.run("search", "a b&c=ä/%"), (want, ""))
    same(home.run("pkg", "search", "x"), (want, ""))
    same(home.run("pkg", "search", "--new", "x"), (want.replace("bob/two 0.1.0 - 0 downloads [installed]\n    two from the registry\n", ""), ""))
    (method, path, head, body), *_ = server.seen
    same((method, urllib.parse.parse_qs(path.partition("?")[2]), body), ("GET", {"q": ["a b&c=ä/%"]}, b""))
    assert AGENT.match(head["User-Agent"]), head["User-Agent"]
    same(head["Auth"], None, "a search needs no account")


def the_prompt_searches_too(home):
    server = Server((200, {"success": [hit()]}))
    home.configure(server)
    has(home.run(stdin="pkg search x\npkg search y\n")[0], "bob/one 0.1.0 - 7 downloads\n    one from the registry\n" * 2)


def errors_are_shown_as_what_they_are(home):
    """(what the server says, what is told): of the registry, of what is no registry, of the way there."""
    cases = [
        ((200, {"error": "Database is down"}), 'api error: "Database is down"'),
        ((400, {"error": "no \u001b]0;x\u0007\n"}), r'api error: "no \u{1b}]0;x\u{7}\n"'),
        ((502, b"oops"), "http status 502", "it is no reply of a registry", "expected value at line 1 column 1"),
        ((200, b"<!DOCTYPE html>"), "it is no reply of a registry", "expected value at line 1 column 1"),
        ((200, b""), "EOF while parsing a value"),
        ((200, b'{"success":[]'), "EOF while parsing an object"),
        ((200, b'{"error":"\xff"}'), "stream did not contain valid UTF-8"),
        ((200, {"success": 5}), '"success" is no list'),
        ((200, {"x": []}), 'neither "success" nor "error" is there'),
        ((200, b'{"success":' + b"[" * 33 + b"]" * 33 + b"}"), "it nests more than 32 deep"),
        ((200, b'{"success":["' + b"a" * (16 << 20) + b'"]}'), "body is too large", "16777216"),
        ((200, {"success": ["a" * (1 << 16)]}), "a record is larger than 65536 bytes"),
    ]
    for reply, *parts in cases:
        out, err = home.run("search", "--registry", Server(reply).url, "x", status=1)
        has(err, "Failed to search", *parts)
        same(out, "", reply[:1])
    with socket.create_server(("127.0.0.1", 0)) as s:
        port = s.getsockname()[1]
    has(home.run("search", "--registry", f"http://127.0.0.1:{port}", "x", status=1)[1], "Connection refused")


def one_bad_record_leaves_the_others(home):
    bad = [hit("../x"), hit("a b"), hit(""), hit("x", latest="1"), hit("x", author="/etc"), hit("x", downloads=-1), {"author": "bob"}, 5, None, hit("n" * 65),
           hit("old", redirect="../../x")]
    for record in bad:
        out, err = home.run("search", "--registry", Server((200, {"success": [hit("one"), record, hit("two")]})).url, "x")
        same(out, "bob/one 0.1.0 - 7 downloads\n    one from the registry\nbob/two 0.1.0 - 7 downloads\n    two from the registry\n", record)
        same(err.count("\n"), 1, err)
        has(err, "[!] the registry's list: ")


def texts_of_the_registry_stay_texts(home):
    """On a terminal and in its own lines a description is one line."""
    server = Server((200, {"success": [hit(description="a\nb\u001b]0;OWNED\u0007\u202e")]}))
    same(home.run("search", "--registry", server.url, "x")[0].count("\n"), 2)
    assert "\x1b" not in home.run("search", "--registry", server.url, "x")[0]


def redirects_are_followed_five_times(home):
    def hop(request):
        n = int((re.search(r"n=(\d+)", request.path) or [0, 0])[1])
        return (302, b"", ("Location", f"/api/v0/search?n={n + 1}")) if n < limit else (200, {"success": [hit()]})
    server, limit = Server(hop), 5
    has(home.run("search", "--registry", server.url, "x")[0], "bob/one")
    limit = 6
    has(home.run("search", "--registry", server.url, "x", status=1)[1], "more than 5 redirects")


def an_address_that_is_configured_may_be_local(home):
    """But not what it redirects to, and not what a name leads to."""
    other = Server((200, {"success": [hit()]}))
    server = Server((302, b"", ("Location", other.url + "/x")))
    has(home.run("search", "--registry", server.url, "x", status=1)[1], "refused: local address (allow it with --allow-net 127.0.0.1:")
    same(other.seen, [])
    has(home.run("search", "--registry", server.url, "--allow-net", "local", "x")[0], "bob/one")
    home.write(".config/sn0int.toml", f'[core]\nregistry = "{other.url}"\n[network]\ndeny = ["local"]\n')
    n = len(other.seen)
    home.run("search", "x", status=1)
    same(len(other.seen), n, "network.deny holds")


def a_proxy_gets_all_of_it(home):
    server = Server((200, {"success": [hit()]}))
    proxy = Proxy(lambda host, port: server.server_address)
    has(home.run("search", "--registry", "http://registry.vec.test", "-X", proxy.address, "x")[0], "bob/one")
    same(proxy.asked, [("registry.vec.test", 80)])
    has(home.run("search", "--registry", server.url, "-X", "127.0.0.1:1", "x", status=1)[1], "the proxy does not bring us there", "Connection refused")


def what_is_no_registry_is_refused(home):
    for url in ("ftp://x", "x", "", "http://", "https://user:pass@x/", "http://x/?q", "http://x/#f", "file://host/x", "file:x", "file:///x%00y"):
        has(home.run("search", "--registry", url, "x", status=1)[1], "a registry is a URL like https://sn0int.com or file:///srv/modules")
    has(home.run("search", "--registry", "file:///proc/nonexistent", "x", status=1)[1], "cannot open the registry /proc/nonexistent")
    home.run("search", status=2)
    home.run("search", "a", "b", status=2)


def a_folder_is_a_registry(home):
    for name, version in (("one", "0.1.0"), ("one", "0.2.0"), ("two", "1.0.0")):
        home.write(f"mirror/bob/{name}/{version}.lua", code(version))
    home.write("mirror/bob/bad/1.0.lua", code("1.0"))
    home.write("mirror/bob/b@d/1.0.0.lua", code("1.0.0"))
    home.write("mirror/bob/lies/1.0.0.lua", "x\n")
    os.rename(os.path.join(home.path, "mirror"), os.path.join(home.path, "a mirror%"))
    home.configure(f"file://{home.path}/a%20mirror%25/")
    out, err = home.run("search", "bob")
    same(out, "bob/one 0.2.0\n    mine\nbob/two 1.0.0\n    mine\n")
    has(err, 'bob/bad/1.0.lua: "1.0" is no version like 1.2.3', "bob/b@d/1.0.0.lua: the name: '@' is neither", "bob/lies/1.0.0.lua: Failed to parse header")
    has(home.run("login", status=1)[1], "has no accounts")
    home.write("mine.lua", code())
    home.token()
    has(home.run("publish", "mine.lua")[1], "is no server: put the file there as AUTHOR/mine/VERSION.lua")


def archive(home, name, entries, top="", kind=tarfile.GNU_FORMAT):
    """entries: path -> text, or a type of tarfile."""
    path = os.path.join(home.path, name)
    with tarfile.open(path, "w", format=kind) as t:
        for entry, what in entries:
            info = tarfile.TarInfo(top + entry)
            data = what.encode() if isinstance(what, str) else b""
            info.size, info.type, info.linkname = len(data), tarfile.REGTYPE if isinstance(what, str) else what, "x"
            t.addfile(info, io.BytesIO(data))
    return f"file://{path}"


FILES = [(f"{a}/{n}/{v}.lua", code(v)) for a, n, v in (("bob", "one", "0.1.0"), ("bob", "one", "0.2.0"), ("bob", "one", "0.3.0-rc.1"), ("alice", "x", "1.0.0"))]
FILES += [("bob/old/redirect", "bob/one\n"), ("bob/old/1.0.0.lua", code("1.0.0")), ("README", "a mirror\n"), ("bob/bad/1.lua", code("1"))]


def a_tar_gives_the_same_as_a_folder(home):
    """Of each format, below a folder or not, in any order, made by Python and by tar."""
    for name, text in FILES:
        home.write(f"mirror/{name}", text)
    folder = f"file://{home.path}/mirror"
    urls = [archive(home, f"{kind}{n}.tar", files, top, kind) for kind in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT)
            for n, (top, files) in enumerate((("", FILES), ("top/", FILES), ("./", FILES[::-1]), ("./x-1.0/", FILES)))]
    for n, args in enumerate((["-C", "mirror", "."], ["mirror"])):
        subprocess.run(["tar", "cf", f"tar{n}.tar", *args], cwd=home.path, check=True)
        urls.append(f"file://{home.path}/tar{n}.tar")
    want = {}
    for url in [folder, *urls]:
        got = [home.run("search", "--registry", url, q) for q in ("", "ALICE", "nowhere")]
        same(got[0][0], "alice/x 1.0.0\n    mine\nbob/old 1.0.0\n    mine\nbob/one 0.2.0\n    mine\n", url)
        has(got[0][1], "bob/bad/1.lua")
        same(got, want.setdefault("all", got), url)


def a_tar_that_is_not_right_is_no_registry(home):
    cases = [
        ([("bob/one/0.1.0.lua", tarfile.SYMTYPE)], '"bob/one/0.1.0.lua" is a link'), ([("a", tarfile.LNKTYPE)], '"a" is a link'),
        ([("a", tarfile.CHRTYPE)], '"a" is neither a file nor a folder'), ([("a", tarfile.FIFOTYPE)], '"a" is neither a file nor a folder'),
        ([("../x/1.0.0.lua", "x")], "leads out of the archive"), ([("a/../../x", "x")], "leads out of the archive"), ([("/etc/x", "x")], "is an absolute name"),
        (FILES + FILES[:1], "bob/one/0.1.0 is there twice"), ([("t/" + FILES[0][0], "x"), ("t/" + FILES[0][0], "x")], "bob/one/0.1.0 is there twice"),
    ]
    for entries, want in cases:
        has(home.run("search", "--registry", archive(home, "bad.tar", entries), "x", status=1)[1], "cannot use the registry", want)
    url = archive(home, "good.tar", FILES)
    data = open(os.path.join(home.path, "good.tar"), "rb").read()
    for bad, want in ((data[:700], "it is cut"), (gzip.compress(data), "it is compressed (gzip)"), (b"", "it is cut"), (b"x" * 1024, "it is no tar archive")):
        with open(os.path.join(home.path, "good.tar"), "wb") as f:
            f.write(bad)
        has(home.run("search", "--registry", url, "x", status=1)[1], want)
    os.remove(os.path.join(home.path, "good.tar"))
    os.mkfifo(os.path.join(home.path, "good.tar"))
    has(home.run("search", "--registry", url, "x", status=1)[1], "it is no file")


def memory_of_a_search(home, url, n):
    """KiB at most of a prompt that has searched and seen n modules."""
    p = subprocess.Popen([SN0INT], env=home.env, cwd=home.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        p.stdin.write(f"pkg search --registry {url} mine\n")
        p.stdin.flush()
        seen = 0
        while seen < n:
            line = p.stdout.readline()
            assert line, (seen, p.stderr.read())
            seen += line == "    mine\n"
        with open(f"/proc/{p.pid}/status") as f:
            return int(re.search(r"VmHWM:\s+(\d+) kB", f.read())[1])
    finally:
        p.kill()
        p.communicate()


def ten_thousand_modules_cost_what_ten_cost(home):
    """Of a server nothing grows with the list; of a tar an index of names does, 10,000 of them are 3 MiB."""
    with open(os.path.join(os.path.dirname(SN0INT), "src/host/start/host.so"), "rb") as f:
        if b"__asan_init" in f.read():
            raise tap.Skip("a sanitized build keeps what was freed")
    home.configure("file:///nowhere")
    few, many = 10, 10000
    urls = {}
    for n in (few, many):
        files = [(f"bob/m{i:05}/0.1.0.lua", code()) for i in range(n)]
        server = Server((200, {"success": [hit(f"m{i:05}", description="mine") for i in range(n)]}))
        urls[n] = (server.url, archive(home, f"{n}.tar", files))
    for kind, most in enumerate((1 << 10, 6 << 10)):
        got = [memory_of_a_search(home, urls[n][kind], n) for n in (few, many)]
        print("#", kind, got, "KiB")
        assert got[1] < got[0] + most, (kind, got)


def a_login_is_confirmed_elsewhere(home):
    """Nobody knows the new token at first: asked again until it is somebody's."""
    def whoami(request):
        asked.append(request.headers["Auth"])
        return (400, {"error": "Invalid auth token"}) if len(asked) < 3 else (200, {"success": {"user": "bob"}})
    asked = []
    home.configure(Server(whoami))
    home.token("old\n")
    out, err = home.run("login")
    opened = re.search(r"\[\*\] Open this in a browser: (http://127\.0\.0\.1:\d+/auth/([A-Za-z0-9]{32}))\n", out)
    assert opened, out
    same(asked, ["old", opened[2], opened[2]])
    has(out, '[+] Logged in as "bob"\n')
    same(err, "")
    path = os.path.join(home.share, "auth")
    same(open(path).read(), opened[2] + "\n")
    same(stat.S_IMODE(os.stat(path).st_mode), 0o600)
    same(home.run("login")[0], '[+] Logged in as "bob"\n')
    same(asked[3:], [opened[2]])


def a_login_that_nobody_could_check_stays(home):
    home.token("mine\n")
    for reply in ((502, b"oops"), (500, {"error": "Database is down"}), (200, {"success": {"user": 5}})):
        has(home.run("login", "--registry", Server(reply).url, status=1)[1], "cannot find out whether you are logged in")
    same(open(os.path.join(home.share, "auth")).read(), "mine\n")
    for text in ("a b\n", "a\x01\n", "x" * 2000):
        home.token(text)
        has(home.run("login", "--registry", Server((200, {})).url, status=1)[1], "cannot use ")


def a_token_goes_to_nobody_else(home):
    other = Server((200, {"success": {"user": "eve"}}))
    server = Server((302, b"", ("Location", other.url + "/api/v0/whoami")))
    home.token()
    has(home.run("login", "--registry", server.url, "--allow-net", "local", status=1)[1], "http status 302")
    home.write("mine.lua", code())
    has(home.run("publish", "--registry", server.url, "--allow-net", "local", "mine.lua")[1], "Failed to publish mine 0.1.0", "http status 302")
    same((other.seen, [s[2]["Auth"] for s in server.seen]), ([], ["goodtoken", "goodtoken"]))


def publish_sends_what_was_looked_at(home):
    def reply(request):
        name = request.path.rpartition("/")[2]
        if request.headers["Auth"] != "goodtoken":
            return 400, {"error": "Invalid auth token"}
        return (400, {"error": "Version number already in use"}) if name == "two" else (200, {"success": {"author": "bob", "name": name, "version": "0.1.0"}})
    server = Server(reply)
    home.configure(server)
    for name in ("one", "two", "three"):
        home.write(f"m/{name}.lua", code())
    has(home.run("publish", "m/one.lua", status=1)[1], "you are not logged in: sn0int login")
    home.token("\n")
    has(home.run("publish", "m/one.lua", status=1)[1], "you are not logged in: sn0int login")
    home.token()
    out, err = home.run("publish", "m/one.lua", "m/two.lua", "m/three.lua")
    same(out, '[+] Published bob/one 0.1.0 ("m/one.lua")\n[+] Published bob/three 0.1.0 ("m/three.lua")\n')
    same(err, '[-] Failed to publish two 0.1.0 ("m/two.lua"): api error: "Version number already in use"\n')
    same([(m, p, h["Content-Type"], json.loads(b)) for m, p, h, b in server.seen],
         [("POST", f"/api/v0/publish/{n}", "application/json; charset=utf-8", {"code": code()}) for n in ("one", "two", "three")])


def what_was_published_is_what_was_sent(home):
    home.write("mine.lua", code())
    home.token()
    for name, version in (("other", "0.1.0"), ("mine", "9.9.9")):
        server = Server((200, {"success": {"author": "bob", "name": name, "version": version}}))
        same(home.run("publish", "--registry", server.url, "mine.lua"),
             ("", f'[-] Failed to publish mine 0.1.0 ("mine.lua"): the registry says that it has published bob/{name} {version} instead\n'))


def a_file_that_is_not_right_stops_all_of_it(home):
    server = Server((200, {"success": {"author": "bob", "name": "x", "version": "0.1.0"}}))
    home.configure(server)
    home.token()
    home.write("good.lua", code())
    cases = {"x.txt": (code(), "File extension has to be .lua"), "a b.lua": (code(), "no name of a module"), ".lua": (code(), "it is empty"),
             "bad.lua": ("x", "Failed to parse module metadata"), "v1.lua": (code("1"), '"1" is no version like 1.2.3'),
             "large.lua": (code() + "-" * (1 << 20), "it is larger than 1048576 bytes"), "gone.lua": (None, "there is no gone.lua")}
    for name, (text, want) in cases.items():
        if text is not None:
            home.write(name, text)
        has(home.run("publish", "good.lua", name, status=1)[1], want)
    same(server.seen, [])


def new_with_a_source_makes_one_that_works(home):
    """What `new` writes for a source works as it is; nothing that is there is written over, and nothing half written stays."""
    def text(name):
        with open(os.path.join(home.path, name)) as f:
            return f.read()

    listed = [line.split()[0] for line in home.run("new", "--list")[0].splitlines()]
    same(listed, sorted(listed))
    assert len(listed) >= 7, listed
    for name in listed:
        home.run("new", "-s", name, name + "-mine.lua")
        same([line for line in home.run("lint", name + "-mine.lua")[0].splitlines() if ": fault: " in line], [])
    has(home.run("test", "--tap")[0], "ok 1 - ", "domains-mine/answer")
    home.run("new", "--source", "accounts:github.com", "hub.lua")
    has(text("hub.lua"), "-- Source: accounts:github.com\n", "-- Description: ")
    home.run("new", "-s", "netblocks", "blocks.lua")
    has(text("blocks.lua"), "-- Source: netblocks\n", "function run(arg)")
    has(home.run("new", "-s", "domain", "x.lua", status=2)[1], 'Unknown Source: "domain"', "domains")
    has(home.run("new", "-s", "stdin", "x", status=2)[1], "NAME.lua")
    has(home.run("new", "-s", "urls", "hub.lua", status=1)[1], "hub.test", "File exists")
    home.write("there.lua", "mine")
    has(home.run("new", "-s", "urls", "there.lua", status=1)[1], "there.lua", "File exists")
    same(text("there.lua"), "mine")
    assert not os.path.exists(os.path.join(home.path, "there.test")), "half of it stayed"


def new_makes_a_module_that_can_be_run(home):
    home.run("new", "mine.lua")
    first = open(os.path.join(home.path, "mine.lua")).read()
    has(home.run("run", "-f", "mine.lua")[0], "[+] Finished anonymous/mine\n")
    has(home.run("new", "mine.lua", status=1)[1], "File exists (os error 17)")
    same(open(os.path.join(home.path, "mine.lua")).read(), first)
    has(home.run("new", "nowhere/mine.lua", status=1)[1], "No such file or directory")
    home.run("new", status=2)
    if os.path.exists("/dev/full"):
        os.symlink("/dev/full", os.path.join(home.path, "full.lua"))
        home.run("new", "full.lua", status=1)


CASES = [old_names_work_and_say_so, a_search_shows_what_there_is, the_prompt_searches_too, errors_are_shown_as_what_they_are, one_bad_record_leaves_the_others,
         texts_of_the_registry_stay_texts, redirects_are_followed_five_times, an_address_that_is_configured_may_be_local, a_proxy_gets_all_of_it,
         what_is_no_registry_is_refused, a_folder_is_a_registry, a_tar_gives_the_same_as_a_folder, a_tar_that_is_not_right_is_no_registry, ten_thousand_modules_cost_what_ten_cost,
         a_login_is_confirmed_elsewhere, a_login_that_nobody_could_check_stays,
         a_token_goes_to_nobody_else, publish_sends_what_was_looked_at, what_was_published_is_what_was_sent, a_file_that_is_not_right_stops_all_of_it, new_makes_a_module_that_can_be_run,
         new_with_a_source_makes_one_that_works]


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])

    def call(case):
        home = Home()
        with home.folder:
            case(home)
    return tap.run(CASES, call, sys.argv[2:])


sys.exit(main())
