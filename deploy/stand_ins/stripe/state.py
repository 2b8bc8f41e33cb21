"""All that the stand-in knows, in memory; in a folder too, where one is given."""

import json
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, RLock
from typing import Any

from stand_ins.stripe.refusals import missing
from stand_ins.stripe.samples import PREFIXES, Object, sample

FILE = "stripe.json"  # in the folder
API_VERSION = "2026-10-28.endive"  # the only one that is spoken here
_KEPT = (
    "objects",
    "answers",
    "faults",
    "deliveries",
    "secrets",
    "hidden",
    "skew_s",
    "search_lag_s",
)


@dataclass
class State:
    """What there is. Whoever looks or changes holds `lock`; `changed` wakes who waits for it."""

    folder: Path | None = None
    base: str = ""  # where it listens
    objects: dict[str, dict[str, Object]] = field(default_factory=dict)  # by kind and id
    answers: dict[str, Object] = field(default_factory=dict)  # by idempotency key
    faults: list[Object] = field(default_factory=list)
    deliveries: list[Object] = field(default_factory=list)  # events on their way
    secrets: dict[str, str] = field(default_factory=dict)  # of webhook endpoints
    hidden: dict[str, Object] = field(default_factory=dict)  # what objects do not show, by id
    skew_s: int = 0  # its clock runs ahead by so much
    search_lag_s: int = 0  # a search does not find what is younger
    calls: list[Object] = field(default_factory=list)
    request: Object = field(default_factory=lambda: {"id": None, "idempotency_key": None})
    lock: RLock = field(default_factory=RLock)
    changed: Condition = field(init=False)

    def __post_init__(self) -> None:
        """Go on from the folder's file, if there is one."""
        self.changed = Condition(self.lock)
        if self.folder is not None and (file := self.folder / FILE).exists():
            for name, value in json.loads(file.read_text("utf-8")).items():
                setattr(self, name, value)

    def save(self) -> None:
        """Write what must outlive the process, whole or not at all."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / FILE
        beside = file.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as written:
            json.dump({name: getattr(self, name) for name in _KEPT}, written)
            written.flush()
            os.fsync(written.fileno())
        beside.replace(file)

    def now(self) -> int:
        """Return its time, seconds since 1970."""
        return int(time.time()) + self.skew_s

    def add(self, kind: str, **fields: Any) -> Object:
        """Make an object: the sample with an id, the time and these fields."""
        made = {**sample(kind), "id": fresh(PREFIXES[kind]), "created": self.now(), **fields}
        self.objects.setdefault(kind, {})[made["id"]] = made
        return made

    def all(self, kind: str) -> list[Object]:
        """Return the objects of a kind, newest first, as Stripe lists them."""
        return list(reversed(self.objects.get(kind, {}).values()))

    def get(self, kind: str, id: str, param: str = "id") -> Object:
        """Return one; raises `Refused` 404 if there is none, or a parameter names none."""
        found = self.objects.get(kind, {}).get(id)
        if found is None:
            raise missing(kind, id, param)
        return found

    def find(self, id: str) -> Object | None:
        """Return the object of that id, of whatever kind."""
        found = (each[id] for each in self.objects.values() if id in each)
        return next(found, None)


def fresh(prefix: str) -> str:
    """Return an id that nothing has."""
    return f"{prefix}_{secrets.token_hex(12)}"
