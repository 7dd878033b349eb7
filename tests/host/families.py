#!/usr/bin/env python3
"""families.py SN0INT [STORY...]: people, organisations, links, notes and tags, and what becomes of them. TAP."""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from tap import has, same  # noqa: E402

# What a workspace of ours has beside the tables of the reference program, docs/database.md.
OURS = ("persons", "organisations", "links", "notes", "tags")


def out(home, *args):
    return home.call(*args).decode()


def refused(home, status, text, *args):
    p = subprocess.run([Home.program, *args], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT)
    same((args, p.returncode), (args, status), p.stderr)
    has(p.stderr.decode(), text)


def other(home, script):
    """Another program: its connection runs the triggers of the file."""
    db = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))
    db.execute("pragma foreign_keys = on")
    db.executescript(script)
    db.commit()
    db.close()


def values(home, table, *where):
    return out(home, "select", "--values", table, *where).split("\n")[:-1]


def fill(home):
    home.call("add", "domain", "example.com")
    home.call("add", "email", "a@example.com")
    home.call("add", "email", "b@example.com")
    home.call("add", "person", "Alice")
    home.call("add", "organisation", "Acme Ltd")
    home.call("link", "person", "Alice", "owns", "domain", "example.com")
    home.call("link", "person", "Alice", "works for", "organisation", "#1")
    home.call("note", "add", "first\nsecond", "domains", "where", "true")
    home.call("note", "add", "of the link", "links", "where", "id=1")
    home.call("tag", "add", "VIP", "emails", "where", "value like a%")
    home.call("tag", "add", "vip", "domains", "where", "true")


def select_shows_what_hangs_on_a_row(home):
    fill(home)
    same(out(home, "select", "domains"), '#1, "example.com"\n\tperson "Alice" "owns" it\n\tnote "first\\nsecond"\n\ttag "vip"\n')
    same(out(home, "select", "persons"), '#1, "Alice"\n\t"owns" domain "example.com"\n\t"works for" organisation "Acme Ltd"\n')
    same(out(home, "select", "links", "where", "id=1"), '#1, "owns" (person "Alice" -> domain "example.com")\n\tnote "of the link"\n')
    same(out(home, "select", "tags"), '#1, "vip" (email "a@example.com")\n#2, "vip" (domain "example.com")\n')
    same(out(home, "select", "notes", "where", "id=2"), '#2, "of the link" (link "owns")\n')
    same(json.loads(out(home, "select", "--json", "links", "where", "id=1")),
         {"id": 1, "left_family": "person", "left_row": 1, "right_family": "domain", "right_row": 1, "value": "owns", "expires": None})


def tags_are_filters(home):
    fill(home)
    home.call("tag", "add", "seen", "emails", "where", "true")
    a, b = "a@example.com", "b@example.com"
    for where, want in (("tag=vip", [a]), ("tag=VIP", [a]), ("tag!=vip", [b]), ("not tag=vip", [b]), ("tag in (vip,seen)", [a, b]),
                        ("tag not in (vip)", [b]), ("tag like v%", [a]), ("tag not like v%", [b]), ("tag is null", []), ("tag is not null", [a, b]),
                        ("tag=vip or id=2", [a, b]), ("tag=seen and tag=vip", [a]), ("tag between s and t", [a, b]), ("length(tag) = 3", [a]),
                        ("tag=nope", []), ("not (tag=vip or tag=nope)", [b])):
        same((where, values(home, "emails", "where", *where.split(" "))), (where, want))
    same(values(home, "emails", "where", "tag=seen", "order", "by", "id", "desc", "limit", "1"), [b])
    refused(home, 1, "which are no order", "select", "emails", "where", "true", "order", "by", "tag")
    refused(home, 1, "no such column: tag", "select", "tags", "where", "tag=x")
    refused(home, 1, "no such column: tag", "runs", "where", "tag=x")
    same(out(home, "tag", "list"), "       2  seen\n       2  vip\n")
    same(out(home, "tag", "list", "emails", "where", "id=1"), "       1  seen\n       1  vip\n")
    has(out(home, "tag", "delete", "seen", "emails", "where", "tag=vip"), "Untagged 1 rows")
    same(values(home, "emails", "where", "tag=seen"), [b])
    home.call("noscope", "emails", "where", "tag=vip")
    same(home.rows("select unscoped from emails order by id"), [(1,), (0,)])
    home.call("delete", "emails", "where", "tag=seen")
    same(values(home, "emails"), [a])


def what_is_there_is_not_put_twice(home):
    fill(home)
    same(out(home, "tag", "add", "vip", "emails", "where", "true"), "[+] Tagged 1 rows\n")
    before = [home.rows(f"select * from {t}") for t in OURS]
    fill(home)
    same([home.rows(f"select * from {t}") for t in OURS], before)


