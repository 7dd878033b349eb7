"""Cases as TAP: functions named after what holds, which raise where it does not."""
import signal
import traceback


class Skip(Exception):
    """A case that cannot be one here, and why."""


def is_sanitized(program):
    """Such a build keeps what was freed for a while, and has red zones around what was not."""
    with open(program, "rb") as f:
        return b"__asan_init" in f.read()


def same(got, want, text=""):
    assert got == want, f"\n  got  {got!r}\n  want {want!r}" + (f"\n  {text}" if text else "")


def has(text, *parts):
    for part in parts:
        assert part in text, f"no {part!r} in {text!r}"


def hear_signals():
    """What nohup, or a shell's &, has whoever starts us ignore, programs would ignore, too: some of them are sent it."""
    for sig in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        if signal.getsignal(sig) == signal.SIG_IGN:
            signal.signal(sig, signal.SIG_DFL)


def run(cases, call, only=()):
    """call(case) of each, or of those named in only; whether any failed."""
    hear_signals()
    cases = [c for c in cases if not only or c.__name__ in only]
    bad = 0
    print(f"1..{len(cases)}", flush=True)
    for n, case in enumerate(cases, 1):
        try:
            call(case)
            print("ok", n, "-", case.__name__, flush=True)
        except Skip as why:
            print("ok", n, "-", case.__name__, "# SKIP", why, flush=True)
        except Exception:
            bad += 1
            print("not ok", n, "-", case.__name__)
            print("\n".join("# " + line for line in traceback.format_exc().splitlines()), flush=True)
    return bad != 0


def report(checks):
    """Functions that return what is wrong, a line each, or nothing; whether any did."""
    bad = 0
    print(f"1..{len(checks)}")
    for n, check in enumerate(checks, 1):
        why = check()
        print("not ok" if why else "ok", n, "-", check.__name__)
        if why:
            bad += 1
            print("\n".join("# " + line for line in why.splitlines()[:60]))
    return bad != 0
