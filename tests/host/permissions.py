#!/usr/bin/env python3
"""permissions.py SN0INT: what the user allows a module and denies it, and what becomes of that in runs and updates. Prints TAP."""
import json
import os
import pty
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import tap  # noqa: E402
from tap import has, same  # noqa: E402

SN0INT = os.path.abspath(sys.argv[1])
HEADER = "-- Description: test\n-- Version: {}\n-- License: GPL-3.0\n{}\n"
WAIT = 240


class Server:
    """Takes whoever comes on 127.0.0.1, and counts."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.come = self.socket.getsockname()[1], 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            s, _ = self.socket.accept()
            self.come += 1
            s.sendall(b"hello\n")
            s.close()


class Home:
    def __init__(self, folder):
        self.folder, self.share = folder, os.path.join(folder, ".local/share/sn0int")
        self.path = os.path.join(self.share, "permissions.json")
        self.env = {"HOME": folder, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        os.makedirs(os.path.join(self.share, "modules/me"))

    def module(self, name, body, more="", version="0.1.0"):
        with open(os.path.join(self.share, f"modules/me/{name}.lua"), "w") as f:
            f.write(HEADER.format(version, more) + f"function run(arg)\n{body}\nend\n")

    def configure(self, text):
        os.makedirs(os.path.join(self.folder, ".config"), exist_ok=True)
        with open(os.path.join(self.folder, ".config/sn0int.toml"), "w") as f:
            f.write(text)

    def ends(self, status, *args):
        p = subprocess.run([SN0INT, *args], env=self.env, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT)
        same((args, p.returncode), (args, status), p.stdout + p.stderr)
        return p.stdout + p.stderr

    def typed(self, status, answer, *args):
        """At a terminal, where a question is answered."""
        ours, theirs = pty.openpty()
        p = subprocess.Popen([SN0INT, *args], env={**self.env, "TERM": "dumb"}, cwd=self.folder, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        said, has_answered = b"", False
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:
                break
            said += more
            if not has_answered and b"[y/N]" in said:
                os.write(ours, answer)
                has_answered = True
        os.close(ours)
        same((args, p.wait(timeout=WAIT)), (args, status), said.decode("utf-8", "replace"))
        return said.decode("utf-8", "replace")


def connects(port, host="127.0.0.1"):
    return f"local s = sock_connect('{host}', {port}, {{}}) if s then info('connected') else info(last_err()) clear_err() end"


def what_the_text_names_is_allowed_and_nothing_else(home):
    """A text that does what it says runs as ever; what it has been told to do at run time is another thing."""
    server = Server()
    local = ("--allow-net", "local")
    home.module("good", connects(server.port))
    has(home.ends(0, "run", "me/good", *local), "connected")
    # the host is an option's, and this option says another one than the text asks for
    home.module("option", f"local s = sock_connect(getopt('host'), {server.port}, {{}}) if s then info('connected') else info(last_err()) clear_err() end")
    has(home.ends(0, "run", "me/option", "-o", "host=127.0.0.1", *local), "connected")
    same(server.come, 2)


def a_literal_of_this_machine_stays_refused(home):
    server = Server()
    home.module("near", connects(server.port))
    has(home.ends(3, "run", "me/near"), "refused: local address", "refused by the network policy (local)")
    home.ends(0, "permissions", "me/near", "--allow", "net=any", "--allow", f"net=127.0.0.1:{server.port}")
    has(home.ends(3, "run", "me/near"), "refused: local address")
    same(server.come, 0)


def what_is_denied_is_refused_until_it_is_allowed(home):
    server = Server()
    word = f"net=127.0.0.1:{server.port}"
    home.module("x", connects(server.port))
    has(home.ends(0, "permissions", "me/x", "--deny", word), f"Denied {word} to me/x, as its text is now")
    same(os.stat(home.path).st_mode & 0o777, 0o600)
    out = home.ends(3, "run", "me/x", "--allow-net", "local", "--json")
    has(out, f"connection to 127.0.0.1:{server.port} refused: denied by sn0int permissions me/x")
    has(out, f"[!] 1 connection to 127.0.0.1:{server.port} refused: denied by sn0int permissions me/x, which takes it back with --forget")
    same(json.loads(out.splitlines()[-1] if out.splitlines()[-1].startswith("{") else next(l for l in out.splitlines() if l.startswith("{")))["refused"], {"permission": 1})
    same(server.come, 0)
    has(home.ends(0, "permissions", "me/x"), "denied        " + word)
    # another text is another's affair
    home.module("x", connects(server.port), version="0.1.1")
    has(home.ends(0, "run", "me/x", "--allow-net", "local"), "connected")
    home.ends(0, "permissions", "me/x", "--deny", "net=any", "--any-version")
    home.module("x", connects(server.port), version="0.1.2")
    has(home.ends(3, "run", "me/x", "--allow-net", "local"), "denied by sn0int permissions me/x")
    home.ends(0, "permissions", "me/x", "--allow", "net=any", "--any-version")
    has(home.ends(0, "run", "me/x", "--allow-net", "local"), "connected")
    has(home.ends(0, "permissions", "me/x", "--forget"), "Forgot what was said of me/x")
    same(json.load(open(home.path)), {"permissions": {}})


def families_are_denied_by_name(home):
    home.ends(0, "add", "domain", "example.com")
    home.module("f", "db_add('email', {value='a@b.example'}) if last_err() then info('no') clear_err() end", "-- Source: domains\n")
    home.ends(0, "permissions", "me/f", "--deny", "family=emails")
    has(home.ends(3, "run", "me/f"), '"no"', "[!] 1 question for family=email refused: denied by sn0int permissions")
    same(home.ends(0, "select", "emails"), "")
    home.configure('[run]\npermissions = "off"\n')
    has(home.ends(0, "run", "me/f"), 'Adding email "a@b.example"')


def what_others_wrote_of_a_target_is_not_the_target(home):
    """Who runs a server says what its banner is, and could name hosts in it."""
    server = Server()
    home.ends(0, "add", "ipaddr", "192.0.2.1")
    home.module("say", "db_update('ipaddr', arg, {[getopt('column')]='127.0.0.1'})", "-- Source: ipaddrs\n")
    home.module("go", f"local s = sock_connect(arg[getopt('column')], {server.port}, {{}}) if s then info('connected') else info(last_err()) clear_err() end", "-- Source: ipaddrs\n")
    for column, status, want in (("description", 3, "the module's text does not name it"), ("reverse_dns", 0, "connected")):
        home.ends(0, "run", "me/say", "-o", "column=" + column)
        has(home.ends(status, "run", "me/go", "--allow-net", "local", "-o", "column=" + column), want)
    same(server.come, 1)
    home.module("said", f"local s = sock_connect(arg.description, {server.port}, {{}}) if s then info('connected') end", "-- Source: ipaddrs\n")
    has(home.ends(0, "permissions", "me/said"), "any host")
    has(home.ends(0, "run", "me/said", "--allow-net", "local"), "connected")


def neighbours_below_a_suffix_are_others(home):
    """With a list of suffixes, and where there is none: this one is broken."""
    path = os.path.join(home.folder, ".cache/sn0int/public_suffix_list.dat")
    tries = "".join(f"local r = http_request(http_mksession(), 'GET', url_join('http://{a}/', '\\\\\\\\{b}/'), {{timeout=1000}}) http_send(r) info(last_err()) clear_err() "
                    for a, b in (("foo.github.io", "evil.github.io"), ("foo.co.uk", "evil.co.uk"), ("www.foo.s3.amazonaws.com", "evil.s3.amazonaws.com")))
    home.module("n", tries)
    for has_list in (True, False):
        if not has_list:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write("\0")
        out = home.ends(3, "run", "me/n")
        same((has_list, out.count("refused: the module's text does not name it (")), (has_list, 3), out)


def offline_is_offline(home):
    server = Server()
    home.module("o", connects(server.port), "-- Stealth: offline\n")
    has(home.ends(3, "run", "me/o", "--allow-net", "local"), "refused: the module's header says that it is offline")
    home.ends(0, "permissions", "me/o", "--allow", "net=any")
    home.ends(3, "run", "me/o", "--allow-net", "local")
    same(server.come, 0)


def loud_modules_are_refused_where_quiet_ones_are_wanted(home):
    for name, more in (("loud", "-- Stealth: loud\n"), ("normal", ""), ("passive", "-- Stealth: passive\n"), ("offline", "-- Stealth: offline\n")):
        home.module(name, "info('runs')", more)
    order = ["loud", "normal", "passive", "offline"]
    for most in order:
        for name in order:
            is_fine = order.index(name) >= order.index(most)
            out = home.ends(0 if is_fine else 1, "run", "me/" + name, "--stealth", most)
            has(out, "runs" if is_fine else f"me/{name} is {name}, louder than {most} (--stealth)")
    has(home.ends(2, "run", "me/loud", "--stealth", "silent"), "not 'silent'")


def a_new_text_is_shown_and_asked_about(home):
    home.configure('[run]\npermissions = "ask"\n')
    home.module("a", "info('runs') http_request(http_mksession(), 'GET', 'https://crt.example/', {})")
    out = home.ends(1, "run", "me/a")
    has(out, "the text of me/a was not accepted", "sn0int permissions me/a shows it", "--accept")
    assert "runs" not in out, out
    has(home.typed(1, b"n\n", "run", "me/a"), "crt.example:443", "May me/a run?", "the text of me/a was not accepted")
    out = home.typed(0, b"y\n", "run", "me/a")
    has(out, "crt.example:443", "runs")
    has(home.ends(0, "run", "me/a"), "runs")
    home.module("a", "info('runs again')")
    home.ends(1, "run", "me/a")
    has(home.ends(0, "permissions", "me/a", "--accept"), "Accepted the text of me/a")
    has(home.ends(0, "run", "me/a"), "runs again")


def a_file_is_accepted_by_its_path(home):
    home.configure('[run]\npermissions = "ask"\n')
    path = os.path.join(home.folder, "own.lua")
    with open(path, "w") as f:
        f.write("-- Description: x\n-- Version: 0.1.0\n-- License: MIT\n\nfunction run() info('runs') end\n")
    has(home.ends(1, "run", "-f", path), f"sn0int permissions {path} shows it")
    home.ends(0, "permissions", path, "--accept")
    has(home.ends(0, "run", "-f", path), "runs")


def words_that_are_none_change_nothing(home):
    home.module("w", "info('runs')")
    for word, why in (("nte=any", "did you mean net?"), ("net=a b", "unrecognized char"), ("family=dragons", "no family dragons")):
        has(home.ends(2, "permissions", "me/w", "--allow", word), why)
    assert not os.path.exists(home.path)
    path = os.path.join(home.folder, "w.lua")
    with open(path, "w") as f:
        f.write(HEADER.format("0.1.0", "") + "function run() info('runs') end\n")
    has(home.ends(2, "permissions", path, "--allow", "dns", "--any-version"), "a file is known by its text alone")
    home.ends(0, "permissions", path, "--deny", "dns")
    with open(home.path, "w") as f:
        f.write('{"permissions":{"me/w":[{"sha256":1}]}}')
    has(home.ends(1, "run", "me/w"), "permissions.json")


def json_is_one_line(home):
    home.module("x", "info('x')")
    out = home.ends(0, "permissions", "me/x", "--json")
    same((out.count("\n"), out[-2:], json.loads(out)["module"]), (1, "}\n", "me/x"))


CASES = [what_the_text_names_is_allowed_and_nothing_else, a_literal_of_this_machine_stays_refused, what_is_denied_is_refused_until_it_is_allowed,
         families_are_denied_by_name, what_others_wrote_of_a_target_is_not_the_target, neighbours_below_a_suffix_are_others, offline_is_offline, loud_modules_are_refused_where_quiet_ones_are_wanted, a_file_is_accepted_by_its_path, a_new_text_is_shown_and_asked_about,
         words_that_are_none_change_nothing, json_is_one_line]


def call(case):
    with tempfile.TemporaryDirectory(prefix="sn0int-permissions-") as folder:
        case(Home(folder))


sys.exit(tap.run(CASES, call, sys.argv[2:]))
