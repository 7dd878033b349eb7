"""Wikidata: items by name (wbsearchentities) and what is known of them (wbgetentities). Errors come with status 200.

As www.wikidata.org/w/api.php?action=help shows it; without a contact in the User-Agent it may block whoever asks.
"""
from service import Case, Reply, Service, padded

CONTACT = "contact", "ops@ours.test"


def hit(id, label, match=None, kind="label"):
    return {"id": id, "title": id, "label": label, "description": "x", "match": {"type": kind, "language": "en", "text": match or label}}


def found(*hits):
    return Reply({"searchinfo": {"search": "x"}, "search": list(hits), "success": 1})


def claim(value, rank="normal", until=None):
    snak = {"snaktype": "value", "property": "P1", "datavalue": {"value": value, "type": "string"}}
    return {"mainsnak": snak, "type": "statement", "rank": rank, **({"qualifiers": {"P582": [snak]}} if until else {})}


def item(id, label, about, **claims):
    return {"type": "item", "id": id, "labels": {"en": {"language": "en", "value": label}}, "descriptions": {"en": {"language": "en", "value": about}},
            "claims": {p: v if isinstance(v, list) else [claim(v)] for p, v in claims.items()}}


def entities(*items):
    return Reply({"entities": {i["id"]: i for i in items}, "success": 1})


SEARCH, GET = "/w/api.php?action=wbsearchentities", "/w/api.php?action=wbgetentities"
HUMAN = {"id": "Q5", "entity-type": "item", "numeric-id": 5}
SOME = {"snaktype": "somevalue", "property": "P1"}
ACCOUNTS = {
    "P2037": [claim("shop"), claim("a b/c")], "P2002": [claim("oldshop", "deprecated"), claim("formershop", until=True), claim("ShopNews", "preferred")],
    "P2397": [claim("UCabc"), claim("shopchannel")], "P4033": [claim("shop@Social.test"), claim("nonsense")], "P2003": [{"mainsnak": SOME, "rank": "normal"}],
    "P856": [claim("https://WWW.shop.test/en"), claim("http://old.test/", until=True), claim("https://www.facebook.com/shop"), claim("ftp://shop.test/"),
             claim("https://[::1]/"), claim("https://")],
}
SHOP = item("Q10", "Shop", "chain of shops", P159={"id": "Q64"}, P1278="529900SHOP0000000012", P4264="1234", **ACCOUNTS)
FRUIT = item("Q11", "Shop", "novel", P50={"id": "Q42"})
WHO = item("Q12", "Shop", "singer", P31=HUMAN, P169={"id": "Q1"})
CHAIN = item("Q13", "Shop", "another chain", P452={"id": "Q2"})


def told(request):
    """Only to those who say who they are, and only what they ask for in one go."""
    if request.headers["user-agent"] != "sn0int/0.26.1 (ops@ours.test)" or request.query.get("maxlag") != "5":
        return Reply("Please set a user-agent", 403, "text/plain")
    assert request.query["ids"] == "Q10|Q11|Q12|Q14"
    return entities(SHOP, FRUIT, WHO, {"id": "Q14", "missing": ""})


def born(time, precision=11):
    return claim({"time": time, "precision": precision, "timezone": 0, "calendarmodel": "http://www.wikidata.org/entity/Q1985727"})


ALICE = item("Q20", "Alice Example", "writer", P31=HUMAN, P569=[born("+1952-03-11T00:00:00Z")], P6634="alice-example", **ACCOUNTS)
NAMESAKE = item("Q21", "Alice Example", "chess player", P31=HUMAN, P569=[born("+1952-00-00T00:00:00Z", 9)])
SHIP = item("Q22", "Alice Example", "ship", P169={"id": "Q1"})
LAG = Reply({"error": {"code": "maxlag", "info": "Waiting for db1: 6 seconds lagged", "lag": 6}}, headers={"Retry-After": "5"})
LARGE = padded(b'{"search":[', '{"id":"Q9","label":"Shopping","match":{"type":"label","text":"Shopping"},"x":"' + "-" * 3000 + '"}', b"]}")
ODD = {SEARCH: found(hit("Q10", "Shop"), {"id": 5}, {"id": "Q11", "match": "x", "label": 5}), GET: Reply({"entities": {"Q10": {
    "id": "Q10", "labels": "x", "descriptions": {"en": {"value": 5}}, "claims": {
        "P159": [claim("x")], "P31": [5, {"mainsnak": 5}, claim("x")], "P856": [claim(5), claim({"a": 1})], "P2037": "x", "P4033": [claim([1])],
        "P2002": {"a": 1}, "P1278": [claim(5)]}}}})}


