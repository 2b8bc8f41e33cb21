"""How a workspace looks: its colours at once, its logo once the announced file has come."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from auth.logos import WAITS_S
from auth.sweeping import sweep
from chassis.errors import Invalid, Rejected
from integration.stages.branding import Looks, looks, picture, png
from servers.postgres import Server
from unit.stages.picture_files import saved

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture(scope="module")
def brand(postgres_server: Server) -> Iterator[Looks]:
    with looks(postgres_server) as made:
        yield made


@pytest.fixture(autouse=True)
def nobody_waits(brand: Looks) -> None:
    brand.services.run("auth", "delete from jobs where kind = 'take_logo'")


def test_a_logo_that_was_announced_is_shown_once_it_has_come(brand: Looks) -> None:
    content = png()
    upload = brand.announce(content, primary_color="#1A6B3C", secondary_color="#ffcc00")
    before = brand.call("get_workspace")
    assert (before["logo"], before["primary_color"]) == (None, "#1A6B3C")  # the colours at once

    assert brand.send(upload, content) == 201
    assert brand.look() == 1

    assert brand.shown() == content
    told = brand.branding()
    assert told["logo"].pop("url").startswith("https://suite.example/blobs/")
    assert told["logo"].pop("expires_at")
    kept = {"sha256": sha256(content).hexdigest(), "size": len(content)}
    assert told == {
        "workspace_id": brand.workspace_id,
        "name": "Kari's Workspace",
        "primary_color": "#1A6B3C",
        "secondary_color": "#ffcc00",
        "logo": {**kept, "content_type": "image/png"},
    }
    assert brand.look() == 0


def test_what_is_not_named_stays_and_none_takes_away(brand: Looks) -> None:
    brand.take(png(colour="#2456c5"))
    assert brand.call("set_branding", primary_color="#000000")["upload"] is None
    assert brand.shown() == png(colour="#2456c5")
    brand.call("set_branding", logo=None, secondary_color=None)
    stands = brand.branding()
    assert (stands["primary_color"], stands["secondary_color"]) == ("#000000", None)
    assert stands["logo"] is None and brand.shown() is None
    brand.take(saved(picture(), "JPEG"), "image/jpeg")
    assert brand.branding()["logo"]["content_type"] == "image/jpeg"


def test_the_logo_that_is_there_is_not_asked_for_again(brand: Looks) -> None:
    brand.take(png(16, 16))
    assert brand.announce(png(16, 16)) is None
    assert brand.look() == 0


@pytest.mark.parametrize(
    ("announced", "content_type", "sent"),
    [
        pytest.param(SVG, "image/png", SVG, id="an SVG"),
        pytest.param(png(), "image/jpeg", png(), id="a PNG as JPEG"),
        pytest.param(png(2_001, 10), "image/png", png(2_001, 10), id="too wide"),
        pytest.param(png(), "image/png", png(90, 90), id="another file"),
        pytest.param(png(), "image/png", png() + b"\0" * 2_100_000, id="larger than announced"),
        pytest.param(png()[:200], "image/png", png()[:200], id="half of one"),
    ],
)
def test_of_what_is_not_the_announced_picture_nothing_is_kept_and_the_old_logo_stays(
    brand: Looks, announced: bytes, content_type: str, sent: bytes
) -> None:
    old = brand.shown()
    brand.announce(announced, content_type)
    incoming = brand.waiting_key()
    brand.blobs.put(incoming, sent)  # by a store that looks at nothing
    assert brand.look() == 1

    assert old is not None and brand.shown() == old
    assert incoming not in {each.key for each in brand.blobs.listed("")}
    assert brand.waits_s() == []


def test_the_doors_link_takes_no_other_file(brand: Looks) -> None:
    upload = brand.announce(png(33, 33))
    assert brand.send(upload, png(34, 34)) == 422
    assert brand.send(upload, png(33, 33) + b"\0") == 422
    assert brand.send({**upload, "headers": {"Content-Type": "image/svg+xml"}}, png(33, 33)) == 422


def test_a_logo_that_never_comes_is_looked_for_five_times(brand: Looks) -> None:
    brand.take(old := png(40, 40))
    brand.announce(png(41, 41))
    waited = []
    while waits := brand.waits_s():
        waited += waits
        assert brand.look() == 1
    assert tuple(waited) == WAITS_S and sum(waited) == 15 * 60
    assert brand.shown() == old


def test_of_two_announcements_the_later_counts(brand: Looks) -> None:
    first, second = png(50, 50), png(51, 51)
    earlier, later = brand.announce(first), brand.announce(second)
    assert brand.send(earlier, first) == brand.send(later, second) == 201
    assert brand.look() == 2
    assert brand.shown() == second


def test_a_repeat_has_a_fresh_link_to_the_same_place_and_waits_once(brand: Looks) -> None:
    content = png(60, 60)
    for _ in range(2):
        upload = brand.announce(content, idempotency_key="logo")
        brand.services.now += timedelta(minutes=1)
    assert brand.send(upload, content) == 201
    assert brand.look() == 1 and brand.shown() == content


def test_a_job_that_ended_before_it_was_noted_takes_the_logo_after_all(brand: Looks) -> None:
    content = png(70, 70)
    assert brand.send(brand.announce(content), content) == 201
    assert brand.look_unnoted() == "taken"  # and the process is gone
    assert brand.look() == 1 and brand.shown() == content


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"logo": {"content_type": "image/svg+xml"}}, "logo"),
        ({"logo": {"size_bytes": 2_000_001}}, "logo"),
        ({"logo": {"size_bytes": 0}}, "logo"),
        ({"logo": {"sha256": "A" * 64}}, "logo"),
        ({"primary_color": "red"}, "primary_color"),
        ({"secondary_color": "#12345"}, "secondary_color"),
        ({"secondary_color": "#123456;x"}, "secondary_color"),
    ],
)
def test_what_is_no_logo_and_no_colour_is_refused_by_field(
    brand: Looks, wrong: dict[str, Any], field: str
) -> None:
    logo = {"content_type": "image/png", "size_bytes": 9, "sha256": "0" * 64}
    given = {**wrong, **({"logo": {**logo, **wrong["logo"]}} if "logo" in wrong else {})}
    with pytest.raises(Invalid) as refused:
        brand.call("set_branding", **given)
    assert list(refused.value.details["fields"]) == [field]


def test_a_setting_asks_for_the_plan_enterprise(brand: Looks) -> None:
    with brand.asking_for_enterprise(), pytest.raises(Rejected, match="auth.plan_needed"):
        brand.call("set_branding", primary_color="#010203")
    assert brand.call("set_branding", primary_color="#010203")["version"]


def test_what_no_workspace_shows_is_swept_after_a_day(brand: Looks) -> None:
    brand.take(png(80, 80))
    brand.take(shown := png(81, 81))
    brand.blobs.put(f"{brand.workspace_id}/exports/1.json", b"{}")  # nobody's logo
    app, clock = brand.parts.app, brand.services.clock
    sweep(app, brand.blobs, clock())
    before = {each.key for each in brand.blobs.listed("")}
    sweep(app, brand.blobs, max(each.modified_at for each in brand.blobs.listed("")) + DAY)
    left = {each.key for each in brand.blobs.listed("")}
    assert len(before) > 3
    assert {key.split("/")[1] for key in left} == {"logo", "exports"} and len(left) == 2
    assert brand.shown() == shown


DAY = timedelta(days=1, seconds=1)
