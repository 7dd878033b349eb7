"""The language of probes.tsv: calls with their arguments, in order; the last decides.

A call is `name = call(arg, ...)` or `call(arg, ...)`, calls stand between " ; ". Arguments: numbers, constants joined with |, "text" (a
pointer to it), $name (an earlier result, or a value of the runner), NULL, and makers of memory: buf(n) zeroed bytes, q(a, b) 64-bit words,
hex("00"), un("path") abs("name") in4("ip", port) in6("ip", port) socket addresses, iov(p, n), msg(name, len, iov, control), cmsgfd(fd).
"""
import re
import socket
import struct

# the numbers that calls with another ABI of x86_64 have, and the bit that marks x32
I386 = {"getpid": 20, "open": 5, "socketcall": 102}
X32 = 0x40000000

CONSTANTS = {
    "NULL": 0, "AT_FDCWD": -100, "AT_EMPTY_PATH": 0x1000, "O_RDONLY": 0, "O_WRONLY": 1, "O_RDWR": 2, "O_CREAT": 0o100,
    "O_PATH": 0o10000000, "O_DIRECTORY": 0o200000, "O_TMPFILE": 0o20200000, "O_ASYNC": 0o20000, "STATX_BASIC": 0x7ff,
    "CLOCK_REALTIME": 0, "CLOCK_MONOTONIC": 1, "PROT_NONE": 0, "PROT_READ": 1, "PROT_WRITE": 2, "PROT_EXEC": 4,
    "MAP_SHARED": 1, "MAP_PRIVATE": 2, "MAP_ANONYMOUS": 0x20, "MAP_GROWSDOWN": 0x100, "MAP_NORESERVE": 0x4000, "MAP_HUGETLB": 0x40000,
    "MADV_MERGEABLE": 12, "MCL_CURRENT": 1, "MCL_FUTURE": 2, "SHM_EXEC": 0o100000, "IPC_PRIVATE": 0,
    "SIGCHLD": 17, "SIGCONT": 18, "SIGKILL": 9, "SIGSYS": 31,
    "CLONE_VM": 0x100, "CLONE_FS": 0x200, "CLONE_FILES": 0x400, "CLONE_SIGHAND": 0x800, "CLONE_VFORK": 0x4000,
    "CLONE_PARENT": 0x8000, "CLONE_THREAD": 0x10000, "CLONE_SYSVSEM": 0x40000, "CLONE_SETTLS": 0x80000,
    "CLONE_PARENT_SETTID": 0x100000, "CLONE_CHILD_CLEARTID": 0x200000, "CLONE_UNTRACED": 0x800000,
    "CLONE_NEWUSER": 0x10000000, "CLONE_NEWNET": 0x40000000,
    "PTRACE_ATTACH": 16, "PTRACE_SEIZE": 0x4206, "RLIMIT_CORE": 4, "RLIMIT_NOFILE": 7, "PRIO_PROCESS": 0, "IPRIO": 1,
    "F_DUPFD": 0, "F_SETFL": 4, "O_APPEND": 0o2000, "F_SETLK": 6, "F_SETOWN": 8, "F_SETSIG": 10, "F_SETOWN_EX": 15, "F_SETLEASE": 1024, "F_SETPIPE_SZ": 1031,
    "FIOASYNC": 0x5452, "FIONREAD": 0x541b, "FIONBIO": 0x5421, "SIOCSPGRP": 0x8902, "SIOCGIFCONF": 0x8912, "SIOCGIFHWADDR": 0x8927, "TIOCSTI": 0x5412, "TIOCLINUX": 0x541c,
    "TIOCSCTTY": 0x540e, "TIOCSETD": 0x5423, "TCSETS": 0x5402, "FS_IOC_GETFLAGS": 0x80086601,
    "PERSONALITY_RIE": 0x0400000, "ARCH_REQ_XCOMP_PERM": 0x1023,
    "PR_CAP_AMBIENT": 47, "PR_SET_KEEPCAPS": 8, "PR_SET_DUMPABLE": 4, "PR_SET_PTRACER": 0x59616d61, "PR_SET_PDEATHSIG": 1,
    "PR_SET_CHILD_SUBREAPER": 36, "PR_SET_MM": 35, "PR_SET_SECCOMP": 22, "PR_SET_SYSCALL_USER_DISPATCH": 59,
    "PR_SET_SPECULATION_CTRL": 53, "PR_SET_TSC": 26, "PR_SCHED_CORE": 62,
    "SECCOMP_SET_MODE_FILTER": 1, "SECCOMP_FILTER_FLAG_NEW_LISTENER": 8,
    "AF_UNIX": 1, "AF_INET": 2, "AF_AX25": 3, "AF_INET6": 10, "AF_KEY": 15, "AF_NETLINK": 16, "AF_PACKET": 17, "AF_RDS": 21,
    "AF_PPPOX": 24, "AF_CAN": 29, "AF_TIPC": 30, "AF_BLUETOOTH": 31, "AF_ALG": 38, "AF_VSOCK": 40, "AF_KCM": 41, "AF_QIPCRTR": 42,
    "AF_SMC": 43, "AF_XDP": 44, "SOCK_STREAM": 1, "SOCK_DGRAM": 2, "SOCK_RAW": 3, "SOCK_SEQPACKET": 5, "SOCK_OURS": 0x80800, "SOCK_DCCP": 6,
    "NETLINK_ROUTE": 0, "NETLINK_NETFILTER": 12, "IPPROTO_IP": 0, "IPPROTO_ICMP": 1, "IPPROTO_TCP": 6, "IPPROTO_UDP": 17, "IPPROTO_SCTP": 132,
    "IPPROTO_MPTCP": 262, "MSG_DONTWAIT": 0x40, "MSG_FASTOPEN": 0x20000000, "SOL_SOCKET": 1, "SO_ATTACH_FILTER": 26,
    "SO_ATTACH_BPF": 50, "SO_BINDTODEVICE": 25, "SO_MARK": 36, "SO_ZEROCOPY": 60, "SO_PEERCRED": 17, "SO_TYPE": 3, "TCP_ULP": 31,
    "IPT_SO_SET_REPLACE": 64, "IP_OPTIONS": 4, "KEYCTL_GET_KEYRING_ID": 0, "KEYCTL_JOIN_SESSION_KEYRING": 1,
    "FUTEX_LOCK_PI": 6, "FUTEX_CMP_REQUEUE_PI": 12, "RUSAGE_CHILDREN": -1,
}

