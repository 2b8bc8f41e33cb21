"""The seed's schema: how it is read, and that the stored copy is whole."""

from pathlib import Path

import pytest

from contract.live_schema import check_words, plain_default
from contract.make_seed_schema import parse, written
from contract.seed_schema import OWNERS, load_deviations, load_tables, seed_facts

SCHEMA = """
Prose with a table("text") that is none.
// lib/db/schema.ts:1
export const home = pgTable("home", {
  id: text("id").primaryKey(),
  streetName: text("street_name").notNull().unique(), // as on the map
  kind: text("kind").notNull().default("house"), // "house" | "flat"
  ratio: text("ratio"), // 16:9 | 9:16 | etc.

  // Status: draft | sold
  status: text("status").notNull().default("draft"),

  // Price (kroner)
  isOpen: boolean("is_open").notNull().default(false),
  rooms: integer("rooms").notNull().default(3), // 1-99
  extra: jsonb("extra"),
  ownerId: text("owner_id")
    .notNull()
    .unique()
    .references(() => homeOwner.id, { onDelete: "cascade" }),
  photoId: text("photo_id").references(
    () => photo.id,
    { onDelete: "set null" }
  ),
  seenBy: text("seen_by").references(() => homeOwner.id, {
    onDelete: "set null",
  }),
  createdAt: timestamp("created_at").notNull().defaultNow(),
});
(table) => [
  index("home_owner_idx").on(table.ownerId),
  index("home_kind_idx").on(table.kind, table.isOpen),
]
export const photo = pgTable("photo", {
  id: text("id").primaryKey(),
});
"""

WORDS = {
    "workspace": {"status", "plan"},
    "user": {"role"},
    "invitation": {"role"},
    "project": {"room_type", "status"},
    "image_generation": {"status"},
    "video_project": {"aspect_ratio", "status"},
    "video_clip": {"transition_type"},
    "music_track": {"category", "mood"},
    "invoice": {"status"},
    "invoice_line_item": {"status"},
    "project_payment": {"payment_method", "currency", "status"},
    "affiliate_earning": {"status"},
}


def test_every_construct_of_the_schema_is_read() -> None:
    tables = parse(SCHEMA)
    assert list(tables) == ["home", "photo"]
    assert tables["home"]["columns"] == {
        "id": {"type": "text", "nullable": False, "primary_key": True},
        "street_name": {"type": "text", "nullable": False, "unique": True},
        "kind": {
            "type": "text",
            "nullable": False,
            "default": "house",
            "words": ["house", "flat"],
        },
        "ratio": {"type": "text", "nullable": True, "words": ["16:9", "9:16"]},
        "status": {
            "type": "text",
            "nullable": False,
            "default": "draft",
            "words": ["draft", "sold"],
        },
        "is_open": {"type": "boolean", "nullable": False, "default": False},
        "rooms": {"type": "integer", "nullable": False, "default": 3},
        "extra": {"type": "jsonb", "nullable": True},
        "owner_id": {
            "type": "text",
            "nullable": False,
            "unique": True,
            "references": {"table": "home_owner", "column": "id", "on_delete": "cascade"},
        },
        "photo_id": {
            "type": "text",
            "nullable": True,
            "references": {"table": "photo", "column": "id", "on_delete": "set null"},
        },
        "seen_by": {
            "type": "text",
            "nullable": True,
            "references": {"table": "home_owner", "column": "id", "on_delete": "set null"},
        },
        "created_at": {"type": "timestamp", "nullable": False, "default": "now"},
    }
    assert tables["home"]["indexes"] == {
        "home_owner_idx": ["owner_id"],
        "home_kind_idx": ["kind", "is_open"],
    }
    assert tables["photo"]["indexes"] == {}


def test_a_column_of_an_unknown_kind_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="not a column"):
        parse('export const a = pgTable("a", {\n  size: bigint("size"),\n});\n')


