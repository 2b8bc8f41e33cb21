"""What was told has had its effect with each hearer: exactly once, and none without its cause."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from chassis import ids
from faults.checks.rows import Known, Part, Stored

# what comes of it that a workspace is known, or can be invoiced: what waits is decided anew
RECONSIDERED = ("TargetsReleased", "TargetCleared", "ClearanceRefused", "TargetAwaited")
# every kind of event that a consumer may record on hearing one
MAY_CAUSE: Mapping[tuple[str, str], frozenset[str]] = {
    ("auth", "media.project_created"): frozenset({"WorkspaceUsed"}),
    ("media", "auth.workspace_created"): frozenset({"WorkspaceNoted"}),
    ("billing", "auth.workspace_created"): frozenset({"CustomerMet", *RECONSIDERED}),
    ("affiliate", "auth.workspace_created"): frozenset({"WorkspaceHeard"}),
    ("billing", "auth.workspace_profile_changed"): frozenset({"ProfileHeard", *RECONSIDERED}),
    ("affiliate", "auth.workspace_profile_changed"): frozenset({"OrganizationNumberHeard"}),
    ("billing", "media.project_start_requested"): frozenset(
        {"TargetCleared", "ClearanceRefused", "ClearanceRepeated", "TargetAwaited"}
    ),
    ("billing", "media.project_completed"): frozenset({"LineItemCreated"}),
    ("media", "billing.payment_cleared"): frozenset(
        {"Cleared", "ProcessingStarted", "ImageQueued"}
    ),
    ("media", "billing.payment_required"): frozenset({"PaymentNeeded"}),
    ("affiliate", "billing.invoice_issued"): frozenset({"FirstInvoiceHeard", "InvoiceHeard"}),
    ("affiliate", "billing.invoice_paid"): frozenset({"InvoiceNoted", "Earned", "EarningSkipped"}),
}
STARTED = "media.project_start_requested"
CLEARED = ("TargetCleared", "ClearanceRefused", "ClearanceRepeated")
HEARING_REVOCATIONS = ("media", "billing", "affiliate")

Due = tuple[str, tuple[str, ...]]  # consumer, and of which kinds it must record exactly one event


@dataclass
class World:
    """What earlier events have made true, and what later ones therefore change or not."""

    profiles: dict[str, tuple[str | None, bool]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    invoiced: set[str] = field(default_factory=set)
    referred: set[str] = field(default_factory=set)

    def due(self, event: Stored) -> Iterator[Due]:
        """Give what must come of a told event; it is true from then on."""
        data = event.told_data
        match event.told:
            case "auth.workspace_created":
                yield "media", ("WorkspaceNoted",)
                yield "billing", ("CustomerMet",)
                yield "affiliate", ("WorkspaceHeard",)
            case "auth.workspace_profile_changed":
                yield from self._profile(data)
            case "media.project_created" if data["workspace_id"] not in self.used:
                yield "auth", ("WorkspaceUsed",)
                self.used.add(data["workspace_id"])
            case "media.project_start_requested":
                yield "billing", CLEARED
            case "media.project_completed":
                yield "billing", ("LineItemCreated",)
            case "billing.payment_cleared":
                yield "media", ("Cleared",)
            case "billing.payment_required" if (event.heard or {}).get("type") == STARTED:
                yield "media", ("PaymentNeeded",)  # another answer to what waits changes nothing
            case "billing.invoice_issued":
                first = data["workspace_id"] not in self.invoiced
                yield "affiliate", ("FirstInvoiceHeard" if first else "InvoiceHeard",)
                self.invoiced.add(data["workspace_id"])
            case "billing.invoice_paid":
                if data["workspace_id"] in self.referred:
                    yield "affiliate", ("Earned", "EarningSkipped")

    def _profile(self, data: Mapping[str, object]) -> Iterator[Due]:
        workspace = str(data["workspace_id"])
        number, eligible = data["organization_number"], bool(data["invoice_eligible"])
        number_before, eligible_before = self.profiles.get(workspace, (None, False))
        if (number, eligible) != (number_before, eligible_before):
            yield "billing", ("ProfileHeard",)
        if number != number_before:
            yield "affiliate", ("OrganizationNumberHeard",)
        self.profiles[workspace] = (str(number) if number else None, eligible)


def violations(
    parts: Mapping[str, Part], known: Mapping[str, Known], world: World
) -> Iterator[str]:
    """Say what was heard without its effect, twice, or never told; `known` knows these parts."""
    effects: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for service, part in parts.items():
        heard = [each for each in part.events if each.heard is not None]
        for each in heard:
            effects[(service, str((each.heard or {})["event_id"]))].append(each)
        yield from _causes(service, heard, known)
        yield from _order(service, heard, known)
    for (service, _), recorded in effects.items():
        yield from _names(service, recorded)
    world.referred |= {
        str(each.data["referred_workspace_id"])
        for each in parts["affiliate"].events
        if each.type == "RelationshipStarted"
    }
    for part in parts.values():
        for event in part.events:
            for consumer, kinds in world.due(event) if event.told else ():
                found = effects[(consumer, str(event.event_id))]
                count = sum(each.type in kinds for each in found)
                if count != 1:
                    what = f"{event.told} at {event.position}"
                    yield f"{consumer} heard {what} and recorded {count} of {'|'.join(kinds)}"
    yield from _revocations(parts)


def _causes(service: str, heard: Iterable[Stored], known: Mapping[str, Known]) -> Iterator[str]:
    """An effect names an event that was told, at its position, and is one that may come of it."""
    for each in heard:
        cause = each.heard or {}
        told = known[cause["source"]].told.get(cause["event_id"])
        if told is None or told[:2] != (cause["position"], cause["type"]):
            yield f"{service}: {each.type} at {each.position} is an effect of nothing: {cause}"
        elif each.type not in MAY_CAUSE.get((service, cause["type"]), frozenset()):
            yield f"{service}: {each.type} at {each.position} came of {cause['type']}"


def _order(service: str, heard: Iterable[Stored], known: Mapping[str, Known]) -> Iterator[str]:
    """In one stream, the effects of another stream's events are in the order of these."""
    last: dict[tuple[str, str, str], int] = {}
    for each in heard:
        cause = each.heard or {}
        told = known[cause["source"]].told.get(cause["event_id"])
        if told is None:
            continue
        key = (each.stream_id, cause["source"], told[2])
        if told[0] < last.get(key, 0):
            yield f"{service}: {each.stream_id} heard {cause['source']}:{told[0]} too late"
        last[key] = told[0]


def _names(service: str, recorded: Sequence[Stored]) -> Iterator[str]:
    """The effects of one event have the names that follow from it, from the first one on."""
    cause = UUID(str((recorded[0].heard or {})["event_id"]))
    call = ids.derive(cause, service)
    counts: Counter[str] = Counter()
    for each in recorded:
        if each.event_id != ids.derive(call, each.stream_id, counts[each.stream_id]):
            yield f"{service}: {each.type} at {each.position} is not named after its cause"
        counts[each.stream_id] += 1


def _revocations(parts: Mapping[str, Part]) -> Iterator[str]:
    """A session that was ended is refused everywhere."""
    for event in parts["auth"].events:
        if event.told == "auth.session_revoked":
            for service in HEARING_REVOCATIONS:
                if event.subject not in parts[service].revoked:
                    yield f"{service} still admits session {event.subject}"
