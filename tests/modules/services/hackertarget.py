"""HackerTarget: lines of text, https://hackertarget.com/ip-tools/; by its own github.com/hackertarget/maltego_transforms the errors are text, too.

That there is nothing, that the input is odd, the key wrong or the day's count spent: a sentence with status 200.
"""
from service import Case, Reply, Service, padded

TEXT = "text/plain"


def text(body):
    return Reply(body, type=TEXT)


SPENT = text("API count exceeded - Increase Quota with Membership")
HOSTS = "shop.test,192.0.2.1\nWWW.shop.test,192.0.2.1\nwww.shop.test,192.0.2.1\nsix.shop.test,2001:db8::7\nother.test,192.0.2.9\n" \
    "*.shop.test,192.0.2.1\nodd.shop.test,192.0.2.300\nmail.shop.test,192.0.2.2\n"
NAMES = "shop.test\nWWW.shop.test\nwww.shop.test\nother.example.co.uk\n*.wild.test\n1.2.0.192.in-addr.arpa\nco.uk\n192.0.2.8\n"
MANY_HOSTS = padded(b"www.shop.test,192.0.2.1\n", "www.elsewhere.test,192.0.2.1", b"\n", between=b"\n")
MANY_NAMES = padded(b"www.shop.test\n", "www.elsewhere.test", b"\n", between=b"\n")


def keyed(request):
    if request.query.get("apikey") != "k-secret-of-ours":
        return text("error invalid key")
    return text(HOSTS if request.path == "/hostsearch/" else NAMES)


def more(path, good):
    return {
        "key": Case(keyed, keys={"hackertarget:me": "k-secret-of-ours"}),
        "key-refused": Case(keyed, ends="error", rows=False),
        "invalid": Case({path: text("error check your search parameter")}, ends="error", rows=False),
        "nothing": Case({path: text("")}, ends="error", rows=False),
        "half": Case({path: text(good + SPENT.body + "\n")}, ends="error"),
        "max": Case({path: text(good)}, options={"max": "1"}),
        "page": Case({path: Reply("<!DOCTYPE html>\n<html><head>\n<title>Just a moment...</title>\n</head></html>", type="text/html")}, ends="error",
                     rows=False),
        "max-odd": Case({path: text(good)}, options={"max": "many"}, ends="error", rows=False),
    }


SERVICES = [
    Service(
        module="hackertarget-hosts", argument={"id": 1, "value": "shop.test"},
        answer={"/hostsearch/?q=shop.test": text(HOSTS)}, empty={"/hostsearch/": text("No DNS A records found")}, error={"/hostsearch/": SPENT},
        large={"/hostsearch/": text(MANY_HOSTS)}, more={
            **more("/hostsearch/", HOSTS), "no-records": Case({"/hostsearch/": text("no records found for shop.test")}, rows=False)}),
    Service(
        module="hackertarget-reverse", argument={"id": 1, "value": "192.0.2.1", "family": "4"},
        answer={"/reverseiplookup/?q=192.0.2.1": text(NAMES)}, empty={"/reverseiplookup/": text("No DNS A records found for 192.0.2.1")},
        error={"/reverseiplookup/": SPENT}, large={"/reverseiplookup/": text(MANY_NAMES)}, more=more("/reverseiplookup/", NAMES)),
]
