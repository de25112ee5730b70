"""The schema's history: brought up to date by Alembic alone, on both databases."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, func, select

_ROOT = Path(__file__).parent.parent


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "migrations").replace("%", "%%"))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to a revision, all of it or nothing of it."""
    try:
        _run(engine, lambda config: command.upgrade(config, revision))
    except AssertionError as error:  # as Alembic has it where nothing is named, or more than there is
        raise CommandError(f"Can't locate revision identified by '{revision}'") from error


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to an earlier revision."""
    _run(engine, lambda config: command.downgrade(config, revision))


def _run(engine: Engine, act: Callable[[Config], None]) -> None:
    """One at a time: several processes may start on the same new database."""
    config = _config()
    with engine.execution_options(writing=True).connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("ttdn schema", 0))))
        config.attributes["connection"] = connection
        act(config)


def current(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The revision this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known(revision: str) -> bool:
    """Whether this program has come by that revision: one that it does not know is of a newer program."""
    return any(one.revision == revision for one in ScriptDirectory.from_config(_config()).walk_revisions())
