"""What is true of a process that waits in its jail: the facts of probes.tsv, by /proc and a tracer."""
import os
import re
import stat

PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_GET_MDWE = 2, 3, 66
SECRET = "s3cr3t-of-the-test"
LIMITS = {"as": "Max address space", "cpu": "Max cpu time", "nofile": "Max open files", "nproc": "Max processes", "fsize": "Max file size",
          "core": "Max core file size", "memlock": "Max locked memory", "msgqueue": "Max msgqueue size"}


class State:
    def __init__(self, pid, tracer):
        self.pid, self.tracer = pid, tracer
        self.proc = f"/proc/{pid}"

    def text(self, name):
        with open(f"{self.proc}/{name}", errors="replace") as f:
            return f.read()

    def status(self, key):
        return re.search(rf"^{key}:[ \t]*(.*)$", self.text("status"), re.M).group(1)

    def fds(self):
        return [(int(n), os.stat(f"{self.proc}/fd/{n}")) for n in os.listdir(f"{self.proc}/fd")]

    def same(self, a, b):
        x, y = os.stat(a), os.stat(b)
        return (x.st_dev, x.st_ino) == (y.st_dev, y.st_ino)

    def namespace(self, kind):
        return int(os.readlink(f"{self.proc}/ns/{kind}") != os.readlink(f"/proc/self/ns/{kind}"))

    def limit(self, name):
        hard = re.search(rf"^{LIMITS[name]}\s+\S+\s+(\S+)", self.text("limits"), re.M).group(1)
        return float("inf") if hard == "unlimited" else int(hard)

    def prctl(self, what):
        return self.tracer.call("prctl", what, 0, 0, 0, 0)

    def pdeathsig(self):
        at = self.tracer.block()
        self.tracer.write(at, b"\0" * 8)
        self.tracer.call("prctl", PR_GET_PDEATHSIG, at, 0, 0, 0)
        return self.tracer.read(at, 1)[0]

    def root_writable(self):
        root, st = os.statvfs(f"{self.proc}/root"), os.stat(f"{self.proc}/root")
        own = st.st_uid == int(self.status("Uid").split()[0])
        is_removed = st.st_nlink == 0  # nothing can be made in it
        return int(not root.f_flag & os.ST_RDONLY and not is_removed and bool(st.st_mode & (0o200 if own else 0o002)))

    def stderr_tty(self):
        st = os.stat(f"{self.proc}/fd/2")
        return int(stat.S_ISCHR(st.st_mode) and os.major(st.st_rdev) in (4, 5, 136))

    def get(self, name):
        if name.startswith("ns_"):
            return self.namespace(name[3:])
        if name.startswith("lim_"):
            return self.limit(name[4:])
        if name.startswith("Cap"):
            return int(self.status(name), 16)
        if name in ("NoNewPrivs", "Seccomp", "Threads"):
            return int(self.status(name))
        return {
            "root_entries": lambda: len(os.listdir(f"{self.proc}/root")),
            "root_is_host": lambda: int(self.same(f"{self.proc}/root", "/")),
            "root_writable": self.root_writable,
            "cwd_in_root": lambda: int(self.same(f"{self.proc}/root", f"{self.proc}/cwd")),
            "file_fds": lambda: sum(stat.S_ISREG(s.st_mode) for n, s in self.fds() if n > 2),
            "dir_fds": lambda: sum(stat.S_ISDIR(s.st_mode) for _, s in self.fds()),
            "fds": lambda: len(self.fds()),
            "pidns_depth": lambda: len(self.status("NSpid").split()),
            "pdeathsig": self.pdeathsig,
            "Groups": lambda: len([g for g in self.status("Groups").split() if g != self.status("Gid").split()[0] and g != "65534"]),
            "Uid": lambda: min(int(u) for u in self.status("Uid").split()),
            "mdwe": lambda: self.prctl(PR_GET_MDWE) & 1,
            "dumpable": lambda: self.prctl(PR_GET_DUMPABLE),
            "environ": lambda: len([v for v in self.text("environ").split("\0") if v]),
            "environ_secret": lambda: int(SECRET in self.text("environ")),
            "ctty": lambda: int(self.text("stat").rpartition(")")[2].split()[4]),
            "stderr_tty": self.stderr_tty,
            "wx_maps": lambda: sum("w" in l.split()[1] and "x" in l.split()[1] for l in self.text("maps").splitlines()),
        }[name]()

    def holds(self, fact):
        name, op, value = fact.split()
        got, want = self.get(name), int(value)
        ok = {"==": got == want, "<=": got <= want, ">=": got >= want, "!=": got != want}[op]
        return ok, got
