"""Blobs: whole or not at all, and reached by nobody without a link that is ours and fresh."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from chassis import errors
from chassis.door.web import PublicDoor, Route
from gateways.blobs_folder import LINK_LIFETIME, Folder

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BYTES = bytes(range(256)) * 20
SHA256 = hashlib.sha256(BYTES).hexdigest()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Folder:
    return Folder(tmp_path / "blobs", "", "signing-key", clock)


@pytest.fixture
def client(folder: Folder) -> Client:
    methods = ("GET", "HEAD", "PUT", "POST", "DELETE")
    return Client(PublicDoor([Route(path="/blobs/<token>", methods=methods, answer=folder.answer)]))


def stored(folder: Folder) -> list[str]:
    files = (path for path in folder.root.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(folder.root)) for path in files)


def test_bytes_are_stored_and_known_by_their_hash(folder: Folder, tmp_path: Path) -> None:
    blob = folder.put("images/a.jpg", BYTES)
    assert (blob.key, blob.size, blob.sha256) == ("images/a.jpg", len(BYTES), SHA256)
    assert blob.ref == "blob:images/a.jpg"
    assert folder.stat("images/a.jpg") == blob
    (tmp_path / "source").write_bytes(BYTES)
    assert folder.put_file("images/b.jpg", tmp_path / "source").sha256 == SHA256
    assert stored(folder) == ["images/a.jpg", "images/b.jpg"]


def test_a_failure_in_the_middle_leaves_what_was_there(folder: Folder) -> None:
    folder.put("a.jpg", b"first")

    def breaking() -> Iterator[bytes]:
        yield b"half of the second"
        raise OSError("the disk is gone")

    for key in ("a.jpg", "new/b.jpg"):
        with pytest.raises(OSError, match="the disk is gone"):
            folder._store(key, breaking())
    assert folder.path("a.jpg").read_bytes() == b"first"
    assert stored(folder) == ["a.jpg"]


def test_bytes_that_are_not_there_are_not_found(folder: Folder) -> None:
    for ask in (folder.path, folder.stat):
        with pytest.raises(errors.NotFound):
            ask("nothing.jpg")


@pytest.mark.parametrize(
    "key",
    [
        "../outside",
        "a/../../outside",
        "a/..",
        "..",
        ".",
        "",
        "/etc/passwd",
        "a//b",
        "a/",
        ".hidden",
        "a/.hidden",
        "a\\b",
        "A.jpg",
        "a.jpg\n",
        "a\x00b",
        "a b",
        "é",
        "a.tar.gz",
    ],
)
def test_a_key_that_could_lead_elsewhere_is_refused(
    folder: Folder, tmp_path: Path, key: str
) -> None:
    (tmp_path / "outside").write_bytes(b"not ours to give")
    with pytest.raises(errors.Invalid):
        folder.put(key, b"x")
    with pytest.raises(errors.Invalid):
        folder.path(key)
    assert (tmp_path / "outside").read_bytes() == b"not ours to give"


def test_a_link_gives_the_bytes_and_their_type(folder: Folder, client: Client) -> None:
    folder.put("a.jpg", BYTES)
    link = folder.link("a.jpg", "image/jpeg")
    assert link["expires_at"] == datetime(2026, 3, 1, 12, 15, tzinfo=UTC)
    with client.get(link["url"]) as response:
        assert (response.status_code, response.data) == (200, BYTES)
        assert response.content_type == "image/jpeg"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    with client.head(link["url"]) as response:
        assert (response.status_code, response.data) == (200, b"")
        assert response.content_length == len(BYTES)


@pytest.mark.parametrize(
    "asked,status,expected",
    [
        ("bytes=0-9", 206, BYTES[:10]),
        ("bytes=100-", 206, BYTES[100:]),
        ("bytes=-5", 206, BYTES[-5:]),
        (f"bytes={len(BYTES)}-", 416, None),
    ],
)
def test_a_range_of_the_bytes_can_be_asked_for(
    folder: Folder, client: Client, asked: str, status: int, expected: bytes | None
) -> None:
    folder.put("a.mp4", BYTES)
    url = folder.link("a.mp4", "video/mp4")["url"]
    with client.get(url, headers={"Range": asked}) as response:
        assert response.status_code == status
        if expected is not None:
            assert response.data == expected


def test_a_link_lasts_fifteen_minutes(folder: Folder, client: Client, clock: Clock) -> None:
    folder.put("a.jpg", BYTES)
    url = folder.link("a.jpg", "image/jpeg")["url"]
    assert timedelta(minutes=15) == LINK_LIFETIME
    clock.now = NOON + LINK_LIFETIME - timedelta(seconds=1)
    with client.get(url) as response:
        assert response.status_code == 200
    clock.now = NOON + LINK_LIFETIME
    assert client.get(url).status_code == 403


def test_a_link_that_is_not_ours_gives_nothing(
    folder: Folder, client: Client, tmp_path: Path, clock: Clock
) -> None:
    folder.put("a.jpg", BYTES)
    folder.put("b.jpg", b"another")
    url = folder.link("a.jpg", "image/jpeg")["url"]
    other = Folder(tmp_path / "blobs", "", "another-key", clock).link("a.jpg", "image/jpeg")["url"]
    others_payload = folder.link("b.jpg", "image/jpeg")["url"].rpartition(".")[0]
    mixed = f"{others_payload}.{url.rpartition('.')[2]}"
    for forged in (
        other,
        mixed,
        url[:-1],
        url + "x",
        "/blobs/x",
        "/blobs/a.b",
        "/blobs/..%2Fa.jpg",
    ):
        assert client.get(forged).status_code in (403, 404), forged


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_link_to_read_is_only_that(folder: Folder, client: Client, method: str) -> None:
    folder.put("a.jpg", BYTES)
    url = folder.link("a.jpg", "image/jpeg")["url"]
    assert client.open(url, method=method, data=b"x").status_code == 403
    assert folder.path("a.jpg").read_bytes() == BYTES


def test_a_link_to_bytes_that_are_gone_is_not_found(folder: Folder, client: Client) -> None:
    assert client.get(folder.link("gone.jpg", "image/jpeg")["url"]).status_code == 404


def upload(client: Client, link: dict[str, Any], content: bytes, **changed: Any) -> int:
    options = {"data": content, "headers": link["headers"]} | changed
    return client.open(link["url"], method=link["method"], **options).status_code


@pytest.fixture
def link(folder: Folder) -> dict[str, Any]:
    return folder.upload_link("up/a.jpg", "image/jpeg", len(BYTES), SHA256)


def test_exactly_the_announced_bytes_are_taken(
    folder: Folder, client: Client, link: dict[str, Any]
) -> None:
    assert upload(client, link, BYTES) == 201
    assert folder.stat("up/a.jpg").sha256 == SHA256
    assert upload(client, link, BYTES) == 201
    assert stored(folder) == ["up/a.jpg"]


@pytest.mark.parametrize(
    "content,changed",
    [
        (BYTES + b"x", {}),
        (BYTES[:-1], {}),
        (b"", {}),
        (BYTES[::-1], {}),  # as many, but others
        (BYTES, {"headers": {"Content-Type": "text/html"}}),
        (BYTES, {"headers": {}}),
    ],
)
def test_other_bytes_or_another_type_are_refused_and_leave_nothing(
    folder: Folder, client: Client, link: dict[str, Any], content: bytes, changed: dict[str, Any]
) -> None:
    assert upload(client, link, content, **changed) == 422
    assert stored(folder) == []


def test_an_upload_that_breaks_off_leaves_nothing(
    folder: Folder, client: Client, link: dict[str, Any]
) -> None:
    status = client.open(
        link["url"],
        method="PUT",
        input_stream=BytesIO(BYTES[:100]),
        environ_overrides={"CONTENT_LENGTH": str(len(BYTES))},
        headers=link["headers"],
    ).status_code
    assert status == 400
    assert stored(folder) == []


def test_a_link_to_upload_does_not_read_and_expires(
    folder: Folder, client: Client, link: dict[str, Any], clock: Clock
) -> None:
    folder.put("up/a.jpg", BYTES)
    assert client.get(link["url"]).status_code == 403
    clock.now = NOON + LINK_LIFETIME
    assert upload(client, link, BYTES) == 403


def bug(request: Request) -> Response:
    raise ZeroDivisionError("with a secret in it")


def test_the_door_answers_what_its_routes_say_and_hides_bugs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def hear(request: Request) -> Response:
        return Response(request.get_data())

    door = PublicDoor(
        [
            Route(path="/hook", methods=("POST",), answer=hear, max_bytes=10),
            Route(path="/bug", methods=("GET",), answer=bug),
        ]
    )
    client = Client(door)
    assert client.post("/hook", data=b"0123456789").data == b"0123456789"
    assert client.post("/hook", data=b"0123456789x").status_code == 413
    assert client.get("/hook").status_code == 405
    assert client.get("/elsewhere").status_code == 404
    response = client.get("/bug")
    assert (response.status_code, response.data) == (500, b"")
    assert "a bug" in caplog.text
