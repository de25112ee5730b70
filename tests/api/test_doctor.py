"""The doctor: finds nothing after any history of honest acts, and finds whatever was planted."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from app.cli import main
from app.models import Base
from app.models.base import Recorded
from app.services import settling, tree
from app.services.tree import Tree
from tests.deciding import decided
from tests.money import CHECKED, DECISION, allocate, done, opened, post, write
from tests.service import PLAN, Service, undated
from tests.writing import differences, evidenced, news, pushing, record, withdraw

TASKS = {
    "SVHTTDL": ("IV.7.a", "IV.7.b", "IV.7.c"),
    "SCT": ("IV.6.a",),
    "BAOTV": ("IV.9.1", "IV.9.2", "IV.7.b"),
    "DAITV": ("IV.9.1",),
    "VPUBND": ("IV.3.a",),
    "STTTT": ("IV.4.a", "IV.4.b"),
    "UBND.TPTV": ("IV.14.1", "IV.14.2"),
    "TTBCD": ("IV.1.1", "IV.1.3"),
}
DAYS = ("2022-12-31", "2023-01-01", "2023-03-31", "2023-05-05", "2023-09-30", "2023-12-31", "2024-01-01")


def doctor(service: Service) -> Result:
    return CliRunner(env={"DATABASE_URL": service.url}).invoke(main, ["doctor"])


class History:
    """Acts of offices by chance: many succeed, some are refused, none may leave a trace too many."""

    def __init__(self, service: Service, seed: int) -> None:
        self.service, self.chance = service, random.Random(seed)
        self.made: list[tuple[str, str]] = []
        self.statuses: Counter[int] = Counter()

    def act(self) -> None:
        """One act of one office."""
        agency = self.chance.choice(list(TASKS))
        office = self.service[agency]
        way = self.chance.choices((self.push, self.correct, self.withdraw), (6, 3, 2))[0]
        answer = way(agency, office)
        if answer is not None:
            assert answer.status_code in (200, 201, 409, 422), answer.text
            self.statuses[answer.status_code] += 1

    def push(self, agency: str, office: httpx.Client) -> httpx.Response:
        """Push something, sometimes under a natural key that was used before."""
        body = news(
            self.chance.choice(TASKS[agency]),
            occurred_on=self.chance.choice(DAYS),
            title=f"Bài {self.chance.randrange(4)}",
            quantity=self.chance.randint(1, 4),
            output=self.chance.choice((None, None, "M1", "O1", "2023-Q1")),
        )
        if self.chance.random() < 0.3:
            body |= {"opens_occurrence": True, "output": None}
        if self.chance.random() < 0.5:
            body |= {"source_system": "may", "external_id": str(self.chance.randrange(8))}
        answer = office.post(f"{PLAN}/activities", json=body)
        if answer.status_code == 201:
            self.made.append((agency, answer.json()["activity"]["id"]))
        return answer

    def correct(self, agency: str, office: httpx.Client) -> httpx.Response | None:
        """Change something about a record of this office."""
        own = [activity for maker, activity in self.made if maker == agency]
        if not own:
            return None
        patch: dict[str, Any] = {
            "occurred_on": self.chance.choice(DAYS),
            "quantity": self.chance.randint(1, 5),
            "output": self.chance.choice((None, "M1", "O1", "O2", "2023-Q2")),
        }
        kept = self.chance.sample(list(patch), self.chance.randint(1, 3))
        url = f"{PLAN}/activities/{self.chance.choice(own)}"
        return office.patch(url, json={name: patch[name] for name in kept}, headers={"If-Match": "*"})

    def withdraw(self, agency: str, office: httpx.Client) -> httpx.Response | None:
        """Withdraw a record of this office, perhaps one that is withdrawn already."""
        own = [activity for maker, activity in self.made if maker == agency]
        if not own:
            return None
        url = f"{PLAN}/activities/{self.chance.choice(own)}/withdrawals"
        return office.post(url, json={"reason": "Ghi nhầm"})


def everything(service: Service, what: str) -> list[dict[str, Any]]:
    """A whole list, page by page."""
    items, cursor = [], None
    while True:
        params = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        page = service["TTBCD"].get(f"{PLAN}/{what}", params=params).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def counted_by_hand(service: Service) -> None:
    """What is shown of the outputs follows from the records shown, without the service's own rules."""
    standing = Counter(
        (one["task"]["code"], one["agency"]["code"], one["output"])
        for one in everything(service, "activities")
        if one["status"] == "standing" and one["output"] is not None
    )
    for one in everything(service, "outputs"):
        evidence = standing[one["task"], one["agency"], one["code"]]
        assert (one["evidence"], one["level"]) == (evidence, "evidenced" if evidence else "none")
        assert one["owed"] is (one["kind"] != "occurrence" or evidence > 0)


