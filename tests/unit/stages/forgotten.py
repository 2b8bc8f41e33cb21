"""A service's tables, with texts about people and what they were answered, as it forgets one."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, MetaData, Table, Text, insert, select

from chassis.testing.tables import Tables

USER, WORKSPACE, OTHER, ERASURE = (UUID(int=n) for n in range(901, 905))
THEN = datetime(2026, 3, 1, tzinfo=UTC)
_frames = MetaData()
personal = Table(
    "personal",
    _frames,
    *(Column(each, Text) for each in ("row_id", "field", "subject_id", "value")),
)
commands = Table("commands", _frames, Column("caller", Text))


class Held:
    """What a service holds."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def text(self, row_id: UUID, field: str, subject: UUID, value: str = "Kari") -> None:
        row = {"row_id": row_id, "field": field, "subject_id": subject, "value": value}
        self.tables.execute(insert(personal).values(row))

    def answered(self, *callers: str) -> None:
        for each in callers:
            self.tables.execute(insert(commands).values(caller=each))

    def row(self, table: Table, **columns: Any) -> None:
        """Let a row be there; when it was made matters to nobody."""
        times = {each: THEN for each in ("created_at", "updated_at") if each in table.c}
        self.tables.execute(insert(table).values(**times, **columns))

    def texts(self) -> set[tuple[str, str]]:
        """Return of which rows, and what, is still kept."""
        found = self.tables.execute(select(personal.c.row_id, personal.c.field))
        return {(each.row_id, each.field) for each in found}

    def callers(self) -> list[str]:
        """Return who is still answered as before."""
        return list(self.tables.execute(select(commands.c.caller)).scalars())


@contextmanager
def held(*tables: Table) -> Iterator[Held]:
    """Yield these tables with the frame's beside them, empty."""
    with closing(Tables(*tables, personal, commands)) as made:
        yield Held(made)
