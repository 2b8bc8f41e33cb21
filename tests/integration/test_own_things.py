"""What is a person's own is theirs wherever they belong; nobody else's becomes theirs by it."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from auth.projections import users
from chassis.errors import NotFound, ServiceError
from chassis.identity import Actor
from chassis.unit.deciding import Unit
from chassis.unit.handling import App
from integration.stages import diaries
from integration.stages.box_database import MINE, THEIRS, call, database
from integration.stages.deaf_services import Browser, Person, Services
from servers.postgres import Server


@pytest.fixture(scope="module")
def services(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    with ExitStack() as ending:
        yield Services(postgres_server, tmp_path_factory.mktemp("own"), ending, ("auth",))


def refusal(call: Callable[[], Any]) -> str:
    """Return a refusal as it goes over the wire, but for the id of its request."""
    with pytest.raises(ServiceError) as caught:
        call()
    kind = type(caught.value).__name__
    return json.dumps([kind, {**caught.value.fields(), "request_id": None}])


def spoken_for(services: Services, person: Person, browser: Browser, **by: Any) -> str:
    """Return an access token of a person's session that says of them what it is told to."""
    session_id = UUID(browser.session_id)
    return services.token(Actor(kind="person", id=person.user_id, session_id=session_id, **by))


BY: dict[str, dict[str, Any]] = {
    "after a move": {"workspace_id": uuid4(), "role": "member"},
    "after a removal": {},
    "as a system admin": {"is_system_admin": True},
}


def somebody(services: Services) -> Person:
    return services.somebody()


def who_belongs_nowhere(services: Services) -> Person:
    return services.system_admin()


@pytest.mark.parametrize("by", BY.values(), ids=BY)
@pytest.mark.parametrize("make", [somebody, who_belongs_nowhere])
def test_what_is_ones_own_answers_by_whatever_token(
    services: Services, make: Callable[[Services], Person], by: dict[str, Any]
) -> None:
    person = make(services)
    here, there = person.signed_in(), person.signed_in()
    ask = partial(services.call, "auth")
    token = spoken_for(services, person, here, **by)

    assert ask("me", token)["id"] == person.user_id
    listed = {each["id"] for each in ask("list_sessions", token)["items"]}
    assert listed >= {here.session_id, there.session_id}
    assert ask("revoke_session", token, session_id=there.session_id)["version"] == 2
    assert ask("sign_out", token)["version"] == 2
    for browser in (here, there):
        assert "auth.session_unknown" in refusal(browser.access)


@pytest.mark.asvs("8.4.1")
def test_another_s_session_of_the_same_workspace_is_as_one_that_never_was(
    services: Services,
) -> None:
    me, other = services.somebody(), services.somebody()
    theirs = other.signed_in()
    workspace_id = UUID(services.call("auth", "me", theirs.access())["workspace_id"])
    token = spoken_for(services, me, me.signed_in(), workspace_id=workspace_id, role="owner")
    end = partial(services.call, "auth", "revoke_session", token)

    never_was = refusal(partial(end, session_id=str(uuid4())))

    assert refusal(partial(end, session_id=theirs.session_id)) == never_was
    assert "auth.session_not_found" in never_was
    assert theirs.access()


def test_who_acts_for_somebody_has_their_things_but_ends_no_other_session(
    services: Services,
) -> None:
    person, admin = services.somebody(), services.admin
    acting, theirs, own = person.signed_in(), person.signed_in(), admin.signed_in()
    by = {"workspace_id": uuid4(), "role": "owner", "impersonated_by": UUID(admin.user_id)}
    ask, token = partial(services.call, "auth"), spoken_for(services, person, acting, **by)

    assert ask("me", token)["id"] == person.user_id
    listed = {each["id"] for each in ask("list_sessions", token)["items"]}
    assert listed >= {acting.session_id, theirs.session_id} and own.session_id not in listed
    for each in (theirs, own):
        end = partial(ask, "revoke_session", token, session_id=each.session_id)
        assert "auth.not_while_impersonating" in refusal(end)
    assert ask("sign_out", token)["version"] == 2
    assert "auth.session_unknown" in refusal(acting.access)
    assert theirs.access() and own.access()


def test_a_row_is_its_person_s_and_no_other_stranger_s(services: Services) -> None:
    person, stranger = services.somebody(), services.somebody()
    row_of = partial(users.get, user_id=UUID(person.user_id))
    query = services.parts["auth"].app.query

    def by(whom: Person) -> Actor:
        return Actor(kind="person", id=whom.user_id, workspace_id=uuid4(), role="owner")

    assert query(lambda db: row_of(db, actor=by(person)))["version"] == 2
    assert "auth.user_not_found" in refusal(
        lambda: query(lambda db: row_of(db, actor=by(stranger)))
    )


WRITER, GUEST = (
    Actor(kind="person", id=str(UUID(int=n)), workspace_id=THEIRS, role="member") for n in (7, 8)
)


@pytest.fixture
def app(postgres_server: Server) -> Iterator[App]:
    with database(postgres_server) as own, own.app(diaries.SERVICE) as app:
        yield app


def begun(app: App, workspace_id: UUID | None = MINE) -> UUID:
    """Return a diary that its writer began before they moved."""
    id, writer = uuid4(), Actor(kind="person", id=WRITER.id, workspace_id=workspace_id)
    begin = diaries.Begin(writer_id=WRITER.user_id, workspace_id=workspace_id)
    app.handle(diaries.diary, id, begin, call(writer))
    return id


def write(app: App, id: UUID, actor: Actor, admitted: UUID | None = None) -> int:
    def work(unit: Unit) -> dict[str, Any]:
        if admitted is not None:
            unit.admit(diaries.diary, admitted)
        return {"version": unit.decide(diaries.diary, id, diaries.Write(text="rain")).version}

    version: int = app.answer(call(actor), work)["version"]
    return version


@pytest.mark.parametrize("workspace_id", [MINE, None])
def test_a_stream_is_its_person_s_and_no_other_stranger_s(
    app: App, workspace_id: UUID | None
) -> None:
    id = begun(app, workspace_id)
    assert write(app, id, WRITER) == 2
    assert refusal(partial(write, app, id, GUEST)) == refusal(partial(write, app, uuid4(), GUEST))


def test_who_is_admitted_has_that_stream_in_that_unit(app: App) -> None:
    id, other = begun(app), begun(app)
    assert write(app, id, GUEST, admitted=id) == 2
    for nothing in (partial(write, app, id, GUEST), partial(write, app, other, GUEST, admitted=id)):
        with pytest.raises(NotFound):
            nothing()


def test_nobody_is_admitted_to_what_is_not_there(app: App) -> None:
    id = uuid4()
    assert refusal(partial(write, app, id, GUEST, admitted=id)) == refusal(
        partial(write, app, id, GUEST)
    )
