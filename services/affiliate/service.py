"""affiliate over RPC: a line a method. What each does stands in `acts`."""

from affiliate import schemas
from affiliate.acts import (
    earnings,
    new_payouts,
    payees,
    payout_files,
    payouts,
    relationships,
    statements,
)
from books import acts as journal
from chassis.door import every_service
from chassis.every_service import Describe, EventsRead
from chassis.green.methods import act, look, unit
from chassis.green.nameko_ext import CallerProvider, DoorProvider
from contracts.affiliate.earnings import (
    AffiliateStats,
    ExplainEarning,
    HoldEarning,
    ListEarnings,
    RejectEarning,
    ReleaseEarning,
    Simulate,
)
from contracts.affiliate.payees import GetPayoutDetails, SetPayoutDetails
from contracts.affiliate.payouts import (
    ApprovePayout,
    CancelPayout,
    ConfirmPayout,
    CreatePayout,
    ExportPayouts,
    FailPayout,
    GetPayout,
    ListPayouts,
    SettlementNote,
)
from contracts.affiliate.relationships import (
    ChangeCommission,
    CreateRelationship,
    EndRelationship,
    ListRelationships,
)
from contracts.affiliate.statements import GetBalance, GetStatement, Reconcile
from contracts.journal import ExportJournal, VerifyLedger


class AffiliateService:
    """Relationships, earnings, payouts, and the books of them."""

    name, rules = "affiliate", schemas.RULES
    door, caller = DoorProvider(), CallerProvider()

    create_relationship = unit(CreateRelationship, relationships.create)
    change_commission = unit(ChangeCommission, relationships.change)
    end_relationship = unit(EndRelationship, relationships.end)
    list_relationships = look(ListRelationships, relationships.listed)

    set_payout_details = unit(SetPayoutDetails, payees.set_details)
    get_payout_details = look(GetPayoutDetails, payees.details)

    list_earnings = look(ListEarnings, earnings.listed)
    hold_earning = unit(HoldEarning, earnings.hold)
    release_earning = unit(ReleaseEarning, earnings.release)
    reject_earning = unit(RejectEarning, earnings.reject)
    explain_earning = look(ExplainEarning, earnings.explain)
    simulate = look(Simulate, earnings.simulate)
    affiliate_stats = look(AffiliateStats, earnings.stats)

    create_payout = act(CreatePayout, new_payouts.create)
    approve_payout = act(ApprovePayout, payouts.approve)
    confirm_payout = unit(ConfirmPayout, payouts.confirm)
    fail_payout = unit(FailPayout, payouts.fail)
    cancel_payout = unit(CancelPayout, payouts.cancel)
    export_payouts = act(ExportPayouts, payout_files.export)
    settlement_note = look(SettlementNote, payout_files.note)
    list_payouts = look(ListPayouts, payouts.listed)
    get_payout = look(GetPayout, payouts.shown)

    get_balance = look(GetBalance, statements.balance)
    statement = look(GetStatement, statements.statement)
    reconcile = act(Reconcile, statements.reconcile)
    verify_ledger = look(VerifyLedger, journal.verified)
    export_journal = act(ExportJournal, journal.export)

    events_read = look(EventsRead, every_service.events_read)
    describe = look(Describe, every_service.describe)
