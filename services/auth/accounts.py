"""What happens to an account: units over a user, its workspace, its sessions and its secrets."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from auth.domain import session, user, workspace
from auth.gateways import passwords
from auth.kept import account, digest, keep_secret, secrets, verification
from auth.projections import users
from auth.schemas import SignUp, canonical
from chassis import codec, ids
from chassis.codec import load_with
from chassis.errors import Rejected, Unauthenticated
from chassis.identity import LIFETIME, Actor, TokenIssuer, service_actor
from chassis.personal import keep, personal
from chassis.unit.calls import Call, Job
from chassis.unit.handling import App, Unit

VERIFICATION = timedelta(hours=24)
SLUG_TRIES = 5
ADMIN_NAME = "System admin"


def sign_up(app: App, call: Call, name: str, email: str, password: str) -> dict[str, Any]:
    """Make a user with a workspace of their own, in one unit; a known address answers alike."""
    kept: str = app.offload(passwords.hashed, password)
    for attempt in range(SLUG_TRIES):
        try:
            return app.unit(call, partial(_new_account, name, email, kept, attempt))
        except Rejected as refusal:
            if refusal.code == "auth.email_taken":
                return app.unit(call, lambda unit: _known_address(unit, email))
            if refusal.code != "auth.slug_taken":
                raise
    raise Rejected("auth.slug_taken")


def _new_account(name: str, email: str, kept: str, attempt: int, unit: Unit) -> dict[str, Any]:
    user_id, workspace_id = _derived(unit.call)
    slug = f"{slugified(email.partition('@')[0])}-{workspace_id.hex[attempt * 6 :][:6]}"
    unit.execute(keep(user_id, user_id, {"name": name, "email": email}))
    unit.execute(keep(workspace_id, user_id, {"name": f"{name}'s Workspace", "slug": slug}))
    unit.execute(_credential(user_id, kept, unit.call))
    unit.decide(
        workspace.decider,
        workspace_id,
        workspace.OpenWorkspace(workspace_id=workspace_id, owner_user_id=user_id),
    )
    written = unit.decide(user.decider, user_id, user.SignUp(workspace_id=workspace_id))
    return {"user_id": user_id, "workspace_id": workspace_id, "version": written.version}


def _known_address(unit: Unit, email: str) -> dict[str, Any]:
    user_id, workspace_id = _derived(unit.call)
    owner = users.find(unit.connection, email)
    if owner is not None:
        unit.queue(Job(kind="mail", subject=owner, args={"template": "sign_up_attempted"}))
    return {"user_id": user_id, "workspace_id": workspace_id, "version": 1}


def _derived(call: Call) -> tuple[UUID, UUID]:
    return ids.derive(call.id, "user"), ids.derive(call.id, "workspace")


def slugified(text: str) -> str:
    """Return `text` in [a-z0-9-], 1 to 33 characters, so that a slug stays within 40."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:33].strip("-") or "workspace"


def create_system_admin(app: App, email: str, password: str) -> dict[str, Any]:
    """Make an administrator of the platform: for whoever runs auth's host, never over RPC.

    Raises `Invalid` for an address or a password that sign-up would refuse,
    `Rejected("auth.email_taken")` for a known address.
    """
    load_with(SignUp(), {"name": ADMIN_NAME, "email": email, "password": password})
    kept, address = app.offload(passwords.hashed, password), canonical(email)

    def work(unit: Unit) -> dict[str, Any]:
        user_id = ids.derive(unit.call.id, "user")
        unit.execute(keep(user_id, user_id, {"name": ADMIN_NAME, "email": address}))
        unit.execute(_credential(user_id, kept, unit.call))
        return unit.decide(user.decider, user_id, user.CreateSystemAdmin()).reply()

    by = Call(
        id=ids.fresh(),
        at=app.clock(),
        actor=service_actor("operator"),
        correlation_id=str(ids.fresh()),
    )
    return app.unit(by, work)


def of_holder(call: Call, token: str) -> Call:
    """Return the call as its token's own: nobody else repeats it, whatever their key."""
    return replace(call, id=ids.derive(call.id, digest(token)))


def verify_email(unit: Unit, token: str) -> dict[str, Any]:
    """Spend a verification token, mark the address verified and sign the person in.

    Raises `Rejected("auth.token_invalid")` alike for one that is unknown, spent or expired.
    """
    spent = unit.execute(
        delete(verification)
        .where(verification.c.value == digest(token), verification.c.expires_at > unit.call.at)
        .returning(verification.c.identifier)
    ).scalar_one_or_none()
    user_id = users.find(unit.connection, spent) if spent else None
    if user_id is None:
        raise Rejected("auth.token_invalid", "this link is not valid any more")
    unit.decide(user.decider, user_id, user.VerifyEmail())
    started = start_session(unit, user_id, {})
    return {"user_id": user_id, **{key: started[key] for key in ("session_token", "expires_at")}}


