#!/usr/bin/env python3
"""authors.py SN0INT: what docs/authors.md says to type, typed. TAP."""
import http.server
import os
import re
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from tap import has, same  # noqa: E402

PAGE = os.path.join(TOP, "docs/authors.md")
ADDRESS = "127.0.0.1:8080"  # of the page
BY_HAND = "## Publishing"


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<p>Write to <a href='mailto:info@example.com'>info@example.com</a>" if self.path == "/contact.html" else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def steps(text):
    """("file", name, content) and ("command", line), in their order."""
    for block in re.split(r"\n(?=\S)", text.replace("\\\n", "")):
        head, _, rest = block.partition("\n\n")
        lines = [line[4:] for line in rest.splitlines() if line.startswith("    ") or not line]
        name = re.search(r"`([a-z]+\.lua)`:$", head)
        if name:
            yield "file", name[1], "\n".join(lines).strip("\n") + "\n"
        else:
            yield from (("command", line, None) for line in lines if line.startswith("sn0int "))


def run(home, address, line):
    line = line.replace(ADDRESS, address).replace("sn0int ", Home.program + " ", 1)
    p = subprocess.run(["bash", "-c", line], cwd=home.path, env=home.env, capture_output=True, stdin=subprocess.DEVNULL, timeout=WAIT)
    same(p.returncode, 0, (line, p.stdout, p.stderr))
    return p.stdout.decode() + p.stderr.decode()


# What each has to show, beside a status of 0.
SHOWS = {
    "sn0int select emails": ["info@example.com"],
    "sn0int runs": ["run -f anonymous/contacts", "1 added"],
    "sn0int run --stdin": ['Would add port "tcp/192.0.2.7:443"', 'Would add port "tcp/192.0.2.8:22"', "line 3: "],
    "sn0int run -v -f contacts.lua": ["Finished anonymous/contacts"],
    "sn0int run -vv -f contacts.lua": ["info@example.com"],
    "sn0int why emails": ["after GET http://" + ADDRESS + "/contact.html  200, "],
    "sn0int why --bytes": ["GET /contact.html HTTP/1.1", "mailto:info@example.com"],
    "sn0int repl -f contacts.lua": ['"example.com"'],
    "sn0int repl <<<": ["info@example.com"],
    "sn0int run -f contacts.lua --dump": ['"value":"example.com"'],
    "sn0int permissions contacts.lua": ["email", "server"],
    "sn0int lint contacts.lua": [],
    "sn0int test --record": ['Would add email "info@example.com"'],
    "sn0int test contacts.lua": ["ok"],
}


def each_command_of_the_page_works(home, address):
    with open(PAGE) as f:
        text, _, by_hand = f.read().partition(BY_HAND)
    assert by_hand
    known = set()
    for kind, what, content in steps(text):
        if kind == "file":
            assert os.path.exists(os.path.join(home.path, what)), "the skeleton is there before it"
            home.write(what, content.replace(ADDRESS, address).encode())
            continue
        shown = run(home, address, what)
        for begin, parts in SHOWS.items():
            if what.startswith(begin):
                known.add(begin)
                has(shown, *[part.replace(ADDRESS, address) for part in parts])
    same(known, set(SHOWS))
    # the second time its bytes were kept
    has(run(home, address, "sn0int why emails info@example.com"), "the value stands in it at byte 28")
    # what stands under "Publishing", with a folder as the registry
    with open(os.path.join(home.path, "contacts.lua"), "rb") as f:
        home.write("registry/me/contacts/0.1.0.lua", f.read())
    home.write(".config/sn0int.toml", f'[core]\nregistry = "file://{home.path}/registry"\n'.encode())
    command, = (line for _, line, _ in steps(by_hand) if line.startswith("sn0int pkg"))
    run(home, address, command)
    has(run(home, address, "sn0int modules"), "me/contacts")


def tell(story):
    with tempfile.TemporaryDirectory(prefix="authors") as folder, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            story(Home(folder), f"127.0.0.1:{server.server_address[1]}")
        finally:
            server.shutdown()


if __name__ == "__main__":
    Home.program = os.path.abspath(sys.argv[1])
    sys.exit(tap.run([each_command_of_the_page_works], tell, sys.argv[2:]))
