#!/usr/bin/env python3
"""bench.py BUILD

The tables of docs/performance.md are those that bench/run prints, and bench/run does what its head says. TAP.
"""
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "bench")]
import frame  # noqa: E402
import page  # noqa: E402
import tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
RUN = os.path.join(TOP, "bench/run")
SPAWN = os.path.join(BUILD, "bench/spawn")
SOON = ["--seconds", "0", "--patience", "0"]


def bench(*words, peer=None):
    env = {k: v for k, v in os.environ.items() if k != "PEER"}
    return subprocess.run([sys.executable, RUN, *words], capture_output=True, text=True, env={**env, **({"PEER": peer} if peer else {})}, timeout=500)


def good(*words, peer=None):
    done = bench(*words, peer=peer)
    assert done.returncode == 0, done.stderr
    return done.stdout


def cells(text, who):
    """Of the lines of a table that are whose, behind the name."""
    return [[c.strip() for c in line.split("|")[3:-1]] for line in text.splitlines() if line.startswith("|") and line.split("|")[2].strip() == who]


def the_page_has_the_tables():
    printed = page.shape(good("--shape"))
    with open(page.PAGE) as f:
        written = page.shape(f.read())
    tap.same(list(written), list(printed), "marks: bench/run --shape has what the page lacks")
    for name, want in printed.items():
        tap.same(written[name], want, f"{name}: bench/run build {name} --write")


def no_table_of_the_page_stands_outside_its_marks():
    with open(page.PAGE) as f:
        text = f.read()
    for name in page.names(text):
        text = page.block(name).sub("", text)
    assert "\n|" not in text, re.search(r"\n\|.*", text)[0]


def others_have_lines_where_they_are_asked_for():
    text = good(BUILD, "start-sandbox", *SOON, "--against", BUILD, peer=os.path.join(BUILD, "sn0int"))
    for who in ("sn0int", "a program that does nothing", page.PEER, page.AGAINST):
        (line,) = cells(text, who)
        for figure in (line[0], line[2]):
            assert re.fullmatch(r"[\d.]+ [mu]?s", figure), line
        assert (line[3] == "") == (who == "sn0int"), line
    text = good(BUILD, "start-sandbox", *SOON)
    tap.same([cells(text, page.PEER), cells(text, page.AGAINST)], [[], []])


def who_fails_has_no_time():
    (line,) = cells(good(BUILD, "start-sandbox", *SOON, peer="/bin/true"), page.PEER)
    tap.same(line, ["does not do the same", "-", "-", "-", "-"])


def raises(call, part):
    try:
        call()
    except frame.Wrong as why:
        tap.has(str(why), part)
        return
    raise AssertionError(f"it went on, without {part!r}")


def what_does_something_else_ends_it():
    """Before its time counts, and after each turn."""
    side = frame.Side(["echo", "a"], check=lambda output: f"it says {output!r}")
    raises(lambda: frame.checked(side, "x"), "it says 'a\\n'")
    raises(lambda: frame.checked(frame.Side(["false"]), "x"), "status 1")
    turns = []
    side = frame.Side(["true"], before=lambda: turns.append(len(turns)), after=lambda: "the third" if len(turns) == 3 else None)
    raises(lambda: frame.Turns(SPAWN, {"x": side}).run(0), "the third")


def what_is_not_meant_is_subtracted():
    whole, start = frame.Side(["true"]), frame.Side(["true"])
    whole.less, whole.per = start, 10
    turns = frame.Turns(SPAWN, {"x": whole, "y": start})
    # one line a command, in their order: x, what is subtracted from it, y
    turns.spawned = lambda n, sides: [[(1000.0, 500.0, 7.0), (400.0, 100.0, 9.0), (300.0, 200.0, 8.0)]] * n
    turns.run(0)
    x, y = turns.samples["x"], turns.samples["y"]
    tap.same((x.wall, x.cpu, x.kib), ([60.0] * turns.rounds, [40.0] * turns.rounds, 7.0))
    tap.same((y.wall, y.cpu, y.kib), ([300.0] * turns.rounds, [200.0] * turns.rounds, 8.0))


def rounds_go_to_and_fro():
    seen = []
    turns = frame.Turns(SPAWN, {who: frame.Side([who], after=lambda: None) for who in "abc"})
    turns.one = lambda who, side: seen.append(who) or (1.0, 1.0, 1.0)
    turns.keep(turns.some(3))
    turns.keep(turns.some(1))
    tap.same("".join(seen), "abccbaabccba")


def figures_have_three_digits():
    for us, want in ((0.0123, "12.3 ns"), (0.9999, "1.00 us"), (9.994, "9.99 us"), (9.996, "10.0 us"), (99.96, "100 us"), (999.6, "1.00 ms"),
                     (1234567, "1.23 s"), (-2500, "-2.50 ms"), (0, "0.00 ns")):
        tap.same(frame.duration(us), want)
    tap.same([frame.span(900, 1100), frame.span(1000, 2000)], ["900 us to 1.10 ms", "1.00 to 2.00 ms"])


def names_are_known():
    for words, why in (((BUILD, "nosuch"), "'nosuch'"), ((), "which build folder"), ((TOP, "start"), "no build folder of ours"),
                       ((BUILD, "--write", "--quick"), "not with"), ((BUILD, "--write", "start-sandbox"), "whole tables: start")):
        done = bench(*words)
        assert done.returncode != 0 and why in done.stderr, (words, done.stderr)


def time_of_whoever_outlives_counts():
    """A shell that ends at once, and what it leaves behind."""
    work = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"
    out = subprocess.run([SPAWN, "-r", "1", "--", "/dev/null", "sh", "-c", work,
                          "--", "/dev/null", "sh", "-c", f"(exec sh -c '{work}') & exit 0"], capture_output=True, text=True, check=True)
    waited, left = ([float(x) for x in line.split()[1:3]] for line in out.stdout.splitlines())
    assert left[1] > waited[1] / 4, (waited, left)


def a_command_that_fails_ends_it():
    done = subprocess.run([SPAWN, "1", "--", "/dev/null", "false"], capture_output=True, text=True)
    tap.same((done.returncode, done.stdout, done.stderr), (1, "", "spawn: false ended with status 1\n"))


CASES = [
    the_page_has_the_tables,
    no_table_of_the_page_stands_outside_its_marks,
    others_have_lines_where_they_are_asked_for,
    who_fails_has_no_time,
    what_does_something_else_ends_it,
    what_is_not_meant_is_subtracted,
    rounds_go_to_and_fro,
    figures_have_three_digits,
    names_are_known,
    time_of_whoever_outlives_counts,
    a_command_that_fails_ends_it,
]
sys.exit(tap.run(CASES, lambda case: case(), sys.argv[2:]))
