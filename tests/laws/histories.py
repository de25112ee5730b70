"""Random histories: acts of random callers, decisions among them, some refused; repeatable by their seed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import httpx

from app.rules.calendar import business_day
from tests.laws import decisions
from tests.walks import items
from tests.year import steps
from tests.year.player import OWNER, Player
from tests.year.stage import BEGINS, Stage
from tests.year.steps import Step, What

SECRETARIAT, SUPERIOR = "BPGV", "TTTU"
PERIODS = ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4")
_KINDS = ("deliverable", "counted", "continuous", "triggered")
ENTRIES = ("fulfilled", "fulfilled", "not_fulfilled", "confirmed", "returned")


class History:
    """One history of one plan, and what it can draw from."""

    def __init__(
        self,
        stage: Stage,
        seed: int,
        *,
        kinds: Sequence[str] = decisions.ALL,
        spared: str | None = None,
    ) -> None:
        self.player, self.chance, self.kinds = Player(stage), Random(seed), kinds
        self.spared = spared
        """A duty that nobody touches."""
        self.now = BEGINS + timedelta(days=self.chance.randrange(20, 120))
        self.taken: list[Step] = []
        self.refused = 0
        self.tasks: dict[str, dict[str, Any]] = {}
        self.leads: list[tuple[str, str]] = []
        self.outputs: list[tuple[str, str, str]] = []
        self._stands: dict[tuple[str, str, str], str] = {}
        self._names: list[str] = []
        self._number = 0
        self.look()

    @property
    def today(self) -> date:
        return business_day(self.now)

    def run(self, acts: int) -> None:
        """So many acts, some days apart."""
        for _ in range(acts):
            self.now += timedelta(
                days=self.chance.choice((0, 0, 1, 3, 9)), minutes=self.chance.randrange(1, 60)
            )
            draw = self.chance.choices(*zip(*_DRAWN, strict=True))[0]
            if (drawn := draw(self)) is not None:
                self.do(*drawn)

    def do(self, who: str, what: What) -> httpx.Response:
        """One act; whoever it is, the service understands it and says yes or no."""
        step = Step(self.now, self.today, who, what)
        answer = self.player.send(step)
        assert answer.status_code < 500, (step, answer.text)
        if answer.status_code in (200, 201):
            self.taken.append(step)
            self._learn(what, answer.json())
        else:
            self.refused += 1
        return answer

    def wait(self, minutes: int = 1) -> datetime:
        """A little later."""
        self.now += timedelta(minutes=minutes)
        return self.now

    def look(self, task: str | None = None) -> None:
        """Read anew what the plan, or one task of it, consists of."""
        client, plan = self.player.stage.client(OWNER), self.player.plan
        self.player.stage.set(self.now)
        if task is None:
            found = items(client, f"{plan}/tasks", family="duty", include="assignments", limit=200)
        else:
            found = [client.get(f"{plan}/tasks/{task}").json()]
        leads = [one for each in found for one in each["assignments"] if one["role"] == "lead"]
        known = items(client, f"{plan}/outputs", limit=200, **({"task": task} if task else {}))
        self.player.meet(leads, known)
        self.tasks |= {one["code"]: one for one in found if one["code"] != self.spared}
        self.leads = [one for one in self.leads if task and one[0] != task] + [
            (one["task"]["code"], one["agency"]["code"])
            for one in leads
            if not one["fans_out"]
            and one["valid_to"] is None
            and not one["agency"]["code"].startswith("G.")
            and one["task"]["code"] != self.spared
        ]
        self.outputs = [one for one in self.outputs if task and one[0] != task] + [
            (one["task"], one["agency"], one["code"])
            for one in known
            if not one["dropped"] and one["task"] != self.spared
        ]

    def _learn(self, what: What, said: Mapping[str, Any]) -> None:
        """What there is to act on from here on."""
        whose = said.get("activity") or said.get("output") or {}
        for moved in said.get("moved", ()):
            body = whose["agency"] if isinstance(whose["agency"], str) else whose["agency"]["code"]
            task = whose["task"] if isinstance(whose["task"], str) else whose["task"]["code"]
            self._stands[task, body, moved["output"]] = moved["after"]
        match what:
            case steps.Decide():
                named = {change.get("task", change.get("code")) for change in what.changes}
                for task in {None} if None in named else named:
                    self.look(task)
            case steps.Open() | steps.Record(opens=True):
                self.look(what.task)
            case steps.Record(name=str(name)) if name not in self._names:
                self._names.append(name)
            case _:
                pass

    def _talking(self, *kinds: str) -> list[tuple[str, str]]:
        """Leads of which more than a status is stored; now and then one of the others too."""
        some = [
            (task, agency)
            for task, agency in self.leads
            if self.tasks[task]["visibility"] != "status_only"
            and self.tasks[task]["kind"] in (kinds or _KINDS)
        ]
        return some if some and self.chance.random() < 0.97 else self.leads

    def _output(self) -> tuple[str, str, str]:
        talking = set(self._talking())
        return self.chance.choice([one for one in self.outputs if one[:2] in talking] or self.outputs)

    def _by(self, agency: str) -> str:
        """The body itself, mostly; the secretariat, or somebody who has nothing to do with it."""
        return self.chance.choices((agency, self.chance.choice(self.leads)[1]), (9, 1))[0]

    def _day(self) -> str:
        first = date(2022, 12, 20)
        return (first + timedelta(days=self.chance.randrange((self.today - first).days + 1))).isoformat()

    def record(self) -> tuple[str, What]:
        """A lead records something; now and then under a key that it has used before."""
        task, agency = self.chance.choice(self._talking())
        kind = self.tasks[task]["kind"]
        known = [code for other, body, code in self.outputs if (other, body) == (task, agency)]
        named = self.chance.choice([*known, None]) if kind in ("deliverable", "triggered") else None
        opens = kind == "triggered" and named is None
        key = f"{task}/{self.chance.randrange(3)}" if self.chance.random() < 0.3 and not opens else None
        self._number += 1
        on_behalf = self.chance.random() < 0.1
        return SECRETARIAT if on_behalf else self._by(agency), steps.Record(
            task,
            self._day(),
            f"Việc thứ {self._number}",
            named,
            agency if on_behalf else None,
            quantity=self.chance.choice((1, 1, 1, 2, 3)),
            opens=opens,
            key=key,
            name=f"{agency}/{self._number}",
        )

    def correct(self) -> tuple[str, What] | None:
        if not self._names:
            return None
        name = self.chance.choice(self._names)
        day = self._day() if self.chance.random() < 0.5 else None
        changed = steps.Correct(name, on=day, title="Sửa", quantity=self.chance.choice((None, 1, 2)))
        return self._by(name.partition("/")[0]), changed

    def withdraw(self) -> tuple[str, What] | None:
        if not self._names:
            return None
        name = self.chance.choice(self._names)
        return self._by(name.partition("/")[0]), steps.Withdraw(name, "Ghi nhầm")

    def claim(self) -> tuple[str, What]:
        output = self._output()
        return self._by(output[1]), steps.Claim(*output)

    def take_back(self) -> tuple[str, What]:
        output = self._output()
        return self._by(output[1]), steps.TakeBack(*output, "Chưa xong")

    def judge(self) -> tuple[str, What]:
        """Mostly of what stands where it can be judged."""
        back = self.chance.random() < 0.3
        worth = [
            one for one, level in self._stands.items() if level == "evidenced" or (back and level != "none")
        ]
        output = self.chance.choice(sorted(worth)) if worth and self.chance.random() < 0.9 else self._output()
        own = self.chance.random() < 0.05
        who = output[1] if own else SUPERIOR if output[1] == OWNER else OWNER
        return who, steps.SendBack(*output, "Còn thiếu") if back else steps.Confirm(*output)

    def tell(self) -> tuple[str, What]:
        silent = [one for one in self.leads if self.tasks[one[0]]["visibility"] == "status_only"]
        task, agency = self.chance.choice(silent or self.leads)
        entry = self.chance.choice(ENTRIES)
        who = OWNER if entry in ("confirmed", "returned") else self._by(agency)
        return who, steps.Tell(task, agency, self.chance.choice(PERIODS), entry)

    def open(self) -> tuple[str, What]:
        task, agency = self.chance.choice(self._talking("triggered"))
        return self._by(agency), steps.Open(task, agency, "Lần nữa")

    def decide(self) -> tuple[str, What]:
        number = len(self.taken) + self.refused + 1
        changes = [
            decisions.draw(self, self.chance.choice(self.kinds)) for _ in range(self.chance.choice((1, 1, 2)))
        ]
        who = self.chance.choices((OWNER, self.chance.choice(self.leads)[1]), (19, 1))[0]
        return who, steps.Decide(f"{number:02}-QĐ/BCĐ-TTĐN", "Điều chỉnh", changes)


_DRAWN: Sequence[tuple[Callable[[History], tuple[str, What] | None], int]] = (
    (History.record, 14),
    (History.correct, 3),
    (History.withdraw, 3),
    (History.claim, 5),
    (History.take_back, 2),
    (History.judge, 8),
    (History.tell, 3),
    (History.open, 2),
    (History.decide, 7),
)
