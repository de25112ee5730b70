"""Bringing a database up: its schema, and the plans it carries."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import migration
from app.cli.opening import database, settings
from app.db import Database
from app.errors import Busy
from app.services import drafting
from seed import loader
from seed.format import PlanFile


@click.command()
@click.option(
    "--to", "revision", default="head", show_default=True, help="phiên bản lược đồ · the schema's revision"
)
def migrate(revision: str) -> None:
    """Đưa lược đồ lên phiên bản mới. · Bring the schema up to date."""
    with database(migrated=False) as opened:
        before = migration.current(opened.engine)
        migration.upgrade(opened.engine, revision)
        after = migration.current(opened.engine)
        if after != revision and migration.known(revision):
            raise click.ClickException(
                f"Lược đồ đã ở {after} và không hạ xuống được: đường về là bản sao lưu "
                f"(docs/runbooks/restore.vi.md) · the schema is at {after} and is not taken back: the way "
                "back is the backup (docs/runbooks/restore.en.md)"
            )
        click.echo(f"{before or 'trống · empty'} → {after}")


@click.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False, metavar="[FILE]"
)
@click.option(
    "--check",
    is_flag=True,
    help="chỉ kiểm tra tệp, và so với cơ sở dữ liệu nếu có, không nạp · only check the file, and hold it "
    "against the database if there is one",
)
@click.option(
    "--only-first",
    is_flag=True,
    help="chỉ nạp kế hoạch kèm theo khi chưa có kế hoạch nào · the built-in plan, only where there is none",
)
def seed(file: Path | None, check: bool, only_first: bool) -> None:
    """Nạp một tệp kế hoạch, hoặc kế hoạch kèm theo; nạp lại không thay đổi gì. · Load a plan file, or the
    built-in plan; again changes nothing."""
    if only_first and (file or check):
        raise click.UsageError("--only-first chỉ dùng một mình · --only-first is used alone")
    with database(migrated=not check) as opened:
        if check:
            _check(opened, *loader.read(file or loader.PLAN_2023))
        elif file is None:
            load_built_in(opened, only_first=only_first)
        else:
            plan_file, digest = loader.read(file)
            with _loading(opened) as session:
                new = _load(session, plan_file, digest)
            _tell(plan_file, new)


def _check(opened: Database, plan_file: PlanFile, digest: str) -> None:
    """Hold a file that is sound against what is on record too, where there is a database to ask: what is
    found here is not found by whoever loads it."""
    compared = _is_there(opened)
    if compared:
        with opened.reading() as session:
            loader.is_new(session, plan_file, digest)
    click.echo(f"{plan_file.plan.slug}: đúng định dạng · the file is sound")
    if not compared:
        click.echo("Chưa so với cơ sở dữ liệu nào · not held against any database", err=True)


def _is_there(opened: Database) -> bool:
    """Whether there is a database with the schema of this program; looking makes none."""
    file = settings().database_file
    if file is not None and not file.is_file():
        return False
    try:
        return migration.current(opened.engine) == migration.head()
    except OperationalError:
        return False


@contextmanager
def _loading(opened: Database) -> Iterator[Session]:
    """A unit of work in which nobody else loads: of two that load one plan the second finds it there."""
    with opened.writing() as session:
        if not opened.hold(session, "ttdn seed"):
            raise Busy()
        yield session


def load_built_in(opened: Database, *, only_first: bool = False) -> None:
    """Load the plan that comes with the program, unless it is on record in whatever version, or any plan is
    and it would be `only_first`. Nobody asked for this version of it, so an upgrade must not stop on it."""
    plan_file, digest = loader.read(loader.PLAN_2023)
    slug = plan_file.plan.slug
    with _loading(opened) as session:
        on_record = drafting.known(session, slug)
        if on_record is None and only_first and drafting.holds_a_plan(session):
            return
        is_ours = on_record in (None, digest)
        new = is_ours and _load(session, plan_file, digest)
    if is_ours:
        _tell(plan_file, new)
    else:
        click.echo(
            f"{slug}: giữ bản đã nạp, khác bản kèm chương trình; kế hoạch chỉ thay đổi bằng quyết định "
            "điều chỉnh · the version on record is kept, not the one that comes with this program; "
            "a plan changes by amendments only"
        )


def _load(session: Session, plan_file: PlanFile, digest: str) -> bool:
    return loader.load(session, plan_file, digest, lambda what, n: click.echo(f"  {n:4d} {what}"))


def _tell(plan_file: PlanFile, new: bool) -> None:
    """Say so once it is committed, not before."""
    click.echo(f"{plan_file.plan.slug}: {'đã nạp · loaded' if new else 'không có gì mới · nothing new'}")
