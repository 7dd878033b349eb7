#!/usr/bin/env python3
"""bundles.py SN0INT [CASE...]: cases in one file, made, read by other programs, changed, and checked. TAP."""
import gzip
import hashlib
import http.server
import json
import os
import pty
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from tap import Skip, has, same  # noqa: E402
from tsa import Tsa  # noqa: E402


FEW = int(os.environ.get("SN0INT_STEPS", "4"))  # failures of each kind of call


def run(home, *args, env=None):
    p = subprocess.run([Home.program, *args], env=env or home.env, cwd=home.path, capture_output=True, timeout=WAIT)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


def fill(home):
    home.call("add", "domain", "example.com")
    home.call("add", "subdomain", "www.example.com")
    home.call("add", "email", "a@example.com")
    home.call("add", "email", "b@example.com")


def bundle(home, *args, name="case.wacz"):
    home.call("bundle", *args, "-o", name)
    return zipfile.ZipFile(os.path.join(home.path, name))


def lines(z, member):
    if "sn0int/" + member not in z.namelist():  # it would be empty
        return []
    return [json.loads(line) for line in z.read("sn0int/" + member).splitlines()]


def values(z):
    return [row["value"] for row in lines(z, "rows.jsonl")]


def needs(program):
    if shutil.which(program) is None:
        raise Skip(f"{program} is not installed")


def key(home, name="key"):
    needs("ssh-keygen")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", os.path.join(home.path, name)], check=True)
    home.write(f"allowed-{name}", b"me@example.com " + home.content(name + ".pub"))
    return name


# ---- what is in it


def all_of_a_workspace_is_in_it(home):
    fill(home)
    z = bundle(home)
    same(values(z), ["example.com", "a@example.com", "b@example.com", "www.example.com"])
    same([(r["table"], r["kind"], r["command"]) for r in lines(z, "runs.jsonl")], [
        ("run", "add", "add domain example.com"), ("run", "add", "add subdomain www.example.com"),
        ("run", "add", "add email a@example.com"), ("run", "add", "add email b@example.com")])
    same([a["run"] for a in lines(z, "attempts.jsonl")], [1, 2, 3, 4])
    same([(o["family"], o["row"], o["what"], o["attempt"]) for o in lines(z, "origins.jsonl")], [
        ("domain", 1, "added", 1), ("email", 1, "added", 3), ("email", 2, "added", 4), ("subdomain", 1, "added", 2)])


def of_a_run_its_rows_and_what_they_name(home):
    fill(home)
    z = bundle(home, "--run", "2")
    same(values(z), ["example.com", "www.example.com"])
    same([r["id"] for r in lines(z, "runs.jsonl")], [2])
    same([(o["family"], o["row"]) for o in lines(z, "origins.jsonl")], [("subdomain", 1)])
    z = bundle(home, "--run", "3", "--run", "4")
    same(values(z), ["a@example.com", "b@example.com"])
    # and so it can be read again
    home.write("rows.jsonl", bundle(home, "--run", "2").read("sn0int/rows.jsonl"))
    home.call("-w", "other", "import", "rows.jsonl")
    same(home.rows("select value from subdomains", workspace="other"), [("www.example.com",)])


def of_families_their_rows_and_their_runs(home):
    fill(home)
    for args in (("emails", "where", "value", "like", "b%"), ("emails", "--where", "value like b%")):
        z = bundle(home, *args)
        same((values(z), [r["id"] for r in lines(z, "runs.jsonl")], [o["row"] for o in lines(z, "origins.jsonl")]), (["b@example.com"], [4], [2]))
    z = bundle(home, "emails", "--run", "2", "--run", "3")
    same((values(z), [r["id"] for r in lines(z, "runs.jsonl")], [o["row"] for o in lines(z, "origins.jsonl")]), (["a@example.com"], [2, 3], [1]))


def what_was_removed_is_told_of(home):
    fill(home)
    home.call("delete", "emails", "where", "id", "=", "1")
    z = bundle(home, "--run", "5")
    same(values(z), [])
    same([(o["what"], o["value"]) for o in lines(z, "origins.jsonl")], [("removed", "a@example.com")])


def texts_that_ran_are_in_it(home):
    home.module("me/m", body="info('x')\nend")
    home.call("run", "m")
    text = home.content(".local/share/sn0int/modules/me/m.lua")
    z = bundle(home)
    same(z.read("sn0int/me.m.lua"), text)
    same(lines(z, "runs.jsonl")[0]["sha256"], hashlib.sha256(text).hexdigest())
    # another text of that name, and the first one is gone
    home.module("me/m", body="info('y')\nend")
    home.call("run", "m")
    status, out, err = run(home, "bundle", "-o", "case.wacz")
    same(status, 0)
    has(err, "1 texts of modules are gone")
    z = zipfile.ZipFile(os.path.join(home.path, "case.wacz"))
    has(z.read("sn0int/me.m.lua").decode(), "info('y')")
    has(z.read("sn0int/report.html").decode(), "its text is gone", "<code>sn0int/me.m.lua</code>")


