#!/usr/bin/env python3
"""modules.py SN0INT [CASE...]: the modules of modules/bundled that use the network, against servers that speak the real format (world.py).

A case has a home of its own: it adds what the module starts from, runs it, and looks at the rows. TAP.
"""
import base64
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, TESTS, os.path.join(TESTS, "vectors")]
import tap  # noqa: E402
from tap import has, same  # noqa: E402
from transcript import without_warnings  # noqa: E402
from world import IMAGES, World, fixture, which  # noqa: E402

MODULES = os.path.join(os.path.dirname(TESTS), "modules", "bundled")
GEO = os.path.join(TESTS, "vectors/data/cache/sn0int")
SN0INT = None


def closed_port():
    """One of 127.0.0.1 at which nobody listens."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Home:
    def __init__(self, world):
        self.world = world
        self.folder = tempfile.TemporaryDirectory(prefix="modules")
        self.path = self.folder.name
        self.env = {"HOME": self.path, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def command(self, *args):
        status, out = self.ends(*args)
        assert status == 0, f"{args}: exit {status}: {out}"
        return out

    def ends(self, *args):
        p = subprocess.run([SN0INT, *args], capture_output=True, env=self.env, cwd=self.path, timeout=60, stdin=subprocess.DEVNULL)
        return p.returncode, without_warnings(p.stdout.decode("utf-8", "replace")) + p.stderr.decode("utf-8", "replace")

    def add(self, *args):
        self.command("add", *args)

    def run(self, module, *args):
        """On everything in scope; no target may fail."""
        return self.command("run", "-x", "-vv", "-f", os.path.join(MODULES, module + ".lua"), "--allow-net", "local",
                            "--nameserver", f"127.0.0.1:{self.world.dns}", *args)

    def blind(self, module, *args):
        """The same where it cannot look: without -v, and what it says must not be a finding."""
        if "--nameserver" not in args:
            args = ("--nameserver", f"127.0.0.1:{self.world.dns}", *args)
        return self.ends("run", "-f", os.path.join(MODULES, module + ".lua"), *args)

    def rows(self, table):
        return [json.loads(line) for line in self.command("select", "--json", table).splitlines()]

    def values(self, table):
        return sorted(row["value"] for row in self.rows(table))

    def sql(self, query):
        db = sqlite3.connect(os.path.join(self.path, ".local/share/sn0int/data/default/db.sqlite"))
        try:
            return sorted(db.execute(query))
        finally:
            db.close()


def ct_search(world, home):
    home.add("domain", "shop.test")
    home.run("ct-search", "-o", f"server=http://127.0.0.1:{world.web.port}")
    same(world.web.seen[-1][:2], ("/", {"q": "%.shop.test", "output": "json"}))
    same(home.values("subdomains"), ["dev.shop.test", "mail.shop.test", "www.shop.test", "xn--bcher-kva.shop.test"])
    same(home.values("domains"), ["shop.test"])


def dns_resolve(world, home):
    for name in ("www", "alias", "six", "empty", "gone"):
        home.add("subdomain", name + ".shop.test")
    home.add("subdomain", "www.elsewhere.test")  # refused by the server: nothing is known
    status, out = home.blind("dns-resolve")
    same(status, 0)  # of the others it is known
    has(out, "cannot ask for A of www.elsewhere.test: Refused", "(1 errors)")
    same({row["value"]: row["resolvable"] for row in home.rows("subdomains")},
         {"www.shop.test": True, "alias.shop.test": True, "six.shop.test": True, "empty.shop.test": False, "gone.shop.test": False,
          "www.elsewhere.test": None})
    same(home.values("ipaddrs"), ["127.0.0.1", "2001:db8::6", "::1"])
    same(home.sql("SELECT s.value, i.value FROM subdomain_ipaddrs r JOIN subdomains s ON s.id = r.subdomain_id "
                  "JOIN ipaddrs i ON i.id = r.ip_addr_id"),
         [("alias.shop.test", "127.0.0.1"), ("alias.shop.test", "::1"), ("six.shop.test", "2001:db8::6"), ("www.shop.test", "127.0.0.1"),
          ("www.shop.test", "::1")])


def name_servers_of_the_configuration(world, home):
    """They replace the system's, and an option replaces them."""
    config = os.path.join(home.path, ".config/sn0int.toml")
    module = os.path.join(MODULES, "dns-resolve.lua")
    os.makedirs(os.path.dirname(config))
    home.add("subdomain", "six.shop.test")
    with open(config, "w") as f:
        f.write(f'[network]\nnameservers = ["127.0.0.1:{world.dns}"]\n')
    home.command("run", "-x", "-f", module)
    same(home.values("ipaddrs"), ["2001:db8::6"])
    with open(config, "w") as f:
        f.write('[network]\nnameservers = ["127.0.0.1:9"]\n')
    home.run("dns-resolve")
    for text in ('["localhost:53"]', '["127.0.0.1"]'):
        with open(config, "w") as f:
            f.write(f"[network]\nnameservers = {text}\n")
        same(subprocess.run([SN0INT, "run", "-f", module], env=home.env, capture_output=True, stdin=subprocess.DEVNULL).returncode, 1)
    os.unlink(config)
    same(subprocess.run([SN0INT, "run", "-f", module, "--nameserver", "x"], env=home.env, capture_output=True,
                        stdin=subprocess.DEVNULL).returncode, 2)


