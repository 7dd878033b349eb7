#!/usr/bin/env python3
"""faults.py SN0INT [CASE...]: commands whose n-th system call fails, for each n, as SQLite tests itself. TAP.

Each case is a command over a home that was made before. It runs once undisturbed: what it prints and what the home holds
then is what 0 means. Then strace makes one call of the host fail, and either all is as after the undisturbed run, or there
is one error, a status other than 0, and the home is as it was before; for commands of several steps it may lie between.
SIGKILL is one of the faults, before each call of any name: then the next command has to find its way, too.
Only the host is traced (no -f): a jailed child under ptrace is another child, and has no files to lose.

SN0INT_FAULTS=all makes every call fail with every error; the default is a few of each, for make check.
"""
import collections
import concurrent.futures
import http.server
import json
import os
import re
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import tap  # noqa: E402
from home import WAIT, Home, png  # noqa: E402
from tap import same  # noqa: E402

ALL = os.environ.get("SN0INT_FAULTS") == "all"
FEW = 6  # calls of a kind that fail in make check
WORKERS = os.cpu_count() or 1
LIST = b"// ===BEGIN ICANN DOMAINS===\ncom\nco.uk\n// ===END ICANN DOMAINS===\n"

# What may go wrong with which call. Names that a kernel or libc may lack are marked with '?'.
FAULTS = {
    "write": ("ENOSPC", "EIO", "EINTR"), "pwrite64": ("ENOSPC", "EIO", "EINTR"), "read": ("EIO", "EINTR"), "pread64": ("EIO",),
    "openat": ("EMFILE", "EIO", "ENOSPC"), "?rename": ("EIO", "ENOSPC"), "fsync": ("EIO", "ENOSPC"), "fdatasync": ("EIO", "ENOSPC"),
    "ftruncate": ("EIO", "ENOSPC"), "mmap": ("ENOMEM",), "?poll": ("EINTR", "ENOMEM"), "ppoll": ("EINTR", "ENOMEM"),
    "?mkdir": ("ENOSPC",), "?rmdir": ("EIO",), "?unlink": ("EIO",), "unlinkat": ("EIO",), "getdents64": ("EIO",), "fcntl": ("ENOLCK",),
    "?readlink": ("EIO",), "?pipe2": ("EMFILE",), "socket": ("EMFILE",), "socketpair": ("EMFILE",), "?vfork": ("EAGAIN",),
    "clone3": ("EAGAIN",), "connect": ("EINTR", "ENOBUFS"), "sendto": ("EINTR", "ENOBUFS"), "recvfrom": ("EINTR", "EIO"),
    "sendmsg": ("EINTR", "ENOBUFS"), "recvmsg": ("EINTR", "EIO"), "?access": ("EIO",), "?lstat": ("EIO",), "?stat": ("EIO",),
    "newfstatat": ("EIO",), "flock": ("ENOLCK",), "?epoll_wait": ("EINTR",), "wait4": ("EINTR",), "fchmod": ("EIO",), "lseek": ("EIO",),
}
# brk is left out: libc sees whether it failed by the value, which an injected error is not; mmap is what takes its place.
READS = ("read(", "openat(", "newfstatat(", "stat(", "lstat(")
# make check takes these; the others are for make check-long.
QUICK = ("write", "pwrite64", "openat", "?rename", "fsync", "fdatasync", "ftruncate", "mmap", "?poll", "ppoll", "getdents64",
         "unlinkat", "newfstatat", "sendto")

counts = dict.fromkeys(("calls failed", "kills", "crashes", "hangs", "silent successes", "half-written files", "errors that say nothing"), 0)
lock = threading.Lock()


TEXT = (b"-- Description: x\n-- Version: 0.1.0\n-- License: MIT\n-- Source: domains\n\n"
        b"function run(arg) db_add('subdomain', {domain_id=arg['id'], value='y.' .. arg['value']}) end\n")


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(LIST)))
        self.end_headers()
        self.wfile.write(LIST)

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


# Cases: what the home holds, then a command. between(before, now, after, stdout) says what else a failed command may leave.
CASES = {}


def case(name, *args, stdin=b"", between=None):
    def add(prepare):
        CASES[name] = (prepare, args, stdin, between)
        return prepare
    return add


def empty(_):
    pass


def some(home):
    home.write("text/m.lua", b"")
    home.call("add", "--stdin", "domain", stdin=b"a.com\nb.com\n")
    home.call("add", "subdomain", "www.a.com")


def ring(home):
    for i in range(3):
        home.call("keyring", "add", f"old:k{i}", f"s{i}")


