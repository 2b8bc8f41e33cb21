"""The local film engine, on real small films; ffmpeg itself is replaced only to see it fail."""

import os
import wave
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from chassis.errors import Invalid, Rejected, Unavailable
from integration.stages.small_films import (
    ENGINE,
    FRAME_MS,
    RATE,
    Cancelled,
    Job,
    encoder_parameters,
    ffmpeg,
    heard,
    loudness,
    make_clip,
    make_film,
    photograph,
    seen,
)
from video.gateways.engine import SIZES
from video.gateways.ffmpeg import run
from video.gateways.probe import is_ours, probe, verified


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("photographs")
    shapes = ((800, 1200), (1200, 800))
    return [photograph(folder / f"{n}.jpg", shape, n) for n, shape in enumerate(shapes)]


@pytest.fixture(scope="module")
def pieces(photographs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A clip with room tone, the transition after it, and a silent clip: 1 second each."""
    made = [tmp_path_factory.mktemp("pieces") / f"{n}.mp4" for n in range(3)]
    make_clip(photographs[0], made[0], room_type="hallway")
    ENGINE.transition(
        photographs[0],
        photographs[1],
        made[1],
        seconds=1,
        aspect_ratio="1:1",
        control=Job(),
        rooms=("hallway", "exterior"),
    )
    make_clip(photographs[1], made[2], room_type="exterior", native_audio=False)
    return made


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tone of 330 Hz at half of full scale, 0.7 seconds, in a file whose name tells nothing."""
    path = tmp_path_factory.mktemp("music") / "track"
    tone = np.sin(np.arange(int(44100 * 0.7)) * 2 * np.pi * 330 / 44100) * 16384
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 44100, 0, "NONE", ""))
        file.writeframes(tone.astype("<i2").tobytes())
    return path


@pytest.fixture
def fake_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a shell script in ffmpeg's place; it first writes its process id to the file returned."""

    def replace(script: str) -> Path:
        fake, pid = tmp_path / "ffmpeg", tmp_path / "pid"
        fake.write_text(f"#!/bin/sh\necho $$ > {pid}\n{script}\n")
        fake.chmod(0o755)
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(fake))
        return pid

    return replace


def test_an_ffmpeg_that_is_killed_by_somebody_else_was_out_of_memory(
    fake_ffmpeg: Callable[[str], Path], tmp_path: Path
) -> None:
    fake_ffmpeg("kill -KILL $$")
    with pytest.raises(Unavailable) as killed:
        run(tmp_path, [], Job())
    assert (killed.value.code, killed.value.retryable) == ("video.out_of_memory", True)


