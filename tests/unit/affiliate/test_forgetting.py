"""What affiliate holds of somebody who is forgotten, and what its settlements have it keep."""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from affiliate.app import SERVICE
from affiliate.inbound import reactions
from affiliate.projections import payouts
from chassis.hearing import forgetting
from chassis.hearing.forgetting import Kept, SubjectForgotten
from chassis.testing.heard import heard
from contracts.auth import events as auth
from unit.stages.forgotten import ERASURE, OTHER, USER, WORKSPACE, Held, held

hears = partial(heard, SERVICE, reactions)
gone = auth.SubjectErased(erasure_id=ERASURE, user_id=USER, workspace_id=WORKSPACE)
THIS = (forgetting.decider, ERASURE)
TABLES = tuple(each.table for each in SERVICE.projections)
CONFIRMED, CREATED, FAILED = (UUID(int=n) for n in range(1, 4))


def paid(affiliate: Held, id: UUID, **standing: Any) -> None:
    """Let a payout of that workspace stand so, with the payee that it was made with."""
    of_all = {"cutoff": date(2026, 3, 1), "amount_ore": 1, "vat_ore": 0, "vat_registered": False}
    row = {"organization_number": "702000009", "created_by": OTHER, **of_all, **standing}
    affiliate.row(payouts.table, id=id, affiliate_workspace_id=WORKSPACE, **row)
    affiliate.text(id, "legal_name", WORKSPACE)


def test_the_payee_stays_with_what_was_settled_and_goes_from_all_else() -> None:
    with held(*TABLES) as affiliate:
        paid(affiliate, CONFIRMED, state="confirmed", paid_on=date(2026, 3, 2))
        paid(affiliate, CREATED, state="created")
        paid(affiliate, FAILED, state="failed", reason="Kari has no such account")
        affiliate.text(FAILED, "reason", WORKSPACE)
        affiliate.text(WORKSPACE, "legal_name", WORKSPACE)

        kept = (
            Kept(what="payee of payouts", until=datetime(2031, 12, 31, tzinfo=UTC)),
            Kept(what="payee of payouts", until=None),
        )
        told = SubjectForgotten(user_id=USER, kept=kept)
        hears(gone).beside(affiliate.tables).then({THIS: [told]})

        assert affiliate.texts() == {(str(id), "legal_name") for id in (CONFIRMED, CREATED)}
        reasons = [row["reason"] for row in affiliate.tables.rows(payouts.table)]
        assert reasons == [None, None, None]


def test_of_a_person_whose_workspace_lives_on_nothing_is_kept() -> None:
    alone = auth.SubjectErased(erasure_id=ERASURE, user_id=USER, workspace_id=None)
    with held(*TABLES) as affiliate:
        paid(affiliate, CONFIRMED, state="confirmed", paid_on=date(2026, 3, 2))
        told = SubjectForgotten(user_id=USER, kept=())
        hears(alone).beside(affiliate.tables).then({THIS: [told]})
        assert affiliate.texts() == {(str(CONFIRMED), "legal_name")}
