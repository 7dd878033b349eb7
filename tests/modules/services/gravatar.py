"""Gravatar: the profile of a mail address, by the SHA-256 of it. https://docs.gravatar.com/rest-api

404 says that there is none. Without a key members such as links and registration_date are missing.
"""
import base64
import hashlib

from service import Case, Reply, Service

HASH = hashlib.sha256(b"alice@shop.test").hexdigest()
PICTURE = base64.b64decode("R0lGODdhCAABAIIAAAAAACAgIEBAQGBgYICAgKCgoMDAwODg4CwAAAAACAABAAAIDAABBBAwgEABAwcCAgA7")
PROFILE = {
    "hash": HASH, "display_name": "Alice Example", "profile_url": "https://gravatar.com/alice", "avatar_url": "https://0.gravatar.com/avatar/" + HASH,
    "avatar_alt_text": "", "location": "", "description": None, "job_title": "", "company": "", "pronunciation": "", "pronouns": "",
    "verified_accounts": [
        {"service_type": "github", "service_label": "GitHub", "service_icon": "https://gravatar.com/icons/github.svg", "url": "https://github.com/alice-ex",
         "is_hidden": False},
        {"service_type": "twitter", "service_label": "Twitter", "service_icon": "", "url": "https://x.com/alice_ex", "is_hidden": False},
        {"service_type": "mastodon", "service_label": "Mastodon", "service_icon": "", "url": "https://social.example/@alice", "is_hidden": False},
        {"service_type": "facebook", "service_label": "Facebook", "service_icon": "", "url": "https://www.facebook.com/alice.ex", "is_hidden": True},
        {"service_type": "bluesky", "service_label": "Bluesky", "service_icon": "", "url": "https://bsky.app/profile/alice.bsky.social", "is_hidden": False},
        {"service_type": "wordpress", "service_label": "WordPress", "service_icon": "", "url": "https://blog.alice.example/", "is_hidden": False},
    ],
}
KEYED = {
    **PROFILE, "first_name": "Alice", "last_name": "Example", "is_organization": False, "number_verified_accounts": 5,
    "links": [{"label": "Home", "url": "https://www.alice.example/me?a=b"}, {"label": "Script", "url": "javascript:alert(1)"},
              {"label": "Number", "url": "http://192.0.2.7/"},
              {"label": "Mail", "url": "mailto:bob@other.test"}, {"label": "Video", "url": "https://www.youtube.com/watch?v=x"}],
    "registration_date": "2012-03-04T05:06:07Z", "last_profile_edit": "2025-03-04T05:06:07Z",
}
PLACE = "/v3/profiles/"
ODD = {**PROFILE, "display_name": 7, "verified_accounts": [None, 5, "x", {"url": {}}, {"url": 3, "is_hidden": "no"}, {"url": "https://"}],
       "links": {"a": "b"}, "registration_date": 12}


def at(reply):
    return lambda request: reply if request.path.startswith(PLACE) else Reply(PICTURE, type="image/gif")


def exact(request):
    if request.path == PLACE + HASH:
        return Reply(PROFILE)
    return Reply({"error": "Profile not found", "code": "profile_not_found"}, 404)


def keyed(request):
    good = request.headers.get("authorization") == "Bearer k-secret-of-ours"
    return Reply(KEYED) if good else Reply({"error": "Invalid key"}, 401)


def no_picture(request):
    return Reply(PROFILE) if request.path.startswith(PLACE) else Reply(b"404 Not Found", 404, "text/plain")


SPENT = Reply({"error": "Rate limit exceeded"}, 429, headers={"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1796101200"})
SERVICES = [
    Service(
        module="gravatar-profile", argument={"id": 1, "unscoped": False, "value": "alice@shop.test"}, bases=("server", "pictures"),
        answer=exact, empty=at(Reply({"error": "Profile not found", "code": "profile_not_found"}, 404)),
        large=at(Reply({**PROFILE, "description": "x" * (10 << 20)})), more={
            "key": Case(keyed, keys={"gravatar:me": "k-secret-of-ours"}),
            "key-refused": Case(keyed, keys={"gravatar:me": "k-wrong-secret"}, ends="error", rows=False),
            "picture": Case(at(Reply(PROFILE)), options={"picture": "yes"}),
            "no-picture": Case(no_picture, options={"picture": "yes"}),
            "odd": Case(at(Reply(ODD))),
            "odd-url": Case(at(Reply({**PROFILE, "profile_url": ["x"]})), ends="error", rows=False),
            "spent": Case(at(SPENT), ends="error", rows=False),
            "list": Case(at(Reply([1])), ends="error", rows=False),
        }),
]
