"""Where logos lie: named by what is in the file, so that a new one never overwrites another."""

import re
from uuid import UUID

from chassis.domain import value
from chassis.unit.calls import Job
from gateways.port import Blobs, Link, key_of

LOGO_BYTES = 2_000_000
LOGO_PIXELS = 2_000  # of either side
SUFFIXES = {"image/png": "png", "image/jpeg": "jpg"}
TYPES = {suffix: type for type, suffix in SUFFIXES.items()}
KEPT = re.compile(r".*/logo/([0-9a-f]{64})-([0-9]+)\.(png|jpg)")
INCOMING = "/logo/incoming/"
TAKE = "take_logo"  # the kind of job that waits for one
WAITS_S = (5, 10, 45, 240, 600)  # to 5 s, 15 s, 1, 5 and 15 minutes after it was announced


@value
class Logo:
    """A logo that is announced, or kept."""

    content_type: str
    size: int  # bytes
    sha256: str


def key_for(workspace_id: UUID, logo: Logo) -> str:
    """Return under which key a logo is kept."""
    return f"{workspace_id}/logo/{logo.sha256}-{logo.size}.{SUFFIXES[logo.content_type]}"


def incoming_key(workspace_id: UUID, upload_id: UUID) -> str:
    """Return where an upload lies until it is taken: the only key that a link may write."""
    return f"{workspace_id}{INCOMING}{upload_id}"


def logo_at(key: str) -> Logo:
    """Return what is kept under a logo's key."""
    found = KEPT.fullmatch(key)
    if found is None:
        raise AssertionError(f"{key} is no logo's")
    return Logo(content_type=TYPES[found[3]], size=int(found[2]), sha256=found[1])


def is_logo(key: str) -> bool:
    """Return whether a logo lies there, or what came in as one."""
    return INCOMING in key or KEPT.fullmatch(key) is not None


def awaited(workspace_id: UUID, key: str, incoming: str, tries: int = 0) -> Job:
    """Return the job that looks whether a logo has come, after so many that looked in vain."""
    args = {"key": key, "incoming": incoming, "tries": tries + 1}
    return Job(kind=TAKE, name=incoming, subject=workspace_id, args=args, delay_s=WAITS_S[tries])


def link(blobs: Blobs, ref: str) -> Link:
    """Return a link to a logo, for minutes."""
    key = key_of(ref)
    return blobs.link(key, logo_at(key).content_type)