def asking(home):
    ring(home)
    home.module("me/ask", "Keyring-Access: old")


def granted(home):
    asking(home)
    home.call("run", "-x", "me/ask", "--grant", "old")


def running(home):
    some(home)
    home.module("me/rows", "Source: domains", body=(
        "for i = 1, 3 do db_add('subdomain', {domain_id=arg['id'], value='x' .. i .. '.' .. arg['value']}) end\n"
        "info('done') end"))


def noticed(home):
    """What a run finds is told to two."""
    some(home)
    home.module("me/rows", "Source: domains", body="db_add('subdomain', {domain_id=arg['id'], value='x.' .. arg['value']}) end\n")
    home.module("me/tell", "Source: notifications", body="info(arg['subject']) end\n")
    home.write(".config/sn0int.toml", b"[core]\nno-autoupdate = true\n[notifications.a]\nscript = 'me/tell'\n[notifications.b]\nscript = 'me/tell'\n")


def undone(home):
    some(home)
    home.call("delete", "domains", "where", "1")


def exported(home):
    with_image(home)
    home.write("out", b"old")


def with_image(home):
    some(home)
    home.write("p.png", png())
    home.call("add", "image", os.path.join(home.path, "p.png"))


def new_image(home):
    some(home)
    home.write("p.png", png())


def exports_of_others(home):
    """With a file of an image that is not there yet."""
    some(home)
    home.write("p.png", png())
    home.call("-w", "other", "add", "image", "p.png")
    home.call("-w", "other", "add", "domain", "o.com")
    home.call("-w", "other", "export", "-f", "jsonl", "-o", "o.jsonl")
    home.call("workspace", "--delete", "-f", "other")


def two_workspaces(home):
    with_image(home)
    for name in ("other", "third"):
        home.call("-w", name, "add", "domain", "o.com")


def rows_of(state, workspace="default"):
    """(table, row without its number)"""
    return {(t, line.partition(", ")[2]) for t, lines in state["rows"].get(workspace, {}).items() for line in lines}


def published(home):
    for version in ("0.1.0", "0.2.0"):
        home.write(f"reg/bob/one/{version}.lua", f"-- Description: x\n-- Version: {version}\n-- License: MIT\n\nfunction run() end\n".encode())
    home.write(".config/sn0int.toml", f"[core]\nregistry = 'file://{home.path}/reg'\nno-autoupdate = true\n".encode())


def installed(home):
    published(home)
    home.call("pkg", "install", "bob/one", "0.1.0")


def some_rows(before, now, after, _):
    """Nothing but rows of the end, and the rows of the start are there; the prompt has its history."""
    return now["files"] in (before["files"], after["files"]) and rows_of(before) <= rows_of(now) <= rows_of(after)


def acknowledged_rows(before, now, after, out):
    """The same; and what was said to be added is."""
    said = re.findall(rb'Adding subdomain "([^"]+)"', out)
    have = "".join(line for _, line in rows_of(now))
    return some_rows(before, now, after, out) and all(s.decode() in have for s in said)


def rows_and_notices(before, now, after, _):
    """No row that is told to both without a row in the outbox for each, nor the other way round, be they sent or not."""
    if now["files"] not in (before["files"], after["files"]) or not rows_of(before) <= rows_of(now) <= rows_of(after):
        return False
    found = "".join(line for _, line in rows_of(now) - rows_of(before))
    told = now["records"].get("default", {}).get("outbox", [])
    for rule in ("'a'", "'b'"):
        topics = [line for line in told if rule in line]
        for value in ("x.a.com", "x.b.com"):
            if (value in found) != any(value in line for line in topics):
                return False
    return True


def blob_without_row(before, now, after, _):
    """A file of an image that no row names yet: `fsck --gc` finds it."""
    return now["rows"] == before["rows"] and all(after["files"].get(n) == d for n, d in now["files"].items())


def less_of_other(before, now, after, _):
    """A workspace that is half deleted can be deleted again."""
    return now["rows"].get("default") == before["rows"].get("default") and set(now["files"]) <= set(before["files"])


def text_without_name(before, now, after, _):
    """What a text may, then its hash, may be there before the name is, and after it: nothing is granted then."""
    beside = [".local/share/sn0int/grants.json", ".local/share/sn0int/permissions.json"]
    without = [{**state, "files": {k: v for k, v in state["files"].items() if k not in beside}} for state in (before, now, after)]
    ungranted = before if beside[0] not in before["files"] else after
    return (all(now["files"].get(name) in [state["files"].get(name) for state in (before, after)] for name in beside)
            and same_rows(without[1], without[0 if ungranted is before else 2]))


