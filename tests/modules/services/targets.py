"""Modules that ask no provider: the name servers of a target, and the target itself."""
import gzip

from nameserver import failed, record, refuses, says, silent, txt, zone
from service import Case, Reply, Service, padded

TARGET = {"id": 1, "value": "policy.test"}


def domain(name):
    return {"id": 1, "value": name}


# -- names

WALK = {
    "walk.test": """; nsec
@ NS ns1
@ TXT "x"
ns1 A 127.0.0.1
Www A 127.0.0.1
alias CNAME www
*.wild A 127.0.0.1
deep.er.inside A 127.0.0.1
_sip._tcp SRV 0 5 5060 www
""",
    "cut.test": """; nsec
@ NS ns1
ns1 A 127.0.0.1
a A 127.0.0.1
b.sub A 127.0.0.1
sub NS ns1.sub
ns1.sub A 127.0.0.1
unseen A 127.0.0.1
""",
    "hashed.test": "; nsec3\n@ NS ns1\nns1 A 127.0.0.1\nwww A 127.0.0.1\n",
    "plain.test": "@ NS ns1\nns1 A 127.0.0.1\nwww A 127.0.0.1\n",
    # what a server that makes its records up says (draft-ietf-dnsop-compact-denial-of-existence), and one that does by RFC 4470
    "lies.test": "@ NS ns1\n@ NSEC \\000.lies.test. NS SOA NSEC\nns1 A 127.0.0.1\n",
    "white.test": "@ NS ns1\n@ NSEC zzz.white.test. NS SOA NSEC\nns1 A 127.0.0.1\n",
    "round.test": "@ NS ns1\n@ NSEC a.round.test. NS NSEC\na NSEC b.round.test. A NSEC\nb NSEC a.round.test. A NSEC\nns1 A 127.0.0.1\n",
    "leaves.test": "@ NS ns1\n@ NSEC a.leaves.test. NS NSEC\na NSEC x.elsewhere.test. A NSEC\nns1 A 127.0.0.1\n",
}
SET = {
    "set.test": """
@ NS ns1
@ NS Ns.elsewhere-host.test.
@ A 192.0.2.10
@ A 192.0.2.11
@ AAAA 2001:db8::10
@ MX 10 Mail
@ MX 20 mx.elsewhere-host.test.
@ MX 30 localhost.
@ TXT "google-site-verification=abc"
@ TXT "v=spf1 -all"
@ TXT "\\255"
@ CAA 0 issue "ca.test"
@ CAA 0 iodef "mailto:Security%2Bcaa@set.test?subject=x"
@ CAA 0 iodef "https://iodef.set.test/"
@ TYPE65280 \\# 1 00
_sip._tcp SRV 0 5 5060 Sip
_imaps._tcp SRV 0 0 993 mail
_pop3s._tcp SRV 0 0 0 .
ns1 A 127.0.0.1
mail A 127.0.0.1
sip A 127.0.0.1
""",
    "2.0.192.in-addr.arpa": "10 PTR web.set.test.\n10 PTR shared.hoster.test.\n",
    "star.test": "@ A 192.0.2.10\n* SRV 0 0 80 all.star.test.\n_ldap._tcp SRV 0 0 389 dc.star.test.\n@ NS ns1\nns1 A 127.0.0.1\n",
}
MAIL = {
    "policy.test": """
@ NS ns1
ns1 A 127.0.0.1
@ TXT "verification=1"
@ TXT "v=spf1 include:a.policy.test inc" "lude:%{i}.policy.test ip4:192.0.2.1 mx -all"
a TXT "v=spf1 include:b.policy.test a:x.test ?all"
b TXT "v=SPF1 ip6:2001:db8::/32 exists:%{i}.b.policy.test ~all"
_dmarc TXT "v=DMARC1; p=reject; sp=none; rua=mailto:Dmarc%2bx@policy.test!10m,https://x.test/,mailto:agg@collector.test; ruf=mailto:not-one"
_smtp._tls TXT "v=TLSRPTv1;rua=mailto:tls@policy.test,https://reports.test/x"
_mta-sts TXT "v=STSv1; id=20260101T000000;"
default._bimi TXT "v=BIMI1; l=https://policy.test/logo.svg; a="
@ MX 10 Mx1
@ MX 20 mx2.mailer.test.
_25._tcp.mx1 TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
""",
    "mailer.test": "@ NS ns1\nns1 A 127.0.0.1\nmx2 A 127.0.0.1\n",
    "bare.test": "@ NS ns1\nns1 A 127.0.0.1\n",
    "null.test": "@ NS ns1\nns1 A 127.0.0.1\n@ MX 0 .\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\"\n",
    "many.test": "@ NS ns1\nns1 A 127.0.0.1\n@ TXT \"v=spf1 " + " ".join(f"include:i{i}.many.test" for i in range(11)) + " +all\"\n"
                 + "".join(f"i{i} TXT \"v=spf1 ip4:192.0.2.{i}\"\n" for i in range(11)),
    "loop.test": "@ NS ns1\nns1 A 127.0.0.1\n@ TXT \"v=spf1 include:a.loop.test include:ns1.loop.test\"\na TXT \"v=spf1 redirect=loop.test\"\n"
                 "_dmarc TXT \"v=DMARC1; rua=mailto:a@loop.test\"\n",
    "twice.test": "@ NS ns1\nns1 A 127.0.0.1\n@ TXT \"v=spf1 a ~all\"\n@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=none\"\n"
                  "_dmarc TXT \"v=DMARC1; p=reject\"\n",
    "blind.test": "@ NS ns1\nns1 A 127.0.0.1\n@ TXT \"v=spf1 include:spf.elsewhere.test -all\"\n_dmarc TXT \"v=DMARC1; p=none\"\n",
}
RESOLVE = {
    "resolve.test": """
@ NS ns1
ns1 A 127.0.0.1
www A 192.0.2.10
www A 192.0.2.11
www AAAA 2001:db8::10
alias CNAME www
six AAAA 2001:db8::6
text TXT "no address"
dangling CNAME gone
""" + "".join(f"many A 192.0.2.{i}\n" for i in range(100)),
}
GIVEN = {
    "given.test": """; given
@ NS ns1
@ NS Ns.elsewhere-host.test.
@ MX 10 Mail
@ MX 20 mx.elsewhere-host.test.
ns1 A 127.0.0.1
www A 127.0.0.1
alias CNAME target
*.wild A 127.0.0.1
deep.er A 127.0.0.1
_sip._tcp SRV 0 5 5060 voice
""",
    "kept.test": "@ NS ns1\n@ MX 0 .\nns1 A 127.0.0.1\nhidden A 127.0.0.1\n",
}
RECORDS = {
    "records.test": """
@ NS ns1
ns1 A 127.0.0.1
@ TXT "\\255"
@ TXT "verification=1"
@ TXT "v=spf10 ip4:192.0.2.99"
@ TXT "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ip4:999.1.2.3 include:" "_spf.mailer.test include:%{i}.x.test redirect=other.mailer.test a mx -all"
_dmarc TXT "v=DMARC1; p=reject; sp=none; rua=mailto:Dmarc%2bx@records.test!10m,https://x.test/,MAILTO:agg@collector.test; ruf=mailto:not-one,mailto:a@b\\027c.test,mailto:%zz@x.test"
@ MX 10 Mail
@ MX 20 mx.eu.mailer.test.
@ MX 30 localhost.
""",
    "watches.test": "@ NS ns1\nns1 A 127.0.0.1\n@ TXT \"V=SPF1 include:records.test\"\n_dmarc TXT \"v=DMARC1;P = none\"\n",
}
TRANSFER = {"nameserver": "127.0.0.1:@DNS@"}
# Of another domain, no name at all, and one that is not UTF-8, for which the whole call fails.
ODD = [record(name, "A", b"\x7f\0\0\1") for name in ("www.other.test", "notgiven.test", "a b.given.test", "a@b.given.test", "x\x1b[31m.given.test", "*.given.test", "OK.given.test")]
FILL = [txt("x.elsewhere.test", b"x" * 250)] * 39000  # 10 MB
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx1.policy.test\r\nmx: *.mailer.test\r\nmax_age: 604800\r\n"
STS = "/.well-known/mta-sts.txt"
NONE = Case(None, domain("gone.plain.test"), rows=False)


