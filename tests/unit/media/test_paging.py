"""A cursor names a place in one list, and is refused in any other."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.errors import Invalid
from media.projections.paging import Page, Place

PLACE = Place(at=datetime(2026, 3, 1, 12, 30, 0, 123456, UTC), id=UUID(int=7))


def test_a_cursor_leads_back_to_its_place_to_the_microsecond() -> None:
    assert Place.read(PLACE.cursor("projects/a"), "projects/a") == PLACE


@pytest.mark.parametrize(
    "cursor",
    [
        PLACE.cursor("projects/b"),
        "",
        "not base64!",
        "æøå",
        "W10=",
        "e30=",
        "WyJwcm9qZWN0cy9hIiwgMSwgMl0=",
        "WyJwcm9qZWN0cy9hIiwgIjIwMjYtMDMtMDEiLCAieCJd",
    ],
)
def test_what_is_no_cursor_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Place.read(cursor, "projects/a")

    assert refusal.value.code == "media.cursor_invalid"


def test_a_page_says_where_it_ends_only_if_more_follows() -> None:
    rows = [{"id": str(UUID(int=n)), "created_at": PLACE.at} for n in (9, 7, 5)]

    assert Page.of(rows, 2) == Page(rows=rows[:2], last=PLACE)
    assert Page.of(rows, 3) == Page(rows=rows, last=None)
