"""The network: modules against libcurl, curl, c-ares and dig on the same servers (nginx, knot), on loopback."""
import atexit
import functools
import os
import random
import shutil
import subprocess
import sys
import tempfile

from frame import Missing, Row, Side, Table
from tools import ends_well, file_of, start_line

TESTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests")
sys.path.insert(0, os.path.join(TESTS, "net"))
from servers import accepts, free_port, has_zone, wait_for, which  # noqa: E402

CERTS = os.path.join(TESTS, "vectors/net/servers/certs")
FETCHES = LOOKUPS = 4000
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


@functools.cache
def servers():
    """Started when the first row needs them, and there until the end."""
    for program in ("nginx", "knotd"):
        if which(program) is None:
            sys.exit(f"bench/run: net: {program} is not installed")
    started = Servers().__enter__()
    atexit.register(started.__exit__)
    return started


def origin(scheme):
    return f"{scheme}://127.0.0.1:{servers().http if scheme == 'http' else servers().https}"


def own_root():
    return os.path.join(CERTS, "vec-ca.pem")


@functools.cache
def system_roots():
    """Those of the system, if it has any, and ours behind: what a user has."""
    paths = [p for p in ("/etc/ssl/certs/ca-certificates.crt", own_root()) if os.path.exists(p)]
    texts = []
    for path in paths:
        with open(path) as f:
            texts.append(f.read())
    return file_of("".join(texts))


def module(program, code, roots=own_root):
    """A child over a module, of which nothing may fail."""
    dns = {"ns": [f"127.0.0.1:{servers().dns}"], "tcp": False, "timeout": {"nanos": 0, "secs": 3}}
    code = "function run()\n" + code + "\nif last_err() then error(last_err()) end\nend\n"
    return Side(program.child(), file_of(start_line(code, dns_config=dns)), env={"SSL_CERT_FILE": roots()}, check=ends_well())


def each(make, n):
    """One of n, less the start and the first."""
    def side(program):
        side = make(program, n)
        side.less, side.per = make(program, 1), n - 1
        return side
    return side


def fetches(scheme, roots=own_root):
    return lambda program, n: module(program, f"""local s = http_mksession()
for i = 1, {n} do
if #http_fetch(http_request(s, 'GET', '{origin(scheme)}/' .. i % {FILES}, {{}}))['text'] ~= {FILE_BYTES} then error('short') end
end""", roots)


def lookups(program, n):
    return module(program, f"for i = 1, {n} do\nif not dns('h' .. i % {FILES} .. '.bench.test', 'A')['answers'][1] then error('none') end\nend")


def needs(path, name):
    if path is None or not os.path.exists(path):
        raise Missing(name)
    return path


def curl(scheme):
    def make(_, n):
        config = "".join(f'url = "{origin(scheme)}/{i % FILES}"\noutput = "/dev/null"\n' for i in range(1, n + 1))
        return Side([needs(which("curl"), "curl"), "-sf", "--cacert", own_root(), "-K", file_of(config)])
    return make


def libcurl(scheme, roots=own_root):
    def make(program, n):
        ca = roots() if scheme == "https" else "-"
        return Side([needs(program.bench("curl_loop"), "libcurl"), str(n), ca, *(f"{origin(scheme)}/{i}" for i in range(FILES))])
    return make


def ares(at_once):
    def make(program, n):
        names = (f"h{i}.bench.test" for i in range(FILES))
        return Side([needs(program.bench("ares_loop"), "c-ares"), str(n), str(at_once), str(servers().dns), *names])
    return make


def answers(n):
    return lambda output: None if output.count("127.0.") == n else f"not {n} answers"


def dig(_, n):
    names = "".join(f"h{i % FILES}.bench.test A\n" for i in range(1, n + 1))
    return Side([needs(which("dig"), "dig"), "@127.0.0.1", "-p", str(servers().dns), "+short", "-f", file_of(names)], check=answers(n))


def kdig(_, n):
    names = [word for i in range(1, n + 1) for word in (f"h{i % FILES}.bench.test", "A")]
    return Side([needs(which("kdig"), "kdig"), "@127.0.0.1", "-p", str(servers().dns), "+short", *names], check=answers(n))


def rate(name, what, scheme):
    return Row(name, what, each(fetches(scheme), FETCHES),
               {"libcurl, one handle": each(libcurl(scheme), FETCHES), "curl -K": each(curl(scheme), FETCHES)})


def once(name, what, scheme, roots=own_root):
    """A whole process for one request."""
    return Row(name, what, lambda p: fetches(scheme, roots)(p, 1), {"libcurl, one handle": lambda p: libcurl(scheme, roots)(p, 1)})


def large(name, what, scheme, options="", field="text", size=f"< {BODY_BYTES - 44}"):
    """The peak of a child that has fetched a large body."""
    def side(program):
        return module(program, f"local s = http_mksession()\nlocal got = http_fetch(http_request(s, 'GET', '{origin(scheme)}/large', {{{options}}}))\n"
                               f"if #got['{field}'] {size} then error('short') end")
    return Row(name, what, side, has_kib=True)


TABLES = [
    Table("requests", "Requests one after the other, on loopback: one of them", [
        rate("http", "http_fetch, kept connection, 1 KiB", "http"),
        rate("https", "the same, TLS 1.3", "https"),
        Row("dns", "dns(), A, one after the other", each(lookups, LOOKUPS),
            {"c-ares, one after the other": each(ares(1), LOOKUPS), "dig -f": each(dig, LOOKUPS), "kdig": each(kdig, LOOKUPS)}),
        Row("dns-50", "the same, as a module cannot ask at once", each(lookups, LOOKUPS), {"c-ares, 50 at once": each(ares(50), LOOKUPS)}),
    ]),
    Table("one-request", "One request of a child, from start to end", [
        once("one-http", "a child with one request", "http"),
        once("one-https", "the same, TLS 1.3", "https"),
        once("one-https-roots", "and all roots of the system", "https", system_roots),
    ]),
    Table("bodies", "A body of 10 MiB: the largest process of a child", [
        large("body-text", "text", "http"),
        large("body-https", "text, https", "https"),
        large("body-binary", "binary", "http", "binary=true", "binary"),
        large("body-blob", "blob", "http", "into_blob=true", "blob", "~= 44"),  # an id
    ]),
]
