#!/usr/bin/env python3
"""The rules of the house, docs/map.md: what includes what, what is linked, where SQL and printing live. TAP."""
import json
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
import tap  # noqa: E402

SRC = os.path.join(TOP, "src")
BUILD, CC = sys.argv[1], sys.argv[2:]
ROOMS = json.load(open(os.path.join(BUILD, "src/rooms/rooms.json")))
# Calls that can put bytes on descriptors 1 and 2, and streams on them.
WRITERS = re.compile(r"^_*(IO_)?(v?[fd]?printf|puts|putchar|putc|fputs?|fputc|fwrite|perror|psignal|psiginfo|v?(err|warn)x?|error|"
                     r"error_at_line|v?syslog|write|write_all|writev|pwritev?2?(64)?|sendfile(64)?|splice|tee|vmsplice|copy_file_range|fflush|"
                     r"fopen(64)?|fdopen|fopencookie|popen|system|stdout|stderr|std(out|err)p|rl_\w+)(_chk|_unlocked)?$")
# The objects that may name one, and why.
MAY_WRITE = {
    "host_seal_service.c.o": {"write_all": "the answer of a child that asks the secret service, into a pipe"},
    "host_term_term.c.o": {"write_all": "the door"},
    "common_base_write.c.o": {"write": "what it is given; who calls it has a row here, too"},
    "common_base_idmap.c.o": {"write": "maps of a user namespace, to files of /proc, which it opens itself"},
    "host_term_edit.c.o": {"fflush": "the line editor draws", "fputs": "the same", "fputc": "the same", "rl_": "the same"},
    "host_state_file.c.o": {"write_all": "files of the user, which it opens itself"},
    "host_state_spool.c.o": {"write_all": "a file without a name, which it opens itself, and the one that it becomes"},
    "host_cmd_packages_new.c.o": {"write_all": "the skeleton of a module, to a file that it makes itself"},
    "host_pkg_store.c.o": {"write_all": "modules that are installed, and the log of that, which it opens itself"},
    "host_transport_bounds.c.o": {"write_all": "words to files of a control group, which it opens itself"},
    "host_transport_oom.c.o": {"pwrite64": "a number to a file of /proc, which it opens itself"},
    "host_out_sink.c.o": {"write_all": "files that somebody named, which it opens itself; cleaned where one is a terminal"},
    "host_warc_member.c.o": {"write_all": "records of a run, to a file that the room makes itself"},
    "host_wacz_zip_write.c.o": {"pwrite64": "the file of a bundle, which is a regular one"},
    "host_wacz_sorter.c.o": {"pwrite64": "what is sorted in pieces, to a file that it is given"},
    "host_bundle_tools.c.o": {"write_all": "questions and answers through a pipe, and files of a folder that it makes itself"},
    "host_replay_player.c.o": {"write": "the pipe to a child"},
    "host_cmd_replays_report.c.o": {"write_all": "a JUnit file that somebody named, which it opens itself"},
    "host_work_job.c.o": {"write": "the pipe to a child"},
    "host_loop_signal.c.o": {"write": "the pipe to ourselves"},
    "host_web_helper.c.o": {"write": "the pipe to a child"},
    "host_lock_report.c.o": {"write": "the last words of a host that its lock has stopped, in a signal handler; they are ours"},
    "common_base_mem.c.o": {"write": "the last words, which are ours, where there is no memory for the door"},
}
# the one that loads plugins, if there are two
CHILD = next(path for path in (os.path.join(BUILD, "sn0int-sandbox" + end) for end in ("-plugins", "")) if os.path.exists(path))
NEEDED = {"liblua5.4.so.0", "libm.so.6", "libc.so.6"}


def files(suffix, under=SRC):
    for folder, _, names in os.walk(under):
        for name in sorted(names):
            if name.endswith(suffix):
                yield os.path.join(folder, name)


def relative(path):
    return os.path.relpath(path, SRC)


def room_of(path):
    """The room of a file in src/."""
    return os.path.basename(os.path.dirname(path))


def compile(room, args, text=None):
    """What the compiler says in a room's own folder of includes; None: nothing."""
    args = CC + ["-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-x", "c", "-I" + os.path.join(BUILD, "src/rooms", room)] + args
    p = subprocess.run(args, input=text, capture_output=True, text=True)
    return None if p.returncode == 0 else p.stderr


