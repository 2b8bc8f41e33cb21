"""Music: how it is written and led, what it is played on, and one track as it sounds.

All six, at length and against others' measures: `tests/integration/test_music.py`.
"""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from unit.stages import music_figures as figures
from video.music import TRACKS, Track, synthesised
from video.music.band import GUITAR, LOOSE_MS, PIANO, Part, performed
from video.music.circle import LENGTH, RATE, noise, place, silence, slow
from video.music.harmony import chord, led, pitch
from video.music.lines import held, melody, pattern
from video.music.loudness import limiting, loudness
from video.music.mix import CEILING
from video.music.score import Ground, Note, Passage, Score, Span, played
from video.music.strings import FELT_PIANO, sounded

every_track = pytest.mark.parametrize("track", TRACKS, ids=[each.key for each in TRACKS])


def spans(*chords: str, units: int = 8) -> Ground:
    """A bar to each chord, with the same four voices over its bass."""
    basses = [chord(each) for each in chords]
    return Ground(
        bar=units,
        spans=tuple(
            Span(
                at=n * units,
                units=units,
                chord=each,
                voices=(55, 60, 64, 71),
                next_bass=basses[(n + 1) % len(basses)].bass,
            )
            for n, each in enumerate(basses)
        ),
    )


def test_a_pitch_and_a_chord_are_read_as_musicians_write_them() -> None:
    assert [pitch(each) for each in ("C4", "A4", "Bb3", "F#5")] == [60, 69, 58, 78]
    assert (chord("F#m7/E").root, chord("F#m7/E").bass) == (6, 4)
    assert set(chord("Bbmaj9").tones) == {10, 2, 5, 9, 0}


@pytest.mark.parametrize("wrong", ["H4", "C", "c4", "C4 ", "C44", ""])
def test_what_is_no_pitch_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no pitch"):
        pitch(wrong)


@pytest.mark.parametrize("wrong", ["H", "Cmaj8", "C/", "m7", ""])
def test_what_is_no_chord_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no chord"):
        chord(wrong)


def test_voices_move_little_and_lead_back_to_the_first_chord() -> None:
    voicings = led([chord(each) for each in ("Dm7", "G7", "Cmaj7", "Am7")])
    for one, two in pairwise([*voicings, voicings[0]]):
        # stacked from the root, each would move by five semitones, all together by twenty
        assert sum(abs(a - b) for a, b in zip(one, two, strict=True)) <= 8
    assert [{each % 12 for each in one} for one in voicings[:2]] == [{2, 5, 9, 0}, {7, 11, 2, 5}]


def test_a_melody_is_read_with_its_rests_and_ties() -> None:
    notes = melody("D5:3 r:1 F5:4 | _:2 E5:6")(spans("Dm7", "G7"))
    assert [(each.at, each.units, each.pitch) for each in notes] == [
        (0, 3, 74),
        (4, 6, 77),
        (10, 6, 76),
    ]


@pytest.mark.parametrize("wrong", ["D5:8 | D5:7", "D5:9 | D5:7", "D5:8", "D5:8 | D5:8 | D5:8"])
def test_a_bar_that_does_not_add_up_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="add up|units of melody"):
        melody(wrong)(spans("Dm7", "G7"))


def test_a_pattern_is_read_over_the_chords() -> None:
    notes = pattern("B-0.4-=A")(spans("Dm7", "G7"))
    assert [(each.at, each.units, each.pitch) for each in notes[:6]] == [
        (0, 2, 38),  # D2
        (2, 1, 55),
        (4, 2, 67),  # the lowest voice, an octave up
        (6, 1, 64),
        (6, 1, 71),
        (7, 1, 30),  # F#1, which leads to G1
    ]
    assert notes[6].pitch == 31
    with pytest.raises(ValueError, match="a bar has 8 units"):
        pattern("B-0.")(spans("Dm7"))


def test_a_tone_that_stays_is_not_struck_again() -> None:
    assert [each.units for each in held(spans("Dm7", "G7"))] == [16] * 4


def test_a_bar_begins_louder_than_it_goes_on() -> None:
    lines = {"drum": pattern("xxxx")}
    score = Score(bpm=60, beats=2, grid=2, passages=(Passage(chords="C", level=0.5, lines=lines),))
    first, second, third, _ = (each.strength for each in played(score)["drum"])
    assert 0.5 >= first > third > second


def test_a_sound_at_the_end_rings_on_at_the_start() -> None:
    circle = silence()
    place(circle, LENGTH - 3, np.arange(10.0).reshape(2, 5))
    assert circle[:, -3:].tolist() == [[0, 1, 2], [5, 6, 7]]
    assert circle[:, :3].tolist() == [[3, 4, 0], [8, 9, 0]]


def test_levels_are_averaged_round_the_circle() -> None:
    assert slow(np.array([9.0, 0, 0, 0, 3]), back=1, on=1).tolist() == [4, 3, 0, 1, 4]


def test_a_string_is_in_tune_and_its_upper_tones_die_first() -> None:
    sound = sounded(FELT_PIANO, 69, 0.5)[0]
    early, late = (
        np.abs(np.fft.rfft(sound[at : at + RATE] * np.hanning(RATE))) for at in (0, 2 * RATE)
    )
    assert abs(int(early[:600].argmax()) - 440) <= 1  # bins are of 1 Hz
    fourth = slice(1_740, 1_840)  # stiff strings have it above 1760
    assert early[fourth].argmax() > 20
    assert late[fourth].max() / late.max() < 0.5 * early[fourth].max() / early.max()


