"""Answers kept for repetition, so that a push may be sent twice (habit: Idempotency-Key)."""

import hashlib
import json
from typing import Any, NamedTuple
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import KeyReused
from app.models import Replay
from app.models.unit import instant
from app.rules.parties import Actor


class Stored(NamedTuple):
    """An answer as it was given: status, the headers that belong to it, and its bytes."""

    status: int
    headers: dict[str, str]
    body: bytes


def fingerprint(method: str, path: str, content: Any) -> str:
    """What makes two requests the same: method, address and the JSON value, however it was spelt (text as it
    will be stored: NFC)."""
    text = json.dumps(
        [method, path, _spelt_alike(content)], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(normalize("NFC", text).encode()).hexdigest()


def _spelt_alike(value: Any) -> Any:
    """A value in which 1, 1.0 and 1e0 are one number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _spelt_alike(one) for name, one in value.items()}
    return [_spelt_alike(one) for one in value] if isinstance(value, list) else value


def find(session: Session, actor: Actor, idempotency_key: str, mark: str) -> Stored | None:
    """The answer this agency got for this key; KeyReused if that was for another request."""
    replay = session.scalars(
        select(Replay).where(Replay.agency_id == actor.agency_id, Replay.idempotency_key == idempotency_key)
    ).one_or_none()
    if replay is None:
        return None
    if replay.fingerprint != mark:
        raise KeyReused()
    return Stored(replay.status, replay.headers, replay.body)


def keep(session: Session, actor: Actor, idempotency_key: str, mark: str, stored: Stored) -> None:
    """Keep an answer, in the transaction it answers for."""
    session.add(
        Replay(
            agency_id=actor.agency_id,
            idempotency_key=idempotency_key,
            fingerprint=mark,
            status=stored.status,
            headers=stored.headers,
            body=stored.body,
            created_at=instant(session),
        )
    )
    session.flush()
