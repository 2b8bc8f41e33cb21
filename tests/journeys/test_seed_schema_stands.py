"""The 18 tables and 220 columns that the product was specified by stand in the databases."""

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from chassis.database import migrations, postgres
from contract.seed_schema import compare, load_deviations, load_tables
from embedded.keys import SERVICES
from embedded.suite import Suite


@pytest.mark.parametrize("service", SERVICES)
def test_the_seed_s_tables_stand(suite: Suite, service: str) -> None:
    with psycopg.connect(suite.owner_url(service)) as connection:
        assert compare(load_tables(service), connection, load_deviations()) == []


def test_they_are_eighteen_with_220_columns() -> None:
    tables = [table for service in SERVICES for table in load_tables(service).values()]

    assert len(tables) == 18
    assert sum(len(table["columns"]) for table in tables) == 220


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_make_what_the_code_expects(suite: Suite, service: str) -> None:
    metadata = suite.parts[service].app.service.projections[0].table.metadata
    owner = postgres.engine(suite.owner_url(service), name="compare", connections=1)
    with owner.connect() as connection:
        options = {"include_name": migrations.ours, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, metadata)
    owner.dispose()

    assert differences == []
