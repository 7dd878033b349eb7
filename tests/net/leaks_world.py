"""leaks_world.py: everything outside, in a network namespace of its own: any address answers here, the metadata service and the neighbours' too.

Started by leaks.py with one end of a veth pair, v1. Speaks JSON lines: what it is asked on standard input, answers on standard output.
"""
import base64
import hashlib
import json
import os
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import threading
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from trap import Proxy, receive  # noqa: E402

CERTS = os.path.join(os.path.dirname(HERE), "vectors/net/servers/certs")
PUBLIC, NAMESERVER = "93.184.215.14", "93.184.215.53"
NAMES = {
    "pub.example.com": [[PUBLIC]],
    "rebind.example.com": [[PUBLIC], ["127.0.0.1"]],  # in turn
    "both.example.com": [["93.184.215.15", "127.0.0.1"]],
    "lan.example.com": [["10.7.0.1"]],
    "meta.example.com": [["169.254.169.254"]],
}
TURNED = ("localhost", "localdomain", "local", "lan", "home.arpa")  # a name server that means harm: whatever ends in these is this machine
asked = {}


def read_request(s):
    data = b""
    while b"\r\n\r\n" not in data:
        more = s.recv(4096)
        if not more:
            return None
        data += more
    head = data.decode("latin-1").split("\r\n")
    fields = [line.split(": ", 1) for line in head[1:] if ": " in line]
    return head[0].split(" ")[1], {name.lower(): value for name, value in fields}


class Web(socketserver.BaseRequestHandler):
    """/to?URL leads there, /bye is the last of its connection; whoever wants a WebSocket gets one; the rest is a list of suffixes."""

    def handle(self):
        while True:
            request = read_request(self.request)
            if request is None:
                return
            path, fields = request
            if "sec-websocket-key" in fields:
                self.upgrade(fields)
                return
            body = b"// ===BEGIN ICANN DOMAINS===\ncom\n// ===END ICANN DOMAINS===\n"
            head = "200 OK"
            if path.startswith("/to?"):
                head, body = "302 Found\r\nLocation: " + urllib.parse.unquote(path[4:]), b""
            if path == "/bye":
                head += "\r\nConnection: close"
            self.request.sendall(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            if path == "/bye":
                return

    def upgrade(self, fields):
        self.request.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                             accept_of(fields["sec-websocket-key"]) + b"\r\n\r\n")
        self.request.sendall(b"\x81\x05hello")
        self.request.recv(100)


def accept_of(key):
    return base64.b64encode(hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())


class Mqtt(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(1000)
        self.request.sendall(b"\x20\x02\x00\x00")
        self.request.recv(1000)


class Line(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b"hello\n")
        self.request.recv(100)


def answer(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    question, kind = query[12:at + 5], struct.unpack(">H", query[at + 1:at + 3])[0]
    name = ".".join(labels).lower()
    is_turned = name.endswith(TURNED)
    turns = [["127.0.0.1"]] if is_turned else NAMES.get(name, [[]])
    addresses = turns[min(asked.get(name, 0), len(turns) - 1)] if kind == 1 else []
    asked[name] = asked.get(name, 0) + 1
    flags = 0x8180 if is_turned or name in NAMES else 0x8183
    out = query[:2] + struct.pack(">HHHHH", flags, 1, len(addresses), 0, 0) + question
    for address in addresses:
        out += b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4" + socket.inet_aton(address)
    return out


class UdpNames(socketserver.BaseRequestHandler):
    def handle(self):
        data, s = self.request
        s.sendto(answer(data), self.client_address)


class TcpNames(socketserver.BaseRequestHandler):
    def handle(self):
        n, = struct.unpack(">H", receive(self.request, 2))
        out = answer(receive(self.request, n))
        self.request.sendall(struct.pack(">H", len(out)) + out)


class Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True

    def handle_error(self, *_):
        pass


def listen(server):
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def main():
    sys.stdin.readline()  # v1 is here
    ip("link", "set", "lo", "up")
    ip("addr", "add", "10.7.0.1/24", "dev", "v1")
    ip("link", "set", "v1", "up")
    ip("route", "add", "local", "0.0.0.0/0", "dev", "lo")  # every address is ours
    for port, handler in ((80, Web), (1883, Mqtt), (7, Line), (53, TcpNames)):
        listen(Tcp(("0.0.0.0", port), handler))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(CERTS, "good.pem"), os.path.join(CERTS, "good.key"))
    tls = Tcp(("0.0.0.0", 443), Web)
    tls.socket = context.wrap_socket(tls.socket, server_side=True)
    listen(tls)
    for address in (PUBLIC, NAMESERVER, "10.7.0.1", "169.254.169.254"):  # an answer comes from where the question went
        listen(socketserver.ThreadingUDPServer((address, 53), UdpNames))
    proxy = Proxy(lambda host, port: ("127.0.0.1", port), "0.0.0.0")
    print(json.dumps({"proxy": proxy.port}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"proxied": proxy.asked, "names": asked}), flush=True)
        proxy.asked = []
        asked.clear()


main()
