"""A figure of a service has a name of its own: with two of one name a process does not start."""

from importlib import import_module

import pytest
from prometheus_client import REGISTRY

from chassis.running import figures
from contracts import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_figures_can_stand_beside_what_the_service_counts(service: str) -> None:
    shown = []
    try:
        for figure in import_module(f"{service}.app").SERVICE.figures:
            shown.append(figures.gauge(figure))
    finally:
        for each in shown:
            REGISTRY.unregister(each)
    assert len(shown) == len(import_module(f"{service}.app").SERVICE.figures)
