#!/usr/bin/env python3
"""workspaces.py SN0INT [CASE...]: workspaces that are copied, renamed and backed up, while others use them. TAP."""
import json
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home, png  # noqa: E402
from tap import has, same  # noqa: E402


def run(home, *args, **more):
    p = subprocess.run([Home.program, *args], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT, **more)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def refuse(home, why, *args, status=1):
    got = run(home, *args)
    same(got[:2], (status, ""), got)
    has(got[2], why)


def folder(home, name=""):
    return os.path.join(home.share, "data", name)


def held(home, path):
    """All that a folder of a workspace holds: rows of all tables, and blobs."""
    blobs = {}
    for name in os.listdir(os.path.join(path, "blobs")):
        with open(os.path.join(path, "blobs", name), "rb") as f:
            blobs[name] = f.read()
    return home.tables(os.path.join(path, "db.sqlite")), blobs


def fill(home, name):
    home.call("-w", name, "add", "domain", "example.com")
    home.call("-w", name, "add", "subdomain", "www.example.com")
    home.call("-w", name, "autonoscope", "add", "domain", "example.net")
    home.write("pic.png", png())
    home.call("-w", name, "add", "image", "pic.png")


def slow(home, name):
    """A run that goes on until it is killed, and has added a row."""
    home.module("me/slow", body="db_add('domain', {value='slow.com'}) info('begun') sleep(1000) end")
    p = subprocess.Popen([Home.program, "-w", name, "run", "me/slow"], env=home.env, cwd=home.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in p.stdout:
        if b"begun" in line:
            return p
    raise AssertionError("the run has not begun")


def end(p):
    p.send_signal(signal.SIGKILL)
    p.stdout.close()
    p.wait(WAIT)


def who_names_one_that_is_new_is_told(home):
    """Nothing is in it, and it may be a typo for one in which there is."""
    look = lambda *name: run(home, *name, "select", "domains")
    for _ in range(2):
        same(look("-w", "acme"), (0, "", ""))  # nothing else may be meant
    same(look("-w", "acmee"), (0, "", "[!] workspace 'acmee' is new; did you mean 'acme'?\n"))
    same(look(), (0, "", ""))  # nobody has named it
    # a dry run makes none
    home.module("me/m", "Source: domains", body="end")
    for _ in range(2):
        same(run(home, "-w", "acmf", "run", "-n", "me/m")[2].splitlines()[:2],
             ["[!] workspace 'acmf' is new; did you mean 'acme'?", "[!] me/m has no targets: there are no domains"])
    has(run(home, input=b"workspace evening\nworkspace acm\n")[2], "[!] workspace 'acm' is new; did you mean 'acm")


def a_copy_is_equal_and_on_its_own(home):
    fill(home, "a")
    same(home.call("workspace", "copy", "a", "b"), b"")
    same(held(home, folder(home, "b")), held(home, folder(home, "a")))
    for path, mode in (("", 0o700), ("blobs", 0o700), ("db.sqlite", 0o600)):
        same(stat.S_IMODE(os.stat(folder(home, "b/" + path)).st_mode), mode)
    home.call("-w", "b", "delete", "images", "where", "true")
    home.call("-w", "b", "fsck", "--gc")
    same((len(os.listdir(folder(home, "a/blobs"))), len(os.listdir(folder(home, "b/blobs")))), (1, 0))
    same(home.call("workspace"), b"a\nb\n")
    same(run(home, "-w", "a", "fsck"), run(home, "-w", "b", "fsck"))


def archives_of_runs_go_where_their_workspace_goes(home):
    fill(home, "a")
    archive = os.urandom(200000)
    home.write(".local/share/sn0int/data/a/evidence/x.warc.gz", archive)
    os.chmod(folder(home, "a/evidence"), 0o700)
    home.call("workspace", "copy", "a", "b")
    home.call("-w", "a", "workspace", "backup", "kept")
    home.call("workspace", "rename", "a", "c")
    for at in (folder(home, "b"), folder(home, "c"), os.path.join(home.path, "kept")):
        path = os.path.join(at, "evidence/x.warc.gz")
        same((open(path, "rb").read() == archive, stat.S_IMODE(os.stat(path).st_mode) & 0o077 == 0 or at.endswith("c")), (True, True))
        same(stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode), 0o700)
    home.call("workspace", "--delete", "-f", "b")
    same(os.path.exists(folder(home, "b")), False)


