"""aarch64: built by a cross compiler, and tried in a machine with a kernel of Debian, which qemu is. What needs no privilege of the kernel
runs under qemu's emulation of a process, too.
"""
import glob
import json
import os
import re
import shutil

import debian
import machine

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIBRARIES = ("libc6-dev liblua5.4-dev libssl-dev libexpat1-dev libmaxminddb-dev nettle-dev libsodium-dev libjpeg-dev libpng-dev libwebp-dev libgif-dev "
             "libtiff-dev zlib1g-dev libsqlite3-dev libreadline-dev linux-libc-dev libgcc-12-dev").split()
# what the machine has beside them
TOOLS = ["python3-minimal", "libpython3-stdlib", "busybox-static", "ca-certificates", "publicsuffix"]
TRIPLE = "aarch64-linux-gnu"
# vectors of that machine are emulated call by call, and libc copies by them: without them a child starts a fifth sooner
QEMU = ["-M", "virt", "-cpu", "max,pauth-impdef=on,sve=off,sme=off,lpa2=off", "-smp", "2", "-m", "1G"]
WORDS = "console=ttyAMA0 quiet panic=-1 rdinit=/init"
ALL = os.environ.get("SN0INT_ARCH") == "all"
BOOT_SECONDS, JOB_SECONDS = (7200, 3600) if ALL else (900, 400)
NOT_IN_IMAGE = re.compile(r"\.a$|\.pyc$|^usr/(include|share/(?!ca-certificates|publicsuffix)|lib/gcc)|^usr/lib/[^/]*/(perl|gconv|pkgconfig)|^(dev|var|tmp)/")
# of a kernel of Debian 12: Landlock, and no PR_SET_MDWE
OFF = {"no writable code"}
LANDLOCK = "landlock (ABI 2)"
# on the file system that the kernel unpacked
FIRST = ", on an initramfs"
# A start of a child takes half a second there. What repeats it is sampled: each call that an outer half is made to make is the end of one,
# and a run is killed at few moments. What asks for the share of all is asked all.
SAMPLE = {"SN0INT_EVERY": "20", "SN0INT_MOMENTS": "4"}
WHOLE = {"SN0INT_EVERY": "1", "SN0INT_MOMENTS": "4"}
# A filter knows no user, and a layer no variant: of each filter one form is there, and of who starts it each with some filter.
LEFT_OUT = {"jail-probes-root-net", "jail-probes-nobody", "jail-probes-nobody-fetch", "jail-probes-no-filter-nobody", "jail-outer-waits", "jail-outer-waits-bare",
            "jail-outer-serves-nobody", "jail-outer-serves-bare", "jail-outer-broker", "jail-outer-broker-nobody"}
COVERED = "empty file system over the old one; pivot_root: EINVAL"

CROSS = """[binaries]
c = [{ccache}'{triple}-gcc', '--sysroot={tree}']
ar = '{triple}-ar'
strip = '{triple}-strip'
pkgconfig = 'pkg-config'
pkg-config = 'pkg-config'
exe_wrapper = ['qemu-aarch64-static', '-L', '{tree}']
[properties]
sys_root = '{tree}'
pkg_config_libdir = ['{tree}/usr/lib/{triple}/pkgconfig', '{tree}/usr/share/pkgconfig']
[host_machine]
system = 'linux'
cpu_family = 'aarch64'
cpu = 'aarch64'
endian = 'little'
"""
PROGRAMS = ["sn0int", "sn0int-sandbox"]


def build(folder, tree):
    """(build folder, what a program of it needs beside itself)."""
    out = os.path.join(folder, "aarch64")
    cross = os.path.join(folder, "aarch64.cross")
    with open(cross, "w") as f:
        f.write(CROSS.format(tree=tree, triple=TRIPLE, ccache="'ccache', " if shutil.which("ccache") else ""))
    again = ["--reconfigure"] if os.path.exists(os.path.join(out, "build.ninja")) else []
    debian.call("meson", "setup", *again, "--cross-file", cross, out, TOP)
    targets = json.loads(debian.call("meson", "introspect", "--targets", out))
    plugins = [os.path.relpath(t["filename"][0], out) for t in targets if t["type"] == "shared module"]
    debian.call("ninja", "-C", out, *PROGRAMS, *plugins)
    return out, plugins


def jail_tests(out):
    """The tests of the jail, as meson knows them: those that start the child, and the programs of its room."""
    ours = {name[:-2] for name in os.listdir(os.path.join(TOP, "tests/unit/jail")) if name.endswith(".c")}
    for test in json.loads(debian.call("meson", "introspect", "--tests", out)):
        command = test["cmd"]
        if not (test["name"] in ours or any(s.endswith(":jail") for s in test["suite"])):
            continue
        if command[0].startswith(out):
            yield test["name"], command, [command[0]]
        elif any(os.path.normpath(part) in PROGRAMS for part in command):
            yield test["name"], ["/usr/bin/python3", *command[1:]], []


def environment(name):
    return {} if ALL else WHOLE if name.endswith("-no-filter") else SAMPLE


