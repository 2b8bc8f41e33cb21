"""Uploads, from the announcement to the judgement: media on PostgreSQL, files through its door.

And through a bucket of moto's, which takes whatever it is sent by a link, be it announced or not.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pillow_heif
import pytest
import requests
from interior_photos import get_photo_dir
from PIL import Image
from werkzeug.test import Client

from chassis import ids
from chassis.door.edge import Caller
from chassis.door.tokens import TokenIssuer
from chassis.errors import Conflict, Invalid, NotFound, Rejected, Unavailable
from chassis.hearing.cursors import call
from chassis.identity import Actor
from chassis.running.parts import Parts, Port
from embedded.direct import DirectPort
from gateways.blobs_folder import Folder
from gateways.blobs_s3 import S3, client
from gateways.pictures import Judge, Picture
from integration.stages.media_at_work import Clock, media_at_work
from media import removing
from media.domain.project_messages import By
from media.equipment import Tools
from media.links import RENDITIONS, incoming_key, original_key, rendition_key
from media.service import MediaService
from media.sweeping import sweep
from object_store import object_store, settings_of
from servers.postgres import Server

MISSING = ("missing", "media.upload_missing")
TAKEN = {200, 201}  # S3's answer, and the door's
pillow_heif.register_heif_opener()  # saves HEIC
TEXT = b"not a photograph at all, whatever its name says"


class Media:
    """media at work; somebody in each of two workspaces, unheard of, who sends files."""

    def __init__(self, parts: Parts, issuer: TokenIssuer, clock: Clock) -> None:
        self.parts, self.issuer, self.clock = parts, issuer, clock
        self.door, self.blobs = Client(parts.web), parts.door.tools.blobs
        self.by_door = isinstance(self.blobs, Folder)
        self.workspaces = (uuid4(), uuid4())
        self.people = {each: str(uuid4()) for each in self.workspaces}
        self.mine, self.theirs = (self._member(each) for each in self.workspaces)

    def _member(self, workspace_id: UUID) -> DirectPort:
        person = Actor(
            kind="person",
            id=self.people[workspace_id],
            session_id=uuid4(),
            workspace_id=workspace_id,
            role="member",
        )
        token = self.issuer.issue(person, self.clock())
        door, caller = self.parts.door, Caller(auth_token=token)
        return DirectPort(facade=MediaService, door=lambda: door, caller=caller)

    def project(self) -> str:
        """Return a new project of the first workspace."""
        project_id: str = self.mine.call(
            "create_project", name="Storgata 2", style_template_id="scandinavian"
        )["id"]
        self.last_project = project_id
        return project_id

    def announce(
        self,
        project_id: str,
        contents: Sequence[bytes],
        content_type: str = "image/jpeg",
        mask_of: str | None = None,
    ) -> list[dict[str, Any]]:
        """Return where each file shall be sent."""
        files = [{**each, "mask_of": mask_of} for each in announced(contents, content_type)]
        reply = self.mine.call("request_uploads", project_id=project_id, files=files)
        items: list[dict[str, Any]] = reply["items"]
        return items

    def send(self, upload: dict[str, Any], content: bytes) -> int:
        """Send a file by its link, to the public door or to S3; return the HTTP status."""
        url, headers = upload["url"], upload["headers"]
        if not self.by_door:
            return requests.put(url, content, headers=headers, timeout=10).status_code
        return self.door.put(urlsplit(url).path, data=content, headers=headers).status_code

    def sent(self, upload: dict[str, Any], content: bytes) -> None:
        """Have a file lie where the link leads, whatever the store looks at."""
        self.blobs.put(self.keys(upload)[0], content)

    def keys(self, upload: dict[str, Any]) -> tuple[str, str]:
        """Return where a file of the last project comes in, and where it is kept."""
        where = self.workspaces[0], UUID(self.last_project), UUID(upload["image_id"])
        return incoming_key(*where), original_key(*where, "image/jpeg")

    def lies(self, key: str) -> bytes | None:
        """Return what lies there."""
        try:
            return b"".join(self.blobs.chunks(key))
        except NotFound:
            return None

    def confirm_by(
        self, tools: Tools, project_id: str, *uploads: dict[str, Any]
    ) -> list[tuple[str, str | None]]:
        """Confirm as a service that has other tools would."""
        door = replace(self.parts.door, tools=tools)
        mine = replace(self.mine, door=lambda: door)
        return confirmed(mine, project_id, *uploads)

    def confirm(self, project_id: str, *uploads: dict[str, Any]) -> list[tuple[str, str | None]]:
        """Return each file's status and error."""
        return confirmed(self.mine, project_id, *uploads)