def a_rename_takes_all_along(home):
    fill(home, "a")
    before = held(home, folder(home, "a"))
    same(home.call("workspace", "rename", "a", "b"), b"")
    same(held(home, folder(home, "b")), before)
    same(home.call("workspace"), b"b\n")


def a_backup_is_a_workspace(home):
    fill(home, "a")
    same(home.call("-w", "a", "workspace", "backup", "kept"), b"")
    same(home.call("workspace", "backup", "a", "again/"), b"")
    for path in ("kept", "again"):
        same(held(home, os.path.join(home.path, path)), held(home, folder(home, "a")))
    shutil.move(os.path.join(home.path, "kept"), folder(home, "restored"))
    same(home.call("-w", "restored", "select", "domains"), home.call("-w", "a", "select", "domains"))
    refuse(home, "again is there already", "workspace", "backup", "a", "again")
    refuse(home, "No such file or directory", "workspace", "backup", "a", "no/such")
    refuse(home, "a folder that it makes", "workspace", "backup", "a", "/", status=2)


def while_a_run_goes_on(home):
    fill(home, "a")
    p = slow(home, "a")
    try:
        home.call("workspace", "copy", "a", "b")
        home.call("workspace", "backup", "a", "kept")
        refuse(home, "workspace 'a' is in use: a run goes on, see runs", "workspace", "rename", "a", "c")
        same(p.poll(), None)
        # the run of the copy is nobody's: it was cut off
        same(home.call("-w", "b", "select", "domains"), home.call("-w", "a", "select", "domains"))
        same(home.rows("select outcome from run where kind = 'run'", workspace="b"), [("killed",)])
        same(home.rows("select outcome from run where kind = 'run'", workspace="a"), [(None,)])
    finally:
        end(p)
    home.call("workspace", "rename", "a", "c")
    same(home.rows("select outcome from run where kind = 'run'", workspace="c"), [("killed",)])


def while_others_write(home):
    """Each change of the writer is two rows: a copy has both or none, whatever moment it is of."""
    home.call("add", "domain", "example.com")
    path = os.path.join(folder(home, "default"), "db.sqlite")
    script = ("import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], timeout=60)\ni = 0\nwhile True:\n    i += 1\n    with db:\n"
              "        db.executemany('insert into subdomains (domain_id, value, unscoped) values (1, ?, 0)', ((f'a{i}',), (f'b{i}',)))\n"
              "    if i == 1: print(flush=True)\n")
    p = subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE)
    try:
        p.stdout.readline()
        for i in range(5):
            home.call("workspace", "copy", "default", f"c{i}")
            names = {v for (v,) in home.rows("select value from subdomains", workspace=f"c{i}")}
            same({n[1:] for n in names if n[0] == "a"}, {n[1:] for n in names if n[0] == "b"})
            assert names
        same(p.poll(), None)
    finally:
        end(p)


def nothing_is_replaced(home):
    fill(home, "a")
    fill(home, "b")
    before = held(home, folder(home, "a")), held(home, folder(home, "b"))
    for word in ("copy", "rename"):
        refuse(home, "there is a workspace 'b' already", "workspace", word, "a", "b")
        refuse(home, "there is a workspace 'a' already", "workspace", word, "a", "a")
        refuse(home, "there is no workspace 'nope'", "workspace", word, "nope", "c")
        refuse(home, "Workspace contains invalid characters", "workspace", word, "a", "../c", status=2)
        refuse(home, "Workspace contains invalid characters", "workspace", word, "../a", "c", status=2)
        refuse(home, f"{word} needs FROM TO", "workspace", word, "a", status=2)
    os.symlink("nowhere", folder(home, "link"))
    refuse(home, "is there already", "workspace", "copy", "a", "link")
    refuse(home, "is there already", "workspace", "rename", "a", "link")
    same((held(home, folder(home, "a")), held(home, folder(home, "b"))), before)
    same(sorted(os.listdir(folder(home))), ["a", "b", "link"])


