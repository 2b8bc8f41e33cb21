"""What a command prints: aligned columns for people, JSON for machines."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from chassis.codec import plain

Row = Mapping[str, Any]


def table(rows: Sequence[Row], as_json: bool) -> None:
    """Print rows, which have the same columns."""
    if as_json:
        _json(rows)
    elif rows:
        print("\n".join(aligned(rows)))
    else:
        print("none")


def record(row: Row, as_json: bool) -> None:
    """Print one thing: a line for each of its fields, more where a field has several."""
    if as_json:
        _json(row)
        return
    width = max(map(len, row))
    for name, held in row.items():
        text = _text(held) if not isinstance(held, dict | list) else _written(held)
        first, *more = text.splitlines() or [""]
        lines = [first, *(f"{'':{width}}  {line}" for line in more)]
        print(f"{name:{width}}  " + "\n".join(lines))


def aligned(rows: Sequence[Row]) -> list[str]:
    """Return a line of names and one for each row, in columns as wide as what is in them."""
    cells = [list(rows[0]), *([_text(held) for held in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _text(held: Any) -> str:
    match plain(held):
        case None:
            return "-"
        case bool() as answer:
            return "yes" if answer else "no"
        case float() as number:
            return f"{number:.1f}"
        case dict() | list() as nested:
            return json.dumps(nested, ensure_ascii=False, default=_whole)
        case other:
            return str(other)


def _written(held: Any) -> str:
    return json.dumps(plain(held), ensure_ascii=False, indent=1, default=_whole)


def _whole(held: Any) -> int:
    """Return what PostgreSQL's `sum` of whole numbers is; it comes as a numeric."""
    if isinstance(held, Decimal) and held == int(held):
        return int(held)
    raise TypeError(f"not to be written: {held!r}")


def _json(held: Any) -> None:
    print(_written(held))
