"""The sound of a film: that of its pieces, untouched or with music, as loud as films are."""

import math
from collections.abc import Sequence
from pathlib import Path

from video.gateways.engine import Control
from video.gateways.ffmpeg import RATE, run, source
from video.gateways.tracks import RAW, decoded

PACKET = 1024  # samples of AAC
LOUDNESS = -16.0  # LUFS: of films for telephones and laptops
MOST_GAIN = 20.0  # dB: next to no music is not to make a roar of a quiet room
CEILING = 0.794  # -2 dBFS between the samples: what encoding adds stays below -1 dBTP
FADE_S = 2  # the end of the music
FORM = "aformat=sample_fmts=fltp:channel_layouts=stereo"
MEASURED = "ebur128=metadata=1,ametadata=print:key=lavfi.r128.I:file=loudness.txt"
SILENCE = -70.0  # LUFS, below which nothing is measured
LIMITED = f"aresample={4 * RATE},alimiter=limit={CEILING}:level=0:latency=1,aresample={RATE}"
# The music steps back by 8 dB wherever the pieces are heard at all: their sound, made far too
# loud and held at the limit, stands 18 dB over the threshold, of which the ratio takes 8.
KEY = "volume=50dB,alimiter=limit=1:level=0:attack=1:release=100"
DUCK = "sidechaincompress=threshold=0.08:ratio=1.8:attack=150:release=2000:detection=rms:knee=1"


def copied(parts_ms: Sequence[int]) -> list[str]:
    """Return the arguments by which the sound of pieces is joined without being encoded anew.

    Packets of AAC have one length, pieces do not end with one: every packet goes to the nearest
    place of a grid (10 ms away at most, never further by the next piece), and where the first of
    a piece meets the last of the one before it, is left out. The decoder, which lays each
    packet's beginning over the end of the one before, so cross-fades two pieces within 20 ms.
    """
    left_out, begin, taken = [], 0, -1
    for length_ms in parts_ms:
        samples = length_ms * RATE // 1000
        if _place(begin) == taken:
            left_out.append(begin)
        last = begin + (math.ceil(samples / PACKET) - 1) * PACKET
        taken, begin = _place(last), begin + samples
    dropped = "+".join(f"eq(pts,{at})" for at in left_out) or "0"
    grid = f"setts=ts='{PACKET}*floor((TS+{PACKET // 2})/{PACKET})':duration={PACKET}"
    return ["-c:a", "copy", "-bsf:a", f"noise=drop='{dropped}',{grid}"]


def _place(samples: int) -> int:
    return (samples + PACKET // 2) // PACKET


def mixed(
    folder: Path,
    pieces: Sequence[str],
    music: Path,
    *,
    volume: int,
    ducked: bool,
    duration_ms: int,
    control: Control,
) -> tuple[list[str], str]:
    """Lay music under pieces, which the arguments `pieces` open as one input.

    The music is repeated without a gap, or cut, to `duration_ms`, and fades in its last two
    seconds. Beside the pieces its linear gain is `volume` percent; the mix as a whole is then
    brought to -16 LUFS, for players and platforms show films at one loudness: the customer says
    how the music stands beside what else is heard, and no film is louder than the next.

    Returns the arguments that open the mix, and the filters that bring it there, its true peak
    below -1 dBTP.

    Raises:
        Invalid: `video.not_audio`: the music cannot be read.
        Unavailable: ffmpeg failed.
    """
    length = f"{duration_ms / 1000:.3f}"
    track = decoded(music, folder, "music", seconds=duration_ms / 1000, control=control)
    opened = [*pieces, *source("f32le", track.name, *RAW, "-stream_loop", "-1")]
    graph = f"{_under(length, volume, ducked)},{MEASURED}[all]"
    chosen = ["-filter_complex", graph, "-map", "[all]", *RAW]
    run(folder, [*opened, *chosen, "-f", "f32le", "mix.raw"], control)
    said = (folder / "loudness.txt").read_text().rpartition("lavfi.r128.I=")[2]
    gain = min(LOUDNESS - float(said), MOST_GAIN) if float(said) > SILENCE else 0.0
    return source("f32le", "mix.raw", *RAW), f"volume={gain:.2f}dB,{LIMITED}"


def _under(length: str, volume: int, ducked: bool) -> str:
    heard = f"[0:a:0]aresample={RATE}:async=1,{FORM},apad,atrim=end={length}"
    fade = f"afade=t=out:st={max(0.0, float(length) - FADE_S):.3f}:d={FADE_S}"
    music = f"[1:a:0]{FORM},atrim=end={length},volume={volume / 100:.2f},{fade}[music]"
    mix = "amix=inputs=2:duration=first:normalize=0"
    if not ducked:
        return f"{heard}[heard];{music};[heard][music]{mix}"
    parted = f"{heard},asplit[heard][again];[again]{KEY}[key];[music][key]{DUCK}[under]"
    return f"{music};{parted};[heard][under]{mix}"
