"""What the story needs of a suite, be it one process or ten."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol


class Suite(Protocol):
    """All five services, running, seen through their public doors and an operator's eyes."""

    data_dir: Path
    stripe_url: str  # where the stand-in for Stripe is

    def call(self, service: str, method: str, access_token: str | None, /, **arguments: Any) -> Any:
        """Call a method as a person; JSON both ways. Raises what the service raises."""

    def settle(self, timeout_s: float = 120) -> None:
        """Wait until nothing is left to do: all events numbered and heard, no job due or running.

        What the stand-in for Stripe tells has been taken, too. Raises at once what stopped a
        consumer; `TimeoutError` with what is left after the time.
        """

    def create_admin(self, email: str, password: str) -> dict[str, Any]:
        """Make a system admin. Raises `Rejected("auth.email_taken")`."""

    def mail(self, to: str | None = None) -> list[EmailMessage]:
        """Return the mails sent (to one address), oldest first."""

    def sql(self, service: str, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query on a service's database, as its owner."""

    def owner_url(self, service: str) -> str:
        """Return where the owner of a service's database connects."""

    def url(self, service: str) -> str:
        """Return where a service's public HTTP door is."""

    def run_schedule(self, service: str, name: str) -> None:
        """Do now what a service does on a schedule."""
