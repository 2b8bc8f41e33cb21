"""auth behind nameko: what a plain nameko client sees of it over RabbitMQ."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import kombu.pools
import psycopg
import pytest

from chassis.green.nameko_ext import register_errors  # before nameko: it filters eventlet's warning
from embedded import mailbox

# isort: split
from nameko.exceptions import MethodNotFound
from nameko.standalone.rpc import ClusterRpcProxy

from auth.app import build
from auth.secret_keys import new_key
from auth.settings import Settings
from chassis import settings
from chassis.database import migrations
from chassis.door.tokens import new_key_pair
from chassis.errors import Invalid, Rejected, Unauthenticated
from chassis.jobs.jobs import Worker
from chassis.running.parts import Port
from integration.stages.nameko_process import nameko_process
from servers.postgres import Server
from servers.rabbit import Broker

PASSWORD = "correct horse battery"
TIMEOUT_S = 60

SERVE = """
import os
from chassis.green.nameko_ext import container as made
from auth.app import build
from auth.service import AuthService
from auth.settings import Settings
from chassis import settings

def no_peers(service):
    raise AssertionError(f"auth calls nobody, not {service} either")

parts = build(settings.load(Settings), no_peers)
container = made(AuthService, os.environ["AMQP_URI"], parts.door, max_workers=10)
"""


class Auth:
    """auth as those see it who have no more than a nameko client, and a mailbox."""

    def __init__(self, uri: str, variables: Mapping[str, str], admin_url: str) -> None:
        self.uri, self.variables, self.admin_url = uri, variables, admin_url

    def call(self, method: str, /, *args: Any, access: str | None = None, **arguments: Any) -> Any:
        """Call a method as a plain nameko client does."""
        with self.client(access) as auth:
            return getattr(auth, method)(*args, **arguments)

    @contextmanager
    def client(self, access: str | None = None) -> Iterator[Any]:
        """Yield nameko's proxy of the service."""
        config, context = {"AMQP_URI": self.uri}, {"auth_token": access} if access else {}
        with ClusterRpcProxy(config, context_data=context, timeout=TIMEOUT_S) as cluster:
            yield cluster.auth

    def sign_up(self) -> str:
        """Sign up a new person and return their address."""
        address = f"ann-{uuid4().hex[:8]}@example.com"
        self.call("sign_up", name="Ann", email=address, password=PASSWORD)
        return address

    def mailed_token(self, address: str) -> str:
        """Do the jobs that wait, and return the token in that person's last mail."""
        parts = build(settings.load(Settings, self.variables), no_peers)
        worker = Worker(parts.app, parts.kinds)
        while worker.work():
            pass
        parts.app.engine.dispose()
        return mailbox.token(mailbox.mails(Path(self.variables["MAIL_FOLDER"]), address)[-1])

    def signed_in(self) -> str:
        """Return an access token of a new person."""
        address = self.sign_up()
        self.call("verify_email", token=self.mailed_token(address), password=PASSWORD)
        session = self.call("sign_in", email=address, password=PASSWORD)["session_token"]
        token: str = self.call("authenticate", session_token=session)["access_token"]
        return token


def no_peers(service: str) -> Port:
    raise AssertionError(f"auth calls nobody, not {service} either")


@contextmanager
def auth_database(server: Server) -> Iterator[tuple[str, str]]:
    """Yield the URLs of a migrated database: as superuser, as auth's app role."""
    name = f"auth_{uuid4().hex[:8]}"
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(f"create role auth_app login password '{name}'".encode())
        admin.execute(f"create database {name}".encode())
        admin_url = server.admin_url.replace("/postgres?", f"/{name}?")
        migrations.upgrade("auth", admin_url)
        yield admin_url, server.url("auth_app", name, name)
        admin.execute(f"drop database {name} with (force)".encode())
        admin.execute(b"drop role auth_app")


