"""Races of acts and amendments between two processes, on both databases: every end is a legal one."""

from fractions import Fraction
from functools import partial
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from app.models import Act, Activity, Amendment, Assignment, Output, Plan, Task
from app.rules.vocabulary import Level, Role
from tests.faults.doors import Doors
from tests.faults.sites import Site
from tests.faults.together import at_once, statuses
from tests.service import PLAN, training

_numbers = count(1)


def output_of(doors: Doors, task: str) -> str:
    """The one output of a task."""
    found = doors["TTBCD"].get(f"{PLAN}/outputs", params={"task": task}).json()["items"]
    return f"{PLAN}/outputs/{found[0]['id']}"


def stored(site: Site, url: str) -> Output:
    """An output as it is stored."""
    query = select(Output).where(Output.public_id == url.rpartition("/")[2])
    return site.look(lambda session: session.scalars(query).one())


def acts(site: Site, url: str) -> list[str]:
    """What was done to an output, in order."""
    query = (
        select(Act.kind)
        .join(Output, Output.id == Act.output_id)
        .where(Output.public_id == url.rpartition("/")[2])
        .order_by(Act.id)
    )
    return site.look(lambda session: [kind.value for kind in session.scalars(query)])


def test_thirty_claims_at_once_are_one_act(doors: Doors) -> None:
    url = output_of(doors, "IV.7.c")
    answers = at_once(
        partial(doors["SVHTTDL"].post, f"{url}/claims", json={"note": f"Lần {n}"}) for n in range(30)
    )
    assert statuses(answers) == {200: 29, 201: 1}
    assert acts(doors.site, url) == ["claim"]
    assert stored(doors.site, url).level is Level.REPORTED


def test_confirmations_returns_and_withdrawals_at_once_end_legally(doors: Doors) -> None:
    url = output_of(doors, "IV.7.a")
    for _ in range(5):
        pushed = doors["SVHTTDL"].post(f"{PLAN}/activities", json=training())
        assert pushed.status_code == 201
        doors["SVHTTDL"].post(f"{url}/claims", json={})
        record = pushed.json()["activity"]["id"]
        answers = at_once(
            [
                *(partial(doors["TTBCD"].post, f"{url}/confirmations", json={}) for _ in range(8)),
                *(partial(doors["TTBCD"].post, f"{url}/returns", json={"missing": "Ảnh"}) for _ in range(8)),
                *(
                    partial(
                        doors["SVHTTDL"].post,
                        f"{PLAN}/activities/{record}/withdrawals",
                        json={"reason": "Ghi nhầm"},
                    )
                    for _ in range(4)
                ),
                *(partial(doors["SVHTTDL"].post, f"{url}/claims", json={}) for _ in range(4)),
            ]
        )
        assert set(statuses(answers)) <= {200, 201, 409}
        row = stored(doors.site, url)
        assert not (row.confirmed and (row.returned or not row.evidence))
        done = statuses([answer for answer in answers if answer.status_code == 201]).get(201, 0)
        assert done >= 1


