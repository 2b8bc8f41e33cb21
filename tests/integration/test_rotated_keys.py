"""Keys are rotated while people call: no call fails, and the old ones are good for nothing."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial
from itertools import count

import pyotp
import pytest
from argon2 import PasswordHasher
from cryptography.fernet import InvalidToken

from auth.domain.lifetimes import EMAIL_CODE
from auth.gateways import passwords
from auth.secret_keys import SecretKeys
from chassis import ids
from chassis.door.edge import Caller
from chassis.door.tokens import TokenIssuer
from chassis.errors import Conflict, ServiceError, Unauthenticated
from chassis.identity import Actor
from chassis.port import Port
from chassis.running.parts import Parts
from clients import Auth, Media, SignedIn
from embedded.direct import DirectPort
from integration.stages.deaf_services import FACADES, PASSWORD, Person, Services
from servers.postgres import Server
from suitectl import rotation
from suitectl.keys import Keys
from waiting import until

A_SECOND = 30  # calls
STEP = timedelta(seconds=30)
NAMES = ("auth", "media")


class Replicas:
    """Two processes of each service, of which one after the other starts again."""

    def __init__(self, services: Services) -> None:
        self.services, self._turn = services, count()
        self.parts: dict[str, list[Parts]] = {
            name: [services.replica(name) for _ in range(2)] for name in NAMES
        }
        self.answered, self.failed = 0, list[ServiceError]()

    def port(
        self, service: str, *, auth_token: str | None = None, timeout_s: float | None = None
    ) -> Port:
        """Return the port to whichever process takes the call."""
        return DirectPort(
            facade=FACADES[service],
            door=lambda: self.parts[service][next(self._turn) % 2].door,
            caller=Caller(auth_token=auth_token),
        )

    def start_again(self, made: Keys) -> None:
        """Let every process have these keys, one after the other, as calls go on."""
        self.services.keys = made
        for name in NAMES:
            for number in range(2):
                self.parts[name][number] = self.services.replica(name)
                until(partial(self._more_than, self.answered + 4), what="calls between two starts")

    def _more_than(self, calls: int) -> bool:
        return self.answered > calls

    @contextmanager
    def called(self, person: "Enrolled") -> Iterator[None]:
        """Let somebody call all the while: with a token that is held, and with new ones."""
        over, held = threading.Event(), SignedIn(self, person.session, self.services.clock)

        def call() -> None:
            while not over.wait(1 / A_SECOND):
                new = SignedIn(self, person.session, self.services.clock)
                for ask in (
                    Auth(held.port("auth")).me,
                    Media(held.port("media")).list_projects,
                    Media(new.port("media")).list_projects,
                ):
                    try:
                        ask()
                    except ServiceError as error:
                        self.failed.append(error)
                    self.answered += 1

        calling = threading.Thread(target=call)
        calling.start()
        try:
            yield
        finally:
            over.set()
            calling.join()


class Enrolled:
    """Somebody with a second factor, and a session."""

    def __init__(self, services: Services, person: Person) -> None:
        browser = person.signed_in()
        self.services, self.person, self.session = services, person, browser.session_token
        self.totp = pyotp.TOTP(services.call("auth", "enable_totp", browser.access())["secret"])
        services.call("auth", "confirm_totp", browser.access(), code=self.code())

    def code(self) -> str:
        self.services.now += STEP
        return self.totp.at(self.services.now)

    def sign_in(self, auth: Auth) -> None:
        auth.sign_in(email=self.person.email, password=PASSWORD, code=self.code())


@pytest.fixture(scope="module")
def services(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with ExitStack() as ending, pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", quick)
        yield Services(postgres_server, tmp_path_factory.mktemp("rotated"), ending, NAMES)


@pytest.fixture
def enrolled(services: Services) -> Enrolled:
    return Enrolled(services, services.somebody())


def test_the_key_that_signs_is_rotated_and_no_call_fails(
    services: Services, enrolled: Enrolled
) -> None:
    replicas, made = Replicas(services), services.keys
    old = TokenIssuer("1", made["signing_key"])
    with replicas.called(enrolled):
        for number in range(3):
            if number == 2:
                with pytest.raises(Conflict, match="old key may live"):
                    rotation.signing(made, services.now)
                services.now += rotation.TOKENS_LIVE
            made = rotation.signing(made, services.now).whole
            replicas.start_again(made)
        enrolled.sign_in(Auth(replicas.port("auth")))
    assert replicas.failed == []
    assert replicas.answered > 60
    assert list(made["public_keys"]) == ["2"]
    me, new = somebody(enrolled), TokenIssuer("2", made["signing_key"])
    for parts in (each for both in replicas.parts.values() for each in both):
        tokens = parts.door.tokens
        assert tokens.actor(new.issue(me, services.now), services.now).id == me.id
        with pytest.raises(Unauthenticated, match="no valid access token"):
            tokens.actor(old.issue(me, services.now), services.now)


def somebody(enrolled: Enrolled) -> Actor:
    return Actor(kind="person", id=enrolled.person.user_id, session_id=ids.fresh(), amr=("pwd",))


def test_a_key_that_leaked_is_replaced_at_once_and_clients_go_on(
    services: Services, enrolled: Enrolled
) -> None:
    replicas = Replicas(services)
    person = SignedIn(replicas, enrolled.session, services.clock)
    assert Auth(person.port("auth")).me()
    stolen = TokenIssuer(next(iter(services.keys["public_keys"])), services.keys["signing_key"])
    made = rotation.signing_at_once(services.keys).whole
    services.keys = made
    replicas.parts = {name: [services.replica(name)] * 2 for name in NAMES}
    assert Auth(person.port("auth")).me()
    assert Media(person.port("media")).list_projects().items == ()
    forged = stolen.issue(somebody(enrolled), services.now)
    with pytest.raises(Unauthenticated, match="no valid access token"):
        Auth(replicas.port("auth", auth_token=forged)).me()


def test_the_key_that_encrypts_is_rotated_and_a_second_factor_of_before_works(
    services: Services, enrolled: Enrolled
) -> None:
    replicas, made = Replicas(services), services.keys
    before = SecretKeys(made["secret_keys"][0])

    def left() -> int:
        current = SecretKeys(made["secret_keys"][0]).current
        query = f"select count(*) from totp where sealed_by <> '{current}'"
        return int(services.run("auth", query)[0][0])

    with replicas.called(enrolled):
        for _ in range(2):
            made = rotation.secrets(made, services.now, left).whole
            replicas.start_again(made)
            enrolled.sign_in(Auth(replicas.port("auth")))
        services.now += EMAIL_CODE
        with pytest.raises(Conflict, match="not encrypted anew yet"):
            rotation.secrets(made, services.now, left)
        auth = replicas.parts["auth"][0]
        {each.name: each for each in auth.schedules}["seal_anew"].run(auth.app)
        made = rotation.secrets(made, services.now, left).whole
        replicas.start_again(made)
        enrolled.sign_in(Auth(replicas.port("auth")))
    assert replicas.failed == []
    assert len(made["secret_keys"]) == 1
    query = f"select secret from totp where user_id = '{enrolled.person.user_id}'"
    ((sealed,),) = services.run("auth", query)
    assert SecretKeys(made["secret_keys"][0]).opened(sealed) == enrolled.totp.secret
    with pytest.raises(InvalidToken):
        before.opened(sealed)
