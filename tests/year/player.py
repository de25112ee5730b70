"""Plays the script over HTTP: a step becomes one request of the body that takes it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx

from tests.service import PLAN
from tests.walks import items
from tests.year import steps
from tests.year.stage import Stage
from tests.year.steps import Step

LABEL = "[GIẢ ĐỊNH]"
OWNER = "TTBCD"
"""Sees the whole plan, and so knows the ids of what others act on."""
ISSUER = f"{LABEL} Ban Chỉ đạo công tác thông tin đối ngoại tỉnh"
SYSTEM = "kich-ban"


class Player:
    """Sends the steps, and remembers what the service called the things the script has names for."""

    def __init__(self, stage: Stage, plan: str = PLAN) -> None:
        self.stage, self.plan = stage, plan
        self._outputs: dict[tuple[str, str, str], str] = {}
        self._assignments: dict[str, tuple[str, str]] = {}
        self._named: dict[str, str] = {}
        self._today = ""

    def play(self, step: Step) -> list[str]:
        """Take one step at its instant; what came otherwise than the script has it."""
        if isinstance(step.what, steps.GiveKey):
            self.stage.set(step.at)
            self.stage.give_key(step.what.agency)
            return []
        answer = self.send(step)
        status, reason = step.refused or (0, "")
        if answer.status_code in (200, 201):
            return [f"{step}: was not refused"] if step.refused else []
        if answer.status_code == status and reason in reasons(answer):
            return []
        return [f"{step}: {answer.status_code} {answer.text}"]

    def send(self, step: Step) -> httpx.Response:
        """The request, at its instant, and what was answered."""
        self.stage.set(step.at)
        self._today = step.day.isoformat()
        answer = _SEND[type(step.what)](self, self.stage.client(step.who), step.what)
        if answer.status_code in (200, 201):
            self._remember(step.what, answer.json())
        return answer

    def assignment(self, id_: str) -> str:
        """An assignment of a lead, as `task agency`."""
        if id_ not in self._assignments:
            self._learn()
        return " ".join(self._assignments[id_])

    def id_of(self, task: str, agency: str) -> str:
        """The id of a body's part, as lead."""
        if (task, agency) not in self._assignments.values():
            self._learn()
        return next(id_ for id_, whose in self._assignments.items() if whose == (task, agency))

    def _learn(self) -> None:
        self.meet(items(self.stage.client(OWNER), f"{self.plan}/assignments", role="lead", limit=200), ())

    def meet(self, leads: Iterable[Mapping[str, Any]], outputs: Iterable[Mapping[str, Any]]) -> None:
        """Learn the ids of what was read."""
        self._assignments |= {one["id"]: (one["task"]["code"], one["agency"]["code"]) for one in leads}
        self._outputs |= {(one["task"], one["agency"], one["code"]): one["id"] for one in outputs}

    def _output(self, what: Any) -> str:
        wanted = (what.task, what.agency, what.output)
        if wanted not in self._outputs:
            asked = {"task": what.task, "agency": what.agency}
            self.meet((), items(self.stage.client(OWNER), f"{self.plan}/outputs", **asked))
        return f"{self.plan}/outputs/{self._outputs[wanted]}"

    def _remember(self, what: steps.What, said: Mapping[str, Any]) -> None:
        match what:
            case steps.Record(name=str(name)):
                self._named[name] = said["activity"]["id"]
            case steps.Propose():
                self._named[what.name] = said["proposal"]["id"]
            case steps.Urge():
                alone = len(said["urges"]) == 1
                for one in said["urges"]:
                    self._named[what.name if alone else f"{what.name}:{one['to']['code']}"] = one["id"]
            case _:
                pass

    def record(self, client: httpx.Client, what: steps.Record) -> httpx.Response:
        body = {
            "task": what.task,
            "occurred_on": what.on,
            "kind": what.kind,
            "title": f"{LABEL} {what.title}",
            "quantity": what.quantity,
            **({"output": what.output} if what.output else {}),
            **({"agency": what.agency} if what.agency else {}),
            **({"opens_occurrence": True} if what.opens else {}),
            **({"source_system": SYSTEM, "external_id": what.key} if what.key else {}),
        }
        return client.post(f"{self.plan}/activities", json=body)

    def correct(self, client: httpx.Client, what: steps.Correct) -> httpx.Response:
        url = f"{self.plan}/activities/{self._named[what.record]}"
        title = f"{LABEL} {what.title}" if what.title else None
        given = {"occurred_on": what.on, "title": title, "output": what.output, "quantity": what.quantity}
        patch = {name: value for name, value in given.items() if value is not None}
        seen = client.get(url)
        if seen.status_code != 200:  # a decision may have hidden the task since
            return seen
        return client.patch(url, json=patch, headers={"If-Match": seen.headers["etag"]})

    def withdraw(self, client: httpx.Client, what: steps.Withdraw) -> httpx.Response:
        url = f"{self.plan}/activities/{self._named[what.record]}/withdrawals"
        return client.post(url, json={"reason": f"{LABEL} {what.reason}"})

    def claim(self, client: httpx.Client, what: steps.Claim) -> httpx.Response:
        return client.post(f"{self._output(what)}/claims", json={})

    def take_back(self, client: httpx.Client, what: steps.TakeBack) -> httpx.Response:
        return client.post(f"{self._output(what)}/withdrawals", json={"reason": f"{LABEL} {what.reason}"})

    def confirm(self, client: httpx.Client, what: steps.Confirm) -> httpx.Response:
        return client.post(f"{self._output(what)}/confirmations", json={})

    def send_back(self, client: httpx.Client, what: steps.SendBack) -> httpx.Response:
        return client.post(f"{self._output(what)}/returns", json={"missing": f"{LABEL} {what.missing}"})

    def tell(self, client: httpx.Client, what: steps.Tell) -> httpx.Response:
        url = f"{self.plan}/assignments/{self.id_of(what.task, what.agency)}/status-entries"
        return client.post(url, json={"period": what.period, "entry": what.entry})

    def open(self, client: httpx.Client, what: steps.Open) -> httpx.Response:
        url = f"{self.plan}/assignments/{self.id_of(what.task, what.agency)}/occurrences"
        return client.post(url, json={"label": f"{LABEL} {what.label}", "due_on": what.due})

    def decide(self, client: httpx.Client, what: steps.Decide) -> httpx.Response:
        body = {"decision": self._decision(what.number), "summary": f"{LABEL} {what.summary}"}
        return client.post(f"{self.plan}/amendments", json={**body, "changes": what.changes})

    def propose(self, client: httpx.Client, what: steps.Propose) -> httpx.Response:
        body = {"reason": f"{LABEL} {what.reason}", "changes": what.changes}
        return client.post(f"{self.plan}/proposals", json=body)

    def accept(self, client: httpx.Client, what: steps.Accept) -> httpx.Response:
        url = f"{self.plan}/proposals/{self._named[what.proposal]}/acceptances"
        return client.post(url, json={"decision": self._decision(what.number)})

    def decline(self, client: httpx.Client, what: steps.Decline) -> httpx.Response:
        url = f"{self.plan}/proposals/{self._named[what.proposal]}/declines"
        return client.post(url, json={"reason": f"{LABEL} {what.reason}"})

    def retract(self, client: httpx.Client, what: steps.Retract) -> httpx.Response:
        url = f"{self.plan}/proposals/{self._named[what.proposal]}/withdrawals"
        return client.post(url, json={"reason": f"{LABEL} {what.reason}"})

    def urge(self, client: httpx.Client, what: steps.Urge) -> httpx.Response:
        body = {"to": what.to, "about": what.about, "message": f"{LABEL} {what.message}", "due_on": what.due}
        return client.post(f"{self.plan}/urges", json={**body, **({"task": what.task} if what.task else {})})

    def answer(self, client: httpx.Client, what: steps.Answer) -> httpx.Response:
        url = f"{self.plan}/urges/{self._named[what.urge]}/answers"
        return client.post(url, json={"answer": f"{LABEL} {what.words}"})

    def close(self, client: httpx.Client, what: steps.Close) -> httpx.Response:
        url = f"{self.plan}/urges/{self._named[what.urge]}/outcomes"
        return client.post(url, json={"outcome": what.outcome})

    def _decision(self, number: str) -> dict[str, str]:
        return {"number": number, "decided_on": self._today, "issuer": ISSUER}


def reasons(answer: httpx.Response) -> list[str]:
    """All that a refusal gives as its reason."""
    said = answer.json()
    return [said.get("reason"), said["code"], *(error["code"] for error in said.get("errors") or ())]


_SEND: Mapping[type, Callable[[Player, httpx.Client, Any], httpx.Response]] = {
    steps.Record: Player.record,
    steps.Correct: Player.correct,
    steps.Withdraw: Player.withdraw,
    steps.Claim: Player.claim,
    steps.TakeBack: Player.take_back,
    steps.Confirm: Player.confirm,
    steps.SendBack: Player.send_back,
    steps.Tell: Player.tell,
    steps.Open: Player.open,
    steps.Decide: Player.decide,
    steps.Propose: Player.propose,
    steps.Accept: Player.accept,
    steps.Decline: Player.decline,
    steps.Retract: Player.retract,
    steps.Urge: Player.urge,
    steps.Answer: Player.answer,
    steps.Close: Player.close,
}
