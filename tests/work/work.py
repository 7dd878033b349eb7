#!/usr/bin/env python3
"""work.py SN0INT: what a run does with children of every kind, good and bad. Prints TAP.

A case is a function named after what holds; it gets a Home and raises AssertionError. Children are our own, or scripts
behind --child. Whoever is left over is found by the name of the home folder, which is in every command line.
"""
import json, os, pty, re, resource, select, signal, socket, sqlite3, subprocess, sys, tempfile, time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, os.path.join(TESTS, "vectors")]
import tap  # noqa: E402
from transcript import first_line, without_warnings  # noqa: E402

HEADER = "-- Description: test\n-- Version: 0.1.0\n-- License: GPL-3.0\n\n"
WAIT = 60  # seconds after which something that should happen has not


class Home:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.name = os.path.basename(folder)  # the module's, too

    def module(self, body):
        """anonymous/NAME with the given body of run()."""
        path = os.path.join(self.folder, self.name + ".lua")
        with open(path, "w") as f:
            f.write(HEADER + f"function run(arg)\n{body}\nend\n")
        return ["-f", path]

    def child(self, script, *args):
        """A foreign child: a shell script that gets the start line first."""
        path = os.path.join(self.folder, "child.sh")
        with open(path, "w") as f:
            f.write("read -r start\n" + script + "\n")
        return self.module("") + ["--child", f"sh {path}", *args]

    def start(self, args, **more):
        env = {"HOME": self.folder, "PATH": os.environ["PATH"]}
        more = dict({"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}, **more)
        return subprocess.Popen([self.program, *args], env=env, **more)

    def run(self, args, stdin=b""):
        """`sn0int run`: (stdout, stderr, status)"""
        p = self.start(["run", *args], stdin=subprocess.PIPE)
        out, err = p.communicate(stdin, timeout=WAIT)
        return without_warnings(out.decode()), err.decode(), p.returncode

    def domains(self, n):
        lines = "".join(f"t{i}.com\n" for i in range(n))
        p = self.start(["add", "--stdin", "domain"], stdin=subprocess.PIPE)
        p.communicate(lines.encode(), timeout=WAIT)

    def rows_module(self, body, source="domains"):
        """A module with a target a row, installed."""
        folder = os.path.join(self.folder, ".local/share/sn0int/modules/me")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, self.name + ".lua"), "w") as f:
            f.write(HEADER[:-1] + f"-- Source: {source}\n\n" + f"function run(arg)\n{body}\nend\n")
        return "me/" + self.name

    def database(self):
        return sqlite3.connect(os.path.join(self.folder, ".local/share/sn0int/data/default/db.sqlite"))

    def processes(self):
        """Of this home, but for dead ones that nobody waits for."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    if self.name.encode() in f.read():
                        found.append(int(pid))
            except OSError:
                pass
        return found

    def wait_until_gone(self):
        end = time.monotonic() + WAIT
        while self.processes() and time.monotonic() < end:
            time.sleep(0.01)
        assert not self.processes(), "somebody is left"


def write(home, name, text):
    path = os.path.join(home.folder, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def ends_as(home, script, failed, *args):
    out, err, status = home.run(home.child(script, *args))
    name = "anonymous/" + home.name
    assert out == f"[-] Failed {name}: {failed}\n[+] Finished {name} (1 errors)\n", out + err
    assert status == 0, status
    home.wait_until_gone()


def invalid_output_ends_the_child(home):
    ends_as(home, "echo not json; exec sleep 1000", "expected value at line 1 column 1")


def a_line_without_end_ends_the_child(home):
    ends_as(home, "exec cat /dev/zero", "a line is longer than 67108864 bytes")


def closed_output_is_a_crash(home):
    ends_as(home, "exec 1>&-; exec sleep 1000", "Sandbox child has crashed")


def a_child_must_end_after_its_exit_line(home):
    ends_as(home, """echo '{"Exit":"Ok"}'; exec sleep 1000""", "did not end after its Exit line")


def a_child_may_not_go_on_after_its_exit_line(home):
    ends_as(home, """echo '{"Exit":"Ok"}'; exec yes""", "went on after its Exit line")


def one_question_at_a_time(home):
    ask = """{"Database":{"Select":["Domain","a"]}}"""
    ends_as(home, f"printf '%s\\n%s\\n' '{ask}' '{ask}'; exec sleep 1000",
            "asked before its last question was answered")


def a_foreign_child_that_cannot_start(home):
    args = home.module("") + ["--child", "/proc/nonexistent/child"]
    out, _, status = home.run(args)
    assert "Failed to spawn child process: cannot start /proc/nonexistent/child: No such file" in out, out
    assert status == 0


def helpers_of_a_child_die_with_it(home):
    script = f"""(exec -a {home.name} sleep 1000) & echo '{{"Exit":"Ok"}}'"""
    bash = "bash " + write(home, "helper.sh", "read -r x\n" + script + "\n")
    out, err, _ = home.run(home.module("") + ["--child", bash])
    assert out == f"[+] Finished anonymous/{home.name}\n", out + err
    home.wait_until_gone()


def a_violation_is_reported_in_one_block(home):
    script = f"""echo 'sn0int: sandbox violation in a/b: getcwd (79) arguments 0x0' >&2
echo '{{"Exit":{{"Err":"sandbox violation: getcwd (79)"}}}}'; exit 159"""
    out, _, _ = home.run(home.child(script))
    assert f"Failed anonymous/{home.name}: stopped by the sandbox: getcwd (79)\n" in out, out
    block = out[out.index("-----"):]
    for want in ("program: sn0int in C", "system:  ", f"module:  anonymous/{home.name} 0.1.0\n",
                 "what:    stopped by the sandbox: getcwd (79)\n"):
        assert want in block, out


def a_call_is_reported_once_and_few_of_them(home):
    """Who has the worker invents calls: 20 targets one of 12 each, one of them with a megabyte behind it."""
    home.domains(20)
    program = """n = int(json.loads(first)["arg"]["value"][1:-4]) % 12
