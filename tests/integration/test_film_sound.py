"""What is heard in a film with music, on small ones; measured by another decoder and R 128."""

import wave
from pathlib import Path

import numpy as np
import pytest

from chassis.errors import Invalid
from integration.stages.small_films import RATE, make_film
from integration.stages.small_pieces import (
    NOISE,
    heard_in_stereo,
    level,
    loudness_told,
    piece,
    tone,
)

HERTZ = 480  # whole cycles in 0.7 s: a track that loops has no seam of its own
SIDE_S = 4  # of a silent or sounding piece, so long that the music has come back


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return piece(tmp_path_factory.mktemp("silent") / "piece.mp4", seconds=SIDE_S)


@pytest.fixture(scope="module")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It sounds up to 400 Hz, at -37 dB."""
    room = f"{NOISE},volume=0.5,lowpass=f=200,lowpass=f=200"
    return piece(tmp_path_factory.mktemp("sounding") / "piece.mp4", sound=room, seconds=SIDE_S)


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tone(tmp_path_factory.mktemp("music") / "track", hertz=HERTZ, seconds=0.7)


def levels(film: Path, window_s: float = 0.5) -> list[float]:
    """Return how loud the music is in each half second."""
    left = heard_in_stereo(film)[:, 0]
    length = int(window_s * RATE)
    return [level(left[at : at + length], HERTZ) for at in range(0, len(left) - length + 1, length)]


def test_music_is_repeated_without_a_gap_and_fades_in_two_seconds(
    silent: Path, music: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    assert make_film([silent], film, music=music).duration_ms == 4000
    assert loudness_told(film)[0] == pytest.approx(-16, abs=1)
    *even, _, _ = levels(film, 0.1)[:20]
    assert max(even) - min(even) < 0.1  # a gap of 3 ms would take 0.3 dB
    fading = levels(film)[4:]
    assert fading == sorted(fading, reverse=True)
    assert fading[0] - fading[2] == pytest.approx(7.4, abs=1)  # linear: 7/8 to 3/8
    assert np.abs(heard_in_stereo(film)[-480:]).max() < 0.01


def test_the_volume_is_the_musics_share_of_the_mix_and_the_mix_is_as_loud_as_every_film(
    sounding: Path, music: Path, tmp_path: Path
) -> None:
    shares = []
    for volume in (10, 20):
        film = tmp_path / f"{volume}.mp4"
        make_film([sounding], film, music=music, music_volume=volume)
        loudness, peak = loudness_told(film)
        assert loudness == pytest.approx(-16, abs=1)
        assert peak <= -1
        first = heard_in_stereo(film)[: 2 * RATE, 0]
        low = np.abs(np.fft.rfft(first * np.hanning(len(first))))[40 : 2 * 300]
        shares.append(level(first, HERTZ) - 10 * np.log10((low**2).sum()))
    assert shares[1] - shares[0] == pytest.approx(6.02, abs=0.3)


def test_next_to_no_music_does_not_make_a_quiet_room_loud(
    sounding: Path, music: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    make_film([sounding], film, music=music, music_volume=1)
    quiet, loud = loudness_told(sounding)[0], loudness_told(film)[0]
    assert quiet + 19 < loud < quiet + 21.5


def test_music_steps_back_by_8_db_while_the_pieces_are_heard(
    silent: Path, sounding: Path, music: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    make_film([silent, sounding, silent, silent], film, music=music, ducked=True)
    parts = levels(film)
    before, under, after = parts[4:8], parts[10:15], parts[22]
    assert max(before) - min(before) < 0.5
    assert np.mean(before) - np.mean(under) == pytest.approx(8, abs=2)
    assert max(under) - min(under) < 2
    assert after == pytest.approx(np.mean(before), abs=0.5)
    steps = np.abs(np.diff(parts[:24]))
    assert steps.max() <= 12


def test_what_sets_in_at_once_stays_below_the_highest_true_peak(
    silent: Path, tmp_path: Path
) -> None:
    t = np.arange(2 * RATE) / RATE
    clicks = 29000 * np.sin(2 * np.pi * 1870 * t) * np.exp(-150 * (t % 1))
    with wave.open(str(tmp_path / "track"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(clicks.astype("<i2").tobytes())
    make_film([silent], tmp_path / "film.mp4", music=tmp_path / "track")
    loudness, peak = loudness_told(tmp_path / "film.mp4")
    assert peak <= -1
    assert -30 < loudness < -16  # its peaks stand so far above it that they keep it down


def test_at_volume_0_a_film_is_as_without_music(silent: Path, music: Path, tmp_path: Path) -> None:
    with_none = make_film([silent], tmp_path / "none.mp4")
    at_0 = make_film([silent], tmp_path / "zero.mp4", music=music, music_volume=0)
    assert with_none == at_0


def test_music_that_is_silent_leaves_a_silent_film(silent: Path, tmp_path: Path) -> None:
    nothing = tone(tmp_path / "track", hertz=HERTZ, seconds=0.5, volume=0)
    make_film([silent], tmp_path / "film.mp4", music=nothing)
    assert not heard_in_stereo(tmp_path / "film.mp4").any()


@pytest.mark.parametrize(
    "content", [b"a text is no music", b"RIFF\x00\x00\x00\x00WAVEjunk", b"", None]
)
def test_what_is_no_music_is_refused(content: bytes | None, silent: Path, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "track").write_bytes(content)
    with pytest.raises(Invalid, match=r"video\.not_audio"):
        make_film([silent], tmp_path / "film.mp4", music=tmp_path / "track")
    assert not list(tmp_path.glob("*.*"))
