"""Budget lines are corrected, and what they are for; settlements are withdrawn.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply: every link there is stands."""
    with op.batch_alter_table("budget_lines") as table:
        table.add_column(sa.Column("corrected_at", INSTANT, nullable=True))
    with op.batch_alter_table("budget_links") as table:
        table.add_column(sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("budget_links") as table:
        table.alter_column("stands", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("settlements") as table:
        table.add_column(sa.Column("reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Undo. Before, a link that is there stands, so what was taken back is left to the journal, as `ttdn
    doctor` will say; what was withdrawn is nearest to what was returned."""
    op.execute("UPDATE settlements SET state = 'returned', missing = reason WHERE state = 'withdrawn'")
    op.execute(sa.text("DELETE FROM budget_links WHERE NOT stands"))
    with op.batch_alter_table("settlements") as table:
        table.drop_column("reason")
    with op.batch_alter_table("budget_links") as table:
        table.drop_column("stands")
    with op.batch_alter_table("budget_lines") as table:
        table.drop_column("corrected_at")