call = "call%d (%d)" % (n, n) + ("x" * 1000000 if n == 11 else "")
say(json.dumps({"Exit": {"Err": "sandbox violation: " + call}}) + "\\n")
sys.stdout.flush()
sys.exit(159)"""
    args = says(home, program)[2:]
    out, err, _ = home.run(["-j1", *args, home.rows_module("")])
    blocks = [l for l in out.splitlines() if l.startswith("what:    stopped by the sandbox: ")]
    assert [l.split()[-2] for l in blocks] == [f"call{n}" for n in range(8)], blocks
    assert out.count("[-] Failed ") == 20 and "(20 errors)" in out, out[-300:]
    assert "[!] 4 more targets were stopped by the sandbox, for other calls than the 8 that are shown\n" in err, err


def our_child_is_stopped_when_its_time_is_over(home):
    out, _, status = home.run(home.module("while true do end") + ["--timeout", "1"])
    assert f"Failed anonymous/{home.name}: Timed out (--timeout 1)\n" in out, out
    home.wait_until_gone()


def comm(pid):
    with open(f"/proc/{pid}/comm") as f:
        return f.read().rstrip("\n")


def a_child_that_ignores_its_wall_time_is_killed(home):
    """Stopped, its signals are as good as blocked: what a worker does that an attacker has."""
    p = home.start(["run", "--limit", "wall=1s", *home.module("info('here') while true do end")])
    first_line(p.stdout)
    begin = time.monotonic()
    children = [pid for pid in home.processes() if pid != p.pid and comm(pid) != "sn0int-starter"]
    assert children, "nobody to stop"
    for pid in children:
        os.kill(pid, signal.SIGSTOP)
    out, err = p.communicate(timeout=WAIT)
    want = f"Failed anonymous/{home.name}: ran out of time and did not end (limit wall=1s; raise it with"
    assert want in out.decode(), (out, err)
    assert time.monotonic() - begin > 4, "that was not the host"
    home.wait_until_gone()


def a_module_that_says_too_much_is_told_in_its_own_words(home):
    out, err, _ = home.run(["--limit", "output=64K", *home.module("for i = 1, 5000 do info(i) end")])
    assert "too much output (limit output=64K; raise it with --limit output=BYTES)" in out, out[-300:] + err
    assert "said more" not in out and "(1 errors)" in out, out[-300:]
    shown = [float(l.rsplit(": ", 1)[1]) for l in out.splitlines() if l.startswith("[*]")]
    assert shown == list(range(1, len(shown) + 1)) and len(shown) > 1000, shown[-3:]


def another_program_that_says_too_much_is_stopped(home):
    ends_as(home, """yes '{"Log":{"Status":"x"}}'""",
            "said more than it may (limit output=64K; raise it with --limit output=BYTES)",
            "--limit", "output=64K", "--limit", "log-line=80")


def a_violation_line_cannot_command_the_terminal(home):
    script = r'''printf 'sn0int: sandbox violation in a/b: x\033]0;OWNED\007 arguments 0\n' >&2
echo '{"Exit":{"Err":"sandbox violation: \u001b]0;OWNED\u0007"}}'; exit 159'''
    out, err, _ = home.run(home.child(script))
    assert "what:    stopped by the sandbox: \\u{1b}]0;OWNED" in out, out
    assert "\033" not in out and "\007" not in out, out


def a_long_last_word_is_cut(home):
    script = "printf '{\"Exit\":{\"SetupFailed\":\"'; head -c 60000000 /dev/zero | tr '\\0' x; echo '\"}}'"
    out, err, _ = home.run(home.child(script))
    assert "[cut: 60000000 bytes, limit log-line=1M; raise it with --limit log-line=BYTES]" in out, out[-300:] + err
    assert len(out) < 2000000, len(out)


IS_SANITIZED = None  # such a build has no room under a limit, and other figures
ROOM_MIB = 600  # of addresses: a line of 64 MiB, twice while it grows, its parts, and the program


def cost_of(home, args):
    """A run that may have so much memory, and its peak in MiB: that of the largest of its processes."""
    most = (ROOM_MIB << 20, ROOM_MIB << 20)
    p = home.start(["run", *args], stderr=subprocess.STDOUT,
                   preexec_fn=lambda: IS_SANITIZED or resource.setrlimit(resource.RLIMIT_AS, most))
    out = without_warnings(p.stdout.read().decode())
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    assert p.returncode == 0, (p.returncode, out[-1000:])
    return out, 0 if IS_SANITIZED else usage.ru_maxrss >> 10


def says(home, program):
    """A foreign child in Python: what it writes."""
    path = write(home, "child.py", "import sys, json\nfirst = sys.stdin.readline()\nsay = sys.stdout.write\n" + program + "\n")
    return [*home.module(""), "--child", f"{sys.executable} {path}"]


def a_line_of_many_values_costs_little(home):
    """A url's body of 30 MB comes as numbers; what else is a list of millions is no row at all."""
    url = """say('{"Database":{"Insert":{"Url":{"subdomain_id":1,"path":"/","value":"http://a.b/","status":200,"body":[1')
for i in range(30): say(',1' * 1000000)
say('],"online":true,"title":null,"redirect":null,"unscoped":false}}}}\\n')
sys.stdout.flush()
answer = sys.stdin.readline()
say(json.dumps({"Log": {"Info": answer[:200]}}) + '\\n{"Exit":"Ok"}\\n')"""
    out, mib = cost_of(home, says(home, url))
    assert "FOREIGN KEY constraint failed" in out or "Inserted" in out, out[-1000:]
    assert mib < 200, mib
    lists = """say('{"Database":[')
for i in range(15): say('300,' * 1000000)
say('1]}\\n')"""
    out, mib = cost_of(home, says(home, lists))
    assert "Failed anonymous/" in out and "too many values at line 1 column" in out, out[-1000:]
    assert mib < 150, mib
    nested = lists.replace("'300,'", "'[1],'")
    out, mib = cost_of(home, says(home, nested))
    assert "too many values at line 1 column" in out and mib < 150, (out[-1000:], mib)


def the_content_of_an_event_costs_little(home):
    program = """row = {"topic": "a", "time": "2020-01-01T00:00:00", "uniq": None, "latitude": None, "longitude": None, "radius": None,
    "content": "[" + "300," * 15000000 + "1]"}
say(json.dumps({"Database": {"Activity": row}}) + '\\n')"""
    out, mib = cost_of(home, says(home, program))
    assert "too many values" in out and mib < 400, (out[-1000:], mib)  # the child's own is in it
    out, _, _ = home.run(home.module("local t = {} for i = 1, 300000 do t[i] = i end "
                                     "db_activity({topic='a', time='2020-01-01T00:00:00', content=t})"))
    assert "more than 262144 values" in out, out


def what_is_told_at_the_end_is_bounded(home):
    """24 targets with 60 MB each, and a stranger name for each."""
    home.domains(24)
    program = """kind = sys.argv[-1].encode()[-1] % 2
say('{"Exit":{"SetupFailed":"' if kind else '{"Exit":{"')
for i in range(60): say('x' * 1000000)
say('"}}\\n' if kind else '":1}}\\n')"""
    args = says(home, program)[2:]
    for end in "0", "1":
        args[1] = args[1].split(" #")[0] + " " + end
        out, mib = cost_of(home, ["-j4", home.rows_module(""), *args])
        assert out.count("[-] Failed ") == 24 and out.count("x [cut: 60000000 bytes") == 24, (len(out), out[-300:])
        assert mib < 250, mib  # two lines of 64 MiB, and what is made of one


def a_message_of_newlines_is_bounded(home):
    program = """text = chr(92) + 'n'
for i in range(3): say('{"Log":{"Info":"' + text * 9000000 + '"}}\\n')
say('{"Exit":"Ok"}\\n')"""
    out, mib = cost_of(home, [*says(home, program), "--limit", "log-line=10K"])
    assert out.count("[cut: 9000000 bytes, limit log-line=10K; raise it with --limit log-line=BYTES]") == 3, out[-300:]
    assert len(out) < 3 * 10240 * 80 and mib < 150, (len(out), mib)
    out, _ = cost_of(home, [*says(home, program), "--limit", "output=64M", "--limit", "log-line=900K"])
    assert out.count("[cut: ") == 1 and "said more than it may (limit output=64M" in out, out[-300:]