def organisation(value="Shop", **more):
    return {"id": 100, "value": value, "unscoped": False, **more}


def person(**more):
    return {"id": 100, "value": "Alice Example", "unscoped": False, **more}


PEOPLE = {SEARCH: found(hit("Q20", "Alice Example"), hit("Q21", "A. Example", "ALICE example", "alias"), hit("Q22", "Alice Example"), hit("Q23", "Alice Examples")),
          GET: entities(ALICE, NAMESAKE, SHIP)}
COMMON = {"error": {"/w/api.php": LAG}, "options": dict([CONTACT])}
REFUSALS = {
    "no-contact": Case({}, options={"contact": ""}, ends="error", rows=False),
    "odd-contact": Case({}, options={"contact": "me"}, ends="error", rows=False),
    "odd-item": Case({}, options={"item": "42"}, ends="error", rows=False),
}
SERVICES = [
    Service(
        module="wikidata-organisation", argument=organisation(), **COMMON,
        answer={SEARCH + "&search=Shop&type=item": found(hit("Q10", "Shop"), hit("Q11", "Shop"), hit("Q12", "X", "SHOP", "alias"), hit("Q13", "Shop around"),
                                                        hit("Q14", "shop"), hit("L7", "Shop")), GET: told},
        empty={SEARCH: found(hit("Q13", "Shop around"))}, large={SEARCH: Reply(LARGE)},
        more={
            **REFUSALS,
            "several": Case({SEARCH: found(hit("Q10", "Shop"), hit("Q13", "Shop")), GET: entities(SHOP, CHAIN)}, rows=False),
            "item": Case({GET + "&ids=Q13": entities(CHAIN)}, options={"item": "Q13"}, argument=organisation("The other shop", description="ours")),
            "no-item": Case({GET: entities({"id": "Q13", "missing": ""})}, options={"item": "Q13"}, rows=False),
            "lag": Case({SEARCH: found(hit("Q10", "Shop")), GET: LAG}, ends="error", rows=False),
            "odd": Case(ODD, rows=False),
            "odd-list": Case({SEARCH: Reply({"search": "x", "success": 1})}, ends="error", rows=False),
            "odd-items": Case({SEARCH: found(hit("Q10", "Shop")), GET: Reply({"entities": 5})}, ends="error", rows=False),
        }),
    Service(
        module="wikidata-person", argument=person(birthday="1952-03-11"), **COMMON, answer=PEOPLE,
        empty={SEARCH: found(hit("Q23", "Alice Examples"))}, large={SEARCH: Reply(LARGE)},
        more={
            **REFUSALS,
            "name-alone": Case(PEOPLE, argument=person(), rows=False),
            "another-birthday": Case(PEOPLE, argument=person(birthday="1952-03-12"), rows=False),
            "item": Case({GET + "&ids=Q20": entities(ALICE)}, argument=person(), options={"item": "Q20"}),
            "no-person": Case({GET: entities(SHIP)}, argument=person(), options={"item": "Q22"}, rows=False),
            "year-alone": Case({GET: entities(NAMESAKE)}, argument=person(), options={"item": "Q21"}),
            "odd": Case({SEARCH: found(hit("Q20", "Alice Example")), GET: Reply({"entities": {"Q20": {"id": "Q20", "claims": {"P31": [claim(HUMAN)], "P569": [
                claim("x"), claim({"precision": 11, "time": 5})]}}}})}, rows=False),
            "odd-items": Case({SEARCH: found(hit("Q20", "Alice Example")), GET: Reply({"entities": [1, 2]})}, ends="error", rows=False),
        }),
]
