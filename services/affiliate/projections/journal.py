"""`journal_entry`: the double entry of every event that moves money; rows are only added."""

from collections.abc import Iterable

from sqlalchemy import Index

from affiliate.domain.postings import document, postings, value_day
from affiliate.tables import metadata
from books.projections.entries import added, journal_entry
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded

table = journal_entry(
    metadata, Index("journal_entry_of", "workspace_id", "account", "booked_on")
)  # statements


def project(recorded: Recorded) -> Iterable[Change]:
    """Add the entries of an event."""
    event = recorded.event
    return added(table, recorded, postings(event), document(event), value_day(event))


projection = Projection(table=table, project=project)
