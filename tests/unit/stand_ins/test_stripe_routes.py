"""The stand-in's routes, and the parameters that it takes for them."""

import pytest

from stand_ins.stripe.api import parameters
from stand_ins.stripe.routes import ROUTES, routed
from unit.stages.stripe_parameters import typed


def test_each_call_takes_the_parameters_that_the_official_library_types() -> None:
    assert parameters() == typed()  # python -m unit.stages.stripe_parameters writes them anew


def test_every_route_says_its_parameters() -> None:
    assert sorted(each.name for each in ROUTES) == sorted(parameters())


@pytest.mark.parametrize(
    "method,path,name",
    [
        ("GET", "/v1/customers/search", "GET /v1/customers/search"),
        ("GET", "/v1/customers/cus_1", "GET /v1/customers/*"),
        ("POST", "/v1/checkout/sessions/cs_1/expire", "POST /v1/checkout/sessions/*/expire"),
        (
            "GET",
            "/v1/customers/cus_1/payment_methods/pm_1",
            "GET /v1/customers/*/payment_methods/*",
        ),
        ("DELETE", "/v1/customers/cus_1", None),
        ("GET", "/v1/customers/", None),
    ],
)
def test_a_path_has_one_route_or_none(method: str, path: str, name: str | None) -> None:
    found = routed(method, path)
    assert (None if found is None else found[0].name) == name
