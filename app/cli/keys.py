"""Keys: made, listed, rotated and revoked by the person on the server."""

from datetime import timedelta

import click

from app.cli.opening import database
from app.rules.vocabulary import Scope
from app.services import keys


@click.group()
def key() -> None:
    """Khóa truy cập. · API keys."""


@key.command("create")
@click.argument("agency")
@click.option(
    "--label",
    required=True,
    help="khóa dùng vào việc gì, không ghi tên người · what it is for; never a person's name",
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="quyền; không nêu thì chỉ đọc. push: gửi dữ liệu của cơ quan; admin: quản trị kỹ thuật · read only "
    "unless said; push: send the agency's records; admin: technical",
)
@click.option(
    "--days",
    default=365,
    show_default=True,
    type=click.IntRange(1, 3650),
    help="hiệu lực bao nhiêu ngày · days until it expires",
)
def key_create(agency: str, label: str, scopes: tuple[str, ...], days: int) -> None:
    """Cấp khóa cho một cơ quan (AGENCY: mã, ví dụ SCT); khóa chỉ hiện một lần. · Issue a key to an agency
    (its code); it is shown once."""
    with database() as opened, opened.writing() as session:
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
    with database() as opened, opened.reading() as session:
        for made, agency in keys.find(session):
            until = f"{made.expires_at:%Y-%m-%d %H:%M} UTC"
            state = f"→ {until}" if made.expires_at > opened.now() else f"đã hết hạn · expired {until}"
            state = "đã thu hồi · revoked" if made.revoked_at else state
            click.echo(
                f"{made.public_id}  {agency:9} {made.hint}…  {'+'.join(made.scopes):10} {state}  {made.label}"
            )


@key.command("rotate")
@click.argument("key_id")
@click.option(
    "--overlap-hours",
    default=72,
    show_default=True,
    type=click.IntRange(0, 24 * 90),
    help="khóa cũ còn dùng được bao nhiêu giờ · hours the old one still works",
)
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    help="hiệu lực bao nhiêu ngày; không nêu thì như khóa cũ · as long as the old one, unless said",
)
def key_rotate(key_id: str, overlap_hours: int, days: int | None) -> None:
    """Cấp khóa mới; khóa cũ còn dùng thêm một thời gian (KEY_ID: mã đầu dòng trong key list). · A new key;
    the old one works on for a while (KEY_ID begins a line of key list)."""
    with database() as opened, opened.writing() as session:
        lifetime = timedelta(days=days) if days else None
        made, secret = keys.rotate(
            session, keys.technician(), key_id, timedelta(hours=overlap_hours), lifetime
        )
        shown = made.public_id
    click.echo(f"{shown}\n{secret}")


@key.command("revoke")
@click.argument("key_id")
def key_revoke(key_id: str) -> None:
    """Thu hồi ngay (KEY_ID: mã đầu dòng trong key list). · Revoke at once (it begins a line of key list)."""
    with database() as opened, opened.writing() as session:
        keys.revoke(session, keys.technician(), key_id)
    click.echo(f"{key_id}: đã thu hồi · revoked")