# what other architectures than x86_64 have otherwise: <asm/fcntl.h>, <asm/ioctls.h>, <asm/mman.h>
OTHER = {
    "aarch64": {"O_DIRECTORY": 0o40000, "O_TMPFILE": 0o20040000},
    "arm": {"O_DIRECTORY": 0o40000, "O_TMPFILE": 0o20040000},
    "ppc64le": {"O_DIRECTORY": 0o40000, "O_TMPFILE": 0o20040000, "MAP_NORESERVE": 0x40, "MAP_GROWSDOWN": 0x100, "TIOCSTI": 0x5412,
                "TCSETS": 0x802c7414, "FIOASYNC": 0x8004667d, "SO_PEERCRED": 21, "MCL_CURRENT": 0x2000, "MCL_FUTURE": 0x4000},
}


class Memory:
    """Where pointers of arguments go: the bytes of one block, at an address that the runner chooses."""

    def __init__(self, base):
        self.base, self.bytes = base, bytearray()

    def add(self, data):
        at = self.base + len(self.bytes)
        self.bytes += data + b"\0" * (-len(data) % 16)
        return at


def split(text, separator):
    """At separators outside quotes and parentheses."""
    out, depth, quoted, part = [], 0, False, ""
    for c in text:
        if c == '"':
            quoted = not quoted
        elif not quoted and c in "()":
            depth += 1 if c == "(" else -1
        if c == separator and depth == 0 and not quoted:
            out.append(part.strip())
            part = ""
        else:
            part += c
    return out + [part.strip()] if part.strip() or out else []


