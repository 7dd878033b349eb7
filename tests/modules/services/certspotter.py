"""Cert Spotter: https://sslmate.com/help/reference/ct_search_api_v1, a list of issuances, oldest first; the next page is that after the last id.

An empty list ends it. Spent quotas and other errors are an object {"code", "message"}.
"""
from service import Case, Reply, Service, padded


def issuance(id, *names):
    return {"id": id, "tbs_sha256": "00" * 32, "cert_sha256": "11" * 32, "dns_names": list(names), "pubkey_sha256": "22" * 32,
            "not_before": "2026-01-02T00:00:00Z", "not_after": "2026-04-02T00:00:00Z", "revoked": False}


FIRST = [issuance("7", "shop.test", "WWW.shop.test", "*.dev.shop.test"), issuance("9", "mail.shop.test", "www.shop.test", "shop.other.test", "a..shop.test")]
SECOND = [issuance("12", "late.shop.test")]
MANY = padded(b'[{"id":"1","dns_names":["www.shop.test"]},', '{"id":"2","tbs_sha256":"%s","dns_names":["www.elsewhere.test"]}' % ("0" * 4000), b"]")
LIMIT = {"code": "rate_limited", "message": "You have exceeded the single-hostname and subdomain search rate limits for the Cert Spotter API."}
ODD = [None, 5, True, "x", [], {"id": 3, "dns_names": "www.shop.test"}, {"id": "4", "dns_names": [None, 7, {}, "ok.shop.test", None]}, {"dns_names": None}]


def keyed(request):
    if request.headers.get("Authorization") != "Bearer k-secret-of-ours":
        return Reply({"code": "not_authorized", "message": "Your API key is not valid"}, 401)
    return Reply(FIRST if "after" not in request.query else [])


SERVICES = [
    Service(
        module="certspotter", argument={"id": 1, "value": "shop.test"},
        answer={"/v1/issuances?after=12": Reply([]), "/v1/issuances?after=9": Reply(SECOND),
                "/v1/issuances?domain=shop.test&include_subdomains=true&match_wildcards=true&expand=dns_names": Reply(FIRST)},
        empty={"/v1/issuances": Reply([])}, error={"/v1/issuances": Reply(LIMIT)},
        large={"/v1/issuances?after=2": Reply([]), "/v1/issuances": Reply(MANY)},
        more={
            "key": Case(keyed, keys={"certspotter:me": "k-secret-of-ours"}),
            "key-refused": Case(keyed, ends="error", rows=False),
            "half": Case({"/v1/issuances?after=9": Reply(LIMIT, 429), "/v1/issuances": Reply(FIRST)}, ends="error"),
            "pages": Case({"/v1/issuances?after=9": Reply(SECOND), "/v1/issuances": Reply(FIRST)}, options={"pages": "2"}),
            "round": Case({"/v1/issuances": Reply(FIRST)}, ends="error"),
            "odd": Case({"/v1/issuances?after=4": Reply([]), "/v1/issuances": Reply(ODD)}),
            "odd-all": Case({"/v1/issuances": Reply([None, 5, {"dns_names": 7}])}, ends="error", rows=False),
        }),
]
