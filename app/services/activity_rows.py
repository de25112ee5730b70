"""Taking a file of activities: rows that name their record correct it, all others go in as a batch."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy.orm import Session

from app.errors import Failure
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.activities import ActivityIn, ActivityOut, ActivityResult
from app.schemas.batches import BatchAsk, BatchRow
from app.services import activities, activity_sheet, batching, correcting, evidence, grounds, offers
from app.services.activity_sheet import WANTED
from app.services.forms import Form, Parse
from app.sheets.drafts import Draft


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
        body = draft.failure() or parse(ActivityIn, draft.values)
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
            known[draft.id] = said.activity if said else known[draft.id]
            came[place] = _corrected(known[draft.id], said)
    ask = BatchAsk(mode="partial")
    pushed = batching.push(session, actor, slug, list(others.values()), ask)
    came |= dict(zip(others, pushed.results, strict=True))
    for row in came.values():
        is_gone = row.hint_vi == evidence.WITHDRAWN.vi
        if row.result not in ("created", "updated") and not is_gone:  # nothing could be done better
            row.hint_vi = row.hint_en = None
    return [came[place] for place in range(len(drafts))]


def _corrected(now: ActivityOut, said: ActivityResult | None) -> BatchRow:
    """What came of a row that named its record, in the words of a batch."""
    return BatchRow(
        index=0,
        result="unchanged" if said is None or said.result == "unchanged" else "updated",
        activity=now.id,
        task=now.task.code,
        agency=now.agency.code,
        output=now.output,
        counts=now.counts,
        moved=said.moved if said else [],
        hint_vi=said.hint_vi if said else None,
        hint_en=said.hint_en if said else None,
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
