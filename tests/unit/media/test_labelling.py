"""Which versions are labelled: those of which what they show was altered, once that is said."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.unit.calls import Job
from chassis.unit.store import Recorded
from media.domain.image_events import AlterationSet, ImageEnhanced, Original, Result
from media.domain.image_state import Image, Version
from media.jobs import jobs

PHOTOGRAPH, LATER = UUID(int=1), UUID(int=2)
RESULT = Result(
    key="w/p/result/i/v.jpg",
    size=1,
    sha256="a" * 64,
    width=1,
    height=1,
    model="m",
    engine="local",
    alteration="material",
    params_hash="b" * 64,
)


def asked(event: Any, result: Result | None = RESULT) -> list[tuple[str, UUID, Any]]:
    """Return the jobs that an event of a photograph asks for."""
    recorded = Recorded(
        event_id=UUID(int=9),
        stream_id=f"image-{PHOTOGRAPH}",
        subject=PHOTOGRAPH,
        version=2,
        event=event,
        meta={},
        recorded_at=datetime(2026, 12, 1, tzinfo=UTC),
    )
    queued = (each for each in jobs(recorded, having(result)) if isinstance(each, Job))
    return [(each.kind, each.subject, each.args) for each in queued]


def having(result: Result | None) -> Image:
    """Return a photograph with a later version that has come out so far."""
    first = Version(
        version_id=PHOTOGRAPH, number=1, style_template_id="modern", room_type=None, prompt=""
    )
    return Image(
        workspace_id=UUID(int=7),
        project_id=UUID(int=8),
        user_id=UUID(int=9),
        original=Original(
            key="o", content_type="image/jpeg", size=1, sha256="c" * 64, width=1, height=1
        ),
        versions=(first, replace(first, version_id=LATER, number=2, result=result)),
    )


@pytest.mark.parametrize(("version_id", "subject"), [(None, PHOTOGRAPH), (LATER, LATER)])
@pytest.mark.parametrize(
    ("engine", "source_type"),
    [("local", "compositeSynthetic"), ("fal", "compositeWithTrainedAlgorithmicMedia")],
)
def test_what_comes_out_altered_is_labelled(
    version_id: UUID | None, subject: UUID, engine: str, source_type: str
) -> None:
    came_out = ImageEnhanced(result=replace(RESULT, engine=engine), version_id=version_id)

    ((kind, of, args),) = asked(came_out)

    assert (kind, of, args["key"]) == ("label_image", subject, RESULT.key)
    assert args["source_type"].endswith(f"/{source_type}")


@pytest.mark.parametrize("alteration", ["none", "technical"])
def test_what_is_not_altered_is_not_labelled(alteration: Any) -> None:
    assert asked(ImageEnhanced(result=replace(RESULT, alteration=alteration))) == []
    assert asked(AlterationSet(version_id=LATER, alteration=alteration)) == []


def test_what_is_said_to_be_altered_is_labelled_then_if_it_has_come_out() -> None:
    ((kind, of, _),) = asked(AlterationSet(version_id=LATER, alteration="material"))

    assert (kind, of) == ("label_image", LATER)
    assert asked(AlterationSet(version_id=LATER, alteration="material"), result=None) == []
