#!/usr/bin/env python3
"""secret_service.py SN0INT [CASE...]: a sealed keyring whose key a real secret service keeps: gnome-keyring, on a bus of its own.

It starts itself again under dbus-run-session. Skipped where the machine has no dbus-run-session, no gnome-keyring, or the program
was built without libsecret. TAP.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from tap import has, same  # noqa: E402

SN0INT = None
NEEDED = ("dbus-run-session", "dbus-send", "gnome-keyring-daemon")
BUS = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_DATA_HOME")


class Ring:
    """A home of its own; the bus and its service are those of the whole test."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="secret")
        self.home = self.folder.name
        self.env = {"HOME": self.home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **{k: os.environ[k] for k in BUS[:2]}}
        self.sealed = os.path.join(self.home, ".local/share/sn0int/keyring.sealed")
        self.call(0, "keyring", "add", "aws:k", "s3cret")

    def call(self, status, *args, lines=None, env=None):
        """Both outputs of a command that ends so; lines come from a descriptor of --passphrase-fd."""
        r, w = os.pipe()
        os.write(w, (lines or "").encode())
        os.close(w)
        extra = ["--passphrase-fd", str(r)] if lines is not None else []
        p = subprocess.run([SN0INT, *extra, *args], env={**self.env, **(env or {})}, cwd=self.home, stdin=subprocess.DEVNULL,
                           capture_output=True, pass_fds=(r,), timeout=120)
        os.close(r)
        same((args, p.returncode), (args, status), p.stdout.decode() + p.stderr.decode())
        return p.stdout.decode(), p.stderr.decode()


def send(where, *args):
    """What a call of the bus answers; "" if it is an error."""
    return subprocess.run(["dbus-send", "--session", "--print-reply", f"--dest={where}", *args], capture_output=True, text=True,
                          timeout=60).stdout


def lock_service():
    """All collections: as when the screen was locked."""
    has(send("org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock",
             "array:objpath:/org/freedesktop/secrets/collection/login"), "login")


def unlock_service():
    """Starts it and waits for its collection, which is made and open. False: it does not come up here."""
    subprocess.run(["gnome-keyring-daemon", "--unlock", "--components=secrets"], input=b"of the login", stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=60)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        # asked of the bus first: whoever calls a name that nobody has starts another daemon
        if "true" in send("org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"):
            if "/collection/login" in send("org.freedesktop.secrets", "/org/freedesktop/secrets",
                                           "org.freedesktop.Secret.Service.ReadAlias", "string:default"):
                return True
        time.sleep(0.05)
    return False


def what_is_remembered_opens_without_a_question():
    ring = Ring()
    has(ring.call(0, "keyring", "seal", "--remember", lines="pass\n")[0], "The keyring is sealed")
    same(ring.call(0, "keyring", "get", "-q", "aws:k"), ("s3cret\n", ""))
    ring.call(0, "keyring", "add", "aws:l", "t")
    same(ring.call(0, "keyring", "list")[0], "aws:k\naws:l\n")
    # the passphrase is there as before
    same(ring.call(0, "keyring", "get", "-q", "aws:k", lines="pass\n")[0], "s3cret\n")
    same(ring.call(0, "keyring", "unseal")[1], "")
    assert not os.path.exists(ring.sealed)


def another_passphrase_is_another_key():
    ring = Ring()
    ring.call(0, "keyring", "seal", "--remember", lines="one\n")
    ring.call(0, "keyring", "seal", "--remember", lines="one\ntwo\n")
    same(ring.call(0, "keyring", "get", "-q", "aws:k"), ("s3cret\n", ""))
    ring.call(0, "keyring", "seal", lines="two\nthree\n")
    err = ring.call(1, "keyring", "list")[1]
    has(err, "there is no terminal to ask for its passphrase")
    same(ring.call(0, "keyring", "list", lines="three\n"), ("aws:k\n", ""))


def lock_takes_it_back():
    ring = Ring()
    ring.call(0, "keyring", "seal", "--remember", lines="pass\n")
    ring.call(0, "keyring", "lock")
    ring.call(0, "keyring", "lock")
    err = ring.call(1, "keyring", "list")[1]
    has(err, "the secret service has no key of this keyring (keyring seal --remember)")
    same(ring.call(0, "keyring", "list", lines="pass\n")[0], "aws:k\n")


def a_service_that_is_locked_is_said():
    ring = Ring()
    ring.call(0, "keyring", "seal", "--remember", lines="pass\n")
    lock_service()
    err = ring.call(1, "keyring", "list")[1]
    has(err, "the secret service failed: it is locked")
    same(ring.call(0, "keyring", "list", lines="pass\n"), ("aws:k\n", ""))
    has(ring.call(1, "keyring", "seal", "--remember", lines="pass\nother\n")[1], "the secret service failed")
    same(ring.call(0, "keyring", "list", lines="pass\n"), ("aws:k\n", ""))


def a_service_that_is_gone_is_said():
    ring = Ring()
    gone = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={ring.home}/no/bus"}
    err = ring.call(1, "keyring", "seal", "--remember", lines="pass\n", env=gone)[1]
    has(err, "the secret service failed")
    assert not os.path.exists(ring.sealed)
    same(ring.call(0, "keyring", "list")[0], "aws:k\n")
    ring.call(0, "keyring", "seal", "--remember", lines="pass\n")
    err = ring.call(1, "keyring", "list", env=gone)[1]
    has(err, "the secret service failed")
    has(err, "--passphrase-fd")
    same(ring.call(0, "keyring", "list", lines="pass\n", env=gone), ("aws:k\n", ""))
    # unsealed all the same; only its key stays there, which opens nothing
    has(ring.call(0, "keyring", "unseal", lines="pass\n", env=gone)[1], "the old key is still in the secret service")
    same(ring.call(0, "keyring", "list")[0], "aws:k\n")


CASES = [what_is_remembered_opens_without_a_question, another_passphrase_is_another_key, lock_takes_it_back, a_service_that_is_gone_is_said,
         a_service_that_is_locked_is_said]  # last: only a dialog unlocks it


def missing():
    """Why there is nothing to try; None: there is."""
    for name in NEEDED:
        if shutil.which(name) is None:
            return f"there is no {name}"
    plugin = os.path.join(os.path.dirname(SN0INT), "src/host/start/secret.so")
    return None if os.path.exists(plugin) else "sn0int was built without libsecret"


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])
    why = missing()
    if why is not None:
        print(f"1..0 # SKIP {why}")
        return 0
    if os.environ.get("SN0INT_TEST_BUS") is None:
        with tempfile.TemporaryDirectory(prefix="bus") as home:
            env = {"HOME": home, "XDG_RUNTIME_DIR": home, "XDG_DATA_HOME": home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
                   "SN0INT_TEST_BUS": "1"}
            return subprocess.run(["dbus-run-session", "--", sys.executable, *sys.argv], env=env).returncode
    if not unlock_service():
        print("1..0 # SKIP gnome-keyring has no collection here")
        return 0
    return tap.run(CASES, lambda case: case(), sys.argv[2:])


sys.exit(main())
