"""Who was erased, which service has said so, and that the first word of each counts."""

from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from auth.app import SERVICE
from auth.domain import user
from auth.domain.user_events import ErasureAcknowledged, Kept, SignedUp, UserErased
from auth.inbound import reactions
from auth.projections import erasures
from chassis.testing.heard import heard
from chassis.testing.projected import at, projected
from contracts.affiliate import events as affiliate
from contracts.auth.erasure import KeptOf
from contracts.billing import events as billing
from contracts.media import events as media
from contracts.video import events as video

USER, WORKSPACE, ERASURE = (UUID(int=n) for n in range(1, 4))
THEN = datetime(2026, 5, 1, tzinfo=UTC)
UNTIL = datetime(2031, 12, 31, tzinfo=UTC)
hears = partial(heard, SERVICE, reactions)

signed_up = SignedUp(workspace_id=WORKSPACE, role="owner", at=THEN)
erased = UserErased(erasure_id=ERASURE, workspace_id=WORKSPACE)
THEIRS = (user.decider, USER)
SAID: dict[str, Any] = {
    "erasure_id": ERASURE,
    "user_id": USER,
    "kept": (KeptOf(what="projects", until=None), KeptOf(what="documents", until=UNTIL)),
}
KEPT = (Kept(what="projects", until=None), Kept(what="documents", until=UNTIL))


@pytest.mark.parametrize(
    "event",
    [
        media.SubjectForgotten(**SAID),
        video.SubjectForgotten(**SAID),
        billing.SubjectForgotten(**SAID),
        affiliate.SubjectForgotten(**SAID),
    ],
)
def test_what_a_service_has_forgotten_is_noted_once(event: Any) -> None:
    for source in ("media", "video", "billing", "affiliate"):
        of_it = [each for each in reactions if each.source == source]
        told = heard(SERVICE, of_it, event)
        acknowledged = ErasureAcknowledged(service=source, kept=KEPT)
        told.given({THEIRS: [signed_up, erased]}).then({THEIRS: [acknowledged]})
        told.given({THEIRS: [signed_up, erased, acknowledged]}).then_nothing()


def test_an_erasure_has_a_row_and_each_service_that_has_said_so_another() -> None:
    told = [
        (USER, signed_up),
        (USER, erased),
        (USER, ErasureAcknowledged(service="media", kept=KEPT)),
    ]
    assert projected(erasures.projection, told) == [
        {"id": str(ERASURE), "user_id": str(USER), "workspace_id": str(WORKSPACE)}
        | {"erased_at": at(2)}
    ]
    (row,) = projected(erasures.acknowledgements, told)
    assert (row["user_id"], row["service"], row["forgotten_at"]) == (str(USER), "media", at(3))
    until = {"what": "documents", "until": "2031-12-31T00:00:00Z"}
    assert row["kept"] == {"items": [{"what": "projects", "until": None}, until]}
