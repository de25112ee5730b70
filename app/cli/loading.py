"""Bringing a database up: its schema, and the plans it carries."""

from pathlib import Path

import click

from app import migration
from app.cli.opening import database
from app.db import Database
from seed import loader


@click.command()
@click.option("--to", "revision", default="head", show_default=True)
def migrate(revision: str) -> None:
    """Đưa lược đồ lên phiên bản mới. · Bring the schema up to date."""
    with database(migrated=False) as opened:
        before = migration.current(opened.engine)
        migration.upgrade(opened.engine, revision)
        click.echo(f"{before or 'trống · empty'} → {migration.current(opened.engine)}")


@click.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=loader.PLAN_2023
)
@click.option("--check", is_flag=True, help="only check the file")
def seed(file: Path, check: bool) -> None:
    """Nạp một tệp kế hoạch; nạp lại không thay đổi gì. · Load a plan file; again changes nothing."""
    with database(migrated=not check) as opened:
        if check:
            plan_file, _ = loader.read(file)
            click.echo(f"{plan_file.plan.slug}: đúng định dạng · the file is sound")
            return
        load(opened, file)


def load(opened: Database, file: Path) -> None:
    plan_file, digest = loader.read(file)
    with opened.writing() as session:
        new = loader.load(session, plan_file, digest, lambda what, n: click.echo(f"  {n:4d} {what}"))
    click.echo(f"{plan_file.plan.slug}: {'đã nạp · loaded' if new else 'không có gì mới · nothing new'}")
