"""Archives of the web, asked for what they know of a domain.

wayback: https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server, a list of rows, the first of which names the columns; with
showResumeKey an empty row and the key of the next page stand at its end. commoncrawl (https://commoncrawl.org/cdxj-index) and arquivo
(https://arquivo.pt/cdxserverapi) run pywb: an object a line, 404 and {"message": "No Captures found for: ..."} if there are none.
"""
import json

from service import Case, Reply, Service, padded

KEPT = ["http://www.shop.test:80/", "https://www.shop.test/a?b=c", "http://www.shop.test/", "https://WWW.Shop.test/a?b=c", "http://shop.test/index.html",
        "http://shop.test.elsewhere.test/", "http://notshop.test/", "http://www.elsewhere.test/?u=http://api.shop.test/", "ftp://files.shop.test/x",
        "http://user:pw@intern.shop.test:8080/x", "http://*.shop.test/", "http://a..shop.test/", "http://mail@shop.test/", "mailto:info@shop.test",
        "http://%20www.shop.test/", "http://www.shop.test:99999/", "", "dev.shop.test/", "http://.shop.test/", "http://api.shop.test./v1?x=http://a@b/"]
ODD = [None, 7, True, {}, "x", {"a": 1}]
LATE = ["http://late.shop.test/"]
ELSE = "http://www.elsewhere.test/" + "0" * 6000
LIST = [{"id": f"CC-MAIN-2026-{n}", "name": f"Index {n}", "timegate": f"https://index.commoncrawl.org/CC-MAIN-2026-{n}/",
         "cdx-api": f"https://index.commoncrawl.org/CC-MAIN-2026-{n}-index", "from": "2026-10-01T00:00:00", "to": "2026-10-12T00:00:00"} for n in (43, 38, 33)]
NONE = Reply({"message": "No Captures found for: *.shop.test"}, 404)


def rows(*urls, key=None):
    out = [["original"], *([u] if isinstance(u, str) else u for u in urls)]
    return Reply(out + ([[], [key]] if key else []))


def capture(url):
    return {"urlkey": "test,shop)/", "timestamp": "20160102030405", "url": url, "mime": "text/html", "status": "200", "digest": "AB", "length": "7"}


def lines(*objects):
    return Reply("".join(json.dumps(o) + "\n" for o in objects), type="text/x-ndjson")


def crawled(*urls):
    return lines(*({"url": u} for u in urls))


def wayback(answer):
    return {"/cdx/search/cdx?url=shop.test&matchType=domain&fl=original&collapse=urlkey&output=json&limit=10000&showResumeKey=true": answer}


def crawl(answer, list=LIST):
    return {"/collinfo.json": Reply(list), "/CC-MAIN-2026-43-index?url=*.shop.test&output=json&fl=url&limit=10000": answer}


def arquivo(answer):
    return {"/wayback/cdx?url=shop.test&matchType=domain&output=json&limit=10000": answer}


def pages(request):
    if request.query.get("resumeKey") == "test,shop,late)/ 2020!":
        return rows(*LATE)
    return Reply({}, 400) if "resumeKey" in request.query else rows(*KEPT[:2], key="test%2Cshop%2Clate%29%2F+2020%21")


def broken(request):
    return Reply("<h1>504</h1>", 504, "text/html") if "resumeKey" in request.query else rows(*KEPT[:2], key="test%2Cshop%29%2F")


ARGUMENT = {"id": 1, "value": "shop.test"}
HTML = Reply("<html><body>The Internet Archive: temporarily offline</body></html>", type="text/html")
TWO = lambda second: {**crawl(crawled(*KEPT[:2])), "/CC-MAIN-2026-38-index?url=*.shop.test": second}  # noqa: E731

