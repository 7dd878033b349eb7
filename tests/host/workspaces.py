#!/usr/bin/env python3
"""workspaces.py SN0INT [CASE...]: workspaces that are copied, renamed and backed up, while others use them. TAP."""
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


CASES = [a_copy_is_equal_and_on_its_own, a_rename_takes_all_along, a_backup_is_a_workspace, while_a_run_goes_on, while_others_write, nothing_is_replaced,
         a_word_alone_is_a_workspace, what_was_left_is_taken_up, a_disk_that_fills_leaves_nothing]


def main():
    Home.program = os.path.abspath(sys.argv[1])

    def call(case):
        with tempfile.TemporaryDirectory(prefix="workspaces") as path:
            case(Home(path))
    return tap.run(CASES, call, sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
