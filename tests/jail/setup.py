#!/usr/bin/env python3
"""setup.py CHILD: what the child reads and loads before its jail is there, and the questions that it answers without a module. TAP."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import child  # noqa: E402
import missing  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
HERE = "function run() info('here') end"
NET = "function run() info('here') if x then sock_connect('a', 1, {}) end end"
PSL = "function run() info(psl_domain_from_dns_name('www.a.example.com')) end"
RAN = {"Log": {"Info": '"here"'}}
EMFILE, EAGAIN, ENOSYS = 24, 11, 38


def run(code, *options, program=PROGRAM, prepare=None, start=None, **env):
    """With these variables and no others."""
    return child.run(program, code, *options, start=start, env=env, preexec_fn=prepare)


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    return path


def configuration(tap):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        for name, text, want in (("network.allow is no list", "[network]\nallow = 5\n", "in [network]"), ("nor is sandbox.limits", "[sandbox]\nlimits = 5\n", "in [sandbox]"),
                                 ("a word that is none", '[network]\nallow = ["nowhere/77"]\n', "nowhere/77"), ("... that is denied", '[network]\ndeny = ["nowhere/77"]\n', "nowhere/77")):
            write(folder, "sn0int.toml", text)
            got = run(NET, XDG_CONFIG_HOME=folder)
            tap.check(name, want in str(got.said()) and RAN not in got.lines and got.status == 1, got)
        got = run(NET, XDG_CONFIG_HOME=os.path.relpath(folder), HOME="/nonexistent")
        tap.check("a folder without a slash in front is none", RAN in got.lines and got.said() == "Ok", got)
        write(folder, ".config/sn0int.toml", "[network\n")
        got = run(NET, HOME=folder)
        tap.check("the home folder is looked into", RAN not in got.lines and got.status == 1, got)
        if child.is_root():
            got = run(NET, prepare=lambda: (os.setgroups([]), os.setresgid(12345, 12345, 12345), os.setresuid(12345, 12345, 12345)))
            tap.check("somebody without a home has no configuration", RAN in got.lines and got.said() == "Ok", got)


def suffix_lists(tap):
    system = "/usr/share/publicsuffix/public_suffix_list.dat"
    if not os.path.exists(system):
        tap.skip("suffix lists", "there is no " + system)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, "sn0int/public_suffix_list.dat", "example.com\n")
        old, new = os.stat(system).st_mtime - 100, time.time() + 100
        for name, text, when, want in (("the newer list counts", "example.com\n", new, '"a.example.com"'), ("an older one does not", "example.com\n", old, '"example.com"')):
            write(folder, "sn0int/public_suffix_list.dat", text)
            os.utime(path, (when, when))
            got = run(PSL, XDG_CACHE_HOME=folder)
            tap.check(name, {"Log": {"Info": want}} in got.lines, got)
        write(folder, "sn0int/public_suffix_list.dat", "")
        os.utime(path, (new, new))
        got = run(PSL, XDG_CACHE_HOME=folder)
        tap.check("an empty one is a broken one, not none", got.said() != "Ok" and "suffix" in str(got.said()), got)


def starts(tap):
    got = run(NET, "--limit=wall=4000000s")
    tap.check("a limit longer than a deadline can be", RAN in got.lines and got.said() == "Ok", got)
    got = run(NET, start=child.start_line(NET, dns_config={"ns": ["no address"], "tcp": False, "timeout": None}))
    tap.check("a name server that is no address", RAN not in got.lines and got.said() == "invalid socket address syntax", got)
    if missing.CALLS is None or child.is_sanitized(PROGRAM):
        tap.skip("a broker that cannot be made", "not written for this architecture, or a sanitizer makes calls of its own")
        return
    got = run(NET, prepare=lambda: missing.refuse("socketpair", EMFILE))
    tap.check("a broker that cannot be made", RAN not in got.lines and "Too many open files" in str(got.said()) and got.status == 1, got)


def elsewhere(tap):
    """A program that is moved without its plugins says which is missing where a module needs one, and runs the others."""
    with tempfile.TemporaryDirectory() as folder:
        program = shutil.copy(PROGRAM, folder)
        os.chmod(folder, 0o755)
        got = run("function run() info(html_select('<p>', 'p')) end", program=program)
        tap.check("a plugin is missing", got.said() != "Ok" and "html" in str(got.lines) + got.err, got)
        got = run(HERE, program=program)
        tap.check("... and the module does not need it", RAN in got.lines and got.said() == "Ok", got)


def ask(question, prepare=None):
    return subprocess.run([PROGRAM, question], stdin=subprocess.DEVNULL, capture_output=True, text=True, preexec_fn=prepare)


def questions(tap):
    if missing.CALLS is None or child.is_sanitized(PROGRAM):
        tap.skip("questions where calls fail", "not written for this architecture, or a sanitizer makes calls of its own")
        return
    p = ask("--check", lambda: missing.refuse("socketpair", EMFILE))
    tap.check("--check without sockets", p.returncode == 1 and "Too many open files" in p.stderr and p.stdout == "", p)
    for name, prepare, word in (("no pipes", lambda: missing.refuse("pipe2", EMFILE), "NOT STARTED"),
                                ("no processes", lambda: [missing.refuse(call, EAGAIN) for call in ("clone", "clone3", "vfork") if call in missing.CALLS], "NOT STARTED"),
                                ("no filter", lambda: missing.refuse("seccomp", ENOSYS), "FAILED")):
        p = ask("--selftest", prepare)
        rows = p.stdout.splitlines()[2:-1]
        is_told = rows and all(word in row for row in rows) and p.stdout.endswith("SOME WERE STOPPED\n")
        tap.check(f"--selftest with {name}", p.returncode == 1 and is_told, (p.returncode, rows[:3], p.stdout[-100:]))
    names = ask("--reference=names").stdout.split()
    page = ask("--reference=man").stdout
    tap.check("--reference=man has every name", len(names) > 100 and all("*" + name.replace("_", "\\_") + "(" in page for name in names), page[:300])
    p = ask("--reference=yaml")
    tap.check("--reference has no other form", p.returncode == 2 and p.stdout == "" and p.stderr != "", p)


def main():
    child.need_user_namespace(PROGRAM)
    tap = child.Tap()
    for part in (configuration, suffix_lists, starts, elsewhere, questions):
        part(tap)
    tap.end()


main()
