"""A name server that says of some questions what knot would not: a code, noise, nothing, too much. All else it asks knot.

What it says is a function of a Query that gives the messages of the answer, a list; none over TCP is the end of the connection, SILENCE is no end.
"""
import random
import socket
import socketserver
import struct

from world import Threads

TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 47: "NSEC", 51: "NSEC3PARAM", 52: "TLSA", 252: "AXFR", 257: "CAA"}
LARGE = 60000  # bytes of what is added; a message has at most 65535
SILENCE = None


class Query:
    """bytes: as it came; name: without the final dot; kind: "MX"; tcp: whether it came over TCP; upstream: the port of knot."""

    def __init__(self, data, tcp, upstream):
        self.bytes, self.tcp, self.upstream, labels, at = data, tcp, upstream, [], 12
        while data[at]:
            labels.append(data[at + 1:at + 1 + data[at]].decode())
            at += 1 + data[at]
        self.name, self.end = ".".join(labels), at + 5
        self.kind = TYPES[struct.unpack_from("!H", data, at + 1)[0]]

    def message(self, code=0, truncated=False, answers=(), count=None):
        """An answer; each of answers is a record as bytes; count: what is claimed."""
        flags = 0x8180 | code | (0x200 if truncated else 0)
        head = self.bytes[:2] + struct.pack("!5H", flags, 1, len(answers) if count is None else count, 0, 0)
        return head + self.bytes[12:self.end] + b"".join(answers)

    def ask(self):
        """What knot answers, a message or those of a zone."""
        if not self.tcp:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.settimeout(10)
                s.sendto(self.bytes, ("127.0.0.1", self.upstream))
                return [s.recv(65535)]
        with socket.create_connection(("127.0.0.1", self.upstream), 10) as s, s.makefile("rb") as f:
            s.sendall(struct.pack("!H", len(self.bytes)) + self.bytes)
            return [f.read(*struct.unpack("!H", f.read(2)))]


def wire(name):
    """A name, text or bytes, as it is in a message; "" is the name that was asked for."""
    name = name.encode() if isinstance(name, str) else name
    return b"".join(bytes([len(part)]) + part for part in name.split(b".")) + b"\0" if name else b"\xc0\x0c"


def record(owner, kind, data):
    """One as bytes, data as well."""
    number = next(number for number, name in TYPES.items() if name == kind)
    return wire(owner) + struct.pack("!HHIH", number, 1, 300, len(data)) + data


def txt(owner, text):
    return record(owner, "TXT", bytes([len(text)]) + text)


SOA = record("", "SOA", wire("") + wire("") + struct.pack("!5I", 1, 2, 3, 4, 5))


def zone(*records, whole=True):
    """A zone of these records, each message with as many as fit, or one that ends before its end."""
    def says(query):
        messages, now, size = [], [], 0
        for one in [SOA, *records, SOA] if whole else [SOA, *records]:
            if size + len(one) > LARGE:
                messages.append(query.message(answers=now))
                now, size = [], 0
            now.append(one)
            size += len(one)
        return [*messages, query.message(answers=now)]
    return says


def says(*records):
    return lambda query: [query.message(answers=records)]


def failed(query):
    return [query.message(2)]


def refuses(query):
    return [query.message(5)]


def noise(query):
    """Bytes that are no message, and one that ends in the middle of a record, with the right id."""
    own = random.Random(query.name + query.kind)
    return [own.randbytes(200), query.bytes[:2] + own.randbytes(100), query.message(answers=[b"\xc0\x0c\0\1\0\1\0\0\1"], count=1)]


def silent(query):
    return SILENCE


def cut(query):
    """Too long for UDP, and there is no TCP."""
    return [] if query.tcp else [query.message(truncated=True)]


def large(query):
    """As long as a message can be: what knot says, and texts."""
    if not query.tcp:
        return [query.message(truncated=True)]
    said = query.ask()[0]
    count = struct.unpack_from("!H", said, 6)[0]
    if not query.bytes[12:query.end] == said[12:query.end]:
        return [said]
    at = query.end
    for _ in range(count):  # behind the answers; knot's are compressed, so each begins with a pointer or a whole name
        at = behind(said, at)
    more = [txt("", b"x" * 240)] * (LARGE // 253)
    return [said[:6] + struct.pack("!3H", count + len(more), 0, 0) + said[12:at] + b"".join(more)]


def behind(message, at):
    """Where the record at `at` ends."""
    while message[at] and message[at] < 0xc0:
        at += 1 + message[at]
    at += 1 if not message[at] else 2
    return at + 10 + struct.unpack_from("!H", message, at + 8)[0]


class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        for message in self.server.owner.answer(data, False) or ():
            sock.sendto(message, self.client_address)


class Tcp(socketserver.StreamRequestHandler):
    def handle(self):
        size = self.rfile.read(2)
        if len(size) < 2:
            return
        messages = self.server.owner.answer(self.rfile.read(*struct.unpack("!H", size)), True)
        if messages is SILENCE:
            self.rfile.read(1)
            return
        try:
            for message in messages:
                self.wfile.write(struct.pack("!H", len(message)) + message)
        except OSError:
            pass  # whoever asked has had enough


class ThreadsUdp(socketserver.ThreadingUDPServer):
    daemon_threads = True
    max_packet_size = 65535


class NameServer:
    """.says: {"[TYPE] [NAME]": function of a Query}, "" is everything; .port: of UDP and of TCP."""

    def __init__(self, world):
        self.upstream, self.says = world.dns, {}
        while True:
            tcp = Threads(("127.0.0.1", 0), Tcp)
            self.port = tcp.server_address[1]
            try:
                udp = ThreadsUdp(("127.0.0.1", self.port), Udp)
                break
            except OSError:
                tcp.server_close()
        tcp.owner = udp.owner = self
        world.listen(tcp)
        world.listen(udp)

    def answer(self, data, tcp):
        query = Query(data, tcp, self.upstream)
        for key, says in self.says.items():
            if key in ("", query.kind, query.name, f"{query.kind} {query.name}"):
                return says(query)
        return query.ask()
