"""GitLab: who has a name, then the profile. https://docs.gitlab.com/api/users/

A name that nobody has is an empty list. The profile may be closed to those who did not log in.
"""
from service import Case, Reply, Service

ALICE = {"id": 1, "unscoped": False, "value": "gitlab.com/alice", "service": "gitlab.com", "username": "alice"}
FOUND = {"id": 42, "username": "alice", "public_email": None, "name": "Alice Example", "state": "active", "locked": False, "avatar_url": None,
         "web_url": "https://gitlab.com/alice"}
USER = {
    **FOUND, "created_at": "2012-05-23T08:00:58.123Z", "bio": "", "location": None, "public_email": "Alice@Shop.test", "linkedin": "", "twitter": "alice_ex",
    "discord": "", "github": "alice-ex", "website_url": "https://www.alice.example/", "organization": "", "job_title": "", "pronouns": None, "bot": False,
}


def routes(users, user):
    return {"/api/v4/users?username=alice": users, "/api/v4/users/42": user}


SERVICES = [
    Service(
        module="gitlab-user", argument=ALICE, answer=routes(Reply([FOUND]), Reply(USER)), empty={"/api/v4/users": Reply([])},
        large=routes(Reply([FOUND]), Reply({**USER, "bio": "x" * (10 << 20)})), more={
            "closed": Case(routes(Reply([FOUND]), Reply({"message": "403 Forbidden"}, 403)), ends="error", rows=False),
            "gone": Case(routes(Reply([FOUND]), Reply({"message": "404 User Not Found"}, 404))),
            "no-gitlab": Case({}, ends="error", rows=False),
            "somebody-else": Case(routes(Reply([{**FOUND, "username": "malice"}]), Reply(USER)), ends="error", rows=False),
            "odd": Case(routes(Reply([FOUND]), Reply({**{k: {"a": 1} for k in USER}, "username": "alice"})), rows=False),
            "odd-twitter": Case(routes(Reply([FOUND]), Reply({**USER, "twitter": "https://twitter.com/alice", "website_url": "not a page"}))),
            "odd-id": Case(routes(Reply([{**FOUND, "id": {}}]), Reply(USER)), ends="error", rows=False),
            "odd-list": Case({"/api/v4/users": Reply([7])}, ends="error", rows=False),
        }),
]
