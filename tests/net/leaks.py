#!/usr/bin/env python3
"""leaks.py SN0INT [CASE...]: where a module's connections and the host's own go, by a capture of all packets that are sent. TAP.

In a network namespace of its own, with another one behind a veth pair that answers on every address (leaks_world.py): what would leak, would
connect. With a proxy set, every packet goes to the proxy. Without one, none goes to an address that the policy refuses. Needs root; skipped by
name where namespaces are refused.
"""
import ctypes
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]
import tap  # noqa: E402
from tap import has, same  # noqa: E402
from trap import Trap  # noqa: E402

HEADER = "-- Description: leaks\n-- Version: 0.1.0\n-- License: GPL-3.0\n\n"
ETH_P_ALL, PACKET_OUTGOING, CLONE_NEWNET = 3, 4, 0x40000000
PUBLIC, NAMESERVER, LAN = "93.184.215.14", "93.184.215.53", "10.7.0.1"
SN0INT = None

# one connection of every kind to HOST
KINDS = {
    "http": "local s = http_mksession() http_fetch(http_request(s, 'GET', 'http://HOST/', {timeout=5000}))",
    "https": "local s = http_mksession() http_fetch(http_request(s, 'GET', 'https://HOST/', {timeout=5000}))",
    "redirect": "local s = http_mksession() http_fetch(http_request(s, 'GET', 'http://FIRST/to?http://HOST/', {follow_redirects=3, timeout=5000}))",
    "sock": "local s = sock_connect('HOST', 7, {connect_timeout=5, read_timeout=5})",
    "sock-tls": "local s = sock_connect('HOST', 443, {tls=true, connect_timeout=5, read_timeout=5})",
    "ws": "local s = ws_connect('ws://HOST/', {connect_timeout=5, read_timeout=5})",
    "wss": "local s = ws_connect('wss://HOST/', {connect_timeout=5, read_timeout=5})",
    "mqtt": "local s = mqtt_connect('mqtt://HOST', {connect_timeout=5, read_timeout=5})",
    "mqtts": "local s = mqtt_connect('mqtts://HOST:443', {connect_timeout=5, read_timeout=5})",
}
PORTS = {"http": 80, "https": 443, "redirect": 80, "sock": 7, "sock-tls": 443, "ws": 80, "wss": 443, "mqtt": 1883, "mqtts": 443}


