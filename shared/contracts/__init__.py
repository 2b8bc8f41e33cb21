"""What the services say to each other: events, requests, replies. No mechanism.

Here also who hears and who calls whom; the broker refuses everything else.
"""

from collections.abc import Mapping

SERVICES = ("auth", "media", "video", "billing", "affiliate")

# Who calls over the broker under a name of their own: the services, and the operators' tool.
BROKER_USERS = (*SERVICES, "operator")

# service -> whose events it may hear, and so whose `events_read` it may call. It does hear those
# that its `inbound.py` reacts to: without a reaction there is neither queue nor cursor nor loop.
HEARS: Mapping[str, tuple[str, ...]] = {
    "auth": ("media", "video", "billing", "affiliate"),
    "media": ("auth", "billing"),
    "video": ("auth", "media", "billing"),
    "billing": ("auth", "media", "video"),
    "affiliate": ("auth", "billing"),
}

# service -> what it asks of others before it can go on
ASKS: Mapping[str, tuple[str, ...]] = {
    "auth": (),
    "media": (),
    "video": ("media.source_link", "auth.branding"),
    "billing": ("auth.billing_profile",),
    "affiliate": ("billing.paid_net",),
}

OF_EVERY_SERVICE = ("events_read", "describe")  # what any broker user named above may call
