"""The cursors of a consumer group: made together, and replaced together by those of another k."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, text

from chassis.errors import Conflict
from chassis.hearing import cursors, member
from chassis.hearing.cursors import Cursor
from chassis.hearing.member import Member
from chassis.unit import store
from chassis.unit.deciding import Unit
from chassis.unit.feed import START
from chassis.unit.handling import App

REGROUPED = "regroup"  # what is written into `audit`


def begin(app: App, group: str, own: Member, source: str) -> None:
    """Make the cursors of all members where the group has none yet: at the beginning.

    Raises `Conflict("chassis.not_a_member")` where the group has, and other ones.
    """

    def work(unit: Unit) -> None:
        found = [each.consumer for each in _held(unit, group, source)]
        if not found:
            _insert(unit, group, own.of, source, START)
        elif own.consumer(group) not in found:
            reason = (
                f"{source} is heard by {', '.join(found)}: set MEMBER to one of them or regroup"
            )
            raise Conflict("chassis.not_a_member", reason, retryable=False)

    app.attempt(cursors.call(app), work)


def owner(unit: Unit, group: str, source: str, stream_id: str) -> Cursor:
    """Return the cursor of the member whose a stream is now; in whichever process."""
    count = len(unit.execute(_NAMES, **_key(group, source)).all())
    name = member.owner(stream_id, max(1, count)).consumer(group)
    return Cursor(unit.app, name, source)


def standing(app: App, group: str, source: str) -> list[Row[Any]]:
    """Return consumer, position, event_id, stopped and forked of each member that there is."""
    key = _key(group, source)
    return list(app.query(lambda connection: connection.execute(_NAMES, key).all()))


def replace(app: App, group: str, sources: Iterable[str], of: int, who: str) -> None:
    """Let a group have `of` members: in one transaction, at the one position where all stand.

    What is parked goes to the member whose its stream is now. Raises
    `Conflict("chassis.members_apart")` where they stand at several, or one was stopped.
    """

    def work(unit: Unit) -> None:
        for source in sources:
            rows = _held(unit, group, source)
            if len(rows) == of:
                continue
            places = {(each.position, each.event_id) for each in rows}
            if len(places) > 1 or any(each.stopped for each in rows):
                raise _apart(source, rows)
            at = rows[0]._asdict() if rows else START
            key = _key(group, source)
            unit.execute(_DELETE, **key)
            _insert(unit, group, of, source, at, forked=any(each.forked for each in rows))
            for each in unit.execute(_PARKED, **key).all():
                name = member.owner(each.stream_id, of).consumer(group)
                unit.execute(_HAND_OVER, **each._asdict(), source=source, name=name)
            details = {"group": group, "source": source, "from": len(rows), "to": of}
            noted = {**details, "position": at["position"]}
            unit.execute(_AUDIT, who=who, did=REGROUPED, details=noted)

    app.attempt(cursors.call(app), work)


def _held(unit: Unit, group: str, source: str) -> list[Row[Any]]:
    """Return the members' cursors, all held until the unit ends; as is that there are none."""
    # a statement of its own: what a rival has replaced meanwhile is seen by the next one
    store.lock(unit.connection, [f"group {group} hears {source}"])
    return list(unit.execute(_HOLD, **_key(group, source)).all())


def _insert(
    unit: Unit, group: str, of: int, source: str, at: dict[str, Any], *, forked: bool = False
) -> None:
    for each in member.members(of):
        row = {"consumer": each.consumer(group), "source": source, "forked": forked}
        where = {"position": at["position"], "event_id": str(at["event_id"])}
        unit.execute(_INSERT, **row, **where)


def _apart(source: str, rows: Iterable[Row[Any]]) -> Conflict:
    stand = ", ".join(
        f"{each.consumer} at {each.position}{' (stopped)' if each.stopped else ''}" for each in rows
    )
    return Conflict("chassis.members_apart", f"hearing {source}: {stand}", retryable=False)


def _key(group: str, source: str) -> dict[str, str]:
    return {"group": rf"^{re.escape(group)}(\.[0-9]+of[0-9]+)?$", "source": source}


_OF = "where consumer ~ :group and source = :source"
_NAMES = text(
    f"select consumer, position, event_id, stopped, forked from cursors {_OF} order by consumer"  # noqa: S608
)
_HOLD = text(f"{_NAMES.text} for update")
_INSERT = text(
    "insert into cursors (consumer, source, position, event_id, forked)"
    " values (:consumer, :source, :position, cast(:event_id as uuid), :forked)"
)
_DELETE = text(f"delete from cursors {_OF}")  # noqa: S608
_PARKED = text(f"select distinct consumer, stream_id from parked {_OF}")  # noqa: S608
_HAND_OVER = text(
    "update parked set consumer = :name"
    " where consumer = :consumer and source = :source and stream_id = :stream_id"
)
_AUDIT = text("insert into audit (who, did, details) values (:who, :did, :details)")
