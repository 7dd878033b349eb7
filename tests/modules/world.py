"""The servers that the modules of modules/bundled ask, on 127.0.0.1 to 127.0.0.3: names, web, TLS, whois.

Names are looked up at knot, whose zone says where the others are. Everything is on ports that the kernel chose.
"""
import http.server
import os
import shutil
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "net"))
from servers import free_port, has_zone, wait_for, which  # noqa: E402

IMAGES = os.path.join(os.path.dirname(HERE), "data", "img")

ZONES = {
    "shop.test": """
@ NS ns1
@ NS ns.other-host.test.
@ MX 10 Mail
@ MX 20 mx.eu.mailer.test.
@ TXT "google-site-verification=x"
@ TXT "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ip4:203.0.113.7 include:" "_spf.mailer.test a mx -all"
_dmarc TXT "v=DMARC1; p=none; rua=mailto:dmarc@shop.test!10m,mailto:Reports@collector.test; ruf=mailto:ruf@shop.test"
ns1 A 127.0.0.1
mail A 127.0.0.1
www A 127.0.0.1
www AAAA ::1
alias CNAME www
six AAAA 2001:db8::6
empty TXT "no address"
*.wild A 127.0.0.1
_sip._tcp SRV 0 5 5060 sip
sip A 127.0.0.1
old A 127.0.0.1
""",
    # no transfers of this one
    "closed.test": "@ NS ns1\n@ MX 0 .\nns1 A 127.0.0.1\nhidden A 127.0.0.1\n",
    "infra.test": """
@ NS ns1
ns1 A 127.0.0.1
whois.iana A 127.0.0.1
*.many A 127.0.0.1
whois.registry A 127.0.0.2
whois.registrar A 127.0.0.3
whois.alone A 127.0.0.2
""",
}

KNOT = """
server:
    rundir: "{0}"
    listen: [ "127.0.0.1@{1}" ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{0}/knotdb"
acl:
  - id: xfer
    address: 127.0.0.1
    action: transfer
policy:
  - id: nsec
    single-type-signing: on
  - id: nsec3
    single-type-signing: on
    nsec3: on
template:
  - id: default
    storage: "{0}"
    zonefile-sync: -1
    journal-content: none
zone:
"""


def fixture(name):
    with open(os.path.join(HERE, "fixtures", name), "rb") as f:
        return f.read()


