"""How a figure comes about: rows, the commands that they compare, and their turns.

A room (bench_NAME.py) has TABLES, a table has rows, a row compares what a program of ours does with others that do the
same: a floor (another program, or as little as this machine can do it with), the reference program, another build of
ours. Each is a Side: a command line with its input. All sides of a row are measured in turns, one of each a round, so
that whatever else the machine does hits all of them; what is printed are medians, and the ratio of two medians.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Callable, Optional

import machine
from tools import INPUTS

FEWEST, MOST = 5, 501  # rounds
BATCH_S = 0.5  # about as long runs bench/spawn alone, where nothing is to be done between the turns


class Missing(Exception):
    """A program that this machine lacks; its line says so."""


class Wrong(Exception):
    """A command whose result is not the one that was asked for: its time means nothing."""


@dataclass
class Side:
    """A command, and how to see that it does what it is measured for."""
    argv: list
    stdin: str = "/dev/null"  # a path
    env: dict = field(default_factory=dict)
    # Before each turn, and outside its time.
    before: Optional[Callable[[], None]] = None
    # check(output) of a turn before those that count: what is wrong with it, or None. Its command may be another, that shows more.
    check: Optional[Callable[[str], Optional[str]]] = None
    shown: Optional[list] = None
    # After each turn, and outside its time: what is wrong with what it left, or None.
    after: Optional[Callable[[], Optional[str]]] = None
    # A command whose time is not meant, as the start of the program: it is subtracted. And how many times the rest is done.
    less: Optional["Side"] = None
    per: int = 1
    # Where the memory is meant and no command shows it: KiB.
    kib: Optional[Callable[[], float]] = None

    def words(self):
        """For bench/spawn."""
        return ["--", self.stdin, *(f"{k}={v}" for k, v in self.env.items()), *self.argv]


@dataclass
class Row:
    name: str  # on the command line
    what: str  # in the table
    # The side of a program (tools.Program) of ours, or of the reference.
    ours: Callable
    # {whose: side()}, which may raise Missing.
    floors: dict = field(default_factory=dict)
    has_peer: bool = True  # whether the reference can do the same
    has_others: bool = True  # whether another build of ours can: not, where a program of bench/ does it, which may differ
    has_kib: bool = False  # whether the peak memory is meant, not the time

    def others(self, programs):
        """Those of them that can do the same."""
        return [p for p in programs if self.has_others and (self.has_peer or p.kind != "peer")]


@dataclass
class Table:
    name: str
    title: str
    rows: list

    def columns(self):
        if self.rows[0].has_kib:
            return ["what", "who", "peak KiB", "ours / its"]
        return ["what", "who", "wall", "10th to 90th", "user+sys", "ours / its", "of user+sys"]


class Samples:
    """The turns of a side, less those of what is subtracted, in microseconds."""

    def __init__(self, side):
        self.side, self.wall, self.cpu, self.kib = side, [], [], 0

    def add(self, turn, less):
        wall, cpu, kib = turn
        self.wall.append((wall - (less[0] if less else 0)) / self.side.per)
        self.cpu.append((cpu - (less[1] if less else 0)) / self.side.per)
        self.kib = max(self.kib, kib)


def percentile(values, percent):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def wrong(side, argv):
    """What is wrong with a turn that does not count, or None."""
    if side.before:
        side.before()
    with open(side.stdin, "rb") as given:
        done = subprocess.run(argv, stdin=given, capture_output=True, env={**os.environ, **side.env}, timeout=600)
    if done.returncode != 0:
        return f"status {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}"
    why = side.check and side.check(done.stdout.decode(errors="replace"))
    return why or (side.after and side.after())


def checked(side, who):
    argv = side.shown or side.argv
    why = wrong(side, argv)
    if why:
        raise Wrong(f"{who}: {' '.join(argv)[:200]}: {why}")


class Turns:
    """Rounds of all sides."""

    def __init__(self, spawn, sides):
        self.spawn = spawn
        self.samples = {who: Samples(side) for who, side in sides.items()}
        self.commands = [(who, s) for who, side in sides.items() for s in ([side, side.less] if side.less else [side])]
        self.is_plain = not any(s.before or s.after for _, s in self.commands)
        self.rounds = 0

    def spawned(self, turns, sides):
        """[[(wall, cpu, kib) of each side] of each turn]"""
        argv = [self.spawn, "-r", str(turns)] + [word for side in sides for word in side.words()]
        done = subprocess.run(argv, capture_output=True, text=True)
        if done.returncode != 0:
            raise Wrong(done.stderr.strip())
        values = [[float(x) for x in line.split()[1:]] for line in done.stdout.splitlines()]
        return [values[i:i + len(sides)] for i in range(0, len(values), len(sides))]

    def one(self, who, side):
        if side.before:
            side.before()
        (values,), = self.spawned(1, [side])
        why = side.after and side.after()
        if why:
            raise Wrong(f"{who}: {' '.join(side.argv)[:200]}: {why}")
        return values

    def some(self, turns):
        """The turns of so many rounds, in the order of the commands."""
        if self.is_plain:
            return self.spawned(turns, [side for _, side in self.commands])
        out = []
        for i in range(turns):
            step = 1 if (self.rounds + i) % 2 == 0 else -1
            out.append([self.one(who, side) for who, side in self.commands[::step]][::step])
        return out

    def keep(self, rounds):
        for values in rounds:
            turn = iter(values)  # in the order of the commands
            for samples in self.samples.values():
                samples.add(next(turn), next(turn) if samples.side.less else None)
        self.rounds += len(rounds)

    def run(self, budget_s):
        """As many as fit."""
        begun = time.monotonic()
        self.some(1)  # everything is in memory
        took = max(time.monotonic() - begun, 1e-4)
        batch = max(2, int(BATCH_S / took) // 2 * 2) if self.is_plain else 1
        while self.rounds < FEWEST or self.rounds < MOST and time.monotonic() - begun + took * batch < budget_s:
            self.keep(self.some(min(batch, MOST - self.rounds)))


def duration(us):
    """Three digits of it, and its unit."""
    for unit, scale in (("ns", 1e-3), ("us", 1), ("ms", 1e3), ("s", 1e6)):
        if abs(us) < 999.5 * scale:
            break
    value = us / scale
    return f"{value:.{0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2}f} {unit}"


def span(low, high):
    """Both in one unit."""
    a, b = duration(low), duration(high)
    return f"{a.split()[0]} to {b}" if a.split()[1] == b.split()[1] else f"{a} to {b}"


def ratio(a, b):
    return f"{a / b:.2f}" if b > 0 else "-"


def cells(row, who, samples, ours):
    """What is behind the name of whose line it is."""
    if samples is None:
        why = "not installed" if who in row.floors else "does not do the same"
        return [why] + ["-"] * (1 if row.has_kib else 4)
    is_ours = samples is ours
    if row.has_kib:
        return [f"{samples.kib:.0f}", "" if is_ours else ratio(ours.kib, samples.kib)]
    wall, cpu = statistics.median(samples.wall), statistics.median(samples.cpu)
    return [duration(wall), span(percentile(samples.wall, 10), percentile(samples.wall, 90)), duration(cpu),
            "" if is_ours else ratio(statistics.median(ours.wall), wall), "" if is_ours else ratio(statistics.median(ours.cpu), cpu)]


class Bench:
    """One run of the benchmark: whose programs, and for how long."""

    def __init__(self, ours, others, seconds, patience, busy=0):
        self.ours, self.others, self.seconds, self.busy = ours, others, seconds, busy
        self.calm = machine.Calm(patience)
        self.spawn = os.path.join(ours.build, "bench/spawn")

    def sides(self, row):
        """{whose: its side, or None where this machine lacks it}"""
        sides = {"sn0int": row.ours(self.ours)}
        for who, make in row.floors.items():
            try:
                sides[who] = make(self.ours)
            except Missing:
                sides[who] = None
        for program in row.others(self.others):
            sides[program.who] = row.ours(program)
        return sides

    def is_right(self, row, who, side):
        """Whether it does what is asked. The others need not: their line says so."""
        try:
            checked(side, who)
            if side.less:
                checked(side.less, who)
        except Wrong as why:
            if who not in [program.who for program in self.others]:
                raise
            print(f"{row.name}: {why}", file=sys.stderr)
            return False
        return True

    def measure(self, row):
        """[cells of each line], and the number of rounds."""
        sides = self.sides(row)
        samples = {who: Samples(side) for who, side in sides.items() if side}
        turned = {who: side for who, side in sides.items() if side and not side.kib}
        rounds = 1
        for who, side in sides.items():
            if side and side.kib:
                samples[who].kib = side.kib()
        if turned:
            for who, side in list(turned.items()):
                if not self.is_right(row, who, side):
                    del turned[who], samples[who]
            turns = Turns(self.spawn, turned)
            turns.run(0 if row.has_kib else self.seconds)
            if turns.is_plain:
                for who, side in turned.items():
                    checked(side, who)  # and it still is
            samples.update(turns.samples)
            rounds = turns.rounds
        print(f"{row.name}: {rounds} round{'s' if rounds > 1 else ''}", file=sys.stderr)
        return [[row.what if i == 0 else "", who, *cells(row, who, samples.get(who), samples["sn0int"])]
                for i, who in enumerate(sides)], rounds

    def table(self, table, names):
        """(what is said of the machine, the lines), of the rows in names."""
        if not self.busy:
            self.calm.wait()
        watch = machine.Watch()
        out, rounds = [], []
        for row in table.rows:
            if names is None or row.name in names:
                rows, n = self.measure(row)
                out += rows
                rounds.append(n)
        few, many = min(rounds), max(rounds)
        said = f"{few} to {many} rounds" if few < many else f"{many} round" + ("s" if many > 1 else "")
        state = f"With {self.busy} busy loop(s) beside it" if self.busy else self.calm.said(watch.others())
        return f"*{state}; {said}.*", out


class Folder:
    """A folder of this run of the benchmark, made anew before each turn as a copy of one that was made once."""

    def __init__(self, make):
        self.path = tempfile.mkdtemp(dir=INPUTS.name)
        self.template = tempfile.mkdtemp(dir=INPUTS.name)
        make(self.template)

    def renew(self):
        shutil.rmtree(self.path)
        shutil.copytree(self.template, self.path)
