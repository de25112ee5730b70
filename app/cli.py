"""The command line: what the person on the server does. `ttdn COMMAND --help` says what each needs."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
import uvicorn
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app import migration
from app.db import Database
from app.errors import Failure
from app.main import VERSION, create_app
from app.rules.vocabulary import Scope
from app.services import audit, keys
from app.settings import Settings
from app.web.access_log import LOGGING
from app.web.protocol import HEAD_BYTES_READ, ProblemProtocol
from seed import demo as sample
from seed import loader

DEMO_KEYS = (
    ("BPGV", "bảng điều hành (chỉ đọc) · dashboard, read only", ()),
    ("SVHTTDL", "văn phòng gửi báo cáo · an office that pushes", (Scope.PUSH,)),
    ("TTBCD", "chủ kế hoạch · the plan owner", (Scope.PUSH,)),
)
DEMO_DAYS = 30


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="ttdn")
def main() -> None:
    """Kế hoạch của tỉnh: ai nợ gì, đến đâu. · A province's plan: who owes what, how far it is."""
    for stream in (sys.stdout, sys.stderr):  # Windows' code pages have no Vietnamese
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


@contextmanager
def _database(*, migrated: bool = True) -> Iterator[Database]:
    """The database of the environment, with the schema it needs unless the command does without.

    Failures come out as one clear sentence.
    """
    try:
        database = Database(Settings())
    except (SQLAlchemyError, ImportError, RuntimeError, ValueError) as error:
        raise click.ClickException(f"Cấu hình · settings (DATABASE_URL, TTDN_*): {error}") from error
    try:
        if migrated and (current := migration.current(database.engine)) != migration.head():
            raise click.ClickException(
                f"Lược đồ chưa đúng phiên bản · schema {current}, needed {migration.head()}: ttdn migrate"
            )
        yield database
    except Failure as failure:
        raise click.ClickException(_told(failure)) from failure
    except DBAPIError as error:
        raise click.ClickException(f"Cơ sở dữ liệu báo lỗi · the database says: {error.orig}") from error
    finally:
        database.dispose()


def _told(failure: Failure) -> str:
    lines = [f"{failure.detail.vi} · {failure.detail.en}"]
    lines += [f"  {fault.pointer}: {fault.message.vi} · {fault.message.en}" for fault in failure.faults]
    return "\n".join(lines)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="processes (PostgreSQL)"
)
@click.option("--root-path", default="", help="path prefix the gateway serves this under, e.g. /ttdn")
@click.option("--demo", is_flag=True, help="add sample records, labelled as such in every title")
def serve(host: str, port: int, workers: int, root_path: str, demo: bool) -> None:
    """Phục vụ API; tự chuẩn bị cơ sở dữ liệu nhúng. · Serve; prepares an embedded database."""
    settings = Settings()
    if settings.embedded:
        _prepare_embedded(demo)
    elif demo:
        raise click.UsageError("--demo is for the embedded database only")
    base = f"http://{host}:{port}{root_path}"
    click.echo(f"API {base}/v1   Tài liệu · docs {base}/docs   Dừng · stop: Ctrl+C")
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        root_path=root_path,
        http=ProblemProtocol,
        h11_max_incomplete_event_size=HEAD_BYTES_READ,
        server_header=False,
        timeout_graceful_shutdown=20,
        log_config=LOGGING,
    )


def _prepare_embedded(demo: bool) -> None:
    """Bring the embedded database up to date; on its first start, make keys to try it with."""
    with _database(migrated=False) as database:
        migration.upgrade(database.engine)
        _load(database, loader.PLAN_2023)
        if demo:
            with database.writing() as session:
                click.echo(f"Bản ghi mẫu mới · new sample records: {sample.record(session, 'ttdn-2023')}")
        _make_demo_keys(database)


def _make_demo_keys(database: Database) -> None:
    """Only where no key was ever made: all of them at once, also when several processes start together."""
    lines = []
    with database.writing() as session:
        if keys.find(session):
            return
        for agency, label, scopes in DEMO_KEYS:
            _, secret = keys.issue(
                session, keys.technician(), agency, f"demo: {label}", scopes, timedelta(days=DEMO_DAYS)
            )
            lines.append(f"  {agency:8} {secret}   {label}")
    click.echo(f"\nKhóa dùng thử, hết hạn sau {DEMO_DAYS} ngày, chỉ hiện một lần · trial keys, shown once:")
    click.echo("\n".join([*lines, ""]))


