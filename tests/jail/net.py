#!/usr/bin/env python3
"""net.py CHILD: the network of a worker: none, the outer half's broker, or its parent's; spares. TAP."""
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls  # noqa: E402
import child  # noqa: E402
import waiting  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
CONNECT = "function run() local s = sock_connect('127.0.0.1', {}, {{}}) if s then sock_send(s, 'hello') info('sent') end end"


class Listener:
    """On 127.0.0.1; counts who comes."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.got = []
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            s, _ = self.socket.accept()
            with s:
                text = s.recv(100)
            if text == b"end":
                return
            self.got.append(text)

    def end(self):
        """What came before this call: it comes itself, and is the last in the queue."""
        with socket.create_connection(("127.0.0.1", self.port)) as s:
            s.sendall(b"end")
            self.thread.join()
        self.socket.close()
        return self.got


def policy(tap):
    def connects(name, options, want, **start):
        listener = Listener()
        line = child.start_line(CONNECT.format(listener.port), **start)
        got = child.run(PROGRAM, None, *options, start=line)
        text = want.format(listener.port) if want else "Ok"
        came = listener.end()
        tap.check(name, got.said() == text and (came == [b"hello"]) == (want is None), f"{came} {got}")

    connects("a foreign parent's module may connect", [], None)
    refused = "connection to 127.0.0.1:{0} refused: local address (allow it with --allow-net 127.0.0.1:{0})"
    connects("a policy is kept", ["--allow-net=public"], refused)
    connects("what is denied stays denied", ["--deny-net=local"], "connection to 127.0.0.1:{0} refused: denied by --deny-net or network.deny")
    connects("an address can be allowed", ["--allow-net=public", "--allow-net=127.0.0.1/32"], None)
    connects("nothing goes around a proxy", [], "Connection refused (os error 111)", proxy="127.0.0.1:1")


def configuration(tap):
    """sn0int.toml decides under a parent that gives no options."""
    cases = [
        ("network.allow of the configuration holds", '[network]\nallow = ["public"]\n', [], "refused: local address"),
        ("network.deny of the configuration holds", '[network]\ndeny = ["local"]\n', [], "refused: denied by --deny-net"),
        ("an empty network.allow is one", "[network]\nallow = []\n", [], "refused: local address"),
        ("--allow-net adds to network.allow", '[network]\nallow = ["public"]\n', ["--allow-net=local"], None),
        ("and takes nothing from it", '[network]\nallow = ["local"]\n', ["--allow-net=private"], None),
        ("a configuration without network.allow says nothing", "[network]\nproxy = '127.0.0.1:1'\n", [], None),
        ("sandbox.limits of the configuration hold", '[sandbox]\nlimits = ["log-line=80"]\n', [], None),
        ("--limit overrides sandbox.limits", '[sandbox]\nlimits = ["log-line=80"]\n', ["--limit=log-line=100"], None),
        ("a broken configuration is an error", "[network\n", [], "Failed to load config: in "),
        ("so is what is wrong for the host only", "[network]\nproxy = 'x'\n", [], "network.proxy takes IP:PORT, not 'x'"),
        ("so is a wrong limit", '[sandbox]\nlimits = ["speed=1"]\n', [], 'no such limit: "speed"'),
    ]
    for name, text, options, want in cases:
        listener = Listener()
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            with open(os.path.join(folder, "sn0int.toml"), "w") as f:
                f.write(text)
            code = CONNECT.format(listener.port).replace("local s", "info(('x'):rep(200)) local s", 1)
            got = child.run(PROGRAM, code, *options, env=dict(os.environ, XDG_CONFIG_HOME=folder))
        is_right = want in str(got.said()) if want else got.said() == "Ok"
        if "log-line" in text:
            is_right = is_right and f"limit log-line={100 if options else 80};" in str(got.lines[0])
        tap.check(name, is_right and (got.status == 0 or "rror" in got.err), got)
        listener.end()


def configuration_is_no_riddle(tap):
    """Of what nobody knows a run tells once; of what the other parent heeds, nothing. A child of ours leaves that to its parent."""
    cases = [
        ("[network]\nproxi = 'x'\n", ["unknown key proxi in [network], did you mean proxy?"]),
        ("[netwrok]\nallow = []\n", ["unknown section [netwrok], did you mean [network]?"]),
        ("allow = []\n[sandbox]\nlimit = []\n", ["unknown key allow, it belongs in [network]", "unknown key limit in [sandbox], did you mean limits?"]),
        ("[core]\nregistry = 'https://example.com'\nno-autoupdate = false\n[notifications.x]\nscript = 'a/b'\n[namespaces]\nme = 'x'\n[run]\njobs = 3\n", []),
        ("", []),
    ]
    for n, (text, want) in enumerate(cases):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            path = os.path.join(folder, "sn0int.toml")
            with open(path, "w") as f:
                f.write(text)
            got = child.run(PROGRAM, "function run() end", env=dict(os.environ, XDG_CONFIG_HOME=folder))
        told = [l["Log"]["WarnOnce"] for l in got.lines if "WarnOnce" in l.get("Log", {})]
        told = [t for t in told if "sandbox: " not in t]
        tap.check(f"what is unknown in a configuration is told of, {n}", told == [f"{path}: {w}" for w in want] and got.said() == "Ok", got)


def looks_at_configuration(tap):
    """One that is there and cannot be looked at is no missing one."""
    def link(path):
        os.symlink(path, path)

    def dangling(path):
        os.symlink("nowhere", path)

    def big(path):
        with open(path, "w") as f:
            f.truncate(5 << 20)

    for name, make, want in (("a folder", os.mkdir, "Is a directory"), ("a link to itself", link, "Too many levels"), ("a pipe", os.mkfifo, "it is no file"),
                             ("a link to nothing", dangling, "it is a symbolic link to nothing"), ("too large", big, "it is larger than")):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            make(os.path.join(folder, "sn0int.toml"))
            got = child.run(PROGRAM, "function run() end", env=dict(os.environ, XDG_CONFIG_HOME=folder))
            is_right = str(got.said()).startswith(f"Failed to load config: in {folder}/sn0int.toml: {want}")
            tap.check(f"a configuration that is {name} is an error", is_right and got.status == 1, got)


def home_of_the_user(tap):
    """Without HOME it is the one of /etc/passwd, as for the host."""
    name = "without HOME the configuration is found, too"
    listener = Listener()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        os.mkdir(os.path.join(folder, ".config"))
        for path, text in (("passwd", f"root:x:0:0::{folder}:/bin/sh\n"), (".config/sn0int.toml", "[network]\nallow = []\n")):
            with open(os.path.join(folder, path), "w") as f:
                f.write(text)
        script = f"mount --bind {folder}/passwd /etc/passwd && exec env -u HOME -u XDG_CONFIG_HOME {PROGRAM} sandbox a/b"
        p = subprocess.run(["unshare", "-Urm", "sh", "-c", script], input=child.start_line(CONNECT.format(listener.port)).encode(), capture_output=True)
    got = child.Ended(p.stdout, p.stderr, p.returncode)
    tap.check(name, "refused: local address" in str(got.said()) and not listener.end(), got)


def escaped_proxy(tap):
    """Valid JSON that the eye outside does not understand: nothing is allowed then."""
    listener = Listener()
    line = child.start_line(CONNECT.format(listener.port)).replace('"proxy": null', '"pro\\u0078y": null')
    got = child.run(PROGRAM, None, start=line)
    tap.check("a start line that cannot be understood from outside gets no connection", not listener.end() and "refused" in str(got.said()), got)


def budget(tap):
    listener = Listener()
    code = f"function run() for i = 1, 4 do local s = sock_connect('127.0.0.1', {listener.port}, {{}}) if s then sock_send(s, 'x') end end end"
    got = child.run(PROGRAM, code, "--limit=connections=3")
    came = listener.end()
    tap.check("connections are counted", len(came) == 3 and "too many connections in one run (raise it with --limit connections=NUMBER)" in str(got.said()), f"{came} {got}")


class Names:
    """A name server on 127.0.0.1: everything has that address; what begins with alias is called evil.example."""

    def __init__(self):
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            question, who = self.socket.recvfrom(1000)
            end = question.index(b"\0", 12) + 5
            self.asked.append(".".join(self.labels(question[12:])))
            alias = b"\4evil\7example\0" if self.asked[-1].startswith("alias.") else b""
            head = question[:2] + struct.pack(">HHHHH", 0x8180, 1, 2 if alias else 1, 0, 0)
            answer = struct.pack(">HHHIH", 0xC00C, 5, 1, 60, len(alias)) + alias if alias else b""
            answer += (alias or b"\xc0\x0c") + struct.pack(">HHIH4s", 1, 1, 60, 4, socket.inet_aton("127.0.0.1"))
            self.socket.sendto(head + question[12:end] + answer, who)

    @staticmethod
    def labels(name):
        while name[0]:
            yield name[1:1 + name[0]].decode()
            name = name[1 + name[0]:]


def last_descriptor(tap):
    """0 to 3, and as many sockets as fit below the limit: the error says which limit it is."""
    names = Names()
    dns = {"ns": [names.address], "tcp": False, "timeout": None}
    want = "no descriptor is left for another connection (limit files; raise it with --limit files=NUMBER, or ulimit -n)"
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect = f"sock_connect('{{}}', {server.getsockname()[1]}, {{{{}}}})"
        for name, last in (("an address", connect.format("127.0.0.1")), ("a name", connect.format("some.example")), ("a look-up", "dns('some.example', {record='A'})")):
            # they are kept, so that nobody closes one
            code = f"local s = {{}} function run() for i = 1, 2 do s[i] = {connect.format('127.0.0.1')} end info(#s) s[3] = {last} end"
            for files, is_enough in ((6, False), (7, True)):
                got = child.run(PROGRAM, None, f"--limit=files={files}", start=child.start_line(code, dns_config=dns))
                said = got.said() == "Ok" if is_enough else str(got.said()).endswith(want)
                tap.check(f"{name}, and {'one descriptor' if is_enough else 'none'} is left", said and {"Log": {"Info": "2.0"}} in got.lines, got)


def none(tap):
    name = "a module that names no function of the network has no way to it"
    if not waiting.can_trace(tap, name):
        return
    w = waiting.Waiting(PROGRAM)
    fds = os.listdir(f"/proc/{w.worker}/fd")
    w.make_call("recvfrom", 0, 0, 0, 0, 0, 0)
    got = w.end()
    tap.check(name, sorted(fds) == ["0", "1", "2"] and str(got.said()).startswith(f"sandbox violation: recvfrom ({calls.HERE['recvfrom']})"), f"{fds} {got}")


class Spare:
    def __init__(self, needs, *words):
        self.ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) if "broker" in needs else (None, None)
        options = ["--spare", "--needs=" + needs]
        if theirs is not None:
            options += [f"--control-fd={theirs.fileno()}", *words]
        self.p = subprocess.Popen([PROGRAM, "sandbox", *options, "a/b"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  pass_fds=[theirs.fileno()] if theirs is not None else [])
        if theirs is not None:
            theirs.close()

    @staticmethod
    def waits(pid):
        with open(f"/proc/{pid}/status") as f:
            status = f.read()
        return "State:\tS" in status and "Seccomp:\t2" in status

    def worker(self):
        """Once its jail is complete and both processes wait: what they closed on their way is closed."""
        while True:
            pid = child.worker_of(self.p.pid)
            if pid is not None and self.waits(pid) and self.waits(self.p.pid):
                return pid
            if self.p.poll() is not None:
                return None
            os.sched_yield()

    def end(self, line):
        out, err = self.p.communicate(line.encode())
        return child.Ended(out, err, self.p.returncode)


def spare(tap):
    s = Spare("none")
    status = open(f"/proc/{s.worker()}/status").read()
    is_closed = "Seccomp:\t2" in status and "NoNewPrivs:\t1" in status and "NSpid:" in status
    got = s.end(child.start_line("function run(a) info(a) end", arg="x"))
    tap.check("a spare's jail is complete before there is a start line", is_closed and got.lines == [{"Log": {"Info": '"x"'}}, {"Exit": "Ok"}], got)
    got = Spare("none").end("")
    want = "EOF while parsing a value at line 1 column 0"
    tap.check("a spare that gets no start line", got.said() == want and got.status == 1, got)
    got = Spare("crypt").end(child.start_line("function run() info(md5('')) end"))
    tap.check("a spare has what it was told it needs", got.lines[0] == {"Log": {"Info": "[212, 29, 140, 217, 143, 0, 178, 4, 233, 128, 9, 152, 236, 248, 66, 126]"}}, got)


def connection(said):
    """The sentence that a module of one connection says of it."""
    return str(said.lines[0])


def ordered_broker(tap):
    """The parent says over control when the broker may begin, and hears what it did; the worker holds no end of that."""
    listener = Listener()
    code = f"function run() local s = sock_connect('127.0.0.1', {listener.port}, {{}}) if s then sock_send(s, 'hello') info('connected') else info(last_err()) clear_err() end end"
    s = Spare("net,broker", "--allow-net=local")
    fds = {os.readlink(f"/proc/{s.worker()}/fd/{n}") for n in os.listdir(f"/proc/{s.worker()}/fd")}
    control = os.readlink(f"/proc/{s.p.pid}/fd/4")
    tap.check("control is the outer half's alone", control.startswith("socket:") and control not in fds, f"{control} {fds}")
    got = s.end(child.start_line(code))
    tap.check("without an order everything is refused", "refused: denied by --deny-net or network.deny" in connection(got), got)
    s = Spare("net,broker", "--allow-net=local")
    s.ours.send(struct.pack("=BBHIII", 1, 1, 0, 7, 5, 0))
    got = s.end(child.start_line(code))
    notices = []
    while packet := s.ours.recv(1000):
        notices.append(packet)
    heads = {struct.unpack_from("=BBHI", n) for n in notices}
    kinds = [n[1] for n in notices]
    sent = [struct.unpack_from("=QQ", n, 16) for n in notices if n[1] == 3]
    ends = got.status == 0 and "connected" in connection(got) and listener.end()
    tap.check("with one it connects, and all that it did is told", ends and heads == {(1, k, 0, 7) for k in (1, 2, 3)} and kinds[0] == 1, f"{kinds} {got}")
    tap.check("how much went over a connection is the kernel's count", sent == [(5, 0)], f"{sent}")


def rule(kind, port=0, name=b"", bits=0, denied=False):
    """As docs/jail.md, "Control", has it."""
    return struct.pack(">BBHBB", kind, denied, port, bits or len(name), 0) + name


ANY, NAME, BELOW, BLOCK, LOOKUPS, OFFLINE = range(1, 7)
HERE = bytes(10) + b"\xff\xff" + socket.inet_aton("127.0.0.1")


def limited(words, code, *rules, start={}):
    """A worker that does what `code` says, whatever its text was when the rules were made: the broker asks no worker."""
    s = Spare("net,broker", *words)
    s.worker()
    s.ours.send(struct.pack("=BBHIQ", 1, 3, 0, len(rules), 0) + b"".join(rules))
    s.ours.send(struct.pack("=BBHIII", 1, 1, 0, 7, 50, 1))
    got = s.end(child.start_line(code, **start))
    s.ours.close()
    return [line["Log"]["Info"] for line in got.lines if "Info" in line.get("Log", {})]


def limited_broker(tap):
    """A worker that asks for another host than its rules name gets none, however it writes it."""
    names = Names()
    listener = Listener()
    words = ["--allow-net=local", "--name-server=" + names.address]
    start = {"dns_config": {"ns": [names.address], "tcp": False, "timeout": None}}
    unnamed = "refused: the module's text does not name it (allow it with: sn0int permissions "

    def asks(name, hosts, want, *rules, words=words):
        tries = "".join(f"try({host}) " for host in hosts)
        code = ("function try(host, port) local s = sock_connect(host, port or %d, {}) "
                "if s then info('connected') else info(last_err()) clear_err() end end function run() %s end" % (listener.port, tries))
        said = limited(words, code, *rules, start=start)
        is_right = len(said) == len(want) and all(w in text for w, text in zip(want, said))
        tap.check(name, is_right, f"{said} {names.asked}")
        asked, names.asked = names.asked, []
        return asked

    here = "'127.0.0.1'"
    mine = rule(BELOW, listener.port, b"a.example")
    asks("no rule allows nothing", [here, "'a.example'"], [unnamed] * 2)
    asked = asks("another host is refused, and nobody is asked for it", ["'evil.example'", "'xa.example'", "'example'"], [unnamed] * 3, mine)
    tap.check("no name server was asked", asked == [], asked)
    asks("a host that is named, and below it", ["'a.example'", "'b.c.a.example'"], ["connected"] * 2, mine)
    asks("an answer may be asked for by address", [here, "'a.example'", here, here + ", 1"], [unnamed, "connected", "connected", unnamed], mine)
    asks("whatever it is spelt like it is one name", ["'A.EXAMPLE'", "'a.example.'", "'\\239\\189\\129.example'"], ["connected"] * 3, mine)
    asks("what is no name is none", ["'a.example\\0.evil.example'", "'evil.example\\0.a.example'", "'evil.example%2ea.example'", "'evil.example/a.example'"], ["char", "char", "label", "label"], mine)
    asked = asks("a name that is another's is what was asked for", ["'alias.a.example'", "'evil.example'"], ["connected", unnamed], mine)
    tap.check("and nobody asks for the other", asked == ["alias.a.example"], asked)
    asks("a port is one", ["'a.example', 1", "'a.example'"], [unnamed, "connected"], mine)
    asks("an address is named as such", [here, "'a.example'"], ["connected", unnamed], rule(BLOCK, listener.port, HERE, 128))
    asks("what is taken away is, whatever allows it", ["'a.example'", "'b.example'"], ["denied by sn0int permissions", "connected"],
         rule(ANY), rule(BELOW, 0, b"a.example", denied=True))
    asks("who says offline is", ["'a.example'", here], ["says that it is offline"] * 2, rule(OFFLINE), rule(ANY))
    asks("what the policy refuses stays refused", [here, "'a.example'"], ["refused: local address"] * 2, rule(ANY), rule(BLOCK, 0, HERE, 128), words=words[1:])
    for n in (1, 2, 1000):
        many = [rule(NAME, listener.port, b"h%d.example" % i) for i in range(n)]
        asks(f"{n} rules", [f"'h{n - 1}.example'", f"'h{n}.example'"], ["connected", unnamed], *many)
    look = "function run() dns('a.example', {record='A'}) if last_err() then info(last_err()) clear_err() else info('looked up') end end"
    for rules, want in (((mine,), "looks no names up (allow it with: sn0int permissions "), ((mine, rule(LOOKUPS)), "looked up")):
        said = limited(words, look, *rules, start=start)
        tap.check(f"look-ups: {want[:14]}", len(said) == 1 and want in said[0], said)
    listener.end()


def main():
    child.need_user_namespace(sys.argv[1])
    tap = child.Tap()
    for part in (policy, configuration, configuration_is_no_riddle, looks_at_configuration, home_of_the_user, escaped_proxy, budget, last_descriptor, none, spare, ordered_broker, limited_broker):
        part(tap)
    tap.end()


main()
