"""Random histories over HTTP: records, claims, confirmations, returns, withdrawals and decisions, one after
the other, each at an instant of its own."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx

from tests.dated import DATED, Dated

WEIGHTED = ("IV.1.1", "IV.7.a", "IV.7.b", "IV.9.1", "IV.9.2", "IV.12.1", "IV.14.1", "IV.10.1")
COUNTED = ("IV.1.2b", "IV.4.b", "IV.6.a", "IV.14.2")
DELIVERABLES = ("IV.4.a", "IV.5.b", "IV.7.a", "IV.7.b", "IV.7.c")
TRIGGERED = ("IV.3.a", "IV.8.a")
BODIES = ("SCT", "STTTT", "SKHDT", "SVHTTDL", "BAOTV", "DAITV")


class History:
    """What happened, and the instants between one thing and the next.

    `swaps`: decisions may also put one output in place of another.
    """

    def __init__(self, on: Dated, seed: int, *, swaps: bool = True) -> None:
        self.on, self.dice, self.swaps = on, random.Random(seed), swaps
        self.instants: list[datetime] = [on.clock.pass_(hours=1)]
        self.happened: list[str] = []
        self.records: list[str] = []

    def step(self, decisions: int = 1) -> None:
        """One thing more happens, some hours or weeks later; `decisions` in eight of them are amendments."""
        self.on.clock.pass_(hours=self.dice.choice((3, 30, 200)))
        decides = self.dice.randrange(8) < decisions
        acts = self._decisions() if decides else self._acts()
        name, act = self.dice.choice(acts)
        answer = act()
        assert answer is None or answer.status_code < 500, answer.text
        taken = answer is not None and answer.status_code in (200, 201)
        self.happened.append(f"{'decision' if decides else 'act'}: {name}" if taken else "nothing")
        self.instants.append(self.on.clock.pass_(seconds=1))

    def _post(self, caller: str, path: str, body: dict[str, Any]) -> httpx.Response:
        return self.on[caller].post(f"{DATED}{path}", json=body)

    def _acts(self) -> list[tuple[str, Callable[[], httpx.Response | None]]]:
        record = ("record", self._record)
        return [
            *(record, record, record),
            ("withdraw record", self._withdraw),
            ("claim", lambda: self._act("BPGV", "claims", {}, level="none")),
            ("withdraw claim", lambda: self._act("BPGV", "withdrawals", {"reason": "Nhầm"})),
            ("confirm", lambda: self._act("TTBCD", "confirmations", {}, level="evidenced")),
            ("confirm", lambda: self._act("TTTU", "confirmations", {}, level="evidenced")),
            ("return", lambda: self._act("TTBCD", "returns", {"missing": "Thiếu"})),
            ("status", self._status),
            ("occurrence", self._occurrence),
        ]

    def _record(self) -> httpx.Response:
        outputs = self.on.get("/outputs", owed="true", limit="200")["items"]
        one = self.dice.choice(outputs)
        kind = {"M": {"output": one["code"]}, "O": {"output": one["code"]}}.get(one["code"][0], {})
        day = self.on.clock.now.date()
        if one["period_from"] and one["period_from"] <= day.isoformat():
            kind = {"occurred_on": min(one["period_to"], day.isoformat())}
        body = {
            "task": one["task"],
            "agency": one["agency"],
            "occurred_on": day.isoformat(),
            "kind": "other",
            "title": "Việc đã làm",
            **kind,
        }
        answer = self._post("BPGV", "/activities", body)
        if answer.status_code == 201:
            self.records.append(answer.json()["activity"]["id"])
        return answer

    def _withdraw(self) -> httpx.Response | None:
        if not self.records:
            return None
        one = self.dice.choice(self.records)
        return self._post("BPGV", f"/activities/{one}/withdrawals", {"reason": "Nhầm"})

    def _act(self, caller: str, act: str, body: dict[str, Any], **asked: str) -> httpx.Response | None:
        level = asked or {"level": "reported,evidenced,confirmed"}
        outputs = self.on.get("/outputs", owed="true", limit="200", **level)["items"]
        if not outputs:
            return None
        return self._post(caller, f"/outputs/{self.dice.choice(outputs)['id']}/{act}", body)

    def _status(self) -> httpx.Response:
        leads = self.on.get("/assignments", task="IV.10.1,IV.10.2,IV.15.b", role="lead")["items"]
        one = self.dice.choice([lead for lead in leads if not lead["fans_out"]])
        period, entry = f"2023-Q{self.dice.randint(1, 4)}", self.dice.choice(("fulfilled", "not_fulfilled"))
        body = {"period": period, "entry": entry}
        caller = one["agency"]["code"] if one["agency"]["code"] in ("CAT", "BTG.TPTV") else "BPGV"
        return self._post(caller, f"/assignments/{one['id']}/status-entries", body)

    def _occurrence(self) -> httpx.Response:
        leads = self.on.get("/assignments", task=self.dice.choice(TRIGGERED), role="lead")["items"]
        return self._post("BPGV", f"/assignments/{self.dice.choice(leads)['id']}/occurrences", {})

    def _decisions(self) -> list[tuple[str, Callable[[], httpx.Response]]]:
        dice, handed = self.dice, ("IV.9.1", "IV.9.2", *DELIVERABLES, *TRIGGERED)
        swap = ("milestones", lambda: self._decide("milestones", DELIVERABLES, milestones=self._milestones()))
        return [
            ("weight", lambda: self._decide("weight", WEIGHTED, weight=dice.randint(1, 5))),
            ("target", lambda: self._decide("target", COUNTED, target=dice.choice((None, 1, 3, 6)))),
            ("status", lambda: self._decide("status", WEIGHTED, status=self._a_status())),
            ("status", lambda: self._decide("status", COUNTED, status=self._a_status())),
            ("leads", lambda: self._decide("leads", handed, leads=self._some_leads())),
            ("member", lambda: self._decide("member", group="G.SBN", agency=dice.choice(BODIES))),
            *([swap] if self.swaps else []),
        ]

    def _a_status(self) -> str:
        return self.dice.choice(("cancelled", "active", "suspended", "active"))

    def _some_leads(self) -> list[dict[str, str]]:
        return [{"agency": body} for body in self.dice.sample(BODIES, self.dice.randint(1, 2))]

    def _milestones(self) -> list[dict[str, Any]]:
        first = {"code": "M1", "title_vi": "Một", "title_en": "One", "weight": self.dice.randint(1, 3)}
        more = {"title_vi": "Hai", "title_en": "Two", "weight": self.dice.randint(1, 3)}
        return self.dice.choice(([first], [first, more], [more]))

    def _decide(self, change: str, tasks: tuple[str, ...] = (), **facts: Any) -> httpx.Response:
        named = {"task": self.dice.choice(tasks)} if tasks else {}
        decision = {
            "number": f"{len(self.instants):02}-QĐ/BCĐ-TTĐN",
            "decided_on": self.on.clock.now.date().isoformat(),
            "issuer": "Ban Chỉ đạo",
        }
        body = {"decision": decision, "changes": [{"change": change, **named, **facts}]}
        return self._post("TTBCD", "/amendments", body)
