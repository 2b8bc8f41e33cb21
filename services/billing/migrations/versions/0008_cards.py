"""What cards paid, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

STATUS = "in ('pending', 'completed', 'failed', 'refunded')"


def upgrade() -> None:
    """Create the tables; widen those of payments and refunds."""
    payment, refund = "project_payment", "refund"
    op.add_column(payment, sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(payment, sa.Column("stage", sa.Text(), nullable=False))
    of_ore = sa.Column("captured_ore", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column(payment, of_ore)
    counted = sa.Column("disputes", sa.Integer(), server_default="0", nullable=False)
    op.add_column(payment, counted)
    op.create_check_constraint("project_payment_stage", payment, f"stage {STATUS}")
    op.create_index("project_payment_intent", payment, ["stripe_payment_intent_id"], unique=False)
    op.add_column(refund, sa.Column("cause", sa.Text(), nullable=False))
    for name in ("payment_id", "payment_intent_id", "target_kind", "target_id", "provider_id"):
        op.add_column(refund, sa.Column(name, sa.Text(), nullable=True))
    op.drop_constraint("refund_state", refund)
    states = "state in ('Requested', 'Submitted', 'Sent', 'Failed', 'Returned')"
    op.create_check_constraint("refund_state", refund, states)
    op.create_check_constraint("refund_rail", refund, "rail in ('bank', 'card')")
    op.create_index("refund_payment", refund, ["payment_id"], unique=False)
    op.create_index("refund_state_created", refund, ["state", "created_at"], unique=False)
    _of_cards()
    _of_disputes()


def _of_cards() -> None:
    op.create_table(
        "card_payment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("payment_intent_id", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("card_payment_intent", "card_payment", ["payment_intent_id"], unique=False)
    op.create_index("card_payment_payment", "card_payment", ["payment_id"], unique=False)
    op.create_index("card_payment_created", "card_payment", ["created_at"], unique=False)
    op.create_table(
        "advance",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _of_disputes() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("target_kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reinstated_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("settled_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("loss_ore", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('Inquiry', 'Open', 'Won', 'Lost')", name="dispute_state"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("dispute_payment", "dispute", ["payment_id"], unique=False)
    op.create_index("dispute_state_created", "dispute", ["state", "created_at"], unique=False)
