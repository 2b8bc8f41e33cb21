"""What each broker user may do: as little as it needs.

Patterns are RabbitMQ's: `configure` is to declare and to delete, `write` to publish to an exchange
or to bind a queue, `read` to consume or to bind to an exchange; `topics` narrows publishing and
binding on an exchange to routing keys. Every topic exchange that a user may reach has a line
there, for without one all keys are allowed.

Nobody may configure `nameko-rpc`: whoever may declare it may delete it too, and make it anew with
an alternate exchange in which every password called with then arrives. It is made with the
users and declared passively. Nor may a service configure what another one tells its events on:
`<service>.told` for the suite, to which nobody else may bind, `<service>.events` for listeners.

Whom a service may call stands in `contracts`: the methods of `ASKS` by name, and the feed of whom
it hears. What RabbitMQ itself does not refuse, a dead letter to any key or before 4.0.3 the keys of
CC and BCC, is refused by whoever receives it (`chassis.broker.detours`).
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from chassis.domain import value
from contracts import ASKS, HEARS, OF_EVERY_SERVICE, SERVICES

RPC = "nameko-rpc"
UUID = "[0-9a-f-]{36}"
# of any caller of ours, by its prefix; of a plain nameko caller, a bare uuid
REPLIES = rf"reply\.[a-z_.]+\.{UUID}|{UUID}"
STANDALONE_REPLY_QUEUES = rf"rpc\.reply-standalone_rpc_proxy-{UUID}"  # of nameko's own proxies
NOTHING = "^$"  # an empty pattern means the same, but reads like "anything"


@value
class Topics:
    """The routing keys that a user may publish with, and bind with, on one exchange."""

    write: str = NOTHING
    read: str = NOTHING


@value
class Rights:
    """One user's permissions in the suite's virtual host, each a regular expression."""

    configure: str
    write: str
    read: str
    topics: Mapping[str, Topics]  # by exchange


@value
class Listener:
    """Another team's user, as `suitectl consumer add` notes it."""

    types: tuple[str, ...]  # 'billing.invoice_paid', …
    declares: tuple[Literal["events", "rpc"], ...] = ()  # exchanges, as nameko does unless told


def service(name: str, user: str | None = None) -> Rights:
    """Return the rights of a service: its own queues and exchanges, who it hears, who it calls.

    `user`: what its broker user is called, where that is not `name`. Queues and keys of replies
    are called after the user, all others after the service.
    """
    own, user = (told(name), events(name)), user or name
    queues = (
        rf"rpc-{name}",
        _reply_queues(user),
        rf"{name}\.(([a-z]+|[0-9]+of[0-9]+)\.)?hears\.({_either(SERVICES)})",
        rf"{name}\.outlet",
    )
    # `events` of its sources only to unbind what an older version has bound to them
    heard = [exchange(source) for source in HEARS[name] for exchange in (told, events)]
    rpc = Topics(
        write=_whole(*map(_name, ASKS[name]), _feeds(HEARS[name]), REPLIES),
        read=_whole(rf"{name}\.\*", rf"reply\.{user}\.{UUID}"),
    )
    return Rights(
        configure=_whole(*queues, *map(_name, own)),
        write=_whole(*queues, *map(_name, own), RPC),
        read=_whole(*queues, _name(told(name)), *map(_name, heard), RPC),
        topics={
            RPC: rpc,
            # without a dot: an alternate exchange could not make a call of what is told
            events(name): Topics(write=_whole("[a-z0-9_]+")),
            # read: by its outlet
            told(name): Topics(write=_whole("[a-z0-9_]+"), read=_whole("#")),
            **{each: Topics(read=_whole("#")) for each in heard},
        },
    )


