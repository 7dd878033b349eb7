#!/usr/bin/env python3
"""why.py SN0INT [STORY...]: where rows come from, as `why` tells it. TAP."""
import base64
import contextlib
import gzip
import hashlib
import http.server
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import uuid
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from dot import Graph  # noqa: E402
from home import WAIT, Home  # noqa: E402
from stories import Terminal  # noqa: E402
from tap import has, same  # noqa: E402

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?Z?")
HASH = re.compile(r"sha256 [0-9a-f]{12}\.\.\.")


def why(home, *args):
    """What is printed, without what differs from one run of the test to the next."""
    return HASH.sub("sha256 HASH", TIME.sub("TIME", home.call("why", *args).decode()))


def refused(home, *args, status=1):
    p = subprocess.run([Home.program, *args], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT, stdin=subprocess.DEVNULL)
    same((p.returncode, p.stdout), (status, b""), (args, p.stderr))
    return TIME.sub("TIME", p.stderr.decode())


def edit_file(home, *queries):
    """As another program does it."""
    db = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))
    with db:
        for query in queries:
            db.execute(query)
    db.close()


def on_terminal(home, *args):
    """All that is shown on one until the program ends."""
    t, seen = Terminal(home, *args, program=Home.program, env={**home.env, "TERM": "xterm"}), b""
    try:
        while data := os.read(t.fd, 65536):
            seen += data
    except OSError:
        pass
    same(os.waitstatus_to_exitcode(os.waitpid(t.pid, 0)[1]), 0, (args, seen))
    return seen.decode("utf-8", "replace")


def objects(home, *args):
    return [json.loads(line) for line in home.call("why", "--json", *args).splitlines()]


def module(home, name, *headers, body):
    home.module(name, *headers, body=body + "\nend")


def found(home):
    """A domain by hand, a sub-domain of it, and what was found on that."""
    module(home, "me/subs", "Source: domains", body="db_add('subdomain', {domain_id=arg['id'], value='www.' .. arg['value']})")
    module(home, "me/resolve", "Source: subdomains", body="""
        db_update('subdomain', arg, {resolvable=true})
        local ip = db_add('ipaddr', {value='192.0.2.7'})
        db_add('subdomain-ipaddr', {subdomain_id=arg['id'], ip_addr_id=ip})
        db_add('subdomain', {domain_id=arg['domain_id'], value=arg['value']})""")
    home.call("add", "domain", "example.com")
    for name in ("me/subs", "me/resolve", "me/resolve"):
        home.call("run", name)


# ---- lines


def a_row_is_followed_to_what_was_typed(home):
    found(home)
    same(why(home, "ipaddrs", "192.0.2.7"), """\
192.0.2.7   #1, in scope, first TIME, seen 2 times by 1 module
  added    me/resolve 0.1.0 (sha256 HASH) for subdomain www.example.com, run 3, TIME
  www.example.com  #1, added by me/subs 0.1.0 (sha256 HASH) for domain example.com, run 2, TIME
    example.com  #1, by hand: add domain example.com, run 1, TIME
""")
    same(why(home, "subdomains", "www.example.com"), """\
www.example.com   #1, in scope, first TIME, seen 3 times by 2 modules
  added    me/subs 0.1.0 (sha256 HASH) for domain example.com, run 2, TIME
  changed  resolvable: null -> true   me/resolve 0.1.0 (sha256 HASH) for subdomain www.example.com, run 3, TIME
  example.com  #1, by hand: add domain example.com, run 1, TIME
""")
    hash = home.rows("select sha256 from run where id = 2")[0][0]
    has(home.call("why", "subdomain", "#1").decode(), f"(sha256 {hash[:12]}...)")


def a_value_is_taken_in_any_spelling_and_a_row_by_its_number(home):
    found(home)
    want = why(home, "subdomains", "www.example.com")
    for args in (["subdomain", "WWW.Example.COM"], ["subdomains", "#1"]):
        same(why(home, *args), want, args)
    home.call("add", "ipaddr", "2001:db8::1")
    has(why(home, "ipaddrs", "2001:0DB8:0:0::1"), "2001:db8::1   #2, in scope, first TIME, seen by no module\n", "by hand: add ipaddr")
    has(why(home, "subdomain_ipaddrs", "#1"), "www.example.com+192.0.2.7   #1, first TIME, seen 2 times by 1 module\n")


def the_prompt_tells_it_too(home):
    found(home)
    out = home.call(stdin=b"why ipaddrs #1\nwhy domains example.com\nquit\n").decode()
    has(out, "192.0.2.7   #1, in scope", "    example.com  #1, by hand: add domain", "\nexample.com   #1, in scope")


