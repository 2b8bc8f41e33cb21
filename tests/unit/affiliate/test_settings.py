"""Who pays must be somebody, and what is wrong is said at once."""

import json

import pytest

from affiliate.settings import Settings
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
    "MAIL": "folder",
    "MAIL_FOLDER": "mail",
    "MAIL_SENDER": "oppgjor@fjordlys.example",
    "ENV": "embedded",
    "SELLER_NAME": " Fjordlys Studio AS",
    "SELLER_ORGANIZATION_NUMBER": "923 609 016",
    "SELLER_ADDRESS": "Bryggegata 7\n\n 0250 Oslo ",
}


def test_who_pays_is_kept_bare() -> None:
    given = settings.load(Settings, RIGHT)
    payer = given.payer()
    assert (payer.name, payer.organization_number) == ("Fjordlys Studio AS", "923609016")
    assert payer.address == ("Bryggegata 7", "0250 Oslo")
    assert (given.hold_days, given.minimum_payout_ore) == (0, 1)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("SELLER_NAME", " "),
        ("SELLER_ORGANIZATION_NUMBER", "923609017"),
        ("SELLER_ADDRESS", "\n"),
        ("HOLD_DAYS", "8"),
        ("MINIMUM_PAYOUT_ORE", "0"),
        ("PAYOUT_SECOND_APPROVER_ABOVE_ORE", "-1"),
        ("MAIL_SENDER", "oppgjor"),
        ("ENV", "production"),
    ],
)
def test_what_cannot_be_is_named(name: str, wrong: str) -> None:
    with pytest.raises(Misconfigured, match="BLOBS" if wrong == "production" else name):
        settings.load(Settings, {**RIGHT, name: wrong})
