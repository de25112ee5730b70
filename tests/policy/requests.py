"""The requests of the table: each one that whoever may can send, and that has not been sent yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from app.rules.vocabulary import Scope
from app.services.activity_sheet import WANTED
from tests.books import CSV, csv_of
from tests.service import PLAN, Service
from tests.writing import pushing

TASK = "IV.7.b"
"""A deliverable of SVHTTDL's, which BAOTV and DAITV coordinate."""
DECISION = {"number": "09-QĐ/BCĐ-TTĐN", "decided_on": "2023-06-30", "issuer": "Ban Chỉ đạo"}


@dataclass(frozen=True, slots=True)
class Request:
    """A request that can be sent by anybody."""

    method: str
    path: str
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)

    def by(self, client: httpx.Client) -> httpx.Response:
        """Send it."""
        return client.request(self.method, f"{PLAN}/{self.path}", json=self.body, headers=self.headers)


class Batch(Request):
    """One record pushed as a batch: what came of it is answered as if it had been pushed alone."""

    def by(self, client: httpx.Client) -> httpx.Response:
        """Send it; the status and the problem are those of the record."""
        answer = client.post(f"{PLAN}/{self.path}", json={"records": [self.body]})
        if answer.status_code != 200:
            return answer
        (row,) = answer.json()["results"]
        if (refusal := row["refusal"]) is None:
            return httpx.Response(201 if row["result"] == "created" else 200, json=row)
        place = "/records/0"
        errors = [{**one, "pointer": one["pointer"].removeprefix(place)} for one in refusal["errors"]]
        told = {**refusal["facts"], "code": refusal["code"], "errors": errors}
        return httpx.Response(refusal["status"], json=told)


class File(Batch):
    """One record as a row of a file: the same again."""

    def by(self, client: httpx.Client) -> httpx.Response:
        """Send it; the status and the problem are those of the row."""
        headings, cells = list(self.body), [str(cell) for cell in self.body.values()]
        content = csv_of(cells, headings=headings)
        answer = client.post(f"{PLAN}/{self.path}", content=content, headers={"Content-Type": CSV})
        if answer.status_code != 200:
            return answer
        said = answer.json()
        if said["counts"]["refused"] == 0:
            return httpx.Response(201 if said["counts"]["created"] else 200, json={"activity": None})
        ((row,), (fault,)) = said["rows"], said["rows"][0]["errors"]
        fields = {heading: field for field, heading in WANTED.headings.items()}
        errors = [{**fault, "pointer": f"/{fields.get(fault['column'])}"}]
        told = {**row["facts"], "code": fault["code"], "errors": errors}
        return httpx.Response(403 if fault["code"] == "not_permitted" else 422, json=told)


def post(path: str, **body: Any) -> Request:
    """A POST."""
    return Request("POST", path, body)


