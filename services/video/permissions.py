"""Who may call what. That members change their own videos only is a rule of the video.

System admins look into every workspace, and act in none but as one of its people; music is theirs.
"""

from chassis.identity import (
    MEMBER,
    OPEN,
    SYSTEM_ADMIN,
    in_person,
    insiders,
    services,
    with_listeners,
)
from contracts import BROKER_USERS

FEED = with_listeners(services(*BROKER_USERS))

PERMISSIONS = {
    "create_video": insiders(MEMBER),
    "create_from_storyboard": insiders(MEMBER),
    "update_video": insiders(MEMBER),
    "new_revision": insiders(MEMBER),
    "delete_video": in_person(insiders(MEMBER)),
    "request_uploads": insiders(MEMBER),
    "confirm_uploads": insiders(MEMBER),
    "add_clip": insiders(MEMBER),
    "update_clip": insiders(MEMBER),
    "remove_clip": insiders(MEMBER),
    "reorder_clips": insiders(MEMBER),
    "auto_arrange": insiders(MEMBER),
    "start_video": insiders(MEMBER),
    "retry_failed": insiders(MEMBER),
    "compile_without_failed": insiders(MEMBER),
    "cancel_video": insiders(MEMBER),
    "raise_cap": SYSTEM_ADMIN,
    "add_music_track": SYSTEM_ADMIN,
    "deactivate_music_track": SYSTEM_ADMIN,
    "get_video": MEMBER,
    "list_videos": MEMBER,
    "list_clips": MEMBER,
    "video_stats": MEMBER,
    "estimate": MEMBER,
    "diff_cost": MEMBER,
    "manifest": MEMBER,
    "progress": OPEN,  # to who has the token of a start; else to those who see the video
    "list_music_tracks": OPEN,
    "list_storyboards": OPEN,
    "events_read": FEED,
    "describe": FEED,
}
