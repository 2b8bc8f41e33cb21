"""What media's methods need besides the database."""

from chassis.domain import value
from gateways.pictures import Judge
from gateways.port import Blobs
from media.gateways.door_links import DoorLinks
from media.limits import Limits


@value
class Tools:
    """Where files lie, who judges them, our door's links, what is allowed and what is possible."""

    blobs: Blobs
    judge: Judge
    links: DoorLinks
    limits: Limits
    generative: bool  # whether the engine can put something there that was not
