"""How Alembic meets the database: through the connection it is handed, in one transaction.

SQLite rebuilds a table to alter it, which would delete the rows that point at it: foreign keys
are off while migrating, and checked before the commit.
"""

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

from app.db import Database
from app.models import Base
from app.settings import Settings

config = context.config


def _driver(connection: Connection) -> Any:
    """The driver's own connection: a pragma about foreign keys counts only outside a transaction."""
    return connection.connection.driver_connection


def migrate(connection: Connection) -> None:
    """Run the migrations on one connection, and commit them together."""
    embedded = connection.dialect.name == "sqlite"
    if embedded:
        _driver(connection).execute("PRAGMA foreign_keys=OFF")
    try:
        _run(connection, embedded)
    finally:
        if embedded:
            connection.rollback()
            _driver(connection).execute("PRAGMA foreign_keys=ON")


def _run(connection: Connection, embedded: bool) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=embedded,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if embedded and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
            raise RuntimeError(f"{len(broken)} rows would point at nothing")
    connection.commit()


if (given := config.attributes.get("connection")) is not None:
    migrate(given)
else:
    database = Database(Settings())
    with database.engine.connect() as made:
        migrate(made)
    database.dispose()
