"""A provider of OpenID Connect in one function, that can be made to lie in every way."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import orjson
from joserfc import jwk, jwt

from trimtab.serve.pages.team.oidc import Oidc
from trimtab.serve.pages.team.oidc_file import Provider

ISSUER = "https://provider.example.org"
SECRET = "a-client-secret-for-tests"
KEY = jwk.RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
OTHER = jwk.RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
NOW = 1_800_000_000.0


def provider(**more):
    told = {
        "name": "Example",
        "issuer": ISSUER,
        "client": "trimtab",
        "secret": SECRET,
        "secret_in": "header",
        "scopes": ("openid", "profile"),
        "name_claim": "preferred_username",
        "roles_claim": "groups",
        "systems_claim": "systems",
        "roles": {"builders": ("engineer",), "watchers": ("auditor",), "owners": ("risk-owner",)},
        "systems": None,
    }
    return Provider(**{**told, **more})


class Lying:
    """Answers requests; `claims` are told of whoever enters, `tells` replaces what is told of itself."""

    def __init__(self, **claims):
        self.claims = {"sub": "u-1", "preferred_username": "ml-lead", "groups": ["builders"], **claims}
        self.tells: dict[str, Any] = {}
        self.more: dict[str, Any] = {}
        self.key: Any = KEY
        self.header = {"alg": "RS256", "kid": "k1"}
        self.published, self.down, self.asked = KEY, "", []
        self.userinfo: dict[str, Any] = {}
        self.codes, self.clock, self.wall = {}, [0.0], [NOW]

    def oidc(self, **more):
        return Oidc(
            provider(**more),
            transport=httpx2.MockTransport(self),
            clock=lambda: self.clock[0],
            wall=lambda: self.wall[0],
        )

    def enters(self, address):
        """Somebody enters there; what comes back in the address."""
        asked = {name: one[0] for name, one in parse_qs(urlsplit(address).query).items()}
        self.codes["c1"] = asked
        return {"code": "c1", "state": asked["state"]}

    def __call__(self, request):
        path = request.url.path
        self.asked.append(path)
        if path == self.down:
            raise httpx2.ConnectError("no")
        if path.endswith("openid-configuration"):
            found = {
                "issuer": ISSUER,
                **{f"{one}_endpoint": f"{ISSUER}/{one}" for one in ("authorization", "token", "userinfo")},
            }
            return httpx2.Response(200, json={**found, "jwks_uri": f"{ISSUER}/keys", **self.tells})
        if path == "/keys":
            return httpx2.Response(200, json={"keys": [self.published.as_dict(private=False)]})
        if path == "/userinfo":
            return httpx2.Response(200, json=self.userinfo or {"sub": self.claims["sub"]})
        form = {name: one[0] for name, one in parse_qs(request.content.decode()).items()}
        begun = self.codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        basic = base64.b64encode(f"trimtab:{SECRET}".encode()).decode()
        known = request.headers.get("authorization") == f"Basic {basic}" or form.get("client_secret") == SECRET
        if (
            begun is None
            or proof.decode() != begun["code_challenge"]
            or begun["code_challenge_method"] != "S256"
            or not known
        ):
            return httpx2.Response(400, json={"error": "invalid_grant"})
        claims = {"iss": ISSUER, "aud": "trimtab", "iat": int(NOW), "exp": int(NOW) + 300, "nonce": begun["nonce"]}
        whole = {name: one for name, one in {**claims, **self.claims, **self.more}.items() if one is not None}
        signed = jwt.encode(self.header, whole, self.key, algorithms=[self.header["alg"]])
        return httpx2.Response(
            200, content=orjson.dumps({"access_token": "a", "token_type": "Bearer", "id_token": signed})
        )
