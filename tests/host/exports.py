#!/usr/bin/env python3
"""exports.py SN0INT [CASE...]: what a workspace is written as, read back by others, and where it goes. TAP."""
import base64
import csv
import importlib.util
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from dot import Graph  # noqa: E402
from home import WAIT, Home, png  # noqa: E402
from tap import has, same  # noqa: E402

FORMATS, ALL = [], []  # those that are one file, and all: as the program says
# What a stranger may put into a value: whatever ends a string, a label, a line, or a document.
HOSTILE = ['"', "\\", "\\\\", 'a" ]; evil -> node [label="x', "\\N\\G\\l\\n", "a\\", "&amp;&lt;&#65;", "'x", "-1", "@x", "\t", "\r", " x ", "a,b", "<b>x</b>", "<<table/>>", "a\nb\r\tc",
           "\x1b[2J\x07", "\x00nul\x00", "\u202eevil\u200b", "]]>", "=1+1", "{}", "/* */ // #", "ünï\U0001F98A", "'; drop table", "x" * 5000, ""]


def run(home, *args, **more):
    p = subprocess.run([Home.program, *args], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT, **more)
    return p.returncode, p.stdout, p.stderr.decode()


def database(home):
    return sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))


def fill(home):
    """All families, every link, an event, a rule and a file."""
    for words in ("domain example.com", "subdomain www.example.com", "ipaddr 192.0.2.1", "url http://www.example.com/a?b=c&amp;d",
                  "email a@example.com", "phonenumber +491234567", "device 00:11:22:33:44:55", "network cafe 1.5 2", "account github.com alice",
                  "breach leak", "port tcp 192.0.2.1:80", "netblock 192.0.2.0/24", "cryptoaddr x"):
        home.call("add", *words.split())
    home.write("pic.png", png())
    home.call("add", "image", "pic.png")
    home.call("autoscope", "add", "domain", "example.com")
    home.call("noscope", "emails", "where", "id=1")
    with database(home) as db:
        db.execute("insert into subdomain_ipaddrs (subdomain_id, ip_addr_id) values (1, 1)")
        db.execute("insert into network_devices (network_id, device_id, ipaddr) values (1, 1, '192.0.2.9')")
        db.execute("insert into breach_emails (breach_id, email_id, password) values (1, 1, 'hunter2')")
        db.execute("""insert into activity (topic, time, content) values ('t', '2020-02-29 12:00:00', '{"z":1,"a":[true]}')""")
        db.execute("update urls set body = x'00ff41'")
    db.close()


def fill_hostile(home):
    home.call("add", "domain", "example.com")
    with database(home) as db:
        for value in HOSTILE:
            db.execute("insert into networks (value, unscoped) values (?, 0)", (value,))
        db.execute("insert into networks (value, unscoped) values (cast(x'61ff62' as text), 0)")
    db.close()


def shown(value):
    """As the door cleans a line: what is not harmless as its number."""
    bad = "\x00\x07\x1b\n\r\u202e\u200b"
    return "".join(f"\\u{{{ord(c):x}}}" if c in bad else c for c in value)


def lines_hold_what_the_object_holds(home):
    fill(home)
    all = json.loads(home.call("export", "-f", "json-blobs"))
    lines = [json.loads(l) for l in home.call("export", "-f", "jsonl").decode().split("\n")[:-1]]
    models, blobs = {t: [] for t in all["models"]}, []
    for line in lines:
        same(list(line)[0], "table")
        table = line.pop("table")
        if table == "blobs":
            blobs.append(line["bytes"])
            same(line["id"], all["models"]["images"][0]["value"])
        else:
            models[table].append(line)
    same(models, all["models"])
    same(blobs, all["blobs"])
    same([base64.b64decode(b) for b in blobs], [png()])
    same([t for t, rows in models.items() if not rows], ["ttls"])
    same(models["activity"][0]["content"], {"z": 1, "a": [True]})


def cell(text, want):
    """A cell as the type that the same column has in JSON; a ' in front is taken away."""
    if text == "":
        return "" if want == "" else None
    if isinstance(want, (bool, int, float)):
        return json.loads(text)
    text = text[1:] if text.startswith("'") else text
    if isinstance(want, list):
        return list(base64.b64decode(text))
    return text if isinstance(want, str) else json.loads(text)


def spreadsheets_hold_what_the_object_holds(home):
    fill(home)
    fill_hostile(home)
    same(home.call("export", "-f", "csv", "-o", "sheets"), b"")
    same(stat.S_IMODE(os.stat(os.path.join(home.path, "sheets")).st_mode), 0o700)
    all = json.loads(home.call("export", "-f", "json"))
    same(sorted(os.listdir(os.path.join(home.path, "sheets"))), sorted(t + ".csv" for t in all))
    for table, rows in all.items():
        with open(os.path.join(home.path, "sheets", table + ".csv"), newline="", encoding="utf-8") as f:
            head, *got = csv.reader(f, strict=True)
        assert not rows or head == list(rows[0]), head
        same([[cell(c, w) for c, w in zip(line, row.values(), strict=True)] for line, row in zip(got, rows, strict=True)],
             [list(r.values()) for r in rows], table)
    text = home.content("sheets/networks.csv").decode()
    has(text, ",'=1+1,", ',"",', ",'\u202eevil".replace("'", ""))
    has(home.content("sheets/phonenumbers.csv").decode(), ",'+491234567,")
    for line in csv.reader(text.splitlines(keepends=True)):
        assert line[1][:1] not in ("=", "+", "-", "@", "\t", "\r"), line


def all_sheets_or_none(home):
    many(home, 20000)
    home.call("export", "-f", "csv", "-o", "sheets")
    folder = os.path.join(home.path, "sheets")
    for name in os.listdir(folder):
        home.write("sheets/" + name, b"old")
    names = sorted(os.listdir(folder))
    status, out, err = run(home, "export", "-f", "csv", "-o", "sheets", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000)))
    same((status, out, err), (1, b"", "Error: cannot write sheets/subdomains.csv\nBecause: File too large (os error 27)\n"))
    same(sorted(os.listdir(folder)), names)
    same({home.content("sheets/" + n) for n in names}, {b"old"})
    home.call("export", "-f", "csv", "-o", "sheets")
    same(sorted(os.listdir(folder)), names)
    same(home.content("sheets/domains.csv"), b"id,value,unscoped\r\n1,example.com,false\r\n")
    home.write("file", b"old")
    for path, why in (("file", "cannot write file/accounts.csv\nBecause: Not a directory (os error 20)"),
                      ("no/such", "cannot make the folder no/such\nBecause: No such file or directory (os error 2)")):
        same(run(home, "export", "-f", "csv", "-o", path), (1, b"", f"Error: {why}\n"))
    same(home.content("file"), b"old")