def provenance_is_prov(home):
    """Each thing that is named is described, but for who is unknown and what another bundle has."""
    fill(home)
    home.module("me/m", body="db_add('email', {value='m@example.com'})\nend")
    home.call("run", "m")
    home.call("delete", "emails", "where", "id", "=", "1")
    prov = json.loads(bundle(home).read("sn0int/prov.jsonld"))
    same(prov["@context"]["prov"], "http://www.w3.org/ns/prov#")
    described, named = {n["@id"] for n in prov["@graph"]}, set()

    def walk(value):
        for v in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            named.add(v["@id"]) if isinstance(v, dict) and list(v) == ["@id"] else walk(v)
    for n in prov["@graph"]:
        walk(n)
    same(named - described, set())
    same("case:program" in named and "case:attempt/1" in named, True)
    same([n["prov:wasInvalidatedBy"] for n in prov["@graph"] if "prov:wasInvalidatedBy" in n], [{"@id": "case:attempt/6"}])


def the_report_shows_what_is_foreign_as_text(home):
    home.call("add", "email", "x@example.com")
    evil = "<img src=//evil.example>&\"'\u202egpj.x"
    sql = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))
    sql.execute("insert into accounts (value, service, username, unscoped) values (?, 's', 'u', 0)", (evil,))
    sql.commit()
    sql.close()
    report = bundle(home).read("sn0int/report.html").decode()
    same("<img" in report or "<script" in report or "\u202e" in report, False)
    has(report, "&lt;img src=//evil.example&gt;&amp;&quot;&#39;\\u{202e}gpj.x", "default-src 'none'")
    same([w for w in ("src=", "href=\"http", "@import", "url(") if w in report.replace("&lt;img src=", "")], [])


def secrets_do_not_leave(home):
    home.call("keyring", "add", "shodan:me", "hunter2-hunter2")
    home.call("add", "email", "hunter2-hunter2@example.com")
    status, _, err = run(home, "bundle", "-o", "case.wacz")
    same(status, 0, err)
    has(err, "held a secret, which is SECRET-name now")
    whole = home.content("case.wacz")
    same(b"hunter2" in whole, False)
    has(whole.decode("latin-1"), "SECRET-shodan@example.com")
    same(run(home, "bundle", "verify", "case.wacz")[0], 0)


def sealed_keys_have_to_be_opened(home):
    """What nobody can look for cannot be kept out."""
    home.call("keyring", "add", "shodan:me", "hunter2-hunter2")
    home.call("add", "email", "hunter2-hunter2@example.com")
    home.call("keyring", "seal", "--passphrase-fd", "0", stdin=b"correct horse\n")
    status, _, err = run(home, "bundle", "-o", "case.wacz")
    same(status, 1)
    has(err, "keys that nobody knows cannot be kept out of a bundle")
    same(os.path.exists(os.path.join(home.path, "case.wacz")), False)
    home.call("bundle", "-o", "case.wacz", "--passphrase-fd", "0", stdin=b"correct horse\n")
    same(b"hunter2" in home.content("case.wacz"), False)


# ---- what was recorded


