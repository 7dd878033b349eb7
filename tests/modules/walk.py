#!/usr/bin/env python3
"""walk.py SN0INT [STEP...]: module by module through the town of town.py, and how much of what there is was found.

Each step runs one module on what the steps before it have left in one workspace, and says what must be new there
afterwards, by the facts of the town. Of all that, 99 in 100 must be found, and nothing may be found that is not true.
TAP, a case a step.
"""
import base64
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, TESTS, os.path.join(TESTS, "vectors")]
import tap  # noqa: E402
import town as facts  # noqa: E402
from said import SEEN, archived, key_id, serve  # noqa: E402
from town import HOST, MAIL, OPEN, PERSON, WALKED, WWW, Town, certified, with_place  # noqa: E402

MODULES = os.path.join(os.path.dirname(TESTS), "modules", "bundled")
TABLES = ("domains", "subdomains", "ipaddrs", "urls", "emails", "accounts", "netblocks", "ports", "images", "breaches", "organisations", "persons",
          "phonenumbers", "links", "notes", "tags")
SN0INT = None
LEAST = 0.99
STEPS = []  # filled by step()
IDLE = {"unscoped", "domain_id", "subdomain_id", "ip_addr_id", "family", "path", "left_row", "right_row"}  # columns that are no findings


# -- the workspace

class Home:
    def __init__(self, town):
        self.town = town
        self.folder = tempfile.TemporaryDirectory(prefix="walk")
        self.env = {"HOME": self.folder.name, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "SSL_CERT_FILE": town.trusted}

    def command(self, *args, stdin=""):
        p = subprocess.run([SN0INT, *args], capture_output=True, env=self.env, cwd=self.folder.name, timeout=300, input=stdin.encode())
        out = p.stdout.decode("utf-8", "replace") + p.stderr.decode("utf-8", "replace")
        assert p.returncode == 0, f"{args}: exit {p.returncode}: {out[-3000:]}"
        return p.stdout.decode() + (p.stderr.decode() if args[0] == "run" else "")

    def run(self, module, *args, **how):
        return self.command("run", "-vv", "-f", os.path.join(MODULES, module + ".lua"), "--allow-net", "local", "--nameserver",
                            f"127.0.0.1:{self.town.dns}", *args, **how)

    def rows(self):
        """{(table, value): row} of the whole workspace, and the events. What is there twice is told apart."""
        out, of = {}, {}
        said = lambda *words: " ".join(w for w in words if w)
        for table in TABLES:
            for line in self.command("select", "--json", table).splitlines():
                row = json.loads(line)
                of[row.get("id"), table] = row["value"]
                value = " ".join(said(row[side + "_family"], of[row[side + "_row"], row[side + "_family"] + "s"], row["value"] if side == "left" else "")
                                 for side in ("left", "right")).strip() if table == "links" else row["value"]
                out[key_of(out, table, value)] = {k: v for k, v in row.items() if k not in ("id", "value", "body", "left_family", "right_family") and v is not None}
        with contextlib.closing(sqlite3.connect(os.path.join(self.folder.name, ".local/share/sn0int/data/default/db.sqlite"))) as db:
            for name, ip in db.execute("SELECT s.value, i.value FROM subdomain_ipaddrs x JOIN subdomains s ON s.id = x.subdomain_id JOIN ipaddrs i ON i.id = x.ip_addr_id"):
                out[key_of(out, "resolved", f"{name} {ip}")] = {}
        for line in self.command("activity").splitlines():
            event = json.loads(line)
            out[key_of(out, "activity", event_name(event["topic"], event.get("uniq")))] = {
                k: event[k] for k in ("time", "content") if event.get(k) and (k, event["topic"][:8]) != ("time", "bundled/")}  # their time is that of the run
        return out


def key_of(rows, table, value):
    while (table, value) in rows:
        value += " once more"
    return table, value


def event_name(topic, uniq):
    """Without the hash that says whether it is as it was."""
    return f"{topic} {uniq.rsplit(' ', 1)[0] if topic.startswith('bundled/') else uniq}"


def step(module, *options, target=(), name=None, errors=lambda: 0, stdin="", args=()):
    """The function below says what must be there afterwards: {table: {value: {column: value}}}; columns that it leaves out are not to be changed, and what
    was there already is not counted. With {base} in an option is meant where the services are. errors: of how many targets it
    has to say that they could not be asked."""
    def keep(expected):
        STEPS.append((name or module, module, options, target, expected, errors, stdin, args))
        return expected
    return keep