def confirmed(
    port: Port, project_id: str, *uploads: dict[str, Any]
) -> list[tuple[str, str | None]]:
    image_ids = [each["image_id"] for each in uploads]
    reply = port.call("confirm_uploads", project_id=project_id, image_ids=image_ids)
    assert [item["image_id"] for item in reply["items"]] == image_ids
    return [(item["status"], item.get("error")) for item in reply["items"]]


def announced(contents: Sequence[bytes], content_type: str = "image/jpeg") -> list[dict[str, Any]]:
    return [
        {
            "file_name": f"{number}.jpg",
            "content_type": content_type,
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for number, content in enumerate(contents)
    ]


@pytest.fixture(scope="module", params=["folder", "s3"])
def stored(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    """Where media has its blobs: settings of a folder, and of a bucket."""
    if request.param == "folder":
        folder = str(tmp_path_factory.mktemp("blobs"))
        yield {"BLOBS": "folder", "BLOBS_FOLDER": folder, "BLOBS_KEY": "only-for-tests-" * 3}
        return
    with object_store("media-blobs") as endpoint:
        yield {"BLOBS_KEY": "only-for-tests-" * 3, **settings_of(endpoint, "media-blobs")}


@pytest.fixture(scope="module")
def studio(
    postgres_server: Server,
    stored: Mapping[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Media]:
    with media_at_work(postgres_server, stored, tmp_path_factory.mktemp("work")) as made:
        yield Media(*made)


@pytest.fixture(scope="session")
def photograph() -> bytes:
    """A real photograph, small."""
    small = BytesIO()
    with Image.open(Path(get_photo_dir()) / "pexels-2416933.jpg") as picture:
        picture.thumbnail((320, 320))
        picture.save(small, "JPEG")
    return small.getvalue()


def test_a_photograph_that_arrived_as_announced_is_pending(
    studio: Media, photograph: bytes
) -> None:
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [photograph])

    assert studio.send(upload, photograph) in TAKEN
    assert studio.confirm(project_id, upload) == [("pending", None)]
    (image,) = studio.mine.call("get_project", project_id=project_id)["images"]
    assert (image["id"], image["status"]) == (upload["image_id"], "pending")


@pytest.mark.parametrize(
    ("file_format", "announced", "extension"),
    [
        ("HEIF", "image/heic", "heic"),
        ("HEIF", "Image/HEIF", "heic"),
        ("JPEG", "IMAGE/jpg", "jpg"),
    ],
)
def test_a_photograph_is_announced_by_whichever_name_its_type_has(
    file_format: str, announced: str, extension: str, studio: Media, photograph: bytes
) -> None:
    content = BytesIO()
    with Image.open(BytesIO(photograph)) as picture:
        picture.save(content, file_format)
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [content.getvalue()], announced)

    assert studio.send(upload, content.getvalue()) in TAKEN
    assert studio.confirm(project_id, upload) == [("pending", None)]
    (image,) = studio.mine.call("get_project", project_id=project_id)["images"]
    assert image["original"]["ref"].endswith(f".{extension}")


def test_another_type_than_a_photographs_is_not_announced(studio: Media) -> None:
    with pytest.raises(Invalid, match=r"chassis\.invalid_argument"):
        studio.announce(studio.project(), [TEXT], "image/gif")


def test_a_text_announced_as_a_photograph_is_refused(studio: Media) -> None:
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [TEXT])

    assert studio.send(upload, TEXT) in TAKEN
    assert studio.confirm(project_id, upload) == [("refused", "media.not_a_picture")]
    assert studio.mine.call("get_project", project_id=project_id)["images"] == []


def test_other_bytes_than_announced_are_not_taken(studio: Media, photograph: bytes) -> None:
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [photograph])
    changed = photograph[:-1] + bytes([photograph[-1] ^ 1])

    for other in (changed, photograph + b"more"):
        taken = studio.send(upload, other) in TAKEN
        wanted = ("refused", "media.upload_mismatch") if taken else MISSING
        assert studio.confirm(project_id, upload) == [wanted]
        assert taken is not studio.by_door