def bad_input_is_refused(home):
    fill(home)
    before = home.rows("select count(*) from notes") + home.rows("select count(*) from tags") + home.rows("select count(*) from links")
    many = "x" * 65537
    for status, text, *args in (
            (1, "U+001B", "note", "add", "a\x1b[31m", "domains", "where", "true"),
            (1, "U+009B", "note", "add", "a\x9b", "domains", "where", "true"),
            (1, "U+000A", "tag", "add", "a\nb", "domains", "where", "true"),
            (1, "has 65537 bytes, of 65536", "note", "add", many, "domains", "where", "true"),
            (1, "has 257 bytes, of 256", "tag", "add", "x" * 257, "domains", "where", "true"),
            (1, "is empty", "tag", "add", " ", "domains", "where", "true"),
            (1, "a tag cannot be about a tag", "tag", "add", "x", "tags", "where", "true"),
            (1, "a note cannot be about a note", "note", "add", "x", "notes", "where", "true"),
            (1, "a filter is needed", "tag", "add", "x", "domains"),
            (2, "did you mean 'domains'", "tag", "add", "x", "domain", "where", "true"),
            (2, "have no tags", "tag", "list", "notes"),
            (1, 'there is no person "Bob"', "link", "person", "Bob", "owns", "domain", "example.com"),
            (1, 'there is no domain "#9"', "link", "person", "Alice", "owns", "domain", "#9"),
            (1, "is between two rows", "link", "person", "Alice", "knows", "person", "Alice"),
            (1, "a link cannot be about a note", "link", "note", "of the link", "is", "person", "Alice"),
            (2, "have no scope", "noscope", "links", "where", "true")):
        refused(home, status, text, *args)
    same(home.rows("select count(*) from notes") + home.rows("select count(*) from tags") + home.rows("select count(*) from links"), before)
    home.call("note", "add", many[:65536], "domains", "where", "true")


def circles_are_links_like_others(home):
    for name in "ABC":
        home.call("add", "person", name)
    for a, b in ("AB", "BC", "CA", "BA"):
        home.call("link", "person", a, "knows", "person", b)
    same(out(home, "select", "persons", "where", "value=A"), '#1, "A"\n\t"knows" person "B"\n\tperson "C" "knows" it\n\tperson "B" "knows" it\n')
    dot = out(home, "export", "-f", "dot")
    for edge in ("person_1 -> person_2", "person_2 -> person_3", "person_3 -> person_1", "person_2 -> person_1"):
        has(dot, edge + ' [label="knows"];')
    home.call("delete", "persons", "where", "value=B")
    same(values(home, "links"), ["knows"])


def ten_thousand_tags_are_shown_and_go(home):
    home.call("add", "domain", "a.com")
    other(home, "with recursive n (i) as (select 1 union all select i + 1 from n where i < 10000) "
                "insert into tags (family, row, value) select 'domain', 1, 'tag' || i from n")
    same(out(home, "select", "domains").count("\n"), 10001)
    same(out(home, "tag", "list").count("\n"), 10000)
    same(values(home, "domains", "where", "tag=tag9999"), ["a.com"])
    home.call("delete", "domains", "where", "true")
    same(home.rows("select count(*) from tags"), [(0,)])
    same(home.rows("select count(*) from origin where family = 'tag' and what = 'removed' and attempt <> 0"), [(10000,)])


def what_hangs_on_a_row_goes_with_it(home):
    fill(home)
    home.call("delete", "domains", "where", "true")
    same((values(home, "links"), values(home, "notes"), values(home, "tags")), (["works for"], [], ["vip"]))
    same(home.rows("select family, value from origin where what = 'removed' and attempt = (select max(id) from attempt) order by 1, 2"),
         [("domain", "example.com"), ("link", "owns"), ("note", "first\nsecond"), ("note", "of the link"), ("tag", "vip")])
    same(out(home, "fsck", "-v"), "")


def what_another_program_deletes_takes_its_own_along(home):
    fill(home)
    # its id is given out again at once: what was on the old row is not on the new one
    other(home, "delete from domains; insert into domains (id, value, unscoped) values (1, 'new.com', 0)")
    same(out(home, "select", "domains"), '#1, "new.com"\n')
    same((values(home, "links"), values(home, "notes"), values(home, "tags")), (["works for"], [], ["vip"]))
    same(home.rows("select family, count(*) from origin where attempt = 0 and what = 'removed' group by 1"), [("domain", 1), ("link", 1), ("note", 2), ("tag", 1)])


def what_was_deleted_without_triggers_is_swept(home):
    fill(home)
    names = [n for n, in home.rows("select name from sqlite_master where type = 'trigger'")]
    other(home, "".join(f"drop trigger {n};" for n in names) + "delete from domains;")
    same(home.rows("select count(*) from links"), [(2,)])
    home.call("select", "emails")
    same(home.rows("select value from links"), [("works for",)])
    same(home.rows("select count(*) from notes"), [(0,)])
    same(home.rows("select family from tags"), [("email",)])
    same(home.rows("select family, count(*) from origin where attempt = 0 and what = 'removed' group by 1"), [("link", 1), ("note", 2), ("tag", 1)])
    refused(home, 0, f"0 of {len(names)} triggers are there", "fsck", "--gc")
    same(len(home.rows("select name from sqlite_master where type = 'trigger'")), len(names))