PEAK = """import os
def peak():
    with open(f"/proc/{os.getppid()}/status") as f:
        return int(f.read().split("VmHWM:")[1].split()[0]) >> 10
"""


PEAK_STATUS = 80  # MiB, of which 40 are lines that are being read; it was 130 when all of each text was kept


def a_status_has_no_more_than_a_line_shows(home):
    """40 targets at once, each with many texts of a megabyte for its line of the animation."""
    home.domains(40)
    program = PEAK + """for i in range(40): say(json.dumps({"Log": {"Status": "x" * 1000000 + str(i)}}) + '\\n')
sys.stdout.flush()
say('{"Stdio":"Readline"}\\n')
sys.stdout.flush()
sys.stdin.readline()
say(json.dumps({"Log": {"Info": f"peak={peak()} MiB"}}) + '\\n{"Exit":"Ok"}\\n')"""
    args = says(home, program)[2:]
    master, slave = pty.openpty()
    p = subprocess.Popen([home.program, "run", "-j40", home.rows_module(""), *args], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                         env={"HOME": home.folder, "PATH": os.environ["PATH"], "TERM": "xterm"})
    os.close(slave)
    out = b""
    try:
        while piece := os.read(master, 1 << 16):
            out += piece
    except OSError:  # it has ended
        pass
    assert p.wait() == 0, out[-1000:]
    peaks = [int(n) for n in re.findall(rb"peak=(\d+) MiB", out)]
    assert len(peaks) == 40 and b"xxxx" in out, out[-1000:]
    assert IS_SANITIZED or max(peaks) < PEAK_STATUS, max(peaks)


def no_event_costs_for_good(home):
    """
    Of each kind 100 with another text of 60 KB: 6 MB a kind if it was kept; after what is remembered (texts that are
    said once, rate limits) is full. Answers are read, so that a place that grows only with them is seen, too.
    """
    program = PEAK.replace("VmHWM", "VmRSS") + """count = 0
def text(n=60000):
    global count
    count += 1
    return (str(count) + " ").ljust(n, "x")
def tell(event):
    say(json.dumps(event) + '\\n')
def ask(event):
    tell(event)
    sys.stdout.flush()
    return sys.stdin.readline()
activity = {"time": "2020-01-01T00:00:00", "latitude": None, "longitude": None, "radius": None}
def remembered():
    tell({"Log": {"WarnOnce": text(4000)}})
    ask({"Ratelimit": {"key": text(4000), "passes": 1, "time": 1000000}})
def round():
    remembered()
    for kind in ("Info", "Debug", "Success", "Error", "Warn", "WarnOnce", "Status"):
        tell({"Log": {kind: text()}})
    ask({"Database": {"Insert": {"Domain": {"value": text().replace(" ", "-") + ".com", "unscoped": False}}}})
    ask({"Database": {"Insert": {"Domain": {"value": text().upper(), "unscoped": False}}}})
    ask({"Database": {"Select": ["Domain", text()]}})
    ask({"Database": {"Activity": dict(activity, topic=text(), uniq=text(), content=json.dumps(text()))}})
    ask({"Database": {"Update": ["Domain", text(), {"Domain": {"id": 1}}]}})
    ask({"Stdio": "Readline"})
    ask({"Ratelimit": {"key": text(), "passes": 1, "time": 1000000}})
    ask({"Blob": text().replace(" ", "x")})
    sys.stderr.write(text() + '\\n')
    sys.stderr.flush()
for i in range(1100): remembered()
for i in range(20): round()
before = peak()
for i in range(100): round()
ask({"Stdio": "Readline"})
tell({"Log": {"Info": f"grew={peak() - before} of {before} MiB"}})
tell({"Exit": "Ok"})"""
    p = home.start(["run", *says(home, program)], stderr=subprocess.STDOUT)
    out = p.communicate()[0].decode()
    grew = re.search(r"grew=(-?\d+) of (\d+) MiB", out)
    assert p.returncode == 0 and grew, out[-2000:]
    assert IS_SANITIZED or int(grew[1]) <= 3, grew[0]


def below(pid):
    """All processes that it has started, and those of these."""
    found = []
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        for child in map(int, f.read().split()):
            found += [child, *below(child)]
    return found


def a_system_without_memory_ends_children_first(home):
    """Outer halves, workers, spares, and what --child starts; the host and its starter are as they were."""
    home.domains(3)
    body = "info('here') stdin_readline()"
    other = write(home, "child.sh", """read -r start; echo '{"Log":{"Info":"here"}}'; exec sleep 1000""")
    with open("/proc/self/oom_score_adj") as f:
        ours = int(f.read())
    for more, args, least in (("", ["--stdin"], 2), (" if x then sock_connect('a', 1, {}) end", ["--stdin"], 4), ("", ["--child", "sh " + other], 1)):
        args = [home.rows_module(body + more), *args]
        p = home.start(["run", "-j1", *args], stdin=subprocess.PIPE, stderr=subprocess.STDOUT)
        while "here" not in (line := p.stdout.readline().decode()):
            assert line
        scores = {}
        for pid in below(p.pid):
            with open(f"/proc/{pid}/oom_score_adj") as f, open(f"/proc/{pid}/comm") as name:
                scores[pid] = (name.read().strip(), int(f.read()))
        with open(f"/proc/{p.pid}/oom_score_adj") as f:
            host = int(f.read())
        p.kill()
        p.communicate()
        children = [score for name, score in scores.values() if name != "sn0int-starter"]
        assert host == ours and len(children) >= least, (host, scores)
        assert set(children) == {min(ours + 500, 1000)}, scores
        assert all(score == ours for name, score in scores.values() if name == "sn0int-starter"), scores


def a_name_of_any_length_is_cut(home):
    """A row's name is what another module made it: 8 MB of it in front of every line would be too much."""
    home.run(home.module("db_add('device', {value='short'}) db_add('device', {value=('\u00e4'):rep(4000000)})"))
    module = home.rows_module("for i = 1, 20 do status('x') info('here') end\nset_err('no')", "devices")
    out, _, _ = home.run(["-vv", module])
    assert out.count('"here"') == 40, out[-1000:]
    cut = '"' + "\u00e4" * 511 + " [cut: 8000002 bytes]"
    assert out.count(cut) >= 20 and len(out) < 200000, (out.count(cut), len(out))


def an_error_names_its_function_and_line(home):
    """Line 6 is the first of run(). To our own parent only: another one gets the text alone, as vectors show."""
    name = home.name
    module = home.module("intval('x')\ndns('..', 'A')\nclear_err()\nset_err('mine')\n\njson_decode('{')")
    out, err, status = home.run(["-v", *module])
    shown = [l.split(": ", 1)[1] for l in out.splitlines() if l.startswith("[#]")]
    assert [l.split(": ")[:2] for l in shown] == [
        [f"{name}.lua:6", "intval"], [f"{name}.lua:7", "dns"], [f"{name}.lua:9", "set_err"], [f"{name}.lua:11", "json_decode"]], out
    assert shown[0].endswith(": invalid digit found in string") and shown[2].endswith("set_err: mine"), out
    last = f"EOF while parsing an object at line 1 column 1 ({name}.lua:11: json_decode)\n"
    assert last in out and "(1 errors)" in out, out
    out, _, _ = home.run(module)
    assert "line 1 column 1\n" in out and ".lua:" not in out, out
    out, _, _ = home.run(home.module("local f = function() info(hex({}, 1)) return url_join(1, nil) end\nf()"))
    assert f"wrong parameter types for callback function\")) ({name}.lua:6: url_join)" in out, out


