"""A small town on 127.0.0.1: two domains, their names, web servers, mail host, and services that know about them.

All of it is made from one list of facts, so that what there is to be found is known beforehand. Real parts stand in it:
knot with the zones (one of them is given away, one is signed with NSEC), nginx with a server for each name, over HTTP and
TLS. The services are those of service.py, answered from the facts in the form that their documentation shows.
"""
import base64
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
        self.moves_to = f"/from/{n}" if self.has_web and n % 7 == 6 else None  # on www, over TLS
        self.in_logs = n % 2 == 0 or self.is_dead
        self.in_certs = n % 3 == 0  # of those that still count
        self.in_archive = n % 4 == 1 or self.is_dead
        self.certificate, self.is_trusted = "cert", True
        self.answers_all = self.is_mute = False
        self.ports = sorted(MADE.sample((22, 25, 80, 443, 3306, 8080), 1 + n % 3))
        self.has_icon = self.has_web and not self.moves_to and n % 2 == 0
        self.secret = f"/private-{n}/" if self.has_web and not self.moves_to else None


def odd_host(n, label, **more):
    """One that is not as others: what is true of it is said one by one."""
    h = Host(0)
    h.label, h.name, h.ip, h.ip6, h.title = label, label + ".town.test", f"127.0.8.{n}", None, f"The {label} page"
    h.in_logs, h.in_archive, h.has_icon, h.secret = True, False, False, None
    for name, value in more.items():
        assert hasattr(h, name), name
        setattr(h, name, value)
    return h


class Person:
    def __init__(self, n):
        self.login = f"citizen{n}"
        self.mail = f"{self.login}@town.test"
        self.name = f"Citizen {n}"
        self.home, self.work = f"{self.login}@home.test", f"{self.login}@work.test"
        self.on_sites = ("lichess.org", "gitlab.com", "dev.to")[n % 4:]
        self.on_gravatar = n % 2 == 0
        self.on_github = n % 3 != 1
        self.has_key = n % 4 == 0


HOST = [Host(n) for n in range(HOSTS)] + [
    odd_host(1, "every", answers_all=True),  # one page for whatever it is asked
    odd_host(2, "shut", has_web=False),
    odd_host(3, "late", certificate="late", is_trusted=False),  # has expired
    odd_host(4, "other", certificate="foreign", is_trusted=False),  # somebody else's
    odd_host(5, "xn--bcher-kva"),
    odd_host(6, "mute", is_mute=True),  # takes a request and says nothing
]
WWW, MAIL = HOST[0], HOST[1]
PERSON = [Person(n) for n in range(12)]

# open.test is given away; nsec.test can be walked
OPEN = [f"node{n}.open.test" for n in range(40)]
WALKED = [f"cell{n}.nsec.test" for n in range(30)]

SPF = "v=spf1 mx ip4:198.51.100.0/24 include:_spf.relay.test -all"
DMARC = "v=DMARC1; p=reject; rua=mailto:dmarc@town.test,mailto:Reports@relay.test!10m"
TLSRPT = "v=TLSRPTv1; rua=mailto:tls@town.test"
MTA_STS = "v=STSv1; id=20260101"
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mail.town.test\r\nmx: *.relay.test\r\nmax_age: 86400\r\n"
ODD_SPF = "v=spf1 include:%{i}.odd.test include:192.0.2.26 ip4:nonsense exists:%{i}.x.odd.test redirect=_no.odd.test -all"
REVERSE = "gate.isp.test"  # what 127.0.0.1 is called


