"""Who may call what."""

from chassis.identity import OWNER, SYSTEM_ADMIN, in_person, services, with_listeners
from contracts import BROKER_USERS

FEED = with_listeners(services(*BROKER_USERS))

PERMISSIONS = {
    "create_relationship": SYSTEM_ADMIN,
    "set_payout_details": in_person(OWNER),
    "create_payout": SYSTEM_ADMIN,
    "approve_payout": SYSTEM_ADMIN,
    "confirm_payout": SYSTEM_ADMIN,
    "fail_payout": SYSTEM_ADMIN,
    "cancel_payout": SYSTEM_ADMIN,
    "list_earnings": OWNER,
    "list_relationships": SYSTEM_ADMIN,
    "list_payouts": SYSTEM_ADMIN,
    "get_payout": SYSTEM_ADMIN,
    "affiliate_stats": SYSTEM_ADMIN,
    "events_read": FEED,
    "describe": FEED,
}