class World:
    """The real plan with a former lead on the task, and a key for every caller."""

    def __init__(self, service: Service) -> None:
        self._service, self._clients, self._numbers = service, dict[str, httpx.Client](), count(1)
        for lead in ("SKHDT", "SVHTTDL"):
            change = {"change": "leads", "task": TASK, "leads": [{"agency": lead}]}
            self.done(
                self["TTBCD"].post(f"{PLAN}/amendments", json={"decision": DECISION, "changes": [change]})
            )
        target = {"change": "target", "task": "IV.6.a", "target": 50}
        self.done(self["TTBCD"].post(f"{PLAN}/amendments", json={"decision": DECISION, "changes": [target]}))

    def __getitem__(self, caller: str) -> httpx.Client:
        """A caller: an agency that may push, or `AGENCY:scope` with another key."""
        if caller not in self._clients:
            agency, _, scope = caller.partition(":")
            self._clients[caller] = (
                self._service.anonymous
                if not agency
                else pushing(self._service, agency, Scope(scope or "push"))
            )
        return self._clients[caller]

    @staticmethod
    def done(answer: httpx.Response) -> dict[str, Any]:
        """What was answered to a request that has to succeed."""
        assert answer.status_code in (200, 201), answer.text
        said: dict[str, Any] = answer.json()
        return said

    def number(self) -> int:
        """A number nothing else has."""
        return next(self._numbers)

    def output(self, task: str, agency: str, place: int = 0) -> str:
        """The id of an output."""
        asked = {"task": task, "agency": agency, "owed": "true"}
        return str(self["BPGV"].get(f"{PLAN}/outputs", params=asked).json()["items"][place]["id"])

    def lead(self, task: str) -> str:
        """The id of the assignment of a task's one lead."""
        asked = {"task": task, "role": "lead"}
        return str(self["BPGV"].get(f"{PLAN}/assignments", params=asked).json()["items"][0]["id"])

    def record(self, **changes: Any) -> str:
        """A standing record of the lead's; its id."""
        body = {"task": TASK, "occurred_on": "2023-05-12", "kind": "video", "title": f"Phim {self.number()}"}
        return str(
            self.done(self["SVHTTDL"].post(f"{PLAN}/activities", json={**body, **changes}))["activity"]["id"]
        )

    def evidenced(self, task: str = TASK, agency: str = "SVHTTDL") -> str:
        """An output that is evidenced and not confirmed; returned and claimed again if need be."""
        output = self.output(task, agency)
        facts = self["BPGV"].get(f"{PLAN}/outputs/{output}").json()
        if not facts["evidence"]:
            body = {
                "task": task,
                "output": facts["code"],
                "occurred_on": "2023-02-12",
                "kind": "other",
                "title": "Việc",
            }
            if facts["kind"] == "period":
                body.pop("output")
            self.done(self[agency].post(f"{PLAN}/activities", json=body))
        judge = "TTTU" if agency == "TTBCD" else "TTBCD"
        if facts["level"] == "confirmed" or facts["self_confirmed"]:
            self.done(self[judge].post(f"{PLAN}/outputs/{output}/returns", json={"missing": "Bổ sung"}))
        self.done(self[agency].post(f"{PLAN}/outputs/{output}/claims", json={}))
        return output

    def unclaimed(self, task: str = TASK, agency: str = "SVHTTDL") -> str:
        """An output without a claim of its own."""
        output = self.output(task, agency)
        if self["BPGV"].get(f"{PLAN}/outputs/{output}").json()["claimed_explicitly"]:
            self.done(self[agency].post(f"{PLAN}/outputs/{output}/withdrawals", json={"reason": "Chưa xong"}))
        return output

    def claimed(self, task: str = TASK, agency: str = "SVHTTDL") -> str:
        """An output with one."""
        output = self.output(task, agency)
        self.done(self[agency].post(f"{PLAN}/outputs/{output}/claims", json={}))
        return output

    def proposal(self) -> str:
        """An open proposal of the lead's."""
        change = {"change": "weight", "task": TASK, "weight": 2}
        body = {"reason": f"Lý do {self.number()}", "changes": [change]}
        return str(self.done(self["SVHTTDL"].post(f"{PLAN}/proposals", json=body))["proposal"]["id"])

    def subscription(self) -> str:
        """A calendar that the lead has subscribed to."""
        made = self.done(self["SVHTTDL"].post(f"{PLAN}/calendar/subscriptions", json={"label": "Lịch"}))
        return str(made["subscription"]["id"])

    def urge(self) -> str:
        """An open urge from the monitor to the lead."""
        made = self.done(urged("SVHTTDL").by(self["TTBCD"]))["urges"]
        return str(made[0]["id"])

    def budget_line(self) -> str:
        """A line of the lead's, with money that is allocated, committed and spent."""
        line = f"SVHTTDL-{self.number()}"
        self.done(post("budget/lines", code=line, title_vi="Phim").by(self["SVHTTDL"]))
        self.done(post("budget/allocations", **amount(line, 1000), decision=DECISION).by(self["STC"]))
        for noun in ("commitments", "spendings"):
            self.done(post(f"budget/{noun}", **amount(line, 100)).by(self["SVHTTDL"]))
        return line

    def entry(self, kind: str) -> str:
        """An entry of a kind on such a line, that can be taken back."""
        line = self.budget_line()
        noun, by = ("commitments", "SVHTTDL") if kind == "commitment" else ("allocations", "STC")
        cited = {} if kind == "commitment" else {"decision": DECISION}
        said = self.done(post(f"budget/{noun}", **amount(line, 1), **cited).by(self[by]))
        return str(said["entries"][0]["id"])

    def settlement(self) -> str:
        """A settlement of the lead's that waits."""
        body = {"line": self.budget_line(), "amount_vnd": 100}
        return str(self.done(post("budget/settlements", **body).by(self["SVHTTDL"]))["id"])


def amount(line: str, vnd: int) -> dict[str, Any]:
    """Some money on a line."""
    return {"line": line, "amount_vnd": vnd, "occurred_on": "2023-07-01"}


def new_line(world: World, **more: Any) -> Request:
    """A line of the lead's, whoever opens it."""
    return post("budget/lines", code=f"SVHTTDL-{world.number()}", agency="SVHTTDL", title_vi="Phim", **more)


def line_file(world: World, **more: Any) -> Request:
    """The same as a file."""
    return File("POST", "budget/lines/imports", {**new_line(world).body, **more})


def entry_file(line: str, kind: str, **more: Any) -> Request:
    """An entry as a file."""
    return File("POST", "budget/entries/imports", {**amount(line, 10), "kind": kind, **more})


def paper() -> dict[str, str]:
    """A decision as a file cites it."""
    return {f"document.{name}": DECISION[said] for name, said in _PAPER.items()}


