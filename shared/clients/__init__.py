"""One typed client for each service: `Media(Rpc(uri, user).port("media")).get_project(…)`.

They need neither a database's driver nor nameko. A person's calls go by `SignedIn`, which holds a
session token: `Media(SignedIn(rpc, session_token).port("media"))`.
"""

from chassis.asked import UNCHANGED, Page
from clients.affiliate import Affiliate
from clients.auth import Auth
from clients.billing import Billing
from clients.media import Media
from clients.pages import all_rows
from clients.people import SignedIn
from clients.video import Video

__all__ = [
    "UNCHANGED",
    "Affiliate",
    "Auth",
    "Billing",
    "Media",
    "Page",
    "SignedIn",
    "Video",
    "all_rows",
]
