"""affiliate's settings."""

from chassis.domain import value


@value
class Settings:
    """Each field is an environment variable of the same name in upper case."""

    database_url: str
    public_keys: str  # JSON: key id -> PEM of an Ed25519 public key, the current and the next