def plain(names):
    return {name: {} for name in names}


def changed(before, after):
    return {key: row for key, row in after.items() if before.get(key) != row}


class Count:
    """Over all steps."""
    wanted = found = false = 0


def agrees(row, columns):
    return [f"{c} is {row.get(c)!r}, not {v!r}" for c, v in columns.items() if not (v(row.get(c)) if callable(v) else row.get(c) == v)]


def compare(before, after, expected):
    """What is missing and what is not true, a line each."""
    true = {(table, value): columns for table, rows in expected.items() for value, columns in rows.items()}
    wanted = {key: columns for key, columns in true.items() if key not in before or agrees(before[key], columns)}
    assert wanted, "nothing new is expected: the step says nothing"
    missing, wrong = [], []
    for key, columns in wanted.items():
        differs = agrees(after[key], columns) if key in after else []
        if key not in after:
            missing.append(f"missing: {key}")
        elif differs:
            wrong.append(f"wrong: {key}: {'; '.join(differs)}")
    for key, row in changed(before, after).items():
        if key not in true:
            wrong.append(f"not there: {key}: {row}")
            continue
        more = [c for c, v in row.items() if c not in true[key] and c not in IDLE and before.get(key, {}).get(c) != v]
        wrong += [f"nobody says so: {key}: {c} is {row[c]!r}" for c in more]
    Count.wanted += len(wanted)
    Count.found += len(wanted) - len(missing)
    Count.false += len(wrong)
    return missing, wrong, len(wanted)


def note(expected):
    """KNOWN has what the steps before have found, by the facts."""
    for table, rows in expected.items():
        KNOWN.setdefault(table, set()).update(rows)


KNOWN = {}


def case_of(home, which):
    name, module, options, target, expected, errors, stdin, args = which

    def check():
        before = home.now
        words = [w for o in options for w in ("-o", o.format(base=f"http://127.0.0.1:{home.town.services}", http=home.town.http, https=home.town.https,
                                                             dns=f"127.0.0.1:{home.town.dns}"))]
        rows = expected()
        note(rows)
        try:
            out = home.run(module, *words, *target, *args, stdin=stdin)
        finally:
            home.now = home.rows()
        missing, wrong, wanted = compare(before, home.now, rows)
        told = re.search(r"\((\d+) errors?\)", out)
        assert int(told[1] if told else 0) == errors(), f"not {errors()} errors: {out[-2000:]}"
        assert not wrong, "\n".join(wrong[:20])
        assert len(missing) <= (1 - LEAST) * wanted, "\n".join(missing[:20]) + "\n" + out[-2000:]
    check.__name__ = name
    return check


def all_of_it():
    print(f"# {Count.found} of {Count.wanted} found, {Count.false} not true")
    assert Count.wanted > 0 and Count.false == 0 and Count.found >= LEAST * Count.wanted


# -- the walk

TOWN = ("-t", "where value=town.test")
WITH_ODD = ("-t", "where value in (town.test,odd.test)")
OURS = ("-t", "where value like %.town.test and resolvable")


def host_of(name):
    """Whom a name of the town stands for: of an alias it is www; None if there is no such host."""
    h = {h.name: h for h in HOST}.get(name)
    return WWW if h and h.alias else h


def addresses_of(name):
    """By the zones: None if there is no such name."""
    h = host_of(name)
    if h:
        return None if h.is_dead else {h.ip, h.ip6} - {None}
    if name in ("node0.open.test",):
        return {"127.0.0.1", "::1"}
    there = {"ns1.town.test", "mta-sts.town.test", "voice.town.test", "ns1.relay.test", "backup.relay.test", "ns1.open.test", "ns1.nsec.test"} | set(OPEN) | set(WALKED)
    return {"127.0.0.1"} if name in there else None


def anybody(_):
    return True


def sites_of(path="/", wanted=anybody):
    """(URL, who answers there) of all known names: over TLS only who is trusted."""
    out = []
    for name in sorted(KNOWN["subdomains"]):
        h = host_of(name)
        if not h or h.is_dead or not h.has_web or h.is_mute or not wanted(h):
            continue
        out += [(f"http://{name}:{Home.http}{path}", h)] + ([(f"https://{name}:{Home.https}{path}", h)] if h.is_trusted else [])
    for name in ("mta-sts.town.test", "ns1.town.test", "voice.town.test") if wanted is anybody else ():  # where 127.0.0.1 answers
        if name in KNOWN["subdomains"]:
            out += [(f"https://{name}:{Home.https}{path}", None)] + ([(f"http://{name}:{Home.http}{path}", None)] if name[0] == "m" else [])
    return out


