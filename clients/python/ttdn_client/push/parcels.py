"""What the rooms hand to each other: an input as parcels, a parcel as one request, a line as one record."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ttdn_client.answers import Mode


@dataclass(frozen=True)
class Line:
    """One record of the input: where it stood, its bytes as they were, and the name it goes by."""

    number: int
    raw: bytes
    source_system: str | None = None
    external_id: str | None = None


@dataclass(frozen=True)
class Parcel:
    """One request. A sheet has no lines here: only the service understands sheets."""

    target: str
    media: str
    body: bytes
    lines: tuple[Line, ...] = ()
    idempotency_key: str = field(default_factory=lambda: str(uuid.uuid4()))
    mode: Mode = "partial"
    place: int = 0
    """Its number in the spool."""


@dataclass(frozen=True)
class Input:
    """One file, or what came in on standard input, cut into parcels."""

    name: str
    sha256: str
    mode: Mode
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True)
class Answered:
    """What was sent, without its bytes, and what the service said of it."""

    lines: tuple[Line, ...]
    status: int
    answer: Mapping[str, Any]

    @property
    def receipts(self) -> list[str]:
        """The receipts that were promised: one for a batch, one for each part of a sheet."""
        alone = self.answer.get("receipt")
        return [str(one) for one in (*([alone] if alone else []), *self.answer.get("receipts", ()))]
