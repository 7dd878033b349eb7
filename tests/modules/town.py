"""A small town on 127.0.0.1: two domains, their names, web servers, mail host, and services that know about them.

All of it is made from one list of facts, so that what there is to be found is known beforehand. Real parts stand in it:
knot with the zones (one of them is given away, one is signed with NSEC), nginx with a server for each name, over HTTP and
TLS. The services are those of service.py, answered from the facts in the form that their documentation shows.
"""
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "net")]
from servers import accepts, free_port, has_zone, wait_for, which  # noqa: E402
from service import Handler  # noqa: E402
from world import IMAGES, Threads  # noqa: E402

MADE = random.Random(16)
HOSTS = 60
WORDS = ("www", "mail", "api", "dev", "shop", "vpn", "git", "blog", "cdn", "db")


class Host:
    """A name below town.test and what is true of it."""

    def __init__(self, n):
        self.label = WORDS[n] if n < len(WORDS) else f"{MADE.choice(WORDS)}{n}"
        self.name = self.label + ".town.test"
        self.ip = f"127.0.{n // 20 + 1}.{n % 20 + 2}"
        self.ip6 = f"2001:db8::{n + 1:x}" if n % 5 == 0 else None
        self.alias = n % 11 == 10  # a CNAME to www
        self.is_dead = n % 9 == 8  # was there once: the logs and archives know it, DNS does not
        self.has_web = not self.is_dead and not self.alias and n % 3 != 2
        self.title = f"Page {n} of {self.label} & sons"
        self.moves_to = f"https://www.town.test/from/{n}" if self.has_web and n % 7 == 6 else None
        self.in_logs = n % 2 == 0 or self.is_dead
        self.in_archive = n % 4 == 1 or self.is_dead
        self.ports = sorted(MADE.sample((22, 25, 80, 443, 3306, 8080), 1 + n % 3))
        self.has_icon = self.has_web and not self.moves_to and n % 2 == 0
        self.secret = f"/private-{n}/" if self.has_web and not self.moves_to else None


class Person:
    def __init__(self, n):
        self.login = f"citizen{n}"
        self.mail = f"{self.login}@town.test"
        self.name = f"Citizen {n}"
        self.on_gravatar = n % 2 == 0
        self.on_github = n % 3 != 1
        self.has_key = n % 4 == 0


HOST = [Host(n) for n in range(HOSTS)]
PERSON = [Person(n) for n in range(12)]

# open.test is given away; nsec.test can be walked
OPEN = [f"node{n}.open.test" for n in range(40)]
WALKED = [f"cell{n}.nsec.test" for n in range(30)]


def town_zone():
    lines = ["@ NS ns1", "ns1 A 127.0.0.1", "@ A 127.0.0.1", "@ MX 10 mail", "@ MX 20 backup.relay.test.",
             '@ TXT "v=spf1 mx ip4:198.51.100.0/24 include:_spf.relay.test -all"',
             '_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@town.test,mailto:reports@relay.test"',
             '_smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@town.test"', '@ CAA 0 issue "ca.test"', '@ CAA 0 iodef "mailto:caa@town.test"',
             "_sip._tcp SRV 0 5 5060 voice", "voice A 127.0.0.1"]
    for h in HOST:
        if h.is_dead:
            continue
        if h.alias:
            lines.append(f"{h.label} CNAME www")
            continue
        lines.append(f"{h.label} A {h.ip}")
        if h.ip6:
            lines.append(f"{h.label} AAAA {h.ip6}")
    return "\n".join(lines) + "\n"