def a_word_alone_is_a_workspace(home):
    for name in ("copy", "rename", "backup"):
        refuse(home, f"a workspace is chosen with: sn0int -w {name} COMMAND", "workspace", name, status=2)
    home.call("-w", "copy", "add", "domain", "example.com")
    home.call("workspace", "copy", "copy", "rename")
    same(home.call("workspace"), b"copy\nrename\n")


def what_was_left_is_taken_up(home):
    fill(home, "a")
    left = folder(home, ".b.sn0int.new")
    os.makedirs(os.path.join(left, "blobs"))
    for name in ("db.sqlite", "db.sqlite-journal", "blobs/x"):
        with open(os.path.join(left, name), "wb") as f:
            f.write(b"x" * 5000)
    same(home.call("workspace"), b"a\n")
    home.call("workspace", "copy", "a", "b")
    same(held(home, folder(home, "b")), held(home, folder(home, "a")))
    same(sorted(os.listdir(folder(home))), ["a", "b"])


def a_disk_that_fills_leaves_nothing(home):
    home.call("-w", "a", "add", "domain", "example.com")
    db = sqlite3.connect(os.path.join(folder(home, "a"), "db.sqlite"))
    with db:
        db.executemany("insert into subdomains (domain_id, value, unscoped) values (1, ?, 0)", ((f"{i}.example.com",) for i in range(20000)))
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    status, out, err = run(home, "workspace", "copy", "a", "b", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000)))
    same((status, out), (1, ""), err)
    has(err, "cannot copy to ")
    same(sorted(os.listdir(folder(home))), ["a"])


def fill_ours(home, name):
    """Links of all kinds, what only this program has, and what the reference program leaves of an end."""
    home.call("-w", name, "add", "ipaddr", "192.0.2.1")
    home.call("-w", name, "add", "breach", "leak")
    home.call("-w", name, "add", "email", "a@example.com")
    home.call("-w", name, "noscope", "emails", "where", "true")
    with sqlite3.connect(os.path.join(folder(home, name), "db.sqlite")) as db:
        db.executescript("""
            insert into subdomain_ipaddrs (subdomain_id, ip_addr_id) values (1, 1);
            insert into breach_emails (breach_id, email_id, password) values (1, 1, 'hunter2'), (1, 1, 'other');
            insert into persons (value, unscoped) values ('bob', 0);
            insert into links (left_family, left_row, right_family, right_row, value) values ('person', 1, 'domain', 1, 'owns');
            insert into notes (family, row, value) values ('domain', 1, 'a note'), ('person', 1, 'a note');
            insert into tags (family, row, value) values ('subdomain', 1, 'client');
            insert into activity (topic, time, content) values ('t', '2020-02-29 12:00:00', '{"a":1}');
            insert into ttls (family, key, value, expire) values ('domains', 4711, 'gone', '2199-01-01 00:00:00');
            update ipaddrs set asn = 7; update urls set body = x'00ff41'""")
    db.close()


def told(home, *args, status=0):
    got = run(home, "workspace", *args)
    same(got[0], status, got)
    same(got[2], "")
    return got[1]


def facts(home, name):
    """What a workspace holds but who did it: as an export tells it, with what ids name in their place."""
    lines = [json.loads(l) for l in home.call("-w", name, "export", "-f", "jsonl").decode().split("\n")[:-1]]
    ids = {(l["table"], l.get("id")): l.get("value") for l in lines}
    tables = {"domain": "domains", "subdomain": "subdomains", "person": "persons"}
    held = []
    for l in lines:
        table, l = l["table"], {k: v for k, v in l.items() if k not in ("id", "table")}
        for column, names in (("domain_id", "domains"), ("subdomain_id", "subdomains"), ("ip_addr_id", "ipaddrs"), ("breach_id", "breaches"),
                              ("email_id", "emails")):
            if column in l:
                l[column] = ids[names, l[column]]
        for family, row in (("family", "row"), ("left_family", "left_row"), ("right_family", "right_row")):
            if row in l:
                l[row] = ids[tables[l[family]], l[row]]
        if table != "ttls":
            held.append((table, sorted(l.items(), key=str)))
    return sorted(held, key=str)


