"""The money, by the rules of billing and affiliate; amounts are øre."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from faults.checks.rows import Part, Stored

FIRST_NUMBER = 10_001


@dataclass
class Numbers:
    """How far the numbers of invoices had come."""

    last: int = FIRST_NUMBER - 1


@dataclass
class _Invoice:
    drafted: Mapping[str, Any]
    payments: list[Mapping[str, Any]]
    issued: int = 0
    paid: Mapping[str, Any] | None = None


def violations(billing: Part, affiliate: Part, numbers: Numbers) -> Iterator[str]:
    """Say where the money is not as the rules have it."""
    lines = _by_subject(billing.events, "LineItemCreated")
    yield from _lines(lines)
    invoices = _invoices(billing.events)
    yield from _sums(invoices, lines, billing.events)
    yield from _numbers(billing.events, numbers)
    yield from _payments(invoices)
    yield from _settled(invoices, lines, billing.events)
    yield from _shown(billing, invoices)
    yield from _earnings(affiliate.events, invoices)
    yield from _payouts(affiliate)


def _by_subject(events: Sequence[Stored], kind: str) -> dict[str, Mapping[str, Any]]:
    return {each.subject: each.data for each in events if each.type == kind}


def _lines(lines: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A target is billed once; a line's VAT is rounded half up."""
    billed = Counter((line["target"]["kind"], line["target"]["id"]) for line in lines.values())
    for target, count in billed.items():
        if count > 1:
            yield f"{target} is billed {count} times"
    for id, line in lines.items():
        net = line["price"]["price_ore"] * line["quantity"]
        vat = (net * line["vat_rate_bp"] + 5_000) // 10_000
        if (line["net_ore"], line["vat_ore"], line["gross_ore"]) != (net, vat, net + vat):
            yield f"line {id} should come to {net} + {vat}: {dict(line)}"


def _invoices(events: Sequence[Stored]) -> dict[str, _Invoice]:
    invoices: dict[str, _Invoice] = {}
    for each in events:
        match each.type:
            case "InvoiceDrafted":
                invoices[each.subject] = _Invoice(drafted=each.data, payments=[])
            case "InvoiceIssued":
                invoices[each.subject].issued += 1
            case "InvoicePaymentRecorded":
                invoices[each.subject].payments.append(each.data)
            case "InvoicePaid":
                invoices[each.subject].paid = each.data
    return invoices


def _sums(
    invoices: Mapping[str, _Invoice],
    lines: Mapping[str, Mapping[str, Any]],
    events: Sequence[Stored],
) -> Iterator[str]:
    """An invoice is the sum of its lines, and a line is on one invoice."""
    on = {
        each.subject: each.data["invoice_id"] for each in events if each.type == "LineItemInvoiced"
    }
    named = [line for each in invoices.values() for line in each.drafted["line_item_ids"]]
    for line, count in Counter(named).items():
        if count > 1:
            yield f"line {line} is on {count} invoices"
    for id, invoice in invoices.items():
        mine = invoice.drafted["line_item_ids"]
        for amount in ("net_ore", "vat_ore", "gross_ore"):
            total = sum(lines[line][amount] for line in mine)
            if invoice.drafted[amount] != total:
                yield f"invoice {id} has {amount} {invoice.drafted[amount]}, its lines {total}"
        if {line for line, invoice_id in on.items() if invoice_id == id} != set(mine):
            yield f"invoice {id} and its lines do not name each other"


def _numbers(events: Sequence[Stored], numbers: Numbers) -> Iterator[str]:
    """Numbers have no gap; each is one invoice's, in the same transaction."""
    taken = [each for each in events if each.type == "NumberTaken"]
    for each in taken:
        if each.data["number"] != numbers.last + 1:
            yield f"invoice number {each.data['number']} follows {numbers.last}"
        numbers.last = each.data["number"]
    issued = [each for each in events if each.type == "InvoiceIssued"]
    by_call = {each.meta["call"]: each.data["number"] for each in taken}
    if len(taken) != len(issued):
        yield f"{len(taken)} numbers were taken for {len(issued)} invoices"
    for each in issued:
        number, kid = each.data["invoice_number"], each.data["kid"]
        if by_call.get(each.meta["call"]) != number:
            yield f"invoice {each.subject} has number {number}, which its call did not take"
        if kid[:-1] != str(number) or not _is_luhn(kid):
            yield f"invoice {number} has KID {kid}"


