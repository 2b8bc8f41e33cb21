"""Originals that everybody sees who has the address: a copy that says nothing of who took it."""

from uuid import UUID

from chassis.domain import value
from gateways import pictures
from gateways.copies import Copy
from media.equipment import Tools
from media.links import lying, published_key

UNSIGNED = Copy(credited=False)


@value
class Publication:
    """A publication as it was decided; id and version are the photograph's."""

    id: UUID
    version: int
    workspace_id: UUID
    project_id: UUID
    original_key: str
    number: int  # of the photograph's publications
    token_sha256: str


def show(tools: Tools, made: Publication) -> None:
    """Store the copy of an original for one publication, where it is not there yet.

    Of a workspace two are made at once, as of its uploads. Raises what the store and the decoder
    raise.
    """
    key = published_key(made.workspace_id, made.project_id, made.id, made.token_sha256)

    def copy(original_key: str) -> None:
        with tools.blobs.local(original_key) as path:
            _, (unsigned,) = pictures.copied(
                path, (UNSIGNED,), tools.judge.service, tools.judge.work
            )
        tools.blobs.put(key, unsigned.content)

    if lying(tools.blobs, key) is None:
        tools.judge.each(made.workspace_id, copy, [made.original_key])
