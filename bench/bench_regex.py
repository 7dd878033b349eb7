"""Regular expressions: calls of regex_find_all on a short text, and long texts of which nothing may take long."""
from bench_child import lua
from frame import Row, Side, Table
from tools import ends_well, file_of, start_line

TEXT = "please write to somebody@example.com, or call us on 5550199"
PATTERN = "([a-z0-9]+)@([a-z0-9.]+)"
TURNS = 100000
LUA = f"""local t = '{TEXT}'
for i = 1, {TURNS} do
  local all = {{}}
  for a, b in t:gmatch('{PATTERN}') do all[#all + 1] = {{ a .. '@' .. b, a, b }} end
end"""
LONG = [
    ("mails", "mail addresses", PATTERN, f"('{TEXT}. '):rep(16393)", 16393),
    ("no-match", "(a*)*c?[bd], no match", "(a*)*c?[bd]", "('a'):rep(1000000)", 0),
    ("million", "a.*z or a, 1,000,000 matches", "a.*z|a", "('a'):rep(1000000)", 1000000),
    ("words", "\\b\\w+[mn]\\b", "\\\\b\\\\w+[mn]\\\\b", f"('{TEXT}. '):rep(16393)", 2 * 16393),
]


def child(code, **more):
    path = file_of(start_line(f"function run() {code} end\n"))
    return lambda program: Side(program.child(), path, check=ends_well(), **more)


def short(program):
    loop = f"local t = '{TEXT}' for i = 1, {TURNS} do {{}} end if #regex_find_all('{PATTERN}', t) ~= 1 then error('wrong') end"
    side = child(loop.format(f"regex_find_all('{PATTERN}', t)"))(program)
    side.less, side.per = child(loop.format(""))(program), TURNS
    return side


def short_lua(program):
    side = lua(LUA)(program)
    side.less, side.per = lua("")(program), TURNS
    return side


def long(pattern, text, n):
    """Less a str_find of the same text."""
    full = child(f"local t = {text} if #regex_find_all('{pattern}', t) ~= {n} then error('wrong') end")
    less = child(f"local t = {text} str_find(t, 'zz') local unused = function() regex_find_all('', '') end")

    def side(program):
        side = full(program)
        side.less = less(program)
        return side
    return side


TABLES = [
    Table("regex-short", f"regex_find_all, {len(TEXT)} bytes, a pattern that stays compiled", [
        Row("regex-call", "one call", short, {"lua5.4, gmatch of the same": short_lua}),
    ]),
    Table("regex-long", "regex_find_all, 1,000,000 bytes, more than a str_find", [
        Row(f"long-{name}", what, long(pattern, text, n)) for name, what, pattern, text, n in LONG
    ]),
]
