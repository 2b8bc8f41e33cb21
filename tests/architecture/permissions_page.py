"""`docs/permissions.md`: who may call what, method by method, written into it from the code.

`python -m architecture.permissions_page` (with the source roots and `tests` in PYTHONPATH) writes
its tables anew. A journey asks each cell of the running suite and compares what it was told.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import UUID

from architecture.page import BLOCK
from architecture.source import ROOT
from chassis.door.edge import Method
from chassis.errors import ServiceError
from chassis.identity import ANYONE, FRESH, ROLES, Actor, Permission, service_actor
from contracts import BROKER_USERS
from embedded.suite import FACADES
from suitectl import rights
from suitectl.rights import Listener

PAGE = ROOT / "docs" / "permissions.md"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWNER = Actor(
    kind="person", id=str(UUID(int=1)), workspace_id=UUID(int=2), role="owner", authenticated_at=AT
)
SYSTEM_ADMIN = replace(OWNER, workspace_id=None, role=None, is_system_admin=True)
ADMIN_ID = UUID(int=3)
LATE, LONG_AGO = " later", AT - FRESH - timedelta(minutes=1)  # since they have shown who they are
OUTSIDER = "another's owner"  # who asks about the workspace of the others
LISTENER = "ledger"  # another team's service
CALLERS: Mapping[str, Actor] = {
    "anybody": ANYONE,
    "member": replace(OWNER, role="member"),
    "admin": replace(OWNER, role="admin"),
    "owner": OWNER,
    **{f"as {role}": replace(OWNER, role=role, impersonated_by=ADMIN_ID) for role in ROLES},
    OUTSIDER: OWNER,
    "system admin": SYSTEM_ADMIN,
    **{f"{role}{LATE}": replace(OWNER, role=role, authenticated_at=LONG_AGO) for role in ROLES},
    f"system admin{LATE}": replace(SYSTEM_ADMIN, authenticated_at=LONG_AGO),
    **{f"`{name}`": service_actor(name) for name in BROKER_USERS},
    "a listener": Actor(kind="listener", id=LISTENER, hears=frozenset()),
}
YES, NO, NOTHING, OWN, HELD = "yes", "–", "nothing", "own", "·"
OF_ALL = ("style_template_id", "music_track_id")  # ids of what belongs to nobody
# of others' as of what is not there, and no more
SAYS_UNKNOWN = ("explain_earning", "accept_invitation", "decline_invitation")

Cell = Callable[[str, str, str], str]  # (service, method, caller) -> what they are told


def table(service: str, cell: Cell) -> str:
    """Return a service's table, a row a method in the order of its permissions."""
    rows = [f"| method | {' | '.join(CALLERS)} |", f"|---|{'---|' * len(CALLERS)}"]
    for name in permissions(service):
        cells = " | ".join(cell(service, name, caller) for caller in CALLERS)
        rows.append(f"| `{name}` | {cells} |")
    return "\n".join(rows)


def promised(service: str, name: str, caller: str) -> str:
    """Return what the table of permissions says of one caller, and for a service the broker."""
    try:
        permissions(service)[name].check(CALLERS[caller], name, AT)
    except ServiceError:
        return NO
    found = let_in(service, name, caller)
    return NOTHING if found == OWN and names_things(service, name) else found


def let_in(service: str, name: str, caller: str) -> str:
    """Return what it is for somebody whom the door lets in, and who finds what they ask about."""
    actor = CALLERS[caller]
    if actor.kind in ("service", "listener") and not passes_the_broker(actor.id, service, name):
        return HELD
    if caller == OUTSIDER and not permissions(service)[name].open:
        return OWN
    return YES


def passes_the_broker(user: str, service: str, name: str) -> bool:
    """Return whether RabbitMQ lets that user's call of a method through."""
    if user == LISTENER:
        granted = rights.listener(user, Listener(types=(f"{service}.something_happened",)))
    else:
        granted = rights.operator(user) if user == "operator" else rights.service(user)
    return re.fullmatch(granted.topics[rights.RPC].write, f"{service}.{name}") is not None


def names_things(service: str, name: str) -> bool:
    """Return whether a request names what belongs to somebody, and finds nothing of others'."""
    if name in SAYS_UNKNOWN:
        return False
    fields = method(service, name).request.fields
    return any(field.endswith("_id") and field not in OF_ALL for field in fields)


def method(service: str, name: str) -> Method:
    found: Method = getattr(FACADES[service], name).method
    return found


def permissions(service: str) -> Mapping[str, Permission]:
    found: Mapping[str, Permission] = import_module(f"{service}.permissions").PERMISSIONS
    return found


def filled(text: str) -> str:
    """Return the page with the table of each service as the code has it."""

    def fill(block: re.Match[str]) -> str:
        opening, _, _ = block[0].partition("\n")
        return "\n".join([opening, table(block["part"], promised), "<!-- end -->"])

    return BLOCK.sub(fill, text)


def told(service: str) -> str:
    """Return the table that the page has of a service."""
    blocks = {block["part"]: block[0] for block in BLOCK.finditer(PAGE.read_text("utf-8"))}
    _, _, rest = blocks[service].partition("\n")
    return rest.removesuffix("\n<!-- end -->")


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
