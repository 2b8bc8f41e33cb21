"""A video: drafted, paid for, at work, ended; a draft again for the next revision.

Each revision is one run and one film (`film`), which knows of the pieces; the video knows of the
film's end alone.
"""

from dataclasses import replace

from chassis.domain import Decider
from chassis.errors import Forbidden, NotFound, Rejected
from video.domain.clips import mirrored
from video.domain.engines import PRICE_LIST
from video.domain.prices import estimated_cost_cents
from video.domain.video_drafts import must_be_a_film, of_drafts
from video.domain.video_events import (
    CapRaised,
    ClipsChanged,
    CompileBegun,
    CostNoted,
    Event,
    ImageForgotten,
    PaymentDemanded,
    RevisionOpened,
    RunBegun,
    RunEnded,
    SettingsChanged,
    SourcesTaken,
    StartCleared,
    StartRequested,
    StartWithdrawn,
    VideoCreated,
    VideoRemoved,
)
from video.domain.video_history import after_run, evolved
from video.domain.video_messages import (
    Cancel,
    Command,
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
from video.domain.video_runs import cancelled
from video.domain.video_state import (
    Completed,
    Draft,
    Failed,
    Removed,
    Running,
    State,
    Video,
)


def decide(video: State | None, command: Command) -> list[Event]:
    match video, command:
        case None, CreateVideo():
            must_be_a_film(command.clips, command.music)
            return [_created(command)]
        case Removed(), NoteCleared() | NotePaymentRequired() | NoteSources():
            return []
        case Removed(), NoteSourcesMissing() | NoteCompileStarted() | NoteFilmEnded():
            return []
        case Removed(), NoteCost() | Hold() | ForgetImage():
            return []
        case Removed(), Remove() if command.by is None:
            return []
        case Removed(), _:
            raise NotFound("video.video_project_not_found", "no such video")
        case Draft() | Running() | Completed() | Failed(), CreateVideo() if _is_as_in(
            video.video, command
        ):
            return []
        case Draft() | Running() | Completed() | Failed(), CreateVideo():
            raise Rejected("video.video_project_exists", "another video has this id")
        case (
            Draft() | Running() | Completed() | Failed(),
            MayChange() | Update() | SetClips() | Reorder() | Cancel() | OpenRevision() | Remove(),
        ) if video.video.bars(command.by):
            raise Forbidden("video.not_your_video", "members change their own videos only")
        case (
            Draft() | Running() | Completed() | Failed(),
            StartVideo() | RetryFailed() | CompileWithoutFailed(),
        ) if video.video.bars(command.start.by):
            raise Forbidden("video.not_your_video", "members change their own videos only")
        case Draft() | Running() | Completed() | Failed(), MayChange():
            return []
        case Draft() | Running() | Completed() | Failed(), ForgetImage():
            return _forgotten(video.video, command)
        case Draft() | Running() | Completed() | Failed(), NoteCost():
            noted = CostNoted(cost_micro_usd=command.cost_micro_usd)
            return [noted] if command.cost_micro_usd > 0 else []
        case Draft() | Running() | Completed() | Failed(), RaiseCap() if (
            command.cap_cents <= video.video.cap_of(command.budget_cents)
        ):
            return []
        case Draft() | Running() | Completed() | Failed(), RaiseCap():
            return [CapRaised(cap_cents=command.cap_cents, reason=command.reason)]
        case Completed() | Failed(), OpenRevision():
            clearance = "cleared" if video.video.is_delivered else "none"
            return [RevisionOpened(revision=video.video.revision + 1, clearance=clearance)]
        case Draft(), OpenRevision():
            return []
        case Running(), OpenRevision():
            raise Rejected("video.not_ended", "its film is being made")
        case Running(), Remove():
            return [cancelled(video.video, command.end, command.at), _removed(video.video)]
        case Draft() | Completed() | Failed(), Remove():
            return [_removed(video.video)]
        case _:
            return of_drafts(video, command)


def _created(command: CreateVideo) -> VideoCreated:
    return VideoCreated(
        workspace_id=command.workspace_id,
        user_id=command.user_id,
        settings=command.settings,
        clips=mirrored(command.clips, {clip.id for clip in command.clips}),
        price_list=PRICE_LIST,
        estimated_cost_cents=estimated_cost_cents(command.settings, command.clips),
        revision=1,
    )


def _is_as_in(video: Video, command: CreateVideo) -> bool:
    """Return whether that creation is this video's own, once more."""
    return video.created == _created(command) and command.same_texts


def _forgotten(video: Video, command: ForgetImage) -> list[Event]:
    id = command.image_generation_id
    clip_ids = tuple(clip.id for clip in video.clips if clip.shows(id))
    return [ImageForgotten(image_generation_id=id, clip_ids=clip_ids)] if clip_ids else []


def _removed(video: Video) -> VideoRemoved:
    return VideoRemoved(clip_ids=video.clip_ids, revision=video.revision)


def evolve(video: State | None, event: Event) -> State:
    match video, event:
        case None, VideoCreated():
            return Draft(video=Video(created=event, settings=event.settings, clips=event.clips))
        case Draft() | Running() | Completed() | Failed(), VideoRemoved():
            return Removed(workspace_id=video.workspace_id)
        case Draft() | Failed(), RunBegun():
            return Running(video=video.video.begun(event))
        case Running(), CompileBegun():
            return replace(video, joining=True)
        case Running(), RunEnded():
            return after_run(video.video.after(event), event)
        case Completed() | Failed(), RevisionOpened(revision=revision, clearance=clearance):
            opened = replace(video.video, revision=revision, clearance=clearance, then="start")
            return Draft(video=opened)
        case Draft() | Running() | Completed() | Failed(), _:
            return replace(video, video=evolved(video.video, event))
        case _:
            raise AssertionError(f"{event} cannot follow {video}")


decider = Decider(
    name="video_project",
    decide=decide,
    evolve=evolve,
    events=(
        VideoCreated,
        SettingsChanged,
        ClipsChanged,
        ImageForgotten,
        StartRequested,
        StartCleared,
        PaymentDemanded,
        StartWithdrawn,
        RunBegun,
        SourcesTaken,
        CompileBegun,
        RunEnded,
        CostNoted,
        RevisionOpened,
        CapRaised,
        VideoRemoved,
    ),
    creates=(CreateVideo,),
)
