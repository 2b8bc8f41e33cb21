"""`music_track`: one row a track; it is offered while it is active, once it has been described."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    insert,
    select,
    tuple_,
    update,
)

from chassis.asked import Listing, Page
from chassis.unit.pages import cut, list_id, read
from chassis.unit.projection import Change, Projection
from chassis.unit.store import Recorded
from gateways.port import ref_of
from video.domain.music_track import TrackAdded, TrackDeactivated, TrackDescribed
from video.tables import metadata

table = Table(
    "music_track",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("artist", Text),
    Column("category", Text, nullable=False),
    Column("mood", Text),
    Column("audio_url", Text, nullable=False),
    Column("duration_seconds", Integer, nullable=False),  # 0 until it has been described
    Column("bpm", Integer),
    Column("preview_url", Text),
    Column("waveform_url", Text),
    Column("license_type", Text, nullable=False, server_default="royalty-free"),
    Column("attribution", Text),
    Column("is_active", Boolean, nullable=False, server_default="true"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "category in ('modern', 'classical', 'upbeat', 'calm', 'cinematic')",
        name="music_track_category",
    ),
    CheckConstraint(
        "mood in ('energetic', 'relaxing', 'professional', 'warm', 'elegant')",
        name="music_track_mood",
    ),
    Index("music_track_name", "name", "id"),
)


def project(recorded: Recorded) -> Iterable[Change]:
    """Fill the row."""
    this = update(table).where(table.c.id == str(recorded.subject))
    match recorded.event:
        case TrackAdded() as added:
            yield insert(table).values(
                id=recorded.subject,
                name=added.name,
                artist=added.artist,
                category=added.category,
                mood=added.mood,
                audio_url=ref_of(added.audio_key),
                duration_seconds=0,
                bpm=added.bpm,
                license_type=added.license_type,
                attribution=added.attribution,
                created_at=recorded.recorded_at,
            )
        case TrackDescribed(seconds=seconds, waveform_key=waveform, preview_key=preview):
            yield this.values(
                duration_seconds=seconds,
                waveform_url=ref_of(waveform),
                preview_url=ref_of(preview),
            )
        case TrackDeactivated():
            yield this.values(is_active=False)


projection = Projection(table=table, project=project)


def offered(
    connection: Connection, asked: Listing[Any], wanted: Mapping[str, str | None]
) -> Page[dict[str, Any]]:
    """Return a page of the tracks that are offered, by name; `wanted`: by column, None takes any.

    Raises `Invalid` for a cursor of another list.
    """
    named = list_id(table.name, wanted)
    query = select(table).where(table.c.is_active, table.c.preview_url.is_not(None))
    for name, each in wanted.items():
        if each is not None:
            query = query.where(table.c[name] == each)
    place = tuple_(table.c.name, table.c.id)
    if asked.cursor is not None:
        _, last = read(asked.cursor, named)  # no row of this table ever goes
        after = select(table.c.name, table.c.id).where(table.c.id == last)
        query = query.where(place > after.scalar_subquery())
    by_name = query.order_by(table.c.name, table.c.id).limit(asked.limit + 1)
    return cut([dict(each) for each in connection.execute(by_name).mappings()], asked.limit, named)


def ids(connection: Connection) -> set[UUID]:
    """Return the tracks that were added, offered or not."""
    return {UUID(each) for each in connection.execute(select(table.c.id)).scalars()}
