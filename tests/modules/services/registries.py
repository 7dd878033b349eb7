"""Registries of names and numbers: RDAP (RFC 7480 to 9083; who is asked, RFC 9224), and Team Cymru, which says who announces an address.

RDAP: 404 is "not registered". Entities stand in each other, and say who they are as jCard (RFC 7095). Team Cymru, by DNS:
https://www.team-cymru.com/ip-asn-mapping; NXDOMAIN is "nobody announces it". By whois the form for many: begin, verbose, addresses, end.
"""
import random

from service import Case, Reply, Service, padded


def card(**properties):
    return ["vcard", [["version", {}, "text", "4.0"], *([name, {}, "text", value] for name, value in properties.items())]]


def entity(*roles, entities=(), **properties):
    return {"objectClassName": "entity", "handle": "X-1", "roles": list(roles), "vcardArray": card(**properties), "entities": list(entities)}


BOOT = "@BASE@/registry/"
DNS = Reply({"version": "1.0", "publication": "2026-11-20T00:00:00Z", "services": [
    [["com", "net"], ["https://rdap.elsewhere.test/com/v1/"]], [["Test"], [BOOT]], [["co.other"], ["https://rdap.elsewhere.test/"]]]})
V4 = Reply({"version": "1.0", "services": [[["192.0.0.0/7"], ["https://rdap.elsewhere.test/"]], [["41.0.0.0/8", "192.0.0.0/8"], [BOOT]]]})
V6 = Reply({"version": "1.0", "services": [[["2001::/16"], ["https://rdap.elsewhere.test/"]], [["2001:c00::/23", "2001:d00::/24"], [BOOT]]]})

REGISTRAR = entity("registrar", fn="Names Inc.", kind="org", entities=[entity("abuse", fn="Abuse", email="Abuse@names.test", tel="tel:+1.555")])
HOLDER = entity("registrant", fn="Jane Doe", org="Shop Ltd", email="hostmaster@shop.test")
HIDDEN = entity("registrant", fn="REDACTED FOR PRIVACY", org="Privacy Protect, LLC", email="shop.test@privacyprotect.test", kind="org")
EVENTS = [{"eventAction": "registration", "eventDate": "2001-02-03T04:05:06Z"}, {"eventAction": "expiration", "eventDate": "2031-02-03T04:05:06Z"},
          {"eventAction": "last changed", "eventDate": "2026-01-02T01:30:00.123+02:00"},
          {"eventAction": "last update of RDAP database", "eventDate": "2026-11-30T00:00:00Z"}, {"eventAction": "transfer", "eventDate": "2024"}]
SERVERS = [{"objectClassName": "nameserver", "ldhName": n} for n in ("NS1.SHOP.TEST", "ns1.shop.test.", "ns.other-host.test", "bad name.test", "ns", "a..b.test", "192.0.2.1")]
DOMAIN = {"objectClassName": "domain", "handle": "1_DOMAIN", "ldhName": "SHOP.TEST", "status": ["client transfer prohibited"], "events": EVENTS,
          "entities": [REGISTRAR, HOLDER, entity("technical", fn="x", email="Please use the form at https://names.test/"), entity("administrative", fn="y", email="hostmaster@shop.test")],
          "nameservers": SERVERS, "secureDNS": {"delegationSigned": False}, "rdapConformance": ["rdap_level_0"]}
ODD = [None, 5, True, "x", [], {}, {"roles": 7}, {"roles": ["registrant"], "vcardArray": "x"}, {"roles": ["abuse", None], "vcardArray": ["vcard", [None, 7, "x", [], ["email"], ["email", {}, "text", {}], ["email", {}, "text", ["a@b.test"]]]]},
       {"roles": {"registrant": 1}, "entities": 5}, {"entities": "x"}]
ERROR = Reply({"errorCode": 500, "title": "Internal error", "description": ["x"]})
NONE = Reply({"errorCode": 404, "title": "Not Found"}, 404, "application/rdap+json")
LONG = {"title": "x", "description": ["y" * 4000]}

