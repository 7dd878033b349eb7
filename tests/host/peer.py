#!/usr/bin/env python3
"""peer.py SN0INT [CASE...]: files of sn0int 0.26.1 open here, and what is written here is what it wants.

What it wants is written down as readers in Python, from docs/files.md and the pages it was recorded for: strict where it is strict
(a type, the letters of an id, a field that is missing), and passing over what it passes over. Each file of ours goes through them
after each command that writes one, with twenty keys a namespace, grants, notifications, private folders and settings that only one
of the two knows. TAP.
"""
import glob
import ipaddress
import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import tomllib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from tap import has, same  # noqa: E402

ID = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9-]+")


# ---- what the peer reads

def is_text(value):
    assert isinstance(value, str), value


def is_texts(value):
    assert isinstance(value, list) and all(isinstance(v, str) for v in value), value


def is_bool(value):
    assert isinstance(value, bool), value


def is_time(value):
    assert isinstance(value, int) and not isinstance(value, bool), value


def is_address(value):
    host, _, port = value.rpartition(":")
    ipaddress.ip_address(host.strip("[]"))
    assert 0 <= int(port) < 65536, value


def is_rule(rule):
    """A scalar in [notifications] ends every command of it."""
    assert isinstance(rule, dict) and "script" in rule, rule
    for name, kind in (("script", is_text), ("workspaces", is_texts), ("topics", is_texts), ("options", is_texts)):
        if name in rule:
            kind(rule[name])
    assert all("=" in option for option in rule.get("options", ())), rule


def read_config(text):
    config = tomllib.loads(text)
    known = {"core": {"registry": is_text, "no-autoupdate": is_bool}, "network": {"proxy": is_address, "user_agent": is_text}}
    for section in ("core", "network", "namespaces", "notifications"):
        assert isinstance(config.get(section, {}), dict), section
    for section, keys in known.items():
        for name, kind in keys.items():
            if name in config.get(section, {}):
                kind(config[section][name])
    for folder in config.get("namespaces", {}).values():
        is_text(folder)
    for rule in config.get("notifications", {}).values():
        is_rule(rule)
    return config


def read_ring(data):
    ring = json.loads(data)
    for names in ring["keys"].values():
        assert all(secret is None or isinstance(secret, str) for secret in names.values()), names
    for modules in ring["grants"].values():
        assert all(ID.fullmatch(m) for m in modules), modules  # else the file does not load
    return ring


def read_outdated(data):
    state = json.loads(data)
    if state["registry"] is not None:
        is_time(state["registry"])
    is_time(state["last_update"])
    is_texts(state["outdated"])
    return state


def check_modules(home):
    """Folders of authors with *.lua in them and nothing else."""
    top = os.path.join(home.share, "modules")
    for author in os.listdir(top) if os.path.isdir(top) else ():
        for name in os.listdir(os.path.join(top, author)):
            assert name.endswith(".lua") or name == ".git", (author, name)


def check(home):
    """All that there is; the ring."""
    check_modules(home)
    at = lambda name: os.path.join(home.share, name)
    if os.path.exists(at("autoupdate.json")):
        read_outdated(home.content(at("autoupdate.json")))
    if os.path.exists(at("auth")):
        same(len(home.content(at("auth")).splitlines()), 1)
    return read_ring(home.content(at("keyring.json"))) if os.path.exists(at("keyring.json")) else None


# ---- ours

def ok(home, *args, stdin=b""):
    """Standard output, and what was said beside it."""
    p = subprocess.run([Home.program, *args], input=stdin, env=home.env, cwd=home.path, capture_output=True, timeout=WAIT)
    same((args, p.returncode), (args, 0), p.stderr)
    return p.stdout.decode(), p.stderr.decode()


def module_text(*headers, body="end"):
    head = "".join(f"-- {h}\n" for h in ("Description: x", "Version: 0.1.0", "License: GPL-3.0", *headers))
    return f"{head}\nfunction run(arg)\n{body}\n".encode()


