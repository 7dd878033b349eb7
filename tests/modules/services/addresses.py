"""What is known about addresses: InternetDB, RIPEstat, Onionoo, PeeringDB, each by the page that its module names."""
from service import Case, Reply, Service, padded

IP = {"id": 1, "value": "192.0.2.7", "family": "4", "unscoped": False}
BLOCK = {"id": 1, "value": "192.0.2.0/24", "family": "4", "unscoped": False}

KNOWN = {"cpes": ["cpe:/a:nginx:nginx:1.22"], "hostnames": ["WWW.shop.test", "www.shop.test", "7.2.0.192.in-addr.arpa", "shop.test", "localhost", "a b", "192.0.2.7"],
         "ip": "192.0.2.7", "ports": [22, 443, 443, 8080], "tags": ["self-signed"], "vulns": ["CVE-2021-23017"]}
UNKNOWN = Reply({"detail": "No information available"}, 404)


def stat(data, **more):
    return Reply({"messages": [], "see_also": [], "version": "1.1", "data_call_status": "supported", "cached": False, "data": data, "query_id": "x",
                  "process_time": 3, "server_id": "app1", "build_version": "live", "status": "ok", "status_code": 200, "time": "2026-11-30T00:00:00", **more})


BROKEN = stat({}, status="error", status_code=500, messages=[["error", "internal error"]])
NETWORK = stat({"asns": ["64500"], "prefix": "192.0.2.0/24"})
HOLDER = stat({"type": "as", "resource": "64500", "block": {"resource": "64496-64511"}, "holder": "SHOP-AS Shop Ltd", "announced": True})
OVERVIEW = stat({"is_less_specific": False, "announced": True, "asns": [{"asn": 64500, "holder": "SHOP-AS Shop Ltd"}], "related_prefixes": [],
                 "resource": "192.0.2.0/24", "type": "prefix", "block": {}, "actual_num_related": 0})
ABUSE = stat({"abuse_contacts": ["Abuse@shop.test", "no mail", None], "authoritative_rir": "ripe", "latest_time": "2026-11-30T00:00:00",
              "parameters": {"resource": "192.0.2.7"}})
NO_ABUSE = stat({"abuse_contacts": [], "authoritative_rir": "ripe"})
BIG_STAT = padded(b'{"status":"ok","status_code":200,"messages":[', '["info","%s"]' % ("x" * 4000), b'],"data":{"asns":["64500"],"prefix":"192.0.2.0/24"}}')
BIG_OVERVIEW = BIG_STAT.replace(b'{"asns":["64500"],"prefix":"192.0.2.0/24"}', b'{"asns":[{"asn":64500,"holder":"SHOP-AS Shop Ltd"}]}')
RIPE = ("/data/network-info/data.json", "/data/as-overview/data.json", "/data/abuse-contact-finder/data.json", "/data/prefix-overview/data.json")

EXIT = {"nickname": "shopexit", "fingerprint": "0123456789ABCDEF0123456789ABCDEF01234567", "or_addresses": ["192.0.2.7:9001", "[2001:db8::7]:9001"],
        "exit_addresses": ["192.0.2.7"], "last_seen": "2026-11-29 23:00:00", "first_seen": "2024-01-02 03:00:00", "running": True, "flags": ["Exit", "Running", "Valid"]}
OTHERS = [
    {**EXIT, "nickname": "longer", "or_addresses": ["192.0.2.71:443"], "exit_addresses": ["192.0.2.71"]},
    {**EXIT, "nickname": "guard", "exit_addresses": None, "flags": ["Guard"]},
]


def relays(*list_):
    return {"version": "8.0", "build_revision": "x", "relays_published": "2026-11-30 00:00:00", "relays": list(list_), "bridges_published": "2026-11-30 00:00:00",
            "bridges": []}


NET = {"id": 5, "org_id": 7, "name": "Shop Ltd", "aka": "", "name_long": "Shop Limited", "website": "https://www.shop.test/network", "asn": 64500,
       "info_type": "Content", "policy_url": "", "status": "ok"}
OTHER_NET = {**NET, "name": "Other", "asn": 64501}
WITH_ASN = {**IP, "asn": 64500}


def keyed(request):
    if request.headers.get("Authorization") != "Api-Key k-secret-of-ours":
        return Reply({"meta": {"error": "Authentication failed"}}, 401)
    return Reply({"data": [NET], "meta": {}})


