"""The service's figures beside the model's: exactly equal, or a sentence for each that is not.

Each check is a function of the stage and of what the model says, so that it can be turned on a broken build.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tests.walks import items
from tests.year.figures import BUCKETS, LEVELS
from tests.year.player import OWNER, Player
from tests.year.reading import Reading
from tests.year.taking import Year

DIVISIONS = ("section", "agency", "task", "assignment")
OUTSIDER = "SCT"
FORMULA = "rollup-1"


@dataclass(frozen=True, slots=True)
class Evening:
    """The end of a day: what is on stage, and the plan as the model has it."""

    player: Player
    year: Year
    today: date
    calm: bool = True
    """Nothing was done, and nothing is or was due around this day."""
    unexpected: Sequence[str] = ()
    """What steps of this day came to otherwise than the script has it."""
    _readings: dict[str, Reading] = field(default_factory=dict)

    def get(self, caller: str, path: str, **asked: str) -> Any:
        answer = self.player.stage.client(caller).get(f"{self.player.plan}{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def reading(self, caller: str) -> Reading:
        """What it sees of the model, which nothing moves before the next morning."""
        if caller not in self._readings:
            self._readings[caller] = Reading(self.year.plan, caller, self.today)
        return self._readings[caller]


Check = Callable[[Evening], Iterator[str]]


def exact(ratio: Mapping[str, Any]) -> Fraction | None:
    """A ratio of the wire: exact and in lowest terms; its percent is rounded down, within 1..99 but for 0
    and 1."""
    above, below, percent = ratio["numerator"], ratio["denominator"], ratio["percent"]
    if above is None:
        assert below is None
        assert percent is None
        return None
    value = Fraction(above, below)
    assert (value.numerator, value.denominator) == (above, below)
    floor = above * 100 // below
    assert percent == (floor if value in (0, 1) else min(max(floor, 1), 99)), ratio
    return value


def figures(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the wire as the model has it."""
    time, sure, helped = row["timeliness"], row["confidence"], row["contributions"]
    return {
        **{level: exact(row[level]) for level in (*LEVELS, "defined", "expected")},
        "state": row["state"],
        "rag": row["rag"],
        "timeliness": {
            **{place: time[place] for place in BUCKETS},
            **{rate: exact(time[rate]) for rate in ("rate_due", "rate_all")},
        },
        "coverage": exact(sure["coverage"]),
        "verification": exact(sure["verification"]),
        "freshness_days": sure["freshness_days"],
        "contributions": (helped["delivered"], helped["asked"]),
        "as_of": row["as_of"] and datetime.fromisoformat(row["as_of"]),
    }


