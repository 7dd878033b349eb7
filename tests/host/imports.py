#!/usr/bin/env python3
"""imports.py SN0INT [CASE...]: files of other tools and of our own as rows, twice, broken, cut and killed. TAP."""
import base64
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from exports import fill, fill_hostile  # noqa: E402
from home import WAIT, Home, png  # noqa: E402
from tap import has, same  # noqa: E402

ROWS = int(os.environ.get("SN0INT_ROWS", "40000"))
DATA = os.path.join(os.path.dirname(HERE), "data/import")
FAMILIES = ("domains", "subdomains", "ipaddrs", "subdomain_ipaddrs", "urls", "emails", "phonenumbers", "devices", "networks", "network_devices",
            "accounts", "breaches", "breach_emails", "images", "ports", "netblocks", "cryptoaddrs", "activity", "autonoscope", "ttls", "persons", "organisations",
            "links", "notes", "tags")


def run(home, *args, stdin=b""):
    p = subprocess.run([Home.program, *args], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT, input=stdin)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def database(home, workspace="default"):
    return sqlite3.connect(os.path.join(home.share, f"data/{workspace}/db.sqlite"))


def tables(home, workspace="default"):
    """All rows but those that tell who did it."""
    db = database(home, workspace)
    found = {t: db.execute(f"select * from {t} order by id").fetchall() for t in FAMILIES}
    db.close()
    return {t: rows for t, rows in found.items() if rows}


def ask(home, sql, workspace="default"):
    db = database(home, workspace)
    found = db.execute(sql).fetchall()
    db.close()
    return found


def values(home, table):
    return [row[0] for row in ask(home, f"select value from {table} order by value")]


def resolved(home):
    return ask(home, "select s.value, i.value from subdomain_ipaddrs l join subdomains s on s.id = l.subdomain_id join ipaddrs i on i.id = l.ip_addr_id order by 1, 2")


def fixture(name):
    with open(os.path.join(DATA, name), "rb") as f:
        return f.read()


def imports(home, name, warns=""):
    """A fixture: dry it keeps nothing, the run does what that said, and a second one nothing. What is printed of it."""
    path = os.path.join(DATA, name)
    home.call("stats")
    before = tables(home)
    dry = run(home, "import", "-n", path)
    same((dry[0], tables(home)), (0, before), dry)
    real = run(home, "import", path)
    same(real[0], 0, real)
    same(dry[1].replace("Would add", "Added"), real[1])
    same(dry[2], real[2])
    has(real[1] + real[2], warns)
    once, origins = tables(home), ask(home, "select count(*) from origin")
    again = run(home, "import", path)
    has(again[1], "Added 0 rows, changed 0")
    same((tables(home), ask(home, "select count(*) from origin")), (once, origins))
    return real[1]


def subfinder_gives_names_and_addresses(home):
    imports(home, "subfinder.jsonl", "1 are no rows, the first of them 'not a name'")
    same(values(home, "subdomains"), ["api.example.com", "dev.example.com", "mail.example.co.uk", "www.example.com"])
    same(values(home, "domains"), ["example.co.uk", "example.com"])
    same(resolved(home), [("api.example.com", "192.0.2.7")])


def nmap_gives_hosts_that_are_up(home):
    imports(home, "nmap.xml")
    same(ask(home, "select value, reverse_dns from ipaddrs order by id"), [("192.0.2.1", "ptr.example.net"), ("2001:db8::53", None)])
    same(ask(home, "select value, status, service, version, banner from ports order by value"), [
        ("tcp/192.0.2.1:22", "open", "ssh", "OpenSSH 9.2p1 protocol 2.0", "SSH-2.0-x"),
        ("tcp/192.0.2.1:25", "closed", "smtp", None, None),
        ("udp/[2001:db8::53]:53", "open", "domain", None, None)])
    same(ask(home, "select value, vendor from devices"), [("00:11:22:aa:bb:cc", "Acme")])
    same(resolved(home), [("scan.example.com", "192.0.2.1")])


