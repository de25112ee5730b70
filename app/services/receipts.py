"""Receipts: what was received and what came of it, signed in the transaction that stored it."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.models import Agency, Plan, Receipt, SigningKey
from app.models.base import new_public_id
from app.models.unit import instant
from app.rules.parties import Actor
from app.schemas.activities import ActivityResult
from app.schemas.batches import BatchCounts, BatchResult, Came
from app.schemas.receipts import (
    JwkOut,
    JwkSet,
    ReceiptBrief,
    ReceiptFilter,
    ReceiptOut,
    ReceiptPage,
    ReceiptRow,
    ReceiptSaid,
)
from app.seal import Seal, shown
from app.services import grounds, listing

KIND = "ttdn-receipt+jws"
"""The `typ` of a receipt's signature: nothing else that is signed here can pass for one."""


class Received(NamedTuple):
    """A push as it came over the wire, and the seal to answer for it with."""

    sha256: str
    size: int
    seal: Seal


def for_batch(
    session: Session, actor: Actor, slug: str, received: Received, result: BatchResult
) -> BatchResult:
    """The same result with its receipt; a rehearsal has none."""
    if result.applied:
        rows = [_row(row.index, row) for row in result.results]
        result.receipt = keep(session, actor, slug, received, "push_activities", rows)
    return result


def for_record(
    session: Session, actor: Actor, slug: str, received: Received, result: ActivityResult
) -> ActivityResult:
    """The same result with its receipt: a record pushed alone is a push of one."""
    row = ReceiptRow.model_validate(
        {"index": 0, "result": result.result, "activity": result.activity.id, "code": None}
    )
    result.receipt = keep(session, actor, slug, received, "record_activity", [row])
    return result


def for_rows(
    session: Session,
    actor: Actor,
    slug: str,
    received: Received,
    operation: str,
    numbers: Sequence[int],
    rows: Sequence[Came],
) -> str:
    """The receipt for some rows of a file, each by its number in it; the digest is the whole file's."""
    said = [_row(number, row) for number, row in zip(numbers, rows, strict=True)]
    return keep(session, actor, slug, received, operation, said)


def keep(
    session: Session, actor: Actor, slug: str, received: Received, operation: str, rows: list[ReceiptRow]
) -> str:
    """Sign and store a receipt; returns its id."""
    said = ReceiptSaid(
        id=new_public_id(),
        plan=slug,
        agency=actor.agency or "",
        operation=operation,
        received_at=instant(session),
        sha256=received.sha256,
        bytes=received.size,
        counts=BatchCounts.model_validate(Counter(row.result for row in rows)),
        results=rows,
    )
    row = {
        "public_id": said.id,
        "agency_id": actor.agency_id,
        "operation": operation,
        "sha256": said.sha256,
        "size": said.bytes,
        "counts": said.counts.model_dump(),
        "jws": received.seal.sign(said.model_dump_json().encode(), KIND),
        "received_at": said.received_at,
    }
    asked = {**row, "plan": slug, "kid": received.seal.kid}
    if session.connection().execute(_KEPT, asked).rowcount == 0:
        _introduce(session, received.seal)
        session.connection().execute(_KEPT, asked)
    return said.id


_ROW = ("public_id", "agency_id", "operation", "sha256", "size", "counts", "jws", "received_at")
_KEPT = (
    insert(Receipt)
    .from_select(
        ["key_id", "plan_id", *_ROW],
        select(
            SigningKey.id,
            select(Plan.id).where(Plan.slug == bindparam("plan")).scalar_subquery(),
            *(bindparam(name, type_=Receipt.__table__.c[name].type) for name in _ROW),
        ).where(SigningKey.kid == bindparam("kid")),
    )
    .execution_options(preserve_rowcount=True)
)
"""Stores nothing while the key that signs is not known."""


def find(session: Session, actor: Actor, slug: str, ask: ReceiptFilter) -> ReceiptPage:
    """List the caller's own receipts, the latest first."""
    here = grounds.find(session, actor, slug)
    query = (
        select(Receipt, Agency.code)
        .join(Agency, Agency.id == Receipt.agency_id)
        .where(Receipt.plan_id == here.plan.id, Receipt.agency_id == actor.agency_id)
    )
    if ask.sha256:
        query = query.where(Receipt.sha256 == ask.sha256)
    found = listing.page(session, query, ask, {"id": Receipt.public_id}, by="-id", last=[], place=slug)
    items = [
        ReceiptBrief(
            id=receipt.public_id,
            plan=slug,
            agency=agency,
            operation=receipt.operation,
            received_at=receipt.received_at,
            sha256=receipt.sha256,
            bytes=receipt.size,
            counts=receipt.counts,
        )
        for receipt, agency in found.rows
    ]
    return ReceiptPage(items=items, next_cursor=found.next_cursor, total=found.total)


def get(session: Session, actor: Actor, slug: str, public_id: str) -> ReceiptOut:
    """One receipt of the caller's own, as it was signed."""
    here = grounds.find(session, actor, slug)
    found = session.execute(
        select(Receipt.jws, SigningKey.kid)
        .join(SigningKey, SigningKey.id == Receipt.key_id)
        .where(
            Receipt.plan_id == here.plan.id,
            Receipt.agency_id == actor.agency_id,
            Receipt.public_id == public_id,
        )
    ).one_or_none()
    if found is None:
        raise NotFound()
    jws, kid = found
    said = ReceiptSaid.model_validate_json(shown(jws))
    return ReceiptOut(**said.model_dump(), kid=kid, jws=jws)


def keys(session: Session, seal: Seal) -> JwkSet:
    """Every key that has signed here; the present one first, whether it has signed yet or not."""
    former = session.scalars(
        select(SigningKey.jwk).where(SigningKey.kid != seal.kid).order_by(SigningKey.id.desc())
    )
    return JwkSet(keys=[JwkOut.model_validate(jwk) for jwk in (seal.public, *former)])


def _row(index: int, row: Came) -> ReceiptRow:
    code = row.refusal.code if row.refusal else None
    named = {name: getattr(row, name, None) for name in ("activity", "line", "entry")}
    return ReceiptRow(index=index, result=row.result, **named, code=code)


def _introduce(session: Session, seal: Seal) -> None:
    """Write down the key that signs; whoever is the first to use it does."""
    try:
        with session.begin_nested():
            session.add(SigningKey(kid=seal.kid, jwk=dict(seal.public), first_used_at=instant(session)))
            session.flush()
    except IntegrityError:
        pass  # another push with the same new key was a moment faster