def tests_without_module(before, now, after, _):
    """The module is made last, so that one that is there has its tests; whoever was killed may have begun it."""
    written = now["files"].get("m.lua", b"")
    return after["files"]["m.lua"].startswith(written) and set(now["files"]) - set(before["files"]) <= set(after["files"])


def module_with_row(before, now, after, _):
    """The old module or the new one; what was begun stands in the log, and the next command reads it (unit test test_store)."""
    def of(state):
        return {name: data for name, data in state["files"].items() if not name.endswith(("packages.log", "packages.module"))}
    old, here, new = of(before), of(now), of(after)
    log = ".local/share/sn0int/packages.log"
    rows = ".local/share/sn0int/packages.json"
    if here.get(rows) != new.get(rows) and here.get(rows) not in (old.get(rows), {"packages": {}}):
        return False
    modules = [{n: d for n, d in files.items() if n != rows} for files in (old, here, new)]
    if modules[1] not in (modules[0], modules[2]):
        return False
    # a module that is there has its row, here or in the log
    return here.get(rows) in ((old if modules[1] == modules[0] else new).get(rows), {"packages": {}}) or log in now["files"]


case("add to a new workspace", "add", "domain", "a.com")(empty)
case("add", "add", "subdomain", "www.c.com", between=some_rows)(some)
case("add many", "add", "--stdin", "domain", stdin=b"c.com\nd.com\ne.com\n", between=some_rows)(some)
case("add an image", "add", "image", "p.png", between=blob_without_row)(new_image)
case("first key", "keyring", "add", "new:k", "s")(empty)
case("keyring add", "keyring", "add", "new:k", "s")(ring)
case("keyring delete", "keyring", "delete", "old:k1")(ring)
case("keyring list", "keyring", "list")(ring)
case("grant", "run", "-x", "me/ask", "--grant", "old", between=text_without_name)(asking)
case("revoke", "keyring", "revoke", "old", "me/ask", between=text_without_name)(granted)
case("run", "run", "-j1", "-x", "me/rows", between=acknowledged_rows)(running)
case("run with a rule", "run", "-j1", "-x", "me/rows", between=rows_and_notices)(noticed)
case("dry run", "run", "-n", "-j1", "-x", "me/rows")(running)
case("module by standard input", "run", "-j1", "-x", "-", stdin=TEXT, between=acknowledged_rows)(some)
case("session", "repl", "-x", "-t", "domains", stdin=b"db_add('subdomain', {domain_id=arg['id'], value='r.' .. arg['value']})\nhex('a')\n")(some)
case("new module", "new", "--source", "domains", "m.lua", between=tests_without_module)(empty)
case("templates", "new", "--list")(empty)
case("help of a function", "help", "hex")(empty)
case("words looked for", "help", "-k", "--json", "hex")(running)
case("modules", "modules", "--json")(running)
case("lint", "lint", "--peer", "-", stdin=TEXT)(empty)
case("notify send", "notify", "send", "a:b", "x", "y", between=rows_and_notices)(noticed)
case("export", "export", "--format", "json")(some)
case("export into a file", "export", "--format", "dot", "-o", "out")(exported)
case("export with files", "export", "--format", "json-blobs")(with_image)
case("import", "import", "o.jsonl", between=blob_without_row)(exports_of_others)
case("select", "select", "domains")(some)
case("fsck", "fsck")(with_image)
case("workspaces", "workspace")(two_workspaces)
case("usage of workspaces", "workspace", "--usage")(two_workspaces)
case("stats of workspaces", "stats", "--all")(two_workspaces)
case("delete a workspace", "workspace", "--delete", "-f", "other", between=less_of_other)(two_workspaces)
case("a rule", "autonoscope", "add", "domain", "b.com")(some)
case("out of scope", "noscope", "domains", "where", "1")(some)
case("rows deleted", "delete", "domains", "where", "1")(some)
case("first package", "pkg", "install", "bob/one", between=module_with_row)(published)
case("pkg update", "pkg", "update", between=module_with_row)(installed)
case("pkg uninstall", "pkg", "uninstall", "bob/one", between=module_with_row)(installed)
case("pkg verify", "pkg", "verify")(installed)
case("a row edited", "edit", "subdomains", "1", "resolvable=true")(some)
case("rows brought back", "undo")(undone)
case("find", "find", "com")(some)
case("prompt", stdin=b"add domain p.com\nadd domain q.com\nselect domains\n", between=some_rows)(some)
case("lists", "update-lists", "--allow-net", "local", "--psl", "LIST_URL")(empty)


