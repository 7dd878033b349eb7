"""The standard library: single calls from Lua, less the empty loop."""
import os
import re
import subprocess
import tempfile

from tools import file_of, seconds, spawn, start_line, table

OBJECT = '{"name":"www.example.com","id":1337,"ok":true,"tags":["a","b"]}'
PAGE = ('<html><head><title>t</title></head><body><ul class="l"><li><a href="/x">x</a></li><li><a href="/y">y</a></li></ul>'
        '<p id="p">hello</p></body></html>')
TEXT = "write to press@example.com or to admin@mail.example.org today"
PATTERN = "([a-z0-9]+)@([a-z0-9.]+)"


def per_call(build, body, setup="", turns=200000):
    """Nanoseconds of one turn of the loop with this body, less the loop."""
    argv = [os.path.join(build, "sn0int-sandbox"), "sandbox", "bench/bench"]
    code = "function run() {} for i = 1, {} do {} end end\n"
    full = file_of(start_line(code.format(setup, turns, body)))
    # the same names, so that the same plugins are loaded
    empty = file_of(start_line(code.format(setup, turns, "") + f"function unused() {body} end\n"))
    (with_body, _, _), (without, _, _) = spawn(build, 5, (full, argv), (empty, argv))
    return (with_body - without) * 1000 / turns


def openssl_sha256():
    """Seconds for 100 kB, by `openssl speed`."""
    out = subprocess.run(["openssl", "speed", "-bytes", "100000", "-seconds", "1", "-evp", "sha256"], capture_output=True, text=True).stdout
    return 100000 / (float(re.search(r"sha256\s+([\d.]+)k", out).group(1)) * 1000)


def tool(argv, text, lines):
    """Nanoseconds a line of a command over many lines, less the same over one."""
    many, one = file_of((text + "\n") * lines), file_of(text + "\n")
    with open(many) as a, open(one) as b:
        # grep stops early when its output goes to /dev/null
        argv = ["sh", "-c", "\"$@\" | cat", "sh", *argv]
        return (seconds(argv, stdin=a) - seconds(argv, stdin=b)) * 1e9 / lines


def run(build):
    quoted = "'" + OBJECT + "'"
    json_ns = per_call(build, "json_encode(json_decode(x))", f"local x = {quoted}")
    html_ns = per_call(build, "html_select_list(x, 'li a')", f"local x = '{PAGE}'", 50000)
    regex_ns = per_call(build, "regex_find_all(p, x)", f"local x = '{TEXT}' local p = '{PATTERN}'")
    sha_ns = per_call(build, "sha2_256(x)", "local x = ('x'):rep(100000)", 500)
    err_ns = per_call(build, "last_err()", turns=2000000)
    ssl_ns = openssl_sha256() * 1e9
    jq = tool(["jq", "-c", "."], OBJECT, 100000) if subprocess.run(["which", "jq"], capture_output=True).returncode == 0 else None
    grep = tool(["grep", "-oP", PATTERN], TEXT, 200000)
    with tempfile.NamedTemporaryFile() as f:
        f.write(b"x" * 100000000)
        f.flush()
        sha256sum = seconds(["sha256sum", f.name]) * 1e9 / 1000
    us = lambda ns: f"{ns / 1000:.2f} us"
    rows = [
        (f"json_decode + json_encode, {len(OBJECT)} bytes", us(json_ns), "jq -c ., a line", us(jq) if jq else "-", f"{json_ns / jq:.2f}" if jq else "-"),
        (f"html_select_list, {len(PAGE)} bytes, the page kept", us(html_ns), "-", "-", "-"),
        (f"regex_find_all, {len(TEXT)} bytes, cached", us(regex_ns), "grep -oP, a line", us(grep), f"{regex_ns / grep:.2f}"),
        ("sha2_256 of 100 kB", us(sha_ns), "openssl speed", us(ssl_ns), f"{sha_ns / ssl_ns:.2f}"),
        ("sha2_256 of 100 kB", us(sha_ns), "sha256sum, 100 kB of 100 MB", us(sha256sum), f"{sha_ns / sha256sum:.2f}"),
        ("last_err()", f"{err_ns:.0f} ns", "-", "-", "-"),
    ]
    table("Functions of modules", ["call", "one", "the tool", "one", "ratio"], rows)
