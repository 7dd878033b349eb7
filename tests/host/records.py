#!/usr/bin/env python3
"""records.py SN0INT [STORY...]: who did what, as the workspace's file has it after commands. TAP."""
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home  # noqa: E402
from tap import has, same  # noqa: E402

SECRET = "hunter2-hunter2"


def runs(home, columns="kind, outcome"):
    return home.rows(f"select {columns} from run order by id")


def start(home, *args):
    return subprocess.Popen([Home.program, *args], env=home.env, cwd=home.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def module(home, name, *headers, body=""):
    home.module(name, *headers, body=body + "\nend")
    return os.path.join(home.share, "modules", name + ".lua")


def wait_for(home, query, want):
    """Asks until it is so; the test's own time limit is the only one."""
    while home.rows(query) != want:
        pass


def sql(home, text):
    db = sqlite3.connect(os.path.join(home.share, "data/default/db.sqlite"))
    db.execute(text)
    db.commit()
    db.close()


# ---- commands


def each_command_that_changes_rows_is_a_run(home):
    home.call("add", "domain", "a.com")
    home.call("add", "email", "--stdin", stdin=b"x@a.com\ny@a.com\n")
    home.call("noscope", "emails", "where", "value=x@a.com")
    home.call("scope", "emails", "where", "true")
    home.call("autonoscope", "add", "domain", "a.com")
    home.call("autoscope", "add", "domain", "b.com")
    home.call("rescope", "-y")
    home.call("autonoscope", "delete", "domain", "a.com")
    home.call("delete", "emails", "where", "true")
    same(runs(home, "command, outcome"), [
        ("add domain a.com", "done"), ("add email --stdin", "done"), ("noscope emails where value=x@a.com", "done"),
        ("scope emails where true", "done"), ("autonoscope add domain a.com", "done"), ("autoscope add domain b.com", "done"),
        ("rescope", "done"), ("autonoscope delete domain a.com", "done"), ("delete emails where true", "done")])
    same(home.rows("select run, family, what, value, columns from origin join attempt on attempt.id = attempt order by run, sequence, row"), [
        (1, "domain", "added", "a.com", None), (2, "email", "added", "x@a.com", None), (2, "email", "added", "y@a.com", None),
        (3, "email", "changed", "x@a.com", '{"unscoped":[false,true]}'), (4, "email", "changed", "x@a.com", '{"unscoped":[true,false]}'),
        (5, "rule", "added", "domain a.com", '{"scoped":[null,false]}'), (6, "rule", "added", "domain b.com", '{"scoped":[null,true]}'),
        (7, "domain", "changed", "a.com", '{"unscoped":[false,true]}'), (8, "rule", "removed", "domain a.com", '{"scoped":[false,null]}'),
        (9, "email", "removed", "x@a.com", '{"value":["x@a.com",null],"unscoped":[false,null]}'),
        (9, "email", "removed", "y@a.com", '{"value":["y@a.com",null],"unscoped":[false,null]}')])


def what_only_looks_is_no_run(home):
    home.call("add", "domain", "a.com")
    for args in (["select", "domains"], ["stats"], ["export", "-f", "json"], ["fsck"], ["activity"], ["add", "-n", "domain", "b.com"],
                 ["rescope", "-n"], ["autoscope", "list"], ["keyring", "list"], ["workspace"]):
        home.call(*args)
    same(runs(home), [("add", "done")])


def the_prompt_does_the_same(home):
    home.call(stdin=b"add domain a.com\nadd -n domain c.com\nnoscope domains where true\nquit\n")
    same(runs(home, "command"), [("add domain a.com",), ("noscope domains where true",)])


def an_end_of_rows_is_a_run(home):
    module(home, "me/m", body="db_add_ttl('domain', {value='a.com'}, 0)")
    home.call("run", "me/m")
    wait_for(home, "select count(*) from ttls where expire <= strftime('%Y-%m-%d %H:%M:%S', 'now')", [(1,)])
    home.call("select", "domains")
    same(runs(home), [("run", "done"), ("expire", "done")])
    same(home.rows("select attempt, what, value from origin"), [(1, "added", "a.com"), (2, "removed", "a.com")])


# ---- runs of modules


def a_run_says_what_it_was_run_with(home):
    home.call("add", "domain", "a.com")
    home.call("keyring", "add", "ns:name", SECRET)
    home.call("keyring", "add", "other:name", SECRET)
    home.write(".cache/sn0int/GeoLite2-City.mmdb", b"")
    os.utime(os.path.join(home.path, ".cache/sn0int/GeoLite2-City.mmdb"), (86400, 86400))
    path = module(home, "me/m", "Source: domains", "Keyring-Access: ns", body="db_add('email', {value='x@' .. arg['value']})")
    home.call("run", "me/m", "--grant", "ns", "-o", f"api_token={SECRET}", "-o", f"WebHook={SECRET}", "-o", "plain=yes",
              "--deny-net", "192.0.2.0/24", "-X", "127.0.0.1:9", "-t", "where id=1")
    (kind, command, name, version, options, granted, network, proxy, counters), = home.rows(
        "select kind, command, module, version, options, granted, network, proxy, counters from run where module is not null")
    same((kind, command, name, version, proxy), ("run", 'run me/m -t "where id=1"', "me/m", "0.1.0", "127.0.0.1:9"))
    same(json.loads(options), {"WebHook": "[secret option WebHook]", "api_token": "[secret option api_token]", "plain": "yes"})
    same(json.loads(granted), ["ns"])
    same(json.loads(network)["deny"], ["192.0.2.0/24"])
    same({k: json.loads(counters)[k] for k in ("targets", "failed", "added")}, {"targets": 1, "failed": 0, "added": 1})
    same(json.loads(home.rows("select data from run where module is not null")[0][0])["GeoLite2-City.mmdb"], "1970-01-02 00:00:00")
    hash = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout.split()[0]
    same(home.rows("select sha256 from run where sha256 is not null"), [(hash,)])
    folder = os.path.join(home.share, "data/default")
    for name in os.listdir(folder):
        if os.path.isfile(os.path.join(folder, name)):
            with open(os.path.join(folder, name), "rb") as f:
                assert SECRET.encode() not in f.read(), name


def a_module_that_tells_its_secrets_tells_nobody_later(home):
    home.call("keyring", "add", "ns:name", SECRET)
    module(home, "me/m", "Keyring-Access: ns", body="return 'no answer from ?a=' .. keyring('ns')[1]['secret_key'] .. '&b=' .. getopt('token')")
    start(home, "run", "me/m", "--grant", "ns", "-o", "token=s3cret-s3cret").communicate(timeout=WAIT)
    ((error,),) = home.rows("select error from attempt")
    has(error, "no answer from ?a=SECRET-ns&b=SECRET-token")


def a_second_run_counts(home):
    home.call("add", "domain", "a.com")
    module(home, "me/m", "Source: domains", body="for i = 1, 3 do db_add('email', {value=i .. '@' .. arg['value']}) end")
    for _ in range(3):
        home.call("run", "me/m")
    # events count; where a layer of the jail is missing, the first says so
    got = home.rows("select attempt, sequence, value from origin where family = 'email'")
    first = got[0][1]
    same(got, [(2, first, "1@a.com"), (2, first + 1, "2@a.com"), (2, first + 2, "3@a.com")])
    same(home.rows("select row, first, last, times from seen"), [(i, 3, 4, 2) for i in (1, 2, 3)])
    same(home.rows("select state, attempts from unit"), [("done", 3)])


def how_an_attempt_ended_is_told_apart(home):
    cases = {
        "fine": ("", [], "done", None, None),
        "own": ("return 'no luck'", [], "failed", "module", "no luck"),
        "kept": ("sock_connect('127.0.0.1', 9, {}) if last_err() then return last_err() end", [], "refused", "policy", None),
        "slow": ("sleep(1000)", ["--timeout", "1"], "stopped", "stopped", "Timed out (--timeout 1)"),
    }
    states = {"done": "done", "failed": "failed", "refused": "refused", "stopped": "failed"}
    for name, (body, args, *_) in cases.items():
        module(home, "me/" + name, body=body)
        start(home, "run", *args, "me/" + name).communicate(timeout=WAIT)
    for name, (_, _, outcome, cause, error) in cases.items():
        (got,) = home.rows("select a.outcome, a.cause, a.error, unit.state, run.outcome from attempt as a join run on run.id = a.run "
                           "join unit on unit.id = a.unit where run.module = ?", "me/" + name)
        same((name, *got[:2], *got[3:]), (name, outcome, cause, states[outcome], "done"))
        assert error is None or error in got[2], got
    # the last word, and one before it where a layer of the jail is missing
    (used,) = home.rows("select cpu_ms >= 0, memory_kib > 0, connections, events between 1 and 2, sent, received from attempt limit 1")
    same(used, (1, 1, 0, 1, 0, 0))


def what_goes_over_connections_is_counted(home):
    """By the kernel, whatever the module does with them; of another program nothing is known."""
    def serve(server):
        for _ in range(3):
            with server.accept()[0] as s:
                s.recv(100)
                s.sendall(b"x" * 1000)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=[server])
        thread.start()
        module(home, "me/m", body=f"for i = 1, 3 do local s = sock_connect('127.0.0.1', {server.getsockname()[1]}, {{}}) sock_send(s, 'hello') sock_recvall(s) end")
        home.call("run", "--allow-net", "local", "me/m")
        thread.join()
    same(home.rows("select connections, sent, received from attempt"), [(3, 15, 3000)])
    child = os.path.join(home.path, "child.sh")
    with open(child, "w") as f:
        f.write("read -r line; echo '{\"Exit\":\"Ok\"}'")
    home.call("run", "--child", f"sh {child}", "me/m")
    same(home.rows("select connections, sent, received from attempt where run = 2"), [(None, None, None)])


