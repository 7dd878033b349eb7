"""The realm of a domain at Microsoft 365, getuserrealm.srf. Undocumented: the members are those that tools read.

A domain of nobody has the type Unknown, one whose passwords are elsewhere is Federated.
"""
from service import Case, Reply, Service, padded

AT = "/getuserrealm.srf"


def realm(**more):
    return Reply({"State": 4, "UserState": 1, "Login": "x@shop.test", "NameSpaceType": "Managed", "DomainName": "SHOP.test",
                  "FederationBrandName": "Shop Ltd.", "CloudInstanceName": "microsoftonline.com", "CloudInstanceIssuerUri": "urn:federation:MicrosoftOnline", **more})


UNKNOWN = Reply({"State": 4, "UserState": 1, "Login": "x@shop.test", "NameSpaceType": "Unknown"})


def federated(url, **more):
    return {AT: realm(State=3, UserState=2, NameSpaceType="Federated", FederationGlobalVersion=-1, AuthURL=url, **more)}


SERVICES = [
    Service(
        module="m365-realm", argument={"id": 100, "value": "shop.test", "unscoped": False}, answer={AT + "?login=x@shop.test&json=1": realm()},
        empty={AT: UNKNOWN}, error={AT: Reply({"error": "x"})},
        large={AT: Reply(padded(b'{"NameSpaceType":"Unknown","x":[', '"' + "-" * 3000 + '"', b"]}"))},
        more={
            "federated": Case(federated("https://STS.shop.test/adfs/ls/?username=x%40shop.test&wa=wsignin1.0")),
            "federated-elsewhere": Case(federated("https://shop.okta.test/app/x")),
            "everybody": Case(federated("https://login.live.test/login.srf", FederationBrandName="Microsoft account"), rows=False),
            "its-own-name": Case({AT: realm(FederationBrandName="shop.test")}, rows=False),
            "default": Case({AT: realm(FederationBrandName="Default Directory")}, rows=False),
            "another-domain": Case({AT: realm(DomainName="other.test")}, ends="error", rows=False),
            "odd": Case({AT: realm(NameSpaceType=5)}, ends="error", rows=False),
            "odd-members": Case(federated([1], FederationBrandName={"a": 1}), rows=False),
            "odd-url": Case(federated("nonsense"), rows=True),
        }),
]