def policy(body, **kinds):
    return {STS: Reply(body, type="text/plain", **kinds)}



# -- the site itself

SITE = {"id": 1, "value": "http://www.site.test:@PORT@/", "subdomain_id": 1}
WWW = {"id": 1, "value": "www.site.test", "domain_id": 1}
SITES = {"site.test": "@ NS ns1\nns1 A 127.0.0.1\nwww A 127.0.0.1\ntext TXT \"no address\"\n"}
HOME = "http://www.site.test:@PORT@"
MAP_HEAD, MAP_TAIL = '<?xml version="1.0"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">', "</urlset>"


def plain(text, kind="text/plain; charset=utf-8", **kinds):
    return Reply(text, type=kind, **kinds)


def urlset(*urls):
    return MAP_HEAD + "".join(f"<url><loc>{u}</loc></url>" for u in urls) + MAP_TAIL


SECURITY = """# ours
Contact: mailto:Security%2Breports@site.test?subject=x
Contact: https://www.site.test/report
Contact: tel:+1-201-555-0123
Policy: https://policy.site.test/x
Expires: 2025-01-01T00:00:00.000Z
Canonical: https://www.site.test/.well-known/security.txt
"""
ROBOTS = """User-agent: *
Disallow: /admin/ # not this
Disallow: /*.pdf$
Disallow: /
Allow: /public
Sitemap: /maps/index.xml
Sitemap: https://other.elsewhere.test/sitemap.xml
"""
OPENID = {"issuer": "https://login.site.test", "authorization_endpoint": "/authorize", "token_endpoint": "https://login.site.test/token", "jwks_uri": 7,
          "userinfo_endpoint": None, "end_session_endpoint": "https://id.elsewhere.test/end", "scopes_supported": ["openid"]}
