"""The client of affiliate."""

from clients.client import Client, rpc
from contracts.affiliate import earnings, payees, payouts, relationships


class Affiliate(Client):
    """Relationships, earnings, payouts; amounts are øre."""

    create_relationship = rpc(relationships.CreateRelationship)
    list_relationships = rpc(relationships.ListRelationships)

    set_payout_details = rpc(payees.SetPayoutDetails)

    list_earnings = rpc(earnings.ListEarnings)
    affiliate_stats = rpc(earnings.AffiliateStats)

    create_payout = rpc(payouts.CreatePayout)
    approve_payout = rpc(payouts.ApprovePayout)
    confirm_payout = rpc(payouts.ConfirmPayout)
    fail_payout = rpc(payouts.FailPayout)
    cancel_payout = rpc(payouts.CancelPayout)
    list_payouts = rpc(payouts.ListPayouts)
    get_payout = rpc(payouts.GetPayout)
