#!/usr/bin/env python3
"""layout.py CC MUSL-CC: the static child is compiled against one C library's headers and linked with another's; what they hand each
other has one layout and one value in both. TAP.

Structures are those of the table here; a source that names another fails the test. Constants are found in the sources: each word in
capitals that is a number to both libraries' headers has one value.
"""
import functools
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests"))
import tap  # noqa: E402

CC, MUSL = sys.argv[1], sys.argv[2]
START = "#define _GNU_SOURCE 1\n#include <stdio.h>\n#include <wchar.h>\n#include <link.h>\n#include <ucontext.h>"
WINGS = ("common", "sandbox")
# heavy libraries, and what only the program with a loader or another system has
ELSEWHERE = re.compile(r"/(plugin|outer)/|/(img|tls)/|openbsd|posix")

# name: members
TYPES = {
    "struct stat": "st_dev st_ino st_nlink st_mode st_uid st_gid st_rdev st_size st_blksize st_blocks st_atim st_mtim st_ctim",
    "struct sigaction": "sa_handler sa_sigaction sa_mask sa_flags",
    "sigset_t": "",
    "stack_t": "ss_sp ss_flags ss_size",
    "siginfo_t": "si_signo si_errno si_code si_pid si_uid si_status si_addr si_value si_call_addr si_syscall si_arch",
    "mcontext_t": "gregs fpregs",
    "struct msghdr": "msg_name msg_namelen msg_iov msg_iovlen msg_control msg_controllen msg_flags",
    "struct cmsghdr": "cmsg_len cmsg_level cmsg_type",
    "struct sockaddr": "sa_family sa_data",
    "struct sockaddr_storage": "ss_family",
    "struct sockaddr_in": "sin_family sin_port sin_addr",
    "struct sockaddr_in6": "sin6_family sin6_port sin6_flowinfo sin6_addr sin6_scope_id",
    "struct in_addr": "s_addr",
    "struct iovec": "iov_base iov_len",
    "struct pollfd": "fd events revents",
    "struct timespec": "tv_sec tv_nsec",
    "struct itimerval": "it_interval it_value",
    "struct rlimit": "rlim_cur rlim_max",
    "struct passwd": "pw_name pw_passwd pw_uid pw_gid pw_gecos pw_dir pw_shell",
    "struct utsname": "sysname nodename release version machine",
    "struct dl_phdr_info": "dlpi_addr dlpi_name dlpi_phdr dlpi_phnum",
    "jmp_buf": "",
    "off_t": "", "pid_t": "", "time_t": "", "clock_t": "", "nfds_t": "",
    "socklen_t": "", "wchar_t": "", "max_align_t": "", "div_t": "quot rem",
}
# Of the kernel's own headers, which both share, or of a library that has its own.
NOT_LIBC = set("nlmsghdr ifaddrmsg rtattr sockaddr_nl seccomp_data seccomp_notif seccomp_notif_resp sock_fprog sock_filter __user_cap_header_struct "
               "__user_cap_data_struct nettle_hash lua_ tcp_info ifaddrs".split())
# What differs, and why that does no harm.
NARROWER = "the kernel has 8 bytes there, and numbers that fit into 4; musl sets the other 4 to 0 before it hands them on"
DIFFERENT = {
    "struct msghdr.msg_iovlen": NARROWER,
    "struct msghdr.msg_controllen": NARROWER,
    "struct cmsghdr": NARROWER,
    "struct cmsghdr.cmsg_len": NARROWER,
    "O_ACCMODE": "a mask of ours, for what the kernel says; the bit more in musl's is one that nobody sets here",
}


def sources():
    """(path, text) of each file of code."""
    for wing in WINGS:
        for folder, _, names in os.walk(os.path.join(TOP, "src", wing)):
            for name in (n for n in sorted(names) if n.endswith((".c", ".h"))):
                with open(os.path.join(folder, name)) as f:
                    # comments and texts are no code
                    yield os.path.join(folder, name)[len(TOP):], re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', " ", f.read(), flags=re.S)


