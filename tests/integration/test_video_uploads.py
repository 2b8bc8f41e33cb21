"""Own pictures and music on PostgreSQL: announced, sent by a link, judged, shown, let go of."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from interior_photos import get_photo_dir
from PIL import Image
from sqlalchemy import text
from werkzeug.test import Client

from chassis import ids
from chassis.door.edge import Caller
from chassis.errors import Forbidden, Invalid, NotFound, Rejected, Unavailable
from chassis.identity import Actor
from embedded.direct import DirectPort
from gateways.pictures import Judge, Picture
from integration.stages.films_at_work import Films, films_on
from servers.postgres import Server
from video import kept
from video.domain import music_track
from video.domain.music_track import Describe
from video.links import incoming_key, incoming_track_key, is_passing, sent_prefix
from video.service import VideoService
from waiting import until

MISSING = ("missing", "video.upload_missing")
MISMATCH = ("refused", "video.upload_mismatch")
TAKEN = ("taken", None)
TEXT = b"not a photograph at all, whatever its name says"
WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def films(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Films]:
    with films_on(postgres_server, tmp_path_factory.mktemp("video")) as made:
        yield made


@pytest.fixture(scope="module")
def photograph() -> bytes:
    """A real photograph, small."""
    small = BytesIO()
    with Image.open(Path(get_photo_dir()) / "pexels-2416933.jpg") as picture:
        picture.thumbnail((320, 320))
        picture.save(small, "JPEG")
    return small.getvalue()


class Sender:
    """Somebody of a workspace of their own, who sends files through the door."""

    def __init__(self, films: Films) -> None:
        self.films, self.workspace_id = films, uuid4()
        self.port, self.door = films.person(self.workspace_id), Client(films.parts.web)

    def announce(self, contents: Sequence[bytes], content_type: str = "image/jpeg") -> list[Any]:
        """Return where each file shall be sent."""
        files = [
            {
                "file_name": "1.jpg",
                "content_type": content_type,
                "size_bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for content in contents
        ]
        items: list[Any] = self.port.call("request_uploads", files=files)["items"]
        return items

    def send(self, upload: dict[str, Any], content: bytes) -> int:
        """Send a file by its link; return the HTTP status."""
        path, headers = urlsplit(upload["url"]).path, upload["headers"]
        return self.door.put(path, data=content, headers=headers).status_code

    def incoming(self, upload: dict[str, Any]) -> str:
        """Return where a file comes in."""
        return incoming_key(self.workspace_id, UUID(upload["upload_id"]))

    def confirm(self, *uploads: dict[str, Any]) -> list[tuple[str, str | None]]:
        """Return each file's status and error."""
        return confirmed(self.port, *uploads)

    def ref(self, content: bytes) -> str:
        """Return the reference to a picture that was taken."""
        (upload,) = self.announce([content])
        assert self.send(upload, content) == 201
        (item,) = self.port.call("confirm_uploads", upload_ids=[upload["upload_id"]])["items"]
        return str(item["ref"])

    def shows(self, ref: str) -> str:
        """Return a video that shows that picture."""
        clip = {"source_image_url": ref, "room_type": "kitchen"}
        made = self.port.call("create_video", name="N", clips=[clip, clip])
        return str(made["id"])


def confirmed(port: DirectPort, *uploads: dict[str, Any]) -> list[tuple[str, str | None]]:
    asked = [each["upload_id"] for each in uploads]
    reply = port.call("confirm_uploads", upload_ids=asked)
    assert [item["upload_id"] for item in reply["items"]] == asked
    return [(item["status"], item.get("error")) for item in reply["items"]]


@pytest.fixture
def sender(films: Films) -> Sender:
    return Sender(films)


def lies(films: Films, key: str) -> bytes | None:
    """Return what lies there."""
    try:
        return b"".join(films.blobs.chunks(key))
    except NotFound:
        return None


