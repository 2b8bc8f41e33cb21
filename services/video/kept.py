"""Kept beside the events: the customer's own words, in the frame's `personal`, and own pictures."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Delete,
    Executable,
    Index,
    Insert,
    Integer,
    Row,
    Table,
    Text,
    Update,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    table,
    update,
)

from chassis import ids
from chassis.personal import keep, personal
from chassis.unit.deciding import Unit
from gateways.port import SCHEME
from video.domain.pictures import Source
from video.tables import metadata

STATES = ("announced", "taken", "refused")
UNUSED = "video.upload_unused"

own_upload = Table(
    "own_upload",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("sha256", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("error", Text),  # a code: why it was refused
    Column("key", Text, nullable=False),  # where it lies once it is taken
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    CheckConstraint(f"state in {STATES}", name="own_upload_state"),
    Index("own_upload_key", "key", unique=True),
    Index("own_upload_workspace", "workspace_id"),
)

# what shows own pictures; a projection of its own
_clip = table("video_clip", column("source_image_url"), column("end_image_url"))


def texts_of(connection: Connection, row_ids: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """Return by row what is kept of it: field -> text."""
    texts: dict[UUID, dict[str, str]] = {row_id: {} for row_id in row_ids}
    wanted = personal.c.row_id.in_([str(row_id) for row_id in texts])
    for each in connection.execute(select(personal).where(wanted)):
        texts[UUID(each.row_id)][each.field] = each.value
    return texts


def written(
    row_id: UUID, workspace_id: UUID, texts: Mapping[str, str | None]
) -> Iterator[Executable]:
    """Yield the statements that keep a row's texts, by field; of None nothing is kept."""
    there = {field: text for field, text in texts.items() if text is not None}
    if there:
        yield keep(row_id, workspace_id, there)
    if gone := texts.keys() - there.keys():
        yield delete(personal).where(
            personal.c.row_id == str(row_id), personal.c.field.in_(sorted(gone))
        )


def forget(row_ids: Iterable[UUID]) -> Delete:
    """Return the statement after which nothing is kept of these rows."""
    return delete(personal).where(personal.c.row_id.in_([str(each) for each in row_ids]))


def address_row(video_id: UUID, sha256: str) -> UUID:
    """Return the row of an address elsewhere, which a video shows and nobody has fetched yet."""
    return ids.derive(video_id, "address", sha256)


def forget_addresses(unit: Unit, video_id: UUID, sources: Iterable[Source]) -> None:
    """Forget the addresses of what lies in our own blobs now: they may hold a secret."""
    fetched = (each.name.removeprefix("address:") for each in sources if _is_elsewhere(each))
    unit.execute(forget(address_row(video_id, sha256) for sha256 in fetched))


def _is_elsewhere(source: Source) -> bool:
    return source.name.startswith("address:")


def announced(**columns: Any) -> Insert:
    """Return the statement that keeps an upload that is to come."""
    return insert(own_upload).values(state="announced", **columns)


def uploads_of(
    connection: Connection, workspace_id: UUID, upload_ids: Iterable[UUID]
) -> dict[UUID, Row[Any]]:
    """Return these uploads by their ids, without those that are not that workspace's."""
    theirs = own_upload.c.workspace_id == str(workspace_id)
    wanted = own_upload.c.id.in_([str(each) for each in upload_ids])
    rows = connection.execute(select(own_upload).where(theirs, wanted))
    return {UUID(each.id): each for each in rows}


def confirmed(upload_id: UUID, error: str | None, at: datetime) -> Update:
    """Return the statement that keeps what an upload is: taken, or refused with that error.

    What was taken stays so.
    """
    this = own_upload.c.id == str(upload_id)
    state = "taken" if error is None else "refused"
    open_ones = update(own_upload).where(this, own_upload.c.state != "taken")
    return open_ones.values(state=state, error=error, confirmed_at=at)


def hold_uploads(connection: Connection, workspace_id: UUID, keys: Collection[str]) -> set[str]:
    """Return which of these blobs are pictures that this workspace has sent.

    They stay until the transaction has ended: whoever would let go of one waits that long.
    """
    if not keys:
        return set()
    query = select(own_upload.c.key).where(
        own_upload.c.workspace_id == str(workspace_id),
        own_upload.c.key.in_(sorted(keys)),
        own_upload.c.state == "taken",
    )
    return set(connection.execute(query.with_for_update(read=True)).scalars())


def sweepable_uploads(connection: Connection, before: datetime) -> list[tuple[UUID, str]]:
    """Return the uploads of before then that no clip shows, each with its blob's key."""
    since = func.coalesce(own_upload.c.confirmed_at, own_upload.c.created_at)
    query = select(own_upload.c.id, own_upload.c.key).where(since < before, ~_is_shown())
    return [(UUID(id), key) for id, key in connection.execute(query.order_by(own_upload.c.id))]


def forget_upload(upload_id: UUID, unit: Unit) -> bool:
    """Let go of an upload that no clip shows; return whether its blob may go.

    It is refused first and forgotten when it is swept once more: a blob whose deletion was lost
    goes then.
    """
    this = own_upload.c.id == str(upload_id)
    held = select(own_upload.c.state).where(this).with_for_update()
    state = unit.connection.execute(held).scalar_one_or_none()
    # asked once it is held: whoever has just shown it has ended by now
    if unit.connection.execute(select(own_upload.c.id).where(this, _is_shown())).first():
        return False
    if state == "refused":
        unit.execute(delete(own_upload).where(this))
    else:
        unit.execute(update(own_upload).where(this).values(state="refused", error=UNUSED))
    return state is not None


def _is_shown() -> Any:
    ref = literal(SCHEME).concat(own_upload.c.key)
    return or_(exists().where(_clip.c.source_image_url == ref), _is_an_end(ref))


def _is_an_end(ref: Any) -> Any:
    return exists().where(_clip.c.end_image_url == ref)


def forgotten(workspace_id: UUID) -> tuple[Delete, ...]:
    """Return the statements after which nothing is kept of a workspace but its own words."""
    return (delete(own_upload).where(own_upload.c.workspace_id == str(workspace_id)),)
