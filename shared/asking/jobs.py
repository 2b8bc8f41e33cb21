"""The kinds of job that asking a provider takes."""

from asking import awaiting, leaving, posting
from asking.port import Asking
from chassis.jobs.jobs import Kind


def kinds(asking: Asking) -> tuple[Kind, ...]:
    """Return how a provider is asked, waited for, left and told to forget."""
    return posting.kind(asking), awaiting.kind(asking), *leaving.kinds(asking)
