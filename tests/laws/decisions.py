"""Random changes of a decision, of every kind that can move a figure; some of them cannot be decided."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.year.steps import Change, deadline, member, named, status, target, weight

if TYPE_CHECKING:
    from tests.laws.histories import History

BODIES = (
    "STTTT",
    "SKHDT",
    "SCT",
    "SVHTTDL",
    "STC",
    "MTTQ",
    "BCHBP",
    "UBND.HCL",
    "UBND.TPTV",
    "G.UBH",
    "G.SBN",
)
JOINING = ("STC", "SKHDT", "SVHTTDL", "BCHQS")
STATUSES = ("active", "active", "suspended", "carried_over", "cancelled")


def draw(history: "History", kind: str) -> Change:
    """One change of a kind."""
    return _DRAW[kind](history)


def _task(history: "History", kind: str | None = None) -> str:
    codes = [code for code, task in history.tasks.items() if kind in (None, task["kind"])]
    return history.chance.choice(sorted(codes))


def _weight(history: "History") -> Change:
    return weight(_task(history), history.chance.randrange(1, 6))


def _status(history: "History") -> Change:
    """What was stopped is mostly taken up again, so that a history does not end in silence."""
    stopped = sorted(code for code, task in history.tasks.items() if task["status"] != "active")
    if stopped and history.chance.random() < 0.5:
        return status(history.chance.choice(stopped), "active")
    return status(_task(history), history.chance.choice(STATUSES))


def _target(history: "History") -> Change:
    return target(_task(history, "counted"), history.chance.randrange(1, 5))


def _deadline(history: "History") -> Change:
    day = date(2023, 3, 1) + timedelta(days=history.chance.randrange(300))
    return deadline(_task(history), day.isoformat())


def _milestones(history: "History") -> Change:
    task = _task(history, "deliverable")
    known = sorted({code for other, _, code in history.outputs if other == task})
    kept: list[dict[str, Any]] = [
        {**named("Mốc", "Milestone"), "code": code, "weight": history.chance.randrange(1, 4)}
        for code in known
        if history.chance.random() < 0.8
    ]
    more = [named("Mốc mới", "New milestone") for _ in range(history.chance.randrange(1, 3))]
    return {"change": "milestones", "task": task, "milestones": [*kept, *more]}


def _thresholds(history: "History") -> Change:
    red, amber = history.chance.choice((("1/2", "1/5"), ("1/4", "1/10"), ("1/3", "1/4")))
    return {"change": "thresholds", "obligation_red": red, "obligation_amber": amber}


def _leads(history: "History") -> Change:
    bodies = history.chance.sample(BODIES, history.chance.choice((1, 1, 2, 3)))
    return {"change": "leads", "task": _task(history), "leads": [{"agency": code} for code in bodies]}


def _coordinators(history: "History") -> Change:
    bodies = history.chance.sample(BODIES, history.chance.randrange(3))
    return {"change": "coordinators", "task": _task(history), "coordinators": bodies}


def _member(history: "History") -> Change:
    """A department joins or leaves the group of departments. Without a task: every task may follow."""
    agency, since = history.chance.choice(JOINING), date(2023, 1, 1).isoformat()
    if history.chance.random() < 0.4:
        return member("G.SBN", agency, since, (history.today - timedelta(days=1)).isoformat())
    return member("G.SBN", agency, since)


def _period(history: "History") -> Change:
    period = history.chance.choice(("month", "quarter", "half_year"))
    return {"change": "reporting_period", "task": _task(history, "continuous"), "period": period}


def _visibility(history: "History") -> Change:
    seen = history.chance.choice(("normal", "internal", "status_only"))
    return {"change": "visibility", "task": _task(history), "visibility": seen}


def _duty(history: "History") -> Change:
    code = f"IV.5.{history.chance.choice('cdeghi')}"
    kind = history.chance.choice(("deliverable", "continuous", "counted", "triggered"))
    lead = history.chance.choice(BODIES)
    return {
        "change": "duty",
        "code": code,
        "section": "IV.5",
        **named("Nhiệm vụ thêm", "Another duty"),
        "kind": kind,
        "leads": [{"agency": lead}],
        "implements": ["II.1.2"],
        **({"target": 2} if kind == "counted" else {}),
    }


_DRAW: Mapping[str, Callable[["History"], Change]] = {
    "weight": _weight,
    "status": _status,
    "target": _target,
    "deadline": _deadline,
    "milestones": _milestones,
    "thresholds": _thresholds,
    "leads": _leads,
    "coordinators": _coordinators,
    "member": _member,
    "reporting_period": _period,
    "visibility": _visibility,
    "duty": _duty,
}
ALL = tuple(_DRAW)
OF_TASKS = tuple(kind for kind in ALL if kind not in ("member", "thresholds", "duty"))
"""Those that two plans can decide one after the other: groups belong to no plan."""
