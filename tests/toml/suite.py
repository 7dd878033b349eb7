#!/usr/bin/env python3
"""Runs toml-test, the suite of TOML's makers, against our reader and prints TAP: suite.py DECODER PLACE

PLACE is where the suite is or shall be unpacked: valid/, invalid/ and the list files-toml-1.0.0, each file of which is
tried. It comes with the source archive of a Python package (tomlkit's own tests run it); where no index of Python
packages can be reached, all is skipped with the reason.
"""
import datetime, json, os, re, subprocess, sys, tarfile, tempfile

PACKAGE = "tomlkit==0.15.2"
HASH = "sha256:83e32755ba1d20d9340bd069ee97e9f6232ba2346b63ffcba425de01f7e327a6"
LIST = "files-toml-1.0.0"


def fetch(place):
    """Unpacks the suite at place. Why not, or None."""
    with tempfile.TemporaryDirectory() as tmp:
        need = os.path.join(tmp, "requirements")
        with open(need, "w", encoding="utf-8") as f:
            f.write("%s --hash=%s\n" % (PACKAGE, HASH))
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "tomlkit", "--retries",
                   "0", "--timeout", "10", "--require-hashes", "-d", tmp, "-r", need]
        try:
            p = subprocess.run(command, capture_output=True, timeout=120)
        except subprocess.TimeoutExpired:
            return "no answer from the package index"
        archive = [x for x in os.listdir(tmp) if x.endswith(".tar.gz")]
        if p.returncode != 0 or not archive:
            return (p.stderr.decode().strip().splitlines() or ["pip failed"])[-1]
        with tarfile.open(os.path.join(tmp, archive[0])) as tar:
            unpack(tar, place)
    return None


def unpack(tar, place):
    """The list comes last: where it is, all is there."""
    members = [m for m in tar.getmembers() if m.isfile() and "/toml-test/tests/" in m.name and ".." not in m.name]
    for m in sorted(members, key=lambda m: m.name.endswith(LIST)):
        path = os.path.join(place, m.name.split("/toml-test/tests/", 1)[1])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(tar.extractfile(m).read())


def moment(text):
    """Dates and times compare by what they mean, to the microsecond."""
    text = text.upper().replace(" ", "T").replace("Z", "+00:00")
    text = re.sub(r"\.(\d+)", lambda m: "." + (m[1] + "000000")[:6], text)
    if text[2] == ":":
        return datetime.time.fromisoformat(text)
    return datetime.datetime.fromisoformat(text)


def value(v):
    if isinstance(v, list):
        return [value(x) for x in v]
    if set(v) != {"type", "value"} or not isinstance(v["type"], str):
        return {k: value(x) for k, x in v.items()}
    kind, text = v["type"], v["value"]
    if kind == "float":
        return kind, repr(float(text))
    if kind.startswith(("date", "time")):
        return kind, moment(text)
    if kind == "integer":
        return kind, int(text)
    return kind, text.replace("\r\n", "\n") if kind == "string" else text


def check(decoder, path):
    """What is wrong, or None."""
    with open(path, "rb") as f:
        p = subprocess.run([decoder], stdin=f, capture_output=True, timeout=60)
    if "/invalid/" in path:
        return None if p.returncode == 1 and p.stderr else "read (status %d)" % p.returncode
    if p.returncode != 0:
        return "refused: %s" % p.stderr.decode()
    with open(path[:-5] + ".json", encoding="utf-8") as f:
        want, got = value(json.load(f)), value(json.loads(p.stdout))
    return None if want == got else "read as %r, not %r" % (got, want)


def run(decoder, place, kind, n):
    with open(os.path.join(place, LIST), encoding="utf-8") as f:
        paths = [os.path.join(place, x) for x in f.read().split() if x.startswith(kind) and x.endswith(".toml")]
    bad = [(path, why) for path in paths for why in [check(decoder, path)] if why]
    for path, why in bad:
        print("# %s: %s" % (path, why))
    ok = "not ok" if bad or not paths else "ok"
    print("%s %d - %s: %d of %d" % (ok, n, kind, len(paths) - len(bad), len(paths)))


def main():
    decoder, place = sys.argv[1:]
    why = None if os.path.exists(os.path.join(place, LIST)) else fetch(place)
    if why is not None:
        print("1..0 # SKIP no toml-test: %s" % why.replace("#", ""))
        return
    print("1..2")
    run(decoder, place, "valid", 1)
    run(decoder, place, "invalid", 2)


main()
