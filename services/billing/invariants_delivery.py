"""What holds of documents on their way to buyers, and how many have not reached them."""

from chassis.unit.service import Figure, Invariant

DELIVERED_WAS_RENDERED = Invariant(
    name="delivered_was_rendered",
    holds="What was delivered has its PDF, and its hash.",
    query="""
select id, 'invoice' as kind, delivery, document_ref from invoice
where delivery = 'delivered' and (document_ref is null or document_sha256 is null)
union all
select id, 'credit_note', delivery, document_ref from credit_note
where delivery = 'delivered' and (document_ref is null or document_sha256 is null)""",
)

_LATE = """
    select d.id from {stream} d, lateral (
        select max(recorded_at) as at from events
        where stream_id = '{stream}-' || d.id and type in ('{issued}', '{again}')) sent
    where d.delivery in ('failed', 'pending')
        and (d.delivery = 'failed' or sent.at < now() - interval '1 day')"""
_OF_INVOICES = _LATE.format(
    stream="invoice", issued="InvoiceIssued", again="InvoiceSendingRequested"
)
_OF_CREDIT_NOTES = _LATE.format(
    stream="credit_note", issued="CreditNoteIssued", again="CreditNoteSendingRequested"
)
UNDELIVERED = Figure(
    name="billing_documents_undelivered",
    meaning="Documents whose delivery has failed, or has taken a day; must be 0",
    query=f"select count(*) from ({_OF_INVOICES}\n    union all{_OF_CREDIT_NOTES}) late",  # noqa: S608
)
