"""The local film engine, on real small films; ffmpeg itself is replaced only to see it fail."""

import os
import wave
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import imageio_ffmpeg
import numpy as np
import pytest

from chassis.errors import Unavailable
from integration.stages.small_films import (
    RATE,
    Cancelled,
    Job,
    heard,
    loudness,
    make_clip,
    make_film,
    make_transition,
    photograph,
)
from video.gateways.engine import SIZES
from video.gateways.ffmpeg import run


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
    make_transition(
        photographs[0], photographs[1], made[1], ("hallway", "exterior"), native_audio=False
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


def test_the_same_inputs_make_the_same_bytes(
    photographs: list[Path], pieces: list[Path], music: Path, tmp_path: Path
) -> None:
    clips = [make_clip(photographs[0], tmp_path / f"{n}.mp4") for n in "ab"]
    films = [make_film(pieces, tmp_path / f"film-{n}.mp4", music=music) for n in "ab"]
    assert clips[0] == clips[1]
    assert films[0] == films[1]
    assert (tmp_path / "film-a.jpg").read_bytes() == (tmp_path / "film-b.jpg").read_bytes()


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
