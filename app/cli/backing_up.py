"""Backups: taken while the service runs, brought back while it does not."""

import hashlib
import time
from pathlib import Path

import click

from app import migration
from app.backups import keeping
from app.cli.checking import examine, tell
from app.cli.opening import database


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Sao lưu toàn bộ cơ sở dữ liệu vào một tệp mới, kể cả khi đang phục vụ. · Write the whole database into
    a new file, also while it is served."""
    began = time.monotonic()
    with database(migrated=False, there=True) as opened:
        try:
            counted = keeping.take(opened, file)
        except OSError as error:
            raise click.ClickException(f"Không ghi được tệp · cannot write the file: {error}") from error
        at = migration.current(opened.engine)
    tell(counted)
    with file.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    click.echo(f"{digest}  {file}")
    click.echo(f"ok: lược đồ · schema {at}, {file.stat().st_size} byte, {time.monotonic() - began:.1f} s")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--replace",
    is_flag=True,
    help="thay toàn bộ dữ liệu đang có bằng bản sao lưu · put it in the place of everything in the database",
)
def restore(file: Path, replace: bool) -> None:
    """Phục hồi từ bản sao lưu, nâng lên lược đồ hiện tại, rồi tính lại mọi con số như doctor. · Restore a
    backup, bring it up to date, then recompute every figure as doctor does."""
    began = time.monotonic()
    with database(migrated=False) as opened:
        try:
            made = keeping.bring_back(opened, file, replace=replace)
        except OSError as error:
            raise click.ClickException(f"Không đọc, ghi được tệp · cannot read or write: {error}") from error
        restored = time.monotonic() - began
        examine(opened)
    checked = time.monotonic() - began - restored
    click.echo(f"ok: lược đồ · schema {made} → {migration.head()}")
    click.echo(f"phục hồi · restored {restored:.1f} s, kiểm tra · checked {checked:.1f} s")
