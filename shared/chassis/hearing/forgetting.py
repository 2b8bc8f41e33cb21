"""Forgetting somebody, as each service does that hears of it: what it holds goes, and it says so.

Once an erasure, however often it hears of it: the stream is the erasure's own. What it
must keep it names, and until when.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, column, delete, or_, table, update

from chassis.domain import Decider, value
from chassis.identity import callers_of
from chassis.personal import ERASED, PRIVATE, personal
from chassis.unit.deciding import Unit
from chassis.unit.envelope import Heard

_replies = table("commands", column("caller"))


@value
class Kept:
    """What is kept of somebody, and until when; None: until something is done."""

    what: str
    until: datetime | None


@value
class Forget:
    """Nothing is held of them any more, but that."""

    user_id: UUID
    kept: tuple[Kept, ...]


@value
class SubjectForgotten:
    """Nothing is held of them any more; what is kept is named."""

    user_id: UUID
    kept: tuple[Kept, ...]


@value
class Erasure:
    """Somebody who was forgotten here; it belongs to no workspace."""

    user_id: UUID
    workspace_id: None = None


def decide(erasure: Erasure | None, command: Forget) -> list[SubjectForgotten]:
    """Decide whether there is anything to say."""
    match erasure, command:
        case None, Forget():
            return [SubjectForgotten(user_id=command.user_id, kept=command.kept)]
        case Erasure(), Forget():
            return []
        case _:
            raise AssertionError(f"{command} is no command of an erasure")


def evolve(erasure: Erasure | None, event: SubjectForgotten) -> Erasure:
    """Return who was forgotten."""
    match erasure, event:
        case None, SubjectForgotten():
            return Erasure(user_id=event.user_id)
        case _:
            raise AssertionError(f"{event} cannot follow {erasure}")


decider = Decider(
    name="erasure",
    decide=decide,
    evolve=evolve,
    events=(SubjectForgotten,),
    creates=(Forget,),
)


def forget(unit: Unit, heard: Heard, kept: Sequence[Kept] = (), but: Collection[UUID] = ()) -> None:
    """Forget whom `auth.subject_erased` names, and the workspace that goes with them; say so.

    `kept`: what stays; `but`: the rows whose texts stay with it.
    """
    let_go(unit, heard, but)
    say(unit, heard.event.erasure_id, heard.event.user_id, kept)


def let_go(unit: Unit, heard: Heard, but: Collection[UUID] = ()) -> None:
    """Let go of what is held of whom `auth.subject_erased` names, as `forget` does.

    Their access ends with it here, too: of what they began meanwhile nothing is written afterwards.
    """
    erased = heard.event
    unit.revocations.add("user", erased, heard.time)
    gone = [each for each in (erased.user_id, erased.workspace_id) if each is not None]
    erase(unit, gone, but)
    forget_replies(unit, erased.user_id)


def say(unit: Unit, erasure_id: UUID, user_id: UUID, kept: Sequence[Kept] = ()) -> None:
    """Say that nothing is held of somebody any more, but what is named; once an erasure."""
    unit.decide(decider, erasure_id, Forget(user_id=user_id, kept=tuple(kept)))


def erase(unit: Unit, subjects: Iterable[UUID], but: Collection[UUID] = ()) -> None:
    """Delete the texts about these subjects, but those of some rows.

    What shows them reads at once as a rebuild would leave it.
    """
    theirs = personal.c.subject_id.in_([str(each) for each in subjects])
    stay = personal.c.row_id.in_([str(each) for each in but])
    gone = delete(personal).where(theirs, ~stay).returning(personal.c.row_id, personal.c.field)
    fields: dict[str, list[str]] = {}
    for row in unit.execute(gone).all():
        fields.setdefault(row.field, []).append(row.row_id)
    for projection in unit.app.service.projections:
        for each in projection.table.c:
            if each.name in fields and each.info == PRIVATE:
                _blank(unit, projection.table, each, fields[each.name])


def _blank(unit: Unit, shown: Table, field: Column[Any], rows: list[str]) -> None:
    """Let a column read as where nothing is kept."""
    blank = None if field.nullable else ERASED
    unit.execute(update(shown).where(shown.c.id.in_(rows)).values({field: blank}))


def forget_replies(unit: Unit, user_id: UUID) -> None:
    """Delete what that person was answered, and an admin as them, or they as somebody."""
    patterns = callers_of(user_id)
    theirs = or_(*(_replies.c.caller.like(each) for each in patterns))
    unit.execute(delete(_replies).where(theirs))