def test_a_picture_that_came_as_announced_is_what_a_clip_may_show(
    films: Films, sender: Sender, photograph: bytes
) -> None:
    (upload,) = sender.announce([photograph])
    assert sender.confirm(upload) == [MISSING]
    assert sender.send(upload, photograph) == 201
    assert sender.confirm(upload) == [TAKEN]
    (item,) = sender.port.call("confirm_uploads", upload_ids=[upload["upload_id"]])["items"]
    key = item["ref"].removeprefix("blob:")
    assert key == f"{sender.workspace_id}/uploads/{upload['upload_id']}.jpg"
    assert (lies(films, key), lies(films, sender.incoming(upload))) == (photograph, None)
    shown = sender.port.call("get_video", video_project_id=sender.shows(item["ref"]))
    assert [each["source_image_url"] for each in shown["clips"]] == [item["ref"]] * 2


def test_what_is_no_picture_or_another_one_is_refused_deleted_and_may_be_sent_again(
    films: Films, sender: Sender, photograph: bytes
) -> None:
    png = BytesIO()
    Image.new("RGB", (8, 8)).save(png, "PNG")
    uploads = sender.announce([TEXT, png.getvalue(), photograph])
    for upload, content in zip(uploads, (TEXT, png.getvalue(), photograph + b"more"), strict=True):
        films.blobs.put(sender.incoming(upload), content)
    refused = [("refused", "video.not_a_picture"), MISMATCH, MISMATCH]
    assert sender.confirm(*uploads) == refused
    assert [lies(films, sender.incoming(each)) for each in uploads] == [None] * 3
    assert sender.confirm(*uploads) == refused  # what was said of it stands
    assert sender.send(uploads[2], photograph) == 201
    assert sender.confirm(*uploads) == [*refused[:2], TAKEN]


def test_a_file_that_this_machine_could_not_judge_is_judged_once_more(
    films: Films, sender: Sender, photograph: bytes
) -> None:
    class Busy(Judge):
        def inspect(self, *args: Any) -> Picture:
            raise Unavailable("video.inspection_timeout")

    (upload,) = sender.announce([photograph])
    sender.send(upload, photograph)
    assert confirmed(judged_by(sender, Busy), upload) == [("refused", "video.inspection_timeout")]
    assert sender.confirm(upload) == [TAKEN]


def judged_by(sender: Sender, judge: type[Judge]) -> DirectPort:
    """Return the sender's port where pictures are judged so."""
    door = sender.films.parts.door
    tools = replace(door.tools, judge=judge("video", door.tools.judge.work))
    return replace(sender.port, door=lambda: replace(door, tools=tools))


def test_a_rival_s_confirmation_stands_whatever_is_found_afterwards(
    films: Films, sender: Sender, photograph: bytes
) -> None:
    (upload,) = sender.announce([photograph])
    sender.send(upload, photograph)

    class Slow(Judge):
        """A decoder so slow that somebody else confirms meanwhile, and then finds it damaged."""

        def inspect(self, *args: Any) -> Picture:
            assert sender.confirm(upload) == [TAKEN]
            raise Invalid("video.picture_damaged")

    assert confirmed(judged_by(sender, Slow), upload) == [TAKEN]
    assert sender.confirm(upload) == [TAKEN]


def test_two_confirmations_at_once_take_a_file_once(
    films: Films, sender: Sender, photograph: bytes
) -> None:
    uploads = sender.announce([photograph] * 3)
    for upload in uploads:
        sender.send(upload, photograph)
    with ThreadPoolExecutor(2) as people:
        replies = list(people.map(lambda _: sender.confirm(*uploads), range(2)))
    assert replies == [[TAKEN] * 3] * 2


def test_nobody_confirms_or_shows_what_another_workspace_has_sent(
    films: Films, sender: Sender, photograph: bytes
) -> None:
    (upload,) = sender.announce([photograph])
    sender.send(upload, photograph)
    stranger = Sender(films)
    unknown = ("missing", "video.upload_unknown")
    assert stranger.confirm(upload, {"upload_id": str(uuid4())}) == [unknown] * 2
    arriving = f"blob:{sender.workspace_id}/uploads/{upload['upload_id']}.jpg"
    with pytest.raises(Rejected, match="upload_unknown"):
        sender.shows(arriving)  # it was not confirmed
    assert sender.confirm(upload) == [TAKEN]
    sender.shows(arriving)
    with pytest.raises(Rejected, match="upload_unknown"):
        stranger.shows(arriving)
    video_id = stranger.shows(stranger.ref(photograph))
    clip = {"source_image_url": arriving, "room_type": "kitchen"}
    with pytest.raises(Rejected, match="upload_unknown"):
        stranger.port.call("add_clip", video_project_id=video_id, clip=clip)


