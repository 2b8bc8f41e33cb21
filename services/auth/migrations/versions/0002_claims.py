"""Claims on addresses that are not verified yet; the form by which addresses are compared."""

import unicodedata

import idna
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, and a claim of each account that is not verified yet."""
    _fold()
    op.create_table(
        "claim",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_index("claim_email_folded", "claim", ["email_folded"], unique=False)
    op.create_table(
        "mailed",
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("sent", sa.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", "template"),
    )
    op.add_column("verification", sa.Column("subject_id", sa.Text(), nullable=True))
    _claim()
    op.alter_column("verification", "subject_id", nullable=False)
    op.create_index("verification_identifier", "verification", ["identifier"], unique=False)


def _fold() -> None:
    """Addresses were kept casefolded; they are compared in NFC, a domain in ASCII."""
    op.add_column("user", sa.Column("email_folded", sa.Text(), nullable=True))
    execute = op.get_bind().execute
    for user_id, email in execute(sa.text('select id, email from "user"')).all():
        row = {"id": user_id, "folded": _folded(email)}
        execute(sa.text('update "user" set email_folded = :folded where id = :id'), row)
        if not email.startswith("[erased]"):
            execute(sa.text("insert into personal values (:id, 'email_folded', :id, :folded)"), row)
    op.alter_column("user", "email_folded", nullable=False)
    op.create_index("user_email_folded", "user", ["email_folded"], unique=True)


def _folded(email: str) -> str:
    local, at, domain = email.rpartition("@")
    caseless = unicodedata.normalize("NFC", unicodedata.normalize("NFD", local).casefold())
    host = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    return f"{caseless}{at}{host}"


def _claim() -> None:
    """Let who has not followed a link yet claim the address: the link goes on for its day."""
    op.execute(
        """
        insert into claim (user_id, workspace_id, email, email_folded, name, password, mailed,
                           created_at, expires_at)
        select u.id, u.workspace_id, u.email, u.email_folded, u.name, a.password, true,
               u.created_at, now() + interval '24 hours'
        from "user" u join account a on a.user_id = u.id and a.provider_id = 'credential'
        where not u.email_verified and u.workspace_id is not null and a.password is not null
        order by u.created_at
        """
    )
    op.execute('delete from account using "user" u where u.id = user_id and not u.email_verified')
    op.execute(
        """
        update verification set subject_id = c.user_id, identifier = c.email_folded
        from claim c where c.email = identifier
        """
    )
    op.execute("delete from verification where subject_id is null")
