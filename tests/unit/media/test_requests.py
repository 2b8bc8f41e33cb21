"""What media's door asks of requests beyond their types."""

from typing import Any

import pytest

from chassis.asked import Asked
from chassis.codec import load_with
from chassis.errors import Invalid
from chassis.marshalling import request
from contracts.media.uploads import ConfirmUploads, RequestUploads
from media.schemas import RULES

PROJECT = "00000000-0000-0000-0000-000000000001"
FILE = {
    "file_name": "kitchen.jpg",
    "content_type": "image/jpeg",
    "size_bytes": 1,
    "sha256": "0" * 64,
}


def loaded(asked: type[Asked[Any]], **given: Any) -> dict[str, Any]:
    fields: dict[str, Any] = load_with(
        request(asked, RULES[asked]), {"project_id": PROJECT, **given}
    )
    return fields


def refused(asked: type[Asked[Any]], **given: Any) -> Any:
    with pytest.raises(Invalid) as refusal:
        loaded(asked, **given)
    assert refusal.value.code == "chassis.invalid_argument"
    return refusal.value.details["fields"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"size_bytes": 0}, "size_bytes"),
        ({"size_bytes": 25 * 1024 * 1024 + 1}, "size_bytes"),
        ({"size_bytes": "9"}, "size_bytes"),
        ({"content_type": "image/gif"}, "content_type"),
        ({"file_name": ""}, "file_name"),
        ({"file_name": "x" * 256}, "file_name"),
        ({"sha256": "A" * 64}, "sha256"),
    ],
)
def test_a_file_that_can_be_no_photograph_is_named_by_its_index(
    wrong: dict[str, Any], field: str
) -> None:
    faults = refused(RequestUploads, files=[FILE, {**FILE, **wrong}, FILE])["files"]
    assert {index: list(each) for index, each in faults.items()} == {1: [field]}
    assert len(loaded(RequestUploads, files=[FILE, FILE])["files"]) == 2  # the others


def test_every_file_at_fault_is_named_with_all_that_is_wrong_with_it() -> None:
    empty, odd = {**FILE, "size_bytes": 0}, {**FILE, "size_bytes": 0, "sha256": ""}
    faults = refused(RequestUploads, files=[empty, FILE, odd])["files"]
    assert faults[0] == {"size_bytes": ["The file is empty."]}
    assert (list(faults), sorted(faults[2])) == ([0, 2], ["sha256", "size_bytes"])


def test_a_list_of_files_is_measured_before_its_items() -> None:
    for count in (0, 101):
        faults = refused(RequestUploads, files=[{**FILE, "size_bytes": 0}] * count)["files"]
        assert isinstance(faults, list)


def test_ten_files_are_confirmed_at_a_time() -> None:
    assert len(loaded(ConfirmUploads, image_ids=[PROJECT] * 10)["image_ids"]) == 10
    for count in (0, 11):
        assert list(refused(ConfirmUploads, image_ids=[PROJECT] * count)) == ["image_ids"]
