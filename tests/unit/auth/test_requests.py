"""What auth's door takes of a workspace's details: what can stand on a sales document."""

from typing import Any

import pytest
from marshmallow import ValidationError

from auth.schemas import UpdateWorkspace

ADDRESS = {"street": "Storgata 1", "postal_code": "0155", "city": "Oslo"}


def test_a_legal_name_and_an_address_are_taken() -> None:
    given = UpdateWorkspace().load({"legal_name": "Eksempel Bolig AS", "billing_address": ADDRESS})
    assert given["legal_name"] == "Eksempel Bolig AS"
    assert given["billing_address"].country == "NO"


def test_what_may_be_empty_may_be_null() -> None:
    given = {"legal_name": None, "billing_address": None}
    assert UpdateWorkspace().load(given) == given


@pytest.mark.parametrize("field", ["name", "legal_name", "contact_person"])
def test_a_blank_name_is_no_name(field: str) -> None:
    with pytest.raises(ValidationError):
        UpdateWorkspace().load({field: " \t"})


@pytest.mark.parametrize(
    "wrong",
    [{"street": " "}, {"city": "x" * 101}, {"postal_code": ""}, {"country": "Norge"}],
)
def test_an_address_that_fits_on_no_document_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        UpdateWorkspace().load({"billing_address": {**ADDRESS, **wrong}})