@pytest.mark.parametrize("seed", [1, 2])
def test_any_history_of_acts_leaves_every_figure_right(service: Service, seed: int) -> None:
    history = History(service, seed)
    for _ in range(120):
        history.act()
    assert history.statuses[201] > 20
    assert history.statuses[200] > 5
    assert history.statuses[422] > 5
    assert differences(service) == []
    counted_by_hand(service)
    healthy = doctor(service)
    assert (healthy.exit_code, healthy.stdout.splitlines()[-1]) == (0, "ok"), healthy.output


def test_withdrawing_everything_leads_back_to_the_beginning(service: Service) -> None:
    before = service["TTBCD"].get(f"{PLAN}/progress", params={"by": "assignment"}).json()
    history = History(service, 3)
    for _ in range(40):
        history.act()
    assert evidenced(service) != 0
    for agency, activity in history.made:
        withdraw(service[agency], activity)
    after = service["TTBCD"].get(f"{PLAN}/progress", params={"by": "assignment"}).json()
    assert undated(after) == undated(before)


_TRANSFERRED = (
    "UPDATE ledger_entries SET transfer = (SELECT transfer FROM ledger_entries WHERE amount_vnd = 100) "
    "WHERE transfer = 'another'"
)
PLANTED = [
    (
        "UPDATE budget_lines SET spent_vnd = 650 WHERE spent_vnd = 700",
        "budget line",
        "UPDATE budget_lines SET spent_vnd = 700 WHERE spent_vnd = 650",
    ),
    (
        "UPDATE ledger_entries SET amount_vnd = 701 WHERE amount_vnd = 700 AND kind = 'spending'",
        "budget line",
        "UPDATE ledger_entries SET amount_vnd = 700 WHERE amount_vnd = 701",
    ),
    (
        "UPDATE budgets SET total_vnd = 899",
        "budget of ttdn-2023",
        "UPDATE budgets SET total_vnd = 2278000000",
    ),
    (
        "UPDATE ledger_entries SET transfer = 'another' WHERE amount_vnd = -100",
        "transfer",
        _TRANSFERRED,
    ),
    (
        "UPDATE settlements SET state = 'submitted'",
        "settlement",
        "UPDATE settlements SET state = 'accepted'",
    ),
    (
        "UPDATE outputs SET evidence = 2 WHERE evidence = 1",
        "output",
        "UPDATE outputs SET evidence = 1 WHERE evidence = 2",
    ),
    (
        "UPDATE outputs SET level = 'confirmed' WHERE evidence = 1",
        "output",
        "UPDATE outputs SET level = 'evidenced' WHERE evidence = 1",
    ),
    (
        "UPDATE outputs SET level = 'none' WHERE evidence = 1",
        "output",
        "UPDATE outputs SET level = 'evidenced' WHERE evidence = 1",
    ),
    (
        "UPDATE outputs SET owed = :no WHERE evidence = 1",
        "output",
        "UPDATE outputs SET owed = :yes WHERE evidence = 1",
    ),
    (
        "UPDATE outputs SET evidenced_on = '2023-05-13' WHERE evidence = 1",
        "output",
        "UPDATE outputs SET evidenced_on = '2023-05-12' WHERE evidence = 1",
    ),
    (
        "UPDATE outputs SET dropped = :yes WHERE evidence = 1",
        "output",
        "UPDATE outputs SET dropped = :no WHERE evidence = 1",
    ),
    (
        "UPDATE standings SET evidenced = 0, confirmed = 0 WHERE evidenced = 1 AND until IS NULL",
        "assignment",
        "UPDATE standings SET evidenced = 1 WHERE reported = 1 AND until IS NULL",
    ),
    (
        "UPDATE standings SET records = 7 WHERE records = 2",
        "assignment",
        "UPDATE standings SET records = 2 WHERE records = 7",
    ),
    (
        "UPDATE standings SET number = 9 WHERE number = 2",
        "assignment",
        "UPDATE standings SET number = 2 WHERE number = 9",
    ),
    (
        "UPDATE assignments SET recorded_quantity = 4 WHERE recorded_quantity = 3",
        "assignment",
        "UPDATE assignments SET recorded_quantity = 3 WHERE recorded_quantity = 4",
    ),
    (
        "UPDATE activities SET status = 'withdrawn' WHERE title = 'Tính'",
        "output",
        "UPDATE activities SET status = 'standing' WHERE title = 'Tính'",
    ),
    (
        "UPDATE activities SET status = 'withdrawn' WHERE title = 'Không tính'",
        "activity",
        "UPDATE activities SET status = 'standing' WHERE title = 'Không tính'",
    ),
    (
        "UPDATE activities SET status = 'standing' WHERE title = 'Rút'",
        "activity",
        "UPDATE activities SET status = 'withdrawn' WHERE title = 'Rút'",
    ),
    (
        "UPDATE activities SET quantity = 2 WHERE quantity = 3",
        "assignment",
        "UPDATE activities SET quantity = 3 WHERE quantity = 2",
    ),
    (
        "UPDATE assignments SET share_denominator = 99 WHERE share_denominator = 2 AND role = 'lead'",
        "task",
        "UPDATE assignments SET share_denominator = 2 WHERE share_denominator = 99",
    ),
    (
        "UPDATE assignments SET share_numerator = 2 WHERE share_denominator = 1 AND share_numerator = 1",
        "task",
        "UPDATE assignments SET share_numerator = 1 WHERE share_numerator = 2 AND share_denominator = 1",
    ),
    (
        "UPDATE changes SET ref = 'KHÔNG CÓ' WHERE subject = 'section' AND ref = 'IV'",
        "section KHÔNG CÓ: version 0",
        "UPDATE changes SET ref = 'IV' WHERE ref = 'KHÔNG CÓ'",
    ),
    (
        "UPDATE changes SET plan_id = NULL WHERE subject = 'section' AND ref = 'IV'",
        "section IV: version 0",
        "UPDATE changes SET plan_id = (SELECT id FROM plans) WHERE subject = 'section' AND ref = 'IV'",
    ),
]
"""What is planted, how the line that finds it begins in English, and what takes it back."""


