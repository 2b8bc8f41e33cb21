"""Alembic runs this file."""

from auth import app  # noqa: F401 - its tables are in the metadata once it is imported
from auth.tables import metadata
from chassis.database.migrations import run

run(metadata)
