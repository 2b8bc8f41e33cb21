"""The engines that make pieces: what they need to know, and what they charge."""

from chassis.domain import value

KLING = "fal-ai/kling-video/v2.6/pro/image-to-video"
PRICE_LIST = "engines-2"


@value
class Engine:
    model: str  # of a provider's
    reads: bool  # words: it is told in a prompt what to do
    transition_ms: int
    cents_a_second: int
    cents_a_second_with_sound: int
    sound: str  # what a film's own sound is


ENGINES = {
    # Our own machine charges nothing. A transition is short: what it shows stands in both clips.
    "local": Engine(
        model="",
        reads=False,
        transition_ms=1200,
        cents_a_second=0,
        cents_a_second_with_sound=0,
        sound="a synthetic room tone",
    ),
    # five seconds are the least that kling makes
    "fal": Engine(
        model=KLING,
        reads=True,
        transition_ms=5000,
        cents_a_second=7,
        cents_a_second_with_sound=14,
        sound="made by the model with the pictures",
    ),
}