def jobs(out):
    """(what the machine does first, then; the programs that it needs for it)."""
    found, programs = [], []
    for who in ("root", "nobody"):
        for question in ("--check", "--selftest"):
            if (who, question) != ("root", "--selftest"):  # that is in jail-asks
                found.append({"name": f"{question} as {who}", "argv": ["./sn0int-sandbox", question], "as": who})
    for name, command, needs in jail_tests(out):
        found.append({"name": name, "argv": command, "as": "root"})
        programs += [os.path.relpath(path, out) for path in needs]
    # this kernel has the controllers of cgroup v2 that a machine of today may lack
    found.append({"name": "group", "argv": ["/usr/bin/python3", os.path.join(TOP, "tests/host/group.py"), os.path.join(out, "sn0int")], "as": "root"})
    debian.call("ninja", "-C", out, *programs)
    strangers = LEFT_OUT - {job["name"] for job in found}
    if strangers:
        raise RuntimeError(f"LEFT_OUT has no tests of the jail: {', '.join(sorted(strangers))}")
    found = [dict(job, folder=out, seconds=JOB_SECONDS, env=environment(job["name"])) for job in found if ALL or job["name"] not in LEFT_OUT]
    first = [dict(job, name=job["name"] + FIRST) for job in found if job["name"].startswith("--check") or job["name"] == "jail-probes-no-filter"]
    return first, found, programs


def image(path, tree, out, files, first, then):
    i = machine.Image()
    i.tree("", tree, lambda part: not NOT_IN_IMAGE.search(part))
    for folder in ("dev", "proc", "sys", "tmp", "root", "run", "var", "etc"):
        i.folder(folder)
    i.put("dev/console", 0o20600, device=(5, 1))
    i.text("etc/passwd", "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n")
    i.text("etc/group", "root:x:0:\nnogroup:x:65534:\n")
    i.text("etc/hosts", "127.0.0.1 localhost\n")
    for name in files:
        i.file(os.path.join(out, name), os.path.join(out, name))
    tables = [os.path.relpath(path, TOP) for path in glob.glob(TOP + "/tests/vectors/*.tsv")]
    for name in ["tests/jail", *tables, "tests/tap.py", "tests/host/group.py", "src/sandbox/jail/calls.def"]:
        source = os.path.join(TOP, name)
        (i.tree if os.path.isdir(source) else i.file)(source, source)
    here = os.path.dirname(os.path.abspath(__file__))
    i.file("init", os.path.join(here, "init"))
    i.file("inside", os.path.join(here, "inside.py"))
    i.text("jobs.first", json.dumps(first))
    i.text("jobs", json.dumps(then))
    i.write(path)


def protects_returns(out):
    """Functions of ours that keep their return address sign it; the loader's start files of Debian 12 lack the mark that asks the kernel for more (BTI)."""
    text = debian.call(f"{TRIPLE}-objdump", "-d", "--no-show-raw-insn", *sorted(glob.glob(out + "/src/libroom-*.a")))
    saves, signs = len(re.findall(r"\tstp\tx29, x30,", text)), len(re.findall(r"\tpaciasp\b", text))
    return None if signs >= saves > 0 else f"{signs} of {saves} functions sign"


def judge_check(said):
    """Every layer is on, but for those that a kernel of Debian 12 has not."""
    lines = said["out"].splitlines()
    off = {line[4:].split(":")[0].strip() for line in lines if line.startswith("off ")}
    note = COVERED if said["name"].endswith(FIRST) else "empty file system"
    wanted = [f"on  {LANDLOCK}", f"on  no file system ({note})"]
    return None if said["status"] == 3 and off == OFF and set(wanted) <= set(lines) else said["out"]


def judge_selftest(said):
    return None if said["status"] == 0 and "functions: none was stopped" in said["out"] else said["out"][-3000:]


def judge_tap(said):
    bad = [line for line in said["out"].splitlines() if line and not line.startswith("ok ")]
    return None if said["status"] == 0 and re.search(r"^(ok |1\.\.0 # SKIP)", said["out"], re.M) else f"status {said['status']}\n" + "\n".join(bad[-60:])


def count(said):
    """What there is to say of a job that did well."""
    lines = [line for line in said["out"].splitlines() if line.startswith("ok ")]
    skipped = sum("# SKIP" in line for line in lines)
    cases = f"{len(lines) - skipped} cases, {skipped} not here, " if lines else ""
    whole = re.match(r"1\.\.0 (# SKIP .*)", said["out"])
    return f"({cases}{said['seconds']} s)" + (f" {whole[1]}" if whole else "")


def report_jobs(report, wanted, out):
    """What the console showed: a line of each job, and that there are no more."""
    rows = [json.loads(line[1:]) for line in out.splitlines() if line.startswith("@")]
    said = {row["name"]: row for row in rows if row}
    report.case("aarch64: the machine boots and ends", None if {} in rows else out[-3000:])
    for job in wanted:
        name = job["name"]
        judge = judge_check if name.startswith("--check") else judge_selftest if name.startswith("--selftest") else judge_tap
        if name in said:
            report.case(f"aarch64: {name} {count(said[name])}", judge(said[name]))
        else:
            report.case(f"aarch64: {name}", "it did not end")


def cases(folder, report):
    tree = debian.tree(folder, "arm64", LIBRARIES + TOOLS)
    kernel, _ = debian.kernel(folder, "arm64", os.path.join(tree, "etc/apt/sources.list"))
    out, plugins = build(folder, tree)
    first, then, programs = jobs(out)
    report.case("aarch64: builds")
    report.case("aarch64: signs return addresses", protects_returns(out))
    path = os.path.join(folder, "arm64.cpio")
    image(path, tree, out, [*PROGRAMS, *plugins, *programs], first, then)
    said, _ = machine.boot("qemu-system-aarch64", QEMU, kernel, path, WORDS, BOOT_SECONDS)
    report_jobs(report, first + then, said)
