"""Random decisions among random work: a handover moves no node on any level, whatever was done before it; and
after any decisions everything still adds up."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tests.deciding import (
    DECISION,
    LEVELS,
    Figure,
    Prepared,
    act,
    decide,
    decided,
    nodes,
    on,
    ratio,
    secret_of,
)
from tests.patience import TIMES, untraced
from tests.service import PLAN, Service
from tests.walks import items
from tests.writing import differences, news, with_key

if TYPE_CHECKING:
    from tests.conftest import Seeded

pytestmark = untraced

STATUS_ONLY = ("IV.10.1", "IV.15.b", "IV.15.c")
DELIVERABLES = ("IV.7.a", "IV.7.b", "IV.7.d")
TASKS = ("IV.7.a", "IV.9.1", "IV.6.a", "IV.3.a", "IV.14.1", "IV.14.2", "IV.1.1", *STATUS_ONLY)
BODIES = (
    *("SVHTTDL", "BAOTV", "DAITV", "SCT", "VPUBND", "STTTT", "SKHDT", "STC", "CAT", "BCHBP", "TTBCD"),
    *("UBND.TPTV", "UBND.HCL", "BTG.TPTV", "BTG.HCL"),
)
GROUPS = ("G.SBN", "G.UBH", "G.TGH", "G.THDU")


@pytest.fixture(scope="module")
def prepared(seeded: "Seeded") -> Iterator[Prepared]:
    """The real plan with three milestones and three pieces, and a key for the superior."""

    def prepare(service: Service) -> dict[str, str]:
        words = {"title_vi": "Mốc", "title_en": "Milestone"}
        each = [{**words, "code": "M1"}, {**words, "weight": 2}, words]
        decided(
            service["TTBCD"],
            {"change": "milestones", "task": "IV.7.a", "milestones": each},
            {"change": "target", "task": "IV.6.a", "target": 3},
            {"change": "target", "task": "IV.14.2", "target": 2},
        )
        return {"TTTU": secret_of(service, "TTTU")}

    made = Prepared(seeded, prepare)
    yield made
    made.drop()


class World:
    """A plan in which things happen."""

    def __init__(self, service: Service, dice: Random) -> None:
        self.service, self.dice, self.month = service, dice, 5
        self.owner, self.clerk, self.superior = (
            with_key(service, service.secrets[code]) for code in ("TTBCD", "BPGV", "TTTU")
        )
        on(service, "2023-05-15")

    def later(self) -> None:
        """Some weeks pass."""
        if self.month < 12:
            self.month = min(12, self.month + self.dice.randint(1, 3))
            on(self.service, f"2023-{self.month:02}-{self.dice.randint(15, 28)}")

    def post(self, client: httpx.Client, path: str, body: dict[str, Any]) -> httpx.Response:
        """Ask for something; it may be refused, but nothing breaks."""
        answer = client.post(f"{PLAN}{path}", json=body)
        assert answer.status_code in (200, 201, 403, 409, 422), (path, body, answer.text)
        return answer

    def work(self, task: str) -> None:
        """One thing is done, or said, or judged, about what is owed of a task."""
        asked = {"task": task, "limit": "200"}
        shown = [one for one in items(self.clerk, f"{PLAN}/outputs", **asked) if not one["dropped"]]
        if task == "IV.3.a" and (not shown or self.dice.random() < 0.2):
            self.post(self.clerk, f"/assignments/{self.lead(task)}/occurrences", {})
        elif task == "IV.15.c" and (not shown or self.dice.random() < 0.2):
            path = f"/assignments/{self.lead(task)}/status-entries"
            entry = {"period": self.dice.choice(["2023-Q1", "2023-Q2"]), "entry": "fulfilled"}
            self.post(self.clerk, path, entry)
        elif shown:
            one = self.dice.choice(shown)
            self._say(one) if task in STATUS_ONLY else self._do(one)

    def lead(self, task: str) -> str:
        """The part of somebody who leads a task, or led it."""
        parts = items(self.clerk, f"{PLAN}/assignments", task=task, role="lead", limit="200")
        return str(self.dice.choice([one["id"] for one in parts if not one["fans_out"]]))

    def _say(self, one: dict[str, Any]) -> None:
        word = self.dice.choice(["fulfilled", "fulfilled", "not_fulfilled", "confirmed", "returned"])
        client = self.clerk if word.endswith("fulfilled") else self.owner
        path = f"/assignments/{one['assignment']}/status-entries"
        self.post(client, path, {"period": one["code"], "entry": word})

    def _do(self, one: dict[str, Any]) -> None:
        what = self.dice.choice(
            ["record", "record", "record", "unrecord", "claims", "confirmations", "returns"]
        )
        if what == "record":
            self.record(one["task"], one["agency"], one["code"], one["period_from"])
        elif what == "unrecord":
            asked = {"task": one["task"], "agency": one["agency"], "status": "standing"}
            if made := items(self.clerk, f"{PLAN}/activities", **asked):
                path = f"/activities/{self.dice.choice(made)['id']}/withdrawals"
                self.post(self.clerk, path, {"reason": "Nhầm"})
        else:
            judge = self.superior if one["agency"] == "TTBCD" else self.owner
            client = self.clerk if what == "claims" else judge
            said = {"missing": "Thiếu"} if what == "returns" else {}
            answer = act(client, one, what, **said)
            assert answer.status_code in (200, 201, 403, 409), answer.text

    def record(self, task: str, agency: str, code: str, day: str | None = None) -> None:
        """A record on behalf of a body."""
        named = {"output": code} if task in (*DELIVERABLES, "IV.3.a") else {}
        day = min(day or "2023-02-03", f"2023-{self.month:02}-14")
        quantity = self.dice.randint(1, 2)
        body = news(task, agency=agency, occurred_on=day, quantity=quantity, **named)
        self.post(self.clerk, "/activities", body)

    def ahead(self, task: str) -> set[str]:
        """Bodies that lead it or led it, and made more pieces than are theirs."""
        asked = {"task": task, "limit": "200"}
        parts = items(self.owner, f"{PLAN}/assignments", role="lead", **asked)
        made = {one["agency"]["code"]: one["recorded_quantity"] for one in parts}
        outputs = items(self.owner, f"{PLAN}/outputs", **asked)
        theirs = Counter(one["agency"] for one in outputs if one["returned"] or not one["dropped"])
        return {body for body, quantity in made.items() if quantity > theirs[body]}

    def sound(self) -> None:
        """All of it adds up."""
        assert differences(self.service) == []
        told = self.owner.get(f"{PLAN}/progress", params={"by": "assignment"}).json()
        for level in LEVELS:
            total = ratio(told["total"][level])
            parts = [ratio(row[level]) for row in told["items"]]
            known = [part for part in parts if part is not None]
            assert (total is None) == (not known)
            if total is not None:
                assert min(known) <= total <= max(known)
        for row in (told["total"], *told["items"]):
            reported, evidenced, confirmed = (ratio(row[level]) or 0 for level in LEVELS)
            assert 0 <= confirmed <= evidenced <= reported <= 1


# Handovers.

LED_BY = {
    "IV.7.a": ["SVHTTDL"],
    "IV.9.1": ["BAOTV", "DAITV"],
    "IV.6.a": ["SCT"],
    "IV.3.a": ["VPUBND"],
    "IV.10.1": ["CAT"],
    "IV.14.1": ["G.SBN", "G.UBH"],
}
"""Who leads at first."""
UNDIVIDED = ("G.SBN",)
"""Nobody owes their part, and it stays so here: to give it to somebody is no handover."""


class Lines:
    """The leads of a task with the share of the task that each of them stands for, and who led before it."""

    def __init__(self, task: str) -> None:
        self.task, first = task, LED_BY[task]
        self.shares = {body: Fraction(1, len(first)) for body in first}
        self.before: dict[str, str] = {}
        self.fresh = [body for body in BODIES if body not in self.shares and "." not in body]

    def handover(self, dice: Random) -> dict[str, Any]:
        """All leave and others come; or some leave, each for one that comes or one that led before."""
        leading = {body: part for body, part in self.shares.items() if body not in UNDIVIDED}
        divided = self.task != "IV.3.a"  # of two who share what comes up, one may owe nothing so far
        if "G.UBH" in leading or (divided and dice.random() < 0.4):
            whole = sum(leading.values(), Fraction(0))
            coming = [self._fresh(dice) for _ in range(dice.randint(1, 3))]
            parts = [dice.randint(1, 4) for _ in coming]
            self._lead({body: whole * part / sum(parts) for body, part in zip(coming, parts, strict=True)})
            self.before = {}
        else:
            for old in dice.sample(sorted(leading), dice.randint(1, len(leading))):
                back = self.before.get(old)
                new = back if back and dice.random() < 0.5 else self._fresh(dice)
                self._lead({new if body == old else body: part for body, part in self.shares.items()})
                self.before[new] = old
        named = [{"agency": body, "share": str_of(part)} for body, part in self.shares.items()]
        return {"change": "leads", "task": self.task, "leads": named}

    def _fresh(self, dice: Random) -> str:
        return self.fresh.pop(dice.randrange(len(self.fresh)))

    def _lead(self, shares: dict[str, Fraction]) -> None:
        undivided = {body: part for body, part in self.shares.items() if body in UNDIVIDED}
        self.shares = {**undivided, **shares}


def no_less(after: Figure, before: Figure) -> bool:
    return all((a or 0) >= (b or 0) for a, b in zip(after, before, strict=True))


def str_of(part: Fraction) -> str:
    return f"{part.numerator}/{part.denominator}"


unshrunk = settings(
    max_examples=12 * TIMES, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
"""The seed tells all: a smaller one is no simpler."""


@given(st.sampled_from(sorted(LED_BY)), st.integers(0, 2**32))
@example("IV.6.a", 1335)  # three come for three, two of whom have done all
@example("IV.9.1", 230197)  # two come for two, of whom one led before and is named in the other's place
@example("IV.6.a", 14890822)  # one comes back that has made more meanwhile than it had kept
@unshrunk
@pytest.mark.timeout(1800)
def test_a_handover_moves_no_level_of_any_node(prepared: Prepared, task: str, seed: int) -> None:
    with prepared.copy() as service:
        dice = Random(seed)
        world, lines = World(service, dice), Lines(task)
        for _ in range(dice.randint(1, 3)):
            for _ in range(dice.randint(0, 4)):
                world.work(task)
            if dice.random() < 0.3:
                world.later()
            before, leading, ahead = nodes(world.owner, "task", "section"), {*lines.shares}, world.ahead(task)
            decided(world.owner, lines.handover(dice))
            after = nodes(world.owner, "task", "section")
            if ahead & ({*lines.shares} - leading):  # what it made too much is owed by it now
                assert after.keys() == before.keys()
                assert all(no_less(after[node], before[node]) for node in before)
            else:
                assert after == before
        for _ in range(dice.randint(0, 2)):
            world.work(task)
        world.sound()


# Any decisions at all.


def change(dice: Random) -> dict[str, Any]:
    """A decision's change, possible or not."""
    day = f"2023-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
    task, other = dice.choice(TASKS), dice.choice(TASKS)
    body, another = dice.sample(BODIES, 2)
    named = [{"agency": one} for one in dice.sample([*BODIES, *GROUPS], dice.randint(1, 3))]
    maybe = dice.choice([None, None, "2023-01-01", day])
    words = {"title_vi": "Mốc", "title_en": "Milestone"}
    each = [
        {**words, "weight": dice.randint(1, 3), **dice.choice([{}, {}, {"due_on": day}])}
        for _ in range(dice.randint(1, 3))
    ]
    status = dice.choice(["active", "active", "suspended", "cancelled", "superseded"])
    by = {"superseded_by": other} if status == "superseded" else {}
    forms: list[dict[str, Any]] = [
        {"change": "weight", "task": task, "weight": dice.randint(1, 5)},
        *[
            {"change": "target", "task": dice.choice(["IV.6.a", "IV.14.2"]), "target": n}
            for n in (None, 1, 3, 5)
        ],
        *[
            {"change": "milestones", "task": "IV.7.a", "milestones": [*some, *each]}
            for some in ([], [{**words, "code": "M1"}])
        ],
        {"change": "deadline", "task": task, "due_on": maybe},
        *[
            {
                "change": "reporting_period",
                "task": where,
                "period": dice.choice(["month", "quarter", "half_year", "year"]),
            }
            for where in (None, "IV.9.1", "IV.14.1")
        ],
        {
            "change": "visibility",
            "task": task,
            "visibility": dice.choice(["normal", "internal", "status_only"]),
        },
        {"change": "status", "task": task, "status": status, **by},
        *[{"change": "leads", "task": where, "leads": named} for where in (task, task, task, other)],
        {"change": "coordinators", "task": task, "coordinators": [one["agency"] for one in named]},
        *[
            {"change": "member", "group": group, "agency": body, "valid_from": first, "valid_to": last}
            for group, first, last in (
                (dice.choice(GROUPS), maybe, None),
                ("G.SBN", "2023-01-01", None),
                ("G.UBH", None, day),
            )
        ],
        {"change": "succession", "agency": body, "successor": another, "on": "2023-01-01"},
        {
            "change": "power",
            "power": dice.choice(["monitor", "fund", "settle"]),
            "task": task,
            "agency": body,
        },
        {"change": "approver", "agency": dice.choice(["TTTU", "BTGTW"])},
        {"change": "thresholds", "obligation_red": dice.choice(["1/3", "1/2", "1/100"])},
        {
            "change": "implementation",
            "item": dice.choice(["II.1.3", "II.2.4"]),
            "duty": task,
            "closes_gap": True,
        },
        {
            "change": "duty",
            "code": "IV.7.d",
            "section": "IV.7",
            **words,
            "kind": dice.choice(["deliverable", "continuous", "triggered"]),
            "leads": named,
            "visibility": dice.choice(["normal", "status_only"]),
        },
    ]
    return dice.choice(forms)


@given(st.integers(0, 2**32))
@unshrunk
@pytest.mark.timeout(1800)
def test_after_any_decisions_among_any_work_everything_adds_up(prepared: Prepared, seed: int) -> None:
    with prepared.copy() as service:
        dice = Random(seed)
        world = World(service, dice)
        for _ in range(dice.randint(3, 8)):
            if dice.random() < 0.35:
                world.work(dice.choice(TASKS))
            elif dice.random() < 0.15:
                world.later()
            else:
                changes = [change(dice) for _ in range(dice.choice([1, 1, 1, 2]))]
                answer = decide(world.owner, *changes, decision=DECISION)
                assert answer.status_code in (201, 403, 422), (changes, answer.text)
        world.sound()