@step("ct-search", "server={base}/crtsh", target=("-t", "where value=town.test"))
def logs():
    return {"subdomains": plain(h.name for h in HOST if h.in_logs)}


@step("certspotter", "server={base}/certspotter", target=TOWN)
def certificates_that_count():
    return {"subdomains": plain(h.name for h in HOST if h.in_certs)}


@step("urlscan", "server={base}/urlscan", target=TOWN)
def scans():
    return {"subdomains": plain(h.name for h in archived()), "ipaddrs": {h.ip: {"asn": 64500, "as_org": "TOWN"} for h in archived()},
            "urls": {f"https://{h.name}/old/{i}": {} for i, h in enumerate(archived())},
            "resolved": plain(f"{h.name} {h.ip}" for h in archived()),
            "activity": {f"urlscan urlscan s{i}": {"content": {"name": h.name, "address": h.ip, "url": f"https://{h.name}/old/{i}"}, "time": "2026-01-02T03:04:05"} for i, h in enumerate(archived())}}


@step("dns-zone", "nameserver={dns}", target=TOWN, name="dns-zone-closed")
def closed_zone():
    return {"subdomains": plain(["ns1.town.test", MAIL.name])}


@step("dns-zone", "nameserver={dns}", target=("-t", "where value=open.test"))
def zone():
    return {"subdomains": plain(OPEN + ["ns1.open.test", "_x._tcp.open.test"])}


@step("nsec-walk", "nameserver={dns}", target=("-t", "where value=nsec.test"))
def walked():
    return {"subdomains": plain(WALKED + ["ns1.nsec.test"])}


@step("dns-set", target=WITH_ODD)
def what_servers_say():
    content = {"domain": "town.test", "caa": ["iodef mailto:CAA@town.test", "issue ca.test"], "txt": [facts.SPF], "srv": ["_sip._tcp voice.town.test:5060"]}
    return {"subdomains": plain(["ns1.town.test", MAIL.name, "backup.relay.test", "voice.town.test", facts.REVERSE, "ns1.odd.test", "mx.odd.test"]), "domains": plain(["relay.test", "isp.test"]),
            "ipaddrs": {"127.0.0.1": {"reverse_dns": facts.REVERSE}}, "emails": plain(["hostmaster@town.test", "caa@town.test", "first.last@odd.test"]),
            "activity": {"bundled/dns-set town.test": {"content": content}, "bundled/dns-set odd.test": {"content": lambda c: c["txt"] == [facts.ODD_SPF] and not c["srv"] and not c["caa"]}}}


@step("mail-records", target=WITH_ODD)
def who_may_send():
    return {"subdomains": plain([MAIL.name, "backup.relay.test", "_spf.relay.test", "mx.odd.test", "_no.odd.test"]), "domains": plain(["relay.test"]), "netblocks": {"198.51.100.0/24": {"description": lambda x: "SPF" in x}},
            "emails": plain(["dmarc@town.test", "reports@relay.test"])}


@step("mail-policy", "policy=https://mta-sts.town.test:{https}/.well-known/mta-sts.txt", target=WITH_ODD, errors=lambda: 1)
def mail():
    policies = {"spf": facts.SPF, "spf_all": "-", "spf_lookups": 2, "spf_depth": 1, "dmarc": facts.DMARC, "tlsrpt": facts.TLSRPT, "mta_sts": facts.MTA_STS,
                "mta_sts_mode": "enforce", "mx": ["backup.relay.test", MAIL.name], "dane": "1 of 2"}
    is_right = lambda c: c["policies"] == policies and len(c["findings"]) == 1 and "backup.relay.test" in c["findings"][0]
    return {"subdomains": plain([MAIL.name, "backup.relay.test", "mta-sts.town.test"]), "domains": plain(["relay.test"]),
            "emails": plain(["dmarc@town.test", "reports@relay.test", "tls@town.test"]), "activity": {"bundled/mail-policy town.test": {"content": is_right}}}


@step("tls-names", "port={https}", target=("-t", "where value in (www.town.test,late.town.test,other.town.test,shut.town.test)"))
def certificate():
    names = [n.lower() for n in certified() + facts.EXPIRED if "*" not in n and n != "town.test"] + ["www.foreign.test", "upper.foreign.test"]
    return {"subdomains": plain(names), "domains": plain(["relay.test", "foreign.test"]), "emails": plain(["admin@foreign.test"])}


