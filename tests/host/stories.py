#!/usr/bin/env python3
"""stories.py SN0INT [STORY...]: a home of its own, a few commands, and what is printed. TAP."""
import http.server
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, os.path.join(TESTS, "vectors")]
import tap  # noqa: E402
from tap import has, same  # noqa: E402
from transcript import first_line, without_warnings  # noqa: E402

MODULES = os.path.join(os.path.dirname(TESTS), "modules")
SN0INT = None
HEADER = "-- Description: {0}\n-- Version: 0.1.0\n-- License: GPL-3.0\n{1}\n"


class Home:
    """A user's home; commands run with nothing else from outside."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="story")
        self.path = self.folder.name
        self.env = {"HOME": self.path, "PATH": os.environ["PATH"], "TERM": "xterm", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        self.share = os.path.join(self.path, ".local/share/sn0int")

    def module(self, name, code, *header):
        path = os.path.join(self.share, "modules", name + ".lua")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(HEADER.format(name, "".join(f"-- {h}\n" for h in header)) + code)
        return path

    def run(self, *args, stdin="", env={}, timeout=60):
        p = subprocess.run([SN0INT, *args], input=stdin.encode(), capture_output=True, env={**self.env, **env}, cwd=self.path,
                           timeout=timeout)
        return p.returncode, without_warnings(p.stdout.decode("utf-8", "replace")), p.stderr.decode("utf-8", "replace")

    def ok(self, *args, **more):
        status, out, err = self.run(*args, **more)
        assert status == 0, f"{args}: exit {status}: {out}{err}"
        return out

    def rows(self, table, *filter):
        return [json.loads(l) for l in self.ok("select", "--json", table, *filter).splitlines()]


def line(name, text, sign="*"):
    return f"[{sign}] {name:<50}: {text}\n"


# ---- the command line


def version_and_help_work_without_a_home(home):
    for args in (["--version"], ["-V"], ["--help"], ["help"], ["run", "--help"], ["help", "run"]):
        status, out, _ = home.run(*args)
        same(status, 0)
        assert out
    has(home.run("--version")[1], "0.26.1")
    has(home.ok("help"), "sn0int sandbox --check")
    has(home.ok("help", "keyring"), "manage secrets", "A function of modules, too:", "keyring(query: text) -> list")


def a_sandbox_that_dies_is_no_word_that_nobody_knows(home):
    if subprocess.run(["unshare", "-rm", "true"], stdin=subprocess.DEVNULL, capture_output=True).returncode != 0:
        raise tap.Skip("no mount namespace")
    for fake, said in (("kill -9 $$", "the sandbox was ended by signal 9"), ("exit 127", "the sandbox ended with status 127")):
        with open(os.path.join(home.path, "fake"), "w") as f:
            f.write("#!/bin/sh\n" + fake + "\n")
        os.chmod(f.name, 0o755)
        p = subprocess.run(["unshare", "-rm", "sh", "-ec", 'mount --bind "$1" "$0-sandbox"; exec "$0" help hex', SN0INT, f.name], env=home.env,
                           capture_output=True, text=True)
        same((p.returncode, p.stdout, p.stderr), (1, "", f"Error: {said}\n"))


def the_command_line_is_checked(home):
    for args in (["nosuchcommand"], ["-w"], ["-w", "../x", "workspace"], ["-w", "", "workspace"], ["select", "nosuchfamily"],
                 ["run", "-j", "x", "foo"], ["run", "-j0", "foo"], ["run", "--timeout", "4294968", "foo"], ["run", "--nosuch"], ["add"], ["select"], ["help", "-k"], ["help", "--json"], ["keyring"], ["pkg"]):
        status, out, err = home.run(*args)
        same((args, status, out), (args, 2, ""))
        assert err
    has(home.run("selct", "domains")[2], 'did you mean "select"')
    has(home.run("run", "--verbos")[2], "did you mean '--verbose'")


def at_the_prompt_help_has_what_works_there(home):
    line, prompt = home.ok("help", "run"), home.ok(stdin="help run\nrun -h\n")
    for option in ("--target", "--option", "--grant", "--child", "--exit-on-error"):
        has(line, option)
        assert f"{option} " not in prompt, option
    has(prompt, "--timeout SECONDS", "--json")


def what_is_given_and_not_used_is_an_error(home):
    for args in (["add", "--stdin", "domain", "b.com"], ["add", "--stdin", "image"], ["add", "--stdin", "image", "x.png"]):
        same(home.run(*args, stdin="a.com\n")[:2], (2, ""), args)
    same(home.ok("select", "--values", "domains"), "")
    home.module("me/m", "function run() info(getopt('limit')) end\n")
    status, out, err = home.run(stdin="use me/m\nset limit=3\nrun\nset limit 4\nrun\n")
    same(err, "[-] an option is set by its name, a blank and its value: set limit 3\n")
    has(out, line("me/m", "null"), line("me/m", '"4"'))


def what_is_no_list_of_certificates_is_no_empty_one(home):
    path = os.path.join(MODULES, "bundled/ct-file.lua")
    for text, said in (('{"error":"rate limit"}', 'no list of certificates: {\\"error\\":\\"rate limit\\"}'), ("{}", "no list of certificates"),
                       ("null", "no list of certificates")):
        status, out, err = home.run("run", "-x", "-f", path, "--stdin", stdin=text)
        same(status, 1, text)
        has(out, said)
    has(home.ok("run", "-x", "-f", path, "--stdin", stdin=" []"), "0 certificates read")


def standard_input_that_cannot_be_read_has_no_end(home):
    home.module("me/m", "function run() local line = stdin_read_line() if last_err() then return end info('got ' .. tostring(line)) end\n")
    folder = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    p = subprocess.run([SN0INT, "run", "me/m", "--stdin"], stdin=folder, capture_output=True, env=home.env, timeout=60)
    os.close(folder)
    has(p.stdout.decode(), 'Failed to read stdin: "Is a directory (os error 21)"', "(1 errors)")


def what_is_not_there_is_told(home):
    same(home.run("keyring", "get", "-q", "aws:A"), (1, "", "Error: there is no key aws:A\n"))
    home.ok("keyring", "add", "aws:B", "x")
    same(home.run("keyring", "get", "aws:A"), (1, "", "Error: there is no key aws:A\n"))
    same(home.run("keyring", "get", "-q", "aws:B"), (0, "x\n", ""))
    for answer in ("", "y\n"):
        same(home.run("workspace", "--delete", "nosuch", stdin=answer), (1, "", "Error: there is no workspace 'nosuch'\n"))
    home.ok("-w", "old", "add", "domain", "a.com")
    os.rename(os.path.join(home.share, "data/old/db.sqlite"), os.path.join(home.share, "old.db"))
    shutil.rmtree(os.path.join(home.share, "data/old"))
    same(home.ok("workspace", "--delete", "old", stdin="y\n"), '[+] Deleting workspace: "old"\n')
    assert not os.path.exists(os.path.join(home.share, "old.db"))
    home.ok("autonoscope", "add", "domain", "a.com")
    same(home.run("autonoscope", "delete", "domain", "b.com"), (0, "", "[!] there is no rule domain b.com\n"))
    same(home.run("autonoscope", "delete", "domain", "A.com"), (0, "", ""))
    same(home.run("autoscope", "delete", "domain", "a.com"), (0, "", "[!] there is no rule domain a.com\n"))
    same(home.ok("autonoscope", "list"), "")


def keys_that_a_header_does_not_ask_for_cannot_be_granted(home):
    home.ok("keyring", "add", "aws:A", "x")
    home.module("me/m", "function run() end\n", "Source: keyring:aws")
    has(home.run("run", "me/m", "--grant", "aws")[2], "[!] me/m has no targets: its header has no Keyring-Access: aws\n")


def without_accounts_a_module_has_none(home):
    home.module("me/any", "function run() end\n", "Source: accounts")
    home.module("me/some", "function run() end\n", "Source: accounts:github.com")
    has(home.run("run", "me/any")[2], "[!] me/any has no targets: there are no accounts\n")
    has(home.run("run", "me/some")[2], "[!] me/some has no targets: there are no accounts with service = 'github.com'\n")


def modules_are_found_by_their_name(home):
    home.module("me/one", "function run() end\n")
    home.module("you/one", "function run() end\n")
    home.module("me/other", "function run() end\n", "Source: keyring:aws")
    names = lambda *args: re.findall(r"^(\S+/\S+) ", home.ok("modules", *args), re.M)
    mine = lambda *args: [n for n in names(*args) if not n.startswith("bundled/")]
    same(mine("one"), ["me/one", "you/one"])
    same(mine("ONE"), ["me/one", "you/one"])
    same(mine("me/*"), ["me/one", "me/other"])
    same(names("me/*"), ["me/one", "me/other"])
    same(names("o*r"), ["me/other"])  # of a name alone, too
    same(names("--source", "keyring"), ["me/other"])
    same(names("--source", "none", "on?"), ["me/one", "you/one"])
    # a word of the description, from its beginning: not "ertificate"
    same([n for n in names("certif") if n == "bundled/ct-search"], ["bundled/ct-search"])
    same(names("--bundled", "*whois*"), ["bundled/whois"])
    same(home.run("modules", "ertificate")[1:], ("", "[!] no module has a word that begins with ertificate (a pattern is such a word, or like *ertificate*)\n"))
    same(mine("ther"), [])
    same(home.run("pkg", "list", "whois")[1:], ("", "[!] no module matches whois (a pattern is like *whois*)\n"))
    status, out, err = home.run("modules", "--source", "domain")
    same((status, out), (2, ""))
    has(err, "did you mean 'domains'?")


def a_broken_workspace_does_not_hide_the_others(home):
    for name in ("a", "b", "c"):
        home.ok("-w", name, "add", "domain", f"{name}.com")
    with open(os.path.join(home.share, "data/a/db.sqlite"), "w") as f:
        f.write("no database" * 100)
    status, out, err = home.run("stats", "-qjsa")
    same((status, [json.loads(l)["workspace"] for l in out.splitlines()]), (1, ["b", "c"]))
    has(err, "Error: cannot open workspace 'a'\n", "file is not a database", "Error: 1 not counted\n")
    assert not home.run("stats", "-qsa")[1].startswith("\n")


def causes_name_the_value_and_where_it_is(home):
    has(home.ok("help", "sandbox"), "--check", "--policy", "memory=")
    bad = home.run("select", "domains", "where", "1; drop table domains")
    same(bad, (1, "", "Error: and, or, order by, limit or the end is expected, not '; drop table domains'\nBecause: a filter compares "
                      "columns with values; anything else is SQL: where sql \"...\"\n"))
    for args in (["--psl", "foo"], ["--psl", "file:///etc/passwd"]):
        status, _, err = home.run("update-lists", *args)
        same(status, 1)
        has(err, f"is fetched from a URL like https://example.com/x, not from '{args[1]}'")
    p = subprocess.run([SN0INT, "add", "--stdin", "domain"], input=b"caf\xe9.com\nb.com\n", capture_output=True, env=home.env)
    same((p.returncode, p.stderr.decode()), (0, "[-] Error: 'caf\ufffd.com' is no UTF-8\n[!] 1 of 2 lines were not added\n"))
    same(home.ok("select", "--values", "domains"), "b.com\n")
    p = subprocess.run([SN0INT, "add", "breach", b"caf\xe9"], capture_output=True, env=home.env)
    same((p.returncode, p.stderr.decode()), (1, "Error: 'caf\ufffd' is no UTF-8\n"))
    path = home.module("me/m", "function run() end\n")
    os.makedirs(os.path.join(home.path, ".config"))
    for text, cause in (('[sandbox]\nlimits=["foo=1"]\n', "in sandbox.limits\nBecause: no such limit: \"foo\""),
                        ('[network]\nproxy="localhost:9050"\n', "network.proxy takes IP:PORT, not 'localhost:9050'")):
        with open(os.path.join(home.path, ".config/sn0int.toml"), "w") as f:
            f.write(text)
        for words in (("run", "-f", path), ("paths",), ("select", "domains"), ()):
            status, _, err = home.run(*words)
            same(status, 1)
            has(err, cause)
        for words in (("help",), ("help", "domain"), ("run", "--help")):
            status, out, err = home.run(*words)
            same((words, status, err), (words, 0, ""))
            assert out


def a_named_file_that_is_no_image_is_told_of(home):
    with open(os.path.join(home.path, "a.txt"), "w") as f:
        f.write("text")
    os.mkdir(os.path.join(home.path, "pics"))
    with open(os.path.join(home.path, "pics/a.txt"), "w") as f:
        f.write("text")
    same(home.run("add", "image", "a.txt"), (0, "", '[-] "a.txt": it is no image (PNG, JPEG, GIF, WebP, TIFF, BMP or ICO)\n'))
    same(home.run("add", "image", "pics"), (0, "", ""))


def a_file_is_granted_keys_for_one_run(home):
    """Anybody can call a file what mine is called."""
    code = "function run() info(keyring('aws')[1]['secret_key']) end\n"
    home.ok("keyring", "add", "aws:A", "s3cret")
    home.ok("keyring", "add", "gcp:A", "x")
    mine = home.module("me/keys", code, "Keyring-Access: aws")
    theirs = os.path.join(home.path, "keys.lua")
    with open(mine) as f, open(theirs, "w") as g:
        g.write(f.read())
    has(home.ok("run", "-f", mine, "--grant", "aws"), 'Granted access to "aws" for this run', "s3cret")
    status, out, err = home.run("run", "-f", theirs)
    same((status, out), (1, ""))
    has(err, 'access to "aws" is not settled')
    with open(os.path.join(home.share, "keyring.json")) as f:
        same(json.load(f)["grants"], {})
    # nor does what others stored count for a file
    with open(os.path.join(home.share, "keyring.json"), "w") as f:
        json.dump({"keys": {"aws": {"A": "s3cret"}}, "grants": {"aws": ["anonymous/keys"]}}, f)
    same(home.run("run", "-f", theirs)[:2], (1, ""))
    # an installed one has it for good, and only what it asks for
    status, out, err = home.run("run", "me/keys", "--grant", "aws", "--grant", "gpc")
    has(out, 'Granted access to "aws"\n', "s3cret")
    same((status, err), (0, "[!] --grant gpc: me/keys does not ask for these keys\n"))
    has(home.ok("run", "me/keys"), "s3cret")
    # keys as targets
    target = home.module("me/each", "function run(arg) info(arg['secret_key']) end\n", "Source: keyring:aws", "Keyring-Access: aws")
    has(home.ok("run", "-f", target, "--grant-full-keyring"), "s3cret")
    has(home.run("run", "-f", target, "--deny-keyring")[2], "it was not granted the keys of aws")


def the_manual_has_all_there_is(home):
    page = home.ok("reference", "man")
    for part in ("OPTIONS", "COMMANDS", "FILTERS", "SANDBOX", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO"):
        has(page, f"\n# {part}\n")
    commands = re.findall(r"^    (\S+) ", home.ok("help").replace("\x1b[0m", ""), re.M)
    assert len(commands) > 15, commands
    for command in commands:
        has(page.replace("\\", ""), f"\n*{command}*")
    # a paragraph stands below its command, and a line that begins with a dash is no item of a list
    for line in page.splitlines():
        assert not line.startswith("- "), line
    has(page, "\n\tFormats:++\n", "\\- only in the first")
    page = home.ok("reference", "man-files").replace("\\", "")
    with open(os.path.join(os.path.dirname(TESTS), "docs/modules.md")) as f:
        keys = re.findall(r"^\| `([A-Z][A-Za-z-]+)`", f.read(), re.M)
    assert len(keys) > 5, keys
    for key in keys:
        has(page, key)
    has(page, "sn0int.toml*(5)", '"grants"', "function run(arg)")


def every_key_that_a_page_names_is_read(home):
    """A key of [section] in any page of ours, in the configuration: none is unknown, and the manual page has it."""
    top = os.path.dirname(TESTS)
    pages = [os.path.join(top, "README.md")] + [os.path.join(at, n) for at, _, names in os.walk(os.path.join(top, "docs")) for n in names if n.endswith(".md")]
    page = home.ok("reference", "man-config").replace("\\", "")
    examples = dict(re.findall(r"^\*([a-z]+\.[a-zA-Z_-]+)\* .*\n\t.*\n\n\tExample: \*(.*)\*$", page, re.M))
    has(page, "sn0int*(5)", "memory=256M", "UNDER ANOTHER PARENT", "did you mean proxy?")
    assert len(examples) >= 14, examples
    sections = {key.split(".")[0] for key in examples}
    named = set()
    for path in pages:
        with open(path) as f:
            named |= {key for key in re.findall(r"`([a-z]+\.[a-zA-Z_-]+)(?: = [^`]*)?`", f.read()) if key.split(".")[0] in sections}
    assert len(named) >= 10, named
    same({name for name in named - set(examples) if not re.search(r"\.[ch]$", name)}, set())
    os.mkdir(os.path.join(home.path, ".config"))
    for key, example in sorted(examples.items()):
        with open(os.path.join(home.path, ".config/sn0int.toml"), "w") as f:
            f.write(f"[{key.split('.')[0]}]\n{example}\n")
        status, out, err = home.run("paths")
        same(status, 0)
        assert "unknown" not in err, (key, err)


def help_of_a_function_comes_from_its_row(home):
    has(home.ok("help", "hex"), "hex(data: bytes)", "Example")
    status, out, err = home.run("help", "nosuchthing")
    same((status, out), (2, ""))
    has(err, 'no command, family, function or module "nosuchthing"; what has the word: sn0int help -k nosuchthing')
    has(home.ok("help", "db_activity"), "  topic ", "  radius ", "needed: db_activity() fails without it")
    has(home.ok("help", "db_update"), "(help FAMILY has the columns of one):", "subdomain-ipaddr, url,")
    assert "(help FAMILY" not in home.ok("help", "db_activity")


def v_shows_what_a_function_failed_at(home):
    """A page in place of JSON, a selector that nothing matches, what is no URL: cut, and without secrets."""
    home.module("me/reads", """function run()
    json_decode('<html>busy</html>')
    xml_decode('{"a":1}')
    html_select('<a>', '#none')
    html_select_list('<a>', 'a:has(')
    http_send(http_request(http_mksession(), 'GET', 'example.com/x', {}))
    json_decode('[' .. getopt('api_token') .. ']')
    json_decode(('x'):rep(119) .. getopt('api_token'))
    json_decode('{' .. ('y'):rep(200))
    clear_err()
