"""The sites of account-sites: each says in its own way that it has a profile of a name, or none.

The server stands in place of all of them: /HOST/PATH. The common cases ask a few, one of each way; `all` the whole table.
"""
import re

from service import MODULES, Case, Reply, Service, padded

NAME = "Alice_x"
FEW = "github.com,gitlab.com,codeforces.com,news.ycombinator.com,wikipedia.org,lobste.rs,metacpan.org"


def said(text, status=200, type="application/json", **headers):
    return Reply(text, status, type, {k.replace("_", "-"): v for k, v in headers.items()})


HERE = {
    "/api.github.com/users/Alice_x": said('{"login":"alice_X","id":1}'),
    "/gitlab.com/api/v4/users?username=Alice_x": said('[{"id":1,"username":"alice_x"}]'),
    "/codeforces.com/api/user.info?handles=Alice_x": said('{"status":"OK","result":[{"handle":"Alice_x"}]}'),
    "/hacker-news.firebaseio.com/v0/user/Alice_x.json": said('{"created":1,"id":"Alice_x","karma":1}'),
    "/en.wikipedia.org/w/api.php?ususers=Alice_x": said('{"query":{"users":[{"userid":5,"name":"Alice_x"}]}}'),
    "/lobste.rs/~Alice_x": said("<html><title>alice_x</title></html>", type="text/html"),
    "/fastapi.metacpan.org/v1/author/ALICE_X": said('{"pauseid":"ALICE_X"}'),
}
NOWHERE = {
    "/api.github.com/users/Alice_x": said('{"message":"Not Found"}', 404),
    "/gitlab.com/api/v4/users?username=Alice_x": said("[]"),
    "/codeforces.com/api/user.info?handles=Alice_x": said('{"status":"FAILED","comment":"handles: User with handle Alice_x not found"}', 400),
    "/hacker-news.firebaseio.com/v0/user/Alice_x.json": said("null"),
    "/en.wikipedia.org/w/api.php?ususers=Alice_x": said('{"query":{"users":[{"name":"Alice_x","missing":""}]}}'),
}
# those that say nothing: a limit, a wall, a redirect, an error with the status of none, a page without the name
UNCLEAR = {
    "/api.github.com/users/Alice_x": said('{"message":"API rate limit exceeded"}', 403, x_ratelimit_remaining="0", x_ratelimit_reset="1800000000"),
    "/gitlab.com/api/v4/users?username=Alice_x": said("<html>are you human, alice_x?</html>", type="text/html"),
    "/codeforces.com/api/user.info?handles=Alice_x": said('{"status":"FAILED","comment":"Call limit exceeded"}', 400),
    "/hacker-news.firebaseio.com/v0/user/Alice_x.json": said("", 302, location="https://elsewhere.test/"),
    "/en.wikipedia.org/w/api.php?ususers=Alice_x": said('{"query":{"users":[{"name":"Alice/x","invalid":""}]}}'),
    "/lobste.rs/~Alice_x": said("<html>welcome</html>", type="text/html"),
    "/fastapi.metacpan.org/v1/author/ALICE_X": said('{"pauseid":"ALICE_X"}'),
}
LARGE = padded(b"<html>", "<p>" + "-" * 3000 + "</p>", b"</html>", b"")


def column(pattern):
    with open(f"{MODULES}/account-sites.lua", encoding="utf-8") as f:
        return re.findall(pattern, f.read())


TABLE = ",".join(column(r"{ name='([^']+)'"))
# how they say that there is none, but by 404
NONE = {
    "gitlab.com": said("[]"), "gitlab.gnome.org": said(" [ ]\n"), "framagit.org": said("[]"), "salsa.debian.org": said("[]"),
    "codeforces.com": NOWHERE["/codeforces.com/api/user.info?handles=Alice_x"], "hacker-news.firebaseio.com": said("null\n"),
    "public.api.bsky.app": said('{"error":"InvalidRequest","message":"Profile not found"}', 400),
    "keybase.io": said('{"status":{"code":0,"name":"OK"},"them":[null]}'),
    "en.wikipedia.org": said('{"query":{"users":[{"name":"Alice_x","missing":""}]}}'),
    "steamcommunity.com": said("<response><error><![CDATA[The specified profile could not be found.]]></error></response>", type="text/xml"),
    "www.duolingo.com": said('{"users":[]}'),
}


def nowhere(request):
    return NONE.get(request.path.split("/")[1], said("Not Found", 404))


def arg(name=NAME, service="shop.test"):
    return {"id": 1, "value": f"{service}/{name}", "service": service, "username": name, "unscoped": False}


def large(request):
    return said(LARGE, type="text/html") if request.path.startswith("/lobste.rs/") else said("null", 404)


def everywhere(request):
    """An answer that has what the row of each site looks for."""
    return said(" ".join([NAME, *column(r"yes='([^']*)'")]))


SERVICES = [
    Service(
        module="account-sites", argument=arg(), answer=HERE, empty=NOWHERE, error=lambda r: said('{"error":"x"}'), large=large, options={"sites": FEW},
        more={
            "all": Case(everywhere, options={"sites": TABLE}),
            "unclear": Case(UNCLEAR, ends="error"),
            "where-it-is": Case(HERE, argument=arg(service="github.com"), options={"sites": "GitHub.com, lobste.rs"}),
            "skip": Case(HERE, options={"skip": "github.com,gitlab.com", "max": "2"}),
            "all-without": Case(nowhere, options={"sites": TABLE}, rows=False),
            "odd-name": Case({}, argument=arg("../a b?c=1&d#é"), options={"sites": "github.com,lobste.rs"}, rows=False),
            "no-name-at-all": Case({}, argument=arg(".."), ends="error", rows=False),
            "no-such-site": Case({}, options={"sites": "example.com"}, ends="error", rows=False),
            "binary": Case(lambda r: said(b"\xff\xfe\x00" * 50), ends="error", rows=False),
        }),
]
