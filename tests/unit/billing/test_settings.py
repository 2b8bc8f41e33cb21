"""The seller must be one that may send invoices, and everything wrong is said at once."""

import json

import pytest

from billing import app as billing
from billing.settings import Settings
from chassis import settings
from chassis.door.tokens import new_key_pair
from chassis.port import Port
from chassis.settings import Misconfigured

RIGHT = {
    "DATABASE_URL": "postgresql://nowhere.invalid",
    "PUBLIC_KEYS": json.dumps({"1": new_key_pair()[1]}),
    "PUBLIC_URL": "http://127.0.0.1",
    "BLOBS": "folder",
    "BLOBS_FOLDER": "blobs",
    "BLOBS_KEY": "only-for-tests-" * 3,
    "INVOICE_GATEWAY": "local",
    "MAIL": "folder",
    "MAIL_FOLDER": "mail",
    "MAIL_SENDER": "faktura@fjordlys.example",
    "ENV": "embedded",
    "SELLER_NAME": "Fjordlys Studio AS",
    "SELLER_ORGANIZATION_NUMBER": "923 609 016",
    "SELLER_VAT_REGISTERED": "true",
    "SELLER_IN_FORETAKSREGISTERET": "true",
    "SELLER_ADDRESS": "Bryggegata 7\n\n 0250 Oslo ",
    "SELLER_ACCOUNT": "8601.11.17947",
    "SELLER_IBAN": "NO93 8601 1117 947",
    "SELLER_BIC": "DNBANOKK",
}


def test_a_seller_s_numbers_are_kept_bare() -> None:
    seller = settings.load(Settings, RIGHT).seller()

    assert seller.organization_number == "923609016"
    assert seller.account == "86011117947"
    assert seller.iban == "NO9386011117947"
    assert seller.address == ("Bryggegata 7", "0250 Oslo")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("SELLER_NAME", " "),
        ("SELLER_ORGANIZATION_NUMBER", "923609017"),
        ("SELLER_VAT_REGISTERED", "false"),
        ("SELLER_ADDRESS", "\n"),
        ("SELLER_ACCOUNT", "86011117948"),
        ("SELLER_IBAN", "NO9386011117948"),
        ("SELLER_BIC", "X"),
        ("INVOICE_GATEWAY", "paper"),
        ("EINVOICE", "peppol"),
        ("MAIL_SENDER", "faktura"),
        ("ENV", "laptop"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(name: str, wrong: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        settings.load(Settings, {**RIGHT, name: wrong})


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = {**RIGHT, "SELLER_ACCOUNT": "1", "SELLER_IBAN": "2", "SELLER_BIC": "3"}

    with pytest.raises(Misconfigured, match=r"SELLER_ACCOUNT.*SELLER_BIC.*SELLER_IBAN"):
        settings.load(Settings, wrong)


PRODUCTION = {
    **RIGHT,
    "ENV": "production",
    "BLOBS": "s3",
    "BLOBS_BUCKET": "ai-studio",
    "BLOBS_ENDPOINT": "https://s3.eu-north-1.amazonaws.com",
    "BLOBS_REGION": "eu-north-1",
    "BLOBS_ACCESS_KEY": "who",
    "BLOBS_SECRET_KEY": "secret",
    "MAIL": "smtp",
    "MAIL_HOST": "smtp.example",
}


def no_peers(service: str) -> Port:
    raise AssertionError(service)


def test_production_starts_with_numbers_of_its_own_and_mail_by_smtp() -> None:
    parts = billing.build(settings.load(Settings, PRODUCTION), no_peers)
    parts.app.engine.dispose()


def test_production_refuses_mail_in_a_folder() -> None:
    with pytest.raises(Misconfigured, match="^MAIL: a folder is not for production$"):
        settings.load(Settings, {**PRODUCTION, "MAIL": "folder"})


def test_e_invoices_in_a_folder_need_the_folder() -> None:
    with pytest.raises(Misconfigured, match="^EINVOICE_FOLDER: EINVOICE=folder needs it$"):
        settings.load(Settings, {**RIGHT, "EINVOICE": "folder"})


def test_accounts_have_the_numbers_that_are_given_or_the_charts_own() -> None:
    given = settings.load(Settings, {**RIGHT, "ACCOUNTS": '{"bank": 1921}'})
    assert (given.numbers()["bank"], given.numbers()["sales"]) == (1921, 3000)
    with pytest.raises(Misconfigured, match="ACCOUNTS: no account is called banks"):
        settings.load(Settings, {**RIGHT, "ACCOUNTS": '{"banks": 1921}'})
