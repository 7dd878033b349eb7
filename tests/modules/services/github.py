"""GitHub: profiles, OpenPGP keys and the search for commits. https://docs.github.com/en/rest

Without a key 60 requests an hour, and 10 searches a minute; then 403 or 429 with x-ratelimit-remaining 0. A commit without an account has the author null.
"""
from service import Case, Reply, Service

ALICE = {"id": 1, "unscoped": False, "value": "github.com/alice", "service": "github.com", "username": "alice"}
USER = {
    "login": "Alice", "id": 583231, "node_id": "MDQ6VXNlcjU4MzIzMQ==", "avatar_url": "https://avatars.githubusercontent.com/u/583231?v=4",
    "html_url": "https://github.com/Alice", "type": "User", "site_admin": False, "name": "Alice Example", "company": "@shop",
    "blog": "https://www.alice.example/", "location": None, "email": "Alice@Shop.test", "hireable": None, "bio": None, "twitter_username": "alice_ex",
    "public_repos": 8, "followers": 10, "created_at": "2011-01-25T18:44:36Z", "updated_at": "2026-01-22T11:24:36Z",
}
KEYS = [
    {"id": 1, "name": None, "key_id": "3262EFF25BA0D270", "public_key": "xsBN", "emails": [
        {"email": "alice@shop.test", "verified": True}, {"email": "alice@home.test", "verified": True}, {"email": "other@other.test", "verified": False},
        {"email": "583231+alice@users.noreply.github.com", "verified": True}], "subkeys": [], "revoked": False},
    {"id": 2, "emails": None, "revoked": False}, {"id": 3, "emails": [None, 7, {"email": {}, "verified": True}]},
]
ABSENT = Reply({"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}, 404)
SPENT = Reply({"message": "API rate limit exceeded for 192.0.2.1."}, 403, headers={
    "x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1796101200"})
BARE = {**USER, "name": None, "email": None, "blog": "alice.example", "twitter_username": None}


def commit(login, name, email, **more):
    return {"sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e", "commit": {
        "author": {"date": "2026-01-02T03:04:05.000+01:00", "name": name, "email": email}, "message": "Fix"},
        "author": login and {"login": login, "type": "User"}, "score": 1.0, **more}


COMMITS = [
    commit("Alice", "Alice Example", "Alice@Shop.test"), commit("alice", "Alice", "alice@shop.test"), commit("alice", "alice", "alice@home.test"),
    commit("alice", "Alice", "583231+alice@users.noreply.github.com"), commit("alice", "GitHub", "noreply@github.com"), commit("bob", "Bob", "bob@shop.test"),
    commit(None, "Alice", "unlinked@shop.test"), commit("alice", "Alice", "alice@laptop"), commit("alice", None, None),
    {"commit": 7, "author": []}, None, {"commit": {"author": "x"}, "author": {"login": 7}},
]
FOUND = {"total_count": 12, "incomplete_results": False, "items": [c for c in COMMITS if c]}
UNKNOWN = Reply({"message": "Validation Failed", "errors": [{
    "message": "The listed users cannot be searched either because the users do not exist or you do not have permission to view the users.",
    "resource": "Search", "field": "q", "code": "invalid"}], "documentation_url": "https://docs.github.com/v3/search/", "status": "422"}, 422)


def user(reply=Reply(USER), keys=Reply(KEYS)):
    return {"/users/alice": reply, "/users/alice/gpg_keys": keys}


def keyed(request):
    if request.headers.get("authorization") != "Bearer k-secret-of-ours":
        return Reply({"message": "Bad credentials", "status": "401"}, 401)
    return Reply(KEYS if request.path.endswith("/gpg_keys") else FOUND if request.path.startswith("/search") else USER)


def paged(request):
    page = int(request.query["page"])
    return Reply({**FOUND, "items": [commit("alice", "Alice", f"alice{page}@shop.test")] * (100 if page < 3 else 1)})


def second_fails(request):
    return paged(request) if request.query["page"] == "1" else SPENT


KEY = {"github:me": "k-secret-of-ours"}
SERVICES = [
    Service(
        module="github-user", argument=ALICE, answer=user(), empty=lambda r: ABSENT, large=user(keys=Reply([{**KEYS[0], "public_key": "x" * (10 << 20)}])), more={
            "key": Case(keyed, keys=KEY),
            "key-refused": Case(keyed, keys={"github:me": "k-wrong-secret"}, ends="error", rows=False),
            "spent": Case(lambda r: SPENT, ends="error", rows=False),
            "spent-between": Case(user(keys=SPENT), ends="error"),
            "hostile": Case(user(Reply({**USER, "html_url": "javascript:alert(1)", "blog": "https://www..alice.example/", "email": "alice@shop..test",
                                          "twitter_username": "\0\x1b[31m", "name": "\x1b]0;x\x07"}), Reply([]))),
            "bare": Case(user(Reply(BARE), Reply([]))),
            "mail-as-blog": Case(user(Reply({**BARE, "blog": "mailto:alice@other.test"}), Reply([]))),
            "profile-as-blog": Case(user(Reply({**BARE, "blog": "https://www.linkedin.com/in/alice"}), Reply([]))),
            "odd": Case(user(Reply({**{k: ["x"] for k in USER}, "login": "alice"}), Reply([None, 5, "x", {"emails": 7}])), rows=False),
            "no-list": Case(user(keys=Reply({"error": "odd"})), ends="error"),
        }),
    Service(
        module="github-commits", argument=ALICE, answer={"/search/commits?q=author:alice&per_page=100&page=1": Reply(FOUND)}, empty=lambda r: UNKNOWN,
        large=lambda r: Reply({**FOUND, "items": [commit("bob", "x" * 100000, "bob@shop.test")] * 100 + [None]}), more={
            "key": Case(keyed, keys=KEY),
            "none": Case(lambda r: Reply({"total_count": 0, "incomplete_results": False, "items": []}), rows=False),
            "spent": Case(lambda r: SPENT, ends="error", rows=False),
            "pages": Case(paged, options={"pages": "5"}),
            "pages-cut": Case(paged, options={"pages": "2"}),
            "second-fails": Case(second_fails, options={"pages": "2"}, ends="error"),
            "incomplete": Case(lambda r: Reply({**FOUND, "incomplete_results": True})),
            "not-valid": Case(lambda r: Reply({"message": "Validation Failed", "errors": []}, 422), ends="error", rows=False),
            "odd": Case(lambda r: Reply({"items": "x"}), ends="error", rows=False),
        }),
]
