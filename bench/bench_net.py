"""HTTP on loopback: against one handle of libcurl over the same URLs, against the memory and the time of the page."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "tests", "net"))

from servers import Servers  # noqa: E402
from tools import file_of, spawn, start_line, table  # noqa: E402

CALLS = 10000
BODY = 10 << 20

LOOP = """function run()
    local s = http_mksession()
    local urls = {%s}
    for i = 1, %d do
        local r = http_fetch(http_request(s, 'GET', urls[1 + i %% #urls], {}))
        if r == nil then return last_err() end
    end
end
"""
ONE = """function run()
    local r = http_fetch(http_request(http_mksession(), 'GET', '%s', %s))
    if r == nil then return last_err() end
    if %s ~= #r['%s'] then return 'body is short' end
end
"""


def quoted(urls):
    return ", ".join(f"'{u}'" for u in urls)


def must_pass(argv, given):
    """A run that fails would be fast."""
    out = subprocess.run(argv, stdin=open(given), capture_output=True, text=True).stdout
    if '{"Exit":"Ok"}' not in out:
        raise SystemExit(f"bench_net.py: {out[-300:]}")


def rates(build, argv, curl, dns, urls, ca):
    """Calls a second: of one handle of libcurl, of http_fetch."""
    def child(n):
        return file_of(start_line(LOOP % (quoted(urls), n), dns_config=dns)), argv
    must_pass(argv, child(len(urls))[0])
    commands = [("/dev/null", [curl, str(n), ca] + urls) for n in (1, CALLS)] + [child(1), child(CALLS)]
    us = [q for m, q, k in spawn(build, 7, *commands)]
    return [CALLS / (us[i + 1] - us[i]) * 1e6 for i in (0, 2)]


def run(build):
    argv = [os.path.join(build, "sn0int-sandbox"), "sandbox", "bench/bench"]
    curl = os.path.join(build, "bench/curl_loop")
    with Servers(["nginx", "knot", "odd"]) as servers:
        p = servers.ports
        ca = os.path.join(servers.here, "certs", "vec-ca.pem")
        os.environ["SSL_CERT_FILE"] = ca
        dns = {"ns": [f"127.0.0.1:{p['P_DNS']}"], "tcp": False, "timeout": None}
        plain = [f"http://127.0.0.1:{p['P_HTTP']}/{x}" for x in ("", "json", "host")]
        tls = [f"https://127.0.0.1:{p['P_HTTPS']}/{x}" for x in ("", "tls")]
        if os.path.exists(curl):
            rows = []
            for name, urls, file in (("plain", plain, "-"), ("TLS 1.3", tls, ca)):
                floor, ours = rates(build, argv, curl, dns, urls, file)
                rows.append((name, f"{floor:.0f}", f"{ours:.0f}", f"{ours / floor:.2f}"))
            table("http_fetch in sequence, kept connections", ["what", "libcurl, one handle, /s", "http_fetch, /s", "ratio"], rows)
        big = f"http://127.0.0.1:{p['P_HTTP_ODD']}/size?{BODY}"
        kinds = [("text", "{}"), ("binary", "{binary=true}"), ("blob", "{into_blob=true}")]
        commands = [(file_of(start_line(ONE % (big, options, BODY if kind != "blob" else 44, kind))), argv) for kind, options in kinds]
        for given, _ in commands:
            must_pass(argv, given)
        table("A body of 10 MiB", ["as", "peak memory of the child, MiB"],
              [(kind, f"{k / 1024:.1f}") for (kind, _), (m, q, k) in zip(kinds, spawn(build, 3, *commands))])
        first = [(file_of(start_line(LOOP % (quoted(u[:1]), 1))), argv) for u in (plain, tls)]
        us = [m for m, q, k in spawn(build, 40, *first)]
        table("The first request of a child, start to exit", ["what", "median ms"],
              [("plain", f"{us[0] / 1000:.2f}"), ("TLS 1.3", f"{us[1] / 1000:.2f}"), ("difference", f"{(us[1] - us[0]) / 1000:.2f}")])