def what_is_not_there_is_an_error(home):
    found(home)
    same(refused(home, "why", "subdomains", "wwv.example.com"),
         "Error: there is no subdomain 'wwv.example.com', did you mean 'www.example.com'?\n")
    same(refused(home, "why", "domains", "#7"), "Error: there is no domain '#7', and none was noted since TIME\n")
    same(refused(home, "why", "emails", "a@b.c"), "Error: there is no email 'a@b.c', and none was noted since TIME\n")
    has(refused(home, "why", "domians", "x", status=2), "did you mean 'domains'?")
    has(refused(home, "why", "domains", status=2), "in quotes, since a shell takes")
    has(refused(home, "why", "--json", "--graph", "domains", "x", status=2), "exclude each other")


# ---- changes


def a_row_that_is_gone_is_told_by_its_value(home):
    found(home)
    home.call("delete", "ipaddrs", "where", "true")
    same(why(home, "ipaddrs", "192.0.2.7").splitlines()[:3], [
        "192.0.2.7   #1, gone, first TIME, seen 2 times by 1 module",
        "  added    me/resolve 0.1.0 (sha256 HASH) for subdomain www.example.com, run 3, TIME",
        "  removed  by hand: delete ipaddrs where true, run 5, TIME"])
    same(why(home, "ipaddrs", "#1"), why(home, "ipaddrs", "192.0.2.7"))
    # it comes again: another row; the one that is there first
    home.call("run", "me/resolve")
    same([line for line in why(home, "ipaddrs", "192.0.2.7").splitlines() if not line.startswith(" ")], [
        "192.0.2.7   #2, in scope, first TIME, seen once by 1 module",
        "192.0.2.7   #1, gone, first TIME, seen 2 times by 1 module"])
    home.call("delete", "subdomains", "where", "true")
    has(why(home, "ipaddrs", "192.0.2.7"), "\n  www.example.com  #1, gone, added by me/subs")


def what_comes_back_has_both_in_its_history(home):
    found(home)
    home.call("delete", "domains", "where", "true")
    home.call("undo")
    lines = why(home, "domains", "example.com").splitlines()
    same([line.split()[0] for line in lines], ["example.com", "added", "removed", "added"])
    has(lines[3], "by hand: undo 5, run 6")
    # the target was there by what was typed first, not by what came later
    has(why(home, "ipaddrs", "192.0.2.7"), "    example.com  #1, by hand: add domain example.com, run 1, TIME")


def scope_is_a_change(home):
    found(home)
    home.call("noscope", "subdomains", "where", "true")
    has(why(home, "subdomains", "www.example.com"), "www.example.com   #1, out of scope, first",
        "  changed  unscoped: false -> true   by hand: noscope subdomains where true, run 5, TIME")
    home.call("autonoscope", "add", "domain", "b.com")
    home.call("add", "domain", "b.com")
    has(why(home, "domains", "b.com"), "  added    unscoped: null -> true   by hand: add domain b.com, run 7")


def what_other_programs_do_is_told_as_theirs(home):
    found(home)
    edit_file(home, "update ipaddrs set asn = 3", "insert into domains (value, unscoped) values ('b.com', 0)")
    has(why(home, "ipaddrs", "192.0.2.7"), "\n  changed  another program, TIME\n")
    same(why(home, "domains", "b.com"), """\
b.com   #2, in scope, seen by no module
  no origin: there before TIME, since when origins are kept, or added by another program
""")
    home.call("run", "me/subs")
    has(why(home, "subdomains", "www.b.com"), "  b.com  #2, no origin: there before TIME, since when")
    edit_file(home, "delete from domains where value = 'b.com'")
    same(why(home, "domains", "b.com"), """\
b.com   #2, gone, seen by no module
  no origin: there before TIME, since when origins are kept, or added by another program
  removed  another program, TIME
""")
    # and nothing at all is left of it
    edit_file(home, "delete from origin where family = 'domain' and row = 2")
    has(why(home, "subdomains", "www.b.com"), "\n  b.com  #2, gone, no origin: there before TIME")
    edit_file(home, "delete from run where id = 2")
    has(why(home, "subdomains", "www.example.com"), "  added    attempt 2, of which nothing is known, TIME\n")


# ---- how far


def chains_end(home):
    """Circles, and chains that are longer than a person has patience for."""
    module(home, "me/next", "Source: domains", body="""
        local n = arg['value']:match('^d(%d+)%.') + 1
        db_add('domain', {value='d' .. n % 40 .. '.com'})""")
    home.call("add", "domain", "d0.com")
    for n in range(40):
        home.call("run", "me/next", "-t", f"where value=d{n}.com")
    lines = why(home, "domains", "d39.com").splitlines()
    same(len(lines), 2 + 32, lines)
    same(lines[-1].strip(), "d7.com  #8, and so on: sn0int why domains '#8'")
    same(why(home, "domains", "d31.com").splitlines()[-1].strip(), "d0.com  #1, by hand: add domain d0.com, run 1, TIME")
    # d0.com is removed, and found again by the last: a circle of values, not of rows
    home.call("delete", "domains", "where", "value=d0.com")
    home.call("run", "me/next", "-t", "where value=d39.com")
    has(why(home, "domains", "d0.com"), "d0.com   #41, in scope")
    # and one of rows, which only a file of somebody else can hold: what came later is no reason
    edit_file(home, "update unit set row = 40 where row = 1")
    same([line.split(",")[0].strip() for line in why(home, "domains", "d2.com").splitlines()],
         ["d2.com   #3", "added    me/next 0.1.0 (sha256 HASH) for domain d1.com", "d1.com  #2", "d39.com  #40"])
    edit_file(home, "update unit set row = 3 where row = 2")
    same(len(why(home, "domains", "d2.com").splitlines()), 2)


