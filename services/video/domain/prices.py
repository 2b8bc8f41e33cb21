"""What a film costs to make, in cents, by the price list; pieces that are there cost nothing."""

from collections.abc import Collection, Sequence
from uuid import UUID

from chassis.domain import value
from video.domain.clips import Clip
from video.domain.engines import ENGINES
from video.domain.plan import Planning, Settings, Spec, Wanted, film_order, wanted_pieces

MICRO_USD_A_CENT = 10_000


@value
class Item:
    """One piece, or the joining of all."""

    kind: str  # clip | transition | compile
    clip_id: UUID | None
    milliseconds: int
    cents: int
    reused: bool


def cents(spec: Spec) -> int:
    """Return what a piece costs."""
    engine = ENGINES[spec.engine]
    rate = engine.cents_a_second_with_sound if spec.native_audio else engine.cents_a_second
    return -(-rate * spec.length_ms // 1000)


def items(
    clips: Sequence[Clip], wanted: Sequence[Wanted], made: Collection[UUID]
) -> tuple[Item, ...]:
    """Return what a film's pieces cost, in its order; `made`: the pieces that are there.

    A piece that a film shows twice is made once.
    """
    seen = set(made)
    listed = []
    for clip_id, piece in film_order(clips, wanted):
        reused = piece.piece_id in seen
        seen.add(piece.piece_id)
        listed.append(
            Item(
                kind=piece.spec.kind,
                clip_id=clip_id,
                milliseconds=piece.spec.length_ms,
                cents=0 if reused else cents(piece.spec),
                reused=reused,
            )
        )
    return (*listed, Item(kind="compile", clip_id=None, milliseconds=0, cents=0, reused=False))


def estimated_cost_cents(settings: Settings, clips: Sequence[Clip]) -> int:
    """Return what making all of it costs, where nothing is there yet."""
    words = {clip.id: str(clip.id) for clip in clips}
    given = Planning(workspace_id=UUID(int=0), settings=settings, sources={}, words=words)
    return sum(each.cents for each in items(clips, wanted_pieces(given, clips), ()))
