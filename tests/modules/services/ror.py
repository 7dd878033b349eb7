"""ROR, the registry of research organisations, version 2 of its API: organisations that a query finds, 20 at a time.

As ror.readme.io shows it: all members are there, with null and empty lists where nothing is known.
"""
from service import Case, Reply, Service, padded

AT = "/v2/organizations"
UNI, OTHER = "https://ror.org/052gg0110", "https://ror.org/01an7q238"


def name(value, *types, lang="en"):
    return {"value": value, "types": list(types), "lang": lang}


def item(id, *names, **more):
    return {"id": id, "names": list(names), "types": [], "status": "active", "established": None, "domains": [], "links": [], "locations": [],
            "relationships": [], "external_ids": [], "admin": {"created": {"date": "2018-11-14", "schema_version": "1.0"}}, **more}


def listing(*items):
    return {"number_of_results": len(items), "time_taken": 5, "items": list(items), "meta": {"types": [], "countries": []}}


UNIVERSITY = item(
    UNI, name("UoS", "acronym"), name("University of Shop", "ror_display", "label"), name("Ladenuniversität", "label", lang="de"),
    types=["funder", "education"], domains=["Shop.test", "shop.test", "maths.other.test", "*.wild.test", "nobody@mail.test", None],
    links=[{"type": "website", "value": "http://www.facebook.com/shop"}],
    locations=[{"geonames_id": 1, "geonames_details": {"name": "Berlin", "country_name": "Germany", "country_code": "DE", "lat": 1.5, "lng": 2.5}}],
    relationships=[{"label": "Shop Press", "type": "child", "id": "https://ror.org/0aaaaaa01"}, {"label": "State of Shop", "type": "Parent",
                   "id": "https://ror.org/0aaaaaa02"}, {"label": "University of Shop", "type": "predecessor", "id": "https://ror.org/0aaaaaa03"},
                   {"label": "Hospital", "type": "related", "id": "https://ror.org/0aaaaaa04"}, {"label": "X", "type": "cousin", "id": "https://ror.org/0aaaaaa05"},
                   {"label": None, "type": "child", "id": "https://ror.org/0aaaaaa06"}, {"label": "Elsewhere", "type": "child", "id": "https://example.com/"}])
ANSWER = {AT + "?query=University%20of%20Shop": Reply(listing(item(OTHER, name("University of Shopping", "ror_display")), UNIVERSITY))}
OTHERS = padded(b'{"number_of_results":9,"items":[', '{"id":"' + OTHER + '","names":[{"value":"University of X","types":["label"],"lang":"'
                + "-" * 3000 + '"}]}', b"]}")


def arg(value="University of Shop", **more):
    return {"id": 100, "value": value, "unscoped": False, **more}


def known(request):
    """Only with a client id."""
    return Reply(UNIVERSITY) if request.headers.get("client-id") == "0123" else Reply({"errors": ["no"]}, 403)


SERVICES = [
    Service(
        module="ror-organisation", argument=arg(), answer=ANSWER, empty={AT: Reply(listing(item(OTHER, name("University of Shopping", "ror_display"))))},
        error={AT: Reply({"errors": ["Server error"]})}, large={AT: Reply(OTHERS)},
        more={
            "other-name": Case({AT: Reply(listing(UNIVERSITY))}, argument=arg("ladenuniversität")),
            "acronym": Case({AT: Reply(listing(UNIVERSITY))}, argument=arg("UoS"), rows=False),
            "several": Case({AT: Reply(listing(UNIVERSITY, item(OTHER, name("University of Shop", "alias"))))}, rows=False),
            "by-id": Case({AT + "/052gg0110": known}, argument=arg("the university", registration=UNI, city="Bonn"), options={"client-id": "0123", "max": "2"}),
            "refused-id": Case({AT + "/052gg0110": known}, argument=arg(registration=UNI), options={"client-id": "9"}, ends="error", rows=False),
            "no-such-id": Case({}, argument=arg(registration=UNI), rows=False),
            "odd-item": Case({AT + "/052gg0110": Reply({"errors": ["x"]})}, argument=arg(registration=UNI), ends="error", rows=False),
            "odd": Case({AT: Reply({"items": [1, None, "x", {"id": 5}, {"id": OTHER, "names": "x"}, {"id": OTHER, "names": [None, 5, {"value": 5}]}, {
                "id": UNI, "names": [{"value": "University of Shop", "types": "label"}], "types": [7, None], "domains": "shop.test", "locations": {"a": 1},
                "relationships": [5, {"label": {}, "type": [], "id": 7}]}]})}),
            "odd-list": Case({AT: Reply({"items": "none"})}, ends="error", rows=False),
            "odd-max": Case({}, options={"max": "many"}, ends="error", rows=False),
        }),
]