end
""")
    out = home.ok("run", "-v", "-o", "api_token=wxyzsecret", "me/reads")
    has(out, 'json_decode: deserialize failed: expected value at line 1 column 1: "<html>busy</html>"\n', 'xml_decode: ', ': "{\\"a\\":1}"\n',
        'html_select: css selector failed: "#none"\n', ' at byte 6: "a:has("\n', 'http_send: invalid format: "example.com/x"\n',
        ': "[SECRET-api-token]"\n', ': "{' + "y" * 119 + '"...\n')
    assert "wxyz" not in out, out
    out = home.ok("run", "me/reads")
    assert "busy" not in out, out

    class Refuses(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(401)
            self.end_headers()
            self.wfile.write(b"no such key: " + self.headers["X-Key"].encode())

        def log_message(self, *_):
            pass

    home.module("me/asks", """function run()
    http_fetch(http_request(http_mksession(), 'GET', getopt('server'), {headers={['X-Key']=getopt('api_token')}}))
end
""")
    with http.server.HTTPServer(("127.0.0.1", 0), Refuses) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        out = home.ok("run", "-v", "-o", "api_token=wxyzsecret", "-o", f"server=http://127.0.0.1:{server.server_address[1]}/", "--allow-net", "local", "me/asks")
        server.shutdown()
    has(out, 'http_fetch: http status error: 401: "no such key: SECRET-api-token"\n')
    assert "wxyz" not in out, out


def help_lists_functions_and_headers(home):
    names = subprocess.run([SN0INT + "-sandbox", "--reference=names"], capture_output=True, text=True, check=True).stdout.split()
    same([line.split()[1] for line in home.ok("help", "functions").splitlines()], names)
    has(home.ok("help", "functions"), "function hex ", "Writes each byte as two lowercase hexadecimal digits\n")
    has(home.ok("help", "headers"), "header   Keyring-Access ", "header   Reaches ")
    for word in ("Source", "source", "Source:"):
        has(home.ok("help", word), "-- Source: ...\n", "above the empty line", "Sources:\n  domains, ", "notifications\n")
    has(home.ok("help", "Reaches"), "-- Reaches: ...\n", "below the empty line")
    assert "Sources" not in home.ok("help", "License")
    has(home.run("help", "Keyring-Acces")[2], 'did you mean "Keyring-Access"?')
    has(home.run("help", "Runs-Inn")[2], 'did you mean "Runs-In"?')
    home.module("me/odd", "", "Source: nosuch")
    for word in ("Source", "nosuch"):  # neither is of a module
        assert "Failed to load" not in home.run("help", word)[2], word


def help_has_modules(home):
    """What is known of one before it runs, as pkg info prints it."""
    for name in ("ct-search", "bundled/ct-search"):
        same(home.ok("help", name), home.ok("pkg", "info", "ct-search"))
    home.module("me/twice", "function run() end\n")
    home.module("you/twice", "function run() end\n")
    status, out, err = home.run("help", "twice")
    same((status, out), (1, ""))
    has(err, "me/twice", "you/twice")
    has(home.ok("completions", "bash", "--line", "sn0int help ct-s"), "ct-search")


def help_has_families_and_sub_commands(home):
    for name in ("subdomain", "subdomains"):
        has(home.ok("help", name), "family subdomain", "table subdomains", "  id ", "  domain_id ", "  resolvable ", "the name has an address")
    has(home.ok("help", "keyring", "add"), "Usage: keyring add [OPTIONS] NAMESPACE:NAME [SECRET]")
    has(home.ok("help", "accounts"), '"-- Source: accounts"', "accounts:VALUE", "Example:\n  db_add('account', {service=..., username=...})\n")
    has(home.ok("help", "breach-email"), "No module runs on its rows.")
    has(home.ok("help", "note"), "Usage: note COMMAND", "A family, too:", "of this program alone", "family note")
    assert "A family, too:" not in home.ok("help", "keyring")
    for word, meant in (("subdomian", "subdomain"), ("hexx", "hex"), ("slect", "select")):
        status, out, err = home.run("help", word)
        same((status, out), (2, ""))
        has(err, f'did you mean "{meant}"? Or what has the word: sn0int help -k {word}')
    for words, text in ((("keyring", "ad"), 'keyring has no command "ad"'), (("select", "x"), 'select has no command "x"'),
                        (("hex", "x"), "unexpected argument 'x'"), (("a", "b", "c"), "unexpected argument 'c'")):
        status, out, err = home.run("help", *words)
        same((status, out), (2, ""))
        has(err, text)


def the_columns_that_help_calls_needed_are_those_that_db_add_misses(home):
    """A module adds each family with nothing, then with what the error named, until no column is missing."""
    value = {"integer, 32 bits": "1", "integer, 64 bits": "1", "number, single precision": "1.5", "bool": "true", "time": "'2020-01-02T03:04:05'",
             "address": "'192.0.2.1'"}
    said, code = {}, "function run()\n"
    for family in re.findall(r"^## (\S+)$", home.ok("reference", "models"), re.M):
        if family == "activity":
            continue
        columns = re.findall(r"^  (\w+) +(\S.*?)(?:  +(needed|changes|computed))?  +\S.*$", home.ok("help", family), re.M)
        assert columns[0][0] == "id", columns
        said[family] = sorted(name for name, _, role in columns if role == "needed")
        values = ", ".join(f"{name}={value.get(kind, chr(39) + 'x' + chr(39))}" for name, kind, _ in columns)
        code += f"  try('{family}', {{{values}}})\n"
    home.module("me/needs", """local function try(family, values)
  local object, missing = {}, ''
  while true do
    db_add(family, object)
    local name = (last_err() or ''):match('missing field `([a-z_]+)`')
    clear_err()
    if not name then break end
    object[name] = values[name]
    missing = missing .. ' ' .. name
  end
  info('needed by ' .. family .. ':' .. missing)
