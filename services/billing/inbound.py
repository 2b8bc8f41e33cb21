"""What billing does about what others tell: targets are cleared, deliveries become line items."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from billing.capturing import close_forgotten
from billing.clearing import deliver as use_advance
from billing.clearing import give_back, go_on, terms
from billing.delivering import bill, lines
from billing.domain import (
    customer,
    line_item,
    line_item_messages,
    payment,
    payment_messages,
    pricing,
    wallet,
)
from billing.domain.order import Outcome
from billing.domain.payment_states import Advance, Cleared, Payment, Refunded, Required
from billing.domain.target import Target
from billing.forgetting import forget_person
from billing.names import advance_refund_id, line_item_id, payment_id, receipt_id
from chassis.domain import Decider
from chassis.hearing import forgetting
from chassis.hearing.reacting import Reaction
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard
from contracts.auth import events as auth
from contracts.media import events as media
from contracts.video import events as video

# a source speaks of its own kind of target, whatever its events say
KINDS = {"media": "image_project", "video": "video_project"}

Wanted = list[tuple[Decider[Any, Any, Any], UUID]]


def note_workspace(unit: Unit, heard: Heard) -> None:
    """A workspace was made: what was asked for before is decided anew."""
    id = heard.event.workspace_id
    _tell(unit, id, customer.NoteWorkspace(workspace_id=id))


def hear_status(unit: Unit, heard: Heard) -> None:
    """Know what the workspace is from now on: active, on trial, suspended or closed."""
    _tell(unit, heard.event.workspace_id, customer.HearStatus(status=heard.event.status))


def hear_profile(unit: Unit, heard: Heard) -> None:
    """A workspace's details changed: if it can pay now, what waits for that is decided anew."""
    profile = heard.event
    command = customer.HearProfile(
        workspace_id=profile.workspace_id,
        organization_number=profile.organization_number,
        invoice_eligible=profile.invoice_eligible,
    )
    _tell(unit, profile.workspace_id, command)


def _tell(unit: Unit, workspace_id: UUID, command: customer.Command) -> None:
    known: customer.Customer | None = unit.state(customer.decider, workspace_id)
    waiting = known.waiting if known else ()
    now: customer.Customer = unit.decide(customer.decider, workspace_id, command).state
    if released := [id for id in waiting if id not in now.waiting]:
        _reconsider(unit, now, released)


def _reconsider(unit: Unit, known: customer.Customer, released: Sequence[UUID]) -> None:
    owner = known.workspace_id
    unit.preload([(pricing.decider, owner), *((payment.decider, id) for id in released)])
    for id in released:
        stands: Payment = unit.state(payment.decider, id)
        if isinstance(stands, Required):
            now = terms(unit, owner, stands.order.target.kind)
            command = payment_messages.Reconsider(terms=now)
            go_on(unit, id, unit.decide(payment.decider, id, command).state)


def clear(unit: Unit, heard: Heard) -> None:
    """Somebody wants work done: it is cleared, or waits until its workspace may start.

    Nobody's card is charged for what an admin starts in their name.
    """
    asked, target = heard.event, _target(heard)
    id = payment_id(target.kind, target.id)
    command = payment_messages.RequestClearance(
        workspace_id=asked.workspace_id,
        target=target,
        run=asked.run,
        max_price_ore=asked.max_price_ore,
        terms=terms(unit, asked.workspace_id, target.kind, heard.impersonation is None),
    )
    go_on(unit, id, unit.decide(payment.decider, id, command).state)


def deliver(unit: Unit, heard: Heard) -> None:
    """Work was delivered: it is billed now, or as soon as it is cleared."""
    done, target = heard.event, _target(heard)
    id = payment_id(target.kind, target.id)
    outcome = Outcome(title=done.title, completed_at=done.completed_at)
    stands: Payment | None = unit.state(payment.decider, id)
    if isinstance(stands, Advance):
        use_advance(unit, id, stands, outcome)
        return
    command = payment_messages.Deliver(
        workspace_id=done.workspace_id,
        target=target,
        title=done.title,
        completed_at=done.completed_at,
        invoice_id=receipt_id(id, 0),
    )
    now: Payment = unit.decide(payment.decider, id, command).state
    if isinstance(now, Cleared):
        bill(unit, id, now, outcome)


