"""Members of a consumer group: whose a stream is, and what they are called."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis import settings
from chassis.hearing import member
from chassis.hearing.member import ALONE, MOST, Member
from chassis.running.process import ProcessSettings
from chassis.settings import Misconfigured

STREAM = "invoice-00000000-0000-0000-0000-00000000000"
COUNTS = some.integers(1, MOST)


def test_whose_a_stream_is_never_changes_as_cursors_stand_by_it() -> None:
    streams = [f"{STREAM}{each}" for each in range(8)]
    owners = {of: [member.owner(each, of).number for each in streams] for of in (1, 2, 3, 16)}
    assert owners == {
        1: [1, 1, 1, 1, 1, 1, 1, 1],
        2: [1, 1, 1, 1, 2, 2, 2, 2],
        3: [1, 1, 3, 3, 2, 1, 1, 2],
        16: [9, 15, 5, 3, 2, 8, 14, 12],
    }
    assert member.owner("123456789", 16).number == 0xCBF43926 % 16 + 1  # crc32's check value


@given(some.text(), COUNTS)
def test_a_stream_has_one_owner_in_a_group_of_any_size(stream_id: str, of: int) -> None:
    owners = [each for each in member.members(of) if each.owns(stream_id)]
    assert owners == [member.owner(stream_id, of)]


def test_members_have_about_as_many_streams_each() -> None:
    streams = [f"invoice-{UUID(int=number)}" for number in range(1_000 * MOST)]
    for of in range(1, MOST + 1):
        counts = Counter(member.owner(each, of) for each in streams[: 1_000 * of])
        assert set(counts) == set(member.members(of))
        assert 900 <= min(counts.values()) <= max(counts.values()) <= 1_100


@pytest.mark.parametrize("group", ["billing", "billing.revocations"])
def test_a_member_hears_under_its_groups_name_and_its_own_number(group: str) -> None:
    assert [each.consumer(group) for each in member.members(2)] == [
        f"{group}.1of2",
        f"{group}.2of2",
    ]
    assert ALONE.consumer(group) == group
    for each in member.members(12):
        assert member.group(each.consumer(group)) == group


def test_a_process_is_the_member_that_its_setting_says_and_alone_without() -> None:
    given = {"AMQP_URI": "amqp://localhost"}
    assert member.parsed(settings.load(ProcessSettings, given).member) == ALONE
    chosen = settings.load(ProcessSettings, {**given, "MEMBER": "2/3"})
    assert member.parsed(chosen.member) == Member(number=2, of=3)


@pytest.mark.parametrize(
    "written", ["", "2", "0/2", "3/2", "-1/2", "1/0", "1/17", "1/2/3", "1 / 2", "one/two", "²/3"]
)
def test_what_names_no_member_stops_the_start(written: str) -> None:
    with pytest.raises(Misconfigured):
        settings.load(ProcessSettings, {"AMQP_URI": "amqp://localhost", "MEMBER": written})
