"""Which addresses are fetched: read strictly, and judged by what was read, never as text."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import unquote, urlsplit

from chassis.domain import value
from chassis.settings import Misconfigured

PORTS = {"http": 80, "https": 443}
WRITTEN = re.compile(r"[!-\[\]-~]+")  # printable ASCII without blanks and backslashes
PLACE = re.compile(r"(?:\[(?P<v6>[0-9a-f:.]+)\]|(?P<host>[a-z0-9._-]+))(?::(?P<port>[0-9]{0,5}))?")
NAT64 = ip_network("64:ff9b::/96")
PUBLIC = (ip_network("2000::/3"), NAT64)  # of IPv6, what is given out at all
REASONS = {
    "not_https": "it is not reached by https under the name of its host",
    "bad_port": "an address has the port of https",
    "credentials": "an address holds neither a user nor a password",
    "not_global": "its host is not in the public internet",
    "too_many_redirects": "it leads on more than three times",
    "redirect_refused": "one of ours leads nowhere else",
    "too_large": "it gives more than is taken",
    "not_ours": "it is not among the addresses that are ours",
    "not_the_bytes": "it gives other bytes than were announced",
    "not_found": "nothing is there",
}


class Refused(Exception):
    """What an address gives is not taken, however often it is asked; `word` says why."""

    def __init__(self, word: str) -> None:
        """`word`: one of `REASONS`."""
        super().__init__(REASONS[word])
        self.word = word


@value
class Address:
    """An address as it is asked for; `target` is path and query, a host never has brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """What the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@value
class Prefix:
    """Where addresses of ours begin; `path` ends with a slash."""

    scheme: str
    host: str
    port: int
    path: str

    def covers(self, address: Address) -> bool:
        """Return whether an address lies below."""
        same = (address.scheme, address.host, address.port) == (self.scheme, self.host, self.port)
        path = unquote(address.target.partition("?")[0])
        return same and path.startswith(self.path) and not {".", ".."} & set(path.split("/"))


def parsed(url: str) -> Address:
    """Read an address of http or https. Raises `Refused` for any other."""
    try:
        parts = urlsplit(url if WRITTEN.fullmatch(url) else "")
    except ValueError:
        raise Refused("not_https") from None
    if "@" in parts.netloc:
        raise Refused("credentials")
    place = PLACE.fullmatch(parts.netloc.lower())
    if parts.scheme not in PORTS or place is None:
        raise Refused("not_https")
    port = int(place["port"] or PORTS[parts.scheme])
    if not 0 < port < 1 << 16:
        raise Refused("bad_port")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(scheme=parts.scheme, host=place["v6"] or place["host"], port=port, target=target)


def parsed_prefixes(written: str) -> tuple[Prefix, ...]:
    """Return the prefixes that are written with blanks between them. Raises `Misconfigured`."""
    prefixes = tuple(_prefix(each) for each in written.split())
    if not prefixes:
        raise Misconfigured("names no address")
    return prefixes


def _prefix(written: str) -> Prefix:
    try:
        read = parsed(written)
    except Refused as refusal:
        raise Misconfigured(f"{written!r}: {refusal}") from None
    path = unquote(read.target).rstrip("/") + "/"
    return Prefix(scheme=read.scheme, host=read.host, port=read.port, path=path)


def require_foreign(address: Address) -> None:
    """Raise `Refused` for an address that may not be asked, whoever its host is."""
    if address.scheme != "https":
        raise Refused("not_https")
    if address.port != PORTS["https"]:
        raise Refused("bad_port")


def is_global(text: str) -> bool:
    """Return whether an IP address is of the public internet, and an IPv4 one within it too."""
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return _given_out(address) and all(_given_out(each) for each in _within(address))


def _given_out(address: IPv4Address | IPv6Address) -> bool:
    public = address.version == 4 or any(address in network for network in PUBLIC)
    return public and address.is_global and not address.is_multicast


def _within(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    """Yield what a gateway would make of it; a Teredo address is not of the public internet."""
    if isinstance(address, IPv6Address):
        if address.sixtofour:
            yield address.sixtofour
        if address in NAT64:
            yield IPv4Address(int(address) & 0xFFFFFFFF)
