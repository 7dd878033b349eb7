#!/usr/bin/env python3
"""notices.py SN0INT [CASE...]: the bundled modules that deliver notifications, each against a server that speaks what it speaks.

Mail goes to aiosmtpd, which refuses what RFC 5321 does not allow; where a server is to misbehave it is one that says what it was
told to. The others go to receivers that hold to what their documentation says of a request. A module is started as a foreign
parent would start it, with what it needs on the start line and nothing else: it stands on no option of ours. TAP.
"""
import asyncio
import base64
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import logging
import os
import re
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [TESTS]
import tap  # noqa: E402
from tap import has, same  # noqa: E402

SYSTEM_PYTHON = "/usr/bin/python3"
try:
    from aiosmtpd.smtp import SMTP, AuthResult
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # clients that go are the subject of some cases
except ImportError:
    if os.path.realpath(sys.executable) != os.path.realpath(SYSTEM_PYTHON) and os.path.exists(SYSTEM_PYTHON):
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])  # the one that sees python3-aiosmtpd
    SMTP = None

MODULES = os.path.join(os.path.dirname(TESTS), "modules", "bundled")
SN0INT = None
LONG = "Grüße aus Köln, " * 12 + "日本語" * 20 + " 😀"


class World:
    """A certificate for "mail.test" and 127.0.0.1, and a child that trusts it."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="notices")
        at = lambda name: os.path.join(self.folder.name, name)
        self.cert = at("tls.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=mail.test", "-addext", "basicConstraints=critical,CA:FALSE",
                        "-addext", "subjectAltName=DNS:mail.test,IP:127.0.0.1", "-keyout", at("tls.key"), "-out", self.cert],
                       check=True, stderr=subprocess.DEVNULL)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(self.cert, at("tls.key"))
        self.env = {"HOME": self.folder.name, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "SSL_CERT_FILE": self.cert}
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def deliver(self, name, subject, body=None, id=None, options=None, keys=()):
        """What the module ended with: None, or its error."""
        with open(os.path.join(MODULES, name + ".lua")) as f:
            code = f.read()
        arg = {"body": body, "subject": subject, **({"id": id} if id else {})}
        start = {
            "arg": arg, "blobs": [], "dns_config": {"ns": [], "tcp": False, "timeout": {"secs": 3, "nanos": 0}},
            "keyring": [{"namespace": name, "access_key": k, "secret_key": s} for k, s in keys],
            "options": options or {}, "proxy": None, "user_agent": None, "verbose": 0,
            "module": {"author": "bundled", "name": name, "description": "x", "version": "1.0.0", "source": "Notifications",
                       "keyring_access": [name], "stealth": "Passive", "private_module": True, "script": {"code": code}}}
        p = subprocess.run([SN0INT, "sandbox", "bundled/" + name], input=json.dumps(start) + "\n", capture_output=True, text=True,
                           env=self.env, timeout=120)
        events = [json.loads(line) for line in p.stdout.splitlines()]
        same(events and list(events[-1]), ["Exit"], p.stderr)
        end = events[-1]["Exit"]
        return None if end == "Ok" else re.fullmatch(r'Script returned error: "(.*)"', end["Err"], re.S).group(1)


# -- mail

class Kept:
    """Keeps what comes; refuses gone@..."""

    def __init__(self):
        self.mail = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if b"refuse me" in envelope.content:
            return "554 5.7.1 looks like spam"
        self.mail.append((envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content), server.transport.get_extra_info("sslcontext") is not None,
                          session.auth_data))
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    ok = (data.login, data.password) == (b"bob", "pässword".encode())
    return AuthResult(success=ok, auth_data=mechanism if ok else None, handled=False,
                      message=None if ok else "535 5.7.8 wrong user or password")


class Mail:
    """aiosmtpd on a port that the kernel chose, with a loop in a thread of its own; kind: starttls, tls or none."""

    def __init__(self, world, kind="starttls", **more):
        if SMTP is None:
            raise tap.Skip("aiosmtpd is missing")
        if kind == "starttls":
            more = {"tls_context": world.tls, "require_starttls": True, **more}
        else:  # of TLS below it nothing is known to it
            more = {"auth_require_tls": False, **more}
        self.kept = Kept()
        self.loop = asyncio.new_event_loop()
        make = lambda: SMTP(self.kept, loop=self.loop, authenticator=authenticate, hostname="mail.test", **more)
        listening = self.loop.create_server(make, "127.0.0.1", 0, ssl=world.tls if kind == "tls" else None)
        self.server = self.loop.run_until_complete(listening)
        self.port = self.server.sockets[0].getsockname()[1]
        self.options = {"server": "127.0.0.1", "port": str(self.port), "tls": kind, "from": "scan@ours.test", "to": "me@ours.test"}

    def __enter__(self):
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def only(self):
        same(len(self.kept.mail), 1)
        sender, to, content, is_tls, login = self.kept.mail.pop()
        assert all(len(line) <= 998 for line in content.split(b"\r\n")), content
        assert b"\n" not in content.replace(b"\r\n", b""), content
        return sender, to, email.message_from_bytes(content, policy=email.policy.default), is_tls, login


def text_of(message):
    """Its lines, which end with CR LF on the way."""
    text = message.get_content()
    assert "\n" not in text.replace("\r\n", "") and "\r" not in text.replace("\r\n", ""), text
    return text.replace("\r\n", "\n")


BOB = [("bob", "pässword")]
BOT = [("@bot:ours.test", "syt_abc")]


def mail_by_starttls(world):
    with Mail(world, auth_required=True) as mail:
        same(world.deliver("smtp", 'Added subdomain "www.example.com"', id="17-ab", options=mail.options, keys=BOB), None)
        sender, to, message, is_tls, login = mail.only()
        same((sender, to, is_tls, login), ("scan@ours.test", ["me@ours.test"], True, "PLAIN"))
        same(message["subject"], 'Added subdomain "www.example.com"')
        same(text_of(message), 'Added subdomain "www.example.com"\n')
        same((message["from"], message["to"], message["auto-submitted"]), ("scan@ours.test", "me@ours.test", "auto-generated"))
        same(message["message-id"], "<sn0int.17-ab@ours.test>")
        same(message["date"].datetime.utcoffset().total_seconds(), 0.0)
        same(message.defects, [])


def mail_by_tls_from_the_first_byte(world):
    with Mail(world, "tls") as mail:
        same(world.deliver("smtp", "s", "b", options=mail.options, keys=BOB), None)
        same(mail.only()[3:], (True, "PLAIN"))


def mail_where_only_login_is_known(world):
    with Mail(world, auth_exclude_mechanism=["PLAIN"]) as mail:
        same(world.deliver("smtp", "s", "b", options=mail.options, keys=BOB), None)
        same(mail.only()[4], "LOGIN")


def mail_to_a_relay_without_a_key(world):
    with Mail(world, "none") as mail:
        same(world.deliver("smtp", "s", "b", options=mail.options), None)
        same(mail.only()[3:], (False, None))
        # a key that was granted stays at home
        same(world.deliver("smtp", "s", "b", options=mail.options, keys=BOB), None)
        same(mail.only()[4], None)
        same(world.deliver("smtp", "s", "b", options={**mail.options, "user": "bob"}, keys=BOB), "no password is sent without TLS")


def texts_of_mail_arrive_as_they_are(world):
    bodies = ["one line", "two\nlines\n", ".\n..\n.dot\nend.", "x" * 2000, LONG, "tab\there", "\r\nCR\rand LF\r\n.\r\n", "y" * 57, "ü" * 114,
              "QUIT\r\n.\r\nMAIL FROM:<>\r\n", "\n\n", "a\x00b\x1b[0m"]
    subjects = ["", "plain", LONG, "=?utf-8?Q?fake?=", "x" * 68, "x" * 69, "x y " * 100, "ü" * 17 + "x" * 19, "😀" * 30]
    with Mail(world) as mail:
        for body in bodies:
            same(world.deliver("smtp", "s", body, options=mail.options), None, repr(body))
            got = text_of(mail.only()[2])
            same(got, body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n")
        for subject in subjects:
            same(world.deliver("smtp", subject, "b", options=mail.options), None, subject)
            got = mail.only()[2]
            same((str(got["subject"] or "").rstrip(), got.defects), (subject.rstrip(), []))
            same(text_of(got), "b\n")


def a_subject_adds_no_lines_to_a_mail(world):
    with Mail(world) as mail:
        same(world.deliver("smtp", "x\r\nBcc: all@ours.test\r\n\r\nhello", "b", options=mail.options), None)
        _, to, message, _, _ = mail.only()
        same((to, message["bcc"], text_of(message)), (["me@ours.test"], None, "b\n"))


def mail_to_several(world):
    with Mail(world) as mail:
        options = {**mail.options, "to": " a@ours.test, b@ours.test,c@ours.test"}
        same(world.deliver("smtp", "s", options=options), None)
        _, to, message, _, _ = mail.only()
        same(to, ["a@ours.test", "b@ours.test", "c@ours.test"])
        same([a.addr_spec for a in message["to"].addresses], to)
        same(world.deliver("smtp", "s", options={**options, "to": "a@ours.test gone@ours.test"}),
             f"127.0.0.1:{mail.port}: RCPT TO:<gone@ours.test>: 550 5.1.1 no such user here")
        same(mail.kept.mail, [])


def mail_to_addresses_beyond_ascii(world):
    with Mail(world, enable_SMTPUTF8=True) as mail:
        same(world.deliver("smtp", "s", options={**mail.options, "to": "jürgen@köln.test"}), None)
        same(mail.only()[1], ["jürgen@köln.test"])
    with Mail(world, enable_SMTPUTF8=False) as mail:
        has(world.deliver("smtp", "s", options={**mail.options, "to": "jürgen@köln.test"}), "it takes no addresses beyond ASCII (SMTPUTF8)")


def mail_that_is_refused(world):
    with Mail(world, auth_required=True) as mail:
        at = f"127.0.0.1:{mail.port}: "
        same(world.deliver("smtp", "s", options=mail.options, keys=[("bob", "wrong")]), at + "AUTH PLAIN: 535 5.7.8 wrong user or password")
        has(world.deliver("smtp", "s", options=mail.options), at + "MAIL FROM:<scan@ours.test>: 530 ")
        same(world.deliver("smtp", "s", "refuse me", options=mail.options, keys=BOB), at + "message: 554 5.7.1 looks like spam")
        same(mail.kept.mail, [])


def mail_to_a_server_of_another_name(world):
    with Mail(world) as mail:
        options = {**mail.options, "tls-name": "other.test"}
        same(world.deliver("smtp", "s", options=options, keys=BOB),
             f"127.0.0.1:{mail.port}: TLS: Failed to read reply to tls client hello; its certificate has to be trusted here, and be for other.test")
        same(world.deliver("smtp", "s", options={**mail.options, "tls-name": "mail.test"}, keys=BOB), None)


class Says(socketserver.StreamRequestHandler):
    """A line of the script for each line that comes, the first one for coming; NUL at its end: it closes."""

    def handle(self):
        for say in self.server.script:
            self.wfile.write(say.rstrip(b"\0"))
            if say.endswith(b"\0"):
                return
            self.server.heard.append(self.rfile.readline())
        self.rfile.read()


class Threads(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True


class Listening:
    """A server of socketserver that runs within `with`."""

    def __init__(self, handler, **more):
        self.server = Threads(("127.0.0.1", 0), handler)
        self.port = self.server.server_address[1]
        self.seen = []
        self.server.heard = self.server.seen = self.seen
        for name, value in more.items():
            setattr(self.server, name, value)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def mail_servers_that_misbehave(world):
    hello = [b"220 x\r\n", b"250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"]
    rows = [
        ([b"\0"], "greeting: no answer: "),
        ([b"SSH-2.0-OpenSSH_9.2\r\n"], "greeting: not SMTP: SSH-2.0-OpenSSH_9.2"),
        ([b"554 go away\r\n"], "greeting: 554 go away"),
        ([b"220 x\r\n", b"250-x\r\n421 y\r\n"], "EHLO [127.0.0.1]: not SMTP: 421 y"),
        ([b"220 x\r\n", b"250-x\r\n" * 200], "EHLO [127.0.0.1]: an answer of more than 100 lines"),
        ([b"220 x\r\n", b"250-x\r\n250 AUTH PLAIN\r\n"], "it does not offer STARTTLS, so nothing was sent"),
        ([*hello, b"454 not now\r\n"], "STARTTLS: 454 not now"),
        ([*hello, b"220 go\r\n250 AUTH PLAIN\r\n250 MAIL\r\n\0"], "TLS: "),  # what came before TLS is not taken for what comes in it
        ([*hello, b"220 go\r\n\0"], "TLS: "),
    ]
    for script, want in rows:
        with Listening(Says, script=script) as server:
            options = {"server": "127.0.0.1", "port": str(server.port), "from": "a@b.test", "to": "c@d.test", "timeout": "30"}
            has(world.deliver("smtp", "s", options=options, keys=BOB), f"127.0.0.1:{server.port}: " + want)
            heard = b"".join(server.seen)
            assert b"AUTH" not in heard and b"MAIL" not in heard, heard
    with Listening(Says, script=[b""]) as server:
        options = {"server": "127.0.0.1", "port": str(server.port), "from": "a@b.test", "to": "c@d.test", "timeout": "1"}
        same(world.deliver("smtp", "s", options=options), f"127.0.0.1:{server.port}: greeting: no answer in time")


def what_is_said_after_the_message_changes_nothing(world):
    script = [b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"]

    class Takes(Says):
        def handle(self):
            for say in script:
                self.wfile.write(say)
                self.server.heard.append(self.rfile.readline())
            while self.rfile.readline() not in (b".\r\n", b""):
                pass
            self.wfile.write(b"250 queued\r\n")

    with Listening(Takes) as server:
        options = {"server": "127.0.0.1", "port": str(server.port), "from": "a@b.test", "to": "c@d.test", "tls": "none"}
        same(world.deliver("smtp", "s", options=options), None)


def options_of_mail_are_checked(world):
    good = {"server": "127.0.0.1", "port": "1", "from": "a@b.test", "to": "c@d.test"}
    two = [("bob", "x"), ("eve", "y")]
    rows = [
        ({"server": None}, (), "option server is missing"),
        ({"from": None}, (), "option from is missing"),
        ({"to": ""}, (), "option to is missing"),
        ({"to": " , "}, (), "to names no address"),
        ({"to": "c@d.test, nobody"}, (), "not an address: nobody"),
        ({"from": "a@b.test>"}, (), "not an address: a@b.test>"),
        ({"from": "a@b.test\r\nRSET"}, (), "not an address: a@b.test"),
        ({"tls": "yes"}, (), "option tls is starttls, tls or none, not yes"),
        ({"port": "smtp"}, (), "option port is not 1 to 65535: smtp"),
        ({"port": "65536"}, (), "option port is not 1 to 65535: 65536"),
        ({"port": "0"}, (), "option port is not 1 to 65535: 0"),
        ({"timeout": "0"}, (), "option timeout is not 1 to 999 seconds: 0"),
        ({}, two, "there are several keys of smtp; say which with the option user"),
        ({"user": "alice"}, two, "there is no key smtp:alice for this module; keyring add smtp:alice"),
        ({"user": "eve"}, two, "127.0.0.1:1: couldn't connect: [(127.0.0.1, Connection refused"),
    ]
    for change, keys, want in rows:
        options = {k: v for k, v in {**good, **change}.items() if v is not None}
        has(world.deliver("smtp", "s", options=options, keys=keys), want)


# -- over HTTP

class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps each request; the server's answer(request) gives status and body."""
    protocol_version = "HTTP/1.1"

    def take(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        request = {"method": self.command, "path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}, "body": body}
        self.server.seen.append(request)
        status, answer = self.server.answer(request)
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = take

    def log_message(self, *_):
        pass


def receiver(answer=lambda request: (200, b"ok")):
    return Listening(Receiver, answer=answer)


def webhook_as_json(world):
    with receiver() as hook:
        url = f"http://127.0.0.1:{hook.port}/in?a=b"
        same(world.deliver("webhook", "s\n", LONG, id="9-f", options={"url": url}), None)
        (seen,) = hook.seen
        same((seen["method"], seen["path"], seen["headers"]["content-type"]), ("POST", "/in?a=b", "application/json"))
        same(seen["headers"]["idempotency-key"], "9-f")
        sent = json.loads(seen["body"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", sent.pop("time"))
        same(sent, {"id": "9-f", "subject": "s\n", "body": LONG})
        assert not {"authorization", "x-hub-signature-256"} & seen["headers"].keys()


def webhook_that_is_signed(world):
    with receiver() as hook:
        url = f"http://127.0.0.1:{hook.port}/"
        same(world.deliver("webhook", "s", options={"url": url}, keys=[("ci", "sécret")]), None)
        want = hmac.new("sécret".encode(), hook.seen[0]["body"], hashlib.sha256).hexdigest()
        same(hook.seen[0]["headers"]["x-hub-signature-256"], "sha256=" + want)
        assert "body" not in json.loads(hook.seen[0]["body"])
        same(world.deliver("webhook", "s", options={"url": url, "auth": "bearer"}, keys=[("ci", "token")]), None)
        same(hook.seen[1]["headers"]["authorization"], "Bearer token")


def webhooks_whose_url_is_the_key(world):
    text = "<!channel> @everyone & <https://evil.test|click>"
    with receiver() as hook:
        keys = [("slack", f"http://127.0.0.1:{hook.port}/services/T0/B0/secret"), ("other", "x")]
        same(world.deliver("webhook", text, "b", options={"format": "slack", "key": "slack"}, keys=keys[:1]), None)
        same(hook.seen[0]["path"], "/services/T0/B0/secret")
        same(json.loads(hook.seen[0]["body"]), {"text": "&lt;!channel&gt; @everyone &amp; &lt;https://evil.test|click&gt;\nb"})
        assert not {"authorization", "x-hub-signature-256"} & hook.seen[0]["headers"].keys()
        same(world.deliver("webhook", text, LONG * 9, options={"format": "discord"}, keys=keys[:1]), None)
        sent = json.loads(hook.seen[1]["body"])
        same(sent["allowed_mentions"], {"parse": []})
        assert sent["content"].startswith(text + "\nGrüße") and sent["content"].endswith("…") and len(sent["content"]) <= 2000
        same(world.deliver("webhook", "s", keys=keys), "there are several keys of webhook; say which with the option key")


def webhooks_that_refuse(world):
    with receiver(lambda request: (403, "<b>no\ninvalid_token</b>" .encode())) as hook:
        out = world.deliver("webhook", "s", options={}, keys=[("slack", f"http://127.0.0.1:{hook.port}/services/secret")])
        same(out, f"http://127.0.0.1:{hook.port}: http status error: 403 <b>no")  # not the path, which is the secret
    out = world.deliver("webhook", "s", options={"url": f"http://127.0.0.1:{hook.port}/secret"})
    has(out, f"http://127.0.0.1:{hook.port}: error trying to connect: Connection refused")
    with receiver(lambda request: (302, b"")) as hook:
        has(world.deliver("webhook", "s", options={"url": f"http://127.0.0.1:{hook.port}/"}), "http status error: 302")
    for options, keys, want in (({}, (), "option url is missing, and there is no key of webhook that holds it"),
                                ({"url": "ftp://x/"}, (), "not a URL of http or https"),
                                ({"url": "http://x/", "format": "xml"}, (), "option format is json, slack or discord, not xml"),
                                ({"url": "http://x/", "auth": "x"}, (), "option auth is sign or bearer, not x"),
                                ({"url": "http://x/", "timeout": "1h"}, (), "option timeout is not 1 to 999 seconds: 1h"),
                                ({"url": "http://x/"}, [("a", None)], "the key webhook:a has no secret"),
                                ({"key": "a"}, (), "there is no key webhook:a for this module; keyring add webhook:a")):
        same(world.deliver("webhook", "s", options=options, keys=keys), want)


def ntfy_server(request):
    """What docs.ntfy.sh says of publishing as JSON; the topic "closed" needs a token or a password."""
    message = json.loads(request["body"])
    if (request["method"], request["path"]) != ("POST", "/") or not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", message.get("topic", "")):
        return 404, {"code": 40401, "http": 404, "error": "page not found"}
    basic = "Basic " + base64.b64encode("phil:mypäss".encode()).decode()
    if message["topic"] == "closed" and request["headers"].get("authorization") not in ("Bearer tk_abc", basic):
        return 403, {"code": 40301, "http": 403, "error": "forbidden", "link": "https://ntfy.sh/docs/publish/#authentication"}
    if len(message.get("message", "").encode()) > 4096:
        return 413, {"code": 41301, "http": 413, "error": "attachment too large, or bandwidth limit reached"}
    return 200, {"id": "x", "time": 1, "event": "message", **message}


def ntfy(world):
    with receiver(ntfy_server) as server:
        options = {"server": f"http://127.0.0.1:{server.port}/", "topic": "scope_1"}
        sent = lambda: json.loads(server.seen[-1]["body"])
        same(world.deliver("ntfy", "Added domain", options=options), None)
        same(sent(), {"topic": "scope_1", "priority": 3, "message": "Added domain"})
        same(world.deliver("ntfy", "two\nlines", LONG, options={**options, "priority": "5", "tags": "warning, skull"}), None)
        same(sent(), {"topic": "scope_1", "priority": 5, "tags": ["warning", "skull"], "title": "two lines", "message": LONG})
        same(world.deliver("ntfy", LONG, LONG * 30, options=options), None)
        assert sent()["message"].endswith("…") and sent()["title"].endswith("…")
        has(sent()["message"], LONG)
        for keys in ([("any", "tk_abc")], [("phil", "mypäss")]):
            same(world.deliver("ntfy", "s", options={**options, "topic": "closed"}, keys=keys), None)
        same(world.deliver("ntfy", "s", options={**options, "topic": "closed"}), f"http://127.0.0.1:{server.port}: 403 forbidden")


# Answers that are no object of JSON, or not the one that is wanted.
OTHERS = (b"", b"<h1>It works!</h1>", b"[1]", b"1", b"true", b"null", b'"id"', b"{", b"{}", b'{"id":null}', b"\xff\xfe", b"{" * 10000)


def answers_that_are_something_else(world):
    for body in OTHERS:
        for status in (200, 404):
            with receiver(lambda request: (status, body)) as server:
                url = f"http://127.0.0.1:{server.port}"
                for module, options, keys in (("ntfy", {"topic": "t"}, ()), ("matrix", {"room": "!a:b"}, BOT), ("matrix", {"room": "#a:b"}, BOT)):
                    out = world.deliver(module, "s", options={"server": url, **options}, keys=keys)
                    assert re.fullmatch(re.escape(url) + ": (it is no .* server|it did not take the message|it does not say which room .*|"
                                        "http status error: 404)", out), (module, status, body[:20], out)


def ntfy_that_fails(world):
    with receiver(lambda request: (200, b"<h1>It works!</h1>")) as server:
        url = f"http://127.0.0.1:{server.port}"
        same(world.deliver("ntfy", "s", options={"server": url, "topic": "t"}), url + ": it is no ntfy server")
    with receiver(lambda request: (502, b"<h1>Bad Gateway</h1>")) as server:
        url = f"http://127.0.0.1:{server.port}"
        same(world.deliver("ntfy", "s", options={"server": url, "topic": "t"}), url + ": http status error: 502")
    for options, want in (({}, "option topic is missing"), ({"topic": "a/b"}, "not the name of a topic: a/b"),
                          ({"topic": "t", "priority": "high"}, "option priority is 1 to 5, not high"),
                          ({"topic": "t", "server": "ntfy.sh"}, "option server is like https://ntfy.sh, not ntfy.sh")):
        same(world.deliver("ntfy", "s", options=options), want)


class Matrix:
    """What the client-server API says of the two requests: a token, a room that one is in, each transaction once."""

    def __init__(self):
        self.events = {}

    def answer(self, request):
        if request["headers"].get("authorization") != "Bearer syt_abc":
            return 401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token passed."}
        path = [urllib.parse.unquote(p) for p in request["path"].split("/")[1:]]
        if path[:3] != ["_matrix", "client", "v3"]:
            return 404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}
        if request["method"] == "GET" and path[3:] == ["directory", "room", "#ops:ours.test"]:
            return 200, {"room_id": "!abc:ours.test", "servers": ["ours.test"]}
        if request["method"] == "GET":
            return 404, {"errcode": "M_NOT_FOUND", "error": "Room alias not found"}
        if request["method"] != "PUT" or path[3] != "rooms" or path[5:7] != ["send", "m.room.message"] or len(path) != 8:
            return 404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}
        if path[4] != "!abc:ours.test":
            return 403, {"errcode": "M_FORBIDDEN", "error": f"User @bot:ours.test not in room {path[4]}"}
        if len(request["body"]) > 65000:
            return 413, {"errcode": "M_TOO_LARGE", "error": "event too large"}
        self.events.setdefault(path[7], json.loads(request["body"]))
        return 200, {"event_id": "$" + path[7]}


def matrix(world):
    home = Matrix()
    with receiver(home.answer) as server:
        options = {"server": f"http://127.0.0.1:{server.port}", "room": "#ops:ours.test"}
        # delivered twice, read once
        for _ in range(2):
            same(world.deliver("matrix", "hello @room", LONG, id="5-c", options=options, keys=BOT), None)
        same(home.events, {"sn0int-5-c": {"msgtype": "m.notice", "body": "hello @room\n" + LONG, "m.mentions": {}}})
        # without an id each is another
        for _ in range(2):
            same(world.deliver("matrix", "s", options={**options, "room": "!abc:ours.test", "type": "m.text"}, keys=BOT), None)
        same(len(home.events), 3)
        same(world.deliver("matrix", "s", "\x01" * 60000, options=options, keys=BOT), None)


def matrix_that_refuses(world):
    with receiver(Matrix().answer) as server:
        url = f"http://127.0.0.1:{server.port}"
        good = {"server": url, "room": "#ops:ours.test"}
        rows = (
            ({}, [("bot", "x")], url + ": M_UNKNOWN_TOKEN: Invalid access token passed."),
            ({"room": "#none:ours.test"}, BOT, url + ": M_NOT_FOUND: Room alias not found"),
            ({"room": "!x/../y:ours.test"}, BOT, url + ": M_FORBIDDEN: User @bot:ours.test not in room !x/../y:ours.test"),
            ({"room": "ops"}, BOT, "option room is like !abc:example.org or #ops:example.org, not ops"),
            ({"server": "ours.test"}, BOT, "option server is like https://matrix.example.org, not ours.test"),
            ({"type": "m.image"}, BOT, "option type is m.notice or m.text, not m.image"),
            ({}, (), "there is no key matrix:NAME for this module; keyring add matrix:NAME ACCESS_TOKEN"),
            ({"key": "@bot:ours.test"}, (), "there is no key matrix:@bot:ours.test for this module; keyring add matrix:@bot:ours.test ACCESS_TOKEN"),
        )
        for change, keys, want in rows:
            same(world.deliver("matrix", "s", options={**good, **change}, keys=keys), want)
    with receiver(lambda request: (200, b"<html>")) as server:
        url = f"http://127.0.0.1:{server.port}"
        same(world.deliver("matrix", "s", options={"server": url, "room": "!a:b"}, keys=BOT), url + ": it is no Matrix server")
    with receiver(lambda request: (429, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 9})) as server:
        url = f"http://127.0.0.1:{server.port}"
        same(world.deliver("matrix", "s", options={"server": url, "room": "!a:b"}, keys=BOT), url + ": M_LIMIT_EXCEEDED: Too Many Requests")


# -- with the host: a rule, the outbox, a key

class Place:
    """A home with a module that finds what it is told to, and a rule that mails it."""

    def __init__(self, world, options, **more):
        self.folder = tempfile.TemporaryDirectory(prefix="place")
        self.env = {**world.env, "HOME": self.folder.name}
        self.rule = {"script": "bundled/smtp", "topics": ["db:subdomain:*:insert"], "options": [f"{k}={v}" for k, v in options.items()], **more}
        self.write(".config/sn0int.toml", "[notify]\nallow = [\"127.0.0.0/8\"]\n[notifications.mail]\n"
                   + "".join(f"{k} = {json.dumps(v)}\n" for k, v in self.rule.items()))
        self.write(".local/share/sn0int/modules/me/find.lua", """\
-- Description: finds what it is told to
-- Version: 0.1.0
-- License: GPL-3.0

function run()
    local id = db_add('domain', { value='example.com' })
    for name in getopt('names'):gmatch('%S+') do
        db_add('subdomain', { domain_id=id, value=name .. '.example.com' })
    end
end
""")

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "w") as f:
            f.write(text)

    def call(self, *args):
        p = subprocess.run([SN0INT, *args], env=self.env, cwd=self.folder.name, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                           timeout=120)
        return p.returncode, p.stdout, p.stderr

    def find(self, *names):
        return self.call("run", "me/find", "-o", "names=" + " ".join(names))


