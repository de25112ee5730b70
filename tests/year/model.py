"""The plan as the model has it: written from design/model.md and the decisions beside it, and from nothing of
the service. It takes the plan's file and the steps that were taken, and knows every output at any time.

Nothing of `app` is imported here, nor in what this is made of: two who copy from each other agree.
"""

import json
import unicodedata
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

from tests.year.things import Output, Part, Task

PLAN_FILE = Path(__file__).parents[2] / "seed" / "ttdn-2023.json"


class Plan:
    """The plan as it was put in force."""

    def __init__(self, path: Path = PLAN_FILE) -> None:
        file: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        head = file["plan"]
        self.year: int = head["year"]
        self.revision = 1
        self.first, self.last = (date.fromisoformat(head["period"][end]) for end in ("from", "to"))
        self.periods = _quarters(self.year)
        self.insiders = {head["owner"], head["secretariat"]} | {
            one["code"] for one in file["agencies"] if one["kind"] == "superior"
        }
        self.kinds: dict[str, str] = {one["code"]: one["kind"] for one in file["agencies"]}
        self.members: dict[str, list[tuple[str, date | None, date | None]]] = {
            one["code"]: [(member["agency"], None, None) for member in one.get("members", ())]
            for one in file["agencies"]
            if one["kind"] == "group"
        }
        self.sections: dict[str, str | None] = {one["code"]: one["parent"] for one in file["sections"]}
        self.thresholds: dict[str, Fraction] = {}
        self.tasks = {one["code"]: self._task(one) for one in file["tasks"]}

    def _task(self, facts: Mapping[str, Any]) -> Task:
        task = Task(
            self,
            **{name: facts[name] for name in _STATED},
            due=date.fromisoformat(facts["due_on"]) if facts["due_on"] else None,
            behind=facts.get("implemented_by", ()),
        )
        bodies = facts.get("assignments", ())
        self.insiders |= {one["agency"] for one in bodies if one["role"] == "monitor"}
        leads = [one for one in bodies if one["role"] == "lead"]
        for one in leads:
            self._lead(task, one["agency"], Fraction(one.get("share") or Fraction(1, len(leads))))
        for one in bodies:
            if one["role"] == "coordinate":
                task.helping.add(one["agency"])
                named = self.current(one["agency"], self.first) or [one["agency"]]
                task.helpers += [Part(task, agency) for agency in named]
        return task

    def _lead(self, task: Task, agency: str, share: Fraction) -> None:
        """A single body; or a group, whose share is split over its members. One without owes nothing yet."""
        members = self.current(agency, self.first)
        if self.kinds[agency] == "group":
            task.pots[agency] = share
        for member in members:
            task.leads.append(Part(task, member, share / len(members), agency, outputs=task.planned()))
        if not members:
            owes = [] if self.kinds[agency] == "group" else task.planned()
            task.leads.append(Part(task, agency, share, outputs=owes))

    def current(self, group: str, day: date) -> list[str]:
        """The members of a group on a day."""
        return [
            agency
            for agency, first, last in self.members.get(group, ())
            if (first or day) <= day <= (last or day)
        ]

    def lead(self, task: str, agency: str) -> Part:
        """A body's part, the present one or what it kept when it handed over."""
        return next(part for part in self.tasks[task].leads if part.agency == agency)

    def part(self, task: str, agency: str, day: date) -> Part:
        """Where what a body does on this day belongs: as lead, if it is one, or else as coordinator."""
        bodies = chain(self.tasks[task].leads, self.tasks[task].helpers)
        return next(
            part for part in bodies if part.agency == agency and (part.until is None or part.until >= day)
        )


_STATED = ("code", "section", "family", "kind", "visibility", "weight", "target")


def _quarters(year: int) -> list[Output]:
    """The reporting periods of a plan that says nothing else, each due on its last day."""
    starts = [date(year, month, 1) for month in (1, 4, 7, 10)]
    ends = [date(year, month, day) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))]
    return [
        Output(f"{year}-Q{n}", n, "period", last, first=first, last=last)
        for n, (first, last) in enumerate(zip(starts, ends, strict=True), 1)
    ]


def composed(text: str) -> str:
    """One form of a text, however it was typed."""
    return unicodedata.normalize("NFC", text).strip()
