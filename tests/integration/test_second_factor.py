"""The second factor: enrolled, asked for, guessed at, lost; and what an admin may without one."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher

from auth.gateways import authenticator, passwords
from auth.secret_keys import SecretKeys, new_key
from chassis.errors import RateLimited, ServiceError
from integration.stages.deaf_services import PASSWORD, Browser, Person, Services
from servers.postgres import Server

STEP, AT = timedelta(seconds=30), datetime(2026, 3, 1, 12, 0, 15, tzinfo=UTC)
NO_CODE, WRONG = "auth.code_required", "auth.invalid_credentials"
TOO_MANY = "auth.too_many_attempts"


@pytest.fixture(scope="module")
def services(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with ExitStack() as ending, pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", quick)
        yield Services(postgres_server, tmp_path_factory.mktemp("factor"), ending, ("auth",))


class Enrolled:
    """Somebody with an authenticator, which is another's."""

    def __init__(self, services: Services, person: Person) -> None:
        self.services, self.person = services, person
        self.browser = person.signed_in()
        drawn = self.call("enable_totp")
        self.secret = drawn["secret"]
        self.totp = pyotp.parse_uri(drawn["otpauth_uri"])
        self.codes = self.call("confirm_totp", code=self.code())["recovery_codes"]

    def code(self) -> str:
        """Return what the authenticator shows in the next half minute."""
        self.services.now += STEP
        assert isinstance(self.totp, pyotp.TOTP)
        return self.totp.at(self.services.now)

    def call(self, method: str, **asked: Any) -> Any:
        return self.services.call("auth", method, self.browser.access(), **asked)

    def sign_in(self, **more: Any) -> Any:
        given = {"email": self.person.email, "password": PASSWORD, **more}
        return self.services.call("auth", "sign_in", None, **given)


@pytest.fixture
def enrolled(services: Services) -> Enrolled:
    return Enrolled(services, services.somebody())


def refused(call: Callable[..., Any], *args: Any, **asked: Any) -> str | None:
    """Return the code that a call is refused with, None for one that is answered."""
    try:
        call(*args, **asked)
    except ServiceError as refusal:
        return refusal.code
    return None


def row(services: Services, person: Person) -> Any:
    (found,) = services.run(
        "auth", f"select totp_enabled from \"user\" where id = '{person.user_id}'"
    )
    return found[0]


@pytest.mark.skipif(shutil.which("oathtool") is None, reason="oathtool is not installed")
def test_oathtool_shows_what_is_taken_here() -> None:
    secret = authenticator.new_secret()
    asked = ["oathtool", "--totp", "--base32", "--now", f"{AT:%Y-%m-%d %H:%M:%S UTC}", secret]
    shown = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    assert shown == authenticator.code_at(secret, AT)


def test_nothing_is_asked_before_a_code_was_shown_and_each_secret_takes_the_others_place(
    services: Services,
) -> None:
    person = services.somebody()
    token = person.signed_in().access()
    first, second = (services.call("auth", "enable_totp", token) for _ in range(2))
    assert first["secret"] != second["secret"]
    assert services.call("auth", "me", token)["totp_enabled"] is False
    assert refused(person.signed_in) is None
    confirm = partial(services.call, "auth", "confirm_totp", token)
    assert refused(confirm, code=pyotp.TOTP(first["secret"]).at(services.now)) == WRONG
    assert refused(confirm, code=pyotp.TOTP(second["secret"]).at(services.now)) is None
    assert services.call("auth", "me", token)["totp_enabled"] is True
    assert row(services, person) is True


@pytest.mark.asvs("6.3.3")
def test_a_sign_in_takes_the_code_after_the_password_and_no_other_way(enrolled: Enrolled) -> None:
    assert refused(enrolled.sign_in) == NO_CODE
    assert refused(enrolled.sign_in, password="another-one") == WRONG  # who knows none learns none
    assert refused(enrolled.sign_in, password="another-one", code=enrolled.code()) == WRONG
    assert refused(enrolled.sign_in, code="000000") == WRONG
    assert refused(enrolled.sign_in, code=enrolled.code()) is None


def test_a_right_password_without_a_code_is_no_wrong_try(enrolled: Enrolled) -> None:
    assert refused(enrolled.sign_in, password="another-one") == WRONG
    for _ in range(6):
        assert refused(enrolled.sign_in) == NO_CODE
        assert refused(enrolled.call, "reauthenticate", password=PASSWORD) == NO_CODE
    for _ in range(4):
        assert refused(enrolled.sign_in, password="another-one") == WRONG
    assert refused(enrolled.sign_in) == TOO_MANY


