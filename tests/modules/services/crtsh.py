"""crt.sh: a list of certificates with the names in each. It has no official API; what it answers is described by cert.imfht.com/crt-sh-api.

When it is asked too often it says 502, or nothing, or an empty list.
"""
from service import Case, Reply, Service, padded

SHOP = [
    {"issuer_ca_id": 1, "issuer_name": "C=US, O=Let's Encrypt, CN=R3", "common_name": "shop.test", "name_value": "shop.test\nWWW.shop.test\n*.dev.shop.test",
     "id": 11, "entry_timestamp": "2026-01-02T03:04:05.678", "not_before": "2026-01-02T02:04:05", "not_after": "2026-04-02T02:04:05", "serial_number": "03"},
    {"issuer_ca_id": 1, "issuer_name": "C=US, O=Let's Encrypt, CN=R3", "common_name": "mail.shop.test", "name_value": "mail.shop.test\nadmin@shop.test\nother.test",
     "id": 10, "entry_timestamp": "2025-01-02T03:04:05.678", "not_before": "2025-01-02T02:04:05", "not_after": "2025-04-02T02:04:05", "serial_number": "02"},
]
MANY = padded(b'[{"id":1,"name_value":"www.shop.test"},', '{"id":2,"issuer_name":"C=US, O=Other, CN=X","name_value":"www.elsewhere.test"}', b"]")

SERVICES = [
    Service(
        module="ct-search", argument={"id": 1, "value": "shop.test"},
        answer={"/?q=%.shop.test&output=json": Reply(SHOP)}, empty={"/": Reply([])}, large={"/": Reply(MANY)},
        error={"/": Reply("<!DOCTYPE html><html><body>canceling statement due to statement timeout</body></html>", type="text/html")},
        empty_is_error="crt.sh answers with an empty list when it is asked too often, too",
        more={
            "odd": Case({"/": Reply([7, True, "x", [], *({**SHOP[0], "name_value": v} for v in (7, None, {"a": 1}, ["www.shop.test"], True)), SHOP[1]])}),
            "odd-all": Case({"/": Reply([7, {**SHOP[0], "name_value": 7}])}, ends="error", rows=False),
        }),
]