def rows_of_ours_end_by_themselves(home):
    home.call("add", "domain", "a.com")
    home.module("me/m", "Source: domains", body="db_add_ttl('person', {value='Alice'}, 36000) db_add_ttl('tag', {family='domain', row=arg['id'], value='x'}, 36000)\nend")
    home.call("run", "me/m")
    home.call("run", "me/m")
    same(home.rows("select count(*) from ttls"), [(0,)])
    same(home.rows("select count(*) from persons where expires > datetime('now', '+3000 seconds')"), [(1,)])
    other(home, "update persons set expires = '2020-01-01 00:00:00'; update tags set expires = '2020-01-01 00:00:00'")
    same((values(home, "persons"), values(home, "tags")), ([], []))
    same(home.rows("select kind from run order by id desc limit 1"), [("expire",)])
    same(home.rows("select family from origin where what = 'removed' order by 1"), [("person",), ("tag",)])


def modules_add_them_and_run_on_them(home):
    home.call("add", "domain", "a.com")
    home.module("me/add", "Source: domains", body="""
    p = db_add('person', {value='Alice', country='DE'})
    l = db_add('link', {left_family='person', left_row=p, right_family='domain', right_row=arg['id'], value='owns'})
    db_add('note', {family='link', row=l, value='seen'})
    db_update('person', {id=p, value='Alice', unscoped=false}, {position='owner'})
    db_add('tag', {family='domain', row=99, value='x'})
    info(last_err())
end""")
    has(out(home, "run", "me/add"), "Failed to add to database")
    same(home.rows("select value, country, position from persons"), [("Alice", "DE", "owner")])
    same(home.rows("select count(*) from tags"), [(0,)])
    home.module("me/on", "Source: persons", body="info(arg['value'] .. ' ' .. arg['position'])\nend")
    has(out(home, "run", "me/on"), "Alice owner")


def another_programs_tables_are_as_they_were(home):
    fill(home)
    with sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite")) as db:
        same(db.execute("select count(*) from ttls").fetchall() + db.execute("select count(*) from autonoscope").fetchall(), [(0,), (0,)])
        same(db.execute("pragma foreign_key_check").fetchall(), [])
        tables = {t for t, in db.execute("select name from sqlite_master where type = 'table'")}
        # no key of theirs leads to ours, nor the other way
        for table in tables:
            refers = {r[2] for r in db.execute(f'pragma foreign_key_list("{table}")')}
            assert not refers & set(OURS) and (table not in OURS or not refers), (table, refers)
    db.close()


def empty_they_are_not_exported_nor_counted(home):
    home.call("add", "domain", "a.com")
    same(set(json.loads(out(home, "export", "-f", "json"))) & set(OURS), set())
    assert "persons" not in out(home, "stats")
    home.call("add", "person", "Alice")
    same(json.loads(out(home, "export", "-f", "json"))["persons"][0]["value"], "Alice")
    has(out(home, "stats"), "persons")


def a_workspace_that_keeps_none_says_so(home):
    fill(home)
    other(home, "update sn0int_schema set version = 7")
    refused(home, 1, "a person is of this program alone", "add", "person", "Bob")
    refused(home, 1, "a tag is of this program alone", "tag", "add", "x", "domains", "where", "true")
    same(values(home, "domains"), ["example.com"])
    # what cannot be looked at is not nothing, least of all where "nothing" would delete
    for args in (["select", "persons"], ["select", "-c", "links"], ["tag", "list"], ["find", "-t", "notes", "x"], ["export", "-f", "csv-all", "persons"],
                 ["select", "emails", "where", "tag=vip"], ["delete", "emails", "where", "not tag=vip"], ["export", "-f", "json", "emails", "where", "tag=vip"]):
        refused(home, 1, " is of this program alone, and this workspace keeps none: ", *args)
    p = subprocess.run([Home.program, "export", "-f", "jsonl"], env=home.env, capture_output=True, timeout=WAIT)
    has(p.stderr.decode(), "; people, organisations, links, notes and tags in it are not seen")
    same(len(values(home, "emails")), 2)
    same(home.rows("select count(*) from persons"), [(1,)])


STORIES = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:f.__code__.co_argcount] == ("home",)
           and f not in (fill, out) and f.__module__ == __name__]


def tell(story):
    with tempfile.TemporaryDirectory(prefix="families") as folder:
        story(Home(folder))


def main():
    Home.program = os.path.abspath(sys.argv[1])
    sys.exit(tap.run(STORIES, tell, sys.argv[2:]))


if __name__ == "__main__":
    main()
