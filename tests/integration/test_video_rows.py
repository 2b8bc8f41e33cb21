"""What is asked of video's rows, in PostgreSQL: films shown, progress, manifests, what is named."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis import ids
from chassis.errors import Invalid, NotFound, Unauthenticated
from chassis.identity import ANYONE, Actor
from chassis.personal import keep
from contracts.video.clips import ListClips
from contracts.video.films import GetManifest, GetVideo, GetVideoStats, ListVideos
from contracts.video.music import ListMusicTracks
from contracts.video.runs import GetProgress
from integration.stages.video_rows import (
    ADMIN,
    BY,
    NOW,
    PERSON,
    STRANGER,
    Rows,
    Story,
    drafted,
    video_rows,
)
from servers.postgres import Server
from unit.video.films import IMAGES, SETTINGS, SOURCES, TRACK, WORKSPACE
from video.acts import films as acts
from video.domain import music_track, piece
from video.domain.film_messages import NotePiecesMissing, Resume
from video.domain.music_track import Add, Deactivate, Describe
from video.domain.pictures import Picture
from video.domain.piece_messages import CompletePiece, Forget, Result, WantPiece
from video.domain.video_messages import Cancel, Ended, ForgetImage, Remove, SetClips, Update
from video.projections import films, music_tracks, pieces
from video.projections import video_rows as queries

HOUR = timedelta(hours=1)
TIMELESS = {"created_at": None, "updated_at": None}


@pytest.fixture(scope="module")
def rows(postgres_server: Server) -> Iterator[Rows]:
    with video_rows(postgres_server) as rows:
        yield rows
        assert rows.rebuilt_otherwise() == []


@pytest.fixture
def draft(rows: Rows) -> Story:
    return drafted(rows)


def shown(story: Story, revision: int | None = None, actor: Actor = PERSON) -> Any:
    asked = GetVideo(video_project_id=story.id, revision=revision)
    return story.rows.ask(acts.shown, asked, actor)


def test_while_a_film_is_made_every_reply_shows_what_there_is_by_now(draft: Story) -> None:
    draft.start()
    assert {each["status"] for each in shown(draft)["clips"]} == {"processing"}
    assert shown(draft)["clips"][0]["source_image_url"] == f"media:{IMAGES[0]}"
    draft.film()
    draft.end(0, 1)
    draft.end(2, cause="video.x")
    video = shown(draft)
    assert (video["status"], video["completed_clip_count"]) == ("generating", 1)
    assert (video["film"], video["thumbnail"]) == (None, None)
    first, second, third = video["clips"]
    assert (first["status"], first["clip_url"]) == ("completed", "blob:piece 0")
    assert first["transition_clip_url"] == "blob:piece 1"
    assert first["source_image_url"] == f"blob:{SOURCES[0].key}"
    assert (second["status"], third["status"]) == ("failed", "processing")
    assert third["motion_prompt"].startswith("The camera sweeps")
    asked = ListClips(video_project_id=draft.id)
    assert draft.rows.ask(acts.clips, asked)["items"] == video["clips"]
    listed = draft.rows.ask(acts.listed, ListVideos(status="generating"))["items"]
    assert [each["completed_clip_count"] for each in listed if each["id"] == str(draft.id)] == [1]
    draft.tell(Cancel(by=BY, end=Ended()))


def test_a_film_is_linked_to_once_it_is_there_and_stays_when_another_is_drafted(
    draft: Story,
) -> None:
    draft.made()
    first = shown(draft)
    assert (first["status"], first["duration_seconds"]) == ("completed", 18)
    assert first["film"]["ref"] == first["final_video_url"] == "blob:film"
    assert first["thumbnail"]["size"] == 90
    draft.open()
    fewer = draft.clips[:2]
    draft.tell(SetClips(by=BY, clips=fewer))
    draft.tell(Update(by=BY, settings=replace(SETTINGS, aspect_ratio="1:1")))
    now = shown(draft)
    assert (now["status"], now["revision"], len(now["clips"])) == ("draft", 2, 2)
    assert now["film"] == first["film"]
    assert shown(draft, revision=2)["film"] is None
    then = shown(draft, revision=1)
    assert (then["status"], then["revision"], then["aspect_ratio"]) == ("completed", 1, "16:9")
    assert then["film"] == first["film"]
    before, after = ([{**each, **TIMELESS} for each in video["clips"]] for video in (first, then))
    assert after == before
    with pytest.raises(NotFound, match="run_not_found"):
        shown(draft, revision=9)


def test_what_is_said_of_an_earlier_films_clips_is_said_in_the_customers_words(
    draft: Story,
) -> None:
    draft.made()
    draft.open()
    with draft.rows.app.engine.begin() as connection:
        connection.execute(keep(draft.clips[0].id, WORKSPACE, {"room_label": "Hall"}))
    draft.tell(SetClips(by=BY, clips=draft.clips, same_texts=False))
    first, second, _ = shown(draft, revision=1)["clips"]
    assert (first["room_label"], second["room_label"]) == ("Hall", None)


@pytest.mark.parametrize(
    ("act", "asked"),
    [
        (acts.shown, GetVideo),
        (acts.clips, ListClips),
        (acts.manifest, GetManifest),
    ],
)
def test_nobody_else_sees_a_video(draft: Story, act: Any, asked: Any) -> None:
    for id, actor in ((draft.id, STRANGER), (uuid4(), PERSON)):
        with pytest.raises(NotFound, match="video_project_not_found"):
            draft.rows.ask(act, asked(video_project_id=id), actor)
    assert shown(draft, actor=ADMIN)["id"] == str(draft.id)


def test_videos_are_listed_and_counted_by_what_they_are(rows: Rows) -> None:
    before = rows.ask(acts.stats, GetVideoStats())
    done, running = drafted(rows), drafted(rows)
    done.start()
    done.film()
    done.end(*range(5), cost=2_001)
    done.join()
    done.make()
    running.start()
    waiting = drafted(rows)
    after = rows.ask(acts.stats, GetVideoStats())
    changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert changed == {
        "total": 3,
        "draft": 1,
        "processing": 1,
        "completed": 1,
        "actual_cost_cents": 2,
    }
    stands: dict[Any, Story] = {"completed": done, "generating": running, "draft": waiting}
    for status, story in stands.items():
        page = rows.ask(acts.listed, ListVideos(status=status))
        assert {each["status"] for each in page["items"]} == {status}
        assert str(story.id) in [each["id"] for each in page["items"]]
    nothing = dict.fromkeys(before, 0)
    assert rows.ask(acts.stats, GetVideoStats(), STRANGER) == nothing
    assert rows.ask(acts.stats, GetVideoStats(), ADMIN) == after
    running.tell(Cancel(by=BY, end=Ended()))


def far(story: Story, run: UUID | None = None, token: str | None = None, **who: Any) -> Any:
    asked = GetProgress(run_id=run or story.run, progress_token=token)
    return story.rows.ask(acts.how_far, asked, **who)


def how(story: Story) -> tuple[str, int]:
    told = far(story)
    return told["step"], told["percent"]


def test_a_run_goes_from_step_to_step_and_never_back(draft: Story) -> None:
    rows, piece_ids = draft.rows, [each.piece_id for each in draft.wanted]
    with pytest.raises(NotFound, match="run_not_found"):
        far(draft)  # nobody has started it
    draft.start()
    assert how(draft) == ("fetching", 0)
    draft.film()
    assert how(draft) == ("generating", 0)
    rows.job("render_piece", piece_ids[0], percent=60, step="drawing", at="2027-01-01T00:00:00Z")
    assert how(draft) == ("generating", 14)
    assert far(draft)["at"] == "2027-01-01T00:00:00Z"
    rows.job("await_answer", piece_ids[2])  # asked of a provider: it has told nothing yet
    assert how(draft) == ("generating", 25)
    draft.end(0, 2, 4)
    draft.end(1, cause="video.x")
    assert how(draft) == ("generating", 77)
    draft.end(3)
    draft.join()
    assert how(draft) == ("compiling", 85)
    rows.job("compile_film", draft.run, percent=60, step="joining", at="2027-01-01T00:00:00Z")
    assert how(draft) == ("compiling", 94)
    rows.execute("delete from jobs")
    draft.tell_film(NotePiecesMissing(piece_ids=(piece_ids[0],)))
    assert far(draft)["percent"] == 85
    draft.end(0)
    draft.make()
    assert how(draft) == ("completed", 100)


def test_a_run_that_was_broken_off_waits_and_one_that_failed_says_so(draft: Story) -> None:
    draft.start()
    draft.tell(Cancel(by=BY, end=Ended()))
    assert how(draft) == ("waiting", 0)
    assert {each["status"] for each in shown(draft)["clips"]} == {"pending"}
    draft.start()
    draft.film()
    draft.end(0, 1, 2, 3)
    draft.end(4, cause="video.x")
    draft.fail()
    assert how(draft) == ("failed", 85)
    assert shown(draft)["error_message"] == "Not all clips could be made (video.clips_failed)."
    draft.start()
    assert how(draft) == ("fetching", 0)
    draft.tell_film(Resume())
    assert how(draft) == ("generating", 61)
    draft.tell(Cancel(by=BY, end=Ended()))


def test_an_earlier_run_stays_what_it_was(draft: Story) -> None:
    draft.made()
    first = draft.run
    draft.open()
    draft.start()
    assert (far(draft, first)["step"], far(draft, first)["percent"]) == ("completed", 100)
    assert how(draft) == ("fetching", 0)
    draft.film()
    draft.tell(Cancel(by=BY, end=Ended()))


def token_until(seconds_from_now: float) -> tuple[str, str]:
    """Return a token that is good until then, and its hash."""
    token = f"{int(NOW.timestamp() + seconds_from_now)}.{uuid4().hex}"
    return token, sha256(token.encode()).hexdigest()


def test_a_token_shows_the_run_of_its_start_to_anybody_for_an_hour(draft: Story) -> None:
    token, hashed = token_until(3_600)
    draft.start(hashed)
    assert far(draft, token=token, actor=ANYONE)["step"] == "fetching"
    assert far(draft, token=token, actor=STRANGER)["step"] == "fetching"
    assert far(draft, token="wrong")["step"] == "fetching"  # who sees the video needs none
    for wrong in (f"{token}x", "", "x", "9" * 400, "\ud800", hashed):
        for actor in (ANYONE, STRANGER):
            with pytest.raises(NotFound, match="run_not_found"):
                far(draft, token=wrong, actor=actor)
    with pytest.raises(NotFound, match="run_not_found"):
        far(draft, token=token, actor=ANYONE, at=NOW + HOUR)
    with pytest.raises(NotFound, match="run_not_found"):
        far(draft, run=uuid4(), token=token, actor=ANYONE)
    with pytest.raises(NotFound, match="run_not_found"):
        far(draft, actor=STRANGER)
    with pytest.raises(Unauthenticated, match="token_required"):
        far(draft, actor=ANYONE)


def test_a_token_says_nothing_of_another_run_of_the_same_video(draft: Story) -> None:
    draft.made()
    first = draft.run
    draft.open()
    draft.start(None)
    token, hashed = token_until(60)
    other = drafted(draft.rows)
    other.start(hashed)
    for run in (first, draft.run):
        with pytest.raises(NotFound, match="run_not_found"):
            far(draft, run, token=token, actor=ANYONE)
    other.film()
    other.end(*range(5))
    other.join()
    other.make()
    before = other.run
    assert far(other, token=token, actor=ANYONE)["percent"] == 100
    other.open()
    other.start()  # cleared already: the run begins at once and gives out no other token
    with pytest.raises(NotFound, match="run_not_found"):
        far(other, before, token=token, actor=ANYONE)


def test_the_manifest_names_what_made_each_part(rows: Rows) -> None:
    story = drafted(rows, engine="fal")
    first = story.wanted[0]
    with pytest.raises(NotFound, match="run_not_found"):
        rows.ask(acts.manifest, GetManifest(video_project_id=story.id))
    want = WantPiece(
        workspace_id=WORKSPACE, video_project_id=story.id, spec=first.spec, pictures=()
    )
    result = Result(key="piece 0", sha256="c" * 64, size=7, duration_ms=5_000)
    rows.decide(piece.decider, first.piece_id, want)
    done = CompletePiece(result=result, attempts=1, cost_micro_usd=9, model="kling-2.6.1")
    rows.decide(piece.decider, first.piece_id, done)
    with rows.app.engine.begin() as connection:
        connection.execute(keep(first.piece_id, WORKSPACE, {"prompt": "Up the stairs"}))
    story.made()
    manifest = rows.ask(acts.manifest, GetManifest(video_project_id=story.id))
    assert (manifest["revision"], manifest["duration_ms"]) == (1, 17_400)
    assert [each["kind"] for each in manifest["parts"]] == ["clip", "transition"] * 2 + ["clip"]
    part = manifest["parts"][0]
    assert (part["model"], part["prompt"]) == ("kling-2.6.1", "Up the stairs")
    assert manifest["parts"][1]["prompt"] is None
    assert manifest["music"]["name"] == TRACK.name
    story.open()
    assert rows.ask(acts.manifest, GetManifest(video_project_id=story.id)) == manifest
    of_first = GetManifest(video_project_id=story.id, revision=1)
    assert rows.ask(acts.manifest, of_first) == manifest
    story.start()
    story.film()
    assert rows.ask(acts.manifest, GetManifest(video_project_id=story.id)) == manifest
    for revision in (2, 3):
        with pytest.raises(NotFound, match="run_not_found"):
            rows.ask(acts.manifest, GetManifest(video_project_id=story.id, revision=revision))
    story.tell(Cancel(by=BY, end=Ended()))


def test_videos_are_found_by_whose_they_are_and_what_they_show(rows: Rows) -> None:
    still, running = drafted(rows), drafted(rows)
    running.start()
    image = uuid4()
    led = replace(still.clips[0], end_picture=Picture(image_generation_id=image))
    still.tell(SetClips(by=BY, clips=(led, *still.clips[1:])))
    assert {still.id, running.id} <= set(rows.query(queries.of_workspace, WORKSPACE))
    assert rows.query(queries.of_workspace, STRANGER.workspace_id) == []
    assert running.id in rows.query(queries.running_of, WORKSPACE)
    assert still.id not in rows.query(queries.running_of, WORKSPACE)
    running.tell(Cancel(by=BY, end=Ended()))
    assert running.id not in rows.query(queries.running_of, WORKSPACE)
    assert rows.query(queries.showing, image) == [still.id]
    assert still.id in rows.query(queries.showing, IMAGES[0])
    still.tell(ForgetImage(image_generation_id=image))
    assert rows.query(queries.showing, image) == []


def test_pieces_and_copies_are_needed_as_long_as_a_film_of_a_video_names_them(
    rows: Rows,
) -> None:
    first = drafted(rows, title="one", motion="normal")
    second = drafted(rows, title="other", motion="normal")
    wanted = first.wanted[0]
    assert wanted.piece_id == second.wanted[0].piece_id
    early, late = NOW - HOUR, NOW + HOUR

    def collectable(before: Any) -> list[UUID]:
        return [id for id, _ in rows.query(pieces.collectable, before)]

    want = WantPiece(
        workspace_id=WORKSPACE, video_project_id=first.id, spec=wanted.spec, pictures=()
    )
    rows.decide(piece.decider, wanted.piece_id, want)
    assert rows.query(pieces.made, [wanted.piece_id]) == set()
    assert wanted.piece_id not in collectable(late)
    result = Result(key="piece 0", sha256="c" * 64, size=7, duration_ms=5_000)
    rows.decide(piece.decider, wanted.piece_id, CompletePiece(result=result, attempts=1))
    assert rows.query(pieces.made, [wanted.piece_id, uuid4()]) == {wanted.piece_id}
    assert rows.query(pieces.models, [wanted.piece_id]) == {}
    assert (wanted.piece_id, "piece 0") in rows.query(pieces.collectable, late)
    assert wanted.piece_id not in collectable(early)
    for story in (first, second):
        story.start()
        story.film()
    assert wanted.piece_id not in collectable(late)
    first.tell(Remove(by=None, end=Ended()))
    assert wanted.piece_id not in collectable(late)
    second.tell(Remove(by=None, end=Ended()))
    assert wanted.piece_id in collectable(late)
    with pytest.raises(NotFound):
        shown(first)
    assert rows.query(films.of_runs, [str(first.run), str(second.run)]) == {}
    rows.decide(piece.decider, wanted.piece_id, Forget())
    assert wanted.piece_id not in collectable(late)


def test_all_films_of_a_removed_video_go_with_it(draft: Story) -> None:
    draft.made()
    first = draft.run
    draft.open()
    draft.start()
    draft.film()
    both = [str(first), str(draft.run)]
    assert len(draft.rows.query(films.of_runs, both)) == 2
    draft.tell(Remove(by=None, end=Ended()))
    assert draft.rows.query(films.of_runs, both) == {}


def test_copies_are_named_by_videos_and_by_films(draft: Story) -> None:
    own = tuple(replace(each, key=f"{draft.id}/{n}") for n, each in enumerate(SOURCES))
    draft.start()
    draft.film(own)
    draft.tell(Cancel(by=BY, end=Ended()))
    draft.tell(SetClips(by=BY, clips=draft.clips, anew=(own[0].name,)))  # the film still names it
    named = draft.rows.query(films.named_sources, WORKSPACE)
    assert {each.key for each in own} <= named
    assert None not in named
    assert draft.rows.query(films.named_sources, STRANGER.workspace_id) == set()
    draft.tell(Remove(by=None, end=Ended()))
    assert not {each.key for each in own} & draft.rows.query(films.named_sources, WORKSPACE)


def test_tracks_are_offered_by_name_once_they_have_been_described(rows: Rows) -> None:
    track_ids = {}
    for name in ("Dawn", "Calm sea", "Elm", "Bright"):
        track_ids[name] = ids.derive(ids.ROOT, "track", name)
        add = Add(
            name=name,
            artist=None,
            category="calm" if name != "Elm" else "modern",
            mood=None,
            bpm=None,
            license_type="royalty-free",
            attribution=None,
            audio_key=f"music/{name}.m4a",
        )
        rows.decide(music_track.decider, track_ids[name], add)
    for name in ("Dawn", "Calm sea", "Elm"):
        described = Describe(seconds=48, waveform_key="w.png", preview_key="p.m4a")
        rows.decide(music_track.decider, track_ids[name], described)

    def offered(cursor: str | None = None, limit: int = 2, **wanted: Any) -> Any:
        asked = ListMusicTracks(limit=limit, cursor=cursor)
        page = rows.query(music_tracks.offered, asked, {"category": None, "mood": None} | wanted)
        return [each["name"] for each in page.items], page.next_cursor

    names, cursor = offered()
    assert names == ["Calm sea", "Dawn"]
    assert offered(cursor) == (["Elm"], None)
    assert offered(category="modern") == (["Elm"], None)
    assert offered(category="upbeat") == ([], None)
    with pytest.raises(Invalid, match="cursor_invalid"):
        offered(cursor, category="modern")
    rows.decide(music_track.decider, track_ids["Dawn"], Deactivate())
    assert offered(cursor) == (
        ["Elm"],
        None,
    )  # the place stays
    assert offered(limit=9) == (["Calm sea", "Elm"], None)
