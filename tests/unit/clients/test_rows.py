"""Rows stand as the seed has them: every column, its type, and what a create leaves out."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import UUID

from contracts.affiliate import earnings, relationships
from contracts.auth import accounts, sessions, workspaces
from contracts.billing import invoices, line_items
from contracts.media import images, projects
from contracts.video import drafts, films

SEED = json.loads(
    (Path(__file__).parents[2] / "contract" / "seed_schema.json").read_text(encoding="utf-8")
)
ROWS: Mapping[str, type[Any]] = {
    "workspace": workspaces.Workspace,
    "user": accounts.User,
    "session": sessions.Session,
    "project": projects.Project,
    "image_generation": images.ImageGeneration,
    "video_project": films.VideoProject,
    "video_clip": films.VideoClip,
    "invoice": invoices.Invoice,
    "invoice_line_item": line_items.InvoiceLineItem,
    "affiliate_relationship": relationships.AffiliateRelationship,
    "affiliate_earning": earnings.AffiliateEarning,
}
CREATES: Mapping[str, type[Any]] = {
    "project": projects.CreateProject,
    "video_project": drafts.CreateVideo,
    "video_clip": drafts.NewClip,
    "affiliate_relationship": relationships.CreateRelationship,
}
HIDDEN = {
    ("session", "token"),
    ("workspace", "logo"),  # as a link
}
TYPES: Mapping[str, set[Any]] = {
    "boolean": {bool},
    "integer": {int},
    "jsonb": {Mapping[str, Any]},
    "text": {str, UUID},
    "timestamp": {datetime, date},  # an invoice's days are days in Oslo
}


def fits(hint: Any, column: Mapping[str, Any]) -> bool:
    nullable = type(None) in get_args(hint)
    inner = set(get_args(hint)) - {type(None)} if nullable else {hint}
    return inner <= TYPES[column["type"]] and nullable == column["nullable"]


def test_a_row_has_every_column_of_the_seed_s_table() -> None:
    wrong = {
        f"{table}.{name}": hint
        for table, row in ROWS.items()
        for name, column in SEED[table]["columns"].items()
        if (table, name) not in HIDDEN and not fits(hint := get_type_hints(row).get(name), column)
    }
    assert wrong == {}


def test_a_create_leaves_out_what_the_seed_leaves_out() -> None:
    for table, create in CREATES.items():
        for each in fields(create):
            column, where = SEED[table]["columns"].get(each.name), (table, each.name)
            if column and "default" in column:
                assert each.default == column["default"], where
            elif column and column["nullable"]:
                assert each.default is None, where
            elif column and each.default is not MISSING:
                assert where == ("video_clip", "source_image_url")  # or an image of media