LINKS = [{"relation": ["delegate_permission/common.handle_all_urls"], "target": {"namespace": "android_app", "package_name": "test.site.app"}},
         {"relation": ["x"], "target": {"namespace": "web", "site": "https://app.site.test"}}, {"target": "odd"}, 7]
APPLE = {"applinks": {"apps": [], "details": [{"appID": "ABCDE12345.test.site", "paths": ["*"]}, {"appIDs": ["ABCDE12345.test.site", "F.two", 9]}, "odd"]},
         "webcredentials": {"apps": ["G.three"]}, "appclips": "odd"}
KNOWN = {
    "/.well-known/security.txt": plain("", status=301, headers={"Location": "/security.txt"}),
    "/security.txt": plain(SECURITY), "/robots.txt": plain(ROBOTS),
    "/maps/index.xml": Reply('<sitemapindex><sitemap><loc>\n/maps/a.xml.gz </loc></sitemap><sitemap><loc>/maps/index.xml</loc></sitemap></sitemapindex>',
                             type="text/xml"),
    "/maps/a.xml.gz": Reply(gzip.compress(urlset("/a?x=1&amp;y=2", "/a?x=1&amp;y=2", "https://shop.site.test/", "ftp://www.site.test/z", "").encode(), 9,
                                          mtime=0), type="application/x-gzip"),
    "/sitemap.xml": Reply(urlset("<![CDATA[/b]]>", "http://www.elsewhere.test/c", "http://192.0.2.1/"), type="application/xml"),
    "/.well-known/openid-configuration": Reply(OPENID), "/.well-known/assetlinks.json": Reply(LINKS),
    "/.well-known/apple-app-site-association": plain("", status=404), "/apple-app-site-association": Reply(APPLE),
    "/.well-known/change-password": plain("", status=302, headers={"Location": "/account/password"}),
    "/humans.txt": plain("/* TEAM */\nChef: Anna\nContact: Anna [at] site.test, not@this\n"),
}
BOMB = gzip.compress((MAP_HEAD + MAP_TAIL).encode() + b" " * (60 << 20), 9, mtime=0)
LARGE_MAP = padded(MAP_HEAD.encode(), lambda i: f"<url><loc>https://x.elsewhere.test/{'a' * 5000}</loc></url>", MAP_TAIL.encode(), b"")


def everything(reply):
    return lambda request: reply


def host(name):
    return {"id": 1, "value": name, "domain_id": 1, "unscoped": False}


