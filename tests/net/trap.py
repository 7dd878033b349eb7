"""What the tests of leaks listen with: traps that nobody may touch, and a SOCKS5 proxy that says what it was asked for."""
import select
import socket
import struct
import threading


class Trap:
    """A port for TCP and UDP; .touched says who came."""

    def __init__(self, host="127.0.0.1", port=0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.tcp = socket.socket(family, socket.SOCK_STREAM)
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.udp = socket.socket(family, socket.SOCK_DGRAM)
        self.tcp.bind((host, port))
        self.port = self.tcp.getsockname()[1]
        self.udp.bind((host, self.port))
        self.tcp.listen(16)
        self.touched = []
        self.lock = threading.Lock()

    def look(self):
        """What has arrived by now: the kernel keeps it, so there is nothing to wait for."""
        with self.lock:
            while select.select([self.tcp, self.udp], [], [], 0)[0]:
                if select.select([self.udp], [], [], 0)[0]:
                    self.touched.append(("udp", *self.udp.recvfrom(2000)))
                if select.select([self.tcp], [], [], 0)[0]:
                    connection, who = self.tcp.accept()
                    connection.close()
                    self.touched.append(("tcp", who))
        return self.touched

    def close(self):
        self.tcp.close()
        self.udp.close()


def receive(s, n):
    data = b""
    while len(data) < n:
        more = s.recv(n - len(data))
        if not more:
            raise OSError("closed")
        data += more
    return data


class Proxy:
    """SOCKS5, RFC 1928. .asked: (name or address, port); where(host, port) says where to connect instead, None: refuse."""

    def __init__(self, where, listen="127.0.0.1"):
        self.where, self.asked = where, []
        self.listener = socket.create_server((listen, 0))
        self.port = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.handle, args=(s,), daemon=True).start()

    def handle(self, s):
        with s:
            try:
                self.speak(s)
            except OSError:
                pass

    def speak(self, s):
        receive(s, receive(s, 2)[1])
        s.sendall(b"\5\0")
        _, command, _, kind = receive(s, 4)
        if kind == 3:
            host = receive(s, receive(s, 1)[0]).decode()
        else:
            host = socket.inet_ntop(socket.AF_INET6 if kind == 4 else socket.AF_INET, receive(s, 16 if kind == 4 else 4))
        port, = struct.unpack(">H", receive(s, 2))
        self.asked.append((host, port))
        to = self.where(host, port)
        if command != 1 or to is None:
            s.sendall(b"\5\4\0\1\0\0\0\0\0\0")
            return
        with socket.create_connection(to, 5) as other:
            other.settimeout(None)
            s.sendall(b"\5\0\0\1\0\0\0\0\0\0")
            self.pump(s, other)

    def pump(self, a, b):
        while True:
            for s in select.select([a, b], [], [])[0]:
                data = s.recv(65536)
                if not data:
                    return
                (b if s is a else a).sendall(data)
