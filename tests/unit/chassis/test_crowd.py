"""As whom somebody at an HTTP door is counted; over real sockets: `test_public_doors.py`."""

import pytest

from chassis import settings
from chassis.door.crowd import Crowd
from chassis.running.process import ProcessSettings
from chassis.settings import Misconfigured


def test_who_has_a_network_of_ipv6_is_one_and_ipv4_is_the_same_however_it_is_carried() -> None:
    crowd = Crowd(1, "")
    assert crowd.peer("2001:db8::1") == crowd.peer("2001:db8::ffff:2") == "2001:db8::/64"
    assert crowd.peer("2001:db8:0:1::1") != crowd.peer("2001:db8::1")
    assert crowd.peer("::ffff:192.0.2.1") == crowd.peer("192.0.2.1") == "192.0.2.1"
    assert crowd.peer("fe80::1%eth0") == "fe80::/64"


def test_a_proxy_may_be_named_by_either_protocol() -> None:
    crowd = Crowd(1, "10.0.0.0/8 2001:db8::/32")
    for proxy in ("10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1"):
        assert crowd.peer(proxy) is None
        assert crowd.client(proxy, "192.0.2.1, 10.9.9.9") == "192.0.2.1"
        assert crowd.client(proxy, "") == crowd.client(proxy, "x")  # itself
    assert crowd.client("192.0.2.1", "192.0.2.2") is None


def test_who_has_gone_leaves_room_and_is_not_remembered() -> None:
    crowd = Crowd(1, "")
    with crowd.joined("a") as first, crowd.joined("a") as second, crowd.joined("b") as other:
        assert (first, second, other) == (True, False, True)
    with pytest.raises(OSError), crowd.joined("a"):
        raise OSError
    with crowd.joined("a") as again:
        assert again
    assert crowd._here == {}


@pytest.mark.parametrize("proxies", ["proxy.example", "10.0.0.1/8", "10.0.0.1,10.0.0.2"])
def test_what_is_no_address_stops_the_start(proxies: str) -> None:
    with pytest.raises(Misconfigured, match="^TRUSTED_PROXIES: "):
        settings.load(ProcessSettings, {"AMQP_URI": "amqp://", "TRUSTED_PROXIES": proxies})
