#!/usr/bin/env python3
"""asks.py CHILD: what the child says about its jail when it is asked: --check, --policy, --selftest, audit. TAP."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls  # noqa: E402
import child  # noqa: E402
import waiting  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])


def ask(*words):
    p = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    return p.returncode, p.stdout, p.stderr


def layers(tap):
    status, out, err = ask("--check")
    required = ["system call filter", "no new privileges", "no capabilities", "resource limits", "descriptors closed", "environment wiped",
                "not root", "not dumpable", "own session"]
    missing = [layer for layer in required if not re.search(f"^on +{layer}", out, re.M)]
    tap.check("--check: every required layer is on", status in (0, 3) and not missing and err == "", (status, missing, out, err))
    outer = out.partition("outer half:\n")[2]
    missing = [layer for layer in ("system call filter (broker)", "no new privileges", "no capabilities", "resource limits", "not dumpable")
               if "on  " + layer not in outer]
    tap.check("--check: and those of the outer half", not missing and "the bounding set stays" not in outer, (missing, outer))
    own = re.search(r"^(?:on  addresses of its own \(sn0int-outer\)|-   addresses of its own \(not built\))$", outer, re.M)
    tap.check("--check: and whether it has a program of its own", own, outer)
    status, again, _ = ask("sandbox", "--check")
    tap.check("--check: behind the word sandbox, too", status in (0, 3) and again == out, again)


def policy(tap):
    for net, has_socket, has_recvmsg in (("none", False, False), ("broker", False, True), ("direct", True, False)):
        status, out, _ = ask(f"--policy={net}")
        out, _, outer = out.partition("\nouter half, ")
        rules = [line.split() for line in out.splitlines() if not line.startswith(" ") and not line.endswith(":")]
        reasons = [line for line in out.splitlines() if line.startswith(" ")]
        allowed = {words[1].rstrip(":") for words in rules if words[0] == "allow"}
        is_right = ("socket" in allowed) == has_socket and ("recvmsg" in allowed) == has_recvmsg and "connect" not in allowed - ({"connect"} if has_socket else set())
        is_explained = len(reasons) == len(rules) - 2 and all(re.search(r"-- \S", line) for line in reasons)
        tap.check(f"--policy={net}: every call with its reason", status == 0 and is_right and is_explained and "read" in allowed, out)
        said = [line.rstrip(":") for line in ("outer half, " + outer).splitlines() if line.startswith("outer half, ")]
        rows = [line for line in outer.splitlines()[1:] if line.startswith("allow ")]
        why = [line for line in outer.splitlines() if line.startswith(" ")]
        want = ["outer half, broker"] if net == "broker" else ["outer half, waits", "outer half, serves"]
        if net == "broker":
            outer, _, place = outer.partition("\nthe broker goes on ")
            tap.check("--policy: and in which program", re.fullmatch(r"(in sn0int-outer|here: built without sn0int-outer)\n", place), place)
        is_one = said == want and len(rows) == len(why) and all(re.search(r"-- \S", line) for line in why) and outer.endswith("kill     everything else\n")
        tap.check(f"--policy={net}: and what the outer half may do", is_one and ("socket" in outer) == (net == "broker"), outer)
    tap.check("--policy: the variant is checked", ask("--policy=open")[0] == 2)


def selftest(tap):
    status, out, _ = ask("--selftest")
    bad = [line for line in out.splitlines() if re.search(r" (STOPPED|KILLED|FAILED|NOT STARTED) ", line)]
    rows = len(out.splitlines()) - 3
    names = subprocess.run([PROGRAM, "--reference=json"], capture_output=True, text=True).stdout.splitlines()
    tap.check("--selftest: no function is stopped", status == 0 and not bad and rows == len(names), "\n".join(bad) or out)
    tap.check("--selftest: and beside which outer half", re.match(r"brokers go on (in sn0int-outer|here: built without sn0int-outer)\n", out), out)


def audit(tap):
    name = "audit: what would be refused is reported, and goes on"
    if not waiting.can_trace(tap, name):
        return
    w = waiting.Waiting(PROGRAM, "--sandbox-audit")
    tap.check("audit: it is said loudly", w.first.startswith(b'{"Log":{"WarnOnce":"sandbox: AUDIT: SYSTEM CALLS ARE NOT REFUSED'), w.first)
    t = waiting.tracer.Tracer(w.worker)
    results = [t.call("ptrace", 99, 0, 0, 0), t.call("uname", 0)]
    t.go_on()
    w.p.stdin.write(b'{"Ok":"x"}\n')
    got = w.end()
    is_told = all(text in got.err for text in (
        f"AUDIT a/b: would stop the run at ptrace ({calls.HERE['ptrace']}) arguments 0x63 ", f"AUDIT a/b: would refuse (EPERM) uname ({calls.HERE['uname']})"))
    tap.check(name, results == [-3, -1] and is_told and got.status == 0, (results, got))


def main():
    child.need_user_namespace(sys.argv[1])
    tap = child.Tap()
    for part in (layers, policy, selftest, audit):
        part(tap)
    tap.end()


main()
