#!/usr/bin/env python3
"""update_lists.py SN0INT [CASE...]: `sn0int update-lists` against servers on 127.0.0.1. TAP."""
import gzip
import http.server
import os
import platform
import select
import signal
import socketserver
import ssl
import stat
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "jail")]
import calls  # noqa: E402
import tap  # noqa: E402
from tap import has, same  # noqa: E402
import tracer  # noqa: E402
from trap import Proxy, Trap  # noqa: E402

CERTS = os.path.join(os.path.dirname(HERE), "vectors/net/servers/certs")
GEO = os.path.join(os.path.dirname(HERE), "vectors/data/cache/sn0int")
SN0INT = None
IS_SANITIZED = None  # such a build needs more memory
LIST = b"// a list\n// ===BEGIN ICANN DOMAINS===\ncom\nco.uk\n*.odd\n!not.odd\n// ===END ICANN DOMAINS===\nshop.example\n"
FILES = ("public_suffix_list.dat", "GeoLite2-City.mmdb", "GeoLite2-ASN.mmdb")


def geo(name):
    with open(os.path.join(GEO, f"GeoLite2-{name}.mmdb"), "rb") as f:
        return f.read()


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append((self.path, self.headers))
        status, body, *more = self.server.pages.get(self.path, (404, b"<h1>Not Found</h1>"))
        parts = [body] if isinstance(body, bytes) else body
        self.send_response(status)
        self.send_header("Content-Length", str(sum(map(len, parts))))
        for name, value in more:
            self.send_header(name, value)
        self.end_headers()
        for part in parts:
            self.wfile.write(part)
        self.server.sent(self.path)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True

    def __init__(self, certificate=None):
        super().__init__(("127.0.0.1", 0), Pages)
        self.seen, self.port = [], self.server_address[1]
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(os.path.join(CERTS, certificate + ".pem"), os.path.join(CERTS, certificate + ".key"))
            self.socket = context.wrap_socket(self.socket, server_side=True)
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.pages = {
            "/psl": (200, LIST), "/page": (200, b"<!DOCTYPE html>\n<title>Log in</title>\n"), "/text": (200, b"com\nnet\n"), "/empty": (200, b""),
            "/city": (200, geo("City")), "/asn": (200, geo("ASN")), "/cut": (200, geo("City")[:-40]), "/city.gz": (200, gzip.compress(geo("City"))),
            "/moved": (302, b"", ("Location", "/psl")), "/loop": (301, b"", ("Location", "/loop")), "/large": (200, b"#" * (17 << 20)),
        }
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, *_):
        pass

    def sent(self, path):
        pass


