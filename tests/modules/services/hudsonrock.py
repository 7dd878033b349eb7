"""Hudson Rock: what malware that steals passwords has sent home. https://cavalier.hudsonrock.com/docs

What is free is masked. The shapes are those that tools of others read (theHarvester, SpiderFoot, Steampipe).
"""
from service import Case, Reply, Service

STEALER = {
    "total_corporate_services": 0, "total_user_services": 27, "date_compromised": "2025-01-24T16:52:07.000Z", "stealer_family": "Lumma",
    "computer_name": "Alice Example", "operating_system": "Windows 11 Home (10.0.22631) x64", "malware_path": "C:\\Windows\\explorer.exe",
    "antiviruses": ["Windows Defender"], "ip": "192.0.***.**", "top_passwords": ["a*****e", "1••••••4"], "top_logins": ["al****@shop.test"],
}
FOUND = {"message": "This email address is associated with a computer that was infected by an info-stealer.", "stealers": [
    STEALER, {**STEALER, "date_compromised": "2024-01-02T03:04:05.000Z", "stealer_family": "•••••", "operating_system": None}],
    "total_corporate_services": 0, "total_user_services": 27}
NONE = {"message": "This email address is not associated with a computer infected by an info-stealer.", "stealers": [], "total_corporate_services": 0,
        "total_user_services": 0}
EMAIL = "/api/json/v2/osint-tools/search-by-email"
DOMAIN = "/api/json/v2/osint-tools/search-by-domain"


def url(value, n=3, kind="employee"):
    return {"occurrence": n, "type": kind, "url": value}


URLS = {
    "total": 9, "totalStealers": 30000000, "employees": 2, "users": 7, "third_parties": 1, "logo": "https://logo.example/shop.test",
    "last_employee_compromised": "2025-09-08T07:06:05.000Z", "last_user_compromised": "2026-09-08T07:06:05.000Z", "stealerFamilies": {"total": 9, "Lumma": 9},
    "data": {
        "employees_urls": [url("https://SSO.shop.test/adfs/ls"), url("https://••••••.shop.test/login"), url("https://shop.test/"), url("vpn.shop.test")],
        "clients_urls": [url("https://sso.shop.test/other"), url("https://user:pw@mail.shop.test:8443/?q"), url("https://www.other.test/shop.test"),
                         url("https://*****.shop.test")],
        "all_urls": [url("https://my.shop.test")]},
}
ZERO = {**URLS, "total": 0, "employees": 0, "users": 0, "last_employee_compromised": None, "last_user_compromised": None,
        "data": {"employees_urls": [], "clients_urls": [], "all_urls": []}}

SERVICES = [
    Service(
        module="hudsonrock-email", argument={"id": 1, "unscoped": False, "value": "alice@shop.test"}, answer={EMAIL + "?email=alice@shop.test": Reply(FOUND)},
        empty={EMAIL: Reply(NONE)}, large={EMAIL: Reply({**FOUND, "stealers": [{**STEALER, "malware_path": "x" * 200000}] * 53})}, more={
            "odd": Case({EMAIL: Reply({"stealers": [{**{k: {"x": 1} for k in STEALER}}, None, 7, "x"]})}),
            "odd-list": Case({EMAIL: Reply({"stealers": "none"})}, ends="error", rows=False),
        }),
    Service(
        module="hudsonrock-domain", argument={"id": 1, "unscoped": False, "value": "shop.test"}, answer={DOMAIN + "?domain=shop.test": Reply(URLS)},
        empty={DOMAIN: Reply(ZERO)},
        large={DOMAIN: Reply({**URLS, "data": {"all_urls": [url("https://www.elsewhere.test/" + "x" * 5000)] * 2100}})}, more={
            "odd": Case({DOMAIN: Reply({"data": {"employees_urls": [None, 7, "x", url(7), url({})], "clients_urls": 7, "all_urls": "x"},
                                       "last_user_compromised": {}})}, rows=False),
        }),
]
