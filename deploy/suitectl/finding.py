"""What one check of `suitectl doctor` found."""

from chassis.domain import value


@value
class Finding:
    """What one check found."""

    of: str  # a service, or the broker
    check: str
    ok: bool
    found: str