end
""" + code + "end\n")
    out = home.run("run", "me/needs")[1]
    assert len(said) > 15 and said["subdomain"] == ["domain_id", "value"], said
    same({f: sorted(names.split()) for f, names in re.findall(r"needed by ([a-z-]+):((?: [a-z_]+)*)", out)}, said, out)


def help_k_finds_what_has_a_word(home):
    home.module("me/zebra", "function run() end\n", "Source: domains")
    found = [json.loads(l) for l in home.ok("help", "-k", "--json", "e").splitlines()]
    kinds = ["command", "option", "function", "key", "family", "column", "header", "config", "module"]
    same([kinds.index(f["kind"]) for f in found], sorted(kinds.index(f["kind"]) for f in found))
    same({f["kind"] for f in found}, set(kinds))
    for kind in kinds:
        names = [f["name"] for f in found if f["kind"] == kind]
        same(names, sorted(names), kind)
    names = {(f["kind"], f["name"]) for f in found}
    for topic in (("command", "keyring add"), ("option", "run --target"), ("option", "sn0int --workspace"), ("function", "http_fetch"),
                  ("key", "dns.record"), ("family", "netblock"), ("column", "subdomain.resolvable"), ("header", "Keyring-Access"),
                  ("header", "Page"), ("header", "Reaches"), ("config", "network.user_agent"), ("module", "me/zebra"), ("module", "bundled/ct-search")):
        assert topic in names, topic
    assert ("command", "reference") not in names, "it is hidden"
    same({f["name"] for f in found if f["kind"] == "function"},
         {n for n in subprocess.run([SN0INT + "-sandbox", "--reference=names"], capture_output=True, text=True, check=True).stdout.split()
          if any(f["name"] == n for f in found)})


def help_k_wants_all_words_in_either_case(home):
    home.module("me/zebra", "function run() end\n", "Source: domains")
    for words in (["zebra"], ["ZEBRA"], ["ZeB", "me"], ["--keyword", "zebra"]):
        same(home.ok("help", *(words if words[0] == "--keyword" else ["-k", *words])), f"module   {'me/zebra':<34}  me/zebra\n", words)
    has(home.ok(stdin="help -k zebra\n"), "\n" + home.ok("help", "-k", "zebra"))
    same(home.ok("help", "-k", "timeout", "dns"), f"key      {'dns.timeout':<34}  (whole number): milliseconds for all of it\n")
    for words, said in ((["zebar"], 'nothing has "zebar", did you mean "zebra"?'), (["qqqqqq"], 'nothing has "qqqqqq"'),
                        (["zebra", "qqqqqq"], 'nothing has "qqqqqq"'), (["zebra", "timeout"], "nothing has all of these words"),
                        (["x" * 5000], 'nothing has "xxx')):
        status, out, err = home.run("help", "-k", *words)
        same((status, out), (1, ""), words)
        has(err, said)
    for words, said in (([], "-k needs a word"), ([""], "an empty word"), (["x"] * 17, "17 words are too many")):
        status, out, err = home.run("help", "-k", *words)
        same((status, out), (2, ""), words)
        has(err, said)


def help_k_says_what_it_could_not_search(home):
    os.makedirs(os.path.join(home.path, ".config"))
    with open(os.path.join(home.path, ".config/sn0int.toml"), "w") as f:
        f.write("[network\n")
    status, out, err = home.run("help", "-k", "base64")
    same(status, 0)
    has(out, "function base64_decode ")
    has(err, "modules are not among what is searched: Failed to load config")
    status, out, err = home.run("help", "-k", "qqqqqq")
    same((status, out), (1, ""))
    has(err, "Error: not all could be searched\nBecause: nothing has")


def help_k_is_cut_on_a_terminal_only(home):
    home.module("me/zebra", "function run() end\n")
    path = os.path.join(home.share, "modules/me/zebra.lua")
    with open(path) as f:
        text = f.read()
    with open(path, "w") as f:
        f.write(text.replace("Description: me/zebra", "Description: zebra\x1b[2J " + "word " * 40 + "end. More"))
    out = home.ok("help", "-k", "zebra")
    has(out, "\\u{1b}[2J word", " word end\n")
    t = Terminal(home, "help", "-k", "zebra")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", t.expect(r"(module .*)\r\n").group(1))
    same((len(shown), shown[-3:]), (80, "..."), shown)
    assert "\x1b" not in shown
    same(t.end(), 0)


def paths_are_made_private(home):
    out = home.ok("paths")
    has(out, f'data_dir                      : "{home.share}/data"')
    home.ok("add", "domain", "example.com")
    for path in ("", "data", "data/default", "data/default/blobs"):
        same(stat.S_IMODE(os.stat(os.path.join(home.share, path)).st_mode), 0o700)
    same(stat.S_IMODE(os.stat(os.path.join(home.share, "data/default/db.sqlite")).st_mode), 0o600)


# ---- add and select


def add_makes_rows_and_what_they_stand_on(home):
    home.ok("add", "subdomain", "www.example.co.uk")
    home.ok("add", "url", "https://blog.example.com/a?b#c")
    home.ok("add", "port", "tcp", "192.0.2.1:443")
    home.ok("add", "network", "cafe", "52.5", "13.4")
    same([d["value"] for d in home.rows("domains")], ["example.co.uk", "example.com"])
    same([s["value"] for s in home.rows("subdomains")], ["www.example.co.uk", "blog.example.com"])
    same(home.rows("urls")[0]["path"], "/a")
    same(home.rows("ports")[0]["value"], "tcp/192.0.2.1:443")
    same(home.rows("networks")[0]["latitude"], 52.5)
    has(home.ok("select", "domains"), '#1, "example.co.uk"\n\t"www.example.co.uk"\n')


def add_refuses_what_is_none(home):
    for args in (["domain", "www.example.com"], ["domain", ""], ["ipaddr", "300.0.0.1"], ["url", "nonsense"], ["url", "http://192.0.2.1/"],
                 ["account", "git/hub", "alice"], ["port", "tcp", "nonsense"], ["phonenumber", "12345"], ["nosuch", "x"]):
        status, _, err = home.run("add", *args)
        assert status in (1, 2) and err, args
    same(home.ok("select", "-c", "domains"), "0\n")


def add_refuses_what_a_person_cannot_mean(home):
    for args, want in ((["domain", "http://foo.com/"], "did you mean the domain foo.com?"), (["domain", "bad domain"], "a blank"),
                       (["domain", "example.com."], "did you mean the domain example.com?"), (["email", "foo"], "NAME@DOMAIN"),
                       (["subdomain", "*.foo.com"], "did you mean the subdomain foo.com?"), (["device", "laptop"], "00:00:5e:00:53:01"),
                       (["breach", ""], "not empty"), (["account", "x", ""], "not empty"), (["cryptoaddr", "a b"], "a blank"),
                       (["url", "foo.com/x"], "did you mean https://foo.com/x?"), (["port", "t/p", "192.0.2.1:1"], "a slash"),
                       (["url", "http://foo.com./"], "did you mean the host foo.com?"),
                       (["domain", "evil[.]com"], "did you mean the domain evil.com?"), (["url", "hxxp://evil[.]com/"], "mean http://evil.com/?"),
                       (["domain", "192.0.2.0/24"], "did you mean the netblock?"), (["domain", "192.0.2.300"], "a number behind its last dot")):
        status, out, err = home.run("add", *args)
        same((args, status, out), (args, 1, ""))
        has(err, want)
    for args, want in ((["ipaddr", "192.0.2[.]1"], "did you mean 192.0.2.1?"), (["domain", "a.com", "b.com"], "add domain --stdin takes more")):
        status, out, err = home.run("add", *args)
        same((args, status, out), (args, 2, ""))
        has(err, want)
    for name in ("o'neil.com", "exa_mple.com", "localhost"):
        home.ok("add", "domain", name)
    home.module("me/odd", "function run() db_add('domain', {value='odd name.'}) end")
    home.ok("run", "me/odd")
    same([d["value"] for d in home.rows("domains")], ["o'neil.com", "exa_mple.com", "localhost", "odd name."])


def rules_refuse_what_never_matches(home):
    for kind, value, want in (("domain", "*.x.com", "did you mean the domain x.com?"), ("domain", "", "not empty"),
                              ("domain", "http://x.com/", "did you mean the domain x.com?"), ("domain", "x.com.", "the domain x.com?"),
                              ("domain", "192.0.2.1", "the address 192.0.2.1?"), ("url", "x.com:80/a", "https://x.com:80/a"),
                              ("url", "https://x.com/a?b", "leave out what begins with '?'"), ("ip", "", "no address")):
        for verb in ("autonoscope", "autoscope"):
            status, out, err = home.run(verb, "add", kind, value)
            same((value, status, out), (value, 1, ""))
            has(err, want)
    same(home.ok("autonoscope", "list"), "")
    home.ok("autonoscope", "add", "domain", "EXAMPLE.com")
    same(home.run("add", "domain", "example.com")[0:2], (0, ""))
    same(home.rows("domains")[0]["unscoped"], True)
    home.ok("autonoscope", "delete", "domain", "Example.COM")
    same(home.ok("autonoscope", "list"), "")


def statuses_are_those_of_the_manual(home):
    """0 done, 1 failed, 2 not understood."""
    for args, want in ((["add", "ipaddr", "300.0.0.1"], 2), (["add", "port", "tcp", "nonsense"], 2), (["add", "url", "nonsense"], 1),
                       (["workspace", "--delete"], 1), (["workspace", "--usage", "--delete", "x"], 2), (["workspace", "-f"], 2),
                       (["workspace", "a", "b"], 1), (["workspace", "bad name"], 2), (["cal", "nonsense"], 1), (["cal", "-C", "x"], 2),
                       (["cal", "-H", "-T"], 1), (["cal", "-C", "1", "2020"], 1), (["cal", "1", "2", "3"], 2),
                       (["activity", "--since", "nonsense"], 2), (["activity", "--since", "2020-01-01"], 0),
                       (["activity", "--until", "2020-01-01T12:00"], 0), (["add", "network", "x", "91"], 2)):
        status, out, err = home.run(*args)
        same((args, status), (args, want))
        assert want == 0 or (err and not out), args
    same(home.run("add", "--stdin", "port", stdin="tcp/nonsense\ntcp/192.0.2.1:1\n")[0], 0)
    same(home.run("add", "--stdin", "ipaddr", stdin="300.0.0.1\n")[0], 0)


def suggestions_work_where_they_are_made(home):
    status, _, err = home.run("use", "x")
    same(status, 2)
    has(err, '"use" is a command of the prompt')
    has(home.run("-w", "x", "sandbox", "--check")[2], '"sandbox" stands in front of all options: sn0int sandbox --check')
    has(home.run(stdin="sandbox --check\n")[2], '"sandbox" is a command of the command line')
    has(home.run("keyring", "sandbox")[2], 'unknown command: "sandbox"')
    assert "did you mean" not in err
    has(home.run("uze", "x")[2], 'unknown command: "uze"')
    assert '"use"' not in home.run("uze", "x")[2]
    out = home.run(stdin="run --file x\npaths\nrun --verbos x\ncompletions bash\nrun --filee x\n")
    has(out[2], "'--file' is for the command line only", "did you mean '--verbose'?", '"completions" is a command of the command line')
    assert "did you mean '--file'" not in out[2]


def a_newcomer_can_ask_everything(home):
    """Each command explains itself on stdout; what is unknown is refused on stderr."""
    names = re.findall(r"^    (\S+) ", home.ok("help"), re.M)
    assert len(names) > 15, names
    for name in names:
        status, out, err = home.run(name, "--help")
        same((name, status, err), (name, 0, ""))
        has(out, "Usage: " + name, "--help")
        same(re.split("\nA (?:function of modules|family), too:\n", home.ok("help", name))[0], out)
        status, out, err = home.run(name, "--nosuchoption")
        same((name, status, out), (name, 2, ""))
        has(err, "--nosuchoption")
        subs = re.findall(r"^    (\S+) ", home.ok(name, "--help").partition("\nCommands:\n")[2].partition("\nOptions:")[0], re.M)
        for sub in subs:
            status, out, err = home.run(name, sub, "--help")
            same((name, sub, status, err), (name, sub, 0, ""))
            has(out, f"Usage: {name} {sub}")
            same(home.run(name, sub, "--nosuchoption")[:2], (2, ""))
        if subs:
            same(home.run(name, "nosuchcommand")[:2], (2, ""))


def add_by_hand_is_normalised_as_modules_do(home):
    home.ok("add", "domain", "Example.NET")
    home.ok("add", "domain", "example.net")
    home.ok("add", "email", "Foo@Example.com")
    same([d["value"] for d in home.rows("domains")], ["example.net"])
    same(home.rows("emails")[0]["value"], "foo@example.com")


def a_dry_run_stores_nothing(home):
    home.ok("add", "-n", "domain", "example.com")
    home.ok("add", "-n", "subdomain", "www.example.com")
    home.ok("add", "-n", "--stdin", "domain", stdin="a.com\nb.com\n")
    same(home.ok("select", "-c", "domains"), "0\n")


def add_reads_lines(home):
    status, out, err = home.run("add", "--stdin", "subdomain", stdin="a.example.com\n\nb.example.com\na.example.com\n")
    same(status, 0)
    same(out, '[*] Adding subdomain "a.example.com"\n[*] Adding subdomain "b.example.com"\n')
    status, out, err = home.run("add", "--stdin", "ipaddr", stdin="192.0.2.1\nnonsense\n192.0.2.2")
    same((status, out), (0, '[*] Adding ipaddr "192.0.2.1"\n[*] Adding ipaddr "192.0.2.2"\n'))
    has(err, "[-] Error: ", "IP address")
    assert err.endswith("[!] 1 of 3 lines were not added\n"), err
    same(home.run("add", "--stdin", "ipaddr", stdin="\n192.0.2.1\n\n")[1:], ("", ""))


def add_asks_for_what_is_missing(home):
    home.ok("add", "account", stdin="github.com\nalice\n")
    same(home.rows("accounts")[0]["value"], "github.com/alice")
    status, _, err = home.run("add", "domain")
    same(status, 1)
    assert err


def filters_select(home):
    for name in ("example.com", "example.org", "other.com"):
        home.ok("add", "domain", name)
    values = lambda *f: home.ok("select", "--values", "domains", *f).split()
    same(values("where", "value", "like", "%.com"), ["example.com", "other.com"])
    same(values("where", "id=2"), ["example.org"])
    same(values("where", "(", "value", "like", "e%", "or", "id", ">", "2", ")"), ["example.com", "example.org", "other.com"])
    same(values("where", "id<=2"), ["example.com", "example.org"])
    for bad in (["where", "nosuch=1"], ["id=1"], ["where", "id", "=", "1", ";", "drop", "table", "domains"]):
        status, _, err = home.run("select", "domains", *bad)
        assert status in (1, 2) and err, bad
    same(home.ok("select", "-c", "domains"), "3\n")


def filters_know_what_columns_hold(home):
    """Each of these found nothing, and said nothing."""
    home.ok("add", "domain", "example.com")
    home.module("me/m", "function run(arg) db_add('subdomain', {domain_id=arg['id'], value='www.example.com', resolvable=true}) end\n",
                "Source: domains")
    home.ok("run", "me/m")
    same(home.ok("select", "--values", "domains", "where", "length(value)", ">", "10"), "example.com\n")
    same(home.ok("select", "--values", "domains", "where", "id==1"), "example.com\n")
    for words, want in ((["limit", "1"], "for all rows: where true limit"), (["where id=1"], "where is a word of its own"),
                        (["where", "value", "contains", "x"], "an operator (= != < > like glob in between is) is expected")):
        status, out, err = home.run("select", "domains", *words)
        same((words, status, out), (words, 1, ""))
        has(err, want)
    has(home.run("select", "all")[2], "there is no family 'all', only domains, subdomains, ")
    same(home.ok("select", "--values", "domains", "where", "value=EXAMPLE.com"), "example.com\n")
    same(home.ok("select", "--values", "subdomains", "where", "resolvable=true"), "www.example.com\n")
    same(home.run("select", "subdomains", "where", "resolvable=yes"), (1, "", "Error: resolvable is true or false, not 'yes'\n"))
    same(home.run("delete", "domains", "where", "id=one"), (1, "", "Error: id is a number, not 'one'\n"))
    has(home.run("select", "domains", "where", "vlaue=x")[2], "no such column: vlaue, did you mean value?")


def what_is_no_filter_is_sql_that_reads(home):
    home.ok("add", "domain", "example.com")
    home.ok("add", "domain", "example.org")
    home.ok("add", "subdomain", "www.example.com")
    sql = lambda text, command="select": home.run(command, "domains", "where", "sql", text)
    has(sql("id not in (select domain_id from subdomains)")[1], "example.org")
    has(sql("id=1 union select 9,value,0 from subdomains")[1], "example.com", "#9")
    same(sql("id not in (select domain_id from subdomains)", "noscope"), (0, "[+] Updated 1 rows\n", ""))
    for bad in ("1; drop table domains", "1) or (1", "load_extension('x')", "1 in (select 1 from pragma_database_list)", "nosuch = 1"):
        for command in ("select", "delete", "scope"):
            status, out, err = sql(bad, command)
            same((bad, status, out), (bad, 1, ""))
            has(err, "Error: where sql takes one condition that reads the workspace, not " + bad)
    same(home.run("select", "domains", "where", "sql", "id", "=", "1")[0], 1)
    same(home.ok("select", "--values", "domains"), "example.com\nexample.org\n")


def scope_hides_rows_from_modules(home):
    home.module("me/m", "function run(arg) info(arg['value']) end\n", "Source: domains")
    home.ok("add", "domain", "example.com")
    home.ok("add", "domain", "example.org")
    same(home.ok("noscope", "domains", "where", "id=1"), "[+] Updated 1 rows\n")
    same(home.ok("run", "me/m"), line('"example.org"', '"example.org"') + "[+] Finished me/m\n")
    same(home.ok("delete", "domains", "where", "id=1"), "[+] Deleted 1 rows\n")
    same(home.run("delete", "domains")[0], 1)


# ---- run


def a_run_says_what_it_found(home):
    home.module("me/hello", """
function run(arg)
    debug(arg)
    info('looking at ' .. arg['value'])
    local id = db_add('subdomain', { domain_id=arg['id'], value='www.' .. arg['value'] })
    if last_err() then return end
    local ip = db_add('ipaddr', { value='192.0.2.' .. arg['id'], country='Nowhere', latitude=1.25 })
    db_add('subdomain-ipaddr', { subdomain_id=id, ip_addr_id=ip })
    db_add('subdomain', { domain_id=arg['id'], value='www.' .. arg['value'], resolvable=true })
    warn('a warning')
    warn_once('only once')
    error('an error')
end
""", "Source: domains")
    home.ok("add", "domain", "example.com")
    home.ok("add", "domain", "example.org")
    out = home.ok("run", "-j1", "me/hello")
    n = '"example.com"'
    has(out, line(n, '"looking at example.com"'), line(n, 'Adding subdomain "www.example.com"'), line(n, 'Adding ipaddr "192.0.2.1"'),
        line(n, 'Adding subdomain-ipaddr "www.example.com+192.0.2.1"'), line(n, 'Updating subdomain "www.example.com" (resolvable => true)'),
        line(n, "a warning", "!"), line(n, "an error", "-"))
    same(out.count("[!] only once\n"), 1)
    same(out.splitlines()[-1], "[+] Finished me/hello")
    has(home.ok("run", "-v", "hello", "-t", "where id=1"),
        line(n, 'Inserting: Subdomain(NewSubdomain { domain_id: 1, value: "www.example.com", resolvable: None, unscoped: false })', "#"))


def an_error_of_lua_says_where(home):
    """Which function, its line, and who called it, with -v and more: without, what the reference program says."""
    lua = """function name_of(row) return row.name.first end

function visit(row, depth)
    if depth == 0 then return 'seen ' .. name_of(row) end
    return visit(row, depth - 1) .. '!'
end

function run(arg)
    visit(arg, intval(getopt('depth')))
