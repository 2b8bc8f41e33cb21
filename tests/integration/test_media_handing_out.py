"""What goes out of media: small copies, archives, labelled copies, published originals.

Through a folder and its door, and through a bucket of moto's. What the files say of themselves is
read by Exiv2.
"""

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pillow_heif
import pyexiv2
import pytest
from interior_photos import get_all_photos
from PIL import Image
from werkzeug.test import Client, TestResponse

from chassis import ids
from chassis.door.edge import Caller
from chassis.door.tokens import TokenIssuer
from chassis.errors import Conflict, Forbidden, NotFound, Rejected
from chassis.identity import Actor, service_actor
from chassis.jobs.jobs import Worker
from chassis.personal import keep
from chassis.running.parts import Parts
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from embedded.direct import DirectPort
from integration.stages.media_at_work import Clock, media_at_work
from media import starting
from media.domain import image, project, project_messages
from media.domain.answer import KeepAnswer
from media.domain.image_messages import Remove
from media.links import original_key
from media.service import MediaService
from object_store import object_store, settings_of
from servers.postgres import Server

pillow_heif.register_heif_opener()  # saves HEIC
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPE = "Xmp.iptcExt.DigitalSourceType"
TOLD = {  # by a camera, and by a photographer's program
    "Exif.Image.Artist": "Åse Øvergård",
    "Exif.Image.Copyright": "© Huset",
    "Exif.Photo.DateTimeOriginal": "2024:05:17 09:30:15",
    "Exif.Photo.BodySerialNumber": "SERIAL-4711",
    "Exif.Photo.MakerNote": "78 79 84 69",
    "Exif.GPSInfo.GPSLatitudeRef": "N",
    "Exif.GPSInfo.GPSLatitude": "59/1 54/1 0/1",
}
EXIFTOOL = shutil.which("exiftool")
TELLING = ("GPS", "Serial", "Thumbnail", "MakerNote", "Preview")  # in the names of what may not be


@dataclass
class Project:
    """A project that was started and worked at; its photographs in the order they were sent."""

    id: str
    images: list[str]