def bbot_gives_each_kind_of_event(home):
    imports(home, "bbot.json")
    same(values(home, "subdomains"), ["shop.example.com", "www.example.com"])
    same(resolved(home), [("shop.example.com", "192.0.2.3"), ("www.example.com", "192.0.2.1"), ("www.example.com", "2001:db8::1")])
    same(values(home, "ports"), ["tcp/192.0.2.9:8443", "tcp/[2001:db8::1]:443"])
    same(values(home, "urls"), ["https://www.example.com/a?b=c", "https://www.example.com/login"])
    same(values(home, "emails"), ["info@example.com"])
    same(values(home, "netblocks"), ["192.0.2.0/24"])
    same(ask(home, "select value, url from accounts"), [("github/example", "https://github.com/example")])


def theharvester_gives_findings(home):
    imports(home, "theharvester.jsonl")
    same(values(home, "subdomains"), ["admin.example.com", "api.example.com"])
    same(values(home, "breaches"), ["Example breach"])
    same(values(home, "netblocks"), ["192.0.2.0/24"])
    same(ask(home, "select value, as_org from ipaddrs"), [("192.0.2.10", "Example Network")])
    same(ask(home, "select value, service, version from ports"), [("tcp/192.0.2.10:443", "nginx", "1.24.0")])
    same(values(home, "urls"), ["https://api.example.com/login"])


def an_old_report_gives_names_with_addresses(home):
    imports(home, "theharvester-report.json", "1 are no rows, the first of them 'u003ewww example'")
    same(values(home, "subdomains"), ["api.example.com", "empty.example.com", "old.example.com", "virtual.example.com", "www.example.com"])
    same(resolved(home), [("api.example.com", "192.0.2.4"), ("old.example.com", "192.0.2.5"), ("old.example.com", "192.0.2.6"),
                          ("virtual.example.com", "192.0.2.4")])
    same(values(home, "urls"), ["https://www.example.com/admin"])


def amass_is_text_or_json(home):
    imports(home, "amass.txt")
    same(resolved(home), [("cdn.example.com", "192.0.2.2"), ("www.example.com", "192.0.2.1"), ("www.example.com", "2001:db8::1")])
    imports(home, "amass.json")
    same(ask(home, "select asn, as_org from netblocks"), [(64500, "EXAMPLE-AS - Example Network")])
    same(ask(home, "select asn from ipaddrs where value = '192.0.2.1'"), [(64500,)])


# What hangs on rows that come behind it, in a circle, on links, and ends by itself.
HANGING = """{"table":"tags","id":1,"family":"link","row":2,"value":"sure"}
{"table":"notes","id":9,"family":"domain","row":5,"value":"two\\nlines","expires":"2099-01-01T00:00:00"}
{"table":"notes","id":8,"family":"domain","row":"b.example","value":"by its value"}
{"table":"links","id":2,"left_family":"person","left_row":7,"right_family":"organisation","right_row":7,"value":"works for"}
{"table":"links","id":3,"left_family":"organisation","left_row":7,"right_family":"person","right_row":7,"value":"employs"}
{"table":"persons","id":7,"value":"alice","displayname":"Alice A","unscoped":false}
{"table":"organisations","id":7,"value":"acme","kind":"company","unscoped":true}
{"table":"domains","id":5,"value":"a.example","unscoped":false}
"""


def what_hangs_on_rows_follows_them(home):
    home.call("add", "domain", "other.org")
    home.write("a.jsonl", HANGING.encode())
    home.call("import", "a.jsonl")
    same(ask(home, "select d.value, n.value from notes n join domains d on n.family = 'domain' and d.id = n.row order by 1"),
         [("a.example", "two\nlines"), ("b.example", "by its value")])
    same(ask(home, "select p.value, l.value, o.value, t.value from links l join persons p on p.id = l.left_row join organisations o on o.id = l.right_row "
             "join tags t on t.family = 'link' and t.row = l.id where l.left_family = 'person'"), [("alice", "works for", "acme", "sure")])
    before = tables(home)
    has(home.call("import", "a.jsonl").decode(), "Added 0 rows, changed 0")
    same(tables(home), before)
    for line, why in (('{"table":"notes","family":"domain","row":77,"value":"x"}', "row of notes is 77, and the files have no such row of domains"),
                      ('{"table":"notes","family":"domains","row":5,"value":"x"}', "there is no family 'domains'"),
                      ('{"table":"tags","family":"domain","row":5,"value":"a\\u0007b"}', "control character"),
                      ('{"table":"notes","family":"note","row":9,"value":"x"}', "a note cannot be about a note"),
                      ('{"table":"notes","family":"domain","row":5,"value":"' + "x" * 1000000 + '"}', "1000000 bytes, of 65536 that it may have")):
        home.write("b.jsonl", (HANGING + line).encode())
        code, _, err = run(home, "import", "b.jsonl")
        same((code, tables(home)), (1, before), err)
        has(err, f"line 9, byte {len(HANGING)}\n")
        has(err, why)