def a_merge_into_an_empty_one_is_equal(home):
    fill(home, "a")
    fill_ours(home, "a")
    home.call("-w", "b", "select", "domains")
    before = held(home, folder(home, "a"))
    has(told(home, "merge", "-n", "a", "into", "b"), "[+] Would add 16 rows, changed 0")
    same((facts(home, "b"), os.listdir(folder(home, "b/blobs")), home.rows("select count(*) from run", workspace="b")), ([], [], [(0,)]))
    has(told(home, "merge", "a", "into", "b"), "[+] Added 16 rows, changed 0")
    same(facts(home, "b"), facts(home, "a"))
    same(told(home, "diff", "a", "b"), "")
    same(home.rows("select kind, outcome from run", workspace="b"), [("merge", "done")] + [("merged " + k, o) for k, o in home.rows("select kind, outcome from run", workspace="a")])
    same(held(home, folder(home, "a")), before)
    same(os.listdir(folder(home, "b/blobs")), os.listdir(folder(home, "a/blobs")))


def a_second_merge_changes_nothing(home):
    fill(home, "a")
    fill_ours(home, "a")
    before = held(home, folder(home, "a"))
    same(told(home, "merge", "a", "a"), "[+] Added 0 rows, changed 0\n")
    same(held(home, folder(home, "a")), before)
    home.call("-w", "b", "add", "domain", "example.org")
    told(home, "merge", "a", "into", "b")
    before = held(home, folder(home, "b"))
    same(told(home, "merge", "a", "into", "b"), "[+] Added 0 rows, changed 0\n")
    same(held(home, folder(home, "b")), before)
    told(home, "merge", "b", "into", "a")
    same(told(home, "diff", "a", "b"), "")
    same(told(home, "merge", "a", "b"), "[+] Added 0 rows, changed 0\n")


def a_merge_says_who_it_was(home):
    home.call("-w", "a", "add", "domain", "example.net")
    home.call("-w", "a", "add", "ipaddr", "192.0.2.1")
    home.call("-w", "b", "add", "ipaddr", "192.0.2.1")
    for name, asn in (("a", 7), ("b", 8)):
        with sqlite3.connect(os.path.join(folder(home, name), "db.sqlite")) as db:
            db.execute("update ipaddrs set asn = ?", (asn,))
        db.close()
    told(home, "merge", "a", "into", "b")
    same(home.rows("select o.family, o.what, o.value, o.columns from origin o join attempt on attempt.id = o.attempt join run on run.id = attempt.run "
                   "where run.kind = 'merge' order by o.family", workspace="b"),
         [("domain", "added", "example.net", None), ("ipaddr", "changed", "192.0.2.1", '{"asn":[8,7]}')])