@step("dns-resolve", target=("-t", "where value like %.town.test or value like %.open.test or value like %.nsec.test or value like %.relay.test"))
def addresses():
    names = {n for n in KNOWN["subdomains"] if n.endswith((".town.test", ".open.test", ".nsec.test", ".relay.test"))}
    found = {n: addresses_of(n) for n in names}
    return {"subdomains": {n: {"resolvable": bool(ips)} for n, ips in found.items()},
            "ipaddrs": plain(ip for ips in found.values() for ip in ips or ()), "resolved": plain(f"{n} {ip}" for n, ips in found.items() for ip in ips or ())}


def page_of(h):
    if h is None:
        return {"status": 403, "title": "403 Forbidden", "online": True}
    where = {"redirect": f"https://{WWW.name}:{Home.https}{h.moves_to}", "title": "301 Moved Permanently"} if h.moves_to else {"title": h.title}
    return {"status": 301 if h.moves_to else 200, "online": True, **where}


@step("url-scan", "port-http={http}", "port-https={https}", target=OURS, errors=lambda: 1)  # the mute one: somebody is there
def webs():
    return {"urls": {url: page_of(h) for url, h in sites_of()}}


def without_any():
    """Names with an address where nothing is said over HTTP, HTTPS or TLS."""
    return sum(1 for n in KNOWN["subdomains"] if n.endswith(".town.test") and addresses_of(n) and host_of(n) and not host_of(n).has_web)


@step("http-probe", "port-http={http}", "port-https={https}", target=OURS, errors=without_any)
def probes():
    def event(url, h):
        page = page_of(h)
        return {"url": url, "status": page["status"], "title": page["title"], "server": "nginx", "technologies": ["nginx"], **({"redirect": page["redirect"]} if h and h.moves_to else {})}
    return {"urls": {url: page_of(h) for url, h in sites_of()},
            "activity": {"bundled/http-probe " + url: {"content": event(url, h)} for url, h in sites_of()}}


def murmur3(data):
    """MurmurHash3, 32 bits, as the appendix of its author's description has it: signed."""
    h, mask = 0, 0xffffffff
    rotated = lambda x, n: (x << n | x >> 32 - n) & mask
    for i in range(0, len(data), 4):
        k = int.from_bytes(data[i:i + 4], "little") * 0xcc9e2d51 & mask
        h ^= rotated(k, 15) * 0x1b873593 & mask
        if len(data) - i >= 4:
            h = (rotated(h, 13) * 5 + 0xe6546b64) & mask
    h ^= len(data)
    for by, times in ((16, 0x85ebca6b), (13, 0xc2b2ae35), (16, 1)):
        h = (h ^ h >> by) * times & mask
    return h - (1 << 32) if h >> 31 else h


@step("favicon-hash", target=("-t", "where online"))
def icons():
    mmh3 = murmur3(base64.encodebytes(facts.ICON))
    is_right = lambda c: int(c["mmh3"]) == mmh3
    return {"images": {Home.icon: {"mime": "image/vnd.microsoft.icon", "filename": "favicon.ico", "width": 5, "height": 3, "ahash": bool, "dhash": bool, "phash": bool}},
            "activity": {"bundled/favicon-hash " + url: {"content": is_right} for url, h in sites_of("/favicon.ico", lambda h: h.has_icon)}}


def paths():
    return {url + h.secret[1:]: {} for url, h in sites_of("/", lambda h: h.secret)}


@step("robots", target=("-t", "where online"))
def robots():
    return {"urls": paths(), "emails": plain(["security@town.test"])}


@step("well-known", target=("-t", "where online and value like %/"))
def well_known():
    files = ["/robots.txt", "/.well-known/security.txt", "/humans.txt", "/sitemap.xml", "/.well-known/change-password", "/settings/password"]
    www = lambda h: h is WWW
    return {"urls": {**paths(), **plain(url for url, h in sites_of("/robots.txt", lambda h: h.secret)), **plain(url for f in files for url, h in sites_of(f, www)),
                     **plain(f"https://www.town.test/goods/{n}?a=1&b=2" for n in range(20))},
            "subdomains": plain(["legal.town.test", "maps.town.test", WWW.name]), "emails": plain(["security@town.test", "web@town.test"]),
            "activity": {"bundled/well-known " + url: {"content": {"url": url, "security_expires": "2099-01-01T00:00:00Z"}} for url, h in sites_of("/", www)}}