@pytest.mark.asvs("6.5.1")
def test_a_code_is_taken_once_be_it_tried_by_many_at_once(enrolled: Enrolled) -> None:
    code = enrolled.code()
    with ThreadPoolExecutor(4) as threads:
        tries = [threads.submit(refused, enrolled.sign_in, code=code) for _ in range(4)]
        found = [each.result() for each in tries]
    assert (found.count(None), found.count(WRONG)) == (1, 3)


def test_an_earlier_code_than_the_last_is_none_any_more(enrolled: Enrolled) -> None:
    earlier, later = enrolled.code(), enrolled.code()
    assert refused(enrolled.sign_in, code=later) is None
    assert refused(enrolled.sign_in, code=earlier) == WRONG


@pytest.mark.asvs("6.5.1")
def test_each_recovery_code_leads_in_once(enrolled: Enrolled) -> None:
    assert len(set(enrolled.codes)) == 10
    first, second = enrolled.codes[:2]
    assert refused(enrolled.sign_in, code=first) is None
    assert refused(enrolled.sign_in, code=first) == WRONG
    assert refused(enrolled.sign_in, code=second.upper().replace("-", " ")) is None


def test_new_recovery_codes_take_the_authenticator_and_end_the_old_ones(
    services: Services, enrolled: Enrolled
) -> None:
    assert refused(enrolled.call, "new_recovery_codes", code=enrolled.codes[0]) == WRONG
    renewed = enrolled.call("new_recovery_codes", code=enrolled.code())["recovery_codes"]
    assert len(set(renewed) | set(enrolled.codes)) == 20
    assert refused(enrolled.sign_in, code=enrolled.codes[0]) == WRONG
    assert refused(enrolled.sign_in, code=renewed[0]) is None
    nobody = services.somebody().signed_in().access()
    renew = partial(services.call, "auth", "new_recovery_codes", nobody, code="000000")
    assert refused(renew) == "auth.totp_not_enabled"


def test_five_codes_are_tried_in_five_minutes_and_the_sixth_waits_right_or_wrong(
    services: Services, enrolled: Enrolled
) -> None:
    right = enrolled.code()
    with ThreadPoolExecutor(4) as threads:
        wrong = partial(refused, enrolled.sign_in, code="000000")
        # from everywhere: it is not the address's tries that count here
        tries = [threads.submit(wrong, ip=f"192.0.2.{number}") for number in range(12)]
        found = [each.result() for each in tries]
    assert found.count(WRONG) == 5
    assert found.count(TOO_MANY) == 7
    with pytest.raises(RateLimited) as refusal:
        enrolled.sign_in(code=right)
    assert refusal.value.retry_after_s and 0 < refusal.value.retry_after_s <= 300
    services.now += timedelta(seconds=refusal.value.retry_after_s)
    assert refused(enrolled.sign_in, code=enrolled.code()) is None
    assert refused(enrolled.sign_in, code="000000") == WRONG  # what was right has ended the count


def told(services: Services, person: Person) -> list[str]:
    """Return what somebody is mailed of their second factor."""
    of_it = (
        f"kind = 'mail' and args ->> 'template' = 'totp_changed' and subject = '{person.user_id}'"
    )
    return sorted(
        how for (how,) in services.run("auth", f"select args ->> 'how' from jobs where {of_it}")
    )


@pytest.mark.asvs("6.3.7")
def test_switched_off_by_a_code_nothing_is_asked_any_more(
    services: Services, enrolled: Enrolled
) -> None:
    assert refused(enrolled.call, "enable_totp") == "auth.totp_enabled"
    assert refused(enrolled.call, "disable_totp", code="000000") == WRONG
    assert refused(enrolled.call, "disable_totp", code=enrolled.codes[0]) is None
    assert refused(enrolled.sign_in) is None
    assert refused(enrolled.call, "disable_totp", code="000000") == "auth.totp_not_enabled"
    of_theirs = f"where user_id = '{enrolled.person.user_id}'"
    assert told(services, enrolled.person) == ["off", "on"]
    for table in ("totp", "recovery_code"):
        assert services.run("auth", f"select user_id from {table} {of_theirs}") == []


def test_a_system_admin_takes_it_from_who_has_lost_it(
    services: Services, enrolled: Enrolled
) -> None:
    admin = services.admin.signed_in().access()
    about: dict[str, Any] = {"user_id": enrolled.person.user_id}
    reset = partial(services.call, "auth", "reset_totp", admin, reason="lost telephone", **about)
    assert refused(enrolled.call, "reset_totp", reason="mine", **about) == "chassis.not_allowed"
    assert refused(reset) is None
    assert refused(enrolled.sign_in) is None
    assert refused(enrolled.sign_in, code=enrolled.codes[0]) is None  # none is asked for
    assert refused(reset) == "auth.totp_not_enabled"
    reasons = services.run(
        "auth",
        "select value from personal where field = 'totp_reset_reason'"
        f" and subject_id = '{enrolled.person.user_id}'",
    )
    assert reasons == [("lost telephone",)]
    assert told(services, enrolled.person) == ["by_admin", "on"]