def what_stands_above_is_told_once(home):
    module(home, "me/a", "Source: domains", body="db_add('email', {value='x@a.com', displayname=arg['value']})")
    module(home, "me/b", "Source: emails", body="db_add('domain', {value='b.com'})")
    home.call("add", "email", "x@a.com")
    home.call("run", "me/b")
    home.call("add", "domain", "c.com")
    home.call("run", "me/a", "-j", "1")
    same([line.split(",")[0] for line in why(home, "emails", "x@a.com").splitlines()], [
        "x@a.com   #1", "  added    by hand: add email x@a.com",
        '  changed  displayname: null -> "b.com"   me/a 0.1.0 (sha256 HASH) for domain b.com',
        '  changed  displayname: "b.com" -> "c.com"   me/a 0.1.0 (sha256 HASH) for domain c.com',
        "  b.com  #1", "    x@a.com  #1", "  c.com  #2"])
    has(why(home, "emails", "x@a.com"), "    x@a.com  #1, which stands above\n")
    same([o["id"] for o in objects(home, "emails", "x@a.com")], [1, 1, 2])


def any_number_of_origins(home):
    home.call("add", "domain", "a.com")
    for wanted in (2, 1000):
        have = home.rows("select count(*) from origin")[0][0]
        edit_file(home, *(f"insert into origin (family, row, attempt, sequence, what, value, columns) values "
                          f"('domain', 1, 1, {n}, 'changed', 'a.com', '{{\"unscoped\":[null,false]}}')" for n in range(have, wanted)))
        same(len(why(home, "domains", "a.com").splitlines()), 1 + wanted)
        same(len(objects(home, "domains", "a.com")[0]["changes"]), wanted)
    edit_file(home, "delete from origin")
    same(len(why(home, "domains", "a.com").splitlines()), 2)
    same(objects(home, "domains", "a.com")[0]["changes"], [])


def many_targets_of_one_row(home):
    module(home, "me/same", "Source: domains", body="db_add('email', {value='x@a.com', displayname=arg['value']})")
    home.call("add", "email", "x@a.com")
    home.call("add", "domain", "--stdin", stdin="".join(f"d{n}.com\n" for n in range(70)).encode())
    home.call("run", "me/same", "-j", "1")
    p = subprocess.run([Home.program, "why", "emails", "x@a.com"], env=home.env, capture_output=True, text=True, timeout=WAIT)
    same(len(p.stdout.splitlines()), 1 + 1 + 70 + 64)
    has(p.stderr, "not all of it")
    p = subprocess.run([Home.program, "why", "--json", "emails", "x@a.com"], env=home.env, capture_output=True, text=True, timeout=WAIT)
    same(len([json.loads(line) for line in p.stdout.splitlines()]), 1 + 64)
    has(p.stderr, "not all of it")


# ---- exchanges


def exchange(home, id, attempt, what, origin=None, **columns):
    """One as the child would have told of it, before a change of the attempt."""
    columns = {"id": id, "attempt": attempt, "sequence": 1, "number": id, "kind": "http", "what": what, "cut": 0, **columns}
    db = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))
    with db:
        db.execute(f"insert into exchange ({', '.join(columns)}) values ({', '.join('?' * len(columns))})", list(columns.values()))
        db.execute("update origin set exchange = ? where attempt = ?", (id, attempt))
    db.close()


