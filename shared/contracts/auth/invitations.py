"""Who is asked to join a workspace, by a link that is mailed."""

from dataclasses import field
from datetime import datetime
from uuid import UUID

from chassis.asked import Asked, Command, Keyed, Listing, Written
from chassis.domain import sensitive, value


@value
class Invited:
    """An invitation stands, until then."""

    id: UUID
    version: int
    expires_at: datetime


@value
class InviteMember(Keyed[Invited]):
    """Invite somebody; an earlier invitation of that address to the workspace is cancelled."""

    email: str
    role: str = "member"  # owner | admin | member, none above one's own
    workspace_id: UUID | None = None


@value
class ResendInvitation(Keyed[Invited]):
    """Mail an invitation again; it stands seven more days."""

    invitation_id: UUID


@value
class CancelInvitation(Command[Written]):
    """Take an invitation back."""

    invitation_id: UUID


@value
class InvitationAccepted:
    """The workspace that one is in from now on; id and version are the invitation's."""

    id: UUID
    version: int
    workspace_id: UUID
    role: str


@value
class AcceptInvitation(Command[InvitationAccepted]):
    """Join the workspace that invited one's address: by the mailed token, or by its id.

    By the token the address is verified; by the id it has to be.
    """

    token: str | None = sensitive(default=None)
    invitation_id: UUID | None = None


@value
class DeclineInvitation(Command[Written]):
    """Refuse an invitation, by the mailed token or by its id."""

    token: str | None = sensitive(default=None)
    invitation_id: UUID | None = None


@value
class Invitation:
    """An invitation that nobody has answered."""

    id: UUID
    email: str
    workspace_id: UUID
    role: str
    expires_at: datetime
    accepted_at: datetime | None
    created_at: datetime


@value
class ListInvitations(Listing[Invitation]):
    """Return a page of a workspace's invitations that nobody has answered; for admins."""

    workspace_id: UUID | None = None


@value
class MyInvitation:
    """Where one is asked to join."""

    invitation_id: UUID
    workspace_name: str
    role: str
    expires_at: datetime


@value
class MyInvitations:
    items: tuple[MyInvitation, ...]


@value
class ListMyInvitations(Asked[MyInvitations]):
    """Return the invitations to one's own verified address."""


@value
class LogoShown:
    """A logo, for minutes."""

    url: str = field(repr=False)
    expires_at: datetime


@value
class InvitationShown:
    """What an invitation's page shows of it."""

    workspace_name: str
    logo: LogoShown | None
    primary_color: str | None
    email: str
    role: str
    expires_at: datetime


@value
class GetInvitation(Asked[InvitationShown]):
    """Return what an invitation's mailed link is for."""

    token: str = sensitive()
