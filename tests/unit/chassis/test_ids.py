"""Ids: derived ones repeat, random ones do not; the time is in UTC."""

from datetime import UTC
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from chassis import ids


@given(some.uuids(), some.lists(some.text() | some.integers() | some.uuids(), max_size=3))
def test_the_same_names_have_the_same_id(parent: UUID, names: list[object]) -> None:
    assert ids.derive(parent, *names) == ids.derive(parent, *names)
    assert ids.derive(parent, *names).version == 5


def test_other_parents_and_other_names_have_other_ids() -> None:
    one, other = UUID(int=1), UUID(int=2)
    found = {
        ids.derive(one, "user"),
        ids.derive(one, "workspace"),
        ids.derive(other, "user"),
        ids.derive(one, "user", 0),
        ids.derive(one, "user", 1),
    }
    assert len(found) == 5


def test_a_derived_id_never_changes() -> None:
    """Ids stand in stored events: another derivation would name other things."""
    assert str(ids.derive(ids.ROOT, "billing", 7)) == "e6466da1-2b62-55bc-907b-10f59c70effc"


def test_tokens_and_fresh_ids_do_not_repeat() -> None:
    assert len({ids.token() for _ in range(100)}) == 100
    assert len(ids.token()) >= 43  # 256 bits
    assert ids.fresh() != ids.fresh()


def test_now_knows_its_zone() -> None:
    assert ids.now().tzinfo is UTC
