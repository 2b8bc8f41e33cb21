"""Every method of a service has its permission, and every permission its method."""

from importlib import import_module
from typing import Any

from architecture.source import SERVICES


def methods(service: str) -> set[str]:
    """Return the names of the methods that a service serves."""
    module = import_module(f"{service}.service")
    facade: Any = getattr(module, f"{service.capitalize()}Service")
    return {name for name, each in vars(facade).items() if hasattr(each, "method")}


def permissions(service: str) -> set[str]:
    """Return the names of the methods that a service says who may call."""
    return set(import_module(f"{service}.permissions").PERMISSIONS)


def test_each_method_has_its_permission_and_each_permission_its_method() -> None:
    alone = {
        f"services/{service}/permissions.py": sorted(found)
        for service in SERVICES
        if (found := methods(service) ^ permissions(service))
    }
    assert alone == {}