end
"""
    home.module("me/wrong", lua, "Source: domains")
    home.ok("add", "domain", "example.com")
    n = '"example.com"'
    text = """execution failed: LuaError(ExecutionError("[string \\"chunk\\"]:6: attempt to index a nil value (field 'name')"))"""
    status, out, err = home.run("run", "me/wrong", "-o", "depth=1")
    same(out.splitlines()[0] + "\n", line(n, text, "-"))
    status, out, err = home.run("run", "-v", "me/wrong", "-o", "depth=1")
    same([l for l in out.splitlines(keepends=True) if "wrong" in l or "execution" in l][:-1], [
        line(n, "wrong.lua:6: name_of: attempt to index a nil value (field 'name')", "#"),
        line(n, "  called from wrong.lua:9: visit", "#"),
        line(n, "  called from wrong.lua:10: visit", "#"),
        line(n, "  called from wrong.lua:14: run", "#"),
        line(n, text + " (wrong.lua:6: name_of)", "-"),
    ])
    # of a long chain both ends
    out = home.run("run", "-v", "me/wrong", "-o", "depth=100")[1]
    same(out.count("called from"), 16)
    has(out, line(n, "  ... 86 more calls", "#"), line(n, "  called from wrong.lua:14: run", "#"))
    # a function of ours: where its arguments are wrong, it is what was called
    home.module("me/types", "local function pick(html) return html_select(html, {}) end\nfunction run() return pick('<p>') end\n", "Source: domains")
    out = home.run("run", "-v", "me/types")[1]
    has(out, line(n, "types.lua:6: html_select: wrong parameter types for callback function", "#"))
    # and of Lua; a chunk has no name
    home.module("me/string", "function run() return ('x'):rep(1, {}) end\n", "Source: domains")
    has(home.run("run", "-v", "me/string")[1], "string.lua:6: rep: bad argument #2 to 'rep'")
    home.module("me/chunk", "local x = nil + 1\nfunction run() end\n", "Source: domains")
    has(home.run("run", "-v", "me/chunk")[1], line(n, "chunk.lua:6: attempt to perform arithmetic on a nil value", "#"),
        line(n, 'Execution error: [string "chunk"]:6: attempt to perform arithmetic on a nil value', "-"))
    # where the time has run out
    home.module("me/slow", "local function wait() while true do end end\nfunction run() wait() end\n", "Source: domains")
    has(home.run("run", "-v", "me/slow", "--limit", "wall=400ms")[1], "slow.lua:6: wait: ran out of time (limit wall=400ms",
        line(n, "  called from slow.lua:7: run", "#"))
    # a name may be as long as the module
    home.module("me/long", "function " + "f" * 5000 + "() return nil + 1 end\nfunction run() " + "f" * 5000 + "() end\n", "Source: domains")
    has(home.run("run", "-v", "me/long")[1], line(n, "long.lua:6: " + "f" * 64 + ": attempt to perform arithmetic on a nil value", "#"))


def a_target_that_fails_is_counted(home):
    home.module("me/fails", "function run(arg) if arg['id'] == 2 then return 'not this one' end end\n", "Source: domains")
    for name in ("example.com", "example.org", "example.net"):
        home.ok("add", "domain", name)
    out = home.ok("run", "me/fails")
    same(out, line('"example.org"', 'Script returned error: "not this one"', "-") + "[+] Finished me/fails (1 errors)\n")
    # one at a time: the second fails, and the third is not started
    status, out, err = home.run("run", "-x", "-j1", "--json", "me/fails")
    same((status, err), (1, "[!] Stopped at the first error: 1 targets not started\nError: Some scripts failed\n"))
    end = json.loads(out.splitlines()[-1])
    same((end["targets"], end["unfinished"], end["failed"], end["interrupted"]), (3, 1, 1, False))
    status, out, err = home.run("run", "-x", "-j1", "me/fails", "-t", "where id>1")
    has(err, ": 1 targets not started")
    same(home.run("run", "-x", "-j1", "me/fails", "-t", "where id<3")[0::2], (1, "Error: Some scripts failed\n"))
    same(home.run("run", "-x", "me/fails", "-t", "where id<>2"), (0, "[+] Finished me/fails\n", ""))
    # those at work beside it come to their end
    status, out, err = home.run("run", "-x", "-j3", "me/fails")
    same((status, err), (1, "Error: Some scripts failed\n"))
    same(home.ok("run", "me/fails", "-t", "where id=1 or id=3"), "[+] Finished me/fails\n")
    for filter in ("id=1", "where nosuch=1", "where 'x"):
        same(home.run("run", "me/fails", "-t", filter)[0], 1)


def modules_that_cannot_run_say_why(home):
    home.module("me/broken", "function run( end\n")
    home.module("me/norun", "x = 1\n")
    home.module("you/norun", "x = 1\n")
    has(home.ok("run", "me/broken"), "Syntax error: ", "[+] Finished me/broken (1 errors)")
    has(home.ok("run", "me/norun"), line("me/norun", "run undefined", "-"))
    for args in (["me/nosuch"], ["norun"], ["-f", "nosuch.lua"]):
        status, _, err = home.run("run", *args)
        same(status, 1)
        assert err
    with open(home.module("me/noheader", ""), "w") as f:
        f.write("function run() end\n")
    has(home.run("run", "me/noheader")[2], "Failed to load me/noheader")


def options_and_stdin_reach_the_module(home):
    path = home.module("me/o", "function run() info(getopt('k')) info(getopt('empty')) info(stdin_read_line()) info(stdin_read_to_end()) end\n")
    out = home.ok("run", "-f", path, "-o", "k=v=w", "-o", "empty=", "--stdin", stdin="one\ntwo\nthree")
    n = "anonymous/o"
    same(out, line(n, '"v=w"') + line(n, '""') + line(n, '"one\\n"') + line(n, '"two\\nthree"') + f"[+] Finished {n}\n")
    same(home.run("run", "me/o", "-o", "bad")[0], 2)
    has(home.ok("run", "me/o"), 'stdin is unavailable')


def options_are_shown_once_with_their_meaning(home):
    home.module("me/o", "-- Option: server=https://example.com who is asked\n-- Option: depth\nx = getopt('server') y = getopt('server') z = getopt('other')\n"
                        "function run() info(getopt('server') or 'none') end\n")
    home.module("me/none", "function run() end\n")
    home.module("me/any", "function run(k) x = getopt(k) y = getopt('name') end\n")
    has(home.ok("pkg", "info", "o"), "\noption          server=https://example.com  who is asked\noption          depth\noption          other\n")
    out = home.run(stdin="use o\nset depth 2\nset extra \"two words\"\noptions\nset\n")[1]
    shown = 'server=https://example.com  who is asked\ndepth="2"\nother\nextra="two words"\n'
    assert shown in out and out.endswith('depth="2"\nextra="two words"\n') or out.endswith('extra="two words"\ndepth="2"\n'), out
    has(home.run("run", "o", "-o", "servr=x")[2], 'me/o has no option "servr", did you mean "server"?')
    for args in (("o", "-o", "server=x"), ("o", "-o", "unlike=x"), ("any", "-o", "nam=x"), ("none", "-o", "x=1")):
        same(home.run("run", *args)[2], "")
    has(home.run(stdin="use o\nset servr x\n")[2], 'did you mean "server"?')
    assert home.run(stdin="use o\nset depth 2\nset server x\nunset depth\nunset depth\nset\n")[1].endswith('\nserver="x"\n')
    has(home.run(stdin="unset depth\nexit\nrun o\n")[2], "No module selected")


def rules_of_the_peer_that_match_nothing_are_told_of(home):
    home.ok("autonoscope", "add", "domain", "good.com")
    home.ok("autonoscope", "add", "domain", "xn--bcher-kva.de")
    home.module("me/m", "function run() end\n")
    for args in (("autonoscope", "list"), ("run", "m"), ("rescope", "-y")):
        same(home.run(*args)[2], "")
    db = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))
    db.execute("insert into autonoscope (object, value, scoped) values ('domain', '*.x.com', 0)")
    db.commit()
    text = '[!] the rule noscope domain "*.x.com" matches no domain: autonoscope delete domain "*.x.com", then autonoscope add domain x.com\n'
    for args in (("autonoscope", "list"), ("run", "m"), ("rescope", "-y")):
        same((args, home.run(*args)[2]), (args, text))
    same(home.run("select", "domains")[2], "")
    db.execute("insert into autonoscope (object, value, scoped) values ('domain', '', 0)")
    db.commit()
    has(home.run("run", "m")[2], "(and 1 more of the kind)\n")
    home.ok("autonoscope", "delete", "domain", "*.x.com")
    has(home.run("run", "m")[2], 'domain "" matches everything: autonoscope delete domain "", then autonoscope add domain .\n')
    home.ok("autonoscope", "delete", "domain", "")
    same(home.run("run", "m")[2], "")
    home.ok("add", "domain", "bücher.de")
    home.ok("autonoscope", "delete", "domain", "xn--bcher-kva.de")
    home.ok("autonoscope", "add", "domain", "bücher.de")
    home.ok("add", "domain", "xn--bcher-kva.de")
    same(home.rows("domains")[-1]["unscoped"], True)


def a_filter_of_a_wrong_column_names_the_right_ones(home):
    home.ok("add", "domain", "example.com")
    columns = "domains has the columns id, value, unscoped"
    for args in (("select", "domains"), ("delete", "domains"), ("scope", "domains"), ("noscope", "domains")):
        status, out, err = home.run(*args, "where", "bogus=1", stdin="y\n")
        same((args, status, out), (args, 1, ""))
        same(err, f"Error: no such column: bogus\nBecause: {columns}\n")
    home.module("me/m", "function run() end\n", "Source: domains")
    has(home.run("run", "m", "-t", "where bogus=1")[2], columns)
    has("".join(home.run(stdin="use m\ntarget where bogus=1\n")[1:]), columns)


def a_layer_that_is_none_names_those_that_are(home):
    home.module("me/m", "function run() end\n")
    status, _, err = home.run("run", "m", "--sandbox-allow-missing", "files")
    same(status, 2)
    has(err, '"files" (filesystem, all)')


def secrets_are_given_to_whom_they_were_granted(home):
    home.module("me/keys", "function run() info(keyring('aws')) end\n", "Keyring-Access: aws")
    home.ok("keyring", "add", "aws:AKIA1", "s3cret")
    same(stat.S_IMODE(os.stat(os.path.join(home.share, "keyring.json")).st_mode), 0o600)
    has(home.ok("run", "--deny-keyring", "me/keys"), line("me/keys", "{}"))
    same(home.run("run", "me/keys")[0], 1)
    has(home.ok("run", "me/keys", stdin="n\n"), line("me/keys", "{}"))
    out = home.ok("run", "me/keys", stdin="y\n")
    has(out, '[+] Granted access to "aws"\n', '"secret_key": "s3cret"')
    with open(os.path.join(home.share, "keyring.json")) as f:
        same(json.load(f), {"keys": {"aws": {"AKIA1": "s3cret"}}, "grants": {"aws": ["me/keys"]}})
    home.ok("keyring", "revoke", "aws", "me/keys")
    has(home.ok("run", "--deny-keyring", "me/keys"), line("me/keys", "{}"))
    same(home.ok("keyring", "get", "-q", "aws:AKIA1"), "s3cret\n")
    same(home.ok("keyring", "list"), "aws:AKIA1\n")


def text_of_modules_does_not_command_the_terminal(home):
    home.module("me/evil", "function run() error('a\\27[2Jb') warn('one\\n[+] Finished me/evil') error('c\\r\\194\\155d') end\n")
    out = home.ok("run", "me/evil")
    assert "\x1b" not in out and "\r" not in out and "\x9b" not in out, repr(out)
    has(out, line("me/evil", "a\\u{1b}[2Jb", "-"), line("me/evil", "[+] Finished me/evil", "!"))


def colours_are_for_terminals(home):
    home.module("me/m", "function run() info('x') end\n")
    assert "\x1b" not in home.ok("run", "me/m")
    has(home.ok("--color", "always", "run", "me/m"), "\x1b[1m[\x1b[34m*\x1b[0;1m]\x1b[0m ")
    has(home.ok("run", "me/m", env={"CLICOLOR_FORCE": "1"}), "\x1b[34m")
    assert "\x1b" not in home.ok("run", "me/m", env={"CLICOLOR_FORCE": "1", "NO_COLOR": "1"})


def a_target_that_takes_too_long_is_stopped(home):
    home.module("me/slow", "function run() sleep(1000) end\n")
    out = home.ok("run", "--timeout", "1", "me/slow", timeout=30)
    has(out, "[-] Failed me/slow: ", "[+] Finished me/slow (1 errors)")


def bundled_modules_stand_behind_mine(home):
    ours = sorted(f[:-4] for f in os.listdir(os.path.join(MODULES, "bundled")) if f.endswith(".lua"))
    listed = lambda *args: [l.split()[0] for l in home.ok(*args).splitlines() if not l.startswith("    ")]
    same(listed("modules"), ["bundled/" + n for n in ours])
    same(listed("pkg", "list"), [])
    same(listed("pkg", "list", "--bundled", "*ct-*"), ["bundled/ct-file", "bundled/ct-search"])
    out = home.run(stdin="")[1]
    has(out, "[+] Loaded 0 modules\n", "No modules found in", "[*] Some came with sn0int; list them with: modules\n")
    home.module("me/whois", "function run() info('mine') end")
    home.module("bundled/geoip", "function run() info('my geoip') end")
    same(listed("pkg", "list"), ["bundled/geoip", "me/whois"])
    same(len(listed("modules")), len(ours) + 1)
    same([m for m in listed("modules", "--bundled") if "geoip" in m], [])
    has(home.ok("run", "whois"), "mine")
    has(home.ok("run", "bundled/geoip"), "my geoip")
    has(home.ok("pkg", "info", "bundled/whois"), "modules/bundled/whois.lua")
    home.module("you/whois", "function run() info('yours') end")
    has(home.run("run", "whois")[2], "Ambiguous name: whois could be me/whois you/whois\n")
    out = home.run(stdin="pkg reload\n")[1]
    has(out, "Loaded 3 modules")
    assert "No modules" not in out and "came with" not in out, out


def configure(home, text):
    os.makedirs(os.path.join(home.path, ".config"), exist_ok=True)
    with open(os.path.join(home.path, ".config/sn0int.toml"), "w") as f:
        f.write(text)


def a_typing_error_in_the_configuration_is_told_of(home):
    configure(home, "[network]\nproxi = '127.0.0.1:9050'\n[netwrok]\n")
    file = os.path.join(home.path, ".config/sn0int.toml")
    want = f"[!] {file}: unknown section [netwrok], did you mean [network]?\n[!] {file}: unknown key proxi in [network], did you mean proxy?\n"
    for args in (["stats", "-q"], ["select", "domains"], ["pkg", "list"], ["paths"], []):
        same(home.run(*args)[2].count(want), 1, str(args))
    configure(home, "[network]\nproxy = '127.0.0.1:9050'\n")
    same(home.run("select", "domains")[2], "")
    configure(home, "[network]\nproxy = 9050\n")
    has(home.run("select", "domains")[2], "in [network]: proxy\nBecause: invalid type: integer `9050`, expected a string")


def bundled_modules_can_be_put_away(home):
    configure(home, "[core]\nbundled = false\n")
    same(home.ok("modules"), "")
    has(home.run("run", "whois")[2], "Module not found: whois")
    assert "came with" not in home.run(stdin="")[1]


def bundled_modules_work_on_files(home):
    with open(os.path.join(MODULES, "example/mail.log")) as f:
        home.ok("run", "-f", os.path.join(MODULES, "bundled/harvest.lua"), "--stdin", stdin=f.read())
    values = home.ok("select", "--values", "subdomains").split()
    assert "lists.debian.org" in values and "dovecot.newsroom.example.co.uk" in values, values
    assert "press@eff.org" in home.ok("select", "--values", "emails").split()
    with open(os.path.join(MODULES, "example/ct.json")) as f:
        home.ok("-w", "ct", "run", "-f", os.path.join(MODULES, "bundled/ct-file.lua"), "--stdin", stdin=f.read())
    same(sorted(home.ok("-w", "ct", "select", "--values", "subdomains").split()),
         ["ci.dev.example.com", "dev.example.com", "mail.example.com", "vpn.example.com", "www.example.com"])
    with open(os.path.join(MODULES, "example/page.html")) as f:
        home.ok("-w", "page", "run", "-f", os.path.join(MODULES, "bundled/page-urls.lua"), "--stdin", "-o",
                "base=https://www.example.com/team/", stdin=f.read())
    has(home.ok("-w", "page", "select", "--values", "urls"), "https://www.example.com/press/\n", "https://static.example.net/report.pdf\n")


# ---- rules and reports


def rules_decide_about_new_rows(home):
    for args in (["autonoscope", "add", "domain", "example.com"], ["autoscope", "add", "domain", "live.example.com"],
                 ["autonoscope", "add", "ip", "192.0.2.0/24"], ["autonoscope", "add", "ip", "10.0.0.1"],
                 ["autonoscope", "add", "ip", "10.0.0.1"], ["autonoscope", "add", "url", "https://example.net/admin"]):
        same(home.ok(*args), "")
    same(home.ok("autonoscope", "list"), '  scope domain "live.example.com"\nnoscope domain "example.com"\nnoscope ip "10.0.0.1/32"\n'
         'noscope ip "192.0.2.0/24"\nnoscope url "https://example.net/admin"\n')
    same(home.ok("autoscope", "list", env={"CLICOLOR_FORCE": "1"}).splitlines()[0], '\x1b[32m  scope domain\x1b[0m "live.example.com"')
    for value in ("example.com", "example.org"):
        home.ok("add", "domain", value)
    same([d["unscoped"] for d in home.rows("domains")], [True, False])
    home.ok("add", "port", "tcp", "192.0.3.1:80")
    same(home.run("autonoscope", "add", "ip", "nonsense")[0], 1)
    same(home.run("autonoscope", "add", "email", "a@example.com")[0], 2)
    home.ok("autoscope", "add", "domain", "example.com")
    home.ok("autoscope", "delete", "ip", "10.0.0.1")
    home.ok("autoscope", "delete", "ip", "10.0.0.1")
    has(home.ok("autoscope", "list"), '  scope domain "example.com"\nnoscope ip "192.0.2.0/24"\n')


def rescope_applies_rules_to_rows_that_are_there(home):
    for args in (["domain", "example.com"], ["domain", "example.org"], ["subdomain", "www.example.com"], ["ipaddr", "192.0.2.1"],
                 ["port", "tcp", "192.0.2.1:80"], ["email", "a@example.com"]):
        home.ok("add", *args)
    same(home.ok("rescope"), "[*] Loaded 0 rules\n[*] Nothing has changed, not updating database\n")
    home.ok("autonoscope", "add", "domain", "example.com")
    home.ok("autonoscope", "add", "ip", "192.0.2.0/24")
    domain = '[-] Setting entity true => false: Domain { id: 1, value: "example.com", unscoped: false }\n'
    sub = ('[-] Setting entity true => false: Subdomain { id: 1, domain_id: 1, value: "www.example.com", unscoped: false, '
           'resolvable: None }\n')
    out = home.ok("rescope", "-n")
    assert out.startswith("[*] Loaded 2 rules\n" + domain + sub + "[-] Setting entity true => false: IpAddr { id: 1, "), out
    has(out, "Port { id: 1, ", "[+] Database not updated\n")
    has(home.ok("rescope", stdin="n\n"), "[+] Database not updated\n")
    same(home.rows("domains", "where", "unscoped=1"), [])
    same(home.run("rescope")[0], 1)
    same(home.ok("rescope", "-y", "domains", "where", "id=1"), "[*] Loaded 2 rules\n" + domain + "[+] Applying 1 changes to database\n")
    same(home.ok("rescope", "-y", "emails"), "[*] Loaded 2 rules\n[*] Nothing has changed, not updating database\n")
    has(home.ok("rescope", "-iy", stdin="what\n?\nn\na\n"), 'The rule: noscope domain "example.com"\n', "[+] Applying 2 changes")
    same([home.rows(t)[0]["unscoped"] for t in ("domains", "subdomains", "ipaddrs", "ports", "emails")], [True, False, True, True, False])
    home.ok("autoscope", "add", "domain", "example.com")
    has(home.ok("rescope", stdin="y\n"), "[+] Setting entity false => true: Domain {", "[+] Applying 1 changes to database\n")
    has(home.ok("rescope", "-i", "ipaddrs"), "Nothing has changed")


def stats_count_what_is_there(home):
    home.ok("add", "domain", "example.com")
    home.ok("noscope", "domains", "where", "true")
    home.ok("-w", "two", "add", "email", "a@example.com")
    os.mkdir(os.path.join(home.share, "data/unused"))
    with open(os.path.join(home.share, "data/default/blobs/StrayFile"), "w") as f:
        f.write("x" * 1536)
    lines = home.ok("stats").splitlines()
    same(lines[:3], ["default".rjust(41), "domains".ljust(20) + "1".rjust(21), "subdomains".ljust(20) + "0".rjust(21)])
    same(lines[-3:], ["activity".ljust(20) + "0".rjust(21), "blobs".ljust(20) + "1".rjust(21), "blobs (size)".ljust(20) + "1.50 KiB".rjust(21)])
    same(len(lines), 18)
    same(home.ok("-w", "new", "stats", "-sq"), "new".rjust(41) + "\n")
    same(home.ok("stats", "-aqs").splitlines()[:4], ["default".rjust(41), "domains".ljust(20) + "1".rjust(21), "", "new".rjust(41)])
    every = [json.loads(l) for l in home.ok("stats", "-aj").splitlines()]
    same([(e["workspace"], e["domains"], e["emails"], e["blobs"]["count"]) for e in every],
         [("default", 1, 0, 1), ("new", 0, 0, 0), ("two", 0, 1, 0), ("unused", 0, 0, 0)])
    same(every[0]["blobs"], {"count": 1, "total_size": 1536, "total_human_size": "1.50 KiB"})
    same(list(every[0]), "workspace domains subdomains ipaddrs urls emails phonenumbers devices networks accounts breaches images ports "
         "netblocks cryptoaddrs activity blobs".split())
    same(json.loads(home.ok("stats", "-js"))["blobs"], None)
    same(os.listdir(os.path.join(home.share, "data/unused")), [])


def export_has_all_of_it(home):
    home.ok("add", "domain", "b.com")
    home.ok("add", "domain", "a.com")
    home.ok("noscope", "domains", "where", "id=1")
    home.ok("add", "network", "cafe", "1", "2")
    home.ok("add", "netblock", "10.0.0.0/8")
    home.ok("add", "cryptoaddr", "x")
    home.ok("autoscope", "add", "domain", "a.com")
    home.module("me/m", "function run()\n db_add_ttl('email', { value='a@example.com' }, 3600)\n"
                "db_activity({ topic='t', time='2020-02-29T12:00:00', content={ a=1 } })\ncreate_blob('asdf')\n"
                "db_add('image', { value=create_blob('asdf') })\nend\n")
    home.ok("run", "me/m")
    all = json.loads(home.ok("export", "-f", "json"))
    same(list(all)[:16], "accounts breaches breach_emails devices domains emails images ipaddrs netblocks networks network_devices "
         "phonenumbers ports subdomains subdomain_ipaddrs urls".split())
    same(all["domains"], [{"id": 1, "value": "b.com", "unscoped": True}, {"id": 2, "value": "a.com", "unscoped": False}])
    same([[r["value"] for r in all[t]] for t in ("networks", "netblocks", "cryptoaddrs")], [["cafe"], ["10.0.0.0/8"], ["x"]])
    same(all["autonoscope"], [{"id": 1, "object": "domain", "value": "a.com", "scoped": True}])
    same([(t["family"], t["key"], t["value"]) for t in all["ttls"]], [("emails", 1, "a@example.com")])
    same(all["activity"], [{"id": 1, "topic": "t", "time": "2020-02-29T12:00:00", "uniq": None, "latitude": None, "longitude": None,
                            "radius": None, "content": {"a": 1}}])
    same(json.loads(home.ok("export", "--format=json-blobs")), {"models": all, "blobs": ["YXNkZg=="]})
    for args in (["export"], ["export", "-f", "xml"], ["export", "-f", ""]):
        same(home.run(*args)[0:2], (2, ""))


def an_export_says_which_files_it_lacks(home):
    home.module("me/m", "function run()\n for i=1, 3 do db_add('image', { value=create_blob('x' .. i) }) end\nend\n")
    home.ok("run", "me/m")
    ids = home.ok("select", "--values", "images").split()
    same(home.run("export", "-f", "json-blobs")[2], "")
    blobs = os.path.join(home.share, "data/default/blobs")
    os.unlink(os.path.join(blobs, ids[0]))
    with open(os.path.join(blobs, ids[1]), "w") as f:
        f.write("asdf")
    status, out, err = home.run("export", "-f", "json-blobs")
    same((status, sorted(json.loads(out)["blobs"])), (0, ["YXNkZg==", "eDM="]))
    same(err, f"[!] the file of the image {ids[1]} has other bytes than its name says, see fsck\n"
         f"[!] the file of the image {ids[0]} is missing, the export is without it\n")
    same(home.run("export", "-f", "json")[2], "")


STORES = """import json, os, sys
next(sys.stdin)
def say(event):
    print(json.dumps(event), flush=True)
