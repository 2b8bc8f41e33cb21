"""What a workspace can be, and who stands above whom in it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from auth.domain.workspace_messages import SetBranding
from chassis.domain import value

MEMBER, ADMIN, OWNER = ROLES = ("member", "admin", "owner")  # by rank
SUSPENDED = "suspended"
FIRST_PLAN = "free"


def is_below(role: str | None, other: str) -> bool:
    """Return whether who has `role` (None: none at all) may not grant or remove `other`."""
    return role is None or ROLES.index(role) < ROLES.index(other)


@value
class Branding:
    primary_color: str | None = None
    secondary_color: str | None = None
    logo_key: str | None = None  # the logo that is to be
    logo_taken: str | None = None  # the one that is shown

    def is_as_in(self, command: SetBranding) -> bool:
        """Whether all of that is so already."""
        colors = command.primary_color, command.secondary_color
        return (*colors, command.logo_key) == (
            self.primary_color,
            self.secondary_color,
            self.logo_key,
        )

    def awaits(self, logo_key: str) -> bool:
        """Whether that logo is to be shown, and is not yet."""
        return logo_key == self.logo_key != self.logo_taken


@value
class Workspace:
    workspace_id: UUID
    members: Mapping[UUID, str]  # their roles
    organization_number: str | None = None
    has_legal_name: bool = False
    invoice_eligible: bool = False
    status: str = "active"  # active | suspended | trial
    plan: str = FIRST_PLAN  # free | pro | enterprise
    onboarding_completed: bool = False
    branding: Branding = Branding()
    used: bool = False  # somebody has begun to work in it

    @property
    def is_suspended(self) -> bool:
        """Whether nothing may be begun in it, nobody invited and nobody join."""
        return self.status == SUSPENDED

    def binds(self, user_id: UUID) -> bool:
        """Whether that member has to leave it before they join another."""
        return self.used or self.has_others(user_id)

    def has_others(self, user_id: UUID) -> bool:
        """Whether anybody else is in it."""
        return bool(self.members.keys() - {user_id})

    def is_last_owner(self, user_id: UUID) -> bool:
        """Whether that member is its owner, and the only one."""
        return owners(self.members) == {user_id}


@value
class Closed:
    """Nothing is begun in it any more, and whoever is still in it may leave."""

    workspace_id: UUID
    members: Mapping[UUID, str]
    purge_after: datetime
    texts_erased: bool = False


State = Workspace | Closed


def owners(members: Mapping[UUID, str]) -> set[UUID]:
    """Return which of the members own the workspace."""
    return {user_id for user_id, role in members.items() if role == OWNER}
