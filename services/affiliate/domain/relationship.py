"""A relationship: an affiliate earns a percentage of what a referred workspace pays."""

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
class RelationshipStarted:
    affiliate_workspace_id: UUID
    referred_workspace_id: UUID
    percent: int
    exception: bool
    at: datetime


@value
class Relationship:
    workspace_id: UUID  # the affiliate's
    referred_workspace_id: UUID
    percent: int
    exception: bool
    started_at: datetime


Command = StartRelationship
Event = RelationshipStarted


def decide(relationship: Relationship | None, command: Command) -> list[Event]:
    match relationship, command:
        case None, StartRelationship():
            return [
                RelationshipStarted(
                    affiliate_workspace_id=command.affiliate_workspace_id,
                    referred_workspace_id=command.referred_workspace_id,
                    percent=command.percent,
                    exception=command.exception,
                    at=command.at,
                )
            ]
        case Relationship(), StartRelationship() if _is_the_same(relationship, command):
            return []
        case Relationship(), StartRelationship():
            raise Rejected("affiliate.relationship_exists", "this id stands for another one")
        case _:
            raise AssertionError(f"{command} needs a relationship")


def _is_the_same(relationship: Relationship, command: StartRelationship) -> bool:
    return (
        relationship.workspace_id == command.affiliate_workspace_id
        and relationship.referred_workspace_id == command.referred_workspace_id
        and relationship.percent == command.percent
    )


def evolve(relationship: Relationship | None, event: Event) -> Relationship:
    match relationship, event:
        case None, RelationshipStarted():
            return Relationship(
                workspace_id=event.affiliate_workspace_id,
                referred_workspace_id=event.referred_workspace_id,
                percent=event.percent,
                exception=event.exception,
                started_at=event.at,
            )
        case _:
            raise AssertionError(f"{event} cannot follow {relationship}")


decider = Decider(
    name="relationship",
    decide=decide,
    evolve=evolve,
    events=(RelationshipStarted,),
    creates=(StartRelationship,),
)