def test_a_hard_blow_is_brighter_than_a_soft_one() -> None:
    def above_a_kilohertz(hardness: float) -> float:
        power = np.abs(np.fft.rfft(sounded(FELT_PIANO, 60, hardness)[0])) ** 2
        return float(power[len(power) // 24 :].sum() / power.sum())

    assert above_a_kilohertz(1.0) > 2 * above_a_kilohertz(0.0)


def test_no_note_is_further_from_its_time_than_twelve_milliseconds_nor_before_the_piece() -> None:
    notes = [Note(at=4 * n, units=2, pitch=60, strength=0.5) for n in range(40)]
    notes += [Note(at=0, units=2, pitch=60, strength=0.5) for _ in range(8)]
    sound = performed(Part(instrument=GUITAR, gain_db=0, room_db=0), "part", notes, RATE / 4)
    seconds = np.abs(sound[0]).reshape(-1, RATE)[1:40]  # one note in each
    late = (seconds > 0.01).argmax(axis=1) / RATE * 1000
    assert np.ptp(late) <= 2 * LOOSE_MS
    assert np.std(late) > 3
    assert not sound[:, -RATE:].any()


def test_a_part_plays_the_same_each_time_and_another_otherwise() -> None:
    notes = [Note(at=n, units=2, pitch=60, strength=0.5) for n in range(4)]
    part = Part(instrument=PIANO, gain_db=0, room_db=0)
    first = performed(part, "one", notes, 10_000)
    assert np.array_equal(first, performed(part, "one", notes, 10_000))
    assert not np.array_equal(first, performed(part, "two", notes, 10_000))


def test_a_limiter_leaves_nothing_above_its_ceiling() -> None:
    loud = noise(1, 2, LENGTH) * np.linspace(0, 2, LENGTH)
    gains = limiting(loud, 0.5)
    assert np.abs(loud * gains).max() <= 0.5 + 1e-9
    assert gains[LENGTH // 16 : LENGTH // 8].min() == 1  # not at once: the end is near
    assert np.abs(np.diff(gains)).max() < 0.01


def test_the_loudness_of_a_sine_is_that_of_the_recommendation() -> None:
    sine = 10 ** (-20 / 20) * np.sin(2 * np.pi * 997 * np.arange(LENGTH) / RATE)
    assert loudness(np.stack([sine, sine])) == pytest.approx(-20, abs=0.02)


def test_six_tracks_are_there_for_every_category_and_mood() -> None:
    assert len({each.id for each in TRACKS}) == len({each.name for each in TRACKS}) == 6
    categories = {each.category for each in TRACKS}
    assert categories == {"modern", "classical", "upbeat", "calm", "cinematic"}
    moods = {each.mood for each in TRACKS}
    assert moods == {"energetic", "relaxing", "professional", "warm", "elegant"}
    assert len({each.bpm for each in TRACKS}) == 6
    assert len({each.score.passages[0].chords.split()[0] for each in TRACKS}) == 6
    assert len({(each.score.beats, each.score.grid) for each in TRACKS}) == 5
    assert all(68 <= each.bpm <= 118 for each in TRACKS)


def test_a_track_keeps_its_id() -> None:
    assert str(TRACKS[0].id) == "bc9cb579-3557-569a-af6b-c554c7faf94b"


@every_track
def test_a_track_is_a_minute_of_whole_bars_in_three_parts_or_more(track: Track) -> None:
    assert track.score.units == track.bpm * track.score.grid
    assert set(played(track.score)) == set(track.parts)
    assert len({part.instrument.sound for part in track.parts.values()}) >= 3


@every_track
def test_no_tune_rubs_against_its_chord_for_more_than_a_beat(track: Track) -> None:
    """A minor ninth above what is held is the one that nobody wants to hear."""
    notes = played(track.score)
    tunes = [each for part in ("piano", "bell", "high") for each in notes.get(part, [])]
    under = [each for part in ("pad", "left", "ripples", "guitar") for each in notes.get(part, [])]
    rubs = [
        (tune, tone)
        for tune in tunes
        for tone in under
        if tune.pitch > tone.pitch and (tune.pitch - tone.pitch) % 12 == 1
        if min(tune.at + tune.units, tone.at + tone.units) - max(tune.at, tone.at)
        > track.score.grid
    ]
    assert rubs == []


@pytest.fixture(scope="module")
def sound() -> NDArray[np.float32]:
    return synthesised(TRACKS[-1])


def test_a_track_is_a_minute_of_sixteen_bits_as_loud_as_promised(
    sound: NDArray[np.float32],
) -> None:
    assert sound.shape == (2, 60 * RATE)
    assert sound.dtype == np.float32
    assert np.array_equal(sound * 2**15, np.rint(sound * 2**15))
    assert loudness(sound.astype(np.float64)) == pytest.approx(-16, abs=0.2)
    assert np.abs(sound).max() <= CEILING + 2**-15


def test_a_track_goes_round_without_a_seam(sound: NDArray[np.float32]) -> None:
    step, near = figures.seam(sound)
    assert step <= near


def test_a_track_begins_from_near_silence(sound: NDArray[np.float32]) -> None:
    """A film that starts with it is not thrown into the last chord."""
    assert np.abs(sound[:, : RATE // 500]).max() < 0.05


def test_a_track_has_its_tempo_its_breadth_and_its_width(sound: NDArray[np.float32]) -> None:
    assert figures.tempo(sound) == pytest.approx(TRACKS[-1].bpm, abs=1)
    assert np.ptp(figures.octaves_db(sound)) <= 12
    assert 0.2 <= figures.correlation(sound) <= 0.9
