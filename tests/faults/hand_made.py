"""A small history made by hand, and how to spoil it: for the tests of the checks."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis import ids
from faults.checks.rows import Cursor, JobRow, Part, Reply, Stored, Totals

SERVICES = ("auth", "media", "billing", "affiliate")
Parts = dict[str, Part]


def id_of(name: str) -> UUID:
    """Return the id that a name stands for."""
    return ids.derive(ids.ROOT, name)


class Log:
    """One service's log in the making."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.events: list[Stored] = []
        self.jobs: list[JobRow] = []
        self.replies: list[Reply] = []
        self._last_told = UUID(int=0)

    def call(self, name: str, *events: tuple[str, str, Mapping[str, Any], Any]) -> None:
        """Append what a call named so has recorded, and store its reply."""
        call = id_of(name)
        for stream, kind, data, told in events:
            meta = {"call": str(call), "correlation": name, "causation": None}
            self._append(call, stream, kind, data, told, meta)
        self.replies.append(Reply(id=call, method=name, reply={"id": name}))

    def hear(self, cause: Stored, stream: str, kind: str, told: Any = None, **data: Any) -> None:
        """Append an effect of an event heard."""
        heard = {
            "source": cause.service,
            "position": cause.position,
            "event_id": str(cause.event_id),
            "type": cause.told,
        }
        call = ids.derive(cause.event_id, self.service)
        meta = {
            "call": str(call),
            "correlation": cause.meta["correlation"],
            "causation": str(cause.event_id),
            "heard": heard,
        }
        self._append(call, stream, kind, data, told, meta)

    def job(self, kind: str, stream: str, event: str, **data: Any) -> None:
        """Append a job that was claimed twice, and its result."""
        job = JobRow(id=id_of(kind), kind=kind, subject=stream, state="done", claims=2, error=None)
        self.jobs.append(job)
        call = ids.derive(job.id, job.claims)
        meta = {"call": str(call), "correlation": "any", "causation": str(job.id)}
        self._append(call, stream, event, data, None, meta)

    def part(self, **more: Any) -> Part:
        """Return the log as it is read."""
        count = len(self.events)
        totals = Totals(events=count, positions=count, last_position=count, pending=0)
        return Part(events=self.events, totals=totals, jobs=self.jobs, replies=self.replies, **more)

    def _append(
        self,
        call: UUID,
        stream: str,
        kind: str,
        data: Mapping[str, Any],
        told: Any,
        meta: Mapping[str, Any],
    ) -> None:
        stream_id = f"{stream.partition(' ')[0]}-{id_of(stream)}"
        same_call = sum(
            each.stream_id == stream_id and each.meta["call"] == str(call) for each in self.events
        )
        name, told_data = told or (None, {})
        event = Stored(
            service=self.service,
            position=len(self.events) + 1,
            seq=10 * len(self.events),
            previous=self._last_told if name else None,
            event_id=ids.derive(call, stream_id, same_call),
            stream_id=stream_id,
            version=1 + sum(each.stream_id == stream_id for each in self.events),
            type=kind,
            data=data,
            meta=meta,
            told=name,
            told_data=told_data,
        )
        self.events.append(event)
        self._last_told = event.event_id if name else self._last_told


WORKSPACE, PROJECT, INVOICE = "w", str(id_of("project p")), str(id_of("invoice i"))
LINE, PAYMENT, EARNING = str(id_of("line_item l")), str(id_of("payment p")), str(id_of("earning e"))
RELATIONSHIP, PAYOUT = str(id_of("relationship r")), str(id_of("payout o"))
AMOUNTS = {"net_ore": 100_000, "vat_ore": 25_000, "gross_ore": 125_000}


def good() -> Parts:
    """Return a whole history in which nothing is wrong."""
    logs = {service: Log(service) for service in SERVICES}
    _sign_up(logs)
    _work(logs)
    _pay(logs)
    _pay_out(logs)
    parts = {service: log.part() for service, log in logs.items()}
    invoice = {"id": INVOICE, "paid_ore": 125_000, "gross_ore": 125_000, "state": "Paid"}
    earning = {"id": EARNING, "earning_amount_ore": 33_000, "state": "paid_out"}
    session = frozenset({parts["auth"].events[-1].subject})
    for service in ("media", "billing", "affiliate"):
        parts[service] = replace(parts[service], revoked=session)
    head = parts["billing"].events[-1]
    cursor = Cursor(
        consumer="affiliate",
        source="billing",
        position=head.position,
        event_id=head.event_id,
        head_position=head.position,
        head_event_id=head.event_id,
    )
    parts["billing"] = replace(parts["billing"], tables={"invoice": [invoice]})
    parts["affiliate"] = replace(
        parts["affiliate"], tables={"affiliate_earning": [earning]}, cursors=[cursor]
    )
    return parts


def _sign_up(logs: dict[str, Log]) -> None:
    auth, ids_ = logs["auth"], {"workspace_id": WORKSPACE}
    made = ("auth.workspace_created", ids_)
    auth.call("up", ("workspace w", "WorkspaceOpened", {}, made), ("user u", "SignedUp", {}, None))
    profile = {**ids_, "organization_number": "1", "invoice_eligible": True}
    changed = ("auth.workspace_profile_changed", profile)
    auth.call("company", ("workspace w", "ProfileChanged", {}, changed))
    auth.call("leave", ("session s", "SessionEnded", {}, ("auth.session_revoked", {})))
    created, company = auth.events[0], auth.events[2]
    logs["media"].hear(created, "customer w", "WorkspaceNoted")
    logs["billing"].hear(created, "customer w", "CustomerMet")
    logs["affiliate"].hear(created, "customer w", "WorkspaceHeard")
    logs["billing"].hear(company, "customer w", "ProfileHeard")
    logs["affiliate"].hear(company, "customer w", "OrganizationNumberHeard")
    data = {"referred_workspace_id": WORKSPACE, "percent": 33}
    logs["affiliate"].call(
        "refer",
        ("relationship r", "RelationshipStarted", data, None),
        ("customer w", "Referred", {}, None),
    )


