#!/usr/bin/env python3
"""rows.py SN0INT [STORY...]: rows looked at, in every form, and changed by hand. TAP."""
import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from stories import Terminal  # noqa: E402
from tap import has, same  # noqa: E402

CONFIG = ".config/sn0int.toml"


def text(home, *args):
    return home.call(*args).decode()


def refused(home, *args, status=2):
    p = subprocess.run([Home.program, *args], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT, stdin=subprocess.DEVNULL)
    same((p.returncode, p.stdout), (status, b""), (args, p.stderr))
    return p.stderr.decode()


def warned(home, *args, stdin=b""):
    p = subprocess.run([Home.program, *args], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT, input=stdin)
    same(p.returncode, 0, (args, p.stderr))
    return p.stderr.decode()


def edit_file(home, query, *args, many=False):
    """As another program does it."""
    db = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))
    with db:
        (db.executemany if many else db.execute)(query, *args)
    db.close()


def terminal(home, *args):
    return Terminal(home, *args, program=Home.program, env={**home.env, "TERM": "xterm"})


def shown(t):
    """All that a terminal has shown until its program ended."""
    seen = b""
    try:
        while data := os.read(t.fd, 65536):
            seen += data
    except OSError:
        pass
    return os.waitstatus_to_exitcode(os.waitpid(t.pid, 0)[1]), t.seen + seen.decode("utf-8", "replace")


# ---- select


def tables_are_aligned(home):
    home.call("add", "domain", "--stdin", stdin=b"example.com\na.org\n")
    home.call("add", "network", "long name of a network", "1.5", "-2")
    same(text(home, "select", "--table", "domains"), "id  value        unscoped\n 1  example.com  false\n 2  a.org        false\n")
    same(text(home, "select", "-C", "latitude,value,description", "networks"),
         "latitude  value                   description\n     1.5  long name of a network  \n")
    same(text(home, "select", "--table", "emails"), "")


def columns_are_chosen_for_every_form(home):
    home.call("add", "email", "x@a.com")
    same(json.loads(text(home, "select", "--json", "-C", "valid,value", "emails")), {"valid": None, "value": "x@a.com"})
    same(text(home, "select", "--csv", "-C", "value,valid,id", "emails"), "value,valid,id\r\nx@a.com,,1\r\n")
    has(refused(home, "select", "-C", "valeu", "emails"), "emails have no column 'valeu', did you mean 'value'?")
    has(refused(home, "select", "-C", "x", "emails"), "only id, value, unscoped, valid, displayname")
    has(refused(home, "select", "-C", "id,id", "emails"), "the column id is there twice")
    has(refused(home, "select", "-C", "id", "-c", "emails"), "-C is for --table, --csv and --json, not for -c")
    has(refused(home, "select", "--csv", "--json", "emails"), "exclude each other")


def csv_is_read_by_another_reader(home):
    values = ["plain", "=1+1", "a,b", 'say "x"', "two\nlines", " blanks ", "", "'quoted", "@x", "é", "+1", "-1"]
    home.call("add", "network", "first")
    edit_file(home, "insert into networks (value, description) values (?, ?)", [(f"n{i}", v) for i, v in enumerate(values)], many=True)
    rows = list(csv.reader(io.StringIO(text(home, "select", "--csv", "-C", "value,description", "networks", "where", "id", ">", "1"), newline="")))
    same(rows[0], ["value", "description"])
    same([r[1][1:] if r[1].startswith("'") else r[1] for r in rows[1:]], values)
    assert not any(r[1].startswith(("=", "+", "-", "@")) for r in rows), rows


def what_is_in_a_cell_stays_in_its_line(home):
    home.call("add", "network", "n")
    edit_file(home, "update networks set description = ?", ("a\nb\x1b[31m\u202e",))
    same(text(home, "select", "-C", "description,id", "networks").count("\n"), 2)
    has(text(home, "select", "-C", "description", "networks"), "a\\u{a}b\\u{1b}[31m")


def an_image_that_is_none_of_ours_has_no_path(home):
    home.write("i.jsonl", b'{"table":"images","value":"../../../../etc/passwd"}\n{"table":"images","value":"%s"}\n' % (b"1" * 44))
    home.call("import", "i.jsonl")
    p = subprocess.run([Home.program, "select", "--paths", "images"], env=home.env, capture_output=True, timeout=WAIT)
    same((p.returncode, p.stdout.decode()), (0, os.path.join(home.share, "data/default/blobs", "1" * 44) + "\n"))
    has(p.stderr.decode(), 'the image #1 has no file: "../../../../etc/passwd" is no id of a blob')


def many_rows_settle_their_columns_by_the_first(home):
    home.call("add", "domain", "a.com")
    edit_file(home, "insert into domains (value) values (?)", [(f"{'x' * (40 if i == 900 else 5)}{i}.com",) for i in range(1000)], many=True)
    lines = text(home, "select", "--table", "domains").splitlines()
    same(len(lines), 1002)
    same({line.index("false") for line in lines[1:] if "x" * 40 not in line}, {19, 20})  # ids of four digits come later


