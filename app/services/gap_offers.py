"""Offers: a gap with the decision that would close it, as far as that can be said."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from app.models import Task
from app.rules.gaps import GapKind
from app.rules.judging import who_can
from app.rules.ownership import Action
from app.schemas.base import AgencyRef, TaskRef
from app.schemas.gaps import GapOut, RepairOut
from app.services.grounds import Ground

Body = Row[*tuple[Any, ...]]
"""A body as it stands in a duty."""
_DECISION = ["/decision/number", "/decision/decided_on", "/decision/issuer"]


def one_gap(
    here: Ground,
    kind: GapKind,
    vi: str,
    en: str,
    change: dict[str, Any],
    fill: Sequence[str],
    *,
    tasks: Sequence[Task] = (),
    agencies: Sequence[Body] = (),
    by: tuple[str, Sequence[str]] | None = None,
) -> GapOut:
    """A gap that a decision of the plan's owner closes; or one `by` another plan, by those who can there."""
    slug, able = by or (here.plan.slug, who_can(Action.PLAN_AMEND, here.item))
    return GapOut(
        kind=kind,
        tasks=[TaskRef(code=task.code, title_vi=task.title_vi) for task in tasks],
        agencies=[AgencyRef(code=agency.code, name_vi=agency.name_vi) for agency in agencies],
        events=[],
        text_vi=vi,
        text_en=en,
        repair=RepairOut(
            method="POST",
            path=f"/v1/plans/{slug}/amendments",
            headers={},
            body={
                "decision": {"number": None, "decided_on": None, "issuer": None},
                "changes": [change],
            },
            fill=[*_DECISION, *(f"/changes/0/{name}" for name in fill)],
            who_can=list(able),
        ),
    )