def differ(where: str, said: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each figure that is another."""
    for name in sorted({*said, *wanted}):
        one, other = said.get(name, "nothing"), wanted.get(name, "nothing")
        if one != other:
            yield f"{where}, {name}: the service says {one}, the model {other}"


def division(evening: Evening, caller: str, by: str) -> Iterator[str]:
    """The total, and every row of one breakdown."""
    reading = evening.reading(caller)
    said = evening.get(caller, "/progress", by=by)
    where = f"{evening.today} {caller} {by}"
    yield from _total(evening, where, said, reading)
    rows = {_key(evening, by, row["key"]): row for row in said["items"]}
    wanted = reading.by(by)
    if set(rows) != set(wanted):
        yield f"{where}: the service has rows {set(rows) - set(wanted)}, the model {set(wanted) - set(rows)}"
    for key in set(rows) & set(wanted):
        row = rows[key]
        told = {**figures(row), **{name: row[name] for name in ("parent", "view", "assignments")}}
        yield from differ(f"{where} {key}", told, wanted[key])
        if not row["rag_reasons"]:
            yield f"{where} {key}: a colour without a reason"


def _key(evening: Evening, by: str, key: str) -> str:
    return evening.player.assignment(key) if by == "assignment" and key != "status_only" else key


def _total(evening: Evening, where: str, said: Mapping[str, Any], reading: Reading) -> Iterator[str]:
    total = said["total"]
    yield from differ(f"{where} total", {**figures(total), "assignments": said["assignments"]}, reading.total)
    told = (total["formula"], total["revision"], total["on"], said["headline"])
    if told != (FORMULA, evening.year.plan.revision, evening.today.isoformat(), "evidenced"):
        yield f"{where}: computed by {told}"


def of(caller: str, by: str) -> Check:
    """The check of one caller's breakdown."""

    def check(evening: Evening) -> Iterator[str]:
        yield from division(evening, caller, by)

    check.__name__ = f"{caller}_{by}"
    return check


def owner_and_outsider(evening: Evening, outsiders: Sequence[str] = DIVISIONS) -> Iterator[str]:
    """All breakdowns for who sees everything, and some or all for who does not."""
    for caller, divisions in ((OWNER, DIVISIONS), (OUTSIDER, outsiders)):
        for by in divisions:
            yield from division(evening, caller, by)


def outputs(evening: Evening) -> Iterator[str]:
    """Every output, with its level."""
    for caller in (OWNER, OUTSIDER):
        wanted = evening.reading(caller).outputs()
        client = evening.player.stage.client(caller)
        said = {
            f"{one['task']} {one['agency']} {one['code']}": one
            for one in items(client, f"{evening.player.plan}/outputs", limit=200)
        }
        if set(said) != set(wanted):
            yield f"{evening.today} {caller}: outputs {set(said) ^ set(wanted)} are known to one alone"
        for key in set(said) & set(wanted):
            one = {**said[key], "returned": said[key]["returned"] is not None}
            told = {name: one[name] for name in wanted[key]}
            yield from differ(f"{evening.today} {caller} output {key}", told, wanted[key])


def urges(evening: Evening) -> Iterator[str]:
    """Reminders by state, and what waits for somebody."""
    client = evening.player.stage.client(OWNER)
    said = sorted(
        (one["by"]["code"], one["to"]["code"], one["due_on"], one["state"])
        for one in items(client, f"{evening.player.plan}/urges", limit=200)
    )
    wanted = sorted(
        (one.by, one.to, one.due.isoformat(), one.state(evening.today)) for one in evening.year.urges.values()
    )
    if said != wanted:
        yield f"{evening.today}: urges are {set(said) ^ set(wanted)}"
    waiting = evening.get(OWNER, "/overview")["waiting"]["proposals"]
    if waiting != len(evening.year.open_proposals):
        yield f"{evening.today}: {waiting} proposals wait"


def overview(evening: Evening) -> Iterator[str]:
    """The first page shows the same figures."""
    shown = evening.get(OUTSIDER, "/overview")
    for name, by in (("progress", "section"), ("agencies", "agency")):
        if shown[name] != evening.get(OUTSIDER, "/progress", by=by):
            yield f"{evening.today} {OUTSIDER}: the overview's {name} are not those of /progress"


def explanation(evening: Evening, caller: str, level: str, **asked: str) -> Iterator[str]:
    """Ten lines of a client: the rows give the number that is shown, and are those of the model."""
    said = evening.get(caller, "/progress/explanation", level=level, **asked)
    pairs = [(_weight(row), Fraction(row["at_level"], row["owed"])) for row in said["rows"]]
    if (in_sum := said["status_only"]) is not None:
        weight = Fraction(in_sum["weight"]["numerator"], in_sum["weight"]["denominator"])
        pairs.append((weight, exact(in_sum["value"]) or Fraction(0)))
    whole = sum((weight for weight, _ in pairs), Fraction(0))
    value = sum((weight * part for weight, part in pairs), Fraction(0)) / whole if whole else None
    where = f"{evening.today} {caller} {level} {asked} explained"
    shown = exact(evening.get(caller, "/progress", **asked)["total"][level]) if asked else None
    wanted = shown if asked else evening.reading(caller).total[level]
    if not value == exact(said["value"]) == wanted:
        yield f"{where}: the rows give {value}, it says {exact(said['value'])}, shown is {wanted}"
    if not asked:
        yield from _rows(evening, where, caller, level, said)


def _weight(row: Mapping[str, Any]) -> Fraction:
    return Fraction(row["weight"] * row["share"]["numerator"], row["share"]["denominator"])


def _rows(evening: Evening, where: str, caller: str, level: str, said: Mapping[str, Any]) -> Iterator[str]:
    whole = evening.reading(caller).whole
    wanted = {
        f"{leaf.part.task.code} {leaf.part.agency}": (leaf.pull, leaf.owed, leaf.at[level])
        for leaf in whole
        if leaf.owed
    }
    told = {
        evening.player.assignment(row["assignment"]): (_weight(row), row["owed"], row["at_level"])
        for row in said["rows"]
    }
    yield from differ(where, told, wanted)
    idle = {f"{leaf.part.task.code} {leaf.part.agency}" for leaf in whole if not leaf.owed}
    left_out = {evening.player.assignment(row["assignment"]) for row in said["left_out"]}
    if not idle <= left_out:
        yield f"{where}: left out without a word: {idle - left_out}"


PLACES: Sequence[Mapping[str, str]] = (
    {"section": "II.1"},
    {"agency": "MTTQ"},
    {"task": "IV.14.1"},
    {"kind": "counted"},
    {"section": "IV", "status": "active,suspended"},
)


def explained(evening: Evening) -> Iterator[str]:
    """All three levels of the plan for both, and of a part of it, another one each month."""
    for level in LEVELS:
        yield from explanation(evening, OWNER, level)
        yield from explanation(evening, OUTSIDER, level)
        yield from explanation(evening, OUTSIDER, level, **PLACES[evening.today.month % len(PLACES)])
