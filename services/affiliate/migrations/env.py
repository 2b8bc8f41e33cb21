"""Alembic runs this file."""

from affiliate import app  # noqa: F401 - its tables are in the metadata once it is imported
from affiliate.tables import metadata
from chassis.database.migrations import run

run(metadata)
