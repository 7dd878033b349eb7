"""Sourcegraph: https://sourcegraph.com/docs/api/stream_api, server-sent events: matches, filters, progress, alert, error; the last one is done."""
import json

from service import Case, Reply, Service

AT = "/.api/search/stream"


def stream(*events):
    return Reply("".join(f"event: {kind}\ndata: {data if isinstance(data, str) else json.dumps(data)}\n\n" for kind, data in events), type="text/event-stream")


def match(*contents):
    return {"type": "content", "path": "a/b.yml", "repositoryID": 1, "repository": "github.com/a/b", "commit": "00",
            "chunkMatches": [{"content": c, "contentStart": {"offset": 0, "line": 1, "column": 0}, "ranges": []} for c in contents], "language": "YAML"}


def progress(*skipped):
    return ("progress", {"done": True, "matchCount": 3, "durationMs": 80, "skipped": list(skipped)})


DONE = ("done", {})
FOUND = ("matches", [
    match("url: https://WWW.shop.test/a\nhost: api.shop.test.\n", "mail bob@mail.shop.test; www.shop.test"),
    match('"\\nwrong.shop.test" ${x}wrong2.shop.test {a}-wrong3.shop.test *.shop.test %2Fwrong4.shop.test wrong5.shop.test.evil.test wrong6.shop.tests'),
    match("shop.test notshop.test a..shop.test"), {"type": "repo", "repository": "github.com/shop.test/x"}])
LIMIT = {"reason": "shard-match-limit", "title": "result limit hit", "message": "", "severity": "info"}
ODD = ("matches", [None, 7, "x", {"type": "content"}, {"chunkMatches": 7}, {"chunkMatches": [None, 7, {"content": 5}, {"content": "ok.shop.test"}]}])
LARGE = stream(("matches", [match("www.shop.test")] + [match("elsewhere " * 4000) for _ in range(270)]), progress(), DONE)

SERVICES = [
    Service(
        module="sourcegraph", argument={"id": 1, "value": "shop.test"},
        answer={AT + "?v=V3&cm=true": stream(FOUND, ("filters", []), progress(), DONE)}, empty={AT: stream(progress(), DONE)},
        error={AT: stream(("error", {"message": "internal error"}), DONE)}, large={AT: LARGE},
        more={
            "skipped": Case({AT: stream(FOUND, progress(LIMIT), DONE)}), "odd": Case({AT: stream(ODD, progress(), DONE)}),
            "alert": Case({AT: stream(("alert", {"title": "Timed out", "description": "Try again"}), FOUND, progress(), DONE)}),
            "alert-none": Case({AT: stream(("alert", {"title": "Timed out"}), progress(), DONE)}, ends="error", rows=False),
            "skipped-none": Case({AT: stream(progress(LIMIT), DONE)}, ends="error", rows=False),
            "cut": Case({AT: stream(FOUND)}, ends="error"), "cut-json": Case({AT: stream(("matches", "[{"), DONE)}, ends="error", rows=False),
            "page": Case({AT: Reply("<html><body>sign in</body></html>", type="text/html")}, ends="error", rows=False),
            "max": Case({AT: stream(FOUND, progress(), DONE)}, options={"max": "1"}),
        }),
]
