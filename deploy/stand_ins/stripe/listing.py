"""Lists and searches: filtered, newest first, a page at a time."""

import re
from typing import Any

from stand_ins.stripe.form import Params, text, whole
from stand_ins.stripe.refusals import invalid
from stand_ins.stripe.samples import Object
from stand_ins.stripe.state import State

DEFAULT, MOST = 10, 100  # objects a page
_PAGING = {
    "limit",
    "starting_after",
    "ending_before",
    "expand",
    "created",
    "types",
    "query",
    "page",
}
_CLAUSE = re.compile(
    r"""\s*(?P<name>\w+)(?:\[(?P<mark>["'])(?P<key>[^"']+)(?P=mark)\])?"""
    r"""\s*:\s*(?P<quote>["'])(?P<value>(?:\\.|(?!(?P=quote)).)*)(?P=quote)\s*"""
    r"""(?:(?P<and>AND\s)|\Z)"""
)


def listed(found: list[Object], params: Params, url: str) -> Object:
    """Return the page of these objects that is asked for, filtered by equal fields."""
    chosen = [each for each in found if _matches(each, params)]
    after, before = params.get("starting_after"), params.get("ending_before")
    ids = [each["id"] for each in chosen]
    for cursor, param in ((after, "starting_after"), (before, "ending_before")):
        if cursor is not None and cursor not in ids:
            raise invalid(f"No such object: '{cursor}'", "resource_missing", param=param)
    limit = _limit(params)
    if before is not None:
        rest = chosen[: ids.index(before)]
        page, more = rest[-limit:], len(rest) > limit
    else:
        rest = chosen[ids.index(after) + 1 :] if after is not None else chosen
        page, more = rest[:limit], len(rest) > limit
    return {"object": "list", "url": url, "has_more": more, "data": page}


def _limit(params: Params) -> int:
    limit = whole(params, "limit") if "limit" in params else DEFAULT
    if not 1 <= limit <= MOST:
        raise invalid(f"Limit must be between 1 and {MOST}", param="limit")
    return limit


def _matches(each: Object, params: Params) -> bool:
    fields = {name: value for name, value in params.items() if name not in _PAGING}
    equal = all(_written(each.get(name)) == value for name, value in fields.items())
    types = params.get("types")
    return equal and (not types or each["type"] in types) and _within(each["created"], params)


def _written(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _within(created: int, params: Params) -> bool:
    asked = params.get("created")
    if asked is None:
        return True
    bounds: dict[str, Any] = asked if isinstance(asked, dict) else {"gte": asked, "lte": asked}
    tests = {
        "gt": created.__gt__,
        "gte": created.__ge__,
        "lt": created.__lt__,
        "lte": created.__le__,
    }
    return all(tests[name](whole(bounds, name)) for name in bounds)


def searched(state: State, kind: str, params: Params, url: str) -> Object:
    """Return the page of what a query finds: `field:'a' AND metadata['b']:'c'`.

    What is younger than the search's lag is not found.
    """
    clauses = _clauses(text(params, "query"))
    seen = [each for each in state.all(kind) if each["created"] <= state.now() - state.search_lag_s]
    found = [each for each in seen if all(_said(each, *clause) for clause in clauses)]
    start = int(params.get("page", "0"))
    page = found[start : start + _limit(params)]
    more = start + len(page) < len(found)
    return {
        "object": "search_result",
        "url": url,
        "has_more": more,
        "next_page": str(start + len(page)) if more else None,
        "data": page,
    }


def _clauses(query: str) -> list[tuple[str, str | None, str]]:
    """Return name, key and value of each clause; a value may say AND as well."""
    found, place = [], 0
    while (part := _CLAUSE.match(query, place)) is not None:
        found.append((part["name"], part["key"], re.sub(r"\\(.)", r"\1", part["value"])))
        place = part.end()
        if not part["and"]:
            return found
    raise invalid(f"We were unable to parse your search query: {query}", param="query")


def _said(each: Object, name: str, key: str | None, value: str) -> bool:
    field = each.get(name)
    if key is not None:
        field = field.get(key) if isinstance(field, dict) else None
    return field is not None and str(field) == value