def compiles_alone(path):
    return compile(room_of(path), [path])


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
        own = "/".join(relative(header).split("/")[-2:])
        if first.group(1) != f'"{own}"':
            bad.append(f"{relative(path)} starts with {first.group(1)}, not with {own}")
    return "\n".join(bad)


def includes_are_of_one_kind():
    """room/file.h, and what is made at setup: nothing that could reach around the folders of the rooms."""
    bad = []
    for path in list(files(".c")) + list(files(".h")):
        for name in re.findall(r'#\s*include\s+"([^"]+)"', open(path).read()):
            if name != "config.h" and not re.fullmatch(r"\w+/\w+\.(h|def)", name):
                bad.append(f"{relative(path)} includes {name}")
    return "\n".join(bad)


# A room, and a header that it has no business with.
WRONG = [
    ("html", "http/http.h"), ("selector", "html/build.h"), ("rows", "db/sql.h"), ("runs", "db/sql.h"), ("base", "value/json.h"),
    ("value", "model/model.h"), ("url", "stream/addr.h"), ("regex", "html/html.h"), ("crypt", "broker/broker.h"), ("date", "value/json.h"),
    ("stream", "gate/egress.h"), ("gate", "name/dial.h"), ("tls", "http/http.h"), ("model", "ipc/event.h"), ("jail", "ipc/line.h"),
    ("jail", "stdlib/call.h"), ("child", "stdlib/call.h"), ("stdlib", "run/run.h"), ("stdlib", "jail/filter.h"), ("stdlib", "db/db.h"),
    ("db", "term/term.h"), ("term", "db/db.h"), ("state", "work/work.h"), ("work", "line/cmd.h"), ("rows", "runs/targets.h"),
    ("line", "about/prompt.h"), ("http", "html/html.h"), ("program", "line/cmd.h"),
]


def a_wrong_include_does_not_compile():
    bad = []
    with ThreadPoolExecutor(2) as pool:
        said = pool.map(lambda pair: compile(pair[0], ["-"], f'#include "{pair[1]}"\n'), WRONG)
    for (room, name), text in zip(WRONG, said):
        if room not in ROOMS:
            bad.append(f"there is no room {room}")
        elif text is None:
            bad.append(f"{room} can include {name}")
        elif f"{name}: No such file" not in text and f"'{name}' file not found" not in text:
            bad.append(f"{room}, {name}: {text}")
    # what they are for compiles: the same compiler, the same folders
    for room, row in ROOMS.items():
        text = "".join(f'#include "{other}/{name}"\n' for other in row["may"] for name in ROOMS[other]["door"])
        if compile(room, ["-"], text):
            bad.append(f"{room} cannot include the doors that it may")
    return "\n".join(bad)


def folders_are_small():
    count = [(sum(os.path.isfile(os.path.join(folder, n)) for n in names), folder) for folder, _, names in os.walk(SRC)]
    return "\n".join(f"{relative(folder)} has {n} files" for n, folder in count if n > 60)


def every_folder_is_a_room():
    """Of the sources, and of their tests and fuzz targets."""
    bad = []
    rooms = {row["at"]: name for name, row in ROOMS.items()}
    for path in list(files(".c")) + list(files(".h")):
        at = os.path.dirname(relative(path))
        if rooms.get(at) != os.path.basename(at):
            bad.append(f"src/{at} is no room")
    for folder in ("tests/unit", "fuzz"):
        for name in sorted(os.listdir(os.path.join(TOP, folder))):
            if name != "corpus" and os.path.isdir(os.path.join(TOP, folder, name)) and name not in ROOMS:
                bad.append(f"{folder}/{name} is no room")
    return "\n".join(sorted(set(bad)))


