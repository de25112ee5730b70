"""A page of one body's or one duty's records, or by title, is found by an index, however deep it is.

Revision: 0008, after 0007. No row changes.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for column in ("task_id", "agency_id"):
        op.drop_index(f"ix_activities_{column}", "activities")
        op.create_index(f"ix_activities_{column}_public_id", "activities", [column, "public_id"])
    op.create_index(
        "ix_activities_plan_id_sort_key_public_id", "activities", ["plan_id", "sort_key", "public_id"]
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_activities_plan_id_sort_key_public_id", "activities")
    for column in ("task_id", "agency_id"):
        op.drop_index(f"ix_activities_{column}_public_id", "activities")
        op.create_index(f"ix_activities_{column}", "activities", [column])