def the_graph_has_each_row_and_each_link(home):
    fill(home)
    graph = Graph(home.call("export", "-f", "dot").decode())
    same({n: a["label"] for n, a in graph.nodes.items()},
         {"domain_1": "example.com", "subdomain_1": "www.example.com", "ipaddr_1": "192.0.2.1", "url_1": "http://www.example.com/a?b=c&amp;d",
          "email_1": "a@example.com", "phonenumber_1": "+491234567", "device_1": "00:11:22:33:44:55", "network_1": "cafe",
          "account_1": "github.com/alice", "breach_1": "leak", "port_1": "tcp/192.0.2.1:80", "netblock_1": "192.0.2.0/24", "cryptoaddr_1": "x",
          "image_1": home.rows("select value from images")[0][0]})
    same({n: a["class"] for n, a in graph.nodes.items()}, {n: n[:-2] for n in graph.nodes})
    same([n for n, a in graph.nodes.items() if a.get("style") == "dashed"], ["email_1"])
    same(sorted((a, l["label"], b) for a, b, l in graph.edges),
         [("breach_1", "contains", "email_1"), ("network_1", "contains", "device_1"), ("port_1", "is on", "ipaddr_1"),
          ("subdomain_1", "belongs to", "domain_1"), ("subdomain_1", "resolves to", "ipaddr_1"), ("url_1", "is on", "subdomain_1")])


def chosen_rows_and_the_links_between_them(home):
    fill(home)
    home.call("add", "domain", "example.net")
    home.call("add", "subdomain", "a.example.net")
    home.write("two.png", png(2))
    home.call("add", "image", "two.png")
    home.call("noscope", "images", "where", "filename=two.png")
    all = json.loads(home.call("export", "-f", "json"))

    def export(*args):
        """Lines of rows by table, blobs as their ids; the graph says the same."""
        lines = [json.loads(l) for l in home.call("export", "-f", "jsonl", *args).decode().split("\n")[:-1]]
        tables = {}
        for line in lines:
            table = line.pop("table")
            tables.setdefault(table, []).append(line["id"])
            assert table == "blobs" or line in all[table], line
        graph = Graph(home.call("export", "-f", "dot", *args).decode())
        same({n for n in graph.nodes}, {f"{f}_{i}" for f, t in families.items() for i in tables.get(t, ())})
        for a, b, _ in graph.edges:
            assert a in graph.nodes and b in graph.nodes, (a, b)
        return tables, sorted((a, b) for a, b, _ in graph.edges)
    families = dict(
        domain="domains", subdomain="subdomains", ipaddr="ipaddrs", email="emails", breach="breaches", image="images", url="urls", account="accounts",
        device="devices", network="networks", phonenumber="phonenumbers", port="ports", netblock="netblocks", cryptoaddr="cryptoaddrs")
    same(export("domains"), ({"domains": [1, 2]}, []))
    same(export("domains", "subdomains"), ({"domains": [1, 2], "subdomains": [1, 2]}, [("subdomain_1", "domain_1"), ("subdomain_2", "domain_2")]))
    same(export("subdomains", "ipaddrs"), ({"subdomains": [1, 2], "ipaddrs": [1], "subdomain_ipaddrs": [1]}, [("subdomain_1", "ipaddr_1")]))
    same(export("domains", "subdomains", "where", "value", "like", "%.net"), ({"domains": [2], "subdomains": [2]}, [("subdomain_2", "domain_2")]))
    same(export("subdomains", "ipaddrs", "where", "value", "like", "%.net"), ({"subdomains": [2]}, []))
    same(export("subdomains", "domains", "where", "true", "order", "by", "id", "desc", "limit", "1"),
         ({"domains": [2], "subdomains": [2]}, [("subdomain_2", "domain_2")]))
    same(export("domains", "where", "sql", "id = 1"), ({"domains": [1]}, []))
    same(export("emails", "breaches"), ({"emails": [1], "breaches": [1], "breach_emails": [1]}, [("breach_1", "email_1")]))
    same(export("emails", "breaches", "--in-scope"), ({"breaches": [1]}, []))
    same(export("images")[0], {"images": [1, 2], "blobs": [r["value"] for r in all["images"]]})
    same(export("images", "--in-scope")[0], {"images": [1], "blobs": [all["images"][0]["value"]]})
    tables, edges = export("--in-scope")
    same(("emails" in tables, "breach_emails" in tables, len(tables["blobs"]), len(tables["activity"]), len(tables["autonoscope"])), (False, False, 1, 1, 1))
    same(edges, sorted(
        [(a, b) for a, _, b in EDGES if b != "email_1"] + [("subdomain_2", "domain_2")]))
    home.call("export", "-f", "csv", "-o", "some", "domains", "subdomains")
    same(sorted(os.listdir(os.path.join(home.path, "some"))), ["domains.csv", "subdomains.csv"])
    same(list(json.loads(home.call("export", "-f", "json", "ports"))), ["ports"])
    for args, want in ((["where", "id=1"], "a filter needs families in front of it"), (["domains", "domains"], "domains stands there twice"),
                       (["domain"], "did you mean 'domains'?"), (["subdomain_ipaddrs"], "there is no family"),
                       (["domains", "where", "true", "order", "by", "random()"], "random() gives other rows each time")):
        status, out, err = run(home, "export", "-f", "json", *args)
        same((status, out), (2, b""), err)
        has(err, want)
    status, out, err = run(home, "export", "-f", "json", "ipaddrs", "domains", "where", "asn=1")
    same((status, out), (1, b""), err)
    has(err, "no such column: asn")
    status, out, err = run(home, "export", "-f", "dot", "domains", "subdomains", "where", "sql", "nope(1)")
    same((status, out.count(b"subdomain_")), (1, 0), err)
    db = database(home)
    db.execute("pragma foreign_keys = off")
    db.execute("delete from ipaddrs")
    db.commit()
    db.close()
    same(export("subdomains", "ipaddrs"), ({"subdomains": [1, 2], "subdomain_ipaddrs": [1]}, []))


EDGES = [("breach_1", "contains", "email_1"), ("network_1", "contains", "device_1"), ("port_1", "is on", "ipaddr_1"),
         ("subdomain_1", "belongs to", "domain_1"), ("subdomain_1", "resolves to", "ipaddr_1"), ("url_1", "is on", "subdomain_1")]


def legal(value):
    """As a document of XML holds a text: what none can hold as its number, broken bytes as U+FFFD."""
    return "".join(c if c in "\t\n\r" or c >= " " else f"\\u{{{ord(c):x}}}" for c in value)