KEYS = "local i = 1\nwhile keyring('{0}')[i] do local k = keyring('{0}')[i] info(k['access_key'] .. '=' .. (k['secret_key'] or '-')) i = i + 1 end end"

THEIRS = """\
# kept since 2021
unknown-to-both = 1

[core]
no-autoupdate = true
later = "a key of a newer version"

[network]
user_agent = "Mozilla/5.0"

[namespaces]
mine = "src/mine"
tilde = "~/src/tilde"

[notifications.telegram]
script = "me/telegram"
workspaces = ["client"]
topics = ["!db:*:*.internal.test:insert", "db:subdomain:*:insert"]
options = ["chat=1234", "token=a=b"]

[notifications.all]
script = "me/telegram"

[later]
key = [1, 2, { a = 1 }]
"""


def its_files(home):
    """What years with it leave in a home."""
    ring = {"keys": {ns: {f"k{i}:{i}": None if i == 7 else f"{ns}-s{i}" for i in range(20)} for ns in ("aws", "shodan", "x-y")},
            "grants": {ns: [f"me/m{i}" for i in range(20)] for ns in ("aws", "shodan")}}
    home.write(".config/sn0int.toml", THEIRS.encode())
    home.write(".local/share/sn0int/keyring.json", json.dumps(ring).encode())
    home.write(".local/share/sn0int/autoupdate.json", b'{"registry":1700000000,"last_update":1700000100,"outdated":["me/m0"]}')
    home.write(".local/share/sn0int/auth", b"abcdefghijklmnopqrstuvwxyz012345\n")
    for i in range(20):
        home.module(f"me/m{i}", "Keyring-Access: aws", body=KEYS.format("aws"))
    home.module("me/telegram", "Source: notifications")
    home.module("git/a")
    home.write(".local/share/sn0int/modules/git/.git", b"gitdir: /nowhere\n")
    home.write("elsewhere/b.lua", module_text())
    os.symlink(os.path.join(home.path, "elsewhere"), os.path.join(home.share, "modules/linked"))
    home.write("src/mine/c.lua", module_text())
    home.write("src/tilde/d.lua", module_text())
    home.module("mine/hidden")  # the namespace stands in its place
    return ring


def files_of_the_peer_open(home):
    ring = its_files(home)
    listed = sorted(line.split()[0] for line in ok(home, "pkg", "list")[0].splitlines() if not line.startswith("    "))
    same(listed, sorted(["git/a", "linked/b", "mine/c", "tilde/d", "me/telegram"] + [f"me/m{i}" for i in range(20)]))
    same(ok(home, "pkg", "list", "--outdated")[0].split()[0], "me/m0")
    same(sorted(ok(home, "keyring", "list")[0].split()), sorted(f"{ns}:{k}" for ns, names in ring["keys"].items() for k in names))
    same(ok(home, "keyring", "get", "-q", "x-y:k3:3")[0].strip(), "x-y-s3")
    # granted there by name, used here without a question
    out = ok(home, "run", "me/m19")[0]
    for name, secret in ring["keys"]["aws"].items():
        has(out, f'"{name}={secret or "-"}"\n')
    assert "shodan-s" not in out
    same(check(home), ring)


def its_private_folders_are_private(home):
    its_files(home)
    for module, want in (("git/a", True), ("linked/b", True), ("mine/c", True), ("tilde/d", True), ("me/m0", False)):
        start = json.loads(ok(home, "run", "--dump-sandbox-init-msg", module)[0])
        same((module, start["module"]["private_module"]), (module, want))


def settings_that_only_it_knows_stop_nothing(home):
    its_files(home)
    err = ok(home, "stats", "-q")[1]
    for warning in ("unknown key unknown-to-both", "unknown key later in [core]", "unknown section [later]"):
        same(err.count(warning), 1, err)
    for known in ("namespaces", "user_agent"):
        assert known not in err, err
    same(home.content(".config/sn0int.toml").decode(), THEIRS)


