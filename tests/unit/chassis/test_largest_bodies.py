"""No rule at the door computes long, whatever is written in a body that is let in."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from marshmallow import fields as field

from chassis.bounds import MOST_FAULTS, MOST_OF_A_NAME, Size
from chassis.codec import load_with
from chassis.door import bodies
from chassis.errors import Invalid
from chassis.json_fields import Tuple
from unit.clients.signatures import PAIRS, served

MOST_S = 0.05  # of processor
METHODS = [
    (f"{service}.{name}", method)
    for service, (facade, _) in PAIRS.items()
    for name, method in served(facade).items()
]
ROOM = bodies.MOST_BYTES - 1_000  # for what a text or a list stands in
# a letter, what NFKC makes longer, marks upon marks, what parsers of addresses and numbers look for
SIGNS = ("a", "\ufb03", "\ufdfa", "\u0301", "@", ".", "a@", '"', "0", " ", "\u200d", "\u202e", "-1")
DEEP: list[Any] = []
for _ in range(500):
    DEEP = [DEEP]
ANYWHERE: tuple[Any, ...] = (
    {f"{number:05}": 0 for number in range(ROOM // 12)},
    [0] * (ROOM // 2),
    [{}] * (ROOM // 3),
    DEEP,
    int("9" * 4_300),
    1e308,
)


def spent(work: Callable[[], object]) -> float:
    """Return the processor's seconds, the least of three tries where the first took long."""
    tries: list[float] = []
    while len(tries) < 3 and (not tries or min(tries) > MOST_S):
        begun = time.process_time()
        try:
            work()
        except Invalid as refusal:
            assert len(json.dumps(refusal.details)) < 10_000
        tries.append(time.process_time() - begun)
    return min(tries)


def nasty(of: field.Field[Any]) -> Iterator[Any]:
    """Yield what may be written for a field: as much as its rule allows, and as the body does."""
    yield from ANYWHERE
    for sign in SIGNS:
        for most in (size(of).most, ROOM // len(sign.encode())):
            yield (sign * most)[:most]
    if isinstance(of, Tuple):
        for each in nasty(of.inner):
            long = max(1, len(json.dumps(each, ensure_ascii=False).encode()) + 2)
            yield [each] * min(size(of).most, ROOM // long)
    if isinstance(of, field.Nested):
        for name, inner in of.schema.fields.items():
            yield from ({name: each} for each in nasty(inner))


def size(of: field.Field[Any]) -> Size:
    """Return a field's size, which is the first of what is asked of it."""
    (found,) = of.pre_load
    assert isinstance(found, Size)
    return found


def test_no_field_of_a_request_is_read_for_longer_than_50_ms() -> None:
    slow = {}
    for name, method in METHODS:
        for argument, of in method.request.fields.items():
            for written in nasty(of):
                took = spent(lambda: load_with(method.request, {argument: written}))  # noqa: B023
                if took > MOST_S:
                    slow[f"{name}({argument}={str(written)[:20]}…)"] = took

    assert METHODS
    assert slow == {}


def test_no_request_is_refused_for_longer_than_50_ms_for_names_that_nobody_knows() -> None:
    unknown = ANYWHERE[0]
    slow = {
        name: took
        for name, method in METHODS
        if (took := spent(lambda: load_with(method.request, unknown))) > MOST_S  # noqa: B023
    }
    assert slow == {}


BODIES = {
    "a text": '"' + "a" * ROOM + '"',
    "escapes": '"' + "\\u0301" * (ROOM // 6) + '"',
    "names": json.dumps(ANYWHERE[0]),
    "objects": "[" + "{}," * (ROOM // 3) + "0]",
    "lists in lists": "[" * ROOM,
    "lists in objects": '{"a":[' * (ROOM // 6),
    "a number": "9" * ROOM,
    "numbers": "[" + ("9" * 4_300 + ",") * (ROOM // 4_301) + "0]",
    "a fraction": "0." + "9" * ROOM,
    "a power": "1e" + "9" * ROOM,
    "blanks": " " * ROOM,
    "no number": "[" + "NaN," * (ROOM // 4) + "0]",
}


@pytest.mark.parametrize("what", BODIES)
def test_no_body_is_read_for_longer_than_50_ms(what: str) -> None:
    body = f'{{"args": [], "kwargs": {{"a": {BODIES[what]}}}}}'.encode()
    assert len(body) <= bodies.MOST_BYTES
    assert spent(lambda: bodies.read(body)) < MOST_S


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff\xfe",
        b'"args"',
        b'{"args": [], "kwargs": []}',
        b'{"args": [], "kwargs": {"a": NaN}}',
        b'{"args": [], "kwargs": {"a": -Infinity}}',
        b'{"args": [], "kwargs": {"a": 1, "a": 1}}',
        b'{"args": [], "kwargs": {"a": {"b": 1, "b": 2}}}',
        b'{"args": [], "kwargs": {"a": ' + b"1" * 5_000 + b"}}",
        b'{"args": [], "kwargs": {"a": ' + b"[" * 50_000,
    ],
    ids=lambda body: str(body[:40]),
)
def test_what_is_no_call_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="malformed_request"):
        bodies.read(body)


def test_a_body_that_is_too_large_is_refused_by_its_length_alone() -> None:
    most = b'{"args": [], "kwargs": {}}'
    assert bodies.read(most, len(most)) == {"args": [], "kwargs": {}}
    with pytest.raises(Invalid, match="request_too_large"):
        bodies.read(b"{" * 6, 5)  # and no JSON


def test_a_reply_names_the_first_faults_and_no_more() -> None:
    sign_up = served(PAIRS["auth"][0])["sign_up"].request
    with pytest.raises(Invalid) as few:
        load_with(sign_up, {"n" * 9_000: 0})
    assert set(few.value.details["fields"]) == {"name", "email", "password", "n" * MOST_OF_A_NAME}

    create = served(PAIRS["video"][0])["create_video"].request
    with pytest.raises(Invalid) as many:
        load_with(create, {"name": "a", "clips": [{"room_type": 1, "x": 2}] * 100})
    clips = many.value.details["fields"]["clips"]
    assert sum(len(each) for each in clips.values()) == MOST_FAULTS
