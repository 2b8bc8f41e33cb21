"""Alembic runs this file."""

from chassis.database.migrations import run
from media import app  # its tables are in the metadata once it is imported

run(app.metadata)
