"""Taking a file of activities: rows that name their record correct it, all others go in as a batch."""

from collections.abc import Collection, Sequence
from textwrap import shorten
from typing import Any, Final, cast

from sqlalchemy.orm import Session

from app.errors import Failure, Invalid, Text
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.rules.vocabulary import ActivityStatus
from app.schemas.activities import ActivityIn, ActivityOut, ActivityResult
from app.schemas.batches import BatchAsk, BatchRow
from app.services import activities, activity_sheet, batching, correcting, evidence, grounds, offers
from app.services.activity_sheet import WANTED
from app.services.forms import Form, Parse
from app.sheets.drafts import Draft
from app.sheets.reading import KEY, OURS

MOST_OF_A_TITLE: Final = 80
_OVERWRITES: Final = Text(
    "Ghi đè bản ghi đã có từ một tệp trước; nếu là việc mới thì để trống `source_system`, `external_id`",
    "Takes the place of a record of an earlier file; "
    "if it is new, leave `source_system`, `external_id` empty",
)
"""A key that was made here for a row of a file, exported with its record and filled in anew; or a record that
was corrected by hand since."""
_STANDS: Final = Text(
    "Dòng này ghi là đã rút, nhưng tệp không rút được: bản ghi còn hiệu lực. Muốn rút thì dùng “Rút một hoạt "
    "động” (`POST …/activities/{id}/withdrawals`) với mã bản ghi và lý do",
    "This row calls its record withdrawn, but a file withdraws nothing: the record stands. “Withdraw an "
    "activity” (`POST …/activities/{id}/withdrawals`) does, by its id, with the reason",
)
_STANDS_NEWLY: Final = Text(
    "Dòng này ghi là đã rút, nhưng được ghi thành bản ghi mới còn hiệu lực: nếu không phải bản ghi mới thì "
    "xóa dòng này, hoặc giữ mã bản ghi",
    "This row calls its record withdrawn, but is taken as a new one that stands: if it is none, delete this "
    "row or keep the id of its record",
)


def take(
    session: Session,
    actor: Actor,
    slug: str,
    drafts: Sequence[Draft],
    fields: Collection[str],
    parse: Parse,
) -> list[BatchRow]:
    """What came of each row, in their order. A correction changes only `fields`, which the file has."""
    known = activities.by_ids(session, actor, slug, [draft.id for draft in drafts if draft.id])
    came: dict[int, BatchRow] = {}
    others: dict[int, ActivityIn | Failure] = {}
    for place, draft in enumerate(drafts):
        body = _body(draft, parse)
        if draft.id is None or isinstance(body, Failure):
            others[place] = body
        elif draft.id not in known:
            others[place] = correcting.unknown()
        else:
            try:
                with session.begin_nested():
                    said = correcting.correct(session, actor, slug, known[draft.id], body, fields)
            except Failure as failure:
                others[place] = failure
                continue
            before, known[draft.id] = known[draft.id], said.activity if said else known[draft.id]
            came[place] = _corrected(before, known[draft.id], said)
    ask = BatchAsk(mode="partial")
    pushed = batching.push(session, actor, slug, list(others.values()), ask)
    came |= dict(zip(others, pushed.results, strict=True))
    plan = grounds.find(session, actor, slug).plan
    last = plan.period_to.isoformat()
    for place, draft in enumerate(drafts):
        overwrites = draft.id is None and draft.values.get("source_system") == OURS
        is_after = str(draft.values.get("occurred_on", "")) > last
        _hinted(came[place], _OVERWRITES if overwrites else None, evidence.after(plan) if is_after else None)
        _told_of_status(came[place], draft, known.get(draft.id or ""))
    return [came[place] for place in range(len(drafts))]


