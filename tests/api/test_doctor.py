"""The doctor: finds nothing after any history of honest acts, and finds whatever was planted."""

import random
from collections import Counter
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.cli import main
from tests.service import PLAN, Service
from tests.writing import differences, evidenced, news, record, withdraw

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
    assert {**after, "as_of": None} == {**before, "as_of": None}


PLANTED = [
    ("UPDATE outputs SET evidence = 2 WHERE evidence = 1", "output"),
    ("UPDATE outputs SET level = 'confirmed' WHERE evidence = 1", "output"),
    ("UPDATE outputs SET level = 'none' WHERE evidence = 1", "output"),
    ("UPDATE outputs SET owed = :no WHERE evidence = 1", "output"),
    ("UPDATE assignments SET recorded_quantity = 4 WHERE recorded_quantity = 3", "assignment"),
    ("UPDATE activities SET status = 'withdrawn' WHERE quantity = 1", "output"),
    ("UPDATE activities SET quantity = 2 WHERE quantity = 3", "assignment"),
    ("UPDATE activities SET version = version + 1 WHERE quantity = 1", "activity"),
    ("DELETE FROM changes WHERE subject = 'activity'", "activity"),
    ("DELETE FROM changes WHERE subject = 'key'", "key"),
]


def test_whatever_is_planted_is_found(service: Service) -> None:
    record(service["SVHTTDL"], "IV.7.a", output="M1")
    record(service["SCT"], "IV.6.a", quantity=3)
    for statement, where in PLANTED:
        with service.database.engine.execution_options(writing=True).connect() as connection:
            done = connection.execute(text(statement), {"no": False} if ":no" in statement else {})
            assert done.rowcount > 0, statement
            connection.commit()
            found = doctor(service)
            assert found.exit_code == 1, statement
            assert any(line.startswith(where) for line in found.stderr.splitlines()), (
                statement,
                found.output,
            )
        _undo(service, statement)
    assert doctor(service).exit_code == 1, "deleted entries of the journal stay missing"


def _undo(service: Service, statement: str) -> None:
    """Plant the opposite, so that each finding is the statement's own; what is deleted stays deleted."""
    back = {
        0: "UPDATE outputs SET evidence = 1 WHERE evidence = 2",
        1: "UPDATE outputs SET level = 'evidenced' WHERE evidence = 1",
        2: "UPDATE outputs SET level = 'evidenced' WHERE evidence = 1",
        3: "UPDATE outputs SET owed = :yes WHERE evidence = 1",
        4: "UPDATE assignments SET recorded_quantity = 3 WHERE recorded_quantity = 4",
        5: "UPDATE activities SET status = 'standing' WHERE quantity = 1",
        6: "UPDATE activities SET quantity = 3 WHERE quantity = 2",
        7: "UPDATE activities SET version = version - 1 WHERE quantity = 1",
    }.get([one for one, _ in PLANTED].index(statement))
    if back is None:
        return
    with service.database.engine.execution_options(writing=True).begin() as connection:
        connection.execute(text(back), {"yes": True} if ":yes" in back else {})
    assert doctor(service).exit_code == 0, statement
