"""All six tracks at length: as others measure them, as AAC, and the same on any machine."""

import hashlib
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from integration.stages.small_films import ffmpeg
from unit.stages import music_figures as figures
from video.music import TRACKS, Track, synthesised, written

pytestmark = pytest.mark.long

every_track = pytest.mark.parametrize("track", TRACKS, ids=[each.key for each in TRACKS])

MAX_AAC_BYTES = 1_500_000
NOT_ALIKE = 7.0  # between mean cepstra: one piece at two tempi is nearer than 2
# What the tracks sound like, for ever: whoever changes one on purpose writes its new sum here.
SHA256 = {
    "open-plan": "e16d8e35d7333f68c891ab7c14a2deb68dece38a1ff714dd8e4a7a0b2b6c0e30",
    "long-gallery": "59f2dd8917fbdb24e559119340fe980c8f1c12187191ff700c7a865e6be57a2a",
    "front-door": "95277aa0fb75d7bbedccf5c0380eaff4817c43f2398d1d0d992f832dd51f7536",
    "morning-windows": "c0a6eb49942c64a96cad1ef33f61cc311560eb1cf2a7c651e19cd8d3ca195a62",
    "blue-hour": "5463718a178ac46e5a727cdba60c0f0a863bf5aef7b8708a63e331d77314f6d5",
    "kitchen-table": "31d1ec911d456a4566790e17fc0b4dc6be93cb863d35508e796c18aed39a31a6",
}
ANEW = """
import hashlib
from video.music import TRACKS, synthesised
print(hashlib.sha256(synthesised(TRACKS[-1]).tobytes()).hexdigest())
"""

Sounds = dict[str, NDArray[np.float32]]


@pytest.fixture(scope="module")
def sounds() -> Sounds:
    return {each.key: synthesised(each) for each in TRACKS}


@every_track
def test_a_track_is_as_loud_as_promised_and_moves(track: Track, sounds: Sounds) -> None:
    sound = sounds[track.key]
    assert figures.lufs(sound) == pytest.approx(-16, abs=0.5)
    assert figures.true_peak_db(sound) <= -1
    assert 3 <= figures.loudness_range(sound) <= 9


@every_track
def test_a_track_goes_round_without_a_seam_or_a_click(track: Track, sounds: Sounds) -> None:
    step, near = figures.seam(sounds[track.key])
    assert step <= near
    assert np.abs(sounds[track.key][:, : figures.RATE // 500]).max() < 0.05
    assert figures.loudest_click(sounds[track.key]) < 12


@every_track
def test_a_track_has_its_tempo_its_breadth_and_its_width(track: Track, sounds: Sounds) -> None:
    sound = sounds[track.key]
    assert figures.tempo(sound) == pytest.approx(track.bpm, abs=1)
    assert np.ptp(figures.octaves_db(sound)) <= 12
    assert 0.2 <= figures.correlation(sound) <= 0.9


def test_no_two_tracks_are_the_same_piece(sounds: Sounds) -> None:
    timbres = [figures.timbre(each) for each in sounds.values()]
    apart = [float(np.linalg.norm(one - two)) for one, two in combinations(timbres, 2)]
    assert min(apart) > NOT_ALIKE


@every_track
def test_a_track_sounds_as_it_always_did(track: Track, sounds: Sounds) -> None:
    assert hashlib.sha256(sounds[track.key].tobytes()).hexdigest() == SHA256[track.key]


def test_another_processor_makes_the_same_samples() -> None:
    """It is told to do without what this one has; so are the C library and the linear algebra."""
    found = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    older = {
        "NPY_DISABLE_CPU_FEATURES": " ".join(found),
        "OPENBLAS_CORETYPE": "Prescott",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-c", ANEW]
    done = subprocess.run(command, env=older, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == SHA256[TRACKS[-1].key]


@every_track
def test_a_track_is_written_whole_and_is_small_as_aac(
    track: Track, sounds: Sounds, tmp_path: Path
) -> None:
    written(track, tmp_path / "track.wav")
    raw = ffmpeg("-i", tmp_path / "track.wav", "-f", "s16le", "-")
    assert np.array_equal(np.frombuffer(raw, "<i2").reshape(-1, 2).T, sounds[track.key] * 2**15)
    ffmpeg("-i", tmp_path / "track.wav", "-c:a", "aac", "-b:a", "192k", tmp_path / "track.m4a")
    assert (tmp_path / "track.m4a").stat().st_size <= MAX_AAC_BYTES
