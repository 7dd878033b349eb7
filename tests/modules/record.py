#!/usr/bin/env python3
"""record.py SN0INT [NAME[/CASE]...]: makes the recorded tests of modules/bundled anew, from the servers of world.py, service.py and notices.py.

Each case is one run against a server that speaks the real format; `sn0int test --record` keeps what came, and plays it at once.
"""
import json
import os
import socketserver
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE]
import notices  # noqa: E402
from service import Recording, closed_port, services  # noqa: E402
from town import with_place  # noqa: E402
from world import IMAGES, Threads, World, fixture  # noqa: E402

MODULES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "modules", "bundled")
FILES = os.path.join(os.path.dirname(MODULES), "examples")
CACHE = os.path.join(os.path.dirname(HERE), "vectors/data/cache")
SN0INT = None


class Recorder:
    def __init__(self, only):
        self.only, self.bad = only, 0
        self.folder = tempfile.TemporaryDirectory(prefix="record")
        # the files of data are those of tests/meson.build, "modules-recorded"
        self.env = {"HOME": self.folder.name, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": CACHE}
        self.args = []

    def wants(self, module, name):
        return not self.only or module in self.only or f"{module}/{name}" in self.only

    def key(self, namespace, name, secret):
        subprocess.run([SN0INT, "keyring", "add", f"{namespace}:{name}"], input=secret + "\n", text=True, env=self.env, check=True, capture_output=True)

    def image(self, module, name, data, *args):
        """A case whose row is an image of a workspace, and has its bytes."""
        path = os.path.join(self.folder.name, "image")
        with open(path, "wb") as f:
            f.write(data)
        sn0int = [SN0INT, "-w", "record-" + name]
        subprocess.run([*sn0int, "add", "image", path], env=self.env, check=True, capture_output=True)
        self.case(module, name, None, *args, sn0int=sn0int, given=("-t", "where id=1"))

    def case(self, module, name, argument=None, *args, stdin=None, env=(), common=None, sn0int=None, given=None):
        """common: what is said of the network, in place of what is said for all; given: what run() is, in place of -a."""
        if not self.wants(module, name):
            return
        common = ["--allow-net", "local", *self.args] if common is None else common
        given = ("-a", json.dumps(argument)) if given is None else given
        words = [*(sn0int or [SN0INT]), "test", "--record", name, *given, *common, *args, os.path.join(MODULES, module + ".lua")]
        p = subprocess.run(words, input=stdin, env={**self.env, **dict(env)}, capture_output=True)
        print((p.stdout + p.stderr).decode("utf-8", "replace"), end="", flush=True)
        self.bad += p.returncode != 0


def files(r, world):
    def example(name):
        with open(os.path.join(FILES, name), "rb") as f:
            return f.read()

    r.case("ct-file", "entries", None, "--stdin", stdin=fixture("crtsh.json"))
    r.case("ct-file", "nothing", None, "--stdin", stdin=b"")
    r.case("harvest", "log", None, "--stdin", stdin=b"192.0.2.7 - bob@shop.test [x] GET https://www.shop.test/a?b\nfe80::1 nothing\n")
    r.case("page-urls", "page", None, "--stdin", "-o", "base=https://www.shop.test/", stdin=fixture("index.html"))


class Greets(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")


PAGE = (b'<title>Shop</title><a href="/about">x</a><a href="https://WWW.partner.test/">y</a><a href="mailto:info@shop.test?subject=a">z</a>'
        b'<a href="javascript:x">n</a>')


def templates(r, world):
    """Those of modules/templates that ask a target, or nobody; the others are in services/templates.py."""
    greets = world.listen(Threads(("127.0.0.1", 0), Greets))
    host = {"id": 1, "value": "www.shop.test", "domain_id": 1, "unscoped": False}
    r.case("../templates/subdomains", "answer", host, "-o", f"port={greets.port}")
    r.case("../templates/subdomains", "empty", {**host, "value": "six.shop.test"}, "-o", f"port={greets.port}")
    r.case("../templates/subdomains", "unknown", {**host, "value": "www.elsewhere.test"}, "-o", f"port={greets.port}")
    r.case("../templates/subdomains", "refused", host, "-o", f"port={closed_port()}")
    world.breaks.how, world.breaks.says = "says", b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(PAGE) + PAGE
    for name, port in (("answer", world.breaks.port), ("refused", closed_port())):
        r.case("../templates/urls", name, {"id": 1, "value": f"http://www.shop.test:{port}/", "subdomain_id": 1, "path": "/", "unscoped": False})
    r.case("../templates/stdin", "answer", None, "--stdin", stdin=b"192.0.2.7 WWW.shop.test\n\nno name at all\n::1 six.shop.test\nx y.test\n")
    r.case("../templates/stdin", "empty", None, "--stdin", stdin=b"")


def places(r, world):
    for name, ip in (("city", "192.0.2.1"), ("country", "198.51.100.7"), ("nowhere", "127.0.0.1")):
        r.case("geoip", name, {"id": 1, "value": ip, "family": "4"})


def offline(r, world):
    def number(value, **more):
        return {"id": 1, "value": value, "unscoped": False, **more}

    for name, value in (
            ("germany", "+493012345678"), ("united-states", "+12125550123"), ("canada", "+14165550123"), ("jamaica", "+18765550123"),
            ("puerto-rico", "+17875550123"), ("toll-free", "+18005550123"), ("no-area", "+16225550123"), ("russia", "+74951234567"),
            ("kazakhstan", "+77272581234"), ("jersey", "+441534123456"), ("isle-of-man", "+447624123456"), ("united-kingdom", "+442079460000"),
            ("vatican", "+390669812345"), ("italy", "+390612345678"), ("curacao", "+59997371234"), ("satellite", "+870772001234"),
            ("nobody", "+2101234567"), ("area-too-low", "+11235550123"), ("too-short-for-1", "+1212555012"), ("too-long", "+4930123456789012"),
            ("too-short", "+49301"), ("zero", "+03012345678"), ("no-number", "030 1234567")):
        r.case("phone-prefix", name, number(value))
    r.case("phone-prefix", "known", number("+493012345678", country="Deutschland", line="mobile"))
    r.case("image-facts", "not-there", {"id": 1, "value": "DTTV3EjpHBNJx3Zw7eJsVPm4bYXKmNkJQpVNkcvTtTSz", "unscoped": False})
    def image(name):
        with open(os.path.join(IMAGES, name), "rb") as f:
            return f.read()

    jpeg = with_place(image("lossy-444.jpg"))
    r.image("image-facts", "place", jpeg)
    r.image("image-facts", "no-place", image("RGBA8.png"))
    r.image("image-facts", "nudity", jpeg, "-o", "nudity=yes")
    r.image("image-facts", "cut", jpeg[:len(jpeg) // 2])
    r.image("image-facts", "odd-place", jpeg.replace(b"MM\0*\0\0\0\x08", b"XX\0*\0\0\0\x08"))
    r.case("image-facts", "odd-option", {"id": 1, "value": "DTTV3EjpHBNJx3Zw7eJsVPm4bYXKmNkJQpVNkcvTtTSz", "unscoped": False}, "-o", "nudity=perhaps")


def notifications(r):
    arg = {"subject": "Added domain", "body": notices.LONG, "id": "5-c"}
    with notices.World() as world:
        env = {"SSL_CERT_FILE": world.cert}
        with notices.receiver() as hook:
            url = f"url=http://127.0.0.1:{hook.port}/in?a=b"
            r.case("webhook", "json", arg, "-o", url)
            r.key("webhook", "buildserver", "a-secret-of-ours")
            r.case("webhook", "signed", arg, "-o", url, "--grant", "webhook")
        with notices.receiver(lambda request: (403, b"<b>no\ninvalid_token</b>")) as hook:
            r.case("webhook", "refused", arg, "-o", f"url=http://127.0.0.1:{hook.port}/", "--grant", "webhook")
        with notices.receiver(notices.ntfy_server) as server:
            options = ("-o", f"server=http://127.0.0.1:{server.port}/")
            r.case("ntfy", "open", arg, *options, "-o", "topic=scope_1")
            r.case("ntfy", "forbidden", arg, *options, "-o", "topic=closed")
            r.key("ntfy", "telephone", "tk_abc")
            r.case("ntfy", "token", arg, *options, "-o", "topic=closed", "--grant", "ntfy")
        home = notices.Matrix()
        with notices.receiver(home.answer) as server:
            r.key("matrix", "@bot:ours.test", "syt_abc")
            options = ("-o", f"server=http://127.0.0.1:{server.port}", "--grant", "matrix")
            r.case("matrix", "alias", arg, *options, "-o", "room=#ops:ours.test")
            r.case("matrix", "no-room", arg, *options, "-o", "room=#other:ours.test")
        if notices.SMTP is None:
            print("aiosmtpd is missing: smtp is not recorded")
            r.bad += 1
            return
        r.key("smtp", "sender", "pässword")
        notices.authenticate = lambda server, session, envelope, mechanism, data: notices.AuthResult(
            success=(data.login, data.password) == (b"sender", "pässword".encode()))
        for kind in ("starttls", "tls", "none"):
            with notices.Mail(world, kind) as mail:
                words = [w for k, v in mail.options.items() for w in ("-o", f"{k}={v}")]
                r.case("smtp", kind, arg, *words, "--grant", "smtp", env=env)
        with notices.Mail(world) as mail:
            words = [w for k, v in {**mail.options, "to": "gone@ours.test"}.items() for w in ("-o", f"{k}={v}")]
            r.case("smtp", "refused", arg, *words, "--grant", "smtp", env=env)


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])
    r = Recorder(sys.argv[2:])
    asked = services().values()
    with World(zones={name: records for s in asked for name, records in s.zones.items()}) as world:
        r.args = ["--nameserver", f"127.0.0.1:{world.dns}"]
        recording = Recording(r, world)
        for service in asked:
            recording.service(service)
        for part in (files, places, offline, templates):
            part(r, world)
    r.args = []
    notifications(r)
    return r.bad != 0


if __name__ == "__main__":
    sys.exit(main())
