"""AlienVault OTX: {"passive_dns": [{address, first, last, hostname, record_type, ...}], "count"}; by what theHarvester and subfinder read.

Errors are {"detail", "error"}; some say that a key is needed by now, others ask without one.
"""
from service import Case, Reply, Service, padded

DOMAIN, V4, V6 = ("/api/v1/indicators/" + s + "/passive_dns" for s in ("domain/shop%2Etest", "IPv4/192.0.2.1", "IPv6/2001:db8::7"))


def record(name, address, kind="A", first="2024-01-02T03:04:05", last="2026-05-06T07:08:09", **more):
    return {"address": address, "first": first, "last": last, "hostname": name, "record_type": kind, "indicator_link": "/indicator/hostname/" + str(name),
            "flag_url": "assets/images/flags/us.png", "flag_title": "United States", "asset_type": "hostname", "asn": "AS64496 EXAMPLE", "suspicious": True,
            "whitelisted_message": [], "whitelisted": False, **more}


def answer(*records):
    return Reply({"passive_dns": list(records), "count": len(records)})


RECORDS = answer(
    record("shop.test", "192.0.2.1"), record("WWW.shop.test", "192.0.2.1", last="2024-01-02T03:04:05"), record("www.shop.test", "192.0.2.1"),
    record("six.shop.test", "2001:db8::7", "AAAA"), record("alias.shop.test", "target.other.test", "CNAME"), record("shop.test", "ns1.other.test", "NS"),
    record("shop.other.test", "192.0.2.9"), record("*.shop.test", "192.0.2.1"), record("odd.shop.test", "NXDOMAIN"), record("bad.shop.test", "999.0.2.1"))
NAMES = answer(
    record("shop.test", "192.0.2.1"), record("WWW.shop.test", "192.0.2.1", last="2024-01-02T03:04:05"), record("www.shop.test", "192.0.2.1"),
    record("a.example.co.uk", "192.0.2.1"), record("1.2.0.192.in-addr.arpa", "192.0.2.1"), record("co.uk", "192.0.2.1"), record("*.wild.test", "192.0.2.1"),
    record("192.0.2.1", "192.0.2.1"), record("alias.shop.test", "192.0.2.1", "CNAME"), record("moved.shop.test", "192.0.2.2"))
ERROR = Reply({"detail": "Authentication required", "error": "endpoint not found"})
LARGE = padded(b'{"passive_dns":[{"hostname":"www.shop.test","address":"192.0.2.1","record_type":"A"},',
               '{"hostname":"a.elsewhere","address":"%s","record_type":"TXT"}' % ("0" * 4000), b'],"count":1}')
ODD = [None, 5, "x", True, [], record(7, "192.0.2.1"), record(None, None), record({}, []), record("a.shop.test", 7), record("b.shop.test", "192.0.2.1", 9),
       record("ok.shop.test", "192.0.2.1", first=7, last="never"), record("late.shop.test", "192.0.2.1", first="2026-13-45T99:00:00", last=None), None]


def keyed(request):
    if request.headers.get("X-OTX-API-KEY") != "k-secret-of-ours":
        return Reply({"detail": "Authentication credentials were not provided."}, 403)
    return RECORDS if "domain" in request.path else NAMES


def more(path):
    return {
        "key": Case(keyed, keys={"otx:me": "k-secret-of-ours"}),
        "key-refused": Case(keyed, ends="error", rows=False),
        "odd": Case({path: answer(*ODD)}),
        "odd-list": Case({path: Reply({"passive_dns": {"a": 1}, "count": 1})}, ends="error", rows=False),
        "missing": Case({path: Reply({"count": 0})}, ends="error", rows=False),
        "list": Case({path: Reply([])}, ends="error", rows=False),
        "max": Case({path: RECORDS}, options={"max": "2"}),
    }


SERVICES = [
    Service(module="otx-domain", argument={"id": 1, "value": "shop.test"}, answer={DOMAIN: RECORDS}, empty={DOMAIN: answer()}, error={DOMAIN: ERROR},
            large={DOMAIN: Reply(LARGE)}, more=more(DOMAIN)),
    Service(module="otx-address", argument={"id": 1, "value": "192.0.2.1", "family": "4"}, answer={V4: NAMES}, empty={V4: answer()}, error={V4: ERROR},
            large={V4: Reply(LARGE)}, more={
                **more(V4), "six": Case({V6: answer(record("six.shop.test", "2001:DB8:0::7", "AAAA"), record("four.shop.test", "192.0.2.1"))}, argument={"id": 1, "value": "2001:db8::7"})}),
]