def messages_of_our_child_are_prefixed_and_harmless(home):
    out, err, _ = home.run(home.module("print('a\\27[31m\\nb')"))
    name = "anonymous/" + home.name
    assert all(l.startswith(name + ": ") for l in err.splitlines()), err
    assert "\033" not in err and "[31m" in err, err
    assert out == f"[+] Finished {name}\n", out


def standard_input_is_shared_line_by_line(home):
    home.domains(3)
    module = home.rows_module("info(stdin_readline())")
    out, _, _ = home.run(["--stdin", "-j1", module], b"one\ntwo\nthree")
    got = sorted(l.rsplit(": ", 1)[1] for l in out.splitlines() if l.startswith("[*]"))
    assert got == ['"one\\n"', '"three"', '"two\\n"'], out


def standard_input_waits_for_its_readers(home):
    """More of them than there was room for; and one that wants nothing ends while they wait."""
    home.domains(20)
    module = home.rows_module("if arg.value == 't19.com' then info('no') else info(stdin_readline()) end")
    p = home.start(["run", "--stdin", "-j20", module], stdin=subprocess.PIPE)
    while b'"no"' not in first_line(p.stdout):
        pass
    out, err = p.communicate(b"".join(b"%d\n" % i for i in range(19)), timeout=WAIT)
    got = sorted(int(n) for n in re.findall(rb'"(\d+)\\n"', out))
    assert got == list(range(19)) and b"errors" not in out, (out, err)


def standard_input_that_is_no_text_or_too_much(home):
    out, err, _ = home.run(["--stdin", *home.module("stdin_readline()")], b"\xff\n")
    assert "stream did not contain valid UTF-8" in out and "(1 errors)" in out, out + err
    much = b"x" * ((32 << 20) + 2)  # a line has one more for its end
    out, err, _ = home.run(["--stdin", *home.module("stdin_readline()")], much)
    assert "a line is longer than 33554432 bytes" in out and "(1 errors)" in out, out + err
    out, err, _ = home.run(["--stdin", *home.module("stdin_read_to_end()")], much)
    assert "standard input is over 33554432 bytes" in out and "(1 errors)" in out, out + err


def a_start_line_waits_for_its_reader(home):
    """It is longer than a pipe; a child reads it late, or says its last word and reads nothing."""
    long_one = "--" + "x" * 3000000 + "\n"
    late = home.module(long_one)
    child = write(home, "late.sh", """sleep 0.2; head -n1 | wc -c >&2; echo '{"Exit":"Ok"}'\n""")
    out, err, _ = home.run([*late, "--child", f"sh {child}"])
    assert out == f"[+] Finished anonymous/{home.name}\n", out + err
    assert int(err.split()[0]) > 3000000, err
    child = write(home, "deaf.sh", """echo '{"Exit":"Ok"}'\n""")
    out, err, _ = home.run([*late, "--child", f"sh {child}"])
    assert out == f"[+] Finished anonymous/{home.name}\n", out + err


def what_only_our_child_says_is_no_word_of_another(home):
    ends_as(home, """echo '{"Data":["a.mmdb",false]}'; exec sleep 1000""", "an event of another program's")
    for event in ['{"Exchange":{"id":1,"kind":"tcp","what":"a:1","open":true,"proxied":false,"tls":false,"started":0,"ms":0,"sent":0,"received":0,"bytes":0,"redacted":[],"cut":false}}',
                  '{"Piece":{"id":1,"part":"in","bytes":"YQ=="}}', '{"Value":{"what":"clock","value":1}}']:
        ends_as(home, f"echo '{event}'; exec sleep 1000", "evidence that it was not asked for")
    ends_as(home, """echo '{"Chunk":null}'; exec sleep 1000""", "asked for a chunk that it has no use for")
    ends_as(home, """echo '{"Result":{"more":false}}'; exec sleep 1000""", "a result that nobody asked for")


def a_blob_that_cannot_be_stored_is_told(home):
    script = """rmdir "$HOME/.local/share/sn0int/data/default/blobs"
echo '{"Blob":"YQ=="}'; read -r answer; echo "$answer" >&2; echo '{"Exit":"Ok"}'"""
    out, err, _ = home.run(home.child(script))
    assert "Failed to write blob\nBecause: cannot lock " in out or "Failed to write blob: cannot lock " in out, out + err
    assert '{"Err":"Failed to write blob"}' in err, err


def few_descriptors_are_enough_for_one(home):
    """With room for less than one and for about one: it is one at a time."""
    home.domains(3)
    module = home.rows_module("info('x')")
    for most in 120, 144:
        p = home.start(["run", "-j5", module], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
        out, err = (b.decode() for b in p.communicate(timeout=WAIT))
        assert "1 at a time, not 5: there are descriptors for no more (raise them with ulimit -n)\n" in err, err
        assert out.count('"x"') == 3 and "Failed" not in out, (out, err)


def without_a_limit_of_processor_time_none_is_blamed(home):
    p = home.start(["run", "--limit", "cpu=off", *home.module("info('here') while true do end")])
    first_line(p.stdout)
    for pid in [pid for pid in home.processes() if pid != p.pid]:
        os.kill(pid, signal.SIGKILL)
    out, err = p.communicate(timeout=WAIT)
    assert b"was killed (SIGKILL): by somebody" in out, (out, err)


def rate_limits_are_shared_by_all_targets(home):
    home.domains(3)
    module = home.rows_module("ratelimit_throttle('k', 1, 300)")
    begin = time.monotonic()
    out, err, _ = home.run(["-j3", module])
    assert time.monotonic() - begin >= 0.6, out + err


def a_module_has_its_share_of_rate_limits(home):
    """A key a target is no reason to stop; too many at once are, and are named."""
    out, err, _ = home.run(home.module("for i = 1, 3000 do ratelimit_throttle('t' .. i, 1, 1) end info('done')"))
    assert '"done"' in out and "errors" not in out, out + err
    out, err, _ = home.run(home.module("for i = 1, 3000 do ratelimit_throttle('t' .. i, 1, 100000) end info('done')"))
    said = f"Unexpected error case for ratelimit: anonymous/{home.name} has 1024 rate limits at once, no more"
    assert said in out and "(1 errors)" in out, out + err


def warn_once_is_once_a_run(home):
    home.domains(4)
    module = home.rows_module("warn_once('once') warn('each')")
    out, _, _ = home.run(["-j2", module])
    assert out.count("[!] once\n") == 1 and out.count(": each\n") == 4, out


def an_image_needs_its_blob(home):
    row = {k: None for k in ("filename", "mime", "width", "height", "created", "latitude", "longitude", "nudity",
                             "ahash", "dhash", "phash")}
    row.update(value="DTTV3EjpHBNJx3Zw7eJsVPm4bYXKmNkJQpVNkcvTtTSz", unscoped=False)
    event = json.dumps({"Database": {"Insert": {"Image": row}}})
    path = os.path.join(home.folder, "replies")
    script = f"""cat <<'END'
{event}
END
read -r a; echo "$a" > {path}; echo '{{"Blob":"YXNkZg=="}}'; read -r b
cat <<'END'
{event}
END
read -r c; echo "$b" >> {path}; echo "$c" >> {path}; echo '{{"Exit":"Ok"}}'"""
    out, err, _ = home.run(home.child(script))
    got = [json.loads(l) for l in open(path)]
    assert list(got[0]) == ["Err"] and got[1:] == [{"Ok": None}, {"Ok": {"Inserted": 1}}], (got, out, err)


def a_row_that_a_child_must_not_send_is_refused(home):
    path = os.path.join(home.folder, "replies")
    script = f"""echo '{{"Database":{{"Insert":{{"Domain":{{"value":"UPPER.com","unscoped":false}}}}}}}}'
read -r a; echo "$a" > {path}; echo '{{"Exit":"Ok"}}'"""
    out, err, _ = home.run(home.child(script))
    assert "Err" in json.load(open(path)), out + err
    assert home.database().execute("select count(*) from domains").fetchone() == (0,)


def an_interrupt_stops_the_run(home):
    home.domains(5)
    p = home.start(["run", "-j2", home.rows_module("info('here') while true do end")])
    for _ in range(2):
        line = first_line(p.stdout)
        assert b'"here"' in line, line
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=WAIT)
    assert p.returncode == 130, p.returncode
    assert re.search(rb'\[!\] Interrupted: 3 targets not started, 2 not finished: ("t0.com", "t1.com"|"t1.com", "t0.com")\n', err), err
    assert out.endswith(b"(0 errors, 2 interrupted)\n"), out
    home.wait_until_gone()


