"""Correcting: a row that names its record is about that record, and changes what differs, as its office would
by hand. What it belongs to cannot change: its task, its body, its source's key.
"""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy.orm import Session

from app.errors import Fault, Invalid, Text
from app.rules.parties import Actor
from app.schemas.activities import ActivityIn, ActivityOut, ActivityPatch, ActivityResult
from app.services import recording

MAY_CHANGE: Final = (*recording.FIELDS, "output")


def correct(
    session: Session, actor: Actor, slug: str, shown: ActivityOut, body: ActivityIn, fields: Collection[str]
) -> ActivityResult | None:
    """Bring a record to what a row says in these fields; None where it says so already."""
    _check_belonging(shown, body, fields)
    changed: dict[str, Any] = {
        name: getattr(body, name)
        for name in MAY_CHANGE
        if name in fields and getattr(body, name) != getattr(shown, name)
    }
    if not changed:
        return None
    patch = ActivityPatch.model_validate(changed)
    result, _version = recording.revise(session, actor, slug, shown.id, patch, None)
    session.flush()
    return result


def unknown() -> Invalid:
    """No such record in this plan, or none that this caller sees; last year's export mostly, in which nobody
    should empty the cell."""
    return Invalid.at(
        "/id",
        "unknown_record",
        "Kế hoạch này không có bản ghi ấy: tệp của kế hoạch khác thì gửi đến kế hoạch đó; ghi bản ghi mới "
        "thì xóa ô này",
        "This plan has no such record: send another plan's file to that plan; to make a new record, empty "
        "this cell",
    )


def _check_belonging(shown: ActivityOut, body: ActivityIn, fields: Collection[str]) -> None:
    belongs = {
        "task": shown.task.code,
        "agency": shown.agency.code,
        "source_system": shown.source_system,
        "external_id": shown.external_id,
    }
    other = [
        name for name, value in belongs.items() if name in fields and getattr(body, name) not in (None, value)
    ]
    if other:
        raise Invalid(faults=[_belongs_elsewhere(name) for name in other])


def _belongs_elsewhere(name: str) -> Fault:
    return Fault(
        f"/{name}",
        "belongs_elsewhere",
        Text(
            "Bản ghi này thuộc nơi khác và không chuyển được: rút nó rồi ghi bản ghi mới",
            "This record belongs elsewhere and cannot be moved: withdraw it and make a new one",
        ),
    )
