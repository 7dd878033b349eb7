"""The network: modules against libcurl, curl and dig on the same servers (nginx, knot), on loopback."""
import os
import random
import shutil
import subprocess
import sys
import tempfile

from tools import file_of, spawn, start_line, table

TESTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests")
sys.path.insert(0, os.path.join(TESTS, "net"))
from servers import accepts, free_port, has_zone, wait_for, which  # noqa: E402

CERTS = os.path.join(TESTS, "vectors/net/servers/certs")
FETCHES, LOOKUPS, TURNS = 4000, 4000, 5
FILES, FILE_BYTES, BODY_BYTES = 100, 1024, 10 << 20

NGINX = """daemon off;
pid nginx.pid;
error_log stderr error;
worker_processes 1;
{user}
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  default_type text/plain;
  keepalive_requests 1000000;
  sendfile on;
  open_file_cache max=1000;
  ssl_protocols TLSv1.3;
  ssl_certificate {certs}/good.pem;
  ssl_certificate_key {certs}/good.key;
  server {{ listen 127.0.0.1:{http}; root {folder}/www; }}
  server {{ listen 127.0.0.1:{https} ssl; root {folder}/www; }}
}}
"""
KNOT = """
server:
    rundir: "{folder}"
    listen: [ "127.0.0.1@{dns}" ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{folder}/knotdb"
zone:
  - domain: bench.test
    storage: "{folder}"
    file: "bench.zone"
    zonefile-sync: -1
    journal-content: none
"""