def record(kind, block, *fields):
    head = "".join(f"{k}: {v}\r\n" for k, v in (
        ("WARC-Type", kind), ("WARC-Record-ID", f"<urn:uuid:{hashlib.md5(block).hexdigest()}>"), ("WARC-Date", "2026-11-30T01:02:03Z"), *fields,
        ("WARC-Block-Digest", "sha256:" + hashlib.sha256(block).hexdigest()), ("Content-Length", len(block))))
    return gzip.compress(b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n", mtime=0)


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"
RECORDS = [record("warcinfo", b"software: x\r\n", ("Content-Type", "application/warc-fields")),
           record("response", ANSWER, ("WARC-Target-URI", "https://www.example.com/b"), ("Content-Type", "application/http; msgtype=response"),
                  ("WARC-Payload-Digest", "sha256:" + hashlib.sha256(b"hello").hexdigest())),
           record("request", b"GET /b HTTP/1.1\r\n\r\n", ("WARC-Target-URI", "https://www.example.com/b"), ("Content-Type", "application/http; msgtype=request")),
           record("resource", b"x 60 IN MX 1 y.\n", ("WARC-Target-URI", "dns:a.example.com?TYPE=MX"), ("Content-Type", "text/dns"))]


def recorded(home, data=b"".join(RECORDS)):
    """A run of a module, and what lies beside it."""
    home.module("me/m", body="db_add('email', {value='m@example.com'})\nend")
    home.call("run", "m")
    uuid = home.rows("select uuid from run order by id desc limit 1")[0][0]
    home.write(f".local/share/sn0int/data/default/evidence/{uuid}.warc.gz", data)
    return uuid


def bytes_of_a_run_are_in_it(home):
    uuid = recorded(home)
    z = bundle(home)
    same(z.read(f"archive/{uuid}.warc.gz"), b"".join(RECORDS))
    at = [sum(map(len, RECORDS[:i])) for i in range(4)]
    found = [line.split(" ", 2) for line in z.read("indexes/index.cdx").decode().splitlines()]
    same([(key, time, json.loads(rest)) for key, time, rest in found], [
        ("com,example)/b", "20261130010203", {"url": "https://www.example.com/b", "mime": "text/html", "status": "200",
                                              "digest": "sha256:" + hashlib.sha256(b"hello").hexdigest(), "length": str(len(RECORDS[1])),
                                              "offset": str(at[1]), "filename": f"{uuid}.warc.gz"}),
        ("dns:a.example.com?type=mx", "20261130010203", {"url": "dns:a.example.com?TYPE=MX", "mime": "text/dns", "length": str(len(RECORDS[3])),
                                                         "offset": str(at[3]), "filename": f"{uuid}.warc.gz"})])
    pages = [json.loads(line) for line in z.read("pages/pages.jsonl").splitlines()]
    same(pages[0], {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"})
    same([(p["url"], p["ts"]) for p in pages[1:]], [("https://www.example.com/b", "2026-11-30T01:02:03Z")])
    status, out, err = run(home, "bundle", "verify", "case.wacz")
    same(status, 0, out + err)
    has(out, f"archive/{uuid}.warc.gz: 4 records, 5 digests of them are right", "indexes/index.cdx: 2 lines, each leads to its record")


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", "14")
        self.end_headers()
        self.wfile.write(b"a@example.com\n")

    def log_message(self, *args):
        pass


def web_run(home, level):
    """A run that asks a server and adds what that says; the URL."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    home.module("me/web", body=f"""local r = http_fetch(http_request(http_mksession(), 'GET', '{url}', {{}}))
if last_err() then return end
db_add('email', {{value=r['text']:match('%S+')}})
end""")
    try:
        home.call("run", "--allow-net", "local", "--evidence", level, "web")
    finally:
        server.shutdown()
        server.server_close()
    return url


def what_a_run_has_asked_is_in_it(home):
    url = web_run(home, "digest")
    z = bundle(home)
    (exchange,), (origin,) = lines(z, "exchanges.jsonl"), lines(z, "origins.jsonl")
    same([exchange[k] for k in ("attempt", "kind", "what", "status", "bytes", "sha256", "seen", "place")],
         [1, "http", "GET " + url, 200, 14, hashlib.sha256(b"a@example.com\n").hexdigest(), True, None])
    same((origin["value"], origin["exchange"]), ("a@example.com", exchange["id"]))
    report = z.read("sn0int/report.html").decode()
    has(report.split("<h2>Exchanges</h2>")[1].split("</table>")[0], "GET " + url, exchange["sha256"], '<td class="s">connection seen')
    prov = {n["@id"]: n for n in json.loads(z.read("sn0int/prov.jsonld"))["@graph"]}
    same(prov["case:email/1"]["sn0int:after"], {"@id": "case:exchange/1"})
    same(run(home, "bundle", "verify", "case.wacz")[0], 0)


def and_with_all_its_bytes(home):
    """From the row to the exchange to the place in the archive: the answer is there, and the index leads to it, too."""
    url = web_run(home, "full")
    uuid = home.rows("select uuid from run")[0][0]
    z = bundle(home)
    archive = z.read(f"archive/{uuid}.warc.gz")
    (exchange,) = lines(z, "exchanges.jsonl")
    records = gzip.decompress(archive[exchange["place"]:exchange["place"] + exchange["length"]])
    has(records.decode(), "WARC-Type: request", "WARC-Type: response", "WARC-Target-URI: " + url, "a@example.com")
    (line,) = [json.loads(line.split(b" ", 2)[2]) for line in z.read("indexes/index.cdx").splitlines()]
    at, n = int(line["offset"]), int(line["length"])
    same((line["url"], line["status"], line["filename"]), (url, "200", f"{uuid}.warc.gz"))
    has(gzip.decompress(archive[at:at + n]).decode(), "WARC/1.1\r\nWARC-Type: response", "a@example.com")
    same([json.loads(p)["url"] for p in z.read("pages/pages.jsonl").splitlines()[1:]], [url])
    has(z.read("sn0int/report.html").decode(), f"<code>archive/{uuid}.warc.gz</code>")
    status, out, err = run(home, "bundle", "verify", "case.wacz")
    same(status, 0, out + err)
    has(out, "indexes/index.cdx: 1 lines, each leads to its record")


def without_bytes_there_is_an_archive_that_says_so(home):
    fill(home)
    z = bundle(home)
    has(gzip.decompress(z.read("archive/sn0int.warc.gz")).decode(), "WARC-Type: warcinfo", "no bytes were kept of these runs")
    has(z.read("sn0int/report.html").decode(), "no bytes kept")
    same(sorted(os.listdir(os.path.join(home.share, "data/default"))), sorted(f for f in os.listdir(os.path.join(home.share, "data/default")) if "warc" not in f))


def a_record_that_is_cut_is_left_out(home):
    for n in (1, 40, len(RECORDS[3]) - 1):
        uuid = recorded(home, b"".join(RECORDS[:3]) + RECORDS[3][:n])
        status, _, err = run(home, "bundle", "-o", "case.wacz", "--run", str(home.rows("select max(id) from run")[0][0]))
        same(status, 0, err)
        has(err, f"{n} bytes of last records were cut off")
        z = zipfile.ZipFile(os.path.join(home.path, "case.wacz"))
        same(z.read(f"archive/{uuid}.warc.gz"), b"".join(RECORDS[:3]))
        same(len(z.read("indexes/index.cdx").splitlines()), 1)
        same(run(home, "bundle", "verify", "case.wacz")[0], 0)


def an_archive_that_is_gone_is_said(home):
    fill(home)
    uuid = recorded(home)
    path = os.path.join(home.share, "data/default/evidence", uuid + ".warc.gz")
    with sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite")) as db:
        attempt = db.execute("select max(id) from attempt").fetchone()[0]
        for place in (0, 1, None):
            db.execute("insert into exchange (attempt, sequence, number, kind, what, place, cut) values (?, 1, 1, 'http', 'GET https://a/', ?, 0)", (attempt, place))
    db.close()
    for want in (False, True):
        status, _, err = run(home, "bundle", "-o", "case.wacz")
        same((status, "bytes of 2 exchanges were kept, and their archives are gone" in err), (0, want), err)
        page = zipfile.ZipFile(os.path.join(home.path, "case.wacz")).read("sn0int/report.html").decode()
        same("2 exchanges whose bytes were kept, in archives that are gone" in page, want)
        os.rename(path, path + ".away") if not want else None
        os.remove(os.path.join(home.path, "case.wacz"))


def what_is_damaged_is_named(home):
    at = len(RECORDS[0]) + 30
    data = b"".join(RECORDS)
    recorded(home, data[:at] + bytes([data[at] ^ 255]) + data[at + 1:])
    status, _, err = run(home, "bundle", "-o", "case.wacz")
    same(status, 1)
    has(err, "what was recorded of run", f"record at {len(RECORDS[0])}")


def a_digest_of_other_bytes_is_found(home):
    """A record whose own digest is wrong, in a bundle whose hashes are right."""
    bad = gzip.compress(gzip.decompress(RECORDS[1]).replace(b"hello", b"hallo"), mtime=0)
    uuid = recorded(home, RECORDS[0] + bad)
    bundle(home)
    status, out, _ = run(home, "bundle", "verify", "case.wacz")
    same(status, 1)
    has(out, f"[-] archive/{uuid}.warc.gz: the digest of the block of the record at {len(RECORDS[0])}", "the digest of the payload")


# ---- the file


def it_has_one_layout(home):
    """Two of the same at one time are the same bytes, but for when they were made."""
    fill(home)
    z = bundle(home)
    for info in z.infolist():
        same((info.compress_type, info.date_time, info.extra, info.comment, info.flag_bits), (0, (1980, 1, 1, 0, 0, 0), b"", b"", 0), info)
        same(info.filename.count("/") <= 1 and "." in info.filename.split("/")[-1], True, info)
    same(z.namelist()[-2:], ["datapackage.json", "datapackage-digest.json"])
    package = json.loads(z.read("datapackage.json"))
    same([r["path"] for r in package["resources"]], z.namelist()[:-2])
    names = [r["name"] for r in package["resources"]]
    same((len(set(names)), [n for n in names if n != n.lower()]), (len(names), []))
    for r in package["resources"]:
        data = z.read(r["path"])
        same((r["hash"], r["bytes"]), ("sha256:" + hashlib.sha256(data).hexdigest(), len(data)), r)
    same(json.loads(z.read("datapackage-digest.json")), {
        "path": "datapackage.json", "hash": "sha256:" + hashlib.sha256(z.read("datapackage.json")).hexdigest()})


def by_others(home, z, uuid):
    """unzip, and where Python has them wacz validate and warcio check."""
    if shutil.which("unzip"):
        out = subprocess.run(["unzip", "-t", "case.wacz"], cwd=home.path, capture_output=True, text=True, timeout=WAIT)
        same(out.returncode, 0, out.stdout + out.stderr)
        has(out.stdout, "No errors detected")
    python = os.environ.get("SN0INT_WARCIO", sys.executable)
    for package in ("wacz", "warcio"):
        if subprocess.run([python, "-c", "import " + package], capture_output=True, timeout=WAIT).returncode != 0:
            raise Skip(f"{package} is not there (PyPI: wacz 0.6.0, warcio 1.8.1); SN0INT_WARCIO: a python that has both")
    out = subprocess.run([python, "-c", "import sys; from wacz.main import main; sys.exit(main(['validate', '-f', 'case.wacz']))"],
                         cwd=home.path, capture_output=True, text=True, timeout=WAIT)
    same(out.returncode, 0, out.stdout + out.stderr)
    has(out.stdout, "the passed WACZ is valid")
    z.extract(f"archive/{uuid}.warc.gz", home.path)
    out = subprocess.run([python, "-c", "import sys; from warcio.cli import main; main()", "check", f"archive/{uuid}.warc.gz"],
                         cwd=home.path, capture_output=True, text=True, timeout=WAIT)
    same((out.returncode, out.stdout), (0, ""), out.stderr)


def others_find_nothing_wrong(home):
    """Of a run with all its bytes, of one with those above, and without any."""
    web_run(home, "full")
    by_others(home, bundle(home), home.rows("select uuid from run")[0][0])
    uuid = recorded(home)
    # an error behind many attempts without one: what takes lines for a table has guessed by then what the column is
    with sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite")) as db:
        for error in [None] * 50 + ["connection refused"]:
            db.execute("insert into attempt (run, started, ended, outcome, error) select run, started, ended, outcome, ? from attempt where run = 2 limit 1", (error,))
    db.close()
    z = bundle(home, "--run", "2")
    by_others(home, z, uuid)
    same({r["type"] for r in json.loads(z.read("datapackage.json"))["resources"]}, {"file"})
    os.unlink(os.path.join(home.share, f"data/default/evidence/{uuid}.warc.gz"))
    by_others(home, bundle(home, "--run", "2"), "sn0int")


def it_appears_whole_or_not_at_all(home):
    fill(home)
    home.write("case.wacz", b"old")
    status, _, err = run(home, "bundle", "--run", "99", "-o", "case.wacz")
    same(status, 1)
    has(err, "there is no run 99")
    same(home.content("case.wacz"), b"old")
    same([f for f in os.listdir(home.path) if "sn0int.new" in f], [])
    status, _, err = run(home, "bundle", "-o", os.path.join(home.share, "data/default/db.sqlite"))
    same(status, 1)
    has(err, "which a bundle would replace")
    for args, why in ((("bundle",), "-o case.wacz"), (("bundle", "-o", "x.wacz", "--run", "x"), "--run takes"),
                      (("bundle", "-o", "x.wacz", "--where", "id = 1"), "needs families"), (("bundle", "-o", "x.wacz", "domains", "domains"), "domains stands there twice"),
                      (("bundle", "-o", "x.wacz", "domains", "where", "true", "order", "by", "random()"), "random() gives other rows each time"),
                      (("bundle", "-o", "x.wacz", "--timestamp", "http://x/"), "--sign KEY")):
        status, _, err = run(home, *args)
        same(status, 2, (args, err))
        has(err, why)
    same(os.path.exists(os.path.join(home.path, "x.wacz")), False)


FAULTS = {"pwrite64": "ENOSPC", "write": "EIO", "openat": "EIO", "read": "EIO", "pread64": "EIO", "?rename": "EIO", "fsync": "EIO", "mmap": "ENOMEM",
          "?pipe2": "EMFILE", "newfstatat": "EIO", "?unlink": "EIO", "getdents64": "EIO", "fcntl": "ENOLCK"}


def what_fails_leaves_the_old_one(home):
    """Each kind of system call, a few times over the run: an error and the old file, or a bundle that is well."""
    needs("strace")
    if tap.is_sanitized(Home.program):
        raise Skip("a sanitizer cannot look for leaks in a process that is traced")
    recorded(home)
    trace = ("strace", "-qq", "-o", "trace", "-e")
    if subprocess.run([*trace, "inject=getpid:error=EIO:when=1", "true"], cwd=home.path, capture_output=True).returncode != 0:
        raise Skip("ptrace is refused")
    subprocess.run([*trace, "trace=all", Home.program, "bundle", "-o", "case.wacz"], env=home.env, cwd=home.path, check=True, capture_output=True)
    calls = home.content("trace").decode(errors="replace").splitlines()
    loader = next(i for i, line in enumerate(calls) if line.startswith("munmap("))
    failed = 0
    for call, errno in FAULTS.items():
        at = [i for i, line in enumerate(calls) if line.startswith(call.lstrip("?") + "(")]
        late = [n for n, i in enumerate(at, 1) if i > loader]
        for n in sorted({late[k * (len(late) - 1) // (FEW - 1)] for k in range(FEW)}) if late else ():
            home.write("case.wacz", b"old")
            p = subprocess.run([*trace, f"inject={call}:error={errno}:when={n}", Home.program, "bundle", "-o", "case.wacz"], env=home.env,
                               cwd=home.path, capture_output=True, timeout=WAIT)
            line = next((line for line in home.content("trace").decode(errors="replace").splitlines() if "(INJECTED)" in line), "")
            what = (line, p.returncode, p.stdout, p.stderr)
            if p.returncode == 0 or home.content("case.wacz") != b"old":  # what failed came behind it: the last line, the folder on the disk
                same(run(home, "bundle", "verify", "case.wacz")[0], 0, what)
            if p.returncode != 0:
                failed += 1
                same(line.startswith("write(2,") or p.stderr.count(b"Error: ") == 1 or b"out of memory" in p.stderr, True, what)
    same(failed > 5, True, failed)


def at_the_prompt_it_is_the_same(home):
    fill(home)
    home.call(stdin=b"bundle emails where id = 1 -o case.wacz\nbundle verify case.wacz\nselect emails\n")
    same(values(zipfile.ZipFile(os.path.join(home.path, "case.wacz"))), ["a@example.com"])


# ---- checked


def each_byte_counts(home):
    """Somewhere in each member, and everywhere between them; the unit test tries each bit of a smaller one."""
    recorded(home)
    z = bundle(home)
    whole, places, at = home.content("case.wacz"), [], 0
    for info in z.infolist():
        start = info.header_offset + 30 + struct.unpack_from("<H", whole, info.header_offset + 26)[0]
        places += [(at, "the zip itself"), (start - 1, "the zip itself")]
        places += [(start, info.filename), (start + info.file_size // 2, info.filename)] if info.file_size else []
        at = start + info.file_size
    places += [(n, "the zip itself") for n in (at, at + 44, len(whole) - 12, len(whole) - 1)]
    for at, name in places:
        home.write("bad.wacz", whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        status, out, _ = run(home, "bundle", "verify", "bad.wacz")
        same(status, 1, (at, name, out))
        has(out, f"[-] {name}: ")
    for bad in (whole[:-1], whole + b"x", b"", b"PK", whole[:100]):
        home.write("bad.wacz", bad)
        status, out, _ = run(home, "bundle", "verify", "bad.wacz")
        same(status, 1, out)
        has(out, "[-] the zip itself: ")


def what_is_not_signed_says_so(home):
    fill(home)
    bundle(home)
    status, out, err = run(home, "bundle", "verify", "case.wacz")
    same((status, err), (0, ""))
    has(out, "all 9 members have the hashes", "signature: none: whoever had the file could have changed it",
        "nobody can check: whether a server really said what was recorded")
    same("[-]" in out, False)


def what_cannot_be_read_is_not_wrong(home):
    for args in (("nothing.wacz",), (".",), ("/dev/null",)):
        same(run(home, "bundle", "verify", *args)[0], 2, args)
    fill(home)
    bundle(home)
    same(run(home, "bundle", "verify", "case.wacz", "--tsa-ca", "nothing.pem")[0], 2)
    key(home)
    bundle(home, "--sign", "key")
    status, out, _ = run(home, "bundle", "verify", "case.wacz", env={**home.env, "PATH": home.path})
    same(status, 2, out)
    has(out, "[!] signature: was not checked: ssh-keygen cannot be started")


def what_is_not_read_is_not_judged(home):
    """Each read of the file may fail: then it is not as it should be, or is, for all that anybody knows."""
    needs("strace")
    if tap.is_sanitized(Home.program):
        raise Skip("a sanitizer cannot look for leaks in a process that is traced")
    recorded(home)
    bundle(home)
    trace = ("strace", "-qq", "-o", "trace", "-P", os.path.join(home.path, "case.wacz"), "-e")
    call = (Home.program, "bundle", "verify", "case.wacz")
    if subprocess.run([*trace, "trace=pread64", *call], env=home.env, cwd=home.path, capture_output=True).returncode != 0:
        raise Skip("ptrace is refused")
    reads, failed = len(home.content("trace").splitlines()), 0
    same(reads > 20, True, reads)
    for n in sorted({1 + k * (reads - 1) // (2 * FEW) for k in range(2 * FEW + 1)}):
        p = subprocess.run([*trace, f"inject=pread64:error=EIO:when={n}", *call], env=home.env, cwd=home.path, capture_output=True, timeout=WAIT)
        if b"(INJECTED)" in home.content("trace"):
            failed += 1
            same((p.returncode, b"[-] " in p.stdout), (2, False), (n, p.stdout, p.stderr))
    same(failed > FEW, True, failed)


def who_checks_is_locked(home):
    """The file is a stranger's: whoever owns the host has nothing."""
    needs("strace")
    if tap.is_sanitized(Home.program):
        raise Skip("a build with the address sanitizer has no lock")
    fill(home)
    bundle(home)
    out = subprocess.run(["strace", "-f", "-e", "trace=seccomp,prctl,landlock_restrict_self", "-o", "trace", Home.program, "bundle", "verify", "case.wacz"],
                         env=home.env, cwd=home.path, capture_output=True, timeout=WAIT)
    same(out.returncode, 0, out.stderr)
    has(home.content("trace").decode(), "SECCOMP_SET_MODE_FILTER")


# ---- signed


def a_signature_is_checked(home):
    fill(home)
    key(home)
    key(home, "other")
    z = bundle(home, "--sign", "key")
    digest = json.loads(z.read("datapackage-digest.json"))
    same(list(digest), ["path", "hash", "sshsig"])
    status, out, _ = run(home, "bundle", "verify", "case.wacz")
    same(status, 0, out)
    has(out, 'Good "sn0int-bundle" signature with ED25519 key', "not checked: whose key that is")
    status, out, _ = run(home, "bundle", "verify", "case.wacz", "--allowed-signers", "allowed-key")
    same(status, 0, out)
    has(out, 'Good "sn0int-bundle" signature for me@example.com')
    status, out, _ = run(home, "bundle", "verify", "case.wacz", "--allowed-signers", "allowed-other")
    same(status, 1, out)
    has(out, "[-] signature: its key is none of --allowed-signers")


def a_signature_of_something_else_is_found(home):
    """Somebody puts other rows into it, with all hashes made anew, and keeps the signature."""
    fill(home)
    key(home)
    first = bundle(home, "--sign", "key")
    home.call("add", "email", "c@example.com")
    second = bundle(home, "--sign", "key", name="second.wacz")
    old, new = (json.loads(z.read("datapackage-digest.json"))["sshsig"] for z in (first, second))
    whole = home.content("second.wacz")
    swapped = whole.replace(json.dumps(new).encode(), json.dumps(old).encode())
    digest = second.read("datapackage-digest.json").replace(json.dumps(new).encode(), json.dumps(old).encode())
    crc = [struct.pack("<I", zipfile.crc32(d)) for d in (second.read("datapackage-digest.json"), digest)]
    same(len(swapped), len(whole))
    home.write("swapped.wacz", swapped.replace(*crc))
    status, out, _ = run(home, "bundle", "verify", "swapped.wacz")
    same(status, 1, out)
    has(out, "[-] signature: ")
    same(out.count("[-]"), 1, out)


def an_agent_signs(home):
    needs("ssh-agent")
    fill(home)
    key(home)
    socket = os.path.join(home.path, "agent")
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], env=home.env, stdout=subprocess.PIPE)
    try:
        agent.stdout.readline()  # it listens
        env = {**home.env, "SSH_AUTH_SOCK": socket}
        subprocess.run(["ssh-add", "-q", "key"], env=env, cwd=home.path, check=True, capture_output=True)
        os.unlink(os.path.join(home.path, "key"))
        same(run(home, "bundle", "--sign", "key.pub", "-o", "case.wacz", env=env)[0], 0)
    finally:
        agent.kill()
        agent.wait()
        agent.stdout.close()
    same(run(home, "bundle", "verify", "case.wacz", "--allowed-signers", "allowed-key")[0], 0)


def a_passphrase_is_asked_for(home):
    """By ssh-keygen, at the terminal of whoever bundles."""
    fill(home)
    key(home)
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", "correct horse", "-f", "key"], cwd=home.path, check=True, capture_output=True)
    pid, tty = pty.fork()
    if pid == 0:
        os.chdir(home.path)
        os.execve(Home.program, [Home.program, "bundle", "--sign", "key", "-o", "case.wacz"], home.env)
    said = b""
    while b"passphrase" not in said:
        said += os.read(tty, 4096)
    os.write(tty, b"correct horse\n")
    try:
        while piece := os.read(tty, 4096):
            said += piece
    except OSError:  # Linux: the other side is closed
        pass
    same(os.waitpid(pid, 0)[1], 0, said)
    os.close(tty)
    same(run(home, "bundle", "verify", "case.wacz", "--allowed-signers", "allowed-key")[0], 0)


def no_signature_no_bundle(home):
    needs("ssh-keygen")
    fill(home)
    status, _, err = run(home, "bundle", "--sign", "nokey", "-o", "case.wacz")
    same(status, 1)
    has(err, "cannot sign it", "nokey")
    same(os.path.exists(os.path.join(home.path, "case.wacz")), False)


# ---- at a time


def stamped(home, *args):
    needs("openssl")
    fill(home)
    key(home)
    tsa = Tsa(os.path.join(home.path, "tsa"))
    return tsa, ("bundle", "--sign", "key", "--timestamp", tsa.url, "--allow-net", "local", "-o", "case.wacz", *args)


def a_time_is_confirmed(home):
    tsa, call = stamped(home)
    try:
        status, _, err = run(home, *call)
        same(status, 0, err)
        same([kind for kind, _ in tsa.asked], ["application/timestamp-query"])
        status, out, _ = run(home, "bundle", "verify", "case.wacz", "--tsa-ca", tsa.ca)
        same(status, 0, out)
        has(out, "[+] time stamp: the signature was there at 2", "not checked: whether its certificate was revoked")
        status, out, _ = run(home, "bundle", "verify", "case.wacz")
        same(status, 0, out)
        has(out, "time stamp: not checked: it says 2", "--tsa-ca FILE")
        other = Tsa(os.path.join(home.path, "tsa2"))
        other.close()
        status, out, _ = run(home, "bundle", "verify", "case.wacz", "--tsa-ca", other.ca)
        same(status, 1, out)
        has(out, "[-] time stamp: ")
    finally:
        tsa.close()


def what_a_server_says_is_looked_at(home):
    tsa, call = stamped(home)
    try:
        run(home, *call)
        home.call("add", "email", "later@example.com")  # in the same second the same would be signed
        first = tsa.reply(tsa.asked[0][1])
        for answer, why in ((lambda a: first, "it is about something else"), (lambda a: a[:-1], "gave no time stamp"), (lambda a: b"", "gave no time stamp"),
                            (lambda a: b"<html>", "gave no time stamp"), (lambda a: b"\x30\x05\x30\x03\x02\x01\x02", "it was refused, status 2")):
            tsa.answer = answer
            os.path.exists(os.path.join(home.path, "case.wacz")) and os.unlink(os.path.join(home.path, "case.wacz"))
            status, _, err = run(home, *call)
            same(status, 1, err)
            has(err, "cannot have its time confirmed", why)
            same(os.path.exists(os.path.join(home.path, "case.wacz")), False)
    finally:
        tsa.close()


def commands_of_the_page(home):
    """docs/evidence.md, "By other programs": as they stand there."""
    for program in ("unzip", "jq", "sha256sum", "base64"):
        needs(program)
    tsa, call = stamped(home)
    try:
        same(run(home, *call)[0], 0)
    finally:
        tsa.close()
    shutil.copy(tsa.ca, home.path)
    home.write("allowed_signers", home.content("allowed-key"))
    with open(os.path.join(os.path.dirname(os.path.dirname(HERE)), "docs/evidence.md")) as f:
        section = f.read().split("### By other programs")[1].split("\n## ")[0]
    commands = "\n".join(line[4:] for line in section.splitlines() if line.startswith("    "))
    same(commands.count("\n"), 7, commands)
    out = subprocess.run(["sh", "-e", "-c", commands], env=home.env, cwd=home.path, capture_output=True, text=True, timeout=WAIT)
    same(out.returncode, 0, out.stdout + out.stderr)
    has(out.stdout, "sn0int/rows.jsonl: OK", "datapackage.json: OK", 'Good "sn0int-bundle" signature for me@example.com')
    has(out.stdout + out.stderr, "Verification: OK")


CASES = [texts_that_ran_are_in_it, provenance_is_prov, the_report_shows_what_is_foreign_as_text, secrets_do_not_leave, sealed_keys_have_to_be_opened,
         what_a_run_has_asked_is_in_it, and_with_all_its_bytes, bytes_of_a_run_are_in_it,
         without_bytes_there_is_an_archive_that_says_so, a_record_that_is_cut_is_left_out, an_archive_that_is_gone_is_said, what_is_damaged_is_named, a_digest_of_other_bytes_is_found,
         all_of_a_workspace_is_in_it, of_a_run_its_rows_and_what_they_name, of_families_their_rows_and_their_runs, what_was_removed_is_told_of,
         it_has_one_layout, others_find_nothing_wrong, it_appears_whole_or_not_at_all, what_fails_leaves_the_old_one, at_the_prompt_it_is_the_same,
         each_byte_counts, what_is_not_signed_says_so,
         what_cannot_be_read_is_not_wrong, what_is_not_read_is_not_judged, who_checks_is_locked, a_signature_is_checked, a_signature_of_something_else_is_found, an_agent_signs,
         a_passphrase_is_asked_for,
         no_signature_no_bundle, a_time_is_confirmed, what_a_server_says_is_looked_at,
         commands_of_the_page]


def main():
    Home.program = os.path.abspath(sys.argv[1])

    def call(case):
        with tempfile.TemporaryDirectory(prefix="bundles") as folder:
            case(Home(folder))
    return tap.run(CASES, call, sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
