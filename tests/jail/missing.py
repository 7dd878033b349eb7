"""Taking layers away from a child before it starts: what its kernel refuses. For preexec_fn. Linux, x86_64 and aarch64."""
import ctypes
import errno
import os
import struct

import calls

libc = ctypes.CDLL(None, use_errno=True)

# the names that cases use; None: no table for this architecture
CALLS = calls.HERE or None
NEW = {"user": 0x10000000, "net": 0x40000000, "mount": 0x20000, "pid": 0x20000000, "ipc": 0x8000000, "uts": 0x4000000, "cgroup": 0x2000000}
ALL_NEW = sum(NEW.values())

LOAD, JEQ, JSET, RET = 0x20, 0x15, 0x45, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NO_NEW_PRIVS, SET_SECCOMP, FILTER, DUMPABLE = 38, 22, 2, 4


def ins(code, k, jt=0, jf=0):
    return struct.pack("<HBBI", code, jt, jf, k)


def refuse(name, errnum, flags=0):
    """One call answers with an errno; with flags only where one of these is in its first argument."""
    rule = [ins(LOAD, 0), ins(JEQ, CALLS[name], 0, 3 if flags else 1)]
    if flags:
        rule += [ins(LOAD, 16), ins(JSET, flags, 0, 1)]
    rule += [ins(RET, ERRNO | errnum), ins(RET, ALLOW)]
    load(rule)


def load(rule):
    code = b"".join(rule)
    buf = ctypes.create_string_buffer(code)
    prog = struct.pack("<HxxxxxxQ", len(rule), ctypes.addressof(buf))
    block = ctypes.create_string_buffer(prog)
    check(libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0))
    check(libc.prctl(SET_SECCOMP, FILTER, ctypes.byref(block), 0, 0))


def refuse_when(name, errnum, arg=None, value=0):
    """One call answers with an errno, 0 being a success that does nothing; only where the low half of this argument is value."""
    if arg is None:
        refuse(name, errnum)
        return
    load([ins(LOAD, 0), ins(JEQ, CALLS[name], 0, 3), ins(LOAD, 16 + 8 * arg), ins(JEQ, value, 0, 1), ins(RET, ERRNO | errnum), ins(RET, ALLOW)])


def check(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def become_nobody():
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    check(libc.prctl(DUMPABLE, 1, 0, 0, 0))


def enter_user_namespace(inside):
    """As `inside`, with one id; no more namespaces may be made in there."""
    uid, gid = os.getuid(), os.getgid()
    check(libc.unshare(NEW["user"]))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{inside} {uid} 1"), ("gid_map", f"{inside} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as f:
            f.write(text)


def forbid_user_namespaces():
    with open("/proc/sys/user/max_user_namespaces", "w") as f:
        f.write("0")


def without_namespaces():
    """For preexec_fn: nobody, in a user namespace in which no other of any kind can be made."""
    become_nobody()
    enter_user_namespace(os.getuid())
    forbid_user_namespaces()


def landlock_around(accesses):
    """A Landlock that handles files and has no rule; whatever it handles, nobody under it may mount."""
    check(libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0))
    rules = ctypes.create_string_buffer(struct.pack("<Q", accesses))
    fd = libc.syscall(CALLS["landlock_create_ruleset"], rules, 8, 0)
    check(fd)
    check(libc.syscall(CALLS["landlock_restrict_self"], fd, 0))
    os.close(fd)


LANDLOCK_MAKE_DIR, LANDLOCK_MAKE_SOCK = 1 << 7, 1 << 9
EPERM, ENOSYS, EINVAL = errno.EPERM, errno.ENOSYS, errno.EINVAL
