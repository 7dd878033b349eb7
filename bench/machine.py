"""What else the machine does: a benchmark waits until it is little, for so long and no longer, and says what it was."""
import os
import platform
import resource
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")
CALM = 0.05  # of a processor that others use
CALM_S = 1.0  # for so long
NOISY = 0.3  # of a processor, while rows were measured: the kernel's own work for them counts here, too


def used():
    """(seconds that all processors have worked, by whom ever; that others on this host took from them)"""
    with open("/proc/stat") as f:
        user, nice, system, _, _, irq, softirq, steal = (int(x) / TICK for x in f.readline().split()[1:9])
    return user + nice + system + irq + softirq, steal


def ours():
    """Seconds of this process and of those that it has waited for, with theirs."""
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


class Watch:
    """What others use from here on."""

    def __init__(self):
        self.begun, self.used, self.ours = time.monotonic(), used(), ours()

    def others(self):
        """Processors, on the average."""
        took = max(time.monotonic() - self.begun, 1e-3)
        work, steal = (now - then for now, then in zip(used(), self.used))
        return max(0.0, work + steal - (ours() - self.ours)) / took


class Calm:
    """A machine that is waited for: at most so many seconds in all."""

    def __init__(self, patience):
        self.left, self.is_calm = patience, True

    def wait(self):
        begun, said = time.monotonic(), False
        while True:
            watch = Watch()
            time.sleep(CALM_S)
            others = watch.others()
            self.is_calm = others <= CALM
            waited = time.monotonic() - begun
            if self.is_calm or waited > self.left:
                break
            if not said:
                print(f"others use {others:.2f} of a processor: waiting for a calm machine, {self.left:.0f} s at most", file=sys.stderr)
                said = True
        self.left = max(0, self.left - waited)
        if not self.is_calm:
            print(f"the machine is not calm: others use {others:.2f} of a processor", file=sys.stderr)

    def said(self, others):
        """Of the machine before rows were measured, and while they were."""
        return ("A calm machine" if self.is_calm and others <= NOISY else "NOT A CALM MACHINE") + f", others took {others:.2f} of a processor"


def description():
    """This machine, without its name."""
    system = "unknown"
    try:
        with open("/etc/os-release") as f:
            system = dict(line.rstrip().split("=", 1) for line in f if "=" in line).get("PRETTY_NAME", system).strip('"')
    except OSError:
        pass
    n = len(os.sched_getaffinity(0))
    return f"{platform.machine()}, {n} processor{'s' if n > 1 else ''}, Linux {platform.release().split('-')[0]}, {system}"


class Busy:
    """So many busy loops beside the benchmark."""

    def __init__(self, program, n):
        self.loops = [subprocess.Popen([program]) for _ in range(n)]

    def end(self):
        for loop in self.loops:
            loop.kill()
            loop.wait()
