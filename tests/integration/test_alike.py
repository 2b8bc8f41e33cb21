"""A known address and an unknown one are alike: in statements, in codes, in how often we mail."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event

from integration.stages.claimants import PASSWORD, Claimants, claimants, hashes, nobodys
from servers.postgres import Server

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def auth(postgres_server: Server) -> Iterator[Claimants]:
    with claimants(postgres_server) as made:
        yield made


@pytest.fixture(scope="module")
def addresses(auth: Claimants) -> dict[str, str]:
    """Return an address of each kind; nobody's is one no more once somebody has signed up."""
    found = {"claimed": nobodys(), "somebody's": nobodys()}
    auth.sign_up(found["claimed"])
    auth.verified(found["somebody's"])
    return found


@contextmanager
def recorded(engine: Engine) -> Iterator[list[str]]:
    """Yield what this process sends to the database from here on, statements and commits."""
    sent: list[str] = []

    class Recording(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **options: Any) -> Any:
            sent.append(str(query))
            return super().execute(query, *args, **options)

    def checked_out(connection: Any, *_: Any) -> None:
        connection.cursor_factory = Recording

    def returned(connection: Any, *_: Any) -> None:
        connection.cursor_factory = psycopg.Cursor

    def committed(connection: Any) -> None:
        sent.append("commit")

    hooks = {"checkout": checked_out, "checkin": returned, "commit": committed}
    for name, hook in hooks.items():
        event.listen(engine, name, hook)
    try:
        yield sent
    finally:
        for name, hook in hooks.items():
            event.remove(engine, name, hook)


@pytest.mark.asvs("6.3.8")
@pytest.mark.parametrize(
    ("method", "more", "computed"),
    [
        ("sign_up", {"name": "Kari", "password": "wrong to sign up"}, 1),
        ("sign_in", {"password": "wrong to sign in"}, 1),
        ("verify_email", {"code": "123456", "password": "wrong to verify"}, 1),
        ("request_password_reset", {}, 0),
        ("resend_verification", {}, 0),
    ],
)
def test_the_same_statements_and_commits_whosever_the_address_is(
    auth: Claimants, addresses: dict[str, str], method: str, more: dict[str, str], computed: int
) -> None:
    sent, replies = {}, {}
    auth.services.now += HOUR  # else there were too many mails
    for whose, email in {**addresses, "nobody's": nobodys()}.items():
        with recorded(auth.app.engine) as sent[whose], hashes() as made:
            replies[whose] = auth.told(method, email=email, **more)
        assert len(made) == computed
    assert len(sent["nobody's"]) > 4
    assert "commit" in sent["nobody's"]
    assert sent["nobody's"] == sent["claimed"] == sent["somebody's"]
    assert replies["nobody's"] == replies["claimed"] == replies["somebody's"]


@pytest.mark.parametrize("good", [True, False])
def test_a_reset_computes_one_hash_whether_its_link_is_good_or_not(
    auth: Claimants, good: bool
) -> None:
    auth.verified(email := nobodys())
    auth.call("request_password_reset", email=email)
    token = auth.links(email)[-1] if good else "guessed"
    with hashes() as made:
        auth.code("reset_password", token=token, new_password="another long password")
    assert made == ["made"]


STRANGER = {"name": "Eve", "password": "the stranger's own"}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "sign up": ("sign_up", STRANGER),
    "sign up by a key": ("sign_up", {**STRANGER, "idempotency_key": "k"}),
    "sign up as new": ("sign_up", {**STRANGER, "expected_version": 0}),
    "sign in": ("sign_in", {"password": STRANGER["password"]}),
    "verify": ("verify_email", {"token": "guessed", "password": STRANGER["password"]}),
}
MAILING: dict[str, tuple[str, dict[str, Any]]] = {
    "verify by a code": ("verify_email", {"code": "123456", "password": STRANGER["password"]}),
    "reset": ("request_password_reset", {}),
    "resend": ("resend_verification", {}),
}


@pytest.mark.asvs("6.3.8")
def test_no_code_of_two_calls_tells_whose_an_address_is(
    auth: Claimants, addresses: dict[str, str]
) -> None:
    after_a_mail = product(MAILING, ("sign up", "sign in"))
    for pair in (*product(CALLS, CALLS), *after_a_mail):
        codes = {}
        auth.services.now += HOUR / 4  # else there were too many tries
        for whose, email in {**addresses, "nobody's": nobodys()}.items():
            codes[whose] = [_code(auth, *{**CALLS, **MAILING}[each], email) for each in pair]
        assert codes["nobody's"] == codes["claimed"] == codes["somebody's"], pair


def _code(auth: Claimants, method: str, arguments: dict[str, Any], email: str) -> str:
    about = {} if "token" in arguments else {"email": email}
    return auth.code(method, **about, **arguments)


@pytest.mark.parametrize("whose", ["nobody's", "somebody's"])
def test_an_address_is_mailed_to_three_times_an_hour_and_ten_times_a_day(
    auth: Claimants, whose: str
) -> None:
    email, before = nobodys(), 0
    if whose == "somebody's":
        auth.verified(email)
        before = 1
    for hour, most in enumerate((3, 6, 9, 10, 10)):
        for _ in range(4):
            reply = auth.sign_up(email)
            assert (sorted(reply), reply["version"]) == (["user_id", "version", "workspace_id"], 1)
        assert len(auth.mailed(email)) - before == most, hour
        auth.services.now += HOUR
    auth.services.now += 20 * HOUR
    auth.sign_up(email)
    assert len(auth.mailed(email)) - before == 11


def test_one_template_leaves_another_its_mails(auth: Claimants) -> None:
    email = nobodys()
    for _ in range(4):
        auth.sign_up(email)
    auth.verify(auth.links(email)[0])
    auth.sign_up(email)
    assert auth.mailed(email)[-1] == "Somebody tried to sign up with your address"


def test_many_sign_ups_at_once_count_as_many(auth: Claimants) -> None:
    email = nobodys()
    with ThreadPoolExecutor(8) as rivals:
        list(rivals.map(auth.sign_up, [email] * 8))
    assert len(auth.mailed(email)) == 3
    assert len(auth.rows(f"select 1 from claim where email = '{email}'")) == 5


def test_what_is_counted_says_nothing_of_the_address(auth: Claimants) -> None:
    email = nobodys()
    auth.sign_up(email)
    assert auth.sign_in(email, PASSWORD) == "auth.invalid_credentials"
    (row,) = auth.rows("select * from mailed order by updated_at desc limit 1")
    assert email not in str(row)
