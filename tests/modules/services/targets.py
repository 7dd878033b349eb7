"""Modules that ask no provider: the name servers of a target, and the target itself."""
from service import Case, Reply, Service

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
POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mx1.policy.test\r\nmx: *.mailer.test\r\nmax_age: 604800\r\n"
STS = "/.well-known/mta-sts.txt"
NONE = Case(None, domain("gone.plain.test"), rows=False)


def policy(body, **kinds):
    return {STS: Reply(body, type="text/plain", **kinds)}


SERVICES = [
    Service(module="nsec-walk", argument=domain("walk.test"), named=False, bases=(), zones=WALK, empty=Case(None, domain("gone.plain.test"), rows=False), more={
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
]
