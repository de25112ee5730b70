"""A copy that has been used and given back is what it was: otherwise a test would see what another did."""

import uuid
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from tests.conftest import Seeded
from tests.copies import Original
from tests.servers.postgres import connected
from tests.service import PLAN, Service, push

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"

pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@pytest.fixture
def original(seeded: Seeded) -> Iterator[Original]:
    """One of this test's own: its copies go from hand to hand in no other."""
    made = seeded.original.twin(f"copied_{uuid.uuid4().hex[:12]}")
    yield made
    made.remove()


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row, and what the next will be numbered."""
    with connected(url) as connection:
        rows = {
            name: connection.execute(f"SELECT t::text FROM {name} t ORDER BY 1".encode()).fetchall()
            for (name,) in connection.execute(_TABLES).fetchall()
        }
        return rows | {"numbers": connection.execute(_SEQUENCES).fetchall()}


def test_what_was_written_changed_and_removed_is_put_back(original: Original, seeded: Seeded) -> None:
    url = original.copy()
    fresh = everything(url)
    assert sum(map(len, fresh.values())) > 1000
    for _ in range(2):  # what has been put back is put back again
        with Service(url, seeded.secrets) as service:
            assert push(service["SVHTTDL"]).status_code == 201
            assert service["SCT"].get(f"{PLAN}/progress").status_code == 200
        with connected(url) as connection:
            for statement in (
                "UPDATE outputs SET weight = weight + 1",
                "DELETE FROM implementations",
                "UPDATE alembic_version SET version_num = '9999'",
                "UPDATE agency_names SET id = id + 1000000",
            ):
                connection.execute(statement.encode())
        assert everything(url) != fresh
        original.give_back(url)
        assert original.copy() == url, "it is the same one, put back"
        assert everything(url) == fresh


def test_one_of_which_a_table_was_changed_is_given_to_nobody(original: Original) -> None:
    for statement in (
        "ALTER TABLE tasks ADD COLUMN stray integer",
        "ALTER TABLE tasks ALTER COLUMN title_vi DROP NOT NULL",
        "ALTER TABLE agencies DISABLE TRIGGER ALL",
        "CREATE TABLE stray (id integer)",
        "TRUNCATE replays",
    ):
        url = original.copy()
        with connected(url) as connection:
            connection.execute(statement.encode())
        original.give_back(url)
        assert original.copy() != url, statement


def test_one_who_was_killed_in_the_middle_holds_nothing(original: Original) -> None:
    url = original.copy()
    fresh = everything(url)
    with closing(connected(url)) as left:
        left.execute("BEGIN")
        left.execute("UPDATE tasks SET weight = weight + 1")
        original.give_back(url)
        assert original.copy() == url
        assert everything(url) == fresh
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")
