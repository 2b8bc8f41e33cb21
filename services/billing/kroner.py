"""Prices and credits are whole kroner, so that VAT agrees by line and by rate, to the øre."""

from billing.domain.pricing import is_whole_kroner
from chassis.errors import Invalid


def must_be_whole(field: str, ore: int | None) -> None:
    """Raise `Invalid("billing.not_whole_kroner")` that names the field, unless it is."""
    if ore is not None and not is_whole_kroner(ore):
        fields = {field: ["Not in whole kroner."]}
        raise Invalid("billing.not_whole_kroner", details={"fields": fields})