@pytest.fixture(scope="module")
def auth_or_none(
    broker_or_none: Broker | None,
    postgres_server: Server,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Auth | None]:
    if broker_or_none is None:
        yield None
        return
    private, public = new_key_pair()
    with broker_or_none.vhost() as uri, auth_database(postgres_server) as (admin_url, url):
        variables = {
            "DATABASE_URL": url,
            "PUBLIC_KEYS": json.dumps({"1": public}),
            "SIGNING_KEY_ID": "1",
            "SIGNING_KEY": private,
            "SECRET_KEY": "only-for-tests-and-long-enough-so",
            "SECRET_KEYS": new_key(),
            "ENV": "demo",
            "MAIL": "folder",
            "MAIL_FOLDER": str(tmp_path_factory.mktemp("mail")),
            "MAIL_SENDER": "no-reply@ai-studio.example",
            "APP_URL": "https://ai-studio.example",
            "PUBLIC_URL": "https://auth.ai-studio.example",
            "BLOBS": "folder",
            "BLOBS_FOLDER": str(tmp_path_factory.mktemp("blobs")),
            "BLOBS_KEY": "only-for-tests-and-long-enough-too",
            "WORK_FOLDER": str(tmp_path_factory.mktemp("work")),
        }
        with nameko_process(SERVE, variables={**variables, "AMQP_URI": uri}):
            yield Auth(uri, variables, admin_url)
        kombu.pools.reset()  # nameko's clients leave their connections there


@pytest.fixture
def auth(broker: Broker, auth_or_none: Auth | None) -> Auth:
    """auth in a process of its own; this one raises its errors as what they are."""
    assert auth_or_none is not None
    register_errors()
    return auth_or_none


def test_from_sign_up_to_access_over_nameko(auth: Auth) -> None:
    address = auth.sign_up()
    with pytest.raises(Unauthenticated) as refused:
        auth.call("sign_in", email=address, password=PASSWORD)
    assert refused.value.code == "auth.invalid_credentials"
    verified = auth.call("verify_email", token=auth.mailed_token(address), password=PASSWORD)
    assert verified["session_token"]
    session = auth.call("sign_in", email=address, password=PASSWORD)
    access = auth.call("authenticate", session_token=session["session_token"])
    me = auth.call("me", access=access["access_token"])
    assert (me["email"], me["email_verified"]) == (address, True)
    assert me["role"] == "owner"


def test_an_error_arrives_as_what_it_was_with_its_code(auth: Auth) -> None:
    with pytest.raises(Unauthenticated) as missing:
        auth.call("me")
    assert missing.value.code == "chassis.token_required"
    with pytest.raises(Unauthenticated) as forged:
        auth.call("me", access="forged")
    assert forged.value.code == "chassis.token_invalid"
    with pytest.raises(Unauthenticated) as wrong:
        auth.call("sign_in", email="nobody@example.com", password=PASSWORD)
    assert (wrong.value.code, wrong.value.retryable) == ("auth.invalid_credentials", False)
    with pytest.raises(Rejected) as spent:
        auth.call("verify_email", token="unknown", password=PASSWORD)
    spoken = "what was mailed does not go with this, or not any more"
    said = f"auth.token_invalid: {spoken} (request {spent.value.request_id})"
    assert str(spent.value) == said


def test_a_call_that_does_not_fit_is_invalid_and_says_where(auth: Auth) -> None:
    with pytest.raises(Invalid) as unknown:
        auth.call("sign_up", name="Ann", email="x@example.com", password=PASSWORD, shoe_size=40)
    assert unknown.value.code == "chassis.invalid_argument"
    assert list(unknown.value.details["fields"]) == ["shoe_size"]
    with pytest.raises(Invalid) as missing:
        auth.call("sign_up")
    assert sorted(missing.value.details["fields"]) == ["email", "name", "password"]
    with pytest.raises(Invalid, match="by name"):
        auth.call("verify_email", "token")


def test_a_method_that_auth_does_not_have_is_not_found(auth: Auth) -> None:
    with pytest.raises(MethodNotFound, match="sign_everybody_up"):
        auth.call("sign_everybody_up")


def test_a_call_that_waits_for_the_database_does_not_hold_up_others(auth: Auth) -> None:
    token = auth.signed_in()
    with psycopg.connect(auth.admin_url) as locked:
        locked.execute('lock table "user"')
        # if it did, it would be refused before others are answered: it waits 5 s for a lock
        with auth.client(token) as one, auth.client() as other:
            waiting = one.me.call_async()
            assert other.public_keys()["keys"]
            locked.rollback()
            assert waiting.result()["role"] == "owner"