def _work(logs: dict[str, Log]) -> None:
    media, billing = logs["media"], logs["billing"]
    of_it = {"project_id": PROJECT}
    started = ("media.project_start_requested", of_it)
    media.call("start", ("project p", "StartRequested", {}, started))
    billing.hear(media.events[-1], "payment p", "TargetCleared", ("billing.payment_cleared", of_it))
    media.hear(billing.events[-1], "project p", "Cleared")
    media.job("enhance_image", "image g", "ImageEnhanced")
    done = ("media.project_completed", of_it)
    media.call("by itself", ("project p", "RunCompleted", {}, done))
    billing.hear(
        media.events[-1],
        "line_item l",
        "LineItemCreated",
        payment_id=PAYMENT,
        target={"kind": "image_project", "id": PROJECT},
        price={"price_ore": 100_000, "price_version": 0},
        quantity=1,
        vat_rate_bp=2_500,
        **AMOUNTS,
    )


def _pay(logs: dict[str, Log]) -> None:
    billing, ids_ = logs["billing"], {"workspace_id": WORKSPACE}
    drafted = {**ids_, **AMOUNTS, "line_item_ids": [LINE]}
    billing.call(
        "draft",
        ("invoice i", "InvoiceDrafted", drafted, None),
        ("line_item l", "LineItemInvoiced", {"invoice_id": INVOICE}, None),
    )
    issued = {"invoice_number": 10_001, "kid": "100016"}
    billing.call(
        "issue",
        ("number_series n", "NumberTaken", {"number": 10_001}, None),
        ("invoice i", "InvoiceIssued", issued, ("billing.invoice_issued", ids_)),
    )
    logs["affiliate"].hear(billing.events[-1], "customer w", "FirstInvoiceHeard")
    money = {"amount_ore": 125_000, "source": "bank", "external_id": "1"}
    billing.call(
        "pay",
        ("invoice i", "InvoicePaymentRecorded", money, None),
        ("payment p", "TargetSettled", {}, None),
        (
            "invoice i",
            "InvoicePaid",
            {"commission_base_ore": 100_000},
            ("billing.invoice_paid", ids_),
        ),
    )


def _pay_out(logs: dict[str, Log]) -> None:
    affiliate, paid = logs["affiliate"], logs["billing"].events[-1]
    affiliate.hear(
        paid,
        "earning e",
        "Earned",
        relationship_id=RELATIONSHIP,
        referred_workspace_id=WORKSPACE,
        invoice_id=INVOICE,
        percent=33,
        base_ore=100_000,
        earning_ore=33_000,
    )
    holds = {"amount_ore": 33_000, "earning_ids": [EARNING]}
    affiliate.call("pay out", ("payout o", "PayoutCreated", holds, None))
    affiliate.call("confirm", ("payout o", "PayoutConfirmed", {}, None))


Spoil = Callable[[Parts], None]


def without(service: str, kind: str) -> Spoil:
    """Return what takes the first event of a kind out of a log, as if it had never been."""

    def spoil(parts: Parts) -> None:
        events = list(parts[service].events)
        events.remove(next(each for each in events if each.type == kind))
        parts[service] = _renumbered(parts[service], events)

    return spoil


def twice(service: str, kind: str, **otherwise: Any) -> Spoil:
    """Return what appends a copy of an event of a kind, in a stream and a call of its own."""

    def spoil(parts: Parts) -> None:
        events = list(parts[service].events)
        first = next(each for each in events if each.type == kind)
        stream = f"{first.category}-{id_of('another')}"
        meta = {**first.meta, "call": str(id_of("another"))}
        copy: dict[str, Any] = {
            "event_id": id_of("a copy"),
            "stream_id": stream,
            "version": 1,
            "meta": meta,
        }
        events.append(replace(first, **copy | otherwise))
        parts[service] = _renumbered(parts[service], events)

    return spoil


def changed(service: str, kind: str, **fields: Any) -> Spoil:
    """Return what gives the first event of a kind other fields."""

    def spoil(parts: Parts) -> None:
        events = [*parts[service].events]
        at = next(n for n, each in enumerate(events) if each.type == kind)
        events[at] = replace(events[at], **fields)
        parts[service] = replace(parts[service], events=events)

    return spoil


def other_data(service: str, kind: str, **data: Any) -> Spoil:
    """Return what gives the first event of a kind other data."""

    def spoil(parts: Parts) -> None:
        found = next(each for each in parts[service].events if each.type == kind)
        changed(service, kind, data={**found.data, **data})(parts)

    return spoil


def _renumbered(part: Part, events: list[Stored]) -> Part:
    """Return a log whose positions and chain are whole again."""
    last, dense = UUID(int=0), []
    for position, each in enumerate(events, 1):
        dense.append(
            replace(each, position=position, previous=last if each.told is not None else None)
        )
        last = each.event_id if each.told is not None else last
    count = len(dense)
    totals = Totals(events=count, positions=count, last_position=count, pending=0)
    return replace(part, events=dense, totals=totals)
