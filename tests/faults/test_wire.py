"""Messages are found in a stream of bytes, however it is cut into pieces."""

import struct

import pytest

from faults.wire import ACK, AMQP, DELIVER, POINTS, POSTGRES, PUBLISH, Messages


def _postgres(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack(">I", len(body) + 4) + body


def _frame(kind: int, body: bytes) -> bytes:
    return struct.pack(">BHI", kind, 1, len(body)) + body + b"\xce"


START_UP = _postgres(b"", b"\0\3\0\0user\0billing_app\0\0")
QUERY, COMMIT = _postgres(b"Q", b"select 1\0"), _postgres(b"Q", b"COMMIT\0")
PARSED = _postgres(b"P", b"\0COMMIT\0\0\0")
DONE, COMMITTED = _postgres(b"C", b"SELECT 1\0"), _postgres(b"C", b"COMMIT\0")
HEADER = b"AMQP\0\0\x09\1"
PUBLISHED, BODY = _frame(1, PUBLISH + b"\0\0"), _frame(3, b"{}")
ACKED, DELIVERED = _frame(1, ACK + bytes(9)), _frame(1, DELIVER + bytes(20))


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    ("protocol", "from_service", "sent"),
    [
        (POSTGRES, True, [START_UP, QUERY, COMMIT]),
        (POSTGRES, False, [DONE, COMMITTED]),
        (AMQP, True, [HEADER, PUBLISHED, BODY, ACKED]),
        (AMQP, False, [DELIVERED, BODY]),
    ],
)
def test_a_message_is_whole_however_it_comes(
    protocol: str, from_service: bool, sent: list[bytes], size: int
) -> None:
    stream, messages = b"".join(sent), Messages(protocol, from_service)

    came = [
        each for at in range(0, len(stream), size) for each in messages.feed(stream[at : at + size])
    ]

    assert came == sent


@pytest.mark.parametrize(
    ("point", "such", "others"),
    [
        ("commit_unseen", [COMMIT, PARSED], [QUERY, START_UP]),
        ("commit_unanswered", [COMMITTED], [DONE]),
        ("statement_unanswered", [DONE, COMMITTED], []),
        ("publish_unsent", [PUBLISHED], [BODY, ACKED, HEADER]),
        ("confirm_lost", [ACKED], [DELIVERED]),
        ("delivery_lost", [DELIVERED], [ACKED, BODY]),
        ("acknowledgement_lost", [ACKED], [PUBLISHED]),
    ],
)
def test_a_cut_knows_its_message(point: str, such: list[bytes], others: list[bytes]) -> None:
    assert all(map(POINTS[point].is_it, such))
    assert not any(map(POINTS[point].is_it, others))
