"""What a hostile service makes of an honest reply: the values, the text and the transport of it, by a random.Random."""
import copy
import functools
import gzip
import json
import re
from dataclasses import dataclass, field

from service import Reply

BYTES = 2 << 20
RAW = "@RAW%d@"  # stands for a piece of JSON that json.dumps() has no way to write
RAWS = ["[" * 100 + "]" * 100, "[" * 5000 + "]" * 5000, '{"a":' * 90 + "1" + "}" * 90, "1e400", "-1e308", "123456789012345678901234567890", "NaN", "00", "",
        '{"a":1,"a":[2],"":null,"value":{}}']
TEXTS = ["", "x", " ", "null", "a" * 70000, "a." * 200 + "test", "a\0b.shop.test", "\0", "a\nb.shop.test", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\u202eabc", "\u0085",
         "other.test", "www.other.test", "shop.test.other.test", "notshop.test", "*.shop.test", "*", ".shop.test", "..shop.test", "shop.test.", "-.shop.test",
         "../../etc/passwd", "/", "%00", "%2e%2e%2f", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://", "https://[::1", "http://other.test:99999/",
         "http://user:pw@other.test/", "//other.test/x", "http://other.test/\nX: y", "https://a b/", "a@b", "@", "a@b@c", "alice@other.test\n", "alice@",
         "256.1.1.1", "1.2.3", "::ffff:1.2.3.4", "fe80::1%eth0", "0x7f.1", "10.0.0.0/99", "192.0.2.0/24", "0000-00-00T00:00:00", "9999-99-99T99:99:99Z",
         "2026-02-30T25:61:61Z", "-1", "1e999", "99999999999999999999", "'; DROP TABLE domains; --", "<script>alert(1)</script>", "%s%d%n", "%1", "(.-)*[", "ÄÖ.test"]
VALUES = [None, True, False, 0, -1, 7, 1.5, 2**31, 2**53 + 1, 2**63 - 1, -2**63, 2**64 - 1, 1e300, [], {}, [[]], [None], [None, 7, "x"], [{}], {"a": 1}, {"1": "x"}]
# Whole answers of which nothing can be made; "[]", "{}" and the empty text are answers of some services.
GARBAGE = [b"7", b"true", b"-1e9", b'"text"', b"[" * 5000, b'{"a":', b"\0\0\0\0", b"\xff\xfe\x00", b"<html><body><h1>Welcome</h1>", b"{'a': 1}", b"\x1b[2J",
           b"<html><head><title>Log in</title></head><body><form action=/login></form></body></html>"]
NUMBERS = ["-1", "0", "1" + "0" * 30, "1e30", "soon", "", "Wed, 21 Oct 1915 07:28:00 GMT", "9" * 8000, "1;2", "0x10", "\x1b[31m"]
LIMITS = ("Retry-After", "x-ratelimit-reset", "x-ratelimit-remaining", "RateLimit-Reset", "X-RateLimit-Limit")
REFUSED = (401, 403, 429, 500, 502, 503, 520)
ELSEWHERE = ["http://other.test:@PORT@/x", "//other.test:@PORT@/x", "http://127.0.0.1.other.test:@PORT@/", "http://@BASE@@other.test:@PORT@/"]
NOWHERE = ["", "javascript:alert(1)", "file:///etc/passwd", "http://", "http://[", "\x01", "x" * 9000]


@dataclass
class Sent(Reply):
    """A reply, and how it is sent: cut or drip: the bytes before the end or the pause; length: what is claimed."""
    cut: int = None
    drip: int = None
    more: list = field(default_factory=list)


