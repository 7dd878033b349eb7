"""Docker Hub: an account and its images. https://docs.docker.com/reference/api/hub/latest/"""
from service import Case, Reply, Service

ALICE = {"id": 1, "unscoped": False, "value": "hub.docker.com/alice", "service": "hub.docker.com", "username": "alice"}
USER = {"id": "0c8e1b3a7d2f4a0d8c1b2a3d4e5f6a7b", "uuid": "0c8e1b3a", "username": "alice", "full_name": "Alice Example", "location": "", "company": "",
        "profile_url": "https://www.alice.example/", "date_joined": "2014-05-06T07:08:09.123456Z", "gravatar_url": "", "gravatar_email": "", "type": "User"}


def image(name, when):
    return {"name": name, "namespace": "alice", "repository_type": "image", "status": 1, "status_description": "active", "description": "", "is_private": False,
            "star_count": 0, "pull_count": 12, "last_updated": when, "date_registered": "2015-01-02T03:04:05.6Z", "affiliation": "", "media_types": []}


IMAGES = {"count": 3, "next": None, "previous": None, "results": [
    image("shop", "2025-06-07T08:09:10.111Z"), image("web", "2026-06-07T08:09:10.111Z"), image("new", None)]}


def routes(user=Reply(USER), images=Reply(IMAGES)):
    return {"/v2/users/alice/": user, "/v2/repositories/alice/?page_size=100": images}


ABSENT = Reply({"message": "User not found", "errinfo": {}}, 404)
SERVICES = [
    Service(
        module="dockerhub-user", argument=ALICE, answer=routes(), empty=lambda r: ABSENT,
        large=routes(images=Reply({**IMAGES, "results": [{**image("x", "2025-06-07T08:09:10.111Z"), "description": "x" * 100000}] * 105})), more={
            "organisation": Case(routes(Reply({**{k: v for k, v in USER.items() if k != "username"}, "orgname": "alice", "type": "Organization"}))),
            "no-images": Case(routes(images=Reply({**IMAGES, "count": 0, "results": []}))),
            "limited-between": Case(routes(images=Reply({"message": "Rate limit exceeded", "error": True}, 429, headers={
                "X-RateLimit-Limit": "180", "X-RateLimit-Remaining": "0", "Retry-After": "60"})), ends="error"),
            "odd": Case(routes(Reply({**{k: {"x": 1} for k in USER}, "username": "alice"}), Reply({"results": [None, 1, "x", image([], 7)]}))),
            "no-results": Case(routes(images=Reply({"count": 1})), ends="error"),
        }),
]
