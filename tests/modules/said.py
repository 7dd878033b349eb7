"""What the services of the town say, from its facts, in the form that the page of each shows (services/ has more of each).

SERVICES has the function of each by the name that is the first part of its base URL: {base}/crtsh. Each answer has things
in it that are not the town's, or not so: other domains, wildcards, upper case, what is revoked, hidden or made up.
"""
import base64
import hashlib
import json

from service import Reply
from town import HOST, PERSON
from world import fixture


def crtsh(request):
    names = [h.name for h in HOST if h.in_logs] if request.query.get("q") == "%.town.test" else []
    return Reply([{"id": i, "issuer_name": "C=XX, O=Town CA", "common_name": n, "name_value": n.upper() if i % 3 == 0 else "*.elsewhere.test\n" + n,
                   "not_before": "2026-01-01T00:00:00", "not_after": "2026-04-01T00:00:00"} for i, n in enumerate(names)])


def certspotter(request):
    """Two pages, the second is behind the last of the first."""
    names = [h.name for h in HOST if h.in_certs] if request.query.get("domain") == "town.test" else []
    half = len(names) // 2
    after = request.query.get("after")
    page = names[:half] if after is None else names[half:] if after == str(half - 1) else []
    first = 0 if after is None else half
    return Reply([{"id": str(first + i), "tbs_sha256": "ab", "cert_sha256": "cd", "pubkey_sha256": "ef", "dns_names": [n, "*." + n.upper(), f"{n}.elsewhere.test", "nottown.test"],
                   "not_before": "2026-01-02T00:00:00Z", "not_after": "2026-04-02T00:00:00Z", "revoked": False} for i, n in enumerate(page)])


def urlscan(request):
    def scan(id_, domain, ip, url):
        return {"task": {"time": "2026-01-02T03:04:05.678Z", "uuid": id_}, "page": {"domain": domain, "ip": ip, "url": url, "asn": "AS64500", "asnname": "TOWN"}, "_id": id_,
                "sort": [1, id_]}
    scans = [scan(f"s{i}", h.name, h.ip, f"https://{h.name}/old/{i}") for i, h in enumerate(archived())] if request.query.get("q") == "domain:town.test" else []
    scans += [scan("x1", "elsewhere.test", "192.0.2.1", "https://elsewhere.test/"), scan("x2", "nottown.test", "192.0.2.2", "https://nottown.test/")]
    return Reply({"results": scans, "total": len(scans), "took": 5, "has_more": False})


def internetdb(request):
    h = {h.ip: h for h in SEEN}.get(request.path[1:])
    if not h:
        return Reply({"detail": "No information available"}, 404)
    return Reply({"ip": h.ip, "ports": h.ports + h.ports[:1], "hostnames": [h.name.upper(), f"cust-{h.label}.isp.test", "1.0.0.127.in-addr.arpa", "localhost", "192.0.2.99"],
                  "cpes": ["cpe:/a:nginx:nginx"], "tags": [], "vulns": []})


def ripestat(request):
    resource = request.query["resource"]
    data = {
        "/data/network-info/data.json": {"asns": [], "prefix": ""} if resource == SEEN[-1].ip else {"asns": ["64500"], "prefix": "127.0.0.0/20"},
        "/data/as-overview/data.json": {"type": "as", "resource": "64500", "holder": "TOWN-AS Town Ltd", "announced": True},
        "/data/abuse-contact-finder/data.json": {"abuse_contacts": [f"abuse@{'relay' if '/' in resource else 'isp'}.test"], "authoritative_rir": "ripe"},
        "/data/prefix-overview/data.json": {"announced": True, "asns": [{"asn": 64501, "holder": "RELAY-AS Relay"}] if resource.startswith("198") else []},
    }[request.path]
    return Reply({"messages": [], "status": "ok", "status_code": 200, "data": data})


def keys(request):
    if request.path == "/vks/v1/by-email/alice%40shop%2Etest":
        return Reply(fixture("key.asc"), type="application/pgp-keys")
    return Reply("No key found for email address", 404, "text/plain")


def wkd(request):
    armor = fixture("key.asc")
    binary = base64.b64decode(b"".join(line for line in armor.split(b"\n\n", 1)[1].splitlines() if line[:1] not in (b"=", b"-")))
    here = request.query.get("l") == "alice.work" and "/partner.test/hu/" in request.path
    return Reply(binary, type="application/octet-stream") if here else Reply("no", 404, "text/plain")


def key_id(p):
    return f"{PERSON.index(p) + 0xab:08x}" * 5


def hkp(request):
    """Of each key the second one is revoked, the third is somebody else's."""
    p = {p.mail: p for p in PERSON if p.has_key}.get(request.query.get("search"))
    if not p:
        return Reply("Not Found", 404, "text/plain")
    key = key_id(p).upper()
    return Reply(f"info:1:3\npub:{key}:22:256:1577934245::\nuid:{p.name} <{p.mail.title()}>:1577934245::\nuid:<{p.home}>:1577934245::\nuid:Old <old@home.test>:1::r\n"
                 f"pub:{key[::-1]}:22:256:1577934245::r\nuid:{p.name} <{p.mail}>:1::\nuid:<revoked@home.test>:1::\n"
                 f"pub:{'F' * 40}:22:256:1577934245::\nuid:Not <not-{p.mail}>:1::\nuid:<stranger@home.test>:1::\n", type="text/plain")


