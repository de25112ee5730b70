"""A page in the midst of a million records costs what the first one costs: an index leads to its first row.
And a long page asks the database no more often than a short one.

What SQLite says of its plan is compared, since it depends on the tables alone and on no statistics.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.deciding import decided
from tests.service import PLAN, Service
from tests.writing import news

PLACES = {
    "sort=id": "(plan_id=? AND public_id>?)",
    "sort=-id": "(plan_id=? AND public_id<?)",
    "sort=occurred_on": "(plan_id=? AND (occurred_on,public_id)>(?,?))",
    "sort=-title": "(plan_id=? AND (sort_key,public_id)<(?,?))",
    "sort=-occurred_on,title": "(plan_id=? AND occurred_on<?)",
    "task=IV.7.b": "(task_id=? AND public_id<?)",
    "agency=SVHTTDL": "(agency_id=? AND public_id<?)",
}
"""What is asked for, and what the index is entered by."""


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("asked", PLACES)
def test_an_index_leads_to_the_first_row_of_any_page(service: Service, asked: str) -> None:
    for _ in range(3):
        assert service["SVHTTDL"].post(f"{PLAN}/activities", json=news("IV.7.b")).status_code == 201
    first = service["TTBCD"].get(f"{PLAN}/activities?{asked}&limit=1").json()
    after = first["next_cursor"]
    with explained(service, "activities") as plan:
        answer = service["TTBCD"].get(f"{PLAN}/activities?{asked}&limit=1&cursor={after}")
    assert [one["id"] for one in answer.json()["items"]] != [one["id"] for one in first["items"]]
    entered = [step for step in plan if step.startswith("SEARCH activities")]
    assert len(entered) == 1, plan
    assert PLACES[asked] in entered[0], plan
    assert ("," in asked) == any("TEMP B-TREE" in step for step in plan), plan


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_feed_goes_on_where_its_reader_has_left_off(service: Service) -> None:
    first = service["TTBCD"].get("/v1/changes?limit=1").json()
    with explained(service, "changes") as plan:
        answer = service["TTBCD"].get(f"/v1/changes?limit=1&after={first['next_cursor']}")
    assert answer.json()["items"][0]["id"] != first["items"][0]["id"]
    assert "SEARCH changes USING INTEGER PRIMARY KEY (rowid>?)" in plan, plan
    assert not any("TEMP B-TREE" in step for step in plan), plan


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("caller", ["BPGV", "SVHTTDL"])
def test_a_long_page_asks_no_more_often_than_a_short_one(service: Service, caller: str) -> None:
    """As the secretariat that monitors, so that it may have reported what it judges, and as an office."""
    owner, office = service["TTBCD"], service["SVHTTDL"]
    decided(owner, {"change": "power", "power": "monitor", "task": "IV.1.3", "agency": "BPGV"})
    for weight in range(1, 5):
        change = {"change": "weight", "task": "IV.7.a", "weight": weight}
        body = {"reason": "Đề nghị", "changes": [change]}
        assert office.post(f"{PLAN}/proposals", json=body).status_code == 201
        decided(owner, change)
        assert office.post(f"{PLAN}/activities", json=news("IV.7.b")).status_code == 201
    for noun in ("tasks", "assignments", "outputs", "activities", "amendments", "proposals", "events"):
        asked = []
        for limit in (1, 200):
            with statements(service) as said:
                answer = service[caller].get(f"{PLAN}/{noun}", params={"limit": limit})
            asked.append((len(answer.json()["items"]), len(said)))
        (few, short), (many, long) = asked
        assert few < 4 <= many, noun
        assert long <= short + 1, f"{noun}: {short} statements for {few}, {long} for {many}"


@contextmanager
def statements(service: Service) -> Iterator[list[tuple[str, Any]]]:
    """What the database is asked in the block, each with what it is given."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, said: str, given: Any, *_: Any) -> None:
        found.append((said, given))

    event.listen(service.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(service.database.engine, "before_cursor_execute", note)


@contextmanager
def explained(service: Service, table: str) -> Iterator[list[str]]:
    """How SQLite goes about the one page of a table that is asked for in the block; told when that ends."""
    plan: list[str] = []
    with statements(service) as found:
        yield plan
    said, given = next((said, given) for said, given in found if f"FROM {table}" in said and "LIMIT" in said)
    with service.database.engine.connect() as connection:
        plan += [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given)]