_PAPER = {"number": "number", "issued_on": "decided_on", "issuer": "issuer"}


def spendable(world: World) -> str:
    """A line with money that is committed and not spent."""
    line = world.budget_line()
    world.done(post("budget/commitments", **amount(line, 100)).by(world["SVHTTDL"]))
    return line


def transferred(world: World) -> Request:
    """Money moved between two lines of the lead's."""
    body = {**amount("", 10), "from_line": world.budget_line(), "to_line": world.budget_line()}
    del body["line"]
    return post("budget/transfers", **body, decision=DECISION)


def reversed_(world: World, kind: str) -> Request:
    """An entry taken back, by a decision where there has to be one."""
    return post(
        f"budget/entries/{world.entry(kind)}/reversals",
        reason="Ghi nhầm",
        occurred_on="2023-07-02",
        decision=DECISION,
    )


def event(world: World, **changes: Any) -> Request:
    """An event that the calendar does not have yet."""
    body = {
        "code": f"M{world.number()}",
        "kind": "diplomatic_relations",
        "name_vi": "Thiết lập quan hệ ngoại giao",
        "name_en": "Diplomatic relations",
        "date_verified": "1973-02-11",
        "verified_by": "Báo Nhân Dân",
        "reason": "Danh sách in để mở",
    }
    return post("events", **{**body, **changes})


def correction(**changes: Any) -> Request:
    """A correction of an event of the plan's."""
    return Request("PATCH", "events/E02", {**changes, "reason": "Đính chính"}, {"If-Match": "*"})


def urged(to: str, about: str = "content", task: str | None = TASK) -> Request:
    """An urge."""
    named = {"task": task} if task else {}
    return post("urges", to=to, about=about, message="Đề nghị báo cáo", due_on="2099-12-31", **named)


def activity(world: World, **changes: Any) -> Request:
    """A record of the task, of whoever sends it."""
    body = {"task": TASK, "occurred_on": "2023-05-12", "kind": "video", "title": f"Phim {world.number()}"}
    return post("activities", **{**body, **changes})


def revision(world: World) -> Request:
    """A correction of a record of the lead's."""
    path = f"activities/{world.record()}"
    return Request("PATCH", path, {"title": f"Phim {world.number()}"}, {"If-Match": "*"})


def amendment(world: World, **change: Any) -> Request:
    """A decision."""
    weight = {"change": "weight", "task": TASK, "weight": 1 + world.number()}
    return post("amendments", decision=DECISION, changes=[change or weight])


def proposed(world: World) -> Request:
    """A proposal for the task."""
    change = {"change": "weight", "task": TASK, "weight": 1 + world.number()}
    return post("proposals", reason="Đề nghị", changes=[change])


def status(world: World, entry: str) -> Request:
    """A word about a period of a status-only duty; the other word first, so that it says something new."""
    path = f"assignments/{world.lead('IV.10.1')}/status-entries"
    before = {"fulfilled": "not_fulfilled", "confirmed": "returned", "returned": "fulfilled"}
    earlier = {"not_fulfilled": "CAT", "returned": "TTBCD", "fulfilled": "CAT"}
    body = {"period": "2023-Q1"}
    if entry in ("confirmed", "returned"):
        world.done(post(path, **body, entry="fulfilled").by(world["CAT"]))
    if entry == "fulfilled":
        world[earlier[before[entry]]].post(f"{PLAN}/{path}", json={**body, "entry": before[entry]})
    return post(path, **body, entry=entry)


