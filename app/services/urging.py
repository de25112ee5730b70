"""Urging (đôn đốc): a body is reminded, answers, and the body that urged says how it ended."""

from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Fault, Invalid, Text
from app.models import Agency, Urge
from app.models.unit import instant
from app.rules.judging import Permit
from app.rules.ownership import Action
from app.rules.parties import Actor
from app.schemas.urges import UrgeAnswerIn, UrgeIn, UrgeOutcomeIn, UrgeResult, UrgesMade
from app.services import access, grounds, obstacles, sight, urges
from app.services.addressees import Addressees
from app.services.grounds import Ground
from app.services.urges import Known


def urge(session: Session, actor: Actor, slug: str, body: UrgeIn) -> tuple[UrgesMade, int]:
    """Remind a body of what it owes; of a group, every member that is assigned."""
    here = grounds.find_held(session, actor, slug)
    task = sight.duty_named(session, here, actor, body.task) if body.task else None
    named = session.scalars(select(Agency).where(Agency.code == body.to)).one_or_none()
    addressees = Addressees(session, here, actor)
    asked = addressees.call(body.about, task, named)
    permit = access.permit(actor, asked.action, asked.item, lambda: addressees.instead(asked, named))
    able = addressees.able(body.about, task)
    faults = [*addressees.faults(asked, named, able), *_late(here, body)]
    if faults:
        amiss = any(fault.pointer == "/to" for fault in faults)
        raise Invalid(faults=faults, facts={"offered_agencies": list(able)} if amiss else {})
    made = [
        Urge(
            plan_id=here.plan.id,
            task_id=task.id if task else None,
            about=body.about,
            urged_by_id=actor.agency_id,
            to_id=able[code].id,
            message=body.message,
            due_on=body.due_on,
            urged_at=instant(session),
        )
        for code in asked.to
    ]
    access.add(session, permit, made)
    session.flush()
    known = [urges.one(session, here, actor, row.public_id) for row in made]
    return UrgesMade(urges=[urges.shown(here, actor, *row) for row in known]), made[0].version


def _late(here: Ground, body: UrgeIn) -> list[Fault]:
    if body.due_on >= here.today:
        return []
    return [
        Fault("/due_on", "in_the_past", Text("Hạn trả lời đã qua", "The day to answer by has passed already"))
    ]


def answer(
    session: Session, actor: Actor, slug: str, public_id: str, body: UrgeAnswerIn
) -> tuple[UrgeResult, int]:
    """The urged body answers, once; again in the same words is the same as once."""
    here, known, permit = _taken_up(session, actor, slug, public_id, Action.URGE_ANSWER)
    row = known[0]
    if row.answer == body.answer:
        return _result(here, actor, known, "unchanged")
    if row.closed_at is not None:
        raise obstacles.conflict(obstacles.CLOSED)
    if row.answered_at is not None:
        raise obstacles.conflict(obstacles.ANSWERED)
    access.open_for_change(session, permit, [row])
    row.answer, row.answered_at = body.answer, instant(session)
    session.flush()
    return _result(here, actor, known, "done")


def close(
    session: Session, actor: Actor, slug: str, public_id: str, body: UrgeOutcomeIn
) -> tuple[UrgeResult, int]:
    """The body that urged says how it ended, answered or not; again in the same words is the same as once."""
    here, known, permit = _taken_up(session, actor, slug, public_id, Action.URGE_CLOSE)
    row = known[0]
    if (row.outcome, row.outcome_note) == (body.outcome, body.note):
        return _result(here, actor, known, "unchanged")
    if row.closed_at is not None:
        raise obstacles.conflict(obstacles.CLOSED)
    access.open_for_change(session, permit, [row])
    row.outcome, row.outcome_note, row.closed_at = body.outcome, body.note, instant(session)
    session.flush()
    return _result(here, actor, known, "done")


def _taken_up(
    session: Session, actor: Actor, slug: str, public_id: str, action: Action
) -> tuple[Ground, Known, Permit]:
    """The urge, locked and as it is now, if the caller may do this to it; a decision passes it on."""
    here = grounds.find_held(session, actor, slug)
    known = urges.one(session, here, actor, public_id)
    row, task, by, to = known
    on = urges.item(here, row, task, by, to)
    permit = access.permit(actor, action, on, lambda: urges.offer(here, actor, row, on))
    session.refresh(row, with_for_update=True)
    return here, known, permit


def _result(
    here: Ground, actor: Actor, known: Known, result: Literal["done", "unchanged"]
) -> tuple[UrgeResult, int]:
    return UrgeResult(result=result, urge=urges.shown(here, actor, *known)), known[0].version
