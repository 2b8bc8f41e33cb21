"""What nameko is told of each method: which errors are no bugs, which arguments are nobody's."""

from typing import Any

import pytest

from chassis.errors import ServiceError
from embedded.suite import FACADES

METHODS = [
    (service, name, each)
    for service, facade in FACADES.items()
    for name, each in vars(facade).items()
    if hasattr(each, "method")
]


@pytest.mark.parametrize(("service", "name", "method"), METHODS)
def test_nameko_knows_our_errors_and_what_is_sensitive(
    service: str, name: str, method: Any
) -> None:
    (entrypoint,) = method.nameko_entrypoints
    assert issubclass(ServiceError, entrypoint.expected_exceptions)
    assert entrypoint.sensitive_arguments == method.method.sensitive


def test_a_password_is_sensitive() -> None:
    (entrypoint,) = FACADES["auth"].sign_in.nameko_entrypoints
    assert "password" in entrypoint.sensitive_arguments