def gexf(text):
    """Nodes with label and attributes, edges with label and attributes; each attribute is one that was declared."""
    n = "{http://gexf.net/1.3}"
    graph = xml.etree.ElementTree.fromstring(text).find(n + "graph")
    declared = {a.get("class"): {x.get("id"): x.get("type") for x in a} for a in graph.iter(n + "attributes")}

    def attributes(element, kind):
        held = {v.get("for"): v.get("value") for v in element.iter(n + "attvalue")}
        assert set(held) <= set(declared[kind]), held
        return held
    nodes = {x.get("id"): (x.get("label"), attributes(x, "node")) for x in graph.find(n + "nodes")}
    edges = [(x.get("source"), x.get("label"), x.get("target"), attributes(x, "edge")) for x in graph.find(n + "edges")]
    return nodes, edges


def graphml(text):
    n = "{http://graphml.graphdrawing.org/xmlns}"
    root = xml.etree.ElementTree.fromstring(text)
    declared = {k.get("id"): (k.get("for"), k.get("attr.name")) for k in root.iter(n + "key")}

    def data(element, kind):
        for d in element:
            same(declared[d.get("key")][0], kind)
        return {declared[d.get("key")][1]: d.text or "" for d in element}
    graph = root.find(n + "graph")
    nodes = {x.get("id"): data(x, "node") for x in graph.iter(n + "node")}
    edges = [(x.get("source"), data(x, "edge"), x.get("target")) for x in graph.iter(n + "edge")]
    return nodes, edges


def other_graphs_have_each_row_and_each_link(home):
    fill(home)
    fill_hostile(home)
    want = Graph(home.call("export", "-f", "dot").decode())
    rows = {(t, r["id"]): r for t, rows in json.loads(home.call("export", "-f", "json")).items() for r in rows}
    nodes, edges = gexf(home.call("export", "-f", "gexf"))
    same({n: a["class"] for n, (_, a) in nodes.items()}, {n: a["class"] for n, a in want.nodes.items()})
    same([label for n, (label, _) in nodes.items() if n.startswith("network")], ["cafe"] + [legal(v) for v in HOSTILE] + ["a\ufffdb"])
    same(sorted(e[:3] for e in edges), EDGES)
    same({e[0]: e[3] for e in edges if e[3]}, {"breach_1": {"password": "hunter2"}, "network_1": {"ipaddr": "192.0.2.9"}})
    same(nodes["network_1"][1], {"class": "network", "unscoped": "false", "latitude": "1.5", "longitude": "2.0"})
    same(nodes["ipaddr_1"][1], {"class": "ipaddr", "family": rows["ipaddrs", 1]["family"], "unscoped": "false"})
    more, links = graphml(home.call("export", "-f", "graphml"))
    same({n: (d["label"], {k: v for k, v in d.items() if k not in ("label", "colour")}) for n, d in more.items()},
         {n: (label, a) for n, (label, a) in nodes.items()})
    same(sorted((a, d["label"], b) for a, d, b in links), EDGES)
    same({a: {k: v for k, v in d.items() if k != "label"} for a, d, b in links if len(d) > 1}, {e[0]: e[3] for e in edges if e[3]})


def links_of_ours_are_edges(home):
    fill(home)
    with database(home) as db:
        db.execute("insert into persons (value, unscoped, birthday) values ('bob', 0, '1970')")
        db.executemany("insert into links (left_family, left_row, right_family, right_row, value) values ('person', 1, ?, 1, ?)",
                       [("domain", 'owns "it" <&>'), ("email", "uses"), ("network", "\u2603")])
        db.execute("insert into notes (family, row, value) values ('email', 1, 'out'), ('person', 1, 'in')")
    db.close()
    want = [("person_1", 'owns "it" <&>', "domain_1"), ("person_1", "uses", "email_1"), ("person_1", "\u2603", "network_1")]
    nodes, edges = gexf(home.call("export", "-f", "gexf"))
    same(nodes["person_1"], ("bob", {"class": "person", "unscoped": "false", "birthday": "1970", "notes": "in"}))
    same([e for e in edges if e[0] == "person_1"], [(*w, {}) for w in want])
    same([(a, d["label"], b) for a, d, b in graphml(home.call("export", "-f", "graphml"))[1] if a == "person_1"], want)
    same([line[4] for line in csv.reader(home.call("export", "-f", "maltego").decode().splitlines()) if line[0] == "maltego.Person" and line[4]], [w[1] for w in want])
    same(len([o for o in json.loads(home.call("export", "-f", "misp"))["Event"]["Object"] if o["Attribute"][0]["value"] in [w[1] for w in want]]), 3)
    text = home.call("export", "-f", "stix")
    same([(o["identity_class"]) for o in json.loads(text)["objects"] if o.get("name") == "bob"], ["individual"])
    same([(o["relationship_type"], o["description"]) for o in json.loads(text)["objects"] if o.get("source_ref", "").startswith("identity")],
         list(zip(["owns--it-----", "uses", "---"], [w[1] for w in want])))
    judged_by_its_validator(home, text)
    # what is about rows goes with them
    def some(*args):
        return {t: [r["value"] for r in rows] for t, rows in json.loads(home.call("export", "-f", "json", *args)).items() if t in ("links", "notes")}
    same(some("--in-scope"), {"links": ['owns "it" <&>', "\u2603"], "notes": ["in"]})
    same(some("emails"), {"links": [], "notes": ["out"]})
    same(some("persons", "emails"), {"links": ["uses"], "notes": ["out", "in"]})
    same(some("persons", "emails", "where", "value=bob"), {"links": [], "notes": ["in"]})


def hang(home, *rows):
    """("tags" or "notes", family, id, text)"""
    with database(home) as db:
        for table, *values in rows:
            db.execute(f"insert into {table} (family, row, value) values (?, ?, ?)", values)
    db.close()


# a document of XML has no other bytes in the way; none of these may end a text, a list, or a line
TAGS = sorted(["red", "a,b|c;d", '"<&>]]>', "\u2603", "x" * 256])
NOTES = sorted(["one", 'two\nlines "<&>]]>\x1b', "{}],"])