def until_begun(p):
    """The module has said so; before it the program may say what the jail lacks."""
    line = p.stdout.readline()
    while b"begun" not in line:
        assert line, "it ended before it began"
        line = p.stdout.readline()


def an_interrupt_is_written_down(home):
    module(home, "me/slow", body="info('begun') sleep(1000)")
    p = start(home, "run", "me/slow")
    until_begun(p)
    same(home.rows("select state from unit"), [("leased",)])
    p.send_signal(signal.SIGINT)
    p.communicate(timeout=WAIT)
    same(p.returncode, 130)
    same(home.rows("select run.outcome, attempt.outcome, state from run, attempt, unit"), [("interrupted", "interrupted", "queued")])


def a_run_that_is_killed_is_noticed_by_the_next_command(home):
    module(home, "me/slow", body="db_add('domain', {value='a.com'}) info('begun') sleep(1000)")
    p = start(home, "run", "me/slow")
    while b"begun" not in p.stdout.readline():
        pass
    p.kill()
    p.wait()
    same(runs(home), [("run", None)])
    home.call("select", "domains")
    same(home.rows("select run.outcome, run.ended, attempt.outcome, state from run, attempt, unit"), [("killed", None, "interrupted", "queued")])
    same(home.rows("select what, value from origin"), [("added", "a.com")])
    same(home.cut_off(), [[], []])


