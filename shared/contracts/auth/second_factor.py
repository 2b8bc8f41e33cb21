"""The second factor: an authenticator's codes (RFC 6238), and recovery codes for its loss."""

from uuid import UUID

from chassis.asked import Command, Written
from chassis.domain import sensitive, value


@value
class TotpSecret:
    """What an authenticator takes over; nothing is asked of it before it is confirmed."""

    id: UUID
    version: int
    secret: str | None = sensitive()  # base 32
    otpauth_uri: str | None = sensitive()


@value
class EnableTotp(Command[TotpSecret]):
    """Draw a secret for an authenticator; again: another one."""


@value
class RecoveryCodes:
    """Ten codes, each good once; shown this once. Earlier ones are dead."""

    id: UUID
    version: int
    recovery_codes: tuple[str, ...] | None = sensitive()


@value
class ConfirmTotp(Command[RecoveryCodes]):
    """Switch the second factor on, by a code of the authenticator that has the secret."""

    code: str = sensitive()


@value
class DisableTotp(Command[Written]):
    """Switch the second factor off, by a code."""

    code: str = sensitive()


@value
class NewRecoveryCodes(Command[RecoveryCodes]):
    """Draw ten other recovery codes, by a code of the authenticator."""

    code: str = sensitive()


@value
class ResetTotp(Command[Written]):
    """Switch off the second factor of who lost both; for system admins. The person is told."""

    user_id: UUID
    reason: str
