"""What nameko is told of each method: which errors are no bugs, which arguments are nobody's."""

from chassis.errors import ServiceError
from embedded.suite import FACADES

METHODS = [
    (f"{service}.{name}", each)
    for service, facade in FACADES.items()
    for name, each in vars(facade).items()
    if hasattr(each, "method")
]


def test_nameko_knows_our_errors_and_what_is_sensitive() -> None:
    untold = []
    for name, method in METHODS:
        (entrypoint,) = method.nameko_entrypoints
        if not issubclass(ServiceError, entrypoint.expected_exceptions):
            untold.append(f"{name}: an error of ours is a bug")
        if entrypoint.sensitive_arguments != method.method.sensitive:
            untold.append(f"{name}: {method.method.sensitive} is sensitive")
    assert METHODS
    assert untold == []


def test_a_password_is_sensitive() -> None:
    (entrypoint,) = FACADES["auth"].sign_in.nameko_entrypoints
    assert "password" in entrypoint.sensitive_arguments
