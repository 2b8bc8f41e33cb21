"""billing over RPC: a line a method. What each does stands in `acts`."""

from billing import schemas
from billing.acts import cards, clearances, invoices, line_items, payments
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
from contracts.billing.clearances import CanUseInvoiceBilling, GetPaymentStatus, GetPricing
from contracts.billing.invoices import (
    CreateInvoices,
    GetInvoice,
    GetInvoicePdf,
    IssueInvoice,
    ListInvoices,
)
from contracts.billing.line_items import ListLineItems
from contracts.billing.payments import RecordInvoicePayment


class BillingService:
    """Prices, clearances, line items, invoices and their payments."""

    name, rules = "billing", schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    create_invoices = unit(CreateInvoices, invoices.create)
    issue_invoice = act(IssueInvoice, invoices.issue)
    get_invoice = look(GetInvoice, invoices.shown)
    list_invoices = look(ListInvoices, invoices.listed)
    invoice_pdf = look(GetInvoicePdf, invoices.pdf)

    record_invoice_payment = unit(RecordInvoicePayment, payments.record)

    list_line_items = look(ListLineItems, line_items.listed)

    can_use_invoice_billing = look(CanUseInvoiceBilling, clearances.eligibility)
    get_pricing = act(GetPricing, clearances.price_list)
    get_payment_status = look(GetPaymentStatus, clearances.payment_status)

    start_checkout = act(StartCheckout, cards.pay)
    charge_saved_card = act(ChargeSavedCard, cards.pay)
    create_billing_portal_session = act(CreateBillingPortalSession, cards.manage)
    set_auto_charge = act(SetAutoCharge, cards.manage)
    list_payment_methods = act(ListPaymentMethods, cards.saved)

    events_read = look(EventsRead, every_service.events_read)
    describe = look(Describe, every_service.describe)
