"""Migrations: the only way a schema comes to be; there and back on both databases, and no drift."""

import shutil
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import migration
from app.db import Database
from app.models import Agency, Base, Change, LedgerEntry
from app.rules.ledger import EntryKind
from app.rules.parties import Actor
from app.rules.vocabulary import Scope
from app.schemas.activities import ActivityIn
from app.schemas.amendments import AmendmentIn
from app.schemas.budget import BudgetLineIn, BudgetLinePatch
from app.schemas.ledger import AllocationIn, EntryIn
from app.schemas.settlements import SettlementIn, WithdrawalOfSettlementIn
from app.services import amending, audit, line_keeping, opening, posting, recording, settlement_steps
from app.settings import Settings
from seed import demo, loader
from tests import servers
from tests.patience import untraced
from tests.writing import TINY_PLAN, news

pytestmark = untraced


@pytest.fixture
def empty(backend: str, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it."""
    cluster = servers.of_session() if backend == "postgresql" else None
    name = f"migrated_{uuid.uuid4().hex}"
    url = cluster.create_database(name) if cluster else f"sqlite:///{tmp_path / 'migrated.sqlite3'}"
    database = Database(Settings(DATABASE_URL=url))
    yield database
    database.dispose()
    if cluster:
        cluster.drop_database(name)


def seed(database: Database) -> None:
    plan_file, digest = loader.read(loader.PLAN_2023)
    with database.writing() as session:
        assert loader.load(session, plan_file, digest, lambda _what, _how_many: None)


def drift(database: Database) -> list[Any]:
    """What `alembic check` would find."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, Base.metadata))


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def facts(database: Database) -> dict[str, Any]:
    """What the plan says, without ids and instants that differ from one loading to the next."""
    named = {
        "agencies": "code, kind, name_vi, version",
        "tasks": "code, kind, title_vi, weight, parts, version",
    }
    with database.reading() as session:
        assert list(audit.differences(session)) == []
        return audit.counts(session) | {
            table: [tuple(row) for row in session.execute(text(f"SELECT {columns} FROM {table} ORDER BY id"))]
            for table, columns in named.items()
        }


def test_there_and_back_and_there_again_with_data(empty: Database) -> None:
    assert migration.current(empty.engine) is None
    migration.upgrade(empty.engine)
    assert migration.current(empty.engine) == migration.head()
    assert tables(empty) == set(Base.metadata.tables)
    seed(empty)
    before = facts(empty)
    migration.downgrade(empty.engine, "base")
    assert tables(empty) == set()
    assert migration.current(empty.engine) is None
    migration.upgrade(empty.engine)
    assert drift(empty) == []
    seed(empty)
    assert facts(empty) == before


def every_row(database: Database) -> dict[str, str]:
    """A checksum of each table's rows."""
    with database.reading() as session:
        return {
            table: sha256(
                "\n".join(
                    sorted(repr(tuple(row)) for row in session.execute(text(f"SELECT * FROM {table}")))
                ).encode()
            ).hexdigest()
            for table in tables(database)
        }


def test_every_revision_goes_up_and_down_again_with_data_and_keeps_every_row(empty: Database) -> None:
    """Data of today taken down a step at a time; at each, one step up and down again changes no row."""
    migration.upgrade(empty.engine)
    seed(empty)
    with empty.writing() as session:
        assert demo.record(session, "ttdn-2023") > 50
        counted(session)
    before, kept = every_row(empty), []
    with empty.engine.execution_options(writing=True).begin() as connection:
        connection.execute(text("UPDATE plans SET number_printed = 'x'"))
    assert {table for table, rows in every_row(empty).items() if rows != before[table]} == {"plans"}
    while (at := migration.current(empty.engine)) is not None:
        migration.downgrade(empty.engine, "-1")
        below = migration.current(empty.engine)
        if below is None:
            break
        before = every_row(empty)
        migration.upgrade(empty.engine, "+1")
        assert migration.current(empty.engine) == at
        migration.downgrade(empty.engine, "-1")
        assert every_row(empty) == before, at
        kept.append(at)
    assert len(kept) >= 5


DERIVED = {
    "tasks": "code, due_on, due_source",
    "outputs": "public_id, evidence, evidenced_on, level",
    "standings": "assignment_id, number, status, weight, share_numerator, share_denominator, owed, reported, "
    "evidenced, confirmed, records, heard_on",
}


def derived(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """What revision 0002 works out from what is stored already; of standings the present ones."""
    with database.reading() as session:
        found = {
            table: [tuple(row) for row in session.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1"))]
            for table, columns in DERIVED.items()
        }
        lost = ("amendment ",)  # the tables that the revision brought are gone in between
        assert [one for one in audit.differences(session) if not one.en.startswith(lost)] == []
    present = {row[0]: (row[0], 1, *row[2:]) for row in sorted(found["standings"], key=lambda row: row[:2])}
    return {**found, "standings": list(present.values())}


def test_what_a_revision_works_out_is_what_the_service_would_have_written(empty: Database) -> None:
    migration.upgrade(empty.engine)
    seed(empty)
    with empty.writing() as session:
        assert demo.record(session, "ttdn-2023") > 50
        counted(session)
    before = derived(empty)
    assert sum(row[2] is not None for row in before["outputs"]) > 50
    migration.downgrade(empty.engine, "0001")
    migration.upgrade(empty.engine)
    assert derived(empty) == before
    assert drift(empty) == []


def counted(session: Session) -> None:
    """Pieces, filled by records that came in another order than they were done in."""
    owner, office = (_actor(session, code) for code in ("TTBCD", "SCT"))
    decision = {"number": "01-QĐ/BCĐ", "decided_on": "2023-02-01", "issuer": "Ban Chỉ đạo"}
    target = {"change": "target", "task": "IV.6.a", "target": 4}
    amendment = AmendmentIn.model_validate({"decision": decision, "changes": [target]})
    amending.amend(session, owner, "ttdn-2023", amendment)
    for day, quantity in (("2023-09-01", 1), ("2023-03-01", 2)):
        body = news("IV.6.a", occurred_on=day, quantity=quantity)
        recording.record(session, office, "ttdn-2023", ActivityIn.model_validate(body))


def _actor(session: Session, code: str) -> Actor:
    agency = session.scalars(select(Agency).where(Agency.code == code)).one()
    return Actor(code, agency.kind, agency.id, frozenset({Scope.READ, Scope.PUSH}), "test")


def test_what_a_plan_gave_to_its_lines_becomes_the_first_entries(empty: Database) -> None:
    """As it stands in the ledger of a plan that is loaded now, but for the instant and who did it."""
    migration.upgrade(empty.engine)
    plan_file, digest = loader.read(TINY_PLAN)
    with empty.writing() as session:
        assert loader.load(session, plan_file, digest, lambda _what, _how_many: None)
    before = first_entries(empty)
    assert [(entry["amount_vnd"], entry["kind"]) for entry, _ in before] == [(40_000_000, "allocation")]
    with empty.engine.execution_options(writing=True).begin() as connection:
        connection.execute(text("DELETE FROM changes WHERE subject = 'ledger_entry'"))
    migration.downgrade(empty.engine, "0005")
    migration.upgrade(empty.engine)
    assert first_entries(empty) == before
    with empty.reading() as session:
        assert list(audit.differences(session)) == []
    assert drift(empty) == []


def first_entries(database: Database) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every entry of the ledger, and what the journal says of it, without what differs each time."""
    differs = ("public_id", "recorded_at")
    names = [one.name for one in LedgerEntry.__table__.columns if one.name not in differs]
    with database.reading() as session:
        rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
        said = {
            one.ref: one for one in session.scalars(select(Change).where(Change.subject == "ledger_entry"))
        }
        return [
            (
                {name: getattr(row, name) for name in names},
                {name: value for name, value in said[row.public_id].after.items() if name not in differs},
            )
            for row in rows
        ]


def test_corrected_lines_and_withdrawn_settlements_go_down_and_up(empty: Database) -> None:
    """What the code before knows stays; of the rest it is told the nearest thing."""
    migration.upgrade(empty.engine)
    seed(empty)
    with empty.writing() as session:
        office, funder = (_actor(session, code) for code in ("SVHTTDL", "STC"))
        line = {"code": "SVHTTDL-1", "title_vi": "Phim", "tasks": ["IV.7.a", "IV.7.b"]}
        opening.open_line(session, office, "ttdn-2023", BudgetLineIn.model_validate(line))
        patch = BudgetLinePatch(title_vi="Phim tài liệu", tasks=["IV.7.b"])
        line_keeping.correct(session, office, "ttdn-2023", "SVHTTDL-1", patch, None)
        entry = {"line": "SVHTTDL-1", "amount_vnd": 9, "occurred_on": "2023-03-01"}
        decision = {"number": "15/QĐ-STC", "decided_on": "2023-02-15", "issuer": "STC"}
        given = AllocationIn.model_validate({**entry, "decision": decision})
        posting.post(session, funder, "ttdn-2023", EntryKind.ALLOCATION, given)
        for kind in (EntryKind.COMMITMENT, EntryKind.SPENDING):
            posting.post(session, office, "ttdn-2023", kind, EntryIn.model_validate(entry))
        body = SettlementIn(line="SVHTTDL-1", amount_vnd=9)
        one, _ = settlement_steps.submit(session, office, "ttdn-2023", body)
        why = WithdrawalOfSettlementIn(reason="Nộp nhầm")
        settlement_steps.withdraw(session, office, "ttdn-2023", one.id, why)
        settlement_steps.submit(session, office, "ttdn-2023", body)
    kept = {
        "budget_lines": "code, title_vi, title_en, allocated_vnd, spent_vnd, version",
        "settlements": "public_id, amount_vnd, decided_by_id",
        "ledger_entries": "public_id, kind, amount_vnd",
    }

    def said(**tables_: str) -> dict[str, list[tuple[Any, ...]]]:
        with empty.reading() as session:
            return {
                table: [
                    tuple(row) for row in session.execute(text(f"SELECT {names} FROM {table} ORDER BY id"))
                ]
                for table, names in tables_.items()
            }

    before = said(**kept)
    migration.downgrade(empty.engine, "0006")
    assert said(settlements="state, missing", budget_links="label") == {
        "settlements": [("returned", "Nộp nhầm"), ("submitted", None)],
        "budget_links": [("SVHTTDL-1/tasks/IV.7.b",)],
    }
    migration.upgrade(empty.engine)
    assert said(**kept) == before
    assert [bool(row[0]) for row in said(budget_links="stands")["budget_links"]] == [True]
    with empty.reading() as session:
        lost = "budget_link SVHTTDL-1/tasks/IV.7.a: version 0, but 2 journal entries"
        assert [one.en for one in audit.differences(session)] == [lost]
    assert drift(empty) == []


def test_migrating_again_changes_nothing(empty: Database) -> None:
    migration.upgrade(empty.engine)
    seed(empty)
    before = facts(empty)
    migration.upgrade(empty.engine)
    assert facts(empty) == before


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("ALTER TABLE tasks ADD COLUMN stray INTEGER", "remove_column"),
        ("DROP INDEX ix_activities_plan_id_public_id", "add_index"),
        ("CREATE TABLE stray (id INTEGER)", "remove_table"),
        ("CREATE INDEX stray ON tasks (weight)", "remove_index"),
        ("DROP TABLE replays", "add_table"),
    ],
)
def test_drift_is_found(empty: Database, planted: str, found: str) -> None:
    migration.upgrade(empty.engine)
    assert drift(empty) == []
    with empty.engine.begin() as connection:
        connection.execute(text(planted))
    assert found in {entry[0] for entry in drift(empty) if isinstance(entry, tuple)}


def test_the_checks_of_the_tables_are_in_the_migrated_schema(empty: Database) -> None:
    """Alembic does not compare them."""
    migration.upgrade(empty.engine)
    inspector = inspect(empty.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {str(one.name) for one in table.constraints if one.__visit_name__ == "check_constraint"}
        wanted = {name for name in wanted if name.startswith("ck_")}
        stored = {one["name"] for one in inspector.get_check_constraints(table.name)}
        assert wanted <= stored, table.name


def test_foreign_keys_are_enforced_after_migrating(empty: Database) -> None:
    migration.upgrade(empty.engine)
    with pytest.raises(Exception, match=r"(?i)foreign key"), empty.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO sections "
                "(id, version, plan_id, code, order_key, title_vi, title_en, search_text) "
                "VALUES (1, 1, 99, 'I', 'I', 'a', 'a', 'a')"
            )
        )


class PowerCut(Exception):
    """What happens in the middle of a migration."""


def cut(*_: object, **__: object) -> None:
    raise PowerCut


def enforced(database: Database) -> bool:
    """Whether rows may not point at nothing, on whichever connection the pool gives."""
    if not database.embedded:
        return True
    with database.engine.connect() as connection:
        return bool(connection.execute(text("PRAGMA foreign_keys")).scalar_one())


def test_a_migration_that_fails_leaves_everything_as_it_was(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both databases undo a change of the schema with the rest of its transaction."""
    monkeypatch.setattr("alembic.op.batch_alter_table", cut)
    with pytest.raises(PowerCut):
        migration.upgrade(empty.engine)
    monkeypatch.undo()
    assert (tables(empty), migration.current(empty.engine)) == (set(), None)
    assert enforced(empty)
    migration.upgrade(empty.engine)
    seed(empty)
    before = facts(empty)
    monkeypatch.setattr("alembic.op.drop_table", cut)
    with pytest.raises(PowerCut):
        migration.downgrade(empty.engine, "base")
    assert migration.current(empty.engine) == migration.head()
    assert enforced(empty)
    assert drift(empty) == []
    assert facts(empty) == before


REBUILD = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "throw_away", "{head}", None, None

def upgrade() -> None:
    with op.batch_alter_table("plans") as plans:
        plans.alter_column("events_open", existing_type=sa.Boolean(), nullable=True)

def downgrade() -> None:
    with op.batch_alter_table("plans") as plans:
        plans.alter_column("events_open", existing_type=sa.Boolean(), nullable=False)
"""
"""On SQLite this copies `plans`, drops it, and gives the copy its name."""

OFF = '_driver(connection).execute("PRAGMA foreign_keys=OFF")'


@pytest.fixture
def rebuilding(empty: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plan with all that belongs to it, and the history with one more revision, which rebuilds `plans`."""
    migration.upgrade(empty.engine)
    seed(empty)
    history = tmp_path / "migrations"
    shutil.copytree(migration._ROOT / "migrations", history)
    made = REBUILD.format(head=migration.head())
    (history / "versions" / "throw_away.py").write_text(made, encoding="utf-8")
    monkeypatch.setattr(migration, "_ROOT", tmp_path)
    return history


def children(database: Database) -> dict[str, int]:
    """How many rows point at a plan, by table."""
    with database.reading() as session:
        return {
            table.name: session.execute(text(f"SELECT count(plan_id) FROM {table.name}")).scalar_one()
            for table in Base.metadata.sorted_tables
            if "plan_id" in table.columns
        }


@pytest.mark.usefixtures("rebuilding")
def test_rebuilding_a_table_keeps_the_rows_that_point_at_it(empty: Database) -> None:
    """With foreign keys enforced, dropping the old table takes its children along, or fails."""
    before = children(empty)
    assert before["tasks"] > 0
    migration.upgrade(empty.engine)
    assert migration.current(empty.engine) == "throw_away"
    assert children(empty) == before
    assert enforced(empty)
    migration.downgrade(empty.engine, "-1")
    assert children(empty) == before
    assert drift(empty) == []


def test_the_test_above_notices_when_foreign_keys_stay_on(empty: Database, rebuilding: Path) -> None:
    if not empty.embedded:
        return  # PostgreSQL alters in place
    env = rebuilding / "env.py"
    source = env.read_text(encoding="utf-8")
    assert source.count(OFF) == 1
    env.write_text(source.replace(OFF, "pass"), encoding="utf-8")
    before = children(empty)
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        migration.upgrade(empty.engine)
    assert children(empty) == before


TWICE = {
    "assignments": "version, public_id, plan_id, task_id, agency_id, order_key, role, source, fans_out, "
    "share_numerator, share_denominator, recorded_quantity",
    "memberships": "version, group_id, member_id, source, label",
}
"""What is copied of a row; what is left out stays null."""
OPEN = {"assignments": "group_id", "memberships": "valid_from"}


@pytest.mark.parametrize("table", TWICE)
def test_nobody_stands_twice_in_the_same_place_although_a_part_of_it_is_unknown(
    empty: Database, table: str
) -> None:
    """To a unique constraint, two nulls differ."""
    migration.upgrade(empty.engine)
    seed(empty)
    copied = TWICE[table].replace("public_id", "'TWICE'")
    one = f"SELECT {copied} FROM {table} WHERE {OPEN[table]} IS NULL LIMIT 1"
    statement = f"INSERT INTO {table} ({TWICE[table]}) {one}"
    with pytest.raises(IntegrityError, match=r"(?i)unique"), empty.engine.begin() as connection:
        connection.execute(text(statement))
