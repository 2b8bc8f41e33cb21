"""The client of billing."""

from clients.client import Client, rpc
from contracts import journal
from contracts.billing import (
    cards,
    corrections,
    disputes,
    documents,
    drafts,
    invoices,
    line_items,
    payments,
    prices,
    refunds,
    runs,
    statistics,
    transfers,
)


class Billing(Client):
    """Prices, clearances, line items, invoices and their payments; amounts are øre.

    What has to do with cards is `Rejected("billing.card_not_configured")` without a Stripe key.
    """

    create_invoices = rpc(drafts.CreateInvoices)
    preview_invoice = rpc(drafts.PreviewInvoice)
    discard_invoice = rpc(drafts.DiscardInvoice)
    run_invoicing = rpc(runs.RunInvoicing)
    get_invoicing_run = rpc(runs.GetInvoicingRun)
    issue_invoice = rpc(invoices.IssueInvoice)
    get_invoice = rpc(invoices.GetInvoice)
    list_invoices = rpc(invoices.ListInvoices)
    explain_invoice = rpc(invoices.ExplainInvoice)

    send_invoice = rpc(documents.SendInvoice)
    document = rpc(documents.GetDocument)
    invoice_pdf = rpc(documents.GetInvoicePdf)

    billing_stats = rpc(statistics.BillingStats)
    revenue_stats = rpc(statistics.RevenueStats)
    paid_net = rpc(statistics.PaidNet)

    record_invoice_payment = rpc(payments.RecordInvoicePayment)
    reverse_invoice_payment = rpc(payments.ReverseInvoicePayment)
    import_bank_payments = rpc(transfers.ImportBankPayments)
    allocate_bank_payment = rpc(transfers.AllocateBankPayment)
    return_bank_payment = rpc(transfers.ReturnBankPayment)
    list_bank_payments = rpc(transfers.ListBankPayments)
    get_credit = rpc(payments.GetCredit)

    credit_invoice = rpc(corrections.CreditInvoice)
    list_credit_notes = rpc(corrections.ListCreditNotes)
    get_credit_note = rpc(corrections.GetCreditNote)
    write_off_invoice = rpc(corrections.WriteOffInvoice)
    refund_payment = rpc(refunds.RefundPayment)
    refund_credit = rpc(refunds.RefundCredit)
    confirm_refund = rpc(refunds.ConfirmRefund)
    fail_refund = rpc(refunds.FailRefund)
    list_refunds = rpc(refunds.ListRefunds)

    verify_ledger = rpc(journal.VerifyLedger)
    export_journal = rpc(journal.ExportJournal)

    list_line_items = rpc(line_items.ListLineItems)
    cancel_line_item = rpc(line_items.CancelLineItem)

    set_pricing = rpc(prices.SetPricing)
    price_at = rpc(prices.PriceAt)
    can_use_invoice_billing = rpc(prices.CanUseInvoiceBilling)
    get_pricing = rpc(prices.GetPricing)
    get_payment_status = rpc(prices.GetPaymentStatus)

    start_checkout = rpc(cards.StartCheckout)
    charge_saved_card = rpc(cards.ChargeSavedCard)
    create_billing_portal_session = rpc(cards.CreateBillingPortalSession)
    set_auto_charge = rpc(cards.SetAutoCharge)
    list_payment_methods = rpc(cards.ListPaymentMethods)
    list_disputes = rpc(disputes.ListDisputes)
    reconcile = rpc(disputes.Reconcile)