def notes_and_tags_are_on_what_they_are_about(home):
    fill(home)
    home.call("add", "subdomain", "example.com")
    home.call("add", "person", "bob")
    home.call("link", "person", "bob", "owns", "domain", "example.com")
    with database(home) as db:  # of one object, in two families
        db.executemany("insert into links (left_family, left_row, right_family, right_row, value) values (?, ?, 'ipaddr', 1, 'was')", [("domain", 1), ("subdomain", 2)])
    db.close()
    home.call("tag", "add", "red", "domains", "where", "id=1")
    home.call("note", "add", "one", "domains", "where", "id=1")
    hang(home, *(("tags", "domain", 1, t) for t in TAGS if t != "red"), *(("notes", "domain", 1, t) for t in NOTES if t != "one"),
         ("tags", "subdomain", 2, "red"), ("tags", "person", 1, "red"), ("tags", "person", 1, "blue"), ("notes", "subdomain", 2, "one"), ("notes", "network", 1, "far"),
         ("tags", "breach-email", 1, "red"), ("notes", "breach-email", 1, "one"), ("tags", "link", 1, "sure"), ("notes", "port", 1, "\u00e4" * 32000),
         ("notes", "port", 1, "z" * 60000))
    want = {"domain_1": ("\n".join(TAGS), "\n\n".join(legal(n) for n in NOTES)), "subdomain_2": ("red", "one"), "person_1": ("blue\nred", None),
            "network_1": (None, "far"), "port_1": (None, "z" * 60000 + "\n\n" + "\u00e4" * 32000)}
    on_edges = [("breach_1", "red", "one"), ("person_1", "sure", None)]
    nodes, edges = gexf(home.call("export", "-f", "gexf"))
    same({n: (a.get("tags"), a.get("notes")) for n, (_, a) in nodes.items() if "tags" in a or "notes" in a}, want)
    same(sorted((e[0], e[3].get("tags"), e[3].get("notes")) for e in edges if "tags" in e[3]), on_edges)
    nodes, edges = graphml(home.call("export", "-f", "graphml"))
    same({n: (a.get("tags"), a.get("notes")) for n, a in nodes.items() if "tags" in a or "notes" in a}, want)
    same(sorted((a, d.get("tags"), d.get("notes")) for a, d, _ in edges if "tags" in d), on_edges)

    text = home.call("export", "-f", "misp")
    event = json.loads(text)["Event"]
    rows = {(a["type"], a["value"]): a for a in event["Attribute"]}
    same([t["name"] for t in rows["domain", "example.com"]["Tag"]], [t[:255] for t in TAGS])
    same(rows["domain", "example.com"]["comment"], "domain; unscoped: false" + "".join(f"; note: {n}" for n in NOTES))
    same((rows["hostname", "example.com"]["Tag"], "Tag" in rows["text", "cafe"]), ([{"name": "red"}], False))
    long = rows["text", "tcp/192.0.2.1:80"]["comment"].encode()
    same((len(long), long[-6:], b"z" * 60000 + "; note: \u00e4".encode() in long), (65534, b" [cut]", True))  # one byte is half a letter
    same(sorted((o["Attribute"][0]["value"], [t["name"] for t in o["Attribute"][0]["Tag"]], o["comment"]) for o in event["Object"] if "Tag" in o["Attribute"][0]),
         [("contains", ["red"], "breach-email; password: hunter2; note: one"), ("owns", ["sure"], "link")])
    read_by_pymisp(text, len(rows) + len(event["Object"]))

    text = home.call("export", "-f", "stix")
    objects = json.loads(text)["objects"]
    by = {o["id"]: o for o in objects}
    same(len(by), len(objects))

    def shown_as(o):
        return o.get("value") or o.get("name") or o.get("relationship_type") or o["type"]
    notes = [(shown_as(by[o["object_refs"][0]]), o.get("labels", []), o["content"]) for o in objects if o["type"] == "note"]
    same(sorted(notes), sorted([("example.com", [t], t) for t in [*TAGS, "red"]] + [("example.com", [], n) for n in [*NOTES, "one"]] +
                               [("cafe", [], "far"), ("contains", [], "one"), ("network-traffic", [], "z" * 60000), ("network-traffic", [], "\u00e4" * 32000)]))
    same(sorted((shown_as(o), o["labels"]) for o in objects if "labels" in o and o["type"] != "note"), [("bob", ["blue", "red"]), ("contains", ["red"]), ("owns", ["sure"])])
    judged_by_its_validator(home, text)
    # chosen rows bring theirs, and of one object in two families the one that is there
    objects = json.loads(home.call("export", "-f", "stix", "subdomains", "where", "value=example.com"))["objects"]
    same([(o["value"], o["extensions"][objects[1]["id"]]["sn0int_family"]) for o in objects if o["type"] == "domain-name"], [("example.com", "subdomain")])
    same(sorted(o["content"] for o in objects if o["type"] == "note"), ["one", "red"])
    objects = json.loads(home.call("export", "-f", "stix", "domains", "subdomains", "where", "id=2"))["objects"]
    same([o["extensions"][objects[1]["id"]] for o in objects if o["type"] == "domain-name"],
         [{"extension_type": "property-extension", "sn0int_family": "subdomain", "unscoped": False}])
    # where nothing of ours is kept nothing hangs, and nobody knows
    with database(home) as db:
        db.execute("drop table attempt")
    db.close()
    for name in ("gexf", "graphml", "misp"):
        assert b"z" * 60000 not in home.call("export", "-f", name)
    same([o["type"] for o in json.loads(home.call("export", "-f", "stix"))["objects"] if o["type"] == "note"], [])


def read_by_pymisp(text, attributes):
    try:
        import pymisp
    except ImportError:
        return print("# PyMISP is not there (no package of Debian): it is not asked to read an event")
    event = pymisp.MISPEvent()
    event.load(json.loads(text))
    same(len(event.attributes) + len(event.objects), attributes)
    same({t.name for a in event.attributes for t in a.tags}, {t[:255] for t in TAGS} | {"red", "blue"})


UNKNOWN = "1970-01-01T00:00:00.000Z"


