"""The README's decision tables are those of the code."""

import re
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pytest

import billing
from billing import inbound
from billing.app import DOMAIN, KEPT, SERVICE
from billing.permissions import PERMISSIONS
from billing.settings import Settings
from chassis import decision_table
from chassis.codec import snake
from contracts.billing.events import PUBLISHES
from gateways.blobs import BlobSettings
from gateways.mail import MailSettings

README = Path(billing.__file__).with_name("README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOMAIN)
def test_the_readme_shows_what_is_decided(name: str) -> None:
    found = re.search(rf"<!-- decide:{name} -->\n(.*?)\n<!-- end -->", README, re.DOTALL)

    assert found is not None
    assert found[1] == decision_table.markdown(DOMAIN[name])


def test_each_decision_is_shown_once() -> None:
    assert re.findall(r"<!-- decide:(\w+) -->", README) == list(DOMAIN)
    assert README.count("<!-- end -->") == len(DOMAIN)


def head(name: str) -> list[str]:
    """Return what is named in code in the part that begins with that word."""
    found = re.search(rf"^\*\*{name}\b.*?(?=^\*\*|^## )", README, re.DOTALL | re.MULTILINE)
    assert found is not None
    return re.findall(r"`([^`]+)`", found[0])


def names(settings: type) -> Iterable[str]:
    return {each.name.upper() for each in fields(settings)}


ELSEWHERE = {*names(BlobSettings), *names(MailSettings)} - {
    "ENV",
    "PUBLIC_URL",
}  # docs/deploying.md


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("Accepts", set(PERMISSIONS)),
        ("Publishes", {snake(each.__name__) for each in PUBLISHES}),
        ("Listens to", {snake(each.hears.__name__) for each in inbound.reactions}),
        (
            "Tables",
            {
                *(each.table.name for each in SERVICE.projections),
                *(each.name for each in KEPT),
            },
        ),
        ("Settings", {*names(Settings)} - ELSEWHERE),
    ],
)
def test_the_readme_names_all_that_there_is_and_each_once(part: str, wanted: set[str]) -> None:
    said = head(part)
    assert {each: said.count(each) for each in wanted} == dict.fromkeys(wanted, 1)
