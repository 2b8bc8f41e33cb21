"""The requests billing accepts: the contracts' fields, with the rules that hold at the door."""

from marshmallow.validate import Length, Range

from billing.invoicing import MOST_LINES
from chassis.codec import request
from chassis.unit import feed
from chassis.unit.pages import LIMIT
from contracts import billing

CanUseInvoiceBilling = request(billing.CanUseInvoiceBilling)
GetPricing = request(billing.GetPricing)
GetPaymentStatus = request(billing.GetPaymentStatus)
ListLineItems = request(billing.ListLineItems, limit=LIMIT)
CreateInvoices = request(billing.CreateInvoices, line_item_ids=Length(min=1, max=MOST_LINES))
IssueInvoice = request(billing.IssueInvoice)
RecordInvoicePayment = request(
    billing.RecordInvoicePayment,
    amount_ore=Range(min=1),
    source=Length(min=1, max=50),
    external_id=Length(min=1, max=200),
)
GetInvoice = request(billing.GetInvoice)
ListInvoices = request(billing.ListInvoices, limit=LIMIT)
GetInvoicePdf = request(billing.GetInvoicePdf)
StartCheckout = request(billing.StartCheckout)
ChargeSavedCard = request(billing.ChargeSavedCard, payment_method_id=Length(min=1, max=200))
CreateBillingPortalSession = request(billing.CreateBillingPortalSession)
SetAutoCharge = request(billing.SetAutoCharge)
ListPaymentMethods = request(billing.ListPaymentMethods)
EventsRead = request(feed.EventsRead)
Describe = request(feed.Describe)
