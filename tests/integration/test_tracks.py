"""Music files are measured, drawn, and sampled."""

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from chassis.errors import Invalid
from integration.stages.small_films import RATE, Job, ffmpeg
from integration.stages.small_pieces import heard_in_stereo
from video.gateways.tracks import Described, described

SWELLS = "anoisesrc=c=pink:a=0.8:r=44100:seed=5:d=12,volume='0.1+0.9*abs(sin(t))':eval=frame"
KINDS = {
    "wav": ["-f", "wav"],
    "mp3": ["-c:a", "libmp3lame", "-f", "mp3"],
    "m4a": ["-c:a", "aac", "-f", "ipod"],
    "flac": ["-f", "flac"],
    "ogg": ["-c:a", "libvorbis", "-f", "ogg"],
}
COLUMNS = 1200


def track(out: Path, kind: str, graph: str = SWELLS) -> Path:
    ffmpeg("-f", "lavfi", "-i", graph, *KINDS[kind], out)
    return out


@pytest.mark.parametrize("kind", KINDS)
def test_a_track_is_told_by_its_content(kind: str, tmp_path: Path) -> None:
    path = track(tmp_path / "track", kind)
    made = described(path, tmp_path / "preview.m4a", tmp_path / "waveform.png", Job())
    assert made == Described(seconds=12)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "preview.m4a",
        "track",
        "waveform.png",
    ]


def test_the_waveform_shows_the_power_of_each_part_within_its_peaks(tmp_path: Path) -> None:
    path = track(tmp_path / "track", "wav")
    described(path, tmp_path / "preview.m4a", tmp_path / "waveform.png", Job())
    with Image.open(tmp_path / "waveform.png") as file:
        assert (file.format, file.mode, file.size) == ("PNG", "RGBA", (COLUMNS, 160))
        picture = np.asarray(file, float)
    outer = picture[..., 3].sum(0) / 255
    darkest = picture[80].min(0)[0]
    lightest = picture[..., 0].max()
    inner = ((lightest - picture[..., 0]) / (lightest - darkest) * picture[..., 3] / 255).sum(0)
    sound = heard_in_stereo(path)[:, 0] / 32768
    parts = np.array_split(sound, COLUMNS)
    power = np.array([np.sqrt((part**2).mean()) for part in parts])
    peaks = np.array([np.abs(part).max() for part in parts])
    assert np.corrcoef(inner, power)[0, 1] >= 0.98
    assert np.corrcoef(outer, peaks)[0, 1] >= 0.98
    assert (inner <= outer + 1).all()
    assert outer.max() == pytest.approx(160, abs=1)
    assert picture[0, :, 3].min() == 0


def test_the_preview_is_ten_seconds_with_soft_ends(tmp_path: Path) -> None:
    even = "sine=f=440:r=48000:d=40,volume=4"
    path = track(tmp_path / "track", "flac", even)
    described(path, tmp_path / "preview.m4a", tmp_path / "waveform.png", Job())
    with av.open(str(tmp_path / "preview.m4a")) as file:
        assert file.format.name.startswith("mov")
        assert float(file.duration or 0) / av.time_base == pytest.approx(10, abs=0.05)
    left = heard_in_stereo(tmp_path / "preview.m4a")[:, 0]
    loud = [np.abs(left[at : at + 2400]).max() for at in range(0, 10 * RATE, 2400)]
    assert loud[0] < 0.3 * max(loud)
    assert loud[-1] < 0.1 * max(loud)
    assert min(loud[10:-30]) > 0.9 * max(loud)


def test_a_short_track_is_sampled_whole(tmp_path: Path) -> None:
    path = track(tmp_path / "track", "wav", "sine=f=440:d=2.4,volume=4")
    made = described(path, tmp_path / "preview.m4a", tmp_path / "waveform.png", Job())
    assert made.seconds == 2
    assert len(heard_in_stereo(tmp_path / "preview.m4a")) == pytest.approx(2.4 * RATE, abs=2048)


def not_music(folder: Path) -> dict[str, Path]:
    """Return files that are no music, by what they are."""
    texts = {"text": b"a song", "page": b"<html>", "empty": b"", "picture": b"\x89PNG\r\n\x1a\n"}
    for name, content in texts.items():
        (folder / name).write_bytes(content)
    ffmpeg("-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-f", "mp4", folder / "film")
    ffmpeg("-f", "lavfi", "-i", "sine=d=0.3", "-f", "wav", folder / "blip")
    (folder / "cut").write_bytes((folder / "blip").read_bytes()[:30])
    return {path.name: path for path in folder.iterdir()}


def test_what_is_no_music_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    for name, path in {**not_music(folder), "missing": folder / "missing"}.items():
        with pytest.raises(Invalid) as refused:
            described(path, tmp_path / "preview.m4a", tmp_path / "waveform.png", Job())
        assert refused.value.code == "video.not_audio", name
    assert list(tmp_path.iterdir()) == [folder]