SERVICES = [
    Service(
        module="internetdb", argument=IP, answer={"/192.0.2.7": Reply(KNOWN)}, empty=lambda r: UNKNOWN, error=lambda r: Reply({"detail": "internal error"}),
        large=lambda r: Reply(padded(b'{"ip":"192.0.2.7","ports":[80],"hostnames":["www.shop.test"],"tags":[],"vulns":[],"cpes":[', '"%s"' % ("x" * 4000), b"]}")),
        more={
            "described": Case(lambda r: Reply(KNOWN), argument={**IP, "description": "ours"}),
            "six": Case(lambda r: Reply({**KNOWN, "ip": "2001:db8::7"}), argument={"id": 1, "value": "2001:db8::7", "family": "6", "unscoped": False}),
            "gone": Case(lambda r: Reply("<h1>Not Found</h1>", 404, "text/html"), ends="error", rows=False),
            "odd": Case(lambda r: Reply({"ip": "192.0.2.7", "ports": [None, "x", {}, 70000, -1, 1.5, 25], "hostnames": 5, "tags": {"a": 1}, "cpes": [[], 7],
                                         "vulns": None})),  # port 25
            "other": Case(lambda r: Reply({**KNOWN, "ip": "192.0.2.8"}), ends="error", rows=False),
        }),
    Service(
        module="ripestat-address", argument=IP, answer=dict(zip(RIPE, (NETWORK, HOLDER, ABUSE))),
        empty=dict(zip(RIPE, (stat({"asns": [], "prefix": ""}), HOLDER, NO_ABUSE))), error=lambda r: BROKEN,
        large=dict(zip(RIPE, (Reply(BIG_STAT), HOLDER, NO_ABUSE))),
        more={
            "sourceapp": Case(lambda r: dict(zip(RIPE, (NETWORK, HOLDER, ABUSE)))[r.path] if r.query.get("sourceapp") == "me" else BROKEN, options={"sourceapp": "me"}),
            "half": Case(dict(zip(RIPE, (NETWORK, HOLDER, BROKEN))), ends="error"),
            "odd": Case(dict(zip(RIPE, (stat({"asns": 5, "prefix": None}), HOLDER, ABUSE))), ends="error", rows=False),
        }),
    Service(
        module="ripestat-netblock", argument=BLOCK, answer=dict(zip(RIPE[2:], (ABUSE, OVERVIEW))),
        empty=dict(zip(RIPE[2:], (NO_ABUSE, stat({"announced": False, "asns": [], "resource": "192.0.2.0/24"})))), error=lambda r: BROKEN,
        large=dict(zip(RIPE[2:], (NO_ABUSE, Reply(BIG_OVERVIEW)))),
        more={
            "half": Case(dict(zip(RIPE[2:], (BROKEN, OVERVIEW))), ends="error"),
            "odd": Case(dict(zip(RIPE[2:], (ABUSE, stat({"asns": [{"asn": "x"}]})))), ends="error", rows=False),
        }),
    Service(
        module="tor-exits", argument=IP, answer={"/details?search=192.0.2.7&type=relay": Reply(relays(*OTHERS, EXIT))},
        empty={"/details": Reply(relays(*OTHERS))}, error=lambda r: Reply({"version": "8.0", "error": "x"}),
        large=lambda r: Reply(padded(b'{"version":"8.0","relays":[', '{"nickname":"%s","or_addresses":["192.0.2.71:1"]}' % ("n" * 4000), b"]}")),
        more={
            "six": Case(lambda r: Reply(relays({**EXIT, "exit_addresses": None})), argument={"id": 1, "value": "2001:db8::7", "family": "6", "unscoped": False}),
            "described": Case(lambda r: Reply(relays(EXIT)), argument={**IP, "description": "ours"}),
            "odd": Case(lambda r: Reply(relays(None, 5, {"or_addresses": 7, "exit_addresses": {}, "flags": "Exit"})), rows=False),
        }),
    Service(
        module="peeringdb-network", argument=WITH_ASN, answer={"/api/net?asn=64500": Reply({"data": [OTHER_NET, NET], "meta": {}})},
        empty={"/api/net": Reply({"data": [], "meta": {}})}, error=lambda r: Reply({"meta": {"error": "x"}}),
        large=lambda r: Reply(padded(b'{"meta":{},"data":[', '{"asn":1,"notes":"%s"}' % ("n" * 4000), b"]}")),
        more={
            "key": Case(keyed, keys={"peeringdb:me": "k-secret-of-ours"}),
            "no-number": Case(lambda r: Reply({"data": [NET]}), argument=IP, rows=False),
            "odd": Case(lambda r: Reply({"data": [None, 5, {"asn": 64500, "name": 7}, {**NET, "website": "no url", "aka": None}]})),
        }),
]