def dns_zone(world, home):
    home.add("domain", "shop.test")
    home.run("dns-zone")
    same(home.values("subdomains"), ["mail.shop.test", "ns1.shop.test"])
    out = home.run("dns-zone", "-o", f"nameserver=127.0.0.1:{world.dns}")
    has(out, "gives the whole zone away: 20 records")
    same(home.values("subdomains"), sorted(n + ".shop.test" for n in (
        "ns1", "mail", "_dmarc", "www", "alias", "six", "empty", "_sip._tcp", "sip", "old")))


def dns_zone_that_is_kept(world, home):
    home.add("domain", "closed.test")
    out = home.run("dns-zone", "-o", f"nameserver=127.0.0.1:{world.dns}")
    assert "whole zone" not in out, out
    same(home.values("subdomains"), ["ns1.closed.test"])


def mail_records(world, home):
    home.add("domain", "shop.test")
    has(home.run("mail-records"), "DMARC only watches")
    same(home.values("netblocks"), ["192.0.2.0/24", "2001:db8::/32", "203.0.113.7/32"])
    same(home.values("emails"), ["dmarc@shop.test", "reports@collector.test", "ruf@shop.test"])
    same(home.values("domains"), ["mailer.test", "shop.test"])
    same(home.values("subdomains"), ["_spf.mailer.test", "mail.shop.test", "mx.eu.mailer.test"])


def mail_records_of_none(world, home):
    home.add("domain", "closed.test")
    has(home.run("mail-records"), "no SPF record", "no DMARC record")
    same(home.values("domains"), ["closed.test"])
    same(home.values("subdomains"), [])


def mail_records_that_cannot_be_asked_for(world, home):
    """With a dead name server, and under a proxy, where nobody may be asked."""
    home.add("domain", "shop.test")
    for args in (["--allow-net", "local", "--nameserver", f"127.0.0.1:{closed_port()}"],
                 ["-X", f"127.0.0.1:{closed_port()}"]):
        status, out = home.blind("mail-records", *args)
        has(out, "cannot look up the ", "(1 errors)")
        assert "no SPF" not in out and "no DMARC" not in out, out
        same(status, 3)
        same((home.values("domains"), home.rows("subdomains"), home.rows("emails")), (["shop.test"], [], []))


def zones_that_cannot_be_asked_for(world, home):
    home.add("domain", "shop.test")
    for args in (["--allow-net", "local", "--nameserver", f"127.0.0.1:{closed_port()}"], ["-X", f"127.0.0.1:{closed_port()}"]):
        status, out = home.blind("dns-zone", *args)
        has(out, "cannot ask for NS of shop.test: ", "(1 errors)")
        same((status, home.rows("subdomains")), (3, []))


