"""The ledger of the plan's money, settlements, and what a budget line is for.

Revision: 0006, after 0005. What a plan's own text gave to its lines becomes their first entry, citing the
plan.
"""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op
from ulid import ULID

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
CODE = sa.String(length=32)
INSTANT = sa.DateTime(timezone=True)

_CODES = ("chapter", "category", "subcategory", "item", "subitem")
_COUNTERS = ("needed_vnd", "committed_vnd", "spent_vnd", "settled_vnd")
_CHECKS = {
    "needed": "needed_vnd >= 0",
    "committed": "committed_vnd <= allocated_vnd",
    "spent": "spent_vnd <= committed_vnd",
    "settled": "settled_vnd >= 0 AND settled_vnd <= spent_vnd",
}


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("budget_lines") as table:
        for code in _CODES:
            table.add_column(sa.Column(code, BYTEWISE, nullable=True))
        for counter in _COUNTERS:
            table.add_column(sa.Column(counter, BIG, nullable=False, server_default="0"))
        for name, condition in _CHECKS.items():
            table.create_check_constraint(op.f(f"ck_budget_lines_{name}"), condition)
    with op.batch_alter_table("budget_lines") as table:
        for counter in _COUNTERS:
            table.alter_column(counter, server_default=None)
    _links()
    _settlements()
    _entries()
    _opening_balances()


def downgrade() -> None:
    """Undo: what is allocated stays on the lines; what was needed, spent and settled is lost."""
    op.drop_table("ledger_entries")
    op.drop_table("settlements")
    op.drop_table("budget_links")
    with op.batch_alter_table("budget_lines") as table:
        for name in _CHECKS:
            table.drop_constraint(op.f(f"ck_budget_lines_{name}"), type_="check")
        for column in (*_COUNTERS, *_CODES):
            table.drop_column(column)


def _record(name: str, *columns: sa.schema.SchemaItem, links: dict[str, str]) -> None:
    """A recorded table, with what its columns lead to."""
    op.create_table(
        name,
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("version", BIG, nullable=False),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, target in links.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )


def _links() -> None:
    links = {
        "plan_id": "plans",
        "line_id": "budget_lines",
        "task_id": "tasks",
        "output_id": "outputs",
        "activity_id": "activities",
        "event_id": "events",
    }
    _record(
        "budget_links",
        *(sa.Column(name, BIG, nullable=name not in ("plan_id", "line_id")) for name in links),
        sa.Column("label", BYTEWISE, nullable=False),
        sa.UniqueConstraint("line_id", "label", name=op.f("uq_budget_links_line_id_label")),
        sa.CheckConstraint(
            "task_id IS NOT NULL OR event_id IS NOT NULL", name=op.f("ck_budget_links_leads_somewhere")
        ),
        links=links,
    )
    op.create_index(op.f("ix_budget_links_plan_id"), "budget_links", ["plan_id"])
    op.create_index(op.f("ix_budget_links_task_id"), "budget_links", ["task_id"])


