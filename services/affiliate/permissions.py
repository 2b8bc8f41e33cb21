"""Who may call what. Money that leaves is moved in person."""

from chassis.identity import OWNER, SYSTEM_ADMIN, in_person, services, with_listeners
from contracts import BROKER_USERS

FEED = with_listeners(services(*BROKER_USERS))

PERMISSIONS = {
    "create_relationship": SYSTEM_ADMIN,
    "change_commission": SYSTEM_ADMIN,
    "end_relationship": SYSTEM_ADMIN,
    "set_payout_details": in_person(OWNER),
    "get_payout_details": OWNER,
    "create_payout": SYSTEM_ADMIN,
    "approve_payout": in_person(SYSTEM_ADMIN),
    "confirm_payout": in_person(SYSTEM_ADMIN),
    "fail_payout": SYSTEM_ADMIN,
    "cancel_payout": SYSTEM_ADMIN,
    "export_payouts": in_person(SYSTEM_ADMIN),
    "settlement_note": OWNER,
    "list_earnings": OWNER,
    "hold_earning": SYSTEM_ADMIN,
    "release_earning": SYSTEM_ADMIN,
    "reject_earning": SYSTEM_ADMIN,
    "explain_earning": OWNER,
    "simulate": SYSTEM_ADMIN,
    "list_relationships": SYSTEM_ADMIN,
    "list_payouts": SYSTEM_ADMIN,
    "get_payout": SYSTEM_ADMIN,
    "affiliate_stats": SYSTEM_ADMIN,
    "get_balance": OWNER,
    "statement": OWNER,
    "reconcile": SYSTEM_ADMIN,
    "verify_ledger": SYSTEM_ADMIN,
    "export_journal": SYSTEM_ADMIN,
    "events_read": FEED,
    "describe": FEED,
}
