"""By which address others come to the pages, and whose word counts for where a request is from."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from trimtab.errors import UsageError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HSTS = "max-age=31536000"  # a year; of this host alone, since others of its domain are not ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Whether pages come over HTTPS, made here or by a proxy in front, and which peers are that proxy."""

    secure: bool = False
    proxies: tuple[Network, ...] = ()

    def address(self, peer: str, headers: list[tuple[bytes, bytes]]) -> str:
        """Where a request is from, as far as anybody whose word counts says; empty when the peer itself is unknown.

        A declared proxy adds the address that it saw to the end of `X-Forwarded-For`; what stands before that anybody
        can have written.
        """
        if not self.proxies or not self.is_proxy(peer):
            return peer
        said = [value for name, value in headers if name == b"x-forwarded-for"]
        last = said[-1].decode("latin-1").rpartition(",")[2].strip() if said else ""
        try:
            return str(ipaddress.ip_address(last))
        except ValueError:
            return peer

    def is_proxy(self, peer: str) -> bool:
        """Whether a peer is one of the declared proxies."""
        try:
            found = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(found in one for one in self.proxies)

    def flaw(self, peer: str, scheme: str, headers: list[tuple[bytes, bytes]]) -> str:
        """Why a request may not be answered: it came past the proxy, or without encryption; empty if it may."""
        if not self.secure or scheme == "https":
            return ""
        if not self.is_proxy(peer):
            return "This is served by its proxy alone."
        said = [value for name, value in headers if name == b"x-forwarded-proto"]
        if said and said != [b"https"]:
            return "This is served over HTTPS alone."
        return ""


def public_host(url: str) -> str:
    """The Host header of an address that others use: `https://pages.example.org` or with a port.

    Raises:
        UsageError: It is none, or not HTTPS.
    """
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        found, port = urlsplit(""), None
    plain = found.path in ("", "/") and not found.query and not found.fragment and found.username is None
    if found.scheme != "https" or not found.hostname or not plain:
        what = "--public-url must be https://, a host, and nothing after it."
        raise UsageError(what, "Write it as https://pages.example.org.")
    host = f"[{found.hostname}]" if ":" in found.hostname else found.hostname
    return host if port in (None, 443) else f"{host}:{port}"


def networks(given: tuple[str, ...]) -> tuple[Network, ...]:
    """Addresses or networks of proxies.

    Raises:
        UsageError: One is none.
    """
    found = []
    for one in given:
        try:
            found.append(ipaddress.ip_network(one, strict=False))
        except ValueError:
            raise UsageError(f"{one[:60]!r} is no address of a proxy.", "Write 10.0.0.5 or 10.0.0.0/24.") from None
    return tuple(found)
