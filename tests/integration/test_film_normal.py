"""What providers give and get: their films in our form, our pictures in theirs."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chassis.errors import Invalid, Rejected
from integration.stages.small_films import RATE, Job, ffmpeg, heard, loudness, make_film, seen
from integration.stages.small_pieces import SIDE, colour, piece
from video.gateways.engine import Piece
from video.gateways.index import is_ours, read
from video.gateways.normal import cropped, normalised


def foreign(out: Path, *options: object, size: str = "640x360", rate: int = 24) -> Path:
    """Make a film of 1.04 seconds as a provider's: with B-frames, not in our time base."""
    picture = f"testsrc2=s={size}:r={rate}:d=1.04"
    ffmpeg("-f", "lavfi", "-i", picture, *options, "-bf", 2, "-pix_fmt", "yuv420p", out)
    return out


def brought(path: Path, out: Path, milliseconds: int = 1000, native_audio: bool = False) -> Piece:
    return normalised(
        path,
        out,
        milliseconds=milliseconds,
        aspect_ratio="1:1",
        native_audio=native_audio,
        control=Job(),
    )


@pytest.fixture
def sounding(tmp_path: Path) -> Path:
    """30 pictures a second, and one channel of sound at another rate."""
    tone = ["-f", "lavfi", "-i", "sine=f=440:r=44100:d=1.04", "-ac", 1]
    return foreign(tmp_path / "sounding.mp4", *tone, rate=30)


def test_a_providers_film_becomes_a_piece_that_joins_ours_by_copying(tmp_path: Path) -> None:
    path, out = foreign(tmp_path / "foreign.mp4", size="1936x1072"), tmp_path / "piece.mp4"
    made = brought(path, out)
    assert (made.width, made.height, made.duration_ms) == (SIDE, SIDE, 1000)
    assert made.size == out.stat().st_size
    assert is_ours(read(out), (SIDE, SIDE))
    assert not heard(out).any()
    ours = piece(tmp_path / "ours.mp4", seconds=0.4)
    make_film([ours, out], tmp_path / "film.mp4")
    assert (seen(tmp_path / "film.mp4")[10:] == seen(out)).all()
    assert sorted(tmp_path.glob("*")) == sorted(
        tmp_path / name for name in ("film.jpg", "film.mp4", "foreign.mp4", "ours.mp4", "piece.mp4")
    )


def test_what_moves_evenly_at_24_a_second_does_so_at_25(tmp_path: Path) -> None:
    ramp = "color=black:s=320x320:r=24:d=1.04,geq=lum='40+6*N':cb=128:cr=128"
    plain = ["-f", "lavfi", "-i", ramp, "-qp", 0, "-pix_fmt", "yuv420p"]
    ffmpeg(*plain, tmp_path / "even.mp4")
    brought(tmp_path / "even.mp4", tmp_path / "piece.mp4")
    steps = np.diff(seen(tmp_path / "piece.mp4").mean((1, 2)))
    assert len(steps) == 24
    assert steps.min() > 0.5 * steps.mean()
    assert steps.max() < 1.5 * steps.mean()


@pytest.mark.parametrize("native_audio", [True, False])
def test_sound_is_kept_only_where_it_is_wanted(
    native_audio: bool, sounding: Path, tmp_path: Path
) -> None:
    brought(sounding, tmp_path / "piece.mp4", native_audio=native_audio)
    assert len(heard(tmp_path / "piece.mp4")) == RATE
    assert (loudness(heard(tmp_path / "piece.mp4")) > 0.01) == native_audio


def test_a_piece_is_as_long_as_asked_where_a_little_is_missing(
    sounding: Path, tmp_path: Path
) -> None:
    out = tmp_path / "piece.mp4"
    assert brought(sounding, out, 1120, native_audio=True).duration_ms == 1120
    assert len(seen(out)) == 28
    assert np.abs(seen(out)[-1] - seen(out)[-2]).max() <= 1  # it stands still
    with pytest.raises(Rejected, match="short"):
        brought(sounding, out, 1200)


def test_a_film_without_colour_tags_keeps_the_colours_that_players_show(tmp_path: Path) -> None:
    shown = "color=c=0x40A060:s=320x320:r=25:d=0.4,scale=out_color_matrix=bt709,format=yuv420p"
    untagged = f"{shown},setparams=colorspace=unknown:color_primaries=unknown:color_trc=unknown"
    ffmpeg("-f", "lavfi", "-i", untagged, tmp_path / "untagged.mp4")
    brought(tmp_path / "untagged.mp4", tmp_path / "piece.mp4", 400)
    found = colour(tmp_path / "piece.mp4", 0.2)[SIDE // 2, SIDE // 2]
    assert found == pytest.approx((0x40, 0xA0, 0x60), abs=6)


def test_a_film_that_is_broken_is_refused(tmp_path: Path) -> None:
    whole = foreign(tmp_path / "whole.mp4", "-g", 12).read_bytes()
    middle = len(whole) // 2
    zeros = whole[:middle] + bytes(2000) + whole[middle + 2000 :]
    for name, content, error in (
        ("zeros", zeros, Rejected),
        ("short", whole[:middle], Invalid),
        ("text", b"no film", Invalid),
        ("empty", b"", Invalid),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(error):
            brought(tmp_path / name, tmp_path / "piece.mp4")
    assert not (tmp_path / "piece.mp4").exists()


@pytest.mark.parametrize(("ratio", "size"), [("16:9", (900, 506)), ("9:16", (338, 600))])
def test_a_picture_is_cropped_to_the_ratio(
    ratio: str, size: tuple[int, int], tmp_path: Path
) -> None:
    pixels = np.zeros((600, 900, 3), np.uint8)
    pixels[:, 440:460] = 255
    Image.fromarray(pixels).save(tmp_path / "picture.png")
    cropped(tmp_path / "picture.png", tmp_path / "cropped.jpg", ratio)
    with Image.open(tmp_path / "cropped.jpg") as made:
        assert (made.format, made.mode, made.size) == ("JPEG", "RGB", size)
        middle = np.asarray(made.convert("L"), float).mean(0)
    assert (middle * np.arange(size[0])).sum() / middle.sum() == pytest.approx(size[0] / 2, abs=2)


def test_a_picture_to_send_is_never_over_10_mb(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (2100, 2100, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png", compress_level=0)
    cropped(tmp_path / "noise.png", tmp_path / "cropped.jpg", "1:1")
    assert (tmp_path / "cropped.jpg").stat().st_size <= 10_000_000
    (tmp_path / "text").write_text("no picture")
    with pytest.raises(Invalid):
        cropped(tmp_path / "text", tmp_path / "other.jpg", "1:1")
    assert not (tmp_path / "other.jpg").exists()
