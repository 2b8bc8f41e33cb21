"""A small service in two releases: `tally` shows boxes, and from the second on what they weigh."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any

APP = '''
"""tally, put together."""

from chassis.unit.service import Service
from integration.stages import boxes
from tally.shown import projection

SERVICE = Service(
    name="tally",
    version="{number}",
    deciders=(boxes.box,),
    projections=(projection,),
    outbound=lambda recorded, state: None,
)
'''
SHOWN = '''
"""What is shown of boxes."""

from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, update

from chassis.unit.projection import Projection
from integration.stages.boxes import BoxOpened, ThingPutIn

metadata = MetaData()
table = Table(
    "tally",
    metadata,
    Column("id", Text, primary_key=True),
    Column("things", Integer, nullable=False),
    {column}
)


def project(recorded):
    this = update(table).where(table.c.id == str(recorded.subject))
    match recorded.event:
        case BoxOpened():
            yield insert(table).values(id=recorded.subject, things=0{empty})
        case ThingPutIn(weight_g=weight_g):
            yield this.values(things=table.c.things + 1{more})


projection = Projection(table=table, project=project)
'''
ENV = """
from chassis.database.migrations import run
from chassis.unit.digests import digests
from tally import app, shown

run(shown.metadata, digests(app.SERVICE.projections))
"""
TABLE = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None


def upgrade():
    things = sa.Column("things", sa.Integer(), nullable=False)
    op.create_table("tally", sa.Column("id", sa.Text(), primary_key=True), things)
"""
WEIGHT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    op.add_column("tally", sa.Column("weight_g", sa.Integer()))
"""
FIRST = {"number": "1", "column": "", "empty": "", "more": ""}
SECOND = {
    "number": "2",
    "column": 'Column("weight_g", Integer),',
    "empty": ", weight_g=0",
    "more": ", weight_g=table.c.weight_g + weight_g",
}


def write(folder: Path) -> None:
    """Write both releases below a folder, `1` and `2`."""
    for number, told in (("1", FIRST), ("2", SECOND)):
        package = folder / number / "tally"
        versions = package / "migrations" / "versions"
        versions.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "app.py").write_text(APP.format(**told))
        (package / "shown.py").write_text(SHOWN.format(**told))
        (package / "migrations" / "env.py").write_text(ENV)
        (versions / "0001_tables.py").write_text(TABLE)
        if told is SECOND:
            (versions / "0002_weight.py").write_text(WEIGHT)


@contextmanager
def installed(folder: Path, number: int) -> Iterator[Any]:
    """Have one release installed meanwhile; give its `SERVICE`."""
    _forget()
    sys.path.insert(0, str(folder / str(number)))
    invalidate_caches()
    try:
        yield import_module("tally.app").SERVICE
    finally:
        sys.path.remove(str(folder / str(number)))
        _forget()


def _forget() -> None:
    for name in [each for each in sys.modules if each.partition(".")[0] == "tally"]:
        del sys.modules[name]