class Reader:
    def __init__(self, memory, values, arch):
        self.memory, self.values = memory, dict(values)
        self.constants = dict(CONSTANTS, **OTHER.get(arch, {}))

    def text(self, quoted):
        s = re.sub(r"\$(\w+)", lambda m: str(self.values[m.group(1)]), quoted[1:-1])
        return s.encode().decode("unicode_escape").encode("latin-1")

    def make(self, name, args):
        a = lambda i: self.value(args[i])
        if name == "buf":
            return self.memory.add(b"\0" * a(0))
        if name == "q":
            return self.memory.add(b"".join(struct.pack("<Q", self.value(x) & (1 << 64) - 1) for x in args))
        if name == "hex":
            return self.memory.add(bytes.fromhex(args[0].strip('"')))
        if name == "un":
            return self.memory.add(struct.pack("<H", 1) + self.text(args[0]).ljust(108, b"\0"))
        if name == "abs":
            return self.memory.add(struct.pack("<H", 1) + b"\0" + self.text(args[0]))
        if name == "in4":
            return self.memory.add(struct.pack("<H", 2) + struct.pack(">H", a(1)) + socket.inet_aton(args[0].strip('"')) + b"\0" * 8)
        if name == "in6":
            address = socket.inet_pton(socket.AF_INET6, args[0].strip('"'))
            return self.memory.add(struct.pack("<H", 10) + struct.pack(">H", a(1)) + b"\0" * 4 + address + b"\0" * 4)
        if name == "iov":
            return self.memory.add(struct.pack("<QQ", a(0), a(1)))
        if name == "cmsgfd":
            return self.memory.add(struct.pack("<QiiiI", 20, 1, 1, a(0), 0))
        if name == "msg":
            control = self.value(args[3]) if len(args) > 3 else 0
            return self.memory.add(struct.pack("<QQQQQQQ", a(0), a(1), a(2), 1, control, 24 if control else 0, 0))
        raise ValueError(f"no such maker: {name}")

    def value(self, text):
        text = text.strip()
        if text.startswith('"'):
            return self.memory.add(self.text(text) + b"\0")
        if text.startswith("$"):
            return self.values[text[1:]]
        call = re.match(r"(\w+)\((.*)\)$", text, re.S)
        if call:
            return self.make(call.group(1), split(call.group(2), ","))
        if "|" in text:
            total = 0
            for part in text.split("|"):
                total |= self.value(part)
            return total
        if text in self.constants:
            return self.constants[text]
        return int(text, 0)


class Step:
    def __init__(self, text):
        m = re.match(r"(?:(\w+)\s*=\s*)?(?:(\w+):)?(\w+)\((.*)\)$", text, re.S)
        self.result, self.abi, self.call, args = m.groups()
        self.args = split(args, ",")

    def values(self, reader):
        return [reader.value(a) for a in self.args]


class Probe:
    def __init__(self, line):
        self.name, self.layer, self.how, self.expected, self.why = line.rstrip("\n").split("\t")
        self.kind = "lua" if self.how.startswith("lua ") else "state" if self.how.startswith("state ") else "calls"

    def steps(self):
        return [Step(t) for t in split(self.how, ";")]

    def has_calls(self, arch, numbers):
        """Whether an architecture has all that it makes, of its own table or of a foreign one that it knows."""
        return all(step.abi and arch == "x86_64" or not step.abi and (step.call.isdigit() or step.call in numbers) for step in self.steps())

    def wanted(self, mode):
        """filter, refuse, allow, hold, bounded or skip, in network mode a or b."""
        for part in self.expected.split():
            if ":" not in part:
                return part
            if part.startswith(mode + ":"):
                return part[2:]
        raise ValueError(self.expected)


def read(path):
    with open(path, encoding="utf-8") as f:
        return [Probe(line) for line in f if not line.startswith("#") and not line.startswith("name\t")]
