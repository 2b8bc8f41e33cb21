"""The job of a mail: it draws what the mail's link is opened by, keeps a hash of it, and sends.

No raw token waits anywhere; each attempt draws another, and those before it stay good. An attempt
keeps the mail's id, by which whoever has it from one before knows it as the same mail.
"""

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from auth import kept, logos
from auth.gateways import letters
from auth.jobs import drawing
from auth.mailings import MAILS, Said
from auth.verifications import CodeHash
from chassis.domain import value
from chassis.errors import NotFound, ServiceError
from chassis.jobs.control import Control
from chassis.jobs.jobs import Kind, Task, call_of
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from gateways.port import MAIL_BACKOFF_S, Blobs, Inline, Mail, Message, key_of


@value
class Post:
    """What mails are made of and handed to."""

    app: App
    mail: Mail
    blobs: Blobs
    app_url: str  # where their links lead
    code_hash: CodeHash


def kind(post: Post) -> Kind:
    """Return the kind of job that sends mails."""

    def run(task: Task, control: Control) -> None:
        said = post.app.attempt(call_of(post.app, task, "draw"), partial(_drawn, post, task))
        if said is not None:
            post.mail.send(_message(post, task, said), task.error)

    return Kind(
        name="mail",
        run=run,
        finish=_sent,
        give_up=_not_sent,
        attempts=len(MAIL_BACKOFF_S) + 1,  # what it opens does not live much longer
        backoff_s=MAIL_BACKOFF_S,
    )


def _drawn(post: Post, task: Task, unit: Unit) -> Said | None:
    """Return what a mail says, with what was drawn for it; None where it is nobody's any more."""
    mail = MAILS[task.args["template"]]
    said = mail.says(unit.connection, task)
    if said is None:
        return None
    words, url = dict(said.words), f"{post.app_url}/{mail.page}"
    if mail.purpose is not None:
        token = drawing.token(unit, mail.purpose, task.subject, said.folded)
        url = f"{url}?token={token}"
    if mail.purpose == "verify_email":
        words["code"] = drawing.code(unit, task.subject, said.folded, post.code_hash)
    return replace(said, words={**words, "url": url})


def _message(post: Post, task: Task, said: Said) -> Message:
    id, words = str(task.id), dict(said.words)
    pictures = _logo(post, id, said.logo) if said.logo else ()
    if pictures:
        words["logo"] = pictures[0].id
    letter = letters.written(task.args["template"], words)
    return Message(
        id=id,
        to=said.address,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        inline=pictures,
        at=post.app.clock(),
    )


def _logo(post: Post, id: str, ref: str) -> tuple[Inline, ...]:
    key = key_of(ref)
    try:
        content = b"".join(post.blobs.chunks(key))
    except NotFound:  # taken away meanwhile: the mail says the same without it
        return ()
    named = f"logo.{id}@{urlsplit(post.app_url).hostname}"
    return (Inline(id=named, content_type=logos.logo_at(key).content_type, content=content),)


def _sent(unit: Unit, task: Task, result: Any) -> None:
    """The message itself is the effect; to whom a notice went is kept no longer."""
    if "notice" in task.args:
        unit.execute(kept.forget_texts(UUID(task.args["notice"])))


def _not_sent(unit: Unit, task: Task, error: ServiceError) -> None:
    """A mail that cannot be sent undoes nothing; the dead job says so, and may be tried again."""
