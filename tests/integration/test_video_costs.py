"""What films cost, on PostgreSQL: as they are and as they would be, with pieces that are there."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from chassis.errors import Invalid, NotFound, Rejected
from embedded.direct import DirectPort
from integration.stages.films_at_work import FETCH, RENDER, Films, Tour, films_on, tour
from servers.postgres import Server

ROOMS = ("hallway", "kitchen", "office", "bathroom")


@pytest.fixture(scope="module")
def films(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Films]:
    with films_on(postgres_server, tmp_path_factory.mktemp("video")) as made:
        yield made


def paid(films: Films, film: Tour) -> DirectPort:
    """Return its owner's port where new films are made by a provider."""
    door = films.parts.door
    dear = replace(door, tools=replace(door.tools, engine="fal"))
    return replace(film.owner, door=lambda: dear)


def as_they_are(film: Tour) -> list[dict[str, Any]]:
    """Return its clips as `diff_cost` is asked for them."""
    names = ("image_generation_id", "room_type", "duration_seconds", "transition_type")
    return [
        {"clip_id": each["id"], **{name: each[name] for name in names}}
        for each in film.shown()["clips"]
    ]


def to_make(estimate: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return the kinds and clips of what is not there."""
    return [
        (each["kind"], each["clip_id"])
        for each in estimate["items"]
        if not each["reused"] and each["kind"] != "compile"
    ]


def test_our_own_engine_costs_nothing_and_each_piece_is_named(films: Films) -> None:
    film = tour(films, ("hallway", "kitchen"))
    first, second = (each["id"] for each in film.shown()["clips"])
    estimate = film.call("estimate")
    assert [(each["kind"], each["clip_id"]) for each in estimate["items"]] == [
        ("clip", first),
        ("transition", first),
        ("clip", second),
        ("compile", None),
    ]
    assert (estimate["total_cents"], estimate["seconds"]) == (0, 12)  # 5 + 1.2 + 5
    assert estimate["price_list"] == "engines-2"


def test_a_provider_s_clips_cost_by_the_second_and_by_their_sound(films: Films) -> None:
    other = tour(films)
    clips = [{"image_generation_id": str(uuid4()), "room_type": room} for room in ROOMS[:2]]
    made = paid(films, other).call("create_video", name="N", clips=clips)
    asked = {"video_project_id": made["id"]}
    estimate = other.owner.call("estimate", **asked)
    assert [each["cents"] for each in estimate["items"]] == [70, 35, 70, 0]
    shown = other.owner.call("get_video", **asked)
    assert estimate["total_cents"] == shown["estimated_cost"] == 175
    quiet = other.owner.call("diff_cost", **asked, clips=clips, generate_native_audio=False)
    assert quiet["total_cents"] == 105
    assert {each["clip_id"] for each in quiet["items"]} == {None}  # nobody knows these clips


def test_one_clip_changed_is_one_clip_and_its_two_transitions_and_nothing_is_changed(
    films: Films,
) -> None:
    film = tour(films, ROOMS).begin()
    films.work(FETCH, RENDER)
    before, version = as_they_are(film), film.shown()["version"]
    assert to_make(film.call("estimate")) == []
    assert to_make(film.call("diff_cost", clips=before)) == []
    ids = [each["clip_id"] for each in before]
    other = {**before[1], "image_generation_id": str(uuid4())}
    changed = film.call("diff_cost", clips=[before[0], other, *before[2:]])
    made_anew = [("transition", ids[0]), ("clip", ids[1]), ("transition", ids[1])]
    assert to_make(changed) == made_anew
    longer = film.call("diff_cost", clips=[*before, {**other, "clip_id": None}])
    assert to_make(longer) == [("transition", ids[3]), ("clip", None)]
    assert film.call("diff_cost", clips=before[:2])["seconds"] == 12
    assert len(to_make(film.call("diff_cost", clips=before, aspect_ratio="1:1"))) == 7
    assert film.shown()["version"] == version


def test_what_it_says_beforehand_is_what_is_made_afterwards(films: Films) -> None:
    film = tour(films, ROOMS).begin()
    films.work()
    film.call("new_revision")
    before = as_they_are(film)
    new = {"image_generation_id": str(uuid4()), "room_type": "hallway"}
    said = film.call("diff_cost", clips=[before[0], new, *before[1:]])
    film.call("add_clip", clip=new, at=1)
    assert film.call("estimate")["total_cents"] == said["total_cents"]
    film.start()
    films.work(FETCH)
    assert films.work(RENDER) == len(to_make(said)) == 3  # the clip, and both transitions of it


def test_films_that_cannot_be_have_no_price(films: Films) -> None:
    film = tour(films)
    clips = as_they_are(film)
    asks: dict[str, tuple[list[dict[str, Any]], type[Exception]]] = {
        "video.clip_count": (clips[:1], Rejected),
        "video.clip_not_found": ([{**clips[0], "clip_id": str(uuid4())}, *clips], NotFound),
        "chassis.invalid_argument": ([*clips, clips[0]], Invalid),
    }
    for code, (asked, kind) in asks.items():
        with pytest.raises(kind, match=code):
            film.call("diff_cost", clips=asked)
    with pytest.raises(NotFound, match="video_project_not_found"):
        films.person(uuid4()).call("estimate", video_project_id=film.id)