def a_name_too_long_for_the_line_is_counted(home):
    home.domains(1)
    with home.database() as db:
        db.execute("update domains set value = ?", ("a" * 2000,))
    p = home.start(["run", home.rows_module("info('here') while true do end")], stderr=subprocess.STDOUT)
    while b'"here"' not in first_line(p.stdout):
        pass
    p.send_signal(signal.SIGINT)
    out = p.communicate(timeout=WAIT)[0].decode()
    assert "[!] Interrupted: 0 targets not started, 1 not finished\n" in out, out


def signals_that_were_inherited_keep_no_end_from_being_seen(home):
    """A caller that ignores or blocks SIGCHLD and SIGINT: a child that says nothing and goes is known by its status."""
    def inherit():
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD, signal.SIGINT])

    for make, failed in ((lambda: home.child("exit 3"), "Sandbox child has crashed"),
                         (lambda: home.child("""echo '{"Exit":"Ok"}'; exit 3"""), "Child signaled error"),
                         (lambda: [*home.module("while true do end"), "--limit", "cpu=1s"], None)):
        args = make()
        begin = time.monotonic()
        p = home.start(["run", *args], preexec_fn=inherit)
        out, err = p.communicate(timeout=WAIT)
        if failed:
            assert f"Failed anonymous/{home.name}: {failed}\n".encode() in out, out + err
            assert time.monotonic() - begin < 2 or IS_SANITIZED, "its end was found by the time"
        assert b"(1 errors)" in out and p.returncode == 0, out + err


def an_interrupt_counts_apart_from_errors(home):
    """One fails, one is cut off, one never begins; with -x only the first is a failure."""
    home.domains(3)
    module = home.rows_module("if arg['value'] == 't0.com' then return 'no' end info('here') while true do end")
    p = home.start(["run", "-j1", "--json", module], stderr=subprocess.STDOUT)
    while b'"here"' not in first_line(p.stdout):
        pass
    p.send_signal(signal.SIGINT)
    out = without_warnings(p.communicate(timeout=WAIT)[0].decode())
    assert '[!] Interrupted: 1 targets not started, 1 not finished: "t1.com"\n' in out, out
    assert "(1 errors, 1 interrupted)\n" in out and "Interrupted\n" not in out, out
    result = result_of(out)
    assert (result["failed"], result["interrupted"], result["unfinished"], result["status"]) == (1, True, 2, 130), out


def who_keeps_targets_out_is_named(home):
    module = home.rows_module("info('x')")
    none = lambda *args: home.run([*args, module])[1].split("has no targets: ")[1]
    assert none() == "there are no domains\n"
    home.domains(2)
    assert none("-t", "where value = 'x.com'") == "the filter selects none of its 2 domains: where value = x.com\n"
    home.start(["noscope", "domains", "where", "value", "=", "t0.com"]).communicate(timeout=WAIT)
    assert none("-t", "where value = 't0.com'") == "what the filter selects of its 2 domains is out of scope: where value = t0.com\n"
    home.start(["noscope", "domains", "where", "true"]).communicate(timeout=WAIT)
    assert none() == none("-t", "where true") == "of 2 domains none is in scope\n"


def at_the_prompt_an_interrupt_brings_the_prompt_back(home):
    module = home.rows_module("info('here') while true do end")
    home.domains(2)
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(home.program, [home.program], {"HOME": home.folder, "PATH": os.environ["PATH"], "TERM": "xterm"})
    shown = Shown(fd)
    shown.wait_for(b"> ")
    os.write(fd, b"run -j1 " + module.encode() + b"\n")
    shown.wait_for(b'"here"')
    os.write(fd, b"\x03")
    shown.wait_for(b"Finished")
    shown.wait_for(b"> ")
    os.write(fd, b"quit\n")
    assert os.waitpid(pid, 0)[1] == 0
    home.wait_until_gone()


class Shown:
    """What a terminal shows, taken in pieces."""

    def __init__(self, fd):
        self.fd, self.rest = fd, b""

    def wait_for(self, text):
        while text not in self.rest:
            assert select.select([self.fd], [], [], WAIT)[0], (text, self.rest)
            self.rest += os.read(self.fd, 4096)
        self.rest = self.rest.split(text, 1)[1]


def lines_do_not_stay_behind_a_child_that_asked_and_asked(home):
    """Whoever reads them through a pipe has them all while it waits."""
    body = "for i = 1, 500 do db_add('domain', {value='d' .. i .. '.com'}) end stdin_read_line() db_add('domain', {value='last.com'})"
    p = home.start(["run", "--stdin", *home.module(body)], stdin=subprocess.PIPE)
    line = p.stdout.readline()
    while b'"d500.com"' not in line:
        assert line, p.communicate(timeout=WAIT)
        line = p.stdout.readline()
    out, err = p.communicate(b"go\n", timeout=WAIT)
    assert b'"last.com"' in out and p.returncode == 0, (out, err)


