"""Every state of a video by every command, as the table of its rules has it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from unit.video.cells import outcomes
from unit.video.films import (
    ADMINS,
    AT,
    BEGUN,
    CAP,
    CLEARED,
    CLIP_IDS,
    CLIPS,
    COMPILING,
    COMPLETED,
    CREATE,
    CREATED,
    FILE,
    GENERATING,
    IMAGES,
    MINE,
    NOT_MINE,
    NOTHING_YET,
    REQUESTED,
    SETTINGS,
    SOURCES,
    STARTING,
    WORKSPACE,
)
from video.domain.video_events import (
    CostNoted,
    PaymentDemanded,
    RevisionOpened,
    RunEnded,
    VideoCreated,
    VideoRemoved,
)
from video.domain.video_messages import (
    Cancel,
    CompileWithoutFailed,
    CreateVideo,
    ForgetImage,
    Hold,
    MayChange,
    NoteCleared,
    NoteCompileStarted,
    NoteCost,
    NoteFilmEnded,
    NotePaymentRequired,
    NoteSources,
    NoteSourcesMissing,
    OpenRevision,
    RaiseCap,
    Remove,
    Reorder,
    RetryFailed,
    SetClips,
    StartVideo,
    Update,
)
from video.domain.video_project import decider

DEMANDED = PaymentDemanded(run=1, reason="no_method")
BROKEN = RunEnded(
    revision=1,
    run=1,
    outcome="failed",
    reason="clips_failed",
    cause="video.clips_failed",
    failed_count=1,
    clips=(),
    film=None,
    cost_micro_usd=0,
    at=AT,
)
FETCHLESS = replace(BROKEN, reason="sources_unavailable", failed_count=0)
AGAIN = replace(REQUESTED, run=2, then="retry")
OPENED = RevisionOpened(revision=2, clearance="cleared")
BEGUN_2 = replace(BEGUN, revision=2)
FAILED: tuple[Any, ...] = (*GENERATING, BROKEN)
STATES: dict[str, tuple[Any, ...]] = {
    "–": (),
    "draft": (CREATED,),
    "requested": (CREATED, REQUESTED),
    "demanded": (CREATED, REQUESTED, DEMANDED),
    "cleared": (CREATED, REQUESTED, CLEARED),
    "running": GENERATING,
    "joining": COMPILING,
    "completed": (*COMPILING, COMPLETED),
    "failed": FAILED,
    "fetchless": (*GENERATING, FETCHLESS),
    "failed, requested": (*FAILED, AGAIN),
    "failed later": (*COMPILING, COMPLETED, OPENED, BEGUN_2, replace(BROKEN, revision=2)),
    "removed": (CREATED, VideoRemoved(clip_ids=CLIP_IDS, revision=1)),
}
BARRED = replace(STARTING, is_barred=True)
DEAR = replace(STARTING, needed_cents=CAP + 1)
COMMANDS: dict[str, Any] = {
    "create": CREATE,
    "create another": replace(CREATE, user_id=UUID(int=9)),
    "may change": MayChange(by=MINE),
    "update": Update(by=MINE, settings=replace(SETTINGS, title="Parkveien 1")),
    "update to the same": Update(by=MINE, settings=SETTINGS),
    "set clips": SetClips(by=MINE, clips=CLIPS[:2]),
    "set the same": SetClips(by=MINE, clips=CLIPS),
    "reorder": Reorder(by=MINE, clip_ids=tuple(clip.id for clip in reversed(CLIPS))),
    "reorder not all": Reorder(by=MINE, clip_ids=(CLIPS[0].id,)),
    "start": StartVideo(start=STARTING),
    "start barred": StartVideo(start=BARRED),
    "start dear": StartVideo(start=DEAR),
    "retry": RetryFailed(start=STARTING),
    "drop": CompileWithoutFailed(start=STARTING),
    "paid": NoteCleared(workspace_id=WORKSPACE, run=1, is_barred=False),
    "paid again": NoteCleared(workspace_id=WORKSPACE, run=2, is_barred=False),
    "paid barred": NoteCleared(workspace_id=WORKSPACE, run=1, is_barred=True),
    "unpaid": NotePaymentRequired(workspace_id=WORKSPACE, run=1, reason="no_method"),
    "sources": NoteSources(revision=1, sources=SOURCES),
    "no sources": NoteSourcesMissing(revision=1, cause="media.gone", end=NOTHING_YET, at=AT),
    "compiles": NoteCompileStarted(revision=1),
    "made": NoteFilmEnded(revision=1, end=NOTHING_YET, film=FILE, at=AT),
    "broke": NoteFilmEnded(revision=1, end=NOTHING_YET, reason="compile_failed", at=AT),
    "cost": NoteCost(cost_micro_usd=1),
    "no cost": NoteCost(cost_micro_usd=0),
    "cancel": Cancel(by=MINE, end=NOTHING_YET, at=AT),
    "hold": Hold(end=NOTHING_YET, at=AT),
    "open": OpenRevision(by=MINE),
    "forget image": ForgetImage(image_generation_id=IMAGES[0]),
    "forget another": ForgetImage(image_generation_id=UUID(int=9)),
    "raise": RaiseCap(cap_cents=CAP + 1, budget_cents=CAP, reason="asked for"),
    "raise to the same": RaiseCap(cap_cents=CAP, budget_cents=CAP, reason="asked for"),
    "remove": Remove(by=MINE, end=NOTHING_YET, at=AT),
    "empty": Remove(by=None, end=NOTHING_YET, at=AT),
}
# what nobody hears of, whatever is told
ALWAYS = {
    "create": "nothing",
    "create another": "video_project_exists",
    "may change": "nothing",
    "cost": "CostNoted",
    "no cost": "nothing",
    "forget image": "ImageForgotten",
    "forget another": "nothing",
    "raise": "CapRaised",
    "raise to the same": "nothing",
    "remove": "VideoRemoved",
    "empty": "VideoRemoved",
}
LATE = dict.fromkeys(
    ("paid", "paid again", "paid barred", "unpaid", "sources", "no sources", "compiles", "made",
     "broke", "cancel", "hold"),
    "nothing",
)  # fmt: skip
FIXED = dict.fromkeys(
    ("update", "update to the same", "set clips", "set the same", "reorder", "reorder not all"),
    "not_editable",
)
EDITS = {
    "update": "SettingsChanged",
    "update to the same": "nothing",
    "set clips": "ClipsChanged",
    "set the same": "nothing",
    "reorder": "ClipsChanged",
    "reorder not all": "not_a_permutation",
}
STARTS = {
    "start": "StartRequested",
    "start barred": "workspace_suspended",
    "start dear": "over_budget",
    "retry": "nothing_failed",
    "drop": "nothing_failed",
}
DRAFT = {**ALWAYS, **LATE, **EDITS, **STARTS, "open": "nothing"}
REQUESTED_TOO = {"start": "nothing", "cancel": "StartWithdrawn"}
PAYABLE = {"paid": "StartCleared RunBegun", "paid barred": "StartCleared"}
AT_WORK = {
    **ALWAYS,
    **LATE,
    **FIXED,
    **dict.fromkeys(("start", "start barred", "start dear"), "nothing"),
    **dict.fromkeys(("retry", "drop"), "nothing_failed"),
    "sources": "SourcesTaken",
    "no sources": "RunEnded",
    "compiles": "CompileBegun",
    "made": "RunEnded",
    "broke": "RunEnded",
    "cancel": "RunEnded",
    "hold": "RunEnded",
    "open": "not_ended",
    "remove": "RunEnded VideoRemoved",
    "empty": "RunEnded VideoRemoved",
}
OVER = {**ALWAYS, **LATE, **FIXED, "open": "RevisionOpened"}
BROKE = {**OVER, **STARTS, "retry": "StartRequested", "drop": "StartRequested"}
EXPECTED: dict[str, dict[str, str]] = {
    "–": {"create": "VideoCreated", "create another": "VideoCreated"},
    "draft": DRAFT,
    "requested": {**DRAFT, **REQUESTED_TOO, **PAYABLE, "unpaid": "PaymentDemanded"},
    "demanded": {**DRAFT, **PAYABLE, "cancel": "StartWithdrawn"},
    "cleared": {**DRAFT, "start": "RunBegun"},
    "running": AT_WORK,
    "joining": {**AT_WORK, "compiles": "nothing", "hold": "nothing"},
    "completed": {
        **OVER,
        **dict.fromkeys(("start", "start barred", "start dear"), "already_ended"),
        **dict.fromkeys(("retry", "drop"), "nothing_failed"),
    },
    "failed": BROKE,
    "fetchless": {**BROKE, "drop": "nothing_failed"},
    "failed, requested": {
        **BROKE,
        **dict.fromkeys(("start", "retry", "drop"), "nothing"),
        "paid again": "StartCleared RunBegun",
    },
    "failed later": {**BROKE, **dict.fromkeys(("start", "retry", "drop"), "RunBegun")},
    "removed": {
        **dict.fromkeys(COMMANDS, "video_project_not_found"),
        **LATE,
        "cancel": "video_project_not_found",
        **dict.fromkeys(("cost", "no cost", "forget image", "forget another", "empty"), "nothing"),
    },
}


def test_every_cell_is_as_the_rules_have_it() -> None:
    said = {
        state: outcomes(
            decider, {state: events}, {name: COMMANDS[name] for name in EXPECTED[state]}
        )
        for state, events in STATES.items()
    }
    assert {state: each[state] for state, each in said.items()} == EXPECTED
    missing = {
        state: set(COMMANDS) - set(cells) for state, cells in EXPECTED.items() if state != "–"
    }
    assert not any(missing.values()), missing


@pytest.mark.parametrize(
    "command",
    [
        COMMANDS[name]
        for name in ("may change", "update", "set clips", "reorder", "cancel", "open", "remove")
    ],
    ids=lambda command: type(command).__name__,
)
def test_members_change_their_own_videos_only(command: Any) -> None:
    for state in ("draft", "running", "completed", "failed"):
        theirs = {"theirs": replace(command, by=NOT_MINE), "any": replace(command, by=ADMINS)}
        said = outcomes(decider, {state: STATES[state]}, {**theirs, "mine": command})[state]
        assert said["theirs"] == "not_your_video"
        assert said["any"] == said["mine"]


@pytest.mark.parametrize("start", [StartVideo, RetryFailed, CompileWithoutFailed])
def test_members_start_their_own_videos_only(start: type[Any]) -> None:
    theirs = start(start=replace(STARTING, by=NOT_MINE))
    said = outcomes(decider, {"failed": FAILED, "draft": STATES["draft"]}, {"theirs": theirs})
    assert {each["theirs"] for each in said.values()} == {"not_your_video"}


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (replace(CREATE, clips=CLIPS[:1]), "clip_count"),
        (replace(CREATE, clips=CLIPS * 7), "clip_count"),
        (
            replace(CREATE, clips=tuple(replace(each, duration_seconds=10) for each in CLIPS * 4)),
            "too_long",
        ),
    ],
)
def test_a_video_is_of_2_to_20_clips_and_100_seconds(command: CreateVideo, code: str) -> None:
    said = outcomes(decider, {"–": (), "draft": (CREATED,)}, {"create": command})
    assert said["–"]["create"] == code
    set_clips = SetClips(by=MINE, clips=command.clips)
    assert outcomes(decider, {"draft": (CREATED,)}, {"set": set_clips})["draft"]["set"] == code


def test_neighbours_that_would_move_alike_move_each_other_s_way_from_the_first() -> None:
    alike = tuple(replace(clip, room_type="kitchen") for clip in CLIPS)
    (created,) = decider.decide(None, replace(CREATE, clips=alike))
    assert isinstance(created, VideoCreated)
    assert [clip.mirrored for clip in created.clips] == [False, True, False]
    assert decider.decide(decider.evolve(None, created), replace(CREATE, clips=alike)) == []


def test_costs_are_noted_until_it_is_gone() -> None:
    assert CostNoted(cost_micro_usd=1) in decider.decide(
        decider.evolve(None, CREATED), NoteCost(cost_micro_usd=1)
    )
