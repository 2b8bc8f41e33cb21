"""What auth's door lets in, and the form that it gives what was written."""

from datetime import UTC, datetime
from typing import Any

import pytest

from auth.schemas import RULES
from chassis.asked import Asked, given
from chassis.codec import load_with
from chassis.errors import Invalid
from chassis.marshalling import request
from contracts.auth.accounts import SignIn, SignUp
from contracts.auth.bans import BanUser
from contracts.auth.sessions import ListSessions
from contracts.auth.workspaces import UpdateWorkspace

ADDRESS = {"street": "Storgata 1", "postal_code": "0155", "city": "Oslo"}
ACCOUNT = {"name": "Kari", "email": "kari@example.com", "password": "only-for-tests"}
BAN = {"user_id": "00000000-0000-0000-0000-000000000001", "reason": "fraud"}


def let_in(asked: type[Asked[Any]], **arguments: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = load_with(request(asked, RULES[asked]), arguments)
    return loaded


def refused(asked: type[Asked[Any]], **arguments: Any) -> dict[str, Any]:
    with pytest.raises(Invalid) as refusal:
        let_in(asked, **arguments)
    fields: dict[str, Any] = refusal.value.details["fields"]
    return fields


def changes(**arguments: Any) -> dict[str, Any]:
    """Return what a request would change of a workspace."""
    changed = given(UpdateWorkspace(**let_in(UpdateWorkspace, **arguments)))
    assert changed.pop("workspace_id") is None  # one's own
    return changed


def test_a_legal_name_and_an_address_are_taken() -> None:
    changed = changes(legal_name="Eksempel Bolig AS", billing_address=ADDRESS)
    assert changed["legal_name"] == "Eksempel Bolig AS"
    assert changed["billing_address"].country == "NO"


def test_what_is_not_named_stays_as_it_is() -> None:
    assert changes() == {}
    assert changes(name="Eksempel") == {"name": "Eksempel"}


def test_what_may_be_empty_may_be_null() -> None:
    empty = dict.fromkeys(
        [
            "organization_number",
            "legal_name",
            "billing_address",
            "invoice_email",
            "invoice_reference",
            "contact_email",
            "contact_person",
        ]
    )
    assert changes(**empty) == empty


def test_a_workspace_has_a_name_always() -> None:
    assert refused(UpdateWorkspace, name=None) == {"name": ["Field may not be null."]}


@pytest.mark.parametrize("field", ["name", "legal_name", "contact_person"])
def test_a_blank_name_is_no_name(field: str) -> None:
    assert list(refused(UpdateWorkspace, **{field: " \t"})) == [field]


@pytest.mark.parametrize("written", ["974760673", "974 760 673", "NO 974 760 673 MVA"])
def test_an_organisation_number_arrives_as_nine_digits(written: str) -> None:
    assert changes(organization_number=written) == {"organization_number": "974760673"}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("organization_number", "974760674"),
        ("organization_number", 974760673),
        ("invoice_email", "nobody"),
        ("contact_email", ""),
        ("invoice_reference", "x" * 101),
    ],
)
def test_a_detail_that_cannot_be_is_refused_by_name(field: str, wrong: Any) -> None:
    assert list(refused(UpdateWorkspace, **{field: wrong})) == [field]


@pytest.mark.parametrize(
    "wrong",
    [{"street": " "}, {"city": "x" * 101}, {"postal_code": ""}, {"country": "Norge"}],
)
def test_an_address_that_fits_on_no_document_is_refused(wrong: dict[str, Any]) -> None:
    (faults,) = refused(UpdateWorkspace, billing_address={**ADDRESS, **wrong})["billing_address"]
    assert list(faults) == list(wrong)


def test_an_address_of_a_workspace_is_kept_as_a_persons_is() -> None:
    assert changes(invoice_email="Faktura@Example.com")["invoice_email"] == "Faktura@example.com"


@pytest.mark.parametrize(
    ("written", "kept", "folded"),
    [
        ("Kari@Example.COM", "Kari@example.com", "kari@example.com"),
        (" kari@example.com\n", "kari@example.com", "kari@example.com"),
        ("weiß@example.com", "weiß@example.com", "weiss@example.com"),
        ("weiss@Straße.de", "weiss@straße.de", "weiss@xn--strae-oqa.de"),
        ("kari@BLÅBÆR.no", "kari@blåbær.no", "kari@xn--blbr-roah.no"),
        ("kari@xn--blbr-roah.no", "kari@blåbær.no", "kari@xn--blbr-roah.no"),
        ("a\u030asa@example.com", "åsa@example.com", "åsa@example.com"),
        ("ÅSA@example.com", "ÅSA@example.com", "åsa@example.com"),
    ],
)
def test_an_address_is_kept_as_it_was_written_and_told_apart_by_its_folded_form(
    written: str, kept: str, folded: str
) -> None:
    signing_up = let_in(SignUp, **{**ACCOUNT, "email": written})
    signing_in = let_in(SignIn, email=written, password=ACCOUNT["password"])
    assert (signing_up["email"], signing_in["email"]) == (kept, folded)


@pytest.mark.parametrize(
    "written",
    [
        "ｋari@example.com",  # what NFKC would change
        "ﬁn@example.com",
        "kari@ｅxample.com",
        "kari＠example.com",
        "ka\u202eri@example.com",
        "ka\u200bri@example.com",
        "ka\x00ri@example.com",
        '"kari lie"@example.com',
        "=?utf-8?q?kari?=@[192.0.2.1]",
        f"{'k' * 64}@{'d' * 60}.{'d' * 60}.{'d' * 60}.{'d' * 4}.no",  # 255 characters
        "k" * 1_000_000,
    ],
)
def test_an_address_that_could_pass_for_another_or_is_none_is_refused(written: str) -> None:
    assert list(refused(SignUp, **{**ACCOUNT, "email": written})) == ["email"]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", " "),
        ("email", "kari@"),
        ("email", None),
        ("password", "x" * 7),
        ("password", "x" * 129),
    ],
)
def test_an_account_that_cannot_be_is_refused_by_name(field: str, wrong: Any) -> None:
    assert list(refused(SignUp, **{**ACCOUNT, field: wrong})) == [field]


def test_who_signs_in_is_not_told_what_an_address_or_a_password_is_like() -> None:
    assert let_in(SignIn, email="nobody", password="")["email"] == "nobody"


def test_a_ban_ends_in_a_year_that_every_zone_can_write() -> None:
    last = datetime(9999, 1, 1, tzinfo=UTC)
    assert let_in(BanUser, **BAN, expires_at="9999-01-01T00:00:00Z")["expires_at"] == last
    assert list(refused(BanUser, **BAN, expires_at="9999-01-01T00:00:01Z")) == ["expires_at"]


@pytest.mark.parametrize("wrong", ["", "x" * 501])
def test_what_is_no_cursor_by_its_length_is_refused_at_the_door(wrong: str) -> None:
    assert list(refused(ListSessions, cursor=wrong)) == ["cursor"]