def _body(draft: Draft, parse: Parse) -> ActivityIn | Failure:
    """The record a row says; or all that is wrong with it, in its cells and in what they were read as."""
    body, unread = parse(ActivityIn, draft.values), draft.failure()
    if unread is None:
        return body
    told = {fault.pointer for fault in unread.faults}
    more = (
        [fault for fault in body.faults if not _is_within(fault.pointer, told)]
        if isinstance(body, Failure)
        else []
    )
    return Invalid(faults=[*unread.faults, *more])


def _is_within(pointer: str, others: Collection[str]) -> bool:
    return "/".join(pointer.split("/")[:2]) in others


def _hinted(row: BatchRow, of_update: Text | None, otherwise: Text | None) -> None:
    """Say of a row what its office could look at again, and no more."""
    if row.result in ("created", "updated"):
        told = (row.result == "updated" and of_update) or otherwise
        if told and row.hint_vi in (None, otherwise.vi if otherwise else None):
            row.hint_vi, row.hint_en = told.vi, told.en
    elif row.hint_vi != evidence.WITHDRAWN.vi:  # nothing could be done better
        row.hint_vi = row.hint_en = None


def _told_of_status(row: BatchRow, draft: Draft, named: ActivityOut | None) -> None:
    """Say so where a row and its record do not agree on whether it is withdrawn: a file changes nothing."""
    is_withdrawn = named.status is ActivityStatus.WITHDRAWN if named else row.hint_vi == evidence.WITHDRAWN.vi
    if row.result in ("refused", "stale") or is_withdrawn == activity_sheet.says_withdrawn(draft):
        return
    told = evidence.WITHDRAWN if is_withdrawn else _STANDS_NEWLY if row.result == "created" else _STANDS
    if row.hint_vi != told.vi:
        row.hint_vi = ". ".join(filter(None, (told.vi, row.hint_vi)))
        row.hint_en = ". ".join(filter(None, (told.en, row.hint_en)))


def _corrected(before: ActivityOut, now: ActivityOut, said: ActivityResult | None) -> BatchRow:
    """What came of a row that named its record, in the words of a batch."""
    told = _of_correction(before, now) if said is not None else None
    return BatchRow(
        index=0,
        result="unchanged" if said is None or said.result == "unchanged" else "updated",
        activity=now.id,
        task=now.task.code,
        agency=now.agency.code,
        output=now.output,
        counts=now.counts,
        moved=said.moved if said else [],
        hint_vi=". ".join(filter(None, (told.vi, said.hint_vi))) if told and said else None,
        hint_en=". ".join(filter(None, (told.en, said.hint_en))) if told and said else None,
    )


def _of_correction(before: ActivityOut, now: ActivityOut) -> Text:
    """Which record a row has corrected, and in what: last month's file, filled in anew, would overwrite what
    was recorded from it, and nothing but the ids in its folded columns says so."""
    columns = [field for field in correcting.MAY_CHANGE if getattr(before, field) != getattr(now, field)]
    changed = ", ".join(f"`{field}`" for field in columns)
    names = ", ".join(f"`{field}`" for field in ("id", *(KEY if before.external_id else ())))
    title = shorten(before.title, MOST_OF_A_TITLE, placeholder=" …")
    return Text(
        f"Sửa bản ghi đã có, ngày {before.occurred_on:%d/%m/%Y}, “{title}”: đổi {changed}; "
        f"nếu là việc mới thì để trống {names}",
        f"Corrects a record that is there, of {before.occurred_on}, “{title}”: {changed}; "
        f"if it is a new one, leave {names} empty",
    )


def _tasks(session: Session, actor: Actor, slug: str, _by: str | None) -> Sequence[str]:
    """The tasks this caller may record for."""
    here = grounds.find(session, actor, slug)
    offered: Any = offers.instead(session, here, actor, Action.ACTIVITY_RECORD) or {}
    return cast("Sequence[str]", offered.get("task", ()))


FORM = Form(
    operation="import_activities",
    item=activity_sheet.ITEM,
    wanted=WANTED,
    drafts=activity_sheet.drafts,
    take=take,
    whose="task",
    offered=_tasks,
    also={},
)
