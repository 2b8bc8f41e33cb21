"""The history of a suite at rest: what is new since the last look, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from chassis.domain import value
from chassis.unit import feed
from faults.checks import calls, effects, log, money, outcomes, telling
from faults.checks.rows import Cursor, JobRow, Known, Part, Reply, Stored, Totals
from faults.ledger import Called
from faults.plan import prefix
from faults.stories import Outcome
from faults.suite import SERVICES, FaultySuite
from faults.told import Told

TABLES = {"billing": ("invoice",), "affiliate": ("affiliate_earning",)}


@value
class Seen:
    """What one seed has left in the databases."""

    parts: Mapping[str, Part]

    @property
    def events(self) -> int:
        """How many events there are."""
        return sum(len(part.events) for part in self.parts.values())


class History:
    """Looks at one suite again and again; each look is at what is new."""

    def __init__(self, suite: FaultySuite) -> None:
        self.suite = suite
        self.known = {service: Known() for service in SERVICES}
        self.world, self.numbers = effects.World(), money.Numbers()
        for service in SERVICES:
            with suite.engines[service].begin() as database:
                database.execute(_WATCH)

    def read(self, seed: int) -> Seen:
        """Read what the seed has left."""
        return Seen(parts={service: self._part(service, seed) for service in SERVICES})

    def violations(
        self,
        seen: Seen,
        called: Sequence[Called],
        came_to: Sequence[Outcome],
        messages: Sequence[Told],
        some_were_lost: bool,
    ) -> list[str]:
        """Return what is wrong with it; it is known from then on."""
        parts = seen.parts
        found = [
            each
            for service, part in parts.items()
            for each in log.violations(service, part, self.known[service])
        ]
        for service, part in parts.items():
            self.known[service].remember(part.events)
        billing, affiliate = parts["billing"], parts["affiliate"]
        found += effects.violations(parts, self.known, self.world)
        found += calls.violations(parts, called)
        found += money.violations(billing, affiliate, self.numbers)
        found += outcomes.violations(billing, affiliate, came_to)
        found += telling.violations(parts, self.known, messages, some_were_lost)
        return found

    def _part(self, service: str, seed: int) -> Part:
        with self.suite.engines[service].connect() as database:
            events = _events(database, service, self.known[service].position)
            return Part(
                events=events,
                totals=Totals(**_all(database, _TOTALS)[0]),
                cursors=self._cursors(database),
                went_back=[row["what"] for row in _all(database, _WENT_BACK)],
                jobs=[JobRow(**row) for row in _all(database, _JOBS, like=f"{prefix(seed)}%")],
                replies=[Reply(**row) for row in _all(database, _REPLIES, calls=_calls(events))],
                revoked=frozenset(row["id"] for row in _all(database, _REVOKED)),
                tables={
                    table: _all(database, text(f"{_SHOWN} {table} {_THESE}"), ids=_subjects(events))
                    for table in TABLES.get(service, ())
                },
            )

    def _cursors(self, database: Connection) -> list[Cursor]:
        found = []
        for row in _all(database, _CURSORS):
            with self.suite.engines[row["source"]].connect() as source:
                head = feed.head(source)
            found.append(
                Cursor(
                    **row, head_position=head["position"], head_event_id=UUID(str(head["event_id"]))
                )
            )
        return found


def _events(database: Connection, service: str, after: int) -> list[Stored]:
    rows = _all(database, _EVENTS, after=after)
    return [
        Stored(
            service=service,
            told=row["outbox"]["type"] if row["outbox"] else None,
            told_data=row["outbox"]["data"] if row["outbox"] else {},
            **{name: row[name] for name in row if name != "outbox"},
        )
        for row in rows
    ]


def _all(database: Connection, query: TextClause, **parameters: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in database.execute(query, parameters).mappings()]


def _calls(events: Sequence[Stored]) -> list[UUID]:
    return [UUID(each) for each in {str(event.meta["call"]) for event in events}]


def _subjects(events: Sequence[Stored]) -> list[str]:
    return list({event.subject for event in events})


_EVENTS = text(
    "select p.position, p.seq, p.previous, e.event_id, e.stream_id, e.version, e.type, e.data,"
    " e.meta, e.outbox from positions p join events e using (seq) where p.position > :after"
    " order by p.position"
)
_TOTALS = text(
    "select (select count(*) from events) as events, count(*) as positions,"
    " coalesce(max(position), 0) as last_position,"
    " (select count(*) from pending) as pending from positions"
)
_CURSORS = text("select consumer, source, position, event_id from cursors where source <> 'video'")
# a cursor that goes back is mended by what hears again, but must not happen
_WATCH = text(
    "create table went_back (what text);"
    " create function note_going_back() returns trigger language plpgsql security definer as $$"
    " begin insert into public.went_back values (format('%s of %s from %s to %s',"
    " old.consumer, old.source, old.position, new.position)); return null; end $$;"
    " create trigger went_back after update on cursors for each row"
    " when (new.position < old.position) execute function note_going_back()"
)
_WENT_BACK = text("select what from went_back")
_JOBS = text(
    "select id, kind, subject, state, claims, error from jobs"
    " where meta->>'correlation' like :like and kind not like 'schedule:%'"
)
_REPLIES = text("select id, method, reply from commands where id = any(:calls)")
_REVOKED = text("select id from revoked where kind = 'session'")
_SHOWN, _THESE = "select * from", "where id = any(:ids)"
