"""Which SQLite is taken: none that corrupts a WAL database; and how it is set up."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from app import sqlite
from app.db import Database
from app.settings import Settings


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
        ((4, 0, 0), True),
    ],
)
def test_only_repaired_versions_are_sound(version: tuple[int, int, int], sound: bool) -> None:
    assert sqlite.sound(version) is sound


def test_an_unsound_one_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    unsound = SimpleNamespace(sqlite_version_info=(3, 40, 1), sqlite_version="3.40.1")
    monkeypatch.setattr(sqlite, "bundled", None)
    monkeypatch.setattr(sqlite, "sqlite3", unsound)
    with pytest.raises(RuntimeError, match=r"3\.40\.1.*pysqlite3.*DATABASE_URL"):
        sqlite.driver()


@pytest.mark.parametrize(
    ("url", "file", "key"),
    [
        ("sqlite:///a/b.sqlite3", "a/b.sqlite3", "a/receipts.pem"),
        ("sqlite:////srv/b.sqlite3", "/srv/b.sqlite3", "/srv/receipts.pem"),
        ("sqlite://", None, "var/receipts.pem"),
        ("sqlite:///", None, "var/receipts.pem"),
        ("sqlite:///:memory:", None, "var/receipts.pem"),
        ("postgresql://there/ttdn", None, "var/receipts.pem"),
    ],
)
def test_the_key_of_receipts_lies_beside_the_database_or_where_data_lie(
    url: str, file: str | None, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TTDN_SIGNING_KEY")
    chosen = Settings(DATABASE_URL=url)
    assert (chosen.database_file, chosen.key_file) == (file and Path(file), Path(key))


def test_every_connection_is_durable_checked_and_in_wal_mode(tmp_path: Path) -> None:
    database = Database(Settings(DATABASE_URL=f"sqlite:///{tmp_path / 'a.sqlite3'}"))
    try:
        for opened in (database.reading, database.writing):
            with opened() as session:
                ask = {name: session.scalar(text(f"PRAGMA {name}")) for name in _WANTED}
                assert ask == _WANTED
    finally:
        database.dispose()


_WANTED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