class Home:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lists")
        self.path = self.folder.name
        self.cache = os.path.join(self.path, ".cache/sn0int")
        self.env = {"HOME": self.path, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def run(self, *args, local=True, env={}, timeout=120):
        more = ["--allow-net", "local"] if local else []
        p = subprocess.run([SN0INT, "update-lists", "--timeout", str(timeout), *more, *args], capture_output=True, env={**self.env, **env}, cwd=self.path,
                           timeout=60, stdin=subprocess.DEVNULL)
        return p.returncode, p.stdout.decode() + p.stderr.decode()

    def files(self):
        """What is in the cache folder, temporary files too."""
        if not os.path.isdir(self.cache):
            return {}
        return {name: open(os.path.join(self.cache, name), "rb").read() for name in os.listdir(self.cache)}


def lists_are_fetched(home):
    server = Server()
    status, out = home.run("--psl", server.url + "/psl", "--geoip-city", server.url + "/city", "--geoip-asn", server.url + "/asn")
    same(status, 0)
    has(out, "public suffix list: updated", "GeoIP cities: updated", "GeoIP networks: updated")
    same(home.files(), dict(zip(FILES, (LIST, geo("City"), geo("ASN")))))
    for name in FILES:
        same(stat.S_IMODE(os.stat(os.path.join(home.cache, name)).st_mode), 0o600)
    status, out = home.run("--psl", server.url + "/psl")
    same(status, 0)
    has(out, "public suffix list: no newer one")


def sources_come_from_the_configuration(home):
    server = Server()
    os.makedirs(os.path.join(home.path, ".config"))
    with open(os.path.join(home.path, ".config/sn0int.toml"), "w") as f:
        f.write(f'[lists]\npsl = "{server.url}/psl"\ngeoip-asn = "{server.url}/asn"\n')
    same(home.run()[0], 0)
    same(home.files(), {FILES[0]: LIST, FILES[2]: geo("ASN")})


def a_newer_list_is_used(home):
    server = Server()
    server.pages["/psl"] = (200, LIST + b"made.up.test\n")
    same(home.run("--psl", server.url + "/psl")[0], 0)
    p = subprocess.run([SN0INT, "add", "subdomain", "www.a.made.up.test"], env=home.env, capture_output=True)
    same(p.returncode, 0)
    out = subprocess.run([SN0INT, "select", "domains"], env=home.env, capture_output=True, text=True).stdout
    has(out, '"a.made.up.test"')
    module = os.path.join(home.path, "m.lua")
    with open(module, "w") as f:
        f.write("-- Description: x\n-- Version: 0.1.0\n-- License: GPL-3.0\n\nfunction run() info(psl_domain_from_dns_name('x.b.made.up.test')) end\n")
    p = subprocess.run([SN0INT, "run", "-f", module], env=home.env, capture_output=True, text=True)
    has(p.stdout + p.stderr, '"b.made.up.test"')


def what_is_no_list_is_not_kept(home):
    server = Server()
    same(home.run("--psl", server.url + "/psl")[0], 0)
    for path, why in (("/page", "it is no public suffix list"), ("/text", "ICANN section is missing"), ("/empty", "it is no public suffix list"),
                      ("/city", "it is no public suffix list"), ("/gone", "http status error: 404"), ("/large", "body is too large"),
                      ("/loop", "more than 5 redirects")):
        status, out = home.run("--psl", server.url + path)
        same((path, status), (path, 1))
        has(out, why, "cannot update the public suffix list")
        same(home.files(), {FILES[0]: LIST})


def what_is_no_database_is_not_kept(home):
    server = Server()
    psl = ["--psl", server.url + "/psl"]
    for path, why in (("/asn", "it is no City database but GeoLite2-ASN"), ("/cut", "it is no MaxMind database"), ("/page", "it is no MaxMind database"),
                      ("/city.gz", "it is compressed (gzip)")):
        status, out = home.run(*psl, "--geoip-city", server.url + path)
        same((path, status), (path, 1))
        has(out, why, "public suffix list: ")
        same(home.files(), {FILES[0]: LIST})


def who_looks_into_a_list_is_the_child(home):
    """The reader of MaxMind files is not in the host at all, and a list that is none is named where it is read."""
    host = os.path.join(os.path.dirname(SN0INT), "src/host/start/host.so")
    out = subprocess.run(["nm", "--defined-only", host], capture_output=True, text=True, check=True).stdout
    same([line for line in out.splitlines() if "mmdb" in line], [])
    assert "fetch_wait" in out  # the names are there
    os.makedirs(home.cache)
    path = os.path.join(home.cache, FILES[0])
    with open(path, "wb") as f:
        f.write(b"\n")
    p = subprocess.run([SN0INT, "add", "subdomain", "www.example.com"], env=home.env, capture_output=True, text=True)
    same(p.returncode, 1)
    has(p.stdout + p.stderr, f"{path} is no public suffix list (sn0int update-lists fetches one)")


def what_comes_is_in_no_memory(home):
    """128 MB, with its metadata where it was: the host has a piece of it at a time."""
    server, asn = Server(), geo("ASN")
    at, zeros = asn.rindex(b"\xab\xcd\xefMaxMind.com"), bytes(1 << 20)
    large = [asn[:at], *[zeros] * 128, asn[at:]]
    other = [asn[:at], *[zeros] * 127, zeros[:-1] + b"\1", asn[at:]]
    for change, pages in (("updated", large), ("no newer one", large), ("updated", other)):
        server.pages["/large"] = (200, pages)
        started, peak = threading.Event(), []

        def sent(path):
            if path == "/large":
                started.wait()
                with open(f"/proc/{p.pid}/status") as f:
                    peak.append(int(f.read().split("VmHWM:")[1].split()[0]) >> 10)

        server.sent = sent
        p = subprocess.Popen([SN0INT, "update-lists", "--allow-net", "local", "--psl", server.url + "/psl", "--geoip-asn", server.url + "/large"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=home.env, cwd=home.path)
        started.set()
        out = p.communicate()[0].decode()
        same(p.returncode, 0)
        has(out, f"GeoIP networks: {change}")
        assert len(peak) == 1 and (IS_SANITIZED or peak[0] < 32), peak  # MiB
        files = home.files()
        same((sorted(files), files[FILES[2]] == b"".join(pages)), (sorted((FILES[0], FILES[2])), True))


def what_was_there_may_be_anything(home):
    """Shorter, longer, a byte other, a link, a pipe nobody writes to: it is compared, and replaced."""
    server = Server()
    os.makedirs(home.cache)
    path, elsewhere = os.path.join(home.cache, FILES[0]), os.path.join(home.path, "elsewhere")
    for old in (b"", LIST[:-1], LIST + b"\n", LIST.replace(b"com", b"con")):
        with open(path, "wb") as f:
            f.write(old)
        status, out = home.run("--psl", server.url + "/psl")
        same(status, 0)
        has(out, "public suffix list: updated")
        same(home.files(), {FILES[0]: LIST})
    os.rename(path, elsewhere)
    os.symlink(elsewhere, path)
    status, out = home.run("--psl", server.url + "/psl")
    has(out, "no newer one")
    os.unlink(path)
    os.mkfifo(path)
    same(home.run("--psl", server.url + "/psl")[0], 0)
    same(home.files(), {FILES[0]: LIST})


def redirects_are_followed_where_the_policy_allows(home):
    server, trap = Server(), Trap("127.0.0.2")
    same(home.run("--psl", server.url + "/moved")[0], 0)
    same(home.files(), {FILES[0]: LIST})
    server.pages["/trap"] = (302, b"", ("Location", f"http://127.0.0.2:{trap.port}/"))
    status, out = home.run("--psl", server.url + "/trap", "--allow-net", f"127.0.0.1:{server.port}", local=False)
    same(status, 1)
    has(out, f"connection to 127.0.0.2:{trap.port} refused: local address")
    same(trap.look(), [])
    server.seen.clear()
    status, out = home.run("--psl", server.url + "/psl", local=False)
    same((status, server.seen), (1, []))
    has(out, "refused: local address")


def certificates_are_checked(home):
    server, plain = Server("good"), Server()
    trust = {"SSL_CERT_FILE": os.path.join(CERTS, "vec-ca.pem")}
    status, out = home.run("--psl", server.url + "/psl")
    same(status, 1)
    has(out, "UnknownIssuer")
    proxy = Proxy(lambda host, port: ("127.0.0.1", port))  # the certificate's name has no address here
    name = f"https://good.vec.test:{server.port}"
    same(home.run("--psl", name + "/psl", "-X", proxy.address, local=False, env=trust)[0], 0)
    same(home.files(), {FILES[0]: LIST})
    server.pages["/plain"] = (302, b"", ("Location", plain.url + "/psl"))
    status, out = home.run("--psl", name + "/plain", "-X", proxy.address, local=False, env=trust)
    same((status, plain.seen), (1, []))
    has(out, "it is not encrypted")


def a_proxy_gets_everything(home):
    server, dns = Server(), Trap()
    proxy = Proxy(lambda host, port: ("127.0.0.1", server.port))
    args = ["--psl", "http://lists.example.com/psl", "--geoip-asn", "http://198.41.0.4:8080/asn", "--nameserver", f"127.0.0.1:{dns.port}"]
    status, out = home.run(*args, "-X", proxy.address, local=False)
    same((status, proxy.asked), (0, [("lists.example.com", 80), ("198.41.0.4", 8080)]))
    os.makedirs(os.path.join(home.path, ".config"))
    with open(os.path.join(home.path, ".config/sn0int.toml"), "w") as f:
        f.write(f'[network]\nproxy = "{proxy.address}"\n')
    same((home.run(*args, local=False)[0], len(proxy.asked)), (0, 4))
    same(dns.look(), [])
    same([request[1]["Host"] for request in server.seen], ["lists.example.com", "198.41.0.4:8080"] * 2)


def a_proxy_is_not_asked_for_what_is_refused(home):
    proxy = Proxy(lambda *_: None)
    for url in ("http://localhost/psl", "http://169.254.169.254/psl", "http://10.0.0.1/psl", "http://printer/psl"):
        status, out = home.run("--psl", url, "-X", proxy.address, local=False)
        same((url, status), (url, 1))
        has(out, "refused: ")
    status, out = home.run("--psl", "http://0x7f.1/psl", "-X", proxy.address, local=False)
    same(status, 1)
    has(out, "not a host name: 0x7f.1")
    same(proxy.asked, [])


def a_dead_proxy_is_no_reason_to_go_around_it(home):
    server, dns, dead = Server(), Trap(), Trap()
    dead.close()
    status, out = home.run("--psl", server.url + "/psl", "-X", f"127.0.0.1:{dead.port}", "--nameserver", f"127.0.0.1:{dns.port}")
    same((status, server.seen, dns.look()), (1, [], []))
    has(out, "Connection refused")


def maps(pid):
    """The names of what is mapped there."""
    with open(f"/proc/{pid}/maps") as f:
        return {os.path.basename(line.split(None, 5)[5].strip()) for line in f if len(line.split(None, 5)) == 6}


def is_tls(name):
    return name.startswith(("libssl", "libcrypto", "libgnutls", "libmaxminddb"))


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [int(word) for word in f.read().split()]


def the_host_has_no_tls_library(home):
    """While it downloads over TLS, and after: the prompt stays the same process."""
    server = Server("good")
    proxy = Proxy(lambda host, port: ("127.0.0.1", port))
    asked, goes_on = threading.Event(), threading.Event()

    class Slow(dict):
        def get(self, path, other):
            asked.set()
            assert goes_on.wait(60)
            return dict.get(self, path, other)

    server.pages = Slow(server.pages)
    p = subprocess.Popen([SN0INT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         env={**home.env, "SSL_CERT_FILE": os.path.join(CERTS, "vec-ca.pem")}, cwd=home.path)
    p.stdin.write(f"update-lists --psl https://good.vec.test:{server.port}/psl -X {proxy.address}\n".encode())
    p.stdin.flush()
    assert asked.wait(60)
    during, below = maps(p.pid), [maps(worker) for pid in children(p.pid) for worker in children(pid)]
    goes_on.set()
    out = b""
    while b"updated" not in out:
        line = p.stdout.readline()
        assert line, out
        out += line
    after = maps(p.pid)
    p.stdin.close()
    same(p.wait(), 0)
    assert any(name.startswith("libsqlite3") for name in during), during
    same([name for name in during | after if is_tls(name)], [])
    assert any(is_tls(name) for names in below for name in names), below


def an_interrupt_ends_it(home):
    """The one that is under way and those to come, and its child."""
    silent = Trap()
    url = f"http://127.0.0.1:{silent.port}/"
    p = subprocess.Popen([SN0INT, "update-lists", "--allow-net", "local", "--psl", url, "--geoip-asn", url], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=home.env, cwd=home.path)
    assert select.select([silent.tcp], [], [], 60)[0]
    (starter,) = children(p.pid)
    below = [starter, *children(starter)]
    p.send_signal(signal.SIGINT)
    out = p.communicate(timeout=60)[0].decode()
    same((p.returncode, len(below)), (130, 2))
    has(out, "Interrupted")
    assert "GeoIP" not in out, out
    assert not any(os.path.exists(f"/proc/{pid}") for pid in below)


def who_breaks_out_is_named(home):
    """The worker that waits for a server is made to trace somebody, as one might that the server has taken over."""
    if os.geteuid() != 0 or not calls.HERE:
        print("# not tried: tracing takes root, and a table of calls")
        return
    silent = Trap()
    p = subprocess.Popen([SN0INT, "update-lists", "--allow-net", "local", "--psl", f"http://127.0.0.1:{silent.port}/"], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=home.env, cwd=home.path)
    assert select.select([silent.tcp], [], [], 60)[0]
    (starter,) = children(p.pid)
    worker = children(children(starter)[0])[0]
    while open(f"/proc/{worker}/syscall").read().split()[0] not in (str(calls.HERE.get(c)) for c in ("poll", "ppoll")):  # for the answer
        os.sched_yield()
    t = tracer.Tracer(worker)
    t.set_call(calls.HERE["ptrace"], [0])
    t.let_go()
    out = p.communicate(timeout=60)[0].decode()
    same(p.returncode, 1)
    has(out, "the child that fetches (process ", f"stopped by the sandbox: ptrace ({calls.HERE['ptrace']})")
    same(home.files(), {})


def silence_ends(home):
    silent = Trap()
    status, out = home.run("--psl", f"http://127.0.0.1:{silent.port}/", timeout=1)
    same(status, 1)
    has(out, "Request timed out")


CASES = [lists_are_fetched, sources_come_from_the_configuration, a_newer_list_is_used, what_is_no_list_is_not_kept, what_is_no_database_is_not_kept, who_looks_into_a_list_is_the_child,
         what_comes_is_in_no_memory, what_was_there_may_be_anything,
         redirects_are_followed_where_the_policy_allows, certificates_are_checked, a_proxy_gets_everything, a_proxy_is_not_asked_for_what_is_refused,
         a_dead_proxy_is_no_reason_to_go_around_it, the_host_has_no_tls_library, an_interrupt_ends_it, who_breaks_out_is_named,
         silence_ends]


def main():
    global SN0INT, IS_SANITIZED
    SN0INT = os.path.abspath(sys.argv[1])
    with open(os.path.join(os.path.dirname(SN0INT), "src/host/start/host.so"), "rb") as f:
        IS_SANITIZED = b"__asan_init" in f.read()
    return tap.run(CASES, lambda case: case(Home()), sys.argv[2:])


sys.exit(main())