@step("internetdb", "server={base}/internetdb", target=("-t", f"where value in ({','.join(h.ip for h in SEEN)},127.0.0.1)"))
def ports():
    return {"ports": {f"tcp/{h.ip}:{p}": {"status": "open", "ip_addr": h.ip, "port": p, "protocol": "tcp"} for h in SEEN for p in h.ports},
            "subdomains": plain(n for h in SEEN for n in (h.name, f"cust-{h.label}.isp.test")), "domains": plain(["isp.test"]),
            "ipaddrs": {h.ip: {"description": "cpes: cpe:/a:nginx:nginx"} for h in SEEN}}


@step("ripestat-address", "server={base}/ripestat", target=("-t", f"where value in ({','.join(h.ip for h in SEEN)})"))
def networks():
    return {"ipaddrs": {h.ip: {"asn": 64500, "as_org": "TOWN-AS Town Ltd"} for h in SEEN[:-1]}, "netblocks": {"127.0.0.0/20": {"asn": 64500, "as_org": "TOWN-AS Town Ltd"}},
            "emails": plain(["abuse@isp.test"])}


@step("ripestat-netblock", "server={base}/ripestat")
def owners():
    return {"netblocks": {"198.51.100.0/24": {"asn": 64501, "as_org": "RELAY-AS Relay"}}, "emails": plain(["abuse@relay.test"])}


MAILS = ("-t", "where value like citizen%@town.test")


@step("pgp-search", "server={base}/keys", target=("-t", "where value=alice@shop.test or value like citizen%@town.test"))
def openpgp():
    return {"emails": {"alice@shop.test": {"displayname": "Alice Example"}, "alice.work@partner.test": {}, "alice@third.test": {}}}


@step("wkd-key", "advanced={base}/wkd", "direct={base}/wkd", target=("-t", "where value=alice.work@partner.test or value like citizen%@town.test"))
def directory():
    return {"emails": {"alice.work@partner.test": {"displayname": "Alice (work)"}, "alice@third.test": {}}}


@step("hkp-search", "server={base}/hkp", target=MAILS)
def key_server():
    with_key = [p for p in PERSON if p.has_key]
    return {"emails": {**{p.mail: {"displayname": p.name} for p in with_key}, **{p.home: {} for p in with_key}},
            "activity": {f"openpgp-key-created {key_id(p)}": {"time": "2020-01-02T03:04:05", "content": {"key": key_id(p), "email": p.mail}} for p in with_key}}


def account(service, persons, url="https://{}/", **more):
    return {f"{service}/{p.login}": {"service": service, "username": p.login, "url": url.format(service) + p.login, **{c: v(p) for c, v in more.items()}} for p in persons}


@step("gravatar-profile", "server={base}/gravatar", "pictures={base}/gravatar", target=MAILS)
def profiles():
    shown = [p for p in PERSON if p.on_gravatar]
    return {"accounts": {**account("gravatar.com", shown, displayname=lambda p: p.name, email=lambda p: p.mail), **account("github.com", shown)},
            "domains": plain(["pages.test"]), "subdomains": plain(f"{p.login}.pages.test" for p in shown), "urls": plain(f"https://{p.login}.pages.test/" for p in shown)}


def on_github():
    return [p for p in PERSON if p.on_github and p.on_gravatar]


@step("github-user", "server={base}/github")
def github_profiles():
    return {"accounts": account("github.com", on_github(), displayname=lambda p: p.name),
            "emails": plain(p.home for p in on_github()), "domains": plain(["blog.test"]), "subdomains": plain(f"{p.login}.blog.test" for p in on_github()),
            "activity": {f"account-created github.com/{p.login}": {"time": "2011-01-25T18:44:36", "content": {"account": "github.com/" + p.login}} for p in on_github()}}


@step("github-commits", "server={base}/github")
def commits():
    return {"emails": {p.work: {"displayname": p.name} for p in on_github()}}


ASKED = PERSON[0], PERSON[2], PERSON[4]


@step("account-sites", "server={base}/sites", "sites=lichess.org,gitlab.com,dev.to",
      target=("-t", f"where service=github.com and username in ({','.join(p.login for p in ASKED)})"))
def elsewhere():
    pages = {"lichess.org": "https://{}/@/", "gitlab.com": "https://{}/", "dev.to": "https://{}/"}
    return {"accounts": {k: v for site, page in pages.items() for k, v in account(site, [p for p in ASKED if site in p.on_sites], page).items()}}