def our_exports_come_back_as_they_were(home):
    fill(home)
    home.write("hanging.jsonl", HANGING.encode())
    home.call("import", "hanging.jsonl")
    fill_hostile(home)
    db = database(home)
    db.execute("insert into ttls (family, key, value, expire) select 'networks', id, value, '2099-01-01 00:00:00' from networks where id = 2")
    # events of modules have their members sorted; what is no UTF-8 comes back as what its export shows of it
    db.execute("update activity set content = '{\"a\":[true],\"z\":1}'")
    db.execute("delete from networks where value = cast(x'61ff62' as text)")
    db.commit()
    db.close()
    here = tables(home)
    for format, name in (("json-blobs", "a.json"), ("jsonl", "a.jsonl"), ("csv", "folder"), ("csv-all", "a.csv"), ("json", "b.json")):
        home.call("export", "-f", format, "-o", name)
        home.call("-w", format, "import", name)
        there = tables(home, format)
        for table in here:
            same(sorted(map(repr, there[table])), sorted(map(repr, here[table])), (format, table))
        same(there.keys(), here.keys(), format)
        code, out, err = run(home, "-w", format, "import", name)
        has(out, "Added 0 rows, changed 0")
        home.call("-w", format, "export", "-f", "jsonl", "-o", "again.jsonl")
        lines = [sorted(open(os.path.join(home.path, f), "rb").read().splitlines()) for f in ("a.jsonl", "again.jsonl")] if format == "jsonl" else [1, 1]
        same(lines[0], lines[1])
        blobs = os.path.join(home.share, f"data/{format}/blobs")
        same(len(os.listdir(blobs)), 1 if format in ("json-blobs", "jsonl") else 0)
        has(out + err, "1 images are without their files") if format in ("csv", "csv-all", "json") else None


def records(home, workspace):
    """What was done, by runs that are told by their uuid: rows that are gone have no number that says anything."""
    lines = [json.loads(line) for line in home.call("-w", workspace, "export", "-f", "jsonl", "--records").decode().splitlines()]
    by = {t: [line for line in lines if line["table"] == t] for t in ("run", "attempt", "origin")}
    rows = {(l["table"], l["id"]): l.get("value") for l in lines if "id" in l}
    tables = {"domain": "domains", "subdomain": "subdomains", "email": "emails", "person": "persons"}
    runs = {r["id"]: {k: v for k, v in r.items() if k != "id"} | {"kind": r["kind"].removeprefix("carried ")} for r in by["run"]}
    attempts = {a["id"]: (runs[a["run"]]["uuid"], {k: v for k, v in a.items() if k not in ("id", "run", "unit")}) for a in by["attempt"]}
    origins = [(o["family"], rows.get((tables.get(o["family"]), o["row"])), attempts[o["attempt"]][0] if o["attempt"] else "", o["sequence"], o["what"],
                o["value"], o["columns"]) for o in by["origin"]]
    return list(runs.values()), list(attempts.values()), origins


