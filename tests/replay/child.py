#!/usr/bin/env python3
"""child.py CHILD: a child that plays a run again, and this script as the host that has the record. There is no network: what the
module is told comes from here, in pieces. TAP."""
import base64
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "jail"))
import child as jail

PROGRAM = sys.argv[1]
PIECE = 64 << 10


def b64(data):
    return base64.b64encode(data).decode()


def ok(**members):
    return {"Ok": members}


class Play:
    """One run. answer(ask) gives the lines that answer a question of the record, values(ask) the one for a
    value (none: nobody recorded it); others get `replies`, in order."""

    def __init__(self, code, answer, replies=(), needs="net", values=None, **start):
        self.events, self.asks, self.pieces = [], [], {}
        p = subprocess.Popen([PROGRAM, "sandbox", "--spare", f"--needs={needs}", "--replay", "anonymous/test"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        p.stdin.write(jail.start_line(code, verbose=0, **start).encode())
        p.stdin.flush()
        replies = list(replies)
        for raw in p.stdout:
            line = json.loads(raw)
            ask = line.get("Recall")
            if ask is None:
                self.events.append(line)
                if next(iter(line)) in ("Database", "Stdio", "Ratelimit"):
                    self.say(p, replies.pop(0))
                continue
            assert len(base64.b64decode(ask.get("bytes", ""))) <= PIECE, "a piece is too long"
            self.pieces[ask["kind"]] = self.pieces.get(ask["kind"], b"") + base64.b64decode(ask.get("bytes", ""))
            if ask.get("more"):
                continue
            ask["bytes"] = self.pieces.pop(ask["kind"])
            if ask["kind"] == "value":
                self.say(p, values(ask) if values else {"Err": "not in the record: " + ask["what"]})
                continue
            self.asks.append(ask)
            for reply in answer(ask):
                self.say(p, reply)
        p.stdin.close()
        self.err = p.stderr.read().decode()
        self.status = p.wait()
        p.stdout.close()
        p.stderr.close()
        # what a machine lacks is said first
        self.events = [e for e in self.events if "WarnOnce" not in (e.get("Log") or {})]

    @staticmethod
    def say(p, reply):
        p.stdin.write(json.dumps(reply).encode() + b"\n")
        p.stdin.flush()

    def logs(self):
        return [e["Log"]["Info"] for e in self.events if "Info" in (e.get("Log") or {})]

    def end(self):
        return self.events[-1].get("Exit") if self.events else None

    def __str__(self):
        return f"events {self.events}\nasks {[{**a, 'bytes': a['bytes'][:80]} for a in self.asks]}\n{self.err}"


def pieces(data, **last):
    """The lines that answer with these bytes."""
    lines = []
    while len(data) > PIECE:
        lines.append(ok(bytes=b64(data[:PIECE]), more=True))
        data = data[PIECE:]
    return lines + [ok(bytes=b64(data), more=False, **last)]


def http(tap):
    body = b"x" * (3 * PIECE + 5)
    answers = {
        "GET http://one.example.com/a": pieces(b"HTTP/1.1 302 Found\r\nLocation: https://two.example.com/b\r\nSet-Cookie: k=v; Domain=example.com\r\n"
                                               b"Content-Length: 0\r\n\r\n", server="192.0.2.1:80"),
        "GET https://two.example.com/b": pieces(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
                                                server="192.0.2.2:443"),
    }
    play = Play("""function run()
        local s = http_mksession()
        local r = http_send(http_request(s, 'GET', 'http://one.example.com/a', {follow_redirects=5}))
        if last_err() then return end
        info(#r['text']) info(r['ipaddr']) info(r['status'])
    end""", lambda ask: answers[ask["what"]])
    tap.check("http: hops, a cookie, chunks and pieces", play.logs() == [f"{float(len(body))}", '"192.0.2.2"', "200.0"], play)
    tap.check("http: each hop is asked for as it would be sent", [a["what"] for a in play.asks] == list(answers) and
              play.asks[0]["bytes"].startswith(b"GET /a HTTP/1.1\r\n"), play)

    sent = b"y" * (2 * PIECE)
    play = Play(f"""function run()
        local s, ys = http_mksession(), 'y'
        for i = 1, 17 do ys = ys .. ys end
        http_fetch(http_request(s, 'POST', 'http://one.example.com/', {{body=ys}}))
    end""", lambda ask: pieces(b"HTTP/1.1 404 Not Found\r\n\r\n"))
    tap.check("http: a long request comes in pieces", play.asks and play.asks[0]["bytes"].endswith(b"\r\n\r\n" + sent), play)
    tap.check("http: an end of the run as it was", play.end() == {"Err": "http status error: 404"}, play)

    code = """function run()
        http_send(http_request(http_mksession(), 'GET', 'https://one.example.com/', {}))
        info(last_err())
    end"""
    error = "error trying to connect: invalid certificate: CertExpired"
    play = Play(code, lambda ask: [ok(error=[error])])
    tap.check("http: an error that was recorded", play.logs() == [json.dumps(error)], play)
    play = Play(code, lambda ask: [{"Err": "not in the record: " + ask["what"]}])
    tap.check("http: what nobody recorded is named", play.logs() == ['"not in the record: GET https://one.example.com/"'], play)
    play = Play(code, lambda ask: pieces(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"))
    tap.check("http: an answer that was cut is cut", play.logs() and play.logs()[0].startswith('"error reading a body from connection'), play)


def message(name, rcode, *ips):
    wire = b"".join(bytes([len(x)]) + x for x in name.split(b".")) + b"\0"
    m = b"\x12\x34" + (0x8180 | rcode).to_bytes(2, "big") + b"\0\1" + len(ips).to_bytes(2, "big") + b"\0\0\0\0" + wire + b"\0\1\0\1"
    m += b"".join(b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes(ip) for ip in ips)
    return len(m).to_bytes(2, "big") + m


def dns(tap):
    code = """function run()
        local r = dns('a.example.com', {record='A', nameserver='192.0.2.53:53'})
        if last_err() then info(last_err()) return end
        if r['error'] then info(r['error']) return end
        info(r['answers'][1][2]['A'])
    end"""
    play = Play(code, lambda ask: pieces(message(b"a.example.com", 0, (192, 0, 2, 9))), needs="none")
    tap.check("dns: an answer", play.logs() == ['"192.0.2.9"'] and play.asks[0]["what"] == "A a.example.com @192.0.2.53:53", play)
    play = Play(code, lambda ask: pieces(message(b"a.example.com", 2) + message(b"a.example.com", 3)), needs="none")
    tap.check("dns: of several the last", play.logs() == ['"NXDomain"'], play)
    play = Play(code, lambda ask: [ok(error=["192.0.2.53:53 does not answer", "DNS query timed out"])], needs="none")
    tap.check("dns: an error with its cause", play.logs() == ['"DNS query timed out"'] and
              play.end() == {"Err": "DNS query timed out: 192.0.2.53:53 does not answer"}, play)
    for n in (0, 1, 2, 20):
        play = Play(code, lambda ask: pieces(message(b"a.example.com", 0)[:n]), needs="none")
        tap.check(f"dns: a record that is cut at {n}", len(play.logs()) == 1 and "is cut" in play.logs()[0] or
                  n == 20 and len(play.logs()) == 1, play)


class Server:
    """A recorded connection: what reads give, in order."""

    def __init__(self, reads):
        self.reads, self.written = list(reads), b""

    def answer(self, ask):
        if ask["kind"] == "connect":
            return [ok(id=7, server="192.0.2.1:25")]
        if ask["kind"] == "write":
            self.written += ask["bytes"]
            return [ok()]
        got = self.reads.pop(0) if self.reads else {"fault": "end"}
        return [ok(**got)] if isinstance(got, dict) else pieces(got)


def sock(tap):
    server = Server([b"220 mail.exa", b"mple.com\r\n250", {"fault": "timeout"}, b" ok\r\n", {"fault": "end"}])
    play = Play("""function run()
        local s = sock_connect('mail.example.com', 25, {read_timeout=5})
        info(sock_recvline(s))
        sock_sendline(s, 'HELO x')
        info(sock_recvline(s))
        info(sock_recvline(s))
        info(sock_recvall(s))
    end""", server.answer)
    tap.check("sock: reads end where they ended, a timeout among them", play.logs() == ['"220 mail.example.com\\r\\n"', '""', '"250 ok\\r\\n"', '""'] and
              play.end() == "Ok", play)
    tap.check("sock: what is written is asked about", server.written == b"HELO x\n", play)
    tap.check("sock: by name and port", play.asks[0]["what"] == "mail.example.com:25" and "tls" not in play.asks[0], play)

    play = Play("function run() local s = sock_connect('::1', 25, {tls=true}) sock_upgrade_tls(s, {}) end", Server([]).answer)
    tap.check("sock: TLS was spoken already", play.end() == {"Err": "Only tcp streams can be upgraded"} and play.asks[0].get("tls") is True and
              play.asks[0]["what"] == "[::1]:25", play)

    pem = "-----BEGIN CERTIFICATE-----\r\n%s\r\n-----END CERTIFICATE-----\r\n"
    server = Server([b"220 go ahead\r\n", b"secret"])
    play = Play("""function run()
        local s = sock_connect('mail.example.com', 25, {})
        sock_recvline(s)
        local c = sock_upgrade_tls(s, {disable_tls_verify=true})
        info(c['cert']) info(#c['cert_chain'])
        info(sock_recv(s))
    end""", lambda ask: pieces((pem % "CA" + pem % "LEAF").encode()) if ask["kind"] == "tls" else server.answer(ask))
    tap.check("sock: TLS is not spoken again, its chain is as it was", play.logs() == [json.dumps(pem % "LEAF"), "2.0", '"secret"'], play)

    play = Play("function run() local s = sock_connect('mail.example.com', 25, {}) sock_recv(s) end", Server([{"fault": "failed", "errno": 104}]).answer)
    tap.check("sock: a broken connection", play.end() == {"Err": "Connection reset by peer (os error 104)"}, play)
    play = Play("function run() sock_connect('mail.example.com', 25, {}) end", lambda ask: [ok(error=["couldn't connect: [(192.0.2.1, x)]"])])
    tap.check("sock: one that never came to be", play.end() == {"Err": "couldn't connect: [(192.0.2.1, x)]"}, play)


def waits(tap):
    play = Play("""function run() sleep(100000) ratelimit_throttle('x', 1, 1000) info(stdin_readline()) info(db_add('domain', {value='example.com'})) end""",
                None, replies=[ok(Retry={"secs": 100000, "nanos": 0}), {"Ok": "Pass"}, {"Ok": "line\n"}, ok(Inserted=5)], needs="none")
    # an Ok of a rate limit is {"Ok":{"Retry":..}}
    tap.check("no time passes, and the parent's answers are answers", play.logs() == ['"line\\n"', "5.0"] and play.end() == "Ok", play)


def values(tap):
    given = {"clock": [1500000000, 1500000007], "handle": ["00" * 64, "01" * 64]}
    code = """function run() info(time_unix()) info(datetime()) info(http_mksession()) info(http_mksession()) end"""
    play = Play(code, None, values=lambda ask: ok(value={"what": ask["what"], "value": given[ask["what"]].pop(0)}))
    tap.check("time and handles are those that were", play.logs() == ["1500000000.0", '"2017-07-14T02:40:07"', json.dumps("0" * 16), json.dumps("1" * 16)], play)
    play = Play(code, None)
    tap.check("without them it goes on with those of the system", len(play.logs()) == 4 and play.end() == "Ok", play)


def broken(tap):
    code = "function run() dns('a.example.com', 'A') end"
    for name, reply in {
            "no JSON of ours": {"Maybe": 1},
            "an answer that is none": {"Ok": 5},
            "no base64": ok(bytes="?"),
            "an unknown fault": ok(fault="x"),
            "a piece that is too long": ok(bytes=b64(b"x" * (PIECE + 3))),
            "an error without end": ok(error=["x"] * 17),
    }.items():
        play = Play(code, lambda ask: [reply], needs="none")
        tap.check(f"an answer of the host: {name}", isinstance(play.end(), dict) and "Err" in play.end() and play.status == 0, play)


def options(tap):
    for words in (["--replay"], ["--replay", "--spare", "--needs=net,broker"], ["--replay", "--spare", "--needs=none", "--fetch"]):
        p = subprocess.run([PROGRAM, "sandbox", *words, "a/b"], input=b"", capture_output=True)
        tap.check(f"{' '.join(words)}: refused", p.returncode == 2, p)
    play = Play("function run() end", None, needs="none")
    tap.check("a module that asks for nothing", play.end() == "Ok" and play.asks == [], play)


if __name__ == "__main__":
    t = jail.Tap()
    for part in (http, dns, sock, waits, values, broken, options):
        part(t)
    t.end()
