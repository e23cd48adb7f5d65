"""Finds out who somebody is from a provider of OpenID Connect: authorization code with PKCE, state and nonce.

Authlib makes the requests, joserfc checks the signature; what a provider says of itself is held against the issuer that
was configured.
"""

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trimtab._optional import need
from trimtab.serve.pages.team.oidc_file import Provider, safe_url
from trimtab.serve.pages.team.sessions import digest

_FLOW_SECONDS = 600.0  # from setting out to coming back
_KEPT_SECONDS = 3600.0  # what a provider says of itself, and its keys
_MOST_FLOWS = 2_000
_TIMEOUT = 5.0  # seconds
_SKEW = 60  # seconds that the provider's clock may be ahead
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")


class OidcError(Exception):
    """Somebody cannot be told from a provider. `kind` is a short stable word; the text is for whoever tried."""

    def __init__(self, kind: str, told: str, *, status: int = 403) -> None:
        super().__init__(kind, told, status)
        self.kind, self.told, self.status = kind, told, status


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Somebody is on the way to the provider; `next` is where they wanted to go."""

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    browser: bytes = field(repr=False)  # digest of what only the browser that set out has
    next: str
    begun: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Who somebody is by the provider: `subject` never changes, the name may."""

    subject: str
    name: str
    roles: frozenset[str]
    systems: frozenset[str] | None


