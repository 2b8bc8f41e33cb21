"""billing over RPC: a line a method. What each does stands in `acts`."""

from billing import schemas
from billing.acts import (
    cards,
    charges,
    credit,
    credits,
    disputes,
    documents,
    drafts,
    invoices,
    issuing,
    line_items,
    payment_status,
    payments,
    prices,
    reconciling,
    refunds,
    reversals,
    runs,
    statistics,
    transfer_imports,
    transfers,
    write_offs,
)
from books import acts as journal
from chassis.door import every_service
from chassis.every_service import Describe, EventsRead
from chassis.green.methods import act, look, unit
from chassis.green.nameko_ext import CallerProvider, DoorProvider
from contracts.billing.cards import (
    ChargeSavedCard,
    CreateBillingPortalSession,
    ListPaymentMethods,
    SetAutoCharge,
    StartCheckout,
)
from contracts.billing.corrections import (
    CreditInvoice,
    GetCreditNote,
    ListCreditNotes,
    WriteOffInvoice,
)
from contracts.billing.disputes import ListDisputes, Reconcile
from contracts.billing.documents import GetDocument, GetInvoicePdf, SendInvoice
from contracts.billing.drafts import CreateInvoices, DiscardInvoice, PreviewInvoice
from contracts.billing.invoices import (
    ExplainInvoice,
    GetInvoice,
    IssueInvoice,
    ListInvoices,
)
from contracts.billing.line_items import CancelLineItem, ListLineItems
from contracts.billing.payments import GetCredit, RecordInvoicePayment, ReverseInvoicePayment
from contracts.billing.prices import (
    CanUseInvoiceBilling,
    GetPaymentStatus,
    GetPricing,
    PriceAt,
    SetPricing,
)
from contracts.billing.refunds import (
    ConfirmRefund,
    FailRefund,
    ListRefunds,
    RefundCredit,
    RefundPayment,
)
from contracts.billing.runs import GetInvoicingRun, RunInvoicing
from contracts.billing.statistics import BillingStats, PaidNet, RevenueStats
from contracts.billing.transfers import (
    AllocateBankPayment,
    ImportBankPayments,
    ListBankPayments,
    ReturnBankPayment,
)
from contracts.journal import ExportJournal, VerifyLedger


class BillingService:
    """Prices, line items, invoices and their payments."""

    name, rules = "billing", schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    create_invoices = unit(CreateInvoices, drafts.create)
    preview_invoice = act(PreviewInvoice, drafts.preview)
    discard_invoice = unit(DiscardInvoice, drafts.discard)
    run_invoicing = unit(RunInvoicing, runs.start)
    get_invoicing_run = look(GetInvoicingRun, runs.shown)
    issue_invoice = act(IssueInvoice, issuing.issue)
    get_invoice = look(GetInvoice, invoices.shown)
    list_invoices = look(ListInvoices, invoices.listed)
    explain_invoice = look(ExplainInvoice, invoices.explain)

    send_invoice = act(SendInvoice, documents.send)
    document = look(GetDocument, documents.link)
    invoice_pdf = look(GetInvoicePdf, documents.pdf)

    billing_stats = look(BillingStats, statistics.waiting)
    revenue_stats = look(RevenueStats, statistics.sold)
    paid_net = look(PaidNet, statistics.paid)

    record_invoice_payment = unit(RecordInvoicePayment, payments.record)
    reverse_invoice_payment = unit(ReverseInvoicePayment, reversals.reverse)
    import_bank_payments = act(ImportBankPayments, transfer_imports.take_in)
    allocate_bank_payment = unit(AllocateBankPayment, transfers.allocate)
    return_bank_payment = unit(ReturnBankPayment, transfers.give_back)
    list_bank_payments = look(ListBankPayments, transfers.listed)
    get_credit = look(GetCredit, credit.shown)

    credit_invoice = unit(CreditInvoice, credits.credit)
    list_credit_notes = look(ListCreditNotes, credits.listed)
    get_credit_note = look(GetCreditNote, credits.shown)
    write_off_invoice = unit(WriteOffInvoice, write_offs.write_off)
    refund_payment = unit(RefundPayment, refunds.of_payment)
    refund_credit = unit(RefundCredit, refunds.of_credit)
    confirm_refund = unit(ConfirmRefund, refunds.confirm)
    fail_refund = unit(FailRefund, refunds.fail)
    list_refunds = look(ListRefunds, refunds.listed)

    verify_ledger = look(VerifyLedger, journal.verified)
    export_journal = act(ExportJournal, journal.export)

    list_line_items = look(ListLineItems, line_items.listed)
    cancel_line_item = unit(CancelLineItem, line_items.cancel)

    set_pricing = unit(SetPricing, prices.set_prices)
    get_pricing = look(GetPricing, prices.price_list)
    price_at = look(PriceAt, prices.price_at)
    can_use_invoice_billing = look(CanUseInvoiceBilling, prices.eligibility)
    get_payment_status = look(GetPaymentStatus, payment_status.shown)

    start_checkout = act(StartCheckout, cards.start_checkout)
    charge_saved_card = act(ChargeSavedCard, charges.charge)
    create_billing_portal_session = act(CreateBillingPortalSession, cards.portal)
    set_auto_charge = act(SetAutoCharge, cards.set_auto_charge)
    list_payment_methods = act(ListPaymentMethods, cards.saved)
    list_disputes = look(ListDisputes, disputes.listed)
    reconcile = act(Reconcile, reconciling.reconcile)

    events_read = look(EventsRead, every_service.events_read)
    describe = look(Describe, every_service.describe)
