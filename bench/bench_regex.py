"""Regular expressions: calls of regex_find_all on a short text, and long texts of which nothing may take long."""
import os

from tools import PEER, file_of, spawn, start_line, table

TEXT = "please write to somebody@example.com, or call us on 5550199"
PATTERN = "([a-z0-9]+)@([a-z0-9.]+)"
TURNS = 100000
LUA = f"""local t = '{TEXT}'
for i = 1, {TURNS} do
  local all = {{}}
  for a, b in t:gmatch('{PATTERN}') do all[#all + 1] = {{ a .. '@' .. b, a, b }} end
end"""
LONG = [
    ("mail addresses", PATTERN, f"('{TEXT}. '):rep(16393)"),
    ("(a*)*c?[bd], no match", "(a*)*c?[bd]", "('a'):rep(1000000)"),
    ("a.*z or a, 1,000,000 matches", "a.*z|a", "('a'):rep(1000000)"),
    ("\\b\\w+[mn]\\b", "\\\\b\\\\w+[mn]\\\\b", f"('{TEXT}. '):rep(16393)"),
]


def loop(body):
    return file_of(start_line(f"function run() local t = '{TEXT}' for i = 1, {TURNS} do {body} end end\n"))


def once(body):
    return file_of(start_line(f"function run() {body} end\n"))


def run(build):
    argv = [os.path.join(build, "sn0int-sandbox"), "sandbox", "bench/bench"]
    call = f"regex_find_all('{PATTERN}', t)"
    programs = [("the child", argv)] + ([("the reference", [PEER, "sandbox", "bench/bench"])] if PEER else [])
    lua = spawn(build, 5, (file_of(LUA), ["lua5.4", "-"]))[0][0] / TURNS
    rows = [("lua5.4, gmatch of the same", f"{lua:.2f}", "1.00")]
    for name, command in programs:
        turns = 5 if command is argv else 1
        us = (spawn(build, turns, (loop(call), command))[0][0] - spawn(build, turns, (loop(""), command))[0][0]) / TURNS
        rows.append((name, f"{us:.2f}", f"{us / lua:.2f}"))
    table(f"regex_find_all, {len(TEXT)} bytes, a pattern that stays compiled", ["what", "us a call", "ratio"], rows)

    rows = []
    for name, pattern, text in LONG:
        row = [name]
        for _, command in programs:
            got = spawn(build, 3, (once(f"local t = {text} regex_find_all('{pattern}', t)"), command),
                        (once(f"local t = {text} str_find(t, 'zz')"), command))
            row.append(f"{(got[0][0] - got[1][0]) / 1000:.1f}")
        rows.append(row)
    table("regex_find_all, 1,000,000 bytes, ms more than a str_find", ["what"] + [n for n, _ in programs], rows)
