"""Modules that ask the web servers of a target, one question each: robots, favicon-hash, url-scan; and tls-names, which wants their certificates."""
import os

from service import Case, Reply, Service, padded
from targets import SITE, SITES, WWW, everything, plain
from world import IMAGES

PAGE = Reply("<!DOCTYPE html><title>Welcome</title>", type="text/html; charset=utf-8")

ROBOTS = """\ufeffUser-Agent: *
Disallow: /admin/ # not this
disallow : /cart?step=2
Disallow: /*.pdf$
Disallow: /
Disallow:
Disallow: admin
Allow: /public/list
Allow: /admin/
Allow: //elsewhere.test/a
Sitemap: /sitemap.xml
Sitemap: http://www.site.test:1/sitemap2.xml
Sitemap: https://other.elsewhere.test/sitemap.xml
Sitemap: javascript:alert(1)
"""
SECURITY = """Contact: mailto:Security%2Breports@site.test?subject=x
contact:MAILTO:psirt@site.test
Contact: mailto:psirt@site.test
Contact: https://www.site.test/report
Contact: mailto:%ff@site.test
Contact: mailto:no address
Expires: 2099-01-01T00:00:00.000Z
"""
FILES = {"/robots.txt": plain(ROBOTS), "/.well-known/security.txt": plain("", status=301, headers={"Location": "/security.txt"}),
         "/security.txt": plain(SECURITY)}
LARGE_ROBOTS = padded(b"User-agent: *\nDisallow: /before\n", "# " + "-" * 4000, b"\nDisallow: /behind\n", b"\n")
LARGE_PAGE = padded(b"<title>Long</title>", "-" * 4000, b"")

def image(name, kind="image/x-icon"):
    with open(os.path.join(IMAGES, name), "rb") as f:
        return Reply(f.read(), type=kind)


def with_page(text):
    """The site, whose first page is known."""
    return {**SITE, "body": list(text.encode())}


ICON, PNG = image("RGB8.ico"), image("RGBA8.png", "image/png")
SVG = Reply('<svg xmlns="http://www.w3.org/2000/svg"><circle r="5"/></svg>', type="image/svg+xml")


SERVICES = [
    Service(
        module="favicon-hash", argument=SITE, bases=(), zones=SITES, answer={"/favicon.ico": ICON}, empty={},
        large={"/favicon.ico": Reply(ICON.body + b"\0" * (10 << 20), type="image/x-icon")},
        more={
            "named": Case({"/img/icon.png?v=3": PNG, "/favicon.ico": ICON}, with_page('<link rel="shortcut icon" href="/img/icon.png?v=3">')),
            "named-oddly": Case({"/favicon.ico": ICON}, with_page('<link rel="icon" href="http://[">')),
            "moved": Case({"/favicon.ico": plain("", status=302, headers={"Location": "/i.png"}), "/i.png": PNG}),
            "page": Case(everything(PAGE), rows=False),
            "page-as-icon": Case(everything(Reply("\n<HTML><title>Not found</title>", type="image/x-icon")), rows=False),
            "nothing": Case(everything(Reply(b"", type="image/x-icon")), rows=False),
            "forbidden": Case(everything(plain("no", status=403)), ends="error", rows=False),
            "drawn": Case(everything(SVG), ends="error", rows=False),
            "damaged": Case(everything(Reply(PNG.body[:60], type="image/png")), ends="error", rows=False),
            "says-none": Case({"/favicon.ico": ICON}, with_page('<link rel="icon" href="data:,">'), rows=False),
            "in-the-page": Case({"/favicon.ico": ICON}, with_page('<link rel="icon" href="data:image/png;base64,AAAA">'), ends="error", rows=False),
            "other-page": Case({"/favicon.ico": ICON}, {**SITE, "value": SITE["value"] + "a"}),
        }),
    Service(
        module="robots", argument=SITE, bases=(), zones=SITES, answer=FILES, empty={}, large={"/robots.txt": plain(LARGE_ROBOTS)},
        more={
            "one-page": Case(everything(PAGE), rows=False),
            "page-as-text": Case(everything(plain("\n<!doctype HTML><title>Disallow: /a</title>\nDisallow: /b\n")), rows=False),
            "one-text": Case(everything(plain("OK\n")), ends="error", rows=False),
            "comments": Case({"/robots.txt": plain("# nothing is forbidden\n\n")}, rows=False),
            "half": Case({**FILES, "/.well-known/security.txt": plain("", status=502)}, ends="error"),
            "forbidden": Case({**FILES, "/robots.txt": plain("no", status=403)}, ends="error"),
            "many": Case({"/robots.txt": plain("".join(f"Allow: /{i}\n" for i in range(9)))}, options={"max": "3"}),
            "odd-max": Case(FILES, options={"max": "many"}, ends="error", rows=False),
            "other-page": Case(FILES, {**SITE, "value": SITE["value"] + "a"}, rows=False),
        }),
    Service(
        module="url-scan", argument=WWW, named=False, bases=(), zones=SITES, options={"port-http": "@PORT@", "port-https": "@TLS@"},
        answer={"/": Reply("<html><head><title>\n Shop &amp;\t\x01Test</title></head></html>", type="text/html")},
        empty=Case({}, {**WWW, "value": "gone.site.test"}, rows=False),
        more={
            "moved": Case({"/": plain("", status=301, headers={"Location": "https://www.site.test/"})}),
            # what it says is noted, whatever it is: there is a web server
            "limited": Case(everything(plain("", status=429, headers={"Retry-After": "120"}))),
            "unavailable": Case(everything(plain("", status=503))),
            "noise": Case(everything(Reply(bytes(range(256)) * 4, type="text/html"))),
            "large": Case(everything(Reply(LARGE_PAGE, type="text/html"))),
            # nothing is said over HTTP, and nobody trusts the certificate
            "untrusted": Case({}, options={"port-http": "@SAYS@"}, says=b"", ends="error", rows=False),
            "no-http": Case({}, options={"port-http": "@SAYS@", "port-https": "@SAYS@"}, says=b"SSH-2.0-OpenSSH_9.2\r\n", ends="error", rows=False),
            "no-address": Case({}, {**WWW, "value": "text.site.test"}, rows=False),
            "refused": Case({}, rows=False),
            "denied": Case({}, ends="error", rows=False),
        }),
    Service(
        module="tls-names", argument=WWW, named=False, bases=(), zones=SITES, options={"port": "@TLS@"}, answer={},
        empty=Case({}, {**WWW, "value": "gone.site.test"}, rows=False),
        more={
            # SSH, a web server, one that hangs up, and one that does not like what is offered
            "no-tls": Case({}, options={"port": "@SAYS@"}, says=b"SSH-2.0-OpenSSH_9.2\r\n", ends="error", rows=False),
            "plain-http": Case({}, options={"port": "@PORT@"}, ends="error", rows=False),
            "hangs-up": Case({}, options={"port": "@SAYS@"}, says=b"", ends="error", rows=False),
            "alert": Case({}, options={"port": "@SAYS@"}, says=b"\x15\x03\x03\x00\x02\x02\x28", ends="error", rows=False),
            "no-address": Case({}, {**WWW, "value": "text.site.test"}, rows=False),
            "odd-port": Case({}, options={"port": "https"}, ends="error", rows=False),
            "refused": Case({}, rows=False),
            "denied": Case({}, ends="error", rows=False),
        }),
]
