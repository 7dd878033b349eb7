#!/usr/bin/env python3
"""lean.py CHILD: the child that is started, and the one that loads plugins, into which it goes on; each start must say the same. TAP."""
import os
import resource
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import child  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
OTHER = PROGRAM + "-plugins"
# who names a plugin's function starts the other program; the questions' answers have been sent ahead
ASKS = "function run() local a, b = stdin_read_line(), stdin_read_line() info(a) info(b) info(%s) end"
WITH, WITHOUT = ASKS % "hex(sha2_256('x'))", ASKS % "'x'"
REPLIES = '"one"\n"two"\n'


def start(program, given, *options, pieces=1, **more):
    """The events, status and messages of a child that gets `given` by a pipe, in that many writes."""
    p = subprocess.Popen([program, "sandbox", *options, "a/b"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    size = -(-len(given) // pieces)
    try:
        for i in range(0, len(given), size):
            p.stdin.write(given[i:i + size])
            p.stdin.flush()
    except BrokenPipeError:
        pass
    out, err = p.communicate()
    return out.decode(), p.returncode, err.decode()


def programs_executed(given, *options):
    with tempfile.NamedTemporaryFile("r") as out:
        subprocess.run(["strace", "-f", "-o", out.name, "-e", "trace=execve", PROGRAM, "sandbox", *options, "a/b"], input=given, capture_output=True)
        return sum("execve(" in line and " = 0" in line for line in out)


def same_in_both(tap):
    long = "-- " + "x" * 200000 + "\n"
    for name, code in (("a plugin", WITH), ("none", WITHOUT), ("a plugin, and a long line", WITH + long), ("none, and a long line", WITHOUT + long)):
        line = child.start_line(code).encode()
        want = start(OTHER, line + REPLIES.encode())
        assert want[0].count('"Info"') == 3 and want[1] == 0, want
        for pieces in (1, 2, 7):
            got = start(PROGRAM, line + REPLIES.encode(), pieces=pieces)
            tap.check(f"{name}: what was sent ahead in {pieces} pieces is heard once", got == want, got)


def first_line_without_end(tap):
    for name, code in (("a plugin", "function run() info(hex(sha2_256('x'))) end"), ("none", "function run() info('x') end")):
        line = child.start_line(code).rstrip("\n").encode()
        want, got = start(OTHER, line), start(PROGRAM, line)
        tap.check(f"{name}: the line may be the last, without its end", got == want and want[1] == 0, (got, want))


def executed(tap):
    for name, code, options, want in (("a plugin", WITH, [], 2), ("none", WITHOUT, [], 1), ("none is named, one is wanted", WITHOUT, ["--needs=crypt"], 2)):
        got = programs_executed((child.start_line(code) + REPLIES).encode(), *options)
        tap.check(f"{name}: programs that are executed", got == want, got)


def without_the_other(tap):
    """Alone it runs what names no plugin, and says why a function is not there."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        alone = shutil.copy(PROGRAM, folder)
        got = start(alone, (child.start_line(WITHOUT) + REPLIES).encode())
        tap.check("alone: no plugin is needed", got[1] == 0 and got[0].count('"Info"') == 3, got)
        got = start(alone, (child.start_line(WITH) + REPLIES).encode())
        if got[0].count('"Info"') == 3:  # not in the build tree, it looks where it would be installed
            tap.skip("alone: the function says why it is not there", "another one is installed here")
            return
        tap.check("alone: the function says why it is not there", "sha2_256 is not available: cannot start sn0int-sandbox-plugins" in got[0], got)


def with_plugin(tap, program, who):
    """What came by the option is handed on to the other under the same number; the last option counts."""
    line = child.start_line(WITH).encode()
    want = start(OTHER, line + REPLIES.encode())
    for numbers in ((200,), (100, 200), (200, 100), (1023, 200)):
        files = [tempfile.TemporaryFile() for _ in numbers]
        for f, text in zip(files, [b"unused\n"] * (len(numbers) - 1) + [line + b'"one"\n']):
            f.write(text)
            f.seek(0)

        def place():
            for f, number in zip(files, numbers):
                os.dup2(f.fileno(), number, inheritable=True)
        got = start(program, b'"two"\n', *(f"--ahead-fd={number}" for number in numbers), preexec_fn=place, close_fds=False)
        tap.check(f"{who}: ahead on {numbers} of a module with a plugin", got == want and want[1] == 0, (got, want))


def below_limit(tap):
    """No file may grow, and memory with a number is one: a module runs, and is told why it has no plugin."""
    got = start(PROGRAM, (child.start_line(WITH) + REPLIES).encode(), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))
    tap.check("no byte for files", "sha2_256 is not available: cannot hand on the start line: File too large" in got[0] and got[1] == 0, got)


def ahead(tap):
    """The option itself, in each program: a descriptor that another has filled."""
    line = child.start_line(WITHOUT).encode()
    want = start(PROGRAM, line + REPLIES.encode())
    for program in (PROGRAM, OTHER):
        who = os.path.basename(program)
        with tempfile.TemporaryFile() as f:
            f.write(line + b'"one"\n')
            f.flush()
            f.seek(0)
            got = start(program, b'"two"\n', f"--ahead-fd={f.fileno()}", pass_fds=[f.fileno()])
        tap.check(f"{who}: what was read before comes first", got == want, (got, want))
        with_plugin(tap, program, who)
        got = start(program, line, "--ahead-fd=61")
        tap.check(f"{who}: a number that is none", got[1] == 1 and "descriptor 61 is not there" in got[2], got)
        got = start(program, line, "--ahead-fd=1")
        tap.check(f"{who}: one of the first three", got[1] == 2 and "--ahead-fd must be 3 to 1023" in got[2], got)
        got = start(program, line, "--ahead-fd=3", "--spare", "--needs=none")
        tap.check(f"{who}: a spare has read nothing", got[1] == 2 and "--ahead-fd" in got[2], got)


def main():
    tap = child.Tap()
    if not os.path.exists(OTHER):
        tap.skip("there is one program, with everything in it", "built without a static one")
        tap.end()
    for test in (same_in_both, first_line_without_end, executed, without_the_other, below_limit, ahead):
        test(tap)
    tap.end()


main()
