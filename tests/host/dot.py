"""A strict reader of the part of DOT that a graph of rows needs, https://graphviz.org/doc/info/lang.html."""
import html
import re

TOKEN = re.compile(r'\s+|(?P<id>[A-Za-z_][A-Za-z0-9_]*)|(?P<quoted>"(?:[^"\\]|\\.|\\\n)*")|(?P<sign>->|[{}\[\];=,])', re.S)
KEYWORDS = {"node", "edge", "graph", "digraph", "subgraph", "strict"}


def tokens(text):
    at = 0
    while at < len(text):
        m = TOKEN.match(text, at)
        assert m, f"no token at {text[at:at + 40]!r}"
        at = m.end()
        if m.lastgroup:
            yield m.lastgroup, m.group()
    yield "end", ""


def shown(quoted):
    """What a label shows: the lexer undoes \\" alone, the label its own escapes, then entities."""
    inner = quoted[1:-1].replace('\\"', '"')
    out = ""
    while inner:
        if inner[0] == "\\":
            assert len(inner) > 1 and inner[1] == "\\", f"an escape that draws something else: {quoted}"
            out, inner = out + "\\", inner[2:]
        else:
            out, inner = out + inner[0], inner[1:]
    return html.unescape(out)


class Graph:
    def __init__(self, text):
        self.nodes, self.edges, self.set = {}, [], {}
        self.token = tokens(text)
        self.kind, self.text = next(self.token)
        self.take("digraph")
        self.take("sn0int")
        self.take("{")
        while self.text != "}":
            self.statement()
            self.take(";")
        self.take("}")
        assert self.kind == "end", f"{self.text!r} behind the graph"
        for a, b, _ in self.edges:
            assert a in self.nodes and b in self.nodes, f"an edge to no node: {a} -> {b}"

    def take(self, text=None):
        was = self.text
        assert text in (None, was), f"{was!r} and not {text!r}"
        self.kind, self.text = next(self.token)
        return was

    def value(self):
        kind = self.kind
        assert kind in ("id", "quoted"), f"{self.text!r} is no value"
        return shown(self.take()) if kind == "quoted" else self.take()

    def attributes(self):
        found = {}
        if self.text != "[":
            return found
        self.take("[")
        while True:
            name = self.take()
            self.take("=")
            assert name not in found
            found[name] = self.value()
            if self.text != ",":
                break
            self.take(",")
        self.take("]")
        return found

    def statement(self):
        assert self.kind == "id", f"{self.text!r} begins no statement"
        name = self.take()
        if self.text == "=":
            self.take("=")
            self.set[name] = self.value()
        elif self.text == "->":
            self.take("->")
            assert self.kind == "id" and self.text not in KEYWORDS
            self.edges.append((name, self.take(), self.attributes()))
        elif name in KEYWORDS:
            self.set[name] = self.attributes()
        else:
            assert name not in self.nodes, f"{name} is there twice"
            self.nodes[name] = self.attributes()