ZONES = {
    "town.test": town_zone(),
    "relay.test": '@ NS ns1\nns1 A 127.0.0.1\n_spf TXT "v=spf1 ip4:203.0.113.9 -all"\nbackup A 127.0.0.1\n',
    "open.test": "@ NS ns1\nns1 A 127.0.0.1\n" + "".join(f"{n.split('.')[0]} A 127.0.0.1\n" for n in OPEN),
    "nsec.test": "@ NS ns1\nns1 A 127.0.0.1\n" + "".join(f"{n.split('.')[0]} A 127.0.0.1\n" for n in WALKED),
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
  - id: walk
    algorithm: ecdsap256sha256
    single-type-signing: on
    nsec3: off
template:
  - id: default
    storage: "{0}"
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
"""

NGINX = """
daemon off;
master_process off;
pid {0}/nginx.pid;
error_log {0}/nginx.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    default_type text/html;
    types {{ text/html html; text/plain txt; image/x-icon ico; application/json json; }}
    client_body_temp_path {0}/t1; proxy_temp_path {0}/t2; fastcgi_temp_path {0}/t3; uwsgi_temp_path {0}/t4; scgi_temp_path {0}/t5;
    server_names_hash_bucket_size 128;
    server {{ listen 127.0.0.1:{1} default_server; return 444; }}
"""


class Town:
    """.dns, .http, .https, .services: ports. `serve` of walk.py answers for the services."""

    def __init__(self, serve):
        self.serve = serve

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="town.")
        self.running, self.server = [], None
        try:
            self.start_knot()
            self.start_nginx()
            self.server = Threads(("127.0.0.1", 0), Handler)
            self.server.port = self.services = self.server.server_address[1]
            self.server.seen, self.server.routes = [], self.serve
            threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
        for process in self.running:
            process.terminate()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def at(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.at(name)), exist_ok=True)
        with open(self.at(name), "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        return self.at(name)

    def start(self, name, *command):
        log = open(self.at(name + ".out"), "w")
        self.running.append(subprocess.Popen([which(name), *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        return log.name

    def start_knot(self):
        self.dns = free_port()
        text = KNOT.format(self.folder, self.dns)
        os.mkdir(self.at("knotdb"))
        for name, records in ZONES.items():
            self.write(name + ".zone", f"$ORIGIN {name}.\n$TTL 300\n@ SOA ns1 hostmaster 1 2 3 4 5\n" + records)
            text += f'  - domain: {name}\n    file: "{name}.zone"\n'
            text += "    acl: xfer\n" if name == "open.test" else ""
            text += "    dnssec-signing: on\n    dnssec-policy: walk\n" if name == "nsec.test" else ""
        log = self.start("knotd", "-c", self.write("knot.conf", text))
        for name in ZONES:
            wait_for("town: knot does not load its zones", log, lambda: has_zone(self.dns, name))

    def certificate(self):
        """One for all names of the town."""
        names = ",".join(f"DNS:{n}" for n in certified())
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=town.test", "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "subjectAltName=" + names, "-keyout", self.at("key.pem"), "-out", self.at("cert.pem")],
                       check=True, stderr=subprocess.DEVNULL)

    def start_nginx(self):
        self.certificate()
        self.http, self.https = free_port(), free_port()
        text = NGINX.format(self.folder, self.http)
        for h in HOST:
            if not h.has_web:
                continue
            root = os.path.dirname(self.write(f"www/{h.label}/index.html", page_of(h)))
            if h.secret:
                self.write(f"www/{h.label}/robots.txt", f"User-agent: *\nDisallow: {h.secret}\n")
            if h.has_icon:
                with open(os.path.join(IMAGES, "RGB8.ico"), "rb") as f:
                    self.write(f"www/{h.label}/favicon.ico", f.read())
            where = f"return 301 {h.moves_to};" if h.moves_to else f"root {root};"
            text += (f"server {{ listen {h.ip}:{self.http}; listen {h.ip}:{self.https} ssl; server_name {h.name}; server_tokens off;\n"
                     f"ssl_certificate {self.at('cert.pem')}; ssl_certificate_key {self.at('key.pem')}; {where} }}\n")
        self.start("nginx", "-e", self.at("nginx.log"), "-c", self.write("nginx.conf", text + "}\n"))
        wait_for("town: nginx does not listen", self.at("nginx.log"), lambda: accepts(self.http))


def certified():
    """Names in the one certificate; some are nowhere else."""
    return ["town.test", "*.town.test", "intern.town.test", "old.town.test", "www.relay.test"]


def page_of(h):
    return (f"<!DOCTYPE html><html><head><title> {h.title.replace('&', '&amp;')}\n</title></head><body><a href='/a'>a</a>"
            f"<a href='mailto:{h.label}@town.test'>mail</a></body></html>")
