"""Forgetting a person: who may not be, what they leave to others, and one winner of fifty."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from auth import erasing
from auth.acts.sessions import admitted, start_session
from auth.exports import DELETE, place_of
from chassis.errors import Rejected
from chassis.identity import service_actor
from chassis.jobs.jobs import Worker
from chassis.unit.deciding import Unit
from integration.stages.box_database import all_at_once, call
from integration.stages.deaf_services import PASSWORD, Services
from integration.stages.workspaces_people import ANSWERED, Member, Tenants, code
from servers.postgres import Server

AT_ONCE = 50
UNKNOWN = "auth.invalid_credentials"


@pytest.fixture(scope="module")
def tenants(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tenants]:
    with ExitStack() as ending:
        folder = tmp_path_factory.mktemp("erasure")
        tenants = Tenants(Services(postgres_server, folder, ending, ("auth",)))
        yield tenants
        assert tenants.broken() == {}


def erase(tenants: Tenants, member: Member, **of: Any) -> Any:
    given = {"idempotency_key": uuid4().hex, "reason": "they have asked for it", **of}
    return tenants.admin.asks("erase_subject", user_id=member.id, **given)


def signed_up(tenants: Tenants) -> Member:
    """Return somebody with a password, whose workspace is called after them."""
    person = tenants.services.somebody()
    return Member(tenants.services, person.user_id, person.email, person.signed_in())


def begins(tenants: Tenants, member: Member) -> str:
    """Start a session as a sign-in does; return with which code that is answered."""
    by = call(service_actor("auth"), at=tenants.services.now)
    app, user_id = tenants.services.parts["auth"].app, UUID(member.id)

    def work(unit: Unit) -> None:
        start_session(unit, admitted(unit, user_id), {"ip_address": "203.0.113.7"})

    return code(partial(app.attempt, by, work))


def signs_in(tenants: Tenants, member: Member) -> str:
    shown: dict[str, Any] = {"email": member.email, "password": PASSWORD}
    return code(partial(tenants.services.call, "auth", "sign_in", None, **shown))


def test_who_was_erased_is_as_one_that_never_was(tenants: Tenants) -> None:
    founder = signed_up(tenants)
    session, access = founder.browser.session_token, founder.browser.access()

    erased = erase(tenants, founder)

    ask = tenants.services.call
    assert erased["id"] == founder.id
    assert signs_in(tenants, founder) == UNKNOWN
    assert code(partial(ask, "auth", "me", access)) == "chassis.token_revoked"
    renew = partial(ask, "auth", "authenticate", None, session_token=session)
    assert code(renew) == "auth.session_unknown"
    for method, more in (("ban_user", {"reason": "r"}), ("rename_user", {"name": "N"})):
        assert tenants.admin.code(method, user_id=founder.id, **more) == "auth.user_not_found"
    shown = tenants.admin.asks("erasure_status", user_id=founder.id)
    assert [each["service"] for each in shown["services"]] == [
        *("auth", "media", "video", "billing", "affiliate")
    ]
    assert [bool(each["forgotten_at"]) for each in shown["services"]] == [True] + [False] * 4
    again: dict[str, Any] = {"name": "Kari", "email": founder.email, "password": "another good one"}
    assert ask("auth", "sign_up", None, **again)["user_id"] != founder.id  # it is free


def test_a_repeat_forgets_nobody_twice(tenants: Tenants) -> None:
    founder = tenants.founder()
    first = erase(tenants, founder, idempotency_key="once")
    assert erase(tenants, founder, idempotency_key="once") == first
    assert erase(tenants, founder) == first
    assert tenants.admin.code("erasure_status", user_id=str(uuid4())) == "auth.erasure_not_found"


def test_nobody_is_erased_who_must_stay(tenants: Tenants) -> None:
    founder = tenants.founder()
    member = tenants.joins(founder, "admin")
    given = {"idempotency_key": uuid4().hex, "reason": "r"}
    admin = tenants.admin
    assert admin.code("erase_subject", user_id=admin.id, **given) == "auth.self_erasure"
    assert admin.code("erase_subject", user_id=founder.id, **given) == "auth.last_owner"
    assert admin.code("erase_subject", user_id=str(uuid4()), **given) == "auth.user_not_found"
    assert founder.code("erase_subject", user_id=member.id, **given) == "chassis.not_allowed"
    tenants.services.now += timedelta(minutes=11)
    stale = admin.code("erase_subject", user_id=member.id, **given)
    assert stale == "auth.reauthentication_required"
    admin.browser = tenants.services.admin.signed_in()

    erase(tenants, member)
    assert [each["id"] for each in founder.asks("list_members")["items"]] == [founder.id]


def test_what_lives_on_is_called_otherwise_and_stays_what_it_is_by_law(tenants: Tenants) -> None:
    founder = signed_up(tenants)
    other = tenants.joins(founder, "owner")
    company = {"legal_name": "Kari Foto AS", "organization_number": "702000009"}
    founder.asks("update_workspace", **company, contact_person="KARI", invoice_email="f@foto.no")

    erase(tenants, founder)

    id = other.workspace_id
    shown = other.asks("get_workspace")
    assert (shown["name"], shown["slug"]) == (
        f"Workspace {id[:6]}",
        f"workspace-{UUID(id).hex[:12]}",
    )
    assert {name: shown[name] for name in company} == company
    assert (shown["contact_person"], shown["invoice_email"]) == (None, "f@foto.no")
    assert shown["status"] == "active"


def test_who_has_had_several_addresses_is_forgotten_under_each(tenants: Tenants) -> None:
    person, host = signed_up(tenants), tenants.founder()
    first = person.email
    theirs = {"email": first.upper(), "idempotency_key": "once"}
    offered = host.asks("invite_member", **theirs)
    person.asks("decline_invitation", invitation_id=offered["id"])
    host.asks("invite_member", email=first, idempotency_key="again")
    host.asks("update_workspace", contact_email=first, invoice_email="books@foto.no")
    tenants.joins(host, "member", person)
    for each in ("second", "third"):
        tenants.moves(person, f"{each}-{first}")
    other = signed_up(tenants)
    invited = host.asks("invite_member", email=other.email, idempotency_key="other")
    tenants.moves(other, f"new-{other.email}")

    erase(tenants, person)

    assert said_of(tenants, first) == []
    waits = host.asks("list_invitations")["items"]
    assert [(each["id"], each["email"]) for each in waits] == [
        (invited["id"], other.email.removeprefix("new-"))
    ]
    assert host.asks("get_workspace")["invoice_email"] == "books@foto.no"


def test_an_address_that_is_somebody_elses_by_now_stays_theirs(tenants: Tenants) -> None:
    person, host, heir = signed_up(tenants), tenants.founder(), signed_up(tenants)
    left = person.email
    tenants.moves(person, f"new-{left}")
    tenants.moves(heir, left)
    offered = host.asks("invite_member", email=left, idempotency_key="heir")

    erase(tenants, person)

    assert heir.code("accept_invitation", invitation_id=offered["id"]) == ANSWERED


def test_a_closed_company_that_others_are_in_keeps_what_it_is_by_law(tenants: Tenants) -> None:
    founder = signed_up(tenants)
    other = tenants.joins(founder, "owner")
    about = {"legal_name": "Foto AS", "organization_number": "702000009"}
    founder.asks("update_workspace", **about, contact_person="Kari")
    founder.asks("close_workspace", idempotency_key="close", reason="Kari retires")

    erase(tenants, founder)

    shown = other.asks("get_workspace")
    assert {name: shown[name] for name in about} == about
    assert (shown["name"], shown["slug"]) == ("[erased]", f"[erased]-{shown['id']}")
    assert (shown["contact_person"], shown["suspended_reason"]) == (None, None)
    live, rebuilt = tenants.rows()
    assert live == rebuilt
    erase(tenants, other)
    gone = tenants.admin.asks("get_workspace", workspace_id=shown["id"])
    assert (gone["legal_name"], gone["organization_number"]) == (None, None)


def test_a_workspace_that_somebody_has_left_names_them_no_more(tenants: Tenants) -> None:
    name, person = "Zelda Zeldasen", signed_up(tenants)
    open, closed = tenants.founder(), tenants.founder()
    person.asks("update_profile", name=name)
    for founder in (open, closed):
        tenants.joins(founder, "admin", person)
        person.asks("update_workspace", contact_person=name.upper(), contact_email=person.email)
        person.asks("update_workspace", legal_name="Zelda Zeldasen AS")
        about = {"workspace_id": founder.workspace_id, "reason": f"asked for by {name}"}
        tenants.admin.asks("set_workspace_status", **about, status="suspended")
        tenants.services.now += timedelta(minutes=1)
        if founder is closed:
            tenants.admin.browser = tenants.services.admin.signed_in()
            tenants.admin.asks("close_workspace", idempotency_key="close", **about)
        person.asks("remove_member", user_id=person.id)

    erase(tenants, person)

    assert said_of(tenants, name, but="legal_name") == said_of(tenants, person.email) == []
    for founder in (open, closed):
        shown = founder.asks("get_workspace")
        gone = ("contact_person", "contact_email", "suspended_reason")
        assert [shown[field] for field in gone] == [None, None, None]
        assert (shown["name"], shown["legal_name"]) == ("Kari's", "Zelda Zeldasen AS")
    live, rebuilt = tenants.rows()
    assert live == rebuilt


def said_of(tenants: Tenants, words: str, but: str = "") -> list[Any]:
    """Return what is kept somewhere of somebody's words, in a text that is not `but`."""
    kept = f"select * from personal where value ilike '%{words}%' and field <> '{but}'"
    seen = f"select * from invitation where email ilike '%{words}%'"
    return [*tenants.services.run("auth", kept), *tenants.services.run("auth", seen)]


