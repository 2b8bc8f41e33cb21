"""Blobs in a folder: reached by nobody without a link that is ours and fresh.

What both stores promise stands in `tests/integration/test_blobs.py`.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode
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
from gateways.blobs_folder import Folder
from gateways.port import LINK, UploadLink

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


def signed_by(tmp_path: Path, clock: Clock, *keys: str) -> Folder:
    return Folder(tmp_path / "blobs", "", keys, clock)


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Folder:
    return signed_by(tmp_path, clock, "signing-key")


def client_of(folder: Folder) -> Client:
    methods = ("GET", "HEAD", "PUT", "POST", "DELETE")
    return Client(PublicDoor([Route(path="/blobs/<token>", methods=methods, answer=folder.answer)]))


@pytest.fixture
def client(folder: Folder) -> Client:
    return client_of(folder)


def sealed(response: Response) -> bool:
    """Whether nobody between keeps it, and no browser takes it for what it is not said to be."""
    kept = response.headers.getlist("Cache-Control") == ["private, no-store"]
    return kept and response.headers["X-Content-Type-Options"] == "nosniff"


def status(client: Client, url: str, **headers: str) -> int:
    with client.get(url, headers=headers) as response:
        return response.status_code


def stored(folder: Folder) -> list[str]:
    files = (path for path in folder.root.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(folder.root)) for path in files)


def test_a_failure_in_the_middle_leaves_what_was_there(folder: Folder) -> None:
    folder.put("a.jpg", b"first")

    def breaking() -> Iterator[bytes]:
        yield b"half of the second"
        raise OSError("the disk is gone")

    for key in ("a.jpg", "new/b.jpg"):
        with pytest.raises(errors.Unavailable):
            folder._store(key, breaking())
    assert b"".join(folder.chunks("a.jpg")) == b"first"
    assert stored(folder) == ["a.jpg"]


def test_a_link_gives_the_bytes_and_their_type(folder: Folder, client: Client) -> None:
    folder.put("a.jpg", BYTES)
    link = folder.link("a.jpg", "image/jpeg")
    assert link.expires_at == datetime(2026, 3, 1, 12, 15, tzinfo=UTC)
    with client.get(link.url) as response:
        assert (response.status_code, response.data) == (200, BYTES)
        assert response.content_type == "image/jpeg"
        assert sealed(response)
    with client.head(link.url) as response:
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
    url = folder.link("a.mp4", "video/mp4").url
    with client.get(url, headers={"Range": asked}) as response:
        assert response.status_code == status
        if expected is not None:
            assert response.data == expected


def test_a_link_lasts_fifteen_minutes(folder: Folder, client: Client, clock: Clock) -> None:
    folder.put("a.jpg", BYTES)
    url = folder.link("a.jpg", "image/jpeg").url
    assert timedelta(minutes=15) == LINK
    clock.now = NOON + LINK - timedelta(seconds=1)
    with client.get(url) as response:
        assert response.status_code == 200
    clock.now = NOON + LINK
    answer = client.get(url)
    assert answer.status_code == 403
    assert sealed(answer)


def test_a_link_that_is_not_ours_gives_nothing(
    folder: Folder, client: Client, tmp_path: Path, clock: Clock
) -> None:
    folder.put("a.jpg", BYTES)
    folder.put("b.jpg", b"another")
    url = folder.link("a.jpg", "image/jpeg").url
    other = signed_by(tmp_path, clock, "another-key").link("a.jpg", "image/jpeg").url
    others_payload = folder.link("b.jpg", "image/jpeg").url.rpartition(".")[0]
    mixed = f"{others_payload}.{url.rpartition('.')[2]}"
    for forged in (
        other,
        mixed,
        url[:-1],
        url + "x",
        "/blobs/x",
        "/blobs/a.b",
        "/blobs/..%2Fa.jpg",
        "/blobs/%FF.%C3%B8",
        "/blobs/.eJw.x",  # of what would be unpacked
        "/blobs/" + "x" * 50_000,
    ):
        assert client.get(forged).status_code in (403, 404), forged


def test_a_link_is_signed_by_hmac_sha_256(folder: Folder) -> None:
    payload, _, signature = folder.link("a.jpg", "image/jpeg").url[7:].rpartition(".")
    key = hmac.digest(b"signing-key", b"blob-link", "sha256")
    expected = hmac.digest(key, payload.encode(), "sha256")
    assert urlsafe_b64decode(signature + "=") == expected


def test_the_first_key_signs_and_each_verifies(tmp_path: Path, clock: Clock) -> None:
    old, both, new = (signed_by(tmp_path, clock, *keys) for keys in ("a", ("b", "a"), "b"))
    old.put("a.jpg", BYTES)
    by_old, by_both = (each.link("a.jpg", "image/jpeg").url for each in (old, both))
    answered = {
        name: [status(client_of(each), url) for url in (by_old, by_both)]
        for name, each in {"old": old, "both": both, "new": new}.items()
    }
    assert answered == {"old": [200, 403], "both": [200, 200], "new": [403, 200]}


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_link_to_read_is_only_that(folder: Folder, client: Client, method: str) -> None:
    folder.put("a.jpg", BYTES)
    url = folder.link("a.jpg", "image/jpeg").url
    assert client.open(url, method=method, data=b"x").status_code == 403
    assert folder.stat("a.jpg").sha256 == SHA256


def test_a_link_to_bytes_that_are_gone_is_not_found(folder: Folder, client: Client) -> None:
    answer = client.get(folder.link("gone.jpg", "image/jpeg").url)
    assert answer.status_code == 404
    assert sealed(answer)


def upload(client: Client, link: UploadLink, content: bytes, **changed: Any) -> int:
    options = {"data": content, "headers": link.headers} | changed
    return client.open(link.url, method=link.method, **options).status_code


@pytest.fixture
def link(folder: Folder) -> UploadLink:
    return folder.upload_link("up/a.jpg", "image/jpeg", len(BYTES), SHA256)


def test_exactly_the_announced_bytes_are_taken(
    folder: Folder, client: Client, link: UploadLink
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
    folder: Folder, client: Client, link: UploadLink, content: bytes, changed: dict[str, Any]
) -> None:
    assert upload(client, link, content, **changed) == 422
    assert stored(folder) == []


def test_an_upload_that_breaks_off_leaves_nothing(
    folder: Folder, client: Client, link: UploadLink
) -> None:
    status = client.open(
        link.url,
        method="PUT",
        input_stream=BytesIO(BYTES[:100]),
        environ_overrides={"CONTENT_LENGTH": str(len(BYTES))},
        headers=link.headers,
    ).status_code
    assert status == 400
    assert stored(folder) == []


def test_a_link_to_upload_does_not_read_and_expires(
    folder: Folder, client: Client, link: UploadLink, clock: Clock
) -> None:
    folder.put("up/a.jpg", BYTES)
    assert client.get(link.url).status_code == 403
    clock.now = NOON + LINK
    assert upload(client, link, BYTES) == 403


def test_a_door_whose_store_is_away_says_so(
    folder: Folder, client: Client, link: UploadLink
) -> None:
    folder.put("up/a.jpg", BYTES)
    reading = folder.link("up/a.jpg", "image/jpeg")
    (folder.root / ".parts").rmdir()
    assert client.get(reading.url).status_code == 503
    assert upload(client, link, BYTES[::-1]) == 503
    (folder.root / ".parts").mkdir()
    with client.get(reading.url) as response:
        assert response.data == BYTES


def test_what_a_killed_process_left_is_cleared_away_the_day_after(
    folder: Folder, tmp_path: Path, clock: Clock
) -> None:
    folder.put("a.jpg", BYTES)
    left = folder.root / ".parts" / "half"
    left.touch()
    clock.now = datetime.fromtimestamp(left.stat().st_ctime, UTC)
    for later, is_there in ((timedelta(hours=23), True), (timedelta(hours=25), False)):
        after = Clock()
        after.now = clock.now + later
        signed_by(tmp_path, after, "signing-key")
        assert left.exists() is is_there
    assert stored(folder) == ["a.jpg"]


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
    assert (response.status_code, response.get_json()["error"]) == (500, "a bug of ours")
    assert "a bug" in caplog.text
