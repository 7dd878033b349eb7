"""GLEIF, the register of legal entity identifiers: records by name or LEI, and the parents of one.

As the page of its API describes it. The filter for names finds all that have the words in them. A parent that there is
none of is 404; an entity that says why has a link `reporting-exception`.
"""
from service import Case, Reply, Service, padded

SHOP, HOLD, TOP = "529900SHOP0000000012", "529900HOLD0000000034", "529900TOPX0000000056"
AT = "/api/v1/lei-records"


def record(lei, name, country="DE", city="Berlin", category="GENERAL", relationships=None):
    return {"type": "lei-records", "id": lei, "attributes": {
        "lei": lei, "entity": {"legalName": {"name": name, "language": "de"}, "otherNames": [], "category": category, "status": "ACTIVE",
                               "legalAddress": {"language": "de", "addressLines": ["Weg 1"], "city": city, "region": "DE-BE", "country": country, "postalCode": "1"},
                               "headquartersAddress": {"city": "Paris", "country": "FR"}, "registeredAt": {"id": "RA000242", "other": None},
                               "registeredAs": "HRB 1", "jurisdiction": "DE", "legalForm": {"id": "2HBR", "other": None}},
        "registration": {"status": "ISSUED", "nextRenewalDate": "2027-01-02T00:00:00Z"}, "bic": None}, "relationships": relationships or {}}


def listing(*records):
    return {"meta": {"pagination": {"currentPage": 1, "perPage": 100, "from": 1, "to": len(records), "total": len(records), "lastPage": 1}},
            "links": {"first": "x"}, "data": list(records)}


def linked(kind, what):
    return {kind: {"links": {what: "x"}}}


NOBODY = {"direct-parent": {"links": {"reporting-exception": "x"}}, "ultimate-parent": {"links": {"reporting-exception": "x"}}}
ANSWER = {
    AT + "?filter[entity.legalName]=Shop%20GmbH": Reply(listing(
        record(HOLD, "Shop GmbH Holding"), record(SHOP, "SHOP  GmbH", category="FUND", relationships=linked("direct-parent", "lei-record")),
        record("1", "Shop GmbH"))),
    f"{AT}/{SHOP}/direct-parent": Reply({"data": record(HOLD, "Shop Holding AG", "CH", "Zug")}),
    f"{AT}/{SHOP}/ultimate-parent": Reply({"data": record(TOP, "Shop GmbH", "US", "Dover")}),
}
OTHERS = padded(b'{"data":[', '{"type":"lei-records","attributes":{"lei":"' + "5" * 20 + '","entity":{"legalName":{"name":"Other Shop GmbH"},"x":"'
                + "-" * 3000 + '"}}}', b"]}")


def arg(**more):
    return {"id": 100, "value": "Shop GmbH", "unscoped": False, **more}


SERVICES = [
    Service(
        module="gleif-organisation", argument=arg(), answer=ANSWER, empty={AT: Reply(listing(record(HOLD, "Shop GmbH Holding")))},
        error={AT: Reply({"errors": [{"status": "500", "title": "Internal error"}]})}, large={AT: Reply(OTHERS)},
        more={
            "several": Case({AT: Reply(listing(record(SHOP, "Shop GmbH"), record(HOLD, "shop gmbh", "AT", "Wien")))}, rows=False),
            "country": Case({AT: Reply(listing(record(SHOP, "Shop GmbH", relationships=NOBODY), record(HOLD, "shop gmbh", "AT", "Wien", relationships=NOBODY)))},
                            options={"country": "at"}),
            "by-number": Case({f"{AT}/{HOLD}": Reply({"data": record(HOLD, "Shop Holding AG", "CH", "Zug")})},
                              argument=arg(registration=HOLD, displayname="The shop", city="Bern")),
            "no-such-number": Case({}, argument=arg(registration=HOLD), rows=False),
            "parent-fails": Case({**ANSWER, f"{AT}/{SHOP}/ultimate-parent": Reply("busy", 503)}, ends="error"),
            "odd-parent": Case({**ANSWER, f"{AT}/{SHOP}/direct-parent": Reply({"data": None})}, ends="error"),
            "odd": Case({AT: Reply({"data": [
                1, None, "x", {"attributes": 5}, {"attributes": {"lei": 5, "entity": {"legalName": {"name": "Shop GmbH"}}}},
                {"attributes": {"lei": HOLD, "entity": {"legalName": {"name": ["Shop GmbH"]}}}},
                {"attributes": {"lei": SHOP, "entity": {"legalName": {"name": "Shop GmbH"}, "legalAddress": {"city": 7, "country": ["DE"]}, "category": {}}},
                 "relationships": "x"}]})}),
            "odd-list": Case({AT: Reply({"data": {"type": "lei-records", "id": SHOP}})}, ends="error", rows=False),
            "odd-country": Case({}, options={"country": "Germany"}, ends="error", rows=False),
        }),
]
