"""Serving; and the first five minutes of an embedded database."""

import asyncio
import os
import sys
from contextlib import ExitStack, redirect_stdout
from datetime import timedelta
from pathlib import Path

import click
import uvicorn
from sqlalchemy.exc import OperationalError

from app import migration
from app.cli.loading import load_built_in
from app.cli.opening import database, settings, wrong_schema
from app.db import Database
from app.rules.vocabulary import Scope
from app.seal import Seal
from app.services import drafting, keys
from app.settings import Settings
from app.web import monitoring
from app.web.access_log import configuration
from app.web.leaving import GRACE_SECONDS
from app.web.protocol import ProblemProtocol
from seed import demo as sample

BUILT_IN = "ttdn-2023"
DEMO_KEYS = (
    ("BPGV", "bảng điều hành (chỉ đọc) · dashboard, read only", ()),
    ("SVHTTDL", "cơ quan gửi báo cáo · an office that pushes", (Scope.PUSH,)),
    ("TTBCD", "chủ kế hoạch · the plan owner", (Scope.PUSH,)),
)
DEMO_DAYS = 30


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="địa chỉ nhận yêu cầu; 0.0.0.0: cả từ máy khác, phải đặt sau một cổng HTTPS · address to listen at; "
    "0.0.0.0: from other machines too, behind an HTTPS gateway",
)
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="cổng mạng (port) · port",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="số tiến trình (PostgreSQL) · processes (PostgreSQL)",
)
@click.option(
    "--root-path",
    envvar="TTDN_ROOT_PATH",
    default="",
    help="tiền tố đường dẫn ở cổng, ví dụ /ttdn · path prefix at the gateway, e.g. /ttdn",
)
@click.option(
    "--demo",
    is_flag=True,
    help="thêm bản ghi mẫu, có nhãn trong mọi tiêu đề; chỉ trên máy thử, vì không xóa được · add sample "
    "records, labelled in every title; for a trial only: they stay",
)
def serve(host: str, port: int, workers: int, root_path: str, demo: bool) -> None:
    """Phục vụ API; tự chuẩn bị cơ sở dữ liệu nhúng. · Serve; prepares an embedded database."""
    chosen = settings(root_path=root_path)
    embedded = chosen.embedded
    _check_place(host, port)
    _check_seal(chosen.key_file)
    os.environ["TTDN_ROOT_PATH"] = root_path  # to the workers, which read their own settings
    with redirect_stdout(sys.stderr if chosen.log == "json" else sys.stdout):  # for people, not for machines
        if embedded:
            _prepare_embedded(demo, trial=chosen.log == "text")
        elif demo:
            raise click.UsageError("--demo chỉ dùng với SQLite · --demo is for the embedded database only")
        else:
            _check_server()
        base = f"http://{f'[{host}]' if ':' in host else host}:{port}{root_path}"
        click.echo(f"API {base}/v1   Tài liệu · docs {base}/docs   Dừng · stop: Ctrl+C")
    with _monitored(chosen, workers):
        uvicorn.run(
            "app.main:serving",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            http=ProblemProtocol,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_worker_healthcheck=30,  # a start under load takes longer than the default 5 s
            log_config=configuration(chosen.log),
        )


def _monitored(chosen: Settings, workers: int) -> ExitStack:
    """What serves the page for Prometheus, until it is closed; nothing where none is asked for."""
    running = ExitStack()
    if chosen.metrics is not None:
        try:
            running.enter_context(monitoring.served(chosen, chosen.metrics, workers=workers))
        except (OSError, OverflowError) as error:
            raise click.ClickException(
                f"Không mở được trang giám sát · cannot serve the metrics, TTDN_METRICS: {error}"
            ) from error
    return running


async def _bind(host: str, port: int) -> None:
    """Take the place as uvicorn will, without listening there, and leave it."""
    place = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port, start_serving=False)
    place.close()


def _check_place(host: str, port: int) -> None:
    """Refuse to begin where another program listens, this one started twice perhaps: before anything is made
    and before an address is named where somebody else would answer."""
    try:
        asyncio.run(_bind(host, port))
    except (OSError, UnicodeError) as error:
        raise click.ClickException(
            f"Không phục vụ được ở {host} cổng {port}: hệ thống đã chạy rồi, hay chương trình khác dùng "
            f"cổng này? Chọn cổng khác bằng --port · cannot listen there, is it running already? {error}"
        ) from error


def _check_seal(path: Path) -> None:
    """Refuse to serve without a key to sign with: a receipt that comes later is none."""
    try:
        Seal.open(path)
    except (OSError, ValueError) as error:
        raise click.ClickException(
            f"Không mở được khóa ký biên nhận · cannot open the key for receipts, TTDN_SIGNING_KEY: {error}"
        ) from error


def _check_server() -> None:
    """Refuse to serve on another schema; a server that does not answer yet may come: /readyz tells."""
    with database(migrated=False) as opened:
        try:
            current = migration.current(opened.engine)
        except OperationalError:
            click.echo(
                "Cơ sở dữ liệu chưa trả lời, vẫn phục vụ và chờ · no answer from the database yet", err=True
            )
            return
        if current != migration.head():
            raise wrong_schema(current)


def _prepare_embedded(demo: bool, *, trial: bool) -> None:
    """Bring the embedded database up to date; fill an empty one, and make keys to try it with, unless what is
    written here is kept as a log.

    An installation with a plan of its own, another province's perhaps, gets nothing of ours beside it.
    """
    with database(migrated=False) as opened:
        migration.upgrade(opened.engine)
        load_built_in(opened, only_first=True)
        if demo:
            with opened.writing() as session:
                click.echo(f"Bản ghi mẫu mới · new sample records: {sample.record(session, BUILT_IN)}")
        if trial:
            _make_demo_keys(opened)


def _make_demo_keys(opened: Database) -> None:
    """Only beside the built-in plan, where no key was ever made: all of them at once, also when several
    processes start together."""
    lines = []
    with opened.writing() as session:
        if keys.find(session) or drafting.known(session, BUILT_IN) is None:
            return
        for agency, label, scopes in DEMO_KEYS:
            _, secret = keys.issue(
                session, keys.technician(), agency, f"demo: {label}", scopes, timedelta(days=DEMO_DAYS)
            )
            lines.append(f"  {agency:8} {secret}   {label}")
    click.echo(f"\nKhóa dùng thử, hết hạn sau {DEMO_DAYS} ngày, chỉ hiện một lần · trial keys, shown once:")
    click.echo("\n".join([*lines, ""]))
