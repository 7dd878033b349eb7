"""urlscan.io, Robtex and RapidDNS.

urlscan: https://docs.urlscan.io/pages/api-best-practices, {"results": [{page, task, _id, sort}], "total", "has_more"}; members may be missing.
Robtex: https://www.robtex.com/api/, the answer to ipquery as github.com/electrologue/robtex has it in its tests.
RapidDNS: a page of HTML with a table, as theHarvester and subfinder read it.
"""
from service import Case, Reply, Service, padded

DOMAIN = {"id": 1, "value": "shop.test"}
SEARCH = "/api/v1/search/"


def scan(id, domain, ip=None, url=None, **more):
    page = {"domain": domain, "country": "US", "server": "nginx", "status": "200", "apexDomain": "shop.test"}
    page.update({k: v for k, v in {"ip": ip, "url": url, **more}.items() if v is not None})
    return {"submitter": {}, "task": {"visibility": "public", "method": "api", "domain": domain, "time": "2026-01-02T03:04:05.678Z", "uuid": id,
                                      "url": url or "https://other.test/"},
            "stats": {"uniqIPs": 2}, "page": page, "_id": id, "_score": None, "sort": [1767323045678, id], "result": "https://urlscan.io/api/v1/result/" + id}


def found(*scans, more=False):
    return Reply({"results": list(scans), "total": len(scans), "took": 5, "has_more": more})


FIRST = [scan("u1", "WWW.shop.test", "192.0.2.1", "https://www.shop.test/", asn="AS64496", asnname="EXAMPLE, US"),
         scan("u2", "www.shop.test", "192.0.2.1", "https://www.shop.test/a?b=c"), scan("u3", "other.test", "192.0.2.9", "https://other.test/"),
         scan("u4", "shop.test", "2001:db8::7"), scan("u5", "mail.shop.test", "192.0.2.400", "https://elsewhere.test/")]
SECOND = [scan("u6", "late.shop.test")]
ODD = [None, 5, True, "x", [], {}, {"page": 7}, {"page": {"domain": 7}}, {"page": {"domain": "a.shop.test", "ip": [], "url": 5, "asn": 9}, "task": "now"},
       {"page": {"domain": "b.shop.test", "ip": "192.0.2.5", "asn": "AS99999999999", "url": "https://["}, "task": {"time": "2026-99-01"}, "_id": 4}]
MANY = padded(b'{"results":[{"page":{"domain":"www.shop.test"}},', '{"page":{"domain":"other.test","url":"https://other.test/%s"}}' % ("a" * 4000),
              b'],"has_more":false}')


def robtex(**more):
    return Reply({"status": "ok", "city": "Toronto", "country": "Canada", "as": 64496, "asname": "EXAMPLE Limited", "whoisdesc": "Example (EX-1)",
                  "routedesc": "REACH (Customer Route)", "bgproute": "192.0.2.0/24", "act": [], "acth": [], "pas": [], "pash": [], **more})


ADDRESS = {"id": 1, "value": "192.0.2.1", "family": "4", "unscoped": False}
QUERY = "/ipquery/192.0.2.1"
KNOWN = robtex(act=[{"o": "WWW.shop.test", "t": 1498717654}], acth=[{"o": "old.shop.test", "t": 1398717654}],
               pas=[{"o": "www.shop.test", "t": 1501358830}, {"o": "a.example.co.uk", "t": 1501358850}, {"o": "co.uk", "t": 1}, {"o": "*.wild.test", "t": 1},
                    {"o": "1.2.0.192.in-addr.arpa", "t": 1}], pash=[{"o": "192.0.2.1", "t": 1}])
STRANGE = robtex(act=[7, "x", {}, {"o": None}, {"o": 7}, {"o": "ok.shop.test"}], acth="none", pas=None, asname=7, bgproute="elsewhere", **{"as": "64496"})
LARGE = padded(b'{"status":"ok","act":[{"o":"www.shop.test"},', '{"o":"' + "a" * 4000 + '.test"}', b"]}")