def gravatar(request):
    p = {hashlib.sha256(p.mail.encode()).hexdigest(): p for p in PERSON if p.on_gravatar}.get(request.path.rsplit("/", 1)[-1])
    if not p:
        return Reply({"error": "Profile not found", "code": "profile_not_found"}, 404)
    shown = [(f"https://github.com/{p.login}", False), (f"https://www.facebook.com/{p.login}", True), (f"https://{p.login}.pages.test/", False)]
    return Reply({"hash": "x", "display_name": p.name, "profile_url": "https://gravatar.com/" + p.login, "avatar_url": "x", "description": None,
                  "verified_accounts": [{"service_type": "x", "url": url, "is_hidden": hidden} for url, hidden in shown]})


def github(request):
    login = request.query["q"].split(":")[1] if request.path == "/search/commits" else request.path.split("/")[2]
    p = {p.login: p for p in PERSON if p.on_github}.get(login)
    if not p:
        missing = {"message": "Validation Failed", "errors": [{"message": "The listed users cannot be searched either because the users do not exist or not."}]}
        return Reply(missing, 422) if "q" in request.query else Reply({"message": "Not Found", "status": "404"}, 404)
    if request.path.endswith("/gpg_keys"):
        return Reply([{"emails": [{"email": p.home.upper(), "verified": True}, {"email": "unverified@home.test", "verified": False},
                                  {"email": f"1+{p.login}@users.noreply.github.com", "verified": True}]}, {"emails": None}])
    if request.path == "/search/commits":
        def commit(account, mail):
            return {"commit": {"author": {"date": "2026-01-02T03:04:05.000+01:00", "name": p.name, "email": mail}}, "author": account and {"login": account}}
        items = [commit(p.login.title(), p.work), commit(p.login, p.work.upper()), commit(None, "unlinked@work.test"), commit("bob", "bob@work.test"),
                 commit(p.login, f"1+{p.login}@users.noreply.github.com")]
        return Reply({"total_count": len(items), "incomplete_results": False, "items": items})
    return Reply({"login": p.login, "html_url": "https://github.com/" + p.login, "name": p.name, "blog": f"{p.login}.blog.test", "email": None, "company": None,
                  "twitter_username": None, "created_at": "2011-01-25T18:44:36Z"})


def hibp(request):
    def breach(name, domain, **more):
        return {"Name": name, "Title": name, "Domain": domain, "BreachDate": "2019-10-04", "PwnCount": 5, "IsVerified": True, "IsFabricated": False, **more}
    return Reply([breach("Town", "Town.test"), breach("TownAgain", "town.test"), breach("Town", "town.test"), breach("MadeUp", "town.test", IsFabricated=True),
                  breach("Other", "elsewhere.test")])


def gleif(request):
    def record(lei, name, city, country, **kinds):
        return {"attributes": {"lei": lei, "entity": {"legalName": {"name": name}, "category": "GENERAL", "legalAddress": {"city": city, "country": country}}}, "relationships": kinds}
    town, hold = "529900TOWN0000000012", "529900HOLD0000000034"
    if request.path.endswith("/direct-parent"):
        return Reply({"data": record(hold, "Hold AG", "Zug", "CH")})
    if request.path.endswith("/ultimate-parent"):
        return Reply({"errors": [{"status": "404"}]}, 404)
    return Reply({"data": [record(hold, "Town Works GmbH", "Bonn", "DE"), record(town, "TOWN  Works", "Berlin", "DE")]})


def sites(request):
    """The paths of account-sites: HOST/PATH"""
    of = {"lichess.org": ("/lichess.org/api/user/", "{}"), "gitlab.com": ("/gitlab.com/api/v4/users", "[{}]"), "dev.to": ("/dev.to/api/users/by_username", "{}")}
    for site, (path, form) in of.items():
        if request.path.startswith(path):
            name = request.query.get("username") or request.query.get("url") or request.path.rsplit("/", 1)[-1]
            there = site in {p.login: p.on_sites for p in PERSON}.get(name, ())
            shown = json.dumps({"username": name.title()})
            return Reply(form.replace("{}", shown if there else "")) if there or form != "{}" else Reply({"error": "Not Found"}, 404)
    return Reply("what?", 500)


SERVICES = {f"/{f.__name__}/": f for f in (crtsh, certspotter, urlscan, internetdb, ripestat, keys, wkd, hkp, gravatar, github, hibp, gleif, sites)}
SEEN = [HOST[0], HOST[1], HOST[3], HOST[-1]]  # the addresses that InternetDB and RIPEstat are asked about


def archived():
    return [h for h in HOST if h.in_archive]


def serve(request):
    """One server stands for all: the base URL of each has its name as the first part of the path."""
    for prefix, answer in SERVICES.items():
        if request.path.startswith(prefix):
            request.path = request.path[len(prefix) - 1:]
            return answer(request)
    return Reply({"message": "Not Found"}, 404)
