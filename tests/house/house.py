#!/usr/bin/env python3
"""The rules of the house, docs/map.md: what includes what, what is linked, where SQL and printing live. TAP."""
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SRC = os.path.join(TOP, "src")
BUILD, CC = sys.argv[1], sys.argv[2:]
WINGS = {"common": ["common"], "sandbox": ["sandbox", "common"], "host": ["host", "common"]}
# which rooms a room of common may include, and the jail
MAY = {
    "common/base": {"base"},
    "common/format": {"base", "format"},
    "common/model": {"base", "format", "model"},
    "common/net": {"base", "format", "net"},
    "common/ipc": {"base", "format", "model", "net", "ipc"},
    "sandbox/jail": {"base", "jail"},
}
# Calls that can put bytes on descriptors 1 and 2, and streams on them.
WRITERS = re.compile(r"^_*(IO_)?(v?[fd]?printf|puts|putchar|putc|fputs?|fputc|fwrite|perror|psignal|psiginfo|v?(err|warn)x?|error|"
                     r"error_at_line|v?syslog|write|write_all|writev|pwritev?2?(64)?|sendfile(64)?|splice|tee|vmsplice|copy_file_range|fflush|"
                     r"fopen(64)?|fdopen|fopencookie|popen|system|stdout|stderr|std(out|err)p|rl_\w+)(_chk|_unlocked)?$")
# The objects that may name one, and why.
MAY_WRITE = {
    "term_term.c.o": {"write_all": "the door"},
    "base_write.c.o": {"write": "what it is given; who calls it has a row here, too"},
    "term_edit.c.o": {"fflush": "the line editor draws", "fputs": "the same", "fputc": "the same", "rl_": "the same"},
    "state_file.c.o": {"write_all": "files of the user, which it opens itself"},
    "work_job.c.o": {"write": "the pipe to a child"},
    "loop_signal.c.o": {"write": "the pipe to ourselves"},
    "work_stop.c.o": {"write": "the pipe to ourselves"},
    "base_mem.c.o": {"write": "the last words, which are ours, where there is no memory for the door"},
}
NEEDED = {"liblua5.4.so.0", "libm.so.6", "libc.so.6"}


def files(suffix, under=SRC):
    for folder, _, names in os.walk(under):
        for name in sorted(names):
            if name.endswith(suffix):
                yield os.path.join(folder, name)


def relative(path):
    return os.path.relpath(path, SRC)


def compiles_alone(path):
    wing = relative(path).split("/")[0]
    args = CC + ["-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-x", "c", path]
    args += ["-I" + os.path.join(SRC, d) for d in WINGS[wing]] + ["-I" + os.path.join(BUILD, "src", wing)]
    p = subprocess.run(args, capture_output=True, text=True)
    return None if p.returncode == 0 else p.stderr


def headers_compile_alone():
    paths = list(files(".h"))
    # tables are pieces of the one file that includes them
    paths = [p for p in paths if not p.endswith("_table.h")]
    with ThreadPoolExecutor(2) as pool:
        bad = [r for r in pool.map(compiles_alone, paths) if r]
    return "\n".join(bad)


def sources_start_with_their_header():
    bad = []
    for path in files(".c"):
        header = path[:-2] + ".h"
        if not os.path.exists(header):
            continue
        first = re.search(r'#include\s+([<"][^>"]+[>"])', open(path).read())
        own = "/".join(relative(header).split("/")[1:])
        if first.group(1) != f'"{own}"':
            bad.append(f"{relative(path)} starts with {first.group(1)}, not with {own}")
    return "\n".join(bad)


def rooms_include_what_they_may():
    bad = []
    for path in list(files(".c")) + list(files(".h")):
        room = "/".join(relative(path).split("/")[:2])
        if room not in MAY:
            continue
        for name in re.findall(r'#include\s+"([^"]+)"', open(path).read()):
            if "/" in name and name.split("/")[0] not in MAY[room]:
                bad.append(f"{relative(path)} includes {name}")
    return "\n".join(bad)


