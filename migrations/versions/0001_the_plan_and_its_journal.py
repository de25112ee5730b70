"""The plan and its journal: every table the service starts with.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
CODE = sa.String(length=32)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "agencies",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("code", BYTEWISE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("sort_key", BYTEWISE, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("source", CODE, nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("line", BIG, nullable=True),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("succession_vi", sa.Text(), nullable=True),
        sa.Column("succession_en", sa.Text(), nullable=True),
        sa.Column("members_open", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("code", name=op.f("uq_agencies_code")),
    )
    with op.batch_alter_table("agencies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agencies_kind"), ["kind"], unique=False)

    op.create_table(
        "agency_names",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", CODE, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_names_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_names")),
    )
    with op.batch_alter_table("agency_names", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agency_names_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "keys",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("hint", BYTEWISE, nullable=False),
        sa.Column("digest", BYTEWISE, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("replaces_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_keys_agency_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["keys.id"], name=op.f("fk_keys_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_keys_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_keys_public_id")),
    )
    with op.batch_alter_table("keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_keys_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("group_id", BIG, nullable=False),
        sa.Column("member_id", BIG, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", CODE, nullable=False),
        sa.Column("label", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["agencies.id"], name=op.f("fk_memberships_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["agencies.id"], name=op.f("fk_memberships_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "group_id", "member_id", "valid_from", name=op.f("uq_memberships_group_id_member_id_valid_from")
        ),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_memberships_member_id"), ["member_id"], unique=False)
        batch_op.create_index(
            "uq_memberships_group_id_member_id_since_ever",
            ["group_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("valid_from IS NULL"),
            postgresql_where=sa.text("valid_from IS NULL"),
        )

    op.create_table(
        "plans",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("slug", BYTEWISE, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("number_printed", sa.Text(), nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("sort_key", BYTEWISE, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("year", BIG, nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("signer_office_vi", sa.Text(), nullable=True),
        sa.Column("signer_office_en", sa.Text(), nullable=True),
        sa.Column("issuer_vi", sa.Text(), nullable=False),
        sa.Column("issuer_en", sa.Text(), nullable=False),
        sa.Column("owner_id", BIG, nullable=False),
        sa.Column("secretariat_id", BIG, nullable=True),
        sa.Column("superior_id", BIG, nullable=True),
        sa.Column("superiors", sa.JSON(), nullable=False),
        sa.Column("reporting_period", CODE, nullable=False),
        sa.Column("status", CODE, nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("funding_source_vi", sa.Text(), nullable=True),
        sa.Column("funding_source_en", sa.Text(), nullable=True),
        sa.Column("events_open", sa.Boolean(), nullable=False),
        sa.Column("stated", sa.JSON(), nullable=False),
        sa.Column("source_text", sa.JSON(), nullable=True),
        sa.Column("legal_bases", sa.JSON(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=False),
        sa.Column("anomalies", sa.JSON(), nullable=False),
        sa.Column("file_digest", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["agencies.id"], name=op.f("fk_plans_owner_id")),
        sa.ForeignKeyConstraint(["secretariat_id"], ["agencies.id"], name=op.f("fk_plans_secretariat_id")),
        sa.ForeignKeyConstraint(["superior_id"], ["agencies.id"], name=op.f("fk_plans_superior_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("slug", name=op.f("uq_plans_slug")),
    )
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plans_year"), ["year"], unique=False)

    op.create_table(
        "replays",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column(
            "idempotency_key",
            BYTEWISE,
            nullable=False,
        ),
        sa.Column("fingerprint", BYTEWISE, nullable=False),
        sa.Column("status", BIG, nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_replays_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replays")),
        sa.UniqueConstraint(
            "agency_id", "idempotency_key", name=op.f("uq_replays_agency_id_idempotency_key")
        ),
    )
    with op.batch_alter_table("replays", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replays_created_at"), ["created_at"], unique=False)

    op.create_table(
        "budget_lines",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("agency_id", BIG, nullable=True),
        sa.Column("code", BYTEWISE, nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("allocated_vnd", BIG, nullable=False),
        sa.Column("line", BIG, nullable=True),
        sa.CheckConstraint("allocated_vnd >= 0", name=op.f("ck_budget_lines_allocated")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_budget_lines_agency_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_budget_lines_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_lines")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_budget_lines_plan_id_code")),
    )
    with op.batch_alter_table("budget_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_budget_lines_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_budget_lines_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "budgets",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("total_vnd", BIG, nullable=False),
        sa.Column("printed", sa.Text(), nullable=True),
        sa.Column("words_printed", sa.Text(), nullable=True),
        sa.Column("source_vi", sa.Text(), nullable=False),
        sa.Column("source_en", sa.Text(), nullable=False),
        sa.Column("line", BIG, nullable=True),
        sa.Column("label", BYTEWISE, nullable=False),
        sa.CheckConstraint("total_vnd >= 0", name=op.f("ck_budgets_total")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_budgets_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_budgets_plan_id")),
    )
    op.create_table(
        "sections",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("code", BYTEWISE, nullable=False),
        sa.Column("order_key", BYTEWISE, nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("line", BIG, nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["sections.id"], name=op.f("fk_sections_parent_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_sections_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sections")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_sections_plan_id_code")),
    )
    with op.batch_alter_table("sections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sections_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sections_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "objectives",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("section_id", BIG, nullable=False),
        sa.Column("code", BYTEWISE, nullable=False),
        sa.Column("order_key", BYTEWISE, nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("lines", BYTEWISE, nullable=True),
        sa.Column("line", BIG, nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_objectives_plan_id")),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name=op.f("fk_objectives_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objectives")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_objectives_plan_id_code")),
    )
    with op.batch_alter_table("objectives", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objectives_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objectives_section_id"), ["section_id"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("section_id", BIG, nullable=False),
        sa.Column("code", BYTEWISE, nullable=False),
        sa.Column("order_key", BYTEWISE, nullable=False),
        sa.Column("family", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("title_vi", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("sort_key", BYTEWISE, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("lines", BYTEWISE, nullable=True),
        sa.Column("line", BIG, nullable=True),
        sa.Column("visibility", CODE, nullable=False),
        sa.Column("status", CODE, nullable=False),
        sa.Column("weight", BIG, nullable=False),
        sa.Column("target", BIG, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("gap_vi", sa.Text(), nullable=True),
        sa.Column("gap_en", sa.Text(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.CheckConstraint("weight >= 1", name=op.f("ck_tasks_weight")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_tasks_plan_id")),
        sa.ForeignKeyConstraint(["section_id"], ["sections.id"], name=op.f("fk_tasks_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_tasks_plan_id_code")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tasks_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_section_id"), ["section_id"], unique=False)

    op.create_table(
        "assignments",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("group_id", BIG, nullable=True),
        sa.Column("order_key", BYTEWISE, nullable=False),
        sa.Column("role", CODE, nullable=False),
        sa.Column("verb_printed", sa.Text(), nullable=True),
        sa.Column("role_read_vi", sa.Text(), nullable=True),
        sa.Column("role_read_en", sa.Text(), nullable=True),
        sa.Column("source", CODE, nullable=False),
        sa.Column("fans_out", sa.Boolean(), nullable=False),
        sa.Column("share_numerator", BIG, nullable=False),
        sa.Column("share_denominator", BIG, nullable=False),
        sa.Column("recorded_quantity", BIG, nullable=False),
        sa.CheckConstraint(
            "share_numerator >= 0 AND share_denominator > 0", name=op.f("ck_assignments_share")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_assignments_agency_id")),
        sa.ForeignKeyConstraint(["group_id"], ["agencies.id"], name=op.f("fk_assignments_group_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_assignments_plan_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_assignments_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("public_id", name=op.f("uq_assignments_public_id")),
        sa.UniqueConstraint(
            "task_id", "agency_id", "role", name=op.f("uq_assignments_task_id_agency_id_role")
        ),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_task_id"), ["task_id"], unique=False)

    op.create_table(
        "changes",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("horizon", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("plan_id", BIG, nullable=True),
        sa.Column("task_id", BIG, nullable=True),
        sa.Column("subject", BYTEWISE, nullable=False),
        sa.Column("ref", BYTEWISE, nullable=False),
        sa.Column("operation", BYTEWISE, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("action", BYTEWISE, nullable=False),
        sa.Column("actor", BYTEWISE, nullable=True),
        sa.Column("via", BYTEWISE, nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("request_id", BYTEWISE, nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_changes_plan_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_changes_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_changes_public_id")),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index("ix_changes_horizon_id", ["horizon", "id"], unique=False)
        batch_op.create_index("ix_changes_subject_ref", ["subject", "ref"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=True),
        sa.Column("code", BYTEWISE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("sort_key", BYTEWISE, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("counterpart", BYTEWISE, nullable=True),
        sa.Column("date_printed", sa.Date(), nullable=False),
        sa.Column("date_verified", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.Text(), nullable=True),
        sa.Column("note_vi", sa.Text(), nullable=True),
        sa.Column("note_en", sa.Text(), nullable=True),
        sa.Column("line", BIG, nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_events_plan_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_events_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_events_plan_id_code")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_events_task_id"), ["task_id"], unique=False)

    op.create_table(
        "implementations",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("duty_id", BIG, nullable=False),
        sa.Column("basis", CODE, nullable=False),
        sa.Column("label", BYTEWISE, nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["tasks.id"], name=op.f("fk_implementations_duty_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_implementations_plan_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_implementations_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_implementations")),
        sa.UniqueConstraint("task_id", "duty_id", name=op.f("uq_implementations_task_id_duty_id")),
    )
    with op.batch_alter_table("implementations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_implementations_duty_id"), ["duty_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_implementations_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "outputs",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("assignment_id", BIG, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("code", BYTEWISE, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("label_vi", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_source", CODE, nullable=False),
        sa.Column("weight", BIG, nullable=False),
        sa.Column("opened_by_record", sa.Boolean(), nullable=False),
        sa.Column("claimed", sa.Boolean(), nullable=False),
        sa.Column("evidence", BIG, nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("owed", sa.Boolean(), nullable=False),
        sa.Column("level", CODE, nullable=False),
        sa.Column("moved_at", INSTANT, nullable=True),
        sa.CheckConstraint("evidence >= 0", name=op.f("ck_outputs_evidence")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name=op.f("fk_outputs_assignment_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_outputs_plan_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_outputs_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outputs")),
        sa.UniqueConstraint("assignment_id", "code", name=op.f("uq_outputs_assignment_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outputs_public_id")),
    )
    with op.batch_alter_table("outputs", schema=None) as batch_op:
        batch_op.create_index("ix_outputs_plan_id_assignment_id", ["plan_id", "assignment_id"], unique=False)

    op.create_table(
        "activities",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("assignment_id", BIG, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("recorded_by_id", BIG, nullable=False),
        sa.Column("output_id", BIG, nullable=True),
        sa.Column("status", CODE, nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sort_key", BYTEWISE, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("channel", CODE, nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("source_system", BYTEWISE, nullable=True),
        sa.Column("external_id", BYTEWISE, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(source_system IS NULL) = (external_id IS NULL)", name=op.f("ck_activities_natural_key")
        ),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_activities_quantity")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_activities_agency_id")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name=op.f("fk_activities_assignment_id")
        ),
        sa.ForeignKeyConstraint(["output_id"], ["outputs.id"], name=op.f("fk_activities_output_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_activities_plan_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["agencies.id"], name=op.f("fk_activities_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_activities_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint(
            "plan_id",
            "agency_id",
            "source_system",
            "external_id",
            name=op.f("uq_activities_plan_id_agency_id_source_system_external_id"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_activities_public_id")),
    )
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activities_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activities_assignment_id"), ["assignment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activities_output_id"), ["output_id"], unique=False)
        batch_op.create_index(
            "ix_activities_plan_id_occurred_on_public_id",
            ["plan_id", "occurred_on", "public_id"],
            unique=False,
        )
        batch_op.create_index("ix_activities_plan_id_public_id", ["plan_id", "public_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activities_task_id"), ["task_id"], unique=False)

    op.create_table(
        "withdrawals",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("activity_id", BIG, nullable=False),
        sa.Column("withdrawn_by_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_withdrawals_activity_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_withdrawals_plan_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_withdrawals_task_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["agencies.id"], name=op.f("fk_withdrawals_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_withdrawals_activity_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_withdrawals_public_id")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("withdrawals")
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activities_task_id"))
        batch_op.drop_index("ix_activities_plan_id_public_id")
        batch_op.drop_index("ix_activities_plan_id_occurred_on_public_id")
        batch_op.drop_index(batch_op.f("ix_activities_output_id"))
        batch_op.drop_index(batch_op.f("ix_activities_assignment_id"))
        batch_op.drop_index(batch_op.f("ix_activities_agency_id"))

    op.drop_table("activities")
    with op.batch_alter_table("outputs", schema=None) as batch_op:
        batch_op.drop_index("ix_outputs_plan_id_assignment_id")

    op.drop_table("outputs")
    with op.batch_alter_table("implementations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_implementations_plan_id"))
        batch_op.drop_index(batch_op.f("ix_implementations_duty_id"))

    op.drop_table("implementations")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_task_id"))
        batch_op.drop_index(batch_op.f("ix_events_plan_id"))

    op.drop_table("events")
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.drop_index("ix_changes_subject_ref")
        batch_op.drop_index("ix_changes_horizon_id")

    op.drop_table("changes")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignments_task_id"))
        batch_op.drop_index(batch_op.f("ix_assignments_plan_id"))
        batch_op.drop_index(batch_op.f("ix_assignments_agency_id"))

    op.drop_table("assignments")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tasks_section_id"))
        batch_op.drop_index(batch_op.f("ix_tasks_plan_id"))

    op.drop_table("tasks")
    with op.batch_alter_table("objectives", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objectives_section_id"))
        batch_op.drop_index(batch_op.f("ix_objectives_plan_id"))

    op.drop_table("objectives")
    with op.batch_alter_table("sections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sections_plan_id"))
        batch_op.drop_index(batch_op.f("ix_sections_parent_id"))

    op.drop_table("sections")
    op.drop_table("budgets")
    with op.batch_alter_table("budget_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_budget_lines_plan_id"))
        batch_op.drop_index(batch_op.f("ix_budget_lines_agency_id"))

    op.drop_table("budget_lines")
    with op.batch_alter_table("replays", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replays_created_at"))

    op.drop_table("replays")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plans_year"))

    op.drop_table("plans")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index("uq_memberships_group_id_member_id_since_ever")
        batch_op.drop_index(batch_op.f("ix_memberships_member_id"))
        batch_op.drop_index(batch_op.f("ix_memberships_group_id"))

    op.drop_table("memberships")
    with op.batch_alter_table("keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_keys_agency_id"))

    op.drop_table("keys")
    with op.batch_alter_table("agency_names", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agency_names_agency_id"))

    op.drop_table("agency_names")
    with op.batch_alter_table("agencies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agencies_kind"))

    op.drop_table("agencies")
