"""The embedded suite, with billing's database on a primary that has an asynchronous standby."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from billing import numbering
from chassis.hearing import forks
from chassis.unit import feed
from contracts import SERVICES
from embedded.databases import provide
from embedded.keys import keys
from integration.stages.standby import Pair
from journeys.stages.restorable import STOPPED, Restorable
from servers.postgres import make_folder

MADE = (
    "select event_id, meta->'heard'->>'event_id' as cause from events"
    " where meta->'heard'->>'source' = 'billing'"
)
TOLD = "select event_id from events where outbox is not null"
HEARD_OF = "select max((data->>'invoice_number')::bigint) as number from events"


class OnAPair(Restorable):
    """A suite of which billing loses what the standby lacks."""

    def __init__(self, folder: Path, two: Pair) -> None:
        super().__init__(folder)
        make_folder(self.data_dir)
        self.two, given = two, keys(self.data_dir)
        provide(two.primary, given)
        self._billing = {
            role: two.url(two.primary.url(role, given["roles"][role], "billing"))
            for role in ("billing_owner", "billing_app")
        }
        self.settings = {"billing": {"DATABASE_URL": self._billing["billing_app"]}}

    def owner_url(self, service: str) -> str:
        """Return where the owner of a service's database connects; `Invalid` as `call`."""
        if service == "billing":
            return self._billing["billing_owner"]
        return super().owner_url(service)

    def stopped(self) -> set[str]:
        """Return the consumers that have stopped hearing billing."""
        return {each["consumer"] for name in SERVICES for each in self.sql(name, STOPPED)}

    def lost(self, consumer: str) -> set[str]:
        """Return the ids of what `suitectl fork` lists as lost."""
        app = self.parts[consumer].app
        lost = forks.lost(app, consumer, "billing", self._told_at)["lost"]
        return {each["event_id"] for each in lost}

    def lacking(self, consumer: str) -> set[str]:
        """Return the ids of what it made of events that billing does not have now."""
        told = {str(row["event_id"]) for row in self.sql("billing", TOLD)}
        return {
            str(row["event_id"]) for row in self.sql(consumer, MADE) if row["cause"] not in told
        }

    def accept(self) -> int:
        """Let all go on who were stopped; return how many these are."""
        stopped = self.stopped()
        for name in stopped:
            forks.resume(self.parts[name].app, name, "billing", "kari", self._told_at)
        return len(stopped)

    def confirm(self, last: int) -> dict[str, Any]:
        """Let billing issue again; return what is passed over."""
        heard = int(self.sql("affiliate", HEARD_OF)[0]["number"])
        said = numbering.Confirmation(last=last, heard=heard, reason="a standby", who="kari")
        return numbering.confirm(self.parts["billing"].app, said)

    def _told_at(self, event_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        billing = self.parts["billing"].app
        return billing.query(partial(feed.told_at, event_ids=event_ids))
