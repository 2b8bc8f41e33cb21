"""What an archive of photographs holds, and whether it is all there."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.domain import value
from gateways.port import Blobs, key_of
from media.domain.file_names import entry_name
from media.gateways.archive import Entry
from media.links import labelled_key, results_prefix


@value
class Contents:
    """The entries of an archive in their order, and the keys of what was to be one and is gone."""

    entries: tuple[Entry, ...]
    missing: tuple[str, ...]


def contents(blobs: Blobs, rows: Sequence[Mapping[str, Any]], *, label: bool) -> Contents:
    """Return what an archive of these versions of one project holds; the store is asked once.

    With `label` it is the labelled copy of what is materially altered.
    """
    entries, missing = list[Entry](), list[str]()
    sizes = _sizes(blobs, rows[0]) if rows else {}
    for number, row in enumerate(rows, start=1):
        key = key_of(row["result_image_url"])
        if label and row["alteration"] == "material":
            key = labelled_key(key)
        if key in sizes:
            name = entry_name(number, row["file_name"], row["room_type"])
            entries.append(Entry(key=key, name=name, size=sizes[key]))
        else:
            missing.append(key)
    return Contents(entries=tuple(entries), missing=tuple(missing))


def _sizes(blobs: Blobs, row: Mapping[str, Any]) -> dict[str, int]:
    prefix = results_prefix(row["workspace_id"], row["project_id"])
    return {each.key: each.size for each in blobs.listed(prefix)}
