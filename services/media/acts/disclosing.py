"""What was done to a photograph, said openly."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection

from chassis.asked import Written
from chassis.domain import value
from chassis.door.edge import Door
from chassis.errors import Rejected, Unavailable
from chassis.personal import keep
from chassis.unit.calls import Call
from chassis.unit.deciding import Unit
from contracts.media.disclosure import (
    Disclosure,
    GetDisclosure,
    PublishedOriginal,
    PublishOriginal,
    RevokeOriginal,
    SetAlteration,
    ShownOriginal,
    Statement,
)
from media import publishing
from media.domain import disclosure, image, image_messages
from media.domain.image_events import Alteration
from media.domain.image_state import Image
from media.equipment import Tools
from media.gateways.door_links import sha256_of
from media.links import published_key
from media.projections import image_files
from media.projections.image_rows import root_of
from media.publishing import Publication


def set_alteration(unit: Unit, asked: SetAlteration) -> Written:
    """Correct what is said of a version's alteration; the reason is kept with the personal texts.

    Its file says what was true when it was made; the labelled copy says the new.
    """
    root = root_of(unit.connection, asked.image_generation_id)
    command = image_messages.SetAlteration(
        version_id=asked.image_generation_id, alteration=cast(Alteration, asked.alteration)
    )
    decided = unit.decide(image.decider, root, command)
    reason = {"alteration_reason": asked.reason}
    unit.execute(keep(asked.image_generation_id, decided.state.workspace_id, reason))
    return decided.written


def publish(door: Door, call: Call, asked: PublishOriginal) -> PublishedOriginal:
    """Show an original to anybody. The copy is made after the unit, where it is not there.

    So nothing lies there that no row knows; a call that ends in between is to be repeated. Raises
    `Rejected("media.original_not_published")` where the key of its address has gone.
    """
    tools: Tools = door.tools
    root = door.app.query(lambda db: root_of(db, asked.image_generation_id))

    def work(unit: Unit) -> Publication:
        before = unit.state(image.decider, root)
        number = before.publications + 1 if isinstance(before, Image) else 1
        token_sha256 = sha256_of(tools.links.token(root, number))
        command = image_messages.PublishOriginal(token_sha256=token_sha256)
        decided = unit.decide(image.decider, root, command)
        return Publication(
            id=root,
            version=decided.version,
            workspace_id=decided.state.workspace_id,
            project_id=decided.state.project_id,
            original_key=decided.state.original.key,
            number=decided.state.publications,
            token_sha256=decided.state.published,
        )

    made = door.app.unit(call, work, Publication)
    token = tools.links.known_token(root, made.number, made.token_sha256)
    if token is None:
        raise Rejected("media.original_not_published", "revoke it first: its address is lost")
    if door.app.query(lambda db: image_files.published(db, made.token_sha256)):  # not a late repeat
        publishing.show(tools, made)
    return PublishedOriginal(id=root, version=made.version, url=tools.links.original(token))


@value
class Revoked:
    """A publication that is over, and where its copy lies, if there was one."""

    id: UUID
    version: int
    key: str | None


def revoke(door: Door, call: Call, asked: RevokeOriginal) -> Written:
    """Show an original no more: its address leads nowhere from now on, and its copy goes."""
    root = door.app.query(lambda db: root_of(db, asked.image_generation_id))

    def work(unit: Unit) -> Revoked:
        before = unit.state(image.decider, root)
        decided = unit.decide(image.decider, root, image_messages.RevokeOriginal())
        return Revoked(id=root, version=decided.version, key=_shown_at(root, before))

    revoked = door.app.unit(call, work, Revoked)
    if revoked.key is not None:
        with suppress(Unavailable):  # nobody finds it any more; it goes with the photograph
            door.tools.blobs.delete(revoked.key)
    return Written(id=root, version=revoked.version)


def _shown_at(root: UUID, state: Image) -> str | None:
    if state.published is None:
        return None
    return published_key(state.workspace_id, state.project_id, root, state.published)


def shown(db: Connection, door: Door, call: Call, asked: GetDisclosure) -> Disclosure:
    """Return what is to be said of a version, and where its original is shown, if it is."""
    row = image_files.said(db, asked.image_generation_id, call.actor)
    made_by = row["metadata"] or {}
    engine, model = made_by.get("engine"), made_by.get("model")
    sentence = disclosure.statement(engine, model, row["alteration"])
    return Disclosure(
        alteration=row["alteration"],
        statement=Statement(nb=sentence.nb, en=sentence.en),
        digital_source_type=disclosure.source_type(engine, row["alteration"]),
        engine=engine,
        model=model,
        original=_original(door.tools, row),
    )


def _original(tools: Tools, row: Mapping[str, Any]) -> ShownOriginal | None:
    if row["published_token_sha256"] is None:
        return None
    token = tools.links.known_token(
        UUID(row["id"]), row["publications"], row["published_token_sha256"]
    )
    if token is None:
        return None
    return ShownOriginal(url=tools.links.original(token), published_at=row["published_at"])