def test_what_is_refused_is_deleted_at_once_and_may_be_sent_again(
    studio: Media, photograph: bytes
) -> None:
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [photograph])
    incoming, kept = studio.keys(upload)
    studio.sent(upload, photograph + b"more")

    assert studio.confirm(project_id, upload) == [("refused", "media.upload_mismatch")]
    assert (studio.lies(incoming), studio.lies(kept)) == (None, None)
    assert studio.confirm(project_id, upload) == [MISSING]
    assert studio.send(upload, photograph) in TAKEN
    assert studio.confirm(project_id, upload) == [("pending", None)]


def test_what_is_sent_after_the_confirmation_changes_nothing(
    studio: Media, photograph: bytes
) -> None:
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [photograph])
    incoming, kept = studio.keys(upload)
    assert studio.send(upload, photograph) in TAKEN
    assert studio.confirm(project_id, upload) == [("pending", None)]
    assert (studio.lies(incoming), studio.lies(kept)) == (None, photograph)

    studio.sent(upload, TEXT)

    assert studio.confirm(project_id, upload) == [("pending", None)]
    assert (studio.lies(incoming), studio.lies(kept)) == (None, photograph)
    (image,) = studio.mine.call("get_project", project_id=project_id)["images"]
    assert image["sha256"] == hashlib.sha256(photograph).hexdigest()


def test_a_confirmation_that_broke_off_is_done_again(studio: Media, photograph: bytes) -> None:
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [photograph])
    incoming, kept = studio.keys(upload)
    assert studio.send(upload, photograph) in TAKEN
    studio.blobs.copy(incoming, kept)  # as far as it came

    assert studio.confirm(project_id, upload) == [("pending", None)]
    assert (studio.lies(incoming), studio.lies(kept)) == (None, photograph)


def test_photographs_confirmed_together_are_listed_in_their_order_newest_first(
    studio: Media, photograph: bytes
) -> None:
    project_id = studio.project()
    uploads = studio.announce(project_id, [photograph] * 7)
    for upload in uploads:
        studio.sent(upload, photograph)
    earlier, later = (uploads[3], uploads[0], *uploads[4:]), (uploads[2], uploads[1])
    for together in (earlier, later):
        studio.clock.now += timedelta(seconds=1)
        studio.confirm(project_id, *together)

    images = studio.mine.call("get_project", project_id=project_id)["images"]
    assert [each["id"] for each in images] == [each["image_id"] for each in (*later, *earlier)]


def test_a_file_that_came_empty_is_named_and_the_others_are_taken(
    studio: Media, photograph: bytes
) -> None:
    project_id = studio.project()
    uploads = studio.announce(project_id, [photograph] * 3)
    for upload, content in zip(uploads, (photograph, b"", photograph), strict=True):
        studio.sent(upload, content)

    assert studio.confirm(project_id, *uploads) == [
        ("pending", None),
        ("refused", "media.upload_mismatch"),
        ("pending", None),
    ]


def test_two_confirmations_at_once_take_a_file_once(studio: Media, photograph: bytes) -> None:
    project_id = studio.project()
    uploads = studio.announce(project_id, [photograph] * 3)
    for upload in uploads:
        assert studio.send(upload, photograph) in TAKEN

    with ThreadPoolExecutor(2) as people:
        replies = list(people.map(lambda _: studio.confirm(project_id, *uploads), range(2)))

    assert replies == [[("pending", None)] * 3] * 2
    project = studio.mine.call("get_project", project_id=project_id)
    assert len(project["images"]) == project["image_count"] == 3
    for upload in uploads:
        incoming, kept = studio.keys(upload)
        assert (studio.lies(incoming), studio.lies(kept)) == (None, photograph)


def test_while_two_confirmations_of_a_workspace_are_judged_a_third_is_refused(
    studio: Media, photograph: bytes
) -> None:
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [photograph])
    studio.sent(upload, photograph)
    refused: list[Conflict] = []

    class Again(Judge):
        """Whoever is judged here has everything confirmed once more, before it is."""

        def inspect(self, key: str, sha256: str, path: Path, *more: Any) -> Picture:
            try:
                studio.confirm_by(again, project_id, upload)
            except Conflict as refusal:
                refused.append(refusal)
            return super().inspect(key, sha256, path, *more)

    tools = studio.parts.door.tools
    again = replace(tools, judge=Again("media", tools.judge.work, at_once=2))
    assert studio.confirm_by(again, project_id, upload) == [("pending", None)]
    assert [(each.code, each.retryable) for each in refused] == [("media.busy_judging", True)]