# Readers that no fuzz target names, and who is named for them, or why none is needed.
READ_THROUGH = {
    "network_read_addr": "addr_read",
    "scope_rule_read": "scope_add",
    "socks5_read_method": "fuzz_socks5, which is given the function",
    "socks5_read_reply": "the same",
    "cookie_read": "cookie_jar_add",
    "addr_read_ip": "addr_read",
    "html_entity_read": "html_read",
    "json_read_most": "json_read",
    "slot_read": "start_read",
    "slot_read_whole": "start_read",
    "toml_scalar_read": "toml_read",
    "base64_read": "pgp_read",
    "url_host_read": "url_parse",
    "ip_read": "ip_block_read",
    "url_path_read": "url_parse",
    "punycode_read": "url_parse, dns_name_read",
    "date_scan_digits": "date_read",
    "date_scan_fraction": "date_read",
    "bmp_head_read": "fuzz_bmp, fuzz_ico",
    "img_read_gif": "img_decode",
    "img_read_jpeg": "img_decode",
    "img_read_png": "img_decode",
    "img_read_tiff": "img_decode",
    "img_read_webp": "img_decode",
    "pem_read": "x509_read_pem",
    "num_read_u64": "json_read",
    "num_read_i64": "json_read",
    "num_read_max": "json_read",
    "num_read_double": "json_read",
    "utf8_decode": "json_read",
    "data_read": "a file, mapped; its readers have targets",
    "child_options_read": "words of the command line, the user's own",
    "shades_read": "rows of the database, as numbers",
    "outdated_read": "a file, read by json_read and slot_read",
    "resolv_read": "a file, read by resolv_parse",
    "filter_value_read": "filter_read",
    "network_read_options": "a tree, read by slot_read",
}


def readers_have_a_fuzz_target():
    """What reads bytes (NAME_read, _parse, _scan, _sniff, _decode of a text) is named by a target, or said to be reached through another."""
    targets = "".join(open(p).read() for p in files(".c", os.path.join(TOP, "fuzz")))
    found, bad = set(), []
    for path in files(".h"):
        text = re.sub(r"/\*.*?\*/", "", open(path).read(), flags=re.S)
        for name, args in re.findall(r"\b(\w+)\(([^;{]*?)\)\s*;", text):
            if not re.search(r"_(read|parse|scan|sniff|decode)(_|$)", name) or not re.search(r"struct str\b|\bchar \*", args):
                continue
            found.add(name)
            if not re.search(rf"\b{name}\(", targets) and name not in READ_THROUGH:
                bad.append(f"{relative(path)}: {name} reads bytes, and no fuzz target names it")
    bad += [f"{name} is in READ_THROUGH and is gone" for name in READ_THROUGH if name not in found]
    corpora = {os.path.basename(p)[5:-2] for p in files(".c", os.path.join(TOP, "fuzz")) if os.path.basename(p).startswith("fuzz_")}
    for name in corpora:
        if not os.listdir(os.path.join(TOP, "fuzz/corpus", name)):
            bad.append(f"fuzz/corpus/{name} is empty")
    bad += [f"fuzz/corpus/{name} has no target" for name in os.listdir(os.path.join(TOP, "fuzz/corpus")) if name not in corpora]
    return "\n".join(bad)


def archives():
    """Each library of a room: the room, and what it defines and what it asks others for."""
    for path in sorted(files(".a", os.path.join(BUILD, "src"))):
        if os.path.basename(path) == "liblean-libc.a":  # of the C library: everybody calls it
            continue
        out = subprocess.run(["nm", "-A", path], capture_output=True, text=True, check=True).stdout
        for line in out.splitlines():
            object, kind, symbol = re.match(r".*[:/]([^:/]+\.o):\S* +(?:[0-9a-f]+ )?(\w) (\S+)$", line).groups()
            yield os.path.basename(path), object, kind, symbol.split("@")[0]


def room_of_object(object):
    for name, row in ROOMS.items():
        if object.startswith(row["at"].replace("/", "_") + "_"):
            yield len(row["at"]), name


def symbols_follow_the_rooms():
    """What the objects take from each other goes where a room may, and never in a circle."""
    defined, wanted = {}, set()
    for _, object, kind, symbol in archives():
        if object.startswith("meson-generated"):
            continue
        room = max(room_of_object(object))[1]
        wing = ROOMS[room]["at"].split("/")[0]
        if kind in "TDBRGSVW":
            defined[(wing, symbol)] = room
        elif kind == "U":
            wanted.add((room, wing, symbol, object))
    edges, bad = {}, []
    for room, wing, symbol, object in sorted(wanted):
        other = defined.get((wing, symbol)) or defined.get(("common", symbol))
        if other is None or other == room:
            continue
        edges.setdefault(room, set()).add(other)
        if other not in ROOMS[room]["may"]:
            bad.append(f"{object} uses {symbol} of {other}")
    done, path = set(), []

    def walk(room):
        if room in path:
            bad.append("a circle: " + " -> ".join(path[path.index(room):] + [room]))
        elif room not in done:
            path.append(room)
            for other in sorted(edges.get(room, ())):
                walk(other)
            path.pop()
            done.add(room)

    for room in sorted(edges):
        walk(room)
    if len(edges) < 20:
        bad.append("the objects were not found")
    return "\n".join(bad)


