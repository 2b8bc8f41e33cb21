"""Who may call what. That members change their own projects only is a rule of the project."""

from chassis.identity import MEMBER, OPEN, services
from contracts import BROKER_USERS

EVERY_SERVICE = services(*BROKER_USERS)

PERMISSIONS = {
    "create_project": MEMBER,
    "request_uploads": MEMBER,
    "confirm_uploads": MEMBER,
    "set_room_type": MEMBER,
    "start_project": MEMBER,
    "get_project": MEMBER,
    "list_projects": MEMBER,
    "list_style_templates": OPEN,
    "list_room_types": OPEN,
    "source_link": services("video"),
    "events_read": EVERY_SERVICE,
    "describe": EVERY_SERVICE,
}
