"""`workspace`: one row a tenant."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    Table,
    Text,
    insert,
    update,
)

from auth.domain.workspace import InvoiceEligibilitySet, ProfileChanged, WorkspaceOpened
from auth.tables import metadata
from chassis.identity import Actor
from chassis.personal import PRIVATE, recall, recall_optional
from chassis.unit.projection import Change, Projection, row
from chassis.unit.store import Recorded

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
    CheckConstraint("status in ('active', 'suspended', 'trial')", name="workspace_status"),
    CheckConstraint("plan in ('free', 'pro', 'enterprise')", name="workspace_plan"),
    Index("workspace_slug", "slug", unique=True),
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
    this = update(table).where(table.c.id == str(id))
    match recorded.event:
        case WorkspaceOpened():
            yield insert(table).values(
                id=id,
                name=recall(id, "name"),
                slug=recall(id, "slug", unique=True),
                created_at=at,
                updated_at=at,
                **{field: recall_optional(id, field) for field in TEXTS},
            )
        case ProfileChanged(organization_number=number):
            yield this.values(
                name=recall(id, "name"),
                organization_number=number,
                updated_at=at,
                **{field: recall_optional(id, field) for field in TEXTS},
            )
        case InvoiceEligibilitySet(eligible=eligible):
            yield this.values(
                invoice_eligible=eligible,
                invoice_eligible_at=at if eligible else None,
                updated_at=at,
            )


projection = Projection(table=table, project=project, unique={"workspace_slug": "auth.slug_taken"})


def get(connection: Connection, workspace_id: UUID, actor: Actor) -> dict[str, Any]:
    """Return a workspace's row, with `version`."""
    found = row(connection, table, "workspace", workspace_id, actor, "auth.workspace_not_found")
    return {"version": found.pop("stream_version"), **found}