def note_failure(unit: Unit, heard: Heard) -> None:
    """Nothing came out of a run: nothing is billed, and an advance goes back."""
    target = _target(heard)
    id = payment_id(target.kind, target.id)
    refund_id = _its_refund(unit, id)
    _give_back(unit, id, payment_messages.Fail(run=heard.event.run, refund_id=refund_id))


def forget(unit: Unit, heard: Heard) -> None:
    """A target was deleted: no line names it any more; what was delivered of it is owed."""
    target = _target(heard)
    id = payment_id(target.kind, target.id)
    before: Payment | None = unit.state(payment.decider, id)
    _give_back(unit, id, payment_messages.Forget(refund_id=_its_refund(unit, id)))
    close_forgotten(unit, id, before)
    for line_id, _ in lines(unit, id):
        unit.decide(line_item.decider, line_id, line_item_messages.Forget())


def _its_refund(unit: Unit, id: UUID) -> UUID:
    """Return the refund by which an advance would go back."""
    stands: Payment | None = unit.state(payment.decider, id)
    attempt = stands.capture.attempt.number if isinstance(stands, Advance) else 0
    return advance_refund_id(id, attempt)


def _give_back(
    unit: Unit, id: UUID, command: payment_messages.Fail | payment_messages.Forget
) -> None:
    before: Payment | None = unit.state(payment.decider, id)
    after: Payment = unit.decide(payment.decider, id, command).state
    if isinstance(before, Advance) and isinstance(after, Refunded):
        failed = isinstance(command, payment_messages.Fail)
        reason = "project_failed" if failed else "project_deleted"
        give_back(unit, id, before, command.refund_id, reason)


def _target(heard: Heard) -> Target:
    return Target(kind=KINDS[heard.source], id=heard.event.project_id)


def _its_customer(heard: Heard) -> Wanted:
    return [(customer.decider, heard.event.workspace_id)]


def _its_request(heard: Heard) -> Wanted:
    id = heard.event.workspace_id
    owned = [(each, id) for each in (customer.decider, pricing.decider, wallet.decider)]
    return [*owned, *_its_payment(heard)]


def _its_payment(heard: Heard) -> Wanted:
    return [(payment.decider, payment_id(KINDS[heard.source], heard.event.project_id))]


def _its_line(heard: Heard) -> Wanted:
    id = payment_id(KINDS[heard.source], heard.event.project_id)
    return [(payment.decider, id), (line_item.decider, line_item_id(id))]


def _erasure(heard: Heard) -> Wanted:
    return [(forgetting.decider, heard.event.erasure_id)]


reactions = (
    Reaction(source="auth", hears=auth.SubjectErased, react=forget_person, streams=_erasure),
    Reaction(
        source="auth",
        hears=auth.WorkspaceCreated,
        react=note_workspace,
        streams=_its_customer,
    ),
    Reaction(
        source="auth",
        hears=auth.WorkspaceProfileChanged,
        react=hear_profile,
        streams=_its_customer,
    ),
    *(
        Reaction(source="auth", hears=each, react=hear_status, streams=_its_customer)
        for each in (auth.WorkspaceSuspended, auth.WorkspaceReinstated, auth.WorkspaceClosed)
    ),
    Reaction(source="media", hears=media.ProjectStartRequested, react=clear, streams=_its_request),
    Reaction(source="media", hears=media.ProjectCompleted, react=deliver, streams=_its_line),
    Reaction(source="media", hears=media.ProjectFailed, react=note_failure, streams=_its_payment),
    Reaction(source="media", hears=media.ProjectDeleted, react=forget, streams=_its_line),
    Reaction(source="video", hears=video.ProjectStartRequested, react=clear, streams=_its_request),
    Reaction(source="video", hears=video.ProjectCompleted, react=deliver, streams=_its_line),
    Reaction(source="video", hears=video.ProjectFailed, react=note_failure, streams=_its_payment),
    Reaction(source="video", hears=video.ProjectDeleted, react=forget, streams=_its_line),
)
