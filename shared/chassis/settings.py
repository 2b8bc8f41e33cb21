"""Settings: the environment as a frozen dataclass for each service, checked whole at start.

A variable may stand in a file instead: `DATABASE_URL_FILE` names one that holds `DATABASE_URL`.

What one may be stands in its type, `http_port: Annotated[int, port]`; what several must be to each
other stands in `TOGETHER` of their class. A rule raises `ValueError` with the reason, which is
printed: a rule of a secret does not quote it.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from chassis import codec
from chassis.domain import value
from chassis.errors import Invalid

S = TypeVar("S")
CONFIDENTIAL = re.compile(r"(^|_)(key|secret|secret_keys|password|token)$|//.*@|password=")


Rule = Callable[..., object]  # is given what is set; raises `ValueError` with the reason


class Misconfigured(ValueError):
    """The environment lacks something, or holds something that cannot be; an argument a fault."""

    def __str__(self) -> str:
        return "; ".join(self.args)


@value
class Here:
    """A rule that asks this machine: it is for where the service runs."""

    rule: Rule


@value
class Together:
    """A rule of several settings, asked where each of them can be; the first one has the fault."""

    of: tuple[str, ...]
    rule: Rule


@value
class Setting:
    """One variable as `check` prints it."""

    variable: str
    shown: str  # what is confidential is not shown
    origin: str  # 'environment', 'default', 'missing' or the file


def load(cls: type[S], environment: Mapping[str, str] | None = None, *, here: bool = False) -> S:
    """Return the settings that the environment describes: field `amqp_uri` from `AMQP_URI`.

    `here`: this machine is asked too, whether its folders can be written and so on.

    Raises `Misconfigured` with every variable that is missing or wrong.
    """
    environment = os.environ if environment is None else environment
    hints = get_type_hints(cls)
    given: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for each in fields(cls):  # type: ignore[arg-type]
        try:
            written, _ = _written(each.name.upper(), environment)
        except (OSError, UnicodeDecodeError, Misconfigured) as error:
            wrong[each.name] = str(error)
            continue
        if written is not None:
            given[each.name] = _typed(hints[each.name], written)
    try:
        settings: S = codec.load(cls, given)
    except Invalid as error:
        faults = error.details["fields"]
        wrong = {name: " ".join(map(str, faults[name])) for name in faults} | wrong
    wrong |= _broken_rules(cls, given, wrong, here)
    if wrong:
        raise Misconfigured(*(f"{name.upper()}: {wrong[name]}" for name in sorted(wrong)))
    return settings


def load_here(*kinds: type[Any]) -> list[Any]:
    """Return a process's settings of several kinds, by its environment and its machine.

    Raises `Misconfigured` with what is wrong in any of them.
    """
    loaded, wrong = list[Any](), list[str]()
    for kind in kinds:
        try:
            loaded.append(load(kind, here=True))
        except Misconfigured as error:
            wrong += error.args
    if wrong:
        raise Misconfigured(*wrong)
    return loaded


def _broken_rules(
    cls: type[Any], given: Mapping[str, Any], unread: Mapping[str, str], here: bool
) -> dict[str, str]:
    """Return by field what the rules say against what could be read."""
    defaults = {each.name: each.default for each in fields(cls) if each.default is not MISSING}
    held = {name: each for name, each in {**defaults, **given}.items() if name not in unread}
    wrong = {}
    for name, hint in get_type_hints(cls, include_extras=True).items():
        if name in held and (reason := _reason(_rules(hint, here), held[name])):
            wrong[name] = reason
    for each in getattr(cls, "TOGETHER", ()):
        if held.keys() - wrong.keys() >= set(each.of):
            reason = _reason((each.rule,), *(held[name] for name in each.of))
            wrong |= {each.of[0]: reason} if reason else {}
    return wrong


def _rules(hint: Any, here: bool) -> Iterator[Rule]:
    for each in get_args(hint)[1:] if get_origin(hint) is Annotated else ():
        if not isinstance(each, Here):
            yield each
        elif here:
            yield each.rule


def _reason(rules: Iterable[Rule], *held: Any) -> str | None:
    try:
        for rule in rules:
            rule(*held)
    except ValueError as error:
        return str(error)
    return None


def listed(cls: type[Any], environment: Mapping[str, str] | None = None) -> Iterator[Setting]:
    """Yield every setting of a class with its origin; what cannot be read is 'missing'."""
    environment = os.environ if environment is None else environment
    for each in fields(cls):
        variable = each.name.upper()
        try:
            written, origin = _written(variable, environment)
        except (OSError, UnicodeDecodeError, Misconfigured) as error:
            written, origin = None, str(error)
        if written is None and each.default is not MISSING:
            written, origin = str(each.default), "default"
        yield Setting(variable=variable, shown=_shown(each.name, written), origin=origin)


def _written(variable: str, environment: Mapping[str, str]) -> tuple[str | None, str]:
    """Return what is written for a variable, and where."""
    path = environment.get(f"{variable}_FILE")
    if path is None:
        written = environment.get(variable)
        return written, "missing" if written is None else "environment"
    if variable in environment:
        raise Misconfigured(f"given twice, as {variable} and as {variable}_FILE")
    return Path(path).read_text("utf-8").rstrip("\n"), path


def _typed(hint: Any, written: str) -> Any:
    if hint is bool:
        return {"true": True, "false": False}.get(written.lower(), written)
    if hint is int and re.fullmatch("-?[0-9]+", written):
        return int(written)
    return written


def _shown(name: str, written: str | None) -> str:
    if written is None:
        return ""
    if CONFIDENTIAL.search(name) or CONFIDENTIAL.search(written):
        return "(set)"
    first, *more = written.splitlines() or [""]
    return f"{first} …" if more else first
