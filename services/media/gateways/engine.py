"""The port through which a picture is enhanced, whichever engine does it."""

from collections.abc import Callable
from typing import Protocol

from chassis.domain import value

Report = Callable[[int, str], None]  # (percent 0..100, step): 'processing' lies in 50..80


@value
class Enhanced:
    """An enhanced picture and how it was made.

    `content` is a picture without a rotation flag; `alteration` is 'none', 'technical' (light,
    colour, straightness) or 'material' (what is shown has changed).
    """

    content: bytes
    model: str
    alteration: str


class Engine(Protocol):
    """Whoever enhances pictures."""

    name: str

    def enhance(self, image: bytes, prompt: str, template: str, report: Report) -> Enhanced:
        """Return `image` (JPEG, PNG or WebP) enhanced in the style `template`.

        Raises `Rejected` for a template it does not know, `Invalid` for an image it cannot read
        and `Unavailable` when a repeat may succeed.
        """
        ...

    def inpaint(
        self, image: bytes, mask: bytes, mode: str, prompt: str, report: Report
    ) -> Enhanced:
        """Return `image` changed where `mask`, a PNG of its shape, is white.

        `mode`: 'remove' takes away what is there, 'add' puts there what `prompt` says. Raises as
        `enhance`; `Rejected("media.needs_generative_engine")` for what it cannot do.
        """
        ...
