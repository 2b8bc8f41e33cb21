"""Calls and jobs: what was acknowledged was done, once; what was refused was not done."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chassis import ids
from faults.checks.rows import Part, Reply, Stored
from faults.ledger import Called

# what an acknowledged call has recorded, exactly once each; of others it depends on their rivals
RECORDS: Mapping[str, frozenset[str]] = {
    "auth.verify_email": frozenset({"WorkspaceOpened", "SignedUp", "SessionStarted"}),
    "auth.sign_in": frozenset({"SessionStarted"}),
    "auth.sign_out": frozenset({"SessionEnded"}),
    "auth.update_workspace": frozenset({"ProfileChanged"}),
    "auth.set_invoice_eligibility": frozenset({"InvoiceEligibilitySet"}),
    "media.create_project": frozenset({"ProjectOpened"}),
    "media.request_uploads": frozenset({"UploadsRequested"}),
    "media.confirm_uploads": frozenset({"ImageJoined", "ImageAdded"}),
    "media.set_room_type": frozenset({"RoomTypeSet"}),
    "media.start_project": frozenset({"StartRequested"}),
    "affiliate.create_relationship": frozenset({"RelationshipStarted", "Referred"}),
    "affiliate.set_payout_details": frozenset({"PayoutDetailsSet"}),
    "affiliate.approve_payout": frozenset({"PayoutApproved"}),
    "affiliate.confirm_payout": frozenset({"PayoutConfirmed"}),
    "affiliate.fail_payout": frozenset({"PayoutFailed"}),
    "affiliate.cancel_payout": frozenset({"PayoutCancelled"}),
}
MAKES = {"billing.create_invoices": "InvoiceDrafted", "affiliate.create_payout": "PayoutCreated"}
RESULTS = {  # of a kind of job: which events, and how many
    "enhance_image": ({"ImageEnhanced"}, 1),
    "render": ({"InvoiceDocumentStored"}, 2),  # PDF and EHF
    "deliver": ({"InvoiceDelivered", "InvoiceDeliveryFailed"}, 1),
}


def violations(parts: Mapping[str, Part], calls: Iterable[Called]) -> Iterator[str]:
    """Say which call or job was not done, done twice, or answered with something else."""
    by_name: dict[tuple[str, str, str], list[Called]] = defaultdict(list)
    for each in calls:
        by_name[(each.service, each.method, each.name)].append(each)
    done: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for service, part in parts.items():
        for event in part.events:
            if event.heard is None and event.meta["causation"] is None:
                done[(service, event.meta["correlation"])].append(event)
    for (service, method, name), same in by_name.items():
        what = f"{service}.{method} {name!r}"
        yield from _call(what, same, done[(service, name)], parts[service].replies)
    for service, part in parts.items():
        yield from _jobs(service, part)


def _call(
    what: str, same: Sequence[Called], recorded: Sequence[Stored], replies: Sequence[Reply]
) -> Iterator[str]:
    ran = {str(each.meta["call"]) for each in recorded}
    if len(ran) > 1:
        yield f"{what} was done {len(ran)} times"
    answers = [each for each in same if each.reply is not None]
    if not answers:
        if recorded and any(each.error is not None for each in same):
            yield f"{what} was refused, and recorded {[each.type for each in recorded]}"
        return
    method = what.split()[0]
    kinds = Counter(each.type for each in recorded)
    for kind in RECORDS.get(method, ()):
        if kinds[kind] != 1:
            yield f"{what} was acknowledged, and recorded {kinds[kind]} {kind}"
    if method in MAKES:
        made = len((answers[0].reply or {})["items"])
        if kinds[MAKES[method]] != made:
            yield f"{what} replied {made} items, and recorded {kinds[MAKES[method]]}"
    stored = [each.reply for each in replies if str(each.id) in ran]
    if ran and len(stored) != 1:
        yield f"{what} has {len(stored)} stored replies"
    for each in (*answers, *(Called(service="", method="", name="", reply=s) for s in stored)):
        if not _agree(each.reply, answers[0].reply):
            yield f"{what} was answered {answers[0].reply}, and also {each.reply}"


def _agree(one: Any, other: Any) -> bool:
    """Return whether two replies are the same but for secrets and links, which are told once."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(_agree(one[name], other[name]) for name in one.keys() & other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_agree, one, other))
    return one is None or other is None or one == other or _is_link(one)


def _is_link(given: Any) -> bool:
    return isinstance(given, str) and (given.startswith("http") or given[4:5] == "-")


def _jobs(service: str, part: Part) -> Iterator[str]:
    """Each job came to its end, and its result is that of its last claim."""
    results: dict[str, list[Stored]] = defaultdict(list)
    for event in part.events:
        result = event.heard is None and "step" not in event.meta
        if result and event.meta["causation"] is not None:
            results[event.meta["causation"]].append(event)
    for job in part.jobs:
        recorded = results.pop(str(job.id), [])
        what = f"{service}: job {job.kind} of {job.subject}"
        if job.state != "done":
            yield f"{what} is {job.state}: {job.error}"
        wanted, times = RESULTS.get(job.kind, (set(), 0))
        count = sum(each.type in wanted for each in recorded)
        if count != times:
            yield f"{what} has {count} results"
        ended_by = str(ids.derive(job.id, job.claims))
        for each in recorded:
            if each.meta["call"] != ended_by:
                yield f"{what} has a result of another claim than its last, {job.claims}"
    for cause, recorded in results.items():
        yield f"{service}: {recorded[0].type} at {recorded[0].position} came of no job: {cause}"
