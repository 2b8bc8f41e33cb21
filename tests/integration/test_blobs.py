"""What a store of blobs promises, asked of both: the same cases, the same answers.

The bucket is moto's, which checks neither a signature nor an expiry nor a checksum. So of a link of
S3's it is shown what is signed, and not that a real S3 refuses what was not: no promise of ours
rests on that (`test_media_uploads.py`).
"""

import hashlib
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import requests

from chassis import ids
from chassis.errors import Invalid, NotFound, Unavailable
from gateways.port import LINK, Blobs
from integration.stages.stores import Stage, buckets, folders, opened

BYTES = bytes(range(256)) * 20
SHA256 = hashlib.sha256(BYTES).hexdigest()
MIB = 1 << 20
FLAT_KIB = 12 * 1024  # how much larger a process may get by any blob
NO_KEYS = (
    *("", ".", "..", "../outside", "a/../../outside", "a/..", "/etc/passwd", "a//b", "a/"),
    *(".hidden", "a/.hidden", ".parts/a", "a\\b", "A.jpg", "a.jpg\n", "a\x00b", "a b", "é"),
    *("a.tar.gz", "a.", "-a", "a" * 201, "/".join("a" * 103 for _ in range(5))),
    *("video/a.jpg", "media/a.jpg", "../video/a.jpg", "/video/a.jpg"),
)
ODD_KEYS = ("a", "0/-/_", "a-/b_.mp4", "a" * 200, "/".join("a" * 101 for _ in range(5)))


@pytest.fixture(scope="module", params=["folder", "s3"])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    made = folders(tmp_path_factory.mktemp("blobs")) if request.param == "folder" else buckets()
    with made as stage:
        yield stage


@pytest.fixture
def blobs(stage: Stage) -> Blobs:
    return stage.blobs


@pytest.fixture
def key() -> str:
    """A key of this test's own."""
    return f"{uuid4()}/a.jpg"


def read(blobs: Blobs, key: str) -> bytes:
    return b"".join(blobs.chunks(key))


def keys(blobs: Blobs, prefix: str) -> list[str]:
    return sorted(each.key for each in blobs.listed(prefix))


def asks(blobs: Blobs, key: str) -> dict[str, Callable[[], object]]:
    """Return everything that can be asked of a key."""

    def local() -> None:
        with blobs.local(key):
            raise AssertionError("there is a file")

    return {
        "put": lambda: blobs.put(key, b"x"),
        "put_file": lambda: blobs.put_file(key, Path(__file__)),
        "copy to": lambda: blobs.copy("there", key),
        "delete": lambda: blobs.delete(key),
        "link": lambda: blobs.link(key, "image/jpeg"),
        "upload_link": lambda: blobs.upload_link(key, "image/jpeg", 1, SHA256),
        "stat": lambda: blobs.stat(key),
        "chunks": lambda: read(blobs, key),
        "copy": lambda: blobs.copy(key, "there"),
        "local": local,
    }


def away(stage: Stage, folder: Path) -> Blobs:
    """Return such a store that does not answer: nobody listens, the volume is not mounted."""
    gone = {"BLOBS_FOLDER": str(folder / "gone"), "BLOBS_ENDPOINT": "http://127.0.0.1:1"}
    store = opened({**stage.variables, **gone})
    if stage.kind == "folder":
        (folder / "gone" / ".parts").rmdir()
    return store.blobs