def test_what_changes_the_second_factor_asks_who_one_is_after_ten_minutes(
    services: Services, enrolled: Enrolled
) -> None:
    services.now += timedelta(minutes=11)
    stale = "auth.reauthentication_required"
    assert refused(enrolled.call, "enable_totp") == stale
    assert refused(enrolled.call, "disable_totp", code=enrolled.code()) == stale
    assert refused(enrolled.call, "new_recovery_codes", code=enrolled.code()) == stale
    assert refused(enrolled.call, "reauthenticate", password=PASSWORD) == NO_CODE
    assert refused(enrolled.call, "reauthenticate", password="another", code="000000") == WRONG
    again = enrolled.call("reauthenticate", password=PASSWORD, code=enrolled.code())
    renew = partial(services.call, "auth", "new_recovery_codes", again["access_token"])
    assert refused(renew, code=enrolled.code()) is None


def claims_of(services: Services, token: str) -> Any:
    return services.parts["auth"].door.tokens.actor(token, services.now)


def test_a_token_says_since_when_and_by_what_to_the_microsecond(
    services: Services, enrolled: Enrolled
) -> None:
    services.now += timedelta(microseconds=123_457)
    code = enrolled.code()
    started, at = enrolled.sign_in(code=code), services.now
    browser = Browser(services, started["session_id"], started["session_token"])
    services.now += timedelta(seconds=70, microseconds=1)
    actor = claims_of(services, browser.access())
    assert (actor.authenticated_at, actor.amr) == (at, ("pwd", "otp"))
    again = services.call(
        "auth", "reauthenticate", browser.access(), password=PASSWORD, code=enrolled.code()
    )
    for token in (again["access_token"], browser.access()):
        assert claims_of(services, token).authenticated_at == services.now
    assert claims_of(services, services.somebody().signed_in().access()).amr == ("pwd",)


def test_a_secret_lies_encrypted_and_is_read_under_a_newer_key(
    services: Services, enrolled: Enrolled
) -> None:
    query = f"select secret from totp where user_id = '{enrolled.person.user_id}'"
    ((sealed,),) = services.run("auth", query)
    assert enrolled.secret not in sealed
    parts = services.parts["auth"]
    old = services.keys["secret_keys"][0]
    tools = replace(parts.door.tools, keys=SecretKeys(f"{new_key()},{old}"))
    newer = replace(parts, door=replace(parts.door, tools=tools))
    sign_in = partial(services.call, "auth", "sign_in", None, parts=newer)
    given = {"email": enrolled.person.email, "password": PASSWORD, "code": enrolled.code()}
    assert refused(sign_in, **given) is None


@pytest.mark.asvs("6.3.3")
def test_where_admins_need_a_code_one_without_may_enrol_and_nothing_else(
    services: Services,
) -> None:
    parts = services.parts["auth"]
    tools = replace(parts.door.tools, admins_need_a_code=True)
    strict = replace(parts, door=replace(parts.door, tools=tools))
    call = partial(services.call, "auth", parts=strict)
    admin, person = services.system_admin(), services.somebody()
    started = call("sign_in", None, email=admin.email, password=PASSWORD)

    def access() -> str:
        token: str = call("authenticate", None, session_token=started["session_token"])[
            "access_token"
        ]
        return token

    for method, asked in (
        ("ban_user", {"user_id": person.user_id, "reason": "fraud"}),
        ("end_sessions", {"user_id": person.user_id, "reason": "fraud"}),
        ("list_users", {}),
        ("reset_totp", {"user_id": person.user_id, "reason": "lost"}),
    ):
        assert refused(call, method, access(), **asked) == "chassis.not_allowed"
    assert call("me", access())["is_system_admin"] is True
    totp = pyotp.TOTP(call("enable_totp", access())["secret"])
    call("confirm_totp", access(), code=totp.at(services.now))
    assert refused(call, "list_users", access()) == "chassis.not_allowed"
    services.now += STEP
    again = call("reauthenticate", access(), password=PASSWORD, code=totp.at(services.now))
    ban = {"user_id": person.user_id, "reason": "fraud"}
    assert refused(call, "ban_user", again["access_token"], **ban) is None
    assert refused(call, "unban_user", access(), user_id=person.user_id) is None