def who_did_it_comes_with_the_rows(home):
    """Runs, attempts and origins, also of rows that are gone and of another program; once; and never as if it was done here."""
    home.call("add", "domain", "example.com")
    home.call("add", "subdomain", "www.example.com")
    home.call("add", "email", "gone@example.com")
    home.call("noscope", "domains", "where", "id=1")
    home.call("delete", "emails", "where", "id=1")
    home.write("p.jsonl", b'{"table":"persons","value":"alice"}\n')
    home.call("import", "p.jsonl")
    db = database(home)
    db.execute("delete from subdomains where value = 'www.example.com'")
    # as if those commands had asked something; another attempt has the same number
    for attempt, number in ((1, 1), (1, 2), (2, 1)):
        db.execute("insert into exchange (attempt, sequence, number, kind, what, place, length, seen, cut) values (?, ?, ?, 'http', ?, 7, 8, 1, 0)",
                   (attempt, number, number, f"GET http://{attempt}.example.com/{number}"))
    db.execute("update origin set exchange = 2 where attempt = 1")
    db.execute("update origin set exchange = 3 where attempt = 2")
    db.commit()
    db.close()
    here = records(home, "default")
    same(len(here[0]), 6)
    home.call("export", "-f", "jsonl", "--records", "-o", "a.jsonl")
    # other ids than there
    home.call("-w", "two", "add", "domain", "other.org")
    out = home.call("-w", "two", "import", "a.jsonl").decode()
    has(out, "run: 6 new", "attempt: 6 new", "exchange: 3 new", "origin: 7 new")
    asked = "select o.value, x.what, x.place, x.length, x.seen, x.attempt = o.attempt from origin o join exchange x on x.id = o.exchange order by 2"
    same(ask(home, asked, "two"), [("example.com", "GET http://1.example.com/2", None, None, 1, 1), ("www.example.com", "GET http://2.example.com/1", None, None, 1, 1)])
    there, uuids = records(home, "two"), {r["uuid"] for r in here[0]}
    same(sorted((r for r in there[0] if r["uuid"] in uuids), key=str), sorted(here[0], key=str))
    same(sorted((a for a in there[1] if a[0] in uuids), key=str), sorted(here[1], key=str))
    same(sorted((o for o in there[2] if o[2] in uuids or o[2] == ""), key=str), sorted(here[2], key=str))
    kinds = {r[0] for r in ask(home, "select kind from run", "two")}
    same(kinds, {"add", "import", "carried add", "carried noscope", "carried delete", "carried import"})
    has(home.call("-w", "two", "import", "a.jsonl").decode(), "run: 0 new, 0 changed, 6 as they were", "origin: 0 new", "Added 0 rows, changed 0")
    # on to a third: what was carried is carried once
    home.call("-w", "two", "export", "-f", "jsonl", "--records", "-o", "b.jsonl")
    home.call("-w", "three", "import", "b.jsonl")
    same({r[0] for r in ask(home, "select kind from run where kind glob 'carried carried*'", "three")}, set())
    same(run(home, "-w", "three", "fsck")[1:], ("", ""))
    same(run(home, "export", "-f", "json", "--records")[0], 2)
    same(run(home, "export", "-f", "jsonl", "--records", "domains")[0], 2)


def ids_of_a_file_are_not_ids_here(home):
    home.call("add", "domain", "other.org")
    home.call("add", "subdomain", "www.other.org")
    home.write("a.jsonl", b'{"table":"subdomains","id":1,"domain_id":1,"value":"www.example.com"}\n{"table":"domains","id":1,"value":"example.com"}\n')
    home.call("import", "a.jsonl")
    same(ask(home, "select s.value, d.value from subdomains s join domains d on d.id = s.domain_id order by 1"),
         [("www.example.com", "example.com"), ("www.other.org", "other.org")])


def links_may_come_first(home):
    """As in what the reference program writes; and a chain of them, backwards."""
    home.write("a.json", json.dumps({"breach_emails": [{"id": 1, "breach_id": 7, "email_id": 8, "password": "x"}], "urls": [
        {"id": 3, "subdomain_id": 4, "value": "http://www.example.com/", "path": "/"}], "subdomains": [{"id": 4, "domain_id": 5, "value": "www.example.com"}],
        "breaches": [{"id": 7, "value": "b"}], "domains": [{"id": 5, "value": "example.com"}], "emails": [{"id": 8, "value": "a@b.c"}]}).encode())
    home.call("import", "-f", "json", "a.json")
    same(ask(home, "select password from breach_emails"), [("x",)])
    same(ask(home, "select d.value from urls u join subdomains s on s.id = u.subdomain_id join domains d on d.id = s.domain_id"), [("example.com",)])


