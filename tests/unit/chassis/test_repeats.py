"""Whether two calls ask for the same: it is what they say that counts, not how it is written."""

from typing import Any

import pytest

from chassis.asked import OPTIONS, Asked, Command, Written
from chassis.codec import load_with
from chassis.domain import sensitive, value
from chassis.door.repeats import digest, digest_of_open
from chassis.marshalling import request
from contracts.auth.accounts import SignUp
from contracts.media.projects import CreateProject, StartProject
from contracts.video.drafts import CreateVideo

SECRET = "a secret of this service"
PROJECT = {"name": "Storgata 2", "style_template_id": "modern"}
CLIP = {"room_type": "kitchen", "image_generation_id": "0E05FBB9-4B21-4F0C-8CD3-D4B79FA0EA0B"}


def said(asked: type[Asked[Any]], secret: str = SECRET, **arguments: Any) -> str:
    """Return the digest of a request that is written so."""
    options = {name: arguments.pop(name) for name in OPTIONS if name in arguments}
    loaded = load_with(request(asked), arguments)
    return digest(asked(**loaded, **options), secret)


def test_a_default_that_is_said_out_loud_is_the_same_request() -> None:
    silent = said(CreateProject, **PROJECT)
    assert said(CreateProject, **PROJECT, room_type=None, project_id=None) == silent
    assert said(CreateProject, **PROJECT, room_type="kitchen") != silent


def test_a_default_within_a_value_is_the_same_request() -> None:
    silent = said(CreateVideo, name="a", clips=[CLIP])
    loud = {**CLIP, "duration_seconds": 5, "end_image_url": None}
    assert said(CreateVideo, name="a", clips=[loud], music_volume=50) == silent
    assert said(CreateVideo, name="a", clips=[{**CLIP, "duration_seconds": 10}]) != silent
    assert said(CreateVideo, name="a", clips=[CLIP, CLIP]) != silent


def test_an_id_in_capitals_is_the_same_id() -> None:
    id = CLIP["image_generation_id"]
    keyed = {"idempotency_key": "k"}
    upper, lower = (
        said(StartProject, project_id=each, **keyed) for each in (id.upper(), id.lower())
    )
    assert upper == lower


def test_the_key_does_not_count_and_the_version_that_is_expected_does() -> None:
    silent = said(CreateProject, **PROJECT)
    assert said(CreateProject, **PROJECT, idempotency_key="k") == silent
    assert said(CreateProject, **PROJECT, expected_version=1) != silent


def test_a_field_that_comes_later_leaves_the_digest_of_older_calls_as_it_is() -> None:
    @value
    class Open(Command[Written]):
        label: str

    before = Open

    @value
    class Open(Command[Written]):  # type: ignore[no-redef]
        label: str
        colour: str = "white"

    assert digest(before(label="a"), None) == digest(Open(label="a"), None)


def test_another_password_is_another_request_and_counts_by_the_services_secret() -> None:
    given: dict[str, Any] = {"name": "Kari", "email": "a@example.com", "password": "a long one"}
    other = {**given, "password": "another long one"}
    assert said(SignUp, **given) == said(SignUp, **given)
    assert said(SignUp, **given) != said(SignUp, **other)
    assert said(SignUp, **given) != said(SignUp, "another secret", **given)

    first, second = (SignUp(**each) for each in (given, other))
    assert digest_of_open(first) == digest_of_open(second)
    assert digest_of_open(first) != digest_of_open(SignUp(**{**given, "name": "Ola"}))


def test_what_is_sensitive_within_a_value_is_sealed_too() -> None:
    @value
    class Card:
        code: str = sensitive()

    @value
    class Pay(Command[Written]):
        cards: tuple[Card, ...]

    one, other = (Pay(cards=(Card(code=each),)) for each in ("1", "2"))
    assert digest(one, SECRET) != digest(other, SECRET)
    assert digest_of_open(one) == digest_of_open(other)


def test_without_a_secret_nothing_sensitive_is_hashed() -> None:
    asked = SignUp(name="Kari", email="kari@example.com", password="a long password")
    with pytest.raises(RuntimeError, match="secret"):
        digest(asked, None)
