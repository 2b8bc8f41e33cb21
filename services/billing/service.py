"""billing over RPC: the table of contents. What methods do stands in `invoicing`, `questions`."""

from billing import invoicing, questions, schemas
from billing.domain import oslo
from billing.projections import invoices, line_items
from chassis.errors import Rejected
from chassis.green.nameko_ext import CallerProvider, DoorProvider, command, query


class BillingService:
    """Prices, clearances, line items, invoices and their payments."""

    name = "billing"
    door = DoorProvider()
    caller = CallerProvider()

    @command(schemas.CreateInvoices, key_required=True)
    def create_invoices(self, request, call):
        return self.door.app.unit(call, lambda unit: invoicing.create(unit, request))

    @command(schemas.IssueInvoice, key_required=True)
    def issue_invoice(self, request, call):
        app = self.door.app
        row = app.query(lambda db: invoices.get(db, request.invoice_id, call.actor))
        facts = None
        if row["state"] == "Draft":
            auth = self.door.tools.peers("auth")
            profile = auth.call("billing_profile", workspace_id=row["workspace_id"])
            facts = invoicing.buyer_facts(row, profile)
        return app.unit(call, lambda unit: invoicing.issue(unit, request.invoice_id, facts))

    @command(schemas.RecordInvoicePayment, key_required=True)
    def record_invoice_payment(self, request, call):
        return self.door.app.unit(call, lambda unit: invoicing.record_payment(unit, request))

    @command(schemas.StartCheckout, key_required=True)
    def start_checkout(self, request, call):
        questions.payment_status(self.door.app, call, request)
        raise self._card_not_configured(call)

    @command(schemas.ChargeSavedCard, key_required=True)
    def charge_saved_card(self, request, call):
        questions.payment_status(self.door.app, call, request)
        raise self._card_not_configured(call)

    @command(schemas.CreateBillingPortalSession)
    def create_billing_portal_session(self, request, call):
        raise self._card_not_configured(call)

    @command(schemas.SetAutoCharge)
    def set_auto_charge(self, request, call):
        raise self._card_not_configured(call)

    @query(schemas.ListPaymentMethods)
    def list_payment_methods(self, request, call):
        raise self._card_not_configured(call)

    @query(schemas.CanUseInvoiceBilling)
    def can_use_invoice_billing(self, request, call):
        return questions.eligibility(self.door.app, call)

    @query(schemas.GetPricing)
    def get_pricing(self, request, call):
        return questions.price_list(call, request.workspace_id)

    @query(schemas.GetPaymentStatus)
    def get_payment_status(self, request, call):
        return questions.payment_status(self.door.app, call, request)

    @query(schemas.ListLineItems)
    def list_line_items(self, request, call):
        wanted = questions.wanted(call, request)
        return self.door.app.query(
            lambda db: line_items.listed(db, wanted, request.limit, request.cursor)
        )

    @query(schemas.GetInvoice)
    def get_invoice(self, request, call):
        today = oslo.day(call.at)
        return self.door.app.query(
            lambda db: invoices.shown(db, request.invoice_id, call.actor, today)
        )

    @query(schemas.ListInvoices)
    def list_invoices(self, request, call):
        wanted, today = questions.wanted(call, request), oslo.day(call.at)
        return self.door.app.query(
            lambda db: invoices.listed(db, wanted, request.limit, request.cursor, today)
        )

    @query(schemas.GetInvoicePdf)
    def invoice_pdf(self, request, call):
        row = self.door.app.query(lambda db: invoices.get(db, request.invoice_id, call.actor))
        if row["document_ref"] is None:
            raise Rejected("billing.pdf_not_ready", "there is no document yet", retryable=True)
        key = row["document_ref"].removeprefix("blob:")
        link = self.door.tools.blobs.link(key, "application/pdf")
        return {**link, "sha256": row["document_sha256"], "size": row["document_size"]}

    @query(schemas.EventsRead)
    def events_read(self, request, call):
        return self.door.events_read(request)

    @query(schemas.Describe)
    def describe(self, request, call):
        return self.door.describe()

    def _card_not_configured(self, call):
        questions.own_workspace(call)
        return Rejected("billing.card_not_configured", "cards are not accepted here")