def rules_of_scope_are_obeyed(home):
    home.call("autonoscope", "add", "domain", "example.com")
    home.call("autoscope", "add", "domain", "www.example.com")
    home.call("add", "domain", "example.org")
    home.call("noscope", "domains", "where", "value=example.org")
    home.write("a.jsonl", b'{"host":"www.example.com"}\n{"host":"api.example.com"}\n')
    out = home.call("import", "a.jsonl").decode()
    has(out, "subdomains: 2 new, 0 changed, 0 as they were, 1 of them out of scope")
    same(ask(home, "select value, unscoped from subdomains order by 1"), [("api.example.com", 1), ("www.example.com", 0)])
    home.write("b.jsonl", b'{"table":"domains","value":"example.org","unscoped":false}\n{"table":"domains","value":"example.net","unscoped":true}\n')
    home.call("import", "b.jsonl")
    same(ask(home, "select value, unscoped from domains order by 1"), [("example.com", 1), ("example.net", 1), ("example.org", 1)])


def the_first_of_two_counts(home):
    home.write("a.jsonl", b'{"table":"networks","value":"a","description":"1"}\n{"table":"networks","value":"a","description":"2","latitude":1.5}\n')
    home.call("import", "a.jsonl")
    same(ask(home, "select description, latitude from networks"), [("1", 1.5)])
    has(home.call("import", "a.jsonl").decode(), "changed 0")
    home.write("b.jsonl", b'{"table":"networks","value":"a","description":"3"}\n')
    home.call("import", "b.jsonl")
    same(ask(home, "select description from networks"), [("3",)])


def a_time_moves_one_way_only(home):
    for day, want in (("02", "02"), ("01", "02"), ("03", "03")):
        home.write("a.jsonl", f'{{"table":"accounts","service":"s","username":"u","last_seen":"2026-01-{day}T00:00:00"}}\n'.encode())
        home.call("import", "a.jsonl")
        same(ask(home, "select last_seen from accounts")[0][0][:10], f"2026-01-{want}")


def who_did_it_is_import(home):
    imports(home, "subfinder.jsonl")
    same(ask(home, "select distinct r.kind from origin o join attempt a on a.id = o.attempt join run r on r.id = a.run"), [("import",)])
    same(ask(home, "select kind, outcome from run"), [("import", "done"), ("import", "done")])


