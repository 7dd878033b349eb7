"""records.py SAMPLE: our WARC files as other programs read them, and what is left of one whose writer is killed.

warcio (PyPI; not in Debian 12) is asked where Python finds it, or the Python that SN0INT_WARCIO names."""
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap
from tap import has, same

SAMPLE = os.path.abspath(sys.argv[1])
KILLS = 5


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


def warcio():
    python = os.environ.get("SN0INT_WARCIO", sys.executable)
    if subprocess.run([python, "-c", "import warcio"], capture_output=True).returncode != 0:
        raise tap.Skip("warcio is not there: it is in no package of Debian 12; pip install warcio, SN0INT_WARCIO=that python")
    return [python, "-m", "warcio.cli"]


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
    has(subprocess.run([*call, "index", path], capture_output=True, text=True, check=True).stdout, "http://a.example/chunked", "text/dns" and "dns://192.0.2.53")


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


def call(case):
    with tempfile.TemporaryDirectory() as folder:
        case(folder)


CASES = [every_record_is_whole_and_of_its_kind, folder_and_file_are_the_owners, warcio_finds_no_fault, a_kill_leaves_whole_records_and_one_that_is_cut]
sys.exit(tap.run(CASES, call, sys.argv[2:]))