def a_run_that_goes_on_is_not(home):
    module(home, "me/slow", body="info('begun') sleep(1000)")
    p = start(home, "run", "me/slow")
    until_begun(p)
    for _ in range(3):
        home.call("select", "domains")
    same(runs(home), [("run", None)])
    p.send_signal(signal.SIGINT)
    p.communicate(timeout=WAIT)
    same(runs(home), [("run", "interrupted")])


def two_runs_at_once_are_two_runs(home):
    home.call("add", "domain", "--stdin", stdin=b"".join(b"d%d.com\n" % i for i in range(20)))
    for name in ("one", "two"):
        module(home, "me/" + name, "Source: domains", body=f"db_add('email', {{value='{name}@' .. arg['value']}}) "
                                                          "db_add('email', {value='both@' .. arg['value']})")
    threads = [threading.Thread(target=home.call, args=("run", "-j4", "me/" + name)) for name in ("one", "two")]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    same(runs(home)[1:], [("run", "done")] * 2)
    same(home.rows("select count(*), count(distinct row) from origin where family = 'email' and what = 'added'"), [(60, 60)])
    # who came second has met it again
    same(home.rows("select count(*), sum(times) from seen where family = 'email'"), [(20, 20)])
    same(home.rows("select state, count(*) from unit group by state"), [("done", 40)])