class Capture:
    """Every TCP connection that was begun and every UDP datagram sent since the last look, on all interfaces. A socket that sees
    packets as they are sent: what a program did is there when it has ended."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
        self.socket.setblocking(False)

    def look(self):
        seen = set()
        while True:
            try:
                data, (_, proto, kind, *_) = self.socket.recvfrom(65536)
            except BlockingIOError:
                return seen
            if kind == PACKET_OUTGOING:
                packet = self.read(proto, data)
                if packet is not None:
                    seen.add(packet)

    def read(self, proto, data):
        if proto == 0x0800:
            next_header, to, rest = data[9], socket.inet_ntop(socket.AF_INET, data[16:20]), data[(data[0] & 15) * 4:]
        elif proto == 0x86dd:
            next_header, to, rest = data[6], socket.inet_ntop(socket.AF_INET6, data[24:40]), data[40:]
        else:
            return None
        if next_header == 17:
            return "udp", to, struct.unpack(">H", rest[2:4])[0]
        if next_header == 6 and rest[13] & 0x12 == 2:  # SYN without ACK
            return "tcp", to, struct.unpack(">H", rest[2:4])[0]
        return None


class World:
    """The other namespace, and this end of the wire."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "leaks_world.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, preexec_fn=new_namespace)
        for words in ("link set lo up", "link add v0 type veth peer name v1", f"link set v1 netns {self.process.pid}",
                      "addr add 10.7.0.2/24 dev v0", "link set v0 up", "route add default via 10.7.0.1"):
            subprocess.run(["ip", *words.split()], check=True)
        self.proxy = f"{LAN}:{self.tell()['proxy']}"

    def tell(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Home:
    def __init__(self, world, capture):
        self.world, self.capture = world, capture
        self.folder = tempfile.TemporaryDirectory(prefix="leaks")
        self.env = {"HOME": self.folder.name, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        # what the network lets through is asked here, not what a text names: a redirect goes where no text says
        self.configure("[run]\npermissions = \"off\"\n")
        world.tell()
        capture.look()

    def configure(self, text):
        path = os.path.join(self.env["HOME"], ".config/sn0int.toml")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a") as f:
            f.write(text)

    def command(self, *args, stdin=""):
        p = subprocess.run(args, capture_output=True, text=True, input=stdin, env=self.env, timeout=120)
        self.sent = self.capture.look()
        self.told = self.world.tell()
        self.proxied = [tuple(x) for x in self.told["proxied"]]
        return p.stdout + p.stderr

    def run(self, code, *args):
        """What the module logged and the host said; .sent and .proxied say where it went."""
        path = os.path.join(self.folder.name, "leaks.lua")
        with open(path, "w") as f:
            f.write(HEADER + "function run()\n" + code + "\ninfo('error: ' .. (last_err() or 'none')) clear_err()\nend\n")
        return self.command(SN0INT, "run", "-f", path, "-v", "--nameserver", f"{NAMESERVER}:53", *args)


def only(home, allowed, text):
    assert home.sent <= allowed, f"sent to {home.sent - allowed}\n{text}"


def proxy_of(home):
    host, port = home.world.proxy.split(":")
    return {("tcp", host, int(port))}


def connections_are_seen(home):
    """Otherwise nothing below means anything."""
    for kind, code in KINDS.items():
        out = home.run(code.replace("HOST", "pub.example.com").replace("FIRST", PUBLIC))
        same(home.sent, {("udp", NAMESERVER, 53), ("tcp", PUBLIC, PORTS[kind])}, out)


def every_kind_goes_through_the_proxy(home):
    for kind, code in KINDS.items():
        for host in ("pub.example.com", PUBLIC, "nowhere.example.com"):
            out = home.run(code.replace("HOST", host).replace("FIRST", "first.example.com"), "-X", home.world.proxy)
            same(home.sent, proxy_of(home), f"{kind} {out}")
            same(home.proxied, [("first.example.com", 80)] * (kind == "redirect") + [(host, PORTS[kind])], f"{kind} {out}")
            same(home.told["names"], {})


def the_configured_proxy_counts_as_well(home):
    home.configure(f'[network]\nproxy = "{home.world.proxy}"\n')
    for kind, code in KINDS.items():
        out = home.run(code.replace("HOST", "pub.example.com").replace("FIRST", PUBLIC))
        same(home.sent, proxy_of(home), f"{kind} {out}")
    home.command(SN0INT, "update-lists", "--psl", "http://pub.example.com/psl")
    same((home.sent, home.proxied), (proxy_of(home), [("pub.example.com", 80)]))


def no_name_server_is_asked_under_a_proxy(home):
    for options in ("'A'", "'TXT'", "{record='A', tcp=true}", "{record='AXFR', tcp=true}", f"{{record='A', nameserver='{NAMESERVER}:53'}}",
                    "{record='A', nameserver='127.0.0.1:53', tcp=true}"):
        out = home.run(f"dns('pub.example.com', {options})", "-X", home.world.proxy)
        only(home, proxy_of(home), out)
        assert not any(port == 53 and host.startswith("127.") for host, port in home.proxied), home.proxied
        assert "error: none" not in out, out


def a_module_cannot_name_another_proxy(home):
    other = Trap()
    for kind, code in KINDS.items():
        if kind == "redirect":
            continue
        code = code.replace("timeout=5", f"proxy='127.0.0.1:{other.port}', timeout=5", 1) if "http" in kind else code.replace(
            "{", f"{{proxy='127.0.0.1:{other.port}', ", 1)
        out = home.run(code.replace("HOST", "pub.example.com"), "-X", home.world.proxy)
        only(home, proxy_of(home), out)
        has(out, "Overriding the system proxy isn't allowed")
    same(other.look(), [])


def a_proxy_that_is_gone_is_not_replaced(home):
    dead = Trap()
    dead.close()
    for kind, code in KINDS.items():
        out = home.run(code.replace("HOST", "pub.example.com").replace("FIRST", PUBLIC), "-X", f"127.0.0.1:{dead.port}")
        same(home.sent, {("tcp", "127.0.0.1", dead.port)}, f"{kind} {out}")


def the_proxy_is_not_asked_for_what_is_refused(home):
    for host in ("127.0.0.1", "localhost", LAN, "169.254.169.254", "printer"):
        for kind in ("http", "redirect", "sock", "ws", "mqtt"):
            out = home.run(KINDS[kind].replace("HOST", host).replace("FIRST", "pub.example.com"), "-X", home.world.proxy)
            only(home, proxy_of(home), out)
            assert all(asked[0] == "pub.example.com" for asked in home.proxied), (host, kind, home.proxied)
            has(out, "refused: ")


# Texts that somebody on the way reads as a name or an address of this machine (as Lua writes them).
SPELLINGS = ("127.0.0.1\\0.example.com", "localhost\\0.example.com", "::ffff:127.0.0.1", "::ffff:127.0.0.1%1", "::1%lo", "64:ff9b::127.0.0.1",
             "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "127.0.0.1.", "LOCALHOST", "localhost.", "localhost..", " localhost",
             "127.0.0.1 ", "a.localhost", "printer.local", "localhost.localdomain", "nas.lan", "nas.home.arpa",
             "\\xef\\xbc\\x91\\xef\\xbc\\x92\\xef\\xbc\\x97.0.0.1", "127\\xe3\\x80\\x820.0.1", "\\xff.localhost")


def no_spelling_of_this_machine_gets_through_a_proxy(home):
    for host in SPELLINGS:
        for kind in ("sock", "ws", "mqtt", "http"):
            out = home.run(KINDS[kind].replace("HOST", host).replace("FIRST", "pub.example.com"), "-X", home.world.proxy)
            only(home, proxy_of(home), out)
            same((host, kind, home.proxied), (host, kind, []))
            assert "error: none" not in out and "error" in out, (host, kind, out)


def no_spelling_of_this_machine_gets_through(home):
    """Without a proxy; and with a name server that answers 127.0.0.1 to all of them (leaks_world.py)."""
    traps = [Trap("127.0.0.1", port) for port in sorted(set(PORTS.values()))]
    for host in SPELLINGS:
        for kind in ("sock", "ws", "mqtt", "http"):
            out = home.run(KINDS[kind].replace("HOST", host).replace("FIRST", "pub.example.com"))
            only(home, {("udp", NAMESERVER, 53)}, f"{host} {kind} {out}")
            assert "error: none" not in out and "error" in out, (host, kind, out)
    same([trap.look() for trap in traps], [[] for _ in traps])
    for trap in traps:
        trap.close()


def no_spelling_of_this_machine_gets_through_dns(home):
    """Asked for, it is a question for the name server and nobody else; as a name server it is none, or refused; a proxy sees neither."""
    traps = [Trap("127.0.0.1", 53)]
    for host in SPELLINGS:
        for tcp in ("false", "true"):
            out = home.run(f"dns('{host}', {{record='A', tcp={tcp}}}) clear_err()\n"
                           f"dns('pub.example.com', {{record='A', tcp={tcp}, nameserver='{host}:53'}})")
            only(home, {("tcp" if tcp == "true" else "udp", NAMESERVER, 53)}, f"{host} {out}")
            assert "error: none" not in out and "error" in out, (host, out)
        out = home.run(f"dns('{host}', {{record='A'}})", "-X", home.world.proxy)
        same((host, home.sent, home.proxied), (host, set(), []), out)
        assert "error: none" not in out and "error" in out, (host, out)
    same([trap.look() for trap in traps], [[]])
    traps[0].close()


def a_child_under_a_foreign_parent_keeps_to_the_proxy(home):
    child = os.path.join(os.path.dirname(SN0INT), "sn0int-sandbox")
    for kind, code in KINDS.items():
        start = {"arg": None, "blobs": [], "keyring": [], "options": {}, "proxy": home.world.proxy, "user_agent": None, "verbose": 0,
                 "dns_config": {"ns": [f"{NAMESERVER}:53"], "tcp": False, "timeout": {"nanos": 0, "secs": 3}},
                 "module": {"author": "a", "description": "x", "keyring_access": [], "name": "b", "private_module": False, "source": None,
                            "stealth": "Normal", "version": "0.1.0", "script": {"code": f"{HEADER}function run()\n{code}\nend\n".replace(
                                "HOST", "pub.example.com").replace("FIRST", PUBLIC)}}}
        out = home.command(child, "sandbox", "a/b", stdin=json.dumps(start) + "\n")
        same(home.sent, proxy_of(home), f"{kind} {out}")


def what_is_not_public_is_refused(home):
    trap = Trap("127.0.0.1", 80)
    hosts = ("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.7.0.2", LAN, "192.168.1.1", "172.16.0.1", "100.64.0.1", "169.254.169.254", "169.254.1.1",
             "224.0.0.1", "198.51.100.1", "lan.example.com", "meta.example.com")
    for host in hosts:
        for kind in ("http", "redirect", "sock", "ws", "mqtt"):
            out = home.run(KINDS[kind].replace("HOST", host).replace("FIRST", "pub.example.com"))
            only(home, {("udp", NAMESERVER, 53), ("tcp", PUBLIC, 80)}, f"{kind} {host} {out}")
            has(out, "refused: ")
    for host in ("[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[fe80::1]", "[fd00:ec2::254]", "[::]"):
        out = home.run(KINDS["http"].replace("HOST", host))
        same(home.sent, set(), out)
    same(trap.look(), [])
    trap.close()


def a_name_that_turns_inward_is_refused(home):
    """First public, then 127.0.0.1: what counts is the address of the connection."""
    trap = Trap("127.0.0.1", 80)
    fetch = KINDS["http"].replace("HOST/", "rebind.example.com/bye")
    out = home.run(f"{fetch}\ninfo('first: ' .. (last_err() or 'none')) clear_err()\n{fetch.replace('local s', 's')}")
    same(home.sent, {("udp", NAMESERVER, 53), ("tcp", PUBLIC, 80)}, out)
    has(out, "first: none", "connection to 127.0.0.1:80 refused: local address")
    for kind in ("sock", "ws", "mqtt"):
        once = KINDS[kind].replace("HOST", "rebind.example.com")
        out = home.run(f"{once}\nclear_err()\n{once}")
        same(home.sent, {("udp", NAMESERVER, 53), ("tcp", PUBLIC, PORTS[kind])}, out)
        has(out, "127.0.0.1")
    # a public address that does not answer, then one that must not
    out = home.run("sock_connect('both.example.com', 81, {connect_timeout=5})")
    same(home.sent, {("udp", NAMESERVER, 53), ("tcp", "93.184.215.15", 81)}, out)
    same(trap.look(), [])
    trap.close()


def a_name_server_of_the_module_is_judged(home):
    for server in ("127.0.0.1:53", "10.7.0.2:53", f"{LAN}:53", "169.254.169.254:53"):
        for tcp in ("false", "true"):
            out = home.run(f"dns('pub.example.com', {{record='A', tcp={tcp}, nameserver='{server}'}})")
            same(home.sent, set(), out)
            assert "error: none" not in out, out
    out = home.run(f"dns('pub.example.com', {{record='A', nameserver='{PUBLIC}:53'}})")
    same(home.sent, {("udp", PUBLIC, 53)}, out)


def the_host_is_judged_too(home):
    for url in (f"http://{LAN}/", "http://169.254.169.254/latest", "http://localhost/", "http://lan.example.com/", "http://meta.example.com/",
                f"http://{PUBLIC}/to?http://{LAN}/", f"http://{PUBLIC}/to?http://meta.example.com/"):
        out = home.command(SN0INT, "update-lists", "--psl", url, "--nameserver", f"{NAMESERVER}:53")
        only(home, {("udp", NAMESERVER, 53), ("tcp", PUBLIC, 80)}, out)
        has(out, "Error: ")
    out = home.command(SN0INT, "update-lists", "--psl", "http://pub.example.com/psl", "--nameserver", f"{NAMESERVER}:53")
    same(home.sent, {("udp", NAMESERVER, 53), ("tcp", PUBLIC, 80)}, out)
    has(out, "updated")


CASES = [connections_are_seen, every_kind_goes_through_the_proxy, the_configured_proxy_counts_as_well, no_name_server_is_asked_under_a_proxy,
         a_module_cannot_name_another_proxy, a_proxy_that_is_gone_is_not_replaced, the_proxy_is_not_asked_for_what_is_refused,
         no_spelling_of_this_machine_gets_through_a_proxy, no_spelling_of_this_machine_gets_through, no_spelling_of_this_machine_gets_through_dns,
         a_child_under_a_foreign_parent_keeps_to_the_proxy, what_is_not_public_is_refused, a_name_that_turns_inward_is_refused,
         a_name_server_of_the_module_is_judged, the_host_is_judged_too]


def new_namespace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def open_world():
    """The world and the capture, or the reason why not."""
    if os.getuid() != 0:
        return "only root may make network namespaces", None
    if shutil.which("ip") is None:
        return "ip (package iproute2) is missing", None
    try:
        new_namespace()
        return World(), Capture()
    except (OSError, subprocess.SubprocessError) as e:
        return f"no network namespace: {e}", None


def main():
    global SN0INT
    SN0INT = os.path.abspath(sys.argv[1])
    world, capture = open_world()
    if capture is None:
        print(f"1..0 # SKIP {world}")
        return 0
    bad = tap.run(CASES, lambda case: case(Home(world, capture)), sys.argv[2:])
    world.close()
    return bad


sys.exit(main())
