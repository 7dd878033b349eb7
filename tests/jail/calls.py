"""Numbers of system calls, as the jail itself has them: its table, src/sandbox/jail/calls.def."""
import os
import platform
import re

TABLE = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "src/sandbox/jail/calls.def")


def read(path=TABLE):
    """{architecture: {name: number}}, without the calls that it does not have."""
    with open(path) as f:
        text = f.read()
    archs = re.search(r"^ \*\s+CALL\(name, ([^)]*)\)", text, re.M).group(1).split(", ")
    numbers = {arch: {} for arch in archs}
    for name, row in re.findall(r"^CALL\((\w+), ([^)]*)\)", text, re.M):
        for arch, nr in zip(archs, row.split(", ")):
            if nr != "NO":
                numbers[arch][name] = int(nr)
    return numbers


MACHINE = platform.machine()
# those of this machine; empty if the jail has no table for it
HERE = read().get(MACHINE, {})
