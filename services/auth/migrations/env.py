"""Alembic runs this file."""

from auth import app  # its tables are in the metadata once it is imported
from auth.tables import metadata
from chassis.database.migrations import run
from chassis.unit.digests import digests

run(metadata, digests(app.SERVICE.projections))