@main.command()
@click.option("--to", "revision", default="head", show_default=True)
def migrate(revision: str) -> None:
    """Đưa lược đồ lên phiên bản mới. · Bring the schema up to date."""
    with _database(migrated=False) as database:
        before = migration.current(database.engine)
        migration.upgrade(database.engine, revision)
        click.echo(f"{before or 'trống · empty'} → {migration.current(database.engine)}")


@main.command()
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=loader.PLAN_2023
)
@click.option("--check", is_flag=True, help="only check the file")
def seed(file: Path, check: bool) -> None:
    """Nạp một tệp kế hoạch; nạp lại không thay đổi gì. · Load a plan file; again changes nothing."""
    with _database(migrated=not check) as database:
        if check:
            plan_file, _ = loader.read(file)
            click.echo(f"{plan_file.plan.slug}: đúng định dạng · the file is sound")
            return
        _load(database, file)


def _load(database: Database, file: Path) -> None:
    plan_file, digest = loader.read(file)
    with database.writing() as session:
        new = loader.load(session, plan_file, digest, lambda what, n: click.echo(f"  {n:4d} {what}"))
    click.echo(f"{plan_file.plan.slug}: {'đã nạp · loaded' if new else 'không có gì mới · nothing new'}")


@main.group()
def key() -> None:
    """Khóa truy cập. · API keys."""


@key.command("create")
@click.argument("agency")
@click.option("--label", required=True, help="what it is for: people, never a person's name")
@click.option("--scope", "scopes", multiple=True, type=click.Choice([scope.value for scope in Scope]))
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650))
def key_create(agency: str, label: str, scopes: tuple[str, ...], days: int) -> None:
    """Cấp khóa cho một cơ quan; khóa chỉ hiện một lần. · Issue a key; it is shown once."""
    with _database() as database, database.writing() as session:
        made, secret = keys.issue(
            session,
            keys.technician(),
            agency,
            label,
            [Scope(scope) for scope in scopes],
            timedelta(days=days),
        )
        shown = f"{made.public_id}  {agency}  {'+'.join(made.scopes)}  → {made.expires_at:%Y-%m-%d}"
    click.echo(f"{shown}\n{secret}")


@key.command("list")
def key_list() -> None:
    """Danh sách khóa. · List keys."""
    with _database() as database, database.reading() as session:
        for made, agency in keys.find(session):
            state = "đã thu hồi · revoked" if made.revoked_at else f"→ {made.expires_at:%Y-%m-%d %H:%M} UTC"
            click.echo(
                f"{made.public_id}  {agency:9} {made.hint}…  {'+'.join(made.scopes):10} {state}  {made.label}"
            )


@key.command("rotate")
@click.argument("key_id")
@click.option("--overlap-hours", default=72, show_default=True, type=click.IntRange(0, 24 * 90))
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650))
def key_rotate(key_id: str, overlap_hours: int, days: int) -> None:
    """Cấp khóa mới; khóa cũ còn dùng thêm một thời gian. · A new key; the old one works on for a while."""
    with _database() as database, database.writing() as session:
        made, secret = keys.rotate(
            session, keys.technician(), key_id, timedelta(hours=overlap_hours), timedelta(days=days)
        )
        shown = made.public_id
    click.echo(f"{shown}\n{secret}")


@key.command("revoke")
@click.argument("key_id")
def key_revoke(key_id: str) -> None:
    """Thu hồi ngay. · Revoke at once."""
    with _database() as database, database.writing() as session:
        keys.revoke(session, keys.technician(), key_id)
    click.echo(f"{key_id}: đã thu hồi · revoked")


@main.command()
def openapi() -> None:
    """In hợp đồng OpenAPI. · Print the contract."""
    app = create_app(Settings(DATABASE_URL="sqlite://"))
    click.echo(json.dumps(app.openapi(), ensure_ascii=False, indent=2))


@main.command()
def doctor() -> None:
    """Tính lại mọi con số từ bản ghi và so sánh; kiểm tra cơ sở dữ liệu, lược đồ, nhật ký. · Recompute every
    figure from the records and compare; check database, schema and journal."""
    with _database() as database:
        problems = []
        with database.reading() as session:
            if database.embedded:
                found = session.scalars(text("PRAGMA integrity_check")).all()
                problems += [f"integrity: {line}" for line in found if line != "ok"]
                problems += [
                    f"foreign key: {row}" for row in session.execute(text("PRAGMA foreign_key_check"))
                ]
            problems += audit.differences(session)
            figures = audit.counts(session)
    for name, count in figures.items():
        click.echo(f"{count:8d} {name}")
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} sai lệch · differences")
    click.echo("ok")