def table(*rows, pages="", date="<td>2026-01</td>"):
    body = "".join(f'<tr>\n<th scope="row ">{i}</th>\n<td>{n}</td>\n<td>{v}</td>\n<td>{k}</td>\n{date}\n</tr>\n' for i, (n, v, k) in enumerate(rows, 1))
    return Reply(f'<!DOCTYPE html><html><head><title>shop.test Subdomain</title></head><body><table id="table" class="table table-striped">'
                 f'<thead><tr><th>#</th><th>Domain</th><th>Address</th><th>Type</th><th>Date</th></tr></thead><tbody>{body}</tbody></table>'
                 f'<ul>{pages}</ul></body></html>', type="text/html")


HOSTS = [("WWW.shop.test", '<a href="/sameip/192.0.2.1?full=1" title="same ip">192.0.2.1</a>', "A"), ("www.shop.test", "192.0.2.1", "A"),
         ("six.shop.test", "2001:db8::7", "AAAA"), ("alias.shop.test", "target.other.test", "CNAME"), ("shop.other.test", "192.0.2.9", "A"),
         ("*.shop.test", "192.0.2.1", "A"), ("bad.shop.test", "not-an-ip", "A"), ("shop.test", "192.0.2.1", "A")]
LINKS = '<li><a class="page-link" href="/subdomain/shop.test?page=2">2</a></li>'
AT = "/subdomain/shop%2Etest"
ROWS = padded(b"<table><tbody><tr><td>www.shop.test</td><td>192.0.2.1</td><td>A</td></tr>",
              "<tr><td>" + "a" * 8000 + ".elsewhere.test</td><td>192.0.2.1</td><td>A</td></tr>", b"</tbody></table>", between=b"\n")
HUMAN = Reply("<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>", type="text/html")

SERVICES = [
    Service(
        module="urlscan", argument=DOMAIN,
        answer={SEARCH + "?search_after=1767323045678,u5": found(*SECOND), SEARCH + "?q=domain:shop.test&size=100": found(*FIRST, more=True)},
        empty={SEARCH: found()}, error={SEARCH: Reply({"message": "Rate limit exceeded", "status": 429})}, large={SEARCH: Reply(MANY)},
        more={
            "odd": Case({SEARCH: Reply({"results": ODD})}), "missing": Case({SEARCH: Reply({"total": 0})}, ends="error", rows=False),
            "half": Case({SEARCH + "?search_after=1767323045678,u5": Reply({}, 429), SEARCH: found(*FIRST, more=True)}, ends="error"),
            "pages": Case({SEARCH: found(*FIRST, more=True)}, options={"pages": "1"}),
            "round": Case({SEARCH: found(*FIRST, more=True)}, ends="error"),
            "no-cursor": Case({SEARCH: Reply({"results": [{"page": {"domain": "a.shop.test"}}], "has_more": True})}, ends="error"),
        }),
    Service(
        module="robtex-address", argument=ADDRESS, answer={QUERY: KNOWN}, empty={QUERY: robtex(**{"as": None, "bgproute": None})},
        error={QUERY: Reply({"status": "ratelimited"})}, large={QUERY: Reply(LARGE)},
        more={"odd": Case({QUERY: STRANGE}), "missing": Case({QUERY: Reply({"status": "ok"})}, ends="error", rows=False),
              "list": Case({QUERY: Reply([])}, ends="error", rows=False)}),
    Service(
        module="rapiddns", argument=DOMAIN, answer={AT + "?full=1&page=2": table(("late.shop.test", "192.0.2.3", "A"), date=""), AT: table(*HOSTS, pages=LINKS)},
        empty={AT: table()}, error={AT: HUMAN}, large={AT: Reply(ROWS, type="text/html")},
        more={"half": Case({AT + "?page=2": HUMAN, AT: table(*HOSTS, pages=LINKS)}, ends="error"),
              "pages": Case({AT: table(*HOSTS, pages=LINKS)}, options={"pages": "1"}),
              "odd": Case({AT: Reply("<table><tbody><tr><td>a.shop.test<tr><td>b.shop.test<td>192.0.2.1<td>A<tr></table>", type="text/html")})}),
]
