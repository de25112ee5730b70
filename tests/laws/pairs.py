"""Laws of two that must end alike: a plan without a duty and one that cancelled it; pushes in any order."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.laws.book import CALLERS
from tests.laws.histories import History
from tests.laws.lab import without
from tests.laws.moving import SHOWN
from tests.service import PLAN
from tests.walks import items
from tests.year import steps
from tests.year.comparing import DIVISIONS
from tests.year.player import OWNER, Player
from tests.year.stage import Stage
from tests.year.steps import Step, status

Shown = dict[str, Any]


def shown(player: Player) -> Shown:
    """Every figure for an insider and an outsider, by names that two plans or databases have in common."""
    found: Shown = {}
    for caller in CALLERS:
        for by in DIVISIONS:
            answer = player.stage.client(caller).get(f"{player.plan}/progress", params={"by": by})
            assert answer.status_code == 200, answer.text
            said = answer.json()
            found[f"{caller} total"] = {name: said["total"][name] for name in SHOWN}
            for row in said["items"]:
                named = by == "assignment" and row["key"] != "status_only"
                key = player.assignment(row["key"]) if named else row["key"]
                found[f"{caller} {by} {key}"] = {name: row[name] for name in (*SHOWN, "assignments", "view")}
    return found


def unlike(one: Shown, other: Shown) -> dict[str, Any]:
    """What is told otherwise."""
    keys = sorted({*one, *other})
    return {key: (one.get(key), other.get(key)) for key in keys if one.get(key) != other.get(key)}


def cancelled_is_absent(history: History, duty: str) -> None:
    """Work is done on a duty, and it is cancelled; the same history is played in a plan that never had it."""
    for who, what in _work(history, duty):
        history.do(who, what)
    cancel = steps.Decide("99-QĐ/BCĐ-TTĐN", "Hủy bỏ", [status(duty, "cancelled")])
    replayed = list(history.taken)
    assert any(getattr(step.what, "task", None) == duty for step in replayed), "nothing was done on it"
    assert history.do(OWNER, cancel).status_code == 201
    other = Player(history.player.stage, without(duty))
    for step in replayed:
        if getattr(step.what, "task", None) != duty:
            assert other.send(step).status_code in (200, 201), step
    history.player.stage.set(history.wait())
    told = unlike(shown(history.player), shown(other))
    assert not told, told


def _work(history: History, duty: str) -> Iterator[tuple[str, steps.What]]:
    client = history.player.stage.client(OWNER)
    history.player.stage.set(history.wait())
    known = items(client, f"{PLAN}/outputs", task=duty, limit=200)
    bodies = sorted({one["agency"] for one in known}) or ["SCT"]
    for agency in bodies[:3]:
        codes = [one["code"] for one in known if one["agency"] == agency and one["kind"] == "milestone"]
        history.wait()
        yield agency, steps.Record(duty, history.today.isoformat(), "Việc sẽ bỏ", next(iter(codes), None))
    for one in known[:2]:
        yield one["agency"], steps.Claim(duty, one["agency"], one["code"])


def pushes(history: History, how_many: int) -> list[Step]:
    """So many records that would be taken, each under a key of its own."""
    found: list[Step] = []
    history.wait()
    for _ in range(how_many * 4):
        who, what = history.record()
        if isinstance(what, steps.Record) and what.agency is None and len(found) < how_many:
            keyed = steps.Record(
                what.task,
                max(what.on, "2023-01-01"),
                what.title,
                what.output,
                quantity=what.quantity,
                opens=what.opens,
                key=f"lần-{len(found)}",
            )
            found.append(Step(history.now, history.today, who, keyed))
    return found


def pushed(stage: Stage, seed: int, acts: int) -> tuple[History, list[Step]]:
    """One history, and pushes that follow it: the same wherever it is played."""
    history = History(stage, seed)
    history.run(acts)
    return history, pushes(history, 15)


def outcome(history: History, some: Sequence[Step]) -> tuple[Shown, list[Any]]:
    """Send them; what is shown then, and where every output stands."""
    for step in some:
        answer = history.player.send(step)
        assert answer.status_code in (200, 201, 403, 422), answer.text
    history.player.stage.set(history.wait())
    client = history.player.stage.client(OWNER)
    names = ("task", "agency", "kind", "due_on", "owed", "level", "evidence", "evidenced_on")
    stands = [[one[name] for name in names] for one in items(client, f"{PLAN}/outputs", limit=200)]
    return shown(history.player), sorted(stands, key=str)