def test_bytes_are_stored_and_known_by_their_hash(blobs: Blobs, key: str, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(BYTES)
    for stored in (blobs.put(key, BYTES), blobs.put_file(key, tmp_path / "source")):
        assert (stored.key, stored.size, stored.sha256) == (key, len(BYTES), SHA256)
        assert stored.ref == f"blob:{key}"
        assert blobs.stat(key) == stored
        assert read(blobs, key) == BYTES
        with blobs.local(key) as path:
            assert path.read_bytes() == BYTES


def test_nothing_is_bytes_too(blobs: Blobs, key: str, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for stored in (blobs.put(key, b""), blobs.put_file(key, tmp_path / "empty")):
        assert (stored.size, stored.sha256) == (0, hashlib.sha256().hexdigest())
        assert blobs.stat(key) == stored
        assert read(blobs, key) == b""
    assert blobs.copy(key, f"{key}g").size == 0
    assert requests.get(blobs.link(key, "image/jpeg").url, timeout=10).content == b""


def test_what_is_not_there_is_not_found(blobs: Blobs, key: str) -> None:
    reading = {
        name: ask
        for name, ask in asks(blobs, key).items()
        if name in ("stat", "chunks", "copy", "local")
    }
    for name, ask in reading.items():
        with pytest.raises(NotFound) as refusal:
            ask()
        assert refusal.value.code == "chassis.blob_not_found", name
    # S3 tells strangers what is not there only where they might list, so moto does not
    assert requests.get(blobs.link(key, "image/jpeg").url, timeout=10).status_code in (403, 404)
    assert keys(blobs, key.partition("/")[0]) == []


def test_what_is_no_key_is_refused_and_nothing_is_asked(stage: Stage, tmp_path: Path) -> None:
    blobs = away(stage, tmp_path)
    for no_key in NO_KEYS:
        for name, ask in asks(blobs, no_key).items():
            with pytest.raises(Invalid) as refusal:
                ask()
            assert refusal.value.code == "chassis.invalid_argument", (name, no_key)


def test_odd_keys_are_keys(blobs: Blobs) -> None:
    for odd in ODD_KEYS:
        stored = blobs.put(odd, BYTES)
        assert blobs.stat(odd) == stored
        beginning = odd.rpartition(".")[0] or odd  # others may begin so as well
        assert odd in keys(blobs, beginning)
        assert requests.get(blobs.link(odd, "image/jpeg").url, timeout=10).content == BYTES
        blobs.delete(odd)
        assert odd not in keys(blobs, beginning)


def test_nobody_sees_another_services_blobs(stage: Stage, key: str) -> None:
    stage.others.put(key, BYTES)
    assert list(stage.blobs.listed(key.partition("/")[0])) == []
    with pytest.raises(NotFound):
        stage.blobs.stat(key)
    for prefix in ("video", "video/", "../video/", "/video", "..", ".parts"):
        with pytest.raises(Invalid):
            list(stage.blobs.listed(prefix))
    stage.blobs.delete(key)
    assert read(stage.others, key) == BYTES


def test_a_copy_takes_the_place_of_what_was_there_and_stands_by_itself(
    blobs: Blobs, key: str
) -> None:
    target = f"{uuid4()}/b.jpg"
    blobs.put(target, b"something else, and longer" * 1_000)
    blobs.put(key, BYTES)
    copied = blobs.copy(key, target)
    assert (copied.key, copied.size, copied.sha256) == (target, len(BYTES), SHA256)
    blobs.put(key, b"changed")
    assert read(blobs, target) == BYTES
    blobs.delete(key)
    assert blobs.stat(target) == copied


def test_what_is_deleted_is_gone_and_may_be_deleted_again(blobs: Blobs, key: str) -> None:
    blobs.put(key, BYTES)
    for _ in range(2):
        blobs.delete(key)
        with pytest.raises(NotFound):
            blobs.stat(key)


def test_a_file_to_read_stays_as_it_was_while_it_is_read(blobs: Blobs, key: str) -> None:
    blobs.put(key, BYTES)
    with blobs.local(key) as path:
        blobs.put(key, b"others")
        assert path.read_bytes() == BYTES
        blobs.delete(key)
        assert path.read_bytes() == BYTES
    assert not path.exists()


def test_a_listing_goes_on_to_its_end(stage: Stage) -> None:
    folder = str(uuid4())
    wanted = sorted(f"{folder}/{number % 7}/{number:04}.jpg" for number in range(2_500))
    stage.fill(wanted)
    assert keys(stage.blobs, folder[:-1]) == wanted
    assert keys(stage.blobs, f"{folder}/3/0") == [each for each in wanted if "/3/0" in each]
    listed = next(stage.blobs.listed(f"{folder}/3"))
    assert listed.size == 1
    assert abs(ids.now() - listed.modified_at) < timedelta(minutes=5)
    assert keys(stage.blobs, f"{folder}/8") == []


def test_a_link_gives_the_bytes_as_what_they_are(blobs: Blobs, key: str) -> None:
    blobs.put(key, BYTES)
    before = ids.now()
    link = blobs.link(key, "image/jpeg", file_name='Bad "é"\r\n.jpg')
    assert before + LINK <= link.expires_at <= ids.now() + LINK
    answer = requests.get(link.url, timeout=10)
    assert (answer.status_code, answer.content) == (200, BYTES)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, no-store"
    saved = "attachment; filename*=UTF-8''Bad%20%22%C3%A9%22%0D%0A.jpg"
    assert answer.headers["Content-Disposition"] == saved
    assert requests.get(link.url, headers={"Range": "bytes=5-9"}, timeout=10).content == BYTES[5:10]


def test_a_link_to_send_by_takes_what_was_announced(blobs: Blobs, key: str) -> None:
    link = blobs.upload_link(key, "image/jpeg", len(BYTES), SHA256)
    for _ in range(2):
        sent = requests.request(link.method, link.url, data=BYTES, headers=link.headers, timeout=10)
        assert sent.ok
        assert blobs.stat(key).sha256 == SHA256


def test_a_link_ends(stage: Stage, key: str) -> None:
    """The folder's door refuses it; of S3's it is shown that the end is in what is signed."""
    stage.blobs.put(key, BYTES)
    url = stage.blobs.link(key, "image/jpeg", lifetime=timedelta(seconds=0)).url
    if stage.kind == "folder":
        assert requests.get(url, timeout=10).status_code == 403
        return
    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["0"]
    upload = stage.blobs.upload_link(key, "image/jpeg", len(BYTES), SHA256)
    signed = parse_qs(urlsplit(upload.url).query)
    assert signed["X-Amz-Expires"] == ["900"]
    assert signed["X-Amz-SignedHeaders"] == [
        "content-length;content-type;host;x-amz-checksum-sha256"
    ]
    where = stage.variables["BLOBS_ENDPOINT"], stage.variables["BLOBS_BUCKET"], "media"
    assert upload.url.startswith("/".join(where) + "/")  # docs/deploying.md: video's SOURCES


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=pytest.mark.long)])
def test_a_process_that_is_killed_leaves_a_blob_whole(
    stage: Stage, tmp_path: Path, kills: int
) -> None:
    folder = str(uuid4())
    contents = {}
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(name.encode() * 4 * MIB)
        contents[name] = hashlib.sha256(name.encode() * 4 * MIB).hexdigest()
    for puts in range(1, kills + 1):
        child = stage.child(
            "overwrite", f"{folder}/film.mp4", *(str(tmp_path / name) for name in contents)
        )
        assert child.stdout is not None
        for _ in range(puts):
            assert child.stdout.readline() == "put\n"
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert stage.blobs.stat(f"{folder}/film.mp4").sha256 in contents.values()
        assert keys(stage.blobs, folder) == [f"{folder}/film.mp4"]


@pytest.mark.parametrize("size", [24 * MIB, pytest.param(200 * MIB, marks=pytest.mark.long)])
def test_a_large_blob_takes_no_memory(stage: Stage, key: str, tmp_path: Path, size: int) -> None:
    with (tmp_path / "large").open("wb") as large:
        large.truncate(size)
    said, _ = stage.child("carry", key.replace(".jpg", ""), str(tmp_path / "large")).communicate()
    assert int(said) < FLAT_KIB
    for each in list(stage.blobs.listed(key.partition("/")[0])):
        stage.blobs.delete(each.key)


def test_a_store_that_is_away_is_no_missing_blob(stage: Stage, tmp_path: Path) -> None:
    blobs = away(stage, tmp_path)
    for ask in (
        lambda: blobs.stat("a.jpg"),
        lambda: blobs.put("a.jpg", b"x"),
        lambda: blobs.delete("a"),
        lambda: list(blobs.listed("")),
    ):
        with pytest.raises(Unavailable) as refusal:
            ask()
        assert refusal.value.code == "chassis.blobs_unavailable"
        assert refusal.value.retryable