def a_merge_takes_over_who_did_it(home):
    fill(home, "a")
    home.module("me/m", body="db_add('domain', {value='found.com'}) end")
    home.call("-w", "a", "run", "me/m")
    home.call("-w", "a", "add", "email", "gone@example.com")
    home.call("-w", "a", "delete", "emails", "where", "true")
    home.call("-w", "b", "add", "domain", "first.org")
    home.call("-w", "b", "add", "domain", "example.com")
    with sqlite3.connect(os.path.join(folder(home, "a"), "db.sqlite")) as db:
        db.execute("insert into exchange (id, attempt, sequence, number, kind, what, cut) select 7, max(id), 1, 1, 'dns', 'A found.com', 0 from attempt where unit is not null")
        db.execute("update origin set exchange = 7 where value = 'found.com'")
    db.close()
    query = ("select run.uuid, run.module, o.family, o.what, o.value, o.columns, o.sequence from origin o join attempt on attempt.id = o.attempt "
             "join run on run.id = attempt.run where run.kind <> 'merge' order by 1, 3, 7")
    theirs, ours = home.rows(query, workspace="a"), home.rows(query, workspace="b")
    told(home, "merge", "a", "into", "b")
    same(home.rows(query, workspace="b"), sorted(theirs + ours, key=lambda r: (r[0], r[2], r[6])))
    assert {"removed", "added"} <= {r[3] for r in theirs}
    # each is about the row that has its value here, or about none
    for family, table in (("domain", "domains"), ("subdomain", "subdomains"), ("image", "images"), ("email", "emails")):
        for row, what, value in home.rows("select row, what, value from origin where family = ?", family, workspace="b"):
            same(home.rows(f"select value from {table} where id = ?", row, workspace="b"), [(value,)] if row > 0 else [])
    same(home.rows("select distinct row < 0 from origin where family = 'email'", workspace="b"), [(1,)])
    same(home.rows("select o.value, x.what, x.attempt = o.attempt from exchange x join origin o on o.exchange = x.id", workspace="b"), [("found.com", "A found.com", 1)])
    same(home.rows("select distinct run.kind from run where module = 'me/m'", workspace="b"), [("merged run",)])
    same(home.call("-w", "b", "fsck"), b"")
    before = held(home, folder(home, "b"))
    same(told(home, "merge", "a", "into", "b"), "[+] Added 0 rows, changed 0\n")
    same(held(home, folder(home, "b")), before)
    told(home, "merge", "b", "into", "a")
    same(told(home, "merge", "a", "into", "b"), "[+] Added 0 rows, changed 0\n")
    same(held(home, folder(home, "b")), before)
    # and a third does not get for its own what was gone in the first
    home.call("-w", "c", "add", "email", "other@example.com")
    told(home, "merge", "b", "into", "c")
    same(home.rows("select o.row, o.value from origin o where family = 'email' and row > 0", workspace="c"), [(1, "other@example.com")])
    same(home.rows("select distinct value from origin where family = 'email' and row < 0", workspace="c"), [("gone@example.com",)])


def a_merge_takes_over_what_was_recorded(home):
    home.call("-w", "a", "add", "domain", "example.com")
    home.call("-w", "b", "add", "domain", "first.org")
    there, here = (os.path.join(folder(home, name), "evidence") for name in "ab")
    uuid = home.rows("select uuid from run", workspace="a")[0][0] + ".warc.gz"
    os.mkdir(there)
    for name in (uuid, "of-no-run.warc.gz"):
        with open(os.path.join(there, name), "wb") as f:
            f.write(b"what came" * 100000)
    told(home, "merge", "-n", "a", "into", "b")
    assert not os.path.exists(here)
    has(told(home, "merge", "a", "into", "b"), "[*] archives: 1 new\n")
    same(os.listdir(here), [uuid])
    with open(os.path.join(here, uuid), "rb") as f:
        same(f.read(), b"what came" * 100000)
    same(os.stat(os.path.join(here, uuid)).st_mode & 0o777, 0o600)
    same(told(home, "merge", "a", "into", "b"), "[+] Added 0 rows, changed 0\n")
    # one that is not there any more comes again, what is no file does not
    os.unlink(os.path.join(here, uuid))
    has(told(home, "merge", "a", "into", "b"), "[*] archives: 1 new\n")
    os.unlink(os.path.join(here, uuid))
    os.unlink(os.path.join(there, uuid))
    os.symlink(os.path.join(there, "of-no-run.warc.gz"), os.path.join(there, uuid))
    told(home, "merge", "a", "into", "b")
    same(os.listdir(here), [])
    # the number of a run is somebody else's text, and no path
    with sqlite3.connect(os.path.join(folder(home, "a"), "db.sqlite")) as db:
        db.execute("update run set uuid = '../blobs/x'")
    db.close()
    with open(os.path.join(folder(home, "a"), "blobs", "x.warc.gz"), "wb") as f:
        f.write(b"x")
    told(home, "merge", "a", "into", "b")
    same(os.listdir(os.path.join(folder(home, "b"), "blobs")), [])


def a_merge_obeys_the_rules(home):
    home.call("-w", "a", "add", "domain", "example.net")
    home.call("-w", "a", "add", "domain", "example.org")
    home.call("-w", "a", "noscope", "domains", "where", "value=example.org")
    home.call("-w", "b", "autonoscope", "add", "domain", "example.net")
    told(home, "merge", "a", "into", "b")
    same(home.rows("select value, unscoped from domains order by value", workspace="b"), [("example.net", 1), ("example.org", 1)])


