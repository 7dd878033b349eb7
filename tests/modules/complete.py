#!/usr/bin/env python3
"""complete.py: whether every bundled module that asks a service is recorded with all cases of service.py, and how each ends.

A module asks a service if one of its options has a URL of https as what counts if it is not set. One that asks name servers or
the target itself has to be described there, too. TAP, a case a module.
"""
import glob
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import tap  # noqa: E402
from service import WAIT, services  # noqa: E402

MODULES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "modules", "bundled")
# Of what stands in an option as a URL of https: what the module writes into is no service that it asks.
DELIVERS = "-- Source: notifications"
# Older ones, whose cases record.py and modules.py have, against the servers of world.py.
OF_WORLD = ("../templates/subdomains", "../templates/urls")
CHANGES = ("Insert", "InsertTtl", "Update", "Activity")
SAYS = {"limited": ("429", WAIT), "unavailable": ("503",)}  # what the error has to have in it


def asks_a_service(text):
    return re.search(r"^-- Option: \S+ ?= ?https://", text, re.M) is not None and DELIVERS not in text


def asks_anybody(text):
    return re.search(r"\b(dns|http_send|http_fetch|http_fetch_json|sock_connect|ws_connect|mqtt_connect)\(", text) is not None and DELIVERS not in text


def ending(path):
    """"ok" or the error, and how many rows and events it adds or changes."""
    with open(path, encoding="utf-8") as f:
        events = json.load(f)["events"]
    end = events[-1]["Exit"]
    changes = sum(1 for e in events for kind in e.get("Database", ()) if kind in CHANGES)
    return "ok" if end == "Ok" else end["Err"], changes


def holds(service, name, case, path):
    assert os.path.exists(path), f"{name}: is not recorded"
    end, changes = ending(path)
    if case.ends == "ok":
        assert end == "ok", f"{name}: ends with {end!r}"
    if case.ends == "error":
        assert end != "ok", f"{name}: ends well"
    if case.ends == "error" and not case.rows:
        assert changes == 0, f"{name}: {changes} changes, though it could not look"
    if case.ends == "ok":
        assert case.rows == (changes > 0), f"{name}: {changes} changes"
    if name in service.cases():
        for text in SAYS.get(name, ()):
            assert text in end, f"{name}: {end!r} does not say {text}"


def module(name, text, service):
    def check():
        if service is None:
            assert not asks_a_service(text), "nothing in services/ is for it"
            assert name in OF_WORLD or not asks_anybody(text), "it asks somebody, and nothing in services/ is for it"
            return
        folder = os.path.join(MODULES, name + ".test")
        for case, what in {**service.cases(), **service.more}.items():
            holds(service, case, what, os.path.join(folder, case + ".json"))
    check.__name__ = name
    return check


def services_of_no_module(known):
    def services_of_no_module():
        tap.same(sorted(known), [])
    return services_of_no_module


def main():
    known, cases = services(), []
    paths = [p for folder in ("", "../templates") for p in glob.glob(os.path.join(MODULES, folder, "*.lua"))]
    for path in sorted(paths):
        name = os.path.relpath(path, MODULES)[:-4]
        with open(path, encoding="utf-8") as f:
            cases.append(module(name, f.read(), known.pop(name, None)))
    return tap.run([*cases, services_of_no_module(known)], lambda case: case())


if __name__ == "__main__":
    sys.exit(main())
