"""Who may call what."""

from chassis.identity import MEMBER, services
from contracts import BROKER_USERS

EVERY_SERVICE = services(*BROKER_USERS)

PERMISSIONS = {
    "create_video": MEMBER,
    "start_video": MEMBER,  # their own; admins and owners any of the workspace
    "get_video": MEMBER,
    "list_videos": MEMBER,
    "progress": MEMBER,
    "events_read": EVERY_SERVICE,
    "describe": EVERY_SERVICE,
}
