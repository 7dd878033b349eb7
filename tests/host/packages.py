#!/usr/bin/env python3
"""packages.py SN0INT [CASE...]: install, update, uninstall, quickstart, diff and verify over whole commands, from a folder that is the registry.

What holds after each: below modules/ lies what the reference program would have and nothing else, and each row of packages.json is that
of the module. SN0INT_KILLS says how many updates are killed; the default is for make check. TAP.
"""
import hashlib
import json
import os
import pty
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from tap import has, same  # noqa: E402

KILLS = int(os.environ.get("SN0INT_KILLS", "12"))
SN0INT = None


def code(name, version, *headers, body=""):
    head = "".join(f"-- {h}\n" for h in (f"Description: {name}", f"Version: {version}", "License: MIT", *headers))
    return f"{head}\nfunction run()\n{body}end\n"


class Home:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="packages")
        self.home = self.folder.name
        self.env = {"HOME": self.home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        self.share = os.path.join(self.home, ".local/share/sn0int")
        self.modules = os.path.join(self.share, "modules")
        self.registry = os.path.join(self.home, "registry")
        os.makedirs(self.registry)
        self.configure("")

    def configure(self, more):
        self.write(".config/sn0int.toml", f"[core]\nregistry = 'file://{self.registry}'\nno-autoupdate = true\n{more}")

    def write(self, name, text):
        path = os.path.join(self.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)

    def publish(self, name, version, *headers, body=""):
        self.write(f"registry/{name}/{version}.lua", code(name, version, *headers, body=body))

    def start(self, *args, **how):
        return subprocess.Popen([SN0INT, *args], env=self.env, cwd=self.home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **how)

    def run(self, *args, stdin=b""):
        p = self.start(*args)
        out, err = p.communicate(stdin, timeout=100)
        return p.returncode, out.decode(), err.decode()

    def ok(self, *args, stdin=b""):
        status, out, err = self.run(*args, stdin=stdin)
        same((args, status), (args, 0), err)
        return out, err

    def read(self, name):
        with open(os.path.join(self.modules, name + ".lua")) as f:
            return f.read()

    def version(self, name):
        return self.read(name).split("-- Version: ")[1].split("\n")[0]

    def installed(self):
        """Modules and what else lies there."""
        return {os.path.relpath(os.path.join(folder, n), self.modules) for folder, _, names in os.walk(self.modules) for n in names}

    def rows(self):
        with open(os.path.join(self.share, "packages.json")) as f:
            return json.load(f)["packages"]

    def check(self, *names):
        """These are installed, whole, with their rows, and nothing else is there."""
        same(self.installed(), {n + ".lua" for n in names})
        rows = self.rows()
        same(set(rows), set(names))
        for name in names:
            text = self.read(name)
            same((rows[name]["sha256"], rows[name]["version"]), (hashlib.sha256(text.encode()).hexdigest(), self.version(name)), name)
            same(rows[name]["registry"], "file://" + self.registry)
        same(sorted(n for n in os.listdir(self.share) if n.startswith("packages") and not n.endswith(".lock")), ["packages.json"])
        same(os.stat(os.path.join(self.share, "packages.json")).st_mode & 0o777, 0o600)


def line(name, text):
    return f"[+] {name:<50}: {text}\n"


def a_module_is_installed(home):
    home.publish("bob/one", "0.1.0")
    home.publish("bob/one", "0.2.0")
    home.publish("bob/two", "1.0.0")
    same(home.ok("install", "bob/one"), ("", ""))
    same(home.ok("pkg", "install", "bob/two"), ("", ""))
    same(home.version("bob/one"), "0.2.0")
    home.check("bob/one", "bob/two")
    home.ok("pkg", "install", "bob/one", "0.1.0")
    same(home.version("bob/one"), "0.1.0")
    home.check("bob/one", "bob/two")
    same(home.ok("pkg", "verify"), ("[+] 2 as they were installed\n", ""))


def what_cannot_be_installed_is_said(home):
    home.publish("bob/one", "0.1.0")
    home.write("registry/bob/bad/0.1.0.lua", "function run() end\n")
    home.write("registry/bob/other/0.1.0.lua", code("x", "0.2.0"))
    for words, status, said in (
            (("bob/nosuch",), 1, "Failed to query module infos"), (("bob/one", "9.9.9"), 1, "Failed to download module"),
            (("noslash",), 2, "no AUTHOR/NAME"), (("../../x",), 2, "no AUTHOR/NAME"), (("/etc/passwd",), 2, "no AUTHOR/NAME"),
            (("bob/" + "x" * 65,), 2, "no AUTHOR/NAME"), (("bob/one", "latest"), 2, "latest"), (("bob/one", "../0.1.0"), 2, "0.1.0"),
            (("bob/bad",), 1, "Failed to"), (("bob/other",), 1, "0.2.0")):
        got = home.run("pkg", "install", *words)
        same((words, got[0], got[1]), (words, status, ""), got[2])
        has(got[2], said)
    same(home.installed(), set())


def a_redirect_is_followed(home):
    home.publish("bob/one", "0.2.0")
    home.publish("bob/old", "0.1.0")
    home.write("registry/bob/old/redirect", "bob/one\n")
    same(home.ok("pkg", "install", "bob/old"), ("", "[!] bob/old has become bob/one, which is installed\n"))
    home.check("bob/one")
    home.ok("pkg", "install", "-f", "bob/old")
    home.check("bob/old", "bob/one")
    same(home.ok("pkg", "update", "--dry-run")[0], line("bob/old", "would be replaced with bob/one"))
    home.check("bob/old", "bob/one")
    same(home.ok("pkg", "update")[0], line("bob/old", "replaced with bob/one"))
    home.check("bob/one")
    # the target is brought where it is not there
    home.ok("pkg", "uninstall", "bob/one")
    home.ok("pkg", "install", "-f", "bob/old")
    same(home.ok("pkg", "update")[0], line("bob/old", "replaced with bob/one"))
    home.check("bob/one")
    # in a circle
    home.write("registry/bob/one/redirect", "bob/old\n")
    status, _, err = home.run("pkg", "install", "bob/one")
    same(status, 1)
    has(err, "more than 5 redirects")


def an_update_says_what_changes(home):
    home.publish("bob/keys", "0.1.0")
    home.publish("bob/same", "0.1.0")
    home.ok("pkg", "install", "bob/keys")
    home.ok("pkg", "install", "bob/same")
    home.publish("bob/keys", "0.2.0", "Source: domains", "Keyring-Access: aws", "Stealth: loud")
    home.publish("bob/same", "0.1.1")
    for words, done in ((("-n",), "would be updated"), ((), "updated")):
        out, err = home.ok("pkg", "update", *words)
        same(out, line("bob/keys", f"{done} v0.1.0 -> v0.2.0") + line("bob/same", f"{done} v0.1.0 -> v0.1.1"))
        has(err, "bob/keys: +-- Keyring-Access: aws\n", "[!] bob/keys wants keys of aws, and did not before\n",
            "[!] bob/keys runs on domains, and ran on nothing\n", "[!] bob/keys says that it is loud, and was normal\n")
        assert "bob/same" not in err, err
    home.check("bob/keys", "bob/same")
    same(home.ok("pkg", "update"), ("", ""))


ASKS = "http_request(http_mksession(), 'GET', 'https://{}/', {{}}) "


def an_update_that_may_more_is_asked_about(home):
    """Not one that may less, nor where nobody is kept to what a text says."""
    home.publish("bob/grows", "0.1.0", body=ASKS.format("a.example"))
    home.publish("bob/shrinks", "0.1.0", body=ASKS.format("a.example") + ASKS.format("b.example"))
    for name in ("bob/grows", "bob/shrinks"):
        home.ok("pkg", "install", name)
    home.publish("bob/grows", "0.2.0", body=ASKS.format("a.example") + ASKS.format("c.example") + "db_add('domain', {value='x.example'}) ")
    home.publish("bob/shrinks", "0.2.0", body=ASKS.format("b.example"))
    says = "[!] bob/grows now also talks to c.example:443, now also adds domain\n"
    out, err = home.ok("pkg", "update", "-n")
    same(out, line("bob/grows", "would be updated v0.1.0 -> v0.2.0, after a question: it may do more than before")
         + line("bob/shrinks", "would be updated v0.1.0 -> v0.2.0"))
    has(err, says, "[!] bob/shrinks no longer talks to a.example:443\n")
    status, out, err = home.run("pkg", "update", stdin=b"y\n")
    same((status, out), (1, line("bob/shrinks", "updated v0.1.0 -> v0.2.0")))
    has(err, says, "bob/grows: it may do more than before, and is not updated without a question at a terminal (sn0int pkg install bob/grows takes it)")
    same(home.version("bob/grows"), "0.1.0")
    same(on_a_terminal(home, b"n\n", "pkg", "update")[0], 1)
    same(home.version("bob/grows"), "0.1.0")
    status, said = on_a_terminal(home, b"y\n", "pkg", "update")
    same(status, 0, said)
    has(said, "c.example:443", "bob/grows may do more than before, is it to be updated?")
    home.check("bob/grows", "bob/shrinks")
    same(home.version("bob/grows"), "0.2.0")
    home.publish("bob/grows", "0.3.0", body=ASKS.format("d.example"))
    home.configure('[run]\npermissions = "off"\n')
    has(home.ok("pkg", "update")[0], "updated v0.2.0 -> v0.3.0")


def what_was_changed_by_hand_stays(home):
    home.publish("bob/one", "0.1.0")
    home.publish("bob/two", "0.1.0")
    for name in ("bob/one", "bob/two"):
        home.ok("pkg", "install", name)
        home.publish(name, "0.2.0")
    own = home.read("bob/one") + "-- mine\n"
    home.write(".local/share/sn0int/modules/bob/one.lua", own)
    status, out, err = home.run("pkg", "update", stdin=b"y\n")
    same((status, out), (1, line("bob/two", "updated v0.1.0 -> v0.2.0")))
    has(err, "bob/one: it was changed since it was installed")
    same(home.read("bob/one"), own)
    status, out, _ = home.run("pkg", "verify")
    same((status, out), (1, f"[!] bob/one: changed since 0.1.0 came from file://{home.registry}\n[+] 1 as it was installed\n"))
    has(home.ok("pkg", "diff", "bob/one", "0.1.0")[0], "\n--- mine\n")
    for words in (("install", "bob/one"), ("uninstall", "bob/one")):
        same(home.run("pkg", *words, stdin=b"y\n")[:2], (1, ""))
        same(home.read("bob/one"), own)
    # at a terminal it is a question
    same(on_a_terminal(home, b"n\n", "pkg", "update")[0], 1)
    same(home.read("bob/one"), own)
    status, said = on_a_terminal(home, b"y\n", "pkg", "update")
    same(status, 0, said)
    has(said, "is it to be updated?")
    home.check("bob/one", "bob/two")


def on_a_terminal(home, answer, *args):
    main, side = pty.openpty()
    p = subprocess.Popen([SN0INT, *args], env=home.env, cwd=home.home, stdin=side, stdout=side, stderr=side, start_new_session=True)
    os.close(side)
    said, answered = b"", False
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:
            break
        if not part:
            break
        said += part
        if not answered and b"[y/N]" in said:
            os.write(main, answer)
            answered = True
    os.close(main)
    return p.wait(timeout=100), said.decode("utf-8", "replace")


def other_code_under_the_same_version_is_refused(home):
    home.publish("bob/one", "0.1.0")
    home.ok("pkg", "install", "bob/one")
    before = home.read("bob/one")
    home.publish("bob/one", "0.1.0", body="-- other\n")
    status, _, err = home.run("pkg", "install", "bob/one")
    same(status, 1)
    has(err, "other code for version 0.1.0")
    same(home.read("bob/one"), before)
    home.ok("pkg", "install", "-f", "bob/one")
    home.check("bob/one")


def what_the_peer_installed_is_updated(home):
    home.publish("bob/one", "0.2.0")
    home.write(".local/share/sn0int/modules/bob/one.lua", code("bob/one", "0.1.0"))
    same(home.ok("pkg", "verify")[0], "[*] bob/one: nobody knows where it came from\n")
    same(home.ok("pkg", "update")[0], line("bob/one", "updated v0.1.0 -> v0.2.0"))
    home.check("bob/one")


def what_is_the_users_own_is_not_touched(home):
    home.publish("link/a", "0.2.0")
    home.publish("git/a", "0.2.0")
    home.publish("name/a", "0.2.0")
    home.publish("me/unknown", "0.2.0")
    own = code("x", "0.1.0")
    for name in ("mine/a", ".local/share/sn0int/modules/git/a", "space/a", ".local/share/sn0int/modules/me/other"):
        home.write(name + ".lua", own)
    os.mkdir(os.path.join(home.modules, "git/.git"))
    os.symlink(os.path.join(home.home, "mine"), os.path.join(home.modules, "link"))
    home.configure(f"[namespaces]\nname = '{home.home}/space'\n")
    out, err = home.ok("pkg", "update")
    same(out, "")
    has(err, "[!] me/other: ")
    for name in ("link/a", "git/a", "name/a"):
        status, _, err = home.run("pkg", "install", name)
        same(status, 1)
        has(err, "yours and not the registry's")
    for name in ("link/a", "git/a"):
        same(home.read(name), own)
        same(home.run("pkg", "uninstall", name)[0], 1)


def a_module_is_uninstalled(home):
    home.publish("bob/one", "0.1.0")
    home.publish("bob/two", "0.1.0")
    home.ok("pkg", "install", "bob/one")
    home.ok("pkg", "install", "bob/two")
    has(home.ok("pkg", "uninstall", "--dry-run", "bob/one")[0], "bob/one would be removed: ")
    home.check("bob/one", "bob/two")
    same(home.ok("pkg", "uninstall", "bob/one"), ("", ""))
    home.check("bob/two")
    same(home.run("pkg", "uninstall", "bob/one"), (1, "", "Error: bob/one is not installed\n"))
    home.ok("pkg", "uninstall", "bob/two")
    home.check()
    same(os.listdir(home.modules), [])


def quickstart_brings_what_is_missing(home):
    names = [f"a{i % 7}/m{i}" for i in range(60)]
    for name in names:
        home.publish(name, "0.1.0")
    same(set(home.ok("pkg", "quickstart", "-n")[0].splitlines(True)), {line(n, "would be installed v0.1.0") for n in names})
    same(home.installed(), set())
    home.ok("pkg", "install", names[0])
    same(set(home.ok("pkg", "quickstart")[0].splitlines(True)), {line(n, "installed v0.1.0") for n in names[1:]})
    home.check(*names)
    same(home.ok("pkg", "quickstart"), ("", ""))


def quickstart_grows_with_the_rows_alone(home):
    """A module of 20 KB costs a row of some hundred bytes of memory, as it is folded, and not its text."""
    with open(SN0INT, "rb") as f:
        if b"__asan_init" in f.read():
            raise tap.Skip("a sanitizer keeps what was freed")
    few, many = 50, max(500, int(os.environ.get("SN0INT_ROWS", "0")) // 100)
    peaks = []
    for n in (few, many):
        for i in range(n):
            if not os.path.exists(os.path.join(home.registry, f"a{i % 50}/m{i}")):
                home.publish(f"a{i % 50}/m{i}", "0.1.0", body="-- 1234567\n" * 2000)
        p = home.start("pkg", "quickstart", "-n")
        same(len(p.communicate(timeout=1000)[0].splitlines()), n if n == few else n - few)
        p = subprocess.Popen([SN0INT, "pkg", "quickstart"], env=home.env, cwd=home.home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        peaks.append(peak_of(p))
        same(p.wait(), 0)
    same(len(home.installed()), many)
    print(f"# {few} modules: {peaks[0]} KiB, {many}: {peaks[1]} KiB", flush=True)
    assert peaks[1] - peaks[0] < 2048 + (many - few), peaks


def peak_of(p):
    """KiB, as far as it is seen before it ends: what wait4(2) tells has ours in it, from before it was another program."""
    peak = 0
    while p.poll() is None:
        try:
            with open(f"/proc/{p.pid}/status") as f:
                peak = max(peak, int(f.read().split("VmHWM:")[1].split()[0]))
        except (IndexError, OSError):
            pass
        time.sleep(0.001)
    return peak


def the_prompt_has_what_is_new(home):
    home.publish("bob/one", "0.1.0")
    out, err = home.ok(stdin=b"pkg install bob/one\nuse one\npkg uninstall bob/one\nuse one\n")
    has(out, "Loaded 1 modules\n", "Loaded 0 modules\n")
    has(err, "Module not found: one")


def what_is_newer_is_looked_for_while_a_module_runs(home):
    """Nobody waits for it; what it has found is told by whoever opens a workspace next."""
    home.publish("bob/one", "0.1.0", body="stdin_readline()\n")
    home.publish("bob/two", "0.1.0")
    home.ok("pkg", "quickstart")
    home.publish("bob/two", "0.2.0")
    state = os.path.join(home.share, "autoupdate.json")
    # it may not
    home.ok("run", "bob/two")
    assert not os.path.exists(state)
    home.write(".config/sn0int.toml", f"[core]\nregistry = 'file://{home.registry}'\n")
    p = home.start("run", "--stdin", "bob/one")
    while not os.path.exists(state):
        assert p.poll() is None, p.communicate()
        time.sleep(0.01)
    same(p.communicate(b"", timeout=100), (b"[+] Finished bob/one\n", b""))
    with open(state) as f:
        same(json.load(f)["outdated"], ["bob/two"])
    same(os.stat(state).st_mode & 0o777, 0o600)
    # it was looked for a moment ago
    before = os.stat(state)
    same(home.ok("run", "bob/two"), ("[+] Finished bob/two\n", "[!] 1 modules are outdated, run: pkg update\n"))
    same(os.stat(state).st_mtime_ns, before.st_mtime_ns)
    has(home.ok("pkg", "list")[0], "bob/one 0.1.0\n", "bob/two 0.1.0 [outdated]\n")
    same(home.ok("pkg", "look")[0], "bob/two\n")
    home.ok("pkg", "update")
    same(home.ok("run", "bob/two"), ("[+] Finished bob/two\n", ""))
    same(home.ok("pkg", "list", "--outdated"), ("", ""))
    # a registry that cannot be asked: nothing is noted, and nobody is disturbed
    os.rename(home.registry, home.registry + ".away")
    with open(state, "w") as f:
        f.write('{"registry":1,"last_update":1,"outdated":[]}')
    same(home.ok("run", "bob/two"), ("[+] Finished bob/two\n", ""))
    same(home.run("pkg", "look")[0], 1)
    with open(state) as f:
        same(json.load(f), {"registry": 1, "last_update": 1, "outdated": []})


def nobody_waits_for_a_registry_that_does_not_answer(home):
    """Whoever asks it ends with the command, and so does the child that has the connection."""
    home.publish("bob/one", "0.1.0", body="stdin_readline()\n")
    home.ok("pkg", "quickstart")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(100)
        home.write(".config/sn0int.toml", f"[core]\nregistry = 'http://127.0.0.1:{server.getsockname()[1]}'\n")
        p = home.start("run", "--stdin", "bob/one")
        connection, _ = server.accept()
        with connection:
            connection.settimeout(100)
            got = b""
            while b"\r\n\r\n" not in got:
                got += connection.recv(65536)
            has(got.decode(), "GET /api/v0/latest ")
            same(p.communicate(b"", timeout=100), (b"[+] Finished bob/one\n", b""))
            same(connection.recv(65536), b"")
    assert not os.path.exists(os.path.join(home.share, "autoupdate.json"))


def an_interrupt_ends_it_at_once(home):
    """One line, its status, and what is there stays."""
    home.publish("bob/one", "0.1.0")
    home.publish("bob/two", "0.1.0")
    home.ok("pkg", "quickstart")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(100)
        p = home.start("pkg", "update", "--registry", f"http://127.0.0.1:{server.getsockname()[1]}")
        connection, _ = server.accept()
        with connection:
            p.send_signal(signal.SIGINT)
            same((p.communicate(timeout=100), p.returncode), ((b"", b"Error: Interrupted\n"), 130))
    home.check("bob/one", "bob/two")


def an_interrupt_is_not_lost_between_two_modules(home):
    """A folder answers at once: the signal comes while a module is written, not while somebody waits."""
    names = {f"bob/m{i}.lua" for i in range(3000)}
    for name in names:
        home.publish(name[:-4], "0.1.0")
    p = home.start("pkg", "quickstart")
    while not home.installed() & names and p.poll() is None:
        time.sleep(0.001)
    p.send_signal(signal.SIGINT)
    err = p.communicate(timeout=100)[1]
    # or it dies of it, while it looks for the next one
    assert (err, p.returncode) in ((b"Error: Interrupted\n", 130), (b"", -signal.SIGINT)), (err, p.returncode)
    there = home.installed()
    assert there < names, len(there)
    home.ok("pkg", "install", "bob/m0")
    home.check("bob/m0", *(n[:-4] for n in there))


def what_would_go_is_shown_whole(home):
    """Of what was changed by hand all that differs, not only its header."""
    home.publish("bob/one", "0.1.0")
    home.ok("pkg", "install", "bob/one")
    with open(os.path.join(home.modules, "bob/one.lua"), "a") as f:
        f.write("-- my own line\n")
    home.publish("bob/one", "0.2.0")
    has(home.run("pkg", "update")[2], "bob/one: --- as it is here\n", "bob/one: --- my own line\n")
    status, out, err = home.run("pkg", "update", "--dry-run")
    same((status, out), (0, line("bob/one", "would be updated v0.1.0 -> v0.2.0, after a question: it was changed since it was installed")))
    has(err, "bob/one: --- my own line\n")


def nobody_takes_the_name_of_what_came_with_sn0int(home):
    why = "modules of the author bundled come with sn0int, and from no registry"
    for name in ("bundled/robots", "bundled/other", "bob/one"):
        home.publish(name, "9.0.0")
    home.write("registry/bob/old/redirect", "bundled/robots\n")
    for name in ("bundled/robots", "bob/old"):
        status, out, err = home.run("pkg", "install", name)
        same((status, out), (1, ""))
        has(err, why)
    status, out, err = home.run("pkg", "quickstart")
    same((status, out), (1, line("bob/one", "installed v9.0.0")))
    same(err, f"[-] bundled/other: {why}\n[-] bundled/robots: {why}\n")
    # that is the user's own
    home.write(".local/share/sn0int/modules/bundled/robots.lua", code("robots", "0.1.0"))
    same(home.ok("pkg", "update"), ("", ""))


def who_may_not_write_may_look(home):
    """A home on a medium that is read-only, or somebody else's."""
    if os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], stdin=subprocess.DEVNULL, capture_output=True).returncode != 0:
        print("# no mount namespace: skipped", flush=True)
        return
    home.publish("bob/one", "0.1.0")
    home.publish("bob/two", "0.1.0")
    home.ok("pkg", "install", "bob/one")
    home.publish("bob/one", "0.2.0")
    os.chmod(home.share, 0o500)
    wrap = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"', home.share] if os.geteuid() == 0 else []

    def run(*args):
        p = subprocess.run([*wrap, SN0INT, *args], env=home.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100)
        return p.returncode, p.stdout, p.stderr
    try:
        same(run("pkg", "verify"), (0, "[+] 1 as it was installed\n", ""))
        same(run("pkg", "update", "--dry-run")[:2], (0, line("bob/one", "would be updated v0.1.0 -> v0.2.0")))
        same(run("pkg", "quickstart", "--dry-run"), (0, line("bob/two", "would be installed v0.1.0"), ""))
        same(run("pkg", "uninstall", "--dry-run", "bob/one")[0], 0)
        status, out, err = run("pkg", "install", "bob/two")
        same((status, out, err.count("Error: ")), (1, "", 1), err)
        has(err, "cannot lock ")
    finally:
        os.chmod(home.share, 0o700)
    home.check("bob/one")


def what_cannot_be_read_does_not_hide_the_others(home):
    for name in ("bob/a", "bob/b", "bob/c"):
        home.publish(name, "0.1.0")
        home.ok("pkg", "install", name)
    os.remove(os.path.join(home.modules, "bob/a.lua"))
    os.mkdir(os.path.join(home.modules, "bob/a.lua"))
    home.write(".local/share/sn0int/modules/bob/c.lua", "x")
    status, out, err = home.run("pkg", "verify")
    same(status, 1)
    has(out, "[!] bob/c: changed since 0.1.0", "[+] 1 as it was installed\n")
    has(err, "Error: cannot verify bob/a\n", "Is a directory")


def what_nobody_could_read_is_not_all_there_is(home):
    """Of a module of the list that is not right it is told, and the others are installed."""
    home.publish("bob/one", "0.1.0")
    home.write("registry/bob/two/0.1.0.lua", "no header\n")
    status, out, err = home.run("pkg", "quickstart")
    same((status, out), (1, line("bob/one", "installed v0.1.0")))
    has(err, "[!] the registry's bob/two/0.1.0.lua: Failed to parse header: line 1")
    for i in range(30):
        home.write(f"registry/bob/one/no-{i}.lua", "")
    err = home.run("search", "one")[2]
    same(err.count("is no version like 1.2.3"), 20)
    has(err, "[!] the registry has 10 more files that are left out\n")


def the_same_text_of_two_processes_is_no_conflict(home):
    """Both want what the other one has just put there."""
    names = [f"bob/m{i}" for i in range(60)]
    for version in ("0.1.0", "0.2.0"):
        for name in names:
            home.publish(name, version)
        both = [home.start("pkg", "quickstart" if version == "0.1.0" else "update") for _ in range(3)]
        for p in both:
            same((p.communicate(timeout=100)[1].count(b"meanwhile"), p.returncode), (0, 0))
        home.check(*names)


def several_at_once_lose_nothing(home):
    names = [f"bob/m{i}" for i in range(8)]
    for name in names:
        home.publish(name, "0.1.0")
    all = [home.start("pkg", "install", name) for name in names]
    for p in all:
        same((p.communicate(timeout=100)[1], p.returncode), (b"", 0))
    home.check(*names)


def an_update_is_killed_at_any_moment(home):
    """Each module is the old one or the new one, whole, with its row; nothing is left of what was begun."""
    names = [f"a{i % 3}/m{i}" for i in range(12)]
    for name in names:
        home.publish(name, "0.1.0")
    start = time.monotonic()
    home.ok("pkg", "quickstart")
    span = (time.monotonic() - start) * 1.3
    killed = 0
    for i in range(KILLS):
        version = f"0.{i + 2}.0"
        for name in names:
            home.publish(name, version, body="-- " + "x" * 5000 + "\n")
        p = home.start("pkg", "update")
        try:
            p.communicate(timeout=random.random() * span)
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
            killed += 1
        same(home.installed(), {n + ".lua" for n in names})
        for name in names:
            text, v = home.read(name), home.version(name)
            same(text, open(os.path.join(home.registry, name, v + ".lua")).read(), name)
        # whoever comes next finds each as it was installed
        same(home.run("pkg", "verify")[:2], (0, "[+] 12 as they were installed\n"))
    home.ok("pkg", "update")
    home.publish("b/last", "0.1.0")
    home.ok("pkg", "install", "b/last")
    home.check("b/last", *names)
    print(f"# {killed} of {KILLS} were killed", flush=True)


CASES = [a_module_is_installed, what_cannot_be_installed_is_said, a_redirect_is_followed, an_update_says_what_changes, an_update_that_may_more_is_asked_about,
         what_was_changed_by_hand_stays, other_code_under_the_same_version_is_refused, what_the_peer_installed_is_updated,
         what_is_the_users_own_is_not_touched, a_module_is_uninstalled, quickstart_brings_what_is_missing, quickstart_grows_with_the_rows_alone, the_prompt_has_what_is_new,
         what_is_newer_is_looked_for_while_a_module_runs, nobody_waits_for_a_registry_that_does_not_answer,
         an_interrupt_ends_it_at_once, an_interrupt_is_not_lost_between_two_modules, what_would_go_is_shown_whole,
         nobody_takes_the_name_of_what_came_with_sn0int,
         who_may_not_write_may_look, what_cannot_be_read_does_not_hide_the_others,
         what_nobody_could_read_is_not_all_there_is, the_same_text_of_two_processes_is_no_conflict, several_at_once_lose_nothing, an_update_is_killed_at_any_moment]


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])
    return tap.run(CASES, lambda case: case(Home()), sys.argv[2:])


sys.exit(main())