def the_host_runs_where_it_might_before(home):
    """At the prompt, after a run that asked and asked, and after one that was interrupted in the middle."""
    ours = os.sched_getaffinity(0)
    once = "for i = 1, 2000 do db_add('domain', {value='d' .. i .. '.com'}) end"
    endless = "local i = 0 while true do i = i + 1 db_add('domain', {value='e' .. i .. '.com'}) end"
    module = home.rows_module(f"if arg.value == 't0.com' then {once} else {endless} end")
    home.domains(2)
    p = home.start([], stdin=subprocess.PIPE, stderr=subprocess.STDOUT)

    def tell(line, until):
        p.stdin.write(line.encode() + b"\n")
        p.stdin.flush()
        got = p.stdout.readline()
        while until not in got:
            assert got and not got.startswith(b"[-]"), (line, got)
            got = p.stdout.readline()

    tell(f"use {module}\ntarget where value='t0.com'\nrun", b"Finished")
    assert os.sched_getaffinity(p.pid) == ours
    tell("target where value='t1.com'\nrun", b'"e2000.com"')
    p.send_signal(signal.SIGINT)
    tell("", b"Interrupted")
    assert os.sched_getaffinity(p.pid) == ours
    p.kill()
    p.communicate()


def connections_go_where_the_policy_lets_them(home):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    module = home.module(f"sock_connect('127.0.0.1', {port}, {{}}) if last_err() then return last_err() end")
    out, err, _ = home.run(["-vv", *module])
    refusal = f"connection to 127.0.0.1:{port} refused: local address (allow it with --allow-net 127.0.0.1:{port})"
    assert refusal in err and refusal in out and "(1 errors)" in out, out + err
    out, err, _ = home.run(["-vv", "--allow-net", f"127.0.0.1:{port}", *module])
    assert f"connected to 127.0.0.1:{port} (tcp, " in err and "errors" not in out, out + err
    assert "1 connections" in err, err


def the_configuration_means_the_same_under_every_parent(home):
    """Ours, and one that gives no options; but without network.allow the other one is used to going everywhere."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    module = home.module(f"sock_connect('127.0.0.1', {port}, {{}}) info(last_err() or 'through') clear_err()")
    other = ["--child", os.path.join(os.path.dirname(home.program), "sn0int-sandbox")]
    os.makedirs(os.path.join(home.folder, ".config"))
    refused = f"connection to 127.0.0.1:{port} refused: "
    local = refused + f"local address (allow it with --allow-net 127.0.0.1:{port})"
    denied = refused + "denied by --deny-net or network.deny"
    for text, ours, foreign in (
            ("", local, "through"), ("allow = []", local, local), ("allow = ['public']", local, local), ("allow = ['private']", local, local),
            ("allow = ['local']", "through", "through"), (f"allow = ['private', '127.0.0.0/8:{port}']", "through", "through"),
            ("allow = ['open']", "through", "through"), ("allow = ['open']\ndeny = ['local']", denied, denied),
            ("deny = ['127.0.0.1']", denied, denied), ("deny = ['private']", local, "through")):
        write(home, ".config/sn0int.toml", f"[network]\n{text}\n")
        for args, want in (([], ours), (other, foreign)):
            out, err, _ = home.run([*module, *args])
            assert f'"{want}"' in out, (text, args, out, err)


def a_wrong_word_of_a_policy_is_a_usage_error(home):
    for option in ("--allow-net", "--deny-net"):
        for word, said in (("::1:80", "::1:80 may mean [::1]:80 or [::1:80]: write one of them"), ("lokal", "no such address block: lokal"),
                           ("", "no such address block: "), ("local:0", "no such port: local:0")):
            out, err, status = home.run([option, word, *home.module("")])
            assert status == 2 and out == "" and err.startswith(f"Error: {option}: {said}\n"), (word, out, err, status)


def what_another_program_does_not_heed_is_refused(home):
    """And it is shown; what the host does about any child is not."""
    child = home.child("""echo '{"Exit":"Ok"}'""")
    for args, said in ((["--deny-net", "public"], "--deny-net does not go with --child"), (["--allow-net", "local"], "--allow-net does not go with --child"),
                       (["--sandbox-audit"], "--sandbox-audit does not go with --child"),
                       (["--evidence", "full"], "--evidence does not go with --child"), (["--evidence", "digest"], "--evidence does not go with --child"),
                       (["--evidence", "ful"], "no such evidence: \"ful\", did you mean full?"),
                       (["--sandbox-allow-missing", "all"], "--sandbox-allow-missing does not go with --child"),
                       (["--limit", "output=64K", "--limit", "cpu=1s"], "--limit cpu=1s does not go with --child: of another program only output and log-line")):
        out, err, status = home.run([*child, *args])
        assert status == 2 and out == "" and said in err, (args, out, err, status)
    note = f"another program is the child, with a sandbox and a policy of its own: sh {home.folder}/child.sh sandbox anonymous/{home.name}\n"
    for args, is_shown in (([], False), (["-v"], True), (["-vv"], True)):
        out, err, status = home.run([*child, *args, "--limit", "output=64K", "--timeout", "30"])
        assert status == 0 and (note in err) == is_shown and err.count("another program") == is_shown, (out, err)
    os.makedirs(os.path.join(home.folder, ".config"))
    left = "[!] network.allow, network.deny and sandbox.limits of sn0int.toml are left to the other program (--child)\n"
    for text, is_said in (("[network]\ndeny = ['private']", True), ("[network]\nallow = ['local']", True), ("[sandbox]\nlimits = ['cpu=1s']", True),
                          ("[sandbox]\nlimits = ['output=1M']", False), ("[network]\nproxy = '127.0.0.1:1'", False)):
        write(home, ".config/sn0int.toml", text + "\n")
        out, err, status = home.run(child)
        assert status == 0 and (left in err) == is_said, (text, out, err)


def closed_port():
    """127.0.0.1, where nobody listens; held so that nobody will."""
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    return s, s.getsockname()[1]


def result_of(out):
    return json.loads(out.splitlines()[-1])


BUNDLED = os.path.join(os.path.dirname(TESTS), "modules/bundled")


def a_run_that_reaches_nothing_says_so(home):
    """url-scan with everything refused, at the default level."""
    home.start(["add", "subdomain", "www.example.test"]).communicate(timeout=WAIT)
    scan = ["-f", os.path.join(BUNDLED, "url-scan.lua")]
    held, port = closed_port()
    with held:
        out, err, status = home.run([*scan, "-X", f"127.0.0.1:{port}"])
        lines = out.splitlines()
        assert status == 3 and f"[!] proxy 127.0.0.1:{port}: connection refused, 2 times" == lines[-2], (out, err, status)
        assert lines[-1].startswith("[+] Finished"), out
        out, _, status = home.run([*scan, "--nameserver", f"127.0.0.1:{port}"])
        assert status == 3 and f"[!] 2 names could not be looked up (no answer from 127.0.0.1:{port})" in out, (out, status)


def refusals_are_counted_by_class(home):
    module = home.module("for i = 1, 48 do sock_connect('127.0.0.1', 9, {}) clear_err() end sock_connect('10.0.0.1', 9, {}) clear_err()")
    out, _, status = home.run(["--json", *module])
    assert "[!] 48 connections refused by the network policy (local); allow with --allow-net local\n" in out, out
    assert "[!] 1 connection refused by the network policy (private); allow with --allow-net private\n" in out, out
    result = result_of(out)
    assert status == 3 and result["status"] == 3 and result["failed"] == 0, (out, status)
    assert result["refused"] == {"policy": 49} and result["policy"] == {"local": 48, "private": 1}, result
    assert (result["targets"], result["added"], result["changed"], result["interrupted"]) == (1, 0, 0, False), result


def what_was_found_makes_a_run_no_failure(home):
    out, _, status = home.run(["--json", *home.module("sock_connect('127.0.0.1', 9, {}) clear_err() db_add('domain', {value='a.test'})")])
    result = result_of(out)
    assert status == 0 and result["added"] == 1 and result["refused"] == {"policy": 1}, (out, status)


def a_retry_that_succeeds_is_no_failure(home):
    """Nobody listens at first; who came first is let in by the module's own line on standard error."""
    held, port = closed_port()
    module = home.module(f"""sock_connect('127.0.0.1', {port}, {{}})
        if not last_err() then return 'somebody listens' end
        clear_err() print('again') stdin_read_line()
        sock_connect('127.0.0.1', {port}, {{}})""")
    p = home.start(["run", "--json", "--stdin", "--allow-net", "local", *module], stdin=subprocess.PIPE)
    line = p.stderr.readline()
    while b"again" not in line:
        assert line, p.communicate(timeout=WAIT)
        line = p.stderr.readline()
    held.listen()
    out, _ = p.communicate(b"x\n", timeout=WAIT)
    held.close()
    out = without_warnings(out.decode())
    result = result_of(out)
    assert "[!]" not in out and result["refused"] == {} and p.returncode == 0 == result["status"], out