def plant(service: Service, statement: str) -> int:
    """Write past the service; how many rows it struck."""
    booleans = {"no": False, "yes": True}
    known = {name: value for name, value in booleans.items() if f":{name}" in statement}
    with service.database.engine.execution_options(writing=True).begin() as connection:
        struck: int = connection.execute(text(statement), known).rowcount
    return struck


@pytest.fixture
def recorded(service: Service) -> Service:
    """A service with a record of each kind."""
    record(service["SVHTTDL"], "IV.7.a", output="M1", title="Tính")
    record(service["SVHTTDL"], "IV.7.a", title="Không tính")
    wrong = record(service["SVHTTDL"], "IV.7.a", title="Rút")["activity"]["id"]
    withdraw(service["SVHTTDL"], wrong)
    record(service["SCT"], "IV.6.a", quantity=3)
    office, owner = service["SVHTTDL"], service["TTBCD"]
    output = office.get(f"{PLAN}/outputs", params={"task": "IV.7.a"}).json()["items"][0]["id"]
    decision = {"number": "01-QĐ/BCĐ", "decided_on": "2023-02-01", "issuer": "Ban Chỉ đạo"}
    weigh = [{"change": "weight", "task": "IV.7.a", "weight": 2}]
    later = [{"change": "deadline", "task": "IV.7.a", "due_on": "2023-11-30"}]
    urge = {"to": "SCT", "about": "content", "message": "Báo cáo", "due_on": "2099-01-31"}
    for said in (
        office.post(f"{PLAN}/outputs/{output}/claims", json={}),
        owner.post(f"{PLAN}/amendments", json={"decision": decision, "changes": weigh}),
        office.post(f"{PLAN}/proposals", json={"reason": "Thêm thời gian", "changes": later}),
        owner.post(f"{PLAN}/urges", json=urge),
        owner.post(f"{PLAN}/occurrences/E11-2024/decisions", json={"cancelled": True, "reason": "Gộp"}),
        office.post(f"{PLAN}/calendar/subscriptions", json={"label": "Lịch"}),
    ):
        assert said.status_code == 201, said.text
    funded(service)
    assert differences(service) == []
    return service