Maker = Callable[[World], Request]
MAKERS: dict[str, Maker] = {
    "record_activity own": activity,
    "record_activity": lambda world: activity(world, agency="SVHTTDL"),
    "push_activities own": lambda world: Batch("POST", "activities/batch", activity(world).body),
    "push_activities": lambda world: Batch(
        "POST", "activities/batch", activity(world, agency="SVHTTDL").body
    ),
    "import_activities own": lambda world: File("POST", "imports", activity(world).body),
    "import_activities": lambda world: File("POST", "imports", activity(world, agency="SVHTTDL").body),
    "revise_activity": revision,
    "withdraw_activity": lambda world: post(f"activities/{world.record()}/withdrawals", reason="Ghi nhầm"),
    "claim_output": lambda world: post(f"outputs/{world.unclaimed()}/claims"),
    "withdraw_claim": lambda world: post(f"outputs/{world.claimed()}/withdrawals", reason="Chưa xong"),
    "confirm_output": lambda world: post(f"outputs/{world.evidenced()}/confirmations"),
    "return_output": lambda world: post(f"outputs/{world.evidenced()}/returns", missing="Danh sách"),
    "open_occurrence": lambda world: post(f"assignments/{world.lead('IV.3.a')}/occurrences"),
    "enter_status fulfilled": lambda world: status(world, "fulfilled"),
    "enter_status confirmed": lambda world: status(world, "confirmed"),
    "enter_status returned": lambda world: status(world, "returned"),
    "amend_plan": amendment,
    "amend_plan agency": lambda world: amendment(
        world,
        change="agency",
        code=f"MOI.{world.number()}",
        kind="state_department",
        name_vi="Sở Mới",
        name_en="New Department",
    ),
    "propose_amendment": proposed,
    "accept_proposal": lambda world: post(f"proposals/{world.proposal()}/acceptances", decision=DECISION),
    "decline_proposal": lambda world: post(f"proposals/{world.proposal()}/declines", reason="Chưa cần"),
    "withdraw_proposal": lambda world: post(f"proposals/{world.proposal()}/withdrawals", reason="Rút"),
    "urge content": lambda _: urged("SVHTTDL"),
    "urge coordinator": lambda _: urged("BAOTV"),
    "urge settlement": lambda _: urged("UBND.HCL", "settlement", None),
    "answer_urge": lambda world: post(f"urges/{world.urge()}/answers", answer="Đang làm"),
    "close_urge": lambda world: post(f"urges/{world.urge()}/outcomes", outcome="met"),
    "add_event": event,
    "add_event steward": lambda world: event(world, steward="VPUBND"),
    "correct_event": lambda world: correction(name_vi=f"Tên {world.number()}"),
    "correct_event steward": lambda world: correction(
        steward=("VPUBND", "SVHTTDL")[world.number() % 2],
    ),
    "decide_occurrence": lambda world: post(
        "occurrences/E11-2033/decisions", cancelled=True, reason=f"Lý do {world.number()}"
    ),
    "subscribe": lambda _: post("calendar/subscriptions", label="Lịch"),
    "revoke_subscription": lambda world: post(f"calendar/subscriptions/{world.subscription()}/revocations"),
    "open_budget_line": new_line,
    "open_budget_line allocated": lambda world: new_line(
        world, allocation={"amount_vnd": 5, "occurred_on": "2023-07-01", "decision": DECISION}
    ),
    "import_budget_lines": line_file,
    "import_budget_lines allocated": lambda world: line_file(
        world, allocated_vnd=5, occurred_on="2023-07-01", **paper()
    ),
    "import_ledger_entries need": lambda world: entry_file(world.budget_line(), "need"),
    "import_ledger_entries allocation": lambda world: entry_file(
        world.budget_line(), "allocation", **paper()
    ),
    "import_ledger_entries commitment": lambda world: entry_file(world.budget_line(), "commitment"),
    "import_ledger_entries spending": lambda world: entry_file(spendable(world), "spending"),
    "correct_budget_line": lambda world: Request(
        "PATCH",
        f"budget/lines/{world.budget_line()}",
        {"title_vi": f"Phim {world.number()}"},
        {"If-Match": "*"},
    ),
    "state_need": lambda world: post("budget/needs", **amount(world.budget_line(), 10)),
    "decide_allocation": lambda world: post(
        "budget/allocations", **amount(world.budget_line(), 10), decision=DECISION
    ),
    "transfer_allocation": transferred,
    "record_commitment": lambda world: post("budget/commitments", **amount(world.budget_line(), 10)),
    "record_spending": lambda world: post("budget/spendings", **amount(spendable(world), 10)),
    "reverse_entry commitment": lambda world: reversed_(world, "commitment"),
    "reverse_entry allocation": lambda world: reversed_(world, "allocation"),
    "submit_settlement": lambda world: post("budget/settlements", line=world.budget_line(), amount_vnd=100),
    "accept_settlement": lambda world: post(
        f"budget/settlements/{world.settlement()}/acceptances",
        decision={**DECISION, "decided_on": "2023-07-02"},
        occurred_on="2023-07-02",
    ),
    "return_settlement": lambda world: post(
        f"budget/settlements/{world.settlement()}/returns", missing="Hóa đơn"
    ),
    "withdraw_settlement": lambda world: post(
        f"budget/settlements/{world.settlement()}/withdrawals", reason="Nộp nhầm"
    ),
    "own confirm_output": lambda world: post(f"outputs/{world.evidenced('IV.1.1', 'TTBCD')}/confirmations"),
    "own return_output": lambda world: post(
        f"outputs/{world.evidenced('IV.1.1', 'TTBCD')}/returns", missing="Số liệu"
    ),
    "own claim_output": lambda world: post(f"outputs/{world.unclaimed('IV.1.1', 'TTBCD')}/claims"),
}
"""Operation, and what of it (`own`: on the monitor's own duty) → a fresh request."""


def operations(rows: Iterator[str]) -> set[str]:
    """The operations that rows are about."""
    return {row.removeprefix("own ").partition(" ")[0] for row in rows}
