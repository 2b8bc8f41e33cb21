"""What a film costs to make by our price list: as it is, and as it would be."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis import ids
from chassis.door.edge import Door
from chassis.errors import Invalid
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.video.costs import ClipAsIs, CostItem, DiffCost, Estimate, GetEstimate
from video import clipping, kept, planning
from video.clipping import Asked
from video.domain import prices, video_project
from video.domain.clips import Clip
from video.domain.engines import PRICE_LIST
from video.domain.plan import Planning, wanted_pieces
from video.domain.video_messages import By, SetClips
from video.domain.video_state import Draft, Video
from video.planning import Texts
from video.projections import video_rows


def estimate(door: Door, call: Call, asked: GetEstimate) -> Estimate:
    """Return what the film of a video costs, piece by piece; what is there costs nothing."""

    def work(unit: Unit) -> Estimate:
        video = _seen(unit, asked.video_project_id)
        return _estimated(unit, video, planning.planning(unit.connection, video))

    return door.app.attempt(call, work)


def _seen(unit: Unit, video_id: UUID) -> Video:
    """Return a video that the caller sees. Raises `NotFound`."""
    video_rows.get(unit.connection, video_id, unit.call.actor)
    video: Video = unit.state(video_project.decider, video_id).video
    return video


def _estimated(
    unit: Unit, video: Video, planned: Planning, new: frozenset[UUID] = frozenset()
) -> Estimate:
    """`new`: the clips that are not there yet, which nobody knows by an id."""
    wanted = wanted_pieces(planned, video.clips)
    items = prices.items(video.clips, wanted, planning.made(unit, wanted))
    return Estimate(
        price_list=PRICE_LIST,
        items=tuple(
            CostItem(
                kind=each.kind,  # type: ignore[arg-type]
                clip_id=None if each.clip_id in new else each.clip_id,
                milliseconds=each.milliseconds,
                cents=each.cents,
                reused=each.reused,
            )
            for each in items
        ),
        total_cents=sum(each.cents for each in items),
        seconds=-(-sum(each.milliseconds for each in items) // 1000),
    )


def difference(door: Door, call: Call, asked: DiffCost) -> Estimate:
    """Return what the film would cost if its clips were these; nothing is changed.

    A clip that is there keeps its own words where none are given, and its copies. Raises `NotFound`
    for one that is not, `Invalid` for one that is named twice, `Rejected` as a change would.
    """

    def work(unit: Unit) -> Estimate:
        video = _seen(unit, asked.video_project_id)
        _must_be_named_once(asked)
        pairs = [_wished(call, video, at, each) for at, each in enumerate(asked.clips)]
        after = _with_clips(_with_settings(video, asked), [each.clip for each, _ in pairs])
        there = [was.id for _, was in pairs if was is not None]
        texts = kept.texts_of(unit.connection, there)
        words = {each.clip.id: _texts(each, was, texts) for each, was in pairs}
        new = frozenset(each.clip.id for each, was in pairs if was is None)
        return _estimated(unit, after, planning.planned(after, words), new)

    return door.app.attempt(call, work)


def _must_be_named_once(asked: DiffCost) -> None:
    named = [each.clip_id for each in asked.clips]
    for at, id in enumerate(named):
        if id is not None and id in named[:at]:
            fields = {"clips": {at: {"clip_id": ["Named twice."]}}}
            raise Invalid("chassis.invalid_argument", details={"fields": fields})


def _wished(call: Call, video: Video, at: int, asked: ClipAsIs) -> tuple[Asked, Clip | None]:
    """Return a clip as it would be, and the one whose place it takes."""
    if asked.clip_id is None:
        return clipping.new_clip(ids.derive(call.id, "clip", at), asked), None
    was = clipping.one_of(video, asked.clip_id)
    wished = clipping.new_clip(was.id, asked)
    return replace(wished, clip=replace(wished.clip, mirrored=was.mirrored)), was


def _with_settings(video: Video, asked: DiffCost) -> Video:
    settings = video.settings
    if asked.aspect_ratio is not None:
        settings = replace(settings, aspect_ratio=asked.aspect_ratio)
    if asked.generate_native_audio is not None:
        settings = replace(settings, generate_native_audio=asked.generate_native_audio)
    return replace(video, settings=settings)


def _with_clips(video: Video, clips: Iterable[Clip]) -> Video:
    """Return the video as a draft whose clips were set so: by the same rules, with their moves."""
    by = By(user_id=video.user_id, any_video=True)
    draft: Any = Draft(video=video)
    for event in video_project.decide(draft, SetClips(by=by, clips=tuple(clips))):
        draft = video_project.evolve(draft, event)
    after: Video = draft.video
    return after


def _texts(wished: Asked, was: Clip | None, kept_texts: Texts) -> dict[str, str]:
    """Return a clip's own words: what is said, and else what is kept, which a room's are not."""
    before = dict(kept_texts[was.id]) if was is not None else {}
    if was is not None and was.room_type != wished.clip.room_type:
        before.pop("motion_prompt", None)
    return {**before, **{name: text for name, text in wished.texts.items() if text is not None}}
