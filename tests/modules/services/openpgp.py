"""OpenPGP keys by mail address: https://keys.openpgp.org/about/api, HKP (draft-ietf-openpgp-hkp) and the Web Key Directory of a domain
(draft-koch-openpgp-webkey-service)."""
import base64

from service import Case, Reply, Service, padded
from world import fixture

ARMOR = fixture("key.asc")
BINARY = base64.b64decode(b"".join(line for line in ARMOR.split(b"\n\n", 1)[1].splitlines() if line[:1] not in (b"=", b"-")))
KEY = Reply(ARMOR, type="application/pgp-keys")
ARGUMENT = {"id": 1, "unscoped": False, "value": "alice@shop.test"}
NONE = Reply("No key found for email address alice@shop.test", 404, "text/plain")
PAGE = Reply("<!DOCTYPE html><title>Too many</title>", type="text/html")

INDEX = """info:1:5
pub:DFC1780A433DE92378A346740ED20CA58DDEDD3D:22:256:1577934245::
uid:Alice Example <alice@shop.test>:1577934245::
uid:Alice%20Example%20%3CAlice.Work@Partner.TEST%3E:1577934245::
uid:Old%20%3Calice@old.test%3E:1577934245::r
uat::::
pub:AAAA780A433DE92378A346740ED20CA58DDEDD3D:1:4096:1277934245:1377934245:e
uid:alice@shop.test:1277934245::
uid:Alice at home <alice@home.test>:1277934245::
pub:BBBB780A433DE92378A346740ED20CA58DDEDD3D:1:4096:1277934245::r
uid:Alice <alice@shop.test>:1277934245::
uid:Alice <alice@revoked.test>:1277934245::
pub:CCCC780A433DE92378A346740ED20CA58DDEDD3D:1:4096:1277934245::
uid:Malice <malice@shop.test>:1277934245::
uid:Not <not-alice@shop.test>:1277934245::
pub:EEEE780A433DE92378A346740ED20CA58DDEDD3D:1:4096:99999999999999::
uid:Alice%ff%0 <alice@shop.test>:x::
"""
MANY = padded(INDEX.encode(), "pub:CCCC780A433DE92378A346740ED20CA58DDEDD3D:1:4096:1277934245::\nuid:" + "x" * 4000 + " <other@other.test>:1277934245::", b"\n",
              between=b"\n")


def index(body):
    return Reply(body, type="text/plain")


HU = "/.well-known/openpgpkey/hu/kei1q4tipxxu1yj79k9kfukdhfy631xe"
ADVANCED = "/.well-known/openpgpkey/shop.test/hu/kei1q4tipxxu1yj79k9kfukdhfy631xe"
OCTETS = Reply(BINARY, type="application/octet-stream")


def advanced_fails(request):
    return OCTETS if request.path == HU else Reply("no", 503)


def both_missing(request):
    return Reply("no", 404 if request.path == HU else 503)


SERVICES = [
    Service(
        module="pgp-search", argument=ARGUMENT, answer={"/vks/v1/by-email/alice%40shop%2Etest": KEY}, empty=lambda r: NONE, error=lambda r: PAGE,
        large=lambda r: Reply(ARMOR + b"x" * (10 << 20)), more={
            "named": Case(lambda r: KEY, argument={**ARGUMENT, "displayname": "Alice"}),
            "nothing": Case(lambda r: Reply(b""), ends="error", rows=False),
        }),
    Service(
        module="hkp-search", argument=ARGUMENT, answer={"/pks/lookup?op=index&options=mr&exact=on&search=alice@shop.test": index(INDEX)},
        empty=lambda r: Reply("Not Found", 404, "text/plain"), error=lambda r: PAGE, large=lambda r: index(MANY), more={
            "max": Case(lambda r: index(INDEX), options={"max": "1"}),
            "max-odd": Case(lambda r: index(INDEX), options={"max": "many"}, ends="error", rows=False),
            "no-keys": Case(lambda r: index("info:1:0\n"), rows=False),
        }),
    Service(
        module="wkd-key", argument=ARGUMENT, bases=("advanced", "direct"), answer={ADVANCED + "?l=alice": OCTETS}, empty=lambda r: Reply("no", 404),
        error=lambda r: PAGE, large=lambda r: Reply(BINARY + b"\0" * (10 << 20)), more={
            "direct": Case({HU + "?l=alice": OCTETS}, options={"advanced": None}),
            "advanced-fails": Case(advanced_fails),
            "one-fails": Case(both_missing, ends="error", rows=False),
            # the name and its hash are those of an example of the draft
            "other-key": Case({"/.well-known/openpgpkey/example.org/hu/iy9q119eutrkn8s1mk4r39qejnbu3n5q": OCTETS},
                               argument={"id": 1, "unscoped": False, "value": "Joe.Doe@example.org"}, ends="error", rows=False),
        }),
]
