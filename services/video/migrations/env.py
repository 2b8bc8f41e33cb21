"""Alembic runs this file."""

from chassis.database.migrations import run
from video import app  # noqa: F401 - its tables are in the metadata once it is imported
from video.tables import metadata

run(metadata)
