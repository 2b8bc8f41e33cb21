"""`python -m video.music FOLDER`: every track as WAV, with a picture of it beside."""

import argparse
from pathlib import Path

from video.music import TRACKS, saved, synthesised
from video.music.drawing import drawn


def main() -> None:
    """Write what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m video.music", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for track in TRACKS:
        sound = synthesised(track)
        saved(sound, folder / f"{track.key}.wav")
        drawn(sound).save(folder / f"{track.key}.png")
        print(f"{track.name}: {track.category}, {track.mood}, {track.bpm} beats a minute")


if __name__ == "__main__":
    main()