class Oidc:
    """One provider."""

    def __init__(
        self,
        provider: Provider,
        *,
        transport: Any = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """`transport` is httpx2's, for whoever has a way of their own to the provider."""
        self.provider, self._clock, self._wall = provider, clock, wall
        self._httpx = need("httpx2", extra="oidc")
        self._client = need("authlib.integrations.httpx_client", extra="oidc").OAuth2Client
        self._pkce = need("authlib.oauth2.rfc7636", extra="oidc").create_s256_code_challenge
        self._token = need("authlib.oidc.core", extra="oidc").CodeIDToken
        self._jose = need("joserfc", extra="oidc")
        self._jwt, self._jwk = need("joserfc.jwt", extra="oidc"), need("joserfc.jwk", extra="oidc")
        self._errors = (
            need("joserfc.errors", extra="oidc").JoseError,
            need("authlib.common.errors", extra="oidc").AuthlibBaseError,
        )
        self._options: dict[str, Any] = {"timeout": _TIMEOUT, "follow_redirects": False}
        if transport is not None:
            self._options["transport"] = transport
        self._flows: OrderedDict[bytes, Flow] = OrderedDict()
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def begin(self, back: str, *, next_: str) -> tuple[str, str]:
        """Set out: the address to go to, and what only this browser may know.

        Raises:
            OidcError: The provider does not answer, or is another.
        """
        meta = self._metadata()
        state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        with self._client(self.provider.client, redirect_uri=back, scope=" ".join(self.provider.scopes)) as client:
            address, _ = client.create_authorization_url(
                meta["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_challenge=self._pkce(verifier),
                code_challenge_method="S256",
            )
        now = self._clock()
        with self._lock:
            while self._flows and (
                len(self._flows) >= _MOST_FLOWS or now - next(iter(self._flows.values())).begun > _FLOW_SECONDS
            ):
                self._flows.popitem(last=False)
            self._flows[digest(state)] = Flow(
                nonce=nonce, verifier=verifier, browser=digest(browser), next=next_, begun=now
            )
        return str(address), browser

    def finish(self, asked: Mapping[str, str], *, browser: str, back: str) -> tuple[Claimed, str]:
        """Come back: who it is, and where they wanted to go. A state is good once.

        Raises:
            OidcError: It is not known, too old, of another browser, refused, or what the provider says does not hold.
        """
        with self._lock:
            flow = self._flows.pop(digest(asked.get("state", "")), None)
        if flow is None or not hmac.compare_digest(flow.browser, digest(browser)):
            raise OidcError("state", "This way in was used, or was begun elsewhere. Begin again.", status=400)
        if self._clock() - flow.begun > _FLOW_SECONDS:
            raise OidcError("expired", "That took too long. Begin again.", status=400)
        if "iss" in asked and asked["iss"] != self.provider.issuer:
            raise OidcError("issuer", "The answer is of another provider than the one that was asked.")
        if "error" in asked or not asked.get("code"):
            raise OidcError("refused", "The provider did not let you in.")
        claims = self._claims(asked["code"], flow, back)
        return self._claimed(claims), flow.next

    # -- parts -----------------------------------------------------------------------------

    def _claims(self, code: str, flow: Flow, back: str) -> dict[str, Any]:
        meta = self._metadata()
        method = "client_secret_post" if self.provider.secret_in == "body" else "client_secret_basic"
        try:
            with self._client(
                self.provider.client,
                self.provider.secret,
                redirect_uri=back,
                token_endpoint_auth_method=method,
                **self._options,
            ) as client:
                given = client.fetch_token(
                    meta["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=flow.verifier
                )
        except self._httpx.HTTPError as error:
            raise _down() from error
        except (*self._errors, ValueError, TypeError) as error:
            raise OidcError("code", "The provider does not know this way in. Begin again.") from error
        id_token, access_token = given.get("id_token"), given.get("access_token")
        if not isinstance(id_token, str):
            raise OidcError("token", "The provider says that somebody entered, and not who.")
        claims = self._checked(id_token, flow.nonce, access_token)
        if self._lacks(claims) and meta.get("userinfo_endpoint") and isinstance(access_token, str):
            more = self._get(meta["userinfo_endpoint"], bearer=access_token)
            if more.get("sub") != claims["sub"]:
                raise OidcError("token", "The provider gives two answers to who you are.")
            claims = {**more, **claims}
        return claims

    def _checked(self, id_token: str, nonce: str, access_token: object) -> dict[str, Any]:
        """The claims of an ID token whose signature, issuer, audience, time and nonce are right."""
        try:
            try:
                found = self._jwt.decode(id_token, self._keys(), algorithms=list(_ALGORITHMS))
            except self._errors:  # perhaps by a key that is new
                found = self._jwt.decode(id_token, self._keys(fresh=True), algorithms=list(_ALGORITHMS))
            token = self._token(
                found.claims,
                found.header,
                options={
                    "iss": {"essential": True, "value": self.provider.issuer},
                    "aud": {"essential": True, "value": self.provider.client},
                    "sub": {"essential": True},
                },
                params={"nonce": nonce, "client_id": self.provider.client, "access_token": access_token},
            )
            token.validate(now=int(self._wall()), leeway=_SKEW)
        except (*self._errors, ValueError, TypeError, KeyError) as error:
            raise OidcError("token", "What the provider says of you does not hold.") from error
        if not isinstance(token.get("sub"), str) or not token["sub"]:
            raise OidcError("token", "What the provider says of you does not hold.")
        return dict(token)

    def _claimed(self, claims: Mapping[str, Any]) -> Claimed:
        provider = self.provider
        roles = {role for value in _texts(claims.get(provider.roles_claim)) for role in provider.roles.get(value, ())}
        systems: frozenset[str] | None = None
        if provider.systems is not None:
            said = _texts(claims.get(provider.systems_claim))
            systems = frozenset(one for value in said for one in provider.systems.get(value, ()))
        name = claims.get(provider.name_claim)
        subject = digest(f"{provider.issuer}\n{claims['sub']}").hex()
        return Claimed(
            subject=subject, name=name if isinstance(name, str) else "", roles=frozenset(roles), systems=systems
        )

    def _lacks(self, claims: Mapping[str, Any]) -> bool:
        wanted = {self.provider.name_claim, self.provider.roles_claim}
        return bool(wanted - set(claims))

    def _metadata(self) -> dict[str, Any]:
        def load() -> dict[str, Any]:
            found = self._get(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.provider.issuer:
                raise OidcError("issuer", "The provider says that it is another than the one that is configured.")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not isinstance(found.get(name), str) or not safe_url(found[name]):
                    raise OidcError("metadata", "The provider does not say where to go over HTTPS.")
            if found.get("userinfo_endpoint") and not safe_url(str(found["userinfo_endpoint"])):
                found.pop("userinfo_endpoint")
            return found

        kept: dict[str, Any] = self._remember("metadata", load)
        return kept

    def _keys(self, *, fresh: bool = False) -> Any:
        def load() -> Any:
            return self._jwk.KeySet.import_key_set(self._get(self._metadata()["jwks_uri"]))

        return self._remember("keys", load, fresh=fresh)

    def _remember(self, what: str, load: Callable[[], Any], *, fresh: bool = False) -> Any:
        known = self._kept.get(what)
        if known is None or fresh or self._clock() - known[0] > _KEPT_SECONDS:
            known = self._kept[what] = (self._clock(), load())
        return known[1]

    def _get(self, url: str, *, bearer: str = "") -> dict[str, Any]:
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        try:
            with self._httpx.Client(**self._options) as client:
                answer = client.get(url, headers={"accept": "application/json", **headers})
                found = answer.json() if answer.status_code == 200 else None
        except (self._httpx.HTTPError, ValueError) as error:
            raise _down() from error
        if not isinstance(found, dict):
            raise _down()
        return found


def _down() -> OidcError:
    return OidcError("unreachable", "The provider does not answer. Try again in a while.", status=503)


def _texts(value: object) -> tuple[str, ...]:
    """The values of a claim, which is a text or a list of them."""
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
