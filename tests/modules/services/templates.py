"""The service that the templates of `sn0int new` ask, which is nobody's: its answers are those that their comments describe."""
from service import Case, Reply, Service

KEY = {"example:me": "k-secret-of-ours"}
MANY = "who writes a module of the template decides"
FEW = {case: MANY for case in ("large", "garbage", "no-name", "no-proxy", "refused", "denied", "unavailable")}
DOMAIN = {"id": 1, "value": "shop.test", "unscoped": False}
IP = {"id": 1, "value": "192.0.2.7", "family": "4", "unscoped": False}
MAIL = {"id": 1, "value": "bob@shop.test", "unscoped": False}
ACCOUNT = {"id": 1, "value": "example.com/bob", "service": "example.com", "username": "bob", "unscoped": False}
BOB = {"login": "bob", "name": "Bob", "mail": "bob@shop.test", "seen": "2026-11-30T12:00:00"}


def keyed(request):
    return Reply({"org": "Shop Ltd", "country": "Germany"}) if request.headers.get("Authorization") == "Bearer k-secret-of-ours" else Reply({}, 401)


def template(name, argument, **more):
    return Service(module="../templates/" + name, argument=argument, omit=more.pop("omit", FEW), **more)


SERVICES = [
    template("domains", DOMAIN, answer={"/names?page=2": Reply({"names": ["late.shop.test", None]}),
                                        "/names?domain=shop.test&page=1": Reply({"names": ["WWW.shop.test", "*.www.shop.test", "other.test"], "next": "2"})},
             empty={"/names": Reply({"names": []})}),
    template("ipaddrs", IP, answer=keyed, empty=lambda r: Reply({}, 404),
             more={
                 "key": Case(keyed, keys=KEY), "unknown": Case(lambda r: Reply({}, 404), keys=KEY, rows=False),
                 "spent": Case(lambda r: Reply({}, 429, headers={"Retry-After": "120"}), keys=KEY, ends="error", rows=False),
             }, omit={**FEW, **{c: "it needs a key" for c in ("answer", "empty", "error", "limited")}}),
    template("emails", MAIL, answer={"/users?mail=bob@shop.test": Reply([BOB, {"login": 5}])}, empty={"/users": Reply([])}),
    template("accounts", ACCOUNT, answer={"/users/bob": Reply(BOB)}, empty=lambda r: Reply({"error": "not found"}, 404)),
]