SERVICES = [
    Service(module="dns-resolve", argument=host("www.resolve.test"), named=False, bases=(), zones=RESOLVE, empty=Case(None, host("text.resolve.test")), more={
        "gone": Case(None, host("gone.resolve.test")),
        "alias": Case(None, host("alias.resolve.test")),
        "dangling": Case(None, host("dangling.resolve.test")),
        "six": Case(None, host("six.resolve.test")),
        "many": Case(None, host("many.resolve.test")),
        "half": Case(None, names={"AAAA": failed}, ends="error"),
        "other-half": Case(None, host("six.resolve.test"), names={"A": refuses}, ends="error"),
        "unsure": Case(None, host("text.resolve.test"), names={"AAAA": failed}, ends="error", rows=False),
        "no-name-at-all": Case(None, host("a..resolve.test"), ends="error", rows=False),
    }),
    Service(module="dns-zone", argument=domain("given.test"), named=False, bases=(), options=TRANSFER, zones=GIVEN, empty=Case(None, domain("gone.given.test"), rows=False), more={
        "kept": Case(None, domain("kept.test")),
        "not-asked-for": Case(None, options={"nameserver": None}),
        "nothing": Case(None, domain("www.given.test"), rows=False),
        "half": Case(None, names={"MX": failed}, ends="error"),
        "no-transfer": Case(None, names={"AXFR": failed}, ends="error"),
        "silent-transfer": Case(None, names={"AXFR": silent}, ends="error"),
        "ends-early": Case(None, names={"AXFR": zone(*ODD[-1:], whole=False)}, ends="error"),
        "no-zone": Case(None, names={"AXFR": says(*ODD[-1:])}),
        "no-record": Case(None, names={"AXFR": says()}),
        "odd": Case(None, names={"AXFR": zone(*ODD)}),
        "not-utf-8": Case(None, names={"AXFR": zone(record(b"\xff\xfe.given.test", "A", b"\x7f\0\0\1"), *ODD)}, ends="error"),
        "large": Case(None, names={"AXFR": zone(*FILL)}),
        "many": Case(None, options={"max": "3"}),
        "bad-server": Case(None, options={"nameserver": "ns.given.test"}, ends="error"),
        "refused": Case(None, options={"nameserver": "127.0.0.1:@PORT@"}, ends="error"),
        "denied": Case(None, options={"nameserver": "127.0.0.1:@PORT@"}, ends="error"),
    }),
    Service(module="mail-records", argument=domain("records.test"), named=False, bases=(), zones=RECORDS, empty=NONE, more={
        "bare": Case(None, domain("bare.test"), rows=False),
        "null-mx": Case(None, domain("null.test"), rows=False),
        "watches": Case(None, domain("watches.test")),
        "no-texts": Case(None, names={"TXT": failed}, ends="error"),
        "no-dmarc": Case(None, names={"TXT _dmarc.records.test": refuses}, ends="error"),
        "no-servers": Case(None, names={"MX": failed}, ends="error"),
    }),
    Service(module="nsec-walk", argument=domain("walk.test"), named=False, bases=(), zones=WALK, empty=NONE, more={
        "hashed": Case(None, domain("hashed.test"), rows=False),
        "unsigned": Case(None, domain("plain.test"), rows=False),
        "delegated": Case(None, domain("cut.test")),
        "made-up": Case(None, domain("lies.test"), rows=False),
        "white": Case(None, domain("white.test"), rows=False),
        "round": Case(None, domain("round.test"), ends="error"),
        "leaves": Case(None, domain("leaves.test")),
        "bounded": Case(None, options={"max": "3"}),
    }),
    Service(module="dns-set", argument=domain("set.test"), named=False, bases=(), zones=SET, empty=NONE, more={
        "wildcard": Case(None, domain("star.test")),
        "bounded": Case(None, options={"max": "1"}),
        "elsewhere": Case(None, domain("elsewhere.test"), ends="error", rows=False),
        "no-reverse": Case(None, options={"max": "1"}, ends="error", names={"PTR": silent}),
        "half": Case(None, ends="error", names={"TXT": failed, "PTR": refuses}),
    }),
    Service(module="mail-policy", argument=TARGET, named=False, bases={"policy": STS}, zones=MAIL, answer=policy(POLICY), empty=NONE, more={
        "bare": Case(None, domain("bare.test")),
        "null-mx": Case(None, domain("null.test")),
        "many": Case(None, domain("many.test")),
        "loop": Case(None, domain("loop.test")),
        "twice": Case(None, domain("twice.test")),
        "half": Case(None, domain("blind.test"), ends="error", rows=False),
        "testing": Case(policy("version: STSv1\nmode: testing\nmx: other.test\nmax_age: 1\n")),
        "no-policy": Case({}),
        "moved": Case(policy("", status=301, headers={"Location": "@BASE@/other"})),
        "a-page": Case({STS: Reply("<html>", type="text/html")}),
        "garbage": Case(policy(b"\0\xff" * 500)),
        "unavailable": Case(policy("", status=503), ends="error"),
        "refused": Case({}, ends="error", options={"policy": "http://127.0.0.1:@PORT@" + STS}),
        "denied": Case({}, ends="error"),
    }),
    Service(
        module="well-known", argument=SITE, bases=(), zones=SITES, answer=KNOWN, empty={}, large={"/sitemap.xml": Reply(LARGE_MAP, type="text/xml")},
        repeats="a site that sends everything to its first page, in one of the cases", omit={"error": "a site that says the same to everything has none of the files", "garbage": "the same"},
        more={
            "one-page": Case(everything(Reply("<html>Welcome</html>", type="text/html")), rows=False),
            "one-text": Case(everything(plain("Not here, ask admin@site.test\n")), rows=False),
            "one-json": Case(everything(Reply({"error": "not found", "status": 404})), rows=False),
            "one-redirect": Case(everything(plain("", status=302, headers={"Location": "/"})), rows=False),
            "noise": Case(everything(Reply(b"\0\xff<urlset" * 300, type="application/octet-stream")), rows=False),
            "all-forbidden": Case(everything(plain("no", status=403)), rows=False),
            "forbidden": Case({**KNOWN, "/robots.txt": plain("no", status=403)}, ends="error"),
            "odd": Case({"/.well-known/openid-configuration": Reply({"issuer": {"a": 1}}), "/.well-known/assetlinks.json": Reply([None, True, {"target": 1}]),
                         "/.well-known/apple-app-site-association": Reply({"applinks": [7], "webcredentials": {"apps": 3}, "appclips": None}),
                         "/security.txt": plain("Contact mailto:a@site.test\n"), "/sitemap.xml": Reply("<rss><loc>/x</loc></rss>", type="text/xml")}, rows=False),
            "bomb": Case({"/robots.txt": plain("Sitemap: /b.xml.gz\n"), "/b.xml.gz": Reply(BOMB, type="application/gzip")}, ends="error"),
            "not-packed": Case({"/robots.txt": plain("Sitemap: /b.xml.gz\n"), "/b.xml.gz": Reply(urlset("/d"), type="text/xml")}),
            "many": Case({"/sitemap.xml": Reply(urlset(*(f"/{i}" for i in range(9))), type="text/xml")}, options={"max": "3"}),
            "maps": Case({"/sitemap.xml": Reply("<sitemapindex>" + "".join(f"<sitemap><loc>/{i}.xml</loc></sitemap>" for i in range(9)) + "</sitemapindex>",
                                                type="text/xml")}, options={"maps": "2"}),
            "other-page": Case(KNOWN, {**SITE, "value": HOME + "/a"}, rows=False),
        }),
    Service(
        module="http-probe", argument=WWW, named=False, bases=(), zones=SITES, options={"port-http": "@PORT@", "port-https": "@TLS@"},
        empty=Case({}, {**WWW, "value": "gone.site.test"}, ends="error", rows=False),
        answer={"/": Reply('<html><head><title>\n Shop &amp;  Test</title><meta name="Generator" content="WordPress 6.1"></head><body>/wp-content/x</body></html>',
                           type="text/html", headers={"X-Powered-By": "PHP/8.1", "Set-Cookie": "PHPSESSID=1"})},
        more={
            "moved": Case({"/": plain("", status=301, headers={"Location": "https://www.site.test/"})}),
            "busy": Case(everything(plain("", status=503))),
            "large": Case(everything(Reply(b"<title>Shop</title>" + b"<p>x</p>" * (10 << 17), type="text/html"))),
            "noise": Case(everything(Reply(bytes(range(256)) * 4, type="text/html"))),
            "no-tls": Case({}, options={"port-https": "@PORT@"}),
            "refused": Case({}, ends="error", rows=False),
            "denied": Case({}, ends="error", rows=False),
        }),
]
