"""affiliate over RPC: a line a method. What each does stands in `acts`."""

from affiliate import schemas
from affiliate.acts import earnings, payees, payouts, relationships
from chassis.door import every_service
from chassis.every_service import Describe, EventsRead
from chassis.green.methods import look, unit
from chassis.green.nameko_ext import CallerProvider, DoorProvider
from contracts.affiliate.earnings import AffiliateStats, ListEarnings
from contracts.affiliate.payees import SetPayoutDetails
from contracts.affiliate.payouts import (
    ApprovePayout,
    CancelPayout,
    ConfirmPayout,
    CreatePayout,
    FailPayout,
    GetPayout,
    ListPayouts,
)
from contracts.affiliate.relationships import CreateRelationship, ListRelationships


class AffiliateService:
    """Relationships, earnings, payouts."""

    name, rules = "affiliate", schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    create_relationship = unit(CreateRelationship, relationships.create)
    list_relationships = look(ListRelationships, relationships.listed)

    set_payout_details = unit(SetPayoutDetails, payees.set_details)

    list_earnings = look(ListEarnings, earnings.listed)
    affiliate_stats = look(AffiliateStats, earnings.stats)

    create_payout = unit(CreatePayout, payouts.create)
    approve_payout = unit(ApprovePayout, payouts.approve)
    confirm_payout = unit(ConfirmPayout, payouts.confirm)
    fail_payout = unit(FailPayout, payouts.fail)
    cancel_payout = unit(CancelPayout, payouts.cancel)
    list_payouts = look(ListPayouts, payouts.listed)
    get_payout = look(GetPayout, payouts.shown)

    events_read = look(EventsRead, every_service.events_read)
    describe = look(Describe, every_service.describe)