def is_running(pid: Path) -> bool:
    try:
        os.kill(int(pid.read_text()), 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("aspect_ratio", SIZES)
def test_a_clip_has_the_size_and_length_asked_for(
    aspect_ratio: str, photographs: list[Path], tmp_path: Path
) -> None:
    job, out = Job(), tmp_path / "clip.mp4"
    piece = make_clip(photographs[0], out, aspect_ratio=aspect_ratio, control=job)
    assert (piece.width, piece.height) == SIZES[aspect_ratio]
    assert (piece.duration_ms, piece.size) == (1000, out.stat().st_size)
    assert imageio_ffmpeg.count_frames_and_secs(str(out)) == (25, 1.0)
    assert len(heard(out)) == RATE
    assert job.told == sorted(job.told)
    assert list(tmp_path.iterdir()) == [out]


def test_a_room_is_heard_quietly_and_a_silent_clip_not_at_all(pieces: list[Path]) -> None:
    assert 0.0003 < loudness(heard(pieces[0])) < 0.03
    assert not heard(pieces[1]).any()
    assert not heard(pieces[2]).any()


def test_the_camera_moves_a_little_in_every_frame_and_rests_at_both_ends(
    photographs: list[Path], tmp_path: Path
) -> None:
    make_clip(photographs[0], tmp_path / "clip.mp4", room_type="garden", aspect_ratio="16:9")
    steps = np.abs(np.diff(seen(tmp_path / "clip.mp4"), axis=0)).mean((1, 2))
    assert steps[5:-5].min() > 0.5
    assert steps.max() < 2.5 * np.median(steps)
    assert max(steps[0], steps[-1]) < 0.2 * np.median(steps)


def test_a_transition_leads_from_the_end_of_one_clip_to_the_begin_of_the_next(
    pieces: list[Path],
) -> None:
    before, between_them, after = (seen(piece) for piece in pieces)
    assert np.abs(before[-1] - between_them[0]).mean() < 1
    assert np.abs(between_them[-1] - after[0]).mean() < 1
    assert np.abs(before[-1] - after[0]).mean() > 10


def test_the_same_inputs_make_the_same_bytes(
    photographs: list[Path], pieces: list[Path], music: Path, tmp_path: Path
) -> None:
    clips = [make_clip(photographs[0], tmp_path / f"{n}.mp4") for n in "ab"]
    films = [make_film(pieces, tmp_path / f"film-{n}.mp4", music) for n in "ab"]
    assert clips[0] == clips[1]
    assert films[0] == films[1]
    assert (tmp_path / "film-a.jpg").read_bytes() == (tmp_path / "film-b.jpg").read_bytes()


def test_a_film_is_as_long_as_its_pieces_and_keeps_their_pictures(
    pieces: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "film.mp4"
    film = make_film(pieces, out)
    assert abs(film.duration_ms - 3000) <= FRAME_MS * 2
    assert film.duration_seconds == 3
    assert imageio_ffmpeg.count_frames_and_secs(str(out))[0] == 75
    assert (seen(out) == np.concatenate([seen(piece) for piece in pieces])).all()
    assert len(heard(out)) == 3 * RATE
    assert loudness(heard(out)[:RATE]) > 0.0003
    assert not heard(out)[RATE + 4800 :].any()
    with Image.open(tmp_path / "film.jpg") as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("JPEG", (1080, 1080))
    assert sorted(tmp_path.iterdir()) == [tmp_path / "film.jpg", out]


def test_a_piece_is_heard_at_its_place_in_the_film(pieces: list[Path], tmp_path: Path) -> None:
    make_film([pieces[2], pieces[1], pieces[0], pieces[2]], tmp_path / "film.mp4")
    whole, part = heard(tmp_path / "film.mp4"), heard(pieces[0])
    spectrum = np.fft.rfft(whole) * np.conj(np.fft.rfft(part, len(whole)))
    assert abs(int(np.argmax(np.fft.irfft(spectrum, len(whole)))) - 2 * RATE) < RATE // 1000


def test_music_is_repeated_to_the_films_length_at_its_volume_and_fades(
    pieces: list[Path], music: Path, tmp_path: Path
) -> None:
    make_film(pieces, tmp_path / "half.mp4", music, 50)
    make_film(pieces, tmp_path / "full.mp4", music, 100)
    half, full = heard(tmp_path / "half.mp4"), heard(tmp_path / "full.mp4")
    assert len(half) == 3 * RATE
    assert loudness(half[4800:RATE]) == pytest.approx(0.25 / 2**0.5, rel=0.05)
    assert loudness(full[4800:RATE]) == pytest.approx(0.5 / 2**0.5, rel=0.05)
    assert 0.3 < loudness(half[2 * RATE - 4800 : 2 * RATE + 4800]) / loudness(half[4800:RATE]) < 0.7
    assert loudness(half[-2400:]) < 0.01


def test_a_piece_in_another_format_is_normalised(pieces: list[Path], tmp_path: Path) -> None:
    foreign, out = tmp_path / "foreign.mp4", tmp_path / "film.mp4"
    test_picture = "testsrc2=size=640x360:rate=30:duration=2"
    ffmpeg("-f", "lavfi", "-i", test_picture, "-pix_fmt", "yuv444p", foreign)
    film = make_film([pieces[0], foreign, pieces[2]], out)
    assert (film.width, film.height, film.duration_ms) == (1080, 1080, 4000)
    assert (seen(out)[:25] == seen(pieces[0])).all()
    assert len(heard(out)) == 4 * RATE


@pytest.mark.parametrize("neighbour", ["ours", "foreign"])
def test_pieces_of_two_encoders_are_brought_to_one(
    neighbour: str, pieces: list[Path], tmp_path: Path
) -> None:
    other, out = tmp_path / "other.mp4", tmp_path / "film.mp4"
    shape = ("-bf", 0, "-video_track_timescale", 12800, "-c:a", "copy")
    ffmpeg("-i", pieces[2], "-c:v", "libx264", "-profile:v", "baseline", *shape, other)
    assert is_ours(probe(other, tmp_path, Job()), (1080, 1080))
    first = pieces[0]
    if neighbour == "foreign":
        first = tmp_path / "foreign.mp4"
        ffmpeg("-i", pieces[0], "-c", "copy", "-an", first)
    make_film([other, first], out)
    assert encoder_parameters(out) == encoder_parameters(pieces[0])
    assert encoder_parameters(other) not in out.read_bytes()
    expected = np.concatenate([seen(other), seen(first)])
    assert np.abs(seen(out) - expected).max() < 12


@pytest.mark.parametrize("content", [b"a text is no music", b"RIFF\x00\x00\x00\x00WAVEjunk"])
def test_what_is_no_music_is_refused(content: bytes, pieces: list[Path], tmp_path: Path) -> None:
    (tmp_path / "track").write_bytes(content)
    with pytest.raises(Invalid):
        make_film(pieces[:1], tmp_path / "film.mp4", tmp_path / "track")
    assert list(tmp_path.iterdir()) == [tmp_path / "track"]


def test_a_film_needs_pieces_and_a_known_shape(pieces: list[Path], tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        make_film([], tmp_path / "film.mp4")
    with pytest.raises(Invalid):
        make_film(pieces, tmp_path / "film.mp4", volume=101)
    with pytest.raises(Invalid):
        make_clip(tmp_path / "any.jpg", tmp_path / "clip.mp4", aspect_ratio="4:3")


def test_an_output_of_the_wrong_length_or_size_is_rejected(pieces: list[Path]) -> None:
    assert verified(pieces[0], (1080, 1080), 1000, FRAME_MS, Job()).frames == 25
    with pytest.raises(Rejected, match=r"video\.bad_output"):
        verified(pieces[0], (1080, 1080), 1100, FRAME_MS, Job())
    with pytest.raises(Rejected):
        verified(pieces[0], (1920, 1080), 1000, FRAME_MS, Job())


def test_an_output_with_its_index_at_the_end_is_rejected(
    pieces: list[Path], tmp_path: Path
) -> None:
    slow = tmp_path / "slow.mp4"
    ffmpeg("-i", pieces[0], "-c", "copy", "-video_track_timescale", 12800, slow)
    assert probe(slow, tmp_path, Job()) == probe(pieces[0], tmp_path, Job())
    with pytest.raises(Rejected, match="index"):
        verified(slow, (1080, 1080), 1000, FRAME_MS, Job())


def test_a_cancelled_clip_leaves_nothing_behind(photographs: list[Path], tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        make_clip(photographs[0], tmp_path / "clip.mp4", seconds=10, control=Job(cancelled_at=4))
    assert not list(tmp_path.iterdir())


def test_a_stalled_ffmpeg_is_killed_when_the_job_is_cancelled(
    photographs: list[Path], fake_ffmpeg: Callable[[str], Path], tmp_path: Path
) -> None:
    pid, began = fake_ffmpeg("exec sleep 120"), monotonic()
    with pytest.raises(Cancelled):
        make_clip(photographs[0], tmp_path / "clip.mp4", control=Job(cancelled_at=8))
    assert monotonic() - began < 60
    assert not is_running(pid)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ffmpeg", "pid"]


def test_ffmpeg_is_killed_at_its_deadline(
    fake_ffmpeg: Callable[[str], Path], tmp_path: Path
) -> None:
    pid, began = fake_ffmpeg("exec sleep 120"), monotonic()
    with pytest.raises(Unavailable, match="too long"):
        run(tmp_path, [], Job(), timeout_s=0.5)
    assert monotonic() - began < 60
    assert not is_running(pid)


def test_a_failing_ffmpeg_is_reported_with_its_last_words(
    photographs: list[Path], fake_ffmpeg: Callable[[str], Path], tmp_path: Path
) -> None:
    fake_ffmpeg("for line in 1 2 3 4 5 6 7; do echo line $line >&2; done; exit 3")
    with pytest.raises(Unavailable, match=r"video\.engine_failed") as failed:
        make_clip(photographs[0], tmp_path / "clip.mp4")
    assert failed.value.details == {"exit": 3, "stderr": [f"line {n}" for n in range(3, 8)]}
    assert failed.value.retryable
    assert not (tmp_path / "clip.mp4").exists()
