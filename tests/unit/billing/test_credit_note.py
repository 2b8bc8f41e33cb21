"""A credit note: every cell of its commands; issued once, stored, sent, and never changed."""

from dataclasses import replace

import pytest

from billing.domain.amounts import Amounts
from billing.domain.credit_note import (
    Command,
    CreditNoteDelivered,
    CreditNoteDeliveryFailed,
    CreditNoteDocumentStored,
    CreditNoteSendingRequested,
    IssueCreditNote,
    NoteCreditNoteDelivery,
    NoteCreditNoteDeliveryFailure,
    NoteCreditNoteDocument,
    RequestCreditNoteSending,
    decider,
)
from chassis.testing.spec import scenario
from unit.billing.credited import noted, take_back

note = scenario(decider)
out = note.given(noted)
store = NoteCreditNoteDocument(format="pdf", ref="blob:x/documents/10002.pdf", sha256="ab", size=3)
stored = CreditNoteDocumentStored(format="pdf", ref=store.ref, sha256="ab", size=3)
deliver = NoteCreditNoteDelivery(sending=1, channel="mail")
delivered = CreditNoteDelivered(sending=1, channel="mail")
fail = NoteCreditNoteDeliveryFailure(sending=1, reason="no_address")
failed = CreditNoteDeliveryFailed(sending=1, reason="no_address")
again = CreditNoteSendingRequested(sending=2)


def test_it_is_issued_once_and_never_changed() -> None:
    other = Amounts(net_ore=4, vat_ore=1, gross_ore=5)

    note.when(take_back).then(noted)
    out.when(take_back).then_nothing()
    out.when(replace(take_back, amounts=other, number=10_009)).then_nothing()


def test_each_format_is_stored_once() -> None:
    out.when(store).then(stored)
    out.given(stored).when(replace(store, ref="blob:another")).then_nothing()
    out.given(stored).when(replace(store, format="ehf")).then(replace(stored, format="ehf"))


def test_a_sending_ends_once_and_then_another_may_be_asked_for() -> None:
    out.when(deliver).then(delivered)
    out.when(fail).then(failed)
    for over in (delivered, failed):
        out.given(over).when(deliver).then_nothing()
        out.given(over).when(fail).then_nothing()
        out.given(over).when(RequestCreditNoteSending()).then(again)
    out.when(RequestCreditNoteSending()).then_nothing()
    out.given(failed, again).when(RequestCreditNoteSending()).then_nothing()
    out.given(failed, again).when(deliver).then_nothing()
    out.given(failed, again).when(replace(deliver, sending=2)).then(replace(delivered, sending=2))
    for sending in (0, 2):  # nobody asked for it
        with pytest.raises(AssertionError, match="nobody asked"):
            out.when(replace(fail, sending=sending)).then_nothing()


@pytest.mark.parametrize("command", [store, RequestCreditNoteSending(), deliver, fail])
def test_what_was_not_issued_is_not_there(command: Command) -> None:
    with pytest.raises(AssertionError):
        decider.decide(None, command)
    assert decider.creates == (IssueCreditNote,)
