"""What was done to a photograph, said openly."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection

from chassis.asked import Written
from chassis.door.edge import Door
from chassis.errors import Rejected
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


def revoke(unit: Unit, asked: RevokeOriginal) -> Written:
    """Show an original no more: its address leads nowhere from now on. A job deletes its copy."""
    root = root_of(unit.connection, asked.image_generation_id)
    return unit.decide(image.decider, root, image_messages.RevokeOriginal()).written


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
