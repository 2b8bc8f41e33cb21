"""The monthly run: what was delivered until a month's last day is put on invoices."""

from typing import Literal
from uuid import UUID

from chassis.asked import Asked, Keyed
from chassis.domain import value


@value
class RunStarted:
    """A month's run; `workspaces` have lines in it."""

    id: UUID
    version: int
    workspaces: int


@value
class RunInvoicing(Keyed[RunStarted]):
    """Draft, and issue if `issue`, what was delivered until a month's last day and still waits.

    One run a month: the month again answers the same one, as it was begun. For system admins.
    """

    month: str  # 2026-11
    issue: bool = True


@value
class RefusedInvoice:
    """A draft that could not be issued, and what its document would lack."""

    workspace_id: UUID
    invoice_id: UUID
    # legal_name | organization_number | gross_ore | buyer_changed | workspace_unknown
    missing: tuple[str, ...]


@value
class InvoicingRun:
    """How far a run is: each of its invoices is in one of three lists, or was discarded."""

    id: UUID
    version: int
    month: str
    state: Literal["running", "done"]
    issued: tuple[UUID, ...]
    drafted: tuple[UUID, ...]  # not issued, or not yet
    refused: tuple[RefusedInvoice, ...]


@value
class GetInvoicingRun(Asked[InvoicingRun]):
    """Return what became of a run; for system admins."""

    run_id: UUID