def a_change_has_what_was_asked_before_it(home):
    found(home)
    hash = "91ab" * 16
    exchange(home, 5, 2, "GET https://crt.sh/?q=x", status=200, bytes=12310, sha256=hash, seen=1, proxy="127.0.0.1:9050", server="crt.sh:443")
    after = "TIME\n           after GET https://crt.sh/?q=x  200, 12,310 bytes, sha256 HASH, "
    has(why(home, "subdomains", "#1"), after + "connection seen (by proxy 127.0.0.1:9050)\n")
    row = objects(home, "subdomains", "#1")[0]["changes"][0]["exchange"]
    same({k: row[k] for k in ("id", "what", "status", "sha256", "seen", "proxy", "length")}, {
        "id": 5, "what": "GET https://crt.sh/?q=x", "status": 200, "sha256": hash, "seen": True, "proxy": "127.0.0.1:9050", "length": None})
    for columns, want in (
            ({"status": 200, "bytes": 0, "seen": 0}, "  200, 0 bytes, claimed only\n"),
            ({"status": 200, "bytes": 999, "redacted": "request,response"}, "  200, 999 bytes, not compared with the broker yet, secrets replaced in request,response\n"),
            ({"error": "timed \x1b[1mout", "bytes": 1234567, "seen": 1, "cut": 1}, "  no answer: timed \\u{1b}[1mout, 1,234,567 bytes, connection seen, cut\n")):
        exchange(home, home.rows("select max(id) + 1 from exchange")[0][0], 2, "A www.example.com", **columns)
        has(why(home, "subdomains", "#1"), "\n           after A www.example.com" + want)
    exchange(home, 100, 2, "GET https://a/" + "x" * 1000)
    has(why(home, "subdomains", "#1"), "after GET https://a/" + "x" * (400 - 14) + "...  not ended, not compared")
    lines = why(home, "subdomains", "#1").splitlines()
    same(lines[-2], '  no bytes of answers were kept (evidence = "full"): nobody can look for it there')
    edit_file(home, "delete from exchange")
    assert "after" not in why(home, "subdomains", "#1")


# ---- bytes


def member(n, kind, part, block, *fields, digest=None):
    """A record of WARC 1.1 in a gzip member of its own, as the program writes it."""
    digest = digest or hashlib.sha256(block).hexdigest()
    head = "\r\n".join(("WARC/1.1", f"WARC-Type: {kind}", f"WARC-Record-ID: <urn:uuid:{uuid.UUID(int=n)}>", "WARC-Date: 2026-11-29T01:02:11Z",
                        f"WARC-Block-Digest: sha256:{digest}", f"X-Sn0int-Part: {part}", *fields, f"Content-Length: {len(block)}")).encode()
    return gzip.compress(head + b"\r\n\r\n" + block + b"\r\n\r\n", mtime=0)


def archive(home, run):
    folder = os.path.join(home.share, "data/default/evidence")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, home.rows(f"select uuid from run where id = {run}")[0][0] + ".warc.gz")


def recorded(home, run, attempt, *exchanges):
    """(what, [(kind, part, block, field...)...]) each, in the archive of the run and the table; the last one stands before the changes."""
    path, first = archive(home, run), home.rows("select coalesce(max(id), 0) from exchange")[0][0]
    with open(path, "wb") as f:
        f.write(member(0, "warcinfo", "x", b"program: x\r\n"))
        for n, (what, records) in enumerate(exchanges, 1):
            at = f.tell()
            for record in records:
                f.write(member(f.tell(), *record[:3], f"X-Sn0int-Exchange: {first + n}", *record[3:]))
            place = {"place": at, "length": f.tell() - at} if records else {}
            exchange(home, first + n, attempt, what, kind="dns" if what[1] == " " else "http", seen=1, **place)
    return path