def ask(event):
    say(event)
    return next(sys.stdin)
ask({"Blob": "YXNkZg=="})
say({"Log": {"Info": "stored"}})
if open("go").read() == "go":
    ask({"Database": {"Insert": {"Image": {"value": "%s", "unscoped": False}}}})
say({"Exit": "Ok"})
"""


def gc_leaves_what_a_run_is_about_to_need(home):
    """The order is forced: the child stores a blob, waits, and only then adds the image."""
    id = "DTTV3EjpHBNJx3Zw7eJsVPm4bYXKmNkJQpVNkcvTtTSz"  # of asdf
    home.module("me/m", "")
    with open(os.path.join(home.path, "child"), "w") as f:
        f.write(STORES % id)
    os.mkfifo(os.path.join(home.path, "go"))

    def begin():
        p = subprocess.Popen([SN0INT, "run", "me/m", "--child", sys.executable + " child"], env=home.env, cwd=home.path, stdout=subprocess.PIPE)
        has(first_line(p.stdout).decode(), "stored")
        return p

    def end(p, word):
        with open(os.path.join(home.path, "go"), "w") as f:
            f.write(word)
        p.communicate(timeout=60)
        same(p.returncode, 0)

    end(begin(), "leave it")
    for word in ("leave it", "go"):  # the blob is there before the second stores it
        p = begin()
        for args in (["--gc"], ["--gc-all"]):
            same(home.run("fsck", *args), (1, "", f"[!] {id}... dangling\nError: 1 files are kept: something that stores images is going on, "
                                           "try again after it\n"))
        same(home.run("fsck"), (0, "", f"[!] {id}... dangling\n"))
        end(p, word)
        same(home.run("fsck", "--gc")[0], 0)
        same(os.listdir(os.path.join(home.share, "data/default/blobs")), [] if word != "go" else [id])
    same(home.run("fsck", "-v"), (0, f"[+] {id}... ok\n", ""))


def fsck_compares_files_with_images(home):
    home.module("me/m", "function run()\n for i=1, 4 do db_add('image', { value=create_blob('x' .. i) }) end\nend\n")
    home.ok("run", "me/m")
    ids = home.ok("select", "--values", "images").split()
    blob = lambda name: os.path.join(home.share, "data/default/blobs", name)
    same(home.run("fsck"), (0, "", ""))
    same(home.ok("fsck", "-v"), "".join(f"[+] {i}... ok\n" for i in sorted(ids)))
    home.ok("delete", "images", "where", "id=1")
    os.unlink(blob(ids[2]))
    for name in (ids[1], "StrayFile", "has-dash"):
        with open(blob(name), "w") as f:
            f.write("other")
    ok, dangling, corrupted = f"[+] {ids[3]}... ok\n", f"[!] {ids[0]}... dangling", f"[-] {ids[1]}... corrupted"
    rest = ["[-] has-dash... blob id contains invalid characters", f"[-] {ids[2]}... missing"]
    for args in (["-v"], ["-v", "--gc"]):
        status, out, err = home.run("fsck", *args)
        same((status, out, sorted(err.splitlines())), (0, ok, sorted([dangling, corrupted, "[-] StrayFile... corrupted", *rest])))
    same(sorted(home.run("fsck", "--gc-all")[2].splitlines()), sorted([corrupted, "[-] StrayFile... corrupted", *rest]))
    same(sorted(home.run("fsck")[2].splitlines()), sorted([*rest, f"[-] {ids[1]}... missing"]))
    same(sorted(os.listdir(blob(""))), sorted([ids[3], "has-dash"]))


def log_events(where, *events):
    """Logs events, each the inside of a Lua table."""
    where.module("me/log", "function run()\n" + "".join(f"db_activity({{ {e} }})\n" for e in events) + "end\n")
    where.ok("run", "me/log")


def activity_prints_the_time_line(home):
    log_events(home, "topic='b', time='2020-02-29T13:00:00', content='late'",
               "topic='a', time='2020-02-29T12:00:00', uniq='u', latitude=40.726662, longitude=-74.5, radius=50, content={ z=1, a='x' }",
               "topic='a', time='2020-02-29T12:00:00.5', content=false", "topic='a', time='2020-02-28T12:00:00', content=1")
    first = '{"id":4,"initial":false,"topic":"a","time":"2020-02-28T12:00:00","content":1}\n'
    second = ('{"id":2,"initial":false,"topic":"a","time":"2020-02-29T12:00:00","uniq":"u","latitude":40.72666,"longitude":-74.5,'
              '"radius":50,"content":{"a":"x","z":1}}\n')
    third = '{"id":3,"initial":false,"topic":"a","time":"2020-02-29T12:00:00.500","content":false}\n'
    fourth = '{"id":1,"initial":false,"topic":"b","time":"2020-02-29T13:00:00","content":"late"}\n'
    same(home.ok("activity"), first + second + third + fourth)
    same(home.ok("activity", "-t", "b"), fourth)
    same(home.ok("activity", "-l"), second)
    same(home.ok("activity", "--since", "2020-02-29T12:00:00", "--until", "2020-02-29T12:00:00"), second)
    same(home.ok("activity", "-i", "--since", "2020-02-29T12:00:00"), first.replace("false", "true") + second + third + fourth)
    same(home.ok("activity", "-it", "a", "--since=2020-02-29T12:00:00.1"), second.replace("false", "true", 1) + third)
    same(home.ok("activity", "-i", "-t", "b"), fourth)
    same(home.ok("activity", "-i", "--since", "today"), "")
    same(home.ok("activity", "-t", "o'b"), "")
    same(home.run("activity", "--since", "2 fortnights ago")[0:2], (2, ""))


def cal_shades_days_by_their_events(home):
    when = [*["2020-02-03T00:00:00"] * 4, "2020-02-04T23:59:59.9", *["2020-02-05T01:00:00"] * 2, *["2020-02-06T01:00:00"] * 3,
            *["2020-03-01T00:00:00"] * 20]
    log_events(home, *[f"topic='{'a' if t[9] == '3' else 'b'}', time='{t}', content=1" for t in when])
    same(home.ok("cal", "feb", "2020"), "    February 2020    \n Su Mo Tu We Th Fr Sa\n                    1\n  2* 3. 4: 5+ 6  7  8\n"
         "  9 10 11 12 13 14 15\n 16 17 18 19 20 21 22\n 23 24 25 26 27 28 29\n")
    grade = ["97m\x1b[48;5;238m", "30m\x1b[48;5;148m", "30m\x1b[48;5;71m", "97m\x1b[48;5;34m", "97m\x1b[48;5;22m"]
    week = lambda grades: "".join(f"\x1b[{grade[g]} {day:2}\x1b[0m" for day, g in enumerate(grades, 2))
    color = {"CLICOLOR_FORCE": "1"}
    # what is behind the month has no say in it
    same(home.ok("cal", "2020", "FEBRUARY", env=color).splitlines()[3], week([0, 4, 1, 2, 3, 0, 0]))
    same(home.ok("cal", "-t", "a", "Feb", "2020", env=color).splitlines()[3], week([0, 4, 0, 0, 0, 0, 0]))
    has(home.ok("cal", "-C1", "mar", "2020", env=color), week([0, 1, 1, 1, 1, 0, 0]))
    year = home.ok("cal", "2020").splitlines()
    same((len(year), {len(l) for l in year}), (32, {69}))
    same(year[24], f"{'October 2020':^21}   {'November 2020':^21}   {'December 2020':^21}")
    same(len(home.ok("cal", "-C", "3", "feb", "2020").splitlines()), 16)
    for args in (["-C", "1", "2020"], ["2020", "2021"], ["feb", "mar"], ["10000"], ["-T", "2020"], ["-HT"], ["-C", "24001", "jan", "2000"],
                 ["-H", "-C", "36600"]):
        same((args, home.run("cal", *args)[0:2]), (args, (1, "")))


def cal_shows_hours(home):
    now = time.gmtime()
    log_events(home, f"topic='t', time='{time.strftime('%Y-%m-%dT%H:%M:%S', now)}', content=1")
    day = time.strftime("%Y-%m-%d (%a) ", now)
    for args, width, at in ((["-H"], 3, now.tm_hour), (["-T"], 1, now.tm_hour * 5 + now.tm_min // 12)):
        # midnight may come between
        lines = home.ok("cal", *args, "-C", "1").splitlines()
        same(lines[0], " " * 17 + "".join(f"{h:02}".ljust(3 if width == 3 else 5) for h in range(24)))
        same([len(l) for l in lines], [len(lines[0])] * 3)
        same([l for l in lines if l.startswith(day)], [day + (" " * width * at + {3: "###", 1: "#"}[width]).ljust(len(lines[0]) - 17)])
    has(home.ok("cal", "-H", "-C1", env={"CLICOLOR_FORCE": "1"}), "\x1b[97m\x1b[48;5;22m   \x1b[0m")


def shells_complete_commands(home):
    candidates = lambda text: home.ok("completions", "--line=" + text).split()
    home.ok("keyring", "add", "aws:KEY1", "secret")
    home.module("me/mod", "function run() end\n")
    has(candidates("sn0int "), "run", "select", "workspace")
    assert "set" not in candidates("sn0int "), "a command of the prompt alone"
    bundled = [name[:-4] for name in os.listdir(os.path.join(MODULES, "bundled")) if name.startswith("m") and name.endswith(".lua") and name not in ("matrix.lua",)]
    for text, want in (("sn0int -w x sel", ["select"]), ("sn0int --w", ["--workspace"]), ("sn0int select --js", ["--json"]),
                       ("sn0int select --json dom", ["domains"]), ("sn0int select --json domains ", ["where"]), ("sn0int use ", []),
                       ("sn0int select subdomains where res", ["resolvable"]), ("sn0int delete subdomains where resolvable = ", ["true", "false"]),
                       ("sn0int scope domains where id = 1 o", ["or", "order"]), ("sn0int select domains where id in (1) ", ["and", "or", "order", "limit"]),
                       ("sn0int keyring get ", ["aws:KEY1"]), ("sn0int run m", sorted([*bundled, "me/mod", "mod"])), ("sn0int run bundled/whoi", ["bundled/whois"]), ("sn0int pkg info matr", ["matrix"]), ("sn0int autoscope add ", ["domain", "ip", "url"]),
                       ("sn0int completions ", ["bash", "fish", "zsh"]), ("sn0", []), ("", []), ("sn0int 'x", [])):
        same((text, candidates(text)), (text, want))
    same(os.path.exists(os.path.join(home.share, "data/x")), False)
    home.module("me/opt", "-- Option: server=x where\nx = getopt('port') function run() end\n")
    home.ok("-w", "client", "add", "domain", "example.com")
    for text, want in (("sn0int -w c", ["client"]), ("sn0int --workspace ", ["client", "default"]), ("sn0int --workspace=c", ["--workspace=client"]),
                       ("sn0int --color a", ["auto", "always"]), ("sn0int --color=n", ["--color=never"]), ("sn0int --nosuch=", []),
                       ("sn0int -w client sel", ["select"]), ("sn0int help hmac_m", ["hmac_md5"]), ("sn0int help sub", ["subdomain", "subdomain-ipaddr", "subdomain-center"]),
                       ("sn0int help keyring l", ["list", "lock"]), ("sn0int export -f json", ["json", "json-blobs", "jsonl"]), ("sn0int export --format=json-", ["--format=json-blobs"]),
                       ("sn0int export -f x dom", ["domains"]), ("sn0int modules --stealth p", ["passive"]), ("sn0int modules me/m", ["me/mod"]), ("sn0int modules --js", ["--json"]), ("sn0int pkg list --source dom", ["domains"]),
                       ("sn0int run opt -o ", ["server=", "port="]), ("sn0int run me/opt --option=p", ["--option=port="]), ("sn0int run -o ", []),
                       ("sn0int run m --limit mem", ["memory="]), ("sn0int run m --sandbox-allow-missing ", ["filesystem", "all"]),
                       ("sn0int run m --allow-net=loc", ["--allow-net=local"]), ("sn0int run -- --color=", []), ("sn0int run m -vt ", []),
                       ("sn0int select -- -f ", ["where"]), ("sn0int run ct-", ["ct-file", "ct-search"]),
                       ("sn0int pkg info who", ["whois"]), ("sn0int pkg info bundled/who", ["bundled/whois"]), ("sn0int help sand", ["sandbox"])):
        same((text, candidates(text)), (text, want))
    script = home.ok("completions", "bash") + '''
for COMP_LINE in "prog stat" "prog keyring get aws:" "prog nosuch"; do
    COMP_POINT=${#COMP_LINE}
    _sn0int "$1"
    echo "${COMPREPLY[*]}"
done
'''
    p = subprocess.run(["bash", "-c", script, "bash", SN0INT], capture_output=True, env=home.env, cwd=home.path)
    same(p.stdout, b"stats\nKEY1\n\n")
    for shell in ("fish", "zsh"):
        has(home.ok("completions", shell), "sn0int completions --line=")
    for args in ([], ["nosuch"], ["bash", "zsh"]):
        same(home.run("completions", *args)[0], 2)


EVIL = ["$(touch${IFS}pwned)", "`touch${IFS}pwned`", "a;b", "a&b", "a|b", "a<b", "a>b", "a*b", "a?b", "a\\b", "a'b", 'a"b', "a\nb", "a\x1b]0;x\x07b",
        "a\x9bb", "a\u202eb", "a(b"]


def names_that_a_shell_would_run_are_left_out(home):
    for name in EVIL:
        home.module("me/" + name, "function run() end\n")
    home.module("$(id)/x", "function run() end\n")
    for name in ("zwei worte", "a{b}", "k\u00e4se", "#x", "-x"):
        home.module("me/" + name, "function run() end\n")
    status, out, err = home.run("pkg", "list")
    same([x[4:] for x in out.split("\n") if x.startswith("    ")], ["me/#x", "me/-x", "me/a{b}", "me/k\u00e4se", "me/zwei worte"])
    same((status, err.count("Failed to load "), err.count("could take for a command")), (0, len(EVIL) + 1, len(EVIL) + 1))
    assert "\x1b]" not in err and "\u202e" not in err, err
    home.ok("run", "me/zwei worte")


def bash_quotes_what_it_inserts(home):
    """A real bash: the names of keys may be anything, those of modules may have blanks; what Tab puts there is one word and runs nothing."""
    home.module("me/zwei worte", "function run() end\n")
    home.ok("keyring", "add", "evil:$(touch pwned)", "secret")
    home.ok("keyring", "add", "two:a;touch pwned", "secret")
    home.ok("keyring", "add", "two:a`touch pwned`", "secret")
    with open(os.path.join(home.path, "rc"), "w") as f:
        f.write(home.ok("completions", "bash") + "PS1='READY '\nbind 'set enable-bracketed-paste off'\n")
    os.symlink(SN0INT, os.path.join(home.path, "sn0int"))
    env = {**home.env, "PATH": home.path + ":" + os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    for typed, want in (("run me/\t\r", "Finished me/zwei worte"), ("keyring get evil:\t\r", "secret"),
                        ("keyring get two:\tx\r", ""), ("sta\t\r", "domains")):
        t = Terminal(home, "--rcfile", "rc", "-i", program="bash", env=env)
        t.expect("READY ")
        t.type("sn0int " + typed)
        t.expect("\n(.*\n)*.*" + want)
        t.expect("READY ")
        t.type("exit\r")
        t.end()
        assert not os.path.exists(os.path.join(home.path, "pwned")), typed


# ---- workspaces and modules


def workspaces_are_apart(home):
    home.ok("-w", "demo", "add", "domain", "example.com")
    home.ok("add", "domain", "env.com", env={"SN0INT_WORKSPACE": "fromenv"})
    same(home.ok("workspace"), "demo\nfromenv\n")
    has(home.ok("workspace", "--usage", "demo"), "demo                                              : ", "iB\n")
    same(home.run("workspace", "--delete", "demo")[0], 1)
    same(home.ok("workspace", "--delete", "-f", "demo"), '[+] Deleting workspace: "demo"\n')
    same(home.ok("workspace"), "fromenv\n")


def a_module_that_does_not_load_is_told_of_where_it_matters(home):
    home.module("me/good", "function run() end\n")
    bad = home.module("me/bad", "")
    with open(bad, "w") as f:
        f.write("function run() end\n")
    for args in (["stats", "-q"], ["select", "domains"], ["add", "domain", "example.com"], ["keyring", "list"], ["export", "-f", "json"], ["fsck"],
                 ["run", "me/good"], ["run", "good"], ["pkg", "info", "good"], ["completions", "--line=sn0int run "]):
        same((args, home.run(*args)[2]), (args, ""))
    why = "Failed to parse module metadata: Failed to parse header: line 1: "
    for args in (["modules"], ["pkg", "list"], []):
        same(home.run(*args)[2].count(f"[!] Failed to load me/bad: {why}"), 1, str(args))
    # whoever asks for it is told why it is not there
    for args in (["run", "me/bad"], ["run", "bad"], ["pkg", "info", "bad"]):
        status, out, err = home.run(*args)
        same(status, 1)
        has(err, "Error: Failed to load me/bad\nBecause: " + why)
    out = home.run(stdin="use bad\nselect domains\npkg reload\n")[2]
    same(out.count(why), 3)


def a_module_that_is_wrong_says_where(home):
    home.module("me/harvest", "", "Source: domains")
    home.module("me/typo", "", "Sourse: domains")
    home.module("me/one", "", "Source: domain")
    err = home.run("pkg", "list")[2]
    has(err, 'me/typo: Failed to parse module metadata: Failed to parse header: line 4: unknown key "Sourse", did you mean "Source"?\n',
        'me/one: Failed to parse module metadata: Unknown Source: "domain", did you mean "domains"?\n')
    has(home.run("run", "harvesst")[2], "Module not found: harvesst, did you mean ", "/harvest?")
    has(home.run("run", "mee/harvest")[2], "did you mean me/harvest?")
    # families that are links are no operands
    has(home.run("select", "domain")[2], "did you mean 'domains'?")
    assert "did you mean" not in home.run("select", "subdomain_ipaddrs")[2]


def what_the_peer_has_is_heeded(home):
    configure(home, "[core]\nregistry = 'https://sn0int.com'\nno-autoupdate = true\n[notifications.mail]\nscript = 'me/mail'\n")
    same(home.run("stats", "-q")[2].count("[!]"), 0)


def what_is_outdated_is_known_from_who_looked(home):
    """D/autoupdate.json is the peer's; nobody having looked is not the same as nothing being there."""
    state = os.path.join(home.share, "autoupdate.json")
    for name in ("a", "b", "c"):
        home.module("me/" + name, "")
    same(home.run("pkg", "list", "--outdated"), (0, "", f"[!] nobody has looked for newer versions: there is no {state}\n"))
    for text, want in (('{"registry":null,"last_update":0,"outdated":[]}', ""), ('{"registry":1,"last_update":2,"outdated":["me/b","me/x"]}', "me/b")):
        with open(state, "w") as f:
            f.write(text)
        status, out, err = home.run("pkg", "list", "--outdated")
        same((status, out.split(" ")[0], err), (0, want, ""))
    for text in ("", "[]", '{"outdated":1}', '{"outdated":[1]}', '{"outdated":["me/a"]', "{}"):
        with open(state, "w") as f:
            f.write(text)
        status, out, err = home.run("modules", "--outdated")
        same((text, status, out), (text, 1, ""))
        has(err, state)


