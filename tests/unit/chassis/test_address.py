"""Where a broker is, host by host; and by what names the suite knows its users."""

from typing import Any

import pytest

from chassis.broker import address

CLUSTER = "amqps://web:a%2Cb@rabbit-1:5671,rabbit-2,[::1]:5673/ai-studio?cacertfile=/ca.pem"
NODES = {("rabbit-1", 5671), ("rabbit-2", 5671), ("::1", 5673)}


@pytest.mark.parametrize("pooled", [False, True])  # replies go by connections of a pool
def test_each_node_of_a_cluster_is_tried_by_its_own_name(pooled: bool) -> None:
    made: Any = address.client(CLUSTER)
    client: Any = made.Pool(1).new() if pooled else made
    tried = []
    for _ in range(3):
        assert client.ssl["server_hostname"] == client.hostname
        assert client.ssl["ca_certs"] == "/ca.pem"
        assert (client.userid, client.password) == ("web", "a,b")
        assert client.virtual_host == "ai-studio"
        assert pooled or client.clone().ssl == client.ssl
        tried.append((client.hostname, client.port))
        client.maybe_switch_next()
    assert set(tried) == NODES
    assert (client.hostname, client.port) == tried[0]  # and then all over again


def test_not_everybody_begins_with_the_same_node() -> None:
    assert {address.client(CLUSTER).hostname for _ in range(200)} == {host for host, _ in NODES}


def test_where_a_uri_leads_is_said_without_the_password() -> None:
    assert address.hosts(CLUSTER) == ["rabbit-1:5671", "rabbit-2:5671", "[::1]:5673"]
    assert address.hosts("amqp://billing:key@rabbit/ai-studio") == ["rabbit:5672"]


@pytest.mark.parametrize("hosts", ["a,,b", "a,", ",a", "a:port,b", "a:99999"])
def test_a_list_of_hosts_has_no_hole(hosts: str) -> None:
    with pytest.raises(ValueError, match="comma|[Pp]ort"):
        address.client(f"amqp://web:key@{hosts}/")


@pytest.mark.parametrize(
    ("user", "prefix"),
    [
        ("billing", ""),
        ("second_billing", "second_"),
        ("a_second_billing", "a_second_"),
        ("auth", None),
        ("second_auth", None),
        ("billing_second", None),
        ("secondbilling", None),
        ("_billing", None),
        ("second-billing", None),
        ("guest", None),
    ],
)
def test_a_service_reads_its_suite_s_prefix_from_its_own_name(
    user: str, prefix: str | None
) -> None:
    assert address.prefix(f"amqp://{user}:secret@broker/ai-studio", "billing") == prefix


@pytest.mark.parametrize(
    ("prefix", "user", "known_as"),
    [
        ("", "billing", "billing"),
        ("", None, None),
        ("second_", "second_billing", "billing"),
        ("second_", "second_operator", "operator"),
        ("second_", "billing", None),  # another suite's, let in by mistake
        ("second_", "third_billing", None),
        ("second_", "", None),
        ("second_", None, None),
    ],
)
def test_a_user_is_known_without_the_prefix_and_without_it_is_nobody(
    prefix: str, user: str | None, known_as: str | None
) -> None:
    assert address.without(prefix, user) == known_as
