"""Outcomes: what came of a record, told to whoever pushed it."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from app.errors import Text
from app.models import Activity
from app.rules.parties import Actor
from app.rules.vocabulary import ActivityStatus
from app.schemas.activities import ActivityResult, Moved, Result
from app.services import activities, evidence
from app.services.dockets import Docket


class Outcome(NamedTuple):
    """A record as it stands now, what came of it, and every output it moved."""

    docket: Docket
    activity: Activity
    result: Result
    moved: list[Moved]


def told(session: Session, actor: Actor, outcome: Outcome) -> tuple[ActivityResult, int]:
    """The whole answer, and the record's version."""
    session.flush()  # the answer carries the version that will be stored
    docket, activity = outcome.docket, outcome.activity
    if activity.status is ActivityStatus.STANDING and activity.assignment_id == docket.assignment.id:
        shown, version = activities.filed(session, actor, docket, activity), activity.version
    else:
        shown, version = activities.one(session, docket.here, actor, activity.public_id)
    why = hint(outcome)
    return (
        ActivityResult(
            result=outcome.result,
            activity=shown,
            moved=outcome.moved,
            hint_vi=why.vi if why else None,
            hint_en=why.en if why else None,
        ),
        version,
    )


def hint(outcome: Outcome) -> Text | None:
    """Why a record counts for nothing, or was not stored; None where all is well."""
    docket, activity, result, moved = outcome
    if result == "withdrawn":
        return None
    if result == "stale":
        return Text(
            "Đã có phiên bản mới hơn của bản ghi này (xem source_updated_at): không lưu phiên bản cũ",
            "A later version of this record is on file (see source_updated_at): this one is not stored",
        )
    surplus = result == "created" and not moved and evidence.all_filled(docket)
    if surplus or not evidence.counts(docket, activity) or evidence.is_returned(docket, activity):
        return evidence.hint(docket, activity)
    return None