def nothing_in_common_prints():
    bad = []
    for path in files(".c", os.path.join(SRC, "common")):
        for n, line in enumerate(open(path), 1):
            if re.search(r"\b(printf|puts|fputs|fprintf|perror)\(", line):
                bad.append(f"{relative(path)}:{n}: {line.strip()}")
    return "\n".join(bad)


def sql_is_in_db():
    bad = []
    for path in list(files(".c")) + list(files(".h")):
        if relative(path).startswith("host/db/"):
            continue
        text = open(path).read()
        if re.search(r"\bsqlite3_|\"(SELECT|INSERT|UPDATE|DELETE|CREATE) ", text):
            bad.append(relative(path))
    return "\n".join(bad)


def undefined(library):
    """Object and symbol of all that the objects of a library ask others for."""
    out = subprocess.run(["nm", "-A", "--undefined-only", os.path.join(BUILD, library)], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        object, symbol = re.match(r".*[:/]([^:/]+\.o):\s+[Uwv] (\S+)$", line).groups()
        yield object, symbol.split("@")[0]


def only_the_door_writes():
    """What reaches descriptors 1 and 2 went through term/: seen in the objects, where no macro hides a call."""
    bad, used = [], set()
    for library in ("src/host/libhost_rooms.a", "src/common/libcommon.a"):
        for object, symbol in undefined(library):
            if not WRITERS.match(symbol):
                continue
            name = symbol[:3] if symbol.startswith("rl_") else symbol
            used.add((object, name))
            if name not in MAY_WRITE.get(object, {}):
                bad.append(f"{object} calls {symbol}: term/term.h is the door to the terminal")
    bad += [f"{o} does not call {s} any more: take its row away" for o, row in MAY_WRITE.items() for s in row if (o, s) not in used]
    return "\n".join(bad)


def descriptors_1_and_2_are_named_by_the_door():
    """Those who may write elsewhere do not do it there."""
    may = {"host/term/term.c", "host/term/screen.c", "common/base/mem.c", "host/transport/proc.c", "host/transport/transport.c", "host/cmd/help.c", "host/main.c"}
    bad = []
    for path in [*files(".c", os.path.join(SRC, "host")), *files(".c", os.path.join(SRC, "common"))]:
        text = re.sub(r"/\*.*?\*/", "", open(path).read(), flags=re.S)
        if relative(path) not in may and re.search(r"\bSTD(OUT|ERR)_FILENO\b|\bwrite(v|_all)?\(\s*[12]\s*,|/dev/(tty|std|fd|pts)", text):
            bad.append(relative(path))
    return "\n".join(bad)


def the_child_links_nothing_else():
    out = subprocess.run(["readelf", "-d", os.path.join(BUILD, "sn0int-sandbox")], capture_output=True, text=True).stdout
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", out))
    extra = {n for n in needed - NEEDED if not re.match(r"(ld-linux|libasan|libubsan)", n)}
    return f"links {extra}" if extra or not needed else ""


def the_child_knows_no_sql():
    out = subprocess.run(["nm", "-D", os.path.join(BUILD, "sn0int-sandbox")], capture_output=True, text=True).stdout
    return "\n".join(l for l in out.splitlines() if "sqlite3_" in l)




TESTS = [
    headers_compile_alone,
    sources_start_with_their_header,
    rooms_include_what_they_may,
    nothing_in_common_prints,
    sql_is_in_db,
    only_the_door_writes,
    descriptors_1_and_2_are_named_by_the_door,
    the_child_links_nothing_else,
    the_child_knows_no_sql,
]


def main():
    bad = 0
    print(f"1..{len(TESTS)}")
    for n, test in enumerate(TESTS, 1):
        why = test()
        print("not ok" if why else "ok", n, "-", test.__name__)
        if why:
            bad += 1
            print("\n".join("# " + l for l in why.splitlines()[:40]))
    sys.exit(bad != 0)


main()
