"""A relationship: an affiliate earns a percentage of what a referred workspace pays.

What is paid before its end is earned on, whenever it is heard; percents are never forgotten.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chassis.domain import UNTIMED, Decider, value
from chassis.errors import Rejected


@value
class StartRelationship:
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    percent: int  # 1 to 100
    exception: bool  # an admin's notes give a reason
    at: datetime = UNTIMED


@value
class ChangeCommission:
    """Another percentage, for what is paid from now on."""

    percent: int  # 1 to 100
    at: datetime = UNTIMED


@value
class EndRelationship:
    at: datetime = UNTIMED


@value
class RelationshipStarted:
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    percent: int
    exception: bool
    at: datetime


@value
class CommissionChanged:
    percent: int
    at: datetime


@value
class RelationshipEnded:
    at: datetime


@value
class Rate:
    """A percentage, from a moment on until the next one's."""

    percent: int
    valid_from: datetime


@value
class Active:
    workspace_id: UUID  # the affiliate's
    referred_workspace_id: UUID
    started_at: datetime
    rates: tuple[Rate, ...]  # by time


@value
class Ended:
    workspace_id: UUID
    referred_workspace_id: UUID
    started_at: datetime
    rates: tuple[Rate, ...]


Relationship = Active | Ended
Command = StartRelationship | ChangeCommission | EndRelationship
Event = RelationshipStarted | CommissionChanged | RelationshipEnded


def decide(relationship: Relationship | None, command: Command) -> list[Event]:
    match relationship, command:
        case None, StartRelationship():
            return [_started(command)]
        case Active(), StartRelationship() if _is_the_same(relationship, command):
            return []
        case Active() | Ended(), StartRelationship():
            raise Rejected("affiliate.relationship_exists", "this id stands for another one")
        case Active(), ChangeCommission() if relationship.rates[-1].percent == command.percent:
            return []
        case Active(), ChangeCommission():
            return [CommissionChanged(percent=command.percent, at=command.at)]
        case Ended(), ChangeCommission():
            raise Rejected("affiliate.relationship_ended", "nothing more is earned by it")
        case Active(), EndRelationship():
            return [RelationshipEnded(at=command.at)]
        case Ended(), EndRelationship():
            return []
        case _:
            raise AssertionError(f"{command} needs a relationship")


def _started(command: StartRelationship) -> RelationshipStarted:
    return RelationshipStarted(
        affiliate_workspace_id=command.affiliate_workspace_id,
        referred_workspace_id=command.referred_workspace_id,
        percent=command.percent,
        exception=command.exception,
        at=command.at,
    )


def _is_the_same(relationship: Active, command: StartRelationship) -> bool:
    return (
        relationship.workspace_id == command.affiliate_workspace_id
        and relationship.referred_workspace_id == command.referred_workspace_id
        and relationship.rates[0].percent == command.percent
    )


def rate_at(rates: Sequence[Rate], at: datetime) -> Rate:
    """Return the rate in force at a moment: the last that began not after it.

    Of a moment before the relationship, its first one.
    """
    first, *later = rates
    return [first, *(each for each in later if each.valid_from <= at)][-1]


def evolve(relationship: Relationship | None, event: Event) -> Relationship:
    match relationship, event:
        case None, RelationshipStarted():
            return Active(
                workspace_id=event.affiliate_workspace_id,
                referred_workspace_id=event.referred_workspace_id,
                started_at=event.at,
                rates=(Rate(percent=event.percent, valid_from=event.at),),
            )
        case Active(), CommissionChanged():
            rate = Rate(percent=event.percent, valid_from=event.at)
            return replace(relationship, rates=(*relationship.rates, rate))
        case Active(), RelationshipEnded():
            return Ended(
                workspace_id=relationship.workspace_id,
                referred_workspace_id=relationship.referred_workspace_id,
                started_at=relationship.started_at,
                rates=relationship.rates,
            )
        case _:
            raise AssertionError(f"{event} cannot follow {relationship}")


decider = Decider(
    name="relationship",
    decide=decide,
    evolve=evolve,
    events=(RelationshipStarted, CommissionChanged, RelationshipEnded),
    creates=(StartRelationship,),
)
