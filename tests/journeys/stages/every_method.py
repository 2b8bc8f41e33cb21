"""Every RPC method, found by introspection, and a caller who may call it."""

from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

from chassis import ids
from chassis.door.edge import Caller, Method
from chassis.door.tokens import TokenIssuer
from chassis.identity import Actor, Permission
from embedded.direct import DirectPort
from embedded.keys import SERVICES, keys
from embedded.suite import FACADES, Suite

METHODS = [
    (service, name)
    for service in SERVICES
    for name in sorted(vars(FACADES[service]))
    if hasattr(getattr(FACADES[service], name), "method")
]
OR_SIGNED_IN = ("progress",)  # it is open to who has the token of a start


def method_of(service: str, name: str) -> Method:
    method: Method = getattr(FACADES[service], name).method
    return method


def permission_of(service: str, name: str) -> Permission:
    permission: Permission = import_module(f"{service}.permissions").PERMISSIONS[name]
    return permission


def fields_of(service: str, name: str) -> dict[str, Any]:
    return dict(method_of(service, name).request.fields)


def is_money(field: str) -> bool:
    return field.endswith(("_ore", "_cents"))


def identities(fields: Iterable[str]) -> list[str]:
    return [field for field in fields if field.endswith("_id")]


def permitted(suite: Suite, service: str, name: str) -> DirectPort:
    """Return a port whose caller may call that method."""
    permission = permission_of(service, name)
    if permission.open and name not in OR_SIGNED_IN:
        caller = Caller()
    elif permission.services:
        caller = Caller(service=permission.services[0])
    else:
        # the customer has none
        theirs = ("list_earnings", "settlement_note", "get_balance", "statement")
        admin = permission.system_admin or name in theirs
        caller = Caller(auth_token=access_token(suite, admin=admin))
    return DirectPort(
        facade=FACADES[service], door=lambda: suite.parts[service].door, caller=caller
    )


def access_token(suite: Suite, *, admin: bool = False, expired: bool = False) -> str:
    """Return an access token for the customer's owner, or for the system admin."""
    made = keys(suite.data_dir)
    email = "admin@ai-studio.example" if admin else "kari@buyer.example"
    row = suite.sql("auth", f"select * from \"user\" where email = '{email}'")[0]
    at = ids.now() - timedelta(hours=1 if expired else 0)
    actor = Actor(
        kind="person",
        id=row["id"],
        workspace_id=UUID(row["workspace_id"]) if row["workspace_id"] else None,
        role=None if admin else row["role"],
        is_system_admin=admin,
        session_id=uuid4(),
        authenticated_at=at,
    )
    return TokenIssuer("1", made["signing_key"]).issue(actor, at)
