"""Who may call what."""

from chassis.identity import ADMIN, MEMBER, OWNER, SYSTEM_ADMIN, in_person, services, with_listeners
from contracts import BROKER_USERS

FEED = with_listeners(services(*BROKER_USERS))

PERMISSIONS = {
    "can_use_invoice_billing": MEMBER,  # whoever starts work asks what it costs, and how
    "get_pricing": MEMBER,
    "get_payment_status": MEMBER,
    "list_line_items": ADMIN,
    "get_invoice": ADMIN,
    "list_invoices": ADMIN,
    "invoice_pdf": ADMIN,
    "list_payment_methods": ADMIN,
    "start_checkout": in_person(OWNER),
    "charge_saved_card": in_person(OWNER),
    "create_billing_portal_session": in_person(OWNER),
    "set_auto_charge": in_person(OWNER),
    "create_invoices": SYSTEM_ADMIN,
    "issue_invoice": SYSTEM_ADMIN,
    "record_invoice_payment": SYSTEM_ADMIN,
    "events_read": FEED,
    "describe": FEED,
}
