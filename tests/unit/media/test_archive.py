"""An archive while it is sent: its size is known before, and hardly any of it is in memory."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateways.blobs_folder import Folder
from gateways.port import CHUNK
from media.archiving import contents
from media.gateways.archive import Entry, archive

WHERE = "a/b/result"


@pytest.fixture
def blobs(tmp_path: Path) -> Folder:
    return Folder(tmp_path, "https://media.example", ("key",))


def row(name: str, file_name: str = "x.jpg", alteration: str = "technical") -> dict[str, str]:
    ref = f"blob:{WHERE}/{name}.jpg"
    where = {"workspace_id": "a", "project_id": "b", "room_type": "kitchen"}
    return {"result_image_url": ref, "file_name": file_name, "alteration": alteration, **where}


def test_an_archive_is_as_long_as_it_said_and_whole(blobs: Folder) -> None:
    for number in range(3):
        blobs.put(f"{WHERE}/{number}.jpg", bytes([number]) * (number * CHUNK + 7))
    held = contents(
        blobs, [row(str(number), f"{number}å.heic") for number in range(3)], label=False
    )

    made = archive(blobs, held.entries)
    size, content = len(made), b"".join(made)

    assert size == len(content)
    with zipfile.ZipFile(io.BytesIO(content)) as read:
        assert read.testzip() is None
        assert read.namelist() == ["001-0å.jpg", "002-1å.jpg", "003-2å.jpg"]
        assert [each.file_size for each in read.infolist()] == [7, CHUNK + 7, 2 * CHUNK + 7]


def test_ten_large_results_take_next_to_no_memory(blobs: Folder) -> None:
    large = bytes(6 * CHUNK)  # as a photograph of 12 megapixels has
    entries = [Entry(key=f"{WHERE}/{n}.jpg", name=f"{n}.jpg", size=len(large)) for n in range(10)]
    for each in entries:
        blobs.put(each.key, large)
    made = archive(blobs, entries)

    tracemalloc.start()
    sent = sum(len(chunk) for chunk in made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sent > 60 * CHUNK
    assert peak < 4 * CHUNK


def test_with_labels_what_is_materially_altered_is_the_labelled_copy(blobs: Folder) -> None:
    for name in ("one", "one-labelled", "two", "two-labelled", "three"):
        blobs.put(f"{WHERE}/{name}.jpg", name.encode())
    rows = [row("one", alteration="material"), row("two"), row("three", alteration="material")]

    labelled, plain = (contents(blobs, rows, label=label) for label in (True, False))

    assert [each.key for each in labelled.entries] == [
        f"{WHERE}/one-labelled.jpg",
        f"{WHERE}/two.jpg",
    ]
    assert labelled.missing == (f"{WHERE}/three-labelled.jpg",)
    assert [each.key for each in plain.entries] == [
        f"{WHERE}/{n}.jpg" for n in ("one", "two", "three")
    ]
    assert plain.missing == ()


def test_the_store_is_asked_once(blobs: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def listed(prefix: str) -> Iterator[object]:
        asked.append(prefix)
        return iter(())

    monkeypatch.setattr(blobs, "listed", listed)

    assert len(contents(blobs, [row(str(n)) for n in range(9)], label=False).missing) == 9
    assert asked == [f"{WHERE}/"]
