#!/usr/bin/env python3
"""install.py BUILD-FOLDER: what `meson install` puts where, and the program at its place. TAP.

Installed below a DESTDIR, whose prefix is then bound over the real one in a mount namespace of its own: the installed
program runs by the paths that it was built with, and nothing outside of the test changes.
"""
import glob
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS]
import tap  # noqa: E402
from tap import has, same  # noqa: E402

TOP = os.path.dirname(TESTS)
BUNDLED = sorted(os.path.basename(p)[:-4] for p in glob.glob(os.path.join(TOP, "modules/bundled/*.lua")))


def prefix_of(build):
    text = subprocess.run(["meson", "introspect", "--buildoptions", build], capture_output=True, check=True).stdout
    return next(o["value"] for o in json.loads(text) if o["name"] == "prefix")


class Installed:
    def __init__(self, build):
        self.build, self.prefix = build, prefix_of(build)
        self.folder = tempfile.TemporaryDirectory(prefix="install")
        subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--destdir", self.folder.name], check=True, capture_output=True)
        self.root = self.folder.name + self.prefix
        self.home = os.path.join(self.folder.name, "home")
        os.mkdir(self.home)

    def files(self, folder):
        return sorted(os.path.relpath(os.path.join(d, f), self.root) for d, _, fs in os.walk(os.path.join(self.root, folder)) for f in fs)

    def shell(self, script, stdin=""):
        """In a mount namespace in which what was installed is at the prefix."""
        script = f"mount --bind {shlex.quote(self.root)} {shlex.quote(self.prefix)}\n{script}"
        env = {"HOME": self.home, "PATH": self.prefix + "/bin:" + os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        p = subprocess.run(["unshare", "-rm", "sh", "-ec", script], env=env, cwd=self.home, input=stdin.encode(), capture_output=True)
        assert p.returncode == 0, (script, p.returncode, p.stdout, p.stderr)
        return p.stdout.decode()


def modules_are_installed(it):
    same([os.path.basename(f)[:-4] for f in it.files("share/sn0int/modules")], BUNDLED)


def licence_and_documents_are_installed(it):
    files = it.files("share/doc/sn0int")
    for name in ("COPYING", "NEWS", "README.md", "SECURITY.md", "CONTRIBUTING.md", "docs/jail.md", "docs/own.md", "docs/reference/commands.md",
                 "example/ct.json"):
        assert "share/doc/sn0int/" + name in files, (name, files)


def completions_are_installed(it):
    for path, text in (("bash-completion/completions/sn0int", "complete -o"), ("fish/vendor_completions.d/sn0int.fish", "complete -c sn0int"),
                       ("zsh/site-functions/_sn0int", "#compdef sn0int\n")):
        with open(os.path.join(it.root, "share", path)) as f:
            has(f.read(), text)


def manual_pages_are_installed(it):
    if shutil.which("scdoc"):
        files = it.files("share/man")
        for page in ("man1/sn0int.1", "man5/sn0int.5", "man5/sn0int.toml.5", "man7/sn0int-stdlib.7"):
            assert "share/man/" + page in files, files


def nothing_is_installed_that_others_may_write(it):
    for folder, _, files in os.walk(it.root):
        for f in files:
            assert not os.lstat(os.path.join(folder, f)).st_mode & 0o022, f


def the_installed_program_finds_its_modules(it):
    out = it.shell("sn0int modules")
    same([l.split()[0] for l in out.splitlines() if not l.startswith("    ")], ["bundled/" + b for b in BUNDLED])
    has(it.shell("sn0int pkg info ct-file"), it.prefix + "/share/sn0int/modules/ct-file.lua")


def the_installed_program_runs_one(it):
    with open(os.path.join(TOP, "modules/example/ct.json")) as f:
        out = it.shell("sn0int run ct-file --stdin\nsn0int select -c subdomains", stdin=f.read())
    has(out, "Finished bundled/ct-file\n")
    assert int(out.splitlines()[-1]) > 0, out


def a_package_may_leave_the_modules_out(it):
    out = it.shell(f"mount -t tmpfs none {shlex.quote(it.prefix)}/share/sn0int\nsn0int modules 2>&1")
    same(out, "")


CASES = [f for f in list(globals().values()) if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:1] == ("it",)]


def main():
    build = os.path.abspath(sys.argv[1])
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
        print("1..0 # SKIP no mount namespaces here")
        return
    if not os.path.isdir(prefix_of(build)) or prefix_of(build) == "/usr":
        print("1..0 # SKIP nothing can be bound over the prefix " + prefix_of(build))
        return
    it = Installed(build)
    sys.exit(tap.run(CASES, lambda case: case(it), sys.argv[2:]))


main()