def a_merge_that_fails_leaves_nothing(home):
    fill(home, "a")
    db = sqlite3.connect(os.path.join(folder(home, "a"), "db.sqlite"))
    with db:
        db.executemany("insert into subdomains (domain_id, value, unscoped) values (1, ?, 0)", ((f"{i}.example.com",) for i in range(20000)))
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    home.call("-w", "b", "add", "domain", "example.org")
    before = held(home, folder(home, "b"))
    status, out, err = run(home, "workspace", "merge", "a", "into", "b", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000000, 1000000)))
    same((status, out), (1, ""), err)
    same(held(home, folder(home, "b")), before)


def a_diff_names_each_row(home):
    for name in ("a", "b"):
        fill(home, name)
        fill_ours(home, name)
    same(told(home, "diff", "a", "b"), "")
    same(told(home, "diff", "--json", "a", "b"), "")
    # the same rows with other ids are the same
    home.call("-w", "c", "add", "domain", "zzz.com")
    told(home, "merge", "a", "into", "c")
    home.call("-w", "c", "delete", "domains", "where", "value=zzz.com")
    same(told(home, "diff", "a", "c"), "")
    with sqlite3.connect(os.path.join(folder(home, "b"), "db.sqlite")) as db:
        db.executescript("""update ipaddrs set asn = null, city = 'x"y'; delete from subdomain_ipaddrs; update links set value = 'runs';
            delete from tags; insert into domains (value, unscoped) values (cast(x'1b5b324a' as text), 0); update emails set unscoped = 0""")
    db.close()
    want = [("changed", "email", "a@example.com", {"unscoped": [True, False]}), ("changed", "ipaddr", "192.0.2.1", {"city": [None, 'x"y'], "asn": [7, None]}),
            ("only_first", "link", "owns (person bob, domain example.com)", None), ("only_first", "subdomain-ipaddr", "www.example.com+192.0.2.1", None),
            ("only_first", "tag", "client (subdomain www.example.com)", None), ("only_second", "domain", "\x1b[2J", None),
            ("only_second", "link", "runs (person bob, domain example.com)", None)]
    got = [json.loads(l) for l in told(home, "diff", "--json", "a", "b", status=1).split("\n")[:-1]]
    same(sorted((l["what"], l["family"], l["value"], l.get("columns")) for l in got), want)
    lines = told(home, "diff", "a", "b", status=1).split("\n")[:-1]
    same(sorted(lines), sorted(["~ email a@example.com  \"unscoped\":[true,false]", '~ ipaddr 192.0.2.1  "city":[null,"x\\"y"],"asn":[7,null]',
                                "- link owns (person bob, domain example.com)", "- subdomain-ipaddr www.example.com+192.0.2.1",
                                "- tag client (subdomain www.example.com)", "+ domain \\u{1b}[2J", "+ link runs (person bob, domain example.com)"]))
    same(told(home, "diff", "-q", "a", "b", status=1), "")
    for args, why in ((("a", "nope"), "there is no workspace 'nope'"), (("nope", "a"), "there is no workspace 'nope'"), (("-q", "--json", "a", "b"), "exclude each other")):
        refuse(home, why, "workspace", "diff", *args, status=2)


CASES = [who_names_one_that_is_new_is_told, archives_of_runs_go_where_their_workspace_goes,
         a_copy_is_equal_and_on_its_own, a_rename_takes_all_along, a_backup_is_a_workspace, while_a_run_goes_on, while_others_write, nothing_is_replaced,
         a_word_alone_is_a_workspace, what_was_left_is_taken_up, a_disk_that_fills_leaves_nothing,
         a_merge_into_an_empty_one_is_equal, a_second_merge_changes_nothing, a_merge_says_who_it_was, a_merge_takes_over_who_did_it, a_merge_takes_over_what_was_recorded, a_merge_obeys_the_rules,
         a_merge_that_fails_leaves_nothing, a_diff_names_each_row]


def main():
    Home.program = os.path.abspath(sys.argv[1])

    def call(case):
        with tempfile.TemporaryDirectory(prefix="workspaces") as path:
            case(Home(path))
    return tap.run(CASES, call, sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
