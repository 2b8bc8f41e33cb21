"""Every way in which a request to a method can be bad, and what has to be said to it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from architecture.permissions_page import SAYS_UNKNOWN
from chassis.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Rejected,
    ServiceError,
    Unauthenticated,
)
from demo.people import Person
from embedded.suite import Suite
from journeys.stages.every_method import (
    access_token,
    fields_of,
    identities,
    is_money,
    method_of,
    permission_of,
    permitted,
)

CREATIONS = ("create_project", "create_video", "create_from_storyboard")
ASK_WHO_FIRST = ("change_password", "reauthenticate")  # and the request gives a wrong password


@dataclass(frozen=True)
class Spoiling:
    """One bad request: `what` is bad in it, and how it has to be refused."""

    what: str
    ask: Callable[[], object]
    refused: type[ServiceError] | tuple[type[ServiceError], ...]
    says: Callable[[ServiceError], bool] = lambda refusal: True

    def fault(self) -> str | None:
        """Ask; return what is wrong with the answer, or None."""
        try:
            answer = self.ask()
        except ServiceError as refusal:
            if isinstance(refusal, self.refused) and self.says(refusal):
                return None
            return f"{self.what}: {type(refusal).__name__} {refusal} {refusal.details}"
        return f"{self.what}: answered {answer!r}"


@dataclass(frozen=True)
class Asked:
    """A method, the good request that is spoiled, and who sends it."""

    suite: Suite
    stranger: Person  # the owner of another workspace
    service: str
    name: str
    good: Mapping[str, Any]

    def spoilings(self) -> Iterator[Spoiling]:
        """Yield all that apply to the method."""
        method, may = method_of(self.service, self.name), permission_of(self.service, self.name)
        yield from self._arguments()
        for field in filter(is_money, method.request.fields):
            yield from (
                Spoiling(f"{field}={wrong!r}", self._with(field, wrong), Invalid, names(field))
                for wrong in (-1, 100.0, "100", True)
            )
        if not may.open:
            yield from self._tokens()
        if not (may.open or may.person or may.role):
            ask = self._by_stranger(self.good)
            yield Spoiling("who may not", ask, Forbidden, has_code("chassis.not_allowed"))
        named = self.name not in SAYS_UNKNOWN and identities(method.request.fields)
        if named and (may.person or may.role):
            yield from self._others()
        if method.key_required:
            code = "chassis.idempotency_key_required"
            yield Spoiling("no key", self._by_permitted(self.good, key={}), Invalid, has_code(code))
        if method.writes and not may.open:
            ask = self._with("expected_version", 999)
            refused: tuple[type[ServiceError], ...] = (Conflict, Rejected, NotFound, Invalid)
            if self.name in ASK_WHO_FIRST:
                refused = (Unauthenticated,)
            yield Spoiling("another version", ask, refused)

    def _arguments(self) -> Iterator[Spoiling]:
        unknown = self._by_permitted({"no_such_argument": 1})
        yield Spoiling("an unknown argument", unknown, Invalid, names_as_unknown)
        for field, each in fields_of(self.service, self.name).items():
            if each.required:
                lacking = {key: given for key, given in self.good.items() if key != field}
                yield Spoiling(f"no {field}", self._by_permitted(lacking), Invalid, names(field))
            for wrong in ({"not": "this"}, 1.5):
                ask = self._with(field, wrong)
                yield Spoiling(f"{field}={wrong!r}", ask, Invalid, names(field))
            for text in ("\x00", "x" * 20_000):  # may be of the right type, and no word known
                ask = self._with(field, text)
                refused, says = (Invalid, Rejected), names(field, unless=Rejected)
                yield Spoiling(f"{field}={text[:9]!r}", ask, refused, says)

    def _tokens(self) -> Iterator[Spoiling]:
        for token in (None, "", "no.token.atall", access_token(self.suite, expired=True)):
            yield Spoiling(f"token {token!r}", self._by_token(token), Unauthenticated)

    def _others(self) -> Iterator[Spoiling]:
        """Yield requests for what belongs to others, and for what does not exist: they look alike.

        The identity of something that is to be created is free to be taken.
        """
        theirs = {key: given for key, given in self.good.items() if given is not None}
        yield Spoiling("of others", self._by_stranger(theirs), NotFound)
        if self.name not in CREATIONS:
            nobodys = {**theirs, **{field: str(uuid4()) for field in identities(theirs)}}
            alike = says_the_same_as(self._by_stranger(theirs))
            yield Spoiling("of nobody", self._by_stranger(nobodys), NotFound, alike)

    def _with(self, field: str, wrong: object) -> Callable[[], object]:
        return self._by_permitted({**self.good, field: wrong})

    def _by_permitted(
        self, arguments: Mapping[str, Any], key: Mapping[str, str] | None = None
    ) -> Callable[[], object]:
        port = permitted(self.suite, self.service, self.name)
        return lambda: port.call(self.name, **(self._key() if key is None else key), **arguments)

    def _by_stranger(self, arguments: Mapping[str, Any]) -> Callable[[], object]:
        return lambda: self.stranger.call(self.service, self.name, **self._key(), **arguments)

    def _by_token(self, token: str | None) -> Callable[[], object]:
        return lambda: self.suite.call(self.service, self.name, token, **self._key(), **self.good)

    def _key(self) -> dict[str, str]:
        required = method_of(self.service, self.name).key_required
        return {"idempotency_key": str(uuid4())} if required else {}


def has_code(code: str) -> Callable[[ServiceError], bool]:
    return lambda refusal: refusal.code == code


def names(
    field: str, unless: type[ServiceError] | tuple[()] = ()
) -> Callable[[ServiceError], bool]:
    return lambda refusal: isinstance(refusal, unless) or field in refusal.details.get("fields", ())


def names_as_unknown(refusal: ServiceError) -> bool:
    told = refusal.details.get("fields", {}).get("no_such_argument")
    return refusal.code == "chassis.invalid_argument" and told == ["Unknown field."]


def says_the_same_as(ask: Callable[[], object]) -> Callable[[ServiceError], bool]:
    def same(refusal: ServiceError) -> bool:
        try:
            ask()
        except NotFound as other:
            return _without_its_request(other) == _without_its_request(refusal)
        return False

    return same


def _without_its_request(refusal: ServiceError) -> Mapping[str, Any]:
    return {**refusal.fields(), "request_id": None}