def test_a_workspace_goes_with_its_last_member(tenants: Tenants) -> None:
    founder = tenants.founder()
    id = founder.workspace_id
    founder.asks("update_workspace", legal_name="Kari Foto AS", contact_email="k@foto.no")
    guest = {"email": f"{uuid4().hex[:8]}@example.com", "role": "member"}
    founder.asks("invite_member", idempotency_key=uuid4().hex, **guest)

    erase(tenants, founder)

    shown = tenants.admin.asks("get_workspace", workspace_id=id)
    assert (shown["name"], shown["slug"]) == ("[erased]", f"[erased]-{id}")
    assert (shown["legal_name"], shown["contact_email"]) == (None, None)
    assert shown["closed_at"] is not None
    invited = tenants.services.run(
        "auth", f"select email, state from invitation where workspace_id = '{id}'"
    )
    assert invited == [("[erased]", "cancelled")]
    told = tenants.services.run(
        "auth",
        f"select outbox->'data'->>'workspace_id' from events where stream_id = 'user-{founder.id}'"
        " and type = 'UserErased'",
    )
    assert told == [(id,)]


def test_of_fifty_sign_ins_beside_an_erasure_none_is_left(tenants: Tenants) -> None:
    """Who came first is signed out by it, who comes after is nobody."""
    founder = tenants.founder()
    calls = [partial(begins, tenants, founder) for _ in range(AT_ONCE - 1)]

    with tenants.services.ticking():
        erased, *codes = all_at_once([partial(erase, tenants, founder), *calls])

    assert not isinstance(erased, Exception), erased
    assert set(codes) <= {ANSWERED, UNKNOWN}
    left = f"select count(*) from session where user_id = '{founder.id}'"
    assert tenants.services.run("auth", left) == [(0,)]
    kept = f"select count(*) from personal where subject_id = '{founder.id}'"
    assert tenants.services.run("auth", kept) == [(0,)]
    assert begins(tenants, founder) == UNKNOWN