def test_the_stored_schema_has_18_tables_and_220_columns() -> None:
    tables = load_tables()
    assert len(tables) == 18
    assert sum(len(table["columns"]) for table in tables.values()) == 220
    columns = [column for table in tables.values() for column in table["columns"].values()]
    assert {column["type"] for column in columns} == {
        "text",
        "integer",
        "boolean",
        "timestamp",
        "jsonb",
    }
    assert sum("references" in column for column in columns) == 30
    assert sum(column.get("primary_key", False) for column in columns) == 18
    assert sum(column.get("unique", False) for column in columns) == 8
    assert sum(column.get("default") == "now" for column in columns) == 34
    assert sum(not column["nullable"] for column in columns) == 18 + 127


def test_the_stored_schema_is_written_as_its_maker_writes_it() -> None:
    path = Path(__file__).parents[1] / "contract" / "seed_schema.json"
    tables = {name: dict(table) for name, table in load_tables().items()}
    assert path.read_text(encoding="utf-8") == written(tables)


def test_the_stored_schema_has_the_words_of_every_enumeration() -> None:
    tables = load_tables()
    found = {
        name: {column for column, what in table["columns"].items() if "words" in what}
        for name, table in tables.items()
    }
    assert {name: columns for name, columns in found.items() if columns} == WORDS
    invoice, clip = tables["invoice"]["columns"], tables["video_clip"]["columns"]
    assert invoice["status"]["words"] == ["draft", "sent", "paid", "cancelled", "overdue"]
    assert clip["transition_type"]["words"] == ["cut", "seamless"]
    for table in tables.values():
        for column in table["columns"].values():
            assert column.get("default") in (None, *column.get("words", [column.get("default")]))


def test_only_projects_have_named_indexes() -> None:
    named = {name: table["indexes"] for name, table in load_tables().items() if table["indexes"]}
    assert named == {
        "project": {
            "project_workspace_idx": ["workspace_id"],
            "project_user_idx": ["user_id"],
            "project_status_idx": ["status"],
        }
    }


def test_references_point_at_columns_that_exist() -> None:
    tables = load_tables()
    for table in tables.values():
        for column in table["columns"].values():
            if target := column.get("references"):
                assert target["column"] in tables[target["table"]]["columns"]


def test_every_table_has_one_owner() -> None:
    owned = [table for tables in OWNERS.values() for table in tables]
    assert sorted(owned) == sorted(load_tables())
    assert list(load_tables("affiliate")) == ["affiliate_relationship", "affiliate_earning"]


def test_every_deviation_speaks_of_something_and_has_one_sentence_of_reason() -> None:
    facts = seed_facts(load_tables())
    for deviation in load_deviations():
        assert any(deviation.covers(fact, text) for fact, text in facts.items()), deviation
        assert deviation.seed != deviation.ours
        assert deviation.reason.endswith(".")
        assert ". " not in deviation.reason


def test_a_deviation_without_a_reason_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "deviations.toml"
    path.write_text(
        '[[deviation]]\nwhat = "type"\ntables = ["a"]\ncolumns = ["b"]\nseed = "c"\nours = "d"\n'
    )
    with pytest.raises(TypeError, match="reason"):
        load_deviations(path)


@pytest.mark.parametrize(
    ("expression", "plain"),
    [
        (None, "none"),
        ("now()", "now"),
        ("CURRENT_TIMESTAMP", "now"),
        ("'active'::text", "active"),
        ("'it''s'::character varying", "it's"),
        ("'16:9'::text", "16:9"),
        ("false", "false"),
        ("'0'::bigint", "0"),
        ("50", "50"),
    ],
)
def test_a_default_is_read_as_the_seed_writes_it(expression: str | None, plain: str) -> None:
    assert plain_default(expression) == plain


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ("CHECK ((status = ANY (ARRAY['a'::text, 'b'::text])))", {"a", "b"}),
        (
            "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, "
            "'b-c'::character varying])::text[])))",
            {"a", "b-c"},
        ),
        ("CHECK (((s IS NULL) OR (s = ANY (ARRAY['a'::text]))))", {"a"}),
        ("CHECK (((s = 'a'::text) OR (s = 'b'::text)))", {"a", "b"}),
        ("CHECK ((s <> 'a'::text))", set()),
        ("CHECK ((n > 0))", set()),
    ],
)
def test_the_words_of_a_check_are_read(definition: str, words: set[str]) -> None:
    assert check_words(definition) == words
