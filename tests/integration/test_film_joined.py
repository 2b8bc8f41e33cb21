"""Pieces are joined into a film, on small ones."""

import io
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from chassis.errors import Invalid
from integration.stages.small_films import (
    RATE,
    encoder_parameters,
    ffmpeg,
    heard,
    loudness,
    make_film,
    seen,
)
from integration.stages.small_pieces import NOISE, SIDE, colour, packets, piece
from video.gateways.index import is_ours, read
from video.gateways.look import logo_overlay

BURST = f"{NOISE},afade=d=0.3:st=0.4,afade=t=out:st=0.75:d=0.05"
PACKET = 1024  # samples of AAC


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One that is heard, and two silent ones, the last of 1.2 seconds."""
    folder = tmp_path_factory.mktemp("pieces")
    sounding = piece(folder / "0.mp4", sound=BURST)
    return [
        sounding,
        piece(folder / "1.mp4", hue=120),
        piece(folder / "2.mp4", hue=240, seconds=1.2),
    ]


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """A red sign, laid out as it is over every film."""
    sign = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 0, 0)).save(sign, "PNG")
    (tmp_path / "logo.png").write_bytes(logo_overlay((SIDE, SIDE), sign.getvalue()))
    return tmp_path / "logo.png"


@pytest.fixture
def card(tmp_path: Path) -> Path:
    Image.new("RGB", (SIDE, SIDE), (20, 60, 200)).save(tmp_path / "card.png")
    return tmp_path / "card.png"


def test_a_film_is_as_long_as_its_pieces_and_keeps_their_pictures(
    pieces: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "film.mp4"
    film = make_film(pieces, out)
    assert (film.duration_ms, film.duration_seconds) == (3200, 4)
    assert film.parts_ms == (1000, 1000, 1200)
    assert (film.width, film.height, film.size) == (SIDE, SIDE, out.stat().st_size)
    assert (seen(out) == np.concatenate([seen(each) for each in pieces])).all()
    with av.open(str(out)) as file:
        assert sum(1 for _ in file.decode(video=0)) == 80
    assert sorted(tmp_path.iterdir()) == [tmp_path / "film.jpg", out]


def test_the_thumbnail_is_the_sharpest_frame_near_one_second(tmp_path: Path) -> None:
    sharp = tmp_path / "sharp.mp4"
    blurred = "boxblur=8:enable='not(between(t,0.7,0.75))'"
    ffmpeg("-i", piece(tmp_path / "plain.mp4"), "-vf", blurred, "-c:a", "copy", sharp)
    make_film([sharp], tmp_path / "film.mp4")
    with Image.open(tmp_path / "film.jpg") as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("JPEG", (640, 640))
        shown = np.asarray(thumbnail, float)
    meant = cv2.resize(colour(sharp, 0.72), (640, 640), interpolation=cv2.INTER_AREA)
    assert np.abs(shown - meant).mean() < 4


def test_a_piece_is_heard_at_its_place_however_many_precede_it(
    pieces: list[Path], tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    make_film([pieces[2], *pieces[1:2] * 9, pieces[0], pieces[1]], film)
    whole, part = heard(film), heard(pieces[0])
    spectrum = np.fft.rfft(whole) * np.conj(np.fft.rfft(part, len(whole)))
    place = int(np.argmax(np.fft.irfft(spectrum, len(whole))))
    assert abs(place - 10.2 * RATE) <= PACKET // 2 + 1
    begins = [begin for begin, _ in packets(film, "audio")]
    assert (np.diff(begins) == PACKET).all()
    assert not whole[: 10 * RATE].any()


def test_the_sound_of_two_pieces_meets_without_a_click(tmp_path: Path) -> None:
    sounding = piece(
        tmp_path / "tone.mp4", sound=f"sine=f=440:r={RATE},aformat=channel_layouts=stereo"
    )
    make_film([sounding] * 3, tmp_path / "film.mp4")
    steps = np.abs(np.diff(heard(tmp_path / "film.mp4")[4800:]))
    assert steps.max() < 1.5 * np.abs(np.diff(heard(sounding)[4800:])).max()


def test_a_piece_in_another_format_is_normalised(pieces: list[Path], tmp_path: Path) -> None:
    foreign, out = tmp_path / "foreign.mp4", tmp_path / "film.mp4"
    test_picture = "testsrc2=size=640x360:rate=30:duration=1"
    ffmpeg("-f", "lavfi", "-i", test_picture, "-pix_fmt", "yuv444p", foreign)
    film = make_film([pieces[0], foreign, pieces[2]], out)
    assert (film.width, film.height, film.parts_ms) == (SIDE, SIDE, (1000, 1000, 1200))
    assert (seen(out)[:25] == seen(pieces[0])).all()
    assert abs(len(heard(out)) - 3.2 * RATE) < 2 * PACKET


@pytest.mark.parametrize("neighbour", ["ours", "foreign"])
def test_pieces_of_two_encoders_are_brought_to_one(neighbour: str, tmp_path: Path) -> None:
    other, out = tmp_path / "other.mp4", tmp_path / "film.mp4"
    plain = [piece(tmp_path / f"{hue}.mp4", hue=hue, seconds=0.4) for hue in (0, 120)]
    shape = ("-bf", 0, "-video_track_timescale", 12800, "-c:a", "copy")
    ffmpeg("-i", plain[1], "-c:v", "libx264", "-profile:v", "baseline", *shape, other)
    assert is_ours(read(other), (SIDE, SIDE))
    first = plain[0]
    if neighbour == "foreign":
        first = tmp_path / "foreign.mp4"
        ffmpeg("-i", plain[0], "-c", "copy", "-an", first)
    make_film([other, first], out)
    assert encoder_parameters(out) == encoder_parameters(plain[0])
    assert encoder_parameters(other) not in out.read_bytes()
    expected = np.concatenate([seen(other), seen(first)])
    assert np.abs(seen(out) - expected).mean() < 3


def test_a_card_is_shown_for_three_seconds_at_the_end(
    pieces: list[Path], card: Path, tmp_path: Path
) -> None:
    out = tmp_path / "film.mp4"
    film = make_film(pieces[:2], out, card=card)
    assert film.parts_ms == (1000, 1000, 3000)
    shown = seen(out)
    assert (shown[:50] == np.concatenate([seen(each) for each in pieces[:2]])).all()
    assert len(shown) == 125
    assert colour(out, 4.9)[SIDE // 2, SIDE // 2] == pytest.approx((20, 60, 200), abs=4)


def test_a_logo_lies_over_the_pieces_but_not_over_the_card(
    pieces: list[Path], card: Path, logo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "film.mp4"
    film = make_film(pieces[:2], out, card=card, logo=logo)
    assert film.parts_ms == (1000, 1000, 3000)
    before, during, after = (colour(each, 0.5) for each in (pieces[0], out, out))
    after = colour(out, 2.5)
    layer = np.asarray(Image.open(logo))
    sign, clear = layer[..., 0] == 200, layer[..., 3] == 0
    assert SIDE * SIDE // 200 < sign.sum() < SIDE * SIDE // 100
    assert np.median(during[sign], axis=0) == pytest.approx((200, 0, 0), abs=12)
    assert np.abs(during[clear].astype(int) - before[clear]).mean() < 3
    assert np.median(after[sign], axis=0) == pytest.approx((20, 60, 200), abs=4)


@pytest.mark.parametrize("what", ["logo", "card"])
def test_a_logo_or_card_that_is_no_picture_is_refused(
    what: str, pieces: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("no picture")
    with pytest.raises(Invalid, match="logo or card"):
        make_film(pieces[:1], tmp_path / "film.mp4", **{what: tmp_path / "text"})
    assert list(tmp_path.iterdir()) == [tmp_path / "text"]


def test_the_same_inputs_make_the_same_bytes(pieces: list[Path], tmp_path: Path) -> None:
    films = [make_film(pieces, tmp_path / f"{n}.mp4") for n in "ab"]
    assert films[0] == films[1]
    assert (tmp_path / "a.jpg").read_bytes() == (tmp_path / "b.jpg").read_bytes()


def test_silence_stays_silence(pieces: list[Path], tmp_path: Path) -> None:
    make_film(pieces[1:], tmp_path / "film.mp4")
    assert loudness(heard(tmp_path / "film.mp4")) == 0