def operator(
    name: str, services: Collection[str] = SERVICES, listeners: Collection[str] = ()
) -> Rights:
    """Return the rights of suitectl's own user: to read every feed, by calls.

    And to end what `listeners` have and may not have any more: their queues, and the bindings of
    these. What is in them it cannot read.
    """
    own = _caller(name, _feeds(services), declares=False)
    if not listeners:
        return own
    queues, outside = _whole(queues_of(listeners)), [events(source) for source in services]
    return Rights(
        configure=_either([own.configure, queues]),
        write=_either([own.write, queues]),
        read=_either([own.read, _whole(*map(_name, outside))]),
        topics={**own.topics, **{each: Topics(read=_whole(".*")) for each in outside}},
    )


def caller(name: str, services: Iterable[str] = SERVICES, *, declares: bool = False) -> Rights:
    """Return the rights of one that calls for people, with their access tokens.

    With `declares` it may do so by nameko's own proxies, which declare nameko-rpc; and so it may
    delete that exchange as well.
    """
    return _caller(name, rf"({_either(services)})\.[a-z_]+", declares=declares)


def listener(name: str, listener: Listener, user: str | None = None) -> Rights:
    """Return the rights of another team's service: to hear these types and read their feeds.

    With `declares` it may declare, and so delete as well, the exchanges: `events` those of its
    sources, `rpc` nameko-rpc. nameko does so unless `DECLARE_EVENT_EXCHANGES` is false; for
    nameko-rpc it has no such setting. `user` as `service` has it.
    """
    user = user or name
    heard: dict[str, list[str]] = {}
    for source, _, type in (each.partition(".") for each in listener.types):
        heard.setdefault(source, []).append(type)
    handlers = [rf"{source}-({_either(types)})" for source, types in heard.items()]
    queues = (
        rf"evt-({'|'.join(handlers)})--{name}\..+",
        rf"{name}\..+",
        rf"rpc-{name}",
        _reply_queues(user),
        STANDALONE_REPLY_QUEUES,
    )
    sources = [_name(events(source)) for source in heard]
    exchanges = [
        *(sources if "events" in listener.declares else ()),
        *([RPC] if "rpc" in listener.declares else ()),
    ]
    rpc = Topics(
        write=_whole(_feeds(heard), REPLIES),
        read=_whole(rf"{name}\.\*", rf"reply\.{user}\.{UUID}", UUID),
    )
    return Rights(
        configure=_whole(*queues, *exchanges),
        write=_whole(*queues, RPC),
        read=_whole(*queues, *sources, RPC),
        topics={
            RPC: rpc,
            **{events(source): Topics(read=_whole(_either(heard[source]))) for source in heard},
        },
    )


def queues_of(listeners: Iterable[str]) -> str:
    """Return the pattern of the queues that only these listeners may have declared, ever."""
    names = _either(listeners)
    return rf"(evt-[^.]+--)?({names})\..+|rpc-({names})"


def told(service: str) -> str:
    """Return the name of the exchange on which the suite hears a service's events."""
    return f"{service}.told"


def events(service: str) -> str:
    """Return the name of the exchange on which other teams' services hear them."""
    return f"{service}.events"


def _caller(name: str, called: str, *, declares: bool) -> Rights:
    queues = [_reply_queues(name), *([STANDALONE_REPLY_QUEUES] if declares else ())]
    replies = [rf"reply\.{name}\.{UUID}", *([UUID] if declares else ())]
    # to itself it publishes to nobody, to be told whether the broker takes messages
    written = _whole(called, rf"reply\.{name}\.{UUID}")
    return Rights(
        configure=_whole(*queues, *([RPC] if declares else ())),
        write=_whole(*queues, RPC),
        read=_whole(*queues, RPC),
        topics={RPC: Topics(write=written, read=_whole(*replies))},
    )


def _feeds(services: Iterable[str]) -> str:
    return rf"({_either(services)})\.({_either(OF_EVERY_SERVICE)})"


def _reply_queues(user: str) -> str:
    return rf"rpc\.reply-{user}-{UUID}"


def _name(exchange: str) -> str:
    return exchange.replace(".", r"\.")


def _either(names: Iterable[str]) -> str:
    return "|".join(names)


def _whole(*patterns: str) -> str:
    return f"^({'|'.join(patterns)})$"
