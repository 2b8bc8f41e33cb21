"""The mix: parts, the room they stand in, the desk's compressor, and the loudness at the end."""

import numpy as np

from video.music.band import Part
from video.music.circle import (
    LENGTH,
    RATE,
    Circle,
    Samples,
    filtered,
    high_pass,
    low_pass,
    noise,
    silence,
)
from video.music.loudness import limiting, loudness, stretched

PLATE_S = 1.8  # until the room has lost 60 dB
PLATE_BANDS = ((350.0, 1.0), (3_200.0, 0.95), (20_000.0, 0.5))  # up to Hz, of those seconds
PREDELAY_S = 0.014
TARGET_LUFS = -16.0
CEILING = 10 ** (-2 / 20)  # of samples: what lies between them stays below -1 dB
RATIO, KNEE_DB = 2.0, 6.0  # of the compressor
AIR_DB = 4.0
TICK = RATE // 100
ATTACK_S, RELEASE_S = 0.03, 0.25


class Desk:
    """Where the parts come together: what is heard as it is, and what is sent to the room."""

    def __init__(self) -> None:
        self.dry = silence()
        self.sent = np.zeros(LENGTH)

    def add(self, part: Part, sound: Circle) -> None:
        """Add a part's sound, which is used up."""
        sound *= 10 ** (part.gain_db / 20)
        self.dry += sound
        sound *= 0.5 * 10 ** (part.room_db / 20)
        self.sent += sound[0]
        self.sent += sound[1]

    def mixed(self) -> Circle:
        """Return the piece, compressed, at -16 LUFS and below -1 dB; the desk is used up."""
        whole = self.dry
        for side, row in enumerate(whole):
            row += _plate(self.sent, side)
            row[:] = filtered(row, _finished)
        whole *= _compression(whole)
        whole *= 10 ** ((TARGET_LUFS - loudness(whole)) / 20)
        whole *= limiting(whole, CEILING)
        return whole


def _finished(hz: Samples) -> Samples:
    """Return the tone of the whole: nothing that no loudspeaker has, and air above 4 kHz."""
    air = 10 ** (AIR_DB / 20) - 1
    return high_pass(32, 2)(hz) * (1 + air * high_pass(4_000)(hz))


def _plate(sent: Samples, side: int) -> Samples:
    """Return what a plate makes of a sound: noise that dies away, the upper bands sooner."""
    answer = np.fft.rfft(_answer(51 + side), LENGTH)
    hz = np.fft.rfftfreq(LENGTH, 1 / RATE)
    answer *= high_pass(180, 2)(hz) * low_pass(7_000)(hz)
    answer *= np.fft.rfft(sent)
    return np.fft.irfft(answer, LENGTH)


def _answer(seed: int) -> Samples:
    samples = round(PLATE_S * 1.4 * RATE)
    hiss = np.fft.rfft(noise(seed, samples))
    frequencies = np.fft.rfftfreq(samples, 1 / RATE)
    time = np.arange(samples) / RATE
    answer = np.zeros(samples)
    below: Samples = np.zeros(len(frequencies))
    for hz, longer in PLATE_BANDS:
        up_to = low_pass(hz, 4)(frequencies)
        band = np.fft.irfft(hiss * (up_to - below), samples)
        answer += band * np.exp(-6.91 * time / (PLATE_S * longer)) * (1 - np.exp(-time / 0.004))
        below = up_to
    answer /= np.sqrt(np.sum(answer**2))
    return np.concatenate([np.zeros(round(PREDELAY_S * RATE)), answer])


def _compression(whole: Circle) -> Samples:
    """Return the gains that bring down by half what is loud beside the mean, round the knee."""
    power = (whole[0] ** 2 + whole[1] ** 2).reshape(-1, TICK).mean(axis=1)
    over = 10 * np.log10(_followed(power) / np.mean(power) + 1e-9) + KNEE_DB / 2
    bent = np.where(over < KNEE_DB, np.maximum(over, 0) ** 2 / (2 * KNEE_DB), over - KNEE_DB / 2)
    return stretched(10 ** (-bent * (1 - 1 / RATIO) / 20))


def _followed(power: Samples) -> Samples:
    """Return the power as a compressor feels it: quick to rise, slow to fall, twice round."""
    up, down = (1 - np.exp(-TICK / RATE / seconds) for seconds in (ATTACK_S, RELEASE_S))
    felt, now = [], float(power[-1])
    for each in [*power, *power]:
        now += (up if each > now else down) * (each - now)
        felt.append(now)
    return np.array(felt[len(power) :])
