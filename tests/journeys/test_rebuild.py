"""Projections hold nothing that the events do not say."""

import pytest
from sqlalchemy import text

from chassis.database import postgres
from chassis.unit import rebuilding
from demo.main_job import Outcome
from embedded.keys import SERVICES
from embedded.suite import Suite


@pytest.mark.parametrize("service", SERVICES)
def test_a_rebuilt_projection_equals_the_live_one(
    suite: Suite, outcome: Outcome, service: str
) -> None:
    app = suite.parts[service].app
    owner = postgres.engine(suite.owner_url(service), name="rebuild", connections=1)
    with owner.connect() as connection:
        suite.settle()
        rebuilding.fill(connection, app.codec, app.service.projections)
        different = {
            each.table.name: connection.execute(text(_DIFFERENCE.format(each.table.name))).all()
            for each in app.service.projections
        }
        filled = [
            each.table.name
            for each in app.service.projections
            if connection.execute(text(f'select 1 from rebuilt."{each.table.name}"')).first()
        ]
        connection.rollback()
    owner.dispose()

    assert {name: rows for name, rows in different.items() if rows} == {}
    assert filled != []


_DIFFERENCE = """
(select 'live only', to_jsonb(l) from public."{0}" l
 except all select 'live only', to_jsonb(r) from rebuilt."{0}" r)
union all
(select 'rebuilt only', to_jsonb(r) from rebuilt."{0}" r
 except all select 'rebuilt only', to_jsonb(l) from public."{0}" l)
"""