def a_mail_for_each_new_subdomain(world):
    with Mail(world, auth_required=True) as mail:
        place = Place(world, mail.options)
        same(place.call("keyring", "add", "smtp:bob", "pässword")[0], 0)
        out = place.call("notify", "test", "mail")  # nobody is there to be asked
        same(out[0], 1, out)
        out = place.call("notify", "test", "--grant", "smtp", "mail")
        same(out[0], 0, out)
        mail.only()
        out = place.find("www", "mail")
        same(out[0], 0, out)
        has(out[1], 'Executed bundled/smtp for "mail"\n')
        same(sorted(str(email.message_from_bytes(m[2], policy=email.policy.default)["subject"]) for m in mail.kept.mail),
             ['Added subdomain "mail.example.com"', 'Added subdomain "www.example.com"'])
        mail.kept.mail.clear()
        place.find("www", "mail")  # nothing is new
        same(mail.kept.mail, [])


def a_mail_that_was_lost_on_the_way_keeps_its_name(world):
    """The server takes it and dies before it says so: it comes again, and can be told for the same."""
    kept = []

    class Dies(Says):
        def handle(self):
            for say in (b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
                self.wfile.write(say)
                self.rfile.readline()
            lines = []
            while (lines[-1:] or [b"x"])[0] not in (b".\r\n", b""):
                lines.append(self.rfile.readline())
            kept.append(email.message_from_bytes(b"".join(lines[:-1]), policy=email.policy.default))
            if len(kept) > 1:
                self.wfile.write(b"250 ok\r\n")

    with Listening(Dies) as server:
        place = Place(world, {"server": "127.0.0.1", "port": server.port, "from": "a@b.test", "to": "c@d.test", "tls": "none"})
        out = place.find("www")
        has(out[1] + out[2], "message: no answer")
        has(place.call("notify", "outbox")[1], 'Added subdomain "www.example.com"')
        same(place.call("notify", "deliver", "--all")[0], 0)
        same(len(kept), 2)
        same(kept[0]["message-id"], kept[1]["message-id"])
        assert kept[0]["message-id"].startswith("<sn0int."), kept[0]["message-id"]
        same(place.call("notify", "outbox")[1], "")


CASES = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:1] == ("world",)]


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])
    with World() as world:
        return tap.run(CASES, lambda case: case(world), sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
