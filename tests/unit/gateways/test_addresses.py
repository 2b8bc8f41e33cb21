"""Addresses are read, and then judged."""

import pytest

from chassis.settings import Misconfigured
from gateways.addresses import Refused, is_global, parsed, parsed_prefixes

OURS = parsed_prefixes("http://media.example:8000/ https://bucket.example/media")


def word(url: str) -> str:
    with pytest.raises(Refused) as refusal:
        parsed(url)
    return refusal.value.word


def ours(url: str) -> bool:
    return any(prefix.covers(parsed(url)) for prefix in OURS)


def test_an_address_is_read_as_it_is_asked_for() -> None:
    read = parsed("HTTPS://Pictures.Example:443/a%20b?c=d#e")
    assert (read.scheme, read.host, read.port) == ("https", "pictures.example", 443)
    assert (read.target, read.authority) == ("/a%20b?c=d", "pictures.example")
    assert parsed("https://[2001:DB8::0:1]:8443").authority == "[2001:db8::0:1]:8443"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://pictures.example/a", "not_https"),
        ("file:///etc/hostname", "not_https"),
        ("pictures.example/a", "not_https"),
        ("https:///a", "not_https"),
        ("https://pictures.example/a b", "not_https"),
        ("https://pictures.example\\@elsewhere.example/a", "not_https"),
        ("https://pictures.example/a\r\nHost: b", "not_https"),
        ("https://bøker.example/a", "not_https"),
        ("https://[::1/a", "not_https"),
        ("https://[fe80::1%25eth0]x/a", "not_https"),
        ("", "not_https"),
        ("https://user:password@pictures.example/a", "credentials"),
        ("https://@pictures.example/a", "credentials"),
        ("https://pictures.example:99999/a", "bad_port"),
        ("https://pictures.example:0/a", "bad_port"),
        ("https://pictures.example:x/a", "not_https"),
    ],
)
def test_what_is_no_plain_address_has_its_word(url: str, why: str) -> None:
    assert word(url) == why


@pytest.mark.parametrize(
    ("url", "below"),
    [
        ("http://media.example:8000/blobs/x", True),
        ("HTTP://MEDIA.example:8000/", True),
        ("https://bucket.example/media/x?signature=y", True),
        ("https://bucket.example:443/media/x", True),
        ("https://bucket.example/%6dedia/x", True),
        ("https://media.example:8000/blobs/x", False),
        ("http://media.example:8001/blobs/x", False),
        ("http://media.example.evil.example:8000/x", False),
        ("https://bucket.example/mediaeval/x", False),
        ("https://bucket.example/media", False),
        ("https://bucket.example/media/../other/x", False),
        ("https://bucket.example/media/%2e%2e/other/x", False),
        ("https://bucket.example/media/a%2f..%2f../x", False),
        ("http://bucket.example/media/x", False),
    ],
)
def test_an_address_is_ours_below_a_prefix_alone(url: str, below: bool) -> None:
    assert ours(url) == below


@pytest.mark.parametrize("written", ["", "media.example", "https://a:b@media.example", "ftp://x/"])
def test_what_names_no_prefix_is_no_setting(written: str) -> None:
    with pytest.raises(Misconfigured, match=f"^{written!r}: |^names no address$"):
        parsed_prefixes(written)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("2002:5db8:d70e::1", True),  # 6to4 of the first
        ("64:ff9b::5db8:d70e", True),  # NAT64 of it
        ("::ffff:93.184.215.14", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),  # behind a provider's NAT
        ("169.254.169.254", False),  # a cloud's metadata
        ("0.0.0.0", False),  # noqa: S104
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("198.18.0.1", False),
        ("::", False),
        ("::1", False),
        ("::127.0.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("fd00:ec2::254", False),  # metadata, too
        ("ff0e::1", False),
        ("2001:db8::1", False),
        ("2002:7f00:1::", False),  # 6to4 of 127.0.0.1
        ("2002:a9fe:a9fe::1", False),
        ("64:ff9b::7f00:1", False),  # NAT64 of it
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::5db8:d70e", False),  # NAT64 of somebody's own
        ("2001:0:53aa:64c:0:7a2b:80ff:fffe", False),  # Teredo
    ],
)
def test_only_what_is_of_the_public_internet_is_global(address: str, public: bool) -> None:
    assert is_global(address) == public
