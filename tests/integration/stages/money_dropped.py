"""A copy of a database in which one event is missing: whoever compares it with Stripe is told."""

import copy
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import make_url

from billing import app as billing
from billing.settings import Settings
from chassis import settings
from integration.stages.billing_shop import Billing, owner_of
from integration.stages.money_holding import differing
from servers.postgres import Server

ENDS = """
select e.event_id, e.stream_id, e.type, r.reference as name, (r.created_at)::date as day
from events e join refund r on e.stream_id = 'refund-' || r.id
where e.type = 'RefundSent' and r.rail = 'card' and r.state = 'Sent' and r.reference is not null
union all
select e.event_id, e.stream_id, e.type, d.provider_id, (d.created_at)::date
from events e join dispute d on e.stream_id = 'dispute-' || d.id
where e.type = 'DisputeClosed' and e.version = (
    select max(version) from events o where o.stream_id = e.stream_id)
union all
select e.event_id, e.stream_id, e.type, c.payment_intent_id, (c.created_at)::date
from events e join card_payment c on e.stream_id = 'payment-' || c.payment_id
where e.type = 'CardPaymentCaptured' and e.data ->> 'payment_intent_id' = c.payment_intent_id
    and c.held is null and e.version = (
        select max(version) from events o where o.stream_id = e.stream_id)
order by event_id"""


def told_of_a_dropped_event(server: Server, shop: Billing, seed: int) -> tuple[Any, set[str]]:
    """Drop one event of Stripe's in a copy; return what it was, and what a comparison names there.

    The shop's own connections to its database are closed.
    """
    with _copied(server, shop) as (own, admin):
        found = random.Random(seed).choice(admin.execute(ENDS.encode()).fetchall())
        admin.execute("set session_replication_role = replica")  # no trigger keeps it
        admin.execute("delete from events where event_id = %s", [found["event_id"]])
        day: date = found["day"]
        rows = [row for each in differing(own, day).values() for row in each]
        own.parts.app.engine.dispose()
    return found, {each["provider_id"] for each in rows}


@contextmanager
def _copied(server: Server, shop: Billing) -> Iterator[tuple[Billing, Any]]:
    name = str(make_url(shop.owner_url).database)
    other = f"{name}_copy"
    shop.parts.app.engine.dispose()
    shop.owners.close()
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
        )
        admin.execute(f"create database {other} template {name}".encode())
    try:
        variables = {
            **shop.variables,
            "DATABASE_URL": shop.variables["DATABASE_URL"].replace(f"@/{name}", f"@/{other}"),
        }
        given, own = settings.load(Settings, variables), copy.copy(shop)
        own.owner_url = shop.owner_url.replace(f"@/{name}", f"@/{other}")
        own.parts = billing.build(
            given, lambda service: {"auth": shop.auth}[service], lambda: shop.now
        )
        own.owners = owner_of(own.owner_url)
        with (
            own.owners,
            psycopg.connect(
                server.admin_url, dbname=other, row_factory=dict_row, autocommit=True
            ) as inside,
        ):
            yield own, inside
    finally:
        with psycopg.connect(server.admin_url, autocommit=True) as admin:
            admin.execute(f"drop database {other} with (force)".encode())
