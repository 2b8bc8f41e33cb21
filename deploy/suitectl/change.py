"""What `suitectl` is about to change: said first, and done unless it is a rehearsal."""

from collections.abc import Callable, Iterable, Iterator

from chassis.domain import value


@value
class Change:
    """One thing that is not yet as it should be."""

    what: str  # without secrets: it is printed
    make: Callable[[], object]


def made(changes: Iterable[Change], rehearsal: bool) -> Iterator[str]:
    """Yield what each change is; make it before the next one is looked for.

    In a rehearsal nothing is made, so what a change would bring about is not seen either.
    """
    for change in changes:
        if not rehearsal:
            change.make()
        yield change.what
