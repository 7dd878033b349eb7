"""A tracer for x86_64 and aarch64: makes a process that waits in a system call execute others, and tells what became of them.

A call is made by the process itself, with the very instruction in which it waits: registers are set, one step is done, and what
they were is put back. What differs between architectures is in a class of each.
"""
import ctypes
import os
import platform
import signal
import struct

import calls

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

SINGLESTEP, DETACH, POKETEXT, PEEKTEXT = 9, 17, 4, 1
GETREGSET, SETREGSET, NT_PRSTATUS = 0x4204, 0x4205, 1
SEIZE, INTERRUPT, O_SUSPEND_SECCOMP = 0x4206, 0x4207, 0x200000
WALL = 0x40000000
INT80 = b"\xcd\x80"
MASK = (1 << 64) - 1


class X86_64:
    REGS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs").split()
    PC, SP, NUMBER, RESULT, SYSCALL = "rip", "rsp", "rax", "rax", b"\x0f\x05"
    ARGS = ("rdi", "rsi", "rdx", "r10", "r8", "r9")
    ARGS_I386 = ("rbx", "rcx", "rdx", "rsi", "rdi", "rbp")
    NO_RESTART = {"orig_rax": MASK}  # the kernel shall not begin the old call again

    @staticmethod
    def settle(t):
        """The process stands behind the instruction."""
        t.at = t.saved["rip"] - 2


class Aarch64:
    REGS = [f"x{n}" for n in range(31)] + ["sp", "pc", "pstate"]
    PC, SP, NUMBER, RESULT, SYSCALL = "pc", "sp", "x8", "x0", b"\x01\x00\x00\xd4"  # svc #0
    ARGS = ("x0", "x1", "x2", "x3", "x4", "x5")
    NO_RESTART = {}

    @staticmethod
    def settle(t):
        """
        A call that is to be begun again has its program counter back at the instruction when a tracer sees it, and the kernel remembers
        that until the process goes on: a call made from that place would be taken for the old one (restart_syscall). So it first does
        the instruction behind, which looks at the result, and then all registers are as they were.
        """
        is_begun_again = t.peek(t.saved["pc"])[:4] == Aarch64.SYSCALL
        t.at = t.saved["pc"] - (0 if is_begun_again else 4)
        if is_begun_again:
            t.set_registers(dict(t.saved, pc=t.at + 4))
            ptrace(SINGLESTEP, t.pid)
            t.wait()
            t.set_registers(t.saved)


ARCH = {"x86_64": X86_64, "aarch64": Aarch64}.get(platform.machine())
SYSCALL = ARCH and ARCH.SYSCALL


class Gone(Exception):
    """The process ended; status as waitpid(2) gives it."""

    def __init__(self, status):
        super().__init__(f"ended with {status}")
        self.status = status


def ptrace(request, pid, address=0, data=0):
    result = libc.ptrace(request, pid, address, data)
    if result == -1 and ctypes.get_errno() != 0:
        raise OSError(ctypes.get_errno(), f"ptrace({request:#x}): {os.strerror(ctypes.get_errno())}")
    return result


class Blocked(Exception):
    """A call went into the kernel and waits there: it was let through."""


def on_alarm(sig, frame):
    raise Blocked


signal.signal(signal.SIGALRM, on_alarm)
MOST_SECONDS = 2
# a step, and the timers of limits
NO_ANSWER = (signal.SIGTRAP, signal.SIGPROF, signal.SIGALRM)


