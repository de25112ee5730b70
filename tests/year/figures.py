"""The figures of a set of parts on a day (model §3): exact fractions, and undefined is None."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.year.things import Level, Part

LEVELS = {"reported": Level.REPORTED, "evidenced": Level.EVIDENCED, "confirmed": Level.CONFIRMED}
BUCKETS = ("done_on_time", "done_late", "open_in_term", "open_overdue", "not_triggered")
THRESHOLDS = {
    "obligation_red": Fraction(1, 4),
    "obligation_amber": Fraction(1, 10),
    "node_red": Fraction(1, 5),
    "node_amber": Fraction(3, 10),
}
NOTHING = Fraction(0)


@dataclass(eq=False)
class Leaf:
    """One body's part of one task as it stands at the end of a day."""

    part: Part
    today: date

    @cached_property
    def pull(self) -> Fraction:
        return self.part.pull

    @cached_property
    def owed(self) -> int:
        return sum(output.weight for output in self.part.owed)

    @cached_property
    def at(self) -> dict[str, int]:
        """The weight that stands at each level or above."""
        stands = [(output.weight, self.part.level(output)) for output in self.part.owed]
        return {name: sum(weight for weight, at in stands if at >= level) for name, level in LEVELS.items()}

    def value(self, level: str) -> Fraction:
        return Fraction(self.at[level], self.owed)

    @cached_property
    def adds(self) -> dict[str, Fraction]:
        """W·p on each level."""
        return {level: self.pull * self.value(level) if at else NOTHING for level, at in self.at.items()}

    @cached_property
    def expected(self) -> Fraction:
        """The planned share due by now: the weight of the outputs whose own day has passed."""
        deadline = self.part.task.deadline
        due = sum(one.weight for one in self.part.owed if (one.due or deadline) < self.today)
        return Fraction(due, self.owed)

    @property
    def live(self) -> bool:
        return self.part.task.status == "active"

    @cached_property
    def bucket(self) -> str:
        """Done on the day of the last evidence that was needed; the due day itself is still in time."""
        if not self.owed:
            return "not_triggered"
        due = self.part.task.deadline
        if self.at["evidenced"] < self.owed:
            return "open_in_term" if self.today <= due else "open_overdue"
        done = max(min(self.part.evidence(output)) for output in self.part.owed)
        return "done_on_time" if done <= due else "done_late"

    @cached_property
    def colour(self) -> str:
        if not self.owed or not self.live:
            return "grey"
        limits = THRESHOLDS | self.part.task.plan.thresholds
        gap = self.expected - self.value("evidenced")
        if self.bucket == "open_overdue" or gap > limits["obligation_red"]:
            return "red"
        return "amber" if gap > limits["obligation_amber"] else "green"


def node(leaves: Iterable[Leaf], helpers: Collection[Part], limits: dict[str, Fraction]) -> dict[str, Any]:
    """Every figure of a node: each leaf counts once, by its weight."""
    some = list(dict.fromkeys(leaves))
    owing = [leaf for leaf in some if leaf.owed]
    included = _sum(leaf.pull for leaf in some)
    defined = _sum(leaf.pull for leaf in owing)
    values = {
        level: _part(_sum(leaf.adds[level] for leaf in owing if leaf.at[level]), defined) for level in LEVELS
    }
    expected = _sum(leaf.pull * leaf.expected for leaf in owing if leaf.expected)
    heard = [record.came for leaf in some for record in leaf.part.standing]
    reported, confirmed = values["reported"], values["confirmed"]
    return {
        **values,
        "defined": _part(defined, included),
        "expected": _part(expected, defined),
        "state": _state(reported, confirmed),
        "rag": _colour(some, limits),
        "timeliness": _timeliness(some),
        "coverage": _part(defined, included),
        "verification": _part(confirmed, reported) if confirmed is not None and reported else None,
        "freshness_days": (some[0].today - max(heard)).days if heard else None,
        "contributions": (sum(bool(helper.standing) for helper in helpers), len(helpers)),
        "as_of": _latest(some),
        "assignments": sum(bool(leaf.pull) for leaf in some),
    }


def _sum(some: Iterable[Fraction]) -> Fraction:
    """Over one denominator at a time, as whole numbers: fractions one by one take ten times as long."""
    values = list(some)
    if len(values) < 2:
        return values[0] if values else NOTHING
    above: Counter[int] = Counter()
    for one in values:
        above[one.denominator] += one.numerator
    return sum((Fraction(number, below) for below, number in above.items()), NOTHING)


def _part(of: Fraction | None, whole: Fraction | None) -> Fraction | None:
    return of / whole if whole and of is not None else None


def _latest(some: Iterable[Leaf]) -> datetime | None:
    return max((leaf.part.moved_at for leaf in some if leaf.part.moved_at), default=None)


def _state(reported: Fraction | None, confirmed: Fraction | None) -> str | None:
    if reported is None:
        return None
    if confirmed == 1:
        return "done"
    if reported == 1:
        return "awaiting_confirmation"
    return "in_progress" if reported else "not_started"


def _colour(some: Iterable[Leaf], limits: dict[str, Fraction]) -> str:
    """From the obligations below; grey takes no part."""
    pulls: dict[str, list[Fraction]] = {"red": [], "amber": [], "green": [], "grey": []}
    for leaf in some:
        pulls[leaf.colour].append(leaf.pull)
    weight = {colour: _sum(some) for colour, some in pulls.items()}
    coloured = weight["red"] + weight["amber"] + weight["green"]
    if not coloured:
        return "grey"
    if weight["red"] / coloured >= limits["node_red"]:
        return "red"
    return "amber" if weight["red"] or weight["amber"] / coloured >= limits["node_amber"] else "green"


def _timeliness(some: Iterable[Leaf]) -> dict[str, Any]:
    """Every live obligation in one place, and both rates. Who handed all of its part over has none."""
    places = Counter(leaf.bucket for leaf in some if leaf.live and leaf.pull)
    done = places["done_on_time"] + places["done_late"]
    over, term = places["open_overdue"], places["open_in_term"]
    return {
        **{place: places[place] for place in BUCKETS},
        "rate_due": Fraction(done, done + over) if done + over else None,
        "rate_all": Fraction(done, done + term + over) if done + term + over else None,
    }