def reply(body, *fields, chunk=0):
    """A response, with chunks of that size."""
    if chunk:
        fields += ("Transfer-Encoding: chunked",)
        body = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + chunk]), body[i:i + chunk]) for i in range(0, len(body), chunk)) + b"0\r\n\r\n"
    else:
        fields += (f"Content-Length: {len(body)}",)
    return [("request", "request", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
            ("response", "response", "\r\n".join(("HTTP/1.1 200 OK", *fields, "", "")).encode() + body)]


def proof(home, family="subdomains", row="#1"):
    """What stands below the first change."""
    lines = why(home, family, row).splitlines()[2:]
    return [line.strip() for line in lines if line.startswith("           ") and not line.strip().startswith("after ")]


def a_value_is_found_in_the_third_of_ten(home):
    found(home)
    other = reply(b"nothing")
    page = reply(b'[{"x":"' + b" " * 800 + b'www.example.com"}]')
    recorded(home, 2, 2, *[(f"GET https://a/{n}", page if n == 3 else other) for n in range(1, 11)])
    same(proof(home), ["the value stands in GET https://a/3, 3 of 10, at byte 807"])
    change = objects(home, "subdomains", "#1")[0]["changes"][0]
    same((change["asked"], change["kept"], change["looked"], change["why_not"]), (10, 10, 10, None))
    same([(p["exchange"], p["number"], p["part"], p["at"], p["bytes"], p["form"]) for p in change["found"]], [(3, 3, "body", 807, 15, "as it is")])


def each_way_to_write_it_is_found(home):
    found(home)
    value = b"www.example.com"
    for records, want in (
            (reply(b"x " + value), "at byte 2"),
            (reply(b"x " + value.upper()), "at byte 2"),
            (reply(b'"www\\u002eexample.com"'), "at byte 1, as JSON"),
            (reply(b"www&period;example&#46;com"), "at byte 0, as HTML"),
            (reply(b"<i>www.<b>example</b>.com</i>"), "at byte 3, as HTML between tags"),
            (reply(b"?q=www%2eexample.com"), "at byte 3, in percent encoding"),
            (reply(b"xx" + value), "at byte 2, as a part of something longer"),
            (reply(b"<p>" + value, chunk=5), "at byte 3"),
            (reply(gzip.compress(b"<p>" + value), "Content-Encoding: gzip", chunk=7), "at byte 3"),
            (reply(zlib.compress(b"<p>" + value), "Content-Encoding: deflate"), "at byte 3"),
            (reply(b"", "Location: https://www.example.com/"), "at byte 35 of its head"),
            ([("resource", "in", b"\0\1" + value, "Content-Type: application/octet-stream")], "at byte 2 of its bytes")):
        recorded(home, 2, 2, ("GET https://a/", records))
        same(proof(home), [f"the value stands in it {want}"], records)
        edit_file(home, "delete from exchange")


MESSAGE = (b"\0\1\x81\x80\0\1\0\1\0\0\0\0\3www\7example\3com\0\0\1\0\1"
           b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\7")


def answers_of_the_dns_are_read(home):
    found(home)
    message = len(MESSAGE).to_bytes(2, "big") + MESSAGE
    recorded(home, 3, 3, ("A www.example.com", [("resource", "answer", message, "Content-Type: application/dns-message")]))
    same(proof(home, "ipaddrs"), ["the value stands in it at byte 18 of its answer"])
    # both ends of a link
    same(proof(home, "subdomain_ipaddrs"), ['"www.example.com" stands in it at byte 0 of its answer', '"192.0.2.7" stands in it at byte 18 of its answer'])
    edit_file(home, "delete from exchange")
    recorded(home, 3, 3, ("A www.example.com", [("resource", "answer", message[:-3], "Content-Type: application/dns-message")]))
    same(proof(home, "ipaddrs"), ["1 of 1 could not be looked through: a message of the DNS cannot be read"])


def certificates_are_read(home):
    """Of a chain the leaf, which stands once in an archive; of a connection over which nothing came only its mark."""
    found(home)
    leaf = b"0\x82\x01\x00\x82\x0fwww.example.com\x82\x0bx.other.com"
    pem = b"".join(b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % base64.encodebytes(der) for der in (leaf, b"not this"))
    mark = ("metadata", "mark", b"s\n", "Content-Type: text/plain")
    chain = [("resource", "chain", pem, "Content-Type: application/x-pem-file"), mark]
    recorded(home, 2, 2, ("example.com:443", [mark]), ("example.com:443", chain), ("example.com:443", [mark]))
    edit_file(home, "update exchange set kind = 'tcp' where id = 1", "update exchange set kind = 'tls', certificate = 'x' where id > 1")
    same(proof(home), ["the value stands in it at byte 6 of its certificate", "the value stands in example.com:443, 2 of 3, at byte 6 of its certificate"])
    has(home.call("why", "--bytes", "subdomains", "#1"), pem)
    edit_file(home, "update exchange set certificate = 'y' where id = 2")
    same(proof(home), ["the value stands in example.com:443, 2 of 3, at byte 6 of its certificate",
                       "1 of 3 could not be looked through: its certificate is not there"])
    edit_file(home, "delete from exchange")
    recorded(home, 2, 2, ("example.com:443", [mark]), ("example.com:443", [("resource", "chain", b"-----BEGIN CERTIFICATE-----\n!\n", "Content-Type: x/y")]))
    edit_file(home, "update exchange set kind = 'tls', certificate = 'x' where kind = 'http'")
    has("\n".join(proof(home)), "a certificate cannot be read")


def columns_are_looked_for_by_what_they_became(home):
    module(home, "me/m", "Source: domains", body="db_add('email', {value='x@a.com', displayname=arg['value'] .. ' & sons', valid=true})")
    home.call("add", "email", "x@a.com")
    home.call("add", "domain", "a.com")
    home.call("run", "me/m")
    recorded(home, 3, 3, ("GET https://a/", reply(b"<h1>a.com &amp; sons</h1>")))
    has(why(home, "emails", "x@a.com"), '\n           "a.com & sons" stands in it at byte 4, as HTML\n')
    edit_file(home, "update origin set columns = '{\"valid\":[null,true]}' where what = 'changed'")
    has(why(home, "emails", "x@a.com"), "\n           it was not looked for: it is no text\n")
    body = hashlib.sha256(b"abc").hexdigest()
    edit_file(home, f"update origin set columns = '{{\"displayname\":[null,\"sha256:{body}\"]}}' where what = 'changed'",
              f"update exchange set sha256 = '{body}'")
    has(why(home, "emails", "x@a.com"), f'\n           "sha256:{body}" is all of it\n')


def nothing_there_and_could_not_look_are_two_things(home):
    found(home)
    recorded(home, 2, 2, ("GET https://a/?q=www.example.com", reply(b"nothing")), ("GET https://b/", reply(b"nothing")))
    same(proof(home), ["it stands in none of the 2 answers that were looked through", "it stands in the question GET https://a/?q=www.example.com"])
    for records, columns, want in (
            (reply(b"x" * 9)[:1] + [("response", "response", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx")], "", "it is cut"),
            (reply(b"xyz", "Content-Encoding: br"), "", "its compression cannot be undone"),
            (reply(b"xyz"), "cut = 1", "not all of its bytes were kept"),
            ([("response", "response", b"HTTP/1.1 200 OK\r\n\r\nx", "X: y")], "place = 9999999", None),
            (reply(b"xyz"), "place = 1", None)):
        edit_file(home, "delete from exchange")
        recorded(home, 2, 2, ("GET https://a/", records))
        if columns:
            edit_file(home, f"update exchange set {columns}")
        lines = proof(home)
        same(len(lines), 1, lines)
        has(lines[0], "1 of 1 could not be looked through: " + (want or ""))
    # of bytes that were not kept
    edit_file(home, "delete from exchange")
    recorded(home, 2, 2, ("GET https://a/", []), ("GET https://b/", reply(b"nothing")))
    same(proof(home), ["it stands in none of the 1 answers that were looked through", "no bytes were kept of 1 of 2"])


def an_archive_is_a_strangers(home):
    found(home)
    path = recorded(home, 2, 2, ("GET https://a/", reply(b"www.example.com")))
    with open(path, "rb") as f:
        whole = f.read()
    at = home.rows("select place from exchange")[0][0]
    for data, want in ((whole[:-20], ""), (whole[:at], ""), (b"", ""), (whole[:at] + b"\x1b[31m" + whole[at + 5:], ""),
                       (whole[:at] + os.urandom(len(whole) - at), "")):
        with open(path, "wb") as f:
            f.write(data)
        lines = proof(home)
        same(len(lines), 1, lines)
        has(lines[0], "1 of 1 could not be looked through: ")
        assert "\x1b" not in lines[0]
    # changed, with a digest that does not fit
    with open(path, "wb") as f:
        f.write(whole[:at] + member(1, "response", "response", reply(b"www.example.com")[1][2], digest="0" * 64))
    edit_file(home, "update exchange set length = 1")
    has(proof(home)[0], "1 of 1 could not be looked through: the digest of the record at byte")
    os.unlink(path)
    has(proof(home)[0], "1 of 1 could not be looked through: ", os.path.basename(path))
    # no path is made of what is no number of a run
    edit_file(home, "update run set uuid = '../../../../../../etc/passwd' where id = 2")
    same(proof(home), ["1 of 1 could not be looked through: its run has no number"])


def a_huge_archive_is_read_where_the_rows_say(home):
    """6 GB in front of the records, and 4 GB behind them: a hole, so that no disk fills."""
    found(home)
    path = recorded(home, 2, 2, ("GET https://a/", reply(b"www.example.com")))
    with open(path, "rb") as f:
        whole = f.read()
    with open(path, "wb") as f:
        f.seek(6 << 30)
        f.write(whole)
        f.truncate(10 << 30)
    edit_file(home, f"update exchange set place = place + {6 << 30}")
    same(proof(home), ["the value stands in it at byte 0"])


def what_came_twice_is_kept_once(home):
    """A revisit: the head, and whose bytes stand behind it."""
    found(home)
    answer = reply(b"<p>www.example.com</p>")
    path = recorded(home, 2, 2, ("GET https://a/", answer), ("GET https://a/", []))
    first = home.rows("select place from exchange where place is not null")[0][0]
    size = len(member(first, *answer[0][:3], "X-Sn0int-Exchange: 1"))
    head = answer[1][2][:-len(b"<p>www.example.com</p>")]
    with open(path, "ab") as f:
        at = f.tell()
        f.write(member(999999, "revisit", "response", head, "X-Sn0int-Exchange: 2", f"WARC-Refers-To: <urn:uuid:{uuid.UUID(int=first + size)}>"))
        length = f.tell() - at
    edit_file(home, f"update exchange set place = {at}, length = {length} where id = 2", "update exchange set sha256 = 'x'")
    same(proof(home), ["the value stands in it at byte 3", "the value stands in GET https://a/, 1 of 2, at byte 3"])
    edit_file(home, "update exchange set sha256 = 'y' where id = 1")
    same(proof(home), ["the value stands in GET https://a/, 1 of 2, at byte 3",
                       "1 of 2 could not be looked through: the answer that it repeats is not there"])


def the_exchange_itself_is_shown(home):
    found(home)
    records = reply(gzip.compress(b"<p>\x1b[31m www.example.com\n" + b"x" * 20000), "Content-Encoding: gzip")
    recorded(home, 2, 2, ("GET https://a/", records), ("GET https://b/", reply(b"other")))
    # as it was on the wire
    same(home.call("why", "--bytes", "subdomains", "#1"), records[0][2] + records[1][2])
    shown = on_terminal(home, "why", "--bytes", "subdomains", "#1")
    has(shown, "\x1b[1mGET https://a/\x1b[0m\r\nGET / HTTP/1.1\r\nHost: x\r\n", "\x1b[7mwww.example.com\x1b[0m\r\n", " bytes]")
    assert "\x1b[31m" not in shown
    # of a value that is nowhere the last one
    edit_file(home, "update origin set value = 'www.example.org'")
    same(home.call("why", "--bytes", "subdomains", "#1"), b"".join(r[2] for r in reply(b"other")))
    edit_file(home, "delete from exchange")
    has(refused(home, "why", "--bytes", "subdomains", "#1"), "no bytes were kept")
    has(refused(home, "why", "--bytes", "--json", "subdomains", "#1", status=2), "exclude each other")


class Server(http.server.BaseHTTPRequestHandler):
    """Ten pages, of which the third and the ninth hold the value; each is written in its own way."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        n = self.path.rpartition("/")[2]
        body, fields = {
            "3": (b'{"names":["mail.example.org","www\\u002eexample.com"]}' + b" " * 3000, {"Content-Type": "application/json"}),
            "9": (gzip.compress(b"<p>www.example.com</p>" * 300, mtime=0), {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}),
        }.get(n, (b"<p>nothing</p>" * 100, {}))
        self.send_response(200)
        for name, value in fields.items():
            self.send_header(name, value)
        if "Transfer-Encoding" in fields:
            body = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + 7]), body[i:i + 7]) for i in range(0, len(body), 7)) + b"0\r\n\r\n"
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def names_server(sock):
    """Answers whatever it is asked: 192.0.2.7."""
    while True:
        data, who = sock.recvfrom(4096)
        if data == b"end":
            return
        end = data.index(b"\0", 12) + 5
        sock.sendto(data[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + data[12:end] + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\7", who)


@contextlib.contextmanager
def servers():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as web, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as names:
        names.bind(("127.0.0.1", 0))
        threads = [threading.Thread(target=web.serve_forever, daemon=True), threading.Thread(target=names_server, args=(names,), daemon=True)]
        for thread in threads:
            thread.start()
        try:
            yield f"127.0.0.1:{web.server_address[1]}", f"127.0.0.1:{names.getsockname()[1]}"
        finally:
            web.shutdown()
            names.sendto(b"end", names.getsockname())
            for thread in threads:
                thread.join()


def a_run_with_all_bytes_is_followed(home):
    """From servers to the place in what they said."""
    home.call("add", "domain", "example.com")
    with servers() as (web, names):
        module(home, "me/pages", "Source: domains", body=f"""
            local session, n = http_mksession(), 1
            while n <= 10 do
                http_fetch(http_request(session, 'GET', 'http://{web}/' .. n, {{}}))
                n = n + 1
            end
            db_add('subdomain', {{domain_id=arg['id'], value='www.' .. arg['value']}})""")
        module(home, "me/look", "Source: subdomains", body="""
            dns(arg['value'], {record='A'})
            db_add('ipaddr', {value='192.0.2.7'})""")
        home.call("run", "me/pages", "--evidence", "full", "--allow-net", "local")
        home.call("run", "me/look", "--evidence", "full", "--allow-net", "local", "--nameserver", names)
    same(proof(home), ["the value stands in GET http://%s/9, 9 of 10, at byte 3" % web,
                       "the value stands in GET http://%s/3, 3 of 10, at byte 30, as JSON" % web])
    has(why(home, "subdomains", "#1"), f"           after GET http://{web}/10  200, 1,400 bytes, sha256 HASH, connection seen\n")
    change = objects(home, "subdomains", "#1")[0]["changes"][0]
    same((change["asked"], change["kept"], change["looked"], change["why_not"]), (10, 10, 10, None))
    has(why(home, "ipaddrs", "#1"), "           after A www.example.com", "           the value stands in it at byte 18 of its answer\n")
    same([line.strip().split(",")[0] for line in why(home, "ipaddrs", "#1").splitlines()[-2:]],
         ["www.example.com  #1", "example.com  #1"])
    # the first page that holds it, as it was on the wire
    bytes = home.call("why", "--bytes", "subdomains", "#1")
    has(bytes, b"GET /3 HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n", b"www\\u002eexample.com")
    has(on_terminal(home, "why", "--bytes", "subdomains", "#1"), "\x1b[7mwww\\u002eexample.com\x1b[0m")
    # without the file there are the rows
    os.unlink(archive(home, home.rows("select id from run where module = 'me/pages'")[0][0]))
    has(proof(home)[0], "10 of 10 could not be looked through: ")


# ---- other forms


def json_has_all_of_it(home):
    found(home)
    rows = objects(home, "ipaddrs", "192.0.2.7")
    same([(r["depth"], r["family"], r["id"], r["value"], r["there"], r["in_scope"], r["seen"], r["modules"]) for r in rows], [
        (0, "ipaddr", 1, "192.0.2.7", True, True, 2, ["me/resolve"]),
        (1, "subdomain", 1, "www.example.com", True, True, 3, ["me/resolve", "me/subs"]),
        (2, "domain", 1, "example.com", True, True, 0, [])])
    change, = rows[0]["changes"]
    hash, started = home.rows("select run.sha256, attempt.started from run join attempt on run.id = run where attempt.id = 3")[0]
    same({k: change[k] for k in ("what", "time", "attempt", "sequence", "run", "kind", "module", "version", "sha256", "columns")}, {
        "what": "added", "time": started, "attempt": 3, "sequence": 2, "run": 3, "kind": "run", "module": "me/resolve",
        "version": "0.1.0", "sha256": hash, "columns": None})
    same(change["target"], {"family": "subdomain", "id": 1, "value": "www.example.com"})
    same((rows[2]["changes"][0]["command"], rows[2]["changes"][0]["target"]), ("add domain example.com", None))
    same(objects(home, "subdomains", "#1")[0]["changes"][1]["columns"], {"resolvable": [None, True]})


def a_graph_is_one_for_graphviz(home):
    found(home)
    graph = Graph(home.call("why", "--graph", "ipaddrs", "192.0.2.7").decode())
    same(sorted(graph.nodes), ["attempt_1", "domains_1", "ipaddrs_1", "subdomains_1"])
    same(sorted((a, b) for a, b, _ in graph.edges), [("attempt_1", "domains_1"), ("domains_1", "subdomains_1"), ("subdomains_1", "ipaddrs_1")])


def foreign_texts_stay_texts(home):
    """The file is a stranger's: escape sequences, quotes of DOT, no JSON, no UTF-8."""
    found(home)
    nasty = "\x1b]0;owned\x07\"; evil -> node; &lt; \\N \n\u202e"
    db = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))
    with db:
        db.execute("update run set module = ?, version = ?, sha256 = ?, command = ?", (nasty,) * 4)
        db.execute("update attempt set target = ?, started = ?", (nasty, nasty))
        db.execute("update origin set value = ?, columns = ?", (nasty, nasty))
        db.execute("update ipaddrs set value = ?", (nasty,))
        db.execute("update subdomains set value = cast(x'ff1b5b41' as text)")
    db.close()
    for args in (["ipaddrs", "#1"], ["subdomains", "#1"], ["domains", "#1"]):
        shown = on_terminal(home, "why", *args)
        same([c for c in re.sub(r"\x1b\[[0-9;]*m", "", shown) if c < " " and c not in "\r\n" or c == "\u202e"], [], shown)
        objects(home, *args)
        graph = Graph(home.call("why", "--graph", *args).decode())
        assert "evil" not in graph.nodes and "node" not in graph.nodes, graph.nodes
    edit_file(home, "update unit set family = 'nonsense'", "update origin set what = 'x'")
    has(why(home, "ipaddrs", "#1"), "\n  x        ")
    edit_file(home, "update origin set columns = '{\"a\":[1],\"b\":2,\"c\":[\"" + "x" * 500 + "\",null]}'")
    has(why(home, "ipaddrs", "#1"), 'c: "' + "x" * 119 + "... -> null   ")


def colours_are_for_terminals(home):
    found(home)
    has(on_terminal(home, "why", "ipaddrs", "#1"), "\x1b[1m192.0.2.7\x1b[0m", "\x1b[32madded   \x1b[0m")
    assert "\x1b" not in why(home, "ipaddrs", "#1")
    p = subprocess.run([Home.program, "why", "ipaddrs", "#1"], env=home.env, capture_output=True, timeout=WAIT)
    same(p.stderr, b"")


STORIES = [
    a_row_is_followed_to_what_was_typed,
    a_value_is_taken_in_any_spelling_and_a_row_by_its_number,
    the_prompt_tells_it_too,
    what_is_not_there_is_an_error,
    a_row_that_is_gone_is_told_by_its_value,
    what_comes_back_has_both_in_its_history,
    scope_is_a_change,
    what_other_programs_do_is_told_as_theirs,
    chains_end,
    what_stands_above_is_told_once,
    any_number_of_origins,
    many_targets_of_one_row,
    a_change_has_what_was_asked_before_it,
    a_value_is_found_in_the_third_of_ten,
    each_way_to_write_it_is_found,
    answers_of_the_dns_are_read,
    certificates_are_read,
    columns_are_looked_for_by_what_they_became,
    nothing_there_and_could_not_look_are_two_things,
    an_archive_is_a_strangers,
    a_huge_archive_is_read_where_the_rows_say,
    what_came_twice_is_kept_once,
    the_exchange_itself_is_shown,
    a_run_with_all_bytes_is_followed,
    json_has_all_of_it,
    a_graph_is_one_for_graphviz,
    foreign_texts_stay_texts,
    colours_are_for_terminals,
]


def run_story(story):
    with tempfile.TemporaryDirectory() as folder:
        story(Home(folder))


if __name__ == "__main__":
    Home.program = os.path.abspath(sys.argv[1])
    sys.exit(tap.run(STORIES, run_story, sys.argv[2:]))