def town_zone():
    lines = ["@ NS ns1", "ns1 A 127.0.0.1", "@ A 127.0.0.1", "@ MX 10 MAIL", "@ MX 20 Backup.Relay.test.", f'@ TXT "{SPF}"', f'_dmarc TXT "{DMARC}"',
             f'_smtp._tls TXT "{TLSRPT}"', f'_mta-sts TXT "{MTA_STS}"', "mta-sts A 127.0.0.1", "_25._tcp.mail TLSA 3 1 1 " + "ab" * 32,
             '@ CAA 0 issue "ca.test"', '@ CAA 0 iodef "mailto:CAA@town.test"', "_sip._tcp SRV 0 5 5060 voice", "voice A 127.0.0.1",
             "*._udp SRV 0 5 9 anything"]  # which is no service
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
    "open.test": "@ NS ns1\nns1 A 127.0.0.1\n* A 127.0.0.1\nNODE0 AAAA ::1\n@ MX 5 mx.relay.test.\n_x._tcp SRV 0 0 1 node1\n"
                 + "".join(f"{n.split('.')[0]} A 127.0.0.1\n" for n in OPEN),
    "nsec.test": "@ NS ns1\nns1 A 127.0.0.1\n*.any A 127.0.0.1\n" + "".join(f"{n.split('.')[0]} A 127.0.0.1\n" for n in WALKED),
    # what is written wrong, or means nothing
    "odd.test": f'@ NS ns1\n@ MX 10 192.0.2.25.\n@ MX 20 localhost.\n@ MX 30 MX\n@ TXT "{ODD_SPF}"\n_dmarc TXT "v=DMARC1; p=none; rua=mailto:no-mail,https://x.test/"\n'
                'ns1 A 127.0.0.1\nmx A 127.0.0.1\n',
    "127.in-addr.arpa": f"@ NS ns1.town.test.\n1.0.0 PTR {REVERSE.title()}.\n",
}

RNAMES = {"odd.test": "First\\.Last"}

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
    types {{ text/html html; text/plain txt; text/xml xml; image/x-icon ico; application/json json; }}
    client_body_temp_path {0}/t1; proxy_temp_path {0}/t2; fastcgi_temp_path {0}/t3; uwsgi_temp_path {0}/t4; scgi_temp_path {0}/t5;
    server_names_hash_bucket_size 128;
    server {{ listen 127.0.0.1:{1} default_server; return 444; }}
