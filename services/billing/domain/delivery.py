"""How a document reaches its buyer: rendered in its formats, sent once or more often."""

from dataclasses import replace

from chassis.domain import value

RENDER, SEND = "render", "deliver"  # the kinds of job by which it does
CONTENT_TYPES = {"pdf": "application/pdf", "ehf": "application/xml"}
SUFFIXES = {"pdf": "pdf", "ehf": "xml"}  # of the files


@value
class Delivery:
    """What was rendered of a document, and what became of its sendings."""

    formats: tuple[str, ...] = ()  # pdf | ehf
    sending: int = 1  # the last one asked for; the first follows from the issue
    settled: int = 0  # the last one that was delivered, or failed for good

    def with_format(self, format: str) -> "Delivery":
        """Return it when one more of its formats is stored."""
        return replace(self, formats=(*self.formats, format))

    def asked(self, sending: int) -> "Delivery":
        """Return it when that sending was asked for."""
        return replace(self, sending=sending)

    def ended(self, sending: int) -> "Delivery":
        """Return it when that sending was delivered, or failed for good."""
        return replace(self, settled=sending)

    @property
    def pending(self) -> bool:
        """Whether a sending is on its way."""
        return self.settled < self.sending

    def is_over(self, sending: int) -> bool:
        """Return whether that sending has ended. Raises `AssertionError` for one not asked for."""
        if sending not in range(1, self.sending + 1):
            raise AssertionError(f"nobody asked for sending {sending}")
        return sending <= self.settled
