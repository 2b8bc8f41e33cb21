"""Who may call what."""

from chassis.identity import (
    ADMIN,
    OPEN,
    SIGNED_IN,
    SYSTEM_ADMIN,
    in_person,
    services,
    with_listeners,
)
from contracts import BROKER_USERS

FEED = with_listeners(services(*BROKER_USERS))

PERMISSIONS = {
    "sign_up": OPEN,
    "verify_email": OPEN,
    "sign_in": OPEN,
    "authenticate": OPEN,
    "public_keys": OPEN,
    "sign_out": SIGNED_IN,
    "revoke_session": in_person(SIGNED_IN),
    "revoke_other_sessions": in_person(SIGNED_IN),
    "list_sessions": SIGNED_IN,
    "me": SIGNED_IN,
    "get_workspace": SIGNED_IN,
    "update_workspace": in_person(ADMIN),
    "set_invoice_eligibility": SYSTEM_ADMIN,
    "ban_user": SYSTEM_ADMIN,
    "unban_user": SYSTEM_ADMIN,
    "billing_profile": services("billing"),
    "events_read": FEED,
    "describe": FEED,
}
