"""replayed.py WARC FOLDER URL...: what pywb shows of a file, without a network: a line of JSON each, the status and the text."""
import contextlib
import io
import json
import os
import sys

from pywb.apps.frontendapp import FrontEndApp
from pywb.manager.manager import main as manager

os.chdir(sys.argv[2])
with contextlib.redirect_stdout(io.StringIO()):
    manager(["init", "t"])
    manager(["add", "t", sys.argv[1]])
    app = FrontEndApp()
for url in sys.argv[3:]:
    got = []
    path = "/t/2025id_/" + url
    env = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "REQUEST_URI": path, "QUERY_STRING": "", "SCRIPT_NAME": "", "SERVER_NAME": "localhost",
           "SERVER_PORT": "80", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr}
    with contextlib.redirect_stdout(io.StringIO()):
        body = b"".join(app(env, lambda status, headers, exc=None: got.append(status)))
    print(json.dumps([got[0], body.decode()]))
