"""musl: the core of the child, without plugins, against another C library than glibc, dynamic and static. Lua is built from Debian's source package."""
import glob
import os
import shutil
import subprocess

import debian

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LUA = "lua5.4"
LINKS = {"dynamic": [], "static": ["-Dc_link_args=-static", "-Db_pie=false"]}
PC = """Name: lua5.4
Description: Lua
Version: 5.4
Cflags: -I{source}
Libs: {source}/liblua.a -lm
"""


def lua(folder):
    """A folder with its headers, its archive, and a file for pkg-config, which -Dshared_lua=true follows."""
    def make(path):
        os.makedirs(path)
        apt = os.path.join(path, "apt")
        os.makedirs(apt)
        binary = os.path.join(debian.any_tree(folder), "etc/apt/sources.list")
        with open(binary) as f, open(os.path.join(apt, "sources.list"), "w") as out:
            out.write(f.read().replace("deb ", "deb-src ", 1).split("\n")[0] + "\n")
        options = debian.apt(apt, "amd64", os.path.join(apt, "sources.list"))
        debian.call("apt-get", *options, "-q", "update")
        debian.call("apt-get", *options, "-q", "source", "--download-only", LUA, cwd=path)
        debian.call("tar", "xf", glob.glob(path + "/*.orig.tar.*")[0], "--strip-components=1", cwd=path)
        shutil.rmtree(apt)
        source = os.path.join(path, "src")
        debian.call("make", "-C", source, "CC=musl-gcc", "MYCFLAGS=-fPIC -DLUA_USE_POSIX", "liblua.a")
        with open(os.path.join(path, LUA + ".pc"), "w") as out:
            out.write(PC.format(source=source))
    return debian.kept(os.path.join(folder, "musl-lua"), debian.RELEASE, make)


def kernel_headers(folder):
    """Those of Linux alone: next to them, where the compiler of glibc finds them, are glibc's own."""
    top = os.path.join(folder, "musl-headers")
    shutil.rmtree(top, ignore_errors=True)
    os.makedirs(top)
    machine = debian.call("gcc", "-print-multiarch").strip()
    for name, at in (("linux", "linux"), ("asm-generic", "asm-generic"), ("asm", machine + "/asm")):
        os.symlink(os.path.join("/usr/include", at), os.path.join(top, name))
    return top


def build(folder, kind):
    out = os.path.join(folder, "musl-" + kind)
    env = dict(os.environ, CC="musl-gcc", PKG_CONFIG_LIBDIR=lua(folder))
    if shutil.which("ccache"):
        env["CC"] = "ccache musl-gcc"
    again = ["--reconfigure"] if os.path.exists(os.path.join(out, "build.ninja")) else []
    debian.call("meson", "setup", *again, "-Dcore=true", "-Dshared_lua=true", "-Dc_args=-isystem" + kernel_headers(folder), *LINKS[kind], out, TOP, env=env)
    debian.call("ninja", "-C", out, env=env)
    return os.path.join(out, "sn0int-sandbox")


def is_linked(child, kind):
    """What it needs is musl, or nothing."""
    said = debian.call("readelf", "-ld", child)
    if kind == "static":
        return None if "NEEDED" not in said and "interpreter" not in said else said
    return None if "ld-musl" in said and said.count("(NEEDED)") == 1 and "[libc.so]" in said else said


def selftest(child, who):
    p = subprocess.run([child, "--selftest"], stdin=subprocess.DEVNULL, capture_output=True, text=True, preexec_fn=who)
    return None if p.returncode == 0 and "functions: none was stopped" in p.stdout else p.stdout[-3000:] + p.stderr


def become_nobody():
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)


def cases(folder, report):
    for kind in LINKS:
        child = build(folder, kind)
        report.case(f"musl: builds, {kind}", is_linked(child, kind))
        report.case(f"musl: --selftest, {kind}", selftest(child, None))
        if os.geteuid() == 0:
            report.case(f"musl: --selftest as nobody, {kind}", selftest(child, become_nobody))
