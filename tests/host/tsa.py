"""A time stamp server of its own, on 127.0.0.1: openssl answers, a certificate for it is made anew."""
import http.server
import os
import subprocess
import threading

CONFIG = """[tsa]
default_tsa = t
[t]
serial = {0}/serial
crypto_device = builtin
signer_cert = {0}/tsa.pem
certs = {0}/tsa.pem
signer_key = {0}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, capture_output=True)


class Tsa:
    """answer: what is done to a right answer before it goes out."""

    def __init__(self, folder):
        self.folder = folder
        self.answer = lambda answer: answer
        self.asked = []
        os.makedirs(folder)
        self.ca = self.file("ca.pem")
        for name in ("ca", "tsa"):
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.file(name + ".key"))
        openssl("req", "-x509", "-new", "-key", self.file("ca.key"), "-days", "3650", "-subj", "/CN=ca", "-out", self.ca)
        openssl("req", "-new", "-key", self.file("tsa.key"), "-subj", "/CN=tsa", "-out", self.file("tsa.csr"))
        self.write("ext", "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n")
        openssl("x509", "-req", "-in", self.file("tsa.csr"), "-CA", self.ca, "-CAkey", self.file("ca.key"), "-CAcreateserial", "-days", "3650",
                "-extfile", self.file("ext"), "-out", self.file("tsa.pem"))
        self.write("serial", "01\n")
        self.write("tsa.cnf", CONFIG.format(folder))
        self.server = http.server.HTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/tsa"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def file(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.file(name), "w") as f:
            f.write(text)

    def reply(self, query):
        with open(self.file("query"), "wb") as f:
            f.write(query)
        openssl("ts", "-reply", "-queryfile", self.file("query"), "-config", self.file("tsa.cnf"), "-out", self.file("reply"))
        with open(self.file("reply"), "rb") as f:
            return f.read()

    def handler(self):
        tsa = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["content-length"]))
                tsa.asked.append((self.headers["content-type"], query))
                answer = tsa.answer(tsa.reply(query))
                self.send_response(200)
                self.send_header("content-type", "application/timestamp-reply")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args):
                pass
        return Handler

    def close(self):
        self.server.shutdown()
        self.server.server_close()
