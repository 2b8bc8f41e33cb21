"""`workspace`: one row a tenant."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Index,
    Table,
    Text,
    Update,
    func,
    insert,
    select,
    update,
)

from auth.domain.workspace_events import (
    BrandingSet,
    InvoiceEligibilitySet,
    LogoTaken,
    OnboardingCompleted,
    PlanChanged,
    ProfileChanged,
    WorkspaceClosed,
    WorkspaceOpened,
    WorkspaceReinstated,
    WorkspaceSuspended,
    WorkspaceTextsErased,
)
from auth.tables import metadata
from chassis.identity import Actor
from chassis.personal import ERASED, PRIVATE, recall, recall_optional
from chassis.unit.projection import Change, Projection, row
from chassis.unit.store import Recorded
from gateways.port import ref_of

table = Table(
    "workspace",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, info=PRIVATE),
    Column("slug", Text, nullable=False, info=PRIVATE),
    Column("organization_number", Text, info=PRIVATE),
    Column("contact_email", Text, info=PRIVATE),
    Column("contact_person", Text, info=PRIVATE),
    Column("logo", Text, info=PRIVATE),
    Column("primary_color", Text),
    Column("secondary_color", Text),
    Column("onboarding_completed", Boolean, nullable=False, server_default="false"),
    Column("status", Text, nullable=False, server_default="active"),
    Column("plan", Text, nullable=False, server_default="free"),
    Column("suspended_at", DateTime(timezone=True)),
    Column("suspended_reason", Text, info=PRIVATE),
    Column("invoice_eligible", Boolean, nullable=False, server_default="false"),
    Column("invoice_eligible_at", DateTime(timezone=True)),
    Column("invited_by_admin", Boolean, nullable=False, server_default="false"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    # beyond the seed: what a sales document says of its buyer
    Column("legal_name", Text, info=PRIVATE),
    Column("billing_address", Text, info=PRIVATE),  # JSON
    Column("invoice_email", Text, info=PRIVATE),
    Column("invoice_reference", Text, info=PRIVATE),
    Column("closed_at", DateTime(timezone=True)),
    Column("founded_by", Text),  # whose name and address it was called after; None: nobody's
    CheckConstraint("status in ('active', 'suspended', 'trial')", name="workspace_status"),
    CheckConstraint("plan in ('free', 'pro', 'enterprise')", name="workspace_plan"),
    Index("workspace_slug", "slug", unique=True),
    Index("workspace_created_at", "created_at", "id"),
    Index("workspace_founded_by", "founded_by"),
)

TEXTS = (  # kept as personal data; empty ones are null
    "contact_email",
    "contact_person",
    "legal_name",
    "billing_address",
    "invoice_email",
    "invoice_reference",
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row; all texts come from what is kept of the workspace."""
    id, at = recorded.subject, recorded.recorded_at
    match recorded.event:
        case WorkspaceOpened(owner_user_id=owner, invited_by_admin=invited_by_admin):
            yield insert(table).values(
                id=id,
                invited_by_admin=invited_by_admin,
                founded_by=owner,
                created_at=at,
                updated_at=at,
                **_texts(id),
                **_slug(id),
            )
        case event:
            changed = _changed(id, event, at)
            if changed:
                this = update(table).where(table.c.id == str(id))
                yield this.values(updated_at=at, **changed)


def _changed(id: UUID, event: Any, at: datetime) -> Mapping[str, Any]:
    """Return what an event changes of the row; nothing of a row that does not show it."""
    match event:
        case ProfileChanged(organization_number=number, changed=names):
            moved = _slug(id) if "slug" in names else {}
            return {"organization_number": number, **_texts(id), **moved}
        case InvoiceEligibilitySet(eligible=eligible):
            return {"invoice_eligible": eligible, "invoice_eligible_at": at if eligible else None}
        case WorkspaceSuspended():
            return _suspended(at, recall_optional(id, "status_reason"))
        case WorkspaceReinstated(status=status):
            return {"status": status, "suspended_at": None, "suspended_reason": None}
        case WorkspaceClosed():
            why = func.coalesce(recall_optional(id, "closing_reason"), table.c.suspended_reason)
            return {"closed_at": at, **_suspended(at, why)}
        case PlanChanged(plan=plan):
            return {"plan": plan}
        case OnboardingCompleted():
            return {"onboarding_completed": True}
        case BrandingSet(primary_color=primary, secondary_color=secondary, logo_key=logo_key):
            no_logo = {"logo": None} if logo_key is None else {}  # a new one is not there yet
            return {"primary_color": primary, "secondary_color": secondary, **no_logo}
        case LogoTaken(logo_key=logo_key):
            return {"logo": ref_of(logo_key)}
        case WorkspaceTextsErased():
            gone = dict.fromkeys(("organization_number", "logo", "suspended_reason"))
            return {**gone, **_texts(id), **_slug(id)}
    return {}


def _texts(id: UUID) -> Mapping[str, Any]:
    """Return the texts as they are kept now; of those that were erased, what stands for them."""
    texts = {field: recall_optional(id, field) for field in TEXTS}
    return {"name": recall(id, "name"), **texts}


def _slug(id: UUID) -> Mapping[str, Any]:
    return {"slug": recall(id, "slug", unique=True)}


def _suspended(at: datetime, why: ColumnElement[str | None]) -> Mapping[str, Any]:
    """Return how a suspension shows; another reason for one, and its end, leave its beginning."""
    since = func.coalesce(table.c.suspended_at, at)
    return {"status": "suspended", "suspended_at": since, "suspended_reason": why}


projection = Projection(table=table, project=project, unique={"workspace_slug": "auth.slug_taken"})


def logos(connection: Connection) -> set[str]:
    """Return the references to all logos that are shown."""
    query = select(table.c.logo).where(table.c.logo.is_not(None))
    return set(connection.execute(query).scalars())


def get(connection: Connection, workspace_id: UUID, actor: Actor) -> dict[str, Any]:
    """Return a workspace's row, with `version`."""
    found = row(connection, table, "workspace", workspace_id, actor, "auth.workspace_not_found")
    del found["founded_by"]  # for forgetting alone
    return {"version": found.pop("stream_version"), **found}


def forget_texts(workspace_id: UUID, fields: Collection[str]) -> Iterator[Update]:
    """Yield what makes the row read as a rebuild would show it; `fields`: texts that have gone."""
    blank: dict[str, str | None] = {
        "name": ERASED,
        "slug": f"{ERASED}-{workspace_id}",
        **dict.fromkeys(TEXTS),
    }
    gone = {field: text for field, text in blank.items() if field in fields}
    if {"status_reason", "closing_reason"} & set(fields):
        gone["suspended_reason"] = None
    if gone:
        yield update(table).where(table.c.id == str(workspace_id)).values(gone)


def founded_by(connection: Connection, user_id: UUID) -> list[UUID]:
    """Return the workspaces that were called after somebody, however they are called now."""
    theirs = select(table.c.id).where(table.c.founded_by == str(user_id)).order_by(table.c.id)
    return [UUID(each) for each in connection.execute(theirs).scalars()]