def its_files_survive_our_commands(home):
    """What it wrote is kept through each command that writes the same file."""
    ring = its_files(home)
    untouched = {n: home.content(os.path.join(home.share, n)) for n in ("auth", "autoupdate.json")}
    for i in range(20, 40):
        ok(home, "keyring", "add", f"aws:n{i}", f"s{i}")
        ring["keys"]["aws"][f"n{i}"] = f"s{i}"
        same(check(home)["keys"], ring["keys"])
    ok(home, "keyring", "delete", "shodan:k0:0")
    del ring["keys"]["shodan"]["k0:0"]
    ok(home, "keyring", "revoke", "aws", "me/m3")
    ring["grants"]["aws"].remove("me/m3")
    ok(home, "run", "--grant", "aws", "me/m4")
    got = check(home)
    same(got["keys"], ring["keys"])
    same({ns: sorted(m) for ns, m in got["grants"].items()}, {ns: sorted(m) for ns, m in ring["grants"].items()})
    same({n: home.content(os.path.join(home.share, n)) for n in untouched}, untouched)


def ours_from_the_first_command_on(home):
    """A home that only ours has written; the ring is what it could have written."""
    names = {ns: {f"k{i}": f"s{i}" for i in range(20)} for ns in ("aws", "shodan")}
    for ns, keys in names.items():
        for name, secret in keys.items():
            ok(home, "keyring", "add", f"{ns}:{name}", secret)
    same(check(home), {"keys": names, "grants": {}})
    for i in range(20):
        home.module(f"me/m{i}", "Keyring-Access: aws", "Keyring-Access: shodan")
        ok(home, "run", f"me/m{i}", *(("--grant", "aws") if i % 2 else ("--grant-full-keyring",)), *(("--deny-keyring",) if i == 3 else ()),
           *(("--grant", "shodan") if i % 2 else ()))
    # a name beyond its letters would make all of the ring unreadable to it
    home.module("me/my module", "Keyring-Access: aws")
    ok(home, "run", "me/my module", "--grant", "aws")
    ring = check(home)
    want = sorted(f"me/m{i}" for i in range(20) if i != 3)
    same({ns: sorted(m) for ns, m in ring["grants"].items()}, {"aws": want, "shodan": want})
    has(ok(home, "keyring", "grants")[0], "me/my module")
    same(stat.S_IMODE(os.stat(os.path.join(home.share, "keyring.json")).st_mode), 0o600)


def a_sealed_ring_stays_one_of_its_kind(home):
    ok(home, "keyring", "add", "aws:a", "secret")
    home.module("me/m", "Keyring-Access: aws")
    ok(home, "run", "me/m", "--grant", "aws")
    for command, keys in (("seal", {}), ("unseal", {"aws": {"a": "secret"}})):
        read, write = os.pipe()
        os.write(write, b"pass phrase\npass phrase\n")
        os.close(write)
        p = subprocess.run([Home.program, "keyring", command, "--passphrase-fd", str(read)], env=home.env, cwd=home.path, pass_fds=(read,),
                           stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT)
        os.close(read)
        same((command, p.returncode), (command, 0), p.stderr)
        same(check(home), {"keys": keys, "grants": {"aws": ["me/m"]}})


def registry_of(home, *versions):
    """A folder as registry, with its/m in these versions."""
    for version in versions:
        home.write(f"srv/its/m/{version}.lua", module_text().replace(b"0.1.0", version.encode()))
    return "file://" + os.path.join(home.path, "srv")


