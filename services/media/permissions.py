"""Who may call what. That members change their own projects only is a rule of the project.

System admins look into every workspace, and act in none but as one of its people.
"""

from chassis.identity import MEMBER, OPEN, insiders, services, with_listeners
from contracts import BROKER_USERS

FEED = with_listeners(services(*BROKER_USERS))

PERMISSIONS = {
    "create_project": insiders(MEMBER),
    "request_uploads": insiders(MEMBER),
    "confirm_uploads": insiders(MEMBER),
    "set_room_type": insiders(MEMBER),
    "start_project": insiders(MEMBER),
    "get_project": MEMBER,
    "list_projects": MEMBER,
    "list_style_templates": OPEN,
    "list_room_types": OPEN,
    "source_link": services("video"),
    "events_read": FEED,
    "describe": FEED,
}
