"""Earnings as they are asked for: lists, sums, what a payout may take."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Connection, case, cast, func, select

from affiliate.domain.oslo import day
from affiliate.projections.earnings import table
from chassis.asked import Listing, Page
from chassis.unit.calls import Call
from chassis.unit.pages import page, scope
from chassis.unit.store import version_of


def listed(
    connection: Connection, call: Call, wanted: Mapping[str, Any], asked: Listing[Any]
) -> Page[dict[str, Any]]:
    """Return a page of earnings: of one affiliate, or to a system admin of all.

    `wanted`: `affiliate_workspace_id`, `status`, `state` of today, `month` (2026-03, in Oslo) in
    which they were made; None takes any.
    """
    month = func.to_char(func.timezone("Europe/Oslo", table.c.created_at), "YYYY-MM").label("month")
    base = table.c.invoice_amount_ore.label("base_ore")
    version = version_of("earning", table.c.id).label("version")
    query = select(*_columns(day(call.at)), base, version, month)
    whose = scope(call.actor, wanted["affiliate_workspace_id"], "affiliate.customer_not_found")
    found = page(connection, table, query, {**wanted, "affiliate_workspace_id": whose}, asked)
    return replace(found, items=tuple(_without_month(each) for each in found.items))


def _columns(today: date) -> list[ColumnElement[Any]]:
    waits = (table.c.state == "available") & (table.c.available_on > today)
    state = case((waits, "held"), else_=table.c.state).label("state")
    return [state if each is table.c.state else each for each in table.c]


def _without_month(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in row.items() if name != "month"}


def of_invoice(connection: Connection, invoice_id: UUID, today: date) -> list[dict[str, Any]]:
    """Return the entries of an invoice, the first one first."""
    query = select(*_columns(today)).where(table.c.invoice_id == str(invoice_id))
    ordered = query.order_by(table.c.created_at, table.c.corrects.is_not(None), table.c.id)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def affiliates_to_pay(connection: Connection, cutoff: date) -> Sequence[UUID]:
    """Return whose earnings are available by `cutoff`."""
    query = select(table.c.affiliate_workspace_id).where(_available(cutoff)).distinct()
    return sorted(UUID(each) for each in connection.execute(query).scalars())


def to_pay(connection: Connection, affiliate_id: UUID, cutoff: date, most: int) -> Sequence[UUID]:
    """Return an affiliate's earnings available by `cutoff`: what it owes first, then the oldest.

    So that no payout leaves out a debt for want of room.
    """
    query = (
        select(table.c.id)
        .where(table.c.affiliate_workspace_id == str(affiliate_id), _available(cutoff))
        .order_by(table.c.earning_amount_ore > 0, table.c.created_at, table.c.id)
        .limit(most)
    )
    return [UUID(each) for each in connection.execute(query).scalars()]


def sums_of_payouts(connection: Connection, payout_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return what the earnings in each payout come to, in øre; those without any are left out."""
    sum_ore = cast(func.sum(table.c.earning_amount_ore), BigInteger)
    query = select(table.c.payout_id, sum_ore).group_by(table.c.payout_id)
    found = connection.execute(query.where(table.c.payout_id.in_(map(str, payout_ids))))
    return {UUID(payout_id): ore for payout_id, ore in found}


def _available(cutoff: date) -> Any:
    return (table.c.state == "available") & (table.c.available_on <= cutoff)


def totals(connection: Connection) -> dict[str, int]:
    """Return the sums (øre) and the number of earnings that wait and that were paid out."""
    amount, waits = table.c.earning_amount_ore, table.c.status == "pending"
    is_out = table.c.status == "paid_out"
    pending = func.coalesce(func.sum(amount).filter(waits), 0)
    paid_out = func.coalesce(func.sum(amount).filter(is_out), 0)
    query = select(
        cast(pending, BigInteger).label("pending_ore"),
        cast(paid_out, BigInteger).label("paid_out_ore"),
        func.count().filter(waits).label("pending_payouts_count"),
    )
    return dict(connection.execute(query.select_from(table)).mappings().one())


def of_payout(connection: Connection, payout_id: UUID) -> list[dict[str, Any]]:
    """Return the earnings in a payout, the oldest first.

    Those of a payout that failed or was cancelled are not in it any more.
    """
    query = select(table).where(table.c.payout_id == str(payout_id))
    ordered = query.order_by(table.c.created_at, table.c.id)
    return [dict(row) for row in connection.execute(ordered).mappings()]
