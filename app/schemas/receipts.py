"""Receipts on the wire: what was received, what came of it, and the signature over both."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.schemas.base import Out, formed
from app.schemas.batches import BatchCounts, Taken
from app.schemas.lists import Listing, Page, sort_by

Sha256 = Annotated[
    str,
    formed(
        "^[0-9a-f]{64}$",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        description="SHA-256 của nội dung như đã nhận (`sha256sum tệp`) · of the content as it was received",
    ),
]


class ReceiptRow(Out):
    """What came of one record."""

    index: int = Field(
        description="vị trí trong lô, từ 0; số dòng trong tệp · place in the batch, from 0; row of the file"
    )
    result: Taken | Literal["refused"]
    activity: str | None = Field(description="id hoạt động · the activity's id; null if refused")
    line: str | None = Field(None, description="mã dòng kinh phí · the budget line's code")
    entry: str | None = Field(None, description="id bút toán · the ledger entry's id")
    code: str | None = Field(description="mã lỗi nếu bị từ chối · why it was refused; null otherwise")


class ReceiptBrief(Out):
    """A receipt, without its rows."""

    id: str
    plan: str
    agency: str = Field(description="cơ quan gửi · who pushed", examples=["SVHTTDL"])
    operation: str = Field(examples=["push_activities"])
    received_at: datetime
    sha256: Sha256
    bytes: int = Field(description="độ dài nội dung · length of the content in bytes")
    counts: BatchCounts


class ReceiptSaid(ReceiptBrief):
    """What is signed, word for word."""

    results: list[ReceiptRow]


class ReceiptOut(ReceiptSaid):
    """The same with its signature. What holds is what `jws` carries; the rest shows it."""

    kid: str = Field(description="khóa đã ký · which key has signed")
    jws: str = Field(description="JWS (RFC 7515), EdDSA: `ttdn receipt verify`")


class ReceiptPage(Page):
    items: list[ReceiptBrief]


class ReceiptFilter(Listing):
    sha256: Sha256 | None = None
    sort: Annotated[str, sort_by("id")] = "-id"


class JwkOut(Out):
    """A public key (RFC 7517, RFC 8037)."""

    kty: str = Field(examples=["OKP"])
    crv: str = Field(examples=["Ed25519"])
    x: str
    kid: str = Field(description="dấu vân tay RFC 7638 · thumbprint")
    alg: str = Field(examples=["EdDSA"])
    use: str = Field(examples=["sig"])


class JwkSet(Out):
    """Every key that has signed here, the present one first (RFC 7517 §5)."""

    keys: list[JwkOut]