SERVICES = [
    Service(
        module="wayback-urls", argument=ARGUMENT, answer=wayback(rows(*KEPT)), empty=wayback(Reply([])), error=wayback(HTML),
        large=wayback(Reply(padded(b'[["original"],\n["http://www.shop.test/"],\n', f'["{ELSE}"]', b"]", b",\n"))),
        more={
            "hosts": Case(wayback(rows(*KEPT)), options={"add": "hosts"}),
            "pages": Case(pages, options={"pages": "3"}), "cut": Case(pages), "broken": Case(broken, options={"pages": "3"}, ends="error"),
            "silent": Case(wayback(Reply(b"")), ends="error", rows=False), "column": Case(wayback(Reply([["urlkey"], ["x"]])), ends="error", rows=False),
            "odd": Case(wayback(rows(*KEPT[:1], ODD, 5, None, {}, "x", [None], [["y"]], [True], *LATE))),
            "blocked": Case(wayback(Reply("org.archive.util.io.RuntimeIOException: AdministrativeAccessControlException: Blocked Site Error", 403)),
                            ends="error", rows=False),
            "bad-limit": Case({}, options={"limit": "many"}, ends="error", rows=False),
            "bad-pages": Case({}, options={"pages": "1.5"}, ends="error", rows=False),
            "limit": Case({"/cdx/search/cdx?limit=2": rows(*KEPT[:3], *LATE)}, options={"limit": "2"}),
            "unicode": Case({"/cdx/search/cdx?url=xn--bcher-kva.test": rows("http://www.xn--bcher-kva.test/")}, argument={"id": 1, "value": "bücher.test"}),
        }),
    Service(
        module="commoncrawl-urls", argument=ARGUMENT, answer=crawl(crawled(*KEPT)), empty=crawl(NONE), error=crawl(Reply({"error": "internal error"})),
        large=crawl(Reply(padded(b'{"url": "http://www.shop.test/"}\n', json.dumps({"url": ELSE}), b"\n", b"\n"))),
        more={
            "two": Case(TWO(crawled(*LATE)), options={"crawls": "2"}),
            "second-fails": Case(TWO(Reply("<h1>503</h1>", 503, "text/html")), options={"crawls": "2"}, ends="error"),
            "named": Case({"/CC-MAIN-2020-05-index?url=*.shop.test": crawled(*LATE)}, options={"crawl": "CC-MAIN-2020-05"}),
            "no-list": Case({"/collinfo.json": Reply({"error": "x"})}, ends="error", rows=False),
            "odd-list": Case(crawl(crawled(*LATE), [None, 5, "x", {}, {"cdx-api": 7}, {"cdx-api": "https://elsewhere.test/x?y"}, *LIST])),
            "no-crawl": Case({"/collinfo.json": Reply(LIST)}, ends="error", rows=False),
            "bad-name": Case({}, options={"crawl": "../x"}, ends="error", rows=False),
            "odd": Case(crawl(lines(*ODD, {"url": 5}, {"url": None}, {"url": "http://www.shop.test/"}))),
            "odd-all": Case(crawl(lines(*ODD)), ends="error", rows=False),
            "cut": Case({**crawl(None), "/CC-MAIN-2026-43-index?limit=1": crawled(*LATE)}, options={"limit": "1"}),
        }),
    Service(
        module="arquivo-urls", argument=ARGUMENT, answer=arquivo(lines(*map(capture, KEPT))), empty=arquivo(NONE),
        error=arquivo(Reply({"error": "internal error"})),
        large=arquivo(Reply(padded(json.dumps(capture("http://www.shop.test/")).encode() + b"\n", json.dumps(capture(ELSE)), b"\n", b"\n"))),
        more={
            "bad-limit": Case({}, options={"limit": "many"}, ends="error", rows=False),
            "silent": Case(arquivo(Reply(b"")), rows=False), "missing": Case({}, ends="error", rows=False),
            "hosts": Case(arquivo(lines(*map(capture, KEPT))), options={"add": "hosts"}),
            "odd": Case(arquivo(lines(*ODD, {"url": 5}, {"url": None}, capture("http://www.shop.test/")))),
            "odd-all": Case(arquivo(lines(*ODD)), ends="error", rows=False),
            "half": Case(arquivo(Reply('{"url": "http://www.shop.test/"}\n{"url": "http://www.sh')), ends="error"),
        }),
]