def modules_are_listed(home):
    home.module("me/a", "", "Source: domains")
    home.module("me/b", "", "Stealth: offline")
    same(home.ok("pkg", "list"), "me/a 0.1.0\n    me/a\nme/b 0.1.0 [offline]\n    me/b\n")
    same(home.ok("pkg", "list", "--source", "domains"), "me/a 0.1.0\n    me/a\n")
    same(home.ok("modules", "--stealth", "passive", "me/*"), "me/b 0.1.0 [offline]\n    me/b\n")
    has(home.ok("pkg", "info", "a"), "source", "domains")


def modules_are_listed_as_json(home):
    home.module("me/a", "-- Page: https://a.example/\n-- Limits: \u00fc\n-- Option: server = https://a.example, where\n-- Option: port\n"
                "function run(arg) http_request(http_mksession(), 'GET', (getopt('server') or 'https://a.example') .. '/x', {}) dns('x', {record='A'})\n"
                "db_add('subdomain', {domain_id=arg['id'], value='x'}) end\n", "Source: accounts:github.com", "Stealth: loud", "Keyring-Access: aws")
    home.module("me/b", "")
    a, b = map(json.loads, home.ok("modules", "--json", "me/*").splitlines())
    same({k: a[k] for k in ("id", "version", "source", "only", "stealth", "description", "license", "bundled", "outdated")},
         {"id": "me/a", "version": "0.1.0", "source": "accounts", "only": "github.com", "stealth": "loud", "description": "me/a", "license": "GPL-3.0", "bundled": False,
          "outdated": False})
    same((a["pages"], a["limits"], a["runs_in"], a["keys"], a["keys_needed"]), (["https://a.example/"], ["\u00fc"], [], ["aws"], True))
    same(a["options"], [{"name": "server", "default": "https://a.example", "meaning": "where"}, {"name": "port", "default": None, "meaning": None}])
    same((a["adds"], a["reaches"]), (["subdomain"], ["a.example:443", "the host in option server", "name servers"]))
    same((b["source"], b["only"], b["keys"], b["keys_needed"], b["reaches"], b["adds"]), (None, None, [], False, [], []))
    same(sorted(a), sorted(b))
    every = [json.loads(l) for l in home.ok("modules", "--json", "--bundled").splitlines()]
    same([m["id"] for m in every], sorted("bundled/" + f[:-4] for f in os.listdir(os.path.join(MODULES, "bundled")) if f.endswith(".lua")))
    same([m["runs_in"] for m in every if m["id"] == "bundled/ct-search"], [["sn0int 0.26.1"]])