class Servers:
    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="bench.")
        os.chmod(self.folder, 0o755)
        os.makedirs(os.path.join(self.folder, "www"))
        os.mkdir(os.path.join(self.folder, "knotdb"))
        self.http, self.https, self.dns = free_port(), free_port(), free_port()
        self.write_files()
        self.processes = []
        try:
            self.start(which("nginx"), "-p", self.folder, "-c", self.config("nginx.conf", NGINX))
            self.start(which("knotd"), "-c", self.config("knot.conf", KNOT))
            self.wait_for("nginx", lambda: accepts(self.http) and accepts(self.https))
            self.wait_for("knot", lambda: has_zone(self.dns, "bench.test"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for p in self.processes:
            p.terminate()
            p.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def write_files(self):
        some = random.Random(1)
        for i in range(FILES):
            self.write(f"www/{i}", "".join(some.choices("abcdefgh \n", k=FILE_BYTES)))
        self.write("www/large", "All work and no play makes Jack a dull boy.\n" * (BODY_BYTES // 44))
        self.write("bench.zone", "$ORIGIN bench.test.\n$TTL 300\n@ SOA ns1 h 1 2 3 4 5\n@ NS ns1\nns1 A 127.0.0.1\n" +
                   "".join(f"h{i} A 127.0.{i // 250}.{i % 250}\n" for i in range(FILES)))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        return path

    def config(self, name, text):
        return self.write(name, text.format(folder=self.folder, certs=CERTS, http=self.http, https=self.https, dns=self.dns,
                                            user="user root;" if os.getuid() == 0 else ""))

    def start(self, *argv):
        log = open(os.path.join(self.folder, "log"), "a")
        self.processes.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def wait_for(self, what, is_there):
        wait_for(f"{what} does not answer", os.path.join(self.folder, "log"), is_there)


class Bench:
    def __init__(self, build, servers):
        self.build, self.servers = build, servers
        self.child = [os.path.join(build, "sn0int-sandbox"), "sandbox", "bench/bench"]

    def module(self, code):
        dns = {"ns": [f"127.0.0.1:{self.servers.dns}"], "tcp": False, "timeout": {"nanos": 0, "secs": 3}}
        code = "function run()\n" + code + "\nif last_err() then error(last_err()) end\nend\n"
        start = start_line(code, dns_config=dns)
        # a bench of failures would be fast
        out = subprocess.run(self.child, input=start, capture_output=True, text=True).stdout.splitlines()
        if out[-1] != '{"Exit":"Ok"}':
            sys.exit(f"bench_net: {code}: {out[-1]}")
        return file_of(start), self.child

    def fetches(self, origin, n, more=""):
        return self.module(f"local s = http_mksession()\nfor i = 1, {n} do\n"
                           f"if #http_fetch(http_request(s, 'GET', '{origin}/' .. i % {FILES}, {{{more}}}))['text'] ~= {FILE_BYTES} then error('short') end\n"
                           "end")

    def lookups(self, n):
        return self.module(f"for i = 1, {n} do\nif not dns('h' .. i % {FILES} .. '.bench.test', 'A')['answers'][1] then error('none') end\nend")

    def curl(self, origin, n):
        config = "".join(f'url = "{origin}/{i % FILES}"\noutput = "/dev/null"\n' for i in range(1, n + 1))
        return "/dev/null", ["curl", "-s", "--cacert", os.environ["SSL_CERT_FILE"], "-K", file_of(config)]

    def libcurl(self, origin, n):
        ca = os.environ["SSL_CERT_FILE"] if origin.startswith("https") else "-"
        return "/dev/null", [os.path.join(self.build, "bench/curl_loop"), str(n), ca, *(f"{origin}/{i}" for i in range(FILES))]

    def dig(self, n):
        names = "".join(f"h{i % FILES}.bench.test A\n" for i in range(1, n + 1))
        return "/dev/null", ["dig", "@127.0.0.1", "-p", str(self.servers.dns), "+short", "-f", file_of(names)]

    def kdig(self, n):
        names = [word for i in range(1, n + 1) for word in (f"h{i % FILES}.bench.test", "A")]
        return "/dev/null", ["kdig", "@127.0.0.1", "-p", str(self.servers.dns), "+short", *names]

    def rates(self, n, *makers):
        """How many a second of each: n of them less one, so that no start is in it. All in turn."""
        commands = [make(k) for make in makers for k in (n, 1)]
        times = [t[0] for t in spawn(self.build, TURNS, *commands)]
        return [(n - 1) / (times[i] - times[i + 1]) * 1e6 for i in range(0, len(times), 2)]


def rows_of_rates(bench):
    out = []
    for name, port, scheme in (("http_fetch, kept connection, 1 KiB", bench.servers.http, "http"),
                               ("the same, TLS 1.3", bench.servers.https, "https")):
        origin = f"{scheme}://127.0.0.1:{port}"
        tools = {"curl -K": bench.curl}
        if os.path.exists(os.path.join(bench.build, "bench/curl_loop")):
            tools["libcurl, one handle"] = bench.libcurl
        ours, *rates = bench.rates(FETCHES, lambda n: bench.fetches(origin, n), *(lambda n, f=f: f(origin, n) for f in tools.values()))
        out += [(name, f"{ours:.0f} /s", tool, f"{rate:.0f} /s", f"{ours / rate:.2f}") for tool, rate in zip(tools, rates)]
    for tool, maker in (("dig", bench.dig), ("kdig", bench.kdig)):
        if which(tool) is None:
            continue
        ours, theirs = bench.rates(LOOKUPS, bench.lookups, maker)
        out.append(("dns(), A, one after the other", f"{ours:.0f} /s", tool + (" -f" if tool == "dig" else ""), f"{theirs:.0f} /s",
                    f"{ours / theirs:.2f}"))
    return out


def rows_of_one(bench):
    """What a whole child takes for one request, and its peak memory for a large body."""
    plain, tls = f"http://127.0.0.1:{bench.servers.http}", f"https://127.0.0.1:{bench.servers.https}"
    large = "local s = http_mksession()\nif #http_fetch(http_request(s, 'GET', '{}/large', {{{}}}))['{}'] < 10000000 then error('short') end"
    (p, _, small), (t, _, _) = spawn(bench.build, 40, bench.fetches(plain, 1), bench.fetches(tls, 1))
    blob = large.format(plain, "into_blob=true", "blob").replace("< 10000000", "~= 44")  # an id
    text, binary, tls_text, blob = (peak for _, _, peak in spawn(
        bench.build, 3, bench.module(large.format(plain, "", "text")), bench.module(large.format(plain, "binary=true", "binary")),
        bench.module(large.format(tls, "", "text")), bench.module(blob)))
    mib = lambda kib: f"{kib / 1024:.1f} MiB"
    return [
        ("a child with one request, plain", f"{p / 1000:.1f} ms", mib(small)),
        ("a child with one request, https", f"{t / 1000:.1f} ms, {(t - p) / 1000:+.1f} ms", "-"),
        ("a body of 10 MiB, text", "-", mib(text)),
        ("a body of 10 MiB, text, https", "-", mib(tls_text)),
        ("a body of 10 MiB, binary", "-", mib(binary)),
        ("a body of 10 MiB, blob", "-", mib(blob)),
    ]


def run(build):
    for program in ("nginx", "knotd", "curl"):
        if which(program) is None:
            print(f"\nnet: skipped, {program} is missing")
            return
    os.environ["SSL_CERT_FILE"] = os.path.join(CERTS, "vec-ca.pem")
    with Servers() as servers:
        bench = Bench(build, servers)
        table("Requests one after the other, on loopback", ["what", "a module", "the tool", "it", "ratio"], rows_of_rates(bench))
        table("One request of a child, from start to end", ["what", "time", "peak memory"], rows_of_one(bench))