def test_a_rival_s_confirmation_stands_whatever_is_found_afterwards(
    studio: Media, photograph: bytes
) -> None:
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [photograph])
    studio.sent(upload, photograph)

    class Slow(Judge):
        """A decoder so slow that somebody else confirms meanwhile, and then finds it damaged."""

        def inspect(self, key: str, sha256: str, path: Path, *more: Any) -> Picture:
            studio.confirm(project_id, upload)
            raise Invalid("media.picture_damaged")

    tools = studio.parts.door.tools
    slow = replace(tools, judge=Slow("media", tools.judge.work))
    found = studio.confirm_by(slow, project_id, upload)
    assert found == [("pending", None)]
    assert studio.lies(studio.keys(upload)[1]) == photograph


def test_a_store_that_is_away_decides_nothing(studio: Media, photograph: bytes) -> None:
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [photograph])
    assert studio.send(upload, photograph) in TAKEN
    away = S3(client("http://127.0.0.1:1", "nowhere", "a", "b"), "media-blobs")

    with pytest.raises(Unavailable) as refusal:
        studio.confirm_by(replace(studio.parts.door.tools, blobs=away), project_id, upload)

    assert refusal.value.code == "chassis.blobs_unavailable"
    assert studio.confirm(project_id, upload) == [("pending", None)]


def test_what_nobody_confirms_is_swept_after_a_day(studio: Media, photograph: bytes) -> None:
    project_id = studio.project()
    confirmed, forgotten = studio.announce(project_id, [photograph] * 2)
    for upload in (confirmed, forgotten):
        studio.sent(upload, photograph)
    studio.confirm(project_id, confirmed)
    incoming, kept = studio.keys(forgotten)[0], studio.keys(confirmed)[1]
    day = timedelta(hours=24)

    sweep(studio.parts.app, studio.blobs, ids.now() + day - timedelta(minutes=5))
    assert studio.lies(incoming) == photograph
    sweep(studio.parts.app, studio.blobs, ids.now() + day + timedelta(minutes=5))
    assert (studio.lies(incoming), studio.lies(kept)) == (None, photograph)
    assert "sweep_files" in {each.name for each in studio.parts.schedules}


def test_what_no_row_names_is_swept_after_a_day_and_what_one_names_stays(
    studio: Media, photograph: bytes
) -> None:
    project_id = studio.project()
    taken, never = studio.announce(project_id, [photograph] * 2)
    studio.sent(taken, photograph)
    studio.confirm(project_id, taken)
    mask = mask_for(photograph)
    drawn = studio.announce(project_id, [mask] * 2, "image/png", mask_of=taken["image_id"])
    studio.sent(drawn[0], mask)
    assert studio.confirm(project_id, drawn[0]) == [("mask", None)]
    where, id = f"{studio.workspaces[0]}/{project_id}", taken["image_id"]
    nobodys = [
        f"{where}/original/{never['image_id']}.jpg",
        f"{where}/original/{never['image_id']}-320.jpg",
        f"{where}/mask/{drawn[1]['image_id']}.png",
        f"{where}/mask/{uuid4()}.png",
        f"{where}/result/{id}/{id}-{'a' * 16}.jpg",
        f"{where}/result/{id}/{id}-{'a' * 16}-1280.jpg",
        f"{where}/published/{id}-{'b' * 16}.jpg",
    ]
    theirs = {each.key for each in studio.blobs.listed(f"{where}/")}
    assert len(theirs) == 4  # the original, its small copies, the mask
    for key in (*nobodys, called_otherwise := f"{where}/original/of-somebody.jpg"):
        studio.blobs.put(key, b"x")
    day, app = timedelta(hours=24), studio.parts.app

    sweep(app, studio.blobs, ids.now() + day - timedelta(minutes=5))
    assert all(map(studio.lies, nobodys))
    sweep(app, studio.blobs, ids.now() + day + timedelta(minutes=5))
    assert {each.key for each in studio.blobs.listed(f"{where}/")} == {*theirs, called_otherwise}


def mask_for(photograph: bytes) -> bytes:
    """Return a mask of its upper left corner."""
    with Image.open(BytesIO(photograph)) as picture, BytesIO() as file:
        drawn = Image.new("L", picture.size)
        drawn.paste(255, (0, 0, 60, 60))
        drawn.save(file, "PNG")
        return file.getvalue()