def test_a_repeat_announces_nothing_more_and_has_fresh_links(
    films: Films, sender: Sender, photograph: bytes
) -> None:
    file = {"file_name": "1.jpg", "content_type": "IMAGE/jpg", "size_bytes": len(photograph)}
    file["sha256"] = hashlib.sha256(photograph).hexdigest()
    asked = {"files": [file], "idempotency_key": "one"}
    first, second = (sender.port.call("request_uploads", **asked)["items"] for _ in range(2))
    assert [each["upload_id"] for each in first] == [each["upload_id"] for each in second]
    count = "select count(*) from own_upload where workspace_id = :id"
    assert films.rows(count, id=str(sender.workspace_id)) == [(1,)]
    assert sender.send(second[0], photograph) == 201
    assert sender.confirm(*first) == [TAKEN]


def test_what_no_clip_shows_goes_in_two_rounds_and_what_one_shows_stays(
    films: Films, sender: Sender, photograph: bytes
) -> None:
    shown, unused = sender.ref(photograph), sender.ref(photograph)
    (never_sent,) = sender.announce([photograph])
    video_id = sender.shows(shown)
    now = ids.now()

    def sweepable() -> set[str]:
        found = films.decide(
            lambda unit: kept.sweepable_uploads(unit.connection, now + timedelta(minutes=1))
        )
        return {f"blob:{key}" for _, key in found if key.startswith(str(sender.workspace_id))}

    def let_go(ref: str) -> bool:
        id = UUID(ref.rpartition("/")[2].partition(".")[0])
        return films.decide(partial(kept.forget_upload, id))

    late = f"blob:{sender.workspace_id}/uploads/{never_sent['upload_id']}.jpg"
    assert sweepable() == {unused, late}
    early = films.decide(lambda unit: kept.sweepable_uploads(unit.connection, now - WEEK))
    assert early == []
    assert (let_go(shown), let_go(unused)) == (False, True)
    with pytest.raises(Rejected, match="upload_unknown"):
        sender.shows(unused)
    assert sweepable() == {unused, late}  # its blob may be there still
    assert (let_go(unused), sweepable()) == (True, {late})
    sender.port.call("delete_video", video_project_id=video_id, idempotency_key="delete")
    assert sweepable() == {shown, late}
    theirs = "select from own_upload where workspace_id = :id"
    assert films.rows(theirs, id=str(sender.workspace_id)) != []
    for statement in kept.forgotten(sender.workspace_id):
        films.decide(lambda unit: unit.execute(statement).rowcount)  # noqa: B023
    assert films.rows(theirs, id=str(sender.workspace_id)) == []


def test_what_is_being_shown_at_the_moment_of_its_sweep_stays(
    films: Films, sender: Sender, photograph: bytes
) -> None:
    ref = sender.ref(photograph)
    id, key = UUID(ref.rpartition("/")[2].partition(".")[0]), ref.removeprefix("blob:")
    waits = (
        "select from pg_stat_activity"
        " where wait_event_type = 'Lock' and datname = current_database()"
    )

    with ThreadPoolExecutor(1) as sweeper:

        def work(unit: Any) -> Any:
            """Show it, and end only once the sweep waits for it."""
            held = kept.hold_uploads(unit.connection, sender.workspace_id, [key])
            sweep = sweeper.submit(films.decide, partial(kept.forget_upload, id))
            until(lambda: films.rows(waits) or sweep.done())
            insert = (
                "insert into video_clip (id, video_project_id, source_image_url, room_type,"
                " sequence_order, created_at, updated_at)"
                " values (:id, :id, :ref, 'kitchen', 0, now(), now())"
            )
            unit.execute(text(insert), id=str(uuid4()), ref=ref)
            return held, sweep

        held, sweep = films.decide(work)
        assert (held, sweep.result()) == ({key}, False)