def nodes(value, path=()):
    """The paths to all that is in a value, itself first."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from nodes(inner, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def replaced(value, path, new):
    if not path:
        return new
    value = copy.deepcopy(value)
    at(value, path[:-1])[path[-1]] = new
    return value


def odd_value(r, old):
    """In most cases one of the kind that was there, for what a type alone gives away says nothing of what is in it."""
    kind = r.random()
    if kind < 0.1:
        return RAW % r.randrange(len(RAWS))
    if kind < 0.45:
        return r.choice(VALUES)
    text = r.choice(TEXTS)
    if isinstance(old, str) and old and r.random() < 0.4:
        return r.choice([old + text, text + old, old.upper(), old + "\0", old + "\n", old + "\x1b[31m", old.replace(".", ".."), old[: len(old) // 2], old + "/../x",
                         old.replace("https://", "javascript://").replace("http://", "ftp://")])
    return text


def written(value):
    text = json.dumps(value, ensure_ascii=False)
    for i, raw in enumerate(RAWS):
        text = text.replace('"' + RAW % i + '"', raw)
    return text


def of_json(r, value):
    """Some of what is in it replaced, left out, said twice or many times."""
    for _ in range(r.choice((1, 1, 1, 2, 5))):
        path = r.choice(list(nodes(value)))
        old, how = at(value, path), r.random()
        if path and how < 0.1:
            value = copy.deepcopy(value)
            del at(value, path[:-1])[path[-1]]
        elif how < 0.2 and isinstance(old, list) and old:
            value = replaced(value, path, old * 50 + [None] + old)
        else:
            value = replaced(value, path, odd_value(r, old))
    text = written(value)
    if r.random() < 0.05 and text.startswith("{") and len(text) > 2:
        return text[:-1] + "," + text[1:-1].replace('":', '": ', 1) + "}"
    return text


def of_text(r, text):
    how, spot = r.randrange(6), r.randrange(len(text) + 1)
    word = r.choice(TEXTS)
    if how == 0:
        return text[:spot]
    if how == 1:
        return text[:spot] + word + text[spot:]
    if how == 2:
        return text[spot:] + text[:spot]
    if how == 3:
        return text.replace(r.choice(re.findall(r"[\w.@:-]+", text) or ["x"]), word)
    if how == 4:
        lines = text.split("\n")
        lines[r.randrange(len(lines))] = word
        return "\n".join(lines)
    return text.replace(r.choice('<>"\n,;:|= '), r.choice(["", "\0", "\n", '"', "<", "\t"]))


def body(r, reply):
    """The reply with another body."""
    value, text = reply.body, None
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            data = bytearray(value)
            for _ in range(r.randrange(1, 9)):
                data[r.randrange(len(data))] = r.randrange(256)
            return Sent(bytes(data), reply.status, reply.type, reply.headers)
    if isinstance(value, str):
        try:
            text = of_json(r, json.loads(value)) if value[:1] in "[{" and value else of_text(r, value)
        except ValueError:
            text = of_text(r, value)
    else:
        text = of_json(r, value)
    return Sent(text.encode("utf-8", "surrogatepass"), reply.status, reply.type, reply.headers)


def flood(r, reply, many):
    """The longest list of a JSON body, so many times and in at most BYTES, each time with other names, or all texts different."""
    value = reply.body
    if isinstance(value, (str, bytes)):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    lists = [p for p in nodes(value) if isinstance(at(value, p), list) and any(at(value, p))]
    if not lists:
        return None
    path = max(lists, key=lambda p: len(at(value, p)))
    items = [json.dumps(item) for item in at(value, path) if item]
    many = min(many, BYTES * len(items) // sum(map(len, items)))
    what = r.choice([r"(?<![\w.@/-])(www|mail|alice)(?=[.@])", r'(?<=")([A-Za-z0-9]\w+)(?=[\w.@:/ -]*"(?!:))'])

    def numbered(i):
        return re.sub(what, rf"\g<1>{i}", items[i % len(items)])
    rest = written(replaced(value, path, "@HERE@"))
    return Sent(rest.replace('"@HERE@"', "[" + ",".join(map(numbered, range(many))) + "]").encode(), reply.status, reply.type, reply.headers)


def transport(r, reply, data):
    """The honest body, badly sent; whether it can still be understood is not said."""
    how = r.randrange(7)
    if how == 0:
        return Sent(data, 200, r.choice(["text/html", "image/png", "text/html; charset=utf-16", "", "application/octet-stream", "\x01", "x" * 9000]), reply.headers)
    if how == 1:
        return Sent(data, reply.status, reply.type, {**reply.headers, "Content-Encoding": r.choice(["gzip", "deflate", "br", "x", "gzip, gzip"])})
    if how == 2:
        squeezed = gzip.compress(data)
        return Sent(squeezed[: r.randrange(len(squeezed))], reply.status, reply.type, {**reply.headers, "Content-Encoding": "gzip"})
    if how == 3:
        return Sent(data, reply.status, reply.type, reply.headers, cut=r.randrange(len(data) + 1))
    if how == 4:
        return Sent(data, reply.status, reply.type, reply.headers, drip=r.randrange(len(data) + 1))
    if how == 5:
        return Sent(data, r.choice([204, 206, 300, 304, 418, 599, 999]), reply.type, reply.headers)
    return Sent(data, reply.status, reply.type, reply.headers, more=[(f"X-{r.randrange(99)}", "x" * r.choice([0, 1, 4000])) for _ in range(r.choice([1, 30]))])


@functools.cache
def squeezed_list():
    """300 MB of JSON, in 1.4 MB."""
    return gzip.compress(b"[" + b" " * (300 << 20) + b"]", 1)


def bomb(reply):
    return Sent(squeezed_list(), 200, reply.type, {"Content-Encoding": "gzip"})


def refused(r):
    page = r.choice([b"", b"null", b"[]", b"{}", b'{"message":7}', b'{"error":["x"],"message":{"a":1}}', b"<html>", b'"x"', b"\0\x1b[31m" + b"x" * 100000])
    return Sent(page, r.choice(REFUSED), "application/json", {name: r.choice(NUMBERS) for name in LIMITS if r.random() < 0.6})


def moved(r):
    return Sent(b"[]", r.choice([301, 302, 303, 307, 308]), "text/html", {"Location": r.choice(ELSEWHERE + NOWHERE + ["@SELF@", "/?again"])})


def garbage(r):
    return Sent(r.choice(GARBAGE), 200, "application/json")