def modules_are_grouped_on_a_terminal(home):
    """By what they run on, in lines that fit; on a pipe the width does not count."""
    home.module("me/quiet", "", "Source: domains", "Stealth: passive")
    home.module("me/noisy", "", "Source: domains", "Stealth: loud")
    home.module("me/plain", "")
    home.module("me/no-notes", "", "Source: notifications")
    with open(os.path.join(home.share, "modules/me/quiet.lua"), "w") as f:
        f.write("-- Description: " + "\u6f22" * 60 + "\n-- Version: 0.1.0\n-- License: GPL-3.0\n-- Source: domains\n-- Stealth: passive\n\nfunction run() end\n")
    shell = f"stty cols 60; exec '{SN0INT}' --color never modules"
    lines = Terminal(home, "-c", shell, program="/bin/sh", env={**home.env, "TERM": "xterm"}).all()
    own = [l for l in lines if l.startswith("  me/")]
    same([l.split()[0] for l in own], ["me/noisy", "me/quiet", "me/no-notes", "me/plain"])
    same(own[0].split(), ["me/noisy", "loud:", "me/noisy"])
    assert own[1].endswith("...") and "passive" not in own[1], own[1]
    heads = [l.split(" (")[0] for l in lines if l and not l.startswith(" ")]
    same((heads[0], heads[-2:]), ("domains", ["notifications", "none"]))
    same(len(heads), len(set(heads)))
    columns = [sum(2 if c == "\u6f22" else 1 for c in l) for l in lines]
    same(max(columns), 60)
    many = re.search(r"^domains \((\d+)\)$", "\n".join(lines), re.M)
    same(int(many.group(1)), len([l for l in home.ok("modules", "--json", "--source", "domains").splitlines()]))


# ---- the prompt


def the_prompt_works_on_a_pipe(home):
    home.module("me/opts", "function run(arg) info(arg['value'] .. ' ' .. (getopt('limit') or '-')) end\n", "Source: domains")
    home.module("me/nosrc", "function run() end\n")
    status, out, err = home.run(stdin="""# a comment is ignored
add domain example.com
add domain example.org
use nosuch
use opts
set limit 10
set
set limit
target where id=2
target
target where nosuch=1
run -j1
target where true
run -j1
run nosrc
back
run
"unbalanced
!echo "workspace=$SN0INT_WORKSPACE"
nosuch
quit
add domain notreached.com
""")
    same(status, 0)
    has(out, "Loaded 2 modules", 'limit="10"\n"10"\n', "[+] 1 entities selected\n", line('"example.org"', '"example.org 10"'),
        line('"example.com"', '"example.com 10"'), "[+] Finished me/opts\n", "[+] Finished me/nosrc\n", "workspace=default\n")
    same(err.count("\n"), 6)
    same(home.ok("select", "-c", "domains"), "2\n")
    with open(os.path.join(home.share, "history")) as f:
        history = f.read()
    assert history.startswith("#V2\n# a comment is ignored\nadd domain example.com\n"), history
    same(stat.S_IMODE(os.stat(os.path.join(home.share, "history")).st_mode), 0o600)


class Terminal:
    """The program, or another, on a terminal of its own."""

    def __init__(self, home, *args, program=None, env=None):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(home.path)
            os.execvpe(program or SN0INT, [program or SN0INT, *args], env or home.env)
        self.seen = ""

    def expect(self, pattern, seconds=120):
        """Waits for what is shown; what was shown before it is taken."""
        while True:
            m = re.search(pattern, self.seen)
            if m:
                self.seen = self.seen[m.end() :]
                return m
            if not select.select([self.fd], [], [], seconds)[0]:
                raise AssertionError(f"no {pattern!r} in {self.seen!r}")
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            if not data:
                raise AssertionError(f"ended without {pattern!r}: {self.seen!r}")
            self.seen += data.decode("utf-8", "replace")

    def type(self, text):
        os.write(self.fd, text.encode())

    def all(self):
        """The lines that it shows until it ends well."""
        said = b""
        try:
            while piece := os.read(self.fd, 65536):
                said += piece
        except OSError:
            pass
        same(self.end(), 0)
        return said.decode().replace("\r\n", "\n").split("\n")

    def end(self):
        try:
            while os.read(self.fd, 65536):
                pass
        except OSError:
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def the_prompt_works_on_a_terminal(home):
    home.module("me/opts", "function run() info(getopt('x')) end\n", "Keyring-Access: aws")
    t = Terminal(home)
    t.expect(r"\[sn0int\]\[default\] > ")
    t.type("sele\t")
    t.expect("select ")
    t.type("dom\t\n")
    t.expect("domains")
    t.expect(r"\[default\] > ")
    t.type("keyring add aws:AKIA1\n")
    t.expect("Secretkey: ")
    t.type("s3cret\n")
    t.expect(r"\[default\] > ")
    t.type("use me/o\t\n")
    t.expect(r"\[sn0int\]\[default\]\[me/opts\] > ")
    t.type("set x 5\n")
    t.expect(r"opts\] > ")
    t.type("run\n")
    t.expect(r'Grant access to "aws" credentials\? \[y/N\]: ')
    t.type("y\n")
    t.expect("Granted access")
    t.expect('"5"')
    t.expect("Finished me/opts")
    t.expect(r"opts\] > ")
    t.type("workspace other\n")
    t.expect(r"\[sn0int\]\[other\]\[me/opts\] > ")
    t.type("\x04")
    t.expect(r"\[sn0int\]\[other\] > ")
    t.type("abc\x03")
    t.expect(r"\[other\] > ")
    t.type("\x04")
    same(t.end(), 0)


def signals_of(status):
    """Blocked and ignored signals, as numbers, of a /proc/PID/status."""
    return [int(re.search(name + r":\s(\w+)", status).group(1), 16) for name in ("SigBlk", "SigIgn")]


HANDLED = sum(1 << s - 1 for s in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGTERM, signal.SIGCHLD, signal.SIGTSTP))


# What the test itself was started with may stay: 32 and 33 are the C library's own and nobody can set them.
def a_shell_command_is_interrupted_and_not_the_prompt(home):
    t = Terminal(home)
    t.expect(r"\] > ")
    t.type("!echo ready; exec sleep 1000\n")
    t.expect("ready\r\n")
    t.type("\x03")
    t.expect(r"\] > ")
    t.type("!cat /proc/self/status; ls /proc/self/fd | tr '\\n' ,; echo $SN0INT_WORKSPACE\n")
    status = t.expect(r"Name:[^$]*?SigBlk:\s\w+\s+SigIgn:\s\w+")
    plain = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True, check=True)
    (blocked, ignored), (_, inherited) = signals_of(status.group(0)), signals_of(plain.stdout)
    same((blocked, ignored & ~inherited, ignored & HANDLED), (0, 0, 0))
    t.expect(r"\r\n0,1,2,3,default\r\n")
    t.type("!yes | head -1; echo over\n")
    t.expect("\r\ny\r\nover\r\n")
    t.type("quit\n")
    same(t.end(), 0)


def a_terminal_shows_what_targets_are_narrowed_to(home):
    home.module("me/m", "function run() end\n", "Source: domains")
    home.ok("add", "domain", "example.com")
    t = Terminal(home)
    t.expect(r"\] > ")
    t.type("use m\ntarget where va\tli\t'%.com'\n")
    t.expect("1 entities selected")
    t.type("target\n")
    t.expect(r"\*\S* where value like %\.com\r\n")
    t.expect("example.com")
    t.type("target where true limit 1\ntarget\n")
    t.expect(r"\*\S* where true limit 1\r\n")
    t.type("back\nquit\n")
    same(t.end(), 0)
    same(home.ok(stdin="use m\ntarget where id>0\ntarget\n").splitlines()[-1], '#1, "example.com"')


def a_paste_of_several_lines_runs_each(home):
    home.ok("add", "domain", "example.com")
    t = Terminal(home)
    t.expect(r"\] > ")
    t.type("\x1b[200~select -c domains\nadd domain example.org\n\nselect -c domains\n\x1b[201~\n")
    t.expect("1\r\n")
    t.expect("2\r\n")
    t.expect(r"\] > ")
    # what a page put between the visible letters does not get to the screen, nor into the line
    t.type("\x1b[200~!echo o\u202ene\u200b\x9b\x1b[201~\n")
    seen = t.expect(r"\r\none\r\n")
    for c in "\u202e\u200b\x9b":
        assert c not in seen.string, seen.string
    t.expect(r"\] > ")
    t.type("quit\n")
    same(t.end(), 0)
    with open(os.path.join(home.share, "history")) as f:
        same(f.read(), "#V2\nselect -c domains\nadd domain example.org\nselect -c domains\n!echo one\nquit\n")


def a_secret_is_neither_drawn_nor_stored(home):
    t = Terminal(home)
    t.expect(r"\] > ")
    t.type("keyring add a:b hunter2\n")
    t.expect(r"\] > ")
    t.type("keyring add c:d\n")
    t.expect("Secretkey: ")
    t.type("hun")
    t.type("ter3\n")
    seen = t.expect(r"\[default\] > ")
    assert "Secretkey" not in seen.string and "hun" not in seen.string, seen.string
    t.type("\x1b[A\x1b[A")  # what was typed is offered without the secret
    t.expect("keyring add c:d.*a:b")  # what differs is drawn over
    t.type("\x03")
    t.expect(r"\] > ")
    t.type("keyring get -q a:b\n")
    t.expect("\r\nhunter2\r\n")
    t.type("keyring get -q c:d\n")
    t.expect("\r\nhunter3\r\n")
    t.type("quit\n")
    same(t.end(), 0)
    with open(os.path.join(home.share, "history")) as f:
        history = f.read()
    assert "hunter" not in history, history
    # on a pipe the next command is none
    status, out, err = home.run(stdin="keyring add e:f\nselect -c domains\n")
    has(err, "keyring add e:f SECRET")
    has(out, "0\n")
    same(home.ok("keyring", "list"), "a:b\nc:d\n")


def a_module_reads_what_is_typed(home):
    home.module("me/reads", "function run() info(stdin_read_line()) info(stdin_read_to_end()) end\n")
    t = Terminal(home)
    t.expect(r"\] > ")
    t.type("run me/reads\n")
    t.expect("run it with --stdin")
    for _ in range(2):  # an end is of one run
        t.expect(r"\] > ")
        t.type("run --stdin me/reads\n")
        t.expect("reads what you type")
        t.type("one\n")
        t.expect(r'"one\\n"')
        t.type("two\nthree\n\x04")
        t.expect(r'"two\\nthree\\n"')
        t.expect("Finished me/reads\r\n")
    t.type("quit\n")
    same(t.end(), 0)
    status, out, err = home.run(stdin="run --stdin me/reads\nselect -c domains\n")
    has(err, "sn0int run --stdin MODULE < FILE")
    has(out, "0\n")


def names_that_are_not_clean_are_not_completed(home):
    home.module("me/fine", "function run() end\n")
    home.ok("keyring", "add", "aws:good\u202ebad", "x")
    home.ok("keyring", "add", "aws:good2", "x")
    t = Terminal(home)
    t.expect(r"\] > ")
    t.type("keyring get aws:\t")
    seen = t.expect("keyring get aws:good2")
    assert "\u202e" not in seen.string
    t.type("\x03")
    t.expect(r"\] > ")
    t.type("quit\n")
    same(t.end(), 0)


def an_interrupt_stops_the_run_and_leaves_the_prompt(home):
    home.module("me/slow", "function run(arg) status('begun ' .. arg['value']) sleep(1000) end\n", "Source: domains")
    for name in ("example.com", "example.org", "example.net"):
        home.ok("add", "domain", name)
    t = Terminal(home)
    t.expect(r"\] > ")
    t.type("use slow\n")
    t.expect(r"slow\] > ")
    t.type("run -j1\n")
    t.expect("begun example.com")
    t.type("\x03")
    t.expect("Finished me/slow")
    t.expect(r"slow\] > ")
    t.type("quit\n")
    same(t.end(), 0)


def an_interrupt_ends_the_command_with_130(home):
    home.module("me/slow", "function run() info('begun') sleep(1000) end\n")
    p = subprocess.Popen([SN0INT, "run", "me/slow"], env=home.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    has(first_line(p.stdout).decode(), "begun")
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=120)
    same(p.returncode, 130)


def an_interrupt_that_comes_twice_is_one(home):
    """As timeout(1) sends it, to its child and to the group; which of the two is seen first is chance, so ten times."""
    home.module("me/slow", "function run() info('begun') sleep(1000) end\n")
    for _ in range(10):
        p = subprocess.Popen([SN0INT, "run", "--json", "me/slow"], env=home.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        has(first_line(p.stdout).decode(), "begun")
        p.send_signal(signal.SIGINT)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=120)
        has(out.decode(), '"interrupted":true')
        same(p.returncode, 130)


