#!/usr/bin/env python3
"""exports.py SN0INT [CASE...]: what a workspace is written as, read back by others, and where it goes. TAP."""
import base64
import csv
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
import threading
import time
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


def an_empty_workspace_is_still_a_document(home):
    home.call("workspace")
    home.call("select", "domains")
    same(Graph(home.call("export", "-f", "dot").decode()).nodes, {})
    same(home.call("export", "-f", "jsonl"), b"")
    same(json.loads(home.call("export", "-f", "json-blobs"))["blobs"], [])


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
                       (["export", "-f", "JSON"], f"it is {names}"), (["export", "-f", "maltegoo"], f"there is no format 'maltegoo': it is {names}"),
                       (["export", "-f", ""], f"it is {names}"), (["export", "-f", "json", "-o", ""], "-o takes the name of a file"),
                       (["export", "-f", "json", "x"], "unexpected argument 'x'"), (["export", "-f", "csv"], "csv is a file for each table: -o FOLDER"),
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
    p = subprocess.Popen([Home.program, *args], env=home.env, cwd=home.path, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    same(p.returncode, 0)
    return used.ru_maxrss


def memory_does_not_grow_with_rows(home):
    rows = int(os.environ.get("SN0INT_ROWS", "200000"))
    many(home, 20000)
    few = {name: peak(home, "export", "-f", name) for name in FORMATS}
    with database(home) as db:
        db.executemany("insert into subdomains (domain_id, value, unscoped) values (1, ?, 0)", ((f"b{i}.example.com",) for i in range(rows - 20000)))
    db.close()
    for name in FORMATS:
        more = peak(home, "export", "-f", name)
        assert more < few[name] + 2048, f"{name}: {few[name]} KiB for 20,000 rows, {more} for {rows}"


CASES = [lines_hold_what_the_object_holds, spreadsheets_hold_what_the_object_holds, all_sheets_or_none, the_graph_has_each_row_and_each_link, an_empty_workspace_is_still_a_document, hostile_values_stay_values,
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
        cases = [c for c in CASES if c is not graphviz_draws_it]
    return tap.run(cases, call, sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
