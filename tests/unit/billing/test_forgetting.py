"""What billing holds of somebody who is forgotten, and what the law has it keep."""

from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

from billing.app import SERVICE
from billing.inbound import reactions
from billing.kept import buyer
from billing.projections import refunds
from chassis.hearing import forgetting
from chassis.hearing.forgetting import Kept, SubjectForgotten
from chassis.testing.heard import heard
from contracts.auth import events as auth
from unit.stages.forgotten import ERASURE, OTHER, USER, WORKSPACE, Held, held

hears = partial(heard, SERVICE, reactions)
gone = auth.SubjectErased(erasure_id=ERASURE, user_id=USER, workspace_id=None)
with_all = auth.SubjectErased(erasure_id=ERASURE, user_id=USER, workspace_id=WORKSPACE)
THIS = (forgetting.decider, ERASURE)
TABLES = (*(each.table for each in SERVICE.projections), buyer)


def named(billing: Held, n: int, workspace_id: UUID, until: date | None) -> None:
    """Let a document name a workspace as its buyer."""
    kept = {"document_id": str(UUID(int=n)), "legal_name": "Kari AS", "retention_until": until}
    billing.row(buyer, workspace_id=workspace_id, **kept)


def test_whom_issued_documents_name_stays_a_line_a_day_until_which_it_must() -> None:
    with held(*TABLES) as billing:
        for n, until in enumerate((date(2031, 12, 31), date(2030, 12, 31), date(2031, 12, 31))):
            named(billing, n, WORKSPACE, until)
        named(billing, 4, WORKSPACE, None)
        named(billing, 5, OTHER, date(2029, 12, 31))

        issued = "buyer of issued documents"
        kept = (
            Kept(what=issued, until=datetime(2030, 12, 31, tzinfo=UTC)),
            Kept(what=issued, until=datetime(2031, 12, 31, tzinfo=UTC)),
            Kept(what="buyer of payments by card", until=None),
        )
        hears(with_all).beside(billing.tables).then({THIS: [said(*kept)]})
        hears(gone).beside(billing.tables).then({THIS: [said()]})
        assert len(billing.tables.rows(buyer)) == 5


def test_what_people_wrote_goes() -> None:
    with held(*TABLES) as billing:
        billing.text(OTHER, "reason", WORKSPACE)
        billing.text(ERASURE, "reason", OTHER)
        hears(with_all).beside(billing.tables).then({THIS: [said()]})
        assert billing.texts() == {(str(ERASURE), "reason")}
        assert refunds.table in {each.table for each in SERVICE.projections}


def said(*kept: Kept) -> SubjectForgotten:
    return SubjectForgotten(user_id=USER, kept=kept)
