"""A service without the other four, on servers that know their names."""

from collections.abc import Iterator, Mapping

from distributed.suite import Suite


def alone(service: str) -> type[Suite]:
    """Return a suite of that service's two processes."""

    class Alone(Suite):
        def _commands(self) -> Iterator[tuple[str, tuple[str, str], Mapping[str, str]]]:
            return (each for each in super()._commands() if each[1][0] == service)

    return Alone