def amendment(*changes: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """A decision of its own."""
    decision = {
        "number": f"{next(_numbers)}-QĐ/BCĐ",
        "decided_on": "2023-06-30",
        "issuer": "Ban Chỉ đạo",
    }
    return {"decision": decision, "changes": list(changes), **facts}


def test_amendments_at_once_follow_each_other(doors: Doors) -> None:
    revision = doors["TTBCD"].get(PLAN).json()["revision"]
    answers = at_once(
        partial(
            doors["TTBCD"].post,
            f"{PLAN}/amendments",
            json=amendment({"change": "weight", "task": "IV.5.a", "weight": n + 1}),
        )
        for n in range(20)
    )
    assert statuses(answers) == {201: 20}
    made = sorted(answer.json()["amendment"]["revision"] for answer in answers)
    assert made == list(range(revision + 1, revision + 21))
    last = max(answers, key=lambda answer: answer.json()["amendment"]["revision"])
    weight = doors["TTBCD"].get(f"{PLAN}/tasks/IV.5.a").json()["weight"]
    assert last.json()["amendment"]["changes"][0]["weight"] == weight
    assert doors.site.look(lambda session: session.scalars(select(Plan.revision)).one()) == made[-1]


def test_of_amendments_written_for_one_revision_one_is_made(doors: Doors) -> None:
    revision = doors["TTBCD"].get(PLAN).json()["revision"]
    before = doors.site.look(lambda session: session.scalar(select(func.count()).select_from(Amendment)))
    answers = at_once(
        partial(
            doors["TTBCD"].post,
            f"{PLAN}/amendments",
            json=amendment({"change": "weight", "task": "IV.5.a", "weight": n + 1}, amends_revision=revision),
        )
        for n in range(20)
    )
    assert statuses(answers) == {201: 1, 409: 19}
    assert {a.json()["reason"] for a in answers if a.status_code == 409} == {"plan_amended_since"}
    after = doors.site.look(lambda session: session.scalar(select(func.count()).select_from(Amendment)))
    assert after == (before or 0) + 1
    assert doors["TTBCD"].get(PLAN).json()["revision"] == revision + 1


@pytest.mark.parametrize("status", ["cancelled", "suspended"])
def test_records_pushed_while_their_task_is_ended_are_before_it_or_refused(doors: Doors, status: str) -> None:
    """What is judged under the lock holds: nothing is recorded on a task that was ended before."""
    task = {"cancelled": "IV.9.3", "suspended": "IV.9.2"}[status]
    body = {"task": task, "kind": "news", "title": "Tin", "occurred_on": "2023-02-01"}
    ended = amendment({"change": "status", "task": task, "status": status})
    answers = at_once(
        [
            *(partial(doors["DAITV"].post, f"{PLAN}/activities", json=body) for _ in range(15)),
            partial(doors["TTBCD"].post, f"{PLAN}/amendments", json=ended),
            *(partial(doors["BAOTV"].post, f"{PLAN}/activities", json=body) for _ in range(15)),
        ]
    )
    assert answers[15].status_code == 201
    told = [answer for place, answer in enumerate(answers) if place != 15]
    assert set(statuses(told)) <= {201, 403}
    assert {answer.json()["reason"] for answer in told if answer.status_code == 403} <= {"task_not_active"}
    assert statuses(told).get(201, 0) == doors.site.look(
        lambda session: session.scalar(
            select(func.count()).select_from(Activity).join(Task).where(Task.code == task)
        )
    )
    later = doors["DAITV"].post(f"{PLAN}/activities", json=body)
    assert (later.status_code, later.json()["reason"]) == (403, "task_not_active")


def test_a_handover_amid_records_keeps_every_share(doors: Doors) -> None:
    body = {"task": "IV.9.1", "kind": "news", "title": "Tin", "occurred_on": "2023-05-01"}
    new = amendment({"change": "leads", "task": "IV.9.1", "leads": [{"agency": "BAOTV"}]})
    answers = at_once(
        [
            *(partial(doors["DAITV"].post, f"{PLAN}/activities", json=body) for _ in range(12)),
            partial(doors["TTBCD"].post, f"{PLAN}/amendments", json=new),
            *(partial(doors["BAOTV"].post, f"{PLAN}/activities", json=body) for _ in range(12)),
        ]
    )
    assert answers[12].status_code == 201
    assert set(statuses(answers)) <= {201, 403}
    assert set(statuses(answers[13:])) == {201}
    query = (
        select(Assignment)
        .join(Task)
        .where(Task.code == "IV.9.1", Assignment.role == Role.LEAD, ~Assignment.fans_out)
    )
    shares = doors.site.look(lambda session: [row.share for row in session.scalars(query)])
    assert sum(shares, Fraction(0)) == 1