def runs_are_listed(home):
    same(home.call("runs"), b"")
    home.call("add", "domain", "a.com")
    module(home, "me/m", "Source: domains", body="return 'no\\nluck'")
    home.call("run", "me/m")
    (one, two), (first, second) = home.rows("select substr(started, 1, 19) from run"), home.call("runs").decode().splitlines()
    same(first, f"#1  {one[0]}  done         add domain a.com")
    same(second, f"#2  {two[0]}  done         run me/m  1 targets, 1 failed, 0 added, 0 changed")
    same(home.call("runs", "where", "module=me/m").decode().splitlines(), [second])
    same(home.call("runs", "where", "true", "order", "by", "id", "desc", "limit", "1").decode().splitlines(), [second])
    run, attempt = home.call("runs", "show", "2").decode().splitlines()
    same(run, second)
    assert attempt.startswith("    ") and '  failed       a.com  (module)  ' in attempt and "luck" in attempt, attempt
    run, attempt = [json.loads(l) for l in home.call("runs", "--json", "show", "2").splitlines()]
    same((run["id"], run["module"], run["options"], attempt["run"], attempt["outcome"], attempt["connections"]), (2, "me/m", {}, 2, "failed", 0))
    for args, status, text in ((["show"], 2, "show takes"), (["show", "9"], 1, "there is no run 9"), (["where", "moon=1"], 1, "no such column: moon")):
        p = start(home, "runs", *args)
        _, err = p.communicate(timeout=WAIT)
        same((args, p.returncode), (args, status))
        has(err.decode(), text)


# ---- run --new


def told(at, *args, status=0):
    """The targets that a run has had."""
    p = subprocess.run([Home.program, "run", "me/m", "--json", *args], env=at.env, cwd=at.path, capture_output=True, timeout=WAIT, stdin=subprocess.DEVNULL)
    same(p.returncode, status, p.stderr)
    return json.loads(p.stdout.decode().splitlines()[-1])["targets"], p.stderr.decode()


def what_is_new_is_what_nobody_is_done_with(home):
    home.call("add", "domain", "--stdin", stdin=b"a.com\nb.com\n")
    module(home, "me/m", "Source: domains", body="""
        if arg['value'] == getopt('bad') then return 'as it was told' end
        if arg['value'] == 'blind.com' then sock_connect('127.0.0.1', 1, {}) clear_err() end""")
    n = lambda *args, **how: told(home, "--new", *args, **how)[0]
    same((n("-t", "where value=a.com"), n("-n"), n(), n(), told(home)[0]), (1, 1, 1, 0, 2))
    has(told(home, "--new")[1], "[!] me/m has no targets: it is done with the 2 domains that it would run on (--new)")
    # with other options it is another thing; what failed is not done
    same((n("-o", "bad=a.com"), n("-o", "bad=a.com"), n()), (2, 1, 0))
    # nor is what could not look, whatever the module made of it
    home.call("add", "domain", "blind.com")
    same((n(status=3), n(status=3)), (1, 1))
    home.call("delete", "domains", "where", "value=blind.com")
    # a row is known by its id and its name, of which other programs may give the one to another row
    home.call("delete", "domains", "where", "value=b.com")
    home.call("add", "domain", "c.com")
    sql(home, "update domains set id = 2 where value = 'c.com'")
    same((n(), n()), (1, 0))
    # out of scope stays out of scope
    home.call("add", "domain", "d.com")
    home.call("noscope", "domains", "where", "value=d.com")
    same(n(), 0)
    home.call("scope", "domains", "where", "true")
    same(n(), 1)
    # what is typed into a repl of it is no run of it
    home.call("add", "domain", "e.com")
    home.call("repl", "me/m", "--store", "-t", "domains where value=e.com", stdin=b"1\n")
    same((n(), n()), (1, 0))
    module(home, "me/m", "Source: domains", body="info('another text')")
    same((n(), n()), (4, 0))


