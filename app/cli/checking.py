"""Looking: the contract as it is published, and whether every stored figure is what the records say."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import click
from sqlalchemy import text

from app.cli.opening import database, settings
from app.db import Database
from app.main import create_app
from app.services import audit, keys

CALLED = {
    "assignments": "phân công",
    "outputs": "đầu ra",
    "activities": "bản ghi hoạt động",
    "changes": "thay đổi trong nhật ký",
}
"""What the figures count, in Vietnamese."""
SOON: Final = timedelta(days=14)
"""So long before its end a key is named, for its office is shut out then: every week, that is twice."""
WHAT_TO_DO = (
    "Giữ các dòng trên và một bản sao lưu hiện trạng (ttdn backup), báo người bảo trì; chỉ phục hồi "
    "(docs/runbooks/restore.vi.md) khi không đính chính được · Keep these lines and a backup of how it "
    "stands, and tell who maintains it; restore (docs/runbooks/restore.en.md) only what cannot be corrected"
)


@click.command()
def openapi() -> None:
    """In hợp đồng OpenAPI. · Print the contract."""
    app = create_app(settings(DATABASE_URL="sqlite://"))
    click.echo(json.dumps(app.openapi(), ensure_ascii=False, indent=2))


@click.command()
def doctor() -> None:
    """Tính lại mọi con số từ bản ghi và so sánh; kiểm tra cơ sở dữ liệu, lược đồ, nhật ký; nêu khóa sắp hết
    hạn. · Recompute every figure from the records and compare; check database, schema and journal; name
    the keys that end soon."""
    with database() as opened:
        examine(opened)
        with opened.reading() as session:
            for key, agency in keys.ending(session, SOON):
                click.echo(
                    f"Khóa {key.public_id} của {agency} hết hạn {key.expires_at:%Y-%m-%d}: ttdn key rotate, "
                    "rồi giao khóa mới cho cơ quan · this key ends soon: rotate it and hand over the new one",
                    err=True,
                )
    click.echo("ok")


def examine(opened: Database) -> None:
    """Say how much there is, and fail with every difference that is found."""
    problems = []
    with opened.reading() as session:
        if opened.embedded:
            found = session.scalars(text("PRAGMA integrity_check")).all()
            problems += [f"tệp hỏng · integrity: {line}" for line in found if line != "ok"]
            problems += [
                f"khóa ngoại không khớp · foreign key: {row}"
                for row in session.execute(text("PRAGMA foreign_key_check"))
            ]
        problems += [f"{one.vi} · {one.en}" for one in audit.differences(session)]
        figures = audit.counts(session)
    tell(figures)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.ClickException(f"{len(problems)} sai lệch · differences. {WHAT_TO_DO}")


def tell(figures: Mapping[str, int]) -> None:
    """How much there is, a line each."""
    for name, count in figures.items():
        click.echo(f"{count:8d} {CALLED[name]} · {name}")
