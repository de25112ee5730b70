"""What one agency sees of the figures (docs/decisions/0004): the total, and every row of every breakdown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tests.year.figures import THRESHOLDS, Leaf, node
from tests.year.model import Plan
from tests.year.things import COUNTED, Output, Part, Task

Rows = Mapping[str, Mapping[str, Any]]
NO_CONTRIBUTION = ("external_partner", "group")
"""Partners have no account, and a group delivers through its members."""


@dataclass(eq=False)
class Reading:
    """The plan at the end of a day, as one agency sees it."""

    plan: Plan
    caller: str
    today: date

    def __post_init__(self) -> None:
        tasks = [task for task in self.plan.tasks.values() if task.status in COUNTED]
        self.tasks = [task for task in tasks if self._sees(task)]
        self.whole = [
            Leaf(part, self.today)
            for task in self.tasks
            for part in task.leads
            if not self._only_in_sum(part)
        ]
        self.in_sum = [
            Leaf(part, self.today) for task in tasks for part in task.leads if self._only_in_sum(part)
        ]
        self.helpers = [
            part
            for task in self.tasks
            if task.visibility != "status_only"
            for part in task.helpers
            if self.plan.kinds[part.agency] not in NO_CONTRIBUTION
            and (part.until is None or part.until >= self.today)
        ]

    @property
    def insider(self) -> bool:
        return self.caller in self.plan.insiders

    def _sees(self, task: Task) -> bool:
        """Internal and status-only tasks are there for insiders and the accountable bodies."""
        leads = any(part.agency == self.caller for part in task.leads)
        return self.insider or leads or task.visibility == "normal"

    def _only_in_sum(self, part: Part) -> bool:
        return not self.insider and part.task.visibility == "status_only" and part.agency != self.caller

    @cached_property
    def total(self) -> dict[str, Any]:
        return self._node([*self.whole, *self.in_sum], self.helpers)

    def by(self, division: str) -> dict[str, dict[str, Any]]:
        """The rows of a breakdown; what may only be seen in a sum is the last of them."""
        rows: dict[str, dict[str, Any]] = getattr(self, f"_by_{division}")()
        if self.in_sum:
            rows["status_only"] = self._node(self.in_sum, [], parent=None, view=False)
        return rows

    def _by_assignment(self) -> dict[str, dict[str, Any]]:
        return {
            f"{leaf.part.task.code} {leaf.part.agency}": self._node(
                [leaf], [], parent=leaf.part.task.code, view=False
            )
            for leaf in self.whole
            if leaf.pull
        }

    def _by_agency(self) -> dict[str, dict[str, Any]]:
        """Of an agency its own work; its contributions are what it helped others with."""
        return {
            agency: self._node(
                [leaf for leaf in self.whole if leaf.part.agency == agency],
                [part for part in self.helpers if part.agency == agency],
                parent=None,
                view=False,
            )
            for agency in {leaf.part.agency for leaf in self.whole}
        }

    def _by_task(self) -> dict[str, dict[str, Any]]:
        return self._rows({task.code: [task] for task in self.tasks}, parents={})

    def _by_section(self) -> dict[str, dict[str, Any]]:
        below: dict[str, list[Task]] = {code: [] for code in self.plan.sections}
        for task in self.tasks:
            at: str | None = task.section
            while at is not None:
                below[at].append(task)
                at = self.plan.sections[at]
        return self._rows(below, parents=self.plan.sections)

    def _rows(
        self, nodes: Mapping[str, list[Task]], parents: Mapping[str, str | None]
    ) -> dict[str, dict[str, Any]]:
        """Part II is a view over the duties that carry it out, and looks at nothing else."""
        rows = {}
        for code, tasks in nodes.items():
            duties = {duty for task in tasks for duty in self._duties(task)}
            some = [leaf for leaf in self.whole if leaf.part.task.code in duties]
            view = any(task.family == "programme" for task in tasks)
            if some or view:
                helpers = [part for part in self.helpers if part.task.code in duties]
                rows[code] = self._node(some, helpers, parent=parents.get(code), view=view)
        return rows

    def _duties(self, task: Task) -> Iterable[str]:
        return task.behind if task.family == "programme" else (task.code,)

    def _node(self, some: list[Leaf], helpers: list[Part], **more: Any) -> dict[str, Any]:
        return {**node(some, helpers, THRESHOLDS | self.plan.thresholds), **more}

    def outputs(self) -> dict[str, dict[str, Any]]:
        """Every output this caller sees, whatever became of its task, with what is on record of it."""
        seen = (task for task in self.plan.tasks.values() if self._sees(task))
        return {
            f"{part.task.code} {part.agency} {output.code}": _shown(part, output)
            for task in seen
            for part in task.leads
            if not self._only_in_sum(part)
            for output in part.outputs
        }


def _shown(part: Part, output: Output) -> dict[str, Any]:
    """What a decision dropped stays on record and stands nowhere."""
    if output.dropped:
        return {"owed": False, "dropped": True}
    evidence = part.evidence(output)
    return {
        "owed": output in part.owed and part.task.status in COUNTED,
        "dropped": False,
        "weight": output.weight,
        "due_on": (output.due or part.task.deadline).isoformat(),
        "level": part.level(output).name.lower(),
        "evidenced_on": min(evidence).isoformat() if evidence else None,
        "returned": output.returned,
        "self_confirmed": output.self_confirmed,
    }
