"""Alembic runs this file."""

from billing import app  # its tables are in the metadata once it is imported
from chassis.database.migrations import run

run(app.metadata)
