"""The seed's schema as a contract: every table and column of it stands in a live database.

Both sides are flattened to facts, `(what, table, column) -> text`, and compared one by one. A
difference must be explained in `seed_deviations.toml`, and what is explained there must differ.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from psycopg import Connection

from contract.live_schema import Fact, Facts, live_facts

HERE = Path(__file__).parent
SEED_TYPES = {"timestamp": "timestamp without time zone"}
OWNERS = {
    "auth": ("workspace", "user", "session", "account", "verification", "invitation"),
    "media": ("project", "image_generation"),
    "video": ("video_project", "video_clip", "music_track"),
    "billing": (
        "workspace_pricing",
        "invoice",
        "invoice_line_item",
        "stripe_customer",
        "project_payment",
    ),
    "affiliate": ("affiliate_relationship", "affiliate_earning"),
}

Tables = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One explained difference; the fields are described in `seed_deviations.toml`."""

    what: str
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    seed: str
    ours: str
    reason: str

    def covers(self, fact: Fact, seed: str) -> bool:
        """Tell whether it speaks of this fact of the seed, whatever stands in the database."""
        what, table, column = fact
        return (
            self.what == what
            and any(fnmatchcase(table, pattern) for pattern in self.tables)
            and any(fnmatchcase(column, pattern) for pattern in self.columns)
            and fnmatchcase(seed, self.seed)
        )

    def explains(self, fact: Fact, seed: str, ours: str) -> bool:
        """Tell whether it explains this difference."""
        return self.covers(fact, seed) and fnmatchcase(ours, self.ours)


def load_tables(service: str | None = None) -> Tables:
    """Return the seed's tables, all of them or those that `service` owns."""
    tables: Tables = json.loads((HERE / "seed_schema.json").read_text(encoding="utf-8"))
    return {name: tables[name] for name in OWNERS[service]} if service else tables


def load_deviations(path: Path = HERE / "seed_deviations.toml") -> list[Deviation]:
    """Return the explained differences; a missing or unknown key is a `TypeError`."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["deviation"]
    return [
        Deviation(
            **{
                **entry,
                "tables": tuple(entry["tables"]),
                "columns": tuple(entry["columns"]),
            }
        )
        for entry in entries
    ]


def compare(
    expected_tables: Tables,
    connection: "Connection[tuple[Any, ...]]",
    deviations: Iterable[Deviation],
) -> list[str]:
    """Return a sentence for every unexplained difference and every stale explanation.

    The database's tables are looked up in the connection's current schema. A deviation is stale
    when it speaks of `expected_tables` and nothing there differs in the way it says.
    """
    seed, ours = seed_facts(expected_tables), live_facts(connection, list(expected_tables))
    speaking = [
        deviation
        for deviation in deviations
        if any(deviation.covers(fact, text) for fact, text in seed.items())
    ]
    sentences, used = [], set[Deviation]()
    for fact in seed:
        if _parent_is_missing(fact, ours) or _agree(fact, seed[fact], ours.get(fact, "none")):
            continue
        differing = (fact, seed[fact], ours.get(fact, "none"))
        explaining = {deviation for deviation in speaking if deviation.explains(*differing)}
        used |= explaining
        if not explaining:
            sentences.append(_sentence(*differing))
    stale = [deviation for deviation in speaking if deviation not in used]
    return sentences + [_stale_sentence(deviation) for deviation in stale]


def seed_facts(tables: Tables) -> Facts:
    """Return what the seed says of `tables`."""
    facts: Facts = {}
    for table, parts in tables.items():
        facts["table", table, ""] = "present"
        for column, what in parts["columns"].items():
            facts["column", table, column] = "present"
            facts["type", table, column] = SEED_TYPES.get(what["type"], what["type"])
            facts["nullable", table, column] = _yes_no(what["nullable"])
            facts["primary_key", table, column] = _yes_no(what.get("primary_key", False))
            facts["unique", table, column] = _yes_no(what.get("unique", False))
            facts["default", table, column] = _default(what)
            facts["reference", table, column] = _reference(what)
            if words := what.get("words"):
                facts["words", table, column] = " | ".join(words)
        for index, columns in parts["indexes"].items():
            facts["index", table, index] = ", ".join(columns)
    return facts


def _yes_no(truth: bool) -> str:
    return "yes" if truth else "no"


def _default(column: Mapping[str, Any]) -> str:
    match column.get("default"):
        case None:
            return "none"
        case bool(truth):
            return str(truth).lower()
        case literal:
            return str(literal)


def _reference(column: Mapping[str, Any]) -> str:
    match column.get("references"):
        case None:
            return "none"
        case {"table": table, "column": target, "on_delete": on_delete}:
            return f"{table}.{target} on delete {on_delete}"
        case other:
            raise ValueError(f"not a reference: {other!r}")


def _parent_is_missing(fact: Fact, ours: Facts) -> bool:
    what, table, column = fact
    if what == "table":
        return False
    no_column = what not in ("column", "index") and ("column", table, column) not in ours
    return ("table", table, "") not in ours or no_column


def _agree(fact: Fact, seed: str, ours: str) -> bool:
    if fact[0] == "words":  # more words are allowed
        return set(seed.split(" | ")) <= set(ours.split(" | "))
    return seed == ours


def _sentence(fact: Fact, seed: str, ours: str) -> str:
    what, table, column = fact
    name = f"{table}.{column}" if column else table
    return f"{what} of {name}: the seed has '{seed}', the database '{ours}'"


def _stale_sentence(deviation: Deviation) -> str:
    names = f"{', '.join(deviation.tables)} . {', '.join(deviation.columns)}"
    change = f"'{deviation.seed}' as '{deviation.ours}'"
    return f"no longer a deviation: {deviation.what} of {names}, {change}"