def test_a_photograph_of_another_format_than_announced_is_refused(
    studio: Media, photograph: bytes
) -> None:
    other = BytesIO()
    with Image.open(BytesIO(photograph)) as picture:
        picture.save(other, "PNG")
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [other.getvalue()])

    assert studio.send(upload, other.getvalue()) in TAKEN
    assert studio.confirm(project_id, upload) == [("refused", "media.content_type_mismatch")]


def test_one_bad_file_does_not_spoil_the_others(studio: Media, photograph: bytes) -> None:
    project_id = studio.project()
    good, bad, late = studio.announce(project_id, [photograph, TEXT, photograph])
    assert {studio.send(good, photograph), studio.send(bad, TEXT)} <= TAKEN

    assert studio.confirm(project_id, bad, late, good) == [
        ("refused", "media.not_a_picture"),
        ("missing", "media.upload_missing"),
        ("pending", None),
    ]
    assert studio.send(late, photograph) in TAKEN
    assert studio.confirm(project_id, good, late) == [("pending", None), ("pending", None)]


def test_files_announced_again_have_the_same_ids_and_fresh_links(
    studio: Media, photograph: bytes
) -> None:
    project_id = studio.project()
    request = {
        "project_id": project_id,
        "files": announced([photograph, TEXT]),
        "idempotency_key": "announce",
    }
    first = studio.mine.call("request_uploads", **request)
    studio.clock.now += timedelta(minutes=1)

    again = studio.mine.call("request_uploads", **request)

    assert [each["image_id"] for each in again["items"]] == [
        each["image_id"] for each in first["items"]
    ]
    assert again["version"] == first["version"]
    assert all(
        fresh["expires_at"] > stale["expires_at"]
        and (fresh["url"] != stale["url"] or not studio.by_door)  # S3 signs by its own clock
        for fresh, stale in zip(again["items"], first["items"], strict=True)
    )
    assert studio.send(again["items"][0], photograph) in TAKEN


def test_eleven_photographs_are_too_many_for_a_project(studio: Media, photograph: bytes) -> None:
    project_id = studio.project()

    with pytest.raises(Rejected) as refusal:
        studio.announce(project_id, [photograph] * 11)

    assert refusal.value.code == "media.too_many_images"
    assert len(studio.announce(project_id, [photograph] * 10)) == 10


def test_what_a_full_project_refuses_is_deleted_at_once(studio: Media, photograph: bytes) -> None:
    project_id = studio.project()
    ten, (late,) = (studio.announce(project_id, [photograph] * count) for count in (10, 1))
    for upload in (*ten, late):
        studio.sent(upload, photograph)

    class Sure(Judge):
        """One that decodes nothing: these photographs are all the same."""

        def inspect(self, key: str, sha256: str, path: Path, *more: Any) -> Picture:
            return Picture(content_type="image/jpeg", width=320, height=213)

    tools = studio.parts.door.tools
    sure = replace(tools, judge=Sure("media", tools.judge.work))
    assert studio.confirm_by(sure, project_id, *ten) == [("pending", None)] * 10

    assert studio.confirm(project_id, late) == [("refused", "media.too_many_images")]
    assert [studio.lies(key) for key in studio.keys(late)] == [None, None]

    app, by = studio.parts.app, By(user_id=uuid4(), any_project=True)
    one = (UUID(ten[0]["image_id"]),)
    app.attempt(call(app), lambda unit: removing.images(unit, UUID(project_id), one, by))
    studio.sent(late, photograph)
    assert studio.confirm(project_id, late) == [("pending", None)]
    small = [rendition_key(studio.keys(late)[1], px) for px in RENDITIONS]
    assert None not in [studio.lies(key) for key in small]


def test_another_workspace_finds_no_such_project(studio: Media, photograph: bytes) -> None:
    project_id = studio.project()
    (upload,) = studio.announce(project_id, [photograph])

    for arguments in (
        ("request_uploads", {"files": announced([photograph])}),
        ("confirm_uploads", {"image_ids": [upload["image_id"]]}),
        ("get_project", {}),
    ):
        method, more = arguments
        with pytest.raises(NotFound) as refusal:
            studio.theirs.call(method, project_id=project_id, **more)
        assert refusal.value.code == "media.project_not_found"
