"""The timeline: rows of the services' stores in, who told what and who reacted out."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from demo.entries import Row
from demo.timeline import Chain, Quiet, Telling, Timeline, timeline

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STREAM = UUID(int=7)


def row(
    id: int,
    at_ms: float,
    told: str | None = None,
    *,
    type: str = "Something",
    correlation: str = "one call",
    heard: int | None = None,
    position: int | None = None,
    actor: str = "service:billing",
) -> Row:
    meta: dict[str, Any] = {"actor": actor, "correlation": correlation, "call": str(UUID(int=0))}
    if heard is not None:
        meta["heard"] = {"source": "media", "position": 1, "event_id": str(UUID(int=heard))}
    return {
        "position": id if position is None else position,
        "event_id": str(UUID(int=id)),
        "stream_id": f"line_item-{STREAM}",
        "type": type,
        "told": told,
        "meta": meta,
        "recorded_at": START + timedelta(milliseconds=at_ms),
        "method": None,
    }


def only_chain(found: Timeline) -> Chain:
    assert len(found.chains) == 1
    return found.chains[0]


def tellings(chain: Chain) -> list[Telling]:
    return [link for link in chain.links if isinstance(link, Telling)]


def test_a_reaction_stands_below_what_was_heard_with_its_delay() -> None:
    rows: Mapping[str, list[Row]] = {
        "media": [row(1, 0, "media.project_completed")],
        "billing": [row(2, 12.5, heard=1), row(3, 12.5, "billing.line_item_created", heard=1)],
    }
    completed, created = tellings(only_chain(timeline(rows)))
    [reaction] = completed.reactions
    assert (reaction.service, reaction.after_ms) == ("billing", 12.5)
    assert [entry.event_id for entry in reaction.entries] == [str(UUID(int=n)) for n in (2, 3)]
    assert created.entry.told == "billing.line_item_created"
    assert created.reactions == ()


def test_services_react_in_the_order_in_which_they_were_done() -> None:
    rows = {
        "auth": [row(1, 0, "auth.workspace_created")],
        "media": [row(2, 9, heard=1)],
        "billing": [row(3, 4, heard=1), row(4, 30, heard=1)],
    }
    [created] = tellings(only_chain(timeline(rows)))
    assert [(each.service, each.after_ms) for each in created.reactions] == [
        ("billing", 4),
        ("media", 9),
    ]


def test_private_events_that_nobody_led_to_stand_between_the_tellings() -> None:
    rows = {
        "media": [
            row(1, 0, "media.project_start_requested"),
            row(2, 5),
            row(3, 6),
            row(4, 7, "media.project_completed"),
            row(5, 8),
        ],
        "billing": [row(6, 2, heard=1)],
    }
    links = only_chain(timeline(rows)).links
    assert [type(link) for link in links] == [Telling, Quiet, Telling, Quiet]
    between = links[1]
    assert isinstance(between, Quiet)
    assert between.counts == {"media": 2}


def test_a_call_is_one_chain_over_all_services() -> None:
    rows = {
        "media": [
            row(1, 0, "media.project_completed", correlation="a"),
            row(2, 3, correlation="b"),
        ],
        "billing": [row(3, 40, heard=1, correlation="a")],
    }
    first, second = timeline(rows).chains
    assert (first.correlation, first.count, first.lasted_ms) == ("a", 2, 40)
    assert first.services == ("media", "billing")
    assert first.tells
    assert (second.correlation, second.count) == ("b", 1)
    assert not second.tells


def test_events_of_one_moment_keep_their_services_own_order() -> None:
    rows = {"media": [row(1, 5, type="Second", position=2), row(2, 5, type="First", position=1)]}
    found = timeline(rows)
    assert [(entry.number, entry.type) for entry in found.entries] == [(0, "First"), (1, "Second")]


def test_times_count_from_the_first_event_of_any_service() -> None:
    rows = {"media": [row(1, 250)], "auth": [row(2, 100)]}
    found = timeline(rows)
    assert found.started_at == START + timedelta(milliseconds=100)
    assert [(entry.service, entry.at_ms) for entry in found.entries] == [
        ("auth", 0),
        ("media", 150),
    ]


def test_an_entry_names_its_stream_and_the_kind_of_who_acted() -> None:
    [entry] = timeline({"auth": [row(1, 0, actor=f"person:{UUID(int=9)}")]}).entries
    assert (entry.stream, entry.subject, entry.actor) == ("line_item", str(STREAM), "person")


def test_totals_count_events_and_measure_reactions() -> None:
    told = [row(n, n, "media.image_completed") for n in range(1, 21)]
    heard = [row(100 + n, n + n, heard=n) for n in range(1, 21)]  # n ms later
    found = timeline({"media": told, "billing": heard})
    media, billing = found.totals
    assert (media.told, media.private, media.reactions, media.median_ms) == (20, 0, 0, None)
    assert (billing.told, billing.private, billing.reactions) == (0, 20, 20)
    assert (billing.median_ms, billing.p95_ms) == (10.5, 19)
    overall = found.overall
    assert (overall.told, overall.private, overall.reactions, overall.p95_ms) == (20, 20, 20, 19)


def test_the_same_event_several_times_in_one_reaction_is_counted() -> None:
    rows = {
        "billing": [row(1, 0, "billing.payment_cleared")],
        "media": [row(n, 5, type="ImageQueued", heard=1) for n in (2, 3, 4)],
    }
    [cleared] = tellings(only_chain(timeline(rows)))
    assert cleared.reactions[0].counts == {("ImageQueued", None): 3}


def test_a_timeline_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing has happened"):
        timeline({"auth": [], "media": []})
