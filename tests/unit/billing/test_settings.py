"""The seller must be one that may send invoices, and everything wrong is said at once."""

import json

import pytest

from billing.settings import Settings
from chassis import settings
from chassis.door.tokens import new_key_pair
from chassis.settings import Misconfigured

RIGHT = {
    "DATABASE_URL": "postgresql://nowhere.invalid",
    "PUBLIC_KEYS": json.dumps({"1": new_key_pair()[1]}),
    "PUBLIC_URL": "http://127.0.0.1",
    "BLOBS": "folder",
    "BLOBS_FOLDER": "blobs",
    "BLOBS_KEY": "only-for-tests-" * 3,
    "INVOICE_GATEWAY": "local",
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


def test_production_refuses_local_invoices() -> None:
    with pytest.raises(Misconfigured, match="INVOICE_GATEWAY"):
        settings.load(Settings, {**RIGHT, "ENV": "production"})
