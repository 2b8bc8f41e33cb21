"""The calls of a provider in words that hold for every service that asks one."""

from alembic import op

revision = "0005"
down_revision = "0004"

TABLE = "provider_call"
NAMES = {"version_id": "subject", "project_id": "owner_id", "sent_key": "sent_prefix"}
INDEXES = {"provider_call_version": "subject", "provider_call_project": "owner_id"}


def upgrade() -> None:
    """Rename its columns, and let go of what nobody reads."""
    op.drop_column(TABLE, "image_id")
    for old, new in NAMES.items():
        op.alter_column(TABLE, old, new_column_name=new)
    op.execute(f"update {TABLE} set sent_prefix = replace(sent_prefix, '.jpg', '')")  # noqa: S608
    for name in ("owner_id", "price_micro_usd"):
        op.alter_column(TABLE, name, server_default=None)
    for name, of in INDEXES.items():
        op.drop_index(name, TABLE)
        op.create_index(f"{TABLE}_{of.removesuffix('_id')}", TABLE, [of])