def credentials(app: App, email: str, password: str) -> UUID:
    """Return whose e-mail and password these are, after the same work for everybody.

    Raises `Unauthenticated("auth.invalid_credentials")`.
    """
    user_id = app.query(lambda connection: users.find(connection, email))
    mine = (account.c.user_id == str(user_id)) & (account.c.provider_id == "credential")
    query = select(account.c.password).where(mine)
    kept = app.query(lambda connection: connection.execute(query).scalar_one_or_none())
    if not app.offload(passwords.matches, kept, password) or user_id is None or kept is None:
        raise Unauthenticated("auth.invalid_credentials", "unknown e-mail address or password")
    if passwords.outdated(kept):
        _rehash(app, kept, app.offload(passwords.hashed, password))
    return user_id


def _rehash(app: App, kept: str, stronger: str) -> None:
    # only while nobody has changed the password meanwhile
    replaced = update(account).where(account.c.password == kept).values(password=stronger)
    with app.engine.begin() as connection:
        connection.execute(replaced)


def start_session(unit: Unit, user_id: UUID, seen: Mapping[str, str]) -> dict[str, Any]:
    """Start a session; `seen`: ip_address, user_agent. The token is shown this once."""
    person = admitted(unit, user_id)
    session_id, token = ids.derive(unit.call.id, "session"), ids.token()
    if seen:
        unit.execute(keep(session_id, user_id, seen))
    expires_at = unit.call.at + session.IDLE
    unit.execute(keep_secret(session_id, "session", token, expires_at))
    started = session.StartSession(user_id=user_id, workspace_id=person.workspace_id)
    unit.decide(session.decider, session_id, started)
    return {"session_id": session_id, "session_token": token, "expires_at": expires_at}


def sign_in(unit: Unit, user_id: UUID, seen: Mapping[str, str]) -> dict[str, Any] | None:
    """Start a session, or mail the link once more and return None where none was followed yet."""
    person = admitted(unit, user_id)
    if person.email_verified:
        return start_session(unit, user_id, seen)
    unit.queue(Job(kind="mail", subject=user_id, args={"template": "verify_email"}))
    return None


def use_session(unit: Unit, token: str) -> tuple[Actor, session.Session]:
    """Return who a session token speaks for; renews the session at most once a day.

    Raises `Unauthenticated` for a token that is unknown or whose session has ended or expired.
    """
    query = select(secrets.c.row_id).where(
        secrets.c.hash == digest(token), secrets.c.kind == "session"
    )
    found = unit.execute(query).scalar_one_or_none()
    if found is None:
        raise Unauthenticated("auth.session_unknown", "sign in again")
    session_id = UUID(found)
    written = unit.decide(session.decider, session_id, session.UseSession())
    used: session.Session = written.state
    person = admitted(unit, used.user_id)
    actor = Actor(
        kind="person",
        id=str(used.user_id),
        workspace_id=person.workspace_id,
        role=person.role,
        is_system_admin=person.is_system_admin,
        session_id=session_id,
    )
    return actor, used


def admitted(unit: Unit, user_id: UUID) -> user.User:
    """Return a person who may come in. Raises `Rejected("auth.user_banned")`."""
    person: user.User = unit.decide(user.decider, user_id, user.Admit()).state
    return person


def access(unit: Unit, issuer: TokenIssuer, token: str) -> dict[str, Any]:
    """Return an access token for whoever holds this session token."""
    actor, used = use_session(unit, token)
    return {
        "access_token": issuer.issue(actor, used.started_at, unit.call.at),
        "expires_at": unit.call.at + LIFETIME,
        "user_id": actor.id,
        "workspace_id": actor.workspace_id,
        "role": actor.role,
    }


def change_profile(unit: Unit, workspace_id: UUID, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Change the given details of a workspace: events hold the number and the names of the rest.

    A text that is null is kept as '', which the projection shows as null.
    """
    texts = {field: _text(fields[field]) for field in fields if field != "organization_number"}
    state: workspace.Workspace | None = unit.state(workspace.decider, workspace_id)
    rows = select(personal.c.field, personal.c.value).where(personal.c.row_id == str(workspace_id))
    kept: dict[str, str] = {row.field: row.value for row in unit.execute(rows)}
    changed = {field for field in texts if texts[field] != kept.get(field, "")}
    number = state.organization_number if state else None
    if fields.get("organization_number", number) != number:
        changed.add("organization_number")
        number = fields["organization_number"]
    command = workspace.ChangeProfile(
        organization_number=number,
        has_legal_name=bool({**kept, **texts}.get("legal_name")),
        changed=tuple(sorted(changed)),
    )
    new = {field: texts[field] for field in texts if field in changed}
    if new and state is not None:  # what changed only: a rival's text is not written over unsaid
        unit.execute(keep(workspace_id, state.owner_user_id, new))
    return unit.decide(workspace.decider, workspace_id, command).reply()


def _text(given: Any) -> str:
    if is_dataclass(given):
        return json.dumps(codec.dump(given))
    return given or ""


def _credential(user_id: UUID, kept: str, call: Call) -> Insert:
    row = insert(account).values(
        id=str(ids.derive(user_id, "credential")),
        account_id=str(user_id),
        provider_id="credential",
        user_id=str(user_id),
        password=kept,
        created_at=call.at,
        updated_at=call.at,
    )
    return row.on_conflict_do_nothing(index_elements=["id"])  # an equal rival: the append decides
