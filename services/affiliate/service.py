"""affiliate over RPC: the table of contents. What is done stands in `referral`, `settlement`."""

from affiliate import referral, schemas, settlement
from affiliate.domain import payout
from affiliate.projections import earnings, payouts, relationships
from chassis.errors import Forbidden
from chassis.green.nameko_ext import CallerProvider, DoorProvider, command, query


class AffiliateService:
    """Relationships, earnings, payouts."""

    name = "affiliate"
    door = DoorProvider()
    caller = CallerProvider()

    @command(schemas.CreateRelationship)
    def create_relationship(self, request, call):
        return self.door.app.unit(call, lambda unit: referral.create_relationship(unit, request))

    @command(schemas.SetPayoutDetails)
    def set_payout_details(self, request, call):
        workspace_id = call.actor.workspace_id
        if workspace_id is None:
            raise Forbidden("affiliate.no_workspace", "a system admin has no workspace")
        return self.door.app.unit(
            call, lambda unit: referral.set_payout_details(unit, workspace_id, request)
        )

    @command(schemas.CreatePayout, key_required=True)
    def create_payout(self, request, call):
        return self.door.app.unit(call, lambda unit: settlement.create_payout(unit, request))

    @command(schemas.ApprovePayout, key_required=True)
    def approve_payout(self, request, call):
        return self.door.app.unit(
            call, lambda unit: settlement.approve_payout(unit, request.payout_id)
        )

    @command(schemas.ConfirmPayout, key_required=True)
    def confirm_payout(self, request, call):
        decision = payout.ConfirmPayout(
            reference=request.reference,
            paid_on=request.paid_on,
            supplier_invoice_number=request.supplier_invoice_number,
        )
        return self.door.app.unit(
            call, lambda unit: settlement.confirm_payout(unit, request.payout_id, decision)
        )

    @command(schemas.FailPayout, key_required=True)
    def fail_payout(self, request, call):
        decision = payout.FailPayout()
        return self.door.app.unit(
            call,
            lambda unit: settlement.give_back(unit, request.payout_id, decision, request.reason),
        )

    @command(schemas.CancelPayout, key_required=True)
    def cancel_payout(self, request, call):
        decision = payout.CancelPayout()
        return self.door.app.unit(
            call,
            lambda unit: settlement.give_back(unit, request.payout_id, decision, request.reason),
        )

    @query(schemas.ListEarnings)
    def list_earnings(self, request, call):
        wanted, status = request.affiliate_workspace_id, request.status
        return self.door.app.query(
            lambda db: earnings.listed(
                db, call.actor, wanted, status, request.limit, request.cursor
            )
        )

    @query(schemas.ListRelationships)
    def list_relationships(self, request, call):
        wanted = request.affiliate_workspace_id
        return self.door.app.query(
            lambda db: relationships.listed(db, wanted, request.limit, request.cursor)
        )

    @query(schemas.ListPayouts)
    def list_payouts(self, request, call):
        wanted = request.affiliate_workspace_id
        return self.door.app.query(
            lambda db: payouts.listed(db, wanted, request.state, request.limit, request.cursor)
        )

    @query(schemas.GetPayout)
    def get_payout(self, request, call):
        return self.door.app.query(lambda db: payouts.get(db, request.payout_id))

    @query(schemas.AffiliateStats)
    def affiliate_stats(self, request, call):
        return self.door.app.query(
            lambda db: {
                **earnings.totals(db),
                "active_affiliates_count": relationships.active_count(db),
            }
        )

    @query(schemas.EventsRead)
    def events_read(self, request, call):
        return self.door.events_read(request)

    @query(schemas.Describe)
    def describe(self, request, call):
        return self.door.describe()
