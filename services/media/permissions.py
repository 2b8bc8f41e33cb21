"""Who may call what. That members change their own projects only is a rule of the project.

System admins look into every workspace, and act in none but as one of its people.
"""

from chassis.identity import ADMIN, MEMBER, OPEN, in_person, insiders, services, with_listeners
from contracts import BROKER_USERS

FEED = with_listeners(services(*BROKER_USERS))

PERMISSIONS = {
    "create_project": insiders(MEMBER),
    "request_uploads": insiders(MEMBER),
    "confirm_uploads": insiders(MEMBER),
    "set_room_type": insiders(MEMBER),
    "start_project": insiders(MEMBER),
    "update_project": insiders(MEMBER),
    "delete_project": in_person(insiders(MEMBER)),
    "get_project": MEMBER,
    "list_projects": MEMBER,
    "project_stats": MEMBER,
    "retry_image": insiders(MEMBER),
    "regenerate_image": insiders(MEMBER),
    "edit_image": insiders(MEMBER),
    "select_version": insiders(MEMBER),
    "cancel_image": insiders(MEMBER),
    "delete_images": in_person(insiders(MEMBER)),
    "get_image": MEMBER,
    "list_images": MEMBER,
    "list_versions": MEMBER,
    "download_project": MEMBER,
    "set_alteration": insiders(ADMIN),
    "publish_original": in_person(insiders(ADMIN)),
    "revoke_original": insiders(ADMIN),
    "disclosure": MEMBER,
    "list_style_templates": OPEN,
    "list_room_types": OPEN,
    "source_link": services("video"),
    "events_read": FEED,
    "describe": FEED,
}
