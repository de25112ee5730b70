"""A record says when its source last changed it.

Revision: 0003, after 0002. Records on file say nothing, so the first push that does holds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("activities", sa.Column("source_updated_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Undo: which version a record is, is known no more."""
    with op.batch_alter_table("activities") as table:
        table.drop_column("source_updated_at")
