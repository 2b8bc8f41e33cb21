"""What video's methods need besides the database."""

from chassis.domain import value
from gateways.pictures import Judge
from gateways.port import Blobs


@value
class Tools:
    """Where files lie, who judges pictures, which engine new films have, what they may cost."""

    blobs: Blobs
    judge: Judge
    engine: str
    budget_cents: int  # of a video, all its revisions together