def _is_luhn(text: str) -> bool:
    digits = [int(digit) for digit in reversed(text)]
    return sum(digits[::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0


def _payments(invoices: Mapping[str, _Invoice]) -> Iterator[str]:
    """Nothing is paid twice or beyond the total; an invoice is paid when all of it is."""
    for id, invoice in invoices.items():
        names = Counter((each["source"], each["external_id"]) for each in invoice.payments)
        for name, count in names.items():
            if count > 1:
                yield f"payment {name} counts {count} times on invoice {id}"
        paid, gross = (
            sum(each["amount_ore"] for each in invoice.payments),
            invoice.drafted["gross_ore"],
        )
        if paid > gross:
            yield f"invoice {id} of {gross} was paid {paid}"
        if (paid == gross) != (invoice.paid is not None):
            yield f"invoice {id} of {gross} was paid {paid}; paid in full: {invoice.paid}"
        if invoice.paid and invoice.paid["commission_base_ore"] != invoice.drafted["net_ore"]:
            yield f"invoice {id}: commission is due on {invoice.paid['commission_base_ore']}"


def _settled(
    invoices: Mapping[str, _Invoice],
    lines: Mapping[str, Mapping[str, Any]],
    events: Sequence[Stored],
) -> Iterator[str]:
    """What stands on a paid invoice is settled, once; nothing else is."""
    settled = Counter(each.subject for each in events if each.type == "TargetSettled")
    due = Counter(
        str(lines[line]["payment_id"])
        for invoice in invoices.values()
        if invoice.paid
        for line in invoice.drafted["line_item_ids"]
    )
    if settled != due:
        yield f"settled: {dict(settled)}, on paid invoices: {dict(due)}"


def _shown(billing: Part, invoices: Mapping[str, _Invoice]) -> Iterator[str]:
    """The table shows what the events say."""
    rows = {row["id"]: row for row in billing.tables.get("invoice", ())}
    for id, invoice in invoices.items():
        paid = sum(each["amount_ore"] for each in invoice.payments)
        row = rows.get(id)
        if row is None or (row["paid_ore"], row["gross_ore"], row["state"] == "Paid") != (
            paid,
            invoice.drafted["gross_ore"],
            invoice.paid is not None,
        ):
            yield f"invoice {id} was paid {paid}, and is shown as {row}"


def _earnings(events: Sequence[Stored], invoices: Mapping[str, _Invoice]) -> Iterator[str]:
    """One earning for a relationship and an invoice: its percentage of net, half up."""
    relationships = _by_subject(events, "RelationshipStarted")
    earned = [each for each in events if each.type == "Earned"]
    pairs = Counter((each.data["relationship_id"], each.data["invoice_id"]) for each in earned)
    for pair, count in pairs.items():
        if count > 1:
            yield f"{pair} was earned on {count} times"
    for each in earned:
        data, invoice = each.data, invoices.get(each.data["invoice_id"])
        percent = relationships.get(data["relationship_id"], {}).get("percent")
        base = invoice.drafted["net_ore"] if invoice and invoice.paid else None
        should = (data["base_ore"] * data["percent"] + 50) // 100
        if (data["percent"], data["base_ore"], data["earning_ore"]) != (percent, base, should):
            yield f"earning {each.subject}: {percent} % of {base} is not {data['earning_ore']}"


def _payouts(affiliate: Part) -> Iterator[str]:
    """A payout is the sum of its earnings; an earning is in one payout that was not called off."""
    amounts = {
        each.subject: each.data["earning_ore"] for each in affiliate.events if each.type == "Earned"
    }
    ended: dict[str, str] = {
        each.subject: each.type
        for each in affiliate.events
        if each.type in ("PayoutConfirmed", "PayoutFailed", "PayoutCancelled")
    }
    holders: dict[str, list[str]] = defaultdict(list)
    for id, payout in _by_subject(affiliate.events, "PayoutCreated").items():
        total = sum(amounts.get(each, 0) for each in payout["earning_ids"])
        if payout["amount_ore"] != total:
            yield f"payout {id} of {payout['amount_ore']} holds earnings of {total}"
        if ended.get(id) not in ("PayoutFailed", "PayoutCancelled"):
            for each in payout["earning_ids"]:
                holders[each].append(id)
    for earning, payouts in holders.items():
        if len(payouts) > 1:
            yield f"earning {earning} is in {len(payouts)} payouts"
    rows = {row["id"]: row for row in affiliate.tables.get("affiliate_earning", ())}
    for earning, amount in amounts.items():
        confirmed = any(ended.get(id) == "PayoutConfirmed" for id in holders[earning])
        state = "paid_out" if confirmed else "reserved" if holders[earning] else "available"
        row = rows.get(earning)
        if row is None or (row["earning_amount_ore"], row["state"]) != (amount, state):
            yield f"earning {earning} of {amount} should be {state}, and is shown as {row}"
