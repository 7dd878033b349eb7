#!/usr/bin/env python3
"""servers.py [--needs NAME,...] -- PROGRAM [ARG...]

Starts the servers of tests/vectors/net/servers in a folder of their own, on
free ports, waits until each of them answers, runs PROGRAM, ends them, and
exits as PROGRAM did. PROGRAM finds the ports in its environment by their names
in ports.env (P_DNS, P_HTTPS, ...), and the folder in NET_SERVERS. A server
whose package is missing is named on standard output; its ports are not set.

As a module: Servers, a context manager with .ports, .missing and shift(), and
what it takes to start a server of one's own.
"""
import argparse
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

SOURCE = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
    "vectors", "net", "servers")
BASE = 17000  # ports.env counts from here, and so do the vectors
# the one that sees python3-websockets
SYSTEM_PYTHON = ("/usr/bin/python3" if os.path.exists("/usr/bin/python3")
                 else sys.executable)
START_SECONDS = 20

# name: the programs it needs, the ports that belong to it
PARTS = {
    "nginx": (["nginx"], ["P_HTTP", "P_HTTPS", "P_HTTPS_SELF",
                          "P_HTTPS_EXPIRED", "P_HTTPS_NAME",
                          "P_HTTPS_CLIENT", "P_HTTPS_INTER",
                          "P_HTTPS_NOINT"]),
    "knot": (["knotd"], ["P_DNS"]),
    "mosquitto": (["mosquitto", "mosquitto_passwd", "mosquitto_pub"],
                  ["P_MQTT", "P_MQTT_AUTH", "P_MQTTS"]),
    "microsocks": (["microsocks"], ["P_SOCKS", "P_SOCKS_AUTH"]),
    "wsecho": ([], ["P_WS_LIB"]),
    "odd": ([], ["P_DNS_ODD", "P_HTTP_ODD", "P_TCP", "P_TCP_SILENT",
                 "P_TCP_CLOSE", "P_TCP_RESET", "P_STARTTLS", "P_TLS_TCP",
                 "P_TLS_10", "P_TLS_12", "P_TLS_13", "P_SOCKS_ODD",
                 "P_SOCKS_SILENT", "P_WS", "P_WSS", "P_MQTT_ODD"]),
}


def which(name):
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin"
    return shutil.which(name, path=path)


def wait_for(what, log, is_there):
    """Until is_there() says so; ends the program with the end of the log file if it takes too long."""
    end = time.monotonic() + START_SECONDS
    while not is_there():
        if time.monotonic() > end:
            with open(log, errors="replace") as f:
                raise SystemExit(f"{what}: " + f.read()[-500:])
        time.sleep(0.02)


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def has_zone(port, zone):
    """A server of names listens before it has loaded its zones."""
    labels = b"".join(bytes([len(p)]) + p.encode() for p in zone.split("."))
    query = b"\0\1\1\0\0\1\0\0\0\0\0\0" + labels + b"\0\0\6\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(0.2)
        try:
            s.sendto(query, ("127.0.0.1", port))
            return struct.unpack(">HH", s.recv(1500)[:4])[1] & 15 == 0
        except OSError:
            return False


def free_port():
    """The same number for UDP and TCP, as knot wants it."""
    while True:
        with socket.socket() as tcp, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            try:
                udp.bind(tcp.getsockname())
                return tcp.getsockname()[1]
            except OSError:
                pass


def read_ports():
    text = open(os.path.join(SOURCE, "ports.env")).read()
    return {k: int(v) for k, v in re.findall(r"^(P_\w+)=(\d+)", text, re.M)}


def is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as s:
            if kind == socket.SOCK_STREAM:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_offset(ports):
    """Below the ports that the kernel gives to clients."""
    for _ in range(200):
        offset = random.randrange(1000, 15000, 10)
        if all(is_free(p + offset) for p in ports):
            return offset
    raise SystemExit("servers.py: no free ports")


