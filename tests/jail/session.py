#!/usr/bin/env python3
"""session.py CHILD: a child that is asked for chunks (docs/wire.md, "Sessions"), and this script as its host. TAP."""
import json
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import child as jail

PROGRAM = sys.argv[1]
WAIT = 60


class Session:
    """What it says to the text of a module and to chunks. behind, before: what is written with the start line, and with each chunk."""

    def __init__(self, code, *chunks, behind="", before=""):
        self.events, chunks = [], list(chunks)
        p = subprocess.Popen([PROGRAM, "sandbox", "--spare", "--needs=none", "--repl", "anonymous/test"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        # one that never ends is ended, and has said no last line then
        late = threading.Timer(WAIT, p.kill)
        late.start()
        p.stdin.write((jail.start_line(code, verbose=0) + behind).encode())
        p.stdin.flush()
        for raw in p.stdout:
            event = json.loads(raw)
            if "WarnOnce" in (event.get("Log") or {}):
                continue
            self.events.append(event)
            if "Chunk" in event:
                p.stdin.write(before.encode() + json.dumps({"Ok": chunks.pop(0) if chunks else None}).encode() + b"\n")
                p.stdin.flush()
        late.cancel()
        p.stdin.close()
        self.status = p.wait()
        p.stdout.close()

    def of(self, kind):
        return [e[kind] for e in self.events if kind in e]

    def __str__(self):
        return f"{self.events}, status {self.status}"


def interrupts(tap):
    s = Session("while true do end", behind='"Interrupt"\n')
    tap.check("one that is read with the start line ends the module's text", s.of("Exit") == [{"Err": "interrupted"}], s)
    s = Session("", "1", before='"Interrupt"\n')
    tap.check("one that came before a chunk is passed over", [r["value"] for r in s.of("Result")] == ["1.0"] and s.of("Exit") == ["Ok"], s)


def what_is_left(tap):
    s = Session("json_decode('{')", "nil", "json_decode('{')")
    results = s.of("Result")
    tap.check("of the module's text it is said before the first chunk",
              "Error" in (s.events[0].get("Log") or {}) and "(test.lua:5: json_decode)" in s.events[0]["Log"]["Error"], s)
    tap.check("the first chunk has none of it", results[0] == {"more": False, "value": "null", "raised": None, "left": None}, s)
    tap.check("a chunk has its own", "(repl:1: json_decode)" in results[1]["left"] and results[1]["value"] is None, s)


if __name__ == "__main__":
    t = jail.Tap()
    for part in (interrupts, what_is_left):
        part(t)
    t.end()
