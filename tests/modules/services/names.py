"""Services that answer with a list of names and nothing else.

ctl.shodan.io, Anubis-DB (by the tests in github.com/jonluca/Anubis-DB) and subdomain.center: a list of texts in JSON, by what theHarvester reads.
crt.name: a name a line, by the same. ip.thc.org: {"domains": [{"domain"}], "matching_records", "next_page_state"}, by what subfinder sends and reads.
"""
import json

from service import Case, Reply, Service, padded

DOMAIN = {"id": 1, "value": "shop.test"}
NAMES = ["shop.test", "WWW.shop.test", "www.shop.test.", "*.dev.shop.test", "mail.shop.test", "other.test", "notshop.test", "bob@shop.test",
         "4.3.2.1.in-addr.arpa", "a..shop.test", "-b c-.shop.test"]
ODD = [None, 7, True, {"a": "b.shop.test"}, ["c.shop.test"], "ok.shop.test", None, "late.shop.test", None]
LONG = "a" * 4000 + ".elsewhere.test"
LISTED = padded(b'["www.shop.test",', json.dumps(LONG), b"]")
LINES = "".join(n + "\n" for n in ("shop.test", "WWW.shop.test", "www.shop.test.", "*.dev.shop.test", "", "mail.shop.test", "other.test"))


def list_of_names(module, path, error):
    return Service(
        module=module, argument=DOMAIN, answer={path: Reply(NAMES)}, empty={path: Reply([])}, large={path: Reply(LISTED)}, error={path: error},
        more={
            "odd": Case({path: Reply(ODD)}), "odd-all": Case({path: Reply([None, 7, {}])}, ends="error", rows=False),
            "refused-us": Case({path: Reply({"error": "Forbidden"}, 403)}, ends="error", rows=False),
            "max": Case({path: Reply(NAMES)}, options={"max": "1"}),
        })


def thc(*names, more="", **rest):
    return Reply({"domains": [{"domain": n} for n in names], "matching_records": len(names), "next_page_state": more, **rest})


def pages(argument, names, others):
    """Two pages; which one is asked for stands in the body."""
    def answer(request):
        asked = json.loads(request.body)
        if {k: v for k, v in asked.items() if k not in ("limit", "page_state")} != argument:
            return Reply({"status": "error", "error": "Invalid request"}, 400)
        return thc(*others) if asked.get("page_state") == "p2" else thc(*names, more="p2")
    return answer


def of_thc(module, argument, path, asked, names, others):
    rows = {"domains": [None, 7, "a.shop.test", {"domain": None}, {"domain": 9}, {}, {"domain": "ok.shop.test"}], "next_page_state": 5}

    def half(request):
        return thc(*names, more="p2") if "page_state" not in json.loads(request.body) else Reply({"status": "error", "error": "rate limit"}, 429)

    return Service(
        module=module, argument=argument, answer=pages(asked, names, others), empty={path: thc()},
        error={path: Reply({"status": "error", "error": "Invalid request", "domains": []})},
        large={path: Reply(padded(b'{"domains":[{"domain":"www.shop.test"},', '{"domain":"' + "a" * 4000 + '.elsewhere.test"}', b'],"next_page_state":""}'))},
        more={
            "odd": Case({path: Reply(rows)}), "none": Case({path: Reply({"domains": None, "matching_records": 0})}, rows=False),
            "missing": Case({path: Reply({"next_page_state": ""})}, ends="error", rows=False),
            "half": Case(half, ends="error"), "pages": Case(pages(asked, names, others), options={"pages": "1"}),
            "round": Case(lambda r: thc(*names, more="p2"), ends="error"),
        })


SERVICES = [
    list_of_names("shodan-ct", "/api/v1/domain/shop%2Etest/hostnames", Reply({"detail": "Not allowed"})),
    list_of_names("anubis-db", "/anubis/subdomains/shop%2Etest", Reply({"error": "Invalid domain"})),
    list_of_names("subdomain-center", "/", Reply({"message": "slow down"})),
    Service(
        module="crt-name", argument=DOMAIN, answer={"/v1/search?apex=shop.test": Reply(LINES, type="text/plain")},
        empty={"/v1/search": Reply("", type="text/plain")}, error={"/v1/search": Reply("rate limit exceeded\n", type="text/plain")},
        large={"/v1/search": Reply(padded(b"www.shop.test\n", ("a" * 60 + ".") * 4 + "test", b"\nmail.shop.test\n", between=b"\n"), type="text/plain")},
        more={"half": Case({"/v1/search": Reply(LINES + "internal error\n", type="text/plain")}, ends="error"),
              "page": Case({"/v1/search": Reply("<html>\n<body>\n</body>\n</html>\n", type="text/html")}, ends="error", rows=False),
              "word": Case({"/v1/search": Reply("7\n", type="text/plain")}, ends="error", rows=False),
              "max": Case({"/v1/search": Reply(LINES, type="text/plain")}, options={"max": "1"})}),
    of_thc("thc-domain", DOMAIN, "/api/v1/lookup/subdomains", {"domain": "shop.test"}, ["shop.test", "WWW.shop.test", "www.shop.test", "other.test"],
           ["late.shop.test", "*.shop.test"]),
    of_thc("thc-address", {"id": 1, "value": "192.0.2.1", "family": "4"}, "/api/v1/lookup", {"ip_address": "192.0.2.1"},
           ["shop.test", "WWW.shop.test", "www.shop.test", "a.example.co.uk", "co.uk", "192.0.2.1"], ["late.shop.test", "1.2.0.192.in-addr.arpa"]),
]