def objects_of_stix_say_when_a_row_came(home):
    for name in ("kept", "gone", "again"):
        home.call("add", "person", name)
    home.call("add", "domain", "example.com")
    home.call("add", "subdomain", "www.example.com")
    home.call("noscope", "persons", "where", "value=kept")
    home.call("delete", "persons", "where", "value=again")
    home.call("add", "person", "again")
    with database(home) as db:
        db.executemany("insert into persons (value, unscoped) values (?, 0)", [("another",), ("touched",)])
        db.execute("update persons set unscoped = 1 where value in ('touched', 'gone')")
        db.execute("delete from origin where family = 'person' and what = 'added' and value = 'gone'")
    db.close()
    home.call("tag", "add", "red", "persons", "where", "value=again")

    def began(what, value, family="person"):
        return [t.replace(" ", "T") + "Z" for t, in home.rows(
            f"select started from attempt, origin where attempt.id = attempt and family = '{family}' and what = '{what}' and value = '{value}' order by 1")]

    def objects():
        text = home.call("export", "-f", "stix")
        all = json.loads(text)["objects"]
        judged_by_its_validator(home, text)
        return {o["name"]: o for o in all if "identity_class" in o}, [o for o in all if o["type"] == "relationship"]
    by, relations = objects()
    same((by["kept"]["created"], by["kept"]["modified"]), (*began("added", "kept"), *began("changed", "kept")))
    assert by["kept"]["created"] < by["kept"]["modified"]
    same((by["again"]["created"], by["again"]["modified"]), (began("added", "again")[1], *began("added", "red", "tag")))
    same((by["another"]["created"], by["another"]["modified"]), (UNKNOWN, UNKNOWN))
    for name in ("touched", "gone"):  # by another program, which notes when
        noted, = home.rows(f"select sequence from origin where attempt = 0 and value = '{name}'")
        same((by[name]["created"], by[name]["modified"]),
             (UNKNOWN, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(noted[0] // 1000)) + f".{noted[0] % 1000:03}Z"))
    same([(r["created"], r["modified"]) for r in relations], [(began("added", "www.example.com", "subdomain")[0],) * 2])
    # the same object as long as it is: a change is a new version of it
    home.call("scope", "persons", "where", "value=kept")
    later, _ = objects()
    same({n: o["id"] for n, o in later.items()}, {n: o["id"] for n, o in by.items()})
    same((later["kept"]["created"], later["kept"]["modified"] > by["kept"]["modified"]), (by["kept"]["created"], True))
    # what somebody else wrote there is no time
    with database(home) as db:
        db.execute("update attempt set started = 'never\"}'")
    db.close()
    by, _ = objects()
    same((by["kept"]["created"], by["again"]["modified"]), (UNKNOWN, UNKNOWN))


def formats_with_edges_say_where_notes_are(home):
    page = home.call("reference", "exports").decode()
    rows = {l.split("|")[1].strip(" `"): [c.strip() for c in l.split("|")[2:5]] for l in page.split("## Tags, notes, times")[1].split("\n\n")[2].splitlines()[2:]}
    same(list(rows), ["dot", "gexf", "graphml", "stix", "misp", "maltego"])
    fill(home)
    hang(home, ("tags", "domain", 1, "here it is"), ("notes", "domain", 1, "and here"))
    for name, (tags, notes, times) in rows.items():
        out = home.call("export", "-f", name)
        same((b"here it is" in out, b"and here" in out, b'"created":"2' in out), tuple(cell != "no place" for cell in (tags, notes, times)), name)


def a_row_with_much_on_it_takes_no_memory(home):
    many(home, 5000)  # behind it, so that somebody is there to be looked at
    hang(home, *(("notes", "domain", 1, f"{i}" + "n" * 65530) for i in range(20)), ("tags", "domain", 1, "t"))
    few = {name: peak(home, "export", "-f", name) for name in ("gexf", "graphml", "stix", "misp")}
    with database(home) as db:
        db.executemany("insert into notes (family, row, value) values ('domain', 1, ?)", ((f"{i:04}" + "n" * 65532,) for i in range(400)))
        db.executemany("insert into tags (family, row, value) values ('domain', 1, ?)", ((f"{i:0256}",) for i in range(10000)))
    db.close()
    for name, before in few.items():
        more = peak(home, "export", "-f", name)
        assert more < before + 3072, f"{name}: {before} KiB for 20 notes, {more} for 25 MiB of them"


def one_sheet_holds_what_the_object_holds(home):
    fill(home)
    fill_hostile(home)
    head, *lines = csv.reader(home.call("export", "-f", "csv-all").decode().splitlines(keepends=True), strict=True)
    same((head[:2], len(set(head))), (["table", "id"], len(head)))
    all = json.loads(home.call("export", "-f", "json"))
    got = {t: [] for t in all}
    for line in lines:
        line = dict(zip(head, line, strict=True))
        table = line.pop("table")
        row = all[table][len(got[table])]
        got[table].append({k: cell(line[k], w) for k, w in row.items()})
        same({v for k, v in line.items() if k not in row}, {""}, line)
    same(got, all)


def objects_and_relationships_are_those_of_stix(home):
    fill(home)
    fill_hostile(home)
    home.call("add", "subdomain", "example.com")
    home.call("add", "ipaddr", "2001:db8::1")
    with database(home) as db:
        db.execute("update ipaddrs set asn = 7 where id = 1")
        db.execute("insert into devices (value, unscoped) values ('no mac', 0)")
        db.execute("insert into ports (ip_addr_id, value, ip_addr, port, protocol, unscoped) values (2, 'udp/[2001:db8::1]:53', '2001:db8::1', 53, 'udp', 0)")
    db.close()
    text = home.call("export", "-f", "stix")
    bundle = json.loads(text)
    same((bundle["type"], set(bundle)), ("bundle", {"type", "id", "objects"}))
    objects, extension = bundle["objects"], None
    for o in objects:
        same(o["spec_version"], "2.1")
        same(o["id"].split("--")[0], o["type"])
        uuid.UUID(o["id"].split("--")[1])
        if o["type"] == "extension-definition":
            extension = o["id"]
        elif o["type"] != "identity" and "extensions" in o:
            same(list(o["extensions"]), [extension])
        same("new-sco" in json.dumps(o.get("extensions")), o["type"].startswith("x-"))
    by = {}
    for o in objects:
        by.setdefault(o["type"], []).append(o)
    same(sorted(by), sorted(["identity", "extension-definition", "user-account", "incident", "mac-addr", "domain-name", "email-addr", "file", "ipv4-addr", "ipv6-addr",
                             "network-traffic", "url", "x-sn0int-network", "x-sn0int-phonenumber", "x-sn0int-cryptoaddr", "x-sn0int-device", "relationship"]))
    # RFC 9562, 5.5, of the space and the text that section 2.9 of STIX says
    same(by["ipv4-addr"][0]["id"], "ipv4-addr--" + str(uuid.uuid5(uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7"), '{"value":"192.0.2.1"}')))
    same(by["user-account"][0]["id"],
         "user-account--" + str(uuid.uuid5(uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7"), '{"account_login":"alice","account_type":"github.com"}')))
    same(by["ipv4-addr"][0]["extensions"][extension], {"extension_type": "property-extension", "sn0int_family": "ipaddr", "family": "4", "unscoped": False, "asn": 7})
    same([(o["value"], o["extensions"][extension]["sn0int_family"]) for o in by["domain-name"]],
         [("example.com", "domain"), ("www.example.com", "subdomain")])
    same([o["extensions"][extension].get("subdomains") for o in by["domain-name"]], [{"sn0int_family": "subdomain", "unscoped": False}, None])
    same(len({o["id"] for o in objects}), len(objects))
    same([(o["protocols"], o["dst_port"], o["dst_ref"]) for o in by["network-traffic"]],
         [(["tcp"], 80, by["ipv4-addr"][0]["id"]), (["udp"], 53, by["ipv6-addr"][0]["id"])])
    same([o["value"] for o in by["x-sn0int-network"]], ["cafe"] + HOSTILE + ["a\ufffdb"])
    names = {o["id"]: o.get("value", o.get("name", o["type"])) for o in objects}
    same(sorted((names[r["source_ref"]], r["relationship_type"], names[r["target_ref"]]) for r in by["relationship"]),
         sorted([("leak", "contains", "a@example.com"), ("cafe", "contains", "00:11:22:33:44:55"), ("network-traffic", "is-on", "192.0.2.1"),
                 ("network-traffic", "is-on", "2001:db8::1"), ("www.example.com", "belongs-to", "example.com"),
                 ("www.example.com", "resolves-to", "192.0.2.1"), ("http://www.example.com/a?b=c&amp;d", "is-on", "www.example.com")]))
    same([r["extensions"][extension]["password"] for r in by["relationship"] if names[r["source_ref"]] == "leak"], ["hunter2"])
    same(home.call("export", "-f", "stix"), text)
    judged_by_its_validator(home, text)


def judged_by_its_validator(home, text):
    try:
        import stix2validator
    except ImportError:
        return print("# stix2-validator is not there (no package of Debian): its judgement is not asked for")
    home.write("bundle.json", text)
    result = stix2validator.validate_file(os.path.join(home.path, "bundle.json"))
    same([str(e) for r in result.object_results for e in r.errors], [])
    same(result.is_valid, True)


def an_event_of_misp_has_each_row_and_each_link(home):
    fill(home)
    text = home.call("export", "-f", "misp")
    event = json.loads(text)["Event"]
    same(event["info"], "sn0int: default")
    rows = {a["uuid"]: a for a in event["Attribute"]}
    same(sorted((a["type"], a["value"]) for a in rows.values()),
         sorted([("domain", "example.com"), ("hostname", "www.example.com"), ("ip-dst", "192.0.2.1"), ("url", "http://www.example.com/a?b=c&amp;d"),
                 ("email", "a@example.com"), ("phone-number", "+491234567"), ("mac-address", "00:11:22:33:44:55"), ("text", "cafe"),
                 ("text", "github.com/alice"), ("text", "leak"), ("text", "tcp/192.0.2.1:80"), ("ip-dst", "192.0.2.0/24"), ("text", "x"),
                 ("text", home.rows("select value from images")[0][0])]))
    same([a["comment"] for a in rows.values() if a["value"] == "cafe"], ["network; unscoped: false; latitude: 1.5; longitude: 2.0"])
    same({a["to_ids"] for a in rows.values()}, {False})
    links = []
    for o in event["Object"]:
        ends = {r["relationship_type"]: rows[r["referenced_uuid"]]["value"] for r in o["ObjectReference"]}
        same({r["object_uuid"] for r in o["ObjectReference"]}, {o["uuid"]})
        links.append((ends["from"], o["Attribute"][0]["value"], ends["to"]))
    same(sorted(links),
         sorted([("leak", "contains", "a@example.com"), ("cafe", "contains", "00:11:22:33:44:55"), ("tcp/192.0.2.1:80", "is on", "192.0.2.1"),
                 ("www.example.com", "belongs to", "example.com"), ("www.example.com", "resolves to", "192.0.2.1"),
                 ("http://www.example.com/a?b=c&amp;d", "is on", "www.example.com")]))
    uuids = [event["uuid"], *rows, *(o["uuid"] for o in event["Object"]), *(r["uuid"] for o in event["Object"] for r in o["ObjectReference"]),
             *(a["uuid"] for o in event["Object"] for a in o["Attribute"])]
    same(len(set(uuids)), len(uuids))
    # another workspace with the same rows is another event
    home.call("-w", "other", "add", "domain", "example.com")
    same(set(uuids) & set(re.findall(r'"uuid":"([^"]+)"', home.call("-w", "other", "export", "-f", "misp").decode())), set())
    fill_hostile(home)
    text = home.call("export", "-f", "misp")
    same([a["value"] for a in json.loads(text)["Event"]["Attribute"] if a["comment"].startswith("network;")], ["cafe"] + HOSTILE + ["a\ufffdb"])
    try:
        import pymisp
    except ImportError:
        return print("# pymisp is not there (no package of Debian): it is not asked to read the event")
    read = pymisp.MISPEvent()
    read.from_json(text.decode())
    same((len(read.attributes), len(read.objects)), (14 + len(HOSTILE) + 1, 6))


def maltego_has_each_row_and_each_link(home):
    fill(home)
    fill_hostile(home)
    head, *lines = csv.reader(home.call("export", "-f", "maltego").decode().splitlines(keepends=True), strict=True)
    same(head, ["Entity Type", "Value", "Linked Type", "Linked Value", "Label"])
    alone = [line[:2] for line in lines if line[2:] == ["", "", ""]]
    same(len(alone), 14 + len(HOSTILE) + 1)
    same([v for t, v in alone if t == "maltego.Phrase" and v not in ("leak", "x")] , ["cafe"] + [v for v in HOSTILE] + ["a\ufffdb"])
    assert ["maltego.PhoneNumber", "+491234567"] in alone
    same(sorted(line for line in lines if line[4]),
         sorted([["maltego.Phrase", "leak", "maltego.EmailAddress", "a@example.com", "contains"],
                 ["maltego.Phrase", "cafe", "maltego.Device", "00:11:22:33:44:55", "contains"],
                 ["maltego.Port", "tcp/192.0.2.1:80", "maltego.IPv4Address", "192.0.2.1", "is on"],
                 ["maltego.DNSName", "www.example.com", "maltego.Domain", "example.com", "belongs to"],
                 ["maltego.DNSName", "www.example.com", "maltego.IPv4Address", "192.0.2.1", "resolves to"],
                 ["maltego.URL", "http://www.example.com/a?b=c&amp;d", "maltego.DNSName", "www.example.com", "is on"]]))


def networkx_reads_ten_thousand_rows(home):
    import networkx
    many(home, 10000)
    fill_hostile(home)
    nodes, links = 10001 + len(HOSTILE) + 1, 10000
    home.call("export", "-f", "graphml", "-o", "g")
    graph = networkx.read_graphml(os.path.join(home.path, "g"))
    same((graph.number_of_nodes(), graph.number_of_edges()), (nodes, links))
    same(graph.nodes["network_16"]["label"], legal(HOSTILE[15]))
    same((graph.nodes["subdomain_1"]["unscoped"], graph.nodes["subdomain_1"]["class"]), (False, "subdomain"))
    from networkx.readwrite.gexf import GEXF
    if "1.3" not in GEXF.versions:
        return print(f"# NetworkX {networkx.__version__} knows no GEXF 1.3: it does not read it")
    home.call("export", "-f", "gexf", "-o", "g")
    graph = networkx.read_gexf(os.path.join(home.path, "g"))
    same((graph.number_of_nodes(), graph.number_of_edges()), (nodes, links))
    same(graph.edges["subdomain_1", "domain_1"]["label"], "belongs to")


def an_empty_workspace_is_still_a_document(home):
    home.call("workspace")
    home.call("select", "domains")
    same(Graph(home.call("export", "-f", "dot").decode()).nodes, {})
    same(home.call("export", "-f", "jsonl"), b"")
    same(json.loads(home.call("export", "-f", "json-blobs"))["blobs"], [])
    same(gexf(home.call("export", "-f", "gexf")), ({}, []))
    same(graphml(home.call("export", "-f", "graphml")), ({}, []))
    same([o["type"] for o in json.loads(home.call("export", "-f", "stix"))["objects"]], ["identity", "extension-definition"])
    same({k: v for k, v in json.loads(home.call("export", "-f", "misp"))["Event"].items() if isinstance(v, list)}, {"Attribute": [], "Object": []})
    for name in ("csv-all", "maltego"):
        same(home.call("export", "-f", name).count(b"\n"), 1)


def hostile_values_stay_values(home):
    fill_hostile(home)
    graph = Graph(home.call("export", "-f", "dot").decode())
    networks = [a["label"] for n, a in graph.nodes.items() if a["class"] == "network"]
    same(networks, [shown(v) for v in HOSTILE] + ["a\ufffdb"])
    same(len(graph.nodes), len(HOSTILE) + 2)
    lines = home.call("export", "-f", "jsonl").decode().split("\n")[:-1]
    same([json.loads(l)["value"] for l in lines if '"networks"' in l], HOSTILE + ["a\ufffdb"])
    same([r["value"] for r in json.loads(home.call("export", "-f", "json"))["networks"]], HOSTILE + ["a\ufffdb"])


def graphviz_draws_it(home):
    fill(home)
    fill_hostile(home)
    p = subprocess.run(["dot", "-Tsvg"], input=home.call("export", "-f", "dot"), capture_output=True, timeout=WAIT)
    same((p.returncode, p.stderr), (0, b""))
    svg = "{http://www.w3.org/2000/svg}"
    drawn = {}
    for group in xml.etree.ElementTree.fromstring(p.stdout).iter(svg + "g"):
        if group.get("class", "").split()[0] in ("node", "edge"):
            text = "".join(t.text or "" for t in group.iter(svg + "text"))
            drawn[group.find(svg + "title").text] = (group.get("class").split(), text)
    same(drawn["subdomain_1->ipaddr_1"], (["edge"], "resolves to"))
    same(drawn["url_1"], (["node", "url"], "http://www.example.com/a?b=c&amp;d"))
    # Graphviz draws blanks as it likes
    drawings = {"".join(t.split()) for c, t in drawn.values() if c[-1] == "network"}
    for value in HOSTILE:
        assert "".join(shown(value).split()) in drawings, f"{value!r} is not among {drawings!r}"


def an_end_that_is_not_there_is_told(home):
    fill(home)
    db = database(home)
    db.execute("pragma foreign_keys = off")
    db.execute("delete from ipaddrs")
    db.commit()
    db.close()
    status, out, err = run(home, "export", "-f", "dot")
    graph = Graph(out.decode())
    same((status, err), (0, "[!] 2 links lead to rows that are not there, the export is without them\n"))
    same(sorted((a, b) for a, b, _ in graph.edges),
         [("breach_1", "email_1"), ("network_1", "device_1"), ("subdomain_1", "domain_1"), ("url_1", "subdomain_1")])
    same(run(home, "export", "-f", "json")[2], "")


def a_format_has_a_name(home):
    names = ", ".join(ALL[:-1]) + " or " + ALL[-1]
    for name in ("json", "json-blobs", "jsonl", "csv", "dot"):
        assert name in ALL
    for args, want in ((["export"], f"export needs a format: -f {names}"), (["export", "-f", "jsonI"], f"did you mean 'json'? It is {names}"),
                       (["export", "-f", "JSON"], f"it is {names}"), (["export", "-f", "xmlxml"], f"there is no format 'xmlxml': it is {names}"),
                       (["export", "-f", ""], f"it is {names}"), (["export", "-f", "json", "-o", ""], "-o takes the name of a file"),
                       (["export", "-f", "json", "x"], "there is no family 'x'"), (["export", "-f", "csv"], "csv is a file for each table: -o FOLDER"),
                       (["export", "-f", "csv", "-o", "-"], "csv is a file for each table: -o FOLDER")):
        status, out, err = run(home, *args)
        same((status, out), (2, b""), args)
        has(err.lower(), want.lower())
    for name in ALL:
        has(home.call("export", "--help").decode(), f"\n  {name} ")
        has(home.call("reference", "man").decode(), f"\n  {name} ".replace("\n", "").strip())


def a_file_is_what_the_pipe_gets(home):
    fill(home)
    for name in FORMATS:
        want = home.call("export", "-f", name)
        for words in (["-o", "out"], ["--output=out"], ["-oout"]):
            same(home.call("export", "-f", name, *words), b"")
            same(home.content("out"), want, name)
        same(home.call("export", "-f", name, "-o", "-"), want)
        same(home.call("export", "-f", name, "-o", "/dev/stdout"), want)
        p = subprocess.run([Home.program], input=f"export -f {name} -o prompt\n".encode(), env=home.env, cwd=home.path, capture_output=True, timeout=WAIT)
        same((p.returncode, home.content("prompt")), (0, want), p.stderr)
    same(stat.S_IMODE(os.stat(os.path.join(home.path, "out")).st_mode), 0o600)
    same(sorted(f for f in os.listdir(home.path) if "new" in f), [])


def what_it_comes_from_is_not_replaced(home):
    fill(home)
    want = home.call("export", "-f", "json")
    home.call("keyring", "add", "aws:key", "secret")
    own = [os.path.join(folder, name) for folder, _, names in os.walk(home.path) for name in names if name in ("db.sqlite", "keyring.json")]
    same(len(own), 2, own)
    for n, path in enumerate(own):
        os.symlink(path, os.path.join(home.path, f"link{n}"))
        for given in (path, f"link{n}"):
            status, out, err = run(home, "export", "-f", "json", "-o", given)
            same((status, out), (1, b""))
            assert "which an export would replace" in err, err
    same(home.call("export", "-f", "json"), want)


def what_cannot_be_written_is_told_once(home):
    fill(home)
    home.write("old", b"old")
    os.mkdir(os.path.join(home.path, "folder"))
    for name in FORMATS:
        for path, why in (("folder", "Is a directory (os error 21)"), ("no/such", "No such file or directory (os error 2)"),
                          ("/dev/full", "No space left on device (os error 28)"), ("old/x", "Not a directory (os error 20)")):
            same(run(home, "export", "-f", name, "-o", path), (1, b"", f"Error: cannot write {path}\nBecause: {why}\n"))
        limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))}
        # SQLite may not write either where nothing may: it is asked first
        db = database(home)
        db.execute("pragma wal_checkpoint(truncate)")
        db.close()
        status, out, err = run(home, "export", "-f", name, "-o", "old", **limit)
        same((status, out), (1, b""))
        same(home.content("old"), b"old")
        with open("/dev/full", "wb") as full:
            p = subprocess.run([Home.program, "export", "-f", name], env=home.env, cwd=home.path, stdout=full, stderr=subprocess.PIPE, timeout=WAIT)
        same((p.returncode, p.stderr), (1, b"Error: cannot write to standard output\nBecause: No space left on device (os error 28)\n"))
    same(sorted(f for f in os.listdir(home.path) if "new" in f), [])


def many(home, n):
    home.call("add", "domain", "example.com")
    with database(home) as db:
        db.executemany("insert into subdomains (domain_id, value, unscoped) values (1, ?, 0)", ((f"a{i}.example.com",) for i in range(n)))
    db.close()


def a_disk_that_fills_leaves_the_old_file(home):
    many(home, 20000)
    home.write("out", b"old")
    for name in FORMATS:
        status, out, err = run(home, "export", "-f", name, "-o", "out",
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000)))
        same((status, out, err), (1, b"", "Error: cannot write out\nBecause: File too large (os error 27)\n"))
        same(home.content("out"), b"old")
    same(sorted(f for f in os.listdir(home.path) if "new" in f), [])


def a_reader_that_goes_is_no_error(home):
    many(home, 20000)
    os.mkfifo(os.path.join(home.path, "fifo"))
    for name in FORMATS:
        p = subprocess.Popen([Home.program, "export", "-f", name], env=home.env, cwd=home.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert p.stdout.read(1)
        p.stdout.close()
        same((p.wait(WAIT), p.stderr.read()), (0, b""))
        p.stderr.close()

        p = subprocess.Popen([Home.program, "export", "-f", name, "-o", "fifo"], env=home.env, cwd=home.path, stderr=subprocess.PIPE)
        with open(os.path.join(home.path, "fifo"), "rb", buffering=0) as f:
            assert f.read(1)
        same((p.wait(WAIT), p.stderr.read()), (0, b""))
        p.stderr.close()


def a_pipe_gets_it_in_place(home):
    fill(home)
    path = os.path.join(home.path, "fifo")
    os.mkfifo(path)
    got = []

    def read():
        with open(path, "rb") as f:
            got.append(f.read())
    reader = threading.Thread(target=read)
    reader.start()
    home.call("export", "-f", "dot", "-o", "fifo")
    reader.join(WAIT)
    same(got, [home.call("export", "-f", "dot")])
    assert stat.S_ISFIFO(os.stat(path).st_mode)


def killed_half_way_leaves_the_old_file(home):
    many(home, 200000)
    new = os.path.join(home.path, "out.sn0int.new")
    want = {}
    for name in FORMATS:
        home.write("out", b"old")
        p = subprocess.Popen([Home.program, "export", "-f", name, "-o", "out"], env=home.env, cwd=home.path)
        while p.poll() is None and not (os.path.exists(new) and os.path.getsize(new)):
            time.sleep(0)
        p.kill()
        same(p.wait(WAIT), -signal.SIGKILL, "it ended before it was killed")
        same(home.content("out"), b"old")
        assert 0 < os.path.getsize(new)
        want[name] = home.call("export", "-f", name)
        home.call("export", "-f", name, "-o", "out")  # takes up what was left
        same(home.content("out"), want[name])
        assert not os.path.exists(new)


def peak(home, *args):
    """
    KiB at most. wait4() would tell of the process that it was forked from, too, and that is us. A sanitizer keeps what
    was freed: not more than a megabyte of it here.
    """
    most = 0
    env = {**home.env, "ASAN_OPTIONS": "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"}
    p = subprocess.Popen([Home.program, *args], env=env, cwd=home.path, stdout=subprocess.PIPE)
    while p.stdout.read1(65536):
        with open(f"/proc/{p.pid}/status", encoding="ascii") as f:
            most = max([most, *(int(l.split()[1]) for l in f if l.startswith("VmHWM:"))])
    p.stdout.close()
    same(p.wait(WAIT), 0)
    assert most
    return most


def memory_does_not_grow_with_rows(home):
    rows = int(os.environ.get("SN0INT_ROWS", "200000"))
    many(home, 20000)
    few = {name: peak(home, "export", "-f", name) for name in FORMATS}
    room = 8192 if tap.is_sanitized(Home.program) else 2048  # 46 bytes a row, and 11
    with database(home) as db:
        db.executemany("insert into subdomains (domain_id, value, unscoped) values (1, ?, 0)", ((f"b{i}.example.com",) for i in range(rows - 20000)))
    db.close()
    for name in FORMATS:
        more = peak(home, "export", "-f", name)
        assert more < few[name] + room, f"{name}: {few[name]} KiB for 20,000 rows, {more} for {rows}"


CASES = [lines_hold_what_the_object_holds, spreadsheets_hold_what_the_object_holds, all_sheets_or_none, the_graph_has_each_row_and_each_link, other_graphs_have_each_row_and_each_link, chosen_rows_and_the_links_between_them,
         one_sheet_holds_what_the_object_holds, objects_and_relationships_are_those_of_stix, an_event_of_misp_has_each_row_and_each_link,
         maltego_has_each_row_and_each_link, links_of_ours_are_edges, notes_and_tags_are_on_what_they_are_about, objects_of_stix_say_when_a_row_came,
         formats_with_edges_say_where_notes_are, a_row_with_much_on_it_takes_no_memory, networkx_reads_ten_thousand_rows, an_empty_workspace_is_still_a_document, hostile_values_stay_values,
         graphviz_draws_it, an_end_that_is_not_there_is_told, a_format_has_a_name, a_file_is_what_the_pipe_gets, what_it_comes_from_is_not_replaced,
        what_cannot_be_written_is_told_once,
         a_disk_that_fills_leaves_the_old_file, a_reader_that_goes_is_no_error, a_pipe_gets_it_in_place, killed_half_way_leaves_the_old_file,
         memory_does_not_grow_with_rows]


def find_formats():
    with tempfile.TemporaryDirectory(prefix="exports") as folder:
        page = Home(folder).call("reference", "exports").decode()
    for line in page.split("\n\n")[2].splitlines()[2:]:
        _, name, help, *_ = line.split("|")
        ALL.append(name.strip(" `"))
        if "-o FOLDER" not in help:
            FORMATS.append(ALL[-1])


def main():
    Home.program = os.path.abspath(sys.argv[1])
    find_formats()

    def call(case):
        with tempfile.TemporaryDirectory(prefix="exports") as folder:
            case(Home(folder))
    cases = CASES
    if not shutil.which("dot"):
        print("# Graphviz is not installed: its drawing is not looked at (tools/packages test)")
        cases = [c for c in cases if c is not graphviz_draws_it]
    if not importlib.util.find_spec("networkx"):
        print("# NetworkX is not installed: it is not asked to read a graph (tools/packages test)")
        cases = [c for c in cases if c is not networkx_reads_ten_thousand_rows]
    return tap.run(cases, call, sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
