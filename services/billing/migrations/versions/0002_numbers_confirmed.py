"""Where the last number of a series was confirmed: here, where none was ever taken."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table; numbers taken before are a person's to confirm."""
    op.create_table(
        "number_confirmed",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("series"),
    )
    op.execute(_NONE_TAKEN)


_NONE_TAKEN = """
insert into number_confirmed (series, place, confirmed_at)
select 'invoice', concat_ws('/',
    (select system_identifier from pg_control_system()),
    left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
    (select oid from pg_database where datname = current_database()),
    'events'::regclass::oid), now()
where not exists (select from events where type = 'NumberTaken')"""
