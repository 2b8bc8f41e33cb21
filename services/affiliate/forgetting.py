"""A person is forgotten, and the workspace that they were the last member of; not its money."""

from affiliate.projections import payout_rows
from chassis.hearing import forgetting
from chassis.hearing.forgetting import Kept
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.auth import events as auth


def forget_person(unit: Unit, heard: Heard) -> None:
    """Forget whom auth names; to whom was paid, or is about to be, stays with its settlement."""
    erased: auth.SubjectErased = heard.event
    of_it = erased.workspace_id
    settled = payout_rows.settled(unit.connection, of_it) if of_it else {}
    stays = [
        Kept(what="payee of payouts", until=until)
        for until in sorted(set(settled.values()), key=lambda each: (each is None, each))
    ]
    forgetting.forget(unit, heard, stays, but=settled)
