"""Who tells whom what, and who asks whom, as the contracts and the lists of reactions say it."""

import inspect
from collections.abc import Iterator
from importlib import import_module

from chassis.codec import snake
from chassis.hearing.reacting import Reaction
from contracts import ASKS, HEARS, SERVICES
from contracts.auth.events import REVOKES

REVOKING = "auth"  # whose events end access


def reactions(service: str, source: str) -> list[Reaction]:
    """Return what a service does about the events of another, in the order of its list."""
    listed: tuple[Reaction, ...] = import_module(f"{service}.inbound").reactions
    return [each for each in listed if each.source == source]


def told(service: str) -> Iterator[type]:
    """Yield the events that a service tells, as its contracts list them."""
    yield from import_module(f"contracts.{service}.events").PUBLISHES


def hearers(source: str, event: type) -> Iterator[tuple[str, Reaction]]:
    """Yield who hears an event of that service, each with a reaction to it."""
    for service in SERVICES:
        for each in reactions(service, source):
            if each.hears is event:
                yield service, each


def drawing() -> str:
    """Return the map: an arrow from who tells to who hears, a dotted one to who is asked."""
    arrows = []
    for source in SERVICES:
        for service in SERVICES:
            if source in HEARS[service]:
                names = [snake(each.hears.__name__) for each in reactions(service, source)]
                words = "<br>".join(dict.fromkeys(names))
                arrows += [f'    {source} -- "{words}" --> {service}'] if names else []
    for service, asked in ASKS.items():
        for each in asked:
            source, _, method = each.partition(".")
            arrows.append(f'    {service} -. "asks {method}" .-> {source}')
    return "\n".join(["```mermaid", "flowchart LR", *arrows, "```"])


def heard() -> str:
    """Return the table of the events that are heard within the suite; then what is not heard."""
    rows = ["| told by | event | heard by | what comes of it |", "|---|---|---|---|"]
    alone = []
    for source in SERVICES:
        events = {
            f"`{snake(event.__name__)}`": list(_rows(source, event)) for event in told(source)
        }
        rows += (f"| {source} | {name} | {row} |" for name in events for row in events[name])
        if unheard := [name for name, found in events.items() if not found]:
            alone.append(f"- {source}: {', '.join(unheard)}")
    unheard_of = ("", "Told for whoever wants it, and heard by none of the five:", "", *alone)
    not_yet = ("", "Whom a service may hear, and does nothing about yet:", "", *_not_yet())
    return "\n".join([*rows, *unheard_of, *not_yet])


def _not_yet() -> Iterator[str]:
    for service, heard in HEARS.items():
        if quiet := [source for source in heard if not reactions(service, source)]:
            yield f"- {service}: {', '.join(quiet)}"


def _rows(source: str, event: type) -> Iterator[str]:
    for service, reaction in hearers(source, event):
        what = first_sentence(reaction.react)
        yield f"[{service}](../services/{service}/inbound.py) `{reaction.react.__name__}` | {what}"
    if source == REVOKING and event in REVOKES:
        by = "[all others](../shared/chassis/door/revocations.py) `reactions`"
        yield f"{by} | {_ENDS[REVOKES[event]]}"


_ENDS = {
    "session": "The access tokens of that session are refused.",
    "user": "The access tokens of that user, issued until then, are refused.",
    "ban": "All access tokens of that user are refused until the ban is lifted or has run out.",
    "unban": "New access tokens of that user are good again.",
}


def asked() -> str:
    """Return the table of what services ask of each other before they can go on."""
    rows = ["| asks | method | what it is |", "|---|---|---|"]
    for service, methods in ASKS.items():
        for each in methods:
            source, _, method = each.partition(".")
            client = getattr(import_module(f"clients.{source}"), source.capitalize())
            what = first_sentence(getattr(client, method))
            rows.append(
                f"| {service} | [{source}](../shared/clients/{source}.py) `{method}` | {what} |"
            )
    return "\n".join(rows)


def first_sentence(documented: object) -> str:
    """Return the first line of a docstring, which here is a sentence."""
    return (inspect.getdoc(documented) or "").partition("\n")[0]
