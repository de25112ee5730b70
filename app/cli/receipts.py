"""Receipts, checked where there is no network and no database: the receipt, the public keys, the file."""

import hashlib
import json
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from app.schemas.receipts import ReceiptSaid
from app.seal import BrokenSeal, content_of
from app.services.receipts import KIND

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def receipt() -> None:
    """Biên nhận. · Receipts."""


@receipt.command("verify")
@click.argument("file", type=_FILE)
@click.option(
    "--keys",
    required=True,
    type=_FILE,
    help="tệp tải từ /.well-known/jwks.json của dịch vụ · the service's /.well-known/jwks.json, saved",
)
@click.option(
    "--content", type=_FILE, help="nội dung đã gửi, đúng từng byte · what was pushed, byte for byte"
)
def receipt_verify(file: Path, keys: Path, content: Path | None) -> None:
    """Kiểm tra chữ ký của một biên nhận, và nội dung đã gửi. · Check a receipt's signature, and that it is
    for this content."""
    shown = _json(file)
    try:
        said = ReceiptSaid.model_validate_json(content_of(str(shown.get("jws")), _keys(keys), KIND))
    except (BrokenSeal, ValidationError) as error:
        raise click.ClickException(f"Chữ ký không đúng · not signed like this: {file}") from error
    if any(shown.get(name, value) != value for name, value in said.model_dump(mode="json").items()):
        raise click.ClickException(
            f"Phần hiển thị khác phần đã ký · shows other than what was signed: {file}"
        )
    if content is not None and hashlib.sha256(content.read_bytes()).hexdigest() != said.sha256:
        raise click.ClickException(f"Không phải nội dung này · the receipt is for other content: {content}")
    click.echo(f"Đúng · valid: {said.id}  {said.plan}  {said.agency}  {said.received_at.isoformat()}")
    click.echo("  ".join(f"{name} {count}" for name, count in said.counts.model_dump().items()))


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_bytes())
    except ValueError as error:
        raise click.ClickException(f"Không phải JSON · this is no JSON: {file}") from error
    return found if isinstance(found, dict) else {}


def _keys(file: Path) -> list[dict[str, Any]]:
    found = _json(file).get("keys")
    if not isinstance(found, list):
        raise click.ClickException(f"Không phải JWK Set · this is no JWK Set: {file}")
    return [key for key in found if isinstance(key, dict)]
