"""Work beside money: what the duties behind a sum of money owe and have, and what that is worth."""

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any, NamedTuple, TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Assignment, Output
from app.rules import worth
from app.rules.parties import Actor
from app.rules.vocabulary import Level
from app.schemas.base import Ratio
from app.schemas.budget_rollup import CostOut
from app.services import parts
from app.services.grounds import Ground
from app.services.parts import Part
from app.services.tree import Tree


class Into(TypedDict):
    """Whether money went into some work alone, and whether some went into that and other work."""

    alone: bool
    shared: bool


class Work(NamedTuple):
    """The leaves behind a sum of money, and how many of their outputs are confirmed."""

    each: list[Part]
    confirmed: int

    @property
    def owes(self) -> bool:
        """Whether there is any work here."""
        return bool(self.each)

    def beside(self, spent: int, *, alone: bool, shared: bool) -> dict[str, Any]:
        """What the work says beside what was spent on it, if some of it on this work `alone`; with `shared`
        money in it, less can be said."""
        if not self.each:
            return {}
        figure = parts.figure(self.each)
        cost = None if shared else worth.cost(spent, self.confirmed)
        evidenced = sum(part.leaf.evidenced for part in self.each)
        return {
            "state": figure.state,
            "evidenced": Ratio.of(figure.evidenced),
            "done_unspent": None if shared else worth.done_unspent(figure.state, spent),
            "spent_unevidenced": worth.spent_unevidenced(evidenced, alone=alone, shared=shared),
            "cost": cost and CostOut(outputs=cost.things, each_vnd=cost.each, left_over_vnd=cost.left_over),
        }


class WorkDone:
    """The work of a plan as far as a caller sees it piece by piece, read once."""

    def __init__(self, session: Session, here: Ground, actor: Actor, tree: Tree) -> None:
        seen = parts.visible(session, here, actor)
        self._parts = [part for part in seen if not part.in_sum and part.task_id in tree.tasks]
        self._confirmed = _confirmed(session, here)
        self.agencies = {part.agency: (part.name_vi, part.name_en) for part in self._parts}

    def of_tasks(self, duties: Collection[int]) -> Work:
        """What is behind some duties."""
        return self._those(lambda part: part.task_id in duties)

    def of_agency(self, code: str) -> Work:
        """What one body is accountable for."""
        return self._those(lambda part: part.agency == code)

    def duties_of(self, code: str) -> set[int]:
        """The duties that a body is accountable for."""
        return {part.task_id for part in self._parts if part.agency == code}

    def _those(self, wanted: Callable[[Part], bool]) -> Work:
        each = [part for part in self._parts if wanted(part)]
        return Work(each, sum(self._confirmed[part.assignment] for part in each))


def _confirmed(session: Session, here: Ground) -> Counter[str]:
    """How many outputs of each assignment are confirmed."""
    query = (
        select(Assignment.public_id, func.count())
        .join(Output, Output.assignment_id == Assignment.id)
        .where(Output.plan_id == here.plan.id, Output.level == Level.CONFIRMED, Output.owed)
        .group_by(Assignment.public_id)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})
