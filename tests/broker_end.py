"""Ending users and virtual hosts of a test's broker at once."""

from collections.abc import Iterable

from servers.rabbit import Broker

BY = '<<"the tests">>'


def end(broker: Broker, users: Iterable[str], vhosts: Iterable[str]) -> None:
    """End users, virtual hosts and what marks these.

    What is not there has ended.
    """
    done = [f"rabbit_auth_backend_internal:delete_user({_text(each)}, {BY})" for each in users]
    for each in vhosts:
        marked = _text(f"suite_of_{each}")
        done.append(f"rabbit_vhost:delete({_text(each)}, {BY})")
        done.append(f"rabbit_runtime_parameters:clear_global({marked}, {BY})")
    if done:
        broker.evaluate(f"{', '.join(f'catch {each}' for each in done)}, ok.")


def _text(name: str) -> str:
    return f'<<"{name}">>'
