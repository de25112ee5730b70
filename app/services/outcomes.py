"""Outcomes: what came of a record, told to whoever pushed it."""

from datetime import timedelta
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from app.errors import Text
from app.models import Activity
from app.models.unit import instant
from app.rules.parties import Actor
from app.rules.vocabulary import ActivityStatus
from app.schemas.activities import ActivityResult, Moved, Result
from app.services import activities, evidence
from app.services.dockets import Docket

_CLOCKS_DIFFER: Final = timedelta(hours=1)

_OLDER: Final = Text(
    "Đã có phiên bản mới hơn của bản ghi này (xem source_updated_at): không lưu phiên bản cũ",
    "A later version of this record is on file (see source_updated_at): this one is not stored",
)
_OLDER_THAN_A_FUTURE_ONE: Final = Text(
    "Phiên bản đã lưu ghi giờ ở nguồn trong tương lai (xem source_updated_at), nên phiên bản này bị coi là "
    "cũ và không được lưu: chỉnh đồng hồ ở nguồn và sửa bản ghi qua PATCH",
    "The version on file is dated in the future (see source_updated_at), so this one counts as older and "
    "is not stored: set the source's clock right, and correct the record by PATCH",
)
_IN_THE_FUTURE: Final = Text(
    "Giờ ở nguồn (source_updated_at) còn ở tương lai: phiên bản gửi sau với giờ đúng sẽ bị coi là cũ. Kiểm "
    "tra đồng hồ và múi giờ ở nguồn",
    "The source's time (source_updated_at) lies in the future: a later version with the right time will "
    "count as older. Check the clock and the time zone of the source",
)


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
    why = hint(session, outcome)
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


def hint(session: Session, outcome: Outcome) -> Text | None:
    """Why a record counts for nothing, or was not stored, or will stand in the way of the next version, or
    may be of another plan; None where all is well."""
    docket, activity, result, moved = outcome
    if result == "withdrawn":
        return None
    dated = activity.source_updated_at
    is_ahead = dated is not None and dated > instant(session) + _CLOCKS_DIFFER
    if result == "stale":
        return _OLDER_THAN_A_FUTURE_ONE if is_ahead else _OLDER
    surplus = result == "created" and not moved and evidence.all_filled(docket)
    if surplus or not evidence.counts(docket, activity) or evidence.is_returned(docket, activity):
        return evidence.hint(docket, activity)
    if is_ahead:
        return _IN_THE_FUTURE
    is_new = result in ("created", "updated")
    plan = docket.here.plan
    return evidence.after(plan) if is_new and activity.occurred_on > plan.period_to else None
