"""A statement: what a month changed in what an affiliate is owed, frozen after its end.

Its id is (affiliate, month). Opening + earned - reduced - clawed back - paid out = closing, which
is the next month's opening. Amounts are øre, net of VAT.
"""

from datetime import date, datetime
from uuid import UUID

from affiliate.domain import oslo
from chassis.domain import UNTIMED, Decider, value
from chassis.errors import Rejected


@value
class Figures:
    """A month's figures; only opening and closing may be negative."""

    opening_ore: int
    earned_ore: int
    reduced_ore: int
    clawed_back_ore: int
    paid_out_ore: int
    closing_ore: int


@value
class IssueStatement:
    affiliate_workspace_id: UUID
    month: str  # 2026-03
    figures: Figures
    before: "Issued | None"  # the month before; None where nothing was booked until then
    ref: str  # of its CSV: blob:<key>
    sha256: str
    size: int  # bytes
    at: datetime = UNTIMED


@value
class StatementIssued:
    affiliate_workspace_id: UUID
    month: str
    opening_ore: int
    earned_ore: int
    reduced_ore: int
    clawed_back_ore: int
    paid_out_ore: int
    closing_ore: int
    ref: str
    sha256: str
    size: int


@value
class Issued:
    workspace_id: UUID  # the affiliate's
    issued: StatementIssued


Statement = Issued
Command = IssueStatement
Event = StatementIssued


def decide(statement: Statement | None, command: Command) -> list[Event]:
    match statement, command:
        case None, IssueStatement() if not is_over(command.month, command.at):
            raise Rejected("affiliate.month_not_over", "it may still change", retryable=True)
        case None, IssueStatement():
            return [_issued(command)]
        case Issued(), IssueStatement():
            return []
        case _:
            raise AssertionError(f"{command} is no statement's")


def is_over(month: str, at: datetime) -> bool:
    """Return whether a month has ended in Oslo."""
    return f"{oslo.day(at):%Y-%m}" > month


def first_day(month: str) -> date:
    """Return the day on which a month begins. Raises `ValueError` for what is no month."""
    return date.fromisoformat(f"{month}-01")


def _issued(command: IssueStatement) -> StatementIssued:
    figures = command.figures
    opening = command.before.issued.closing_ore if command.before else 0
    less = figures.reduced_ore + figures.clawed_back_ore + figures.paid_out_ore
    if (figures.opening_ore, figures.closing_ore) != (opening, opening + figures.earned_ore - less):
        raise AssertionError(f"{figures} do not follow {opening}")
    return StatementIssued(
        affiliate_workspace_id=command.affiliate_workspace_id,
        month=command.month,
        opening_ore=figures.opening_ore,
        earned_ore=figures.earned_ore,
        reduced_ore=figures.reduced_ore,
        clawed_back_ore=figures.clawed_back_ore,
        paid_out_ore=figures.paid_out_ore,
        closing_ore=figures.closing_ore,
        ref=command.ref,
        sha256=command.sha256,
        size=command.size,
    )


def evolve(statement: Statement | None, event: Event) -> Statement:
    match statement, event:
        case None, StatementIssued():
            return Issued(workspace_id=event.affiliate_workspace_id, issued=event)
        case _:
            raise AssertionError(f"{event} cannot follow {statement}")


decider = Decider(
    name="statement",
    decide=decide,
    evolve=evolve,
    events=(StatementIssued,),
    creates=(IssueStatement,),
)