def sites_that_cannot_be_asked(world, home):
    """robots, favicon-hash, url-scan and tls-names: refused by the policy, behind a dead proxy, and untrusted."""
    home.add("url", f"http://www.shop.test:{world.web.port}/")
    for module in ("robots", "favicon-hash", "url-scan", "tls-names"):
        for args, line in ((["--deny-net", "local"], "[!] "), (["-X", f"127.0.0.1:{closed_port()}"], "[!] proxy 127.0.0.1:")):
            status, out = home.blind(module, *args)
            same((module, status), (module, 3))
            has(out, line)
            has(out, "(1 errors)")
    same((len(home.rows("urls")), home.rows("images"), home.rows("emails")), (1, [], []))
    home.add("url", f"https://www.shop.test:{world.tls.port}/")
    for module in ("robots", "favicon-hash"):
        has(home.blind(module, "--allow-net", "local", "-t", "where value like https%")[1], "invalid certificate: ", "(1 errors)")
    same((home.rows("images"), home.rows("emails")), ([], []))


def everything_refused(world, home):
    """What a person sees who starts with a name of the own network: all of it is said, and it is no success."""
    for n in range(24):
        home.add("subdomain", f"h{n}.many.infra.test")
    status, out = home.blind("url-scan")
    same((status, home.rows("urls")), (3, []))
    *failed, why, end = out.splitlines()
    same(sorted(line.split('"')[1] for line in failed if line.startswith("[-] ")), sorted(f"h{n}.many.infra.test" for n in range(24)))
    same((len(failed), why, end), (24, "[!] 48 connections refused by the network policy (local); allow with --allow-net local",
                                   "[+] Finished anonymous/url-scan (24 errors)"))


ROWS = ("domains", "subdomains", "ipaddrs", "urls", "emails", "phonenumbers", "netblocks", "images", "ports")


def nothing_can_be_asked(world, home):
    """Each module that asks the network, in each way of not being answered: an error or a [!], no row, no finding, status 3."""
    closed, dns, host = closed_port(), f"127.0.0.1:{world.dns}", "www.shop.test"
    home.add("domain", "shop.test")
    home.add("subdomain", host)
    home.add("email", "alice@shop.test")
    home.add("url", f"http://{host}:{closed}/")
    before = {t: home.rows(t) for t in ROWS}

    def check(module, *args, says=()):
        status, out = home.blind(module, *args)
        assert status == 3 and ("[!] " in out or "errors)" in out), (module, args, status, out)
        assert not any(line.startswith(("[*]", "[=]")) for line in out.splitlines()), (module, out)
        has(out, *says)
        same({t: home.rows(t) for t in ROWS}, before, f"{module} {args} {out}")

    server = {"ct-search": "http://{}:{}", "pgp-search": "http://{}:{}", "whois": "{}"}
    for module in ("ct-search", "dns-resolve", "dns-zone", "favicon-hash", "mail-records", "pgp-search", "robots", "tls-names", "url-scan", "whois"):
        args = []
        if module in server:
            args = ["-o", "server=" + server[module].format(host, closed)]
        ports = {"whois": ("port",), "tls-names": ("port",), "url-scan": ("port-http", "port-https")}.get(module, ())
        for name in ports:
            args += ["-o", f"{name}={closed}"]
        local = ("--allow-net", "local")
        check(module, *local, "--nameserver", f"127.0.0.1:{closed}", *args)
        if module in ("dns-resolve", "dns-zone", "mail-records"):
            check(module, "-X", f"127.0.0.1:{closed}", *args)
            continue
        check(module, "-X", f"127.0.0.1:{closed}", *args, says=("[!] proxy 127.0.0.1:", "connection refused"))
        check(module, "--nameserver", dns, *args, says=("refused by the network policy (local)",))
        check(module, *local, "--nameserver", dns, *args, says=("failed: connection refused",))


def nobody_trusts_the_certificate(world, home):
    base = f"https://www.shop.test:{world.tls.port}"
    home.add("domain", "shop.test")
    home.add("email", "alice@shop.test")
    home.add("url", base + "/")
    for module, args in (("ct-search", ("-o", "server=" + base)), ("pgp-search", ("-o", "server=" + base)), ("robots", ()), ("favicon-hash", ())):
        status, out = home.blind(module, "--allow-net", "local", *args)
        same((module, status), (module, 3))
        has(out, "invalid certificate: ", "(1 errors)", " failed: the certificate is not trusted (www.shop.test)\n")
    same((home.values("subdomains"), len(home.rows("urls")), home.rows("images"), home.values("emails")),
         (["www.shop.test"], 1, [], ["alice@shop.test"]))