def a_module_that_tries_nothing_has_not_failed(home):
    out, _, status = home.run(home.module("dns('..', 'A') clear_err()"))
    assert status == 0 and out.startswith("[+] Finished"), (out, status)


def a_limit_that_is_hit_is_said(home):
    body = "for i = 1, 5 do sock_connect('127.0.0.1', 9, {}) clear_err() end"
    out, _, status = home.run(["--json", "--limit", "connections=2", "--allow-net", "local", *home.module(body)])
    assert "[!] 3 connections refused: a target has no more (limit connections); raise it with --limit connections=NUMBER" in out, out
    assert result_of(out)["refused"] == {"limit": 3, "refused": 2} and status == 3, out


def look_ups_and_their_answers(home):
    held, port = closed_port()
    with held:
        module = home.module("dns('a.test', {record='A', timeout=50}) clear_err()")
        out, _, status = home.run(["--json", "--nameserver", f"127.0.0.1:{port}", *module])
        assert status == 3 and result_of(out)["refused"] == {"name": 1}, out
        out, _, status = home.run(["--json", "-X", f"127.0.0.1:{port}", *module])
    assert "[!] 1 look-up refused by the network policy (it would go around the proxy)" in out and status == 3, out


def a_child_that_is_killed_is_counted(home):
    """Its words are read to the last, and facts count without any."""
    module = home.module("for i = 1, 20 do sock_connect('127.0.0.1', 9, {}) clear_err() end while true do end")
    out, _, status = home.run(["--json", "--limit", "cpu=1s", "--allow-net", "local", *module])
    assert result_of(out)["refused"] == {"refused": 20} and result_of(out)["failed"] == 1 and status == 3, (out, status)


def of_another_program_nothing_is_said(home):
    out, _, status = home.run([*home.child("echo '{\"Exit\":\"Ok\"}'"), "--json"])
    result = result_of(out)
    assert status == 0 and result["refused"] is None and "[!]" not in out, out


def very_verbose_shows_the_layers_once(home):
    home.domains(2)
    for body, outer_halves in (("debug('x')", 0), ("debug('x') if y then sock_connect('a', 1, {}) end", 1)):
        out, err, _ = home.run(["-vv", home.rows_module(body)])
        assert out.count('"x"') == 2, out + err
        said = [err.count(f"sandbox, {process}: on: system call filter") for process in ("worker", "outer half")]
        # a kernel that refuses something may have made one with an outer half
        assert said == [1, outer_halves] or (said == [1, 1] and "off: none" not in err), err


def limits_of_the_command_line_count(home):
    out, _, _ = home.run(["--limit", "cpu=1s", *home.module("while true do end")])
    assert "ran out of processor time" in out and "(1 errors)" in out, out
    out, err, status = home.run(["--limit", "nonsense=1", *home.module("")])
    assert status == 2 and 'no such limit: "nonsense"' in err, (out, err, status)


def targets_write_at_the_same_time(home):
    """They share commits; every row is there once, and everybody is told the truth about it."""
    home.domains(6)
    body = """for i = 1, 500 do
  db_add('email', {value=arg['value'] .. i .. '@example.com'})
  db_add('email', {value='all' .. i .. '@example.com'})
end"""
    out, err, _ = home.run(["-j6", home.rows_module(body)])
    assert "errors" not in out, out[-500:] + err
    assert out.count("Adding email ") == 3500, out.count("Adding email ")
    assert home.database().execute("select count(*), count(distinct value) from emails").fetchone() == (3500, 3500)


def an_id_that_is_none_is_named(home):
    """Of a workspace that somebody else has written."""
    module = home.rows_module("info('x') db_add('domain', {value='new.com'})")
    for wide in (1 << 31, (1 << 63) - 1, -(1 << 31) - 1):
        home.domains(1)
        with home.database() as db:
            db.execute("insert into domains (id, value, unscoped) values (?, 'wide.com', 0)", (wide,))
        db.close()
        why = f"domains has a row with the id {wide}, and ids end at 2147483647: delete it (where id = {wide})"
        for command in ["run", module], ["select", "domains"], ["select", "--json", "domains"], ["add", "domain", "wide.com"]:
            p = home.start(command)
            out, err = p.communicate(timeout=WAIT)
            assert why in err.decode() and p.returncode == 1, (wide, command, out, err, p.returncode)
        p = home.start(["delete", "--", "domains", "where", "id", "=", str(wide)])
        out, err = p.communicate(timeout=WAIT)
        assert out == b"[+] Deleted 1 rows\n" and p.returncode == 0, (out, err)
        out, err, status = home.run([module])
        if wide < 0:
            assert 'Adding domain "new.com"' in out and status == 0, (out, err)
        else:  # there is no id left
            assert "Adding" not in out and "(1 errors)" in out, (out, err)
        with home.database() as db:
            db.execute("delete from domains")
            db.execute("delete from sqlite_sequence")
        db.close()


def a_database_that_is_held_is_waited_for(home):
    home.domains(1)
    db = home.database()
    db.isolation_level = None
    db.execute("begin immediate")
    p = home.start(["run", *home.module("db_add('email', {value='a@b.c'})")])
    assert not select.select([p.stdout], [], [], 0.5)[0], "it did not wait"
    db.execute("commit")
    out, err = p.communicate(timeout=WAIT)
    assert b'Adding email "a@b.c"' in out, out + err


def a_database_that_stays_held_is_given_up(home):
    """A file that is none yet, and one of another mode: both are turned into ours, which needs them alone."""
    for statement in "select 1", "create table x(a)":
        home.domains(1)  # makes the folder
        os.unlink(os.path.join(home.folder, ".local/share/sn0int/data/default/db.sqlite"))
        db = home.database()
        db.isolation_level = None
        db.execute(statement)
        db.execute("begin exclusive")
        begin = time.monotonic()
        _, err = home.start(["select", "domains"]).communicate(timeout=WAIT)
        assert err.endswith(b"Because: database is locked\n"), err
        assert time.monotonic() - begin >= 10, "it did not wait"
        db.execute("rollback")
        db.close()


