"""What a project's images amount to, in the seed's four words."""


def status_of(*, images: int, begun: int, completed: int, failed: int) -> str:
    """Return a project's status: a pure function of how many images there are and ended how.

    Nothing begun is 'pending', whatever has been uploaded. Then 'processing' while any image has
    not ended; all ended is 'completed' if one came out, else 'failed'.
    """
    if begun == 0:
        return "pending"
    if completed + failed < images:
        return "processing"
    return "completed" if completed else "failed"
