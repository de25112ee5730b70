"""Who sees a budget line, and whose power is what is done with it, for one line and as conditions.

A line for a task that is hidden from the caller is hidden with it, and takes no part in any sum: as in
progress, what is told is what this caller may see. Its own agency and those who decide on money see every
line they decide on; a task they may not see is not named there.
"""

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import ColumnElement, exists, false, or_, true

from app.models import Agency, BudgetLine, BudgetLink, Task
from app.rules.judging import allowed
from app.rules.ownership import Action
from app.rules.parties import Actor, Item
from app.rules.vocabulary import Role
from app.services import grounds, sight
from app.services.grounds import Ground


def item(here: Ground, agency: Agency | None) -> Item:
    """What the rules need to know of a line: whose it is, and whether that body can still write."""
    if agency is None:
        return here.item
    ended = grounds.has_ended(agency.valid_to, here.today)
    voiceless = here.item.voiceless | ({agency.code} if ended else set())
    return replace(here.item, spender=agency.code, voiceless=voiceless)


def seen(here: Ground, actor: Actor) -> ColumnElement[bool]:
    """A condition on BudgetLine: the caller sees every task it is for, or has to do with its money."""
    deciders = (*here.item.roles.get(Role.FUND, ()), *here.item.roles.get(Role.SETTLE, ()))
    if here.insider or actor.agency in deciders:
        return true()
    return _seen_by(actor.agency_id, sight.seen_whole(here, actor))


@lru_cache(maxsize=1024)
def _seen_by(agency_id: int | None, whole: ColumnElement[bool]) -> ColumnElement[bool]:
    """Remembered, as what is seen `whole` is."""
    own = (BudgetLink.line_id == BudgetLine.id, BudgetLink.stands)
    hidden = exists().where(*own, Task.id == BudgetLink.task_id, ~whole).correlate(BudgetLine)
    return or_(BudgetLine.agency_id == agency_id, ~hidden)


def can(here: Ground, actor: Actor, actions: Collection[Action]) -> ColumnElement[bool]:
    """Whether the caller may do any of these, as a condition on the line: its own, or another's."""
    own = BudgetLine.agency_id == actor.agency_id
    ways = [
        place
        for place, on in (
            (own, replace(here.item, spender=actor.agency)),
            (or_(~own, BudgetLine.agency_id.is_(None)), here.item),
        )
        if allowed(actor, actions, on)
    ]
    return or_(false(), *ways)
