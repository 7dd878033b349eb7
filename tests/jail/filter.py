#!/usr/bin/env python3
"""filter.py DUMP PROBES.tsv: interprets the generated filters for every probe, on every architecture. TAP.

What the table expects of the filter: "filter" and "refuse" by it are a verdict other than ALLOW; "allow" is ALLOW. A refusal that another
layer gives ("refuse") may be allowed here. No kernel is asked.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import calls  # noqa: E402
import probes  # noqa: E402

ALLOW = 0x7FFF0000
NETS = {"none": 1, "broker": 2, "direct": 4}
MODE = {"none": "b", "broker": "b", "direct": "a"}
AUDIT_I386 = 0x40000003
MASK = (1 << 64) - 1
# the bits that an argument has, where it has not 64
WIDTH = {"arm": (1 << 32) - 1, "i386": (1 << 32) - 1}
# what only other layers refuse: the filter lets it through on purpose
BY_OTHERS = {"mmap-8g", "fd-dup-flood"}
VALUES = {"victim": 4242, "ppid": 4241, "unix": "/run/x", "unixd": "/run/y", "abs": "x", "abslen": 4, "tcp4": 80, "tcp6": 80, "udp4": 53}


def interpret(code, nr, arch, args):
    """Classic BPF over struct seccomp_data, as seccomp(2) runs it."""
    data = [nr & 0xFFFFFFFF, arch, 0, 0]
    for a in args:
        data += [a & 0xFFFFFFFF, a >> 32 & 0xFFFFFFFF]
    acc, pc = 0, 0
    while True:
        op, jt, jf, k = code[pc]
        pc += 1
        if op == 0x20:  # ld [k]
            acc = data[k // 4]
        elif op == 0x54:  # and #k
            acc &= k
        elif op == 0x06:  # ret #k
            return k
        elif op == 0x05:  # ja
            pc += k
        elif op in (0x15, 0x25, 0x35, 0x45):
            holds = {0x15: acc == k, 0x25: acc > k, 0x35: acc >= k, 0x45: bool(acc & k)}[op]
            pc += jt if holds else jf
        else:
            raise ValueError(f"instruction {op:#x}")


def verdict(filters, numbers, arch, net, step, args):
    f = filters[arch, NETS[net]]
    args = [a & WIDTH.get(arch, MASK) for a in (args + [0] * 6)[:6]]
    if step.abi == "i386":
        return interpret(f["code"], probes.I386[step.call], AUDIT_I386, args)
    nr = int(step.call) if step.call.isdigit() else numbers[arch][step.call]
    if step.abi == "x32":
        nr |= probes.X32
    return interpret(f["code"], nr, f["audit"], args)


def judge(filters, numbers, probe, arch, net, kin):
    """None, or what is wrong. kin: the calls that this architecture makes in place of others."""
    memory = probes.Memory(0x10000)
    reader = probes.Reader(memory, VALUES, arch)
    wanted = probe.wanted(MODE[net])
    got = ALLOW
    for step in probe.steps():
        step.call = kin.get(step.call, step.call)
        got = verdict(filters, numbers, arch, net, step, step.values(reader))
        if step.result:
            reader.values[step.result] = 5
        if got != ALLOW:
            break
    refused = got != ALLOW
    if wanted == "allow":
        # libc of this architecture may use another call for the same
        return f"refused with {got:#x}" if refused else None
    if wanted == "filter" and not refused:
        return "allowed"
    if wanted == "refuse" and not refused and probe.name not in BY_OTHERS and net != "direct":
        return "allowed"
    return None


def cases_of(cases, arch, numbers, kin):
    """(probe, {call: what is made in its place}, what to add to its name): each as it is, and with all kin that there are."""
    for probe in cases:
        swaps = {step.call: kin[step.call] for step in probe.steps() if not step.abi and step.call in kin}
        if swaps and probe.has_calls(arch, {**numbers, **swaps}):
            yield probe, swaps, " by " + " ".join(sorted(swaps.values()))
        if probe.has_calls(arch, numbers):
            yield probe, {}, ""


def main():
    out = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in out.splitlines()]
    filters = {(r["arch"], r["variant"]): r for r in rows if "code" in r}
    numbers = calls.read()
    cases = [p for p in probes.read(sys.argv[2]) if p.kind == "calls"]
    known = set().union(*numbers.values())
    unknown = {step.call for p in cases for step in p.steps() if not step.abi and not step.call.isdigit() and step.call not in known}
    print("not ok" if unknown else "ok", "1 - calls of probes have their names from the table", *sorted(unknown))
    n, bad = 1, bool(unknown)
    for arch in numbers:
        kin = {r["of"]: r["kin"] for r in rows if "kin" in r and r["arch"] == arch}
        for net in NETS:
            if (arch, NETS[net]) not in filters:
                continue  # i386: socketcall
            for probe, swaps, more in cases_of(cases, arch, numbers[arch], kin):
                n += 1
                why = judge(filters, numbers, probe, arch, net, swaps)
                bad += bool(why)
                print("not ok" if why else "ok", n, "-", arch, net, probe.name + more)
                if why:
                    print(f"# {probe.how}: {why}")
    print(f"1..{n}")
    sys.exit(bad != 0)


main()