class Bad(Exception):
    pass


def few(calls):
    """All, or a few that are spread over them."""
    n = len(calls) if ALL else min(FEW, len(calls))
    return [calls[i] for i in sorted({i * (len(calls) - 1) // max(1, n - 1) for i in range(n)})]


def calls_of(log):
    with open(log, errors="replace") as f:
        return [line for line in f if "(" in line and not line.startswith(("---", "+++"))]


def same_rows(a, b):
    return all(a[part] == b[part] for part in ("files", "rows"))


class Trial:
    """One home, one command, made ready to fail in many ways."""

    def __init__(self, name, folder, url):
        prepare, args, self.stdin, self.between = CASES[name]
        self.args = [url if a == "LIST_URL" else a for a in args]
        self.folder, self.name = folder, name
        # every copy has a path of the same length, so that what is printed is the same
        self.model = self.place("model00")
        os.makedirs(self.model)
        prepare(Home(self.model))
        self.before = Home(self.model).look()
        clean, out, err, status, self.log = self.run("clean00", "trace=all")
        same(status, 0, (name, out, err))
        self.out, self.after = out.replace(b"clean00", b"HERE"), clean.look()
        shutil.rmtree(clean.path)

    def place(self, name):
        return os.path.join(self.folder, self.name.replace(" ", "-"), name)

    def run(self, copy, *rules):
        home = Home(self.place(copy))
        if copy != "model00":
            shutil.copytree(self.model, home.path, symlinks=True)
        log = home.path + ".log"
        more = [w for r in rules for w in ("-e", r)]
        with open(home.path + ".in", "wb+") as stdin:
            stdin.write(self.stdin)
            stdin.seek(0)
            p = subprocess.Popen(["strace", "-qq", "-o", log, *more, Home.program, *self.args], stdin=stdin, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, env=home.env, cwd=home.path, start_new_session=True)
            try:
                out, err = p.communicate(timeout=WAIT)
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)
                p.communicate()
                raise Bad("hangs") from None
            finally:
                os.unlink(home.path + ".in")
        return home, out, err, p.returncode, calls_of(log)

    def calls(self):
        """(name, which of that name) of all calls but those of the loader, up to its first munmap."""
        loader = next(i for i, line in enumerate(self.log) if line.startswith("munmap("))
        seen = collections.Counter()
        for i, line in enumerate(self.log):
            name = line.partition("(")[0]
            seen[name] += 1
            # giving a lock back cannot fail, and SQLite waits in vain for one that it believes to be held
            if i > loader and "F_UNLCK" not in line:
                yield name, seen[name]

    def plan(self):
        calls = list(self.calls())
        for call, errors in FAULTS.items():
            if not ALL and call not in QUICK:
                continue
            for _, n in few([c for c in calls if c[0] == call.lstrip("?")]):
                # in make check the errors take turns
                for errno in errors if ALL else (errors[n % len(errors)],):
                    yield call, "error=" + errno, n
        for call, n in few([c for c in calls if c[0] != "exit_group"]):
            yield call, "signal=SIGKILL", n

    def is_between(self, now, out):
        # who did what may be half told: then a run has no end, or a bad one
        return any(same_rows(now, state) for state in (self.before, self.after)) or (self.between and self.between(self.before, now, self.after, out))

    def judge_kill(self, home, out):
        """What was being written may be left beside; the next that is written takes its place."""
        try:
            now = home.look()
            now["files"] = {name: data for name, data in now["files"].items() if not name.endswith(".new")}
            if not self.is_between(now, out):
                raise Bad("half-written files: " + differ(now, self.before))
            home.call("keyring", "add", "next:k", "s")
            home.call("add", "email", "next@a.com")
            same(home.cut_off(), [[], []])
            rest = {name for name in home.files() if name.endswith("keyring.json.new")}
            same(rest, set())
        except Bad:
            raise
        except Exception as e:
            raise Bad(f"half-written files: {e}") from None

    def judge(self, home, out, err, status, line):
        if status < 0 and not (status == -signal.SIGABRT and b"out of memory" in err):
            raise Bad("crashes")
        try:
            now = home.look()
            # one that could not be locked, and so not be written, may be another's
            now["files"] = {name: data for name, data in now["files"].items() if not name.endswith(".new") or data}
        except Exception as e:
            raise Bad(f"half-written files: {e}") from None
        # the prompt says it, and goes on; so does add image about what it cannot read (transcript 10)
        # a list has the modules that can be read, and a warning for each other
        is_more = (not self.args or self.args[0] == "modules"
                   or self.args[1:2] == ["image"] and line.startswith(READS) and same_rows(now, self.before))
        # a delivery that fails is no failure of its command: what was to be delivered stays, and that is said; nor is one that went out and
        # of which only the record has no end
        is_late = b"cannot note how it ended" in out or re.search(rb'^\[!\] \d notifications for "[ab]" wait', err, re.M)
        if status == 0 and is_late:
            if not self.is_between(now, out):
                raise Bad("half-written files: " + differ(now, self.after))
            return
        told = is_more and re.search(rb"^\[[-!]\] ", err, re.M)
        if status == 0 and not told:
            # not found in /proc it is taken for installed
            if line.startswith('readlink("/proc/self/exe"'):
                return
            if now != self.after:
                raise Bad("silent successes: " + differ(now, self.after))
            if out.replace(os.path.basename(home.path).encode(), b"HERE") != self.out and "(INJECTED)" in line:
                raise Bad(f"silent successes: printed {out!r}, not {self.out!r}")
            return
        if not self.is_between(now, out):
            raise Bad("half-written files: " + differ(now, self.before))
        if line.startswith("write(2,"):
            return
        # update-lists and stats say what became of each, then how many
        said = len(re.findall(rb"^Error: (?!\d+ not (?:updated|counted)$)", err, re.M))
        if said > 1 or not err.strip():
            raise Bad(f"errors that say nothing: {said} errors")

    def fail(self, number, call, fault, n):
        what = f"{self.name}: {call.lstrip('?')} {n} {fault.partition('=')[2]}"
        copy = f"{number:07}"
        try:
            home, out, err, status, log = self.run(copy, "trace=" + call, f"inject={call}:{fault}:when={n}")
            if fault == "signal=SIGKILL" and status == -signal.SIGKILL:
                with lock:
                    counts["kills"] += 1
                self.judge_kill(home, out)
                return None
            line = next((line for line in log if "(INJECTED)" in line), "")
            if not line:  # it took another way and did not come that far
                return None
            with lock:
                counts["calls failed"] += 1
            try:
                self.judge(home, out, err, status, line)
            except Bad as e:
                e.args = (f"{e.args[0]}\n{line.strip()}\nstatus {status}, {err.decode('utf-8', 'replace').strip()!r}",)
                raise
        except Bad as e:
            with lock:
                counts[next(k for k in counts if e.args[0].startswith(k))] += 1
            return f"{what}: {e.args[0]}"
        finally:
            shutil.rmtree(self.place(copy), ignore_errors=True)
            if os.path.exists(self.place(copy) + ".log"):
                os.unlink(self.place(copy) + ".log")
        return None


def differ(now, want):
    text = []
    for part in ("files", "rows", "records"):
        for key in sorted(set(now[part]) | set(want[part])):
            if now[part].get(key) != want[part].get(key):
                text.append(f"{key}: {str(now[part].get(key))[:300]} instead of {str(want[part].get(key))[:300]}")
    return "; ".join(text)


def check(name, folder, url, pool):
    trial = Trial(name, folder, url)
    jobs = [pool.submit(trial.fail, i, *p) for i, p in enumerate(trial.plan())]
    bad = [b for b in (job.result() for job in jobs) if b]
    assert jobs, "nothing failed"
    assert not bad, "\n" + "\n".join(bad)


def why_not():
    """Why nothing can be made to fail here, or None."""
    with open(Home.program, "rb") as f:
        if b"__asan_init" in f.read():
            return "a sanitizer cannot look for leaks in a process that is traced"
    if not shutil.which("strace"):
        return "strace is missing"
    p = subprocess.run(["strace", "-qq", "-o", "/dev/null", "-e", "inject=getpid:error=EIO:when=1", "true"], capture_output=True, text=True)
    return None if p.returncode == 0 else "ptrace is refused: " + p.stderr.strip().split("\n")[0]


def main():
    Home.program = os.path.abspath(sys.argv[1])
    why = why_not()
    if why:
        print("1..0 # SKIP", why)
        return 0
    server = Server(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/psl"
    cases = []
    with tempfile.TemporaryDirectory(prefix="faults") as folder, concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for name in CASES:
            def one(name=name):
                check(name, folder, url, pool)
            one.__name__ = name
            cases.append(one)
        status = tap.run(cases, lambda c: c(), sys.argv[2:])
    print("# " + ", ".join(f"{k}: {v}" for k, v in counts.items()))
    return status


if __name__ == "__main__":
    sys.exit(main())
