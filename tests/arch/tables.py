"""The tables of the filters against the headers of each architecture: numbers of calls, and what the rows compare arguments with; and the jail
compiles there. That the programs made from the tables give the verdicts that the probes want, on every architecture, jail-filter says in make check.
"""
import glob
import json
import os
import re
import subprocess
import sys

import debian

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
JAIL = os.path.join(TOP, "src/sandbox/jail")
sys.path.insert(0, os.path.join(TOP, "tests/jail"))
import calls  # noqa: E402

COMPILER = {"x86_64": "gcc", "aarch64": "aarch64-linux-gnu-gcc", "arm": "arm-linux-gnueabihf-gcc", "riscv64": "riscv64-linux-gnu-gcc",
            "ppc64le": "powerpc64le-linux-gnu-gcc", "i386": "i686-linux-gnu-gcc"}
# names that are no calls, and one that we give another name: its arguments are in memory
NO_CALLS = re.compile(r"syscalls|arch_specific_syscall|.*(SYSCALL_BASE|SYSCALL_MASK)")
# younger than the headers of Debian 12, among older ones
YOUNGER = {"uretprobe", "uprobe", "riscv_hwprobe"}
RENAMED = {("i386", "mmap"): "old_mmap"}
HEADERS = ("errno.h fcntl.h linux/filter.h linux/seccomp.h netinet/in.h netinet/tcp.h sched.h signal.h stddef.h sys/ioctl.h sys/mman.h sys/prctl.h "
           "sys/socket.h sys/wait.h time.h unistd.h").split()
OURS = ["base/agreed.h", "jail/policy_row.h"]
MOST_SHOWN = 20


def headers_of(arch):
    """{name: number} in <asm/unistd.h>."""
    command = [COMPILER[arch], "-E", "-x", "c", "-"]
    out = subprocess.run([*command, "-dM"], input="#include <asm/unistd.h>\n", capture_output=True, text=True, check=True).stdout
    names = [n for n in re.findall(r"^#define __NR_(\w+)", out, re.M) if not NO_CALLS.fullmatch(n)]
    text = "#include <asm/unistd.h>\n" + "".join(f"@{n}@ __NR_{n}\n" for n in names)
    out = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    text = " ".join(line for line in out.splitlines() if not line.startswith("#"))
    found = {name: eval(value) for name, value in re.findall(r"@ ?(\w+) ?@\s+([\d()+ ]+)", text)}
    return found


def numbers(arch):
    """Every call of the headers is in the table, with its number; newer ones may be there, too."""
    theirs, ours = headers_of(arch), calls.read()[arch]
    bad = []
    for name, nr in theirs.items():
        got = ours.get(RENAMED.get((arch, name), name))
        if got != nr:
            bad.append(f"{name} is {nr} in the headers, {got} in calls.def")
    newest = max(theirs.values(), default=0)
    bad += [f"{name} ({nr}) is not in the headers" for name, nr in ours.items()
            if nr <= newest and nr not in theirs.values() and name not in YOUNGER]
    if len(theirs) < 250:
        bad.append(f"only {len(theirs)} calls are in the headers")
    return "\n".join(bad[:MOST_SHOWN])


def compile(arch, text, *options):
    """What the compiler says of a text; "": nothing."""
    p = subprocess.run([COMPILER[arch], "-D_GNU_SOURCE", "-std=c17", "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers", "-fsyntax-only",
                        *options, "-x", "c", "-"], input=text, capture_output=True, text=True)
    return "" if p.returncode == 0 else p.stderr[-3000:]


def rooms(folder):
    """Where a source of the jail finds what it may include: folders of links, as tools/rooms makes them."""
    top = os.path.join(folder, "tables-include")
    os.makedirs(top, exist_ok=True)
    for name, at in (("base", "common/base"), ("jail", "sandbox/jail")):
        link = os.path.join(top, name)
        if not os.path.islink(link):
            os.symlink(os.path.join(TOP, "src", at), link)
    return top


def values(arch, rows, include):
    """The value of each row is what its text means to the compiler of the architecture."""
    text = "".join(f"#include <{name}>\n" for name in HEADERS) + "".join(f'#include "{name}"\n' for name in OURS)
    text += "#ifndef PR_SET_VMA\n#define PR_SET_VMA 0x53564d41\n#endif\n#define DROPPABLE 0x08\n#define SOCK_OURS (SOCK_NONBLOCK | SOCK_CLOEXEC)\n"
    wanted = sorted({(row["text"], row["value"]) for row in rows if row.get("arch") == arch and "text" in row})
    claims = [f'_Static_assert((unsigned)({name}) == {value}u, "{name}: {value}");\n' for name, value in wanted]
    # what the kernel says of a terminal, and not the C library
    kernel = [claim.replace("KERNEL_TCGETS", "TCGETS") for claim in claims if "KERNEL_TCGETS" in claim]
    text += "".join(claim for claim in claims if "KERNEL_TCGETS" not in claim)
    said = compile(arch, text, "-I" + include) + compile(arch, "#include <asm/termbits.h>\n#include <asm/ioctls.h>\n" + "".join(kernel))
    return said if len(wanted) > 40 and kernel else f"only {len(wanted)} values"


def sources(arch, include):
    bad = []
    for path in sorted(glob.glob(JAIL + "/*.c")):
        if os.path.basename(path) not in ("gen.c", "pledge.c", "unconfined.c", "jail_posix.c"):
            with open(path) as f:
                bad.append(compile(arch, f'#line 1 "{os.path.basename(path)}"\n' + f.read(), "-I" + include))
    return "\n".join(b for b in bad if b)


def dump(folder):
    """The rows of the tables as the generator's sources have them; made here, for this machine."""
    program = os.path.join(folder, "tables-dump")
    parts = [os.path.join(JAIL, name) for name in ("calls.c", "emit.c", "policy.c", "policy_outer.c", "verdict.c")]
    made = [os.path.join(folder, "tables-gen"), os.path.join(folder, "tables-filters.c")]
    options = ["-D_GNU_SOURCE", "-std=c17", "-I" + rooms(folder)]
    debian.call("gcc", *options, "-o", made[0], os.path.join(JAIL, "gen.c"), *parts)
    with open(made[1], "w") as f:
        f.write(debian.call(made[0]))
    debian.call("gcc", *options, "-DFILTER_ALL", "-o", program, os.path.join(TOP, "tests/jail/dump.c"), made[1], *parts)
    return [json.loads(line) for line in debian.call(program).splitlines()]


def cases(folder, report):
    include, rows = rooms(folder), dump(folder)
    for arch in COMPILER:
        report.case(f"tables: {arch}: numbers are those of the headers", numbers(arch))
        report.case(f"tables: {arch}: values are those of the headers", values(arch, rows, include))
        report.case(f"tables: {arch}: the jail compiles", sources(arch, include))
