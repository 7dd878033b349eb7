"""A tracer for x86_64: makes a process that waits in a system call execute others, and tells what became of them."""
import ctypes
import os
import signal
import struct

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

SINGLESTEP, GETREGS, SETREGS, DETACH, POKETEXT, PEEKTEXT = 9, 12, 13, 17, 4, 1
SEIZE, INTERRUPT, O_SUSPEND_SECCOMP = 0x4206, 0x4207, 0x200000
WALL = 0x40000000
REGS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs").split()
SYSCALL, INT80 = b"\x0f\x05", b"\xcd\x80"
MASK = (1 << 64) - 1


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


class Tracer:
    """Attaches at once; the process stays stopped between calls."""

    def __init__(self, pid, suspend_filter=False):
        self.pid = pid
        ptrace(SEIZE, pid, 0, O_SUSPEND_SECCOMP if suspend_filter else 0)
        ptrace(INTERRUPT, pid)
        self.wait()
        self.saved = self.registers()
        self.at = self.saved["rip"] - 2
        word = self.peek(self.at)
        if word[:2] != SYSCALL:
            raise RuntimeError("the process does not wait in a system call")
        self.scratch = None

    def wait(self):
        signal.alarm(MOST_SECONDS)
        _, status = os.waitpid(self.pid, WALL)
        signal.alarm(0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            raise Gone(status)
        return os.WSTOPSIG(status)

    def registers(self):
        block = ctypes.create_string_buffer(8 * len(REGS))
        ptrace(GETREGS, self.pid, 0, ctypes.addressof(block))
        return dict(zip(REGS, struct.unpack(f"{len(REGS)}Q", block.raw)))

    def set_registers(self, regs):
        block = ctypes.create_string_buffer(struct.pack(f"{len(REGS)}Q", *(regs[r] & MASK for r in REGS)))
        ptrace(SETREGS, self.pid, 0, ctypes.addressof(block))

    def peek(self, at):
        ctypes.set_errno(0)
        return struct.pack("<q", libc.ptrace(PEEKTEXT, self.pid, at, 0))

    def poke(self, at, data):
        data = data + self.peek(at + len(data))[: -len(data) % 8]
        for i in range(0, len(data), 8):
            ptrace(POKETEXT, self.pid, at + i, struct.unpack("<Q", data[i : i + 8])[0])

    def step(self, nr, args, instruction=SYSCALL):
        """(signal, result): one system call; a signal of 0 if there was none."""
        args = (list(args) + [0] * 6)[:6]
        names = ["rdi", "rsi", "rdx", "r10", "r8", "r9"] if instruction == SYSCALL else ["rbx", "rcx", "rdx", "rsi", "rdi", "rbp"]
        regs = dict(self.saved, rip=self.at, rax=nr, orig_rax=MASK)
        regs.update(zip(names, args))
        if instruction != SYSCALL:
            self.poke(self.at, instruction)
        self.set_registers(regs)
        ptrace(SINGLESTEP, self.pid)
        sig = self.wait()
        # behind a call that the filter trapped, the trap of the step is still waiting
        while sig == signal.SIGTRAP and self.registers()["rip"] == self.at:
            ptrace(SINGLESTEP, self.pid)
            sig = self.wait()
        result = self.registers()["rax"]
        if instruction != SYSCALL:
            self.poke(self.at, SYSCALL)
        self.set_registers(dict(self.saved, orig_rax=MASK))
        return (0 if sig == signal.SIGTRAP else sig), result - (1 << 64) if result >> 63 else result

    def call(self, nr, *args):
        """The result of a call that must get through."""
        sig, result = self.step(nr, args)
        if sig != 0:
            raise RuntimeError(f"call {nr}: signal {sig}")
        return result

    def block(self, size=65536):
        """Memory of its own in the process."""
        if self.scratch is None:
            self.scratch = self.call(9, 0, size, 3, 0x22, MASK, 0)
            if self.scratch < 0:
                raise RuntimeError(f"mmap: {self.scratch}")
        return self.scratch

    def write(self, at, data):
        if data:
            self.poke(at, data)

    def read(self, at, n):
        return b"".join(self.peek(at + i) for i in range(0, n, 8))[:n]
