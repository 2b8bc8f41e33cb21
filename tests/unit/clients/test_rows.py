"""Rows stand as the seed has them: every column, its type, and what a create leaves out."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest

from contracts.affiliate import earnings, relationships
from contracts.auth import accounts, sessions, workspaces
from contracts.billing import invoices, line_items
from contracts.media import projects
from contracts.video import drafts, films

SEED = json.loads(
    (Path(__file__).parents[2] / "contract" / "seed_schema.json").read_text(encoding="utf-8")
)
ROWS: Mapping[str, type[Any]] = {
    "workspace": workspaces.Workspace,
    "user": accounts.User,
    "session": sessions.Session,
    "project": projects.Project,
    "image_generation": projects.ImageGeneration,
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
HIDDEN = {("session", "token")}
TYPES: Mapping[str, set[Any]] = {
    "boolean": {bool},
    "integer": {int},
    "jsonb": {Mapping[str, Any]},
    "text": {str, UUID},
    "timestamp": {datetime, date},  # an invoice's days are days in Oslo
}


@pytest.mark.parametrize("table", ROWS)
def test_a_row_has_every_column_of_the_seed_s_table(table: str) -> None:
    hints, wrong = get_type_hints(ROWS[table]), []
    for name, column in SEED[table]["columns"].items():
        if (table, name) in HIDDEN:
            continue
        hint = hints.get(name)
        inner = set(get_args(hint)) - {type(None)} if type(None) in get_args(hint) else {hint}
        nullable = type(None) in get_args(hint)
        if not inner <= TYPES[column["type"]] or nullable != column["nullable"]:
            wrong.append((name, hint))

    assert wrong == []


@pytest.mark.parametrize("table", CREATES)
def test_a_create_leaves_out_what_the_seed_leaves_out(table: str) -> None:
    columns = SEED[table]["columns"]
    for each in fields(CREATES[table]):
        column = columns.get(each.name)
        if column and "default" in column:
            assert each.default == column["default"], each.name
        elif column and column["nullable"]:
            assert each.default is None, each.name
        elif column and each.default is not MISSING:
            assert (table, each.name) == ("video_clip", "source_image_url")  # or an image of media
