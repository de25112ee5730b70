"""A calendar that can be kept: stewards, links to several tasks, what was decided of a year, subscriptions.

Revision: 0005, after 0004. An event changed last when the journal last says so; its one task becomes a link.
"""

import sqlalchemy as sa
from alembic import op
from ulid import ULID

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "event_links",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("label", BYTEWISE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_links")),
        sa.UniqueConstraint("event_id", "task_id", name=op.f("uq_event_links_event_id_task_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_event_links_plan_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_links_event_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_event_links_task_id")),
    )
    op.create_index(op.f("ix_event_links_task_id"), "event_links", ["task_id"])
    op.create_table(
        "event_occurrences",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("year", BIG, nullable=False),
        sa.Column("label", BYTEWISE, nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_occurrences")),
        sa.UniqueConstraint("event_id", "year", name=op.f("uq_event_occurrences_event_id_year")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_event_occurrences_plan_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_occurrences_event_id")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("agency_id", BIG, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("of_agency_id", BIG, nullable=True),
        sa.Column("country", BYTEWISE, nullable=True),
        sa.Column("digest", BYTEWISE, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("public_id", name=op.f("uq_subscriptions_public_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_subscriptions_digest")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_subscriptions_plan_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_subscriptions_agency_id")),
        sa.ForeignKeyConstraint(
            ["of_agency_id"], ["agencies.id"], name=op.f("fk_subscriptions_of_agency_id")
        ),
    )
    op.create_index(op.f("ix_subscriptions_agency_id"), "subscriptions", ["agency_id"])
    with op.batch_alter_table("activities") as table:
        table.add_column(sa.Column("marks", BYTEWISE, nullable=True))
        table.create_index("ix_activities_plan_id_marks", ["plan_id", "marks"])
    _link()
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("steward_id", BIG, nullable=True))
        table.add_column(sa.Column("preparation_days", BIG, nullable=False, server_default=sa.text("60")))
        table.add_column(sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("reason", sa.Text(), nullable=True))
        table.add_column(sa.Column("changed_at", INSTANT, nullable=True))
    op.execute(
        "UPDATE events SET changed_at = (SELECT max(changes.at) FROM changes WHERE changes.subject = 'event'"
        " AND changes.plan_id = events.plan_id AND changes.ref = events.code)"
    )
    op.execute("UPDATE events SET changed_at = CURRENT_TIMESTAMP WHERE changed_at IS NULL")
    with op.batch_alter_table("events") as table:
        table.alter_column("changed_at", existing_type=INSTANT, nullable=False)
        table.alter_column("preparation_days", existing_type=BIG, server_default=None)
        table.alter_column("withdrawn", existing_type=sa.Boolean(), server_default=None)
        table.alter_column("date_printed", existing_type=sa.Date(), nullable=True)
        table.create_foreign_key(op.f("fk_events_steward_id"), "agencies", ["steward_id"], ["id"])
        table.create_index(op.f("ix_events_steward_id"), ["steward_id"])
        table.create_check_constraint(
            op.f("ck_events_dated"), "date_printed IS NOT NULL OR date_verified IS NOT NULL"
        )
        table.create_check_constraint(
            op.f("ck_events_preparation_days"), "preparation_days BETWEEN 0 AND 730"
        )
        table.drop_index(op.f("ix_events_task_id"))
        table.drop_constraint(op.f("fk_events_task_id"), type_="foreignkey")
        table.drop_column("task_id")


def _link() -> None:
    """The one task of each event as a link, entered in the journal beside the event itself. What the journal
    has of a link from an earlier stay at this revision is taken up again."""
    connection = op.get_bind()
    horizon = "0" if connection.dialect.name == "sqlite" else "pg_current_xact_id()::text::bigint"
    rows = connection.execute(
        sa.text(
            "SELECT events.plan_id, events.id AS event_id, events.task_id, plans.slug, events.code AS event,"
            " tasks.code AS task, (SELECT count(*) FROM changes WHERE changes.subject = 'event_link'"
            " AND changes.plan_id = events.plan_id AND changes.ref = events.code || '/' || tasks.code)"
            " AS known FROM events JOIN tasks ON tasks.id = events.task_id"
            " JOIN plans ON plans.id = events.plan_id"
            " ORDER BY events.id"
        )
    )
    for row in rows.mappings().all():
        label = f"{row['event']}/{row['task']}"
        facts = {**row, "label": label, "version": max(row["known"], 1), "stands": True}
        connection.execute(
            sa.text(
                "INSERT INTO event_links (version, plan_id, event_id, task_id, stands, label)"
                " VALUES (:version, :plan_id, :event_id, :task_id, :stands, :label)"
            ),
            facts,
        )
        said = {
            "plan": row["slug"],
            "event": row["event"],
            "task": row["task"],
            "stands": True,
            "label": label,
        }
        if not row["known"]:
            connection.execute(
                sa.text(
                    "INSERT INTO changes (public_id, horizon, at, plan_id, task_id, subject, ref, operation,"
                    f" version, action, actor, via, after) SELECT :public_id, {horizon}, at, plan_id,"
                    " :task_id,"
                    " 'event_link', :label, operation, 1, action, actor, via, :after FROM changes"
                    " WHERE subject = 'event' AND plan_id = :plan_id AND ref = :event AND version = 1"
                ).bindparams(sa.bindparam("after", type_=sa.JSON())),
                {**facts, "public_id": str(ULID()), "after": said},
            )


def downgrade() -> None:
    """Undo: an event keeps its first task; what was added is printed as it was verified."""
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("task_id", BIG, nullable=True))
        table.create_foreign_key(op.f("fk_events_task_id"), "tasks", ["task_id"], ["id"])
        table.create_index(op.f("ix_events_task_id"), ["task_id"])
    op.execute(
        "UPDATE events SET task_id = (SELECT min(event_links.task_id) FROM event_links"
        " WHERE event_links.event_id = events.id AND event_links.stands)"
    )
    op.execute("UPDATE events SET date_printed = date_verified WHERE date_printed IS NULL")
    with op.batch_alter_table("events") as table:
        table.drop_constraint(op.f("ck_events_preparation_days"), type_="check")
        table.drop_constraint(op.f("ck_events_dated"), type_="check")
        table.drop_index(op.f("ix_events_steward_id"))
        table.drop_constraint(op.f("fk_events_steward_id"), type_="foreignkey")
        table.alter_column("date_printed", existing_type=sa.Date(), nullable=False)
        for column in ("changed_at", "reason", "withdrawn", "preparation_days", "steward_id"):
            table.drop_column(column)
    with op.batch_alter_table("activities") as table:
        table.drop_index("ix_activities_plan_id_marks")
        table.drop_column("marks")
    op.drop_table("subscriptions")
    op.drop_table("event_occurrences")
    op.drop_table("event_links")
