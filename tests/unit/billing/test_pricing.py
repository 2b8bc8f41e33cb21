"""What a workspace pays: versions within a kind, the default, and nothing that is no price."""

from dataclasses import replace
from uuid import UUID

import pytest

from billing.domain.pricing import NewPrice, Price, PriceSet, SetPrices, current, decider
from chassis.testing.spec import scenario

WORKSPACE = UUID(int=1)
IMAGE, FILM = "image_project", "video_project"

pricing = scenario(decider)


def costs(kind: str, price_ore: int | None, version: int) -> PriceSet:
    return PriceSet(workspace_id=WORKSPACE, kind=kind, price_ore=price_ore, price_version=version)


def asked(**prices: int | None) -> SetPrices:
    new = tuple(NewPrice(kind=kind, price_ore=price_ore) for kind, price_ore in prices.items())
    return SetPrices(workspace_id=WORKSPACE, prices=new)


dear, free, default = costs(IMAGE, 150_000, 1), costs(IMAGE, 0, 2), costs(IMAGE, None, 3)


def test_each_price_is_the_next_version_of_its_kind() -> None:
    film = costs(FILM, 90_000, 1)
    pricing.when(asked(image_project=150_000)).then(dear)
    pricing.given(dear).when(asked(image_project=0)).then(free)
    pricing.given(dear, free).when(asked(image_project=None)).then(default)
    pricing.given(dear, free).when(asked(video_project=90_000)).then(film)
    pricing.when(asked(image_project=150_000, video_project=90_000)).then(dear, film)


def test_a_price_as_it_is_is_nothing() -> None:
    pricing.when(asked()).then_nothing()
    pricing.when(asked(image_project=None)).then_nothing()
    pricing.given(dear).when(asked(image_project=150_000)).then_nothing()
    pricing.given(dear, free).when(asked(image_project=0)).then_nothing()
    pricing.given(dear, free, default).when(asked(image_project=None)).then_nothing()
    pricing.given(dear).when(asked(image_project=150_000, video_project=0)).then(costs(FILM, 0, 1))


def test_the_price_of_the_default_is_another_one_than_the_default() -> None:
    pricing.when(asked(image_project=100_000)).then(costs(IMAGE, 100_000, 1))


@pytest.mark.parametrize("price_ore", [150, 1, 99, -100, 100_001])
def test_a_price_is_in_whole_kroner_and_of_two_one_that_is_none_stops_both(price_ore: int) -> None:
    pricing.when(asked(image_project=price_ore)).then_refused("billing.not_whole_kroner")
    both = asked(video_project=100_000, image_project=price_ore)
    pricing.when(both).then_refused("billing.not_whole_kroner")


def test_what_is_null_costs_the_default_under_its_own_version() -> None:
    for events, price in (
        ((), Price(price_ore=100_000, price_version=0)),
        ((dear,), Price(price_ore=150_000, price_version=1)),
        ((dear, free), Price(price_ore=0, price_version=2)),
        ((dear, free, default), Price(price_ore=100_000, price_version=3)),
        ((replace(dear, kind=FILM),), Price(price_ore=100_000, price_version=0)),
    ):
        assert current(pricing.given(*events).state(), IMAGE) == price