@step("hibp-domain", "server={base}/hibp", target=TOWN)
def breaches():
    content = lambda n: {"breach": n, "domain": "town.test", "title": n, "accounts": 5, "verified": True}
    return {"breaches": plain(["Town", "TownAgain"]), "activity": {f"breach {n}": {"time": "2019-10-04T00:00:00", "content": content(n)} for n in ("Town", "TownAgain")}}


@step("gleif-organisation", "server={base}/gleif")
def register():
    return {"organisations": {"Town Works": {"displayname": "TOWN  Works", "registration": "529900TOWN0000000012", "city": "Berlin", "country": "Germany"},
                              "Hold AG": {"displayname": "Hold AG", "registration": "529900HOLD0000000034", "city": "Zug", "country": "Switzerland"}},
            "links": {"organisation Hold AG parent of organisation Town Works": {}}}


@step("image-facts")
def pictures():
    close = lambda to: lambda x: x is not None and abs(x - to) < 0.001
    return {"images": {Home.photo: {"mime": "image/jpeg", "latitude": close(-33.86), "longitude": close(151.21), "width": bool, "height": bool, "ahash": bool, "dhash": bool, "phash": bool},
                       Home.icon: {"mime": "image/vnd.microsoft.icon"}}}


NUMBERS = {"+493012345678": {"country": "Germany"}, "+441534123456": {"country": "Jersey"}, "+12125550100": {"country": "United States"}, "+18005550100": {"line": "toll free"},
           "+14165550100": {"country": "Canada"}, "+1212": {"valid": False}}


@step("phone-prefix")
def numbers():
    return {"phonenumbers": NUMBERS}


PAGE = ("<html><body><a href='/a#b'>a</a><a href='http://192.0.2.7/x'>number</a><a href='//Media.town.test/m'>m</a><a href='mailto:x@town.test'>x</a>"
        "<a href='javascript:1'>js</a><a href='https://www.elsewhere.test/e'>e</a><a href='/a'>again</a></body></html>")


@step("page-urls", "base=https://www.town.test/", stdin=PAGE, args=("--stdin",))
def links():
    return {"urls": plain(["https://www.town.test/a", "https://media.town.test/m", "https://www.elsewhere.test/e"]), "domains": plain(["elsewhere.test"]),
            "subdomains": plain(["media.town.test", "www.elsewhere.test"])}


LOG = """10.0.0.1 - [x] GET /report.txt HTTP/1.1 "http://Stats.town.test/y" sent by Log@town.test to 192.0.2.1
2026-01-02 12:00:00.123 v1.2.3 backup.tar.gz of far.elsewhere.test, see www.town.test
"""


@step("harvest", "within=town.test", stdin=LOG, args=("--stdin",))
def log():
    return {"subdomains": plain(["stats.town.test", WWW.name]), "emails": plain(["log@town.test"])}


@step("ct-file", stdin=json.dumps([{"name_value": "*.saved.town.test\nSaved.town.test\nlocalhost\nsomebody@town.test"}, {"name_value": None}, {"name_value": "192.0.2.9"}]),
      args=("--stdin",))
def saved():
    return {"subdomains": plain(["saved.town.test"])}


def add_by_hand(home):
    """What no module finds by itself."""
    for mail in ["alice@shop.test"] + [p.mail for p in PERSON]:
        home.command("add", "email", mail)
    for number in NUMBERS:
        home.command("add", "phonenumber", number, "")
    home.command("add", "organisation", "Town Works")
    home.town.write("photo.jpg", with_place(facts.PHOTO))
    home.town.write("icon.ico", facts.ICON)
    shown = [home.command("add", "image", home.town.at(name)) for name in ("photo.jpg", "icon.ico")]
    Home.photo, Home.icon = [json.loads(line)["value"] for line in home.command("select", "--json", "images").splitlines()]
    assert len(shown) == 2


def main():
    global SN0INT
    SN0INT, only = os.path.abspath(sys.argv[1]), sys.argv[2:]
    with Town(serve) as town:
        home = Home(town)
        Home.http, Home.https = town.http, town.https
        for domain in ("town.test", "open.test", "nsec.test", "odd.test"):
            home.command("add", "domain", domain)
        add_by_hand(home)
        home.now = home.rows()
        steps = [s for s in STEPS if not only or s[0] in only]
        return tap.run([*(case_of(home, s) for s in steps), all_of_it], lambda case: case())


if __name__ == "__main__":
    sys.exit(main())