def errors_that_look_like_success(world, home):
    """A 200, or a whole answer, that says that there is none."""
    home.add("domain", "shop.test")
    home.add("email", "alice@shop.test")
    base = f"http://www.shop.test:{world.breaks.port}"
    world.breaks.how = "says"
    for module, args, said in (
            ("ct-search", ("-o", "server=" + base), (b"<h1>too many requests</h1>", b'{"error":"too many requests"}', b'"busy"', b"[1]", b"")),
            ("pgp-search", ("-o", "server=" + base), (b"<h1>too many requests</h1>", b"", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n")),
            ("whois", ("-o", "server=www.shop.test", "-o", f"port={world.breaks.port}"),
             (b"", b"\r\n", b"% Query rate limit exceeded, mail abuse@limits.test\r\n", b"ERROR: quota exceeded; see help@limits.test\n",
              b"%ERROR:201: access denied for 192.0.2.1: abuse@limits.test\n"))):
        for text in said:
            world.breaks.says = text if module == "whois" else b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text)
            status, out = home.blind(module, "--allow-net", "local", *args)
            assert "(1 errors)" in out, (module, text, status, out)
    same((home.values("subdomains"), home.values("emails"), home.values("domains")), ([], ["alice@shop.test"], ["shop.test"]))


WHY = {"reset": "request{s} failed: connection reset by peer", "cut": "request{s} failed: the connection ended before the answer",
       "junk": "request{s} failed: the answer could not be read"}


def answers_that_come_to_nothing(world, home):
    """Connected and asked, and no answer: that is no finding, and the run says what was not seen."""
    base = f"http://www.shop.test:{world.breaks.port}"
    home.add("subdomain", "www.shop.test")
    home.add("url", base + "/")
    home.add("email", "alice@shop.test")
    server, ports = ("-o", "server=" + base), ("-o", f"port-http={world.breaks.port}", "-o", f"port-https={world.breaks.port}")
    # a client of TLS has its own word for what is none
    for how in ("reset", "cut", "junk"):
        world.breaks.how = how
        for module, args in (("robots", ()), ("favicon-hash", ()), ("ct-search", server), ("pgp-search", server), ("url-scan", ports)):
            status, out = home.blind(module, "--allow-net", "local", *args)
            same((how, module, status), (how, module, 3), out)
            assert any(f"[!] {n} {WHY[how].format(s='s' if n > 1 else '')} (www.shop.test)\n" in out for n in (1, 2, 3)), (module, out)
    same((len(home.rows("urls")), home.values("subdomains"), home.rows("images"), home.values("emails")),
         (1, ["www.shop.test"], [], ["alice@shop.test"]))
    world.breaks.how = "reset"
    status, out = home.blind("whois", "--allow-net", "local", "-o", "server=www.shop.test", "-o", f"port={world.breaks.port}")
    same(status, 3)
    has(out, "[!] 1 request failed: connection reset by peer (www.shop.test)\n")


OWN = """-- Description: own
-- Version: 1.0.0
-- License: GPL-3.0

local session = http_mksession()
local function get(port, path)
    local x = http_send(http_request(session, 'GET', 'http://127.0.0.1:' .. port .. path, {timeout=%d}))
    if last_err() then debug(last_err()) clear_err() end
end
function run(arg)
%s
end
"""


def exchanges_one_by_one(world, home):
    """A later answer to the same request takes back that there was none, and nothing else does."""
    path, web, bad = os.path.join(home.path, "own.lua"), world.web.port, world.breaks.port
    half = "1 request failed: the connection ended before the answer (127.0.0.1)"
    for how, lines, status, want in (
            ("silent", f"get({bad}, '/')", 3, ["1 request failed: no answer in time (127.0.0.1)"]),
            ("cut", f"get({bad}, '/') get({bad}, '/') get({bad}, '/other')", 3, ["3 requests failed: the connection ended before the answer (127.0.0.1)"]),
            ("cut", f"get({web}, '/') get({bad}, '/')", 0, [half]),
            ("cut", f"get({bad}, '/') get({web}, '/')", 0, [half]),
            ("reset", f"local s = sock_connect('127.0.0.1', {bad}, {{}}) sock_send(s, 'x') sock_recvall(s) sock_recvall(s) clear_err()", 3,
             ["1 request failed: connection reset by peer (127.0.0.1)"]),
            ("cut", f"local s = sock_connect('127.0.0.1', {bad}, {{}}) sock_send(s, 'x') sock_recvn(s, 5000) clear_err()", 3, [half]),
            # what a module reads to the end, or for a while, has not failed
            ("cut", f"local s = sock_connect('127.0.0.1', {bad}, {{}}) sock_send(s, 'x') sock_recvall(s) sock_recv(s) clear_err()", 0, []),
            ("silent", f"local s = sock_connect('127.0.0.1', {bad}, {{read_timeout=1}}) sock_send(s, 'x') sock_recv(s) clear_err()", 0, []),
            ("junk", f"ws_connect('ws://127.0.0.1:{bad}/', {{}}) clear_err()", 3, [half]),
            ("reset", f"mqtt_connect('mqtt://127.0.0.1:{bad}', {{}}) clear_err()", 3, ["1 request failed: connection reset by peer (127.0.0.1)"])):
        world.breaks.how = how
        with open(path, "w") as f:
            f.write(OWN % (200, lines))
        got, out = home.ends("run", "-f", path, "--allow-net", "local")
        same((lines, got, [line[4:] for line in out.splitlines() if line.startswith("[!]")]), (lines, status, want), out)


def tls_names(world, home):
    home.add("subdomain", "www.shop.test")
    home.run("tls-names", "-o", f"port={world.tls.port}")
    same(home.values("domains"), ["partner.test", "shop.test"])
    same(home.values("subdomains"), ["api.shop.test", "www.partner.test", "www.shop.test"])
    same(home.values("emails"), ["admin@shop.test"])


def tls_names_where_no_tls_is(world, home):
    home.add("subdomain", "www.shop.test")
    home.add("subdomain", "gone.shop.test")
    status, out = home.blind("tls-names", "--allow-net", "local", "-o", f"port={world.whois[0].port}")
    same(status, 3)
    has(out, '[-] "www.shop.test"', "shows no certificate", "(1 errors)", "[!] 1 TLS handshake failed (www.shop.test)\n",
        "[!] 1 connection failed: the name does not exist (gone.shop.test)\n")
    same(home.values("subdomains"), ["gone.shop.test", "www.shop.test"])


def whois(world, home):
    """From the root to the registry to the registrar, each in its own dialect."""
    home.add("domain", "shop.test")
    home.run("whois", "-o", "server=whois.iana.infra.test", "-o", f"port={world.whois[0].port}")
    same([server.seen[-1] for server in world.whois], [b"shop.test\r\n"] * 3)
    same(home.values("emails"), ["abuse@registrar.infra.test", "joerg@shop.test", "tech@shop.test"])
    same(home.values("subdomains"), ["ns1.shop.test", "ns2.shop.test"])


def whois_whose_registrar_is_silent(world, home):
    """What the registry said is not lost."""
    home.add("domain", "shop.test")
    registry, asked = world.whois[1], len(world.whois[2].seen)
    text = registry.text
    registry.text = text.replace(b"whois.registrar.infra.test", b"gone.infra.test")
    try:
        home.run("whois", "-o", "server=whois.alone.infra.test", "-o", f"port={registry.port}")
    finally:
        registry.text = text
    same(len(world.whois[2].seen), asked)
    same(home.values("emails"), ["abuse@registrar.infra.test"])
    same(home.values("subdomains"), ["ns1.shop.test"])


def geoip(world, home):
    cache = os.path.join(home.path, ".cache/sn0int")
    os.makedirs(cache)
    for name in ("GeoLite2-City.mmdb", "GeoLite2-ASN.mmdb"):
        shutil.copy(os.path.join(GEO, name), cache)
    for address in ("192.0.2.1", "198.51.100.7", "127.0.0.1"):
        home.add("ipaddr", address)
    home.run("geoip")
    keys = ("continent_code", "country", "country_code", "city", "latitude", "longitude", "asn", "as_org")
    same([[row[k] for k in keys] for row in home.rows("ipaddrs")],
         [["EU", "Germany", "DE", "Hamburg", 53.5507, 9.993, 64496, "VECTOR-AS Test Ltd"],
          [None, "United States", "US", None, None, None, None, None], [None] * 8])


def geoip_without_files(world, home):
    home.add("ipaddr", "192.0.2.1")
    status, out = home.blind("geoip")
    same(status, 3)
    has(out, "database loaded: sn0int update-lists", "(1 errors)")
    for name in ("City", "ASN"):
        has(out, f"[!] GeoLite2-{name}.mmdb is missing or unreadable: 1 target could not look into it; see sn0int update-lists --help\n")
    same(home.rows("ipaddrs")[0]["country"], None)
    home.add("ipaddr", "192.0.2.2")
    has(home.blind("geoip")[1], "[!] GeoLite2-ASN.mmdb is missing or unreadable: 2 targets could not look into it; ")
    # half of it is there
    os.makedirs(os.path.join(home.path, ".cache/sn0int"))
    shutil.copy(os.path.join(GEO, "GeoLite2-City.mmdb"), os.path.join(home.path, ".cache/sn0int"))
    status, out = home.blind("geoip", "-t", "where value = '192.0.2.1'")
    same(status, 0)  # a row has changed
    has(out, "No asn database loaded", "(1 errors)", "[!] GeoLite2-ASN.mmdb is missing or unreadable: 1 target could not look into it")
    assert "City" not in out, out
    same(home.rows("ipaddrs")[0]["country"], "Germany")
    # one that is none
    with open(os.path.join(home.path, ".cache/sn0int/GeoLite2-ASN.mmdb"), "w") as f:
        f.write("no database")
    has(home.blind("geoip", "-t", "where value = '192.0.2.1'")[1], "[!] GeoLite2-ASN.mmdb is missing or unreadable: 1 target could")


def url_scan(world, home):
    home.add("subdomain", "www.shop.test")
    home.run("url-scan", "-o", f"port-http={world.web.port}", "-o", f"port-https={world.whois[0].port}")
    (row,) = home.rows("urls")
    same((row["value"], row["status"], row["online"], row["title"], row["redirect"]),
         (f"http://www.shop.test:{world.web.port}/", 200, True, "Shop & Test – Bücher", None))
    same(world.web.seen[-1][2], f"www.shop.test:{world.web.port}")


def url_scan_of_an_old_site(world, home):
    """Elsewhere, in Latin-1, and without a title."""
    home.add("subdomain", "old.shop.test")
    home.add("subdomain", "gone.shop.test")
    home.run("url-scan", "-o", f"port-http={world.web.port}", "-o", f"port-https={world.whois[0].port}")
    (row,) = home.rows("urls")
    same((row["status"], row["online"], row["title"], row["redirect"]), (301, True, None, "https://www.shop.test/"))


def url_scan_by_https(world, home):
    """Nobody trusts its certificate."""
    home.add("subdomain", "www.shop.test")
    status, out = home.blind("url-scan", "--allow-net", "local", "-v", "-v", "-o", f"port-http={world.whois[0].port}", "-o", f"port-https={world.tls.port}")
    same(status, 3)
    has(out, "invalid certificate: CAUsedAsEndEntity", "[!] 1 TLS handshake failed: the certificate is not trusted (www.shop.test)\n",
        "[!] 1 request failed: the answer could not be read (www.shop.test)\n")
    same(home.rows("urls"), [])


def robots_of_a_site_that_answers_everything(world, home):
    home.add("url", f"http://old.shop.test:{world.web.port}/")
    home.run("robots")
    same((len(home.rows("urls")), home.rows("emails")), (1, []))


def robots(world, home):
    base = f"http://www.shop.test:{world.web.port}"
    home.add("url", base + "/")
    home.run("robots")
    same(home.values("urls"), sorted(base + p for p in ("/", "/admin/", "/cart?step=2", "/public/list", "/sitemap.xml", "/sitemap2.xml", "/spaced")))
    same(home.values("emails"), ["psirt@shop.test", "security+reports@shop.test"])


def favicon_hash(world, home):
    home.add("url", f"http://www.shop.test:{world.web.port}/")
    home.run("favicon-hash")
    (row,) = home.rows("images")
    with open(os.path.join(IMAGES, "RGB8.ico"), "rb") as f:
        width, height = f.read()[6:8]
    same((row["filename"], row["mime"], row["width"], row["height"]), ("favicon.ico", "image/vnd.microsoft.icon", width, height))
    assert row["ahash"] and row["dhash"] and row["phash"], row
    has(home.command("select", "--paths", "images"), row["value"])
    # of the base64 text in lines, signed, as search engines have it
    same((mmh3(b""), mmh3(b"foo")), (0, -156908512))
    with open(os.path.join(IMAGES, "RGB8.ico"), "rb") as f:
        want = mmh3(base64.encodebytes(f.read()))
    (event,) = [json.loads(line) for line in home.command("activity").splitlines()]
    url = f"http://www.shop.test:{world.web.port}/favicon.ico"
    same((event["topic"], event["content"]), ("bundled/favicon-hash", {"url": url, "image": row["value"], "mmh3": str(want)}))
    has(home.run("favicon-hash"), f" mmh3 {want}\"\n")
    same(len(home.command("activity").splitlines()), 1, "an icon is new once")


def mmh3(data):
    """MurmurHash3, x86, 32 bits, seed 0."""
    def scramble(k):
        k = k * 0xcc9e2d51 & 0xffffffff
        return ((k << 15 | k >> 17) & 0xffffffff) * 0x1b873593 & 0xffffffff
    h, whole = 0, len(data) // 4 * 4
    for i in range(0, whole, 4):
        h ^= scramble(int.from_bytes(data[i:i + 4], "little"))
        h = ((h << 13 | h >> 19) & 0xffffffff) * 5 + 0xe6546b64 & 0xffffffff
    h ^= scramble(int.from_bytes(data[whole:], "little")) ^ len(data)
    for shift, factor in ((16, 0x85ebca6b), (13, 0xc2b2ae35), (16, 1)):
        h = (h ^ h >> shift) * factor & 0xffffffff
    return h - (1 << 32) if h >> 31 else h


def favicon_of_a_host_is_asked_for_once(world, home):
    base = f"http://www.shop.test:{world.web.port}"
    asked = lambda: sum(s[0] == "/favicon.ico" for s in world.web.seen)
    for path in ("/a", "/b?c", "/d/e"):
        home.add("url", base + path)
    for _ in range(2):
        before = asked()
        home.run("favicon-hash", "-j1")
        same(asked() - before, 1)
    same(home.values("urls"), [base + p for p in ("/", "/a", "/b?c", "/d/e")])


def favicon_that_is_none(world, home):
    home.add("url", f"http://old.shop.test:{world.web.port}/")
    has(home.run("favicon-hash"), "favicon.ico is no image")
    home.add("url", f"http://gone.shop.test:{world.web.port}/")
    has(home.blind("favicon-hash", "--allow-net", "local")[1], "gone.shop.test", "NXDomain", "(1 errors)")
    same(home.rows("images"), [])


def favicon_that_the_page_names(world, home):
    home.add("subdomain", "www.shop.test")
    home.run("url-scan", "-o", f"port-http={world.web.port}", "-o", f"port-https={world.whois[0].port}")
    home.run("favicon-hash")
    same(world.web.seen[-1][:2], ("/img/icon.png", {"v": "3"}))
    (row,) = home.rows("images")
    same((row["filename"], row["mime"]), ("icon.png", "image/png"))


def with_place(jpeg):
    """The JPEG with an EXIF that says 33°51'36" S, 151°12'36" E."""
    tiff = base64.b64decode("TU0AKgAAAAgAAYglAAQAAAABAAAAGgAAAAAABAABAAIAAAACUwAAAAACAAUAAAADAAAAUAADAAIAAAACRQAAAAAEAAUAAAADAAAAaAAAAAAAAAAhAAAAAQAA"
                            "ADMAAAABAAAAJAAAAAEAAACXAAAAAQAAAAwAAAABAAAAJAAAAAE=")
    segment = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[2:]


def image_facts(world, home):
    with open(os.path.join(IMAGES, "lossy-444.jpg"), "rb") as f:
        jpeg = f.read()
    path = os.path.join(home.path, "place.jpg")
    with open(path, "wb") as f:
        f.write(with_place(jpeg))
    home.add("image", path)
    home.add("image", os.path.join(IMAGES, "RGB8.png"))
    same([(row["latitude"], row["ahash"]) for row in home.rows("images")], [(None, None)] * 2)
    home.run("image-facts")
    rows = {row["mime"]: row for row in home.rows("images")}
    there, nowhere = rows["image/jpeg"], rows["image/png"]
    same((nowhere["width"], nowhere["height"], nowhere["latitude"], nowhere["longitude"]), (5, 3, None, None))
    same((round(there["latitude"], 2), round(there["longitude"], 2)), (-33.86, 151.21))
    assert all(row[hash] for row in (there, nowhere) for hash in ("ahash", "dhash", "phash")), rows
    same([row["nudity"] for row in home.rows("images")], [None, None], "unless asked for")
    home.run("image-facts", "-o", "nudity=yes")
    assert all(row["nudity"] is not None for row in home.rows("images")), home.rows("images")


def image_facts_of_damaged_images(world, home):
    """An EXIF that is cut is told, and the rest is kept; a picture that cannot be decoded says nothing but its place."""
    with open(os.path.join(IMAGES, "lossy-444.jpg"), "rb") as f:
        jpeg = with_place(f.read())
    for name, data in (("no-place", jpeg.replace(b"MM\0*\0\0\0\x08", b"XX\0*\0\0\0\x08")), ("no-picture", jpeg[:len(jpeg) // 2])):
        path = os.path.join(home.path, name + ".jpg")
        with open(path, "wb") as f:
            f.write(data)
        home.add("image", path)
    has(home.blind("image-facts")[1], "no place: ", "(2 errors)")
    rows = sorted(home.rows("images"), key=lambda row: row["width"] is None)
    same([(row["width"] is None, row["latitude"] is None) for row in rows], [(False, True), (True, False)])


def pgp_search(world, home):
    world.keys["alice@shop.test"] = fixture("key.asc")
    home.add("email", "alice@shop.test")
    home.add("email", "nobody@shop.test")
    home.run("pgp-search", "-j1", "-o", f"server=http://127.0.0.1:{world.web.port}")
    same(world.web.seen[-1][:2], ("/vks/v1/by-email/nobody%40shop%2Etest", {}))
    same({row["value"]: row["displayname"] for row in home.rows("emails")},
         {"alice@shop.test": "Alice Example", "nobody@shop.test": None, "alice.work@partner.test": None, "alice@third.test": None})


CASES = [
    ct_search,
    dns_resolve,
    name_servers_of_the_configuration,
    dns_zone,
    dns_zone_that_is_kept,
    mail_records,
    mail_records_of_none,
    mail_records_that_cannot_be_asked_for,
    zones_that_cannot_be_asked_for,
    sites_that_cannot_be_asked,
    everything_refused,
    nothing_can_be_asked,
    nobody_trusts_the_certificate,
    errors_that_look_like_success,
    answers_that_come_to_nothing,
    exchanges_one_by_one,
    tls_names,
    tls_names_where_no_tls_is,
    whois,
    whois_whose_registrar_is_silent,
    geoip,
    geoip_without_files,
    url_scan,
    url_scan_of_an_old_site,
    url_scan_by_https,
    robots,
    robots_of_a_site_that_answers_everything,
    favicon_hash,
    favicon_of_a_host_is_asked_for_once,
    favicon_that_is_none,
    favicon_that_the_page_names,
    image_facts,
    image_facts_of_damaged_images,
    pgp_search,
]


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])
    for program in ("knotd", "openssl"):
        if which(program) is None:
            print(f"1..0 # SKIP {program} is missing")
            return 0
    with World() as world:
        return tap.run(CASES, lambda case: case(world, Home(world)), sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