BLOB = base64.b64encode(png()).decode()
OK = '{"table":"domains","id":1,"value":"example.com"}\n'
BAD = [
    ("jsonl", OK + '{"table":"domains","id":2,"val', "line 2, byte 49"),
    ("jsonl", OK + '{"table":"domains","id":2,"value":3}\n', "line 2, byte 49\nBecause: no row of domains"),
    ("jsonl", OK + '{"table":"domains","id":1,"value":"example.org"}\n', "line 2, byte 49\nBecause: two rows of domains have the id 1"),
    ("jsonl", OK + '{"table":"domains","id":0,"value":"example.org"}\n', "'id' is no whole number from 1"),
    ("jsonl", OK + '{"table":"domains","id":4294967297,"value":"example.org"}\n', "'id' is no whole number from 1"),
    ("jsonl", OK + '{"table":"domain","id":2,"value":"example.org"}\n', "there is no table 'domain', did you mean 'domains'?"),
    ("jsonl", OK + '{"table":"domains","id":2,"valu":"example.org"}\n', "domains has no column 'valu'"),
    ("jsonl", OK + '{"table":"domains","value":"a.org","unscoped":1}\n', "'unscoped' is neither true nor false"),
    ("jsonl", OK + '{"table":"subdomains","id":1,"domain_id":9,"value":"www.example.org"}\n',
     "line 2, byte 49\nBecause: domain_id of subdomains is 9, and the files have no such row of domains"),
    ("jsonl", OK + '{"table":"ttls","family":"domains","key":5,"value":"x","expire":"2099-01-01T00:00:00"}\n', "line 2, byte 49\nBecause: domains has no row with the id 5"),
    ("jsonl", OK + '{"table":"autonoscope","object":"nothing","value":"x","scoped":true}\n', "line 2, byte 49\nBecause: unknown type of rule"),
    ("jsonl", OK + f'{{"table":"blobs","id":"{"1" * 44}","bytes":"{BLOB}"}}\n', "line 2, byte 49\nBecause: the bytes of the blob '1111"),
    ("jsonl", OK + f'{{"table":"blobs","bytes":"{BLOB}"}}\n', "a blob needs 'id' and 'bytes'"),
    ("jsonl", OK + '["x"]\n', "line 2, byte 49\nBecause: JSON, but no object"),
    ("jsonl", OK + '{"table":"networks","value":"\xff"}\n', "line 2, byte 49"),
    ("jsonl", OK + "{" * 1000 + "\n", "line 2, byte 49"),
    ("jsonl", OK + '{"table":"ports","value":"x","protocol":"tcp"}\n', "a port needs an 'ip_addr'"),
    ("jsonl", OK + '{"table":"subdomain_ipaddrs","subdomain_id":1}\n', "line 2, byte 49"),
    ("json", '{"domains":[{"id":1,"value":"example.com"}\n,{"id":2', "line 2, byte 51\nBecause: the file is cut"),
    ("json", '{"domains":[{"id":1,"value":"example.com"}\n}', "line 2, byte 43\nBecause: no JSON: '}' where ',' or ']' is due"),
    ("json", '{"domains":[{"id":1,"value":"example.com"}]} x', "byte 45\nBecause: no JSON: 'x' where the end is due"),
    ("json", '{"domains":[{"id":1,"value":"example.com"}],"blobs":["####"]}', "a blob that is no base64"),
    ("json", '{"domains":[{"id":1,"value":"example.com"}],"' + "x" * 100 + '":[]}', "has more than 64 bytes"),
    ("csv", "table,value\ndomains,example.com\nnone,x\n", "line 3, byte 32\nBecause: there is no table 'none'"),
    ("csv", "table,value\ndomains,example.com\ndomains,x,y\n", "line 3, byte 32\nBecause: 3 cells, and the header has 2"),
    ("csv", "table,value\ndomains,example.com\ndomains,\"x", "line 3, byte 32\nBecause: the file is cut"),
    ("csv", "table,value\ndomains,example.com\ndomains,x\"\n", "line 3, byte 32\nBecause: a quote within"),
    ("csv", "table,value,asn\ndomains,example.com,\nipaddrs,192.0.2.1,x\n", "line 3, byte 37\nBecause: asn is a whole number, not 'x'"),
    ("csv", "value\nexample.com\n", "nothing says which table it is"),
    ("csv", "", "the file has no header"),
    ("subfinder", '{"host":"www.example.com"}\n{"host":7}\n', "line 2, byte 27\nBecause: 'host' is no text"),
    ("subfinder", '{"host":"www.example.com"}\n{"hostname":"x"}\n', "line 2, byte 27\nBecause: there is no 'host'"),
    ("amass", '{"name":"www.example.com"}\n{"name":"x.example.com","addresses":[7]}\n', "line 2, byte 27\nBecause: an address is no object"),
    ("bbot", '{"type":"DNS_NAME","data":"www.example.com"}\n{"type":"DNS_NAME","data":["x"]}\n', "line 2, byte 45\nBecause: 'data' is neither"),
    ("theharvester", '{"type":"hostname","value":"www.example.com"}\n{"type":"ip"}\n', "line 2, byte 46\nBecause: there is no 'value'"),
    ("theharvester-report", '{"hosts":["www.example.com"],"ips":"x"}', "'ips' is no list of texts"),
    ("nmap", '<nmaprun><host><address addr="192.0.2.1" addrtype="ipv4"/></host>\n<host>', "line 2, byte 72\nBecause: no XML: no element found"),
    ("nmap", '<!DOCTYPE nmaprun [<!ENTITY a "' + "x" * 1000 + '">]><nmaprun>&a;</nmaprun>', "entities are not taken"),
    ("nmap", '<nmaprun><host><address addr="192.0.2.1" addrtype="ipv4"/></host>\n&x;</nmaprun>', "line 2, byte 66\nBecause: no XML: undefined entity"),
    ("nmap", '<nmaprun><host><address addr="192.0.2.1" addrtype="ipv4"/></host>\n<a b="\xff"/></nmaprun>', "line 2"),
    ("nmap", "<html/>", "XML, but not of nmap"),
    ("nmap", "<nmaprun>" + "<a>" * 3000000, "larger than 33554432 bytes"),
    ("nmap", "<nmaprun>" + "".join(f"<e{i}/>" for i in range(1000000)), "larger than 33554432 bytes"),
    ("nmap", "<nmaprun a='" + "x" * 40000000, "larger than 33554432 bytes"),
    ("subfinder", '{"host":"www.example.com"}\n{"host":"' + "x" * 100000000, "line 2, byte 27\nBecause: a line has more than 16777216 bytes"),
    ("jsonl", OK + '{"table":"networks","value":"' + "x" * 100000000, "line 2, byte 49\nBecause: a line has more than 67108864 bytes"),
]


