"""Who may call what. System admins look into every workspace, and act only as one of its people."""

from chassis.identity import MEMBER, insiders, services, with_listeners
from contracts import BROKER_USERS

FEED = with_listeners(services(*BROKER_USERS))

PERMISSIONS = {
    "create_video": insiders(MEMBER),
    "start_video": insiders(MEMBER),  # their own; admins and owners any of the workspace
    "get_video": MEMBER,
    "list_videos": MEMBER,
    "progress": MEMBER,
    "events_read": FEED,
    "describe": FEED,
}