NETWORK = {"objectClassName": "ip network", "handle": "NET-192-0-2-0-1", "startAddress": "192.0.2.0", "endAddress": "192.0.2.255", "ipVersion": "v4", "name": "SHOP-NET",
           "type": "ASSIGNED PA", "country": "DE", "parentHandle": "X", "cidr0_cidrs": [{"v4prefix": "192.0.2.0", "length": 24}], "status": ["active"],
           "entities": [entity("registrant", fn="Shop Ltd", kind="org", entities=[entity("abuse", fn="Abuse", kind="group", email="abuse@shop.test")]),
                        entity("registrant", fn="SHOP-MNT", kind="individual"), entity("administrative", "technical", fn="Jane Doe", kind="individual", email="jane@shop.test"),
                        entity("abuse", fn="Abuse", kind="group", email="ABUSE@shop.test")]}
BARE = {k: v for k, v in NETWORK.items() if k not in ("cidr0_cidrs", "entities")}
SIX = {**BARE, "startAddress": "2001:DB8::", "endAddress": "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "ipVersion": "v6"}
PART = {"startAddress": "192.0.2.0", "endAddress": "192.0.2.254"}


def names(answer):
    return {"/dns.json": DNS, "/registry/domain/shop.test": answer}


def numbers(answer, at="192.0.2.7"):
    return {"/ipv4.json": V4, "/ipv6.json": V6, "/registry/ip/" + at: answer}


def bad(**changes):
    return Reply({**NETWORK, **changes})


SHOP = {"id": 1, "value": "shop.test"}
ADDRESS = {"id": 1, "value": "192.0.2.7", "family": "4", "unscoped": False}
ADDRESS6 = {"id": 1, "value": "2001:db8::7", "family": "6", "unscoped": False}
WRONG = {"ends": "error", "rows": False}
DIRECT = {"bootstrap": None, "server": "http://127.0.0.1:@PORT@"}

ZONE = """
@ NS ns1.infra.test.
7.2.0.192.origin TXT "64500 64501 | 192.0.2.0/24 | DE | ripencc | 2001-02-03"
7.2.0.192.origin TXT "64502 | 192.0.0.0/16 | DE | ripencc | 2001-02-03"
AS64500 TXT "64500 | DE | ripencc | 2001-02-03 | SHOP-AS - Shop Ltd, DE"
8.2.0.192.origin TXT "64503 | 192.0.2.0/24 | DE | ripencc | 2001-02-03"
9.2.0.192.origin TXT "something else" "64500"
6.2.0.192.origin TXT "4200000000 | 192.0.2.0/24 | DE | ripencc |"
7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.origin6 TXT "64500 | 2001:db8::/32 | DE | ripencc | 2001-02-03"
"""
HEAD = b"Bulk mode; whois.cymru.com [2026-11-30 00:00:00 +0000]\n"
LINE = b"64500   | 192.0.2.7        | 192.0.2.0/24        | DE | ripencc  | 2001-02-03 | SHOP-AS - Shop Ltd, DE\n"
WHOIS = {"by": "whois", "server": "127.0.0.1", "port": "@SAYS@"}

REFER = b"% IANA WHOIS server\n\nrefer:        whois.registry.infra.test\n\ndomain:       TEST\ne-mail:       info@registry.infra.test\n"
RECORD = b"domain: shop.test\nregistrant: Shop\ne-mail: owner@shop.test\nstatus: ok\n"
TERMS = b"\nNOTICE: you may not ask too many questions; access may be denied. Mail terms@registry.infra.test\n"


def chain(*said, **more):
    """What the registry and the registrar say, behind IANA; see Case.whois."""
    return Case(None, whois=(REFER, *said), **more)


def odd_bytes(n):
    return random.Random(n).randbytes(3000).replace(b"\n", b"\0")


SERVICES = [
    Service(
        module="whois", argument=SHOP, bases=(), options={"server": "whois.iana.infra.test", "port": "@WHOIS@"}, answer=Case(None), empty=chain(b"No match for \"SHOP.TEST\".\r\n" + TERMS, rows=False),
        error=chain(b"% Query rate limit exceeded, mail abuse@limits.test\r\n", **WRONG), garbage=chain(odd_bytes(0), **WRONG),
        large=chain(padded(RECORD, "x" * 4000, b"\n", between=b"\n"), ends="any", rows=False),
        omit={"limited": "there is no status: a limit is said in words, as in `error`", "unavailable": "the same"},
        more={
            "no-match-at-all": Case(None, argument={"id": 1, "value": "other.test"}, rows=False),
            "free": chain(b"Domain: shop.test\nStatus: free\n", rows=False), "is-free": chain(b"shop.test is free\n" + TERMS, rows=False),
            "not-available": chain(RECORD + b"Status:\tNOT AVAILABLE\n"),
            "terms": chain(RECORD.replace(b"domain:", b"Domain name:\r\n   ") + TERMS), "dotted": chain(RECORD.replace(b"domain:", b"domain.............:")),
            "brackets": chain(b"[ JPRS ]\n[Domain Name]      SHOP.TEST\n[Mail]  owner@shop.test\n"), "no-label": chain(b"SHOP.TEST  owner@shop.test\n"),
            "unicode": chain(b"Domain Name: XN--BCHER-KVA.TEST\nRegistrant: B\xfccher\nEmail: info@b.test\nName Server: ns1.xn--bcher-kva.test\n", b"", argument={"id": 1, "value": "b\u00fccher.test"}),
            "empty-answer": chain(b"\r\n", **WRONG), "nothing-said": chain(b"", **WRONG),
            "blocked": chain(b"BLACKLISTED: You have exceeded the query limit and have been blacklisted.\n", **WRONG),
            "another": chain(RECORD.replace(b"shop.test", b"other.test"), **WRONG),
            "no-registry": Case(None, whois=(b"% IANA WHOIS server\n\ndomain:       TEST\ne-mail:       info@registry.infra.test\nsource:       IANA\n",), **WRONG),
            "registry-gone": Case(None, whois=(REFER.replace(b"registry.infra.test\n\n", b"gone.infra.test\n\n"),), **WRONG),
            "registrar-refuses": chain(None, b"Number of allowed queries exceeded. abuse@limits.test\n"), "registrar-gone": chain(RECORD + b"Registrar WHOIS Server: gone.infra.test\n"),
            "registrar-none": chain(None, b"No match for shop.test\n"), "round": chain(b"refer: x\nrefer: whois.iana.infra.test\n", **WRONG),
        }),
    Service(
        module="rdap-domain", argument=SHOP, bases=("bootstrap",), answer=names(Reply(DOMAIN)), empty=names(NONE), error=names(ERROR),
        large=names(Reply(padded(b'{"ldhName":"shop.test","remarks":[', '{"description":["%s"]}' % ("x" * 4000), b"]}"))),
        more={
            "hidden": Case(names(Reply({**DOMAIN, "entities": [HIDDEN], "nameservers": [], "events": []})), rows=False),
            "unicode": Case({"/dns.json": DNS, "/registry/domain/xn--bcher-kva.test": Reply({"ldhName": "xn--bcher-kva.test", "nameservers": SERVERS[2:3]})},
                            argument={"id": 1, "value": "bücher.test"}),
            "direct": Case({"/domain/shop.test": Reply(DOMAIN)}, options=DIRECT),
            "moved": Case({**names(Reply(b"", 302, headers={"Location": "@BASE@/other/shop.test"})), "/other/shop.test": Reply(DOMAIN)}),
            "no-registry": Case(names(None), argument={"id": 1, "value": "shop.zz"}, **WRONG),
            "bootstrap-error": Case({"/dns.json": Reply({"error": "x"})}, **WRONG), "bootstrap-odd": Case({"/dns.json": Reply({"services": [None, 5, "x", [], [5, 6], [[None, 7], "x"]]})}, **WRONG),
            "spent": Case(names(Reply({"errorCode": 429}, 429, headers={"Retry-After": "60"})), **WRONG), "down": Case(names(Reply("<h1>503</h1>", 503)), **WRONG),
            "another": Case(names(Reply({**DOMAIN, "ldhName": "other.test"})), **WRONG),
            "odd": Case(names(Reply({"ldhName": "shop.test", "entities": ODD, "nameservers": [None, 5, {}, {"ldhName": 7}, "x"],
                                     "events": [None, 5, "x", {"eventAction": 7}, {"eventAction": "registration", "eventDate": 7}, {"eventAction": "registration", "eventDate": "2026-99-99T99:99:99Z"}]}))),
            "odd-members": Case(names(Reply({"ldhName": "shop.test", "entities": "x", "nameservers": 7, "events": True})), rows=False),
            "odd-name": Case(names(Reply({"ldhName": {"a": 1}})), **WRONG),
        }),
    Service(
        module="rdap-address", argument=ADDRESS, bases=("bootstrap",), answer=numbers(Reply(NETWORK)), empty=numbers(NONE), error=numbers(ERROR),
        large=numbers(Reply(padded(b'{"startAddress":"192.0.2.0","endAddress":"192.0.2.255","name":"X","remarks":[', '{"description":["%s"]}' % ("x" * 4000), b"]}"))),
        more={
            "six": Case(numbers(Reply(SIX), "2001:db8::7"), argument=ADDRESS6, options={}),
            "range": Case(numbers(Reply(BARE))), "half": Case(numbers(bad(cidr0_cidrs=None, **PART)), **WRONG),
            "two": Case(numbers(bad(cidr0_cidrs=[{"v4prefix": "192.0.2.0", "length": 29}, {"v4prefix": "192.0.2.8", "length": 30}]))),
            "direct": Case({"/ip/192.0.2.7": Reply(NETWORK)}, options=DIRECT),
            "moved": Case({**numbers(Reply(b"", 301, headers={"Location": "@BASE@/other/ip"})), "/other/ip": Reply(NETWORK)}),
            "not-theirs": Case(numbers(bad(name="NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK")), rows=False),
            "everything": Case(numbers(bad(cidr0_cidrs=[{"v4prefix": "0.0.0.0", "length": 0}])), rows=False),
            "elsewhere": Case(numbers(bad(cidr0_cidrs=[{"v4prefix": "198.51.100.0", "length": 24}])), **WRONG),
            "no-registry": Case(numbers(None), argument={**ADDRESS, "value": "10.0.0.1"}, **WRONG),
            "bootstrap-error": Case({"/ipv4.json": Reply({"error": "x"})}, **WRONG),
            "bootstrap-odd": Case({"/ipv4.json": Reply({"services": [None, 5, "x", [], [5, 6], [[None, 7, "x", "192.0.0.0", "300.0.0.0/8", "192.0.0.0/99"], ["y"]]]})}, **WRONG),
            "spent": Case(numbers(Reply({"errorCode": 429}, 429, headers={"Retry-After": "60"})), **WRONG), "down": Case(numbers(Reply("<h1>503</h1>", 503)), **WRONG),
            "odd": Case(numbers(bad(name=7, entities=ODD, cidr0_cidrs=[None, 5, "x", {}, {"v4prefix": 7, "length": 24}, {"v4prefix": "192.0.2.0", "length": "24"}, {"v4prefix": "x", "length": 24}]))),
            "odd-members": Case(numbers(Reply({"startAddress": 7, "endAddress": {}, "cidr0_cidrs": "x", "entities": 5})), **WRONG),
        }),
    Service(
        module="cymru-origin", argument=ADDRESS, bases=(), named=False, zones={"asn.cymru.com": ZONE},
        empty=Case(None, argument={**ADDRESS, "value": "192.0.2.99"}, rows=False),
        more={
            "six": Case(None, argument=ADDRESS6), "nameless": Case(None, argument={**ADDRESS, "value": "192.0.2.8"}),
            "not-understood": Case(None, argument={**ADDRESS, "value": "192.0.2.9"}, **WRONG), "large-number": Case(None, argument={**ADDRESS, "value": "192.0.2.6"}),
            "whois": Case(None, options=WHOIS, says=HEAD + LINE), "whois-none": Case(None, options=WHOIS, says=HEAD + b"NA | 192.0.2.7 | NA | | other | | NA\n", rows=False),
            "whois-refused": Case(None, options=WHOIS, says=b"Error: too many requests, you are null-routed\n", **WRONG),
            "whois-another": Case(None, options=WHOIS, says=HEAD + LINE.replace(b"192.0.2.7 ", b"192.0.2.70"), **WRONG),
            "whois-short": Case(None, options=WHOIS, says=HEAD + b"64500 | 192.0.2.7\n", **WRONG), "whois-silent": Case(None, options=WHOIS, says=b"", **WRONG),
            "bad-option": Case(None, options={"by": "post"}, **WRONG),
        }),
]
