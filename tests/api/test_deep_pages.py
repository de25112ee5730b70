"""A page in the midst of a million records costs what the first one costs: an index leads to its first row.

What SQLite says of its plan is compared, since it depends on the tables alone and on no statistics.
"""

from typing import Any

import pytest
from sqlalchemy import event

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
    found: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, said: str, given: Any, *_: Any) -> None:
        found.append((said, given))

    event.listen(service.database.engine, "before_cursor_execute", note)
    after = first["next_cursor"]
    answer = service["TTBCD"].get(f"{PLAN}/activities?{asked}&limit=1&cursor={after}")
    event.remove(service.database.engine, "before_cursor_execute", note)
    assert [one["id"] for one in answer.json()["items"]] != [one["id"] for one in first["items"]]
    said, given = next(
        (said, given) for said, given in found if "FROM activities" in said and "LIMIT" in said
    )
    with service.database.engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given)]
    entered = [step for step in plan if step.startswith("SEARCH activities")]
    assert len(entered) == 1, plan
    assert PLACES[asked] in entered[0], plan
    assert ("," in asked) == any("TEMP B-TREE" in step for step in plan), plan
