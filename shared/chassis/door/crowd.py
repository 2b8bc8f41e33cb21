"""How much of an HTTP door one address may take, behind proxies too."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address


class Crowd:
    """Counts who is at the door, each by their address.

    A proxy that is named is nobody: who it speaks for is counted, by `X-Forwarded-For`. Of that
    header only what named proxies have written is believed, so it is read from its end.
    """

    def __init__(self, most: int, proxies: str) -> None:
        """`most`: of one address at once; `proxies`: addresses and networks, blanks between.

        Raises `ValueError` for what is neither.
        """
        self._most, self._here = most, Counter[str]()
        self._proxies = [ip_network(each) for each in proxies.split()]

    def peer(self, host: str) -> str | None:
        """Return as whom a connection from there is counted; None for a proxy's."""
        address = _address(host)
        return None if self._is_proxy(address) else _counted(address)

    def client(self, host: str, forwarded_for: str) -> str | None:
        """Return as whom a proxy's request is counted: itself, if it does not say for whom it is.

        None for one that came without a proxy.
        """
        address = _address(host)
        if not self._is_proxy(address):
            return None
        for each in reversed(forwarded_for.split(",")):
            try:
                address = _address(each.strip())
            except ValueError:
                break
            if not self._is_proxy(address):
                break
        return _counted(address)

    @contextmanager
    def joined(self, who: str | None) -> Iterator[bool]:
        """Count one more while inside; give whether there was room. There is for None."""
        if who is None:
            yield True
            return
        admitted = self._here[who] < self._most
        self._here[who] += admitted
        try:
            yield admitted
        finally:
            self._here[who] -= admitted
            if not self._here[who]:
                del self._here[who]

    def _is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def _address(text: str) -> Address:
    """Return the address, of IPv4 as such though IPv6 carries it. Raises `ValueError`."""
    address = ip_address(text)
    carried = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return carried or address


def _counted(address: Address) -> str:
    """Return the address; of IPv6 its network, since who has one has all of it."""
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address), 64), strict=False))