"""

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
LATE = """
[ca]
default_ca = late
[late]
database = {0}/late.index
serial = {0}/late.serial
new_certs_dir = {0}
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
basicConstraints = critical,CA:FALSE
subjectAltName = {1}
"""

with open(os.path.join(IMAGES, "RGB8.ico"), "rb") as f:
    ICON = f.read()
with open(os.path.join(IMAGES, "lossy-444.jpg"), "rb") as f:
    PHOTO = f.read()

# what www has; the hosts and addresses in it that are not the town's are nobody's to report
FILES = {
    "/.well-known/security.txt": "Contact: mailto:Security@town.test\nContact: https://legal.town.test/report\nPolicy: https://elsewhere.test/policy\n"
                                 "Expires: 2099-01-01T00:00:00Z\n",
    "/sitemap.xml": '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
                    + "".join(f"<url><loc>https://www.town.test/goods/{n}?a=1&amp;b=2</loc></url>" for n in range(20))
                    + "<url><loc>https://Maps.town.test/</loc></url><url><loc>https://cdn.elsewhere.test/x</loc></url></urlset>",
    "/humans.txt": "Web: Some One, web [at] town.test\nThanks: nobody at all\n",
}


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
            self.write(name + ".zone", f"$ORIGIN {name}.\n$TTL 300\n@ SOA ns1 {RNAMES.get(name, 'hostmaster')} 1 2 3 4 5\n" + records)
            text += f'  - domain: {name}\n    file: "{name}.zone"\n'
            text += "    acl: xfer\n" if name == "open.test" else ""
            text += "    dnssec-signing: on\n    dnssec-policy: walk\n" if name == "nsec.test" else ""
        log = self.start("knotd", "-c", self.write("knot.conf", text))
        for name in ZONES:
            wait_for("town: knot does not load its zones", log, lambda: has_zone(self.dns, name))

    def certificates(self):
        """One for all names of the town; one of somebody else, whom nobody trusts; one that has expired, and is trusted otherwise."""
        for name, names in (("cert", certified()), ("foreign", FOREIGN)):
            alternatives = ",".join(n if ":" in n else "DNS:" + n for n in names)
            subprocess.run(["openssl", "req", "-x509", *KEY, "-days", "2", "-subj", "/CN=" + names[0], "-addext", "basicConstraints=critical,CA:FALSE", "-addext",
                            "subjectAltName=" + alternatives, "-keyout", self.at(name + ".key"), "-out", self.at(name + ".pem")], check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["openssl", "req", *KEY, "-subj", "/CN=late.town.test", "-keyout", self.at("late.key"), "-out", self.at("late.csr")], check=True,
                       stderr=subprocess.DEVNULL)
        self.write("late.index", "")
        conf = self.write("late.conf", LATE.format(self.folder, ",".join("DNS:" + n for n in EXPIRED)))
        subprocess.run(["openssl", "ca", "-config", conf, "-batch", "-notext", "-selfsign", "-create_serial", "-keyfile", self.at("late.key"), "-in", self.at("late.csr"), "-out",
                        self.at("late.pem"), "-startdate", "20200101000000Z", "-enddate", "20200201000000Z"], check=True, stderr=subprocess.DEVNULL)
        self.trusted = self.write("trusted.pem", "".join(open(self.at(n)).read() for n in ("cert.pem", "late.pem")))

    def site(self, h):
        """What stands in the server of a host."""
        if h.is_mute:
            return "return 444;"
        if h.moves_to:
            return f"return 301 https://{WWW.name}:{self.https}{h.moves_to};"
        root = os.path.dirname(self.write(f"www/{h.label}/index.html", page_of(h)))
        if h.secret:
            self.write(f"www/{h.label}/robots.txt", f"User-agent: *\nDisallow: {h.secret}\nDisallow: /*?all\nDisallow: /\n")
        if h.has_icon:
            self.write(f"www/{h.label}/favicon.ico", ICON)
        for path, text in FILES.items() if h is WWW else ():
            self.write(f"www/{h.label}{path}", text)
        moved = "location = /.well-known/change-password { return 302 /settings/password; }" if h is WWW else ""
        return f"root {root}; {moved}" + (" try_files $uri /index.html; error_page 405 =200 /index.html;" if h.answers_all else "")

    def start_nginx(self):
        self.certificates()
        self.http, self.https = free_port(), free_port()
        text = NGINX.format(self.folder, self.http)
        self.write("sts/.well-known/mta-sts.txt", POLICY)
        sites = [(h.ip, h.name, h.certificate, self.site(h)) for h in HOST if h.has_web]
        sites.append(("127.0.0.1", "mta-sts.town.test", "cert", f"root {self.at('sts')};"))
        for ip, name, certificate, where in sites:
            text += (f"server {{ listen {ip}:{self.http}; listen {ip}:{self.https} ssl; server_name {name}; server_tokens off;\n"
                     f"ssl_certificate {self.at(certificate + '.pem')}; ssl_certificate_key {self.at(certificate + '.key')}; {where} }}\n")
        self.start("nginx", "-e", self.at("nginx.log"), "-c", self.write("nginx.conf", text + "}\n"))
        wait_for("town: nginx does not listen", self.at("nginx.log"), lambda: accepts(self.http))


def certified():
    """Names in the one certificate; some are nowhere else."""
    return ["town.test", "*.town.test", "intern.town.test", "OLD.town.test", "www.relay.test"]


EXPIRED = ["late.town.test", "before.town.test"]
FOREIGN = ["www.foreign.test", "*.foreign.test", "Upper.foreign.test", "localhost", "192.0.2.77", "IP:192.0.2.78", "email:admin@foreign.test"]


def with_place(jpeg):
    """The JPEG with an EXIF that says 33 degrees 51'36" S, 151 degrees 12'36" E."""
    tiff = base64.b64decode("TU0AKgAAAAgAAYglAAQAAAABAAAAGgAAAAAABAABAAIAAAACUwAAAAACAAUAAAADAAAAUAADAAIAAAACRQAAAAAEAAUAAAADAAAAaAAAAAAAAAAhAAAAAQAA"
                            "ADMAAAABAAAAJAAAAAEAAACXAAAAAQAAAAwAAAABAAAAJAAAAAE=")
    segment = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[2:]


def page_of(h):
    return (f"<!DOCTYPE html><html><head><title> {h.title.replace('&', '&amp;')}\n</title></head><body><a href='/a'>a</a>"
            f"<a href='mailto:{h.label}@town.test'>mail</a></body></html>")