ALL = dict(sources())
TEXTS = [text for path, text in ALL.items() if not ELSEWHERE.search(path)]


def named():
    """Structures that are used and not made in these wings."""
    used = {name for text in TEXTS for name in re.findall(r"\bstruct (\w+)", text)}
    made = {name for text in ALL.values() for name in re.findall(r"\bstruct (\w+)\s*[{;]", text)}
    return used - made - {"type"}  # of a macro


def words():
    """What may be a constant."""
    return sorted({word for text in TEXTS for word in re.findall(r"\b_*[A-Z][A-Z0-9_]{2,}\b", text)})


def headers():
    """Of the C library, as the sources include them."""
    found = {header for text in TEXTS for header in re.findall(r"#include <([\w/.]+)>", text)}
    return sorted(h for h in found if all(is_known(cc, h) for cc in (CC, MUSL)))


@functools.cache
def is_known(cc, header):
    return subprocess.run([cc, "-E", "-o", os.devnull, "-x", "c", "-"], input=f"#include <{header}>\n", capture_output=True, text=True).returncode == 0


def said(cc, folder, lines):
    """What a program prints that has these lines in its main()."""
    c, program = os.path.join(folder, "a.c"), os.path.join(folder, "a")
    with open(c, "w") as f:
        f.write("\n".join([START, *(f"#include <{h}>" for h in headers()), "int main(void)", "{", *lines, "return 0;", "}", ""]))
    subprocess.run([cc, "-w", "-static", "-o", program, c], check=True)
    return dict(line.split(": ") for line in subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines())


def layouts(cc, folder):
    lines = []
    for name, members in TYPES.items():
        lines.append(f'printf("{name}: %zu %zu\\n", sizeof({name}), _Alignof({name}));')
        lines += [f'printf("{name}.{m}: %zu %zu\\n", __builtin_offsetof({name}, {m}), sizeof((({name} *)0)->{m}));' for m in members.split()]
    return said(cc, folder, lines)


def bad_lines(cc, lines):
    """Of these declarations; one may hide the next, and is to be taken out before that is seen."""
    text = "\n".join([START, *(f"#include <{h}>" for h in headers()), '#line 1 "words"', *lines])
    out = subprocess.run([cc, "-fsyntax-only", "-w", "-fmax-errors=0", "-x", "c", "-"], input=text, capture_output=True, text=True).stderr
    return {int(n) - 1 for n in re.findall(r"^words:(\d+):\d+: error", out, flags=re.M)}


def constants(cc, folder):
    """Words that are a number to this compiler."""
    left = words()
    while bad := bad_lines(cc, [f"long long v{n} = (long long)({word});" for n, word in enumerate(left)]):
        left = [word for n, word in enumerate(left) if n not in bad]
    return said(cc, folder, [f'printf("{word}: %lld\\n", (long long)({word}));' for word in left])


@functools.cache
def both(of):
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = of(CC, folder), of(MUSL, folder)
    found = {name: (ours[name], theirs[name]) for name in sorted(ours.keys() & theirs.keys())}
    # a table that finds nothing would be no test
    assert len(found) > 90, found
    return found


def differences(of):
    return "\n".join(f"{name}: {a} and {b}" for name, (a, b) in both(of).items() if a != b and name not in DIFFERENT)


def structures_have_a_row():
    return "\n".join(f"struct {name}: no row in {os.path.basename(__file__)}" for name in sorted(named()) if f"struct {name}" not in TYPES and name not in NOT_LIBC)


def structures_are_laid_out_alike():
    return differences(layouts)


def constants_are_the_same():
    return differences(constants)


def each_difference_is_one():
    found = {**both(layouts), **both(constants)}
    return "\n".join(f"{name} is the same by now" for name in DIFFERENT if len(set(found[name])) == 1)


sys.exit(tap.report([structures_have_a_row, structures_are_laid_out_alike, constants_are_the_same, each_difference_is_one]))
