"""The plan format `ttdn-plan/1`, and the one way to read a file in it.

    plan_file = read(Path("seed/ttdn-2023.json"))

A file is taken whole or not at all: `Invalid` carries every fault found, each with a pointer that names
items by their codes (`/tasks/IV.7.b/kind`) rather than by their places in a list. For those who write
plans: docs/plan-format.md.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import ValidationError, model_validator

from app.errors import Fault, Invalid, Text
from app.rules.vocabulary import AgencyKind, TaskFamily
from seed import strict_json
from seed.document import Anomaly, Objective, Plan, Section
from seed.faults import Found, words
from seed.fields import Broken, Declared, Item
from seed.money import Budget
from seed.work import Agency, Event, Task

_CODED: Final = ("agencies", "sections", "objectives", "tasks", "events")


class PlanFile(Item):
    """Everything a plan says, ready to be loaded."""

    format: Literal["ttdn-plan/1"]
    plan: Plan
    agencies: tuple[Agency, ...]
    sections: tuple[Section, ...]
    objectives: tuple[Objective, ...] = ()
    tasks: tuple[Task, ...]
    events: tuple[Event, ...] = ()
    events_open: bool = False
    budget: Budget | None = None
    anomalies: tuple[Anomaly, ...] = ()

    @model_validator(mode="after")
    def _anomalies_in_turn(self) -> Self:
        if [one.number for one in self.anomalies] != list(range(1, len(self.anomalies) + 1)):
            raise Broken("numbers_not_in_turn", "anomalies")
        return self


def read(path: Path) -> PlanFile:
    """Read and check a plan file; `Invalid` names every fault, not the first only."""
    return read_with_digest(path)[0]


def read_with_digest(path: Path) -> tuple[PlanFile, str]:
    """Read and check a plan file, and tell its version.

    The digest is over what the file says, not over how it is spelled nor over our classes: they gain fields
    from one release to the next, and a file that nobody touched must stay the version it was.
    """
    raw, found = strict_json.load(path)
    plan_file = _checked(path, raw, found)
    canonical = json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return plan_file, hashlib.sha256(canonical.encode()).hexdigest()


def _checked(path: Path, raw: Any, found: list[Found]) -> PlanFile:
    found += _codes_used_twice(raw)
    plan_file = None
    try:
        # Through JSON once more, for then pydantic is strict and yet takes dates in their JSON form.
        plan_file = PlanFile.model_validate_json(json.dumps(raw), context=_declared(raw))
    except ValidationError as error:
        found += [Found.by_pydantic(one["type"], one["loc"], one.get("ctx", {})) for one in error.errors()]
    if plan_file is None or found:
        raise _invalid(path, raw, found)
    return plan_file


def _items(raw: Any, name: str) -> list[dict[str, Any]]:
    """The items of one list that at least have a code, whatever else is wrong with them."""
    listed = raw.get(name) if isinstance(raw, dict) else None
    items = listed if isinstance(listed, list) else []
    return [one for one in items if isinstance(one, dict) and isinstance(one.get("code"), str)]


def _declared(raw: Any) -> Declared:
    """All codes of the file. An item with a fault still counts, so that one fault is not reported as two."""
    agencies, tasks = _items(raw, "agencies"), _items(raw, "tasks")
    partners = tuple(one["code"] for one in agencies if one.get("kind") == AgencyKind.EXTERNAL_PARTNER)
    groups = {one["code"] for one in agencies if one.get("kind") == AgencyKind.GROUP}
    codes = tuple(one["code"] for one in agencies)
    plan = raw.get("plan") if isinstance(raw, dict) else None
    source = plan.get("source") if isinstance(plan, dict) else None
    period = plan.get("period") if isinstance(plan, dict) else None
    last_line = source.get("lines") if isinstance(source, dict) else None
    return Declared(
        agencies=codes,
        bodies=tuple(code for code in codes if code not in groups and code not in partners),
        partners=partners,
        sections=tuple(one["code"] for one in _items(raw, "sections")),
        tasks=tuple(one["code"] for one in tasks),
        duties=tuple(one["code"] for one in tasks if one.get("family") == TaskFamily.DUTY),
        last_line=last_line if isinstance(last_line, int) else None,
        begins=_day(period.get("from")) if isinstance(period, dict) else None,
        ends=_day(period.get("to")) if isinstance(period, dict) else None,
    )


def _day(text: object) -> date | None:
    """A day as JSON has it; one that is none is found out where it stands."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _codes_used_twice(raw: Any) -> list[Found]:
    found = []
    budget = raw.get("budget") if isinstance(raw, dict) else None
    lists = [((name,), _items(raw, name)) for name in _CODED]
    for at, items in [*lists, (("budget", "lines"), _items(budget, "lines"))]:
        seen = set()
        for one in items:
            if one["code"] in seen:
                found.append(Found((*at, one["code"], "code"), "duplicate_code"))
            seen.add(one["code"])
    return found


def _invalid(path: Path, raw: Any, found: Sequence[Found]) -> Invalid:
    """One `Fault` for each place, in the order found: what follows from the first at a place is noise."""
    faults: dict[tuple[str | int, ...], Fault] = {}
    for one in found:
        faults.setdefault(one.at, Fault(_pointer(raw, one.at), one.code, words(one.code, one.detail)))
    count = len(faults)
    detail = Text(
        f"Tệp kế hoạch {path.name} có {count} lỗi", f"The plan file {path.name} has {count} fault(s)"
    )
    return Invalid(detail, faults=tuple(faults.values()))


def _pointer(raw: Any, at: Sequence[str | int]) -> str:
    """RFC 6901, with an item's code (or an anomaly's number) in the place of its index where it has one."""
    tokens = []
    for step in at:
        inside = raw[step] if _has(raw, step) else None
        name = inside.get("code", inside.get("number")) if isinstance(inside, dict) else None
        named = isinstance(step, int) and isinstance(name, str | int) and len(str(name)) <= 40
        tokens.append(str(name if named else step).replace("~", "~0").replace("/", "~1"))
        raw = inside
    return "".join(f"/{token}" for token in tokens)


def _has(raw: Any, step: str | int) -> bool:
    if isinstance(raw, list):
        return isinstance(step, int) and step < len(raw)
    return isinstance(raw, dict) and step in raw