def who_has_keys_now_is_not_done_without(home):
    home.call("add", "domain", "a.com")
    module(home, "me/m", "Source: domains", "Keyring-Access: ns", body="if keyring('ns')[1] then info('asked') end")
    n = lambda *args: told(home, "--new", *args)[0]
    # who may use keys and has none is as one who may not
    same((n("--deny-keyring"), n("--deny-keyring"), n("--grant", "ns")), (1, 0, 0))
    home.call("keyring", "add", "ns:name", SECRET)
    same((n(), n()), (1, 0))
    # without them it would ask no more
    home.call("keyring", "delete", "ns:name")
    same(n(), 0)


def who_has_changed_is_not_new(home):
    home.call("add", "email", "a@a.com")
    module(home, "me/m", "Source: emails")
    n = lambda *args: told(home, "--new", *args)[0]
    same(n("-o", "token=one-one-one"), 1)
    home.call("edit", "emails", "1", "displayname=A")
    same((n("-o", "token=two-two-two"), n()), (0, 1))


def new_is_of_modules_that_run_on_rows(home):
    module(home, "me/m", body="info('x')")
    p = start(home, "run", "me/m", "--new")
    same((p.communicate()[1].decode(), p.returncode), ("Error: --new is for modules that run on rows, me/m does not\n", 1))


def new_needs_to_know_what_was_done(home):
    home.call("add", "domain", "a.com")
    module(home, "me/m", "Source: domains")
    sql(home, "update sn0int_schema set version = 99")
    p = start(home, "run", "me/m", "--new")
    said = p.communicate()[1].decode()
    same(p.returncode, 1, said)
    has(said, "Error: --new: which rows it is done with is not known: ")


# ---- other versions


def a_newer_workspace_is_used_and_left_alone(home):
    home.call("add", "domain", "a.com")
    sql(home, "update sn0int_schema set version = 7")
    before = [home.rows(f"select * from {t}") for t in ("run", "attempt", "origin", "seen")]
    module(home, "me/m", "Source: domains", body="db_add('email', {value='x@' .. arg['value']})")
    for args in (["add", "domain", "b.com"], ["run", "me/m"], ["run", "me/m"], ["delete", "domains", "where", "id=1"], ["fsck", "--gc"]):
        p = start(home, *args)
        _, err = p.communicate(timeout=WAIT)
        same((args, p.returncode), (args, 0))
        same(err.decode().count("keeps no record of who does what: its tables are of a newer program (version 7, this one knows 3)"), 1, err)
    same([home.rows(f"select * from {t}") for t in ("run", "attempt", "origin", "seen")], before)
    same(home.rows("select value from emails order by 1"), [("x@a.com",), ("x@b.com",)])


def another_programs_child_says_what_is_not_known(home):
    with open(os.path.join(home.path, "child"), "w") as f:
        f.write("import sys\nsys.stdin.readline()\nprint('{\"Exit\":\"Ok\"}')\n")
    module(home, "me/m")
    home.call("run", "me/m", "--child", sys.executable + " child")
    same(home.rows("select child from run"), [(sys.executable + " child",)])
    same(home.rows("select outcome, connections from attempt"), [("done", None)])


STORIES = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:f.__code__.co_argcount] == ("home",)
           and f is not start and f.__module__ == __name__]


def tell(story):
    with tempfile.TemporaryDirectory(prefix="records") as folder:
        story(Home(folder))


def main():
    Home.program = os.path.abspath(sys.argv[1])
    sys.exit(tap.run(STORIES, tell, sys.argv[2:]))


if __name__ == "__main__":
    main()
