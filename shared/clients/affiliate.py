"""The client of affiliate."""

from clients.client import Client, rpc
from contracts import journal
from contracts.affiliate import earnings, payees, payouts, relationships, statements


class Affiliate(Client):
    """Relationships, earnings, payouts, and the books of them; amounts are øre."""

    create_relationship = rpc(relationships.CreateRelationship)
    change_commission = rpc(relationships.ChangeCommission)
    end_relationship = rpc(relationships.EndRelationship)
    list_relationships = rpc(relationships.ListRelationships)

    set_payout_details = rpc(payees.SetPayoutDetails)
    get_payout_details = rpc(payees.GetPayoutDetails)

    list_earnings = rpc(earnings.ListEarnings)
    hold_earning = rpc(earnings.HoldEarning)
    release_earning = rpc(earnings.ReleaseEarning)
    reject_earning = rpc(earnings.RejectEarning)
    explain_earning = rpc(earnings.ExplainEarning)
    simulate = rpc(earnings.Simulate)
    affiliate_stats = rpc(earnings.AffiliateStats)

    create_payout = rpc(payouts.CreatePayout)
    approve_payout = rpc(payouts.ApprovePayout)
    confirm_payout = rpc(payouts.ConfirmPayout)
    fail_payout = rpc(payouts.FailPayout)
    cancel_payout = rpc(payouts.CancelPayout)
    export_payouts = rpc(payouts.ExportPayouts)
    settlement_note = rpc(payouts.SettlementNote)
    list_payouts = rpc(payouts.ListPayouts)
    get_payout = rpc(payouts.GetPayout)

    get_balance = rpc(statements.GetBalance)
    statement = rpc(statements.GetStatement)
    reconcile = rpc(statements.Reconcile)
    verify_ledger = rpc(journal.VerifyLedger)
    export_journal = rpc(journal.ExportJournal)
