"""Money by chance: whatever is asked in whatever order, the ledger replayed gives every balance, and the law
of the ledger holds after every step."""

from collections import defaultdict
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.models import BudgetLine, LedgerEntry
from app.rules.ledger import Balance, EntryKind
from app.services import budget_lines
from tests.money import BUDGET, CHECKED, DECISION, TOTAL, decided, entry, opened
from tests.patience import TIMES, untraced
from tests.service import Service
from tests.walks import items
from tests.writing import differences, pushing

ENTRIES = 100 * TIMES
"""With TTDN_TEST_TIMES=100 ten thousand, for each seed and database."""
AGENCIES = ("SVHTTDL", "SCT", "BAOTV")
LEAVE = {
    "need": "need.state",
    "allocation": "allocation.decide",
    "commitment": "spending.record",
    "spending": "spending.record",
    "settlement": "settlement.decide",
}


class Ledger:
    """Three offices, the funding decider and the settlement checker, each doing what it may by chance; beside
    them a model of the law that knows nothing of the service."""

    def __init__(self, service: Service, seed: int) -> None:
        self.chance = Random(seed)
        self.offices = {agency: pushing(service, agency) for agency in AGENCIES}
        self.funder, self.checker = pushing(service, "STC"), pushing(service, "VPTU")
        self.lines: dict[str, str] = {
            opened(self.offices[agency], agency=agency)["code"]: agency
            for agency in AGENCIES
            for _ in range(2)
        }
        self.stands: dict[str, dict[str, int]] = {line: defaultdict(int) for line in self.lines}
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.waiting: dict[str, tuple[str, int]] = {}
        self.entries = 0
        self.refused = 0

    def step(self) -> None:
        """One request by chance; the model says beforehand whether it has to be taken."""
        ways = (
            self.need,
            self.allocate,
            self.commit,
            self.release,
            self.spend,
            self.transfer,
            self.reverse,
            self.submit,
            self.decide,
        )
        self.chance.choices(ways, (1, 4, 4, 1, 4, 2, 3, 2, 2))[0]()

    def _line(self) -> str:
        return self.chance.choice(list(self.lines))

    def _amount(self) -> int:
        return self.chance.choice((1, 7, 1_000, TOTAL // 9, TOTAL // 3))

    def _said(self, answer: httpx.Response, possible: bool, moves: list[tuple[str, str, int]]) -> None:
        assert answer.status_code == (201 if possible else 409), answer.text
        if not possible:
            self.refused += 1
            return
        for line, kind, amount in moves:
            self.stands[line][kind] += amount
        for made in answer.json().get("entries", []):
            self.entries += 1
            self.made.append((made["line"], made))

    def need(self) -> None:
        line, amount = self._line(), self._amount()
        answer = self.offices[self.lines[line]].post(f"{BUDGET}/needs", json=entry(line, amount))
        self._said(answer, True, [(line, "need", amount)])

    def allocate(self) -> None:
        line, amount = self._line(), self._amount()
        left = TOTAL - sum(one["allocation"] for one in self.stands.values())
        answer = self.funder.post(f"{BUDGET}/allocations", json=decided(line, amount))
        self._said(answer, amount <= left, [(line, "allocation", amount)])

    def commit(self) -> None:
        self._own("commitments", "commitment", "allocation")

    def release(self) -> None:
        line, amount = self._line(), self._amount()
        possible = self.stands[line]["commitment"] - amount >= self.stands[line]["spending"]
        answer = self.offices[self.lines[line]].post(f"{BUDGET}/commitments", json=entry(line, -amount))
        self._said(answer, possible, [(line, "commitment", -amount)])

    def spend(self) -> None:
        self._own("spendings", "spending", "commitment")

    def _own(self, noun: str, kind: str, within: str) -> None:
        line, amount = self._line(), self._amount()
        possible = self.stands[line][kind] + amount <= self.stands[line][within]
        answer = self.offices[self.lines[line]].post(f"{BUDGET}/{noun}", json=entry(line, amount))
        self._said(answer, possible, [(line, kind, amount)])

    def transfer(self) -> None:
        giver, taker = self.chance.sample(list(self.lines), 2)
        amount = self._amount()
        body = {"from_line": giver, "to_line": taker, "amount_vnd": amount, "occurred_on": "2023-04-01"}
        possible = self.stands[giver]["allocation"] - amount >= self.stands[giver]["commitment"]
        answer = self.funder.post(f"{BUDGET}/transfers", json={**body, "decision": DECISION})
        moves = [(giver, "allocation", -amount), (taker, "allocation", amount)]
        self._said(answer, possible, moves)

    def reverse(self) -> None:
        if not self.made:
            return
        line, made = self.chance.choice(self.made)
        kind, amount = made["kind"], made["amount_vnd"]
        by = (
            self.funder
            if kind == "allocation"
            else self.checker
            if kind == "settlement"
            else self.offices[self.lines[line]]
        )
        body = {"reason": "Ghi nhầm", "occurred_on": "2023-12-31", "decision": DECISION}
        after = {
            "need": 0,
            "allocation": "commitment",
            "commitment": "spending",
            "spending": "settlement",
            "settlement": 0,
        }
        floor = self.stands[line][str(after[kind])] if after[kind] else 0
        if kind == "spending":  # what was handed in is as settled
            floor += sum(vnd for where, vnd in self.waiting.values() if where == line)
        plain = amount > 0 and made["transfer"] is None and made["reverses"] is None and not made.get("gone")
        possible = plain and self.stands[line][kind] - amount >= floor
        at = f"{BUDGET}/entries/{made['id']}"
        assert by.get(at).json()["can"] == ([LEAVE[kind]] if possible else [])
        self._said(by.post(f"{at}/reversals", json=body), possible, [(line, kind, -amount)])
        if possible:
            made["gone"] = True

    def submit(self) -> None:
        line, amount = self._line(), self._amount()
        waits = sum(vnd for where, vnd in self.waiting.values() if where == line)
        possible = self.stands[line]["settlement"] + waits + amount <= self.stands[line]["spending"]
        body = {"line": line, "amount_vnd": amount}
        answer = self.offices[self.lines[line]].post(f"{BUDGET}/settlements", json=body)
        self._said(answer, possible, [])
        if possible:
            self.waiting[answer.json()["id"]] = (line, amount)

    def decide(self) -> None:
        if not self.waiting:
            return
        id_ = self.chance.choice(list(self.waiting))
        line, amount = self.waiting[id_]
        if self.chance.random() < 0.4:
            self._said(
                self.checker.post(f"{BUDGET}/settlements/{id_}/returns", json={"missing": "x"}), True, []
            )
            del self.waiting[id_]
            return
        possible = self.stands[line]["settlement"] + amount <= self.stands[line]["spending"]
        body = {"decision": CHECKED, "occurred_on": "2023-12-21"}
        answer = self.checker.post(f"{BUDGET}/settlements/{id_}/acceptances", json=body)
        self._said(answer, possible, [(line, "settlement", amount)])
        if possible:
            del self.waiting[id_]
            self.entries += 1
            told = self.checker.get(f"{BUDGET}/entries/{answer.json()['entry']}").json()
            self.made.append((line, told))


@untraced
@pytest.mark.timeout(60 + 60 * TIMES)
@pytest.mark.parametrize("seed", range(2))
def test_a_random_history_is_what_its_entries_say(service: Service, seed: int) -> None:
    ledger = Ledger(service, seed)
    while ledger.entries < ENTRIES:
        ledger.step()
    assert ledger.refused > ENTRIES // 10
    with service.database.reading() as session:
        for line in session.scalars(select(BudgetLine)):
            told = session.execute(
                select(LedgerEntry.kind, LedgerEntry.amount_vnd).where(LedgerEntry.line_id == line.id)
            ).all()
            replayed = Balance.of((kind, amount) for kind, amount in told)
            assert replayed == budget_lines.balance(line)
            assert replayed.holds
            model = ledger.stands[line.code]
            assert replayed == Balance(*(model[kind.value] for kind in EntryKind))
    for client in (*ledger.offices.values(), ledger.funder, ledger.checker):
        every = items(client, f"{BUDGET}/entries", limit=200)
        assert len(every) == ledger.entries
        for power in LEAVE.values():
            found = items(client, f"{BUDGET}/entries", limit=200, can=power)
            assert found == [one for one in every if power in one["can"]]
    assert differences(service) == []