class Web(http.server.BaseHTTPRequestHandler):
    """crt.sh, a key server and a shop, by path."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self.server.seen.append((url.path, dict(urllib.parse.parse_qsl(url.query)), self.headers["Host"]))
        if self.headers["Host"].startswith("old."):  # one page for everything
            kind, body, *more = "text/html", b"<h1>Verschoben \xfc</h1>", ("Location", "https://www.shop.test/")
            status = 301 if url.path == "/" else 200
        else:
            status, kind, body, *more = self.server.world.page(url, self.server)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in more:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Whois(socketserver.StreamRequestHandler):
    def handle(self):
        query = self.rfile.readline()
        self.server.seen.append(query)
        if self.server.says is not None:
            self.wfile.write(self.server.says)
        elif query == b"shop.test\r\n":
            self.wfile.write(self.server.text)
        else:
            self.wfile.write(b'No match for "' + query.strip() + b'".\r\n')


class Breaks(socketserver.StreamRequestHandler):
    """A server that takes what it is asked, and whose answer comes to nothing, as .how says."""

    def handle(self):
        self.request.recv(4096)
        if self.server.how == "reset":
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.request.detach())  # shutdown(2), as the class does it, would be an end
        elif self.server.how == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<title>half of it</title>")
        elif self.server.how == "junk":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        elif self.server.how == "says":
            self.wfile.write(self.server.says)
        elif self.server.how == "silent":
            self.request.recv(1)


class Threads(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True


class World:
    def __init__(self, zones=()):
        """zones: {name: records} that knot has beside those of all tests."""
        self.zones = {**ZONES, **dict(zones)}

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="world.")
        self.listening = []
        self.knot = None
        self.keys = {}
        try:
            self.start_knot()
            self.web = self.listen(Threads(("127.0.0.1", 0), Web))
            self.breaks = self.listen(Threads(("127.0.0.1", 0), Breaks))
            self.start_tls()
            self.start_whois()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self.listening:
            server.shutdown()
            server.server_close()
        if self.knot is not None:
            self.knot.terminate()
            self.knot.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def listen(self, server):
        server.world, server.seen = self, []
        server.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.listening.append(server)
        return server

    # -- names

    def start_knot(self):
        self.dns = free_port()
        text = KNOT.format(self.folder, self.dns)
        os.mkdir(os.path.join(self.folder, "knotdb"))
        for name, records in self.zones.items():
            with open(os.path.join(self.folder, name + ".zone"), "w") as f:
                f.write(f"$ORIGIN {name}.\n$TTL 300\n@ SOA ns1 h 1 2 3 4 5\n" + records.lstrip())
            text += f'  - domain: {name}\n    file: "{name}.zone"\n'
            first = records.split("\n", 1)[0]
            text += "    acl: xfer\n" if name == "shop.test" or first == "; given" else ""
            if first in ("; nsec", "; nsec3"):
                text += f"    dnssec-signing: on\n    dnssec-policy: {first[2:]}\n"
        conf = os.path.join(self.folder, "knot.conf")
        with open(conf, "w") as f:
            f.write(text)
        log = open(os.path.join(self.folder, "knot.log"), "w")
        self.knot = subprocess.Popen([which("knotd"), "-c", conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for name in self.zones:
            wait_for("modules: knot does not load its zones", log.name, lambda: has_zone(self.dns, name))

    # -- web

    def page(self, url, server):
        if url.path == "/":
            if urllib.parse.parse_qs(url.query).get("output") == ["json"]:
                return 200, "application/json", fixture("crtsh.json")
            return 200, "text/html; charset=utf-8", fixture("index.html")
        if url.path.startswith("/vks/v1/by-email/"):
            key = self.keys.get(urllib.parse.unquote(url.path[17:]))
            if key is None:
                return 404, "text/plain", b"Not Found"
            return 200, "application/pgp-keys", key
        if url.path == "/robots.txt":
            return 200, "text/plain", fixture("robots.txt").replace(b"@PORT@", str(server.port).encode())
        if url.path == "/.well-known/security.txt":
            return 301, "text/plain", b"", ("Location", "/security.txt")
        if url.path == "/security.txt":
            return 200, "text/plain; charset=utf-8", fixture("security.txt")
        if url.path == "/favicon.ico" or url.path == "/img/icon.png":
            with open(os.path.join(IMAGES, "RGB8.ico" if url.path == "/favicon.ico" else "RGBA8.png"), "rb") as f:
                return 200, "image/x-icon", f.read()
        return 404, "text/html", b"<title>404</title>"

    # -- TLS

    def start_tls(self):
        key, cert = os.path.join(self.folder, "tls.key"), os.path.join(self.folder, "tls.pem")
        names = "DNS:f*.shop.test,DNS:*.*.shop.test,DNS:shop.test,DNS:*.shop.test,DNS:API.shop.test,DNS:www.partner.test,IP:127.0.0.1,email:admin@shop.test"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=shop.test", "-addext", "subjectAltName=" + names, "-keyout", key, "-out", cert],
                       check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        server = Threads(("127.0.0.1", 0), Web)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # a client that wants the certificate only
        self.tls = self.listen(server)

    # -- whois

    def start_whois(self):
        first = Threads(("127.0.0.1", 0), Whois)
        port = first.server_address[1]
        self.whois = []
        for server, text in ((first, "iana"), (Threads(("127.0.0.2", port), Whois), "registry"),
                             (Threads(("127.0.0.3", port), Whois), "registrar")):
            server.text, server.says = fixture(f"whois-{text}.txt"), None  # says: to whatever is asked
            self.whois.append(self.listen(server))

    def say_whois(self, said=()):
        """What the three say to whatever they are asked, None or nothing: the fixture, to shop.test."""
        for i, server in enumerate(self.whois):
            server.says = said[i] if i < len(said) else None