def comments_are_whole():
    """Each line of a block begins with " *" and a blank: a formatter that breaks lines inside one leaves others."""
    bad = []
    for top in (SRC, os.path.join(TOP, "tests"), os.path.join(TOP, "fuzz"), os.path.join(TOP, "bench")):
        for path in list(files(".c", top)) + list(files(".h", top)):
            text = open(path, encoding="utf-8", errors="replace").read()
            for comment in re.finditer(r"^[ \t]*/\*.*?\*/", text, flags=re.S | re.M):
                for line in comment[0].split("\n")[1:]:
                    if re.match(r"\s*\*[^\s/*]", line):
                        bad.append(f"{os.path.relpath(path, TOP)}: {line.strip()}")
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


def only_the_door_writes():
    """What reaches descriptors 1 and 2 went through term/: seen in the objects, where no macro hides a call."""
    bad, used = [], set()
    for _, object, kind, symbol in archives():
        if kind not in "Uwv" or object.startswith(("sandbox_", "meson-generated")) or not WRITERS.match(symbol):
            continue
        name = symbol[:3] if symbol.startswith("rl_") else symbol
        used.add((object, name))
        if name not in MAY_WRITE.get(object, {}):
            bad.append(f"{object} calls {symbol}: term/term.h is the door to the terminal")
    bad += [f"{o} does not call {s} any more: take its row away" for o, row in MAY_WRITE.items() for s in row if (o, s) not in used]
    return "\n".join(bad)


def descriptors_1_and_2_are_named_by_the_door():
    """Those who may write elsewhere do not do it there."""
    may = {"host/term/term.c", "host/term/screen.c", "host/term/page.c", "common/base/mem.c", "host/lock/report.c", "host/transport/birth.c",
           "host/transport/proc.c", "host/transport/starter_serve.c", "host/transport/transport.c", "host/program/sandbox.c", "host/bundle/tools.c", "host/start/main.c"}
    bad = []
    for path in [*files(".c", os.path.join(SRC, "host")), *files(".c", os.path.join(SRC, "common"))]:
        text = re.sub(r"/\*.*?\*/", "", open(path).read(), flags=re.S)
        if relative(path) not in may and re.search(r"\bSTD(OUT|ERR)_FILENO\b|\bwrite(v|_all)?\(\s*[12]\s*,|/dev/(tty|std|fd|pts)", text):
            bad.append(relative(path))
    return "\n".join(bad)


def static_programs_have_no_loader():
    """Where the child that is started loads no plugins it is whole, at any address, and what is filled in at its start gets locked."""
    bad = []
    for name in ("sn0int", "sn0int-sandbox") if CHILD.endswith("-plugins") else ():
        out = subprocess.run(["readelf", "-hdl", os.path.join(BUILD, name)], capture_output=True, text=True).stdout
        bad += [f"{name}: {word}" for word in ("(NEEDED)", "interpreter", "(TEXTREL)", " RWE ") if word in out]
        bad += [f"{name} has no {word}" for word in ("DYN (", "GNU_RELRO", "GNU_STACK", "BIND_NOW") if word not in out]
    return "\n".join(bad)


def the_child_links_nothing_else():
    out = subprocess.run(["readelf", "-dl", CHILD], capture_output=True, text=True).stdout
    needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", out))
    extra = {n for n in needed - NEEDED if not re.match(r"(ld-linux|libasan|libubsan)", n)}
    return f"links {extra}" if extra or not needed else ""


def needed_by(path):
    out = subprocess.run(["readelf", "-d", path], capture_output=True, text=True).stdout
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", out))


