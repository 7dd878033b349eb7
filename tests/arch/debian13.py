"""Debian 13: make run and make check in a root of it, from a copy of this tree. The root is entered by tests/arch/enter."""
import os
import re
import shutil
import subprocess

import debian

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
RELEASE = "trixie"
PACKAGES = ["make", "git", "ca-certificates", "python3", "python3-pip"]
PLACE = "srv/sn0int"  # in it
RUN_SECONDS, CHECK_SECONDS = 1800, 5400
WARNING = re.compile(r"^.*(?:\bwarning: |\bWARNING: ).*$", re.M)


def root(folder):
    def make(path):
        debian.call("mmdebstrap", "--variant=minbase", "--include=" + ",".join(PACKAGES), RELEASE, path)
    return debian.kept(os.path.join(folder, "debian13"), " ".join([RELEASE, *PACKAGES]), make)


def copy_tree(to):
    """The files that git knows or would; what was built there stays, so that a second time takes less."""
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=TOP, capture_output=True, check=True, text=True).stdout
    os.makedirs(to, exist_ok=True)
    for name in os.listdir(to):
        path = os.path.join(to, name)
        if not name.startswith("build"):
            shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
    for name in filter(None, names.split("\0")):
        source, path = os.path.join(TOP, name), os.path.join(to, name)
        if os.path.lexists(source):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copy2(source, path, follow_symlinks=False)


def inside(path, target, seconds):
    """(status, what it said) of make there."""
    p = subprocess.run([os.path.join(HERE, "enter"), path, "/bin/sh", "-c", f"cd /{PLACE} && exec make {target}"], stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=seconds,
                       env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"})
    return p.returncode, p.stdout


def ends_well(status, said, mark):
    return None if status == 0 and re.search(mark, said, re.M) else f"status {status}\n{said[-4000:]}"


def cases(folder, report):
    if os.geteuid() != 0:
        report.case("debian13 # SKIP a root is changed by root")
        return
    path = root(folder)
    copy_tree(os.path.join(path, PLACE))
    status, ran = inside(path, "run", RUN_SECONDS)
    report.case("debian13: make run", ends_well(status, ran, r'^#\d+, "mail\.gmail\.com"$'))
    status, checked = inside(path, "check", CHECK_SECONDS)
    report.case("debian13: make check", ends_well(status, checked, r"^[1-9]\d* passed, 0 failed$"))
    report.case("debian13: no warnings", "\n".join(WARNING.findall(ran + checked)[:40]))
    skipped = re.findall(r"^SKIPPED .*$", checked, re.M)
    report.case("debian13: nothing is skipped as in a chroot", "\n".join(line for line in skipped if "user namespace" in line))
    for line in skipped:
        print("#", line)