def test_an_erasure_that_was_lost_is_repeated_under_its_id(tenants: Tenants) -> None:
    founder, owner = tenants.founder(), tenants.founder()
    tenants.joins(owner, "member")
    app, erasure_id = tenants.services.parts["auth"].app, uuid4()
    erasing.again(app, UUID(founder.id), erasure_id)
    erasing.again(app, UUID(founder.id), erasure_id)
    shown = tenants.admin.asks("erasure_status", user_id=founder.id)
    assert shown["erasure_id"] == str(erasure_id)
    with pytest.raises(Rejected, match="auth.last_owner"):
        erasing.again(app, UUID(owner.id), uuid4())


def test_somebody_reads_what_is_kept_of_them_for_a_day(tenants: Tenants) -> None:
    founder = signed_up(tenants)
    founder.asks("update_profile", image="https://pictures.example/kari.jpg")

    told = founder.asks("export_my_data")

    blobs = tenants.services.parts["auth"].door.tools.blobs
    (file,) = blobs.listed(place_of(UUID(founder.id)))
    written = json.loads(b"".join(blobs.chunks(file.key)))
    assert told["size"] == file.size
    assert written["user"][0]["email"] == founder.email
    assert {each["field"] for each in written["personal"]} >= {"name", "email", "image"}
    assert len(written["session"]) == 2  # begun with the link, and anew
    (link,) = written["verification"]
    assert link["identifier"] == founder.email and "value" not in link
    assert not {"token", "password", "hash"} & {
        name for rows in written.values() for row in rows for name in row
    }
    waits = tenants.services.run(
        "auth",
        "select extract(epoch from run_at - now()) / 3600 from jobs"
        f" where kind = 'delete_exports' and subject = '{founder.id}'",
    )
    assert [round(float(hours)) for (hours,) in waits] == [24]

    erase(tenants, founder)
    parts = tenants.services.parts["auth"]
    worker = Worker(parts.app, [each for each in parts.kinds if each.name == DELETE])
    while worker.work():
        pass
    assert list(blobs.listed(place_of(UUID(founder.id)))) == []