def admin_of(films: Films) -> DirectPort:
    actor = Actor(kind="person", id=str(uuid4()), session_id=uuid4(), is_system_admin=True)
    token = films.issuer.issue(replace(actor, authenticated_at=films.clock()), films.clock())
    door = films.parts.door
    caller = Caller(auth_token=token)
    return DirectPort(facade=VideoService, door=lambda: door, caller=caller)


def track(content: bytes, **more: Any) -> dict[str, Any]:
    """Return how a track is added."""
    file = {
        "content_type": "audio/x-wav",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return {"name": "Fjord", "category": "calm", "mood": "warm", "file": file, **more}


def test_a_track_is_offered_by_name_once_it_was_heard_until_it_is_taken_back(
    films: Films, sender: Sender
) -> None:
    sound, admin = b"RIFF and so on", admin_of(films)
    ids_ = []
    for name in ("Vidde", "Fjord"):
        asked = track(sound, name=name, idempotency_key=name)
        first, added = (admin.call("add_music_track", **asked) for _ in range(2))
        assert (first["id"], first["version"]) == (added["id"], 1)
        assert sender.send(added["upload"], sound) == 201
        assert lies(films, incoming_track_key(UUID(added["id"]))) == sound
        assert sender.port.call("list_music_tracks")["items"] == []
        ids_.append(added["id"])
    for id in ids_:
        prefix = f"music/{id}/"
        heard = Describe(
            seconds=40,
            waveform_key=f"{prefix}waveform.png",
            preview_key=f"{prefix}preview.m4a",
        )
        films.decide(lambda unit: unit.decide(music_track.decider, UUID(id), heard))  # noqa: B023
    tracks = sender.port.call("list_music_tracks", mood="warm")["items"]
    assert [each["name"] for each in tracks] == ["Fjord", "Vidde"]
    assert tracks[0]["audio"]["ref"] == tracks[0]["audio_url"] == f"blob:music/{ids_[1]}/audio.wav"
    assert all(each["preview"]["url"] and each["waveform"]["url"] for each in tracks)
    assert sender.port.call("list_music_tracks", category="upbeat")["items"] == []
    admin.call("deactivate_music_track", music_track_id=ids_[0])
    admin.call("deactivate_music_track", music_track_id=ids_[0])
    (left,) = sender.port.call("list_music_tracks")["items"]
    assert left["id"] == ids_[1]


def test_tracks_are_the_system_admins_and_of_sound(films: Films, sender: Sender) -> None:
    owner, admin = films.person(uuid4(), "owner"), admin_of(films)
    with pytest.raises(Forbidden, match="not_allowed"):
        owner.call("add_music_track", **track(b"sound"))
    with pytest.raises(Forbidden, match="not_allowed"):
        owner.call("deactivate_music_track", music_track_id=str(uuid4()))
    with pytest.raises(NotFound, match="music_track_not_found"):
        admin.call("deactivate_music_track", music_track_id=str(uuid4()))
    id = str(uuid4())
    admin.call("add_music_track", **track(b"sound", music_track_id=id))
    with pytest.raises(Rejected, match="music_track_exists"):
        admin.call("add_music_track", **track(b"sound", music_track_id=id, name="Another"))
    wrong = {"content_type": "video/mp4", "size_bytes": 30 * 1024 * 1024 + 1, "sha256": "A"}
    with pytest.raises(Invalid) as refusal:
        admin.call("add_music_track", **track(b"sound", file=wrong))
    assert set(refusal.value.details["fields"]["file"]) == set(wrong)


def test_what_comes_in_is_told_from_what_is_kept() -> None:
    id = uuid4()
    assert is_passing(incoming_key(id, id))
    assert is_passing(incoming_track_key(id))
    assert is_passing(f"{sent_prefix(id, id)}-0.jpg")
    assert not is_passing(f"{id}/uploads/{id}.jpg")
    assert not is_passing(f"music/{id}/audio.wav")
