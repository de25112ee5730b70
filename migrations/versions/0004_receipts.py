"""Signed receipts, and the public keys that they were signed with.

Revision: 0004, after 0003. What was pushed before has none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "signing_keys",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("kid", BYTEWISE, nullable=False),
        sa.Column("jwk", sa.JSON(), nullable=False),
        sa.Column("first_used_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
        sa.UniqueConstraint("kid", name=op.f("uq_signing_keys_kid")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("sha256", BYTEWISE, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.Column("key_id", BIG, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("public_id", name=op.f("uq_receipts_public_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_receipts_plan_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_receipts_agency_id")),
        sa.ForeignKeyConstraint(["key_id"], ["signing_keys.id"], name=op.f("fk_receipts_key_id")),
    )
    op.create_index(
        "ix_receipts_plan_id_agency_id_public_id", "receipts", ["plan_id", "agency_id", "public_id"]
    )
    op.create_index(op.f("ix_receipts_sha256"), "receipts", ["sha256"])


def downgrade() -> None:
    """Undo: what offices keep of their receipts still verifies with the keys they keep."""
    op.drop_table("receipts")
    op.drop_table("signing_keys")
