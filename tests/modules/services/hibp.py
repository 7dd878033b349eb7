"""Have I Been Pwned: the catalogue of breaches. https://haveibeenpwned.com/API/v3"""
from service import Case, Reply, Service

SHOP = {
    "Name": "Shop", "Title": "The Shop", "Domain": "shop.test", "BreachDate": "2019-10-04", "AddedDate": "2019-12-04T00:00:00Z",
    "ModifiedDate": "2022-05-15T23:52:49Z", "PwnCount": 152445165, "Description": "In October 2019 <em>it</em> happened.",
    "LogoPath": "https://logos.haveibeenpwned.com/Shop.png", "Attribution": None, "DisclosureUrl": None, "DataClasses": ["Email addresses", "Passwords"],
    "IsVerified": True, "IsFabricated": False, "IsSensitive": False, "IsRetired": False, "IsSpamList": False, "IsMalware": False, "IsSubscriptionFree": False,
    "IsStealerLog": False,
}
ALL = [SHOP, {**SHOP, "Name": "Shop2", "Title": "Again", "Domain": "Shop.test", "IsVerified": False, "BreachDate": "2022-01-02"},
       {**SHOP, "Name": "MadeUp", "IsFabricated": True}, {**SHOP, "Name": "Other", "Domain": "other.test"}, SHOP]
PLACE = "/api/v3/breaches"
ODD = [7, "x", {"Name": 7, "Domain": "shop.test"}, {k: {"x": 1} for k in SHOP}, {**SHOP, "BreachDate": 7, "PwnCount": {}}]


def with_agent(request):
    """Without a User-Agent it is 403."""
    return Reply(ALL) if request.headers.get("user-agent") and request.query == {"domain": "shop.test"} else Reply(b"", 403)


SERVICES = [
    Service(
        module="hibp-domain", argument={"id": 1, "unscoped": False, "value": "shop.test"}, answer={PLACE: with_agent}, empty={PLACE: Reply([])},
        large={PLACE: Reply([{**SHOP, "Domain": "elsewhere.test", "Description": "x" * 20000}] * 520)}, more={
            "odd": Case({PLACE: Reply(ODD)}),
            "no-agent": Case({PLACE: Reply(b"", 403)}, ends="error", rows=False),
        }),
]
