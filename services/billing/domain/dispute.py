"""A dispute: a customer's bank takes a card payment back, or asks about it. Amounts are øre.

inquiry ── open ── won or lost; an appeal may win what was lost. Stripe tells in no order: what
is told twice or late changes nothing.
"""

from dataclasses import replace
from uuid import UUID

from billing.domain.dispute_messages import (
    CloseDispute,
    Command,
    DisputeClosed,
    DisputeFundsReinstated,
    DisputeFundsWithdrawn,
    DisputeOpened,
    Event,
    OpenDispute,
    Outcome,
    ReinstateFunds,
    WithdrawFunds,
)
from chassis.domain import Decider, value


@value
class Funds:
    """What Stripe took and gave back, and what of that is settled."""

    movements: tuple[str, ...] = ()  # balance transactions
    withdrawn_ore: int = 0
    reinstated_ore: int = 0
    settled_ore: int = 0  # gone for good
    loss_ore: int = 0  # of that, on no document

    @property
    def standing_ore(self) -> int:
        """What is taken, and neither given back nor settled."""
        return self.withdrawn_ore - self.reinstated_ore - self.settled_ore


@value
class Known:
    """What every state has."""

    workspace_id: UUID
    opened: DisputeOpened
    funds: Funds = Funds()

    @property
    def ended(self) -> Outcome | None:
        """How it ended, if it has."""
        return None

    def after(self, said: Outcome | None) -> Outcome | None:
        """Return how it has ended, with what is told of it now: what comes late changes nothing.

        An appeal wins what was lost; what was won is not lost again.
        """
        return max((each for each in (said, self.ended) if each), key=_LATEST.index, default=None)

    def unsettled_ore(self, outcome: Outcome | None) -> int:
        """Return what is gone for good if it ended so, and is not settled; below 0: is not gone."""
        lost = outcome == "lost"
        return self.funds.standing_ore if lost else -self.funds.settled_ore


@value
class Inquiry(Known):
    pass


@value
class Open(Known):
    pass


@value
class Won(Known):
    """Or prevented, or an inquiry that came to nothing."""

    outcome: Outcome

    @property
    def ended(self) -> Outcome | None:
        """How it ended."""
        return self.outcome


@value
class Lost(Known):
    @property
    def ended(self) -> Outcome | None:
        """How it ended."""
        return "lost"


Dispute = Known
# of two words that were told, the later one in a dispute's life
_LATEST: tuple[Outcome, ...] = ("warning_closed", "prevented", "lost", "won")


def decide(dispute: Dispute | None, command: Command) -> list[Event]:
    match dispute, command:
        case None, OpenDispute():
            return [_opened(command)]
        case Inquiry(), OpenDispute() if not command.inquiry:
            return [_opened(command)]
        case Known(), OpenDispute():
            return []
        case Known(), WithdrawFunds() | ReinstateFunds() if (
            command.balance_transaction_id in dispute.funds.movements
        ):
            return []
        case Known(), WithdrawFunds():
            return [
                DisputeFundsWithdrawn(
                    balance_transaction_id=command.balance_transaction_id,
                    amount_ore=command.amount_ore,
                )
            ]
        case Known(), ReinstateFunds():
            return [
                DisputeFundsReinstated(
                    balance_transaction_id=command.balance_transaction_id,
                    amount_ore=command.amount_ore,
                )
            ]
        case Known(), CloseDispute() if dispute.after(command.outcome) != command.outcome:
            return []
        case Won(), CloseDispute() if dispute.outcome == command.outcome:
            return []
        case Lost(), CloseDispute() if command.outcome == "lost" and command.settled_ore == 0:
            return []
        case Known(), CloseDispute():
            return [
                DisputeClosed(
                    outcome=command.outcome,
                    settled_ore=command.settled_ore,
                    loss_ore=command.loss_ore,
                )
            ]
        case _:
            raise AssertionError(f"{command} needs a dispute")


def _opened(command: OpenDispute) -> DisputeOpened:
    return DisputeOpened(
        workspace_id=command.workspace_id,
        payment_id=command.payment_id,
        target=command.target,
        provider_id=command.provider_id,
        amount_ore=command.amount_ore,
        reason=command.reason,
        inquiry=command.inquiry,
    )


def evolve(dispute: Dispute | None, event: Event) -> Dispute:
    match dispute, event:
        case None, DisputeOpened():
            kind = Inquiry if event.inquiry else Open
            return kind(workspace_id=event.workspace_id, opened=event)
        case Inquiry(), DisputeOpened():
            return Open(workspace_id=event.workspace_id, opened=event, funds=dispute.funds)
        case Known(), DisputeFundsWithdrawn():
            taken_ore = dispute.funds.withdrawn_ore + event.amount_ore
            return _moved(dispute, event.balance_transaction_id, withdrawn_ore=taken_ore)
        case Known(), DisputeFundsReinstated():
            given_ore = dispute.funds.reinstated_ore + event.amount_ore
            return _moved(dispute, event.balance_transaction_id, reinstated_ore=given_ore)
        case Known(), DisputeClosed():
            return _closed(dispute, event)
        case _:
            raise AssertionError(f"{event} cannot follow {dispute}")


def _moved(dispute: Dispute, movement: str, **changes: int) -> Dispute:
    movements = (*dispute.funds.movements, movement)
    return replace(dispute, funds=replace(dispute.funds, movements=movements, **changes))


def _closed(dispute: Dispute, event: DisputeClosed) -> Dispute:
    funds = replace(
        dispute.funds,
        settled_ore=dispute.funds.settled_ore + event.settled_ore,
        loss_ore=dispute.funds.loss_ore + event.loss_ore,
    )
    whose, opened = dispute.workspace_id, dispute.opened
    if event.outcome == "lost":
        return Lost(workspace_id=whose, opened=opened, funds=funds)
    return Won(workspace_id=whose, opened=opened, funds=funds, outcome=event.outcome)


decider = Decider(
    name="dispute",
    decide=decide,
    evolve=evolve,
    events=(DisputeOpened, DisputeFundsWithdrawn, DisputeFundsReinstated, DisputeClosed),
    creates=(OpenDispute,),
)
