"""What a child says, as lines; and without what belongs to the machine: it is told first which layers of the jail it lacks (docs/jail.md)."""
import json
import re

LACKS = r"sandbox: (?:no |files are protected by Landlock)"


def without_layers(lines):
    """Parsed lines of a child."""
    while lines and isinstance(lines[0], dict) and re.match(LACKS, str((lines[0].get("Log") or {}).get("WarnOnce", ""))):
        lines = lines[1:]
    return lines


def without_warnings(text):
    """What `sn0int run` prints."""
    return re.sub(rf"(?m)^\[!\] {LACKS}.*\n", "", text)


def first_line(stream):
    """The same while it runs: bytes, b"" at the end."""
    line = stream.readline()
    while re.match(rf"\[!\] {LACKS}".encode(), line):
        line = stream.readline()
    return line


def read(out):
    """The lines of a child's output, parsed; {"not json": text} where they are no JSON."""
    lines = []
    for line in out.decode("utf-8", "replace").splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            lines.append({"not json": line})
    return without_layers(lines)


def kind(lines):
    """Of the Exit line: "Ok", "Err" ...; None: there is none."""
    e = lines[-1].get("Exit") if lines and isinstance(lines[-1], dict) else None
    return e if isinstance(e, str) or e is None else next(iter(e))