class Studio:
    """media at work for one workspace: a member and an admin, who sends photographs."""

    def __init__(self, parts: Parts, issuer: TokenIssuer, clock: Clock) -> None:
        self.parts, self.clock = parts, clock
        self.door, self.blobs = Client(parts.web), parts.door.tools.blobs
        self.workspace = uuid4()
        port = partial(port_of, parts, issuer, clock)
        self.mine, self.admin = port(self.workspace, "member"), port(self.workspace, "admin")
        self.theirs = port(uuid4(), "admin")

    def sent(self, contents: Sequence[bytes], *names: str, kind: str = "image/jpeg") -> Project:
        """Return a project with these photographs, confirmed."""
        project_id: str = self.mine.call(
            "create_project",
            name="Storgata 2 / H01",
            style_template_id="modern",
            room_type="kitchen",
        )["id"]
        files = [
            {
                "file_name": "x.jpg",
                "content_type": kind,
                "size_bytes": len(each),
                "sha256": sha256(each).hexdigest(),
            }
            for each in contents
        ]
        items = self.mine.call("request_uploads", project_id=project_id, files=files)["items"]
        images = [each["image_id"] for each in items]
        for image_id, content, name in zip(images, contents, names or ["x.jpg"] * 9, strict=False):
            where = f"{self.workspace}/{project_id}/incoming/{image_id}"
            self.blobs.put(where, content)
            called = keep(UUID(image_id), self.workspace, {"file_name": name})
            self.unit(lambda unit, called=called: unit.execute(called))
        done = self.mine.call("confirm_uploads", project_id=project_id, image_ids=images)
        assert {each["status"] for each in done["items"]} == {"pending"}
        return Project(project_id, images)

    def finished(self, contents: Sequence[bytes], *names: str, kind: str = "image/jpeg") -> Project:
        """Return a project with these photographs, enhanced."""
        sent = self.sent(contents, *names, kind=kind)
        self.unit(partial(started, self.workspace, UUID(sent.id)))
        self.work()
        return sent

    def unit(self, work: Any) -> Any:
        app = self.parts.app
        actor = service_actor("media")
        call = Call(id=ids.fresh(), at=app.clock(), actor=actor, correlation_id="c")
        return app.attempt(call, work)

    def work(self) -> None:
        """Do what waits."""
        worker = Worker(self.parts.app, self.parts.kinds)
        while worker.work():
            """There was something."""

    def image(self, image_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.mine.call("get_image", image_generation_id=image_id)
        return found

    def got(self, url: str, method: str = "GET", **options: Any) -> TestResponse:
        """Return what our door answers."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}" == "https://media.example"
        return self.door.open(parts.path, method=method, **options)

    def lies(self, key: str) -> bytes:
        return b"".join(self.blobs.chunks(key))

    def result(self, image_id: str) -> str:
        """Return the key of a result."""
        ref: str = self.image(image_id)["result_image_url"]
        return ref.removeprefix("blob:")

    def zipped(self, project: Project, **asked: Any) -> zipfile.ZipFile:
        """Return the archive that a project's link leads to."""
        link = self.mine.call("download_project", project_id=project.id, **asked)
        answer = self.got(link["url"])
        assert answer.status_code == 200
        assert answer.content_length == link["size"] == len(answer.data)
        return zipfile.ZipFile(io.BytesIO(answer.data))


def started(workspace_id: UUID, project_id: UUID, unit: Unit) -> None:
    """Start a project, which billing clears."""
    by = project_messages.By(user_id=uuid4(), any_project=True)
    start = project_messages.Start(by=by, max_price_ore=None, unplaced=frozenset(), is_barred=False)
    unit.decide(project.decider, project_id, start)
    starting.answered(unit, project_id, KeepAnswer(workspace_id=workspace_id, run=1, reason=None))


def port_of(
    parts: Parts, issuer: TokenIssuer, clock: Clock, workspace_id: UUID, role: Any
) -> DirectPort:
    person = Actor(
        kind="person", id=str(uuid4()), session_id=uuid4(), workspace_id=workspace_id, role=role
    )
    caller = Caller(auth_token=issuer.issue(person, clock()))
    return DirectPort(facade=MediaService, door=lambda: parts.door, caller=caller)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask both stores where a test asks something of the store."""
    if "stored" in metafunc.fixturenames:
        stores = ["folder", "s3"] if metafunc.function in OF_THE_STORE else ["folder"]
        metafunc.parametrize("stored", stores, indirect=True, scope="module")


@pytest.fixture(scope="module")
def stored(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, str]]:
    key = {"BLOBS_KEY": "only-for-tests-" * 3}
    if request.param == "folder":
        folder = str(tmp_path_factory.mktemp("blobs"))
        yield {**key, "BLOBS": "folder", "BLOBS_FOLDER": folder}
        return
    with object_store("media-out") as endpoint:
        yield {**key, **settings_of(endpoint, "media-out")}


@pytest.fixture(scope="module")
def studio(
    postgres_server: Server, stored: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Studio]:
    with media_at_work(postgres_server, stored, tmp_path_factory.mktemp("work")) as made:
        yield Studio(*made)


def photograph(number: int = 0, longest_px: int = 400) -> bytes:
    """Return a real photograph, small, that says what it is not to tell."""
    small = io.BytesIO()
    with Image.open(str(get_all_photos()[number])) as picture:
        picture.thumbnail((longest_px, longest_px))
        picture.save(small, "JPEG")
    with pyexiv2.ImageData(small.getvalue()) as told:
        told.modify_exif(TOLD)
        return bytes(told.get_bytes())


@pytest.fixture(scope="module")
def three(studio: Studio) -> Project:
    return studio.finished(
        [photograph(0), photograph(1), photograph(2)],
        "Stue mot sør.JPG",
        "../kjøkken.heic",
        "[erased]",
    )


def said(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    with pyexiv2.ImageData(content) as picture:
        assert picture.read_iptc() == {}
        assert not picture.read_thumbnail()
        return picture.read_exif(), picture.read_xmp()


def must_tell_the_credits_alone(content: bytes) -> dict[str, Any]:
    """Return the XMP of a file that tells neither a place, nor a number, nor a maker's note.

    ExifTool, where it is installed, reads it as pyexiv2 does everywhere.
    """
    exif, xmp = said(content)
    kept = {name: exif.get(name) for name in tuple(TOLD)[:3]}
    assert kept == dict(list(TOLD.items())[:3])
    assert set(exif) - {"Exif.Image.ExifTag"} == set(kept)
    assert b"SERIAL" not in content
    if EXIFTOOL is not None:
        told = by_exiftool(EXIFTOOL, content)
        assert not [each for each in told if any(word in each for word in TELLING)]
        assert ("XMP-iptcExt:DigitalSourceType" in told) == (SOURCE_TYPE in xmp)
    return xmp


def by_exiftool(path: str, content: bytes) -> dict[str, Any]:
    """Return what ExifTool finds in a file, by group and name."""
    command = [path, "-G1", "-j", "-"]
    told = subprocess.run(command, input=content, capture_output=True, check=True).stdout
    (found,) = json.loads(told)
    return dict(found)


def test_a_photograph_has_small_copies_from_its_confirmation_on(studio: Studio) -> None:
    (image_id,) = studio.sent([photograph(0, 1_500)]).images

    row = studio.image(image_id)

    for name, longest, most in (("thumb", 320, 40_000), ("preview", 1_280, 250_000)):
        ref = row["original_image_url"].removesuffix(".jpg") + f"-{longest}.jpg"
        assert row[name]["ref"] == ref
        content = studio.lies(ref.removeprefix("blob:"))
        assert len(content) <= most
        assert max(Image.open(io.BytesIO(content)).size) == longest
        assert SOURCE_TYPE not in must_tell_the_credits_alone(content)


def test_a_heic_is_shown_by_its_small_copies(studio: Studio) -> None:
    content = io.BytesIO()
    with Image.open(io.BytesIO(photograph())) as picture:
        picture.save(content, "HEIF")
    (image_id,) = studio.sent([content.getvalue()], kind="image/heic").images

    row = studio.image(image_id)

    assert row["original_image_url"].endswith(".heic")
    assert row["preview"]["ref"].endswith("-1280.jpg")
    assert Image.open(io.BytesIO(studio.lies(row["preview"]["ref"][5:]))).format == "JPEG"


def test_a_result_and_its_small_copies_say_how_they_came_to_be(
    studio: Studio, three: Project
) -> None:
    key = studio.result(three.images[0])
    base = key.removesuffix(".jpg")

    assert {each.key for each in studio.blobs.listed(base)} == {
        key,
        f"{base}-320.jpg",
        f"{base}-1280.jpg",
    }
    row = studio.image(three.images[0])
    assert row["thumb"]["ref"] == f"blob:{base}-320.jpg"
    assert sha256(studio.lies(key)).hexdigest() == row["sha256"]
    for each in (key, f"{base}-320.jpg", f"{base}-1280.jpg"):
        xmp = must_tell_the_credits_alone(studio.lies(each))
        assert xmp[SOURCE_TYPE] == f"{SOURCE_TYPES}algorithmicallyEnhanced"


def test_an_archive_holds_the_finished_photographs_by_their_names(
    studio: Studio, three: Project, tmp_path: Path
) -> None:
    archive = studio.zipped(three)

    assert archive.namelist() == ["001-Stue mot sør.jpg", "002-kjøkken.jpg", "003-Kitchen.jpg"]
    for name, image_id in zip(archive.namelist(), three.images, strict=True):
        assert archive.read(name) == studio.lies(studio.result(image_id))
        assert archive.getinfo(name).compress_type == zipfile.ZIP_STORED
    link = studio.mine.call("download_project", project_id=three.id)
    assert link["file_name"] == "Storgata 2 H01-2026-04-15.zip"
    (tmp_path / "it.zip").write_bytes(studio.got(link["url"]).data)
    tested = subprocess.run(["unzip", "-tq", tmp_path / "it.zip"], capture_output=True, text=True)
    assert (tested.returncode, "No errors detected" in tested.stdout) == (0, True)


def test_an_archives_link_says_what_it_is(studio: Studio, three: Project) -> None:
    link = studio.mine.call("download_project", project_id=three.id)

    answer = studio.got(link["url"], "HEAD")

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(link["size"])
    assert answer.content_type == "application/zip"
    assert answer.headers["Content-Disposition"].endswith("''Storgata%202%20H01-2026-04-15.zip")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_named_versions_are_taken_home_in_the_order_they_are_named(
    studio: Studio, three: Project
) -> None:
    wanted = [three.images[2], three.images[0]]

    archive = studio.zipped(three, image_generation_ids=wanted)

    assert archive.namelist() == ["001-Kitchen.jpg", "002-Stue mot sør.jpg"]


def test_what_cannot_be_taken_home_is_refused(studio: Studio, three: Project) -> None:
    waiting, other = studio.sent([photograph()]), studio.finished([photograph()])

    def asked(of: Project, *images: str) -> None:
        wanted = {"image_generation_ids": list(images)} if images else {}
        studio.mine.call("download_project", project_id=of.id, **wanted)

    with pytest.raises(NotFound, match=r"media\.nothing_to_download"):
        asked(waiting)
    with pytest.raises(Rejected, match=r"media\.not_completed"):
        asked(waiting, *waiting.images)
    for foreign in (other.images[0], str(uuid4())):
        with pytest.raises(NotFound, match=r"media\.image_not_found"):
            asked(three, three.images[0], foreign)
    with pytest.raises(NotFound, match=r"media\.project_not_found"):
        studio.theirs.call("download_project", project_id=three.id)


def test_an_archive_of_which_something_has_gone_is_not_begun(studio: Studio) -> None:
    lost, deleted = studio.finished([photograph(), photograph(1)]), studio.finished([photograph()])
    assert studio.zipped(lost).testzip() is None
    links = [
        studio.mine.call("download_project", project_id=each.id)["url"] for each in (lost, deleted)
    ]
    studio.blobs.delete(studio.result(lost.images[1]))
    studio.unit(lambda unit: unit.decide(image.decider, UUID(deleted.images[0]), Remove()))

    for link in links:
        answer = studio.got(link)
        assert answer.status_code == 410
        assert "a photograph has gone" in answer.text


def test_an_archives_link_is_over_after_a_quarter_of_an_hour(
    studio: Studio, three: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = studio.mine.call("download_project", project_id=three.id)
    monkeypatch.setattr(studio.clock, "now", datetime.fromisoformat(link["expires_at"]))

    assert studio.got(link["url"]).status_code == 403
    assert studio.got(link["url"][:-3]).status_code == 403


def test_a_materially_altered_picture_is_taken_home_with_a_line_that_says_so(
    studio: Studio,
) -> None:
    made = studio.finished([photograph(), photograph(1)], "a.jpg", "b.jpg")
    altered = made.images[0]
    studio.admin.call(
        "set_alteration", image_generation_id=altered, alteration="material", reason="The sky."
    )
    with pytest.raises(Conflict, match=r"media\.label_not_ready") as refusal:
        studio.zipped(made, label=True)
    assert refusal.value.retryable
    studio.work()

    labelled, plain = studio.zipped(made, label=True), studio.zipped(made)

    assert labelled.read("002-b.jpg") == plain.read("002-b.jpg")
    assert plain.read("001-a.jpg") == studio.lies(studio.result(altered))
    key = studio.result(altered).removesuffix(".jpg") + "-labelled.jpg"
    assert labelled.read("001-a.jpg") == studio.lies(key) != plain.read("001-a.jpg")
    xmp = must_tell_the_credits_alone(studio.lies(key))
    assert xmp[SOURCE_TYPE] == f"{SOURCE_TYPES}compositeSynthetic"
    before, after = (
        Image.open(io.BytesIO(each.read("001-a.jpg"))).convert("L") for each in (plain, labelled)
    )
    corner = (0, before.height - 12, 60, before.height)
    assert sum(after.crop(corner).tobytes()) < 0.8 * sum(before.crop(corner).tobytes())


def test_what_is_said_of_a_version_can_be_corrected_with_a_reason(studio: Studio) -> None:
    (image_id,) = studio.finished([photograph()]).images
    asked = {"image_generation_id": image_id}
    said = studio.mine.call("disclosure", **asked)

    assert said["alteration"] == "technical"
    assert said["digital_source_type"] == f"{SOURCE_TYPES}algorithmicallyEnhanced"
    assert (said["engine"], said["original"]) == ("local", None)
    assert said["model"] in said["statement"]["nb"] and said["model"] in said["statement"]["en"]

    studio.admin.call("set_alteration", **asked, alteration="none", reason="Åpnet og lagret.")

    said = studio.mine.call("disclosure", **asked)
    assert (said["alteration"], said["digital_source_type"]) == (
        "none",
        f"{SOURCE_TYPES}digitalCapture",
    )
    assert said["statement"]["nb"] == "Bildet er ikke endret."
    kept = studio.parts.app.query(
        lambda db: db.exec_driver_sql(
            "select subject_id, value from personal where row_id = %s and field = %s",
            (image_id, "alteration_reason"),
        ).all()
    )
    assert kept == [(str(studio.workspace), "Åpnet og lagret.")]
    with pytest.raises(NotFound, match=r"media\.image_not_found"):
        studio.theirs.call("disclosure", **asked)
    with pytest.raises(NotFound, match=r"media\.image_not_found"):
        studio.theirs.call("set_alteration", **asked, alteration="material", reason="x")
    with pytest.raises(Forbidden):
        studio.mine.call("set_alteration", **asked, alteration="material", reason="x")


def test_a_published_original_is_seen_until_it_is_revoked(studio: Studio) -> None:
    with pyexiv2.ImageData(photograph()) as told:
        told.modify_exif({"Exif.Image.Orientation": "6"})
        sent = bytes(told.get_bytes())
    made = studio.sent([sent])
    asked = {"image_generation_id": made.images[0]}
    key = str(uuid4())

    shown = studio.admin.call("publish_original", **asked, idempotency_key=key)

    answer = studio.got(shown["url"])
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert said(answer.data) == ({}, {})
    assert b"SERIAL" not in answer.data and b"Exif" not in answer.data
    assert Image.open(io.BytesIO(answer.data)).size == Image.open(io.BytesIO(sent)).size[::-1]
    assert studio.got(shown["url"], "HEAD").content_length == len(answer.data)
    again = studio.admin.call("publish_original", **asked)
    repeated = studio.admin.call("publish_original", **asked, idempotency_key=key)
    told_again = studio.mine.call("disclosure", **asked)["original"]
    assert {shown["url"]} == {each["url"] for each in (again, repeated, told_again)}
    assert told_again["published_at"] is not None
    at = [each.key for each in studio.blobs.listed(f"{studio.workspace}/{made.id}/published/")]
    assert len(at) == 1 and at[0].split("/")[-1].startswith(made.images[0])

    studio.admin.call("revoke_original", **asked)

    assert studio.got(shown["url"]).status_code == 404
    studio.work()
    assert studio.mine.call("disclosure", **asked)["original"] is None
    studio.admin.call("publish_original", **asked, idempotency_key=key)  # a late repeat
    assert studio.got(shown["url"]).status_code == 404
    assert not any(studio.blobs.listed(f"{studio.workspace}/{made.id}/published/"))
    anew = studio.admin.call("publish_original", **asked)
    assert anew["url"] != shown["url"]
    assert (studio.got(anew["url"]).status_code, studio.got(shown["url"]).status_code) == (200, 404)


def test_the_original_itself_stays_as_it_was_sent(studio: Studio) -> None:
    content = photograph()
    made = studio.sent([content])
    studio.admin.call("publish_original", image_generation_id=made.images[0])

    where = studio.workspace, UUID(made.id), UUID(made.images[0])
    assert studio.lies(original_key(*where, "image/jpeg")) == content


def test_nobody_else_publishes_and_no_address_is_guessed(studio: Studio) -> None:
    made = studio.sent([photograph()])
    asked = {"image_generation_id": made.images[0]}

    with pytest.raises(Forbidden):
        studio.mine.call("publish_original", **asked)
    for method in ("publish_original", "revoke_original"):
        with pytest.raises(NotFound, match=r"media\.image_not_found"):
            studio.theirs.call(method, **asked)
    assert studio.got("https://media.example/originals/x").status_code == 404
    assert studio.got("https://media.example/originals/").status_code == 404


def test_a_photograph_that_is_deleted_is_shown_to_nobody(studio: Studio) -> None:
    made = studio.sent([photograph()])
    shown = studio.admin.call("publish_original", image_generation_id=made.images[0])
    studio.unit(lambda unit: unit.decide(image.decider, UUID(made.images[0]), Remove()))

    assert studio.got(shown["url"]).status_code == 404


OF_THE_STORE = (
    test_an_archive_of_which_something_has_gone_is_not_begun,
    test_a_published_original_is_seen_until_it_is_revoked,
)