def a_terminal_cuts_a_table_to_its_width(home):
    home.call("add", "network", "n" * 200)
    edit_file(home, "update networks set description = ?", ("d" * 200,))
    status, seen = shown(terminal(home, "select", "--table", "networks"))
    same(status, 0)
    row = seen.splitlines()[1]
    has(row, "nnn...", "ddd...")
    assert len(row.replace("\x1b[0m", "")) <= 80, row


def a_terminal_leaves_out_columns_that_are_empty(home):
    """What is left has room: an address is not cut for the names of columns."""
    home.call("add", "ipaddr", "--stdin", stdin=b"198.51.100.123\n2001:db8:1:2:3:4:5:6\n")
    seen = shown(terminal(home, "select", "--table", "ipaddrs"))[1].replace("\x1b[0m", "").replace("\x1b[1m", "")
    lines = seen.splitlines()
    same([line.split() for line in lines[:3]],
         [["id", "family", "value", "unscoped"], ["1", "4", "198.51.100.123", "false"], ["2", "6", "2001:db8:1:2:3:4:5:6", "false"]])
    has(lines[3], "11 columns in which no row has anything are left out (-C NAME,... shows them)")
    # not those that were chosen, not where all fit, and not for a program
    chosen = shown(terminal(home, "select", "--table", "-C", "value,continent,continent_code,country_code,latitude,longitude,description,reverse_dns", "ipaddrs"))[1]
    has(chosen, "conti...", "descr...")
    assert "left out" not in chosen, chosen
    home.call("add", "email", "x@a.com")
    has(shown(terminal(home, "select", "--table", "emails"))[1], "displayname")
    has(text(home, "select", "--table", "ipaddrs"), "reverse_dns", "2001:db8:1:2:3:4:5:6")
    # a column in which one row has something stays
    home.call("edit", "ipaddrs", "2", "description=x")
    has(shown(terminal(home, "select", "--table", "ipaddrs"))[1], "description", "10 columns in which")


def the_value_of_a_row_is_cut_last(home):
    """Of rows that were not looked at nobody knows which columns are empty."""
    home.call("add", "domain", "a.com")
    edit_file(home, "insert into ipaddrs (family, value) values ('6', ?)", [(f"2001:db8:1:2:3:4:5:{i:x}",) for i in range(501)], many=True)
    seen = shown(terminal(home, "select", "--table", "ipaddrs"))[1]
    has(seen, "conti...", "2001:db8:1:2:3:4:5:1f4")
    assert "left out" not in seen


def pager(home, more=""):
    """One that keeps what it was given, and shows how much that is."""
    home.write("page", b'#!/bin/sh\ntee got | wc -l | sed "s/^/paged /"\n')
    os.chmod(os.path.join(home.path, "page"), 0o755)
    home.write(CONFIG, f'[select]\npager = "{home.path}/page"\n{more}'.encode())


def a_pager_gets_what_a_terminal_would(home):
    home.call("add", "domain", "--stdin", stdin=b"a.com\nb.com\n")
    pager(home)
    status, seen = shown(terminal(home, "select", "--pager", "domains"))
    same((status, seen.split()), (0, ["paged", "2"]))
    has(home.content("got").decode(), "\x1b[32m#1", '"a.com"')
    same(text(home, "select", "--pager", "domains"), '#1, "a.com"\n#2, "b.com"\n')


def a_table_can_be_what_persons_get(home):
    home.call("add", "domain", "a.com")
    pager(home, 'format = "table"\n')
    status, seen = shown(terminal(home, "select", "domains"))
    same((status, seen.split()), (0, ["paged", "2"]))
    has(home.content("got").decode(), "unscoped")
    same(text(home, "select", "domains"), '#1, "a.com"\n')
    home.write(CONFIG, b'[select]\nformat = "tabel"\n')
    has(refused(home, "select", "domains", status=1), "select.format is lines or table, not 'tabel'")


def who_leaves_a_pager_has_a_prompt_again(home):
    home.call("add", "domain", "a.com")
    edit_file(home, "insert into domains (value) values (?)", [(f"{i}.com",) for i in range(20000)], many=True)
    home.write("page", b"#!/bin/sh\nhead -n 1; exec 0<&-; echo left\n")
    os.chmod(os.path.join(home.path, "page"), 0o755)
    home.write(CONFIG, f'[select]\npager = "{home.path}/page"\n'.encode())
    t = terminal(home)
    t.expect(r"\] > ")
    t.type("select --pager domains\n")
    t.expect("left")
    t.expect(r"\] > ")
    t.type("select -c domains\n")
    t.expect("20001")
    t.type("quit\n")
    same(t.end(), 0)


def a_pager_that_is_not_there_is_told(home):
    home.call("add", "domain", "a.com")
    home.write(CONFIG, b'[select]\npager = "no-such-pager -R"\n')
    status, seen = shown(terminal(home, "select", "--pager", "domains"))
    same(status, 0)
    has(seen, "cannot start the pager no-such-pager", "a.com")


# ---- edit


