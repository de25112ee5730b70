"""The life of an output: acts, standings over time, amendments, proposals, urges.

Revision: 0002, after 0001. What is stored already gets what it would have now: each output the day it was
evidenced on, each task who says when it is due, each assignment the standing it has, from this moment on.
"""

from datetime import UTC, datetime
from itertools import chain, repeat

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
CODE = sa.String(length=32)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    _tables()
    _columns()
    _evidence_days()
    _standings()


def _record(name: str, *columns: sa.schema.SchemaItem, version: bool = True) -> None:
    """A table with a number, and a version where its rows are recorded."""
    op.create_table(
        name,
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        *([sa.Column("version", BIG, nullable=False)] if version else []),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _link(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _tables() -> None:
    _record(
        "amendments",
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("decision_number", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("entered_by_id", BIG, nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.Column("label", BYTEWISE, nullable=False),
        _link("amendments", "entered_by_id", "agencies"),
        _link("amendments", "plan_id", "plans"),
        sa.UniqueConstraint("plan_id", "revision", name=op.f("uq_amendments_plan_id_revision")),
    )
    _record(
        "proposals",
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("proposed_by_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by_id", BIG, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("amendment_id", BIG, nullable=True),
        _link("proposals", "amendment_id", "amendments"),
        _link("proposals", "plan_id", "plans"),
        _link("proposals", "proposed_by_id", "agencies"),
        _link("proposals", "settled_by_id", "agencies"),
        sa.UniqueConstraint("public_id", name=op.f("uq_proposals_public_id")),
    )
    op.create_index("ix_proposals_plan_id", "proposals", ["plan_id"])
    op.create_index("ix_proposals_proposed_by_id", "proposals", ["proposed_by_id"])
    _record(
        "urges",
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=True),
        sa.Column("about", CODE, nullable=False),
        sa.Column("urged_by_id", BIG, nullable=False),
        sa.Column("to_id", BIG, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("urged_at", INSTANT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("outcome", CODE, nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        _link("urges", "plan_id", "plans"),
        _link("urges", "task_id", "tasks"),
        _link("urges", "to_id", "agencies"),
        _link("urges", "urged_by_id", "agencies"),
        sa.UniqueConstraint("public_id", name=op.f("uq_urges_public_id")),
    )
    for column in ("plan_id", "to_id", "urged_by_id"):
        op.create_index(f"ix_urges_{column}", "urges", [column])
    _record(
        "standings",
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("assignment_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("status", CODE, nullable=False),
        *(
            sa.Column(name, BIG, nullable=False)
            for name in (
                "weight",
                "share_numerator",
                "share_denominator",
                "owed",
                "reported",
                "evidenced",
                "confirmed",
                "records",
            )
        ),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "0 <= confirmed AND confirmed <= evidenced AND evidenced <= reported AND reported <= owed",
            name=op.f("ck_standings_nested"),
        ),
        _link("standings", "assignment_id", "assignments"),
        _link("standings", "plan_id", "plans"),
        sa.UniqueConstraint("assignment_id", "number", name=op.f("uq_standings_assignment_id_number")),
        version=False,
    )
    op.create_index("ix_standings_plan_id_until", "standings", ["plan_id", "until"])
    _record(
        "acts",
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("output_id", BIG, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.Column("for_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("level", CODE, nullable=False),
        sa.Column("acted_at", INSTANT, nullable=False),
        _link("acts", "by_id", "agencies"),
        _link("acts", "for_id", "agencies"),
        _link("acts", "output_id", "outputs"),
        _link("acts", "plan_id", "plans"),
        _link("acts", "task_id", "tasks"),
        sa.UniqueConstraint("public_id", name=op.f("uq_acts_public_id")),
    )
    op.create_index("ix_acts_output_id", "acts", ["output_id"])
    op.create_index("ix_acts_plan_id", "acts", ["plan_id"])


_FLAGS = ("self_confirmed", "returned", "dropped")


def _columns() -> None:
    for column in ("assignment_id", "output_id"):
        op.drop_index(f"ix_activities_{column}", "activities")
        op.create_index(f"ix_activities_{column}_occurred_on", "activities", [column, "occurred_on"])
    with op.batch_alter_table("assignments") as table:
        table.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        table.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        table.add_column(sa.Column("succeeds_id", BIG, nullable=True))
        table.create_foreign_key(op.f("fk_assignments_succeeds_id"), "assignments", ["succeeds_id"], ["id"])
    with op.batch_alter_table("plans") as table:
        table.add_column(sa.Column("thresholds", sa.JSON(), nullable=True))
    with op.batch_alter_table("outputs") as table:
        table.add_column(sa.Column("evidenced_on", sa.Date(), nullable=True))
        for flag in _FLAGS:
            table.add_column(sa.Column(flag, sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("tasks") as table:
        table.add_column(sa.Column("due_source", CODE, nullable=False, server_default="implied"))
        table.add_column(sa.Column("reporting_period", CODE, nullable=True))
        table.add_column(sa.Column("superseded_by", BYTEWISE, nullable=True))
    op.execute("UPDATE tasks SET due_source = 'plan_text' WHERE due_on IS NOT NULL")
    with op.batch_alter_table("outputs") as table:
        for flag in _FLAGS:
            table.alter_column(flag, server_default=None)
    with op.batch_alter_table("tasks") as table:
        table.alter_column("due_source", server_default=None)


def _evidence_days() -> None:
    """Milestones, periods and occurrences: the day of their first standing record. Pieces: of the record that
    filled them, in the order of the days."""
    op.execute(
        "UPDATE outputs SET evidenced_on = (SELECT min(occurred_on) FROM activities "
        "WHERE activities.output_id = outputs.id AND activities.status = 'standing')"
    )
    connection = op.get_bind()
    pieces: dict[int, list[int]] = {}
    for output, assignment in connection.execute(
        sa.text("SELECT id, assignment_id FROM outputs WHERE kind = 'piece' AND evidence > 0 ORDER BY number")
    ):
        pieces.setdefault(assignment, []).append(output)
    for assignment, outputs in pieces.items():
        done = connection.execute(
            sa.text(
                "SELECT a.occurred_on, a.quantity FROM activities a JOIN plans p ON p.id = a.plan_id "
                "WHERE a.assignment_id = :assignment AND a.status = 'standing' "
                "AND a.occurred_on >= p.period_from ORDER BY a.occurred_on, a.id"
            ),
            {"assignment": assignment},
        )
        days = chain.from_iterable(repeat(day, quantity) for day, quantity in done)
        for output, day in zip(outputs, days, strict=False):
            connection.execute(
                sa.text("UPDATE outputs SET evidenced_on = :day WHERE id = :output"),
                {"day": day, "output": output},
            )


def _standings() -> None:
    """Where each lead and coordinator of a plan in force stands."""
    weight = "coalesce(sum(CASE WHEN o.owed AND o.level IN ({}) THEN o.weight END), 0)"
    levels = ("'reported', 'evidenced', 'confirmed'", "'evidenced', 'confirmed'", "'confirmed'")
    standing = "FROM activities r WHERE r.assignment_id = a.id AND r.status = 'standing'"
    op.get_bind().execute(
        sa.text(
            "INSERT INTO standings (plan_id, assignment_id, number, since, status, weight, share_numerator, "
            "share_denominator, owed, reported, evidenced, confirmed, records, heard_on) "
            "SELECT a.plan_id, a.id, 1, :now, t.status, t.weight, a.share_numerator, a.share_denominator, "
            "coalesce(sum(CASE WHEN o.owed THEN o.weight END), 0), "
            f"{', '.join(weight.format(level) for level in levels)}, "
            f"(SELECT count(*) {standing}), (SELECT {_vietnamese_day('max(r.recorded_at)')} {standing}) "
            "FROM assignments a JOIN tasks t ON t.id = a.task_id JOIN plans p ON p.id = a.plan_id "
            "LEFT JOIN outputs o ON o.assignment_id = a.id "
            "WHERE a.role IN ('lead', 'coordinate') AND NOT a.fans_out AND p.status <> 'draft' "
            "GROUP BY a.plan_id, a.id, t.status, t.weight, a.share_numerator, a.share_denominator"
        ).bindparams(sa.bindparam("now", type_=INSTANT)),
        {"now": datetime.now(UTC)},
    )


def _vietnamese_day(instant: str) -> str:
    if op.get_bind().dialect.name == "sqlite":
        return f"date({instant}, '+7 hours')"
    return f"({instant} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"


def downgrade() -> None:
    """Undo: what only these tables know is gone."""
    with op.batch_alter_table("tasks") as table:
        for column in ("superseded_by", "reporting_period", "due_source"):
            table.drop_column(column)
    with op.batch_alter_table("outputs") as table:
        for column in (*_FLAGS, "evidenced_on"):
            table.drop_column(column)
    with op.batch_alter_table("plans") as table:
        table.drop_column("thresholds")
    with op.batch_alter_table("assignments") as table:
        table.drop_constraint(op.f("fk_assignments_succeeds_id"), type_="foreignkey")
        for column in ("succeeds_id", "valid_to", "valid_from"):
            table.drop_column(column)
    for column in ("assignment_id", "output_id"):
        op.drop_index(f"ix_activities_{column}_occurred_on", "activities")
        op.create_index(f"ix_activities_{column}", "activities", [column])
    for table_name in ("acts", "standings", "urges", "proposals", "amendments"):
        op.drop_table(table_name)
