from pathlib import Path

import pytest

from chassis.errors import Rejected
from gateways.fetch import MAX_BYTES, fetch

DOOR = "http://media.example:8000"


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/blobs/x",
        "http://media.example:8000@elsewhere.example/blobs/x",
        "http://media.example:80001/blobs/x",
        "https://media.example:8000/blobs/x",
        "http://media.example:8000",
        "file:///etc/hostname",
    ],
)
def test_pictures_are_fetched_from_media_alone(url: str, tmp_path: Path) -> None:
    with pytest.raises(Rejected) as refusal:
        fetch(url, tmp_path / "p", door=DOOR, sha256="", size=1, check=lambda: None)
    assert refusal.value.code == "video.source_elsewhere"


def test_a_picture_that_is_announced_too_large_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as refusal:
        fetch(
            f"{DOOR}/blobs/x",
            tmp_path / "p",
            door=f"{DOOR}/",
            sha256="",
            size=MAX_BYTES + 1,
            check=lambda: None,
        )
    assert refusal.value.code == "video.source_too_large"
