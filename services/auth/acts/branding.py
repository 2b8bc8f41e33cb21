"""How a workspace looks: a logo and two colours, for its mails and where films ask for it."""

from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from auth import logos
from auth.acts.workspaces import reached
from auth.domain import workspace
from auth.domain import workspace_messages as messages
from auth.domain.workspace_states import Branding as Looks
from auth.domain.workspace_states import Workspace
from auth.logos import Logo
from auth.projections import workspaces
from chassis import ids
from chassis.asked import given
from chassis.domain import value
from chassis.door.edge import Door
from chassis.errors import Rejected
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.auth.workspaces import (
    Branded,
    Branding,
    GetBranding,
    LogoFile,
    LogoToUpload,
    LogoUpload,
    SetBranding,
)
from gateways.port import Blobs, key_of

ENTERPRISE = "enterprise"


@value
class Announced:
    """Looks that were decided on: what a repeat makes a fresh link of."""

    id: UUID
    version: int
    awaits: bool  # whether a logo is to be sent


def set_looks(door: Door, call: Call, asked: SetBranding) -> Branded:
    """Change how a workspace looks, and return a link for a new logo, which is then waited for.

    The link is made outside the unit: a repeat of the call is given a fresh one to the same place.
    Raises `Rejected("auth.plan_needed")` where its plan does not hold this.
    """
    workspace_id = reached(call, asked.workspace_id)
    incoming = logos.incoming_key(workspace_id, ids.derive(call.id, "logo"))
    needs_enterprise = door.tools.branding_needs_enterprise
    work = partial(_brand, workspace_id, incoming, needs_enterprise, asked)
    announced = door.app.unit(call, work, Announced)
    upload = None
    if announced.awaits and isinstance(asked.logo, LogoToUpload):
        upload = _upload(door.tools.blobs, incoming, asked.logo)
    return Branded(id=announced.id, version=announced.version, upload=upload)


def _brand(
    workspace_id: UUID, incoming: str, needs_enterprise: bool, asked: SetBranding, unit: Unit
) -> Announced:
    state = unit.state(workspace.decider, workspace_id)
    before = state.branding if isinstance(state, Workspace) else Looks()
    if needs_enterprise and isinstance(state, Workspace) and state.plan != ENTERPRISE:
        raise Rejected("auth.plan_needed", "only workspaces with the plan enterprise have a look")
    fields = given(asked)
    logo_key = _key(workspace_id, fields["logo"]) if "logo" in fields else before.logo_key
    command = messages.SetBranding(
        primary_color=fields.get("primary_color", before.primary_color),
        secondary_color=fields.get("secondary_color", before.secondary_color),
        logo_key=logo_key,
    )
    decided = unit.decide(workspace.decider, workspace_id, command)
    awaits = "logo" in fields and logo_key not in (None, before.logo_taken)
    if awaits and logo_key is not None:
        unit.queue(logos.awaited(workspace_id, logo_key, incoming), workspace_id)
    return Announced(id=decided.id, version=decided.version, awaits=awaits)


def _key(workspace_id: UUID, logo: LogoToUpload | None) -> str | None:
    return logos.key_for(workspace_id, _announced(logo)) if logo else None


def _announced(logo: LogoToUpload) -> Logo:
    return Logo(content_type=logo.content_type, size=logo.size_bytes, sha256=logo.sha256)


def _upload(blobs: Blobs, incoming: str, logo: LogoToUpload) -> LogoUpload:
    link = blobs.upload_link(incoming, logo.content_type, logo.size_bytes, logo.sha256)
    return LogoUpload(
        method=link.method, url=link.url, headers=link.headers, expires_at=link.expires_at
    )


def shown(db: Connection, door: Door, call: Call, asked: GetBranding) -> Branding:
    """Return how a workspace looks, with a link to its logo."""
    row = workspaces.get(db, asked.workspace_id, call.actor)
    return Branding(
        workspace_id=asked.workspace_id,
        name=row["name"],
        primary_color=row["primary_color"],
        secondary_color=row["secondary_color"],
        logo=_file(door.tools.blobs, row["logo"]) if row["logo"] else None,
    )


def _file(blobs: Blobs, ref: str) -> LogoFile:
    logo, link = logos.logo_at(key_of(ref)), logos.link(blobs, ref)
    return LogoFile(
        url=link.url,
        expires_at=link.expires_at,
        sha256=logo.sha256,
        size=logo.size,
        content_type=logo.content_type,
    )