def a_killed_parent_leaves_nobody_and_no_damage(home):
    body = "for i = 1, 10000 do db_add('email', {value='u' .. i .. '@example.com'}) end while true do end"
    p = home.start(["run", *home.module(body)])
    seen = 0
    while seen < 3000:
        line = p.stdout.readline()
        assert line, seen
        seen += b"Adding email" in line
    p.kill()
    p.communicate()
    home.wait_until_gone()
    db = home.database()
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    n, = db.execute("select count(*) from emails").fetchone()
    assert 3000 <= n <= 10000, n
    # what was told was stored
    assert db.execute("select count(*) from emails where value='u3000@example.com'").fetchone() == (1,)


def closed_descriptors_do_no_harm(home):
    """A database or a pipe that became 1 would get the lines of the run."""
    module = home.module("info('x') print('y') db_add('domain', {value='a.b'})")
    p = home.start(["run", *module], stdin=None, stdout=None, stderr=None,
                   preexec_fn=lambda: [os.close(fd) for fd in (0, 1, 2)])
    assert p.wait(timeout=WAIT) == 0
    db = home.database()
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    assert db.execute("select value from domains").fetchall() == [("a.b",)]


def nobody_reads_the_output(home):
    p = home.start(["run", *home.module("while true do info('x') end")])
    p.stdout.readline()
    p.stdout.close()
    assert p.wait(timeout=WAIT) == 1
    assert b"nobody reads the output any more" in p.stderr.read()
    home.wait_until_gone()


def a_thousand_targets_at_once(home):
    home.domains(1000)
    out, err, status = home.run(["-j1000", home.rows_module("info('x')")])
    assert status == 0 and out.count('"x"') == 1000, (status, out[-300:], err[-300:])
    home.wait_until_gone()


def jobs_of_the_configuration_are_bounded(home):
    os.makedirs(os.path.join(home.folder, ".config"))
    for jobs, want in ((1, 0), (1000, 0), (1001, 1), (4294967295, 1)):
        path = write(home, ".config/sn0int.toml", f"[run]\njobs = {jobs}\n")
        out, err, status = home.run(home.module(""))
        assert status == want, (jobs, out, err)
        assert (f"in {path}\nBecause: in [run]: jobs\nBecause: invalid value: integer `{jobs}`, expected a number up to 1000\n" in err) == (want == 1), (jobs, err)
    # as any other wrong value of the file: it stops every command
    out, err, status = home.run(["-j2", *home.module("")])
    assert status == 1, (out, err)


def jobs_are_as_many_as_there_are_descriptors_for(home):
    """And these are enough: with a child each at work, one each in reserve, and some that end."""
    home.domains(300)
    module = home.rows_module("sock_connect('127.0.0.1', 1, {}) clear_err() info('x')")
    limits = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    p = home.start(["run", "-j1000", module], preexec_fn=limits)
    out, err = (b.decode() for b in p.communicate(timeout=WAIT))
    assert "15 at a time, not 1000: there are descriptors for no more (raise them with ulimit -n)\n" in err, err
    assert out.count('"x"') == 300 and "Failed" not in out, (out[-300:], err[-300:])


CASES = [
    jobs_of_the_configuration_are_bounded, a_name_too_long_for_the_line_is_counted,
    invalid_output_ends_the_child, a_line_without_end_ends_the_child, closed_output_is_a_crash,
    a_child_must_end_after_its_exit_line, a_child_may_not_go_on_after_its_exit_line, one_question_at_a_time,
    a_foreign_child_that_cannot_start, helpers_of_a_child_die_with_it, a_violation_is_reported_in_one_block,
    our_child_is_stopped_when_its_time_is_over, a_child_that_ignores_its_wall_time_is_killed,
    a_module_that_says_too_much_is_told_in_its_own_words, another_program_that_says_too_much_is_stopped,
    a_call_is_reported_once_and_few_of_them, a_violation_line_cannot_command_the_terminal, a_long_last_word_is_cut, a_line_of_many_values_costs_little,
    the_content_of_an_event_costs_little, what_is_told_at_the_end_is_bounded, a_message_of_newlines_is_bounded,
    a_system_without_memory_ends_children_first,
    a_status_has_no_more_than_a_line_shows, no_event_costs_for_good, a_name_of_any_length_is_cut,
    an_error_names_its_function_and_line,
    messages_of_our_child_are_prefixed_and_harmless,
    standard_input_is_shared_line_by_line, standard_input_waits_for_its_readers,
    standard_input_that_is_no_text_or_too_much, a_start_line_waits_for_its_reader,
    what_only_our_child_says_is_no_word_of_another, a_blob_that_cannot_be_stored_is_told,
    few_descriptors_are_enough_for_one, without_a_limit_of_processor_time_none_is_blamed,
    rate_limits_are_shared_by_all_targets,
    a_module_has_its_share_of_rate_limits, warn_once_is_once_a_run,
    an_image_needs_its_blob, a_row_that_a_child_must_not_send_is_refused, an_interrupt_stops_the_run,
    an_interrupt_counts_apart_from_errors, signals_that_were_inherited_keep_no_end_from_being_seen, who_keeps_targets_out_is_named,
    at_the_prompt_an_interrupt_brings_the_prompt_back,
    lines_do_not_stay_behind_a_child_that_asked_and_asked, the_host_runs_where_it_might_before, connections_go_where_the_policy_lets_them,
    the_configuration_means_the_same_under_every_parent, a_wrong_word_of_a_policy_is_a_usage_error,
    what_another_program_does_not_heed_is_refused,
    a_run_that_reaches_nothing_says_so, refusals_are_counted_by_class, what_was_found_makes_a_run_no_failure,
    a_retry_that_succeeds_is_no_failure, a_module_that_tries_nothing_has_not_failed, a_limit_that_is_hit_is_said,
    look_ups_and_their_answers, a_child_that_is_killed_is_counted, of_another_program_nothing_is_said,
    very_verbose_shows_the_layers_once, limits_of_the_command_line_count,
    targets_write_at_the_same_time, an_id_that_is_none_is_named, a_database_that_is_held_is_waited_for,
    a_database_that_stays_held_is_given_up, a_killed_parent_leaves_nobody_and_no_damage,
    closed_descriptors_do_no_harm, nobody_reads_the_output, a_thousand_targets_at_once,
    jobs_are_as_many_as_there_are_descriptors_for,
]


def main():
    global IS_SANITIZED
    program, *only = sys.argv[1:]
    with open(os.path.join(os.path.dirname(os.path.abspath(program)), "src/host/start/host.so"), "rb") as f:
        IS_SANITIZED = b"__asan_init" in f.read()

    def call(case):
        with tempfile.TemporaryDirectory(prefix="sn0int-work-") as folder:
            case(Home(os.path.abspath(program), folder))

    sys.exit(tap.run(CASES, call, only))


main()
