"""Verdicts of links that were checked for a team."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "link_verdict",
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="BLAKE2b-16 of the URL"),
        sa.Column(
            "verdict",
            sa.Text(),
            nullable=False,
            comment="JSON, see linkcheck.told; empty: none yet",
        ),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("fresh_until", sa.BigInteger(), nullable=False),
        sa.Column(
            "claimed_until", sa.BigInteger(), nullable=False, comment="a process is asking for it"
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    with op.batch_alter_table("link_verdict", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_link_verdict_fresh_until"), ["fresh_until"], unique=False
        )
