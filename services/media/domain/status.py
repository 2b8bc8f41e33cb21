"""The seed's four words: how far a photograph is, and what a project's photographs amount to."""

from typing import Literal, get_args

Status = Literal["pending", "processing", "completed", "failed"]
STATUSES: tuple[Status, ...] = get_args(Status)


def status_of(*, images: int, begun: int, completed: int, failed: int) -> Status:
    """Return a project's status: a pure function of how many images there are and ended how.

    Nothing begun is 'pending', whatever has been uploaded. Then 'processing' while any image has
    not ended; all ended is 'completed' if one came out, else 'failed'.
    """
    if begun == 0:
        return "pending"
    if completed + failed < images:
        return "processing"
    return "completed" if completed else "failed"
