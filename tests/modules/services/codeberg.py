"""Codeberg and other servers of Forgejo or Gitea. https://docs.codeberg.org/advanced/api-usage/

Who hides their address has one at noreply.HOST; who never logged in did so in the year 1.
"""
from service import Case, Reply, Service

ALICE = {"id": 1, "unscoped": False, "value": "codeberg.org/alice", "service": "codeberg.org", "username": "alice"}
USER = {
    "id": 7, "login": "alice", "login_name": "", "source_id": 0, "full_name": "Alice Example", "email": "Alice@Shop.test",
    "avatar_url": "https://codeberg.org/avatars/x", "html_url": "https://codeberg.org/alice", "language": "", "is_admin": False,
    "last_login": "0001-01-01T00:00:00Z", "created": "2020-02-03T04:05:06+01:00", "restricted": False, "active": False, "prohibit_login": False,
    "location": "", "pronouns": "", "website": "https://www.alice.example/", "description": "", "visibility": "public", "followers_count": 0,
}
PLACE = "/api/v1/users/alice"
ABSENT = Reply({"message": "user redirect does not exist [name: alice]", "url": "https://codeberg.org/api/swagger", "errors": []}, 404)

SERVICES = [
    Service(
        module="forgejo-user", argument=ALICE, options={"service": "codeberg.org"}, answer={PLACE: Reply(USER)}, empty=lambda r: ABSENT,
        large={PLACE: Reply({**USER, "description": "x" * (10 << 20)})}, more={
            "hidden": Case({PLACE: Reply({**USER, "email": "alice@noreply.codeberg.org", "website": "", "last_login": "2026-01-02T03:04:05Z"})}),
            "elsewhere": Case({PLACE: Reply(USER)}, argument={"id": 1, "unscoped": False, "value": "github.com/alice", "service": "github.com", "username": "alice"}, rows=False),
            "host": Case({PLACE: Reply({**USER, "html_url": "http://127.0.0.1/alice"})}, options={"service": None}, argument={
                "id": 1, "unscoped": False, "value": "127.0.0.1/alice", "service": "127.0.0.1", "username": "alice"}),
            "odd": Case({PLACE: Reply({**{k: [7] for k in USER}, "login": "alice"})}, rows=False),
        }),
]