class Servers:
    def __init__(self, needs=None):
        self.wanted = list(needs if needs is not None else PARTS)
        self.offset = 0
        self.ports = {}
        self.missing = {}
        self.processes = []

    def shift(self, text):
        """Every port number of ports.env in text, as it is here."""
        return re.sub(r"\b17\d{3}\b",
                      lambda m: str(int(m.group()) + self.offset), text)

    def __enter__(self):
        all_ports = read_ports()
        self.offset = free_offset(all_ports.values())
        self.run = tempfile.mkdtemp(prefix="servers.")
        self.here = os.path.join(self.run, "servers")
        os.chmod(self.run, 0o755)
        shutil.copytree(SOURCE, self.here)
        self.all_ports = {k: v + self.offset for k, v in all_ports.items()}
        self.ports = {"P_CLOSED": self.all_ports["P_CLOSED"]}
        with open(os.path.join(self.here, "ports.env"), "w") as f:
            for k, v in self.all_ports.items():
                f.write(f"{k}={v}\n")
        try:
            for name in self.wanted:
                self.start(name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for p in self.processes:
            p.send_signal(signal.SIGTERM)
        for p in self.processes:
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        shutil.rmtree(self.run, ignore_errors=True)

    def start(self, name):
        programs, ports = PARTS[name]
        for program in programs:
            if which(program) is None:
                self.missing[name] = f"{program} is missing"
                return
        why = getattr(self, "start_" + name)()
        if why is not None:
            self.missing[name] = why
            return
        for key in ports:
            self.ports[key] = self.all_ports[key]
            self.wait_for(name, self.all_ports[key])

    def spawn(self, name, *command):
        out = open(self.log(name), "ab")
        self.processes.append(subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out))

    def log(self, name):
        return os.path.join(self.run, name + ".out")

    def wait_for(self, name, port):
        wait_for(f"servers.py: {name} does not answer on {port}",
                 self.log(name), lambda: accepts(port))

    def fill(self, name, head=""):
        text = open(os.path.join(SOURCE, name)).read()
        text = text.replace("@HERE@", self.here).replace("@RUN@", self.run)
        for k, v in self.all_ports.items():
            text = text.replace(f"@{k}@", str(v))
        path = os.path.join(self.run, name)
        with open(path, "w") as f:
            f.write((head if os.getuid() == 0 else "") + text)
        return path

    def start_nginx(self):
        conf = self.fill("nginx.conf", "user root;\n")
        text = open(conf).read().replace("daemon on;", "daemon off;")
        open(conf, "w").write(text)
        self.spawn("nginx", which("nginx"), "-p", self.run, "-c", conf)

    def start_knot(self):
        os.mkdir(os.path.join(self.run, "knotdb"))
        with open(os.path.join(self.run, "big.test.zone"), "w") as f:
            f.write("$ORIGIN big.test.\n$TTL 300\n@ SOA ns1 h 1 2 3 4 5\n"
                    "@ NS ns1\nns1 A 127.0.0.1\n")
            for i in range(1, 601):  # several messages of a transfer
                f.write(f'r{i} TXT "{"x" * 60}"\n')
        self.spawn("knot", which("knotd"), "-c", self.fill("knot.conf"))
        port = self.all_ports["P_DNS"]
        self.wait_for("knot", port)
        wait_for("servers.py: knot does not load its zones", self.log("knot"),
                 lambda: has_zone(port, "big.test"))

    def start_mosquitto(self):
        password = os.path.join(self.run, "mosquitto.pw")
        os.close(os.open(password, os.O_CREAT | os.O_WRONLY, 0o600))
        subprocess.run([which("mosquitto_passwd"), "-b", password, "vec",
                        "secret"], check=True, stderr=subprocess.DEVNULL)
        self.spawn("mosquitto", which("mosquitto"), "-c",
                   self.fill("mosquitto.conf", "user root\n"))
        port = self.all_ports["P_MQTT"]
        self.wait_for("mosquitto", port)
        for topic, data in (("vec/a", b"hellox"), ("vec/b", b"x"),
                            ("vec/bin", b"\0\xff\1")):
            subprocess.run([which("mosquitto_pub"), "-h", "127.0.0.1", "-p", str(port), "-r",
                            "-t", topic, "-s"], input=data, check=True)

    def start_microsocks(self):
        program = which("microsocks")
        self.spawn("microsocks", program, "-i", "127.0.0.1", "-p",
                   str(self.all_ports["P_SOCKS"]))
        self.spawn("microsocks", program, "-i", "127.0.0.1", "-p",
                   str(self.all_ports["P_SOCKS_AUTH"]), "-u", "vec", "-P",
                   "secret")

    def start_wsecho(self):
        if subprocess.run([SYSTEM_PYTHON, "-c", "import websockets"],
                          stderr=subprocess.DEVNULL).returncode != 0:
            return "python3-websockets is missing"
        self.spawn("wsecho", SYSTEM_PYTHON,
                   os.path.join(self.here, "wsecho.py"),
                   str(self.all_ports["P_WS_LIB"]))

    def start_odd(self):
        self.spawn("odd", SYSTEM_PYTHON, os.path.join(self.here, "odd.py"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--needs", default="")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    needs = [n for n in args.needs.split(",") if n] or None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Servers(needs) as servers:
        for name, why in servers.missing.items():
            print(f"# no {name}: {why}", flush=True)
        env = dict(os.environ, NET_SERVERS=servers.here)
        env.update({k: str(v) for k, v in servers.ports.items()})
        return subprocess.run(args.command, env=env).returncode


if __name__ == "__main__":
    sys.exit(main())
