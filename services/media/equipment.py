"""What media's methods need besides the database."""

from chassis.domain import value
from gateways.pictures import Judge
from gateways.port import Blobs


@value
class Tools:
    """The store of pictures, and who tells what they are."""

    blobs: Blobs
    judge: Judge
