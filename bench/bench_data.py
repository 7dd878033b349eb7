"""The standard library: single calls from Lua, less the empty loop."""
import os
import shutil

from bench_child import lua
from frame import Missing, Row, Side, Table
from tools import ends_well, file_of, start_line

OBJECT = '{"name":"www.example.com","id":1337,"ok":true,"tags":["a","b"]}'
PAGE = ('<html><head><title>t</title></head><body><ul class="l"><li><a href="/x">x</a></li><li><a href="/y">y</a></li></ul>'
        '<p id="p">hello</p></body></html>')
TEXT = "write to press@example.com or to admin@mail.example.org today"
PATTERN = "([a-z0-9]+)@([a-z0-9.]+)"
URL = "https://user@www.example.com:8443/some/where/else.html?q=1&r=two#part"
RELATIVE = "../there/it.html?x=y"
CALLS = 2000000


def calls(body, setup="", turns=200000, proof="true"):
    """One turn of a loop with this body, less the loop; proof is what must hold of the same call."""
    code = "function run() {} if not ({}) then error('wrong') end for i = 1, {} do {} end end\n"
    full = file_of(start_line(code.format(setup, proof, turns, body)))
    # the same names, so that the same plugins are loaded
    empty = file_of(start_line(code.format(setup, proof, turns, "") + f"function unused() {body} end\n"))

    def side(program):
        less = Side(program.child(), empty, check=ends_well())
        return Side(program.child(), full, check=ends_well(), less=less, per=turns)
    return side


def a_line(argv, text, lines, want):
    """A line of a command over many lines, less the same over one."""
    def side(_):
        if shutil.which(argv[0]) is None:
            raise Missing(argv[0])
        # grep stops early when its output goes to /dev/null
        words = ["sh", "-c", "\"$@\" | cat", "sh", *argv]

        def said(n):
            return lambda output: None if output == want * n else f"it says {output[:100]!r}"
        less = Side(words, file_of(text + "\n"), check=said(1))
        return Side(words, file_of((text + "\n") * lines), check=said(lines), less=less, per=lines - 1)
    return side


def curl_url(*args, turns=200000):
    def side(program):
        if not os.path.exists(program.bench("curl_url")):
            raise Missing("libcurl")
        return Side([program.bench("curl_url"), str(turns), *args], less=Side([program.bench("curl_url"), "0", *args]), per=turns)
    return side


def sha256sum(_):
    """100 kB of a file of 100 MB."""
    empty, full = file_of(""), file_of("x" * 100000000)
    return Side(["sha256sum", full], less=Side(["sha256sum", empty]), per=1000)


def openssl(_):
    if shutil.which("openssl") is None:
        raise Missing("openssl")
    empty, full = file_of(""), file_of("x" * 100000000)
    return Side(["openssl", "dgst", "-sha256", full], less=Side(["openssl", "dgst", "-sha256", empty]), per=1000)


def lua_call(program):
    """As little as a call of a function of C can be; as global as last_err()."""
    loop = f"local unused abs = math.abs for i = 1, {CALLS} do {{}} end"
    side = lua(loop.format("abs(1)"))(program)
    side.less, side.per = lua(loop.format(""))(program), CALLS
    return side


TABLES = [
    Table("functions", "Functions of modules, one call", [
        Row("json", f"json_encode(json_decode()), {len(OBJECT)} bytes", calls("json_encode(json_decode(x))", f"local x = '{OBJECT}'",
            proof="json_decode(json_encode(json_decode(x))).id == 1337"), {"jq -c ., a line": a_line(["jq", "-c", "."], OBJECT, 100000, OBJECT + "\n")}),
        Row("url_parse", f"url_parse(), {len(URL)} bytes", calls("url_parse(x)", f"local x = '{URL}'", proof="url_parse(x).port == 8443"),
            {"libcurl, all parts": curl_url(URL)}),
        Row("url_join", f"url_join(), {len(URL)} and {len(RELATIVE)} bytes", calls("url_join(x, y)", f"local x, y = '{URL}', '{RELATIVE}'",
            proof="url_join(x, y) == 'https://user@www.example.com:8443/some/there/it.html?x=y'"), {"libcurl, set twice": curl_url(URL, RELATIVE)}),
        Row("html", f"html_select_list(), {len(PAGE)} bytes, the page kept", calls("html_select_list(x, 'li a')", f"local x = '{PAGE}'", 50000,
            proof="#html_select_list(x, 'li a') == 2")),
        Row("regex_find_all", f"regex_find_all(), {len(TEXT)} bytes, cached", calls("regex_find_all(p, x)", f"local x, p = '{TEXT}', '{PATTERN}'",
            proof="#regex_find_all(p, x) == 2"),
            {"grep -oP, a line": a_line(["grep", "-oP", PATTERN], TEXT, 200000, "press@example.com\nadmin@mail.example.org\n")}),
        Row("sha2_256", "sha2_256() of 100 kB", calls("sha2_256(x)", "local x = ('x'):rep(100000)", 1000, proof="#sha2_256(x) == 32"),
            {"openssl, of 100 MB": openssl, "sha256sum, of 100 MB": sha256sum}),
        Row("last_err", "last_err()", calls("last_err()", turns=CALLS), {"lua5.4, math.abs(1)": lua_call}),
    ]),
]
