"""What is no film, or no piece of one, is refused, and nothing of it is left."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from PIL import Image

from chassis.errors import Invalid, Rejected
from integration.stages.small_films import FRAME_MS, Cancelled, Job, ffmpeg, make_film
from integration.stages.small_pieces import SIDE, piece
from video.gateways.compile import Look, compile_film
from video.gateways.index import read
from video.gateways.probe import as_asked, verified


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two silent ones of a second."""
    folder = tmp_path_factory.mktemp("pieces")
    return [piece(folder / f"{hue}.mp4", hue=hue) for hue in (0, 120)]


def test_a_film_needs_pieces_and_a_known_shape(pieces: list[Path], tmp_path: Path) -> None:
    for asked in ([], {}), (pieces, {"music_volume": 101}), (pieces, {"aspect_ratio": "4:3"}):
        with pytest.raises(Invalid):
            make_film(asked[0], tmp_path / "film.mp4", **asked[1])
    assert not list(tmp_path.iterdir())


def damaged(pieces: list[Path], to: Path) -> Iterator[Path]:
    """Yield a piece that ends too early, one that is a text, and one that is not there."""
    content = pieces[0].read_bytes()
    (to / "short").write_bytes(content[: len(content) * 3 // 4])
    (to / "text").write_text("no film")
    yield from (to / "short", to / "text", to / "missing")


def test_a_piece_that_cannot_be_read_is_refused(pieces: list[Path], tmp_path: Path) -> None:
    for bad in damaged(pieces, tmp_path):
        with pytest.raises(Invalid, match="cannot be read"):
            make_film([pieces[1], bad], tmp_path / "film.mp4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["short", "text"]


def test_an_index_that_lies_is_read_or_refused(pieces: list[Path], tmp_path: Path) -> None:
    content, chance = pieces[0].read_bytes(), np.random.default_rng(11)
    begin, end = content.index(b"moov"), content.index(b"mdat")
    refused = 0
    for _ in range(400):
        lie = bytearray(content)
        for at in chance.integers(begin, end, 3):
            lie[at] = chance.integers(0, 256)
        (tmp_path / "lie").write_bytes(lie)
        try:
            read(tmp_path / "lie")
        except Invalid:
            refused += 1
    assert 20 < refused < 380


def test_a_film_that_cannot_be_decoded_is_not_delivered(pieces: list[Path], tmp_path: Path) -> None:
    content = bytearray(pieces[0].read_bytes())
    middle = len(content) * 6 // 10
    content[middle : middle + 3000] = bytes(3000)
    (tmp_path / "zeros.mp4").write_bytes(content)
    with pytest.raises(Rejected, match="cannot be decoded"):
        make_film([tmp_path / "zeros.mp4", pieces[1]], tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == [tmp_path / "zeros.mp4"]


def test_a_cancelled_compile_leaves_nothing_behind(pieces: list[Path], tmp_path: Path) -> None:
    long, began = [pieces[1]] * 40, monotonic()
    sign = tmp_path / "logo.png"
    Image.new("RGBA", (8, 8)).save(sign)
    look, job = Look(aspect_ratio="1:1", logo=sign), Job(cancelled_at=8)
    with pytest.raises(Cancelled):
        compile_film(long, tmp_path / "f.mp4", tmp_path / "f.jpg", look=look, control=job)
    assert monotonic() - began < 60
    assert list(tmp_path.iterdir()) == [sign]


def test_an_output_of_the_wrong_length_or_size_is_rejected(
    pieces: list[Path], tmp_path: Path
) -> None:
    made = Path(shutil.copy(pieces[0], tmp_path))
    assert verified(made, (SIDE, SIDE), 1000, FRAME_MS, Job()).frames == 25
    with pytest.raises(Rejected, match="length"):
        as_asked(made, (SIDE, SIDE), 1100, FRAME_MS)
    with pytest.raises(Rejected, match="size"):
        as_asked(made, (1920, SIDE), 1000, FRAME_MS)
    mute = tmp_path / "mute.mp4"
    ffmpeg("-i", made, "-c", "copy", "-an", "-movflags", "+faststart", mute)
    with pytest.raises(Rejected, match="kind"):
        as_asked(mute, (SIDE, SIDE), 1000, FRAME_MS)


def test_an_output_with_its_index_at_the_end_is_rejected(
    pieces: list[Path], tmp_path: Path
) -> None:
    slow = tmp_path / "slow.mp4"
    ffmpeg("-i", pieces[0], "-c", "copy", "-video_track_timescale", 12800, slow)
    assert read(slow).pictures == read(pieces[0]).pictures
    with pytest.raises(Rejected, match="index"):
        as_asked(slow, (SIDE, SIDE), 1000, FRAME_MS)
