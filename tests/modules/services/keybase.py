"""Keybase: who has proven what. https://keybase.io/docs/api/1.0/call/user/lookup

Errors come with status 200 and a code; of a name that nobody has the list has null.
"""
from service import Case, Reply, Service

ALICE = {"id": 1, "unscoped": False, "value": "keybase.io/alice", "service": "keybase.io", "username": "alice"}


def proof(kind, name, state=1, url="https://x.example/"):
    return {"proof_type": kind, "nametag": name, "state": state, "proof_url": url, "service_url": url, "sig_id": "x", "presentation_group": kind,
            "presentation_tag": kind, "proof_id": "x", "human_url": url}


USER = {
    "id": "23260c2ce19420f97b58d7d95b68ca00", "basics": {"username": "alice", "ctime": 1391720984, "mtime": 1391720984, "id_version": 25, "status": 0},
    "profile": {"mtime": 1391721000, "full_name": "Alice Example", "location": "", "bio": ""},
    "proofs_summary": {"all": [
        proof("twitter", "alice_ex", url="https://twitter.com/alice_ex"), proof("github", "alice-ex", url="https://github.com/alice-ex"),
        proof("reddit", "gone", state=2), proof("mastodon.example", "alice", url="https://mastodon.example/@alice"), proof("dns", "Alice.example"),
        proof("generic_web_site", "www.alice.example"), proof("rooter", "alice"), proof("https", "192.0.2.7")], "has_web": True},
    "cryptocurrency_addresses": {"bitcoin": [{"address": "1Alice7xExampleExampleExampleExam", "sig_id": "x"}]},
}
OK = {"code": 0, "name": "OK"}
PLACE = "/_/api/1.0/user/lookup.json"
GITHUB = {"id": 1, "unscoped": False, "value": "github.com/Alice-ex", "service": "github.com", "username": "Alice-ex"}
ODD = {"basics": {"username": "alice", "ctime": "x"}, "profile": 7, "proofs_summary": {"all": [None, 7, "x", proof({}, 7), proof("dns", "..")]},
       "cryptocurrency_addresses": {"bitcoin": [7, {"address": {}}], "zcash": 7}}


def found(*users):
    return Reply({"status": OK, "them": list(users)})


def failed(code, name, desc):
    return Reply({"status": {"code": code, "desc": desc, "name": name}, "csrf_token": "x"})


SERVICES = [
    Service(
        module="keybase-user", argument=ALICE, answer={PLACE + "?usernames=alice": found(USER)}, empty={PLACE: found(None)},
        error={PLACE: failed(602, "THROTTLED", "too many requests")},
        large={PLACE: found({**USER, "profile": {**USER["profile"], "bio": "x" * (10 << 20)}})}, more={
            "github": Case({PLACE + "?github=Alice-ex": found(USER)}, argument=GITHUB),
            "not-proven": Case({PLACE: found(USER)}, argument={**GITHUB, "username": "bob"}, rows=False),
            "not-found": Case({PLACE: failed(205, "NOT_FOUND", "user not found")}, rows=False),
            "elsewhere": Case({PLACE: found(USER)}, argument={"id": 1, "unscoped": False, "value": "shop.test/alice", "service": "shop.test", "username": "alice"}, rows=False),
            "odd": Case({PLACE: found(ODD, 7, "x", {"basics": 7})}),
            "odd-status": Case({PLACE: Reply({"status": {"code": {}, "name": [], "desc": None}})}, ends="error", rows=False),
            "no-list": Case({PLACE: Reply({"status": OK})}, ends="error", rows=False),
        }),
    Service(
        module="keybase-domain", argument={"id": 1, "unscoped": False, "value": "alice.example"}, answer={PLACE + "?domain=alice.example": found(USER)},
        empty={PLACE: found()}, error={PLACE: failed(602, "THROTTLED", "too many requests")},
        large={PLACE: found({**USER, "profile": {**USER["profile"], "bio": "x" * (10 << 20)}})}, more={
            "other": Case({PLACE: found({**USER, "proofs_summary": {"all": [proof("dns", "malice.example"), proof("dns", "alice.example", state=2)]}})}, rows=False),
            "not-found": Case({PLACE: failed(205, "NOT_FOUND", "user not found")}, rows=False),
            "odd": Case({PLACE: found(ODD, 7, "x", {"basics": {"username": {}}})}, rows=False),
            "no-list": Case({PLACE: Reply({"status": OK})}, ends="error", rows=False),
        }),
]
