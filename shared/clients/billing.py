"""The client of billing."""

from clients.client import Client, rpc
from contracts.billing import cards, clearances, invoices, line_items, payments


class Billing(Client):
    """Prices, clearances, line items, invoices and their payments; amounts are øre.

    What has to do with cards is `Rejected("billing.card_not_configured")` yet.
    """

    create_invoices = rpc(invoices.CreateInvoices)
    issue_invoice = rpc(invoices.IssueInvoice)
    get_invoice = rpc(invoices.GetInvoice)
    list_invoices = rpc(invoices.ListInvoices)
    invoice_pdf = rpc(invoices.GetInvoicePdf)

    record_invoice_payment = rpc(payments.RecordInvoicePayment)

    list_line_items = rpc(line_items.ListLineItems)

    can_use_invoice_billing = rpc(clearances.CanUseInvoiceBilling)
    get_pricing = rpc(clearances.GetPricing)
    get_payment_status = rpc(clearances.GetPaymentStatus)

    start_checkout = rpc(cards.StartCheckout)
    charge_saved_card = rpc(cards.ChargeSavedCard)
    create_billing_portal_session = rpc(cards.CreateBillingPortalSession)
    set_auto_charge = rpc(cards.SetAutoCharge)
    list_payment_methods = rpc(cards.ListPaymentMethods)
