"""Alembic runs this file."""

from chassis.database.migrations import run
from chassis.unit.digests import digests
from video import app  # its tables are in the metadata once it is imported
from video.tables import metadata

run(metadata, digests(app.SERVICE.projections))
