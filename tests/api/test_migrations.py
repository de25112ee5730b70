"""Migrations: the only way a schema comes to be; there and back on both databases, and no drift."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from app import migration
from app.db import Database
from app.models import Base
from app.services import audit
from app.settings import Settings
from seed import loader
from tests import servers


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


def test_every_revision_goes_down_and_up_again(empty: Database) -> None:
    migration.upgrade(empty.engine)
    while (at := migration.current(empty.engine)) is not None:
        migration.downgrade(empty.engine, "-1")
        below = migration.current(empty.engine)
        migration.upgrade(empty.engine, "+1")
        assert migration.current(empty.engine) == at
        migration.downgrade(empty.engine, below or "base")
    migration.upgrade(empty.engine)
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
