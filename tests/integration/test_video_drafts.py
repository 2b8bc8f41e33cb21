"""Drafts on PostgreSQL: made, changed, refused with what is wrong; and nothing is kept too long."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis import ids
from chassis.errors import Conflict, Forbidden, Invalid, NotFound, Rejected
from integration.stages.films_at_work import FETCH, RENDER, Films, Tour, films_on, tour
from servers.postgres import Server
from video.domain import music_track, video_project
from video.domain.music_track import Add, Deactivate, Describe
from video.domain.rooms import motion_prompt

IMAGE = str(UUID(int=1))
CLIP: Mapping[str, Any] = {"image_generation_id": IMAGE, "room_type": "kitchen"}
ADDRESS = "https://pictures.example/1.jpg?token=secret"


@pytest.fixture(scope="module")
def films(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Films]:
    with films_on(postgres_server, tmp_path_factory.mktemp("video")) as made:
        yield made


def clips_of(film: Tour, *columns: str) -> list[Any]:
    """Return of each clip in order one of its columns, or several."""
    found = [tuple(each[name] for name in columns) for each in film.shown()["clips"]]
    return [each[0] for each in found] if len(columns) == 1 else found


def kept_of(films: Films, workspace_id: UUID) -> dict[str, str]:
    """Return what is kept of a workspace beside the events: field -> text."""
    query = "select field, value from personal where subject_id = :id"
    return {each.field: each.value for each in films.rows(query, id=str(workspace_id))}


def stored(films: Films, film: Tour) -> str:
    """Return all events of a video as text."""
    query = "select data::text from events where stream_id = :id order by version"
    return " ".join(each for (each,) in films.rows(query, id=f"video_project-{film.id}"))


def mirrored(films: Films, film: Tour) -> list[bool]:
    """Return which clips move the other way."""
    state = films.decide(lambda unit: unit.state(video_project.decider, film.uuid))
    return [clip.mirrored for clip in state.video.clips]


def track(films: Films, *commands: Any) -> str:
    """Return a music track of which this has happened."""
    added = Add(
        name="Fjord",
        artist=None,
        category="calm",
        mood=None,
        bpm=None,
        license_type="royalty-free",
        attribution=None,
        audio_key="music/1/audio.wav",
    )
    id = uuid4()
    for command in (added, *commands):
        films.decide(lambda unit: unit.decide(music_track.decider, id, command))  # noqa: B023
    return str(id)


HEARD = Describe(seconds=40, waveform_key="music/1/waveform.png", preview_key="music/1/preview.m4a")


def test_a_draft_is_as_it_was_asked_for(films: Films) -> None:
    film = tour(
        films,
        ("hallway", "KJØKKEN", "stue", "other"),
        description="Two lines\nof it",
        aspect_ratio="9:16",
        music_track_id=track(films, HEARD),
        music_volume=30,
    )
    shown = film.shown()
    assert (shown["status"], shown["revision"], shown["version"]) == ("draft", 1, 1)
    assert (shown["description"], shown["aspect_ratio"]) == ("Two lines\nof it", "9:16")
    assert (shown["music_volume"], shown["clip_count"]) == (30, 4)
    rooms = ["hallway", "kitchen", "living-room", "other"]
    assert clips_of(film, "room_type", "sequence_order") == list(zip(rooms, range(4), strict=True))


def test_a_label_says_what_room_another_one_is_and_neighbours_move_each_other_s_way(
    films: Films,
) -> None:
    film = tour(films, clips=[{**CLIP, "room_type": "other", "room_label": "Kjøkken"}, CLIP, CLIP])
    assert clips_of(film, "room_type", "room_label") == [
        ("kitchen", "Kjøkken"),
        ("kitchen", None),
        ("kitchen", None),
    ]
    assert mirrored(films, film) == [False, True, False]


def test_the_same_draft_again_is_the_same_and_another_of_its_id_is_refused(films: Films) -> None:
    id, owner = str(uuid4()), films.person(uuid4())
    asked = {"name": "N", "clips": [CLIP, CLIP], "description": "d", "video_project_id": id}
    assert owner.call("create_video", **asked) == owner.call("create_video", **asked)
    for other in ({"description": "other"}, {"name": "M"}, {"clips": [CLIP] * 3}):
        with pytest.raises(Rejected, match="video_project_exists"):
            owner.call("create_video", **{**asked, **other})
    with pytest.raises(NotFound, match="video_project_not_found"):
        films.person(uuid4()).call("create_video", **asked)


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "one clip": ({"clips": [CLIP]}, "video.clip_count"),
    "21 clips": ({"clips": [CLIP] * 21}, "video.clip_count"),
    "101 s and more": ({"clips": [{**CLIP, "duration_seconds": 10}] * 11}, "video.too_long"),
    "unknown music": ({"music_track_id": IMAGE}, "video.music_track_unknown"),
    "a ref of nobody's": (
        {"clips": [CLIP, {"source_image_url": "blob:a/uploads/b.jpg", "room_type": "other"}]},
        "video.upload_unknown",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_film_that_cannot_be_is_refused_and_nothing_of_it_is_kept(
    films: Films, what: str
) -> None:
    workspace_id = uuid4()
    wrong, code = REFUSED[what]
    asked = {"name": "N", "description": "d", "clips": [CLIP, CLIP], **wrong}
    with pytest.raises(Rejected) as refusal:
        films.person(workspace_id).call("create_video", **asked)
    assert refusal.value.code == code
    assert kept_of(films, workspace_id) == {}


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("http://pictures.example/1.jpg", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("https://127.0.0.1/1.jpg", "not_global"),
        ("https://[::1]/1.jpg", "not_global"),
        ("https://a:b@pictures.example/1.jpg", "credentials"),
        ("https://pictures.example:8443/1.jpg", "bad_port"),
    ],
)
def test_an_address_that_is_not_fetched_is_refused_with_the_word(
    films: Films, address: str, word: str
) -> None:
    wrong = {"source_image_url": address, "room_type": "other"}
    end = {**CLIP, "end_image_url": address}
    film = tour(films)
    asks = (
        lambda: tour(films, clips=[CLIP, wrong]),
        lambda: film.call("add_clip", clip=end),
        lambda: film.call("update_clip", clip_id=clips_of(film, "id")[0], source_image_url=address),
    )
    for ask in asks:
        with pytest.raises(Rejected, match=r"video\.source_refused") as refusal:
            ask()
        assert refusal.value.details == {"word": word}


def test_a_track_that_is_not_offered_is_not_chosen(films: Films) -> None:
    film = tour(films, music_track_id=(chosen := track(films, HEARD)))
    for commands in ((), (HEARD, Deactivate())):
        with pytest.raises(Rejected, match="music_track_inactive"):
            film.call("update_video", music_track_id=track(films, *commands))
    films.decide(lambda unit: unit.decide(music_track.decider, UUID(chosen), Deactivate()))
    film.call("update_video", music_volume=10)  # the one that it has stays
    assert film.shown()["music_track_id"] == chosen
    film.call("update_video", music_track_id=None)
    assert film.shown()["music_track_id"] is None


def test_what_is_not_named_stays_as_it_was(films: Films) -> None:
    film = tour(films, description="d", music_volume=30)
    version = film.call("update_video", name="Parkveien 1", show_logo=True)["version"]
    shown = film.shown()
    assert (shown["name"], shown["description"], shown["music_volume"]) == ("Parkveien 1", "d", 30)
    assert film.call("update_video", name="Parkveien 1")["version"] == version
    film.call("update_video", description="other")
    assert film.shown()["description"] == "other"
    film.call("update_video", description=None)
    assert (film.shown()["description"], kept_of(films, film.workspace_id)) == (None, {})


def test_a_storyboard_names_the_rooms(films: Films) -> None:
    owner = films.person(uuid4())
    boards = {each["id"]: each for each in owner.call("list_storyboards")["items"]}
    assert {name: len(each["slots"]) for name, each in boards.items()} == {
        "classic-tour": 8,
        "highlight-reel": 4,
        "room-tour": 3,
        "exterior-special": 3,
        "social-teaser": 2,
    }
    slot = {"image_generation_id": IMAGE}
    asked = {"name": "N", "storyboard_id": "room-tour"}
    made = owner.call("create_from_storyboard", **asked, slots=[{**slot, "room_label": "Bad"}] * 3)
    shown = owner.call("get_video", video_project_id=made["id"])
    assert [each["room_type"] for each in shown["clips"]] == ["bathroom"] * 3
    for slots in (2, 4):
        with pytest.raises(Rejected, match="storyboard_slots") as refusal:
            owner.call("create_from_storyboard", **asked, slots=[slot] * slots)
        assert refusal.value.details == {"slots": 3}
    with pytest.raises(Rejected, match="storyboard_unknown"):
        owner.call("create_from_storyboard", **{**asked, "storyboard_id": "x"}, slots=[slot])


def test_a_clip_comes_in_its_place_and_goes_without_a_gap(films: Films) -> None:
    film = tour(films, ("hallway", "kitchen"))
    first = film.call("add_clip", clip={**CLIP, "room_type": "garden"}, at=0)
    film.call("add_clip", clip={**CLIP, "room_type": "garage"}, at=3)
    film.call("add_clip", clip={**CLIP, "room_type": "office", "room_label": "Kontor"})
    rooms = ["garden", "hallway", "kitchen", "garage", "office"]
    assert clips_of(film, "room_type", "sequence_order") == list(zip(rooms, range(5), strict=True))
    assert clips_of(film, "id")[0] == first["clip_id"]
    assert kept_of(films, film.workspace_id) == {"room_label": "Kontor"}
    film.call("remove_clip", clip_id=first["clip_id"])
    film.call("remove_clip", clip_id=clips_of(film, "id")[-1])
    assert clips_of(film, "room_type", "sequence_order") == list(
        zip(rooms[1:4], range(3), strict=True)
    )
    assert kept_of(films, film.workspace_id) == {}


def test_a_place_behind_the_end_and_a_clip_of_nobody_s_are_refused(films: Films) -> None:
    film = tour(films)
    with pytest.raises(Invalid) as refusal:
        film.call("add_clip", clip=CLIP, at=4)
    assert refusal.value.details == {"fields": {"at": ["0 to 3."]}}
    for method in ("update_clip", "remove_clip"):
        with pytest.raises(NotFound, match="clip_not_found"):
            film.call(method, clip_id=str(uuid4()))
    short = tour(films, ("hallway", "kitchen"))
    with pytest.raises(Rejected, match="clip_count"):
        short.call("remove_clip", clip_id=clips_of(short, "id")[0])


def test_another_room_takes_the_own_words_away_unless_some_are_given(films: Films) -> None:
    words = {"motion_prompt": "Slowly up", "room_label": "Kitchen"}
    film = tour(films, clips=[{**CLIP, **words}, CLIP])
    id = clips_of(film, "id")[0]
    film.call("update_clip", clip_id=id, duration_seconds=10)
    assert clips_of(film, "motion_prompt", "duration_seconds")[0] == ("Slowly up", 10)
    film.call("update_clip", clip_id=id, room_type="bad")
    assert clips_of(film, "room_type", "motion_prompt")[0] == (
        "bathroom",
        motion_prompt("bathroom"),
    )
    film.call("update_clip", clip_id=id, room_type="kitchen", motion_prompt="Down")
    assert clips_of(film, "room_type", "motion_prompt")[0] == ("kitchen", "Down")
    version = film.shown()["version"]
    film.call("update_clip", clip_id=id, room_label="Kitchen", motion_prompt="Down")
    assert film.shown()["version"] == version  # nothing is other than it was
    film.call("update_clip", clip_id=id, room_label=None)
    assert kept_of(films, film.workspace_id) == {"motion_prompt": "Down"}
    assert "Down" not in stored(films, film)


def test_a_source_and_an_end_are_set_by_either_name_and_not_by_both(films: Films) -> None:
    film = tour(films)
    id = clips_of(film, "id")[0]
    shown = ("image_generation_id", "end_image_generation_id", "end_image_url")
    film.call("update_clip", clip_id=id, source_image_url=ADDRESS, end_image_generation_id=IMAGE)
    assert clips_of(film, *shown)[0][:2] == (None, IMAGE)
    film.call("update_clip", clip_id=id, image_generation_id=IMAGE, end_image_generation_id=None)
    assert clips_of(film, *shown)[0] == (IMAGE, None, None)
    film.call("update_clip", clip_id=id, end_image_url=ADDRESS, end_image_generation_id=None)
    assert clips_of(film, *shown)[0][:2] == (IMAGE, None)
    for field, other in (shown[0], "source_image_url"), shown[1:]:
        with pytest.raises(Invalid) as refusal:
            film.call("update_clip", clip_id=id, **{field: IMAGE, other: ADDRESS})
        assert list(refusal.value.details["fields"]) == [field]


def test_an_address_is_kept_beside_the_events_as_long_as_a_clip_shows_it_and_is_not_copied(
    films: Films,
) -> None:
    there = {"source_image_url": ADDRESS, "room_type": "kitchen"}
    film = tour(films, clips=[there, there, CLIP])
    first, second = clips_of(film, "id")[:2]
    assert kept_of(films, film.workspace_id) == {"address": ADDRESS}
    film.call("update_clip", clip_id=first, image_generation_id=IMAGE)
    assert kept_of(films, film.workspace_id) == {"address": ADDRESS}  # the other shows it still
    film.call("remove_clip", clip_id=second)
    assert kept_of(films, film.workspace_id) == {}
    film.call("add_clip", clip=there)
    film.begin()
    films.work(FETCH)
    assert kept_of(films, film.workspace_id) == {}
    assert "secret" not in stored(films, film)
    other = tour(films, clips=[there, CLIP])
    other.call("delete_video", idempotency_key="delete")
    assert kept_of(films, other.workspace_id) == {}


def test_a_picture_that_is_set_again_is_copied_again_and_others_are_not(films: Films) -> None:
    film = tour(films).begin()
    films.work(FETCH)
    film.call("cancel_video")
    images = clips_of(film, "image_generation_id")
    ids_ = clips_of(film, "id")

    def missing() -> tuple[str, ...]:
        state = films.decide(lambda unit: unit.state(video_project.decider, film.uuid))
        names: tuple[str, ...] = state.video.missing
        return names

    assert missing() == ()
    film.call("update_clip", clip_id=ids_[0], duration_seconds=10)
    film.call("add_clip", clip={**CLIP, "image_generation_id": images[1]})
    assert missing() == ()  # the copy of the clip that shows it already serves both
    film.call("update_clip", clip_id=ids_[0], image_generation_id=images[0])
    assert missing() == (f"image:{images[0]}",)
    film.call("remove_clip", clip_id=ids_[2])
    film.call("add_clip", clip={**CLIP, "image_generation_id": images[2]})
    assert missing() == (f"image:{images[0]}", f"image:{images[2]}")


def test_the_order_is_all_clips_once_and_a_stale_one_changes_nothing(films: Films) -> None:
    film = tour(films, ("kitchen", "garden", "exterior"))
    order = clips_of(film, "id")
    film.call("reorder_clips", clip_ids=[order[1], order[0], order[2]])
    assert clips_of(film, "room_type") == ["garden", "kitchen", "exterior"]
    version = film.call("auto_arrange")["version"]
    assert clips_of(film, "room_type") == ["exterior", "kitchen", "garden"]
    assert film.call("auto_arrange")["version"] == version
    for stale in (order[:2], [*order, order[0]], [*order[:2], str(uuid4())]):
        with pytest.raises(Invalid, match="not_a_permutation"):
            film.call("reorder_clips", clip_ids=stale)
    with pytest.raises(Conflict, match="version_mismatch"):
        film.call("reorder_clips", clip_ids=order, expected_version=version - 1)
    assert clips_of(film, "room_type") == ["exterior", "kitchen", "garden"]


def test_a_member_changes_their_own_and_an_admin_any_of_the_workspace(films: Films) -> None:
    film = tour(films)
    id = clips_of(film, "id")[0]
    changes: Mapping[str, dict[str, Any]] = {
        "update_video": {"name": "N"},
        "add_clip": {"clip": CLIP},
        "update_clip": {"clip_id": id, "duration_seconds": 10},
        "remove_clip": {"clip_id": id},
        "reorder_clips": {"clip_ids": clips_of(film, "id")},
        "auto_arrange": {},
        "new_revision": {},
        "delete_video": {"idempotency_key": "k"},
    }
    colleague, stranger = films.person(film.workspace_id), films.person(uuid4(), "owner")
    for method, arguments in changes.items():
        with pytest.raises(Forbidden, match="not_your_video"):
            colleague.call(method, video_project_id=film.id, **arguments)
        with pytest.raises(NotFound, match="video_project_not_found"):
            stranger.call(method, video_project_id=film.id, **arguments)
    admin = films.person(film.workspace_id, "admin")
    admin.call("update_video", video_project_id=film.id, name="Parkveien 1")
    assert film.shown()["name"] == "Parkveien 1"
    assert colleague.call("estimate", video_project_id=film.id)["total_cents"] == 0


def test_what_is_no_draft_is_not_changed_until_it_has_a_new_revision(films: Films) -> None:
    film = tour(films)
    id = clips_of(film, "id")[0]
    film.begin()
    changes: Mapping[str, dict[str, Any]] = {
        "update_video": {"name": "N"},
        "add_clip": {"clip": CLIP},
        "update_clip": {"clip_id": id, "room_type": "garden"},
        "remove_clip": {"clip_id": id},
        "reorder_clips": {"clip_ids": clips_of(film, "id")},
        "auto_arrange": {},
    }

    def refused(status: str) -> None:
        for method, arguments in changes.items():
            with pytest.raises(Rejected, match="not_editable") as refusal:
                film.call(method, **arguments)
            assert refusal.value.details == {"status": status}

    refused("generating")
    with pytest.raises(Rejected, match="not_ended"):
        film.call("new_revision")
    films.work(FETCH, RENDER)
    refused("compiling")
    films.work()
    refused("completed")
    opened = film.call("new_revision")
    assert (opened["revision"], film.status) == (2, "draft")
    film.call("update_clip", clip_id=id, room_type="garden")
    assert clips_of(film, "room_type")[0] == "garden"


def test_in_a_closed_workspace_nothing_new_is_made(films: Films) -> None:
    film = tour(films)
    films.hear_status(film.workspace_id, "suspended")
    film.call("update_video", name="N")  # a draft is words, and costs nothing
    films.hear_status(film.workspace_id, "closed")
    file = {"file_name": "1.jpg", "content_type": "image/jpeg", "size_bytes": 1}
    asks: Mapping[str, dict[str, Any]] = {
        "create_video": {"name": "N", "clips": [CLIP, CLIP]},
        "request_uploads": {"files": [{**file, "sha256": "0" * 64}]},
    }
    for method, arguments in asks.items():
        with pytest.raises(Rejected, match="workspace_suspended"):
            film.owner.call(method, **arguments)


def test_a_deleted_video_is_not_there_and_neither_are_its_words(films: Films) -> None:
    film = tour(films, description="d", clips=[{**CLIP, "room_label": "l"}, CLIP])
    gone = film.call("delete_video", idempotency_key="once")
    assert film.call("delete_video", idempotency_key="once") == gone
    with pytest.raises(NotFound, match="video_project_not_found"):
        film.call("update_video", name="N")
    assert kept_of(films, film.workspace_id) == {}
    assert films.told(f"video_project-{film.id}")[-1] == "project_deleted"


def test_a_repeat_of_an_added_clip_adds_none(films: Films) -> None:
    film = tour(films)
    added = [film.call("add_clip", clip=CLIP, idempotency_key="one") for _ in range(2)]
    assert added[0] == added[1]
    assert len(clips_of(film, "id")) == 4
    assert UUID(added[0]["clip_id"]) != ids.ROOT
