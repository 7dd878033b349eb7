"""records.py SAMPLE LIST: our WARC files as other programs read them, and what is left of one whose writer is killed; others'
as we read them.

warcio and pywb (PyPI; not in Debian 12) are asked where Python finds them, or the Python that SN0INT_WARCIO names."""
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap
from tap import has, same

SAMPLE, LIST = (os.path.abspath(path) for path in sys.argv[1:3])
KILLS = int(os.environ.get("SN0INT_KILLS", 5))
IS_LONG = "SN0INT_KILLS" in os.environ
MEMORY = 64 << 20  # address space of one that reads


def members(data):
    """Whole members of gzip, unpacked, and how many bytes are left behind them."""
    out = []
    while data:
        z = zlib.decompressobj(31)
        try:
            text = z.decompress(data)
        except zlib.error:
            break
        if not z.eof:
            break
        out.append(text)
        data = z.unused_data
    return out, len(data)


def record(text):
    """Headers and block of a record whose length and digests are right."""
    head, rest = text.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    same(lines[0], "WARC/1.1")
    fields = dict(line.split(": ", 1) for line in lines[1:])
    block = rest[:int(fields["Content-Length"])]
    same(rest[len(block):], b"\r\n\r\n")
    same(fields["WARC-Block-Digest"], "sha256:" + hashlib.sha256(block).hexdigest())
    return fields, block


def write(folder, *more):
    path = os.path.join(folder, "evidence", "a.warc.gz")
    subprocess.run([SAMPLE, path, *more], check=True)
    return path


def python_with(name):
    python = os.environ.get("SN0INT_WARCIO", sys.executable)
    if subprocess.run([python, "-c", "import " + name], capture_output=True).returncode != 0:
        raise tap.Skip(f"{name} is not there: it is in no package of Debian 12; pip install {name}, SN0INT_WARCIO=that python")
    return python


def warcio():
    return [python_with("warcio"), "-m", "warcio.cli"]


def listed(path, memory=None):
    """Lines of what we read there."""
    limit = (lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory))) if memory and not tap.is_sanitized(LIST) else None
    return subprocess.run([LIST, path], capture_output=True, text=True, check=True, preexec_fn=limit).stdout.splitlines()


def every_record_is_whole_and_of_its_kind(folder):
    with open(write(folder), "rb") as f:
        all, left = members(f.read())
    same(left, 0)
    records = [record(text) for text in all]
    kinds = [r["WARC-Type"] for r, _ in records]
    same(kinds, ["warcinfo"] + ["request", "response"] * 3 + ["revisit"] + ["resource"] * 4 + ["metadata"])
    same(len({r["WARC-Record-ID"] for r, _ in records}), len(records))
    for (asked, _), (said, block) in zip(records[1:7:2], records[2:7:2]):
        same(asked["WARC-Concurrent-To"], said["WARC-Record-ID"])
        same(said["WARC-Concurrent-To"], asked["WARC-Record-ID"])
        body = block.split(b"\r\n\r\n", 1)[1]
        want = None if b"chunked" in block else "sha256:" + hashlib.sha256(body).hexdigest()
        same(said.get("WARC-Payload-Digest"), want)
    again, first = records[7][0], records[2][0]
    same([again["WARC-Refers-To"], again["WARC-Refers-To-Target-URI"], again["WARC-Refers-To-Date"], again["WARC-Payload-Digest"]],
         [first["WARC-Record-ID"], first["WARC-Target-URI"], first["WARC-Date"], first["WARC-Payload-Digest"]])


def folder_and_file_are_the_owners(folder):
    path = write(folder)
    same([oct(os.stat(p).st_mode & 0o7777) for p in (path, os.path.dirname(path))], ["0o600", "0o700"])


def warcio_finds_no_fault(folder):
    call = warcio()
    path = write(folder)
    got = subprocess.run([*call, "check", "-v", path], capture_output=True, text=True)
    same(got.returncode, 0, got.stdout + got.stderr)
    assert "fail" not in got.stdout, got.stdout
    same(got.stdout.count("digest pass"), 12, got.stdout)  # the revisit's payload is elsewhere
    has(subprocess.run([*call, "index", path], capture_output=True, text=True, check=True).stdout, "http://a.example/chunked", "dns://192.0.2.53")


