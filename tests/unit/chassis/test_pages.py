"""Pages of a list: newest first, and a cursor that holds for its own list only."""

import base64
import json
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.asked import Page
from chassis.errors import Invalid, NotFound
from chassis.identity import Actor, service_actor
from chassis.unit.pages import CURSOR_MAX, cut, list_id, read, scope

NOON = datetime(2026, 3, 1, 12, 30, 0, 123456, UTC)
MINE, OTHER = UUID(int=1), UUID(int=2)
ASKED = list_id("project", {"workspace_id": MINE, "status": None})


def row(number: int) -> dict[str, Any]:
    # several rows of one moment: the id decides between them
    return {"id": str(UUID(int=number)), "created_at": NOON + timedelta(seconds=number % 7)}


def place(each: dict[str, Any]) -> tuple[datetime, str]:
    return each["created_at"], each["id"]


def page(table: dict[str, dict[str, Any]], limit: int, cursor: str | None) -> Page[dict[str, Any]]:
    """A page as the database gives it: all rows below the place, newest first."""
    newest_first = sorted(table.values(), key=place, reverse=True)
    if cursor is not None:
        newest_first = [each for each in newest_first if place(each) < read(cursor, ASKED)]
    return cut(newest_first[: limit + 1], limit, ASKED)


numbers = st.integers(0, 60)


@given(
    at_first=st.sets(numbers),
    meanwhile=st.lists(st.sets(numbers, max_size=8)),
    limit=st.integers(1, 5),
)
def test_rows_that_come_and_go_meanwhile_are_neither_doubled_nor_cost_others(
    at_first: set[int], meanwhile: list[set[int]], limit: int
) -> None:
    table = {each["id"]: each for each in map(row, at_first)}
    throughout, seen, cursor = set(table), list[str](), None
    for changes in chain(meanwhile, repeat(set(), 100)):
        shown = page(table, limit, cursor)
        assert len(shown.items) <= limit
        seen += [each["id"] for each in shown.items]
        cursor = shown.next_cursor
        if cursor is None:
            break
        for changed in map(row, changes):  # one that is there goes, another comes
            if table.pop(changed["id"], None) is None:
                table[changed["id"]] = changed
            throughout.discard(changed["id"])

    assert cursor is None
    assert len(seen) == len(set(seen))
    assert throughout <= set(seen)


def test_a_page_says_where_the_next_one_begins_only_if_more_follows() -> None:
    rows = [row(number) for number in (3, 2, 1)]

    first = cut(rows, 2, ASKED)
    assert first.items == tuple(rows[:2])
    assert read(first.next_cursor or "", ASKED) == place(rows[1])  # to the microsecond
    assert cut(rows, 3, ASKED) == Page(items=tuple(rows), next_cursor=None)
    assert cut([], 3, ASKED) == Page(items=(), next_cursor=None)


def cursor_of(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


TEXT, ID = NOON.isoformat(), str(MINE)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "not base64!",
        "æøå",
        cursor_of(),
        cursor_of(ASKED, TEXT),
        cursor_of(ASKED, TEXT, ID, 1),
        cursor_of(ASKED, 1, ID),
        cursor_of(ASKED, "yesterday", ID),
        cursor_of(ASKED, "2026-03-01T12:30:00", ID),  # of no time zone
        cursor_of(ASKED, TEXT, 1),
        cursor_of(ASKED, TEXT, "x"),
        cursor_of("projects", TEXT, ID),
        cursor_of(list_id("project", {"workspace_id": OTHER, "status": None}), TEXT, ID),
        cursor_of(list_id("project", {"workspace_id": MINE, "status": "failed"}), TEXT, ID),
        cursor_of(list_id("invoice", {"workspace_id": MINE, "status": None}), TEXT, ID),
        cursor_of(ASKED, TEXT, ID) + "!",
        base64.urlsafe_b64encode(b"1").decode(),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        "A" * (CURSOR_MAX + 1),
    ],
)
def test_what_is_no_cursor_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(cursor, ASKED)

    assert refusal.value.code == "chassis.cursor_invalid"
    assert list(refusal.value.details["fields"]) == ["cursor"]


def test_people_list_their_own_workspace_and_system_admins_any() -> None:
    owner = Actor(kind="person", id=str(UUID(int=3)), workspace_id=MINE, role="owner")
    admin = Actor(kind="person", id=str(UUID(int=4)), is_system_admin=True)

    assert scope(owner, None, "x.none") == scope(owner, MINE, "x.none") == MINE
    assert scope(admin, None, "x.none") is None
    assert scope(admin, OTHER, "x.none") == OTHER
    with pytest.raises(NotFound):
        scope(owner, OTHER, "x.none")


@pytest.mark.parametrize("workspace_id", [None, MINE])
def test_who_has_no_workspace_lists_none(workspace_id: UUID | None) -> None:
    for nobody in (Actor(kind="person", id=str(UUID(int=3))), service_actor("video")):
        with pytest.raises(NotFound):
            scope(nobody, workspace_id, "x.none")
