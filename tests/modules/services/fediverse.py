"""WebFinger (RFC 7033, https://docs.joinmastodon.org/spec/webfinger/) and the lookup of accounts of Mastodon (https://docs.joinmastodon.org/methods/accounts/)."""
from service import Case, Reply, Service

MAIL = {"id": 1, "unscoped": False, "value": "alice@shop.test"}
FINGER = {
    "subject": "acct:Alice@social.shop.test", "aliases": ["https://social.shop.test/@Alice", "https://social.shop.test/users/Alice"],
    "links": [
        {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": "https://social.shop.test/@Alice"},
        {"rel": "self", "type": "application/activity+json", "href": "https://social.shop.test/users/Alice"},
        {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": "https://social.shop.test/authorize_interaction?uri={uri}"},
    ],
}
LOGIN = {"subject": "acct:alice@shop.test", "links": [{"rel": "http://openid.net/specs/connect/1.0/issuer", "href": "https://login.shop.test"}]}
PLACE = "/.well-known/webfinger"
OWN = {**FINGER, "subject": "acct:alice@shop.test"}

ALICE = {"id": 1, "unscoped": False, "value": "social.example/alice", "service": "social.example", "username": "alice", "url": "https://social.example/@alice"}
ACCOUNT = {
    "id": "23634", "username": "Alice", "acct": "Alice", "display_name": "Alice Example", "locked": False, "bot": False, "discoverable": True, "group": False,
    "created_at": "2017-04-08T00:00:00.000Z", "note": "<p>Mail: alice@shop.test</p>", "url": "https://social.example/@Alice", "uri": "x",
    "avatar": "https://files.social.example/x.png", "followers_count": 1, "following_count": 2, "statuses_count": 3, "last_status_at": "2026-10-11",
    "emojis": [], "fields": [
        {"name": "Home", "value": '<a href="https://www.alice.example/?a=1&amp;b=2" rel="me nofollow"><span>alice.example</span></a>',
         "verified_at": "2020-01-02T03:04:05.000+00:00"},
        {"name": "Not mine", "value": '<a href="https://www.other.example/">other</a>', "verified_at": None},
        {"name": "Pronouns", "value": "she", "verified_at": None}],
}
LOOKUP = "/api/v1/accounts/lookup"
MOVED = {**ACCOUNT, "acct": "alice@new.example", "url": "https://new.example/@alice", "fields": []}


def confirmed(request):
    """The domain of the address names another host, which knows the account."""
    good = request.query.get("resource") in ("acct:alice@shop.test", "acct:Alice@social.shop.test")
    return Reply(FINGER, type="application/jrd+json") if good else Reply(b"", 404)


def moved(request):
    if request.path == PLACE and request.query.get("resource") == "acct:alice@shop.test":
        return Reply(b"", 301, headers={"Location": "@BASE@/finger"})
    return Reply(FINGER)


SERVICES = [
    Service(
        module="webfinger-account", argument=MAIL, answer=confirmed,
        empty=lambda r: Reply(b"", 404), large={PLACE: Reply({**FINGER, "properties": {"x": "x" * (10 << 20)}})}, more={
            "gone": Case(lambda r: Reply(b"", 410), rows=False),
            "login": Case({PLACE: Reply(LOGIN)}, rows=False),
            "moved": Case(moved),
            "same-host": Case({PLACE: Reply(OWN)}),
            "not-confirmed": Case({PLACE + "?resource=acct:alice@shop.test": Reply(FINGER)}, rows=False),
            "denied-there": Case({PLACE + "?resource=acct:alice@shop.test": Reply(FINGER), PLACE: Reply(b"", 401)}, ends="error", rows=False),
            "page": Case({PLACE: Reply("<!DOCTYPE html><title>Shop</title>", type="text/html")}, ends="error", rows=False),
            "refused-there": Case(lambda r: Reply({"error": "This request requires a signature"}, 401), ends="error", rows=False),
            "odd": Case({PLACE: Reply({"subject": "alice", "links": [None, 7, "x", {"rel": "self", "type": 7, "href": []}]})}, rows=False),
            "odd-subject": Case({PLACE: Reply({**FINGER, "subject": 7})}, ends="error", rows=False),
        }),
    Service(
        module="mastodon-account", argument=ALICE, answer={LOOKUP + "?acct=alice": Reply(ACCOUNT)}, empty=lambda r: Reply({"error": "Record not found"}, 404),
        large={LOOKUP: Reply({**ACCOUNT, "note": "x" * (10 << 20)})}, more={
            "moved": Case({LOOKUP: Reply({**ACCOUNT, "moved": MOVED})}),
            "service": Case({LOOKUP: Reply(ACCOUNT)}, argument={**ALICE, "url": None}, options={"service": "social.example"}),
            "not-known": Case({LOOKUP: Reply(ACCOUNT)}, argument={**ALICE, "url": None}, rows=False),
            "elsewhere": Case({LOOKUP: Reply(ACCOUNT)}, argument={"id": 1, "unscoped": False, "value": "youtube.com/alice", "service": "youtube.com", "username": "alice",
                                                                 "url": "https://youtube.com/@alice"}, rows=False),
            "signed": Case(lambda r: Reply({"error": "This method requires an authenticated user"}, 401), ends="error", rows=False),
            "odd": Case({LOOKUP: Reply({**{k: {"x": 1} for k in ACCOUNT}, "acct": "alice", "fields": [None, 7, "x", {"value": 7, "verified_at": "x"}],
                                       "moved": {"url": 7}})}, rows=False),
            "somebody-else": Case({LOOKUP: Reply({**ACCOUNT, "acct": "bob"})}, ends="error", rows=False),
        }),
]
