"""Which passwords are refused: those that everybody has, and those that say whose they are."""

from auth.domain.passwords import is_context
from auth.gateways.common_passwords import is_common
from chassis.errors import Invalid


def require(
    password: str, *, name: str, address: str, workspace: str = "", field: str = "password"
) -> None:
    """Raise `Invalid` by `field` for a password that is among the first to be tried.

    By whom a person is, what their address begins with, and what their workspace is called. Raises
    `auth.password_too_common`, `auth.password_is_context`.
    """
    if is_common(password):
        raise _refusal("auth.password_too_common", field, "One of the most common passwords.")
    if is_context(password, (name, address.rpartition("@")[0], workspace)):
        raise _refusal("auth.password_is_context", field, "Says whose it is.")


def _refusal(code: str, field: str, why: str) -> Invalid:
    return Invalid(code, details={"fields": {field: [why]}})