def packages_leave_what_it_would_have_left(home):
    """Under modules/ the file and nothing else, whatever is kept of where it came from; what it put there is as good as ours."""
    home.write(".config/sn0int.toml", f'[core]\nregistry = "{registry_of(home, "1.0.0")}"\n'.encode())
    ok(home, "pkg", "install", "its/m")
    check(home)
    same(sorted(os.listdir(os.path.join(home.share, "modules"))), ["its"])
    same(os.listdir(os.path.join(home.share, "modules/its")), ["m.lua"])
    # it installs another one over it, and knows nothing of our rows
    registry_of(home, "1.1.0", "1.2.0")
    home.write(".local/share/sn0int/modules/its/m.lua", home.content("srv/its/m/1.1.0.lua"))
    has(ok(home, "pkg", "list")[0], "its/m 1.1.0\n")
    p = subprocess.run([Home.program, "pkg", "verify"], env=home.env, cwd=home.path, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT)
    same(p.returncode, 1, p.stdout)
    home.write(".local/share/sn0int/modules/its/m.lua", home.content("srv/its/m/1.0.0.lua"))
    ok(home, "pkg", "uninstall", "its/m")
    same(os.listdir(os.path.join(home.share, "modules")), [])  # an author who has none is gone, as there
    ok(home, "pkg", "install", "its/m", "1.1.0")
    ok(home, "pkg", "update")
    has(ok(home, "pkg", "list")[0], "its/m 1.2.0\n")
    check(home)


def packages_leave_private_and_bundled_ones_alone(home):
    """By an id that the registry has in a newer version, too."""
    its_files(home)
    url = registry_of(home, "9.0.0")
    for module in ("git/a", "linked/b", "mine/c", "bundled/whois"):
        home.write(f"srv/{module}/9.0.0.lua", module_text().replace(b"0.1.0", b"9.0.0"))
    home.write(".config/sn0int.toml", THEIRS.replace("[core]\n", f'[core]\nregistry = "{url}"\n').encode())
    before = home.look()["files"]
    p = subprocess.run([Home.program, "pkg", "update"], env=home.env, cwd=home.path, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT)
    after = home.look()["files"]
    same({n for n in before if n.endswith(".lua") and before[n] != after.get(n)}, set(), p.stdout)
    same({n for n in after if n.endswith(".lua")} - before.keys(), set())
    for word in ("git/a", "linked/b", "mine/c", "tilde/d", "bundled/"):
        assert word.encode() not in p.stdout + p.stderr, p
    p = subprocess.run([Home.program, "pkg", "uninstall", "bundled/whois"], env=home.env, cwd=home.path, stdin=subprocess.DEVNULL,
                       capture_output=True, timeout=WAIT)
    same(p.returncode, 1, p.stderr)
    check(home)


def examples():
    """Each piece of sn0int.toml that a page shows: (page, text)."""
    pages = [os.path.join(TOP, "README.md"), *glob.glob(os.path.join(TOP, "docs/**/*.md"), recursive=True)]
    for page in sorted(pages):
        with open(page) as f:
            text = f.read()
        for block in re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S) + re.findall(r"(?:^\n)((?:^(?:    .*)?\n)+)", text, re.M):
            block = "\n".join(line.removeprefix("    ") for line in block.strip("\n").split("\n"))
            if re.match(r"\[[\w.-]+\]\s*\n[\w-]+ *= ", block):
                yield os.path.relpath(page, TOP), block + "\n"


def what_our_pages_show_is_read_by_both(home):
    shown = list(examples())
    assert len(shown) >= 1, "no page shows a configuration"
    for page, text in shown:
        config = read_config(text)
        for folder in config.get("namespaces", {}).values():
            os.makedirs(os.path.join(home.path, folder), exist_ok=True)
        home.write(".config/sn0int.toml", text.encode())
        same((page, ok(home, "paths")[1]), (page, ""))


CASES = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:1] == ("home",)
         and f.__name__ not in ("ok", "check", "check_modules", "its_files", "registry_of")]


def main():
    Home.program = os.path.abspath(sys.argv[1])

    def call(case):
        with tempfile.TemporaryDirectory(prefix="peer") as folder:
            case(Home(folder))
    return tap.run(CASES, call, sys.argv[2:])


sys.exit(main())