class Tracer:
    """Attaches at once; the process stays stopped between calls."""

    def __init__(self, pid, suspend_filter=False):
        self.pid = pid
        ptrace(SEIZE, pid, 0, O_SUSPEND_SECCOMP if suspend_filter else 0)
        ptrace(INTERRUPT, pid)
        self.wait()
        self.saved = self.registers()
        ARCH.settle(self)
        if self.peek(self.at)[: len(SYSCALL)] != SYSCALL:
            raise RuntimeError("the process does not wait in a system call")
        self.scratch = None

    def wait(self):
        signal.alarm(MOST_SECONDS)
        _, status = os.waitpid(self.pid, WALL)
        signal.alarm(0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            raise Gone(status)
        return os.WSTOPSIG(status)

    def regset(self, request, block):
        """The block, as the kernel has filled it or taken it."""
        vector = (ctypes.c_size_t * 2)(ctypes.addressof(block), ctypes.sizeof(block))
        ptrace(request, self.pid, NT_PRSTATUS, ctypes.addressof(vector))
        return block

    def registers(self):
        block = self.regset(GETREGSET, (ctypes.c_uint64 * len(ARCH.REGS))())
        return dict(zip(ARCH.REGS, block))

    def set_registers(self, regs):
        self.regset(SETREGSET, (ctypes.c_uint64 * len(ARCH.REGS))(*(regs[r] & MASK for r in ARCH.REGS)))

    def set_call(self, nr, args, names=None):
        """The next that it does is this call."""
        regs = dict(self.saved, **ARCH.NO_RESTART)
        regs.update({ARCH.PC: self.at, ARCH.NUMBER: nr})
        regs.update(zip(names or ARCH.ARGS, args))
        self.set_registers(regs)

    def jump(self, to):
        """The next that it does is what stands there."""
        self.set_registers(dict(self.saved, **ARCH.NO_RESTART, **{ARCH.PC: to}))

    def let_go(self):
        """It goes on as its registers say: in calls that set_call() and jump() have set, or behind the one that it waited in, with an error."""
        ptrace(DETACH, self.pid)

    def go_on(self):
        """It goes on as if nobody had stopped it: the call that it waited in is begun again."""
        self.set_registers(self.saved)
        self.let_go()

    def peek(self, at):
        ctypes.set_errno(0)
        return struct.pack("<q", libc.ptrace(PEEKTEXT, self.pid, at, 0))

    def poke(self, at, data):
        data = data + self.peek(at + len(data))[: -len(data) % 8]
        for i in range(0, len(data), 8):
            ptrace(POKETEXT, self.pid, at + i, struct.unpack("<Q", data[i : i + 8])[0])

    def step(self, nr, args, instruction=None):
        """(signal, result): one system call, by number or name; a signal of 0 if there was none. instruction: another than that in which it waits."""
        nr = nr if isinstance(nr, int) else calls.HERE[nr]
        args = (list(args) + [0] * 6)[:6]
        if instruction is not None:
            self.poke(self.at, instruction)
        self.set_call(nr, args, ARCH.ARGS_I386 if instruction is not None else None)
        ptrace(SINGLESTEP, self.pid)
        sig = self.wait()
        # behind a call that the filter trapped, the trap of the step is still waiting; the timers of limits are nobody's answer
        while sig in NO_ANSWER and self.registers()[ARCH.PC] == self.at:
            ptrace(SINGLESTEP, self.pid)
            sig = self.wait()
        result = self.registers()[ARCH.RESULT]
        if instruction is not None:
            self.poke(self.at, SYSCALL)
        self.set_registers(dict(self.saved, **ARCH.NO_RESTART))
        return (0 if sig in NO_ANSWER else sig), result - (1 << 64) if result >> 63 else result

    def call(self, nr, *args):
        """The result of a call that must get through; nr: a number or a name."""
        sig, result = self.step(nr, args)
        if sig != 0:
            raise RuntimeError(f"call {nr}: signal {sig}")
        return result

    def block(self, size=65536):
        """Memory of its own in the process."""
        if self.scratch is None:
            self.scratch = self.call("mmap", 0, size, 3, 0x22, MASK, 0)
            if self.scratch < 0:
                raise RuntimeError(f"mmap: {self.scratch}")
        return self.scratch

    def write(self, at, data):
        if data:
            self.poke(at, data)

    def read(self, at, n):
        return b"".join(self.peek(at + i) for i in range(0, n, 8))[:n]
