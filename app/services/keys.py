"""Keys: issued, rotated, revoked from the command line; recognised on every request."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.errors import Conflict, Failure, Invalid, NotFound, Text, Unauthenticated
from app.models import Agency, Key
from app.models.unit import instant, today
from app.rules import keys as form
from app.rules.ownership import Action
from app.rules.parties import Actor, Item
from app.rules.vocabulary import Scope
from app.services import access, grounds


def well_formed(secret: str | None) -> str:
    """A key that may be one, told without the database: nobody without one is told what else is wrong."""
    if secret is None:
        raise _unknown("key_required")
    if not form.is_well_formed(secret):
        raise _unknown("key_invalid")
    return secret


_BY_DIGEST = (
    select(
        Key.public_id,
        Key.scopes,
        Key.expires_at,
        Key.revoked_at,
        Agency.id,
        Agency.code,
        Agency.kind,
        Agency.valid_to,
    )
    .join(Agency, Agency.id == Key.agency_id)
    .where(Key.digest == bindparam("digest"))
)


def identify(session: Session, secret: str) -> Actor:
    """Who is calling. Read from the database each time, so a revocation is felt by the next request."""
    found = session.execute(_BY_DIGEST, {"digest": form.digest(secret)}).one_or_none()
    if found is None:
        raise _unknown("key_invalid")
    key, scopes, expires_at, revoked_at, agency_id, agency, kind, valid_to = found
    now = instant(session)
    if revoked_at is not None and revoked_at <= now:
        raise _unknown("key_revoked")
    if expires_at <= now:
        raise _unknown("key_expired")
    return Actor(
        agency=agency,
        kind=kind,
        agency_id=agency_id,
        scopes=frozenset(Scope(scope) for scope in scopes),
        via=f"key:{key}",
        active=not grounds.has_ended(valid_to, today(session)),
        until=expires_at,
    )


_REASONS = {
    "key_required": Text(
        "Gửi khóa trong tiêu đề Authorization: Bearer …", "Send a key as Authorization: Bearer …"
    ),
    "key_invalid": Text("Khóa truy cập không đúng", "The API key is not valid"),
    "key_revoked": Text("Khóa truy cập đã bị thu hồi", "The API key has been revoked"),
    "key_expired": Text("Khóa truy cập đã hết hạn", "The API key has expired"),
}


def _unknown(reason: str) -> Failure:
    challenge = "Bearer" if reason == "key_required" else 'Bearer error="invalid_token"'
    return Unauthenticated(
        _REASONS[reason], facts={"reason": reason}, headers={"WWW-Authenticate": challenge}
    )


def technician() -> Actor:
    """Whoever may use the command line on the server: no agency, no business record."""
    return Actor(agency=None, kind=None, agency_id=None, scopes=frozenset({Scope.ADMIN}), via="cli")


def issue(
    session: Session,
    actor: Actor,
    agency_code: str,
    label: str,
    scopes: Sequence[Scope],
    lifetime: timedelta,
    replaces: Key | None = None,
) -> tuple[Key, str]:
    """Make a key and return it with its secret, which is shown once and stored nowhere."""
    permit = access.permit(actor, Action.KEY_MANAGE, Item())
    agency = session.scalars(select(Agency).where(Agency.code == agency_code)).one_or_none()
    if agency is None:
        raise NotFound(Text(f"Không có cơ quan {agency_code}", f"There is no agency {agency_code}"))
    if agency.kind in grounds.WITHOUT_ACCOUNT:
        raise Conflict(
            Text(
                f"{agency_code} là nhóm hoặc đối tác nên không có khóa",
                f"{agency_code} is a group or a partner and has no account",
            )
        )
    wanted = {Scope.READ, *scopes}
    if Scope.ADMIN in wanted and Scope.PUSH in wanted:
        raise Invalid(
            Text(
                "Khóa quản trị kỹ thuật không được ghi dữ liệu nghiệp vụ",
                "A technical administrator's key can write no business record",
            )
        )
    secret, now = form.mint(secrets.token_bytes(form.RANDOM_BYTES)), instant(session)
    key = Key(
        agency_id=agency.id,
        label=label,
        scopes=[scope.value for scope in Scope if scope in wanted],
        hint=form.hint(secret),
        digest=form.digest(secret),
        created_at=now,
        expires_at=now + lifetime,
        replaces_id=replaces.id if replaces else None,
    )
    access.add(session, permit, [key])
    session.flush()
    return key, secret


def rotate(
    session: Session, actor: Actor, public_id: str, overlap: timedelta, lifetime: timedelta | None = None
) -> tuple[Key, str]:
    """Make a successor; the old key keeps working for the overlap, and not longer than it would have."""
    old = _key(session, public_id)
    permit = access.permit(actor, Action.KEY_MANAGE, Item())
    now = instant(session)
    if old.revoked_at is not None or old.expires_at <= now:
        raise Conflict(
            Text(
                "Khóa này không còn hiệu lực: hãy cấp khóa mới",
                "This key is no longer valid: issue a new one",
            )
        )
    query = select(Key.public_id).where(Key.replaces_id == old.id).order_by(Key.id.desc()).limit(1)
    if lifetime is None and (successor := session.scalar(query)):  # how long it was for is no longer known
        raise Conflict(
            Text(
                f"Khóa này đã được đổi thành {successor}: hãy đổi khóa đó, hoặc nêu thời hạn (--days)",
                f"This key has been rotated to {successor}: rotate that one, or say for how long (--days)",
            )
        )
    agency = session.scalars(select(Agency.code).where(Agency.id == old.agency_id)).one()
    scopes = [Scope(scope) for scope in old.scopes]
    lifetime = lifetime or old.expires_at - old.created_at
    made = issue(session, actor, agency, old.label, scopes, lifetime, replaces=old)
    access.open_for_change(session, permit, [old])
    old.expires_at = min(old.expires_at, now + overlap)
    return made


def revoke(session: Session, actor: Actor, public_id: str) -> Key:
    """End a key now. Twice is the same as once."""
    key = _key(session, public_id)
    permit = access.permit(actor, Action.KEY_MANAGE, Item())
    if key.revoked_at is None:
        access.open_for_change(session, permit, [key])
        key.revoked_at = instant(session)
    return key


def find(session: Session) -> list[tuple[Key, str]]:
    """All keys with their agencies, the newest last."""
    query = select(Key, Agency.code).join(Agency, Agency.id == Key.agency_id).order_by(Key.id)
    return [(key, code) for key, code in session.execute(query)]


def ending(session: Session, within: timedelta) -> list[tuple[Key, str]]:
    """The keys that end so soon and have no successor, with their agencies: an office is shut out then."""
    now, found = instant(session), find(session)
    rotated = {key.replaces_id for key, _ in found}
    return [
        (key, agency)
        for key, agency in found
        if key.revoked_at is None and now < key.expires_at <= now + within and key.id not in rotated
    ]


def _key(session: Session, public_id: str) -> Key:
    key = session.scalars(select(Key).where(Key.public_id == public_id)).one_or_none()
    if key is None:
        raise NotFound(Text("Không có khóa này", "There is no such key"))
    return key
