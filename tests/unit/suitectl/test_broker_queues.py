"""What is wrong with a queue, of what the broker lists."""

from typing import Any

import pytest

from suitectl import broker_queues

QUORUM = {"type": "quorum", "state": "running", "members": ["a", "b", "c"], "online": ["a", "b"]}


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ({}, None),
        ({"state": "down"}, "its node is away"),
        ({"messages": 99_999}, None),
        ({"messages": 100_000}, "loses its oldest: 100000 messages wait"),
        ({"messages": 5, "arguments": [["x-max-length", "long", 5]]}, None),  # so it was wanted
        (
            {
                "messages": 5,
                "arguments": {"x-max-length": 5, "x-overflow": "reject-publish"},
            },
            "takes nothing: 5 messages wait, and it may hold 5",
        ),
        ({"name": "rpc-billing", "messages": 10_000}, "takes nothing: 10000"),
        ({"name": "billing.hears.auth", "messages": 500_000}, None),
        (QUORUM, None),
        ({**QUORUM, "online": ["a"]}, "takes nothing: 1 of its 3 members are there"),
        ({**QUORUM, "online": [], "state": "down"}, "takes nothing: 0 of its 3"),
        ({**QUORUM, "online": ["a"], "members": ["a"]}, None),
    ],
)
def test_a_queue_that_does_not_take_what_comes_is_in_trouble(
    listed: dict[str, Any], said: str | None
) -> None:
    # a classic queue has neither; rabbitmqctl says so with empty texts
    of_classic = {"type": "classic", "state": "running", "members": "", "online": ""}
    found = {"name": "ledger.paid", "messages": 0, "arguments": [], **of_classic, **listed}
    why = broker_queues.read(found).trouble()
    assert (said is None) == (why is None)
    assert said is None or said in str(why)
