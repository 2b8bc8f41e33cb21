"""What each service that hears auth tells about somebody who is to be forgotten."""

from uuid import UUID

from chassis.domain import value
from contracts.auth.erasure import KeptOf


@value
class SubjectForgotten:
    """A service has forgotten a person, and the workspace that went with them, but for that."""

    erasure_id: UUID
    user_id: UUID
    kept: tuple[KeptOf, ...]
