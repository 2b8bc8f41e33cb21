"""The documents, whatever their kind: where their files lie, and what became of their delivery.

Every document is a row of `invoice` or of `credit_note`, which name its files alike.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Table, false, select, union_all

from billing.projections import credit_notes, invoices
from chassis.domain import value
from chassis.errors import NotFound
from chassis.identity import Actor

TABLES = (invoices.table, credit_notes.table)
COLUMNS = {"pdf": "document", "ehf": "ehf"}  # how a format's columns begin
FILE = ("ref", "sha256", "size")  # and how they end


@value
class Paper:
    """One stored format of a document."""

    ref: str
    sha256: str
    size: int  # bytes


def workspace_of(connection: Connection, document_id: UUID, actor: Actor) -> UUID:
    """Return whose a document is. Raises `NotFound` for another's, and for nobody's."""
    return UUID(_row(connection, document_id, actor).workspace_id)


def of(connection: Connection, document_id: UUID, actor: Actor) -> dict[str, Paper]:
    """Return a document's stored formats. Raises as `workspace_of`, and of a draft let go."""
    row, found = _row(connection, document_id, actor)._mapping, {}
    if row["discarded"]:
        raise NotFound("billing.document_not_found", "there will be no such document")
    for format, begin in COLUMNS.items():
        ref, sha256, size = (row[f"{begin}_{what}"] for what in FILE)
        if ref is not None:
            found[format] = Paper(ref=ref, sha256=sha256, size=size)
    return found


def _row(connection: Connection, document_id: UUID, actor: Actor) -> Row[Any]:
    each = (_select(table, document_id) for table in TABLES)
    row = connection.execute(union_all(*each)).one_or_none()
    if row is None or not actor.sees(UUID(row.workspace_id)):
        raise NotFound("billing.document_not_found", "no such document")
    return row


def _select(table: Table, document_id: UUID) -> Select[Any]:
    files = [table.c[f"{begin}_{what}"] for begin in COLUMNS.values() for what in FILE]
    discarded = table.c.state == "Discarded" if "state" in table.c else false()
    return select(table.c.workspace_id, discarded.label("discarded"), *files).where(
        table.c.id == str(document_id)
    )
