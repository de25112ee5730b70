"""What the owner and an outsider read at one moment, and the weights that their figures are made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.laws.histories import History
from tests.walks import items
from tests.year.comparing import DIVISIONS, OUTSIDER, exact
from tests.year.player import OWNER
from tests.year.things import COUNTED

LEVELS = ("reported", "evidenced", "confirmed")
CALLERS = (OWNER, OUTSIDER)
Row = Mapping[str, Any]
NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One body's part of one task: its weight, what it owes, and what of that stands on each level."""

    task: str
    agency: str
    status: str
    visibility: str
    pull: Fraction
    owed: int
    at: Mapping[str, int]

    def value(self, level: str) -> Fraction:
        return Fraction(self.at[level], self.owed)


class Book:
    """Everything that is shown at one moment; each page is read once."""

    def __init__(self, history: History) -> None:
        self.history = history
        self._read: dict[tuple[str, str], dict[str, Any]] = {}
        history.player.stage.set(history.wait())

    def progress(self, caller: str, by: str) -> dict[str, Any]:
        if (caller, by) not in self._read:
            self._read[caller, by] = self._get(caller, "/progress", by=by)
        return self._read[caller, by]

    def rows(self, caller: str, by: str) -> dict[str, Row]:
        return {row["key"]: row for row in self.progress(caller, by)["items"]}

    def every_row(self, caller: str) -> Iterator[tuple[str, Row]]:
        """The total, and each row of each breakdown."""
        yield "total", self.progress(caller, "section")["total"]
        for by in DIVISIONS:
            for key, row in self.rows(caller, by).items():
                yield f"{by} {key}", row

    def total(self, caller: str = OWNER) -> Row:
        row: Row = self.progress(caller, "section")["total"]
        return row

    def _get(self, caller: str, path: str, **asked: str) -> Any:
        player = self.history.player
        answer = player.stage.client(caller).get(f"{player.plan}{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _list(self, path: str, **asked: Any) -> list[dict[str, Any]]:
        player = self.history.player
        return items(player.stage.client(OWNER), f"{player.plan}{path}", limit=200, **asked)

    @cached_property
    def tasks(self) -> dict[str, Row]:
        return {task["code"]: task for task in self._list("/tasks", include="links")}

    @cached_property
    def sections(self) -> dict[str, str | None]:
        found = self._get(OWNER, "/sections")
        return {one["code"]: one["parent"] for one in found["items"]}

    @cached_property
    def leaves(self) -> dict[str, Leaf]:
        """From the lists of tasks, assignments and outputs, and not from any figure."""
        owed: dict[str, list[tuple[int, str]]] = {}
        for output in self._list("/outputs", owed="true"):
            owed.setdefault(output["assignment"], []).append((output["weight"], output["level"]))
        found = {}
        for one in self._list("/assignments", role="lead"):
            task = self.tasks[one["task"]["code"]]
            if one["fans_out"] or task["status"] not in COUNTED:
                continue
            stands = owed.get(one["id"], [])
            at = {
                level: sum(weight for weight, where in stands if where in LEVELS[place:])
                for place, level in enumerate(LEVELS)
            }
            pull = task["weight"] * (exact(one["share"]) or NOTHING)
            found[one["id"]] = Leaf(
                task["code"],
                one["agency"]["code"],
                task["status"],
                task["visibility"],
                pull,
                sum(weight for weight, _ in stands),
                at,
            )
        return found

    def seen(self, caller: str) -> dict[str, Leaf]:
        """Those that this caller may see whole: an outsider those of tasks open to all, or its own."""
        own = {leaf.task for leaf in self.leaves.values() if leaf.agency == caller}
        return {
            id_: leaf
            for id_, leaf in self.leaves.items()
            if caller == OWNER
            or leaf.visibility == "normal"
            or (leaf.task in own and (leaf.visibility == "internal" or leaf.agency == caller))
        }