ADDS = """function run(arg)
local name = 'www.' .. arg['value']
local id = db_add('subdomain', {domain_id=arg['id'], value=name})
info('seen ' .. strval(db_select('subdomain', name) == id))
db_add('ipaddr', {value='192.0.2.1', family='4'})
db_add('domain', {value='other.example'})
end
"""


def files_of(folder):
    """All files below it, but for the log of SQLite, with their bytes."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(("-wal", "-shm")):
                with open(os.path.join(place, name), "rb") as f:
                    found[os.path.join(place, name)] = f.read()
    return found


def dry_runs_left(home):
    folder = os.path.join(home.path, ".cache/sn0int/dry-run")
    return os.listdir(folder) if os.path.exists(folder) else []


def a_dry_run_says_what_would_change_and_stores_nothing(home):
    home.module("me/adds", ADDS, "Source: domains", "Keyring-Access: aws")
    home.module("me/tell", "function run() end\n", "Source: notifications")
    os.makedirs(os.path.join(home.path, ".config"))
    with open(os.path.join(home.path, ".config/sn0int.toml"), "w") as f:
        f.write('[core]\nno-autoupdate = true\n[run]\nevidence = "full"\n[notifications.all]\nscript = "me/tell"\ntopics = ["*"]\n')
    home.ok("add", "domain", "a.com")
    home.ok("autonoscope", "add", "domain", "other.example")
    home.ok("keyring", "add", "aws:A", "x")
    before, runs = files_of(home.share), home.ok("runs")
    out = home.ok("run", "-n", "--json", "--grant", "aws", "me/adds")
    has(out, line("a.com", 'Would add subdomain "www.a.com"').replace("a.com   ", '"a.com" ', 1), "seen true", 'Would add ipaddr "192.0.2.1"',
        'domain "other.example" (out of scope)', 'Granted access to "aws" for this run', "Finished me/adds, nothing was stored (-n)")
    end = json.loads(out.splitlines()[-1])
    same((end["dry"], end["added"], end["failed"]), (True, 3, 0))
    same(files_of(home.share), before)
    same((home.ok("runs"), home.rows("subdomains"), dry_runs_left(home)), (runs, [], []))
    status, _, err = home.run("run", "-n", "--evidence", "full", "--deny-keyring", "me/adds")
    same((status, err.splitlines()[0]), (2, "Error: --evidence: -n keeps nothing"))
    home.run("run", "--deny-keyring", "me/adds")
    same([s["value"] for s in home.rows("subdomains")], ["www.a.com"])
    has(home.ok("run", "-n", "--deny-keyring", "me/adds"), "Finished me/adds, nothing was stored")


def a_dry_run_needs_no_workspace_and_makes_none(home):
    home.module("me/adds", "function run() db_add('domain', {value='a.com'}) end\n")
    has(home.ok("-w", "new", "run", "-n", "me/adds"), 'Would add domain "a.com"')
    assert not os.path.exists(os.path.join(home.share, "data"))


def at_the_prompt_a_dry_run_is_over_with_its_end(home):
    home.module("me/adds", ADDS, "Source: domains")
    out = home.ok(stdin="add domain a.com\nuse me/adds\nrun -n\nselect subdomains\nrun\nselect subdomains\n")
    same([l for l in out.splitlines() if "subdomain" in l or l.startswith("#")],
         [l for l in out.splitlines() if 'add subdomain "www' in l or 'Adding subdomain "www' in l or l.startswith("#")])
    assert out.index("Would add subdomain") < out.index("Adding subdomain") < out.index("#1, "), out
    same(out.count("www.a.com\" ("), 0)
    same(dry_runs_left(home), [])


def others_write_while_a_dry_run_goes_on_and_what_is_killed_is_swept(home):
    home.module("me/waits", "function run(arg) db_add('domain', {value='b.com'}) info('added') sleep(1000) end\n", "Source: domains")
    home.ok("add", "domain", "a.com")
    p = subprocess.Popen([SN0INT, "run", "-n", "me/waits"], env=home.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while b"added" not in first_line(p.stdout):
        pass
    left = dry_runs_left(home)
    same(len(left), 1)
    same(stat.S_IMODE(os.stat(os.path.join(home.path, ".cache/sn0int/dry-run", left[0])).st_mode), 0o700)
    same(stat.S_IMODE(os.stat(os.path.join(home.path, ".cache/sn0int/dry-run", left[0], "db.sqlite")).st_mode), 0o600)
    home.ok("add", "domain", "c.com")
    same(dry_runs_left(home), left)
    p.kill()
    p.communicate()
    same([d["value"] for d in home.rows("domains")], ["a.com", "c.com"])
    same(dry_runs_left(home), [])


def others_that_were_killed_leave_nothing_half_done_in_a_dry_run(home):
    """A writer of the older kind dies in a transaction that has reached the file: its journal says what was there before."""
    home.module("me/looks", "function run() if db_select('domain', 'x5.com') then info('half') end if db_select('domain', 'a.com') then info('whole') end end\n")
    home.ok("add", "domain", "a.com")
    folder = os.path.join(home.share, "data/default")
    subprocess.run([sys.executable, "-c", """if 1:
        import os, sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        for word in ("pragma journal_mode = delete", "pragma cache_size = 1", "begin"):
            db.execute(word)
        for i in range(20000):
            db.execute("insert into domains (value, unscoped) values (?, 0)", (f"x{i}.com",))
        os._exit(0)""", os.path.join(folder, "db.sqlite")], check=True)
    assert os.path.getsize(os.path.join(folder, "db.sqlite-journal")) != 0
    out = home.ok("run", "-n", "me/looks")
    assert '"whole"' in out and '"half"' not in out, out


def a_dry_run_leaves_no_log_beside_the_workspace_that_it_has_read(home):
    home.module("me/adds", "function run() db_add('domain', {value='b.com'}) end\n")
    home.ok("add", "domain", "a.com")
    folder = os.path.join(home.share, "data/default")
    before = sorted(os.listdir(folder))
    home.ok("run", "-n", "me/adds")
    same(sorted(os.listdir(folder)), before)


def what_is_no_workspace_is_an_error_of_a_dry_run(home):
    """SQLite would wait for the other end of a pipe, and take a device for an empty database."""
    home.module("me/adds", "function run() db_add('domain', {value='b.com'}) end\n")
    home.ok("add", "domain", "a.com")
    folder = os.path.join(home.share, "data/default")
    path = os.path.join(folder, "db.sqlite")
    for make in (os.mkfifo, os.mkdir, lambda p: os.symlink("/dev/zero", p)):
        os.rename(path, path + ".old") if os.path.isfile(path) else os.rmdir(path) if os.path.isdir(path) else os.remove(path)
        make(path)
        status, out, err = home.run("run", "-n", "me/adds")
        same((status, out), (1, ""))
        has(err, "cannot use a copy of workspace 'default'", "is no file")
    shutil.rmtree(folder)
    with open(folder, "w"):
        pass
    status, out, err = home.run("run", "-n", "me/adds")
    same((status, out), (1, ""))
    has(err, "is a file: a workspace is a folder")
    same(dry_runs_left(home), [])


def a_dry_run_needs_no_place_that_can_be_written(home):
    """Neither the workspace, nor the cache; then it is XDG_RUNTIME_DIR, or /tmp, and nothing else of the environment."""
    if os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], stdin=subprocess.DEVNULL, capture_output=True).returncode != 0:
        print("# no mount namespace: skipped", flush=True)
        return
    home.module("me/waits", "function run() db_add('domain', {value='b.com'}) info('added') sleep(1000) end\n")
    home.module("me/adds", "function run() info('a ' .. strval(db_select('domain', 'a.com'))) db_add('domain', {value='b.com'}) end\n")
    home.ok("add", "domain", "a.com")
    cache, runtime, other = (os.path.join(home.path, name) for name in (".cache/sn0int", "runtime", "other"))
    for folder in (cache, runtime, other):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    closed = [home.share, os.path.join(home.share, "data/default"), cache]
    for folder in closed:
        os.chmod(folder, 0o500)
    script = 'for f in "$0" "$1"; do mount --bind "$f" "$f"; mount -o remount,ro,bind "$f"; done; shift; exec "$@"'
    wrap = ["unshare", "-m", "sh", "-ec", script, home.share, cache] if os.geteuid() == 0 else []
    before = files_of(home.share)
    temporary = f"/tmp/sn0int-dry-run-{os.geteuid()}"
    try:
        for env, place in (({"XDG_RUNTIME_DIR": runtime, "TMPDIR": other}, os.path.join(runtime, "sn0int-dry-run")), ({"TMPDIR": other}, temporary)):
            p = subprocess.run([*wrap, SN0INT, "run", "-n", "me/adds"], env={**home.env, **env}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
            same((p.returncode, p.stderr), (0, ""))
            has(p.stdout, '"a 1', 'Would add domain "b.com"', "nothing was stored")
            there = os.listdir(place)
            p = subprocess.Popen([*wrap, SN0INT, "run", "-n", "me/waits"], env={**home.env, **env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            while b"added" not in first_line(p.stdout):
                pass
            new = [name for name in os.listdir(place) if name not in there]
            same([stat.S_IMODE(os.stat(path).st_mode) for path in (place, os.path.join(place, new[0]), os.path.join(place, new[0], "db.sqlite"))], [0o700, 0o700, 0o600])
            p.kill()
            p.communicate()
            assert os.path.exists(os.path.join(place, new[0], "db.sqlite"))
            subprocess.run([*wrap, SN0INT, "run", "-n", "me/adds"], env={**home.env, **env}, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
            assert not os.path.exists(os.path.join(place, new[0]))
            same(os.listdir(other), [])
    finally:
        for folder in closed:
            os.chmod(folder, 0o700)
    same(files_of(home.share), before)


def a_dry_run_that_is_told_to_end_leaves_nothing(home):
    home.module("me/waits", "function run() db_add('domain', {value='b.com'}) info('added') sleep(1000) end\n")
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        p = subprocess.Popen([SN0INT, "run", "-n", "--json", "me/waits"], env=home.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while b"added" not in first_line(p.stdout):
            pass
        same(len(dry_runs_left(home)), 1)
        p.send_signal(sig)
        out, err = p.communicate(timeout=60)
        same((p.returncode, json.loads(out.splitlines()[-1])["status"]), (128 + sig, 128 + sig), (out, err))
        has(err.decode(), "Interrupted: ")
        same(dry_runs_left(home), [])
    # nohup(1)
    p = subprocess.Popen(["nohup", SN0INT, "run", "-n", "me/waits"], env=home.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while b"added" not in first_line(p.stdout):
        pass
    p.send_signal(signal.SIGHUP)
    p.send_signal(signal.SIGTERM)
    p.communicate(timeout=60)
    same((p.returncode, dry_runs_left(home)), (128 + signal.SIGTERM, []))


def a_copy_that_cannot_be_removed_is_told(home):
    home.module("me/waits", "function run() info('added') stdin_read_line() end\n")
    p = subprocess.Popen([SN0INT, "run", "-n", "--stdin", "me/waits"], env=home.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while b"added" not in first_line(p.stdout):
        pass
    (name,) = dry_runs_left(home)
    folder = os.path.join(home.path, ".cache/sn0int/dry-run", name)
    os.mkdir(os.path.join(folder, "in-the-way"))
    out, err = p.communicate(b"\n", timeout=60)
    has((out + err).decode(), f"the copy of the workspace is left in {folder}: cannot remove the folder", "Directory not empty")
    same(p.returncode, 0)


def a_dry_run_does_not_look_for_newer_modules(home):
    """A real one has a child that does; the registry keeps it waiting."""
    home.module("me/waits", "function run() info('added') sleep(1000) end\n")
    os.makedirs(os.path.join(home.path, ".config"))
    home.ok("add", "domain", "a.com")
    with socket.create_server(("127.0.0.1", 0)) as server:
        with open(os.path.join(home.path, ".config/sn0int.toml"), "w") as f:
            f.write(f"[core]\nregistry = 'http://127.0.0.1:{server.getsockname()[1]}'\n")
        for args, looks in (((), True), (("-n",), False)):
            p = subprocess.Popen([SN0INT, "run", *args, "me/waits"], env=home.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            while b"added" not in first_line(p.stdout):
                pass
            found = False
            with open(f"/proc/{p.pid}/task/{p.pid}/children") as f:
                for child in f.read().split():
                    with open(f"/proc/{child}/cmdline", "rb") as words:
                        found = found or b"\0look\0" in words.read()
            same(found, looks, args)
            p.send_signal(signal.SIGINT)
            p.communicate(timeout=60)


def a_module_may_come_by_standard_input(home):
    text = HEADER.format("m", "-- Source: domains\n") + "function run(arg) db_add('subdomain', {domain_id=arg['id'], value='www.' .. arg['value']}) end\n"
    home.ok("add", "domain", "a.com")
    for args in (["run", "-n", "-"], ["run", "-n", "-f", "-"]):
        has(home.ok(*args, stdin=text), 'Would add subdomain "www.a.com"', "Finished anonymous/stdin")
    has(home.ok("run", "-", stdin=text), "Finished anonymous/stdin")
    has(home.ok("runs"), "run -f anonymous/stdin")
    status, _, err = home.run("run", "--stdin", "-", stdin=text)
    same((status, err.splitlines()[0]), (2, "Error: --stdin: standard input holds the module already"))
    has(home.run(stdin="run -\n")[2], "standard input holds the commands here")
    has(home.run("run", "-", stdin="")[2], "Failed to parse")
    has(home.run("run", "-", stdin=text + "--" + "x" * (16 << 20))[2], "cannot read standard input")
    has(home.ok("permissions", "-", stdin=text), "subdomain")
    same(home.run("lint", "-", stdin=text + "x = = 1\n")[0], 1)
    same(home.run("lint", "-", stdin=text)[:2], (0, ""))


def a_list_of_modules_has_the_recorded_colours(home):
    """The bytes of 15-tty.out, whose other parts are drawn at a pace of their own."""
    for name, tag in (("opts", "passive"), ("slow", "normal")):
        home.module(f"me/{name}", "function run() end\n", f"Stealth: {tag}")
    tests = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with open(os.path.join(tests, "vectors/host/15-tty.out")) as f:
        want = [line.replace("␛", "\x1b") for line in f.read().splitlines() if re.match(r"(␛\[\d+m)+me", line)]
    same(len(want), 2)
    same(home.ok("--color", "always", "pkg", "list").splitlines()[::2], want)


STORIES = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:1] == ("home",)
           and f.__code__.co_argcount == 1]


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])
    sys.exit(tap.run(STORIES, lambda story: story(Home()), sys.argv[2:]))


if __name__ == "__main__":
    main()