def what_is_broken_is_one_error_and_nothing_is_kept(home):
    home.call("add", "domain", "before.org")
    home.call("add", "image", "pic.png") if home.write("pic.png", png(1)) else None
    before, records, blobs = tables(home), ask(home, "select count(*) from run"), os.path.join(home.share, "data/default/blobs")
    files = sorted(os.listdir(blobs))
    for format, text, want in BAD:
        home.write("bad", text.encode("latin-1"))
        code, out, err = run(home, "import", "-f", format, "bad")
        same((code, out), (1, ""), (format, text[:100], err[:300]))
        has(err, "Error: bad, line ")
        has(err, want)
        same((tables(home), sorted(os.listdir(blobs)), ask(home, "select count(*) from run")), (before, files, records), (format, text[:100]))
    same(tap.is_sanitized(Home.program) or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 600 << 10, True, "KiB at most")


def blobs_of_a_file_with_an_error_go(home):
    blobs = os.path.join(home.share, "data/default/blobs")
    home.write("pic.png", png(1))
    home.call("add", "image", "pic.png")
    home.call("export", "-f", "json-blobs", "-o", "a.json")
    there = json.load(open(os.path.join(home.path, "a.json")))
    there["blobs"].append(BLOB)
    whole = json.dumps(there).encode()
    home.write("cut.json", whole[:-1])
    files = sorted(os.listdir(blobs))
    same(run(home, "import", "cut.json")[0], 1)
    same(sorted(os.listdir(blobs)), files)
    home.write("whole.json", whole)
    same("files of images: 1 new" in run(home, "import", "-n", "whole.json")[1], True)
    same(sorted(os.listdir(blobs)), files)
    has(home.call("import", "whole.json").decode(), "files of images: 1 new")
    same(len(os.listdir(blobs)), len(files) + 1)


def killed_half_way_nothing_is_kept(home):
    home.call("add", "domain", "before.org")
    before = tables(home)
    p = subprocess.Popen([Home.program, "import", "-f", "subfinder", "-"], env=home.env, cwd=home.path, stdin=subprocess.PIPE)
    # more than its buffers hold: what comes first is stored, in the group
    p.stdin.write(b"".join(b'{"host":"h%d.example.com"}\n' % i for i in range(60000)))
    p.stdin.flush()
    p.send_signal(signal.SIGKILL)
    p.wait(WAIT)
    p.stdin.close()
    same(tables(home), before)
    home.call("import", "-f", "subfinder", "-", stdin=b'{"host":"www.example.com"}\n')
    same(values(home, "subdomains"), ["www.example.com"])