def a_row_is_edited_by_hand(home):
    home.call("add", "email", "x@a.com")
    has(text(home, "edit", "emails", "X@A.com", "valid=true", "displayname=Jane Doe"),
        'Edited email #1: valid: null -> true, displayname: null -> "Jane Doe"')
    home.call("edit", "emails", "1", "valid=", "value=Y@a.com")
    same(home.rows("select id, value, valid, displayname from emails"), [(1, "y@a.com", None, "Jane Doe")])
    has(text(home, "edit", "emails", "1", "valid="), "Nothing differs")
    same(home.rows("select kind, command from run where kind = 'edit' order by id"), [
        ("edit", 'edit emails X@A.com valid=true "displayname=Jane Doe"'), ("edit", "edit emails 1 valid= value=Y@a.com")])
    same([(w, v, json.loads(c)) for w, v, c in home.rows("select what, value, columns from origin where what = 'changed' order by attempt")], [
        ("changed", "x@a.com", {"valid": [None, True], "displayname": [None, "Jane Doe"]}),
        ("changed", "x@a.com", {"value": ["x@a.com", "y@a.com"], "valid": [True, None]})])


def an_edit_keeps_what_others_write_meanwhile(home):
    """The row is read when its turn has come: all columns are written."""
    home.call("add", "email", "x@a.com")
    db = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"), isolation_level=None)
    db.execute("begin immediate")
    db.execute("update emails set valid = 1")
    p = subprocess.Popen([Home.program, "edit", "emails", "1", "displayname=x"], env=home.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    # it waits for our commit when it sleeps each time that somebody looks; were that too early, it would hold all the same
    asleep = 0
    while asleep < 50 and p.poll() is None:
        with open(f"/proc/{p.pid}/stat") as f:
            asleep = asleep + 1 if f.read().rpartition(")")[2].split()[0] == "S" else 0
        time.sleep(0.005)
    db.execute("commit")
    same((p.communicate(timeout=WAIT)[0], p.returncode), (b'[+] Edited email #1: displayname: null -> "x"\n', 0))
    same(home.rows("select valid, displayname from emails"), [(1, "x")])
    has(refused(home, "edit", "emails", "7", "valid=true", status=1), "there is no email with the id 7")
    same(home.rows("select count(*) from run where kind = 'edit'"), [(1,)])


def every_kind_of_column_is_edited(home):
    home.call("add", "ipaddr", "192.0.2.1")
    home.call("add", "cryptoaddr", "1abc")
    home.call("add", "url", "https://www.example.com/x")
    home.call("add", "account", "github.com", "user")
    home.call("edit", "ipaddrs", "192.0.2.1", "latitude=52.1", "asn=-7", "as_org==1+1")
    home.call("edit", "cryptoaddrs", "1", "balance=-9223372036854775808", "first_seen=2020-02-29T12:00:00", "denominator=8")
    home.call("edit", "urls", "1", "body=é\n", "status=200", "online=false")
    home.call("edit", "accounts", "1", "username=other")
    same(home.rows("select latitude, asn, as_org from ipaddrs"), [(52.099998474121094, -7, "=1+1")])
    same(home.rows("select balance, first_seen, denominator from cryptoaddrs"), [(-(1 << 63), "2020-02-29 12:00:00", 8)])
    same(home.rows("select body, status, online from urls"), [("é\n".encode(), 200, 0)])
    same(home.rows("select value, service, username from accounts"), [("github.com/other", "github.com", "other")])
    home.call("edit", "ipaddrs", "1", "value=2001:DB8::1")
    same(home.rows("select value, family from ipaddrs"), [("2001:db8::1", "6")])


def what_cannot_be_edited_is_told(home):
    home.call("add", "subdomain", "www.example.com")
    home.call("add", "email", "--stdin", stdin=b"x@a.com\ny@a.com\n")
    before = home.look()
    for args, status, want in (
            (("emails", "1", "vald=true"), 2, "did you mean 'valid'?"),
            (("emails", "1", "id=7"), 2, "only value, valid, displayname"),
            (("emails", "1", "unscoped=true"), 2, "unscoped is changed by scope and noscope"),
            (("emails", "1", "valid=maybe"), 2, "valid is true or false, not 'maybe'"),
            (("emails", "1", "valid"), 2, "COLUMN=VALUE is needed, not 'valid'"),
            (("emails", "1", "valid=true", "valid=false"), 2, "valid is given twice"),
            (("emails", "1", "value="), 2, "value cannot be empty"),
            (("emails", "1", "value=nobody"), 1, "nobody"),
            (("emails", "1", "value=Y@A.com"), 1, "y@a.com is there already: #2"),
            (("emails", "9", "valid=true"), 1, "there is no email with the id 9"),
            (("emails", "z@a.com", "valid=true"), 1, "there is no email z@a.com"),
            (("subdomains", "1", "value=b.example.com"), 2, "only resolvable"),
            (("domains", "1", "value=example.org"), 1, "1 subdomains hang below it"),
            (("domains", "1", "value=b.example.org"), 1, "has a subdomain part"),
            (("domain", "1", "value=x"), 2, "domains")):
        has(refused(home, "edit", *args, status=status), want)
    same(home.look(), before)


# ---- undo


def everything(home):
    """All families, links, events, rules and ends, as they are; an end has a number that nobody knows it by."""
    return {table: home.rows(f"select {'family, key, value, expire' if table == 'ttls' else '*'} from {table} order by 1, 2") for (table,) in home.rows(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_\\_%' escape '\\'")
        if table not in ("sn0int_schema", "digest", "run", "unit", "attempt", "origin", "seen")}


def fill(home):
    home.call("add", "url", "https://www.example.com/x")
    home.call("add", "port", "tcp", "192.0.2.1:80")
    home.call("add", "email", "x@a.com")
    home.module("me/m", body="""
        domain = db_add('domain', {value='b.com'})
        sub = db_add_ttl('subdomain', {domain_id=domain, value='www.b.com'}, 100000)
        ip = db_add('ipaddr', {value='192.0.2.1'})
        db_add('subdomain-ipaddr', {subdomain_id=sub, ip_addr_id=ip})
        url = db_add('url', {subdomain_id=sub, value='https://www.b.com/', status=200, body='\\0\\xff\\n=1', title='t'})
        db_add('breach-email', {breach_id=db_add('breach', {value='b'}), email_id=db_add('email', {value='x@a.com'}), password='p'})
        end""")
    home.call("run", "me/m")


def what_was_deleted_comes_back_as_it_was(home):
    fill(home)
    for family in ("domains", "subdomains", "ipaddrs", "emails", "breaches", "urls"):
        before = everything(home)
        home.call("delete", family, "where", "true")
        assert everything(home) != before
        has(text(home, "undo"), f"delete {family} where true")
        same(everything(home), before, family)
    same(home.rows("select * from pragma_foreign_key_check"), [])


def edits_and_scope_are_undone_step_by_step(home):
    fill(home)
    steps = [("edit", "emails", "1", "valid=true"), ("noscope", "emails", "where", "true"), ("scope", "emails", "where", "true"),
             ("edit", "urls", "2", "body=", "title=x"), ("edit", "emails", "1", "value=z@a.com", "valid=false"), ("delete", "emails", "where", "true"),
             ("edit", "ipaddrs", "1", "latitude=52.1", "description=a'b\"c"), ("delete", "domains", "where", "value=b.com")]
    states = []
    for step in steps:
        states.append(everything(home))
        home.call(*step)
    for step in reversed(steps):
        has(text(home, "undo", "-n"), "Would undo", " ".join(step[:2]))
        has(text(home, "undo"), "Undone", " ".join(step[:2]))
        same(everything(home), states.pop(), step)
    # next is what was added, and the module has built on it since
    has(refused(home, "undo", status=1), "run 3 (add email x@a.com) cannot be undone whole", "1 rows hang below")
    home.call("delete", "breaches", "where", "true")
    home.call("undo", "3")
    same(home.rows("select * from emails"), [])


def what_was_changed_since_is_not_undone(home):
    home.call("add", "email", "--stdin", stdin=b"x@a.com\ny@a.com\n")
    home.call("edit", "emails", "1", "valid=true")
    home.call("noscope", "emails", "where", "true")
    edit_file(home, "update emails set unscoped = 0 where id = 1")
    before = everything(home)
    has(refused(home, "undo", status=1), "run 3 (noscope emails where true) cannot be undone whole", "unscoped of email 1 was changed since")
    same(everything(home), before)
    edit_file(home, "update emails set unscoped = 0 where id = 2")
    has(text(home, "undo"), "run 2", "edit emails 1 valid=true")  # of the last one nothing is left
    home.call("delete", "emails", "where", "true")
    home.call("add", "email", "y@a.com")
    has(refused(home, "undo", "5", status=1), "there is a email y@a.com again")
    home.call("delete", "emails", "where", "value=y@a.com")
    has(text(home, "undo"), "delete emails where value=y@a.com")
    home.call("edit", "emails", "3", "value=q@a.com")
    has(text(home, "undo", "5"), "delete emails where true")
    has(refused(home, "undo", "5", status=1), "nothing to undo in run 5")
    has(refused(home, "undo", "1", status=1), "run 1 (add email --stdin) cannot be undone whole", "email 2 was changed since")
    has(refused(home, "undo", "x"), "no 'x'")


def what_was_added_is_undone(home):
    """What is undone is the last thing that was typed, not one before it."""
    home.call("add", "domain", "example.com")
    home.call("noscope", "domains", "where", "true")
    states = []
    for words in (("domain", "exmaple.com"), ("url", "https://www.exmaple.org/x"), ("port", "tcp", "192.0.2.1:80"), ("person", "Alice")):
        states.append(everything(home))
        home.call("add", *words)
        home.call("add", *words)  # which is there already: nothing to undo
    states.append(everything(home))
    home.call("add", "email", "--stdin", stdin=b"x@a.com\ny@a.com\n")
    for words, rows in (("email --stdin", 2), ("person Alice", 1), ("port tcp 192.0.2.1:80", 2), ("url https://www.exmaple.org/x", 3), ("domain exmaple.com", 1)):
        has(text(home, "undo"), f": add {words} ({rows} rows)")
        same(everything(home), states.pop(), words)
    has(text(home, "undo"), "noscope domains where true")


def a_rule_that_was_changed_since_is_not_passed_by(home):
    for verb in ("autonoscope", "autoscope"):
        home.call("add", "domain", "example.com")
        home.call("noscope", "domains", "where", "true")
        before = everything(home)
        home.call(verb, "add", "domain", "example.org")
        run = home.rows("select max(id) from run where kind = 'noscope'")[0][0]
        for word in ((), ("-n",)):
            has(refused(home, "undo", *word, status=1), f"run {run + 1} ({verb} add domain example.org)", "autonoscope delete", f"undo {run} takes back")
        same(everything(home)["domains"], before["domains"])
        has(text(home, "undo", str(run)), "noscope domains where true")
        home.call("delete", "domains", "where", "true")


def who_adds_what_is_out_of_scope_is_told(home):
    home.call("autonoscope", "add", "domain", "example.org")
    home.call("autonoscope", "add", "ip", "198.51.100.0/24")
    said = lambda *args, **how: warned(home, "add", *args, **how)
    by = 'by the rule noscope domain "example.org"'
    same(said("domain", "example.org"), f"[!] example.org was added out of scope, {by}\n")
    same(said("domain", "example.org"), f"[!] example.org is there, out of scope, {by}\n")
    has(said("netblock", "198.51.100.128/25"), "[!] 198.51.100.128/25 was added out of scope, by the rule noscope ip")
    same(said("domain", "--stdin", stdin=b"example.com\nexample.org\n"), f"[!] example.org is there, out of scope, {by}\n")
    home.call("noscope", "domains", "where", "value=example.com")
    same(said("domain", "example.com"), "[!] example.com is there, out of scope\n")
    same(said("domain", "example.net"), "")


def a_new_rule_says_that_rows_stay_as_they_are(home):
    said = lambda *args: warned(home, *args)
    same(said("autonoscope", "add", "domain", "example.org"), "")
    home.call("add", "subdomain", "www.example.com")
    same(said("autonoscope", "add", "domain", "example.net"), "")
    has(said("autonoscope", "add", "domain", "www.example.com"), "[!] rows that are there stay as they are until rescope")
    home.call("rescope", "-y")
    same(said("autonoscope", "add", "ip", "192.0.2.0/24"), "")
    has(said("autoscope", "add", "domain", "www.example.com"), "until rescope")


def what_was_not_kept_is_not_undone(home):
    home.call("add", "email", "x@a.com")
    home.call("add", "network", "n")
    edit_file(home, "update networks set description = ?", ("x" * (1 << 20) + "y",))
    home.call("delete", "networks", "where", "true")
    has(refused(home, "undo", status=1), "description of network 1 was too large to be kept")
    home.call("delete", "emails", "where", "true")
    edit_file(home, "update origin set columns = null where family = 'email' and what = 'removed'")  # as an older one left it
    has(refused(home, "undo", status=1), "what stood in email 1 was not kept")
    same((home.rows("select * from emails"), home.rows("select * from networks")), ([], []))


def what_others_have_built_on_stays(home):
    home.call("add", "subdomain", "www.example.com")
    home.call("add", "email", "x@a.com")
    edit_file(home, "update run set kind = 'import'")  # what an import does: rows, and what they stand on
    before = everything(home)
    home.call("add", "url", "https://www.example.com/x")
    has(refused(home, "undo", "1", status=1), "1 rows hang below what it has added")
    has(text(home, "undo", "2"), "add email x@a.com")
    home.call("delete", "urls", "where", "true")
    home.module("me/m", "Source: subdomains", body="db_update('subdomain', arg, {resolvable=true})\nend")
    home.call("run", "me/m")
    has(refused(home, "undo", "1", status=1), "subdomain 1 was changed since")
    same(everything(home)["domains"], before["domains"])
    home.call("undo", str(home.rows("select max(id) from run where kind = 'delete'")[0][0]))
    has(text(home, "select", "urls"), "https://www.example.com/x")


def an_import_is_taken_away_with_its_rules(home):
    home.call("autonoscope", "add", "domain", "a.org")
    before = everything(home)
    home.call("add", "subdomain", "www.example.com")
    home.call("autoscope", "add", "domain", "a.org")
    edit_file(home, "update run set kind = 'import' where id > 1")
    home.call("undo")
    home.call("undo")
    same({k: [r[1:] for r in v] for k, v in everything(home).items()}, {k: [r[1:] for r in v] for k, v in before.items()})


def a_real_import_is_undone(home):
    fill(home)
    home.call("edit", "emails", "1", "valid=true", "displayname=x")
    home.write("export.json", home.call("export", "-f", "json"))
    home.call("delete", "domains", "where", "value=b.com")
    home.call("edit", "emails", "1", "valid=", "displayname=")
    home.call("edit", "ipaddrs", "1", "description=" + "long " * 2000)
    home.write("more.csv", b"value,displayname\nz@a.com,=1\n")
    before = everything(home)
    home.call("import", "export.json")
    home.call("import", "-t", "emails", "more.csv")
    assert everything(home)["domains"] != before["domains"]
    has(text(home, "undo"), "import more.csv")
    has(text(home, "undo"), "import export.json")
    same(everything(home), before)


def what_hangs_on_a_row_goes_and_comes_with_it(home):
    home.call("add", "email", "--stdin", stdin=b"x@a.com\ny@a.com\n")
    edit_file(home, "insert into tags (family, row, value) values ('email', ?, 'vip')", [(1,), (2,)], many=True)
    edit_file(home, "insert into notes (family, row, value) values ('email', 1, ?)", ("two\nlines",))
    edit_file(home, "insert into links (left_family, left_row, right_family, right_row, value) values ('email', 1, 'email', 2, 'knows')")
    before = everything(home)
    home.call("delete", "emails", "where", "id=1")
    same((len(everything(home)["tags"]), everything(home)["notes"], everything(home)["links"]), (1, [], []))
    home.call("undo")
    same(everything(home), before)


def origins_of_a_stranger_undo_nothing(home):
    """A file may come from anybody: what it says of itself is judged."""
    fill(home)
    home.call("edit", "emails", "1", "valid=true")
    run = home.rows("select max(id) from run")[0][0]
    before = everything(home)
    whole = {"value": ["q@a.com", None], "unscoped": [False, None]}
    for family, row, what, value, columns in (
            ("email", 1 << 40, "removed", "q@a.com", json.dumps(whole)), ("email", -1, "removed", "q@a.com", json.dumps(whole)),
            ("email", 9, "removed", "q@a.com", "[" * 3000), ("email", 9, "removed", "q@a.com", "[]"), ("email", 9, "removed", "q@a.com", '{"value":[1]}'),
            ("email", 9, "removed", "q@a.com", '{"value":[[],null]}'), ("email", 9, "removed", None, "{}"), ("emails", 1, "removed", "x", "{}"),
            ("email", 1, "changed", "x@a.com", '{"valid":["true",true]}'), ("email", 1, "changed", "x@a.com", '{"id":[7,1]}'),
            ("email", 1, "changed", "x@a.com", '{"valid":[{},true]}'), ("email", 1, "changed", "x@a.com", '{"value; drop table emails":[1,2]}'),
            ("rule", 1, "added", "domain", '{"scoped":[null,true]}'), ("rule", 1, "removed", "", '{"scoped":[true,null]}'),
            ("subdomain", 9, "removed", "a.b", '{"domain_id":[77,null],"value":["a.b",null],"unscoped":[false,null]}'),
            ("url", 9, "removed", "u", '{"subdomain_id":[1,null],"value":["u",null],"path":["/",null],"unscoped":[false,null],"body":["base64:*",null]}')):
        edit_file(home, "delete from origin where attempt = (select id from attempt where run = ?)", (run,))
        edit_file(home, "insert into origin (family, row, attempt, sequence, what, value, columns) values (?, ?, (select id from attempt where run = ?), 0, ?, ?, ?)",
                  (family, row, run, what, value, columns))
        has(refused(home, "undo", str(run), status=1), "Error: ")
        same(everything(home), before, columns)


def what_another_workspace_knows_of_a_row_is_no_change(home):
    home.call("add", "domain", "a.com")
    home.call("tag", "add", "x", "domains", "where", "true")
    before = everything(home)
    for source, target in (("default", "two"), ("two", "default")):
        home.call("-w", source, "export", "-f", "jsonl", "-r", "-o", "r.jsonl")
        home.call("-w", target, "import", "r.jsonl")
    home.call("-w", "two", "add", "domain", "b.com")
    home.call("-w", "two", "edit", "domains", "b.com", "value=c.com")
    home.call("-w", "two", "tag", "add", "y", "domains", "where", "true")
    for _ in range(2):
        home.call("workspace", "merge", "two", "default")
        same(len(home.rows("select * from tags")), 3)
        has(text(home, "undo"), ": merge two default (3 rows)")
        same(everything(home), before)
    has(text(home, "undo"), ": tag x domains where true (1 rows)")
    same(home.rows("select count(*) from tags"), [(0,)])


def a_row_that_was_given_the_id_of_another_stays(home):
    for table, add in (("domains", ["domain", "%s.com"]), ("persons", ["person", "%s"])):
        one = text(home, "runs").count("\n") + 2
        home.call("add", add[0], add[1] % "a")
        home.call("noscope", table, "where", "true")
        edit_file(home, f"delete from {table}")
        edit_file(home, f"delete from sqlite_sequence where name = '{table}'")
        home.call("add", add[0], add[1] % "b")
        edit_file(home, f"update {table} set unscoped = 1")
        before = everything(home)
        same(home.rows(f"select id from {table}"), [(1,)])
        has(refused(home, "undo", str(one), status=1), f"nothing to undo in run {one}")
        same(everything(home), before)


def many_rows_go_with_what_is_below_them(home):
    """Indexes that are there for that long, and no longer."""
    rows = [{"table": "domains", "id": 1, "value": "keep.com"}]
    for i in range(2, 202):
        rows += [{"table": "domains", "id": i, "value": f"d{i}.com"}, {"table": "subdomains", "id": i, "domain_id": i, "value": f"www.d{i}.com"},
                 {"table": "urls", "id": i, "subdomain_id": i, "value": f"http://www.d{i}.com/", "path": "/"}]
    home.write("many.jsonl", "".join(json.dumps(r) + "\n" for r in rows).encode())
    home.call("import", "many.jsonl")
    schema, before = home.rows("select type, name, sql from sqlite_master order by 1, 2"), everything(home)
    has(text(home, "delete", "domains", "where", "id>1"), "Deleted 200 rows")
    same([home.rows(f"select count(*) from {t}")[0][0] for t in ("domains", "subdomains", "urls")], [1, 0, 0])
    same(home.rows("select type, name, sql from sqlite_master order by 1, 2"), schema)
    has(text(home, "undo"), "(600 rows)")
    same(everything(home), before)
    has(text(home, "undo"), "(601 rows)")
    same([home.rows(f"select count(*) from {t}")[0][0] for t in ("domains", "subdomains", "urls")], [0, 0, 0])
    same(home.rows("select type, name, sql from sqlite_master order by 1, 2"), schema)
    home.call("import", "many.jsonl")
    edit_file(home, "insert into ttls (family, key, value, expire) select 'domains', id, value, '2020-01-01 00:00:00' from domains")
    home.call("select", "domains")
    same([home.rows(f"select count(*) from {t}")[0][0] for t in ("domains", "subdomains", "urls", "ttls")], [0, 0, 0, 0])
    same(home.rows("select type, name, sql from sqlite_master order by 1, 2"), schema)


def what_was_undone_touched_nothing(home):
    home.call("add", "email", "x@a.com")
    before = everything(home)
    home.write("more.csv", b"value\ny@a.com\n")
    home.call("import", "-t", "emails", "more.csv")
    home.call("edit", "emails", "2", "valid=true")
    home.call("delete", "emails", "where", "id=2")
    for _ in range(3):
        home.call("undo")
    same(everything(home), before)


def tags_notes_and_links_are_undone(home):
    home.call("add", "email", "--stdin", stdin=b"x@a.com\ny@a.com\n")
    steps = [("tag", "add", "vip", "emails", "where", "true"), ("note", "add", "two\nlines", "emails", "where", "id=1"),
             ("link", "email", "x@a.com", "knows", "email", "y@a.com"), ("edit", "notes", "1", "value=one\nmore"),
             ("tag", "delete", "vip", "emails", "where", "id=1"), ("delete", "emails", "where", "id=1")]
    states = []
    for step in steps:
        states.append(everything(home))
        home.call(*step)
    for step in reversed(steps):
        home.call("undo")
        same(everything(home), states.pop(), step)
    has(text(home, "undo"), "add email --stdin (2 rows)")
    has(refused(home, "undo", status=1), "there is nothing to undo")


# ---- find


def a_text_is_found_in_every_family(home):
    fill(home)
    home.call("edit", "emails", "1", "displayname=Jane NEEDLE Doe")
    home.call("add", "network", "needles and pins")
    home.call("add", "account", "github.com", "aneedle")
    lines = text(home, "find", "needle").splitlines()
    same(lines[0], 'networks #1, "needles and pins"')  # what begins with it, by the index
    same(sorted(lines[1:]), ['accounts #1, "github.com/aneedle"',
                             'emails #1, "x@a.com" ["Jane NEEDLE Doe"]  displayname: "Jane NEEDLE Doe"'])
    same(text(home, "find", "NEEDLES AND", "--values"), "needles and pins\n")
    same([(o["family"], o["column"], o["id"]) for o in map(json.loads, text(home, "find", "--json", "jane").splitlines())], [("email", "displayname", 1)])
    same(text(home, "find", "-t", "networks,domains", "needle", "-c"), "1\n")
    has(text(home, "find", "www.b"), 'subdomains #2, "www.b.com"')
    same(text(home, "find", "=1"), "")
    has(text(home, "find", "-b", "=1"), "urls #2", "body: [5 bytes]")
    same(text(home, "find", "nothing has it"), "")
    for args, want in ((("",), "an empty one stands everywhere"), (("-n", "0", "x"), "-n is at least 1"), (("-t", "domain", "x"), "did you mean"),
                       (("--json", "-c", "x"), "exclude each other"), (("x" * 70000,), "a text of 70000 bytes is too long")):
        has(refused(home, "find", *args), want)


def a_row_is_found_once_whatever_it_matches(home):
    home.call("add", "network", "Aa")
    values = ["aA", "AA", "xaa", "aax", "Aa%", "%", "_", "a_a", "\u00c4a", "\u00e4a", "'a", '"a']
    edit_file(home, "insert into networks (value, description) values (?, ?)", [(v, v) for v in values], many=True)
    for needle in ("a", "aa", "AA", "Aa", "%", "_", "a_", "\u00c4", "\u00e4a", "'", '"a', "x", "Aa%"):
        want = sorted(v for v in values + ["Aa"] if needle.encode().lower() in v.encode().lower())
        same(sorted(text(home, "find", "--values", needle).splitlines()), want, needle)
        same(text(home, "find", "-c", needle), f"{len(want)}\n", needle)
        same(len(text(home, "find", "-n", "2", needle).splitlines()), min(2, len(want)), needle)


def a_find_tells_each_row_as_it_is_found(home):
    """What is far away is not waited for: the reader goes, and so does find."""
    home.call("add", "domain", "a.com")
    edit_file(home, "insert into domains (value) values (?)", [(f"needle{i}.com",) for i in range(50000)], many=True)
    p = subprocess.Popen([Home.program, "find", "needle"], env=home.env, cwd=home.path, stdout=subprocess.PIPE)
    same(p.stdout.readline(), b'domains #2, "needle0.com"\n')
    p.stdout.close()
    same(p.wait(WAIT), 0)


# ---- how much, when, by whom


def growth_is_told_by_day_module_and_outcome(home):
    fill(home)
    home.module("me/bad", "Source: emails", body="return 'no'\nend")
    subprocess.run([Home.program, "run", "me/bad"], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT)
    home.call("delete", "emails", "where", "true")
    edit_file(home, "delete from breaches")
    edit_file(home, "update attempt set started = '2020-02-29 12:00:00' where run = 1")
    days = json.loads(text(home, "stats", "-j", "--by", "day"))
    same(days["by"], "day")
    same({k: v for k, v in days["groups"][0].items()}, {"day": "2020-02-29", "added": 3, "changed": 0, "removed": 0, "attempts": 1})
    modules = {g["module"]: (g["added"], g["removed"]) for g in json.loads(text(home, "stats", "-j", "--by", "module"))["groups"]}
    same({k: modules[k] for k in ("me/m", "add", "delete", "me/bad", "other programs")},
         {"me/m": (6, 0), "add": (6, 0), "delete": (0, 2), "me/bad": (0, 0), "other programs": (0, 1)})
    outcomes = {g["outcome"]: g["attempts"] for g in json.loads(text(home, "stats", "-j", "--by", "outcome"))["groups"]}
    same(outcomes, {"done": 5, "failed (module)": 1})
    same(sum(g["added"] for g in days["groups"]), home.rows("select count(*) from origin where what = 'added'")[0][0])
    lines = text(home, "stats", "--by", "outcome").splitlines()
    same([line.split() for line in lines], [["outcome", "added", "changed", "removed", "attempts"], ["done", "12", "0", "2", "5"],
                                            ["failed", "(module)", "0", "0", "0", "1"]])
    status, seen = shown(terminal(home, "stats", "--by", "module"))
    same(status, 0)
    has(seen, "\u2588")
    has(refused(home, "stats", "--by", "moon"), "--by is day, module or outcome, not 'moon'")
    has(refused(home, "stats", "--by", "day", "-a"), "--by goes with -j alone")


def stats_have_bars_on_a_terminal(home):
    home.call("add", "email", "--stdin", stdin=b"".join(b"x%d@a.com\n" % i for i in range(4)))
    home.call("add", "breach", "b")
    status, seen = shown(terminal(home, "stats"))
    same(status, 0)
    bars = {line.split()[0]: line.count("\u2588") for line in seen.replace("\x1b[32m", "").splitlines() if "\u2588" in line}
    same(bars, {"emails": 37, "breaches": 9})  # of 80 columns, 43 are taken
    assert "\u2588" not in text(home, "stats")


def activity_is_counted_by_topic(home):
    home.module("me/log", body="""
        for i = 1, 5 do db_activity({topic='b', time='2020-02-0' .. i .. 'T12:00:00', content=i}) end
        db_activity({topic='a', time='2020-02-03T12:00:00', content={}})
        end""")
    home.call("run", "me/log")
    same(text(home, "activity", "-c"), "a          1  2020-02-03  2020-02-03\nb          5  2020-02-01  2020-02-05\n")
    same(text(home, "activity", "-c", "-t", "b", "--since", "2020-02-03T00:00:00"), "b          3  2020-02-03  2020-02-05\n")
    same(text(home, "activity", "-c", "-t", "none"), "")
    status, seen = shown(terminal(home, "activity", "-c"))
    same((status, [line.split("\x1b[32m")[1].split("\x1b[0m")[0] for line in seen.splitlines()]), (0, ["  \u2588  ", "\u2588" * 5]))
    edit_file(home, "insert into activity (topic, time, content) values ('b', 'soon', '1')")  # another program's
    same(text(home, "activity", "-c", "-t", "b"), "b          6  2020-02-01  soon\n")
    has(refused(home, "activity", "-c", "-i"), "-c and -i exclude each other")
    status, seen = shown(terminal(home, "cal", "feb", "2020"))
    has(seen, "6 events  ", "\u2588")
    assert "events" not in text(home, "cal", "feb", "2020")


def peak(home, *args):
    """A sanitizer keeps what was freed: not more than a megabyte of it here."""
    env = {**home.env, "ASAN_OPTIONS": "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"}
    p = subprocess.Popen([Home.program, *args], env=env, cwd=home.path, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    same(p.returncode, 0)
    return used.ru_maxrss


def memory_does_not_grow_with_rows(home):
    rows = int(os.environ.get("SN0INT_ROWS", "100000"))
    asked = (["select", "--table", "subdomains"], ["select", "--csv", "subdomains"], ["find", "b7"], ["find", "example"], ["stats", "--by", "day"])
    home.call("add", "subdomain", "www.example.com")
    insert = "insert into subdomains (domain_id, value) with recursive n(i) as (select {} union all select i + 1 from n where i < {}) " \
             "select 1, 'b' || i || '.example.com' from n"
    edit_file(home, insert.format(1, 20000))
    few = [peak(home, *args) for args in asked]
    edit_file(home, insert.format(20001, rows))
    for args, least in zip(asked, few):
        most = peak(home, *args)
        assert most < least + 2048, f"{args}: {least} KiB for 20,000 rows, {most} for {rows}"


STORIES = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) and f.__module__ == __name__
           and f.__code__.co_varnames[:f.__code__.co_argcount] == ("home",) and not f.__code__.co_flags & 4]


def tell(story):
    with tempfile.TemporaryDirectory(prefix="rows") as folder:
        story(Home(folder))


def main():
    Home.program = os.path.abspath(sys.argv[1])
    sys.exit(tap.run(STORIES, tell, sys.argv[2:]))


if __name__ == "__main__":
    main()
