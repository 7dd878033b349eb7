"""Bluesky: a profile by name or id, https://docs.bsky.app/docs/api/app-bsky-actor-get-profile; which account a domain is, https://atproto.com/specs/handle.

That there is no such account is status 400 with a message.
"""
from service import Case, Reply, Service

DID = "did:plc:z72i7hdynmk6r22z27h6tvur"
ALICE = {"id": 1, "unscoped": False, "value": "bsky.app/alice.bsky.social", "service": "bsky.app", "username": "alice.bsky.social"}
PROFILE = {
    "did": DID, "handle": "alice.bsky.social", "displayName": "Alice Example", "description": "", "avatar": "https://cdn.bsky.app/img/avatar/plain/x",
    "associated": {"lists": 0, "feedgens": 0}, "labels": [], "createdAt": "2023-04-12T04:53:57.057Z", "indexedAt": "2024-01-25T23:46:28.776Z",
    "followersCount": 1, "followsCount": 2, "postsCount": 3,
}
ABSENT = Reply({"error": "InvalidRequest", "message": "Profile not found"}, 400)
PLACE = "/xrpc/app.bsky.actor.getProfile"
FILE = "/.well-known/atproto-did"
ZONE = {"named.test": '@ NS ns.\n_atproto TXT "did=' + DID + '"\n_atproto TXT "other"\n'}
NAMED = {**PROFILE, "handle": "Named.test"}
SHOP = {"id": 1, "unscoped": False, "value": "shop.test"}


def file(text, profile):
    return {FILE: Reply(text, type="text/plain"), PLACE: Reply(profile)}


SERVICES = [
    Service(
        module="bluesky-account", argument=ALICE, answer={PLACE + "?actor=alice.bsky.social": Reply(PROFILE)}, empty=lambda r: ABSENT,
        large={PLACE: Reply({**PROFILE, "description": "x" * (10 << 20)})}, more={
            "site": Case({PLACE: Reply({**PROFILE, "website": "https://www.alice.example/"})}),
            "down": Case(lambda r: Reply({"error": "AccountTakedown", "message": "Account has been suspended"}, 400), ends="error", rows=False),
            "odd": Case({PLACE: Reply({**PROFILE, "displayName": {}, "createdAt": 7, "website": []})}),
            "odd-handle": Case({PLACE: Reply({**PROFILE, "handle": 7})}, ends="error", rows=False),
        }),
    Service(
        module="bluesky-domain", argument={"id": 1, "unscoped": False, "value": "named.test"}, bases=("server", "site"), zones=ZONE,
        answer={PLACE + "?actor=" + DID: Reply(NAMED)}, empty=lambda r: ABSENT, large={PLACE: Reply({**NAMED, "description": "x" * (10 << 20)})}, more={
            "file": Case(file(DID + "\n", {**PROFILE, "handle": "shop.test"}), argument=SHOP),
            "one-way": Case({PLACE: Reply(PROFILE)}, rows=False),
            "no-file": Case({}, argument=SHOP, rows=False),
            "page": Case({FILE: Reply("<!DOCTYPE html><title>Shop</title>", type="text/html")}, argument=SHOP, rows=False),
            "file-fails": Case({FILE: Reply("no", 500)}, argument=SHOP, ends="error", rows=False),
            "other": Case(file(DID, {**PROFILE, "did": "did:web:other.test"}), argument=SHOP, ends="error", rows=False),
        }),
]