def who_parses_is_locked(home):
    """Before the first byte: no new privileges, and a filter of system calls, of which a sanitized build has no table."""
    p = subprocess.Popen([Home.program, "import", "-f", "amass", "-"], env=home.env, cwd=home.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    # more than a pipe holds: that it was taken says that somebody reads
    p.stdin.write(b"www.example.com\n" * 50000)
    p.stdin.flush()
    with open(f"/proc/{p.pid}/status") as f:
        status = dict(line.split(":\t", 1) for line in f.read().splitlines() if ":\t" in line)
    out, _ = p.communicate(timeout=WAIT)
    has(out.decode(), "subdomains: 1 new, 0 changed, 49999 as they were")
    same(tap.is_sanitized(Home.program) or (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2"), True, status)


def of_several_files_all_or_none(home):
    home.write("a.jsonl", b'{"table":"subdomains","id":1,"domain_id":1,"value":"www.example.com"}\n')
    home.write("b.jsonl", b'{"table":"domains","id":1,"value":"example.com"}\n')
    home.write("c.jsonl", b'{"table":"domains","id":2,"value":"x')
    code, _, err = run(home, "import", "a.jsonl", "b.jsonl", "c.jsonl")
    has(err, "c.jsonl, line 1, byte 0")
    same((code, tables(home)), (1, {}))
    home.call("import", "a.jsonl", "b.jsonl")
    same(values(home, "subdomains"), ["www.example.com"])


def what_it_is_must_be_known(home):
    home.write("x", b"\x00\x01\x02")
    code, out, err = run(home, "import", "x")
    same((code, out), (1, ""))
    has(err, "nothing says what x is: -f json, ")
    home.write("y", b"")
    has(run(home, "import", "y")[2], "y is empty")
    code, out, err = run(home, "import", "-f", "jsno", "x")
    same(code, 2)
    has(err, "there is no format 'jsno', did you mean 'json'?")
    same(run(home, "import", "-t", "nothing", "x")[0], 2)
    has(run(home, "import", "gone")[2], "cannot open gone")
    same(run(home, "import")[0], 2)


def a_csv_of_people_needs_no_ids(home):
    home.write("subdomains.csv", b"\xef\xbb\xbfvalue,resolvable\r\nwww.example.com,true\r\n\"api.example.com\",\r\n")
    home.call("import", "subdomains.csv")
    same(ask(home, "select value, resolvable from subdomains order by 1"), [("api.example.com", None), ("www.example.com", 1)])
    home.write("list", b"subdomain_id,ip_addr_id\nwww.example.com,192.0.2.1\n")
    home.call("import", "-f", "csv", "-t", "subdomain_ipaddrs", "list")
    same(resolved(home), [("www.example.com", "192.0.2.1")])


def sizes(home):
    """From nothing to many, each in pieces that end anywhere."""
    for n in (0, 1, 2, 3, 4, 5, 1000, 10000):
        names = [f"h{i}.example.com" for i in range(n)]
        home.write("a.txt", "".join(name + "\n" for name in names).encode())
        code, out, err = run(home, "-w", f"s{n}", "import", "-f", "amass", "a.txt")
        same(code, 0, err)
        same(sorted(r[0] for r in ask(home, "select value from subdomains", f"s{n}")), sorted(names))


def memory_does_not_grow_with_rows(home):
    def peak(n):
        code = ("import os, resource, subprocess, sys\n"
                "p = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)\n"
                "for i in range(int(sys.argv[1])): p.stdin.write(b'{\"table\":\"networks\",\"id\":%d,\"value\":\"n%d\"}\\n' % (i + 1, i))\n"
                "p.stdin.close(); p.wait(); print(p.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        out = subprocess.run([sys.executable, "-c", code, str(n), Home.program, "-w", f"m{n}", "import", "-f", "jsonl", "-"],
                             env=home.env, cwd=home.path, capture_output=True, timeout=WAIT + ROWS // 1000)
        status, kib = map(int, out.stdout.split())
        same(status, 0, out.stderr)
        return kib
    # the caches of SQLite fill, its own and of its temporary file
    few, more = peak(5000), peak(ROWS)
    same(tap.is_sanitized(Home.program) or more < few + (8 << 10), True, (few, more, "KiB for 5,000 and", ROWS))


CASES = [subfinder_gives_names_and_addresses, nmap_gives_hosts_that_are_up, bbot_gives_each_kind_of_event, theharvester_gives_findings,
         an_old_report_gives_names_with_addresses, amass_is_text_or_json, what_hangs_on_rows_follows_them, our_exports_come_back_as_they_were, who_did_it_comes_with_the_rows, ids_of_a_file_are_not_ids_here,
         links_may_come_first, rules_of_scope_are_obeyed, the_first_of_two_counts, a_time_moves_one_way_only, who_did_it_is_import,
         what_is_broken_is_one_error_and_nothing_is_kept, blobs_of_a_file_with_an_error_go, killed_half_way_nothing_is_kept, who_parses_is_locked,
         of_several_files_all_or_none, what_it_is_must_be_known, a_csv_of_people_needs_no_ids, sizes, memory_does_not_grow_with_rows]


def main():
    Home.program = os.path.abspath(sys.argv[1])

    def call(case):
        with tempfile.TemporaryDirectory(prefix="imports") as folder:
            case(Home(folder))
    return tap.run(CASES, call, sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
