"""Asking: may I do this to that? The same engine as behind every refusal, asked before anything is sent."""

import re
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from app.errors import Invalid, NotFound
from app.rules.acts import Obstacle
from app.rules.judging import Permit, judge
from app.rules.ownership import Action
from app.rules.parties import Actor, Relation
from app.rules.urging import UrgeAbout
from app.schemas.permissions import ObstacleOut, PermissionFilter, PermissionOut, RefusalOut
from app.services import access, asking_of_calendar, asking_of_money, asking_of_plans, asking_of_work, offers
from app.services.addressees import Addressees
from app.services.asking_of_work import Thing

PLACES: Mapping[str, Callable[..., Thing]] = {
    "plans/{}": asking_of_plans.plan,
    "plans/{}/tasks/{}": asking_of_work.task,
    "plans/{}/assignments/{}": asking_of_work.assignment,
    "plans/{}/outputs/{}": asking_of_work.output,
    "plans/{}/activities/{}": asking_of_work.activity,
    "plans/{}/urges/{}": asking_of_plans.urge,
    "plans/{}/proposals/{}": asking_of_plans.proposal,
    "plans/{}/events/{}": asking_of_calendar.event,
    "plans/{}/occurrences/{}": asking_of_calendar.occurrence,
    "plans/{}/budget/lines/{}": asking_of_money.line,
    "plans/{}/budget/entries/{}": asking_of_money.entry,
    "plans/{}/budget/settlements/{}": asking_of_money.settlement,
    "agencies/{}": asking_of_plans.agency,
}

_URGES: Mapping[Action, UrgeAbout] = {
    Action.URGE_CONTENT: UrgeAbout.CONTENT,
    Action.URGE_COORDINATOR: UrgeAbout.CONTENT,
    Action.URGE_SETTLEMENT: UrgeAbout.SETTLEMENT,
}


def get(session: Session, actor: Actor, ask: PermissionFilter) -> PermissionOut:
    """Whether the caller may do it now; if not, why, and what it could do instead."""
    thing, action = _at(session, actor, ask.on), ask.action
    if (unfit := thing.unfit(action)) is not None:
        return _said(ask, obstacle=unfit)
    verdict = judge(actor, action, thing.item)
    if not isinstance(verdict, Permit):
        vi, en = access.refusal_text(verdict)
        facts = access.refusal_facts(verdict, _instead(session, actor, thing, action))
        refusal = RefusalOut.model_validate({**facts, "detail_vi": vi, "detail_en": en})
        return _said(ask, refusal=refusal)
    if action not in thing.can:
        return _said(ask, verdict.as_, obstacle=thing.obstacle(action))
    return _said(ask, verdict.as_)


def _said(
    ask: PermissionFilter,
    as_: Relation | None = None,
    refusal: RefusalOut | None = None,
    obstacle: Obstacle | None = None,
) -> PermissionOut:
    told = None
    if obstacle is not None:
        told = ObstacleOut(reason=obstacle.code, text_vi=obstacle.why.vi, text_en=obstacle.why.en)
    return PermissionOut(
        allowed=refusal is None and obstacle is None,
        action=ask.action,
        on=ask.on,
        as_=as_,
        as_label=as_.label_vi if as_ else None,
        refusal=refusal,
        obstacle=told,
    )


def _at(session: Session, actor: Actor, address: str) -> Thing:
    """What an address leads to, with or without `/v1/`; what the caller may not see leads nowhere."""
    for form, of in PLACES.items():
        found = re.fullmatch(form.replace("{}", "([^/]+)"), address.removeprefix("/v1/"))
        if found is not None:
            try:
                return of(session, actor, *found.groups())
            except NotFound:
                break
    raise Invalid.at(
        "query:on",
        "unknown_thing",
        "Không có mục nào ở địa chỉ này, hoặc không hỏi được ở đây",
        "There is nothing at this address, or nothing that can be asked about",
    )


def _instead(session: Session, actor: Actor, thing: Thing, action: Action) -> dict[str, object] | None:
    """What the refused request itself would offer."""
    if thing.instead is not None or thing.here is None:
        return thing.instead
    if action in _URGES:
        addressees = Addressees(session, thing.here, actor)
        return addressees.instead(addressees.call(_URGES[action], thing.task, None), None)
    if action is Action.OUTPUT_SELF_CONFIRM:  # asked for by the same request
        action = Action.OUTPUT_CONFIRM
    return offers.instead(session, thing.here, actor, action, thing.task)