def _settlements() -> None:
    _record(
        "settlements",
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("amount_vnd", BIG, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", CODE, nullable=False),
        sa.Column("submitted_by_id", BIG, nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.Column("decided_by_id", BIG, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decision_number", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("missing", sa.Text(), nullable=True),
        sa.UniqueConstraint("public_id", name=op.f("uq_settlements_public_id")),
        sa.CheckConstraint("amount_vnd > 0", name=op.f("ck_settlements_amount")),
        links={
            "plan_id": "plans",
            "line_id": "budget_lines",
            "submitted_by_id": "agencies",
            "decided_by_id": "agencies",
        },
    )
    op.create_index(op.f("ix_settlements_plan_id"), "settlements", ["plan_id"])
    op.create_index(op.f("ix_settlements_line_id"), "settlements", ["line_id"])


def _entries() -> None:
    _record(
        "ledger_entries",
        sa.Column("public_id", BYTEWISE, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("amount_vnd", BIG, nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("document_on", sa.Date(), nullable=True),
        sa.Column("document_issuer", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by_id", BIG, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("reverses_id", BIG, nullable=True),
        sa.Column("transfer", BYTEWISE, nullable=True),
        sa.Column("settlement_id", BIG, nullable=True),
        sa.Column("source_system", BYTEWISE, nullable=True),
        sa.Column("external_id", BYTEWISE, nullable=True),
        sa.UniqueConstraint("public_id", name=op.f("uq_ledger_entries_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_entries_reverses_id")),
        sa.UniqueConstraint(
            *("plan_id", "recorded_by_id", "source_system", "external_id"),
            name=op.f("uq_ledger_entries_source_key"),
        ),
        sa.CheckConstraint("amount_vnd <> 0", name=op.f("ck_ledger_entries_amount")),
        sa.CheckConstraint(
            "(source_system IS NULL) = (external_id IS NULL)", name=op.f("ck_ledger_entries_natural_key")
        ),
        links={
            "plan_id": "plans",
            "line_id": "budget_lines",
            "recorded_by_id": "agencies",
            "reverses_id": "ledger_entries",
            "settlement_id": "settlements",
        },
    )
    op.create_index("ix_ledger_entries_plan_id_public_id", "ledger_entries", ["plan_id", "public_id"])
    op.create_index("ix_ledger_entries_line_id_kind", "ledger_entries", ["line_id", "kind"])
    op.create_index(op.f("ix_ledger_entries_recorded_by_id"), "ledger_entries", ["recorded_by_id"])
    op.create_index(op.f("ix_ledger_entries_settlement_id"), "ledger_entries", ["settlement_id"])


def _opening_balances() -> None:
    """One entry, and its own in the journal, for each line that has something."""
    connection, now = op.get_bind(), datetime.now(UTC)
    meta = sa.MetaData()
    entries, changes = (
        sa.Table(name, meta, autoload_with=connection) for name in ("ledger_entries", "changes")
    )
    horizon = (
        sa.cast(sa.cast(sa.func.pg_current_xact_id(), sa.Text), sa.BigInteger)
        if connection.dialect.name == "postgresql"
        else sa.literal(0)
    )
    for line in connection.execute(_GIVEN).mappings().all():
        public_id = str(ULID())
        entry = {
            "public_id": public_id,
            "kind": "allocation",
            "amount_vnd": line["allocated_vnd"],
            "document_number": line["number"],
            "document_issuer": line["issuer_vi"],
        }
        days = {name: _day(line[name]) for name in ("document_on", "occurred_on")}
        numbers = {name: line[name] for name in ("plan_id", "line_id", "recorded_by_id")}
        connection.execute(entries.insert().values(**entry, **days, **numbers, version=1, recorded_at=now))
        said = {name: day and day.isoformat() for name, day in days.items()}
        known = {"plan": line["slug"], "line": line["code"], "recorded_by": line["actor"]}
        empty = dict.fromkeys(
            ("note", "reverses", "transfer", "settlement", "source_system", "external_id"), None
        )
        after = {**entry, **said, **known, **empty, "recorded_at": now.isoformat()}
        connection.execute(
            changes.insert().values(
                public_id=str(ULID()),
                horizon=horizon,
                at=now,
                plan_id=line["plan_id"],
                subject="ledger_entry",
                ref=public_id,
                operation="created",
                version=1,
                action="plan.draw_up",
                actor=line["actor"],
                via="migration:0006",
                after=after,
            )
        )


_GIVEN = sa.text(
    "SELECT line.id AS line_id, line.code, line.allocated_vnd, plan.id AS plan_id, plan.slug, plan.number,"
    " plan.issuer_vi, plan.issued_on AS document_on, body.id AS recorded_by_id, body.code AS actor,"
    " COALESCE(plan.effective_on, plan.period_from) AS occurred_on"
    " FROM budget_lines line JOIN plans plan ON plan.id = line.plan_id"
    " JOIN agencies body ON body.id = COALESCE(plan.secretariat_id, plan.owner_id)"
    " WHERE line.allocated_vnd > 0 ORDER BY line.id"
)


def _day(value: date | str | None) -> date | None:
    """A day, which SQLite gives as text."""
    return datetime.fromisoformat(value).date() if isinstance(value, str) else value
