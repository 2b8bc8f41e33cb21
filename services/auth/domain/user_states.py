"""What is known of a person."""

from datetime import datetime
from uuid import UUID

from chassis.domain import value


@value
class Ban:
    expires_at: datetime | None

    def stands(self, at: datetime) -> bool:
        """Return whether it holds: it ends by the clock, not when somebody has noted it."""
        return self.expires_at is None or at < self.expires_at


@value
class User:
    workspace_id: UUID | None
    role: str | None
    is_system_admin: bool
    email_verified: bool
    ban: Ban | None = None
    totp_enabled: bool = False

    def is_banned(self, at: datetime) -> bool:
        """Return whether they are shut out at `at`."""
        return self.ban is not None and self.ban.stands(at)


@value
class Erased:
    """Nobody any more: who they were is forgotten, here and by the services that have said so."""

    workspace_id: None = None
    erasure_id: UUID
    acknowledged: frozenset[str] = frozenset()  # the services


State = User | Erased