def funded(service: Service) -> None:
    """A line with money on it, some of it settled and some moved to another."""
    office, funder, checker = service["SVHTTDL"], pushing(service, "STC"), pushing(service, "VPTU")
    one, other = opened(office, tasks=["IV.7.a"])["code"], opened(office)["code"]
    allocate(funder, one, 900)
    moved = {"from_line": one, "to_line": other, "amount_vnd": 100, "occurred_on": "2023-04-01"}
    done(post(funder, "transfers", {**moved, "decision": DECISION}))
    for noun in ("commitments", "spendings"):
        write(office, noun, one, 700)
    settlement = done(post(office, "settlements", {"line": one, "amount_vnd": 600}))["id"]
    accepted = {"decision": CHECKED, "occurred_on": "2023-12-21"}
    done(post(checker, f"settlements/{settlement}/acceptances", accepted))


def test_whatever_is_planted_is_found(recorded: Service) -> None:
    for statement, where, back in PLANTED:
        assert plant(recorded, statement) > 0, statement
        found = doctor(recorded)
        assert found.exit_code == 1, statement
        lines = found.stderr.splitlines()
        assert any(f" · {where}" in line for line in lines), (statement, found.output)
        assert plant(recorded, back) > 0, back
        assert doctor(recorded).exit_code == 0, statement


def test_a_quantity_that_no_record_bears_is_told(service: Service) -> None:
    """Of a duty with pieces: more are said to be filled than there are records to fill them."""
    decided(service["TTBCD"], {"change": "target", "task": "IV.6.a", "target": 5})
    record(service["SCT"], "IV.6.a", quantity=2)
    assert plant(service, "UPDATE assignments SET recorded_quantity = 4 WHERE recorded_quantity = 2") == 1
    found = doctor(service)
    assert (found.exit_code, "4 pieces stored" in found.stderr) == (1, True), found.output


TABLES = {
    mapper.class_.__tablename__: mapper.class_
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, Recorded)
}


class Unsearched(list[Any]):
    """A list in which nothing is looked for from its beginning."""

    def index(self, *_: object) -> int:
        raise AssertionError

    def __contains__(self, _one: object) -> bool:
        raise AssertionError


class Walked(dict[int, Any]):
    """A dictionary that counts how often it is gone through."""

    def __init__(self, of: dict[int, Any]) -> None:
        super().__init__(of)
        self.times = 0

    def __iter__(self) -> Iterator[int]:
        self.times += 1
        return super().__iter__()


def test_no_piece_is_looked_for_among_all_of_them(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    record(service["SCT"], "IV.6.a", quantity=3)
    found = settling.pieces_of
    monkeypatch.setattr(settling, "pieces_of", lambda outputs: Unsearched(found(outputs)))
    assert differences(service) == []


@pytest.mark.parametrize("by", ["task", "section", "agency"])
def test_no_task_and_no_section_is_looked_for_among_all_of_them(
    service: Service, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[Walked] = []
    find = tree.find

    def watched(*given: Any, **more: Any) -> Tree:
        whole = find(*given, **more)
        walked.extend((Walked(whole.tasks), Walked(whole.sections)))
        return Tree(walked[-2], walked[-1], whole.duties)

    monkeypatch.setattr(tree, "find", watched)
    asked = {"by": by, "all": "true"}
    rows = service["TTBCD"].get(f"{PLAN}/progress/change", params=asked).json()["rows"]
    assert len(rows) > 5
    assert [one.times for one in walked if one.times > 2] == []


def test_every_recorded_table_is_compared_with_its_journal(recorded: Service) -> None:
    empty = set()
    for name, table in TABLES.items():
        with recorded.database.reading() as session:
            row = session.scalars(select(table).limit(1)).first()
            if row is None:
                empty.add(name)
                continue
            subject, line = row.subject, f"{row.subject} {row.ref}: version "
        plant(recorded, f"UPDATE {name} SET version = version + 1 WHERE id = {row.id}")
        [found] = differences(recorded)
        assert found.startswith(line)
        plant(recorded, f"UPDATE {name} SET version = version - 1 WHERE id = {row.id}")
        assert differences(recorded) == []
        plant(recorded, f"UPDATE changes SET subject = 'lost' WHERE subject = '{subject}'")
        assert any(found.startswith(line) for found in differences(recorded))
        assert "báo người bảo trì" in doctor(recorded).output, "what to do is said as well"
        plant(recorded, f"UPDATE changes SET subject = '{subject}' WHERE subject = 'lost'")
    assert empty == set()
    assert differences(recorded) == []


def test_an_entry_that_was_deleted_stays_missing(recorded: Service) -> None:
    assert plant(recorded, "DELETE FROM changes WHERE subject = 'key'") > 0
    found = doctor(recorded)
    assert found.exit_code == 1
    assert any(line.startswith("key") for line in found.stderr.splitlines())
