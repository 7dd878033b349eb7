#!/usr/bin/env python3
"""notify.py SN0INT [CASE...]: notifications over whole commands: rules, the outbox, deliveries, their bounds, kill -9.

The receiver is a server of the test's own on 127.0.0.1 that keeps what it was posted. Its clock is the machine's: a row that is to be
old is made so in the table. SN0INT_KILLS says how many deliveries are killed; the default is for make check. TAP.
"""
import http.server
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
import tap  # noqa: E402
from home import Home  # noqa: E402
from tap import has, same  # noqa: E402

KILLS = int(os.environ.get("SN0INT_KILLS", "12"))
TELL = "    info('subject: ' .. arg['subject'])\n    if arg['body'] then info('body: ' .. arg['body']) end\nend"
POST = """    session = http_mksession()
    req = http_request(session, 'POST', getopt('url'), {json={subject=arg['subject'], body=arg['body'], id=arg['id']}})
    resp = http_send(req)
    if last_err() then return end
    if resp['status'] ~= 200 then return 'status ' .. resp['status'] end
end"""


class Receiver:
    """Keeps what it is posted, as long as it is up."""
    def __init__(self):
        receiver = self
        self.got, self.is_up = [], True
        self.asked, self.holds = threading.Event(), None  # the first who asks is kept waiting until that is set

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.holds is not None:
                    receiver.asked.set()
                    receiver.holds.wait(300)
                    receiver.holds = None
                    return
                if receiver.is_up:
                    receiver.got.append(json.loads(body))
                self.send_response(200 if receiver.is_up else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def subjects(self):
        return [g["subject"] for g in self.got]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Notified(Home):
    def __init__(self, path):
        super().__init__(path)
        self.receiver = Receiver()
        self.module("me/tell", "Source: notifications", body=TELL)
        self.module("me/post", "Source: notifications", body=POST)
        self.adds(2)

    def adds(self, n, module="me/add"):
        """A module that adds n addresses."""
        self.module(module, body=f"    for i = 1, {n} do db_add('email', {{value=i .. '@example.com'}}) end\nend")

    def rules(self, *rules, notify=""):
        text = "[core]\nno-autoupdate = true\n"
        for label, script, more in rules:
            text += f'[notifications.{label}]\nscript = "{script}"\n{more}\n'
        self.write(".config/sn0int.toml", (text + "[notify]\n" + notify).encode())

    def posts(self, more="", notify=""):
        self.rules(("hook", "me/post", f'options = ["url=http://127.0.0.1:{self.receiver.port}/"]\n'
                    f'allow = ["127.0.0.1:{self.receiver.port}"]\n{more}'), notify=notify)

    def run(self, *args, status=0):
        p = subprocess.run([Home.program, *args], stdin=subprocess.DEVNULL, env=self.env, cwd=self.path, capture_output=True, timeout=400)
        out, err = p.stdout.decode(), p.stderr.decode()
        same(p.returncode, status, (args, out, err))
        return out + err

    def waiting(self):
        return self.rows("select subject from outbox where sent is null order by id")

    def change(self, text):
        import sqlite3
        db = sqlite3.connect(os.path.join(self.share, "data/default/db.sqlite"))
        db.execute(text)
        db.commit()
        db.close()


def lines(text, *wanted):
    """They stand there in this order."""
    at = 0
    for line in wanted:
        found = text.find(line, at)
        if found == -1:
            raise AssertionError(f"no {line!r} behind {text[:at]!r} in {text!r}")
        at = found + len(line)


def a_run_delivers_before_it_is_finished(home):
    home.rules(("mail", "me/tell", 'topics = ["db:email:*:*"]'))
    out = home.run("run", "me/add")
    lines(out, 'me/add                                            : Adding email "2@example.com"\n',
          '[*] me/tell                                           : "subject: Added email \\"1@example.com\\""\n',
          '[+] me/add                                            : Executed me/tell for "mail"\n',
          '"subject: Added email \\"2@example.com\\""\n', 'Executed me/tell for "mail"\n', "[+] Finished me/add\n")
    same(home.waiting(), [])
    # nothing new, nobody is told
    assert "me/tell" not in home.run("run", "me/add")


def topics_and_workspaces_choose(home):
    home.rules(("a", "me/tell", 'topics = ["!db:*:1@*:*", "db:*:*:insert"]'), ("b", "me/tell", 'topics = ["!db:*"]'),
               ("c", "me/tell", 'workspaces = ["other"]'), ("d", "me/tell", ""))
    out = home.run("run", "me/add")
    same([line.split('for ')[1] for line in out.splitlines() if "Executed" in line], ['"d"', '"a"', '"d"'])
    out = home.run("notify", "send", "-n", "db:x:y:insert", "hi")
    same([line for line in out.splitlines()], ['[+] Executed me/tell for "a" (dry-run)', '[+] Executed me/tell for "d" (dry-run)'])
    same(home.waiting(), [])


def updates_and_events_are_told(home):
    home.rules(("mail", "me/tell", ""))
    home.module("me/more", body="    db_add('email', {value='a@example.com'})\n    db_add('email', {value='a@example.com', valid=true})\n"
                "    db_activity({topic='t/x', time=sn0int_time(), uniq='u', content={}})\nend")
    lines(home.run("run", "me/more"), '"subject: Added email \\"a@example.com\\""',
          '"subject: Updated email \\"a@example.com\\" (valid => true)"', '"subject: New activity: \\"t/x\\" (\\"u\\")"')


def what_fails_stays_and_is_tried_again(home):
    home.posts()
    home.adds(5)
    home.receiver.is_up = False
    out = home.run("run", "me/add")
    same(out.count('[-] me/add                                            : Executed me/post for "hook" (1 errors)\n'), 3)
    has(out, '[!] 5 notifications for "hook" wait (sn0int notify outbox)\n', "[+] Finished me/add\n")
    same(len(home.waiting()), 5)
    out = home.run("notify", "outbox")
    same(out.count("(1 failed, next after "), 3)
    has(out, "status 503")
    home.receiver.is_up = True
    has(home.run("notify", "deliver"), "[+] Delivered 2 notifications\n")  # the others are not due
    has(home.run("notify", "deliver", "--all"), "[+] Delivered 3 notifications\n")
    same(sorted(home.receiver.subjects()), [f'Added email "{i}@example.com"' for i in range(1, 6)])
    same(home.waiting(), [])
    home.receiver.is_up = False
    has(home.run("notify", "send", "a:b", "x", "y"), 'Executed me/post for "hook" (1 errors)')
    has(home.run("notify", "deliver", "--all", status=1), "1 could not be delivered")


def an_id_tells_who_was_told_before(home):
    home.posts()
    home.receiver.is_up = False
    home.run("notify", "send", "a:b", "x")
    first = home.rows("select delivery from outbox")[0][0]
    home.receiver.is_up = True
    home.run("notify", "deliver", "--all")
    same([(g["id"], g.get("body")) for g in home.receiver.got], [(first, None)])


def what_a_delivery_stores_is_told_to_nobody(home):
    home.module("me/ping", "Source: notifications", body="    db_add('email', {value='ping-' .. arg['subject']})\nend")
    home.rules(("a", "me/ping", ""), ("b", "me/ping", ""))
    out = home.run("run", "me/add")
    same(out.count("Executed"), 4)
    same(home.waiting(), [])


def a_rule_that_cannot_deliver_says_why(home):
    home.module("me/key", "Source: notifications", "Keyring-Access: mail", body="end")
    home.rules(("gone", "me/gone", ""), ("other", "me/add", ""), ("key", "me/key", ""), ("mail", "me/tell", ""))
    out = home.run("run", "me/add")
    has(out, 'Fatal me/gone for "gone": Module not found: me/gone', 'Fatal me/add for "other": me/add delivers no notifications',
        'Fatal me/key for "key": it was not granted the keys of "mail" (sn0int notify test --grant mail)')
    same(out.count('Executed me/tell for "mail"\n'), 2)  # the others do not keep it back
    same(len(home.waiting()), 6)
    has(home.run("notify", "test", status=1), "3 of 4 rules do not deliver")
    has(home.run("notify", "test", "--grant", "mail", "key"), 'Granted access to "mail"', 'Executed me/key for "key"')
    has(home.run("notify", "test", "nobody", status=1), "there is no rule nobody")


def a_sealed_ring_is_opened_before_anything_runs(home):
    def with_passphrase(*args, status=0):
        read, write = os.pipe()
        os.write(write, b"pass\n")
        os.close(write)
        p = subprocess.run([Home.program, "--passphrase-fd", str(read), *args], stdin=subprocess.DEVNULL, env=home.env, cwd=home.path,
                           capture_output=True, timeout=400, pass_fds=(read,))
        os.close(read)
        same(p.returncode, status, p)
        return (p.stdout + p.stderr).decode()

    home.module("me/key", "Source: notifications", "Keyring-Access: mail",
                body="    info(keyring('mail')[1]['secret_key'])\nend")
    home.rules(("key", "me/key", 'topics = ["a:b"]'))
    home.run("keyring", "add", "mail:me", "s3cret")
    home.run("notify", "test", "--grant", "mail")
    with_passphrase("keyring", "seal")
    has(home.run("notify", "send", "a:b", "x"), 'Fatal me/key for "key": the keyring is sealed, and there is no terminal')
    lines(with_passphrase("notify", "deliver", "--all"), '"s3cret"', 'Executed me/key for "key"')


def a_module_is_tried_by_hand(home):
    home.rules()
    lines(home.run("notify", "exec", "me/tell", "hi", "there"), '"subject: hi"', '"body: there"', "[+] Sent 1 notification with me/tell\n")
    home.module("me/bad", "Source: notifications", body="    return 'no: ' .. getopt('a')\nend")
    lines(home.run("notify", "exec", "-o", "a=b", "me/bad", "hi"), '"no: b"', "[+] Sent 1 notification with me/bad (1 errors)\n")
    has(home.run("notify", "exec", "me/add", "hi", status=1), "me/add delivers no notifications")
    has(home.run("notify", "deliver", status=1), "there is no [notifications.NAME] in ")
    # what was sent by hand is no secret, how is
    same(home.rows("select options from run where module = 'me/bad'"), [('{"a":"[secret option a]"}',)])


def what_did_not_go_out_is_said(home):
    """On standard error, whatever the status and whoever reads the results."""
    def said(*args, status=0):
        p = subprocess.run([Home.program, *args], stdin=subprocess.DEVNULL, env=home.env, cwd=home.path, capture_output=True, timeout=400)
        same(p.returncode, status, p)
        return p.stdout.decode(), p.stderr.decode()

    home.rules()
    same(said("notify", "send", "a:b", "x"), ("", "[!] nobody is told: no rule of workspace 'default' is for the topic \"a:b\"\n"))
    home.module("me/bad", "Source: notifications", body="    return 'no\\n[+] yes'\nend")
    home.rules(("bad", "me/bad", 'topics = ["a:*"]'), ("gone", "me/gone", 'topics = ["c:*"]'))
    same(said("notify", "send", "-n", "a:\n", "x"), ('[+] Executed me/bad for "bad" (dry-run)\n', ""))
    same(said("notify", "send", "-n", "b:\n", "x")[1], "[!] nobody is told: no rule of workspace 'default' is for the topic \"b:\\n\"\n")
    same(said("notify", "send", "-n", "c:d", "x")[0], '[-] Fatal me/gone for "gone": Module not found: me/gone\n')
    same(said("notify", "exec", "me/bad", "x")[1], '[!] it was not delivered: "Script returned error: \\"no\\\\n[+] yes\\""\n')
    same(said("notify", "send", "a:b", "x")[1], '[!] 1 notifications for "bad" wait (sn0int notify outbox)\n')
    has(said("notify", "test", "--grant", "mial", "bad", status=1)[1], "[!] --grant mial: no module of a rule asks for these keys\n")
    for words in (["send", "a:b", b"\xff"], ["send", b"\xff", "x"], ["send", "a:b", "x", b"\xff"], ["exec", "me/bad", b"\xff"]):
        same(said("notify", *words, status=1)[1], "Error: '\ufffd' is no UTF-8\n")
    same(len(home.waiting()), 1)


def the_way_out_of_a_refusal_is_a_setting(home):
    home.posts()
    out = home.run("notify", "exec", "-o", f"url=http://127.0.0.1:{home.receiver.port}/", "me/post", "x")
    has(out, '[!] 1 connection refused by the network policy (local); allow with "local" in notify.allow\n')
    same(home.receiver.got, [])
    home.posts(notify='allow = ["local"]')
    home.run("notify", "exec", "-o", f"url=http://127.0.0.1:{home.receiver.port}/", "me/post", "x")
    same(home.receiver.subjects(), ["x"])


def a_clock_that_is_set_back_holds_nothing_up(home):
    """What has times ahead of ours, of tries and of what was sent."""
    home.posts()
    home.receiver.is_up = False
    home.run("run", "me/add")
    home.change("update outbox set created = created + 864000, not_before = not_before + 864000")
    home.receiver.is_up = True
    has(home.run("notify", "deliver"), "[+] Delivered 2 notifications\n")
    home.change("update outbox set sent = sent + 864000")
    home.posts(more="max = 1", notify='digest = "1h"')
    home.adds(4)
    home.run("run", "me/add")
    same(home.receiver.subjects()[2:], ['Added email "3@example.com" (and 1 more)'])
    # and both bounds hold for what goes out now
    home.adds(5)
    has(home.run("run", "me/add"), '[!] 1 notifications for "hook" wait')
    same(len(home.receiver.got), 3)


def a_workspace_of_a_newer_program_keeps_what_is_found(home):
    home.posts()
    home.run("run", "me/add")
    home.adds(4)
    home.change("update sn0int_schema set version = version + 1")
    has(home.run("run", "me/add"), "[!] 2 notifications are lost: there is no outbox: its tables are of a newer program")
    same(len(home.rows("select 1 from emails")), 4)
    assert "lost" not in home.run("run", "me/add")  # it found nothing
    has(home.run("notify", "send", "a:b", "x", status=1), "there is no outbox: its tables are of a newer program")
    home.change("update sn0int_schema set version = version - 1")
    same(home.waiting(), [])


def an_hour_has_its_most(home):
    home.posts(more="max = 3")
    home.adds(10)
    home.run("run", "me/add")
    same([g["subject"] for g in home.receiver.got],
         ['Added email "1@example.com"', 'Added email "2@example.com"', 'Added email "3@example.com" (and 7 more)'])
    same(home.receiver.got[2]["body"], "".join(f'Added email "{i}@example.com"\n' for i in range(3, 11)))
    same(home.waiting(), [])
    home.adds(12)
    has(home.run("run", "me/add"), '[!] 2 notifications for "hook" wait')
    same(len(home.receiver.got), 3)
    home.change("update outbox set sent = sent - 3600")  # an hour later
    has(home.run("notify", "deliver"), "Delivered 2 notifications")
    same(len(home.receiver.got), 5)


def what_waits_goes_together(home):
    home.posts(notify='digest = "15m"')
    home.adds(4)
    home.run("run", "me/add")
    same(home.receiver.subjects(), ['Added email "1@example.com" (and 3 more)'])
    home.adds(6)
    has(home.run("run", "me/add"), '[!] 2 notifications for "hook" wait')
    home.change("update outbox set sent = sent - 900")
    home.run("notify", "deliver")
    same(home.receiver.subjects()[1:], ['Added email "5@example.com" (and 1 more)'])


def a_receiver_that_is_down_for_a_week_is_given_up(home):
    home.posts()
    home.receiver.is_up = False
    home.run("run", "me/add")
    home.adds(3)
    home.change("update outbox set created = created - 604800")
    out = home.run("run", "me/add")
    has(out, '[!] 2 notifications for "hook" were dropped: they have waited for 7 days\n')
    same(home.waiting(), [('Added email "3@example.com"',)])


def more_than_there_is_room_for_is_dropped_and_said(home):
    home.posts(notify='digest = "1h"')
    home.receiver.is_up = False
    home.adds(12500)
    has(home.run("run", "me/add"), '[!] 2500 notifications for "hook" were dropped: no more than 10000 wait, and these are the oldest\n',
        '[!] 10000 notifications for "hook" wait')
    same(len(home.waiting()), 10000)
    home.receiver.is_up = True
    has(home.run("notify", "deliver", "--all"), "Delivered 1 notifications")
    same(home.receiver.subjects(), ['Added email "2501@example.com" (and 9999 more)'])
    has(home.receiver.got[0]["body"], " more\n")
    assert len(home.receiver.got[0]["body"]) < (65 << 10)


def what_is_long_is_cut_and_what_is_secret_hidden(home):
    home.module("me/long", body="    db_add('email', {value=strrep('a', 100000) .. '@example.com'})\nend".replace("strrep('a', 100000)", repr("a" * 100000)))
    home.module("me/leak", "Source: notifications", body="    return 'cannot reach ' .. getopt('url')\nend")
    home.rules(("hook", "me/leak", 'options = ["url=https://hooks.example.com/T0K3N"]\ntopics = ["db:email:*:insert"]'))
    has(home.run("run", "me/long"), "(1 errors)")
    subject, topic, error = home.rows("select subject, topic, error from outbox")[0]
    assert len(subject) < 2200 and len(topic) < 2200, (len(subject), len(topic))
    has(subject, " [cut: 100", "bytes]")
    has(error, "cannot reach SECRET-url")
    assert not home.rows("select 1 from attempt where error like '%T0K3N%'")


def a_row_that_ends_is_told(home):
    home.rules(("mail", "me/tell", 'topics = ["db:emails:*:delete"]'))
    home.module("me/short", body="    db_add_ttl('email', {value='s@example.com'}, 1)\nend")
    home.run("run", "me/short")
    home.change("update ttls set expire = datetime('now', '-1 minute')")
    home.run("stats")
    same(home.waiting(), [('Deleted emails "s@example.com"',)])
    lines(home.run("notify", "deliver"), '"subject: Deleted emails \\"s@example.com\\""',
          '[+] "s@example.com"                                   : Executed me/tell for "mail"\n')


def the_host_is_locked_before_a_module_is_heard(home):
    home.rules()
    out = home.run("notify", "exec", "-vv", "me/tell", "hi")
    has(out, '"subject: hi"')
    if "not locked" not in out and "this build has no lock" not in out:
        has(out, "host: on: no new privileges")


def the_prompt_delivers_too(home):
    home.rules(("mail", "me/tell", ""))
    p = subprocess.run([Home.program], input=b"run me/add\nnotify send a:b x\nnotify outbox\n", env=home.env, cwd=home.path,
                       capture_output=True, timeout=400)
    same(p.returncode, 0, p)
    same(p.stdout.count(b'Executed me/tell for "mail"'), 3, p)


def an_interrupt_leaves_the_rest(home):
    """What is in flight and what is behind it stay, and are delivered later."""
    home.posts()
    home.receiver.is_up = False
    home.adds(3)
    home.run("run", "me/add")
    home.receiver.is_up, home.receiver.holds = True, threading.Event()
    p = subprocess.Popen([Home.program, "notify", "deliver", "--all"], stdin=subprocess.DEVNULL, env=home.env, cwd=home.path,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert home.receiver.asked.wait(300)
    p.send_signal(signal.SIGINT)
    out = p.communicate(timeout=300)
    home.receiver.holds.set()
    same(p.returncode, 130, out)
    has(out[1].decode(), "[!] interrupted: what was not delivered waits (sn0int notify outbox)\n")
    same(len(home.waiting()), 3)
    home.run("notify", "deliver", "--all")
    same(home.waiting(), [])


def an_interrupt_of_one_is_no_failure_of_it(home):
    """Whoever was under way may have it or not, and nothing says that the rule is broken."""
    home.posts(notify='allow = ["local"]')
    for words in (["test"], ["exec", "-o", f"url=http://127.0.0.1:{home.receiver.port}/", "me/post", "x"]):
        holds = home.receiver.holds = threading.Event()
        home.receiver.asked.clear()
        p = subprocess.Popen([Home.program, "notify", *words], stdin=subprocess.DEVNULL, env=home.env, cwd=home.path,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert home.receiver.asked.wait(300)
        p.send_signal(signal.SIGINT)
        out = p.communicate(timeout=300)
        holds.set()
        while home.receiver.holds is not None:  # its thread lets go of it
            time.sleep(0.01)
        same((p.returncode, *out), (130, b"", b"[!] interrupted: whether it was delivered is not known\n"), words)


def two_at_once_send_each_once(home):
    home.posts()
    home.adds(8)
    home.receiver.is_up = False
    home.run("run", "me/add")
    home.receiver.is_up = True
    both = [subprocess.Popen([Home.program, "notify", "deliver", "--all"], stdin=subprocess.DEVNULL, env=home.env, cwd=home.path,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    for p in both:
        out = p.communicate(timeout=400)
        same(p.returncode, 0, out)
    same(sorted(home.receiver.subjects()), [f'Added email "{i}@example.com"' for i in range(1, 9)])


def a_kill_loses_nothing(home):
    """At any moment: what came twice has the same name, and nothing is missing. One may be in flight at each kill."""
    home.posts()
    home.receiver.is_up = False
    n = 4 * KILLS
    home.adds(n)
    home.run("run", "me/add")
    home.receiver.is_up = True
    dice = random.Random(1)
    for _ in range(KILLS):
        p = subprocess.Popen([Home.program, "notify", "deliver", "--all"], stdin=subprocess.DEVNULL, env=home.env, cwd=home.path,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.random() * 0.12)
        p.kill()
        p.wait()
    home.run("notify", "deliver", "--all")
    same(home.waiting(), [])
    by_id = {}
    for g in home.receiver.got:
        by_id.setdefault(g["id"], set()).add(g["subject"])
    assert all(len(subjects) == 1 for subjects in by_id.values()), by_id
    same(sorted(s for (s,) in by_id.values()), sorted(f'Added email "{i}@example.com"' for i in range(1, n + 1)))
    assert len(home.receiver.got) <= n + KILLS, len(home.receiver.got)


CASES = [a_run_delivers_before_it_is_finished, topics_and_workspaces_choose, updates_and_events_are_told, what_fails_stays_and_is_tried_again,
         an_id_tells_who_was_told_before, what_a_delivery_stores_is_told_to_nobody, a_rule_that_cannot_deliver_says_why,
         a_sealed_ring_is_opened_before_anything_runs, a_module_is_tried_by_hand, what_did_not_go_out_is_said,
         the_way_out_of_a_refusal_is_a_setting, a_clock_that_is_set_back_holds_nothing_up, a_workspace_of_a_newer_program_keeps_what_is_found,
         an_hour_has_its_most, what_waits_goes_together, a_receiver_that_is_down_for_a_week_is_given_up,
         more_than_there_is_room_for_is_dropped_and_said, what_is_long_is_cut_and_what_is_secret_hidden, a_row_that_ends_is_told, the_host_is_locked_before_a_module_is_heard,
         the_prompt_delivers_too, an_interrupt_leaves_the_rest,
         an_interrupt_of_one_is_no_failure_of_it, two_at_once_send_each_once, a_kill_loses_nothing]


def main():
    Home.program = os.path.abspath(sys.argv[1])

    def call(case):
        with tempfile.TemporaryDirectory(prefix="notify") as folder:
            home = Notified(folder)
            try:
                case(home)
            finally:
                home.receiver.close()

    return tap.run(CASES, call, sys.argv[2:])


sys.exit(main())
