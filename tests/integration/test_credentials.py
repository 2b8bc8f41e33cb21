"""Passwords changed and reset, addresses moved, codes typed: what was mailed is good once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import bcrypt
import pyotp
import pytest

from auth import admins
from auth.gateways import passwords
from chassis.errors import Invalid, ServiceError
from integration.stages.claimants import PASSWORD, Claimants, claimants, hashes, nobodys
from integration.stages.deaf_services import Person
from servers.postgres import Server

NEW, OTHER = "another long password", "a third long password"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DEAD = "auth.token_invalid"
WRONG = "auth.invalid_credentials"


@pytest.fixture(scope="module")
def auth(postgres_server: Server) -> Iterator[Claimants]:
    with claimants(postgres_server) as made:
        yield made


class Somebody:
    """A person with an account, signed in."""

    def __init__(self, auth: Claimants) -> None:
        self.auth, self.email = auth, nobodys()
        verified = auth.verified(self.email)
        self.user_id, self.session = verified["user_id"], verified["session_token"]

    def call(self, method: str, **arguments: Any) -> Any:
        access = self.auth.call("authenticate", session_token=self.session)["access_token"]
        return self.auth.services.call("auth", method, access, **arguments)

    def code(self, method: str, **arguments: Any) -> str:
        return code(lambda: self.call(method, **arguments))

    def another_session(self, password: str = PASSWORD) -> str:
        started = self.auth.call("sign_in", email=self.email, password=password)
        return str(started["session_token"])

    def reset_link(self) -> str:
        self.auth.call("request_password_reset", email=self.email)
        return self.auth.links(self.email)[-1]


def code(work: Any) -> str:
    try:
        work()
    except ServiceError as refusal:
        return refusal.code
    return "answered"


def lives(auth: Claimants, session: str) -> bool:
    return auth.code("authenticate", session_token=session) == "answered"


def reset(auth: Claimants, token: str, password: str = NEW) -> str:
    return auth.code("reset_password", token=token, new_password=password)


def verified(auth: Claimants, token: str, password: str = PASSWORD) -> str:
    return auth.code("verify_email", token=token, password=password)


@pytest.mark.asvs("6.3.7", "7.4.3")
def test_a_changed_password_ends_the_other_sessions_and_voids_what_was_mailed(
    auth: Claimants,
) -> None:
    kari = Somebody(auth)
    other, link = kari.another_session(), kari.reset_link()

    asked = {"current_password": PASSWORD, "new_password": NEW, "idempotency_key": "mine"}
    changed = kari.call("change_password", **asked)

    assert changed["id"] == kari.user_id
    assert kari.call("change_password", **asked) == changed
    assert lives(auth, kari.session) and not lives(auth, other)
    assert auth.sign_in(kari.email, PASSWORD) == WRONG
    assert auth.sign_in(kari.email, NEW) == "answered"
    assert reset(auth, link, OTHER) == DEAD
    assert auth.mailed(kari.email)[-1] == "Your password was changed"


def test_the_other_sessions_go_on_where_it_is_asked_for(auth: Claimants) -> None:
    kari = Somebody(auth)
    other = kari.another_session()
    kari.call(
        "change_password", current_password=PASSWORD, new_password=NEW, keep_other_sessions=True
    )
    assert lives(auth, kari.session) and lives(auth, other)


@pytest.mark.asvs("6.2.3")
def test_who_does_not_know_the_password_does_not_change_it(auth: Claimants) -> None:
    kari = Somebody(auth)
    assert kari.code("change_password", current_password=OTHER, new_password=NEW) == WRONG
    assert auth.sign_in(kari.email, PASSWORD) == "answered"


@pytest.mark.asvs("6.2.4", "6.2.11")
@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("iloveyou", "auth.password_too_common"),
        ("Kari's Workspace 7", "auth.password_is_context"),
        ("short", "chassis.invalid_argument"),
    ],
)
def test_a_new_password_that_is_tried_first_is_refused_by_its_field(
    auth: Claimants, password: str, refusal: str
) -> None:
    kari = Somebody(auth)
    with pytest.raises(Invalid) as change:
        kari.call("change_password", current_password=PASSWORD, new_password=password)
    with pytest.raises(Invalid) as reset:
        auth.call("reset_password", token=kari.reset_link(), new_password=password)
    for told in (change.value, reset.value):
        assert (told.code, list(told.details["fields"])) == (refusal, ["new_password"])


def test_nobody_signs_up_with_a_password_that_is_tried_first(auth: Claimants) -> None:
    email = nobodys()
    for password in ("12345678", email.partition("@")[0], "kari's workspace"):
        with pytest.raises(Invalid) as told:
            auth.sign_up(email, password)
        assert list(told.value.details["fields"]) == ["password"]
    assert auth.mailed(email) == []


def test_what_a_long_name_calls_its_workspace_is_a_name_of_one(auth: Claimants) -> None:
    email, made = nobodys(), {"name": "K" * 200, "password": PASSWORD}
    auth.call("sign_up", email=email, **made)
    session = auth.verify(auth.links(email)[-1])["session_token"]
    access = auth.call("authenticate", session_token=session)["access_token"]
    name = auth.services.call("auth", "get_workspace", access)["name"]
    assert name.endswith("K's Workspace")
    auth.services.call("auth", "update_workspace", access, name=name)


def test_a_password_that_is_changed_as_it_is_shown_again_shows_nothing(
    auth: Claimants, monkeypatch: pytest.MonkeyPatch
) -> None:
    kari, offload = Somebody(auth), auth.app.offload
    other = Somebody.__new__(Somebody)
    other.auth, other.email, other.session = auth, kari.email, kari.another_session()
    change = {"current_password": PASSWORD, "new_password": NEW, "keep_other_sessions": True}

    def changed_meanwhile(work: Any, *arguments: Any) -> Any:
        found = offload(work, *arguments)
        monkeypatch.undo()
        other.call("change_password", **change)
        return found

    monkeypatch.setattr(auth.app, "offload", changed_meanwhile)
    assert kari.code("reauthenticate", password=PASSWORD) == WRONG
    assert kari.code("reauthenticate", password=NEW) == "answered"


def test_what_is_given_to_who_shows_again_who_they_are_ends_with_their_session(
    auth: Claimants,
) -> None:
    kari, day, began = Somebody(auth), timedelta(days=1), auth.services.now
    for _ in range(4):  # each time renewed, but for thirty days in all
        auth.services.now += 6 * day
        kari.call("me")
    auth.services.now = began + 30 * day - MINUTE
    fresh = kari.call("reauthenticate", password=PASSWORD)
    assert fresh["expires_at"] == (began + 30 * day).isoformat().replace("+00:00", "Z")


def test_a_reset_sets_the_password_and_ends_every_session(auth: Claimants) -> None:
    kari = Somebody(auth)
    first, second = kari.reset_link(), kari.reset_link()

    assert auth.call("reset_password", token=second, new_password=NEW)["user_id"] == kari.user_id

    assert not lives(auth, kari.session)
    assert auth.sign_in(kari.email, PASSWORD) == WRONG
    assert auth.sign_in(kari.email, NEW) == "answered"
    assert [reset(auth, each, OTHER) for each in (first, second)] == [DEAD, DEAD]
    assert auth.mailed(kari.email)[-1] == "Your password was changed"
    assert NEW not in str(auth.rows("select * from jobs")) + str(auth.rows("select * from events"))


def test_a_link_of_an_hour_ago_resets_nothing(auth: Claimants) -> None:
    kari = Somebody(auth)
    link = kari.reset_link()
    auth.services.now += HOUR
    assert reset(auth, link) == DEAD


def test_a_token_of_one_purpose_does_nothing_in_another(auth: Claimants) -> None:
    kari, email = Somebody(auth), nobodys()
    auth.sign_up(email)
    (link,) = auth.links(email)
    assert verified(auth, kari.reset_link()) == DEAD
    assert reset(auth, link) == DEAD
    assert verified(auth, link) == "answered"
    assert reset(auth, link) == DEAD  # nor does a spent one


def test_who_has_forgotten_with_which_password_they_signed_up_resets_it(auth: Claimants) -> None:
    email = nobodys()
    auth.sign_up(email, OTHER, "Stranger")
    made = auth.sign_up(email, PASSWORD)
    strangers, own = auth.links(email)
    auth.call("request_password_reset", email=email)
    *_, link = auth.links(email)

    assert auth.call("reset_password", token=link, new_password=NEW)["user_id"] == made["user_id"]

    assert verified(auth, own, PASSWORD) == verified(auth, strangers, OTHER) == DEAD
    assert [auth.sign_in(email, each) for each in (OTHER, PASSWORD)] == [WRONG, WRONG]
    assert auth.sign_in(email, NEW) == "answered"
    assert auth.rows(f"select 1 from claim where email = '{email}'") == []


@pytest.mark.asvs("6.4.3")
def test_a_reset_never_passes_by_the_second_factor(auth: Claimants) -> None:
    kari = Somebody(auth)
    totp = pyotp.TOTP(kari.call("enable_totp")["secret"])
    recovery, *_ = kari.call("confirm_totp", code=totp.at(auth.services.now))["recovery_codes"]
    asked = {"token": kari.reset_link(), "new_password": NEW}

    assert auth.code("reset_password", **asked) == "auth.code_required"
    assert auth.code("reset_password", **asked, code="000000") == WRONG
    assert auth.sign_in(kari.email, PASSWORD) == "auth.code_required"  # nothing was spent
    assert auth.code("reset_password", **asked, code=recovery) == "answered"
    assert auth.sign_in(kari.email, NEW) == "auth.code_required"


def test_of_two_resets_by_one_link_at_once_one_wins(auth: Claimants) -> None:
    kari = Somebody(auth)
    link, start = kari.reset_link(), Barrier(2)

    def race(password: str) -> str:
        start.wait()
        return reset(auth, link, password)

    with ThreadPoolExecutor(2) as rivals:
        codes = list(rivals.map(race, (NEW, OTHER)))
    assert sorted(codes) == ["answered", DEAD]
    let_in = [auth.sign_in(kari.email, each) == "answered" for each in (NEW, OTHER)]
    assert let_in == [each == "answered" for each in codes]


def test_what_was_mailed_to_who_is_banned_opens_nothing(auth: Claimants) -> None:
    kari = Somebody(auth)
    link = kari.reset_link()
    auth.services.ban(Person(auth.services, kari.email, kari.user_id))
    assert reset(auth, link) == DEAD
    assert reset(auth, kari.reset_link()) == "auth.user_banned"


@pytest.mark.asvs("6.3.7")
def test_an_address_is_moved_by_its_link_and_the_accounts_password(auth: Claimants) -> None:
    kari, wanted = Somebody(auth), f"Kari.{nobodys()}"
    changed = kari.call("change_email", email=wanted)
    assert changed["id"] == kari.user_id
    assert auth.mailed(kari.email)[-1] == "Your account is about to get another e-mail address"
    (link,) = auth.links(wanted)
    lost = kari.reset_link()
    assert verified(auth, link, OTHER) == DEAD

    moved = auth.verify(link)

    assert moved == {"user_id": kari.user_id, "session_token": None, "expires_at": None}
    assert auth.verify(link) == moved
    assert not lives(auth, kari.session)
    assert auth.sign_in(kari.email) == WRONG
    kari.session = auth.call("sign_in", email=wanted.upper(), password=PASSWORD)["session_token"]
    assert (me := kari.call("me"))["email"] == wanted and me["email_verified"]
    assert auth.mailed(kari.email)[-1] == "Your account has another e-mail address"
    assert reset(auth, lost) == DEAD


@pytest.mark.asvs("6.1.1")
def test_with_a_link_too_the_accounts_password_is_guessed_no_faster(auth: Claimants) -> None:
    kari, wanted, email = Somebody(auth), nobodys(), nobodys()
    kari.call("change_email", email=wanted)
    (moving,) = auth.links(wanted)
    auth.verified(email)
    (spent,) = auth.links(email)
    for link, address in ((moving, kari.email), (spent, email)):
        assert [verified(auth, link, OTHER) for _ in range(5)] == [DEAD] * 5
        with hashes() as computed:
            assert verified(auth, link) == auth.sign_in(address) == "auth.too_many_attempts"
        assert computed == []
        auth.services.now += timedelta(seconds=2)
        assert verified(auth, link) == "answered"
        assert verified(auth, link, OTHER) == DEAD  # it began anew


ATTIC = {"ip": "192.0.2.7", "user_agent": "Firefox"}


@pytest.mark.asvs("6.3.5", "6.3.7")
def test_what_was_done_is_told_to_the_address_of_then_though_it_is_another_by_now(
    auth: Claimants,
) -> None:
    kari, wanted = Somebody(auth), nobodys()
    before = auth.mailed(kari.email)
    kari.call("change_email", email=wanted)
    (link,) = auth.links(wanted)
    started = auth.call("sign_in", email=kari.email, password=PASSWORD, **ATTIC)
    kari.session = started["session_token"]
    secret = kari.call("enable_totp")["secret"]
    kari.call("confirm_totp", code=pyotp.TOTP(secret).at(auth.services.now))
    kari.call("sign_out")
    auth.verify(link)  # and only now the mails go out

    assert auth.mailed(kari.email)[len(before) :] == [
        "Your account is about to get another e-mail address",
        "A new sign-in to your account",
        "Your second factor is on",
        "Your account has another e-mail address",
    ]
    assert auth.mailed(wanted) == ["Confirm your new e-mail address"]
    seen = auth.texts(kari.email, "A new sign-in to your account")
    assert all("192.0.2.7" in each and "Firefox" in each for each in seen)
    waiting = f"select 1 from personal where subject_id = '{kari.user_id}' and value = 'Firefox'"
    assert auth.rows(waiting) == []  # once they are sent


def test_an_address_asked_for_later_is_the_one_that_is_taken(auth: Claimants) -> None:
    kari, first, second = Somebody(auth), nobodys(), nobodys()
    links = []
    for each in (first, second):
        kari.call("change_email", email=each)
        links += auth.links(each)
    assert verified(auth, links[0]) == DEAD
    assert verified(auth, links[1]) == "answered"
    assert auth.sign_in(second) == "answered"


def test_somebodys_address_is_answered_alike_and_never_taken(auth: Claimants) -> None:
    kari, ola, wanted = Somebody(auth), Somebody(auth), nobodys()
    before = auth.mailed(ola.email)
    assert list(kari.call("change_email", email=ola.email)) == ["id", "version"]
    assert auth.mailed(ola.email) == before

    kari.call("change_email", email=wanted)
    (link,) = auth.links(wanted)
    auth.verified(wanted, OTHER)  # somebody else shows that it is theirs
    assert verified(auth, link) == DEAD

    kari.call("change_email", email=(wanted := nobodys()))
    admins.create_system_admin(auth.app, wanted, OTHER)  # before the mail goes out
    (late,) = auth.links(wanted)
    assert verified(auth, late) == DEAD
    assert auth.sign_in(kari.email) == "answered"


def test_two_who_want_each_others_address_keep_their_own(auth: Claimants) -> None:
    kari, ola = Somebody(auth), Somebody(auth)
    kari.call("change_email", email=ola.email)
    ola.call("change_email", email=kari.email)
    assert [kari.call("me")["email"], ola.call("me")["email"]] == [kari.email, ola.email]


def test_the_code_beside_the_link_verifies_once(auth: Claimants) -> None:
    email = nobodys()
    auth.sign_up(email)
    (typed,) = auth.codes(email)
    proof = {"email": email.upper(), "code": typed}
    assert auth.code("verify_email", password=OTHER, **proof) == DEAD
    first = auth.call("verify_email", password=PASSWORD, **proof)
    again = auth.call("verify_email", password=PASSWORD, **proof)
    assert first["session_token"]
    assert again == {"user_id": first["user_id"], "session_token": None, "expires_at": None}
    assert verified(auth, auth.links(email)[0]) == DEAD  # not the very one that was spent


@pytest.mark.asvs("6.5.5")
def test_a_code_is_void_after_ten_minutes(auth: Claimants) -> None:
    email = nobodys()
    auth.sign_up(email)
    (typed,) = auth.codes(email)
    auth.services.now += 10 * MINUTE
    proof = {"email": email, "code": typed, "password": PASSWORD}
    assert auth.code("verify_email", **proof) == DEAD


def test_a_code_is_void_after_five_wrong_tries(auth: Claimants) -> None:
    email = nobodys()
    auth.sign_up(email)
    (typed,) = auth.codes(email)
    wrong = f"{(int(typed) + 1) % 1_000_000:06}"
    for _ in range(5):
        assert auth.code("verify_email", email=email, code=wrong, password=PASSWORD) == DEAD
    proof = {"email": email, "code": typed, "password": PASSWORD}
    assert auth.code("verify_email", **proof) == "auth.too_many_attempts"
    auth.services.now += timedelta(seconds=2)
    assert auth.code("verify_email", **proof) == DEAD
    assert verified(auth, auth.links(email)[0]) == "answered"  # its link is another thing


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"email": "kari@example.com"},
        {"code": "123456"},
        {"token": "guessed", "email": "kari@example.com", "code": "123456"},
    ],
)
def test_an_address_is_verified_by_a_token_or_by_a_code(
    auth: Claimants, proof: dict[str, str]
) -> None:
    assert auth.code("verify_email", password=PASSWORD, **proof) == "chassis.invalid_argument"
    assert auth.code("verify_email", token="guessed") == "chassis.invalid_argument"


def test_another_mail_is_sent_to_who_asks_for_it(auth: Claimants) -> None:
    email = nobodys()
    auth.sign_up(email)
    assert auth.call("resend_verification", email=email) == {}
    first, second = auth.links(email)
    assert verified(auth, second) == "answered"
    before = auth.mailed(email)
    for whose in (email, nobodys()):
        assert auth.call("resend_verification", email=whose) == {}
        assert auth.mailed(whose) == (before if whose == email else [])


def test_an_admin_made_on_the_host_chooses_a_password_by_a_link_of_a_day(auth: Claimants) -> None:
    email, late = nobodys(), nobodys()
    user_id, token = admins.invite_system_admin(auth.app, email.upper())
    assert auth.sign_in(email, "") == WRONG
    assert auth.call("reset_password", token=token, new_password=NEW)["user_id"] == str(user_id)
    assert auth.sign_in(email, NEW) == "answered"
    assert reset(auth, token) == DEAD
    _, token = admins.invite_system_admin(auth.app, late)
    auth.services.now += 24 * HOUR
    assert reset(auth, token) == DEAD


@pytest.mark.asvs("6.2.8")
def test_an_old_hash_signs_in_and_is_argon2_of_the_whole_password_afterwards(
    auth: Claimants,
) -> None:
    long = "x" * 72
    # htpasswd -nbB -C 4 kari "$(python3 -c "print('x' * 72 + 'one')")"
    old = "$2y$04$aCfkUP4owuFFza.37192seMXJKh1cjEzfaqkajk71d3i89IhSP.MK"
    kari = Somebody(auth)
    mine = f"where user_id = '{kari.user_id}'"
    auth.services.run("auth", f"update account set password = '{old}' {mine}")
    ((before,),) = auth.rows(f"select updated_at from account {mine}")
    auth.services.now += MINUTE

    assert auth.sign_in(kari.email, f"{long}one") == "answered"

    ((hashed, after),) = auth.rows(f"select password, updated_at from account {mine}")
    assert hashed.startswith("$argon2id$") and after > before
    assert auth.sign_in(kari.email, f"{long}two") == WRONG
    assert auth.sign_in(kari.email, f"{long}one") == "answered"


def test_an_old_hash_that_is_reset_while_somebody_signs_in_by_it_lets_nobody_in(
    auth: Claimants, monkeypatch: pytest.MonkeyPatch
) -> None:
    kari = Somebody(auth)
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    mine = f"where user_id = '{kari.user_id}'"
    auth.services.run("auth", f"update account set password = '{old}' {mine}")
    link, offload = kari.reset_link(), auth.app.offload

    def before_it_is_kept(work: Any, *arguments: Any) -> Any:
        if (work, arguments) == (passwords.hashed, (PASSWORD,)):
            monkeypatch.undo()
            assert reset(auth, link) == "answered"
        return offload(work, *arguments)

    monkeypatch.setattr(auth.app, "offload", before_it_is_kept)
    assert auth.sign_in(kari.email, PASSWORD) == WRONG
    assert auth.app.offload is offload
    assert auth.sign_in(kari.email, NEW) == "answered"


def test_a_profile_changes_as_far_as_it_is_named(auth: Claimants) -> None:
    kari = Somebody(auth)
    image = "https://cdn.example/kari.png"
    changed = kari.call("update_profile", name="Kari Nordmann", image=image)
    assert kari.call("update_profile", name="Kari Nordmann") == changed  # nothing new
    kari.call("update_profile", name="K. Nordmann")
    assert {"name": "K. Nordmann", "image": image}.items() <= kari.call("me").items()
    kari.call("update_profile", image=None)
    assert kari.call("me")["image"] is None
    assert "Nordmann" not in str(auth.rows("select data from events"))
    for wrong in ({"name": "Kari\nLie"}, {"image": "http://cdn.example/kari.png"}):
        assert kari.code("update_profile", **wrong) == "chassis.invalid_argument"
