"""Which days of the journal are frozen, and under which voucher numbers: kept for ever."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Index,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.domain import value


def voucher(metadata: MetaData) -> Table:
    """Return the table of vouchers: one an event that posts, from 1, by day and position."""
    return Table(
        "voucher",
        metadata,
        Column("event_id", Text, primary_key=True),
        Column("number", BigInteger, nullable=False),
        Column("day", Date, nullable=False),
        Index("voucher_number", "number", unique=True),
    )


def journal_export(metadata: MetaData) -> Table:
    """Return the table of frozen days: a row each, from the first one with entries on."""
    return Table(
        "journal_export",
        metadata,
        Column("day", Date, primary_key=True),
        Column("first_voucher", BigInteger),  # null: none on that day
        Column("last_voucher", BigInteger),
        Column("entries", BigInteger, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("numbers", JSONB, nullable=False),  # of the accounts, as the day was handed out
    )


# An entry as it is hashed, here alone. Accounts stand there by their words: a number may change.
_HASHED = """encode(sha256(convert_to(coalesce(string_agg(jsonb_build_array(
    v.number, e.event_id, e.line, e.booked_on, e.value_on, e.account, e.workspace_id, e.amount_ore,
    e.vat_code, e.document, e.text)::text, E'\\n' order by v.number, e.event_id, e.line), ''),
    'UTF8')), 'hex')"""
NOT_STANDING = f"""
with frozen as (
    select max(day) as until from journal_export
), stands as (
    select coalesce(v.day, e.booked_on) as day, count(e.id) as entries, {_HASHED} as sha256
    from journal_entry e full join voucher v using (event_id)
    where coalesce(v.day, e.booked_on) <= (select until from frozen)
    group by 1
)
select day, x.entries, coalesce(s.entries, 0) as entries_now, x.sha256, s.sha256 as sha256_now
from journal_export x full join stands s using (day)
where (x.entries, x.sha256) is distinct from
    (coalesce(s.entries, 0), coalesce(s.sha256, encode(sha256(''), 'hex')))
order by day"""  # noqa: S608 - written in the code


def next_day(connection: Connection) -> date | None:
    """Return the first day that is not frozen, None where nothing was ever booked.

    Until the caller's transaction ends nobody else freezes.
    """
    connection.execute(_TURN)
    day: date | None = connection.execute(_NEXT_DAY).scalar_one()
    return day


def is_numbered(connection: Connection, day: date) -> bool:
    """Return whether all events booked on a day have their positions."""
    return not connection.execute(_UNNUMBERED, {"day": day}).scalar_one()


def freeze(connection: Connection, day: date, numbers: Mapping[str, int]) -> None:
    """Give the events of a day their vouchers, and keep what the day comes to.

    `numbers`: of the accounts, by word, as this day is handed out from now on.
    """
    connection.execute(_GIVE_VOUCHERS, {"day": day})
    connection.execute(_FREEZE, {"day": day, "numbers": dict(numbers)})


@value
class Span:
    """The vouchers of some days, None without any; and the last day that is frozen."""

    first: int | None
    last: int | None
    until: date | None

    @property
    def vouchers(self) -> int:
        """How many they are: they have no gap."""
        return 0 if self.first is None or self.last is None else self.last - self.first + 1


def span(connection: Connection, date_from: date, date_to: date) -> Span:
    """Return the vouchers of the frozen days among these, both ends included."""
    days = {"date_from": date_from, "date_to": date_to}
    return Span(**connection.execute(_SPAN, days).mappings().one())


def page(connection: Connection, first: int, last: int) -> list[dict[str, Any]]:
    """Return the entries of these vouchers in their order; amounts are øre, debit positive."""
    found = connection.execute(_PAGE, {"first": first, "last": last})
    return [dict(each) for each in found.mappings()]


_TURN = text("select pg_advisory_xact_lock(hashtextextended('journal_export', 0))")
_NEXT_DAY = text(
    "select coalesce((select max(day) + 1 from journal_export),"
    " (select min(booked_on) from journal_entry))"
)
_UNNUMBERED = text(
    "select exists (select from journal_entry e"
    " left join (events n join positions p using (seq)) on n.event_id = e.event_id::uuid"
    " where e.booked_on = :day and p.position is null)"
)
_GIVE_VOUCHERS = text(
    "insert into voucher (event_id, number, day)"
    " select e.event_id, (select coalesce(max(number), 0) from voucher)"
    "  + row_number() over (order by p.position), :day"
    " from (select distinct event_id from journal_entry where booked_on = :day) e"
    " join events n on n.event_id = e.event_id::uuid join positions p using (seq)"
)
_FREEZE = text(
    f"""
insert into journal_export (day, first_voucher, last_voucher, entries, sha256, numbers)
select :day, min(v.number), max(v.number), count(*), {_HASHED}, :numbers
from voucher v join journal_entry e using (event_id)
where v.day = :day"""  # noqa: S608
)
_SPAN = text(
    "select min(first_voucher) as first, max(last_voucher) as last,"
    " (select max(day) from journal_export) as until"
    " from journal_export where day between :date_from and :date_to"
)
_PAGE = text(
    "select v.number as voucher, e.booked_on, e.value_on, x.numbers->>e.account as account_number,"
    " e.account, e.workspace_id, e.document, e.text, e.amount_ore, e.vat_code"
    " from voucher v join journal_entry e using (event_id) join journal_export x using (day)"
    " where v.number between :first and :last order by v.number, e.line"
)