def a_kill_leaves_whole_records_and_one_that_is_cut(folder):
    for n in range(KILLS):
        path = os.path.join(folder, f"{n}.warc.gz")
        child = subprocess.Popen([SAMPLE, path, "endless"])
        while not os.path.exists(path) or os.path.getsize(path) < 300000 + n * 77777:
            assert child.poll() is None
            time.sleep(0.001)
        child.kill()
        child.wait()
        with open(path, "rb") as f:
            data = f.read()
        all, left = members(data)
        assert len(all) > 13, len(all)
        for text in all:
            record(text)
        assert left < 300000, left
        *lines, last = listed(path)
        same(len(lines), len(all))
        assert all_right(lines), lines
        same(last, f"cut: {path}: record at {len(data) - left}: the file ends in the middle of it" if left else "end")


def all_right(lines):
    return all(line.split()[3] == "right" and line.split()[4] in ("right", "none") for line in lines)


def what_we_read_is_what_we_wrote(folder):
    path = write(folder)
    *lines, last = listed(path)
    same(last, "end")
    same([line.split()[1] for line in lines], ["warcinfo"] + ["request", "response"] * 3 + ["revisit"] + ["resource"] * 4 + ["metadata"])
    assert all_right(lines), lines


def what_warcio_writes_is_read(folder):
    python = warcio()[0]
    path = os.path.join(folder, "other.warc.gz")
    subprocess.run([python, "-c", """
import io, sys
from warcio.warcwriter import WARCWriter
from warcio.statusandheaders import StatusAndHeaders
with open(sys.argv[1], "wb") as out:
    writer = WARCWriter(out, gzip=True)
    for body in b"", b"hello", b"x" * 200000:
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/plain")], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record("http://a.example/", "response", payload=io.BytesIO(body), http_headers=head))
    writer.write_record(writer.create_warcinfo_record("x", {"software": "other"}))
""", path], check=True)
    *lines, last = listed(path)
    same([last, len(lines)], ["end", 4])
    assert all_right(lines), lines


def pywb_replays_every_page(folder):
    """Plain, in chunks, compressed, and one that refers to another."""
    python = python_with("pywb")
    pages = {"plain": "<title>plain</title>one page", "chunked": "<title>chunks</title>a page", "packed": "<title>small</title>packed page",
             "again": "<title>plain</title>one page"}
    out = subprocess.run([python, os.path.join(os.path.dirname(os.path.abspath(__file__)), "replayed.py"), write(folder), folder,
                          *("http://a.example/" + page for page in pages)], capture_output=True, text=True, check=True).stdout
    same([json.loads(line) for line in out.splitlines()], [["200 OK", text] for text in pages.values()])


def a_large_block_takes_no_memory(folder):
    """And one that says so, but ends."""
    path = os.path.join(folder, "large.warc")
    n = 10 << 30 if IS_LONG else 200 << 20
    head = f"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: {n}\r\n\r\n".encode()
    with open(path, "wb") as f:
        f.write(head)
        f.truncate(len(head) + n)
        f.seek(0, 2)
        f.write(b"\r\n\r\n")
    same(listed(path, MEMORY), [f"0 resource {n} none none", "end"])
    os.truncate(path, len(head) + n - 1)
    same(listed(path, MEMORY), [f"cut: {path}: record at 0: the file ends in the middle of it"])


def call(case):
    with tempfile.TemporaryDirectory() as folder:
        case(folder)


CASES = [every_record_is_whole_and_of_its_kind, folder_and_file_are_the_owners, what_we_read_is_what_we_wrote,
         warcio_finds_no_fault, pywb_replays_every_page, what_warcio_writes_is_read, a_large_block_takes_no_memory, a_kill_leaves_whole_records_and_one_that_is_cut]
sys.exit(tap.run(CASES, call, sys.argv[3:]))
