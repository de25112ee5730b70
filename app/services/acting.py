"""Acting on outputs: claimed, withdrawn, confirmed, returned, each as a record of its own.

Every act locks the assignment the output belongs to, as a record does, so acts and records follow each other.
"""

from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, Stale, Text
from app.models import Act, Agency, Output
from app.models.unit import instant
from app.rules import acts
from app.rules.acts import ActKind, Facts, Obstacle
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.activities import Moved
from app.schemas.acts import ActFilter, ActOut, ActPage, ActResult
from app.schemas.base import AgencyRef
from app.services import access, dockets, facts, grounds, listing, outputs, settling
from app.services.dockets import Docket
from app.services.grounds import Ground

Versions = frozenset[int] | None
"""The versions an act is meant for; None: any."""


def claim(session: Session, actor: Actor, slug: str, output: str, note: str | None) -> tuple[ActResult, int]:
    """An office says that an output is done."""
    found = dockets.for_output(session, actor, slug, output, Action.OUTPUT_CLAIM)
    return act(session, actor, *found, ActKind.CLAIM, note)


def withdraw(session: Session, actor: Actor, slug: str, output: str, reason: str) -> tuple[ActResult, int]:
    """It takes that back; what records say of the output stays."""
    found = dockets.for_output(session, actor, slug, output, Action.OUTPUT_WITHDRAW)
    return act(session, actor, *found, ActKind.WITHDRAWAL, reason)


def confirm(
    session: Session, actor: Actor, slug: str, output: str, note: str | None, versions: Versions
) -> tuple[ActResult, int]:
    """The monitor accepts it, or the superior where the monitor's own duty is concerned. What a monitor says
    of its own duty is marked as such and never counts as confirmed."""
    docket, row, permit = dockets.for_confirmation(session, actor, slug, output)
    own = permit.action is Action.OUTPUT_SELF_CONFIRM
    kind = ActKind.SELF_CONFIRMATION if own else ActKind.CONFIRMATION
    return act(session, actor, docket, row, permit, kind, note, versions)


def send_back(
    session: Session, actor: Actor, slug: str, output: str, missing: str, versions: Versions
) -> tuple[ActResult, int]:
    """The monitor returns it, saying what is missing."""
    found = dockets.for_output(session, actor, slug, output, Action.OUTPUT_RETURN)
    return act(session, actor, *found, ActKind.RETURN, missing, versions)


def act(
    session: Session,
    actor: Actor,
    docket: Docket,
    output: Output,
    permit: Permit,
    kind: ActKind,
    reason: str | None,
    versions: Versions = None,
) -> tuple[ActResult, int]:
    """Do it, if the output is where it can be done; again is the same as once."""
    if versions is not None and output.version not in versions:
        raise Stale()
    before = facts.of(output, docket.task)
    after = acts.after(kind, before)
    if isinstance(after, Obstacle):
        raise Conflict(after.why, facts={"reason": after.code, "level": output.level.value})
    if after == before:
        return _result(session, actor, docket, output, _last(session, output, kind), [], "unchanged")
    access.open_for_change(session, permit, [docket.assignment, *docket.outputs])
    _apply(output, after, docket.here)
    if kind is ActKind.RETURN and before.claimed:  # its body said that it came up: sent back, it stays owed
        output.opened_by_record = False
    moved = settling.settle(session, docket.task, docket.assignment, docket.outputs)
    session.flush()  # a period that this act opens is known by its number from here on
    done = Act(
        plan_id=docket.here.plan.id,
        task_id=docket.task.id,
        output_id=output.id,
        kind=kind,
        by_id=actor.agency_id,
        for_id=docket.agency.id,
        reason=reason,
        level=output.level,
        acted_at=instant(session),
    )
    access.add(session, permit, [done])
    session.flush()
    return _result(session, actor, docket, output, done, moved, "done")


def _apply(output: Output, known: Facts, here: Ground) -> None:
    output.claimed, output.returned = known.claimed, known.returned
    output.confirmed, output.self_confirmed = known.confirmed, known.self_confirmed
    if known.status_only:  # nothing else tells on which day
        output.evidenced_on = (output.evidenced_on or here.today) if known.claimed else None


def _last(session: Session, output: Output, kind: ActKind) -> Act | None:
    query = select(Act).where(Act.output_id == output.id, Act.kind == kind)
    return session.scalars(query.order_by(Act.id.desc()).limit(1)).one_or_none()


def find(session: Session, actor: Actor, slug: str, output: str, ask: ActFilter) -> ActPage:
    """All that was ever done to an output, oldest first."""
    here = grounds.find(session, actor, slug)
    outputs.one(session, here, actor, output)  # NotFound for what this caller may not see
    query = select(Act).join(Output, Output.id == Act.output_id).where(Output.public_id == output)
    orders = {"id": Act.public_id}
    page = listing.page(session, query, ask, orders, by="id", last=[Act.public_id], place=(slug, output))
    items = [_out(session, act, output) for (act,) in page.rows]
    return ActPage(items=items, next_cursor=page.next_cursor, total=page.total)


def _out(session: Session, done: Act, output: str) -> ActOut:
    by, whose = (session.get_one(Agency, id_) for id_ in (done.by_id, done.for_id))
    in_its_name = done.kind in (ActKind.CLAIM, ActKind.WITHDRAWAL) and by is not whose
    return ActOut(
        id=done.public_id,
        kind=done.kind,
        output=output,
        by=AgencyRef(code=by.code, name_vi=by.name_vi),
        on_behalf_of=AgencyRef(code=whose.code, name_vi=whose.name_vi) if in_its_name else None,
        reason=done.reason,
        level=done.level,
        acted_at=done.acted_at,
    )


def _result(
    session: Session,
    actor: Actor,
    docket: Docket,
    output: Output,
    done: Act | None,
    moved: list[Moved],
    result: Literal["done", "unchanged"],
) -> tuple[ActResult, int]:
    shown, version = outputs.one(session, docket.here, actor, output.public_id)
    hint = _hint(docket, output, done)
    told = ActResult(
        result=result,
        act=_out(session, done, output.public_id) if done else None,
        output=shown,
        moved=moved,
        hint_vi=hint.vi if hint else None,
        hint_en=hint.en if hint else None,
    )
    return told, version


def _hint(docket: Docket, output: Output, done: Act | None) -> Text | None:
    """What the caller would otherwise wonder about."""
    if done is None:
        return None
    if done.kind is ActKind.SELF_CONFIRMATION:
        approver = docket.here.item.approver
        return Text(
            f"Tự xác nhận không tính vào mức đã xác nhận. Cấp trên xác nhận: {approver or 'chưa có'}",
            f"Self-confirmation never counts as confirmed. Confirmed by the superior: {approver or 'none'}",
        )
    if done.kind is ActKind.CLAIM and not output.evidence and output.evidenced_on is None:
        return Text(
            "Mới được tính là đã báo cáo: ghi hoạt động để có minh chứng",
            "This counts as reported only: record an activity as evidence",
        )
    if done.kind is ActKind.WITHDRAWAL and output.evidence:
        return Text(
            "Đầu ra vẫn có minh chứng từ các bản ghi: rút bản ghi nếu ghi nhầm",
            "Records still stand for this output: withdraw those that are wrong",
        )
    return None
