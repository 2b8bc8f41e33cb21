"""What auth does outside a transaction, a file a kind of work."""

from pathlib import Path

from auth.jobs import bans, exports, impersonations, mail, take_logo
from auth.jobs.mail import Post
from chassis.jobs.jobs import Kind

SCHEDULES = (
    bans.SCHEDULE,
    impersonations.SCHEDULE,
)


def kinds(post: Post, work: Path) -> tuple[Kind, ...]:
    """Return the kinds of job that auth does; `work`: where logos are decoded."""
    return (mail.kind(post), take_logo.kind(post.blobs, work), exports.kind(post.blobs))