def only_plugins_of_the_child_link_tls():
    """Whoever else did would have a reader of strangers' bytes, that is not ours, beside the database and the keys."""
    bad, seen = [], 0
    for folder, _, names in os.walk(BUILD):
        for name in names:
            if not name.endswith(".so") and name not in ("sn0int", "sn0int-host", "sn0int-sandbox", "sn0int-sandbox-plugins") or "/tests" in folder:
                continue
            path = os.path.join(folder, name)
            foreign = sorted(n for n in needed_by(path) if n.startswith(("libssl", "libcrypto", "libmaxminddb", "libcurl", "libgnutls")))
            is_plugin = os.path.relpath(folder, BUILD) == "src/sandbox/plugin"
            seen += bool(foreign) and is_plugin
            if foreign and not is_plugin or name == "web.so":
                bad.append(f"{name} links {foreign}")
    return "\n".join(bad) if bad or seen else "no plugin links TLS: where are they?"


def the_child_knows_no_sql():
    out = subprocess.run(["nm", "-D", CHILD], capture_output=True, text=True).stdout
    return "\n".join(l for l in out.splitlines() if "sqlite3_" in l)


def text_of(path):
    with open(os.path.join(TOP, path)) as f:
        return f.read()


def commands_have_a_test():
    """Each is called by a test of the host: ("NAME", ...) or ["NAME", ...] behind other words, or a line for the prompt."""
    tests = "".join(text_of(path) for path in files(".py", os.path.join(TOP, "tests/host")))
    names = [name.replace("_", "-") for name in re.findall(r"&cmd_(\w+)", text_of("src/host/start/table.c"))]
    call = r'(?:\(|(?<![\w\])])\[)\s*(?:home, )?(?:"-[^"]*", |"\w+", )*?"%s[" ]|(?:"|\\n|^)%s(?: [^"\\\n]*)?(?:\\n|$)'
    bad = [f"the command {name} is called in none of tests/host/*.py" for name in names if not re.search(call % (name, name), tests, re.M)]
    return "\n".join(bad) if len(names) > 20 else f"only {len(names)} commands were found"


def formats_have_a_test_and_a_page():
    """Each is read back in tests/host/exports.py, and explained in docs/reference/reports.md, "export"."""
    bad, seen = [], 0
    tests, page = text_of("tests/host/exports.py"), text_of("docs/reference/reports.md")
    page = re.search(r"^## export$(.*?)^## ", page + "\n## ", re.M | re.S).group(1)
    for path in files(".c", os.path.join(SRC, "host/export")):
        for name in re.findall(r'\.name = "([\w-]+)"', text_of(path)):
            seen += 1
            if not re.search(r'"-f", "%s"' % name, tests):
                bad.append(f"{name} is read back in no case of tests/host/exports.py")
            if f"- `{name}`" not in page:
                bad.append(f'docs/reference/reports.md, "export" has no item for `{name}`')
    return "\n".join(bad) or ("" if seen >= 5 else f"only {seen} formats were found")


def no_case_is_forgotten():
    """A function of the tests that nobody names, in a list of cases or elsewhere, is a case that never runs."""
    text = {os.path.relpath(path, TOP): text_of(path) for path in files(".py", os.path.join(TOP, "tests"))}
    named, bad, seen = Counter(w for t in text.values() for w in re.findall(r"\w+", t)), [], 0
    for path, t in text.items():
        if "globals()" in t:  # all of them are
            continue
        for before, name in re.findall(r"^(.*)\ndef (\w+)\(", t, re.M):
            seen += 1
            if named[name] == 1 and not before.startswith(("@", ")")):  # a decorator takes it
                bad.append(f"{path}: {name}() is called by nobody")
    return "\n".join(bad) if seen > 500 else f"only {seen} functions were found"


TESTS = [
    headers_compile_alone,
    sources_start_with_their_header,
    includes_are_of_one_kind,
    a_wrong_include_does_not_compile,
    folders_are_small,
    every_folder_is_a_room,
    symbols_follow_the_rooms,
    readers_have_a_fuzz_target,
    comments_are_whole,
    nothing_in_common_prints,
    sql_is_in_db,
    only_the_door_writes,
    descriptors_1_and_2_are_named_by_the_door,
    static_programs_have_no_loader,
    the_child_links_nothing_else,
    only_plugins_of_the_child_link_tls,
    the_child_knows_no_sql,
    commands_have_a_test,
    formats_have_a_test_and_a_page,
    no_case_is_forgotten,
]


sys.exit(tap.report(TESTS))
