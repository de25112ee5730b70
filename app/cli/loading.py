"""Bringing a database up: its schema, and the plans it carries."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from app import migration
from app.cli.opening import database
from app.db import Database
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
        click.echo(f"{before or 'trống · empty'} → {migration.current(opened.engine)}")


@click.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False, metavar="[FILE]"
)
@click.option("--check", is_flag=True, help="chỉ kiểm tra tệp, không nạp · only check the file")
def seed(file: Path | None, check: bool) -> None:
    """Nạp một tệp kế hoạch, hoặc kế hoạch kèm theo; nạp lại không thay đổi gì. · Load a plan file, or the
    built-in plan; again changes nothing."""
    with database(migrated=not check) as opened:
        if check:
            plan_file, _ = loader.read(file or loader.PLAN_2023)
            click.echo(f"{plan_file.plan.slug}: đúng định dạng · the file is sound")
        elif file is None:
            load_built_in(opened)
        else:
            plan_file, digest = loader.read(file)
            with opened.writing() as session:
                _load(session, plan_file, digest)


def load_built_in(opened: Database, *, only_first: bool = False) -> None:
    """Load the plan that comes with the program, unless it is on record in whatever version, or any plan is
    and it would be `only_first`. Nobody asked for this version of it, so an upgrade must not stop on it."""
    plan_file, digest = loader.read(loader.PLAN_2023)
    slug = plan_file.plan.slug
    with opened.writing() as session:
        on_record = drafting.known(session, slug)
        if on_record not in (None, digest):
            click.echo(
                f"{slug}: giữ bản đã nạp, khác bản kèm chương trình; kế hoạch chỉ thay đổi bằng quyết định "
                "điều chỉnh · the version on record is kept, not the one that comes with this program; "
                "a plan changes by amendments only"
            )
        elif on_record is not None or not (only_first and drafting.holds_a_plan(session)):
            _load(session, plan_file, digest)


def _load(session: Session, plan_file: PlanFile, digest: str) -> None:
    new = loader.load(session, plan_file, digest, lambda what, n: click.echo(f"  {n:4d} {what}"))
    click.echo(f"{plan_file.plan.slug}: {'đã nạp · loaded' if new else 'không có gì mới · nothing new'}")
